"""Text to value: what files write and what people type is one thing, read by one rule."""

from datetime import date

import pytest

from dxplan.facts.kinds import DATE, DAY, KINDS, NUMBER, serial_day


@pytest.mark.parametrize(
    "kind, text, value",
    [
        ("text", "市川 市", "市川 市"),
        ("int", "-12", -12),
        ("number", "0.72", 0.72),
        ("date", "2028-02-29", date(2028, 2, 29)),
        ("day", "10-31", "10-31"),
        ("flag", "1", True),
        ("flag", "0", False),
    ],
)
def test_files_are_read_strictly(kind, text, value):
    assert KINDS[kind].strict(text) == value
    for wrong in (f" {text}", f"{text}\n", "", "\u3000"):
        with pytest.raises(ValueError):
            KINDS[kind].strict(wrong)


@pytest.mark.parametrize(
    "kind, text",
    [
        ("int", "１２"),
        ("int", "1.0"),
        ("number", "1e5"),
        ("number", "1,200"),
        ("number", "+7"),
        ("number", ".5"),
        ("number", "nan"),
        ("date", "20270401"),
        ("date", "2027-W14-4"),
        ("date", "2027-02-29"),
        ("day", "02-29"),
        ("day", "2-28"),
        ("flag", "true"),
    ],
)
def test_what_a_file_may_not_write_is_refused(kind, text):
    with pytest.raises(ValueError):
        KINDS[kind].strict(text)


def test_what_a_file_writes_can_be_typed_too():
    for kind, text in ((NUMBER, "-0.000012"), (NUMBER, "12345678901234"), (DATE, "2027-04-01")):
        assert kind.lenient(text) == kind.strict(text)
    assert DAY.lenient("１０-３１") == "10-31"


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
        ("+1兆2億.5百万3万4千5", "円", 1_000_200_534_005),
        ("1.5千時間", "時間", 1500),
        ("¥1,200,000", "円", 1_200_000),
        ("￥１，２００，０００", "円/月", 1_200_000),
        ("\\1,200,000-", "円/月", 1_200_000),
        ("-¥300", "円", -300),
        ("¥-300円", "円", -300),
        ("12名", "人", 12),
        ("40名/講座", "人/講座", 40),
        ("3ヶ月", "か月", 3),
        ("3か月間", "か月", 3),
        ("2週間", "週", 2),
        ("1 億 2,000 万円", "円", 120_000_000),
    ],
)
def test_numbers_are_read_as_a_town_hall_writes_them(text, unit, wanted):
    assert NUMBER.lenient(text, unit) == pytest.approx(wanted, rel=1e-12)


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
        ("14 15", "人"),
        ("¥12", "人"),
        ("$12", "円"),
        ("¥", "円"),
        ("12-", "円"),
        ("約12名", "人"),
        ("12名", "回"),
        ("3月", "か月"),
        ("--3", "円"),
        ("+-3", "円"),
        ("1億+2万", "円"),
        ("٣", "人"),
        (".", ""),
        ("+", "円"),
    ],
)
def test_what_is_no_number_is_answered_with_a_sentence(text, unit):
    with pytest.raises(ValueError, match="読めません"):
        NUMBER.lenient(text, unit)


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
        "R9/4/1",
        "2027/4/1 0:00",
        "2027/04/01 00:00:00",
        "2027-04-01T00:00:00.000",
        "2027-04-01T09:30:00+09:00",
        "2027年4月1日(木)",
        "2027/4/1 (木曜日) 0:00",
        "2027‐4‐1",
    ],
)
def test_days_are_read_in_both_calendars(text):
    assert DATE.lenient(text) == date(2027, 4, 1)


def test_ends_of_years_and_months_have_names():
    assert DATE.lenient("令和12年度末") == date(2031, 3, 31) == DATE.lenient("2030年度末")
    assert DATE.lenient("令和10年2月末") == date(2028, 2, 29) == DATE.lenient("R10年2月末日")
    assert DATE.lenient("平成元年4月1日") == date(1989, 4, 1)


@pytest.mark.parametrize(
    "text", ["10-31", "10月31日", "１０／３１", "10.31", "2026-10-31", "R8.10.31", "令和8年10月末"]
)
def test_days_of_every_year_are_read_as_an_office_writes_them(text):
    assert DAY.lenient(text) == "10-31"


@pytest.mark.parametrize("text", ["", "13-1", "2月30日", "2/29", "10月", "10-31-1", "月末"])
def test_what_is_no_day_of_every_year_is_answered_with_a_sentence(text):
    with pytest.raises(ValueError, match="毎年ある月日として読めません"):
        DAY.lenient(text)


def test_a_number_in_a_cell_may_count_a_day():
    assert serial_day(45931.0) == date(2025, 10, 1) == serial_day(45931.75)
    assert serial_day(36526) == date(2000, 1, 1) and serial_day(73050) == date(2099, 12, 31)
    assert serial_day(20270401.0) is serial_day(12.0) is serial_day(-1.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2027-02-30",
        "27-4-1",
        "4/1/2027",
        "46478",
        "2027-03-31T15:00:00Z",
        "2027/4/1 24:00",
        "2027/4/1(金)",
        "2027/13/1(木)",
        "(木)",
        "令和9年4月",
        "明日",
        "2027年13月1日",
        "2027年13月末",
        "令和9年度",
        "9999年度末x",
        "9999年度末",
        "٢٠٢٧-04-01",
    ],
)
def test_what_is_no_day_is_answered_with_a_sentence(text):
    with pytest.raises(ValueError, match="日付として読めません"):
        DATE.lenient(text)
