"""Meetings that follow from the roadmap and the calendar, and the hours that they take.

A meeting that prepares a decision (council session, budget deadline, contract, decided cutover) is
held ten open days before it, or on the next day that suits, as long as three open days are left;
else earlier. A day suits where the council does not sit and the month is not busy for everyone.
Where no day suits, the meeting is held all the same and is marked so.

A small town hall has one joint meeting a month instead, which also prepares what is due until the
next one, the reviews, and the vendor's weeks around a cutover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.work import EVERYONE
from dxplan.town.city import City

# in the order in which they are told on one day
ORDER = ("board", "joint", "review", "office", "issue", "vendor", "community")
BOARD, JOINT, REVIEW, OFFICE, ISSUE, VENDOR, COMMUNITY = ORDER
JOINED = "合同"  # meeting_style of a small town hall
AHEAD, LEAST, BACK = 10, 3, 30  # open days before a decision: wanted, at least, at most
SHARED = 31  # days before a decision up to which a meeting of the headquarters also prepares it
AROUND = timedelta(weeks=4)  # before and after a cutover: the vendor is met each week
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = 1, 2, 3, 4
CONTRACT = "8"  # the work item that chooses a vendor
GROUPS = ("dx", "section", "others")  # whose hours are counted

Due = tuple[date, str, str]  # a day, what is due (council, gate), its name


class Meeting(NamedTuple):
    """A meeting: its kind, its day, what it prepares and when that is due.

    Attributes
    ----------
    about : council, gate, contract, cutover or regular.
    names : of what it is about.
    due : the day of the decision; None for a regular meeting.
    suits : whether the day is outside council sessions and busy months.
    """

    meeting: str
    day: date
    about: tuple[str, ...]
    names: tuple[str, ...]
    due: date | None
    suits: bool


@dataclass(frozen=True)
class Diary:
    """The days of a plan on which the town hall can meet."""

    city: City
    first: date
    last: date
    _known: dict[date, bool] = field(default_factory=dict)

    @cached_property
    def council(self) -> tuple[months.Session, ...]:
        """The council sessions from the plan's start to a year after its end."""
        year = timedelta(days=365)
        return months.sessions(catalog.load_session_rules(), self.first, self.last + year)

    @cached_property
    def busy(self) -> frozenset[int]:
        """Calendar months that are busy for everyone."""
        limit = self.city.number("busy_limit")
        busy: set[int] = set()
        for season in self.city.seasons:
            everyone = season.business == EVERYONE and not season.year
            if everyone and season.severity >= limit:
                busy |= season.month
        return frozenset(busy)

    def dues(self, asked: Iterable[Due]) -> list[Due]:
        """What is due within the plan, the council among it, in the order of the days."""
        sessions = {(session.start, "council", session.name) for session in self.council}
        return sorted(due for due in {*asked, *sessions} if self.first < due[0] <= self.last)

    def suits(self, day: date) -> bool:
        """Whether a day is open, outside the busy months and outside the council's sessions."""
        if day not in self._known:
            sits = any(session.start <= day <= session.end for session in self.council)
            busy = sits or day.month in self.busy
            self._known[day] = months.is_open(day) and not busy
        return self._known[day]

    def before(self, due: date) -> tuple[date, bool]:
        """The day of a meeting that prepares a decision, and whether it suits."""
        days = self._open_before(due)
        # first the wanted day, then nearer to the decision, then farther from it
        for day in [*reversed(days[LEAST - 1 : AHEAD]), *days[AHEAD:]]:
            if self.suits(day):
                return day, True
        if not days:
            return months.next_open(self.first), False
        return days[:AHEAD][-1], False

    def _open_before(self, due: date) -> list[date]:
        """Open days before a day, latest first, none before the plan's start."""
        day, days = due - months.DAY, list[date]()
        while len(days) < BACK and day >= self.first:
            if months.is_open(day):
                days.append(day)
            day -= months.DAY
        return days


def plan_sittings(
    city: City,
    pmo: PmoPlan,
    last: date | None = None,
    asked: Iterable[Due] = (),
) -> list[Meeting]:
    """The meetings of a roadmap, those of one kind in the order of their days.

    Parameters
    ----------
    city : the municipality.
    pmo : its roadmap.
    last : the last day on which anybody meets; that of the roadmap where none is given.
    asked : what else is due than the council sessions and the deadlines of the roadmap.
    """
    first = months.next_open(city.start)
    if last is None:
        last = max([first, *pmo.task["finish"]])
    diary = Diary(city, first, last)
    dues = diary.dues({*asked, *deadlines(pmo.gate)})
    reviews = _reviews(pmo, diary)
    if city.at("meeting_style").word == JOINED:
        return [*_joint(diary, dues), *reviews, *_vendor(_around(pmo), diary)]
    return [
        *_board(diary, dues),
        *reviews,
        *_office(pmo, diary),
        *[regular(ISSUE, day, diary.suits(day)) for day in _monthly(diary)],
        *_vendor(_worked(pmo), diary),
    ]


def deadlines(table: pd.DataFrame) -> Iterator[Due]:
    """The budget deadlines of a table with request_by and gate."""
    for due, name in zip(table["request_by"], table["gate"], strict=True):
        yield due, "gate", name


def meeting_hours(city: City, held: Iterable[Meeting]) -> pd.DataFrame:
    """Hours that meetings take, by month: people x length (`data/meetings.csv`).

    Parameters
    ----------
    city : whose DX section is no larger than it is.
    held : the meetings.

    Returns
    -------
    month (its first day), meeting, times, and the hours of the groups: dx, section, others.
    """
    each = _each(city)
    count = Counter((meeting.day.replace(day=1), meeting.meeting) for meeting in held)
    rows = []
    for (month, name), times in sorted(count.items()):
        hours = [times * each[name][group] for group in GROUPS]
        rows.append((month, name, times, *hours))
    return pd.DataFrame(rows, columns=["month", "meeting", "times", *GROUPS])


