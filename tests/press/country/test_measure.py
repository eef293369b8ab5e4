"""What the machine values of a headline must look like."""

import pytest

from dxplan.press.country.measure import measure_fault

GOOD = {
    "measure": "last_p50",
    "label": "見通し",
    "value": "2031-01-01",
    "unit": "日付",
    "column": "稼働の見通し",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"value": None},
        {"value": 3, "unit": "週"},
        {"value": -2.5, "unit": "週"},
        {"watch": {"over": 0, "label": "団体"}},
        {"value": "both", "unit": "区分"},
        {"as_of": "2026-11-23", "grade": "G"},
    ],
)
def test_a_right_measure_passes(change):
    assert measure_fault([GOOD | change]) == "" and measure_fault([]) == ""


@pytest.mark.parametrize(
    "measures, words",
    [
        ({"a": 1}, "リスト"),
        (["a"], "リスト"),
        ([GOOD, GOOD], "last_p50 が2回"),
        ([GOOD | {"measure": "Last Go"}], "英小文字"),
        ([GOOD | {"label": ""}], "label が空でない"),
        ([GOOD | {"unit": None}], "unit が空でない"),
        ([GOOD | {"column": 1}], "column が文字列"),
        ([GOOD | {"value": "2031年"}], "value"),
        ([GOOD | {"value": "20310331"}], "value"),
        ([GOOD | {"value": 3}], "value"),
        ([GOOD | {"value": "3", "unit": "週"}], "value"),
        ([GOOD | {"value": 3, "unit": "区分"}], "value"),
        ([GOOD | {"value": "", "unit": "区分"}], "value"),
        ([GOOD | {"value": float("nan"), "unit": "週"}], "value"),
        ([GOOD | {"value": True, "unit": "週"}], "value"),
        ([{k: v for k, v in GOOD.items() if k != "value"}], "value"),
        ([GOOD | {"watch": {"over": "0", "label": "x"}}], "watch"),
        ([GOOD | {"watch": 1}], "watch"),
    ],
)
def test_a_wrong_measure_is_named_in_japanese(measures, words):
    fault = measure_fault(measures)
    assert words in fault and fault.startswith("見出しの measures") and fault.endswith("。")
