"""One table of a foreign sheet: which columns were taken for what and why, and its rows.

A column is taken only where its head and its contents agree, and no other column may be meant as
well; what is not taken is named with the reason. Sums, notes below and repeated heads are no rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dxplan.bring.cells import Cell, Sheet, cell_name, cell_text
from dxplan.bring.heads import (
    EXACT,
    LOWEST,
    PLAN,
    TABLES,
    UNDER,
    WHOSE,
    Head,
    Match,
    best_head,
    chosen_head,
    dated_parts,
    head_at,
    heads_of,
    is_word,
    match_of,
    score_of,
    spans_of,
    unit_in,
    words_of,
)
from dxplan.bring.values import Reading, reading_of
from dxplan.bring.words import is_sum, squashed
from dxplan.facts.kinds import serial_day
from dxplan.facts.letters import shortened

DONE, PLANNED = re.compile("実績|報告|結果"), re.compile("予定|計画|スケジュール|wbs|工程")
NOTE = re.compile(r"\s*[(（]?\s*(?:※|注|\*|＊|出典|備考[:：]|資料[:：])")
SAMPLE = re.compile(r"\s*[(（【]?(?:記入例|記載例|例)(?:[)）】:：].*|\d*)")
NUMBERED = re.compile(r"[(（]?(?:\d{1,2}|[①-⑳]|[A-Za-zａ-ｚ])[)）]?")
DITTO = ("同上", "〃", "″", "々", '"', "''", "〃〃")
CHOSEN = ("task", "level1", "level2", "business", "subject", "department", "section", "owner")
FILLED = (
    *CHOSEN,
    "vendor",
    "start",
    "end",
    "period",
)  # within a merged area each row has the value
COUNTED = ("heads", "yen", "number", "steps", "percent")
GUESSED = {"business", "text", "section", "owner", "vendor"}
UNREAD = ("skip", "person")
SHOWN = 24  # letters of a cell in a message
DATED = tuple(
    f"{whose}_{what}" for whose in sorted(WHOSE) for what in ("start", "finish", "period")
)
MAPPED, NOTHING = "対応表", "-"  # by whom a column was named; what is not read
LOOK = 3  # words of a head by which a later row begins another table


class Taken(NamedTuple):
    """A column that was taken.

    Attributes
    ----------
    at : column from 0.
    text : its head, as it stands.
    unit : of money, else "".
    why : how it was recognised.
    reading : its cells.
    """

    at: int
    text: str
    unit: str
    why: str
    reading: Reading


class Line(NamedTuple):
    """A row of a table.

    Attributes
    ----------
    row : in the sheet, from 0.
    cells : column -> value; `raw` : of a system, its own words.
    loose : columns of days of which only the month is said.
    """

    row: int
    cells: Mapping[str, object]
    raw: Mapping[str, str]
    loose: frozenset[str] = frozenset()


@dataclass
class Table:
    """A table as it was understood.

    Attributes
    ----------
    sheet : its sheet.
    kind : wbs, staff, contracts or steps; `scores` says how well each kind fits.
    head : its rows.
    taken : column -> what was taken for it.
    undecided, unused : sentences on columns that may be several things, and on others.
    faults : cell -> why it was not read.
    blank : column of the sheet without contents -> what its head says.
    stairs : first and last column of task names that stand in steps, else (-1, -1).
    shift : days by which bare numbers count from 1904.
    lines, sums : rows, and rows that sum others.
    asides : sentences.
    """

    sheet: Sheet
    kind: str
    head: Head
    scores: Mapping[str, float] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    blank: dict[int, str] = field(default_factory=dict)
    stairs: tuple[int, int] = (-1, -1)
    shift: int = 0
    lines: list[Line] = field(default_factory=list)
    sums: list[Line] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)

    def value(self, line: Line, column: str) -> object:
        """The value of a row; None where the column was not taken."""
        return line.cells.get(column)

    def text(self, line: Line, column: str) -> str:
        """The text of a row; "" where it says none."""
        value = line.cells.get(column)
        return value if isinstance(value, str) else ""

    def number(self, line: Line, column: str) -> float | None:
        """The number of a row; None where it says none."""
        value = line.cells.get(column)
        return value if isinstance(value, float) else None

    def day(self, line: Line, column: str) -> date | None:
        """The day of a row; None where it says none."""
        value = line.cells.get(column)
        return value if isinstance(value, date) else None

    def businesses(self, line: Line) -> tuple[str, ...]:
        """The systems that the column of systems names in a row."""
        value = line.cells.get("business")
        return value if isinstance(value, tuple) else ()

    def where(self, line: Line, column: str) -> str:
        """Sheet and cell of a row's value."""
        return f"{self.sheet.name}!{cell_name(line.row, self.taken[column].at)}"


