"""What the initiatives give back: hours by office and year, where they go, goals beside peers.

Automations of step 3 are the same works as what is made in the house (``counted_by_works``): where
the training plan holds any, its hours are counted and those of the initiatives are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Row
from dxplan.plan.diary import USES, shares_of
from dxplan.plan.parts import Parts
from dxplan.plan.peers import Peers, Standing
from dxplan.plan.people import HOURS
from dxplan.solve.arrays import whole_parts
from dxplan.town.city import City
from dxplan.town.initiatives import common_value, counted_by_works

YEAR = 12  # months
TRAINED = "研修のステップ3の自動化"  # stands beside the offices
OFFICE = ("office", "claimed", "counted", *USES)
BY_YEAR = ("fiscal", "claimed", "counted", *USES, "moved")
GOAL = ("initiative", "column", "value", "middle", "high", "mean", "goal", "verdict")
YES = 1.0  # of a column that says yes or no


@dataclass(frozen=True)
class Effects:
    """Tables of what is given back; they are not to be changed.

    Attributes
    ----------
    office : a row a leading office, and one of the training's automations: office, claimed and
        counted (hours a year once all is in use), front, change, overtime (where the counted go).
    year : a row a fiscal year: fiscal, claimed, counted and uses (hours in it), moved (FTE that
        the front desks and further change gain).
    goal : a row an initiative whose state is published: initiative (id), column, value, middle,
        high and mean (of the peers; nan where not known), goal, verdict.
    """

    city: City
    office: pd.DataFrame
    year: pd.DataFrame
    goal: pd.DataFrame


def plan_effects(plan: Parts, peers: Peers) -> Effects:
    """What the initiatives of a plan give back.

    Parameters
    ----------
    plan : the plans of a city.
    peers : the municipalities that are like it.
    """
    taken = _counted(plan)
    return Effects(
        plan.city,
        _offices(plan, taken),
        _years(plan, taken),
        _goals(plan, peers),
    )


def _counted(plan: Parts) -> pd.DataFrame:
    """The initiatives whose hours are counted here: what runs, and what is taken up."""
    row = plan.portfolio.row
    used = row["state"].isin(["running", "chosen"])
    taken = row[used & (row["hours"] > 0)]
    if plan.training.automation["works"].sum():
        made = taken["id"].isin(counted_by_works())
        taken = taken[~made]
    return taken


def _trained(plan: Parts) -> pd.Series:
    """Fiscal year -> hours that the automations of the training save in it."""
    rows = plan.training.automation.set_index("fiscal")
    return rows["hours"].astype(float)


def _sure(plan: Parts) -> float:
    """Share of the training's hours that is counted, by the grade of one automation's."""
    grade = plan.city.at("works_hours").grade
    return common_value("realise", grade).number


def _offices(plan: Parts, taken: pd.DataFrame) -> pd.DataFrame:
    shares, rows = shares_of(plan.city), []
    for office, own in taken.groupby("lead", sort=False):
        rows.append((office, own["hours"].sum(), own["counted"].sum()))
    trained = _trained(plan)
    if trained.sum():
        last = float(trained.iloc[-1])
        rows.append((TRAINED, last, last * _sure(plan)))
    table = []
    for office, claimed, counted in rows:
        uses = whole_parts(counted * shares)
        table.append((office, claimed, float(uses.sum()), *uses.tolist()))
    return pd.DataFrame(table, columns=list(OFFICE))


def _years(plan: Parts, taken: pd.DataFrame) -> pd.DataFrame:
    """Hours by fiscal year: an initiative counts from the month of its first use."""
    shares, trained = shares_of(plan.city), _trained(plan)
    sure, rows = _sure(plan), []
    for fiscal in plan.portfolio.time.years:
        parts = [_part(plan.city, live, fiscal) for live in taken["live"]]
        made = float(trained.get(fiscal, 0.0))
        claimed = float(np.dot(parts, taken["hours"])) + made
        counted = float(np.dot(parts, taken["counted"])) + made * sure
        uses = whole_parts(counted * shares)
        front, change, _ = uses
        moved = (front + change) / (HOURS * YEAR)
        told = float(round(claimed)), float(uses.sum())
        rows.append((fiscal, *told, *uses.tolist(), float(moved)))
    return pd.DataFrame(rows, columns=list(BY_YEAR))


def _part(city: City, live: date | None, fiscal: int) -> float:
    """Share of a year for which something is in use in a fiscal year of the plan."""
    end = months.fiscal_start(fiscal + 1)
    begin = max(city.start, months.fiscal_start(fiscal))
    first = max(begin, live or begin)
    return months.months_between(first, end) / YEAR


def _goals(plan: Parts, peers: Peers) -> pd.DataFrame:
    """Goals of the initiatives whose state a survey publishes, beside the peers."""
    standing = {one.indicator: one for one in peers.standing}
    state = plan.portfolio.row.set_index("id")["state"]
    rows = []
    for row in catalog.load_rows("initiatives"):
        known = standing.get(row["status_column"])
        if known and state[row["id"]] in ("running", "chosen"):
            rows.append(_goal(row, known))
    return pd.DataFrame(rows, columns=list(GOAL))


def _goal(row: Row, known: Standing) -> tuple[object, ...]:
    """The upper quarter of the peers, or yes where the survey asks for yes or no."""
    middle, high = known.middle, known.high
    goal = float(np.fmax(high, known.value))
    if row["status_done"] == YES:
        middle = high = np.nan
        goal = YES
    return (
        row["id"],
        known.indicator,
        known.value,
        middle,
        high,
        known.mean,
        goal,
        known.verdict,
    )
