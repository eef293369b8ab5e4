"""The staffing of twenty real cities, checked row by row against the rules of the heading."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dxplan.facts import months
from dxplan.plan.people import DAYS
from dxplan.plan.pools import CLASS_MONTHS
from tests.plan.cities import CASES, CITIES, dear, every_case, last_day, people_of, staffing
from tests.plans import roadmap

NEAR = 1e-6
BIGGER = ("024112", "402206", "271004")


def by_month(plan, table, column):
    """A column summed by month, 0 where there is no row."""
    return (
        table.groupby("month")[column]
        .sum()
        .reindex(list(plan.month), fill_value=0.0)
        .to_numpy(float)
    )


def offers(plan, code):
    return {offer.form.name: offer for offer in people_of(code).offers}


def planned(plan):
    """The engagements that the plan makes: not those that run already."""
    return plan.contract[~plan.contract["given"].astype(bool)]


def length(first, last):
    """Months from a first day to a last day."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


# --- cover ----------------------------------------------------------------------------------------
@every_case
def test_own_people_outsiders_and_what_is_short_add_up_to_the_work(code, strategy):
    plan, people = staffing(code, strategy), people_of(code)
    table = plan.cover
    assert len(table) == 5 * len(plan.month)
    assert (table[["demand", "own", "outside", "short"]] >= 0).all(axis=None)
    assert np.allclose(table["own"] + table["outside"] + table["short"], table["demand"], atol=NEAR)
    for role, part in table.groupby("role"):
        assert np.allclose(part["demand"], people.demand[role])


@every_case
def test_the_dx_section_and_those_who_help_work_no_more_than_their_time(code, strategy):
    plan = staffing(code, strategy)
    short = by_month(plan, plan.cover[plan.cover["role"] != "section"], "short")
    dx, change = (plan.load[plan.load["group"] == group] for group in ("dx", "change"))
    assert (dx["work"].to_numpy() - short <= dx["capacity"].to_numpy() + NEAR).all()
    assert (change["work"] <= change["capacity"] + NEAR).all()
    own = by_month(plan, plan.cover[plan.cover["role"] != "section"], "own")
    pair = plan.city.number("pair_share") * plan.autonomy["paired"].to_numpy()
    assert (own + pair <= dx["work"].to_numpy() - short + change["work"].to_numpy() + NEAR).all()


@every_case
def test_no_section_gives_more_than_it_has_beside_learning(code, strategy):
    plan, people = staffing(code, strategy), people_of(code)
    learning = np.zeros(len(plan.month))
    share = min(1.0, sum(s.staff.value for s in plan.city.sections) / people.staff)
    for row in plan.intake.itertuples():
        t = plan.month.index(row.month)
        hours = plan.city.number(f"step{row.step}_hours")
        learning[t : t + row.months] += row.intake * share * hours / row.months / 155
    hires = plan.outside[
        (plan.outside["kind"] == "own") & (plan.outside["form"] == "会計年度任用職員")
    ]
    room = np.maximum(0, people.section - learning) + by_month(plan, hires, "fte")
    table = plan.cover[plan.cover["role"] == "section"]
    assert (table["own"].to_numpy() <= room + NEAR).all()


@every_case
def test_classes_have_the_coaching_they_want(code, strategy):
    plan = staffing(code, strategy)
    wanted = np.zeros(len(plan.month))
    for row in plan.intake[plan.intake["step"] > 1].itertuples():
        t = plan.month.index(row.month)
        wanted[t : t + row.months] += row.cohort * plan.city.number(f"step{row.step}_coach")
    short = by_month(plan, plan.cover[plan.cover["role"] != "section"], "short")
    own = by_month(plan, plan.cover[plan.cover["role"] != "section"], "own")
    work = (
        by_month(plan, plan.load, "work")
        - short
        - own
        - plan.city.number("pair_share") * plan.autonomy["paired"].to_numpy()
    )
    outsiders = plan.outside[plan.outside["kind"] == "outside"]
    idle = by_month(plan, outsiders, "fte") - by_month(plan, plan.cover, "outside")
    assert (work + idle >= wanted - NEAR).all()


