"""What a training plan is given: who can come, in which weeks a class can run, how many come from a section at a time.

A desk is the people of a section who share their busy months, those of the busy season and of the cutover of their
business: a section runs several businesses, and in the busy season of one of them the others may still come. Where a
section has fewer people than businesses, a person runs several of them and is busy with each. A week belongs to one
month, the one in which more of its usable days lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from math import ceil

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import Weeks
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.town.city import City

STEPS = (1, 2, 3)
EVERYONE = "全庁"
OTHER = "その他の課"
HOURS = 155.0  # working hours a month of one FTE: 20 days of 7 h 45 min
WEEKS_PER_MONTH = 365.25 / 12 / 7
HALVES = 2  # half days of a day
ROOM, ONLINE = "集合", "オンライン"
TEACHER, COACH = "講師", "伴走"


@dataclass(frozen=True)
class Lesson:
    """A step as it is taught.

    Attributes
    ----------
    step : 1, 2 or 3; seats : people a class; done : share that completes.
    count : sessions a class; hours : length of a session; own : hours each learner works alone besides.
    every : weeks from session to session; months : longest length of a class.
    coach : coaching (FTE while a class runs).
    managers : whether managers take part in each session [count]; title : title of each session [count].
    """

    step: int
    seats: int
    done: float
    count: int
    hours: float
    own: float
    every: int
    months: int
    coach: float
    managers: tuple[bool, ...]
    title: tuple[str, ...]


@dataclass(frozen=True)
class Desk:
    """Whole people of a section (its place in the list of sections) who are busy in the same months [M]."""

    section: int
    staff: int
    busy: np.ndarray


@dataclass(frozen=True)
class Pattern:
    """A way to run a class: the week of each session, the months they lie in, whether it has to be online."""

    step: int
    weeks: tuple[int, ...]
    months: tuple[int, ...]
    online: bool

    @property
    def start(self) -> int:
        """The week of the first session."""
        return self.weeks[0]

    @property
    def month(self) -> int:
        """The month of the first session."""
        return self.months[0]


@dataclass(frozen=True)
class Course:
    """Everything that the classes of one city share; weeks and months count from the plan's start.

    Attributes
    ----------
    weeks, month : the week grid; first days of the M months.
    days : usable days of each week: open, not in a month that is busy for everyone, after the lead time.
    week_month : month of each week, -1 where it has no usable day; calm : whether no council sits in it.
    sections, staff, release : names, whole people of each [S], people that each sends away at one time [S].
    patterns : fiscal year -> the ways to run a class of any step within it, by step and week.
    parts : the course of the sections, where this one is that of the town hall as one section.
    """

    city: City
    weeks: Weeks
    month: tuple[date, ...]
    days: tuple[tuple[date, ...], ...]
    week_month: np.ndarray
    calm: np.ndarray
    lessons: Mapping[int, Lesson]
    sections: tuple[str, ...]
    staff: np.ndarray
    release: np.ndarray
    desks: tuple[Desk, ...]
    patterns: Mapping[int, tuple[Pattern, ...]]
    parts: Course | None = None

    @cached_property
    def fiscal(self) -> np.ndarray:
        """Fiscal year [M] of each month."""
        return np.array([months.fiscal_year(day) for day in self.month])

    def free(self, pattern: Pattern) -> np.ndarray:
        """Whether each desk [D] is busy in no month of a pattern."""
        return ~self._busy[:, list(pattern.months)].any(axis=1)

    def most(self, pattern: Pattern) -> np.ndarray:
        """People [S] that each section can have in a class of a pattern: free of the busy season, and its share away."""
        free = np.bincount(self.owner, self.size * self.free(pattern), len(self.sections))
        return np.minimum(self.release, free).astype(int)

    @cached_property
    def _busy(self) -> np.ndarray:
        return np.array([desk.busy for desk in self.desks])

    @cached_property
    def owner(self) -> np.ndarray:
        """Section [D] of each desk."""
        return np.array([desk.section for desk in self.desks])

    @cached_property
    def size(self) -> np.ndarray:
        """People [D] of each desk."""
        return np.array([desk.staff for desk in self.desks])

    @cached_property
    def town(self) -> Course:
        """The town hall as one section that sends away as many as all its sections: what it cannot do, they cannot."""
        busy = np.all([desk.busy for desk in self.desks], axis=0)
        staff, release = (people.sum(keepdims=True) for people in (self.staff, self.release))
        return replace(
            self,
            sections=(EVERYONE,),
            staff=staff,
            release=release,
            desks=(Desk(0, int(self.staff.sum()), busy),),
            parts=self,
        )

    def place(self, day: date) -> int:
        """The month [0..M-1] of a day; below 0 before the plan."""
        return (day.year - self.month[0].year) * 12 + day.month - self.month[0].month


def build_course(city: City, pmo: PmoPlan, staffing: StaffingPlan) -> Course:
    """The calendar, sections and lessons of a city for the months of its staffing plan, to the end of a fiscal year."""
    weeks = Weeks.on_or_after(city.start, 1)
    last = months.fiscal_start(months.fiscal_year(staffing.month[-1]) + 1)
    weeks = Weeks(weeks.start, (last - weeks.start).days // 7)
    first = city.start.replace(day=1)
    count = (last.year - first.year) * 12 + last.month - first.month
    month = tuple(_month(first, i) for i in range(count))
    days = tuple(
        _usable(city, weeks.day(v), _month(first, int(city.number("step_lead"))))
        for v in range(weeks.count)
    )
    place = np.array(
        [
            (run[0].year - first.year) * 12 + run[0].month - first.month if run else -1
            for run in days
        ]
    )
    sessions = months.sessions(catalog.load_session_rules(), weeks.start, last)
    calm = np.array(
        [
            not any(
                s.start <= weeks.day(v) + timedelta(days=4) and weeks.day(v) <= s.end
                for s in sessions
            )
            for v in range(weeks.count)
        ]
    )
    sections, staff = _sections(staffing)
    release = np.maximum(1, np.floor(staff * city.number("section_release") / 100 + 1e-9)).astype(
        int
    )
    lessons = {step: _lesson(city, step) for step in STEPS}
    course = Course(
        city,
        weeks,
        month,
        days,
        place,
        calm,
        lessons,
        sections,
        staff,
        release,
        _desks(city, pmo, month, sections, staff),
        {},
    )
    return replace(course, patterns=_patterns(course))


def _month(first: date, later: int) -> date:
    number = first.month - 1 + later
    return date(first.year + number // 12, number % 12 + 1, 1)


def _usable(city: City, monday: date, earliest: date) -> tuple[date, ...]:
    """Usable weekdays of a week, of the month only in which more of them lie."""
    days = [
        day
        for day in (monday + timedelta(days=k) for k in range(5))
        if day >= earliest
        and months.is_open(day)
        and not _edge(day)
        and not _busy(city, EVERYONE, day)
    ]
    counts = {day.month: sum(d.month == day.month for d in days) for day in days}
    kept = max(counts, key=counts.get, default=0)
    return tuple(day for day in days if day.month == kept)


def _edge(day: date) -> bool:
    """Whether an open day is the last one or the first one of a calendar year (仕事納め, 仕事始め)."""
    after = months.next_open(day + timedelta(days=1))
    return after.year > day.year or day == months.next_open(date(day.year, 1, 4))


def _busy(city: City, business: str, day: date) -> bool:
    return any(
        s.business == business
        and day.month in s.month
        and s.year in (0, day.year)
        and s.severity >= city.number("busy_limit")
        for s in city.seasons
    )


# --- sections and desks --------------------------------------------------------------------------------
def _sections(staffing: StaffingPlan) -> tuple[tuple[str, ...], np.ndarray]:
    """Names and whole people of the sections, the rest of the town hall among them."""
    table = staffing.pyramid[
        (staffing.pyramid["tier"] == "change") & (staffing.pyramid["section"] != "")
    ]
    return tuple(table["section"]), np.round(table["staff"].to_numpy(float)).astype(int)


def _desks(
    city: City, pmo: PmoPlan, month: tuple[date, ...], sections: tuple[str, ...], staff: np.ndarray
) -> tuple[Desk, ...]:
    strict = city.at("season_view").value == "課全体"
    everyone = np.array([_busy(city, EVERYONE, day) for day in month])
    cut = {
        (row.business, day.replace(day=1))
        for row in pmo.cutover.itertuples()
        for day in (row.cutover, row.live)
    }
    found = []
    for number, (name, people) in enumerate(zip(sections, staff)):
        runs = [s.business for s in city.systems if s.section == name and s.in_scope]
        seasons = [
            everyone | [_busy(city, business, day) or (business, day) in cut for day in month]
            for business in runs
        ]
        found += _split(number, int(people), seasons or [everyone], strict)
    return tuple(found)


def _split(section: int, people: int, seasons: list[np.ndarray], strict: bool) -> list[Desk]:
    """The people of a section dealt to its businesses; those with the same busy months are one desk."""
    count = 1 if strict else max(1, min(len(seasons), people))
    merged: dict[bytes, list] = {}
    for k in range(count):
        busy = np.any(seasons[k * len(seasons) // count : (k + 1) * len(seasons) // count], axis=0)
        merged.setdefault(busy.tobytes(), [busy, 0])[1] += people // count + (k < people % count)
    return [Desk(section, size, busy) for busy, size in merged.values()]


# --- lessons and patterns ------------------------------------------------------------------------------
@cache
def _titles(step: int) -> dict[str, tuple[str, bool]]:
    table = catalog.load_table("lessons")
    rows = table[table["step"] == step]
    return {row["part"]: (row["title"], bool(row["managers"])) for row in rows.to_dict("records")}


def _lesson(city: City, step: int) -> Lesson:
    def number(name: str) -> float:
        return city.number(f"step{step}_{name}")

    length, total = int(number("months")) if step > 1 else 1, number("hours")
    if step == 3:
        every = int(city.number("coach_weeks"))
        count = max(1, int(length * WEEKS_PER_MONTH / every))
        hours = min(city.number("coach_hours"), total / count)
    else:
        count = max(1, ceil(total / city.number("session_hours") - 1e-9))
        every, hours = max(1, int(length * WEEKS_PER_MONTH / count)), total / count
    parts = ["first", *["middle"] * (count - 2), *["last"] * (count > 1)]
    title, managers = zip(*(_titles(step)[part] for part in parts))
    own = max(0.0, total - count * hours)
    return Lesson(
        step,
        int(number("seats")),
        number("done") / 100,
        count,
        hours,
        own,
        every,
        length,
        number("coach") if step > 1 else 0.0,
        managers,
        title,
    )


def _patterns(course: Course) -> dict[int, tuple[Pattern, ...]]:
    found: dict[int, list[Pattern]] = {year: [] for year in dict.fromkeys(course.fiscal.tolist())}
    for lesson in course.lessons.values():
        for pattern in filter(
            None, (_pattern(course, lesson, week) for week in range(course.weeks.count))
        ):
            found[int(course.fiscal[pattern.month])].append(pattern)
    return {year: tuple(kept) for year, kept in found.items()}


def _pattern(course: Course, lesson: Lesson, week: int) -> Pattern | None:
    """The class that starts in a week; its sessions come closer together where a closure or the council wants it."""
    if course.week_month[week] < 0:
        return None
    if lesson.step == 1:  # an online class needs no calm week
        weeks = _chain(course, lesson, week, lesson.every, False)
        calm = bool(weeks) and all(course.calm[v] for v in weeks)
        return Pattern(1, weeks, _months(course, weeks), not calm) if weeks else None
    for every in dict.fromkeys((lesson.every, max(lesson.every - 1, min(2, lesson.every)))):
        weeks = _chain(course, lesson, week, every, True)
        if weeks:
            return Pattern(lesson.step, weeks, _months(course, weeks), False)
    return None


def _chain(course: Course, lesson: Lesson, week: int, every: int, calm: bool) -> tuple[int, ...]:
    """The weeks of the sessions, each at its time or a week beside it; none where one of them finds no week."""
    last = week + max(ceil(lesson.months * WEEKS_PER_MONTH), lesson.count) - 1
    fiscal, found = course.fiscal[course.week_month[week]], []
    for k in range(lesson.count):
        near = [week + k * every + d for d in ((0, 1, -1) if k else (0,))]
        open_ = [
            v
            for v in near
            if (found or [-1])[-1] < v <= min(last, course.weeks.count - 1)
            and course.week_month[v] >= 0
            and course.fiscal[course.week_month[v]] == fiscal
            and (course.calm[v] or not (calm and lesson.managers[k]))
        ]
        if not open_:
            return ()
        found.append(open_[0])
    return tuple(found)


def _months(course: Course, weeks: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(course.week_month[v]) for v in weeks))


def class_hours(course: Course, pattern: Pattern) -> dict[str, dict[int, float]]:
    """Trainer -> month -> hours that one class of a pattern takes of them."""
    lesson, found = course.lessons[pattern.step], {TEACHER: {}, COACH: {}}
    if pattern.step < 3:
        for week in pattern.weeks:
            month = int(course.week_month[week])
            found[TEACHER][month] = found[TEACHER].get(month, 0.0) + lesson.hours
    if lesson.coach:
        found[COACH] = {pattern.month + k: lesson.coach * HOURS for k in range(lesson.months)}
    return found
