"""The slides for PowerPoint: native tables and charts with the page's numbers, the same bytes."""

import re
from io import BytesIO

import pptx
import pytest

from dxplan.export.sheet import FONT
from dxplan.export.slides import slides_bytes
from dxplan.export.text import plain_text
from dxplan.show import front, labels, shelf
from tests.export.office import for_reader, pages, parts
from tests.plans import Made, whole

TITLES = (
    "移行のロードマップ",
    "いま決めることと費用",
    "どこまで確かか: この計画を動かす5つの数",
    "人材と研修",
    "まず取り組むDX施策",
    "次に行うこと",
)
KINDS = ("073016",)  # nothing left
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.fixture(scope="module")
def decks(wholes):
    """The slides of each city as bytes."""
    return Made(lambda name: slides_bytes(wholes[name]))


def opened(data):
    return pptx.Presentation(BytesIO(data))


def titles(deck):
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def shapes(deck, kind):
    """Each table or chart of a deck."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if getattr(shape, f"has_{kind}"):
                yield shape


def test_seven_slides_say_what_the_plan_says(decks, wholes):
    assert titles(opened(decks["mid"])) == [front.title_text(wholes["mid"].city), *TITLES]


def test_a_table_says_what_the_page_says(decks, wholes):
    plan, found = wholes["mid"], []
    for shape in shapes(opened(decks["mid"]), "table"):
        rows = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
        found.append(rows)
    for exhibit in ("front.decision_table", "front.cost_table", "worth.first_table"):
        shown = shelf.exhibit_of(exhibit).table(plan).frame
        first = shown.columns[0]
        wanted = [plain_text(labels.value_text(first, value)) for value in shown[first]]
        assert [rows for rows in found if [row[0] for row in rows[1:]] == wanted], exhibit


def test_the_calendar_marks_the_median_of_each_lot_once(decks, wholes):
    lots = set(wholes["mid"].pmo.lots["lot"])
    marked = {}
    for shape in shapes(opened(decks["mid"]), "table"):
        for row in shape.table.rows:
            name, *cells = [cell.text_frame.text for cell in row.cells]
            if name in lots and len(cells) > 8:
                marked[name] = cells.count("●")
    assert marked == dict.fromkeys(lots, 1)


def test_the_chart_has_the_numbers_of_the_budget(decks, wholes):
    year = wholes["mid"].budget.year.sort_values("fiscal")
    *_, chart = shapes(opened(decks["mid"]), "chart")
    burden, others = (list(series.values) for series in chart.chart.plots[0].series)
    assert burden == [round(yen / 1e6) for yen in year["new_net"]]
    assert others == [round(yen / 1e6) for yen in year["new"] - year["new_net"]]
    told = chart._element.nvGraphicFramePr.cNvPr.get("descr")
    assert all(labels.fiscal_short(int(fiscal)) in told for fiscal in year["fiscal"])


def test_all_words_are_japanese_and_each_picture_is_told(decks):
    deck = opened(decks["mid"])
    for kind in ("table", "chart"):
        for shape in shapes(deck, kind):
            assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 5
    for slide in deck.slides:
        for run in slide._element.iter(f"{DRAWING}rPr"):
            assert run.get("lang") == "ja-JP"
    known = dict(parts(decks["mid"]))
    theme = known["ppt/theme/theme1.xml"].decode()
    assert set(re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', theme)) == {FONT}


@pytest.mark.rest
def test_the_same_plan_gives_the_same_bytes_without_a_clock(decks, wholes):
    data, basis = decks["mid"], str(wholes["mid"].city.basis)
    assert data == slides_bytes(wholes["mid"])
    cores = [part for name, part in parts(data) if name.endswith("docProps/core.xml")]
    assert not [name for name, _ in parts(data) if "printer" in name or "thumbnail" in name]
    assert len(cores) == 3  # of the deck, and of the book of each chart
    for part in cores:
        days = re.findall(rb"<dcterms:\w+[^>]*>([^<]*)<", part)
        assert days and set(days) == {f"{basis}T00:00:00Z".encode()}


@pytest.mark.rest
@pytest.mark.parametrize("word", ["ベンダ", "公開"])
def test_no_price_is_in_the_edition_of_a_reader_outside(wholes, word):
    plan = for_reader(wholes["mid"], word)
    data = slides_bytes(plan)
    for name, part in parts(data):
        assert "円" not in part.decode("utf-8", "ignore"), name
    deck = opened(data)
    assert "移行のロードマップ" in titles(deck) and "いま決めることと費用" not in titles(deck)


@pytest.mark.rest
@pytest.mark.parametrize("code", KINDS)
def test_each_kind_has_the_slides_that_it_needs(code):
    plan = whole(code)
    found = titles(opened(slides_bytes(plan)))
    assert len(found) <= 7 and len(set(found)) == len(found)
    assert ("移行のロードマップ" in found) == (not plan.pmo.done)
    assert "いま決めることと費用" in found and "次に行うこと" in found


@pytest.mark.rest
@pytest.mark.parts
def test_libreoffice_opens_the_slides(decks, wholes, tmp_path):
    path = tmp_path / "mid.pptx"
    path.write_bytes(decks["mid"])
    printed = [re.sub(r"\s", "", text) for text in pages(path, tmp_path / "profile")]
    assert len(printed) == 7
    assert front.title_text(wholes["mid"].city).replace(" ", "") in printed[0]
    for title, text in zip(TITLES, printed[1:]):
        assert re.sub(r"\s", "", title) in text
