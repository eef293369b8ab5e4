"""What a reader sees of columns and values: labels and words; numbers, dates, 令和 and 年度.

Columns are named in English everywhere else. What a column is called and which unit its numbers
carry is read in ``headings``, how they are written is decided here alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import source_title
from dxplan.facts.nodes import GUESSES, OLD, UNSURE
from dxplan.show.headings import Heading, load_headings, load_words
from dxplan.show.sentences import sentence

REIWA = 2018  # 令和1年 is 2019
WEEKDAYS = "月火水木金土日"
MISSING = "―"
UNCONFIRMED = "要確認"
AGO = "(1年以上前の値)"


class Solved(Protocol):
    """What is told of a solver's outcome; the floors below the planners are not imported here."""

    @property
    def status(self) -> str:
        """OPTIMAL or STOPPED."""

    @property
    def gap(self) -> float:
        """Share that is not proven, 0..1."""


class Graded(Protocol):
    """A value, or a row of a table, with its grade (確度)."""

    @property
    def grade(self) -> str:
        """A B C M G."""


def heading_of(column: str) -> Heading:
    """The heading of a column.

    Raises
    ------
    KeyError
        The column has no heading; give it one in `data/headings.csv`.
    """
    return load_headings()[column]


def label_of(column: str) -> str:
    """The Japanese label of a column; raises as ``heading_of``."""
    return heading_of(column).label


def words_of(group: str) -> dict[str, str]:
    """Key -> Japanese word of a group, such as state or scenario, in their order."""
    return load_words()[group]


def word_of(group: str, key: object) -> str:
    """The Japanese word for a key of a group."""
    return words_of(group)[str(key)]


# --- dates ----------------------------------------------------------------------------------------
def reiwa(year: int) -> str:
    """A calendar year as the era year in which it ends: 令和12年 for 2030, 令和元年 for 2019."""
    return months.era_year(date(year, 12, 31))


def fiscal_text(fiscal: int) -> str:
    """A fiscal year in both counts, where it heads a row: 令和12(2030)年度."""
    return f"{reiwa(fiscal)[:-1]}({fiscal})年度"


def fiscal_short(fiscal: int) -> str:
    """A fiscal year in few letters: R12年度."""
    return f"R{fiscal - REIWA}年度"


def era_fiscal(fiscal: int) -> str:
    """A fiscal year as a budget book has it: 令和12年度."""
    return f"{reiwa(fiscal)[:-1]}年度"


def month_text(day: date) -> str:
    """Year and month: 令和13年3月."""
    return f"{months.era_year(day)}{day.month}月"


def date_text(day: date) -> str:
    """Year, month and day: 令和13年3月31日."""
    return months.day_words(day)


def day_text(day: date) -> str:
    """A day with its weekday: 令和13年3月31日(月)."""
    return f"{date_text(day)}({WEEKDAYS[day.weekday()]})"


def quarter_text(day: date) -> str:
    """The fiscal quarter that holds a day, as an undecided date is told: 令和10年度第4四半期."""
    return f"{era_fiscal(months.fiscal_year(day))}第{months.fiscal_quarter(day)}四半期"


def quarter_long(day: date) -> str:
    """A quarter with its months: 令和10年度第4四半期(令和11年1〜3月)."""
    first = months.quarter_start(day).month
    return f"{quarter_text(day)}({months.era_year(day)}{first}〜{first + 2}月)"


BEYOND = "見通せない"  # a quantile that lies beyond the plan's calendar


def quarters_text(first: date | None, last: date | None) -> str:
    """A range of quarters, one where both ends lie in it.

    令和10年度第2四半期〜第4四半期, 令和10年度第4四半期〜令和11年度第1四半期.
    """
    if first is None:
        return BEYOND
    if last is None:
        return f"{quarter_text(first)}〜{BEYOND}"
    if quarter_text(first) == quarter_text(last):
        return quarter_text(first)
    if months.fiscal_year(first) == months.fiscal_year(last):
        return f"{quarter_text(first)}〜第{months.fiscal_quarter(last)}四半期"
    return f"{quarter_text(first)}〜{quarter_text(last)}"


