"""The people of a training plan from year to year: who may take which step, who is wanted, who found no seat and why.

A section's people are in one of four pools, as in the staffing plan: none (no step yet), use (step 1), alum (step 2),
change (step 3). Who does not complete a step may take it again in the next fiscal year. On 1 April leavers are followed
by recruits, and the transferred 変革人材 come to the other sections as people who have done step 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from dxplan.plan.course import COACH, HOURS, STEPS, Course, Pattern, class_hours
from dxplan.plan.staffing import StaffingPlan
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
    hope : step -> people that a class of the next year can take at most; classes : step -> classes paid for.
    pool : step -> people [S] who may take it (人, expected, may be fractional).
    fair : step -> whole people [S] that would be a fair share of the seats.
    first : step -> whether a section [S] has nobody yet.
    coach : hours [M] that coaches have.
    """

    fiscal: int
    month: tuple[int, ...]
    wanted: Mapping[int, np.ndarray]
    new: Mapping[int, int]
    hope: Mapping[int, int]
    classes: Mapping[int, int]
    pool: Mapping[int, np.ndarray]
    fair: Mapping[int, np.ndarray]
    first: Mapping[int, np.ndarray]
    coach: np.ndarray

    @property
    def town(self) -> Year:
        """The same wishes of the town hall as one section; the fair shares stay those of the sections."""
        return replace(
            self, pool={step: values.sum(keepdims=True) for step, values in self.pool.items()}
        )


@dataclass(frozen=True)
class Run:
    """Classes that run on one pattern, and the people in them of each section [S] and of each desk [D]."""

    pattern: Pattern
    classes: int
    people: np.ndarray
    desk: np.ndarray


@dataclass(frozen=True)
class Answer:
    """The classes of a year, and what the solver says of them."""

    run: list[Run]
    cost: int
    bound: int

    def people(self, step: int, sections: int) -> np.ndarray:
        """People [S] of each section in a step."""
        return sum((r.people for r in self.run if r.pattern.step == step), np.zeros(sections, int))


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
    classes : step -> classes paid for and not used; asked, paid : step -> people and classes by month [M].
    coach : hours [M] by month; goal : target of 変革人材 [S].
    """

    pool: Mapping[str, np.ndarray]
    waiting: Mapping[int, list[Missed]]
    classes: Mapping[int, int]
    asked: Mapping[int, np.ndarray]
    paid: Mapping[int, np.ndarray]
    coach: np.ndarray
    goal: np.ndarray


def check_intake(staffing: StaffingPlan) -> None:
    """Refuse an intake that is none.

    Raises
    ------
    PlanError
        An unknown step, a month outside the plan, negative people or classes, a share that completes outside 0..1.
    """
    known = set(staffing.month)
    for row in staffing.intake.itertuples():
        where = f"intake row {row.Index} (step {row.step}, {row.month})"
        if row.step not in STEPS:
            raise PlanError(f"{where}: step is 1, 2 or 3.")
        if row.month not in known:
            raise PlanError(f"{where}: month is the first day of a month of the staffing plan.")
        if not (
            isfinite(row.intake)
            and row.intake >= 0
            and row.cohort >= 0
            and row.cohort == int(row.cohort)
        ):
            raise PlanError(
                f"{where}: intake is {row.intake} people in {row.cohort} classes; "
                "both are 0 or more, classes whole."
            )
        if not 0 <= row.done <= 1:
            raise PlanError(f"{where}: the share that completes is {row.done}; it is 0 to 1.")


# --- the start -----------------------------------------------------------------------------------------
def build_rest(course: Course, staffing: StaffingPlan) -> Rest:
    """The people before the first year, and all that the staffing plan asks for."""
    count, asked, paid = len(course.month), {}, {}
    for step in STEPS:
        people, classes = np.zeros(count), np.zeros(count, int)
        for row in staffing.intake[staffing.intake["step"] == step].itertuples():
            people[course.place(row.month)] += row.intake
            classes[course.place(row.month)] += int(row.cohort)
        asked[step] = np.diff(np.floor(np.cumsum(people) + 0.5), prepend=0).astype(int)
        paid[step] = classes
    targets = staffing.pyramid[staffing.pyramid["tier"] == "change"].set_index("section")["target"]
    goal = np.array([float(targets.get(name, 0.0)) for name in course.sections])
    waiting, unused = {step: [] for step in STEPS}, dict.fromkeys(STEPS, 0)
    return Rest(_pools(course), waiting, unused, asked, paid, _coach(course, staffing), goal)


def _pools(course: Course) -> dict[str, np.ndarray]:
    """People by section at the plan's start: what is known of the town hall, spread over its sections by staff."""
    staff = course.staff.astype(float)
    change = staff * min(1.0, course.city.number("change_now") / max(1.0, staff.sum()))
    use = np.minimum(staff - change, staff * course.city.number("use_now") / 100)
    return {
        "none": staff - change - use,
        "use": use,
        "alum": np.zeros(len(staff)),
        "change": change,
    }


