"""How sure the choice of the initiatives is, and why some wait.

Costs, hours and points are drawn over their ranges, all at once, and the relaxed program is solved
anew: an initiative is sure where nearly every draw takes it up, later where nearly none does, and
open in between. The draws are spread evenly over every range (Latin hypercube) and are the same in
every run, so no seed moves what is told. For what waits, one limit after the other is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxplan.facts.params import Value
from dxplan.plan.pmo import EFFORT
from dxplan.plan.portfolio import Portfolio, plan_portfolio
from dxplan.plan.selection import LIMITS, NONE, UNIT, Ground, Program
from dxplan.solve.arrays import Floats
from dxplan.solve.outcome import build_simplex
from dxplan.town.initiatives import Initiative, load_initiatives

SURE, LATER = 0.9, 0.1  # shares of the draws
DRAWS = {"quick": 40, "standard": 120, "thorough": 240}
HOURS_FIRST, RESIDENTS_FIRST = (1.0, 0.5), (0.5, 1.0)  # weights of hours and of residents
TAKEN = 0.5  # share of an initiative in a relaxed program from which on it counts as taken up
ROWS = {  # limit -> its rows in the program
    "money": ("money",),
    "people": ("people",),
    "office": ("office",),
    "changes": ("changes", "one"),
}
LESS = "effect"  # why something waits that no limit holds back


@dataclass(frozen=True)
class Choice:
    """How the initiatives that the plan may choose stand; the table is not to be changed.

    Attributes
    ----------
    row : a row an initiative: id, share (0..1 of the draws that take it up), told (sure, open,
        later), hours_first, residents_first (whether it is taken up where the other counts half),
        both, reason
        (of what waits: one of LIMITS, effect: its effect is below its cost, or mix: others are
        worth more), draws (count).
    """

    row: pd.DataFrame


def plan_choice(portfolio: Portfolio) -> Choice:
    """How sure each choice is.

    Parameters
    ----------
    portfolio : the initiatives as they are planned.
    """
    ground = portfolio.ground
    effort = portfolio.city.at("effort").word
    count = DRAWS[EFFORT[effort]]
    shares = drawn_shares(ground, count)
    by_hours = _first(ground, HOURS_FIRST)
    by_residents = _first(ground, RESIDENTS_FIRST)
    waits = portfolio.row.set_index("id")["state"].isin(["waits", "late"])
    loosened = _loosened(ground) if waits.any() else {}
    rows = []
    for id, share in shares.items():
        hours = id in by_hours
        residents = id in by_residents
        rows.append(
            {
                "id": id,
                "share": share,
                "told": _told(share),
                "hours_first": hours,
                "residents_first": residents,
                "both": hours and residents,
                "reason": _reason(id, portfolio, loosened) if waits[id] else "",
                "draws": count,
            }
        )
    return Choice(pd.DataFrame(rows, columns=COLUMNS))


def _first(ground: Ground, weights: tuple[float, float]) -> tuple[str, ...]:
    """What is taken up at other weights: at quick effort most of it in the relaxed program."""
    if EFFORT[ground.city.at("effort").word] != "quick":
        return plan_portfolio(ground, weights=weights).chosen
    relaxed = _Relaxed(Program(ground, load_initiatives(ground.city), weights, rough=True))
    taken = zip(relaxed.free, relaxed.solved(), strict=True)
    return tuple(id for id, share in taken if share > TAKEN)


COLUMNS = "id share told hours_first residents_first both reason draws".split()


def drawn_shares(ground: Ground, count: int, seed: int = 0) -> dict[str, float]:
    """Initiative -> share of the draws, 0 to 1, that take it up in the relaxed program.

    Parameters
    ----------
    ground : people, money and lots of the city.
    count : draws.
    seed : of the order in which ranges are combined.
    """
    program = Program(ground, load_initiatives(ground.city), rough=True)
    relaxed = _Relaxed(program)
    free = [i for i in program.initiatives if i.free]
    cubes = _cubes(count, len(free), seed)
    taken = np.zeros((count, len(free)))
    for k in range(count):
        drawn = {}
        for n, initiative in enumerate(free):
            drawn[initiative.id] = _drawn(initiative, cubes[k, n])
        taken[k] = relaxed.solve(drawn)
    shares = taken.mean(axis=0).tolist()
    return dict(zip((i.id for i in free), shares, strict=True))


def _cubes(count: int, width: int, seed: int) -> Floats:
    """Places [count, width, 3] in the ranges: each range is cut in ``count`` equal parts."""
    generator = np.random.default_rng(seed)
    parts = np.argsort(generator.random((count, width, 3)), axis=0)
    places: Floats = (parts + 0.5) / count
    return places


def _drawn(initiative: Initiative, at: Floats) -> tuple[float, float, float]:
    """Factor of the cost, factor of the hours, and points of a draw."""
    # both costs of an initiative rest on one guess
    cost = initiative.once if initiative.once.number else initiative.yearly
    points = _triangular(initiative.points, at[2])
    return _factor(cost, at[0]), _factor(initiative.hours, at[1]), points


def _factor(value: Value, place: float) -> float:
    """What is drawn of a value, as a factor of it."""
    if not value.number:
        return 1.0
    return _triangular(value, place) / value.number


def _triangular(value: Value, place: float) -> float:
    """The number below which a share of a triangle over low, value and high lies."""
    now = value.number
    if value.span is None or value.span.low is None:
        return now
    low, high = (float(str(end)) for end in (value.span.low, value.span.high))
    if high <= low:
        return now
    split = (now - low) / (high - low)
    if place < split:
        return low + float(np.sqrt(place * (high - low) * (now - low)))
    return high - float(np.sqrt((1 - place) * (high - low) * (high - now)))


class _Relaxed:
    """A program without whole numbers, solved again and again with other costs."""

    def __init__(self, program: Program) -> None:
        self.program, self.solver = program, build_simplex(True)
        self.solver.passModel(program.model.model(relaxed=True))
        self.cost = np.asarray(self.solver.getLp().col_cost_)
        self.places = program.x.astype(np.int32)
        self.free = [i.id for i in program.initiatives if i.free]
        self.names = program.model.rows

    def solve(self, drawn: dict[str, tuple[float, float, float]]) -> Floats:
        """Share [n] of each free initiative that is taken up."""
        program, solver = self.program, self.solver
        factors = np.array([drawn[block.initiative.id] for block in program.blocks])
        worth = program.worth(*factors.T) / UNIT
        solver.changeColsCost(len(self.places), self.places, -worth)
        for row, money in zip(program.money, program.net.T / UNIT, strict=True):
            for column, net in zip(
                self.places.tolist(), (money * factors[:, 0]).tolist(), strict=True
            ):
                if net:
                    solver.changeCoeff(row, column, net)
        return self.solved()

    def solved(self) -> Floats:
        """Share [n] of each free initiative in the answer as things are."""
        self.solver.run()
        return self.taken()

    def taken(self) -> Floats:
        """Share [n] of each free initiative in the answer."""
        values = np.array(self.solver.getSolution().col_value)[self.places]
        shares = [values[self.program.of.get(id, NONE)].sum() for id in self.free]
        return np.array(shares)

    def without(self, limit: str) -> Floats:
        """Share [n] of each free initiative where a limit does not bind."""
        rows = []
        for row, name in enumerate(self.names):
            if name.rpartition("_")[0] in ROWS[limit]:
                rows.append(row)
        lp = self.solver.getLp()
        low = np.asarray(lp.row_lower_)
        high = np.asarray(lp.row_upper_)
        for row in rows:
            self.solver.changeRowBounds(row, low[row], np.inf)
        found = self.solved()
        for row in rows:
            self.solver.changeRowBounds(row, low[row], high[row])
        return found


def _loosened(ground: Ground) -> dict[str, dict[str, float]]:
    """Limit, and "" -> initiative -> share that is taken up where that limit does not bind."""
    initiatives = load_initiatives(ground.city)
    relaxed = _Relaxed(Program(ground, initiatives, rough=True))
    found = {"": relaxed.solved()}
    for limit in ROWS:
        found[limit] = relaxed.without(limit)
    found["lot"] = found[""]
    if ground.lots:
        # other blocks can be had
        found["lot"] = _Relaxed(Program(ground, initiatives, early=True, rough=True)).solved()
    return {limit: dict(zip(relaxed.free, taken, strict=True)) for limit, taken in found.items()}


def _reason(id: str, portfolio: Portfolio, loosened: dict[str, dict[str, float]]) -> str:
    """The limit without which most of an initiative would be taken up."""
    before = loosened[""][id]
    gains = {limit: loosened[limit][id] - before for limit in LIMITS}
    best = max(gains, key=lambda limit: gains[limit])
    if gains[best] > 0.05:
        return best
    worth = portfolio.row.set_index("id")["worth"]
    if worth[id] <= 0:
        return LESS
    return "mix"


def _told(share: float) -> str:
    if share >= SURE:
        return "sure"
    if share <= LATER:
        return "later"
    return "open"
