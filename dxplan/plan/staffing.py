"""How many people to grow, hire and borrow, by month, tier and form.

Sets        t months 0..T-1, q quarters, r roles (dx, promotion, daily, section), f forms (outside or own), s steps 1..3
Given       D[r,t] work (FTE), B[t] time of the DX section (FTE), G[t] time of the sections for the migration (FTE),
            e[f] FTE of one engagement, c[f,t] its cost, l[s], d[s], m[s] seats, share done and months of a class,
            h own counterpart of an outsider (FTE/FTE), g growth of autonomy (FTE a paired FTE-month),
            k[t] share of autonomy and a share of people that stay, b share of time of a 変革人材 in a section
Choose      u[f,q], n[f,q] engagements begun and running (whole), v[s,t] classes begun (whole), i[s,t] people begun,
            w[f,r,t] work of outsiders and hires, o[r,t] own work of the DX section, p[t] promotion by 変革人材,
            z[t] own work of the sections, x[r,t] shortage, P[t] paired work, A[t] autonomy of the DX section, N, U, V, C[t] people
            without a step, 活用, after step 2, 変革 in the sections, coaching and pairing time of both
Minimise    engagements + classes + own time at its conversion + price of shortage + price of missed targets
Subject to  (S1 cover)     o + p + z + sum of w + x = D                          for each r, t
            (S2 time)      DX section: work + coaching + pairing <= B
            (S3 part)      変革 in the sections: promotion + coaching <= b C
            (S4 section)   z <= G - time spent learning + over, where over (FTE) costs a hair more than a shortage
            (S5 able)      driving work and coaching by the DX section <= A
            (S6 autonomy)  A[t+1] <= k A + g P,  A <= experienced people of the DX section
            (S7 heads)     N, U, V, C move by classes, leavers and 1 April; leavers are followed by recruits in N
            (S8 form)      work and coaching of f <= e n;  n between the last l and m quarters' starts; yearly limits
            (S9 pair)      P <= driving work of outsiders, h P = pairing time; P >= the least share (both, mix)
            (S10 coach)    coaching >= what running classes want
            (S11 class)    i <= seats x v;  a class ends within its fiscal year;
                           v <= a month's limit x months of the season in which it can still begin
            (S12 exit)     n = 0 after the exit date (both, mix)
            (S13 target)   heads + missing heads >= a straight way to the target, at each fiscal year's end
            (S14 small)    the classes of a step in a season <= a month's limit + people of the step before it / seats
Strategies differ by bounds and S9, S12 alone: own has no outsider; outside has no class, hire or pairing and no exit;
mix has limits of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.plan import roster
from dxplan.plan.people import DRIVE, HOURS, ROLES, Offer, People, load_people
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.roster import Values
from dxplan.solve.linear import FREE, WHOLE, Answer, Linear, Start, plan_linear
from dxplan.solve.outcome import OPTIMAL, STOPPED, Outcome, PlanError, load_effort
from dxplan.town.city import City

STRATEGY = {"二刀流": "both", "自前のみ": "own", "外部のみ": "outside", "独自の組合せ": "mix"}
CLASS_MONTHS = {
    5: 3,
    8: 2,
    10: 3,
    1: 3,
}  # first month of a season of classes, and its months: after the moves of April
PROVEN = 1e-6  # a gap below this is none
POINT = 1e-6  # the program counts in millions of yen
OVER = 1.01  # price of learning beyond what the sections have, in prices of a shortage: work waits first


@dataclass(frozen=True)
class StaffingPlan:
    """The people of one city by month; tables are not to be changed.

    Attributes
    ----------
    cover : demand of each role (dx, promotion, daily, section) and who covers it: own, outside, short (FTE).
    head : balance of heads (人) by month and tier (none, use, change, core): start + gained + hired - lost = finish.
    pyramid : targets by section and tier; section '' is the whole town hall.
    intake : classes (cohort) and people (intake) of each step by month, months a class, share done.
    contract : engagements: form, kind, count, start, finish, months, fte and yen (each, a month), once (円),
        autonomy (FTE that own people can do alone when it ends).
    outside : engagements running by month and form: count, fte, yen.
    autonomy : autonomy and paired (FTE), wanted and covered (standing work, FTE), share (of outsiders, 0..1).
    load : what falls on own people: group (dx, change), people, capacity and work (FTE), share.
    cost : money spent by fiscal year and item (円).
    able : FTE [T] that can work on the migration, given everything else that is done.
    self_reliant : first month from which own people cover the standing work to the end, or None.
    exit : last day of the last outsider, or None.
    outcome : status, bound (円) and gap; value : what was minimised (円, with the weights of what is short).
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
    able: np.ndarray
    self_reliant: date | None
    exit: date | None
    outcome: Outcome
    value: float
    warm: Start | None = None


