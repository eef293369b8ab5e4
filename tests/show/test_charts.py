"""Panels of figures: what is written and where it stands."""

from xml.etree import ElementTree

import pytest

from dxplan.show import charts, style
from dxplan.show.charts import Canvas, Panel, Pen
from dxplan.show.svg import svg_text
from tests.drawn import NAME


def parts(canvas, kind):
    """The elements of a kind that are drawn, in their order."""
    found = ElementTree.fromstring(svg_text(canvas, "one", "題", "文"))
    tiles = {part for tile in found.iter(NAME + "pattern") for part in tile.iter()}
    return [part for part in found.iter(NAME + kind) if part not in tiles]


def written(canvas):
    """Word -> its place from the left and the top, points."""
    return {
        text.text: (float(text.get("x")), float(text.get("y"))) for text in parts(canvas, "text")
    }


@pytest.fixture
def panel():
    """One inch from the left and the foot of 4 by 3 inches."""
    return Panel(Canvas(288, 216), (1, 1, 2, 1), (0, 10), (0, 5))


def test_what_is_drawn_stands_where_the_scales_say(panel):
    assert panel.place(0, 0) == (72, 144) and panel.place(10, 5) == (216, 72)
    panel.boxes([(-5, 5, 1, 99)], style.OWN)
    box = parts(panel.canvas, "path")[-1]
    assert box.get("d") == "M72 72H144V129.6H72z"  # as far as it lies within


def test_a_panel_keeps_its_place_when_its_figure_grows(panel):
    panel.canvas.grow(100)
    assert panel.place(0, 0) == (72, 144) and panel.canvas.height == 316


def test_words_keep_their_side_and_stand_under_one_another(panel):
    panel.words(5, 5, "上の行\n下の行", (3, -2), 10, "right", "top", spacing=1.2)
    first, last = parts(panel.canvas, "text")
    assert (first.text, last.text) == ("上の行", "下の行")
    assert {text.get("x") for text in (first, last)} == {"147"}
    assert float(last.get("y")) - float(first.get("y")) == pytest.approx(12, abs=0.01)
    assert 74 < float(first.get("y")) < 86  # under the top of the panel, which is at 72
    assert first.get("text-anchor") == "end" and first.get("font-size") == "10"


def test_round_numbers_have_the_decimals_that_one_of_them_needs(panel):
    panel.x_numbers(4)
    assert list(written(panel.canvas)) == ["0.0", "2.5", "5.0", "7.5", "10.0"]
    wide = Panel(Canvas(288, 216), (1, 1, 2, 1), (0, 1), (0, 4000))
    wide.y_numbers()
    assert list(written(wide.canvas)) == ["0", "1,000", "2,000", "3,000", "4,000"]


@pytest.mark.parametrize("scale", [(0, 0.04), (-3, 7), (0, 1), (0, 9_900_000), (5, 0)])
@pytest.mark.parametrize("most", [1, 3, 9])
def test_round_numbers_lie_within_their_scale_and_are_few(scale, most):
    ticks = charts.round_numbers(scale, most)
    assert 1 <= len(ticks) <= most + 1 and ticks == sorted(ticks)
    assert min(scale) - 1e-9 <= ticks[0] and ticks[-1] <= max(scale) + 1e-9


def test_a_line_has_its_marks_and_a_step_stays_level(panel):
    panel.line([0, 5, 10], [0, 5, 0], Pen(mark="s", every=(1, 2)), "線")
    panel.steps([0, 5, 10], [1, 2], Pen(style.ALARM, dashes=(2, 1)), "段")
    line, mark, step = parts(panel.canvas, "path")[-3:]
    assert line.get("d") == "M72 144L144 72L216 144" and line.get("fill") == "none"
    assert mark.get("d").count("M") == 1  # at every second place from the second on
    assert step.get("d") == "M72 129.6L144 129.6L144 115.2L216 115.2"
    assert step.get("stroke-dasharray") == "3,1.5"  # in widths of the line
    assert list(panel.samples) == ["線", "段"]


@pytest.mark.parametrize("mark", [*"osD^v|P"])
def test_every_mark_lies_around_its_place(panel, mark):
    panel.line([5], [2.5], Pen(width=0, mark=mark, size=10))
    (path,) = parts(panel.canvas, "path")
    assert path.get("d").startswith("M") and "nan" not in path.get("d")


def test_bars_stand_on_one_another_and_parts_of_nothing_are_not_named(panel):
    looks = {"甲": style.OWN, "乙": style.AMBER, "丙": style.ROSE}
    charts.stacked_bars(panel, [[1, 2], [1, 0], [0, 0]], looks)
    assert list(panel.samples) == ["甲", "乙"]
    assert parts(panel.canvas, "path")[-1].get("d") == "M72 115.2H86.4V129.6H72z"


def test_what_lies_in_a_higher_layer_is_drawn_later(panel):
    panel.line([0, 1], [0, 1], Pen(style.ALARM), zorder=9)
    panel.boxes([(0, 1, 0, 1)], style.OWN)
    assert [path.get("fill") for path in parts(panel.canvas, "path")] == [style.BLUE, "none"]
