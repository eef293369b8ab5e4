"""The training's figures, tables and sentences."""

import re
from dataclasses import fields, replace
from datetime import date
from xml.etree import ElementTree

import pandas as pd
import pytest

from dxplan.plan.training import plan_training
from dxplan.show import labels, training
from tests.drawn import crossings, texts
from tests.plan.training import roadmap, staffing, tiny
from tests.plans import Made

FIGURES = (
    training.calendar_figure,
    training.trainer_figure,
    training.automation_figure,
)
TABLES = (
    training.cohort_table,
    training.session_table,
    training.seat_table,
    training.unseated_table,
    training.belief_table,
    training.lesson_table,
    training.automation_table,
)
MAY = date(2027, 5, 1)


@pytest.fixture(scope="module")
def plans(wholes):
    """Plans of one class, of some twenty, of more than a hundred, and of none."""
    city = tiny()
    one = plan_training(city, roadmap(city), staffing(city, (MAY, 1, 1, 6)))
    none = plan_training(city, roadmap(city), staffing(city))
    return {name: whole.training for name, whole in wholes.items()} | {"one": one, "none": none}


@pytest.fixture(scope="module")
def plan(plans):
    return plans["mid"]


@pytest.fixture(scope="module")
def drawn(plans):
    """(a figure, name of a plan) -> the figure, drawn once."""
    return Made(lambda asked: asked[0](plans[asked[1]]))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_repeats_its_bytes(plan, drawn, figure):
    assert figure(plan).svg == drawn[figure, "mid"].svg


@pytest.mark.parametrize("name", ["one", "mid", "large", "village"])
@pytest.mark.parametrize("figure", FIGURES)
def test_figures_state_their_caption(drawn, figure, name):
    one = drawn[figure, name]
    if name == "one" and figure is training.automation_figure:
        assert "該当なし" in one.html()
        return
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert (
        "出典" in one.source
        and "時点" in one.source
        and labels.UNCONFIRMED in one.source
        and "<details" in one.html()
    )


@pytest.mark.parametrize("name", ["one", "mid", "large", "village"])
@pytest.mark.parametrize("figure", FIGURES)
def test_no_letter_is_smaller_than_eight_points_and_none_lies_on_a_line(drawn, figure, name):
    shown = drawn[figure, name]
    if "<svg" in shown.html():
        for svg in (shown.svg, shown.narrow):
            assert not crossings(svg) and min(size for _, size, _ in texts(svg)) >= 8.25


@pytest.mark.parametrize("name", ["one", "mid", "large"])
def test_the_calendar_counts_the_classes_of_each_step_and_month(plans, drawn, name):
    plan = plans[name]
    one = drawn[training.calendar_figure, name]
    for step, part in plan.cohort.groupby("step"):
        told = f"{len(part):,}講座・延べ{part['people'].sum():,}人"
        assert any(text.startswith(told) for text, *_ in texts(one.svg)), step
    held = plan.session.assign(month=[day.replace(day=1) for day in plan.session["day"]])
    counts = held.groupby(["month", "step"])["cohort"].nunique()
    assert one.data.frame["classes"].tolist() == counts.tolist()


def test_those_who_learnt_before_the_plan_are_told_where_the_third_step_is_wider(plan):
    table = training.funnel_table(plan)
    assert "計画の前に学んだ職員も入る" in table.source
    assert table.frame["seated"].tolist() == plan.funnel["seated"].tolist()


def test_hours_away_stand_in_a_table_by_month_and_section(plan):
    frame = training.away_table(plan).frame
    assert frame["away"].sum() == pytest.approx(plan.hours["hours"].sum())


