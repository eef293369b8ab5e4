"""The tables of data/ as they are written: text, cell by cell, so that what is kept stays the same.

What the product reads goes through ``facts.catalog``; a refresh changes single cells of a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

KEYS = {  # the columns that name a row
    "municipalities": ("code",),
    "standardization_status": ("code", "business_no"),
    "step_words": ("code", "business_no"),
    "businesses": ("no",),
    "prefectures": ("code",),
    "nation": ("id",),
    "late_list": ("day",),
    "state_rules": ("id",),
    "known_states": ("code", "business"),
    "COLUMNS": ("table", "column"),
    "SOURCES": ("id",),
}
Key = tuple[str, ...]
Row = dict[str, str]


class Cell(NamedTuple):
    """A place of data/: table, the cells that name its row, column."""

    table: str
    key: Key
    column: str


class Change(NamedTuple):
    """A cell that is another by now; `old` is "" where the row is new or the cell was blank."""

    cell: Cell
    old: str
    new: str


class Table:
    """One CSV file: its header and its rows by key, in the order of the file."""

    def __init__(self, name: str, content: str) -> None:
        self.name = name
        reader = csv.reader(io.StringIO(content, ""))
        self.header = next(reader)
        self.rows: dict[Key, Row] = {}
        places = [self.header.index(column) for column in KEYS[name]]
        for cells in reader:
            key = tuple(cells[place] for place in places)
            self.rows[key] = dict(zip(self.header, cells, strict=True))

    def content(self) -> bytes:
        """The file's bytes."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows.values())
        return text.getvalue().encode()


class Tables:
    """The tables of a folder, read when they are first asked for, and what was changed in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: dict[str, Table] = {}
        self.before: dict[str, bytes] = {}

    def table(self, name: str) -> Table:
        """A table, to be changed by ``put``."""
        if name not in self.read:
            self.before[name] = (self.folder / f"{name}.csv").read_bytes()
            self.read[name] = Table(name, self.before[name].decode("utf-8-sig"))
        return self.read[name]

    def get(self, cell: Cell) -> str:
        """The text of a cell; "" where there is no such row."""
        return self.table(cell.table).rows.get(cell.key, {}).get(cell.column, "")

    def put(self, cell: Cell, text: str) -> None:
        """Write a cell; a new row is made at the end."""
        table = self.table(cell.table)
        if cell.key not in table.rows:
            blank = dict.fromkeys(table.header, "")
            table.rows[cell.key] = blank | dict(zip(KEYS[cell.table], cell.key, strict=True))
        table.rows[cell.key][cell.column] = text

    def drop(self, table: str, key: Key) -> None:
        """Take a row out, where it is there."""
        self.table(table).rows.pop(key, None)

    def changed(self) -> Iterator[tuple[str, bytes]]:
        """Name and new bytes of each table that is another by now."""
        for name, table in self.read.items():
            content = table.content()
            if content != self.before[name]:
                yield name, content


def same_value(old: str, new: str) -> bool:
    """Whether two cells say the same: 95 and 95.0 do, a blank and 0 do not."""
    if old == new:
        return True
    try:
        return float(old) == float(new)
    except ValueError:
        return False
