"""How many people to grow, hire and borrow, by month, tier and form.

Sets        t months 0..T-1, q quarters, r roles (dx, pmo, promotion, daily, section),
            f forms (outside or own), s steps 1..3
Given       D[r,t] work (FTE), B[t] time of the DX section (FTE), G[t] time of the sections for the
            migration (FTE), e[f] FTE of one engagement, c[f,t] its cost,
            j[f,t] people of a form who are engaged already,
            l[s], d[s], m[s] seats, share done and months of a class,
            h own counterpart of an outsider (FTE/FTE),
            g growth of autonomy (FTE a paired FTE-month),
            k[t] share of autonomy and a share of people that stay,
            c share of time of a 変革人材 in a section
Choose      u[f,q], n[f,q] engagements begun and running (whole),
            v[s,t] classes begun (whole), i[s,t] people begun,
            w[f,r,t] work of outsiders and hires, o[r,t] own work of the DX section,
            p[t] promotion by 変革人材, z[t] own work of the sections, x[r,t] shortage,
            P[t] paired work, A[t] autonomy of the DX section,
            N, U, V, C[t] people without a step, after step 1, after step 2, 変革 in the sections,
            K[s,t] seats that they may still take, b[f,q] people whose engagement ends early,
            coaching and pairing time of both
Minimise    engagements + classes (a little dearer the later) + own time at its conversion
            + price of shortage + price of engagements under 12 months + price of missed targets
Subject to  (S1 cover)     o + p + z + sum of w + x = D                          for each r, t
            (S2 time)      DX section: work + coaching + pairing <= B
            (S3 part)      変革 in the sections: promotion + coaching <= c C
            (S4 section)   z <= G - time spent learning + over,
                           where over (FTE) costs a hair more than a shortage
            (S5 able)      driving work and coaching by the DX section <= A
            (S6 autonomy)  A[t+1] <= k A + g P,  A <= experienced people of the DX section
            (S7 heads)     N, U, V, C move by classes and leavers, who are followed by recruits
                           in N; 1 April brings 変革人材 of the DX section to C;
                           i <= K, by which nobody takes a step more than twice
            (S8 form)      work and coaching of f <= e (n + j);
                           n between the last l and m quarters' starts; yearly limits;
                           none begins before money and lead time; n + b >= the starts of a year
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
            (S15 most)     outsiders at a time <= a share of the DX section's people
            (S16 stay)     who only accompanies the project stays until its last hypercare
The second pass counts whom the training seats: v and i are given (``taught``).
Strategies differ by bounds and S9, S12, S15 alone: own has no outsider; outside has no class, hire
or pairing, no exit and no share; mix has limits of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.plan import pools, roster
from dxplan.plan.people import DRIVE, HOURS, OWN, ROLES, Offer, People, load_people
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.pools import POINT, Taught
from dxplan.plan.roster import Values
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.solve.linear import WHOLE, Linear, Solution, Start, Term, plan_linear, recent
from dxplan.solve.outcome import OPTIMAL, STOPPED, Outcome, PlanError, load_effort
from dxplan.town.city import City

STRATEGY = {
    "二刀流": "both",
    "自前のみ": "own",
    "外部のみ": "outside",
    "独自の組合せ": "mix",
}
PROVEN = 1e-6  # a gap below this is none
# price of learning beyond what the sections have, in prices of a shortage: work waits first
OVER = 1.01


@dataclass(frozen=True)
class StaffingPlan:
    """The people of one city by month; tables are not to be changed.

    Attributes
    ----------
    cover : demand of each role (dx, pmo, promotion, daily, section) and who covers it: own,
        outside, short (FTE).
    head : balance of heads (人) by month and tier (none, use, change, core):
        start + gained + hired - lost = finish.
    pyramid : targets by section and tier; section '' is the whole town hall.
    intake : classes (cohort) and people (intake) of each step by month, months a class, share done.
    contract : engagements: form, kind, count (人), start, finish, months, fte and yen (each, a
        month), once (円), autonomy (FTE that own people can do alone when it ends), given (whether
        it runs already or is agreed upon).
    outside : people engaged by month and form: count, fte, yen.
    autonomy : autonomy and paired (FTE), wanted, able and covered (standing work, FTE: the demand,
        what own people could do of it, what they do), hired (what of able is done by hires),
        share (of outsiders, 0..1).
    load : what falls on own people: group (dx, change), people, capacity and work (FTE), share.
    cost : money spent by fiscal year and item (円).
    able : FTE [T] that can work on the migration, given everything else that is done.
    promotable : FTE [T] of DX promotion that the people of the plan can do.
    self_reliant : first month from which own people could do the standing work for a year without
        hires, or None.
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
    promotable: Floats
    self_reliant: date | None
    exit: date | None
    outcome: Outcome
    value: float
    warm: Start | None = None

    @property
    def sought(self) -> pd.DataFrame:
        """The engagements that the plan begins: nobody is looked for who works already."""
        return self.contract[~self.contract["given"].astype(bool)]


