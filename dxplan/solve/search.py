"""The exact search over columns: one column for each lot, at the least price, proved.

Sets        l lots, k columns of a lot, r resources, t weeks
Given       own[l,k] price, week[l,k] of the cutover, load[l,k,r,t] units, C[r,t] units there are,
            gap[l,m] least weeks between two cutovers (same[l,m]: one night for both is allowed),
            early[l,m] price where l cuts over before m
Choose      k(l)
Minimise    sum own + sum early + price_peak sum over r of the highest load
            + price_over sum over r of the highest excess
Subject to  cutovers of two lots fall in one week where they may, else at least gap weeks apart

Depth first over the lots, the largest first; a node is cut where its own prices, the least prices
of the lots to come and the peaks so far, or those that a lot to come has alone, are not below the
best. Of plans of the same price the one with the earliest cutovers is taken: prices are scaled, and
the sum of the weeks is added. Compiled; knows no municipality.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import config, njit
from numpy.typing import NDArray

from dxplan.files import cache_folder, writable
from dxplan.solve.arrays import Flags, Ints
from dxplan.solve.outcome import NoRoomError

TIE = 8192  # above any sum of the weeks of the lots of a city
# the most of any municipality is 1.1 million; more is left to cities that split their lots
NODES = 4_000_000


def _keeps() -> bool:
    """Whether compiled code outlives the process; where it cannot lie beside this file, elsewhere.

    numba looks for a place itself, and gives up where there is no home.
    """
    with suppress(OSError):
        return bool(writable(Path(__file__).with_name("__pycache__")))
    folder = cache_folder()
    options = vars(config)  # numba sets them when it is imported: no type knows their names
    options["CACHE_DIR"] = options["CACHE_DIR"] or str(folder or "")
    return bool(options["CACHE_DIR"])


compiled = njit(cache=_keeps(), nogil=True)


@dataclass(frozen=True)
class Choice:
    """The best columns: index by lot, price (as given), a bound below it, nodes, if proved."""

    column: tuple[int, ...]
    cost: int
    bound: int
    nodes: int
    proved: bool


class Grid(NamedTuple):
    """The arrays of the model; lots in the order in which they are placed, columns by price.

    Attributes
    ----------
    columns : how many there are of each lot [L].
    week, own : int64 [L, K].
    load : int32 [L, K, R, T]; first, last : weeks [L, K] between which it is not zero.
    uses : whether a lot uses a resource [L, R].
    capacity : int64 [R, T].
    gap : int64 [L, L]; same : bool [L, L]; early : int64 [L, L].
    peak, over : price of a unit.
    """

    columns: Ints
    week: Ints
    own: Ints
    load: NDArray[np.int32]
    first: Ints
    last: Ints
    uses: Flags
    capacity: Ints
    gap: Ints
    same: Flags
    early: Ints
    peak: int
    over: int


def best_columns(grid: Grid, nodes: int = NODES) -> Choice:
    """The best columns of a grid.

    Parameters
    ----------
    grid : the grid.
    nodes : how many are looked at before the search stops without a proof.

    Raises
    ------
    NoRoomError
        A lot has no column, or no columns go together.
    """
    if not grid.columns.all():
        raise NoRoomError("a lot has no column")
    scaled = grid._replace(
        own=grid.own * TIE + grid.week,
        early=grid.early * TIE,
        peak=grid.peak * TIE,
        over=grid.over * TIE,
    )
    least, alone = _bounds(scaled)
    best, column, seen = _dive(scaled, least, alone, nodes)
    if column[0] < 0:
        raise NoRoomError("no columns go together")
    cost, proved = int(best // TIE), bool(seen <= nodes)
    bound = cost
    if not proved:
        bound = int(least[0] // TIE) + grid.peak * int(alone[0].sum())
    return Choice(tuple(column.tolist()), cost, bound, int(seen), proved)


class State(NamedTuple):
    """Where the search stands: by depth what the lots so far ask for and cost, and what to try.

    ``least`` and ``alone`` are the bounds of the lots to come; see ``_bounds``.
    """

    total: Ints
    peak: Ints
    over: Ints
    paid: Ints
    order: Ints
    value: Ints
    price: Ints
    size: Ints
    place: Ints
    chosen: Ints
    least: Ints
    alone: Ints


def _bounds(grid: Grid) -> tuple[Ints, Ints]:
    """Least own price of the lots from each on [L+1], and a peak that one of them has [L+1, R]."""
    lots, _, resources, _ = grid.load.shape
    least = np.zeros(lots + 1, np.int64)
    alone = np.zeros((lots + 1, resources), np.int64)
    for lot in range(lots - 1, -1, -1):
        count = grid.columns[lot]
        least[lot] = least[lot + 1] + grid.own[lot, :count].min()
        peaks = grid.load[lot, :count].max(axis=2).min(axis=0)
        alone[lot] = np.maximum(alone[lot + 1], peaks)
    return least, alone


@compiled
def _dive(
    grid: Grid,
    least: Ints,
    alone: Ints,
    limit: int,
) -> tuple[int, Ints, int]:
    """(best value, columns, nodes): depth first, the most promising column of each lot first."""
    lots, most, resources, weeks = grid.load.shape
    state = State(
        np.zeros((lots + 1, resources, weeks), np.int64),
        np.zeros((lots + 1, resources), np.int64),
        np.zeros((lots + 1, resources), np.int64),
        np.zeros(lots + 1, np.int64),
        np.zeros((lots, most), np.int64),
        np.zeros((lots, most), np.int64),
        np.zeros((lots, most), np.int64),
        np.zeros(lots, np.int64),
        np.zeros(lots, np.int64),
        np.full(lots, -1, np.int64),
        least,
        alone,
    )
    columns = np.full(lots, -1, np.int64)
    best = 9_000_000_000_000_000_000
    seen = _open_lot(grid, state, 0, best)
    depth = 0
    while depth >= 0:
        at = state.place[depth]
        if at >= state.size[depth] or state.value[depth, at] >= best or seen > limit:
            depth -= 1
            continue
        state.place[depth] += 1
        state.chosen[depth] = state.order[depth, at]
        if depth == lots - 1:
            best = state.value[depth, at]
            columns[:] = state.chosen
            continue
        state.paid[depth + 1] = state.price[depth, at]
        _place_lot(grid, state, depth)
        depth += 1
        seen += _open_lot(grid, state, depth, best)
    return best, columns, seen


@compiled
def _open_lot(grid: Grid, state: State, depth: int, best: int) -> int:
    """List the columns of a lot whose bound is below the best, the lowest first; count them all."""
    size, seen = 0, 0
    for k in range(grid.columns[depth]):
        if state.paid[depth] + grid.own[depth, k] + state.least[depth + 1] >= best:
            break  # own prices ascend
        price = _price_of(grid, state, depth, k)
        if price < 0:
            continue
        seen += 1
        bound = price + state.least[depth + 1] + _people_of(grid, state, depth, k)
        if bound < best:
            state.order[depth, size] = k
            state.value[depth, size] = bound
            state.price[depth, size] = price
            size += 1
    rank = np.argsort(state.value[depth, :size], kind="mergesort")
    state.order[depth, :size] = state.order[depth, :size][rank]
    state.price[depth, :size] = state.price[depth, :size][rank]
    state.value[depth, :size] = state.value[depth, :size][rank]
    state.size[depth], state.place[depth] = size, 0
    return seen


@compiled
def _price_of(grid: Grid, state: State, depth: int, k: int) -> int:
    """Price of the lots so far with one more, without people; -1 if two cutovers are too near."""
    price: int = state.paid[depth] + grid.own[depth, k]
    for other in range(depth):
        apart = grid.week[depth, k] - grid.week[other, state.chosen[other]]
        if apart == 0:
            if not grid.same[depth, other]:
                return -1
        elif abs(apart) < grid.gap[depth, other]:
            return -1
        elif apart < 0:
            price += grid.early[depth, other]
        else:
            price += grid.early[other, depth]
    return price


@compiled
def _people_of(grid: Grid, state: State, depth: int, k: int) -> int:
    """Price of the peaks with one more lot; lots to come have at least their peaks alone."""
    total = 0
    for r in range(grid.uses.shape[1]):
        high, excess = _highest(grid, state, depth, k, r)
        total += grid.peak * max(high, state.alone[depth + 1, r]) + grid.over * excess
    return total


@compiled
def _highest(grid: Grid, state: State, depth: int, k: int, r: int) -> tuple[int, int]:
    """Highest load of a resource, and the highest above what there is, with one more lot."""
    high, excess = state.peak[depth, r], state.over[depth, r]
    if grid.uses[depth, r]:
        for t in range(grid.first[depth, k], grid.last[depth, k]):
            units = state.total[depth, r, t] + grid.load[depth, k, r, t]
            high = max(high, units)
            excess = max(excess, units - grid.capacity[r, t])
    return high, excess


@compiled
def _place_lot(grid: Grid, state: State, depth: int) -> None:
    """Put the chosen column of a lot down."""
    k = state.chosen[depth]
    state.total[depth + 1] = state.total[depth]
    for r in range(grid.uses.shape[1]):
        high, excess = _highest(grid, state, depth, k, r)
        state.peak[depth + 1, r], state.over[depth + 1, r] = high, excess
        if grid.uses[depth, r]:
            for t in range(grid.first[depth, k], grid.last[depth, k]):
                state.total[depth + 1, r, t] += grid.load[depth, k, r, t]
