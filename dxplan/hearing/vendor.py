"""What a vendor is asked (照会票): for its own lots alone, without prices of others or inner notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dxplan.facts.params import sureness
from dxplan.hearing.asked import Line, Topic, blank_at
from dxplan.hearing.topics import ANSWER, listed
from dxplan.town.city import City
from dxplan.town.lots import Lot
from dxplan.town.variant import Place, Said

GIVEN = ("ロット", "項目", "意味", "これまでの回答", "単位")
LOT = "vendor offered confidence depends extension_yen".split()
OWN = "people lots_at_once".split()
WHOLE = "全体"  # in the column of the lots, what is asked of all of them
Item = tuple[str, Place, Said]  # lot, place, what the vendor itself has said


def vendor_lots(city: City) -> dict[str, tuple[Lot, ...]]:
    """Whom a sheet goes to -> the lots of which it asks; of a lot without vendor its own name."""
    found: dict[str, tuple[Lot, ...]] = {}
    for lot in city.lots:
        name = lot.vendor or lot.name
        found[name] = (*found.get(name, ()), lot)
    return found


def vendor_topics(city: City, vendor: str, lots: Sequence[Lot]) -> tuple[Topic, ...]:
    """The sheets of a vendor's inquiry.

    Parameters
    ----------
    city : the municipality.
    vendor : as ``vendor_lots`` names it.
    lots : of this vendor.
    """
    lines: list[Line] = []
    for name, place, now in _items(vendor, lots):
        blank = blank_at(place, now)
        spec = blank.spec
        told = (name, spec.label, spec.meaning, now, spec.unit)
        number = f"V{len(lines) + 1:03}"
        lines.append(Line(number, told, (blank,)))
    names = tuple(lot.name for lot in lots)
    about = "提示日とその前提、体制、現行契約を延長する場合の額"
    lacks = "切替の時点で提供できない機能。1行に1つ"
    wants = "稼働の日を守るために団体に求めること。1行に1つ"
    return (
        Topic("照会", about, GIVEN, (ANSWER,), tuple(lines)),
        listed("足りない機能", lacks, "F", "lacks", choices=names),
        listed("団体に求めること", wants, "W", "wants", choices=names),
    )


def _items(vendor: str, lots: Sequence[Lot]) -> Iterator[Item]:
    for lot in lots:
        said: dict[str, Said] = {"vendor": lot.vendor or None}
        if lot.offer:
            said |= {"offered": lot.offer.day, "confidence": sureness(lot.offer) or None}
        for name in LOT:
            if name != "vendor" or not lot.vendor:
                yield lot.name, Place("lots", lot.name, name), said.get(name)
    for name in OWN:
        yield WHOLE, Place("vendors", vendor, name), None
