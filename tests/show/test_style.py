"""Figures as SVG and tables as HTML: names, bytes, escaping."""

import re
from xml.etree import ElementTree

import pandas as pd

from dxplan.show import style
from dxplan.show import svg as svg_room
from dxplan.show.charts import Panel
from dxplan.show.style import Table


def _svg(name="one", sentence="文"):
    canvas = svg_room.Canvas(144, 72)
    panel = Panel(canvas, (0.4, 0.3, 1.4, 0.6), (0, 3), (0, 2))
    panel.boxes([(0, 1, 0, 1), (2, 3, 0, 1)], style.PHASE["test"])
    panel.words(0, 0, "税系 <b>&$x$")
    return svg_room.svg_text(canvas, name, "題", sentence)


def test_a_figure_has_the_same_bytes_twice():
    assert _svg() == _svg()


def test_a_figure_is_named_for_those_who_do_not_see_it():
    root = ElementTree.fromstring(_svg(sentence="a < b & c"))
    names = root.get("aria-labelledby").split()
    assert root.get("role") == "img"
    assert [part.get("id") for part in root[:2]] == names
    assert [part.text for part in root[:2]] == ["題", "a < b & c"]


def test_a_figure_is_drawn_for_a_page_and_for_a_telephone_hidden_where_no_style_chooses():
    widths = []

    def draw(canvas):
        widths.append(canvas.width)
        canvas.grow(10)

    text = style.fitted(draw, "one", "題", "文", "", Table(pd.DataFrame(), "表")).html()
    assert widths == [style.PAGE, style.PHONE]
    broad, narrow = (f'viewBox="0 0 {width:g} 10"' for width in widths)
    assert text.index('<div class="canvas broad">') < text.index(broad)
    assert text.index('<div class="canvas narrow" hidden>') < text.index(narrow)


def test_ids_of_two_figures_differ_and_all_references_resolve():
    one, two = _svg("one"), _svg("two")
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, two)]
    assert not ids[0] & ids[1]
    used = set(re.findall(r"url\(#([^)]+)", one))
    assert used and used <= ids[0]


def test_text_stays_text_in_a_font_stack_that_ends_in_sans_serif():
    svg = _svg()
    assert "税系 &lt;b&gt;&amp;$x$" in svg
    assert ElementTree.fromstring(svg).get("font-family").endswith("sans-serif")
    assert "IPAex" not in svg and "<style" not in svg and "metadata" not in svg


def test_the_reader_s_own_settings_stay_as_they_were():
    import matplotlib

    before = dict(matplotlib.rcParams)
    _svg()
    assert dict(matplotlib.rcParams) == before


def test_a_path_that_is_no_box_keeps_its_points():
    lean = svg_room._lean(
        '<svg><g id="patch_1"><path d="M 1 2 L 3 2 L 4 5 L 1 4 z" style="fill: none"/></g></svg>'
    )
    assert lean == '<svg><path d="M1 2L3 2L4 5L1 4z" fill="none"/></svg>'


def _light(colour):
    """Relative luminance (WCAG 2) of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear))


def test_text_colours_stand_out_from_paper_and_shade():
    for ink in (style.INK, style.SOFT, style.BLUE, style.ALARM):
        for ground in (style.PAPER, style.SHADE):
            high, low = sorted((_light(ink) + 0.05, _light(ground) + 0.05), reverse=True)
            assert high / low >= 4.5


def test_a_table_names_its_columns_with_units_and_its_rows():
    frame = pd.DataFrame({"item": ["<script>"], "weeks": [12]})
    text = Table(frame, "表 <題>", "出典", "item").html()
    assert "<caption>表 &lt;題&gt;</caption>" in text
    assert '<th scope="col" class="number">期間 <span class="unit">(週)</span></th>' in text
    assert '<th scope="row">&lt;script&gt;</th><td class="number">12</td>' in text


def test_an_empty_table_says_that_there_is_none_and_why():
    text = Table(pd.DataFrame(columns=["item"]), "作業", none="残っていない。").html()
    assert "該当なし" in text and "残っていない。" in text and "<table" not in text


def test_groups_become_heading_rows():
    frame = pd.DataFrame({"fiscal": [2029, 2030], "item": ["甲", "乙"]})
    text = Table(frame, "表", "", "item", "fiscal").html()
    assert text.count('<th scope="rowgroup" colspan="1">') == 2 and "令和12(2030)年度" in text
