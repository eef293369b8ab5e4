"""The tables of a training plan: classes with their people, sessions on half days, hours, and what comes of it.

The half days of a week are dealt to its sessions one after the other: the emptiest first, then the one the class is
used to, then afternoons from Tuesday to Thursday; never one in which a section would send away more than it may.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import floor

import numpy as np
import pandas as pd

from dxplan.plan.course import COACH, ONLINE, ROOM, STEPS, TEACHER, Course, Pattern, class_hours
from dxplan.plan.intake import Missed, Rest, Run

DAYS = (1, 2, 3, 0, 4)  # weekdays in the order in which they are taken
MORNING, AFTERNOON = 0, 1
USES = ("front", "change", "overtime")
BELIEFS = {
    "purpose": ("リテラシーの向上", "利用者の体験の改善"),
    "who": ("先端のITに詳しい人", "自分の業務に生かす人"),
    "how": ("技術の講義", "実務の中の実践"),
}  # the second answer is the one the programme is built on


@dataclass
class Cohort:
    """One class: its pattern, people [S] by section, place, and (day, half) of each session."""

    pattern: Pattern
    people: np.ndarray
    place: str
    slots: list[tuple[date, int]] = field(default_factory=list)
    name: str = ""

    @property
    def trainer(self) -> str:
        """Who leads it."""
        return COACH if self.pattern.step == 3 else TEACHER


def tables(
    course: Course, rest: Rest, run: list[Run], lost: list[Missed]
) -> tuple[pd.DataFrame, ...]:
    """The tables in the order of ``TrainingPlan``."""
    cohorts = _cohorts(course, run)
    _deal_days(course, cohorts)
    cohorts.sort(
        key=lambda c: (course.fiscal[c.pattern.month], c.pattern.step, c.slots[0], c.pattern.weeks)
    )
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


# --- classes and days ----------------------------------------------------------------------------------
def _cohorts(course: Course, run: list[Run]) -> list[Cohort]:
    """The classes of all runs, each with as even a part of its people as whole people allow."""
    found = []
    for one in sorted(run, key=lambda r: (r.pattern.weeks, r.pattern.step)):
        place = ONLINE if one.pattern.step == 3 or one.pattern.online else ROOM
        found += [Cohort(one.pattern, people, place) for people in _split(one.people, one.classes)]
    for fiscal in course.patterns:  # more classes of step 1 go online where the share asks for it
        first = [
            c for c in found if c.pattern.step == 1 and course.fiscal[c.pattern.month] == fiscal
        ]
        wanted = floor(len(first) * course.city.number("online_share") / 100 + 0.5)
        more = max(0, wanted - sum(c.place == ONLINE for c in first))
        for cohort in [c for c in reversed(first) if c.place == ROOM][:more]:
            cohort.place = ONLINE
    return found


def _split(people: np.ndarray, classes: int) -> np.ndarray:
    """People [classes, S]: dealt round, so that the classes differ by one at most, in all and by section."""
    found, first = np.tile(people // classes, (classes, 1)), 0
    for section, rest in enumerate(people % classes):
        found[(first + np.arange(rest)) % classes, section] += 1
        first += int(rest)
    return found


def _deal_days(course: Course, cohorts: list[Cohort]) -> None:
    by_week: dict[int, list[Cohort]] = {}
    for cohort in cohorts:
        for week in cohort.pattern.weeks:
            by_week.setdefault(week, []).append(cohort)
    for week in sorted(by_week):
        load: dict[tuple[date, int], int] = {slot: 0 for slot in _slots(course.days[week])}
        away = {slot: np.zeros(len(course.sections), int) for slot in load}
        for cohort in by_week[week]:
            slot = _best(course, cohort, load, away)
            cohort.slots.append(slot)
            load[slot] += 1
            away[slot] += cohort.people


def _slots(days: tuple[date, ...]) -> list[tuple[date, int]]:
    """The half days of a week in the order in which they are taken."""
    order = sorted(days, key=lambda day: DAYS.index(day.weekday()))
    return [(day, half) for half in (AFTERNOON, MORNING) for day in order]


def _best(course: Course, cohort: Cohort, load: dict, away: dict) -> tuple[date, int]:
    room = int(course.city.number("room_limit"))
    used = (cohort.slots[-1][0].weekday(), cohort.slots[-1][1]) if cohort.slots else None
    order = sorted(load, key=lambda slot: (load[slot], (slot[0].weekday(), slot[1]) != used))
    free = [
        slot
        for slot in order
        if not load[slot] or (away[slot] + cohort.people <= course.release).all()
    ]
    return next((slot for slot in free if load[slot] < room), (free or order)[0])


def _name(course: Course, cohorts: list[Cohort]) -> None:
    count: dict[tuple[int, int], int] = {}
    for cohort in cohorts:
        key = (int(course.fiscal[cohort.pattern.month]), cohort.pattern.step)
        count[key] = count.get(key, 0) + 1
        cohort.name = f"{key[0]}-{key[1]}-{count[key]:02d}"


# --- rows ----------------------------------------------------------------------------------------------
def _cohort_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = [
        (
            c.name,
            c.pattern.step,
            int(course.fiscal[c.pattern.month]),
            c.slots[0][0],
            c.slots[-1][0],
            int(c.people.sum()),
            course.lessons[c.pattern.step].seats,
            c.place,
            c.trainer,
        )
        for c in cohorts
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "cohort",
            "step",
            "fiscal",
            "start",
            "finish",
            "people",
            "seats",
            "place",
            "trainer",
        ],
    )


def _session_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    begin = {
        half: _clock(course.city.number(f"{name}_begin"))
        for half, name in enumerate(("morning", "afternoon"))
    }
    rows = [
        (
            c.name,
            c.pattern.step,
            k + 1,
            day,
            begin[half],
            lesson.hours,
            c.place,
            c.trainer,
            lesson.title[k],
        )
        for c in cohorts
        for lesson in [course.lessons[c.pattern.step]]
        for k, (day, half) in enumerate(c.slots)
    ]
    table = pd.DataFrame(
        rows, columns=["cohort", "step", "no", "day", "begin", "hours", "place", "trainer", "title"]
    )
    return table.sort_values(["day", "begin", "cohort"], kind="stable", ignore_index=True)


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _seat_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = [
        (c.name, c.pattern.step, course.sections[s], int(c.people[s]))
        for c in cohorts
        for s in np.flatnonzero(c.people)
    ]
    return pd.DataFrame(rows, columns=["cohort", "step", "section", "people"])


def _hour_rows(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    """Hours away from work: sessions, one's own work between them, and the community after step 2."""
    hours = np.zeros((len(course.month), len(course.sections)))
    for c in cohorts:
        lesson = course.lessons[c.pattern.step]
        for week in c.pattern.weeks:
            hours[course.week_month[week]] += c.people * (lesson.hours + lesson.own / lesson.count)
        if c.pattern.step == 2:
            hours += _community(course, c)
    rows = [
        (course.month[m], course.sections[s], float(hours[m, s]))
        for m, s in zip(*np.nonzero(hours))
    ]
    return pd.DataFrame(rows, columns=["month", "section", "hours"])


