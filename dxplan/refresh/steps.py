"""The ministry's monthly tables of steps, in the form by rates and in the form by step.

By rates (seen for municipalities): a row a municipality, a column a business, 0..1 or percent; what
is out of scope is counted as done there and cannot be told. By step (seen for the prefectures' own
two businesses, 市区町村名 「-」): a row a business, a column a step, whose words are kept apart.

    完了済み d    作業中 w    未 u    未着手 n    対象外 o    blank .
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from operator import itemgetter

from dxplan.bring.cells import Book, Sheet, cell_name, cell_text
from dxplan.bring.cells import Cell as CellValue
from dxplan.bring.words import businesses_in, squashed
from dxplan.facts import catalog
from dxplan.refresh.bodies import is_prefecture
from dxplan.refresh.keyed import note_missing
from dxplan.refresh.reading import (
    BUSINESS_HEADS,
    NAME_HEADS,
    SHARE,
    Heads,
    Reading,
    is_missing,
    note_unknown,
    number_text,
    place,
    sheet_day,
)
from dxplan.refresh.rows import Finder
from dxplan.refresh.tables import Cell

STATUS, WORDS = "standardization_status", "step_words"
STEPS = 40
LETTERS = {"完了済み": "d", "作業中": "w", "未": "u", "未着手": "n", "対象外": "o", "": "."}
COUNTED = "do"  # as the rates count: what is out of scope is done
MONTH = "進捗状況"
ROUNDED = 0.21  # steps; a rate in whole percent is 0.2 steps off at most
NEAR = 0.011  # a share in whole percent
FEW = 3  # businesses of a table that are not named need not be a table of steps


def business_columns(heads: Heads) -> dict[int, str]:
    """Column -> business, of headings that name one business each."""
    found: dict[str, int] = {}
    for word, spots in heads.spots.items():
        named = businesses_in(word)
        if len(named) == 1:
            found.setdefault(named[0], spots[-1][1])
    return {column: business for business, column in found.items()}


def step_columns(heads: Heads) -> dict[int, int]:
    """Column -> step 1 to 40, of headings that hold a step's name."""
    found = {}
    for row in catalog.load_rows("steps"):
        name, number = squashed(row["step_name"]), squashed(row["item_no"])
        for word in (name, number + name, f"{row['step']}{name}"):
            for _, column in heads.spots.get(word, ()):
                found[column] = row["step"]
    return found


def is_by_rates(sheet: Sheet, heads: Heads) -> bool:
    """Whether a sheet has a row for each municipality and a column for each business."""
    titled = heads.column(SHARE) is not None or any(MONTH in word for word in heads.spots)
    if not titled and MONTH not in sheet.name or heads.column(*NAME_HEADS) is None:
        return False
    return len(business_columns(heads)) > FEW


def is_by_step(heads: Heads) -> bool:
    """Whether a sheet has a column for each step."""
    if heads.column(*BUSINESS_HEADS) is None:
        return False
    return len(step_columns(heads)) > STEPS / 2


def numbers_of() -> dict[str, str]:
    """Business -> its number as data/ writes it."""
    return {row["business"]: str(row["no"]) for row in catalog.load_rows("businesses")}


# --- by rates -------------------------------------------------------------------------------------
def load_rates(book: Book, sheet: Sheet, heads: Heads) -> Reading:
    """Steps done of each system, from the share of its 40 steps."""
    reading = Reading("status", "標準化の進捗(率の表)", place(book, sheet))
    reading.as_of = sheet_day(sheet)
    columns, numbers = business_columns(heads), numbers_of()
    finder = Finder(sheet, heads)
    reading.columns = [(STATUS, "steps_done")]
    first = heads.row(list(NAME_HEADS)) + 1
    scale = STEPS / (100 if _is_percent(sheet, columns, first) else 1)
    for row in range(first, len(sheet.rows)):
        code = finder.code(row)
        if not code or is_prefecture(code):
            continue
        for column, business in columns.items():
            steps = _steps(reading, sheet, (row, column), scale)
            if steps and business in numbers:
                reading.say(Cell(STATUS, (code, numbers[business]), "steps_done"), steps)
    note_unknown(reading, sheet, heads, set(columns), finder.top)
    _check_shares(reading, sheet, heads, finder, first)
    note_absent(reading, set(columns.values()), set(numbers))
    blank = len(numbers) * len(finder.bodies.seen) - len(reading.cells)
    if blank:
        reading.notes.append(f"{blank:,}システムは空欄で、今の値のままです。")
    reading.notes.append("率の表では、対象外のステップも完了に数えられ、見分けられません。")
    note_missing(reading, finder.bodies)
    return reading


def _check_shares(reading: Reading, sheet: Sheet, heads: Heads, finder: Finder, first: int) -> None:
    """Hold the share of a whole municipality against the mean of its businesses."""
    column, unlike = heads.column(SHARE), 0
    if column is None:
        return
    scale = 100 if _is_percent(sheet, {column: ""}, first) else 1
    done: dict[str, list[int]] = {}
    for cell, text in reading.cells.items():
        done.setdefault(cell.key[0], []).append(int(text))
    for row in range(first, len(sheet.rows)):
        share, steps = cell_text(sheet.at(row, column)), done.get(finder.code(row))
        if steps and not is_missing(share):
            mean = sum(steps) / len(steps) / STEPS
            unlike += abs(float(number_text(sheet.at(row, column))) / scale - mean) > NEAR
    if unlike:
        reading.notes.append(f"{unlike:,}団体の完了率は、業務の率の平均と違います。")


