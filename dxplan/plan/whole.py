"""The one conductor: roadmap, people, training and money of one city as one plan; and the strategies beside each other.

The order is fixed and there is no loop: the roadmap asks for people, the staffing covers it, the training seats the
intake, the budget prices all three. A strategy does not move the dates of the roadmap: what it leaves uncovered is told
as people that are missing on these dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dxplan.plan.budget import BudgetPlan, plan_budget
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.staffing import StaffingPlan, plan_staffing
from dxplan.plan.training import TrainingPlan, plan_training
from dxplan.town.city import City
from dxplan.town.defaults import DEFAULT

ORDER = (
    "own",
    "outside",
    "both",
    "mix",
)  # the simpler first: it wins where the values are as good as equal


@dataclass(frozen=True)
class Plan:
    """The plans of one city; each rests on those before it."""

    city: City
    pmo: PmoPlan
    staffing: StaffingPlan
    training: TrainingPlan
    budget: BudgetPlan


@dataclass(frozen=True)
class Comparison:
    """The strategies on the same city; tables are not to be changed.

    Attributes
    ----------
    row : a row a strategy: strategy, value (円, with the weights of what is short), yen (spent), short (FTE-months), self_reliant,
        exit (dates or None), share (mean outside share of driving work 0..1), left (own share of the standing work in the last
        month), change (変革人材 in the last month), gap (0..1).
    cost : strategy, fiscal, yen.
    share : strategy, month, share, covered, wanted.
    best : the strategy of least value; of those within the gaps of each other the simplest.
    """

    city: City
    row: pd.DataFrame
    cost: pd.DataFrame
    share: pd.DataFrame
    best: str


def plan_city(city: City, effort: str | None = None) -> Plan:
    """All plans of a city.

    Parameters
    ----------
    city : the municipality.
    effort : quick, standard or thorough; the city's own where None.

    Raises
    ------
    CityError
        A lot has no window, or an engagement cannot fit.
    """
    pmo = plan_pmo(city)
    staffing = plan_staffing(city, pmo, effort=effort)
    training = plan_training(city, pmo, staffing, effort)
    return Plan(city, pmo, staffing, training, plan_budget(city, pmo, staffing, training))


def plan_cities(cities: Sequence[City], effort: str | None = None) -> tuple[Plan, ...]:
    """All plans of several cities, each as ``plan_city`` makes them, in the order given."""
    return tuple(plan_city(city, effort) for city in cities)


# --- strategies ------------------------------------------------------------------------------------------
def plan_strategies(plan: Plan, effort: str | None = None) -> Comparison:
    """Own people only, outsiders only, both, and the consultant's own mix, on the same city and roadmap.

    Parameters
    ----------
    plan : the plans of the city; the strategy it holds is taken as it is.
    effort : effort of the other strategies' staffing; the city's own where None.
    """
    names = [name for name in ORDER if name != "mix" or _has_mix(plan)]
    found = {
        name: plan.staffing
        if plan.staffing.strategy == name
        else plan_staffing(plan.city, plan.pmo, name, effort)
        for name in names
    }
    rows = pd.DataFrame([_row(staffing) for staffing in found.values()])
    cost = [
        pd.DataFrame({"strategy": name, **s.cost.groupby("fiscal", as_index=False)["yen"].sum()})
        for name, s in found.items()
    ]
    share = [
        s.autonomy[["month", "share", "covered", "wanted"]].assign(strategy=name)
        for name, s in found.items()
    ]
    return Comparison(
        plan.city,
        rows,
        pd.concat(cost, ignore_index=True),
        pd.concat(share, ignore_index=True),
        _best(rows),
    )


def plan_options(
    plan: Plan, variants: Mapping[str, Plan], now: str, effort: str | None = None
) -> pd.DataFrame:
    """A plan, the strategies on it, and variants of it, by the same measures.

    Parameters
    ----------
    plan : the plans of the city as they are on the table.
    variants : name -> plans of a variant of the city.
    now : what the plan itself is called.
    effort : of the strategies; the city's own where None.

    Returns
    -------
    DataFrame: option (name; of a strategy its word), kind (now, strategy, variant), the columns of ``Comparison.row`` but
    strategy, and last (P50 of the last go-live; None where nothing is left or it lies beyond the grid).
    """
    own = {now: ("now", plan)} | {name: ("variant", other) for name, other in variants.items()}
    rows = [
        {"option": name, "kind": kind, **_row(one.staffing), "last": last_told(one.pmo)}
        for name, (kind, one) in own.items()
    ]
    ways = plan_strategies(plan, effort).row
    rows[1:1] = [
        {"option": row["strategy"], "kind": "strategy", **row, "last": last_told(plan.pmo)}
        for row in ways.to_dict("records")
    ]
    return pd.DataFrame(rows).drop(columns="strategy")


def _has_mix(plan: Plan) -> bool:
    """Whether somebody has said what the own mix is; the limits of the defaults are nobody's choice."""
    said = [row for name in ("mix_outside", "mix_cohort") for row in plan.city.values[name]]
    return plan.staffing.strategy == "mix" or any(row.where != DEFAULT for row in said)


def _best(rows: pd.DataFrame) -> str:
    least = rows["value"].min()
    gap = float(rows.loc[rows["value"].idxmin(), "gap"])
    near = rows.loc[rows["value"] <= least * (1 + min(gap, NEAR)), "strategy"]
    return next(name for name in ORDER if name in set(near))


NEAR = 0.01  # values nearer to each other than this share, and than the gap, are taken as equal


def last_told(pmo: PmoPlan) -> date | None:
    """P50 of the go-live of the last lot; None where nothing is left or it lies beyond the grid."""
    return None if pmo.done else pmo.told.last["p50"].iloc[0]


def _row(staffing: StaffingPlan) -> dict[str, object]:
    last = staffing.autonomy.iloc[-1]
    heads = staffing.head[staffing.head["tier"] == "change"]["finish"].iloc[-1]
    return {
        "strategy": staffing.strategy,
        "value": staffing.value,
        "yen": int(staffing.cost["yen"].sum()),
        "short": float(staffing.cover["short"].sum()),
        "self_reliant": staffing.self_reliant,
        "exit": staffing.exit,
        "share": float(staffing.autonomy["share"].mean()),
        "left": _ratio(last["covered"], last["wanted"]),
        "change": float(heads),
        "gap": staffing.outcome.gap,
    }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0
