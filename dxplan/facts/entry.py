"""What a person types or pastes, as a value: full-width digits, units, 和暦 dates, cells of Excel.

YAML files are read strictly (``params``); at the table people type as they speak, so the same
values are taken here in the ways that a town hall writes them. What cannot be read is answered with
a sentence.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from datetime import date
from io import StringIO

from dxplan.facts import months
from dxplan.facts.letters import shortened
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Spec, within

ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
ERA = f"({'|'.join(ERAS)})?"
SCALES = {"兆": 10**12, "億": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3}
AMOUNT = re.compile(r"([+-]?)(\d+(?:\.\d+)?|\.\d+)")
# What a Japanese keyboard and Excel give for a minus.
DASHES = dict.fromkeys(map(ord, "−－‐‑–—ー―▲△"), "-")
LONGEST = 60


def value_of(text: str, spec: Spec) -> float | str | date:
    """What a person typed for a parameter.

    Parameters
    ----------
    text : as typed; full-width letters, thousands separators and the parameter's own unit are
        understood.
    spec : the parameter.

    Raises
    ------
    ParamError
        It is no value of this kind, or lies outside the range; the sentence says what is allowed.
    """
    if spec.kind == "number":
        value = number_of(text, spec.unit)
    elif spec.kind == "date":
        value = date_of(text)
    else:
        value = _choice(text, spec)
    if not within(spec, value):
        raise _refusal(text, f"は範囲の外です。{_range(spec)}の中で入力してください。")
    return value


def _range(spec: Spec) -> str:
    if spec.kind == "date":
        return f"{_day_text(spec.minimum)}〜{_day_text(spec.maximum)}"
    if spec.kind == "number":
        return f"{float(spec.minimum):,g}〜{float(spec.maximum):,.12g}{spec.unit}"
    return spec.allowed()


def _day_text(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def _choice(text: str, spec: Spec) -> str:
    word = plain(text)
    for choice in spec.choices:
        if plain(choice) == word:
            return choice
    raise _refusal(text, f"は選べません。{'・'.join(spec.choices)} から選んでください。")


def _refusal(text: str, why: str) -> ParamError:
    return ParamError(f"「{shortened(text.strip(), LONGEST)}」{why}")


def plain(text: str) -> str:
    """Text in one form: full-width letters and digits as ASCII (NFKC), blanks at the ends gone.

    Parameters
    ----------
    text : as typed.
    """
    return unicodedata.normalize("NFKC", text).strip()


def number_of(text: str, unit: str = "") -> float:
    """A number as a town hall writes it: １,２００, 1億2,000万円, 45％, ▲3.

    Parameters
    ----------
    text : as typed.
    unit : the unit that may stand behind it; for amounts in 円 also 千円, 万円, 百万円, 億円.

    Raises
    ------
    ParamError
        It is no number, or carries another unit.
    """
    bare = plain(text.translate(DASHES)).replace(" ", "").replace("_", "x")
    bare = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", bare)
    # "円/人月" is typed as it stands, or as 円
    for tail in dict.fromkeys((plain(unit), plain(unit).split("/")[0])):
        bare = bare.removesuffix(tail)
    number = _scaled(bare) if unit.startswith("円") else _amount(bare)
    if number is None:
        kind = f"数({unit})" if unit else "数"
        raise _refusal(text, f"は{kind}として読めません。数字だけを入力してください。")
    return number


def _amount(text: str) -> float | None:
    return float(text) if AMOUNT.fullmatch(text) else None


def _scaled(text: str) -> float | None:
    """An amount of money with its words of scale; each scale once, the greatest first."""
    sign, rest = 1, text.removeprefix("+")
    if text.startswith("-"):
        sign, rest = -1, text[1:]
    parts = []  # (number as typed, its scale)
    for word, scale in SCALES.items():
        head, scaled, tail = rest.partition(word)
        if scaled:
            parts.append((head, scale))
            rest = tail
    if rest or not parts:
        parts.append((rest, 1))
    total = 0.0
    for typed, scale in parts:
        amount = _amount(typed)
        if amount is None or amount < 0:
            return None
        total += amount * scale
    return sign * total


def date_of(text: str) -> date:
    """A day as a town hall writes it: 2027-04-01, 2027/4/1, 令和9年4月1日, R9.4.1, 令和9年度末.

    Raises
    ------
    ParamError
        It is no day of the calendar.
    """
    bare = plain(text).replace(" ", "").replace("元年", "1年")
    try:
        return _end_of_fiscal(bare) or _day(bare)
    except ValueError:
        how = "令和9年4月1日、2027-04-01 のように、暦にある日を入力してください。"
        raise _refusal(text, f"は日付として読めません。{how}") from None


def _end_of_fiscal(text: str) -> date | None:
    said = re.fullmatch(rf"{ERA}(\d{{1,4}})年度末", text)
    return date(_year(said[1], said[2]) + 1, 3, 31) if said else None


def _day(text: str) -> date:
    said = re.fullmatch(
        rf"{ERA}(\d{{1,4}})(?:年|[-/.])(\d{{1,2}})(?:月末|月|[-/.])?(?:(\d{{1,2}})日?)?", text
    ) or re.fullmatch(r"()(\d{4})(\d{2})(\d{2})", text)
    if not said:
        raise ValueError(text)
    first = date(_year(said[1], said[2]), int(said[3]), 1)
    if said[4]:
        return first.replace(day=int(said[4]))
    if text.endswith("月末"):
        return months.month_end(first)
    raise ValueError(text)


def _year(era: str | None, number: str) -> int:
    if not era and len(number) != 4:
        raise ValueError(number)
    return int(number) + ERAS.get(era or "", 0)


def cells_of(text: str) -> list[list[str]]:
    """The cells of a block copied from a spreadsheet: tabs between, a row a line, quotes if needed.

    Parameters
    ----------
    text : as pasted; trailing blank lines and columns are dropped.

    Raises
    ------
    ParamError
        A cell is too long to be one.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    rows = []
    try:
        for row in csv.reader(StringIO(lines), delimiter="\t"):
            rows.append([plain(cell) for cell in row])
    except csv.Error:
        raise ParamError(
            "貼り付けた表を読めません。表計算ソフトのセルを選んでコピーし、貼り付け直してください。"
        ) from None
    width = 0
    for row in rows:
        while len(row) > width and any(row[width:]):
            width += 1
    return [row[:width] + [""] * (width - len(row)) for row in rows if any(row)]
