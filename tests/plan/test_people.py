"""Staffing of tiny cities solved by hand, and what a wrong params file is told."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dxplan.facts import months
from dxplan.facts.params import Engagement, ParamError
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.roster import self_reliant
from dxplan.plan.staffing import build_people, plan_staffing
from dxplan.solve.linear import plan_linear
from dxplan.solve.outcome import EFFORTS, PlanError
from dxplan.town.city import CityError, Section, load_city
from tests.plan.cities import (
    cover,
    dated,
    form,
    funded,
    heads,
    in_state,
    month,
    solved,
    tiny,
)
from tests.plans import plain, roadmap

NOTHING = (None, 0.0)
CLASSES = {
    "step_lead": 0.0,
    "step1_seats": 10.0,
    "step2_seats": 8.0,
    "step3_seats": 6.0,
    "step1_done": 80.0,
    "step2_done": 75.0,
    "step3_done": 50.0,
    "step2_months": 8.0,
    "step3_months": 10.0,
    "step1_yen": 1e6,
    "step2_yen": 2e6,
    "step3_yen": 4e6,
    "step2_coach": 0.0,
    "step3_coach": 0.0,
    "change_share": 10.0,
}
APRIL = {
    "dx_staff": 10.0,
    "staff": 110,
    "transfer_rate": 20.0,
    "newcomer_share": 50.0,
    "newcomer_months": 6.0,
    "core_now": 2.0,
    "core_ratio": 0.0,
    "change_now": 8.0,
    "use_now": 25.0,
    "start_date": date(2027, 1, 1),
}


def row(table, index=0):
    return tuple(table.iloc[index])


def given(city):
    """What the staffing of a tiny city is given, with money from its plan's start."""
    return load_people(city, funded(plan_pmo(city)))


# --- one form of outsider -------------------------------------------------------------------------
def short_for_six_months(**changes):
    """One FTE is missing from July to December 2028; one form could do it from month four on."""
    return tiny(
        form("業務委託", once=100_000, lead=3),
        promotion=(NOTHING, (month(2028, 7), 1.0), (month(2029, 1), 0.0)),
        **changes,
    )


# of own people beside the outsider all the time, each month a fiftieth can do alone
@pytest.mark.parametrize("strategy, alone", [("outside", 0.0), ("both", 6 / 50)])
def test_one_person_short_for_six_months_is_one_engagement_of_six_months(strategy, alone):
    plan = solved(short_for_six_months(pair_least=100.0, autonomy_gain=0.02), strategy)
    assert row(plan.contract) == (
        "業務委託",
        "outside",
        1,
        date(2028, 7, 1),
        date(2028, 12, 31),
        6,
        1.0,
        1e6,
        1e5,
        pytest.approx(alone),
        False,
    )
    assert len(plan.contract) == 1 and row(plan.cost) == (2028, "業務委託", 6_100_000)
    assert plan.value == pytest.approx(6_100_000) and plan.outcome.status == "最適"
    assert cover(plan)["outside"].sum() == pytest.approx(6) and not cover(plan)["short"].any()
    assert plan.exit == date(2028, 12, 31)


@pytest.mark.parametrize(
    "share, most, length, value",
    [
        (0, 12, 6, 6.1e6),
        (50, 12, 6, 9.1e6),  # and half of what the six months left would cost
        (150, 12, 12, 12.1e6),  # twelve months are cheaper than 15.1
        (150, 6, 6, 6.1e6),  # the form allows no more
    ],
)
def test_an_engagement_under_twelve_months_is_dearer_where_its_form_allows_twelve(
    share, most, length, value
):
    city = short_for_six_months(brief_share=float(share))
    city = replace(city, forms=(form("業務委託", once=100_000, lead=3, most=most),))
    plan = solved(city, "outside")
    assert plan.contract["months"].tolist() == [length] and not cover(plan)["short"].any()
    assert plan.value == pytest.approx(value)
    assert plan.cost["yen"].sum() == 100_000 + length * 1_000_000  # the price is not paid


def test_a_shortage_cheaper_than_the_outsider_is_left_short():
    plan = solved(short_for_six_months(price_short=1_000_000.0), "outside")
    assert not len(plan.contract) and plan.value == pytest.approx(6_000_000)
    assert cover(plan)["short"].sum() == pytest.approx(6)


