"""A roadmap made again: no news moves nothing, a slip little else; what was possible stays so."""

import random
from datetime import timedelta

import pandas as pd
import pytest

from dxplan.plan.pmo import plan_pmo
from tests.plan.changes import (
    by_defaults,
    more_staff,
    nights,
    on_day,
    relaxed,
    said_of,
    short_of,
    slipped,
)
from tests.plan.checker import faults, usual_terms
from tests.plan.rivals import Choices
from tests.plans import plain, roadmap

TABLES = ("lots", "task", "cutover", "load", "demand", "gate")


def drawn(least, most, count, seed):
    return random.Random(seed).sample(by_defaults(least, most), count)


@pytest.mark.parametrize("code", ["172031", "141003", "216046", "131016"])
def test_no_news_is_the_same_plan(code):
    base = roadmap(code)
    again = plan_pmo(plain(code), base)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(base, name), check_exact=True)
    assert again.outcome == base.outcome and all(column.move == 0 for column in again.columns)


@pytest.mark.rest
def test_a_slip_of_the_first_lot_moves_few_others_and_no_started_one_earlier():
    """239 cities, and what the price of moves adds: ``make nation``."""
    found = [slipped(city) for city in drawn(2, 5, 12, seed=4)]
    assert all(one.same for one in found) and not any(one.early for one in found)
    assert sum(one.moved for one in found) <= sum(one.free for one in found)
    assert sum(one.moved for one in found) <= 0.25 * len(found)
    assert all(one.extra >= -1e-6 for one in found)


@pytest.mark.rest
def test_the_lot_that_has_to_move_takes_the_night_that_a_new_plan_would_give_it():
    found = [slipped(city) for city in drawn(2, 2, 6, seed=8)]
    assert sum(one.extra for one in found) <= 0.05 * sum(one.cost for one in found)


@pytest.mark.rest
def test_what_was_possible_stays_possible_and_no_relaxation_costs_more_than_the_old_dates():
    """300 of them over 30 cities: ``make nation``."""
    chance = random.Random(9)
    for city in drawn(1, 6, 8, seed=5):
        for _ in range(3):
            word, before, after = relaxed(city, chance)
            base = plan_pmo(before)
            again = plan_pmo(after, base)
            choices, old = Choices(again, after), nights(base)
            kept = [
                [c.window.closure.start for c in project.columns].index(old[project.lot.name])
                for project in again.projects
            ]
            assert again.cost * 100 <= choices.priced(kept), (city.name, word)


@pytest.mark.rest
def test_one_person_more_lowers_the_shortage():
    found = [
        plan for city in drawn(1, 6, 60, seed=3) if short_of(plan := plan_pmo(city), "dx") > 0.05
    ][:6]
    assert len(found) == 6
    for base in found:
        again = plan_pmo(more_staff(base.city), base)
        assert short_of(again, "dx") < short_of(base, "dx") and short_of(again) < short_of(base), (
            base.city.name
        )


def test_one_person_more_moves_no_lot_by_more_than_one_window():
    base = roadmap("172031")
    again = plan_pmo(more_staff(base.city), base)
    for name, night in nights(base).items():
        project = next(project for project in again.projects if project.lot.name == name)
        order = sorted(column.window.closure.start for column in project.columns)
        assert abs(order.index(nights(again)[name]) - order.index(night)) <= 1


@pytest.mark.parametrize("code", ["172031", "331007"])
def test_a_plan_made_again_keeps_the_rules_and_what_has_begun(code):
    base = roadmap(code)
    begins = base.lots["begins"][0] + timedelta(weeks=10)
    again = plan_pmo(on_day(plain(code), begins), base)
    assert nights(again) == nights(base)
    assert faults(again, usual_terms().of_a_later_day()) == []
    assert (again.task["start"] < again.start).any()


def test_a_lot_that_is_split_keeps_near_its_old_night_and_a_new_lot_has_none():
    base = roadmap("172031")
    first = base.projects[0].lot
    city = said_of(plain("172031"), "新しい組", systems=first.businesses[2:4])
    again = plan_pmo(city, base)
    old = nights(base)[first.name]
    rows = again.lots.set_index("lot")
    rest = next(
        name
        for name in rows.index
        if set(rows["businesses"][name]) == set(first.businesses) - set(first.businesses[2:4])
    )
    assert abs((rows["cutover"][rest] - old).days) <= 7 * 26
    moves = {
        project.lot.name: {column.move for column in project.columns} for project in again.projects
    }
    assert len(moves[rest]) > 1


def test_a_price_of_nothing_plans_as_from_nothing():
    city = plain("172031").changed(price_move=0)
    base = plan_pmo(plain("172031").changed(dx_staff=4.0))
    assert nights(plan_pmo(city, base)) == nights(plan_pmo(city))
