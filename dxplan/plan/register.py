"""The RAID log: risks, assumptions, issues and dependencies, each from a number of the plan.

What the roadmap shows stands in ``concerns``, how an entry is rated in ``rating``; here follow
people, classes, money, assumptions and the calculations themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.facts.nodes import UNSURE
from dxplan.plan.concerns import Ground, roadmap_entries
from dxplan.plan.parts import Parts
from dxplan.plan.rating import (
    BY_MONEY,
    BY_PEOPLE,
    BY_SHARE,
    BY_WORK,
    SMALL,
    Entries,
    Entry,
    entry,
    grade_of,
    lack_of,
    last_open,
    level,
    weakest,
)
from dxplan.plan.sittings import Meeting
from dxplan.town.city import City
from dxplan.town.initiatives import load_initiatives

# an unconfirmed price -> the groups of the budget that hang on it
VALUED = {"migration_yen": ["migration"], "running_yen": ["running", "current"]}
ENOUGH = 0.995  # share of a target that is as good as met
GAP, WIDE_GAP = 0.1, 0.3  # what is not proven of a cost: told from here on, and of more weight


def build_register(plan: Parts, held: Sequence[Meeting]) -> list[Entry]:
    """The entries of a plan, in a fixed order.

    Parameters
    ----------
    plan : all plans of the city.
    held : its meetings, which are the days by which something is decided.
    """
    ground = Ground(plan, held)
    return [
        *roadmap_entries(ground),
        *_people(ground),
        *_outside(plan),
        *_classes(plan),
        *_money(ground),
        *_initiatives(ground),
        *_assumed(ground),
        *_proofs(ground),
    ]


# --- people ---------------------------------------------------------------------------------------
def _people(ground: Ground) -> Entries:
    city, staffing = ground.city, ground.plan.staffing
    grade = grade_of(city, "dx_staff", "daily_share", "portfolio_yen")
    lack = lack_of(staffing.cover, "demand")
    if lack is not None:
        role = lack.worst["role"]
        facts = {
            "months": lack.months,
            "total": lack.total,
            "day": lack.worst["month"],
            "role": role,
            "fte": float(lack.worst["short"]),
        }
        owner = "section" if role == "section" else "personnel"
        due = months.next_open(max(city.start, lack.first))
        yield entry("short", facts, due, grade, 3, lack.impact, owner)
    if staffing.self_reliant is None:
        last = staffing.autonomy.iloc[-1]
        able = float(last["able"] - last["hired"])
        impact = level(1 - able / last["wanted"], BY_WORK)
        facts = {
            "covered": able,
            "wanted": float(last["wanted"]),
            "day": last["month"],
        }
        yield entry("dependent", facts, ground.board, grade, 3, impact)
    yield from _heads(ground.plan)
    yield _posts(city)


def _heads(plan: Parts) -> Entries:
    """People of the tier that drives change, at the end of the plan against the target."""
    head, pyramid = plan.staffing.head, plan.staffing.pyramid
    then = float(head.loc[head["tier"] == "change", "finish"].iloc[-1])
    whole = (pyramid["section"] == "") & (pyramid["tier"] == "change")
    goal = float(pyramid.loc[whole, "target"].iloc[0])
    if then < goal * ENOUGH:
        day = plan.city.at("people_date").day
        guessed = grade_of(plan.city, "change_ratio") in UNSURE
        facts = {"then": then, "goal": goal, "day": day, "guessed": guessed}
        grade = grade_of(plan.city, "change_ratio", "change_now")
        impact = level(1 - then / goal, BY_SHARE)
        yield entry("heads", facts, last_open(day), grade, 3, impact)


def _posts(city: City) -> Entry:
    """What 1 April takes from the DX section; a section of one person stands and falls with it."""
    staff, rate = city.number("dx_staff"), city.number("transfer_rate")
    facts = {
        "staff": staff,
        "rate": rate,
        "kept": city.number("handover_rate"),
        "months": city.number("newcomer_months"),
    }
    # the transfers are known by then, and not yet in force
    due = last_open(date(months.fiscal_year(city.start) + 1, 3, 31))
    grade = grade_of(city, "dx_staff", "transfer_rate")
    topic, impact = "transfer", level(rate / 100, BY_SHARE)
    if staff < 2:
        topic, impact = "alone", 3
    return entry(topic, facts, due, grade, 1 + (grade in UNSURE), impact)


def _outside(plan: Parts) -> Entries:
    """How much of the work hangs on outsiders, when the last leaves, when the first is sought."""
    staffing, city = plan.staffing, plan.city
    outside = staffing.outside[staffing.outside["kind"] == "outside"]
    people = outside.groupby("month")["fte"].sum()
    share = float(staffing.autonomy["share"].max())
    impact = level(share, BY_SHARE)
    end, alone = staffing.exit, staffing.self_reliant
    if end:
        facts = {
            "fte": float(people.max()),
            "month": people.idxmax(),
            "share": share,
            "exit": end,
            "alone": alone,
        }
        # who leaves before the town hall can stand alone leaves work behind
        early = alone is None or alone > end + months.DAY
        grade = grade_of(city, "autonomy_gain", "handover_rate")
        yield entry("exit", facts, last_open(end), grade, 1 + early, impact)
    yield from _sought(plan, impact)


def _sought(plan: Parts, impact: int) -> Entries:
    """The forms of employment whose people have to be looked for first."""
    city, contract = plan.city, plan.staffing.sought
    leads = {form.name: int(form.number("form_lead", city.start)) for form in city.forms}
    begins = []
    for start, form in zip(contract["start"], contract["form"], strict=True):
        day = months.month_later(start, -leads[form])
        begins.append((day, start, form))
    if not begins:
        return
    begins.sort()
    late, start, _ = begins[0]
    due = max(late, city.start)
    # what should have begun before the plan begins with it
    forms = dict.fromkeys(form for day, _, form in begins if max(day, city.start) == due)
    facts = {
        "names": tuple(forms),
        "day": start,
        "months": max(leads[form] for form in forms),
    }
    likelihood = 1 + (late < city.start)
    yield entry("recruit", facts, months.next_open(due), "G", likelihood, impact)


def _classes(plan: Parts) -> Entries:
    """People who find no seat."""
    lost, asked = plan.training.unseated, int(plan.training.funnel["asked"].sum())
    if lost.empty:
        return
    people = int(lost["people"].sum())
    facts = {
        "people": people,
        "asked": asked,
        "reason": _largest(lost, "reason", "people").index[0],
    }
    due = months.next_open(max(plan.city.start, lost["month"].min()))
    grade = grade_of(plan.city, "section_release", "coach_free")
    impact = level(people / max(asked, 1), BY_PEOPLE)
    yield entry("unseated", facts, due, grade, 3, impact)


def _largest(table: pd.DataFrame, by: str, amount: str) -> pd.Series:
    """Sums of an amount by a column, the largest first."""
    return table.groupby(by)[amount].sum().sort_values(ascending=False, kind="stable")


# --- money ----------------------------------------------------------------------------------------
def _money(ground: Ground) -> Entries:
    budget = ground.plan.budget
    yield from _shock(ground)
    late = budget.request[budget.request["standing"] == "late"]
    if len(late):
        first, yen = late.iloc[0], int(late["yen"].sum())
        facts = {"yen": yen, "gate": first["gate"], "day": first["available"]}
        yield entry("late_money", facts, first["request_by"], "G", 3, ground.money(yen))
    if len(budget.unasked):
        yen = int(budget.unasked["yen"].sum())
        years = sorted(set(budget.unasked["fiscal"].tolist()))
        facts = {"yen": yen, "years": tuple(years)}
        yield entry("unasked", facts, ground.board, "G", 2, ground.money(yen))


def _shock(ground: Ground) -> Entries:
    """What the town pays itself where the state's measures end."""
    budget = ground.plan.budget
    burden = int(budget.year["net"].sum())
    more = int(budget.year["if_zero"].sum()) - burden
    if not more:
        return
    share = more / max(burden, 1)
    by_measure = _largest(budget.shock, "measure", "yen")
    top = by_measure.index[0]
    name = budget.measure.set_index("measure").at[top, "name"]
    facts = {
        "yen": more,
        "share": share,
        "measure": f"{name}({top})",
        "top": int(by_measure.iloc[0]),
    }
    due = min(budget.request["request_by"], default=ground.board)
    yield entry("zero", facts, due, "M", 2, level(share, BY_MONEY))


