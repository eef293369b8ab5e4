"""The samples of the whole plan: without doubt the plan, feasible by other code, events at work."""

import csv
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from dxplan.plan import events, exposure, risk, sample, shortage
from dxplan.plan.events import load_events, strikes_of
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.risk import plan_risk, planned_courses, quantile, sampled
from dxplan.plan.sample import NEVER, SAMPLES, Doubt, drawn_courses
from tests.bench.check.days import is_open
from tests.conftest import ROOT
from tests.plan.changes import by_defaults, on_day, quarter, said_of, value
from tests.plans import plain, roadmap, whole

SURE = Doubt(spread=False, vendor=False, related=True)
CITIES = ("172031", "216046")
DONE = "131016"  # no system left to move
CALM = tuple(replace(event, p=0.0) for event in load_events())


def planned(pmo):
    """Go-live days of the plan's own windows, counted from its start."""
    return np.array([(column.window.live - pmo.start).days for column in pmo.columns])


def courses_of(pmo, happens, doubt=risk.DRAWN, stretch=None):
    """The samples of a roadmap with what may happen."""
    doubt = replace(doubt, strikes=strikes_of(pmo, happens, stretch or {}))
    return drawn_courses(pmo.city, pmo.frame, pmo.projects, pmo.columns, doubt)


def only(name, p=None):
    """One event alone, and with another chance."""
    kept = [event for event in load_events() if event.id == name]
    return events.changed(kept, name, kept[0].p if p is None else p)


# --- closed forms and the plan itself -------------------------------------------------------------
def lot_of(city, pmo, doubt):
    """The samples of the first lot of a roadmap."""
    draws = sample._Draws(1, 1)
    shared = sample._Draws(1, 0).factor()
    return sample._Lot(city, pmo.frame, pmo.projects[0], pmo.columns[0], draws, shared, doubt)


def test_one_task_before_windows_has_the_p80_of_its_triangle():
    """Kotz and van Dorp (2004): the quantile of a triangle whose mode has less below it."""
    pmo = roadmap("172031")
    low, high = 0.6, 1.9
    took = lot_of(pmo.city, pmo, Doubt(related=True)).days(10, low, high)
    p80 = high - sqrt(0.2 * (high - low) * (high - 1))
    assert quantile(took, 0.8) == pytest.approx(70 * p80, rel=0.01)


def test_a_chain_of_ten_fully_correlated_tasks_is_one_task():
    pmo = roadmap("172031")
    lot = lot_of(pmo.city.changed(factor_share=50), pmo, Doubt())
    chain = sum(lot.days(3, 0.6, 1.9) for _ in range(10))
    assert np.sort(chain) == pytest.approx(np.sort(lot.days(30, 0.6, 1.9)), rel=1e-9)
    loose = lot_of(pmo.city.changed(factor_share=0), pmo, Doubt())
    apart = sum(loose.days(3, 0.6, 1.9) for _ in range(10))
    assert quantile(apart, 0.8) < 0.97 * quantile(chain, 0.8)


def test_work_of_one_kind_has_a_factor_in_common_and_lots_of_one_vendor_too():
    pmo = roadmap("141003")
    one, two = (replace(project.lot, vendor="甲社") for project in pmo.projects[:2])
    pair = [replace(p, lot=lot) for p, lot in zip(pmo.projects, (one, two), strict=False)]
    assert [sample.maker_of(pair, k) for k in (0, 1)] == [0, 0]
    assert sample.maker_of(pmo.projects, 1) == 1
    lot = lot_of(pmo.city, pmo, Doubt(related=True))
    same = [lot.days(10, 0.5, 1.7, "テスト") for _ in range(2)]
    other = lot.days(10, 0.5, 1.7, "準備")
    assert np.corrcoef(*same)[0, 1] == pytest.approx(0.45, abs=0.06)
    assert np.corrcoef(same[0], other)[0, 1] == pytest.approx(0.30, abs=0.06)


@pytest.mark.parametrize("code", CITIES)
def test_without_spread_every_sample_is_the_plan_its_money_and_its_people(code):
    plan = whole(code)
    found = sampled(plan, plan.cases, CALM, SURE)
    assert (found.courses.live == planned(plan.pmo)).all()
    year = plan.budget.year
    longer = plan.budget.item.query("item == 'extension'").groupby("fiscal")["yen"].sum()
    money = year["new"] + year["fiscal"].map(longer).fillna(0)
    # a budget is in whole thousands, each item rounded once
    assert (found.total == found.total[0]).all()
    assert found.total[0] == pytest.approx(money.to_numpy(), abs=8000)
    month, demand = shortage.demand_of(found)
    for row, role in enumerate(("dx", "section")):
        rows = plan.pmo.demand[plan.pmo.demand["role"] == role].set_index("month")["fte"]
        asked = [rows.get(day, 0.0) for day in month]
        assert demand[row][0] == pytest.approx(asked, abs=1e-9)