def _is_percent(sheet: Sheet, columns: dict[int, str], first: int) -> bool:
    """Whether the rates of a sheet go to 100 and not to 1."""
    for row in sheet.rows[first:]:
        for column in columns:
            cell = row[column] if column < len(row) else ""
            if isinstance(cell, str) and cell.strip().endswith("%"):
                return True
            if isinstance(cell, float | int) and cell > 1:
                return True
    return False


def _steps(reading: Reading, sheet: Sheet, spot: tuple[int, int], scale: float) -> str:
    """Whole steps of a rate; "" where there is none, or it is not one of 40 steps."""
    cell = sheet.at(*spot)
    steps = _rated(cell, scale)
    if steps is None:
        where = f"{cell_name(*spot)}「{cell_text(cell)}」"
        reading.complain(f"{where}は40ステップの率として読めません。")
    return steps or ""


@lru_cache(1024)
def _rated(cell: CellValue, scale: float) -> str | None:
    """Whole steps of a rate; "" where there is none, None where it is not one of 40 steps."""
    if is_missing(cell_text(cell)):
        return ""
    try:
        steps = float(number_text(cell)) * scale
    except ValueError:
        return None
    if not 0 <= steps <= STEPS or abs(steps - round(steps)) > ROUNDED:
        return None
    return str(round(steps))


def note_absent(reading: Reading, found: set[str], wanted: set[str]) -> None:
    """Say which businesses have no column."""
    absent = sorted(wanted - found)
    if absent:
        reading.faults.append(f"業務の列がありません: {'、'.join(absent)}。")


# --- by step --------------------------------------------------------------------------------------
def load_steps(book: Book, sheet: Sheet, heads: Heads) -> Reading:
    """Each system's word for each step, and how many of its steps are done."""
    reading = Reading("status", "標準化の進捗(ステップ別の表)", place(book, sheet))
    reading.as_of = sheet_day(sheet) or _day_of_neighbours(book)
    columns, numbers = step_columns(heads), numbers_of()
    finder = Finder(sheet, heads)
    business_at = heads.column(*BUSINESS_HEADS) or 0
    businesses: dict[str, str] = {}
    strange: Counter[str] = Counter()
    width = max(columns) + 1  # a line of a CSV file may be shorter
    pick = itemgetter(*sorted(columns, key=columns.__getitem__))
    for row in range(heads.row(list(BUSINESS_HEADS)) + 1, len(sheet.rows)):
        code = finder.code(row)
        named = cell_text(sheet.at(row, business_at))
        if not code or not named:
            continue
        if named not in businesses:
            businesses[named] = _number(reading, named, cell_name(row, business_at), numbers)
        if businesses[named]:
            cells = sheet.rows[row] + [""] * (width - len(sheet.rows[row]))
            words = _letters(pick(cells), strange)
            reading.say(Cell(WORDS, (code, businesses[named]), "words"), words)
    for word, count in strange.items():
        reading.faults.append(f"「{word}」は知らない状態です({count:,}セル)。")
    if len(columns) < STEPS:
        reading.faults.append(f"ステップの列が{len(columns)}しか分かりません(40あるはずです)。")
    note_unknown(reading, sheet, heads, set(columns), finder.top)
    _count(reading, finder)
    return reading


def _day_of_neighbours(book: Book) -> date | None:
    return next((day for day in map(sheet_day, book.sheets) if day), None)


def _number(reading: Reading, named: str, where: str, numbers: dict[str, str]) -> str:
    """The number of the business that a cell names; "" and a fault for none, or several."""
    found = businesses_in(named)
    if len(found) != 1 or found[0] not in numbers:
        reading.complain(f"{where}「{named}」がどの業務か分かりません。")
        return ""
    return numbers[found[0]]


def _letters(words: tuple[CellValue, ...], strange: Counter[str]) -> str:
    """One letter a step; a word that nobody knows is counted, and "?"."""
    try:
        return "".join([LETTERS[word] for word in words])  # type: ignore[index]
    except KeyError:
        plain = [cell_text(word) for word in words]
        strange.update(word for word in plain if word not in LETTERS)
        return "".join([LETTERS.get(word, "?") for word in plain])


def _count(reading: Reading, finder: Finder) -> None:
    """The steps done of the municipalities; the prefectures' systems are kept as words alone."""
    reading.columns = [(WORDS, "words")]
    towns = [cell for cell in reading.cells if not is_prefecture(cell.key[0])]
    if not towns:
        reading.form += "、都道府県"
        reading.notes.append("都道府県の業務の表です。市区町村の進捗は変わりません。")
        return
    reading.columns.append((STATUS, "steps_done"))
    for cell in towns:
        words = reading.cells[cell]
        done = sum(words.count(letter) for letter in COUNTED)
        reading.say(Cell(STATUS, cell.key, "steps_done"), str(done))
    note_missing(reading, finder.bodies)
