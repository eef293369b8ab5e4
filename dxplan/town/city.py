"""One municipality, checked, frozen and complete; how to find it and how to change a copy.

Three layers make a City: the official figures of ``data/``, the defaults by class and size (each an
assumption with its grade), and what a params file says. ``load_city`` needs no file: a six-digit
code or a name is enough for each of the 1,741 municipalities.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from ruamel.yaml.nodes import Node

from dxplan.facts import catalog, months
from dxplan.facts.letters import suggestion
from dxplan.facts.months import GateRule
from dxplan.facts.nodes import Entry, ParamError
from dxplan.facts.params import (
    FORM,
    Election,
    Engagement,
    Params,
    Scalar,
    Value,
    load_params,
    within,
)
from dxplan.facts.texts import load_node
from dxplan.files import params_folder, place
from dxplan.town.age import aged
from dxplan.town.defaults import (
    FILLED,
    Form,
    Season,
    in_force,
    load_businesses,
    load_defaults,
    load_elections,
    load_gates,
    load_seasons,
    load_sections,
    load_specs,
)
from dxplan.town.edition import MONEY, Edition, for_edition
from dxplan.town.finder import CityError, codes_named, find_slug, towns_named
from dxplan.town.folder import base_slug, own_file, owner_fault
from dxplan.town.layers import contradictions, disordered, overlaid, undoable
from dxplan.town.lots import Lot, lots_of
from dxplan.town.places import (
    THREE,
    form_names,
    load_offices,
    office_words,
    own_offices,
    placed_forms,
    renamed,
)
from dxplan.town.systems import (
    COMMON,
    COMMON_NO,
    DX,
    System,
    common_state,
    derived_state,
    pending_state,
    published_steps,
    said_state,
)

# Tables of data/ that a plan reads beside the city.
PLANNED_FROM = (
    *"work_items business_work lot_template hard_weeks forms lessons finance_rates".split(),
    *"meetings initiatives initiative_items initiative_values".split(),
)
STATED = "slug facts systems common".split()  # what every edition tells of a city
# what of a city holds values that a file may have confirmed
AGING = "values said systems common sections gates forms engaged".split()


@dataclass(frozen=True)
class Section:
    """A section that runs businesses: its name and its staff (人)."""

    name: str
    staff: Value


@dataclass(frozen=True)
class City:
    """One municipality with everything that planning needs; see the module heading.

    Attributes
    ----------
    systems : the 20 businesses; ``common`` is 共通機能, which is counted beside them.
    said : name of a lot -> what a params file says of it.
    engaged : the people of the forms who work already, as a params file says.
    offices : words for offices and posts -> what they are called here.
    wishes : name of a DX initiative -> what a params file says of it.
    before : the city that a variant starts from; None where this is none.
    author : who makes its papers; edition : for whom they are.
    params : the file that made it, with what its bases say of systems, sections, lots and peers.
    """

    slug: str
    facts: catalog.Municipality
    values: Mapping[str, tuple[Value, ...]]
    systems: tuple[System, ...]
    common: System
    said: Mapping[str, Entry]
    sections: tuple[Section, ...]
    seasons: tuple[Season, ...]
    gates: tuple[tuple[GateRule, Value], ...]
    elections: tuple[Election, ...] = ()
    forms: tuple[Form, ...] = ()
    engaged: tuple[Engagement, ...] = ()
    offices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    wishes: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    base: str = ""
    before: City | None = None
    who: str = ""
    when: date | None = None
    why: str = ""
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    author: str = field(default="", repr=False)
    edition: Edition = field(default=Edition(), repr=False)
    params: Params = field(default=Params(Path()), repr=False, compare=False)

    @property
    def code(self) -> str:
        """Six-digit code of the municipality."""
        return self.facts.code

    @property
    def name(self) -> str:
        """Name of the municipality, such as 市川市."""
        return self.facts.name

    @property
    def pref(self) -> str:
        """Name of the prefecture."""
        return self.facts.pref

    @property
    def movable(self) -> tuple[System, ...]:
        """All that moves to a standard system: the 20 businesses and 共通機能."""
        return (*self.systems, self.common)

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        """The systems still to move, as the lots in which they move."""
        return lots_of(self.movable, self.said)

    @cached_property
    def engagements(self) -> tuple[Engagement, ...]:
        """The people of the forms who work already, by their first days.

        Of whom the published figures alone tell, one person is presumed until the outsiders end.
        """
        found = list(self.engaged)
        said = {engagement.form for engagement in found}
        until = max(self.at("exit_date").day, self.start)
        for form in self.forms:
            row = form.barred(self.start)
            if row and row.word == FILLED and form.name not in said:
                day = min(date.fromisoformat(row.as_of[:10]), self.basis)
                origin = row.where, row.as_of, row.source, row.grade
                found.append(Engagement(form.name, 1, day, until, *origin, True, row.note))
        return tuple(sorted(found, key=lambda e: (e.start, e.form)))

    def called(self, text: str) -> str:
        """A text with the offices and posts under their names in this municipality."""
        return renamed(text, self.offices)

    @property
    def joined(self) -> bool:
        """Whether one office does what the money, the personnel and the contract sections do."""
        return len(set(map(self.called, THREE))) == 1

    @property
    def situation(self) -> str:
        """What is left: lots, both (lots and open questions), questions, or after (nothing)."""
        asked = any(s.unsure for s in self.movable)
        if self.lots:
            return "both" if asked else "lots"
        return "questions" if asked else "after"

    @property
    def basis(self) -> date:
        """The day on which the plan is made."""
        return self.at("basis_date").day

    @cached_property
    def start(self) -> date:
        """First day of the plan: as given, else the first of the month after the basis date."""
        if "start_date" in self.values:
            return self.at("start_date").day
        return months.first_of_next_month(self.basis)

    def at(self, name: str, day: date | None = None) -> Value:
        """The value of a parameter in force on a day (the plan's start where no day is given)."""
        if day is None:  # the plan's start itself rests on dates
            day = date.min if name.endswith("_date") else self.start
        return in_force(self.values[name], day)

    def number(self, name: str, day: date | None = None) -> float:
        """The number of a parameter in force on a day, in the unit of its declaration."""
        return self.at(name, day).number

    def changed(self, **numbers: Scalar) -> City:
        """A copy in which parameters hold other values always, marked as a trial (grade G).

        Raises
        ------
        ParamError
            No such parameter, or a value outside its range.
        """
        basis = str(self.basis)
        trial = {name: (_trial(name, value, basis),) for name, value in numbers.items()}
        return replace(self, values=MappingProxyType({**self.values, **trial}))

    def overlaid(self, file: Params) -> City:
        """The city of a file that starts from this one; what the file leaves alone is shared.

        Raises
        ------
        ParamError
            What the file says of sections or lots cannot be.
        """
        params = overlaid(self.params, file)
        parts: Entry = {}
        before = self if file.base else None
        if file.systems or file.sections:
            parts = _parts(self.facts, params)
        city = replace(
            self,
            slug=file.path.stem,
            values=MappingProxyType({**self.values, **file.values}),
            said=MappingProxyType(dict(params.lots)),
            gates=tuple(
                _gate(rule, value, file.gates.get(rule.name)) for rule, value in self.gates
            ),
            elections=(*self.elections, *file.elections),
            forms=_over_forms(self.forms, file),
            engaged=_over_engaged(self, file),
            offices=own_offices(self.offices, file.offices),
            wishes=MappingProxyType(dict(params.initiatives)),
            base=file.base,
            before=before,
            who=file.who,
            when=file.when,
            why=file.why,
            author=file.author or self.author,
            note=file.note,
            notes=MappingProxyType({**self.notes, **file.notes}),
            params=params,
            **parts,
        )
        faults = list(_faults(city, params))
        if faults:
            raise ParamError(faults)
        return _hastened(_aged(city))

    def scaled(self, people: float = 1.0, prices: float = 1.0) -> City:
        """A copy with own people or prices of outsiders multiplied: a trial without ranges."""
        own = {"dx_staff": tuple(_times(v, people) for v in self.values["dx_staff"])}
        values = MappingProxyType({**self.values, **own})
        sections = [replace(s, staff=_times(s.staff, people)) for s in self.sections]
        forms = []
        for form in self.forms:
            yen = tuple(_times(value, prices) for value in form.values["form_yen"])
            forms.append(_over_form(form, {"form_yen": yen}))
        return replace(self, values=values, sections=tuple(sections), forms=tuple(forms))

    def unmoved(self) -> City:
        """A copy in which every open question turns out as a system that has not moved."""
        state = pending_state(str(self.basis))
        systems = tuple(replace(s, state=state) if s.unsure else s for s in self.systems)
        return replace(self, systems=systems)

    def assumptions(self) -> tuple[tuple[str, Value], ...]:
        """Every value the plan rests on, as (what, value) in a fixed order."""
        specs = load_specs()
        rows: list[tuple[str, Value]] = []
        for name, spec in specs.items():
            rows += [(spec.label, value) for value in self.values.get(name, ())]
        rows += [(f"{lot.title}のベンダの提示日", lot.offer) for lot in self.lots if lot.offer]
        rows += [(f"{section.name}の職員数", section.staff) for section in self.sections]
        for form in self.forms:
            for name, values in form.values.items():
                rows += [(f"{form.name}の{specs[name].label}", value) for value in values]
        rows += [(f"{rule.name}の時期", value) for rule, value in self.gates]
        for system in self.systems:
            if system.steps:
                rows.append((f"{system.business}の完了ステップ", system.steps))
        return tuple(rows)

    def fingerprint(self) -> str:
        """Twelve hex digits that change when any input of the plan changes.

        Of an edition without money they change with the states alone: whoever knows all but one
        price could find it by trying.
        """
        parts = []
        for part in fields(self):
            if not part.repr or not (part.name in STATED or self.edition.tells(MONEY)):
                continue
            value = getattr(self, part.name)
            if isinstance(value, Mapping):  # the order of a file's entries is no input
                value = sorted(value.items())
            parts.append(f"{part.name}={value!r}")
        parts += _catalogs(PLANNED_FROM)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
def _catalogs(names: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of ``data/`` as text: of those that a plan is made from a twentieth of a second."""
    return tuple(catalog.load_table(name).to_csv(index=False) for name in names)


def _aged(city: City) -> City:
    """A city in which what its files have confirmed long ago is to be confirmed again."""
    basis, parts = city.basis, {}
    for name in AGING:
        before = getattr(city, name)
        after = aged(before, basis)
        if after is not before:
            parts[name] = after
    return replace(city, **parts) if parts else city


def _faults(city: City, params: Params) -> Iterator[str]:
    """Sentences on what a file and all that it rests on may not say together."""
    where = place(params.path)
    began = replace(city.at("basis_date"), name="start_date", value=city.start)
    yield from disordered(where, {"start_date": (began,), **city.values})
    for form in city.forms:
        if any(row.number for row in form.values["form_max"]):  # one that is not used says nothing
            yield from disordered(f"{where} {form.name}:", form.values)
    yield from undoable(where, city.systems, city.values)
    for old in city.engaged:
        if old.until < city.basis:
            how = "続いているなら until を直し、終わったのなら消してください。"
            yield (
                f"{place(params.path.parent / old.where)} engagements: "
                f"{old.form}の until({old.until})が計画の基準日({city.basis})より前です。{how}"
            )
    if city.code in params.peers:
        yield f"{where} peers: {city.name}はこの計画の団体です。ほかの団体を書いてください。"
    if params.lots:
        lots = city.before.lots if city.before else ()
        yield from contradictions(params, city.movable, city.lots, lots, city.basis)


def _trial(name: str, value: Scalar, basis: str) -> Value:
    specs = {name: spec for name, spec in load_specs().items() if spec.topic != FORM}
    if name not in specs:
        near = f"{suggestion(name, specs)}書けるのは {'・'.join(specs)} です。"
        raise ParamError(f"{name}: 知らないパラメータです。{near}")
    spec = specs[name]
    if not within(spec, value):
        how = f"{spec.allowed()} の中で決めてください。"
        raise ParamError(f"{name}: 「{value}」は{spec.label}として使えません。{how}")
    if not isinstance(value, (str, date)):
        value = float(value)
    return Value(name, value, spec.unit, basis, "試算", "G", where="試算")


def _times(value: Value, factor: float) -> Value:
    if factor == 1:
        return value
    return replace(
        value,
        value=value.number * factor,
        source="試算",
        grade="G",
        where="試算",
        note=f"{value.number:g}{value.unit}の{factor:g}倍",
        span=None,
    )


# --- the parts of a city --------------------------------------------------------------------------
def _is_town(facts: catalog.Municipality) -> bool:
    return facts.type in ("町", "村")


def _sections(
    facts: catalog.Municipality, params: Params
) -> tuple[tuple[Section, ...], dict[str, str]]:
    """The sections, and which section runs which business."""
    staff, runs = load_sections(facts, "町村" if _is_town(facts) else "市区")
    names = load_offices(facts)
    staff = {names.get(name, name): value for name, value in staff.items()}
    runs = {business: names.get(name, name) for business, name in runs.items()}
    known = set(runs.values())
    for name, said in params.sections.items():
        staff[name] = said["staff"]
        runs |= dict.fromkeys(said.get("businesses", ()), name)
        if name not in known and "businesses" not in said:
            how = f"businesses: に業務を書くか、{'・'.join(sorted(known))} のどれかの名にしてください。"
            raise ParamError(
                f"{place(params.path)} sections: 「{name}」が担当する業務がありません。"
                f"{suggestion(name, known)}{how}"
            )
    busy = [Section(name, value) for name, value in staff.items() if name in runs.values()]
    return tuple(busy), runs


def _parts(facts: catalog.Municipality, params: Params) -> Entry:
    """The sections of a city, and its systems, which they run."""
    sections, runs = _sections(facts, params)
    systems = tuple(_system(business, facts, params, runs) for business in load_businesses())
    return {"sections": sections, "systems": systems, "common": _common(facts, params)}


def _system(
    business: str, facts: catalog.Municipality, params: Params, runs: Mapping[str, str]
) -> System:
    number = load_businesses()[business].no
    said = params.systems.get(business, {})
    done, late = catalog.load_steps(facts.code)[number]
    steps = said.get("steps") or published_steps(done)
    state = said_state(said, late)
    if state is None:
        own = said.get("in_scope", False)
        state = derived_state(business, steps.number, late, facts, own)
    return System(number, business, runs[business], steps, late, state, said.get("live_since"))


def _common(facts: catalog.Municipality, params: Params) -> System:
    said = params.systems.get(COMMON, {})
    late = facts.common_late
    state = said_state(said) or common_state(facts)
    steps = said.get("steps")
    since = said.get("live_since")
    return System(COMMON_NO, COMMON, DX, steps, late, state, since)


def _gate(rule: GateRule, value: Value, said: Entry | None) -> tuple[GateRule, Value]:
    if not said:
        return rule, value
    asked, spent = said["request_by"], said["available"]
    dates = Value(
        rule.name,
        f"要求 {asked}、執行 {spent}",
        "月日",
        str(said["as_of"]),
        said["source"],
        said["grade"],
        where=said["where"],
        note=said.get("note", ""),
    )
    return GateRule(rule.name, asked, spent, int(spent < asked)), dates


# --- finding and loading --------------------------------------------------------------------------
def load_city(text: object, folder: Path | None = None) -> City:
    """The city of whatever ``find_slug`` understands: a params file's stem, a code, a name.

    Raises
    ------
    CityError
        No such municipality, or the name belongs to several: candidates are listed.
    ParamError
        The params file has faults; all of them are said.

    Notes
    -----
    The variables DXPLAN_PARAMS (another params folder), DXPLAN_EFFORT (another effort),
    DXPLAN_EDITION and DXPLAN_AUTHOR (for whom, by whom) are the press's: a notebook is given one
    word, and they hold for all cities of a batch.
    """
    folder = folder or params_folder()
    city: City = for_edition(_load_slug(find_slug(text, folder), folder))
    return city


def _hastened(city: City) -> City:
    effort = os.environ.get("DXPLAN_EFFORT")
    return city.changed(effort=effort) if effort else city


def load_trial(slug: str, text: str, folder: Path | None = None) -> City:
    """The city that a variant's file would make if it said this.

    Parameters
    ----------
    slug : of the variant, whether its file is there or not.
    text : YAML of the variant.
    folder : where its base lies.

    Raises
    ------
    ParamError
        The text has faults; all of them are said.
    """
    folder = folder or params_folder()
    path = folder / f"{slug}.yaml"
    return _load_laid(params_of(path, load_node(path, text)), folder)


def params_of(path: Path, node: Node | None = None) -> Params:
    """What a file says, read from its node where one is given.

    Raises
    ------
    ParamError
        With every fault of the file at once, in Japanese.
    """
    params = load_params(
        path,
        load_specs(),
        load_businesses(),
        [rule.name for rule, _ in load_gates()],
        catalog.load_municipality,
        form_names(),
        node,
        office_words(),
        [row["initiative"] for row in catalog.load_rows("initiatives")],
    )
    return replace(params, peers=codes_named(f"{place(path)} peers:", params.peers))


def _load_slug(slug: str, folder: Path, chain: tuple[str, ...] = ()) -> City:
    """The city that a file makes, or without one the figures and defaults; see ``_load_laid``."""
    path = own_file(slug, folder)
    if path:
        return _load_laid(params_of(path), folder, chain)
    return _hastened(_plain_city(find_slug(slug, folder)))


def _load_laid(params: Params, folder: Path, chain: tuple[str, ...] = ()) -> City:
    """A file laid over its base; ``chain``: the variants that start from it."""
    where, slug = place(params.path), params.path.stem
    if not params.base:
        plain = _plain_city(params.code)
        name = params.name
        if name and name != plain.name and plain.facts not in towns_named(name):
            code = f"code {params.code}({plain.name})"
            how = "合いません。どちらかを直してください。"
            raise ParamError(f"{where} name: 「{name}」は {code}と{how}")
        return _laid(params, plain)
    if slug in chain:
        raise ParamError(
            f"{where} base: {' → '.join((*chain, slug))} と輪になっています。"
            "元になるファイルを1つ決めてください。"
        )
    return _laid(params, _load_slug(base_slug(params.path, params.base), folder, (*chain, slug)))


def _laid(params: Params, city: City) -> City:
    """A file over the city on which it rests."""
    wrong = owner_fault(params, city.facts)
    if wrong:
        raise ParamError(wrong)
    return city.overlaid(params)


def _plain_city(code: str) -> City:
    """The city as the official figures and the defaults make it."""
    facts = catalog.load_municipality(code)
    return City(
        slug=code,
        facts=facts,
        values=MappingProxyType(load_defaults(facts)),
        said=MappingProxyType({}),
        seasons=load_seasons(),
        gates=load_gates(),
        elections=load_elections(),
        forms=placed_forms(facts),
        offices=load_offices(facts),
        **_parts(facts, Params(Path())),
    )


def _over_form(form: Form, said: Mapping[str, tuple[Value, ...]] | None) -> Form:
    if not said:
        return form
    return replace(form, values=MappingProxyType({**form.values, **said}))


def _over_forms(forms: tuple[Form, ...], file: Params) -> tuple[Form, ...]:
    """The forms with what a file says of them, under whichever name."""
    names = form_names()
    said = {names[name]: values for name, values in file.forms.items()}
    return tuple(_over_form(form, said.get(names[form.name])) for form in forms)


def _over_engaged(city: City, file: Params) -> tuple[Engagement, ...]:
    """The people who work already; of the forms of which a file speaks, its own word holds."""
    names = form_names()
    local = {names[form.name]: form.name for form in city.forms}
    said = [e._replace(form=local[names[e.form]]) for e in file.engagements]
    spoken = {e.form for e in said}
    return (*[e for e in city.engaged if e.form not in spoken], *said)


def load_slugs(prefecture: str | None = None, everything: bool = False) -> tuple[str, ...]:
    """The codes of a prefecture's municipalities, or of all 1,741, in the order of the codes.

    Raises
    ------
    CityError
        No prefecture of that name (the nearest is offered), or nothing was chosen.
    """
    if everything:
        return tuple(m.code for m in catalog.load_municipalities())
    if not prefecture:
        raise CityError(
            "団体が1つも選ばれていません。"
            "コードか市区町村名、--prefecture 千葉県、--all のどれかを書いてください。"
        )
    codes: dict[str, list[str]] = {}
    for town in catalog.load_municipalities():
        codes.setdefault(town.pref, []).append(town.code)
    if prefecture not in codes:
        how = f"{suggestion(prefecture, codes)}「千葉県」のように書いてください。"
        raise CityError(f"「{prefecture}」という都道府県はありません。{how}")
    return tuple(codes[prefecture])
