"""What the samples of a roadmap cost: yen by fiscal year in each of them.

Sets        i samples 0..N-1, l lots, f fiscal years of the budget
Given       go-live of each lot in each sample; the bars, prices and people of the plan
Find        yen [N, F] by item
Subject to  (X1 vendor)    a lot's vendor is paid by its bars, which move with the cutover, those
                           of the front with the contract (``costs`` B2)
            (X2 running)   what a system adds from its go-live on, the old one beside it, the cloud
                           from the day on which its environment is built (B4)
            (X3 extension) a contract in use goes on until the go-live (B3)
            (X4 company)   who accompanies the project stays until the last lot is live
            (X5 link)      where a lot comes before the resident register: an interim link
            (X6 people)    engagements and classes stay as planned; where no outsider is found,
                           theirs are not paid
            (X7 prices)    a default's range is a triangle; what the city has said has none; each
                           initiative has a price of its own
            (X8 behind)    what falls behind the last year, and is paid once, counts in that year
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from dxplan.facts import months
from dxplan.facts.params import Value
from dxplan.plan.block import LINK, load_parts
from dxplan.plan.column import Project, links
from dxplan.plan.costs import ENVIRONMENT, INITIATIVES, PMO, cells, work_left
from dxplan.plan.operation import SCENARIOS
from dxplan.plan.parts import Parts
from dxplan.plan.sample import SAMPLES, WEEK, Courses, Samples, triangle
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.timetable import BUDGET, PAPERS, TENDER
from dxplan.plan.work import price_weights
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.town.city import City
from dxplan.town.initiatives import load_initiatives

PRICES = ("migration_yen", "running_yen", "factor", "link_yen")  # whose ranges are drawn
ITEMS = ("migration", "running", "extension", "company", "link", "people", INITIATIVES)
STREAM = 6000  # of the prices
EPOCH = np.datetime64("1970-01", "M")
FRONT = (PAPERS, BUDGET, TENDER)
BEGIN, END = date.min.toordinal(), date.max.toordinal()


# --- prices ---------------------------------------------------------------------------------------
def drawn_prices(
    city: City,
    fixed: Mapping[str, float],
    spread: bool = True,
) -> dict[str, Samples]:
    """(X7) Price -> what it is [N], in times of the plan's.

    Parameters
    ----------
    city : its defaults have ranges.
    fixed : price -> the share 0..1 at which it stands.
    spread : whether prices are drawn.
    """
    prices = {}
    for name in PRICES:
        prices[name] = np.ones(SAMPLES)
        ends = price_ends(city, name)
        if spread and ends:
            share = _price_shares(round(city.number("seed")), name)
            if name in fixed:
                share = np.full(SAMPLES, fixed[name])
            prices[name] = triangle(share, ends[0], 1.0, ends[1])
    if spread:
        prices |= _initiative_prices(city)
    return prices


def _initiative_prices(city: City) -> dict[str, Samples]:
    """Initiative -> what it costs [N], in times of the plan's; only of those that have a range."""
    prices, seed = {}, round(city.number("seed"))
    for one in load_initiatives(city):
        # both costs of an initiative rest on one guess
        cost = one.once if one.once.number else one.yearly
        ends = ends_of(cost)
        if ends:
            low, high = ends
            share = _price_shares(seed, one.id)
            prices[one.id] = triangle(share, low, 1.0, high)
    return prices


def _price_shares(seed: int, name: str) -> Samples:
    """Stratified shares 0..1 [N] of a stream of its own."""
    key = zlib.crc32(name.encode())
    chance = np.random.default_rng([seed, STREAM, key])
    return (chance.permutation(SAMPLES) + 0.5) / SAMPLES


def price_value(city: City, name: str) -> Value:
    """The value behind a price; the factor of the running cost is the one that is planned with."""
    if name == "factor":
        name = SCENARIOS[city.at("running_case").word]
    return city.at(name)


def price_ends(city: City, name: str) -> tuple[float, float] | None:
    """Ends of a price's range in times of the price; None where it has none."""
    return ends_of(price_value(city, name))


