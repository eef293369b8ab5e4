"""A staffing plan made by hand, for a town of two sections or for any other."""

from dataclasses import fields, replace
from datetime import date

import pandas as pd

from dxplan.plan.pmo import plan_pmo
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.outcome import OPTIMAL, Outcome
from dxplan.town.city import Section, load_city
from dxplan.town.defaults import Season
from tests.plan.cities import funded, in_state

MONTHS = tuple(date(2026 + (11 + i) // 12, (11 + i) % 12 + 1, 1) for i in range(60))
INTAKE = ("month", "step", "cohort", "intake", "months", "done")
LENGTH = {1: 1, 2: 3, 3: 5}
EMPTY = pd.DataFrame()


def tiny(**numbers):
    """A town of two sections of 10 and 5 people, one business each; that of taxes may be busy."""
    city = load_city("216046")
    runs = {"固定資産税": "税務課", "戸籍": "住民課"}
    systems = tuple(
        replace(in_state(s, "live"), section=runs[s.business])
        for s in city.systems
        if s.business in runs
    )
    staff = city.sections[0].staff
    sections = (
        Section("税務課", replace(staff, value=10.0)),
        Section("住民課", replace(staff, value=5.0)),
    )
    everyone = tuple(s for s in city.seasons if s.business == "全庁")
    common = in_state(city.common, "live")
    city = replace(city, systems=systems, common=common, sections=sections, seasons=everyone)
    plain = {
        "use_now": 0.0,
        "change_now": 0.0,
        "transfer_rate": 0.0,
        "leave_rate": 0.0,
        "section_release": 40.0,
        "step1_seats": 6.0,
        "step2_seats": 6.0,
        "step3_seats": 6.0,
        "step1_done": 100.0,
        "step2_done": 100.0,
        "step3_done": 100.0,
        "online_share": 0.0,
        "cohort_limit": 2.0,
        "price_class": 5.0,
        "price_shift": 1.0,
    }
    return city.changed(**plain | numbers)


def busy(city, *months, business="固定資産税"):
    """The city with a busy season of a business in some months of every year."""
    return replace(city, seasons=(*city.seasons, Season(business, frozenset(months), 3)))


def staffing(city, *rows, free=1.0, goals=(2, 1)):
    """A staffing plan that says only who starts a step when; rows: month, step, classes, people."""
    found = [
        (month, step, classes, float(people), LENGTH[step], city.number(f"step{step}_done") / 100)
        for month, step, classes, people in rows
    ]
    sizes = [(s.name, s.staff.value, goal) for s, goal in zip(city.sections, goals)]
    pyramid = pd.DataFrame(
        [(name, tier, size, goal) for name, size, goal in sizes for tier in ("change", "use")],
        columns=["section", "tier", "staff", "target"],
    )
    load = pd.DataFrame(
        [(month, "dx", 1.0, free, 0.0, 0.0) for month in MONTHS],
        columns=["month", "group", "people", "capacity", "work", "share"],
    )
    known = {
        "city": city,
        "strategy": "both",
        "month": MONTHS,
        "pyramid": pyramid,
        "load": load,
        "self_reliant": None,
        "exit": None,
        "outcome": Outcome(OPTIMAL, 0, 0.0),
        "value": 0.0,
        "intake": pd.DataFrame(found, columns=list(INTAKE)),
    }
    return StaffingPlan(
        **{field.name: known.get(field.name, EMPTY) for field in fields(StaffingPlan)}
    )


def roadmap(city):
    """The roadmap of a city that has money from the plan's start."""
    return funded(plan_pmo(city))
