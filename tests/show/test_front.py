"""Page one: its decisions, money and sureness are the plan's."""

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from dxplan.plan.requests import PROMISED
from dxplan.show import front, labels, reasons, report, shelf, worth
from dxplan.town.city import load_city
from tests.plans import NOWHERE

NAMES = ("mid", "large", "village", "asked", "done")


@pytest.mark.parametrize("name", NAMES)
def test_a_decision_says_who_until_when_for_how_much_and_what_otherwise(wholes, name):
    plan = wholes[name]
    found = front.decisions(plan)
    assert 3 <= len(found) <= front.FIRST
    assert [one.day for one in found] == sorted(one.day for one in found)
    for one in found:
        assert one.what and one.who and one.money and one.otherwise, one
        assert one.day >= plan.city.start and len(one.what) < 80
    table = front.decision_table(plan).frame
    assert list(table["decide"]) == [one.what for one in found]
    assert all(re.search(r"\d+日", text) for text in table["decide_by"])


def test_what_is_not_known_is_asked_before_money_is_asked_for(wholes):
    for name, word in (("asked", "稼働しているかを確かめ"), ("mid", "稼働できる日と見積り")):
        assert any(word in one.what for one in front.decisions(wholes[name]))
    done = [one.what for one in front.decisions(wholes["done"])]
    assert any("運用契約の内訳" in what for what in done)
    assert not any("ベンダに、稼働できる日" in what for what in done)


def test_the_money_of_page_one_is_the_budgets(wholes):
    for plan in wholes.values():
        rows = front.cost_table(plan).frame.set_index("aspect")["seen"]
        new = plan.budget.year["new"].sum()
        assert rows.iloc[0] == labels.money_text(new)
        assert rows["うち実質負担"] == labels.money_text(plan.budget.year["new_net"].sum())
        promised = plan.budget.request[plan.budget.request["standing"] == PROMISED]
        assert ("債務負担行為の限度額" in rows) == bool(len(promised))
        if not plan.pmo.done:
            chance = labels.chance_text(plan.risk.last["chance"].iloc[0])
            assert rows["期限に間に合う確率"] == chance


def test_a_city_that_will_miss_the_end_is_asked_to_choose_a_way(wholes):
    plan = wholes["mid"]
    assert not any("進め方を選ぶ" in one.what for one in front.decisions(plan))
    late = plan.risk.last.assign(chance=0.3)
    other = replace(plan, city=plan.city)
    other.__dict__.update(
        {**plan.__dict__, "risk": SimpleNamespace(last=late, joint=plan.risk.joint)}
    )
    ways = [one for one in front.decisions(other) if "進め方を選ぶ" in one.what]
    assert len(ways) == 1 and ways[0].who == other.city.called("首長・CIO")
    assert labels.money_text(reasons.slip_yen(plan.pmo)) in ways[0].money
    assert "決まらない" in front.conclusion_text(other)
    table = reasons.remedy_table(plan).frame
    assert len(table) == 4 and table["remedy_cost"].str.len().gt(0).all()
    assert reasons.remedy_table(wholes["done"]).frame.empty


def test_a_paper_of_usual_values_says_so_and_what_to_enter_first(wholes, tmp_path):
    plan = wholes["mid"]
    assert front.is_trial(plan.city) and "試算(標準値による)" in report.title_text(plan)
    first = worth.first_table(plan).frame["unknown"].iloc[0]
    assert first in front.enter_text(plan)
    known = "offered: 2028-05-01, confidence: 口頭, as_of: 2026-11-01, source: 協議, grade: C"
    text = f'code: "172031"\nlots:\n  ロット1: {{{known}}}\n'
    (tmp_path / "172031.yaml").write_text(text, encoding="utf-8")
    said = load_city("172031", tmp_path)
    assert not front.is_trial(said) and front.title_text(said).endswith("計画(案)")
    assert front.is_trial(load_city("172031", NOWHERE))


@pytest.mark.parametrize("name", NAMES)
def test_page_one_has_its_parts_once_and_no_heading(wholes, name):
    html = front.front_page(wholes[name]).html()
    assert not re.search("<h[1-6]", html) and html.count("<table") == 3
    for caption in ("いま決めること", "費用と確かさ", worth.TITLE):
        assert html.count(f"<caption>{caption}") == 1
    assert "出典:" not in html  # sources stand in the chapters
    for row in wholes[name].pmo.lots.to_dict("records"):
        assert labels.date_text(row["live"]) not in html


def test_the_done_town_has_no_empty_chapter_and_leads_with_what_it_runs(wholes):
    names = dict.fromkeys(one.page for one in shelf.load_shelf() if one.page)
    chapters = {name: shelf.chapter(wholes["done"], name).html() for name in names}
    assert all('<p class="none">' not in html for html in chapters.values())
    assert chapters["budget"].startswith("<h2>運用経費・契約と予算")
    assert chapters["portfolio"].startswith("<h2>最初に取り組むDX施策")
    lots = shelf.chapter(wholes["mid"], "budget").html()
    assert lots.startswith("<h2>決定と予算")


def test_the_first_sheet_of_the_workbook_tells_the_same_decisions(whole):
    told = dict(report.summary_pairs(whole))["いま決めること"]
    assert [day for day, _ in told] == [labels.day_text(one.day) for one in front.decisions(whole)]
    assert all(isinstance(one.day, date) and one.what for one in front.decisions(whole))
