"""Hours are counted once, by office as by year, and go where the city says."""

from dataclasses import replace

import numpy as np
import pytest

from dxplan.plan.effects import TRAINED, plan_effects
from dxplan.town.initiatives import common_value
from tests.plans import whole

CODES = ["172031", "073016", pytest.param("141003", marks=pytest.mark.rest)]


@pytest.mark.parametrize("code", CODES)
def test_hours_of_automations_are_counted_once(code):
    plan = whole(code)
    row = plan.portfolio.row
    taken = row[row["state"].isin(["running", "chosen"])]
    made = taken[taken["id"].isin(["DX13", "DX15"])]
    office = plan.effects.office.set_index("office")
    works = plan.training.automation
    assert works["works"].sum() and len(made), "the case needs both"
    assert office.at[TRAINED, "claimed"] == works["hours"].iloc[-1]
    others = taken["hours"].sum() - made["hours"].sum()
    assert office["claimed"].sum() == pytest.approx(others + works["hours"].iloc[-1])


def test_without_a_class_of_step_3_the_initiatives_count_for_themselves():
    plan = whole("172031")
    none = plan.training.automation.assign(works=0, hours=0.0)
    alone = replace(plan, training=replace(plan.training, automation=none))
    office = plan_effects(alone, plan.peers).office
    row = plan.portfolio.row
    taken = row[row["state"].isin(["running", "chosen"])]
    assert TRAINED not in set(office["office"])
    assert office["claimed"].sum() == pytest.approx(taken["hours"].sum())
    assert office["counted"].sum() == pytest.approx(taken["counted"].sum())


@pytest.mark.parametrize("code", CODES)
def test_uses_add_up_to_what_is_counted_and_years_come_to_the_offices(code):
    effects = whole(code).effects
    for table in (effects.office, effects.year):
        assert (table["counted"] <= table["claimed"] + 1e-9).all()
        uses = table[["front", "change", "overtime"]].sum(axis=1)
        assert uses.to_list() == pytest.approx(table["counted"].to_list())
    # automations wear off, all else stays
    year, office = effects.year, effects.office
    last = office[office["office"] != TRAINED]["counted"].sum()
    trained = year["counted"].iloc[-1] - last
    assert 0 <= trained <= office["claimed"].sum()
    moved = (year["front"] + year["change"]) / 1860
    assert year["moved"].to_list() == pytest.approx(moved.to_list())


def test_shares_beyond_the_whole_are_scaled_as_in_the_training():
    plan = whole("172031")
    city = plan.city.changed(redeploy_front=90.0, redeploy_change=60.0)
    effects = plan_effects(replace(plan, city=city), plan.peers)
    office = effects.office
    assert office["overtime"].max() == 0
    # each in whole hours
    assert office["front"].to_list() == np.floor(0.6 * office["counted"] + 0.5).to_list()


def test_a_goal_is_the_upper_quarter_of_the_peers_or_yes():
    plan = whole("073016")
    standing = {one.indicator: one for one in plan.peers.standing}
    goal = plan.effects.goal.set_index("initiative")
    online = standing["online32_pct"]
    assert goal.at["DX01", "goal"] == max(online.high, online.value) >= online.middle
    assert goal.at["DX14", "goal"] == 1 and goal.at["DX14", "value"] == 0
    assert common_value("realise", "G").number < 1
