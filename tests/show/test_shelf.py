"""The shelf says where each thing appears, and there it appears."""

import ast
import json
import re
from pathlib import Path

import pytest

from dxplan.show import shelf
from dxplan.show.style import Figure

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {path.stem for path in (ROOT / "dxplan" / "show").glob("*.py")}


def calls(stem):
    """Room and function that each code cell of a notebook ends with, and the call."""
    path = ROOT / "notebooks" / f"{stem}.ipynb"
    rooms, shown = {}, []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown" or "live" in cell["metadata"].get("tags", ()):
            continue
        tree = ast.parse("".join(cell["source"]))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "dxplan.show":
                rooms |= {alias.asname or alias.name: alias.name for alias in node.names}
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            shown.append((rooms[last.value.func.value.id], last.value))
    return [(f"{room}.{call.func.attr}", call) for room, call in shown]


STEMS = "00_city 10_pmo 20_staffing 30_training 40_budget 50_governance 55_risk"


@pytest.mark.parametrize("stem", STEMS.split())
def test_a_notebook_shows_what_the_shelf_says_and_nothing_else(stem):
    declared = {
        exhibit.exhibit for exhibit in shelf.load_shelf() if stem[:2] in exhibit.notebooks.split()
    }
    assert {name for name, _ in calls(stem)} == declared


def test_the_report_shows_every_chapter_of_the_shelf_once():
    chapters = [call.args[1].value for name, call in calls("60_report") if name == "shelf.chapter"]
    declared = {exhibit.page for exhibit in shelf.load_shelf() if exhibit.page}
    assert len(chapters) == len(set(chapters)) and set(chapters) == declared


def test_an_exhibit_is_declared_once_and_has_a_place():
    names = [exhibit.exhibit for exhibit in shelf.load_shelf()]
    assert len(names) == len(set(names))
    for exhibit in shelf.load_shelf():
        assert exhibit.exhibit.split(".")[0] in ROOMS
        places = (exhibit.page, exhibit.within, exhibit.notebooks, exhibit.csv, exhibit.sheet)
        assert any((*places, exhibit.board)), f"{exhibit.exhibit} appears nowhere"
        assert (exhibit.within or exhibit.exhibit) in names
    for places in (
        [exhibit.sheet for exhibit in shelf.sheets()],
        [exhibit.csv for exhibit in shelf.files()],
    ):
        assert len(places) == len(set(places))
    assert all(len(exhibit.sheet) <= 31 and exhibit.about for exhibit in shelf.sheets())


@pytest.mark.parametrize("name", ["mid", "village", "asked", "done"])
def test_what_is_within_another_stands_there(wholes, name):
    plan = wholes[name]
    outer = {exhibit.within for exhibit in shelf.load_shelf() if exhibit.within}
    texts = {whole: shelf.exhibit_of(whole).show(plan).html() for whole in outer}
    for exhibit in shelf.load_shelf():
        if exhibit.within and not plan.pmo.done:
            text = exhibit.show(plan).html()
            caption = re.search(r"<(?:fig)?caption>[^<]*", text)
            assert caption is None or caption[0] in texts[exhibit.within], exhibit.exhibit


def test_every_figure_says_in_words_what_it_shows(wholes):
    for exhibit in shelf.load_shelf():
        shown = exhibit.show(wholes["mid"])
        # what the roadmap shows already is not shown again
        assert shown.html() or exhibit.exhibit == "portfolio.page_figure"
        if isinstance(shown, Figure):
            assert len(shown.caption) > 20 and len(shown.data.frame), exhibit.exhibit


def test_a_name_that_rooms_share_asks_for_the_room():
    assert shelf.exhibit_of("roadmap_figure").exhibit == "pmo.roadmap_figure"
    assert shelf.exhibit_of("staffing.load_figure").part == "staffing"
    with pytest.raises(LookupError, match="pmo.load_figure, staffing.load_figure"):
        shelf.exhibit_of("load_figure")
    with pytest.raises(LookupError, match="roadmap_figure"):
        shelf.exhibit_of("roadmp_figure")


def test_a_chapter_that_nothing_stands_in_is_refused(wholes):
    with pytest.raises(LookupError, match="people"):
        shelf.chapter(wholes["village"], "poeple")
