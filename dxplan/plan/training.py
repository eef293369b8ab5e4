"""The training plan: which class of which step starts in which week, and how many of each section sit in it.

One model for each fiscal year, in the order of the years: no class crosses 1 April, when people are transferred, so a
year hands on only the people by section and what it could not seat. A year is solved twice: for the town hall as one
section, which gives the dates and, as it allows more, the bound; then for the seats of the sections on these dates.
Where that may cost a seat or leave a section without anyone, dates and seats are looked for at once.

Sets        k steps 1..3, i patterns (a step and the weeks of its sessions), d desks (people of a section with the same
            busy months), s sections, m months and v weeks of the year
Given       a[k,m] people wanted by month (whole, what the year before left over first), b[k] classes paid for,
            n[k] seats, r[s] people a section sends away at one time, e[k] share that completes, q[k,s] fair share of
            the seats, h[i,m] coaching and g[i,m] teaching hours of a class, H[m] and G hours of coaches and teachers,
            P[k,s] people of a section who may take the step when the year begins
Choose      y[i] classes, x[i,d] people (whole)
            z[k] people of this year's wishes who wait for the next one
Minimise    price_seat x people wanted who neither sit nor wait + a year's price_shift x people who wait
            + price_shift x sum over months of people seated earlier or later than wanted
            + price_class x classes + price_cluster x classes that start in a week beside another
            + price_fair x people a section lacks of its fair share + price_first x sections still without anyone
Subject to  (T1 seats)     sum over d of x[i,d] <= n y[i];  sum of y <= b
            (T2 release)   sum over d of s of x[i,d] <= r[s] y[i]; the half days are chosen so that this holds at each
            (T3 season)    x[i,d] exists only where no session of i lies in a month in which d is busy or cut over
            (T4 council)   a session with managers on the spot lies in no week in which the council sits
            (T5 calendar)  sessions lie on open days outside the months that are busy for everyone;
                           sessions in a week <= its half days x rooms
            (T6 order)     by section and in all: people who start step k up to a week <= P[k,s]
                           + e[k-1] x those who ended step k-1 some weeks before (rounded to whole people)
            (T7 starts)    classes of a step that start in a month <= the limit
            (T8 hours)     sum of h y <= H and of g y <= G in each month
            (T9 once)      people of a desk in a step <= its people: nobody sits in a step twice in a year
            (T10 early)    people seated up to a month <= people wanted up to some months later
            (T11 wait)     z <= people that the classes left can take in the next year; nobody waits twice
"""

from __future__ import annotations

from collections.abc import Mapping
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
    STEPS,
    TEACHER,
    Course,
    Pattern,
    build_course,
    class_hours,
)
from dxplan.plan.intake import Answer, Run, Year
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.outcome import Effort, Outcome, build_solver, load_effort, outcome
from dxplan.town.city import City

UNIT = 100  # costs are counted in hundredths of a point
THOUSAND = 1000  # shares are counted in thousandths
WAIT = 12  # months that a person who waits for the next fiscal year counts as late
SMALL = (
    450  # desks x patterns up to which a plan at standard effort looks for dates and seats at once
)
MOST = 3  # starting weeks a month and step that are worth a variable
sum_of = cp_model.LinearExpr.sum


@dataclass(frozen=True)
class TrainingPlan:
    """The classes of one city; tables are not to be changed, people are whole.

    Attributes
    ----------
    cohort : a row a class: cohort, step, fiscal, start, finish (dates of the first and last session), people, seats,
        place, trainer.
    session : a row a session: cohort, step, no, day, begin (HH:MM), hours, place, trainer, title.
    seat : cohort, step, section, people.
    hours : month, section, hours (person-hours away from work).
    season : month, section, staff (人), busy (share 0..1 of them in a busy season or a cutover).
    funnel : step, asked, seated, done, dropped (人).
    trainer : month, trainer, hours, capacity (時間).
    automation : fiscal, works (件, new in the year), hours (時間/年, in use at the year's end).
    redeploy : fiscal, use (front, change, overtime), hours (時間/年).
    unseated : month (wanted), step, people, reason (seats, season, coach, calendar, order, release).
    belief : question, answer, chosen, people (人), section (課), coach (時間), works (件), change (人).
    outcome : cost and bound in hundredths of a point: the sum over the fiscal years, each given the years before.
    """

    city: City
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
    outcome: Outcome


