"""What sets the date of each lot, what would help, and what an open question would change.

Each condition is a plan made again from the plan, or the same plan with other draws of the same
samples, so that what is told is the condition and not the noise: the vendor a half year later or
earlier, the first budget occasion missed, no outsiders (what own people lack makes the work longer
in that proportion), one window later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pandas as pd

from dxplan.facts.catalog import Row, records
from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.facts.params import Value
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.sample import VENDOR, Doubt, Told, mean_delay, told_dates
from dxplan.plan.work import Missed, price_weights, thousands
from dxplan.town.city import City

WHY = "scenario lot p50 months chance more".split()
BRANCHES = "branch systems common lots p20 p50 p80 chance yen effort".split()
HALF_YEAR = timedelta(days=183)
TELLING = 1.0  # months: a smaller change is no reason


def plan_why(plan: PmoPlan) -> pd.DataFrame:
    """The plan under other conditions.

    Parameters
    ----------
    plan : the roadmap of a city.

    Returns
    -------
    DataFrame: scenario (base, later, earlier, gate, alone, window), lot, p50 (date; None beyond the
    grid), months (by which the samples are later in the mean, negative is earlier; for window later
    than the plan's own date), chance (of the end date, 0..1; for window of keeping its date), more
    (chance more than the plan's). No row where no lot is left; gate only where money is to be asked
    for.
    """
    rows: list[Row] = []
    for name, told in _scenarios(plan):
        rows += _rows(name, plan.told, told)
    rows += _window_rows(plan)
    return pd.DataFrame(rows, columns=WHY)


def _scenarios(plan: PmoPlan) -> Iterator[tuple[str, Told]]:
    if plan.done:
        return
    # planned from the plan itself, so that nothing moves but by the condition
    yield "base", plan.told
    yield "later", plan_pmo(shifted(plan.city, HALF_YEAR), plan).told
    yield "earlier", plan_pmo(shifted(plan.city, -HALF_YEAR), plan).told
    if len(plan.gate):
        yield "gate", plan_pmo(plan.city, plan, missed_gates(plan)).told
    alone = Doubt(stretch=stretch_of(plan))
    told = told_dates(plan.city, plan.frame, plan.projects, plan.columns, alone)
    yield "alone", told


def missed_gates(plan: PmoPlan) -> Missed:
    """The first budget occasion of a plan, and those before it: nobody can go back to one."""
    day = plan.gate["request_by"].min()
    past = [gate for gate in plan.gates if gate.request_by <= day]
    return frozenset((gate.name, gate.fiscal_year) for gate in past)


def _rows(name: str, base: Told, told: Told) -> Iterator[Row]:
    now = base.lot.set_index("lot")["chance"]
    then = told.lot.set_index("lot")
    for k, lot in enumerate(now.index):
        chance = then.at[lot, "chance"]
        yield {
            "scenario": name,
            "lot": lot,
            "p50": then.at[lot, "p50"],
            "months": _later(base, told, k),
            "chance": chance,
            "more": chance - now[lot],
        }


def _later(base: Told, told: Told, k: int) -> float:
    """Months by which the samples of a lot are later in the mean."""
    return _months(mean_delay(base.live[:, k], told.live[:, k]))


def _months(days: float) -> float:
    return round(days / DAYS_PER_MONTH, 1)


def _window_rows(plan: PmoPlan) -> Iterator[Row]:
    """The next window after the plan's: how much later, and how much likelier it is kept."""
    for k, project in enumerate(plan.projects):
        own = plan.columns[k].window
        later = [c.window for c in project.columns if c.window.week > own.week]
        # the last window of the calendar has none after it
        if not later:
            continue
        window = min(later, key=lambda other: other.week)
        chance = _chance(plan, k, window.live)
        yield {
            "scenario": "window",
            "lot": project.lot.name,
            "p50": window.live,
            "months": _months((window.live - own.live).days),
            "chance": chance,
            "more": chance - _chance(plan, k, own.live),
        }


def _chance(plan: PmoPlan, k: int, day: date) -> float:
    """Chance that a lot goes live by a day."""
    in_time = plan.told.live[:, k] <= (day - plan.start).days
    return float(in_time.mean())


def shifted(city: City, by: timedelta) -> City:
    """A copy in which every vendor comes earlier or later by so much."""

    def moved(row: Value) -> Value:
        return replace(row, value=row.day + by)

    values = dict(city.values)
    for name in VENDOR:
        values[name] = tuple(map(moved, values[name]))
    lots = dict(city.said)
    for name, words in lots.items():
        # a vendor who has offered a day moves with the others
        if "offer" in words:
            lots[name] = {**words, "offer": moved(words["offer"])}
    return replace(city, values=MappingProxyType(values), said=MappingProxyType(lots))


def stretch_of(plan: PmoPlan) -> dict[str, float]:
    """Lot -> how much longer its work takes with own people alone.

    It is the most that one of its resources is short.
    """
    load = plan.load
    stretch = {}
    for lot in records(plan.lots):
        first = lot["begins"].replace(day=1)
        during = load[load["month"].between(first, lot["live"])]
        sums = during.groupby("resource")[["load", "capacity"]].sum()
        ratio = (sums["load"] / sums["capacity"]).max()
        # nan where a lot lies outside the months of the table
        stretch[lot["lot"]] = float(np.fmax(1.0, ratio))
    return stretch


def plan_branches(plan: PmoPlan) -> pd.DataFrame:
    """The plan as it is, and with every open question as a system that has not moved.

    Returns
    -------
    DataFrame: branch (live, late), systems (to move, of the 20 businesses), common (1 with
    共通機能), lots, p20, p50, p80 (go-live of the last one), chance (of the end date), yen
    (migration), effort (FTE-months of the roadmap). One row where nothing is open.
    """
    rows = [_branch("live", plan)]
    if any(system.unsure for system in plan.city.movable):
        late = plan_pmo(plan.city.unmoved(), plan)
        rows.append(_branch("late", late))
    return pd.DataFrame(rows, columns=BRANCHES)


def _branch(name: str, plan: PmoPlan) -> Row:
    told = {"p20": None, "p50": None, "p80": None, "chance": 1.0}
    if not plan.done:
        last = plan.told.last.iloc[0]
        told = {key: last[key] for key in told}
    systems = int(plan.lots["systems"].sum())
    common = int(plan.lots["common"].sum())
    size = plan.cutover["business"].map(price_weights(plan.city)).sum()
    return {
        "branch": name,
        "systems": systems,
        "common": common,
        "lots": len(plan.lots),
        **told,
        "yen": thousands(size * plan.city.number("migration_yen")),
        "effort": float(plan.demand["fte"].sum()),
    }
