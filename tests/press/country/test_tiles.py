"""The map of tiles: 47 prefectures, their shades and what stands in them."""

import re

import pytest

from dxplan.press.country.index import build_index
from dxplan.press.country.tiles import LEGEND, NORTH_FIRST, SHADES, full_name, tile_map
from dxplan.press.page import TEMPLATES
from tests.press.country.test_index import RUN, city

GROUPS = {"北海道": RUN[:1], "千葉県": RUN[1:4], "石川県": RUN[4:], "": ()}


def test_each_of_the_47_prefectures_has_a_place_of_its_own():
    tiles = tile_map(GROUPS)
    assert [tile.name for tile in tiles] == list(NORTH_FIRST) and len(tiles) == 47
    assert len({(tile.row, tile.column) for tile in tiles}) == 47


@pytest.mark.parametrize(
    "north, south",
    [
        ("北海道", "青森"),
        ("青森", "岩手"),
        ("群馬", "埼玉"),
        ("東京", "神奈川"),
        ("鳥取", "岡山"),
        ("香川", "徳島"),
        ("福岡", "熊本"),
        ("宮崎", "鹿児島"),
        ("鹿児島", "沖縄"),
    ],
)
def test_north_is_up(north, south):
    row = {tile.name: tile.row for tile in tile_map(GROUPS)}
    assert row[north] < row[south]


def test_west_is_left():
    column = {tile.name: tile.column for tile in tile_map(GROUPS)}
    assert (
        column["長崎"]
        < column["山口"]
        < column["岡山"]
        < column["京都"]
        < column["愛知"]
        < column["東京"]
        < column["千葉"]
    )


def test_a_tile_counts_its_cities_and_those_above_the_threshold():
    tiles = {tile.name: tile for tile in tile_map(GROUPS)}
    assert (tiles["千葉"].good, tiles["千葉"].total, tiles["千葉"].share, tiles["千葉"].shade) == (
        2,
        3,
        0.0,
        0,
    )
    assert (tiles["石川"].share, tiles["石川"].shade) == (1.0, 4)
    assert (tiles["青森"].total, tiles["青森"].share, tiles["青森"].shade) == (0, None, None)


@pytest.mark.parametrize("late, shade", [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)])
def test_a_shade_is_a_quarter(late, shade):
    watch = {
        "measure": "late",
        "label": "残り",
        "unit": "件",
        "watch": {"over": 0, "label": "団体"},
    }
    members = [city(str(k), "市", measures=[watch | {"value": int(k < late)}]) for k in range(4)]
    tiles = {tile.name: tile for tile in tile_map({"千葉県": members, "北海道": ()})}
    assert tiles["千葉"].shade == shade and len(LEGEND) == SHADES


def test_there_is_no_map_of_fewer_than_two_prefectures():
    assert tile_map({"千葉県": RUN[1:4], "関東": ()}) == () and 'class="tiles"' not in build_index(
        RUN[1:4], "一覧"
    )


def test_each_tile_of_the_run_leads_to_a_group_that_is_there_and_others_lead_nowhere():
    page = build_index(RUN, "一覧")
    tiles = re.search(r'<ol class="tiles".*?</ol>', page, re.DOTALL)[0]
    targets = re.findall(r'href="#(g\d+)"', tiles)
    assert len(targets) == 3 and all(f'id="{target}"' in page for target in targets)
    assert tiles.count('class="absent"') == 44 and full_name("京都") == "京都府"


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    return sum(
        w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4)
        for w, p in zip((0.2126, 0.7152, 0.0722), parts)
    )


def test_the_text_of_every_shade_is_legible():
    style = (TEMPLATES / "index.css").read_text(encoding="utf-8")
    pairs = re.findall(r"\.tiles a\.shade(\d).*?background: (#\w+); color: (#\w+)", style)
    assert [int(shade) for shade, _, _ in pairs] == list(range(SHADES))
    for _, *colours in pairs:
        dark, light = sorted(
            luminance("#" + "".join(c * (2 if len(x) == 4 else 1) for c in x[1:])) for x in colours
        )
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_north_stands_above_south_in_the_window(visit, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(build_index(RUN, "一覧"), encoding="utf-8")
    page = visit(path).page
    box = {
        name: page.locator(f".tiles li:has-text('{name}')").bounding_box()
        for name in ("北海道", "千葉", "石川", "沖縄")
    }
    assert box["北海道"]["y"] < box["石川"]["y"] < box["千葉"]["y"] < box["沖縄"]["y"]
    assert box["沖縄"]["x"] < box["石川"]["x"] < box["千葉"]["x"]