def test_engagements_begin_with_a_quarter_so_the_month_outside_it_is_short():
    city = tiny(
        form("業務委託", once=100_000, lead=3),
        promotion=(NOTHING, (month(2028, 8), 1.0), (month(2029, 2), 0.0)),
    )
    plan = solved(city, "outside")
    assert row(plan.contract)[3:5] == (date(2028, 7, 1), date(2028, 12, 31))
    assert plan.value == pytest.approx(6_100_000 + 2_500_000)  # January 2029
    assert cover(plan).loc[month(2029, 1), "short"] == pytest.approx(1)


def test_what_begins_in_a_first_quarter_that_is_not_whole_still_lasts_its_shortest_time():
    city = tiny(
        form("業務委託"),
        promotion=((None, 1.0), (month(2028, 9), 0.0)),
        start_date=date(2028, 3, 1),
    )
    plan = solved(city, "outside")
    assert row(plan.contract)[3:6] == (date(2028, 3, 1), date(2028, 9, 30), 7)
    assert plan.value == pytest.approx(7_000_000)


def test_nobody_starts_before_the_lead_time():
    city = tiny(form("業務委託", lead=5), promotion=((None, 1.0), (month(2028, 4), 0.0)))
    plan = solved(city, "outside")
    assert plan.contract["start"].min() == date(
        2027, 10, 1
    )  # five months after April 2027 and at a quarter
    assert cover(plan)["short"].sum() == pytest.approx(6)


@pytest.mark.parametrize(
    "money, lead, start",
    [
        (date(2027, 7, 1), 0, date(2027, 7, 1)),
        (date(2027, 7, 1), 5, date(2028, 1, 1)),  # December, and at a quarter
        (date(2027, 12, 25), 0, date(2028, 1, 1)),
        (date(2027, 12, 25), 1, date(2028, 4, 1)),  # February, and at a quarter
    ],
)
def test_nobody_starts_before_the_first_money_and_the_lead_time_after_it(money, lead, start):
    city = tiny(form("業務委託", lead=lead, most=60), promotion=((None, 1.0),))
    plan = solved(city, "outside", money=money)
    before = months.months_between(city.start, start)
    assert plan.contract["start"].tolist() == [start]
    assert cover(plan)["short"].tolist() == pytest.approx([1] * before + [0] * (60 - before))
    assert plan.value == pytest.approx((60 - before) * 1e6 + before * 2.5e6)


def test_where_no_budget_can_be_asked_nobody_is_engaged_and_no_class_is_held():
    city = tiny(form("業務委託"), promotion=((None, 1.0),), staff=42, **CLASSES)
    for strategy in ("outside", "both"):
        plan = plan_staffing(city, replace(plan_pmo(city), gates=()), strategy)
        assert not len(plan.contract) and not len(plan.intake)
        assert cover(plan)["short"].tolist() == pytest.approx([1] * 60)


# --- who is there already, and how many at a time -------------------------------------------------
def engaged(city, until, name="業務委託"):
    """The city with one person of a form who has worked since before the plan."""
    origin = "手計算の例", "2026-11-23", "手計算の例", "G", False, ""
    known = Engagement(name, 1, date(2026, 4, 1), until, *origin)
    return replace(city, engaged=(known,))


def test_who_is_engaged_already_works_and_is_paid_and_is_nobodys_choice():
    city = tiny(form("業務委託", once=100_000), promotion=((None, 1.0), (month(2028, 4), 0.0)))
    plan = solved(engaged(city.changed(autonomy_gain=0.0), date(2028, 3, 31)), "both")
    assert [(r.start, r.finish, r.months, r.given) for r in plan.contract.itertuples()] == [
        (date(2026, 4, 1), date(2028, 3, 31), 24, True)
    ]
    assert cover(plan)["outside"].tolist() == pytest.approx([1] * 12 + [0] * 48)
    assert row(plan.cost) == (2027, "業務委託", 12_000_000)  # those twelve months of the plan
    assert plan.value == 0 and plan.exit == date(2028, 3, 31)


def test_who_is_engaged_already_is_followed_by_another_of_the_same_form():
    city = engaged(tiny(form("業務委託"), promotion=((None, 1.0),)), date(2028, 3, 31))
    plan = solved(city.changed(autonomy_gain=0.0), "both")
    assert plan.contract["given"].tolist()[0] and not plan.contract["given"].iloc[1:].any()
    assert plan.contract["start"].iloc[1] == date(2028, 4, 1)
    assert plan.outside["count"].tolist() == [1] * 60
    assert plan.value == pytest.approx(48e6)  # four more of twelve months


