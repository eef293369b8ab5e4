"""The tables of a roadmap: lots, their items as bars with dates, cutovers, loads, budget occasions, progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.facts.months import Gate, Weeks
from dxplan.plan.block import CARE, CUT, LAW, LINK, UNLINK, Block, lags_of, load_parts
from dxplan.plan.column import (
    YEAR_END,
    Column,
    Project,
    links,
    offered_day,
    shut_weeks,
    units_of,
    windows,
)
from dxplan.plan.work import (
    DX,
    GATE,
    UNIT,
    Frame,
    Item,
    block_demand,
    item_of,
    length_of,
)
from dxplan.town.city import City
from dxplan.town.lots import Lot
from dxplan.town.systems import COMMON

STOP = {
    True: (timedelta(days=1), timedelta(days=5)),
    False: (timedelta(0), timedelta(0)),
}  # before the closure, after the go-live
WAITED = 8  # weeks: a plan so much later than the first window has chosen its window
PAPERS, BUDGET, TENDER = "papers", "budget", "tender"  # phases before the block
PHASES = {
    "準備": "prepare",
    "リハーサル": "rehearse",
    "テスト": "test",
    "研修": "train",
    "条例": "law",
    "周知": "notice",
    "切替": "cutover",
    "安定稼働": "care",
    "暫定連携": "link",
}  # of the template -> word of the tables

Links = Sequence[tuple[int, int]]
LOT = (
    "lot",
    "title",
    "businesses",
    "systems",
    "common",
    "sections",
    "vendor",
    "contracted",
    "presumed",
    "planned",
    "reason",
    "offered",
    "sure",
    "rehearsals",
    "begins",
    "cutover",
    "closure_end",
    "window",
    "live",
    "fiscal",
    "decided",
    "set_by",
    "linked",
    "contract_end",
    "extension",
    "decide_by",
)
TASK = (
    "task",
    "no",
    "item",
    "phase",
    "lot",
    "section",
    "lead",
    "start",
    "finish",
    "weeks",
    "dx_fte",
    "section_fte",
    "vendor",
    "slack",
    "decided",
)
CUTOVER = (
    "business",
    "lot",
    "section",
    "cutover",
    "closure_end",
    "closure_kind",
    "live",
    "fiscal",
    "flagged",
)
LOAD = ("month", "resource", "kind", "load", "capacity", "short")
GATES = (
    "lot",
    "gate",
    "fiscal",
    "request_by",
    "available",
    "next_gate",
    "next_available",
    "months_missed",
)


def link_pairs(projects: Sequence[Project], columns: Sequence[Column]) -> Links:
    """(lot, lot with 住民基本台帳) of each lot that cuts over before it and wants an interim link."""
    return [
        (a, b)
        for a in range(len(projects))
        for b in range(len(projects))
        if a != b
        and links(projects[a].lot, projects[b].lot)
        and columns[a].window.week < columns[b].window.week
    ]


# --- lots ----------------------------------------------------------------------------------------------
def lot_rows(
    city: City, frame: Frame, projects: Sequence[Project], columns: Sequence[Column], pairs: Links
) -> pd.DataFrame:
    """The table ``lot``, in the order of the cutovers."""
    linked = {a for a, _ in pairs}
    rows = [
        _lot_row(city, frame, project, column, k in linked)
        for k, (project, column) in enumerate(zip(projects, columns))
    ]
    table = pd.DataFrame(rows, columns=list(LOT))
    return table.sort_values(["cutover", "lot"], kind="stable", ignore_index=True)


def _lot_row(
    city: City, frame: Frame, project: Project, column: Column, linked: bool
) -> dict[str, object]:
    lot, window = project.lot, column.window
    months_more = _extension(lot, window.live)
    notice = round(city.number("notice_months"))
    return {
        "lot": lot.name,
        "title": lot.title,
        "businesses": lot.businesses,
        "systems": len(_counted(lot)),
        "common": COMMON in lot.businesses,
        "sections": lot.sections,
        "vendor": lot.vendor,
        "contracted": lot.contracted,
        "presumed": lot.presumed,
        "planned": lot.planned,
        "reason": lot.reason,
        "offered": lot.offer.value if lot.offer else None,
        "sure": lot.offer.note if lot.offer else "",
        "rehearsals": project.block.rehearsals,
        "begins": frame.weeks.day(window.week + project.block.start),
        "cutover": window.closure.start,
        "closure_end": window.closure.end,
        "window": window.kind,
        "live": window.live,
        "fiscal": months.fiscal_year(window.live),
        "decided": is_decided(lot, window.live),
        "set_by": _cause(city, frame, project, column),
        "linked": linked,
        "contract_end": lot.contract_end,
        "extension": months_more,
        "decide_by": months.months_before(lot.contract_end, notice) if months_more else None,
    }


def is_decided(lot: Lot, live: date) -> bool:
    """Whether the municipality has set the day, and the plan keeps it (to the next working day)."""
    return lot.planned is not None and timedelta(0) <= live - lot.planned < timedelta(days=7)


def _counted(lot: Lot) -> list[str]:
    """Its businesses among the 20."""
    return [business for business in lot.businesses if business != COMMON]


def _extension(lot: Lot, live: date) -> int:
    """Months by which the contract in use has to be extended: to the one before the go-live's, as the budget counts."""
    if lot.contract_end is None:
        return 0
    return months.months_between(lot.contract_end + months.DAY, live)


