"""A tile for each of the 47 prefectures, laid out by hand roughly as Japan lies, and what a run says of each.

The layout is our own and rests on no map data: north is up, the main island bends from the upper
right to the lower left, and a free row or column stands for the sea.
"""

import math
from dataclasses import dataclass

from dxplan.press.country.measure import watched

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
    "北海道 青森 岩手 宮城 秋田 山形 福島 茨城 栃木 群馬 埼玉 千葉 東京 神奈川 新潟 富山 石川 福井 山梨 長野 岐阜 静岡 愛知 三重 "
    "滋賀 京都 大阪 兵庫 奈良 和歌山 鳥取 島根 岡山 広島 山口 徳島 香川 愛媛 高知 福岡 佐賀 長崎 熊本 大分 宮崎 鹿児島 沖縄"
).split()
ENDINGS = {"北海道": "北海道", "東京": "東京都", "京都": "京都府", "大阪": "大阪府"}
SHADES = 5  # 0 none, 1 to 4 up to a quarter, a half, three quarters, all
LEGEND = ("0%", "25%まで", "50%まで", "75%まで", "75%超")


@dataclass(frozen=True)
class Tile:
    """One prefecture.

    Attributes
    ----------
    name : short name, such as 千葉
    row, column : place in the grid, from 1
    total, good : cities in the run, and those of them with a page; no total where the run has none
    share : of the cities counted, those above the threshold (0..1), or None where nothing is counted
    shade : 0 to 4, or None
    """

    name: str
    row: int
    column: int
    total: int = 0
    good: int = 0
    share: float | None = None
    shade: int | None = None


def full_name(name):
    """Name of a prefecture as the groups of a run have it.

    Parameters
    ----------
    name : short name, such as 千葉

    Returns
    -------
    text such as 千葉県
    """
    return ENDINGS.get(name, f"{name}県")


def tile_map(groups):
    """The 47 tiles of a run, north first.

    Parameters
    ----------
    groups : dict of a group's name to its outcomes

    Returns
    -------
    tuple of tiles; empty where fewer than two groups are prefectures
    """
    known = [name for name in NORTH_FIRST if full_name(name) in groups]
    if len(known) < 2:
        return ()
    place = _places()
    measure = watched([outcome for members in groups.values() for outcome in members])
    return tuple(
        _tile(name, *place[name], groups.get(full_name(name), ()), measure) for name in NORTH_FIRST
    )


def _places():
    """Short name -> row and column."""
    rows = [line.split() for line in PLACES.strip().splitlines()]
    return {
        name: (row, column)
        for row, names in enumerate(rows, 1)
        for column, name in enumerate(names, 1)
        if name != ".."
    }


def _tile(name, row, column, members, measure):
    above, counted = watch_count(members, measure)
    share = above / counted if counted else None
    shade = None if share is None else math.ceil(share * (SHADES - 1))
    return Tile(
        name, row, column, len(members), sum(outcome.ok for outcome in members), share, shade
    )


def watch_count(members, measure):
    """How many cities are above the threshold that a measure is watched for.

    Parameters
    ----------
    members : outcomes
    measure : dict of the watched measure; may be empty

    Returns
    -------
    number of cities above it, and of cities that have the measure
    """
    if not measure:
        return 0, 0
    found = [
        one["value"]
        for outcome in members
        for one in outcome.headline.get("measures", ())
        if one["measure"] == measure["measure"] and one["value"] is not None
    ]
    return sum(value > measure["watch"]["over"] for value in found), len(found)
