"""The columns of a lot: the windows in which it may cut over, each with its price and its weeks.

A window is a run of two or more closed days. A column (lot x window) fixes the whole project of the
lot: the block lies backward from the window, the ordinances end with a council session before it,
the papers and the budget come at the earliest occasion whose money does not wait too long, the
tender follows the money.

Subject to  (L2 money)  tender and contract end before the block begins; the occasion is the
                        earliest whose money waits at most wait_most weeks for the block's first
                        item, else the latest that is early enough
            (L3 offer)  live no earlier than the day that the vendor has offered and the city has
                        set; where none is known, than vendor_likely
            (L4 shut)   no day of the cutover, its first working day included, in a hard week of one
                        of its businesses, nor within the weeks round an election
            (L9 past)   nothing lies before the plan's first week, save what an earlier plan began
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxplan.facts import catalog, months
from dxplan.facts.months import Closure, Gate, Weeks
from dxplan.facts.params import Election
from dxplan.plan.block import CARE, CUT, LAW, Block, block_of, load_parts
from dxplan.plan.work import (
    UNIT,
    Document,
    Frame,
    block_demand,
    busy_months,
    in_turn,
    item_of,
    length_of,
    month_number,
    papers_of,
    wants_money,
)
from dxplan.solve.arrays import Ints
from dxplan.town.city import City
from dxplan.town.defaults import Season, load_businesses
from dxplan.town.lots import REGISTER, Lot

YEAR_END, HOLIDAY, WEEKEND = "year_end", "holiday", "weekend"
LAW_WORD = "条例改正"  # of a params file
CONTRACT = "9"  # the work item that signs
SPENT_FIRST = "予算成立後"  # the tender waits for the money
OTHERS = 2  # weeks between two cutovers that have no section in common
AGAIN = 20  # weeks that a move counts beside its length, so that a small gain moves nothing
TAIL = 10  # weeks of the grid after the last window, in which hypercare has to fit
BACK = timedelta(days=400)  # the last council session before the grid lies within these days


@dataclass(frozen=True)
class Window:
    """A run of closed days.

    Attributes
    ----------
    closure : its days.
    week : week of its first day.
    kind : year_end, holiday or weekend.
    live, live_week : the first working day after it, and that day's week.
    """

    closure: Closure
    week: int
    kind: str
    live: date
    live_week: int


@dataclass(frozen=True)
class Candidate:
    """A lot in a window; what an earlier plan has begun has a week below 0.

    Attributes
    ----------
    window : when it cuts over.
    cost : its own price, in hundredths of a point.
    move : the part of the price that only an earlier plan causes.
    gate : its budget occasion; None where no money is asked for.
    papers, tender, law : weeks in which these begin; None where there are none.
    """

    window: Window
    cost: int
    move: int
    gate: Gate | None
    papers: int | None
    tender: int | None
    law: int | None


@dataclass(frozen=True)
class Before:
    """Where an earlier plan has put a lot: its weeks and its occasion.

    What has begun by then has a week below 0 and stays where it is; ``handed`` says that the money
    has been asked for.
    """

    week: int
    block: int
    gate: Gate | None = None
    papers: int | None = None
    tender: int | None = None
    handed: bool = False
    law: int | None = None

    @property
    def begun(self) -> bool:
        """Whether the block is under way."""
        return self.block < 0

    @property
    def asked(self) -> bool:
        """Whether the money is asked for, or its papers (the tender, without any) are under way."""
        first = self.tender if self.papers is None else self.papers
        return self.handed or (first is not None and first < 0)


@dataclass(frozen=True)
class Project:
    """A lot as it is planned: its block, papers before and after the budget, and its columns.

    The columns stand by price, the cheapest first.
    """

    lot: Lot
    block: Block
    before: tuple[Document, ...]
    after: tuple[Document, ...]
    columns: tuple[Candidate, ...]
    demand: Mapping[str, Mapping[str, int]]


# --- windows --------------------------------------------------------------------------------------
@lru_cache(maxsize=8)
def windows(weeks: Weeks) -> tuple[Window, ...]:
    """The runs of two or more closed days of a grid, the first one of each week."""
    by_week: dict[int, Window] = {}
    for closure in months.closures(weeks.start, weeks.day(weeks.count), 2):
        week = weeks.index(closure.start)
        live = months.next_open(closure.end + months.DAY)
        if week < weeks.count - TAIL:
            window = Window(closure, week, _kind(closure), live, weeks.index(live))
            by_week.setdefault(week, window)
    return tuple(by_week.values())


def _kind(closure: Closure) -> str:
    if closure.kind == "年末年始":
        return YEAR_END
    return HOLIDAY if closure.days >= 3 else WEEKEND


@lru_cache(maxsize=256)
def shut_weeks(
    business: str,
    elections: tuple[Election, ...],
    weeks: Weeks,
) -> frozenset[int]:
    """(L4) Weeks of the windows in which a business may not cut over."""
    shut = set()
    for window in windows(weeks):
        if _is_shut(business, elections, window):
            shut.add(window.week)
    return frozenset(shut)


def _is_shut(
    business: str,
    elections: tuple[Election, ...],
    window: Window,
) -> bool:
    first, last = window.closure.start, window.live
    hard = list(_hard_runs(business, first.year, last.year))
    for election in elections:
        if business in election.businesses:
            margin = timedelta(weeks=election.weeks)
            hard.append((election.day - margin, election.day + margin))
    return any(start <= last and first <= end for start, end in hard)


@lru_cache(maxsize=512)
def _hard_runs(business: str, first: int, last: int) -> tuple[tuple[date, date], ...]:
    """The hard weeks of a business in some years, as first and last days."""
    runs = []
    for row in catalog.load_table("hard_weeks").to_dict("records"):
        if row["business"] != business:
            continue
        for year in range(first, last + 1):
            start = date.fromisoformat(f"{year}-{row['first']}")
            end = date.fromisoformat(f"{year}-{row['last']}")
            runs.append((start, end))
    return tuple(runs)


# --- projects -------------------------------------------------------------------------------------
def build_projects(
    city: City,
    frame: Frame,
    before: Mapping[str, Before],
) -> tuple[Project, ...]:
    """The lots of a city with their columns.

    Parameters
    ----------
    city : the municipality.
    frame : of ``build_frame``.
    before : name of a lot -> where an earlier plan has put it.
    """
    council = _session_ends(frame)
    return tuple(_project(city, frame, lot, before.get(lot.name), council) for lot in city.lots)


def _project(
    city: City,
    frame: Frame,
    lot: Lot,
    before: Before | None,
    council: Ints,
) -> Project:
    block = block_of(city, lot)
    first, then = papers_of(city, lot)
    keys = dict.fromkeys(piece.item.key for piece in block.pieces)
    ordained = LAW_WORD not in lot.done
    if ordained:
        keys[load_parts()[LAW].work] = None
    demand = {key: block_demand(city, lot, item_of(key)) for key in keys}
    price = _Price(city, frame, lot, before)
    front = _Front(city, frame, lot, first, then, before)
    columns = []
    for window in windows(frame.weeks):
        if window.live < price.offer or window.week in price.shut:
            continue
        place = front.at(window.week, window.week + block.start)
        law = _law_week(window.week, council) if ordained else None
        if place is not None and not _is_missed(law, before):
            columns.append(Candidate(window, price.of(window), price.moved(window), *place, law))
    columns = _unbound(columns, before)
    columns.sort(key=lambda column: (column.cost, column.window.week))
    return Project(lot, block, first, then, tuple(columns), demand)


def _unbound(columns: list[Candidate], before: Before | None) -> list[Candidate]:
    """Columns without the price of a move, where a lot cannot stay: then each day is new."""
    if before is None or any(column.window.week == before.week for column in columns):
        return columns
    return [replace(column, cost=column.cost - column.move, move=0) for column in columns]


def _is_missed(law: int | None, before: Before | None) -> bool:
    """(L9) Whether ordinances had to begin in the past, and no earlier plan has begun them."""
    if law is None or law >= 0:
        return False
    return before is None or not (before.begun or law == before.law)


class _Place(NamedTuple):
    """Budget occasion of a lot, and the weeks in which its papers and its tender begin."""

    gate: Gate | None
    papers: int | None
    tender: int | None


class _Option(NamedTuple):
    """A budget occasion and its weeks: papers done, money there, the one after signing."""

    gate: Gate
    asked: int
    money: int
    signed: int


class _Front:
    """(L2, L8, L9) When papers, budget and tender lie, for a block that starts in a week."""

    def __init__(
        self,
        city: City,
        frame: Frame,
        lot: Lot,
        first: Sequence[Document],
        then: Sequence[Document],
        before: Before | None,
    ):
        self.before = before
        self.early, self.late = length_of(first), length_of(then)
        self.most = city.number("wait_most")
        self.margin = round(city.number("papers_reserve"))
        self.asks = wants_money(lot)
        self.options = list(self._options(city, frame, then))

    def _options(self, city: City, frame: Frame, then: Sequence[Document]) -> Iterator[_Option]:
        """The occasions whose papers can be done in time, by money."""
        bound = list(then)
        if city.at("rfp_start").word != SPENT_FIRST:
            # the tender may run before the money is there; only the contract cannot be signed
            bound = [paper for paper in then if paper.item.key == CONTRACT]
        contract = length_of(bound)
        for gate in frame.gates:
            asked, money = frame.hand_in(gate), frame.money(gate)
            signed = max(money, asked + self.late - contract) + contract
            if asked >= self.early:
                yield _Option(gate, asked, money, signed)

    def at(self, week: int, start: int) -> _Place | None:
        """Where the front lies for a cutover in a week and a block that starts in another."""
        before = self.before
        if before is None or not (before.begun or before.asked):
            return self._anew(start)
        if before.begun:
            fits = week >= before.week and start >= before.block
        else:
            fits = start >= max(0, (before.tender or 0) + self.late)
        return _Place(before.gate, before.papers, before.tender) if fits else None

    def _anew(self, start: int) -> _Place | None:
        if self.asks:
            return self._asked(start)
        if start < self.late:
            return None
        return _Place(None, None, self._tender(start))

    def _asked(self, start: int) -> _Place | None:
        """The earliest occasion whose money does not wait too long, else the latest in time."""
        in_time = [option for option in self.options if option.signed <= start]
        if not in_time:
            return None
        soon = (option for option in in_time if start - option.money <= self.most)
        option = next(soon, in_time[-1])
        papers = None
        if self.early:
            papers = max(0, option.asked - self.early - self.margin)
        return _Place(option.gate, papers, self._tender(option.signed))

    def _tender(self, end: int) -> int | None:
        """Week in which a tender begins that ends before a week; None where all is signed."""
        return end - self.late if self.late else None


def _session_ends(frame: Frame) -> Ints:
    """Weeks in which a council session ends, ascending; some lie before the grid."""
    weeks = frame.weeks
    rules = catalog.load_session_rules()
    sessions = months.sessions(rules, weeks.start - BACK, weeks.day(weeks.count))
    return np.array(sorted(weeks.index(session.end) for session in sessions))


def _law_week(cutover: int, council: Ints) -> int:
    """Week in which the ordinances begin: they end with the last session that is early enough."""
    part = load_parts()[LAW]
    ends = council[council + 1 + part.low_lag <= cutover]
    return int(ends[-1]) + 1 - part.weeks


def closed_weeks(city: City, lot: Lot, weeks: Weeks) -> frozenset[int]:
    """(L4) Weeks of the windows in which a lot may not cut over."""
    shut = [shut_weeks(business, city.elections, weeks) for business in lot.businesses]
    return frozenset().union(*shut)


# --- prices ---------------------------------------------------------------------------------------
def offered_day(city: City, lot: Lot) -> date:
    """(L3) The first day on which a lot may go live.

    The city's own or the vendor's, whichever is later; the likely one where none is known.
    """
    days = [lot.offer.day] if lot.offer else []
    if lot.planned:
        days.append(lot.planned)
    return max(days, default=city.at("vendor_likely").day)


def points(city: City, name: str) -> int:
    """A price of a city in hundredths of a point."""
    return round(city.number(f"price_{name}") * UNIT)


class _Price:
    """What a lot pays for a window, and which windows are closed to it."""

    def __init__(self, city: City, frame: Frame, lot: Lot, before: Before | None):
        self.weeks, self.before = frame.weeks, before
        self.count = len(lot.systems)
        self.offer = offered_day(city, lot)
        self.busy = [0, *(points(city, f"busy_{k}") for k in (1, 2, 3))]
        self.kinds = {YEAR_END: 0}
        for kind in (HOLIDAY, WEEKEND):
            self.kinds[kind] = points(city, kind)
        self.severity = [_severity(city.seasons, s.business, self.weeks) for s in lot.systems]
        self.shut = closed_weeks(city, lot, self.weeks)
        self.finish, self.move = points(city, "finish"), points(city, "move")
        # (week, price of each week after it)
        self.late = [
            (self.weeks.index(city.at(f"{name}_date").day), points(city, name))
            for name in ("target", "end")
        ]

    def of(self, window: Window) -> int:
        """own[l,w] of the model, in hundredths of a point."""
        price = self.finish * window.live_week + self.kinds[window.kind]
        for week, late in self.late:
            price += late * max(0, window.live_week - week)
        month = month_number(self.weeks, window.live)
        busy = sum(self.busy[severity[month]] for severity in self.severity)
        return self.count * price + busy + self.moved(window)

    def moved(self, window: Window) -> int:
        """The price of a move against an earlier plan; nothing where there is none."""
        if self.before is None or window.week == self.before.week:
            return 0
        return self.count * self.move * (abs(window.week - self.before.week) + AGAIN)


@lru_cache(maxsize=256)
def _severity(seasons: tuple[Season, ...], business: str, weeks: Weeks) -> tuple[int, ...]:
    """Severity of the busy months of a business by month, those of everyone included."""
    return tuple(busy_months(seasons, frozenset({business}), weeks).tolist())


# --- loads ----------------------------------------------------------------------------------------
def units_of(
    project: Project,
    columns: Sequence[Candidate],
    names: Sequence[str],
    count: int,
) -> NDArray[np.int32]:
    """Units [K, R, T] that a lot asks for in each of some columns.

    Parameters
    ----------
    project, columns : the lot and columns of it.
    names : resources.
    count : weeks of the grid.
    """
    load = np.zeros((len(columns), len(names), count), np.int32)
    shapes = [_shape(works, names) for works in _works(project)]
    for k, column in enumerate(columns):
        block = column.window.week + project.block.start
        starts = (column.papers, column.tender, block, column.law)
        for start, shape in zip(starts, shapes, strict=True):
            if start is not None:
                # what lies before the grid is cut off
                cut, end = max(0, -start), max(0, start + shape.shape[1])
                load[k, :, start + cut : end] += shape[:, cut:]
    return load


def _works(project: Project) -> Iterator[list[tuple[int, Document]]]:
    """Papers, tender, block and ordinances, each by weeks from its own first one.

    They keep their shape, and are moved as a whole.
    """
    yield list(in_turn(project.before, 0))
    yield list(in_turn(project.after, 0))
    block = []
    for piece in project.block.pieces:
        work = Document(piece.item, piece.weeks, project.demand[piece.item.key])
        block.append((piece.start - project.block.start, work))
    yield block
    part = load_parts()[LAW]
    yield [(0, Document(item_of(part.work), part.weeks, project.demand.get(part.work, {})))]


def _shape(
    works: Sequence[tuple[int, Document]],
    names: Sequence[str],
) -> NDArray[np.int32]:
    """Units [R, weeks] of work from its common first week."""
    length = max((start + work.weeks for start, work in works), default=0)
    shape = np.zeros((len(names), length), np.int32)
    for start, work in works:
        for name, units in work.demand.items():
            shape[names.index(name), start : start + work.weeks] += units
    return shape


# --- two lots -------------------------------------------------------------------------------------
def by_cutover(projects: Sequence[Project], columns: Sequence[Candidate]) -> list[int]:
    """Numbers of lots in the order of their cutovers."""
    numbers = range(len(projects))
    return sorted(numbers, key=lambda k: (columns[k].window.week, projects[k].lot.name))


def links(lot: Lot, other: Lot) -> bool:
    """(L5) Whether a lot that cuts over before another wants an interim link to it."""
    if REGISTER not in other.businesses:
        return False
    follows = {name for name, business in load_businesses().items() if business.after_register}
    return not follows.isdisjoint(lot.businesses)


def _apart(a: Lot, b: Lot) -> bool:
    """Whether no section has to do both cutovers."""
    return set(a.sections).isdisjoint(b.sections)


def gap_of(a: Lot, b: Lot) -> int:
    """(L6) Least weeks between two cutovers that are not on one night."""
    if _apart(a, b):
        return OTHERS
    parts = load_parts()
    return parts[CUT].weeks + parts[CARE].weeks


def same_night(a: Lot, b: Lot) -> bool:
    """(L6) Whether two lots may share a night."""
    return _apart(a, b) or b.name in a.nights or a.name in b.nights
