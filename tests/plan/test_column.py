"""The windows and columns of lots: nights a lot may take, their cost, its papers and budget."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

import numpy as np
import pytest

from dxplan.facts.params import Election
from dxplan.plan.column import (
    Before,
    build_projects,
    gap_of,
    offered_day,
    same_night,
    units_of,
    windows,
)
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.work import build_frame, wants_money
from dxplan.town.city import CityError
from tests.plan.changes import on_day, said_of, value
from tests.plan.checker import closed, days, load_rows, occasions, usual_terms, week
from tests.plan.rivals import Choices
from tests.plans import plain, roadmap

CITIES = (
    "216046",
    "172031",
    "141003",
    "401005",
)  # one lot under contract; money to ask for; five and six lots


@cache
def frame(code):
    return build_frame(plain(code))


@cache
def projects(code):
    return build_projects(plain(code), frame(code), {})


# --- windows --------------------------------------------------------------------------------------
def test_windows_are_the_runs_of_two_closed_days_or_more_and_a_year_end_counts_once():
    weeks = frame("172031").weeks
    found = {window.closure.start: window for window in windows(weeks)}
    for window in found.values():
        run = days(window.closure.start, window.closure.end)
        assert len(run) >= 2 and all(map(closed, run)) and not closed(window.live)
        assert not closed(run[0] - timedelta(days=1)) and window.live == run[-1] + timedelta(days=1)
        assert window.week == weeks.index(run[0]) and window.live_week == weeks.index(window.live)
    starts = [
        day
        for day in days(weeks.start, weeks.day(weeks.count - 10))
        if closed(day) and closed(day + timedelta(days=1)) and not closed(day - timedelta(days=1))
    ]
    missed = [day for day in starts[:-1] if day not in found]
    assert all(
        any(weeks.index(day) == other.week for other in found.values()) for day in missed
    )  # another of the same week
    assert len({window.week for window in found.values()}) == len(found)
    year_ends = [window.closure.end.year for window in found.values() if window.kind == "year_end"]
    last = weeks.day(weeks.count - 10).year  # a cutover and its hypercare end within the grid
    assert year_ends == list(range(weeks.start.year + 1, last + 1))


def is_shut(businesses, first, last, elections):
    """Whether the days of a night lie in a hard week or near an election, from the files."""
    for rule in load_rows("hard_weeks"):
        for year in {first.year, last.year}:
            start, end = (date.fromisoformat(f"{year}-{rule[name]}") for name in ("first", "last"))
            if rule["business"] in businesses and start <= last and first <= end:
                return True
    near = [(day, timedelta(weeks=weeks)) for day, weeks, who in elections if who & set(businesses)]
    return any(day - margin <= last and first <= day + margin for day, margin in near)


def law_week(window, weeks):
    """Week the ordinances begin in: the last session ends 6 weeks before the night or earlier."""
    rule = next(row for row in load_rows("lot_template") if row["key"] == "LAW")
    years = range(weeks.start.year - 1, window.closure.start.year + 1)
    ends = [
        weeks.index(date.fromisoformat(f"{year}-{row['end']}"))
        for year in years
        for row in load_rows("council_sessions")
    ]
    fits = [end for end in ends if window.week - (end + 1) >= int(rule["lag_min_weeks"])]
    assert window.week - (max(fits) + 1) <= int(rule["lag_max_weeks"])
    return max(fits) + 1 - int(rule["weeks"])


@pytest.mark.parametrize("code", CITIES)
def test_a_lot_may_take_every_night_that_no_rule_forbids_and_no_other(code):
    terms, weeks = usual_terms(), frame(code).weeks
    for project in projects(code):
        wanted = set()
        for window in windows(weeks):
            if window.live < terms.vendor or is_shut(
                project.lot.businesses, window.closure.start, window.live, terms.elections
            ):
                continue
            if law_week(window, weeks) >= 0 and place(project, window, weeks, terms) is not None:
                wanted.add(window.week)
        assert {column.window.week for column in project.columns} == wanted
        assert all(column.law == law_week(column.window, weeks) for column in project.columns)


def place(project, window, weeks, terms):
    """(money, papers, tender) of a lot whose block lies before a night; None if it does not fit."""
    start = window.week + project.block.start
    early, late = (
        sum(paper.weeks for paper in papers) for papers in (project.before, project.after)
    )
    if project.lot.contracted:
        return (None, None, None) if start >= 0 else None
    if not early and project.lot.steps >= 22:
        return (None, None, start - late) if start >= late else None
    found = []
    for asked, money in occasions(terms, range(2026, weeks.day(weeks.count).year)):
        close, spend = (
            weeks.index(asked + timedelta(days=3)),
            weeks.index(money + timedelta(days=6)),
        )
        if asked >= weeks.start and close >= early and spend + late <= start:
            papers = max(0, close - early - int(_default("papers_reserve"))) if early else None
            found.append((start - spend, (money, papers, spend)))
    soon = [fit for wait, fit in found if wait <= terms.wait]
    return soon[0] if soon else found[-1][1] if found else None


def _default(name):
    return next(row["value"] for row in load_rows("defaults") if row["name"] == name)


@pytest.mark.parametrize("code", CITIES)
def test_papers_budget_and_tender_lie_at_the_earliest_occasion_that_waits_not_too_long(code):
    for project in projects(code):
        for column in project.columns:
            money = column.gate.available if column.gate else None
            assert (money, column.papers, column.tender) == place(
                project, column.window, frame(code).weeks, usual_terms()
            )


@pytest.mark.parametrize("code", CITIES)
def test_the_price_of_a_night_is_that_of_its_date_its_kind_and_its_months(code):
    weeks, price = (
        frame(code).weeks,
        {
            name: float(_default(f"price_{name}"))
            for name in (
                "finish",
                "target",
                "end",
                "weekend",
                "holiday",
                "busy_1",
                "busy_2",
                "busy_3",
            )
        },
    )
    target, end = (
        weeks.index(date.fromisoformat(_default(name))) for name in ("target_date", "end_date")
    )
    for project in projects(code):
        for column in project.columns[::7]:
            window = column.window
            own = price["finish"] * window.live_week + price["target"] * max(
                0, window.live_week - target
            )
            own += price["end"] * max(0, window.live_week - end) + price.get(window.kind, 0)
            busy = sum(
                price.get(f"busy_{_severity(business, window.live)}", 0)
                for business in project.lot.businesses
            )
            assert (
                column.cost == round(100 * (len(project.lot.systems) * own + busy))
                and column.move == 0
            )
        assert [c.cost for c in project.columns] == sorted(c.cost for c in project.columns)


def _severity(business, day):
    found = 0
    for row in load_rows("busy_seasons"):
        first, last = int(row["month_from"]), int(row["month_to"])
        month = (
            first <= day.month <= last if first <= last else day.month >= first or day.month <= last
        )
        if row["business"] in (business, "全庁") and month and row["year"] in ("", str(day.year)):
            found = max(found, int(row["severity"]))
    return found


# --- what a city says -----------------------------------------------------------------------------
def test_a_tender_may_start_before_the_money_where_it_is_said_but_nothing_is_signed_before_it():
    usual = plain("172031")
    hasty = usual.changed(rfp_start="予算要求後")
    soonest = []
    for city in (usual, hasty):
        made = build_projects(city, build_frame(city), {})
        soonest.append([min(column.window.week for column in project.columns) for project in made])
    asking = [project for project in made if wants_money(project.lot)]
    assert soonest[1] <= soonest[0] and soonest[1] != soonest[0] and asking
    for project in asking:
        signing = project.after[-1]
        assert signing.item.key == "9"
        for column in project.columns:
            signed = column.tender + sum(paper.weeks for paper in project.after) - signing.weeks
            assert signed >= frame("172031").money(column.gate) and column.tender >= frame(
                "172031"
            ).hand_in(column.gate)
            assert column.window.week + project.block.start >= signed + signing.weeks


def test_initial_budgets_alone_bring_money_with_a_fiscal_year():
    city = plain("172031").changed(budget_gates="当初予算のみ")
    asking = [
        project
        for project in build_projects(city, build_frame(city), {})
        if wants_money(project.lot)
    ]
    assert asking
    for project in asking:
        assert {(c.gate.available.month, c.gate.available.day) for c in project.columns} == {(4, 1)}


def test_the_day_of_the_vendor_or_of_the_city_replaces_the_guess():
    city = plain("216046")
    lot = city.lots[0]
    assert offered_day(city, lot) == date(2028, 1, 1)
    early = said_of(city, lot.name, offer=value("offer", date(2027, 12, 1), "日付"))
    assert offered_day(early, early.lots[0]) == date(2027, 12, 1)
    own = said_of(city, lot.name, planned=date(2027, 11, 1))
    assert offered_day(own, own.lots[0]) == date(2027, 11, 1)
    both = said_of(early, lot.name, planned=date(2029, 1, 4))
    assert offered_day(both, both.lots[0]) == date(2029, 1, 4)
    columns = build_projects(early, build_frame(early), {})[0].columns
    assert min(c.window.live for c in columns) >= date(2027, 12, 1)


def test_an_election_of_the_city_shuts_the_weeks_round_it_for_those_who_run_it():
    city = plain("172031")
    day = date(2028, 8, 13)
    more = replace(
        city,
        elections=(
            *city.elections,
            Election(day, "市長選挙", 4, ("住民基本台帳", "選挙人名簿管理"), "A", ""),
        ),
    )
    (with_register, other), (before, same) = (
        build_projects(more, build_frame(more), {}),
        projects("172031"),
    )
    gone = {c.window.closure.start for c in before.columns} - {
        c.window.closure.start for c in with_register.columns
    }
    assert gone and all(abs(night - day) <= timedelta(weeks=4, days=2) for night in gone)
    assert not [
        c for c in with_register.columns if abs(c.window.closure.start - day) <= timedelta(weeks=4)
    ]
    assert [c.window for c in other.columns] == [c.window for c in same.columns]


def test_a_city_that_has_no_night_is_told_what_to_look_at():
    city = plain("172031")
    shut = tuple(
        Election(date(year, month, 15), "選挙", 9, ("住民基本台帳",), "A", "")
        for year in range(2027, 2034)
        for month in range(1, 13)
    )
    with pytest.raises(
        CityError, match="小松市: この前提では、.*切替の候補となる日がありません。.*offered"
    ):
        plan_pmo(replace(city, elections=shut))


# --- two lots -------------------------------------------------------------------------------------
def test_lots_of_a_common_section_keep_the_hypercare_and_others_two_weeks():
    lots = {lot.name: lot for lot in plain("141003").lots}
    for one in lots.values():
        for two in lots.values():
            shared = set(one.sections) & set(two.sections)
            assert gap_of(one, two) == (7 if shared else 2)
            assert same_night(one, two) == (not shared)
    one = next(iter(lots.values()))
    both = replace(one, name="もう一つ", nights=frozenset({one.name}))
    assert same_night(one, both) and same_night(both, one)


# --- an earlier plan ------------------------------------------------------------------------------
def again(code, day, **words):
    """Projects of a city on a day, after its plan, with more said of its first lot."""
    city, base = plain(code), roadmap(code)
    later = on_day(city, day)
    if words:
        later = said_of(later, base.lots["lot"][0], **words)
    return base, plan_pmo(later, base)


def test_a_lot_whose_block_is_under_way_is_never_moved_earlier_and_one_that_has_to_move_is_free():
    begins = roadmap("172031").lots["begins"][0]
    base, plan = again(
        "172031", begins + timedelta(weeks=10), longer=MappingProxyType({"データ抽出": 8})
    )
    old, new = (dict(zip(one.lots["lot"], one.lots["cutover"])) for one in (base, plan))
    project = next(p for p in plan.projects if p.lot.name == base.lots["lot"][0])
    assert all(
        c.window.closure.start > old[project.lot.name] and c.move == 0 for c in project.columns
    )
    assert plan.lots.set_index("lot")["begins"][project.lot.name] >= begins
    other = next(p for p in plan.projects if p.lot.name != project.lot.name)
    stays = next(c for c in other.columns if c.window.closure.start == old[other.lot.name])
    assert stays.move == 0 and new[other.lot.name] == old[other.lot.name]
    for column in other.columns:
        weeks = abs(column.window.week - stays.window.week)
        assert column.move == (100 * 3 * len(other.lot.systems) * (weeks + 20) if weeks else 0)


def test_what_has_begun_before_the_plan_keeps_its_place_and_its_load_stays_outside_the_grid():
    base = roadmap("172031")
    for weeks in (6, 30, 60, 80):
        plan = plan_pmo(on_day(plain("172031"), base.start + timedelta(weeks=weeks)), base)
        for name in ("lots", "task", "cutover"):
            kept = (
                ["lot", "cutover"]
                if name == "lots"
                else ["task", "start", "finish"]
                if name == "task"
                else ["business", "live"]
            )
            assert (
                getattr(plan, name)[kept].values.tolist()
                == getattr(base, name)[kept].values.tolist()
            )
        assert (
            plan.gate[["lot", "available"]].values.tolist()
            == base.gate[["lot", "available"]].values.tolist()
        )
        first = week(plan.start) - week(base.start)
        old, new = Choices(base), Choices(plan)
        for a, b, one, two in zip(old.load, new.load, base.projects, plan.projects):
            k, j = (
                p.columns.index(c)
                for p, c in zip(
                    (one, two),
                    (
                        base.columns[base.projects.index(one)],
                        plan.columns[plan.projects.index(two)],
                    ),
                )
            )
            assert (a[k][:, first:] == b[j][:, : a.shape[2] - first]).all()
            assert (
                units_of(two, [two.columns[j]], new.names, new.capacity.shape[1])[0] == b[j]
            ).all()


def test_ordinances_that_are_under_way_keep_their_night_possible():
    city = plain("216046")
    lot = city.lots[0]
    done = said_of(
        city,
        lot.name,
        done=frozenset({"設定", "データ抽出", "環境構築", "PIA", "リハーサル1", "連携テスト"}),
    )
    base = plan_pmo(done)
    law = base.task[base.task["phase"] == "law"]["start"].iloc[0]
    assert law < base.lots["begins"][0]
    plan = plan_pmo(on_day(done, law + timedelta(weeks=2)), base)
    assert plan.lots["cutover"].tolist() == base.lots["cutover"].tolist()
    assert Before(10, 5).law is None and not Before(10, 5).begun


def test_loads_are_those_of_the_bars():
    for code in CITIES:
        plan = roadmap(code)
        choices = Choices(plan)
        for project, load in zip(plan.projects, choices.load):
            assert np.array_equal(
                units_of(project, project.columns, choices.names, choices.capacity.shape[1]), load
            )


def test_a_block_is_under_way_once_its_week_is_past():
    assert Before(10, -1).begun
    assert not Before(10, 0).begun
