"""Colours, font and sizes; figures, tables and sentences as HTML.

Everything shown is a ``Figure`` or a ``Table``: both carry their caption, source line and data, and
draw themselves as one piece of HTML, in JupyterLab, in ``widgets.HTML`` and on a printed page. No
style sheet comes from here: classes name the parts, the page's template styles them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from dxplan.facts import months
from dxplan.show import labels, svg
from dxplan.show.svg import Canvas

Asked = TypeVar("Asked")
Made = TypeVar("Made")
INK, SOFT, LINE, SHADE, PAPER = svg.INK, "#4d4d52", "#b3b3b8", "#eef0f6", "#ffffff"
BLUE, ALARM = "#0017c1", "#b3000b"
# Told apart by lightness (grey print), by hue (Okabe-Ito order of contrast) and by hatch.
OWN, AMBER, MINT = (BLUE, ""), ("#f2a900", "/"), ("#9fd3c7", "\\")
GREY, SLATE, ROSE = ("#d9d9de", "."), ("#8a8a94", "-"), ("#f4b6ba", "x")
SKY = "#8fb3ff"
Look = tuple[str, str]  # colour and hatch
OUTSIDE, SHORT = AMBER, ROSE  # beside OWN: who else does the work, and what nobody does
# On the page of a city a surface of a colour means one thing in all figures.
LIVE, TAKEN, PACE = ("#9fd3c7", ""), MINT, ("#d5dde5", "")
ASK, BUILD, SPREAD = ("#cfc3e6", "/"), ("#6b4fa0", ""), ("#f0ebf8", "")
STEPS = {1: ("#bfe3f2", "."), 2: ("#6fb4d6", "/"), 3: ("#1b6c8f", "")}
NET, ALLOCATION, BOND, SUBSIDY = (
    ("#7a4a12", ""),
    ("#e0b98c", "-"),
    ("#f3e3cc", "x"),
    ("#b07a3c", ""),
)
CURRENT, RUNNING = GREY, ("#efe08a", "")
SURE, REST = ("#2f6b2f", ""), ("#a9cf8f", "-")
LOWER, HIGHER = SLATE, ("#3b3b42", "")
TALENT = ("#c6d0f5", "")
CLOSED = ("#e4e6ee", "")
REST_OUTSIDE = ("#fbe3ae", "")
MEANINGS: dict[Look, str] = {
    OWN: "職員",
    OUTSIDE: "外部人材",
    REST_OUTSIDE: "外部人材のうち職員と組まない分",
    SHORT: "人手の不足",
    LIVE: "稼働",
    TAKEN: "稼働とみなす",
    PACE: "完了ステップ",
    ASK: "企画・予算・契約",
    BUILD: "準備・構築・テスト",
    SPREAD: "稼働後の対応・全体への展開",
    STEPS[1]: "研修のステップ1",
    STEPS[2]: "研修のステップ2",
    STEPS[3]: "研修のステップ3",
    NET: "実質負担",
    ALLOCATION: "交付税措置",
    BOND: "地方債",
    SUBSIDY: "補助金・交付金",
    CURRENT: "現行の運用",
    RUNNING: "増える運用費",
    SURE: "8割の確率で終わるまで",
    REST: "残りの2割",
    LOWER: "低い側・起きない場合",
    HIGHER: "高い側・必ず起きる場合",
    TALENT: "人材の層の人数",
    CLOSED: "議会の会期",
}
# Ink is not seen on these.
DARK = frozenset((BLUE, *(look[0] for look in (BUILD, STEPS[3], NET, SURE, HIGHER))))
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
ROLE = {"dx": OWN, "section": ("#c6d0f5", "")}
# Points: what an A4 portrait page and a telephone of 390 pixels have between their margins, the
# latter with words of 11 pixels for the same words of 8 points.
PAGE, PHONE = 509.0, 267.0


def month_place(month: Sequence[date], day: date) -> float:
    """Where the start of a day stands on an axis of months."""
    return months.month_offset(month[0], day) + (day.day - 1) / 31


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
    frame : rows; each column has a heading in `data/headings.csv`.
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
    narrow : the same drawn for a telephone, or "".
    """

    name: str
    svg: str
    caption: str
    source: str
    data: Table
    narrow: str = ""

    def html(self) -> str:
        """The HTML of this piece."""
        caption = f"{html.escape(self.caption)} {_lines(self.source, 'span')}"
        return (
            f'<div class="plan-figure"><figure>{self._canvases()}'
            f"<figcaption>{caption}</figcaption></figure>"
            f'<details class="data"><summary>図のデータ(表)</summary>{self.data.html()}</details></div>'
        )

    def _canvases(self) -> str:
        """The figure; behind it the narrow one, hidden where no style sheet chooses."""
        if not self.narrow:
            return f'<div class="canvas">{self.svg}</div>'
        narrow = f'<div class="canvas narrow" hidden>{self.narrow}</div>'
        return f'<div class="canvas broad">{self.svg}</div>{narrow}'


