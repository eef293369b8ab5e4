"""Two plans of one city: what moved, by how much, and nothing where nothing moved."""

import re
from datetime import date

import pytest

from dxplan.plan.again import plan_again
from dxplan.plan.whole import plan_city
from dxplan.show import difference, labels
from tests.plans import whole


@pytest.fixture(scope="module")
def pair():
    """The plan of a city with much promotion, and with more people and an earlier exit."""
    plan = plan_city(whole("172031").city.changed(promotion_other=4.0))
    return plan, plan_again(plan.city.changed(dx_staff=16.0, exit_date=date(2028, 3, 31)), plan)


def lines(pair):
    return {line.what: line for line in difference.difference_rows(*pair)}


def test_dates_move_by_months_and_money_by_millions(pair):
    before, after = pair
    found = lines(pair)
    gap = (after.staffing.exit - before.staffing.exit).days
    assert gap < -150 and found["外部人材の終了"].moved == f"−{-gap / 30.4375:.0f}か月"
    yen = [round(plan.budget.year["new"].sum() / 1e6) for plan in pair]
    sign = "+" if yen[1] > yen[0] else "−"
    assert (
        found["今より増える費用"].moved == f"{sign}{abs(yen[1] - yen[0]):,}百万円"
        and found["今より増える費用"].then == f"{yen[0]:,}百万円"
    )


def test_a_lot_is_compared_by_the_quarter_of_its_median(pair):
    found = lines(pair)
    medians = [dict(zip(plan.pmo.told.lot["lot"], plan.pmo.told.lot["p50"])) for plan in pair]
    for row in pair[0].pmo.lots.to_dict("records"):
        line, (then, now) = (
            found[f"{row['title']}の見通し"],
            (labels.quarter_text(days[row["lot"]]) for days in medians),
        )
        assert (line.then, line.now) == (then, now) and bool(line.moved) == (then != now)


@pytest.mark.parametrize(
    "then, now, moved",
    [
        (date(2029, 3, 31), date(2029, 4, 1), "+1四半期"),
        (date(2029, 4, 1), date(2029, 6, 30), ""),
        (date(2030, 2, 1), date(2029, 2, 1), "−4四半期"),
        (date(2030, 2, 1), None, "令和11年度第4四半期 → 見通せない"),
        (None, None, ""),
    ],
)
def test_a_median_moves_by_whole_quarters(then, now, moved):
    assert difference._quarter("見通し", then, now).moved == moved


def test_a_chance_is_compared_as_it_is_told():
    assert difference._chance("見込み", 0.999, 0.995).moved == ""
    assert difference._chance("見込み", 0.9, 0.75).moved == "−15ポイント"


def test_the_table_shows_what_moved_and_names_the_rest(pair):
    table = difference.difference_table(difference.difference_rows(*pair))
    moved = [line.what for line in difference.difference_rows(*pair) if line.moved]
    still = [line.what for line in difference.difference_rows(*pair) if not line.moved]
    assert table.frame["matter"].tolist() == moved and len(moved) > 5
    assert all(what in table.source for what in still)
    assert "<th" in table.html() and table.frame["shift"].str.match(r"[+−]").all()


def test_the_sentence_begins_with_the_greatest_change(pair):
    said = difference.difference_text(difference.difference_rows(*pair))
    greatest = max(
        (line for line in difference.difference_rows(*pair) if line.moved),
        key=lambda line: line.weight,
    )
    assert said.startswith(f"{greatest.what} {greatest.moved}") and said.endswith("。")


def test_a_plan_does_not_differ_from_itself(pair):
    plan = pair[0]
    assert not [line for line in difference.difference_rows(plan, plan) if line.moved]
    assert (
        difference.difference_text(difference.difference_rows(plan, plan))
        == "主な数値は変わらない。"
    )
    assert "該当なし" in difference.difference_table(difference.difference_rows(plan, plan)).html()


def test_what_goes_one_way_comes_back_the_other(pair):
    there, back = lines(pair), lines(pair[::-1])
    for what, line in there.items():
        assert (back[what].then, back[what].now) == (line.now, line.then)
        assert back[what].moved.translate(str.maketrans("+−", "−+")) == line.moved


def test_a_date_that_comes_or_goes_is_told_as_such(pair):
    line = difference._day("外部人材の終了", date(2030, 3, 31), None)
    assert line.moved == "令和12年3月31日 → なし" and line.weight == 1
    assert difference._day("職員だけで運営できる時期", None, None).moved == ""


def test_the_month_of_self_reliance_is_told_as_a_month(pair):
    told = lines(pair)["職員だけで運営できる時期"]
    assert re.fullmatch(r"令和\d+年\d+月", told.then)
