"""What a renewal means: systems newly live or late, steps that go back, and whose plan changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from dxplan.facts import catalog
from dxplan.facts.catalog import Municipality
from dxplan.refresh.renewal import TOWNS, Renewal
from dxplan.refresh.steps import STATUS
from dxplan.refresh.tables import Cell, Change
from dxplan.town import systems

DONE = (systems.LIVE, systems.PRESUMED, systems.OUT)
LATE = (systems.LATE, systems.FLAGGED)
UNPLANNED = ("name", "kana", "steps_rate", "late_systems")  # told, and no ground of a plan


class System(NamedTuple):
    """A system of a municipality: six digits and business."""

    code: str
    business: str


class Spread(NamedTuple):
    """How a column of numbers changes: cells that do, and least, middle and greatest step."""

    table: str
    column: str
    cells: int
    least: float
    middle: float
    greatest: float


@dataclass
class Impact:
    """See the attributes.

    Attributes
    ----------
    live : systems that are taken as in operation, and were not.
    late : systems that are on the list of late systems, and were not.
    off : systems that are no longer on it.
    out : systems that are newly known as out of scope.
    back : systems with fewer steps than before: (system, old, new).
    cities : code -> number of changed inputs of its plan.
    spreads : how the columns of numbers change.
    """

    live: list[System] = field(default_factory=list)
    late: list[System] = field(default_factory=list)
    off: list[System] = field(default_factory=list)
    out: list[System] = field(default_factory=list)
    back: list[tuple[System, int, int]] = field(default_factory=list)
    cities: Counter[str] = field(default_factory=Counter)
    spreads: list[Spread] = field(default_factory=list)


def build_impact(renewal: Renewal) -> Impact:
    """Read the changes of a renewal as a planner does."""
    impact = Impact()
    old = {change.cell: change.old for change in renewal.changes}
    facts = {town.code: town for town in catalog.load_municipalities()}
    names = {str(row["no"]): row["business"] for row in catalog.load_rows("businesses")}
    for key in dict.fromkeys(one.cell.key for one in renewal.changes if one.cell.table == STATUS):
        _judge(impact, renewal, key, old, facts[key[0]], names[key[1]])
    for code, business in renewal.out:
        impact.cities[code] += 1
        impact.out.append(System(code, business))
    for change in renewal.changes:
        if change.cell.table == TOWNS:
            _judge_town(impact, change)
    impact.spreads = list(_spreads(renewal.changes))
    return impact


def _judge(
    impact: Impact,
    renewal: Renewal,
    key: tuple[str, ...],
    old: dict[Cell, str],
    facts: Municipality,
    business: str,
) -> None:
    """What the change of one system means."""
    steps_at, late_at = Cell(STATUS, key, "steps_done"), Cell(STATUS, key, "flagged_late")
    now = int(renewal.tables.get(steps_at)), renewal.tables.get(late_at) == "1"
    was = int(old.get(steps_at, str(now[0]))), old.get(late_at, str(int(now[1]))) == "1"
    before = systems.derived_state(business, *was, facts).value
    after = systems.derived_state(business, *now, facts).value
    system = System(facts.code, business)
    if after in DONE and before not in DONE:
        impact.live.append(system)
    if now[1] > was[1]:
        impact.late.append(system)
    if now[1] < was[1]:
        impact.off.append(system)
    if now[0] < was[0]:
        impact.back.append((system, was[0], now[0]))
    # the steps of a system that has moved are no input of a plan
    if before != after or (before not in DONE and was != now):
        impact.cities[facts.code] += 1


def _judge_town(impact: Impact, change: Change) -> None:
    code, column = change.cell.key[0], change.cell.column
    if column == "common_late":
        system = System(code, systems.COMMON)
        (impact.late if change.new == "1" else impact.off).append(system)
    if column not in UNPLANNED:
        impact.cities[code] += 1


def _spreads(changes: list[Change]) -> Iterator[Spread]:
    """Columns of numbers with the differences of their cells; a blank has none."""
    steps: dict[tuple[str, str], list[float]] = defaultdict(list)
    for cell, old, new in changes:
        try:
            step = float(new) - float(old)
        except ValueError:
            continue
        steps[cell.table, cell.column].append(step)
    for (table, column), found in steps.items():
        yield Spread(table, column, len(found), min(found), median(found), max(found))
