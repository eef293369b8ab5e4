"""The block of a lot: its work items laid backward from the cutover, as a template of weeks.

Sets        k items: SET, EXT, ENV, PIA (preparation), R1..RK (rehearsals), T1, T2 (tests), TRN
            (training), NOTE (notice), CUT (cutover, week 0), CARE (hypercare)
Given       d[k] length (weeks, grows with the systems of the lot), lags [low, high] between the end
            of one item and the start of another; reserve (weeks) between the preparation and the
            first rehearsal
Choose      o[k] start (weeks before the cutover's week, negative)
Minimise    length of the block, then peaks of its people, then how early its items are
Subject to  (K1 preparation)  reserve <= o[R1] - end of SET, EXT, ENV, PIA <= reserve + 8
            (K2 rehearsals)   4 <= o[Rk+1] - end of Rk <= 12 (17 where there are two);
                              3 <= -(end of RK) <= 8
            (K3 tests)        0 <= o[T1] - end of R1 <= 4; T2 after T1 0..4; TRN after T2 0..6
            (K4 training)     2 <= -(end of TRN) <= 4
            (K5 notice)       0 <= -(end of NOTE) <= 4
            (K6 care)         CARE follows the cutover

The ordinances (LAW) are tied to a council session, so their place depends on the cutover's date;
see ``column``. Solved by CP-SAT, once for a size. Source of weeks and lags:
``data/lot_template.csv`` (grades C and G).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil

import pandas as pd
from ortools.sat.python import cp_model

from dxplan.facts import catalog
from dxplan.facts.catalog import Row
from dxplan.plan.work import UNIT, Item, item_of
from dxplan.solve.outcome import PlanError
from dxplan.town.city import City
from dxplan.town.lots import Lot

PREPARATION = ("SET", "EXT", "ENV", "PIA")
CUT, CARE, LAW, NOTE, LINK, UNLINK = "CUT", "CARE", "LAW", "NOTE", "LINK", "UNLINK"
SMALL = 3  # systems up to which a lot is small
FEW, MANY = 2, 3  # rehearsals of small and of other lots
TWO_REHEARSALS = 17  # weeks: the longest lag where there are only two (less is infeasible)
EARLIEST = -400  # weeks before the cutover in which an item may lie
# what makes a block short counts before its peaks, and these before how early its items are
SHORT, FLAT = 1_000_000, 2_000
DONE = {  # word of a params file -> key
    "設定": "SET",
    "データ抽出": "EXT",
    "環境構築": "ENV",
    "PIA": "PIA",
    "リハーサル1": "R1",
    "連携テスト": "T1",
    "運用テスト": "T2",
    "条例改正": "LAW",
}


@dataclass(frozen=True)
class Part:
    """A row of the template.

    Attributes
    ----------
    key, work, phase : its key, work item and phase.
    weeks, growth : length, and share by which each further system of a lot makes it longer.
    low, high : ratios of the shortest and the longest duration to the likely one.
    low_lag, high_lag : weeks between it and another part, least and most.
    """

    key: str
    work: str
    phase: str
    weeks: int
    growth: float
    low: float
    high: float
    low_lag: int
    high_lag: int


@dataclass(frozen=True)
class Piece:
    """An item of a block: its length and its start, in weeks (negative before the cutover's)."""

    key: str
    part: Part
    item: Item
    start: int
    weeks: int

    @property
    def end(self) -> int:
        """The week after its last."""
        return self.start + self.weeks


@dataclass(frozen=True)
class Block:
    """A lot's items round its cutover, in the order of their starts."""

    pieces: tuple[Piece, ...]
    rehearsals: int

    @property
    def start(self) -> int:
        """Start of its first item, in weeks from the cutover's week."""
        return self.pieces[0].start


@cache
def load_parts() -> Mapping[str, Part]:
    """The template of ``data/lot_template.csv`` by key; of two rows of a key the first."""
    parts: dict[str, Part] = {}
    for row in _template():
        # a second row says only where else the item is tied
        if row["key"] not in parts:
            parts[row["key"]] = _part(row)
    return parts


@cache
def training_lag() -> tuple[int, int]:
    """Weeks between the end of the training and the cutover, least and most: its second row."""
    rows = [row for row in _template() if row["key"] == "TRN" and row["lag_to"] == CUT]
    return int(rows[0]["lag_min_weeks"]), int(rows[0]["lag_max_weeks"])


def _template() -> list[Row]:
    return catalog.records(catalog.load_table("lot_template"))


def _part(row: Row) -> Part:
    low = high = 1.0
    if pd.notna(row["months_mode"]):
        low, high = (row[name] / row["months_mode"] for name in ("months_min", "months_max"))
    return Part(
        key=row["key"],
        work=row["work"],
        phase=row["part"],
        weeks=int(row["weeks"]),
        growth=_number(row["growth"]),
        low=low,
        high=high,
        low_lag=int(_number(row["lag_min_weeks"])),
        high_lag=int(_number(row["lag_max_weeks"])),
    )


def _number(cell: float) -> float:
    """A number; 0 where a cell is empty."""
    return cell if pd.notna(cell) else 0.0


def rehearsals_of(city: City, lot: Lot) -> int:
    """How many rehearsals a lot has: what the city says, else by its size.

    A designated city has one more.
    """
    if lot.rehearsals:
        return lot.rehearsals
    usual = FEW if len(lot.systems) <= SMALL else MANY
    return usual + (city.facts.class_ == "指定都市")


def block_of(city: City, lot: Lot) -> Block:
    """The levelled block of a lot."""
    longer = {DONE[word]: weeks for word, weeks in lot.longer.items() if word in DONE}
    return build_block(
        len(lot.systems),
        rehearsals_of(city, lot),
        round(city.number("reserve_weeks")),
        frozenset(DONE[word] for word in lot.done),
        tuple(sorted(longer.items())),
    )


@cache
def build_block(
    systems: int,
    rehearsals: int,
    reserve: int,
    done: frozenset[str] = frozenset(),
    longer: tuple[tuple[str, int], ...] = (),
) -> Block:
    """The levelled block of a lot; the same for all lots of a size, since its people only scale.

    Parameters
    ----------
    systems : systems of the lot, 1 or more.
    rehearsals : 2 to 4.
    reserve : weeks between the preparation and the first rehearsal.
    done : keys of the items that are done.
    longer : (key of an item, weeks by which it takes longer than the template says).

    Raises
    ------
    PlanError
        The lags of the template contradict each other.
    """
    model = cp_model.CpModel()
    more = dict(longer)
    weeks, start = {}, {}
    for key, part in _keys(rehearsals, done).items():
        weeks[key] = _length(part, systems) + more.get(key, 0)
        start[key] = model.new_int_var(EARLIEST, 1, key)  # hypercare begins the week after
    wait = more.get("T1", 0) + more.get("T2", 0)
    for before, after, low, high in lags_of(rehearsals, reserve, done, wait):
        lag = start[after] - start[before] - weeks[before]
        model.add_linear_constraint(lag, low, high)
    model.add(start[CUT] == 0)
    _level(model, start, weeks)
    return _solved(model, start, weeks, rehearsals)


def _level(
    model: cp_model.CpModel,
    start: Mapping[str, cp_model.IntVar],
    weeks: Mapping[str, int],
) -> None:
    """The objective: a short block first, then low peaks of people, then late items."""
    first = model.new_int_var(EARLIEST, 0, "first")
    model.add_min_equality(first, list(start.values()))
    peaks = []
    for kind in ("dx", "section"):
        bars, demand = [], []
        for key, length in weeks.items():
            bars.append(model.new_fixed_size_interval_var(start[key], length, f"{kind}{key}"))
            demand.append(round(getattr(_item_of(key), kind) * UNIT))
        peak = model.new_int_var(0, sum(demand), f"peak of {kind}")
        model.add_cumulative(bars, demand, peak)
        peaks.append(peak)
    early = sum(-begin for begin in start.values())
    model.minimize(-first * SHORT + sum(peaks) * FLAT + early)


def _solved(
    model: cp_model.CpModel,
    start: Mapping[str, cp_model.IntVar],
    weeks: Mapping[str, int],
    rehearsals: int,
) -> Block:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = 20
    if solver.solve(model) != cp_model.OPTIMAL:
        cause = f"the lags of data/lot_template.csv leave no block for {rehearsals} rehearsals"
        raise PlanError(f"{cause}; check them.")
    pieces = []
    for key, length in weeks.items():
        begin = solver.value(start[key])
        pieces.append(Piece(key, _part_of(key), _item_of(key), begin, length))
    pieces.sort(key=lambda piece: piece.start)
    return Block(tuple(pieces), rehearsals)


def _keys(rehearsals: int, done: frozenset[str]) -> dict[str, Part]:
    """The items of a block that are left, with their rows of the template."""
    chain = [f"R{k}" for k in range(1, rehearsals + 1)]
    keys = [*PREPARATION, *chain, "T1", "T2", "TRN", NOTE, CUT, CARE]
    return {key: _part_of(key) for key in keys if key not in done}


def _part_of(key: str) -> Part:
    parts = load_parts()
    return parts.get(key) or parts["Rk"]


def _item_of(key: str) -> Item:
    return item_of(_part_of(key).work)


def _length(part: Part, systems: int) -> int:
    return ceil(part.weeks * (1 + part.growth * (systems - 1)) - 1e-9)


def lags_of(
    rehearsals: int,
    reserve: int,
    done: frozenset[str] = frozenset(),
    wait: int = 0,
) -> Iterator[tuple[str, str, int, int]]:
    """What has to lie between two items of a block.

    Parameters
    ----------
    rehearsals, reserve, done : as of ``build_block``.
    wait : weeks by which the tests take longer, and a rehearsal may wait for them.

    Yields
    ------
    item, later item, least and most weeks from the end of the one to the start of the other.
    """
    parts = load_parts()
    left = _keys(rehearsals, done)
    chain = [key for key in left if key[0] == "R"]
    for key in PREPARATION:
        if key in left:
            yield key, chain[0], reserve + parts[key].low_lag, reserve + parts[key].high_lag
    most = TWO_REHEARSALS if rehearsals == FEW else parts["Rk"].high_lag
    for before, after in pairwise(chain):
        yield before, after, parts["Rk"].low_lag, most + wait
    yield (chain[-1], CUT, *_lag("RK"))
    for before, after in (("R1", "T1"), ("T1", "T2"), ("T2", "TRN")):
        if before in left and after in left:
            yield (before, after, *_lag(after))
    yield ("TRN", CUT, *training_lag())
    yield (NOTE, CUT, *_lag(NOTE))
    yield (CUT, CARE, *_lag(CARE))


def _lag(key: str) -> tuple[int, int]:
    part = load_parts()[key]
    return part.low_lag, part.high_lag
