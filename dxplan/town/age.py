"""Confirmed values age: what a file has confirmed twelve months ago is to be confirmed again.

The values of ``data/`` have their own days, and the sources their own rhythm; only what a person
has once confirmed in a params file is meant here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from dxplan.facts.months import DAY
from dxplan.facts.nodes import AGED
from dxplan.facts.params import Engagement, Value

FILED = ".yaml"  # in the origin of what a params file says
Part = Any  # of a city: values, and whatever holds them


def aged(part: Part, basis: date) -> Part:
    """A part of a city with its grades as of a day: A is A旧 after twelve months.

    Parameters
    ----------
    part : a value, or tuples, mappings and dataclasses that hold some.
    basis : day of the plan.

    Returns
    -------
    the part itself where nothing in it changes
    """
    if isinstance(part, (Value, Engagement)):
        return _graded(part, basis)
    if isinstance(part, Mapping):
        held = dict(zip(part, _each(part.values(), basis), strict=True))
        return part if _same(part.values(), held.values()) else MappingProxyType(held)
    if type(part) is tuple:
        items = _each(part, basis)
        return part if _same(part, items) else items
    if is_dataclass(part) and not isinstance(part, type):
        before = {field.name: getattr(part, field.name) for field in fields(part)}
        after = aged(before, basis)
        return part if after is before else replace(part, **after)
    return part


def _each(parts: Iterable[Part], basis: date) -> tuple[Part, ...]:
    return tuple(aged(part, basis) for part in parts)


def _same(parts: Iterable[Part], others: Iterable[Part]) -> bool:
    return all(one is other for one, other in zip(parts, others, strict=True))


def _graded(said: Value | Engagement, basis: date) -> Value | Engagement:
    grade = said.grade[:1]
    if FILED in said.where and grade in AGED and said.as_of <= str(_year_before(basis)):
        grade = AGED[grade]
    if grade == said.grade:
        return said
    if isinstance(said, Value):
        return replace(said, grade=grade)
    return said._replace(grade=grade)


def _year_before(day: date) -> date:
    """The same day of the year before; 28 February for the 29th."""
    if (day.month, day.day) == (2, 29):
        day -= DAY
    return day.replace(year=day.year - 1)
