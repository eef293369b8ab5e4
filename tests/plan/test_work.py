"""The ground of a roadmap: its people, its occasions, and what is left of a lot's papers."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

from dxplan.facts.params import Value
from dxplan.plan.work import (
    DX,
    GATE,
    MORE,
    UNIT,
    block_demand,
    build_frame,
    length_of,
    load_items,
    load_weights,
    papers_of,
    wants_money,
)
from tests.plan.changes import said_of
from tests.plan.checker import load_rows
from tests.plans import plain

LOT = "ロット1"


@pytest.fixture(scope="module")
def city():
    return plain("172031")


def at(city, steps):
    """Its first lot with so many steps done by each of its systems; no contract is spoken of."""
    systems = tuple(replace(s, steps=replace(s.steps, value=float(steps))) for s in city.systems)
    return next(
        lot for lot in replace(city, systems=systems).lots if "住民基本台帳" in lot.businesses
    )


# --- items ----------------------------------------------------------------------------------------
def test_items_cover_the_forty_steps_in_order():
    items = load_items()
    assert {step for item in items for step in range(item.first, item.last + 1)} == set(
        range(1, 41)
    )
    for item in items:
        assert item.left(item.last) == 0 and item.left(item.first - 1) == 1
        assert (
            not item.front or item.key == GATE or item.months[0] <= item.months[1] <= item.months[2]
        )
    front = [item for item in items if item.front]
    assert [item.first for item in front] == sorted(item.first for item in front)


def test_every_part_of_the_template_is_a_work_item_and_every_item_of_a_block_is_in_the_template():
    works = {row["part"]: row["work"] for row in load_rows("lot_template")}
    known = {item.key for item in load_items()}
    assert {row["work"] for row in load_rows("lot_template")} <= known and len(works) >= 8
    assert {item.key for item in load_items() if not item.front} <= {
        row["work"] for row in load_rows("lot_template")
    }


# --- papers ---------------------------------------------------------------------------------------
def test_from_nothing_all_papers_are_left_and_the_money_has_to_be_asked_for(city):
    lot = at(city, 0)
    before, after = papers_of(city, lot)
    assert [p.item.key for p in before] == ["1", "2", "3", "4", "5", "6.1"] and [
        p.item.key for p in after
    ] == ["7", "8", "9"]
    assert wants_money(lot) and not lot.contracted
    assert length_of(before) >= 4.345 * sum(p.item.months[1] for p in before)


@pytest.mark.parametrize(
    "steps, before, after, money",
    [
        (7, ["3", "4", "5", "6.1"], ["7", "8", "9"], True),
        (20, ["6.1"], ["7", "8", "9"], True),
        (22, [], ["7", "8", "9"], False),
        (25, [], ["8", "9"], False),
        (28, [], ["9"], False),
        (29, [], [], False),
        (35, [], [], False),
    ],
)
def test_steps_done_take_papers_away(city, steps, before, after, money):
    lot = at(city, steps)
    found = papers_of(city, lot)
    assert [[p.item.key for p in papers] for papers in found] == [before, after]
    assert wants_money(lot) == money and lot.contracted == (steps >= 29)


def test_a_paper_under_way_is_shorter_and_never_longer_than_the_whole(city):
    whole = {p.item.key: p.weeks for papers in papers_of(city, at(city, 0)) for p in papers}
    for steps in range(1, 29):
        for papers in papers_of(city, at(city, steps)):
            assert all(0 < p.weeks <= whole[p.item.key] for p in papers)
    half = papers_of(city, at(city, 24))[1][0]
    assert half.item.key == "7" and half.weeks == 4  # a third of two and a half months


def test_what_the_city_says_of_a_contract_goes_before_the_steps(city):
    signed = next(lot for lot in said_of(city, LOT, contracted=True).lots if lot.name == LOT)
    open_ = next(
        lot for lot in said_of(plain("216046"), LOT, contracted=False).lots if lot.name == LOT
    )
    assert papers_of(city, signed) == ((), ()) and not wants_money(signed)
    assert open_.steps >= 29 and not open_.contracted and not wants_money(open_)


# --- demand ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "place", [0, 1]
)  # with 共通機能, which the DX section runs itself, and without
def test_the_dx_section_counts_further_systems_by_a_half_and_sections_count_their_own(city, place):
    lot, weights = city.lots[place], load_weights()
    item = next(item for item in load_items() if item.key == "13.2")
    demand, scale = block_demand(city, lot, item), city.number("work_scale")
    own = {
        section: sum(weights[s.business] for s in lot.systems if s.section == section)
        for section in lot.sections
    }
    lead = item.dx * scale * (1 + MORE * (sum(own.values()) - 1))
    wanted = {section: item.section * scale * weight for section, weight in own.items()}
    wanted[DX] = wanted.get(DX, 0) + lead
    assert (DX in own) == ("共通機能" in lot.businesses) == (place == 0)
    assert demand == {name: pytest.approx(UNIT * fte, abs=1) for name, fte in wanted.items()}
    assert set(weights) >= {s.business for s in city.movable}


def test_a_lot_asks_for_no_more_people_than_its_systems_one_by_one(city):
    for item in (item for item in load_items() if not item.front):
        for lot in city.lots:
            alone = [
                block_demand(city, replace(lot, systems=(system,)), item) for system in lot.systems
            ]
            assert block_demand(city, lot, item).get(DX, 0) <= sum(one.get(DX, 0) for one in alone)


# --- the frame ------------------------------------------------------------------------------------
def test_capacity_falls_in_the_busy_months_of_the_section_and_of_everyone(city):
    frame = build_frame(city)
    tax = frame.capacity("税務課")
    calm, busy = (
        tax[frame.weeks.index(date(2027, month, day))] for month, day in ((9, 13), (5, 17))
    )
    assert busy == int(calm * city.number("busy_share_3") / 100)
    dx = frame.capacity(DX)
    assert dx[frame.weeks.index(date(2027, 3, 15))] == int(dx.max() * 0.5)


def test_people_are_those_of_the_city_and_follow_their_days(city):
    frame = build_frame(city)
    share = city.number("dx_staff") * city.number("dx_share") / 100
    assert frame.capacity(DX).max() == int(share * UNIT)
    rows = tuple(
        Value("dx_fte", fte, "FTE", "2026-11-28", "試験", "G", start)
        for fte, start in ((2.0, None), (3.5, date(2028, 4, 1)))
    )
    dated = build_frame(
        replace(city, values=MappingProxyType({**city.values, "dx_fte": rows}))
    ).capacity(DX)
    turn = frame.weeks.index(date(2028, 4, 3))
    assert (dated[:turn] == 200).all() and (dated[turn:] == 350).all()


def test_all_capacities_are_whole_units_and_never_nothing():
    for code in ("011002", "131016", "014095", "473111", "172031"):
        for resource in build_frame(plain(code)).resources:
            assert (
                np.issubdtype(resource.capacity.dtype, np.integer) and resource.capacity.min() >= 1
            )


def test_occasions_come_in_the_order_of_their_money_and_those_missed_are_left_out(city):
    frame = build_frame(city)
    assert [gate.available for gate in frame.gates] == sorted(
        gate.available for gate in frame.gates
    )
    assert all(
        gate.request_by >= frame.weeks.start and gate.available > gate.request_by
        for gate in frame.gates
    )
    first = frame.gates[0]
    assert first not in build_frame(city, frozenset({(first.name, first.fiscal_year)})).gates
    only = build_frame(city.changed(budget_gates="当初予算のみ")).gates
    assert {gate.name for gate in only} == {"当初予算", "追加要求・首長査定"}
    for gate in frame.gates:
        assert (
            frame.weeks.day(frame.money(gate))
            >= gate.available
            > frame.weeks.day(frame.money(gate) - 1)
        )
        assert (
            frame.weeks.day(frame.hand_in(gate)) > gate.request_by
            or frame.weeks.day(frame.hand_in(gate)).weekday() == 0
        )


def test_the_grid_reaches_past_every_date_that_matters(city):
    far = said_of(city, LOT, planned=date(2034, 1, 4))
    for one in (city, far):
        frame = build_frame(one)
        last = frame.weeks.day(frame.weeks.count)
        assert last > one.at("end_date").value and all(
            lot.planned is None or last > lot.planned for lot in one.lots
        )
        assert frame.weeks.start >= one.start and (frame.weeks.start - one.start).days < 7