def test_the_extension_of_a_contract_and_an_interim_link_grow_with_the_delay():
    plan = whole("172031")
    pmo = plan.pmo
    end = date(2028, 3, 31)
    first = replace(pmo.projects[0], lot=replace(pmo.projects[0].lot, contract_end=end))
    pmo = replace(pmo, projects=(first, *pmo.projects[1:]))
    plan = replace(plan, pmo=pmo)
    found = sampled(plan, {}, load_events())
    months = found.live[:, 0] - exposure.month_of(date(2028, 4, 1))
    yen = found.yen["extension"].sum(axis=1) / found.prices["running_yen"]
    inside = months <= found.years.ends[-1] - exposure.month_of(date(2028, 4, 1))
    each = plan.city.number("running_yen") / 12 * found._size(first)
    assert yen[inside] == pytest.approx(months[inside] * each, rel=1e-9)
    weeks = found.courses.week
    for a, b in found._pairs():
        linked = found._link(a, b).sum(axis=1) > 0
        assert (linked == (weeks[:, a] < weeks[:, b])).all()


def test_who_accompanies_the_project_is_paid_until_the_last_lot_is_live():
    plan = whole("216046")
    last = plan.pmo.earliest.replace(day=1)
    row = {"month": last, "form": "PMO伴走", "kind": "outside", "count": 1, "fte": 0.2, "yen": 9e5}
    outside = pd.concat([plan.staffing.outside, pd.DataFrame([row])], ignore_index=True)
    staffing = replace(plan.staffing, outside=outside)
    plan = replace(plan, staffing=staffing)
    found = sampled(plan, {}, load_events())
    late = found.live.max(axis=1) - exposure.month_of(last)
    inside = found.live.max(axis=1) < found.years.ends[-1]
    assert found._company().sum(axis=1)[inside] == pytest.approx(9e5 * late[inside])


# --- events ---------------------------------------------------------------------------------------
def test_an_event_that_never_happens_changes_no_byte():
    for code in CITIES:
        pmo = roadmap(code)
        assert (courses_of(pmo, CALM, Doubt()).live == pmo.told.live).all()
        without = [event for event in load_events() if event.id != "rehearsal"]
        never = events.changed(load_events(), "rehearsal", 0.0)
        one, two = courses_of(pmo, without), courses_of(pmo, never)
        assert all(a.tobytes() == b.tobytes() for a, b in zip(one, two, strict=True))


@pytest.mark.rest
def test_each_event_makes_some_samples_later_and_none_earlier():
    pmo = roadmap("141003")
    calm = courses_of(pmo, CALM).live
    stretch = {case: {project.lot.name: 1.3 for project in pmo.projects} for case in events.CASES}
    for event in load_events():
        live = courses_of(pmo, only(event.id), stretch=stretch).live
        last, before = live.max(axis=1), calm.max(axis=1)
        assert (last >= before).mean() > 0.995 and (last > before).any(), event.id


def test_switching_an_event_off_changes_the_p80():
    pmo = roadmap("141003")
    never = events.changed(load_events(), "postpone", 0.0)
    now, off = (
        quantile(courses_of(pmo, happens).live.max(axis=1), 0.8)
        for happens in (load_events(), never)
    )
    assert off < now - 30  # days


@pytest.mark.parametrize("p", [0.03, 0.2, 0.5])
def test_an_event_strikes_in_its_share_of_the_samples_with_the_whole_of_its_triangle(p):
    event = only("postpone", p)[0]
    draw = events.drawn(5, event, 3)
    assert draw.hit.mean() == pytest.approx(p, abs=1 / SAMPLES)
    months = draw.length[draw.hit] / (365.25 / 12)
    assert months.mean() == pytest.approx((3 + 12 + 24) / 3, rel=0.02)
    assert months.min() >= 3 and months.max() <= 24
    rarer = events.drawn(5, only("postpone", p / 2)[0], 3)
    assert not (rarer.hit & ~draw.hit).any()


