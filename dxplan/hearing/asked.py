"""What may be asked, and how an answer is read: one declaration for each place of a city.

The parameters declare themselves (``data/params.csv``); what a params file says beside them, and
what a vendor is asked, is declared in ``data/asked.csv`` by part and name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from dxplan.facts import catalog
from dxplan.facts.catalog import source_title
from dxplan.facts.params import Spec
from dxplan.hearing.answers import Spoken
from dxplan.town.defaults import load_specs
from dxplan.town.variant import Place, Said

VERSION = 2  # of the form of the sheets
NUMBER, AS_OF, SOURCE, GRADE, NOTE = "番号", "いつの値", "出典", "確度(回答)", "備考"
ORIGIN = (AS_OF, SOURCE, GRADE, NOTE)  # the last columns of each sheet
FIRST, CHOICES, IDS = "はじめに", "選択肢", "_dxplan"  # sheets that hold no answer
IDS_HEAD = ("id", "column", "part", "entry", "name", "start", "now", "choices")
FIRST_DAY, LAST_DAY = date(2015, 4, 1), date(2036, 3, 31)  # of the day of an answer
PARAMETERS = ("values", "forms")
LISTS = ("elections", "engagements", "procedures", "lacks", "wants")  # parts of rows without a name
INITIATIVES = "initiatives"  # part of named rows, of which some have their name from a cell
NEW = "新"  # how the key of a row that was blank begins
FLAGS = {"契約済み": True, "未契約": False}  # what is a flag in a params file


@dataclass(frozen=True)
class Blank:
    """A cell to be filled: where the answer stands, its kind, and the present assumption."""

    place: Place
    spec: Spec
    now: Spoken = None


@dataclass(frozen=True)
class Line:
    """A row of a sheet.

    Attributes
    ----------
    id : by which it is found again.
    told : what stands in the given columns.
    blanks : one for each answer column; None where nothing is asked.
    """

    id: str
    told: tuple[Said, ...]
    blanks: tuple[Blank | None, ...]


@dataclass(frozen=True)
class Topic:
    """A sheet: its name, what it is for, the headings of given and answer columns, and its rows."""

    name: str
    about: str
    given: tuple[str, ...]
    asked: tuple[str, ...]
    lines: tuple[Line, ...]


@cache
def load_asked() -> Mapping[tuple[str, str], Spec]:
    """What is asked beside the parameters: (part, name) -> its declaration."""
    specs = {}
    for row in catalog.load_rows("asked"):
        words = {name: "" if cell is None else str(cell) for name, cell in row.items()}
        part = words.pop("part")
        name = words.pop("name")
        choices = tuple(filter(None, words.pop("choices").split("|")))
        specs[part, name] = Spec(name, part, choices=choices, **words)
    return MappingProxyType(specs)


def asked_names(part: str) -> tuple[str, ...]:
    """What is asked of an entry of a part, in the order of its columns."""
    return tuple(name for of, name in load_asked() if of == part)


def spec_at(place: Place, choices: tuple[str, ...] = ()) -> Spec:
    """How the answer at a place is read.

    Parameters
    ----------
    place : of a params file, or of a vendor's answers.
    choices : the words of a choice that are not the same in every municipality.

    Raises
    ------
    KeyError : nothing is asked there.
    """
    if place.part in PARAMETERS:
        return load_specs()[place.name]
    spec = load_asked()[place.part, place.name]
    return replace(spec, choices=choices) if choices else spec


def blank_at(place: Place, now: Spoken = None, choices: tuple[str, ...] = ()) -> Blank:
    """The cell of a place."""
    return Blank(place, spec_at(place, choices), now)


def allowed_text(spec: Spec) -> str:
    """What may be written, as a sentence."""
    if spec.kind == "text":
        return "文字で書いてください。"
    if spec.kind == "day":
        return "10月31日のように書いてください。"
    if spec.kind == "choice":
        return f"{spec.allowed()}から選んでください。"
    return f"{spec.allowed()}の中で書いてください。"


def fact_source(column: str) -> str:
    """The published table that a column of the municipalities is taken from, and its day."""
    fact = catalog.load_column("municipalities", column)
    return f"{source_title(fact.source)}({fact.as_of}時点)"