@pytest.mark.parametrize("strategy, people", [("both", 1), ("outside", 2)])
def test_a_village_with_one_it_person_has_one_outsider_beside_them(strategy, people):
    city = tiny(
        form("業務委託", max=3, year=3),
        staff=13,
        dx_staff=1.0,
        daily_share=100.0,
        pair_least=0.0,
        autonomy_gain=0.0,
        promotion=((None, 2.0), (month(2028, 4), 0.0)),
    )
    plan = solved(city, strategy)
    # two are wanted for a year; the one person has the daily work of one
    assert plan.outside["count"].tolist() == [people] * 12
    assert cover(plan)["short"].tolist() == pytest.approx([2 - people] * 12 + [0] * 48)
    assert plan.value == pytest.approx(people * 12e6 + (2 - people) * 12 * 2.5e6)
    assert cover(plan, "daily")["own"].tolist() == pytest.approx([1] * 60)
    assert plan.pyramid["target"].iloc[0] == 1 and plan.head["start"].iloc[3::4].size == 59


# --- the office of the project --------------------------------------------------------------------
def test_a_city_without_pending_lots_has_no_office_and_nobody_who_accompanies_it():
    city = tiny(form("PMO伴走"), pmo_fte=1.0, pmo_peak=1.0)
    people = given(city)
    assert not any(people.demand[role].any() for role in ("dx", "pmo", "section"))
    for strategy in ("both", "outside"):
        plan = solved(city, strategy)
        assert not len(plan.contract) and plan.value == 0


def test_the_office_runs_while_a_lot_is_open_and_takes_more_from_its_rehearsal_on():
    city = tiny(pmo_fte=0.1, pmo_peak=0.2, meeting_scale=0.0)
    first, *others = city.systems
    systems = in_state(first, "late"), *others
    pmo = plan_pmo(replace(city, systems=systems, sections=plain("172031").sections))
    task, people = pmo.task, load_people(pmo.city, pmo)
    assert set(task["lot"]) == {pmo.lots["lot"][0]}
    begin, end = task["start"].min(), task["finish"].max()
    rehearsed = task.loc[task["no"] == "12.2", "start"].min()
    wanted = []
    for day in people.month:
        open_ = begin <= months.month_end(day) and day <= end
        tested = open_ and rehearsed <= months.month_end(day)
        wanted.append(0.1 * open_ + 0.2 * tested)
    assert 0.1 in wanted and wanted[-1] == 0
    assert people.demand["pmo"].tolist() == pytest.approx(wanted)


def test_who_accompanies_the_project_stays_until_its_last_hypercare():
    people = given(tiny(form("PMO伴走", yen=500_000, least=3), daily_share=100.0))
    demand = {**people.demand, "pmo": np.repeat([1.0, 0.1, 0.0], [3, 9, 48])}
    people = replace(people, demand=demand)
    model, at = build_people(people, "both")
    answer = plan_linear(model, EFFORTS["thorough"])
    # 12 months at half a million; to leave after the first quarter would cost 1.5 and 9 x 0.1 x 2.5
    assert answer.values[at.run["PMO伴走"]].tolist() == pytest.approx([1] * 4 + [0] * 16)
    assert answer.cost == pytest.approx(6.0)


def test_what_the_office_takes_is_done_by_own_people_who_need_not_drive_a_change():
    people = given(tiny(form("PMO伴走")))
    demand = {**people.demand, "pmo": np.full(60, 2.0)}
    model, _ = build_people(replace(people, demand=demand), "both")
    assert plan_linear(model, EFFORTS["thorough"]).cost == pytest.approx(0)


def test_an_engagement_ends_after_its_longest_time_and_another_follows():
    plan = solved(tiny(form("業務委託", year=2), promotion=((None, 1.0),)), "outside")
    assert (plan.contract["months"] <= 12).all() and plan.contract["months"].sum() == 60
    assert plan.value == pytest.approx(60e6)


def test_a_hire_runs_from_april_to_march_even_where_half_a_year_would_do():
    city = tiny(
        form("任期付職員", yen=500_000, least=12, most=36, lead=9),
        promotion=(NOTHING, (month(2028, 7), 1.0), (month(2029, 1), 0.0)),
    )
    plan = solved(city, "own")
    assert row(plan.contract)[:6] == (
        "任期付職員",
        "own",
        1,
        date(2028, 4, 1),
        date(2029, 3, 31),
        12,
    )
    assert plan.value == pytest.approx(6_000_000) and plan.exit is None
    core = heads(plan, "core")
    assert core.loc[month(2028, 3), "hired"] == 1 and core.loc[month(2029, 3), "lost"] == 1
    assert core["start"].max() == 2 and core["start"].min() == 1


