"""Who meets when: the dates of the PMO's meetings on open days of the city's calendar.

A meeting that prepares a decision (council session, budget deadline, contract, decided cutover) is
held ten open days before it, or on the next day that suits, as long as three open days are left;
else earlier. A day suits where the council does not sit and the month is not busy for everyone.
Where no day suits, the meeting is held all the same and is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from dxplan.facts import catalog, months
from dxplan.plan.parts import Parts
from dxplan.plan.work import EVERYONE
from dxplan.town.city import City

# in the order in which they are told on one day
ORDER = ("board", "review", "office", "issue", "vendor", "community")
BOARD, REVIEW, OFFICE, ISSUE, VENDOR, COMMUNITY = ORDER
AHEAD, LEAST, BACK = 10, 3, 30  # open days before a decision: wanted, at least, at most
SHARED = 31  # days before a decision up to which a meeting of the headquarters also prepares it
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = 1, 2, 3, 4
CONTRACT = "8"  # the work item that chooses a vendor


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


def plan_meetings(plan: Parts) -> tuple[Meeting, ...]:
    """The meetings of a plan in the order of their days."""
    first = months.next_open(plan.city.start)
    diary = Diary(plan.city, first, _until(plan))
    held = [
        *_board(plan, diary),
        *_reviews(plan, diary),
        *_office(plan, diary),
        *_issues(diary),
        *_vendor(plan, diary),
        *_community(plan, diary),
    ]
    held.sort(key=lambda meeting: (meeting.day, ORDER.index(meeting.meeting)))
    return tuple(held)


def _until(plan: Parts) -> date:
    """The last day that the PMO looks after: migration, outsiders and classes are over."""
    start = plan.city.start
    days: list[date] = [*plan.pmo.task["finish"], *plan.training.session["day"]]
    return max(months.next_open(start), plan.staffing.exit or start, *days)


# --- meetings before decisions --------------------------------------------------------------------
def _board(plan: Parts, diary: Diary) -> list[Meeting]:
    """The headquarters meet before each council session and each budget deadline of the plan."""
    dues = {(session.start, "council", session.name) for session in diary.council}
    for table in (plan.pmo.gate, plan.budget.request):
        for due, name in zip(table["request_by"], table["gate"], strict=True):
            dues.add((due, "gate", name))
    held: list[Meeting] = []
    for due, about, name in sorted(dues):
        if not diary.first < due <= diary.last:
            continue
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


def _reviews(plan: Parts, diary: Diary) -> Iterator[Meeting]:
    """A review before vendors are chosen, and before each cutover whose day is decided."""
    task, lot = plan.pmo.task, plan.pmo.lots
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
def _regular(meeting: str, day: date, suits: bool) -> Meeting:
    return Meeting(meeting, day, ("regular",), (), None, suits)


def _office(plan: Parts, diary: Diary) -> Iterator[Meeting]:
    """Every second Tuesday while the migration runs, every fourth one after it.

    Where the Tuesday is closed, on the next open day.
    """
    moving = max(plan.pmo.task["finish"], default=date.min)
    days: dict[date, None] = {}
    for k, day in enumerate(_weekdays(diary.first, diary.last, TUESDAY)):
        every = 2 if day <= moving else 4
        if k % every == 0:
            # after long holidays two may fall on one day
            days[months.next_open(day)] = None
    for day in days:
        yield _regular(OFFICE, day, True)


def _weekdays(first: date, last: date, weekday: int) -> Iterator[date]:
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        yield day
        day += months.WEEK


def _issues(diary: Diary) -> Iterator[Meeting]:
    """Once a month, on the first Wednesday that suits.

    Else on another day that suits; else on the first open Wednesday.
    """
    month = diary.first.replace(day=1)
    while month <= diary.last:
        day = _of_month(diary, max(month, diary.first), WEDNESDAY)
        if day <= diary.last:
            yield _regular(ISSUE, day, diary.suits(day))
        month = months.first_of_next_month(month)


def _of_month(diary: Diary, first: date, weekday: int) -> date:
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


def _vendor(plan: Parts, diary: Diary) -> Iterator[Meeting]:
    """Every Thursday, where it is open, of a week in which a vendor works on the migration."""
    task = plan.pmo.task
    bars = task.loc[task["vendor"] > 0, ["start", "finish"]].drop_duplicates()
    days: set[date] = set()
    for start, finish in bars.itertuples(index=False):
        days.update(_weekdays(max(start, diary.first), finish, THURSDAY))
    for day in sorted(days):
        if months.is_open(day):
            yield _regular(VENDOR, day, True)


def _community(plan: Parts, diary: Diary) -> Iterator[Meeting]:
    """Once a month on a Friday that suits, as long as learners of step 2 are in the community."""
    cohort = plan.training.cohort
    count = int(plan.city.number("community_months"))
    firsts = set()
    for end in set(cohort.loc[cohort["step"] == 2, "finish"]):
        for _ in range(count):
            end = months.first_of_next_month(end)
            firsts.add(end)
    for first in sorted(firsts):
        # the end of the plan may cut a month
        if first > diary.last:
            break
        day = _of_month(diary, first, FRIDAY)
        if diary.suits(day) and day <= diary.last:
            yield _regular(COMMUNITY, day, True)
