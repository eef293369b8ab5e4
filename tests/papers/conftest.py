"""Papers of cities in each situation, filled once: with lots, a village, a done town, a set day."""

import pytest

from dxplan.papers.books import load_papers, paper_tables
from dxplan.papers.material import Material
from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city
from tests.export.conftest import KNOWN
from tests.plans import QUICK, Made, whole

CITIES = {"mid": "172031", "village": "463043", "done": "073016"}


@pytest.fixture(scope="session")
def materials(tmp_path_factory):
    """What the papers of each city are filled with; "known" is a city that has set a day."""
    folder = tmp_path_factory.mktemp("known")
    (folder / "172031.yaml").write_text(KNOWN, encoding="utf-8")

    def made(name):
        if name in CITIES:
            return Material(whole(CITIES[name]))
        return Material(plan_city(load_city("172031", folder), QUICK))

    return Made(made)


@pytest.fixture(scope="session")
def written(materials):
    """(city, paper) -> name of each sheet and its table."""
    papers = {paper.paper: paper for paper in load_papers()}

    def made(key):
        city, paper = key
        found = paper_tables(materials[city], papers[paper])
        return {name: table for name, _, table in found}

    return Made(made)
