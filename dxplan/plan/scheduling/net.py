"""A problem as flat arrays, the form that the compiled search reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dxplan.plan.scheduling.problem import Problem, topological


class Net(NamedTuple):
    """Flat arrays of a problem; lists of lists are kept as (ptr, values) pairs.

    Attributes
    ----------
    dur, release : int [n].
    res_ptr, res_id, res_amt : demands above 0 of each task.
    pred_ptr, pred_id, pred_lag and succ_ptr, succ_id, succ_lag : links from both ends.
    row : int [n], the row of `after` and `before` that a task uses; row 0 allows every period.
    after : int [rows, T + 1], first allowed start at t or later, T for none.
    before : int [rows, T + 1], last allowed start at t or earlier, -1 for none.
    ready_row : int [n], row of `ready`, -1 where successors may follow the finish at once.
    ready : int [rows, T].
    cap : int [R, T].
    due_ptr, due_at, due_price : dues of each task.
    job : int [n], the one task with a due that a task leads to; -1 where it leads to several or none.
    makespan_price : int.
    peak_price, least : int [R], price of a peak unit; the least level that fits each demand.
    order : int [n], places of the tasks with predecessors first.
    """

    dur: np.ndarray
    release: np.ndarray
    res_ptr: np.ndarray
    res_id: np.ndarray
    res_amt: np.ndarray
    pred_ptr: np.ndarray
    pred_id: np.ndarray
    pred_lag: np.ndarray
    succ_ptr: np.ndarray
    succ_id: np.ndarray
    succ_lag: np.ndarray
    row: np.ndarray
    after: np.ndarray
    before: np.ndarray
    ready_row: np.ndarray
    ready: np.ndarray
    cap: np.ndarray
    due_ptr: np.ndarray
    due_at: np.ndarray
    due_price: np.ndarray
    job: np.ndarray
    makespan_price: int
    peak_price: np.ndarray
    least: np.ndarray
    order: np.ndarray


def build_net(problem: Problem) -> Net:
    """Flat arrays of a checked problem.

    Parameters
    ----------
    problem : a problem that check_problem accepts.
    """
    tasks, (resources, horizon) = problem.tasks, problem.capacity.shape
    demands = [[(r, a) for r, a in enumerate(task.demand) if a > 0 and task.duration > 0] for task in tasks]
    preds: list[list[tuple[int, int]]] = [[] for _ in tasks]
    succs: list[list[tuple[int, int]]] = [[] for _ in tasks]
    for pred, succ, lag in problem.links:
        preds[succ].append((pred, lag))
        succs[pred].append((succ, lag))
    row, after, before = _start_tables(problem, horizon)
    ready_row, ready = _ready_tables(problem, horizon)
    peaks = problem.peak_price or (0,) * resources
    return Net(
        _ints(task.duration for task in tasks),
        _ints(max(task.release, 0) for task in tasks),
        *_flat(demands),
        *_flat(preds),
        *_flat(succs),
        row,
        after,
        before,
        ready_row,
        ready,
        np.ascontiguousarray(problem.capacity, np.int32),
        *_flat([list(task.dues) for task in tasks]),
        _jobs(problem, succs),
        int(problem.makespan_price),
        _ints(peaks),
        _ints(max((d[r] for d in _running(problem)), default=0) for r in range(resources)),
        _ints(topological(problem)),
    )


def _jobs(problem: Problem, succs: list[list[tuple[int, int]]]) -> np.ndarray:
    job = np.array([task if problem.tasks[task].dues else -2 for task in range(len(succs))], np.int64)
    for task in topological(problem)[::-1]:
        for succ, _ in succs[task]:
            if job[succ] != -2:
                job[task] = job[succ] if job[task] in (-2, job[succ]) else -1
    return np.maximum(job, -1)


def _running(problem: Problem) -> list[tuple[int, ...]]:
    return [task.demand for task in problem.tasks if task.duration > 0]


def _ints(values) -> np.ndarray:
    return np.array(list(values), np.int64)


def _flat(rows: list[list[tuple[int, int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lists of pairs as (ptr, firsts, seconds)."""
    ptr = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    pairs = np.array([pair for row in rows for pair in row], np.int64).reshape(-1, 2)
    return ptr, np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _start_tables(problem: Problem, horizon: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    least = problem.capacity.min(axis=1, initial=np.iinfo(np.int64).max)
    rows: dict[bytes, int] = {}
    tables = [np.ones(horizon, bool)]
    row = []
    for task, allowed in zip(problem.tasks, problem.allowed):
        free = task.starts is None and all(a <= m for a, m in zip(task.demand, least))
        if not free and allowed.tobytes() not in rows:
            rows[allowed.tobytes()] = len(tables)
            tables.append(allowed)
        row.append(0 if free else rows[allowed.tobytes()])
    grid = np.array(tables)
    periods = np.arange(horizon)
    after = np.full((len(grid), horizon + 1), horizon, np.int32)
    late = np.where(grid, periods, horizon)[:, ::-1]
    after[:, :horizon] = np.minimum.accumulate(late, axis=1)[:, ::-1]
    before = np.empty((len(grid), horizon + 1), np.int32)
    before[:, :horizon] = np.maximum.accumulate(np.where(grid, periods, -1), axis=1)
    before[:, horizon] = before[:, horizon - 1]
    return _ints(row), after, before


def _ready_tables(problem: Problem, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    tables = [np.asarray(task.ready, np.int32) for task in problem.tasks if task.ready is not None]
    row, count = [], 0
    for task in problem.tasks:
        row.append(-1 if task.ready is None else count)
        count += task.ready is not None
    return _ints(row), np.array(tables, np.int32).reshape(-1, horizon)
