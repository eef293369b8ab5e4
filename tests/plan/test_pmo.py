"""The roadmap of real cities, checked row by row against the rules of the model's heading."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from dxplan import months
from dxplan.city import CityError, load_city, load_slugs
from dxplan.plan.pmo import build_pmo, plan_pmo
from dxplan.plan.why import plan_why, verdict_of
from dxplan.plan.work import DX, build_frame, load_items

# All classes, north to south, none of them used while the model was made but for the first three.
CITIES = ("141003", "172031", "216046", "012025", "014095", "024112", "032158", "072028", "112348", "122122",
          "132071", "131016", "163210", "232238", "271004", "263672", "335860", "402206", "422053", "472051")


@pytest.fixture(scope="module", params=CITIES)
def plan(request):
    return plan_pmo(load_city(request.param), "quick")


def test_every_item_starts_after_the_items_it_needs(plan):
    frame = build_frame(plan.city)
    problem, jobs = build_pmo(plan.city, frame)
    assert plan.keys == tuple(job.key for job in jobs)
    for pred, succ, lag in problem.links:
        ready = plan.starts[pred] + problem.tasks[pred].duration
        if jobs[pred].item.key == "6.2":
            gate = plan.gate.set_index("package").loc[jobs[pred].package]
            ready = -(-(gate["available"] - plan.start).days // 7)
        assert plan.starts[succ] >= ready + lag


def test_nobody_works_more_than_there_is_and_no_vendor_slot_is_sold_twice(plan):
    frame = build_frame(plan.city)
    problem, jobs = build_pmo(plan.city, frame)
    for r, resource in enumerate(frame.resources):
        used = np.zeros(frame.weeks.count, int)
        for job, week in zip(jobs, plan.starts):
            used[week:week + job.weeks] += job.demand.get(resource.name, 0)
        assert (used <= resource.capacity).all(), resource.name


def test_tests_lie_outside_the_busy_months_of_their_business_and_of_everyone(plan):
    tests = plan.task[plan.task["task"].str.contains("/13")]
    for row in tests.itertuples():
        days = pd.bdate_range(row.start, row.finish)
        for season in plan.city.seasons:
            if season.business in (row.business, "全庁") and season.severity >= plan.city.number("busy_limit"):
                assert not [d for d in days if d.month in season.month and season.year in (0, d.year)], row.task


def test_every_cutover_lies_in_a_closure_of_three_days_and_goes_live_on_an_open_day(plan):
    for row in plan.cutover.itertuples():
        days = [row.cutover + timedelta(days=k) for k in range((row.live - row.cutover).days)]
        assert len(days) >= 3
        assert not any(months.is_open(day) for day in days)
        assert months.is_open(row.live) and not months.is_open(row.live - timedelta(days=1))


def test_money_is_asked_for_in_time_and_spent_only_when_it_is_there(plan):
    for row in plan.gate.itertuples():
        wait = plan.task[plan.task["task"] == f"{row.package}/6.2"].iloc[0]
        assert wait["start"] <= row.request_by < row.available
        request = plan.task[plan.task["task"] == f"{row.package}/6.1"]
        assert (request["finish"] <= row.request_by).all()
        contract = plan.task[plan.task["task"] == f"{row.package}/9"]
        assert (contract["start"] >= row.available).all()
        assert row.months_missed > 0 and row.next_available > row.available


def test_nothing_lies_in_the_past_and_every_pending_system_goes_live_once(plan):
    assert plan.start >= plan.city.start and plan.start - plan.city.start < timedelta(days=7)
    assert not len(plan.task) or plan.task["start"].min() >= plan.start
    assert sorted(plan.cutover["business"]) == sorted(s.business for s in plan.city.systems if s.pending)


def test_the_load_by_month_adds_up_to_the_work_of_the_bars(plan):
    if plan.done:
        return
    _, share = build_frame(plan.city).weeks.month_share()
    dx = plan.load[plan.load["resource"] == DX]["load"].to_numpy()
    weeks = share.sum(axis=0)[:len(dx)]
    assert (dx * weeks).sum() == pytest.approx((plan.task["dx_fte"] * plan.task["weeks"]).sum(), rel=1e-6)
    assert (plan.load["load"] <= plan.load["capacity"] + 1e-9).all()


def test_demand_by_role_is_the_load_summed_over_resources(plan):
    total = plan.load.groupby("kind")["load"].sum()
    assert plan.demand.groupby("role")["fte"].sum().to_dict() == pytest.approx(total.to_dict())


def test_bound_and_gap_are_stated_and_belong_together(plan):
    assert plan.outcome.status in ("最適", "打切り")
    assert 0 <= plan.outcome.bound <= plan.cost * 100 + 1e-6
    assert plan.outcome.gap == pytest.approx(1 - plan.outcome.bound / (plan.cost * 100) if plan.cost else 0.0)


def test_the_critical_chain_ends_with_the_last_bar_and_never_goes_forward_in_time(plan):
    if plan.done:
        return
    chain = plan.task[plan.task["critical"]].sort_values("start")
    bars = plan.task[~plan.task["task"].str.endswith("/6.2")]
    assert bars["finish"].max() in set(chain["finish"])
    assert (chain["start"].diff().dropna() >= timedelta(0)).all()


def test_progress_shares_lie_between_nothing_and_all(plan):
    assert all(0 <= value <= 1 for value in plan.progress.values())
    assert plan.progress["live"] <= plan.progress["steps"]


def test_a_city_with_every_system_live_gets_a_plan_that_says_so():
    plan = plan_pmo(_finished())
    assert plan.done and plan.finish == plan.start and plan.outcome.status == "最適"
    assert plan.progress["live"] == 1 and len(plan_why(plan)) == 0 and len(plan.load) == 0


def _finished():
    return next(city for city in map(load_city, load_slugs(everything=True)) if not any(s.pending for s in city.systems))


def test_two_plans_of_a_city_are_the_same():
    one, two = (plan_pmo(load_city("335860")) for _ in range(2))
    assert (one.starts == two.starts).all() and one.outcome == two.outcome
    pd.testing.assert_frame_equal(one.task, two.task)


def test_twice_the_people_or_slots_never_cost_more_when_the_plan_is_known():
    plan = plan_pmo(load_city("024112"), "quick")
    wider = plan_pmo(plan.city.scaled(slots=2.0), "quick", plan)
    assert wider.cost <= plan.cost


def test_a_missed_gate_moves_the_budget_to_a_later_one():
    plan = plan_pmo(load_city("172031"), "quick")
    first = plan.gate.iloc[0]
    missed = plan_pmo(plan.city, "quick", plan, frozenset({(first["gate"], int(first["fiscal"]))}))
    same = missed.gate.set_index("package").loc[first["package"]]
    assert (same["gate"], same["fiscal"]) != (first["gate"], first["fiscal"])
    assert same["available"] > first["available"]


def test_why_late_names_the_vendor_where_only_slots_are_short():
    city = load_city("172031").changed(dx_staff=200.0, vendor_slots=2.0, dx_share=80.0)
    why = plan_why(plan_pmo(city)).set_index("scenario")
    assert why.loc["slots", "mean_months"] < -6
    assert abs(why.loc["people", "mean_months"]) < 3


def test_why_late_names_the_staff_where_only_people_are_short():
    city = load_city("172031").changed(dx_staff=3.0, dx_share=30.0, vendor_slots=40.0)
    why = plan_why(plan_pmo(city)).set_index("scenario")
    assert why.loc["people", "mean_months"] < -6
    assert abs(why.loc["slots", "mean_months"]) < 3


@pytest.mark.parametrize("slug", ["014095", "216046", "122033", "141003"])
def test_more_people_or_slots_never_delay_the_last_go_live(slug):
    plan = plan_pmo(load_city(slug), "quick")
    why = plan_why(plan).set_index("scenario")
    assert (why.loc[["people", "slots"], "months"] <= 0).all()
    assert why.loc["base", "months"] == why.loc["base", "mean_months"] == 0
    assert verdict_of(plan, why.reset_index()) in ("vendor", "staff", "both", "budget", "order")


def test_a_contract_from_the_initial_budget_alone_starts_with_a_fiscal_year():
    plan = plan_pmo(load_city("172031").changed(budget_gates="当初予算のみ"), "quick")
    assert set(plan.gate["gate"]) == {"当初予算"}
    assert {(d.month, d.day) for d in plan.gate["available"]} == {(4, 1)}


def test_a_request_before_the_rfp_is_enough_where_the_city_says_so():
    city = load_city("014095").changed(rfp_start="予算要求後", vendor_slots=40.0, dx_staff=100.0)
    plan = plan_pmo(city, "quick").task.set_index("task")
    later = plan_pmo(city.changed(rfp_start="予算成立後"), "quick").task.set_index("task")
    packages = [key for key in plan.index if key.endswith("/7")]
    assert packages and any(plan.loc[key, "start"] < later.loc[key, "start"] for key in packages)


def test_a_city_with_next_to_no_people_is_told_which_numbers_to_look_at():
    city = load_city("014095").changed(dx_staff=0.5, dx_share=1.0)
    with pytest.raises(CityError, match="赤井川村: この前提では15年以内に移行が終わりません。.*dx_staff"):
        plan_pmo(city, "quick")


def test_a_city_whose_last_weeks_hold_no_work_item_is_told_so_too():
    city = load_city("232114").changed(basis_date=date(2031, 3, 1), start_date=date(2031, 3, 31), dx_staff=0.5)
    with pytest.raises(CityError, match="豊田市: この前提では15年以内に移行が終わりません"):
        plan_pmo(city, "quick")


def test_a_later_start_is_kept():
    plan = plan_pmo(load_city("216046").changed(start_date=date(2027, 4, 1)), "quick")
    assert plan.start == date(2027, 4, 5) and plan.task["start"].min() >= plan.start


def test_items_cover_the_forty_steps_in_order():
    items = load_items()
    assert {step for item in items for step in range(item.first, item.last + 1)} == set(range(1, 41))
    known = {item.key: item for item in items}
    for item in items:
        assert all(known[pred].last < item.first or known[pred].first <= item.first for pred in item.preds)
        assert item.left(item.last) == 0 and item.left(item.first - 1) == 1
