"""The budget: yen by fiscal year and who pays them, and which budget has to be asked for what.

Sets        f fiscal years from the plan's start to FY2031 or the last cost, i items of a group (staffing, training,
            pmo, migration, running, invest), k budget occasions of the city
Given       staffing cost, cohorts, bars and cutovers of the other plans; price of a migration and of a year's
            running, factor of running cost after a migration; (ask by, spend from) of each k; funds and rates
Find        c[f,i] cost (yen, whole), its funds (see ``funds``), k(f,i) the occasion that is asked for it
Subject to  (B1 people)    staffing and pmo: what the staffing plan spends, by form; training: cohorts x price
            (B2 migration) price x systems of a lot x share of the vendor's work still to do, spread over the days of its bars;
                           an interim link at its own price
            (B3 running)   a system costs its present price until the month in which it goes live, and that price times
                           the factor from that month on; from the plan's start, by months; what lies behind the end of the
                           contract in use is its extension
            (B4 invest)    automations of the training plan x price
            (B5 whole)     what is spread adds up to the yen (largest remainder); funds add up to the cost
            (B6 ask)       the first year of a migration contract is asked for at the occasion of the roadmap, before
                           the tender; everything else at the first occasion of the same year whose money is there on
                           the first day of spending, else at the last one of the year before (carried over), else at
                           the next one, which is late
            (B7 past)      no occasion lies before the plan's start; what runs already and cannot be asked for any more
                           is in the budgets in force
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from dxplan.facts import months
from dxplan.facts.months import Gate
from dxplan.plan.block import build_block
from dxplan.plan.column import Project
from dxplan.plan.funds import (
    GENERAL,
    Cost,
    Rule,
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
    item : fiscal, group, item (a form, step1..3, the title of a lot, link, base, live, added or extension, automation), yen.
    funding : fiscal, group, item, fund (subsidy, special, ordinary, bond, general), measure, yen, grade; adds up to
        ``item``.
    sure : fiscal, yen, general, general_if_zero (general revenue if every unconfirmed rate is zero).
    shock : measure, fiscal, yen: general revenue more than planned if this measure's unconfirmed rates are zero.
    running : fiscal, scenario (times the present cost), yen, general.
    request : request_by, gate, fiscal (of the money), group, item, yen, available, first (day of spending), standing
        (on_time, carried, late).
    unasked : fiscal, group, item, yen: what no occasion can be asked for any more; the budgets in force hold it.
    measure : measure, name, fund, rate (0..1), cap (yen), fiscal_from, fiscal_to, source, grade, eligible, reason, used
        (yen).
    repaid : yen of the bonds that later years' allocation tax gives back; it is no fund of these years.
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
FUNDING = ("fiscal", "group", "item", "fund", "measure", "yen", "grade")
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
    costs = sorted(
        _costs(city, pmo, staffing, training, years),
        key=lambda c: (c.fiscal, GROUPS.index(c.group)),
    )
    rules = build_rules(city, years, _limits(city, staffing))
    funding = payments(city, costs, rules)
    request, unasked = _requests(city, pmo, costs)
    return BudgetPlan(
        city,
        _frame([(c.fiscal, c.group, c.item, c.yen) for c in costs], ITEM),
        _frame(funding, FUNDING),
        _sure(city, costs, rules, funding, years),
        _frame(_shocks(city, costs, rules, funding), SHOCK),
        _frame(_scenarios(city, pmo, rules, years), RUNNING),
        request,
        unasked,
        measure_rows(city, rules, funding),
        repaid(city, funding),
    )


def _frame(rows: Sequence[tuple], columns: Sequence[str]) -> pd.DataFrame:
    whole = {
        name: "int64" for name in ("fiscal", "yen", "general", "general_if_zero") if name in columns
    }
    return pd.DataFrame(rows, columns=list(columns)).astype(whole)


def _check(city: City, pmo: PmoPlan, staffing: StaffingPlan, training: TrainingPlan) -> None:
    codes = {plan.city.code for plan in (pmo, staffing, training)} | {city.code}
    if len(codes) > 1:
        raise PlanError(
            f"the plans are of several cities: {', '.join(sorted(codes))}; plan them all for one."
        )
    first = months.fiscal_year(city.start)
    for row in staffing.cost.to_dict("records"):
        if not row["yen"] >= 0 or row["yen"] == float("inf"):
            raise PlanError(
                f"staffing.cost: {row['item']} in {row['fiscal']} costs {row['yen']} yen; want 0 or more."
            )
        if row["fiscal"] < first:
            raise PlanError(
                f"staffing.cost: {row['item']} is spent in {row['fiscal']}, before the plan's {first}."
            )
    strange = set(training.cohort["step"]) - {1, 2, 3}
    if strange or (len(training.cohort) and min(training.cohort["fiscal"]) < first):
        raise PlanError(
            f"training.cohort: steps are 1, 2 or 3 from fiscal year {first} on; {sorted(strange)} found."
        )
    if len(training.automation) and min(training.automation["works"]) < 0:
        raise PlanError("training.automation: works is negative.")


def _years(
    city: City, pmo: PmoPlan, staffing: StaffingPlan, training: TrainingPlan
) -> tuple[int, ...]:
    """Fiscal years of the budget, all months of the last one included."""
    ends = [
        LAST,
        *staffing.cost["fiscal"],
        *training.cohort["fiscal"],
        *training.automation["fiscal"],
    ]
    ends += [months.fiscal_year(day) for day in (*staffing.month[-1:], *pmo.task["finish"])]
    return tuple(range(months.fiscal_year(city.start), int(max(ends)) + 1))


# --- costs ---------------------------------------------------------------------------------------------
def _costs(
    city: City, pmo: PmoPlan, staffing: StaffingPlan, training: TrainingPlan, years
) -> Iterator[Cost]:
    """Every cost of the plan; items of nothing are left out."""
    found = (
        *_staffing_costs(city, staffing),
        *_training_costs(city, training),
        *_migration_costs(city, pmo),
        *_running_costs(city, pmo, years, city.number(SCENARIOS[city.at("running_case").value])),
        *_invest_costs(city, training),
    )
    return (cost for cost in found if cost.yen)


def _opening(city: City, fiscal: int) -> date:
    """The first day of a fiscal year that lies in the plan."""
    return max(city.start, months.fiscal_start(fiscal))


def _staffing_costs(city: City, staffing: StaffingPlan) -> Iterator[Cost]:
    """(B1) What each form of people costs, from the first month in which it works."""
    begun: dict[tuple[str, int], date] = {}
    for month, form in zip(staffing.outside["month"], staffing.outside["form"]):
        key = form, months.fiscal_year(month)
        begun[key] = min(month, begun.get(key, month))
    rows: dict[str, list[tuple[int, float]]] = {}
    for fiscal, item, yen in staffing.cost[["fiscal", "item", "yen"]].itertuples(index=False):
        if not item.startswith(STEP):
            rows.setdefault(item, []).append((int(fiscal), float(yen)))
    for item, spent in rows.items():
        whole = parts(round(sum(yen for _, yen in spent)), [round(yen * 100) for _, yen in spent])
        for (fiscal, _), yen in zip(spent, whole):
            first = max(begun.get((item, fiscal), date.min), _opening(city, fiscal))
            yield Cost(fiscal, "pmo" if item == PMO else "staffing", item, yen, first)


def _training_costs(city: City, training: TrainingPlan) -> Iterator[Cost]:
    """(B1) Cohorts at the price of their step."""
    cohorts = training.cohort[["fiscal", "step", "start"]].sort_values(["fiscal", "step", "start"])
    first: dict[tuple[int, int], date] = {}
    count: Counter = Counter()
    for fiscal, step, start in cohorts.itertuples(index=False):
        first.setdefault((fiscal, step), start)
        count[fiscal, step] += 1
    for (fiscal, step), cohort in count.items():
        price = city.number(f"step{step}_yen", _opening(city, fiscal))
        yield Cost(
            int(fiscal), "training", f"{STEP}{step}", round(cohort * price), first[fiscal, step]
        )


def _invest_costs(city: City, training: TrainingPlan) -> Iterator[Cost]:
    """(B4) Automations at their price, from the end of the year's first class of step 3."""
    ends = [
        day for step, day in zip(training.cohort["step"], training.cohort["finish"]) if step == 3
    ]
    for fiscal, works in training.automation[["fiscal", "works"]].itertuples(index=False):
        day = min(
            (end for end in ends if months.fiscal_year(end) == fiscal),
            default=_opening(city, fiscal),
        )
        yield Cost(
            int(fiscal), "invest", "automation", round(works * city.number("invest_yen", day)), day
        )


