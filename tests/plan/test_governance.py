"""Governance: one accountable role a row, meetings on days that exist; the log has its own file."""

from datetime import date

import pandas as pd
import pytest

from dxplan.facts import catalog, months
from dxplan.plan.governance import ROLES, plan_governance
from dxplan.plan.meetings import AHEAD, LEAST, Diary
from tests.plan.steered import each, each_open, planned


# --- RACI -----------------------------------------------------------------------------------------
@each
def test_each_row_has_one_accountable_and_somebody_who_does_it(code):
    raci = planned(code)[2].raci
    assert len(raci) >= 4
    for row in raci[list(ROLES)].to_dict("records"):
        letters = list(row.values())
        assert sum("A" in letter for letter in letters) == 1, row
        assert any("R" in letter for letter in letters), row
        assert row["vendor"] in ("", "R", "C", "I"), "no vendor answers for the town hall's work"


@each_open
def test_the_work_items_of_the_matrix_are_those_of_the_plan_with_their_dates(code):
    plan, _, governance = planned(code)
    rows = governance.raci[governance.raci["area"] == "migration"].set_index("no")
    task = plan.pmo.task
    assert set(rows.index) == set(task["no"]) and rows.index.is_unique
    for no, part in task.groupby("no"):
        assert (rows.at[no, "first"], rows.at[no, "last"]) == (
            part["start"].min(),
            part["finish"].max(),
        )
        assert rows.at[no, "count"] == len(part)
        assert rows.at[no, "decided"] == part["decided"].all()


@each_open
def test_the_judgement_of_the_cutovers_spans_those_of_the_lots(code):
    plan, _, governance = planned(code)
    row = governance.raci[governance.raci["item"] == "cutover"].iloc[0]
    lot = plan.pmo.lots
    assert (row["first"], row["last"]) == (lot["cutover"].min(), lot["cutover"].max())
    assert (row["count"], row["decided"]) == (len(lot), lot["decided"].all())


def test_leads_are_responsible_and_supporters_are_consulted():
    raci = planned("172031")[2].raci.set_index("no")
    assert raci.loc["11", ["vendor", "section"]].tolist() == ["R", "A"]  # ベンダ; 業務所管課
    assert raci.loc["9", ["contract", "dx", "vendor"]].tolist() == ["A/R", "R", "C"]
    assert raci.loc["8", ["mayor", "contract"]].tolist() == [
        "A",
        "R",
    ]  # decided for the whole town hall
    assert raci.loc["13.2", ["section", "office"]].tolist() == ["A/R", "C"]
    assert raci.loc["17", ["section", "dx", "office"]].tolist() == ["A/R", "C", "I"]  # 周知


def test_an_interim_link_is_built_and_taken_away_by_somebody():
    raci = planned("said")[2].raci.set_index("no")
    assert raci.loc["18", ["dx", "section", "vendor"]].tolist() == ["A/R", "C", "C"]
    assert raci.loc["19", ["dx", "section", "vendor"]].tolist() == ["A/R", "", "C"]
    assert not {"18", "19"} & set(planned("172031")[2].raci["no"])


@pytest.mark.parametrize("code", ["131016", "155861"])
def test_a_city_without_lots_has_no_row_of_the_migration(code):
    raci = planned(code)[2].raci
    assert "migration" not in set(raci["area"]) and "cutover" not in set(raci["item"])
    assert {"request", "progress"} <= set(raci["item"])


# --- meetings -------------------------------------------------------------------------------------
@each
def test_meetings_lie_on_open_days_of_the_plan(code):
    plan, _, governance = planned(code)
    held = governance.meeting
    assert all(months.is_open(day) and day >= plan.city.start for day in held["day"])
    assert (
        held["day"].is_monotonic_increasing
        and not held.duplicated(["meeting", "day", "names"]).any()
    )


@each
def test_the_headquarters_meet_before_every_council_session_and_budget_deadline(code):
    plan, _, governance = planned(code)
    held = governance.meeting[governance.meeting["meeting"] == "board"]
    told = {
        (about, name)
        for abouts, names in zip(held["about"], held["names"])
        for about, name in zip(abouts, names)
    }
    asked = {("gate", gate) for gate in (*plan.pmo.gate["gate"], *plan.budget.request["gate"])}
    assert asked <= told | {("gate", "")} and ("council", "9月定例会") in told
    rules = months.sessions(catalog.load_session_rules(), plan.city.start, held["day"].max())
    free = [day for day, suits in zip(held["day"], held["suits"]) if suits]
    assert not [
        day for day in free if any(session.start <= day <= session.end for session in rules)
    ]
    assert all(day < due for day, due in zip(held["day"], held["due"]) if day > plan.city.start)


@each
def test_a_review_is_held_before_each_cutover_whose_day_is_decided_and_before_no_other(code):
    plan, _, governance = planned(code)
    held = governance.meeting[governance.meeting["meeting"] == "review"]
    judged = {due for due, about in zip(held["due"], held["about"]) if about == ("cutover",)}
    lot = plan.pmo.lots
    assert judged == set(lot[lot["decided"].astype(bool)]["cutover"])
    chosen = plan.pmo.task[plan.pmo.task["no"] == "8"]["finish"]
    assert {due for due, about in zip(held["due"], held["about"]) if about == ("contract",)} == set(
        chosen
    )
    assert len(judged) == (code in ("said", "late"))


@each_open
def test_vendors_meet_in_every_week_in_which_they_work_and_in_no_other(code):
    plan, _, governance = planned(code)
    bars = plan.pmo.task[plan.pmo.task["vendor"] > 0]
    days = governance.meeting.loc[governance.meeting["meeting"] == "vendor", "day"]
    assert set(days.map(date.weekday)) == {3}
    spans = list(zip(bars["start"], bars["finish"]))
    assert all(any(start <= day <= finish for start, finish in spans) for day in days)
    thursdays = pd.date_range(plan.city.start, max(bars["finish"]), freq="W-THU").date
    worked = [
        day
        for day in thursdays
        if months.is_open(day) and any(start <= day <= finish for start, finish in spans)
    ]
    assert list(days) == worked


def test_no_vendor_is_met_where_none_works():
    for code in ("131016", "155861"):
        assert not {"vendor", "review"} & set(planned(code)[2].meeting["meeting"])


def test_the_days_before_a_decision_by_hand():
    diary = Diary(planned("172031")[0].city, date(2026, 12, 1), date(2031, 3, 31))
    # 2027-08-10 (6 open days from 8-02): ten open days before are 7-27; neither council nor busy.
    assert diary.before(date(2027, 8, 10)) == (date(2027, 7, 27), True)
    # Ten open days before 5-14 lie in April, busy for everyone; the next day that suits is the
    # first open one of May.
    assert diary.before(date(2027, 5, 14)) == (date(2027, 5, 6), True)
    # Late March: council until 3-24 and busy; nothing suits for 30 open days but February before
    # the session.
    day, suits = diary.before(date(2027, 3, 20))
    assert suits and day < date(2027, 2, 20) and (AHEAD, LEAST) == (10, 3)
    assert diary.before(date(2026, 12, 1)) == (date(2026, 12, 1), False)


def test_the_same_plan_gives_the_same_governance():
    plan, _, first = planned("216046")
    again = plan_governance(plan)
    for name in ("raci", "raid", "meeting"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