def _cause(city: City, frame: Frame, project: Project, column: Column) -> str:
    """What sets the date of a lot: window, people, offer, block, tender, budget or papers; see ``why``."""
    weeks = [c.window.week for c in project.columns]
    first = min(weeks)
    if column.window.week - first > WAITED:
        own = min(project.columns, key=lambda c: (c.cost - c.move, c.window.week))
        return "window" if column is own else "people"
    offer = offered_day(city, project.lot)
    closed = frozenset().union(
        *(shut_weeks(b, city.elections, frame.weeks) for b in project.lot.businesses)
    )
    earlier = [w for w in windows(frame.weeks) if w.week < first and w.week not in closed]
    if not earlier or earlier[-1].live < offer:
        return "offer"
    if earlier[-1].week + project.block.start < 0:
        return "block"
    if column.gate is None:
        return "tender"
    return "papers" if length_of(project.before) > 0 and column.papers == 0 else "budget"


# --- bars ----------------------------------------------------------------------------------------------
def task_rows(
    city: City, frame: Frame, projects: Sequence[Project], columns: Sequence[Column], pairs: Links
) -> pd.DataFrame:
    """The table ``task``: lots in the order of their cutovers, bars in the order of their starts."""
    order = sorted(
        range(len(projects)), key=lambda k: (columns[k].window.week, projects[k].lot.name)
    )
    rows: list[dict[str, object]] = []
    for k in order:
        decided = is_decided(projects[k].lot, columns[k].window.live)
        mine = [*_front_rows(frame, projects[k], columns[k])]
        mine += [row | {"decided": decided} for row in _block_rows(frame, projects[k], columns[k])]
        mine += [
            row
            for pair in pairs
            if pair[0] == k
            for row in _link_rows(city, frame, projects, columns, pair)
        ]
        rows += sorted(mine, key=lambda row: (row["start"], row["finish"]))
    return pd.DataFrame(rows, columns=list(TASK))


def _bar(
    weeks: Weeks,
    lot: Lot,
    key: str,
    item: Item,
    phase: str,
    start: int,
    length: int,
    demand: Mapping[str, int],
    slack: int,
) -> dict:
    """A row of a bar that runs whole weeks, to the Friday of its last one."""
    own = sum(units for name, units in demand.items() if name != DX)
    return {
        "task": f"{lot.name}/{key}",
        "no": item.key,
        "item": item.item,
        "phase": phase,
        "lot": lot.name,
        "section": "・".join(name for name in lot.sections if name in demand),
        "lead": item.lead,
        "start": weeks.day(start),
        "finish": weeks.day(start + length) - timedelta(days=3),
        "weeks": length,
        "dx_fte": demand.get(DX, 0) / UNIT,
        "section_fte": own / UNIT,
        "vendor": item.vendor,
        "slack": slack,
        "decided": True,
    }


