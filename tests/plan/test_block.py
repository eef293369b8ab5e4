"""The block of a lot keeps every lag of the template, for all sizes, rehearsals and done work."""

from itertools import combinations

import pytest

from dxplan.plan.block import DONE, block_of, build_block, rehearsals_of
from dxplan.town.city import load_city
from tests.plan.changes import said_of
from tests.plan.checker import length, template, wanted_lags

RESERVE = 13
DONE_KEYS = sorted(set(DONE.values()) - {"LAW"})
PREPARATION = [row["key"] for key in ("SET", "EXT", "ENV", "PIA") for row in template(key, 3)]


def bars(block):
    """Key of an item -> its first week, and the week after its last."""
    return {piece.key: (piece.start, piece.start + piece.weeks) for piece in block.pieces}


def check(block, rehearsals, reserve=RESERVE, done=(), longer=()):
    """All lags of data/lot_template.csv hold in a block, and its items are the template's."""
    found = bars(block)
    keys = {*PREPARATION, "T1", "T2", *(f"R{k}" for k in range(1, rehearsals + 1))} - set(done)
    assert set(found) == keys | {"TRN", "NOTE", "CUT", "CARE"}
    assert found["CUT"] == (0, 1)
    for before, after, low, high in wanted_lags(rehearsals, reserve, done, longer):
        if before in found and after in found:
            assert low <= found[after][0] - found[before][1] <= high, (before, after)


@pytest.mark.parametrize("rehearsals", [2, 3, 4])
@pytest.mark.parametrize("systems", range(1, 21))
def test_every_size_and_number_of_rehearsals_has_a_block_that_keeps_every_lag(systems, rehearsals):
    block = build_block(systems, rehearsals, RESERVE)
    check(block, rehearsals)
    found = bars(block)
    for key, (first, after) in found.items():
        assert after - first == length(key, systems, rehearsals), key
    for key in PREPARATION:
        assert RESERVE <= found["R1"][0] - found[key][1] <= RESERVE + 8
    assert 3 <= -found[f"R{rehearsals}"][1] <= 8 and 2 <= -found["TRN"][1] <= 4


@pytest.mark.parametrize("reserve", [0, 26, 52])
def test_the_reserve_lies_between_the_preparation_and_the_first_rehearsal_alone(reserve):
    usual, wide = build_block(9, 3, RESERVE), build_block(9, 3, reserve)
    check(wide, 3, reserve)
    assert wide.start == usual.start - (reserve - RESERVE)


@pytest.mark.parametrize("rehearsals", [2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, len(DONE_KEYS) - 1, len(DONE_KEYS)])
def test_whatever_is_done_the_rest_keeps_its_lags(count, rehearsals):
    for done in combinations(DONE_KEYS, count):
        block = build_block(5, rehearsals, RESERVE, frozenset(done))
        check(block, rehearsals, done=done)
        assert block.start >= build_block(5, rehearsals, RESERVE).start


@pytest.mark.parametrize("key", DONE_KEYS)
@pytest.mark.parametrize("weeks", [1, 8, 26, 104])
def test_an_item_may_take_as_much_longer_as_a_file_may_say(key, weeks):
    for systems, rehearsals in ((1, 2), (3, 2), (20, 3), (20, 4)):
        block = build_block(systems, rehearsals, RESERVE, frozenset(), ((key, weeks),))
        check(block, rehearsals, longer=((key, weeks),))
        first, after = bars(block)[key]
        assert after - first == length(key, systems, rehearsals) + weeks


def test_the_block_is_the_shortest_there_is():
    for systems, rehearsals in ((1, 2), (9, 3), (20, 4)):
        found = bars(build_block(systems, rehearsals, RESERVE))
        least = {"CUT": 0}
        lags = list(wanted_lags(rehearsals, RESERVE))
        for key in sorted(found, key=lambda key: -found[key][0]):  # as late as the lags alone allow
            after = [least[b] - low for a, b, low, _ in lags if a == key and b in least]
            if key not in ("CUT", "CARE"):
                least[key] = min(after) - length(key, systems, rehearsals)
        assert min(found[key][0] for key in found) == min(least.values())


def test_a_block_is_levelled_no_higher_than_all_at_once():
    block = build_block(9, 3, RESERVE)
    weeks = range(block.start, 8)
    load = [
        sum(piece.item.dx for piece in block.pieces if piece.start <= t < piece.end) for t in weeks
    ]
    preparation = [piece for piece in block.pieces if piece.key in PREPARATION]
    assert max(load) < sum(piece.item.dx for piece in preparation) + 0.3
    assert len({piece.start for piece in preparation}) > 1


@pytest.mark.parametrize("code", ["141003", "172031", "216046", "092096"])
def test_rehearsals_follow_the_size_and_the_class_unless_the_city_says_so(code):
    city = load_city(code)
    for lot in city.lots:
        more = city.facts.class_ == "指定都市"
        assert rehearsals_of(city, lot) == (2 if len(lot.systems) <= 3 else 3) + more
        said = said_of(city, lot.name, rehearsals=4, done=frozenset({"設定", "リハーサル1"}))
        block = block_of(said, next(one for one in said.lots if one.name == lot.name))
        assert (
            block.rehearsals == 4 and not {"SET", "R1"} & set(bars(block)) and "R4" in bars(block)
        )