def test_a_vendor_that_has_named_its_day_slips_by_the_rate_of_the_city_alone():
    day = value("offer", date(2029, 5, 1), "日付")
    pmo = plan_pmo(said_of(plain("216046"), "ロット1", offer=day))
    strike = strikes_of(pmo, only("postpone"), {})["ロット1"]
    assert not strike.vendor.any()
    assert strikes_of(roadmap("216046"), only("postpone"), {})["ロット1"].vendor.any()


def test_a_missed_occasion_waits_for_the_next_one():
    pmo = roadmap("172031")
    calm, late = courses_of(pmo, CALM), courses_of(pmo, only("budget"))
    k = next(k for k, column in enumerate(pmo.columns) if column.gate)
    gate = pmo.columns[k].gate
    missed = strikes_of(pmo, only("budget"), {})[pmo.projects[k].lot.name].missed[gate]
    assert missed.mean() == pytest.approx(0.1, abs=1 / SAMPLES)
    moved = late.begin[:, k] > calm.begin[:, k]
    assert moved.any() and not (moved & ~missed).any()


def test_outsiders_who_are_not_found_are_not_paid_and_the_case_comes_true_in_its_share():
    plan = whole("172031")
    hit = events.drawn_cases(1, load_events())["found"]
    found = plan.risk.found
    less = plan.cases["found"].cost["yen"].sum() - plan.staffing.cost["yen"].sum()
    people = found.yen["people"].sum(axis=1)
    assert hit.mean() == pytest.approx(0.3, abs=1 / SAMPLES) and less < 0
    assert people[hit] == pytest.approx(people[~hit][0] + less)


