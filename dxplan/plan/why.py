"""What sets the date of each lot, what would help, and what an open question would change.

Each condition is a plan made again from the plan, or the same plan with other draws of the same samples, so that what
is told is the condition and not the noise: the vendor a half year later or earlier, the first budget occasion missed, no
outsiders (what own people lack makes the work longer in that proportion), one window later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pandas as pd

from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.sample import NEVER, Doubt, Told, told_dates
from dxplan.town.city import City

WHY = ("scenario", "lot", "p50", "months", "chance", "more")
BRANCHES = ("branch", "systems", "common", "lots", "p20", "p50", "p80", "chance", "yen", "effort")
HALF_YEAR = timedelta(days=183)
TELLING = 1.0  # months: a smaller change is no reason
VENDOR = ("vendor_earliest", "vendor_likely", "vendor_latest")


def plan_why(plan: PmoPlan) -> pd.DataFrame:
    """The plan under other conditions.

    Parameters
    ----------
    plan : the roadmap of a city.

    Returns
    -------
    DataFrame: scenario (base, later, earlier, gate, alone, window), lot, p50 (date; None beyond the grid), months (by which
    the samples are later in the mean, negative is earlier; for window later than the plan's own date), chance (of the end date, 0..1; for
    window of keeping its date), more (chance more than the plan's). No row where no lot is left; gate only where money is
    to be asked for.
    """
    rows = [row for name, told in _scenarios(plan) for row in _rows(name, plan.told, told)]
    rows += _window_rows(plan)
    return pd.DataFrame(rows, columns=list(WHY))


def _scenarios(plan: PmoPlan) -> Iterator[tuple[str, Told]]:
    if plan.done:
        return
    yield "base", plan.told
    yield "later", plan_pmo(shifted(plan.city, HALF_YEAR), plan).told
    yield "earlier", plan_pmo(shifted(plan.city, -HALF_YEAR), plan).told
    if len(plan.gate):
        yield "gate", plan_pmo(plan.city, plan, missed_gates(plan)).told
    yield (
        "alone",
        told_dates(
            plan.city, plan.frame, plan.projects, plan.columns, Doubt(stretch=stretch_of(plan))
        ),
    )


def missed_gates(plan: PmoPlan) -> frozenset[tuple[str, int]]:
    """The first budget occasion of a plan, and those before it: who misses it cannot go back to an earlier one."""
    day = plan.gate["request_by"].min()
    return frozenset((gate.name, gate.fiscal_year) for gate in plan.gates if gate.request_by <= day)


def _rows(name: str, base: Told, told: Told) -> Iterator[tuple]:
    now, then = base.lot.set_index("lot"), told.lot.set_index("lot")
    for k, lot in enumerate(base.lot["lot"]):
        months = _later(base.live[:, k], told.live[:, k])
        chance = then.at[lot, "chance"]
        yield name, lot, then.at[lot, "p50"], months, chance, chance - now.at[lot, "chance"]


def _later(now: np.ndarray, then: np.ndarray) -> float:
    """Months by which samples are later, each against itself: the mean of those that end in both."""
    both = (now < NEVER) & (then < NEVER)
    return round(float((then - now)[both].mean()) / DAYS_PER_MONTH, 1) if both.any() else np.nan


def _window_rows(plan: PmoPlan) -> Iterator[tuple]:
    """The next window after the plan's: how much later, and how much likelier it is kept."""
    for k, (project, column) in enumerate(zip(plan.projects, plan.columns)):
        later = [c.window for c in project.columns if c.window.week > column.window.week]
        if later:
            window = min(later, key=lambda w: w.week)
            live, day = plan.told.live[:, k], (window.live - plan.start).days
            kept = float((live <= (column.window.live - plan.start).days).mean())
            chance = float((live <= day).mean())
            months = round((window.live - column.window.live).days / DAYS_PER_MONTH, 1)
            yield "window", project.lot.name, window.live, months, chance, chance - kept


def shifted(city: City, by: timedelta) -> City:
    """A copy in which every vendor comes earlier or later by so much."""
    values = {
        name: tuple(replace(row, value=_moved(row.value, by)) for row in city.values[name])
        for name in VENDOR
    }
    said = {
        name: {**words, "offer": replace(words["offer"], value=_moved(words["offer"].value, by))}
        if "offer" in words
        else words
        for name, words in city.said.items()
    }
    return replace(
        city, values=MappingProxyType({**city.values, **values}), said=MappingProxyType(said)
    )


def _moved(day: date, by: timedelta) -> date:
    return day + by


def stretch_of(plan: PmoPlan) -> dict[str, float]:
    """Lot -> how much longer its work takes with own people alone: the most that one of its resources is short."""
    table = plan.load.set_index("resource")
    found = {}
    for row in plan.lot.to_dict("records"):
        months = [
            month
            for month in table["month"]
            if row["begins"].replace(day=1) <= month <= row["live"]
        ]
        part = table[table["month"].isin(months)]
        sums = part.groupby(level=0)[["load", "capacity"]].sum()
        ratio = (sums["load"] / sums["capacity"]).max() if len(sums) else 1.0
        found[row["lot"]] = max(1.0, float(ratio))
    return found


def plan_branches(plan: PmoPlan) -> pd.DataFrame:
    """The plan as it is, and with every open question as a system that has not moved, side by side.

    Returns
    -------
    DataFrame: branch (live, late), systems (to move, of the 20 businesses), common (1 with 共通機能), lots, p20, p50, p80 (go-live
    of the last one), chance (of the end date), yen (migration), effort (FTE-months of the roadmap). One row where
    nothing is open.
    """
    plans = {"live": plan}
    if any(system.unsure for system in plan.city.movable):
        plans["late"] = plan_pmo(plan.city.unmoved(), plan)
    return pd.DataFrame(
        [_branch(name, other) for name, other in plans.items()], columns=list(BRANCHES)
    )


def _branch(name: str, plan: PmoPlan) -> tuple:
    last = plan.told.last.iloc[0] if len(plan.lot) else None
    dates = [last[key] for key in ("p20", "p50", "p80")] if last is not None else [None] * 3
    chance = last["chance"] if last is not None else 1.0
    systems, common = int(plan.lot["systems"].sum()), int(plan.lot["common"].sum())
    yen = (systems + common) * round(plan.city.number("migration_yen"))
    return (
        name,
        systems,
        common,
        len(plan.lot),
        *dates,
        chance,
        yen,
        float(plan.demand["fte"].sum()),
    )
