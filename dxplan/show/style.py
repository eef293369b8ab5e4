"""Colours, font and sizes; figures, tables and sentences as HTML.

Everything shown is a ``Figure`` or a ``Table``: both carry their caption, source line and data, and
draw themselves as one piece of HTML, in JupyterLab, in ``widgets.HTML`` and on a printed page. No
style sheet comes from here: classes name the parts, the page's template styles them.
"""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from dxplan.facts import months
from dxplan.show import labels
from dxplan.show.svg import INK, font_name, svg_text

SOFT, LINE, SHADE, PAPER = "#4d4d52", "#b3b3b8", "#eef0f6", "#ffffff"
BLUE, ALARM = "#0017c1", "#b3000b"
# Told apart by lightness (grey print), by hue (Okabe-Ito order of contrast) and by hatch.
OWN, AMBER, MINT = (BLUE, ""), ("#f2a900", "/"), ("#9fd3c7", "\\")
GREY, SLATE, ROSE = ("#d9d9de", "."), ("#8a8a94", "-"), ("#f4b6ba", "x")
SKY = "#8fb3ff"
Look = tuple[str, str]  # colour and hatch
OUTSIDE, SHORT = AMBER, ROSE  # beside OWN: who else does the work, and what nobody does
PHASE = {
    "papers": ("#e8e8ec", ""),
    "budget": GREY,
    "tender": ("#b3b3b8", ""),
    "prepare": MINT,
    "rehearse": OWN,
    "test": AMBER,
    "train": SLATE,
    "law": ("#c9b3e0", ""),
    "care": ("#dfe9ff", ""),
    "link": ROSE,
}
ROLE = {"dx": OWN, "section": AMBER}
WIDTH = 10.4  # inches: the width of an A4 landscape page without its margins
UPRIGHT = 7.2  # inches: the same of a portrait page
TEXT = 8.0
# Paper behind words that stand on lines.
BEHIND = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}


@contextmanager
def drawing() -> Iterator[None]:
    """Settings under which figures are made and written; the reader's own stay as they were."""
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "dxplan",
        "font.family": [font_name()],
        "font.size": TEXT,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": LINE,
        "axes.linewidth": 0.7,
        "axes.titlelocation": "left",
        "axes.titlesize": 8.5,
        "axes.titlepad": 4,
        "axes.unicode_minus": False,
        "legend.frameon": False,
        "legend.loc": "lower center",
        "path.simplify": False,
        "text.parse_math": False,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # The reader's font draws; this one only measures.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


def canvas(height: float, width: float = WIDTH) -> Canvas:
    """An empty matplotlib figure of a size in inches, without pyplot's memory of figures."""
    return Canvas(figsize=(width, height), facecolor=PAPER)


@contextmanager
def sheet(height: float, width: float = UPRIGHT) -> Iterator[Canvas]:
    """An empty figure under the settings of ``drawing``; it is to be shown by ``drawn`` therein."""
    with drawing():
        yield canvas(height, width)


def look_patch(look: Look, label: str) -> Patch:
    """The legend's sample of a colour and hatch."""
    return Patch(
        facecolor=look[0], hatch=look[1] or None, edgecolor=INK, linewidth=0.35, label=label
    )


