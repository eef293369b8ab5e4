"""The people of a training plan from year to year: who may take a step, who got no seat and why.

A section's people are in one of four pools, as in the staffing plan: none (no step yet),
use (step 1), alum (step 2), change (step 3). Who does not complete a step may take it once more, in
a later fiscal year. On 1 April leavers are followed by recruits, and the transferred 変革人材 are
変革人材 of other sections.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from dxplan.plan.course import COACH, Course, Pattern, class_hours
from dxplan.plan.people import HOURS, STEPS
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.arrays import Flags, Floats, Ints, whole_parts
from dxplan.solve.outcome import PlanError

POOLS = {1: "none", 2: "use", 3: "alum"}  # step -> who may take it
SEASON = 3  # months within which the classes of one row of the staffing plan begin
NOBODY = 0.5  # people (人) below which a section counts as having none


@dataclass(frozen=True)
class Year:
    """What one fiscal year is given.

    Attributes
    ----------
    month : the year's months [M], as places in the course.
    wanted : step -> whole people wanted by month [M], those who waited first.
    new : step -> those of them who may wait for the next year.
    hope : step -> people that a class of the next year can take at most.
    classes : step -> classes paid for.
    pool : step -> people [S] who may take it (人, expected, may be fractional).
    fair : step -> whole people [S] that would be a fair share of the seats.
    first : step -> whether a section [S] has nobody yet.
    coach : hours [M] that coaches have.
    """

    fiscal: int
    month: tuple[int, ...]
    wanted: Mapping[int, Ints]
    new: Mapping[int, int]
    hope: Mapping[int, int]
    classes: Mapping[int, int]
    pool: Mapping[int, Floats]
    fair: Mapping[int, Ints]
    first: Mapping[int, Flags]
    coach: Floats

    @property
    def town(self) -> Year:
        """The same wishes of the town hall as one section; the fair shares stay as they are."""
        pool = {step: people.sum(keepdims=True) for step, people in self.pool.items()}
        return replace(self, pool=pool)


@dataclass(frozen=True)
class Run:
    """Classes on one pattern, and the people in them of each section [S] and each desk [D]."""

    pattern: Pattern
    classes: int
    people: Ints
    desk: Ints


@dataclass(frozen=True)
class YearRuns:
    """The classes of a year, and what the solver says of them."""

    run: list[Run]
    cost: int
    bound: int

    def of(self, step: int) -> list[Run]:
        """The classes of a step."""
        return [run for run in self.run if run.pattern.step == step]

    def people(self, step: int, sections: int) -> Ints:
        """People [S] of each section in a step."""
        return sum((run.people for run in self.of(step)), np.zeros(sections, int))


@dataclass(frozen=True)
class Missed:
    """People who found no seat in the fiscal year that wanted them, and why."""

    month: int
    step: int
    people: int
    reason: str


@dataclass(frozen=True)
class Rest:
    """What the next year starts from.

    Attributes
    ----------
    pool : pool -> people [S]; waiting : step -> those not yet seated, the oldest wish first.
    chance : step -> seats [S] that people may still take: one each, one more after a failure.
    classes : step -> classes paid for and not used.
    asked, paid : step -> people and classes by month [M].
    coach : hours [M] by month; goal : target of 変革人材 [S].
    """

    pool: Mapping[str, Floats]
    chance: Mapping[int, Floats]
    waiting: Mapping[int, list[Missed]]
    classes: Mapping[int, int]
    asked: Mapping[int, Ints]
    paid: Mapping[int, Ints]
    coach: Floats
    goal: Floats


def check_intake(staffing: StaffingPlan) -> None:
    """Refuse an intake that is none.

    Raises
    ------
    PlanError
        An unknown step, a month outside the plan, negative people or classes, a share that
        completes outside 0..1.
    """
    for row in staffing.intake.itertuples():
        where = f"intake row {row.Index} (step {row.step}, {row.month})"
        if row.step not in STEPS:
            raise PlanError(f"{where}: step is 1, 2 or 3.")
        if row.month not in staffing.month:
            raise PlanError(f"{where}: month is the first day of a month of the staffing plan.")
        is_people = isfinite(row.intake) and row.intake >= 0
        is_classes = row.cohort >= 0 and row.cohort == int(row.cohort)
        if not (is_people and is_classes):
            raise PlanError(
                f"{where}: intake is {row.intake} people in {row.cohort} classes; "
                "both are 0 or more, classes whole."
            )
        if not 0 <= row.done <= 1:
            raise PlanError(f"{where}: the share that completes is {row.done}; it is 0 to 1.")


# --- the start -----------------------------------------------------------------------------------
def build_rest(course: Course, staffing: StaffingPlan) -> Rest:
    """The people before the first year, and all that the staffing plan asks for."""
    count = len(course.month)
    people = {step: np.zeros(count) for step in STEPS}
    paid = {step: np.zeros(count, int) for step in STEPS}
    for row in staffing.intake.itertuples():
        month = course.place(row.month)
        people[row.step][month] += row.intake
        paid[row.step][month] += int(row.cohort)
    asked = {}
    for step in STEPS:
        # parts of people add up over the months
        asked[step] = whole_parts(people[step]).astype(int)
    pyramid = staffing.pyramid
    targets = pyramid[pyramid["tier"] == "change"].set_index("section")["target"]
    goal = [float(targets.get(name, 0.0)) for name in course.sections]
    pool = _pools(course)
    return Rest(
        pool,
        {step: _chances(course, step) * pool[POOLS[step]] for step in STEPS},
        {step: [] for step in STEPS},
        dict.fromkeys(STEPS, 0),
        asked,
        paid,
        _coach(course, staffing),
        np.array(goal),
    )


def _chances(course: Course, step: int) -> float:
    """Seats that a person may take in a step, as expected."""
    return 2 - course.lessons[step].done


def _pools(course: Course) -> dict[str, Floats]:
    """People by section at the plan's start: those of the town hall spread by staff."""
    city, staff = course.city, course.staff.astype(float)
    change = staff * min(1.0, city.number("change_now") / max(1.0, staff.sum()))
    return {
        "none": staff - change,
        "use": np.zeros(len(staff)),
        "alum": np.zeros(len(staff)),
        "change": change,
    }


