"""Plans of a mid-sized city, a designated city, a village and a finished town, made once for all files."""

import pytest

from dxplan.city import load_city
from dxplan.plan.whole import plan_city, plan_strategies
from dxplan.plan.why import plan_why

CITIES = {"mid": "172031", "large": "141003", "village": "216046", "done": "014231"}


@pytest.fixture(scope="session")
def wholes():
    """All plans of each city."""
    return {name: plan_city(load_city(code), "quick") for name, code in CITIES.items()}


@pytest.fixture(scope="session")
def reasons(wholes):
    """Why the dates are what they are, of each city."""
    return {name: plan_why(plan.pmo, "quick") for name, plan in wholes.items()}


@pytest.fixture(scope="session")
def ways(wholes):
    """The strategies of the two small cities."""
    return {name: plan_strategies(wholes[name], "quick") for name in ("mid", "village", "done")}
