"""The budget: yen by fiscal year and who pays them, and which budget has to be asked for what.

The costs are made in ``costs``, their funds in ``funds``, their occasions in ``requests``; here
they become tables, and it is asked how far the sums reach: what is new against what is paid
anyway, the three factors of the running cost, the subsidy in full and not at all, rates that
nobody has confirmed taken as zero.

Every amount is in whole thousands of yen, as a budget is, so that every sum of them is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Cells
from dxplan.facts.nodes import UNSURE
from dxplan.plan.costs import (
    CURRENT,
    Cost,
    Plans,
    cells,
    costs_of,
    presumed_cap,
    running_costs,
    span_of,
)
from dxplan.plan.funds import (
    ALLOCATION,
    BOND,
    CAPS,
    NET,
    SUBSIDY,
    FundingRule,
    Payment,
    build_rules,
    measure_rows,
    payments,
    repaid,
)
from dxplan.plan.operation import SCENARIOS
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.requests import Request, requests_of
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.training import TrainingPlan
from dxplan.plan.work import thousands
from dxplan.solve.outcome import PlanError
from dxplan.town.city import City


@dataclass(frozen=True)
class BudgetPlan:
    """The budget of one city; tables are not to be changed, yen are whole thousands.

    Attributes
    ----------
    item : fiscal, group, item (a form, step1..3, the title of a lot, link, added, parallel, cloud,
        automation, base, live or extension; the name of an initiative), yen.
    funding : fiscal, group, item, fund (subsidy, special, ordinary, bond, net), measure, yen,
        grade; adds up to ``item``.
    year : fiscal, yen, new (without what is paid anyway), subsidy, bond, general (with the
        allocation taxes), allocation, net (the burden: general without them), if_zero (net if every
        unconfirmed rate is zero), new_net and new_if_zero (of what is new).
    shock : measure, fiscal, yen: burden more than planned if this measure's unconfirmed rates are
        zero.
    running : fiscal, scenario (times the present cost), yen, net: what runs, paid anyway or not.
    span : scenario, new, current, net (of what is new): all years, by the factor of the running
        cost.
    cap : basis (full, plan, none), cap (yen, None without end), subsidy, net (of what is new).
    request : see ``Request``; promises (standing ``promised``) have a limit and no yen.
    unasked : fiscal, group, item, yen: what no occasion can be asked for any more; it is taken to
        stand in a budget that is voted or asked for.
    measure : measure, name, fund, rate (0..1), cap (yen), fiscal_from, fiscal_to, source, grade,
        eligible, reason, used (yen).
    repaid : yen of the bonds that later years' allocation tax gives back; it is no fund of these
        years.
    """

    city: City
    item: pd.DataFrame
    funding: pd.DataFrame
    year: pd.DataFrame
    shock: pd.DataFrame
    running: pd.DataFrame
    span: pd.DataFrame
    cap: pd.DataFrame
    request: pd.DataFrame
    unasked: pd.DataFrame
    measure: pd.DataFrame
    repaid: int


ITEM = ("fiscal", "group", "item", "yen")
YEAR = (
    *("fiscal", "yen", "new", "subsidy", "bond", "general", "allocation", "net"),
    *("if_zero", "new_net", "new_if_zero"),
)
SHOCK = ("measure", "fiscal", "yen")
RUNNING = ("fiscal", "scenario", "yen", "net")
SPAN = ("scenario", "new", "current", "net")
CAP = ("basis", "cap", "subsidy", "net")
CAPS_SHOWN = ("full", "plan", "none")


def plan_budget(
    city: City,
    pmo: PmoPlan,
    staffing: StaffingPlan,
    training: TrainingPlan,
    portfolio: Portfolio | None = None,
) -> BudgetPlan:
    """The budget of a city from its plans.

    Parameters
    ----------
    city : the municipality; its prices and rates hold.
    pmo, staffing, training : plans of this city.
    portfolio : its DX initiatives; none where None.

    Raises
    ------
    PlanError
        The plans are of several cities, or a cost is negative, no number or before the plan.
    """
    plans = Plans(city, pmo, staffing, training, portfolio)
    _check(plans)
    years, costs, rules = _ground(plans)
    funding = payments(city, costs, rules)
    request, unasked = requests_of(plans, costs)
    return BudgetPlan(
        city,
        _frame(map(_item, costs), ITEM),
        _frame(funding, Payment._fields),
        _frame(_years(city, costs, rules, funding, years), YEAR),
        _frame(_shocks(city, costs, rules, funding), SHOCK),
        _frame(_scenarios(plans, rules, years), RUNNING),
        _frame(_spans(plans, rules, years), SPAN),
        pd.DataFrame(_caps(city, costs, rules), columns=list(CAP)).astype({"cap": "Int64"}),
        _frame(request, Request._fields),
        _frame(map(_item, unasked), ITEM),
        measure_rows(city, rules, funding),
        repaid(city, funding),
    )


def new_burden(
    city: City,
    pmo: PmoPlan,
    staffing: StaffingPlan,
    training: TrainingPlan,
    portfolio: Portfolio | None = None,
) -> Counter[int]:
    """Fiscal year -> yen of the new burden, without the tables of ``plan_budget``."""
    _, costs, rules = _ground(Plans(city, pmo, staffing, training, portfolio))
    return _burden(_new(payments(city, costs, rules)))


def _ground(plans: Plans) -> tuple[Sequence[int], list[Cost], tuple[FundingRule, ...]]:
    """Years, costs and the rules of who pays them."""
    city, years = plans.city, span_of(plans)
    costs = costs_of(plans, years, city.number(SCENARIOS[city.at("running_case").word]))
    return years, costs, build_rules(city, years, _limits(plans), presumed_cap(city, plans.pmo))


def _frame(rows: Iterable[Cells], columns: Sequence[str]) -> pd.DataFrame:
    whole = {"until", "limit", *YEAR} & set(columns)
    return pd.DataFrame(list(rows), columns=list(columns)).astype(dict.fromkeys(whole, "int64"))


def _item(cost: Cost) -> tuple[int, str, str, int]:
    return cost.fiscal, cost.group, cost.item, cost.yen


def _check(plans: Plans) -> None:
    city, staffing, training = plans.city, plans.staffing, plans.training
    codes = {city.code, plans.pmo.city.code, staffing.city.code, training.city.code}
    if len(codes) > 1:
        raise PlanError(
            f"the plans are of several cities: {', '.join(sorted(codes))}; plan them all for one."
        )
    start = months.fiscal_year(city.start)
    for fiscal, item, yen in cells(staffing.cost, "fiscal", "item", "yen"):
        if not 0 <= yen < inf:
            raise PlanError(f"staffing.cost: {item} in {fiscal} costs {yen} yen; want 0 or more.")
        if fiscal < start:
            raise PlanError(
                f"staffing.cost: {item} is spent in {fiscal}, before the plan's {start}."
            )
    steps, years = set(training.cohort["step"]), training.cohort["fiscal"]
    strange = steps - {1, 2, 3}
    if strange or min(years, default=start) < start:
        raise PlanError(
            f"training.cohort: steps are 1, 2 or 3 from fiscal year {start} on; "
            f"{sorted(strange)} found."
        )
    if min(training.automation["works"], default=0) < 0:
        raise PlanError("training.automation: works is negative.")


def _limits(plans: Plans) -> dict[tuple[int, str], int]:
    """(fiscal year, form) -> yen that F10 counts at most: its cap for each person and year."""
    city = plans.city
    caps = {form.name: CAPS[form.measure] for form in city.forms if form.measure in CAPS}
    people = Counter[tuple[int, str]]()
    for month, form, count in cells(plans.staffing.outside, "month", "form", "count"):
        if form in caps:
            people[months.fiscal_year(month), form] += count
    limits = {}
    for (fiscal, form), count in people.items():
        cap = city.number(caps[form], months.fiscal_start(fiscal))
        limits[fiscal, form] = thousands(cap * count / 12)
    return limits


# --- years ---------------------------------------------------------------------------------------
def _sums(rows: Iterable[Cost | Payment]) -> Counter[int]:
    """Fiscal year -> yen."""
    total = Counter[int]()
    for row in rows:
        total[row.fiscal] += row.yen
    return total


def _new(rows: Iterable[Payment]) -> list[Payment]:
    """What the plan adds to what is paid anyway."""
    return [row for row in rows if row.group != CURRENT]


def _burden(funding: Iterable[Payment]) -> Counter[int]:
    """Fiscal year -> what no fund pays."""
    return _paid(funding, NET)


def _paid(funding: Iterable[Payment], *funds: str) -> Counter[int]:
    """Fiscal year -> what some funds pay."""
    return _sums(row for row in funding if row.fund in funds)


def _years(
    city: City,
    costs: Sequence[Cost],
    rules: Sequence[FundingRule],
    funding: Sequence[Payment],
    years: Sequence[int],
) -> list[Cells]:
    worst = payments(city, costs, rules, {rule.measure.id for rule in rules})
    sums = (
        _sums(costs),
        _sums(cost for cost in costs if cost.group != CURRENT),
        _paid(funding, SUBSIDY),
        _paid(funding, BOND),
        _paid(funding, *ALLOCATION, NET),
        _paid(funding, *ALLOCATION),
        _burden(funding),
        _burden(worst),
        _burden(_new(funding)),
        _burden(_new(worst)),
    )
    return [(fiscal, *(total[fiscal] for total in sums)) for fiscal in years]


# --- what if -------------------------------------------------------------------------------------
def _shocks(
    city: City,
    costs: Sequence[Cost],
    rules: Sequence[FundingRule],
    funding: Sequence[Payment],
) -> list[Cells]:
    planned = _burden(funding)
    doubtful = {row.measure for row in funding if row.grade in UNSURE}
    shocks = []
    for rule in rules:
        name = rule.measure.id
        if name not in doubtful:
            continue
        worse = _burden(payments(city, costs, rules, {name}))
        for fiscal in sorted(worse):
            if worse[fiscal] != planned[fiscal]:
                shocks.append((name, fiscal, worse[fiscal] - planned[fiscal]))
    return shocks


def _factors(city: City) -> list[float]:
    """Factors of the running cost after a migration, the lowest first."""
    return sorted({city.number(name) for name in SCENARIOS.values()})


def _scenarios(plans: Plans, rules: Sequence[FundingRule], years: Sequence[int]) -> list[Cells]:
    rows = []
    for factor in _factors(plans.city):
        costs = list(running_costs(plans.city, plans.pmo, years, factor))
        total, burden = _sums(costs), _burden(payments(plans.city, costs, rules))
        for fiscal in years:
            rows.append((fiscal, factor, total[fiscal], burden[fiscal]))
    return rows


def _spans(plans: Plans, rules: Sequence[FundingRule], years: Sequence[int]) -> list[Cells]:
    """What is new, and its burden, in all years, by the factor of the running cost."""
    rows = []
    for factor in _factors(plans.city):
        costs = costs_of(plans, years, factor)
        paid = _new(payments(plans.city, costs, rules))
        new = _sums(paid).total()
        rows.append((factor, new, _sums(costs).total() - new, _burden(paid).total()))
    return rows


def _caps(city: City, costs: Sequence[Cost], rules: Sequence[FundingRule]) -> list[Cells]:
    """What the subsidy pays in full, as planned and not at all, and the burden that is left."""
    rows = []
    planned = rules[0].cap
    for basis, cap in zip(CAPS_SHOWN, (None, planned, 0), strict=True):
        paid = payments(city, costs, [replace(rules[0], cap=cap), *rules[1:]])
        used = _sums(row for row in paid if row.measure == rules[0].measure.id)
        rows.append((basis, cap, used.total(), _burden(_new(paid)).total()))
    return rows
