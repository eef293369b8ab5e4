"""The search over columns against three rivals: trying all, CP-SAT, and HiGHS."""

import random

import numpy as np
import pytest

from dxplan.plan.pmo import build_pmo, plan_pmo
from dxplan.plan.work import build_frame
from dxplan.solve import search
from dxplan.solve.outcome import NoRoomError
from dxplan.solve.search import Grid, best_columns
from tests.plan.changes import by_defaults, said_of
from tests.plan.checker import Terms, faults, usual_terms
from tests.plan.rivals import Choices, by_cp_sat, by_highs, enumerated
from tests.plans import plain

SIX = "331007"  # the city whose six lots take the search longest


def drawn(least, most, count, seed=12):
    """Some of the cities with so many lots."""
    return random.Random(seed).sample(by_defaults(least, most), count)


def answer(plan):
    """(cost in hundredths of a point, sum of the weeks) of a plan."""
    return round(plan.cost * 100), sum(column.window.week for column in plan.columns)


def places(plan):
    """Index of the column that each lot has taken."""
    return [project.columns.index(column) for project, column in zip(plan.projects, plan.columns)]


@pytest.mark.parametrize("least, most, count", [(1, 1, 10), (2, 2, 3)])  # all of them: make nation
def test_the_plan_is_the_best_of_all_and_of_equals_the_earliest(least, most, count):
    for city in drawn(least, most, count):
        plan = plan_pmo(city)
        assert plan.outcome.status == "最適" and answer(plan) == enumerated(Choices(plan)), (
            city.name
        )


@pytest.mark.rest
@pytest.mark.parametrize(
    "rival", [by_cp_sat, by_highs]
)  # 20 cities of 3 to 5 lots and those of six: make nation
def test_the_plan_costs_what_another_model_in_another_solver_costs(rival):
    plan = plan_pmo(plain("362018"))
    cost, proved = rival(Choices(plan))
    assert (
        len(plan.lots) == 3 and proved and plan.outcome.status == "最適" and answer(plan)[0] == cost
    )


def test_the_cost_of_a_plan_is_that_of_its_columns_and_its_bound_the_same():
    for city in drawn(3, 6, 5):
        plan = plan_pmo(city)
        assert (
            Choices(plan).priced(places(plan)) == answer(plan)[0] == plan.outcome.bound
            and plan.outcome.gap == 0
        )


def test_no_plan_next_to_it_is_better():
    """One lot in any other of its columns, the others where they are."""
    for city in drawn(4, 6, 2):
        plan = plan_pmo(city)
        choices, taken = Choices(plan), places(plan)
        for lot, project in enumerate(plan.projects):
            for k in range(0, len(project.columns), 5):
                other = choices.priced([k if i == lot else place for i, place in enumerate(taken)])
                assert other is None or other >= answer(plan)[0]


def test_what_cannot_be_proved_within_its_nodes_says_so_with_a_bound_below_it():
    city = plain(SIX)
    grid, _, _ = build_pmo(city, build_frame(city))
    whole, short = best_columns(grid), best_columns(grid, 3_000)
    assert whole.proved and whole.bound == whole.cost
    assert (
        not short.proved and short.bound <= whole.cost <= short.cost and short.nodes < whole.nodes
    )


def split(city, count):
    """The city whose systems still to move are dealt out to so many lots."""
    systems = [system.business for lot in city.lots for system in lot.systems]
    for k in range(count):
        city = said_of(city, f"組{k + 1}", systems=tuple(systems[k::count]))
    return city


@pytest.mark.rest
def test_a_city_that_splits_its_systems_into_many_lots_still_gets_a_plan_that_keeps_the_rules():
    plan = plan_pmo(split(plain("172031"), 18))
    assert len(plan.lots) == 18 and faults(plan) == []
    assert (
        plan.outcome.status == "打切り"
        and 0 < plan.outcome.bound < plan.cost * 100
        and 0 < plan.outcome.gap < 0.3
    )


def test_lots_that_may_share_a_night_share_it_where_that_is_cheaper():
    city = split(plain("172031"), 3)
    apart = plan_pmo(city)
    pairs = frozenset(frozenset(pair) for pair in (("組1", "組2"), ("組1", "組3"), ("組2", "組3")))
    for one in ("組1", "組2", "組3"):
        city = said_of(city, one, nights=frozenset({"組1", "組2", "組3"} - {one}))
    together = plan_pmo(city)
    assert (
        together.cost < apart.cost
        and together.lots["cutover"].nunique() < 3 == apart.lots["cutover"].nunique()
    )
    usual = usual_terms()
    terms = Terms(
        usual.reserve,
        usual.vendor,
        usual.rfp,
        usual.wait,
        usual.elections,
        usual.gates,
        nights=pairs,
    )
    assert faults(together, terms) == [] and faults(together) != []