# --- feasible by other code -----------------------------------------------------------------------
def rows_of(name):
    """The rows of a raw file of ``data/``."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def closed_before(day):
    """The first of the closed days that end on the day before a day; the day itself where none."""
    while not is_open(day - timedelta(days=1)):
        day -= timedelta(days=1)
    return day


def hard_days(businesses, first, last):
    """Whether a hard week of some businesses touches the days."""
    for row in rows_of("hard_weeks"):
        if row["business"] in businesses:
            for year in range(first.year, last.year + 1):
                start, end = (date.fromisoformat(f"{year}-{row[n]}") for n in ("first", "last"))
                if start <= last and first <= end:
                    return True
    return False


@pytest.mark.parametrize(
    "code", ["172031", "216046", pytest.param("141003", marks=pytest.mark.rest)]
)
def test_every_one_of_a_hundred_samples_can_be_carried_out(code):
    """Closed days by the act, raw files: nothing of the planner decides here."""
    pmo = roadmap(code)
    courses = courses_of(pmo, load_events())
    own = planned(pmo)
    for i in random.Random(4).sample(range(SAMPLES), 100):
        nights = []
        for k, project in enumerate(pmo.projects):
            live = courses.live[i, k]
            if live >= NEVER:
                continue
            day = pmo.start + timedelta(days=int(live))
            night = closed_before(day)
            assert is_open(day) and (day - night).days >= 2
            ready = max(courses.work[i, k], courses.law[i, k])
            assert pmo.start + timedelta(days=ready) <= night + timedelta(hours=1)
            assert courses.vendor[i, k] <= live + 1e-6 and live >= own[k]
            assert not hard_days(project.lot.businesses, night, day)
            # 65 % of the shortest template between the contract and the end of the work
            assert courses.work[i, k] - max(0, courses.begin[i, k]) > 7 * 15
            nights.append((night, set(project.lot.sections), project.lot.nights))
        for (a, one, _), (b, two, _) in combinations(nights, 2):
            apart = abs((a - a.resolution * a.weekday()) - (b - b.resolution * b.weekday())).days
            assert apart >= (49 if one & two else 14) or (not one & two and apart == 0)


# --- what is told ---------------------------------------------------------------------------------
@pytest.mark.parametrize("code", CITIES)
def test_the_tables_tell_the_samples(code):
    found = whole(code).risk
    for row in [*found.lot.to_dict("records"), *found.last.to_dict("records")]:
        days = [row[name] for name in ("p20", "p50", "p80_low", "p80", "p80_high")]
        assert days == sorted(days) and row["plain"] <= row["p80_high"]
    for _, part in found.window.groupby("lot"):
        assert part["share"].sum() == pytest.approx(1) and part["by"].iloc[-1] == pytest.approx(1)
    end = (found.plan.city.at("end_date").day - found.plan.pmo.start).days
    assert found.last["chance"].iloc[0] == (found.live.max(axis=1) <= end).mean()
    assert found.lot["last"].sum() >= 1 - 1e-9
    joint = found.joint
    assert (joint["both"] <= joint[["money", "date"]].min(axis=1) + 1e-12).all()
    assert (joint["both"] >= joint["money"] + joint["date"] - 1 - 1e-12).all()
    assert joint.query("level == 'p80'")["money"].iloc[0] == pytest.approx(0.8, abs=0.001)
    assert found.cause.groupby("lot")["share"].sum().to_numpy() == pytest.approx(1)
    kept = found.cause.query("cause == 'kept' and lot != ''")["share"].to_list()
    assert kept == found.lot["kept"].to_list()
    whole_row = found.year.iloc[-1]
    assert whole_row["p80"] < found.year["p80"].iloc[:-1].sum()
    assert whole_row["planned"] == pytest.approx(found.item["planned"].sum())


def test_what_finds_no_window_counts_as_late():
    pmo = roadmap("216046")
    few = []
    for project in pmo.projects:
        early = [c for c in project.columns if c.window.live <= date(2028, 12, 31)]
        few.append(replace(project, columns=tuple(early)))
    plan = whole("216046")
    pmo = replace(pmo, projects=tuple(few))
    plan = replace(plan, pmo=pmo)
    found = plan_risk(plan, {})
    lost = (found.live == NEVER).mean()
    row = found.last.iloc[0]
    assert 0.2 < lost < 0.9 and row["chance"] == pytest.approx(1 - lost)
    assert row["p80"] is None and found.window["live"].isna().sum() == 2
    assert np.isfinite(found.found.total).all() and np.isfinite(found.short).all()


@pytest.mark.rest
def test_two_runs_are_the_same_to_the_byte():
    plan = whole("172031")
    one, two = (plan_risk(plan, plan.cases) for _ in range(2))
    assert one.live.tobytes() == two.live.tobytes()
    assert one.found.total.tobytes() == two.found.total.tobytes()
    for name in ("lot", "last", "window", "year", "item", "people", "joint", "cause"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


@pytest.mark.rest
def test_factors_are_compared_on_the_same_chances():
    found = whole("216046").risk
    table = found.driver.set_index("factor")
    happens = table[table["kind"] == "event"]
    assert (happens["low"] <= 1e-9).all() and (happens["high"] >= -1e-9).all()
    assert table.at["postpone", "high"] > table.at["postpone", "noise"] > 0
    # what cannot touch the lot makes no difference at all: it is under contract
    assert table.loc[["budget", "書類"], ["low", "high", "noise"]].eq(0).all(axis=None)
    prices = table[table["kind"] == "price"]
    assert (prices["yen_low"] <= 0).all() and (prices["yen_high"] >= 0).all()
    assert prices[["low", "high"]].eq(0).all(axis=None)
    case = found.case.set_index("case")
    assert case.at["none", "p80"] <= case.at["base", "p80"] <= case.at["postpone", "p80"]
    assert case.at["base", "p80"] == found.last["p80"].iloc[0]
    assert case.at["base", "yen_p80"] == found.year["p80"].iloc[-1]


def test_where_nothing_is_left_nothing_is_told():
    found = whole(DONE).risk
    assert found.done
    for name in "lot last window year item people joint cause driver case".split():
        assert not len(getattr(found, name)), name


@pytest.mark.rest
def test_a_plan_made_again_later_has_its_risk_too():
    base = roadmap("172031")
    pmo = plan_pmo(on_day(base.city, base.start + timedelta(weeks=60)), base)
    live = courses_of(pmo, load_events()).live
    assert (live >= planned(pmo)).all()
    assert (courses_of(pmo, CALM, SURE).live == planned(pmo)).all()


@pytest.mark.rest
def test_ten_seeds_print_the_same_quarters():
    """The bar of 95 % was measured over 100 cities; here a quantile is three points."""
    same = lots = 0
    for city in random.Random(6).sample(by_defaults(1, 6), 7):
        pmo = plan_pmo(city)
        live = []
        for seed in range(1, 11):
            again = replace(pmo, city=city.changed(seed=seed))
            live.append(courses_of(again, load_events()).live)
        for k in range(len(pmo.projects)):
            for share in (0.2, 0.5, 0.8):
                days = {quantile(one[:, k], share) for one in live}
                quarters = {quarter(pmo.start + timedelta(days=int(day))) for day in days}
                same += len(quarters) == 1
                lots += 1
    assert same >= 0.93 * lots


def test_the_courses_of_the_plan_are_the_plan():
    plan = whole("216046")
    courses = planned_courses(plan)
    assert (courses.live == planned(plan.pmo)).all() and courses.live.shape[0] == SAMPLES
    assert risk.SIGMAS == 2
