"""What a board offers: every assumption has a control, which changes its own value alone."""

from datetime import date

import pytest

from dxplan.town.defaults import load_specs
from dxplan.town.variant import Place, rows_of
from dxplan.workshop.board import TOPICS, Board
from dxplan.workshop.desk import Desk

pytestmark = [pytest.mark.rest, pytest.mark.usefixtures("one_prover")]  # many plans of a table

CITY = "335860"


def open_lids(widget):
    """Open everything that is folded away."""
    if hasattr(widget, "selected_index") and len(getattr(widget, "titles", ())) == 1:
        widget.selected_index = 0
    for inner in getattr(widget, "children", ()):
        open_lids(inner)


def test_every_parameter_of_the_city_and_of_its_forms_has_one_control(run):
    async def go():
        desk = Desk(CITY)
        try:
            boards = [Board(desk, topic) for topic in TOPICS]
            for board in boards:
                open_lids(board.view)
            return (
                desk.base,
                [at for board in boards for at in board.fields],
                [field for board in boards for field in board.fields.values()],
            )
        finally:
            desk.close()

    city, places, fields = run(go())
    wanted = {
        Place("values", "", name, row.start) for name, rows in city.values.items() for row in rows
    }
    wanted |= {
        Place("forms", form.name, name, row.start)
        for form in city.forms
        for name, rows in form.values.items()
        for row in rows
    }
    wanted |= {Place("lots", lot.name, "offered") for lot in city.lots}
    wanted |= {
        Place("systems", system.business, "state") for system in city.movable if system.unsure
    }
    assert city.situation == "both"  # so that there are controls of both kinds
    assert len(places) == len(set(places)) and set(places) == wanted
    assert all(field.label and field.help for field in fields) and len(
        {field.label for field in fields}
    ) == len(fields)
    counted = {name for name, spec in load_specs().items() if spec.step}
    steps = {field.step for at, field in zip(places, fields, strict=True) if at.name in counted}
    assert steps and not {step for step in steps if step % 1}  # no 2.05 stages


def test_the_dials_of_the_migration_are_those_that_its_plan_reads(run):
    first = TOPICS["pmo"].first
    assert (
        {"dx_staff", "section_share", "vendor_likely", "reserve_weeks", "wait_most", "target_date"}
        <= set(first)
        <= set(load_specs())
    )
    assert not {"vendor_slots", "busy_limit"} & set(first)


def at_the_table(run, topic, *steps):
    """Type texts into controls of a board; after each the fault, the changes, the proved city."""

    async def go():
        desk, seen = Desk(CITY), []
        try:
            board = Board(desk, topic)
            for count, (at, text) in enumerate(steps, 1):
                board.fields[at].typed = {"text": text, "count": count}
                answer = await desk.settled()
                seen.append(
                    (
                        board.fields[at].fault,
                        dict(desk.changes),
                        answer.plan.city,
                        board.fields[at].shown,
                    )
                )
            return desk, seen
        finally:
            desk.close()

    return run(go())


def test_the_day_that_a_vendor_offers_is_typed_corrected_and_taken_back(run):
    at = Place("lots", "ロット1", "offered")
    _, seen = at_the_table(
        run, "pmo", (at, "令和11年1月4日"), (at, "2026/3/2"), (at, "来年"), (at, "")
    )
    fault, changes, city, shown = seen[0]
    assert (fault, changes, shown) == ("", {at: date(2029, 1, 4)}, "令和11年1月4日")
    assert city.lots[0].offer.value == date(2029, 1, 4) and city.lots[0].offer.grade == "M"
    assert (
        "基準日" in seen[1][0]
        and "日付として読めません" in seen[2][0]
        and seen[1][1] == seen[2][1] == changes
    )
    assert seen[3] == ("", {}, seen[3][2], "") and seen[3][2].lots[0].offer is None


def test_an_open_question_is_answered_at_the_table(run):
    at = Place("systems", "国民年金", "state")
    _, seen = at_the_table(run, "place", (at, "稼働"), (at, "要確認"))
    states = [next(s for s in city.systems if s.business == "国民年金") for _, _, city, _ in seen]
    assert states[0].live and not states[0].presumed and seen[0][2].situation == "lots"
    assert states[1].unsure and seen[1][1] == {} and seen[1][2].situation == "both"


@pytest.mark.parametrize(
    "topic, at, text, value",
    [
        ("staffing", Place("forms", "PMO伴走", "form_yen"), "２００万", 2_000_000.0),
        ("budget", "rate_F10", "50", 50.0),
    ],
)
def test_a_form_and_a_rate_are_changed_at_the_table(run, topic, at, text, value):
    async def go():
        desk = Desk(CITY)
        try:
            board = Board(desk, topic)
            open_lids(board.view)
            found = next(one for one in board.fields if one == at or one.name == at)
            board.fields[found].typed = {"text": text, "count": 1}
            answer = await desk.settled()
            return found, board.fields[found].fault, dict(desk.changes), answer.plan.city
        finally:
            desk.close()

    found, fault, changes, city = run(go())
    assert fault == "" and changes == {found: value}
    assert next(row.value for row in rows_of(city, found) if row.start == found.start) == value