# --- heads ----------------------------------------------------------------------------------------
@every_case
def test_heads_balance_and_nobody_appears_or_vanishes_between_months(code, strategy):
    plan = staffing(code, strategy)
    table = plan.head
    assert np.allclose(
        table["start"] + table["gained"] + table["hired"] - table["lost"],
        table["finish"],
        atol=NEAR,
    )
    assert (table[["start", "gained", "hired", "lost", "finish"]] >= -NEAR).all(axis=None)
    for _, part in table.groupby("tier"):
        assert np.allclose(part["start"].iloc[1:], part["finish"].iloc[:-1])


@every_case
def test_each_april_all_posts_are_filled_and_temporary_staff_come_on_top(code, strategy):
    plan, people = staffing(code, strategy), people_of(code)
    core = {name for name, offer in offers(plan, code).items() if offer.form.tier == "core"}
    hires = by_month(plan, plan.outside[plan.outside["form"].isin(core)], "count")
    total = by_month(plan, plan.head, "start")
    aprils = [t for t, m in enumerate(plan.month[:-1]) if m.month == 4]
    assert aprils
    assert np.allclose(total[aprils], people.staff + hires[aprils], atol=1e-4)
    assert (total[:-1] <= people.staff + hires[:-1] + 1e-4).all()


@every_case
def test_heads_follow_month_by_month_from_classes_leavers_and_the_first_of_april(code, strategy):
    plan, people = staffing(code, strategy), people_of(code)
    pool = replay(plan, people)
    posts = people.posts
    hires = by_month(plan, plan.outside[plan.outside["form"] == "任期付職員"], "count")
    users = pool["none"] * people.users
    wanted = {
        "none": pool["none"] - users,
        "use": users + pool["use"] + pool["alum"] + pool["learning"] + posts["new"][:-1],
        "change": pool["change"] + posts["able"][:-1],
        "core": posts["core"][:-1] + hires,
    }
    for tier, values in wanted.items():
        found = plan.head[plan.head["tier"] == tier]["start"].to_numpy()
        assert np.allclose(found, values[:-1], atol=1e-4), tier


def replay(plan, people):
    """The pools of the sections by month, from the classes alone; nobody is asked who is absent."""
    city, town = people.city, people.staff - people.city.number("dx_staff")
    stay, moved = (
        (1 - city.number("leave_rate") / 100) ** (1 / 12),
        city.number("transfer_rate") / 100,
    )
    now = dict(people.start)
    begun = {(row.step, plan.month.index(row.month)): row for row in plan.intake.itertuples()}
    pool = {name: [] for name in (*now, "learning")}
    for t, first in enumerate(plan.month):
        running = [row for (_, s), row in begun.items() if s < t < s + row.months]
        for name in now:
            pool[name].append(now[name])
        pool["learning"].append(sum(row.intake for row in running if row.step > 1))
        asked = {step: begun[step, t].intake if (step, t) in begun else 0.0 for step in (1, 2, 3)}
        for step, name in ((1, "none"), (2, "use"), (3, "alum")):
            assert asked[step] <= now[name] + 1e-4
            now[name] = (now[name] - asked[step]) * stay
        now["change"] *= stay
        if first.month == 3 and t + 1 < len(plan.month):
            # those whom the DX section loses by transfer
            left = people.posts["core"][t + 1] + people.posts["able"][t + 1]
            since = min(12, t + 1)
            came = min(left * moved / (1 - moved), town * (1 - stay**since) / 2)
            now["change"] += came
        for (step, s), row in begun.items():
            if s + row.months == t + 1:
                at = {1: ("none", "use"), 2: ("use", "alum"), 3: ("alum", "change")}[step]
                now[at[0]] += row.intake * (1 - row.done)
                now[at[1]] += row.intake * row.done
        if first.month == 3:
            now["none"] += town - sum(now.values())
    return {name: np.array(values) for name, values in pool.items()}


