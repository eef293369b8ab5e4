"""What the files of a city say in the end: facts with their cells, notes, and what contradicts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Fact(NamedTuple):
    """One value of one system or section.

    Attributes
    ----------
    part : systems or sections; `entry` : the business or the section.
    name : planned, live_since, steps, vendor, contract_end; staff.
    where : sheet and cell.
    """

    part: str
    entry: str
    name: str
    value: float | str | date
    unit: str
    where: str


class Note(NamedTuple):
    """A row that is no work item of the plan, kept with its days and the reason."""

    text: str
    start: date | None
    finish: date | None
    why: str
    where: str


class Findings(NamedTuple):
    """What a table says; `matched` : number of its rows that were used."""

    facts: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()
    asides: tuple[str, ...] = ()
    matched: int = 0
    open: tuple[str, ...] = ()


def agreed(facts: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """The facts on which a file agrees with itself, and a sentence for each other place.

    Parameters
    ----------
    facts : of all tables of the file.
    """
    places: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in facts:
        places.setdefault(fact[:3], []).append(fact)
    kept, torn = [], []
    for (_, entry, name), said in places.items():
        if len({fact.value for fact in said}) == 1:
            kept.append(said[0])
            continue
        told = "、".join(f"{fact.value}({fact.where})" for fact in said[:6])
        torn.append(f"{entry}の{LABELS[name]}が食い違います: {told}")
    return tuple(kept), tuple(torn)


LABELS = {
    "planned": "切替の予定",
    "live_since": "稼働した日",
    "steps": "完了したステップ",
    "vendor": "契約先",
    "contract_end": "契約の終わり",
    "staff": "人数",
}