# --- initiatives ----------------------------------------------------------------------------------
def _initiatives(ground: Ground) -> Entries:
    """What initiatives rest on: money of musts, claimed hours, what was seen elsewhere."""
    portfolio = ground.plan.portfolio
    row = portfolio.row
    musts, late = row[row["wish"] == "must"], row[row["state"] == "late"]
    if portfolio.missing:
        facts = {"yen": portfolio.missing, "names": tuple(musts["name"])}
        impact = ground.money(round(portfolio.missing))
        yield entry("must_money", facts, ground.board, "G", 3, impact)
    if len(late):
        yield entry("must_late", {"names": tuple(late["name"])}, ground.board, "G", 3, 2)
    taken = row[row["state"] == "chosen"]
    if taken.empty:
        return
    hours, counted = round(taken["hours"].sum()), round(taken["counted"].sum())
    grade = weakest(taken["hours_grade"])
    if hours:
        facts = {"claimed": hours, "counted": counted, "size": len(taken)}
        impact = level(1 - counted / hours, BY_SHARE)
        yield entry("claimed", facts, ground.board, grade, 2, impact)
    yield from _dearest(ground, taken)


def _dearest(ground: Ground, taken: pd.DataFrame) -> Entries:
    """Of what is taken up, that which costs most and whose pitfalls are known."""
    risks = {one.id: one for one in load_initiatives(ground.city) if one.risk}
    known = taken[taken["id"].isin(risks)].sort_values(["once", "id"], ascending=[False, True])
    for one in known.head(1).itertuples():
        yen = int(one.once + one.yearly)
        risk, grade = risks[one.id].risk, risks[one.id].origin.grade
        facts = {"name": one.name, "seen": risk.rstrip("。"), "yen": yen}
        due = last_open(max(ground.city.start, one.request_by))
        yield entry("seen", facts, due, grade, 2, ground.money(yen))