# --- classes --------------------------------------------------------------------------------------
@every_case
def test_classes_keep_their_seats_seasons_limits_and_fiscal_year(code, strategy):
    plan, city = staffing(code, strategy), staffing(code, strategy).city
    assert strategy != "outside" or not len(plan.intake)
    for row in plan.intake.itertuples():
        money = min(gate.available for gate in roadmap(code).gates)
        ready = months.month_later(money, int(city.number("step_lead")))
        assert row.month.month in CLASS_MONTHS and row.month >= ready
        assert row.month <= city.at("people_date").value
        end = months.first_of_next_month(plan.month[plan.month.index(row.month) + row.months - 1])
        assert months.fiscal_year(end - months.DAY) == months.fiscal_year(row.month)
        assert 0 < row.intake <= row.cohort * city.number(f"step{row.step}_seats") + NEAR
        before = plan.intake[
            (plan.intake["step"] == row.step) & (plan.intake["month"] < row.month)
        ]["intake"].sum()
        limit = int(city.number("cohort_limit"))
        room = min(CLASS_MONTHS[row.month.month], (3 - row.month.month) % 12 + 1 - row.months + 1)
        assert row.cohort <= min(
            room * limit, limit + before / city.number(f"step{row.step}_seats") + NEAR
        )
        assert row.done == city.number(f"step{row.step}_done") / 100


@pytest.mark.parametrize("code", [pytest.param(code, marks=dear(code)) for code in CITIES[2::3]])
def test_the_mix_keeps_its_own_limits(code):
    plan = staffing(code, "mix")
    outsiders = plan.outside[plan.outside["kind"] == "outside"]
    assert (by_month(plan, outsiders, "fte") <= plan.city.number("mix_outside") + NEAR).all()
    fiscal = plan.intake["month"].map(months.fiscal_year)
    assert (plan.intake.groupby(fiscal)["cohort"].sum() <= plan.city.number("mix_cohort")).all()


# --- engagements and money ------------------------------------------------------------------------
@every_case
def test_engagements_last_between_their_shortest_and_longest_time(code, strategy):
    plan, known = staffing(code, strategy), offers(staffing(code, strategy), code)
    for row in planned(plan).itertuples():
        values, start = known[row.form].form, plan.city.start
        assert row.months == length(row.start, row.finish)
        assert row.months <= values.number("form_most", start)
        assert row.months >= values.number("form_least", start) or row.finish == last_day(plan)
        money = min(gate.available for gate in roadmap(code).gates)
        assert row.start >= months.month_later(money, int(values.number("form_lead", start)))
        assert row.fte == values.number("form_days", start) / DAYS and row.start.month in (
            1,
            4,
            7,
            10,
        )


@every_case
def test_no_more_engagements_than_the_form_allows_at_a_time_and_in_a_year(code, strategy):
    plan, known = staffing(code, strategy), offers(staffing(code, strategy), code)
    for name, part in plan.outside.groupby("form"):
        limit = known[name].form.number("form_max", plan.city.start) * plan.city.number(
            "form_scale"
        )
        running = sum(e.people for e in plan.city.engagements if e.form == name)
        assert part["count"].max() <= max(limit, running)
    for name, part in planned(plan).groupby("form"):
        limit = known[name].form.number("form_year", plan.city.start) * plan.city.number(
            "form_scale"
        )
        assert (part.groupby(part["start"].map(months.fiscal_year))["count"].sum() <= limit).all()


@every_case
def test_hires_are_appointed_from_april_to_march(code, strategy):
    hires = planned(staffing(code, strategy)).query("kind == 'own'")
    for row in hires.itertuples():
        assert row.start.month == 4
        assert (row.finish.month, row.finish.day) == (3, 31) or row.finish == last_day(
            staffing(code, strategy)
        )


