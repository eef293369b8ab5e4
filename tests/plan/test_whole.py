"""The conductor: the plans rest on each other, and strategies are compared on the same ground."""

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType

import pandas as pd
import pytest

from dxplan.facts.params import Value
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.whole import Plan, _best, last_told, plan_city
from dxplan.town.city import load_city
from tests.plan.cities import in_state
from tests.plans import QUICK, plain, whole

CITIES = ("172031", "216046", "134015", "012025")


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
def test_the_training_is_asked_for_what_the_staffing_takes_in(plans, code):
    plan = plans[code]
    asked = plan.training.funnel.set_index("step")["asked"]
    intake = plan.staffing.intake.groupby("step")["intake"].sum()
    for step, people in intake.items():
        assert abs(asked[step] - people) <= 1 + 0.5 * len(plan.staffing.intake)


@pytest.mark.parametrize("code", CITIES)
def test_the_budget_prices_the_people_to_the_yen(plans, code):
    plan = plans[code]
    spent = plan.staffing.cost[~plan.staffing.cost["item"].str.startswith("step")]["yen"].sum()
    priced = plan.budget.item[plan.budget.item["group"].isin(["staffing", "pmo"])]["yen"].sum()
    assert spent == priced
    assert (
        plan.budget.item["yen"].sum()
        == plan.budget.funding["yen"].sum()
        == plan.budget.sure["yen"].sum()
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
    assert row(comparison, "own")["share"] == 0 and row(comparison, "own")["exit"] is None
    share = comparison.share[(comparison.share["strategy"] == "own")]["share"]
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
    city = load_city("216046")
    said = (Value("mix_outside", 0.0, "FTE", "2026-11-23", "打合せ", "M", where="x.yaml 1行目"),)
    city = replace(city, values=MappingProxyType({**city.values, "mix_outside": said}))
    comparison = plan_city(city, "簡易").ways
    assert list(comparison.row["strategy"]) == ["own", "outside", "both", "mix"]
    assert row(comparison, "mix")["share"] == 0


def rows(**values):
    return pd.DataFrame(
        [{"strategy": name, "value": value, "gap": 0.005} for name, value in values.items()]
    )


def test_the_least_value_wins_and_of_equals_the_simplest():
    assert _best(rows(own=120.0, outside=90.0, both=100.0)) == "outside"
    assert _best(rows(own=120.0, outside=130.0, both=100.0)) == "both"
    assert _best(rows(own=100.2, outside=130.0, both=100.0)) == "own"
    assert _best(rows(own=101.2, outside=130.0, both=100.0)) == "both"


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
