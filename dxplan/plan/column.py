"""The columns of a lot: the windows in which it may cut over, each with its price and all that it fixes.

A window is a run of two or more closed days. A column (lot x window) fixes the whole project of the lot: the block lies
backward from the window, the ordinances end with a council session before it, the papers and the budget come at the
earliest occasion whose money does not wait too long, the tender follows the money.

Subject to  (L2 money)  tender and contract end before the block begins; the occasion is the earliest whose money waits at
                        most wait_most weeks for the block's first item, else the latest that is early enough
            (L3 offer)  live no earlier than the day that the vendor has offered and the city has set; where none is known,
                        than vendor_likely
            (L4 shut)   no day of the cutover, its first working day included, in a hard week of one of its businesses,
                        nor within the weeks round an election
            (L9 past)   nothing lies before the plan's first week, but what an earlier plan has begun
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import Closure, Gate, Weeks
from dxplan.facts.params import Election
from dxplan.plan.block import CARE, CUT, LAW, Block, block_of, load_parts
from dxplan.plan.work import (
    UNIT,
    Frame,
    Paper,
    block_demand,
    busy_months,
    item_of,
    length_of,
    papers_of,
    wants_money,
)
from dxplan.town.city import City
from dxplan.town.defaults import Season, load_businesses
from dxplan.town.lots import REGISTER, Lot

YEAR_END, HOLIDAY, WEEKEND = "year_end", "holiday", "weekend"
LAW_WORD = "条例改正"  # of a params file
CONTRACT = "9"  # the work item that signs
SPENT_FIRST = "予算成立後"  # the tender waits for the money
OTHERS = 2  # weeks between two cutovers that have no section in common
AGAIN = 20  # weeks that a move counts beside its length, so that a small gain moves nothing


@dataclass(frozen=True)
class Window:
    """A run of closed days: the week of its first day, its kind, the first working day after it and that day's week."""

    closure: Closure
    week: int
    kind: str
    live: date
    live_week: int


@dataclass(frozen=True)
class Column:
    """A lot in a window: its own price (hundredths of a point) and the weeks in which its front and its law begin.

    ``cost`` is the whole of it, ``move`` the part that only an earlier plan causes. What an earlier plan has begun has a
    week below 0; None stands for what there is not.
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
    """Where an earlier plan has put a lot: weeks of its cutover, block, papers, tender and ordinances, and its occasion.

    What has begun by then has a week below 0 and stays where it is; ``handed`` says that the money has been asked for.
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
        """Whether the money has been asked for, or the papers, or the tender where there are none, are under way."""
        first = self.tender if self.papers is None else self.papers
        return self.handed or (first is not None and first < 0)


@dataclass(frozen=True)
class Project:
    """A lot as it is planned: its block, its papers before the budget and after it, and its columns, the cheapest first."""

    lot: Lot
    block: Block
    before: tuple[Paper, ...]
    after: tuple[Paper, ...]
    columns: tuple[Column, ...]
    demand: Mapping[str, Mapping[str, int]]


# --- windows -------------------------------------------------------------------------------------------
@lru_cache(maxsize=8)
def windows(weeks: Weeks) -> tuple[Window, ...]:
    """The runs of two or more closed days of a grid, the first one of each week."""
    found: dict[int, Window] = {}
    for closure in months.closures(weeks.start, weeks.day(weeks.count), 2):
        week = weeks.index(closure.start)
        live = months.next_open(closure.end + months.DAY)
        if week < weeks.count - 10:
            found.setdefault(week, Window(closure, week, _kind(closure), live, weeks.index(live)))
    return tuple(found.values())


def _kind(closure: Closure) -> str:
    if closure.kind == "年末年始":
        return YEAR_END
    return HOLIDAY if closure.days >= 3 else WEEKEND


@lru_cache(maxsize=256)
def shut_weeks(business: str, elections: tuple[Election, ...], weeks: Weeks) -> frozenset[int]:
    """(L4) Weeks of the windows in which a business may not cut over."""
    return frozenset(
        window.week for window in windows(weeks) if _is_shut(business, elections, window)
    )


def _is_shut(business: str, elections: tuple[Election, ...], window: Window) -> bool:
    first, last = window.closure.start, window.live
    if any(
        start <= last and first <= end for start, end in _hard_runs(business, first.year, last.year)
    ):
        return True
    near = [e for e in elections if business in e.businesses]
    return any(
        first - timedelta(weeks=e.weeks) <= e.day <= last + timedelta(weeks=e.weeks) for e in near
    )


@lru_cache(maxsize=512)
def _hard_runs(business: str, first: int, last: int) -> tuple[tuple[date, date], ...]:
    """The hard weeks of a business in some years, as first and last days."""
    rows = catalog.load_table("hard_weeks").to_dict("records")
    mine = [row for row in rows if row["business"] == business]
    return tuple(
        (date.fromisoformat(f"{year}-{row['first']}"), date.fromisoformat(f"{year}-{row['last']}"))
        for row in mine
        for year in range(first, last + 1)
    )


