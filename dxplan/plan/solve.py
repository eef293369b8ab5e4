"""The only place that sets solver options: threads, seed, deterministic limits, status, gap.

One thread, a fixed seed and deterministic limits, never the wall clock: the same input gives the
same plan on a busy machine as on an idle one.
"""

from __future__ import annotations

from dataclasses import dataclass

from highspy.highs import _Highs
from ortools.sat.python import cp_model

OPTIMAL = "最適"
STOPPED = "打切り"


class PlanError(ValueError):
    """A call of a planner is wrong; the message is one English sentence for developers."""


class NoRoomError(PlanError):
    """The call is right, but its work does not fit the horizon."""


@dataclass(frozen=True)
class Effort:
    """How much work a plan may take, in units that no clock can change.

    Attributes
    ----------
    name : the word that a params file uses.
    search : work units of the compiled search (one CPU second does about 400 million).
    exact : deterministic seconds of CP-SAT for 60 tasks; one of them takes about 4 CPU seconds.
    energy : interior point iterations of the energy bound's linear program.
    """

    name: str
    search: int
    exact: float
    energy: int


EFFORTS = {
    "quick": Effort("quick", 40_000_000, 0.0, 30),
    "standard": Effort("standard", 240_000_000, 0.15, 60),
    "thorough": Effort("thorough", 3_000_000_000, 10.0, 200),
}


@dataclass(frozen=True)
class Outcome:
    """What a solver says of its answer.

    Attributes
    ----------
    status : OPTIMAL when cost and bound meet, else STOPPED.
    bound : a proven lower bound on the cost (units of the cost).
    gap : share of the cost that is not proven, 0 to 1.
    """

    status: str
    bound: int
    gap: float


def load_effort(word: str) -> Effort:
    """Effort of a word.

    Parameters
    ----------
    word : one of EFFORTS.

    Raises
    ------
    PlanError : the word is not in the table.
    """
    if word not in EFFORTS:
        raise PlanError(f"effort {word!r} is not known; use one of {', '.join(EFFORTS)}.")
    return EFFORTS[word]


def outcome(cost: int, bound: int) -> Outcome:
    """Status and gap of a cost with its bound.

    Parameters
    ----------
    cost : cost of the answer.
    bound : proven lower bound on it.
    """
    bound = min(bound, cost)
    gap = (cost - bound) / cost if cost > 0 else 0.0
    return Outcome(OPTIMAL if bound == cost else STOPPED, bound, gap)


def build_solver(limit: float, seed: int) -> cp_model.CpSolver:
    """A silent CP-SAT solver with one thread, a seed and a deterministic limit.

    Parameters
    ----------
    limit : deterministic seconds.
    seed : any integer; only its lower 31 bits count.
    """
    solver = cp_model.CpSolver()
    options = solver.parameters
    options.num_workers = 1
    options.random_seed = seed & 0x7FFFFFFF
    options.max_deterministic_time = limit
    options.linearization_level = 0  # on schedules the relaxation costs more time than it saves
    options.log_search_progress = False
    return solver


def build_linear(effort: Effort) -> _Highs:
    """A silent HiGHS, interior point, one thread and an iteration limit: its duals are made safe later.

    Parameters
    ----------
    effort : row of EFFORTS.
    """
    linear = _Highs()  # its public child prints a banner before any option can silence it
    linear.setOptionValue("log_to_console", False)
    linear.setOptionValue("output_flag", False)
    linear.setOptionValue("threads", 1)
    linear.setOptionValue("random_seed", 1)
    linear.setOptionValue("solver", "ipm")
    linear.setOptionValue("run_crossover", "off")
    linear.setOptionValue("ipm_optimality_tolerance", 1e-5)
    linear.setOptionValue("ipm_iteration_limit", effort.energy)
    return linear
