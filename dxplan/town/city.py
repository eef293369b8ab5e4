"""One municipality, checked, frozen and complete; how to find it and how to change a copy.

Three layers make a City: the official figures of ``data/``, the defaults by class and size (each an
assumption with its grade), and what a params file says. ``load_city`` needs no file: a six-digit code
or a name is enough for each of the 1,741 municipalities.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from dxplan.facts import catalog, months
from dxplan.facts.months import GateRule
from dxplan.facts.nodes import nearest, place
from dxplan.facts.params import FORM, Election, ParamError, Params, Value, load_params, within
from dxplan.town.defaults import (
    Form,
    Season,
    in_force,
    load_businesses,
    load_defaults,
    load_elections,
    load_forms,
    load_gates,
    load_seasons,
    load_sections,
    load_specs,
)
from dxplan.town.layers import contradictions, overlaid
from dxplan.town.lots import Lot, lots_of
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

PARAMS = catalog.ROOT / "params"


class CityError(ParamError):
    """A municipality cannot be found, or a selection is empty; Japanese, for the person who asked."""


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
    before : the city that a variant starts from; None where this is none.
    """

    slug: str
    facts: catalog.Municipality
    values: Mapping[str, tuple[Value, ...]]
    systems: tuple[System, ...]
    common: System
    said: Mapping[str, Mapping[str, object]]
    sections: tuple[Section, ...]
    seasons: tuple[Season, ...]
    gates: tuple[tuple[GateRule, Value], ...]
    elections: tuple[Election, ...] = ()
    forms: tuple[Form, ...] = ()
    base: str = ""
    before: City | None = None
    who: str = ""
    when: date | None = None
    why: str = ""
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

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

    @property
    def situation(self) -> str:
        """What is left: lots, both (lots and open questions), questions, or after (nothing)."""
        asked = any(s.unsure for s in self.movable)
        if self.lots:
            return "both" if asked else "lots"
        return "questions" if asked else "after"

    @cached_property
    def start(self) -> date:
        """First day of the plan: as given, else the first of the month after the basis date."""
        if "start_date" in self.values:
            return self.at("start_date").value
        return months.first_of_next_month(self.at("basis_date").value)

    def at(self, name: str, day: date | None = None) -> Value:
        """The value of a parameter in force on a day (the plan's start where no day is given)."""
        return in_force(
            self.values[name], day or (date.min if name.endswith("_date") else self.start)
        )

    def number(self, name: str, day: date | None = None) -> float:
        """The number of a parameter in force on a day, in the unit of its declaration."""
        return float(self.at(name, day).value)

    def changed(self, **numbers: float | str | date) -> City:
        """A copy in which parameters hold other values always, marked as a trial (grade G).

        Raises
        ------
        ParamError
            No such parameter, or a value outside its range.
        """
        basis = str(self.at("basis_date").value)
        trial = {name: (_trial(name, value, basis),) for name, value in numbers.items()}
        return replace(self, values=MappingProxyType({**self.values, **trial}))

    def scaled(self, people: float = 1.0, prices: float = 1.0) -> City:
        """A copy with own people or prices of outsiders multiplied: a trial without ranges."""
        values = dict(self.values)
        values["dx_staff"] = _times(values["dx_staff"], people)
        sections = tuple(replace(s, staff=_times((s.staff,), people)[0]) for s in self.sections)
        forms = tuple(
            _over_form(f, {"form_yen": _times(f.values["form_yen"], prices)}) for f in self.forms
        )
        return replace(self, values=MappingProxyType(values), sections=sections, forms=forms)

    def unmoved(self) -> City:
        """A copy in which every open question turns out as a system that has not moved."""
        state = pending_state(str(self.at("basis_date").value))
        systems = tuple(replace(s, state=state) if s.unsure else s for s in self.systems)
        return replace(self, systems=systems)

    def assumptions(self) -> tuple[tuple[str, Value], ...]:
        """Every value the plan rests on, as (what, value) in a fixed order."""
        specs = load_specs()
        rows = [
            (spec.label, value)
            for name, spec in specs.items()
            for value in self.values.get(name, ())
        ]
        rows += [(f"{lot.title}のベンダの提示日", lot.offer) for lot in self.lots if lot.offer]
        rows += [(f"{section.name}の職員数", section.staff) for section in self.sections]
        rows += [
            (f"{form.name}の{specs[name].label}", value)
            for form in self.forms
            for name, kept in form.values.items()
            for value in kept
        ]
        rows += [(f"{rule.name}の時期", value) for rule, value in self.gates]
        return tuple(rows + [(f"{s.business}の完了ステップ", s.steps) for s in self.systems])

    def fingerprint(self) -> str:
        """Twelve hex digits that change when any input of the plan changes."""
        parts = [f"{f.name}={_plain(getattr(self, f.name))}" for f in fields(self)]
        tables = (
            "work_items",
            "business_work",
            "lot_template",
            "hard_weeks",
            "forms",
            "lessons",
            "finance_rates",
        )
        parts += [catalog.load_table(name).to_csv(index=False) for name in tables]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _plain(value) -> str:
    return repr(sorted(value.items()) if isinstance(value, Mapping) else value)