def _front_rows(frame: Frame, project: Project, column: Column) -> Iterator[dict]:
    lot, weeks = project.lot, frame.weeks
    for papers, start, phase in (
        (project.before, column.papers, PAPERS),
        (project.after, column.tender, TENDER),
    ):
        if start is None:
            continue
        places = accumulate((paper.weeks for paper in papers), initial=start)
        end = start + length_of(papers)
        limit = (
            frame.hand_in(column.gate)
            if phase == PAPERS and column.gate
            else column.window.week + project.block.start
        )
        for paper, place in zip(papers, places):
            yield _bar(
                weeks,
                lot,
                paper.item.key,
                paper.item,
                phase,
                place,
                paper.weeks,
                paper.demand,
                max(0, limit - end),
            )
    if column.gate:
        item = item_of(GATE)
        row = _bar(weeks, lot, GATE, item, BUDGET, frame.hand_in(column.gate), 0, {}, 0)
        yield row | {"start": column.gate.request_by, "finish": column.gate.available}


def _block_rows(frame: Frame, project: Project, column: Column) -> Iterator[dict]:
    lot, week = project.lot, column.window.week
    slack = slack_of(project.block)
    for piece in project.block.pieces:
        demand, name = (
            project.demand[piece.item.key],
            _piece_name(piece.key, piece.item, project.block),
        )
        row = _bar(
            frame.weeks,
            lot,
            piece.key,
            piece.item,
            PHASES[piece.part.phase],
            week + piece.start,
            piece.weeks,
            demand,
            slack[piece.key],
        )
        yield row | {"item": name}
    if column.law is not None:
        part = load_parts()[LAW]
        item = item_of(part.work)
        yield _bar(
            frame.weeks,
            lot,
            LAW,
            item,
            "law",
            column.law,
            part.weeks,
            project.demand[part.work],
            week - part.low_lag - column.law - part.weeks,
        )
    yield _stop_row(frame, project, column)


def _piece_name(key: str, item: Item, block: Block) -> str:
    """切替 and 初期安定稼働 are one item of the official list and two bars here; rehearsals are counted."""
    if key == CUT:
        return "切替"
    if key == CARE:
        return "初期安定稼働"
    if key[0] == "R":
        last = "・最終" if key == f"R{block.rehearsals}" else ""
        return f"{item.item}({key[1:]}回目{last})"
    return item.item


def _stop_row(frame: Frame, project: Project, column: Column) -> dict:
    """証明書交付・窓口の停止: days round the closure, more of them at a year end."""
    before, after = STOP[column.window.kind == YEAR_END]
    item = item_of(load_parts()["STOP"].work)
    row = _bar(frame.weeks, project.lot, "STOP", item, "stop", column.window.week, 0, {}, 0)
    first, last = column.window.closure.start - before, column.window.closure.end + after
    return row | {"item": "証明書交付・窓口の停止", "start": first, "finish": last, "vendor": 0.0}


def link_weeks(
    columns: Sequence[Column], pair: tuple[int, int]
) -> tuple[tuple[str, int], tuple[str, int]]:
    """(key, week) of the interim link, which ends as the first lot cuts over, and of its removal, after the second."""
    first, second = (columns[k].window.week for k in pair)
    return (LINK, max(0, first - load_parts()[LINK].weeks)), (UNLINK, second + 1)


def _link_rows(
    city: City,
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Column],
    pair: tuple[int, int],
) -> Iterator[dict]:
    lot = projects[pair[0]].lot
    for k, (key, start) in zip(pair, link_weeks(columns, pair)):
        part = load_parts()[key]
        item = item_of(part.work)
        decided = is_decided(
            projects[k].lot, columns[k].window.live
        )  # each hangs on a cutover of its own
        row = _bar(
            frame.weeks, lot, key, item, "link", start, part.weeks, block_demand(city, lot, item), 0
        )
        yield row | {"decided": decided}


def slack_of(block: Block) -> dict[str, int]:
    """Item -> weeks by which it may end later while the cutover stays; the reserve counts."""
    latest = {CUT: 0, CARE: 1}
    pieces = {piece.key: piece for piece in block.pieces}
    lags = list(
        lags_of(
            block.rehearsals,
            0,
            frozenset({"SET", "EXT", "ENV", "PIA", "R1", "T1", "T2"}) - set(pieces),
        )
    )
    for key in sorted(pieces, key=lambda k: -pieces[k].start):
        after = [latest[b] - low for a, b, low, _ in lags if a == key and b in latest]
        latest.setdefault(key, min(after, default=pieces[key].end) - pieces[key].weeks)
    return {key: latest[key] - piece.start for key, piece in pieces.items()}


