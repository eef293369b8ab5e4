"""The people of the sections in a staffing plan: classes, heads by step, targets.

Everybody takes the steps in their order; who is 活用人材 already takes step 1 all the same. Who does
not complete a step may take it once more, so that a class has no more seats than those who can hold
them. A 変革人材 who is transferred on 1 April keeps the skill and counts where they go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.people import HOURS, STEPS, People, Step
from dxplan.solve.arrays import Floats, Ints
from dxplan.solve.linear import FREE, Linear, Numbers, Term, recent

# first month of a season of classes, and its months: after the moves of April
CLASS_MONTHS = {
    5: 3,
    8: 2,
    10: 3,
    1: 3,
}
POINT = 1e-6  # the program counts in millions of yen
WAITING = 0.01  # what a class costs more for each month that it is put off: practice begins early
VAIN = 100.0  # price of a seat that the heads cannot fill (million yen): only where nothing fits


@dataclass(frozen=True)
class Taught:
    """What a training plan holds: step -> classes begun and people in them by month [T]."""

    classes: Mapping[int, Ints]
    people: Mapping[int, Floats]


def taught_of(month: Sequence[date], cohort: pd.DataFrame) -> Taught:
    """The classes of a training plan by the months of a staffing plan.

    Parameters
    ----------
    month : first days of the months [T].
    cohort : the table of ``TrainingPlan``.
    """
    classes = {step: np.zeros(len(month), int) for step in STEPS}
    people = {step: np.zeros(len(month)) for step in STEPS}
    for row in cohort.itertuples():
        t = months.month_offset(month[0], row.start)
        if t < len(month):
            classes[row.step][t] += 1
            people[row.step][t] += row.people
    return Taught(classes, people)


# --- classes -------------------------------------------------------------------------------------
def build_classes(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    strategy: str,
    taught: Taught | None,
) -> None:
    """The classes of each step, to be chosen or as they are taught (S11, S14)."""
    at.classes, at.intake, at.vain, at.price = {}, {}, {}, {}
    for step in people.steps:
        if taught and strategy != "outside":
            _add_taught(model, at, people, step, taught)
            continue
        room = np.zeros(people.count, int)
        if strategy != "outside":
            room = _class_starts(people, step.months)
        _add_step(model, at, people, step, room)
    if strategy != "mix" or taught:
        return
    limit = int(people.city.number("mix_cohort"))
    for year in np.unique(people.fiscal):
        inside = people.fiscal == year
        held = np.concatenate([classes[inside] for classes in at.classes.values()])
        model.add(f"mix_class_{year}", [held[None]], high=limit)


def _add_taught(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    step: Step,
    taught: Taught,
) -> None:
    """The classes that the training plan holds, with the people that it seats."""
    no, count = step.no, people.count
    held = taught.classes[no].astype(float)
    seated = taught.people[no]
    learn = _learning_price(people, step)
    classes = model.columns(f"v{no}", count, step.yen * POINT)
    intake = model.columns(f"i{no}", count, learn)
    vain = model.columns(f"vain{no}", count, VAIN)
    at.classes[no] = classes
    at.intake[no] = intake
    at.vain[no] = vain
    model.add(f"S11_held{no}", [classes], held, held)
    model.add(f"S11_seated{no}", [intake, vain], seated, seated)


def _learning_price(people: People, step: Step) -> float:
    return step.hours / HOURS * people.city.number("own_time_yen") * POINT


def _add_step(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    step: Step,
    room: Ints,
) -> None:
    """The classes of a step; they begin where months of a season are left [T]."""
    city, no, count = people.city, step.no, people.count
    limit = int(city.number("cohort_limit"))
    free = np.where(room > 0, FREE, 0)
    later = np.arange(count) * WAITING
    yen = np.asarray((1 + later) * step.yen * POINT, float)
    learn = _learning_price(people, step)
    classes = model.columns(f"v{no}", count, yen, limit * room, True)
    intake = model.columns(f"i{no}", count, learn, free)
    at.classes[no] = classes
    at.intake[no] = intake
    at.price[no] = yen
    spots = np.flatnonzero(room)
    if len(spots):
        earlier = np.tri(len(spots), k=-1, dtype=bool)
        before = np.where(earlier, intake[spots], -1)
        terms: list[Term] = [classes[spots], (before, -1 / step.seats)]
        model.add(f"S14_small{no}", terms, high=limit)
    model.add(f"S11_class{no}", [intake, (classes, -step.seats)], high=0)


def _class_starts(people: People, length: int) -> Ints:
    """Months of the season left [T] where a class may begin and ends before 1 April and the end."""
    month = np.arange(people.count)
    months_left = [CLASS_MONTHS.get(m, 0) for m in people.calendar.tolist()]
    season = np.array(months_left)
    to_april = (3 - people.calendar) % 12 + 2 - length
    # training ends when the date of its target is reached
    end = min(people.count, people.ends)
    to_end = end - month - length
    room = np.minimum(season, np.minimum(to_april, to_end))
    room = np.maximum(room, 0)
    return np.where(month >= people.taught, room, 0)


# --- heads ---------------------------------------------------------------------------------------
def build_heads(model: Linear, at: SimpleNamespace, people: People) -> None:
    """The balances of the sections' people by step (S7)."""
    at.none = model.columns("N", people.count)
    at.use = model.columns("U", people.count)
    at.alum = model.columns("V", people.count)
    for name, heads in people.start.items():
        model.add(f"S7_start_{name}", [getattr(at, name)[:1]], heads, heads)
    for step, columns in enumerate((at.none, at.use, at.alum), 1):
        model.add(f"S7_from{step}", [at.intake[step], (columns, -1)], high=0)
    most = np.where(people.april[1:], FREE, 0)
    at.recruit = model.columns("recruit", people.count - 1, upper=most)
    _add_moves(model, at, people)
    if not at.vain:
        _add_chances(model, at, people)
    full = np.flatnonzero(people.april)
    if len(full):
        town = people.staff - people.city.number("dx_staff")
        pools = [
            at.none[full],
            at.use[full],
            at.alum[full],
            at.change[full],
        ]
        pools += learners(at, people.steps, full)
        model.add("S7_full", pools, town, town)


