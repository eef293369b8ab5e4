"""Why each task of a schedule starts when it does, and the chain that sets its end.

A task waits for whatever forbids most of the weeks between the day its predecessors are done and its start: a window
(season, closure) or a full resource. Where nothing forbids a week, the task was put later on purpose to keep a peak
low (level). The critical chain follows these reasons back from the last finish (Goldratt's term for a critical path
that also counts resources).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dxplan.plan.scheduling.schedule import Problem


@dataclass(frozen=True)
class Trace:
    """Reasons and chain of one schedule.

    Attributes
    ----------
    wait : a word a task: "" (at the start of the plan), pred, window, level, or the kind of the full resource.
    critical : places of the tasks on the critical chain, last first.
    """

    wait: tuple[str, ...]
    critical: tuple[int, ...]


def trace_schedule(problem: Problem, start: np.ndarray, kinds: Sequence[str]) -> Trace:
    """Reasons and critical chain of a feasible schedule.

    Parameters
    ----------
    problem : the tasks, links and capacities [R, T].
    start : start [N] in periods.
    kinds : a word for each resource [R].
    """
    load = _load(problem, start)
    ready = [_ready(task, int(week)) for task, week in zip(problem.tasks, start)]
    preds: list[list[int]] = [[] for _ in problem.tasks]
    earliest = np.zeros(len(start), int)
    for pred, succ, lag in problem.links:
        preds[succ].append(pred)
        earliest[succ] = max(earliest[succ], ready[pred] + lag)
    wait = tuple(_wait(problem, load, i, int(earliest[i]), int(start[i]), kinds) for i in range(len(start)))
    return Trace(wait, _chain(problem, start, ready, preds, wait, kinds))


def _load(problem: Problem, start: np.ndarray) -> np.ndarray:
    load = np.zeros_like(problem.capacity)
    for task, week in zip(problem.tasks, start):
        load[:, week:week + task.duration] += np.array(task.demand, load.dtype)[:, None]
    return load


def _ready(task, week: int) -> int:
    return week + task.duration if task.ready is None else int(task.ready[week])


def _wait(problem: Problem, load: np.ndarray, i: int, earliest: int, start: int, kinds: Sequence[str]) -> str:
    if start <= earliest:
        return "pred" if earliest > 0 else ""
    task, demand = problem.tasks[i], np.array(problem.tasks[i].demand, load.dtype)[:, None]
    part = slice(earliest, start + task.duration)
    others = load[:, part].copy()
    others[:, start - earliest:] -= demand
    short = np.cumsum(problem.capacity[:, part] - others < demand, axis=1)
    short = np.hstack([np.zeros((len(short), 1), int), short])
    full = short[:, task.duration:] - short[:, :-task.duration or None]  # [R, W], weeks without room if it starts in each
    words = np.where(full.any(axis=0), np.array(kinds, object)[full.argmax(axis=0)], "level")[:start - earliest]
    if task.starts is not None:
        words = np.where(task.starts[earliest:start], words, "window")
    return Counter(words.tolist()).most_common(1)[0][0]


def _chain(problem: Problem, start, ready, preds, wait, kinds) -> tuple[int, ...]:
    finish = np.array([week + task.duration for task, week in zip(problem.tasks, start)])
    chain = [int(finish.argmax())]
    while start[chain[-1]] > 0:
        before = _before(problem, chain[-1], start, finish, ready, preds, wait, kinds)
        if before is None or before in chain:
            break
        chain.append(before)
    return tuple(chain)


def _before(problem: Problem, i: int, start, finish, ready, preds, wait, kinds) -> int | None:
    """The task that task i waits for: one that frees its resource, else the predecessor that is ready last."""
    if wait[i] in kinds:
        sharing = [j for j, task in enumerate(problem.tasks) if j != i and finish[j] <= start[i] and finish[j] > 0
                   and any(a and b and kind == wait[i] for a, b, kind in zip(task.demand, problem.tasks[i].demand, kinds))]
        if sharing:
            return max(sharing, key=lambda j: (finish[j], -j))
    return max(preds[i], key=lambda j: (ready[j], -j), default=None)
