"""Linear programs put together in blocks: variables and rows as arrays, handed to HiGHS at once.

A general modelling library takes seconds to build what the planners build for every slider; arrays
take milliseconds. Where variables must be whole, the relaxation is the bound. Dives round it step
by step, solving again from the last basis; then HiGHS searches among the columns that the
relaxation or a dive has used, with the best dive as its start. A program that differs little from
one solved before starts from that one's basis, and its first dive keeps the whole numbers whose
relaxation has not moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray

from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.solve.outcome import Effort, PlanError, build_mixed, build_simplex

FREE = highspy.kHighsInf
SOLVED = highspy.HighsModelStatus.kOptimal
Numbers = float | Sequence[float] | Floats | Ints  # one number, or one for each
Term = Ints | tuple[Ints, Numbers]  # positions, alone or with coefficients
Bounds = tuple[Floats, Floats]  # low and high
Blocks = tuple[tuple[str, int], ...]  # name and count of each
Shape = tuple[Blocks, Blocks]  # of columns and of rows
WHOLE = 1e-6  # nearer to a whole number than this is whole
# share of the fractional columns that a dive rounds at a time, and that of a hasty one
BATCH, HASTY = 0.25, 0.5
GOOD = 0.75  # share of the gap wanted below which a dive's answer is taken as it is
STILL = 0.02  # a relaxed value that moved less than this between two programs has not moved
FOUND = 2  # HiGHS's number of a solution that it can name
STATUS = [highspy.HighsBasisStatus(k) for k in range(5)]


@dataclass(frozen=True)
class Start:
    """What a program of the same shape can start from.

    Attributes
    ----------
    columns, rows : int8 [n], int8 [m], the basis of the relaxation, as numbers of HiGHS's states.
    relaxed, whole : float [w], values of the whole variables in the relaxation, and in the answer.
    """

    shape: Shape
    columns: NDArray[np.int8]
    rows: NDArray[np.int8]
    relaxed: Floats
    whole: Floats


@dataclass(frozen=True)
class Solution:
    """Values of the variables [n], their cost, a proven lower bound, and a start for the next."""

    values: Floats
    cost: float
    bound: float
    start: Start | None = None


class Linear:
    """A minimisation over columns and rows that are added block by block."""

    def __init__(self) -> None:
        self._columns: list[tuple[str, int]] = []  # (name, count) of each block
        self._rows: list[tuple[str, int]] = []
        self._upper: list[Floats] = []
        self._cost: list[Floats] = []
        self._whole: list[Flags] = []
        self._below: list[Floats] = []
        self._above: list[Floats] = []
        self._entry_rows: list[Ints] = []
        self._entry_columns: list[Ints] = []
        self._entry_values: list[Floats] = []
        self._width = self._height = 0

    def columns(
        self,
        name: str,
        count: int,
        cost: Numbers = 0.0,
        upper: Numbers = FREE,
        whole: bool = False,
    ) -> Ints:
        """Add non-negative variables.

        Parameters
        ----------
        name : one word; the variables are name_0, name_1, ...
        count : number of variables.
        cost, upper : one number, or one for each.
        whole : whether they take whole numbers only.

        Returns
        -------
        int [count], their positions.
        """
        first = self._width
        self._width += count
        self._columns.append((name, count))
        self._upper.append(np.full(count, upper, float))
        self._cost.append(np.full(count, cost, float))
        self._whole.append(np.full(count, whole))
        return np.arange(first, self._width)

    def add(
        self,
        name: str,
        terms: Sequence[Term],
        low: Numbers = -FREE,
        high: Numbers = FREE,
    ) -> None:
        """Add rows low <= sum of coefficient x variable <= high.

        Parameters
        ----------
        name : label of the constraint; the rows are name_0, name_1, ...
        terms : positions [m] or [m, k], k variables in each row, alone or in a pair with their
            coefficients (of the same shape or one number); position -1 leaves the term out.
        low, high : one number, or one for each of the m rows.
        """
        pairs = [term if isinstance(term, tuple) else (term, 1) for term in terms]
        count = max(len(columns) for columns, _ in pairs)
        first = self._height
        self._height += count
        self._rows.append((name, count))
        self._below.append(np.full(count, low, float))
        self._above.append(np.full(count, high, float))
        rows = np.arange(first, self._height)
        for columns, factor in pairs:
            shape = (count, *columns.shape[1:])
            self._entry_rows.append(np.repeat(rows, np.prod(shape[1:], dtype=int)))
            self._entry_columns.append(np.full(shape, columns).ravel())
            self._entry_values.append(np.full(shape, factor, float).ravel())

    @property
    def names(self) -> list[str]:
        """Names of the variables, in their order."""
        return _numbered(self._columns)

    @property
    def rows(self) -> list[str]:
        """Names of the rows, in their order."""
        return _numbered(self._rows)

    @property
    def height(self) -> int:
        """Number of rows so far."""
        return self._height

    @property
    def shape(self) -> Shape:
        """The blocks of columns and of rows."""
        return tuple(self._columns), tuple(self._rows)

    def model(self, relaxed: bool = False) -> highspy.HighsLp:
        """The program in HiGHS's form; ``relaxed`` drops that variables be whole."""
        row, column = np.concatenate(self._entry_rows), np.concatenate(self._entry_columns)
        value = np.concatenate(self._entry_values)
        used = (column >= 0) & (value != 0)
        flat = row[used] * self._width + column[used]
        # a variable named twice in a row is added up
        flat, place = np.unique(flat, return_inverse=True)
        row, column = np.divmod(flat, self._width)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._width, self._height
        lp.col_cost_ = np.concatenate(self._cost)
        lp.col_lower_ = np.zeros(self._width)
        lp.col_upper_ = np.concatenate(self._upper)
        lp.row_lower_ = np.concatenate(self._below)
        lp.row_upper_ = np.concatenate(self._above)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.searchsorted(row, np.arange(self._height + 1))
        lp.a_matrix_.index_ = column
        # numpy's types do not know that weighted counts are floats
        lp.a_matrix_.value_ = np.bincount(place, value[used])  # type: ignore[assignment]
        if not relaxed:
            kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
            lp.integrality_ = [kinds[whole] for whole in np.concatenate(self._whole).tolist()]
        return lp

    @property
    def whole(self) -> Ints:
        """Positions of the variables that take whole numbers only."""
        return np.flatnonzero(np.concatenate(self._whole))

    def write(self, path: Path) -> None:
        """Write the program as text that other solvers read: .mps or .lp by the file's ending.

        Parameters
        ----------
        path : the file; its folder exists.
        """
        lp = self.model()
        lp.col_names_, lp.row_names_ = self.names, self.rows
        solver = build_simplex()
        solver.passModel(lp)
        solver.writeModel(str(path))


