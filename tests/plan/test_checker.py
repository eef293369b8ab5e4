"""The checker of roadmaps finds nothing in real plans, and the fault in each table made wrong."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from dxplan.plan.pmo import plan_pmo
from tests.plan.changes import said_of, value
from tests.plan.checker import faults, usual_terms, week
from tests.plans import plain, roadmap

# designated and core cities, wards, towns and villages with lots; one to six lots; under contract
# and before the budget
CITIES = ("011002", "072028", "141003", "163210", "172031", "216046", "331007", "014095")
OTHERS = (
    "012131",
    "122025",
    "131041",
    "131113",
    "141305",
    "231002",
    "271004",
    "302015",
    "362018",
    "401005",
    "431001",
    "024503",
    "092088",
    "016314",
)
OTHER = [pytest.param(code, marks=pytest.mark.rest) for code in OTHERS]
WEEK = timedelta(days=7)


@pytest.mark.parametrize("code", [*CITIES, *OTHER])
def test_a_plan_keeps_every_rule(code):
    plan = roadmap(code)
    assert len(plan.lots) == len(plan.city.lots) > 0 and faults(plan) == []


@pytest.fixture(scope="module")
def plan():
    """A city of two lots, one of which has still to ask for its money."""
    return roadmap("172031")


def shifted(table, which, columns, by):
    """A table in which some dates of some rows lie later."""
    table = table.copy()
    for column in columns:
        table.loc[which, column] = table.loc[which, column].map(lambda day: day + by)
    return table


def moved(plan, key, by, columns=("start", "finish")):
    """The plan in which one bar lies later."""
    return replace(plan, task=shifted(plan.task, plan.task["task"] == key, columns, by))


def a_bar_more(plan):
    rows = plan.task[plan.task["task"].str.endswith("/UNLINK")]
    assert not len(rows)
    extra = plan.task[plan.task["task"] == "ロット1/NOTE"].assign(task="ロット1/LINK", phase="link")
    return replace(plan, task=pd.concat([plan.task, extra], ignore_index=True))


WRONG = {
    "the first rehearsal comes too soon": (
        lambda p: moved(p, "ロット1/R1", -3 * WEEK),
        "between SET and R1",
    ),
    "the last rehearsal comes too soon": (
        lambda p: moved(p, "ロット1/R3", -6 * WEEK),
        "between R3 and CUT",
    ),
    "a test waits": (lambda p: moved(p, "ロット1/T1", 5 * WEEK), "between R1 and T1"),
    "the training ends on the night": (
        lambda p: moved(p, "ロット1/TRN", 2 * WEEK),
        "between TRN and CUT",
    ),
    "the preparation is long before": (
        lambda p: moved(p, "ロット1/PIA", -20 * WEEK),
        "between PIA and R1",
    ),
    "a test takes a week more": (lambda p: moved(p, "ロット1/T2", WEEK, ("finish",)), "T2 takes"),
    "the ordinances end between sessions": (
        lambda p: moved(p, "ロット1/LAW", 5 * WEEK),
        "no council session",
    ),
    "the ordinances end after the night": (
        lambda p: moved(p, "ロット1/LAW", 52 * WEEK),
        "before the cutover",
    ),
    "a bar lies in the past": (
        lambda p: moved(p, "ロット2/5", -30 * WEEK),
        "before the plan begins",
    ),
    "the tender comes before its money": (
        lambda p: moved(p, "ロット2/7", -9 * WEEK),
        "before its money",
    ),
    "papers are late": (lambda p: moved(p, "ロット2/6.1", 20 * WEEK), "papers are done after"),
    "the contract is late": (lambda p: moved(p, "ロット1/9", 9 * WEEK), "before the contract"),
    "service stops too late": (
        lambda p: moved(p, "ロット1/STOP", timedelta(days=1)),
        "whole night",
    ),
    "a link that nothing wants": (a_bar_more, "interim link"),
    "a system of another lot": (
        lambda p: replace(p, cutover=p.cutover.assign(lot=["ロット2", *p.cutover["lot"][1:]])),
        "several nights",
    ),
    "a system is forgotten": (lambda p: replace(p, cutover=p.cutover[1:]), "still to move"),
    "a night on working days": (
        lambda p: replace(
            p,
            lots=shifted(p.lots, [0], ["cutover", "closure_end", "live"], timedelta(days=3)),
            cutover=p.cutover,
        ),
        "not two closed days",
    ),
    "another kind of window": (
        lambda p: replace(p, lots=p.lots.assign(window="year_end")),
        "calls its window",
    ),
    "an occasion that is not the earliest": (
        lambda p: replace(p, gate=shifted(p.gate, [0], ["request_by"], 60 * WEEK)),
        "is the occasion",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_checker_sees_that(plan, what):
    change, words = WRONG[what]
    found = faults(change(plan))
    assert any(words in text for text in found), found


def on_night(plan, lot, night):
    """The plan in which a lot cuts over on the two days from one on."""
    days = {
        "cutover": night,
        "closure_end": night + timedelta(days=1),
        "live": night + timedelta(days=2),
    }
    tables = {name: getattr(plan, name).copy() for name in ("lots", "cutover")}
    for table in tables.values():
        for name, day in days.items():
            table.loc[table["lot"] == lot, name] = [day] * (table["lot"] == lot).sum()
    return replace(plan, **tables)


@pytest.mark.parametrize(
    "night, words",
    [
        (date(2028, 4, 8), "hard weeks of 住民基本台帳"),
        (date(2028, 6, 24), "election of 2028-07-09"),
        (date(2027, 9, 25), "before the vendor's 2028-01-01"),
    ],
)
def test_the_checker_sees_a_night_that_is_shut(plan, night, words):
    assert any(words in text for text in faults(on_night(plan, "ロット1", night)))


def test_the_checker_sees_lots_that_lie_too_near():
    plan = roadmap("331007")
    lots = plan.lots.set_index("lot")
    one, two = "ロット2", "ロット6"
    assert set(lots["sections"][one]) & set(lots["sections"][two])
    assert any(
        "share a night and a section" in text
        for text in faults(on_night(plan, one, lots["cutover"][two]))
    )
    assert any(
        "5 weeks apart" in text
        for text in faults(on_night(plan, one, lots["cutover"][two] + 5 * WEEK))
    )
    other = next(
        lot for lot in lots.index if not set(lots["sections"][one]) & set(lots["sections"][lot])
    )
    assert any(
        "1 weeks apart" in text
        for text in faults(on_night(plan, one, lots["cutover"][other] + WEEK))
    )


def linked():
    """A city whose vendor of 住民基本台帳 comes two years after that of the taxes."""
    city = plain("172031")
    return said_of(city, "ロット1", offer=value("offer", date(2030, 12, 1), "日付"))


def test_an_interim_link_bridges_the_time_until_the_register_has_moved():
    plan = plan_pmo(linked())
    lots = plan.lots.set_index("lot")
    assert lots["linked"].to_dict() == {"ロット1": False, "ロット2": True} and faults(plan) == []
    bars = plan.task.set_index("task")
    assert bars.loc["ロット2/LINK", "finish"] < lots["cutover"]["ロット2"]
    assert bars.loc["ロット2/UNLINK", "start"] > lots["cutover"]["ロット1"]
    for key in ("LINK", "UNLINK"):
        assert bars.loc[f"ロット2/{key}", "dx_fte"] > 0
    late = replace(
        plan,
        task=shifted(
            plan.task, plan.task["task"] == "ロット2/LINK", ["start", "finish"], 12 * WEEK
        ),
    )
    assert any("interim link is not there" in text for text in faults(late))
    soon = replace(
        plan,
        task=shifted(
            plan.task, plan.task["task"] == "ロット2/UNLINK", ["start", "finish"], -12 * WEEK
        ),
    )
    assert any("removed before" in text for text in faults(soon))


def test_what_a_city_has_said_is_part_of_the_rules():
    city = said_of(plain("172031").changed(reserve_weeks=4), "ロット1", longer={"運用テスト": 6})
    plan = plan_pmo(city)
    assert faults(plan, replace(usual_terms(), reserve=4, longer=(("ロット1", "T2", 6),))) == []
    assert any("T2 takes" in text for text in faults(plan, replace(usual_terms(), reserve=4)))
    assert any("between SET and R1" in text for text in faults(plan))


def test_weeks_are_counted_from_a_monday():
    assert week(date(2026, 11, 30)) == week(date(2026, 12, 6)) == week(date(2026, 12, 7)) - 1
