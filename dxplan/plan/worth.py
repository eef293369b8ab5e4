"""Which question is worth asking first: how far each answer would move the plan of one city.

Each end of each range is a plan made again from the plan: the roadmap from the roadmap, the people
from their basis and whole numbers, with the classes that are planned, and the same samples. So what
is told is the answer and not the noise. A parameter that only the people or the budget read leaves
the roadmap as it is; what moves less than ``NOISE``, or the median no farther than its own doubt,
moves nothing. (One percent of an input moves the burden by at most 0.2 %, measured in 3 cities.)

Sets        q questions, m measures: months (P50 of the last go-live), points (chance of the end
            date), yen (new burden, a year of the plan)
Given       d[q,m,low], d[q,m,high] change at the ends of the range
Then        swing[q,m] = largest less least of d and 0; share[q,m] = swing / sum over q of swing
Order       one list for three measures (greedy cover): next comes the question with the largest
            sum over m of min(share[q,m], what m still lacks of COVER); where all have COVER, the
            largest sum of shares. For a sum of such covers a greedy list of n holds at least
            1 - 1/e of the best one. Source: Nemhauser, Wolsey, Fisher (1978).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from dxplan.facts.catalog import records
from dxplan.facts.months import DAYS_PER_MONTH, month_later
from dxplan.plan.budget import new_burden
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.staffing import StaffingPlan, plan_staffing
from dxplan.plan.training import plan_training
from dxplan.solve.arrays import Floats
from dxplan.solve.outcome import FIRST
from dxplan.town.city import City
from dxplan.town.defaults import load_specs
from dxplan.town.finder import CityError
from dxplan.town.questions import (
    FACTS,
    HIGH,
    LOW,
    WORLD,
    Ends,
    Question,
    answered,
    unknowns,
)

COVER = 0.9  # share of the swing of each measure that the first questions are to hold
MEASURES = ("months", "points", "yen")
NOISE = (0.5, 0.5, 0.005)  # months, percentage points, share of the yearly burden
SOON = timedelta(days=180)  # whose decisions are looked at
PERCENT = 100.0
# which part is the first to read the topics of the parameters
FIRST_READ = {"common": 0, "pmo": 0, "staffing": 1, "form": 1, "training": 2, "budget": 3}
UNREAD = 4  # of topics that other pages read


@dataclass(frozen=True)
class Worth:
    """What the questions of a city are worth.

    Attributes
    ----------
    questions : the most telling first; what moves nothing is left out.
    asked : how many ranges were tried.
    p50 : of the last go-live, as the plan is; None where nothing is left or beyond the grid.
    chance : of the end date, 0..1.
    yen : new burden, a year of the plan.
    """

    questions: tuple[Question, ...]
    asked: int
    p50: date | None
    chance: float
    yen: float


class _State(NamedTuple):
    """A plan made again: what is measured of it, and its next decisions.

    Attributes
    ----------
    measures : as MEASURES.
    near : months between which the median may lie.
    soon : the decisions of the next half year.
    """

    pmo: PmoPlan
    staffing: StaffingPlan
    measures: Floats
    near: tuple[float, float]
    soon: frozenset[tuple[object, ...]]


def plan_worth(plan: Parts, kind: str = WORLD) -> Worth:
    """The questions of a city in the order of their worth; about a quarter of a minute.

    Parameters
    ----------
    plan : the plans of the city.
    kind : world (what somebody knows) or choice (what the city decides, which takes longer).
    """
    base, asked = _again(plan, plan.city), unknowns(plan.city, kind)
    moved = [_moved(plan, question, base) for question in asked]
    told = [question for question in moved if question.moves]
    p50 = None if base.pmo.done else base.pmo.told.last["p50"].iloc[0]
    _, points, yen = base.measures.tolist()
    return Worth(
        ordered(told),
        asked=len(asked),
        p50=p50,
        chance=points / PERCENT,
        yen=yen,
    )


def ordered(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Questions in one order for the three measures: see the module heading."""
    if not questions:
        return ()
    share = shares(questions)
    left = list(range(len(questions)))
    lacks = np.full(len(MEASURES), COVER)
    order = []
    while left:
        rest = share[left]
        gain = np.minimum(rest, np.maximum(0.0, lacks)).sum(axis=1)
        # behind what covers stands what is largest
        best = max(range(len(left)), key=lambda k: (round(gain[k], 9), rest[k].sum(), -k))
        order.append(questions[left[best]])
        lacks = lacks - rest[best]
        del left[best]
    return tuple(order)


