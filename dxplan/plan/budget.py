"""The budget: yen by fiscal year and who pays them, and which budget has to be asked for what.

Sets        f fiscal years from the plan's start to FY2031 or the last cost,
            i items of a group (staffing, training, pmo, migration, running, invest),
            k budget occasions of the city
Given       staffing cost, cohorts, bars and cutovers of the other plans;
            price of a migration and of a year's running, factor of running cost after a migration;
            (ask by, spend from) of each k; funds and rates
Find        c[f,i] cost (yen, whole), its funds (see ``funds``),
            k(f,i) the occasion that is asked for it
Subject to  (B1 people)    staffing and pmo: what the staffing plan spends, by form;
                           training: cohorts x price
            (B2 migration) price x systems of a lot x share of the vendor's work still to do,
                           spread over the days of its bars; an interim link at its own price
            (B3 running)   a system costs its present price until the month in which it goes live,
                           and that price times the factor from that month on;
                           from the plan's start, by months;
                           what lies behind the end of the contract in use is its extension
            (B4 invest)    automations of the training plan x price
            (B5 whole)     what is spread adds up to the yen (largest remainder);
                           funds add up to the cost
            (B6 ask)       the first year of a migration contract is asked for at the occasion of
                           the roadmap, before the tender; everything else at the first occasion of
                           the same year whose money is there on the first day of spending, else at
                           the last one of the year before (carried over), else at the next one,
                           which is late
            (B7 past)      no occasion lies before the plan's start; what runs already and cannot be
                           asked for any more is in the budgets in force
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Cells
from dxplan.facts.months import Gate
from dxplan.plan.block import Block, build_block
from dxplan.plan.column import Project
from dxplan.plan.funds import (
    DOUBTFUL,
    GENERAL,
    Cost,
    FundingRule,
    Payment,
    build_rules,
    measure_rows,
    parts,
    payments,
    repaid,
)
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.training import TrainingPlan
from dxplan.solve.outcome import PlanError
from dxplan.town.city import City

GROUPS = ("staffing", "training", "pmo", "migration", "running", "invest")
SCENARIOS = {"低位": "running_low", "中位": "running_middle", "高位": "running_high"}
PMO = "PMO伴走"  # the form of people that is a group of its own
STEP = "step"  # items of the staffing plan that are training: step1, step2, step3
SLOT = 100  # the vendor's work is counted in hundredths, so that weights are whole
LAST = 2031  # a budget shows at least the year after the end state, in which every system runs
ON_TIME, CARRIED, LATE = "on_time", "carried", "late"


@dataclass(frozen=True)
class BudgetPlan:
    """The budget of one city; tables are not to be changed, yen are whole.

    Attributes
    ----------
    item : fiscal, group, item (a form, step1..3, the title of a lot, link, base, live, added or
        extension, automation), yen.
    funding : fiscal, group, item, fund (subsidy, special, ordinary, bond, general), measure, yen,
        grade; adds up to ``item``.
    sure : fiscal, yen, general, general_if_zero (general revenue if every unconfirmed rate is
        zero).
    shock : measure, fiscal, yen: general revenue more than planned if this measure's unconfirmed
        rates are zero.
    running : fiscal, scenario (times the present cost), yen, general.
    request : request_by, gate, fiscal (of the money), group, item, yen, available, first (day of
        spending), standing (on_time, carried, late).
    unasked : fiscal, group, item, yen: what no occasion can be asked for any more; the budgets in
        force hold it.
    measure : measure, name, fund, rate (0..1), cap (yen), fiscal_from, fiscal_to, source, grade,
        eligible, reason, used (yen).
    repaid : yen of the bonds that later years' allocation tax gives back; it is no fund of these
        years.
    """

    city: City
    item: pd.DataFrame
    funding: pd.DataFrame
    sure: pd.DataFrame
    shock: pd.DataFrame
    running: pd.DataFrame
    request: pd.DataFrame
    unasked: pd.DataFrame
    measure: pd.DataFrame
    repaid: int


ITEM = ("fiscal", "group", "item", "yen")
SURE = ("fiscal", "yen", "general", "general_if_zero")
SHOCK = ("measure", "fiscal", "yen")
RUNNING = ("fiscal", "scenario", "yen", "general")
REQUEST = ("request_by", "gate", "fiscal", "group", "item", "yen", "available", "first", "standing")


def plan_budget(
    city: City, pmo: PmoPlan, staffing: StaffingPlan, training: TrainingPlan
) -> BudgetPlan:
    """The budget of a city from its three plans.

    Parameters
    ----------
    city : the municipality; its prices and rates hold.
    pmo, staffing, training : plans of this city.

    Raises
    ------
    PlanError
        The plans are of several cities, or a cost is negative, no number or before the plan.
    """
    _check(city, pmo, staffing, training)
    years = _years(city, pmo, staffing, training)
    costs = _costs(city, pmo, staffing, training, years)
    rules = build_rules(city, years, _limits(city, staffing))
    funding = payments(city, costs, rules)
    request, unasked = _requests(city, pmo, costs)
    return BudgetPlan(
        city,
        _frame([_item(cost) for cost in costs], ITEM),
        _frame(funding, Payment._fields),
        _sure(city, costs, rules, funding, years),
        _frame(_shocks(city, costs, rules, funding), SHOCK),
        _frame(_scenarios(city, pmo, rules, years), RUNNING),
        request,
        unasked,
        measure_rows(city, rules, funding),
        repaid(city, funding),
    )


def _frame(rows: Sequence[Cells], columns: Sequence[str]) -> pd.DataFrame:
    whole = {"fiscal", "yen", "general", "general_if_zero"} & set(columns)
    return pd.DataFrame(rows, columns=list(columns)).astype(dict.fromkeys(whole, "int64"))


def _item(cost: Cost) -> tuple[int, str, str, int]:
    return cost.fiscal, cost.group, cost.item, cost.yen


def _check(city: City, pmo: PmoPlan, staffing: StaffingPlan, training: TrainingPlan) -> None:
    codes = {whose.code for whose in (city, pmo.city, staffing.city, training.city)}
    if len(codes) > 1:
        raise PlanError(
            f"the plans are of several cities: {', '.join(sorted(codes))}; plan them all for one."
        )
    start = months.fiscal_year(city.start)
    for fiscal, item, yen in _columns(staffing.cost, "fiscal", "item", "yen"):
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


def _columns(table: pd.DataFrame, *names: str) -> Iterator[Cells]:
    """The values of some columns, row by row."""
    rows: Iterator[Cells] = table[list(names)].itertuples(index=False, name=None)
    return rows


def _years(
    city: City,
    pmo: PmoPlan,
    staffing: StaffingPlan,
    training: TrainingPlan,
) -> Sequence[int]:
    """Fiscal years of the budget, all months of the last one included."""
    last_days = [*staffing.month[-1:], *pmo.task["finish"]]
    ends = [
        LAST,
        *staffing.cost["fiscal"],
        *training.cohort["fiscal"],
        *training.automation["fiscal"],
        *map(months.fiscal_year, last_days),
    ]
    return range(months.fiscal_year(city.start), int(max(ends)) + 1)


# --- costs ---------------------------------------------------------------------------------------
def _costs(
    city: City,
    pmo: PmoPlan,
    staffing: StaffingPlan,
    training: TrainingPlan,
    years: Sequence[int],
) -> list[Cost]:
    """Every cost of the plan, by years and groups; items of nothing are left out."""
    factor = city.number(SCENARIOS[city.at("running_case").word])
    costs = [
        *_staffing_costs(city, staffing),
        *_training_costs(city, training),
        *_migration_costs(city, pmo),
        *_running_costs(city, pmo, years, factor),
        *_invest_costs(city, training),
    ]
    order = sorted(costs, key=lambda cost: (cost.fiscal, GROUPS.index(cost.group)))
    return [cost for cost in order if cost.yen]


def _opening(city: City, fiscal: int) -> date:
    """The first day of a fiscal year that lies in the plan."""
    return max(city.start, months.fiscal_start(fiscal))


def _staffing_costs(city: City, staffing: StaffingPlan) -> Iterator[Cost]:
    """(B1) What each form of people costs, from the first month in which it works."""
    begun: dict[tuple[str, int], date] = {}
    for month, form in _columns(staffing.outside, "month", "form"):
        key = form, months.fiscal_year(month)
        begun[key] = min(month, begun.get(key, month))
    spent: dict[str, list[tuple[int, float]]] = {}
    for fiscal, item, yen in _columns(staffing.cost, "fiscal", "item", "yen"):
        if not item.startswith(STEP):
            spent.setdefault(item, []).append((int(fiscal), float(yen)))
    for item, rows in spent.items():
        group = "pmo" if item == PMO else "staffing"
        total = round(sum(yen for _, yen in rows))
        whole = parts(total, [round(yen * 100) for _, yen in rows])
        for (fiscal, _), yen in zip(rows, whole, strict=True):
            first = max(begun.get((item, fiscal), date.min), _opening(city, fiscal))
            yield Cost(fiscal, group, item, yen, first)


def _training_costs(city: City, training: TrainingPlan) -> Iterator[Cost]:
    """(B1) Cohorts at the price of their step."""
    first: dict[tuple[int, int], date] = {}
    count = Counter[tuple[int, int]]()
    for fiscal, step, start in sorted(_columns(training.cohort, "fiscal", "step", "start")):
        first.setdefault((fiscal, step), start)
        count[fiscal, step] += 1
    for (fiscal, step), cohorts in count.items():
        price = city.number(f"step{step}_yen", _opening(city, fiscal))
        yen = round(cohorts * price)
        yield Cost(int(fiscal), "training", f"{STEP}{step}", yen, first[fiscal, step])


def _invest_costs(city: City, training: TrainingPlan) -> Iterator[Cost]:
    """(B4) Automations at their price, from the end of the year's first class of step 3."""
    first: dict[int, date] = {}
    for step, finish in _columns(training.cohort, "step", "finish"):
        if step == 3:
            fiscal = months.fiscal_year(finish)
            first[fiscal] = min(finish, first.get(fiscal, finish))
    for fiscal, works in _columns(training.automation, "fiscal", "works"):
        day = first.get(fiscal, _opening(city, fiscal))
        yen = round(works * city.number("invest_yen", day))
        yield Cost(int(fiscal), "invest", "automation", yen, day)


