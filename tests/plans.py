"""One store of cities and plans for all folders of tests: each is made once in a process.

All are by the defaults alone, whatever the folder of params files says, and plans are made at quick
effort. They are frozen: a test that wants another one makes a copy.
"""

from functools import cache
from pathlib import Path
from types import MappingProxyType

from dxplan.facts.catalog import load_table
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.staffing import build_people
from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city, load_slugs

NOWHERE = Path(__file__).with_name("nowhere")  # a folder without params files
QUICK = "簡易"


class Made(dict):
    """What is made of a name when it is first asked for, and kept."""

    def __init__(self, make):
        self.make = make

    def __missing__(self, name):
        self[name] = self.make(name)
        return self[name]


@cache
def plain(code):
    """A city by its defaults alone."""
    return load_city(code, NOWHERE)


@cache
def country():
    """Code -> the city of each of the 1,741 codes."""
    return MappingProxyType({code: plain(code) for code in load_slugs(everything=True)})


def size(city, businesses):
    """A year of some systems, in times of the mean one that the city runs; 共通機能 has none."""
    rows = load_table("business_work").set_index("business")["weight"].drop("共通機能")
    mean = rows[[system.business for system in city.systems if system.in_scope]].mean()
    return rows[rows.index.isin(businesses)].sum() / mean


@cache
def roadmap(code):
    """The roadmap of a city."""
    return plan_pmo(plain(code))


@cache
def whole(code):
    """All plans of a city."""
    return plan_city(plain(code), QUICK)


def build_staffing(city, pmo, strategy="both"):
    """The staffing of a city as an unsolved program; it can be written as MPS or LP text."""
    model, _ = build_people(load_people(city, pmo), strategy)
    return model
