"""What was answered as the text of a params file: only what is known, each with its origin.

The file that is there keeps its comments and all that nobody has answered. An entry of a lot, a
system, a section, an initiative or a budget occasion has one origin: where several answers make it,
their sources stand together, with the oldest day and the weakest grade, and the own origin of each
is remarked at the end. What a person has typed as a note is not written: a params file goes with
every bundle. A question that nobody could answer leaves the present assumption, and a remark with
the day on which it was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from dxplan.facts.nodes import GRADES
from dxplan.files import params_folder
from dxplan.hearing.answers import Answer, Base, Row, Spoken, Unknown
from dxplan.hearing.asked import INITIATIVES, LISTS, NEW, spec_at
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.splice import spliced
from dxplan.town.variant import (
    Agreement,
    Place,
    Said,
    branch_of,
    build_yaml,
    value_at,
    write_changes,
    write_variant,
)

HOMELESS = ("procedures", "lacks", "wants", "vendors")  # parts that no params file has
HOMELESS_NAMES = ("depends", "extension_yen")  # of a lot
ENTRIES = ("systems", "sections", "lots", "gates", INITIATIVES)  # their entries have one origin
SCALARS = (float, int, str, date)  # of what is said in one word
ORIGIN = ("as_of", "source", "grade")
HEAD = """\
## {pref}{name}の前提(params)。調査票・照会票で確かめた値だけを書いたものです。
## 書けるすべての項目と既定の値は、別のフォルダで `dxplan new {code} --full` とすると見られます。
"""
ASKED_HEAD = "## ---- 照会して不明だったもの(既定の前提のまま) ----"
OWN_HEAD = "## ---- 出典の違う答えを1つのまとまりに書いたところの、答えごとの出典 ----"
DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
ASKED_LINE = re.compile(rf"## (\S+)  (.+): {DAY}に照会、不明")
OWN_LINE = re.compile(rf"## (\S+)  (.+)、{DAY}時点、確度([A-Z])")


def place_id(at: Place) -> str:
    """The name of a place on a line: values.dx_staff, lots.ロット1.vendor."""
    parts = (at.part, at.entry, at.name, str(at.start or ""))
    return ".".join(re.sub(r"\s+", "_", part) for part in parts if part)


def has_home(at: Place) -> bool:
    """Whether a params file has a place for it."""
    return at.part not in HOMELESS and at.name not in HOMELESS_NAMES


def params_path(base: Base, folder: Path | None = None) -> Path:
    """The params file of a hearing."""
    return (folder or params_folder()) / f"{base.slug}.yaml"


def build_text(
    city: City,
    base: Base,
    answers: Sequence[Answer],
    unknown: Iterable[Unknown] = (),
    before: str = "",
) -> str:
    """The text of the params file with what was answered.

    Parameters
    ----------
    city : as the file makes it now.
    base : of the sheet, whose rows of lists the answers number.
    answers : what is taken; at most one for each place.
    unknown : what was asked and nobody knew.
    before : the text that the file has; "" where there is none.
    """
    doc, before = _loaded(city, before)
    own = own_origins(before)
    known = [answer for answer in answers if has_home(answer.place)]
    agreed = {answer.place: _agreement(answer) for answer in known}
    spoken = {answer.place: answer.value for answer in known}
    _write_values(doc, city, spoken, agreed)
    for part in ENTRIES:
        for entry in dict.fromkeys(at.entry for at in spoken if at.part == part):
            _write_entry(doc, city, Place(part, entry, ""), spoken, agreed, own)
    for at, value in spoken.items():
        if at.part == "offices":
            branch_of(doc, "offices")[at.entry] = value
        elif at.part in LISTS:
            _write_row(doc, base_row(base, at), at, value, agreed[at])
    text = spliced(build_yaml(), before, doc)
    return _with_remarks(text, own, _asked(before, known, unknown))


def write_params(path: Path, text: str) -> Path:
    """Save a params file, whole or not at all; what the file held before is kept beside it.

    Raises
    ------
    ParamError
        The disk refuses; the file is then as it was.
    """
    return write_variant(path, text, overwrite=True)


def _loaded(city: City, before: str) -> tuple[CommentedMap, str]:
    """The file as loaded, and its text; one that is made where there is none."""
    if not before:
        before = HEAD.format(pref=city.pref, name=city.name, code=city.code)
        before += f'code: "{city.code}"\nname: {city.name}\n'
    doc: CommentedMap = build_yaml().load(before)
    return doc, before


def _agreement(answer: Answer) -> Agreement:
    return Agreement("", answer.as_of, "", answer.source, answer.grade)


# --- values ---------------------------------------------------------------------------------------
def _write_values(
    doc: CommentedMap, city: City, spoken: Mapping[Place, Spoken], agreed: Mapping[Place, Agreement]
) -> None:
    """Parameters and values of forms; a dated value leaves those of other days as they are."""
    changes: dict[Place, Said] = {}
    for at, value in spoken.items():
        if at.part not in ("values", "forms"):
            continue
        if value is None:
            home = branch_of(doc, at.part)
            home = home if at.part == "values" else branch_of(home, at.entry)
            home.pop(at.name, None)
        elif isinstance(value, SCALARS):
            changes[at] = value
    # what stood beside it keeps its own origin
    write_changes(doc, city, changes, lambda at: agreed.get(at, NOBODY))


NOBODY = Agreement("", date(2026, 4, 1), "")


# --- entries with one origin ----------------------------------------------------------------------
def _write_entry(
    doc: CommentedMap,
    city: City,
    at: Place,
    spoken: Mapping[Place, Spoken],
    agreed: Mapping[Place, Agreement],
    own: dict[str, Agreement],
) -> None:
    """What was answered of one system, section, lot, initiative or budget occasion."""
    said = {place: value for place, value in spoken.items() if _entry_of(place) == at}
    home = branch_of(doc, at.part)
    before = dict(home.get(at.entry) or {})
    there = {place: value for place, value in said.items() if value is not None}
    if at.part == "gates":
        _write_gate(branch_of(home, at.entry), city, at, there)
    else:
        _write_members(branch_of(home, at.entry), there)
        rest = {place: value for place, value in there.items() if isinstance(value, SCALARS)}
        for place in sorted(rest, key=_state_first):
            write_changes(doc, city, {place: rest[place]}, lambda place: agreed[place])
    entry = home[at.entry]
    for place in said.keys() - there.keys():
        entry.pop(place.name, None)
    _write_origin(entry, at, before, {place: agreed[place] for place in said}, own)
    if not _said_words(entry):
        home.pop(at.entry)


def _entry_of(at: Place) -> Place:
    return replace(at, name="", start=None)


def _state_first(at: Place) -> bool:
    """A state takes away what was said of where a system stands before."""
    return at.name != "state"


def _said_words(entry: Mapping[str, object]) -> list[str]:
    return [word for word in entry if word not in (*ORIGIN, "unit", "note")]


def _write_origin(
    entry: CommentedMap,
    at: Place,
    before: Mapping[str, Any],
    said: Mapping[Place, Agreement],
    own: dict[str, Agreement],
) -> None:
    """The origin of an entry, behind all that it says; each answer's own where they differ."""
    origins = {place_id(place): origin for place, origin in said.items()}
    known = {key: own.pop(key) for key in list(own) if key.startswith(f"{place_id(at)}.")}
    for word in _said_words(entry):
        key = place_id(replace(at, name=word))
        if word in before and key not in origins:
            # where some have their own, the others are nobody's answers
            whole = Agreement("", before["as_of"], "", before["source"], before["grade"])
            kept = known.get(key) if known else whole
            origins |= {key: kept} if kept else {}
    if len(set(origins.values())) > 1:
        own.update(origins)
    entry.update(_joined(list(origins.values()), entry.get("live_since")))
    for word in ("unit", *ORIGIN):
        if word in entry:
            entry.move_to_end(word)