def _migration_costs(city: City, pmo: PmoPlan) -> Iterator[Cost]:
    """(B2) A lot's share of the vendor's work still to do, by the days of its bars in each fiscal year; its interim link."""
    ready = dict(zip(pmo.gate["lot"], pmo.gate["available"]))
    bars = pmo.task[(pmo.task["vendor"] > 0) & (pmo.task["phase"] != "link")]
    for project in pmo.projects:
        lot = project.lot
        weight, first = _yearly(bars[bars["lot"] == lot.name])
        years = sorted(weight)
        total = round(city.number("migration_yen") * len(lot.systems) * _work_left(city, project))
        whole = parts(total, [weight[fiscal] for fiscal in years])
        going = first[years[0]] < ready.get(lot.name, date.max)
        for fiscal, yen in zip(years, whole):
            yield Cost(fiscal, "migration", lot.title, yen, first[fiscal], going)
    for row in pmo.task[pmo.task["task"].str.endswith("/LINK")].to_dict("records"):
        yield Cost(
            months.fiscal_year(row["start"]),
            "migration",
            "link",
            round(city.number("link_yen")),
            row["start"],
        )


def _yearly(bars: pd.DataFrame) -> tuple[Counter, dict[int, date]]:
    """Fiscal year -> weight of the vendor's work in it, and its first day."""
    weight: Counter = Counter()
    first: dict[int, date] = {}
    for start, finish, vendor in bars[["start", "finish", "vendor"]].itertuples(index=False):
        for fiscal, day, days in _spread(start, finish):
            weight[fiscal] += days * round(vendor * SLOT)
            first[fiscal] = min(day, first.get(fiscal, day))
    return weight, first


