"""The tables of a training plan: classes with their people, sessions, hours, and what comes of it.

The half days of a week are dealt to its sessions one after the other: the emptiest first, then the
one the class is used to, then afternoons from Tuesday to Thursday; never one in which a section
would send away more than it may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import floor

import numpy as np
import pandas as pd

from dxplan.facts.catalog import Cells
from dxplan.plan.course import COACH, ONLINE, ROOM, TEACHER, Course, Pattern, class_hours
from dxplan.plan.intake import Missed, Rest, Run
from dxplan.plan.people import STEPS
from dxplan.solve.arrays import Floats, Ints, whole_parts
from dxplan.town.city import City

DAYS = (1, 2, 3, 0, 4)  # weekdays in the order in which they are taken
MORNING, AFTERNOON = 0, 1
Slot = tuple[date, int]  # a half day
# the second answer is the one the programme is built on
BELIEFS = {
    "purpose": ("リテラシーの向上", "利用者の体験の改善"),
    "who": ("先端のITに詳しい人", "自分の業務に生かす人"),
    "how": ("技術の講義", "実務の中の実践"),
}
COHORT = "cohort step fiscal start finish people seats place trainer".split()
SESSION = "cohort step no day begin hours place trainer title".split()
BELIEF = "question answer chosen people sections coach works change".split()


@dataclass
class Cohort:
    """One class: its pattern, people [S] by section, place, and (day, half) of each session."""

    pattern: Pattern
    fiscal: int
    people: Ints
    place: str
    slots: list[Slot] = field(default_factory=list)
    name: str = ""

    @property
    def step(self) -> int:
        """The step that it teaches."""
        return self.pattern.step

    @property
    def trainer(self) -> str:
        """Who leads it."""
        return COACH if self.step == 3 else TEACHER


def tables(
    course: Course,
    rest: Rest,
    runs: list[Run],
    lost: list[Missed],
) -> tuple[pd.DataFrame, ...]:
    """The tables in the order of ``TrainingPlan``."""
    cohorts = _cohorts(course, runs)
    _deal_days(course, cohorts)
    _name(course, cohorts)
    funnel = _funnel(course, rest, cohorts)
    automation = _automation(course, cohorts)
    return (
        _cohort_rows(course, cohorts),
        _session_rows(course, cohorts),
        _seat_rows(course, cohorts),
        _hour_rows(course, cohorts),
        _season_rows(course),
        funnel,
        _trainer_rows(course, rest, cohorts),
        automation,
        _redeploy(course, automation),
        _unseated(course, lost),
        _beliefs(course, cohorts, funnel, automation),
    )


def _table(rows: list[Cells], *columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


# --- classes and days ----------------------------------------------------------------------------
def _cohorts(course: Course, runs: list[Run]) -> list[Cohort]:
    """The classes of all runs, each with as even a part of its people as whole people allow."""
    cohorts: list[Cohort] = []
    first: dict[int, list[Cohort]] = {fiscal: [] for fiscal in course.patterns}
    for run in sorted(runs, key=lambda run: (run.pattern.weeks, run.pattern.step)):
        pattern, place = run.pattern, ROOM
        if pattern.step == 3 or pattern.online:
            place = ONLINE
        fiscal = int(course.fiscal[pattern.month])
        for people in _split(run.people, run.classes):
            cohort = Cohort(pattern, fiscal, people, place)
            cohorts.append(cohort)
            if pattern.step == 1:
                first[fiscal].append(cohort)
    for classes in first.values():
        _put_online(course, classes)
    return cohorts


def _put_online(course: Course, classes: list[Cohort]) -> None:
    """More classes of step 1 in a year go online where the share asks for it, the last first."""
    wanted = floor(len(classes) * course.city.number("online_share") / 100 + 0.5)
    rooms = [cohort for cohort in classes if cohort.place == ROOM]
    more = wanted - (len(classes) - len(rooms))
    for cohort in rooms[::-1][: max(0, more)]:
        cohort.place = ONLINE


def _split(people: Ints, classes: int) -> Ints:
    """People [classes, S]: dealt round, so that classes differ by one at most, also by section."""
    dealt, first = np.tile(people // classes, (classes, 1)), 0
    for section, rest in enumerate(people % classes):
        dealt[(first + np.arange(rest)) % classes, section] += 1
        first += int(rest)
    return dealt


def _deal_days(course: Course, cohorts: list[Cohort]) -> None:
    by_week: dict[int, list[Cohort]] = {}
    for cohort in cohorts:
        for week in cohort.pattern.weeks:
            by_week.setdefault(week, []).append(cohort)
    for week in sorted(by_week):
        load = dict.fromkeys(_slots(course.days[week]), 0)
        away = {slot: np.zeros(len(course.sections), int) for slot in load}
        for cohort in by_week[week]:
            slot = _best(course, cohort, load, away)
            cohort.slots.append(slot)
            load[slot] += 1
            away[slot] += cohort.people


def _slots(days: tuple[date, ...]) -> list[Slot]:
    """The half days of a week in the order in which they are taken."""
    order = sorted(days, key=lambda day: DAYS.index(day.weekday()))
    return [(day, half) for half in (AFTERNOON, MORNING) for day in order]


def _best(
    course: Course,
    cohort: Cohort,
    load: Mapping[Slot, int],
    away: Mapping[Slot, Ints],
) -> Slot:
    """The half day for a session, given what each has and who is away on it."""
    used = None
    if cohort.slots:
        day, half = cohort.slots[-1]
        used = day.weekday(), half

    def rank(slot: Slot) -> tuple[int, bool]:
        day, half = slot
        return load[slot], (day.weekday(), half) != used

    order = sorted(load, key=rank)
    free = []
    for slot in order:
        # a class alone is within what a section may send away
        more = away[slot] + cohort.people
        if not load[slot] or (more <= course.release).all():
            free.append(slot)
    for slot in free:
        if load[slot] < int(course.city.number("room_limit")):
            return slot
    return (free or order)[0]


def _name(course: Course, cohorts: list[Cohort]) -> None:
    """Number the classes of each year and step in the order of their days."""
    cohorts.sort(key=lambda c: (c.fiscal, c.step, c.slots[0], c.pattern.weeks))
    count = Counter[tuple[int, int]]()
    for cohort in cohorts:
        key = cohort.fiscal, cohort.step
        count[key] += 1
        cohort.name = f"{cohort.fiscal}-{cohort.step}-{count[key]:02d}"


# --- rows ----------------------------------------------------------------------------------------
def _cohort_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = []
    for cohort in cohorts:
        row = {
            "cohort": cohort.name,
            "step": cohort.step,
            "fiscal": cohort.fiscal,
            "start": cohort.slots[0][0],
            "finish": cohort.slots[-1][0],
            "people": int(cohort.people.sum()),
            "seats": course.lessons[cohort.step].seats,
            "place": cohort.place,
            "trainer": cohort.trainer,
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=COHORT)


def _session_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    begin = {}
    for half, name in ((MORNING, "morning_begin"), (AFTERNOON, "afternoon_begin")):
        begin[half] = _clock(course.city.number(name))
    rows = []
    for cohort in cohorts:
        lesson = course.lessons[cohort.step]
        for no, (day, half) in enumerate(cohort.slots):
            session = {
                "cohort": cohort.name,
                "step": cohort.step,
                "no": no + 1,
                "day": day,
                "begin": begin[half],
                "hours": lesson.hours,
                "place": cohort.place,
                "trainer": cohort.trainer,
                "title": lesson.title[no],
            }
            rows.append(session)
    table = pd.DataFrame(rows, columns=SESSION)
    return table.sort_values(["day", "begin", "cohort"], kind="stable", ignore_index=True)


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _seat_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = []
    for cohort in cohorts:
        for s in np.flatnonzero(cohort.people):
            section, people = course.sections[s], int(cohort.people[s])
            rows.append((cohort.name, cohort.step, section, people))
    return _table(rows, "cohort", "step", "section", "people")


def _hour_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    """Hours away from work: sessions, one's own work, and the community after step 2."""
    hours = np.zeros((len(course.month), len(course.sections)))
    for cohort in cohorts:
        lesson = course.lessons[cohort.step]
        # one's own work falls between the sessions
        each = lesson.hours + lesson.own / lesson.count
        for week in cohort.pattern.weeks:
            hours[course.week_month[week]] += cohort.people * each
        if cohort.step == 2:
            hours += _community(course, cohort)
    rows = []
    for m, s in np.argwhere(hours):
        away = float(hours[m, s])
        rows.append((course.month[m], course.sections[s], away))
    return _table(rows, "month", "section", "hours")


