"""Plans made once: two cities, villages with lots or questions alone, a town with nothing left."""

import pytest

from tests.plans import roadmap
from tests.plans import whole as planned

CITIES = {
    "mid": "172031",
    "large": "141003",
    "village": "216046",
    "asked": "155861",
    "done": "014231",
}


@pytest.fixture(scope="session")
def plans():
    return {name: roadmap(code) for name, code in CITIES.items()}


@pytest.fixture(scope="session")
def plan(plans):
    return plans["mid"]


@pytest.fixture(scope="session")
def done(plans):
    return plans["done"]


@pytest.fixture(scope="session")
def wholes():
    """All plans of each city."""
    return {name: planned(code) for name, code in CITIES.items()}


@pytest.fixture(scope="session")
def whole(wholes):
    return wholes["mid"]