def _spread(start: date, finish: date) -> Iterator[tuple[int, date, int]]:
    """(fiscal year, first day in it, days in it) of a run of days."""
    for fiscal in range(months.fiscal_year(start), months.fiscal_year(finish) + 1):
        first = max(start, months.fiscal_start(fiscal))
        last = min(finish, months.fiscal_start(fiscal + 1) - timedelta(days=1))
        yield fiscal, first, (last - first).days + 1


def _work_left(city: City, project: Project) -> float:
    """Share 0..1 of the vendor's work on a lot that is still to do."""
    whole = build_block(
        len(project.lot.systems), project.block.rehearsals, round(city.number("reserve_weeks"))
    )
    left, total = (
        sum(piece.weeks * piece.item.vendor for piece in block.pieces)
        for block in (project.block, whole)
    )
    return min(1.0, left / total)


def _running_costs(city: City, pmo: PmoPlan, years: Sequence[int], factor: float) -> Iterator[Cost]:
    """(B3) Running cost: at the present level, what systems live before and during the plan add to it, and extensions."""
    lives = dict(zip(pmo.cutover["business"], pmo.cutover["live"]))
    scope = [lives.get(s.business, s.since or city.start) for s in city.systems if s.in_scope]
    for fiscal in years:
        day = _opening(city, fiscal)
        price = city.number("running_yen", day) / 12
        end = months.fiscal_start(fiscal + 1)
        old, new = (
            sum(
                months.months_between(max(live, day), end)
                for live in scope
                if (live > city.start) == later
            )
            for later in (False, True)
        )
        longer = round(price * _extended(pmo, day, end))
        base = round(price * len(scope) * months.months_between(day, end)) - longer
        live = round(price * (factor - 1) * old)
        added = round(price * (factor - 1) * new)
        fresh = min(
            (live for live in scope if max(day, live) < end and live > city.start), default=day
        )
        if factor < 1:
            base, live, added = max(0, base + live + added), 0, 0
        yield Cost(fiscal, "running", "base", base, day, True)
        yield Cost(fiscal, "running", "live", live, day, True)
        yield Cost(fiscal, "running", "added", added, max(day, fresh))
        if longer:
            yield Cost(fiscal, "running", "extension", longer, _first_extended(pmo, day, end))


def _runs_extended(pmo: PmoPlan, day: date, end: date) -> list[tuple[date, date, int]]:
    """(first day, go-live, systems) of the lots whose contract in use ends before their go-live, inside a span."""
    rows = zip(pmo.lot["contract_end"], pmo.lot["live"], pmo.lot["systems"])
    return [
        (max(last + months.DAY, day), min(live, end), count)
        for last, live, count in rows
        if last is not None and max(last + months.DAY, day) < min(live, end)
    ]


def _extended(pmo: PmoPlan, day: date, end: date) -> int:
    """System-months of extensions in a span."""
    return sum(
        count * months.months_between(first, last)
        for first, last, count in _runs_extended(pmo, day, end)
    )


def _first_extended(pmo: PmoPlan, day: date, end: date) -> date:
    return min(first for first, _, _ in _runs_extended(pmo, day, end))