# --- projects ------------------------------------------------------------------------------------------
def build_projects(city: City, frame: Frame, before: Mapping[str, Before]) -> tuple[Project, ...]:
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
    city: City, frame: Frame, lot: Lot, before: Before | None, council: np.ndarray
) -> Project:
    block = block_of(city, lot)
    first, then = papers_of(city, lot)
    keys = dict.fromkeys(piece.item.key for piece in block.pieces)
    ordained = LAW_WORD not in lot.done
    law = (load_parts()[LAW].work,) if ordained else ()
    demand = {key: block_demand(city, lot, item_of(key)) for key in (*keys, *law)}
    price, front = _Price(city, frame, lot, before), _Front(city, frame, lot, first, then, before)
    columns = []
    for window in windows(frame.weeks):
        if window.live < price.offer or window.week in price.shut:
            continue
        place = front.at(window.week, window.week + block.start)
        week = _law_week(window.week, council) if ordained else None
        if place is None or _is_missed(week, before):
            continue
        columns.append(Column(window, price.of(window), price.moved(window), *place, week))
    if before is not None and all(c.window.week != before.week for c in columns):
        columns = [
            replace(c, cost=c.cost - c.move, move=0) for c in columns
        ]  # it has to move: each day is new
    columns.sort(key=lambda c: (c.cost, c.window.week))
    return Project(lot, block, first, then, tuple(columns), demand)


def _is_missed(law: int | None, before: Before | None) -> bool:
    """(L9) Whether ordinances would have had to begin in the past, and no earlier plan has begun them."""
    if law is None or law >= 0:
        return False
    return before is None or not (before.begun or law == before.law)


class _Front:
    """(L2, L8, L9) When a lot's papers, budget and tender lie, for a block that starts in a week."""

    def __init__(
        self,
        city: City,
        frame: Frame,
        lot: Lot,
        first: Sequence[Paper],
        then: Sequence[Paper],
        before: Before | None,
    ):
        self.before, self.begun = before, before is not None and before.begun
        self.asks = wants_money(lot)
        self.early, self.late = length_of(first), length_of(then)
        self.most, self.margin = city.number("wait_most"), round(city.number("papers_reserve"))
        self.options = list(self._options(city, frame, then)) if self.asks else []

    def _options(self, city: City, frame: Frame, then: Sequence[Paper]):
        """(occasion, week of the hand-in, week of the money, week of the tender, week after the contract), by money."""
        waits = city.at("rfp_start").value == SPENT_FIRST
        contract = (
            self.late if waits else sum(paper.weeks for paper in then if paper.item.key == CONTRACT)
        )
        for gate in frame.gates:
            asked, money = frame.hand_in(gate), frame.money(gate)
            signed = (money if waits else max(money, asked + self.late - contract)) + contract
            if asked >= self.early:
                yield gate, asked, money, signed - self.late, signed

    def at(self, week: int, start: int) -> tuple[Gate | None, int | None, int | None] | None:
        """Occasion, and weeks of papers and tender, of a lot that cuts over in a week and starts its block in another."""
        if self.begun:
            fits = week >= self.before.week and start >= self.before.block
            return (self.before.gate, self.before.papers, self.before.tender) if fits else None
        if start < 0:
            return None
        if self.before is not None and self.before.asked:
            fits = (self.before.tender or 0) + self.late <= start
            return (self.before.gate, self.before.papers, self.before.tender) if fits else None
        if not self.asks:
            return (
                (None, None, start - self.late if self.late else None)
                if start >= self.late
                else None
            )
        return self._asked(start)

    def _asked(self, start: int) -> tuple[Gate, int | None, int | None] | None:
        """The earliest occasion whose money does not wait too long, else the latest that is early enough."""
        fit = [option for option in self.options if option[4] <= start]
        if not fit:
            return None
        soon = [option for option in fit if start - option[2] <= self.most]
        gate, asked, _, tender, _ = soon[0] if soon else fit[-1]
        papers = max(0, asked - self.early - self.margin) if self.early else None
        return gate, papers, tender if self.late else None


def _session_ends(frame: Frame) -> np.ndarray:
    """Weeks in which a council session ends, ascending; some lie before the grid."""
    weeks = frame.weeks
    found = months.sessions(
        catalog.load_session_rules(), weeks.start - timedelta(days=400), weeks.day(weeks.count)
    )
    return np.array(sorted(weeks.index(session.end) for session in found))


def _law_week(cutover: int, council: np.ndarray) -> int:
    """Week in which the ordinances begin: they end with the last session that leaves the least lag before the cutover."""
    part = load_parts()[LAW]
    ends = council[council + 1 + part.low_lag <= cutover]
    return int(ends[-1]) + 1 - part.weeks


def offered_day(city: City, lot: Lot) -> date:
    """(L3) The first day on which a lot may go live: the city's own or the vendor's; the likely one where none is known."""
    known = [day for day in (lot.planned, lot.offer.value if lot.offer else None) if day]
    return max(known) if known else city.at("vendor_likely").value