@every_case
def test_engagements_say_the_same_as_the_months_and_the_yen(code, strategy):
    plan, known = staffing(code, strategy), offers(staffing(code, strategy), code)
    running, yen = {}, {}
    for row in plan.contract.itertuples():
        months_in = [
            t
            for t, month in enumerate(plan.month)
            if row.start <= months.month_end(month) and month <= row.finish
        ]
        first = -1 if row.given else months_in[0]
        for t in months_in:
            running[row.form, plan.month[t]] = running.get((row.form, plan.month[t]), 0) + row.count
            paid = row.count * (row.yen + (row.once if t == first else 0))
            key = months.fiscal_year(plan.month[t]), row.form
            yen[key] = yen.get(key, 0) + paid
    for row in plan.intake.itertuples():
        key = months.fiscal_year(row.month), f"step{row.step}"
        yen[key] = yen.get(key, 0) + row.cohort * plan.city.number(f"step{row.step}_yen")
    table = plan.outside.set_index(["form", "month"])
    assert running == table["count"].to_dict()
    assert all(row.fte == row.count * known[row.form].fte for row in plan.outside.itertuples())
    assert {(row.fiscal, row.item): row.yen for row in plan.cost.itertuples()} == {
        k: round(v) for k, v in yen.items() if v
    }


# --- outsiders leave ------------------------------------------------------------------------------
@every_case
def test_outsiders_are_gone_after_the_exit_date_and_the_strategies_keep_to_their_kind(
    code, strategy
):
    plan = staffing(code, strategy)
    outsiders = plan.contract[plan.contract["kind"] == "outside"]
    if strategy in ("both", "mix"):
        outsiders = planned(plan).query("kind == 'outside'")
        assert (outsiders["finish"] <= plan.city.at("exit_date").value).all()
    if strategy == "own":
        assert outsiders["given"].all()
    if strategy == "outside":
        assert (
            not len(plan.intake)
            and not plan.autonomy["paired"].any()
            and (planned(plan)["kind"] == "outside").all()
        )
    every = plan.contract[plan.contract["kind"] == "outside"]
    assert plan.exit == (every["finish"].max() if len(every) else None)


@every_case
def test_autonomy_grows_with_pairing_alone_and_fades_with_leavers_and_transfers(code, strategy):
    plan, people, city = staffing(code, strategy), people_of(code), staffing(code, strategy).city
    helped = (
        plan.load[plan.load["group"] == "change"]["people"].to_numpy()
        * city.number("change_share")
        / 100
    )
    alone, paired = (
        plan.autonomy["autonomy"].to_numpy() - helped,
        plan.autonomy["paired"].to_numpy(),
    )
    lost, stay = (
        1 - city.number("handover_rate") / 100,
        (1 - city.number("leave_rate") / 100) ** (1 / 12),
    )
    for t in range(len(plan.month) - 1):
        kept = alone[t] * (1 - (1 - stay) * lost)
        kept *= 1 - city.number("transfer_rate") / 100 * lost if plan.month[t + 1].month == 4 else 1
        assert alone[t + 1] <= kept + city.number("autonomy_gain") * paired[t] + NEAR
    free = (1 - city.number("daily_share") / 100) * city.number("dx_staff")
    assert alone[0] <= city.number("autonomy_share") / 100 * free + NEAR
    assert (alone <= (people.posts["core"] + people.posts["able"])[:-1] + NEAR).all()


@every_case
def test_outsiders_work_beside_own_people_for_at_least_the_share_wanted(code, strategy):
    plan, table = staffing(code, strategy), staffing(code, strategy).cover
    driving = by_month(plan, table[table["role"].isin(["dx", "promotion"])], "outside")
    paired = plan.autonomy["paired"].to_numpy()
    assert (paired <= driving + NEAR).all()
    if strategy in ("both", "mix"):
        assert (paired >= plan.city.number("pair_least") / 100 * driving - NEAR).all()


@every_case
def test_self_reliance_is_the_first_year_that_own_people_could_do_the_standing_work(code, strategy):
    plan = staffing(code, strategy)
    table = plan.autonomy
    enough = (table["able"] - table["hired"] >= table["wanted"] * 0.995).to_numpy()
    years = [enough[t : t + 12].all() for t in range(len(table) - 11)]
    if plan.self_reliant is None:
        assert not any(years)
    else:
        assert years.index(True) == plan.month.index(plan.self_reliant)
    assert (table["able"] <= table["wanted"] + NEAR).all() and table["share"].between(0, 1).all()
    assert (table["hired"] <= table["able"] + NEAR).all()


