"""Text to typed value, kind by kind: strictly as files write it, leniently as people type it.

Files are read strictly (``columns``, ``nodes``). At the table people type as a town hall writes:
full-width digits, 1億2,000万円, 令和9年4月1日, or paste what a spreadsheet shows: ¥1,200,000,
2029/3/31 0:00. What can mean one thing only is brought into the form of a file and then read
by the same rule, so that nothing is a value in one place and none in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from dxplan.facts import months

ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
# without an era a year has four digits
YEAR = f"(?:({'|'.join(ERAS)})|(?=[0-9]{{4}}[^0-9]))([0-9]{{1,4}})"
END_OF_FISCAL = re.compile(f"{YEAR}年度末")
DAY_AS_SAID = re.compile(
    f"{YEAR}(?:年|[-/.])([0-9]{{1,2}})(?:月末|月|[-/.])?(?:([0-9]{{1,2}})日?)?"
)
DAY_AS_DIGITS = re.compile("()([0-9]{4})([0-9]{2})([0-9]{2})")
SERIALS, SERIAL_ZERO = range(36526, 73051), date(1899, 12, 30)  # of 2000 to 2099, and its zero
MONTH_DAY = re.compile("([0-9]{1,2})(?:月|[-/.])([0-9]{1,2})日?")
# what a spreadsheet puts behind a day; a time of day does not change it, one with a zone may
CLOCK = re.compile(r"[T ]+(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){1,2}(?:\.[0-9]+)?(?:\+09:00)?$")
WEEKDAYS = "月火水木金土日"
WEEKDAY = re.compile(rf"\(([{WEEKDAYS}])(?:曜日?)?\)$")
SCALES = {"兆": 10**12, "億": 10**8, "百万": 10**6, "万": 10**4, "千": 10**3, "": 1}
AMOUNT = r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"
MONEY = re.compile("".join(f"(?:({AMOUNT}){scale})?" for scale in SCALES))
THOUSANDS = re.compile("(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
# What a Japanese keyboard and Excel give for a minus.
DASHES = dict.fromkeys(map(ord, "−－‐‑–—ー―▲△"), "-")
YEN = re.compile(r"([+-]?)[¥\\]([+-]?[0-9.].*?)-?")  # a bill ends with a dash
PARTED = re.compile(r"(?<![0-9]) +| +(?![0-9])")  # blanks, but for those between two digits
# other words for a unit
SAME = {
    "人": ("名",),
    "か月": ("ヶ月", "ヵ月", "カ月", "ケ月", "箇月", "か月間", "ヶ月間", "カ月間"),
    "週": ("週間",),
}

# how the values of a column are shown; show.labels writes them
FORMS = (
    "text plain date day month as_of fiscal era said heads count tenth fine percent signed flag "
    "grade"
).split()

T = TypeVar("T")


def plain(text: str, unit: str = "") -> str:
    """Text in one form: full-width letters and digits as ASCII (NFKC), blanks at the ends gone.

    Parameters
    ----------
    text : as typed.
    unit : not looked at.
    """
    return unicodedata.normalize("NFKC", text).strip()


def serial_day(number: float) -> date | None:
    """The day that a number in a spreadsheet's cell counts, from 2000 to 2099; None of others.

    What a person types is never read so: 46478 is a number.
    """
    return SERIAL_ZERO + timedelta(int(number)) if int(number) in SERIALS else None


class Kind(NamedTuple, Generic[T]):
    """How the values of a kind are written.

    Attributes
    ----------
    pattern : of the text in a file, as far as a pattern can say it.
    read : text of a file -> value; ValueError where it is none.
    cell : what a cell of a CSV file has to be.
    noun, line : what a line of a YAML file is not, and what to write there.
    plain : what people type, and the unit that may stand behind it -> text of a file.
    typed : what to type.
    """

    pattern: re.Pattern[str]
    read: Callable[[str], T]
    cell: str
    noun: str = ""
    line: str = ""
    plain: Callable[[str, str], str] = plain
    typed: str = ""

    def strict(self, text: str) -> T:
        """The value of a text as a file writes it; ValueError where it is none."""
        if not self.pattern.fullmatch(text):
            raise ValueError(text)
        return self.read(text)

    def lenient(self, text: str, unit: str = "") -> T:
        """The value of what a person typed; ValueError, in Japanese, where it is none."""
        try:
            return self.strict(self.plain(text, unit))
        except ValueError:
            noun = f"{self.noun}({unit})" if unit else self.noun
            raise ValueError(f"は{noun}として読めません。{self.typed}") from None


def _read_day(text: str) -> str:
    date.fromisoformat(f"2027-{text}")  # not a leap year: 29 February is not in every year
    return text


def _plain_number(text: str, unit: str) -> str:
    """１,２００, 45％, ▲3, +.5, 1億2,000万円, ¥1,200,000, 12名."""
    bare = THOUSANDS.sub("", PARTED.sub("", plain(text.translate(DASHES))))
    # "円/人月" is typed as it stands, or as 円
    head, slash, rest = plain(unit).partition("/")
    bare = bare.removesuffix(slash + rest)
    for word in (head, *SAME.get(head, ())):
        bare = bare.removesuffix(word)
    yen = YEN.fullmatch(bare)
    if yen and head == "円":
        bare = yen[1] + yen[2]
    amount = bare.lstrip("+-")
    sign = bare.removesuffix(amount)
    if sign == "+":
        sign = ""
    return sign + _summed(amount)


def _summed(amount: str) -> str:
    """The digits of an amount with words of scale; each once, the greatest first."""
    parts = MONEY.fullmatch(amount)
    if not amount or not parts:
        return amount
    scaled = zip(parts.groups("0"), SCALES.values(), strict=True)
    return format(sum(Decimal(part) * scale for part, scale in scaled), "f")


def _plain_date(text: str, unit: str) -> str:
    """2027/4/1 0:00, 20270401, 令和9年4月1日(木), R9.4.1, 令和9年9月末日, 令和9年度末."""
    bare = CLOCK.sub("", plain(text.translate(DASHES))).replace(" ", "").replace("元年", "1年")
    named = WEEKDAY.search(bare)
    if named:
        return _on_weekday(_plain_date(bare[: named.start()], unit), named[1])
    bare = bare.replace("月末日", "月末")
    end = END_OF_FISCAL.fullmatch(bare)
    if end:
        return f"{_year(end) + 1:04}-03-31"
    parts = DAY_AS_SAID.fullmatch(bare) or DAY_AS_DIGITS.fullmatch(bare)
    if not parts:
        return bare
    year, month, day = _year(parts), int(parts[3]), parts[4]
    if not day and bare.endswith("月末"):
        day = months.month_end(date(year, month, 1)).day
    return f"{year:04}-{month:02}-{int(day or 0):02}"


def _plain_month_day(text: str, unit: str) -> str:
    """10月31日, 10/31, and what a spreadsheet makes of it: a day of some year."""
    bare = plain(text.translate(DASHES)).replace(" ", "")
    parts = MONTH_DAY.fullmatch(bare)
    return f"{int(parts[1]):02}-{int(parts[2]):02}" if parts else _plain_date(text, unit)[5:]


def _on_weekday(text: str, name: str) -> str:
    """A day, if it is that of the week; which of the two is a slip nobody can guess."""
    right = WEEKDAYS[date.fromisoformat(text).weekday()] == name
    return text if right else ""


def _year(parts: re.Match[str]) -> int:
    return int(parts[2]) + ERAS.get(parts[1], 0)


TEXT = Kind(re.compile(r"\S|\S.*\S"), str, "改行や前後の空白のない文字")
NUMBER = Kind(
    re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    float,
    cell="半角の数(例: 0.72)",
    noun="数",
    line="半角の数字だけを、単位・桁区切り・引用符を付けずに書いてください。",
    plain=_plain_number,
    typed="数字だけを入力してください。",
)
DATE = Kind(
    re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    date.fromisoformat,
    cell="日付(例: 2026-01-31)",
    noun="日付",
    line="2026-11-23 の形で、暦にある日を半角で書いてください。",
    plain=_plain_date,
    typed="令和9年4月1日、2027-04-01 のように、暦にある日を入力してください。",
)
DAY = Kind(
    re.compile("[0-9]{2}-[0-9]{2}"),
    _read_day,
    cell="月日(例: 10-31)",
    noun="毎年ある月日",
    line="10-31 の形で、半角で書いてください。",
    plain=_plain_month_day,
    typed="10月31日、10-31 のように、毎年ある月日を入力してください。",
)
KINDS: dict[str, Kind[Any]] = {
    "text": TEXT,
    "choice": TEXT,
    "int": Kind(re.compile("-?[0-9]+"), int, "半角の整数(例: 1234)"),
    "number": NUMBER,
    "date": DATE,
    "day": DAY,
    "flag": Kind(re.compile("[01]"), "1".__eq__, "1(はい)か0(いいえ)"),
    "form": Kind(re.compile("|".join(FORMS)), str, f"{'・'.join(FORMS)} のどれか"),
}
