"""One municipality, checked, frozen and complete; how to find it and how to change a copy.

Three layers make a City: the official figures of ``data/``, the defaults by class and size (each an
assumption with its grade), and what a params file says. ``load_city`` needs no file: a six-digit
code or a name is enough for each of the 1,741 municipalities.
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
from dxplan.facts.nodes import suggestion
from dxplan.facts.params import FORM, Election, ParamError, Params, Value, load_params, within
from dxplan.files import place
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
# Tables of data/ that a plan reads beside the city.
PLANNED_FROM = tuple(
    "work_items business_work lot_template hard_weeks forms lessons finance_rates".split()
)


class CityError(ParamError):
    """A municipality cannot be found, or a selection is empty; Japanese, for who asked."""


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
        if day is None:  # the plan's start itself rests on dates
            day = date.min if name.endswith("_date") else self.start
        return in_force(self.values[name], day)

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
        state = pending_state(str(self.at("basis_date").value))
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
        rows += [(f"{system.business}の完了ステップ", system.steps) for system in self.systems]
        return tuple(rows)

    def fingerprint(self) -> str:
        """Twelve hex digits that change when any input of the plan changes."""
        parts = []
        for part in fields(self):
            value = getattr(self, part.name)
            if isinstance(value, Mapping):  # the order of a file's entries is no input
                value = sorted(value.items())
            parts.append(f"{part.name}={value!r}")
        parts += [catalog.load_table(name).to_csv(index=False) for name in PLANNED_FROM]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _trial(name: str, value: float | str | date, basis: str) -> Value:
    specs = {name: spec for name, spec in load_specs().items() if spec.topic != FORM}
    if name not in specs:
        near = f"{suggestion(name, specs)}書けるのは {'・'.join(specs)} です。"
        raise ParamError(f"{name}: 知らないパラメータです。{near}")
    spec = specs[name]
    if not within(spec, value):
        how = f"{spec.allowed()} の中で決めてください。"
        raise ParamError(f"{name}: 「{value}」は{spec.label}として使えません。{how}")
    if spec.kind == "number":
        value = float(value)
    return Value(name, value, spec.unit, basis, "試算", "G", where="試算")


def _times(value: Value, factor: float) -> Value:
    if factor == 1:
        return value
    return replace(
        value,
        value=value.value * factor,
        source="試算",
        grade="G",
        where="試算",
        note=f"{value.value:g}{value.unit}の{factor:g}倍",
    )


# --- the parts of a city --------------------------------------------------------------------------
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
        runs |= dict.fromkeys(said.get("businesses", ()), name)
        if name not in known and "businesses" not in said:
            how = f"businesses: に業務を書くか、{'・'.join(sorted(known))} のどれかの名にしてください。"
            raise ParamError(
                f"{place(params.path)} sections: 「{name}」が担当する業務がありません。"
                f"{suggestion(name, known)}{how}"
            )
    busy = [Section(name, value) for name, value in staff.items() if name in runs.values()]
    return tuple(busy), runs


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
        state = derived_state(business, steps.value, late, facts, own)
    return System(number, business, runs[business], steps, late, state, said.get("live_since"))


def _common(facts: catalog.Municipality, params: Params) -> System:
    said = params.systems.get(COMMON, {})
    late, state = facts.common_late_2025_12, said_state(said) or common_state(facts)
    steps, since = said.get("steps"), said.get("live_since")
    return System(COMMON_NO, COMMON, DX, steps, late, state, since)


def _gates(params: Params) -> tuple[tuple[GateRule, Value], ...]:
    return tuple(_gate(rule, value, params.gates.get(rule.name)) for rule, value in load_gates())


def _gate(rule: GateRule, value: Value, said: Mapping | None) -> tuple[GateRule, Value]:
    if not said:
        return rule, value
    asked, spent = said["request_by"], said["available"]
    origin = {name: said[name] for name in ("source", "grade", "where")}
    dates = Value(
        rule.name,
        f"要求 {asked}、執行 {spent}",
        "月日",
        str(said["as_of"]),
        note=said.get("note", ""),
        **origin,
    )
    return GateRule(rule.name, asked, spent, int(spent < asked)), dates


# --- finding and loading --------------------------------------------------------------------------
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
    The variables DXPLAN_PARAMS (another params folder) and DXPLAN_EFFORT (another effort) are the
    press's: a notebook is given one word, and they hold for all cities of a batch.
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
        code = f"code {params.code}({facts.name})"
        raise ParamError(
            f"{place(params.path)} name: 「{params.name}」は {code}と"
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
    lots_before = before.lots if before else ()
    basis = city.at("basis_date").value
    faults = contradictions(params, city.movable, city.lots, lots_before, basis)
    if faults:
        raise ParamError(faults)
    return city


def _over_form(form: Form, said: Mapping[str, tuple[Value, ...]]) -> Form:
    return replace(form, values=MappingProxyType({**form.values, **said}))


def find_slug(text: str, folder: Path | None = None) -> str:
    """The slug that a person's words mean; see ``load_city``."""
    text = unicodedata.normalize("NFC", text).strip()
    folder = folder or PARAMS
    if re.fullmatch(r"[\w\-]{1,60}", text) and (folder / f"{text}.yaml").exists():
        return text
    if re.fullmatch("[0-9]{5,7}", text):
        return _known_code(text)
    towns = [m for m in catalog.load_municipalities() if text in (m.name, m.pref + m.name)]
    if len(towns) == 1:
        return towns[0].code
    if towns:
        named = "、".join(f"{m.pref}{m.name}({m.code})" for m in towns)
        how = "都道府県名を付けるか、コードで書いてください。"
        raise CityError(f"「{text}」は{len(towns)}つあります: {named}。{how}")
    text = text[:60]
    raise CityError(
        f"「{text}」という団体も params のファイルもありません。{_suggest(text, folder)}"
        "6桁のコード、市区町村名、または params のファイル名を書いてください。"
    )


def _known_code(text: str) -> str:
    try:
        return catalog.load_municipality(text).code
    except catalog.CatalogError as error:
        raise CityError(str(error)) from error


def _suggest(text: str, folder: Path) -> str:
    names = [m.name for m in catalog.load_municipalities()]
    names += sorted(path.stem for path in folder.glob("*.yaml"))
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
