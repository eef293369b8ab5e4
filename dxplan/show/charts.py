"""What several topics draw: stacked bars, marked lines, years, months; figures with a row a city.

A topic says which numbers stand where; how a bar, a line or an axis looks is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from dxplan.show import labels, style
from dxplan.show.style import Figure, Look, Table

# Earmarked money first, as a budget book has it.
FUNDS = ("subsidy", "bond", "special", "ordinary", "general")
STACK = (style.OWN, style.SLATE, style.AMBER, style.MINT, style.GREY, (style.SKY, "/"))
# Colour, dashes and mark: told apart without colour too.
LINES = (
    (style.BLUE, "-", "o"),
    ("#8a5a00", (0, (5, 2)), "s"),
    (style.INK, "-", "D"),
    (style.SOFT, (0, (1, 1.5)), "^"),
    ("#00756b", (0, (6, 2, 1, 2)), "v"),
    (style.ALARM, (0, (3, 1)), "P"),
)


# --- bars and lines ------------------------------------------------------------------------------
def stacked_bars(
    axes: Axes,
    parts: Sequence[Sequence[float]] | np.ndarray,
    looks: Mapping[str, Look],
    sides: tuple[float, float] = (0, 1),
    line: float = 0.35,
    least: float = 0,
    lying: bool = False,
) -> np.ndarray:
    """Where the bars end that are drawn of parts, one part on the other.

    Parameters
    ----------
    parts : a row a part, in it the size of that part in each bar.
    looks : word of the legend -> colour and hatch, in the order of the parts.
    sides : where a bar begins and ends across, counted from its number 0, 1, ...
    line : width of the outline, in points.
    least : a part is drawn where it is larger.
    lying : whether the bars run to the right.
    """
    ends = np.zeros(len(parts[0]))
    places = np.arange(len(ends))
    for sizes, (word, look) in zip(parts, looks.items(), strict=True):
        begins = ends
        ends = begins + np.asarray(sizes, float)
        boxes = np.column_stack([places + sides[0], places + sides[1], begins, ends])
        boxes = boxes[ends - begins > least]
        if lying:
            boxes = boxes[:, [2, 3, 0, 1]]
        if len(boxes):
            style.draw_boxes(axes, boxes, look, line=line, label=word)
    return ends


def marked_line(
    axes: Axes,
    places: Sequence[float],
    values: Sequence[float],
    look: tuple,
    **more: object,
) -> None:
    """A line of one of ``LINES``."""
    colour, dashes, mark = look
    axes.plot(places, values, color=colour, linestyle=dashes, marker=mark, **more)


# --- axes ----------------------------------------------------------------------------------------
def year_axes(
    axes: Axes,
    years: Sequence[int],
    top: float,
    title: str = "",
    side: float = 0.6,
    size: float = 8,
) -> None:
    """X of fiscal years at 0, 1, ... with room at both sides, y from 0 to a top."""
    axes.set(xlim=(-side, len(years) - 1 + side), ylim=(0, top))
    names = [labels.fiscal_short(year) for year in years]
    axes.set_xticks(range(len(years)), names, fontsize=size)
    style.plain_axes(axes, "y", title, 5)


def month_frame(
    axes: Axes,
    month: Sequence[date],
    top: float,
    title: str,
    pad: float = 4,
) -> None:
    """X of months with their fiscal years, y from 0 to a top."""
    axes.set_ylim(0, top)
    style.plain_axes(axes, "y", title, pad)
    style.month_axes(axes, month)


def city_axes(axes: Axes, names: Sequence[str], title: str) -> None:
    """Y of one row a city from the top, x with few round numbers, and a title."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.locator_params(axis="x", nbins=6)
    if "円" in title:
        axes.locator_params(axis="x", nbins=3)  # amounts are long words: more of them would meet
    axes.xaxis.set_major_formatter("{x:,.0f}")
    style.plain_axes(axes, "x", title, 5)


# --- several cities ------------------------------------------------------------------------------
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
    with style.sheet(height) as canvas:
        inch = 1 / height
        axes = canvas.add_axes((0.16, 0.65 * inch, 0.76, 1 - 0.95 * inch))
        thick = 0.8 / len(looks)
        low = np.arange(len(shares)) - 0.4
        for bar, (column, look) in enumerate(looks.items()):
            _draw_bars(axes, 100 * shares[column], low + bar * thick, thick * 0.9, look)
        longest = shares[list(looks)].max(axis=None) or 0.01
        axes.set_xlim(0, 100 * longest * 1.1)
        city_axes(axes, list(shares.index), f"{title}(%)")
        words = axes.get_legend_handles_labels()
        canvas.legend(*words, ncol=min(len(looks), 3), fontsize=7.5)
        return style.drawn(canvas, name, title, sentence, data.source, data)


def _draw_bars(
    axes: Axes,
    percents: pd.Series,
    low: np.ndarray,
    thick: float,
    look: Look,
) -> None:
    """A bar of one colour in each row, with its value at its end."""
    boxes = np.column_stack([0 * low, percents, low, low + thick])
    style.draw_boxes(axes, boxes, look, label=labels.label_of(percents.name))
    for percent, height in zip(percents, low + thick / 2, strict=True):
        style.point_note(axes, f"{percent:,.1f}%", (percent, height), (4, 0))


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
    same = {
        "markersize": 5,
        "markerfacecolor": style.PAPER,
        "linewidth": 1.6,
        "clip_on": False,
        "zorder": 4,
    }
    with style.sheet(3.3) as canvas:
        axes = canvas.add_axes((0.08, 0.22, 0.9, 0.66))
        for look, (city, part) in zip(LINES, frame.groupby("city", sort=False), strict=False):
            places, values = part["fiscal"].map(years.index), 100 * part[column]
            marked_line(axes, places, values, look, label=city, **same)
        top = max(100 * frame[column].max(), 1) * 1.08
        year_axes(axes, years, top, f"{title}(%)", 0.3)
        words = axes.get_legend_handles_labels()
        canvas.legend(*words, ncol=6, fontsize=7.5, handlelength=3.2)
        return style.drawn(canvas, name, title, sentence, data.source, data)