def _coach(course: Course, staffing: StaffingPlan) -> Floats:
    """Hours [M] for coaching: kept for a season's classes, and a part of the coaches' free time."""
    kept, free = np.zeros((2, len(course.month)))
    for row in staffing.intake.itertuples():
        first = course.place(row.month)
        coach = course.lessons[row.step].coach
        kept[first : first + int(row.months)] += row.cohort * coach
    for row in staffing.load.itertuples():
        free[course.place(row.month)] += max(0.0, row.capacity - row.work)
    # a class may begin later in its season than in the staffing plan
    season = kept.copy()
    for back in range(1, SEASON):
        season[back:] = np.maximum(season[back:], kept[:-back])
    part = free * course.city.number("coach_free") / 100
    return (season + part) * HOURS


# --- a year --------------------------------------------------------------------------------------
def build_year(course: Course, rest: Rest, fiscal: int) -> Year:
    """What a fiscal year is given: its own wishes and those that the year before could not meet."""
    month = np.flatnonzero(course.fiscal == fiscal)
    wanted, new, classes, pool, fair, first = {}, {}, {}, {}, {}, {}
    for step in STEPS:
        people = rest.asked[step][month]
        new[step] = int(people.sum())
        people[0] += sum(missed.people for missed in rest.waiting[step])
        wanted[step] = people
        classes[step] = int(rest.paid[step][month].sum()) + rest.classes[step]
        pool[step] = np.minimum(rest.pool[POOLS[step]], rest.chance[step])
        fair[step] = _fair(course, rest, step, int(people.sum()))
        first[step] = _first(rest, step) & (fair[step] > 0)
    return Year(
        fiscal,
        tuple(month.tolist()),
        wanted,
        new,
        _hope(course, fiscal + 1),
        classes,
        pool,
        fair,
        first,
        rest.coach[month],
    )


def _hope(course: Course, fiscal: int) -> dict[int, int]:
    """Step -> people that its best class of a year can take: not busy, and away at one time."""
    hope = dict.fromkeys(STEPS, 0)
    for pattern in course.patterns.get(fiscal, ()):
        step = pattern.step
        people = int(course.most(pattern).sum())
        people = min(course.lessons[step].seats, people)
        hope[step] = max(hope[step], people)
    return hope


