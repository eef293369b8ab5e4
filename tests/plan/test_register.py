"""The RAID log: open questions first, dates with their doubt, every entry a number of the plan."""

from dataclasses import replace
from datetime import date
from math import inf, isinf

import pandas as pd
import pytest

from dxplan.facts import months
from dxplan.plan import register
from dxplan.plan.concerns import Ground
from dxplan.plan.governance import ROLES, TOP
from dxplan.plan.rating import BY_MONTHS, LATE, SURE, level
from dxplan.town.systems import COMMON
from tests.plan.reasoned import reasoned
from tests.plan.steered import each, each_open, planned

LOTS = {
    "offer",
    "tight",
    "late_end",
    "late_target",
    "cause",
    "gate",
    "signed",
    "extension",
    "linked",
    "night",
    "lack",
    "council",
    "data",
}


def entries(code, topic):
    """Rows of the RAID log on a topic."""
    raid = planned(code)[2].raid
    return raid[raid["topic"] == topic].to_dict("records")


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
    assert all(
        (-score, due, name) > keys[-1]
        for score, due, name in zip(rest["score"], rest["due"], rest["id"])
    )


@each
def test_the_log_tells_the_plan_s_own_numbers(code):
    plan, _, governance = planned(code)
    assert len(entries(code, "gate")) == len(
        plan.pmo.gate[["request_by", "gate"]].drop_duplicates()
    )
    assert len(entries(code, "cause")) == (not plan.pmo.done)
    for row in entries(code, "short"):
        assert row["facts"]["total"] == pytest.approx(plan.staffing.cover["short"].sum())
    for row in entries(code, "unseated"):
        assert row["facts"]["people"] == plan.training.unseated["people"].sum()
    for row in entries(code, "zero"):
        assert (
            row["facts"]["yen"] == plan.budget.year["if_zero"].sum() - plan.budget.year["net"].sum()
        )
    assert {row["facts"]["plan"] for row in entries(code, "gap")} == {
        name for name in ("pmo", "staffing", "training") if getattr(plan, name).outcome.gap > 0.1
    }


@pytest.mark.parametrize("code", ["131016", "155861"])
def test_a_city_without_lots_has_no_entry_of_lots_and_yet_something_first(code):
    raid = planned(code)[2].raid
    assert not LOTS & set(raid["topic"]) and (raid["rank"] == 1).any()


# --- the questions --------------------------------------------------------------------------------
@each
def test_open_questions_are_asked_with_both_branches(code):
    plan, _, _ = planned(code)
    asked = [system for system in plan.city.movable if system.unsure]
    found = entries(code, "questions")
    assert len(found) == bool(asked)
    for row in found:
        now, then = plan.branches.to_dict("records")
        assert row["facts"]["names"] == tuple(
            system.business for system in asked if system.business != COMMON
        )
        assert (row["facts"]["now"], row["facts"]["then"]) == (now["systems"], then["systems"])
        assert row["facts"]["yen"] == then["yen"] - now["yen"] > 0
        assert (
            row["facts"]["told"] == (then["p50"],) * 2 and row["facts"]["chance"] == then["chance"]
        )
        assert (row["category"], row["likelihood"], row["id"]) == ("issue", 3, "I01")


def test_a_city_of_questions_only_has_its_question_first():
    row = entries("155861", "questions")[0]
    assert (row["rank"], row["facts"]["now"], row["facts"]["lots"]) == (1, 0, 1)


@each
def test_what_is_presumed_to_run_is_an_assumption_with_its_day(code):
    city = planned(code)[0].city
    names = [system.business for system in city.movable if system.state.value == "presumed"]
    found = entries(code, "presumed")
    assert len(found) == bool(names)
    for row in found:
        assert [*row["facts"]["names"], *[COMMON] * row["facts"]["common"]] == names
        assert (row["category"], row["facts"]["since"], row["score"]) == (
            "assumption",
            "2026-03-31",
            0,
        )


@pytest.mark.rest
def test_a_page_that_announced_a_late_system_is_a_question_with_its_day():
    row = entries("072028", "announced")[0]
    assert row["facts"] == {"names": ("住民基本台帳",), "day": date(2025, 11, 4)}
    assert (row["category"], row["owner"], row["grade"]) == ("issue", "section", "A")
    assert not entries("172031", "announced")  # no page of it is known


