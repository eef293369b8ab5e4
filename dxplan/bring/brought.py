"""A city's own file as it was understood: its tables or tasks, its facts, notes and open points."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dxplan.bring import contracts, mspdi, staff, wbs
from dxplan.bring.archive import BookError
from dxplan.bring.cells import Book, Cell, Sheet, cell_text, load_book
from dxplan.bring.findings import Fact, Findings, Note, agreed
from dxplan.bring.mapping import Pattern
from dxplan.bring.table import Table, load_tables
from dxplan.bring.values import day_of
from dxplan.bring.wbs import Task
from dxplan.facts.letters import shortened

STATED = re.compile(r"現在|時点|作成|更新|基準日|改訂|最終")
OLD = re.compile(r"旧|前回|変更前|当初|過去|廃止|控え|バックアップ|コピー|\bold\b|\bbak\b", re.I)
FROM_1904 = re.compile(rb'date1904="(?:1|true)"')
SHIFT = 1_462  # days from the zero of 1900 to that of 1904
DAY = re.compile(
    r"(?:(?:令和|平成|[RrHh])\s*[0-9元]{1,2}|[0-9]{4})\s*[年./-]\s*[0-9]{1,2}\s*[月./-]\s*[0-9]{1,2}日?"
)


@dataclass(frozen=True)
class Brought:
    """What a file says.

    Attributes
    ----------
    path : the file.
    day : the day that it speaks of; None where it does not say, or says two.
    tables : of a book; `tasks` : of a work plan or a project file.
    facts : on which the file agrees with itself; `open` : what is not decided, sentences.
    notes : rows that are no work item or system of the plan.
    asides : other sentences.
    matched : rows that were used.
    """

    path: Path
    day: date | None
    tables: tuple[Table, ...]
    tasks: tuple[Task, ...]
    facts: tuple[Fact, ...]
    open: tuple[str, ...]
    notes: tuple[Note, ...]
    asides: tuple[str, ...]
    matched: int

    @property
    def understood(self) -> bool:
        """Whether anything at all was understood."""
        return bool(self.tasks or any(table.taken for table in self.tables))

    @property
    def whole(self) -> bool:
        """Whether nothing is left open, and no cell of a column that was taken is unread."""
        return not self.open and not any(table.faults for table in self.tables)


def load_brought(
    path: Path,
    kinds: Sequence[str] = (),
    sheet: str = "",
    unit: str = "",
    mapping: Sequence[Pattern] = (),
) -> Brought:
    """What a file of a city says.

    Parameters
    ----------
    path : a workbook, a CSV file, or an MS Project XML file.
    kinds : of table that may be meant.
    sheet : the only sheet to read, "" for all.
    unit : of money where no head says one.
    mapping : the columns, where they are known.

    Raises
    ------
    BookError : the file cannot be read; one Japanese sentence.
    """
    if mspdi.is_project(path):
        return _project(path)
    book = load_book(path)
    if sheet and not book.sheet(sheet):
        names = "・".join(one.name for one in book.sheets)
        raise BookError(f"{path.name}: シート「{sheet}」はありません。あるのは {names} です。")
    shift = SHIFT if book.kind == "xlsx" and _counts_from_1904(path) else 0
    sheets = [one for one in book.sheets if _is_meant(one, sheet)]
    tables = tuple(_tables(sheets, shift, kinds, unit, mapping))
    tasks: list[Task] = []
    findings = []
    for table in tables:
        if table.kind == "wbs" and table.taken:
            found = wbs.tasks_of(table)
            tasks += found
            findings.append(wbs.findings_of(found))
        elif table.taken:
            findings.append(FINDERS[table.kind](table))
    asides = [*book.notes, *_unread(book, tables, sheet)]
    return _whole(path, _stated(book, tables), tables, tasks, findings, asides)


FINDERS = {
    "staff": staff.findings_of,
    "contracts": contracts.findings_of,
    "steps": contracts.steps_of,
}


def _project(path: Path) -> Brought:
    tasks, day = mspdi.load_project(path)
    return _whole(path, day, (), tasks, [wbs.findings_of(tasks)], [])


def _whole(
    path: Path,
    day: date | None,
    tables: tuple[Table, ...],
    tasks: Sequence[Task],
    findings: Sequence[Findings],
    asides: Sequence[str],
) -> Brought:
    facts: list[Fact] = []
    notes: list[Note] = []
    told, matched = [*asides], 0
    left: list[str] = []
    for found in findings:
        facts += found.facts
        notes += found.notes
        told += found.asides
        left += found.open
        matched += found.matched
    for table in tables:
        left += [f"{table.sheet.name} {said}" for said in table.undecided]
    kept, torn = agreed(facts)
    open_ = (*left, *torn)
    return Brought(path, day, tables, tuple(tasks), kept, open_, tuple(notes), tuple(told), matched)


def _tables(
    sheets: Sequence[Sheet],
    shift: int,
    kinds: Sequence[str],
    unit: str,
    mapping: Sequence[Pattern],
) -> Iterator[Table]:
    for one in sheets:
        if not mapping:
            yield from load_tables(one, kinds, None, unit, shift)
        for entry in mapping:
            kind, money = (entry.kind,), entry.unit or unit
            yield from load_tables(one, kind, entry.columns, money, shift)


def _is_meant(one: Sheet, sheet: str) -> bool:
    """Whether a sheet is read: the one that is named, else all that can be seen."""
    return one.name == sheet if sheet else one.visible and not OLD.search(one.name)


def _counts_from_1904(path: Path) -> bool:
    """Whether bare numbers of a workbook count their days from 1904."""
    with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
        return bool(FROM_1904.search(part.read()))


def _unread(book: Book, tables: Sequence[Table], sheet: str) -> Iterator[str]:
    """Sentences on sheets without a table, and on hidden ones."""
    known = {table.sheet.name for table in tables}
    for one in book.sheets:
        name = shortened(one.name, 31)
        if one.name in known or not any(map(any, one.rows)) or sheet and one.name != sheet:
            continue
        if OLD.search(one.name):
            yield f"シート「{name}」は前の版とみて、読みませんでした(--sheet で指定すると読みます)。"
        elif one.visible:
            yield f"シート「{name}」では、表の見出しが分かりませんでした。"
        else:
            yield f"シート「{name}」は非表示なので、読みませんでした(--sheet で指定すると読みます)。"


# --- the day of a file ----------------------------------------------------------------------------
def _stated(book: Book, tables: Sequence[Table]) -> date | None:
    """The one day that stands above the tables as theirs (…現在, 作成日)."""
    days = set()
    for table in tables:
        for row in table.sheet.rows[: table.head.first]:
            days |= set(_days(row))
    return days.pop() if len(days) == 1 else None


def _days(row: Sequence[Cell]) -> Iterator[date]:
    for at, cell in enumerate(row):
        if not isinstance(cell, str) or not STATED.search(cell):
            continue
        inside = DAY.findall(cell)
        after = [other for other in row[at + 1 : at + 3] if cell_text(other)]
        for said in inside or after[:1]:
            try:
                yield day_of(said)
            except ValueError:
                continue
