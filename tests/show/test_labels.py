"""Words, dates and numbers as a reader sees them."""

from datetime import date

import pandas as pd
import pytest

from dxplan.plan.pmo import CUTOVER_COLUMNS, GATE_COLUMNS, TASK
from dxplan.plan.why import WHY
from dxplan.show import labels

OTHER = ("month", "resource", "kind", "load", "capacity", "role", "fte")


@pytest.mark.parametrize("column", [*TASK, *CUTOVER_COLUMNS, *GATE_COLUMNS, *WHY, *OTHER])
def test_every_column_of_the_plan_has_a_label(column):
    assert labels.label_of(column)


def test_every_word_of_a_plan_has_a_japanese_word(plans):
    for plan in plans.values():
        for column in ("bound", "wait"):
            assert all(labels.word_of(column, word) for word in plan.task[column])
        assert all(labels.word_of("role", role) for role in plan.demand["role"])
        for name in [*plan.task, *plan.cutover, *plan.gate, *plan.load, *plan.demand]:
            assert labels.label_of(name)


@pytest.mark.parametrize("column", labels.COLUMNS)
def test_every_kind_of_column_has_a_format(column):
    assert column in labels.WORDS or labels.COLUMNS[column].kind in labels.FORMATS


def test_dates_are_written_in_both_counts():
    assert labels.fiscal_text(2030) == "令和12(2030)年度"
    assert labels.fiscal_text(2019) == "令和元(2019)年度"
    assert labels.month_text(date(2031, 3, 1)) == "2031年3月"
    assert labels.day_text(date(2031, 3, 31)) == "2031年3月31日(月)"
    assert labels.run_text(date(2030, 12, 28), date(2031, 1, 5)) == "12月28日(土)〜1月5日(日)"


@pytest.mark.parametrize(("value", "text"), [(3.0, "+3.0"), (-2.46, "−2.5"), (0.04, "±0"), (-0.04, "±0")])
def test_a_difference_shows_its_sign(value, text):
    assert labels.signed_text(value) == text


@pytest.mark.parametrize(("value", "text"), [(40.0, "40"), (0.5, "0.5"), (2.25, "2.25"), (12345.0, "12,345")])
def test_a_number_has_the_decimals_it_needs(value, text):
    assert labels.number_text(value) == text


def test_late_weeks_are_called_late():
    assert labels.spare_text(-17) == "17週(約4か月)の遅れ"
    assert labels.spare_text(2) == "2週の余裕"


def test_a_missing_value_is_a_dash():
    assert [labels.value_text("weeks", v) for v in (None, float("nan"), pd.NaT)] == ["―"] * 3


def test_guesses_are_marked():
    assert labels.grade_text("G") == "G 要確認"
    assert labels.grade_text("M") == "M 要確認"
    assert labels.grade_text("A") == "A"


def test_a_month_and_day_is_read_out():
    assert labels.amount_text("要求 10-31、執行 04-01") == "要求 10月31日、執行 4月1日"
