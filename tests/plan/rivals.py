"""The best roadmap of a city found in three other ways: by trying all, by CP-SAT, and by HiGHS.

They take the columns of a plan's lots with their prices and bars, and nothing else of the planner:
loads, distances, links and peaks are counted here anew. Costs are in hundredths of a point.
"""

from itertools import combinations, permutations

import highspy
import numpy as np
from highspy.highs import _Highs
from ortools.sat.python import cp_model

from tests.plan.checker import CARE_GAP, OTHER_GAP, REGISTER, load_rows

LAW = "15"  # the work item of the ordinances
LAW_WEEKS = next(int(row["weeks"]) for row in load_rows("lot_template") if row["key"] == "LAW")
FOLLOW = {row["business"] for row in load_rows("businesses") if row["after_register"] == "1"}


class Choices:
    """The columns of a city's lots as plain arrays.

    Attributes
    ----------
    cost, week : of each column, a list a lot.
    load : units [K, R, T] of each lot.
    capacity : units [R, T].
    """

    def __init__(self, plan, city=None):
        city = city or plan.city
        self.lots = [project.lot for project in plan.projects]
        self.cost = [
            np.array([column.cost for column in project.columns]) for project in plan.projects
        ]
        self.week = [
            np.array([column.window.week for column in project.columns])
            for project in plan.projects
        ]
        self.names = [resource.name for resource in plan.frame.resources]
        self.capacity = np.array([resource.capacity for resource in plan.frame.resources])
        shape = self.capacity.shape
        self.load = [
            np.array([_load(project, column, self.names, shape) for column in project.columns])
            for project in plan.projects
        ]
        self.peak, self.over, self.link = (
            round(city.number(f"price_{name}") * size)
            for name, size in (("peak", 1), ("over", 1), ("link", 100))
        )

    def fits(self, a, b, apart):
        """Whether two lots may lie so many weeks apart (an array of them)."""
        one, two = self.lots[a], self.lots[b]
        shared = set(one.sections) & set(two.sections)
        night = not shared or one.name in two.nights or two.name in one.nights
        far = np.abs(apart) >= (CARE_GAP if shared else OTHER_GAP)
        return far | ((apart == 0) & night)

    def early(self, a, b):
        """Price of a lot that cuts over before another."""
        follows = FOLLOW & set(self.lots[a].businesses)
        return self.link if follows and REGISTER in self.lots[b].businesses else 0

    def used(self, lot):
        """Which resources a lot uses."""
        return self.load[lot].any(axis=(0, 2))

    def people(self, load):
        """Price of the peaks of loads [..., R, T]."""
        over = np.maximum(0, load - self.capacity).max(axis=-1)
        return (self.peak * load.max(axis=-1) + self.over * over).sum(axis=-1)

    def priced(self, chosen):
        """Cost of a column for each lot; None where two of them do not go together."""
        pairs = list(permutations(range(len(self.lots)), 2))
        apart = {(a, b): self.week[a][chosen[a]] - self.week[b][chosen[b]] for a, b in pairs}
        if not all(self.fits(a, b, apart[a, b]) for a, b in pairs):
            return None
        own = sum(int(cost[k]) for cost, k in zip(self.cost, chosen))
        links = sum(self.early(a, b) for a, b in pairs if apart[a, b] < 0)
        return own + links + int(self.people(sum(load[k] for load, k in zip(self.load, chosen))))


def _load(project, column, names, shape):
    """Units [R, T] of a lot in a column, from its bars."""
    found = np.zeros(shape, np.int64)
    for first, weeks, demand in _bars(project, column):
        for name, units in demand.items():
            found[names.index(name), max(0, first) : max(0, first + weeks)] += units
    return found


def _bars(project, column):
    """(week, weeks, demand) of the papers, the tender, the block and the ordinances."""
    for papers, first in ((project.before, column.papers), (project.after, column.tender)):
        for paper in papers if first is not None else ():
            yield first, paper.weeks, paper.demand
            first += paper.weeks
    for piece in project.block.pieces:
        yield column.window.week + piece.start, piece.weeks, project.demand[piece.item.key]
    if column.law is not None:
        yield column.law, LAW_WEEKS, project.demand[LAW]