def build_staffing(city: City, pmo: PmoPlan, strategy: str | None = None) -> Linear:
    """The staffing of a city as an unsolved program; it can be written as MPS or LP text."""
    return build_people(load_people(city, pmo), _strategy(city, strategy))[0]


def _strategy(city: City, word: str | None) -> str:
    word = word or STRATEGY[city.at("strategy").value]
    if word not in STRATEGY.values():
        raise PlanError(
            f"strategy {word!r} is not known; use one of {', '.join(STRATEGY.values())}."
        )
    return word


def build_people(people: People, strategy: str) -> tuple[Linear, SimpleNamespace]:
    """The program and the positions of its variables, by the letters of the heading."""
    model, at = Linear(), SimpleNamespace()
    _add_work(model, at, people)
    _add_forms(model, at, people, strategy)
    _add_classes(model, at, people, strategy)
    _add_cover(model, at, people)
    _add_time(model, at, people)
    _add_autonomy(model, at, people, strategy)
    _add_heads(model, at, people)
    _add_targets(model, at, people)
    return model, at


def _add_work(model: Linear, at: SimpleNamespace, people: People) -> None:
    city, count = people.city, people.count
    own, tail = city.number("own_time_yen") * POINT, np.ones(count)
    tail[-1] += city.number("tail_months")
    short = city.number("price_short") * POINT * tail
    at.own = {r: model.columns(f"o_{r}", count) for r in ("dx", "promotion", "daily")}
    at.part = model.columns("p", count, own)
    at.section = model.columns("z", count)
    at.short = {r: model.columns(f"x_{r}", count, short) for r in ROLES}
    at.coach_dx, at.coach_part = (
        model.columns("coach_dx", count),
        model.columns("coach_part", count, own),
    )
    at.pair, at.paired, at.autonomy = (model.columns(name, count) for name in ("pair", "P", "A"))
    at.miss = {}


# --- forms of outsiders and hires ----------------------------------------------------------------------
def _add_forms(model: Linear, at: SimpleNamespace, people: People, strategy: str) -> None:
    at.run, at.begin, at.work, at.coach = {}, {}, {}, {}
    for offer in people.offers:
        _add_form(model, at, people, offer, strategy)
    if strategy == "mix":
        terms = [
            (at.run[o.form.name][people.quarter], o.fte)
            for o in people.offers
            if o.form.kind == "outside"
        ]
        model.add("mix_outside", terms, high=people.city.number("mix_outside"))


def _add_form(
    model: Linear, at: SimpleNamespace, people: People, offer: Offer, strategy: str
) -> None:
    name, quarter, count = offer.form.name, people.quarter, people.count
    tag = [o.form.name for o in people.offers].index(name)
    last = int(quarter[-1]) + 1
    tail = np.ones(count)
    tail[-1] += people.city.number("tail_months")
    monthly = np.bincount(quarter, offer.yen * tail, last) * POINT
    barred = _barred(offer, strategy)
    run = model.columns(
        f"n{tag}",
        last,
        monthly,
        0 if barred else np.where(_allowed(people, offer, strategy), offer.limit, 0),
        True,
    )
    begin = model.columns(
        f"u{tag}",
        last,
        offer.once * POINT,
        0 if barred else np.where(_startable(people, offer), offer.year, 0),
        True,
    )
    at.run[name], at.begin[name] = run, begin
    at.work[name] = {r: model.columns(f"w{tag}_{r}", count) for r in offer.form.roles}
    at.coach[name] = model.columns(f"coach{tag}", count) if offer.form.coach else np.full(count, -1)
    model.add(
        f"S8_form{tag}",
        [(w, 1) for w in (*at.work[name].values(), at.coach[name])] + [(run[quarter], -offer.fte)],
        high=0,
    )
    _add_runs(model, people, offer, tag, run, begin)


def _barred(offer: Offer, strategy: str) -> bool:
    return {"own": offer.form.kind == "outside", "outside": offer.form.kind == "own"}.get(
        strategy, False
    )


def _allowed(people: People, offer: Offer, strategy: str) -> np.ndarray:
    """Whether the form may run in each quarter: an outsider is gone by the exit date (S12)."""
    ends = np.array([m for m in people.month], dtype="datetime64[M]")
    last = np.array([ends[people.quarter == q].max() for q in range(people.quarter[-1] + 1)])
    if offer.form.kind == "own" or strategy == "outside":
        return np.ones(len(last), bool)
    return last <= np.datetime64(people.city.at("exit_date").value, "M")


