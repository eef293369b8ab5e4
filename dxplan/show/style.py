"""Colours, font and sizes; figures, tables and sentences as HTML.

Everything shown is a ``Figure`` or a ``Table``: both carry their caption, source line and data, and draw
themselves as one piece of HTML, in JupyterLab, in ``widgets.HTML`` and on a printed page. No style sheet comes
from here: classes name the parts, the page's template styles them.
"""

from __future__ import annotations

import html
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline

from dxplan.show import labels
from dxplan.show.svg import INK, font_name, svg_text  # noqa: F401  (topics draw by style alone)

SOFT, LINE, SHADE, PAPER = "#4d4d52", "#b3b3b8", "#eef0f6", "#ffffff"
BLUE, ALARM = "#0017c1", "#b3000b"
# Told apart by lightness (grey print), by hue (Okabe-Ito order of contrast) and by hatch.
PHASE = {
    "papers": ("#e8e8ec", ""),
    "budget": ("#d9d9de", "."),
    "tender": ("#b3b3b8", ""),
    "prepare": ("#9fd3c7", "\\"),
    "rehearse": ("#0017c1", ""),
    "test": ("#f2a900", "/"),
    "train": ("#8a8a94", "-"),
    "law": ("#c9b3e0", ""),
    "care": ("#dfe9ff", ""),
    "link": ("#f4b6ba", "x"),
}
ROLE = {"dx": (BLUE, ""), "section": ("#f2a900", "/")}
OWN, OUTSIDE, SHORT = (
    (BLUE, ""),
    ("#f2a900", "/"),
    ("#f4b6ba", "x"),
)  # who does the work, and what nobody does
WIDTH = 10.4  # inches: the width of an A4 landscape page without its margins
UPRIGHT = 7.2  # inches: the same of a portrait page
TEXT = 8.0


@contextmanager
def drawing():
    """Settings under which figures are made and written; the reader's own settings stay as they were."""
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
        "axes.unicode_minus": False,
        "path.simplify": False,
        "text.parse_math": False,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph .* missing"
        )  # the reader's font draws; this one only measures
        yield


def canvas(height: float, width: float = WIDTH) -> Canvas:
    """An empty matplotlib figure of a size in inches, without pyplot's memory of figures."""
    return Canvas(figsize=(width, height), facecolor=PAPER)


def look_patch(look: tuple[str, str], label: str) -> Patch:
    """The legend's sample of a colour and hatch."""
    return Patch(
        facecolor=look[0], hatch=look[1] or None, edgecolor=INK, linewidth=0.35, label=label
    )


