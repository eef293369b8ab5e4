"""Staffing of tiny cities solved by hand, and what a wrong params file is told."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dxplan.facts.params import ParamError
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.staffing import build_people, plan_staffing
from dxplan.solve.linear import plan_linear
from dxplan.solve.outcome import EFFORTS, PlanError
from dxplan.town.city import CityError, Section, load_city
from tests.plan.cities import cover, dated, form, heads, month, solved, tiny
from tests.plans import roadmap

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


# --- one form of outsider -------------------------------------------------------------------------
def short_for_six_months(**changes):
    """One FTE is missing from July to December 2028; one form could do it from month four on."""
    return tiny(
        form("業務委託", once=100_000, lead=3),
        promotion=(NOTHING, (month(2028, 7), 1.0), (month(2029, 1), 0.0)),
        **changes,
    )


@pytest.mark.parametrize("strategy", ["outside", "both"])
def test_one_person_short_for_six_months_is_one_engagement_of_six_months(strategy):
    plan = solved(short_for_six_months(), strategy)
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
        0.0,
    )
    assert len(plan.contract) == 1 and row(plan.cost) == (2028, "業務委託", 6_100_000)
    assert plan.value == pytest.approx(6_100_000) and plan.outcome.status == "最適"
    assert cover(plan)["outside"].sum() == pytest.approx(6) and not cover(plan)["short"].any()
    assert plan.exit == date(2028, 12, 31)


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
def test_a_year_beside_an_outsider_makes_own_people_stand_alone_from_the_day_after():
    city = tiny(
        form("業務委託", lead=3, most=24),
        promotion=(NOTHING, (month(2028, 4), 1.0)),
        autonomy_gain=1 / 12,
        tail_months=24.0,
    )
    plan = solved(city, "both")
    assert row(plan.contract)[3:6] == (date(2028, 4, 1), date(2029, 3, 31), 12)
    assert plan.self_reliant == date(2029, 4, 1) and plan.exit == date(2029, 3, 31)
    assert plan.value == pytest.approx(12e6) and row(plan.contract)[-1] == pytest.approx(1)
    grown = plan.autonomy.set_index("month")["autonomy"]
    assert [grown[month(2028, n)] for n in (4, 5, 12)] == pytest.approx([0, 1 / 12, 8 / 12])
    assert solved(city, "own").self_reliant is None and solved(city, "outside").self_reliant is None


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
    assert plan.value == pytest.approx(7e6) and plan.cost["yen"].tolist() == [
        1_000_000,
        2_000_000,
        4_000_000,
    ]
    assert plan.self_reliant == month(2027, 4) and not cover(plan)["short"].any()


def test_learning_takes_the_time_of_the_sections():
    base = in_march_2029(step1_hours=31.0)
    sections = (Section("税務課", dated("staff", (None, 21))["staff"][0]),)
    people = load_people(replace(base, sections=sections), plan_pmo(base))
    # ten people x 21/42 of them in the section x 31/155 of the month: 1 FTE learns
    for time, work, short, over in ((2.0, 1.5, 0.5, 0), (0.5, 0.5, 0.5, 0.5), (3.0, 1.5, 0, 0)):
        demand = {**people.demand, "section": np.where(np.arange(people.count) == 1, work, 0.0)}
        model, _ = build_people(
            replace(people, demand=demand, section=np.full(people.count, time)), "own"
        )
        answer = plan_linear(model, EFFORTS["thorough"])
        assert answer.cost == pytest.approx(7 + 2.5 * (short + 1.01 * over)), (time, work)


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


def test_those_who_move_are_change_people_no_more_and_everyone_is_still_there():
    plan = solved(tiny(**APRIL), "own")
    march = month(2027, 3)
    assert heads(plan, "change").loc[march, ["start", "lost", "finish"]].tolist() == pytest.approx(
        [16, 3.2, 12.8]
    )
    assert heads(plan, "core").loc[march, ["start", "lost", "finish"]].tolist() == pytest.approx(
        [2, 0.4, 1.6]
    )
    assert heads(plan, "use").loc[march, ["start", "gained", "finish"]].tolist() == pytest.approx(
        [25, 3.6, 28.6]
    )
    assert plan.head.groupby("month")["start"].sum().to_numpy() == pytest.approx(110)


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
    alone = solved(city, "own").autonomy[
        "autonomy"
    ]  # and a tenth of the time of the eight 変革人材, of whom a fifth moves
    assert alone.iloc[2:4].tolist() == pytest.approx([3 + 0.1 * 8, 3 * 0.95 + 0.1 * 8 * 0.8])


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
            f"step4_seats: {{value: 8, unit: 人/クラス, {ORIGIN}}}",
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
