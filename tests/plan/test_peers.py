"""Peers are near by what they are; a blank is never zero, and the client's own stand first."""

from dataclasses import replace

import numpy as np
import pytest

from dxplan.facts.catalog import load_municipalities
from dxplan.plan import peers
from tests.plans import plain

NAN = np.nan
LOGS = ("population", "staff_general")
TOWNS = load_municipalities()
PLACES = {town.code: place for place, town in enumerate(TOWNS)}


def found(town, pinned=()):
    """The peers of a municipality, with some that its file names."""
    city = plain("172031")
    return peers.plan_peers(
        replace(city, facts=town, params=replace(city.params, peers=tuple(pinned)))
    )


def named(name, *pinned):
    return found(next(town for town in TOWNS if town.name == name), pinned)


def line(*values):
    """Towns of one feature."""
    return np.array(values, float)[:, None]


@pytest.fixture(scope="module")
def features():
    """The features of all municipalities, put together apart from the planner."""
    known = peers.figures()
    columns = [np.log(known[name]) if name in LOGS else known[name] for name in peers.NUMBERS]
    return peers.scaled(np.column_stack(columns)), np.array([town.class_ for town in TOWNS])


def test_in_a_symmetric_set_distances_and_order_are_exact():
    table = peers.scaled(line(*range(9)))  # quartiles 2 and 6
    kinds = np.array(list("aaaaaaaab"))
    gap = peers.differences(table, kinds, 4)
    assert peers.distance(gap).tolist() == [1, 0.75, 0.5, 0.25, 0, 0.25, 0.5, 0.75, 2]
    assert peers.nearest(gap, 4, 8) == [3, 5, 2, 6, 1, 7, 0, 8]
    assert peers.nearest(gap, 4, 3, [8, 0]) == [8, 0, 3]
    grid = np.array([(x, y) for x in range(4) for y in range(4)], float)
    whole = [peers.distance(peers.differences(grid, np.zeros(16), own)) for own in range(16)]
    assert (np.array(whole) == np.array(whole).T).all()
    assert peers.nearest(peers.differences(grid, np.zeros(16), 5), 5, 4) == [1, 4, 6, 9]


def test_a_column_without_quartile_range_is_left_as_it_is():
    assert peers.scaled(line(3, 3, 3, 3, 9))[:, 0].tolist() == [3, 3, 3, 3, 9]


def test_a_blank_is_as_far_as_a_quartile_range_and_never_zero():
    table = np.array([(0, 0), (0, NAN), (0, 0.9), (0, 1.1), (NAN, NAN)])
    kinds = np.zeros(5)
    assert peers.distance(peers.differences(table, kinds, 0)).tolist() == [0, 1, 0.9, 1.1, 2]
    assert peers.nearest(peers.differences(table, kinds, 0), 0, 4) == [2, 1, 3, 4]
    assert peers.distance(peers.differences(table, kinds, 1)).tolist() == [1, 1, 1, 1, 2]


def test_blanks_of_the_tables_stay_blank_in_features_and_indicators():
    figures = peers.figures()
    blank = [town.future_burden_ratio is None for town in TOWNS]
    assert sum(blank) > 800 and (np.isnan(figures["future_burden_ratio"]) == blank).all()
    nobody = [town.population_census == 0 for town in TOWNS]
    assert sum(nobody) == 1
    for name in ("old_share", "household"):
        assert (np.isnan(figures[name]) == nobody).all()
    asked = [town.dx_policy for town in TOWNS]
    assert np.isnan(figures["dx_policy"]).sum() == asked.count(None)
    assert np.nansum(figures["dx_policy"]) == asked.count(True)


def test_a_place_counts_those_below_and_half_of_the_same_and_no_blank():
    others = line(1, 2, 2, 3, NAN)
    for value, place in ((0, 0), (1, 1 / 8), (2, 0.5), (2.5, 0.75), (9, 1)):
        assert peers.position(np.array([value]), others) == [place]
    assert np.isnan(peers.position(np.array([NAN]), others))
    assert np.isnan(peers.position(np.array([1.0]), line(NAN, NAN)))


def test_quartiles_are_those_of_the_known_and_want_ten_of_them():
    chance = np.random.default_rng(1)
    table = chance.integers(0, 30, (20, 40)).astype(float)
    table[chance.random(table.shape) < 0.45] = NAN
    known = (~np.isnan(table)).sum(axis=0)
    assert known.min() < peers.LEAST < known.max()
    wanted = np.nanquantile(table, peers.QUARTERS, axis=0)
    wanted[:, known < peers.LEAST] = NAN
    assert peers.quartiles(table) == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(
    "value, better, word",
    [
        (5, 1, "within"),
        (2, -1, "within"),
        (6, 1, "strong"),
        (6, -1, "weak"),
        (1, 1, "weak"),
        (1, -1, "strong"),
        (6, 0, "high"),
        (1, 0, "low"),
        (NAN, 1, "unknown"),
    ],
)
def test_only_what_passes_the_quartiles_is_strong_or_weak(value, better, word):
    assert peers.verdict(value, 2, 5, better) == word
    assert peers.verdict(value, NAN, NAN, better) == "unknown"


def test_everybody_is_asked_for_something_before_anybody_for_a_second():
    ahead = np.array([(1, 0, 0, 0), (1, 1, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0)], bool)
    assert peers.chosen(ahead, 2) == [1, 3]
    assert peers.chosen(ahead, 3) == [0, 1, 3]
    assert peers.chosen(ahead, 9) == [0, 1, 2, 3]
    assert peers.chosen(ahead[4:], 5) == []


