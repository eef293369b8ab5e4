"""The conductor: the plans rest on each other, and strategies are compared on the same ground."""

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType

import pandas as pd
import pytest

from dxplan.facts.params import Value
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.whole import Plan, _even, last_told, plan_asked, plan_city, plan_growth
from dxplan.town.city import load_city
from tests.plan.cities import in_state
from tests.plans import QUICK, plain, whole

CITIES = ("172031", "216046", "134015", "012025")
OUTSIDERS = {form.name for form in plain("216046").forms if form.kind == "outside"}


@pytest.fixture(scope="module")
def plans():
    return {code: whole(code) for code in CITIES}


@pytest.fixture(scope="module")
def compared(plans):
    return {code: plan.ways for code, plan in plans.items()}


def row(comparison, strategy):
    return comparison.row.set_index("strategy").loc[strategy]


def tables(plan):
    """Every table of a plan by name."""
    return {
        f"{part}.{f.name}": getattr(getattr(plan, part), f.name)
        for part in ("pmo", "staffing", "training", "budget")
        for f in fields(getattr(plan, part))
        if isinstance(getattr(getattr(plan, part), f.name), pd.DataFrame)
    }


@pytest.mark.parametrize("code", CITIES)
def test_the_staffing_covers_what_the_roadmap_asks_for(plans, code):
    plan = plans[code]
    asked = plan.pmo.demand
    assert set(asked["role"]) <= {"dx", "section"}
    wanted = plan.staffing.cover[plan.staffing.cover["role"].isin(["dx", "section"])]
    assert asked["fte"].sum() == pytest.approx(wanted["demand"].sum())


@pytest.mark.parametrize("code", CITIES)
def test_the_training_is_asked_for_what_the_staffing_wants_and_it_counts_whom_that_seats(
    plans, code
):
    plan = plans[code]
    funnel = plan.training.funnel.set_index("step")
    seated = funnel["seated"]
    found = plan.staffing.intake.groupby("step")["intake"].sum().reindex(seated.index, fill_value=0)
    assert found.to_list() == pytest.approx(seated.to_list())
    wish = plan_asked(plan.city, plan.pmo).intake
    people = wish.groupby("step")["intake"].sum().reindex(seated.index, fill_value=0)
    for step, asked in funnel["asked"].items():
        assert abs(asked - people[step]) <= 1 + 0.5 * len(wish)


def test_people_and_classes_are_the_two_passes_of_the_growth(plans):
    plan = plans["216046"]
    staffing, training, portfolio = plan_growth(plan.city, plan.pmo)
    pd.testing.assert_frame_equal(staffing.cover, plan.staffing.cover)
    pd.testing.assert_frame_equal(training.cohort, plan.training.cohort)


@pytest.mark.parametrize("code", CITIES)
def test_the_budget_prices_the_people_to_the_thousand(plans, code):
    plan = plans[code]
    cost = plan.staffing.cost[~plan.staffing.cost["item"].str.startswith("step")]
    spent = cost.groupby("item")["yen"].sum()
    # who works already stands with what is paid anyway
    priced = plan.budget.item.groupby("item")["yen"].sum()
    assert all(priced[form] == round(yen / 1000) * 1000 for form, yen in spent.items())
    # a city whose own people are enough engages nobody
    assert len(spent) == plan.staffing.contract["form"].nunique()
    given = set(plan.staffing.contract.query("given")["form"])
    paid = plan.budget.item[plan.budget.item["group"].isin(["staffing", "pmo"])]
    assert set(paid["item"]) == set(plan.staffing.contract.query("not given")["form"])
    assert given <= set(plan.budget.item.query("group == 'current'")["item"])
    assert (
        plan.budget.item["yen"].sum()
        == plan.budget.funding["yen"].sum()
        == plan.budget.year["yen"].sum()
    )


def test_the_same_city_gives_the_same_plans_table_by_table(plans):
    again = plan_city(plain("216046"), QUICK)
    for name, table in tables(plans["216046"]).items():
        pd.testing.assert_frame_equal(table, tables(again)[name], obj=name)


def test_a_town_whose_systems_are_all_live_has_all_four_plans():
    city = load_city("216046")
    done = replace(
        city,
        systems=tuple(in_state(s, "live") for s in city.systems),
        common=in_state(city.common, "live"),
    )
    plan = plan_city(done, "簡易")
    assert plan.pmo.done and len(plan.staffing.cover) and not plan.budget.item["yen"].lt(0).any()
    assert (plan.budget.item["group"] != "migration").all()
    assert last_told(plan.pmo) is None and len(plan.ways.row) == 3