class _Price:
    """What a lot pays for a window, and which windows are closed to it."""

    def __init__(self, city: City, frame: Frame, lot: Lot, before: Before | None):
        self.city, self.frame, self.lot, self.before = city, frame, lot, before
        self.count = len(lot.systems)
        self.offer = offered_day(city, lot)
        self.busy = [0, *(round(city.number(f"price_busy_{k}") * UNIT) for k in (1, 2, 3))]
        self.kinds = {
            YEAR_END: 0,
            HOLIDAY: round(city.number("price_holiday") * UNIT),
            WEEKEND: round(city.number("price_weekend") * UNIT),
        }
        self.severity = [_severity(city.seasons, s.business, frame.weeks) for s in lot.systems]
        self.shut = frozenset().union(
            *(shut_weeks(business, city.elections, frame.weeks) for business in lot.businesses)
        )
        self.finish, self.target, self.end = (
            round(city.number(f"price_{k}") * UNIT) for k in ("finish", "target", "end")
        )
        self.days = [frame.weeks.index(city.at(f"{k}_date").value) for k in ("target", "end")]
        self.move = round(city.number("price_move") * UNIT)

    def of(self, window: Window) -> int:
        """own[l,w] of the model, in hundredths of a point."""
        week = window.live_week
        target, end = (max(0, week - day) for day in self.days)
        price = self.finish * week + self.target * target + self.end * end + self.kinds[window.kind]
        month = (window.live.year - self.frame.weeks.start.year) * 12 + window.live.month - 1
        busy = sum(self.busy[severity[month]] for severity in self.severity)
        return self.count * price + busy + self.moved(window)

    def moved(self, window: Window) -> int:
        """The price of a move against an earlier plan; nothing where there is none."""
        if self.before is None or window.week == self.before.week:
            return 0
        return self.count * self.move * (abs(window.week - self.before.week) + AGAIN)


@lru_cache(maxsize=256)
def _severity(seasons: tuple[Season, ...], business: str, weeks: Weeks) -> tuple[int, ...]:
    """Severity of the busy months of a business, those of everyone included, by month from the grid's first January."""
    return tuple(busy_months(seasons, frozenset({business}), weeks).tolist())


def units_of(
    project: Project, columns: Sequence[Column], names: Sequence[str], count: int
) -> np.ndarray:
    """Units [K, R, T] that a lot asks for in each of some columns: papers, tender, block and ordinances."""
    load = np.zeros((len(columns), len(names), count), np.int32)
    for starts, bars in _groups(project, columns):
        shape = _shape(bars, names)
        for k, start in enumerate(starts):
            if start is not None:
                cut, end = max(0, -start), max(0, start + shape.shape[1])
                load[k, :, start + cut : end] += shape[:, cut:]
    return load


def _groups(project: Project, columns: Sequence[Column]):
    """(week of each column, bars from that week on): what keeps its shape and is moved as a whole."""
    yield [c.papers for c in columns], _in_turn(project.before)
    yield [c.tender for c in columns], _in_turn(project.after)
    first = project.block.start
    block = [
        (piece.start - first, piece.weeks, project.demand[piece.item.key])
        for piece in project.block.pieces
    ]
    yield [c.window.week + first for c in columns], block
    part = load_parts()[LAW]
    yield [c.law for c in columns], [(0, part.weeks, project.demand.get(part.work, {}))]


def _in_turn(papers: Sequence[Paper]) -> list[tuple[int, int, Mapping[str, int]]]:
    starts = accumulate((paper.weeks for paper in papers), initial=0)
    return [(start, paper.weeks, paper.demand) for start, paper in zip(starts, papers)]


def _shape(bars: Sequence[tuple[int, int, Mapping[str, int]]], names: Sequence[str]) -> np.ndarray:
    """Units [R, weeks] of bars from their common first week."""
    place = {name: r for r, name in enumerate(names)}
    shape = np.zeros(
        (len(names), max((start + weeks for start, weeks, _ in bars), default=0)), np.int32
    )
    for start, weeks, demand in bars:
        for name, units in demand.items():
            shape[place[name], start : start + weeks] += units
    return shape


def links(lot: Lot, other: Lot) -> bool:
    """(L5) Whether a lot that cuts over before another wants an interim link to it."""
    follows = {name for name, business in load_businesses().items() if business.after_register}
    return REGISTER in other.businesses and bool(follows & set(lot.businesses))


def gap_of(a: Lot, b: Lot) -> int:
    """(L6) Least weeks between two cutovers that are not on one night."""
    parts = load_parts()
    return parts[CUT].weeks + parts[CARE].weeks if set(a.sections) & set(b.sections) else OTHERS


def same_night(a: Lot, b: Lot) -> bool:
    """(L6) Whether two lots may share a night."""
    return not set(a.sections) & set(b.sections) or b.name in a.nights or a.name in b.nights