def outlook_text(day: date | None) -> str:
    """A quantile of a go-live as its quarter."""
    return quarters_text(day, day)


def when_text(day: date, decided: bool) -> str:
    """A day where it is decided, else its quarter alone."""
    if decided:
        return date_text(day)
    return quarter_text(day)


def days_text(frame: pd.DataFrame, column: str) -> list[str]:
    """Days of a column as they are told, by the column ``decided``."""
    return [
        when_text(day, decided)
        for day, decided in zip(frame[column], frame["decided"], strict=True)
    ]


def chance_text(share: float) -> str:
    """A chance that hangs on guesses, in whole per cent and never certain: 82%, 99%以上, 1%以下."""
    if share >= 0.99:
        return "99%以上"
    if share <= 0.01:
        return "1%以下"
    return f"{round(share * 100)}%"


def run_text(first: date, last: date) -> str:
    """A run of days within a season: 12月28日(土)〜1月5日(日)."""
    days = (f"{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})" for day in (first, last))
    return "〜".join(days)


def as_of_text(value: object) -> str:
    """An as-of date, given as a date or as ISO text, as 令和8年1月31日; other text as it is."""
    try:
        return date_text(date.fromisoformat(str(value)[:10]))
    except ValueError:
        return str(value)


# --- numbers --------------------------------------------------------------------------------------
def number_text(value: float, digits: int | None = None) -> str:
    """A number with thousands separators; as many decimals as given, else only those it needs."""
    if digits is not None:
        return f"{value:,.{digits}f}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def signed_text(value: float) -> str:
    """A difference with its sign and one decimal: +3.0, −2.5, ±0."""
    if round(value, 1) == 0:
        return "±0"
    if value > 0:
        return f"+{value:,.1f}"
    return f"−{-value:,.1f}"


def percent_text(share: float) -> str:
    """A share 0..1 as a percentage with one decimal, without the sign %."""
    return f"{share * 100:,.1f}"


def heads_text(value: float) -> str:
    """A number of people, planned as a mean: 62, below ten 2.9."""
    if value >= 9.95:  # what would be told as 10.0
        return number_text(round(value))
    return number_text(round(value, 1))


def fte_text(value: float) -> str:
    """An amount of work as people at full time: 常勤5.2人分, below one 常勤0.05人分."""
    if abs(value) >= 1:
        return f"常勤{number_text(round(value, 1))}人分"
    return f"常勤{number_text(round(value, 2))}人分"


def yen_text(yen: float) -> str:
    """An amount of money as the tables have it: 115,750千円."""
    return f"{round(yen / 1000):,}千円"


def money_text(yen: float) -> str:
    """An amount of money in large units: 1.2億円, 3,400万円."""
    if yen >= 1e8:
        return f"{yen / 1e8:,.1f}億円"
    return f"{yen / 1e4:,.0f}万円"


def outcome_text(outcome: Solved) -> str:
    """How much better a calculation might still become: 改善の余地なし, 改善の余地1.2%まで."""
    if outcome.gap < 0.0005:  # would be told as 0.0%
        return "改善の余地なし"
    return f"改善の余地{percent_text(outcome.gap)}%まで"


def precision_text(outcome: Solved) -> str:
    """How a calculation ended, which is nothing about days or money."""
    if outcome.gap < 0.0005:
        return sentence("precision.best")
    return sentence("precision.left", gap=percent_text(outcome.gap))


def months_text(value: float) -> str:
    """An amount of months without sign: 3か月, 2.5か月."""
    return f"{number_text(round(abs(value), 1))}か月"


def money_range_text(yen: pd.Series) -> str:
    """From the least amount to the most."""
    return f"{money_text(yen.min())}〜{money_text(yen.max())}"