def recent(columns: Ints, length: int) -> Ints:
    """Positions [n, length] of what began now, one step before and so on; -1 before the first."""
    count = len(columns)
    begun = np.arange(count)[:, None] - np.arange(min(length, count))
    return np.where(begun >= 0, columns[begun], -1)


def _numbered(blocks: list[tuple[str, int]]) -> list[str]:
    return [f"{name}_{i}" for name, count in blocks for i in range(count)]


def plan_linear(
    model: Linear,
    effort: Effort,
    without: Ints | None = None,
    everything: bool = False,
    start: Start | None = None,
    keep: bool = False,
) -> Solution:
    """The cheapest answer that the effort finds.

    Parameters
    ----------
    model : the program; all whole variables at 0 must be possible.
    effort : row of dxplan.solve.outcome.EFFORTS.
    without : positions of whole variables that one more dive leaves at 0, where the effort has
        several dives.
    everything : whether the search looks among all columns and proves a bound, at any number of
        nodes.
    start : of the answer of a program like this one: one dive from there takes the place of all
        others, and is never dearer than the start's own whole numbers.
    keep : whether the whole numbers of the start stay as they are, and nothing is searched.

    Raises
    ------
    PlanError : no answer at all, also with the whole variables at 0.
    """
    if start and start.shape != model.shape:
        start = None
    if start and keep:
        return _kept(model, effort, start)
    dive = _Dive(model, effort.hasty, start)
    best = _dived(dive, effort, without, start)
    gap, nodes = effort.mixed
    far = best.cost - best.bound > GOOD * gap * abs(best.cost)
    if gap < 1 and far:
        best = _search(model, dive, best, effort, everything or nodes > 1)
    return replace(best, start=dive.start(best))


