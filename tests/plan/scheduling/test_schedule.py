"""Hand-solved problems, invariants on random ones, brute force, monotony, sameness, and bad calls."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dxplan.plan.scheduling.schedule import PlanError, Problem, Task, build_schedule, plan_schedule
from dxplan.plan.solve import OPTIMAL, STOPPED
from tests.bench.feasible import cost, faults
from tests.plan.scheduling.instances import cheapest, random_problem

ROOT = Path(__file__).parents[3]


def flat(units, horizon=20):
    return np.full((1, horizon), units)


def of(*tasks, links=(), units=2, horizon=20, **prices):
    return Problem(tasks, tuple(links), flat(units, horizon), **({"makespan_price": 1} | prices))


def test_two_tasks_that_need_one_person_follow_each_other():
    plan = plan_schedule(of(Task("a", 3, (1,)), Task("b", 4, (1,)), units=1))
    assert (plan.cost, plan.status, plan.gap) == (7, OPTIMAL, 0.0)
    assert sorted(plan.finish.tolist())[-1] == 7


def test_a_link_with_a_lag_keeps_its_distance():
    plan = plan_schedule(of(Task("a", 3, (1,)), Task("b", 1, (1,)), links=[(0, 1, 2)]))
    assert plan.start.tolist() == [0, 5]


def test_a_window_blocks_the_start():
    plan = plan_schedule(of(Task("a", 2, (1,), starts=np.arange(20) == 7)))
    assert plan.start.tolist() == [7]


def test_a_closed_calendar_blocks_the_run():
    problem = Problem((Task("a", 3, (1,)),), (), np.array([[1, 1, 0, 1, 0, 1, 1, 1, 1]]), 1)
    assert plan_schedule(problem).start.tolist() == [5]


def test_a_release_blocks_the_start():
    assert plan_schedule(of(Task("a", 1, (1,), release=4))).start.tolist() == [4]


def test_a_gate_delays_the_successor():
    ready = np.where(np.arange(20) <= 3, 8, 15)
    ready = np.maximum(ready, np.arange(20) + 2)
    plan = plan_schedule(of(Task("ask", 2, (0,), ready=ready), Task("buy", 1, (0,)), links=[(0, 1, 0)]))
    assert plan.start.tolist()[1] == 8


def test_a_heavy_due_goes_first():
    tasks = [Task("light", 3, (1,), dues=((0, 1),)), Task("heavy", 3, (1,), dues=((0, 9),))]
    plan = plan_schedule(of(*tasks, units=1, makespan_price=0))
    assert plan.start.tolist() == [3, 0] and plan.cost == 6 + 27


def test_a_priced_peak_levels_the_load():
    tasks = [Task(name, 2, (1,)) for name in "abc"]
    plan = plan_schedule(of(*tasks, units=3, makespan_price=1, peak_price=(10,)))
    assert plan.cost == 6 + 10 and plan.status == OPTIMAL


def test_a_milestone_takes_no_time():
    plan = plan_schedule(of(Task("a", 2, (2,)), Task("done", 0, (0,)), links=[(0, 1, 0)]))
    assert plan.start.tolist() == [0, 2] == (plan.finish - [2, 0]).tolist()


def test_no_tasks_cost_nothing():
    plan = plan_schedule(of())
    assert (plan.cost, plan.bound, plan.status) == (0, 0, OPTIMAL)


@pytest.mark.parametrize("seed", range(25))
def test_every_rule_holds_on_random_problems(seed):
    problem = random_problem(seed)
    plan = plan_schedule(problem, "quick", seed)
    assert faults(problem, plan.start) == []
    assert plan.cost == cost(problem, plan.start) >= plan.bound
    assert plan.status == (OPTIMAL if plan.cost == plan.bound else STOPPED)


@pytest.mark.parametrize("seed", range(6))
def test_five_tasks_cost_what_trying_everything_costs(seed):
    problem = random_problem(seed + 300, count=5, horizon=11)
    tasks = tuple(replace(t, duration=t.duration % 3, ready=None, release=0) for t in problem.tasks)
    problem = replace(problem, tasks=tasks, makespan_price=1)
    plan = plan_schedule(problem)
    assert plan.cost == cheapest(problem, 8) and plan.status == OPTIMAL


@pytest.mark.parametrize("seed", range(8))
def test_more_capacity_with_the_old_plan_as_hint_never_costs_more(seed):
    problem = random_problem(seed + 50)
    old = plan_schedule(problem, "quick")
    wider = replace(problem, capacity=problem.capacity + 2)
    assert plan_schedule(wider, "quick", hint=old.start).cost <= old.cost


@pytest.mark.parametrize("seed", range(8))
def test_a_feasible_hint_is_never_made_worse(seed):
    problem = random_problem(seed + 80)
    good = plan_schedule(problem, "standard")
    assert plan_schedule(problem, "quick", hint=good.start).cost <= good.cost


def test_an_infeasible_hint_is_only_an_order():
    problem = random_problem(3)
    plan = plan_schedule(problem, "quick", hint=np.zeros(len(problem.tasks), int))
    assert faults(problem, plan.start) == []


def test_two_runs_are_the_same_plan():
    problem = random_problem(7, count=30, horizon=150)
    one, two = plan_schedule(problem, seed=5), plan_schedule(problem, seed=5)
    assert one.start.tobytes() == two.start.tobytes() and one.bound == two.bound


def test_another_process_makes_the_same_plan_and_says_nothing():
    words = (
        "from tests.plan.scheduling.instances import random_problem; from dxplan.plan.scheduling.schedule import plan_schedule;"
        "print(plan_schedule(random_problem(7, 30, 150), seed=5).start.tolist())"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    here = plan_schedule(random_problem(7, 30, 150), seed=5).start.tolist()
    assert run.stdout.strip() == str(here) and run.stderr == ""


def test_no_later_task_could_start_earlier_alone():
    problem = random_problem(11)
    plan = plan_schedule(problem, "quick")
    for task in range(len(problem.tasks)):
        earlier = plan.start.copy()
        earlier[task] -= 1
        assert faults(problem, earlier) or cost(problem, earlier) >= plan.cost


def test_a_model_below_the_cheapest_cost_is_infeasible():
    problem = of(Task("a", 3, (1,)), Task("b", 4, (1,)), units=1)
    assert not build_schedule(problem, 7).model.validate()
    assert len(build_schedule(problem).starts) == 2


BAD = {
    "largest capacity is 2": of(Task("a", 1, (3,))),
    "hold a cycle": of(Task("a", 1, (1,)), Task("b", 1, (1,)), links=[(0, 1, 0), (1, 0, 0)]),
    "no allowed start": of(Task("a", 1, (1,), starts=np.zeros(20, bool))),
    "demands 2 resources, not 1": of(Task("a", 1, (1, 1))),
    "starts of task 'a' has shape": of(Task("a", 1, (1,), starts=np.ones(5, bool))),
    "ready of task 'a' is earlier": of(Task("a", 3, (1,), ready=np.arange(20))),
    "duration -1": of(Task("a", -1, (1,))),
    "names a task outside": of(Task("a", 1, (1,)), links=[(0, 4, 0)]),
    "negative lag": of(Task("a", 1, (1,)), Task("b", 1, (1,)), links=[(0, 1, -1)]),
    "peak_price has 2 prices": of(Task("a", 1, (1,)), peak_price=(1, 1)),
    "a price is negative": of(Task("a", 1, (1,)), makespan_price=-1),
    "due with a negative price": of(Task("a", 1, (1,), dues=((1, -1),))),
    "too short for task 'b'": of(Task("a", 15, (1,)), Task("b", 15, (1,)), links=[(0, 1, 0)]),
    "no room was found for task": of(Task("a", 15, (2,)), Task("b", 15, (2,))),
}


@pytest.mark.parametrize("words", BAD)
def test_a_wrong_problem_ends_in_one_sentence(words):
    with pytest.raises(PlanError, match=words.replace("[", r"\[")):
        plan_schedule(BAD[words], "quick")


def test_a_flat_capacity_ends_in_one_sentence():
    with pytest.raises(PlanError, match="1 dimensions"):
        plan_schedule(Problem((), (), np.ones(3, int)))


def test_a_hint_of_another_length_ends_in_one_sentence():
    with pytest.raises(PlanError, match="hint has shape"):
        plan_schedule(of(Task("a", 1, (1,))), hint=[0, 1])


def test_an_unknown_effort_names_the_known_ones():
    with pytest.raises(PlanError, match="quick, standard, thorough"):
        plan_schedule(of(), "hard")
