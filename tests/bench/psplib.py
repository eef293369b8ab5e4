"""PSPLIB instances through the same door as the roadmap: python -m tests.bench.psplib [DIR]."""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from dxplan.plan.scheduling.schedule import Problem, Task, plan_schedule
from tests.bench.feasible import cost, faults

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "bench" / "psplib"


def load_instance(path):
    """A problem from a file: sizes, capacities, then a line a task (duration, demands, successors)."""
    numbers = list(map(int, path.read_text().split()))
    count, resources = numbers[:2]
    capacity, at = numbers[2 : 2 + resources], 2 + resources
    tasks, links = [], []
    for place in range(count):
        length, demand = numbers[at], tuple(numbers[at + 1 : at + 1 + resources])
        follow = numbers[at + 1 + resources]
        at += 2 + resources
        links += [(place, succ - 1, 0) for succ in numbers[at : at + follow]]
        at += follow
        tasks.append(Task(str(place + 1), length, demand))
    horizon = sum(task.duration for task in tasks) + 1
    return Problem(tuple(tasks), tuple(links), np.repeat(np.array(capacity)[:, None], horizon, 1), 1)


def run_instance(path, best, effort, seed):
    """Gap to best known in per cent, whether it is proved, CPU seconds; stops on an infeasible schedule."""
    problem = load_instance(path)
    clock = time.process_time()
    schedule = plan_schedule(problem, effort, seed)
    seconds = time.process_time() - clock
    wrong = faults(problem, schedule.start)
    if wrong or cost(problem, schedule.start) != schedule.cost or schedule.bound > best:
        raise SystemExit(f"{path.name}: {(wrong or ['cost or bound is wrong'])[0]}")
    if schedule.cost < best:
        print(f"{path.name}: {schedule.cost} beats the best known {best}")
    return 100 * (schedule.cost - best) / best, schedule.cost == schedule.bound, seconds


def _options(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--effort", default="standard")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=10**9, help="instances a set")
    return parser.parse_args(words)


def run_bench(words=None):
    """Run every listed instance and print a line a set."""
    options = _options(words)
    listed = options.folder / "best_known.csv"
    if not listed.exists():
        print(f"PSPLIB bench skipped: {listed.name} was not found in {options.folder}.")
        return
    best = {row["instance"]: int(row["makespan"]) for row in csv.DictReader(listed.open())}
    sets = {}
    for name in best:
        sets.setdefault(name.split("_")[0], []).append(name)
    first = next(iter(best))
    plan_schedule(load_instance(options.folder / first), "quick", 1)  # loads the compiled code
    print(f"PSPLIB, effort {options.effort}, seed {options.seed}, one thread, {options.folder}")
    print(f"{'set':>6} {'instances':>9} {'mean gap %':>10} {'proved %':>8} {'CPU s mean':>10} {'max':>6}")
    total = []
    for name, files in sets.items():
        rows = [
            run_instance(options.folder / file, best[file], options.effort, options.seed)
            for file in files[: options.limit]
        ]
        _say(name, rows)
        total += rows
    _say("all", total)
    print(f"total CPU {sum(row[2] for row in total):.1f} s")


def _say(name, rows):
    gap, proved, seconds = np.array(rows, float).T
    print(
        f"{name:>6} {len(rows):>9} {gap.mean():>10.3f} {100 * proved.mean():>8.0f} "
        f"{seconds.mean():>10.2f} {seconds.max():>6.2f}",
        flush=True,
    )


if __name__ == "__main__":
    run_bench()