def _season_rows(course: Course) -> pd.DataFrame:
    """Share of each section's people who are in a busy season or a cutover, by month."""
    busy = np.zeros((len(course.month), len(course.sections)))
    for desk in course.desks:
        busy[:, desk.section] += desk.busy * desk.staff
    share = busy / np.maximum(1, course.staff)
    rows = []
    for m, month in enumerate(course.month):
        for s, name in enumerate(course.sections):
            staff = int(course.staff[s])
            rows.append((month, name, staff, float(share[m, s])))
    return _table(rows, "month", "section", "staff", "busy")


def _community(course: Course, cohort: Cohort) -> Ints:
    """Hours [M, S] of those who complete step 2.

    They lie in the months after it that are not busy for their whole section.
    """
    city, done = course.city, course.lessons[2].done
    first = cohort.pattern.months[-1] + 1
    end = first + int(city.number("community_months"))
    hours = np.zeros((len(course.month), len(course.sections)))
    hours[first:end] = cohort.people * done * city.number("community_hours")
    free = np.zeros(hours.shape, bool)
    for desk in course.desks:
        free[:, desk.section] |= ~desk.busy
    return np.where(free, hours, 0.0)


def _seated(cohorts: list[Cohort], step: int) -> int:
    return sum(int(cohort.people.sum()) for cohort in cohorts if cohort.step == step)


