"""What a training plan is given: who can come, when classes can run, how many come at a time.

A desk is the people of a section who share their busy months, those of the busy season and of the
cutover of their business: a section runs several businesses, and in the busy season of one of them
the others may still come. Where a section has fewer people than businesses, a person runs several
of them and is busy with each. A week belongs to one month, the one in which more of its usable days
lie.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from math import ceil

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import WEEKS_PER_MONTH, Weeks
from dxplan.plan.people import HOURS, STEPS, ready_month
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.arrays import Flags, Ints
from dxplan.town.city import City

EVERYONE = "全庁"
OTHER = "その他の課"
HALVES = 2  # half days of a day
NEW_YEAR = 8  # January days up to which no class starts unless nothing else fits
ROOM, ONLINE = "集合", "オンライン"
TEACHER, COACH = "講師", "伴走"


@dataclass(frozen=True)
class Lesson:
    """A step as it is taught.

    Attributes
    ----------
    step : 1, 2 or 3; seats : people a class; done : share that completes.
    count : sessions a class; hours : length of a session.
    own : hours each learner works alone besides.
    every : weeks from session to session; months : longest length of a class.
    coach : coaching (FTE while a class runs).
    managers : whether managers take part in each session [count].
    title : title of each session [count].
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
class Colleagues:
    """Whole people of a section, by its place, who are busy in the same months [M]."""

    section: int
    staff: int
    busy: Flags


