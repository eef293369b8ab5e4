"""A board: the picture in sight comes before the rest of the plan, and nothing is drawn twice."""

import asyncio

import pytest

from dxplan.variant import Place
from dxplan.workshop.board import EARLY, Board
from dxplan.workshop.desk import FIRST, PROVED, STALE, Desk

CITY = "335860"  # a village: quick to plan
STAFF = Place("values", "", "dx_staff")


def changed_before(run, topic, seen=True):
    """A desk with one board, and for each state that the board said the picture that stood there."""
    told = []

    async def go():
        desk = Desk(CITY)
        board = Board(desk, topic, seen)
        board.state.observe(lambda change: told.append([change["new"].split("dxplan-state dxplan-")[1].split('"')[0], board.picture.value]), "value")
        board.picture.observe(lambda change: told[-1].__setitem__(1, change["new"]), "value")
        desk.put(STAFF, 3.0)
        await desk.settled()
        desk.close()
        return desk, board

    return *run(go()), told


@pytest.mark.parametrize("topic", ["pmo", "staffing"])
def test_the_part_in_sight_is_shown_before_the_rest_is_planned(run, topic):
    _, board, told = changed_before(run, topic)
    assert [state for state, _ in told] == [STALE, EARLY, FIRST, PROVED]
    pictures = [picture for _, picture in told]
    assert pictures[0] != pictures[1] == pictures[2] and pictures[3] == board.picture.value


@pytest.mark.parametrize("topic, seen", [("budget", True), ("pmo", False)])
def test_other_boards_wait_for_the_whole_answer(run, topic, seen):
    assert [state for state, _ in changed_before(run, topic, seen)[2]] == [STALE, FIRST, PROVED]


def test_the_picture_of_a_plan_that_was_kept_is_not_drawn_again(run, monkeypatch):
    desk, board, _ = changed_before(run, "budget")
    drawn = []
    draw = board.topic.pictures[board.choice.value]
    monkeypatch.setitem(board.topic.pictures, board.choice.value, lambda plan: drawn.append(plan) or draw(plan))

    async def go():
        desk.pin()
        desk.put(STAFF, 4.0)
        await asyncio.sleep(0)
        await desk.settled()
        desk.close()

    desk.__dict__ = {name: value for name, value in vars(desk).items() if not name.endswith(("_lock", "_thread", "_process"))}  # of the loop before
    run(go())
    assert [plan.city.number("dx_staff") for plan in drawn] == [3, 4, 4]  # A once, B at first and proved
    assert "残した計画" in board.pinned.value