def _season_rows(course: Course) -> pd.DataFrame:
    """Share of each section's people who are in a busy season or a cutover, by month."""
    busy = np.zeros((len(course.month), len(course.sections)))
    for desk in course.desks:
        busy[:, desk.section] += desk.busy * desk.staff
    rows = [
        (month, name, int(course.staff[s]), float(busy[m, s] / max(1, course.staff[s])))
        for m, month in enumerate(course.month)
        for s, name in enumerate(course.sections)
    ]
    return pd.DataFrame(rows, columns=["month", "section", "staff", "busy"])


def _community(course: Course, cohort: Cohort) -> np.ndarray:
    """Hours [M, S] of those who complete step 2, in the months after it that are not busy for their whole section."""
    first = cohort.pattern.months[-1] + 1
    found = np.zeros((len(course.month), len(course.sections)))
    people = cohort.people * course.lessons[2].done * course.city.number("community_hours")
    found[first : first + int(course.city.number("community_months"))] = people
    return np.where(_free(course), found, 0.0)


def _free(course: Course) -> np.ndarray:
    """Whether each month [M] has a desk of each section [S] that is not busy."""
    found = np.zeros((len(course.month), len(course.sections)), bool)
    for desk in course.desks:
        found[:, desk.section] |= ~desk.busy
    return found


def _seated(cohorts: list[Cohort], step: int) -> int:
    return sum(int(c.people.sum()) for c in cohorts if c.pattern.step == step)


