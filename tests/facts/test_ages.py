"""How old the official figures are, counted in editions."""

from datetime import date

import pytest

from dxplan.facts import ages
from dxplan.facts.ages import full_months, load_ages, old_ones


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 11, 28), 10),
        (date(2023, 1, 1), date(2026, 11, 28), 46),
    ],
)
def test_months_between_two_days(start, end, months):
    assert full_months(start, end) == months


def test_an_edition_is_missed_when_its_months_and_the_months_until_it_is_published_have_passed():
    """The monthly table of 2026-01 is followed by that of 2026-02, published two months later."""

    def missed(day):
        return {age.kind: age.missed for age in load_ages(day)}

    assert missed(date(2026, 4, 1))["status"] == 1
    assert missed(date(2026, 5, 1))["status"] == 2
    assert missed(date(2024, 7, 12))["dxdash"] == 0
    assert missed(date(2022, 1, 1))["juki"] == 0  # never below


def test_each_column_is_told_once_and_old_ones_are_those_that_pages_rest_on():
    found = load_ages(date(2026, 11, 28))
    assert [age.kind for age in found] == "status late juki fiscal ssdse dxdash lgcode".split()
    old = {age.kind for age in old_ones(date(2026, 11, 28))}
    assert old == {"status", "late", "juki", "fiscal", "dxdash"}
    assert not old_ones(date(2024, 7, 31))
    assert ages.OLD == 2