def enumerated(choices):
    """(cost, sum of the weeks) of the earliest of the cheapest plans of one or two lots."""
    if len(choices.lots) == 1:
        total = choices.cost[0] + choices.people(choices.load[0])
        return min(zip(total.tolist(), choices.week[0].tolist()))
    both = choices.used(0) & choices.used(1)
    alone = [choices.cost[lot] + _part(choices, choices.load[lot], ~both) for lot in (0, 1)]
    best = (np.inf, 0)
    for k, week in enumerate(choices.week[0]):
        apart = week - choices.week[1]
        total = alone[0][k] + alone[1] + _part(choices, choices.load[0][k] + choices.load[1], both)
        total = (
            total
            + np.where(apart < 0, choices.early(0, 1), 0)
            + np.where(apart > 0, choices.early(1, 0), 0)
        )
        fits = np.flatnonzero(choices.fits(0, 1, apart))
        found = ((int(total[i]), int(week + choices.week[1][i])) for i in fits)
        best = min(best, min(found, default=best))
    return best


def _part(choices, load, which):
    """Price of the peaks [...] of some resources."""
    load, capacity = load[..., which, :], choices.capacity[which]
    over = np.maximum(0, load - capacity).max(axis=-1, initial=0)
    return (choices.peak * load.max(axis=-1, initial=0) + choices.over * over).sum(axis=-1)


# --- CP-SAT ---------------------------------------------------------------------------------------
def by_cp_sat(choices, limit=120):
    """(cost, whether it is proved) of the best plan by CP-SAT, one variable a lot and column."""
    model = cp_model.CpModel()
    take = [
        [model.new_bool_var(f"{lot} {k}") for k in range(len(cost))]
        for lot, cost in enumerate(choices.cost)
    ]
    for row in take:
        model.add_exactly_one(row)
    terms = [int(cost) * x for row, costs in zip(take, choices.cost) for x, cost in zip(row, costs)]
    for a, b in combinations(range(len(take)), 2):
        terms += _add_pair(model, choices, take, a, b)
    for r in range(len(choices.names)):
        terms += _add_people(model, choices, take, r)
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 1
    solver.parameters.max_deterministic_time = limit
    status = solver.solve(model)
    return round(solver.objective_value), status == cp_model.OPTIMAL


def _add_pair(model, choices, take, a, b):
    """Two lots keep their distance; the price of an interim link where one is early."""
    for i, week in enumerate(choices.week[a]):
        near = np.flatnonzero(~choices.fits(a, b, week - choices.week[b]))
        if len(near):
            model.add_at_most_one([take[a][i], *(take[b][k] for k in near)])
    when = [sum(int(w) * x for w, x in zip(choices.week[lot], take[lot])) for lot in (a, b)]
    for (first, one), (second, two) in (((a, when[0]), (b, when[1])), ((b, when[1]), (a, when[0]))):
        if choices.early(first, second):
            link = model.new_bool_var(f"{first} before {second}")
            model.add(one >= two).only_enforce_if(link.negated())
            yield choices.early(first, second) * link


def _add_people(model, choices, take, r):
    """Peak and excess of a resource, and their prices."""
    most = int(sum(load[:, r].max() for load in choices.load))
    if not most:
        return
    peak, over = model.new_int_var(0, most, f"peak {r}"), model.new_int_var(0, most, f"over {r}")
    for t in range(choices.capacity.shape[1]):
        parts = [
            int(load[k, r, t]) * x
            for row, load in zip(take, choices.load)
            for k, x in enumerate(row)
            if load[k, r, t]
        ]
        if parts:
            model.add(sum(parts) <= peak)
            model.add(sum(parts) <= int(choices.capacity[r, t]) + over)
    for row, load in zip(take, choices.load):
        model.add(sum(int(load[k, r].max()) * x for k, x in enumerate(row)) <= peak)
    yield choices.peak * peak
    yield choices.over * over


