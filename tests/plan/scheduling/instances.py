"""Small random problems, and their cheapest cost by trying everything."""

import itertools

import numpy as np

from dxplan.plan.scheduling.schedule import Problem, Task
from tests.bench.feasible import cost, faults


def random_problem(seed, count=12, horizon=60, resources=2):
    """Calendars, windows, gates, dues, peaks and a makespan price, each in some of the problems."""
    draw = np.random.default_rng(seed)
    capacity = draw.integers(4, 8, (resources, 1)).repeat(horizon, 1)
    if draw.random() < 0.7:
        capacity[0, ::7] = draw.integers(0, 4)
    tasks = tuple(_task(draw, place, horizon, resources) for place in range(count))
    links = [
        (a, b, int(draw.integers(0, 2)))
        for a, b in itertools.combinations(range(count), 2)
        if draw.random() < 1.5 / count
    ]
    peaks = tuple(draw.integers(0, 4, resources).tolist()) if draw.random() < 0.5 else ()
    return Problem(tasks, tuple(links), capacity, int(draw.integers(0, 3)), peaks)


def _task(draw, place, horizon, resources):
    length = int(draw.integers(0, 6))
    demand = tuple(draw.integers(0, 4, resources).tolist())
    starts, ready = None, None
    if draw.random() < 0.25:
        starts = np.arange(horizon) % 5 < 3
    if draw.random() < 0.25:
        ready = -(-(np.arange(horizon) + length) // 10) * 10
    dues = ((int(draw.integers(0, 20)), int(draw.integers(1, 5))),) if draw.random() < 0.4 else ()
    return Task(f"t{place}", length, demand, starts, ready, int(draw.integers(0, 4)), dues)


def cheapest(problem, periods):
    """Least cost over every start of every task in the first periods."""
    best = None
    for start in itertools.product(range(periods), repeat=len(problem.tasks)):
        if best is None or cost(problem, start) < best:
            best = best if faults(problem, start) else cost(problem, start)
    return best
