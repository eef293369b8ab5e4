"""Words, dates and numbers as a reader sees them."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from dxplan.facts.kinds import FORMS
from dxplan.plan.timetable import CUTOVER, GATES, LOAD
from dxplan.show import labels


@pytest.mark.parametrize("column", [*CUTOVER, *GATES, *LOAD, "role", "fte"])
def test_every_column_of_the_plan_that_is_shown_as_it_is_has_a_label(column):
    assert labels.label_of(column)


def test_every_word_of_a_plan_has_a_japanese_word(plans):
    for plan in plans.values():
        assert labels.word_of("situation", plan.city.situation)
        assert all(labels.word_of("state", system.state.value) for system in plan.city.movable)
        assert all(labels.word_of("phase", phase) for phase in plan.task["phase"])
        assert all(labels.word_of("set_by", word) for word in plan.lots["set_by"])
        assert all(labels.word_of("window", word) for word in plan.lots["window"])
        assert all(labels.word_of("role", role) for role in plan.demand["role"])


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2029, 1, 4), date(2029, 3, 31), "令和10年度第4四半期"),
        (date(2028, 8, 1), date(2029, 2, 1), "令和10年度第2四半期〜第4四半期"),
        (date(2029, 1, 4), date(2029, 4, 1), "令和10年度第4四半期〜令和11年度第1四半期"),
        (None, None, "見通せない"),
        (date(2029, 1, 4), None, "令和10年度第4四半期〜見通せない"),
    ],
)
def test_a_range_of_quarters_is_one_where_both_ends_lie_in_it(first, last, text):
    assert labels.quarters_text(first, last) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "99%以上"), (0.991, "99%以上"), (0.874, "87%"), (0.01, "1%以下"), (0.0, "1%以下")],
)
def test_a_chance_is_never_certain(share, text):
    assert labels.chance_text(share) == text


def test_a_quarter_can_be_told_with_its_months():
    assert labels.quarter_long(date(2029, 2, 1)) == "令和10年度第4四半期(令和11年1〜3月)"
    assert labels.quarter_long(date(2028, 4, 1)) == "令和10年度第1四半期(令和10年4〜6月)"


def test_every_form_that_a_heading_may_name_is_written():
    assert set(FORMS) == set(labels.FORMATS)


def test_values_to_confirm_are_counted_by_their_grade():
    graded = [SimpleNamespace(grade=grade) for grade in "AMBGGC"]
    assert labels.unsure_count(graded) == 3


def test_dates_are_written_in_both_counts():
    assert labels.fiscal_text(2030) == "令和12(2030)年度"
    assert labels.fiscal_text(2019) == "令和元(2019)年度"
    assert labels.month_text(date(2031, 3, 1)) == "令和13年3月"
    assert labels.day_text(date(2031, 3, 31)) == "令和13年3月31日(月)"
    assert labels.run_text(date(2030, 12, 28), date(2031, 1, 5)) == "12月28日(土)〜1月5日(日)"


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "+3.0"), (-2.46, "−2.5"), (0.04, "±0"), (-0.04, "±0")]
)
def test_a_difference_shows_its_sign(value, text):
    assert labels.signed_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(40.0, "40"), (0.5, "0.5"), (2.25, "2.25"), (12345.0, "12,345")]
)
def test_a_number_has_the_decimals_it_needs(value, text):
    assert labels.number_text(value) == text


def test_a_missing_value_is_a_dash():
    assert [labels.value_text("weeks", v) for v in (None, float("nan"), pd.NaT)] == ["―"] * 3


def test_a_value_is_written_in_the_form_of_its_column():
    assert labels.value_text("weeks", 3.0) == "3"
    assert labels.value_text("live", date(2028, 4, 1)) == labels.day_text(date(2028, 4, 1))


def test_guesses_are_marked():
    assert labels.grade_text("G") == "G 要確認"
    assert labels.grade_text("M") == "M 要確認"
    assert labels.grade_text("A") == "A"


def test_a_month_and_day_is_read_out():
    assert labels.amount_text("要求 10-31、執行 04-01") == "要求 10月31日、執行 4月1日"


@pytest.mark.parametrize(
    ("gap", "text"),
    [(0.0, "改善の余地なし"), (0.0004, "改善の余地なし"), (0.012, "改善の余地1.2%まで")],
)
def test_how_much_better_a_calculation_may_become_is_told_where_there_is_something(gap, text):
    assert labels.outcome_text(SimpleNamespace(gap=gap)) == text
