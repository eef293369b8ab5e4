"""How old the official figures are against the rhythm in which they are published."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from dxplan.facts import catalog

OLD = 2  # editions missed, from which a page says so
MONTHS = 12


class Age(NamedTuple):
    """One kind of official file, by ``data/official.csv``.

    Attributes
    ----------
    kind, label : its id, and its Japanese name.
    as_of : the day that the figures of data/ speak of; `source` : their id in SOURCES.
    months : between two editions.
    missed : editions that should have been published since.
    page : whether a page rests on it.
    """

    kind: str
    label: str
    as_of: date
    source: str
    months: int
    missed: int
    page: bool


def full_months(start: date, end: date) -> int:
    """Whole months from a day to another; the ends of two months are whole months apart."""
    return (end.year - start.year) * MONTHS + end.month - start.month


@cache
def load_ages(day: date) -> tuple[Age, ...]:
    """The age of each kind of official figures on a day.

    An edition counts as missed when its day and the usual months until it is published have passed.
    """
    ages: dict[tuple[str, str], Age] = {}
    for row in catalog.load_rows("official"):
        fact = catalog.load_column(row["table"], row["column"])
        waited = full_months(fact.as_of, day) - row["lag"]
        missed = max(0, waited // row["months"])
        origin = (fact.as_of, fact.source, row["months"], missed, row["page"])
        # the first file from which a column may come tells its age
        ages.setdefault((row["table"], row["column"]), Age(row["kind"], row["label"], *origin))
    return tuple(ages.values())


def old_ones(day: date) -> tuple[Age, ...]:
    """What pages rest on and is two editions old, or more."""
    return tuple(age for age in load_ages(day) if age.page and age.missed >= OLD)
