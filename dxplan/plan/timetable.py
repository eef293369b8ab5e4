"""The tables of a roadmap.

Lots, their items as bars with dates, cutovers, loads, budget occasions, progress.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row
from dxplan.facts.months import Gate, Weeks
from dxplan.plan.block import CARE, CUT, DONE, LAW, LINK, UNLINK, Block, lags_of, load_parts
from dxplan.plan.column import (
    YEAR_END,
    Candidate,
    Project,
    by_cutover,
    closed_weeks,
    links,
    offered_day,
    units_of,
    windows,
)
from dxplan.plan.work import (
    GATE,
    UNIT,
    Document,
    Frame,
    Item,
    block_demand,
    in_turn,
    item_of,
    length_of,
)
from dxplan.solve.arrays import Floats
from dxplan.town.city import City
from dxplan.town.lots import Lot
from dxplan.town.systems import COMMON, DX, STEPS

# at a year end the counters stop so long before the closure, and after it
STOP_BEFORE, STOP_AFTER = timedelta(days=1), timedelta(days=5)
WAITED = 8  # weeks: a plan so much later than the first window has chosen its window
PAPERS, BUDGET, TENDER = "papers", "budget", "tender"  # phases before the block
PHASES = {  # of the template -> word of the tables
    "準備": "prepare",
    "リハーサル": "rehearse",
    "テスト": "test",
    "研修": "train",
    "条例": "law",
    "周知": "notice",
    "切替": "cutover",
    "安定稼働": "care",
    "暫定連携": "link",
}

Links = Sequence[tuple[int, int]]


class Chosen(NamedTuple):
    """A roadmap before its tables: the lots of a city, the column of each, and their links."""

    city: City
    frame: Frame
    projects: Sequence[Project]
    columns: Sequence[Candidate]
    pairs: Links

    def lots(self) -> Iterator[tuple[Project, Candidate]]:
        """Each lot with its column."""
        return zip(self.projects, self.columns, strict=True)


# columns of the tables
LOT = """
    lot title businesses systems common sections vendor contracted presumed planned reason
    offered sure rehearsals begins cutover closure_end window live fiscal decided set_by
    linked contract_end extension decide_by
""".split()
TASK = """
    task no item phase lot section lead start finish weeks dx_fte section_fte vendor slack
    decided
