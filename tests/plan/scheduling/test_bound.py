"""Bounds never pass the cheapest cost."""

from dataclasses import replace

import numpy as np
import pytest

from dxplan.plan.scheduling.bound import deadlines, due_costs, earliest_starts, latest_starts, path_bound
from dxplan.plan.scheduling.energy import energy_bound
from dxplan.plan.scheduling.net import build_net
from dxplan.plan.scheduling.schedule import Problem, Task, plan_schedule
from dxplan.plan.solve import EFFORTS, OPTIMAL
from tests.plan.scheduling.instances import cheapest, random_problem


@pytest.mark.parametrize("seed", range(40))
def test_no_bound_passes_an_optimal_cost(seed):
    problem = random_problem(seed + 900, count=9 + seed % 3, horizon=60)
    plan = plan_schedule(problem)
    net = build_net(problem)
    head = earliest_starts(problem, net)
    # An upper far above the cost: the bound must hold by itself, not because it is cut.
    bound = energy_bound(net, head, 3 * plan.cost + 50, EFFORTS["standard"])
    assert max(path_bound(net, head), bound) <= plan.cost
    assert energy_bound(net, head, plan.cost + 1, EFFORTS["standard"]) <= plan.cost


@pytest.mark.parametrize("seed", range(6))
def test_no_bound_passes_what_trying_everything_costs(seed):
    problem = random_problem(seed + 950, count=4, horizon=14)
    tasks = tuple(replace(task, duration=1 + task.duration % 3, ready=None) for task in problem.tasks)
    problem = replace(problem, tasks=tasks, makespan_price=1, peak_price=(2, 1))
    best = cheapest(problem, 12)
    net = build_net(problem)
    head = earliest_starts(problem, net)
    assert energy_bound(net, head, 10 * best, EFFORTS["standard"]) <= best
    assert plan_schedule(problem).bound <= best


def test_small_problems_are_proved():
    plans = [plan_schedule(random_problem(seed + 900)) for seed in range(12)]
    assert sum(plan.status == OPTIMAL for plan in plans) >= 10


def test_the_energy_bound_sees_what_the_critical_path_does_not():
    tasks = tuple(Task(str(i), 10, (1,), dues=((0, 10),)) for i in range(12))
    problem = Problem(tasks, (), np.ones((1, 130), int))
    net = build_net(problem)
    head = earliest_starts(problem, net)
    exact = 10 * sum(10 * (i + 1) for i in range(12))
    assert path_bound(net, head) == 1200
    assert 0.9 * exact <= energy_bound(net, head, 2 * exact, EFFORTS["standard"]) <= exact


def test_heads_and_tails_follow_links_windows_and_gates():
    ready = np.maximum(np.where(np.arange(20) < 5, 6, 12), np.arange(20) + 2)
    tasks = (Task("ask", 2, (0,), ready=ready), Task("buy", 3, (0,), starts=np.arange(20) % 4 == 0))
    problem = Problem(tasks, ((0, 1, 0),), np.ones((1, 20), int), 1)
    net = build_net(problem)
    assert earliest_starts(problem, net).tolist() == [0, 8]
    assert latest_starts(net, np.array([20, 20])).tolist() == [14, 16]
    assert latest_starts(net, np.array([20, 12])).tolist() == [4, 8]


def test_a_deadline_is_the_last_finish_that_the_price_allows():
    problem = Problem((Task("a", 2, (0,), dues=((2, 5),)),), (), np.ones((1, 20), int))
    net = build_net(problem)
    assert deadlines(net, np.array([0]), 12).tolist() == [4]
    assert due_costs(net, np.array([4])).tolist() == [10]
