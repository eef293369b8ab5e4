"""What the cells of a foreign column hold, by its kind: days, numbers, shares, steps, names.

A cell is read by the lenient rule of ``facts.kinds`` or not at all. What says that nothing is known
(－, 未定) is None; what says anything else raises a ValueError with a Japanese sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from dxplan.bring.cells import Cell, cell_text
from dxplan.bring.words import businesses_in, section_in
from dxplan.facts.kinds import DATE, NUMBER, serial_day
from dxplan.facts.months import month_end
from dxplan.town.systems import STEPS

YEARS = range(2000, 2061)  # of a day; another is a slip, or a number that a format made a day
ENOUGH = 0.5  # share of the cells that must be readable
NOTHING = re.compile(
    r"[-‐‑–—―ーｰ−－/\\…・.?？*＊]*|未定|tbd|なし|無し|無|n/?a|調整中|検討中|未|不明|空欄"
)
SERIAL = re.compile(r"[0-9]{5}")
SPANS = re.compile(r"\s*(?:[~〜～]|から|→|(?<=[日0-9])\s*[-−－–—―ー]\s*(?=[令平RrHh2]))\s*")
# 2026.1 may be what a spreadsheet left of 2026.10
MONTH = re.compile(r"(.*?(?:年|[/\-])|[^0-9].*?\.)([0-9]{1,2})月?")
OF_STEPS = re.compile(rf"([0-9]{{1,2}})(?:/{STEPS})?(?:ステップ)?")
ALONE = re.compile(
    r".*(?:課|室|局|部|所|係|館|園|校|署|会|班|チーム|グループ|センター|担当|支所|[gG])"
)
SCALES = {"円": 1, "千円": 1_000, "万円": 10_000, "百万円": 1_000_000}
NOTED = "月だけのセルは、開始を月の初日、終了を月の末日と読みました"
LEFT = ("同左", "左に同じ")
FLOATS = (int, float)


class Reading(NamedTuple):
    """The cells of a column, read.

    Attributes
    ----------
    values : one a row; None where a cell says nothing or cannot be read.
    faults : place in `values` -> why its cell cannot be read.
    said : number of cells that say something.
    notes : how some were read, sentences.
    loose : places in `values` of days of which only the month is said.
    """

    values: list[object]
    faults: dict[int, str]
    said: int
    notes: tuple[str, ...] = ()
    loose: frozenset[int] = frozenset()

    @property
    def fits(self) -> bool:
        """Whether so many cells are of the kind that the column is."""
        return self.said - len(self.faults) >= max(1, ENOUGH * self.said)


def is_nothing(cell: Cell) -> bool:
    """Whether a cell says that nothing is known: a blank, －, 未定."""
    text = unicodedata.normalize("NFKC", cell_text(cell)).strip().lower()
    return bool(NOTHING.fullmatch(text))


def reading_of(kind: str, cells: Sequence[Cell], unit: str, column: str) -> Reading:
    """The cells of a column as values of a kind of ``data/head_words.csv``.

    Parameters
    ----------
    kind : date, period, yen, heads, number, percent, steps, or one of names.
    cells : from above.
    unit : of money.
    column : what it holds; a month alone begins or ends it.
    """
    if kind == "percent":
        return _shares(cells)
    values: list[object] = []
    faults: dict[int, str] = {}
    said = 0
    loose = set()
    for at, cell in enumerate(cells):
        value: object = None
        if not is_nothing(cell):
            said += 1
            try:
                value = READERS[kind](cell, unit or column)
                if kind == "date" and _is_month(cell):
                    loose.add(at)
            except ValueError as fault:
                faults[at] = str(fault)
        values.append(value)
    notes = (f"{NOTED}({len(loose):,}件)。",) if loose else ()
    return Reading(values, faults, said, notes, frozenset(loose))


def day_of(cell: Cell, column: str = "") -> date:
    """The day in a cell; a month alone is its first day, or its last where the column ends.

    Raises
    ------
    ValueError : it is none, or of no year that a plan has.
    """
    day = _said_day(cell, column)
    if not day or day.year not in YEARS:
        raise ValueError("は日付として読めません。")
    return day


def _said_day(cell: Cell, column: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        if SERIAL.fullmatch(cell.strip()):
            return serial_day(float(cell))
        return _month_day(cell, column) or DATE.lenient(cell)
    if isinstance(cell, FLOATS) and not isinstance(cell, bool):
        return serial_day(cell) or DATE.lenient(cell_text(cell))
    return None


def _is_month(cell: Cell) -> bool:
    return isinstance(cell, str) and _month_day(cell, "start") is not None


def _month_day(text: str, column: str) -> date | None:
    """The first or last day of a month that is said without a day: 2026年10月, R8.10."""
    parts = MONTH.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if not parts:
        return None
    try:
        first = DATE.lenient(f"{parts[1].rstrip('/.-')}/{parts[2]}/1".replace("年/", "年"))
    except ValueError:
        return None
    return first if column.endswith("start") else month_end(first)


def _period(cell: Cell, unit: str) -> tuple[date, date]:
    """Both days of 令和4年4月1日〜令和9年3月31日."""
    parts = SPANS.split(unicodedata.normalize("NFKC", cell_text(cell)))
    if len(parts) != 2:
        raise ValueError("は「始まり〜終わり」の期間として読めません。")
    return day_of(parts[0], "start"), day_of(parts[1].removesuffix("まで"), "end")


def _number(cell: Cell, unit: str) -> float:
    if isinstance(cell, bool):
        raise ValueError("は数ではありません。")
    if isinstance(cell, FLOATS):
        return float(cell)
    if not isinstance(cell, str):
        raise ValueError("は数ではなく日付です。")
    return float(NUMBER.lenient(cell, unit))


def _heads(cell: Cell, unit: str) -> float:
    number = _number(cell, "人")
    if not 0 <= number <= 10_000:
        raise ValueError("は課の人数として読めません。")
    return number


def _yen(cell: Cell, unit: str) -> float:
    """Yen; the cell's own unit goes before that of the column."""
    if isinstance(cell, str):
        text = re.sub(r"\((?:税込|税抜|税別)\)", "", unicodedata.normalize("NFKC", cell).strip())
        for own in sorted(SCALES, key=len, reverse=True):
            if text.endswith(own):
                return _number(text.removesuffix(own), "") * SCALES[own]
        if re.match(r"[¥\\]", text):
            return _number(text, "円")
        cell = text
    if unit not in SCALES:
        raise ValueError("は単位が分かりません。")
    return _number(cell, unit) * SCALES[unit]


