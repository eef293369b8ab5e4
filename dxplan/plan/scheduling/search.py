"""Compiled schedule generation and a small genetic search, one thread, seeded.

Serial generation puts the tasks of a list, in turn, at the first start that links, masks and calendars allow. Double
justification (Valls, Ballestin and Quintanilla 2005) pushes each as late as the cost allows and back. Lists breed by
two-point crossover (Hartmann 1998) and carry a level per priced resource, so that levelled schedules are found.

All compiled code stays in this file: numba's cache does not see changes in other files.
"""

from __future__ import annotations

import numpy as np
from numba import njit


compiled, inlined = njit(cache=True, nogil=True), njit(cache=True, nogil=True, inline="always")
UNPLACED = 1_000_000_000_000  # cost of a task without a place: above every real cost


@inlined
def _fit(net, free, task, t, work):
    """First start at t or later that mask and free capacity allow; T for none."""
    horizon = free.shape[1]
    length, row = net.dur[task], net.row[task]
    first, last = net.res_ptr[task], net.res_ptr[task + 1]
    cells = 24
    while True:
        t = np.int64(net.after[row, t])
        if t >= horizon or t + length > horizon:
            t = horizon
            break
        clash = -1
        for q in range(first, last):
            line, amount = free[net.res_id[q]], net.res_amt[q]
            u = t + length - 1
            while u >= t and line[u] >= amount:
                u -= 1
            cells += t + length - u
            if u >= t:
                clash = u
                break
        if clash < 0:
            break
        t = clash + 1
    work[0] += cells
    return t


@inlined
def _fit_back(net, free, task, t, limit, work):
    """Last start at t or earlier that mask, free capacity and `ready` <= limit allow; -1 for none."""
    length, row, gate = net.dur[task], net.row[task], net.ready_row[task]
    first, last = net.res_ptr[task], net.res_ptr[task + 1]
    cells = 24
    while t >= 0:
        t = np.int64(net.before[row, t])
        if t < 0:
            break
        if gate >= 0 and net.ready[gate, t] > limit:
            t -= 1
            continue
        clash = -1
        for q in range(first, last):
            line, amount = free[net.res_id[q]], net.res_amt[q]
            u = t
            while u < t + length and line[u] >= amount:
                u += 1
            cells += u - t + 1
            if u < t + length:
                clash = u
                break
        if clash < 0:
            break
        t = clash - length
    work[0] += cells
    return t


@inlined
def _take(net, free, task, start):
    for q in range(net.res_ptr[task], net.res_ptr[task + 1]):
        line, amount = free[net.res_id[q]], net.res_amt[q]
        for u in range(start, start + net.dur[task]):  # a slice takes twice the time
            line[u] -= amount


@inlined
def _earliest(net, start, task, horizon):
    """Period from which release and predecessors allow the task; T when one has no place."""
    t = net.release[task]
    for k in range(net.pred_ptr[task], net.pred_ptr[task + 1]):
        pred = net.pred_id[k]
        s, gate = start[pred], net.ready_row[pred]
        if s >= horizon:
            return np.int64(horizon)
        free_from = s + net.dur[pred] if gate < 0 else np.int64(net.ready[gate, s])
        t = max(t, free_from + net.pred_lag[k])
    return min(t, np.int64(horizon))


@compiled
def _reset(net, level, free):
    for r in range(free.shape[0]):
        for t in range(free.shape[1]):
            free[r, t] = min(net.cap[r, t], level[r])


@compiled
def _forward(net, order, level, free, start, work):
    """Serial generation in the order given; returns how many tasks found no place."""
    _reset(net, level, free)
    horizon = free.shape[1]
    lost = 0
    for task in order:
        t = _fit(net, free, task, _earliest(net, start, task, horizon), work)
        start[task] = t
        if t < horizon:
            _take(net, free, task, t)
        else:
            lost += 1
    return lost


@inlined
def _limit(net, task, finish, span, horizon):
    """Latest finish that keeps the cost: the first due, or the present finish once past it."""
    most = span if net.makespan_price > 0 else horizon
    for k in range(net.due_ptr[task], net.due_ptr[task + 1]):
        if net.due_price[k] > 0:
            most = min(most, max(net.due_at[k], finish))
    return max(most, finish)


@compiled
def _backward(net, order, level, free, start, span, work):
    """Push each task as late as the cost allows, last of the order first; start changes in place."""
    _reset(net, level, free)
    horizon = free.shape[1]
    for i in range(len(order) - 1, -1, -1):
        task = order[i]
        limit = np.int64(horizon * 2)
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            limit = min(limit, start[net.succ_id[k]] - net.succ_lag[k])
        top = _limit(net, task, start[task] + net.dur[task], span, horizon)
        t = min(min(limit, top) - net.dur[task], horizon - 1)
        t = _fit_back(net, free, task, t, limit, work)
        if t < net.release[task]:
            return False
        start[task] = t
        _take(net, free, task, t)
    return True


