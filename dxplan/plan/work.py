"""The ground of a roadmap: its weeks, its budget occasions, its people, and the work items with their demand.

The items before the contract (立ち上げ … 契約) are the papers of a lot; their rest follows from the steps done of its
lowest system, and is called presumed: steps are not done in order. The items of the migration itself stand in
``block``, laid backward from the cutover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import ceil

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import Gate, Weeks
from dxplan.facts.params import Value
from dxplan.town.city import City
from dxplan.town.defaults import Season
from dxplan.town.lots import Lot
from dxplan.town.systems import DX, load_rules

UNIT = 100  # whole units of a resource in one FTE
WEEKS_PER_MONTH = 365.25 / 12 / 7
FIVE_YEARS = 261  # weeks
BEYOND = 2  # years of the grid after the last date that matters, so that a late lot has a date
EVERYONE = "全庁"
GATE = "6.2"
MORE = (
    0.5  # what each further standard system of a lot adds to the work of the DX section (grade G)
)


@dataclass(frozen=True)
class Item:
    """A row of data/work_items.csv: steps of the official list, months (front items only), demand in FTE."""

    key: str
    item: str
    phase: str
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
        return 1.0 - min(1.0, max(0.0, (steps - self.first + 1) / (self.last - self.first + 1)))


@dataclass(frozen=True)
class Resource:
    """People of a kind (dx or section): their units [T] by week, which a plan may exceed at a price."""

    name: str
    kind: str
    capacity: np.ndarray


@dataclass(frozen=True)
class Paper:
    """One item of a lot's papers or tender: its length (weeks) and its demand (0.01 FTE by resource)."""

    item: Item
    weeks: int
    demand: Mapping[str, int]


@dataclass(frozen=True)
class Frame:
    """What all lots of a plan share: the week grid, the budget occasions in the order of their money, the people."""

    weeks: Weeks
    gates: tuple[Gate, ...]
    resources: tuple[Resource, ...]

    def capacity(self, name: str) -> np.ndarray:
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
    return tuple(_item(row) for row in rows)


def item_of(key: str) -> Item:
    """The work item of a key."""
    return _items()[key]


@cache
def _items() -> Mapping[str, Item]:
    return {item.key: item for item in load_items()}


@cache
def load_weights() -> Mapping[str, float]:
    """Business -> how much more people (倍) it wants than a business of standard size."""
    rows = catalog.load_table("business_work").to_dict("records")
    return {row["business"]: float(row["weight"]) for row in rows}


def _item(row: Mapping) -> Item:
    spread = tuple(
        0.0 if row[name] != row[name] else float(row[name])
        for name in ("months_min", "months_mode", "months_max")
    )
    return Item(
        row["key"],
        row["item"],
        row["phase"],
        row["scope"] == "front",
        row["lead"],
        spread,
        int(row["step_from"]),
        int(row["step_to"]),
        float(row["dx_fte"]),
        float(row["section_fte"]),
        float(row["vendor_share"]),
    )