def shares(questions: Sequence[Question]) -> Floats:
    """Share [Q, M] of each question in the sum of the swings of each measure; 0 of no swing."""
    swing = np.zeros((len(questions), len(MEASURES)))
    for row, question in enumerate(questions):
        for column, name in enumerate(MEASURES):
            swing[row, column] = _swing(getattr(question, name))
    total = swing.sum(axis=0)
    found: Floats = np.divide(swing, total, out=np.zeros_like(swing), where=total > 0)
    return found


def _swing(ends: Ends) -> float:
    return max(*ends, 0.0) - min(*ends, 0.0)


# --- one answer -----------------------------------------------------------------------------------
def _moved(plan: Parts, question: Question, base: _State) -> Question:
    """A question with its effects; what is below the noise is none."""
    ends = [_answered(plan, question, end, base) for end in (LOW, HIGH)]
    noise = np.array(NOISE) * [1.0, 1.0, abs(base.measures[2])]
    change = np.array([state.measures for state in ends]) - base.measures
    same = [[_same_median(state, base), False, False] for state in ends]
    change = np.where((np.abs(change) < noise) | same, 0.0, change)
    months, points, yen = map(tuple, change.T.tolist())
    return replace(
        question,
        months=months,
        points=points,
        yen=yen,
        flips=any(state.soon != base.soon for state in ends),
    )


def _answered(plan: Parts, question: Question, end: str, base: _State) -> _State:
    """The plan in which a question is answered by an end of its range."""
    other, first = answered(plan.city, question, end), _first_read(question)
    if other is plan.city or first == UNREAD:
        return base
    try:
        return _again(plan, other, first, base)
    except CityError:
        # no window is left: such an answer leads to another talk, not to a plan
        return base


def _first_read(question: Question) -> int:
    """The first part of the plan that reads what is asked: 0 roadmap .. 3 budget."""
    if question.name in FACTS:
        return 0
    first = UNREAD
    for place in question.places:
        topic = load_specs()[place.name].topic
        first = min(first, FIRST_READ.get(topic, UNREAD))
    return first


def _again(plan: Parts, city: City, first: int = 0, base: _State | None = None) -> _State:
    """The plan made again from the first part that reads a change.

    Each part starts from that of the plan, so that the same ground gives the same part.
    """
    kept = base.pmo if base and first else None
    pmo = kept or plan_pmo(city, plan.pmo)
    if base is None or first <= 1:
        staffing = plan_staffing(
            city,
            pmo,
            effort=FIRST,
            last=plan.staffing,
            taught=plan.training.cohort,
            work=plan.portfolio.work,
        )
    else:
        staffing = replace(base.staffing, city=city)
    training = replace(plan.training, city=city)
    if first == 2:
        training = plan_training(city, pmo, staffing)
    burden = new_burden(city, pmo, staffing, training, plan.portfolio)
    yen = burden.total() / len(plan.budget.year)
    return _State(
        pmo,
        staffing,
        measures=np.array([_months(pmo, "p50"), _points(pmo), yen]),
        near=(_months(pmo, "p50_from"), _months(pmo, "p50_to")),
        soon=_soon(city, pmo, staffing),
    )


def _points(pmo: PmoPlan) -> float:
    """The chance of the end date in percentage points."""
    if pmo.done:
        return PERCENT
    return PERCENT * float(pmo.told.last["chance"].iloc[0])


def _months(pmo: PmoPlan, name: str) -> float:
    """A quantile of the last go-live in months from the plan's start; 0 where nothing is left."""
    if pmo.done:
        return 0.0
    weeks = pmo.frame.weeks
    day = pmo.told.last[name].iloc[0] or weeks.day(weeks.count)
    return float((day - pmo.start).days / DAYS_PER_MONTH)


def _same_median(one: _State, other: _State) -> bool:
    """Whether the median of one may be that of the other, as ``sample`` tells how sure it is."""
    for first, second in ((one, other), (other, one)):
        least, most = first.near
        if least <= second.measures[0] <= most:
            return True
    return False


def _soon(city: City, pmo: PmoPlan, staffing: StaffingPlan) -> frozenset[tuple[object, ...]]:
    """The decisions of the next half year: budget occasions, forms engaged, the order of lots."""
    until = city.start + SOON
    found: set[tuple[object, ...]] = set()
    for row in records(pmo.gate):
        if row["request_by"] <= until:
            found.add(("gate", row["lot"], row["gate"], row["fiscal"]))
    leads = {}
    for form in city.forms:
        leads[form.name] = round(form.number("form_lead", city.start))
    for row in records(staffing.sought):
        if month_later(row["start"], -leads[row["form"]]) <= until:
            found.add(("form", row["form"]))
    lots = pmo.lots.sort_values(["live", "lot"])
    return frozenset({*found, ("order", *lots["lot"])})
