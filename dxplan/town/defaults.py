"""What holds for a municipality where no file says otherwise: declarations and defaults of `data/`.

Every default is an assumption with source and grade; a consultant replaces it in a params file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Municipality
from dxplan.facts.kinds import DATE, KINDS
from dxplan.facts.months import GateRule
from dxplan.facts.params import Election, Scalar, Span, Spec, Value

DEFAULT = "既定"  # where a value comes from, if not from a file
# whether a form applies: yes, the city is asked, no, and somebody is there
ELIGIBLE = "form_eligible"
USABLE, ASKED, UNUSABLE, FILLED = "使える", "確かめる", "使えない", "すでにいる"


@dataclass(frozen=True)
class Season:
    """Busy months of a business; ``year`` is 0 where every year is meant."""

    business: str
    month: frozenset[int]
    severity: int
    year: int = 0


@dataclass(frozen=True)
class Form:
    """A way to borrow or hire people.

    Attributes
    ----------
    kind : outside (leaves again) or own (a temporary member of the staff).
    tier : the tier that a hire belongs to, or "".
    roles : the work it may do (dx, promotion, daily, section).
    coach : whether it may coach trainees.
    measure : id in data/finance_rates.csv of the measure that may pay for it, or "".
    steps : what has to be done to have it, in words.
    values : dated values of each parameter of the topic form.
    """

    name: str
    kind: str
    tier: str
    roles: tuple[str, ...]
    coach: bool
    measure: str
    duty: str
    values: Mapping[str, tuple[Value, ...]]
    steps: str = ""

    def number(self, name: str, day: date) -> float:
        """The number of a parameter in force on a day, in the unit of its declaration.

        Of a form that does not apply, or that somebody fills already, nobody new is had.
        """
        if name == "form_max" and self.barred(day):
            return 0.0
        return in_force(self.values[name], day).number

    def barred(self, day: date) -> Value | None:
        """Why the plan takes nobody new of this form on a day; None where it may."""
        rows = self.values.get(ELIGIBLE)
        row = in_force(rows, day) if rows else None
        return row if row and row.word != USABLE else None


def in_force(rows: tuple[Value, ...], day: date) -> Value:
    """The last of some dated values that is in force on a day; the first one before any is."""
    value = rows[0]
    for row in rows:
        if row.start is None or row.start <= day:
            value = row
    return value


@cache
def load_specs() -> Mapping[str, Spec]:
    """The declared parameters, by name, in the order of data/params.csv."""
    specs = {row["name"]: _spec(row) for row in _rows("params")}
    for relation in load_relations():
        last = specs[relation.high]
        if last.minimum == last.maximum:  # of a fixed day
            low, *_ = relation.low
            specs[low] = replace(
                specs[low], order=f"上限は、{relation.title}の前後を守るためです。"
            )
    return MappingProxyType(specs)


@dataclass(frozen=True)
class Relation:
    """Parameters whose sum is at most another one, and the rule in words (Japanese)."""

    low: tuple[str, ...]
    high: str
    rule: str

    @property
    def title(self) -> str:
        """The parameters as a sentence names them."""
        return f"{' + '.join(self.low)} と {self.high} "


@cache
def load_relations() -> tuple[Relation, ...]:
    """What must hold between the values of a city, from `data/relations.csv`."""
    rows = _rows("relations")
    return tuple(Relation(tuple(row["low"].split(" + ")), row["high"], row["rule"]) for row in rows)


def _spec(row: dict[str, str]) -> Spec:
    choices = tuple(filter(None, row.pop("choices").split("|")))
    return Spec(**row, choices=choices)


@dataclass(frozen=True)
class Business:
    """One of the 20 businesses: number, group that moves on one day, if it follows 住民基本台帳."""

    no: int
    tie: str
    after_register: bool


@cache
def load_businesses() -> Mapping[str, Business]:
    """The 20 businesses by name."""
    businesses = {}
    for row in catalog.load_rows("businesses"):
        businesses[row["business"]] = Business(row["no"], row["tie"], row["after_register"])
    return MappingProxyType(businesses)


@cache
def load_elections() -> tuple[Election, ...]:
    """The elections that every municipality has."""
    elections = []
    for row in _rows("elections"):
        businesses = tuple(row["businesses"].split(";"))
        day, weeks = DATE.strict(row["day"]), int(row["weeks_apart"])
        elections.append(
            Election(day, row["election"], weeks, businesses, row["grade"], row["note"])
        )
    return tuple(elections)


@cache
def load_gates() -> tuple[tuple[GateRule, Value], ...]:
    """The budget occasions of every year, each with its origin."""
    gates = []
    for rule, row in zip(catalog.load_gate_rules(), _rows("budget_gates"), strict=True):
        dates = f"要求 {rule.request_by}、執行 {rule.available}"
        gates.append((rule, _value(row, dates, row["unit"])))
    return tuple(gates)


@cache
def load_forms() -> tuple[Form, ...]:
    """The forms of outsiders and hires, with their defaults."""
    values: dict[str, dict[str, tuple[Value, ...]]] = {}
    for row in _rows("form_values"):
        value = _value(row, float(row["value"]), row["unit"], span=_span(row, "number"))
        values.setdefault(row["form"], {})[row["name"]] = (value,)
    return tuple(_form(row, values[row["form"]]) for row in _rows("forms"))


def _form(row: Mapping[str, str], values: Mapping[str, tuple[Value, ...]]) -> Form:
    return Form(
        row["form"],
        row["kind"],
        row["tier"],
        tuple(row["roles"].split(";")),
        row["coach"] == "1",
        row["measure"],
        row["duty"],
        MappingProxyType(values),
    )


@cache
def load_seasons() -> tuple[Season, ...]:
    """The busy months of the businesses."""
    seasons = []
    for row in catalog.load_rows("busy_seasons"):
        busy = months.months_in(row["month_from"], row["month_to"])
        seasons.append(Season(row["business"], busy, row["severity"], row["year"] or 0))
    return tuple(seasons)


def load_defaults(facts: Municipality) -> dict[str, tuple[Value, ...]]:
    """Parameter name -> default values for a municipality of this class and population."""
    values: dict[str, tuple[Value, ...]] = {}
    for class_, low, high, value in _defaults():
        if low <= facts.population < high and class_ in ("", facts.class_):
            values[value.name] = (*values.get(value.name, ()), value)
    return values


def load_sections(
    facts: Municipality, organisation: str
) -> tuple[dict[str, Value], dict[str, str]]:
    """Section -> its staff (人), and business -> its section, in an organisation of 市区 or 町村."""
    staff, runs = {}, {}
    for row in _sections():
        if row["organisation"] == organisation:
            staff[row["section"]] = _staff(row, facts)
            runs[row["business"]] = row["section"]
    return staff, runs


def _rows(table: str) -> list[dict[str, str]]:
    """The rows of a table as texts; blank cells are empty."""
    return [
        {column: "" if cell is None else str(cell) for column, cell in row.items()}
        for row in catalog.load_rows(table)
    ]


def _span(row: Mapping[str, str], kind: str) -> Span:
    """What a default may be instead; no ends where its row has none."""
    low, high = (KINDS[kind].strict(row[end]) if row[end] else None for end in ("low", "high"))
    return Span(row["kind"], low, high, row["range_grade"])


def _value(
    row: Mapping[str, str],
    value: Scalar,
    unit: str,
    start: date | None = None,
    span: Span | None = None,
) -> Value:
    return Value(
        row["name"],
        value,
        unit,
        row["as_of"],
        row["source"],
        row["grade"],
        start,
        DEFAULT,
        row["note"],
        span,
    )


@cache
def _defaults() -> tuple[tuple[str, float, float, Value], ...]:
    """(class, lowest population, population below, value), in the order of the file."""
    defaults = []
    for row in _rows("defaults"):
        low, high = float(row["pop_min"] or 0), float(row["pop_max"] or "inf")
        defaults.append((row["class"], low, high, _default(row)))
    return tuple(defaults)


def _default(row: Mapping[str, str]) -> Value:
    spec = load_specs()[row["name"]]
    start = DATE.strict(row["from"]) if row["from"] else None
    value = KINDS[spec.kind].strict(row["value"])
    return _value(row, value, spec.unit, start, _span(row, spec.kind))


@cache
def _sections() -> tuple[Mapping[str, str], ...]:
    return tuple(_rows("sections"))


def _staff(row: Mapping[str, str], facts: Municipality) -> Value:
    share = float(row["staff_share"])
    people = max(1.0, round(facts.staff_general * share / 100))
    note = f"一般行政部門職員{facts.staff_general:,}人の{share:g}%。{row['note']}"
    return _value({**row, "name": "section_staff", "note": note}, people, "人")