def test_the_last_month_counts_for_the_months_after_the_plan():
    city = tiny(promotion=(NOTHING, (month(2032, 3), 1.0)), tail_months=24.0)
    assert solved(city, "outside").value == pytest.approx(25 * 2_500_000)


def test_an_outsider_of_the_last_month_counts_for_the_months_after_the_plan():
    city = tiny(
        form("業務委託", least=3), promotion=(NOTHING, (month(2032, 1), 1.0)), tail_months=24.0
    )
    assert solved(city, "outside").value == pytest.approx((3 + 24) * 1e6)


def test_the_exit_date_ends_an_engagement_of_both_but_not_of_outsiders_alone():
    city = tiny(
        form("業務委託", most=60),
        promotion=((None, 1.0),),
        exit_date=date(2029, 3, 31),
        autonomy_gain=0.0,
    )
    both, outside = solved(city, "both"), solved(city, "outside")
    assert both.exit == date(2029, 3, 31) and outside.exit == date(2032, 3, 31)
    assert both.value == pytest.approx(24e6 + 36 * 2.5e6) and outside.value == pytest.approx(60e6)


# --- standing on one's own feet -------------------------------------------------------------------
def beside_an_outsider(**changes):
    """One FTE is wanted from July 2027 on; a year beside an outsider makes people able to it."""
    known = {"autonomy_gain": 1 / 12, "tail_months": 24.0, **changes}
    return tiny(
        form("業務委託", lead=3, most=24), promotion=(NOTHING, (month(2027, 7), 1.0)), **known
    )


def test_a_year_beside_an_outsider_makes_own_people_stand_alone_from_the_day_after():
    city = beside_an_outsider()
    plan = solved(city, "both")
    assert row(plan.contract)[3:6] == (date(2027, 7, 1), date(2028, 6, 30), 12)
    assert plan.self_reliant == date(2028, 7, 1) and plan.exit == date(2028, 6, 30)
    assert plan.value == pytest.approx(12e6) and plan.contract["autonomy"][0] == pytest.approx(1)
    grown = plan.autonomy.set_index("month")["autonomy"]
    assert [grown[month(2027, n)] for n in (7, 8, 12)] == pytest.approx([0, 1 / 12, 5 / 12])
    assert solved(city, "own").self_reliant is None and solved(city, "outside").self_reliant is None


@pytest.mark.parametrize("horizon", [60, 72, 84])
def test_ability_does_not_hang_on_how_far_the_plan_looks(horizon):
    plan = solved(beside_an_outsider(staff_months=float(horizon)), "both")
    assert len(plan.month) == horizon and plan.self_reliant == date(2028, 7, 1)


def test_slower_learning_makes_own_people_able_later():
    plan = solved(beside_an_outsider(autonomy_gain=1 / 24), "both")
    assert plan.contract["months"].tolist() == [24]
    assert plan.self_reliant == date(2029, 7, 1) and plan.value == pytest.approx(24e6)


def test_ability_must_hold_for_a_year_whether_or_not_an_outsider_helps():
    able = [0.5] * 5 + [1.0] * 8 + [0.9] + [0.996] * 12 + [0.0] * 4
    days = months.month_firsts(month(2027, 4), len(able))
    table = pd.DataFrame({"month": days, "able": able, "hired": 0.0, "wanted": 1.0, "share": 1.0})
    # eight months are too few; a lack of less than half a hundredth is none
    assert self_reliant(table) == days[14]
    assert self_reliant(table.iloc[:26]) == days[14] and self_reliant(table.iloc[:25]) is None
    table.loc[14, "hired"] = 0.01  # what a hire does ends with them
    assert self_reliant(table) is None


def test_what_hires_could_do_is_told_beside_the_ability_and_makes_nobody_self_reliant():
    city = tiny(form("任期付職員", year=0), promotion=((None, 1.0),))
    plan = solved(engaged(city, date(2028, 9, 30), "任期付職員"), "both")
    able = plan.autonomy.set_index("month")[["able", "hired"]]
    assert able["able"].tolist() == able["hired"].tolist() == pytest.approx([1] * 18 + [0] * 42)
    assert plan.self_reliant is None


def test_work_beside_an_outsider_takes_time_of_own_people():
    city = tiny(
        form("業務委託", lead=0),
        promotion=((None, 1.0), (month(2027, 10), 0.0)),
        daily_share=100.0,
        pair_share=0.5,
        pair_least=100.0,
    )
    plan = solved(
        city, "both"
    )  # two people are busy with 2 FTE of daily work, so half an FTE of it is short
    assert plan.value == pytest.approx(6e6 + 6 * 0.5 * 2.5e6)
    assert cover(plan, "daily")["short"].iloc[:6].tolist() == pytest.approx([0.5] * 6)
    assert solved(city, "outside").value == pytest.approx(6e6)


