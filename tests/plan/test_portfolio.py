"""The initiatives of a city: held against its tables, against every other choice, and by hand."""

import csv
import itertools
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from dxplan.facts.params import Value
from dxplan.plan.budget import plan_budget
from dxplan.plan.choice import drawn_shares, plan_choice
from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.portfolio import build_ground, plan_portfolio, plan_wish
from dxplan.plan.selection import Hire, Program
from dxplan.town.initiatives import load_initiatives
from tests.plan.cities import PROMOTED
from tests.plans import plain, roadmap, whole

DATA = Path(__file__).resolve().parents[2] / "data"
EXACT = "標準"
# a city with late lots, a village, a done city, a ward, a designated city
CITIES = ("172031", "216046", "082023")
MORE = (
    "131016",
    "271004",
    "122033",
    "473014",
    "472158",
    "012025",
    "014095",
    "232238",
    "263672",
    "335860",
)


def rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


TABLE = {row["id"]: row for row in rows("initiatives")}


@cache
def ground(code, room=None):
    """What the initiatives of a city stand on, with so many people for them each month."""
    city = plain(code)
    pmo = roadmap(code)
    month = tuple(date(2026 + (11 + k) // 12, (11 + k) % 12 + 1, 1) for k in range(60))
    people = PROMOTED * city.number("dx_staff") if room is None else room
    return build_ground(city, pmo, month, np.full(60, float(people)))


@cache
def selected(code):
    return plan_portfolio(ground(code), EXACT)


def said(city, **wishes):
    """A city that says something of some initiatives, by their ids."""
    origin = Value("initiative", "", "", "2026-11-28", "試験", "C")
    names = {TABLE[id]["initiative"]: {"origin": origin, **told} for id, told in wishes.items()}
    return replace(city, wishes=MappingProxyType(names))


def amount(yen):
    """Money that somebody has told."""
    return Value("once", yen, "円", "2026-11-28", "見積", "C")


def on(code, city, room=None):
    """The ground of a city that is not the plain one of its code."""
    old = ground(code, room)
    return replace(old, time=replace(old.time, city=city))


def half(day):
    return day.year - (day.month < 4), 4 <= day.month < 10


def months_between(start, end):
    return (end.year - start.year) * 12 + end.month - start.month


def check(found, code):
    """Every rule of the selection, from the tables alone; the faults."""
    city, faults = found.city, []
    row = found.row[found.row["state"] == "chosen"].set_index("id")
    if len(row) != row.index.nunique():
        faults.append("twice")
    used = found.money.groupby("fiscal")["net"].sum()
    yearly = city.number("portfolio_yen") * city.facts.population
    for fiscal in used.index:
        months = sum(1 for m in found.time.month if m.year - (m.month < 4) == fiscal)
        if used[fiscal] > yearly * months / 12 + found.missing + 1:
            faults.append(f"money {fiscal}")
    if (found.load["dx"] > found.load["room"] + 1e-6).any():
        faults.append("people")
    lives = int(2 + city.number("dx_staff") / 4)
    for key, group in row.groupby(row["live"].map(half)):
        if len(group) > lives:
            faults.append(f"changes {key}")
        if group["lead"].duplicated().any():
            faults.append(f"office {key}")
    last = {}
    if len(roadmap(code).cutover):
        told = roadmap(code).told.lot.set_index("lot")["p50"]
        for lot in roadmap(code).cutover.itertuples():
            last[lot.business] = told[lot.lot]
    numbers = {str(s.no): s.business for s in city.systems}
    for id, one in row.iterrows():
        wanted = TABLE[id]
        if wanted["after_lot"] == "1":
            names = [numbers[n] for n in wanted["businesses"].split(";") if n] or list(last)
            for day in [last[name] for name in names if name in last]:
                if day is None or months_between(day, one["live"]) < 3:
                    faults.append(f"lot {id}")
        for need in filter(None, wanted["needs"].split(";")):
            there = need in row.index and row.at[need, "live"] <= one["contract"]
            done = found.row.set_index("id").at[need, "state"] == "done"
            if not (there or done):
                faults.append(f"needs {id}")
        if not one["request_by"] < one["available"] <= one["contract"] < one["live"] <= one["wide"]:
            faults.append(f"dates {id}")
        if one["begins"] < city.start or one["request_by"] < city.start:
            faults.append(f"early {id}")
    small = row[row["template"].isin(["SaaS", "内製", "制度"])]["live"]
    small = min([*small, *([date(2000, 1, 1)] if _small_done(found) else [])], default=None)
    for id, one in row[row["template"].isin(["構築", "基盤"])].iterrows():
        if small is None or small > one["live"]:
            faults.append(f"small {id}")
    return faults


def _small_done(found):
    done = found.row[found.row["state"] == "done"]
    return done["template"].isin(["SaaS", "内製", "制度"]).any()


@pytest.mark.parametrize(
    "code", [*CITIES, *(pytest.param(c, marks=pytest.mark.rest) for c in MORE)]
)
def test_every_rule_holds_and_what_is_done_does_not_come_back(code):
    found = selected(code)
    assert check(found, code) == []
    assert len(found.chosen) >= 3 and found.outcome.gap == 0
    facts = plain(code).facts
    for id, row in TABLE.items():
        if row["status_column"] and row["status_done"]:
            seen = getattr(facts, row["status_column"])
            done = seen is not None and float(seen) >= float(row["status_done"])
            state = found.row.set_index("id").at[id, "state"]
            assert (state == "done") == done
            assert not (done and id in found.chosen)


def test_the_checker_sees_what_is_wrong():
    found = selected("172031")
    late = found.row.assign(
        live=found.row["live"].where(found.row["id"] != "DX02", date(2027, 6, 1))
    )
    assert "lot DX02" in check(replace(found, row=late), "172031")
    dear = found.money.assign(net=found.money["net"] * 100)
    assert any(fault.startswith("money") for fault in check(replace(found, money=dear), "172031"))


def test_yen_are_those_of_the_tables():
    found = selected("082023")
    for id in found.chosen:
        row = found.row.set_index("id").loc[id]
        own = found.money[found.money["id"] == id]
        assert own["once"].sum() == pytest.approx(row["once"])
        months = 60 - months_between(found.time.month[0], row["live"])
        assert own["yearly"].sum() == round(row["yearly"] * months / 12, -3)
        assert own["net"].sum() == pytest.approx(row["net"])
    assert found.limit["used"].sum() == pytest.approx(found.money["net"].sum())


def test_every_other_choice_of_six_initiatives_is_worth_less():
    # twenty months leave few occasions, so all choices can be tried
    old = ground("082023", 0.9)
    time = replace(old.time, month=old.time.month[:20])
    small = replace(old, time=time, room=old.room[:20], free={})
    ids = ("DX01", "DX03", "DX08", "DX15", "DX16", "DX18")
    six = [i for i in load_initiatives(small.city) if i.id in ids]
    program = Program(small, six)
    ways = [[None, *program.of[i.id]] for i in six]
    assert 1_000 < np.prod([len(way) for way in ways]) < 40_000
    worth, limit = program.worth(), small.limit
    best = 0.0
    for way in itertools.product(*ways):
        taken = [b for b in way if b is not None]
        if not taken or worth[taken].sum() <= best:
            continue
        blocks = [program.blocks[b] for b in taken]
        load = np.zeros(20)
        for block in blocks:
            like = [b for b in blocks if b.initiative.template == block.initiative.template]
            easier = any(b.live <= block.slot.contract for b in like)
            load += block.slot.dx * small.city.number("work_scale") * (0.9 if easier else 1)
        live = [half(time.month[block.live]) for block in blocks]
        led = [(h, b.initiative.lead) for h, b in zip(live, blocks, strict=True)]
        many = max(live.count(h) for h in live) > small.lives
        if many or len(set(led)) < len(led) or (load > small.room + 1e-9).any():
            continue
        if (sum(block.net for block in blocks) <= limit).all():
            best = worth[taken].sum()
    found = plan_portfolio(small, EXACT, initiatives=six)
    assert found.value == pytest.approx(best, rel=1e-6) and len(found.chosen) < 6


def test_a_village_by_hand():
    # one free thing that gives back hours, and one that costs more than it is worth
    code = "216046"
    wishes = {id: {"wish": "しない"} for id in TABLE if id not in ("DX11", "DX10")}
    found = plan_portfolio(on(code, said(plain(code), **wishes)), EXACT)
    row = found.row.set_index("id")
    assert found.chosen == ("DX11",)
    assert (row.loc[list(wishes), "state"] == "no").all() and row.at["DX10", "state"] == "waits"
    years = (60 - months_between(found.time.month[0], row.at["DX11", "live"])) / 12
    # three points for 1,513 people at 400 yen, and nothing to pay
    assert found.value == pytest.approx(3 * 1513 * 400 * min(years, 5))


@pytest.mark.rest
@pytest.mark.parametrize("code", ["216046", "472158"])
def test_more_money_and_more_people_are_never_worth_less(code):
    city, before = plain(code), None
    for step in range(4):
        richer = city.changed(portfolio_yen=500.0 + 700 * step)
        value = plan_portfolio(on(code, richer, 0.2 + 0.4 * step), EXACT).value
        assert before is None or value >= before - 1
        before = value


def test_what_the_city_says_holds():
    code = "172031"
    wishes = {
        "DX10": {"wish": "したい"},  # dearer than its effect
        "DX16": {"wish": "しない"},
        "DX17": {"wish": "必須"},
        "DX18": {"wish": "済"},
        "DX08": {"wish": "実施中", "live": date(2027, 6, 1)},
    }
    found = plan_portfolio(on(code, said(plain(code), **wishes)), EXACT)
    state = found.row.set_index("id")["state"]
    assert state["DX10"] == "chosen" and state["DX17"] == "chosen"
    assert (state["DX16"], state["DX18"], state["DX08"]) == ("no", "done", "running")
    own = found.money[found.money["id"] == "DX08"]
    assert own["once"].sum() == pytest.approx(2_000_000)


@pytest.mark.rest
def test_a_must_that_exceeds_the_money_tells_what_is_missing():
    code = "216046"
    dear = Value("once", 200e6, "円", "2026-11-28", "見積", "C")
    city = said(plain(code), DX17={"wish": "必須", "once": dear}).changed(bond_use="使わない")
    found = plan_portfolio(on(code, city), EXACT)
    row = found.row.set_index("id").loc["DX17"]
    assert row["state"] == "chosen"
    # no year of the village's money is as much as a tenth of the cost
    assert 150e6 < found.missing < 200e6
    assert found.limit["beyond"].sum() == pytest.approx(found.missing, rel=1e-3)


def test_a_lot_that_moves_late_keeps_its_initiatives_waiting():
    code = "172031"
    early = replace(ground(code), lots={})
    late = replace(ground(code), lots={number: 26 for number in range(1, 21)})
    live = {}
    for name, case in (("early", early), ("late", late)):
        row = plan_portfolio(case, EXACT).row.set_index("id")
        live[name] = row.at["DX24", "live"]
    assert live["early"] < live["late"]
    assert months_between(late.time.month[0], live["late"]) >= 29


@pytest.mark.rest
def test_the_same_choice_comes_twice_and_a_seed_jumps_over_nothing():
    code = "172031"
    one, two = (plan_portfolio(ground(code), EXACT) for _ in range(2))
    assert one.row.equals(two.row) and one.money.equals(two.money)
    before = drawn_shares(ground(code), 40)
    for seed in (1, 2):
        after = drawn_shares(ground(code), 40, seed)
        assert all(abs(after[id] - share) < 0.5 for id, share in before.items())


def test_every_choice_is_told_with_its_share_and_what_waits_with_its_reason():
    plan = whole("172031")
    choice = plan_choice(plan.portfolio).row.set_index("id")
    state = plan.portfolio.row.set_index("id")["state"]
    assert choice["share"].between(0, 1 + 1e-9).all()
    assert set(choice["told"]) >= {"sure", "later"}
    waits = state.index[state == "waits"]
    assert (choice.loc[waits, "reason"] != "").all() and len(waits) >= 3
    # a network costs more than it is worth to residents, and nobody has said that it must be
    assert choice.at["DX10", "reason"] == "effect" and choice.at["DX10", "told"] == "later"


REAL = {  # what towns have really done, from the published examples
    "114421": ("DX02", "DX08", "DX06"),  # 宮代町
    "212091": ("DX09", "DX14"),  # 羽島市
    "063223": ("DX05", "DX01", "DX02", "DX03", "DX17", "DX20", "DX16"),  # 西川町
    "282090": ("DX09",),  # 豊岡市
}


@pytest.mark.rest
@pytest.mark.parametrize("code", REAL)
def test_the_free_plan_of_a_town_has_at_least_half_of_what_it_has_really_done(code):
    state = whole(code).portfolio.row.set_index("id")["state"]
    found = [id for id in REAL[code] if state[id] in ("chosen", "done", "running")]
    assert 2 * len(found) >= len(REAL[code]), state[list(REAL[code])]


@pytest.mark.rest
@pytest.mark.parametrize("code", REAL)
def test_what_towns_have_done_fits_into_twice_the_usual_money(code):
    city = plain(code)
    doubled = city.changed(portfolio_yen=2 * city.number("portfolio_yen"))
    # the tables may say that it is done already; here it is to be done
    wishes = {id: {"wish": "必須"} for id in REAL[code]}
    wishes |= {
        need: {"wish": "必須"}
        for id in REAL[code]
        for need in TABLE[id]["needs"].split(";")
        if need
    }
    base = replace(ground(code), lots={})
    found = plan_portfolio(
        replace(base, time=replace(base.time, city=said(doubled, **wishes))), EXACT
    )
    state = found.row.set_index("id")["state"]
    assert (state[list(wishes)] == "chosen").all() and found.missing == 0


CONSERVED = [  # a city with late lots after every change; a village, a done and a large city
    "172031",
    *(pytest.param(code, marks=pytest.mark.rest) for code in ("216046", "082023", "141003")),
]


@pytest.mark.parametrize("code", CONSERVED)
def test_people_of_the_initiatives_are_the_promotion_that_is_staffed(code):
    plan = whole(code)
    cover = plan.staffing.cover
    promotion = cover[cover["role"] == "promotion"].set_index("month")
    load = plan.portfolio.load.set_index("month")
    other = plan.city.number("promotion_other")
    assert promotion["demand"].to_list() == pytest.approx((load["dx"] + other).to_list())
    assert other == 0 and load["dx"].max() > 0
    # and no more is taken up than the people can do who were asked for
    assert (load["dx"] <= load["room"] + 1e-6).all()
    done = promotion["own"] + promotion["outside"]
    # what the staffing lacks after all is told as short
    assert done.sum() + promotion["short"].sum() == pytest.approx(load["dx"].sum())
    assert done.sum() >= 0.93 * load["dx"].sum()


def test_outsiders_who_are_worth_their_price_make_the_wish_larger_and_dear_ones_do_not():
    city, pmo = plain("172031"), roadmap("172031")
    people = load_people(city, pmo)
    alone = build_ground(city, pmo, people.month, people.left)
    wishes = {}
    for name, times in (("usual", 1.0), ("dear", 1e6)):
        hires = tuple(Hire(most, yen * times) for most, yen in people.promoters("both"))
        wishes[name] = plan_wish(replace(alone, hires=hires)).sum()
    own = plan_wish(alone)
    assert wishes["usual"] > own.sum() * 1.05 and wishes["dear"] == pytest.approx(own.sum())
    assert (own <= people.left + 1e-6).all()
    assert not sum(most.sum() for most, _ in people.promoters("own"))
    # no more heads at a time than the DX section can take in, and none after the exit
    most = sum(most for most, _ in people.promoters("both"))
    assert (
        most.max() <= people.outsiders
        and most[people.index(city.at("exit_date").day) + 1 :].sum() == 0
    )


@pytest.mark.parametrize("code", CONSERVED)
def test_yen_of_the_initiatives_are_those_of_the_budget(code):
    plan = whole(code)
    names = plan.portfolio.row.set_index("id")["name"]
    money = plan.portfolio.money
    item = plan.budget.item[plan.budget.item["group"] == "initiatives"]
    told = item.set_index(["item", "fiscal"])["yen"].to_dict()
    for row in money.itertuples():
        once = told.pop((names[row.id], row.fiscal), 0)
        yearly = told.pop((f"{names[row.id]}の運用", row.fiscal), 0)
        assert (once, yearly) == (row.once, row.yearly)
        assert once % 1000 == yearly % 1000 == 0
    assert not told and len(item) > 5
    # what no grant and no bond pays is left to the general budget, in both
    paid = plan.budget.funding[plan.budget.funding["group"] == "initiatives"]
    left = paid[paid["fund"] == "net"].groupby("fiscal")["yen"].sum()
    net = money.groupby("fiscal")["net"].sum()
    assert left[left > 0].to_dict() == net[net > 0].astype(int).to_dict()
    asked = plan.budget.request[plan.budget.request["group"] == "initiatives"]
    assert asked["yen"].sum() == item["yen"].sum()
    assert set(asked["standing"]) <= {"on_time", "share", "promised"}


def test_what_runs_already_is_paid_anyway_to_the_yen():
    plain_city = plain("172031")
    running = {"wish": "実施中", "live": date(2027, 6, 1), "once": amount(5e6)}
    own = {"wish": "実施中", "live": date(2025, 6, 1), "stopped": date(2028, 3, 31)}
    city = said(plain_city, DX08=running, DX18={**own, "saves": 9e9})
    old = whole("172031")
    budget = plan_budget(
        city, old.pmo, old.staffing, old.training, plan_portfolio(on("172031", city))
    )
    item = budget.item[budget.item["item"].str.startswith(TABLE["DX08"]["initiative"])]
    assert set(item["group"]) == {"current"}
    assert item[~item["item"].str.endswith("の運用")]["yen"].sum() == 5_000_000
    # what is saved is no cost below nothing
    assert (budget.item["yen"] >= 0).all()


def test_a_fund_pays_up_to_its_last_day_and_no_longer():
    city = plain("082023")
    rate = Value("rate_F9", 50.0, "%", "2026-11-28", "試験", "C")
    ended = replace(rate, value=0.0, start=date(2028, 4, 1))
    values = {**city.values, "rate_F9": (rate, ended)}
    city = replace(city, values=MappingProxyType(values))
    found = plan_portfolio(on("082023", city), EXACT)
    funds = {id: row["funds"].split(";") for id, row in TABLE.items()}
    first, later = 0, 0
    for row in found.money.itertuples():
        granted = row.once + row.yearly - row.net
        half = row.once // 2000 * 1000
        if row.fiscal < 2028 and "F9" in funds[row.id] and "F8" not in funds[row.id]:
            assert granted == half
            first += granted
        if row.fiscal >= 2028 and "F8" not in funds[row.id]:
            later += granted
        # a bond ends a year after the grant of this city, and pays for what is built alone
        if row.fiscal >= 2030:
            assert granted == 0
    assert first > 0 and later == 0


def test_a_roadmap_without_lots_has_initiatives():
    assert plan_pmo(plain("082023")).done or not len(ground("082023").lots)
    assert len(selected("082023").chosen) >= 3