def _funnel(course: Course, rest: Rest, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = []
    for step in STEPS:
        seated = _seated(cohorts, step)
        done = floor(course.lessons[step].done * seated + 0.5)
        asked = int(rest.asked[step].sum())
        rows.append((step, asked, seated, done, seated - done))
    return _table(rows, "step", "asked", "seated", "done", "dropped")


def _trainer_rows(course: Course, rest: Rest, cohorts: list[Cohort]) -> pd.DataFrame:
    """Hours of the trainers in the fiscal years in which they have any."""
    count = len(course.month)
    hours = {TEACHER: np.zeros(count), COACH: np.zeros(count)}
    for cohort in cohorts:
        for trainer, by_month in class_hours(course, cohort.pattern).items():
            for month, amount in by_month.items():
                hours[trainer][month] += amount
    teacher = np.full(count, course.city.number("teacher_hours"))
    capacity = {TEACHER: teacher, COACH: rest.coach}
    busy = course.fiscal[hours[TEACHER] + hours[COACH] > 0]
    rows = []
    for m, fiscal in enumerate(course.fiscal):
        if len(busy) and busy[0] <= fiscal <= busy[-1]:
            for trainer, taken in hours.items():
                amounts = float(taken[m]), float(capacity[trainer][m])
                rows.append((course.month[m], trainer, *amounts))
    return _table(rows, "month", "trainer", "hours", "capacity")


# --- what comes of it ----------------------------------------------------------------------------
def _automation(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    """Automations that the learners of step 3 make, and the hours that all of them save."""
    city = course.city
    kept = 1 - city.number("works_decay") / 100
    rows, learners, before, hours = [], 0, 0, 0.0
    for fiscal in course.patterns:
        learners += _seated([cohort for cohort in cohorts if cohort.fiscal == fiscal], 3)
        works = floor(learners * city.number("works_rate") + 0.5) - before
        before += works
        hours = hours * kept + works * city.number("works_hours")
        rows.append((fiscal, works, float(floor(hours + 0.5))))
    return _table(rows, "fiscal", "works", "hours")


USES = ("front", "change", "overtime")  # of the hours that are given back


def shares_of(city: City) -> Floats:
    """Shares [3] of the hours: to the front desks, to further change, the rest to less overtime."""
    front = city.number("redeploy_front") / 100
    change = city.number("redeploy_change") / 100
    scale = max(1.0, front + change)
    rest = max(0.0, 1 - front - change)
    return np.array([front / scale, change / scale, rest])


def _redeploy(course: Course, automation: pd.DataFrame) -> pd.DataFrame:
    """Where the hours go."""
    shares, rows = shares_of(course.city), []
    for row in automation.itertuples():
        parts = whole_parts(row.hours * shares).tolist()
        for use, hours in zip(USES, parts, strict=True):
            rows.append((row.fiscal, use, hours))
    return _table(rows, "fiscal", "use", "hours")


def _unseated(course: Course, lost: list[Missed]) -> pd.DataFrame:
    rows = []
    for missed in lost:
        month = course.month[missed.month]
        rows.append((month, missed.step, missed.people, missed.reason))
    table = _table(rows, "month", "step", "people", "reason")
    return table.sort_values(["month", "step"], kind="stable", ignore_index=True)


def _beliefs(
    course: Course,
    cohorts: list[Cohort],
    funnel: pd.DataFrame,
    automation: pd.DataFrame,
) -> pd.DataFrame:
    """What is left of the plan under each answer: step 1 alone, the DX section alone, or all."""
    city = course.city
    reached, coach = set(), 0.0
    for cohort in cohorts:
        reached |= set(np.flatnonzero(cohort.people))
        coach += sum(class_hours(course, cohort.pattern)[COACH].values())
    works = int(automation["works"].sum())
    seated, done = funnel["seated"].tolist(), funnel["done"].tolist()
    whole = (sum(seated), len(reached), coach, works, done[-1])
    literacy = (seated[0], len(reached), 0.0, 0, 0)
    experts = (round(city.number("dx_staff")), 1, 0.0, 0, 0)
    less = {"purpose": literacy, "who": experts, "how": literacy}
    rows = []
    for question, answers in BELIEFS.items():
        chosen = city.at(f"belief_{question}").word
        wrong, right = answers
        rows.append((question, wrong, chosen == wrong, *less[question]))
        rows.append((question, right, chosen == right, *whole))
    return pd.DataFrame(rows, columns=BELIEF)
