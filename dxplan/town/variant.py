"""What a meeting agreed, as a file `params/<slug>--<name>.yaml`: who, when, why, and what changed.

A change is a place in a params file and its new value. The text that would be saved is also what a
trial city is read from, so that the numbers on the screen are those of the report that is made from
the file. A file that is already there keeps its comments and all that was not changed; the text it
had is kept beside it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import BaseRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Value, sureness
from dxplan.files import place, write_whole
from dxplan.town.city import City, params_folder
from dxplan.town.draft import write_text
from dxplan.town.lots import Lot
from dxplan.town.systems import System, state_word

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
    part : values, forms, lots, sections, systems or notes.
    entry : the form, lot, section, business or chapter; "" in values.
    name : the parameter, or staff, steps, live, state (in words), text; of a lot offered,
        confidence, planned, vendor, contracted, contract_end.
    start : the day from which the value holds, where it has one.
    """

    part: str
    entry: str
    name: str
    start: date | None = None


@dataclass(frozen=True)
class Agreement:
    """Who agreed on a variant, when and why."""

    who: str
    when: date
    why: str


Said = float | str | bool | date | None  # None: nobody has said anything there
Changes = Mapping[Place, Said]
UNSURE = "見込み"  # how sure a day is that is set at the table, where nobody says so
MOVED, STAYS = "稼働", "未移行"  # the states that the flag live stands for


def rows_of(city: City, at: Place) -> tuple[Value, ...]:
    """The dated values that stand at a place of a city.

    Parameters
    ----------
    city : the municipality.
    at : the place; a flag, a note, and what nobody has said of a lot have no such values.
    """
    if at.part == "forms":
        form = next(form for form in city.forms if form.name == at.entry)
        return form.values[at.name]
    if at.part == "sections":
        return tuple(section.staff for section in city.sections if section.name == at.entry)
    if at.part == "systems":
        system = _system_of(city, at)
        if at.name == "state":
            return (replace(system.state, value=state_word(system.state.value)),)
        return (system.steps,)
    if at.part == "lots":
        lot = _lot_of(city, at)
        return (lot.offer,) if lot and lot.offer and at.name == "offered" else ()
    return city.values[at.name]


def _system_of(city: City, at: Place) -> System:
    return next(system for system in city.movable if system.business == at.entry)


def _lot_of(city: City, at: Place) -> Lot | None:
    return next((lot for lot in city.lots if lot.name == at.entry), None)


def value_at(city: City, at: Place) -> Said:
    """The value that stands at a place of a city."""
    if at.part == "notes":
        return city.notes.get(at.entry, "")
    if at.part == "lots":
        return _said_of_lot(_lot_of(city, at), at.name)
    if at.name == "live":
        return _system_of(city, at).live
    rows = rows_of(city, at)
    for row in rows:
        if row.start == at.start:
            return row.value
    return rows[0].value


def _said_of_lot(lot: Lot | None, name: str) -> Said:
    """What is said of a lot; nothing of one that is not there."""
    if lot is None:
        return None
    if name == "offered":
        return lot.offer.value if lot.offer else None
    if name == "confidence":
        return sureness(lot.offer) if lot.offer else None
    return getattr(lot, name)


# --- the text of a variant ------------------------------------------------------------------------
def variant_text(city: City, changes: Changes, said: Agreement, before: str = "") -> str:
    """The YAML text of a variant.

    Parameters
    ----------
    city : the city that was changed; the base of a new variant.
    changes : what was changed, and to what.
    said : who, when and why.
    before : the text that the file has already; its comments and other entries are kept.
    """
    yaml = _yaml()
    doc = CommentedMap({"base": DoubleQuotedScalarString(city.slug)})
    if before:
        doc = yaml.load(before)
    doc.update({"who": said.who, "when": said.when, "why": said.why})
    groups: dict[Place, dict[date | None, Said]] = {}  # a place without its day -> day -> value
    for at in sorted(changes, key=_order):
        groups.setdefault(replace(at, start=None), {})[at.start] = changes[at]
    for at, values in groups.items():
        _put(doc, city, at, values, said)
    out = StringIO()
    yaml.dump(doc, out)
    return out.getvalue()


