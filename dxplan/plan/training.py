"""The training plan: which class of which step starts in which week, and who sits in it.

One model for each fiscal year, in the order of the years: no class crosses 1 April, when people are
transferred, so a year hands on only the people by section and what it could not seat. A year is
solved twice: for the town hall as one section, which gives the dates and, as it allows more, the
bound; then for the seats of the sections on these dates. Where that may cost a seat or leave a
section without anyone, dates and seats are looked for at once.

Sets        k steps 1..3, i patterns (a step and the weeks of its sessions),
            d desks (people of a section with the same busy months), s sections,
            m months and v weeks of the year
Given       a[k,m] people wanted by month (whole, what the year before left over first),
            b[k] classes paid for, n[k] seats, r[s] people a section sends away at one time,
            e[k] share that completes, q[k,s] fair share of the seats,
            h[i,m] coaching and g[i,m] teaching hours of a class,
            H[m] and G hours of coaches and teachers,
            P[k,s] people of a section who may take the step when the year begins
Choose      y[i] classes, x[i,d] people (whole)
            z[k] people of this year's wishes who wait for the next one
Minimise    price_seat x people wanted who neither sit nor wait
            + a year's price_shift x people who wait
            + price_shift x sum over months of people seated earlier or later than wanted
            + price_class x classes + price_cluster x classes that start in a week beside another
            or in the first days of January
            + price_fair x people a section lacks of its fair share
            + price_first x sections still without anyone
Subject to  (T1 seats)     sum over d of x[i,d] <= n y[i];  sum of y <= b
            (T2 release)   sum over d of s of x[i,d] <= r[s] y[i];
                           the half days are chosen so that this holds at each
            (T3 season)    x[i,d] exists only where no session of i lies in a month in which d is
                           busy or cut over
            (T4 council)   a session with managers on the spot lies in no week of the council
            (T5 calendar)  sessions lie on open days outside the months busy for everyone;
                           sessions in a week <= its half days x rooms
            (T6 order)     by section and in all: people who start step k up to a week <= P[k,s]
                           + e[k-1] x those who ended step k-1 some weeks before (whole people)
            (T7 starts)    classes of a step that start in a month <= the limit
            (T8 hours)     sum of h y <= H and of g y <= G in each month
            (T9 once)      people of a desk in a step <= its people: nobody sits in a step twice
            (T10 early)    people seated up to a month <= people wanted up to some months later
            (T11 wait)     z <= people that the classes left can take in the next year;
                           nobody waits twice
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import ceil, floor

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from dxplan.plan import diary, intake
from dxplan.plan.course import (
    COACH,
    HALVES,
    TEACHER,
    Course,
    Pattern,
    build_course,
    class_hours,
)
from dxplan.plan.intake import Run, Year, YearRuns
from dxplan.plan.people import STEPS
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.outcome import Effort, Outcome, build_solver, load_effort, outcome
from dxplan.town.city import City

UNIT = 100  # costs are counted in hundredths of a point
THOUSAND = 1000  # shares are counted in thousandths
WAIT = 12  # months that a person who waits for the next fiscal year counts as late
# desks x patterns up to which a plan at standard effort looks for dates and seats at once
SMALL = 450
MOST = 3  # starting weeks a month and step that are worth a variable
Expression = cp_model.LinearExpr
sum_of = Expression.sum
Ended = list[tuple[int, Expression]]  # (last week, people) of those who will have ended a step


@dataclass(frozen=True)
class TrainingPlan:
    """The classes of one city; tables are not to be changed, people are whole.

    Attributes
    ----------
    cohort : a row a class: cohort, step, fiscal, start, finish (dates of the first and last
        session), people, seats, place, trainer.
    session : a row a session: cohort, step, no, day, begin (HH:MM), hours, place, trainer, title.
    seat : cohort, step, section, people.
    hours : month, section, hours (person-hours away from work).
    season : month, section, staff (人), busy (share 0..1 of them in a busy season or a cutover).
    funnel : step, asked, seated, done, dropped (人).
    trainer : month, trainer, hours, capacity (時間).
    automation : fiscal, works (件, new in the year), hours (時間/年, in use at the year's end).
    redeploy : fiscal, use (front, change, overtime), hours (時間/年).
    unseated : month (wanted), step, people, reason (seats, season, coach, calendar, order,
        release).
    belief : question, answer, chosen, people (人), section (課), coach (時間), works (件),
        change (人).
    outcome : cost and bound in hundredths of a point: the sum over the fiscal years, each given the
        years before.
    """

    city: City
    outcome: Outcome
    cohort: pd.DataFrame
    session: pd.DataFrame
    seat: pd.DataFrame
    hours: pd.DataFrame
    season: pd.DataFrame
    funnel: pd.DataFrame
    trainer: pd.DataFrame
    automation: pd.DataFrame
    redeploy: pd.DataFrame
    unseated: pd.DataFrame
    belief: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Model:
    """The unsolved model of a year, in each place a pattern, its classes, its seats by desk."""

    model: cp_model.CpModel
    course: Course
    year: Year
    pattern: tuple[Pattern, ...]
    classes: tuple[cp_model.IntVar, ...]
    seats: tuple[Mapping[int, cp_model.IntVar], ...]

    @cached_property
    def people(self) -> list[dict[int | None, Expression]]:
        """Section -> people of it in the classes of each pattern; None -> all of them."""
        totals = []
        for seats in self.seats:
            parts: dict[int | None, list[cp_model.IntVar]] = {None: list(seats.values())}
            for d, people in seats.items():
                section = self.course.desks[d].section
                parts.setdefault(section, []).append(people)
            totals.append({section: sum_of(people) for section, people in parts.items()})
        return totals

    def held(self, places: Iterable[int]) -> Expression:
        """Classes on some patterns."""
        return sum_of([self.classes[i] for i in places])

    def seated(self, places: Iterable[int], section: int | None = None) -> Expression:
        """People in the classes on some patterns, of one section or of all."""
        return sum_of([self.people[i].get(section, 0) for i in places])

    def price(self, name: str) -> int:
        """A price in hundredths of a point."""
        return round(self.course.city.number(name) * UNIT)

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Step -> the places of its patterns."""
        places: dict[int, list[int]] = {step: [] for step in STEPS}
        for i, pattern in enumerate(self.pattern):
            places[pattern.step].append(i)
        return places


# --- the model -----------------------------------------------------------------------------------
def build_training(
    course: Course,
    year: Year,
    dates: Mapping[Pattern, int] | None = None,
) -> Model:
    """The unsolved model of one fiscal year, which can be written as text.

    Parameters
    ----------
    course, year : calendar and people; what the year asks for.
    dates : classes on each pattern where they are settled and only the seats are open; None where
        both are.
    """
    model, limit = cp_model.CpModel(), int(course.city.number("cohort_limit"))
    least = most = dates or {}
    if dates is None:
        most = {p: min(year.classes[p.step], limit) for p in _offered(course, year)}
        least = dict.fromkeys(most, 0)
    classes, seats = [], []
    for i, (pattern, count) in enumerate(most.items()):
        classes.append(model.new_int_var(least[pattern], count, f"y{i}"))
    for i, pattern in enumerate(most):
        room = course.lessons[pattern.step].seats * limit
        free = course.free(pattern) & (course.size > 0)  # (T3)
        people = {}
        for d in np.flatnonzero(free).tolist():
            most_people = min(int(course.size[d]), room)
            people[d] = model.new_int_var(0, most_people, f"x{i}_{d}")
        seats.append(people)
    built = Model(model, course, year, tuple(most), tuple(classes), tuple(seats))
    _add_seats(built)
    _add_weeks(built)
    _add_hours(built)
    _add_order(built)
    costs = list(_class_cost(built))
    for step in STEPS:
        if year.wanted[step].any():
            costs += _seat_cost(built, step)
    model.minimize(sum_of(costs))
    return built


def _offered(course: Course, year: Year) -> list[Pattern]:
    """The patterns worth a variable: not earlier than allowed, and some weeks of each month."""
    city = course.city
    early = int(city.number("shift_early"))
    most = min(max(2, int(city.number("cohort_limit"))), MOST)
    first = {}
    for step in STEPS:
        wanted = np.flatnonzero(year.wanted[step])
        earliest = min(wanted, default=len(year.month))
        first[step] = year.month[0] + earliest - early
    useful = []
    for pattern in course.patterns[year.fiscal]:
        if year.classes[pattern.step] and pattern.month >= first[pattern.step]:
            useful.append(pattern)
    offered = []
    for _, part in groupby(useful, key=lambda pattern: (pattern.step, pattern.month)):
        month = list(part)
        count = min(most, len(month))
        offered += [month[j * len(month) // count] for j in range(count)]
    return offered


def _add_seats(built: Model) -> None:
    model, course = built.model, built.course
    rows = zip(built.pattern, built.classes, built.people, strict=True)
    for pattern, classes, people in rows:
        seats = course.lessons[pattern.step].seats
        model.add(people[None] <= seats * classes)  # (T1)
        for section, part in people.items():
            if section is not None:
                model.add(part <= int(course.release[section]) * classes)  # (T2)


def _add_weeks(built: Model) -> None:
    model, course = built.model, built.course
    room = int(course.city.number("room_limit"))
    running: dict[int, list[cp_model.IntVar]] = {}
    online = []
    for pattern, classes in zip(built.pattern, built.classes, strict=True):
        for week in pattern.weeks:
            running.setdefault(week, []).append(classes)
        if pattern.online:
            online.append(classes)
    for week, here in running.items():
        half_days = HALVES * len(course.days[week])
        model.add(sum_of(here) <= half_days * room)  # (T5)
    share = round(course.city.number("online_share"))
    if online:  # (T4)
        every = built.held(built.places[1])
        model.add(100 * sum_of(online) <= share * every)


def _add_hours(built: Model) -> None:
    """(T8) for each month."""
    course, year = built.course, built.year
    hours = [class_hours(course, pattern) for pattern in built.pattern]
    teacher = np.full(len(year.month), course.city.number("teacher_hours"))
    for trainer, capacity in ((TEACHER, teacher), (COACH, year.coach)):
        for month, most in zip(year.month, capacity, strict=True):
            terms = []
            for taken, classes in zip(hours, built.classes, strict=True):
                amount = taken[trainer].get(month, 0.0)
                if amount:
                    terms.append(round(amount * UNIT) * classes)
            if terms:
                built.model.add(sum_of(terms) <= floor(most * UNIT + 1e-6))


def _add_order(built: Model) -> None:
    """(T6) by section, and by the whole town hall, whose rounding is finer."""
    for section in (*range(len(built.course.sections)), None):
        ended: Ended = []
        for step in STEPS:
            ended = _add_chain(built, step, section, ended)


def _add_chain(
    built: Model,
    step: int,
    section: int | None,
    before: Ended,
) -> Ended:
    """Limit the people of a section who have started a step up to each week.

    ``before``, and what comes out, is (last week, people) of those who will have ended a step.
    """
    model, course = built.model, built.course
    gap = int(course.city.number("step_gap"))
    people = built.year.pool[step]
    pool = float(people.sum() if section is None else people[section])
    ready = floor(max(0.0, pool) * THOUSAND + THOUSAND / 2)
    places = [i for i in built.places[step] if section in built.people[i]]
    follows = step < 3 and built.places[step + 1]
    if not before and not follows:
        # nothing follows or precedes within the year, so that the weeks do not matter
        model.add(THOUSAND * built.seated(places, section) <= ready)
        return []
    ended: Ended = []
    so_far: Expression | int = 0
    for week, part in groupby(places, key=lambda i: built.pattern[i].start):
        here = list(part)
        name = f"started{step}_{section}_{week}"
        started = model.new_int_var(0, int(course.staff.sum()), name)
        model.add(started == so_far + built.seated(here, section))
        done = [others for last, others in before if last + gap < week]
        able: Expression | int = ready
        if done:
            share = round(course.lessons[step - 1].done * THOUSAND)
            able = ready + share * done[-1]
        model.add(THOUSAND * started <= able)
        last = max(built.pattern[i].weeks[-1] for i in here)
        ended.append((last, started))
        so_far = started
    return ended


def _class_cost(built: Model) -> Iterator[Expression]:
    yield built.price("price_class") * sum_of(list(built.classes))
    limit = int(built.course.city.number("cohort_limit"))
    starts: dict[int, list[cp_model.IntVar]] = {}
    for pattern, classes in zip(built.pattern, built.classes, strict=True):
        starts.setdefault(pattern.start, []).append(classes)
        if built.course.new_year(pattern):
            yield built.price("price_cluster") * classes
    for week, here in starts.items():
        more = built.model.new_int_var(0, len(here) * limit, f"more{week}")
        built.model.add(more >= sum_of(here) - 1)
        yield built.price("price_cluster") * more


def _seat_cost(built: Model, step: int) -> Iterator[Expression]:
    """Costs of one step, with the rows that belong to it."""
    model, year, places = built.model, built.year, built.places[step]
    city = built.course.city
    limit = int(city.number("cohort_limit"))
    early = int(city.number("shift_early"))
    asked = np.cumsum(year.wanted[step]).tolist()
    model.add(built.held(places) <= year.classes[step])  # (T1)
    for d, desk in enumerate(built.course.desks):
        people = [built.seats[i][d] for i in places if d in built.seats[i]]
        model.add(sum_of(people) <= desk.staff)  # (T9)
    before: Expression | int = 0
    for j, month in enumerate(year.month):
        here = [i for i in places if built.pattern[i].month == month]
        most = asked[min(j + early, len(asked) - 1)]
        seated = model.new_int_var(0, most, f"seated{step}_{month}")  # (T10)
        model.add(seated == before + built.seated(here))
        model.add(built.held(here) <= limit)  # (T7)
        off = model.new_int_var(0, asked[-1], f"off{step}_{month}")
        model.add(off >= asked[j] - seated)
        model.add(off >= seated - asked[j])
        yield built.price("price_shift") * off
        before = seated
    yield _left_cost(built, step, asked[-1] - before)
    yield from _lack_cost(built, step)


def _lack_cost(built: Model, step: int) -> Iterator[Expression]:
    """People that sections lack of their fair shares, and sections still without anyone."""
    model, year, places = built.model, built.year, built.places[step]
    parts = built.course.parts
    if parts:
        room = {i: parts.most(built.pattern[i]) for i in places}
    lacks = []
    for section, share in enumerate(year.fair[step].tolist()):
        people = built.seated(places, section)
        if parts:  # the town hall knows only the room that classes have for a section
            people = sum_of([int(room[i][section]) * built.classes[i] for i in places])
        lack = model.new_int_var(0, share, f"lack{step}_{section}")
        lacks.append(lack)
        model.add(lack >= share - people)
        if year.first[step][section]:
            nobody = model.new_bool_var(f"nobody{step}_{section}")
            model.add(people + nobody >= 1)
            yield built.price("price_first") * nobody
    fair = int(year.fair[step].sum())
    model.add(sum_of(lacks) >= fair - built.seated(places))
    yield built.price("price_fair") * sum_of(lacks)


def _left_cost(built: Model, step: int, left: Expression) -> Expression:
    """People not seated: those of this year's wishes may wait a year where a class is left."""
    model, year = built.model, built.year
    spare = year.classes[step] - built.held(built.places[step])
    waiting = model.new_int_var(0, year.new[step], f"waiting{step}")
    model.add(waiting <= left)
    model.add(waiting <= year.hope[step] * spare)  # (T11)
    lost = built.price("price_seat") * (left - waiting)
    return lost + WAIT * built.price("price_shift") * waiting


# --- one year after the other --------------------------------------------------------------------
def plan_training(
    city: City, pmo: PmoPlan, staffing: StaffingPlan, effort: str | None = None
) -> TrainingPlan:
    """The classes of a city for the intake that its staffing plan chose.

    Parameters
    ----------
    city : the municipality.
    pmo : its roadmap: the months of its cutovers are busy for those who run the business.
    staffing : its people; ``intake`` says how many start which step in which month.
    effort : quick, standard or thorough; the city's own where None.

    Raises
    ------
    PlanError
        The intake is no intake: an unknown step, a share outside 0..1, negative people, a month
        outside the plan.
    """
    intake.check_intake(staffing)
    course = build_course(city, pmo, staffing)
    work = load_effort(effort or EFFORT[city.at("effort").word])
    seed = int(city.number("seed"))
    first = rest = intake.build_rest(course, staffing)
    runs, lost, cost, bound = [], [], 0, 0
    for fiscal in course.patterns:
        year = intake.build_year(course, rest, fiscal)
        answer = _answer(course, year, work, seed)
        rest, missed = intake.next_rest(course, rest, year, answer)
        runs += answer.run
        lost += missed
        cost += answer.cost
        bound += answer.bound
    tables = diary.tables(course, first, runs, lost)
    return TrainingPlan(city, outcome(cost, bound), *tables)


@dataclass(frozen=True, eq=False)
class YearSolution:
    """A solved model: classes and seats (place -> desk -> people) in each place, cost and bound."""

    built: Model
    classes: tuple[int, ...]
    seats: tuple[Mapping[int, int], ...]
    cost: int
    bound: int

    @property
    def dates(self) -> dict[Pattern, int]:
        """Classes on each pattern that is used."""
        rows = zip(self.built.pattern, self.classes, strict=True)
        return {pattern: count for pattern, count in rows if count}


def _answer(course: Course, year: Year, work: Effort, seed: int) -> YearRuns:
    """Dates for the town hall as one section, seats for these dates; both at once where it pays."""
    (short, long), hasty = work.classes, work.hasty
    town = _solved(build_training(course.town, year.town), short, seed, hasty)
    best = _solved(build_training(course, year, town.dates), short, seed, hasty)
    bound = min(town.bound, best.cost)
    size = len(town.built.pattern) * len(course.desks)
    if _worth(course, best, bound, size, work.classes):
        whole = build_training(course, year)
        _add_hint(whole, best)
        found = _solved(whole, long, seed)
        bound = max(bound, min(found.bound, found.cost))
        best = min((best, found), key=lambda solved: solved.cost)
    runs = []
    for pattern, seats in zip(best.built.pattern, best.seats, strict=True):
        if any(seats.values()):
            runs.append(_run(course, pattern, seats))
    return YearRuns(runs, best.cost, bound)


def _worth(
    course: Course,
    best: YearSolution,
    bound: int,
    size: int,
    limits: tuple[float, float],
) -> bool:
    """Whether to look for dates and seats at once: where there is time, or the model is small."""
    short, long = limits
    if not long or best.cost <= bound:
        return False
    if long >= short:
        return True
    # what might be gained, in the least price of a person, against the size
    price = min(course.city.number(name) for name in ("price_seat", "price_first")) * UNIT
    return size <= SMALL and (best.cost - bound) * SMALL >= price * size


def _solved(
    built: Model,
    limit: float,
    seed: int,
    hasty: bool = False,
) -> YearSolution:
    """The solved model.

    The limit grows until there is an answer, which is soon, as nobody need be seated.
    """
    status = cp_model.UNKNOWN
    while status == cp_model.UNKNOWN:
        solver = build_solver(limit, seed, 2, hasty)
        status = solver.solve(built.model)
        limit *= 2
    seats = []
    for people in built.seats:
        seats.append({d: solver.value(x) for d, x in people.items()})
    return YearSolution(
        built,
        tuple(map(solver.value, built.classes)),
        tuple(seats),
        round(solver.objective_value),
        ceil(solver.best_objective_bound - 1e-6),
    )


def _add_hint(built: Model, known: YearSolution) -> None:
    """Tell the solver an answer; patterns that it does not have are not used."""
    rows = zip(known.built.pattern, known.classes, known.seats, strict=True)
    answer = {pattern: (classes, seats) for pattern, classes, seats in rows}
    places = zip(built.pattern, built.classes, built.seats, strict=True)
    for pattern, count, people in places:
        classes, seats = answer.get(pattern, (0, {}))
        built.model.add_hint(count, classes)
        for d, x in people.items():
            built.model.add_hint(x, seats.get(d, 0))


def _run(course: Course, pattern: Pattern, seats: Mapping[int, int]) -> Run:
    """The fewest classes that hold the people of a pattern."""
    desk = np.zeros(len(course.desks), int)
    desk[list(seats)] = list(seats.values())
    people = np.bincount(course.owner, desk, len(course.sections))
    people = people.astype(int)
    by_seats = ceil(people.sum() / course.lessons[pattern.step].seats)
    by_release = -(-people // course.release)
    return Run(pattern, int(max(by_seats, *by_release)), people, desk)