@pytest.mark.parametrize("show", [*FIGURES, *TABLES[:3], TABLES[5], TABLES[6]])
def test_a_plan_without_classes_says_so_in_place_of_an_empty_picture(plans, show):
    text = show(plans["none"]).html()
    assert "該当なし" in text and "<svg" not in text and "<table" not in text
    assert training.training_text(plans["none"]).endswith("の人材計画では、研修をしない。")


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_every_table_has_labels_and_words_for_all_it_shows(plans, name):
    for make in TABLES:
        table = make(plans[name])
        assert "nan" not in table.html() and "None" not in table.html()
        if len(table.frame):
            assert "<caption>" in table.html() and table.html().count("<tr>") >= len(table.frame)


def test_a_class_is_a_number_of_people_by_section_that_adds_up(plan):
    for row in training.cohort_table(plan).frame.itertuples():
        assert sum(int(n) for n in re.findall(r"(\d+)(?:、|$)", row.mix)) == row.learners


def test_people_of_the_sections_add_up_to_those_of_the_funnel(plan):
    frame = training.seat_table(plan).frame
    assert frame[["step1", "step2", "step3"]].sum().tolist() == plan.funnel["seated"].tolist()
    assert frame["away"].sum() == pytest.approx(plan.hours["hours"].sum())


@pytest.mark.parametrize("name", ["mid", "one"])
def test_the_lessons_are_those_that_the_sessions_teach_and_each_leaves_something(plans, name):
    frame = training.lesson_table(plans[name]).frame
    session = plans[name].session
    found = set(zip(frame["step"], frame["title"]))
    assert found == set(zip(session["step"], session["title"])) and len(found) == len(frame)
    assert frame["made"].str.len().gt(0).all() and frame["made"].is_unique
    assert frame["step"].is_monotonic_increasing


def _worth(plan, **numbers):
    """The sentence with classes, hours away and hours given back of a plan by hand."""
    city = plan.city.changed(own_time_yen=620_000.0, step1_yen=100_000.0)
    hours = plan.hours.iloc[[0]].assign(hours=numbers["away"])
    given = pd.DataFrame({"fiscal": [2027, 2028], "works": [1, 0], "hours": numbers["saved"]})
    return training.worth_text(replace(plan, city=city, hours=hours, automation=given))


def test_a_finance_officer_can_check_what_classes_cost_against_what_they_give_back(plans):
    # one class of 100,000 yen; 10 hours at 620,000 / 155 = 4,000 yen
    text = _worth(plans["one"], away=10.0, saved=[5.0, 4.0])
    assert text == (
        "研修に充てるのは、講座の費用100千円と、業務を離れる10時間"
        "(職員の時間1人月62万円÷155時間で換算して40千円)の、計140千円の見込み。"
        "生まれる時間は、最も多い年で5時間(同じ単価で20千円)の見込み。計はその7.0年分に当たる。"
        "この時間だけで費用を賄う見込みではない。"
    )
    rich = _worth(plans["one"], away=10.0, saved=[35.0, 28.0])
    assert rich.endswith("計はその1.0年分に当たる。")
    none = _worth(plans["one"], away=10.0, saved=[0.0, 0.0])
    assert none.endswith("の、計140千円の見込み。自動化で生まれる時間は見込まない。")


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_the_classes_cost_what_the_budget_pays_for_them(wholes, name):
    whole = wholes[name]
    paid = whole.budget.item.query("group == 'training'")["yen"].sum()
    assert paid and f"講座の費用{labels.yen_text(paid)}と、" in training.worth_text(whole.training)
    away = whole.training.hours["hours"].sum()
    assert f"業務を離れる{away:,.0f}時間" in training.worth_text(whole.training)


def test_without_a_class_there_is_nothing_to_set_against_a_cost(plans):
    assert training.worth_text(plans["none"]).endswith("の人材計画では、研修をしない。")


def test_people_for_whom_there_is_no_class_are_counted(plans):
    none = replace(plans["one"], cohort=plans["one"].cohort[:0])
    asked = plans["one"].funnel["asked"].sum()
    assert (
        training.training_text(none)
        == f"人材計画が受け入れる{asked}人に、用意できる講座がない見込み。"
    )