# --- cutovers, loads, budget occasions -----------------------------------------------------------------
def cutover_rows(projects: Sequence[Project], columns: Sequence[Column]) -> pd.DataFrame:
    """The table ``cutover``: a row a system."""
    rows = [
        (
            s.business,
            p.lot.name,
            s.section,
            c.window.closure.start,
            c.window.closure.end,
            c.window.kind,
            c.window.live,
            months.fiscal_year(c.window.live),
            s.late,
        )
        for p, c in zip(projects, columns)
        for s in p.lot.systems
    ]
    table = pd.DataFrame(rows, columns=list(CUTOVER))
    return table.sort_values(["live", "lot"], kind="stable", ignore_index=True)


def load_rows(
    frame: Frame, projects: Sequence[Project], columns: Sequence[Column], pairs: Links, city: City
) -> pd.DataFrame:
    """The table ``load``: mean load, capacity and shortage of each resource by month, as far as the last bar."""
    if not projects:
        return pd.DataFrame([], columns=list(LOAD))
    names, capacity = (
        [r.name for r in frame.resources],
        np.array([r.capacity for r in frame.resources]),
    )
    load = sum(
        units_of(p, [c], names, frame.weeks.count)[0] for p, c in zip(projects, columns)
    ).astype(float)
    for pair in pairs:
        lot = projects[pair[0]].lot
        for key, start in link_weeks(columns, pair):
            part = load_parts()[key]
            item = item_of(part.work)
            for name, units in block_demand(city, lot, item).items():
                load[names.index(name), start : start + part.weeks] += units
    short = np.maximum(0, load - capacity)
    last = int(np.flatnonzero(load.any(axis=0))[-1]) + 1
    month, share = _month_share(frame.weeks)
    used, weight = share[:last].any(axis=0), share / share.sum(axis=0)
    rows = [
        (
            month[m],
            r.name,
            r.kind,
            *(float(line[i] @ weight[:, m]) / UNIT for line in (load, capacity, short)),
        )
        for i, r in enumerate(frame.resources)
        for m in range(len(month))
        if used[m]
    ]
    return pd.DataFrame(rows, columns=list(LOAD))


def demand_rows(load: pd.DataFrame) -> pd.DataFrame:
    """The table ``demand``: load by month and role."""
    found = load.groupby(["month", "kind"], as_index=False)["load"].sum()
    return found.rename(columns={"kind": "role", "load": "fte"})


def _month_share(weeks: Weeks) -> tuple[tuple[date, ...], np.ndarray]:
    if weeks not in _SHARES:
        _SHARES.clear()
        _SHARES[weeks] = weeks.month_share()
    return _SHARES[weeks]


_SHARES: dict[Weeks, tuple[tuple[date, ...], np.ndarray]] = {}


def gate_rows(frame: Frame, projects: Sequence[Project], columns: Sequence[Column]) -> pd.DataFrame:
    """The table ``gate``: the budget occasion that each lot uses, and the next one if it is missed."""
    rows = []
    for project, column in zip(projects, columns):
        if column.gate:
            gate, later = column.gate, _next_gate(frame.gates, column.gate)
            missed = (later.available - gate.available).days / months.DAYS_PER_MONTH
            rows.append(
                (
                    project.lot.name,
                    gate.name,
                    gate.fiscal_year,
                    gate.request_by,
                    gate.available,
                    later.name,
                    later.available,
                    round(missed, 1),
                )
            )
    return pd.DataFrame(rows, columns=list(GATES)).sort_values(
        ["request_by", "lot"], ignore_index=True
    )


def _next_gate(gates: Sequence[Gate], gate: Gate) -> Gate:
    """The occasion whose money comes first of those that can still be asked for after one is missed."""
    later = [
        other
        for other in gates
        if other.request_by > gate.request_by and other.available > gate.available
    ]
    return min(later, key=lambda other: (other.available, other.request_by))


def progress_of(city: City) -> dict[str, float]:
    """Shares of the 20 businesses in scope: steps done, and those in each state that is not out."""
    scope = [s for s in city.systems if s.in_scope]
    states = {
        name: sum(s.state.value == name for s in scope) / len(scope)
        for name in ("live", "presumed", "late")
    }
    unsure = sum(s.unsure for s in scope) / len(scope)
    return {
        "steps": sum(min(s.steps.value, 40) for s in scope) / (40 * len(scope)),
        **states,
        "unsure": unsure,
    }
