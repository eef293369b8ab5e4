"""A CSV file read against its declared columns, every fault of the file told at once.

A fault is a `CatalogError` whose Japanese text says file, line and column, what was found, what is
allowed, and what to do.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dxplan.facts.kinds import KINDS, Kind
from dxplan.facts.letters import letter_fault, nearest
from dxplan.files import place

if TYPE_CHECKING:
    import pandas as pd

Cells = dict[str, list[Any]]  # of a table, by column
MOST_FAULTS = 20


class CatalogError(ValueError):
    """A data file is wrong, or a name is not in it; Japanese, meant for a consultant."""


@dataclass(frozen=True)
class Column:
    """A declared column of a table.

    Attributes
    ----------
    name : the word in the header row.
    kind : 'text', 'int', 'number', 'flag' (1 or 0), 'date' (YYYY-MM-DD), 'day' (MM-DD of any year,
        a text) or 'form' (how values are written, one of ``FORMS``).
    required : whether a blank cell is a fault.
    key : whether it belongs to the columns by which no two rows may be equal.
    """

    name: str
    kind: str
    required: bool = True
    key: bool = False


TYPES = {  # of a column in a frame that is no text, and of one where some cells are blank
    "int": ("int64", "Int64"),
    "number": ("float64", "float64"),
    "date": ("object", "object"),
    "flag": ("bool", "boolean"),
}
CSV = "UTF-8のCSVとして保存し直してください。"
UNREADABLE: dict[
    type[Exception], str
] = {  # the first kind that fits is told: OSError, the widest, stands last
    FileNotFoundError: "がありません。配布物の data/ から写してください。",
    UnicodeDecodeError: f"を読めません。文字コードがUTF-8ではありません。{CSV}",
    csv.Error: f"を読めません。CSVの形が崩れています。引用符の閉じ忘れがないか確かめ、{CSV}",
    OSError: "を開けません。フォルダーでなくファイルであることと、読み取りの権限を確かめてください。",
}


def columns(*groups: str) -> tuple[Column, ...]:
    """Columns declared in short: "int? a b" is two columns of whole numbers that may be blank.

    Parameters
    ----------
    groups : a kind (with "?" where blanks are allowed, "!" where the columns are the key), then the
        names of the columns.
    """
    declared = []
    for group in groups:
        kind, *names = group.split()
        plain, required, key = kind.rstrip("?!"), "?" not in kind, "!" in kind
        declared += [Column(name, plain, required, key) for name in names]
    return tuple(declared)


def load_csv(path: Path, columns: tuple[Column, ...]) -> pd.DataFrame:
    """A UTF-8 CSV file as a typed frame, checked cell by cell.

    Parameters
    ----------
    path : the file.
    columns : the columns it must have, no more and no fewer; their order in the file is free.

    Returns
    -------
    DataFrame in the order of `columns`: text and day as str (blank stays ""), int as int64 or
    Int64, float as float64 (blank is NaN), flag as bool or boolean, date as datetime.date (blank is
    None).

    Raises
    ------
    CatalogError : as ``load_cells``.
    """
    import pandas as pd  # a fault of a params file is told without it

    cells = load_cells(path, columns)
    series = {}
    for column in columns:
        # pandas has other types for numbers and flags where some are blank
        dtype, with_blanks = TYPES.get(column.kind, ("str", "str"))
        dtype = dtype if column.required else with_blanks
        series[column.name] = pd.Series(cells[column.name], dtype=dtype)
    return pd.DataFrame(series)


def load_cells(path: Path, columns: tuple[Column, ...]) -> Cells:
    """The cells of a UTF-8 CSV file by column, in the order declared; a blank is None or "".

    Raises
    ------
    CatalogError : the file is missing or not UTF-8, a column is missing, unknown or doubled, a cell
        is wrong, a key is doubled.
    """
    header, rows = _read_rows(path)
    _check_header(path, header, columns)
    faults: list[tuple[int, str]] = []
    cells = {}
    for column in columns:
        position = header.index(column.name)
        cells[column.name] = _read_column(rows, position, column, faults)
    key = [column.name for column in columns if column.key]
    faults += _doubled(rows, key, header)
    if faults:
        raise CatalogError("\n".join(_fault_lines(path, faults)))
    return cells


def _fault_lines(path: Path, faults: list[tuple[int, str]]) -> Iterator[str]:
    """The first faults of a file, and how many there are beside them."""
    for line, text in sorted(faults)[:MOST_FAULTS]:
        yield f"{place(path)} {line}行目 列 {text}"
    if len(faults) > MOST_FAULTS:
        yield f"ほか{len(faults) - MOST_FAULTS}件"


def _read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if row]
    except tuple(UNREADABLE) as error:
        reason = next(text for kind, text in UNREADABLE.items() if isinstance(error, kind))
        raise CatalogError(f"{place(path)} {reason}") from None
    for line, row in rows:
        if len(row) != len(header):
            wrong = f"{place(path)} {line}行目: 値が{len(row)}個あります。"
            raise CatalogError(
                f'{wrong}見出しと同じ{len(header)}個にしてください(値の中のコンマは "" で囲みます)。'
            )
    return header, rows


def _check_header(path: Path, header: list[str], columns: tuple[Column, ...]) -> None:
    known = [column.name for column in columns]
    missing = [name for name in known if name not in header]
    faults = [f"{name}: ありません。この列を加えてください。" for name in missing]
    for name in dict.fromkeys(header):
        count = header.count(name)
        if name not in known:
            meant = f"近い名は「{nearest(name, known)}」です。使える列: {'、'.join(known)}。"
            faults.append(f"{name}: 定めのない列です。{meant}名を直すか、列を消してください。")
        elif count > 1:
            faults.append(f"{name}: 同じ列が{count}つあります。1つだけ残してください。")
    if faults:
        raise CatalogError("\n".join(f"{place(path)} 1行目 列 {fault}" for fault in faults))


def _read_column(
    rows: list[tuple[int, list[str]]], position: int, column: Column, faults: list[tuple[int, str]]
) -> list[Any]:
    kind = KINDS[column.kind]
    blank = None if column.kind in TYPES else ""
    values: list[Any] = []
    for line, row in rows:
        cell = row[position]
        try:
            values.append(_read_cell(cell, kind) if cell or column.required else blank)
        except ValueError as fault:
            faults.append((line, f"{column.name}: {fault}{kind.cell}を書いてください。"))
    return values


def _doubled(
    rows: list[tuple[int, list[str]]], key: list[str], header: list[str]
) -> Iterator[tuple[int, str]]:
    """The rows whose key an earlier one has."""
    if not key:
        return
    places = [header.index(name) for name in key]
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        cells = tuple(row[place] for place in places)
        known = first.setdefault(cells, line)
        if known != line:
            wrong = f"「{'・'.join(cells)}」は{known}行目にもあります。"
            yield line, f"{'・'.join(key)}: {wrong}1つだけ残してください。"


def _read_cell(cell: str, kind: Kind[Any]) -> object:
    if not cell:
        raise ValueError("空です。")
    unseen = "" if cell.isprintable() else letter_fault(cell)
    if unseen:
        raise ValueError(unseen)
    try:
        return kind.strict(cell)
    except ValueError:
        raise ValueError(f"「{cell}」は使えません。") from None