def plain_axes(axes: Axes, grid: str = "", title: str = "", pad: float = 4) -> None:
    """No frame but the left and bottom lines; a light grid along one axis, a title."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2, width=0.5)
    if title:
        axes.set_title(title, pad=pad)
    if grid:
        axes.grid(axis=grid, color=LINE, linewidth=0.4)
        axes.set_axisbelow(True)


def month_axes(axes: Axes, month: Sequence[date]) -> None:
    """X from 0 to T months: a line at each April, below the fiscal years that have room."""
    count = len(month)
    april = [place for place, day in enumerate(month) if day.month == 4]
    edges = sorted({0, *april, count})
    axes.set(xlim=(0, count), xticks=[])
    width, height = axes.get_position().size * axes.figure.get_size_inches()
    _draw_uprights(axes, edges[1:-1], 0, 1, edgecolor=LINE, zorder=0.5)
    # The ticks of matplotlib are slow to make: 2 points under the axis are drawn here.
    _draw_uprights(axes, april, -2 / 72 / height, 0, edgecolor=INK, clip_on=False)
    for low, high in pairwise(edges):
        room = (high - low) * (width / count)
        word = labels.fiscal_short(months.fiscal_year(month[low]))
        if room <= 0.46:
            word = word.removesuffix("年度")
        if room > 0.22:
            place = ((low + high) / 2, 0)
            point_note(axes, word, place, (0, -4), ("data", "axes fraction"), ha="center", va="top")


def _draw_uprights(
    axes: Axes, places: Sequence[float], low: float, high: float, **look: object
) -> None:
    """Thin upright lines between two shares of the height, as one path."""
    if places:
        path = Outline([(x, y) for x in places for y in (low, high)], [1, 2] * len(places))
        across = axes.get_xaxis_transform()
        axes.add_artist(PathPatch(path, transform=across, fill=False, linewidth=0.5, **look))


def month_place(month: Sequence[date], day: date) -> float:
    """Where the start of a day stands on such an axis."""
    return months.month_offset(month[0], day) + (day.day - 1) / 31


def point_note(
    axes: Axes,
    text: str,
    place: tuple[float, float],
    shift: tuple[float, float],
    frame: str | tuple[str, str] = "data",
    **look: object,
) -> None:
    """A few words so many points beside a place."""
    look = {"va": "center", "fontsize": 7.5, **look}
    axes.annotate(text, place, shift, frame, "offset points", **look)


def draw_boxes(
    axes: Axes,
    boxes: Sequence[tuple],
    look: Look,
    zorder: float = 3,
    line: float = 0.35,
    label: str | None = None,
) -> None:
    """Rectangles (left, right, low, high) of one colour and hatch as one path: small and quick."""
    sides = np.array(boxes, float).reshape(-1, 4)
    # Round each box and back: the corners take the columns (left, low), (right, low), and so on.
    corners = sides[:, [0, 2, 1, 2, 1, 3, 0, 3, 0, 2]].reshape(-1, 2)
    path = Outline(corners, [1, 2, 2, 2, 79] * len(boxes))
    colour, hatch = look
    look_of = {"facecolor": colour, "hatch": hatch or None, "edgecolor": INK, "linewidth": line}
    if colour == BLUE:
        look_of["edgecolor"] = PAPER  # ink is not seen on it
    axes.add_artist(PathPatch(path, zorder=zorder, label=label, **look_of))
    axes.update_datalim(corners)  # add_patch would look at each side as a curve


# --- what is shown -------------------------------------------------------------------------------
class Shown:
    """Something that shows itself as HTML."""

    def html(self) -> str:
        """The HTML of this piece."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return type(self).__name__

    def _repr_html_(self) -> str:
        return self.html()


@dataclass(frozen=True, repr=False)
class Text(Shown):
    """A piece of HTML made of escaped parts by this package, such as a paragraph."""

    body: str

    def html(self) -> str:
        """The HTML of this piece."""
        return self.body


@dataclass(frozen=True, repr=False)
class Table(Shown):
    """A table: English columns, shown under their Japanese labels.

    Attributes
    ----------
    frame : rows; each column has a label in ``labels.COLUMNS``.
    title : caption.
    source : lines under the table: how to read it; where from and from when, beginning with 出典.
    head : the column whose cells are row headers.
    group : a column that is shown as heading rows between the rows, or "".
    none : what is said where there is no row.
    """

    frame: pd.DataFrame
    title: str
    source: str = ""
    head: str = ""
    group: str = ""
    none: str = ""

    def html(self) -> str:
        """The HTML of this piece."""
        if not len(self.frame):
            return none_text(self.title, self.none).html()
        return f"{_table(self)}{_lines(self.source, 'p')}"


@dataclass(frozen=True, repr=False)
class Figure(Shown):
    """A figure: SVG, caption (the sentence it states), source line, and the data behind it.

    Attributes
    ----------
    name : short ASCII word.
    svg : complete SVG text.
    caption : the sentence that the figure states; also its description for those who do not see it.
    wide : whether it wants a landscape page of its own in print.
    """

    name: str
    svg: str
    caption: str
    source: str
    data: Table
    wide: bool = False

    def html(self) -> str:
        """The HTML of this piece."""
        kind = "plan-figure landscape" if self.wide else "plan-figure"
        caption = f"{html.escape(self.caption)} {_lines(self.source, 'span')}"
        return (
            f'<div class="{kind}"><figure><div class="canvas">{self.svg}</div>'
            f"<figcaption>{caption}</figcaption></figure>"
            f'<details class="data"><summary>図のデータ(表)</summary>{self.data.html()}</details></div>'
        )


def drawn(
    canvas: Canvas,
    name: str,
    title: str,
    caption: str,
    source: str,
    data: Table,
    wide: bool = False,
) -> Figure:
    """A finished matplotlib figure as what is shown; to be called inside ``drawing()``."""
    svg = svg_text(canvas, name, title, caption)
    return Figure(name, svg, caption, source, data, wide)