Chosen = Mapping[str, str]  # head as it stands -> column, of a mapping file


def load_tables(
    sheet: Sheet,
    kinds: Sequence[str] = (),
    chosen: Chosen | None = None,
    unit: str = "",
    shift: int = 0,
) -> Iterator[Table]:
    """The tables of a sheet, from above.

    Parameters
    ----------
    sheet : the sheet.
    kinds : of table that may be meant; all where none is named.
    chosen : the columns as a mapping file names them; the words of the heads are not looked at.
    unit : of money where no head says one.
    shift : days from 1900 to 1904, of a book that counts its days from there.
    """
    if chosen is not None:
        yield from _chosen_table(sheet, kinds[0], chosen, unit, shift)
        return
    start = 0
    while start < len(sheet.rows):
        found = best_head(sheet, start, kinds or tuple(TABLES))
        if not found:
            start = _next_begin(sheet, start + LOWEST)
            continue
        head, scores = found
        kind = max(scores, key=lambda one: scores[one])
        rows, start = _rows(sheet, head)
        table = Table(sheet, kind, head, scores, shift=shift)
        if list(scores.values()).count(scores[kind]) > 1:
            fits = "・".join(TABLES[one] for one in scores if scores[one] == scores[kind])
            table.undecided.append(
                f"表の種類: {fits} のどれとも読めます。--as で指定してください。"
            )
        else:
            _fill(table, rows, None, unit)
        yield table


def _chosen_table(
    sheet: Sheet, kind: str, chosen: Chosen, unit: str, shift: int
) -> Iterator[Table]:
    head = chosen_head(sheet, 0, chosen)
    if not head:
        return
    table = Table(sheet, kind, head, shift=shift)
    for name in chosen:
        if name not in heads_of(head):
            table.undecided.append(f"対応表の列「{name}」が、見出しにありません。")
    _fill(table, _rows(sheet, head)[0], chosen, unit)
    yield table


def _next_begin(sheet: Sheet, row: int) -> int:
    """The next row that may begin a table, else the number of rows."""
    while row < len(sheet.rows) and not _begins(sheet, row):
        row += 1
    return row


# --- rows -----------------------------------------------------------------------------------------
def _rows(sheet: Sheet, head: Head) -> tuple[list[int], int]:
    """The rows below a head down to the next one, and where to look on."""
    rows: list[int] = []
    words = [squashed("".join(texts[-1:])) for texts in head.texts]
    for row in range(head.last + 1, len(sheet.rows)):
        texts = [squashed(cell_text(cell)) for cell in sheet.rows[row]]
        same = sum(bool(a) and a == b for a, b in zip(texts, words, strict=False))
        if same >= 2 and same >= sum(map(bool, texts)) / 2:
            continue  # the head again, on another page
        if _begins(sheet, row):
            return rows, row
        if any(texts):
            rows.append(row)
    return rows, len(sheet.rows)


def _begins(sheet: Sheet, row: int) -> bool:
    """Whether a row may begin another table: most of its cells are words of heads."""
    cells = [cell for cell in sheet.rows[row] if cell_text(cell)]
    texts = [cell for cell in cells if isinstance(cell, str)]
    for kind in TABLES:
        known = sum(is_word(text, kind) for text in texts)
        if known >= LOOK and known > len(texts) / 2:
            return True
        if 1 < known == len(cells) and score_of(head_at(sheet, row), kind):
            return True
    return False


