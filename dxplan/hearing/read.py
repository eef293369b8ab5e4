"""Hearing sheets that came back, as answers: cells are found by their number, never by their place.

Rows may be inserted, sorted, filtered or hidden, columns moved, files saved by another program. All
faults of all files are found in one pass, each with file, sheet and cell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dxplan.bring.cells import Book, BookError, Sheet, cell_name, cell_text, load_book
from dxplan.bring.cells import Cell as Content
from dxplan.facts.kinds import DATE, plain
from dxplan.facts.letters import shortened
from dxplan.facts.nodes import GRADES, ParamError
from dxplan.facts.params import Spec
from dxplan.hearing.answers import CITY, VENDOR, Base, Cell, Hearing, Spoken
from dxplan.hearing.asked import (
    AS_OF,
    CHOICES,
    FIRST,
    FIRST_DAY,
    GRADE,
    IDS,
    IDS_HEAD,
    NOTE,
    NUMBER,
    SOURCE,
    VERSION,
    Blank,
    spec_at,
)
from dxplan.hearing.gathered import Filled, Origin, gathered
from dxplan.hearing.typed import Word, said_of, value_in, word_of
from dxplan.town.variant import Place

UNSAID = "M"  # the grade of an answer that has none
SHORT = 40
NOT_OURS = (
    "調査票・照会票として読めません(照合のためのシート「_dxplan」がありません)。"
    "dxplan hearing で作ったファイルに書き、シートを消さずに返してください。"
)
TORN = (
    "照合のためのシート「_dxplan」が書き換えられています(前の版の調査票でもこうなります)。"
    "作り直した調査票に写してください。"
)
NEWER = "新しい版の dxplan で作られています。dxplan を新しくしてから読んでください。"
TWO_CITIES = "別の団体の調査票が混じっています({})。団体ごとに読んでください。"
NO_NUMBER = "番号がないので、どの項目の回答か分かりません。番号のある行に書いてください。"
NO_FORMULA = "数式の計算結果がありません。値を書いてください。"
MERGED = "セルが結合されています。結合を解いて、1つのセルに1つの値を書いてください。"
SPECS = {  # of the columns of the origin, but for the range of the days
    SOURCE: Spec("what", "", SOURCE, "text", "", "", "", (), ""),
    GRADE: Spec("grade", "", GRADE, "choice", "", "", "", GRADES, ""),
    NOTE: Spec("what", "", NOTE, "text", "", "", "", (), ""),
}
Identity = tuple[Base, Mapping[str, Mapping[str, Blank]]]  # id -> column -> cell to be filled


def load_hearings(paths: Sequence[Path], today: date | None = None) -> tuple[Hearing, ...]:
    """The answers of some files of one municipality.

    Parameters
    ----------
    paths : of hearing sheets and inquiries that came back.
    today : no value is of a later day; the day of the clock where None.

    Raises
    ------
    ParamError
        With every fault of every file at once, in Japanese; then nothing is taken.
    """
    faults: list[str] = []
    found = []
    for path in paths:
        try:
            found.append(_hearing(load_book(path), today or date.today(), faults))
        except BookError as fault:
            faults.append(str(fault))
    codes = sorted({hearing.base.code for hearing in found})
    if len(codes) > 1:
        faults.append(TWO_CITIES.format("、".join(codes)))
    if faults:
        raise ParamError(faults)
    return tuple(found)


def _hearing(book: Book, today: date, faults: list[str]) -> Hearing:
    """A file's answers; its faults are added to the others.

    Raises
    ------
    BookError : it is no hearing sheet.
    """
    ids = book.sheet(IDS)
    if ids is None:
        raise BookError(f"{book.path.name}: {NOT_OURS}")
    try:
        base, blanks = _identity(ids)
    except (ValueError, KeyError):
        raise BookError(f"{book.path.name}: {TORN}") from None
    if base.version > VERSION:
        raise BookError(f"{book.path.name}: {NEWER}")
    filled: list[Filled] = []
    for sheet in book.sheets:
        if sheet.name not in (IDS, CHOICES, FIRST):
            reader = _SheetReader(book.path.name, sheet, blanks, today, faults)
            filled += reader.filled()
    asides = [f"{book.path.name}: {note}" for note in book.notes]
    return gathered(book.path.name, base, blanks, filled, asides, faults)


# --- the sheet of the ids -------------------------------------------------------------------------
def _identity(sheet: Sheet) -> Identity:
    """What a file was made from, and which cell is where.

    Raises
    ------
    ValueError, KeyError : somebody has changed it.
    """
    rows = [[cell_text(cell) for cell in row] for row in sheet.rows]
    head = next(place for place, row in enumerate(rows) if tuple(row[:8]) == IDS_HEAD)
    words = {row[0]: row[1] for row in rows[:head]}
    blanks: dict[str, dict[str, Blank]] = {}
    values: dict[Place, Spoken] = {}
    for row in rows[head + 1 :]:
        id, column, part, entry, name, start, now, choices = row[:8]
        place = Place(part, entry, name, DATE.strict(start) if start else None)
        spec = spec_at(place, tuple(filter(None, choices.split("|"))))
        blank = Blank(place, spec, _now(spec, now))
        blanks.setdefault(id, {})[_head(column)] = blank
        values[place] = blank.now
    return _base(words, values), blanks


def _base(words: Mapping[str, str], values: Mapping[Place, Spoken]) -> Base:
    if words["kind"] not in (CITY, VENDOR):
        raise ValueError(words["kind"])
    basis, version = DATE.strict(words["basis"]), int(words["version"])
    mark = words["fingerprint"]
    vendor = words.get("vendor", "")
    return Base(words["kind"], words["code"], words["slug"], mark, basis, version, vendor, values)


def _now(spec: Spec, text: str) -> Spoken:
    """The present assumption as the sheet was made from it."""
    said = json.loads(text)
    if said is None or isinstance(said, bool):
        return said
    if spec.kind == "number":
        return float(said)
    return DATE.strict(said) if spec.kind == "date" else str(said)


def _head(text: str) -> str:
    """A heading, however it is broken."""
    return "".join(plain(text).split())


# --- a sheet of answers ---------------------------------------------------------------------------
@dataclass
class _SheetReader:
    """Reads the rows of a sheet; what is wrong is said with its cell."""

    file: str
    sheet: Sheet
    blanks: Mapping[str, Mapping[str, Blank]]
    today: date
    faults: list[str]
    top: int = 0  # the row of the headings
    heads: dict[str, int] = field(default_factory=dict)  # heading -> column
    answers: list[int] = field(default_factory=list)  # columns that may hold one
    above: dict[str, Content] = field(default_factory=dict)  # what 同上 means

    def filled(self) -> list[Filled]:
        """The answers of all rows, as they stand."""
        if not self._has_heads():
            return []
        for column, content in enumerate(self.sheet.rows[self.top]):
            self.heads.setdefault(_head(cell_text(content)), column)
        heads = {head for columns in self.blanks.values() for head in columns}
        self.answers = sorted(self.heads[head] for head in heads & self.heads.keys())
        found: list[Filled] = []
        for row in range(self.top + 1, len(self.sheet.rows)):
            found += self._row(row)
        return found

    def _has_heads(self) -> bool:
        """Whether there is a row of headings; a sheet of ours that has lost it is a fault."""
        for row, cells in enumerate(self.sheet.rows):
            words = [_head(cell_text(cell)) for cell in cells]
            if NUMBER in words:
                self.top = row
                return True
            if words and words[0] in self.blanks:
                how = f"「{NUMBER}」で始まる見出しの行がありません。見出しの行を戻してください。"
                self._fault(row, 0, how)
                return False
        return False

    def at(self, row: int, column: int) -> Cell:
        """A cell as a person finds it."""
        return Cell(self.file, self.sheet.name, cell_name(row, column))

    def _fault(self, row: int, column: int, text: str) -> None:
        self.faults.append(f"{self.at(row, column)} {text}")

    def _row(self, row: int) -> Iterator[Filled]:
        id = plain(cell_text(self.sheet.at(row, self.heads[NUMBER]))).upper()
        if id not in self.blanks:
            self._strange(row, id)
            return
        before, answers = len(self.faults), []
        for head, blank in self.blanks[id].items():
            if head not in self.heads:
                self._lost(head)
                continue
            column = self.heads[head]
            said = self._said(row, column, blank)
            if said is not Word.EMPTY:
                answers.append((blank, said, self.at(row, column)))
        if not answers:
            return
        origin = self._origin(row, all(said is Word.UNKNOWN for _, said, _ in answers))
        if origin and len(self.faults) == before:
            yield from (Filled(id, *answer, origin) for answer in answers)

    def _strange(self, row: int, id: str) -> None:
        """A row of a number that the sheet has not, or of none, may hold no answer."""
        for column in self.answers:
            if word_of(self.sheet.at(row, column)) is Word.EMPTY:
                continue
            known = f"番号「{shortened(id, SHORT)}」は、この調査票にありません。番号を元に戻してください。"
            self._fault(row, column, known if id else NO_NUMBER)
            return

    def _lost(self, head: str) -> None:
        text = f"「{head}」という見出しの列がありません。見出しを元に戻してください。"
        fault = f"{self.at(self.top, self.heads[NUMBER])} {text}"
        if fault not in self.faults:
            self.faults.append(fault)

    def _said(self, row: int, column: int, blank: Blank) -> Spoken | Word:
        """A value, 不明, or nothing; nothing too where a fault has been said."""
        content = self.sheet.at(row, column)
        wrong = self._torn(row, column)
        word = word_of(content)
        if wrong:
            self._fault(row, column, wrong)
            return Word.EMPTY
        if word in (Word.EMPTY, Word.UNKNOWN):
            return word
        try:
            return said_of(content, blank)
        except ParamError as fault:
            self._fault(row, column, str(fault))
            return Word.EMPTY

    def _torn(self, row: int, column: int) -> str:
        """Why a cell holds nothing that can be trusted; "" where it does."""
        spot = row, column
        if spot in self.sheet.errors:
            return f"エラー({self.sheet.errors[spot]})になっています。値を書いてください。"
        if spot in self.sheet.uncached:
            return NO_FORMULA
        for first, last in self.sheet.merged:
            if (
                first == spot
                and word_of(self.sheet.at(row, column)) is not Word.EMPTY
                and last != first
            ):
                return MERGED
        return ""

    # --- where an answer comes from ---------------------------------------------------------------
    def _origin(self, row: int, unknown: bool) -> Origin | None:
        """The day, source, grade and note of a row; None where a fault has been said."""
        before = len(self.faults)
        day = Spec("day", "", AS_OF, "date", "日付", str(FIRST_DAY), str(self.today), (), "")
        as_of = self._of_origin(row, AS_OF, day, needed=True)
        source = self._of_origin(row, SOURCE, SPECS[SOURCE], needed=not unknown)
        grade = self._of_origin(row, GRADE, SPECS[GRADE])
        note = self._of_origin(row, NOTE, SPECS[NOTE])
        if len(self.faults) > before or not isinstance(as_of, date):
            return None
        return Origin(as_of, str(source or ""), str(grade or UNSAID), str(note or ""))

    def _of_origin(self, row: int, head: str, spec: Spec, needed: bool = False) -> Spoken:
        column = self.heads.get(_head(head))
        if column is None:
            self._lost(head)
            return None
        content = self.sheet.at(row, column)
        if word_of(content) is Word.ABOVE:
            content = self.above.get(head, "")
        self.above[head] = content
        wrong = self._torn(row, column)
        if wrong:
            self._fault(row, column, wrong)
        elif word_of(content) is Word.EMPTY or needed and word_of(content):
            if needed:
                self._fault(
                    row, column, f"{head}がありません。回答には、いつの値かと出典が要ります。"
                )
        else:
            return self._read(row, column, content, spec)
        return None

    def _read(self, row: int, column: int, content: Content, spec: Spec) -> Spoken:
        try:
            return value_in(content, spec)
        except ParamError as fault:
            self._fault(row, column, str(fault))
            return None
