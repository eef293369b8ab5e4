"""Municipalities like the city: why each is one, where the city stands, and whom to ask.

What is told are published figures, each of its own day. No score and no rank is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import ColumnFact
from dxplan.plan.peers import FAR, FEATURES, INDICATORS, NEAR, Peer, Peers, Standing, Subject
from dxplan.show import axes, labels, style
from dxplan.show.charts import Canvas, Panel, Pen, Sample
from dxplan.show.style import Figure, Table, Text

TABLE = "municipalities"
FACTS = {  # of a feature or an indicator that stands in no column: the columns it is made of
    "old_share": ("population_65plus", "population_census"),
    "household": ("population_census", "households"),
    "staff_each": ("population", "staff_general"),
}
EACH = "人/人口1,000人"
SHOWN = {  # feature -> column of the table
    "population": "population",
    "staff_general": "employees",
    "fiscal_strength": "strength",
    "current_balance_ratio": "balance_ratio",
    "old_share": "old",
    "household": "household",
}
OWN, PINNED, NEAREST = "この団体", "指定した団体", "近い順"
FEW = 3  # municipalities, or features, that are named
MEASURED = (
    "近さは、人口、職員数、財政、年齢、世帯、団体の区分だけで測り、取組の進み方では測らない。"
)
LISTED = "20団体とその似ている点は、Excelの「似ている団体」にある。"
HOW = (
    "距離は、項目ごとの差を全国の中ほど半分の幅で割って足したもの。"
    f"{NEAR:g}以内の項目を似ている点、{FAR:g}以上の項目を違う点とし、大きく3つまで示す。"
    "人口と職員は比で比べる。区分の違いと、公表値がなく比べられない項目は、それぞれ1と数える。"
    f"項目と境は仮定({labels.UNCONFIRMED})。"
)
AHEAD = (
    "進んでいるとは、この団体より良く、似ている団体の上位4分の1に入ること。近い団体から並べる。"
    "公表の後に変わっていることがあるので、聞くときに確かめる。"
)
BOTH = (
    "位置は、値がこの団体より小さい団体の割合(同じ値は半分と数える)。"
    "強み・弱みは、似ている団体の上位か下位の4分の1に入るときだけ示す。"
    "公表のない団体は数えず、0ともみなさない。"
)
NOBODY = "似ている団体の公表値には、この団体より先に進んでいるところがない。"


# --- who is like the city -------------------------------------------------------------------------
def summary_text(found: Peers) -> str:
    """Who is like the city, by what, and where it passes them or stays behind."""
    names = [_name(one) for one in found.peer[:FEW]]
    pinned = sum(one.pinned for one in found.peer)
    said = f"(うち{pinned}団体は前提のファイルで指定)" if pinned else ""
    return (
        f"{found.city.name}に似ている団体は、{'・'.join(names)}など"
        f"{len(found.peer)}団体である{said}。{MEASURED}{_verdicts_text(found)}{_days_text()}{LISTED}"
    )


@cache
def _days_text() -> str:
    """Of which days the figures of the indicators are."""
    days = [_fact(name).as_of for name in INDICATORS]
    first, last = labels.date_text(min(days)), labels.date_text(max(days))
    return f"公表値の時点は、項目により{first}から{last}まで。"


def _name(one: Peer) -> str:
    return f"{one.pref}{one.name}"


def _verdicts_text(found: Peers) -> str:
    """The indicators beyond the quartiles of the peers, and how many could not be compared."""
    names: dict[str, list[str]] = {"strong": [], "weak": [], "unknown": []}
    for row in found.standing:
        names.setdefault(row.verdict, []).append(_label(row.indicator))
    text = ""
    for verdict in ("strong", "weak"):
        if names[verdict]:
            word = labels.word_of("verdict", verdict)
            text += f"公表値で見た{word}は、{'、'.join(names[verdict])}。"
    if not text:
        text = "比べられる公表値に、似ている団体の上位か下位の4分の1に入るものはない。"
    if names["unknown"]:
        text += f"{len(names['unknown'])}項目は公表値が足りず、比べていない。"
    return text


def summary_paragraph(found: Peers) -> Text:
    """The same as a paragraph."""
    return style.paragraph(summary_text(found))


def peers_section(found: Peers) -> Text:
    """Who is like the city and whom to ask, under a heading of its own."""
    pieces = (
        style.heading("近い団体と聞いてみる先", 3),
        summary_paragraph(found),
        ask_table(found),
    )
    return Text("".join(piece.html() for piece in pieces))


def peer_table(found: Peers) -> Table:
    """The peers with what is near, their figures and distance, below those of the city itself."""
    rows = [(OWN, _name(found.own), found.own.kind, "", "", np.nan, *_numbers(found.own))]
    for one in found.peer:
        group = PINNED if one.pinned else NEAREST
        near, far = _near_text(one), _features_text(one.far[::-1])
        rows.append((group, _name(one), one.kind, near, far, one.distance, *_numbers(one)))
    columns = "group city class near far distance".split()
    frame = pd.DataFrame(rows, columns=[*columns, *SHOWN.values()])
    title = f"{found.city.name}に似ている{len(found.peer)}団体"
    return Table(frame, title, f"{HOW}\n{_source_line(FEATURES)}", "city", "group")


def _numbers(one: Peer) -> list[float]:
    return [one.numbers[name] for name in SHOWN]


def _near_text(one: Peer) -> str:
    """The features that are nearest, and how many could not be compared."""
    text = _features_text(one.near)
    return f"{text}({one.blank}項目は比べられない)" if one.blank else text


def _features_text(names: Iterable[str]) -> str:
    """The first features."""
    words = [labels.word_of("feature", name) for name in names]
    return "・".join(words[:FEW]) or labels.MISSING


def _source_line(names: Iterable[str]) -> str:
    """Each source once, with all that is from it."""
    said: dict[str, list[str]] = {}
    for name in names:
        for column in FACTS.get(name, (name,)):
            fact = catalog.load_column(TABLE, column)
            origin = labels.origin_text(fact.source, fact.as_of, fact.grade)
            said.setdefault(origin, []).append(_label(name))
    parts = [f"{'・'.join(dict.fromkeys(names))}は{origin}" for origin, names in said.items()]
    return f"出典: {'、'.join(parts)}"


def _label(name: str) -> str:
    """The word for a feature or an indicator."""
    known = labels.words_of("fact")
    return known.get(name) or labels.word_of("feature", name)


# --- where the city stands ------------------------------------------------------------------------
class Place(NamedTuple):
    """A row of ``standing_table``."""

    what: str
    value: str
    unit: str
    peers_value: str
    verdict: str
    among: float
    nation_place: float
    nation_does: float
    peers_blank: int
    nation_blank: int
    as_of: object
    grade: str


def standing_table(found: Peers) -> Table:
    """The city's indicators, where it stands with them, and of how many no figure is published."""
    rows = [_place(row) for row in found.standing]
    title = f"似ている団体と全国の中の{found.city.name}"
    source = f"{BOTH}\n{_source_line(INDICATORS)}"
    return Table(pd.DataFrame(rows, columns=Place._fields), title, source, "what")