def test_newcomers_give_time_but_cannot_drive_a_change_alone():
    city = tiny(
        **APRIL | {"autonomy_share": 100.0, "handover_rate": 100.0, "change_now": 0.0},
        promotion=((None, 10.0),),
    )
    assert cover(solved(city, "own"))["own"].iloc[:10].tolist() == pytest.approx(
        [10, 10, 10, *[8] * 7]
    )  # and nobody shows them


# --- targets --------------------------------------------------------------------------------------
def test_people_missing_on_the_straight_way_to_the_target_are_priced_at_each_fiscal_years_end():
    city = tiny(
        change_now=1.0,
        use_now=20.0,
        people_date=date(2029, 3, 31),
        price_people=5e6,
        price_use=50_000.0,
    )
    plan = solved(city, "outside")
    # 22 people: 1 コア人材 as wanted; 変革人材 3 of 20 and 1 in the DX section, 2 of them there;
    # 活用人材 80 % of 17, 4 of them there
    assert plan.pyramid.iloc[:3]["target"].tolist() == pytest.approx([1, 4, 13.6])
    change, use = (
        (1 + 4 * 2) * 5e6 / 5,
        (4.8 + 4 * 9.6) * 50_000 / 5,
    )  # half the way at the end of the first year of five
    assert plan.value == pytest.approx(change + use)


def test_the_experienced_become_core_people_in_five_years_until_the_target_is_met():
    city = tiny(core_now=0.0, core_months=60.0, dx_staff=6.0)
    core = load_people(city, plan_pmo(city)).posts["core"]
    assert core[:3].tolist() == pytest.approx([0, 0.1, 0.1 + 5.9 / 60])
    assert core.max() == pytest.approx(1)  # one is the target of a town hall of 22


# --- classes --------------------------------------------------------------------------------------
def in_march_2029(**changes):
    """Three 変革人材 are wanted from March 2029, which the three steps just reach, in one way only."""
    return tiny(promotion=(NOTHING, (month(2029, 3), 0.3)), staff=42, **CLASSES | changes)


def test_trainees_become_change_people_after_the_lead_times_and_shares_of_the_three_steps():
    plan = solved(in_march_2029(), "own")
    assert [row(plan.intake, k)[:4] for k in range(3)] == [
        (month(2027, 5), 1, 1, 10.0),
        (month(2027, 8), 2, 1, 8.0),
        (month(2028, 5), 3, 1, 6.0),
    ]
    wanted = {
        "none": [(month(2027, 5), 40), (month(2027, 6), 32)],
        "use": [
            (month(2027, 5), 0),
            (month(2027, 6), 8),
            (month(2028, 4), 8),
            (month(2029, 2), 8),
            (month(2029, 3), 5),
        ],
        "change": [(month(2029, 2), 1), (month(2029, 3), 4)],
        "core": [(month(2029, 3), 1)],
    }
    for tier, values in wanted.items():  # one 変革人材 and one コア人材 are the DX section itself
        for day, people in values:
            assert heads(plan, tier).loc[day, "start"] == pytest.approx(people, abs=1e-5), (
                tier,
                day,
            )
    # a class is dearer by 1 % for each month that it is put off: 1, 4 and 13
    late = 0.01 * (1 * 1e6 + 4 * 2e6 + 13 * 4e6)
    assert plan.value == pytest.approx(7e6 + late)
    assert plan.cost["yen"].tolist() == [1_000_000, 2_000_000, 4_000_000]
    assert plan.self_reliant == month(2027, 4) and not cover(plan)["short"].any()


def test_who_uses_it_already_takes_step_one_before_step_two_all_the_same():
    plan = solved(in_march_2029(use_now=100.0), "own")
    assert [row(plan.intake, k)[:4] for k in range(3)] == [
        (month(2027, 5), 1, 1, 10.0),
        (month(2027, 8), 2, 1, 8.0),
        (month(2028, 5), 3, 1, 6.0),
    ]
    use = heads(plan, "use")["start"]
    # nobody is new to it; the three 変革人材 of March 2029 are no longer counted here
    assert not heads(plan, "none")["start"].any()
    assert [use[day] for day in (month(2027, 4), month(2029, 2), month(2029, 3))] == pytest.approx(
        [40, 40, 37]
    )


