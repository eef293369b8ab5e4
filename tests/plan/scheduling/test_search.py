"""The compiled search alone."""

import numpy as np
import pytest

from dxplan.plan.scheduling.bound import earliest_starts, path_bound
from dxplan.plan.scheduling.net import build_net
from dxplan.plan.scheduling.rules import build_rules
from dxplan.plan.scheduling.search import UNPLACED, breed_schedule
from tests.bench.feasible import cost, faults
from tests.plan.scheduling.instances import random_problem


def search(problem, budget, seed=1, target=0):
    net = build_net(problem)
    keys = build_rules(net, earliest_starts(problem, net))
    caps = np.full((len(keys), len(net.cap)), net.cap.max(), np.int64)
    return breed_schedule(net, keys, caps, 40, budget, target, seed)


@pytest.mark.parametrize("seed", range(30))
def test_every_list_gives_a_feasible_schedule_at_the_cost_it_says(seed):
    problem = random_problem(seed + 500, count=20, horizon=120)
    start, said, _ = search(problem, 400_000)
    assert faults(problem, start) == [] and said == cost(problem, start)


def test_more_work_never_costs_more():
    for seed in range(6):
        problem = random_problem(seed + 600, count=25, horizon=150)
        assert search(problem, 2_000_000)[1] <= search(problem, 50_000)[1]


def test_the_same_seed_gives_the_same_start():
    problem = random_problem(601, count=25, horizon=150)
    one, two = search(problem, 500_000, 3), search(problem, 500_000, 3)
    assert one[0].tolist() == two[0].tolist() and one[2] == two[2]


def test_the_search_stops_at_a_proven_bound():
    problem = random_problem(602)
    best = search(problem, 3_000_000)[1]
    assert search(problem, 3_000_000, target=best)[2] < search(problem, 3_000_000)[2]


def test_a_task_without_room_shows_in_the_cost():
    problem = random_problem(603, count=40, horizon=40)
    problem = type(problem)(problem.tasks, (), problem.capacity[:, :25] * 0 + 3, 1)
    tasks = tuple(type(t)(t.key, 5, (3, 3)) for t in problem.tasks)
    net = build_net(type(problem)(tasks, (), problem.capacity, 1))
    keys = np.zeros((1, len(tasks)))
    start, said, _ = breed_schedule(net, keys, np.full((1, 2), 9), 4, 1000, 0, 1)
    assert said >= UNPLACED and (start >= 25).any()


def test_the_rules_put_a_predecessor_before_its_successor_by_latest_start():
    problem = random_problem(604)
    net = build_net(problem)
    keys = build_rules(net, earliest_starts(problem, net))
    assert all(keys[0][a] <= keys[0][b] for a, b, _ in problem.links)
    assert path_bound(net, earliest_starts(problem, net)) <= search(problem, 100_000)[1]