""".split()
CUTOVER = "business lot section cutover closure_end closure_kind live fiscal flagged".split()
LOAD = "month resource kind load capacity short".split()
GATES = "lot gate fiscal request_by available next_gate next_available months_missed".split()


def link_pairs(projects: Sequence[Project], columns: Sequence[Candidate]) -> Links:
    """(lot, lot with 住民基本台帳) of each lot that cuts over before it and wants an interim link."""
    weeks = [column.window.week for column in columns]
    pairs = []
    for a, b in permutations(range(len(projects)), 2):
        if weeks[a] < weeks[b] and links(projects[a].lot, projects[b].lot):
            pairs.append((a, b))
    return pairs


# --- lots -----------------------------------------------------------------------------------------
def lot_rows(chosen: Chosen) -> pd.DataFrame:
    """The table ``lot``, in the order of the cutovers."""
    linked = {a for a, _ in chosen.pairs}
    rows = []
    for k, (project, column) in enumerate(chosen.lots()):
        row = _lot_row(chosen.city, chosen.frame, project, column)
        rows.append(row | {"linked": k in linked})
    table = pd.DataFrame(rows, columns=LOT)
    return table.sort_values(["cutover", "lot"], kind="stable", ignore_index=True)


def _lot_row(
    city: City,
    frame: Frame,
    project: Project,
    column: Candidate,
) -> Row:
    lot, window = project.lot, column.window
    offer = lot.offer
    extension = _extension(lot, window.live)
    decide_by = None
    if extension and lot.contract_end:
        notice = round(city.number("notice_months"))
        decide_by = months.months_before(lot.contract_end, notice)
    common = COMMON in lot.businesses
    return {
        "lot": lot.name,
        "title": lot.title,
        "businesses": lot.businesses,
        "systems": len(lot.systems) - common,
        "common": common,
        "sections": lot.sections,
        "vendor": lot.vendor,
        "contracted": lot.contracted,
        "presumed": lot.presumed,
        "planned": lot.planned,
        "reason": lot.reason,
        "offered": offer.day if offer else None,
        "sure": offer.note if offer else "",
        "rehearsals": project.block.rehearsals,
        "begins": frame.weeks.day(window.week + project.block.start),
        "cutover": window.closure.start,
        "closure_end": window.closure.end,
        "window": window.kind,
        "live": window.live,
        "fiscal": months.fiscal_year(window.live),
        "decided": is_decided(lot, window.live),
        "set_by": _cause(city, frame, project, column),
        "contract_end": lot.contract_end,
        "extension": extension,
        "decide_by": decide_by,
    }


def is_decided(lot: Lot, live: date) -> bool:
    """Whether the city has set the day, and the plan keeps it (to the next working day)."""
    return lot.planned is not None and timedelta(0) <= live - lot.planned < months.WEEK


def _extension(lot: Lot, live: date) -> int:
    """Months by which the contract in use has to be extended, as the budget counts them.

    They end with the month before the go-live's.
    """
    if lot.contract_end is None:
        return 0
    return months.months_between(lot.contract_end + months.DAY, live)


def _cause(city: City, frame: Frame, project: Project, column: Candidate) -> str:
    """What sets the date of a lot; see ``why``.

    One of window, people, offer, block, tender, budget and papers.
    """
    first = min(other.window.week for other in project.columns)
    if column.window.week - first > WAITED:
        own = min(project.columns, key=lambda c: (c.cost - c.move, c.window.week))
        return "window" if column is own else "people"
    closed = closed_weeks(city, project.lot, frame.weeks)
    earlier = [w for w in windows(frame.weeks) if w.week < first and w.week not in closed]
    # what shuts the last window before the first one that can be had
    if not earlier or earlier[-1].live < offered_day(city, project.lot):
        return "offer"
    if earlier[-1].week + project.block.start < 0:
        return "block"
    if column.gate is None:
        return "tender"
    if project.before and column.papers == 0:
        return "papers"
    return "budget"


# --- bars -----------------------------------------------------------------------------------------
def task_rows(chosen: Chosen) -> pd.DataFrame:
    """The table ``task``: lots by their cutovers, bars by their starts."""
    rows: list[Row] = []
    for k in by_cutover(chosen.projects, chosen.columns):
        project, column = chosen.projects[k], chosen.columns[k]
        bars = [
            *_front_rows(chosen.frame, project, column),
            *_block_rows(chosen.frame.weeks, project, column),
        ]
        for pair in chosen.pairs:
            if pair[0] == k:
                bars += _link_rows(chosen, pair)
        rows += sorted(bars, key=lambda row: (row["start"], row["finish"]))
    table = pd.DataFrame(rows, columns=TASK)
    return table.assign(lead=table["lead"].map(chosen.city.called))


def _bar(
    weeks: Weeks,
    lot: Lot,
    key: str,
    phase: str,
    start: int,
    work: Document,
    slack: int = 0,
) -> Row:
    """A row of a bar that runs whole weeks, to the Friday of its last one."""
    item, demand = work.item, work.demand
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
        "finish": weeks.day(start + work.weeks) - timedelta(days=3),
        "weeks": work.weeks,
        "dx_fte": demand.get(DX, 0) / UNIT,
        "section_fte": own / UNIT,
        "vendor": item.vendor,
        "slack": slack,
        "decided": True,
    }


def _front_rows(frame: Frame, project: Project, column: Candidate) -> Iterator[Row]:
    """Papers, budget and tender: the one may wait for the hand-in, the other for the block."""
    lot, weeks, gate = project.lot, frame.weeks, column.gate
    begins = column.window.week + project.block.start
    if column.papers is not None:
        limit = frame.hand_in(gate) if gate else begins
        yield from _paper_rows(weeks, lot, PAPERS, project.before, column.papers, limit)
    if column.tender is not None:
        yield from _paper_rows(weeks, lot, TENDER, project.after, column.tender, begins)
    if gate:
        work = Document(item_of(GATE), 0, {})
        row = _bar(weeks, lot, GATE, BUDGET, frame.hand_in(gate), work)
        yield row | {"start": gate.request_by, "finish": gate.available}


def _paper_rows(
    weeks: Weeks,
    lot: Lot,
    phase: str,
    papers: Sequence[Document],
    first: int,
    limit: int,
) -> Iterator[Row]:
    slack = max(0, limit - first - length_of(papers))
    for start, paper in in_turn(papers, first):
        yield _bar(weeks, lot, paper.item.key, phase, start, paper, slack)


def _block_rows(weeks: Weeks, project: Project, column: Candidate) -> Iterator[Row]:
    """The items round the cutover; their days are decided with it, those of the front always."""
    lot, week, block = project.lot, column.window.week, project.block
    decided = {"decided": is_decided(lot, column.window.live)}
    slack = slack_of(block)
    for piece in block.pieces:
        phase = PHASES[piece.part.phase]
        work = Document(piece.item, piece.weeks, project.demand[piece.item.key])
        row = _bar(weeks, lot, piece.key, phase, week + piece.start, work, slack[piece.key])
        yield row | decided | {"item": _piece_name(piece.key, piece.item, block)}
    if column.law is not None:
        part = load_parts()[LAW]
        work = Document(item_of(part.work), part.weeks, project.demand[part.work])
        left = week - part.low_lag - column.law - part.weeks
        yield _bar(weeks, lot, LAW, "law", column.law, work, left) | decided
    yield _stop_row(weeks, project, column) | decided


def _piece_name(key: str, item: Item, block: Block) -> str:
    """切替 and 初期安定稼働 are one item of the official list and two bars here.

    Rehearsals are counted.
    """
    if key == CUT:
        return "切替"
    if key == CARE:
        return "初期安定稼働"
    if key[0] != "R":
        return item.item
    last = ""
    if key == f"R{block.rehearsals}":
        last = "・最終"
    return f"{item.item}({key[1:]}回目{last})"


def _stop_row(weeks: Weeks, project: Project, column: Candidate) -> Row:
    """証明書交付・窓口の停止: days round the closure, more of them at a year end."""
    window = column.window
    first, last = window.closure.start, window.closure.end
    if window.kind == YEAR_END:
        first, last = first - STOP_BEFORE, last + STOP_AFTER
    work = Document(item_of(load_parts()["STOP"].work), 0, {})
    row = _bar(weeks, project.lot, "STOP", "stop", window.week, work)
    return row | {"item": "証明書交付・窓口の停止", "start": first, "finish": last, "vendor": 0.0}


def _link_works(
    chosen: Chosen,
    pair: tuple[int, int],
) -> Iterator[tuple[int, str, int, Document]]:
    """(lot on whose cutover it hangs, key, week, work) of an interim link and of its removal.

    The link ends as the first lot cuts over, and is removed after the second.
    """
    before, after = pair
    link, unlink = load_parts()[LINK], load_parts()[UNLINK]
    start = max(0, chosen.columns[before].window.week - link.weeks)
    end = chosen.columns[after].window.week + 1
    for k, part, week in ((before, link, start), (after, unlink, end)):
        item = item_of(part.work)
        demand = block_demand(chosen.city, chosen.projects[before].lot, item)
        yield k, part.key, week, Document(item, part.weeks, demand)


def _link_rows(chosen: Chosen, pair: tuple[int, int]) -> Iterator[Row]:
    lot = chosen.projects[pair[0]].lot
    for k, key, start, work in _link_works(chosen, pair):
        row = _bar(chosen.frame.weeks, lot, key, "link", start, work)
        live = chosen.columns[k].window.live
        yield row | {"decided": is_decided(chosen.projects[k].lot, live)}


def slack_of(block: Block) -> dict[str, int]:
    """Item -> weeks by which it may end later while the cutover stays; the reserve counts."""
    latest = {CUT: 0, CARE: 1}
    pieces = {piece.key: piece for piece in block.pieces}
    done = frozenset(DONE.values()) - set(pieces)
    lags = list(lags_of(block.rehearsals, 0, done))
    # from the cutover backward, so that what an item waits for is known before it
    for piece in sorted(block.pieces, key=lambda piece: -piece.start):
        after = [latest[b] - low for a, b, low, _ in lags if a == piece.key and b in latest]
        latest.setdefault(piece.key, min(after, default=piece.end) - piece.weeks)
    return {key: latest[key] - piece.start for key, piece in pieces.items()}


# --- cutovers, loads, budget occasions ------------------------------------------------------------
def cutover_rows(chosen: Chosen) -> pd.DataFrame:
    """The table ``cutover``: a row a system."""
    rows = []
    for project, column in chosen.lots():
        window = column.window
        for system in project.lot.systems:
            row = {
                "business": system.business,
                "lot": project.lot.name,
                "section": system.section,
                "cutover": window.closure.start,
                "closure_end": window.closure.end,
                "closure_kind": window.kind,
                "live": window.live,
                "fiscal": months.fiscal_year(window.live),
                "flagged": system.late,
            }
            rows.append(row)
    table = pd.DataFrame(rows, columns=CUTOVER)
    return table.sort_values(["live", "lot"], kind="stable", ignore_index=True)


def load_rows(chosen: Chosen) -> pd.DataFrame:
    """The table ``load``, as far as the last bar.

    A row a month and resource: mean load, capacity and shortage.
    """
    if not chosen.projects:
        return pd.DataFrame([], columns=LOAD)
    frame = chosen.frame
    load = _load(chosen)
    capacity = np.array([resource.capacity for resource in frame.resources])
    short = np.maximum(0, load - capacity)
    last = int(np.flatnonzero(load.any(axis=0))[-1]) + 1
    month, share = month_share(frame.weeks)
    weight = share / share.sum(axis=0)
    # months that no bar reaches are left out
    used = np.flatnonzero(share[:last].any(axis=0))
    rows = []
    for i, resource in enumerate(frame.resources):
        for m in used:
            row = {"month": month[m], "resource": resource.name, "kind": resource.kind}
            for name, units in (("load", load), ("capacity", capacity), ("short", short)):
                row[name] = float(units[i] @ weight[:, m]) / UNIT
            rows.append(row)
    return pd.DataFrame(rows, columns=LOAD)


def _load(chosen: Chosen) -> Floats:
    """Units [R, T] that all lots and their interim links ask for."""
    names = [resource.name for resource in chosen.frame.resources]
    weeks = chosen.frame.weeks.count
    load = np.zeros((len(names), weeks))
    for project, column in chosen.lots():
        load += units_of(project, [column], names, weeks)[0]
    for pair in chosen.pairs:
        for _, _, start, work in _link_works(chosen, pair):
            for name, units in work.demand.items():
                load[names.index(name), start : start + work.weeks] += units
    return load


def demand_rows(load: pd.DataFrame) -> pd.DataFrame:
    """The table ``demand``: load by month and role."""
    demand = load.groupby(["month", "kind"], as_index=False)["load"].sum()
    return demand.rename(columns={"kind": "role", "load": "fte"})


@lru_cache(maxsize=1)
def month_share(weeks: Weeks) -> tuple[tuple[date, ...], Floats]:
    """Months of a grid, and share [T, M] of each week in them; see ``Weeks.month_share``."""
    return weeks.month_share()


def gate_rows(chosen: Chosen) -> pd.DataFrame:
    """The table ``gate``: each lot's budget occasion, and the next one if it is missed."""
    rows = []
    for project, column in chosen.lots():
        gate = column.gate
        if gate is None:
            continue
        later = _next_gate(chosen.frame.gates, gate)
        missed = (later.available - gate.available).days / months.DAYS_PER_MONTH
        row = {
            "lot": project.lot.name,
            "gate": gate.name,
            "fiscal": gate.fiscal_year,
            "request_by": gate.request_by,
            "available": gate.available,
            "next_gate": later.name,
            "next_available": later.available,
            "months_missed": round(missed, 1),
        }
        rows.append(row)
    table = pd.DataFrame(rows, columns=GATES)
    return table.sort_values(["request_by", "lot"], ignore_index=True)


def _next_gate(gates: Sequence[Gate], gate: Gate) -> Gate:
    """The occasion whose money comes first of those that can be asked for after one is missed."""
    later = []
    for other in gates:
        if other.request_by > gate.request_by and other.available >= gate.available:
            later.append(other)
    return min(later, key=lambda other: (other.available, other.request_by))


def progress_of(city: City) -> dict[str, float]:
    """Shares of the 20 businesses in scope: steps done, and those in each state that is not out."""
    scope = [system for system in city.systems if system.in_scope]
    done = sum(min(system.done, STEPS) for system in scope)
    progress = {"steps": done / (STEPS * len(scope))}
    for state in ("live", "presumed", "late"):
        progress[state] = sum(s.state.word == state for s in scope) / len(scope)
    progress["unsure"] = sum(s.unsure for s in scope) / len(scope)
    return progress