def _startable(people: People, offer: Offer) -> np.ndarray:
    """Whether an engagement may begin with each quarter: after its lead time, at the quarter's first month; hires in April."""
    first = [int(np.flatnonzero(people.quarter == q)[0]) for q in range(people.quarter[-1] + 1)]
    if offer.form.kind == "own":
        return np.array([people.month[t].month == 4 and t >= offer.lead for t in first])
    whole = [people.month[t].month % 3 == 1 or offer.lead == 0 for t in first]
    return np.array([ok and t >= offer.lead for ok, t in zip(whole, first)])


def _add_runs(
    model: Linear, people: People, offer: Offer, tag: int, run: np.ndarray, begin: np.ndarray
) -> None:
    """N is what began and has not ended: at least the starts of the shortest, at most those of the longest time."""
    count = len(run)

    def window(length: int) -> tuple[np.ndarray, float]:
        begun = np.arange(count)[:, None] - np.arange(min(length, count))
        return np.where(begun >= 0, begin[begun], -1), -1.0

    model.add(f"S8_least{tag}", [(run, 1.0), window(offer.least)], low=0)
    model.add(f"S8_most{tag}", [(run, 1.0), window(offer.most)], high=0)
    if (
        people.month[0].month % 3 != 1 and offer.least < count
    ):  # what begins in a quarter that is not whole runs one more
        model.add(
            f"S8_first{tag}", [(run[offer.least : offer.least + 1], 1.0), (begin[:1], -1.0)], low=0
        )
    before = np.concatenate(([-1], run[:-1]))
    model.add(f"S8_step{tag}", [(run, 1.0), (before, -1.0), (begin, -1.0)], high=0)
    first = np.array([np.flatnonzero(people.quarter == q)[0] for q in range(count)])
    years = people.fiscal[first]
    if offer.form.kind == "own":  # appointed from 1 April, and to 31 March
        rest = np.flatnonzero([people.month[t].month != 4 for t in first])
        model.add(f"S8_march{tag}", [(run[rest], 1.0), (before[rest], -1.0)], low=0)
    for year in np.unique(years):
        model.add(f"S8_year{tag}_{year}", [(begin[None, years == year], 1.0)], high=offer.year)


# --- classes ---------------------------------------------------------------------------------------------
def _add_classes(model: Linear, at: SimpleNamespace, people: People, strategy: str) -> None:
    city, count = people.city, people.count
    at.classes, at.intake = {}, {}
    for step in people.steps:
        room = _class_starts(people, step.months) if strategy != "outside" else np.zeros(count)
        may, limit = room > 0, int(city.number("cohort_limit"))
        learn = step.hours / HOURS * city.number("own_time_yen") * POINT
        at.classes[step.no] = model.columns(
            f"v{step.no}", count, step.yen * POINT, limit * room, True
        )
        at.intake[step.no] = model.columns(f"i{step.no}", count, learn, np.where(may, FREE, 0))
        starts, begun = (
            at.classes[step.no][np.flatnonzero(may)],
            at.intake[step.no][np.flatnonzero(may)],
        )
        if len(starts):
            before = np.where(np.tri(len(starts), k=-1, dtype=bool), begun, -1)
            model.add(f"S14_small{step.no}", [(starts, 1), (before, -1 / step.seats)], high=limit)
        model.add(
            f"S11_class{step.no}",
            [(at.intake[step.no], 1), (at.classes[step.no], -step.seats)],
            high=0,
        )
    if strategy == "mix":
        for year in np.unique(people.fiscal):
            columns = np.concatenate(
                [at.classes[s.no][people.fiscal == year] for s in people.steps]
            )
            model.add(
                f"mix_class_{year}", [(columns[None], 1.0)], high=int(city.number("mix_cohort"))
            )


def _class_starts(people: People, length: int) -> np.ndarray:
    """Months [T] of a season in which a class may begin: after the lead time, to end before 1 April and the plan's end."""
    left = np.array([(3 - m.month) % 12 + 1 for m in people.month])
    month = np.arange(people.count)
    season = np.array([CLASS_MONTHS.get(m.month, 0) for m in people.month])
    room = np.minimum(season, np.minimum(left - length + 1, people.count - month - length))
    return np.where(month >= people.city.number("step_lead"), np.maximum(room, 0), 0)


def _running(columns: np.ndarray, length: int) -> list[tuple[np.ndarray, float]]:
    """Terms of what began within the last months, for each month."""
    return [(_shifted(columns, k), 1.0) for k in range(length)]


