"""The RAID log: risks, assumptions, issues and dependencies, each from a number of the plan.

Likelihood  3 the plan already shows it; 2 it rests on an unconfirmed value, or the time left is shorter than the wait for the
            next occasion; 1 else; 0 where the plan says nothing of it
Impact      3, 2 or 1 by limits of what moves: the last go-live (6 months, 1 month), general revenue or cost (10 %, 1 %), work
            without anyone (20 %, 5 % of the month), people without a seat (10 %, 1 %), the outsiders' share of the work (50 %,
            10 %); 3 where a system would be past the end state. 0 where the plan says nothing of it
The limits are a design guess (grade G).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from dxplan import catalog, months
from dxplan.city import City
from dxplan.plan.meetings import BOARD, OFFICE, REVIEW, Meeting
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.plan.why import verdict_of

GRADES = "ABCMG"  # best first
UNSURE = "MG"
HALF_YEAR, MONTH = 26, 365.25 / 84  # weeks
SOON = 60  # days up to which a deadline is near
BY_MONTHS, BY_MONEY, BY_WORK, BY_PEOPLE, BY_SHARE = (1, 6), (0.01, 0.1), (0.05, 0.2), (0.01, 0.1), (0.1, 0.5)
SMALL, ENOUGH, GAP, WIDE_GAP = 0.05, 0.995, 0.1, 0.3
CROWD = 3  # systems on one closure from which it is told


class Entry(NamedTuple):
    """A row of the RAID log; see ``Governance.raid``."""

    category: str
    topic: str
    facts: Mapping[str, object]
    likelihood: int
    impact: int
    owner: str
    due: date
    origin: str
    grade: str


def build_register(plan: Plan, why: pd.DataFrame, held: Sequence[Meeting]) -> list[Entry]:
    """The entries of a plan, in a fixed order.

    Parameters
    ----------
    plan : all plans of the city.
    why : the table of ``plan_why``.
    held : its meetings, which are the days by which something is decided.
    """
    first = _first(held, BOARD, plan.city.start)
    return [*_roadmap(plan.pmo, held, first), *_cause(plan.pmo, why, first), *_gates(plan.pmo, why), *_people(plan, first),
            *_outside(plan), *_classes(plan), *_money(plan, first), *_assumed(plan, why, first),
            *_proofs(plan, _first(held, OFFICE, plan.city.start)), *_waits(plan)]


def _first(held: Sequence[Meeting], meeting: str, start: date) -> date:
    return next((m.day for m in held if m.meeting == meeting), months.next_open(start))


def _level(value: float, limits: tuple[float, float]) -> int:
    return 1 + sum(abs(value) >= limit for limit in limits)


def _grade(city: City, *names: str) -> str:
    """The weakest grade of some parameters."""
    return max((city.at(name).grade for name in names), key=GRADES.index)


def _by(day: date) -> date:
    """The day, or the last open one before it."""
    while not months.is_open(day):
        day -= months.DAY
    return day


# --- the roadmap ---------------------------------------------------------------------------------------------
def _names(rows: Sequence[Mapping]) -> tuple[str, ...]:
    return tuple(row["business"] for row in rows)


def _roadmap(plan: PmoPlan, held: Sequence[Meeting], first: date) -> Iterator[Entry]:
    cut, city = plan.cutover.to_dict("records"), plan.city
    end, target, grade = city.at("end_date").value, city.at("target_date").value, _grade(city, "vendor_slots", "dx_share", "section_share")
    late, tight = [row for row in cut if row["spare"] < 0], [row for row in cut if 0 <= row["spare"] < HALF_YEAR]
    after, flagged = [row for row in cut if row["late_target"] > 0 <= row["spare"]], [row for row in cut if row["flagged"]]
    if late:
        facts = {"names": _names(late), "weeks": -min(row["spare"] for row in late), "day": end}
        yield Entry("issue", "late_end", facts, 3, 3, "mayor", first, "cutover", grade)
    if after:
        weeks = max(row["late_target"] for row in after)
        facts = {"names": _names(after), "weeks": weeks, "day": target}
        yield Entry("issue", "late_target", facts, 3, min(2, _level(weeks / MONTH, BY_MONTHS)), "board", first, "cutover", grade)
    if tight:
        weeks, wait = min(row["spare"] for row in tight), max(plan.gate["months_missed"], default=3)
        yield Entry("risk", "tight", {"names": _names(tight), "weeks": weeks, "day": end}, 1 + (weeks < wait * MONTH), 3, "dx", first, "cutover", grade)
    if flagged:
        yield Entry("risk", "flagged", {"names": _names(flagged)}, 0, 0, "dx", first, "systems",
                    catalog.load_column("standardization_status", "flagged_late_2025_12").grade)
    yield from _crowd(plan, cut, held, grade)


def _crowd(plan: PmoPlan, cut: Sequence[Mapping], held: Sequence[Meeting], grade: str) -> Iterator[Entry]:
    """The closure with most cutovers, and how long the next one would be away."""
    sizes = Counter(row["cutover"] for row in cut)
    day = min(sizes, key=lambda d: (-sizes[d], d), default=date.max)
    later = next((c.start for c in plan.closures if c.start > day), None)
    if later is None or sizes[day] < CROWD:
        return
    part, weeks = [row for row in cut if row["cutover"] == day], (later - day).days / 7
    over = any(0 <= row["spare"] < weeks for row in part)
    due = next((m.day for m in held if m.meeting == REVIEW and m.due == day), _by(day))
    facts = {"names": _names(part), "day": day, "next": later}
    yield Entry("risk", "crowd", facts, 1, 3 if over else _level(weeks / MONTH, BY_MONTHS), "dx", due, "cutover", grade)


def _cause(plan: PmoPlan, why: pd.DataFrame, first: date) -> Iterator[Entry]:
    if plan.done:
        return
    rows, verdict = why.set_index("scenario"), verdict_of(plan, why)
    moved = {name: (float(rows.at[name, "months"]), float(rows.at[name, "mean_months"])) for name in ("people", "slots")}
    most = max(abs(value) for pair in moved.values() for value in pair)
    contract = [row["start"] for row in _tasks(plan, "9")]
    due = _by(max(first, min(contract))) if contract and verdict in ("vendor", "both") else first
    owner = {"vendor": "contract", "both": "contract", "budget": "finance"}.get(verdict, "dx")
    grade = _grade(plan.city, "vendor_slots", "dx_share", "section_share")
    impact = 1 if verdict == "order" else _level(most, BY_MONTHS)
    yield Entry("risk", "cause", {"verdict": verdict, **moved}, 1 + (grade in UNSURE), impact, owner, due, "why", grade)


def _tasks(plan: PmoPlan, no: str) -> list[dict]:
    """The bars of a work item."""
    columns = ("no", "business", "start", "finish")
    return [dict(zip(columns, row)) for row in zip(*(plan.task[name].tolist() for name in columns)) if row[0] == no]


def _gates(plan: PmoPlan, why: pd.DataFrame) -> Iterator[Entry]:
    """Each budget occasion of the migration: what missing it costs; for the first one the roadmap has been planned again."""
    grades = {rule.name: value.grade for rule, value in plan.city.gates}
    rows = why.set_index("scenario")
    for k, ((due, gate), part) in enumerate(plan.gate.groupby(["request_by", "gate"], sort=True)):
        wait = float(part["months_missed"].max())
        facts = {"gate": gate, "names": tuple(part["package"]), "next": part["next_gate"].iloc[0], "day": part["next_available"].iloc[0],
                 "months": wait}
        impact = _level(wait, BY_MONTHS)
        if k == 0 and "gate" in rows.index:
            missed = rows.loc["gate"]
            facts |= {"last": missed["months"], "mean": missed["mean_months"], "late": int(missed["late"] - rows.at["base", "late"])}
            impact = 3 if facts["late"] > 0 else _level(max(missed["months"], missed["mean_months"]), BY_MONTHS)
        near = (due - plan.city.start).days < SOON
        yield Entry("risk", "gate", facts, 1 + near, impact, "dx", due, "gate", grades[gate])


# --- people --------------------------------------------------------------------------------------------------
def _people(plan: Plan, first: date) -> Iterator[Entry]:
    city, staffing = plan.city, plan.staffing
    grade = _grade(city, "dx_staff", "daily_share", "promotion_fte")
    month = staffing.cover.groupby("month")[["demand", "short"]].sum()
    lack = month[month["short"] >= SMALL]
    if len(lack):
        worst = staffing.cover.loc[staffing.cover["short"].idxmax()]
        facts = {"months": len(lack), "total": float(month["short"].sum()), "day": worst["month"], "role": worst["role"], "fte": float(worst["short"])}
        owner = "section" if worst["role"] == "section" else "personnel"
        due = months.next_open(max(city.start, lack.index[0]))
        impact = _level(float((lack["short"] / lack["demand"]).max()), BY_WORK)
        yield Entry("issue", "short", facts, 3, impact, owner, due, "cover", grade)
    if staffing.self_reliant is None:
        last = staffing.autonomy.iloc[-1]
        share = 1 - last["covered"] / last["wanted"]
        facts = {"covered": float(last["covered"]), "wanted": float(last["wanted"]), "day": last["month"]}
        yield Entry("issue", "dependent", facts, 3, _level(share, BY_WORK), "mayor", first, "handover", grade)
    yield from _heads(plan)
    yield _posts(city)


def _heads(plan: Plan) -> Iterator[Entry]:
    """People of the tier that drives change, at the end of the plan against the target."""
    head, pyramid = plan.staffing.head, plan.staffing.pyramid
    then = [float(people) for tier, people in zip(head["tier"], head["finish"]) if tier == "change"][-1]
    goal = next(float(people) for section, tier, people in zip(*(pyramid[n] for n in ("section", "tier", "target"))) if (section, tier) == ("", "change"))
    if then < goal * ENOUGH:
        day = plan.city.at("people_date").value
        grade = _grade(plan.city, "change_ratio", "change_now")
        yield Entry("issue", "heads", {"then": then, "goal": goal, "day": day}, 3, _level(1 - then / goal, BY_SHARE), "personnel", _by(day), "pyramid", grade)


def _posts(city: City) -> Entry:
    """What 1 April takes from the DX section; a section of one person stands and falls with it."""
    staff, rate = city.number("dx_staff"), city.number("transfer_rate")
    due = _by(date(city.start.year + (city.start.month >= 4), 3, 31))
    facts = {"staff": staff, "rate": rate, "kept": city.number("handover_rate"), "months": city.number("newcomer_months")}
    grade = _grade(city, "dx_staff", "transfer_rate")
    alone = staff < 2
    impact = 3 if alone else _level(rate / 100, BY_SHARE)
    return Entry("risk", "alone" if alone else "transfer", facts, 1 + (grade in UNSURE), impact, "personnel", due, "assumptions", grade)


def _outside(plan: Plan) -> Iterator[Entry]:
    """How much of the work hangs on outsiders, when the last one leaves, and when the first one has to be looked for."""
    staffing, city = plan.staffing, plan.city
    people = staffing.outside[staffing.outside["kind"] == "outside"].groupby("month")["fte"].sum()
    share = float(staffing.autonomy["share"].max())
    if len(people):
        alone = staffing.self_reliant
        early = alone is None or alone > staffing.exit + months.DAY
        facts = {"fte": float(people.max()), "month": people.idxmax(), "share": share, "exit": staffing.exit, "alone": alone}
        yield Entry("dependency", "exit", facts, 1 + early, _level(share, BY_SHARE), "dx", _by(staffing.exit), "handover",
                    _grade(city, "autonomy_gain", "handover_rate"))
    leads = {form.name: int(form.number("form_lead", city.start)) for form in city.forms}
    begins = sorted((_months_before(start, leads[form]), start, form) for start, form in zip(staffing.contract["start"], staffing.contract["form"]))
    if begins:
        due, start, _ = begins[0]
        forms = tuple(dict.fromkeys(form for day, _, form in begins if max(day, city.start) == max(due, city.start)))
        facts = {"names": forms, "day": start, "months": max(leads[form] for form in forms)}
        yield Entry("dependency", "recruit", facts, 1 + (due < city.start), _level(share, BY_SHARE), "personnel",
                    months.next_open(max(due, city.start)), "contract", "G")


def _months_before(day: date, count: int) -> date:
    place = day.year * 12 + day.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def _classes(plan: Plan) -> Iterator[Entry]:
    """People who find no seat."""
    lost, asked = plan.training.unseated, int(plan.training.funnel["asked"].sum())
    if len(lost):
        by_reason = lost.groupby("reason")["people"].sum().sort_values(ascending=False, kind="stable")
        people = int(lost["people"].sum())
        due = months.next_open(max(plan.city.start, lost["month"].min()))
        yield Entry("issue", "unseated", {"people": people, "asked": asked, "reason": by_reason.index[0]}, 3,
                    _level(people / max(asked, 1), BY_PEOPLE), "personnel", due, "unseated", _grade(plan.city, "section_release", "coach_free"))


# --- money ---------------------------------------------------------------------------------------------------
def _money(plan: Plan, first: date) -> Iterator[Entry]:
    budget = plan.budget
    cost, general = (int(budget.sure[name].sum()) for name in ("yen", "general"))
    more = int(budget.sure["general_if_zero"].sum()) - general
    asked = budget.request["request_by"]
    due = min(asked) if len(asked) else first
    if more:
        by = budget.shock.groupby("measure")["yen"].sum().sort_values(ascending=False, kind="stable")
        name = dict(zip(budget.measure["measure"], budget.measure["name"]))[by.index[0]]
        facts = {"yen": more, "share": more / max(general, 1), "measure": f"{name}({by.index[0]})", "top": int(by.iloc[0])}
        yield Entry("risk", "zero", facts, 2, _level(more / max(general, 1), BY_MONEY), "finance", due, "sure", "M")
    late = budget.request[budget.request["standing"] == "late"]
    if len(late):
        row = late.iloc[0]
        facts = {"yen": int(late["yen"].sum()), "gate": row["gate"], "day": row["available"]}
        yield Entry("issue", "late_money", facts, 3, _level(late["yen"].sum() / max(cost, 1), BY_MONEY), "finance", row["request_by"], "request", "G")
    if len(budget.unasked):
        yen = int(budget.unasked["yen"].sum())
        years = tuple(sorted({int(year) for year in budget.unasked["fiscal"]}))
        yield Entry("assumption", "unasked", {"yen": yen, "years": years}, 2, _level(yen / max(cost, 1), BY_MONEY), "finance", first, "request", "G")


# --- assumptions, proofs, waits ------------------------------------------------------------------------------
def _assumed(plan: Plan, why: pd.DataFrame, first: date) -> Iterator[Entry]:
    """Unconfirmed values whose effect the plan itself measures."""
    rows, city = why.set_index("scenario"), plan.city
    cost: Counter = Counter()
    for group, yen in zip(plan.budget.item["group"], plan.budget.item["yen"].tolist()):
        cost[group] += yen
    effects = [(name, "months", _moved(rows, scenario)) for name, scenario in
               (("vendor_slots", "slots"), ("dx_share", "people"), ("section_share", "people")) if scenario in rows.index]
    effects += [(name, "yen", cost[group]) for name, group in (("migration_yen", "migration"), ("running_yen", "running"))]
    for name, kind, effect in effects:
        value = city.at(name)
        if value.grade in UNSURE and effect:
            impact = _level(effect, BY_MONTHS) if kind == "months" else _level(effect / max(cost.total(), 1), BY_MONEY)
            owner = {"vendor_slots": "contract", "section_share": "section", "dx_share": "dx"}.get(name, "finance")
            facts = {"name": name, "value": value.value, "unit": value.unit, kind: effect}
            yield Entry("assumption", "value", facts, 2, impact, owner, first, "assumptions", value.grade)


def _moved(rows: pd.DataFrame, scenario: str) -> float:
    return max((rows.at[scenario, "months"], rows.at[scenario, "mean_months"]), key=abs)


def _proofs(plan: Plan, due: date) -> Iterator[Entry]:
    """Calculations that were stopped far from what is proven."""
    for name, outcome in (("pmo", plan.pmo.outcome), ("staffing", plan.staffing.outcome), ("training", plan.training.outcome)):
        if outcome.gap > GAP:
            yield Entry("assumption", "gap", {"plan": name, "gap": float(outcome.gap)}, 2, 1 + (outcome.gap > WIDE_GAP), "office", due, "status", "G")


def _waits(plan: Plan) -> Iterator[Entry]:
    """What the town hall waits for from the council and from vendors."""
    laws, data = _tasks(plan.pmo, "15"), _tasks(plan.pmo, "12.1")
    if laws:
        end = min(row["finish"] for row in laws)
        rules = catalog.load_session_rules()
        session = next(m for m in months.sessions(rules, end, end + timedelta(days=366)) if m.start > end)
        facts = {"count": len(laws), "day": end, "session": session.name, "start": session.start}
        yield Entry("dependency", "council", facts, 0, 0, "section", _by(end), "task", "G")
    if data:
        row = min(data, key=itemgetter("start"))
        facts = {"count": len(data), "day": row["start"], "name": row["business"]}
        yield Entry("dependency", "data", facts, 0, 0, "vendor", _by(row["start"]), "task", "G")