def _trial(name: str, value: float | str | date, basis: str) -> Value:
    specs = {name: spec for name, spec in load_specs().items() if spec.topic != FORM}
    if name not in specs:
        raise ParamError(
            f"{name}: 知らないパラメータです。{nearest(name, specs)}書けるのは {'・'.join(specs)} です。"
        )
    spec = specs[name]
    if not within(spec, value):
        raise ParamError(
            f"{name}: 「{value}」は{spec.label}として使えません。{spec.allowed()} の中で決めてください。"
        )
    kept = float(value) if spec.kind == "number" else value
    return Value(name, kept, spec.unit, basis, "試算", "G", where="試算")


def _times(rows: tuple[Value, ...], factor: float) -> tuple[Value, ...]:
    if factor == 1:
        return rows
    return tuple(
        replace(
            row,
            value=row.value * factor,
            source="試算",
            grade="G",
            where="試算",
            note=f"{row.value:g}{row.unit}の{factor:g}倍",
        )
        for row in rows
    )


# --- the parts of a city ---------------------------------------------------------------------------
def _is_town(facts: catalog.Municipality) -> bool:
    return facts.type in ("町", "村")


def _sections(
    facts: catalog.Municipality, params: Params
) -> tuple[tuple[Section, ...], dict[str, str]]:
    """The sections, and which section runs which business."""
    staff, runs = load_sections(facts, "町村" if _is_town(facts) else "市区")
    known = set(runs.values())
    for name, said in params.sections.items():
        staff[name] = said["staff"]
        runs |= {business: name for business in said.get("businesses", ())}
        if name not in known and "businesses" not in said:
            raise ParamError(
                f"{place(params.path)} sections: 「{name}」が担当する業務がありません。{nearest(name, known)}"
                f"businesses: に業務を書くか、{'・'.join(sorted(known))} のどれかの名にしてください。"
            )
    return tuple(
        Section(name, value) for name, value in staff.items() if name in runs.values()
    ), runs


def _system(
    business: str, facts: catalog.Municipality, params: Params, runs: Mapping[str, str]
) -> System:
    number = load_businesses()[business].no
    said = params.systems.get(business, {})
    done, late = catalog.load_steps(facts.code)[number]
    steps = said.get("steps") or published_steps(done)
    state = said_state(said, late) or derived_state(
        business, steps.value, late, facts, said.get("in_scope", False)
    )
    return System(number, business, runs[business], steps, late, state, said.get("live_since"))


def _common(facts: catalog.Municipality, params: Params) -> System:
    said = params.systems.get(COMMON, {})
    state = said_state(said) or common_state(facts)
    return System(
        COMMON_NO,
        COMMON,
        DX,
        said.get("steps"),
        facts.common_late_2025_12,
        state,
        said.get("live_since"),
    )


def _gates(params: Params) -> tuple[tuple[GateRule, Value], ...]:
    return tuple(_gate(rule, value, params.gates.get(rule.name)) for rule, value in load_gates())


def _gate(rule: GateRule, value: Value, said: Mapping | None) -> tuple[GateRule, Value]:
    if not said:
        return rule, value
    asked, spent = said["request_by"], said["available"]
    text = f"要求 {asked}、執行 {spent}"
    kept = Value(
        rule.name,
        text,
        "月日",
        str(said["as_of"]),
        said["source"],
        said["grade"],
        where=said["where"],
        note=said.get("note", ""),
    )
    return GateRule(rule.name, asked, spent, int(spent < asked)), kept


# --- finding and loading ---------------------------------------------------------------------------
def params_folder() -> Path:
    """The folder of the params files: the workbook's, or that of the variable DXPLAN_PARAMS."""
    return Path(os.environ.get("DXPLAN_PARAMS") or PARAMS)


def load_city(text: str, folder: Path | None = None) -> City:
    """The city of a params file's stem, a six-digit code, or a name (市川市, 東京都府中市).

    Raises
    ------
    CityError
        No such municipality, or the name belongs to several: candidates are listed.
    ParamError
        The params file has faults; all of them are said.

    Notes
    -----
    The variables DXPLAN_PARAMS (another params folder) and DXPLAN_EFFORT (another effort) are the press's:
    a notebook is given one word, and they hold for all cities of a batch.
    """
    folder = folder or params_folder()
    return _hastened(_load_city(find_slug(text, folder), folder))


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
    return _hastened(_load_city(slug, folder or params_folder(), text))


