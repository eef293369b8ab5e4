"""Panels under each other: titles, flags, years and months, what the colours mean."""

from datetime import date

import pytest

from dxplan.show import axes, style, svg
from dxplan.show.axes import Flag
from dxplan.show.charts import Canvas, Pen
from dxplan.show.svg import svg_text
from tests.drawn import crossings, texts


def words(canvas):
    return [text for text, *_ in texts(svg_text(canvas, "one", "題", "文"))]


def findings(canvas):
    return crossings(svg_text(canvas, "one", "題", "文"))


def months_of(length):
    return [date(2026 + (11 + t) // 12, (11 + t) % 12 + 1, 1) for t in range(length)]


@pytest.mark.parametrize(
    ("length", "width", "known"),
    [(60, style.PAGE, ("R9年度", "R12年度")), (120, style.PHONE, ("R9", "R17"))],
)
def test_an_axis_of_months_names_the_fiscal_years_as_long_as_they_have_room(length, width, known):
    canvas, month = Canvas(width, 0), months_of(length)
    axes.month_chart(canvas, 60, month, 4, "仕事(人)")
    found = words(canvas)
    assert set(known) <= set(found) and len(found) == len(set(found)) and not findings(canvas)
    assert style.month_place(month, date(2027, 4, 1)) == 4


@pytest.mark.parametrize("width", [style.PAGE, style.PHONE])
def test_flags_that_fall_together_stand_above_each_other_within_the_figure(width):
    canvas = Canvas(width, 0)
    flags = [Flag(place, f"期限 令和{place}年3月31日", Pen()) for place in (0, 1, 2, 50, 99, 100)]
    panel = axes.below(canvas, 40, (0, 100), (0, 1), "題", flags)
    assert len(words(canvas)) == 7 and not findings(canvas)
    assert panel.place(0, 1)[1] > max(box[3] for *_, box in texts(svg_text(canvas, "a", "", "")))


@pytest.mark.parametrize("width", [style.PAGE, style.PHONE])
def test_words_at_both_sides_take_lines_of_their_own_where_they_would_meet(width):
    canvas = Canvas(width, 0)
    axes.say(canvas, "短い", "右")
    one = canvas.height
    axes.say(canvas, "長い名前" * 20, "右の言葉" * 8)
    assert canvas.height > 2 * one and not findings(canvas)
    assert "".join(words(canvas)).count("長い名前") == 20


def test_a_line_never_begins_with_what_hangs():
    lines = axes.wrapped("あ" * 10 + "。" + "い" * 5, 10 * svg.SIZE)
    assert lines == ["あ" * 10 + "。", "い" * 5]


@pytest.mark.parametrize("width", [style.PAGE, style.PHONE])
def test_what_colours_mean_stands_in_rows_within_the_figure(width):
    canvas = Canvas(width, 0)
    samples = {f"意味の長い言葉{place}": style.OWN for place in range(9)} | {"線": Pen(mark="o")}
    axes.key(canvas, samples)
    assert words(canvas) == list(samples) and not findings(canvas)


def test_words_on_bars_have_room_above_the_highest():
    canvas = Canvas(style.PHONE, 0)
    panel = axes.year_panel(canvas, 60, range(2026, 2033), 500, "経費(百万円)", numbers=False)
    for place in range(7):
        panel.words(place, 500, "500", (0, 2), ha="center", va="bottom")
    assert not findings(canvas)


def test_days_and_months_have_the_same_years():
    month = months_of(40)
    edges = axes.month_edges(month)
    x = month[0].toordinal(), date(2030, 4, 1).toordinal()
    days = axes.day_edges(x)
    assert [year for _, year in edges[:-1]] == [2026, 2027, 2028, 2029]
    assert [year for _, year in days[:-1]] == [2026, 2027, 2028, 2029, 2030]


def test_words_stand_beside_the_rows_of_a_wide_figure_and_above_those_of_a_narrow_one():
    heights = []
    for width in (style.PAGE, style.PHONE):
        canvas = Canvas(width, 0)
        for panel in axes.rows(
            canvas, [("住民記録の移行", "+3.0か月"), ("予算", "±0")], 10, (0, 1)
        ):
            panel.boxes([(0, 1, 0, 1)], style.OWN)
        assert words(canvas) == ["住民記録の移行", "+3.0か月", "予算", "±0"] and not findings(
            canvas
        )
        heights.append(canvas.height)
    assert heights[0] < 0.7 * heights[1]
