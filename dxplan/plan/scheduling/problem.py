"""What is to be scheduled, in plain values, and the checks that a call must pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dxplan.plan.solve import NoRoomError, PlanError


@dataclass(frozen=True, eq=False)
class Task:
    """One piece of work that runs without a break.

    Attributes
    ----------
    key : name used in messages.
    duration : periods, 0 or more.
    demand : units of each resource while the task runs.
    starts : bool [T], periods at which it may start; None for any.
    ready : int [T], period from which successors may start if the task starts at t;
        None for t + duration. Never earlier than t + duration where a start is allowed.
    release : first period at which it may start.
    dues : (due, price) pairs; each costs price for every period that the finish is past due.
    """

    key: str
    duration: int
    demand: tuple[int, ...]
    starts: np.ndarray | None = None
    ready: np.ndarray | None = None
    release: int = 0
    dues: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Problem:
    """Tasks, links and calendars.

    Attributes
    ----------
    tasks : the tasks; links and answers refer to them by place.
    links : (pred, succ, lag); the successor starts at ready(pred) + lag or later, lag >= 0.
    capacity : int [R, T], units of each resource in each period.
    makespan_price : price of each period until the last finish.
    peak_price : price of each unit of a resource's highest load; () for none.
    """

    tasks: tuple[Task, ...]
    links: tuple[tuple[int, int, int], ...]
    capacity: np.ndarray
    makespan_price: int = 0
    peak_price: tuple[int, ...] = ()

    @cached_property
    def allowed(self) -> tuple[np.ndarray, ...]:
        """Bool [T] for each task, not to be changed: mask, release, horizon and the calendar alone allow this start."""
        return tuple(_allowed_starts(self))


def topological(problem: Problem) -> list[int]:
    """Places of the tasks, predecessors first.

    Parameters
    ----------
    problem : tasks and links.

    Raises
    ------
    PlanError : the links hold a cycle.
    """
    waiting = [0] * len(problem.tasks)
    after: list[list[int]] = [[] for _ in problem.tasks]
    for pred, succ, _ in problem.links:
        waiting[succ] += 1
        after[pred].append(succ)
    order = [task for task, count in enumerate(waiting) if count == 0]
    for task in order:
        for succ in after[task]:
            waiting[succ] -= 1
            if waiting[succ] == 0:
                order.append(succ)
    if len(order) < len(waiting):
        stuck = next(task for task, count in enumerate(waiting) if count > 0)
        raise PlanError(f"the links hold a cycle at or before task {problem.tasks[stuck].key!r}.")
    return order


def _allowed_starts(problem: Problem) -> list[np.ndarray]:
    horizon = problem.capacity.shape[1]
    fits: dict[tuple[int, int, int], np.ndarray] = {}
    answer = []
    for task in problem.tasks:
        allowed = np.ones(horizon, bool) if task.starts is None else np.array(task.starts, bool)
        allowed[: max(task.release, 0)] = False
        allowed[max(horizon - task.duration + 1, 0) :] = False
        for resource, amount in enumerate(task.demand):
            if amount > 0 and task.duration > 0:
                key = (resource, amount, task.duration)
                if key not in fits:
                    fits[key] = _window(problem.capacity[resource] >= amount, task.duration)
                allowed &= fits[key]
        answer.append(allowed)
    return answer


def _window(enough: np.ndarray, duration: int) -> np.ndarray:
    """True at t when `enough` holds for the whole of [t, t + duration)."""
    lack = np.concatenate(([0], np.cumsum(~enough)))
    fits = np.zeros(len(enough), bool)
    last = len(enough) - duration + 1
    if last > 0:
        fits[:last] = lack[duration:] == lack[:last]
    return fits


def check_problem(problem: Problem) -> None:
    """Raise on the first fault of a call.

    Parameters
    ----------
    problem : anything that claims to be a problem.

    Raises
    ------
    PlanError : shapes differ, a value is out of range, the links hold a cycle, a demand is above
        the largest capacity.
    NoRoomError : a task has no allowed start.
    """
    if problem.capacity.ndim != 2:
        raise PlanError(f"capacity has {problem.capacity.ndim} dimensions; [R, T] is wanted.")
    resources = problem.capacity.shape[0]
    if len(problem.peak_price) not in (0, resources):
        raise PlanError(f"peak_price has {len(problem.peak_price)} prices for {resources} resources.")
    if problem.makespan_price < 0 or any(price < 0 for price in problem.peak_price):
        raise PlanError("a price is negative; makespan_price and peak_price must be 0 or more.")
    for task in problem.tasks:
        _check_shape(task, *problem.capacity.shape)
        _check_demand(task, problem.capacity)
    for link in problem.links:
        _check_link(link, problem.tasks)
    topological(problem)
    for task, allowed in zip(problem.tasks, problem.allowed):
        if not allowed.any():
            raise NoRoomError(
                f"task {task.key!r} has no allowed start in {problem.capacity.shape[1]} periods: "
                "its mask, release, duration and the calendars leave none."
            )


def _check_shape(task: Task, resources: int, horizon: int) -> None:
    if task.duration < 0:
        raise PlanError(f"task {task.key!r} has duration {task.duration}; 0 or more is wanted.")
    if len(task.demand) != resources:
        raise PlanError(f"task {task.key!r} demands {len(task.demand)} resources, not {resources}.")
    if any(price < 0 for _, price in task.dues):
        raise PlanError(f"task {task.key!r} has a due with a negative price.")
    for name, table in (("starts", task.starts), ("ready", task.ready)):
        if table is not None and np.shape(table) != (horizon,):
            raise PlanError(f"{name} of task {task.key!r} has shape {np.shape(table)}, not ({horizon},).")
    if task.ready is not None:
        may = slice(None) if task.starts is None else np.asarray(task.starts, bool)
        if (np.asarray(task.ready) < np.arange(horizon) + task.duration)[may].any():
            raise PlanError(f"ready of task {task.key!r} is earlier than its finish.")


def _check_demand(task: Task, capacity: np.ndarray) -> None:
    for resource, amount in enumerate(task.demand):
        most = int(capacity[resource].max(initial=0))
        if amount < 0:
            raise PlanError(f"task {task.key!r} demands {amount} units of resource {resource}.")
        if amount > most and task.duration > 0:
            raise PlanError(
                f"task {task.key!r} demands {amount} units of resource {resource}, "
                f"but its largest capacity is {most}."
            )


def _check_link(link: tuple[int, int, int], tasks: tuple[Task, ...]) -> None:
    pred, succ, lag = link
    if not (0 <= pred < len(tasks) and 0 <= succ < len(tasks)):
        raise PlanError(f"link {tuple(link)} names a task outside 0..{len(tasks) - 1}.")
    if lag < 0:
        raise PlanError(f"link {tuple(link)} has a negative lag; 0 or more is wanted.")
