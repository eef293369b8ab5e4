"""A selection of initiatives without whole numbers, solved again and again with one thing changed.

Costs, hours and points may be other ones, hours or residents may count for more, or one limit may
not bind. Each answer starts from the basis of the one before, which takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from dxplan.plan.selection import EVEN, NONE, UNIT, Program
from dxplan.solve.arrays import Floats, Ints
from dxplan.solve.outcome import build_simplex

ROWS = {  # limit -> its rows in the program
    "money": ("money",),
    "people": ("people",),
    "office": ("office",),
    "changes": ("changes", "one"),
}
LOT = "lot"  # the limit that some blocks come before their lot is live and calm
Drawn = Mapping[str, tuple[float, float, float]]  # initiative -> factors of cost, hours; points


class Relaxed:
    """A program whose variables need not be whole; ``free`` are the initiatives [n] it chooses."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.solver = build_simplex(True)
        self.solver.passModel(program.model.model(relaxed=True))
        self.places = program.x.astype(np.int32)
        self.free = [i.id for i in program.initiatives if i.free]
        self.ids = [block.initiative.id for block in program.blocks]
        lp = self.solver.getLp()
        self.low = np.asarray(lp.row_lower_)
        self.high = np.asarray(lp.row_upper_)
        self.rows: dict[str, list[int]] = {}
        for row, name in enumerate(program.model.rows):
            kind, _, _ = name.rpartition("_")
            self.rows.setdefault(kind, []).append(row)

    @cached_property
    def paid(self) -> tuple[list[int], Ints, Floats]:
        """Where money stands: row of P7, place of the block, and amount (UNIT), each [m]."""
        years, blocks = np.nonzero(self.program.net.T)
        rows = self.program.money[years]
        return rows.tolist(), blocks, self.program.net[blocks, years] / UNIT

    def solved(self) -> Floats:
        """Share [n] of each free initiative in the answer as things are."""
        values = self.values()[self.places]
        shares = []
        for id in self.free:
            own = self.program.of.get(id, NONE)
            shares.append(values[own].sum())
        return np.array(shares)

    def values(self) -> Floats:
        """The values of all columns in the answer as things are."""
        self.solver.run()
        return np.array(self.solver.getSolution().col_value)

    def drawn(self, drawn: Drawn) -> Floats:
        """Share [n] of each free initiative with other costs, hours and points."""
        factors = np.array([drawn[id] for id in self.ids])
        cost, hours, points = factors.reshape(-1, 3).T
        worth = self.program.worth(cost, hours, points)
        self._value(worth)
        rows, blocks, money = self.paid
        paid = (money * cost[blocks]).tolist()
        columns = self.places[blocks].tolist()
        for row, column, amount in zip(rows, columns, paid, strict=True):
            self.solver.changeCoeff(row, column, amount)
        return self.solved()

    def weighted(self, weights: tuple[float, float]) -> Floats:
        """Share [n] of each free initiative at other weights of hours and of residents."""
        hours, _ = weights
        worth = self.program.worth(weights=weights)
        self._value(worth, hours)
        found = self.solved()
        self._value(self.program.worth())
        return found

    def without(self, limit: str) -> Floats:
        """Share [n] of each free initiative where a limit does not bind."""
        if limit == LOT:
            return self._early()
        rows: list[int] = []
        for name in ROWS[limit]:
            rows += self.rows.get(name, ())
        self._bind(rows, np.full(len(self.high), np.inf))
        found = self.solved()
        self._bind(rows, self.high)
        return found

    def _bind(self, rows: Sequence[int], high: Floats) -> None:
        for row in rows:
            self.solver.changeRowBounds(row, self.low[row], high[row])

    def _early(self) -> Floats:
        """Shares where nothing waits for a lot."""
        self._open(1.0)
        found = self.solved()
        self._open(0.0)
        return found

    def _open(self, high: float) -> None:
        late = self.places[self.program.late]
        count = len(late)
        low, most = np.zeros(count), np.full(count, high)
        self.solver.changeColsBounds(count, late, low, most)

    def _value(self, worth: Floats, hours: float = EVEN[0]) -> None:
        """Let blocks have another worth (円), and what helpers add count by the weight of hours."""
        count = len(self.places)
        self.solver.changeColsCost(count, self.places, -worth / UNIT)
        for columns, better in self.program.better:
            places = columns.astype(np.int32)
            self.solver.changeColsCost(len(places), places, -better * hours)