@pytest.mark.rest
def test_a_page_may_have_announced_a_month():
    row = entries("402079", "announced")[0]
    assert row["facts"] == {"names": ("健康管理",), "month": date(2026, 1, 1)}


@each_open
def test_lots_without_a_date_of_their_vendor_are_the_first_question(code):
    plan, why, _ = planned(code)
    lot = plan.pmo.lots
    open_ = lot[lot["offered"].isna()]
    found = entries(code, "offer")
    assert len(found) == bool(len(open_))
    for row in found:
        later = why[(why["scenario"] == "later") & why["lot"].isin(open_["lot"])]["months"]
        assert row["facts"] == {"names": tuple(open_["title"]), "later": later.max()}
        assert (row["category"], row["likelihood"]) == ("issue", 3)
    assert bool(found) == (code not in ("said", "late"))


# --- the dates of the lots ------------------------------------------------------------------------
@each_open
def test_a_doubtful_end_date_is_a_risk_and_a_lost_one_an_issue(code):
    plan, _, _ = planned(code)
    chance = plan.pmo.told.lot.set_index("lot")["chance"]
    titles = plan.pmo.lots.set_index("lot")["title"]
    lost = {titles[lot] for lot in chance.index if chance[lot] <= LATE}
    doubtful = {titles[lot] for lot in chance.index if LATE < chance[lot] < SURE}
    assert {row["facts"]["lot"] for row in entries(code, "late_end")} == lost
    assert {row["facts"]["lot"] for row in entries(code, "tight")} == doubtful
    for row in (*entries(code, "late_end"), *entries(code, "tight")):
        late = row["topic"] == "late_end"
        assert (row["category"], row["owner"]) == (("issue", "mayor") if late else ("risk", "dx"))
        assert (row["likelihood"], row["impact"]) == (2 + late, 3)


def test_the_files_show_a_doubtful_and_a_lost_end_date():
    assert len(entries("said", "tight")) == 1 and not entries("said", "late_end")
    assert len(entries("late", "late_end")) == 1 and not entries("late", "tight")


@each_open
def test_outlooks_behind_the_target_are_an_issue_but_for_those_that_miss_the_end(code):
    plan, _, _ = planned(code)
    target, titles = plan.city.at("target_date").value, plan.pmo.lots.set_index("lot")["title"]
    told = plan.pmo.told.lot
    late = [
        titles[lot]
        for lot, day, chance in zip(told["lot"], told["p20"], told["chance"])
        if chance > LATE and (day is None or day > target)
    ]
    found = entries(code, "late_target")
    assert sorted(name for row in found for name in row["facts"]["names"]) == sorted(late)
    assert all(row["facts"]["day"] == target and row["impact"] <= 2 for row in found)
    assert bool(found) == (code == "said")


@each_open
def test_what_sets_the_last_date_comes_with_what_the_table_says(code):
    plan, why, _ = planned(code)
    row = entries(code, "cause")[0]
    told = plan.pmo.told.lot
    last = max(day or date.max for day in told["p50"])
    names = set(told[[(day or date.max) == last for day in told["p50"]]]["lot"])
    lot = plan.pmo.lots[plan.pmo.lots["title"] == row["facts"]["lot"]].iloc[0]
    assert lot["lot"] in names and row["facts"]["set_by"] == lot["set_by"]
    mine = why[why["lot"] == lot["lot"]].set_index("scenario")
    for name in ("earlier", "later", "alone"):
        months_ = mine.at[name, "months"]
        told_ = row["facts"][name]
        assert isinf(told_) if pd.isna(months_) else told_ == months_


def test_only_the_first_budget_occasion_has_been_tried():
    rows = entries("141003", "gate")
    why = planned("141003")[1]
    assert (
        len(rows) > 1
        and rows[0]["facts"]["missed"] == why[why["scenario"] == "gate"]["months"].max()
    )
    assert not any("missed" in row["facts"] for row in rows[1:])


