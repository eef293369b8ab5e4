"""What a meeting agreed, as a file `params/<slug>--<name>.yaml`: who, when, why, and what changed.

A change is a place in a params file and its new value. The city on the screen is made from the same
entries that would be written, and read by the same rules, without the way through a text; before a
file is written, its text is read and its city held against the one on the screen. A file that is
already there keeps its comments and all that was not changed; the text it had is kept beside it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import BaseRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Value, sureness
from dxplan.files import params_folder, place
from dxplan.town.city import City, params_of
from dxplan.town.defaults import load_specs
from dxplan.town.draft import write_file
from dxplan.town.initiatives import RUNNING, SAID, initiative_of
from dxplan.town.layers import STANDING
from dxplan.town.lots import Lot
from dxplan.town.systems import TRIED, state_word

AGREED, GRADE = "打合せの合意", "M"
NAME = re.compile(r"[\w\-]{1,40}")
KEPT = ".{number}.bak"  # no loader reads it
ROOM = (
    "前からあるファイルは、そのままです。"
    "ディスクの空き容量と書き込みの権限を確かめてから、もう一度保存してください。"
)


@dataclass(frozen=True, order=True)
class Place:
    """Where a value stands in a params file.

    Attributes
    ----------
    part : values, forms, lots, sections, systems, initiatives or notes.
    entry : the form, lot, section, business, initiative or chapter; "" in values.
    name : the parameter, or staff, steps, state (in words), text; of a lot offered, confidence,
        planned, vendor, contracted, contract_end; of an initiative a word of a params file.
    start : the day from which the value holds, where it has one.
    """

    part: str
    entry: str
    name: str
    start: date | None = None


@dataclass(frozen=True)
class Agreement:
    """Who agreed on a variant, when and why; or who has said a value, with its source and grade."""

    who: str
    when: date
    why: str
    source: str = AGREED
    grade: str = GRADE


Said = float | str | bool | date | None  # None: nobody has said anything there
Changes = Mapping[Place, Said]
UNITS = {"staff": "人", "steps": "ステップ"}
UNSURE = "見込み"  # how sure a day is that is set at the table, where nobody says so
NOBODY = Agreement("打合せ", date(2026, 4, 1), TRIED)
# what of a city a plan is made from, and the notes that its report shows
PLANNED = (
    "values systems common said lots sections gates elections forms engaged offices notes wishes"
).split()


def rows_of(city: City, at: Place) -> tuple[Value, ...]:
    """The dated values that stand at a place of a city.

    Parameters
    ----------
    city : the municipality.
    at : the place; a note, and what nobody has said of a lot have no such values.
    """
    if at.part == "forms":
        form = next(form for form in city.forms if form.name == at.entry)
        return form.values[at.name]
    if at.part == "sections":
        return tuple(section.staff for section in city.sections if section.name == at.entry)
    if at.part == "systems":
        system = next(system for system in city.movable if system.business == at.entry)
        if at.name == "state":
            return (replace(system.state, value=state_word(system.state.word)),)
        return (system.steps,) if system.steps else ()
    if at.part == "lots":
        lot = _lot_of(city, at)
        return (lot.offer,) if lot and lot.offer and at.name == "offered" else ()
    return city.values.get(at.name, ())


def _lot_of(city: City, at: Place) -> Lot | None:
    return next((lot for lot in city.lots if lot.name == at.entry), None)


def row_at(city: City, at: Place) -> Value | None:
    """The value that stands at a place from its day on, else the first; None where none stands."""
    rows = rows_of(city, at)
    for row in rows:
        if row.start == at.start:
            return row
    return rows[0] if rows else None


def value_at(city: City, at: Place) -> Said:
    """The value that stands at a place of a city."""
    if at.part == "notes":
        return city.notes.get(at.entry, "")
    if at.part == "initiatives":
        initiative = initiative_of(city, at.entry)
        return initiative.said(at.name) if initiative else None
    if at.part == "lots" and at.name != "offered":
        lot = _lot_of(city, at)
        if lot and at.name == "confidence":
            return sureness(lot.offer) or None
        known: Said = getattr(lot, at.name, None)
        return known
    row = row_at(city, at)
    return row.value if row else None


# --- the city and the text of a variant -----------------------------------------------------------
def changed_city(city: City, changes: Changes, agreed: Agreement = NOBODY) -> City:
    """The variant of a city that some changes make.

    Parameters
    ----------
    city : the city that is changed.
    changes : what is changed, and to what.
    agreed : who agreed on it.

    Raises
    ------
    ParamError
        A value cannot stand there; the sentences are those of a file, without its lines.
    """
    if not changes:
        return city
    doc = CommentedMap({"base": city.slug})
    _agree(doc, city, changes, agreed)
    node = build_yaml().representer.represent_data(doc)
    return city.overlaid(params_of(variant_path(city, TRIED), node))


def same_plan(city: City, other: City) -> bool:
    """Whether two cities are planned from the same, whoever said it and in whichever file."""
    return all(_bare(getattr(city, part)) == _bare(getattr(other, part)) for part in PLANNED)


def _bare(part: object) -> object:
    """A part of a city without the origins of its values."""
    if isinstance(part, Value):
        return part.start, part.value, sureness(part)
    if is_dataclass(part):
        part = vars(part)
    if isinstance(part, Mapping):
        part = tuple(sorted(part.items()))
    return tuple(map(_bare, part)) if isinstance(part, tuple) else part


def variant_text(city: City, changes: Changes, agreed: Agreement, before: str = "") -> str:
    """The YAML text of a variant.

    Parameters
    ----------
    city : the city that was changed; the base of a new variant.
    changes : what was changed, and to what.
    agreed : who, when and why.
    before : the text that the file has already; its comments and other entries are kept.
    """
    yaml = build_yaml()
    doc = CommentedMap({"base": DoubleQuotedScalarString(city.slug)})
    if before:
        doc = yaml.load(before)
    _agree(doc, city, changes, agreed)
    out = StringIO()
    yaml.dump(doc, out)
    return out.getvalue()


def _agree(doc: CommentedMap, city: City, changes: Changes, agreed: Agreement) -> None:
    """Write changes, and who agreed on them, into the entries of a file."""
    doc.update({"who": agreed.who, "when": agreed.when, "why": agreed.why})
    write_changes(doc, city, changes, lambda at: agreed)


def write_changes(
    doc: CommentedMap, city: City, changes: Changes, agreed: Callable[[Place], Agreement]
) -> None:
    """Write changes into the entries of a file, each with who has said it.

    Parameters
    ----------
    doc : the file as loaded.
    city : the city that is changed.
    changes : what is changed, and to what.
    agreed : place -> who has said what stands there.
    """
    groups: dict[Place, dict[date | None, Said]] = {}  # a place without its day -> day -> value
    for at in sorted(changes, key=_order):
        groups.setdefault(replace(at, start=None), {})[at.start] = changes[at]
    for at, values in groups.items():
        _put(doc, city, at, values, agreed)


PARTS = ("values", "forms", "sections", "systems", "lots", "initiatives", "notes")


def _order(at: Place) -> tuple[int, str, str, date]:
    return PARTS.index(at.part), at.entry, at.name, at.start or date.min


@cache
def build_yaml() -> YAML:
    """The reader and writer of params files that keeps comments."""
    yaml = YAML()  # keeps comments
    yaml.preserve_quotes = True
    yaml.width = 4096  # no line is broken
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(float, _plain_number)
    yaml.representer.ignore_aliases = lambda value: True
    return yaml


def _plain_number(representer: BaseRepresenter, value: float) -> ScalarNode:
    """A number without exponent: the loader reads digits only."""
    digits = f"{value:.12f}".rstrip("0").rstrip(".")
    return representer.represent_scalar("tag:yaml.org,2002:float", digits)


def _put(
    doc: CommentedMap,
    city: City,
    at: Place,
    values: Mapping[date | None, Said],
    agreed: Callable[[Place], Agreement],
) -> None:
    part = branch_of(doc, at.part)
    if at.part == "notes":
        note = str(values[None])
        part[at.entry] = LiteralScalarString(note) if "\n" in note else note
    elif at.part in ("systems", "sections", "lots", "initiatives"):
        entry = branch_of(part, at.entry)
        _put_entry(entry, city, at, values[None])
        entry.update(_origin(agreed(at)))
    else:
        rows = []
        for row in _dated(city, at, values):
            said = agreed(replace(at, start=row.start))
            if row.start in values:
                rows.append(_row(row, values[row.start], _origin(said)))
            else:
                rows.append(_kept_row(row, said))
        home = part if at.part == "values" else branch_of(part, at.entry)
        home[at.name] = rows[0] if len(rows) == 1 else CommentedSeq(rows)


def _dated(city: City, at: Place, values: Mapping[date | None, Said]) -> list[Value]:
    """The rows that stand at a place, and those that are new there, by their days."""
    rows = {row.start: row for row in rows_of(city, at)}
    basis = str(city.basis)
    for start in values:
        unit = load_specs()[at.name].unit
        rows.setdefault(start, Value(at.name, "", unit, basis, AGREED, GRADE, start))
    return [rows[start] for start in sorted(rows, key=lambda start: start or date.min)]


def _put_entry(entry: CommentedMap, city: City, at: Place, value: Said) -> None:
    """Write a value into the entry of a section, a system or a lot."""
    if at.name == "state":
        for name in STANDING[1:]:  # said before, and no longer so
            entry.pop(name, None)
        entry["state"] = value
    elif at.name == "live_since":
        entry[at.name] = value
    elif at.part == "initiatives":
        entry[at.name] = _scalar(value)
        _complete_initiative(entry, city, at)
    elif at.part == "lots":
        entry[at.name] = _scalar(value)
        _complete_lot(entry, city, at)
    else:
        entry[at.name] = _scalar(value)
        entry["unit"] = UNITS[at.name]


def _complete_lot(entry: CommentedMap, city: City, at: Place) -> None:
    """Name the systems of a lot, whatever lots later figures give; a day says how sure it is."""
    lot = _lot_of(city, at)
    if lot and "systems" not in entry and "systems" not in city.said.get(at.entry, {}):
        entry.insert(0, "systems", CommentedSeq(lot.businesses))
        entry["systems"].fa.set_flow_style()
    if at.name == "offered":
        sure = value_at(city, replace(at, name="confidence"))
        entry.setdefault("confidence", sure or UNSURE)
    if at.name == "confidence" and lot and lot.offer:
        entry.setdefault("offered", lot.offer.day)


def _complete_initiative(entry: CommentedMap, city: City, at: Place) -> None:
    """An own initiative says how it is made, and one that runs since when, in each file."""
    initiative = initiative_of(city, at.entry)
    if initiative and initiative.own:
        entry.setdefault("like", initiative.template)
    if initiative and initiative.live and entry.get("wish") == SAID[RUNNING]:
        entry.setdefault("live", initiative.live)


def branch_of(doc: CommentedMap, name: str) -> CommentedMap:
    """A mapping of a document by its name; an empty one is laid where there is none."""
    if not isinstance(doc.get(name), CommentedMap):
        doc[name] = CommentedMap()
    branch: CommentedMap = doc[name]
    return branch


def _row(row: Value, value: Said, origin: Mapping[str, object]) -> CommentedMap:
    """One dated value in one line, with the origin of the value."""
    line = CommentedMap({"value": _scalar(value), "unit": row.unit})
    if row.start:
        line["from"] = row.start
    line.update(origin)
    line.fa.set_flow_style()
    return line


def _kept_row(row: Value, agreed: Agreement) -> CommentedMap:
    """A dated value that did not change, with its own origin and note."""
    try:
        as_of = date.fromisoformat(row.as_of[:10])
    except ValueError:  # 令和5年度 and the like: the day on which it was taken over
        as_of = agreed.when
    origin = {"as_of": as_of, "source": row.source, "grade": row.grade[:1]}  # its age is no grade
    if row.note:
        origin["note"] = row.note
    return _row(row, row.value, origin)


def _origin(agreed: Agreement) -> dict[str, object]:
    return {"as_of": agreed.when, "source": agreed.source, "grade": agreed.grade}


def _scalar(value: Said) -> float | int | str | bool | date | None:
    if not isinstance(value, float):
        return value
    short = float(f"{value:.12g}")  # what arithmetic leaves behind the point is nobody's
    return int(short) if short == int(short) else short


# --- files ----------------------------------------------------------------------------------------
def variant_path(city: City, name: str, folder: Path | None = None) -> Path:
    """The file of a variant of a city.

    Parameters
    ----------
    city : the municipality, or a variant of it: the file is named after its first base.
    name : what people call it.
    folder : the params folder.

    Raises
    ------
    ParamError
        The name cannot be that of a file.
    """
    if not NAME.fullmatch(name) or "--" in name:
        how = "文字・数字・ハイフン1つずつで、40字までにしてください。"
        raise ParamError(f"変更案の名前「{name[:40]}」は使えません。{how}")
    return (folder or params_folder()) / f"{_stem(city)}--{name}.yaml"


def _stem(city: City) -> str:
    """The stem of the files of a city: that of its first base."""
    return city.slug.split("--")[0]


def write_variant(path: Path, text: str, overwrite: bool = False) -> Path:
    """Save the text of a variant, whole or not at all; what the file held before is kept beside it.

    Parameters
    ----------
    path : of the variant.
    text : its YAML.
    overwrite : whether somebody has said that a file that is there may be replaced.

    Returns
    -------
    the path

    Raises
    ------
    ParamError
        The file is there and nobody was asked, or the disk refuses; the file is then as it was.
    """
    if path.exists():
        if not overwrite:
            how = "別の名前にするか、上書きを選んでください。"
            raise ParamError(f"{place(path)} はすでにあります。{how}")
        _keep(path)
    write_file(path, text.encode(), f"{place(path)} を保存できませんでした。{ROOM}")
    return path


def _keep(path: Path) -> None:
    """A copy of a file under a name that no file has; nothing where the last copy says the same."""
    content = path.read_bytes()
    number = 1
    while (copy := path.with_name(path.name + KEPT.format(number=number))).exists():
        if copy.read_bytes() == content:
            return
        number += 1
    why = "の控えを取れないため、上書きしませんでした。"
    write_file(copy, content, f"{place(path)} {why}{ROOM}")


def difference(before: str, after: str) -> tuple[str, ...]:
    """The lines that saving would take away (-) and add (+).

    Parameters
    ----------
    before, after : texts of the file; "" where there is none.
    """
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def load_variants(city: City, folder: Path | None = None) -> tuple[str, ...]:
    """Slugs of the variants of a municipality, in the order of their names."""
    paths = (folder or params_folder()).glob(f"{_stem(city)}--*.yaml")
    return tuple(sorted(path.stem for path in paths))
