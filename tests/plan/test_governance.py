"""Governance: one accountable role a row, a log that follows the numbers, meetings on days that exist."""

from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd
import pytest

from dxplan import catalog, months
from dxplan.city import load_city
from dxplan.plan.governance import ROLES, TOP, plan_governance
from dxplan.plan.meetings import AHEAD, LEAST, Diary
from dxplan.plan.register import BY_MONTHS, _level
from dxplan.plan.whole import plan_city
from dxplan.plan.why import plan_why

# A designated city, a mid-sized one, a town that is done, a village with one DX person.
CITIES = ("141003", "172031", "014231", "216046")
each = pytest.mark.parametrize("code", CITIES)


@cache
def planned(code):
    """All plans of a city with the reasons and the governance."""
    plan = plan_city(load_city(code), "quick")
    why = plan_why(plan.pmo, "quick")
    return plan, why, plan_governance(plan, why)


def entries(code, topic):
    """Rows of the RAID log on a topic."""
    raid = planned(code)[2].raid
    return raid[raid["topic"] == topic].to_dict("records")


# --- RACI ----------------------------------------------------------------------------------------------------
@each
def test_each_row_has_one_accountable_and_somebody_who_does_it(code):
    raci = planned(code)[2].raci
    for row in raci[list(ROLES)].to_dict("records"):
        letters = list(row.values())
        assert sum("A" in letter for letter in letters) == 1, row
        assert any("R" in letter for letter in letters), row
        assert row["vendor"] in ("", "R", "C", "I"), "no vendor answers for the town hall's work"


@each
def test_the_work_items_of_the_matrix_are_those_of_the_plan_with_their_dates(code):
    plan, _, governance = planned(code)
    rows = governance.raci[governance.raci["area"] == "migration"].set_index("no")
    task = plan.pmo.task
    assert set(rows.index) == set(task["no"])
    for no, part in task.groupby("no"):
        assert (rows.at[no, "first"], rows.at[no, "last"]) == (part["start"].min(), part["finish"].max())
        assert rows.at[no, "count"] == len(part)


def test_leads_are_responsible_and_supporters_are_consulted():
    raci = planned("172031")[2].raci.set_index("no")
    assert raci.loc["11", ["vendor", "section"]].tolist() == ["R", "A"]  # ベンダ; 業務所管課
    assert raci.loc["9", ["contract", "dx", "vendor"]].tolist() == ["A/R", "R", "C"]
    assert raci.loc["8", ["mayor", "contract"]].tolist() == ["A", "R"]  # decided for the whole town hall
    assert raci.loc["13.2", ["section", "office"]].tolist() == ["A/R", "C"]


def test_a_finished_city_has_no_row_of_the_migration():
    raci = planned("014231")[2].raci
    assert "migration" not in set(raci["area"]) and "cutover" not in set(raci["item"])
    assert {"request", "progress"} <= set(raci["item"])


# --- RAID ----------------------------------------------------------------------------------------------------
@each
def test_each_entry_has_an_owner_an_open_due_day_and_an_origin(code):
    plan, _, governance = planned(code)
    for row in governance.raid.to_dict("records"):
        assert row["owner"] in ROLES and row["origin"] and row["grade"] in "ABCMG"
        assert months.is_open(row["due"]) and row["due"] >= plan.city.start, row
        assert 0 <= row["likelihood"] <= 3 and 0 <= row["impact"] <= 3
        assert row["score"] == row["likelihood"] * row["impact"]


@each
def test_the_top_ten_are_ranked_by_score_then_by_due_day(code):
    raid = planned(code)[2].raid
    top = raid[raid["rank"] > 0].sort_values("rank")
    assert top["rank"].tolist() == list(range(1, min(TOP, (raid["score"] > 0).sum()) + 1))
    keys = [(-score, due, name) for score, due, name in zip(top["score"], top["due"], top["id"])]
    assert keys == sorted(keys)
    rest = raid[(raid["rank"] == 0) & (raid["score"] > 0)]
    assert all((-score, due, name) > keys[-1] for score, due, name in zip(rest["score"], rest["due"], rest["id"]))


@each
def test_the_log_tells_the_plan_s_own_numbers(code):
    plan, why, governance = planned(code)
    cut, topics = plan.pmo.cutover, set(governance.raid["topic"])
    assert ("late_end" in topics) == bool((cut["spare"] < 0).any())
    assert ("late_target" in topics) == bool(((cut["late_target"] > 0) & (cut["spare"] >= 0)).any())
    assert ("cause" in topics) == (not plan.pmo.done)
    assert len(entries(code, "gate")) == len(plan.pmo.gate[["request_by", "gate"]].drop_duplicates())
    for row in entries(code, "short"):
        assert row["facts"]["total"] == pytest.approx(plan.staffing.cover["short"].sum())
    for row in entries(code, "unseated"):
        assert row["facts"]["people"] == plan.training.unseated["people"].sum()
    for row in entries(code, "zero"):
        assert row["facts"]["yen"] == plan.budget.sure["general_if_zero"].sum() - plan.budget.sure["general"].sum()
    assert {row["facts"]["plan"] for row in entries(code, "gap")} == {
        name for name in ("pmo", "staffing", "training") if getattr(plan, name).outcome.gap > 0.1}