def _kept(model: Linear, effort: Effort, start: Start) -> Solution:
    """The answer with the whole numbers of a start, as far as they are still allowed."""
    solver, lp = build_simplex(effort.hasty), model.model(relaxed=True)
    low, high = np.asarray(lp.col_lower_), np.asarray(lp.col_upper_)
    whole = np.minimum(start.whole, high[model.whole])
    low[model.whole] = whole
    high[model.whole] = whole
    lp.col_lower_, lp.col_upper_ = low, high
    solver.passModel(lp)
    solver.setBasis(_basis(start))
    solver.run()
    if solver.getModelStatus() != SOLVED:
        raise PlanError("the program has no answer with the whole numbers of its start.")
    answer = _answer(solver, -np.inf)
    return replace(answer, bound=answer.cost, start=start)


def _dived(
    dive: _Dive,
    effort: Effort,
    without: Ints | None,
    start: Start | None,
) -> Solution:
    """The best of the dives."""
    if not len(dive.whole):
        return dive.root
    if start:
        ways = [dive.near(start), dive.kept(start)]
        tried = [dive.run(effort.dives[0], bounds) for bounds in ways]
        possible = [answer for answer in tried if answer]
        if possible:
            return min(possible, key=lambda answer: answer.cost)
    answers = [dive.run(share) for share in effort.dives]
    if without is not None and len(without) and len(effort.dives) > 1:
        shares = effort.dives[:1] if effort.hasty else effort.dives
        answers += [dive.run(share, dive.without(without)) for share in shares]
    found = [answer for answer in answers if answer]
    if not found:
        return dive.none()
    return min(found, key=lambda answer: answer.cost)


