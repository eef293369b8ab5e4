"""What the whole plan asks of each section: migration, classes, and how much of its time both take.

A section is asked by each roadmap for itself; its head has to answer for the sum. Time is compared
in the fiscal year that takes most of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.parts import Parts
from dxplan.plan.people import HOURS
from dxplan.town.city import City

YEAR = 12  # months


@dataclass(frozen=True)
class Burden:
    """A row a section, the heaviest first; the table is not to be changed.

    Attributes
    ----------
    section : section, staff (人), lots (count), systems (count, still to move), effort (FTE-months
        of migration on the plan's own dates), month (in which that peaks; None without), peak
        (FTE), away (whole person-hours of classes), fiscal (the year that takes most), share (0..1
        of the section's working time in it).
    """

    city: City
    section: pd.DataFrame


def plan_burden(plan: Parts) -> Burden:
    """What each section is asked for.

    Parameters
    ----------
    plan : the plans of a city.
    """
    # the courses know all sections, also those that run none of the businesses
    sections = plan.training.season.drop_duplicates("section")
    pairs = zip(sections["section"], sections["staff"], strict=True)
    frame = pd.DataFrame([_row(plan, section, staff) for section, staff in pairs])
    frame = frame.sort_values(["share", "effort"], ascending=False, kind="stable")
    return Burden(plan.city, frame.reset_index(drop=True))


def _row(plan: Parts, section: str, staff: float) -> dict[str, object]:
    """One section: its lots and systems, its work by month, and its heaviest year."""
    systems = _rows(plan.pmo.cutover, "section", section)
    migration = _rows(plan.pmo.load, "resource", section)["load"]
    classes = _rows(plan.training.hours, "section", section)["hours"]
    spent = migration.mul(HOURS).add(classes, fill_value=0.0)
    year = spent.groupby(spent.index.map(months.fiscal_year)).sum()
    # a section of less than half a person is nobody in whole people; it has work all the same
    share = year.astype(float) / (max(staff, 1) * HOURS * YEAR)
    peak = migration.max()
    return {
        "section": section,
        "staff": staff,
        "lots": systems["lot"].nunique(),
        "systems": len(systems),
        "effort": float(migration.sum()),
        "month": migration.idxmax() if peak > 0 else None,
        "peak": float(np.fmax(peak, 0.0)),  # nan where it is in no lot
        "away": round(float(classes.sum())),
        "fiscal": share.idxmax() if len(share) else None,
        "share": share.max() if len(share) else 0.0,
    }


def _rows(table: pd.DataFrame, column: str, section: str) -> pd.DataFrame:
    """The rows of one section, by month where the table has months."""
    rows = table[table[column] == section]
    return rows.set_index("month") if "month" in rows else rows
