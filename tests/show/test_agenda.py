"""The next decisions of the roadmap: questions first, no day of an undecided cutover."""

from dataclasses import replace
from datetime import date

import pytest

from dxplan.facts import months
from dxplan.show import agenda, labels
from dxplan.show.state import asked_systems, engaged_text, lacking_texts, present_text
from tests.plans import plain, size


def found(plan):
    return list(agenda.roadmap_decisions(plan))


@pytest.mark.parametrize("name", ["mid", "large", "asked"])
def test_open_questions_are_asked_on_the_first_open_day(plans, name):
    plan = plans[name]
    lacking = lacking_texts(plan.city)
    assert [text for _, text in found(plan)][: len(lacking)] == lacking
    day, text = found(plan)[len(lacking)]
    asked = [system.business for system in asked_systems(plan.city)]
    assert day == months.next_open(plan.city.start)
    assert text.startswith(f"要確認の{len(asked)}システム({asked[0]}")


def test_a_city_without_a_policy_is_told_so_first_and_what_it_has_is_no_lack():
    village, ward = plain("463043"), plain("131130")  # 十島村, 渋谷区
    assert not village.facts.dx_policy and village.facts.dx_cio and not ward.facts.dx_cross_org
    (text,) = lacking_texts(village)
    assert text.startswith(
        "DX推進の全体方針がない。まず全体方針を定める(令和6年7月12日の公表。要確認"
    )
    (text,) = lacking_texts(ward)
    assert text.startswith("全庁の推進体制がない。")
    told = present_text(village)
    assert told.startswith(
        "すでにあるもの: CIO・全庁の推進体制・外部デジタル人材(令和6年7月12日の公表"
    )
    assert "CIO補佐官1人(令和6年7月12日の公表。いまも続くか" in told
    assert engaged_text(ward) == "" and present_text(ward).startswith(
        "すでにあるもの: 全体方針・CIO("
    )
    assert lacking_texts(plain("172031")) == []  # 小松市 was not surveyed


def test_vendors_without_an_offer_are_asked_for_one_in_writing(plan):
    asked = [text for _, text in found(plan) if "書面で求める" in text]
    assert asked == [f"{'・'.join(plan.lots['lot'])}のベンダに、稼働できる日を書面で求める。"]
    offered = plan.lots.copy().astype("object")
    offered["offered"] = [date(2028, 4, 1), *[None] * (len(offered) - 1)]
    rest = [text for _, text in found(replace(plan, lots=offered)) if "書面で求める" in text]
    assert rest == [f"{'・'.join(plan.lots['lot'][1:])}のベンダに、稼働できる日を書面で求める。"]


def test_every_budget_deadline_tender_and_contract_of_the_plan_is_a_decision(plan):
    said = found(plan)
    for row in plan.gate.to_dict("records"):
        assert any(
            day == row["request_by"] and row["gate"] in text and row["lot"] in text
            for day, text in said
        )
    for lot, bars in plan.task.groupby("lot"):
        tender = bars[bars["phase"] == "tender"]
        assert len(tender), lot
        assert any(
            day == min(tender["start"]) and f"{lot}の調達・契約を始める" in text
            for day, text in said
        )
        assert any(
            day == max(tender["finish"]) and f"{lot}の契約と詳細日程を確定する" in text
            for day, text in said
        )


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_only_a_cutover_that_the_city_has_set_is_dated(plans, name):
    plan = plans[name]
    assert not [text for _, text in found(plan) if "切替の初日" in text]
    decided = replace(plan, lots=plan.lots.assign(decided=True))
    dated = [(day, text) for day, text in found(decided) if "切替の初日" in text]
    assert [day for day, _ in dated] == plan.lots["cutover"].tolist()
    assert all(labels.date_text(live) in text for live, (_, text) in zip(plan.lots["live"], dated))


def test_an_extension_is_decided_by_its_notice_and_never_in_the_past(plan):
    lot = plan.lots.copy().astype("object")
    for day, wanted in (
        (date(2028, 9, 30), date(2028, 10, 2)),
        (date(2020, 1, 1), months.next_open(plan.city.start)),
    ):
        lot.loc[0, ["extension", "decide_by"]] = [7, day]
        systems = size(plan.city, plan.lots["businesses"].iloc[0])
        yen = labels.yen_text(7 * plan.city.number("running_yen") / 12 * systems)
        (told,) = [(day, text) for day, text in found(replace(plan, lots=lot)) if "延長" in text]
        assert told == (wanted, f"{lot.loc[0, 'lot']}の現行契約の延長(7か月・{yen})を決める。")


def test_a_finished_city_has_nothing_to_decide(done):
    day = months.next_open(done.city.start)
    assert found(done) == [(day, text) for text in lacking_texts(done.city)]


def test_what_is_decided_on_one_day_stands_together_and_five_days_are_enough():
    days = [(date(2027, 1, day), f"{day}日。") for day in (9, 3, 5, 3, 1, 7, 8, 3)]
    said = agenda.by_day([*days, (date(2027, 1, 3), "別件。")])
    assert said == [
        (date(2027, 1, 1), "1日。"),
        (date(2027, 1, 3), "3日。別件。"),
        *((date(2027, 1, d), f"{d}日。") for d in (5, 7, 8)),
    ]


def test_the_list_has_its_days_for_machines_and_its_words_escaped():
    text = agenda.dated_list([(date(2027, 1, 4), "<b>決める")]).html()
    assert '<time datetime="2027-01-04">令和9年1月4日(月)</time> &lt;b&gt;決める' in text
