"""The roadmap of lots on real cities: its tables agree, and it follows what a city says."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dxplan.facts import months
from dxplan.plan import pmo
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.why import TELLING, missed_gates, plan_branches, plan_why, shifted
from dxplan.plan.work import DX, build_frame
from dxplan.town.city import load_city
from tests.plan.changes import by_defaults, nights, said_of, value
from tests.plan.checker import faults, usual_terms
from tests.plan.cities import in_state
from tests.plan.rivals import Choices
from tests.plans import plain, roadmap

# All classes, north to south; one to six lots, under contract and not, and a ward and a town that
# have nothing left
CITIES = ("141003", "172031", "216046", "014095", "072028", "131016", "163210", "331007")
OTHERS = ("011002", "012131", "024503", "131113", "231002", "302015", "473821")
DONE = "131016"
OTHER = [pytest.param(code, marks=pytest.mark.rest) for code in OTHERS]


@pytest.fixture(scope="module", params=[*CITIES, *OTHER])
def plan(request):
    return roadmap(request.param)


# --- tables ---------------------------------------------------------------------------------------
def test_every_system_still_to_move_goes_live_once_with_its_lot(plan):
    assert sorted(plan.cutover["business"]) == sorted(
        s.business for s in plan.city.movable if s.pending
    )
    lots = plan.lots.set_index("lot")
    for row in plan.cutover.to_dict("records"):
        lot = lots.loc[row["lot"]]
        assert (
            row["business"] in lot["businesses"]
            and row["live"] == lot["live"]
            and row["fiscal"] == lot["fiscal"]
        )
        assert row["closure_kind"] == lot["window"] and row["section"] in lot["sections"]
    assert plan.lots["systems"].sum() + plan.lots["common"].sum() == len(plan.cutover)
    assert plan.done == (not len(plan.cutover))


def test_lots_and_bars_come_in_the_order_of_the_nights(plan):
    assert plan.lots["cutover"].is_monotonic_increasing or not len(plan.lots)
    assert list(dict.fromkeys(plan.task["lot"])) == plan.lots["lot"].tolist()
    for _, part in plan.task.groupby("lot"):
        assert part["start"].is_monotonic_increasing
    assert (plan.task["start"] <= plan.task["finish"]).all() and plan.task["task"].is_unique
    assert plan.lots["fiscal"].tolist() == [months.fiscal_year(day) for day in plan.lots["live"]]


def test_the_load_by_month_adds_up_to_the_work_of_the_bars(plan):
    if plan.done:
        return
    _, share = plan.frame.weeks.month_share()
    for kind, column in (("dx", "dx_fte"), ("section", "section_fte")):
        load = (
            plan.load[plan.load["kind"] == kind]
            .pivot(index="month", columns="resource", values="load")
            .sum(axis=1)
        )
        weeks = share.sum(axis=0)[: len(load)]
        assert (load.to_numpy() * weeks).sum() == pytest.approx(
            (plan.task[column] * plan.task["weeks"]).sum(), rel=1e-6
        )


def test_what_is_short_is_what_no_week_has(plan):
    if plan.done:
        return
    table = plan.load
    assert (table["short"] >= table["load"] - table["capacity"] - 1e-9).all() and (
        table["short"] >= 0
    ).all()
    assert (table["short"] <= table["load"] + 1e-9).all()
    chosen = [p.columns.index(c) for p, c in zip(plan.projects, plan.columns)]
    choices = Choices(plan)
    load = sum(loads[k] for loads, k in zip(choices.load, chosen))
    over = {
        name: np.maximum(0, load[r] - choices.capacity[r]).sum()
        for r, name in enumerate(choices.names)
    }
    assert {name for name, units in over.items() if units} == set(
        table.loc[table["short"] > 0, "resource"]
    ) or plan.lots["linked"].any()


def test_demand_by_role_is_the_load_summed_over_resources(plan):
    total = plan.load.groupby("kind")["load"].sum()
    assert plan.demand.groupby("role")["fte"].sum().to_dict() == pytest.approx(total.to_dict())


def test_the_plan_is_proved_and_says_so(plan):
    assert plan.outcome.status == "最適" and plan.outcome.gap == 0
    assert plan.outcome.bound == pytest.approx(plan.cost * 100)


def test_the_slack_of_a_bar_is_what_the_lags_after_it_leave(plan):
    for _, part in plan.task.groupby("lot"):
        bars = part.set_index(part["task"].str.split("/").str[1])
        rehearsals = [key for key in bars.index if key[0] == "R" and key[1:].isdigit()]
        for key in ("SET", "EXT", "ENV", "PIA"):
            if key in bars.index:
                room = (bars["start"][rehearsals[0]] - bars["finish"][key]).days // 7
                assert bars["slack"][key] >= 13 and room <= bars["slack"][key]
        assert (bars["slack"] >= 0).all() and bars["slack"]["CUT"] == 0


def test_progress_shares_lie_between_nothing_and_all(plan):
    assert all(0 <= share <= 1 for share in plan.progress.values())
    states = [plan.progress[name] for name in ("live", "presumed", "unsure", "late")]
    assert sum(states) == pytest.approx(1)


def test_dates_of_an_undecided_night_are_told_as_such(plan):
    front = plan.task["phase"].isin(["papers", "budget", "tender"])
    assert plan.task.loc[front, "decided"].all() and not plan.task.loc[~front, "decided"].any()
    assert not plan.lots["decided"].any() and set(plan.lots["set_by"]) <= {
        "window",
        "people",
        "offer",
        "block",
        "tender",
        "papers",
        "budget",
    }


# --- what a city says -----------------------------------------------------------------------------
def test_a_city_with_nothing_left_gets_a_plan_that_says_so():
    plan = roadmap(DONE)
    assert (
        plan.done
        and plan.earliest == plan.start
        and plan.outcome.status == "最適"
        and plan.cost == 0
    )
    assert not any(
        len(getattr(plan, name)) for name in ("lots", "task", "cutover", "load", "demand", "gate")
    )
    assert len(plan_why(plan)) == 0 and plan_branches(plan)["lots"].tolist() == [0]


def test_a_missed_occasion_moves_the_budget_to_a_later_one():
    plan = roadmap("172031")
    first = plan.gate.iloc[0]
    missed = plan_pmo(plan.city, plan, missed_gates(plan))
    same = missed.gate.set_index("lot").loc[first["lot"]]
    assert (same["gate"], same["fiscal"]) != (first["gate"], first["fiscal"]) and same[
        "available"
    ] > first["available"]
    assert (
        missed.lots.set_index("lot")["live"][first["lot"]]
        >= plan.lots.set_index("lot")["live"][first["lot"]]
    )


def test_a_later_start_is_kept():
    plan = plan_pmo(plain("216046").changed(start_date=date(2027, 4, 1)))
    assert (
        plan.start == date(2027, 4, 5)
        and plan.task["start"].min() >= plan.start
        and faults(plan) == []
    )


def test_a_day_that_the_city_has_set_is_kept_and_decided():
    city = plain("172031")
    own = date(2029, 1, 4)
    plan = plan_pmo(said_of(city, "ロット1", planned=own))
    row = plan.lots.set_index("lot").loc["ロット1"]
    assert row["live"] == own and row["decided"] and row["window"] == "year_end"
    bars = plan.task[plan.task["lot"] == "ロット1"]
    assert bars["decided"].all() and not plan.task[plan.task["lot"] == "ロット2"]["decided"].all()
    early = plan_pmo(said_of(plain("216046"), "ロット1", planned=date(2028, 2, 15)))
    assert (
        early.lots["live"][0] >= date(2028, 2, 15)
        and faults(early, replace(usual_terms(), vendor=date(2028, 2, 15))) == []
    )


def test_a_day_that_cannot_be_kept_is_not_called_decided():
    plan = plan_pmo(said_of(plain("172031"), "ロット1", planned=date(2027, 9, 21)))
    row = plan.lots.set_index("lot").loc["ロット1"]
    assert row["live"] > date(2027, 10, 1) and not row["decided"]


def test_an_offer_sets_the_date_and_is_kept():
    plan = plan_pmo(
        said_of(plain("172031"), "ロット2", offer=value("offer", date(2030, 1, 4), "日付"))
    )
    row = plan.lots.set_index("lot").loc["ロット2"]
    assert (
        row["live"] == row["offered"] == date(2030, 1, 4)
        and row["set_by"] == "offer"
        and not row["decided"]
    )


def test_a_contract_that_ends_before_the_night_is_extended_and_decided_in_time():
    city = plain("172031")
    plan = plan_pmo(said_of(city, "ロット1", contract_end=date(2027, 9, 30)))
    row = plan.lots.set_index("lot").loc["ロット1"]
    wanted = (row["live"].year - 2027) * 12 + row["live"].month - 10
    assert row["extension"] == wanted > 6 and row["decide_by"] == date(2027, 3, 30)
    later = (
        plan_pmo(said_of(city, "ロット1", contract_end=date(2031, 3, 31)))
        .lots.set_index("lot")
        .loc["ロット1"]
    )
    assert later["extension"] == 0 and later["decide_by"] is None


def test_items_that_are_done_are_not_planned_again():
    plan = plan_pmo(
        said_of(plain("216046"), "ロット1", done=frozenset({"設定", "環境構築", "条例改正"}))
    )
    keys = {task.split("/")[1] for task in plan.task["task"]}
    assert not keys & {"SET", "ENV", "LAW"} and {"EXT", "PIA", "R1", "CUT"} <= keys
    whole = roadmap("216046")
    first, later = (min(c.window.week for c in one.projects[0].columns) for one in (plan, whole))
    assert first <= later and plan.projects[0].block.start > whole.projects[0].block.start
    assert plan.cost < whole.cost and plan.demand["fte"].sum() < whole.demand["fte"].sum()


def test_a_variant_is_planned_from_the_plan_of_its_base(tmp_path):
    origin = "as_of: 2026-11-01, source: 打合せ, grade: M"
    (tmp_path / "172031.yaml").write_text('code: "172031"\n', encoding="utf-8")
    (tmp_path / "172031--more.yaml").write_text(
        'base: "172031"\nwho: 情報政策課\nwhen: 2026-11-01\nwhy: 試し\n'
        f"values:\n  dx_staff: {{value: 20, unit: 人, {origin}}}\n",
        encoding="utf-8",
    )
    base, variant = load_city("172031", tmp_path), load_city("172031--more", tmp_path)
    assert variant.before == base
    assert (
        nights(plan_pmo(variant))
        == nights(plan_pmo(variant, plan_pmo(base)))
        == nights(plan_pmo(base))
    )


# --- why ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "code", ["172031", "216046", pytest.param("331007", marks=pytest.mark.rest)]
)
def test_conditions_tell_the_direction_that_they_must(code):
    plan = roadmap(code)
    why = plan_why(plan)
    assert set(why["scenario"]) == {"base", "later", "earlier", "alone", "window"} | (
        {"gate"} if len(plan.gate) else set()
    )
    by = {name: part.set_index("lot") for name, part in why.groupby("scenario")}
    assert all(set(part.index) == set(plan.lots["lot"]) for part in by.values())
    assert (by["base"]["months"] == 0).all() and (by["base"]["more"] == 0).all()
    for name in ("later", "alone"):
        assert (by[name]["months"] >= 0).all() and (by[name]["more"] <= 1e-9).all(), name
    assert (by["earlier"]["months"] <= 0).all() and (by["earlier"]["more"] >= -1e-9).all()
    assert (
        (by["window"]["months"] > 0).all()
        and (by["window"]["more"] >= 0).all()
        and by["window"]["more"].max() > 0
    )
    assert by["later"]["months"].max() > 0
    if len(plan.gate):  # the others make room for the lots that miss their money, or take theirs
        asking = by["gate"].loc[plan.gate["lot"]]["months"]
        assert (by["gate"]["months"] > -TELLING).all() and asking.max() > TELLING


def test_an_offer_is_shifted_like_the_drawn_day():
    city = said_of(plain("172031"), "ロット2", offer=value("offer", date(2030, 1, 4), "日付"))
    later = shifted(city, timedelta(days=183))
    assert later.said["ロット2"]["offer"].value == date(2030, 1, 4) + timedelta(days=183)
    assert later.at("vendor_likely").value == city.at("vendor_likely").value + timedelta(days=183)


@pytest.mark.parametrize("code", ["172031", "155861"])
def test_both_branches_of_an_open_question_stand_side_by_side(code):
    plan = roadmap(code)
    table = plan_branches(plan).set_index("branch")
    open_ = sum(s.unsure for s in plan.city.systems)
    assert open_ and list(table.index) == ["live", "late"]
    assert table["systems"]["late"] - table["systems"]["live"] == open_
    assert (
        table["yen"]["late"] > table["yen"]["live"]
        and table["effort"]["late"] > table["effort"]["live"]
    )
    assert faults(plan_pmo(plan.city.unmoved())) == []


@pytest.mark.parametrize("code", ["331007", "141003"])
def test_two_plans_of_a_city_are_the_same(code):
    one, two = roadmap(code), plan_pmo(plain(code))
    for name in ("lots", "task", "cutover", "load", "demand", "gate"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    assert one.outcome == two.outcome and one.columns == two.columns
    assert one.told.lot.equals(two.told.lot)


@pytest.mark.rest
def test_more_people_never_cost_more():
    for city in by_defaults(3, 6)[::36]:
        assert plan_pmo(city.scaled(people=2.0)).cost <= plan_pmo(city).cost


def test_the_lot_with_the_register_goes_no_later_than_those_that_follow_it():
    """T13, on all cities: ``make nation``."""
    for city in by_defaults(2, 6)[::20]:
        plan = plan_pmo(city)
        assert not plan.lots["linked"].any() and not plan.task["phase"].eq("link").any()


def test_a_system_that_is_said_to_run_is_not_moved():
    city = plain("172031")
    live = replace(
        city,
        systems=tuple(
            in_state(s, "live") if s.business == "個人住民税" else s for s in city.systems
        ),
    )
    plan = plan_pmo(live)
    assert (
        "個人住民税" not in set(plan.cutover["business"])
        and len(plan.cutover) == len(plan_pmo(city).cutover) - 1
    )
    assert DX in set(plan.load["resource"]) and build_frame(live).weeks == build_frame(city).weeks


def test_an_earlier_lot_is_the_one_that_holds_at_least_half_of_the_systems():
    def lot(*businesses):
        return SimpleNamespace(businesses=businesses, systems=businesses)

    held = [lot("戸籍", "就学"), lot("国民年金")]
    last = SimpleNamespace(projects=[SimpleNamespace(lot=one) for one in held])
    assert pmo._earlier(lot("戸籍", "就学", "介護保険", "児童手当"), last) == 0
    assert pmo._earlier(lot("国民年金", "介護保険"), last) == 1
    assert pmo._earlier(lot("国民年金", "介護保険", "児童手当"), last) is None
    assert pmo._earlier(lot("戸籍"), SimpleNamespace(projects=[])) is None
