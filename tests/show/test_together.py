"""What a prefecture reads of several: the same things of each, and how they fall together."""

import pandas as pd

from dxplan.show import compare, front, labels, together


def test_each_has_its_state_chance_money_decision_and_support(wholes):
    plans = [wholes[name] for name in ("mid", "done", "asked")]
    table = together.brief_table(plans).frame.set_index("city")
    assert list(table.index) == compare.names_of(plans)
    mid, done = table.iloc[0], table.iloc[1]
    assert mid["chance"] == labels.chance_text(plans[0].risk.last["chance"].iloc[0])
    assert pd.isna(done["chance"]) and pd.isna(done["delay"])
    for column in ("state_now", "new_money", "decide", "support_asked"):
        assert table[column].str.len().gt(3).all()
    for plan, said in zip(plans, table["decide"], strict=True):
        first = min(front.decisions(plan), key=lambda one: one.day)
        assert said == f"{first.what}({labels.date_text(first.day)})"
    assert "出典" in together.brief_table(plans).source


def test_all_systems_stand_in_a_quarter_and_those_of_one_night_together(wholes):
    plan = wholes["mid"]
    twice = together.quarter_table([plan, plan]).frame
    once = together.quarter_table([plan]).frame
    size = int(plan.pmo.lots["systems"].sum() + plan.pmo.lots["common"].sum())
    assert once["moved"].sum() == size and twice["moved"].sum() == 2 * size
    assert list(twice["night_systems"]) == [2 * count for count in once["night_systems"]]
    two = together.quarter_table([plan, wholes["village"]])
    assert two.frame["cities"].max() <= 2
    # no day of a cutover that is not decided
    for row in plan.pmo.lots.to_dict("records"):
        assert labels.date_text(row["cutover"]) not in two.html()


def test_without_lots_nothing_falls_together(wholes):
    assert together.NONE_LEFT in together.quarter_table([wholes["done"]]).html()
