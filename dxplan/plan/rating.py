"""What kinds of entries the RAID log has, how one is rated, and the day by which it is decided.

Likelihood  3 the plan already shows it, or it is a question that nobody has answered; 2 it rests on
            an unconfirmed value, or its deadline is near; 1 else; 0 where the plan says nothing
Impact      3, 2 or 1 by limits of what moves: what is told of the go-live (6 months, 1 month),
            general revenue or cost (10 %, 1 %), work without anyone (20 %, 5 % of the month),
            people without a seat (10 %, 1 %), the outsiders' share of the work (50 %, 10 %); 3
            where the end date becomes doubtful; 0 where the plan says nothing
The limits are a design guess (grade G).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.facts.nodes import AGED, UNSURE
from dxplan.plan.sittings import Meeting
from dxplan.town.city import City

ORDER = (*AGED, *UNSURE)  # grades, the best first
BY_MONTHS, BY_MONEY, BY_WORK = (1, 6), (0.01, 0.1), (0.05, 0.2)
BY_PEOPLE, BY_SHARE = (0.01, 0.1), (0.1, 0.5)
SURE = 0.9  # chance of the end date below which it is a risk
LATE = 0.2  # chance up to which a lot is called late: 80 % of what is drawn ends after the date
SMALL = 0.05  # FTE: a smaller shortage is none
TOPICS = {  # topic -> category, owner, and where the plan shows it
    "questions": "issue dx systems",
    "announced": "issue section systems",
    "presumed": "assumption section systems",
    "offer": "issue dx lot",
    "late_end": "issue mayor lot",
    "tight": "risk dx lot",
    "late_target": "issue board lot",
    "cause": "risk dx why",  # the owner is who holds the cause
    "gate": "risk dx gate",
    "signed": "assumption contract lot",
    "extension": "issue contract lot",
    "linked": "dependency dx lot",
    "night": "risk dx lot",
    "lack": "issue personnel load",
    "council": "dependency section task",
    "data": "dependency vendor task",
    "short": "issue personnel cover",  # the section, where it is the section's work
    "dependent": "issue mayor handover",
    "heads": "issue personnel pyramid",
    "alone": "risk personnel assumptions",
    "transfer": "risk personnel assumptions",
    "exit": "dependency dx handover",
    "recruit": "dependency personnel contract",
    "unseated": "issue personnel unseated",
    "zero": "risk finance sure",
    "late_money": "issue finance request",
    "unasked": "assumption finance request",
    "must_money": "issue finance initiatives",
    "must_late": "issue dx initiatives",
    "claimed": "assumption dx initiatives",
    "seen": "risk dx initiatives",
    "value": "assumption dx assumptions",  # each value has an owner of its own
    "gap": "assumption office status",
}


Facts = Mapping[str, Any]  # the sentence of a topic knows their kinds


class Entry(NamedTuple):
    """A row of the RAID log; see ``Governance.raid``."""

    category: str
    topic: str
    facts: Facts
    likelihood: int
    impact: int
    owner: str
    due: date
    origin: str
    grade: str


Entries = Iterator[Entry]


def entry(
    topic: str,
    facts: Facts,
    due: date,
    grade: str,
    likelihood: int = 0,
    impact: int = 0,
    owner: str = "",
) -> Entry:
    """An entry of a topic of ``TOPICS``, whose owner is another one where it is said."""
    category, usual, origin = TOPICS[topic].split()
    return Entry(
        category,
        topic,
        facts,
        likelihood,
        impact,
        owner or usual,
        due,
        origin,
        grade,
    )


def level(value: float, limits: tuple[float, float]) -> int:
    """An impact of 1, 2 or 3 by two limits."""
    return 1 + sum(abs(value) >= limit for limit in limits)


def weakest(grades: Iterable[str]) -> str:
    """The weakest of some grades; what has to be confirmed again is weaker than what has not."""
    return max(grades, key=ORDER.index)


def grade_of(city: City, *names: str) -> str:
    """The weakest grade of some parameters."""
    return weakest([city.at(name).grade for name in names])


def last_open(day: date) -> date:
    """The day, or the last open one before it."""
    while not months.is_open(day):
        day -= months.DAY
    return day


def first_meeting(held: Sequence[Meeting], kinds: tuple[str, ...], start: date) -> date:
    """The day of the first meeting of some kinds, else the first open day of the plan."""
    days = (m.day for m in held if m.meeting in kinds)
    return next(days, months.next_open(start))


class Lack(NamedTuple):
    """Work without people: first month, how many months, FTE-months, the worst row, impact."""

    first: date
    months: int
    total: float
    worst: pd.Series
    impact: int


def lack_of(table: pd.DataFrame, work: str) -> Lack | None:
    """What is short in a table of months; None where nothing is.

    Parameters
    ----------
    table : month, short and the column ``work`` (FTE).
    work : name of the column of all work.
    """
    by_month = table.groupby("month")[[work, "short"]].sum()
    lack = by_month[by_month["short"] >= SMALL]
    if lack.empty:
        return None
    share = float((lack["short"] / lack[work]).max())
    total = float(by_month["short"].sum())
    worst = table.loc[table["short"].idxmax()]
    return Lack(lack.index[0], len(lack), total, worst, level(share, BY_WORK))