def _each(city: City) -> dict[str, dict[str, float]]:
    """Meeting -> hours of each group at one meeting."""
    scale, staff = city.number("meeting_scale"), max(1.0, city.number("dx_staff"))
    each = {}
    for row in catalog.load_rows("meetings"):
        people = {group: row[group] for group in GROUPS}
        people["dx"] = min(people["dx"], staff)
        hours = scale * row["hours"]
        each[row["meeting"]] = {group: heads * hours for group, heads in people.items()}
    return each


# --- meetings before decisions --------------------------------------------------------------------
def _board(diary: Diary, dues: Sequence[Due]) -> list[Meeting]:
    """The headquarters meet before each council session and each budget deadline of the plan."""
    held: list[Meeting] = []
    for due, about, name in dues:
        if held and 0 < (due - held[-1].day).days <= SHARED:
            last = held.pop()
            both = last._replace(
                about=(*last.about, about),
                names=(*last.names, name),
            )
            held.append(both)
        else:
            day, suits = diary.before(due)
            held.append(Meeting(BOARD, day, (about,), (name,), due, suits))
    return held


def _joint(diary: Diary, dues: Sequence[Due]) -> Iterator[Meeting]:
    """One meeting a month, which also prepares what is due until the next one."""
    days = _monthly(diary)
    for day, after in pairwise([*days, diary.last]):
        part = [due for due in dues if day < due[0] <= after]
        if part:
            first, about, names = part[0][0], *zip(*[due[1:] for due in part], strict=True)
            yield Meeting(JOINT, day, about, names, first, diary.suits(day))
        else:
            yield regular(JOINT, day, diary.suits(day))


def _reviews(pmo: PmoPlan, diary: Diary) -> Iterator[Meeting]:
    """A review before vendors are chosen, and before each cutover whose day is decided."""
    task, lot = pmo.task, pmo.lots
    chosen = task[task["no"] == CONTRACT]
    yield from _prepared(diary, "contract", chosen["finish"], chosen["lot"])
    decided = lot[lot["decided"].astype(bool)]
    yield from _prepared(diary, "cutover", decided["cutover"], decided["lot"])


def _prepared(
    diary: Diary,
    about: str,
    dues: Iterable[date],
    lots: Iterable[str],
) -> Iterator[Meeting]:
    by_day: dict[date, list[str]] = {}
    for due, lot in zip(dues, lots, strict=True):
        by_day.setdefault(due, []).append(lot)
    for due, names in sorted(by_day.items()):
        day, suits = diary.before(due)
        yield Meeting(REVIEW, day, (about,), tuple(names), due, suits)


# --- regular meetings -----------------------------------------------------------------------------
def regular(meeting: str, day: date, suits: bool) -> Meeting:
    """A meeting that prepares no decision of a day."""
    return Meeting(meeting, day, ("regular",), (), None, suits)


def _office(pmo: PmoPlan, diary: Diary) -> Iterator[Meeting]:
    """Every second Tuesday while the migration runs, every fourth one after it.

    Where the Tuesday is closed, on the next open day.
    """
    moving = max(pmo.task["finish"], default=date.min)
    days: dict[date, None] = {}
    for k, day in enumerate(weekdays(diary.first, diary.last, TUESDAY)):
        every = 2 if day <= moving else 4
        if k % every == 0:
            # after long holidays two may fall on one day
            days[months.next_open(day)] = None
    for day in days:
        yield regular(OFFICE, day, True)


def weekdays(first: date, last: date, weekday: int) -> Iterator[date]:
    """Every day of the week from a day to another."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        yield day
        day += months.WEEK


def _monthly(diary: Diary) -> list[date]:
    """A day in each month: the first Wednesday that suits.

    Else another day that suits; else the first open Wednesday.
    """
    days, month = list[date](), diary.first.replace(day=1)
    while month <= diary.last:
        day = of_month(diary, max(month, diary.first), WEDNESDAY)
        if day <= diary.last:
            days.append(day)
        month = months.first_of_next_month(month)
    return days


def of_month(diary: Diary, first: date, weekday: int) -> date:
    """The day of a month from a day on: the best weekday, else any day that suits."""
    end = months.first_of_next_month(first)
    days = [first + timedelta(days=k) for k in range((end - first).days)]
    wanted = [day for day in days if day.weekday() == weekday and months.is_open(day)]
    for day in (*wanted, *days):
        if diary.suits(day):
            return day
    if wanted:
        return wanted[0]
    return months.next_open(first)


def _vendor(spans: Iterable[tuple[date, date]], diary: Diary) -> Iterator[Meeting]:
    """Every Thursday of some spans, where it is open."""
    days: set[date] = set()
    for start, finish in spans:
        days.update(weekdays(max(start, diary.first), finish, THURSDAY))
    for day in sorted(days):
        if months.is_open(day):
            yield regular(VENDOR, day, True)


def _worked(pmo: PmoPlan) -> list[tuple[date, date]]:
    """The spans in which a vendor works on the migration."""
    task = pmo.task
    bars = task.loc[task["vendor"] > 0, ["start", "finish"]].drop_duplicates()
    return list(bars.itertuples(index=False, name=None))


def _around(pmo: PmoPlan) -> list[tuple[date, date]]:
    """The weeks around the cutovers."""
    return [(day - AROUND, day + AROUND) for day in pmo.lots["cutover"]]
