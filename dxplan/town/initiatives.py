"""The DX initiatives that a municipality may take up: what they cost, ask for and give back.

Names, order and figures are those of `data/initiatives.csv` and its two tables; what the published
survey says is done is done; a params file says the rest, and what the city plans by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple

from dxplan.facts import catalog
from dxplan.facts.catalog import Municipality, Row
from dxplan.facts.columns import CatalogError
from dxplan.facts.nodes import Entry
from dxplan.facts.params import Scalar, Span, Value
from dxplan.town.city import City
from dxplan.town.defaults import DEFAULT

# what the city says of an initiative -> how the plan takes it
WISHES = {"必須": "must", "したい": "want", "しない": "no", "済": "done", "実施中": "running"}
MUST, WANT, OPEN, NO, DONE, RUNNING = "must", "want", "open", "no", "done", "running"
SAID = {wish: word for word, wish in WISHES.items()}
OWN = "団体の事業"  # group of what the city alone has
AMOUNTS = ("once", "yearly", "hours", "points")
# word of a params file or name of a row -> where it stands; others are called the same
NAMES = {"yen_once": "once", "yen_year": "yearly", "from": "began", "like": "template"}
UNITS = {"once": "円", "yearly": "円/年", "hours": "時間/年", "points": "点(0〜5)"}
WORKS = "works"  # the driver of what is counted by automations made
NOTHING = Value("hours", 0.0, "時間/年", "", "design", "G", where=DEFAULT)


@dataclass(frozen=True)
class Initiative:
    """One initiative of a municipality.

    Attributes
    ----------
    id : of the table, or the name of an own one; template : how such things are made.
    wish : must, want, open (nobody has said), no, done, running.
    lead : the office that leads; sections : those that change; businesses : whose systems it needs.
    needs, helped : ids of what has to be there before, and of what makes it worth more.
    after : whether it waits for the lot of its businesses, of all where none are named.
    funds : ids of the measures that may pay for it.
    kpi, risk : words on how it is measured, and on what went wrong elsewhere.
    once, yearly : 円 and 円/年, what the vendors are paid; hours : claimed hours given back a year.
    points : effect on residents, 0 to 5.
    began, live, until : days that a running one, or one that is done, has; None where not said.
    replaces, saves, stopped : what it replaces, what that cost (円/年), and its last day.
    """

    id: str
    name: str
    group: str
    template: str
    wish: str
    lead: str
    sections: tuple[str, ...]
    businesses: tuple[int, ...]
    needs: tuple[str, ...]
    helped: tuple[str, ...]
    after: bool
    funds: tuple[str, ...]
    kpi: str
    risk: str
    origin: Value
    once: Value
    yearly: Value
    hours: Value
    points: Value
    began: date | None = None
    live: date | None = None
    until: date | None = None
    replaces: str = ""
    saves: float = 0.0
    stopped: date | None = None

    @property
    def free(self) -> bool:
        """Whether the plan chooses it, or when."""
        return self.wish in (MUST, WANT, OPEN)

    @property
    def own(self) -> bool:
        """Whether the city alone has it."""
        return self.group == OWN

    def said(self, word: str) -> Scalar | None:
        """What holds under a word of a params file; None where nobody has said anything."""
        if word == "wish":
            return SAID.get(self.wish)
        found: Scalar | Value | None = getattr(self, NAMES.get(word, word))
        return found.value if isinstance(found, Value) else found


class Item(NamedTuple):
    """A step of a template: its phase, its months (None: the council), FTE in a city of 100,000."""

    name: str
    phase: str
    months: float | None
    dx: float
    section: float


@cache
def load_templates() -> Mapping[str, tuple[Item, ...]]:
    """Template -> its items in their order."""
    templates: dict[str, tuple[Item, ...]] = {}
    for row in catalog.load_rows("initiative_items"):
        item = Item(
            row["item"], row["phase"], row["months_mode"], row["dx_fte"], row["section_fte"]
        )
        templates[row["template"]] = (*templates.get(row["template"], ()), item)
    return templates


def common_value(name: str, key: str = "") -> Value:
    """A value that holds for all initiatives, by its name and its key."""
    return _commons()[name, key]


def load_initiatives(city: City) -> tuple[Initiative, ...]:
    """The initiatives of a city: those of the table, then its own, as the city has named them."""
    found = []
    for row in catalog.load_rows("initiatives"):
        found.append(_told(_published(city, row), city.wishes.get(row["initiative"])))
    known = {initiative.name for initiative in found}
    own = [_own(name, said) for name, said in city.wishes.items() if name not in known]
    return (*found, *own)


def initiative_of(city: City, name: str) -> Initiative | None:
    """The initiative of a name; None where the city has none."""
    return next((one for one in load_initiatives(city) if one.name == name), None)


def done_column(facts: Municipality, name: str) -> str:
    """The column of the published survey that says that an initiative is done; "" of others."""
    for row in catalog.load_rows("initiatives"):
        if row["initiative"] == name and _is_done(facts, row):
            return str(row["status_column"])
    return ""


def _published(city: City, row: Row) -> Initiative:
    """An initiative as the tables have it for a city of this size."""
    values = {name: _value(city.facts, row["id"], name) for name in AMOUNTS}
    wish = row["default"]
    if _is_done(city.facts, row):
        wish = DONE
    origin = Value(
        "initiative",
        row["initiative"],
        row["unit"],
        str(row["as_of"]),
        row["source"],
        row["grade"],
        where=DEFAULT,
        note=row["note"],
    )
    return Initiative(
        row["id"],
        row["initiative"],
        row["group"],
        row["template"],
        wish,
        row["lead"],
        _words(row["sections"]),
        tuple(int(number) for number in _words(row["businesses"])),
        _words(row["needs"]),
        _words(row["helped_by"]),
        row["after_lot"],
        _words(row["funds"]),
        row["kpi"],
        row["risk"],
        origin,
        values["once"],
        values["yearly"],
        values["hours"],
        values["points"],
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(";")))


def _is_done(facts: Municipality, row: Row) -> bool:
    """Whether the published survey says that it is done; a blank says nothing."""
    if not row["status_column"] or row["status_done"] is None:
        return False
    seen = getattr(facts, row["status_column"])
    return seen is not None and float(seen) >= row["status_done"]


def _value(facts: Municipality, id: str, name: str) -> Value:
    """A value of an initiative in a city of this size; hours are those of the whole city."""
    for row in _values().get((id, name), ()):
        if _fits(facts, row):
            value = _row_value(row, UNITS[name])
            return _times(value, _quantity(facts, row["driver"])) if name == "hours" else value
    return replace(NOTHING, name=name, unit=UNITS[name])


def _fits(facts: Municipality, row: Row) -> bool:
    low, high = row["pop_min"] or 0, row["pop_max"] or float("inf")
    return bool(low <= facts.population < high)


def _row_value(row: Row, unit: str) -> Value:
    span = Span("world", row["low"], row["high"], row["range_grade"])
    return Value(
        row["name"],
        row["value"],
        unit,
        str(row["as_of"]),
        row["source"],
        row["grade"],
        where=DEFAULT,
        note=row["note"],
        span=span,
    )


def _times(value: Value, factor: float) -> Value:
    assert value.span
    low, high = (float(str(end)) * factor for end in (value.span.low, value.span.high))
    return replace(value, value=value.number * factor, span=value.span._replace(low=low, high=high))


def _quantity(facts: Municipality, driver: str) -> float:
    """What the hours of one unit are multiplied by in a city: cases, people, facilities."""
    for row in _values()["common", "driver"]:
        if row["driver"] == driver and _fits(facts, row):
            return float(row["value"]) * _base(facts, driver)
    raise CatalogError(f"掛ける数「{driver}」は data/initiative_values.csv にありません。")


def _base(facts: Municipality, driver: str) -> float:
    thousands = facts.population / 1000
    bases = {
        "thousands": thousands,
        "payments": thousands,
        "contracts": thousands,
        "admissions": thousands,
        "facilities": thousands / 10,
        "staff": facts.staff_general,
        "users": facts.staff_general,
    }
    return float(bases.get(driver, 1))  # others are counted by the city


@cache
def _values() -> Mapping[tuple[str, str], tuple[Row, ...]]:
    """(id, name) -> its rows."""
    rows: dict[tuple[str, str], tuple[Row, ...]] = {}
    for row in catalog.load_rows("initiative_values"):
        name = str(row["name"])
        key = str(row["id"]), NAMES.get(name, name)
        rows[key] = (*rows.get(key, ()), row)
    return rows


@cache
def _commons() -> Mapping[tuple[str, str], Value]:
    """(name, key) -> value of what holds for all initiatives."""
    found = {}
    for (id, name), rows in _values().items():
        if id == "common":
            for row in rows:
                found[name, row["driver"]] = _row_value(row, row["unit"])
    return found


@cache
def counted_by_works() -> frozenset[str]:
    """Ids of what is made in the house piece by piece: the same works as step 3 of the training."""
    rows = catalog.load_rows("initiative_values")
    made = [row["id"] for row in rows if (row["name"], row["driver"]) == ("hours", WORKS)]
    return frozenset(map(str, made))


# --- what a city says -----------------------------------------------------------------------------
def _told(initiative: Initiative, said: Entry | None) -> Initiative:
    """An initiative with what the city says of it; its amounts are then no default any more."""
    if not said:
        return initiative
    return replace(initiative, **_said(said, initiative.wish))


def _own(name: str, said: Entry) -> Initiative:
    """An initiative that the city alone has."""
    none = {key: replace(NOTHING, name=key, unit=UNITS[key]) for key in AMOUNTS}
    own = Initiative(
        name,
        name,
        OWN,
        said["like"],
        WANT,
        said.get("lead", "情報政策課"),
        tuple(said.get("sections", ())),
        (),
        (),
        (),
        said.get("after", False),
        (),
        "",
        "",
        said["origin"],
        none["once"],
        none["yearly"],
        none["hours"],
        none["points"],
    )
    return replace(own, **_said(said, WANT))


def _said(said: Entry, wish: str) -> Entry:
    changed = {key: said[key] for key in _FIELDS if key in said}
    changed["origin"] = said["origin"]
    changed["wish"] = WISHES[said["wish"]] if "wish" in said else wish
    if "sections" in said:
        changed["sections"] = tuple(said["sections"])
    return changed


_FIELDS = (*AMOUNTS, *"lead after began live until replaces saves stopped".split())
