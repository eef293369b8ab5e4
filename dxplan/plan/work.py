"""The work items that a municipality still has to do, as tasks for the scheduler.

The migration procedure (標準化手順書) has planning and procurement items, which a package of systems
shares, and migration items, one for each system. What is left of an item follows from the steps done:
an item covers the steps ``step_from..step_to`` of 40, and steps are taken in order.

Work is kept: where a section has fewer people than an item wants, the item asks for what there is and
takes longer in the same proportion (``stretched``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from math import ceil

import numpy as np

from dxplan import catalog, months
from dxplan.city import STEPS, City, System
from dxplan.months import Gate, Weeks
from dxplan.params import Value

UNIT = 100  # whole units of a resource in one FTE, or in one vendor slot
WEEKS_PER_MONTH = 365.25 / 12 / 7
FIVE_YEARS = 261  # weeks
YEARS = 15  # periods beyond FY2031 exist so that a plan that misses it can say by how much
EVERYONE = "全庁"
DX = "DX・情報部門"
VENDOR = "ベンダ"


@dataclass(frozen=True)
class Item:
    """A row of data/work_items.csv; months are three-point durations, demands FTE or vendor slots."""

    key: str
    item: str
    phase: str
    shared: bool
    lead: str
    preds: tuple[str, ...]
    months: float
    first: int
    last: int
    dx: float
    section: float
    slots: float
    pace: str
    window: str

    def left(self, steps: float) -> float:
        """Share of the item still to do, 0 to 1, when ``steps`` of 40 are done."""
        return 1.0 - min(1.0, max(0.0, (steps - self.first + 1) / (self.last - self.first + 1)))


@dataclass(frozen=True)
class Resource:
    """A resource: its kind (dx, section or vendor) and its units [T] by week."""

    name: str
    kind: str
    capacity: np.ndarray


@dataclass(frozen=True)
class Job:
    """One bar of the roadmap: a work item of a package or of one system."""

    key: str
    item: Item
    package: str
    business: str
    sections: tuple[str, ...]
    weeks: int
    demand: Mapping[str, int]
    stretched: bool = False
    starts: np.ndarray | None = None


@dataclass(frozen=True)
class Frame:
    """What all jobs of a plan share: the week grid, closures, gates, resources, banned weeks."""

    weeks: Weeks
    closures: tuple[months.Closure, ...]
    gates: tuple[Gate, ...]
    resources: tuple[Resource, ...]
    banned: Mapping[str, np.ndarray]

    def capacity(self, name: str) -> np.ndarray:
        """Units of a resource by week [T]."""
        return next(r.capacity for r in self.resources if r.name == name)

    @cached_property
    def closed(self) -> tuple[np.ndarray, np.ndarray]:
        """Week and month [C] in which each closure within the grid starts; months count from January of the first year."""
        first = [c.start for c in self.closures]
        week = np.array([self.weeks.index(day) for day in first], int)
        month = np.array([(day.year - self.weeks.start.year) * 12 + day.month - 1 for day in first], int)
        inside = (week >= 0) & (week < self.weeks.count)
        return week[inside], month[inside]

    def floor(self, name: str, may: np.ndarray | None = None) -> int:
        """Units that a job may ask for: what is there in every week, or for people by date half of the time and at last."""
        found = self.capacity(name)
        if name == DX and found[0] != found[-1]:
            return int(min(np.median(found[:FIVE_YEARS]), found[-1]))
        return int(found[may].min() if may is not None else found.min())


@cache
def load_items() -> tuple[Item, ...]:
    """The work items of data/work_items.csv, in the order of the file."""
    rows = catalog.load_table("work_items").to_dict("records")
    return tuple(_item(row) for row in rows)


@cache
def load_weights() -> Mapping[str, float]:
    """Business -> how much more people (倍) it wants than a business of standard size."""
    rows = catalog.load_table("business_work").to_dict("records")
    return {row["business"]: float(row["weight"]) for row in rows}


def _item(row: Mapping) -> Item:
    preds = tuple(filter(None, str(row["preds"] or "").split(";")))
    length = 0.0 if row["months_mode"] != row["months_mode"] else float(row["months_mode"])
    return Item(row["key"], row["item"], row["phase"], row["scope"] == "package", row["lead"], preds, length,
                int(row["step_from"]), int(row["step_to"]), float(row["dx_fte"]), float(row["section_fte"]),
                float(row["vendor_slots"]), row["pace"], row["window"] or "")


# --- the frame ---------------------------------------------------------------------------------------
def build_frame(city: City, skip: frozenset[tuple[str, int]] = frozenset()) -> Frame:
    """Calendar, budget gates and resources of a city; ``skip`` names gates (name, year) that are missed."""
    first = Weeks.on_or_after(city.start, 1).start
    last = date(first.year + YEARS, first.month, 1)
    weeks = Weeks(first, (last - first).days // 7)
    return Frame(weeks, months.closures(first, weeks.day(weeks.count), 3), _gates(city, first, last, skip),
                 tuple(_resources(city, weeks)), _banned(city, weeks))


def _gates(city: City, first: date, last: date, skip) -> tuple[Gate, ...]:
    rules = [rule for rule, _ in city.gates]
    if city.at("budget_gates").value == "当初予算のみ":
        rules = [rule for rule in rules if rule.name == "当初予算"]
    found = months.gates(rules, first, last + timedelta(days=800))
    return tuple(gate for gate in found if (gate.name, gate.fiscal_year) not in skip)


def _severity(city: City, businesses: frozenset[str], weeks: Weeks) -> np.ndarray:
    """Highest severity [T] of the busy months that a weekday of each week touches."""
    by_month = _severity_by_month(city, businesses, weeks)
    monday, friday = _month_numbers(weeks)
    return np.maximum(by_month[monday], by_month[friday])


def _severity_by_month(city: City, businesses: frozenset[str], weeks: Weeks) -> np.ndarray:
    """Highest severity of the busy months, by month from January of the grid's first year."""
    first, last = weeks.start.year, weeks.day(weeks.count).year
    table = np.zeros((last - first + 1, 12), int)
    for season in city.seasons:
        if (season.business in businesses or season.business == EVERYONE) and (not season.year or first <= season.year <= last):
            years = table[season.year - first:][:1] if season.year else table
            month = np.array(sorted(season.month)) - 1
            years[:, month] = np.maximum(years[:, month], season.severity)
    return table.ravel()


