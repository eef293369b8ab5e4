"""Why the dates are what they are: the roadmap again under one changed condition at a time.

More people or more slots leave the plan itself possible, so the better of it and the new plan counts.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dxplan.plan.pmo import PmoPlan, plan_cutover

WHY = ("scenario", "finish", "months", "mean_months", "late", "lives")
DAYS_PER_MONTH = 365.25 / 12
TELLING = 1.0  # months: a smaller change is no reason


def plan_why(plan: PmoPlan, effort: str | None = None) -> pd.DataFrame:
    """The plan again with own people doubled, with vendor slots doubled, with the next budget gate missed.

    Parameters
    ----------
    plan : the roadmap of a city.
    effort : quick, standard or thorough; the city's own where None.

    Returns
    -------
    DataFrame: scenario (base, people, slots, gate), finish (date of the last go-live), months and mean_months (later
    than the plan, last system and mean of the systems; negative is earlier), late (systems past the end state), lives (go-live dates of the systems, earliest first).
    No row where every system is live.
    """
    if plan.done:
        return pd.DataFrame([], columns=list(WHY))
    city, base = plan.city, plan.cutover
    found = {"base": base, "people": _eased(base, plan_cutover(city.scaled(people=2.0), plan, effort)),
             "slots": _eased(base, plan_cutover(city.scaled(slots=2.0), plan, effort))}
    if len(plan.gate):
        first = plan.gate.iloc[0]
        found["gate"] = plan_cutover(city, plan, effort, frozenset({(first["gate"], int(first["fiscal"]))}))
    return pd.DataFrame([_row(name, base, other) for name, other in found.items()], columns=list(WHY))


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


def _eased(base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return min(base, other, key=lambda cutover: (max(cutover["live"]), _live_days(cutover).mean()))


def _row(name: str, base: pd.DataFrame, other: pd.DataFrame) -> tuple:
    days, finish = _live_days(other) - _live_days(base), max(other["live"])
    return (name, finish, round((finish - max(base["live"])).days / DAYS_PER_MONTH, 1),
            round(float(days.mean()) / DAYS_PER_MONTH, 1), int((other["spare"] < 0).sum()), tuple(sorted(other["live"])))


def _live_days(cutover: pd.DataFrame) -> np.ndarray:
    return cutover.sort_values("business")["live"].map(date.toordinal).to_numpy()
