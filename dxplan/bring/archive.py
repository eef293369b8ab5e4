"""A workbook that is a zip archive, looked at before it is unpacked into memory.

python-calamine gives a blank for an error and for a formula without a value, and lays a sheet out
in full up to its last cell: what it cannot tell is read here from the sheets' XML.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

from dxplan.files import disk_reason

MOST_BYTES = 20 * 2**20  # of a file
MOST_CELLS = 2_500_000  # of a workbook, blanks within the sheets counted
MOST_UNPACKED = 600 * 2**20
MOST_SHEETS = 500

TAG = rb"<(?:\w+:)?"
SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
ERROR = re.compile(TAG + rb'c\s([^>]*\bt="e"[^>]*)>.{0,4000}?' + TAG + rb"v>([^<]*)<", re.S)
FORMULA = re.compile(
    TAG + rb"c\s([^>]*)>\s*" + TAG + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
REPEATED = re.compile(
    rb"<table:table-row\b([^>]*)>|<table:(?:covered-)?table-cell\b([^>]*)>|<table:table\b"
)
TIMES = {
    "rows": re.compile(rb'number-rows-repeated="([0-9]{1,9})"'),
    "columns": re.compile(rb'number-columns-repeated="([0-9]{1,9})"'),
}
Spot = tuple[int, int]  # row and column, from 0


class BookError(ValueError):
    """A file cannot be read as a table; one Japanese sentence, meant for a consultant."""


class Marks(NamedTuple):
    """What a sheet's XML says of cells that python-calamine gives as blanks.

    Attributes
    ----------
    errors : cell -> what it shows, such as #N/A.
    uncached : cells with a formula and no value.
    """

    errors: dict[Spot, str]
    uncached: list[Spot]


class Archive(NamedTuple):
    """A workbook that is a zip archive.

    Attributes
    ----------
    kind : 'xlsx', 'xlsb' or 'ods'.
    macros : whether it carries macros.
    marks : sheet's name -> marks, of 'xlsx' alone.
    """

    kind: str
    macros: bool
    marks: dict[str, Marks]


NO_MARKS = Marks({}, [])
KINDS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
TORN = "ファイルが壊れています。Excel で開けるか確かめ、保存し直してください。"
LOCKED = "パスワードが付いています。パスワードを外して保存し直してください。"


def closed_text(fault: OSError) -> str:
    """Why a file that is to be read does not open."""
    if isinstance(fault, FileNotFoundError):
        return "ファイルが見つかりません。名前と場所を確かめてください。"
    if isinstance(fault, IsADirectoryError):
        return "フォルダです。中のファイルを書いてください。"
    return f"開けません({disk_reason(fault)})。"


def column_number(letters: str) -> int:
    """The column from 0 that a sheet names by letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def load_archive(path: Path) -> Archive:
    """What a zip archive is, and what calamine would not tell of its sheets.

    Raises
    ------
    BookError : the archive is torn or no workbook, or would fill the memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive)
            names = archive.namelist()
            macros = any(name.endswith("vbaProject.bin") for name in names)
            return Archive(_kind(names), macros, _marks(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError):
        raise BookError(TORN) from None
    except RuntimeError:  # an entry wants a password
        raise BookError(LOCKED) from None


def _kind(names: list[str]) -> str:
    for entry, kind in KINDS.items():
        if entry in names:
            return kind
    raise BookError("表計算のブックではありません(ZIP形式の別のファイルです)。")


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """Unpack everything once, piece by piece: the sizes that an archive names may be untrue."""
    unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_UNPACKED or len(archive.infolist()) > 20 * MOST_SHEETS:
        raise BookError(
            "展開すると大きすぎるため、読みません(圧縮爆弾の疑い)。"
            "必要な表だけを新しいブックに写してください。"
        )
    broken = archive.testzip()
    if broken:
        raise zipfile.BadZipFile(broken)


def _marks(archive: zipfile.ZipFile) -> dict[str, Marks]:
    names = set(archive.namelist())
    if "content.xml" in names:
        refuse_many(_open_document_extent(archive.read("content.xml")))
    if "xl/workbook.xml" not in names:
        return {}
    cells, found = 0, {}
    for name, entry in _sheets(archive):
        if entry not in names:
            continue
        xml = archive.read(entry)
        cells += _extent(xml)
        refuse_many(cells)
        found[name] = Marks(dict(_errors(xml)), list(_uncached(xml)))
    return found


def refuse_many(count: int) -> None:
    """Refuse a book of more cells than fit.

    Raises
    ------
    BookError : it has too many.
    """
    if count > MOST_CELLS:
        raise BookError(
            f"セルが多すぎます({count:,}個)。{MOST_CELLS:,}個までです。"
            "必要な表だけを新しいブックに写してください。"
        )


def _attribute(text: bytes, name: bytes) -> str:
    found = re.search(rb"(?<![\w:])(?:\w+:)?" + name + rb"=(\"[^\"]*\"|'[^']*')", text)
    return _unescaped(found[1][1:-1]) if found else ""


def _unescaped(text: bytes) -> str:
    return unescape(text.decode(errors="replace"))


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet, and the entry of the archive where it lies."""
    links = archive.read("xl/_rels/workbook.xml.rels")
    target = {}
    for link in LINK.findall(links):
        target[_attribute(link, b"Id")] = _attribute(link, b"Target")
    for sheet in SHEET.findall(archive.read("xl/workbook.xml")):
        entry = target.get(_attribute(sheet, b"id"), "")
        yield _attribute(sheet, b"name"), f"xl/{entry}".replace("xl//xl/", "xl/")