def ends_of(value: Value) -> tuple[float, float] | None:
    """Ends of a value's range in times of the value; None where it has none."""
    span = value.span
    if span is None or span.low is None or span.high is None:
        return None
    assert not isinstance(span.low, date)
    assert not isinstance(span.high, date)
    if value.number <= 0:
        return None
    low, high = float(span.low), float(span.high)
    return low / value.number, high / value.number


# --- years and months -----------------------------------------------------------------------------
def month_of(day: date) -> int:
    """The month of a day, counted as numpy counts months."""
    return (day.year - 1970) * 12 + day.month - 1


@dataclass(frozen=True)
class Years:
    """The fiscal years [F] of a budget, as months.

    Attributes
    ----------
    start : first day of the week grid, from which days are counted.
    fiscal, begins, ends : the years, the first month of each in the plan, the one after its last.
    """

    start: date
    fiscal: Ints
    begins: Ints
    ends: Ints

    @property
    def count(self) -> int:
        """Number of years."""
        return len(self.fiscal)

    def months(self, days: Samples) -> Ints:
        """Months of days that are counted from the start."""
        day = np.datetime64(self.start, "D") + days.astype("timedelta64[D]")
        month: Ints = (day.astype("datetime64[M]") - EPOCH).astype(np.int64)
        return month

    def overlap(self, first: Ints, stop: Ints) -> Floats:
        """Months [N, F] of spans [N] that lie in each year."""
        low = np.maximum(first[:, None], self.begins)
        high = np.minimum(stop[:, None], self.ends)
        inside: Floats = np.maximum(0.0, high - low)
        return inside

    def place(self, month: Ints) -> Ints:
        """(X8) The year's place of each month; the last one of what lies behind."""
        place: Ints = np.searchsorted(self.ends, month, "right")
        return place.clip(0, self.count - 1)

    def none(self) -> Floats:
        """Nothing [N, F]."""
        return np.zeros((SAMPLES, self.count))


def years_of(plan: Parts) -> Years:
    """The years of a plan's budget."""
    fiscal = plan.budget.year["fiscal"].to_numpy()
    april = (fiscal - 1970) * 12 + 3
    begins = np.maximum(april, month_of(plan.city.start))
    return Years(plan.pmo.start, fiscal, begins, april + 12)