def _migration_costs(city: City, pmo: PmoPlan) -> Iterator[Cost]:
    """(B2) A lot's share of the vendor's work still to do, by its bars; its interim link."""
    ready: dict[str, date] = dict(_columns(pmo.gate, "lot", "available"))
    task = pmo.task
    bars = task[(task["vendor"] > 0) & (task["phase"] != "link")]
    for project in pmo.projects:
        lot = project.lot
        weight, first = _yearly(bars[bars["lot"] == lot.name])
        years = sorted(weight)
        price = city.number("migration_yen") * len(lot.systems)
        whole = parts(
            round(price * _work_left(city, project)),
            [weight[fiscal] for fiscal in years],
        )
        # work that begins before the money of its occasion is under contract already
        going = first[years[0]] < ready.get(lot.name, date.max)
        for fiscal, yen in zip(years, whole, strict=True):
            yield Cost(fiscal, "migration", lot.title, yen, first[fiscal], going)
    link = round(city.number("link_yen"))
    for start in task.loc[task["task"].str.endswith("/LINK"), "start"]:
        yield Cost(months.fiscal_year(start), "migration", "link", link, start)


def _yearly(bars: pd.DataFrame) -> tuple[Counter[int], dict[int, date]]:
    """Fiscal year -> weight of the vendor's work in it, and its first day."""
    weight = Counter[int]()
    first: dict[int, date] = {}
    for start, finish, vendor in _columns(bars, "start", "finish", "vendor"):
        for fiscal in range(months.fiscal_year(start), months.fiscal_year(finish) + 1):
            day = max(start, months.fiscal_start(fiscal))
            last = min(finish, months.fiscal_start(fiscal + 1) - months.DAY)
            weight[fiscal] += ((last - day).days + 1) * round(vendor * SLOT)
            first[fiscal] = min(day, first.get(fiscal, day))
    return weight, first


