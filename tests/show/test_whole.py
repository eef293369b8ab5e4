"""What each year brings, headline numbers and decisions: every number in them is the plan's."""

import math
import re
from dataclasses import replace
from datetime import date

import pytest

from dxplan.facts import months
from dxplan.show import labels
from dxplan.show import whole as show


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_every_system_of_the_lots_stands_in_its_median_year(wholes, name):
    plan = wholes[name]
    moved = show.years_table(plan).frame.set_index("fiscal")["moved"]
    assert moved.sum() == plan.pmo.lots["systems"].sum()
    size = plan.pmo.lots.set_index("lot")["systems"]
    for row in plan.pmo.told.lot.to_dict("records"):
        assert moved[months.fiscal_year(row["p50"])] >= size[row["lot"]]


def test_no_system_moves_where_none_is_left(wholes):
    assert show.years_table(wholes["done"]).frame["moved"].sum() == 0


def test_a_plan_without_outsiders_says_so(whole):
    none = replace(whole, staffing=replace(whole.staffing, exit=None, self_reliant=None))
    assert (
        show.headline(none)["外部人材の終了"] == "活用しない"
        and show.headline(none)["職員だけで運営できる時期"] == "計画期間内には到達しない"
    )


def test_the_years_add_up_to_the_budget(whole):
    table = show.years_table(whole).frame
    assert table["new"].sum() * 1000 == whole.budget.year["new"].sum()
    assert table["moved"].sum() == whole.pmo.lots["systems"].sum()
    assert table["classes"].sum() == len(whole.training.cohort)
    assert labels.UNCONFIRMED in show.years_table(whole).source


def test_decisions_come_before_what_they_decide(whole):
    (ready, first), *decided = show.decisions(whole)
    contract = whole.staffing.contract
    assert first.startswith("予算の成立を条件に、")
    assert ready <= contract.loc[~contract["given"].astype(bool), "start"].min()
    assert decided
    for day, text in decided:
        named = re.search(r"\(令和(\d+)年(\d+)月", text)
        assert (day.year, day.month) <= (labels.REIWA + int(named[1]), int(named[2])), text


def test_a_year_has_its_own_outsiders_and_its_own_last_ability(wholes):
    seen = 0.0
    for plan in wholes.values():
        outside = plan.staffing.outside
        of_month = outside[outside["kind"] == "outside"].groupby("month")["fte"].sum()
        able = plan.staffing.autonomy.set_index("month")["autonomy"]
        for row in show.years_table(plan).frame.itertuples():
            there = [fte for day, fte in of_month.items() if months.fiscal_year(day) == row.fiscal]
            own = [own for day, own in able.items() if months.fiscal_year(day) == row.fiscal]
            assert row.outside_fte == max(there, default=0.0)
            assert row.autonomy == own[-1] if own else math.isnan(row.autonomy)
            seen += row.outside_fte
    assert seen


def test_a_measure_is_a_number_a_day_or_nothing():
    told = [show.measure("m", "名", value, "円")["value"] for value in (1.23456, 7, None)]
    assert told == [1.235, 7, None] and isinstance(told[1], int)
    assert show.measure("m", "名", date(2027, 4, 1), "日")["value"] == "2027-04-01"
    assert "column" not in show.measure("m", "名", 1, "円")