PARTS = ("values", "forms", "sections", "systems", "lots", "notes")


def _order(at: Place) -> tuple:
    return PARTS.index(at.part), at.entry, at.name, at.start or date.min


def _yaml() -> YAML:
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


def _put(doc: CommentedMap, city: City, at: Place, values: Mapping, said: Agreement) -> None:
    part = _branch(doc, at.part)
    if at.part == "notes":
        note = values[None]
        part[at.entry] = LiteralScalarString(note) if "\n" in note else note
    elif at.part in ("systems", "sections", "lots"):
        entry = _branch(part, at.entry)
        _put_entry(entry, city, at, values[None])
        entry.update(_origin(said))
    else:
        rows = []
        for row in rows_of(city, at):
            if row.start in values:
                rows.append(_row(row, values[row.start], _origin(said)))
            else:
                rows.append(_kept_row(row, said))
        home = part if at.part == "values" else _branch(part, at.entry)
        home[at.name] = rows[0] if len(rows) == 1 else CommentedSeq(rows)


def _put_entry(entry: CommentedMap, city: City, at: Place, value: Said) -> None:
    """Write a value into the entry of a section, a system or a lot."""
    if at.name in ("live", "state"):
        for word in ("live", "in_scope", "live_since"):  # said before, and no longer so
            entry.pop(word, None)
        if at.name == "live":
            value = MOVED if value else STAYS
        entry["state"] = value
    elif at.part == "lots":
        entry[at.name] = _scalar(value)
        _complete_lot(entry, city, at)
    else:
        entry[at.name] = _scalar(value)
        entry["unit"] = rows_of(city, at)[0].unit


def _complete_lot(entry: CommentedMap, city: City, at: Place) -> None:
    """Name the systems of a lot, whatever lots later figures give; a day says how sure it is."""
    lot = _lot_of(city, at)
    if lot and "systems" not in entry and "systems" not in city.said.get(at.entry, {}):
        entry.insert(0, "systems", CommentedSeq(lot.businesses))
        entry["systems"].fa.set_flow_style()
    if at.name == "offered":
        entry.setdefault("confidence", _said_of_lot(lot, "confidence") or UNSURE)
    if at.name == "confidence" and lot and lot.offer:
        entry.setdefault("offered", lot.offer.value)


def _branch(doc: CommentedMap, name: str) -> CommentedMap:
    if not isinstance(doc.get(name), CommentedMap):
        doc[name] = CommentedMap()
    return doc[name]


def _row(row: Value, value: float | str | date, origin: Mapping[str, object]) -> CommentedMap:
    """One dated value in one line, with the origin of the value."""
    line = CommentedMap({"value": _scalar(value), "unit": row.unit})
    if row.start:
        line["from"] = row.start
    line.update(origin)
    line.fa.set_flow_style()
    return line


def _kept_row(row: Value, said: Agreement) -> CommentedMap:
    """A dated value that did not change, with its own origin and note."""
    try:
        as_of = date.fromisoformat(row.as_of[:10])
    except ValueError:  # 令和5年度 and the like: the day on which it was taken over
        as_of = said.when
    origin = {"as_of": as_of, "source": row.source, "grade": row.grade}
    if row.note:
        origin["note"] = row.note
    return _row(row, row.value, origin)


def _origin(said: Agreement) -> dict[str, object]:
    return {"as_of": said.when, "source": AGREED, "grade": GRADE}


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
    try:
        write_text(path, text)
    except ParamError as error:
        raise ParamError(f"{place(path)} を保存できませんでした。{ROOM}") from error
    return path


def _keep(path: Path) -> None:
    """A copy of a file under a name that no file has; nothing where the last copy says the same."""
    text = path.read_bytes()
    number = 1
    while (copy := path.with_name(path.name + KEPT.format(number=number))).exists():
        if copy.read_bytes() == text:
            return
        number += 1
    try:
        write_whole(copy, text)
    except OSError as error:
        why = "の控えを取れないため、上書きしませんでした。"
        raise ParamError(f"{place(path)} {why}{ROOM}") from error


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