def some_text(businesses: Sequence[str]) -> str:
    """A business, or the first of several and how many there are."""
    first, *more = businesses
    return f"{first}など{len(businesses)}業務" if more else first


def shift_text(value: float) -> str:
    """By how many months something moves: 3か月遅れる, 2.5か月早まる."""
    if value > 0:
        return f"{months_text(value)}遅れる"
    return f"{months_text(value)}早まる"


def aim_text(guessed: bool) -> str:
    """What an aim is called: one that nobody has set is a guess."""
    return "仮の目標" if guessed else "目標"


def unsure_count(values: Iterable[Graded]) -> int:
    """How many values a person has yet to confirm."""
    return sum(value.grade in UNSURE for value in values)


def grade_text(grade: str) -> str:
    """A grade, with 要確認 where a person has yet to confirm it; of an old value with the reason."""
    if grade in UNSURE:
        return f"{grade.removesuffix(OLD)} {UNCONFIRMED}{AGO if OLD in grade else ''}"
    return grade


def grades_text() -> str:
    """What the grades mean, in one sentence."""
    meanings = "、".join(f"{grade}={meaning}" for grade, meaning in words_of("grade").items())
    return f"確度 {meanings}。{'・'.join(GUESSES)}は{UNCONFIRMED}。"


def source_line(table: str, *columns: str) -> str:
    """「出典・時点・確度」 of columns of a table in data/, as one line."""
    parts = {}  # an ordered set: columns of one source are told once
    for column in columns:
        fact = catalog.load_column(table, column)
        parts[origin_text(fact.source, fact.as_of, fact.grade)] = True
    return f"出典: {'、'.join(parts)}"


def origin_text(source: str, as_of: object, grade: str) -> str:
    """Title, publisher, day and grade of a figure."""
    day = as_of_text(as_of)
    return f"{source_title(source)}({day}時点、確度{grade_text(grade)})"


def fact_text(value: float | None, unit: str) -> tuple[str, str]:
    """A published figure and its unit; a blank is told as one."""
    if value is None:
        return "公表なし", MISSING
    if value is True:
        return "実施", MISSING
    if value is False:
        return "未実施", MISSING
    if unit.startswith("率"):
        return percent_text(value), "%"
    return number_text(value), unit


FORMATS: dict[str, Callable[[Any], str]] = {
    # kind of a column -> how its values are written
    "text": str,
    "plain": lambda v: str(int(v)),
    "date": date_text,
    "day": day_text,
    "month": month_text,
    "as_of": as_of_text,
    "fiscal": lambda v: fiscal_text(int(v)),
    "era": str,
    "said": str,
    "heads": lambda v: heads_text(float(v)),
    "count": lambda v: f"{round(v):,}",
    "tenth": lambda v: number_text(float(v), 1),
    "fine": lambda v: number_text(float(v), 2),
    "percent": percent_text,
    "signed": signed_text,
    "flag": lambda v: "○" if v else MISSING,
    "grade": grade_text,
}
DATES = frozenset({"date", "day", "month", "as_of"})
WHOLE = frozenset({"era"})  # short words that never break
NUMBERS = frozenset({"said", "heads", "plain", "count", "tenth", "fine", "percent", "signed"})


def value_text(column: str, value: object) -> str:
    """A value of a column as a reader sees it; ― where there is none."""
    if value is None or value is pd.NaT or value != value:  # not itself: NaN
        return MISSING
    heading = heading_of(column)
    if heading.words:
        return word_of(heading.words, value)
    return FORMATS[heading.kind](value)


def unit_text(unit: str) -> str:
    """A unit as a reader sees it: people at full time are people."""
    return unit.replace("FTE", "人")


def amount_text(value: object) -> str:
    """A parameter's value: a date, a number, or words.

    Month-days are put in words: 要求 10-31 becomes 要求 10月31日.
    """
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, (int, float)):
        return number_text(value)
    return re.sub(r"(\d\d)-(\d\d)", lambda m: f"{int(m[1])}月{int(m[2])}日", str(value))