def _place(row: Standing) -> Place:
    name = row.indicator
    fact = _fact(name)
    places = (row.among, row.nation, np.nan)
    if _yes(name):  # a place says nothing of yes and no
        places = (np.nan, np.nan, row.nation_mean)
    return Place(
        _label(name),
        *_value(name, row.value),
        _peers_text(row),
        row.verdict,
        *places,
        row.blank,
        row.nation_blank,
        fact.as_of,
        fact.grade,
    )


def _fact(name: str) -> ColumnFact:
    """The origin of an indicator; of one made of several columns that of the oldest."""
    facts = [catalog.load_column(TABLE, column) for column in FACTS.get(name, (name,))]
    return min(facts, key=lambda fact: fact.as_of)


def _yes(name: str) -> bool:
    """Whether an indicator is one of yes and no."""
    return _fact(name).unit.startswith("1=")


def _value(name: str, value: float) -> tuple[str, str]:
    """A number of an indicator and its unit."""
    unit = EACH if name in FACTS else _fact(name).unit
    if np.isnan(value):
        return labels.fact_text(None, unit)
    return labels.fact_text(bool(value) if _yes(name) else value, unit)


def _peers_text(row: Standing) -> str:
    """The middle and the quartiles of the peers, or how many of them do it."""
    name = row.indicator
    if np.isnan(row.middle):
        return "公表値が足りない"
    if _yes(name):
        return f"{row.known}団体のうち{round(row.mean * row.known)}が実施"
    middle, low, high = [_value(name, one)[0] for one in (row.middle, row.low, row.high)]
    return f"{middle}(中ほど半分 {low}〜{high})"


