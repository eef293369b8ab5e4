"""The PMO roadmap: in which window each lot of systems cuts over, and when its project runs.

Sets        l lots (systems of one city that move together), b systems of a lot, k items of a lot's
            block, w windows (runs of two or more closed days), r people (DX section, sections),
            t weeks
Given       u[w] week, v[w] first working day after it, kind[w]; n[l] systems; o[l] start of the
            block (weeks before its cutover), its items levelled inside (``block``); papers, budget
            and tender of l for each w (``column``); a[l,w,r,t] demand (0.01 FTE); C[r,t] people
            there; gap[l,m] weeks of hypercare between two cutovers; u_before[l] where an earlier
            plan exists
Choose      x[l,w] in {0,1}
Minimise    sum of own[l,w] x[l,w]
            + price_link for each lot with 税, 年金, 印鑑 or 選挙 before the lot with 住基
            + sum over r of  price_peak x highest load  +  price_over x highest load above C
            own[l,w] = n[l] (price_finish x week of v + price_target x weeks past the target
                             + price_end x weeks past the end + price of kind[w])
                       + sum over b of the price of its busy month
                       + n[l] price_move (|u - u_before| + 20 where it moves though it could stay:
                       a lot whose old date the change forbids is free to choose)
Subject to  (L1 one)      sum over w of x[l,w] = 1
            (L2 money)    papers, budget, tender and contract before the block     (``column``)
            (L3 offer)    no earlier than the vendor has offered                   (``column``)
            (L4 shut)     outside hard weeks and elections                         (``column``)
            (L5 order)    a lot before the lot with 住基 pays price_link and gets an interim link,
                          and one that removes it
            (L6 apart)    two lots with a common section lie at least a cutover and its hypercare
                          apart, others 2 weeks or on one night; the city may allow one night for
                          more
            (L7 template) every item keeps the lags of its block                   (``block``)
            (L8 begun)    a lot whose block an earlier plan has begun is never moved earlier

People are soft: what is missing on the plan's dates is a demand to the staffing. Costs are counted
in hundredths of a point (点). The people of an interim link are not in the search; they stand in
the tables. Solved by ``search``, proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.column import (
    Before,
    Candidate,
    Project,
    build_projects,
    gap_of,
    links,
    points,
    same_night,
    units_of,
    windows,
)
from dxplan.plan.sample import Told, told_dates
from dxplan.plan.timetable import (
    Chosen,
    cutover_rows,
    demand_rows,
    gate_rows,
    link_pairs,
    load_rows,
    lot_rows,
    progress_of,
    task_rows,
)
from dxplan.plan.work import UNIT, Frame, Missed, build_frame, price_weights, thousands
from dxplan.solve.outcome import OPTIMAL, STOPPED, NoRoomError, Outcome
from dxplan.solve.search import Choice, Grid, best_columns
from dxplan.town.city import City
from dxplan.town.finder import CityError
from dxplan.town.lots import Lot
from dxplan.town.systems import COMMON

EFFORT = {"簡易": "quick", "標準": "standard", "入念": "thorough"}
NO_ROOM = (
    "{city}: この前提では、{last}までに切替の候補となる日がありません。lots: の offered・planned と、"
    "vendor_likely・budget_gates・wait_most を確かめてください。"
)


@dataclass(frozen=True, eq=False)  # one is itself alone: what is worked out from it is kept
class PmoPlan:
    """The roadmap of one city; tables are not to be changed.

    Attributes
    ----------
    lots : a row a lot: lot, title, businesses, systems (count, without 共通機能), common (whether it
        holds it), sections, vendor, contracted, presumed (nobody has said so), planned (the day
        that the city has set, or None), reason (why it is late, or ""), offered, sure (how),
        rehearsals, begins (first item of the block), cutover (first closed day), closure_end,
        window (year_end, holiday, weekend), live (the plan's own date), fiscal, decided (whether
        the city has set the day), set_by (what sets it), linked, contract_end, extension (months),
        decide_by.
    task : a row an item of a lot: task, no (key of the work item), item, phase, lot, section, lead,
        start, finish (dates), weeks, dx_fte, section_fte, vendor (weight of the vendor's work),
        slack (weeks by which it may slip), decided (whether its dates are told as days).
    cutover : a row a system still to move: business, lot, section, cutover, closure_end,
        closure_kind, live (dates), fiscal, flagged.
    load : a row a month and resource: month, resource, kind, load, capacity, short (FTE, mean of
        the weeks).
    demand : a row a month and role: month, role (dx, section), fte.
    gate : a row a lot whose money is asked for: lot, gate, fiscal, request_by, available,
        next_gate, next_available, months_missed.
    progress : shares 0..1: steps, live, presumed, unsure, late.
    outcome : status, bound and gap of the search.
    cost : in points.
    closures, gates : the windows and the budget occasions that the plan could choose from.
    projects, columns : the lots as they were planned, and the column of each.
    """

    city: City
    start: date
    lots: pd.DataFrame
    task: pd.DataFrame
    cutover: pd.DataFrame
    load: pd.DataFrame
    demand: pd.DataFrame
    gate: pd.DataFrame
    progress: Mapping[str, float]
    outcome: Outcome
    cost: float
    closures: tuple[months.Closure, ...]
    gates: tuple[months.Gate, ...]
    frame: Frame
    projects: tuple[Project, ...]
    columns: tuple[Candidate, ...]

    @property
    def done(self) -> bool:
        """Whether no lot is left to move."""
        return not len(self.lots)

    @property
    def earliest(self) -> date:
        """Go-live day of the last lot in the plan itself, which is the earliest that can be.

        The plan's start where no lot is left.
        """
        return max(self.lots["live"], default=self.start)

    @property
    def unoffered(self) -> pd.DataFrame:
        """The lots whose vendor has not said a day, and for which the city has decided none."""
        silent = self.lots["offered"].isna()
        decided = self.lots["decided"].astype(bool)
        return self.lots[silent & ~decided]

    @property
    def first_request(self) -> date:
        """The first deadline of a budget from the first open day on, or that day."""
        start = months.next_open(self.city.start)
        days = [gate.request_by for gate in self.gates]
        ahead = [day for day in days if day >= start]
        return min(ahead, default=start)

    @property
    def extension_yen(self) -> dict[str, int]:
        """Lot -> yen of the extension of its contract in use; 0 where none is needed."""
        yen, weights = {}, price_weights(self.city)
        for row in self.lots.to_dict("records"):
            year = self.city.number("running_yen", row["live"])
            size = sum(weights[business] for business in row["businesses"] if business != COMMON)
            yen[row["lot"]] = thousands(row["extension"] * year / 12 * size)
        return yen

    @cached_property
    def told(self) -> Told:
        """How sure the dates are, by samples on this plan; made when first asked for."""
        return told_dates(self.city, self.frame, self.projects, self.columns)


def build_pmo(
    city: City,
    frame: Frame,
    last: PmoPlan | None = None,
) -> tuple[Grid, tuple[Project, ...], list[int]]:
    """A city's roadmap as the unsolved choice of columns; its projects, and their order in it."""
    projects = build_projects(city, frame, _before(city, frame, last))
    # the search is quick where the largest lots are placed first
    order = sorted(range(len(projects)), key=lambda k: -len(projects[k].lot.systems))
    return _grid(city, frame, [projects[k] for k in order]), projects, order


def plan_pmo(
    city: City,
    last: PmoPlan | None = None,
    skip: Missed = frozenset(),
) -> PmoPlan:
    """The roadmap of a city.

    Parameters
    ----------
    city : the municipality; a variant is planned from the plan of its base.
    last : an earlier plan of it, whose dates cost something to move.
    skip : budget occasions (name, fiscal year) that are taken as missed.

    Raises
    ------
    CityError
        A lot has no window that its conditions allow.
    """
    frame = build_frame(city, skip)
    # a variant keeps the dates of its base where it can
    if last is None and city.before is not None:
        last = _base_plan(city.before)
    if not city.lots:
        return _plan(city, frame, (), (), Outcome(OPTIMAL, 0, 0.0), 0)
    grid, projects, order = build_pmo(city, frame, last)
    try:
        choice = best_columns(grid)
    except NoRoomError as error:
        end = frame.weeks.day(frame.weeks.count)
        raise CityError(NO_ROOM.format(city=city.name, last=end)) from error
    number = dict(zip(order, choice.column, strict=True))
    columns = tuple(project.columns[number[k]] for k, project in enumerate(projects))
    return _plan(city, frame, projects, columns, _outcome(choice), choice.cost)


def _base_plan(base: City) -> PmoPlan:
    """The plan of a base; the last one is kept: a meeting tries many variants of one city."""
    if not _KEPT or _KEPT[0][0] != base:
        _KEPT[:] = [(base, plan_pmo(base))]
    return _KEPT[0][1]


_KEPT: list[tuple[City, PmoPlan]] = []  # a city cannot be a key of a cache


def _outcome(choice: Choice) -> Outcome:
    if choice.proved:
        return Outcome(OPTIMAL, choice.cost, 0.0)
    return Outcome(STOPPED, choice.bound, 1 - choice.bound / choice.cost)


def _plan(
    city: City,
    frame: Frame,
    projects: tuple[Project, ...],
    columns: tuple[Candidate, ...],
    outcome: Outcome,
    cost: int,
) -> PmoPlan:
    weeks = frame.weeks
    chosen = Chosen(city, frame, projects, columns, link_pairs(projects, columns))
    load = load_rows(chosen)
    return PmoPlan(
        city,
        weeks.start,
        lots=lot_rows(chosen),
        task=task_rows(chosen),
        cutover=cutover_rows(chosen),
        load=load,
        demand=demand_rows(load),
        gate=gate_rows(chosen),
        progress=progress_of(city),
        outcome=outcome,
        cost=cost / UNIT,
        closures=tuple(months.closures(weeks.start, weeks.day(weeks.count), 3)),
        gates=frame.gates,
        frame=frame,
        projects=projects,
        columns=columns,
    )


# --- the model in arrays --------------------------------------------------------------------------
def _grid(city: City, frame: Frame, projects: Sequence[Project]) -> Grid:
    names = [resource.name for resource in frame.resources]
    weeks = frame.weeks.count
    count = np.array([len(project.columns) for project in projects])
    shape = len(projects), count.max()
    week, own, first, last = (np.zeros(shape, np.int64) for _ in range(4))
    load = np.zeros((*shape, len(names), weeks), np.int32)
    for k, project in enumerate(projects):
        # lots have unlike numbers of columns: what is behind them stays 0
        part = k, slice(count[k])
        load[part] = units_of(project, project.columns, names, weeks)
        week[part] = [column.window.week for column in project.columns]
        own[part] = [column.cost for column in project.columns]
        used = np.any(load[part], axis=1)
        first[part] = used.argmax(axis=1)
        last[part] = weeks - used[:, ::-1].argmax(axis=1)
    lots = [project.lot for project in projects]
    return Grid(
        columns=count,
        week=week,
        own=own,
        load=load,
        first=first,
        last=last,
        uses=np.any(load, axis=(1, 3)),
        capacity=np.array([resource.capacity for resource in frame.resources]),
        gap=_pairs(lots, gap_of, np.int64),
        same=_pairs(lots, same_night, bool),
        early=_pairs(lots, links, np.int64) * points(city, "link"),
        peak=round(city.number("price_peak")),
        over=round(city.number("price_over")),
    )


def _pairs(lots: Sequence[Lot], value: Callable[[Lot, Lot], int], kind: type) -> np.ndarray:
    """A value [L, L] of each two lots, 0 of a lot with itself."""
    table: np.ndarray = np.zeros((len(lots), len(lots)), kind)
    for k, lot in enumerate(lots):
        for m, other in enumerate(lots):
            if k != m:
                table[k, m] = value(lot, other)
    return table


# --- an earlier plan ------------------------------------------------------------------------------
def _before(city: City, frame: Frame, last: PmoPlan | None) -> dict[str, Before]:
    """Name of a lot -> where the earlier plan has it, or the city's own date."""
    places = {}
    for lot in city.lots:
        k = None
        if last is not None:
            k = _earlier(lot, last)
        if last and k is not None:
            places[lot.name] = _place_before(frame, last, k)
        elif lot.planned:
            # the city's own day counts like a plan: a move from it has its price
            weeks = [w.week for w in windows(frame.weeks) if w.live >= lot.planned]
            week = weeks[0] if weeks else frame.weeks.index(lot.planned)
            places[lot.name] = Before(week, week)
    return places


def _earlier(lot: Lot, last: PmoPlan) -> int | None:
    """Number of the earlier lot that holds at least half of a lot's systems."""
    businesses = set(lot.businesses)
    shared = [len(businesses.intersection(p.lot.businesses)) for p in last.projects]
    most = max(shared, default=0)
    if not shared or 2 * most < len(lot.systems):
        return None
    return shared.index(most)


def _place_before(frame: Frame, last: PmoPlan, k: int) -> Before:
    """The weeks of an earlier lot in this plan's grid; what lies before it has a week below 0."""
    column, block = last.columns[k], last.projects[k].block

    def moved(week: int) -> int:
        return frame.weeks.index(last.frame.weeks.day(week))

    def moved_if(week: int | None) -> int | None:
        return None if week is None else moved(week)

    week, gate = column.window.week, column.gate
    return Before(
        week=moved(week),
        block=moved(week + block.start),
        gate=gate,
        papers=moved_if(column.papers),
        tender=moved_if(column.tender),
        handed=gate is not None and gate.request_by < frame.weeks.start,
        law=moved_if(column.law),
    )
