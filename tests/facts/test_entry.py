"""What people type at the table is read as they mean it, or answered with a sentence."""

from datetime import date

import pytest

from dxplan.facts.entry import cells_of, date_of, number_of, value_of
from dxplan.facts.params import ParamError
from dxplan.town.defaults import load_specs


@pytest.mark.parametrize(
    "text, unit, wanted",
    [
        ("14", "人", 14),
        ("１４", "人", 14),
        ("14人", "人", 14),
        ("１４　人", "人", 14),
        ("1,200", "", 1200),
        ("４５．５％", "%", 45.5),
        ("45%/年", "%/年", 45),
        ("45%", "%/年", 45),
        ("▲3", "", -3),
        ("－２", "", -2),
        (".5", "", 0.5),
        ("+7", "", 7),
        ("1億2,000万円", "円", 120_000_000),
        ("300万", "円", 3_000_000),
        ("12百万円", "円", 12_000_000),
        ("1,200千円", "円", 1_200_000),
        ("１．５億円/システム", "円/システム", 150_000_000),
        ("850000", "円/月", 850_000),
        ("２兆", "円", 2 * 10**12),
    ],
)
def test_numbers_are_read_as_a_town_hall_writes_them(text, unit, wanted):
    assert number_of(text, unit) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    "text, unit",
    [
        ("", "人"),
        ("十四", "人"),
        ("14課", "人"),
        ("1,20", ""),
        ("12,34,567", ""),
        ("1e5", ""),
        ("nan", ""),
        ("inf", ""),
        ("=1+1", ""),
        ("万", "円"),
        ("3万2億", "円"),
        ("1_000", ""),
        ("14 15人", "課"),
        ("--3", "円"),
    ],
)
def test_what_is_no_number_is_answered_with_a_sentence(text, unit):
    with pytest.raises(ParamError, match="読めません"):
        number_of(text, unit)


@pytest.mark.parametrize(
    "text",
    [
        "2027-04-01",
        "2027/4/1",
        "２０２７年４月１日",
        "令和9年4月1日",
        "R9.4.1",
        "令和９年 ４月 １日",
        "20270401",
        "r9"[:0] + "R9/4/1",
    ],
)
def test_days_are_read_in_both_calendars(text):
    assert date_of(text) == date(2027, 4, 1)


def test_ends_of_years_and_months_have_names():
    assert date_of("令和12年度末") == date(2031, 3, 31) == date_of("2030年度末")
    assert date_of("令和10年2月末") == date(2028, 2, 29)
    assert date_of("平成元年4月1日") == date(1989, 4, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-02-30",
        "27-4-1",
        "令和9年4月",
        "明日",
        "2027年13月1日",
        "2027年13月末",
        "令和9年度",
        "9999年度末x",
    ],
)
def test_what_is_no_day_is_answered_with_a_sentence(text):
    with pytest.raises(ParamError, match="日付として読めません"):
        date_of(text)


def test_a_value_stays_within_its_declaration():
    specs = load_specs()
    assert value_of("１４人", specs["dx_staff"]) == 14
    assert value_of("令和11年度末", specs["target_date"]) == date(2030, 3, 31)
    assert value_of(" 二刀流 ", specs["strategy"]) == "二刀流"
    for name, text, word in (
        ("dx_staff", "0", "0.5〜500人"),
        ("target_date", "2025-04-01", "2026年12月1日〜2032年3月31日"),
        ("strategy", "気合", "二刀流・自前のみ"),
    ):
        with pytest.raises(ParamError, match=word):
            value_of(text, specs[name])


def test_a_block_from_a_spreadsheet_becomes_cells():
    assert cells_of("業務\t完了\r\n住民基本台帳\t１２\t\r\n\r\n") == [
        ["業務", "完了"],
        ["住民基本台帳", "12"],
    ]
    assert cells_of('"税務課\n(本庁)"\t9') == [["税務課\n(本庁)", "9"]]
    assert cells_of("\n\n") == []
    with pytest.raises(ParamError, match="貼り付け直して"):
        cells_of('"' + "あ" * 200_000)
