"""Why the dates are what they are: the roadmap again under one changed condition at a time.

More people or more slots leave the plan itself possible, so the better of it and the new plan counts.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dxplan.plan.pmo import NO_GATES, PmoPlan, plan_pmo

WHY = ("scenario", "finish", "months", "mean_months", "late")
DAYS_PER_MONTH = 365.25 / 12
TELLING = 1.0  # months: a smaller change is no reason


def plan_why(plan: PmoPlan) -> pd.DataFrame:
    """The plan again with own people doubled, with vendor slots doubled, with the next budget gate missed.

    Returns
    -------
    DataFrame: scenario (base, people, slots, gate), finish (date of the last go-live), months and mean_months (later
    than the plan, last system and mean of the systems; negative is earlier), late (systems past the end state).
    No row where every system is live.
    """
    if plan.done:
        return pd.DataFrame([], columns=list(WHY))
    city = plan.city
    plans = {"base": plan, "people": _eased(plan, plan_pmo(city.scaled(people=2.0), "quick", plan)),
             "slots": _eased(plan, plan_pmo(city.scaled(slots=2.0), "quick", plan))}
    if len(plan.gate):
        first = plan.gate.iloc[0]
        plans["gate"] = plan_pmo(city, "quick", plan, frozenset({(first["gate"], int(first["fiscal"]))}))
    return pd.DataFrame([_row(name, plan, other) for name, other in plans.items()], columns=list(WHY))


def verdict_of(plan: PmoPlan, why: pd.DataFrame) -> str:
    """What sets the last go-live, or where nothing moves that the mean: done, vendor, staff, both, budget or order."""
    if plan.done:
        return "done"
    rows = why.set_index("scenario")
    for column in ("months", "mean_months"):
        people, slots = (-rows.at[name, column] >= TELLING for name in ("people", "slots"))
        if people or slots:
            return "both" if people and slots else "staff" if people else "vendor"
    waits = "budget" in set(plan.task.loc[plan.task["critical"], "bound"])
    return "budget" if waits and "gate" in rows.index and rows.at["gate", "months"] >= TELLING else "order"


def _eased(plan: PmoPlan, other: PmoPlan) -> PmoPlan:
    return min(plan, other, key=lambda p: (p.finish, _live_days(p).mean()))


def _row(name: str, plan: PmoPlan, other: PmoPlan) -> tuple:
    days = _live_days(other) - _live_days(plan)
    return (name, other.finish, round((other.finish - plan.finish).days / DAYS_PER_MONTH, 1),
            round(float(days.mean()) / DAYS_PER_MONTH, 1), int((other.cutover["spare"] < 0).sum()))


def _live_days(plan: PmoPlan) -> np.ndarray:
    return plan.cutover.sort_values("business")["live"].map(date.toordinal).to_numpy()