def _limits(city: City, staffing: StaffingPlan) -> dict[tuple[int, str], int]:
    """(fiscal year, form) -> yen that F10 counts at most: its cap for each person and year."""
    people: Counter = Counter()
    forms = {form.name for form in city.forms if form.measure == "F10-person"}
    for month, form, count in staffing.outside[["month", "form", "count"]].itertuples(index=False):
        if form in forms:
            people[months.fiscal_year(month), form] += count
    return {
        (fiscal, form): round(city.number("cap_F10", months.fiscal_start(fiscal)) * count / 12)
        for (fiscal, form), count in people.items()
    }


# --- what if -------------------------------------------------------------------------------------------
def _general(rows: Sequence[tuple]) -> Counter:
    """Fiscal year -> general revenue."""
    found: Counter = Counter()
    for fiscal, _, _, fund, _, yen, _ in rows:
        found[fiscal] += yen * (fund == GENERAL)
    return found


def _sure(
    city: City, costs: Sequence[Cost], rules: Sequence[Rule], funding: Sequence[tuple], years
) -> pd.DataFrame:
    total: Counter = Counter()
    for cost in costs:
        total[cost.fiscal] += cost.yen
    planned = _general(funding)
    worst = _general(payments(city, costs, rules, {rule.measure.id for rule in rules}))
    return _frame([(f, total[f], planned[f], worst[f]) for f in years], SURE)


def _shocks(
    city: City, costs: Sequence[Cost], rules: Sequence[Rule], funding: Sequence[tuple]
) -> list[tuple]:
    planned = _general(funding)
    found = []
    for rule in rules:
        if any(row[4] == rule.measure.id and row[6] in ("M", "G") for row in funding):
            worse = _general(payments(city, costs, rules, {rule.measure.id}))
            found += [
                (rule.measure.id, f, worse[f] - planned[f])
                for f in sorted(planned)
                if worse[f] != planned[f]
            ]
    return found


def _scenarios(
    city: City, pmo: PmoPlan, rules: Sequence[Rule], years: Sequence[int]
) -> list[tuple]:
    found = []
    for factor in sorted({city.number(name) for name in SCENARIOS.values()}):
        costs = list(_running_costs(city, pmo, years, factor))
        general = _general(payments(city, costs, rules))
        found += [
            (f, factor, sum(c.yen for c in costs if c.fiscal == f), general[f]) for f in years
        ]
    return found


# --- what to ask for -----------------------------------------------------------------------------------
def _requests(city: City, pmo: PmoPlan, costs: Sequence[Cost]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(B6, B7) The occasion of each cost, and the costs that no occasion can bring any more."""
    titles = {project.lot.name: project.lot.title for project in pmo.projects}
    contracts = {titles[row["lot"]]: row for row in pmo.gate.to_dict("records")}
    signed: dict[
        str, int
    ] = {}  # lot -> fiscal year of the contract: costs come in the order of the years
    asked, unasked = [], []
    for cost in costs:
        name = cost.item if cost.group == "migration" and not cost.going else ""
        contract = (
            contracts.get(name) if cost.fiscal == signed.setdefault(name, cost.fiscal) else None
        )
        gate, standing = _occasion(pmo.gates, cost, contract)
        row = (cost.fiscal, cost.group, cost.item, cost.yen)
        if gate:
            asked.append((gate.request_by, gate.name, *row, gate.available, cost.first, standing))
        else:
            unasked.append(row)
    order = sorted(asked, key=lambda row: (row[0], row[2], GROUPS.index(row[3]), row[7]))
    return _frame(order, REQUEST), _frame(unasked, ITEM)


def _occasion(gates: Sequence[Gate], cost: Cost, contract) -> tuple[Gate | None, str]:
    """The occasion at which a cost is asked for, and how it stands to the first day of spending."""
    if contract:
        gate = Gate(
            contract["gate"], contract["fiscal"], contract["request_by"], contract["available"]
        )
        return gate, ON_TIME if gate.fiscal_year == cost.fiscal else CARRIED
    same = [gate for gate in gates if gate.fiscal_year == cost.fiscal]
    timely = [gate for gate in same if gate.available <= cost.first]
    before = [
        gate
        for gate in gates
        if gate.fiscal_year == cost.fiscal - 1 and gate.available <= cost.first
    ]
    if timely:
        return min(timely, key=_spending), ON_TIME
    if cost.going:
        return None, ""
    if before:
        return max(before, key=_spending), CARRIED
    return (min(same, key=_spending), LATE) if same else (None, "")


def _spending(gate: Gate) -> tuple[date, date]:
    return gate.available, gate.request_by
