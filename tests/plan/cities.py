"""Real cities of all sizes with their staffing, made once, and tiny ones to solve by hand."""

from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType

import pytest

from dxplan.facts import months
from dxplan.facts.months import Gate
from dxplan.facts.params import Value
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.staffing import plan_staffing
from tests import plans
from tests.plans import plain

# From 13 people to 15,445, with DX sections of one person, horizons of 5 to 10 years, towns, wards
# and designated cities.
CITIES = (
    "216046",
    "014095",
    "134015",
    "141003",
    "131016",
    "012025",
    "204099",
    "163210",
    "473821",
    "133621",
    "172031",
    "024112",
    "032158",
    "122122",
    "271004",
    "263672",
    "335860",
    "402206",
    "472051",
    "232238",
)
OTHERS = ("own", "outside", "mix")
PROMOTED = 0.4  # of the DX section: what is promoted where much is
OFTEN = 8  # so many cities are looked at after every change
CASES = [
    *((code, "both") for code in CITIES[:OFTEN]),
    *((code, OTHERS[k % 3]) for k, code in enumerate(CITIES[:OFTEN])),
    *((code, ("both", *OTHERS)[k % 4]) for k, code in enumerate(CITIES[OFTEN:])),
]


def dear(code):
    """What is not looked at after every change, but with the rest."""
    return [] if code in CITIES[:OFTEN] else [pytest.mark.rest]


every_case = pytest.mark.parametrize(
    "code, strategy", [pytest.param(*case, marks=dear(case[0])) for case in CASES]
)


@cache
def roadmap(code):
    """The roadmap of a city that has much other promotion to do than its DX initiatives."""
    pmo = plans.roadmap(code)
    work = PROMOTED * pmo.city.number("dx_staff")
    return replace(pmo, city=pmo.city.changed(promotion_other=work))


@cache
def staffing(code, strategy="both", effort="quick"):
    """The staffing of a city."""
    return plan_staffing(roadmap(code).city, roadmap(code), strategy, effort)


@cache
def people_of(code):
    """What the staffing of a city is given."""
    return load_people(roadmap(code).city, roadmap(code))


def funded(pmo, day=None):
    """A roadmap with one occasion, whose money is there from the plan's start or a day on."""
    day = day or pmo.city.start.replace(day=1)
    return replace(pmo, gates=(Gate("当初予算", months.fiscal_year(day), day, day),))


def in_state(system, word):
    """A system in a state that somebody has said."""
    return replace(system, state=replace(system.state, value=word, where="手計算の例"))


# --- tiny cities ----------------------------------------------------------------------------------
def month(year, number):
    """The first day of a month."""
    return date(year, number, 1)


def dated(name, *steps):
    """Values of a parameter, each in force from a day on."""
    return {
        name: tuple(
            Value(name, float(value), "", "2026-11-23", "手計算の例", "G", start)
            for start, value in steps
        )
    }


def form(name, **numbers):
    """A form of outsider or hire: one FTE, no first cost, at once, one at a time, or as is said."""
    known = {f.name: f for f in plain("172031").forms}[name]
    said = {
        "form_yen": 1_000_000,
        "form_once": 0,
        "form_days": 20,
        "form_least": 6,
        "form_most": 12,
        "form_lead": 0,
        "form_max": 1,
        "form_year": 1,
    } | {f"form_{key}": value for key, value in numbers.items()}
    return replace(
        known, values=MappingProxyType({k: dated(k, (None, v))[k] for k, v in said.items()})
    )


# nobody leaves, nobody can drive a change, no target, no work, no class before the fourth year,
# an engagement that ends early costs nothing more
QUIET = {
    "leave_rate": 0.0,
    "transfer_rate": 0.0,
    "autonomy_share": 0.0,
    "daily_share": 0.0,
    "core_now": 1.0,
    "change_now": 0.0,
    "use_now": 0.0,
    "price_people": 0.0,
    "price_use": 0.0,
    "tail_months": 0.0,
    "form_scale": 1.0,
    "step_lead": 36.0,
    "dx_staff": 2.0,
    "promotion_other": 0.0,
    "exit_date": date(2036, 3, 31),
    "start_date": date(2027, 4, 1),
    "own_time_yen": 0.0,
    "pmo_fte": 0.0,
    "pmo_peak": 0.0,
    "brief_share": 0.0,
}


def tiny(*forms, staff=22, promotion=(), **changes):
    """A city of 22 people, 2 of them for DX, all systems live; promotion = (first day, FTE), ..."""
    city = plain("172031").changed(**QUIET | changes)
    values = dict(city.values) | (dated("promotion_other", *promotion) if promotion else {})
    return replace(
        city,
        facts=replace(city.facts, staff_general=staff),
        forms=forms,
        values=MappingProxyType(values),
        sections=(),
        systems=tuple(in_state(s, "live") for s in city.systems),
        common=in_state(city.common, "live"),
    )


def solved(city, strategy, effort="thorough", money=None, **given):
    """The staffing of a tiny city, which has money from its plan's start or a day on."""
    return plan_staffing(city, funded(plan_pmo(city), money), strategy, effort, **given)


def cover(plan, role="promotion"):
    """Cover of a role by month."""
    return plan.cover[plan.cover["role"] == role].set_index("month")


def heads(plan, tier):
    """Balance of a tier by month."""
    return plan.head[plan.head["tier"] == tier].set_index("month")


def last_day(plan):
    """Last day of a plan."""
    return months.first_of_next_month(plan.month[-1]) - months.DAY