def _coach(course: Course, staffing: StaffingPlan) -> np.ndarray:
    """Hours [M] for coaching: what the staffing plan kept for a season's classes, and a part of its people's free time."""
    kept, free = np.zeros(len(course.month)), np.zeros(len(course.month))
    for row in staffing.intake.itertuples():
        first = course.place(row.month)
        kept[first : first + int(row.months)] += row.cohort * course.lessons[row.step].coach
    for row in staffing.load.itertuples():
        free[course.place(row.month)] += max(0.0, row.capacity - row.work)
    season = [kept[max(0, m - SEASON + 1) : m + 1].max() for m in range(len(kept))]
    return (np.array(season) + free * course.city.number("coach_free") / 100) * HOURS


# --- a year --------------------------------------------------------------------------------------------
def build_year(course: Course, rest: Rest, fiscal: int) -> Year:
    """What a fiscal year is given: its own wishes and those that the year before could not meet."""
    month = np.flatnonzero(course.fiscal == fiscal)
    wanted = {step: rest.asked[step][month].copy() for step in STEPS}
    new = {step: int(wanted[step].sum()) for step in STEPS}
    for step in STEPS:
        wanted[step][0] += sum(one.people for one in rest.waiting[step])
    classes = {step: int(rest.paid[step][month].sum()) + rest.classes[step] for step in STEPS}
    pool = {step: rest.pool[POOLS[step]] for step in STEPS}
    fair = {step: _fair(course, rest, step, int(wanted[step].sum())) for step in STEPS}
    first = {step: _first(rest, step) & (fair[step] > 0) for step in STEPS}
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
    """Step -> people that its best class of a year can take: free of the busy season and away at one time."""
    found = dict.fromkeys(STEPS, 0)
    for pattern in course.patterns.get(fiscal, ()):
        size = min(course.lessons[pattern.step].seats, int(course.most(pattern).sum()))
        found[pattern.step] = max(found[pattern.step], size)
    return found


def _first(rest: Rest, step: int) -> np.ndarray:
    """Whether each section [S] wants its first person who has done a step: one on the way to 変革人材."""
    ahead = rest.pool["change"] + (rest.pool["alum"] if step == 2 else 0)
    return (rest.goal > 0) & (ahead < NOBODY) & (step > 1)


def _fair(course: Course, rest: Rest, step: int, people: int) -> np.ndarray:
    """Whole people [S] of each section that would be a fair share: its first one, then by the gap to its target."""
    pool = {name: np.maximum(0.0, values) for name, values in rest.pool.items()}
    done = {k: lesson.done for k, lesson in course.lessons.items()}
    able = {1: pool["none"], 2: pool["use"] + done[1] * pool["none"]}
    able[3] = pool["alum"] + done[2] * able[2]
    gap = (
        pool["none"]
        if step == 1
        else rest.goal - pool["change"] - (done[3] * pool["alum"] if step == 2 else 0)
    )
    share = np.maximum(_dealt(people, np.maximum(0.0, gap)), _first(rest, step) if people else 0)
    return np.minimum(share, np.floor(able[step] + NOBODY)).astype(int)


def _dealt(people: int, weight: np.ndarray) -> np.ndarray:
    """Whole people dealt by weight, the largest remainders first."""
    if weight.sum() <= 0:
        return np.zeros(len(weight), int)
    exact = people * weight / weight.sum()
    whole = np.floor(exact + 1e-9).astype(int)
    last = np.argsort(whole - exact, kind="stable")[: people - int(whole.sum())]
    whole[last] += 1
    return whole


def next_rest(course: Course, rest: Rest, year: Year, answer: Answer) -> tuple[Rest, list[Missed]]:
    """The people after a year and 1 April, and those who have waited since the year before."""
    seated = {step: answer.people(step, len(course.sections)) for step in STEPS}
    waiting, missed, last = {}, [], year.fiscal == max(course.patterns)
    for step in STEPS:
        queue = _queue(rest, year, step, int(seated[step].sum()))
        reason = _reason(course, year, answer, step) if any(not one.reason for one in queue) else ""
        queue = [replace(one, reason=one.reason or reason) for one in queue]
        missed += [one for one in queue if last or course.fiscal[one.month] < year.fiscal]
        waiting[step] = [one for one in queue if one not in missed]
    used = {step: sum(r.classes for r in answer.run if r.pattern.step == step) for step in STEPS}
    classes = {step: year.classes[step] - used[step] if waiting[step] else 0 for step in STEPS}
    pool = _moved(course, _taught(course, rest.pool, seated), len(year.month))
    return Rest(pool, waiting, classes, rest.asked, rest.paid, rest.coach, rest.goal), missed