# --- HiGHS ----------------------------------------------------------------------------------------
def by_highs(choices):
    """(cost, whether it is proved) of the best plan by an integer program over the same columns."""
    solver = _Highs()  # its public child prints a banner before any option can silence it
    for name, value in (("log_to_console", False), ("output_flag", False), ("threads", 1)):
        solver.setOptionValue(name, value)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    solver.passModel(_program(choices))
    solver.run()
    proved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return round(solver.getInfo().objective_function_value), proved


class _Rows:
    """Rows of a linear program, one after the other."""

    def __init__(self):
        self.start, self.index, self.value, self.low, self.high = [0], [], [], [], []

    def add(self, index, value, low, high):
        self.index.append(np.asarray(index))
        self.value.append(np.asarray(value, float))
        self.start.append(self.start[-1] + len(index))
        self.low.append(low)
        self.high.append(high)


def _program(choices):
    """Columns: x of a lot and window, peak and excess of a resource, link of two lots in order."""
    sizes = [len(cost) for cost in choices.cost]
    at = np.cumsum([0, *sizes])
    count, people = int(at[-1]), len(choices.names)
    pairs = [pair for pair in permutations(range(len(sizes)), 2) if choices.early(*pair)]
    rows = _Rows()
    for lot in range(len(sizes)):
        rows.add(np.arange(at[lot], at[lot + 1]), np.ones(sizes[lot]), 1, 1)
    for a, b in combinations(range(len(sizes)), 2):
        _pair_rows(rows, choices, at, a, b)
    for n, (a, b) in enumerate(pairs):
        _order_rows(rows, choices, at, a, b, count + 2 * people + n)
    for r in range(people):
        _people_rows(rows, choices, at, r, count + r, count + people + r)
    prices = [choices.early(a, b) for a, b in pairs]
    cost = np.concatenate([*choices.cost, [choices.peak] * people, [choices.over] * people, prices])
    return _model(rows, cost, count, len(pairs))


def _model(rows, cost, count, links):
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(cost), len(rows.low)
    program.col_cost_ = cost.astype(float)
    whole = np.ones(len(cost), bool)
    whole[count : len(cost) - links] = False
    program.col_lower_, program.col_upper_ = np.zeros(len(cost)), np.where(whole, 1.0, np.inf)
    program.integrality_ = [
        highspy.HighsVarType.kInteger if is_whole else highspy.HighsVarType.kContinuous
        for is_whole in whole
    ]
    program.row_lower_, program.row_upper_ = np.array(rows.low, float), np.array(rows.high, float)
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = (
        np.array(rows.start),
        np.concatenate(rows.index),
        np.concatenate(rows.value),
    )
    return program


def _pair_rows(rows, choices, at, a, b):
    for i, week in enumerate(choices.week[a]):
        near = np.flatnonzero(~choices.fits(a, b, week - choices.week[b]))
        if len(near):
            rows.add([at[a] + i, *(at[b] + near)], np.ones(len(near) + 1), -np.inf, 1)


def _order_rows(rows, choices, at, a, b, link):
    """What lies before a week in one lot and not before it in the other is a link."""
    for week in np.unique(choices.week[b]):
        first, second = choices.week[a] < week, choices.week[b] >= week
        index = [*(at[a] + np.flatnonzero(first)), *(at[b] + np.flatnonzero(second)), link]
        rows.add(index, [1.0] * (len(index) - 1) + [-1.0], -np.inf, 1)


def _people_rows(rows, choices, at, r, peak, over):
    for t in range(choices.capacity.shape[1]):
        index = np.concatenate(
            [at[lot] + np.flatnonzero(load[:, r, t]) for lot, load in enumerate(choices.load)]
        )
        if len(index):
            value = np.concatenate(
                [load[:, r, t][np.flatnonzero(load[:, r, t])] for load in choices.load]
            )
            rows.add([*index, peak], [*value, -1.0], -np.inf, 0)
            rows.add([*index, over], [*value, -1.0], -np.inf, choices.capacity[r, t])
    for lot, load in enumerate(choices.load):
        rows.add([*range(at[lot], at[lot + 1]), peak], [*load[:, r].max(axis=1), -1.0], -np.inf, 0)