def test_those_who_are_asked_are_better_and_in_the_best_quarter():
    for town in TOWNS[5::250]:
        one = found(town)
        order = [peer.code for peer in one.peer]
        assert len(one.ask) <= peers.ASKED
        assert [peer.code for peer, _ in one.ask] == sorted(
            (peer.code for peer, _ in one.ask), key=order.index
        )
        for peer, subjects in one.ask:
            row = TOWNS[PLACES[peer.code]]
            assert subjects
            for name, theirs, value in subjects:
                better = peers.INDICATORS[name]
                assert (theirs, value) == (getattr(row, name), getattr(town, name))
                assert better * theirs > better * value
                among = peers.figures()[name][[PLACES[code] for code in order]]
                best = np.nanquantile(better * among, 0.75)
                assert better * theirs >= best and name not in peers.UNASKED


def test_what_a_city_does_moves_none_of_its_peers():
    """Only what it is: figures of the DX dashboard and of the systems are no features."""
    assert not set(peers.FEATURES) & set(peers.INDICATORS)
    assert {name for name in peers.FEATURES if name not in peers.DERIVED} <= {
        "population",
        "staff_general",
        "fiscal_strength",
        "current_balance_ratio",
        "class",
    }


def test_peers_are_of_the_kind_that_an_officer_expects():
    one = named("横浜市")
    assert one.peer[0].name == "名古屋市"
    names = {peer.name for peer in one.peer}
    assert {"川崎市", "大阪市", "神戸市", "札幌市", "福岡市"} <= names
    assert sum(peer.kind == "指定都市" for peer in one.peer) >= 17
    assert sum(peer.kind == "特別区" for peer in named("千代田区").peer) >= 18
    assert {peer.kind for peer in named("青ヶ島村").peer} <= {"村", "町"}
    assert named("石垣市").peer[0].name == "宮古島市"


def test_the_strength_of_a_ward_is_compared_with_wards_alone():
    for peer in named("港区").peer:
        assert peer.blank == (peer.kind != "特別区")


def test_a_peer_says_what_is_near_and_what_is_not(features):
    table, kinds = features
    own = PLACES["172031"]
    gap = peers.differences(table, kinds, own)
    for peer in found(TOWNS[own]).peer:
        row = gap[PLACES[peer.code]]
        assert peer.distance == pytest.approx(row.sum())
        near = [name for name, far in zip(peers.FEATURES, row, strict=True) if far <= peers.NEAR]
        assert sorted(peer.near) == sorted(near) and near
        assert not set(peer.near) & set(peer.far)
        first = peer.near[0]
        assert row[peers.FEATURES.index(first)] == min(row[:-1])


def test_pinned_peers_stay_first_in_their_order():
    plain_one = named("小松市")
    far, near = "131016", plain_one.peer[3].code
    one = named("小松市", far, near)
    assert [(peer.code, peer.pinned) for peer in one.peer[:2]] == [(far, True), (near, True)]
    assert len(one.peer) == peers.COUNT and not any(peer.pinned for peer in one.peer[2:])
    rest = [peer.code for peer in plain_one.peer if peer.code != near]
    assert [peer.code for peer in one.peer[2:]] == rest[: peers.COUNT - 2]
    assert one.peer[0].distance > one.peer[-1].distance


def test_leaving_out_a_feature_keeps_half_of_the_peers(features):
    table, kinds = features
    kept = np.zeros((60, len(peers.FEATURES)))
    sample = np.random.default_rng(17).choice(len(TOWNS), len(kept), replace=False)
    for row, own in zip(kept, sample, strict=True):
        gap = peers.differences(table, kinds, own)
        whole = set(peers.nearest(gap, own, peers.COUNT))
        for place in range(len(row)):
            part = peers.nearest(np.delete(gap, place, axis=1), own, peers.COUNT)
            row[place] = len(whole & set(part)) / peers.COUNT
    assert kept.mean(axis=0).min() >= 0.5, dict(zip(peers.FEATURES, kept.mean(axis=0)))


def _whole(one):
    codes = [peer.code for peer in one.peer]
    assert len(codes) == len(set(codes)) == peers.COUNT and one.city.code not in codes
    distances = [peer.distance for peer in one.peer]
    assert distances == sorted(distances) and one.own.code == one.city.code
    assert [row.indicator for row in one.standing] == list(peers.INDICATORS)
    for row in one.standing:
        assert row.known + row.blank == peers.COUNT
        assert (row.verdict == "unknown") == (np.isnan(row.value) or row.known < peers.LEAST)
        assert np.isnan(row.nation) == np.isnan(row.value)


def test_a_sample_gets_twenty_peers_without_itself():
    for town in TOWNS[::40]:
        _whole(found(town))


@pytest.mark.rest
def test_every_municipality_gets_twenty_peers_without_itself():
    for town in TOWNS:
        _whole(found(town))


def test_the_spread_holds_the_places_of_the_standing():
    one = named("小松市")
    for row in one.standing:
        places = one.spread[row.indicator]
        assert len(places) == peers.COUNT + 1
        # the nation without the city itself, and with it
        assert places[-1] == pytest.approx(row.nation, abs=1e-3, nan_ok=True)


def test_two_runs_are_equal():
    first, second = named("小松市"), named("小松市")
    assert repr((first.peer, first.standing, first.ask)) == repr(
        (second.peer, second.standing, second.ask)
    )
