"""Dated rates of the funds, and what a rate pays of an amount: as a budget counts it."""

from __future__ import annotations

from dxplan.facts import months
from dxplan.town.city import City

POINTS = 10_000  # a rate of 100 % in hundredths of a per cent
THOUSAND = 1000  # a budget counts in thousands of yen
# Tokyo and its wards count as one body (地方交付税法 21条, recalled); Tokyo gets none
WARD = "特別区"


def allocated(city: City) -> bool:
    """Whether the body gets local allocation tax."""
    body = city.at("allocation").word
    if body == "自動":  # nobody has said: its financial strength stands in
        return city.facts.fiscal_strength < 1.0 and city.facts.type != WARD
    return body == "交付団体"


def points_of(city: City, rate: str, fiscal: int) -> tuple[int, str]:
    """A rate at the start of a fiscal year (hundredths of a per cent) and its grade.

    It is 0 before its first day and after its last one (a row of 0 from then on).
    """
    first = months.fiscal_start(fiscal)
    value = city.at(rate, first)
    if value.start is None or value.start <= first:
        return round(value.number * 100), value.grade
    return 0, value.grade


def paid_of(yen: int, points: int) -> int:
    """What a rate pays of an amount (円), in whole thousands and never more than its share."""
    return yen * points // POINTS // THOUSAND * THOUSAND