def _shifted(columns: np.ndarray, months_back: int) -> np.ndarray:
    return np.concatenate((np.full(months_back, -1), columns))[: len(columns)]


# --- who does what -----------------------------------------------------------------------------------------
def _add_cover(model: Linear, at: SimpleNamespace, people: People) -> None:
    for role in ROLES:
        terms = [(at.own[role], 1.0)] if role in at.own else [(at.section, 1.0)]
        terms += [(at.part, 1.0)] if role == "promotion" else []
        terms += [(at.work[o.form.name][role], 1.0) for o in people.offers if role in o.form.roles]
        model.add(
            f"S1_{role}", [*terms, (at.short[role], 1.0)], people.demand[role], people.demand[role]
        )


def _add_time(model: Linear, at: SimpleNamespace, people: People) -> None:
    share = people.city.number("change_share") / 100
    at.change = model.columns("C", people.count)
    model.add(
        "S2_time",
        [*((o, 1.0) for o in at.own.values()), (at.coach_dx, 1), (at.pair, 1)],
        high=people.work_time,
    )
    model.add("S3_part", [(at.part, 1), (at.coach_part, 1), (at.change, -share)], high=0)
    part = min(1.0, sum(s.staff.value for s in people.city.sections) / people.staff)
    learn = [
        (column, factor * part * s.hours / s.months / HOURS)
        for s in people.steps
        for column, factor in _running(at.intake[s.no], s.months)
    ]
    spots = np.flatnonzero(people.demand["section"])
    over = model.columns("over", len(spots), OVER * people.city.number("price_short") * POINT)
    learn = [(column[spots], factor) for column, factor in learn]
    model.add(
        "S4_section", [(at.section[spots], 1), (over, -1), *learn], high=people.section[spots]
    )
    wants = [
        (column, -factor * s.coach)
        for s in people.steps
        if s.coach
        for column, factor in _running(at.classes[s.no], s.months)
    ]
    model.add(
        "S10_coach",
        [(at.coach_dx, 1), (at.coach_part, 1), *((c, 1) for c in at.coach.values()), *wants],
        low=0,
    )


def _add_autonomy(model: Linear, at: SimpleNamespace, people: People, strategy: str) -> None:
    city, able = people.city, (people.posts["core"] + people.posts["able"])[:-1]
    model.add(
        "S5_able", [*((at.own[r], 1.0) for r in DRIVE), (at.coach_dx, 1), (at.autonomy, -1)], high=0
    )
    model.add("S6_heads", [(at.autonomy, 1)], high=able)
    model.add(
        "S6_autonomy",
        [
            (at.autonomy[1:], 1),
            (at.autonomy[:-1], -people.kept[:-1]),
            (at.paired[:-1], -city.number("autonomy_gain")),
        ],
        high=0,
    )
    model.add("S6_start", [(at.autonomy[:1], 1)], high=people.autonomy)
    outside = [
        (at.work[o.form.name][r], 1.0)
        for o in people.offers
        if o.drives
        for r in DRIVE
        if r in o.form.roles
    ]
    model.add("S9_paired", [(at.paired, 1), *((c, -f) for c, f in outside)], high=0)
    model.add("S9_time", [(at.pair, 1), (at.paired, -city.number("pair_share"))], low=0, high=0)
    if strategy == "outside":
        model.add("S9_none", [(at.paired, 1)], high=0)
    elif strategy != "own":
        least = city.number("pair_least") / 100
        model.add("S9_least", [(at.paired, 1), *((c, -f * least) for c, f in outside)], low=0)


# --- heads ---------------------------------------------------------------------------------------------------
def _add_heads(model: Linear, at: SimpleNamespace, people: People) -> None:
    count, stay, start = people.count, people.stay, people.start
    at.none, at.use, at.alum = (model.columns(letter, count) for letter in "NUV")
    for name in ("none", "use", "alum", "change"):
        model.add(f"S7_start_{name}", [(getattr(at, name)[:1], 1)], start[name], start[name])
    for columns, step in ((at.none, 1), (at.use, 2), (at.alum, 3)):
        model.add(f"S7_from{step}", [(at.intake[step], 1), (columns, -1)], high=0)
    done = {s.no: (_shifted(at.intake[s.no], s.months)[1:], s.done) for s in people.steps}
    gone = np.where(people.april[1:], people.moved, 0.0)

    def move(name: str, terms) -> None:
        columns = getattr(at, name)
        model.add(f"S7_{name}", [(columns[1:], -1), (columns[:-1], stay), *terms], low=0, high=0)

    def leave(step: int):
        return (at.intake[step][:-1], -stay)

    recruits = model.columns("recruit", count - 1, upper=np.where(people.april[1:], FREE, 0))
    at.recruit = recruits
    move("none", [leave(1), (done[1][0], 1 - done[1][1]), (recruits, 1)])
    move("use", [leave(2), done[1], (done[2][0], 1 - done[2][1])])
    move("alum", [leave(3), done[2], (done[3][0], 1 - done[3][1]), (at.change[:-1], stay * gone)])
    change = at.change
    model.add(
        "S7_change", [(change[1:], -1), (change[:-1], stay * (1 - gone)), done[3]], low=0, high=0
    )
    town = people.staff - people.city.number("dx_staff")
    full = np.flatnonzero(people.april)
    pools = [(columns[full], 1.0) for columns in (at.none, at.use, at.alum, at.change)]
    learners = [
        (_shifted(at.intake[s.no], k)[full], 1.0) for s in people.steps for k in range(1, s.months)
    ]
    if len(full):
        model.add("S7_full", pools + learners, town, town)


