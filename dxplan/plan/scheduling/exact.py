"""The CP-SAT model of a problem.

Sets        j tasks, r resources, t periods 0..T-1
Given       d[j] duration, q[j,r] demand, cap[r,t], allowed starts S[j], ready[j,t], lag[i,j],
            dues (due, price) of j, price of the makespan and of each resource's peak, upper
Choose      start[j] in S[j], late[j,due] >= 0, peak[r] >= 0, span >= 0
Minimise    span price + late prices + peak prices
Subject to  (C1 link)      start[j] >= ready[i, start[i]] + lag[i,j]
            (C2 capacity)  sum of q[j,r] of the tasks running at t <= cap[r,t]
            (C3 peak)      the same sum <= peak[r] where a peak is priced
            (C4 late)      late[j,due] >= start[j] + d[j] - due
            (C5 span)      span >= start[j] + d[j]
            (C6 upper)     cost <= upper
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from dxplan.plan.scheduling.bound import deadlines, earliest_starts, latest_starts
from dxplan.plan.scheduling.net import Net, build_net
from dxplan.plan.scheduling.problem import Problem


@dataclass(frozen=True, eq=False)
class Model:
    """An unsolved model and its variables.

    Attributes
    ----------
    model : the CP-SAT model.
    starts : start variable of each task.
    late : lateness variable and (task, due) of each priced due.
    peaks : peak variable of each priced resource.
    span : the last finish.
    cost : the objective.
    """

    model: cp_model.CpModel
    starts: list[cp_model.IntVar]
    late: list[tuple[cp_model.IntVar, int, int]]
    peaks: dict[int, cp_model.IntVar]
    span: cp_model.IntVar
    cost: cp_model.LinearExpr


def build_schedule(problem: Problem, upper: int | None = None) -> Model:
    """The unsolved model of a problem; infeasible when no schedule costs `upper` or less.

    Parameters
    ----------
    problem : a checked problem.
    upper : largest cost of interest; None for any.
    """
    net = build_net(problem)
    head = earliest_starts(problem, net)
    last = latest_starts(net, deadlines(net, head, upper))
    model = cp_model.CpModel()
    if (last < head).any():
        model.add_bool_or([])  # the windows alone say that nothing is this cheap
        last = np.maximum(last, head)
    starts = [_start(model, net, task, head[task], last[task]) for task in range(len(net.dur))]
    _links(model, net, starts, last)
    peaks = _capacity(model, net, starts)
    late = _late(model, net, starts, last)
    span = model.new_int_var(int((head + net.dur).max(initial=0)), net.cap.shape[1], "span")
    if net.makespan_price > 0:
        for task in _last_tasks(net):
            model.add(span >= starts[task] + int(net.dur[task]))
    cost = net.makespan_price * span
    cost += sum(int(net.due_price[k]) * var for var, _, k in late)
    cost += sum(int(net.peak_price[r]) * var for r, var in peaks.items())
    if upper is not None:
        model.add(cost <= upper)
    model.minimize(cost)
    return Model(model, starts, late, peaks, span, cost)


def _start(model: cp_model.CpModel, net: Net, task: int, head: int, last: int) -> cp_model.IntVar:
    """Start variable whose domain is what window and mask leave."""
    head, last = int(head), int(last)
    if net.row[task] == 0:
        return model.new_int_var(head, last, f"s{task}")
    periods = np.arange(head, last + 1)
    allowed = periods[net.after[net.row[task], head : last + 1] == periods]
    return model.new_int_var_from_domain(cp_model.Domain.from_values(allowed.tolist()), f"s{task}")


def _links(model: cp_model.CpModel, net: Net, starts: list, last: np.ndarray) -> None:
    """(C1 link); an element constraint only where ready is not the finish."""
    for task in range(len(starts)):
        follow = range(net.succ_ptr[task], net.succ_ptr[task + 1])
        free = starts[task] + int(net.dur[task])
        if net.ready_row[task] >= 0 and len(follow):
            table = net.ready[net.ready_row[task], : last[task] + 1].astype(int)
            if (table != np.arange(len(table)) + net.dur[task]).any():
                free = model.new_int_var(0, int(table.max()), f"ready{task}")
                model.add_element(starts[task], table.tolist(), free)
        for k in follow:
            model.add(starts[net.succ_id[k]] >= free + int(net.succ_lag[k]))


def _capacity(model: cp_model.CpModel, net: Net, starts: list) -> dict[int, cp_model.IntVar]:
    """(C2 capacity) with fixed intervals where the calendar is below its best, and (C3 peak)."""
    bars = [
        model.new_fixed_size_interval_var(start, int(length), f"i{task}") if length > 0 else None
        for task, (start, length) in enumerate(zip(starts, net.dur))
    ]
    users: list[list[tuple[int, int]]] = [[] for _ in net.cap]
    for task in range(len(starts)):
        for q in range(net.res_ptr[task], net.res_ptr[task + 1]):
            users[net.res_id[q]].append((task, int(net.res_amt[q])))
    peaks = {}
    for r, users_of in enumerate(users):
        if not users_of:
            continue
        own, amounts = [bars[task] for task, _ in users_of], [amount for _, amount in users_of]
        most = int(net.cap[r].max())
        if sum(amounts) > net.cap[r].min():
            blocks = list(_blocks(model, net.cap[r], most, r))
            model.add_cumulative(own + [b for b, _ in blocks], amounts + [a for _, a in blocks], most)
        if net.peak_price[r] > 0:
            peaks[r] = model.new_int_var(int(net.least[r]), most, f"peak{r}")
            model.add_cumulative(own, amounts, peaks[r])
    return peaks


def _blocks(model: cp_model.CpModel, line: np.ndarray, most: int, resource: int):
    """Fixed intervals that take what the calendar lacks below its best."""
    edges = [0, *(np.flatnonzero(np.diff(line)) + 1).tolist(), len(line)]
    for left, right in zip(edges, edges[1:]):
        lack = min(most - int(line[left]), most)
        if lack > 0:
            bar = model.new_fixed_size_interval_var(left, right - left, f"b{resource}_{left}")
            yield bar, lack


def _late(model: cp_model.CpModel, net: Net, starts: list, last: np.ndarray) -> list:
    """(C4 late), left out where the window already meets the due."""
    late = []
    for task in range(len(starts)):
        for k in range(net.due_ptr[task], net.due_ptr[task + 1]):
            most = int(last[task] + net.dur[task] - net.due_at[k])
            if net.due_price[k] > 0 and most > 0:
                var = model.new_int_var(0, most, f"late{task}_{k}")
                model.add(var >= starts[task] + int(net.dur[task]) - int(net.due_at[k]))
                late.append((var, task, k))
    return late


def _last_tasks(net: Net) -> list[int]:
    """Tasks that no other follows at its finish or later: only they can end last."""
    return np.flatnonzero(np.diff(net.succ_ptr) == 0).tolist()
