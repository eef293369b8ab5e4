"""The public-sector calendar: fiscal years, months, open days, closures, council and budget dates.

Japanese public holidays come from the `holidays` library (the national holidays act,
国民の祝日に関する法律); offices are closed on Saturdays, Sundays, public holidays and from 29 December to
3 January. All that counts in months is here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    import numpy as np

FIRST_YEAR, LAST_YEAR = 2020, 2050
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
DAYS_PER_MONTH = 365.25 / 12
WEEKS_PER_MONTH = DAYS_PER_MONTH / 7
ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"))  # first day and name


@dataclass(frozen=True)
class Closure:
    """A run of days on which offices are closed.

    Attributes
    ----------
    start : date, the first closed day.
    end : date, the last closed day.
    days : days from start to end, both counted.
    kind : Japanese word for the run: 年末年始, 大型連休 or 連休.
    """

    start: date
    end: date
    days: int
    kind: str


@dataclass(frozen=True)
class GateRule:
    """One budget occasion of every year.

    Attributes
    ----------
    name : Japanese name of the budget (当初予算, 6月補正, ...).
    request_by : "MM-DD", the last day on which the money can be asked for.
    available : "MM-DD", the day from which the money can be spent.
    years_after : calendar years from the request to the day the money is there (0 or 1).
    """

    name: str
    request_by: str
    available: str
    years_after: int

    @property
    def supplementary(self) -> bool:
        """Whether it adds to a year's budget, and so pays in that year alone."""
        return self.name.endswith("補正")


@dataclass(frozen=True)
class Gate:
    """One budget occasion: ask by one day, spend from another.

    Attributes
    ----------
    name : Japanese name of the budget.
    fiscal_year : fiscal year of the budget, the one in which `available` lies.
    request_by : date, the last day to ask; the last open day where the rule's day is closed.
    available : date, the first day to spend.
    """

    name: str
    fiscal_year: int
    request_by: date
    available: date


@dataclass(frozen=True)
class SessionRule:
    """One regular council session of every year.

    Attributes
    ----------
    name : Japanese name of the session.
    start : "MM-DD", the first day.
    end : "MM-DD", the last day, in the same calendar year.
    """

    name: str
    start: str
    end: str


@dataclass(frozen=True)
class Session:
    """One council session.

    Attributes
    ----------
    name : Japanese name of the session.
    start : date, the first day.
    end : date, the last day.
    """

    name: str
    start: date
    end: date


@dataclass(frozen=True)
class Weeks:
    """A grid of seven-day periods, each from a Monday to a Sunday.

    Attributes
    ----------
    start : date, the Monday of period 0.
    count : number of periods, at least 1.

    Raises
    ------
    ValueError : the start is not a Monday, or the grid is empty.
    """

    start: date
    count: int

    def __post_init__(self) -> None:
        if self.start.weekday() != 0:
            raise ValueError(f"a week grid starts on a Monday, not on {self.start:%Y-%m-%d (%A)}")
        if self.count < 1:
            raise ValueError(f"a week grid has at least one period, not {self.count}")

    @classmethod
    def on_or_after(cls, day: date, count: int) -> "Weeks":
        """The grid of `count` periods whose first Monday is `day` or the next Monday after it."""
        return cls(day + timedelta(days=-day.weekday() % 7), count)

    def day(self, i: int) -> date:
        """The Monday of period `i`; periods before 0 and after the last are counted on."""
        return self.start + i * WEEK

    def index(self, day: date) -> int:
        """The period that holds `day`; below 0 before the grid, `count` or more after it."""
        return (day - self.start).days // 7

    def month_share(self) -> "tuple[tuple[date, ...], np.ndarray]":
        """How the working week of each period lies in calendar months.

        Returns
        -------
        months : first days of the M months that the Mondays to Fridays of the grid touch, in order.
        share : float array [count, M], share of the five weekdays of the period that lie in the
            month; each row sums to 1.
        """
        import numpy as np  # months are counted long before arrays are wanted

        friday = self.day(self.count - 1) + 4 * DAY
        months = month_firsts(self.start, month_offset(self.start, friday) + 1)
        share = np.zeros((self.count, len(months)))
        for i in range(self.count):
            for k in range(5):
                share[i, month_offset(self.start, self.day(i) + k * DAY)] += 0.2
        return months, share


def era_year(day: date) -> str:
    """The year of a day from 1989 on as offices write it: 令和13年, 令和元年, 平成31年."""
    first, name = next(era for era in ERAS if era[0] <= day)
    return f"{name}{day.year - first.year + 1 if day.year > first.year else '元'}年"


def day_words(day: date) -> str:
    """Year, month and day as offices write them: 令和13年3月31日."""
    return f"{era_year(day)}{day.month}月{day.day}日"


def fiscal_year(day: date) -> int:
    """The fiscal year (April to March) that holds `day`, named by the year of its April."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_quarter(day: date) -> int:
    """The quarter 1..4 of the fiscal year that holds `day`; 1 is April to June."""
    return (day.month - 4) % 12 // 3 + 1


def quarter_start(day: date) -> date:
    """The first day of the quarter that holds `day`."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarter_middle(day: date) -> date:
    """The 46th day of the quarter that holds `day`: where a told quarter is drawn."""
    return quarter_start(day) + timedelta(days=45)