def _add_targets(model: Linear, at: SimpleNamespace, people: People) -> None:
    """Heads missing at the end of each fiscal year against a straight way to the target date, at the mean of the price."""
    city, posts = people.city, people.posts
    spots = np.flatnonzero([m.month == 3 for m in people.month])
    pace = np.minimum(1.0, (spots + 1) / (people.index(city.at("people_date").value) + 1))
    now = {
        "core": posts["core"][0],
        "change": posts["able"][0] + people.start["change"],
        "use": people.start["use"],
    }
    learners = [
        (_shifted(at.intake[s.no], k)[spots], 1.0)
        for s in people.steps[1:]
        for k in range(1, s.months)
    ]
    have = {
        "core": [
            (at.run[o.form.name][people.quarter[spots]], 1.0)
            for o in people.offers
            if o.form.tier == "core"
        ],
        "change": [(at.change[spots], 1.0)],
        "use": [(at.use[spots], 1.0), (at.alum[spots], 1.0), *learners],
    }
    given = {"core": posts["core"][spots], "change": posts["able"][spots], "use": 0.0}
    for tier, terms in have.items():
        price = city.number("price_use" if tier == "use" else "price_people") * POINT / len(spots)
        at.miss[tier] = model.columns(f"miss_{tier}", len(spots), price)
        way = now[tier] + pace * max(0.0, people.targets[tier] - now[tier])
        model.add(f"S13_{tier}", [(at.miss[tier], 1), *terms], low=way - given[tier])


# --- the door --------------------------------------------------------------------------------------------
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
    last : the plan before a small change, to start from; what comes out is then near, and depends on it.

    Raises
    ------
    CityError
        A form's engagement cannot fit the plan.
    PlanError
        No such strategy or effort.
    """
    word, people = _strategy(city, strategy), load_people(city, pmo)
    model, at = build_people(people, word)
    outsiders = (
        [at.run[o.form.name] for o in people.offers if o.form.kind == "outside"]
        if word in ("both", "mix")
        else []
    )
    effort = load_effort(effort or EFFORT[city.at("effort").value])
    # outsiders alone are few columns: all are searched, or their plans would be further from the best than the others
    answer = plan_linear(
        model, effort, np.concatenate([[], *outsiders]), word == "outside", last and last.warm
    )
    answer = _attended(people, at, answer)
    gap = (answer.cost - answer.bound) / answer.cost if answer.cost > 1e-6 else 0.0
    outcome = Outcome(
        OPTIMAL if gap <= PROVEN else STOPPED, int(answer.bound / POINT), max(0.0, gap)
    )
    return _tables(Values(people, at, answer.values), word, outcome, answer)


def _attended(people: People, at: SimpleNamespace, answer: Answer) -> Answer:
    """The answer without the classes that nobody sits in, which rounding may leave: nothing else asks for a class."""
    values, cost = answer.values.copy(), answer.cost
    for step in people.steps:
        held = values[at.classes[step.no]]
        values[at.classes[step.no]] = np.minimum(
            np.round(held), np.ceil(values[at.intake[step.no]] / step.seats - WHOLE)
        )
        cost -= (np.round(held) - values[at.classes[step.no]]).sum() * step.yen * POINT
    return replace(answer, values=values, cost=cost, bound=min(answer.bound, cost))


def _tables(v: Values, strategy: str, outcome: Outcome, answer: Answer) -> StaffingPlan:
    autonomy = roster.autonomy_rows(v)
    contract = roster.contract_rows(v, autonomy)
    out = contract.loc[contract["kind"] == "outside", "finish"]
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
        max(out) if len(out) else None,
        outcome,
        answer.cost / POINT,
        answer.start,
    )