def test_beyond_the_calendar_is_later_without_end():
    plan, why, _ = planned("172031")
    beyond = why.assign(
        months=[
            None if name == "later" else value
            for name, value in zip(why["scenario"], why["months"])
        ]
    )
    ground = Ground(reasoned(plan, beyond.astype({"months": float})), ())
    assert ground.later("later", ["ロット1"]) == inf and ground.impact("later", ["ロット1"]) == 3
    assert ground.later("alone", ["ロット1"]) < inf


def test_a_condition_that_makes_the_end_date_doubtful_is_of_the_highest_impact():
    plan, why, _ = planned("172031")
    worse = why.assign(
        chance=[
            0.8 if name == "later" else share for name, share in zip(why["scenario"], why["chance"])
        ]
    )
    worse["more"] = worse["chance"] - 1.0
    assert Ground(reasoned(plan, worse), ()).impact("later", ["ロット1"]) == 3
    assert Ground(plan, ()).impact("later", ["ロット1"]) < 3


# --- contracts, links, nights, people -------------------------------------------------------------
@each_open
def test_contracts_read_from_the_steps_are_an_assumption(code):
    lot = planned(code)[0].pmo.lots
    signed = tuple(lot[lot["contracted"].astype(bool) & lot["presumed"].astype(bool)]["title"])
    assert [row["facts"]["names"] for row in entries(code, "signed")] == [signed] * bool(signed)


def test_contracts_are_presumed_in_the_village_and_said_in_the_file():
    assert entries("216046", "signed")[0]["category"] == "assumption" and not entries(
        "said", "signed"
    )


def test_a_contract_that_ends_too_early_is_a_decision_with_its_day_months_and_yen():
    plan, _, _ = planned("said")
    row = entries("said", "extension")[0]
    lot = plan.pmo.lots.set_index("lot").loc["税"]
    assert row["facts"] == {
        "lot": lot["title"],
        "day": date(2028, 3, 31),
        "months": lot["extension"],
        "yen": plan.pmo.extension_yen["税"],
        "by": lot["decide_by"],
        "past": False,
    }
    assert (row["category"], row["owner"], row["likelihood"]) == ("issue", "contract", 3)
    assert row["due"] <= lot["decide_by"] < date(2028, 3, 31)
    assert lot["extension"] > 0 and not entries("172031", "extension")


def test_an_interim_link_is_told_with_its_yen():
    plan, _, _ = planned("said")
    row = entries("said", "linked")[0]
    assert row["facts"]["names"] == (plan.pmo.lots.set_index("lot").at["税", "title"],)
    item = plan.budget.item
    assert row["facts"]["yen"] == item[item["item"] == "link"]["yen"].sum() > 0
    assert not entries("172031", "linked")


@pytest.mark.rest
def test_lots_on_one_night_are_a_risk_and_their_day_is_not_told():
    plan, _, _ = planned("072028")
    lot = plan.pmo.lots
    nights = lot.groupby("cutover")["title"].agg(tuple)
    shared = [names for names in nights if len(names) > 1]
    rows = entries("072028", "night")
    assert shared and [row["facts"]["names"] for row in rows] == shared
    assert all(row["facts"]["when"][1] is False and row["due"] < min(lot["begins"]) for row in rows)


@each_open
def test_what_own_people_lack_on_the_plan_s_dates_is_an_issue(code):
    load = planned(code)[0].pmo.load
    month = load.groupby("month")["short"].sum()
    found = entries(code, "lack")
    assert len(found) == (month.max() >= 0.05)
    for row in found:
        assert (
            row["facts"]["total"] == pytest.approx(month.sum())
            and row["facts"]["fte"] == load["short"].max()
        )
        assert row["facts"]["count"] == (month >= 0.05).sum()


def test_own_people_are_short_in_the_village_and_not_in_the_designated_city():
    assert entries("216046", "lack") and not entries("141003", "lack")


def test_the_village_with_one_person_is_told_so_and_the_city_is_not():
    assert entries("216046", "alone")[0]["impact"] == 3 and not entries("216046", "transfer")
    assert entries("141003", "transfer") and not entries("141003", "alone")


