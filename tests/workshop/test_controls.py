"""What a board offers: every assumption of the municipality has a control, and a control changes its own value alone."""

import pytest

from dxplan.variant import Place, rows_of
from dxplan.workshop.board import TOPICS, Board
from dxplan.workshop.desk import Desk

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
            return desk.base, [at for board in boards for at in board.fields], [field for board in boards for field in board.fields.values()]
        finally:
            desk.close()

    city, places, fields = run(go())
    wanted = {Place("values", "", name, row.start) for name, rows in city.values.items() for row in rows}
    wanted |= {Place("forms", form.name, name, row.start) for form in city.forms for name, rows in form.values.items() for row in rows}
    assert len(places) == len(set(places)) and set(places) == wanted
    assert all(field.label and field.help for field in fields) and len({field.label for field in fields}) == len(fields)


@pytest.mark.parametrize("topic, at, text, value", [
    ("staffing", Place("forms", "PMO伴走", "form_yen"), "２００万", 2_000_000.0), ("budget", "rate_F10", "50", 50.0)])
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