# --- the program ---------------------------------------------------------------------------------
def _strategy(city: City, word: str | None) -> str:
    word = word or STRATEGY[city.at("strategy").word]
    strategies = STRATEGY.values()
    if word not in strategies:
        raise PlanError(f"strategy {word!r} is not known; use one of {', '.join(strategies)}.")
    return word


def build_people(
    people: People,
    strategy: str,
    taught: Taught | None = None,
) -> tuple[Linear, SimpleNamespace]:
    """The program and the positions of its variables, by the letters of the heading."""
    model, at = Linear(), SimpleNamespace()
    _add_work(model, at, people)
    _add_forms(model, at, people, strategy)
    pools.build_classes(model, at, people, strategy, taught)
    _add_cover(model, at, people)
    _add_time(model, at, people)
    _add_learning(model, at, people)
    _add_autonomy(model, at, people)
    _add_pairs(model, at, people, strategy)
    pools.build_heads(model, at, people)
    pools.build_targets(model, at, people)
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
    _add_most(model, at, people, strategy)


def _add_most(model: Linear, at: SimpleNamespace, people: People, strategy: str) -> None:
    """Outsiders at a time in proportion to the DX section (S15), and the mix's own limit."""
    heads: list[Term] = []
    fte: list[Term] = []
    given, engaged = np.zeros((2, people.count))
    for offer in people.offers_of("outside"):
        running = at.run[offer.name]
        heads.append(running)
        fte.append((running[people.quarter], offer.fte))
        given += offer.given
        engaged += offer.given * offer.fte
    if heads and strategy != "outside":
        room = np.maximum(0, people.outsiders - given)
        # the least room of a quarter's months
        model.add("S15_most", heads, high=np.minimum.reduceat(room, people.begins))
    if strategy == "mix":
        limit = people.city.number("mix_outside")
        model.add("mix_outside", fte, high=np.maximum(0.0, limit - engaged))


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
    room = limit - np.maximum.reduceat(offer.given, people.begins)
    running = np.maximum(0, room) * _allowed(people, offer, strategy)
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
    terms: list[Term] = [*work.values(), coach, engaged]
    model.add(f"S8_form{tag}", terms, high=offer.given * offer.fte)


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
    """Whether an engagement may begin in each quarter: with money and lead; hires in April."""
    calendar = people.calendar[people.begins]
    first: Flags = calendar == 4
    if offer.form.kind != "own":
        # a plan that starts inside a quarter is too late for its first month, unless there is
        # money at once
        first = (calendar % 3 == 1) | (offer.ready == 0)
    return first & (people.begins >= offer.ready)


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
    shortest, longest = recent(begin, least), recent(begin, offer.most)
    model.add(f"S8_least{tag}", [run, (shortest, -1)], low=0)
    model.add(f"S8_most{tag}", [run, (longest, -1)], high=0)
    if calendar[0] % 3 != 1 and least < len(run):
        # what begins in a quarter that is not whole runs one more
        more = run[least : least + 1]
        model.add(f"S8_first{tag}", [more, (begin[:1], -1)], low=0)
    if offer.whole > least:
        # what ends before 12 months are over is paid for nearly as if it went on
        monthly = np.add.reduceat(offer.yen, people.begins)
        price = monthly * people.city.number("brief_share") / 100 * POINT
        brief = model.columns(f"brief{tag}", len(run), price)
        whole = recent(begin, offer.whole)
        model.add(f"S8_brief{tag}", [run, brief, (whole, -1)], low=0)
    before = np.append(-1, run[:-1])
    if offer.form.kind == "outside" and "promotion" not in offer.form.roles:
        # who accompanies the project stays until the hypercare of its last lot
        open_lots = people.demand["pmo"][people.begins] > 0
        stays = open_lots & _allowed(people, offer, "both")
        model.add(f"S16_stay{tag}", [run[stays], (before[stays], -1)], low=0)
    model.add(f"S8_step{tag}", [run, (before, -1), (begin, -1)], high=0)
    if offer.form.kind == "own":
        # appointed from 1 April to 31 March: none ends within the year
        within = calendar != 4
        model.add(f"S8_march{tag}", [run[within], (before[within], -1)], low=0)
    years = people.fiscal[people.begins]
    for year in np.unique(years):
        starts = begin[None, years == year]
        model.add(f"S8_year{tag}_{year}", [starts], high=offer.year)


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
        learners = recent(at.intake[step.no], step.months)
        share = part * step.hours / step.months / HOURS
        times.append((learners[spots], share))
        running = recent(at.classes[step.no], step.months)
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
    else:
        share = people.city.number("pair_least") / 100
        least = [(work, -share) for work in driving]
        model.add("S9_least", [at.paired, *least], low=0)