def test_the_village_with_one_person_is_told_so_and_the_city_is_not():
    assert entries("216046", "alone")[0]["impact"] == 3 and not entries("216046", "transfer")
    assert entries("141003", "transfer") and not entries("141003", "alone")


def test_systems_past_the_end_state_are_an_issue_of_the_mayor():
    plan, why, _ = planned("172031")
    late = plan.pmo.cutover.assign(spare=[-9, *plan.pmo.cutover["spare"][1:]])
    raid = plan_governance(replace(plan, pmo=replace(plan.pmo, cutover=late)), why).raid
    row = raid[raid["topic"] == "late_end"].iloc[0]
    assert (row["category"], row["score"], row["owner"], row["facts"]["weeks"]) == ("issue", 9, "mayor", 9)


def test_levels_change_at_their_limits():
    assert [_level(value, BY_MONTHS) for value in (0, 0.9, 1, 5.9, -6, 12)] == [1, 1, 2, 2, 3, 3]


def test_the_main_cause_is_the_verdict_of_why():
    row = entries("172031", "cause")[0]
    why = planned("172031")[1].set_index("scenario")
    assert row["facts"]["slots"] == (why.at["slots", "months"], why.at["slots", "mean_months"])
    assert (row["facts"]["verdict"], row["owner"]) == ("vendor", "contract")


# --- meetings ------------------------------------------------------------------------------------------------
@each
def test_meetings_lie_on_open_days_of_the_plan(code):
    plan, _, governance = planned(code)
    held = governance.meeting
    assert all(months.is_open(day) and day >= plan.city.start for day in held["day"])
    assert held["day"].is_monotonic_increasing and not held.duplicated(["meeting", "day", "names"]).any()


@each
def test_the_headquarters_meet_before_every_council_session_and_budget_deadline(code):
    plan, _, governance = planned(code)
    held = governance.meeting[governance.meeting["meeting"] == "board"]
    told = {(about, name) for abouts, names in zip(held["about"], held["names"]) for about, name in zip(abouts, names)}
    asked = {("gate", gate) for gate in (*plan.pmo.gate["gate"], *plan.budget.request["gate"])}
    assert asked <= told | {("gate", "")} and ("council", "9月定例会") in told
    rules = months.sessions(catalog.load_session_rules(), plan.city.start, held["day"].max())
    free = [day for day, suits in zip(held["day"], held["suits"]) if suits]
    assert not [day for day in free if any(session.start <= day <= session.end for session in rules)]
    assert all(day < due for day, due in zip(held["day"], held["due"]) if day > plan.city.start)


@each
def test_a_review_is_held_before_each_cutover(code):
    plan, _, governance = planned(code)
    held = governance.meeting[governance.meeting["meeting"] == "review"]
    judged = {due for due, about in zip(held["due"], held["about"]) if about == ("cutover",)}
    assert judged == set(plan.pmo.cutover["cutover"])


def test_vendors_meet_only_while_they_work():
    plan, _, governance = planned("172031")
    bars = plan.pmo.task[plan.pmo.task["slot"] > 0]
    days = governance.meeting.loc[governance.meeting["meeting"] == "vendor", "day"]
    assert days.min() >= bars["start"].min() and days.max() <= bars["finish"].max()
    assert set(days.map(date.weekday)) == {3}


def test_the_days_before_a_decision_by_hand():
    city = load_city("172031")
    diary = Diary(city, date(2026, 12, 1), date(2031, 3, 31))
    # 2027-08-10 (6 open days from 8-02): ten open days before are 7-27; neither council nor busy.
    assert diary.before(date(2027, 8, 10)) == (date(2027, 7, 27), True)
    # Ten open days before 5-14 lie in April, busy for everyone; the next day that suits is the first open one of May.
    assert diary.before(date(2027, 5, 14)) == (date(2027, 5, 6), True)
    # Late March: council until 3-24 and busy; nothing suits for 30 open days but February before the session.
    day, suits = diary.before(date(2027, 3, 20))
    assert suits and day < date(2027, 2, 20) and (AHEAD, LEAST) == (10, 3)
    assert diary.before(date(2026, 12, 1)) == (date(2026, 12, 1), False)


def test_the_same_plan_gives_the_same_governance():
    plan, why, first = planned("216046")
    again = plan_governance(plan, why)
    for name in ("raci", "raid", "meeting"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
