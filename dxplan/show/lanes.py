"""Rows of bars on one axis of days: what a row is stands above it, so that no word meets a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from dxplan.facts import months
from dxplan.show import axes, style
from dxplan.show.axes import Flag
from dxplan.show.charts import RULE, THIN, Canvas, Panel, Pen, Scale
from dxplan.show.style import Look

BAND, WHISKER = 9.0, 5.0  # points of a row's bars, and of its range under them
LEVEL = BAND + 1.5  # where the range lies
# Hollow: what no delay at all would give is no outlook.
EARLIEST = Pen(width=0, mark="D", size=5.5, face=style.PAPER)
MEDIAN = Pen(width=0, mark="o", size=5)
ENDS = Pen(width=1.3, mark="|")
Bar = tuple[Look, date, date]


class Lane(NamedTuple):
    """A row.

    Attributes
    ----------
    name, told, note : its words at the left and at the right, and small print under them.
    bars : colour and hatch, first and last day; later ones lie on earlier ones.
    whisker : days of P20, P50 and P80; None beyond the calendar.
    earliest : the day that no delay at all would give.
    marks : days, and how they are marked.
    """

    name: str
    told: str = ""
    note: str = ""
    bars: Sequence[Bar] = ()
    whisker: tuple[date | None, date | None, date | None] | None = None
    earliest: date | None = None
    marks: Sequence[tuple[Sequence[date], Pen]] = ()


def gantt(
    canvas: Canvas,
    lanes: Iterable[Lane],
    x: Scale,
    flags: Sequence[Flag] = (),
) -> None:
    """Rows under each other, the lines of flags in their bars alone, fiscal years at the foot.

    Parameters
    ----------
    x : first and last day, as ordinals.
    """
    edges = axes.day_edges(x)
    width = canvas.width - 2 * axes.EDGE
    axes.flag_words(canvas, x, flags, axes.EDGE, width)
    for lane in lanes:
        axes.say(canvas, lane.name, lane.told, style.BLUE, gap=2)
        if lane.note:
            axes.say(canvas, lane.note, color=style.SOFT, gap=0)
        tall = BAND
        if lane.whisker:
            tall += WHISKER
        panel = _band(canvas, tall, x, (tall, 0))
        _draw_ground(panel, edges, flags)
        _draw_lane(panel, lane)
    foot = _band(canvas, 3, x, (0, 1))
    foot.level(0, RULE)
    axes.fiscal_words(foot, edges)


def _band(
    canvas: Canvas,
    tall: float,
    x: Scale,
    y: Scale,
) -> Panel:
    """A panel from edge to edge."""
    edge = axes.EDGE
    return axes.below(canvas, tall, x, y, left=edge, right=edge)


def _draw_ground(
    panel: Panel,
    edges: Sequence[tuple[float, int]],
    flags: Sequence[Flag],
) -> None:
    ground = (*panel.x, *panel.y)
    panel.boxes([ground], (style.SHADE, ""), 0.2, 0)
    for place, _ in edges[1:-1]:
        panel.upright(place, THIN, 0.5)
    for flag in flags:
        panel.upright(flag.place, flag.pen, 5)


def _draw_lane(panel: Panel, lane: Lane) -> None:
    for look, start, finish in lane.bars:
        left = start.toordinal()
        right = finish.toordinal() + 1
        panel.boxes([(left, right, 1.5, BAND - 1.5)], look)
    for days, pen in lane.marks:
        places = [day.toordinal() for day in days]
        places = [place for place in places if place < panel.x[1]]
        panel.line(places, [BAND / 2] * len(places), pen, zorder=6)
    if lane.whisker:
        _draw_whisker(panel, lane.whisker)
    if lane.earliest:
        place = lane.earliest.toordinal()
        panel.line([place], [LEVEL], EARLIEST, zorder=8)


def _draw_whisker(panel: Panel, days: Sequence[date | None]) -> None:
    """From P20 to P80 with a mark at P50; to the edge where one is not seen."""
    places = []
    for day in days:
        place = panel.x[1]
        if day:
            place = day.toordinal()
        places.append(place)
    low, middle, high = places
    panel.line([low, high], [LEVEL, LEVEL], ENDS, zorder=6)
    panel.line([middle], [LEVEL], MEDIAN, zorder=7)


def span_of(days: Iterable[date | None]) -> tuple[int, int]:
    """First and last day of a figure that holds all days, from one fiscal quarter to another."""
    known = list(filter(None, days))
    first = months.quarter_start(min(known))
    last = max(known)
    return first.toordinal(), last.toordinal() + 30