# --- the door ------------------------------------------------------------------------------------
def plan_staffing(
    city: City,
    pmo: PmoPlan,
    strategy: str | None = None,
    effort: str | None = None,
    last: StaffingPlan | None = None,
    taught: pd.DataFrame | None = None,
    keep: bool = False,
    work: Floats | None = None,
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
    taught : the table ``cohort`` of the training plan: only whom it seats is counted; None where
        the classes are still to be asked for.
    keep : whether the engagements and classes of the plan before stay as they are.
    work : FTE [T] that the DX initiatives ask of the DX section; nothing where None.

    Raises
    ------
    CityError
        A form's engagement cannot fit the plan.
    PlanError
        No such strategy or effort.
    """
    word, people = _strategy(city, strategy), load_people(city, pmo).busied(work)
    held = None
    if taught is not None:
        held = pools.taught_of(people.month, taught)
    model, at = build_people(people, word, held)
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
        keep=keep,
    )
    answer = _attended(people, at, answer)
    gap = 0.0
    if answer.cost > PROVEN:
        gap = max(0.0, (answer.cost - answer.bound) / answer.cost)
    status = OPTIMAL if gap <= PROVEN else STOPPED
    outcome = Outcome(status, int(answer.bound / POINT), gap)
    return _tables(Values(people, at, answer.values), word, outcome, answer)


def _attended(people: People, at: SimpleNamespace, answer: Solution) -> Solution:
    """The answer without classes that nobody sits in: rounding may leave some.

    Where the classes are taught already, without the price of seats that stay empty.
    """
    values, cost = answer.values.copy(), answer.cost
    if at.vain:
        vain = sum(values[columns].sum() for columns in at.vain.values()) * pools.VAIN
        return replace(answer, cost=cost - vain, bound=answer.bound - vain)
    for step in people.steps:
        columns = at.classes[step.no]
        held = np.round(values[columns])
        wanted = np.ceil(values[at.intake[step.no]] / step.seats - WHOLE)
        values[columns] = np.minimum(held, wanted)
        cost -= float(((held - values[columns]) * at.price[step.no]).sum())
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
        roster.able_to_promote(v),
        roster.self_reliant(autonomy),
        max(outsiders["finish"], default=None),
        outcome,
        answer.cost / POINT,
        answer.start,
    )