def _write_members(entry: CommentedMap, said: Mapping[Place, Spoken]) -> None:
    for at, value in said.items():
        if at.name == "systems" and isinstance(value, tuple):
            entry["systems"] = CommentedSeq(value)
            entry["systems"].fa.set_flow_style()


def _write_gate(entry: CommentedMap, city: City, at: Place, said: Mapping[Place, Spoken]) -> None:
    """Both days of a budget occasion: a file says them together."""
    (rule,) = [rule for rule, _ in city.gates if rule.name == at.entry]
    entry.setdefault("request_by", rule.request_by)
    entry.setdefault("available", rule.available)
    for place, value in said.items():
        entry[place.name] = value


def _joined(origins: Sequence[Agreement], since: date | None) -> dict[str, object]:
    """One origin of several: all sources, the oldest day (not before what began), the weakest."""
    sources: dict[str, bool] = {}
    for origin in origins:
        sources |= dict.fromkeys(origin.source.split("、"), True)
    day = min(origin.when for origin in origins)
    if since:
        day = max(day, since)
    grade = max((origin.grade for origin in origins), key=GRADES.index)
    return {"as_of": day, "source": "、".join(sources), "grade": grade}


# --- lists ----------------------------------------------------------------------------------------
def _write_row(
    doc: CommentedMap, base: Spoken, at: Place, value: Spoken, agreed: Agreement
) -> None:
    """An election or an engagement: a new row, another one in its place, or none any more."""
    rows = doc.get(at.part)
    if not isinstance(rows, CommentedSeq):
        rows = doc[at.part] = CommentedSeq()
    number = row_number(rows, value if at.entry.startswith(NEW) else base)
    if value is None:
        if number is not None:
            del rows[number]
        if not rows:
            doc.pop(at.part)
        return
    assert isinstance(value, Mapping)
    value = {word: _whole(one) for word, one in value.items()}
    origin = {"as_of": agreed.when, "source": agreed.source, "grade": agreed.grade}
    row = CommentedMap({**value, **origin})
    if number is None:
        rows.append(row)
    else:
        rows[number] = row


