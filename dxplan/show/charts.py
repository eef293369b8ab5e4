"""What a figure is made of: panels with two scales, on them bars, lines, steps, marks and words.

A topic says which numbers stand where; how a bar, a line or an axis looks is decided here, and in
``axes``, which puts panels under each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dxplan.show import labels, style, svg
from dxplan.show.style import Look
from dxplan.show.svg import Canvas, word_width


class Pen(NamedTuple):
    """How a line looks and the marks on it.

    Attributes
    ----------
    width, size : of the line and of the marks, in points; 0 for no line.
    dashes : lengths of a dash and of the gap behind it, ..., in widths of the line.
    mark : as matplotlib names it, or "" for none.
    face : colour inside the marks, where it is another one.
    every : the first place with a mark, and how many places further the next one is.
    """

    color: str = style.INK
    width: float = 1.5
    dashes: tuple[float, ...] = ()
    mark: str = ""
    size: float = 6
    face: str = ""
    every: tuple[int, int] = (0, 1)


# Earmarked money first, as a budget book has it.
FUNDS = ("subsidy", "bond", "other", "general")
# The same with general revenue parted, for pictures; and what belongs to a part.
PAID = ("subsidy", "bond", "allocation", "net")
WITHIN = {"special": "allocation", "ordinary": "allocation"}
FUND = {
    "subsidy": style.SUBSIDY,
    "bond": style.BOND,
    "allocation": style.ALLOCATION,
    "net": style.NET,
}
STACK = (
    style.OWN,
    style.SLATE,
    style.AMBER,
    style.MINT,
    style.GREY,
    (style.SKY, "/"),
    (style.SKY, "x"),
    style.ROSE,
)
# Told apart without colour too.
LINES = (
    Pen(style.BLUE, mark="o"),
    Pen("#8a5a00", dashes=(5, 2), mark="s"),
    Pen(mark="D"),
    Pen(style.SOFT, dashes=(1, 1.5), mark="^"),
    Pen("#00756b", dashes=(6, 2, 1, 2), mark="v"),
    Pen(style.ALARM, dashes=(3, 1), mark="P"),
)
RULE = Pen(style.LINE, 0.5)
THIN = Pen(style.LINE, 0.4)
ALONG = {"left": 0, "center": 0.5, "right": 1}  # of a width that lies before a place
ABOVE = {"top": 0, "center": 0.5, "bottom": 1}  # of a height that lies above a place
LEAST = 1e-3  # a part of a bar that is drawn
READ = svg.SIZE
INCH = svg.INCH
Scale = tuple[float, float]
Sample = Look | Pen


def fund_word(name: str) -> str:
    """A fund that stands alone, not below another one."""
    return labels.label_of(name).removeprefix("うち")


def _stroke(pen: Pen) -> dict[str, Any]:
    """The properties of a line."""
    look: dict[str, Any] = {"fill": False, "edgecolor": pen.color, "linewidth": pen.width}
    if pen.dashes:
        look["linestyle"] = (0, pen.dashes)
    return look


class Panel:
    """A rectangle of a figure with two scales; what is drawn on it stands on the figure at once.

    Parameters
    ----------
    canvas : the figure.
    box : left, foot (from the present foot of the figure), width, height (inches).
    x, y : the values at its left and right, at its foot and top.

    Attributes
    ----------
    spot : left, foot, width, height in points, the foot counted from the top of the figure.
    samples : word of the legend -> what stands beside it, of all that was drawn with a word.
    """

    def __init__(self, canvas: Canvas, box: Sequence[float], x: Scale, y: Scale) -> None:
        self.canvas, self.x, self.y = canvas, x, y
        left, foot, width, height = (INCH * inches for inches in box)
        self.spot = left, canvas.height - foot, width, height
        self.samples: dict[str, Sample] = {}

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Points from the left and from the top of the figure."""
        left, foot, width, height = self.spot
        across = width * _share(x, self.x)
        up = height * _share(y, self.y)
        return left + across, foot - up

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
        shapes = []
        for left, right, low, high in np.array(boxes, float).reshape(-1, 4).tolist():
            left, right = _within(left, self.x), _within(right, self.x)
            low, high = _within(low, self.y), _within(high, self.y)
            begin, foot = self.place(left, low)
            end, top = self.place(right, high)
            shapes.append(svg.box(begin, end, top, foot))
        if shapes:
            self._surface(svg.joined(shapes), zorder, look, line)

    def _surface(self, shape: svg.Shape, zorder: float, look: Look, line: float) -> None:
        colour, hatch = look
        # Ink is not seen on a dark colour.
        edge = style.PAPER if colour in style.DARK else style.INK
        self.canvas.path(
            shape, zorder, facecolor=colour, hatch=hatch or None, edgecolor=edge, linewidth=line
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
        ends = zip(np.asarray(x).tolist(), np.asarray(y).tolist(), strict=True)
        places = [self.place(across, up) for across, up in ends]
        if pen.width and len(places) > 1:
            self.canvas.path(svg.outline(places), zorder, **_stroke(pen))
        first, step = pen.every
        if pen.mark and places[first:]:
            self._marks(places[first::step], pen, zorder)

    def _marks(self, places: Sequence[tuple[float, float]], pen: Pen, zorder: float) -> None:
        shape = svg.joined(svg.mark(pen.mark, x, y, pen.size) for x, y in places)
        face, width = pen.face or pen.color, round(pen.size / 6, 1)
        self.canvas.path(shape, zorder, facecolor=face, edgecolor=pen.color, linewidth=width)

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
        size: float = READ,
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
        top -= shift[1] + ABOVE[va] * step * len(lines)
        if ground:
            width = word_width(text) * size
            low = left - ALONG[ha] * width
            paper = svg.box(low - 0.8, low + width + 0.8, top - 0.8, top + step + 0.8)
            self._surface(paper, zorder, (style.PAPER, ""), 0)
        for row, line in enumerate(lines):
            self.canvas.words(line, left, top + (row + 0.5) * step, zorder, size, ha, color)

    def frame(self, title: str = "", pad: float = 4) -> None:
        """The left and bottom lines, and a title some points above."""
        (left, right), (foot, top) = self.x, self.y
        self.line([left, left, right], [top, foot, foot], RULE, zorder=2.5)
        self.words(left, top, title, (0, pad), 9, va="bottom")

    def x_words(
        self,
        places: Iterable[float],
        words: Iterable[str],
        size: float = READ,
    ) -> None:
        """Words under the panel."""
        for place, word in zip(places, words, strict=True):
            self.words(place, self.y[0], word, (0, -4), size, "center", "top")

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
        ticks = round_numbers(self.x, min(most, self.spot[2] / 34))
        self._rules([([tick, tick], self.y) for tick in ticks])
        self.x_words(ticks, number_words(ticks))

    def y_numbers(self) -> None:
        """Round numbers before the panel, a light line at each."""
        ticks = round_numbers(self.y, min(9, self.spot[3] / 16))
        self._rules([(self.x, [tick, tick]) for tick in ticks])
        self.y_words(ticks, number_words(ticks))

    def _rules(self, lines: Iterable[tuple[Sequence[float], Sequence[float]]]) -> None:
        for x, y in lines:
            self.line(x, y, THIN, zorder=0.5)


def _share(value: float, scale: Scale) -> float:
    """How far along a scale a value lies."""
    first, last = scale
    return (value - first) / (last - first)


def _within(value: float, scale: Scale) -> float:
    """A value, or the end of a scale beyond which it lies."""
    low, high = scale
    return min(max(value, min(low, high)), max(low, high))


STEPS = (1, 2, 2.5, 5, 10)  # between round numbers, in powers of ten


def round_numbers(scale: Scale, most: float) -> list[float]:
    """Round numbers of a scale, with at most so many steps between them."""
    low, high = sorted(scale)
    most = max(1, int(most))
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(power * step for step in STEPS if (high - low) / (power * step) <= most + 1e-9)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(step * place, 10) for place in range(first, last + 1)]


def number_words(numbers: Sequence[float]) -> list[str]:
    """All with the decimals that one of them needs."""
    digits = max((len(f"{number:g}".partition(".")[2]) for number in numbers), default=0)
    return [f"{number:,.{digits}f}" for number in numbers]


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
