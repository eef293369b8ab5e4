"""What a person types or pastes, as a value: full-width digits, separators, units, 和暦 dates, cells of Excel.

YAML files are read strictly (``params``); at the table people type as they speak, so the same values are taken here in
the ways that a town hall writes them. What cannot be read is answered with a sentence.
"""

from __future__ import annotations

import calendar
import csv
import re
import unicodedata
from datetime import date
from io import StringIO

from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Spec, within

ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
SCALES = {"兆": 10**12, "億": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3}
AMOUNT = re.compile(r"([+-]?)(\d+(?:\.\d+)?|\.\d+)")
DASHES = dict.fromkeys(
    map(ord, "−－‐‑–—ー―▲△"), "-"
)  # what a Japanese keyboard and Excel give for a minus
LONGEST = 60


def value_of(text: str, spec: Spec) -> float | str | date:
    """What a person typed for a parameter.

    Parameters
    ----------
    text : as typed; full-width letters, thousands separators and the parameter's own unit are understood.
    spec : the parameter.

    Raises
    ------
    ParamError
        It is no value of this kind, or lies outside the range; the sentence says what is allowed.
    """
    found = {"number": number_of, "date": date_of, "choice": _choice}[spec.kind](
        *_given(text, spec)
    )
    if not within(spec, found):
        raise ParamError(
            f"「{_short(text)}」は範囲の外です。{_range(spec)}の中で入力してください。"
        )
    return found


def _given(text: str, spec: Spec) -> tuple:
    return {"number": (text, spec.unit), "date": (text,), "choice": (text, spec)}[spec.kind]


def _range(spec: Spec) -> str:
    if spec.kind == "date":
        return "〜".join(_day_text(date.fromisoformat(day)) for day in (spec.minimum, spec.maximum))
    if spec.kind == "number":
        return f"{float(spec.minimum):,g}〜{float(spec.maximum):,.12g}{spec.unit}"
    return spec.allowed()


def _day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _choice(text: str, spec: Spec) -> str:
    word = plain(text)
    found = [choice for choice in spec.choices if plain(choice) == word]
    if not found:
        raise ParamError(
            f"「{_short(text)}」は選べません。{'・'.join(spec.choices)} から選んでください。"
        )
    return found[0]


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
    for tail in dict.fromkeys((plain(unit), plain(unit).split("/")[0])):
        bare = bare.removesuffix(tail) if tail else bare
    found = _scaled(bare) if unit.startswith("円") else _amount(bare)
    if found is None:
        kind = f"数({unit})" if unit else "数"
        raise ParamError(
            f"「{_short(text)}」は{kind}として読めません。数字だけを入力してください。"
        )
    return found


def _amount(text: str) -> float | None:
    found = AMOUNT.fullmatch(text)
    return float(text) if found else None


def _scaled(text: str) -> float | None:
    """An amount of money with its words of scale; each scale once, the greatest first."""
    sign = -1 if text.startswith("-") else 1
    rest, total, below = text.removeprefix("+" if sign > 0 else "-"), 0.0, float("inf")
    for word, scale in SCALES.items():
        head, found, tail = rest.partition(word)
        if not found:
            continue
        part = _amount(head)
        if part is None or part < 0 or scale >= below:
            return None
        total, rest, below = total + part * scale, tail, scale
    last = _amount(rest) if rest else 0.0
    if last is None or last < 0 or (not rest and below == float("inf")):
        return None
    return sign * (total + last)


def date_of(text: str) -> date:
    """A day as a town hall writes it: 2027-04-01, 2027/4/1, 2027年4月1日, 令和9年4月1日, R9.4.1, 令和9年度末.

    Raises
    ------
    ParamError
        It is no day of the calendar.
    """
    bare = plain(text).replace(" ", "").replace("元年", "1年")
    try:
        return _end_of_fiscal(bare) or _day(bare)
    except ValueError:
        raise ParamError(
            f"「{_short(text)}」は日付として読めません。令和9年4月1日、2027-04-01 のように、暦にある日を入力してください。"
        ) from None


def _end_of_fiscal(text: str) -> date | None:
    found = re.fullmatch(r"(令和|平成|R|H)?(\d{1,4})年度末", text)
    return date(_year(found[1], found[2]) + 1, 3, 31) if found else None


def _day(text: str) -> date:
    found = re.fullmatch(
        r"(令和|平成|R|H)?(\d{1,4})(?:年|[-/.])(\d{1,2})(?:月末|月|[-/.])?(?:(\d{1,2})日?)?", text
    ) or re.fullmatch(r"()(\d{4})(\d{2})(\d{2})", text)
    if not found or (not found[4] and not text.endswith("月末")):
        raise ValueError(text)
    year, month = _year(found[1], found[2]), int(found[3])
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    return date(year, month, int(found[4]) if found[4] else last)


def _year(era: str | None, number: str) -> int:
    if not era and len(number) != 4:
        raise ValueError(number)
    return int(number) + ERAS.get(era or "", 0)


def cells_of(text: str) -> list[list[str]]:
    """The cells of a block that was copied from a spreadsheet: tabs between, one row a line, quotes where needed.

    Parameters
    ----------
    text : as pasted; trailing blank lines and columns are dropped.

    Raises
    ------
    ParamError
        A cell is too long to be one.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    try:
        rows = [
            [plain(cell) for cell in row] for row in csv.reader(StringIO(lines), delimiter="\t")
        ]
    except csv.Error:
        raise ParamError(
            "貼り付けた表を読めません。表計算ソフトのセルを選んでコピーし、貼り付け直してください。"
        ) from None
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell), default=0)
    return [row[:width] + [""] * (width - len(row)) for row in rows if any(row)]


def _short(text: str) -> str:
    kept = "".join(c if c.isprintable() else "?" for c in text.strip())
    return kept if len(kept) <= LONGEST else kept[:LONGEST] + "…"