def _lines(source: str, tag: str) -> str:
    """How to read it, and where from: what begins with 出典 becomes a note of the page."""
    lines = []
    for line in filter(None, source.split("\n")):
        kind = "source" if line.startswith("出典") else "reading"
        lines.append(f'<{tag} class="{kind}">{html.escape(line)}</{tag}>')
    return " ".join(lines)


def none_text(title: str, reason: str) -> Text:
    """「該当なし」 and the reason, in place of an empty picture or table."""
    head = f"<strong>{html.escape(title)}: 該当なし。</strong>"
    return Text(f'<p class="none">{head}{html.escape(reason)}</p>')


def paragraph(text: str, kind: str = "") -> Text:
    """A paragraph with a class."""
    attribute = f' class="{kind}"' if kind else ""
    return Text(f"<p{attribute}>{html.escape(text)}</p>")


def heading(text: str, level: int = 1) -> Text:
    """A heading."""
    return Text(f"<h{level}>{html.escape(text)}</h{level}>")


def pair_list(pairs: Sequence[tuple[str, str]], kind: str) -> Text:
    """Terms and their texts, as a list with a class."""
    rows = ""
    for term, text in pairs:
        rows += f"<div><dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd></div>"
    return Text(f'<dl class="{kind}">{rows}</dl>')


def minutes_text(city: Any, chapter: str) -> Text:
    """What was written down in the meeting about a chapter, framed; nothing where nothing was."""
    text = "<br>".join(html.escape(city.notes.get(chapter, "")).splitlines())
    if not text:
        return Text("")
    title = '<p class="minutes-title">打合せの記録</p>'
    return Text(f'<div class="minutes" role="note">{title}<p>{text}</p></div>')


def origin_text(city: Any, outcome: Any, assumed: str) -> str:
    """The source line of what is calculated for a city: start, status, as-of date, assumptions."""
    begins = f"計画の開始 {labels.date_text(city.start)}"
    basis = labels.date_text(city.at("basis_date").value)
    return f"出典: dxplan の計算({begins}、{labels.outcome_text(outcome)})。{basis}時点。{assumed}"


# --- tables --------------------------------------------------------------------------------------
def _table(table: Table) -> str:
    columns = [name for name in table.frame.columns if name != table.group]
    head = "".join(map(_head, columns))
    return (
        f'<table class="plan-table"><caption>{html.escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead>{_bodies(table, columns)}</table>"
    )


def _head(name: str) -> str:
    column = labels.COLUMNS[name]
    text = html.escape(column.label)
    if column.unit:
        text += f' <span class="unit">({html.escape(column.unit)})</span>'
    return f'<th scope="col"{_class(name)}>{text}</th>'


@cache
def _class(name: str) -> str:
    kind = labels.COLUMNS[name].kind
    classes = {"number": labels.NUMBERS, "date": labels.DATES, "whole": labels.WHOLE}
    for word, kinds in classes.items():
        if kind in kinds:
            return f' class="{word}"'
    return ""


def _bodies(table: Table, columns: list[str]) -> str:
    """The rows; those of one group under a heading row of their own."""
    rows = _rows(table.frame, columns, table.head)
    if not table.group:
        return f"<tbody>{''.join(rows)}</tbody>"
    groups: dict[object, str] = {}
    for value, row in zip(table.frame[table.group].tolist(), rows, strict=True):
        groups[value] = groups.get(value, "") + row
    bodies = ""
    for value, part in groups.items():
        name = html.escape(labels.value_text(table.group, value))
        head = f'<th scope="rowgroup" colspan="{len(columns)}">{name}</th>'
        bodies += f'<tbody><tr class="group">{head}</tr>{part}</tbody>'
    return bodies


def _rows(frame: pd.DataFrame, columns: list[str], head: str) -> Iterator[str]:
    values = [frame[name].tolist() for name in columns]
    for row in zip(*values, strict=True):
        cells = ""
        for name, value in zip(columns, row, strict=True):
            cells += _cell(name, value, name == head)
        yield f"<tr>{cells}</tr>"


def _cell(name: str, value: object, head: bool) -> str:
    marked = f'<strong class="unconfirmed">{labels.UNCONFIRMED}</strong>'
    text = html.escape(labels.value_text(name, value)).replace(labels.UNCONFIRMED, marked)
    if name == "standing" and value == "late":
        text = f'<strong class="late">{text}</strong>'
    if head:
        return f'<th scope="row"{_class(name)}>{text}</th>'
    return f"<td{_class(name)}>{text}</td>"
