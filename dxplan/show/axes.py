"""How panels stand under each other in a figure, as wide as the page: years, months, cities, rows.

A figure is drawn at two widths (``style.fitted``). Whatever stands here grows the figure downwards
and wraps its words at its width, so that none lies on a line, on another one, or beyond the edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.show import labels, style
from dxplan.show.charts import (
    INCH,
    LINES,
    READ,
    THIN,
    Canvas,
    Panel,
    Pen,
    Sample,
    Scale,
    number_words,
    round_numbers,
    stacked_bars,
    word_width,
)
from dxplan.show.style import Figure, Look, Table

ROW = 11.5  # points of a line of words
LEFT, RIGHT = 36, 8  # points beside a panel with numbers
GAP = 5  # points between words of one line
EDGE = 1  # points before the first letter and behind the last: ink may stand out of its cell
HEAD = 9  # points of a title
HANGING = "。、)」・々ー〜"  # never the first of a line


class Flag(NamedTuple):
    """A line over a panel with words above it."""

    place: float
    word: str
    pen: Pen


# --- words ----------------------------------------------------------------------------------------
def wrapped(text: str, width: float, size: float = READ) -> list[str]:
    """A text in lines of so many points."""
    lines, line, used = [], "", 0.0
    for letter in text:
        step = size * word_width(letter)
        if used + step > width and letter not in HANGING and line:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + letter, used + step
    return [*lines, line]


def say(
    canvas: Canvas,
    left: str,
    right: str = "",
    color: str = style.INK,
    size: float = READ,
    gap: float = 4,
) -> None:
    """Words at the left edge and at the right one, under each other where both have no room."""
    canvas.grow(gap)
    widths = size * word_width(left), size * word_width(right)
    if right and sum(widths) + GAP + 2 * EDGE <= canvas.width:
        middle = canvas.grow(ROW) + ROW / 2
        _put(canvas, left, middle, "left", color, size)
        _put(canvas, right, middle, "right", style.INK, size)
        return
    for text, side, look in ((left, "left", color), (right, "right", style.INK)):
        # Hanging letters may stand over the edge.
        for line in wrapped(text, canvas.width - size, size):
            if line:
                middle = canvas.grow(ROW) + ROW / 2
                _put(canvas, line, middle, side, look, size)


def _put(
    canvas: Canvas,
    text: str,
    middle: float,
    side: str,
    color: str = style.INK,
    size: float = READ,
) -> None:
    """A line of words at an edge of the figure."""
    place = EDGE if side == "left" else canvas.width - EDGE
    canvas.words(text, place, middle, 3, size, side, color)


def key(canvas: Canvas, samples: Mapping[str, Sample]) -> None:
    """What colours and lines mean, in as many rows as the width asks for.

    Parameters
    ----------
    samples : of a panel; or word -> colour and hatch of a box, or pen of a line.
    """
    handle, left = 2 * READ, 0.0
    middle = canvas.grow(4)
    for word, look in samples.items():
        width = handle + GAP + READ * word_width(word)
        if not left or left + width > canvas.width:
            left = 0.0
            middle = canvas.grow(ROW + 1) + ROW / 2
        _draw_sample(canvas, (left, left + handle), middle, look)
        place = left + handle + GAP
        canvas.words(word, place, middle, 3, READ, "left", style.INK)
        left += width + 2 * GAP


def _draw_sample(
    canvas: Canvas,
    ends: Scale,
    middle: float,
    look: Sample,
) -> None:
    """A box of a colour and hatch, or a line with a mark in its middle."""
    left, right = ends
    box = (left, canvas.height - middle - 3, right - left, 6)
    strip = Panel(canvas, [part / INCH for part in box], ends, (0, 1))
    if isinstance(look, Pen):
        places = [left, (left + right) / 2, right]
        strip.line(places, [0.5] * 3, look._replace(every=(1, 3)))
    else:
        strip.boxes([(left, right, 0, 1)], look)


# --- panels ---------------------------------------------------------------------------------------
def below(
    canvas: Canvas,
    height: float,
    x: Scale,
    y: Scale,
    title: str = "",
    flags: Sequence[Flag] = (),
    left: float = LEFT,
    right: float = RIGHT,
) -> Panel:
    """A panel under what is drawn, between margins at both sides (points), its title above it."""
    if title:
        say(canvas, title, size=HEAD, gap=4)
    width = canvas.width - left - right
    flag_words(canvas, x, flags, left, width)
    canvas.grow(2 + height)
    panel = Panel(canvas, (left / INCH, 0, width / INCH, height / INCH), x, y)
    for flag in flags:
        panel.upright(flag.place, flag.pen, 6)
    return panel


def flag_words(canvas: Canvas, x: Scale, flags: Sequence[Flag], left: float, width: float) -> None:
    """Words above the lines of flags, in as many rows as they want, the first one lowest."""
    ends: list[float] = []  # of each row
    words = []
    for flag in sorted(flags, key=lambda flag: flag.place):
        size = READ * word_width(flag.word)
        middle = left + width * (flag.place - x[0]) / (x[1] - x[0])
        begin = min(max(middle - size / 2, EDGE), canvas.width - size - EDGE)
        row = next((row for row, end in enumerate(ends) if end + GAP < begin), len(ends))
        ends[row : row + 1] = [begin + size]
        words.append((row, begin, flag))
    canvas.grow(ROW * len(ends))
    for row, begin, flag in words:
        middle = canvas.height - ROW * (row + 0.5)
        canvas.words(flag.word, begin, middle, 3, READ, "left", flag.pen.color)


def rows(
    canvas: Canvas, words: Sequence[tuple[str, str]], height: float, x: Scale
) -> Iterator[Panel]:
    """A panel with y from 0 to 1 a row, its words beside it in a wide figure, else above it.

    Parameters
    ----------
    words : of each row, at the left and at the right.
    height : points.
    """
    left, right = (_column(list(texts)) for texts in zip(*words, strict=True))
    beside = canvas.width > style.PHONE and left + right < 0.7 * canvas.width
    for name, told in words:
        if not beside:
            say(canvas, name, told)
            yield below(canvas, height, x, (0, 1), left=1, right=1)
            continue
        tall = max(height, ROW) + 3
        middle = canvas.grow(tall) + tall / 2
        box = (left, (tall - height) / 2, canvas.width - left - right, height)
        _put(canvas, name, middle, "left")
        _put(canvas, told, middle, "right")
        yield Panel(canvas, [part / INCH for part in box], x, (0, 1))


def _column(texts: list[str]) -> float:
    """Points that a column of words takes."""
    return 2 * EDGE + (READ * max(map(word_width, texts)) + GAP if any(texts) else 0)


def under(panel: Panel, places: Iterable[float], words: Iterable[str]) -> None:
    """Words under the panel that was drawn last, which the figure grows by."""
    panel.x_words(places, words)
    panel.canvas.grow(4 + ROW)


def numbers_under(panel: Panel, most: int = 9) -> None:
    """Round numbers under the panel that was drawn last."""
    panel.x_numbers(most)
    panel.canvas.grow(4 + ROW)


def year_panel(
    canvas: Canvas,
    height: float,
    years: Sequence[int],
    most: float,
    title: str = "",
    side: float = 0.6,
    numbers: bool = True,
) -> Panel:
    """X of fiscal years at 0, 1, ... with room at both sides, y from 0 to above a largest value.

    Parameters
    ----------
    height : points.
    numbers : before the panel; they are not wanted where the bars have words.
    """
    x = (-side, len(years) - 1 + side)
    top = (most or 1) * 1.12 + (most or 1) * 11 / height  # words stand on the bars
    left = _left(top, height) if numbers else 2
    panel = below(canvas, height, x, (0, top), title, left=left)
    if numbers:
        panel.y_numbers()
    panel.frame()
    room = panel.spot[2] / (len(years) - 1 + 2 * side)
    under(panel, range(len(years)), [_year_word(year, room) for year in years])
    return panel


def year_bars(
    canvas: Canvas,
    height: float,
    years: Sequence[int],
    parts: Sequence[Sequence[float]] | np.ndarray,
    looks: Mapping[str, Look],
    title: str,
) -> Panel:
    """Bars of fiscal years, with their totals where words have room above them, else an axis.

    Parameters
    ----------
    parts, looks : as of ``stacked_bars``.
    """
    tops = np.sum(np.asarray(parts, float), axis=0)
    words = [f"{round(top):,}" for top in tops]
    told = READ * max(map(word_width, words)) + 2 < canvas.width / (len(years) + 0.5)
    panel = year_panel(canvas, height, years, max(tops), title, numbers=not told)
    stacked_bars(panel, parts, looks, (-0.32, 0.32))
    for place, top in enumerate(tops if told else ()):
        panel.words(place, top, words[place], (0, 2), ha="center", va="bottom")
    key(canvas, panel.samples)
    return panel


def _left(top: float, height: float) -> float:
    """Points before a panel whose numbers run to a top."""
    ticks = round_numbers((0, top), min(9, height / 16))
    return 8 + READ * max(map(word_width, number_words(ticks)))


def _year_word(fiscal: int, room: float) -> str:
    """A fiscal year as long as there are points for it; nothing where there are none."""
    word = labels.fiscal_short(fiscal)
    for text in (word, word.removesuffix("年度"), ""):
        if READ * word_width(text) + 2 <= room:
            return text
    return ""


def fiscal_words(panel: Panel, edges: Sequence[tuple[float, int]]) -> None:
    """A line where a fiscal year begins, and under the panel its name.

    Parameters
    ----------
    edges : (place, fiscal year that begins there), and a last one at the end.
    """
    unit = panel.spot[2] / abs(panel.x[1] - panel.x[0])
    places, words = [], []
    for (low, fiscal), (high, _) in pairwise(edges):
        if low > panel.x[0]:
            panel.upright(low, THIN, 0.5)
        places.append((low + high) / 2)
        words.append(_year_word(fiscal, (high - low) * unit))
    under(panel, places, words)


def month_edges(month: Sequence[date]) -> list[tuple[float, int]]:
    """Where fiscal years begin on an axis of months, and its end."""
    edges = []
    for place, day in enumerate(month):
        if day.month == 4 or not place:
            edges.append((float(place), months.fiscal_year(day)))
    return [*edges, (float(len(month)), 0)]


def day_edges(x: Scale) -> list[tuple[float, int]]:
    """The same on an axis of days, as ordinals."""
    first, last = (months.fiscal_year(date.fromordinal(int(day))) for day in x)
    edges = []
    for fiscal in range(first, last + 1):
        edges.append((max(x[0], months.fiscal_start(fiscal).toordinal()), fiscal))
    return [*edges, (x[1], 0)]


def month_chart(
    canvas: Canvas,
    height: float,
    month: Sequence[date],
    top: float,
    title: str,
    flags: Sequence[Flag] = (),
) -> Panel:
    """X from 0 to T months with their fiscal years, y from 0 to a top with its numbers."""
    panel = below(canvas, height, (0, len(month)), (0, top), title, flags, _left(top, height))
    panel.y_numbers()
    panel.frame()
    fiscal_words(panel, month_edges(month))
    return panel


# --- several cities ------------------------------------------------------------------------------
def city_panel(
    canvas: Canvas, names: Sequence[str], most: float, title: str, each: float, numbers: int = 6
) -> Panel:
    """Y of one row a city from the top, x from 0 with some round numbers, and a title.

    Parameters
    ----------
    each : points of a row.
    numbers : at most; none where the bars have words.
    """
    left = 8 + READ * max(map(word_width, names))
    y = (len(names) - 0.45, -0.55)
    panel = below(canvas, each * len(names), (0, most), y, title, left=left, right=12)
    panel.y_words(range(len(names)), names)
    if numbers:
        numbers_under(panel, numbers)
    panel.frame()
    return panel


def bars_figure(
    name: str,
    title: str,
    sentence: str,
    shares: pd.DataFrame,
    looks: Mapping[str, Look],
    data: Table,
) -> Figure:
    """Bars for each city, one above the other, with their values.

    Parameters
    ----------
    name, title, sentence : of the figure.
    shares : 0..1, a row a city, by its name.
    looks : column of the shares -> colour and hatch, in the order of the bars of a row.
    data : the table behind it.
    """
    longest = shares[list(looks)].max(axis=None) or 0.01

    def draw(canvas: Canvas) -> None:
        room = 1 + 60 / canvas.width  # for the values
        each = 14.0 * len(looks) + 8
        most = 100 * longest * room * 1.08
        panel = city_panel(canvas, list(shares.index), most, f"{title}(%)", each, 0)
        thick = 0.86 / len(looks)
        low = np.arange(len(shares)) - 0.43
        for bar, (column, look) in enumerate(looks.items()):
            _draw_bars(panel, 100 * shares[column], low + bar * thick, thick * 0.9, look)
        key(canvas, panel.samples)

    return style.fitted(draw, name, title, sentence, data.source, data)


def _draw_bars(
    panel: Panel,
    percents: pd.Series,
    low: np.ndarray,
    thick: float,
    look: Look,
) -> None:
    """A bar of one colour in each row, with its value at its end."""
    boxes = np.column_stack([0 * low, percents, low, low + thick])
    panel.boxes(boxes, look, label=labels.label_of(str(percents.name)))
    for percent, height in zip(percents, low + thick / 2, strict=True):
        panel.words(percent, height, f"{percent:,.1f}%", (4, 0))


def lines_figure(name: str, title: str, sentence: str, data: Table, column: str) -> Figure:
    """A line for each city over the fiscal years, told apart by colour, dashes and mark.

    Parameters
    ----------
    name, title, sentence : of the figure.
    data : the table behind it, with city and fiscal.
    column : its shares 0..1.
    """
    frame = data.frame
    years = sorted(set(frame["fiscal"]))
    most = max(100 * frame[column].max(), 1)

    def draw(canvas: Canvas) -> None:
        panel = year_panel(canvas, 150, years, most, f"{title}(%)", 0.3)
        for pen, (city, part) in zip(LINES, frame.groupby("city", sort=False), strict=False):
            pen = pen._replace(size=5, face=style.PAPER)
            panel.line(part["fiscal"].map(years.index), 100 * part[column], pen, str(city), 4)
        key(canvas, panel.samples)

    return style.fitted(draw, name, title, sentence, data.source, data)
