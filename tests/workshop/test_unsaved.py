"""Another city, a second run, a dead kernel: what was not saved is asked for or there again."""

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.town.variant import Place
from dxplan.workshop.board import board
from dxplan.workshop.start import StartPanel

pytestmark = [pytest.mark.rest, pytest.mark.usefixtures("one_prover")]  # many plans of a table

CITY, OTHER = "335860", "394050"
STAFF, NOTE = Place("values", "", "dx_staff"), Place("notes", "pmo", "text")


def words(widget):
    """All that is said and can be pressed in a part of the table."""
    own = [str(getattr(widget, name, "")) for name in ("value", "description")]
    return " ".join([*own, *map(words, getattr(widget, "children", ()))])


def pressed(widget, text):
    """Press the button whose words hold a text."""
    if text in getattr(widget, "description", "") and hasattr(widget, "click"):
        widget.click()
        return True
    return any(pressed(inner, text) for inner in getattr(widget, "children", ()))


def changed_panel():
    panel = StartPanel(CITY)
    panel.desk.put(STAFF, 3.0)
    panel.desk.put(NOTE, "ベンダに確認する")
    return panel


def test_another_city_and_back_and_a_second_run_keep_what_was_changed(run, folder):
    async def go():
        panel = changed_panel()
        panel.put(OTHER)
        assert not panel.desk.changes
        assert pressed(panel.space.children[0], "新庄村の続き 2件")
        assert panel.desk.base.slug == CITY
        assert dict(panel.desk.changes) == {STAFF: 3.0, NOTE: "ベンダに確認する"}
        assert "ベンダに確認する" in words(panel.space)  # in its box, too
        panel.put(OTHER)
        panel.put(CITY)
        assert panel.desk.value(STAFF) == 3
        again = StartPanel(CITY)
        assert "保存していなかった変更2件" in words(again.space) and again.desk.value(STAFF) == 3
        assert pressed(again.space.children[0], "すべての変更を取り消す")
        assert not again.desk.changes and not list(folder.iterdir())
        again.desk.undo()
        assert [path.name for path in folder.iterdir()] == [f"{CITY}.draft"]
        await panel.desk.settled()
        await again.desk.settled()

    run(go())


def test_where_no_draft_can_be_kept_the_table_asks(run, folder):
    async def go():
        panel = StartPanel(CITY)
        folder.rmdir()
        folder.write_text("no folder")
        panel.desk.put(STAFF, 3.0)
        assert "控えられません" in words(panel.space)
        panel.put(OTHER)
        assert panel.desk.base.slug == CITY and "捨てて" in words(panel.asked)
        pressed(panel.asked, "いまの画面を続ける")
        assert not panel.asked.children and panel.desk.value(STAFF) == 3
        panel.put(OTHER)
        pressed(panel.asked, "変更を捨てて移る")
        assert panel.desk.base.slug == OTHER and not panel.asked.children
        await panel.desk.settled()

    run(go())


def test_a_draft_that_cannot_stand_any_more_is_said_and_left(run, folder):
    async def go():
        changed_panel()
        path = folder / f"{CITY}.draft"
        wrong = path.read_text(encoding="utf-8").replace("3.0", "-3.0")
        path.write_text(wrong, encoding="utf-8")
        panel = StartPanel(CITY)
        assert "そのまま残しています" in words(panel.space) and not panel.desk.changes
        assert path.read_text(encoding="utf-8") == wrong

    run(go())


def test_what_a_table_that_was_put_away_says_is_not_shown(run, folder):
    async def go():
        panel = changed_panel()
        old = panel.desk
        panel.put(OTHER)
        old._say(old.answer)
        assert OTHER in panel.title.value
        with pytest.raises(ParamError):
            panel.put("999999")
        assert OTHER in panel.title.value

    run(go())


def test_the_board_of_a_notebook_keeps_its_changes_too(run, folder):
    async def go():
        made = board(CITY, "pmo")
        made.desk.put(STAFF, 3.0)
        again = board(CITY, "pmo")
        assert "保存していなかった変更1件" in words(again.view) and again.desk.value(STAFF) == 3
        await again.desk.settled()

    run(go())
