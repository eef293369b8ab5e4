"""Who meets when: the dates of the PMO's meetings on open days of the city's calendar.

A meeting that prepares a decision (council session, budget deadline, contract, decided cutover) is held ten open days before it,
or on the next day that suits, as long as three open days are left; else earlier. A day suits where the council does not
sit and the month is not busy for everyone. Where no day suits, the meeting is held all the same and is marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from dxplan.facts import catalog, months
from dxplan.plan.whole import Plan
from dxplan.plan.work import EVERYONE
from dxplan.town.city import City

BOARD, REVIEW, OFFICE, ISSUE, VENDOR, COMMUNITY = (
    "board",
    "review",
    "office",
    "issue",
    "vendor",
    "community",
)
AHEAD, LEAST, BACK = 10, 3, 30  # open days before a decision: wanted, at least, at most
SHARED = 31  # days before a decision up to which a meeting of the headquarters also prepares it
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = 1, 2, 3, 4
CONTRACT = "8"  # the work item that chooses a vendor


class Meeting(NamedTuple):
    """A meeting: its kind, its day, what it is about (council, gate, contract, cutover, regular), names, the decision's day."""

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
    _found: dict[date, bool] = field(default_factory=dict)

    @cached_property
    def council(self) -> tuple[months.Session, ...]:
        """The council sessions from the plan's start to a year after its end."""
        return months.sessions(
            catalog.load_session_rules(), self.first, self.last + timedelta(days=365)
        )

    @cached_property
    def busy(self) -> frozenset[int]:
        """Calendar months that are busy for everyone."""
        limit = self.city.number("busy_limit")
        found = [
            s.month
            for s in self.city.seasons
            if s.business == EVERYONE and not s.year and s.severity >= limit
        ]
        return frozenset().union(*found)

    def suits(self, day: date) -> bool:
        """Whether a day is open, outside the busy months and outside the council's sessions."""
        if day not in self._found:
            free = day.month not in self.busy and not any(
                s.start <= day <= s.end for s in self.council
            )
            self._found[day] = free and months.is_open(day)
        return self._found[day]

    def before(self, due: date) -> tuple[date, bool]:
        """The day of a meeting that prepares a decision, and whether it suits."""
        days = self._open_before(due)
        wanted = days[min(AHEAD, len(days)) - 1] if days else months.next_open(self.first)
        order = [*reversed(days[LEAST - 1 : AHEAD]), *days[AHEAD:]]
        found = next((day for day in order if self.suits(day)), None)
        return (found, True) if found else (wanted, False)

    def _open_before(self, due: date) -> list[date]:
        """Open days before a day, latest first, none before the plan's start."""
        found, day = [], due - months.DAY
        while len(found) < BACK and day >= self.first:
            if months.is_open(day):
                found.append(day)
            day -= months.DAY
        return found


def plan_meetings(plan: Plan) -> tuple[Meeting, ...]:
    """The meetings of a plan in the order of their days."""
    diary = Diary(plan.city, months.next_open(plan.city.start), _until(plan))
    found = [
        *_board(plan, diary),
        *_reviews(plan, diary),
        *_office(plan, diary),
        *_issues(diary),
        *_vendor(plan, diary),
        *_community(plan, diary),
    ]
    order = (BOARD, REVIEW, OFFICE, ISSUE, VENDOR, COMMUNITY)
    return tuple(sorted(found, key=lambda m: (m.day, order.index(m.meeting))))


def _until(plan: Plan) -> date:
    """The last day that the PMO looks after: migration, outsiders and classes are over."""
    days = [
        *plan.pmo.task["finish"],
        *plan.training.session["day"],
        plan.staffing.exit or plan.city.start,
    ]
    return max(months.next_open(plan.city.start), *days)


# --- meetings before decisions -----------------------------------------------------------------------------
def _board(plan: Plan, diary: Diary) -> list[Meeting]:
    """The headquarters meet before each council session and each budget deadline of the plan."""
    dues = [
        (s.start, "council", s.name) for s in diary.council if diary.first < s.start <= diary.last
    ]
    asked = {
        *zip(plan.pmo.gate["request_by"], plan.pmo.gate["gate"]),
        *zip(plan.budget.request["request_by"], plan.budget.request["gate"]),
    }
    dues += [(day, "gate", name) for day, name in asked if diary.first < day <= diary.last]
    found: list[Meeting] = []
    for due, about, name in sorted(dues):
        if found and 0 < (due - found[-1].day).days <= SHARED:
            last = found[-1]
            found[-1] = last._replace(about=(*last.about, about), names=(*last.names, name))
        else:
            day, suits = diary.before(due)
            found.append(Meeting(BOARD, day, (about,), (name,), due, suits))
    return found