def all_use_it(**changes):
    """All ten people of the sections are wanted as 活用人材; half of a class completes step 1."""
    wanted = {
        "step1_done": 50.0,
        "price_use": 10e6,
        "use_ratio": 100.0,
        "change_ratio": 0.0,
        "core_ratio": 0.0,
        "people_date": date(2028, 3, 31),
    }
    return tiny(staff=12, **CLASSES | wanted | changes)


def test_who_fails_takes_the_step_once_more_and_no_third_time():
    plan = solved(all_use_it(), "own")
    assert [row(plan.intake, k)[:4] for k in range(2)] == [
        (month(2027, 5), 1, 1, 10.0),
        (month(2027, 8), 1, 1, pytest.approx(5.0)),
    ]
    assert len(plan.intake) == 2
    # 5 and 2.5 complete it; 2.5 of ten are missing at each of the five years' ends
    assert heads(plan, "use")["start"].iloc[-1] == pytest.approx(7.5)
    assert plan.value == pytest.approx((1.01 + 1.04) * 1e6 + 2.5 * 10e6)


def test_no_class_runs_when_the_date_of_the_target_is_over():
    plan = solved(all_use_it(people_date=date(2027, 6, 30)), "own")
    assert [row(plan.intake)[:4]] == [(month(2027, 5), 1, 1, 10.0)] and len(plan.intake) == 1
    assert plan.value == pytest.approx(1.01e6 + 5 * 10e6)


def test_classes_begin_with_the_first_money_and_the_lead_time_after_it():
    plan = solved(all_use_it(step_lead=2.0), "own", money=date(2027, 7, 1))
    # September is in no season of classes
    assert plan.intake["month"].tolist() == [month(2027, 10), month(2028, 1)]


def test_the_second_pass_counts_whom_the_training_seats_and_none_that_cannot_be_there():
    held = [(1, date(2027, 6, 15), 10), (2, date(2027, 8, 4), 9)]
    taught = pd.DataFrame(held, columns=["step", "start", "people"])
    plan = solved(tiny(staff=42, **CLASSES), "own", taught=taught)
    # eight of the ten have completed step 1: the ninth seat of step 2 is nobody's
    assert [row(plan.intake, k)[:4] for k in range(2)] == [
        (month(2027, 6), 1, 1, 10.0),
        (month(2027, 8), 2, 1, pytest.approx(8.0)),
    ]
    assert plan.value == pytest.approx(3e6) and plan.outcome.status == "最適"


def test_learning_takes_the_time_of_the_sections():
    base = in_march_2029(step1_hours=31.0)
    sections = (Section("税務課", dated("staff", (None, 21))["staff"][0]),)
    people = given(replace(base, sections=sections))
    classes = 7 + 0.01 * (1 + 4 * 2 + 13 * 4)
    # ten people x 21/42 of them in the section x 31/155 of the month: 1 FTE learns
    for time, work, short, over in ((2.0, 1.5, 0.5, 0), (0.5, 0.5, 0.5, 0.5), (3.0, 1.5, 0, 0)):
        demand = {**people.demand, "section": np.where(np.arange(people.count) == 1, work, 0.0)}
        model, _ = build_people(
            replace(people, demand=demand, section=np.full(people.count, time)), "own"
        )
        answer = plan_linear(model, EFFORTS["thorough"])
        assert answer.cost == pytest.approx(classes + 2.5 * (short + 1.01 * over)), (time, work)


def test_classes_want_the_coaching_that_only_change_people_give():
    city = in_march_2029(
        step2_coach=0.0, step3_coach=0.2, change_now=1.0
    )  # one can coach a tenth of a class: too little
    assert cover(solved(city, "own"))["short"].sum() > 0
    assert not cover(solved(city.changed(change_now=2.0), "own"))["short"].any()


# --- the first of April ---------------------------------------------------------------------------
def test_on_the_first_of_april_a_fifth_moves_and_newcomers_work_like_them_after_half_a_year():
    city = tiny(**APRIL)
    people = load_people(city, plan_pmo(city))
    assert people.posts["core"][:5].tolist() == [2, 2, 2, 1.6, 1.6]
    assert people.posts["able"][:10].tolist() == [8, 8, 8, 6.4, 6.4, 6.4, 6.4, 6.4, 6.4, 8.4]
    assert people.posts["new"][:10].tolist() == [0, 0, 0, 2, 2, 2, 2, 2, 2, 0]
    assert people.work_time[:10].tolist() == [10, 10, 10, 9, 9, 9, 9, 9, 9, 10]


