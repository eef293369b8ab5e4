"""The cost of operation: told in the budget chapter of a town whose systems are all live."""

from dataclasses import replace
from datetime import date

from dxplan.plan.operation import load_levers
from dxplan.show import operation
from tests.plans import whole

DONE, LATE = "073016", "172031"


def test_a_town_whose_systems_are_live_is_told_what_it_pays_and_what_to_do():
    plan = whole(DONE)
    text = operation.operation_text(plan)
    assert "18システム" in text and "要確認" in text and "契約書で確かめる" in text
    assert "令和10年度の当初予算" in text
    assert operation.operation_paragraph(plan).html().startswith("<p>稼働済み")
    # where lots are pending, the budget chapter is theirs
    late = operation.operation_paragraph(whole(LATE)).html()
    assert "稼働済みの3システム" in late and "契約" not in late


def test_what_the_city_tells_is_called_so_and_the_end_of_the_contract_sets_a_day():
    plan = whole(DONE)
    lines = {"operation_yen": 40_000_000, "operation_cloud": 12_000_000}
    known = replace(plan, city=plan.city.changed(**lines, operation_until=date(2028, 3, 31)))
    text = operation.operation_text(known)
    assert "年5,200万円(団体の示した額)" in text and "令和10年3月31日に終わる" in text
    assert operation.line_table(known).frame["year_yen"].sum() == 52_000


def test_every_lever_is_shown_with_its_question_its_day_and_its_grade():
    frame = operation.lever_table(whole(DONE)).frame
    assert len(frame) == len(load_levers())
    assert frame["ask_vendor"].str.endswith("。").all()
    assert set(frame["grade"]) <= set("ABCMG") and frame["until"].nunique() == 1
    assert (frame["source"].str.len() > 3).all()


def test_where_nothing_is_live_no_line_of_the_cost_is_shown(monkeypatch):
    plan = whole(LATE)
    found = operation.operation_of(plan)
    assert len(operation.line_table(plan).frame) == len(found.lines) > 0
    monkeypatch.setattr(operation, "operation_of", lambda plan: found._replace(systems=0))
    assert operation.line_table(plan).frame.empty
