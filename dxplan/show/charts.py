"""What several topics draw: panels of bars, lines, steps, words, legends, years, months.

A topic says which numbers stand where; how a bar, a line or an axis looks is decided here. The axes
of matplotlib are slow to make, so a panel puts few paths and words on the figure and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform
from numpy.typing import ArrayLike

from dxplan.facts import months
from dxplan.show import labels, style
from dxplan.show.style import Figure, Look, Table
from dxplan.show.svg import Words, word_width


class Pen(NamedTuple):
    """How a line looks and the marks on it.

    Attributes
    ----------
    width, size : of the line and of the marks, in points; 0 for no line.
    dashes, mark : as matplotlib names them; "" for no marks.
    face : colour inside the marks, where it is another one.
    every : the first place with a mark, and how many places further the next one is.
    """

    color: str = style.INK
    width: float = 1.5
    dashes: str | tuple[float, tuple[float, ...]] = "-"
    mark: str = ""
    size: float = 6
    face: str = ""
    every: tuple[int, int] = (0, 1)


# Earmarked money first, as a budget book has it.
FUNDS = ("subsidy", "bond", "other", "general")
# The same with general revenue parted, for pictures; and what belongs to a part.
PAID = ("subsidy", "bond", "allocation", "net")
WITHIN = {"special": "allocation", "ordinary": "allocation"}
PLAIN = (style.OWN, style.SLATE, style.AMBER, style.MINT, style.GREY)
STACK = (*PLAIN, (style.SKY, "/"), style.ROSE)
# Told apart without colour too.
LINES = (
    Pen(style.BLUE, mark="o"),
    Pen("#8a5a00", dashes=(0, (5, 2)), mark="s"),
    Pen(mark="D"),
    Pen(style.SOFT, dashes=(0, (1, 1.5)), mark="^"),
    Pen("#00756b", dashes=(0, (6, 2, 1, 2)), mark="v"),
    Pen(style.ALARM, dashes=(0, (3, 1)), mark="P"),
)
RULE = Pen(style.LINE, 0.5)
ALONG = {"left": 0, "center": 0.5, "right": 1}  # of a width that lies before a place
ABOVE = {"top": 0, "center": 0.5, "bottom": 1}  # of a height that lies above a place
LEAST = 1e-3  # a part of a bar that is drawn
READ = 8.25  # points of a word: 11 pixels on a page
POINTS = IdentityTransform()
Scale = tuple[float, float]
Sample = Look | Pen


def fund_word(name: str) -> str:
    """A fund that stands alone, not below another one."""
    return labels.label_of(name).removeprefix("うち")


# --- panels --------------------------------------------------------------------------------------
class Panel:
    """A rectangle of a figure with two scales; what is drawn on it stands on the figure at once.

    Parameters
    ----------
    canvas : the figure.
    box : left, bottom, width, height (inches).
    x, y : the values at its left and right, at its foot and top.

    Attributes
    ----------
    samples : word of the legend -> what stands beside it, of all that was drawn with a word.
    """

    def __init__(self, canvas: Canvas, box: Sequence[float], x: Scale, y: Scale) -> None:
        self.canvas, self.x, self.y = canvas, x, y
        self.box = [72 * inches for inches in box]
        self.samples: dict[str, Sample] = {}

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Points from the left and the foot of the figure, of numbers or arrays."""
        left, foot, width, height = self.box
        (first, last), (low, high) = self.x, self.y
        across = left + width * (x - first) / (last - first)
        return across, foot + height * (y - low) / (high - low)

    def boxes(
        self,
        boxes: ArrayLike,
        look: Look,
        zorder: float = 3,
        line: float = 0.35,
        label: str = "",
    ) -> None:
        """Rectangles (left, right, low, high) of one colour and hatch, as far as they lie within.

        Parameters
        ----------
        line : width of the outline, in points.
        label : the word of the legend.
        """
        if label:
            self.samples[label] = look
        # Clipped here: a path that the figure clips is written twice as long.
        sides = np.array(boxes, float).reshape(-1, 4)
        across = sides[:, :2].clip(min(self.x), max(self.x))
        up = sides[:, 2:].clip(min(self.y), max(self.y))
        colour, hatch = look
        edge = style.INK
        if colour == style.BLUE:
            edge = style.PAPER  # ink is not seen on it
        self._add(
            self._points(across[:, [0, 1, 1, 0, 0]], up[:, [0, 0, 1, 1, 0]]),
            [1, 2, 2, 2, 79],
            facecolor=colour,
            hatch=hatch or None,
            edgecolor=edge,
            linewidth=line,
            zorder=zorder,
        )

    def line(
        self,
        x: ArrayLike,
        y: ArrayLike,
        pen: Pen,
        label: str = "",
        zorder: float = 2,
    ) -> None:
        """A line through places and its marks; ``label`` is the word of the legend."""
        if label:
            self.samples[label] = pen
        points = self._points(x, y)
        look = {"edgecolor": pen.color, "zorder": zorder}
        if pen.width:
            look |= {"linewidth": pen.width, "linestyle": pen.dashes}
            self._add(points, [1] + [2] * (len(points) - 1), fill=False, **look)
        if pen.mark:
            first, step = pen.every
            shape, codes = _mark(pen.mark)
            marks = points[first::step, None] + pen.size * shape
            look |= {"linewidth": pen.size / 6, "linestyle": "-"}
            self._add(marks, codes, facecolor=pen.face or pen.color, **look)

    def steps(
        self,
        edges: Sequence[float],
        values: ArrayLike,
        pen: Pen,
        label: str = "",
        zorder: float = 2,
    ) -> None:
        """A line that stays level between each two edges."""
        self.line(np.repeat(edges, 2)[1:-1], np.repeat(values, 2), pen, label, zorder)

    def upright(self, x: float, pen: Pen, zorder: float = 2) -> None:
        """A line from the foot to the top."""
        self.line([x, x], self.y, pen, zorder=zorder)

    def level(self, y: float, pen: Pen, zorder: float = 2) -> None:
        """A line from the left to the right."""
        self.line(self.x, [y, y], pen, zorder=zorder)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        shift: tuple[float, float] = (0, 0),
        size: float = 7.5,
        ha: str = "left",
        va: str = "center",
        color: str = style.INK,
        spacing: float = 1.0,
        ground: bool = False,
        zorder: float = 3,
    ) -> None:
        """Lines of text at a place.

        Parameters
        ----------
        shift : points to the right and up.
        size, spacing : height of the letters in points, of a line in heights of letters.
        ha, va : where the place lies in the text.
        ground : with paper behind a text of one line, since it stands on lines.
        """
        if not text:
            return
        lines, step = text.split("\n"), spacing * size
        left, top = self.place(x, y)
        left += shift[0]
        top += shift[1] + ABOVE[va] * step * len(lines)
        if ground:
            width = word_width(text) * size
            low = left - ALONG[ha] * width
            sides = (low - 0.8, low + width + 0.8, top - step - 0.8, top + 0.8)
            page_of(self.canvas).boxes([sides], (style.PAPER, ""), zorder, 0)
        words = Words(lines, (left, top - step / 2), size, step, ha, color)
        words.set_zorder(zorder)
        self.canvas.add_artist(words)

    def frame(self, title: str = "", pad: float = 4) -> None:
        """The left and bottom lines, and a title some points above."""
        (left, right), (foot, top) = self.x, self.y
        self.line([left, left, right], [top, foot, foot], RULE, zorder=2.5)
        self.words(left, top, title, (0, pad), 8.5, va="bottom")

    def x_words(
        self,
        places: Iterable[float],
        words: Iterable[str],
        size: float = READ,
    ) -> None:
        """Words under the panel."""
        for place, word in zip(places, words, strict=True):
            self.words(place, self.y[0], word, (0, -5), size, "center", "top")

    def y_words(
        self,
        places: Iterable[float],
        words: Iterable[str],
        size: float = READ,
    ) -> None:
        """Words before the panel."""
        for place, word in zip(places, words, strict=True):
            self.words(self.x[0], place, word, (-5, 0), size, "right")

    def x_numbers(self, most: int = 9) -> None:
        """Round numbers under the panel, a light line at each."""
        ticks = _round_numbers(self.x, min(most, self.box[2] / 24))
        self.rules(ticks[:, None], self.y)
        self.x_words(ticks, _number_words(ticks))

    def y_numbers(self) -> None:
        """Round numbers before the panel, a light line at each."""
        ticks = _round_numbers(self.y, min(9, self.box[3] / 16))
        self.rules(self.x, ticks[:, None])
        self.y_words(ticks, _number_words(ticks))

    def rules(self, x: ArrayLike, y: ArrayLike) -> None:
        """Thin lines, x or y being their places as a column and the other one the two ends."""
        look = {"edgecolor": style.LINE, "linewidth": 0.4, "zorder": 0.5}
        self._add(self._points(x, y), [1, 2], fill=False, **look)

    def _points(self, x: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Places with a last axis of two."""
        places = self.place(np.asarray(x), np.asarray(y))
        return np.stack(np.broadcast_arrays(*places), axis=-1)

    def _add(self, points: np.ndarray, codes: list[int], **look: Any) -> None:
        """Pieces of the same codes as one path: small, and quick to draw."""
        if points.size:
            points = points.reshape(-1, 2).round(2)
            path = Outline(points, codes * (len(points) // len(codes)))
            patch = PathPatch(path, transform=POINTS, joinstyle="round", **look)
            self.canvas.add_artist(patch)


@cache
def _mark(name: str) -> tuple[np.ndarray, list[int]]:
    """Points and codes of a mark of matplotlib, of size 1."""
    mark = MarkerStyle(name)
    # As a compound it has codes, also where it is but a line.
    path = Outline.make_compound_path(mark.get_path()).transformed(mark.get_transform())
    return np.asarray(path.vertices), np.asarray(path.codes).tolist()


def _round_numbers(scale: Scale, most: float) -> np.ndarray:
    """At most so many round numbers of a scale."""
    low, high = sorted(scale)
    steps = MaxNLocator(max(1, int(most)), steps=[1, 2, 2.5, 5, 10])
    ticks = np.array(steps.tick_values(low, high))
    return ticks[(ticks >= low) & (ticks <= high)]


def _number_words(numbers: np.ndarray) -> list[str]:
    """All with the decimals that one of them needs."""
    digits = max(len(f"{number:g}".partition(".")[2]) for number in numbers)
    return [f"{number:,.{digits}f}" for number in numbers]


def page_of(canvas: Canvas) -> Panel:
    """The whole figure, its scales in points."""
    width, height = canvas.get_size_inches()
    return Panel(canvas, (0, 0, width, height), (0, 72 * width), (0, 72 * height))


def legend(
    canvas: Canvas,
    samples: Mapping[str, Sample],
    place: tuple[float, float],
    columns: int,
    size: float = 7.5,
    side: str = "center",
    handle: float = 2.0,
) -> None:
    """Samples with their words in columns.

    Parameters
    ----------
    samples : of a panel; or word -> colour and hatch of a box, or pen of a line.
    place : where its side and its foot stand (inches).
    size, handle : of the letters in points; width of a sample in letters.
    """
    page, items = page_of(canvas), list(samples.items())
    rows = -(-len(items) // columns)
    parts = [items[first : first + rows] for first in range(0, len(items), rows)]
    before, gap = (handle + 0.6) * size, 1.4 * size
    widths = []
    for part in parts:
        widths.append(before + gap + size * max(word_width(word) for word, _ in part))
    left = 72 * place[0] - ALONG[side] * (sum(widths) - gap)
    for part, width in zip(parts, widths, strict=True):
        for row, (word, look) in enumerate(part):
            level = 72 * place[1] + (rows - row - 0.5) * 1.5 * size
            _draw_sample(page, (left, left + handle * size), level, 0.35 * size, look)
            page.words(left + before, level, word, size=size)
        left += width


def _draw_sample(page: Panel, ends: Scale, level: float, half: float, look: Sample) -> None:
    """A box of a colour and hatch, or a line with a mark in its middle."""
    if isinstance(look, Pen):
        left, right = ends
        page.line([left, (left + right) / 2, right], [level] * 3, look._replace(every=(1, 3)))
    else:
        page.boxes([(*ends, level - half, level + half)], look)


# --- bars ----------------------------------------------------------------------------------------
def stacked_bars(
    panel: Panel,
    parts: Sequence[Sequence[float]] | np.ndarray,
    looks: Mapping[str, Look],
    sides: tuple[float, float] = (0, 1),
    line: float = 0.35,
    lying: bool = False,
) -> None:
    """Bars of parts, one part on the other.

    Parameters
    ----------
    parts : a row a part, in it the size of that part in each bar.
    looks : word of the legend -> colour and hatch, in the order of the parts.
    sides : where a bar begins and ends across, counted from its number 0, 1, ...
    line : width of the outline, in points.
    lying : whether the bars run to the right.
    """
    ends = np.zeros(len(parts[0]))
    places = np.arange(len(ends))
    for sizes, (word, look) in zip(parts, looks.items(), strict=True):
        begins = ends
        ends = begins + np.asarray(sizes, float)
        boxes = np.column_stack([places + sides[0], places + sides[1], begins, ends])
        boxes = boxes[ends - begins > LEAST]
        if lying:
            boxes = boxes[:, [2, 3, 0, 1]]
        if len(boxes):
            panel.boxes(boxes, look, line=line, label=word)


# --- years and months ----------------------------------------------------------------------------
def year_panel(
    canvas: Canvas,
    box: Sequence[float],
    years: Sequence[int],
    most: float,
    title: str = "",
    side: float = 0.6,
) -> Panel:
    """X of fiscal years at 0, 1, ... with room at both sides, y from 0 to above a largest value."""
    panel = Panel(canvas, box, (-side, len(years) - 1 + side), (0, (most or 1) * 1.12))
    panel.x_words(range(len(years)), map(labels.fiscal_short, years))
    panel.y_numbers()
    panel.frame(title, 5)
    return panel


def month_panel(
    canvas: Canvas,
    box: Sequence[float],
    month: Sequence[date],
    y: Scale,
) -> Panel:
    """X from 0 to T months: a line at each April, below the fiscal years that have room."""
    count = len(month)
    panel = Panel(canvas, box, (0, count), y)
    april = [place for place, day in enumerate(month) if day.month == 4]
    edges = sorted({0, *april, count})
    panel.rules(np.array(edges[1:-1])[:, None], y)
    for low, high in pairwise(edges):
        room = (high - low) * box[2] / count
        word = labels.fiscal_short(months.fiscal_year(month[low]))
        if room <= 0.46:
            word = word.removesuffix("年度")
        if room > 0.22:
            panel.x_words([(low + high) / 2], [word])
    return panel


def month_chart(
    canvas: Canvas,
    box: Sequence[float],
    month: Sequence[date],
    top: float,
    title: str,
    pad: float = 4,
) -> Panel:
    """X of months with their fiscal years, y from 0 to a top with its numbers."""
    panel = month_panel(canvas, box, month, (0, top))
    panel.y_numbers()
    panel.frame(title, pad)
    return panel


# --- several cities ------------------------------------------------------------------------------
def city_panel(
    canvas: Canvas,
    box: Sequence[float],
    names: Sequence[str],
    most: float,
    title: str,
) -> Panel:
    """Y of one row a city from the top, x from 0 with few round numbers, and a title."""
    panel = Panel(canvas, box, (0, most), (len(names) - 0.45, -0.55))
    panel.y_words(range(len(names)), names)
    numbers = 6
    if "円" in title:
        numbers = 3  # amounts are long words: more of them would meet
    panel.x_numbers(numbers)
    panel.frame(title, 5)
    return panel


def row_height(count: int, each: float) -> float:
    """Height of a figure (inches) with a row for each city; ``each`` is the size of a row."""
    return 1.1 + 0.42 * each * count


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
    height = row_height(len(shares), 0.45 * len(looks) + 0.3)
    canvas = style.sheet(height)
    longest = shares[list(looks)].max(axis=None) or 0.01
    box = (1.15, 0.65, 5.47, height - 0.95)
    panel = city_panel(canvas, box, list(shares.index), 110 * longest, f"{title}(%)")
    thick = 0.8 / len(looks)
    low = np.arange(len(shares)) - 0.4
    for bar, (column, look) in enumerate(looks.items()):
        _draw_bars(panel, 100 * shares[column], low + bar * thick, thick * 0.9, look)
    legend(canvas, panel.samples, (3.6, 0.05), 3)
    return style.drawn(canvas, name, title, sentence, data.source, data)


def _draw_bars(
    panel: Panel,
    percents: pd.Series,
    low: np.ndarray,
    thick: float,
    look: Look,
) -> None:
    """A bar of one colour in each row, with its value at its end."""
    boxes = np.column_stack([0 * low, percents, low, low + thick])
    panel.boxes(boxes, look, label=labels.label_of(percents.name))
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
    canvas = style.sheet(3.3)
    most = max(100 * frame[column].max(), 1)
    panel = year_panel(canvas, (0.58, 0.73, 6.48, 2.18), years, most, f"{title}(%)", 0.3)
    for pen, (city, part) in zip(LINES, frame.groupby("city", sort=False), strict=False):
        pen = pen._replace(size=5, face=style.PAPER)
        panel.line(part["fiscal"].map(years.index), 100 * part[column], pen, city, 4)
    legend(canvas, panel.samples, (3.6, 0.05), 6, handle=3.2)
    return style.drawn(canvas, name, title, sentence, data.source, data)
