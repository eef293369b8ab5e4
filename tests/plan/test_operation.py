"""What the systems in operation cost: presumed as the budget has it, or as the city tells it."""

from datetime import date

import pytest

from dxplan.plan.budget import plan_budget
from dxplan.plan.operation import load_levers, plan_operation
from tests.plans import plain, roadmap, whole

DONE, LATE = "073016", "172031"  # a town whose systems are all live, and a city with late lots


def current(plan, fiscal):
    """Yen that the systems in operation cost in a fiscal year of a budget."""
    item = plan.item[(plan.item["group"] == "current") & (plan.item["fiscal"] == fiscal)]
    return item[item["item"].isin(["base", "live"])]["yen"].sum()


def told(code, **lines):
    """The budget of a city that tells some lines."""
    plan = whole(code)
    rest = (plan.pmo, plan.staffing, plan.training, plan.portfolio)
    return plan_budget(plan.city.changed(**lines), *rest)


def test_what_is_presumed_is_what_the_budget_has():
    one = plan_operation(plain(DONE), roadmap(DONE))
    assert one.systems == 18 and not one.told
    assert one.yen == pytest.approx(current(whole(DONE).budget, 2028))
    assert {value.grade for value in one.lines.values()} == {"G"}


def test_what_the_city_tells_takes_the_place_of_the_guess_to_the_yen():
    lines = {"operation_yen": 40_000_000, "operation_cloud": 12_000_000}
    one = plan_operation(plain(DONE).changed(**lines), roadmap(DONE))
    assert one.told and one.yen == 52_000_000
    budget = told(DONE, **lines)
    assert current(budget, 2028) == 52_000_000
    # what is known hangs on no factor
    by_factor = budget.running[budget.running["fiscal"] == 2028]["yen"]
    assert set(by_factor) == {52_000_000}
    assert (budget.item["yen"] > 0).all()


def test_one_line_that_is_told_leaves_the_other_presumed():
    one = plan_operation(plain(DONE).changed(operation_cloud=9_000_000), roadmap(DONE))
    guess = plan_operation(plain(DONE), roadmap(DONE)).lines["operation_yen"].number
    assert one.yen == 9_000_000 + guess and not one.told


def test_a_city_with_lots_pays_for_those_to_come_as_before():
    usual, now = whole(LATE).budget, told(LATE, operation_yen=30e6, operation_cloud=9e6)
    # the systems that are live cost what is told; all others what they did
    guess = plan_operation(plain(LATE), roadmap(LATE)).yen
    assert current(usual, 2027) - current(now, 2027) == pytest.approx(guess - 39e6, abs=1000)
    groups = ("migration", "running", "staffing", "training", "initiatives")
    for group in groups:
        sums = [plan.item[plan.item["group"] == group]["yen"].sum() for plan in (usual, now)]
        assert sums[0] == sums[1], group


def test_the_review_begins_a_year_before_the_contract_ends_and_never_before_the_plan():
    city, pmo = plain(DONE), roadmap(DONE)
    assert plan_operation(city, pmo).begin is None
    far = plan_operation(city.changed(operation_until=date(2029, 3, 31)), pmo)
    assert (far.until, far.begin) == (date(2029, 3, 31), date(2028, 3, 1))
    near = plan_operation(city.changed(operation_until=date(2027, 3, 31)), pmo)
    assert near.begin == city.start
    assert far.gate.name == "当初予算" and far.gate.request_by >= city.start


def test_every_lever_has_a_question_and_a_source():
    levers = load_levers()
    assert len(levers) >= 6 and len({lever.lever for lever in levers}) == len(levers)
    assert all(lever.ask and lever.how and lever.caution for lever in levers)
    assert sum(lever.source != "design" for lever in levers) >= 5
