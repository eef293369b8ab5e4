"""Governance: one accountable role a row, meetings on days that exist; the log has its own file."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from dxplan.facts import catalog, months
from dxplan.plan.governance import OFFICES, ROLES, plan_governance
from dxplan.plan.sittings import AHEAD, LEAST, Diary, meeting_hours, plan_sittings, regular
from tests.plan.steered import each, each_open, planned


# --- RACI -----------------------------------------------------------------------------------------
@each
def test_each_row_has_one_accountable_and_somebody_who_does_it(code):
    raci = planned(code)[2].raci
    assert len(raci) >= 4
    for row in raci[[role for role in ROLES if role in raci]].to_dict("records"):
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
    held = governance.meeting[governance.meeting["meeting"].isin(("board", "joint"))]
    held = held[held["due"].notna()]
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
    if plan.city.at("meeting_style").word == "合同":  # around the cutovers alone
        around = timedelta(weeks=4)
        spans = [(day - around, day + around) for day in plan.pmo.lots["cutover"]]
    assert all(any(start <= day <= finish for start, finish in spans) for day in days)
    last = max(finish for _, finish in spans)
    thursdays = pd.date_range(plan.city.start, last, freq="W-THU").date
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


# --- meetings by size -----------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["216046", "155861"])
def test_a_village_has_one_joint_meeting_a_month_and_what_surrounds_a_cutover(code):
    plan, _, governance = planned(code)
    held = governance.meeting
    assert set(held["meeting"]) <= {"joint", "review", "vendor"}
    joint = held[held["meeting"] == "joint"]
    months_held = {(day.year, day.month) for day in joint["day"]}
    assert len(months_held) == len(joint)
    first, last = joint["day"].min(), joint["day"].max()
    assert len(joint) == (last.year - first.year) * 12 + last.month - first.month + 1
    assert len(held) <= len(joint) + 12 * len(plan.pmo.lots)
    # what is due stands with the last joint meeting before it
    for day, due in zip(joint["day"], joint["due"]):
        assert due is None or day < due <= day + timedelta(days=66)


def test_a_city_that_wants_joint_meetings_has_them_and_a_village_that_does_not_has_all():
    plan, _, _ = planned("172031")
    city = plan.city.changed(meeting_style="合同")
    assert {m.meeting for m in plan_sittings(city, plan.pmo)} == {"joint", "review", "vendor"}
    plan, _, _ = planned("216046")
    city = plan.city.changed(meeting_style="会議ごと")
    assert {m.meeting for m in plan_sittings(city, plan.pmo)} >= {"board", "office", "issue"}


def test_the_hours_of_meetings_by_hand():
    city = planned("172031")[0].city  # 12 people in the DX section
    day = date(2027, 6, 3)
    held = [regular(name, day, True) for name in ("vendor", "vendor", "board")]
    held.append(regular("vendor", date(2027, 7, 1), True))
    hours = meeting_hours(city, held)
    told = [tuple(row) for row in hours.itertuples(index=False)]
    assert told == [  # vendor: 1 and 2 people for an hour; board: 2 and 10 for one and a half
        (date(2027, 6, 1), "board", 1, 3.0, 0.0, 15.0),
        (date(2027, 6, 1), "vendor", 2, 2.0, 4.0, 0.0),
        (date(2027, 7, 1), "vendor", 1, 1.0, 2.0, 0.0),
    ]
    alone = city.changed(dx_staff=0.5, meeting_scale=2.0)  # one person goes, twice as long
    assert meeting_hours(alone, held)["dx"].tolist() == [3.0, 4.0, 2.0]


@each
def test_the_hours_are_those_of_the_meetings_that_are_held(code):
    _, _, governance = planned(code)
    hours, held = governance.hours, governance.meeting
    assert hours["times"].sum() == len(held)
    counted = hours.groupby("meeting")["times"].sum().to_dict()
    assert counted == held["meeting"].value_counts().to_dict()


# --- one office -----------------------------------------------------------------------------------
def test_in_a_village_one_office_answers_for_money_people_and_contracts():
    _, _, village = planned("216046")
    _, _, city = planned("172031")
    assert "general" in village.raci and not set(OFFICES) & set(village.raci)
    assert "general" not in city.raci and set(OFFICES) <= set(city.raci)
    assert not set(OFFICES) & set(village.raid["owner"]) and "general" in set(village.raid["owner"])
    one, three = (g.raci.set_index("item") for g in (village, city))
    assert three.loc["recruit", list(OFFICES)].tolist() == ["C", "A/R", "C"]
    assert three.loc["funding", list(OFFICES)].tolist() == ["A/R", "", ""]
    # the strongest letter
    assert one.loc["funding", "general"] == "A/R"


def test_the_outsider_who_is_the_pmo_is_named_with_the_last_day():
    plan, _, governance = planned("141003")
    contract = plan.staffing.contract
    ends = contract.loc[contract["form"] == "PMO伴走", "finish"]
    assert governance.office == (max(ends) if len(ends) else None)
    none = replace(plan.staffing, contract=contract[contract["form"] != "PMO伴走"])
    assert plan_governance(replace(plan, staffing=none)).office is None


def test_the_same_plan_gives_the_same_governance():
    plan, _, first = planned("216046")
    again = plan_governance(plan)
    for name in ("raci", "raid", "meeting"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
