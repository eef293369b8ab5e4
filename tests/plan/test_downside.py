"""Where it does not come as planned: contracts and classes stay, and what is lost is told."""

import numpy as np
import pandas as pd
import pytest

from dxplan.plan.downside import DOWNSIDE, _cases, _share, plan_downside
from dxplan.plan.people import STEPS
from tests.plans import Made, whole

CITIES = ("172031", "216046")
DONE = "014231"  # no system left to move


@pytest.fixture(scope="module")
def cases():
    """Code -> the staffing of each case."""
    return Made(lambda code: dict(_cases(whole(code))))


def engaged(staffing, kind, given=False):
    """Engagements of a kind that a plan begins, or that run already: who, when, how many."""
    rows = staffing.contract[staffing.contract["given"].astype(bool) == given]
    rows = rows[rows["kind"] == kind]
    # a table without a row has no types
    return rows[["form", "start", "finish", "count"]].reset_index(drop=True).astype(object)


@pytest.mark.parametrize("code", CITIES)
def test_where_no_outsider_is_found_none_is_engaged_and_all_else_stays(cases, code):
    base, found = whole(code).staffing, cases[code]["found"]
    assert not len(engaged(found, "outside"))
    pd.testing.assert_frame_equal(engaged(found, "own"), engaged(base, "own"))
    there = engaged(base, "outside", given=True)
    pd.testing.assert_frame_equal(engaged(found, "outside", given=True), there)
    assert len(there) == (code == "216046")
    pd.testing.assert_frame_equal(found.intake, base.intake)
    assert found.cover["short"].sum() >= base.cover["short"].sum() - 1e-6


@pytest.mark.parametrize("case", ["moved", "half"])
@pytest.mark.parametrize("code", CITIES)
def test_contracts_and_classes_stay_as_they_are_planned(cases, code, case):
    base, staffing = whole(code).staffing, cases[code][case]
    for kind in ("outside", "own"):
        pd.testing.assert_frame_equal(engaged(staffing, kind), engaged(base, kind))
    assert staffing.cost["yen"].sum() == base.cost["yen"].sum()
    kept = "month step cohort months".split()
    pd.testing.assert_frame_equal(staffing.intake[kept], base.intake[kept])
    # nobody sits in a step whose step before they have not completed
    assert (staffing.intake["intake"] <= base.intake["intake"] + 1e-6).all()
    fewer = staffing.intake["intake"] < base.intake["intake"] - 1e-6
    assert fewer.any() == (case == "half") and not fewer[base.intake["step"] == 1].any()


@pytest.mark.parametrize("code", CITIES)
def test_half_as_many_complete_each_step_and_fewer_can_drive_a_change(cases, code):
    base, half = whole(code).staffing, cases[code]["half"]
    assert half.intake["done"].to_list() == pytest.approx((base.intake["done"] / 2).to_list())
    for step in STEPS:
        name = f"step{step}_done"
        assert half.city.number(name) == base.city.number(name) / 2
    grown = [p.head[p.head["tier"] == "change"]["finish"].iloc[-1] for p in (base, half)]
    assert grown[1] < grown[0]


@pytest.mark.parametrize("code", CITIES)
def test_twice_as_many_are_moved(cases, code):
    city, moved = whole(code).city, cases[code]["moved"]
    assert moved.city.number("transfer_rate") == 2 * city.number("transfer_rate")
    first = [
        plan.autonomy.loc[[m.month == 3 for m in plan.autonomy["month"]], "autonomy"].iloc[0]
        for plan in (whole(code).staffing, moved)
    ]
    assert first[1] <= first[0] + 1e-6


@pytest.mark.parametrize("code", CITIES)
def test_the_table_says_the_cases(cases, code):
    plan = whole(code)
    table = plan.downside.set_index("case")
    assert [*plan.downside] == DOWNSIDE
    assert list(table.index) == ["base", "found", "moved", "half"]
    base = table.loc["base"]
    assert base["more"] == base["quarters"] == 0
    assert base["short"] == pytest.approx(plan.staffing.cover["short"].sum())
    for case, staffing in cases[code].items():
        row = table.loc[case]
        assert row["short"] == pytest.approx(staffing.cover["short"].sum())
        assert row["more"] == pytest.approx(row["short"] - base["short"])
        assert row["yen"] == pytest.approx(staffing.cost["yen"].sum(), abs=1)
        assert row["quarters"] >= 0
    assert table.at["found", "yen"] <= base["yen"]


def test_the_last_lot_is_later_where_less_of_its_work_is_covered(cases):
    plan = whole("172031")
    shares = {}
    for case, staffing in cases["172031"].items():
        shares[case] = min(_share(lot, staffing) for lot in plan.pmo.lots.to_dict("records"))
    table = plan.downside.set_index("case")
    worst = min(shares, key=shares.get)
    assert table.at[worst, "more"] > 0 and table.at[worst, "quarters"] > 0
    assert table.at["half", "quarters"] <= table.at[worst, "quarters"]


def test_where_no_lot_is_left_nothing_can_be_later():
    table = plan_downside(whole(DONE)).set_index("case")
    assert np.isnan(table.loc[["found", "moved", "half"], "quarters"]).all()
    assert table["short"].notna().all()