def spread_figure(found: Peers) -> Figure:
    """Where the peers and the city stand in the nation, by indicator."""
    data, draw = standing_table(found), partial(_draw_spread, found)
    title = f"{found.city.name}と似ている団体の全国の中の位置"
    return style.fitted(draw, "peers", title, _spread_text(found), data.source, data)


PEERS = Pen("#5c5c66", 0, mark="o", size=5, face=style.PAPER)
SELF = Pen(style.BLUE, 0, mark="D", size=8)
PLACE = "横軸は全国の中の位置(%)。右ほど値が大きい。良い・悪いの向きは項目による"


def _draw_spread(found: Peers, canvas: Canvas) -> None:
    samples: dict[str, Sample] = {}
    names = [name for name in INDICATORS if not _yes(name)]
    panels = axes.rows(canvas, [(_label(name), "") for name in names], 10, (-3, 103))
    for name, panel in zip(names, panels, strict=True):
        *others, place = (100 * found.spread[name]).tolist()
        panel.level(0.5, Pen(style.LINE, 0.5), 0.5)
        _draw_marks(panel, others, PEERS, "似ている団体")
        _draw_marks(panel, [place], SELF, found.city.name)
        samples |= panel.samples
    axes.under(panel, (0, 25, 50, 75, 100), ("0", "25", "50", "75", "100"))
    axes.say(canvas, PLACE)
    axes.key(canvas, samples)


def _draw_marks(panel: Panel, places: Iterable[float], pen: Pen, label: str) -> None:
    """A mark for each place that is known."""
    known = [place for place in places if place == place]
    if known:
        panel.line(known, [0.5] * len(known), pen, label, 4)


def _spread_text(found: Peers) -> str:
    """What the marks are, and where the city leaves its peers."""
    marks = f"白い点が似ている{len(found.peer)}団体、青い印が{found.city.name}。"
    return f"{marks}{_verdicts_text(found)}公表値のない団体には、印がない。"


# --- whom to ask ----------------------------------------------------------------------------------
def ask_table(found: Peers) -> Table:
    """The peers that are further on, in what, and what makes them like the city."""
    rows = []
    for one, subjects in found.ask:
        ahead = "、".join(map(_ahead_text, subjects))
        rows.append((_name(one), ahead, _near_text(one), one.numbers["population"]))
    names = dict.fromkeys(subject.indicator for _, said in found.ask for subject in said)
    title = f"進んでいる{len(rows)}団体(聞いてみる先)"
    frame = pd.DataFrame(rows, columns=["city", "ahead", "near", "population"])
    return Table(frame, title, f"{AHEAD}\n{_source_line(names)}", "city", none=NOBODY)


def _ahead_text(subject: Subject) -> str:
    """A subject with the figure of the peer and, in brackets, the city's own."""
    name = subject.indicator
    theirs, unit = _value(name, subject.theirs)
    own, _ = _value(name, subject.value)
    return f"{_label(name)} {theirs}{unit.strip(labels.MISSING)}({own})"