def _work_left(city: City, project: Project) -> float:
    """Share 0..1 of the vendor's work on a lot that is still to do."""
    whole = build_block(
        len(project.lot.systems),
        project.block.rehearsals,
        round(city.number("reserve_weeks")),
    )
    return min(1.0, _vendor_weeks(project.block) / _vendor_weeks(whole))


def _vendor_weeks(block: Block) -> float:
    return sum(piece.weeks * piece.item.vendor for piece in block.pieces)


def _running_costs(
    city: City,
    pmo: PmoPlan,
    years: Sequence[int],
    factor: float,
) -> Iterator[Cost]:
    """(B3) Running cost at the present level, what live systems add to it, and extensions."""
    scope = _live_days(city, pmo)
    for fiscal in years:
        day, end = _opening(city, fiscal), months.fiscal_start(fiscal + 1)
        price = city.number("running_yen", day) / 12
        old = new = 0  # system-months after a go-live: before the plan, and in it
        fresh = []
        for live in scope:
            count = months.months_between(max(live, day), end)
            if live <= city.start:
                old += count
                continue
            new += count
            if max(day, live) < end:
                fresh.append(live)
        extended, first = _extended(pmo, day, end)
        longer = round(price * extended)
        base = round(price * len(scope) * months.months_between(day, end)) - longer
        risen = round(price * (factor - 1) * old)
        added = round(price * (factor - 1) * new)
        if factor < 1:  # what is saved is no cost of its own
            base, risen, added = max(0, base + risen + added), 0, 0
        yield Cost(fiscal, "running", "base", base, day, True)
        yield Cost(fiscal, "running", "live", risen, day, True)
        yield Cost(fiscal, "running", "added", added, max(day, min(fresh, default=day)))
        if longer:
            yield Cost(fiscal, "running", "extension", longer, first)


