"""The RAID log: risks, assumptions, issues and dependencies, each from a number of the plan.

What the roadmap shows stands in ``concerns``, how an entry is rated in ``rating``; here follow
people, classes, money, assumptions and the calculations themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.plan.concerns import Ground, roadmap_entries
from dxplan.plan.meetings import Meeting
from dxplan.plan.rating import (
    BY_MONEY,
    BY_PEOPLE,
    BY_SHARE,
    BY_WORK,
    SMALL,
    UNSURE,
    Entry,
    grade_of,
    last_open,
    level,
)
from dxplan.plan.whole import Plan
from dxplan.town.city import City

ENOUGH, GAP, WIDE_GAP = 0.995, 0.1, 0.3


def build_register(plan: Plan, why: pd.DataFrame, held: Sequence[Meeting]) -> list[Entry]:
    """The entries of a plan, in a fixed order.

    Parameters
    ----------
    plan : all plans of the city.
    why : the table of ``plan_why``.
    held : its meetings, which are the days by which something is decided.
    """
    ground = Ground(plan, why, held)
    return [
        *roadmap_entries(ground),
        *_people(plan, ground.board),
        *_outside(plan),
        *_classes(plan),
        *_money(plan, ground.board),
        *_assumed(ground),
        *_proofs(plan, ground.office),
    ]


# --- people --------------------------------------------------------------------------------------------------
def _people(plan: Plan, first: date) -> Iterator[Entry]:
    city, staffing = plan.city, plan.staffing
    grade = grade_of(city, "dx_staff", "daily_share", "promotion_fte")
    month = staffing.cover.groupby("month")[["demand", "short"]].sum()
    lack = month[month["short"] >= SMALL]
    if len(lack):
        worst = staffing.cover.loc[staffing.cover["short"].idxmax()]
        facts = {
            "months": len(lack),
            "total": float(month["short"].sum()),
            "day": worst["month"],
            "role": worst["role"],
            "fte": float(worst["short"]),
        }
        owner = "section" if worst["role"] == "section" else "personnel"
        due = months.next_open(max(city.start, lack.index[0]))
        impact = level(float((lack["short"] / lack["demand"]).max()), BY_WORK)
        yield Entry("issue", "short", facts, 3, impact, owner, due, "cover", grade)
    if staffing.self_reliant is None:
        last = staffing.autonomy.iloc[-1]
        share = 1 - last["covered"] / last["wanted"]
        facts = {
            "covered": float(last["covered"]),
            "wanted": float(last["wanted"]),
            "day": last["month"],
        }
        yield Entry(
            "issue", "dependent", facts, 3, level(share, BY_WORK), "mayor", first, "handover", grade
        )
    yield from _heads(plan)
    yield _posts(city)


def _heads(plan: Plan) -> Iterator[Entry]:
    """People of the tier that drives change, at the end of the plan against the target."""
    head, pyramid = plan.staffing.head, plan.staffing.pyramid
    then = [
        float(people) for tier, people in zip(head["tier"], head["finish"]) if tier == "change"
    ][-1]
    goal = next(
        float(people)
        for section, tier, people in zip(*(pyramid[n] for n in ("section", "tier", "target")))
        if (section, tier) == ("", "change")
    )
    if then < goal * ENOUGH:
        day = plan.city.at("people_date").value
        grade = grade_of(plan.city, "change_ratio", "change_now")
        yield Entry(
            "issue",
            "heads",
            {"then": then, "goal": goal, "day": day},
            3,
            level(1 - then / goal, BY_SHARE),
            "personnel",
            last_open(day),
            "pyramid",
            grade,
        )


def _posts(city: City) -> Entry:
    """What 1 April takes from the DX section; a section of one person stands and falls with it."""
    staff, rate = city.number("dx_staff"), city.number("transfer_rate")
    due = last_open(date(city.start.year + (city.start.month >= 4), 3, 31))
    facts = {
        "staff": staff,
        "rate": rate,
        "kept": city.number("handover_rate"),
        "months": city.number("newcomer_months"),
    }
    grade = grade_of(city, "dx_staff", "transfer_rate")
    alone = staff < 2
    impact = 3 if alone else level(rate / 100, BY_SHARE)
    return Entry(
        "risk",
        "alone" if alone else "transfer",
        facts,
        1 + (grade in UNSURE),
        impact,
        "personnel",
        due,
        "assumptions",
        grade,
    )


def _outside(plan: Plan) -> Iterator[Entry]:
    """How much of the work hangs on outsiders, when the last one leaves, and when the first one has to be looked for."""
    staffing, city = plan.staffing, plan.city
    people = staffing.outside[staffing.outside["kind"] == "outside"].groupby("month")["fte"].sum()
    share = float(staffing.autonomy["share"].max())
    if len(people):
        alone = staffing.self_reliant
        early = alone is None or alone > staffing.exit + months.DAY
        facts = {
            "fte": float(people.max()),
            "month": people.idxmax(),
            "share": share,
            "exit": staffing.exit,
            "alone": alone,
        }
        yield Entry(
            "dependency",
            "exit",
            facts,
            1 + early,
            level(share, BY_SHARE),
            "dx",
            last_open(staffing.exit),
            "handover",
            grade_of(city, "autonomy_gain", "handover_rate"),
        )
    leads = {form.name: int(form.number("form_lead", city.start)) for form in city.forms}
    begins = sorted(
        (months.months_before(start.replace(day=1), leads[form]), start, form)
        for start, form in zip(staffing.contract["start"], staffing.contract["form"])
    )
    if begins:
        due, start, _ = begins[0]
        forms = tuple(
            dict.fromkeys(
                form for day, _, form in begins if max(day, city.start) == max(due, city.start)
            )
        )
        facts = {"names": forms, "day": start, "months": max(leads[form] for form in forms)}
        yield Entry(
            "dependency",
            "recruit",
            facts,
            1 + (due < city.start),
            level(share, BY_SHARE),
            "personnel",
            months.next_open(max(due, city.start)),
            "contract",
            "G",
        )


def _classes(plan: Plan) -> Iterator[Entry]:
    """People who find no seat."""
    lost, asked = plan.training.unseated, int(plan.training.funnel["asked"].sum())
    if len(lost):
        by_reason = (
            lost.groupby("reason")["people"].sum().sort_values(ascending=False, kind="stable")
        )
        people = int(lost["people"].sum())
        due = months.next_open(max(plan.city.start, lost["month"].min()))
        yield Entry(
            "issue",
            "unseated",
            {"people": people, "asked": asked, "reason": by_reason.index[0]},
            3,
            level(people / max(asked, 1), BY_PEOPLE),
            "personnel",
            due,
            "unseated",
            grade_of(plan.city, "section_release", "coach_free"),
        )


# --- money ---------------------------------------------------------------------------------------------------
def _money(plan: Plan, first: date) -> Iterator[Entry]:
    budget = plan.budget
    cost, general = (int(budget.sure[name].sum()) for name in ("yen", "general"))
    more = int(budget.sure["general_if_zero"].sum()) - general
    asked = budget.request["request_by"]
    due = min(asked) if len(asked) else first
    if more:
        by = (
            budget.shock.groupby("measure")["yen"].sum().sort_values(ascending=False, kind="stable")
        )
        name = dict(zip(budget.measure["measure"], budget.measure["name"]))[by.index[0]]
        facts = {
            "yen": more,
            "share": more / max(general, 1),
            "measure": f"{name}({by.index[0]})",
            "top": int(by.iloc[0]),
        }
        yield Entry(
            "risk",
            "zero",
            facts,
            2,
            level(more / max(general, 1), BY_MONEY),
            "finance",
            due,
            "sure",
            "M",
        )
    late = budget.request[budget.request["standing"] == "late"]
    if len(late):
        row = late.iloc[0]
        facts = {"yen": int(late["yen"].sum()), "gate": row["gate"], "day": row["available"]}
        yield Entry(
            "issue",
            "late_money",
            facts,
            3,
            level(late["yen"].sum() / max(cost, 1), BY_MONEY),
            "finance",
            row["request_by"],
            "request",
            "G",
        )
    if len(budget.unasked):
        yen = int(budget.unasked["yen"].sum())
        years = tuple(sorted({int(year) for year in budget.unasked["fiscal"]}))
        yield Entry(
            "assumption",
            "unasked",
            {"yen": yen, "years": years},
            2,
            level(yen / max(cost, 1), BY_MONEY),
            "finance",
            first,
            "request",
            "G",
        )


# --- assumptions, proofs -------------------------------------------------------------------------------
def _assumed(ground: Ground) -> Iterator[Entry]:
    """Unconfirmed values whose effect the plan measures: on the outlook, on people, or in yen."""
    yield from _vendor(ground)
    yield from _shares(ground)
    cost: Counter = Counter()
    for group, yen in zip(
        ground.plan.budget.item["group"], ground.plan.budget.item["yen"].tolist()
    ):
        cost[group] += yen
    for name, group in (("migration_yen", "migration"), ("running_yen", "running")):
        impact = level(cost[group] / max(cost.total(), 1), BY_MONEY)
        yield from _value(ground, name, "yen", cost[group], impact, "finance")


def _vendor(ground: Ground) -> Iterator[Entry]:
    """The day that is drawn for a vendor who has offered none."""
    lots = [row["lot"] for row in ground.lots if row["offered"] is None]
    later, impact = ground.later("later", lots), ground.impact("later", lots)
    yield from _value(ground, "vendor_likely", "later", later, impact, "contract")


def _shares(ground: Ground) -> Iterator[Entry]:
    """The shares of time that own people have: they set what is short on the plan's dates."""
    load = ground.plan.pmo.load
    for name, kind, owner in (("dx_share", "dx", "dx"), ("section_share", "section", "section")):
        part = load[load["kind"] == kind]
        short, work = float(part["short"].sum()), float(part["load"].sum())
        if short >= SMALL:
            yield from _value(ground, name, "short", short, level(short / work, BY_WORK), owner)


def _value(
    ground: Ground, name: str, kind: str, effect: float, impact: int, owner: str
) -> Iterator[Entry]:
    """An unconfirmed value, where it has an effect."""
    value, due = ground.city.at(name), ground.board
    if value.grade in UNSURE and effect:
        facts = {"name": name, "value": value.value, "unit": value.unit, kind: effect}
        grade = value.grade
        yield Entry("assumption", "value", facts, 2, impact, owner, due, "assumptions", grade)


def _proofs(plan: Plan, due: date) -> Iterator[Entry]:
    """Calculations that were stopped far from what is proven."""
    for name, outcome in (
        ("pmo", plan.pmo.outcome),
        ("staffing", plan.staffing.outcome),
        ("training", plan.training.outcome),
    ):
        if outcome.gap > GAP:
            yield Entry(
                "assumption",
                "gap",
                {"plan": name, "gap": float(outcome.gap)},
                2,
                1 + (outcome.gap > WIDE_GAP),
                "office",
                due,
                "status",
                "G",
            )