# --- the money ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Exposure:
    """The plans of a city with samples of its roadmap.

    Attributes
    ----------
    plan, courses : of one city.
    prices : of ``drawn_prices``.
    cases : case -> the staffing in it.
    hits : case -> the samples [N] in which it comes true.
    """

    plan: Parts
    courses: Courses
    prices: Mapping[str, Samples]
    cases: Mapping[str, StaffingPlan]
    hits: Mapping[str, Flags]

    @cached_property
    def years(self) -> Years:
        """The fiscal years."""
        return years_of(self.plan)

    @cached_property
    def weights(self) -> dict[str, float]:
        """Business -> its price beside the mean one."""
        return price_weights(self.plan.city)

    @cached_property
    def live(self) -> Ints:
        """Month [N, L] of each go-live; the end of the grid where there is none."""
        last = self.plan.pmo.frame.weeks.count * WEEK
        return self.years.months(np.minimum(self.courses.live, last))

    @cached_property
    def yen(self) -> dict[str, Floats]:
        """Item -> yen [N, F]: what is new, and what present contracts cost longer."""
        table = {item: self.years.none() for item in ITEMS}
        bars = self._bars()
        for k, project in enumerate(self.plan.pmo.projects):
            table["migration"] += self._migration(k, bars[project.lot.name])
            table["running"] += self._running(k)
            table["extension"] += self._extension(k)
        for first, then in self._pairs():
            table["link"] += self._link(first, then)
        table[INITIATIVES] += self._initiatives()
        company, people = self._planned()
        table["company"] += company + self._company()
        table["people"] += people + self._unpaid()
        return table

    @cached_property
    def total(self) -> Floats:
        """Yen [N, F] of all items."""
        return sum(self.yen.values(), self.years.none())

    def _late(self, k: int) -> Samples:
        """Days [N] by which the contract of a lot is later than planned."""
        column, block = self.plan.pmo.columns[k], self.plan.pmo.projects[k].block
        planned = (column.window.week + block.start) * WEEK
        return self.courses.begin[:, k] - planned

    def _moved(self, k: int) -> Samples:
        """Days [N] by which the cutover of a lot is later than planned."""
        last = self.plan.pmo.frame.weeks.count
        planned = self.plan.pmo.columns[k].window.week
        week = np.minimum(self.courses.week[:, k], last)
        return (week - planned) * WEEK

    def _bars(self) -> dict[str, list[Bar]]:
        """Lot -> the bars on which its vendor works."""
        bars: dict[str, list[Bar]] = {}
        names = ("lot", "phase", "start", "finish", "vendor")
        for lot, phase, start, finish, vendor in cells(self.plan.pmo.task, *names):
            if vendor > 0 and phase != "link":
                first = start.toordinal()
                last = finish.toordinal()
                bar = Bar(phase in FRONT, first, last + 1, vendor)
                bars.setdefault(lot, []).append(bar)
        return bars

    def _migration(self, k: int, bars: Sequence[Bar]) -> Floats:
        """(X1) What the vendor of a lot is paid [N, F]."""
        city, project = self.plan.city, self.plan.pmo.projects[k]
        front = [bar for bar in bars if bar.front]
        block = [bar for bar in bars if not bar.front]
        share = self._shares(front, self._late(k))
        share = share + self._shares(block, self._moved(k))
        share = share / share.sum(axis=1, keepdims=True)
        price = city.number("migration_yen")
        size = sum(self.weights[name] for name in project.lot.businesses)
        size *= work_left(city, project)
        yen = price * size * self.prices["migration_yen"]
        paid: Floats = share * yen[:, None]
        return paid

    def _shares(self, bars: Sequence[Bar], shift: Samples) -> Floats:
        """Weight of the vendor's work [N, F] of some bars that are moved by days [N]."""
        moves, place = np.unique(shift, return_inverse=True)
        edges = []
        for year in self.years.fiscal[1:]:
            edges.append(months.fiscal_start(int(year)).toordinal())
        low = np.array([BEGIN, *edges])
        high = np.array([*edges, END])
        table = np.zeros((len(moves), len(low)))
        for bar in bars:
            start = np.maximum(bar.start + moves[:, None], low)
            end = np.minimum(bar.end + moves[:, None], high)
            table += np.maximum(0, end - start) * bar.vendor
        weight: Floats = table[place]
        return weight

    def _size(self, project: Project) -> float:
        """Systems of a lot that the city runs now, in times of the mean one."""
        own = {system.business for system in self.plan.city.systems}
        there = own.intersection(project.lot.businesses)
        return sum(self.weights[name] for name in sorted(there))

    @cached_property
    def _month_yen(self) -> Floats:
        """Yen [N, F] of a month of the mean system in use."""
        city = self.plan.city
        prices = []
        for year in self.years.fiscal:
            day = max(city.start, months.fiscal_start(int(year)))
            prices.append(city.number("running_yen", day) / 12)
        return np.outer(self.prices["running_yen"], prices)

    def _running(self, k: int) -> Floats:
        """(X2) What the systems of a lot add [N, F]."""
        city, project = self.plan.city, self.plan.pmo.projects[k]
        live = self.live[:, k]
        last = np.full(SAMPLES, self.years.ends[-1])
        factor = price_value(city, "factor").number * self.prices["factor"]
        beside = round(city.number("parallel_months"))
        share = city.number("cloud_share") / 100
        more = np.maximum(0, factor - 1)
        count = more[:, None] * self.years.overlap(live, last)
        count += self.years.overlap(live, live + beside)
        cloud = self.years.overlap(self._built(k), live)
        count += share * factor[:, None] * cloud
        return count * self._size(project) * self._month_yen

    def _built(self, k: int) -> Ints:
        """Month [N] from which the cloud of a lot is paid."""
        week = self.plan.pmo.columns[k].window.week
        for piece in self.plan.pmo.projects[k].block.pieces:
            if piece.item.key == ENVIRONMENT:
                saturday = (week + piece.end) * WEEK - 2
                day = saturday + self._late(k)
                return self.years.months(day)
        return np.full(SAMPLES, month_of(self.plan.city.start))

    def _extension(self, k: int) -> Floats:
        """(X3) What the contract in use of a lot costs longer [N, F]."""
        project = self.plan.pmo.projects[k]
        end = project.lot.contract_end
        if end is None:
            return self.years.none()
        first = np.full(SAMPLES, month_of(end + months.DAY))
        longer = self.years.overlap(first, self.live[:, k])
        return longer * self._size(project) * self._month_yen

    def _company(self) -> Floats:
        """(X4) What is paid beyond the plan's own end [N, F]."""
        planned = month_of(self.plan.pmo.earliest)
        last = 0
        for month, form, yen in cells(self.plan.staffing.outside, "month", "form", "yen"):
            if form == PMO and month_of(month) == planned:
                last += yen
        first = np.full(SAMPLES, planned + 1)
        stop = self.live.max(axis=1) + 1
        return last * self.years.overlap(first, stop)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Lots that want an interim link where the first comes before the other."""
        lots = [project.lot for project in self.plan.pmo.projects]
        for a, lot in enumerate(lots):
            for b, other in enumerate(lots):
                if a == b:
                    continue
                if links(lot, other):
                    yield a, b

    def _link(self, first: int, then: int) -> Floats:
        """(X5) An interim link where a lot is before the other one [N, F]."""
        week = self.courses.week
        needed = week[:, first] < week[:, then]
        start = week[:, first] - load_parts()[LINK].weeks
        start = start.clip(0, self.plan.pmo.frame.weeks.count)
        days = np.asarray(start * WEEK, np.float64)
        month = self.years.months(days)
        place = self.years.place(month)
        price = self.plan.city.number("link_yen") * self.prices["link_yen"]
        table = self.years.none()
        table[np.arange(SAMPLES), place] = needed * price
        return table

    def _initiatives(self) -> Floats:
        """Yen [N, F] of the initiatives that are taken up, each at its own price."""
        place = {int(year): k for k, year in enumerate(self.years.fiscal)}
        portfolio, table = self.plan.portfolio, self.years.none()
        for id, fiscal, once, yearly in cells(portfolio.money, "id", "fiscal", "once", "yearly"):
            if portfolio.taken[id].gate:  # what runs already is no cost of the plan
                table[:, place[fiscal]] += (once + yearly) * self.prices.get(id, 1.0)
        return table

    def _planned(self) -> tuple[Floats, Floats]:
        """Yen [F] of the plan's accompaniment, and of its other people, classes and automations."""
        place = {int(year): k for k, year in enumerate(self.years.fiscal)}
        tables = np.zeros((2, len(place)))
        rows = {"pmo": 0, "staffing": 1, "training": 1, "invest": 1}
        for fiscal, group, yen in cells(self.plan.budget.item, "fiscal", "group", "yen"):
            if group in rows:
                tables[rows[group], place[fiscal]] += yen
        return tables[0], tables[1]

    def _unpaid(self) -> Floats:
        """(X6) What is not paid in the cases [N, F]; negative."""
        table = self.years.none()
        base = self._spent(self.plan.staffing)
        for name, hit in self.hits.items():
            if name in self.cases:
                less = self._spent(self.cases[name]) - base
                table += np.outer(hit, less)
        return table

    def _spent(self, staffing: StaffingPlan) -> Floats:
        """Yen [F] of the people of a staffing."""
        place = {int(year): k for k, year in enumerate(self.years.fiscal)}
        spent = np.zeros(len(place))
        for fiscal, yen in cells(staffing.cost, "fiscal", "yen"):
            spent[place[fiscal]] += yen
        return spent


@dataclass(frozen=True)
class Bar:
    """A bar of the plan: whether it is of the front, its days as ordinals, the vendor's weight."""

    front: bool
    start: int
    end: int
    vendor: float
