"""What nobody has confirmed for a municipality, in the order in which it is worth asking.

A question is a range: the ends of a default (``Value.span``), or of a fact that a client knows at
once and the published figures leave open (``data/questions.csv``): the day that a vendor offers,
whether a system has moved, whether a contract is signed, the staff of the sections. What one paper
answers is one question: the values of a quote, of a notice, of a list of staff. What a file says is
answered. Settings of the calculation are no questions; what the city decides for itself is
told apart (``decisions``). How far each end moves the plan stands in ``data/question_worth.csv``,
by class, population and whether lots are left; ``plan/worth`` works it out for one city.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from dxplan.facts import catalog
from dxplan.facts.params import SURENESS, Value
from dxplan.town.city import City
from dxplan.town.defaults import DEFAULT, load_specs
from dxplan.town.layers import disordered
from dxplan.town.lots import Lot
from dxplan.town.systems import DX, PRESUMED, TRIED, System, pending_state
from dxplan.town.variant import UNSURE, Place, Said

WORLD, CHOICE = "world", "choice"
LOW, HIGH = "low", "high"
OTHER = {LOW: HIGH, HIGH: LOW}
MOVED, PENDING, OPEN, TAKEN = "稼働", "未移行", "要確認", "稼働とみなす"
Ends = tuple[float, float]  # at the low end and at the high one
STILL: Ends = (0.0, 0.0)


@dataclass(frozen=True)
class Question:
    """What is not known, its range, and how far it moves the plan.

    Attributes
    ----------
    name : a parameter, 形態/parameter of a form, or a fact or group of ``data/questions.csv``.
    kind : world (somebody knows it) or choice (the city decides it).
    places : where the answer stands; several of a fact that lots, systems or sections have each.
    low, now, high : the range and the present assumption; None where there is no one value.
    asked : the office that knows, by its name in this municipality.
    months : by which P50 of the last go-live is later at the low and at the high end.
    points : percentage points that the chance of the end date gains.
    yen : yen a year that the new burden grows by.
    flips : whether a decision of the next half year becomes another one.
    members : of a group, what it asks together.
    """

    name: str
    kind: str
    label: str
    unit: str
    places: tuple[Place, ...]
    low: Said
    now: Said
    high: Said
    asked: str
    months: Ends = STILL
    points: Ends = STILL
    yen: Ends = STILL
    flips: bool = False
    members: tuple[Question, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether an answer would move a measure or a decision."""
        return self.flips or any((*self.months, *self.points, *self.yen))

    def end(self, which: str) -> Said:
        """The value at the low or the high end."""
        return self.low if which == LOW else self.high


def questions(city: City) -> tuple[Question, ...]:
    """What somebody could confirm, the most telling first; what moves nothing is left out."""
    return tuple(_ranked(city, WORLD))


def decisions(city: City) -> tuple[Question, ...]:
    """What the city decides for itself and moves the plan, the most telling first."""
    return tuple(_ranked(city, CHOICE))


def _ranked(city: City, kind: str) -> Iterator[Question]:
    known = {question.name: question for question in unknowns(city, kind)}
    for row in _rows_for(city):
        if row["name"] in known:
            yield replace(
                known[row["name"]],
                months=(row["months_low"], row["months_high"]),
                points=(row["points_low"], row["points_high"]),
                yen=(row["yen_low"], row["yen_high"]),
                flips=row["flips"],
            )


def _rows_for(city: City) -> list[catalog.Row]:
    """The rows of the class and size of a city, in the order of worth."""
    found = []
    for row in catalog.load_rows("question_worth"):
        sized = row["pop_min"] <= city.facts.population < row["pop_max"]
        if sized and city.facts.class_ in row["class"].split(";"):
            found.append(row)
    # of a class in which every one has lots, or none, there are no others
    alike = [row for row in found if row["lots"] == bool(city.lots)]
    return sorted(alike or found, key=lambda row: int(row["rank"]))


# --- what is open ---------------------------------------------------------------------------------
def unknowns(city: City, kind: str = WORLD) -> tuple[Question, ...]:
    """Everything of a kind that has a range, in the order of the data, without its effect."""
    if kind == CHOICE:
        return tuple(_single_questions(city, CHOICE))
    found, members = list(_fact_questions(city)), dict[str, list[Question]]()
    for question in _single_questions(city, WORLD):
        through = _asked()[question.places[0].name].through
        if not through:
            found.append(question)
        elif through not in FACTS:  # what a fact answers better is not asked for itself
            members.setdefault(through, []).append(question)
    found += [_together(city, name, group) for name, group in members.items()]
    return tuple(found)