def test_a_long_list_of_sessions_is_cut_and_says_where_the_rest_is(plans):
    sessions = plans["large"].session
    assert len(sessions) > training.SHOWN
    crowded = replace(plans["large"], session=sessions.assign(day=sessions["day"].min()))
    table = training.session_table(crowded)
    assert f"この年度は{len(sessions):,}件" in table.source
    assert (
        len(table.frame) == training.SHOWN
        and "カレンダーのファイル" in table.source
        and f"{training.SHOWN}件まで" in table.source
    )
    assert "件まで" not in training.session_table(plans["village"]).source


def test_the_sentence_counts_classes_people_and_those_without_a_seat(plans):
    lost = plans["one"].unseated.assign()
    text = training.training_text(plans["one"])
    assert text.startswith("令和9年5月に1講座を開き、延べでステップ1を6人が受ける。") and lost.empty
    short = replace(
        plans["one"],
        unseated=pd.DataFrame(
            [(MAY, 1, 3, "season")], columns=["month", "step", "people", "reason"]
        ),
    )
    assert (
        "受講できない人は延べ3人の見込みで、最も多い理由は繁忙期・切替との重なり。"
        in training.training_text(short)
    )


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "目的・対象・方法は未確認のため、"),
        (
            {
                "belief_purpose": "リテラシーの向上",
                "belief_who": "自分の業務に生かす人",
                "belief_how": "実務の中の実践",
            },
            "目的の受け止め方が、この計画の前提と違う。計画を進める前に話し合う。",
        ),
        (
            {
                "belief_purpose": "利用者の体験の改善",
                "belief_who": "自分の業務に生かす人",
                "belief_how": "実務の中の実践",
            },
            "3つとも、この計画の前提と同じ受け止め方である。",
        ),
    ],
)
def test_the_answers_to_the_three_questions_are_told(answers, words):
    city = tiny(**answers)
    plan = plan_training(city, roadmap(city), staffing(city, (MAY, 1, 1, 6)))
    assert words in training.belief_text(plan).html()
    assert set(training.belief_table(plan).frame["meaning"].notna()) == {True}


def test_the_status_says_whether_the_plan_is_proven(plan):
    proven = replace(plan, outcome=replace(plan.outcome, status="最適", gap=0.0))
    assert (
        "これより良い計画がない" in training.status_line(proven).html()
        and "確かめた" in training.status_line(proven).html()
    )
    stopped = replace(plan, outcome=replace(plan.outcome, status="打切り", gap=0.0123))
    assert "最大1.2%" in training.status_line(stopped).html()


def test_hostile_names_are_only_text(plan):
    evil = '"><script>alert(1)</script>$x_{y$;,\\n'
    changed = {
        name: getattr(plan, name).replace({"税務課": evil}) for name in ("seat", "hours", "season")
    }
    hostile = replace(plan, **changed)
    for show in (*FIGURES, *TABLES):
        assert "<script" not in show(hostile).html()


def test_every_column_of_the_plan_is_one_the_tables_can_name(plan):
    assert {field.name for field in fields(plan)} >= {
        "cohort",
        "session",
        "seat",
        "hours",
        "funnel",
        "trainer",
        "automation",
        "unseated",
        "outcome",
    }
    for make in (*TABLES, *(lambda p, f=f: f(p).data for f in FIGURES)):
        assert all(labels.label_of(column) for column in make(plan).frame)


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_the_busiest_month_of_each_trainer_is_told_and_of_none_who_has_nothing_to_do(plans, name):
    plan = plans[name]
    text = training.trainer_text(plan)
    idle = plan.trainer.assign(trainer="誰も", hours=0.0)
    more = replace(plan, trainer=pd.concat([plan.trainer, idle]))
    assert training.trainer_text(more) == text
    for trainer, part in plan.trainer.groupby("trainer"):
        most = part.loc[part["hours"].idxmax()]
        told = f"{trainer}が{labels.month_text(most['month'])}({most['hours']:,.0f}時間。"
        assert (told in text) is bool(most["hours"])
