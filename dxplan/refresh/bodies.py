"""Which municipality a row of an official file means: by its code, or by prefecture and name.

Codes come as 011002, as the number 11002 that lost its zero, or as R01100 without check digit;
names with or without their 郡, and with letters that vary between sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from dxplan.bring.cells import Cell as CellValue
from dxplan.bring.cells import cell_text
from dxplan.bring.words import squashed
from dxplan.facts import catalog

SAME_LETTERS = str.maketrans("ケヶヵカ檮﨑龍藪曽瀨渕", "けけかか梼崎竜薮曾瀬淵")
WHOLE = "WHOLE"  # a row of the whole country, a prefecture, a 郡, a ward: not a municipality
ONE_TO_ONE = ("市制施行", "政令指定都市への移行", "市の名称の変更", "郡の区域の変更")
# villages that are on the list of codes and have no office: 泊村 to 蘂取村
NORTH = ("016951", "016969", "016977", "016985", "016993", "017001")
DISTRICT = re.compile(r"^.{1,5}?郡(?=.+[町村]$)")


def name_key(name: str) -> str:
    """A municipality's name in one spelling."""
    return squashed(name).translate(SAME_LETTERS)


class Bodies:
    """The municipalities of today and what leads to them; which were named, and which are unknown.

    Attributes
    ----------
    seen : codes of today that were named.
    plain : whether the codes of the file have no check digit.
    moved : code of before -> codes of today, of rows that named one of before.
    strange : what was named and is none.
    """

    def __init__(self, plain: bool = False) -> None:
        self.plain = plain
        self.seen: set[str] = set()
        self.moved: dict[str, list[str]] = {}
        self.strange: list[str] = []

    def by_code(self, cell: CellValue) -> str:
        """Six digits of today that a code means; WHOLE for a row of another kind, "" for none."""
        code = full_code(cell, self.plain)
        if code in _codes():
            self.seen.add(code)
            return code
        if code in _prefectures().values() or code in catalog.load_districts() or code in NORTH:
            return WHOLE
        change = catalog.load_changes().get(code)
        if not change:
            return ""
        if change.change == "区の再編":
            return WHOLE
        self.moved[code] = change.codes.split()
        # the figures of a part are not those of the whole
        return self.moved[code][0] if change.change in ONE_TO_ONE else WHOLE

    def by_name(self, pref: str, name: str) -> str:
        """The six digits that prefecture and name mean; WHOLE for a sum, "" for none."""
        where, bare = squashed(pref), DISTRICT.sub("", name.strip().removeprefix(pref.strip()))
        if is_whole(name) or is_whole(bare):
            return WHOLE
        for key in (name_key(name), name_key(bare)):
            code = _names().get((where, key))
            if code:
                self.seen.add(code)
                return code
        return ""

    def missing(self) -> list[str]:
        """Codes of today that no row named, but for those that a row of before leads to."""
        led = {code for codes in self.moved.values() for code in codes}
        return [code for code in _codes() if code not in self.seen | led]


def is_whole(name: str) -> bool:
    """Whether a cell in a municipality's place stands for a prefecture or a sum."""
    return squashed(name) in ("", "合計", "全国", "全国計", "総計", "都道府県")


def is_prefecture(code: str) -> bool:
    """Whether six digits are those of a prefecture: three zeros stand before the check digit."""
    return code[2:5] == "000"


def plain_codes(cells: Iterable[CellValue]) -> bool:
    """Whether the codes of a column have no check digit: 12203 is 市川市 there, else 士別市."""
    votes = 0
    for cell in cells:
        votes += (full_code(cell, plain=True) in _codes()) - (full_code(cell) in _codes())
    return votes > 0


def full_code(cell: CellValue, plain: bool = False) -> str:
    """Six digits of a code; "" where a cell holds none."""
    text = cell_text(cell).upper().removeprefix("R")
    if not re.fullmatch("[0-9]{4,6}", text):
        return ""
    if plain or cell_text(cell).startswith(("R", "r")):
        text = text.zfill(5)
        return text + catalog.check_digit(text) if len(text) == 5 else ""
    code = text.zfill(6)
    return code if catalog.check_digit(code[:5]) == code[5] else ""


def prefecture_code(pref: str) -> str:
    """The six digits of a prefecture; "" where a word is none."""
    return _prefectures().get(squashed(pref), "")


def body_name(code: str) -> str:
    """Prefecture and name of a code, of a municipality or a prefecture."""
    town = _codes().get(code)
    if town:
        return f"{town.pref}{town.name}"
    return next(
        (row["pref"] for row in catalog.load_rows("prefectures") if row["code"] == code), code
    )


@cache
def _codes() -> dict[str, catalog.Municipality]:
    return {town.code: town for town in catalog.load_municipalities()}


@cache
def _prefectures() -> dict[str, str]:
    return {squashed(row["pref"]): row["code"] for row in catalog.load_rows("prefectures")}


@cache
def _names() -> dict[tuple[str, str], str]:
    """(prefecture, name) -> code; no two municipalities of one prefecture share a name."""
    names = {}
    for town in catalog.load_municipalities():
        names[squashed(town.pref), name_key(town.name)] = town.code
    return names
