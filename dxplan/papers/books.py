"""The papers as workbooks: which sheets each has, who may see it, and its bytes.

`data/papers.csv` names the workbooks and their readers, `data/paper_sheets.csv` their sheets, and
`data/paper_lines.csv` what stands on them. Same plan, same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import NamedTuple

import pandas as pd

from dxplan.export.book import titled_book
from dxplan.export.sheet import A4, write_print, write_table
from dxplan.export.text import plain_text
from dxplan.facts import catalog
from dxplan.papers.forms import form_table
from dxplan.papers.material import Material
from dxplan.papers.money import year_table
from dxplan.papers.steps import step_table, system_table
from dxplan.plan.whole import Plan
from dxplan.show import shelf
from dxplan.show.style import Table

FOLDER = "papers"
TABLES = {
    "year": year_table,
    "system": system_table,
    "step": step_table,
}  # sheets that are a table of their own
WIDTHS = {
    "group": 12,
    "what": 20,
    "content": 60,
    "paper_ground": 20,
    "paper_enter": 22,
}
SLENDER = {"group": 12, "what": 16, "content": 46, "paper_ground": 12, "paper_enter": 18}
NOTED = 8  # columns over which the house's note runs; those beyond the table are made narrow
UNFIT = re.compile(r"[\[\]:*?/\\']")  # what the name of a sheet may not hold
LONGEST = 26  # units of a sheet's name as Excel counts them, with room for a number
EMPTY = "シート"
SHELF, OWN = "shelf", "table"  # scopes of sheets that are tables


class Paper(NamedTuple):
    """A workbook.

    Attributes
    ----------
    word : of its file; seen : who may see it (internal, council, vendor, public).
    about : what a reader finds in it.
    """

    paper: str
    word: str
    seen: tuple[str, ...]
    about: str


class Leaf(NamedTuple):
    """A sheet, or one for each thing of a scope; label, title and note hold facts.

    ``word`` and ``none`` are its name and what it says where there is no such thing.
    """

    word: str
    label: str
    title: str
    scope: str
    form: str
    note: str
    none: str
    upright: bool


@cache
def load_papers() -> tuple[Paper, ...]:
    """The workbooks in the order of `data/papers.csv`."""
    found = []
    for row in catalog.load_rows("papers"):
        found.append(
            Paper(
                row["paper"],
                row["word"],
                tuple(row["seen"].split()),
                row["about"],
            )
        )
    return tuple(found)


@cache
def load_leaves(paper: str) -> tuple[Leaf, ...]:
    """The sheets of a workbook in their order."""
    found = []
    for row in catalog.load_rows("paper_sheets"):
        if row["paper"] == paper:
            found.append(Leaf(*(row[name] for name in Leaf._fields)))
    return tuple(found)


def paper_files(plan: Plan) -> Iterator[tuple[str, bytes, str]]:
    """(name, bytes, what it is) of each workbook that the edition of a plan shows.

    Parameters
    ----------
    plan : all plans of the city.
    """
    edition = plan.city.edition
    slug, material = edition.named(plan.city.slug), Material(plan)
    for paper in load_papers():
        if edition.edition in paper.seen:
            name = f"{FOLDER}/{slug}-{paper.paper}.xlsx"
            yield (
                name,
                paper_bytes(material, paper),
                f"PMO書類: {paper.about}",
            )


def paper_bytes(material: Material, paper: Paper) -> bytes:
    """A workbook of papers (xlsx)."""
    stream = BytesIO()
    city = material.plan.city
    with titled_book(stream, material.plan, f"{city.pref}{city.name} {paper.word}") as sheets:
        for name, leaf, table in paper_tables(material, paper):
            widths = SLENDER if leaf.upright else WIDTHS
            placed = write_table(sheets, name, table, A4, 1, widths)
            if len(placed.columns) < NOTED:
                placed.sheet.set_column(len(placed.columns), NOTED - 1, 0.5)
            if leaf.upright:
                write_print(sheets, placed.sheet, A4, True)
    return stream.getvalue()


def paper_tables(material: Material, paper: Paper) -> Iterator[tuple[str, Leaf, Table]]:
    """Name, declaration and rows of each sheet of a workbook."""
    used: set[str] = set()
    for leaf in load_leaves(paper.paper):
        for label, table in _tables(material, leaf):
            yield _sheet_name(label, used), leaf, table


def _tables(material: Material, leaf: Leaf) -> Iterator[tuple[str, Table]]:
    """The tables of a declaration: one for each thing of its scope, or the word that none is."""
    plan = material.plan
    if leaf.scope == SHELF:
        table = shelf.exhibit_of(leaf.form).table(plan)
        yield (
            leaf.label,
            table or Table(pd.DataFrame(), leaf.title, none=leaf.none),
        )
    elif leaf.scope == OWN:
        yield leaf.label, TABLES[leaf.form](plan)
    else:
        found = material.of(leaf.scope)
        for facts in found:
            title, note = (text.format_map(facts) for text in (leaf.title, leaf.note))
            yield (
                leaf.label.format_map(facts),
                form_table(leaf.form, facts, title, note),
            )
        if not found:
            yield leaf.word, Table(pd.DataFrame(), leaf.word, none=leaf.none)


def _sheet_name(label: str, used: set[str]) -> str:
    """A name that Excel takes and no other sheet of the workbook has."""
    units = UNFIT.sub(" ", plain_text(label)).strip().encode("utf-16-le")[: 2 * LONGEST]
    plain = units.decode("utf-16-le", "ignore") or EMPTY
    name, count = plain, 1
    while name.casefold() in used:
        count += 1
        name = f"{plain}({count})"
    used.add(name.casefold())
    return name
