"""A board: the picture in sight comes before the rest of the plan, and nothing is drawn twice."""

from datetime import date

import pytest

from dxplan.show import budget
from dxplan.town.city import load_city
from dxplan.town.variant import Place, value_at
from dxplan.widgets.sheet import build_sheets
from dxplan.workshop.board import EARLY, Board
from dxplan.workshop.desk import FIRST, PROVED, STALE, Desk

pytestmark = pytest.mark.usefixtures("one_prover")
rest = pytest.mark.rest  # many plans of a table

CITY = "335860"  # a village: quick to plan
STAFF, LIKELY = Place("values", "", "dx_staff"), Place("values", "", "vendor_likely")
CHANGE = {"pmo": (LIKELY, date(2029, 4, 1))}  # people move no date of the roadmap, the vendor does


def changed_before(run, topic, seen=True):
    """A board after a change, and for each state that it said the picture that stood there."""
    told = []

    async def go():
        desk = Desk(CITY)
        board = Board(desk, topic, seen)
        board.state.observe(
            lambda change: told.append(
                [change["new"].split("dxplan-state dxplan-")[1].split('"')[0], board.picture.value]
            ),
            "value",
        )
        board.picture.observe(lambda change: told[-1].__setitem__(1, change["new"]), "value")
        desk.put(*CHANGE.get(topic, (STAFF, 3.0)))
        await desk.settled()
        desk.close()
        return board

    return run(go()), told


@rest
@pytest.mark.parametrize("topic", ["pmo", "staffing"])
def test_the_part_in_sight_is_shown_before_the_rest_is_planned(run, topic):
    board, told = changed_before(run, topic)
    assert [state for state, _ in told] == [STALE, EARLY, FIRST, PROVED]
    pictures = [picture for _, picture in told]
    assert pictures[0] != pictures[1] == pictures[2] and pictures[3] == board.picture.value


@rest
@pytest.mark.parametrize("topic, seen", [("budget", True), ("pmo", False)])
def test_other_boards_wait_for_the_whole_answer(run, topic, seen):
    assert [state for state, _ in changed_before(run, topic, seen)[1]] == [STALE, FIRST, PROVED]


@rest
def test_the_picture_of_a_plan_that_was_kept_is_not_drawn_again(run, monkeypatch):
    drawn = []
    draw = budget.funding_figure
    monkeypatch.setattr(
        budget,
        "funding_figure",
        lambda plan: drawn.append(plan.city.number("dx_staff")) or draw(plan),
    )

    async def go():
        desk = Desk(CITY)
        board = Board(desk, "budget")
        desk.pin()
        for staff in (3.0, 4.0):
            desk.put(STAFF, staff)
            await desk.settled()
        desk.close()
        return desk, board

    desk, board = run(go())
    own = desk.base.number("dx_staff")
    assert drawn == [
        own,
        own,
        3,
        3,
        4,
        4,
    ]  # A once, after the plan of the beginning; B at first and proved
    assert "残した計画" in board.pinned.value


def test_a_pasted_block_with_faults_says_them_all_and_cannot_be_taken():
    city, taken = load_city(CITY), []
    sheet, _ = build_sheets(city, lambda at: value_at(city, at), taken.append)
    name, at = next(iter(sheet.column.places.items()))
    sheet.box.value = f"{name}\t{value_at(city, at) + 1:.0f}"
    assert not sheet.accept.disabled and "→" in sheet.told.value
    sheet.box.value = f"{name}\t多い\n<無い業務>\t3"
    assert sheet.accept.disabled and 'role="alert"' in sheet.told.value and not sheet.changes
    assert (
        "1行目" in sheet.told.value
        and "2行目" in sheet.told.value
        and "&lt;無い業務&gt;" in sheet.told.value
    )
    sheet.box.value = f"{name}\t{value_at(city, at) + 1:.0f}"
    sheet.accept.click()
    assert taken == [{at: value_at(city, at) + 1}]
