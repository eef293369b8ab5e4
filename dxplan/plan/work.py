"""The ground of a roadmap: its weeks, budget occasions and people, and the work items.

The items before the contract (立ち上げ … 契約) are the papers of a lot; their rest follows from the
steps done of its lowest system, and is called presumed: steps are not done in order. The items of
the migration itself stand in ``block``, laid backward from the cutover.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import ceil

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Row
from dxplan.facts.months import WEEKS_PER_MONTH, Gate, Weeks
from dxplan.facts.params import Value
from dxplan.solve.arrays import Ints
from dxplan.town.city import City
from dxplan.town.defaults import Season
from dxplan.town.lots import Lot
from dxplan.town.systems import DX, load_rules

UNIT = 100  # whole units of a resource in one FTE
BEYOND = 2  # years of the grid after the last date that matters, so that a late lot has a date
SPAN = timedelta(days=4 * 365)  # the grid reaches so far at least
EVERYONE = "全庁"
GATE = "6.2"
# what each further standard system of a lot adds to the work of the DX section (grade G)
MORE = 0.5
TINY = 1e-9  # keeps a whole number whole when it is rounded up or down
Missed = frozenset[tuple[str, int]]  # budget occasions (name, fiscal year)


@dataclass(frozen=True)
class Item:
    """A row of data/work_items.csv: its steps, months (front items only) and demand in FTE."""

    key: str
    item: str
    front: bool
    lead: str
    months: tuple[float, float, float]
    first: int
    last: int
    dx: float
    section: float
    vendor: float

    def left(self, steps: float) -> float:
        """Share of the item still to do, 0 to 1, when ``steps`` of 40 are done."""
        share = (steps - self.first + 1) / (self.last - self.first + 1)
        return 1.0 - min(1.0, max(0.0, share))


@dataclass(frozen=True)
class Resource:
    """People of a kind (dx or section): units [T] by week, which a plan may exceed at a price."""

    name: str
    kind: str
    capacity: Ints


@dataclass(frozen=True)
class Document:
    """A lot's work on an item, mostly a paper: length (weeks), demand (0.01 FTE by resource)."""

    item: Item
    weeks: int
    demand: Mapping[str, int]


@dataclass(frozen=True)
class Frame:
    """What all lots share: the week grid, budget occasions in the order of their money, people."""

    weeks: Weeks
    gates: tuple[Gate, ...]
    resources: tuple[Resource, ...]

    def capacity(self, name: str) -> Ints:
        """Units of a resource by week [T]."""
        return next(r.capacity for r in self.resources if r.name == name)

    def hand_in(self, gate: Gate) -> int:
        """Week before whose Monday the papers of an occasion are done."""
        return self.weeks.index(gate.request_by + timedelta(days=3))

    def money(self, gate: Gate) -> int:
        """Week from whose Monday the money of an occasion can be spent."""
        return self.weeks.index(gate.available + timedelta(days=6))


@cache
def load_items() -> tuple[Item, ...]:
    """The work items of data/work_items.csv, in the order of the file."""
    rows = catalog.load_table("work_items").to_dict("records")
    return tuple(map(_item, rows))


def _item(row: Row) -> Item:
    # an empty cell is nan: items of the block get their length from the template
    lengths = np.nan_to_num([row["months_min"], row["months_mode"], row["months_max"]])
    return Item(
        key=row["key"],
        item=row["item"],
        front=row["scope"] == "front",
        lead=row["lead"],
        months=tuple(lengths.tolist()),
        first=int(row["step_from"]),
        last=int(row["step_to"]),
        dx=float(row["dx_fte"]),
        section=float(row["section_fte"]),
        vendor=float(row["vendor_share"]),
    )


@cache
def item_of(key: str) -> Item:
    """The work item of a key."""
    return {item.key: item for item in load_items()}[key]


@cache
def load_weights() -> Mapping[str, float]:
    """Business -> how much more people (倍) it wants than a business of standard size."""
    rows = catalog.load_table("business_work").to_dict("records")
    return {row["business"]: float(row["weight"]) for row in rows}