def _add_moves(model: Linear, at: SimpleNamespace, people: People) -> None:
    """The people of each pool a month later: who begins a class leaves it, who ends one comes."""
    stay = people.stay
    left, done, failed = {}, {}, {}
    for step in people.steps:
        ended = _ended(at, step)
        left[step.no] = (at.intake[step.no][:-1], stay)
        done[step.no] = (ended, -step.done)
        failed[step.no] = (ended, step.done - 1)
    came = (at.recruit, -1.0)
    moves: dict[str, tuple[list[Term], Numbers]] = {
        "none": ([left[1], failed[1], came], 0.0),
        "use": ([left[2], done[1], failed[2]], 0.0),
        "alum": ([left[3], done[2], failed[3]], 0.0),
        "change": ([done[3]], people.returned),
    }
    for name, (terms, given) in moves.items():
        columns = getattr(at, name)
        stayed = (columns[:-1], -stay)
        model.add(f"S7_{name}", [columns[1:], stayed, *terms], given, given)


def _ended(at: SimpleNamespace, step: Step) -> Ints:
    """Positions [T - 1] of those whose class of a step ended in the month before."""
    return recent(at.intake[step.no], step.months + 1)[1:, -1]


def _add_chances(model: Linear, at: SimpleNamespace, people: People) -> None:
    """Seats [T] that people may still take in a step: one each, and one more for who fails once."""
    came, share = at.recruit, 1.0
    for step, pool in zip(people.steps, ("none", "use", "alum"), strict=True):
        no = step.no
        seats = 2 - step.done
        intake = at.intake[no]
        chances = model.columns(f"K{no}", people.count)
        now = people.start[pool] * seats
        model.add(f"S7_chance{no}", [chances[:1]], now, now)
        model.add(f"S7_once{no}", [intake, (chances, -1)], high=0)
        stayed = (chances[:-1], -people.stay)
        taken = (intake[:-1], people.stay)
        more = (came, -share * seats)
        terms: list[Term] = [chances[1:], stayed, taken, more]
        model.add(f"S7_retry{no}", terms, high=0)
        # who completes the step may take the next one
        came, share = _ended(at, step), step.done


def learners(
    at: SimpleNamespace,
    steps: Sequence[Step],
    spots: Ints,
) -> list[Ints]:
    """Positions of those who began a class in an earlier month and are in it at some months."""
    return [recent(at.intake[step.no], step.months)[spots, 1:] for step in steps]


def build_targets(model: Linear, at: SimpleNamespace, people: People) -> None:
    """Heads missing at each fiscal year's end against a straight way to the target date (S13)."""
    city, start = people.city, people.start
    core, able = people.posts["core"], people.posts["able"]
    spots = np.flatnonzero(people.calendar == 3)
    months_to_go = people.index(city.at("people_date").day) + 1
    pace = np.minimum(1.0, (spots + 1) / months_to_go)
    quarter = people.quarter[spots]
    hires: list[Term] = []
    for offer in people.core_offers:
        hires.append(at.run[offer.name][quarter])
    users: list[Term] = [
        (at.none[spots], people.users),
        at.use[spots],
        at.alum[spots],
    ]
    users += learners(at, people.steps[1:], spots)
    # heads now, heads that are known beforehand, those that the plan decides, price of one missing
    tiers: dict[str, tuple[float, Numbers, list[Term], str]] = {
        "core": (core[0], core[spots], hires, "price_people"),
        "change": (
            able[0] + start["change"],
            able[spots],
            [at.change[spots]],
            "price_people",
        ),
        "use": (start["none"] * people.users, 0.0, users, "price_use"),
    }
    for tier, (now, given, decided, price) in tiers.items():
        # the mean over the years: a longer plan wants its targets no more than a short one
        weight = city.number(price) * POINT / len(spots)
        missing = model.columns(f"miss_{tier}", len(spots), weight)
        way = now + pace * max(0.0, people.targets[tier] - now)
        model.add(f"S13_{tier}", [missing, *decided], low=way - given)
