"""A plan made again after a change: what it cannot touch is kept, a first answer comes at once.

Each part of the plan rests on parameters of its own topics and on the parts before it. So the order
is that of ``whole``, and a part whose ground is the same is the part that was there. The roadmap is
exact from the start, and planned from the one of the city's base; the first answer of the staffing
starts from its basis and its whole numbers; the training, which takes longest, is left as it was
until the whole is planned. So are the DX initiatives where people for them are still there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from dxplan.plan.budget import plan_budget
from dxplan.plan.people import load_people
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.portfolio import Portfolio, plan_portfolio
from dxplan.plan.staffing import STRATEGY, StaffingPlan, plan_staffing
from dxplan.plan.training import TrainingPlan
from dxplan.plan.whole import QUICK, Plan, plan_growth
from dxplan.solve.outcome import FIRST
from dxplan.town.city import City
from dxplan.town.defaults import load_specs

Part = TypeVar("Part", PmoPlan, StaffingPlan, TrainingPlan, Portfolio)
GROUND = {  # part -> topics of the parameters, and what else of the city it reads
    "pmo": (
        ("common", "pmo"),
        ("systems", "common", "said", "sections", "seasons", "gates", "elections", "before"),
    ),
    "staffing": (("common", "pmo", "staffing", "form"), ("sections", "forms", "engaged")),
    "training": (
        ("common", "pmo", "staffing", "training"),
        ("systems", "sections", "seasons", "forms"),
    ),
    "portfolio": (
        ("common", "portfolio"),
        ("wishes", "sections", "offices", "gates"),
    ),
}
ENOUGH = 0.02  # FTE: a lack below which the initiatives stay as they are
# single parameters of other topics that the initiatives read
READ = {
    "portfolio": frozenset(
        "allocation bond_use rate_F8 rate_F8_return rate_F9 redeploy_change section_share "
        "own_time_yen work_scale dx_staff".split()
    )
}


def plan_parts(city: City, last: Plan) -> Iterator[tuple[str, Plan]]:
    """The first answer as it grows, so that a part can be shown before the next is planned.

    Parameters
    ----------
    city : the changed city.
    last : the plan before the change.

    Yields
    ------
    name of a part that is new (pmo, staffing) and the plan so far, whose later parts are the last
    ones; at the end "" and the whole first answer.

    Raises
    ------
    CityError
        As of ``plan_city``.
    """
    pmo = _same("pmo", last.pmo, city)
    if pmo is None:
        pmo = plan_pmo(city)
        yield "pmo", replace(last, city=city, pmo=pmo)
    staffing = _staffing(pmo, last, city)
    portfolio = _first_portfolio(pmo, last.portfolio, city, staffing is None)
    if staffing is None or portfolio.row is not last.portfolio.row:
        taught, work = last.training.cohort, portfolio.work
        staffing = plan_staffing(
            city, pmo, effort=FIRST, last=last.staffing, taught=taught, work=work
        )
        yield "staffing", replace(last, city=city, pmo=pmo, staffing=staffing, portfolio=portfolio)
    yield "", _whole(city, pmo, staffing, replace(last.training, city=city), portfolio)


def plan_again(city: City, last: Plan) -> Plan:
    """The whole plan of a changed city, at the city's own effort: the same as ``plan_city`` makes.

    Parameters
    ----------
    city : the changed city.
    last : a plan that ``plan_city`` or this function made of the same city before the change.
    """
    pmo = _same("pmo", last.pmo, city) or plan_pmo(city)
    staffing = _staffing(pmo, last, city)
    training = _same("training", last.training, city)
    portfolio = _same("portfolio", last.portfolio, city)
    if staffing is None or training is None or portfolio is None:
        # who is counted, who is taught and what is taken up rest on each other
        staffing, training, portfolio = plan_growth(city, pmo)
    return _whole(city, pmo, staffing, training, portfolio)


def _first_portfolio(pmo: PmoPlan, last: Portfolio, city: City, moved: bool) -> Portfolio:
    """The initiatives as they were, or chosen anew on people who are still there.

    ``moved`` says whether the people, or the roadmap below them, are other ones.
    """
    people, ground = load_people(city, pmo), last.ground
    room = ground.room
    if moved and people.month == ground.time.month:
        strategy = STRATEGY[city.at("strategy").word]
        outside = sum(most for most, _ in people.promoters(strategy))
        room = np.minimum(room, people.left + outside)
    portfolio = _same("portfolio", last, city)
    if portfolio and (not moved or (portfolio.work <= room + ENOUGH).all()):
        return portfolio
    time = replace(ground.time, city=city)
    return plan_portfolio(replace(ground, time=time, room=room), QUICK)


def _staffing(pmo: PmoPlan, last: Plan, city: City) -> StaffingPlan | None:
    """The staffing that was there, where it rests on the same roadmap and ground."""
    if pmo.task is not last.pmo.task:
        return None
    return _same("staffing", last.staffing, city)


def _whole(
    city: City,
    pmo: PmoPlan,
    staffing: StaffingPlan,
    training: TrainingPlan,
    portfolio: Portfolio,
) -> Plan:
    """All plans, with the budget, which is quick to make."""
    budget = plan_budget(city, pmo, staffing, training, portfolio)
    return Plan(city, pmo, staffing, training, budget, portfolio)


def _same(name: str, part: Part, city: City) -> Part | None:
    """The part for the changed city; None where its ground is another."""
    if _ground(name, part.city) != _ground(name, city):
        return None
    return replace(part, city=city)


def _ground(name: str, city: City) -> object:
    """What a part reads of a city: its numbers with their days, and the rest as it is."""
    topics, fields = GROUND[name]
    specs, values, read = load_specs(), [], READ.get(name, ())
    for key, rows in sorted(city.values.items()):
        if specs[key].topic in topics or key in read:
            dated = [(row.start, row.value) for row in rows]
            values.append((key, dated))
    return values, [getattr(city, field) for field in fields]