def _first(rest: Rest, step: int) -> Flags:
    """Whether each section [S] wants its first person who has done a step towards 変革人材."""
    ahead = rest.pool["change"]
    if step == 2:
        ahead = ahead + rest.pool["alum"]
    return (rest.goal > 0) & (ahead < NOBODY) & (step > 1)


def _fair(course: Course, rest: Rest, step: int, people: int) -> Ints:
    """Whole people [S] that would be a fair share: the first one, then by the gap to the target."""
    pool = {name: np.maximum(0.0, values) for name, values in rest.pool.items()}
    done = {no: lesson.done for no, lesson in course.lessons.items()}
    # who completes the step before within the year can take this one
    users = pool["use"] + done[1] * pool["none"]
    able = {1: pool["none"], 2: users, 3: pool["alum"] + done[2] * users}
    gap = rest.goal - pool["change"]
    if step == 1:
        gap = pool["none"]
    elif step == 2:
        gap = gap - done[3] * pool["alum"]
    share = _dealt(people, np.maximum(0.0, gap))
    if people:
        share = np.maximum(share, _first(rest, step))
    return np.minimum(share, np.floor(able[step] + NOBODY)).astype(int)


def _dealt(people: int, weight: Floats) -> Ints:
    """Whole people dealt by weight, the largest remainders first."""
    if weight.sum() <= 0:
        return np.zeros(len(weight), int)
    exact = people * weight / weight.sum()
    whole: Ints = np.floor(exact + 1e-9).astype(int)
    rest = people - int(whole.sum())
    served = np.argsort(whole - exact, kind="stable")[:rest]
    whole[served] += 1
    return whole


def next_rest(
    course: Course,
    rest: Rest,
    year: Year,
    answer: YearRuns,
) -> tuple[Rest, list[Missed]]:
    """The people after a year and 1 April, and those who have waited since the year before."""
    last = year.fiscal == max(course.patterns)
    seated, waiting, classes = {}, {}, {}
    missed = []
    for step in STEPS:
        seated[step] = answer.people(step, len(course.sections))
        waiting[step], lost = _queue(course, rest, year, answer, step)
        if last:
            waiting[step], lost = [], lost + waiting[step]
        missed += lost
        used = sum(run.classes for run in answer.of(step))
        classes[step] = 0
        if waiting[step]:
            classes[step] = year.classes[step] - used
    taught = _taught(course, rest.pool, seated)
    pool = _moved(course, taught, len(year.month))
    chance = _left(course, rest, seated, pool["none"] - taught["none"])
    return replace(rest, pool=pool, chance=chance, waiting=waiting, classes=classes), missed


def _left(
    course: Course,
    rest: Rest,
    seated: Mapping[int, Ints],
    recruits: Floats,
) -> dict[int, Floats]:
    """Seats [S] that people may take after a year: who comes to a step takes it twice at most."""
    came = {1: np.maximum(0.0, recruits)}
    for step in (2, 3):
        came[step] = course.lessons[step - 1].done * seated[step - 1]
    chance = {}
    for step in STEPS:
        more = _chances(course, step) * came[step]
        # who completes the step before within the year may have taken this one too
        chance[step] = np.maximum(0.0, rest.chance[step] + more - seated[step])
    return chance


def _queue(
    course: Course,
    rest: Rest,
    year: Year,
    answer: YearRuns,
    step: int,
) -> tuple[list[Missed], list[Missed]]:
    """Those without a seat who wait, and those who have waited already.

    The oldest wishes are met first.
    """
    wishes = list(rest.waiting[step])
    for month in year.month:
        wishes.append(Missed(month, step, int(rest.asked[step][month]), ""))
    seated = int(answer.people(step, len(course.sections)).sum())
    waiting, lost, reason = [], [], ""
    for wish in wishes:
        took = min(wish.people, seated)
        seated -= took
        if wish.people == took:
            continue
        if not (wish.reason or reason):
            reason = _reason(course, year, answer, step)
        left = replace(wish, people=wish.people - took, reason=wish.reason or reason)
        if course.fiscal[wish.month] < year.fiscal:
            lost.append(left)
        else:
            waiting.append(left)
    return waiting, lost