def _funnel(course: Course, rest: Rest, cohorts: list[Cohort]) -> pd.DataFrame:
    rows = []
    for step in STEPS:
        seated = _seated(cohorts, step)
        done = floor(course.lessons[step].done * seated + 0.5)
        rows.append((step, int(rest.asked[step].sum()), seated, done, seated - done))
    return pd.DataFrame(rows, columns=["step", "asked", "seated", "done", "dropped"])


def _trainer_rows(course: Course, rest: Rest, cohorts: list[Cohort]) -> pd.DataFrame:
    hours: dict[str, np.ndarray] = {
        trainer: np.zeros(len(course.month)) for trainer in (TEACHER, COACH)
    }
    for cohort in cohorts:
        for trainer, by_month in class_hours(course, cohort.pattern).items():
            for month, amount in by_month.items():
                hours[trainer][month] += amount
    capacity = {
        TEACHER: np.full(len(course.month), course.city.number("teacher_hours")),
        COACH: rest.coach,
    }
    used = course.fiscal[np.flatnonzero(sum(hours.values()))]  # whole fiscal years
    span = (
        np.flatnonzero((course.fiscal >= used.min()) & (course.fiscal <= used.max()))
        if len(used)
        else ()
    )
    rows = [
        (course.month[m], trainer, float(hours[trainer][m]), float(capacity[trainer][m]))
        for m in span
        for trainer in hours
    ]
    return pd.DataFrame(rows, columns=["month", "trainer", "hours", "capacity"])


# --- what comes of it ----------------------------------------------------------------------------------
def _automation(course: Course, cohorts: list[Cohort]) -> pd.DataFrame:
    city, rows, learners, before, hours = course.city, [], 0, 0, 0.0
    for fiscal in course.patterns:
        learners += _seated([c for c in cohorts if course.fiscal[c.pattern.month] == fiscal], 3)
        works = floor(learners * city.number("works_rate") + 0.5) - before
        before += works
        hours = hours * (1 - city.number("works_decay") / 100) + works * city.number("works_hours")
        rows.append((fiscal, works, hours))
    return pd.DataFrame(rows, columns=["fiscal", "works", "hours"])


def _redeploy(course: Course, automation: pd.DataFrame) -> pd.DataFrame:
    """Where the hours go: to the front desks, to further change, and the rest to less overtime."""
    share = {use: course.city.number(f"redeploy_{use}") / 100 for use in USES[:2]}
    scale = 1 / max(1.0, sum(share.values()))
    share = {use: part * scale for use, part in share.items()}
    share["overtime"] = max(0.0, 1 - sum(share.values()))
    rows = [
        (row.fiscal, use, row.hours * share[use]) for row in automation.itertuples() for use in USES
    ]
    return pd.DataFrame(rows, columns=["fiscal", "use", "hours"])


def _unseated(course: Course, lost: list[Missed]) -> pd.DataFrame:
    rows = [(course.month[one.month], one.step, one.people, one.reason) for one in lost]
    table = pd.DataFrame(rows, columns=["month", "step", "people", "reason"])
    return table.sort_values(["month", "step"], kind="stable", ignore_index=True)


def _beliefs(
    course: Course, cohorts: list[Cohort], funnel: pd.DataFrame, automation: pd.DataFrame
) -> pd.DataFrame:
    """What is left of the plan under each answer: step 1 alone, the DX section alone, or all of it."""
    seated = dict(zip(funnel["step"], funnel["seated"]))
    reached = len({s for c in cohorts for s in np.flatnonzero(c.people)})
    coach = sum(sum(class_hours(course, c.pattern)[COACH].values()) for c in cohorts)
    whole = (
        sum(seated.values()),
        reached,
        coach,
        int(automation["works"].sum()),
        int(funnel["done"].iloc[-1]),
    )
    less = {
        "purpose": (seated[1], reached, 0.0, 0, 0),
        "how": (seated[1], reached, 0.0, 0, 0),
        "who": (round(course.city.number("dx_staff")), 1, 0.0, 0, 0),
    }
    rows = [
        (question, answer, course.city.at(f"belief_{question}").value == answer, *part)
        for question, answers in BELIEFS.items()
        for answer, part in zip(answers, (less[question], whole))
    ]
    return pd.DataFrame(
        rows,
        columns=["question", "answer", "chosen", "people", "sections", "coach", "works", "change"],
    )
