"""Every table of a plan, by name, and a table as CSV for a spreadsheet.

A function of the show floor that ends in ``_table`` or ``_figure`` is found by its name and is given the plans that its
signature asks for, so that a new table is here from the day it is written. Figures give the data behind them.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Iterator
from datetime import date
from io import StringIO
from types import ModuleType

import pandas as pd

from dxplan.export.text import plain_text
from dxplan.plan.governance import plan_governance
from dxplan.plan.whole import Comparison, Plan
from dxplan.show import (
    budget,
    city,
    engagement,
    governance,
    labels,
    pmo,
    reasons,
    report,
    staffing,
    strategy,
    training,
)
from dxplan.show.style import Figure, Table

TOPICS = (report, city, pmo, reasons, staffing, engagement, strategy, training, budget, governance)
LEADS = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
)  # what a spreadsheet takes for a formula
BYTE_ORDER = b"\xef\xbb\xbf"  # Excel reads UTF-8 by it


def tables(plan: Plan, why: pd.DataFrame, ways: Comparison) -> dict[str, Table]:
    """ASCII name (topic-table) -> table, in the order of the report's topics; empty ones are left out.

    Parameters
    ----------
    plan : the plans of a city.
    why : of ``plan_why``.
    ways : of ``plan_strategies``.
    """
    known = {
        "Plan": plan,
        "PmoPlan": plan.pmo,
        "StaffingPlan": plan.staffing,
        "TrainingPlan": plan.training,
        "BudgetPlan": plan.budget,
        "City": plan.city,
        "Comparison": ways,
        "Governance": plan_governance(plan, why),
        "pd.DataFrame": why,
    }
    found: dict[str, Table] = {}
    for name, table in _made(known):
        if isinstance(table, Table) and len(table.frame):
            found.setdefault(name, table)
    return found


def names() -> tuple[str, ...]:
    """Module and function of each table and figure of the show floor, in order."""
    return tuple(f"{_stem(topic)}.{name}" for topic in TOPICS for name in _functions(topic))


def _stem(topic: ModuleType) -> str:
    return topic.__name__.rpartition(".")[2]


def _functions(topic: ModuleType) -> Iterator[str]:
    for name, thing in vars(topic).items():
        if (
            inspect.isfunction(thing)
            and thing.__module__ == topic.__name__
            and name[0] != "_"
            and name.endswith(("_table", "_figure"))
        ):
            yield name


def _made(known: dict[str, object]) -> Iterator[tuple[str, object]]:
    """(name, table) of each function; tables before the figures, whose data may be the same table."""
    for topic in TOPICS:
        for name in sorted(_functions(topic), key=lambda name: name.endswith("_figure")):
            function = getattr(topic, name)
            wanted = [
                one
                for one in inspect.signature(function).parameters.values()
                if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
            ]
            if any(one.annotation not in known for one in wanted):
                continue  # a part of a table that is written whole
            shown = function(*(known[one.annotation] for one in wanted))
            yield (
                f"{_stem(topic)}-{name.rpartition('_')[0]}".replace("_", "-"),
                shown.data if isinstance(shown, Figure) else shown,
            )


# --- CSV -------------------------------------------------------------------------------------------------
def csv_bytes(table: Table) -> bytes:
    """A table as CSV: UTF-8 with its mark, CRLF, Japanese headings with units, ISO dates, plain numbers, no formula.

    A text that a spreadsheet would take for a formula begins with an apostrophe. Codes keep their leading zeros in the
    file; a spreadsheet that opens it by a double click drops them, the workbook does not.

    Parameters
    ----------
    table : of the show floor.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = list(table.frame.columns)
    writer.writerow([_safe(_head(name)) for name in columns])
    for row in zip(*(table.frame[name].tolist() for name in columns)):
        writer.writerow([_cell(name, value) for name, value in zip(columns, row)])
    return BYTE_ORDER + out.getvalue().encode()


def _head(name: str) -> str:
    column = labels.COLUMNS[name]
    return f"{column.label}({column.unit})" if column.unit else column.label


def _cell(name: str, value: object) -> object:
    """A value as a machine reads it: a plain number, an ISO date, else the words of the report."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    kind = labels.COLUMNS[name].kind
    if isinstance(value, (bool, str)) or name in labels.WORDS or kind == "flag":
        return _safe(labels.value_text(name, value))
    return (
        round(float(value) * (100 if kind == "percent" else 1), 6)
        if value != int(value) or kind == "percent"
        else int(value)
    )


def _safe(text: str) -> str:
    text = plain_text(text)
    return f"'{text}" if text.startswith(LEADS) else text