# --- strategies -----------------------------------------------------------------------------------
@pytest.mark.parametrize("code", CITIES)
def test_only_the_bounds_of_the_strategies_differ(compared, code):
    comparison = compared[code]
    assert list(comparison.row["strategy"]) == ["own", "outside", "both"]
    share = comparison.share[(comparison.share["strategy"] == "own")]["share"]
    # who works already stays whatever the strategy
    there = [e for e in comparison.city.engagements if e.form in OUTSIDERS]
    assert bool(there) is (code == "216046")
    if there:
        assert row(comparison, "own")["exit"] == max(e.until for e in there)
        assert share.gt(0).any()
    else:
        assert row(comparison, "own")["share"] == 0 and row(comparison, "own")["exit"] is None
        assert share.eq(0).all()
    assert row(comparison, "both")["value"] <= row(comparison, "own")["value"] * (1 + 1e-9)


@pytest.mark.parametrize("code", CITIES)
def test_outsiders_alone_leave_fewer_people_who_can_drive_a_change(compared, code):
    comparison = compared[code]
    assert row(comparison, "outside")["change"] < row(comparison, "own")["change"]
    assert row(comparison, "outside")["left"] <= row(comparison, "both")["left"] + 1e-9


@pytest.mark.parametrize("code", CITIES)
def test_the_years_of_a_strategy_add_up_to_its_cost(compared, code):
    comparison = compared[code]
    for strategy, part in comparison.cost.groupby("strategy"):
        assert part["yen"].sum() == row(comparison, strategy)["yen"]


def test_the_consultants_own_mix_is_compared_once_somebody_has_said_it():
    # enough other promotion that who works already is busy
    city = load_city("216046").changed(promotion_other=0.3)
    said = (Value("mix_outside", 0.0, "FTE", "2026-11-23", "打合せ", "M", where="x.yaml 1行目"),)
    city = replace(city, values=MappingProxyType({**city.values, "mix_outside": said}))
    comparison = plan_city(city, "簡易").ways
    assert list(comparison.row["strategy"]) == ["own", "outside", "both", "mix"]
    # an own mix without any new outsider is what own people do with who works already
    assert row(comparison, "mix")["share"] == pytest.approx(
        row(comparison, "own")["share"], abs=0.02
    )
    assert row(comparison, "mix")["exit"] == row(comparison, "own")["exit"]


def rows(**values):
    """Strategies with their yen and their missing person-months."""
    found = [{"strategy": name, "yen": y, "short": s} for name, (y, s) in values.items()]
    return pd.DataFrame(found)


def test_money_against_missing_people_has_a_price_only_where_one_gives_what_the_other_takes():
    now = (100_000_000, 10.0)
    table = _even(
        rows(
            own=(40_000_000, 70.0),  # cheaper, short of more
            outside=(130_000_000, 4.0),  # dearer, short of less
            both=now,
            mix=(90_000_000, 8.0),  # better in both
        ),
        "both",
    ).set_index("strategy")
    assert list(table.index) == ["own", "outside", "mix"]
    assert table.loc["own"].to_list() == [-60_000_000, 60.0, 1_000_000]
    assert table.loc["outside"].to_list() == [30_000_000, -6.0, 5_000_000]
    assert table.loc["mix", ["yen", "short"]].to_list() == [-10_000_000, -2.0]
    assert pd.isna(table.at["mix", "price"])
    worse = _even(rows(own=(110_000_000, 12.0), both=now), "both")
    assert worse.loc[0, ["yen", "short"]].to_list() == [10_000_000, 2.0]
    assert pd.isna(worse.at[0, "price"])
    alike = _even(rows(own=now, both=now), "both")
    assert pd.isna(alike.at[0, "price"])


@pytest.mark.parametrize("code", CITIES)
def test_the_prices_are_those_of_the_rows_against_the_plans_own_strategy(plans, compared, code):
    comparison, now = compared[code], plans[code].staffing.strategy
    mine = row(comparison, now)
    assert now not in set(comparison.even["strategy"])
    for pair in comparison.even.itertuples():
        other = row(comparison, pair.strategy)
        assert pair.yen == other["yen"] - mine["yen"]
        assert pair.short == pytest.approx(other["short"] - mine["short"])
        if pair.yen * pair.short < 0:
            # at this price both are worth the same
            paid = [r["yen"] + pair.price * r["short"] for r in (mine, other)]
            assert paid[0] == pytest.approx(paid[1], rel=1e-9)


def test_fewer_people_for_the_migration_are_a_shortage_and_never_a_later_promise():
    city = load_city("216046")
    few = plan_pmo(replace(city, values=MappingProxyType({**city.values, **dated(0.1)})))
    many = plan_pmo(replace(city, values=MappingProxyType({**city.values, **dated(2.0)})))
    assert few.load["short"].sum() > many.load["short"].sum()


def dated(fte):
    return {
        "dx_fte": (
            Value("dx_fte", fte, "FTE", "2026-11-23", "試算", "G", date(2026, 12, 1), "試算"),
        )
    }


def test_a_plan_is_frozen(plans):
    with pytest.raises(AttributeError):
        plans["216046"].city = None
    assert isinstance(plans["216046"], Plan)