def _sorted_rows(table: Table, rows: Sequence[int]) -> tuple[list[int], list[int]]:
    """The rows that count, and those that sum others; notes and samples are told."""
    kept, sums = [], []
    for row in rows:
        cells = [cell for cell in table.sheet.rows[row] if cell_text(cell)]
        why = _aside(table, row, cells)
        if why:
            table.asides.append(f"{row + 1}行目は{why}とみて、読みませんでした。")
        elif any(isinstance(cell, str) and is_sum(cell) for cell in cells[:3]):
            sums.append(row)
        else:
            kept.append(row)
    return kept, sums


def _aside(table: Table, row: int, cells: Sequence[Cell]) -> str:
    """What a row is that is no row of the table; "" where it may be one."""
    first = next((cell_text(cell) for cell in cells if isinstance(cell, str)), "")
    if NOTE.match(first) and len(cells) <= 2:
        return "注記"
    if SAMPLE.fullmatch(first):
        return "記入例"
    below = row == table.head.last + 1
    return "列の番号" if below and _is_numbered(cells) else ""


def _is_numbered(cells: Sequence[Cell]) -> bool:
    return len(cells) > 1 and all(NUMBERED.fullmatch(cell_text(cell)) for cell in cells)


# --- columns --------------------------------------------------------------------------------------
class Guess(NamedTuple):
    """A column of the sheet, what its head says, and its cells read so."""

    at: int
    match: Match
    unit: str
    reading: Reading


def _fill(table: Table, rows: Sequence[int], chosen: Chosen | None, unit: str) -> None:
    kept, sums = _sorted_rows(table, rows)
    guesses = _guesses(table, kept, chosen, unit)
    if table.kind == "wbs" and chosen is None:
        guesses = _settled(table, guesses)
        if _part_rows(table, kept):
            guesses = {one: guess for one, guess in guesses.items() if one not in DATED}
    for column in ("start", "end", "period"):
        _revise(table, guesses, f"revised_{column}", column)
    for column, rivals in guesses.items():
        _take(table, column, rivals)
    _check_order(table)
    for at, row in enumerate(kept):
        table.lines.append(_line(table, row, at))
    table.sums = [_sum(table, row) for row in sums]
    if sums:
        places = "、".join(str(row + 1) for row in sums[:8])
        table.asides.append(f"計の行({places}行目)は、数えていません。")
    _tell_faults(table, kept)


def _guesses(
    table: Table, rows: Sequence[int], chosen: Chosen | None, unit: str
) -> dict[str, list[Guess]]:
    """Column -> the columns of the sheet that its words mean, those without contents left out."""
    found: dict[str, list[Guess]] = {}
    above = _unit_above(table) or unit
    matches = _matches(table, chosen)
    table.stairs = _stairs(table, matches, rows)
    for at, match in enumerate(matches):
        column = match.column if match else ""
        if table.stairs[0] < at <= table.stairs[1]:
            continue  # read with the column of its head
        cells = _cells(table, rows, at, column)
        said = any(map(cell_text, cells))
        if not match or column == NOTHING:
            if said:
                table.unused.append(f"{_where(table, at)}: {_stranger(table, at, chosen)}")
        elif not said:
            _pass_blank(table, at, column)
        else:
            own = unit_in(table.head.text(at)) or above
            reading = reading_of(_kind(table.kind, column), cells, own, column)
            found.setdefault(column, []).append(Guess(at, match, own, reading))
    return _without_blanks(table, found)


def _without_blanks(table: Table, found: dict[str, list[Guess]]) -> dict[str, list[Guess]]:
    """The columns of which some cell says something; －, 未定 say nothing."""
    kept: dict[str, list[Guess]] = {}
    for column, guesses in found.items():
        for guess in guesses:
            if guess.reading.said:
                kept.setdefault(column, []).append(guess)
            else:
                _pass_blank(table, guess.at, column)
    return kept


def _stairs(table: Table, matches: Sequence[Match | None], rows: Sequence[int]) -> tuple[int, int]:
    """First and last column of task names that stand in steps under one head; (-1, -1): in one."""
    for at, match in enumerate(matches):
        if not match or match.column != "task":
            continue
        last = at
        while last + 1 < len(matches) and not table.head.texts[last + 1]:
            texts = [table.sheet.at(row, last + 1) for row in rows]
            if not any(isinstance(text, str) and text.strip() for text in texts):
                break
            last += 1
        if last > at:
            return at, last
    return -1, -1


