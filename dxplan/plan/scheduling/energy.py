"""The energy bound: what the calendars can carry, as one linear program over buckets of periods.

Sets        j tasks, r resources, k buckets of w periods
Given       d[j], q[j,r], cap; room[j,k] periods of k in which j may run; m[j,k] least mean time of work in k
Choose      run[j,k] periods of j in k, end[j] finish, late >= 0, peak[r], span, fill[k] in 0..1
Minimise    span price + late prices + peak prices
Subject to  (E1 work)   sum over k of run[j,k] = d[j], run[j,k] <= room[j,k]
            (E2 carry)  sum over j of q[j,r] run[j,k] <= capacity of r in k
            (E3 end)    end[j] >= sum over k of run[j,k] m[j,k] / d[j] + d[j] / 2 - w^2 / (8 d[j])
                        (the last term only where d[j] > w)
            (E4 link)   end[j] - d[j] >= end[i] + lag[i,j]
            (E5 late)   late >= end[j] - due
            (E6 peak)   w peak[r] >= sum over j of q[j,r] run[j,k]
            (E7 span)   span >= end[j], span >= w sum of fill[k], E2 with best capacity x w x fill[k]

Every schedule gives such values, so no schedule costs less. E3: the middle of a task is the mean time of its
work, and its finish is half a duration later (Goemans 1997); the last term pays for work at a bucket's front.
"""

from __future__ import annotations

from math import gcd

import highspy
import numpy as np

from dxplan.plan.scheduling.bound import deadlines, latest_starts
from dxplan.plan.scheduling.net import Net
from dxplan.plan.solve import Effort, build_linear

INF = highspy.kHighsInf


class _Rows:
    """Rows and columns of a linear program, collected as triplets."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.price: list[float] = []
        self.parts: list[tuple[np.ndarray, np.ndarray]] = []
        self.bounds: list[tuple[float, float]] = []

    def columns(self, low, high, price=0.0) -> np.ndarray:
        """Add columns; their numbers."""
        first = len(self.low)
        self.low += np.asarray(low, float).tolist()
        self.high += np.asarray(high, float).tolist()
        self.price += np.broadcast_to(np.asarray(price, float), len(self.low) - first).tolist()
        return np.arange(first, len(self.low))

    def row(self, column, value, low: float, high: float = INF) -> None:
        """Add the row low <= sum of value x column <= high."""
        column = np.asarray(column)
        self.parts.append((column, np.broadcast_to(value, len(column))))
        self.bounds.append((low, high))


def energy_bound(net: Net, head: np.ndarray, upper: int, effort: Effort) -> int:
    """Proven lower bound on the cost of any schedule; 0 when the linear program was stopped.

    Parameters
    ----------
    net : flat arrays of a problem.
    head : int [n], earliest starts.
    upper : cost of a known schedule; the bound is `upper` itself when nothing can be cheaper.
    effort : size and iteration limit of the linear program.
    """
    last = latest_starts(net, deadlines(net, head, upper - 1))
    if (last < head).any():
        return upper
    buckets = min(max(effort.energy[0] // len(net.dur), 16), 64)
    rows, width = _Rows(), -(-int((last + net.dur).max()) // buckets)
    end = rows.columns(head + net.dur, last + net.dur)
    _work(rows, net, head, last, end, width)
    for task in range(len(net.dur)):
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            succ = net.succ_id[k]
            rows.row([end[succ], end[task]], [1.0, -1.0], float(net.dur[succ] + net.succ_lag[k]))
    _late(rows, net, end, last)
    return min(upper, _rounded(net, _safe_bound(rows, effort)))


def _safe_bound(rows: _Rows, effort: Effort) -> float:
    """Lagrangian bound of whatever duals the solver ends with: valid even when it stopped early.

    Source: Neumaier and Shcherbina, Safe bounds in linear and mixed-integer programming (2004).
    """
    lp = _model(rows)
    solver = build_linear(effort)
    solver.passModel(lp)
    solver.run()
    dual = np.array(solver.getSolution().row_dual)
    low, high = np.array(lp.row_lower_), np.array(lp.row_upper_)
    if len(dual) != len(low) or not np.isfinite(dual).all():
        return 0.0
    dual = np.clip(dual, np.where(np.isinf(high), 0.0, -np.inf), np.where(np.isinf(low), 0.0, np.inf))
    side = np.where(dual > 0, low, high)
    value = np.array(lp.a_matrix_.value_)
    row = np.repeat(np.arange(len(low)), np.diff(np.array(lp.a_matrix_.start_)))
    index = np.array(lp.a_matrix_.index_)
    cost = np.array(lp.col_cost_) - np.bincount(index, value * dual[row], minlength=len(rows.low))
    ends = np.where(cost > 0, np.array(rows.low), np.array(rows.high))
    return float(dual[dual != 0] @ side[dual != 0] + cost @ ends)


def _rounded(net: Net, value: float) -> int:
    """Least cost that the prices can make and that is not below value, less the solver's tolerance."""
    prices = [net.makespan_price, *net.due_price.tolist(), *net.peak_price.tolist()]
    step = max(gcd(*prices), 1)
    return int(np.ceil((value - 1e-6 * (1 + abs(value))) / step)) * step


