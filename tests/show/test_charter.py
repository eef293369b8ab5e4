"""What published plans have: indicators, organisation, prices, terms, review."""

import re

import pytest

from dxplan.facts import months
from dxplan.show import charter, labels
from dxplan.show.particular import called, plan_facts
from dxplan.town.defaults import load_specs

NAMES = ("mid", "village", "asked", "done")


@pytest.mark.parametrize("name", NAMES)
def test_purpose_term_effects_and_review_are_told_for_each_situation(wholes, name):
    plan = wholes[name]
    html = charter.purpose_section(plan).html()
    first, last = plan.budget.year["fiscal"].iloc[[0, -1]]
    assert f"{labels.era_fiscal(first)}〜{labels.era_fiscal(last)}" in html
    for title in ("住民への効果", "進行管理と見直し(PDCA)", "国・都道府県に求める支援"):
        assert title in html
    assert all(f"({letter})" in html for letter in "PDCA")
    assert ("切替は3日以上" in html) == (not plan.pmo.done)


def test_each_indicator_has_an_owner_of_this_town_and_the_plans_own_numbers(wholes):
    for plan in wholes.values():
        table = charter.indicator_table(plan).frame
        assert table["owners"].str.len().gt(0).all()
        left = sum(system.late for system in plan.city.movable if system.pending)
        assert f"{left}システム" in table["stands"].iloc[0] or plan.pmo.done or left
        heads = plan.staffing.head[plan.staffing.head["tier"] == "change"]["finish"].iloc[-1]
        assert f"{labels.heads_text(heads)}人" in set(table["aimed"])
    assert "人事課" not in set(charter.indicator_table(wholes["village"]).frame["owners"])


def test_hours_given_back_by_year_go_to_those_who_get_them(wholes):
    plan = wholes["mid"]
    table = charter.year_table(plan).frame.set_index("fiscal")
    uses = table[["front", "improve", "overtime"]].sum(axis=1)
    assert (abs(uses - table["saved"]) < 1).all() and table["saved"].max() > 0
    people = plan.training.cohort["people"].sum()
    assert table["taught_year"].sum() == people
    last = plan.staffing.head[plan.staffing.head["tier"] == "change"]
    year = months.fiscal_year(last["month"].iloc[-1])
    assert table.loc[year, "drivers_year"] == last["finish"].iloc[-1]


def test_the_prices_are_the_parameters_with_their_grades(whole):
    table = charter.price_table(whole).frame
    value = whole.city.at("migration_yen")
    row = table.iloc[0]
    assert row["price"] == f"{labels.number_text(value.number)}{value.unit}"
    assert row["grade"] == value.grade and "円/" in row["price"]


def test_where_nothing_is_moved_no_price_of_a_move_is_listed(wholes):
    labels_ = {load_specs()[name].label for name in charter.PRICES}
    moves = load_specs()["migration_yen"].label
    for plan in wholes.values():
        listed = set(charter.price_table(plan).frame["what"])
        assert listed == labels_ - ({moves} if plan.pmo.done else set())


def test_the_chart_names_each_office_once_as_the_town_calls_it(wholes):
    for plan in wholes.values():
        names = re.findall(
            r"<strong>(.*?)</strong>|<li>([^<]+)</li>", charter.chart_list(plan).html()
        )
        flat = [one or other for one, other in names]
        assert len(flat) == len(set(flat)) and plan.city.called("業務所管課") in flat


def test_every_term_is_told_in_a_sentence(whole):
    html = charter.term_list(whole).html()
    terms = called("term", plan_facts(whole))
    assert len(terms) >= 10 and all(name in html for name in terms)
    # who the people of the tiers are is told beside them
    assert all(duty in html for duty in labels.words_of("tier_duty").values())
    assert all(text.endswith("。") for text in terms.values())
