"""How many people to grow, hire and borrow, by month, tier and form.

Sets        t months 0..T-1, q quarters, r roles (dx, promotion, daily, section),
            f forms (outside or own), s steps 1..3
Given       D[r,t] work (FTE), B[t] time of the DX section (FTE), G[t] time of the sections for the
            migration (FTE), e[f] FTE of one engagement, c[f,t] its cost,
            l[s], d[s], m[s] seats, share done and months of a class,
            h own counterpart of an outsider (FTE/FTE),
            g growth of autonomy (FTE a paired FTE-month),
            k[t] share of autonomy and a share of people that stay,
            b share of time of a 変革人材 in a section
Choose      u[f,q], n[f,q] engagements begun and running (whole),
            v[s,t] classes begun (whole), i[s,t] people begun,
            w[f,r,t] work of outsiders and hires, o[r,t] own work of the DX section,
            p[t] promotion by 変革人材, z[t] own work of the sections, x[r,t] shortage,
            P[t] paired work, A[t] autonomy of the DX section,
            N, U, V, C[t] people without a step, 活用, after step 2, 変革 in the sections,
            coaching and pairing time of both
Minimise    engagements + classes + own time at its conversion + price of shortage
            + price of missed targets
Subject to  (S1 cover)     o + p + z + sum of w + x = D                          for each r, t
            (S2 time)      DX section: work + coaching + pairing <= B
            (S3 part)      変革 in the sections: promotion + coaching <= b C
            (S4 section)   z <= G - time spent learning + over,
                           where over (FTE) costs a hair more than a shortage
            (S5 able)      driving work and coaching by the DX section <= A
            (S6 autonomy)  A[t+1] <= k A + g P,  A <= experienced people of the DX section
            (S7 heads)     N, U, V, C move by classes, leavers and 1 April;
                           leavers are followed by recruits in N
            (S8 form)      work and coaching of f <= e n;
                           n between the last l and m quarters' starts; yearly limits
            (S9 pair)      P <= driving work of outsiders, h P = pairing time;
                           P >= the least share (both, mix)
            (S10 coach)    coaching >= what running classes want
            (S11 class)    i <= seats x v;  a class ends within its fiscal year;
                           v <= a month's limit x months of the season in which it can still begin
            (S12 exit)     n = 0 after the exit date (both, mix)
            (S13 target)   heads + missing heads >= a straight way to the target,
                           at each fiscal year's end
            (S14 small)    the classes of a step in a season <= a month's limit
                           + people of the step before it / seats
Strategies differ by bounds and S9, S12 alone: own has no outsider; outside has no class, hire or
pairing and no exit; mix has limits of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.plan import roster
from dxplan.plan.people import DRIVE, HOURS, OWN, ROLES, Offer, People, Step, load_people
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.roster import Values
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.solve.linear import FREE, WHOLE, Linear, Numbers, Solution, Start, Term, plan_linear
from dxplan.solve.outcome import OPTIMAL, STOPPED, Outcome, PlanError, load_effort
from dxplan.town.city import City

STRATEGY = {
    "二刀流": "both",
    "自前のみ": "own",
    "外部のみ": "outside",
    "独自の組合せ": "mix",
}
# first month of a season of classes, and its months: after the moves of April
CLASS_MONTHS = {
    5: 3,
    8: 2,
    10: 3,
    1: 3,
}
PROVEN = 1e-6  # a gap below this is none
POINT = 1e-6  # the program counts in millions of yen
# price of learning beyond what the sections have, in prices of a shortage: work waits first
OVER = 1.01


@dataclass(frozen=True)
class StaffingPlan:
    """The people of one city by month; tables are not to be changed.

    Attributes
    ----------
    cover : demand of each role (dx, promotion, daily, section) and who covers it: own, outside,
        short (FTE).
    head : balance of heads (人) by month and tier (none, use, change, core):
        start + gained + hired - lost = finish.
    pyramid : targets by section and tier; section '' is the whole town hall.
    intake : classes (cohort) and people (intake) of each step by month, months a class, share done.
    contract : engagements: form, kind, count, start, finish, months, fte and yen (each, a month),
        once (円), autonomy (FTE that own people can do alone when it ends).
    outside : engagements running by month and form: count, fte, yen.
    autonomy : autonomy and paired (FTE), wanted and covered (standing work, FTE),
        share (of outsiders, 0..1).
    load : what falls on own people: group (dx, change), people, capacity and work (FTE), share.
    cost : money spent by fiscal year and item (円).
    able : FTE [T] that can work on the migration, given everything else that is done.
    self_reliant : first month from which own people cover the standing work to the end, or None.
    exit : last day of the last outsider, or None.
    outcome : status, bound (円) and gap.
    value : what was minimised (円, with the weights of what is short).
    warm : what the staffing of a changed city can start from.
    """

    city: City
    strategy: str
    month: tuple[date, ...]
    cover: pd.DataFrame
    head: pd.DataFrame
    pyramid: pd.DataFrame
    intake: pd.DataFrame
    contract: pd.DataFrame
    outside: pd.DataFrame
    autonomy: pd.DataFrame
    load: pd.DataFrame
    cost: pd.DataFrame
    able: Floats
    self_reliant: date | None
    exit: date | None
    outcome: Outcome
    value: float
    warm: Start | None = None


# --- the program ---------------------------------------------------------------------------------
def build_staffing(city: City, pmo: PmoPlan, strategy: str | None = None) -> Linear:
    """The staffing of a city as an unsolved program; it can be written as MPS or LP text."""
    model, _ = build_people(load_people(city, pmo), _strategy(city, strategy))
    return model


def _strategy(city: City, word: str | None) -> str:
    word = word or STRATEGY[city.at("strategy").word]
    strategies = STRATEGY.values()
    if word not in strategies:
        raise PlanError(f"strategy {word!r} is not known; use one of {', '.join(strategies)}.")
    return word


def build_people(people: People, strategy: str) -> tuple[Linear, SimpleNamespace]:
    """The program and the positions of its variables, by the letters of the heading."""
    model, at = Linear(), SimpleNamespace()
    _add_work(model, at, people)
    _add_forms(model, at, people, strategy)
    _add_classes(model, at, people, strategy)
    _add_cover(model, at, people)
    _add_time(model, at, people)
    _add_learning(model, at, people)
    _add_autonomy(model, at, people)
    _add_pairs(model, at, people, strategy)
    _add_heads(model, at, people)
    _add_targets(model, at, people)
    return model, at


def _add_work(model: Linear, at: SimpleNamespace, people: People) -> None:
    city, count = people.city, people.count
    own = city.number("own_time_yen") * POINT
    short = city.number("price_short") * POINT * people.tail
    at.own = {role: model.columns(f"o_{role}", count) for role in OWN}
    at.part = model.columns("p", count, own)
    at.section = model.columns("z", count)
    at.short = {role: model.columns(f"x_{role}", count, short) for role in ROLES}
    at.coach_dx = model.columns("coach_dx", count)
    at.coach_part = model.columns("coach_part", count, own)
    at.pair = model.columns("pair", count)
    at.paired = model.columns("P", count)
    at.autonomy = model.columns("A", count)


def _window(columns: Ints, length: int) -> Ints:
    """Positions [n, length] of what began now, one step before and so on; -1 before the plan."""
    count = len(columns)
    begun = np.arange(count)[:, None] - np.arange(min(length, count))
    return np.where(begun >= 0, columns[begun], -1)


# --- forms of outsiders and hires ----------------------------------------------------------------
def _add_forms(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    strategy: str,
) -> None:
    at.run, at.begin, at.work, at.coach = {}, {}, {}, {}
    for tag, offer in enumerate(people.offers):
        _add_form(model, at, people, tag, strategy)
        name = offer.name
        _add_runs(model, people, tag, at.run[name], at.begin[name])
    if strategy == "mix":
        terms = []
        for offer in people.offers_of("outside"):
            running = at.run[offer.name][people.quarter]
            terms.append((running, offer.fte))
        limit = people.city.number("mix_outside")
        model.add("mix_outside", terms, high=limit)


def _add_form(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    tag: int,
    strategy: str,
) -> None:
    offer, count = people.offers[tag], people.count
    form, limit, year = offer.form, offer.limit, offer.year
    if strategy in ("own", "outside") and strategy != form.kind:
        limit = year = 0
    running = limit * _allowed(people, offer, strategy)
    fresh = year * _startable(people, offer)
    monthly = np.bincount(people.quarter, offer.yen * people.tail).astype(float) * POINT
    once = offer.once * POINT
    quarters = len(monthly)
    run = model.columns(f"n{tag}", quarters, monthly, running, True)
    begin = model.columns(f"u{tag}", quarters, once, fresh, True)
    work = {role: model.columns(f"w{tag}_{role}", count) for role in form.roles}
    coach = np.full(count, -1)  # no variable
    if form.coach:
        coach = model.columns(f"coach{tag}", count)
    at.run[form.name] = run
    at.begin[form.name] = begin
    at.work[form.name] = work
    at.coach[form.name] = coach
    engaged = (run[people.quarter], -offer.fte)
    model.add(f"S8_form{tag}", [*work.values(), coach, engaged], high=0)


def _allowed(people: People, offer: Offer, strategy: str) -> Flags:
    """Whether the form may run in each quarter: an outsider is gone by the exit date (S12)."""
    last = np.append(people.begins[1:], people.count) - 1
    if offer.form.kind == "own" or strategy == "outside":
        return np.ones(len(last), bool)
    month = np.array(people.month, "datetime64[M]")
    leaving = people.city.at("exit_date").day
    within: Flags = month[last] <= np.datetime64(leaving, "M")
    return within


def _startable(people: People, offer: Offer) -> Flags:
    """Whether an engagement may begin in each quarter: after its lead time; hires in April."""
    calendar = people.calendar[people.begins]
    first: Flags = calendar == 4
    if offer.form.kind != "own":
        # a plan that starts inside a quarter is too late for its first month, unless there is no
        # lead
        first = (calendar % 3 == 1) | (offer.lead == 0)
    return first & (people.begins >= offer.lead)


def _add_runs(
    model: Linear,
    people: People,
    tag: int,
    run: Ints,
    begin: Ints,
) -> None:
    """N is what began and has not ended, by the shortest and the longest engagement."""
    offer = people.offers[tag]
    least = offer.least
    calendar = people.calendar[people.begins]
    shortest, longest = _window(begin, least), _window(begin, offer.most)
    model.add(f"S8_least{tag}", [run, (shortest, -1)], low=0)
    model.add(f"S8_most{tag}", [run, (longest, -1)], high=0)
    if calendar[0] % 3 != 1 and least < len(run):
        # what begins in a quarter that is not whole runs one more
        more = run[least : least + 1]
        model.add(f"S8_first{tag}", [more, (begin[:1], -1)], low=0)
    before = np.append(-1, run[:-1])
    model.add(f"S8_step{tag}", [run, (before, -1), (begin, -1)], high=0)
    if offer.form.kind == "own":
        # appointed from 1 April to 31 March: none ends within the year
        within = calendar != 4
        model.add(f"S8_march{tag}", [run[within], (before[within], -1)], low=0)
    years = people.fiscal[people.begins]
    for year in np.unique(years):
        starts = begin[None, years == year]
        model.add(f"S8_year{tag}_{year}", [starts], high=offer.year)


# --- classes -------------------------------------------------------------------------------------
def _add_classes(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    strategy: str,
) -> None:
    at.classes, at.intake = {}, {}
    for step in people.steps:
        room = np.zeros(people.count, int)
        if strategy != "outside":
            room = _class_starts(people, step.months)
        _add_step(model, at, people, step, room)
    if strategy != "mix":
        return
    limit = int(people.city.number("mix_cohort"))
    for year in np.unique(people.fiscal):
        inside = people.fiscal == year
        held = np.concatenate([classes[inside] for classes in at.classes.values()])
        model.add(f"mix_class_{year}", [held[None]], high=limit)


def _add_step(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    step: Step,
    room: Ints,
) -> None:
    """The classes of a step; they begin where months of a season are left [T]."""
    city, no, count = people.city, step.no, people.count
    limit = int(city.number("cohort_limit"))
    price = step.yen * POINT
    learn = step.hours / HOURS * city.number("own_time_yen") * POINT
    free = np.where(room > 0, FREE, 0)
    classes = model.columns(f"v{no}", count, price, limit * room, True)
    intake = model.columns(f"i{no}", count, learn, free)
    at.classes[no], at.intake[no] = classes, intake
    spots = np.flatnonzero(room)
    if len(spots):
        earlier = np.tri(len(spots), k=-1, dtype=bool)
        before = np.where(earlier, intake[spots], -1)
        terms: list[Term] = [classes[spots], (before, -1 / step.seats)]
        model.add(f"S14_small{no}", terms, high=limit)
    model.add(f"S11_class{no}", [intake, (classes, -step.seats)], high=0)


def _class_starts(people: People, length: int) -> Ints:
    """Months of the season left [T] where a class may begin and ends before 1 April and the end."""
    month = np.arange(people.count)
    season = np.array([CLASS_MONTHS.get(m, 0) for m in people.calendar.tolist()])
    to_april = (3 - people.calendar) % 12 + 2 - length
    to_end = people.count - month - length
    room = np.minimum(season, np.minimum(to_april, to_end))
    ready = month >= people.city.number("step_lead")
    return np.where(ready, np.maximum(room, 0), 0)


# --- who does what -------------------------------------------------------------------------------
def _add_cover(model: Linear, at: SimpleNamespace, people: People) -> None:
    for role in ROLES:
        terms = [at.own.get(role, at.section), at.short[role]]
        if role == "promotion":
            terms.append(at.part)
        terms += [work[role] for work in at.work.values() if role in work]
        demand = people.demand[role]
        model.add(f"S1_{role}", terms, demand, demand)


def _add_time(model: Linear, at: SimpleNamespace, people: People) -> None:
    share = people.city.number("change_share") / 100
    at.change = model.columns("C", people.count)
    model.add(
        "S2_time",
        [*at.own.values(), at.coach_dx, at.pair],
        high=people.work_time,
    )
    model.add(
        "S3_part",
        [at.part, at.coach_part, (at.change, -share)],
        high=0,
    )


def _add_learning(model: Linear, at: SimpleNamespace, people: People) -> None:
    """What classes take: the time of the learners (S4) and of those who coach them (S10)."""
    sections = sum(section.staff.number for section in people.city.sections)
    part = min(1.0, sections / people.staff)
    spots = np.flatnonzero(people.demand["section"])
    price = OVER * people.city.number("price_short") * POINT
    over = model.columns("over", len(spots), price)
    times = [at.section[spots], (over, -1)]
    coaching = [at.coach_dx, at.coach_part, *at.coach.values()]
    for step in people.steps:
        learners = _window(at.intake[step.no], step.months)
        share = part * step.hours / step.months / HOURS
        times.append((learners[spots], share))
        running = _window(at.classes[step.no], step.months)
        coaching.append((running, -step.coach))
    model.add("S4_section", times, high=people.section[spots])
    model.add("S10_coach", coaching, low=0)


def _add_autonomy(model: Linear, at: SimpleNamespace, people: People) -> None:
    alone = at.autonomy
    driving = [at.own[role] for role in DRIVE]
    gain = people.city.number("autonomy_gain")
    experienced = people.posts["core"] + people.posts["able"]
    model.add(
        "S5_able",
        [*driving, at.coach_dx, (alone, -1)],
        high=0,
    )
    model.add("S6_heads", [alone], high=experienced[:-1])
    model.add(
        "S6_autonomy",
        [
            alone[1:],
            (alone[:-1], -people.kept[:-1]),
            (at.paired[:-1], -gain),
        ],
        high=0,
    )
    model.add("S6_start", [alone[:1]], high=people.autonomy)


def _add_pairs(
    model: Linear,
    at: SimpleNamespace,
    people: People,
    strategy: str,
) -> None:
    driving = []
    for offer in people.offers_of("outside"):
        work = at.work[offer.name]
        driving += [work[role] for role in DRIVE if role in work]
    most = [(work, -1) for work in driving]
    model.add("S9_paired", [at.paired, *most], high=0)
    pair = people.city.number("pair_share")
    model.add("S9_time", [at.pair, (at.paired, -pair)], 0, 0)
    if strategy == "outside":
        model.add("S9_none", [at.paired], high=0)
    elif strategy != "own":
        share = people.city.number("pair_least") / 100
        least = [(work, -share) for work in driving]
        model.add("S9_least", [at.paired, *least], low=0)


# --- heads ---------------------------------------------------------------------------------------
def _add_heads(model: Linear, at: SimpleNamespace, people: People) -> None:
    at.none = model.columns("N", people.count)
    at.use = model.columns("U", people.count)
    at.alum = model.columns("V", people.count)
    for name, heads in people.start.items():
        model.add(f"S7_start_{name}", [getattr(at, name)[:1]], heads, heads)
    for step, columns in enumerate((at.none, at.use, at.alum), 1):
        model.add(f"S7_from{step}", [at.intake[step], (columns, -1)], high=0)
    most = np.where(people.april[1:], FREE, 0)
    at.recruit = model.columns("recruit", people.count - 1, upper=most)
    _add_moves(model, at, people)
    full = np.flatnonzero(people.april)
    if len(full):
        town = people.staff - people.city.number("dx_staff")
        pools = [
            at.none[full],
            at.use[full],
            at.alum[full],
            at.change[full],
        ]
        learners = _learners(at, people.steps, full)
        model.add("S7_full", pools + learners, town, town)


def _add_moves(model: Linear, at: SimpleNamespace, people: People) -> None:
    """The people of each pool a month later: who begins a class leaves it, who ends one comes."""
    stay = people.stay
    gone = np.where(people.april[1:], people.moved, 0.0)
    left, done, failed = {}, {}, {}
    for step in people.steps:
        intake = at.intake[step.no]
        ended = _window(intake, step.months + 1)[1:, -1]
        left[step.no] = (intake[:-1], -stay)
        done[step.no] = (ended, step.done)
        failed[step.no] = (ended, 1 - step.done)
    transferred = (at.change[:-1], stay * gone)
    moves: dict[str, tuple[Numbers, list[Term]]] = {
        "none": (stay, [left[1], failed[1], at.recruit]),
        "use": (stay, [left[2], done[1], failed[2]]),
        "alum": (stay, [left[3], done[2], failed[3], transferred]),
        "change": (stay * (1 - gone), [done[3]]),
    }
    for name, (kept, terms) in moves.items():
        columns = getattr(at, name)
        later, now = (columns[1:], -1), (columns[:-1], kept)
        model.add(f"S7_{name}", [later, now, *terms], 0, 0)


def _learners(
    at: SimpleNamespace,
    steps: Sequence[Step],
    spots: Ints,
) -> list[Ints]:
    """Positions of those who began a class in an earlier month and are in it at some months."""
    return [_window(at.intake[step.no], step.months)[spots, 1:] for step in steps]


def _add_targets(model: Linear, at: SimpleNamespace, people: People) -> None:
    """Heads missing at each fiscal year's end against a straight way to the target date."""
    city, start = people.city, people.start
    core, able = people.posts["core"], people.posts["able"]
    spots = np.flatnonzero(people.calendar == 3)
    months_to_go = people.index(city.at("people_date").day) + 1
    pace = np.minimum(1.0, (spots + 1) / months_to_go)
    quarter = people.quarter[spots]
    hires = [at.run[offer.name][quarter] for offer in people.core_offers]
    learners = _learners(at, people.steps[1:], spots)
    users = [at.use[spots], at.alum[spots], *learners]
    # heads now, heads that are known beforehand, those that the plan decides, price of one missing
    tiers = {
        "core": (core[0], core[spots], hires, "price_people"),
        "change": (
            able[0] + start["change"],
            able[spots],
            [at.change[spots]],
            "price_people",
        ),
        "use": (start["use"], 0.0, users, "price_use"),
    }
    for tier, (now, given, decided, price) in tiers.items():
        # the mean over the years: a longer plan wants its targets no more than a short one
        weight = city.number(price) * POINT / len(spots)
        missing = model.columns(f"miss_{tier}", len(spots), weight)
        way = now + pace * max(0.0, people.targets[tier] - now)
        model.add(f"S13_{tier}", [missing, *decided], low=way - given)