def base_row(base: Base, at: Place) -> Row:
    """A row of a list as the sheet showed it; nothing of a new one."""
    row = {}
    for place, said in base.values.items():
        if (place.part, place.entry) == (at.part, at.entry) and isinstance(said, SCALARS):
            row[place.name] = said
    return row


def _whole(value: Said) -> Said:
    """A number that is whole, as one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def row_number(rows: Sequence[Row], row: Spoken) -> int | None:
    """Where a row stands that says the same."""
    if not row or not isinstance(row, Mapping):
        return None
    for number, other in enumerate(rows):
        if _is_same(other, row):
            return number
    return None


def _is_same(row: Row, other: Row) -> bool:
    return all(row.get(word) == value for word, value in other.items() if value is not None)


# --- what nobody knew -----------------------------------------------------------------------------
def asked_days(text: str) -> dict[str, tuple[str, str]]:
    """Id of a place -> (what was asked in words, ISO day) of the questions that nobody knew."""
    found = {}
    for line in text.splitlines():
        asked = ASKED_LINE.fullmatch(line)
        if asked:
            found[asked[1]] = (asked[2], asked[3])
    return found


def own_origins(text: str) -> dict[str, Agreement]:
    """Id of a place -> the origin of what it says, where that of its entry is made of several."""
    found = {}
    for line in text.splitlines():
        own = OWN_LINE.fullmatch(line)
        if own:
            found[own[1]] = Agreement("", date.fromisoformat(own[3]), "", own[2], own[4])
    return found


def _asked(
    before: str, answers: Iterable[Answer], unknown: Iterable[Unknown]
) -> dict[str, tuple[str, str]]:
    """What nobody knew, by now: see ``asked_days``."""
    asked = asked_days(before)
    for answer in answers:
        asked.pop(place_id(answer.place), None)
    for question in unknown:
        key, day = place_id(question.place), str(question.as_of)
        _, last = asked.get(key, ("", ""))
        asked[key] = (place_label(question.place), max(day, last))
    return asked


def _with_remarks(
    text: str, own: Mapping[str, Agreement], asked: Mapping[str, tuple[str, str]]
) -> str:
    """The text with what no entry has room for, behind everything else."""
    lines = [line for line in text.splitlines() if not _is_remark(line)]
    while lines and not lines[-1]:
        lines.pop()
    if own:
        lines += ["", OWN_HEAD]
    for key, origin in sorted(own.items()):
        source = " ".join(origin.source.split())
        lines.append(f"## {key}  {source}、{origin.when}時点、確度{origin.grade}")
    if asked:
        lines += ["", ASKED_HEAD]
    for key, (label, day) in sorted(asked.items()):
        lines.append(f"## {key}  {label}: {day}に照会、不明")
    return "\n".join(lines) + "\n"


def _is_remark(line: str) -> bool:
    if line in (ASKED_HEAD, OWN_HEAD):
        return True
    return bool(ASKED_LINE.fullmatch(line) or OWN_LINE.fullmatch(line))


def place_label(at: Place) -> str:
    """A place in the words of the client: ロット1のベンダ, DX・情報部門の職員数."""
    if at.name == "systems":
        return f"{at.entry}の業務"
    if at.part in LISTS:
        return f"{LISTED[at.part]}の{at.entry}行目"
    if at.part == "offices":
        return f"「{at.entry}」の名"
    label = spec_at(at).label
    since = f"({labels.date_text(at.start)}から)" if at.start else ""
    return " ".join(f"{at.entry}の{label}{since}".removeprefix("の").split())


LISTED = {
    "elections": "選挙",
    "engagements": "契約中の外部人材",
    "procedures": "手続",
    "lacks": "足りない機能",
    "wants": "団体に求めること",
}


def now_at(city: City, at: Place) -> Spoken:
    """What a city assumes at a place; None where nothing is said, and of a row of a list."""
    if at.part == "gates":
        for rule, _ in city.gates:
            if rule.name == at.entry:
                return str(getattr(rule, at.name))
    if at.part == "offices":
        return city.called(at.entry)
    if not has_home(at) or at.part in ("gates", *LISTS):
        return None
    if at.name == "live_since":
        return next(s.since for s in city.movable if s.business == at.entry)
    if at.name == "systems":
        return next((lot.businesses for lot in city.lots if lot.name == at.entry), ())
    value = value_at(city, at)
    return None if value == "" else value