def test_those_who_move_keep_the_skill_and_everyone_is_still_there():
    plan = solved(tiny(**APRIL), "own")
    march = month(2027, 3)
    balance = ["start", "gained", "hired", "lost", "finish"]
    # nobody leaves, so that the sections have no post for the two whom the DX section loses; the
    # eight of the sections are 変革人材 wherever they go
    assert heads(plan, "change").loc[march, balance].tolist() == pytest.approx(
        [16, 0, 0, 1.6, 14.4]
    )
    assert heads(plan, "core").loc[march, balance].tolist() == pytest.approx([2, 0, 0, 0.4, 1.6])
    assert heads(plan, "use").loc[march, balance].tolist() == pytest.approx([25, 0, 2, 0, 27])
    assert plan.head.groupby("month")["start"].sum().to_numpy() == pytest.approx(110)


def test_a_transferred_expert_of_the_dx_section_counts_in_the_sections_where_there_is_a_post():
    city = tiny(**APRIL | {"leave_rate": 30.0})
    plan, stay = solved(city, "own"), 0.7 ** (3 / 12)
    # a fifth of the ten who have not left: two, fewer than half of those whom the sections lost
    assert 2 * stay < 100 * (1 - stay) / 2
    change = heads(plan, "change").loc[month(2027, 3)]
    assert change["gained"] == pytest.approx(2 * stay)
    assert change["finish"] == pytest.approx(8 * stay + 2 * stay + 0.8 * 8 * stay)
    assert plan.head.groupby("month")["start"].sum()[month(2027, 4)] == pytest.approx(110)


def test_leavers_leave_posts_empty_until_april():
    city = tiny(**APRIL | {"transfer_rate": 0.0, "leave_rate": 12.0})
    plan, people = solved(city, "own"), load_people(city, plan_pmo(city))
    assert people.stay**12 == pytest.approx(0.88)
    start = plan.head.groupby("month")["start"].sum()
    assert start[month(2027, 3)] == pytest.approx(110 * 0.88 ** (2 / 12)) and start[
        month(2027, 4)
    ] == pytest.approx(110)
    assert start[month(2028, 3)] == pytest.approx(110 * 0.88 ** (11 / 12))


def test_what_own_people_can_do_alone_fades_with_those_who_leave_without_a_hand_over():
    city = tiny(**APRIL | {"autonomy_share": 50.0, "daily_share": 40.0, "handover_rate": 75.0})
    people = load_people(city, plan_pmo(city))
    assert people.autonomy == pytest.approx(0.5 * 0.6 * 10)
    assert people.kept[:4].tolist() == pytest.approx([1, 1, 1 - 0.2 * 0.25, 1])
    alone = solved(city, "own").autonomy["autonomy"]
    # and a tenth of the time of the eight 変革人材 of the sections, who are so wherever they go
    assert alone.iloc[2:4].tolist() == pytest.approx([3 + 0.1 * 8, 3 * 0.95 + 0.1 * 8])


# --- what is wrong is said ------------------------------------------------------------------------
ORIGIN = "as_of: 2026-11-01, source: 市の資料, grade: A"


@pytest.fixture
def save(tmp_path):
    """A function that writes a params file and loads its city."""

    def write(*lines):
        (tmp_path / "172031.yaml").write_text(
            'code: "172031"\n' + "\n".join(lines) + "\n", encoding="utf-8"
        )
        return load_city("172031", tmp_path)

    return write