# --- the door ------------------------------------------------------------------------------------
def plan_staffing(
    city: City,
    pmo: PmoPlan,
    strategy: str | None = None,
    effort: str | None = None,
    last: StaffingPlan | None = None,
) -> StaffingPlan:
    """The people of a city for its roadmap.

    Parameters
    ----------
    city : the municipality.
    pmo : its roadmap, whose demand is covered.
    strategy : both, own, outside or mix; the city's own where None.
    effort : quick, standard or thorough; the city's own where None.
    last : the plan before a small change, to start from; what comes out is then near,
        and depends on it.

    Raises
    ------
    CityError
        A form's engagement cannot fit the plan.
    PlanError
        No such strategy or effort.
    """
    word, people = _strategy(city, strategy), load_people(city, pmo)
    model, at = build_people(people, word)
    outsiders = []
    if word in ("both", "mix"):
        outsiders = [at.run[offer.name] for offer in people.offers_of("outside")]
    answer = plan_linear(
        model,
        load_effort(effort or EFFORT[city.at("effort").word]),
        without=np.concatenate([[], *outsiders]),
        # outsiders alone are few columns: all are searched, or their plans would be further from
        # the best than the others
        everything=word == "outside",
        start=last.warm if last else None,
    )
    answer = _attended(people, at, answer)
    gap = 0.0
    if answer.cost > PROVEN:
        gap = max(0.0, (answer.cost - answer.bound) / answer.cost)
    status = OPTIMAL if gap <= PROVEN else STOPPED
    outcome = Outcome(status, int(answer.bound / POINT), gap)
    return _tables(Values(people, at, answer.values), word, outcome, answer)