@dataclass(frozen=True)
class Pattern:
    """A way to run a class: the week of each session, their months, whether it must be online."""

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
    days : usable days of each week: open, not in a month busy for everyone, after the lead time.
    week_month : month of each week, -1 where it has no usable day.
    calm : whether no council sits in each week.
    sections : their names; staff : whole people of each [S].
    release : people that each sends away at one time [S].
    patterns : fiscal year -> the ways to run a class of any step within it, by step and week.
    parts : the course of the sections, where this one is that of the town hall as one section.
    """

    city: City
    weeks: Weeks
    month: tuple[date, ...]
    days: tuple[tuple[date, ...], ...]
    week_month: Ints
    calm: Flags
    lessons: Mapping[int, Lesson]
    sections: tuple[str, ...]
    staff: Ints
    release: Ints
    desks: tuple[Colleagues, ...]
    patterns: Mapping[int, tuple[Pattern, ...]]
    parts: Course | None = None

    @cached_property
    def fiscal(self) -> Ints:
        """Fiscal year [M] of each month."""
        return np.array([months.fiscal_year(day) for day in self.month])

    def free(self, pattern: Pattern) -> Flags:
        """Whether each desk [D] is busy in no month of a pattern."""
        free: Flags = ~np.any(self._busy[:, list(pattern.months)], axis=1)
        return free

    def most(self, pattern: Pattern) -> Ints:
        """People [S] that each section can have in a class: not busy, and not too many away."""
        free = np.bincount(self.owner, self.size * self.free(pattern), len(self.sections))
        return np.minimum(self.release, free).astype(int)

    @cached_property
    def _busy(self) -> Flags:
        return np.array([desk.busy for desk in self.desks])

    @cached_property
    def owner(self) -> Ints:
        """Section [D] of each desk."""
        return np.array([desk.section for desk in self.desks])

    @cached_property
    def size(self) -> Ints:
        """People [D] of each desk."""
        return np.array([desk.staff for desk in self.desks])

    def new_year(self, pattern: Pattern) -> bool:
        """Whether a class starts in the first days of a calendar year."""
        first = self.days[pattern.start][0]
        return first.month == 1 and first.day <= NEW_YEAR

    @cached_property
    def town(self) -> Course:
        """The town hall as one section that sends away as many as all its sections."""
        # what it cannot do, the sections cannot: its answer is a bound
        desk = Colleagues(0, int(self.staff.sum()), np.all(self._busy, axis=0))
        return replace(
            self,
            sections=(EVERYONE,),
            staff=self.staff.sum(keepdims=True),
            release=self.release.sum(keepdims=True),
            desks=(desk,),
            parts=self,
        )

    def place(self, day: date) -> int:
        """The month [0..M-1] of a day; below 0 before the plan."""
        return months.month_offset(self.month[0], day)


def build_course(city: City, pmo: PmoPlan, staffing: StaffingPlan) -> Course:
    """Calendar, sections and lessons of a city until the fiscal year of its staffing plan ends."""
    first = city.start.replace(day=1)
    last = months.fiscal_start(months.fiscal_year(staffing.month[-1]) + 1)
    month = list(months.month_firsts(first, months.months_between(first, last)))
    ready = month[min(ready_month(pmo, month, city.number("step_lead")), len(month) - 1)]
    monday = Weeks.on_or_after(city.start, 1).start
    weeks = Weeks(monday, (last - monday).days // 7)
    days = [_usable(city, weeks.day(week), ready) for week in range(weeks.count)]
    week_month = np.full(weeks.count, -1)
    for week, usable in enumerate(days):
        if usable:
            week_month[week] = months.months_between(first, usable[0])
    sections, staff = _sections(staffing)
    release = np.floor(staff * city.number("section_release") / 100 + 1e-9)
    course = Course(
        city,
        weeks,
        tuple(month),
        tuple(days),
        week_month,
        _calm(weeks, last),
        {step: _lesson(city, step) for step in STEPS},
        sections,
        staff,
        np.maximum(1, release).astype(int),
        _desks(city, pmo, month, sections, staff),
        {},
    )
    return replace(course, patterns=_patterns(course))


def _calm(weeks: Weeks, last: date) -> Flags:
    """Whether no council sits in each week."""
    calm = np.ones(weeks.count, bool)
    for session in months.sessions(catalog.load_session_rules(), weeks.start, last):
        for week in range(weeks.count):
            monday = weeks.day(week)
            friday = monday + timedelta(days=4)
            if session.start <= friday and monday <= session.end:
                calm[week] = False
    return calm


def _usable(city: City, monday: date, earliest: date) -> tuple[date, ...]:
    """Usable weekdays of a week, of the month only in which more of them lie."""
    days = []
    for weekday in range(5):
        day = monday + timedelta(days=weekday)
        if not earliest <= day <= city.at("people_date").day or not months.is_open(day):
            continue
        if not _edge(day) and not _busy(city, EVERYONE, day):
            days.append(day)
    counts = Counter(day.month for day in days)
    longer = max(counts, key=lambda month: counts[month], default=0)
    return tuple(day for day in days if day.month == longer)


def _edge(day: date) -> bool:
    """Whether an open day is the last one or the first one of a calendar year (仕事納め, 仕事始め)."""
    after = months.next_open(day + timedelta(days=1))
    return after.year > day.year or day == months.next_open(date(day.year, 1, 4))


def _busy(city: City, business: str, day: date) -> bool:
    """Whether the month of a day is busy for a business."""
    limit = city.number("busy_limit")
    for season in city.seasons:
        if season.business != business or season.severity < limit:
            continue
        if day.month in season.month and season.year in (0, day.year):
            return True
    return False


# --- sections and desks --------------------------------------------------------------------------
def _sections(staffing: StaffingPlan) -> tuple[tuple[str, ...], Ints]:
    """Names and whole people of the sections, the rest of the town hall among them."""
    pyramid = staffing.pyramid
    rows = pyramid[(pyramid["tier"] == "change") & (pyramid["section"] != "")]
    staff = np.round(rows["staff"].to_numpy(float))
    return tuple(rows["section"]), staff.astype(int)


def _desks(
    city: City,
    pmo: PmoPlan,
    month: Sequence[date],
    sections: Sequence[str],
    staff: Ints,
) -> tuple[Colleagues, ...]:
    everyone = np.array([_busy(city, EVERYONE, day) for day in month])
    cut = set()
    for row in pmo.cutover.itertuples():
        for day in (row.cutover, row.live):
            cut.add((row.business, day.replace(day=1)))
    seasons: dict[str, list[Flags]] = {name: [] for name in sections}
    for system in city.systems:
        if system.in_scope and system.section in seasons:
            busy = everyone.copy()
            for m, day in enumerate(month):
                business = system.business
                busy[m] |= (business, day) in cut or _busy(city, business, day)
            seasons[system.section].append(busy)
    strict = city.at("season_view").word == "課全体"
    desks = []
    for number, (name, people) in enumerate(zip(sections, staff.tolist(), strict=True)):
        desks += _split(number, people, seasons[name] or [everyone], strict)
    return tuple(desks)


def _split(section: int, people: int, seasons: list[Flags], strict: bool) -> list[Colleagues]:
    """The people of a section dealt to its businesses; a desk has the same busy months."""
    count = max(1, min(len(seasons), people))
    if strict:
        count = 1  # everyone is busy with each business
    sizes, busy_of = Counter[bytes](), {}
    for k in range(count):
        first, end = k * len(seasons) // count, (k + 1) * len(seasons) // count
        busy = np.any(seasons[first:end], axis=0)
        key = busy.tobytes()
        busy_of[key] = busy
        sizes[key] += people // count
        if k < people % count:
            sizes[key] += 1
    return [Colleagues(section, size, busy_of[key]) for key, size in sizes.items()]


# --- lessons and patterns ------------------------------------------------------------------------
@cache
def _titles(step: int) -> dict[str, tuple[str, bool]]:
    table = catalog.load_table("lessons")
    rows = table[table["step"] == step]
    return {row["part"]: (row["title"], bool(row["managers"])) for row in rows.to_dict("records")}


def _lesson(city: City, step: int) -> Lesson:
    def number(name: str) -> float:
        return city.number(f"step{step}_{name}")

    length, coach = 1, 0.0
    if step > 1:
        length, coach = int(number("months")), number("coach")
    total = number("hours")
    if step == 3:  # hours of coaching every few weeks, the rest is one's own work
        every = int(city.number("coach_weeks"))
        count = max(1, int(length * WEEKS_PER_MONTH / every))
        hours = min(city.number("coach_hours"), total / count)
    else:
        count = max(1, ceil(total / city.number("session_hours") - 1e-9))
        every = max(1, int(length * WEEKS_PER_MONTH / count))
        hours = total / count
    parts = ["first", *["middle"] * (count - 2)]
    if count > 1:
        parts.append("last")
    titles = [_titles(step)[part] for part in parts]
    return Lesson(
        step=step,
        seats=int(number("seats")),
        done=number("done") / 100,
        count=count,
        hours=hours,
        own=max(0.0, total - count * hours),
        every=every,
        months=length,
        coach=coach,
        managers=tuple(managers for _, managers in titles),
        title=tuple(title for title, _ in titles),
    )


def _patterns(course: Course) -> dict[int, tuple[Pattern, ...]]:
    """Fiscal year -> the ways to run a class within it."""
    patterns: dict[int, list[Pattern]] = {fiscal: [] for fiscal in course.fiscal.tolist()}
    for lesson in course.lessons.values():
        for week in range(course.weeks.count):
            pattern = _pattern(course, lesson, week)
            if pattern:
                patterns[int(course.fiscal[pattern.month])].append(pattern)
    return {fiscal: tuple(ways) for fiscal, ways in patterns.items()}


def _pattern(course: Course, lesson: Lesson, week: int) -> Pattern | None:
    """The class that starts in a week.

    Its sessions come closer together where a closure or the council wants it.
    """
    if course.week_month[week] < 0:
        return None
    if lesson.step == 1:  # an online class needs no calm week
        weeks = _chain(course, lesson, week, lesson.every, False)
        online = not all(course.calm[v] for v in weeks)
    else:
        weeks, online = _chain(course, lesson, week, lesson.every, True), False
        if not weeks and lesson.every > 2:
            weeks = _chain(course, lesson, week, lesson.every - 1, True)
    if not weeks:
        return None
    in_months = dict.fromkeys(int(course.week_month[v]) for v in weeks)
    return Pattern(lesson.step, weeks, tuple(in_months), online)


def _chain(
    course: Course,
    lesson: Lesson,
    week: int,
    every: int,
    calm: bool,
) -> tuple[int, ...]:
    """The weeks of the sessions, each at its time or a week beside it; none where one has none."""
    length = max(ceil(lesson.months * WEEKS_PER_MONTH), lesson.count)
    end = min(week + length, course.weeks.count)
    fiscal = course.fiscal[course.week_month[week]]
    weeks: list[int] = []
    for k in range(lesson.count):
        before = weeks[-1] if weeks else -1
        for beside in (0, 1, -1) if k else (0,):
            v = week + k * every + beside
            if not before < v < end or course.week_month[v] < 0:
                continue
            sitting = calm and lesson.managers[k] and not course.calm[v]
            if not sitting and course.fiscal[course.week_month[v]] == fiscal:
                weeks.append(v)
                break
        else:
            return ()
    return tuple(weeks)


def class_hours(course: Course, pattern: Pattern) -> dict[str, dict[int, float]]:
    """Trainer -> month -> hours that one class of a pattern takes of them."""
    lesson = course.lessons[pattern.step]
    teacher: dict[int, float] = defaultdict(float)
    if pattern.step < 3:
        for week in pattern.weeks:
            teacher[int(course.week_month[week])] += lesson.hours
    coach = {}
    if lesson.coach:
        for month in range(pattern.month, pattern.month + lesson.months):
            coach[month] = lesson.coach * HOURS
    return {TEACHER: teacher, COACH: coach}
