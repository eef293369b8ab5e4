"""The budget: each source of money by hand, rules on real cities, requests in time, refusals."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dxplan.facts.catalog import CatalogError, load_municipalities, load_table
from dxplan.facts.params import ParamError
from dxplan.plan.budget import GROUPS, plan_budget
from dxplan.plan.funds import (
    MEASURES,
    Cost,
    allocated,
    build_rules,
    checked_measure,
    parts,
    payments,
)
from dxplan.solve.outcome import PlanError
from dxplan.town.city import load_city
from dxplan.town.defaults import load_defaults, load_specs
from tests.plan.accounts import DONE, budget, dated, funds, moving, town
from tests.plans import whole

CITIES = ("172031", "216046", "141003", "014095", "131016", "014231", "472051", "232238")
RATES = sorted(
    name for name in load_specs() if name.startswith("rate_") and name != "rate_F8_return"
)


def real(slug):
    """A city and the plans that a budget rests on."""
    plan = whole(slug)
    return plan.city, plan.pmo, plan.staffing, plan.training


@pytest.fixture(params=CITIES)
def case(request):
    """What the budget of a real city rests on, and the budget."""
    return real(request.param), whole(request.param).budget


# --- budgets by hand ------------------------------------------------------------------------------
def test_a_subsidy_pays_in_full_until_its_cap_is_used_up():
    city = town(cap_basis="団体の上限額", cap_F1=12_000_000)
    plan = budget(city, [(2027, "PMO伴走", 10_000_000), (2028, "PMO伴走", 10_000_000)])
    assert funds(plan, 2027) == {"subsidy": 10_000_000}
    assert funds(plan, 2028) == {"subsidy": 2_000_000, "general": 8_000_000}
    assert set(plan.item["group"]) == {"pmo"}
    assert plan.measure.set_index("measure").loc["F1", ["cap", "used"]].tolist() == [12_000_000] * 2


def test_without_a_known_cap_the_whole_estimate_is_paid():
    plan = budget(town(cap_F1=1), [(2027, "PMO伴走", 10_000_000)])
    assert funds(plan, 2027) == {"subsidy": 10_000_000}


def test_the_subsidy_ends_with_the_year_of_the_end_state():
    plan = budget(town(), [(2030, "PMO伴走", 5_000_000), (2031, "PMO伴走", 5_000_000)])
    assert funds(plan, 2030) == {"subsidy": 5_000_000} and funds(plan, 2031) == {
        "general": 5_000_000
    }
    assert plan.measure.set_index("measure").loc["F1", ["fiscal_from", "fiscal_to"]].tolist() == [
        2026,
        2030,
    ]


def test_a_special_tax_pays_its_rate_of_the_year_and_ends_with_it():
    city = dated(town(), "rate_F3", (date(2027, 4, 1), 50.0), (date(2028, 4, 1), 0.0))
    plan = budget(city, [(year, "CIO補佐官", 3_600_001) for year in (2026, 2027, 2028)])
    assert funds(plan, 2026) == funds(plan, 2028) == {"general": 3_600_001}
    assert funds(plan, 2027) == {"special": 1_800_000, "general": 1_800_001}
    assert (
        plan.sure["general_if_zero"].tolist() == plan.sure["general"].tolist()
    )  # grade A: nothing to doubt


def test_people_of_a_firm_count_up_to_the_cap_for_each_person_and_year():
    months_of = [(date(2027, m, 1), "地域活性化起業人", 1) for m in range(4, 10)]
    plan = budget(town(rate_F10=50), [(2027, "地域活性化起業人", 4_000_000)], months_of)
    assert funds(plan, 2027) == {
        "special": 1_400_000,
        "general": 2_600_000,
    }  # 5,600,000 x 6/12 x 50 %


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
    assert funds(plan, 2030) == {"general": 3_000_000}
    assert (
        plan.repaid == 1_350_000
    )  # half of it comes back later: the real burden is 300,000 + 1,350,000 = 55 %


def test_a_bond_that_the_city_does_not_want_is_not_there():
    plan = budget(town(bond_use="使わない"), works=[(2029, 10)])
    assert funds(plan, 2029) == {"general": 3_000_000} and plan.repaid == 0


def test_a_grant_comes_before_the_bond():
    plan = budget(town(rate_F9=50), works=[(2028, 10)])
    assert funds(plan, 2028) == {"subsidy": 1_500_000, "bond": 1_350_000, "general": 150_000}
    assert (
        funds(plan, 2028)["general"]
        < plan.sure.set_index("fiscal").loc[2028, "general_if_zero"]
        == 300_000
    )


def test_ordinary_tax_is_a_share_of_the_running_cost():
    city = load_city(DONE).changed(running_yen=1_200_000, rate_F6=30, running_case="低位")
    scope = sum(s.in_scope for s in city.systems)
    plan = budget(city)
    assert funds(plan, 2028) == {"ordinary": scope * 360_000, "general": scope * 840_000}
    assert funds(plan, 2026) == {
        "ordinary": scope * 120_000,
        "general": scope * 280_000,
    }  # December to March


def test_a_body_without_allocation_tax_gets_none_of_it():
    spent = [(2028, "CIO補佐官", 1_000_000), (2028, "PMO伴走", 1_000_000)]
    plan = budget(town(allocation="不交付団体"), spent, works=[(2028, 10)])
    assert funds(plan, 2028) == {"subsidy": 1_000_000, "bond": 2_700_000, "general": 1_300_000}
    reasons = plan.measure.set_index("measure")
    assert (
        set(reasons.loc[["F3", "F4", "F6", "F10-person"], "reason"]) == {"body"}
        and plan.repaid == 0
    )
    assert not reasons.loc["F3", "eligible"] and reasons.loc["F1", "eligible"]


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
    assert item[2028, "base"] == scope * 1_200_000
    assert item[2028, "live"] == (scope - 1) * 720_000  # 0.6 times what live systems cost
    assert item[2028, "added"] == 60_000 * 9 and item[2029, "added"] == 720_000
    assert (2027, "added") not in item.index
    low, middle, high = (
        plan.running[plan.running["scenario"] == factor] for factor in (1, 1.6, 2.3)
    )
    assert low["yen"].tolist()[1:] == [scope * 1_200_000] * 5
    assert middle.set_index("fiscal")["yen"][2028] == item[2028].sum()
    assert high.set_index("fiscal")["yen"][2031] == round(scope * 1_200_000 * 2.3)


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
    assert found == {2027: 2_500_000, 2028: 7_500_000}  # 7 x 50 of (14 x 50 + 7 x 100)


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
    assert (
        longer[2028, "extension"] == 6 * 100_000
    )  # April to September, at the present price of one system
    assert longer[2028, "base"] + longer[2028, "extension"] == plain[2028, "base"]
    assert with_.sure["yen"].tolist() == without.sure["yen"].tolist()


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


def test_money_is_asked_for_at_the_occasion_of_its_year_or_carried_over_from_the_one_before():
    outside = [
        (date(2027, 4, 1), "業務委託", 1),
        (date(2027, 8, 1), "CIO補佐官", 1),
        (date(2028, 4, 1), "業務委託", 1),
    ]
    spent = [(2027, "業務委託", 1), (2027, "CIO補佐官", 1), (2028, "業務委託", 1)]
    assert requests(budget(town(), spent, outside)) == {
        ("業務委託", 2027): ("2〜3月補正", "2027-01", "carried"),
        ("CIO補佐官", 2027): ("6月補正", "2027-05", "on_time"),
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
    gate = [("ロット1", "2〜3月補正", 2026, date(2027, 1, 10), date(2027, 3, 25))]
    asked = requests(budget(city, task=bar, gate=gate))
    title = city.lots[0].title
    assert asked[title, 2027] == ("2〜3月補正", "2027-01", "carried")
    assert asked[title, 2028] == ("当初予算", "2027-10", "on_time")


def test_a_city_with_initial_budgets_only_asks_in_autumn_and_the_rest_is_said():
    city = replace(town(), gates=tuple(pair for pair in town().gates if pair[0].name == "当初予算"))
    plan = budget(city, [(2027, "業務委託", 5), (2028, "業務委託", 7)])
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
    (city, _, staffing, training), plan = case
    cost = staffing.cost[~staffing.cost["item"].str.startswith("step")]
    people = plan.item[plan.item["group"].isin(["staffing", "pmo"])]
    assert (
        people.groupby("item")["yen"].sum().to_dict() == cost.groupby("item")["yen"].sum().to_dict()
    )
    taught = (
        plan.item[plan.item["group"] == "training"].set_index(["fiscal", "item"])["yen"].to_dict()
    )
    held = training.cohort.groupby(["fiscal", "step"]).size()
    assert taught == {
        (f, f"step{s}"): n * city.number(f"step{s}_yen") for (f, s), n in held.items()
    }
    works = training.automation["works"].sum() * city.number("invest_yen")
    assert plan.item.loc[plan.item["group"] == "invest", "yen"].sum() == works


def test_the_tables_of_a_budget_agree(case):
    (city, *_), plan = case
    year = plan.item.groupby("fiscal")["yen"].sum()
    assert plan.sure.set_index("fiscal")["yen"].to_dict() == year.to_dict()
    general = plan.funding[plan.funding["fund"] == "general"].groupby("fiscal")["yen"].sum()
    assert (
        plan.sure["general"].sum() == general.sum()
        and (plan.sure["general"] <= plan.sure["general_if_zero"]).all()
    )
    assert (plan.sure["general_if_zero"] <= plan.sure["yen"]).all()
    assert plan.measure["used"].sum() == plan.sure["yen"].sum() - plan.sure["general"].sum()
    more = (plan.sure["general_if_zero"] - plan.sure["general"]).sum()
    assert plan.shock["yen"].sum() == more and (plan.shock["yen"] > 0).all()
    running = plan.item[plan.item["group"] == "running"].groupby("fiscal")["yen"].sum()
    chosen = plan.running[plan.running["scenario"] == city.number("running_middle")].set_index(
        "fiscal"
    )
    assert chosen["yen"].to_dict() == running.to_dict()
    assert (
        plan.sure["fiscal"].tolist() == list(range(2026, plan.sure["fiscal"].max() + 1))
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
    keys = ["fiscal", "group", "item", "yen"]
    both = pd.concat([ask[keys], plan.unasked[keys]])
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
    assert set(plan.funding.loc[plan.funding["fund"] == "bond", "group"]) <= {"invest"}
    if not allocated(city):
        assert not plan.funding["fund"].isin(["special", "ordinary"]).any()


@pytest.mark.parametrize("slug", ["172031", "131016"])
@pytest.mark.parametrize("rate", RATES)
def test_a_higher_rate_never_raises_general_revenue(slug, rate):
    plans = real(slug)
    cities = [plans[0].changed(**{rate: value}) for value in (0, 35, 90)]
    general = [plan_budget(city, *plans[1:]).sure["general"].sum() for city in cities]
    assert general[0] >= general[1] >= general[2]


def test_a_higher_cap_never_raises_general_revenue():
    city, *rest = real("172031")
    caps = [city.changed(cap_basis="団体の上限額", cap_F1=cap) for cap in (0, 10**8, 10**9)]
    general = [plan_budget(city, *rest).sure["general"].sum() for city in caps]
    assert general[0] > general[1] > general[2] == plan_budget(city, *rest).sure["general"].sum()


def test_two_budgets_of_a_city_are_the_same():
    one, two = whole("216046").budget, plan_budget(*real("216046"))
    for name in ("item", "funding", "sure", "shock", "running", "request", "unasked", "measure"):
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


def test_the_prices_of_the_migration_add_up_to_the_fund():
    prices = [load_defaults(town)["migration_yen"][0].value for town in load_municipalities()]
    assert sum(prices) / len(prices) == pytest.approx(700e9 / 34_592, rel=0.02)


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
    city = town(cap_basis="団体の上限額", cap_F1=100)
    costs = [Cost(year, "pmo", "PMO伴走", 80, date(year, 4, 1)) for year in (2029, 2027)]
    rows = payments(city, costs, build_rules(city, range(2026, 2032), {}))
    assert [(row[0], row[3], row[5]) for row in rows] == [
        (2029, "subsidy", 20),
        (2029, "general", 60),
        (2027, "subsidy", 80),
    ]
