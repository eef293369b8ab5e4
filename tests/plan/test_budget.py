"""The budget: each source of money by hand, rules on real cities, requests in time, refusals."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dxplan.facts.catalog import CatalogError, load_municipalities, load_table
from dxplan.facts.months import fiscal_year
from dxplan.facts.params import ParamError
from dxplan.plan.budget import plan_budget
from dxplan.plan.costs import GROUPS, Cost, parts
from dxplan.plan.funds import (
    MEASURES,
    build_rules,
    checked_measure,
    payments,
)
from dxplan.plan.rates import allocated
from dxplan.plan.work import load_weights
from dxplan.solve.outcome import PlanError
from dxplan.town.city import load_city
from dxplan.town.defaults import load_defaults, load_specs
from tests.plan.accounts import DONE, budget, dated, funds, moving, rounded, size_of, town
from tests.plan.cities import in_state
from tests.plans import whole

QUICK = ("172031", "216046", "141003", "014231")
REST = ("014095", "131016", "472051", "232238")
CITIES = (*QUICK, *(pytest.param(code, marks=pytest.mark.rest) for code in REST))
RATES = sorted(
    name for name in load_specs() if name.startswith("rate_") and name != "rate_F8_return"
)


def real(slug):
    """A city and the plans that a budget rests on."""
    plan = whole(slug)
    return plan.city, plan.pmo, plan.staffing, plan.training, plan.portfolio


@pytest.fixture(params=CITIES)
def case(request):
    """What the budget of a real city rests on, and the budget."""
    return real(request.param), whole(request.param).budget


# --- budgets by hand ------------------------------------------------------------------------------
def test_a_subsidy_pays_in_full_until_its_cap_is_used_up():
    city = town(cap_basis="団体の上限額", cap_F1=12_000_000)
    plan = budget(city, [(2027, "PMO伴走", 10_000_000), (2028, "PMO伴走", 10_000_000)])
    assert funds(plan, 2027) == {"subsidy": 10_000_000}
    assert funds(plan, 2028) == {"subsidy": 2_000_000, "net": 8_000_000}
    assert set(plan.item["group"]) == {"pmo"}
    assert plan.measure.set_index("measure").loc["F1", ["cap", "used"]].tolist() == [12_000_000] * 2


def test_the_cap_may_be_the_whole_estimate_or_nothing():
    plan = budget(town(cap_F1=1), [(2027, "PMO伴走", 10_000_000)])
    assert funds(plan, 2027) == {"subsidy": 10_000_000}
    assert plan.cap[["basis", "subsidy", "net"]].values.tolist() == [
        ["full", 10_000_000, 0],
        ["plan", 10_000_000, 0],
        ["none", 0, 10_000_000],
    ]
    plan = budget(town(cap_basis="見込まない"), [(2027, "PMO伴走", 10_000_000)])
    assert funds(plan, 2027) == {"net": 10_000_000}


def test_the_presumed_cap_is_the_share_of_the_fund_for_the_work_that_is_left():
    # whatever the town has estimated itself, the fund has shared out by its size
    city = moving("就学").changed(cap_basis="規模からの見込み", fund_share=80)
    price = load_defaults(city.facts)["migration_yen"][0].number
    weights = load_weights()
    scope = [weights[s.business] for s in city.systems if s.in_scope]
    whole = 0.8 * price * weights["就学"] / (sum(scope) / len(scope))
    bar = [("ロット1", date(2027, 5, 1), date(2027, 6, 1), 0.5)]
    plan = budget(city, task=bar, cutover=[("就学", date(2027, 7, 1))])
    cost = plan.item[plan.item["group"] == "migration"]["yen"].sum()
    paid = plan.funding[plan.funding["fund"] == "subsidy"]["yen"].sum()
    assert plan.cap.set_index("basis").at["plan", "cap"] == pytest.approx(whole, abs=500)
    assert paid == min(cost, plan.cap.set_index("basis").at["plan", "cap"]) < cost
    assert not budget(moving("就学").changed(fund_share=0), task=bar).cap["cap"].iloc[1]


def test_the_subsidy_ends_with_the_year_of_the_end_state():
    plan = budget(town(), [(2030, "PMO伴走", 5_000_000), (2031, "PMO伴走", 5_000_000)])
    assert funds(plan, 2030) == {"subsidy": 5_000_000} and funds(plan, 2031) == {"net": 5_000_000}
    assert plan.measure.set_index("measure").loc["F1", ["fiscal_from", "fiscal_to"]].tolist() == [
        2026,
        2030,
    ]


def test_a_special_tax_pays_its_rate_of_the_year_and_ends_with_it():
    city = dated(town(), "rate_F3", (date(2027, 4, 1), 50.0), (date(2028, 4, 1), 0.0))
    plan = budget(city, [(year, "CIO補佐官", 3_601_000) for year in (2026, 2027, 2028)])
    assert funds(plan, 2026) == funds(plan, 2028) == {"net": 3_601_000}
    # the tax is told in whole thousands, and never more than its rate
    assert funds(plan, 2027) == {"special": 1_800_000, "net": 1_801_000}
    assert plan.year["if_zero"].tolist() == plan.year["net"].tolist()  # grade A: nothing to doubt


def test_people_of_a_firm_count_up_to_the_cap_for_each_person_and_year():
    months_of = [(date(2027, m, 1), "地域活性化起業人", 1) for m in range(4, 10)]
    plan = budget(town(rate_F10=50), [(2027, "地域活性化起業人", 4_000_000)], months_of)
    assert funds(plan, 2027) == {
        "special": 1_400_000,
        "net": 2_600_000,
    }  # 5,600,000 x 6/12 x 50 %


def test_people_of_a_firm_beside_their_work_have_a_cap_of_their_own():
    name = "地域活性化起業人(副業型)"
    months_of = [(date(2027, m, 1), name, 1) for m in range(4, 10)]
    plan = budget(town(rate_F10=50), [(2027, name, 1_500_000)], months_of)
    assert funds(plan, 2027) == {"special": 500_000, "net": 1_000_000}  # 2,000,000 x 6/12 x 50 %


def test_training_of_leaders_is_paid_for_and_literacy_is_not():
    days = (date(2027, 7, 1), date(2027, 9, 1))
    plan = budget(town(), cohorts=[(2027, step, *days) for step in (1, 2, 2, 3)])
    assert plan.item.set_index("item")["yen"].to_dict() == {
        "step1": 200_000,
        "step2": 2_000_000,
        "step3": 600_000,
    }
    special = plan.funding[plan.funding["fund"] == "special"].set_index("item")["yen"]
    assert special.to_dict() == {"step2": 1_400_000, "step3": 420_000}


def test_a_bond_pays_for_investment_only_and_in_its_years():
    plan = budget(town(), [(2029, "業務委託", 1_000_000)], works=[(2029, 10), (2030, 10)])
    bond = plan.funding[plan.funding["fund"] == "bond"]
    assert bond[["fiscal", "group", "yen"]].values.tolist() == [[2029, "invest", 2_700_000]]
    assert funds(plan, 2030) == {"net": 3_000_000}
    assert (
        plan.repaid == 1_350_000
    )  # half of it comes back later: the real burden is 300,000 + 1,350,000 = 55 %


def test_a_bond_that_the_city_does_not_want_is_not_there():
    plan = budget(town(bond_use="使わない"), works=[(2029, 10)])
    assert funds(plan, 2029) == {"net": 3_000_000} and plan.repaid == 0


def test_a_grant_comes_before_the_bond():
    plan = budget(town(rate_F9=50), works=[(2028, 10)])
    assert funds(plan, 2028) == {"subsidy": 1_500_000, "bond": 1_350_000, "net": 150_000}
    assert funds(plan, 2028)["net"] < plan.year.set_index("fiscal").loc[2028, "if_zero"] == 300_000


def test_ordinary_tax_is_a_share_of_the_running_cost():
    city = load_city(DONE).changed(running_yen=1_200_000, rate_F6=30, running_case="低位")
    scope = sum(s.in_scope for s in city.systems)
    plan = budget(city)
    assert funds(plan, 2028) == {"ordinary": scope * 360_000, "net": scope * 840_000}
    assert funds(plan, 2026) == {
        "ordinary": scope * 120_000,
        "net": scope * 280_000,
    }  # December to March


def test_a_body_without_allocation_tax_gets_none_of_it():
    spent = [(2028, "CIO補佐官", 1_000_000), (2028, "PMO伴走", 1_000_000)]
    plan = budget(town(allocation="不交付団体"), spent, works=[(2028, 10)])
    assert funds(plan, 2028) == {"subsidy": 1_000_000, "bond": 2_700_000, "net": 1_300_000}
    reasons = plan.measure.set_index("measure")
    assert (
        set(reasons.loc[["F3", "F4", "F6", "F10-person"], "reason"]) == {"body"}
        and plan.repaid == 0
    )
    assert not reasons.loc["F3", "eligible"] and reasons.loc["F1", "eligible"]


def test_general_revenue_holds_the_allocation_taxes_and_the_burden_does_not():
    plan = budget(town(), [(2028, "CIO補佐官", 1_000_000)], works=[(2028, 10)])
    year = plan.year.set_index("fiscal").loc[2028]
    names = ["yen", "subsidy", "bond", "general", "allocation", "net", "if_zero"]
    # 70 % by the special tax, a bond of 90 % on 3,000,000 of investment
    assert year[names].tolist() == [
        4_000_000, 0, 2_700_000, 1_300_000, 700_000, 600_000, 1_300_000,
    ]  # fmt: skip


def test_who_gets_allocation_tax_follows_from_strength_unless_it_is_said():
    city = town()
    assert allocated(city) and not allocated(load_city("131016"))  # Tokyo's wards count with Tokyo
    rich = replace(city, facts=replace(city.facts, fiscal_strength=1.0))
    assert not allocated(rich) and allocated(rich.changed(allocation="交付団体"))


def test_largest_remainder_adds_up():
    assert (
        parts(10, [1, 1, 1]) == [4, 3, 3]
        and parts(7, [0, 5]) == [0, 7]
        and parts(0, [3, 4]) == [0, 0]
    )
    assert (
        parts(5, [0, 0]) == [5, 0] and sum(parts(999_999_999_999, [7, 11, 13])) == 999_999_999_999
    )


# --- costs ----------------------------------------------------------------------------------------
def test_running_cost_grows_from_the_month_of_the_go_live():
    city = moving("就学")
    scope = sum(s.in_scope for s in city.systems)
    plan = budget(city, cutover=[("就学", date(2028, 7, 10))])
    item = plan.item.set_index(["fiscal", "item"])["yen"]
    size = size_of(city, "就学")
    assert item[2028, "base"] == scope * 1_200_000
    # 0.6 times what live systems cost
    assert item[2028, "live"] == rounded((scope - size) * 720_000)
    assert item[2028, "added"] == rounded(size * 60_000 * 9)
    assert item[2029, "added"] == rounded(size * 720_000)
    by_group = plan.item.groupby(["fiscal", "group"])["yen"].sum()
    assert by_group[2028, "running"] == item[2028, "added"]
    year = plan.year.set_index("fiscal")
    assert year.at[2028, "new"] == year.at[2028, "yen"] - by_group[2028, "current"]
    assert (2027, "added") not in item.index
    low, middle, high = (
        plan.running[plan.running["scenario"] == factor] for factor in (1, 1.6, 2.3)
    )
    assert low["yen"].tolist()[1:] == [scope * 1_200_000] * 5
    assert middle.set_index("fiscal")["yen"][2028] == item[2028].sum()
    assert abs(high.set_index("fiscal")["yen"][2031] - scope * 1_200_000 * 2.3) <= 1000
    assert plan.span["new"].is_monotonic_increasing and plan.span["new"].iloc[0] == 0


def test_old_and_new_run_side_by_side_and_the_cloud_is_paid_before_the_cutover():
    city = moving("就学").changed(parallel_months=2, cloud_share=25)
    lives = [("就学", date(2028, 4, 10))]
    bar = [("ロット1", date(2027, 5, 1), date(2027, 6, 1), 0.5)]
    plan = budget(city, cutover=lives, task=bar, built=date(2027, 12, 20))
    item, size = plan.item.set_index(["fiscal", "item"])["yen"], size_of(city, "就学")
    # the old system from April to May; the cloud of 1.6 times the price from December to March
    assert item[2028, "parallel"] == rounded(size * 100_000 * 2)
    assert item[2027, "cloud"] == rounded(size * 100_000 * 1.6 / 4 * 4)
    assert (2028, "cloud") not in item.index and (2027, "parallel") not in item.index
    # an environment that stands already is paid from the plan's first month on
    item = budget(city, cutover=lives, task=bar).item.set_index(["fiscal", "item"])["yen"]
    assert item[2026, "cloud"] == rounded(size * 100_000 * 1.6 / 4 * 4)
    assert item[2027, "cloud"] == rounded(size * 100_000 * 1.6 / 4 * 12)


def test_what_is_out_of_scope_costs_nothing_and_common_functions_are_no_business():
    lives = [("就学", date(2028, 7, 10))]
    bar = [("ロット1", date(2027, 5, 1), date(2027, 6, 1), 0.5)]
    city = moving("就学")
    out = replace(
        city,
        systems=tuple(
            replace(s, state=replace(s.state, value="out")) if s.business == "戸籍" else s
            for s in city.systems
        ),
    )
    # the price is the mean of the systems that are run: one less, and a year costs one less
    base = [
        budget(c, cutover=lives, task=bar).item.set_index(["fiscal", "item"])["yen"]
        for c in (city, out)
    ]
    assert base[0][2029, "base"] - base[1][2029, "base"] == 1_200_000
    joined = replace(city, common=in_state(city.common, "late"))
    assert "共通機能" in joined.lots[0].businesses
    with_common = budget(joined, cutover=lives, task=bar).item.set_index("item")["yen"]
    alone = budget(city, cutover=lives, task=bar).item.set_index("item")["yen"]
    more = with_common[joined.lots[0].title] - alone[city.lots[0].title]
    assert more == pytest.approx(10_000_000 * size_of(city, "共通機能"), abs=1000)
    assert with_common["base"].tolist() == alone["base"].tolist()


def test_a_running_cost_that_falls_is_never_negative():
    plan = budget(moving("就学").changed(running_middle=0.5), cutover=[("就学", date(2028, 7, 10))])
    assert set(plan.item["item"]) == {"base"} and (plan.item["yen"] > 0).all()


def test_migration_is_spread_over_the_days_of_the_vendors_bars():
    bars = [
        ("ロット1", date(2028, 3, 25), date(2028, 4, 7), 0.5),
        ("ロット1", date(2028, 4, 8), date(2028, 4, 14), 1.0),
    ]
    plan = budget(
        moving("就学").changed(running_yen=0), task=bars, cutover=[("就学", date(2028, 4, 10))]
    )
    found = plan.item[plan.item["group"] == "migration"].set_index("fiscal")["yen"].to_dict()
    whole = 10_000_000 * size_of(plan.city, "就学")
    # 7 x 50 of (14 x 50 + 7 x 100)
    assert set(found) == {2027, 2028} and sum(found.values()) == rounded(whole)
    assert found[2027] == pytest.approx(whole / 4, abs=1000)


def test_only_the_vendors_work_that_is_left_is_paid_for():
    bar = [("ロット1", date(2027, 5, 1), date(2027, 6, 1), 0.5)]
    early, late = ("設定",), ("設定", "データ抽出", "環境構築", "リハーサル1", "連携テスト")
    some, little = (
        budget(moving("就学", done=done), task=bar, cutover=[("就学", date(2027, 7, 1))])
        for done in (early, late)
    )
    of = [int(p.item[p.item["group"] == "migration"]["yen"].sum()) for p in (some, little)]
    assert 0 < of[1] < of[0] < 10_000_000


def test_a_contract_that_ends_before_the_go_live_is_extended_and_costs_nothing_twice():
    city = moving("就学", contract_end=date(2028, 3, 31))
    with_, without = (
        budget(c, cutover=[("就学", date(2028, 10, 10))]) for c in (city, moving("就学"))
    )
    longer, plain = (p.item.set_index(["fiscal", "item"])["yen"] for p in (with_, without))
    # April to September, at the present price of the system
    assert longer[2028, "extension"] == rounded(6 * 100_000 * size_of(city, "就学"))
    assert longer[2028, "base"] + longer[2028, "extension"] == plain[2028, "base"]
    assert with_.year["yen"].tolist() == without.year["yen"].tolist()


def test_an_interim_link_has_a_price_and_a_year_of_its_own():
    city = moving("就学").changed(link_yen=3_000_000)
    plan = budget(
        city, task=[("ロット1", date(2027, 5, 1), date(2027, 6, 1), 0.5)], link=date(2028, 5, 1)
    )
    assert plan.item.set_index("item").loc["link", ["fiscal", "group", "yen"]].tolist() == [
        2028,
        "migration",
        3_000_000,
    ]


# --- requests -------------------------------------------------------------------------------------
def requests(plan):
    """(item, fiscal year) -> (gate, month of the last day to ask, standing)."""
    return {
        (r.item, r.fiscal): (r.gate, f"{r.request_by:%Y-%m}", r.standing)
        for r in plan.request.itertuples()
    }


def test_money_is_asked_for_at_the_first_occasion_of_its_own_year_that_is_in_time():
    outside = [
        (date(2027, 4, 1), "業務委託", 1),
        (date(2027, 8, 1), "CIO補佐官", 1),
        (date(2028, 4, 1), "業務委託", 1),
    ]
    spent = [(2027, "業務委託", 1e3), (2027, "CIO補佐官", 1e3), (2028, "業務委託", 1e3)]
    assert requests(budget(town(), spent, outside)) == {
        ("業務委託", 2027): ("追加要求・首長査定", "2027-01", "on_time"),
        ("CIO補佐官", 2027): ("追加要求・首長査定", "2027-01", "on_time"),
        ("業務委託", 2028): ("当初予算", "2027-10", "on_time"),
    }


def test_what_no_occasion_can_bring_in_time_is_called_late_and_what_runs_already_is_in_the_budget():
    city = load_city(DONE)
    plan = budget(city, [(2026, "CIO補佐官", 1_000)], [(date(2026, 12, 1), "CIO補佐官", 1)])
    assert requests(plan)["CIO補佐官", 2026] == ("2〜3月補正", "2027-01", "late")
    assert {(r.fiscal, r.item) for r in plan.unasked.itertuples()} == {
        (2026, "base"),
        (2026, "live"),
        (2027, "base"),
        (2027, "live"),
    }


def test_the_first_year_of_a_contract_is_asked_for_where_the_roadmap_asks():
    city, bar = (
        moving("就学", contracted=False),
        [("ロット1", date(2027, 9, 1), date(2028, 9, 1), 0.5)],
    )
    gate = [("ロット1", "6月補正", 2027, date(2027, 5, 14), date(2027, 7, 1))]
    asked = requests(budget(city, task=bar, gate=gate))
    title = city.lots[0].title
    assert asked[title, 2027] == ("6月補正", "2027-05", "on_time")
    assert asked[title, 2028] == ("当初予算", "2027-10", "share")


def promises(plan):
    """(item, gate, first year, last year, limit) of what is promised."""
    rows = plan.request[plan.request["standing"] == "promised"]
    assert not rows["yen"].any()
    return rows[["item", "gate", "fiscal", "until", "limit"]].values.tolist()


def test_a_budget_promises_what_a_lot_costs_in_later_years():
    city = moving("就学", contracted=False)
    bar = [("ロット1", date(2027, 9, 1), date(2029, 9, 1), 0.5)]
    title = city.lots[0].title
    june = [("ロット1", "6月補正", 2027, date(2027, 5, 14), date(2027, 7, 1))]
    plan = budget(city, task=bar, gate=june)
    yen = plan.item[plan.item["item"] == title].set_index("fiscal")["yen"]
    assert promises(plan) == [[title, "6月補正", 2028, 2029, yen[2028] + yen[2029]]]
    # a budget of the year before pays nothing of it: all is promised, and asked for year by year
    march = [("ロット1", "2〜3月補正", 2026, date(2027, 1, 8), date(2027, 3, 25))]
    plan = budget(city, task=bar, gate=march)
    assert promises(plan) == [[title, "2〜3月補正", 2027, 2029, yen.sum()]]
    asked = requests(plan)
    assert asked[title, 2027] == ("追加要求・首長査定", "2027-01", "share")
    assert asked[title, 2029] == ("当初予算", "2028-10", "share")


def test_an_engagement_by_contract_over_years_is_promised_and_a_post_is_not():
    spent = [(2027, "業務委託", 6e6), (2028, "業務委託", 9e6), (2028, "特定任期付", 9e6)]
    outside = [(date(2027, 10, 1), "業務委託", 1), (date(2028, 4, 1), "特定任期付", 1)]
    term = date(2027, 10, 1), date(2028, 12, 31), 2, 500_000
    contract = [("業務委託", *term), ("特定任期付", *term)]
    plan = budget(town(), spent, outside, contract=contract)
    # 2 people x 9 months of the next year; the occasion is that of the year in which it starts
    assert promises(plan) == [["業務委託", "追加要求・首長査定", 2028, 2028, 9_000_000]]


def test_an_engagement_that_runs_already_is_paid_anyway_and_asked_for_by_nobody_now():
    spent = [(2026, "CIO補佐官", 1_200_000), (2027, "CIO補佐官", 6_000_000)]
    term = date(2024, 7, 1), date(2028, 3, 31), 1, 300_000, True
    fresh = date(2027, 8, 1), date(2028, 3, 31), 1, 300_000
    both = [("CIO補佐官", *term), ("CIO補佐官", *fresh)]
    plan = budget(town(), spent, [(date(2027, 8, 1), "CIO補佐官", 1)], contract=both)
    group = plan.item.set_index(["fiscal", "group"])["yen"].to_dict()
    assert group == {
        (2026, "current"): 1_200_000,
        (2027, "current"): 3_600_000,
        (2027, "staffing"): 2_400_000,
    }
    assert plan.unasked["yen"].tolist() == [1_200_000, 3_600_000]
    # the measure of its form pays for both
    assert funds(plan, 2027) == {"special": 4_200_000, "net": 1_800_000}
    assert plan.year["new"].sum() == 2_400_000


def test_money_is_carried_over_one_year_and_no_further():
    early = town().changed(start_date=date(2027, 2, 1), basis_date=date(2027, 1, 20))
    gates = tuple(pair for pair in early.gates if pair[0].name in ("2〜3月補正", "6月補正"))
    plan = budget(replace(early, gates=gates), [(2028, "業務委託", 1e3), (2029, "業務委託", 1e3)])
    # April is too early for the June budget: what March of the same year brings is carried over
    assert requests(plan) == {
        ("業務委託", 2028): ("2〜3月補正", "2028-01", "carried"),
        ("業務委託", 2029): ("2〜3月補正", "2029-01", "carried"),
    }
    rows = plan.request
    assert (rows["available"].map(fiscal_year) == rows["fiscal"] - 1).all()


def test_a_city_with_initial_budgets_only_asks_in_autumn_and_the_rest_is_said():
    city = replace(town(), gates=tuple(pair for pair in town().gates if pair[0].name == "当初予算"))
    plan = budget(city, [(2027, "業務委託", 5e3), (2028, "業務委託", 7e3)])
    assert plan.request["fiscal"].tolist() == [2028] and plan.unasked["fiscal"].tolist() == [2027]


# --- real cities ----------------------------------------------------------------------------------
def test_funds_add_up_to_each_cost_and_never_exceed_it(case):
    _, plan = case
    keys = ["fiscal", "group", "item"]
    assert not plan.item.duplicated(keys).any() and set(plan.item["group"]) <= set(GROUPS)
    assert (
        plan.funding.groupby(keys)["yen"].sum().to_dict()
        == plan.item.set_index(keys)["yen"].to_dict()
    )
    assert (
        (plan.funding["yen"] > 0).all()
        and (plan.item["yen"] > 0).all()
        and str(plan.item["yen"].dtype) == "int64"
    )


def test_money_adds_up_across_the_plans(case):
    (city, _, staffing, training, portfolio), plan = case
    cost = staffing.cost[~staffing.cost["item"].str.startswith("step")]
    people = plan.item[plan.item["item"].isin(cost["item"])]
    spent = cost.groupby("item")["yen"].sum().map(rounded)
    assert people.groupby("item")["yen"].sum().to_dict() == spent[spent > 0].to_dict()
    taught = (
        plan.item[plan.item["group"] == "training"].set_index(["fiscal", "item"])["yen"].to_dict()
    )
    held = training.cohort.groupby(["fiscal", "step"]).size()
    assert taught == {
        (f, f"step{s}"): n * city.number(f"step{s}_yen") for (f, s), n in held.items()
    }
    works = training.automation.set_index("fiscal")["works"]
    # tools that an initiative has brought are not paid for once more
    tools = [
        fiscal_year(portfolio.taken[id].live) for id in ("DX13", "DX15") if id in portfolio.taken
    ]
    paid = works[works.index < min(tools, default=9999)].sum() * city.number("invest_yen")
    assert plan.item.loc[plan.item["group"] == "invest", "yen"].sum() == paid


def test_the_tables_of_a_budget_agree(case):
    (city, *_), plan = case
    year = plan.item.groupby("fiscal")["yen"].sum()
    assert plan.year.set_index("fiscal")["yen"].to_dict() == year.to_dict()
    general = plan.funding[plan.funding["fund"] == "net"].groupby("fiscal")["yen"].sum()
    assert (
        plan.year["net"].sum() == general.sum() and (plan.year["net"] <= plan.year["if_zero"]).all()
    )
    assert (plan.year["if_zero"] <= plan.year["yen"]).all()
    assert plan.measure["used"].sum() == plan.year["yen"].sum() - plan.year["net"].sum()
    more = (plan.year["if_zero"] - plan.year["net"]).sum()
    assert plan.shock["yen"].sum() == more and (plan.shock["yen"] > 0).all()
    # people who are engaged already are paid anyway, whatever the systems cost to run
    people = plan.item["item"].isin([form.name for form in city.forms])
    running = plan.item[plan.item["group"].isin(["running", "current"]) & ~people]
    running = running.groupby("fiscal")["yen"].sum()
    assert not (plan.item["yen"] % 1000).any() and not (plan.funding["yen"] % 1000).any()
    assert (plan.year["general"] == plan.year["allocation"] + plan.year["net"]).all()
    paid = plan.year[["subsidy", "bond", "general"]].sum(axis=1)
    assert (paid == plan.year["yen"]).all()
    chosen_new = plan.span.set_index("scenario").at[city.number("running_middle"), "new"]
    assert plan.year["new"].sum() == chosen_new
    chosen = plan.running[plan.running["scenario"] == city.number("running_middle")].set_index(
        "fiscal"
    )
    assert chosen["yen"].to_dict() == running.to_dict()
    assert (
        plan.year["fiscal"].tolist() == list(range(2026, plan.year["fiscal"].max() + 1))
        and year.index.max() >= 2031
    )


def test_nothing_is_asked_for_in_the_past_or_after_it_is_spent_and_all_is_asked_for_once(case):
    (city, *_), plan = case
    ask = plan.request
    assert (ask["request_by"] >= city.start).all() and (ask["request_by"] < ask["available"]).all()
    timely = ask[ask["standing"] != "late"]
    assert (timely["available"] <= timely["first"]).all() and (
        timely["request_by"] < timely["first"]
    ).all()
    assert (
        ask.loc[ask["standing"] == "late", "available"]
        > ask.loc[ask["standing"] == "late", "first"]
    ).all()
    own = timely["available"].map(fiscal_year)
    assert (timely["standing"].ne("carried") | own.eq(timely["fiscal"] - 1)).all()
    year = timely["standing"].isin(["on_time", "share"])
    assert (own[year] == timely.loc[year, "fiscal"]).all()
    keys = ["fiscal", "group", "item", "yen"]
    both = pd.concat([ask.loc[ask["standing"] != "promised", keys], plan.unasked[keys]])
    assert sorted(both.values.tolist()) == sorted(plan.item[keys].values.tolist())


def test_a_measure_pays_only_in_its_years_at_its_rate_and_to_whom_it_may(case):
    (city, *_), plan = case
    for row in plan.measure[plan.measure["used"] > 0].itertuples():
        paid = plan.funding[
            (plan.funding["measure"] == row.measure)
            & plan.funding["fiscal"].between(row.fiscal_from, row.fiscal_to)
        ]
        assert paid["yen"].sum() == row.used and row.eligible
        cost = plan.item.merge(paid[["fiscal", "group", "item"]])["yen"].sum()
        assert row.used <= cost * row.rate + 1e-6
    assert set(plan.funding.loc[plan.funding["fund"] == "bond", "group"]) <= {
        "invest",
        "initiatives",
    }
    if not allocated(city):
        assert not plan.funding["fund"].isin(["special", "ordinary"]).any()


@pytest.mark.parametrize(
    "rate, slug", [*((rate, "172031") for rate in RATES), ("rate_F1", "131016")]
)
def test_a_higher_rate_never_raises_general_revenue(rate, slug):
    plans = real(slug)
    cities = [plans[0].changed(**{rate: value}) for value in (0, 35, 90)]
    general = [plan_budget(city, *plans[1:]).year["net"].sum() for city in cities]
    assert general[0] >= general[1] >= general[2]


def test_a_higher_cap_never_raises_general_revenue():
    city, *rest = real("172031")
    caps = [city.changed(cap_basis="団体の上限額", cap_F1=cap) for cap in (0, 10**8, 10**9)]
    general = [plan_budget(city, *rest).year["net"].sum() for city in caps]
    words = ("見込まない", "規模からの見込み", "見積額の全額")
    none, middle, full = (
        plan_budget(city.changed(cap_basis=word), *rest).year["net"].sum() for word in words
    )
    assert none == general[0] > general[1] > general[2] == full
    assert none > middle > full


def test_two_budgets_of_a_city_are_the_same():
    one, two = whole("216046").budget, plan_budget(*real("216046"))
    for name in ("item", "funding", "year", "shock", "running", "span", "cap", "request"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


# --- data -----------------------------------------------------------------------------------------
def test_default_rates_agree_with_the_table_of_measures():
    city, rates = load_city("172031"), load_table("finance_rates")
    for measure in MEASURES:
        rows = rates[rates["id"].str.fullmatch(rf"{measure.id}(-\d{{4}})?")]
        for row in rows[(rows["fiscal_to"].isna()) | (rows["fiscal_to"] >= 2026)].itertuples():
            value = city.at(measure.rate, date(max(2026, row.fiscal_from), 4, 1))
            if pd.notna(row.rate):
                assert (value.value, value.grade) == (row.rate * 100, row.grade), row.id
            else:
                assert value.guessed, f"{row.id}: a rate nobody knows is an assumption"
            if pd.notna(row.fiscal_to):
                assert city.at(measure.rate, date(int(row.fiscal_to) + 1, 4, 1)).value == 0, row.id
    person = rates.set_index("id").loc["F10-person"]
    assert city.number("cap_F10") == person["cap_yen"]
    side = rates.set_index("id").loc["F10-side"]
    assert city.number("cap_F10_side") == side["cap_yen"]


def test_default_prices_meet_the_survey_and_the_fund():
    # every municipality runs about 19 of the 20 businesses: shares and ratios are those of prices
    said = load_table("nation").set_index("id")["value"]
    rows = [(town, load_defaults(town)) for town in load_municipalities()]
    running = [(town.population, values["running_yen"][0].number) for town, values in rows]
    large = sum(yen for people, yen in running if people >= 200_000)
    assert large / sum(yen for _, yen in running) == pytest.approx(said["survey_large"], abs=0.05)
    # half of the survey's yen are those of the 20 businesses
    assert 19.2 * sum(yen for _, yen in running) == pytest.approx(said["survey_yen"] / 2, rel=0.1)
    whole = 19.2 * sum(values["migration_yen"][0].number for _, values in rows)
    share = rows[0][1]["fund_share"][0].number / 100
    assert whole * share == pytest.approx(said["fund_yen"], rel=0.03)
    fukuyama = next(values for town, values in rows if town.name == "福山市")
    after = 20 * fukuyama["running_yen"][0].number * 2.3
    assert after == pytest.approx(said["fukuyama_running"], rel=0.2)
    moved = 20 * fukuyama["migration_yen"][0].number
    assert moved == pytest.approx(said["fukuyama_migration"], rel=0.2)


# --- refusals -------------------------------------------------------------------------------------
def test_costs_that_cannot_be_are_refused():
    with pytest.raises(PlanError, match="業務委託 in 2027 costs -1 yen"):
        budget(town(), [(2027, "業務委託", -1)])
    with pytest.raises(PlanError, match="nan yen"):
        budget(town(), [(2027, "業務委託", float("nan"))])
    with pytest.raises(PlanError, match="spent in 2025, before the plan's 2026"):
        budget(town(), [(2025, "業務委託", 1)])
    with pytest.raises(PlanError, match=r"\[4\] found"):
        budget(town(), cohorts=[(2027, 4, date(2027, 5, 1), date(2027, 5, 1))])
    with pytest.raises(PlanError, match="works is negative"):
        budget(town(), works=[(2027, -1)])
    with pytest.raises(PlanError, match="several cities: 014231, 172031"):
        plan_budget(load_city("172031"), *real(DONE)[1:])


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("rate_F3: {value: 50, unit: '%', ORIGIN}", "from"),
        ("rate_F3: {value: 50, unit: '%', from: 2027-10-01, ORIGIN}", "4月1日"),
        ("rate_F3: {value: 120, unit: '%', from: 2027-04-01, ORIGIN}", "0〜100%"),
        ("cap_F1: {value: -5, unit: 円, ORIGIN}", "0〜1000000000000円"),
        ("running_case: {value: 最高, unit: 区分, ORIGIN}", "低位・中位・高位"),
    ],
)
def test_a_rate_without_a_year_and_a_number_out_of_range_are_refused_with_their_line(
    tmp_path, line, word
):
    text = line.replace("ORIGIN", "as_of: 2026-11-01, source: 通知, grade: A")
    (tmp_path / "172031.yaml").write_text(f'code: "172031"\nvalues:\n  {text}\n', encoding="utf-8")
    with pytest.raises(ParamError, match="3行目") as found:
        load_city("172031", tmp_path)
    assert word in str(found.value) and line.split(":")[0] in str(found.value)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"rate": 70.0}, "0〜1"),
        ({"cap_yen": -1}, "負の額"),
        ({"fiscal_from": None}, "年度がありません"),
        ({"fiscal_from": 2030}, "より前"),
    ],
)
def test_a_row_of_the_measures_that_cannot_hold_is_refused(change, word):
    row = {"id": "F1", "rate": 1.0, "cap_yen": 5, "fiscal_from": 2020, "fiscal_to": 2029}
    assert checked_measure(row) == row
    with pytest.raises(CatalogError, match=f"finance_rates.csv F1.*{word}"):
        checked_measure(row | change)


def test_an_earlier_year_uses_the_cap_first_in_whatever_order_costs_come():
    city = town(cap_basis="団体の上限額", cap_F1=100_000)
    costs = [Cost(year, "pmo", "PMO伴走", 80_000, date(year, 4, 1)) for year in (2029, 2027)]
    rows = payments(city, costs, build_rules(city, range(2026, 2032), {}, 0))
    assert [(row[0], row[3], row[5]) for row in rows] == [
        (2029, "subsidy", 20_000),
        (2029, "net", 60_000),
        (2027, "subsidy", 80_000),
    ]