@cache
def _month_numbers(weeks: Weeks) -> tuple[np.ndarray, np.ndarray]:
    """Month number [T] of each week's Monday and Friday, 0 for January of the first year."""
    days = [(weeks.day(t), weeks.day(t) + timedelta(days=4)) for t in range(weeks.count)]
    table = np.array([[(d.year - weeks.start.year) * 12 + d.month - 1 for d in pair] for pair in days])
    return table[:, 0], table[:, 1]


def _banned(city: City, weeks: Weeks) -> dict[str, np.ndarray]:
    """Business -> weeks [T] in which tests may not lie."""
    limit = city.number("busy_limit")
    return {s.business: _severity(city, frozenset({s.business}), weeks) >= limit for s in city.systems if s.pending}


def _resources(city: City, weeks: Weeks):
    share = city.number("dx_share") / 100
    own = _people(city, weeks, city.number("dx_staff") * share, frozenset())
    yield Resource(DX, "dx", _dated(weeks, city.values["dx_fte"]) if "dx_fte" in city.values else own)
    for section in city.sections:
        runs = frozenset(s.business for s in city.systems if s.section == section.name)
        people = section.staff.value * city.number("section_share") / 100
        yield Resource(section.name, "section", _people(city, weeks, people, runs))
    for name in sorted({s.vendor for s in city.systems if s.pending}):
        yield Resource(name or VENDOR, "vendor", _slots(city, weeks, name))


def _people(city: City, weeks: Weeks, people: float, runs: frozenset[str]) -> np.ndarray:
    shares = [1.0] + [city.number(f"busy_share_{k}") / 100 for k in (1, 2, 3)]
    part = np.array(shares)[_severity(city, runs, weeks)]
    return np.maximum(1, np.floor(people * UNIT * part + 1e-9)).astype(np.int64)


def _slots(city: City, weeks: Weeks, vendor: str) -> np.ndarray:
    return _dated(weeks, city.vendors[vendor] if vendor else city.values["vendor_slots"])