def _pass_blank(table: Table, at: int, column: str) -> None:
    table.blank[at] = column
    table.unused.append(f"{_where(table, at)}: どの行も空です。")


def _matches(table: Table, chosen: Chosen | None) -> list[Match | None]:
    """What each column of the sheet is, by its head or as the mapping file says."""
    if chosen is None:
        return [match_of(texts, table.kind) for texts in table.head.texts]
    matches: list[Match | None] = []
    for name in heads_of(table.head):
        matches.append(Match(chosen[name], EXACT, MAPPED) if name in chosen else None)
    return matches


def _stranger(table: Table, at: int, chosen: Chosen | None) -> str:
    if not table.head.texts[at]:
        return "見出しがありません。"
    if chosen and table.head.text(at) in chosen:
        return "対応表で、使わない列です。"
    return "何の列か分かりません。" if chosen is None else "対応表にない列です。"


def _kind(table: str, column: str) -> str:
    word = words_of(table).get(column)
    return word.kind if word else "date"


def _where(table: Table, at: int) -> str:
    """Letters of a column and its head, as a reader finds it."""
    letters = cell_name(0, at).rstrip("1")
    text = shortened(table.head.text(at), SHOWN)
    return f"{letters}列「{text}」" if text else f"{letters}列"


def _unit_above(table: Table) -> str:
    """The unit of money that a remark above the head names."""
    units = set()
    for row in table.sheet.rows[max(0, table.head.first - 5) : table.head.first]:
        for cell in row:
            if isinstance(cell, str) and "単位" in cell:
                units.add(unit_in(cell))
    return units.pop() if len(units) == 1 else ""


def _cells(table: Table, rows: Sequence[int], at: int, column: str) -> list[Cell]:
    """The cells of a column; 同上 is the cell above, a merged area's value stands in each row."""
    sheet = table.sheet
    known: dict[int, Cell] = {}
    for (top, left), (bottom, _) in sheet.merged:
        if left == at and bottom > top and column in FILLED:
            known.update(dict.fromkeys(range(top + 1, bottom + 1), sheet.at(top, left)))
    cells: list[Cell] = []
    for row in rows:
        cell = known.get(row, sheet.at(row, at))
        if at == table.stairs[0]:
            cell = next(filter(cell_text, sheet.rows[row][at : table.stairs[1] + 1]), "")
        if cells and cell_text(cell) in DITTO and column in FILLED:
            cell = cells[-1]
        if isinstance(cell, float) and serial_day(cell) and _kind(table.kind, column) == "date":
            cell += table.shift
        cells.append(cell)
    return cells


# --- one of several -------------------------------------------------------------------------------
def _settled(table: Table, guesses: dict[str, list[Guess]]) -> dict[str, list[Guess]]:
    """Days whose head does not say whose they are, as the other columns of the table decide."""
    for edge, alone in (("start", "began"), ("finish", "done")):
        plan, real = f"{PLAN}_{edge}", f"actual_{edge}"
        plain = guesses.pop(alone, [])
        if plain and plan in guesses and real not in guesses:
            guesses[real] = plain
        elif plain:
            names = "、".join(_where(table, guess.at) for guess in plain)
            table.undecided.append(f"{names}: 予定か実績か分かりません。")
        _revise(table, guesses, f"revised_{edge}", plan)
        guesses[plan] = _explicit(table, guesses.get(plan, []))
        if not guesses[plan]:
            del guesses[plan]
    for said in (PLAN, "actual"):
        days = guesses.pop(f"{said}_day", [])
        if days and not {f"{said}_finish", f"{said}_start"} & set(guesses):
            guesses[f"{said}_finish"] = days
            table.asides.append(f"{_where(table, days[0].at)}は1つの日なので、終了の日とします。")
        elif days:
            table.undecided.append(f"{_where(table, days[0].at)}: 開始か終了か分かりません。")
    for said in ("baseline", "revised", "forecast"):
        guesses.pop(f"{said}_day", None)
    return guesses


