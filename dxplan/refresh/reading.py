"""What an official file says, and the words of such files: headings, months, missing values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from dxplan.bring.cells import Book, Sheet, cell_text
from dxplan.bring.cells import Cell as CellValue
from dxplan.bring.words import squashed
from dxplan.facts import catalog, months
from dxplan.facts.kinds import ERAS
from dxplan.refresh.tables import Cell

CODE_HEADS = ("団体コード", "地域コード", "市区町村コード", "自治体コード", "コード")
PREF_HEADS = ("都道府県名", "都道府県", "都道府県名(漢字)")
NAME_HEADS = ("市区町村名", "市区町村", "団体名", "自治体名")
BUSINESS_HEADS = ("業務名", "業務", "対象業務")
SHARE, SORT = "完了率", "自治体区分"
PASSED = (*CODE_HEADS, *PREF_HEADS, *NAME_HEADS, *BUSINESS_HEADS, SHARE, SORT)
MOST_FAULTS = 5
HEAD_ROWS = 8  # where a heading is looked for
MISSING = (
    "",
    "-",
    "－",
    "―",
    "‐",
    "—",
    "–",
    "…",
    "***",
    "X",
    "%",
    "調査無し",
    "調査なし",
    "該当なし",
)
UNIT = re.compile(r"%|人|指数|(?:令和|平成|[rh])?[0-9元]+年?度?")  # behind a heading
ERA = "|".join(ERAS)
YEAR = rf"(?:({ERA})(元|[0-9]{{1,2}})|(20[0-9]{{2}}))"
DAY = re.compile(YEAR + r"[年./-](?:([0-9]{1,2})[月./-]?)?([0-9]{1,2})?(度)?")


@dataclass
class Reading:
    """What one sheet of an official file says of cells of data/.

    Attributes
    ----------
    kind : id of ``data/official.csv``.
    form : what it was recognised as, Japanese.
    where : file and sheet, as a person names them.
    as_of : the day that it speaks of; None where it does not say.
    days : column -> day, where one column speaks of another day than the rest.
    cells : cell of data/ -> its text.
    columns : (table, column) that it speaks of.
    unknown : headings that nobody reads.
    prefectures : business -> prefectures whose own system is listed as late.
    notes : what the reader should know; `faults` : why it may not be taken in. Japanese sentences.
    """

    kind: str
    form: str
    where: str
    as_of: date | None = None
    days: dict[str, date] = field(default_factory=dict)
    cells: dict[Cell, str] = field(default_factory=dict)
    columns: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    prefectures: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def say(self, cell: Cell, text: str) -> None:
        """Keep what a row says; a fault where an earlier row says another thing of the same."""
        if self.cells.setdefault(cell, text) != text:
            self.complain(f"コード {'・'.join(cell.key)} の行が2つあり、値が違います。")

    def complain(self, text: str) -> None:
        """Keep one of the first faults, and say that there are more."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(text)
        elif len(self.faults) == MOST_FAULTS:
            self.faults.append("読めないセルはほかにもあります。")


@dataclass(frozen=True)
class Heads:
    """The headings of a sheet: squashed text -> cells where it stands in the first rows."""

    spots: dict[str, list[tuple[int, int]]]

    def column(self, *names: str) -> int | None:
        """The column headed by the first of some names that stands there; None where none does."""
        for name in names:
            for _, column in self._found(name):
                return column
        return None

    def row(self, names: Iterable[str]) -> int:
        """The last row in which one of some names stands."""
        return max((row for name in names for row, _ in self._found(name)), default=0)

    def _found(self, name: str) -> list[tuple[int, int]]:
        """Where a heading stands, also with its unit or year behind it."""
        word = squashed(name)
        if word in self.spots:
            return self.spots[word]
        for other, spots in self.spots.items():
            if other.startswith(word) and UNIT.fullmatch(other, len(word)):
                return spots
        return []


def heads_of(sheet: Sheet) -> Heads:
    """The headings of a sheet."""
    spots: dict[str, list[tuple[int, int]]] = {}
    for row, cells in enumerate(sheet.rows[:HEAD_ROWS]):
        for column, cell in enumerate(cells):
            word = squashed(cell) if isinstance(cell, str) and cell else ""
            if word:
                spots.setdefault(word, []).append((row, column))
    return Heads(spots)


def day_in(text: str) -> date | None:
    """The day that a title or a sheet's name speaks of: 令和8年1月 is its last day, 令和4年度 too."""
    found = DAY.search(unicodedata.normalize("NFKC", text))
    if not found:
        return None
    era, count, plain, month, day, fiscal = found.groups()
    year = int(plain) if plain else ERAS[era] + int(count.replace("元", "1"))
    if fiscal:
        return date(year + 1, 3, 31)
    try:
        if not month:
            return None
        first = date(year, int(month), int(day or 1))
    except ValueError:
        return None
    return first if day else months.month_end(first)


def note_unknown(reading: Reading, sheet: Sheet, heads: Heads, known: set[int], top: int) -> None:
    """Keep the headings, above the first row of values, of columns that nobody reads."""
    passed = {heads.column(name) for name in PASSED} | known
    for spots in heads.spots.values():
        for row, column in spots:
            # a title stands over the first column alone
            if row < top and column and column not in passed:
                reading.unknown.append(cell_text(sheet.at(row, column)))


def place(book: Book, sheet: Sheet) -> str:
    """File and sheet as a person names them."""
    return f"{book.path.name}「{sheet.name}」" if sheet.name else book.path.name


def sheet_day(sheet: Sheet) -> date | None:
    """The day that a sheet's name, or the cells of its first rows, speak of."""
    texts = [sheet.name]
    for row in sheet.rows[:3]:
        texts += [cell for cell in row[:8] if isinstance(cell, str)]
    return next((day for day in map(day_in, texts) if day), None)


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value; that is never 0."""
    return unicodedata.normalize("NFKC", text).strip() in MISSING or text.strip() in MISSING


def number_text(cell: CellValue) -> str:
    """A number as data/ writes it: 95, 0.72; ValueError where a cell is none."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).replace(",", "")
    value = float(text.removesuffix("%").replace("▲", "-").replace("△", "-"))
    return str(int(value)) if value.is_integer() else repr(value)


@cache
def load_kinds() -> dict[str, catalog.Row]:
    """The kinds of official files by their id, from ``data/official.csv``."""
    return {row["kind"]: row for row in catalog.load_rows("official")}


def load_headings(kind: str) -> Iterator[catalog.Row]:
    """The headings of a kind, from ``data/official_columns.csv``."""
    for row in catalog.load_rows("official_columns"):
        if row["kind"] == kind:
            yield row
