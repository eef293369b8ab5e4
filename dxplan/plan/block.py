"""The block of a lot: its work items laid backward from the cutover, as a template of weeks.

Sets        k items: SET, EXT, ENV, PIA (preparation), R1..RK (rehearsals), T1, T2 (tests), TRN (training), NOTE (notice),
            CUT (cutover, week 0), CARE (hypercare)
Given       d[k] length (weeks, grows with the systems of the lot), lags [low, high] between the end of one item and the
            start of another; reserve (weeks) between the preparation and the first rehearsal
Choose      o[k] start (weeks before the cutover's week, negative)
Minimise    length of the block, then peaks of its people, then how early its items are
Subject to  (K1 preparation)  reserve <= o[R1] - end of SET, EXT, ENV, PIA <= reserve + 8
            (K2 rehearsals)   4 <= o[Rk+1] - end of Rk <= 12 (17 where there are two); 3 <= -(end of RK) <= 8
            (K3 tests)        0 <= o[T1] - end of R1 <= 4; T2 after T1 0..4; TRN after T2 0..6
            (K4 training)     2 <= -(end of TRN) <= 4
            (K5 notice)       0 <= -(end of NOTE) <= 4
            (K6 care)         CARE follows the cutover

The ordinances (LAW) are tied to a council session, so their place depends on the cutover's date; see ``column``.
Solved by CP-SAT, once for a size. Source of weeks and lags: ``data/lot_template.csv`` (grades C and G).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil

import pandas as pd
from ortools.sat.python import cp_model

from dxplan.facts import catalog
from dxplan.plan.work import UNIT, Item, item_of
from dxplan.solve.outcome import PlanError
from dxplan.town.city import City
from dxplan.town.lots import Lot

PREPARATION = ("SET", "EXT", "ENV", "PIA")
CUT, CARE, LAW, NOTE, LINK, UNLINK = "CUT", "CARE", "LAW", "NOTE", "LINK", "UNLINK"
SMALL, FEW, MANY = (
    3,
    2,
    3,
)  # systems up to which there are two rehearsals; rehearsals of small and of other lots
TWO_REHEARSALS = 17  # weeks: the longest lag where there are only two (less is infeasible)
EARLIEST = -400  # weeks before the cutover in which an item may lie
DONE = {
    "設定": "SET",
    "データ抽出": "EXT",
    "環境構築": "ENV",
    "PIA": "PIA",
    "リハーサル1": "R1",
    "連携テスト": "T1",
    "運用テスト": "T2",
    "条例改正": "LAW",
}  # word of a params file -> key


@dataclass(frozen=True)
class Part:
    """A row of the template: work item, phase, length (weeks), growth, ratios to the mode, lag to another part."""

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
    """An item of a block: its start (weeks from the cutover's week, negative before it) and its length (weeks)."""

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

    def piece(self, key: str) -> Piece | None:
        """The item of a key; None where it is done."""
        return next((piece for piece in self.pieces if piece.key == key), None)


@cache
def load_parts() -> Mapping[str, Part]:
    """The template of ``data/lot_template.csv`` by key; of two rows of a key the first."""
    found: dict[str, Part] = {}
    for row in catalog.load_table("lot_template").to_dict("records"):
        if row["key"] not in found:
            found[row["key"]] = _part(row)
    return found


@cache
def training_lag() -> tuple[int, int]:
    """Weeks between the end of the training and the cutover, least and most: its second row."""
    rows = catalog.load_table("lot_template").to_dict("records")
    row = next(row for row in rows if row["key"] == "TRN" and row["lag_to"] == CUT)
    return int(row["lag_min_weeks"]), int(row["lag_max_weeks"])


def _part(row: Mapping) -> Part:
    mode = row["months_mode"]
    ratios = (row["months_min"] / mode, row["months_max"] / mode) if pd.notna(mode) else (1.0, 1.0)
    low, high = (
        int(row[name]) if pd.notna(row[name]) else 0 for name in ("lag_min_weeks", "lag_max_weeks")
    )
    growth = row["growth"] if pd.notna(row["growth"]) else 0.0
    return Part(row["key"], row["work"], row["part"], int(row["weeks"]), growth, *ratios, low, high)


def rehearsals_of(city: City, lot: Lot) -> int:
    """How many rehearsals a lot has: what the city says, else by its size, one more in a designated city."""
    if lot.rehearsals:
        return lot.rehearsals
    return (FEW if len(lot.systems) <= SMALL else MANY) + (city.facts.class_ == "指定都市")


def block_of(city: City, lot: Lot) -> Block:
    """The levelled block of a lot."""
    done = frozenset(DONE[word] for word in lot.done)
    longer = tuple(
        sorted((DONE[word], weeks) for word, weeks in lot.longer.items() if word in DONE)
    )
    return build_block(
        len(lot.systems),
        rehearsals_of(city, lot),
        round(city.number("reserve_weeks")),
        done,
        longer,
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
    weeks = {
        key: _length(part, systems) + more.get(key, 0)
        for key, part in _keys(rehearsals, done).items()
    }
    start = {
        key: model.new_int_var(EARLIEST, 1, key) for key in weeks
    }  # hypercare begins the week after
    wait = more.get("T1", 0) + more.get("T2", 0)
    for before, after, low, high in lags_of(rehearsals, reserve, done, wait):
        lag = start[after] - start[before] - weeks[before]
        model.add_linear_constraint(lag, low, high)
    model.add(start[CUT] == 0)
    first = model.new_int_var(EARLIEST, 0, "first")
    model.add_min_equality(first, list(start.values()))
    _level(model, start, weeks, first)
    return _solved(model, start, weeks, rehearsals)


def _level(model: cp_model.CpModel, start: Mapping, weeks: Mapping[str, int], first) -> None:
    """The objective: a short block first, then low peaks of the DX section and of a section, then late items."""
    peaks = []
    for kind in ("dx", "section"):
        demand = {key: round(getattr(_item_of(key), kind) * UNIT) for key in weeks}
        bars = [
            model.new_fixed_size_interval_var(start[key], weeks[key], f"{kind}{key}")
            for key in weeks
        ]
        peak = model.new_int_var(0, sum(demand.values()), f"peak of {kind}")
        model.add_cumulative(bars, list(demand.values()), peak)
        peaks.append(peak)
    early = sum(-start[key] for key in weeks)
    model.minimize(-first * 1_000_000 + sum(peaks) * 2_000 + early)


def _solved(
    model: cp_model.CpModel, start: Mapping, weeks: Mapping[str, int], rehearsals: int
) -> Block:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = 20
    if solver.solve(model) != cp_model.OPTIMAL:
        raise PlanError(
            f"the lags of data/lot_template.csv leave no block for {rehearsals} rehearsals; check them."
        )
    pieces = [
        Piece(key, _part_of(key), _item_of(key), solver.value(start[key]), weeks[key])
        for key in weeks
    ]
    place = {key: k for k, key in enumerate(weeks)}
    return Block(
        tuple(sorted(pieces, key=lambda piece: (piece.start, place[piece.key]))), rehearsals
    )


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
    rehearsals: int, reserve: int, done: frozenset[str] = frozenset(), wait: int = 0
) -> Iterator[tuple[str, str, int, int]]:
    """(item, later item, least and most weeks from the end of the one to the start of the other) of a block.

    Parameters
    ----------
    rehearsals, reserve, done : as of ``build_block``.
    wait : weeks by which the tests take longer, and a rehearsal may wait for them.
    """
    parts = load_parts()
    left = _keys(rehearsals, done)
    chain = [key for key in left if key[0] == "R"]
    for key in PREPARATION:
        if key in left:
            yield key, chain[0], reserve + parts[key].low_lag, reserve + parts[key].high_lag
    for before, after in zip(chain, chain[1:]):
        most = TWO_REHEARSALS if rehearsals == FEW else parts["Rk"].high_lag
        yield before, after, parts["Rk"].low_lag, most + wait
    yield chain[-1], CUT, parts["RK"].low_lag, parts["RK"].high_lag
    for before, after in (("R1", "T1"), ("T1", "T2"), ("T2", "TRN")):
        if before in left and after in left:
            yield before, after, parts[after].low_lag, parts[after].high_lag
    yield ("TRN", CUT, *training_lag())
    yield NOTE, CUT, parts[NOTE].low_lag, parts[NOTE].high_lag
    yield CUT, CARE, parts[CARE].low_lag, parts[CARE].high_lag