@pytest.mark.parametrize(
    "line, words",
    [
        (f"core_now: {{value: -1, unit: 人, {ORIGIN}}}", ["core_now", "「-1」", "0〜2000人"]),
        (
            f"change_now: {{value: -0.5, unit: 人, {ORIGIN}}}",
            ["change_now", "「-0.5」", "0〜20000人"],
        ),
        (f"step3_done: {{value: 101, unit: '%', {ORIGIN}}}", ["step3_done", "「101」", "0〜100%"]),
        (f"core_ratio: {{value: 60, unit: '%', {ORIGIN}}}", ["core_ratio", "「60」", "0〜50%"]),
        (f"change_ratio: {{unit: '%', {ORIGIN}}}", ["change_ratio", "value(値)", "がありません"]),
        (f"use_ratio: {{value: 80, {ORIGIN}}}", ["use_ratio", "unit(単位)", "がありません"]),
        (
            f"step4_seats: {{value: 8, unit: 人/講座, {ORIGIN}}}",
            ["step4_seats", "知らないパラメータ", "_seats」ですか"],
        ),
        (
            f"strategy: {{value: 両刀, unit: 区分, {ORIGIN}}}",
            ["strategy", "「両刀」", "二刀流・自前のみ・外部のみ・独自の組合せ"],
        ),
        (
            f"exit_date: {{value: 2040-03-31, unit: 日付, {ORIGIN}}}",
            ["exit_date", "「2040-03-31」"],
        ),
        (
            f"leave_rate: {{value: 3割, unit: '%/年', {ORIGIN}}}",
            ["leave_rate", "「3割」", "数ではありません"],
        ),
        (f"form_max: {{value: 3, unit: 人, {ORIGIN}}}", ["form_max"]),
    ],
)
def test_a_wrong_number_of_people_is_said_with_its_line(save, line, words):
    with pytest.raises(ParamError) as found:
        save("values:", f"  {line}")
    assert (
        len(found.value.faults) == 1
        and "172031.yaml 3行目" in str(found.value)
        and str(found.value).endswith("。")
    )
    for word in words:
        assert word in str(found.value), str(found.value)


@pytest.mark.parametrize(
    "name, line, words",
    [
        (
            "業務委詫",
            f"form_max: {{value: 2, unit: 人, {ORIGIN}}}",
            ["業務委詫", "知らない外部人材・採用の形態", "「業務委託」"],
        ),
        ("業務委託", f"form_price: {{value: 2, unit: 人, {ORIGIN}}}", ["form_price", "form_yen"]),
        (
            "業務委託",
            f"form_days: {{value: 21, unit: 日/月, {ORIGIN}}}",
            ["form_days", "「21」", "0.5〜20日/月"],
        ),
        ("業務委託", f"form_yen: {{value: -1, unit: 円/月, {ORIGIN}}}", ["form_yen", "「-1」"]),
        ("業務委託", f"form_least: {{value: 0, unit: か月, {ORIGIN}}}", ["form_least", "「0」"]),
        (
            "業務委託",
            f"form_lead: {{value: 3, unit: 日, {ORIGIN}}}",
            ["form_lead", "「日」", "「か月」"],
        ),
        (
            "業務委託",
            "form_yen: {value: 900000, unit: 円/月}",
            ["form_yen", "as_of(時点)", "source(出典)", "grade(確度)"],
        ),
    ],
)
def test_a_wrong_form_is_said_with_its_line(save, name, line, words):
    with pytest.raises(ParamError) as found:
        save("forms:", f"  {name}:", f"    {line}")
    assert (
        len(found.value.faults) == 1
        and "172031.yaml " in str(found.value)
        and "行目" in str(found.value)
    )
    for word in words:
        assert word in str(found.value), str(found.value)


@pytest.mark.parametrize(
    "least, most, words",
    [
        (70, 90, ["最短の期間(form_least)が70か月", "人材計画の60か月を超えています"]),
        (4, 5, ["四半期", "4か月", "5か月"]),
    ],
)
def test_an_engagement_that_cannot_fit_is_said_with_its_line(save, least, most, words):
    city = save(
        "forms:",
        "  業務委託:",
        f"    form_least: {{value: {least}, unit: か月, {ORIGIN}}}",
        f"    form_most: {{value: {most}, unit: か月, {ORIGIN}}}",
    )
    with pytest.raises(CityError) as found:
        plan_staffing(city, roadmap("172031"), "both", "quick")
    for word in ("業務委託", "172031.yaml 4行目", *words):
        assert word in str(found.value), str(found.value)


def test_a_form_that_is_not_used_may_say_anything(save):
    city = save(
        "forms:",
        "  業務委託:",
        f"    form_least: {{value: 70, unit: か月, {ORIGIN}}}",
        f"    form_max: {{value: 0, unit: 人, {ORIGIN}}}",
    )
    assert "業務委託" not in set(
        plan_staffing(city, roadmap("172031"), "both", "quick").contract["form"]
    )


def test_an_unknown_strategy_lists_the_known_ones():
    with pytest.raises(PlanError, match="'alone' is not known; use one of both, own, outside, mix"):
        plan_staffing(roadmap("172031").city, roadmap("172031"), "alone")


def test_a_tier_may_be_empty_and_a_town_may_have_one_section_or_none():
    plan = solved(tiny(core_ratio=0.0, change_ratio=0.0, use_ratio=0.0), "both")
    assert plan.value == 0 and plan.outcome.status == "最適"
    assert plan.pyramid.set_index(["section", "tier"])["target"].to_dict()["", "core"] == 1