def fitted(
    draw: Callable[[Canvas], None],
    name: str,
    title: str,
    caption: str,
    source: str,
    data: Table,
) -> Figure:
    """A figure that is drawn twice, for a page and for a telephone.

    Parameters
    ----------
    draw : draws on an empty figure of a width, which grows downwards.
    """
    texts = []
    for width in (PAGE, PHONE):
        canvas = Canvas(width, 0)
        draw(canvas)
        texts.append(svg.svg_text(canvas, name, title, caption))
    return Figure(name, texts[0], caption, source, data, narrow=texts[1])


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


def entry_list(title: str, texts: Sequence[str], kind: str) -> Text:
    """Sentences as a list under a title, with a class; nothing where there are none."""
    if not texts:
        return Text("")
    items = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
    name = f'<p class="list-title">{html.escape(title)}</p>'
    return Text(f'<div class="{kind}">{name}<ul>{items}</ul></div>')


def minutes_text(city: Any, chapter: str) -> Text:
    """What was written down in the meeting about a chapter, framed; nothing where nothing was."""
    text = "<br>".join(html.escape(city.notes.get(chapter, "")).splitlines())
    if not text:
        return Text("")
    title = '<p class="minutes-title">打合せの記録</p>'
    return Text(f'<div class="minutes" role="note">{title}<p>{text}</p></div>')


def kept(make: Callable[[Asked], Made]) -> Callable[[Asked], Made]:
    """Keep what is made of a plan as long as the plan: a page asks several times for it.

    Nobody may change it.
    """
    known: WeakKeyDictionary[Asked, Made] = WeakKeyDictionary()

    @wraps(make)
    def kept_of(plan: Asked) -> Made:
        if plan not in known:
            known[plan] = make(plan)
        return known[plan]

    return kept_of


def basis_text(city: Any, assumed: str) -> str:
    """The source line of what is worked out for a city as of its basis date."""
    return f"出典: この計画の試算({labels.date_text(city.basis)}時点)。{assumed}"


def origin_text(city: Any, outcome: Any, assumed: str) -> str:
    """The source line of what is calculated for a city: start, status, as-of date, assumptions."""
    begins = f"計画の開始 {labels.date_text(city.start)}"
    basis = labels.date_text(city.basis)
    return f"出典: この計画の試算({begins}、{labels.outcome_text(outcome)})。{basis}時点。{assumed}"


# --- tables --------------------------------------------------------------------------------------
def _table(table: Table) -> str:
    columns = [name for name in table.frame.columns if name != table.group]
    head = "".join(map(_head, columns))
    return (
        f'<table class="plan-table"><caption>{html.escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead>{_bodies(table, columns)}</table>"
    )


def _head(name: str) -> str:
    column = labels.heading_of(name)
    text = html.escape(column.label)
    if column.unit:
        text += f' <span class="unit">({html.escape(column.unit)})</span>'
    return f'<th scope="col"{_class(name)}>{text}</th>'


@cache
def _class(name: str) -> str:
    kind = labels.heading_of(name).kind
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
