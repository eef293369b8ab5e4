"""Reasons of hand-made schedules, read off by eye."""

import numpy as np

from dxplan.plan.scheduling.schedule import Problem, Task
from dxplan.plan.scheduling.trace import trace_schedule

KINDS = ["dx", "vendor"]


def _problem(*tasks, links=(), capacity=((2,), (1,)), horizon=20):
    return Problem(tuple(tasks), tuple(links), np.repeat(np.array(capacity), horizon, axis=1))


def test_a_task_at_the_start_waits_for_nothing_and_its_follower_for_it():
    problem = _problem(Task("a", 3, (1, 0)), Task("b", 2, (1, 0)), links=[(0, 1, 0)])
    trace = trace_schedule(problem, np.array([0, 3]), KINDS)
    assert trace.wait == ("", "pred")
    assert trace.critical == (1, 0)


def test_a_task_that_finds_the_only_slot_taken_waits_for_the_vendor():
    problem = _problem(Task("a", 3, (0, 1)), Task("b", 2, (0, 1)))
    trace = trace_schedule(problem, np.array([0, 3]), KINDS)
    assert trace.wait == ("", "vendor")
    assert trace.critical == (1, 0)


def test_a_task_waits_for_the_resource_that_is_full_in_most_weeks():
    problem = _problem(Task("a", 3, (2, 0)), Task("b", 2, (1, 1)), Task("c", 1, (0, 1)))
    trace = trace_schedule(problem, np.array([0, 3, 0]), KINDS)
    assert trace.wait[1] == "dx"


def test_a_closed_window_is_the_reason_where_the_resources_are_free():
    starts = np.zeros(20, bool)
    starts[7] = True
    problem = _problem(Task("a", 2, (1, 0)), Task("b", 1, (1, 0), starts), links=[(0, 1, 0)])
    trace = trace_schedule(problem, np.array([0, 7]), KINDS)
    assert trace.wait == ("", "window")
    assert trace.critical == (1, 0)


def test_a_task_put_off_without_need_was_put_off_to_keep_a_peak_low():
    problem = _problem(Task("a", 2, (1, 0)), Task("b", 2, (1, 0)))
    assert trace_schedule(problem, np.array([0, 2]), KINDS).wait == ("", "level")


def test_a_successor_of_a_gate_waits_for_the_money_and_not_for_the_finish():
    ready = np.maximum(np.arange(20), 9)
    problem = _problem(Task("ask", 0, (0, 0), None, ready), Task("rfp", 2, (1, 0)), links=[(0, 1, 0)])
    trace = trace_schedule(problem, np.array([0, 9]), KINDS)
    assert trace.wait == ("", "pred") and trace.critical == (1, 0)
