"""A foreign workbook or CSV file as sheets of cells at their true addresses.

Read are .xlsx, .xlsm, .xls, .xlsb, .ods and CSV, told apart by what they hold and never by their
names. What cannot be read is refused with one sentence; what was read with a reservation is a note.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dxplan.bring.archive import (
    LOCKED,
    MOST_BYTES,
    NO_MARKS,
    TORN,
    BookError,
    Marks,
    Spot,
    closed_text,
    load_archive,
    refuse_many,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

# a blank cell is ""; an error is its text, such as #N/A
Cell = str | int | float | bool | date | datetime | time | timedelta
Rows = list[list[Cell]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LETTERS = 26
MOST_NAMED = 5  # cells named in a note

CP932 = "文字コードはCP932(Shift_JIS)として読みました。文字化けがないか確かめてください。"
MACROS = "マクロは無視し、セルの値だけを読みました。"
UNCACHED = (
    "シート「{}」の数式({}など{:,}個)に計算結果がなく、空欄として読みました。"
    "Excel で開いて保存し直すと読めます。"
)
NO_ERRORS = "この形式では、#N/A などのエラーは空欄として読みます。"
AGAIN = "Excel で開いて .xlsx として保存し直してください。"


@dataclass(frozen=True)
class Sheet:
    """A sheet; `rows` begin at A1, whatever is blank, so that `rows[3][1]` is the cell B4.

    Attributes
    ----------
    visible : False for a hidden sheet.
    rows : of cells, all of the same length in a workbook; of a CSV file each as long as its line.
    errors : (row, column) from 0 -> text of the error that stands there (.xlsx and .xlsm).
    uncached : (row, column) of formulas without a value, which are blanks in `rows`.
    merged : first and last cell of merged areas, both (row, column) from 0.
    """

    name: str
    visible: bool
    rows: Rows
    errors: dict[Spot, str] = field(default_factory=dict)
    uncached: list[Spot] = field(default_factory=list)
    merged: list[tuple[Spot, Spot]] = field(default_factory=list)

    def at(self, row: int, column: int) -> Cell:
        """The cell, "" where the sheet has none."""
        if row < len(self.rows) and column < len(self.rows[row]):
            return self.rows[row][column]
        return ""


@dataclass(frozen=True)
class Book:
    """A file of sheets; a CSV file is one sheet.

    Attributes
    ----------
    kind : 'xlsx' (also .xlsm), 'xls', 'xlsb', 'ods' or 'csv', by what the file holds.
    notes : what the reader should know of the file, Japanese sentences.
    """

    path: Path
    kind: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of a name; None where there is none."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def cell_name(row: int, column: int) -> str:
    """The address of a cell from its row and column from 0: (3, 1) is B4."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, LETTERS)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def cell_text(cell: Cell) -> str:
    """A cell as text: 5.0 is "5", a day is 2026-04-01, a truth is TRUE; ends without blanks."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def load_book(path: Path) -> Book:
    """The sheets of a file, every one.

    Raises
    ------
    BookError : the file cannot be read, or is too large; one Japanese sentence with its name.
    """
    try:
        return _load(path)
    except BookError as fault:
        raise BookError(f"{path.name}: {fault}") from None
    except OSError as fault:
        raise BookError(f"{path.name}: {closed_text(fault)}") from None


def _load(path: Path) -> Book:
    if path.stat().st_size > MOST_BYTES:
        size = path.stat().st_size / 2**20
        raise BookError(
            f"大きすぎます({size:.0f} MB)。{MOST_BYTES // 2**20} MBまでです。必要な表だけを写してください。"
        )
    content = path.read_bytes()
    if not content.strip():
        raise BookError("空のファイルです。")
    if content.startswith(b"PK"):
        return _archived(path)
    if content.startswith(OLE):
        return _old(path, content)
    _refuse_markup(content)
    return _csv(path, content)


def _archived(path: Path) -> Book:
    """A workbook that is a zip archive."""
    archive = load_archive(path)
    sheets = _sheets(path, archive.marks)
    notes = [UNCACHED.format(*_uncached(sheet)) for sheet in sheets if sheet.uncached]
    if archive.macros:
        notes.append(MACROS)
    if archive.kind == "xlsb":
        notes.append(NO_ERRORS)
    return Book(path, archive.kind, sheets, tuple(notes))


def _uncached(sheet: Sheet) -> tuple[str, str, int]:
    """Sheet, first cells and number of formulas without a value."""
    spots = sheet.uncached
    places = "、".join(cell_name(*spot) for spot in spots[:MOST_NAMED])
    return sheet.name, places, len(spots)


def _old(path: Path, content: bytes) -> Book:
    """A file of Excel 97, or a workbook shut in one by a password."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise BookError(LOCKED)
    notes = [NO_ERRORS]
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        notes.append(MACROS)
    return Book(path, "xls", _sheets(path, {}), tuple(notes))