@dataclass(frozen=True, eq=False)
class Model:
    """The unsolved model of a year: in each place a pattern, its class variable, its seat variables by desk."""

    model: cp_model.CpModel
    course: Course
    year: Year
    pattern: tuple[Pattern, ...]
    classes: tuple[cp_model.IntVar, ...]
    seats: tuple[Mapping[int, cp_model.IntVar], ...]

    @cached_property
    def people(self) -> tuple[dict, ...]:
        """Section -> people of it in the classes of each pattern; None -> all of them."""
        found = []
        for seats in self.seats:
            parts: dict = {None: list(seats.values())}
            for d, x in seats.items():
                parts.setdefault(self.course.desks[d].section, []).append(x)
            found.append({section: sum_of(xs) for section, xs in parts.items()})
        return tuple(found)

    def total(self, i: int, section: int | None = None):
        """People in the classes of a pattern, of one section or of all."""
        return self.people[i].get(section, 0)

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Step -> the places of its patterns."""
        return {step: [i for i, p in enumerate(self.pattern) if p.step == step] for step in STEPS}


# --- the model -----------------------------------------------------------------------------------------
def build_training(course: Course, year: Year, dates: Mapping[Pattern, int] | None = None) -> Model:
    """The unsolved model of one fiscal year, which can be written as text.

    Parameters
    ----------
    course, year : calendar and people; what the year asks for.
    dates : classes on each pattern where they are settled and only the seats are open; None where both are.
    """
    model, limit = cp_model.CpModel(), int(course.city.number("cohort_limit"))
    pattern = _offered(course, year) if dates is None else tuple(dates)
    most = {p: min(year.classes[p.step], limit) for p in pattern} if dates is None else dates
    classes = tuple(
        model.new_int_var(0 if dates is None else most[p], most[p], f"y{i}")
        for i, p in enumerate(pattern)
    )
    seats = tuple(
        {
            d: model.new_int_var(
                0, min(int(course.size[d]), course.lessons[p.step].seats * limit), f"x{i}_{d}"
            )
            for d in np.flatnonzero(course.free(p) & (course.size > 0)).tolist()
        }
        for i, p in enumerate(pattern)
    )  # (T3)
    built = Model(model, course, year, pattern, classes, seats)
    for i in range(len(pattern)):
        _add_seats(built, i)
    _add_weeks(built)
    _add_hours(built)
    _add_order(built)
    wanted = [step for step in STEPS if year.wanted[step].any()]
    model.minimize(
        sum_of(
            [*_class_cost(built), *(term for step in wanted for term in _seat_cost(built, step))]
        )
    )
    return built


def _offered(course: Course, year: Year) -> tuple[Pattern, ...]:
    """The patterns worth a variable: not earlier than allowed, and some weeks of each month."""
    early, found = int(course.city.number("shift_early")), []
    keep = min(max(2, int(course.city.number("cohort_limit"))), MOST)
    first = {
        k: next((m for m, people in zip(year.month, year.wanted[k]) if people), year.month[-1] + 1)
        for k in STEPS
    }
    useful = [
        p
        for p in course.patterns[year.fiscal]
        if year.classes[p.step] and p.month >= first[p.step] - early
    ]
    for _, part in groupby(useful, key=lambda p: (p.step, p.month)):
        run = list(part)
        found += [run[j * len(run) // min(keep, len(run))] for j in range(min(keep, len(run)))]
    return tuple(found)


def _add_seats(built: Model, i: int) -> None:
    model, course, classes = built.model, built.course, built.classes[i]
    people = built.total(i)
    model.add(people <= course.lessons[built.pattern[i].step].seats * classes)  # (T1)
    for section, part in built.people[i].items():
        if section is not None:
            model.add(part <= int(course.release[section]) * classes)  # (T2)


def _add_weeks(built: Model) -> None:
    model, course, room = built.model, built.course, int(built.course.city.number("room_limit"))
    running: dict[int, list] = {}
    for p, classes in zip(built.pattern, built.classes):
        for week in p.weeks:
            running.setdefault(week, []).append(classes)
    for week, found in running.items():
        model.add(sum_of(found) <= HALVES * len(course.days[week]) * room)  # (T5)
    online = [y for p, y in zip(built.pattern, built.classes) if p.online]
    share = round(course.city.number("online_share"))
    if online:  # (T4)
        model.add(
            100 * sum_of(online) <= share * sum_of([built.classes[i] for i in built.places[1]])
        )


def _add_hours(built: Model) -> None:
    model, course, year = built.model, built.course, built.year
    wants = [class_hours(course, p) for p in built.pattern]
    teacher = np.full(len(year.month), course.city.number("teacher_hours"))
    for trainer, capacity in ((TEACHER, teacher), (COACH, year.coach)):
        for month, hours in zip(year.month, capacity):
            taken = [(want[trainer].get(month, 0.0), y) for want, y in zip(wants, built.classes)]
            terms = [round(amount * UNIT) * y for amount, y in taken if amount]
            if terms:
                model.add(sum_of(terms) <= floor(hours * UNIT + 1e-6))  # (T8)


def _add_order(built: Model) -> None:
    """(T6) by section, and by the whole town hall, whose rounding is finer."""
    for section in (*range(len(built.course.sections)), None):
        ended: list[tuple[int, object]] = []
        for step in STEPS:
            pool = built.year.pool[step]
            ended = _add_chain(
                built, step, section, float(pool.sum() if section is None else pool[section]), ended
            )


def _add_chain(built: Model, step: int, section: int | None, pool: float, before: list) -> list:
    """People of a section who have started up to each week; (last week, people) of those who will have ended."""
    model, gap, found, so_far = built.model, int(built.course.city.number("step_gap")), [], 0
    share = round(built.course.lessons[step - 1].done * THOUSAND) if step > 1 else 0
    ready = floor(max(0.0, pool) * THOUSAND + THOUSAND / 2)
    places = [i for i in built.places[step] if section in built.people[i]]
    if not before and not (
        step < 3 and built.places[step + 1]
    ):  # nothing follows or precedes within the year
        model.add(THOUSAND * sum_of([built.total(i, section) for i in places]) <= ready)
        return []
    for week, part in groupby(places, key=lambda i: built.pattern[i].start):
        here = list(part)
        started = model.new_int_var(
            0, int(built.course.staff.sum()), f"started{step}_{section}_{week}"
        )
        model.add(started == so_far + sum_of([built.total(i, section) for i in here]))
        done = [people for last, people in before if last + gap < week]
        model.add(THOUSAND * started <= ready + (share * done[-1] if done else 0))
        found.append((max(built.pattern[i].weeks[-1] for i in here), started))
        so_far = started
    return found


def _class_cost(built: Model):
    city, model = built.course.city, built.model
    yield round(city.number("price_class") * UNIT) * sum_of(list(built.classes))
    start = dict.fromkeys(p.start for p in built.pattern)
    for week in start:
        here = [y for p, y in zip(built.pattern, built.classes) if p.start == week]
        more = model.new_int_var(0, len(here) * int(city.number("cohort_limit")), f"more{week}")
        model.add(more >= sum_of(here) - 1)
        yield round(city.number("price_cluster") * UNIT) * more


def _seat_cost(built: Model, step: int):
    """Costs of one step, with the rows that belong to it."""
    model, course, year, places = built.model, built.course, built.year, built.places[step]
    city, before = course.city, 0
    limit, early = int(city.number("cohort_limit")), int(city.number("shift_early"))
    asked = np.cumsum(year.wanted[step])
    model.add(sum_of([built.classes[i] for i in places]) <= year.classes[step])  # (T1)
    for d, desk in enumerate(course.desks):
        model.add(
            sum_of([built.seats[i][d] for i in places if d in built.seats[i]]) <= desk.staff
        )  # (T9)
    for j, month in enumerate(year.month):
        here = [i for i in places if built.pattern[i].month == month]
        seated = model.new_int_var(
            0, int(asked[min(j + early, len(asked) - 1)]), f"seated{step}_{month}"
        )  # (T10)
        model.add(seated == before + sum_of([built.total(i) for i in here]))
        model.add(sum_of([built.classes[i] for i in here]) <= limit)  # (T7)
        off = model.new_int_var(0, int(asked[-1]), f"off{step}_{month}")
        model.add(off >= int(asked[j]) - seated)
        model.add(off >= seated - int(asked[j]))
        yield round(city.number("price_shift") * UNIT) * off
        before = seated
    yield from _left_cost(built, step, int(asked[-1]) - before)
    yield from _lack_cost(built, step)


def _lack_cost(built: Model, step: int):
    """People that sections lack of their fair shares, and sections still without anyone."""
    model, city, year, places, lacks = (
        built.model,
        built.course.city,
        built.year,
        built.places[step],
        [],
    )
    parts = built.course.parts or built.course
    room = {i: parts.most(built.pattern[i]) for i in places}
    for section, share in enumerate(year.fair[step].tolist()):
        people = sum_of(
            [
                int(room[i][section]) * built.classes[i]
                if built.course.parts
                else built.total(i, section)
                for i in places
            ]
        )
        lacks.append(model.new_int_var(0, share, f"lack{step}_{section}"))
        model.add(lacks[-1] >= share - people)
        if year.first[step][section]:
            nobody = model.new_bool_var(f"nobody{step}_{section}")
            model.add(people + nobody >= 1)
            yield round(city.number("price_first") * UNIT) * nobody
    model.add(
        sum_of(lacks) >= int(year.fair[step].sum()) - sum_of([built.total(i) for i in places])
    )
    yield round(city.number("price_fair") * UNIT) * sum_of(lacks)


def _left_cost(built: Model, step: int, left):
    """People not seated: those of this year's wishes for whom a class is left may wait a year; the others are lost."""
    model, city, year = built.model, built.course.city, built.year
    spare = year.classes[step] - sum_of([built.classes[i] for i in built.places[step]])
    waiting = model.new_int_var(0, year.new[step], f"waiting{step}")
    model.add(waiting <= left)
    model.add(waiting <= year.hope[step] * spare)  # (T11)
    shift, seat = (round(city.number(name) * UNIT) for name in ("price_shift", "price_seat"))
    yield seat * (left - waiting) + WAIT * shift * waiting


