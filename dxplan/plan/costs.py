"""What a plan costs: yen by fiscal year, group and item, in whole thousands.

Sets        f fiscal years from the plan's start to FY2031 or the last cost,
            i items of a group: staffing, training, pmo, migration, running, invest are new;
            current is paid anyway
Given       staffing cost, cohorts, bars and cutovers of the other plans;
            price of a migration and of a year's running, weight of a business beside the mean,
            factor of running cost after a migration
Find        c[f,i] cost (yen, whole thousands)
Subject to  (B1 people)    staffing and pmo: what the staffing plan spends, by form, but what runs
                           already is current; training: cohorts x price
            (B2 migration) price x weights of a lot x share of the vendor's work still to do,
                           spread over the days of its bars; an interim link at its own price;
                           共通機能 is a system of its lot with its own weight
            (B3 current)   a system in use costs its present price, one that was live before the
                           plan that price times the factor, or what the city tells; what lies
                           behind the end of the contract in use is its extension; what is out of
                           scope costs nothing
            (B4 running)   from the month of its go-live a system costs what the factor adds; the
                           old one runs beside it for some months; before it, from the end of the
                           item that builds its environment, a share of the new price is paid for
                           the cloud
            (B5 invest)    automations of the training plan x price, but in the years in which
                           the DX initiatives pay for the tools they are made with
            (B7 initiatives) what is taken up: once by its contract, and each year of its use;
                           what runs already is current
            (B6 whole)     every amount is rounded once, here, to thousands of yen, and what is
                           spread adds up to it (largest remainder): whoever adds them up agrees
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Cells
from dxplan.plan.block import Block, build_block
from dxplan.plan.column import Project
from dxplan.plan.operation import operated_yen
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.training import TrainingPlan
from dxplan.plan.work import price_weights, thousands
from dxplan.town.city import City
from dxplan.town.defaults import in_force, load_defaults
from dxplan.town.initiatives import counted_by_works
from dxplan.town.lots import Lot

CURRENT = "current"  # the group of what is paid with or without the plan
INITIATIVES = "initiatives"
GROUPS = ("staffing", "training", "pmo", "migration", "running", "invest", INITIATIVES, CURRENT)
PMO = "PMO伴走"  # the form of people that is a group of its own
STEP = "step"  # items of the staffing plan that are training: step1, step2, step3
SLOT = 100  # the vendor's work is counted in hundredths, so that weights are whole
LAST = 2031  # a budget shows at least the year after the end state, in which every system runs
PAYING = {"F9": "F9", "F8": "F8-fill"}  # fund of an initiative -> the measure that pays
OPERATED = "の運用"  # behind the name of an initiative: what it costs each year of its use
ENVIRONMENT = "14"  # the work item after which the cloud is paid


@dataclass(frozen=True)
class Cost:
    """Yen of one item in one fiscal year.

    Attributes
    ----------
    first : first day on which it is spent.
    going : whether it runs already: the budgets in force hold what can no longer be asked for.
    lot : name of the lot, or of the initiative, whose contract it belongs to, or "".
    funds : measures that may pay for it; those of its group or form where None.
    """

    fiscal: int
    group: str
    item: str
    yen: int
    first: date
    going: bool = False
    lot: str = ""
    funds: tuple[str, ...] | None = None


class Plans(NamedTuple):
    """What a budget is made from; without a portfolio nothing beside the lots is taken up."""

    city: City
    pmo: PmoPlan
    staffing: StaffingPlan
    training: TrainingPlan
    portfolio: Portfolio | None = None


class Running(NamedTuple):
    """A system in scope: its go-live, from when its cloud is paid, its price beside the mean."""

    live: date
    cloud: date
    weight: float


class _Year(NamedTuple):
    """A fiscal year from its first day in the plan; price of the mean system in use (yen/month)."""

    fiscal: int
    day: date
    end: date
    price: float


def cells(table: pd.DataFrame, *names: str) -> Iterator[Cells]:
    """The values of some columns, row by row."""
    columns = [table[name].tolist() for name in names]
    return zip(*columns, strict=True)


def parts(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number shared out by whole weights, by largest remainder; the parts add up to it.

    Source: the method of Hare and Niemeyer; of equal remainders the earlier one is served first.
    """
    whole = sum(weights)
    if whole <= 0:  # nothing to go by: the first part takes all
        return [total if k == 0 else 0 for k in range(len(weights))]
    shares, rests = [], []
    for weight in weights:
        share, rest = divmod(total * weight, whole)
        shares.append(share)
        rests.append(rest)
    largest = sorted(range(len(shares)), key=lambda k: -rests[k])
    for k in largest[: total - sum(shares)]:
        shares[k] += 1
    return shares