@every_case
def test_at_least_those_who_cover_the_migration_are_able_to(code, strategy):
    plan = staffing(code, strategy)
    table = plan.cover[plan.cover["role"] == "dx"]
    assert len(plan.able) == len(plan.month)
    assert (plan.able >= (table["own"] + table["outside"]).to_numpy() - NEAR).all()


# --- what the plan says of itself -----------------------------------------------------------------
@every_case
def test_the_bound_lies_below_the_value_and_the_gap_is_what_lies_between(code, strategy):
    plan = staffing(code, strategy)
    assert 0 <= plan.outcome.bound <= plan.value
    assert plan.outcome.gap == pytest.approx(1 - plan.outcome.bound / plan.value, abs=1e-6)
    assert plan.outcome.status == ("最適" if plan.outcome.gap <= 1e-6 else "打切り")


@pytest.mark.parametrize(
    "code", ["216046", *(pytest.param(code, marks=pytest.mark.rest) for code in BIGGER)]
)
def test_more_effort_never_costs_more_and_never_less_than_the_bound(code):
    quick, standard = staffing(code), staffing(code, effort="standard")
    assert standard.outcome.bound <= standard.value <= quick.value * (1 + 1e-9)
    assert standard.outcome.bound >= quick.outcome.bound


@pytest.mark.parametrize("code, effort", [("216046", "standard"), ("163210", "quick")])
def test_two_plans_of_a_city_are_the_same_bit_by_bit(code, effort):
    one, two = staffing(code, effort=effort), staffing.__wrapped__(code, effort=effort)
    assert one is not two and (one.value, one.outcome) == (two.value, two.outcome)
    for name in (
        "cover",
        "head",
        "pyramid",
        "intake",
        "contract",
        "outside",
        "autonomy",
        "load",
        "cost",
    ):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(two, name), check_exact=True, obj=name
        )
    assert one.able.tobytes() == two.able.tobytes()


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, marks=dear(code)) for code, strategy in CASES if strategy == "both"],
)
def test_targets_of_the_sections_add_up_to_the_town_hall(code):
    plan, people = staffing(code), people_of(code)
    table = plan.pyramid
    whole, parts = (
        table[table["section"] == ""].set_index("tier")["target"],
        table[table["section"] != ""],
    )
    dx = max(0.0, plan.city.number("dx_staff") - whole["core"])
    assert parts[parts["tier"] == "change"]["target"].sum() + dx == pytest.approx(whole["change"])
    assert (parts["target"] <= parts["staff"]).all() and whole["core"] >= 1
    assert (
        parts[parts["tier"] == "use"]["staff"].sum()
        <= people.staff - plan.city.number("dx_staff") + NEAR
    )
    assert plan.month[0] == date(2026, 12, 1)


@every_case
def test_outsiders_at_a_time_are_in_proportion_to_the_dx_section(code, strategy):
    plan, people = staffing(code, strategy), people_of(code)
    outsiders = plan.outside[plan.outside["kind"] == "outside"]
    given = sum(e.people for e in plan.city.engagements)
    most = max(1, int(plan.city.number("outside_share") / 100 * plan.city.number("dx_staff")))
    if strategy != "outside":
        assert by_month(plan, outsiders, "count").max() <= max(most, given)
    assert people.outsiders == most


@every_case
def test_who_only_accompanies_the_project_stays_until_its_last_hypercare(code, strategy):
    plan = staffing(code, strategy)
    last = max(roadmap(code).task["finish"], default=date.min)
    leave = plan.city.at("exit_date").value
    for row in planned(plan).query("form == 'PMO伴走'").itertuples():
        assert row.finish >= min(last, leave).replace(day=1) or row.months > 57


@every_case
def test_nobody_takes_a_step_more_than_twice_and_the_seats_fit_those_who_can_hold_them(
    code, strategy
):
    plan, people = staffing(code, strategy), people_of(code)
    seats = plan.intake.groupby("step")["intake"].sum()
    town = people.staff * (1 + plan.city.number("leave_rate") / 100) ** 10
    able = town
    for step in people.steps:
        taken = seats.get(step.no, 0.0)
        assert taken <= able * (2 - step.done) + NEAR
        able = taken * step.done
