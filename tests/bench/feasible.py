"""Whether starts are a schedule of a problem, and what they cost; shares nothing with the scheduler."""


def faults(problem, start):
    """Every broken rule as a sentence; an empty list when the starts are a schedule."""
    capacity = [[int(units) for units in row] for row in problem.capacity]
    horizon = len(capacity[0]) if capacity else 0
    start = [int(s) for s in start]
    if len(start) != len(problem.tasks):
        return [f"{len(start)} starts for {len(problem.tasks)} tasks"]
    found = []
    for task, s in zip(problem.tasks, start):
        found += _window_faults(task, s, horizon)
    if found:
        return found
    for pred, succ, lag in problem.links:
        if start[succ] < _ready(problem.tasks[pred], start[pred]) + lag:
            found.append(f"task {succ} starts at {start[succ]}, before task {pred} lets it")
    for r, row in enumerate(capacity):
        for t, used in enumerate(loads(problem, start)[r]):
            if used > max(row[t], 0):
                found.append(f"resource {r} carries {used} of {row[t]} in period {t}")
    return found


def _window_faults(task, s, horizon):
    if s < task.release or s < 0 or s >= horizon or s + task.duration > horizon:
        return [f"task {task.key} runs {s}..{s + task.duration} outside {task.release}..{horizon}"]
    if task.starts is not None and not task.starts[s]:
        return [f"task {task.key} may not start at {s}"]
    return []


def _ready(task, s):
    return s + task.duration if task.ready is None else int(task.ready[s])


def loads(problem, start):
    """Units in use by resource and period."""
    used = [[0] * len(row) for row in problem.capacity]
    for task, s in zip(problem.tasks, start):
        for r, amount in enumerate(task.demand):
            for t in range(s, s + task.duration):
                used[r][t] += amount
    return used


def cost(problem, start):
    """Makespan, dues and peaks at their prices."""
    start = [int(s) for s in start]
    ends = [s + task.duration for task, s in zip(problem.tasks, start)]
    total = problem.makespan_price * max(ends, default=0)
    for task, end in zip(problem.tasks, ends):
        total += sum(price * max(0, end - due) for due, price in task.dues)
    if problem.peak_price:
        total += sum(price * max(row) for price, row in zip(problem.peak_price, loads(problem, start)))
    return total