@each
def test_unconfirmed_values_are_listed_only_with_an_effect(code):
    plan, why, _ = planned(code)
    found = {row["facts"]["name"]: row["facts"] for row in entries(code, "value")}
    short = plan.pmo.load.groupby("kind")["short"].sum()
    for kind, name in (("dx", "dx_share"), ("section", "section_share")):
        lack = short.get(kind, 0.0)
        assert (name in found) == (lack >= 0.05)
        assert name not in found or found[name]["short"] == pytest.approx(lack)
    lots = plan.pmo.lots[plan.pmo.lots["offered"].isna()]["lot"]
    later = why[(why["scenario"] == "later") & why["lot"].isin(lots)]["months"].max()
    assert ("vendor_likely" in found) == bool(later > 0)
    assert {"vendor_slots", "months"}.isdisjoint(
        {*found, *(key for facts in found.values() for key in facts)}
    )


@each_open
def test_what_waits_on_the_council_and_the_vendors_is_due_before_it_begins(code):
    plan, _, _ = planned(code)
    task = plan.pmo.task
    for topic, no, end in (("council", "15", "finish"), ("data", "12.1", "start")):
        row, bars = entries(code, topic)[0], task[task["no"] == no]
        first = bars[bars[end] == bars[end].min()].iloc[0]
        assert row["facts"]["count"] == len(bars) and row["facts"]["when"] == (
            first[end],
            first["decided"],
        )
        assert row["due"] <= first[end]


@each
def test_no_entry_is_due_on_the_day_of_an_undecided_cutover(code):
    plan, _, governance = planned(code)
    lot = plan.pmo.lots[~plan.pmo.lots["decided"].astype(bool)]
    secret = {*lot["cutover"], *lot["closure_end"], *lot["live"], *lot["begins"]}
    assert not secret & set(governance.raid["due"])
    told = [
        value
        for facts in governance.raid["facts"]
        for value in facts.values()
        if isinstance(value, date)
    ]
    assert not secret & set(told)


def test_levels_change_at_their_limits():
    assert [level(value, BY_MONTHS) for value in (0, 0.9, 1, 5.9, -6, 12, inf)] == [
        1,
        1,
        2,
        2,
        3,
        3,
        3,
    ]


# --- initiatives ----------------------------------------------------------------------------------
def test_the_initiatives_say_whose_hours_they_count_and_what_was_seen_elsewhere():
    plan, *_ = planned("172031")
    row = plan.portfolio.row
    taken = row[row["state"] == "chosen"]
    (claimed,) = entries("172031", "claimed")
    assert claimed["facts"]["claimed"] == round(taken["hours"].sum())
    assert claimed["facts"]["counted"] < claimed["facts"]["claimed"]
    assert claimed["category"] == "assumption" and claimed["grade"] == "G"
    (seen,) = entries("172031", "seen")
    (dearest,) = taken[taken["name"] == seen["facts"]["name"]].itertuples()
    assert dearest.once == taken["once"].max() and seen["due"] <= dearest.request_by
    assert not entries("172031", "must_money") and not entries("172031", "must_late")


def test_a_must_beyond_the_money_is_an_issue_of_the_finance_section():
    plan, *_ = planned("172031")
    row = plan.portfolio.row
    state = row["state"].where(row["id"] != "DX06", "late")
    short = replace(plan.portfolio, missing=4e6, row=row.assign(state=state))
    raid = replace(plan, portfolio=short).governance.raid.set_index("topic")
    money, late = raid.loc["must_money"], raid.loc["must_late"]
    assert money["owner"] == "finance" and money["facts"]["yen"] == 4e6
    name = row.set_index("id").at["DX06", "name"]
    assert late["facts"]["names"] == (name,) and name in money["facts"]["names"]


def test_musts_above_the_money_and_late_ones_are_near_certain():
    plan = planned("172031")[0]
    row = plan.portfolio.row.copy()
    row.loc[row.index[0], "state"] = "late"
    portfolio = replace(plan.portfolio, missing=2e7, row=row)
    found = {
        one.topic: one
        for one in register._initiatives(Ground(replace(plan, portfolio=portfolio), ()))
    }
    assert found["must_money"].likelihood == found["must_late"].likelihood == 3
    assert found["must_money"].facts["yen"] == 2e7
    assert found["must_late"].facts["names"] == (row["name"].iloc[0],)