@compiled
def _price(net, start, peak, lost):
    """Cost of a schedule with these peaks."""
    cost = UNPLACED * lost + net.makespan_price * (start + net.dur).max()
    for task in range(len(start)):
        finish = start[task] + net.dur[task]
        for k in range(net.due_ptr[task], net.due_ptr[task + 1]):
            cost += net.due_price[k] * max(0, finish - net.due_at[k])
    return cost + (net.peak_price * peak).sum()


@compiled
def _peaks(net, level, free, peak):
    """Highest load of each priced resource, read off the capacity that is left."""
    for r in range(free.shape[0]):
        peak[r] = 0
        if net.peak_price[r] > 0:
            for t in range(free.shape[1]):
                peak[r] = max(peak[r], min(net.cap[r, t], level[r]) - free[r, t])


@compiled
def _sort(order, key, count, out):
    """Stable counting sort of order by key (0..len(count)-2)."""
    count[:] = 0
    for task in order:
        count[key[task] + 1] += 1
    for t in range(1, len(count)):
        count[t] += count[t - 1]
    for task in order:
        out[count[key[task]]] = task
        count[key[task]] += 1


@inlined
def _draw(state, count):
    """A whole number below count (xorshift64*)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.int64(((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % np.uint64(count))


@compiled
def _grow(net, key, noise, state, out):
    """A list that keeps the links, built by the least key (plus noise) among the tasks that may come next."""
    n = len(key)
    waiting = net.pred_ptr[1:] - net.pred_ptr[:-1]
    chance = np.empty(n, np.float64)
    for task in range(n):
        chance[task] = key[task] + noise * _draw(state, 1_000_000) / 1e6
    ripe = [task for task in range(n) if waiting[task] == 0]
    for i in range(n):
        pick = 0
        for k in range(1, len(ripe)):
            if chance[ripe[k]] < chance[ripe[pick]]:
                pick = k
        task = ripe[pick]
        ripe[pick] = ripe[-1]
        ripe.pop()
        out[i] = task
        for k in range(net.succ_ptr[task], net.succ_ptr[task + 1]):
            waiting[net.succ_id[k]] -= 1
            if waiting[net.succ_id[k]] == 0:
                ripe.append(net.succ_id[k])


@compiled
def _justify(net, order, level, start, free, other, count, work):
    """Double justification of a complete schedule: order and start change in place."""
    _sort(order, start + net.dur, count, other)
    if not _backward(net, other, level, free, start, (start + net.dur).max(), work):
        return False
    _sort(other, start, count, order)
    return _forward(net, order, level, free, start, work) == 0


@compiled
def _decode(net, order, level, start, free, count, work):
    """Schedule a list, justify it, keep the better; order, level and start change in place; the cost."""
    peak, other, trial = np.zeros(len(level), np.int64), np.empty_like(order), np.empty_like(start)
    lost = _forward(net, order, level, free, start, work)
    _peaks(net, level, free, peak)
    cost = _price(net, start, peak, lost)
    if lost == 0:
        level[:] = np.where(net.peak_price > 0, np.maximum(peak, net.least), level)
        trial[:] = start
        if _justify(net, order, level, trial, free, other, count, work):
            _peaks(net, level, free, peak)
            after = _price(net, trial, peak, 0)
            if after <= cost:
                start[:], cost = trial, after
    other[:] = order
    _sort(other, start, count, order)
    return cost


@compiled
def _cross(mother, father, left, right, out):
    """Two-point crossover: the mother's list, its places left..right in the father's order."""
    middle = np.zeros(len(mother), np.bool_)
    for i in range(len(mother)):
        out[i] = mother[i]
        middle[mother[i]] = left <= i < right
    for task in father:
        if middle[task]:
            out[left] = task
            left += 1


@compiled
def _insert(net, order, state):
    """Move one task to another place of the list, no further than its links allow."""
    n = len(order)
    place = _draw(state, n)
    task = order[place]
    goal = _draw(state, n)
    preds = net.pred_id[net.pred_ptr[task] : net.pred_ptr[task + 1]]
    succs = net.succ_id[net.succ_ptr[task] : net.succ_ptr[task + 1]]
    while place > goal and not (preds == order[place - 1]).any():
        order[place] = order[place - 1]
        place -= 1
    while place < goal and not (succs == order[place + 1]).any():
        order[place] = order[place + 1]
        place += 1
    order[place] = task


@compiled
def _gather(net, order, state, key, out):
    """Move one job (all tasks that lead to one due alone) as a block to another place of the list."""
    n = len(order)
    goal, job = _draw(state, n + 1), net.job[order[_draw(state, n)]]
    for i in range(n):
        inside = job >= 0 and net.job[order[i]] == job
        key[order[i]] = goal - 0.5 + i / (2 * n) if inside else i
    _grow(net, key, 0.0, state, out)
    order[:] = out


@compiled
def _relevel(net, level, mother, father, state):
    """Levels of a child: each from either parent; about one of them takes a step up, down or far down."""
    count = max(1, (net.peak_price > 0).sum())
    for r in range(len(level)):
        level[r] = mother[r]
        if net.peak_price[r] > 0:
            if _draw(state, 2) == 0:
                level[r] = father[r]
            draw = _draw(state, 2 * count)
            step = 1 + _draw(state, 1 + level[r] // 10)
            if draw == 0:
                level[r] += step
            elif draw == 1:
                level[r] = max(net.least[r], level[r] - step)
            elif draw == 2:
                level[r] = net.least[r] + _draw(state, level[r] - net.least[r] + 1)


@compiled
def _breed(net, orders, levels, costs, state, child, level):
    """Fill child and level from two parents that win small tournaments."""
    size, n = orders.shape
    one, two, three, four = _draw(state, size), _draw(state, size), _draw(state, size), _draw(state, size)
    mother = one if costs[one] <= costs[two] else two
    father = three if costs[three] <= costs[four] else four
    width = max(1, n // 4 + _draw(state, n // 2 + 1))
    left = _draw(state, n - width + 1)
    _cross(orders[mother], orders[father], left, left + width, child)
    for _ in range(_draw(state, 3)):
        _insert(net, child, state)
    if len(net.due_at) > 1 and _draw(state, 10) > 0:
        _gather(net, child, state, np.empty(n), np.empty(n, np.int64))
    _relevel(net, level, levels[mother], levels[father], state)


@compiled
def _found(net, keys, caps, slot, orders, level, state):
    """A first list: each rule once as it is, then rules with noise; levels between least and all."""
    rule = slot % len(keys)
    noise = 0.0 if slot < len(keys) else 0.3 * (keys[rule].max() - keys[rule].min())
    _grow(net, keys[rule], noise, state, orders[slot])
    for r in range(len(level)):
        level[r] = caps[r]
        if net.peak_price[r] > 0 and slot >= len(keys):
            level[r] = net.least[r] + _draw(state, max(caps[r] - net.least[r], 0) + 1)


@compiled
def breed_schedule(net, keys, caps, size, budget, target, seed):
    """Best start found by `budget` units of work.

    Parameters
    ----------
    net, keys, caps : the problem; float [K, n] priority rules, the least first; int [K, R] levels of their lists.
    size, budget, target, seed : lists kept; work units (cells looked at); cost at which to stop; any whole number.

    Returns int [n] starts, their cost (UNPLACED and more if a task found no place), lists tried.
    """
    n, (resources, horizon) = len(net.dur), net.cap.shape
    free, count = np.empty(net.cap.shape, np.int32), np.empty(horizon + 2, np.int64)
    state, work = np.array([np.uint64(seed * 2 + 88172645463325253)]), np.zeros(1, np.int64)
    orders, starts = np.empty((size + 1, n), np.int64), np.empty((size + 1, n), np.int64)
    levels, marks = np.empty((size + 1, resources), np.int64), np.zeros(size + 1, np.int64)
    costs = np.full(size, 1 << 62)
    best, answer, tried = np.int64(1 << 62), np.zeros(n, np.int64), 0
    while best > target and (work[0] < budget or tried == 0):
        slot = tried
        if tried == size and best < UNPLACED:
            # empty years cost time, and no list worth keeping reaches far past the best
            free = np.empty((resources, min(horizon, (answer + net.dur).max() * 3 // 2 + 30)), np.int32)
            count = np.empty(free.shape[1] + 2, np.int64)
        if tried < size:
            _found(net, keys, caps[tried % len(keys)], slot, orders, levels[slot], state)
        else:
            slot = size
            _breed(net, orders[:size], levels, costs, state, orders[slot], levels[slot])
        cost = _decode(net, orders[slot], levels[slot], starts[slot], free, count, work)
        tried += 1
        if cost < best:
            best, answer[:] = cost, starts[slot]
        _settle(orders, levels, starts, costs, marks, slot, cost)
    return answer, best, tried


@compiled
def _settle(orders, levels, starts, costs, marks, slot, cost):
    """A child takes the place of the worst list unless its twin is there."""
    mark = np.int64(0)
    for s in starts[slot]:
        mark = mark * 1_000_003 + s
    marks[slot] = mark
    if slot < len(costs):
        costs[slot] = cost
        return
    worst = 0
    for i in range(len(costs)):
        if costs[i] > costs[worst]:
            worst = i
        if costs[i] == cost and marks[i] == marks[slot]:
            return
    if cost <= costs[worst]:
        orders[worst], levels[worst], starts[worst] = orders[slot], levels[slot], starts[slot]
        costs[worst], marks[worst] = cost, mark