def _queue(rest: Rest, year: Year, step: int, seated: int) -> list[Missed]:
    """Those left over when the oldest wishes are met first; a new one has no reason yet."""
    new = [Missed(m, step, int(rest.asked[step][m]), "") for m in year.month if rest.asked[step][m]]
    left = []
    for one in [*rest.waiting[step], *new]:
        took = min(one.people, seated)
        seated -= took
        left += [replace(one, people=one.people - took)] if one.people > took else []
    return left


def _taught(
    course: Course, pool: Mapping[str, np.ndarray], seated: Mapping[int, np.ndarray]
) -> dict[str, np.ndarray]:
    done = {step: course.lessons[step].done * seated[step] for step in STEPS}
    return {
        "none": pool["none"] - done[1],
        "use": pool["use"] + done[1] - done[2],
        "alum": pool["alum"] + done[2] - done[3],
        "change": pool["change"] + done[3],
    }


def _moved(course: Course, pool: Mapping[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """After the leavers of some months and the transfers of 1 April."""
    city, staff = course.city, course.staff
    stay = (1 - city.number("leave_rate") / 100) ** (count / 12)
    kept = {name: values * stay for name, values in pool.items()}
    moved = kept["change"] * city.number("transfer_rate") / 100
    kept["change"] = kept["change"] - moved
    kept["alum"] = kept["alum"] + moved.sum() * staff / max(1, staff.sum())
    kept["none"] = staff - kept["use"] - kept["alum"] - kept["change"]
    return kept


# --- why there is no seat ------------------------------------------------------------------------------
def _reason(course: Course, year: Year, answer: Answer, step: int) -> str:
    """What kept people out of a step in a year."""
    pattern = [p for p in course.patterns[year.fiscal] if p.step == step]
    if not pattern:
        return "calendar"
    left = _left(course, year, answer, step, max(p.start for p in pattern))
    if left.sum() < 1:
        return "order"
    run = [r for r in answer.run if r.pattern.step == step]
    rest = course.size - sum((r.desk for r in run), np.zeros(len(course.size), int))
    spare = [r for r in run if r.people.sum() < r.classes * course.lessons[step].seats]
    if spare:
        return _closed(course, spare, left, rest)
    if sum(r.classes for r in run) >= year.classes[step]:
        return "seats"
    fit = [p for p in pattern if _may(course, p, left, rest).any()]
    if not fit:
        return "season"
    return "coach" if all(_coached(course, year, answer, p) for p in fit) else "calendar"


def _left(course: Course, year: Year, answer: Answer, step: int, last: int) -> np.ndarray:
    """Whole people [S] who could have started the step by a week and did not."""
    ready, gap = year.pool[step].copy(), int(course.city.number("step_gap"))
    for run in answer.run:
        if run.pattern.step == step - 1 and run.pattern.weeks[-1] + gap < last:
            ready = ready + course.lessons[step - 1].done * run.people
    return np.maximum(
        0, np.floor(ready + NOBODY).astype(int) - answer.people(step, len(course.sections))
    )


def _may(course: Course, pattern: Pattern, left: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Whether each section [S] has people left, some of them [D] at a desk that is not busy in a pattern's months."""
    return (np.bincount(course.owner, rest * course.free(pattern), len(left)) > 0) & (left > 0)


def _closed(course: Course, spare: list[Run], left: np.ndarray, rest: np.ndarray) -> str:
    """Why seats of some classes stay empty: busy seasons, the share of a section away, or people not yet ready."""
    may = [(run, _may(course, run.pattern, left, rest)) for run in spare]
    if not any(found.any() for _, found in may):
        return "season"
    full = all(
        (run.people[found] >= course.release[found] * run.classes).all() for run, found in may
    )
    return "release" if full else "order"


def _coached(course: Course, year: Year, answer: Answer, pattern: Pattern) -> bool:
    """Whether the coaches have no hours for one more class of a pattern."""
    left = dict(zip(year.month, year.coach))
    for run in answer.run:
        for month, hours in class_hours(course, run.pattern)[COACH].items():
            if month in left:
                left[month] -= hours * run.classes
    return any(
        hours > left.get(month, 0.0) + 1e-6
        for month, hours in class_hours(course, pattern)[COACH].items()
    )