def _dated(weeks: Weeks, rows: tuple[Value, ...]) -> np.ndarray:
    """Units [T] of dated values: each holds from its day on, the first one also before."""
    found = np.full(weeks.count, float(rows[0].value))
    for row in rows:
        found[max(0, -(-((row.start or date.min) - weeks.start).days // 7)):] = float(row.value)
    return np.round(found * UNIT).astype(np.int64)


# --- the jobs ----------------------------------------------------------------------------------------
def build_jobs(city: City, frame: Frame) -> tuple[tuple[Job, ...], tuple[tuple[str, str], ...]]:
    """The jobs still to do and their links, as (predecessor key, successor key)."""
    jobs: dict[str, list[Job]] = {}
    for package in dict.fromkeys(s.package for s in city.systems if s.pending):
        members = [s for s in city.systems if s.pending and s.package == package]
        for item in load_items():
            for owner in ([None] if item.shared else members):
                job = _job(city, frame, item, package, members, owner)
                if job:
                    jobs[job.key] = _fit(city, job, frame)
    links = [pair for parts in jobs.values() for pair in _links(city, parts, jobs)]
    return tuple(job for parts in jobs.values() for job in parts), tuple(links)


def steps_done(system: System) -> float:
    """Steps that count as done: a system that is not live has at least its cutover to do."""
    return min(system.steps.value, STEPS - 1) if system.pending else STEPS


def _job(city: City, frame: Frame, item: Item, package: str, members, owner) -> Job | None:
    concerned = [owner] if owner else [s for s in members if steps_done(s) < item.last]
    share = max((item.left(steps_done(s)) for s in concerned), default=0.0)
    if share == 0.0:
        return None
    weeks = ceil(item.months * WEEKS_PER_MONTH * share - 1e-9)
    sections = tuple(dict.fromkeys(s.section for s in concerned))
    vendors = {s.vendor or VENDOR for s in concerned} if item.slots else set()
    scale = city.number("work_scale") * max(load_weights()[s.business] for s in concerned)
    wanted = {DX: item.dx * scale} | {name: item.section * scale / len(sections) for name in sections}
    wanted |= {name: item.slots / len(vendors) for name in vendors}
    key = f"{owner.business if owner else package}/{item.key}"
    return Job(key, item, package, owner.business if owner else "", sections, weeks,
               {name: ceil(amount * UNIT - 1e-9) for name, amount in wanted.items() if amount > 0})


def _fit(city: City, job: Job, frame: Frame) -> list[Job]:
    """The job within its windows and its people: longer where they are few, in parts where a gap is short."""
    may = ~frame.banned[job.business] if job.item.window == "season" else None
    floors = {name: frame.floor(name, may) for name in job.demand}
    factor = max((amount / floors[name] for name, amount in job.demand.items()), default=1.0)
    if factor > 1.0:
        weeks = ceil(job.weeks * factor - 1e-9)
        thinner = {name: min(floors[name], ceil(amount * job.weeks / weeks - 1e-9)) for name, amount in job.demand.items()}
        job = replace(job, weeks=weeks, demand=thinner, stretched=True)
    if job.item.window == "cutover":
        return [replace(job, starts=_cutover_weeks(city, job.business, frame))]
    return [job] if may is None else _parts(job, may)


def _parts(job: Job, may: np.ndarray) -> list[Job]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], may.astype(int), [0]))))
    longest = int((edges[1::2] - edges[::2]).max(initial=1))
    count = ceil(job.weeks / longest)
    lengths = [job.weeks // count + (k < job.weeks % count) for k in range(count)]
    keys = [job.key if count == 1 else f"{job.key}#{k + 1}" for k in range(count)]
    return [replace(job, key=key, weeks=length, starts=_whole(may, length)) for key, length in zip(keys, lengths)]


def _whole(may: np.ndarray, length: int) -> np.ndarray:
    """Weeks [T] from which ``length`` allowed weeks follow on."""
    total = np.concatenate(([0], np.cumsum(may)))
    found = np.zeros(len(may), bool)
    last = len(may) - length + 1
    found[:last] = total[length:] - total[:last] == length
    return found


def _cutover_weeks(city: City, business: str, frame: Frame) -> np.ndarray:
    """Weeks [T] that hold the first day of a closure, that day outside the business's busy season."""
    found, (week, month) = np.zeros(frame.weeks.count, bool), frame.closed
    severity = _severity_by_month(city, frozenset({business}), frame.weeks)
    found[week[severity[month] < city.number("busy_limit")]] = True
    return found


def _links(city: City, parts: list[Job], jobs: Mapping[str, list[Job]]):
    """Links inside a split job, and from the jobs of its predecessors that are still to do."""
    job = parts[0]
    yield from ((a.key, b.key) for a, b in zip(parts, parts[1:]))
    preds = job.item.preds
    if job.item.key == "7" and city.at("rfp_start").value == "予算要求後":
        preds = ("6.1",)
    for pred in preds:
        for owner in (job.business, job.package):
            for before in jobs.get(f"{owner}/{pred}", [])[-1:]:
                if _concerns(city, before, job):
                    yield before.key, job.key


def _concerns(city: City, before: Job, job: Job) -> bool:
    """A system already past a shared item does not wait for it with the rest of its package."""
    if before.business or not job.business:
        return True
    system = next(s for s in city.systems if s.business == job.business)
    return steps_done(system) < before.item.last