def _extent(xml: bytes) -> int:
    """Number of cells of the area that begins at A1 and ends at the last row and column named.

    The last cell of each row is looked at: the dimension that a sheet names may be untrue.
    """
    rows = columns = start = 0
    while (end := xml.find(b"row>", start)) >= 0:
        row, column = _last_place(xml, start, end)
        rows, columns = max(rows, row + 1), max(columns, column + 1)
        start = end + 4
    return rows * columns


def _last_place(xml: bytes, start: int, end: int) -> Spot:
    """The last cell that a piece of a sheet names."""
    at = xml.rfind(b' r="', start, end)
    found = PLACE.match(xml, at + 1) if at >= 0 else None
    return _spot(found) if found else (0, 0)


def _spot(found: re.Match[bytes]) -> Spot:
    return int(found[2]) - 1, column_number(found[1].decode())


def _errors(xml: bytes) -> Iterator[tuple[Spot, str]]:
    if b't="e"' not in xml:
        return
    for cell in ERROR.finditer(xml):
        place = PLACE.search(cell[1])
        if place:
            yield _spot(place), _unescaped(cell[2])


def _uncached(xml: bytes) -> Iterator[Spot]:
    """Cells whose formula has no value; a formula that gives an empty text says so (t="str")."""
    if b"<f" not in xml and b":f" not in xml:
        return
    for cell in FORMULA.finditer(xml):
        place = PLACE.search(cell[1])
        if place and b't="str"' not in cell[1]:
            yield _spot(place)


def _open_document_extent(xml: bytes) -> int:
    """Number of cells of the areas that end at the last cell with a value, of all sheets."""
    whole = row = column = rows = columns = repeat = 0
    for found in REPEATED.finditer(xml):
        if found[1] is not None:
            row, column, repeat = row + repeat, 0, _times(found[1], "rows")
        elif found[2] is not None:
            column += _times(found[2], "columns")
            if b"value-type" in found[2]:
                rows, columns = max(rows, row + repeat), max(columns, column)
        else:
            whole += rows * columns
            row = rows = columns = repeat = 0
    return whole + rows * columns


def _times(text: bytes, what: str) -> int:
    found = TIMES[what].search(text)
    return int(found[1]) if found else 1
