"""Plans made once: two cities, villages with lots or questions alone, a town with nothing left."""

import pytest

from dxplan.plan.pmo import plan_pmo
from dxplan.plan.whole import plan_city
from dxplan.plan.why import plan_why
from dxplan.town.city import load_city

CITIES = {
    "mid": "172031",
    "large": "141003",
    "village": "216046",
    "asked": "155861",
    "done": "014231",
}


@pytest.fixture(scope="session")
def plans():
    return {name: plan_pmo(load_city(code)) for name, code in CITIES.items()}


@pytest.fixture(scope="session")
def plan(plans):
    return plans["mid"]


@pytest.fixture(scope="session")
def done(plans):
    return plans["done"]


@pytest.fixture(scope="session")
def why(plan):
    return plan_why(plan)


@pytest.fixture(scope="session")
def wholes():
    """All plans of each city."""
    return {name: plan_city(load_city(code), "quick") for name, code in CITIES.items()}


@pytest.fixture(scope="session")
def whole(wholes):
    return wholes["mid"]
