"""What each answer moves, by the plan made again, and one order for three measures."""

from dataclasses import replace

import numpy as np
import pytest

from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.budget import new_burden, plan_budget
from dxplan.plan.worth import COVER, MEASURES, _again, _moved, ordered, plan_worth, shares
from dxplan.town.questions import HIGH, LOW, Question, answered, unknowns
from tests.plans import whole

VILLAGE, ASKED = "216046", "155861"  # the last one has open questions alone
NONE = Question("", "world", "", "", (), 0.0, 1.0, 2.0, "")


def made(name, months=0.0, points=0.0, yen=0.0):
    """A question whose high end moves the measures by so much."""
    return replace(NONE, name=name, months=(0.0, months), points=(-points, 0.0), yen=(0.0, yen))


def named(city, name):
    return next(one for one in unknowns(city) if one.name == name)


@pytest.fixture(scope="module")
def village():
    """The plans of a village, and the same made again as it is."""
    plan = whole(VILLAGE)
    return plan, _again(plan, plan.city)


def test_shares_of_the_swing_add_up_to_one_and_both_ends_count():
    both = replace(NONE, months=(-2.0, 4.0))
    found = shares([both, made("b", months=2.0), made("c", yen=5.0)])
    assert found[:, 0].tolist() == [0.75, 0.25, 0.0]
    assert found[:, 1].tolist() == [0.0, 0.0, 0.0]  # nobody moves the chance
    assert found[:, 2].tolist() == [0.0, 0.0, 1.0]
    # two ends on one side swing as far as the farther one
    assert shares([replace(NONE, yen=(3.0, 5.0)), made("b", yen=5.0)])[:, 2].tolist() == [0.5, 0.5]


def test_one_order_serves_three_measures():
    money = [made(f"y{k}", yen=10.0 - k) for k in range(8)]
    date, chance = made("date", months=3.0), made("chance", points=9.0)
    order = [one.name for one in ordered([*money, chance, date])]
    # the only one that moves a measure comes before the eight that share the third
    assert order[:2] == ["chance", "date"]
    assert order[2:] == [f"y{k}" for k in range(8)]
    assert ordered([]) == ()


def test_what_moves_all_three_comes_first_and_what_is_covered_waits():
    every = made("every", months=8.0, points=8.0, yen=8.0)
    date = [made("d1", months=1.0), made("d2", months=0.9)]
    money = [made("m1", yen=6.0), made("m2", yen=2.0)]
    order = [one.name for one in ordered([*date, *money, every])]
    assert order[0] == "every" and order[1] == "m1"
    # the largest list of each length is the first of the order, however it is sorted before
    assert [one.name for one in ordered([every, *money[::-1], *date[::-1]])] == order


def test_made_again_as_it_is_a_plan_stays_where_it_was(village):
    plan, base = village
    day = plan.pmo.start.toordinal() + base.measures[0] * DAYS_PER_MONTH
    told = plan.pmo.told.last.iloc[0]
    assert round(day) == told["p50"].toordinal()
    assert base.measures[1] == pytest.approx(100 * told["chance"])
    years = plan.budget.year["new_net"]
    assert base.measures[2] == pytest.approx(years.mean(), rel=0.005)


def test_the_burden_alone_is_that_of_the_budget(village):
    plan, _ = village
    found = new_burden(plan.city, plan.pmo, plan.staffing, plan.training, plan.portfolio)
    assert found.total() == plan.budget.year["new_net"].sum()


def test_a_price_moves_the_burden_alone_and_by_what_the_budget_says(village):
    plan, base = village
    one = _moved(plan, named(plan.city, "running_yen"), base)
    assert one.months == one.points == (0.0, 0.0) and not one.flips
    dear = answered(plan.city, one, HIGH)
    staffing, training = base.staffing, plan.training
    budget = plan_budget(dear, base.pmo, staffing, training, plan.portfolio)
    more = budget.year["new_net"].mean() - base.measures[2]
    assert one.yen[1] == pytest.approx(more) and one.yen[0] < 0 < one.yen[1]


def test_what_is_below_the_noise_is_none(village):
    plan, base = village
    one = named(plan.city, "running_yen")
    place = one.places[0]
    row = plan.city.values[place.name][0]
    near = row.span._replace(low=row.number * 0.999, high=row.number * 1.001)
    values = {**plan.city.values, place.name: (replace(row, span=near),)}
    still = replace(plan, city=replace(plan.city, values=values))
    assert not _moved(still, named(still.city, "running_yen"), base).moves


@pytest.mark.rest
def test_a_vendor_who_offers_the_last_day_makes_the_village_late(village):
    plan, base = village
    one = _moved(plan, named(plan.city, "offered"), base)
    assert one.months[1] > 6 and one.points[1] <= 0
    # the same answer twice is the same plan: nothing is drawn anew
    late = _again(plan, answered(plan.city, one, HIGH), 0, base)
    assert late.measures[0] - base.measures[0] == pytest.approx(one.months[1])
    soon = _again(plan, answered(plan.city, one, LOW), 0, base)
    assert one.flips == (late.soon != base.soon or soon.soon != base.soon)


@pytest.mark.rest
def test_where_no_lot_is_left_an_open_question_moves_the_dates():
    plan = whole(ASKED)
    base = _again(plan, plan.city)
    assert base.measures[:2].tolist() == [0.0, 100.0]
    late = _moved(plan, named(plan.city, "unsure"), base)
    assert late.months[0] == 0.0 and late.months[1] > 6 and late.yen[1] > 0 and late.flips


@pytest.mark.rest
@pytest.mark.parametrize("code", [VILLAGE])
def test_ten_questions_hold_the_swing_and_the_first_changes_the_headline(code):
    plan = whole(code)
    worth = plan.worth
    assert plan.worth is worth and worth.questions == plan_worth(plan).questions
    held = shares(worth.questions)[:10].sum(axis=0)
    moved = [any(any(getattr(one, name)) for one in worth.questions) for name in MEASURES]
    assert (held[np.array(moved)] >= COVER).all(), held
    assert worth.asked >= 30 > len(worth.questions) >= 10
    first = worth.questions[0]
    assert max(map(abs, first.months)) >= 1 or max(map(abs, first.yen)) >= 0.01 * worth.yen