def thousands(yen: float) -> int:
    """Yen as a budget counts them, in whole thousands; every amount of a plan is rounded here."""
    return 1000 * round(yen / 1000)


def price_weights(city: City) -> dict[str, float]:
    """Business -> its price beside the mean one of the businesses that the city runs."""
    weights = load_weights()
    scope = [weights[s.business] for s in city.systems if s.in_scope]
    mean = sum(scope) / max(len(scope), 1) or 1.0
    return {business: weight / mean for business, weight in weights.items()}


# --- the frame --------------------------------------------------------------------------------
def build_frame(city: City, skip: Missed = frozenset()) -> Frame:
    """Calendar, budget occasions and people of a city.

    Parameters
    ----------
    city : the municipality.
    skip : occasions (name, fiscal year) that are missed.
    """
    first = Weeks.on_or_after(city.start, 1).start
    last = _last_day(city, first)
    weeks = Weeks(first, (last - first).days // 7)
    gates = _gates(city, first, last, skip)
    return Frame(weeks, gates, tuple(_resources(city, weeks)))


def _last_day(city: City, first: date) -> date:
    """The end of the grid: some years after the last date that the plan has to look at."""
    days = [city.at(name).day for name in ("end_date", "target_date", "vendor_likely")]
    for lot in city.lots:
        if lot.offer:
            days.append(lot.offer.day)
        if lot.planned:
            days.append(lot.planned)
    last = max(*days, first + SPAN)
    return date(last.year + BEYOND, last.month, 1)


def _gates(city: City, first: date, last: date, skip: Missed) -> tuple[Gate, ...]:
    only = city.at("budget_gates").word == "当初予算のみ"
    rules = [rule for rule, _ in city.gates if not (only and rule.supplementary)]
    gates = [
        gate
        for gate in months.gates(rules, first, last)
        if (gate.name, gate.fiscal_year) not in skip
    ]
    gates.sort(key=lambda gate: (gate.available, gate.request_by))
    return tuple(gates)


def busy_months(
    seasons: Sequence[Season],
    businesses: frozenset[str],
    weeks: Weeks,
) -> Ints:
    """Highest severity of the busy months, by month from January of the grid's first year."""
    first, last = weeks.start.year, weeks.day(weeks.count).year
    table = np.zeros((last - first + 1, 12), int)
    for season in seasons:
        if season.business != EVERYONE and season.business not in businesses:
            continue
        month = np.array(sorted(season.month)) - 1
        for year in range(first, last + 1):
            # 0: a season of every year
            if season.year in (0, year):
                line = table[year - first]
                line[month] = np.maximum(line[month], season.severity)
    return table.ravel()


def month_number(weeks: Weeks, day: date) -> int:
    """Months from January of a grid's first year to the month of a day."""
    return months.month_offset(weeks.start.replace(month=1), day)


@cache
def _month_numbers(weeks: Weeks) -> tuple[Ints, Ints]:
    """Month number [T] of each week's Monday and Friday."""
    mondays, fridays = [], []
    for week in range(weeks.count):
        monday = weeks.day(week)
        mondays.append(month_number(weeks, monday))
        fridays.append(month_number(weeks, monday + timedelta(days=4)))
    return np.array(mondays), np.array(fridays)


def _resources(city: City, weeks: Weeks) -> Iterator[Resource]:
    if "dx_fte" in city.values:
        own = _dated(weeks, city.values["dx_fte"])
    else:
        share = city.number("dx_share") / 100
        own = _people(city, weeks, city.number("dx_staff") * share, frozenset())
    yield Resource(DX, "dx", own)
    for section in city.sections:
        runs = frozenset(s.business for s in city.systems if s.section == section.name)
        people = section.staff.number * city.number("section_share") / 100
        yield Resource(section.name, "section", _people(city, weeks, people, runs))


def _people(city: City, weeks: Weeks, people: float, runs: frozenset[str]) -> Ints:
    """Units [T] of people who have less time in the busy months of what they run."""
    shares = [1.0] + [city.number(f"busy_share_{k}") / 100 for k in (1, 2, 3)]
    by_month = busy_months(city.seasons, runs, weeks)
    # a week counts by the busier month of its Monday and its Friday
    monday, friday = _month_numbers(weeks)
    severity = np.maximum(by_month[monday], by_month[friday])
    units = np.floor(people * UNIT * np.array(shares)[severity] + TINY)
    # a resource of nothing would make every load an excess without end
    return np.maximum(1, units).astype(np.int64)


def _dated(weeks: Weeks, rows: tuple[Value, ...]) -> Ints:
    """Units [T] of dated values: each holds from its day on, the first one also before."""
    people = np.full(weeks.count, rows[0].number)
    for row in rows:
        start = row.start or date.min
        week = ceil((start - weeks.start).days / 7)
        people[max(0, week) :] = row.number
    return np.round(people * UNIT).astype(np.int64)


# --- papers --------------------------------------------------------------------------------
def wants_money(lot: Lot) -> bool:
    """Whether a lot's budget has still to be asked for: no contract, no request by its steps."""
    return not lot.contracted and lot.steps < load_rules()["budget_steps"].value


def papers_of(
    city: City,
    lot: Lot,
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """What is left of a lot's papers before the budget, and of its tender and contract after it.

    A lot under contract has none. What is left of the others follows from its lowest system.
    """
    if lot.contracted:
        return (), ()
    asked = load_rules()["budget_steps"].value
    before: list[Document] = []
    after: list[Document] = []
    for item in load_items():
        share = item.left(lot.steps)
        # the council has the budget in its hands: no paper of the city's own
        if not item.front or item.key == GATE or share <= 0:
            continue
        side = before if item.last <= asked else after
        side.append(_paper(city, lot, item, share))
    return tuple(before), tuple(after)


def _paper(city: City, lot: Lot, item: Item, share: float) -> Document:
    weeks = ceil(item.months[1] * WEEKS_PER_MONTH * share - TINY)
    weight = max(load_weights()[s.business] for s in lot.systems)
    scale = city.number("work_scale") * weight
    own = item.section * scale / len(lot.sections)
    demand = _whole(item.dx * scale, dict.fromkeys(lot.sections, own))
    return Document(item, weeks, demand)


def length_of(papers: Sequence[Document]) -> int:
    """Weeks that papers take one after the other."""
    return sum(paper.weeks for paper in papers)


def in_turn(papers: Sequence[Document], start: int) -> Iterator[tuple[int, Document]]:
    """Papers one after the other from a week on, each with the week in which it begins."""
    for paper in papers:
        yield start, paper
        start += paper.weeks


def block_demand(city: City, lot: Lot, item: Item) -> dict[str, int]:
    """Demand (0.01 FTE by resource) of a work item of a lot's block, at the size of the lot.

    The first standard system of a lot counts whole for the DX section and each further one by a
    half; the sections count the systems that they run.
    """
    weights = load_weights()
    total = sum(weights[s.business] for s in lot.systems)
    size = min(total, 1 + MORE * (total - 1))
    scale = city.number("work_scale")
    demand = {}
    for name in lot.sections:
        own = sum(weights[s.business] for s in lot.systems if s.section == name)
        demand[name] = item.section * scale * own
    return _whole(item.dx * scale * size, demand)


def _whole(dx: float, sections: Mapping[str, float]) -> dict[str, int]:
    """Amounts (FTE) of the DX section and of sections in whole units, without those of nothing."""
    total = {DX: dx}
    for name, amount in sections.items():
        # a small town's DX section may run a business itself
        total[name] = total.get(name, 0.0) + amount
    units = {}
    for name, amount in total.items():
        if amount > 0:
            units[name] = ceil(amount * UNIT - TINY)
    return units
