"""What the systems in operation cost after their migration: as the city tells it, else presumed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dxplan.facts import catalog, months
from dxplan.facts.months import Gate
from dxplan.facts.params import Value
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.work import price_weights
from dxplan.town.city import City
from dxplan.town.defaults import DEFAULT

LINES = ("operation_yen", "operation_cloud")  # the contract; the cloud and its lines
UNTIL = "operation_until"
YEAR = 12
AHEAD = 12  # months before the end of a contract in which its successor is prepared (G)
AUTUMN = "当初予算"  # where the budget of what runs is asked for
SCENARIOS = {"低位": "running_low", "中位": "running_middle", "高位": "running_high"}


class Lever(NamedTuple):
    """A row of data/operation_levers.csv: what lowers which cost, what to ask the vendor."""

    lever: str
    line: str
    how: str
    ask: str
    caution: str
    source: str
    grade: str


class Operation(NamedTuple):
    """What the systems in operation cost a year, and by when it can be changed.

    Attributes
    ----------
    systems : how many are in operation.
    lines : name of a parameter -> its 円/年, told or presumed.
    until : last day of the contract; None where nobody has told it.
    begin : day from which its successor is prepared; None where the end is not known.
    gate : the next budget of a year that can still be asked for.
    """

    systems: int
    lines: dict[str, Value]
    until: date | None
    begin: date | None
    gate: Gate | None

    @property
    def yen(self) -> float:
        """円 a year, all lines."""
        return sum(value.number for value in self.lines.values())

    @property
    def told(self) -> bool:
        """Whether the city has told every line."""
        return all(value.where != DEFAULT for value in self.lines.values())


def operated_yen(city: City, presumed: float) -> float:
    """What the systems in operation cost a month (円): as the city tells it, else as presumed."""
    if not set(LINES) & set(city.values):
        return presumed
    lines = operation_lines(city, YEAR * presumed)
    return sum(value.number for value in lines.values()) / YEAR


def operation_lines(city: City, presumed: float) -> dict[str, Value]:
    """Line -> 円 a year: what the city tells, else its share of what is presumed (円/年)."""
    cloud = city.number("cloud_share") / 100
    day, lines = str(city.basis), {}
    for name, share in zip(LINES, (1 - cloud, cloud), strict=True):
        guess = Value(name, share * presumed, "円/年", day, "design", "G", where=DEFAULT)
        lines[name] = city.at(name) if name in city.values else guess
    return lines


def load_levers() -> tuple[Lever, ...]:
    """The levers of data/operation_levers.csv, in the order of the file."""
    rows = catalog.load_rows("operation_levers")
    return tuple(Lever(*(str(row[name]) for name in Lever._fields)) for row in rows)


def plan_operation(city: City, pmo: PmoPlan) -> Operation:
    """The cost of operation of a city, and when its contract and its budget can be changed."""
    weights = price_weights(city)
    moving = set(pmo.cutover["business"])
    live = [s.business for s in city.systems if s.in_scope and s.business not in moving]
    factor = city.number(SCENARIOS[city.at("running_case").word])
    size = sum(weights[business] for business in live)
    presumed = city.number("running_yen") * size * factor
    until = city.at(UNTIL).day if UNTIL in city.values else None
    begin = max(city.start, months.month_later(until, -AHEAD)) if until else None
    open_ = [g for g in pmo.gates if g.name == AUTUMN and g.request_by >= city.start]
    gate = min(open_, key=lambda gate: gate.request_by, default=None)
    return Operation(len(live), operation_lines(city, presumed), until, begin, gate)