def _taught(
    course: Course,
    pool: Mapping[str, Floats],
    seated: Mapping[int, Ints],
) -> dict[str, Floats]:
    """The pools after the classes of a year."""
    done = {step: course.lessons[step].done * seated[step] for step in STEPS}
    return {
        "none": pool["none"] - done[1],
        "use": pool["use"] + done[1] - done[2],
        "alum": pool["alum"] + done[2] - done[3],
        "change": pool["change"] + done[3],
    }


def _moved(course: Course, pool: Mapping[str, Floats], count: int) -> dict[str, Floats]:
    """The pools after the leavers of some months and the transfers of 1 April."""
    city, staff = course.city, course.staff
    stay = (1 - city.number("leave_rate") / 100) ** (count / 12)
    change = pool["change"] * stay
    moved = change * city.number("transfer_rate") / 100
    # the skill goes where the person goes
    change = change - moved + moved.sum() * staff / max(1, staff.sum())
    use, alum = pool["use"] * stay, pool["alum"] * stay
    return {
        "none": staff - use - alum - change,  # recruits come for those who left
        "use": use,
        "alum": alum,
        "change": change,
    }


# --- why there is no seat ------------------------------------------------------------------------
def _reason(course: Course, year: Year, answer: YearRuns, step: int) -> str:
    """What kept people out of a step in a year."""
    patterns = [pattern for pattern in course.patterns[year.fiscal] if pattern.step == step]
    if not patterns:
        return "calendar"
    last = max(pattern.start for pattern in patterns)
    ready = _ready(course, year, answer, step, last)
    if ready.sum() < 1:
        return "order"
    runs = answer.of(step)
    seats = course.lessons[step].seats
    idle = course.size - sum(run.desk for run in runs)
    spare = [run for run in runs if run.people.sum() < run.classes * seats]
    if spare:
        return _closed(course, spare, ready, idle)
    if sum(run.classes for run in runs) >= year.classes[step]:
        return "seats"
    fit = [pattern for pattern in patterns if _may(course, pattern, ready, idle).any()]
    if not fit:
        return "season"
    if all(_coached(course, year, answer, pattern) for pattern in fit):
        return "coach"
    return "calendar"


def _ready(course: Course, year: Year, answer: YearRuns, step: int, last: int) -> Ints:
    """Whole people [S] who could have started the step by a week and did not."""
    ready = year.pool[step]
    gap = int(course.city.number("step_gap"))
    for run in answer.of(step - 1):
        if run.pattern.weeks[-1] + gap < last:
            ready = ready + course.lessons[step - 1].done * run.people
    whole = np.floor(ready + NOBODY).astype(int)
    return np.maximum(0, whole - answer.people(step, len(course.sections)))


def _may(course: Course, pattern: Pattern, ready: Ints, idle: Ints) -> Flags:
    """Whether each section [S] has people ready, some of them idle [D] and not busy in a class."""
    free = np.bincount(course.owner, idle * course.free(pattern), len(ready))
    return (free > 0) & (ready > 0)


def _closed(course: Course, spare: list[Run], ready: Ints, idle: Ints) -> str:
    """Why seats of some classes stay empty: busy seasons, the share away, or people not ready."""
    reason = "season"
    for run in spare:
        may = _may(course, run.pattern, ready, idle)
        if not may.any():
            continue
        if (run.people[may] < course.release[may] * run.classes).any():
            return "order"
        reason = "release"
    return reason


def _coached(course: Course, year: Year, answer: YearRuns, pattern: Pattern) -> bool:
    """Whether the coaches have no hours for one more class of a pattern."""
    left: dict[int, float] = defaultdict(float, zip(year.month, year.coach, strict=True))
    for run in answer.run:
        for month, hours in class_hours(course, run.pattern)[COACH].items():
            left[month] -= hours * run.classes
    wanted = class_hours(course, pattern)[COACH]
    return any(hours > left[month] + 1e-6 for month, hours in wanted.items())
