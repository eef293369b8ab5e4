"""One door from a problem to a schedule: compiled search, bounds, CP-SAT for the rest, left shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from dxplan.plan.scheduling.bound import due_costs, earliest_starts, path_bound
from dxplan.plan.scheduling.energy import energy_bound
from dxplan.plan.scheduling.exact import Model, build_schedule
from dxplan.plan.scheduling.net import Net, build_net
from dxplan.plan.scheduling.problem import Problem, Task, check_problem
from dxplan.plan.scheduling.rules import build_rules
from dxplan.plan.scheduling.search import UNPLACED, breed_schedule
from dxplan.plan.solve import Effort, NoRoomError, PlanError, build_solver, load_effort, outcome

__all__ = ["PlanError", "Problem", "Schedule", "Task", "build_schedule", "plan_schedule"]

ANY_LEVEL = 1 << 30  # a level above every capacity


@dataclass(frozen=True, eq=False)
class Schedule:
    """A schedule with what is proven of it.

    Attributes
    ----------
    start, finish : int [n], periods; a task runs in start..finish-1.
    cost : cost of the schedule.
    bound : proven lower bound on the cost of any schedule.
    gap : share of the cost that is not proven, 0 to 1.
    status : 最適 when cost and bound meet, else 打切り.
    """

    start: np.ndarray
    finish: np.ndarray
    cost: int
    bound: int
    gap: float
    status: str


def plan_schedule(
    problem: Problem, effort: str = "standard", seed: int = 1, hint: Sequence[int] | None = None, again: bool = False
) -> Schedule:
    """The cheapest schedule that the effort finds; the same input gives the same answer.

    Parameters
    ----------
    problem : tasks, links, calendars and prices.
    effort : word of dxplan.plan.solve.EFFORTS.
    seed : any whole number.
    hint : int [n], starts of an earlier schedule, perhaps no longer feasible. When it is feasible
        the answer costs no more.
    again : whether only the dates are wanted of a plan made again: a shorter search, and no bound but the paths'.

    Raises
    ------
    PlanError : the call is wrong.
    NoRoomError : no schedule was found that fits the horizon.
    """
    work = load_effort(effort)
    if again:
        work = replace(work, search=work.again, exact=0.0, energy=(0, 0))
    check_problem(problem)
    net = build_net(problem)
    if not problem.tasks:
        return _answer(net, np.zeros(0, np.int64), 0, 0)
    head = earliest_starts(problem, net)
    bound = path_bound(net, head)
    hint, bare = _checked_hint(net, hint), not _priced_by_load(net)
    budget, exact = _shares(work, len(net.dur), bare)
    early = bare or len(net.dur) <= 60  # then CP-SAT often proves a first answer at once
    start, cost = _search(net, head, budget // (10 if early else 1), seed, bound, hint)
    if work.energy[0] and not bare and bound < cost < UNPLACED:
        bound = max(bound, energy_bound(net, head, cost, work))
    if early and cost > bound:
        start, cost, bound = _prove(problem, net, exact / 4, seed, start, cost, bound)
        if cost > bound:
            start, cost = _search(net, head, budget, seed, bound, start if cost < UNPLACED else hint)
    if cost > bound:
        start, cost, bound = _prove(problem, net, exact, seed, start, cost, bound)
    if cost >= UNPLACED:
        raise NoRoomError(_no_room(problem, start))
    start, cost = _shift(net, start, cost, bound)
    return _answer(net, start, cost, bound)


def _shares(work: Effort, size: int, bare: bool) -> tuple[int, float]:
    """Units of search, seconds of CP-SAT: few tasks can be proved, many must be searched."""
    part = min(max(size / 60, 0.5), 1.0)
    exact = min(max(60 / size, 0.3), 2.7) if bare else min(max(24 / size, 0.15), 1.0)
    return int(work.search * part * part), work.exact * exact


def _priced_by_load(net: Net) -> bool:
    """Whether the energy bound can say more than CP-SAT: it is weak on a bare makespan."""
    return bool(len(net.due_at) or net.peak_price.any() or (net.cap != net.cap[:, :1]).any())


def schedule_cost(net: Net, start: np.ndarray) -> int:
    """Cost of given starts; UNPLACED when they break a link, a window or a capacity.

    Parameters
    ----------
    net : flat arrays of a problem.
    start : int [n].
    """
    horizon = net.cap.shape[1]
    if ((start < 0) | (start >= horizon)).any() or (start < net.release).any():
        return UNPLACED
    finish = start + net.dur
    pred = np.repeat(np.arange(len(start)), np.diff(net.succ_ptr))
    free = finish.copy()
    gated = np.flatnonzero(net.ready_row >= 0)
    free[gated] = net.ready[net.ready_row[gated], start[gated]]
    broken = (start[net.succ_id] < free[pred] + net.succ_lag).any()
    load = _load(net, start)
    if broken or (net.after[net.row, start] != start).any() or finish.max() > horizon:
        return UNPLACED
    if (load > net.cap).any() and ((load > net.cap) & (load > 0)).any():
        return UNPLACED
    peaks = int((net.peak_price * load.max(axis=1)).sum())
    return int(net.makespan_price * finish.max() + due_costs(net, finish).sum() + peaks)


def _load(net: Net, start: np.ndarray) -> np.ndarray:
    """Int [R, T], units in use."""
    load = np.zeros(net.cap.shape, np.int64)
    for task, s in enumerate(start):
        for q in range(net.res_ptr[task], net.res_ptr[task + 1]):
            load[net.res_id[q], s : s + net.dur[task]] += net.res_amt[q]
    return load


def _checked_hint(net: Net, hint: Sequence[int] | None) -> np.ndarray | None:
    if hint is None:
        return None
    hint = np.asarray(hint, np.int64)
    if hint.shape != net.dur.shape:
        raise PlanError(f"the hint has shape {hint.shape}, not ({len(net.dur)},).")
    return hint


def _search(net, head, budget: int, seed, bound, hint) -> tuple[np.ndarray, int]:
    """Starts and cost of the compiled search; the hint founds the first list."""
    keys = build_rules(net, head)
    caps = np.full((len(keys), len(net.cap)), ANY_LEVEL, np.int64)
    caps[:, net.peak_price > 0] = net.cap.max(axis=1)[net.peak_price > 0]
    known = UNPLACED
    if hint is not None:
        known = schedule_cost(net, hint)
        level = caps[0] if known >= UNPLACED else _levels(net, hint)
        keys, caps = np.vstack([hint, keys]), np.vstack([level, caps])
    size = 16 if net.job.max(initial=-1) >= 0 else 200  # lists in jobs gain more by moves than by breeding
    start, cost, _ = breed_schedule(net, keys, caps, size, budget, bound, seed & 0xFFFFFFFF)
    return (hint, known) if known < min(cost, UNPLACED) else (start, int(cost))


def _levels(net: Net, start: np.ndarray) -> np.ndarray:
    """Int [R], peaks of priced resources; no level elsewhere."""
    peak = np.maximum(_load(net, start).max(axis=1), net.least)
    return np.where(net.peak_price > 0, peak, ANY_LEVEL)


def _prove(problem, net, limit: float, seed, start, cost, bound):
    """CP-SAT looks for anything cheaper; finding that there is none proves the cost."""
    known = cost < UNPLACED
    if known and limit <= 0:
        return start, cost, bound
    model = build_schedule(problem, cost - 1 if known else None)
    if known and _priced_by_load(net):
        _hint(model, net, start)
    solver = build_solver(limit if known else max(limit, 1.0), seed)
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return start, cost, (cost if known else bound)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        start = np.array([solver.value(var) for var in model.starts], np.int64)
        cost = schedule_cost(net, start)
    if status != cp_model.MODEL_INVALID:
        bound = max(bound, min(cost, int(np.ceil(solver.best_objective_bound - 1e-6))))
    return start, cost, bound


def _hint(model: Model, net: Net, start: np.ndarray) -> None:
    for var, s in zip(model.starts, start.tolist()):
        model.model.add_hint(var, s)


def _shift(net: Net, start, cost, bound) -> tuple[np.ndarray, int]:
    """Move every task as early as it can be without a higher peak."""
    level = _levels(net, start)[None, :]
    moved, price, _ = breed_schedule(net, start[None, :].astype(float), level, 1, 0, 0, 1)
    return (moved, int(price)) if price <= cost else (start, cost)


def _no_room(problem: Problem, start: np.ndarray) -> str:
    horizon = problem.capacity.shape[1]
    lost = np.flatnonzero(start >= horizon)
    key = problem.tasks[int(lost[0]) if len(lost) else 0].key
    return f"the horizon of {horizon} periods is too short: no room was found for task {key!r}."


def _answer(net: Net, start: np.ndarray, cost: int, bound: int) -> Schedule:
    said = outcome(cost, bound)
    return Schedule(start, start + net.dur, cost, said.bound, said.gap, said.status)
