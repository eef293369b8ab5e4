"""What the optimum of a staffing does when its city changes, and which strategy wins where."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from dxplan.plan.people import load_people
from dxplan.plan.staffing import build_people, plan_staffing
from dxplan.solve.outcome import EFFORTS, build_simplex
from tests.plan.cities import form, month, people_of, roadmap, solved, tiny
from tests.plans import Made

CODES = ("216046", "172031", "141003")
ALL = ("both", "own", "outside", "mix")


def optimum(people, strategy):
    """The exact optimum without whole numbers (円)."""
    solver = build_simplex()
    solver.passModel(build_people(people, strategy)[0].model(relaxed=True))
    solver.run()
    return solver.getInfo().objective_function_value * 1e6


def with_forms(city, kind, **factors):
    """The city with numbers of its forms of a kind multiplied."""

    def over(known):
        said = {
            f"form_{name}": tuple(
                replace(v, value=v.value * factor) for v in known.values[f"form_{name}"]
            )
            for name, factor in factors.items()
        }
        return (
            replace(known, values=MappingProxyType({**known.values, **said}))
            if known.kind == kind
            else known
        )

    return replace(city, forms=tuple(map(over, city.forms)))


BETTER = {
    "half as many seats more in each class": lambda city: city.changed(
        **{f"step{k}_seats": 1.5 * city.number(f"step{k}_seats") for k in (1, 2, 3)}
    ),
    "twice the classes": lambda city: city.changed(cohort_limit=2 * city.number("cohort_limit")),
    "twice the hires": lambda city: with_forms(city, "own", max=2, year=2),
    "twice the outsiders": lambda city: with_forms(city, "outside", max=2, year=2),
    "prices a fifth lower": lambda city: city.scaled(prices=0.8),
    "outsiders at once": lambda city: with_forms(city, "outside", lead=0),
    "more who complete step 1": lambda city: city.changed(step1_done=100.0),
    "more who complete step 2": lambda city: city.changed(step2_done=95.0),
    "more who complete step 3": lambda city: city.changed(step3_done=90.0),
    "more time of the trained": lambda city: city.changed(change_share=15.0),
    "faster growth of autonomy": lambda city: city.changed(autonomy_gain=0.08),
    "better hand-overs": lambda city: city.changed(handover_rate=100.0),
    # fewer transfers are no relaxation: each carries a 変革人材 of the DX section into a section
    "a later exit": lambda city: city.changed(exit_date=date(2035, 3, 31)),
    "less work": lambda city: city.changed(promotion_other=0.8 * city.number("promotion_other")),
}


# a village after every change; with the rest a mid-sized and a designated city in turn
LARGER = [(what, CODES[1 + place % 2]) for place, what in enumerate(BETTER)]
EACH = [
    *((what, CODES[0]) for what in BETTER),
    *(pytest.param(*pair, marks=pytest.mark.rest) for pair in LARGER),
]


@pytest.fixture(scope="module")
def base():
    return Made(lambda pair: optimum(people_of(pair[0]), pair[1]))


@pytest.mark.parametrize("what, code", EACH)
def test_the_optimum_is_never_worse_with(base, what, code):
    people = load_people(BETTER[what](roadmap(code).city), roadmap(code))
    for strategy in ALL:
        assert optimum(people, strategy) <= base[code, strategy] * (1 + 1e-9), strategy


def test_seats_hires_prices_and_completion_change_the_optimum_at_all(base):
    for what in (
        "half as many seats more in each class",
        "twice the hires",
        "prices a fifth lower",
        "more who complete step 3",
    ):
        people = load_people(BETTER[what](roadmap("172031").city), roadmap("172031"))
        assert any(
            optimum(people, strategy) < base["172031", strategy] * (1 - 1e-4) for strategy in ALL
        ), what


@pytest.mark.parametrize(
    "change",
    [{"yen": 700_000}, {"max": 2, "year": 2}, {"lead": 0}, {"least": 3}, {"days": 20, "most": 24}],
)
def test_whole_plans_of_a_tiny_city_are_never_worse_with_a_better_form(change):
    said = {"yen": 900_000, "days": 12, "least": 6, "most": 12, "lead": 4, "max": 1, "year": 1}
    work = ((None, 0.4), (month(2028, 2), 1.3), (month(2029, 8), 0.5))
    gap = EFFORTS["thorough"].mixed[0]
    for strategy in ("both", "outside"):
        before, after = (
            solved(tiny(form("業務委託", **numbers), promotion=work), strategy)
            for numbers in (said, said | change)
        )
        assert after.value <= before.value / (1 - gap) and after.outcome.bound <= before.value


@pytest.mark.parametrize("code", CODES)
def test_a_strategy_with_fewer_bounds_is_never_worse(base, code):
    assert base[code, "both"] <= base[code, "own"] * (1 + 1e-9)
    assert base[code, "both"] <= base[code, "mix"] * (1 + 1e-9)
    free = load_people(
        roadmap(code).city.changed(mix_outside=500.0, mix_cohort=400.0), roadmap(code)
    )
    assert optimum(free, "mix") == pytest.approx(base[code, "both"], rel=1e-9)
    shut = load_people(roadmap(code).city.changed(mix_outside=0.0, mix_cohort=400.0), roadmap(code))
    assert optimum(shut, "mix") == pytest.approx(base[code, "own"], rel=1e-9)


# --- each strategy wins somewhere: the values of the plans, and the bounds of the others ----------
def three(code, change=None):
    """The plans of the three strategies of a changed city."""
    city = (change or (lambda city: city))(roadmap(code).city)
    return {
        name: plan_staffing(city, roadmap(code), name, "standard")
        for name in ("own", "outside", "both")
    }


@pytest.mark.parametrize("code", ["012025", pytest.param("402206", marks=pytest.mark.rest)])
def test_both_win_in_a_city_as_the_defaults_have_it(code):
    plans = three(code)
    assert plans["both"].value < min(plans["own"].outcome.bound, plans["outside"].outcome.bound)


@pytest.mark.rest
def test_own_people_win_where_they_can_do_all_of_little_work_alone_and_hand_it_over_well():
    plans = three(
        "131016",
        lambda city: city.changed(
            autonomy_share=100.0, promotion_other=1.0, transfer_rate=10.0, handover_rate=100.0
        ),
    )
    assert plans["own"].value < plans["outside"].outcome.bound
    assert plans["own"].value == pytest.approx(
        plans["both"].value, rel=1e-9
    )  # which uses no outsider then
    assert plans["both"].exit is None and plans["own"].outcome.bound == pytest.approx(
        plans["both"].outcome.bound, rel=1e-6
    )


@pytest.mark.rest
def test_outsiders_win_though_they_may_not_stay_where_nobody_applies_or_has_time_and_many_move():
    plans = three(
        "402206",
        lambda city: with_forms(city, "own", max=0).changed(
            exit_date=date(2028, 3, 31),
            transfer_rate=33.0,
            autonomy_share=20.0,
            autonomy_gain=0.02,
            change_share=3.0,
            price_people=300_000.0,
        ),
    )
    assert plans["outside"].value < min(plans["own"].outcome.bound, plans["both"].outcome.bound)


@pytest.mark.parametrize(
    "code", ["216046", "163210", pytest.param("402206", marks=pytest.mark.rest)]
)
def test_outsiders_alone_are_planned_as_near_to_their_optimum_as_the_effort_says(code):
    plan = plan_staffing(roadmap(code).city, roadmap(code), "outside", "standard")
    assert plan.outcome.gap <= EFFORTS["standard"].mixed[0]


@pytest.mark.parametrize("code", CODES)
def test_the_programs_of_the_strategies_have_the_same_costs_and_the_same_work(code):
    models = {name: build_people(people_of(code), name)[0] for name in ALL}
    costs = {name: list(model.model().col_cost_) for name, model in models.items()}
    assert all(model.names == models["both"].names for model in models.values())
    assert all(cost == costs["both"] for cost in costs.values())
    rows = {
        name: {row for row in model.rows if not row.startswith(("S9_", "S14_", "mix_"))}
        for name, model in models.items()
    }
    # outsiders alone are as many at a time as their forms allow
    share = {row for row in rows["both"] if row.startswith("S15_")}
    assert share and rows["outside"] == rows["both"] - share
    assert all(rows[name] == rows["both"] for name in ("own", "mix"))