def _sheets(path: Path, marks: dict[str, Marks]) -> tuple[Sheet, ...]:
    import python_calamine as calamine  # most commands read no foreign file

    work = calamine.SheetTypeEnum.WorkSheet  # a chart has no cells
    sheets, cells = [], 0
    try:
        with calamine.load_workbook(str(path)) as book:
            for entry in book.sheets_metadata:
                if entry.typ != work:
                    continue
                table = book.get_sheet_by_name(entry.name)
                cells += table.total_height * table.total_width
                refuse_many(cells)
                visible = entry.visible == calamine.SheetVisibleEnum.Visible
                found = marks.get(entry.name, NO_MARKS)
                sheets.append(_sheet(entry.name, visible, table, found))
    except calamine.PasswordError:
        raise BookError(LOCKED) from None
    except calamine.CalamineError:
        raise BookError(TORN) from None
    return tuple(sheets)


def _sheet(name: str, visible: bool, table: CalamineSheet, marks: Marks) -> Sheet:
    rows: Rows = table.to_python(skip_empty_area=False)
    for (row, column), text in marks.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    return Sheet(name, visible, rows, marks.errors, marks.uncached, table.merged_cell_ranges or [])


def _refuse_markup(content: bytes) -> None:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise BookError("PDFです。表のファイル(Excel、CSV)を渡してください。")
    if b"<html" in start or start.startswith((b"<!doctype html", b"mime-version:")):
        raise BookError(
            "表ではなくウェブページ(HTML)です。ダウンロードの失敗やエラーのページでないか確かめてください。"
        )
    if start.startswith((b"<?xml", b"<?mso", b"{")):
        raise BookError(f"表計算のブックでもCSVでもありません(XMLなど)。{AGAIN}")


def _csv(path: Path, content: bytes) -> Book:
    """A CSV file; tabs part the cells where the first line has more of them than commas."""
    text, notes = _decoded(content)
    if "\0" in text:
        raise BookError(f"表計算のブックでもCSVでもありません。{AGAIN}")
    first = text.partition("\n")[0]
    mark = "\t" if first.count("\t") > first.count(",") else ","
    try:
        rows: Rows = [[*row] for row in csv.reader(io.StringIO(text, ""), "excel", delimiter=mark)]
    except csv.Error:
        raise BookError(
            "CSVの形が崩れています。引用符の閉じ忘れがないか確かめてください。"
        ) from None
    cells = sum(map(len, rows))
    refuse_many(cells)
    return Book(path, "csv", (Sheet(path.stem, True, rows),), notes)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The whole text of a file, never of a piece: a letter cut in half belongs to no encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's Unicode text
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, (CP932,) if encoding == "cp932" else ()
    raise BookError(
        "文字コードが分かりません(UTF-8でもCP932でもありません)。UTF-8のCSVとして保存し直してください。"
    )
