"""What a city's own file answers of its hearing: facts at places of the city, each with its origin.

A lot gets a day only where all of its systems are named with the same one. A staff list answers for
the sections that the city has; whom a contract list names is the vendor of today, who need not be
the one of the move, and is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from dxplan.bring.brought import Brought
from dxplan.bring.findings import LABELS, Fact
from dxplan.bring.words import squashed
from dxplan.hearing.accept import now_at
from dxplan.hearing.answers import CITY, Answer, Base, Cell, Hearing
from dxplan.town.city import City
from dxplan.town.lots import Lot
from dxplan.town.systems import COMMON
from dxplan.town.variant import Place

OF_LOTS = ("planned", "contract_end")
VENDORS = "契約先は、移行先のベンダとは限らないので、取り込みません。"
FORM = 0  # version of a sheet: it is none of ours
FEWEST, MOST = 0, 5_000  # heads of a section


class Origin(NamedTuple):
    """What stands beside each value: its day and grade; the source is the file and its sheet."""

    as_of: date
    grade: str


def hearing_of(brought: Brought, city: City, origin: Origin) -> Hearing:
    """A file as a hearing of a city, with a sentence for each fact that is no answer.

    Parameters
    ----------
    brought : the file.
    city : the municipality.
    origin : day and grade of the answers.
    """
    told: list[str] = []
    answers = []
    for fact in brought.facts:
        place = _place(fact, city, origin, told)
        if place:
            answers.append(_answer(place, fact, brought, origin))
    for lot in city.lots:
        for name in OF_LOTS:
            first = _of_lot(lot, name, brought.facts, origin, told)
            if first:
                answers.append(_answer(Place("lots", lot.name, name), first, brought, origin))
    told += _without_lot(brought.facts, city)
    if any(fact.name == "vendor" for fact in brought.facts):
        told.append(VENDORS)
    now = {answer.place: now_at(city, answer.place) for answer in answers}
    mark = city.fingerprint()
    base = Base(CITY, city.code, city.slug, mark, city.basis, FORM, "", now)
    return Hearing(brought.path.name, base, tuple(answers), (), tuple(told))


def _place(fact: Fact, city: City, origin: Origin, told: list[str]) -> Place | None:
    """Where a fact of one system or section stands; None where it has no place."""
    if fact.part == "sections":
        return _section(fact, city, told)
    if fact.name not in ("live_since", "steps"):
        return None
    known = f"{fact.entry}の{LABELS[fact.name]} {fact.value}({fact.where})"
    if fact.entry not in {system.business for system in city.movable}:
        told.append(f"{known}: {city.name}の業務ではありません。")
    elif fact.name == "steps" and fact.entry == COMMON:
        told.append(f"{known}: 共通機能のステップは、取り込みません。")
    elif isinstance(fact.value, date) and fact.value > origin.as_of:
        told.append(f"{known}: 時点({origin.as_of})より後です。")
    else:
        return Place("systems", fact.entry, fact.name)
    return None


def _section(fact: Fact, city: City, told: list[str]) -> Place | None:
    for section in city.sections:
        if squashed(section.name) == squashed(fact.entry) and isinstance(fact.value, float):
            if FEWEST < fact.value <= MOST:
                return Place("sections", section.name, "staff")
            told.append(f"{fact.entry}の人数 {fact.value:g}人({fact.where}): 範囲の外です。")
            return None
    told.append(f"{fact.entry}の人数 {fact.value:g}人({fact.where}): 計画にない課です。")
    return None


def _of_lot(
    lot: Lot, name: str, facts: Iterable[Fact], origin: Origin, told: list[str]
) -> Fact | None:
    """The fact on which all systems of a lot agree; None, told, where they do not."""
    members = [business for business in lot.businesses if business != COMMON]
    said = {fact.entry: fact for fact in facts if fact.name == name and fact.entry in members}
    days = {fact.value for fact in said.values() if isinstance(fact.value, date)}
    if not days:
        return None
    label = f"{lot.name}の{LABELS[name]}"
    if len(days) > 1:
        days_said = "、".join(f"{fact.entry} {fact.value}" for fact in said.values())
        told.append(f"{label}: 業務によって違います({days_said})。")
    elif len(said) < len(members):
        missing = "・".join(business for business in members if business not in said)
        told.append(f"{label} {min(days)}: {missing} の日がありません。")
    elif name == "planned" and min(days) <= origin.as_of:
        told.append(f"{label} {min(days)}: 時点({origin.as_of})までに過ぎています。")
    else:
        return next(iter(said.values()))
    return None


def _without_lot(facts: Iterable[Fact], city: City) -> Iterator[str]:
    """Sentences on days of systems that are in no lot, since nothing is left to move."""
    moving = {business for lot in city.lots for business in lot.businesses}
    for fact in facts:
        if fact.name in OF_LOTS and fact.entry not in moving:
            told = f"{fact.entry}の{LABELS[fact.name]} {fact.value}({fact.where})"
            yield f"{told}: 移行の残る業務ではないので、取り込みません。"


def _answer(place: Place, fact: Fact, brought: Brought, origin: Origin) -> Answer:
    sheet, _, cell = fact.where.rpartition("!")
    file = brought.path.name
    source = f"{file} {sheet}".strip()
    at = Cell(file, sheet, cell)
    return Answer(place, fact.value, fact.unit, origin.as_of, source, origin.grade, "", at)
