"""What a hearing sheet says when it comes back: answers at places of a city, each with its origin.

No value is here without a date and a source; what nobody knows is said so, and asked on a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dxplan.town.variant import Place, Said

Row = Mapping[
    str, Said
]  # the words of one entry of a list: an election, an engagement, a procedure
Spoken = Said | tuple[str, ...] | Row
WHOLE = "whole"  # name of a place that holds a row
CITY, VENDOR = "調査票", "照会票"  # the two kinds of sheet


@dataclass(frozen=True)
class Cell:
    """Where something stands: file, sheet and cell, as a person finds it."""

    file: str
    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.file} {self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Answer:
    """A value that somebody has given.

    Attributes
    ----------
    place : where it stands in a params file. Beside the parts of ``town.variant`` there are gates
        (request_by, available: MM-DD), offices (name), elections and engagements (rows: ``WHOLE``,
        keyed by the row's number on the sheet), and procedures and vendors, which no params file
        has.
    value : of the place's kind; a row of a list is a mapping; None says that there is none (なし).
    unit : of the value; "" where it has none.
    as_of, source, grade, note : its origin; the note as typed, never shown on a page.
    at : the cell of the answer.
    """

    place: Place
    value: Spoken
    unit: str
    as_of: date
    source: str
    grade: str
    note: str
    at: Cell

    @property
    def file(self) -> str:
        """The file that says it."""
        return self.at.file


@dataclass(frozen=True)
class Unknown:
    """A question to which the answer was 不明: the present assumption stays; asked on a day."""

    place: Place
    as_of: date
    source: str
    note: str
    at: Cell


@dataclass(frozen=True)
class Base:
    """What the sheet was made from.

    Attributes
    ----------
    kind : CITY or VENDOR.
    code, slug, fingerprint : of the city then.
    basis : the day of its plan.
    version : of the sheet's form.
    vendor : whom a VENDOR sheet was made for, else "".
    values : place -> the value that the sheet showed as the present assumption.
    """

    kind: str
    code: str
    slug: str
    fingerprint: str
    basis: date
    version: int
    vendor: str = ""
    values: Mapping[Place, Spoken] = field(default_factory=dict)


@dataclass(frozen=True)
class Hearing:
    """One file as it came back; ``asides`` are sentences on what was read and has no use."""

    file: str
    base: Base
    answers: tuple[Answer, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    asides: tuple[str, ...] = ()