class _Asked(NamedTuple):
    """A row of ``data/questions.csv``.

    Attributes
    ----------
    low, high : factors of a fact.
    through : the fact, or the group, that answers a parameter.
    against : whether its high end belongs to the low end of its group.
    """

    label: str
    asked: str
    low: float = 1.0
    high: float = 1.0
    through: str = ""
    against: bool = False


@cache
def _asked() -> Mapping[str, _Asked]:
    rows = {}
    for row in catalog.load_rows("questions"):
        ends = row["low"] or 1.0, row["high"] or 1.0
        rows[row["name"]] = _Asked(
            row["label"], row["asked"], *ends, row["through"], row["against"]
        )
    for name in load_specs():
        rows.setdefault(name, _Asked("", DX))
    return MappingProxyType(rows)


class _Range(NamedTuple):
    """Places, low, now, high, unit of a fact."""

    places: tuple[Place, ...]
    low: Said
    now: Said
    high: Said
    unit: str


def _fact_questions(city: City) -> Iterator[Question]:
    for name, fact in FACTS.items():
        found = fact.found(city)
        if found.places:
            row = _asked()[name]
            places, low, now, high, unit = found
            office = city.called(row.asked)
            yield Question(name, WORLD, row.label, unit, places, low, now, high, office)


def _together(city: City, name: str, members: Sequence[Question]) -> Question:
    """A question of several values that one paper answers, in the order of the data."""
    row, order = _asked()[name], list(_asked())
    members = sorted(members, key=lambda one: order.index(one.places[0].name))
    places = [member.places[0] for member in members]
    office = city.called(row.asked)
    return Question(
        *(name, WORLD, row.label, "", tuple(places), None, None, None, office),
        members=tuple(members),
    )


def _single_questions(city: City, kind: str) -> Iterator[Question]:
    for name, rows in city.values.items():
        yield from _of_rows(city, kind, rows, Place("values", "", name))
    for form in city.forms:
        # of a form that does not apply, or is not used, nothing matters
        if form.number("form_max", city.start):
            for name, rows in form.values.items():
                yield from _of_rows(city, kind, rows, Place("forms", form.name, name))


def _of_rows(
    city: City,
    kind: str,
    rows: Sequence[Value],
    at: Place,
) -> Iterator[Question]:
    """The question of a parameter: its first row that has a range."""
    for row in rows:
        ends = _ends(row, kind)
        if ends:
            spec = load_specs()[row.name]
            name, label = row.name, spec.label
            if at.entry:
                name, label = f"{at.entry}/{name}", f"{at.entry}の{label}"
            office = city.called(_asked()[row.name].asked)
            place = replace(at, start=row.start)
            low, high = ends
            yield Question(name, kind, label, spec.unit, (place,), low, row.value, high, office)
            return


def _ends(row: Value, kind: str) -> tuple[Said, Said] | None:
    """The ends of the range of a value; None of what is another kind, confirmed or said."""
    span, spec = row.span, load_specs()[row.name]
    if span is None or span.kind != kind:
        return None
    if spec.kind == "choice":
        others = [word for word in spec.choices if word != row.value]
        return others[0], others[-1]
    if span.low is None or span.low == span.high:
        return None
    return span.low, span.high


# --- what an answer makes of a city ---------------------------------------------------------------
def answered(city: City, question: Question, end: str) -> City:
    """A copy in which a question is answered by an end of its range.

    An end that is the present value, or contradicts another value of the city, says nothing: the
    copy is then the city itself.

    Parameters
    ----------
    city : the municipality.
    question : one of its open ones.
    end : low or high.
    """
    if question.name in FACTS:
        return FACTS[question.name].told(city, question.end(end))
    for member in question.members:
        against = _asked()[member.places[0].name].against
        city = answered(city, member, OTHER[end] if against else end)
    if question.members or question.end(end) == question.now:
        return city
    if question.places[0].part == "forms":
        return _with_form(city, question, end)
    values = _with_value(city.values, question, end)
    if values is city.values:
        return city
    return replace(city, values=values)


Values = Mapping[str, tuple[Value, ...]]


def _with_form(city: City, question: Question, end: str) -> City:
    forms = []
    for form in city.forms:
        if form.name == question.places[0].entry:
            form = replace(form, values=_with_value(form.values, question, end))
        forms.append(form)
    return replace(city, forms=tuple(forms))


