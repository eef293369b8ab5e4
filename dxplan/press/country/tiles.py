"""A tile for each of the 47 prefectures, laid out roughly as Japan lies, and what a run says of it.

The layout is our own, by hand, and rests on no map data: north is up, the main island bends from
the upper right to the lower left, and a free row or column stands for the sea.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dxplan.press.country.measure import measures_of, watched
from dxplan.press.job import JobOutcome

PLACES = """
.. .. .. .. .. .. .. .. .. .. .. 北海道
.. .. .. .. .. .. .. .. .. .. .. 青森
.. .. .. .. .. .. .. .. .. .. 秋田 岩手
.. .. .. .. .. .. .. .. .. .. 山形 宮城
.. .. .. .. .. .. .. 石川 富山 新潟 福島 ..
.. .. 島根 鳥取 兵庫 京都 福井 岐阜 長野 群馬 栃木 茨城
.. 山口 広島 岡山 大阪 奈良 滋賀 愛知 山梨 埼玉 東京 千葉
佐賀 福岡 .. .. .. 和歌山 三重 .. 静岡 .. 神奈川 ..
長崎 大分 .. 愛媛 香川 .. .. .. .. .. .. ..
熊本 宮崎 .. 高知 徳島 .. .. .. .. .. .. ..
.. 鹿児島 .. .. .. .. .. .. .. .. .. ..
沖縄 .. .. .. .. .. .. .. .. .. .. ..
"""
NORTH_FIRST = (  # the order of the codes: 1 to 47
    "北海道 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川 福井 "
    "山梨 長野 岐阜 静岡 愛知 三重 滋賀 京都 大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 "
    "香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄"
).split()
ENDINGS = {"北海道": "北海道", "東京": "東京都", "京都": "京都府", "大阪": "大阪府"}
SHADES = 5  # 0 none, 1 to 4 up to a quarter, a half, three quarters, all
LEGEND = ("0%", "25%まで", "50%まで", "75%まで", "75%超")


@dataclass(frozen=True)
class Tile:
    """One prefecture.

    Attributes
    ----------
    name : short, such as 千葉.
    row, column : place in the grid, from 1.
    total, good : cities in the run, and those of them with a page; none where the run has none.
    share : of the cities counted, those above the threshold (0..1); None where none is counted.
    shade : 0 to 4, or None.
    """

    name: str
    row: int
    column: int
    total: int = 0
    good: int = 0
    share: float | None = None
    shade: int | None = None


def full_name(name: str) -> str:
    """Name of a prefecture as the groups of a run have it: 千葉県 for 千葉."""
    return ENDINGS.get(name, f"{name}県")


def tile_map(groups: Mapping[str, Sequence[JobOutcome]]) -> tuple[Tile, ...]:
    """The 47 tiles of a run, north first; none where fewer than two groups are prefectures.

    Parameters
    ----------
    groups : name -> outcomes.
    """
    known = [name for name in NORTH_FIRST if full_name(name) in groups]
    if len(known) < 2:
        return ()
    measure = watched(outcome for members in groups.values() for outcome in members)
    places, tiles = _places(), []
    for name in NORTH_FIRST:
        tiles.append(_tile(name, *places[name], groups.get(full_name(name), ()), measure))
    return tuple(tiles)


def _places() -> dict[str, tuple[int, int]]:
    """Short name -> row and column."""
    places = {}
    for row, line in enumerate(PLACES.strip().splitlines(), 1):
        for column, name in enumerate(line.split(), 1):
            places[name] = row, column  # the sea too, under a name that nobody asks for
    return places


def _tile(name: str, row: int, column: int, members: Sequence[JobOutcome], measure: dict) -> Tile:
    above, counted = watch_count(members, measure)
    share = shade = None
    if counted:
        share = above / counted
        shade = math.ceil(share * (SHADES - 1))
    good = sum(outcome.ok for outcome in members)
    return Tile(name, row, column, len(members), good, share, shade)


def watch_count(members: Iterable[JobOutcome], measure: dict) -> tuple[int, int]:
    """How many cities are above the threshold that a measure is watched for.

    Parameters
    ----------
    measure : the watched one; may be empty.

    Returns
    -------
    number of cities above it, and of cities that have the measure.
    """
    above = counted = 0
    if measure:
        name, least = measure["measure"], measure["watch"]["over"]
        for other in measures_of(members):
            if other["measure"] == name and other["value"] is not None:
                counted += 1
                above += other["value"] > least
    return above, counted
