"""Priority rules that found the first lists of the search: the least key comes first."""

from __future__ import annotations

import numpy as np

from dxplan.plan.scheduling.net import Net


def build_rules(net: Net, head: np.ndarray) -> np.ndarray:
    """Float [K, n], one row a rule: latest start and finish; with dues also by dues and by weight.

    Parameters
    ----------
    net : flat arrays of a problem.
    head : int [n], earliest starts.
    """
    tail = _tails(net)
    rules = [-tail, net.dur - tail]
    if len(net.due_at):
        urgent = _urgency(net, tail)
        rules += [urgent, urgent + net.dur, -_weights(net) / np.maximum(tail, 1)]
    return np.array(rules + [head + 0.0], np.float64)


def _tails(net: Net) -> np.ndarray:
    """Longest path from the start of each task to the end."""
    tail = net.dur.astype(np.float64)
    for task in net.order[::-1]:
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            tail[task] = max(tail[task], net.dur[task] + net.succ_lag[k] + tail[net.succ_id[k]])
    return tail


def _urgency(net: Net, tail: np.ndarray) -> np.ndarray:
    """Latest start that meets the first priced due of each task and those after it."""
    horizon = net.cap.shape[1]
    deadline = np.full(len(net.dur), 2 * horizon, np.int64)
    for task in range(len(net.dur)):
        for k in range(net.due_ptr[task], net.due_ptr[task + 1]):
            if net.due_price[k] > 0:
                deadline[task] = min(deadline[task], net.due_at[k])
    last = (deadline - net.dur).astype(np.float64)
    for task in net.order[::-1]:
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            last[task] = min(last[task], last[net.succ_id[k]] - net.succ_lag[k] - net.dur[task])
    return np.minimum(last, 2 * horizon - tail)


def _weights(net: Net) -> np.ndarray:
    """Price of a period's delay of each task and all that follow it."""
    reach = [1 << task for task in range(len(net.dur))]
    for task in net.order[::-1]:
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            reach[task] |= reach[net.succ_id[k]]
    price = [net.due_price[net.due_ptr[i] : net.due_ptr[i + 1]].sum() for i in range(len(net.dur))]
    priced = [task for task, value in enumerate(price) if value > 0]
    return np.array([sum(price[j] for j in priced if bits >> j & 1) for bits in reach], np.float64)