def _with_value(values: Values, question: Question, end: str) -> Values:
    """Values of which one stands at an end of its range; a dated row without one stays."""
    name, found = question.places[0].name, []
    for row in values[name]:
        ends = _ends(row, question.kind)
        if ends:
            low, high = ends
            row = _trial(row, low if end == LOW else high)
        found.append(row)
    told = {**values, name: tuple(found)}
    return values if any(disordered("", told)) else MappingProxyType(told)


def _trial(row: Value, value: Said) -> Value:
    assert value is not None
    return replace(row, value=value, source=TRIED, grade="G", where=TRIED, span=None)


# --- facts ----------------------------------------------------------------------------------------
class _Fact(NamedTuple):
    """How a fact is found open in a city, and what a city becomes when it is told."""

    found: Callable[[City], _Range]
    told: Callable[[City, Said], City]


def _undated(city: City) -> tuple[Lot, ...]:
    """The lots for which neither vendor nor city has named a day."""
    return tuple(lot for lot in city.lots if not lot.offer and not lot.planned)


def _offered(city: City) -> _Range:
    places = [Place("lots", lot.name, "offered") for lot in _undated(city)]
    first, last = city.at("vendor_earliest").day, city.at("vendor_latest").day
    return _Range(tuple(places), first, None, last, "日付")


def _with_offer(city: City, day: Said) -> City:
    note = f"{SURENESS}{UNSURE}"
    row = replace(city.at("vendor_likely"), name="offered", unit="日付", note=note)
    return _with_lots(city, _undated(city), "offer", _trial(row, day))


def _with_lots(city: City, lots: tuple[Lot, ...], word: str, value: object) -> City:
    said = dict(city.said)
    for lot in lots:
        said[lot.name] = {**said.get(lot.name, {}), word: value}
    return replace(city, said=MappingProxyType(said))


def _unsigned(city: City) -> tuple[Lot, ...]:
    """The lots of which nobody has said whether their contract is signed."""
    return tuple(lot for lot in city.lots if lot.presumed)


def _contracted(city: City) -> _Range:
    places = [Place("lots", lot.name, "contracted") for lot in _unsigned(city)]
    return _Range(tuple(places), True, None, False, "―")


def _with_contract(city: City, signed: Said) -> City:
    return _with_lots(city, _unsigned(city), "contracted", signed)


def _unsure(city: City) -> _Range:
    places = [Place("systems", s.business, "state") for s in city.movable if s.unsure]
    return _Range(tuple(places), MOVED, OPEN, PENDING, "状態")


def _with_unsure(city: City, word: Said) -> City:
    return city.unmoved() if word == PENDING else city


def _least(city: City) -> System | None:
    """The system that is presumed to be in operation and has done the fewest steps."""
    presumed = [s for s in city.systems if s.presumed and s.state.word == PRESUMED]
    return min(presumed, key=lambda s: (s.done, s.no), default=None)


def _presumed(city: City) -> _Range:
    least = _least(city)
    places = (Place("systems", least.business, "state"),) if least else ()
    return _Range(places, MOVED, TAKEN, PENDING, "状態")


def _with_presumed(city: City, word: Said) -> City:
    least = _least(city)
    if word != PENDING or least is None:
        return city
    state = pending_state(str(city.basis))
    systems = [replace(s, state=state) if s is least else s for s in city.systems]
    return replace(city, systems=tuple(systems))


def _section_staff(city: City) -> _Range:
    assumed = [s.name for s in city.sections if s.staff.where == DEFAULT]
    places = [Place("sections", name, "staff") for name in assumed]
    row = _asked()["section_staff"]
    return _Range(tuple(places), row.low, 1.0, row.high, "倍")


def _with_staff(city: City, factor: Said) -> City:
    assert isinstance(factor, float)
    sections = []
    for section in city.sections:
        staff = section.staff
        if staff.where == DEFAULT:
            staff = _trial(staff, staff.number * factor)
        sections.append(replace(section, staff=staff))
    return replace(city, sections=tuple(sections))


FACTS = {
    "offered": _Fact(_offered, _with_offer),
    "unsure": _Fact(_unsure, _with_unsure),
    "presumed": _Fact(_presumed, _with_presumed),
    "contracted": _Fact(_contracted, _with_contract),
    "section_staff": _Fact(_section_staff, _with_staff),
}
