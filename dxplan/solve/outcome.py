"""The only place that sets solver options: threads, seed, deterministic limits, status, gap.

One thread, a fixed seed and deterministic limits, never the wall clock: the same input gives the
same plan on a busy machine as on an idle one.
"""

from __future__ import annotations

from dataclasses import dataclass

from highspy._core import _Highs
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
    dives : shares from which a staffing plan's dive rounds up; with one alone nothing is tried
        without outsiders.
    hasty : whether dives round many columns at a time, price edges roughly, and try but once to do
        without outsiders; whether a search goes straight to its nodes; and whether CP-SAT looks but
        once for what can be left out of the classes.
    mixed : gap to reach and nodes of the staffing plan's search; a gap of 1 leaves the search out.
    classes : deterministic seconds of CP-SAT for the classes of one fiscal year: dates and seats
        one after the other, both at once.
    """

    name: str
    dives: tuple[float, ...]
    hasty: bool
    mixed: tuple[float, int]
    classes: tuple[float, float]


FIRST = "first"  # the effort of a first answer
EFFORTS = {
    FIRST: Effort(FIRST, (0.35,), True, (1.0, 0), (0.03, 0.0)),
    "quick": Effort("quick", (0.25, 0.5), True, (1.0, 0), (0.03, 0.0)),
    "standard": Effort("standard", (0.25, 0.5), False, (0.05, 10), (0.03, 0.015)),
    "thorough": Effort("thorough", (0.12, 0.25, 0.5), False, (0.005, 50), (1.0, 2.0)),
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
    if bound == cost:
        return Outcome(OPTIMAL, bound, 0.0)
    gap = 0.0
    if cost > 0:
        gap = (cost - bound) / cost
    return Outcome(STOPPED, bound, gap)


def build_solver(
    limit: float, seed: int, linear: int = 0, hasty: bool = False
) -> cp_model.CpSolver:
    """A silent CP-SAT solver with one thread, a seed and a deterministic limit.

    Parameters
    ----------
    limit : deterministic seconds.
    seed : any integer; only its lower 31 bits count.
    linear : how much of the model its linear relaxation holds; on schedules it costs more time than
        it saves.
    hasty : whether the presolve is short; on small models it takes longer than the search.
    """
    solver = cp_model.CpSolver()
    options = solver.parameters
    options.num_workers = 1
    options.random_seed = seed & 0x7FFFFFFF
    options.max_deterministic_time = limit
    options.linearization_level = linear
    options.log_search_progress = False
    if hasty:
        options.max_presolve_iterations = 1
        options.cp_model_probing_level = 0
    return solver


def build_simplex(hasty: bool = False) -> _Highs:
    """A silent HiGHS for a linear program that is solved again and again from its last basis.

    Parameters
    ----------
    hasty : whether edges are priced by Devex, which a basis that was set anew need not compute: a
        third less time.
    """
    linear = _silent()
    linear.setOptionValue("solver", "simplex")
    if hasty:
        linear.setOptionValue("simplex_dual_edge_weight_strategy", 1)
    return linear


# at the root the searches around the relaxation and the given answer (RINS) found what all of them
# found, in a third of the time
FEW = 10  # nodes
SCALE = -10  # power of two by which the costs of a hasty search are scaled
COSTLY = ("feasibility_jump", "rens", "root_reduced_cost", "zi_round", "shifting")


def build_mixed(gap: float, nodes: int, hasty: bool = False) -> _Highs:
    """A silent HiGHS for a program with whole numbers, with a limit in nodes.

    Parameters
    ----------
    gap : share of the cost that need not be proven, 0 to 1.
    nodes : nodes of the search tree; a few are searched without the costly heuristics.
    hasty : whether nothing is reduced beforehand or begun anew, and costs are scaled down: half
        the time where some hundred columns and a few nodes are all.
    """
    mixed = _silent()
    mixed.setOptionValue("mip_rel_gap", gap)
    mixed.setOptionValue("mip_max_nodes", nodes)
    if hasty:
        mixed.setOptionValue("presolve", "off")
        mixed.setOptionValue("mip_allow_restart", False)
        mixed.setOptionValue("mip_heuristic_effort", 0.0)
        mixed.setOptionValue("user_objective_scale", SCALE)
    if hasty or nodes <= FEW:
        for name in COSTLY:
            mixed.setOptionValue(f"mip_heuristic_run_{name}", False)
    return mixed


def _silent() -> _Highs:
    solver = _Highs()  # its public child prints a banner before any option can silence it
    for name, value in (
        ("log_to_console", False),
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 1),
    ):
        solver.setOptionValue(name, value)
    return solver