# --- assumptions, proofs --------------------------------------------------------------------------
def _assumed(ground: Ground) -> Entries:
    """Unconfirmed values whose effect the plan measures: on the outlook, on people, or in yen."""
    yield from _vendor(ground)
    yield from _shares(ground)
    item = ground.plan.budget.item
    cost = int(item["yen"].sum())
    for name, groups in VALUED.items():
        yen = int(item.loc[item["group"].isin(groups), "yen"].sum())
        impact = level(yen / max(cost, 1), BY_MONEY)
        yield from _value(ground, name, {"yen": yen}, impact, "finance")


def _vendor(ground: Ground) -> Entries:
    """The day that is drawn for a vendor who has offered none."""
    lots = [row["lot"] for row in ground.lots if row["offered"] is None]
    effect = {"later": ground.later("later", lots)}
    impact = ground.impact("later", lots)
    yield from _value(ground, "vendor_likely", effect, impact, "contract")


def _shares(ground: Ground) -> Entries:
    """The shares of time that own people have: they set what is short on the plan's dates."""
    load = ground.plan.pmo.load
    for kind in ("dx", "section"):
        rows = load[load["kind"] == kind]
        short, work = float(rows["short"].sum()), float(rows["load"].sum())
        if short >= SMALL:
            impact = level(short / work, BY_WORK)
            yield from _value(ground, f"{kind}_share", {"short": short}, impact, kind)


def _value(
    ground: Ground,
    name: str,
    effect: dict[str, float],
    impact: int,
    owner: str,
) -> Entries:
    """An unconfirmed value, where it has an effect."""
    value = ground.city.at(name)
    if value.grade in UNSURE and any(effect.values()):
        facts = {"name": name, "value": value.value, "unit": value.unit, **effect}
        yield entry("value", facts, ground.board, value.grade, 2, impact, owner)


def _proofs(ground: Ground) -> Entries:
    """Calculations that were stopped far from what is proven."""
    for name in ("pmo", "staffing", "training"):
        gap = float(getattr(ground.plan, name).outcome.gap)
        if gap > GAP:
            facts = {"plan": name, "gap": gap}
            yield entry("gap", facts, ground.office, "G", 2, 1 + (gap > WIDE_GAP))