def _live_days(city: City, pmo: PmoPlan) -> list[date]:
    """The go-live of each system: that of the roadmap, else when it was, else before the plan."""
    planned: dict[str, date] = dict(_columns(pmo.cutover, "business", "live"))
    days = []
    for system in city.systems:
        if system.in_scope:
            days.append(planned.get(system.business, system.since or city.start))
    return days


def _extended(pmo: PmoPlan, day: date, end: date) -> tuple[int, date]:
    """System-months in a span of contracts in use that end before go-live, and their first day."""
    total, first = 0, end
    for last, live, systems in _columns(pmo.lots, "contract_end", "live", "systems"):
        if last is None:
            continue
        start, stop = max(last + months.DAY, day), min(live, end)
        if start < stop:
            total += systems * months.months_between(start, stop)
            first = min(first, start)
    return total, first


def _limits(city: City, staffing: StaffingPlan) -> dict[tuple[int, str], int]:
    """(fiscal year, form) -> yen that F10 counts at most: its cap for each person and year."""
    forms = {form.name for form in city.forms if form.measure == "F10-person"}
    people = Counter[tuple[int, str]]()
    for month, form, count in _columns(staffing.outside, "month", "form", "count"):
        if form in forms:
            people[months.fiscal_year(month), form] += count
    limits = {}
    for (fiscal, form), count in people.items():
        cap = city.number("cap_F10", months.fiscal_start(fiscal))
        limits[fiscal, form] = round(cap * count / 12)
    return limits


# --- what if -------------------------------------------------------------------------------------
def _general(funding: Iterable[Payment]) -> Counter[int]:
    """Fiscal year -> general revenue."""
    total = Counter[int]()
    for row in funding:
        if row.fund == GENERAL:
            total[row.fiscal] += row.yen
    return total


def _by_year(costs: Iterable[Cost]) -> Counter[int]:
    """Fiscal year -> yen."""
    total = Counter[int]()
    for cost in costs:
        total[cost.fiscal] += cost.yen
    return total


