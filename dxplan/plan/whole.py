"""The one conductor: roadmap, people, training and money of one city; and strategies compared.

The order is fixed: the roadmap asks for people; the DX initiatives wish for the time that the DX
section has left and for outsiders who are worth their price; the staffing covers both and asks for
classes. Then, in one return pass, the
initiatives are chosen on the people whom the staffing has, the training seats who is asked, and the
staffing counts whom it seats and does the work of what is chosen. The budget prices all of it. A
strategy does not move the dates of the roadmap or of the initiatives: what it leaves uncovered is
told as people that are missing on these dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from dxplan.facts.catalog import Row, records
from dxplan.plan.budget import plan_budget
from dxplan.plan.burden import Burden, plan_burden
from dxplan.plan.choice import Choice, plan_choice
from dxplan.plan.downside import plan_cases, plan_downside
from dxplan.plan.effects import Effects, plan_effects
from dxplan.plan.governance import Governance, plan_governance
from dxplan.plan.parts import Parts
from dxplan.plan.peers import Peers, plan_peers
from dxplan.plan.people import load_people
from dxplan.plan.pmo import PmoPlan, plan_pmo
from dxplan.plan.portfolio import Portfolio, build_ground, plan_portfolio, plan_wish
from dxplan.plan.risk import Risk, plan_risk
from dxplan.plan.selection import Ground, Hire
from dxplan.plan.selfcheck import plan_checks
from dxplan.plan.staffing import STRATEGY, StaffingPlan, plan_staffing
from dxplan.plan.training import TrainingPlan, plan_training
from dxplan.plan.worth import Worth, plan_worth
from dxplan.solve.outcome import FIRST
from dxplan.town.city import City
from dxplan.town.defaults import DEFAULT

ORDER = ("own", "outside", "both", "mix")
QUICK = "簡易"  # the least effort
EVEN = "strategy yen short price".split()


class Plan(Parts):
    """All plans of one city; what rests on them is made when first asked for, and kept."""

    @cached_property
    def ways(self) -> Comparison:
        """The strategies beside each other: see ``plan_strategies``."""
        return plan_strategies(self)

    @cached_property
    def cases(self) -> dict[str, StaffingPlan]:
        """The staffing where something does not come as planned: see ``plan_cases``."""
        return plan_cases(self)

    @cached_property
    def downside(self) -> pd.DataFrame:
        """What is lost where something does not come as planned: see ``plan_downside``."""
        return plan_downside(self, self.cases)

    @cached_property
    def risk(self) -> Risk:
        """How sure dates, people and money are: see ``plan_risk``."""
        return plan_risk(self, self.cases)

    @cached_property
    def checks(self) -> pd.DataFrame:
        """The schedule against public rules: see ``plan_checks``."""
        return plan_checks(self, self.risk)

    @cached_property
    def peers(self) -> Peers:
        """Who is like the city, and whom to ask: see ``plan_peers``."""
        return plan_peers(self.city)

    @cached_property
    def choice(self) -> Choice:
        """How sure the choice of the initiatives is: see ``plan_choice``."""
        return plan_choice(self.portfolio)

    @cached_property
    def effects(self) -> Effects:
        """What the initiatives give back, and where it goes: see ``plan_effects``."""
        return plan_effects(self, self.peers)

    @cached_property
    def worth(self) -> Worth:
        """What to ask first: see ``plan_worth``."""
        return plan_worth(self)

    @cached_property
    def burden(self) -> Burden:
        """What each section is asked for: see ``plan_burden``."""
        return plan_burden(self)

    @cached_property
    def governance(self) -> Governance:
        """Who does what, what may go wrong and who meets when: see ``plan_governance``."""
        return plan_governance(self)


@dataclass(frozen=True)
class Comparison:
    """The strategies on the same city; tables are not to be changed.

    Attributes
    ----------
    row : a row a strategy: strategy, value (円, with the weights of what is short), yen (spent),
        short (FTE-months), self_reliant, exit (dates or None), share (mean outside share of driving
        work 0..1), left (own share of the standing work in the last month), change (変革人材 in the
        last month), gap (0..1).
    cost : strategy, fiscal, yen.
    share : strategy, month, share, covered, wanted.
    even : a row a strategy beside the plan's: strategy, yen and short (that it has more, 円 and
        FTE-months; negative is less), price (円 a missing FTE-month from which on the one that is
        short of less is worth its money; None where one has both).
    """

    city: City
    row: pd.DataFrame
    cost: pd.DataFrame
    share: pd.DataFrame
    even: pd.DataFrame


def plan_city(city: City, effort: str | None = None) -> Plan:
    """All plans of a city.

    Parameters
    ----------
    city : the municipality.
    effort : 簡易, 標準 or 入念; the city's own where None.

    Raises
    ------
    CityError
        A lot has no window, or an engagement cannot fit.
    """
    if effort:
        city = city.changed(effort=effort)
    pmo = plan_pmo(city)
    staffing, training, portfolio = plan_growth(city, pmo)
    budget = plan_budget(city, pmo, staffing, training, portfolio)
    return Plan(city, pmo, staffing, training, budget, portfolio)


def plan_asked(city: City, pmo: PmoPlan) -> StaffingPlan:
    """The people of a city before it is known whom the training can seat: it asks for classes."""
    effort = None
    if city.at("effort").word == QUICK:
        effort = FIRST  # which is hardly dearer
    people = load_people(city, pmo)
    ground = build_ground(city, pmo, people.month, people.left)
    strategy = STRATEGY[city.at("strategy").word]
    hires = tuple(Hire(*offer) for offer in people.promoters(strategy))
    wish = plan_wish(replace(ground, hires=hires))
    return plan_staffing(city, pmo, effort=effort, work=wish)


def plan_growth(city: City, pmo: PmoPlan) -> tuple[StaffingPlan, TrainingPlan, Portfolio]:
    """People, classes and initiatives of a city: what is wished and asked, chosen, and counted."""
    asked = plan_asked(city, pmo)
    portfolio = plan_portfolio(staffed_ground(asked, pmo))
    training = plan_training(city, pmo, asked)
    staffing = plan_staffing(city, pmo, taught=training.cohort, work=portfolio.work)
    return staffing, training, portfolio


def plan_cities(cities: Sequence[City], effort: str | None = None) -> tuple[Plan, ...]:
    """All plans of several cities, each as ``plan_city`` makes them, in the order given."""
    return tuple(plan_city(city, effort) for city in cities)


def staffed_ground(staffing: StaffingPlan, pmo: PmoPlan) -> Ground:
    """What the initiatives of a city stand on: the people whom its staffing has for promotion."""
    city = staffing.city
    other = load_people(city, pmo).demand["promotion"]
    return build_ground(city, pmo, staffing.month, staffing.promotable - other)


# --- strategies -----------------------------------------------------------------------------------
def plan_strategies(plan: Parts) -> Comparison:
    """Own people only, outsiders only, both, and the own mix, on the same city and roadmap.

    Parameters
    ----------
    plan : the plans of the city; the strategy it holds is taken as it is.
    """
    rows, costs, shares = [], [], []
    for name in ORDER:
        if name == plan.staffing.strategy:
            staffing = plan.staffing
        elif name == "mix" and not _has_mix(plan.city):
            continue
        else:
            # with the same classes: only outsiders and hires differ
            taught, work = plan.training.cohort, plan.portfolio.work
            staffing = plan_staffing(plan.city, plan.pmo, name, taught=taught, work=work)
        cost = staffing.cost.groupby("fiscal", as_index=False)["yen"].sum()
        cost.insert(0, "strategy", name)
        share = staffing.autonomy[["month", "share", "covered", "wanted"]]
        rows.append(_row(staffing))
        costs.append(cost)
        shares.append(share.assign(strategy=name))
    row = pd.DataFrame(rows)
    cost = pd.concat(costs, ignore_index=True)
    share = pd.concat(shares, ignore_index=True)
    return Comparison(plan.city, row, cost, share, _even(row, plan.staffing.strategy))


def plan_options(plan: Plan, variants: Mapping[str, Plan], now: str) -> pd.DataFrame:
    """A plan, the strategies on it, and variants of it, by the same measures.

    Parameters
    ----------
    plan : the plans of the city as they are on the table.
    variants : name -> plans of a variant of the city.
    now : what the plan itself is called.

    Returns
    -------
    DataFrame: option (name; of a strategy its word), kind (now, strategy, variant), the columns of
    ``Comparison.row`` but strategy, and last (P50 of the last go-live; None where nothing is left
    or it lies beyond the grid).
    """
    rows = [_option(now, "now", plan)]
    last = last_told(plan.pmo)
    # a strategy leaves the dates of the roadmap as they are
    for row in records(plan.ways.row):
        rows.append({"option": row["strategy"], "kind": "strategy", **row, "last": last})
    for name, variant in variants.items():
        rows.append(_option(name, "variant", variant))
    return pd.DataFrame(rows).drop(columns="strategy")


def _option(name: str, kind: str, plan: Parts) -> Row:
    return {
        "option": name,
        "kind": kind,
        **_row(plan.staffing),
        "last": last_told(plan.pmo),
    }


def _has_mix(city: City) -> bool:
    """Whether somebody has said what the own mix is; the defaults' limits are nobody's choice."""
    rows = (*city.values["mix_outside"], *city.values["mix_cohort"])
    return any(row.where != DEFAULT for row in rows)


def _even(rows: pd.DataFrame, now: str) -> pd.DataFrame:
    """Money against missing people of each strategy beside the plan's own."""
    rows = rows.set_index("strategy")
    table = []
    for name in rows.index.drop(now):
        yen = int(rows.at[name, "yen"] - rows.at[now, "yen"])
        short = float(rows.at[name, "short"] - rows.at[now, "short"])
        price = None
        # cheaper and short of more, or the other way round
        if yen * short < 0:
            price = abs(yen / short)
        table.append({"strategy": name, "yen": yen, "short": short, "price": price})
    return pd.DataFrame(table, columns=EVEN)


def last_told(pmo: PmoPlan) -> date | None:
    """P50 of the go-live of the last lot; None where nothing is left or it lies beyond the grid."""
    return None if pmo.done else pmo.told.last["p50"].iloc[0]


def _row(staffing: StaffingPlan) -> Row:
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