def _reviews(plan: Plan, diary: Diary) -> Iterator[Meeting]:
    """A review before vendors are chosen, and before each cutover whose day is decided."""
    task = plan.pmo.task
    chosen = task[task["no"] == CONTRACT]
    yield from _prepared(diary, "contract", zip(chosen["finish"], chosen["lot"]))
    lot = plan.pmo.lot
    decided = lot[lot["decided"].astype(bool)]
    yield from _prepared(diary, "cutover", zip(decided["cutover"], decided["lot"]))


def _prepared(diary: Diary, about: str, dues) -> Iterator[Meeting]:
    by_day: dict[date, list[str]] = {}
    for due, name in dues:
        by_day.setdefault(due, []).append(name)
    for due, names in sorted(by_day.items()):
        day, suits = diary.before(due)
        yield Meeting(REVIEW, day, (about,), tuple(names), due, suits)


# --- regular meetings ----------------------------------------------------------------------------------------
def _regular(
    meeting: str, days, suits: Callable[[date], bool] = months.is_open
) -> Iterator[Meeting]:
    for day in days:
        yield Meeting(meeting, day, ("regular",), (), None, suits(day))


def _office(plan: Plan, diary: Diary) -> Iterator[Meeting]:
    """Every second Tuesday while the migration runs, every fourth one after it; on the next open day of the week."""
    moving = max(plan.pmo.task["finish"], default=date.min)
    days = [
        day
        for k, day in enumerate(_weekdays(diary.first, diary.last, TUESDAY))
        if k % (2 if day <= moving else 4) == 0
    ]
    yield from _regular(OFFICE, dict.fromkeys(map(months.next_open, days)))


def _weekdays(first: date, last: date, weekday: int) -> Iterator[date]:
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day <= last:
        yield day
        day += months.WEEK


def _issues(diary: Diary) -> Iterator[Meeting]:
    """Once a month, on the first Wednesday that suits; else on another day that suits; else on the first open Wednesday."""
    month = diary.first.replace(day=1)
    while month <= diary.last:
        day = _of_month(diary, max(month, diary.first), WEDNESDAY)
        if day <= diary.last:
            yield from _regular(ISSUE, [day], diary.suits)
        month = months.first_of_next_month(month)


def _of_month(diary: Diary, first: date, weekday: int) -> date:
    end = months.first_of_next_month(first)
    days = [first + timedelta(days=k) for k in range((end - first).days)]
    wanted = [day for day in days if day.weekday() == weekday and months.is_open(day)]
    return next(
        (day for day in (*wanted, *days) if diary.suits(day)),
        wanted[0] if wanted else months.next_open(first),
    )


def _vendor(plan: Plan, diary: Diary) -> Iterator[Meeting]:
    """Every Thursday, where it is open, of a week in which a vendor works on the migration."""
    bars = plan.pmo.task[plan.pmo.task["vendor"] > 0]
    runs = list(zip(bars["start"], bars["finish"]))
    days = {
        day
        for start, finish in dict.fromkeys(runs)
        for day in _weekdays(max(start, diary.first), finish, THURSDAY)
    }
    yield from _regular(VENDOR, sorted(filter(months.is_open, days)))


def _community(plan: Plan, diary: Diary) -> Iterator[Meeting]:
    """Once a month on a Friday that suits, as long as learners of step 2 are in the community."""
    ends = [
        day
        for step, day in zip(plan.training.cohort["step"], plan.training.cohort["finish"])
        if step == 2
    ]
    count, month = int(plan.city.number("community_months")), []
    for end in dict.fromkeys(day.replace(day=1) for day in ends):
        for _ in range(count):
            end = months.first_of_next_month(end)
            month.append(end)
    for first in sorted({m for m in month if m <= diary.last}):
        day = _of_month(diary, first, FRIDAY)
        if diary.suits(day) and day <= diary.last:
            yield from _regular(COMMUNITY, [day])
