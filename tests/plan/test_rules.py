"""The rules of ``make check-plans`` see each fault, and have a calendar of their own."""

from dataclasses import replace
from datetime import date
from functools import cache

import holidays
import pandas as pd
import pytest

from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city
from tests.bench.check import days
from tests.bench.check.rules import RULES, faults, measures
from tests.plans import NOWHERE, whole

CODE = "172031"
rest = pytest.mark.rest  # a whole plan is made


@cache
def planned():
    """A whole plan with outsiders and hires: of a city with much promotion."""
    return plan_city(load_city(CODE, NOWHERE).changed(promotion_other=4.0))


def changed(part, table, work):
    """That plan with one of its tables changed."""
    plan = planned()
    parts = {name: getattr(plan, name) for name in ("staffing", "training", "budget", "pmo")}
    frame = getattr(parts[part], table).copy()
    made = work(frame)
    parts[part] = replace(parts[part], **{table: frame if made is None else made})
    return replace(plan, **parts)


def put(column, value, **where):
    """Writes a value, or what a function makes of the old one, into the first row that fits."""

    def work(frame):
        fits = pd.Series(True, frame.index)
        for name, wanted in where.items():
            fits &= frame[name] == wanted
        row = frame.index[fits][0]
        frame.at[row, column] = value(frame.at[row, column]) if callable(value) else value

    return work


def earlier(day):
    """A year before a day."""
    return days.plus(day, -12)


SPOILT = {
    "an outsider before the money": (
        "money_first",
        ("staffing", "contract", put("start", date(2027, 3, 1), kind="outside")),
    ),
    "a hire in July": (
        "money_first",
        ("staffing", "contract", put("start", date(2028, 7, 1), kind="own")),
    ),
    "a class before the money": (
        "money_first",
        ("training", "cohort", put("start", date(2027, 5, 6))),
    ),
    "money after the spending": (
        "money_in_time",
        ("budget", "request", put("first", earlier, standing="on_time")),
    ),
    "people whom no budget is asked for": (
        "money_in_time",
        ("budget", "unasked", put("group", "staffing")),
    ),
    "a budget that pays in the next year": (
        "years_apart",
        ("budget", "request", put("fiscal", lambda year: year + 1, standing="on_time")),
    ),
    "carried over two years": (
        "years_apart",
        ("budget", "request", put("standing", "carried", standing="on_time")),
    ),
    "a promise that is too small": (
        "years_apart",
        ("budget", "request", put("limit", lambda yen: yen - 1000, standing="promised")),
    ),
    "a share without a promise": (
        "years_apart",
        ("budget", "request", lambda frame: frame[frame["standing"] != "promised"]),
    ),
    "no PMO before the end": (
        "pmo_covered",
        ("staffing", "cover", put("demand", 0.0, role="pmo")),
    ),
    "a shortage that is not told": (
        "pmo_covered",
        ("staffing", "cover", put("own", lambda fte: fte - 0.1, role="pmo")),
    ),
    "work that nobody does": (
        "work_adds_up",
        ("staffing", "cover", put("demand", lambda fte: fte + 1, role="daily")),
    ),
    "step 2 before step 1": (
        "steps_in_order",
        ("training", "cohort", put("start", date(2027, 8, 3), step=2)),
    ),
    "more in step 3 than completed step 2": (
        "steps_in_order",
        ("training", "seat", put("people", 900, step=3)),
    ),
    "a class on a holiday": (
        "classes_held",
        ("training", "session", put("day", date(2028, 1, 1), step=2, no=2)),
    ),
    "more people than seats": (
        "classes_held",
        ("training", "cohort", put("people", 41, step=1)),
    ),
    "a form that may not be": (
        "forms_apply",
        ("staffing", "contract", put("form", "県の共同活用", kind="outside")),
    ),
    "people out of nowhere": (
        "heads_balance",
        ("staffing", "head", put("finish", lambda heads: heads + 5, tier="change")),
    ),
    "an engagement that nobody pays": (
        "contracts_paid",
        ("staffing", "contract", put("count", lambda count: count + 1, kind="outside")),
    ),
    "a cost without an engagement": (
        "contracts_paid",
        ("staffing", "cost", put("yen", lambda yen: yen + 5000, item="副業人材")),
    ),
    "people who are not in the budget": (
        "people_in_budget",
        ("budget", "item", put("yen", lambda yen: yen + 2000, item="副業人材")),
    ),
    "a class that is paid twice": (
        "people_in_budget",
        ("budget", "item", put("yen", lambda yen: yen * 2, group="training")),
    ),
    "funds that are no costs": (
        "budget_adds_up",
        ("budget", "funding", put("yen", lambda yen: yen + 1000)),
    ),
    "a year that does not add up": (
        "budget_adds_up",
        ("budget", "year", put("net", lambda yen: yen + 1000)),
    ),
    "learners whom nobody seats": (
        "taught_counted",
        ("staffing", "intake", put("intake", lambda people: people + 1)),
    ),
    "ability that is not there": (
        "able_alone",
        ("staffing", "autonomy", lambda frame: frame.assign(able=0.0)),
    ),
}


@rest
def test_a_plan_as_it_is_has_no_fault():
    assert faults(whole(CODE)) == [] == faults(planned())


@rest
@pytest.mark.parametrize("kind, how", SPOILT.values(), ids=SPOILT)
def test_each_fault_is_seen(kind, how):
    assert kind in {found for found, _ in faults(changed(*how))}


def test_every_rule_is_tried():
    assert {kind for kind, _ in SPOILT.values()} == {rule.__name__ for rule in RULES}


@rest
def test_the_measures_count_people_and_months():
    before = measures(planned())
    more = measures(changed("staffing", "contract", put("count", 50, kind="outside")))
    assert more["peak"] >= 50 > before["peak"] and more["engagements"] == before["engagements"]
    short = measures(changed("staffing", "contract", put("months", 6, kind="outside")))
    assert short["brief"] == before["brief"] + 1


# --- the calendar ---------------------------------------------------------------------------------
def test_the_holidays_are_those_of_the_library():
    for year in range(2026, 2036):
        assert days.holidays(year) == set(holidays.country_holidays("JP", years=year))


@pytest.mark.parametrize(
    "day, fiscal",
    [
        (date(2027, 3, 31), 2026),
        (date(2027, 4, 1), 2027),
        (date(2028, 3, 31), 2027),
        (date(2028, 4, 1), 2028),
        (date(2028, 12, 31), 2028),
        (date(2029, 1, 1), 2028),
    ],
)
def test_a_fiscal_year_begins_on_the_first_of_april(day, fiscal):
    assert days.fiscal(day) == fiscal


@pytest.mark.parametrize(
    "day, count, later",
    [
        (date(2027, 3, 25), 4, date(2027, 7, 25)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 10, 31), 6, date(2028, 4, 30)),
        (date(2027, 12, 1), -12, date(2026, 12, 1)),
    ],
)
def test_a_month_later_is_the_same_day(day, count, later):
    assert days.plus(day, count) == later


def test_the_first_money_of_a_plan_from_december_is_that_of_march():
    asked, spent, name = days.occasions(date(2026, 12, 1))[0]
    assert (asked, spent, name) == (date(2027, 1, 8), date(2027, 3, 25), "2〜3月補正")
