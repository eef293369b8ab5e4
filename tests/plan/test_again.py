"""A plan made again after a change is the plan made from nothing, and a first answer is near it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dxplan.facts.params import Engagement
from dxplan.plan.again import GROUND, READ, plan_again, plan_parts
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.portfolio import plan_portfolio
from dxplan.plan.staffing import plan_staffing
from dxplan.plan.training import plan_training
from dxplan.plan.whole import plan_city, staffed_ground
from dxplan.town.defaults import load_specs
from tests.plans import whole

CITY = "172031"
CHANGES = (
    {"dx_staff": 9.0},
    {"section_release": 45.0},
    {"running_case": "高位"},
    {"strategy": "自前のみ"},
)


class Recorder(Mapping):
    """Values of a city that remember who was asked for."""

    def __init__(self, values):
        self.values_, self.asked = values, set()

    def __getitem__(self, name):
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self):
        return iter(self.values_)

    def __len__(self):
        return len(self.values_)

    def __contains__(self, name):
        self.asked.add(name)
        return name in self.values_


@pytest.fixture(scope="module")
def base():
    """A city at quick effort, with its plan."""
    plan = whole(CITY)
    return plan.city, plan


def same(one, other):
    """Whether two plans say the same in every table and number."""
    for part in ("pmo", "staffing", "training", "budget", "portfolio"):
        for name, value in vars(getattr(one, part)).items():
            twin = getattr(getattr(other, part), name)
            if isinstance(value, pd.DataFrame):
                pd.testing.assert_frame_equal(value, twin)
            elif name in ("cost", "value", "outcome", "exit", "self_reliant"):
                assert value == twin, (part, name)


@pytest.fixture(scope="module", params=CHANGES, ids=lambda change: next(iter(change)))
def again(request, base):
    """A changed city, the plan before, and the plan made again."""
    city, plan = base
    changed = city.changed(**request.param)
    return changed, plan, plan_again(changed, plan)


def test_planned_again_is_planned_from_nothing(again):
    changed, _, found = again
    same(found, plan_city(changed))


def test_what_a_change_cannot_touch_is_kept(base):
    city, plan = base
    again = plan_again(city.changed(running_case="高位"), plan)
    assert again.pmo.task is plan.pmo.task and again.staffing.cover is plan.staffing.cover
    assert again.portfolio.row is plan.portfolio.row
    assert (
        again.training.cohort is plan.training.cohort and again.budget.year is not plan.budget.year
    )
    # whom the training seats is counted by the staffing: they are made together
    again = plan_again(city.changed(section_release=45.0), plan)
    assert again.pmo.task is plan.pmo.task
    assert again.staffing.cover is not plan.staffing.cover
    assert again.training.cohort is not plan.training.cohort


def test_initiatives_that_change_are_chosen_and_staffed_again(base):
    city, plan = base
    richer = city.changed(portfolio_weight=3 * city.number("portfolio_weight"))
    *_, (_, first) = plan_parts(richer, plan)
    assert first.pmo.task is plan.pmo.task
    assert first.portfolio.value > plan.portfolio.value
    cover = first.staffing.cover
    demand = cover[cover["role"] == "promotion"]["demand"]
    assert demand.to_list() == pytest.approx(first.portfolio.work.tolist())
    yen = first.budget.item[first.budget.item["group"] == "initiatives"]["yen"].sum()
    assert yen == first.portfolio.money[["once", "yearly"]].to_numpy().sum()


def test_who_works_already_is_ground_of_the_staffing(base):
    city, plan = base
    until = city.at("exit_date").day
    known = Engagement("CIO補佐官", 1, city.start, until, "届出", "2026-11-24", "届出", "M")
    again = plan_again(replace(city, engaged=(known,)), plan)
    assert again.pmo.task is plan.pmo.task
    assert "CIO補佐官" in set(again.staffing.contract.query("given")["form"])


def test_each_part_reads_only_the_parameters_of_its_ground(base):
    city, plan = base
    specs, known = load_specs(), set(load_specs())
    parts = {
        "pmo": lambda c: plan_pmo(c),
        "staffing": lambda c: plan_staffing(c, plan.pmo),
        "training": lambda c: plan_training(c, plan.pmo, plan.staffing),
        "portfolio": lambda c: plan_portfolio(
            staffed_ground(replace(plan.staffing, city=c), plan.pmo)
        ),
    }
    for name, run in parts.items():
        values = Recorder(city.values)
        run(replace(city, values=values))
        asked = values.asked & known
        assert len(asked) > 5
        known_of = {key for key in asked if specs[key].topic in GROUND[name][0]}
        rest = asked - known_of - READ.get(name, set())
        if name == "portfolio":  # the ground of the people is that of the staffing before it
            rest = {key for key in rest if specs[key].topic not in GROUND["staffing"][0]}
        assert not rest, name


def test_a_first_answer_is_a_whole_plan_near_the_proved_one(again):
    changed, plan, proved = again
    *_, (_, first) = plan_parts(changed, plan)
    assert first.city == changed == first.training.city
    assert set(first.pmo.cutover["business"]) == set(proved.pmo.cutover["business"])
    pd.testing.assert_frame_equal(
        first.pmo.lots, proved.pmo.lots
    )  # a roadmap is exact from the first answer on
    assert first.staffing.value <= 1.15 * proved.staffing.value
    assert first.budget.year["yen"].sum() == pytest.approx(
        proved.budget.year["yen"].sum(), rel=0.25
    )


def test_the_initiatives_of_a_first_answer_ask_for_no_one_who_is_gone(base):
    city, plan = base
    alone = city.changed(strategy="自前のみ", dx_staff=8.0)
    *_, (_, first) = plan_parts(alone, plan)
    people = load_people(alone, first.pmo)
    assert (plan.portfolio.work > people.left + 0.02).any()
    assert (first.portfolio.work <= people.left + 1e-6).all() and len(first.portfolio.chosen) > 3


def test_work_of_another_horizon_is_cut_or_ends(base):
    city, plan = base
    people = load_people(city, plan.pmo)
    short, long = (people.busied(np.ones(people.count + k)) for k in (-10, 10))
    assert short.demand["promotion"][-11:].tolist() == [1.0] + [0.0] * 10
    assert long.demand["promotion"].tolist() == [1.0] * people.count
    assert people.demand["promotion"].sum() == 0