# --- the frame ---------------------------------------------------------------------------------------
def build_frame(city: City, skip: frozenset[tuple[str, int]] = frozenset()) -> Frame:
    """Calendar, budget occasions and people of a city; ``skip`` names occasions (name, fiscal year) that are missed."""
    first = Weeks.on_or_after(city.start, 1).start
    last = _last_day(city, first)
    weeks = Weeks(first, (last - first).days // 7)
    return Frame(weeks, _gates(city, first, last, skip), tuple(_resources(city, weeks)))


def _last_day(city: City, first: date) -> date:
    """The end of the grid: some years after the last date that the plan has to look at."""
    days = [city.at(name).value for name in ("end_date", "target_date", "vendor_likely")]
    days += [lot.offer.value for lot in city.lots if lot.offer]
    days += [lot.planned for lot in city.lots if lot.planned]
    days.append(first + timedelta(days=4 * 365))
    last = max(days)
    return date(last.year + BEYOND, last.month, 1)


def _gates(city: City, first: date, last: date, skip) -> tuple[Gate, ...]:
    rules = [rule for rule, _ in city.gates]
    if city.at("budget_gates").value == "当初予算のみ":
        rules = [rule for rule in rules if rule.name == "当初予算"]
    found = months.gates(rules, first, last)
    kept = (gate for gate in found if (gate.name, gate.fiscal_year) not in skip)
    return tuple(sorted(kept, key=lambda gate: (gate.available, gate.request_by)))


def busy_weeks(seasons: Sequence[Season], businesses: frozenset[str], weeks: Weeks) -> np.ndarray:
    """Highest severity [T] of the busy months that a weekday of each week touches."""
    by_month = busy_months(seasons, businesses, weeks)
    monday, friday = _month_numbers(weeks)
    return np.maximum(by_month[monday], by_month[friday])


def busy_months(seasons: Sequence[Season], businesses: frozenset[str], weeks: Weeks) -> np.ndarray:
    """Highest severity of the busy months, by month from January of the grid's first year."""
    first, last = weeks.start.year, weeks.day(weeks.count).year
    table = np.zeros((last - first + 1, 12), int)
    for season in seasons:
        if (season.business in businesses or season.business == EVERYONE) and (
            not season.year or first <= season.year <= last
        ):
            years = table[season.year - first :][:1] if season.year else table
            month = np.array(sorted(season.month)) - 1
            years[:, month] = np.maximum(years[:, month], season.severity)
    return table.ravel()


@cache
def _month_numbers(weeks: Weeks) -> tuple[np.ndarray, np.ndarray]:
    """Month number [T] of each week's Monday and Friday, 0 for January of the first year."""
    days = [(weeks.day(t), weeks.day(t) + timedelta(days=4)) for t in range(weeks.count)]
    table = np.array(
        [[(d.year - weeks.start.year) * 12 + d.month - 1 for d in pair] for pair in days]
    )
    return table[:, 0], table[:, 1]


def _resources(city: City, weeks: Weeks):
    share = city.number("dx_share") / 100
    own = _people(city, weeks, city.number("dx_staff") * share, frozenset())
    yield Resource(
        DX, "dx", _dated(weeks, city.values["dx_fte"]) if "dx_fte" in city.values else own
    )
    for section in city.sections:
        runs = frozenset(s.business for s in city.systems if s.section == section.name)
        people = section.staff.value * city.number("section_share") / 100
        yield Resource(section.name, "section", _people(city, weeks, people, runs))


def _people(city: City, weeks: Weeks, people: float, runs: frozenset[str]) -> np.ndarray:
    shares = [1.0] + [city.number(f"busy_share_{k}") / 100 for k in (1, 2, 3)]
    part = np.array(shares)[busy_weeks(city.seasons, runs, weeks)]
    return np.maximum(1, np.floor(people * UNIT * part + 1e-9)).astype(np.int64)


def _dated(weeks: Weeks, rows: tuple[Value, ...]) -> np.ndarray:
    """Units [T] of dated values: each holds from its day on, the first one also before."""
    found = np.full(weeks.count, float(rows[0].value))
    for row in rows:
        found[max(0, -(-((row.start or date.min) - weeks.start).days // 7)) :] = float(row.value)
    return np.round(found * UNIT).astype(np.int64)


# --- papers ------------------------------------------------------------------------------------------
def wants_money(lot: Lot) -> bool:
    """Whether the budget of a lot has still to be asked for: no contract, and no request by its steps."""
    return not lot.contracted and lot.steps < load_rules()["budget_steps"].value


def papers_of(city: City, lot: Lot) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
    """What is left of a lot's papers before the budget, and of its tender and contract after it.

    A lot under contract has none. The rest of the others follows from the steps of its lowest system.
    """
    if lot.contracted:
        return (), ()
    left = [
        (item, item.left(lot.steps)) for item in load_items() if item.front and item.key != GATE
    ]
    kept = [_paper(city, lot, item, share) for item, share in left if share > 0]
    before = tuple(paper for paper in kept if paper.item.last <= load_rules()["budget_steps"].value)
    return before, tuple(kept[len(before) :])


def _paper(city: City, lot: Lot, item: Item, share: float) -> Paper:
    weeks = ceil(item.months[1] * WEEKS_PER_MONTH * share - 1e-9)
    scale = city.number("work_scale") * max(load_weights()[s.business] for s in lot.systems)
    return Paper(
        item,
        weeks,
        _whole(
            {DX: item.dx * scale},
            {name: item.section * scale / len(lot.sections) for name in lot.sections},
        ),
    )


def length_of(papers: Sequence[Paper]) -> int:
    """Weeks that papers take one after the other."""
    return sum(paper.weeks for paper in papers)


def block_demand(city: City, lot: Lot, item: Item) -> dict[str, int]:
    """Demand (0.01 FTE by resource) of a work item of a lot's block, at the size of the lot.

    The first standard system of a lot counts whole for the DX section and each further one by a half; the sections
    count the systems that they run.
    """
    weights = load_weights()
    total = sum(weights[s.business] for s in lot.systems)
    size = total if total <= 1 else 1 + MORE * (total - 1)
    scale = city.number("work_scale")
    own = {
        name: item.section
        * scale
        * sum(weights[s.business] for s in lot.systems if s.section == name)
        for name in lot.sections
    }
    return _whole({DX: item.dx * scale * size}, own)


def _whole(*parts: Mapping[str, float]) -> dict[str, int]:
    """Amounts (FTE) added up by resource, in whole units, without those of nothing."""
    total: dict[str, float] = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, 0.0) + amount
    return {name: ceil(amount * UNIT - 1e-9) for name, amount in total.items() if amount > 0}