# --- grids made by hand ---------------------------------------------------------------------------
def grid(week, own, load=None, gap=3, same=False, early=0, capacity=9):
    """Lots with columns of the weeks and prices given, and one resource."""
    week, own = (np.array(rows, np.int64) for rows in (week, own))
    lots, most = week.shape
    count = np.array([most] * lots)
    load = np.zeros((lots, most, 1, 20), np.int32) if load is None else np.array(load, np.int32)
    pair = np.ones((lots, lots), np.int64) - np.eye(lots, dtype=np.int64)
    spans = np.zeros((lots, most), np.int64), np.full((lots, most), 20, np.int64)
    return Grid(
        count,
        week,
        own,
        load,
        *spans,
        np.ones((lots, 1), bool),
        np.full((1, 20), capacity, np.int64),
        gap * pair,
        np.full((lots, lots), same),
        early * np.triu(pair),
        1,
        10,
    )


def test_two_lots_keep_their_distance_or_share_a_night():
    weeks, prices = [[2, 4, 8], [2, 4, 8]], [[1, 5, 9], [1, 5, 9]]
    assert (
        best_columns(grid(weeks, prices)).cost == 10
        and best_columns(grid(weeks, prices, same=True)).cost == 2
    )
    assert best_columns(grid(weeks, prices, gap=2)).cost == 6
    with pytest.raises(NoRoomError, match="no columns go together"):
        best_columns(grid([[2], [3]], [[1], [1]]))


def test_a_lot_before_the_one_with_the_register_pays_the_link():
    weeks, prices = [[2, 8], [5, 11]], [[1, 20], [1, 2]]
    assert best_columns(grid(weeks, prices)).column == (0, 0)
    linked = best_columns(grid(weeks, prices, early=50))
    assert linked.cost == 21 and linked.column == (1, 0)


def test_peaks_and_what_exceeds_them_are_paid_once_for_all_lots():
    load = np.zeros((2, 2, 1, 20), np.int32)
    load[0, :, 0, 3:6] = 6
    load[1, 0, 0, 5:9], load[1, 1, 0, 12:14] = 4, 4
    found = best_columns(grid([[3, 3], [7, 13]], [[0, 0], [0, 4]], load))
    assert (
        found.column[1] == 1 and found.cost == 4 + 6
    )  # beside each other they would reach 10, 1 above the 9 that are there
    assert best_columns(grid([[3, 3], [7, 13]], [[0, 0], [0, 20]], load)).cost == 10 + 10 * 1


def test_of_equal_prices_the_earlier_week_is_taken():
    found = best_columns(grid([[3, 9], [20, 30]], [[5, 5], [7, 7]]))
    assert found.column == (0, 0) and found.cost == 12


def test_a_lot_without_a_column_is_refused():
    empty = grid([[1]], [[1]])
    with pytest.raises(NoRoomError, match="a lot has no column"):
        best_columns(
            Grid(
                np.array([0]),
                *(
                    getattr(empty, name)
                    for name in (
                        "week",
                        "own",
                        "load",
                        "first",
                        "last",
                        "uses",
                        "capacity",
                        "gap",
                        "same",
                        "early",
                        "peak",
                        "over",
                    )
                ),
            )
        )


# --- where compiled code is kept -----------------------------------------------------------------
@pytest.fixture
def kept_in(tmp_path, monkeypatch):
    """A function that says where compiled code goes, if anywhere, of a read-only installation."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(search, "__file__", str(tmp_path / "file" / "search.py"))
    monkeypatch.setattr(search.config, "CACHE_DIR", "")
    return lambda: (search._keeps(), search.config.CACHE_DIR)


def test_compiled_code_of_a_read_only_installation_lies_in_a_folder_of_ones_own(
    kept_in, monkeypatch, tmp_path
):
    monkeypatch.setattr(search, "cache_folder", lambda: tmp_path)
    assert kept_in() == (True, str(tmp_path))


def test_where_there_is_no_such_folder_code_is_compiled_and_not_kept(kept_in, monkeypatch):
    monkeypatch.setattr(search, "cache_folder", lambda: None)
    assert kept_in() == (False, "")


def test_a_folder_that_a_person_has_named_stands(kept_in, monkeypatch, tmp_path):
    monkeypatch.setattr(search.config, "CACHE_DIR", "theirs")
    monkeypatch.setattr(search, "cache_folder", lambda: tmp_path)
    assert kept_in() == (True, "theirs")
