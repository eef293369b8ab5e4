"""The roadmap's figures, tables and sentences."""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pandas as pd
import pytest

from dxplan.plan.why import WHY, verdict_of
from dxplan.show import labels, pmo, report, style

FIGURES = (pmo.roadmap_figure, pmo.load_figure)
TABLES = (pmo.cutover_table, pmo.gate_table, pmo.critical_table, pmo.task_table, pmo.demand_table)


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_repeat_their_bytes_and_state_their_caption(plan, figure):
    one, two = figure(plan), figure(plan)
    assert one.svg == two.svg
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert "出典" in one.source and "時点" in one.source and "<details" in one.html()


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_the_roadmap_names_every_package_and_system_and_draws_every_bound(plans, name):
    plan = plans[name]
    svg = pmo.roadmap_figure(plan).svg
    for word in {*plan.task["package"], *plan.cutover["business"]}:
        assert f">{word} </text>" in svg
    for bound in set(plan.task["bound"]):
        assert style.BOUND[bound][0] in svg and labels.word_of("bound", bound) in svg


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_the_roadmap_fits_a_landscape_page(plans, name):
    width, height = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', pmo.roadmap_figure(plans[name]).svg).groups()
    assert float(width) / 72 <= 10.5 and float(height) / 72 <= 6.8


def test_no_panel_of_the_loads_is_empty(plan):
    svg = pmo.load_figure(plan).svg
    for kind, (colour, _) in style.ROLE.items():
        assert labels.word_of("kind", kind) in svg and colour in svg


@pytest.mark.parametrize("show", [*FIGURES, *TABLES])
def test_a_finished_city_gets_the_words_not_an_empty_picture(done, show):
    text = show(done).html()
    assert "該当なし" in text and "稼働済み" in text and "<svg" not in text and "<table" not in text


def test_a_finished_city_has_a_headline_and_sentences(done):
    empty = pd.DataFrame([], columns=list(WHY))
    assert report.headline(done, empty)["最後の稼働"] == "全システム稼働済み"
    assert "残っていない" in report.why_text(done, empty)
    assert "該当なし" in report.decision_list(done).html()


def test_every_table_has_labels_and_rows(plan, why):
    for table in (*(make(plan) for make in TABLES), pmo.why_table(plan, why)):
        assert table.html().count("<tr>") > len(table.frame) > 0
        assert "<caption>" in table.html()


def test_cutovers_stand_under_their_fiscal_year_with_their_closure(plan):
    text = pmo.cutover_table(plan).html()
    first = plan.cutover.iloc[0]
    assert labels.fiscal_text(int(first["fiscal"])) in text and labels.day_text(first["live"]) in text
    assert set(pmo.cutover_table(plan).frame["business"]) == set(plan.cutover["business"])


def _why(people, slots, gate=0.0, mean=0.0):
    rows = [("base", 0.0), ("people", people), ("slots", slots), ("gate", gate)]
    return pd.DataFrame([(name, date(2031, 1, 1), value, mean if value == 0 else value, 0, ()) for name, value in rows],
                        columns=list(WHY))


@pytest.mark.parametrize(("people", "slots", "gate", "mean", "verdict"), [
    (0.0, -9.0, 0.0, 0.0, "vendor"), (-4.0, 0.0, 0.0, 0.0, "staff"), (-4.0, -9.0, 3.0, 0.0, "both"),
    (0.0, 0.0, 3.0, 0.0, "budget"), (0.0, 0.0, 0.0, 0.0, "order"), (-0.9, 0.4, 0.9, 0.0, "order"),
    (2.0, -1.0, 0.0, 0.0, "vendor"), (0.5, 0.0, 3.0, -2.0, "vendor"), (0.0, 0.0, 3.0, -2.0, "both")])
def test_the_verdict_follows_from_what_helps(plan, people, slots, gate, mean, verdict):
    waiting = replace(plan, task=plan.task.assign(critical=True))
    why = _why(people, slots, gate, mean)
    assert verdict_of(waiting, why) == verdict
    assert report.why_text(waiting, why).endswith(f"{labels.VERDICTS[verdict]}である。")


def test_a_missed_gate_is_no_cause_where_the_last_system_does_not_wait_for_money(plan):
    free = replace(plan, task=plan.task[plan.task["bound"] != "budget"])
    assert verdict_of(free, _why(0.0, 0.0, 3.0)) == "order"


def test_the_sentence_says_what_each_change_does(plan):
    text = report.why_text(plan, _why(0.0, -9.0))
    assert text.startswith("職員を2倍にしても最後の稼働は変わらない(±0か月)。ベンダの枠を2倍にすると最後の稼働は9か月早まる。")
    assert "ほとんど変わらない(−0.5か月)" in report.why_text(plan, _why(-0.5, -9.0))
    assert "平均では2か月早まる" in report.why_text(plan, _why(0.0, -9.0, mean=-2.0))
    fewer = _why(0.0, -9.0).assign(late=[4, 4, 1, 5])
    assert "9か月早まり、期限後のシステムは4から1になる" in report.why_text(plan, fewer)
    assert "変わらない(±0か月)が、期限後のシステムは4から5になる" in report.why_text(plan, fewer)
    assert "逃すと最後の稼働は3か月遅れる" in report.why_text(plan, _why(0.0, -9.0, 3.0))


def _shifted(plan, spare):
    return replace(plan, cutover=plan.cutover.assign(spare=spare))


def test_only_a_late_plan_speaks_of_delay(plan):
    why = _why(0.0, -9.0)
    late, timely = _shifted(plan, -3), _shifted(plan, 30)
    assert "遅れの主因はベンダの枠" in report.why_text(late, why) and "なぜ遅れるか" in report.why_heading(late).html()
    assert "遅れの主因" not in report.why_text(timely, why) and "遅れ" not in report.why_heading(timely).html()
    assert "期限の後に残る" in report.summary_text(late, why).html()
    assert "すべてのシステムが稼働" in report.summary_text(timely, why).html()


def test_the_status_says_whether_the_plan_is_proven(plan):
    proven = replace(plan, outcome=replace(plan.outcome, status="最適", gap=0.0))
    stopped = replace(plan, outcome=replace(plan.outcome, status="打切り", gap=0.0123))
    assert pmo.outcome_text(proven) == "最適"
    assert pmo.outcome_text(stopped) == "打切り・隔たり1.2%"
    assert "証明" in pmo.status_line(stopped).html()


def test_hostile_names_are_only_text(plan):
    evil = '"><script>alert(1)</script>$x_{y$'
    changed = replace(plan, task=plan.task.assign(package=evil), gate=plan.gate.assign(package=evil),
                      load=plan.load.assign(resource=evil), cutover=plan.cutover.assign(package=evil))
    for show in (*FIGURES, *TABLES):
        assert "<script" not in show(changed).html()
    assert "<script" not in report.decision_list(changed).html()
