"""Lower bounds on the cost of a schedule: critical paths through the windows, and energy.

Every number here is proven: no schedule of the problem costs less.
"""

from __future__ import annotations

import numpy as np

from dxplan.plan.scheduling.net import Net
from dxplan.plan.scheduling.problem import Problem
from dxplan.plan.solve import NoRoomError


def earliest_starts(problem: Problem, net: Net) -> np.ndarray:
    """Int [n], first start of each task by links, releases and windows alone (heads).

    Parameters
    ----------
    problem : a checked problem.
    net : its flat arrays.

    Raises
    ------
    NoRoomError : the horizon is too short for a task even with nothing else in its way.
    """
    horizon = net.cap.shape[1]
    soon = _soonest(net)
    head = np.zeros(len(net.dur), np.int64)
    for task in net.order:
        t = net.release[task]
        for k in range(net.pred_ptr[task], net.pred_ptr[task + 1]):
            pred = net.pred_id[k]
            gate = net.ready_row[pred]
            free = head[pred] + net.dur[pred] if gate < 0 else soon[pred][head[pred]]
            t = max(t, free + net.pred_lag[k])
        head[task] = net.after[net.row[task], t] if t < horizon else horizon
        if head[task] >= horizon or head[task] + net.dur[task] > horizon:
            key = problem.tasks[task].key
            raise NoRoomError(f"the horizon of {horizon} periods is too short for task {key!r}.")
    return head


def _soonest(net: Net) -> dict[int, np.ndarray]:
    """For tasks with a `ready` table: the least ready over the allowed starts at t or later."""
    horizon = net.cap.shape[1]
    periods = np.arange(horizon)
    tables = {}
    for task in np.flatnonzero(net.ready_row >= 0):
        allowed = net.after[net.row[task], :horizon] == periods
        table = np.where(allowed, net.ready[net.ready_row[task]], np.iinfo(np.int32).max)
        tables[int(task)] = np.minimum.accumulate(table[::-1])[::-1].astype(np.int64)
    return tables


def latest_starts(net: Net, deadline: np.ndarray) -> np.ndarray:
    """Int [n], last start of each task that lets every task finish by its deadline; -1 for none.

    Parameters
    ----------
    net : flat arrays of a problem.
    deadline : int [n], last finish of each task.
    """
    horizon = net.cap.shape[1]
    soon = _soonest(net)
    last = np.zeros(len(net.dur), np.int64)
    for task in net.order[::-1]:
        limit, t = 2 * horizon, deadline[task] - net.dur[task]
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            limit = min(limit, last[net.succ_id[k]] - net.succ_lag[k])
        if net.ready_row[task] < 0:
            t = min(t, limit - net.dur[task])
        else:
            t = min(t, np.searchsorted(soon[int(task)], limit, side="right") - 1)
        t = min(t, horizon - 1)
        last[task] = net.before[net.row[task], t] if t >= 0 else -1
    return last


def due_costs(net: Net, finish: np.ndarray) -> np.ndarray:
    """Int [n], cost of each task's dues at these finishes.

    Parameters
    ----------
    net : flat arrays of a problem.
    finish : int [n], finishes.
    """
    owner = np.repeat(np.arange(len(net.dur)), np.diff(net.due_ptr))
    late = np.maximum(finish[owner] - net.due_at, 0) * net.due_price
    costs = np.zeros(len(net.dur), np.int64)
    np.add.at(costs, owner, late)
    return costs


def path_bound(net: Net, head: np.ndarray) -> int:
    """Cost when each task finishes as early as links and windows allow.

    Parameters
    ----------
    net : flat arrays of a problem.
    head : int [n], earliest starts.
    """
    finish = head + net.dur
    peaks = int((net.peak_price * net.least).sum())
    return int(net.makespan_price * finish.max(initial=0) + due_costs(net, finish).sum() + peaks)


def deadlines(net: Net, head: np.ndarray, upper: int | None) -> np.ndarray:
    """Int [n], last finish of each task when every other cost is at its least and the total is <= upper.

    Parameters
    ----------
    net : flat arrays of a problem.
    head : int [n], earliest starts.
    upper : largest cost of interest; None for any.
    """
    horizon = net.cap.shape[1]
    deadline = np.full(len(net.dur), horizon, np.int64)
    if upper is None:
        return deadline
    finish = head + net.dur
    spare = upper - path_bound(net, head)
    if net.makespan_price > 0:
        deadline[:] = min(horizon, int(finish.max(initial=0)) + spare // net.makespan_price)
    least = due_costs(net, finish)
    for task in np.flatnonzero(np.diff(net.due_ptr)):
        part = slice(net.due_ptr[task], net.due_ptr[task + 1])
        late = np.maximum(np.arange(horizon + 1)[:, None] - net.due_at[part], 0) @ net.due_price[part]
        top = np.searchsorted(late, least[task] + spare, side="right") - 1
        deadline[task] = min(deadline[task], top)
    return deadline
