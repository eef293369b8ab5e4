"""A calendar of its own: fiscal years, months, holidays by the act, occasions by the file."""

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[3] / "data"
DAY = timedelta(days=1)
FIXED = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))  # month, which Monday of it


@cache
def rows(table):
    """The rows of a file of ``data/`` as texts."""
    with (DATA / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def fiscal(day):
    """The year of the April with which the day's fiscal year begins."""
    return (day - timedelta(days=90 + (day.year % 4 == 0))).year


def plus(day, months):
    """The same day so many months later, or the last one of a shorter month."""
    first = number(day) + months
    last = of_number(first + 1) - DAY
    return of_number(first).replace(day=min(day.day, last.day))


def number(day):
    """The month of a day, counted from the year 0."""
    return day.year * 12 + day.month - 1


def of_number(count):
    """The first day of a month that is counted from the year 0."""
    return date(count // 12, count % 12 + 1, 1)


def month_end(day):
    """The last day of a day's month."""
    return of_number(number(day) + 1) - DAY


def months_of(first, last):
    """First days of the months from one day's to another's."""
    return [of_number(k) for k in range(number(first), number(last) + 1)]


@cache
def holidays(year):
    """The public holidays of a year by the national holidays act, without one-off laws."""
    since = year - 1980
    found = {date(year, month, day) for month, day in FIXED}
    for month, which in MONDAYS:
        first = date(year, month, 1)
        found.add(first + timedelta(days=-first.weekday() % 7 + 7 * (which - 1)))
    for month, base in ((3, 20.8431), (9, 23.2488)):
        found.add(date(year, month, int(base + 0.242194 * since) - since // 4))
    for day in sorted(found):
        if day.weekday() == 6:
            while day in found:
                day += DAY
            found.add(day)
    between = {day + DAY for day in found if day + 2 * DAY in found}
    return frozenset(found | {day for day in between if day.weekday() < 6})


def is_open(day):
    """Whether a town hall is open."""
    turn = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not turn and day not in holidays(day.year)


def occasions(start):
    """(last day to ask, first day to spend, name) of the occasions from a day on, ten years."""
    found = []
    for row in rows("budget_gates"):
        for year in range(start.year, start.year + 11):
            asked = date.fromisoformat(f"{year}-{row['request_by']}")
            spent = date.fromisoformat(f"{year + int(row['years_after'])}-{row['available']}")
            while not is_open(asked):
                asked -= DAY
            if asked >= start:
                found.append((asked, spent, row["name"]))
    return sorted(found)
