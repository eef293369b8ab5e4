"""Whom the samples of a roadmap are short of: FTE-months by fiscal year in each of them.

A lot's work keeps its shape and moves with its window; engagements and classes stay as they are
planned, but for the case that comes true in a sample. What the DX section and its outsiders cannot
do though DX promotion waits, and what the sections cannot do together, is short.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from dxplan.plan.column import units_of
from dxplan.plan.exposure import Exposure, month_of
from dxplan.plan.sample import SAMPLES
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.timetable import month_share
from dxplan.plan.work import UNIT
from dxplan.solve.arrays import Floats, Ints

ROLES = ("dx", "section")


def short_of(found: Exposure) -> Floats:
    """FTE-months [N, F] by which the roadmap is short of people."""
    month, demand = demand_of(found)
    dx, sections = demand
    places = np.array([month_of(day) for day in month])
    lack = np.maximum(0, dx - _able(found, places))
    lack += np.maximum(0, sections - _sections(found))
    year = found.years.place(places)
    table = found.years.none()
    for k in range(found.years.count):
        table[:, k] = lack[:, year == k].sum(axis=1)
    return table


def demand_of(found: Exposure) -> tuple[tuple[date, ...], Floats]:
    """Months, and FTE [2, N, M] that the roadmap asks of the DX section and of the sections."""
    frame = found.plan.pmo.frame
    month, share = month_share(frame.weeks)
    weight = share / share.sum(axis=0) / UNIT
    names = [resource.name for resource in frame.resources]
    table = np.zeros((len(ROLES), SAMPLES, len(month)))
    for k, project in enumerate(found.plan.pmo.projects):
        week = found.courses.week[:, k]
        weeks, place = np.unique(week, return_inverse=True)
        by_week = {column.window.week: column for column in project.columns}
        # what never ends takes its people as the last window does
        last = by_week[max(by_week)]
        used = [by_week.get(int(week), last) for week in weeks]
        units = units_of(project, used, names, frame.weeks.count)
        for row, role in enumerate(ROLES):
            of_role = [r.kind == role for r in frame.resources]
            asked = units[:, of_role].sum(axis=1) @ weight
            table[row] += asked[place]
    return month, table


def _able(found: Exposure, places: Ints) -> Floats:
    """FTE [N, M] that can work on the migration beside the sections."""
    shape = SAMPLES, len(places)
    table = np.empty(shape)
    table[:] = _level(found.plan.staffing, places)
    for name, hit in found.hits.items():
        if name in found.cases:
            table[hit] = _level(found.cases[name], places)
    return table


def _level(staffing: StaffingPlan, places: Ints) -> Floats:
    """FTE [M] of a staffing in months, the nearest one where a month is outside."""
    first, able = month_of(staffing.month[0]), staffing.able
    near = (places - first).clip(0, len(able) - 1)
    level: Floats = able[near]
    return level


def _sections(found: Exposure) -> Floats:
    """FTE [M] that the sections can give."""
    frame = found.plan.pmo.frame
    _, share = month_share(frame.weeks)
    total = np.zeros(frame.weeks.count)
    for resource in frame.resources:
        if resource.kind == ROLES[1]:
            total += resource.capacity / UNIT
    given: Floats = total @ (share / share.sum(axis=0))
    return given