class _Dive:
    """The relaxation, and dives from its basis."""

    def __init__(self, model: Linear, hasty: bool, start: Start | None = None) -> None:
        self.solver, self.shape = build_simplex(hasty), model.shape
        lp = model.model(relaxed=True)
        self.batch = HASTY if hasty else BATCH
        self.whole = model.whole.astype(np.int32)
        self.low = np.zeros(len(self.whole))
        self.high = np.asarray(lp.col_upper_)[self.whole]
        self.solver.passModel(lp)
        if start:
            self.solver.setBasis(_basis(start))
        self.bound = -np.inf
        root = self._solve()
        if root is None:
            raise PlanError(f"the program has no answer: {self.solver.getModelStatus().name}.")
        self.bound = root.cost
        self.root = replace(root, bound=self.bound)
        # by the relaxation or by a dive
        self.used = self.root.values[self.whole] > WHOLE
        self.basis = self.solver.getBasis()

    def _solve(self) -> Solution | None:
        self.solver.run()
        if self.solver.getModelStatus() != SOLVED:
            return None
        return _answer(self.solver, self.bound)

    def start(self, answer: Solution) -> Start:
        """What a program like this one can start from."""
        return Start(
            self.shape,
            _numbers(self.basis.col_status),
            _numbers(self.basis.row_status),
            self.root.values[self.whole],
            np.round(answer.values[self.whole]),
        )

    def without(self, columns: Ints) -> Bounds:
        """Bounds that leave some variables at 0."""
        return self.low.copy(), np.where(np.isin(self.whole, columns), 0, self.high)

    def near(self, start: Start) -> Bounds:
        """Bounds that keep the whole numbers whose relaxation did not move."""
        moved = abs(self.root.values[self.whole] - start.relaxed)
        still = (moved < STILL) & (start.whole <= self.high)
        low = np.where(still, start.whole, self.low)
        return low, np.where(still, start.whole, self.high)

    def kept(self, start: Start) -> Bounds:
        """Bounds that keep all whole numbers, as far as they are still allowed."""
        whole = np.minimum(start.whole, self.high)
        return whole, whole.copy()

    def run(
        self,
        share: float,
        bounds: Bounds | None = None,
    ) -> Solution | None:
        """Round up from this share of a unit on, the nearest first; None if that leads nowhere.

        Parameters
        ----------
        share : part of a unit.
        bounds : narrower ones of the whole variables, which change as they are rounded.
        """
        low, high = bounds or (self.low.copy(), self.high.copy())
        answer: Solution | None = self.root
        self.solver.setBasis(self.basis)
        if bounds:
            self.solver.changeColsBounds(len(self.whole), self.whole, low, high)
            answer = self._solve()
        while answer:
            part = answer.values[self.whole]
            floor = np.floor(part + WHOLE)
            part = part - floor
            loose = np.flatnonzero((high > low) & (part > WHOLE))
            if not len(loose):
                self.used |= answer.values[self.whole] > 0.5
                return answer
            up = part >= share
            far = np.where(up, (1 - part) / (1 - share), part / share)
            order = loose[np.argsort(far[loose], kind="stable")]
            few = order[: max(1, int(len(loose) * self.batch))]
            # many at once, else the nearest alone, else the nearest the other way
            answer = (
                self._round(low, high, floor, few, up)
                or self._round(low, high, floor, few[:1], up)
                or self._round(low, high, floor, few[:1], ~up)
            )
        return None

    def _round(
        self,
        low: Floats,
        high: Floats,
        floor: Floats,
        now: Ints,
        up: Flags,
    ) -> Solution | None:
        """Round some columns [now], up or down, and solve; if that leads nowhere, as before."""
        before = low.copy(), high.copy()
        low[now] = np.where(up[now], floor[now] + 1, low[now])
        high[now] = np.where(up[now], high[now], floor[now])
        self.solver.changeColsBounds(len(self.whole), self.whole, low, high)
        answer = None
        if (low <= high).all():
            answer = self._solve()
        if answer is None:
            low[:], high[:] = before
        return answer

    def none(self) -> Solution:
        """The answer in which every whole variable is 0."""
        zero = np.zeros(len(self.whole))
        self.solver.changeColsBounds(len(self.whole), self.whole, zero, zero)
        answer = self._solve()
        if answer is None:
            raise PlanError("the program has no answer with its whole variables at 0.")
        return answer


def _numbers(states: Iterable[highspy.HighsBasisStatus]) -> NDArray[np.int8]:
    """States of a basis as numbers, which can be kept; ``_basis`` reads them."""
    return np.fromiter(map(int, states), np.int8)


def _basis(start: Start) -> highspy.HighsBasis:
    basis = highspy.HighsBasis()
    basis.col_status = [STATUS[number] for number in start.columns.tolist()]
    basis.row_status = [STATUS[number] for number in start.rows.tolist()]
    basis.valid = True
    return basis


def _answer(solver: _Highs, bound: float) -> Solution:
    values = np.array(solver.getSolution().col_value)
    return Solution(values, solver.getInfo().objective_function_value, bound)


def _search(
    model: Linear,
    dive: _Dive,
    best: Solution,
    effort: Effort,
    everything: bool,
) -> Solution:
    """HiGHS among the columns in use, or among all, which proves a bound as well."""
    lp = model.model()
    if not everything:
        high = np.array(lp.col_upper_)
        high[dive.whole[~dive.used]] = 0
        lp.col_upper_ = high
    solver, start = build_mixed(*effort.mixed, effort.hasty), highspy.HighsSolution()
    solver.passModel(lp)
    start.col_value = best.values
    solver.setSolution(start)
    solver.run()
    info, bound = solver.getInfo(), best.bound
    if everything:
        bound = max(bound, info.mip_dual_bound)
    found = info.primal_solution_status == FOUND
    if found and info.objective_function_value <= best.cost:
        best = _answer(solver, bound)
    return replace(best, bound=min(bound, best.cost))
