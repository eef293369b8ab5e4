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
from dxplan.plan.relaxed import Relaxed
from dxplan.plan.selection import LIMITS, Ground, Program
from dxplan.solve.arrays import Floats
from dxplan.town.initiatives import Initiative, load_initiatives

SURE, LATER = 0.9, 0.1  # shares of the draws
DRAWS = {"quick": 40, "standard": 120, "thorough": 240}
HOURS_FIRST, RESIDENTS_FIRST = (1.0, 0.5), (0.5, 1.0)  # weights of hours and of residents
TAKEN = 0.5  # share of an initiative in a relaxed program from which on it counts as taken up
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
    effort = portfolio.city.at("effort").word
    count = DRAWS[EFFORT[effort]]
    relaxed = build_relaxed(portfolio.ground)
    by_hours = _first(portfolio, relaxed, HOURS_FIRST)
    by_residents = _first(portfolio, relaxed, RESIDENTS_FIRST)
    waits = portfolio.row.set_index("id")["state"].isin(["waits", "late"])
    loosened = _loosened(relaxed) if waits.any() else {}
    shares = _drawn_shares(relaxed, count)
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


def _first(
    portfolio: Portfolio,
    relaxed: Relaxed,
    weights: tuple[float, float],
) -> tuple[str, ...]:
    """What is taken up at other weights: at quick effort most of it in the relaxed program."""
    if EFFORT[portfolio.city.at("effort").word] != "quick":
        return plan_portfolio(portfolio.ground, weights=weights).chosen
    taken = zip(relaxed.free, relaxed.weighted(weights), strict=True)
    return tuple(id for id, share in taken if share > TAKEN)


COLUMNS = "id share told hours_first residents_first both reason draws".split()


def build_relaxed(ground: Ground) -> Relaxed:
    """The relaxed program of a ground, with the blocks that come before their lot."""
    initiatives = load_initiatives(ground.city)
    return Relaxed(Program(ground, initiatives, early=True, rough=True))


def drawn_shares(ground: Ground, count: int, seed: int = 0) -> dict[str, float]:
    """Initiative -> share of the draws, 0 to 1, that take it up in the relaxed program.

    Parameters
    ----------
    ground : people, money and lots of the city.
    count : draws.
    seed : of the order in which ranges are combined.
    """
    return _drawn_shares(build_relaxed(ground), count, seed)


def _drawn_shares(relaxed: Relaxed, count: int, seed: int = 0) -> dict[str, float]:
    """As ``drawn_shares``; the program is left with the numbers of the last draw."""
    free = [i for i in relaxed.program.initiatives if i.free]
    cubes = _cubes(count, len(free), seed)
    taken = np.zeros((count, len(free)))
    for k in range(count):
        drawn = {}
        for n, initiative in enumerate(free):
            drawn[initiative.id] = _drawn(initiative, cubes[k, n])
        taken[k] = relaxed.drawn(drawn)
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


def _loosened(relaxed: Relaxed) -> dict[str, dict[str, float]]:
    """Limit, and "" -> initiative -> share that is taken up where that limit does not bind."""
    found = {"": relaxed.solved()}
    for limit in LIMITS:
        found[limit] = relaxed.without(limit)
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
