import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from dxplan.facts.catalog import load_gate_rules, load_session_rules
from dxplan.facts.months import (
    Gate,
    GateRule,
    SessionRule,
    Weeks,
    closures,
    day_words,
    era_year,
    first_of_next_month,
    fiscal_quarter,
    fiscal_start,
    fiscal_year,
    gates,
    is_open,
    months_in,
    next_open,
    sessions,
)

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.parametrize(
    "day, year, quarter",
    [
        (date(2026, 4, 1), 2026, 1),
        (date(2026, 6, 30), 2026, 1),
        (date(2026, 7, 1), 2026, 2),
        (date(2026, 12, 31), 2026, 3),
        (date(2027, 1, 1), 2026, 4),
        (date(2027, 3, 31), 2026, 4),
    ],
)
def test_the_fiscal_year_begins_in_april(day, year, quarter):
    assert (fiscal_year(day), fiscal_quarter(day)) == (year, quarter)


def test_a_fiscal_year_starts_on_the_first_of_april():
    assert fiscal_start(2026) == date(2026, 4, 1)
    assert fiscal_year(fiscal_start(2031)) == 2031


def test_the_next_month_after_december_is_january():
    assert first_of_next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert first_of_next_month(date(2026, 11, 23)) == date(2026, 12, 1)


def test_months_wrap_over_the_end_of_the_year():
    assert months_in(10, 2) == {10, 11, 12, 1, 2}
    assert months_in(3, 4) == {3, 4}
    assert months_in(6, 6) == {6}


def test_a_month_outside_the_year_is_refused():
    with pytest.raises(ValueError, match="1..12"):
        months_in(0, 3)


@pytest.mark.parametrize(
    "day, is_open_then",
    [
        (date(2026, 11, 20), True),  # a Friday
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 11, 23), False),  # 勤労感謝の日
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2027, 3, 22), False),  # the holiday of Sunday the 21st moves to Monday
    ],
)
def test_offices_close_on_weekends_holidays_and_at_the_turn_of_the_year(day, is_open_then):
    assert is_open(day) is is_open_then


def test_a_year_without_known_holidays_is_refused():
    with pytest.raises(ValueError, match="2020..2050"):
        is_open(date(2051, 1, 4))


def test_the_next_open_day_is_the_day_itself_when_open():
    assert next_open(date(2026, 12, 28)) == date(2026, 12, 28)
    assert next_open(date(2026, 12, 29)) == date(2027, 1, 4)


def test_closures_equal_the_44_windows_that_another_library_found():
    path = SHARED / "domain" / "closed_windows_2026_2031.csv"
    if not path.exists():
        pytest.skip("../shared がないため、44の閉庁期間との照合を省いた")
    kinds = {"年末年始": "年末年始", "大型連休GW": "大型連休", "3連休等": "連休"}
    with path.open(encoding="utf-8", newline="") as file:
        known = [(r["start"], r["end"], r["days"], kinds[r["kind"]]) for r in csv.DictReader(file)]
    found = closures(date(2026, 11, 24), date(2031, 3, 31))
    assert [(str(c.start), str(c.end), str(c.days), c.kind) for c in found] == known
    assert len(found) == 44


def test_closures_are_the_longest_runs_of_closed_days():
    for closure in closures(date(2026, 4, 1), date(2032, 3, 31), days=2):
        days = [closure.start + timedelta(days=k) for k in range(closure.days)]
        assert days[-1] == closure.end
        assert not any(is_open(day) for day in days)
        assert is_open(closure.start - timedelta(days=1)) and is_open(
            closure.end + timedelta(days=1)
        )


def test_a_closure_cut_by_the_edge_is_left_out():
    assert closures(date(2026, 12, 30), date(2027, 1, 8)) == ()
    assert closures(date(2026, 12, 28), date(2027, 1, 2)) == ()
    assert len(closures(date(2026, 12, 29), date(2027, 1, 3))) == 1