def _sure(
    city: City,
    costs: Sequence[Cost],
    rules: Sequence[FundingRule],
    funding: Sequence[Payment],
    years: Sequence[int],
) -> pd.DataFrame:
    total, planned = _by_year(costs), _general(funding)
    every = {rule.measure.id for rule in rules}
    worst = _general(payments(city, costs, rules, every))
    rows = [(fiscal, total[fiscal], planned[fiscal], worst[fiscal]) for fiscal in years]
    return _frame(rows, SURE)


def _shocks(
    city: City,
    costs: Sequence[Cost],
    rules: Sequence[FundingRule],
    funding: Sequence[Payment],
) -> list[Cells]:
    planned = _general(funding)
    doubtful = {row.measure for row in funding if row.grade in DOUBTFUL}
    shocks = []
    for rule in rules:
        name = rule.measure.id
        if name not in doubtful:
            continue
        worse = _general(payments(city, costs, rules, {name}))
        for fiscal in sorted(worse):
            if worse[fiscal] != planned[fiscal]:
                shocks.append((name, fiscal, worse[fiscal] - planned[fiscal]))
    return shocks


def _scenarios(
    city: City,
    pmo: PmoPlan,
    rules: Sequence[FundingRule],
    years: Sequence[int],
) -> list[Cells]:
    rows = []
    for factor in sorted({city.number(name) for name in SCENARIOS.values()}):
        costs = list(_running_costs(city, pmo, years, factor))
        total, general = _by_year(costs), _general(payments(city, costs, rules))
        for fiscal in years:
            rows.append((fiscal, factor, total[fiscal], general[fiscal]))
    return rows


# --- what to ask for -----------------------------------------------------------------------------
def _requests(
    city: City,
    pmo: PmoPlan,
    costs: Sequence[Cost],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(B6, B7) The occasion of each cost, and the costs that no occasion can bring any more."""
    titles = {project.lot.name: project.lot.title for project in pmo.projects}
    contracts = {}
    for lot, *cells in _columns(pmo.gate, "lot", "gate", "fiscal", "request_by", "available"):
        contracts[titles[lot]] = Gate(*cells)
    signed: dict[str, int] = {}  # lot -> fiscal year of its contract
    asked, unasked = [], []
    for cost in costs:
        contract = None
        if cost.group == "migration" and not cost.going:
            # costs come in the order of the years: the first one is that of the contract
            year = signed.setdefault(cost.item, cost.fiscal)
            if cost.fiscal == year:
                contract = contracts.get(cost.item)
        gate, standing = _occasion(pmo.gates, cost, contract)
        if gate:
            asked.append((gate, cost, standing))
        else:
            unasked.append(_item(cost))
    rows = []
    for gate, cost, standing in sorted(asked, key=_asking):
        money = gate.available, cost.first, standing
        rows.append((gate.request_by, gate.name, *_item(cost), *money))
    return _frame(rows, REQUEST), _frame(unasked, ITEM)


def _asking(asked: tuple[Gate, Cost, str]) -> tuple[date, int, int, date]:
    gate, cost, _ = asked
    return gate.request_by, cost.fiscal, GROUPS.index(cost.group), cost.first


def _occasion(
    gates: Sequence[Gate],
    cost: Cost,
    contract: Gate | None,
) -> tuple[Gate | None, str]:
    """The occasion at which a cost is asked for, and how it stands to the first day of spending."""
    if contract:
        if contract.fiscal_year == cost.fiscal:
            return contract, ON_TIME
        return contract, CARRIED
    same, timely, before = [], [], []
    for gate in gates:
        if gate.fiscal_year == cost.fiscal:
            same.append(gate)
        if gate.available > cost.first:
            continue
        if gate.fiscal_year == cost.fiscal:
            timely.append(gate)
        elif gate.fiscal_year == cost.fiscal - 1:
            before.append(gate)
    if timely:
        return min(timely, key=_spending), ON_TIME
    if cost.going:
        return None, ""
    if before:
        return max(before, key=_spending), CARRIED
    if same:
        return min(same, key=_spending), LATE
    return None, ""


def _spending(gate: Gate) -> tuple[date, date]:
    return gate.available, gate.request_by