def _work(rows: _Rows, net: Net, head, last, end, width: int) -> None:
    """(E1 work) and (E3 end) task by task, then what the resources carry."""
    load: dict[tuple[int, int], tuple[list[int], list[float]]] = {}
    for task in np.flatnonzero(net.dur > 0):
        length = int(net.dur[task])
        bucket, room, mean = _room(net, int(task), int(head[task]), int(last[task]), width)
        run = rows.columns(np.zeros(len(bucket)), np.minimum(room, length))
        rows.row(run, 1.0, length, length)
        loss = width * width / (8 * length) if length > width else 0.0
        rows.row([*run, end[task]], [*(-mean / length), 1.0], length / 2 - loss)
        for q in range(net.res_ptr[task], net.res_ptr[task + 1]):
            resource, amount = int(net.res_id[q]), float(net.res_amt[q])
            for k, column in zip(bucket.tolist(), run.tolist()):
                columns, amounts = load.setdefault((resource, k), ([], []))
                columns.append(column)
                amounts.append(amount)
    _carry(rows, net, load, end, width)


def _room(net: Net, task: int, head: int, last: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Buckets in which a task may run, the periods of each, and the least mean time of work there."""
    length = int(net.dur[task])
    periods = np.arange(head, last + 1)
    allowed = periods[net.after[net.row[task], head : last + 1] == periods]
    edge = np.zeros(last + length + 2, np.int64)
    edge[allowed] = 1
    edge[allowed + length] -= 1
    busy = np.flatnonzero(np.cumsum(edge) > 0)
    count = np.bincount(busy // width)
    bucket = np.flatnonzero(count)
    room = count[bucket]
    first = np.cumsum(room) - room
    if length == 1:
        return bucket, room, busy[first] + 0.5
    return bucket, room, bucket * width + min(width, length) / 2


def _carry(rows: _Rows, net: Net, load: dict, end, width: int) -> None:
    """(E2 carry), (E6 peak) and (E7 span)."""
    peak = {
        int(r): rows.columns([net.least[r]], [max(net.least[r], net.cap[r].max())], net.peak_price[r])[0]
        for r in np.flatnonzero(net.peak_price)
    }
    fill = _span(rows, net, end, width, max((k for _, k in load), default=0) + 1)
    for (r, k), (columns, amounts) in load.items():
        part = net.cap[r, k * width : (k + 1) * width]
        rows.row(columns, amounts, -INF, float(part.sum()))
        if fill is not None:
            rows.row([*columns, fill[k]], [*amounts, -float(part.max(initial=0) * width)], -INF, 0.0)
        if r in peak:
            rows.row([*columns, peak[r]], [*amounts, -float(width)], -INF, 0.0)


def _span(rows: _Rows, net: Net, end, width: int, buckets: int) -> np.ndarray | None:
    if net.makespan_price == 0:
        return None
    span = rows.columns([0.0], [float(net.cap.shape[1])], net.makespan_price)[0]
    fill = rows.columns(np.zeros(buckets), np.ones(buckets))
    rows.row([span, *fill], [1.0, *([-float(width)] * len(fill))], 0.0)
    for task in np.flatnonzero(np.diff(net.succ_ptr) == 0):
        rows.row([span, end[task]], [1.0, -1.0], 0.0)
    return fill


def _late(rows: _Rows, net: Net, end, last) -> None:
    """(E5 late)."""
    for task in range(len(net.dur)):
        for k in range(net.due_ptr[task], net.due_ptr[task + 1]):
            if net.due_price[k] > 0 and last[task] + net.dur[task] > net.due_at[k]:
                most = float(last[task] + net.dur[task] - net.due_at[k])
                late = rows.columns([0.0], [most], net.due_price[k])[0]
                rows.row([late, end[task]], [1.0, -1.0], -float(net.due_at[k]))


def _model(rows: _Rows) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(rows.low), len(rows.bounds)
    lp.col_lower_, lp.col_upper_, lp.col_cost_ = rows.low, rows.high, rows.price
    lp.row_lower_ = [low for low, _ in rows.bounds]
    lp.row_upper_ = [high for _, high in rows.bounds]
    column = np.concatenate([part[0] for part in rows.parts])
    value = np.concatenate([part[1] for part in rows.parts])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lengths = [len(part[0]) for part in rows.parts]
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    lp.a_matrix_.index_ = column.astype(np.int32)
    lp.a_matrix_.value_ = value.astype(float)
    return lp