def plain_axes(axes, grid: str = "") -> None:
    """Take away the frame except the left and bottom lines; a light grid along one axis."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=2, width=0.5)
    if grid:
        axes.grid(axis=grid, color=LINE, linewidth=0.4)
        axes.set_axisbelow(True)


def month_axes(axes, month: Sequence[date]) -> None:
    """X from 0 to T months: a line at each April, and under the axis the fiscal years, as far as they have room."""
    count = len(month)
    inch = axes.get_position().width * axes.figure.get_figwidth() / count
    april = [place for place, day in enumerate(month) if day.month == 4]
    axes.set(xlim=(0, count), xticks=[])
    edges = sorted({0, *april, count})
    mark = 2 / 72 / (axes.get_position().height * axes.figure.get_figheight())
    _draw_uprights(axes, edges[1:-1], 0, 1, edgecolor=LINE, zorder=0.5)
    _draw_uprights(
        axes, april, -mark, 0, edgecolor=INK, clip_on=False
    )  # ticks: those of matplotlib are slow to make
    for low, high in zip(edges, edges[1:]):
        room = (high - low) * inch
        word = labels.fiscal_short(month[low].year - (month[low].month < 4))
        if room > 0.22:
            axes.annotate(
                word if room > 0.46 else word[:-2],
                ((low + high) / 2, 0),
                (0, -4),
                ("data", "axes fraction"),
                "offset points",
                ha="center",
                va="top",
                fontsize=7.5,
            )


def _draw_uprights(axes, places: Sequence[float], low: float, high: float, **look) -> None:
    """Thin upright lines between two shares of the height, as one path."""
    if places:
        path = Outline([(x, y) for x in places for y in (low, high)], [1, 2] * len(places))
        axes.add_artist(
            PathPatch(path, transform=axes.get_xaxis_transform(), fill=False, linewidth=0.5, **look)
        )


def month_place(month: Sequence[date], day: date) -> float:
    """Where the start of a day stands on such an axis."""
    return (day.year - month[0].year) * 12 + day.month - month[0].month + (day.day - 1) / 31


def draw_boxes(
    axes,
    boxes: Sequence[tuple],
    look: tuple[str, str],
    zorder: float = 3,
    line: float = 0.35,
    label: str | None = None,
) -> None:
    """Rectangles (left, right, low, high) of one colour and hatch as one path: small and quick to draw."""
    corners = np.array(
        [[(a, c), (b, c), (b, d), (a, d), (a, c)] for a, b, c, d in boxes], float
    ).reshape(-1, 2)
    path = Outline(corners, [1, 2, 2, 2, 79] * len(boxes))
    colour, hatch = look
    edge = PAPER if colour == BLUE else INK
    axes.add_artist(
        PathPatch(
            path,
            facecolor=colour,
            hatch=hatch or None,
            edgecolor=edge,
            linewidth=line,
            zorder=zorder,
            label=label,
        )
    )
    axes.update_datalim(corners)  # add_patch would look at each side as a curve


# --- what is shown -----------------------------------------------------------------------------------
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
        data = (
            f'<details class="data"><summary>図のデータ(表)</summary>{self.data.html()}</details>'
        )
        kind = "plan-figure landscape" if self.wide else "plan-figure"
        return (
            f'<div class="{kind}"><figure><div class="canvas">{self.svg}</div>'
            f"<figcaption>{html.escape(self.caption)} {_lines(self.source, 'span')}</figcaption></figure>{data}</div>"
        )


def _lines(source: str, tag: str) -> str:
    """How to read it, and where from: what begins with 出典 becomes a note of the page."""
    return " ".join(
        f'<{tag} class="{"source" if line.startswith("出典") else "reading"}">{html.escape(line)}</{tag}>'
        for line in filter(None, source.split("\n"))
    )


def none_text(title: str, reason: str) -> Text:
    """「該当なし」 and the reason, in place of an empty picture or table."""
    return Text(
        f'<p class="none"><strong>{html.escape(title)}: 該当なし。</strong>{html.escape(reason)}</p>'
    )


def paragraph(text: str, kind: str = "") -> Text:
    """A paragraph with a class."""
    return Text(f"<p{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{html.escape(text)}</p>")


def heading(text: str, level: int = 1) -> Text:
    """A heading."""
    return Text(f"<h{level}>{html.escape(text)}</h{level}>")


def pair_list(pairs: Sequence[tuple[str, str]], kind: str) -> Text:
    """Terms and their texts, as a list with a class."""
    rows = "".join(
        f"<div><dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd></div>" for k, v in pairs
    )
    return Text(f'<dl class="{kind}">{rows}</dl>')


def minutes_text(city, chapter: str) -> Text:
    """What was written down in the meeting about a chapter, as a framed record; nothing where nothing was."""
    said = "<br>".join(map(html.escape, city.notes.get(chapter, "").splitlines()))
    return Text(
        f'<div class="minutes" role="note"><p class="minutes-title">打合せの記録</p><p>{said}</p></div>'
        if said
        else ""
    )


def origin_text(city, outcome, assumed: str) -> str:
    """The source line of what is calculated for a city: start, status, as-of date, and what is assumed."""
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(city.start)}、{labels.outcome_text(outcome)})。"
        f"{labels.date_text(city.at('basis_date').value)}時点。{assumed}"
    )


# --- tables ------------------------------------------------------------------------------------------
def _table(table: Table) -> str:
    columns = [name for name in table.frame.columns if name != table.group]
    head = "".join(_head(name) for name in columns)
    return (
        f'<table class="plan-table"><caption>{html.escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead>{''.join(_bodies(table, columns))}</table>"
    )


def _head(name: str) -> str:
    column = labels.COLUMNS[name]
    unit = f' <span class="unit">({html.escape(column.unit)})</span>' if column.unit else ""
    return f'<th scope="col"{_class(name)}>{html.escape(column.label)}{unit}</th>'


@cache
def _class(name: str) -> str:
    kind = labels.COLUMNS[name].kind
    found = {"number": labels.NUMBERS, "date": labels.DATES, "whole": labels.WHOLE}
    return next((f' class="{name}"' for name, kinds in found.items() if kind in kinds), "")


def _bodies(table: Table, columns: list[str]):
    rows = _rows(table.frame, columns, table.head)
    if not table.group:
        yield f"<tbody>{''.join(rows)}</tbody>"
        return
    parts: dict[object, list[str]] = {}
    for value, row in zip(table.frame[table.group].tolist(), rows):
        parts.setdefault(value, []).append(row)
    for value, part in parts.items():
        name = html.escape(labels.value_text(table.group, value))
        top = f'<tr class="group"><th scope="rowgroup" colspan="{len(columns)}">{name}</th></tr>'
        yield f"<tbody>{top}{''.join(part)}</tbody>"


def _rows(frame: pd.DataFrame, columns: list[str], head: str):
    for row in zip(*(frame[name].tolist() for name in columns)):
        cells = (_cell(name, value, name == head) for name, value in zip(columns, row))
        yield f"<tr>{''.join(cells)}</tr>"


def _cell(name: str, value: object, head: bool) -> str:
    text = html.escape(labels.value_text(name, value)).replace(
        labels.UNCONFIRMED, f'<strong class="unconfirmed">{labels.UNCONFIRMED}</strong>'
    )
    if name == "standing" and value == "late":
        text = f'<strong class="late">{text}</strong>'
    return (
        f'<th scope="row"{_class(name)}>{text}</th>' if head else f"<td{_class(name)}>{text}</td>"
    )