def _part_rows(table: Table, rows: Sequence[int]) -> bool:
    """Whether days of the plan and of what was done stand in different rows, which is told."""
    for at in range(len(table.head.texts)):
        said = {squashed(cell_text(table.sheet.at(row, at))) for row in rows} - {""}
        if len(said) > 1 and all(dated_parts(text, "wbs") & WHOSE for text in said):
            table.undecided.append(
                f"{_where(table, at)}: 予定と実績が行で分かれているので、取りません。"
            )
            return True
    return False


def _is_report(table: Table) -> bool:
    """Whether what stands above a table, or its sheet, speaks of what was done and of no plan."""
    above = table.sheet.rows[: table.head.first]
    texts = [cell for row in above for cell in row if isinstance(cell, str)]
    title = squashed("".join([*texts, table.sheet.name]))
    return bool(DONE.search(title)) and not PLANNED.search(title)


def _revise(table: Table, guesses: dict[str, list[Guess]], new: str, plan: str) -> None:
    """A revised day is the plan where no other is; beside another either may be meant."""
    revised = guesses.pop(new, [])
    if revised and plan in guesses:
        both = [*guesses.pop(plan), *revised]
        names = "と".join(_where(table, guess.at) for guess in both)
        table.undecided.append(f"{names}: どちらが今のものか分かりません。")
    elif revised:
        guesses[plan] = revised


def _explicit(table: Table, rivals: list[Guess]) -> list[Guess]:
    """Those whose head says 予定, where some do; the others may be actual."""
    said: list[Guess] = []
    bare: list[Guess] = []
    for guess in rivals:
        parts = dated_parts("".join(table.head.texts[guess.at]), "wbs")
        (said if parts & {PLAN, "revised"} else bare).append(guess)
    if bare and _is_report(table):
        names = "、".join(_where(table, guess.at) for guess in bare)
        table.undecided.append(f"{names}: 題から、予定か実績か分かりません。")
        return said
    if not said or not bare:
        return rivals
    names = "、".join(_where(table, guess.at) for guess in bare)
    table.undecided.append(f"{names}: 予定の列がほかにあり、何の日か分かりません。")
    return said


def _take(table: Table, column: str, rivals: Sequence[Guess]) -> None:
    """Take the one column that is meant; say why not, where none is or several may be."""
    kind = _kind(table.kind, column)
    label = _label(table.kind, column)
    fitting = []
    for guess in rivals:
        if _fits(kind, guess.reading):
            fitting.append(guess)
        else:
            _refuse(table, column, guess)
    exact = [guess for guess in fitting if guess.match.ratio >= UNDER] or fitting
    exact = [guess for guess in exact if not _is_wide(table, guess)]
    if not exact:
        return
    if kind in UNREAD:
        _leave(table, column, exact)
        return
    if column in CHOSEN:
        exact.sort(key=_preferred)
    elif any(guess.reading.values != exact[0].reading.values for guess in exact):
        names = "と".join(_where(table, guess.at) for guess in exact)
        table.undecided.append(f"{names}: どちらも{label}に見えます。")
        return
    best = exact[0]
    for guess in fitting:
        if guess is not best:
            table.unused.append(f"{_where(table, guess.at)}: {label}は別の列を取りました。")
    unit = best.unit if kind == "yen" else ""
    text = table.head.text(best.at)
    table.taken[column] = Taken(best.at, text, unit, _why(best), best.reading)
    table.asides += [note for note in best.reading.notes if note not in table.asides]


def _fits(kind: str, reading: Reading) -> bool:
    """Whether contents are of a kind; of systems, whether one of the 20 is among them."""
    if kind == "business":
        return reading.fits and any(reading.values)
    return kind in UNREAD or reading.fits


def _is_wide(table: Table, guess: Guess) -> bool:
    """Whether one head stands over several columns with contents, told: nobody knows which."""
    right = spans_of(table.sheet, table.head).get(guess.at, guess.at)
    if table.stairs[0] == guess.at or _kind(table.kind, guess.match.column) in UNREAD:
        return False
    for at in range(guess.at + 1, right + 1):
        if any(
            cell_text(table.sheet.at(line, at))
            for line in range(table.head.last + 1, len(table.sheet.rows))
        ):
            table.undecided.append(
                f"{_where(table, guess.at)}: 見出しが複数の列にまたがっています。"
            )
            return True
    return False