def _spread(yen: float, weights: Sequence[int]) -> list[int]:
    """(B6) An amount over some years, in whole thousands of yen."""
    return [1000 * part for part in parts(thousands(yen) // 1000, weights)]


def span_of(plans: Plans) -> Sequence[int]:
    """Fiscal years of a budget, all months of the last one included."""
    staffing = plans.staffing
    training = plans.training
    last_days = [*staffing.month[-1:], *plans.pmo.task["finish"]]
    ends = [
        LAST,
        *staffing.cost["fiscal"],
        *training.cohort["fiscal"],
        *training.automation["fiscal"],
        *map(months.fiscal_year, last_days),
    ]
    return range(months.fiscal_year(plans.city.start), int(max(ends)) + 1)


def costs_of(plans: Plans, years: Sequence[int], factor: float) -> list[Cost]:
    """Every cost, by years and groups; items of nothing are left out.

    Parameters
    ----------
    plans : of one city.
    years : fiscal years of the budget.
    factor : running cost after a migration, in times of the present one.
    """
    costs = [
        *_staffing_costs(plans.city, plans.staffing),
        *training_costs(plans.city, plans.training),
        *_migration_costs(plans.city, plans.pmo),
        *running_costs(plans.city, plans.pmo, years, factor),
        *_invest_costs(plans),
        *_initiative_costs(plans.city, plans.portfolio),
    ]
    order = sorted(costs, key=lambda cost: (cost.fiscal, GROUPS.index(cost.group)))
    return [cost for cost in order if cost.yen]


def _opening(city: City, fiscal: int) -> date:
    """The first day of a fiscal year that lies in the plan."""
    return max(city.start, months.fiscal_start(fiscal))


# --- people, training, automation ----------------------------------------------------------------
def _staffing_costs(city: City, staffing: StaffingPlan) -> Iterator[Cost]:
    """(B1) What each form of people costs, from the first month in which it works."""
    begun: dict[tuple[str, int], date] = {}
    for month, form in cells(staffing.outside, "month", "form"):
        key = form, months.fiscal_year(month)
        begun[key] = min(month, begun.get(key, month))
    running = _given(city, staffing)
    for fiscal, item, yen in people_yen(staffing):
        if item.startswith(STEP):
            continue
        opening = _opening(city, fiscal)
        given = min(yen, thousands(running[item, fiscal]))
        yield Cost(fiscal, CURRENT, item, given, opening, True)
        group = "pmo" if item == PMO else "staffing"
        first = max(begun.get((item, fiscal), date.min), opening)
        yield Cost(fiscal, group, item, yen - given, first)


def _given(city: City, staffing: StaffingPlan) -> Counter[tuple[str, int]]:
    """(form, fiscal year) -> yen of the engagements that the city has already."""
    yen = Counter[tuple[str, int]]()
    for form, finish, count, price, given in cells(
        staffing.contract, "form", "finish", "count", "yen", "given"
    ):
        if given:
            for fiscal, length in months_by_year(city.start, finish):
                yen[form, fiscal] += count * price * length
    return yen


def months_by_year(start: date, finish: date) -> Iterator[tuple[int, int]]:
    """Fiscal year, and months of a term that lie in it."""
    end = finish + months.DAY
    for fiscal in range(months.fiscal_year(start), months.fiscal_year(finish) + 1):
        day = max(start, months.fiscal_start(fiscal))
        yield fiscal, months.months_between(day, min(end, months.fiscal_start(fiscal + 1)))


def people_yen(staffing: StaffingPlan) -> Iterator[tuple[int, str, int]]:
    """Fiscal year, form or step, and what it costs: whole thousands of yen."""
    spent: dict[str, list[tuple[int, float]]] = {}
    for fiscal, item, yen in cells(staffing.cost, "fiscal", "item", "yen"):
        spent.setdefault(item, []).append((int(fiscal), float(yen)))
    for item, rows in spent.items():
        whole = _spread(sum(yen for _, yen in rows), [round(yen * 100) for _, yen in rows])
        for (fiscal, _), yen in zip(rows, whole, strict=True):
            yield fiscal, item, yen


def training_costs(city: City, training: TrainingPlan) -> Iterator[Cost]:
    """(B1) Cohorts at the price of their step, by fiscal year and step."""
    first: dict[tuple[int, int], date] = {}
    count = Counter[tuple[int, int]]()
    for fiscal, step, start in sorted(cells(training.cohort, "fiscal", "step", "start")):
        first.setdefault((fiscal, step), start)
        count[fiscal, step] += 1
    for (fiscal, step), cohorts in count.items():
        price = city.number(f"step{step}_yen", _opening(city, fiscal))
        yen = thousands(cohorts * price)
        yield Cost(int(fiscal), "training", f"{STEP}{step}", yen, first[fiscal, step])


def _invest_costs(plans: Plans) -> Iterator[Cost]:
    """(B5) Automations at their price, from the end of the year's first class of step 3."""
    city, training = plans.city, plans.training
    tools = _tools_from(plans.portfolio)
    first: dict[int, date] = {}
    for step, finish in cells(training.cohort, "step", "finish"):
        if step == 3:
            fiscal = months.fiscal_year(finish)
            first[fiscal] = min(finish, first.get(fiscal, finish))
    for fiscal, works in cells(training.automation, "fiscal", "works"):
        day = first.get(fiscal, _opening(city, fiscal))
        yen = thousands(works * city.number("invest_yen", day))
        if fiscal >= tools:  # which are paid for there
            continue
        yield Cost(int(fiscal), "invest", "automation", yen, day)


def _tools_from(portfolio: Portfolio | None) -> float:
    """The first fiscal year in which an initiative brings the tools of the automations."""
    taken = portfolio.taken if portfolio else {}
    years = [months.fiscal_year(taken[id].live) for id in counted_by_works() if id in taken]
    return min(years, default=inf)


def _initiative_costs(city: City, portfolio: Portfolio | None) -> Iterator[Cost]:
    """(B7) The money of the DX initiatives as they plan it: whole thousands already."""
    if portfolio is None:
        return
    for id, fiscal, once, yearly in cells(portfolio.money, "id", "fiscal", "once", "yearly"):
        one, day = portfolio.taken[id], _opening(city, fiscal)
        going = one.gate is None
        group, lot = (CURRENT, "") if going else (INITIATIVES, one.name)
        first, later = max(day, one.contract), max(day, one.live)
        funds = tuple(PAYING[fund] for fund in one.funds)
        yield Cost(fiscal, group, one.name, int(once), first, going, lot, funds)
        yield Cost(fiscal, group, f"{one.name}{OPERATED}", int(yearly), later, going, "", ())


# --- migration -----------------------------------------------------------------------------------
def _migration_costs(city: City, pmo: PmoPlan) -> Iterator[Cost]:
    """(B2) A lot's share of the vendor's work still to do, by its bars; its interim link."""
    ready: dict[str, date] = dict(cells(pmo.gate, "lot", "available"))
    task = pmo.task
    price = city.number("migration_yen")
    bars = task[(task["vendor"] > 0) & (task["phase"] != "link")]
    for project in pmo.projects:
        lot = project.lot
        weight, first = _yearly(bars[bars["lot"] == lot.name])
        years = sorted(weight)
        yen = price * _size(city, lot) * work_left(city, project)
        whole = _spread(yen, [weight[fiscal] for fiscal in years])
        # work that begins before the money of its occasion is under contract already
        going = first[years[0]] < ready.get(lot.name, date.max)
        for fiscal, part in zip(years, whole, strict=True):
            yield Cost(fiscal, "migration", lot.title, part, first[fiscal], going, lot.name)
    link = thousands(city.number("link_yen"))
    for start in task.loc[task["task"].str.endswith("/LINK"), "start"]:
        yield Cost(months.fiscal_year(start), "migration", "link", link, start)


def presumed_cap(city: City, pmo: PmoPlan) -> int:
    """Yen of the subsidy that are presumed to be left for a city's own lots.

    Its share of the fund by size (``fund_share`` of the price that is the default for its
    population, whatever it has estimated itself), less what systems in operation and work that is
    done are presumed to have used.
    """
    price = in_force(load_defaults(city.facts)["migration_yen"], city.start).number
    left = sum(_size(city, p.lot) * work_left(city, p) for p in pmo.projects)
    return thousands(price * left * city.number("fund_share") / 100)


def _size(city: City, lot: Lot) -> float:
    """Prices of a lot's systems, in times of the mean one."""
    weights = price_weights(city)
    return sum(weights[business] for business in lot.businesses)


def _yearly(bars: pd.DataFrame) -> tuple[Counter[int], dict[int, date]]:
    """Fiscal year -> weight of the vendor's work in it, and its first day."""
    weight = Counter[int]()
    first: dict[int, date] = {}
    for start, finish, vendor in cells(bars, "start", "finish", "vendor"):
        for fiscal in range(months.fiscal_year(start), months.fiscal_year(finish) + 1):
            day = max(start, months.fiscal_start(fiscal))
            last = min(finish, months.fiscal_start(fiscal + 1) - months.DAY)
            weight[fiscal] += ((last - day).days + 1) * round(vendor * SLOT)
            first[fiscal] = min(day, first.get(fiscal, day))
    return weight, first


def work_left(city: City, project: Project) -> float:
    """Share 0..1 of the vendor's work on a lot that is still to do."""
    whole = build_block(
        len(project.lot.systems),
        project.block.rehearsals,
        round(city.number("reserve_weeks")),
    )
    return min(1.0, _vendor_weeks(project.block) / _vendor_weeks(whole))


def _vendor_weeks(block: Block) -> float:
    return sum(piece.weeks * piece.item.vendor for piece in block.pieces)


# --- running -------------------------------------------------------------------------------------
def running_costs(
    city: City,
    pmo: PmoPlan,
    years: Sequence[int],
    factor: float,
) -> Iterator[Cost]:
    """(B3, B4) Systems in use as they cost now, and what their successors add.

    Parameters
    ----------
    city, pmo : a municipality and its roadmap.
    years : fiscal years.
    factor : running cost after a migration, in times of the present one.
    """
    scope = _scope(city, pmo)
    for fiscal in years:
        day = _opening(city, fiscal)
        end = months.fiscal_start(fiscal + 1)
        price = city.number("running_yen", day) / 12
        year = _Year(fiscal, day, end, price)
        longer, first = _extended(city, pmo, year)
        extension = thousands(price * longer)
        added = _added(city, scope, year, factor)
        whole = sum(system.weight for system in scope)
        length = months.months_between(day, end)
        base = thousands(price * whole * length) - extension
        before = _before(city, scope)
        told = operated_yen(city, price * factor * before)
        risen = thousands((told - price * before) * length)
        # what is saved is no cost of its own
        saved = min(0, risen) + min(0, added.yen)
        base = max(0, base + saved)
        risen = max(0, risen)
        added = replace(added, yen=max(0, added.yen))
        yield Cost(fiscal, CURRENT, "base", base, day, True)
        yield Cost(fiscal, CURRENT, "live", risen, day, True)
        yield Cost(fiscal, CURRENT, "extension", extension, first)
        yield added
        yield from _beside(city, scope, year, factor)


def _before(city: City, scope: Sequence[Running]) -> float:
    """Size of the systems that were in operation before the plan."""
    return sum(system.weight for system in scope if system.live <= city.start)


def _added(city: City, scope: Sequence[Running], year: _Year, factor: float) -> Cost:
    """(B4) What systems that go live in the plan add."""
    spans = []
    for system in scope:
        if system.live > city.start:
            spans.append((system.live, year.end, system.weight))
    count, first = _span(spans, year)
    more = year.price * (factor - 1) * count
    return Cost(year.fiscal, "running", "added", thousands(more), first)


def _beside(
    city: City,
    scope: Sequence[Running],
    year: _Year,
    factor: float,
) -> Iterator[Cost]:
    """(B4) The old systems after a cutover, and the cloud of the new ones before it."""
    old, cloud = [], []
    length = round(city.number("parallel_months"))
    for system in scope:
        if system.live > city.start:
            last = months.month_later(system.live, length)
            old.append((system.live, last, system.weight))
            cloud.append((system.cloud, system.live, system.weight))
    count, first = _span(old, year)
    yen = thousands(year.price * count)
    yield Cost(year.fiscal, "running", "parallel", yen, first)
    count, first = _span(cloud, year)
    share = city.number("cloud_share") / 100
    yen = thousands(year.price * factor * share * count)
    yield Cost(year.fiscal, "running", "cloud", yen, first)


def _span(
    spans: Sequence[tuple[date, date, float]],
    year: _Year,
) -> tuple[float, date]:
    """System-months of some spans (from, until, weight) in a year, and their first day."""
    total = 0.0
    first = year.end
    for start, stop, weight in spans:
        begin = max(start, year.day)
        count = months.months_between(begin, min(stop, year.end))
        if count:
            total += weight * count
            first = min(first, begin)
    return total, first


def _scope(city: City, pmo: PmoPlan) -> list[Running]:
    """The systems that the city runs itself; go-lives of the roadmap, else the past."""
    planned: dict[str, date] = dict(cells(pmo.cutover, "business", "live"))
    built = _built(pmo)
    weights = price_weights(city)
    found = []
    for system in city.systems:
        if system.in_scope:
            live = planned.get(system.business, system.since or city.start)
            cloud = built.get(system.business, city.start)
            found.append(Running(live, cloud, weights[system.business]))
    return found


def _built(pmo: PmoPlan) -> dict[str, date]:
    """Business -> the day after its environment is built, where that is still to do."""
    task = pmo.task[pmo.task["no"] == ENVIRONMENT]
    ends: dict[str, date] = dict(cells(task, "lot", "finish"))
    days = {}
    for project in pmo.projects:
        for business in project.lot.businesses:
            if project.lot.name in ends:
                days[business] = ends[project.lot.name] + months.DAY
    return days


def _extended(city: City, pmo: PmoPlan, year: _Year) -> tuple[float, date]:
    """System-months of contracts in use that end before go-live, and their first day."""
    weights = price_weights(city)
    spans = []
    own = {system.business for system in city.systems}
    for last, live, businesses in cells(pmo.lots, "contract_end", "live", "businesses"):
        if last is not None:
            size = sum(weights[business] for business in businesses if business in own)
            spans.append((last + months.DAY, live, size))
    return _span(spans, year)