def _attended(people: People, at: SimpleNamespace, answer: Solution) -> Solution:
    """The answer without classes that nobody sits in: rounding may leave some."""
    values, cost = answer.values.copy(), answer.cost
    for step in people.steps:
        columns = at.classes[step.no]
        held = np.round(values[columns])
        wanted = np.ceil(values[at.intake[step.no]] / step.seats - WHOLE)
        values[columns] = np.minimum(held, wanted)
        cost -= (held - values[columns]).sum() * step.yen * POINT
    return replace(answer, values=values, cost=cost, bound=min(answer.bound, cost))


def _tables(v: Values, strategy: str, outcome: Outcome, answer: Solution) -> StaffingPlan:
    autonomy = roster.autonomy_rows(v)
    contract = roster.contract_rows(v, autonomy)
    outsiders = contract[contract["kind"] == "outside"]
    return StaffingPlan(
        v.people.city,
        strategy,
        v.people.month,
        roster.cover_rows(v),
        roster.head_rows(v),
        roster.pyramid_rows(v.people),
        roster.intake_rows(v),
        contract,
        roster.outside_rows(v),
        autonomy,
        roster.load_rows(v),
        roster.cost_rows(v),
        roster.able_for_dx(v),
        roster.self_reliant(autonomy),
        max(outsiders["finish"], default=None),
        outcome,
        answer.cost / POINT,
        answer.start,
    )