def fiscal_start(fiscal: int) -> date:
    """The first day, 1 April, of a fiscal year."""
    return date(fiscal, 4, 1)


def month_later(day: date, count: int) -> date:
    """The first day of the month so many months after the one that holds `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, 1)


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one that holds `day`."""
    return month_later(day, 1)


def month_end(day: date) -> date:
    """The last day of the month that holds `day`."""
    return first_of_next_month(day) - DAY


def month_firsts(day: date, count: int) -> tuple[date, ...]:
    """First days of so many months, from the one that holds `day`."""
    return tuple(month_later(day, k) for k in range(count))


def month_offset(start: date, end: date) -> int:
    """Months from the one that holds the start to the one that holds the end; below 0 before it."""
    return (end.year - start.year) * 12 + end.month - start.month


def months_between(start: date, end: date) -> int:
    """Months from the start's to the one before the end's; 0 where the end is earlier."""
    return max(0, month_offset(start, end))


def months_before(day: date, count: int) -> date:
    """The same day so many months earlier, or the last one of that month where it is shorter."""
    first = month_later(day, -count)
    return first.replace(day=min(day.day, month_end(first).day))


def months_in(first_month: int, last_month: int) -> frozenset[int]:
    """The calendar months 1..12 from the first to the last, over the year's end where need be.

    Raises
    ------
    ValueError : a month is not 1..12.
    """
    if not (1 <= first_month <= 12 and 1 <= last_month <= 12):
        raise ValueError(f"months are 1..12, not {first_month} and {last_month}")
    count = (last_month - first_month) % 12 + 1
    return frozenset((first_month - 1 + k) % 12 + 1 for k in range(count))


def is_open(day: date) -> bool:
    """Whether offices are open: a weekday, no public holiday, not 29 December to 3 January.

    Raises
    ------
    ValueError : the year is outside 2020..2050, for which holidays are known.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"holidays are known for {FIRST_YEAR}..{LAST_YEAR}, not for {day}")
    return day.weekday() < 5 and day not in _holidays() and not is_year_end(day)


def next_open(day: date) -> date:
    """The first day on or after `day` on which offices are open."""
    while not is_open(day):
        day += DAY
    return day


@lru_cache(maxsize=32)
def closures(first: date, last: date, days: int = 3) -> tuple[Closure, ...]:
    """The runs of at least `days` closed days that lie wholly between two days, in order.

    Parameters
    ----------
    first : date, the first day looked at.
    last : date, the last day looked at.
    days : shortest run wanted, in days.

    Returns
    -------
    tuple of Closure; a run cut by the edge is left out.
    """
    runs = []
    for start, end in _closed_runs(first, last):
        length = (end - start).days + 1
        if length >= days:
            runs.append(Closure(start, end, length, _kind(start, end)))
    return tuple(runs)


def gates(rules: Iterable[GateRule], first: date, last: date) -> tuple[Gate, ...]:
    """The budget occasions whose last day to ask lies between two days, in the order of that day.

    Parameters
    ----------
    rules : budget occasions of every year.
    first : date, the earliest last day to ask.
    last : date, the latest last day to ask.
    """
    occasions = []
    for rule in rules:
        for year in range(first.year, last.year + 1):
            gate = _gate(rule, year)
            if first <= gate.request_by <= last:
                occasions.append(gate)
    return tuple(sorted(occasions, key=lambda gate: (gate.request_by, gate.available)))


def sessions(rules: Iterable[SessionRule], first: date, last: date) -> tuple[Session, ...]:
    """The council sessions that share a day with the span between two days, in order.

    Parameters
    ----------
    rules : council sessions of every year.
    first : date, the first day looked at.
    last : date, the last day looked at.
    """
    meetings = []
    for rule in rules:
        for year in range(first.year, last.year + 1):
            session = Session(rule.name, _on(year, rule.start), _on(year, rule.end))
            if session.start <= last and session.end >= first:
                meetings.append(session)
    return tuple(sorted(meetings, key=lambda session: session.start))


@cache
def _holidays() -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=range(FIRST_YEAR, LAST_YEAR + 1)))


def is_year_end(day: date) -> bool:
    """Whether a day lies in the turn of the year, on which offices are closed by law."""
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def _closed_runs(first: date, last: date) -> Iterator[tuple[date, date]]:
    day = first
    while day <= last:
        if is_open(day):
            day += DAY
            continue
        end = next_open(day) - DAY
        # a run that is cut by either edge is left out
        if end <= last and (day > first or is_open(first - DAY)):
            yield day, end
        day = end + DAY


def _kind(start: date, end: date) -> str:
    # Every year the turn of the year holds 1 January and Golden Week holds 4 May.
    if start <= date(end.year, 1, 1) <= end:
        return "年末年始"
    if start <= date(start.year, 5, 4) <= end:
        return "大型連休"
    return "連休"


def _gate(rule: GateRule, year: int) -> Gate:
    available = _on(year + rule.years_after, rule.available)
    asked = _last_open(_on(year, rule.request_by))
    return Gate(rule.name, fiscal_year(available), asked, available)


def _last_open(day: date) -> date:
    """The day itself, or the last open one before it: papers are handed in by then."""
    while FIRST_YEAR <= day.year <= LAST_YEAR and not is_open(day):
        day -= DAY
    return day


def _on(year: int, month_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_day}")
