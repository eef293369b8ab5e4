"""The picture of the whole and its words: every number in them is the plan's."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from dxplan.facts import months
from dxplan.show import labels, report
from dxplan.show import whole as show
from dxplan.show.state import state_counts

NAMES = ("mid", "large", "village", "asked", "done")


def words(svg):
    """Every text of a picture, joined."""
    return "\n".join(
        "".join(node.itertext())
        for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_holds_the_numbers_of_the_plan(wholes, name):
    plan = wholes[name]
    text = words(report.whole_figure(plan).svg)
    counts, scope = state_counts(plan.city), sum(s.in_scope for s in plan.city.systems)
    for number in (
        f"{counts['late']}/{scope}",
        f"{counts['live']}＋{counts['presumed']}",
        f"{counts['unsure'] + counts['flagged']}/{scope}",
    ):
        assert number in text
    for row in plan.budget.year.itertuples():
        assert labels.fiscal_short(row.fiscal) in text
    if plan.staffing.exit:
        assert f"外部人材の終了 {labels.month_text(plan.staffing.exit)}" in text
    for _, part in plan.training.cohort.groupby("step"):
        assert f"{len(part)}クラス・延べ{part['people'].sum():,}人" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_sentence_of_the_picture_is_its_description_and_repeats_the_plan(wholes, name):
    plan = wholes[name]
    figure = report.whole_figure(plan)
    assert ElementTree.fromstring(figure.svg)[1].text == figure.caption
    goal = plan.staffing.pyramid.set_index(["section", "tier"])["target"]["", "change"]
    assert f"目標{goal:.0f}人" in figure.caption and "実質負担" in figure.caption
    assert "出典" in figure.source and labels.UNCONFIRMED in figure.source


def test_the_year_of_the_picture_is_the_first_that_is_planned_from_april(whole):
    start = months.fiscal_year(whole.pmo.start)
    assert show._year_burden(whole)[0] == start + 1


def test_the_picture_is_the_same_twice_and_wants_no_page_wider_than_a4(whole):
    one, two = report.whole_figure(whole), report.whole_figure(whole)
    assert one.svg == two.svg and one.wide
    assert len(one.svg) < 120_000


def test_each_situation_is_said_in_its_own_words(wholes):
    assert show.whole_text(wholes["done"]).startswith("移行の残りはない。")
    assert show.whole_text(wholes["asked"]).startswith("要確認の20システムの状態を先に確かめる。")
    assert "要確認" not in show.whole_text(wholes["village"])


@pytest.mark.parametrize("name", NAMES)
def test_no_day_of_a_cutover_and_only_the_median_quarter_of_the_last_one_is_in_the_picture(
    wholes, name
):
    plan = wholes[name]
    figure = show.whole_figure(plan)
    for day in {*plan.pmo.lots["live"], *plan.pmo.lots["cutover"], *plan.pmo.told.lot["p50"]} - {
        None
    }:
        assert labels.date_text(day) not in figure.svg
    if not plan.pmo.done:
        last = labels.quarters_text(*plan.pmo.told.last[["p50_from", "p50_to"]].iloc[0])
        assert f"最後の稼働の見通し {last}" in words(figure.svg) and last in figure.caption


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_the_stairs_hold_every_system_of_the_lots_at_its_median_year(wholes, name):
    plan = wholes[name]
    moved = show.whole_figure(plan).data.frame.set_index("fiscal")["moved"]
    assert moved.sum() == plan.pmo.lots["systems"].sum()
    size = plan.pmo.lots.set_index("lot")["systems"]
    for row in plan.pmo.told.lot.to_dict("records"):
        assert moved[months.fiscal_year(row["p50"])] >= size[row["lot"]]


def test_a_plan_without_outsiders_says_so(whole):
    none = replace(whole, staffing=replace(whole.staffing, exit=None, self_reliant=None))
    assert "外部人材は使わない" in show.whole_text(
        none
    ) and "職員だけで担えるようにはならない" in show.whole_text(none)
    assert "外部人材の終了" not in words(show.whole_figure(none).svg)
    assert (
        show.headline(none)["外部人材の終了"] == "使わない"
        and show.headline(none)["自走する月"] == "期間内に至らない"
    )


def test_the_years_of_the_picture_add_up_to_its_sentence(whole):
    table = show.whole_figure(whole).data.frame
    yen = whole.budget.year["new"].sum()
    assert table["new"].sum() * 1000 == yen
    assert f"{yen / 1e8:,.1f}億円" in show.whole_text(whole)
    assert table["moved"].sum() == whole.pmo.lots["systems"].sum()
    assert table["classes"].sum() == len(whole.training.cohort)


def test_a_long_decision_ends_in_an_ellipsis_within_its_box():
    text = show._wrapped("あ" * 100, 18, 4)
    assert (
        text.endswith("…") and len(text.split("\n")) == 4 and max(map(len, text.split("\n"))) <= 18
    )
    assert show._wrapped("短い。", 18, 4) == "短い。"
    assert show._wrapped("あ" * 18 + "。い", 18, 4) == "あ" * 18 + "。\nい"


def test_decisions_come_before_what_they_decide(whole):
    (ready, first), *decided = show.decisions(whole)
    contract = whole.staffing.contract
    assert first.startswith("予算の成立を条件に、")
    assert ready <= contract.loc[~contract["given"].astype(bool), "start"].min()
    assert decided
    for day, text in decided:
        named = re.search(r"\((\d+)年(\d+)月", text)
        assert (day.year, day.month) <= (int(named[1]), int(named[2])), text
