"""Rows of bars on one axis of days."""

from datetime import date

import pytest

from dxplan.show import lanes, style
from dxplan.show.axes import Flag
from dxplan.show.charts import Canvas, Pen
from dxplan.show.lanes import Lane
from dxplan.show.svg import svg_text
from tests.drawn import crossings, texts

BEGIN, MIDDLE, END = date(2027, 4, 1), date(2028, 10, 1), date(2031, 3, 31)
ROWS = [
    Lane(
        "ロット1",
        "令和10年度第3四半期(幅 令和10年度第2四半期〜令和12年度第1四半期)",
        "住民基本台帳・" * 12,
    ),
    Lane(
        "長い施策の名前(とても長い)",
        "使い始め 令和9年度第4四半期",
        bars=[(style.BUILD, BEGIN, MIDDLE)],
    ),
    Lane(
        "ロット2", whisker=(BEGIN, MIDDLE, None), earliest=BEGIN, marks=[([MIDDLE], Pen(mark="v"))]
    ),
]


@pytest.mark.parametrize("width", [style.PAGE, style.PHONE])
def test_no_word_of_a_row_meets_a_bar_a_flag_or_a_whisker(width):
    canvas, x = Canvas(width, 0), lanes.span_of([BEGIN, END, None])
    flags = [Flag(day.toordinal(), f"日 {day}", Pen()) for day in (BEGIN, MIDDLE, END)]
    lanes.gantt(canvas, ROWS, x, flags)
    svg = svg_text(canvas, "lanes", "題", "文")
    assert not crossings(svg)
    known = [text for text, *_ in texts(svg)]
    assert {"ロット1", "ロット2"} <= set(known) and min(size for _, size, _ in texts(svg)) >= 8.25


def test_the_axis_begins_with_the_quarter_of_the_first_day():
    assert lanes.span_of([MIDDLE, None, date(2027, 5, 9)])[0] == BEGIN.toordinal()


def test_a_range_that_is_not_seen_reaches_to_the_edge():
    canvas = Canvas(style.PAGE, 0)
    lanes.gantt(canvas, ROWS[2:], lanes.span_of([BEGIN, END]))
    drawn = svg_text(canvas, "lanes", "題", "文").split("<path ")
    line = next(path for path in drawn if 'stroke-width="1.3"' in path)
    assert f"L{style.PAGE - 1:g} " in line
