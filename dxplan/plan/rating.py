"""How an entry of the RAID log is rated, and the day by which it is decided.

Likelihood  3 the plan already shows it, or it is a question that nobody has answered; 2 it rests on
            an unconfirmed value, or its deadline is near; 1 else; 0 where the plan says nothing
Impact      3, 2 or 1 by limits of what moves: what is told of the go-live (6 months, 1 month),
            general revenue or cost (10 %, 1 %), work without anyone (20 %, 5 % of the month),
            people without a seat (10 %, 1 %), the outsiders' share of the work (50 %, 10 %); 3 where
            the end date becomes doubtful; 0 where the plan says nothing
The limits are a design guess (grade G).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from dxplan.facts import months
from dxplan.plan.meetings import Meeting
from dxplan.town.city import City

GRADES = "ABCMG"  # best first
UNSURE = "MG"
BY_MONTHS, BY_MONEY, BY_WORK = (1, 6), (0.01, 0.1), (0.05, 0.2)
BY_PEOPLE, BY_SHARE = (0.01, 0.1), (0.1, 0.5)
SURE, EVEN = 0.9, 0.5  # chances of the end date below which it is a risk, and an issue
SMALL = 0.05  # FTE: a smaller shortage is none


class Entry(NamedTuple):
    """A row of the RAID log; see ``Governance.raid``."""

    category: str
    topic: str
    facts: Mapping[str, object]
    likelihood: int
    impact: int
    owner: str
    due: date
    origin: str
    grade: str


def level(value: float, limits: tuple[float, float]) -> int:
    """An impact of 1, 2 or 3 by two limits."""
    return 1 + sum(abs(value) >= limit for limit in limits)


def weakest(grades: Sequence[str]) -> str:
    """The weakest of some grades."""
    return max(grades, key=GRADES.index)


def grade_of(city: City, *names: str) -> str:
    """The weakest grade of some parameters."""
    return weakest([city.at(name).grade for name in names])


def last_open(day: date) -> date:
    """The day, or the last open one before it."""
    while not months.is_open(day):
        day -= months.DAY
    return day


def first_meeting(held: Sequence[Meeting], meeting: str, start: date) -> date:
    """The day of the first meeting of a kind, else the first open day of the plan."""
    days = (m.day for m in held if m.meeting == meeting)
    return next(days, months.next_open(start))