# --- one year after the other --------------------------------------------------------------------------
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
        The intake is no intake: an unknown step, a share outside 0..1, negative people, a month outside the plan.
    """
    intake.check_intake(staffing)
    course = build_course(city, pmo, staffing)
    work = load_effort(effort or EFFORT[city.at("effort").value])
    first = rest = intake.build_rest(course, staffing)
    run, lost, cost, bound = [], [], 0, 0
    for fiscal in course.patterns:
        year = intake.build_year(course, rest, fiscal)
        answer = _answer(course, year, work, int(city.number("seed")))
        rest, missed = intake.next_rest(course, rest, year, answer)
        run, lost, cost, bound = (
            run + answer.run,
            lost + missed,
            cost + answer.cost,
            bound + answer.bound,
        )
    return TrainingPlan(city, *diary.tables(course, first, run, lost), outcome(cost, bound))


@dataclass(frozen=True, eq=False)
class Solved:
    """A solved model: classes and seats (place -> desk -> people) in each place, cost and bound."""

    built: Model
    classes: tuple[int, ...]
    seats: tuple[Mapping[int, int], ...]
    cost: int
    bound: int

    @property
    def dates(self) -> dict[Pattern, int]:
        """Classes on each pattern that is used."""
        return {p: count for p, count in zip(self.built.pattern, self.classes) if count}


def _answer(course: Course, year: Year, work: Effort, seed: int) -> Answer:
    """The dates for the town hall as one section, the seats for these dates, and both at once where it is worth it."""
    limits, hasty = work.classes, work.hasty
    town = _solved(build_training(course.town, year.town), limits[0], seed, hasty)
    best = _solved(build_training(course, year, town.dates), limits[0], seed, hasty)
    bound = min(town.bound, best.cost)
    if _worth(course, best, bound, len(town.built.pattern) * len(course.desks), limits):
        whole = build_training(course, year)
        _add_hint(whole, best)
        found = _solved(whole, limits[1], seed)
        best, bound = (
            min((best, found), key=lambda s: s.cost),
            max(bound, min(found.bound, found.cost)),
        )
    run = [
        _run(course, p, seats)
        for p, seats in zip(best.built.pattern, best.seats)
        if sum(seats.values())
    ]
    return Answer(run, best.cost, bound)


def _worth(
    course: Course, best: Solved, bound: int, size: int, limits: tuple[float, float]
) -> bool:
    """Whether to look for dates and seats at once: where there is time, else the sooner the smaller the model."""
    if not limits[1] or best.cost <= bound:
        return False
    price = min(course.city.number(name) for name in ("price_seat", "price_first")) * UNIT
    return limits[1] >= limits[0] or size <= SMALL and (best.cost - bound) * SMALL >= price * size


def _solved(built: Model, limit: float, seed: int, hasty: bool = False) -> Solved:
    """The solved model; the limit grows until there is an answer, which is soon, as nobody need be seated."""
    status = cp_model.UNKNOWN
    while status == cp_model.UNKNOWN:
        solver = build_solver(limit, seed, 2, hasty)
        status, limit = solver.solve(built.model), 2 * limit
    seats = tuple({d: solver.value(x) for d, x in seats.items()} for seats in built.seats)
    return Solved(
        built,
        tuple(map(solver.value, built.classes)),
        seats,
        round(solver.objective_value),
        ceil(solver.best_objective_bound - 1e-6),
    )


def _add_hint(built: Model, known: Solved) -> None:
    place = {p: i for i, p in enumerate(known.built.pattern)}
    for pattern, classes, seats in zip(built.pattern, built.classes, built.seats):
        i = place.get(pattern)
        built.model.add_hint(classes, 0 if i is None else known.classes[i])
        for d, x in seats.items():
            built.model.add_hint(x, 0 if i is None else known.seats[i][d])


def _run(course: Course, pattern: Pattern, seats: Mapping[int, int]) -> Run:
    desk = np.bincount(list(seats), list(seats.values()), len(course.desks)).astype(int)
    people = np.bincount(course.owner, desk, len(course.sections)).astype(int)
    classes = max(
        ceil(people.sum() / course.lessons[pattern.step].seats), *(-(-people // course.release))
    )
    return Run(pattern, int(classes), people, desk)
