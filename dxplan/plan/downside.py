"""What a plan loses where outsiders are not found, people are moved, or training half succeeds.

Contracts and classes stay as they are planned: nobody knows beforehand. What is then missing for
the roadmap makes the work of a lot longer in that proportion, drawn with the same samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from dxplan.facts.catalog import Row, records
from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.parts import Parts
from dxplan.plan.people import STEPS
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.sample import Doubt, mean_delay, told_dates
from dxplan.plan.staffing import StaffingPlan, plan_staffing
from dxplan.solve.outcome import FIRST
from dxplan.town.city import City

DOWNSIDE = "case yen short more self_reliant change quarters".split()
ROADMAP = ("dx", "pmo", "section")  # roles of the roadmap
LEAST = 0.2  # share of the work below which a lot is not told to be longer
MONTHS = 3  # of a quarter


def plan_cases(plan: Parts) -> dict[str, StaffingPlan]:
    """Case in which something does not come as planned -> the staffing in it."""
    return dict(_cases(plan))


def plan_downside(
    plan: Parts,
    cases: Mapping[str, StaffingPlan] | None = None,
) -> pd.DataFrame:
    """The plan as it is, and three cases in which it does not come as planned.

    Parameters
    ----------
    plan : the plans of a city.
    cases : of ``plan_cases``, where they are known.

    Returns
    -------
    DataFrame: case (base; found: no new outsider is found; moved: twice as many people are moved
    on 1 April; half: half as many complete each step), yen (spent), short (FTE-months), more (short
    more than in the plan), self_reliant (month or None), change (変革人材 in the last month),
    quarters (by which the last lot is later in the mean; nan where no lot is left).
    """
    rows = [_row("base", plan.staffing, plan.staffing, 0.0)]
    for case, staffing in (cases or plan_cases(plan)).items():
        quarters = _quarters(plan.pmo, plan.staffing, staffing)
        rows.append(_row(case, staffing, plan.staffing, quarters))
    return pd.DataFrame(rows, columns=DOWNSIDE)


def _cases(plan: Parts) -> Iterator[tuple[str, StaffingPlan]]:
    city = plan.city
    # no outsider: the engagements of the plan without theirs
    yield "found", _kept(plan, city, "own")
    moved = min(100.0, 2 * city.number("transfer_rate"))
    yield "moved", _kept(plan, city.changed(transfer_rate=moved))
    half = {}
    for step in STEPS:
        half[f"step{step}_done"] = city.number(f"step{step}_done") / 2
    yield "half", _kept(plan, city.changed(**half))


def _kept(plan: Parts, city: City, strategy: str = "") -> StaffingPlan:
    """The engagements and classes of a plan under other conditions."""
    last = plan.staffing
    return plan_staffing(
        city,
        plan.pmo,
        strategy or last.strategy,
        FIRST,
        last,
        plan.training.cohort,
        keep=True,
        work=plan.portfolio.work,
    )


def _row(case: str, staffing: StaffingPlan, base: StaffingPlan, quarters: float) -> Row:
    short = float(staffing.cover["short"].sum())
    heads = staffing.head[staffing.head["tier"] == "change"]["finish"]
    return {
        "case": case,
        "yen": int(staffing.cost["yen"].sum()),
        "short": short,
        "more": short - float(base.cover["short"].sum()),
        "self_reliant": staffing.self_reliant,
        "change": float(heads.iloc[-1]),
        "quarters": quarters,
    }


def _quarters(pmo: PmoPlan, base: StaffingPlan, staffing: StaffingPlan) -> float:
    """Quarters by which the samples of the last lot are later, each against itself."""
    if pmo.done:
        return np.nan
    stretch = stretch_in(pmo, base, staffing)
    told = told_dates(pmo.city, pmo.frame, pmo.projects, pmo.columns, Doubt(stretch=stretch))
    days = mean_delay(pmo.told.live.max(axis=1), told.live.max(axis=1))
    return days / DAYS_PER_MONTH / MONTHS


def stretch_in(pmo: PmoPlan, base: StaffingPlan, staffing: StaffingPlan) -> dict[str, float]:
    """Lot -> times that its work takes where another staffing comes true than the plan's."""
    stretch = {}
    for lot in records(pmo.lots):
        least = _share(lot, base)
        stretch[lot["lot"]] = max(1.0, least / max(LEAST, _share(lot, staffing)))
    return stretch


def _share(lot: Row, staffing: StaffingPlan) -> float:
    """Share of the roadmap's work that is covered while a lot is open, 0..1."""
    cover = staffing.cover[staffing.cover["role"].isin(ROADMAP)]
    first = lot["begins"].replace(day=1)
    during = cover[cover["month"].between(first, lot["live"])]
    demand, short = float(during["demand"].sum()), float(during["short"].sum())
    return 1 - short / demand if demand > 0 else 1.0
