"""Tables with one row, or one column, for each municipality: population, finance, staff, DX, codes.

Which headings belong to which column of data/ is said by ``data/official_columns.csv``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from dxplan.bring.cells import Book, Sheet, cell_name, cell_text
from dxplan.bring.cells import Cell as CellValue
from dxplan.bring.words import squashed
from dxplan.facts import catalog
from dxplan.refresh.bodies import WHOLE, Bodies, body_name, name_key
from dxplan.refresh.reading import (
    CODE_HEADS,
    MOST_FAULTS,
    NAME_HEADS,
    PREF_HEADS,
    Heads,
    Reading,
    is_missing,
    load_headings,
    load_kinds,
    number_text,
    place,
    sheet_day,
)
from dxplan.refresh.rows import Finder
from dxplan.refresh.tables import Cell

TABLE = "municipalities"
KEYED = ("fiscal", "juki", "ssdse", "staff", "lgcode", "dxdash")
PASSED = ("性別", "団体名", "市区町村名", "市区町村", "都道府県名(カナ)", "人")
FLAGS = {"実施": "1", "未実施": "0", "導入済": "1", "未導入": "0"}
AREAS = ("郡", "島しょ", "支庁", "振興局", "区部")
COUNTRY = {"合計", "全国", "全国計", "総計"}
YEAR_HEAD = "年度"
HEAD_OF_YEARS = 3
OPTIONAL = ("dx_", "future_burden_ratio", "online32_pct")  # columns where a blank is a fact


def keyed_kind(sheet: Sheet, heads: Heads) -> str:
    """The kind whose headings stand in a sheet with a row for each municipality; "" for none."""
    if heads.column(*CODE_HEADS) is None and heads.column(*NAME_HEADS) is None:
        return ""
    fits = []
    for kind in KEYED:
        wanted = [row["heading"] for row in load_headings(kind)]
        if kind == "juki":  # 総数 alone is the heading of many tables
            wanted.append("性別")
        if all(heads.column(heading) is not None for heading in wanted):
            fits.append((len(wanted), kind))
    return max(fits)[1] if fits else ""


def load_keyed(kind: str, book: Book, sheet: Sheet, heads: Heads) -> Reading:
    """What such a sheet says."""
    reading = Reading(kind, load_kinds()[kind]["label"], place(book, sheet))
    reading.as_of = sheet_day(sheet)
    headings = list(load_headings(kind))
    finder = Finder(sheet, heads)
    places = {row["column"]: heads.column(row["heading"]) or 0 for row in headings}
    first = heads.row([row["heading"] for row in headings] + list(CODE_HEADS)) + 1
    _take_years(reading, headings, sheet, places)
    reading.columns = [(TABLE, column) for column in places]
    reading.unknown = _unknown(sheet, first - 1, {finder.code_at, *places.values()})
    country = None
    for row, code in _rows(sheet, heads, finder, first):
        if code == WHOLE:
            country = row
            continue
        for heading in headings:
            column = heading["column"]
            text = _taken(reading, sheet, heading, (row, places[column]))
            if text is not None:
                reading.say(Cell(TABLE, (code,), column), text)
    note_missing(reading, finder.bodies)
    if country is not None:
        _check_sums(reading, sheet, country, headings, places)
    return reading


def _take_years(
    reading: Reading, headings: list[catalog.Row], sheet: Sheet, places: dict[str, int]
) -> None:
    """The day of each column where a row of years stands above the headings (SSDSE)."""
    for row in sheet.rows[:HEAD_OF_YEARS]:
        if YEAR_HEAD not in row:
            continue
        for heading in headings:
            year = cell_text(row[places[heading["column"]]])
            if heading["day"] and year.isdigit():
                day = date.fromisoformat(f"{year}-{heading['day']}")
                reading.days[heading["column"]] = day
        reading.as_of = max(reading.days.values(), default=reading.as_of)


def _unknown(sheet: Sheet, row: int, known: set[int | None]) -> list[str]:
    """The headings of the last heading row that nobody reads."""
    passed = {squashed(word) for word in (*PREF_HEADS, *PASSED)}
    found = []
    for column, cell in enumerate(sheet.rows[row]):
        word = cell_text(cell).replace("\n", "")
        if column not in known and word and squashed(word) not in passed:
            found.append(word)
    return found


def _rows(sheet: Sheet, heads: Heads, finder: Finder, first: int) -> Iterator[tuple[int, str]]:
    """Each row of a municipality with its code, and that of the whole country (WHOLE)."""
    sex_at = heads.column("性別")
    for row in range(first, len(sheet.rows)):
        if sex_at is not None and squashed(sheet.at(row, sex_at)) != "計":
            continue
        code = finder.town(row)
        if code and code != WHOLE:
            yield row, code
            continue
        words = [squashed(word) for word in sheet.rows[row][:4] if isinstance(word, str)]
        if COUNTRY.intersection(words):
            yield row, WHOLE
        elif not code and not _is_district(words):
            finder.note(row)


def _is_district(words: list[str]) -> bool:
    return any(word.endswith(AREAS) for word in words)


def _taken(
    reading: Reading, sheet: Sheet, heading: catalog.Row, spot: tuple[int, int]
) -> str | None:
    """A cell as data/ writes it; None where it is a fault, or blank where a value has to be."""
    cell, form, column = sheet.at(*spot), heading["form"], heading["column"]
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip()
    if is_missing(text) and column.startswith(OPTIONAL):
        return ""
    try:
        return _typed(cell, text, form)
    except (KeyError, ValueError):
        reading.complain(f"{cell_name(*spot)}「{text}」は{heading['heading']}として読めません。")
        return None


def _typed(cell: CellValue, text: str, form: str) -> str:
    """A cell's text by its form; KeyError or ValueError where it is none."""
    if form == "flag":
        return FLAGS[text]
    if form == "text":
        if is_missing(text):
            raise ValueError(text)
        return text.replace("\n", "")
    number = number_text(cell)
    if form == "int" and not number.lstrip("-").isdigit():
        raise ValueError(text)
    return number


