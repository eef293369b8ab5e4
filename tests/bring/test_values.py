"""Cells of foreign columns: read by one meaning, or refused."""

from datetime import date, datetime

import pytest

from dxplan.bring.values import day_of, reading_of

DAYS = {
    "R8.10.1": date(2026, 10, 1),
    "令和元年5月1日": date(2019, 5, 1),
    "Ｒ８．９．１８（金）": date(2026, 9, 18),
    "平成31年4月30日": date(2019, 4, 30),
    "20261001": date(2026, 10, 1),
    "45931": date(2025, 10, 1),
    45931.0: date(2025, 10, 1),
    datetime(2026, 10, 1, 9): date(2026, 10, 1),
    "令和9年3月末日": date(2027, 3, 31),
}
NO_DAYS = (
    "2026/2/30", "8.10.1", "10/1", "令和元年", "R8.9.18(木)", "2026.1", "済", "R8.10.1〜", "10月",
    5.0, 2026.0, True, datetime(1900, 1, 5), "1900/1/5", "12",
)  # fmt: skip


@pytest.mark.parametrize("cell", DAYS)
def test_days_of_all_kinds(cell):
    assert day_of(cell) == DAYS[cell]


@pytest.mark.parametrize("cell", NO_DAYS)
def test_what_may_be_another_day_is_none(cell):
    with pytest.raises(ValueError):
        day_of(cell)


def test_a_month_begins_or_ends_a_span_and_is_told():
    cells = ["2026年10月", "R8.10", ""]
    starts = reading_of("date", cells, "", "planned_start")
    assert starts.values == [date(2026, 10, 1)] * 2 + [None]
    assert starts.loose == {0, 1} and "月の初日" in starts.notes[0]
    assert reading_of("date", cells, "", "end").values[0] == date(2026, 10, 31)


SHARES = {
    "of a format": ([0.4, 1.0, 0.0], [40, 100, 0]),
    "numbers": ([40.0, 100.0, 0.0], [40, 100, 0]),
    "typed": (["40%", "5％", ""], [40, 5, None]),
    "one or a hundred": ([1.0, 0.0], [None, None]),
    "both at once": ([0.5, 40.0], [None, None]),
    "too many": ([40.0, 140.0], [40, None]),
}


@pytest.mark.parametrize("cells, right", SHARES.values(), ids=SHARES)
def test_shares(cells, right):
    found = reading_of("percent", cells, "", "progress")
    assert found.values == right
    assert len(found.faults) == sum(
        value is None and cell != "" for cell, value in zip(cells, right, strict=True)
    )


def test_nothing_is_no_fault():
    cells = ["－", "ー", "未定", "TBD", "", "…", "n/a", "なし"]
    found = reading_of("date", cells, "", "end")
    assert not found.said and not found.faults
