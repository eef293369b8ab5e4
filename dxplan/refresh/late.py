"""The list of 特定移行支援システム: a mark for each business of a body, and for 共通機能."""

from __future__ import annotations

from dxplan.bring.cells import Book, Sheet, cell_name, cell_text
from dxplan.refresh.bodies import WHOLE, Bodies, full_code, is_prefecture
from dxplan.refresh.keyed import note_bodies
from dxplan.refresh.reading import (
    CODE_HEADS,
    Heads,
    Reading,
    is_missing,
    note_unknown,
    place,
    sheet_day,
)
from dxplan.refresh.rows import Finder
from dxplan.refresh.steps import STATUS, business_columns, note_absent, numbers_of
from dxplan.refresh.tables import Cell

MARKS = ("●", "○", "〇", "◯", "◎", "1", "該当")
COMMON = "共通機能"
FEW = 15  # businesses that a list of late systems names at least
TITLE = "特定移行支援"
TOWNS = "municipalities"


def is_late_list(sheet: Sheet, heads: Heads) -> bool:
    """Whether a sheet has codes, businesses and 共通機能, and nothing in it is a rate."""
    titled = heads.column(COMMON) is not None or any(TITLE in word for word in heads.spots)
    if not titled or heads.column(*CODE_HEADS) is None:
        return False
    return len(business_columns(heads)) > FEW


def load_late_list(book: Book, sheet: Sheet, heads: Heads) -> Reading:
    """Which systems of each municipality are listed; one that is not listed has none."""
    label = "特定移行支援システムの該当見込み"
    reading = Reading("late", label, place(book, sheet))
    reading.as_of = sheet_day(sheet)
    columns, numbers, finder = business_columns(heads), numbers_of(), Finder(sheet, heads)
    code_at = heads.column(*CODE_HEADS) or 0
    reading.columns = [(STATUS, "flagged_late"), (TOWNS, "common_late")]
    note_absent(reading, set(columns.values()), {*numbers, COMMON})
    top = 0  # the first row of a body
    for row in range(heads.row(list(CODE_HEADS)) + 1, len(sheet.rows)):
        code = finder.town(row)
        if not code:
            finder.note(row)
        top = top or (row if code else 0)
        if code in ("", WHOLE):
            _count_prefecture(reading, sheet, row, code_at, columns)
            continue
        for column, business in columns.items():
            flag = _flag(reading, sheet, (row, column))
            if business in numbers:
                reading.say(Cell(STATUS, (code, numbers[business]), "flagged_late"), flag)
            elif business == COMMON:
                reading.say(Cell(TOWNS, (code,), "common_late"), flag)
    note_unknown(reading, sheet, heads, {code_at, *columns}, top)
    _fill(reading, finder.bodies, numbers)
    return reading


def _count_prefecture(
    reading: Reading, sheet: Sheet, row: int, code_at: int, columns: dict[int, str]
) -> None:
    """Count the marks of a prefecture's row: it is late with its own systems."""
    if not is_prefecture(full_code(sheet.at(row, code_at))):
        return
    for column, business in columns.items():
        if _flag(reading, sheet, (row, column)) == "1":
            reading.prefectures[business] += 1


def _flag(reading: Reading, sheet: Sheet, spot: tuple[int, int]) -> str:
    """1 for a mark, 0 for a blank; a fault for anything else."""
    word = cell_text(sheet.at(*spot))
    if word not in MARKS and not is_missing(word) and word != "0":
        reading.complain(f"{cell_name(*spot)}「{word}」は印として読めません。")
    return str(int(word in MARKS))


def _fill(reading: Reading, bodies: Bodies, numbers: dict[str, str]) -> None:
    """Municipalities that the list does not name have no late system."""
    missing = bodies.missing()
    for code in missing:
        for number in numbers.values():
            reading.say(Cell(STATUS, (code, number), "flagged_late"), "0")
        reading.say(Cell(TOWNS, (code,), "common_late"), "0")
    if missing:
        reading.notes.append(f"一覧にない{len(missing):,}団体は、該当なしとして読みました。")
    note_bodies(reading, bodies)