def _preferred(guess: Guess) -> tuple[int, float, int]:
    """What is meant rather: most systems named, the likest head, the first word."""
    named = sum(isinstance(value, tuple) and bool(value) for value in guess.reading.values)
    return -named, -guess.match.ratio, guess.match.rank


def _leave(table: Table, column: str, guesses: Sequence[Guess]) -> None:
    why = "使わない列です。"
    if _kind(table.kind, column) == "person":
        why = "氏名の列とみて、取り込みません。"
        if table.kind == "staff":
            first = guesses[0]
            text = table.head.text(first.at)
            table.taken[column] = Taken(first.at, text, "", "人数を数えるだけ", first.reading)
    for guess in guesses:
        table.unused.append(f"{_where(table, guess.at)}: {why}")


def _label(table: str, column: str) -> str:
    word = words_of(table).get(column)
    return word.label if word else column


def _why(guess: Guess) -> str:
    if guess.match.word == MAPPED:
        return "対応表による"
    if guess.match.ratio < UNDER:
        return f"「{guess.match.word}」に近い見出し"
    return "見出しと中身による"


def _refuse(table: Table, column: str, guess: Guess) -> None:
    """Say why a column is not taken whose head fits and whose contents do not."""
    kind, label = _kind(table.kind, column), _label(table.kind, column)
    where, reading = _where(table, guess.at), guess.reading
    if kind == "yen" and not guess.unit:
        table.undecided.append(f"{where}: {label}ですが、単位(円・千円)が書かれていません。")
        return
    if column == f"{PLAN}_period" and not any(reading.values):  # a number of days
        table.unused.append(f"{where}: 期間の初めと終わりが書かれていません。")
        return
    wrong = f"合わないセル {len(reading.faults):,}/{reading.said:,}個"
    said = f"{where}: {label}に見える見出しですが、中身が合いません({wrong})。"
    open_ = kind != "owner" and guess.match.ratio >= UNDER
    (table.undecided if open_ else table.unused).append(said)


def _check_order(table: Table) -> None:
    """Leave both columns where many ends lie before their starts: one of them is another thing."""
    for first, last in (
        ("planned_start", "planned_finish"),
        ("actual_start", "actual_finish"),
        ("start", "end"),
    ):
        if first not in table.taken or last not in table.taken:
            continue
        starts, ends = table.taken[first].reading.values, table.taken[last].reading.values
        wrong, pairs = 0, 0
        for start, end in zip(starts, ends, strict=True):
            if start is not None and end is not None:
                pairs += 1
                wrong += end < start  # type: ignore[operator]
        if wrong > pairs / 5:
            names = "と".join(_where(table, table.taken.pop(one).at) for one in (first, last))
            table.undecided.append(f"{names}: 終わりが始まりより前の行が{wrong:,}行あります。")


# --- the lines ------------------------------------------------------------------------------------
def _line(table: Table, row: int, at: int) -> Line:
    cells, raw = {}, {}
    for column, taken in table.taken.items():
        cells[column] = taken.reading.values[at]
        if column == "business":
            raw[column] = cell_text(table.sheet.at(row, taken.at))
    loose = {column for column, taken in table.taken.items() if at in taken.reading.loose}
    return Line(row, cells, raw, frozenset(loose))


def _sum(table: Table, row: int) -> Line:
    cells: dict[str, object] = {}
    for column, taken in table.taken.items():
        kind = _kind(table.kind, column)
        if kind in COUNTED:
            cell = table.sheet.at(row, taken.at)
            cells[column] = reading_of(kind, [cell], taken.unit, column).values[0]
    return Line(row, cells, {})


def _tell_faults(table: Table, rows: Sequence[int]) -> None:
    """Name each cell of a taken column that was not read; of persons' columns none."""
    for column, taken in table.taken.items():
        kind = _kind(table.kind, column)
        if kind in UNREAD or kind == "owner":
            continue
        for at, fault in taken.reading.faults.items():
            cell = table.sheet.at(rows[at], taken.at)
            said = shortened(cell_text(cell), SHOWN)
            table.faults[cell_name(rows[at], taken.at)] = f"「{said}」{fault}"