def _check_sums(
    reading: Reading,
    sheet: Sheet,
    country: int,
    headings: list[catalog.Row],
    places: dict[str, int],
) -> None:
    """Hold the country's row against the sum of the municipalities."""
    for heading in headings:
        column = heading["column"]
        cells = reading.cells.items()
        total = sum(int(text) for cell, text in cells if cell.column == column and text)
        said = number_text(sheet.at(country, places[column]))
        if said == str(total):
            reading.notes.append(
                f"{heading['heading']}の全国計 {total:,} は市区町村の合計と同じです。"
            )
        else:
            reading.faults.append(
                f"{heading['heading']}の全国計は{said}ですが、市区町村を足すと{total}です。"
            )


def note_bodies(reading: Reading, bodies: Bodies) -> None:
    """Say which bodies of a file are of before, and which are unknown."""
    for old, codes in bodies.moved.items():
        now = "・".join(body_name(code) for code in codes)
        reading.notes.append(f"コード {old} は変更前の団体です(今は{now})。")
    if bodies.strange:
        some = "、".join(bodies.strange[:MOST_FAULTS])
        reading.faults.append(
            f"{some}など{len(bodies.strange):,}行は、市区町村の一覧にありません。"
            "合併や改称なら、data/changes.csv に行を加えてください。"
        )


def note_missing(reading: Reading, bodies: Bodies) -> None:
    """Say which municipalities a file lacks, and which of its bodies are none of today."""
    note_bodies(reading, bodies)
    missing = bodies.missing()
    if missing:
        some = "、".join(body_name(code) for code in missing[:MOST_FAULTS])
        reading.faults.append(f"{some}など{len(missing):,}団体の行がありません。")


# --- one column for each municipality -------------------------------------------------------------
def is_dashboard(sheet: Sheet) -> bool:
    """Whether a sheet has municipalities in columns and the headings of the dashboard in rows."""
    wanted = {squashed(row["heading"]) for row in load_headings("dxdash")}
    return wanted <= {squashed(sheet.at(row, 1)) for row in range(len(sheet.rows))}


def load_dashboard(book: Book, sheet: Sheet) -> Reading:
    """What the dashboard's file says; its columns have names without prefecture or code."""
    reading = Reading("dxdash", load_kinds()["dxdash"]["label"], place(book, sheet))
    reading.as_of = sheet_day(sheet)
    codes = codes_in_order([cell_text(cell) for cell in sheet.rows[0]])
    bodies = Bodies()
    bodies.seen |= set(codes.values())
    headings = {squashed(row["heading"]): row for row in load_headings("dxdash")}
    for row in range(1, len(sheet.rows)):
        heading = headings.get(squashed(sheet.at(row, 1)))
        if not heading:
            reading.unknown.append(cell_text(sheet.at(row, 1)))
            continue
        reading.columns.append((TABLE, heading["column"]))
        for at, code in codes.items():
            text = _taken(reading, sheet, heading, (row, at))
            if text is not None:
                reading.say(Cell(TABLE, (code,), heading["column"]), text)
    for at, cell in enumerate(sheet.rows[0]):
        if at not in codes and cell_text(cell):
            bodies.strange.append(f"{cell_name(0, at)} {cell_text(cell)}")
    note_missing(reading, bodies)
    return reading


def codes_in_order(names: list[str]) -> dict[int, str]:
    """Place of a name -> code, of names that stand in the order of the codes.

    25 names belong to several municipalities: one is taken that stands between its neighbours, and
    none where more than one does.
    """
    known: dict[str, list[str]] = {}
    for town in catalog.load_municipalities():
        known.setdefault(name_key(town.name), []).append(town.code)
    meant = {at: known[name_key(name)] for at, name in enumerate(names) if name_key(name) in known}
    sure = {at: codes[0] for at, codes in meant.items() if len(codes) == 1}
    found = {}
    for at, codes in meant.items():
        low = max((code for place, code in sure.items() if place < at), default="")
        high = min((code for place, code in sure.items() if place > at), default="9")
        between = [code for code in codes if low < code < high]
        if at in sure or len(between) == 1:
            found[at] = sure.get(at) or between[0]
    return found