def test_a_week_grid_begins_on_the_first_monday_on_or_after_a_day():
    assert Weeks.on_or_after(date(2026, 12, 1), 4).start == date(2026, 12, 7)
    assert Weeks.on_or_after(date(2026, 12, 7), 4).start == date(2026, 12, 7)


def test_day_and_index_of_a_week_grid_are_each_others_inverse():
    weeks = Weeks(date(2026, 12, 7), 10)
    for i in range(-3, 12):
        assert weeks.index(weeks.day(i)) == i
        assert weeks.index(weeks.day(i) + timedelta(days=6)) == i


def test_a_week_grid_on_another_weekday_or_without_periods_is_refused():
    with pytest.raises(ValueError, match="Monday"):
        Weeks(date(2026, 12, 1), 4)
    with pytest.raises(ValueError, match="at least one"):
        Weeks(date(2026, 12, 7), 0)


def test_the_month_shares_of_a_week_split_it_by_weekdays():
    months, share = Weeks(date(2026, 12, 21), 3).month_share()
    assert months == (date(2026, 12, 1), date(2027, 1, 1))
    # 28 December 2026 to 1 January 2027: four weekdays in December, one in January
    np.testing.assert_allclose(share, [[1, 0], [0.8, 0.2], [0, 1]])


def test_a_weekend_in_the_next_month_does_not_open_that_month():
    months, share = Weeks(date(2027, 4, 26), 1).month_share()  # the weekend is 1 and 2 May
    assert months == (date(2027, 4, 1),)
    np.testing.assert_allclose(share, [[1]])


def test_a_gate_names_the_fiscal_year_in_which_the_money_is_spent():
    rule = GateRule("当初予算", "10-31", "04-01", 1)
    assert gates([rule], date(2026, 12, 1), date(2027, 12, 31)) == (
        Gate("当初予算", 2028, date(2027, 10, 29), date(2028, 4, 1)),  # 31 October 2027 is a Sunday
    )


def test_gates_come_in_the_order_of_their_last_day_to_ask():
    found = gates(load_gate_rules(), date(2026, 12, 1), date(2028, 12, 31))
    assert len(found) == 12
    assert [gate.request_by for gate in found] == sorted(gate.request_by for gate in found)
    assert all(gate.request_by < gate.available for gate in found)
    assert all(gate.fiscal_year == fiscal_year(gate.available) for gate in found)


def test_a_gate_whose_request_day_is_past_is_gone():
    rule = GateRule("2〜3月補正", "01-10", "03-25", 0)
    assert gates([rule], date(2027, 1, 8), date(2027, 12, 31))[0].request_by == date(
        2027, 1, 8
    )  # a Friday
    assert (
        gates([rule], date(2027, 1, 9), date(2027, 12, 31)) == ()
    )  # the rule's 10 January is a Sunday


def test_money_is_there_only_after_the_council_session_that_votes_it():
    ends = {s.end for s in sessions(load_session_rules(), date(2026, 4, 1), date(2032, 3, 31))}
    for gate in gates(load_gate_rules(), date(2026, 4, 1), date(2031, 3, 31)):
        assert any(gate.request_by < end < gate.available for end in ends), gate


def test_a_session_that_overlaps_the_edge_counts():
    rule = SessionRule("6月定例会", "06-05", "06-28")
    assert len(sessions([rule], date(2027, 6, 28), date(2027, 7, 31))) == 1
    assert sessions([rule], date(2027, 6, 29), date(2027, 7, 31)) == ()


def test_the_years_of_an_office_change_with_the_era():
    days = (date(2019, 4, 30), date(2019, 5, 1), date(2020, 1, 1), date(1989, 1, 8))
    assert [era_year(day) for day in days] == ["平成31年", "令和元年", "令和2年", "平成元年"]
    assert day_words(date(2031, 3, 31)) == "令和13年3月31日"