def _load_city(slug: str, folder: Path, text: str | None = None) -> City:
    params = _load_slug(slug, folder, text=text)
    facts = catalog.load_municipality(params.code)
    if params.name and params.name != facts.name:
        raise ParamError(
            f"{place(params.path)} name: 「{params.name}」は code {params.code}({facts.name})と"
            "合いません。どちらかを直してください。"
        )
    sections, runs = _sections(facts, params)
    systems = tuple(_system(business, facts, params, runs) for business in load_businesses())
    forms = tuple(_over_form(form, params.forms.get(form.name, {})) for form in load_forms())
    before = _load_city(_find_base(params, folder), folder) if params.base else None
    city = City(
        slug,
        facts,
        MappingProxyType(load_defaults(facts) | dict(params.values)),
        systems,
        _common(facts, params),
        MappingProxyType(dict(params.lots)),
        sections,
        load_seasons(),
        _gates(params),
        (*load_elections(), *params.elections),
        forms,
        params.base,
        before,
        params.who,
        params.when,
        params.why,
        params.note,
        MappingProxyType(dict(params.notes)),
    )
    faults = contradictions(
        params, city.movable, city.lots, before.lots if before else (), city.at("basis_date").value
    )
    if faults:
        raise ParamError(faults)
    return city


def _over_form(form: Form, said: Mapping[str, tuple[Value, ...]]) -> Form:
    return replace(form, values=MappingProxyType({**form.values, **said}))


def find_slug(text: str, folder: Path | None = None) -> str:
    """The slug that a person's words mean; see ``load_city``."""
    text = unicodedata.normalize("NFC", text).strip()
    if re.fullmatch(r"[\w\-]{1,60}", text) and ((folder or PARAMS) / f"{text}.yaml").exists():
        return text
    if re.fullmatch("[0-9]{5,7}", text):
        return _known_code(text)
    found = [m.code for m in catalog.load_municipalities() if text in (m.name, m.pref + m.name)]
    if len(found) == 1:
        return found[0]
    if found:
        named = "、".join(
            f"{m.pref}{m.name}({m.code})" for m in map(catalog.load_municipality, found)
        )
        raise CityError(
            f"「{text}」は{len(found)}つあります: {named}。都道府県名を付けるか、コードで書いてください。"
        )
    raise CityError(
        f"「{text[:60]}」という団体も params のファイルもありません。{_suggest(text[:60], folder or PARAMS)}"
        "6桁のコード、市区町村名、または params のファイル名を書いてください。"
    )


def _known_code(text: str) -> str:
    try:
        return catalog.load_municipality(text).code
    except catalog.CatalogError as error:
        raise CityError(str(error)) from error


def _suggest(text: str, folder: Path) -> str:
    names = [m.name for m in catalog.load_municipalities()] + sorted(
        p.stem for p in folder.glob("*.yaml")
    )
    close = list(dict.fromkeys(difflib.get_close_matches(text, names, n=3, cutoff=0.6)))
    return f"もしかして {'・'.join(close)} ですか。" if close else ""


def _load_slug(
    slug: str, folder: Path, chain: tuple[str, ...] = (), text: str | None = None
) -> Params:
    """What the files say: the slug's own, laid over its base's where it is a variant."""
    path = folder / f"{slug}.yaml"
    if text is None and not path.exists():
        return Params(path=path, code=_known_code(slug))
    rules = {rule.name: rule for rule, _ in load_gates()}
    params = load_params(
        path,
        load_specs(),
        load_businesses(),
        rules,
        catalog.load_municipality,
        [form.name for form in load_forms()],
        text,
    )
    if not params.base:
        return params
    if slug in chain:
        raise ParamError(
            f"{place(path)} base: {' → '.join((*chain, slug))} と輪になっています。"
            "元になるファイルを1つ決めてください。"
        )
    return overlaid(_load_slug(_find_base(params, folder), folder, (*chain, slug)), params)


def _find_base(params: Params, folder: Path) -> str:
    try:
        return find_slug(params.base, folder)
    except CityError as error:
        raise CityError(f"{place(params.path)} base: {error}") from error


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
            "団体が1つも選ばれていません。コードか市区町村名、--prefecture 千葉県、--all のどれかを書いてください。"
        )
    found = tuple(m.code for m in catalog.load_municipalities() if m.pref == prefecture)
    if not found:
        known = dict.fromkeys(m.pref for m in catalog.load_municipalities())
        raise CityError(
            f"「{prefecture}」という都道府県はありません。{nearest(prefecture, known)}「千葉県」のように書いてください。"
        )
    return found