def _steps(cell: Cell, unit: str) -> float:
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell_text(cell)))
    parts = OF_STEPS.fullmatch(text)
    if not parts or int(parts[1]) > STEPS:
        raise ValueError(f"は0〜{STEPS}のステップの数として読めません。")
    return float(parts[1])


def _shares(cells: Sequence[Cell]) -> Reading:
    """Shares in %: 40, 40%, or 0.4 where the whole column is within 1; never both at once."""
    faults: dict[int, str] = {}
    numbers: dict[int, float] = {}
    typed = 0
    plain = []
    for at, cell in enumerate(cells):
        if is_nothing(cell):
            continue
        try:
            numbers[at] = _number(cell, "%")
        except ValueError as fault:
            faults[at] = str(fault)
            continue
        if isinstance(cell, str) and cell.strip().endswith(("%", "％")):
            typed += 1
        else:
            plain.append(numbers[at])
    said, scale = len(numbers) + len(faults), _scale(plain, typed)
    values: list[object] = [None] * len(cells)
    for at, number in numbers.items():
        values[at] = round(number * scale, 6)
        wrong = _wrong_share(number, scale)
        if wrong:
            values[at], faults[at] = None, wrong
    return Reading(values, faults, said)


def _wrong_share(number: float, scale: int) -> str:
    if not scale:
        return "は、1が1%か100%か分かりません。"
    return "" if 0 <= number * scale <= 100 else "は0〜100%の外です。"


def _scale(plain: Sequence[float], typed: int) -> int:
    """What numbers without % are multiplied by; 0 where it is unknown."""
    if not plain or max(plain) == 0 or typed and max(plain) > 1:
        return 1
    if max(plain) > 1:
        return 1 if not any(0 < number < 1 for number in plain) else 0
    return 100 if not typed and any(0 < number < 1 for number in plain) else 0


def _text(cell: Cell, unit: str) -> str:
    if not isinstance(cell, str):
        raise ValueError("は文字ではありません。")
    text = cell.strip()
    if text in LEFT:
        raise ValueError("は、左のセルのことなので読めません。")
    if re.fullmatch(r"[\d０-９.,/:-]+", text):
        raise ValueError("は文字ではありません。")
    return text


def _any(cell: Cell, unit: str) -> str:
    return cell_text(cell)


def _business(cell: Cell, unit: str) -> tuple[str, ...]:
    return businesses_in(_text(cell, ""), True)


def _owner(cell: Cell, unit: str) -> str:
    """The section alone; who works there is left where it stands."""
    section = section_in(_text(cell, ""))
    if not section:
        raise ValueError("は課の名ではありません。")
    return section


def _section(cell: Cell, unit: str) -> str:
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _text(cell, "")))
    if not ALONE.fullmatch(text):
        raise ValueError("は課の名として読めません。")
    return section_in(text) or text


READERS: dict[str, Callable[[Cell, str], object]] = {
    "date": day_of,
    "period": _period,
    "yen": _yen,
    "heads": _heads,
    "number": _number,
    "steps": _steps,
    "text": _text,
    "vendor": _text,
    "business": _business,
    "owner": _owner,
    "section": _section,
    "person": _any,
    "skip": _any,
    "state": _any,
}
