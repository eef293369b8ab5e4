"""Every table of a plan, by name, and a table as CSV for a spreadsheet.

A function of the show floor that ends in ``_table`` or ``_figure`` is found by its name and is
given the plans that its signature asks for, so that a new table is here from the day it is written.
Figures give the data behind them.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from types import ModuleType

import pandas as pd

from dxplan.export.text import plain_text
from dxplan.files import csv_cell
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
BYTE_ORDER = b"\xef\xbb\xbf"  # Excel reads UTF-8 by it


def tables(plan: Plan, why: pd.DataFrame, ways: Comparison) -> dict[str, Table]:
    """ASCII name (topic-table) -> table, in the order of the report's topics; no empty ones.

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
    told: dict[str, Table] = {}
    for name, table in _made(known):
        if isinstance(table, Table) and len(table.frame):
            told.setdefault(name, table)
    return told


def names() -> tuple[str, ...]:
    """Module and function of each table and figure of the show floor, in order."""
    return tuple(f"{_stem(topic)}.{name}" for topic in TOPICS for name in _functions(topic))


def _stem(topic: ModuleType) -> str:
    return topic.__name__.rpartition(".")[2]


def _functions(topic: ModuleType) -> Iterator[str]:
    for name, thing in vars(topic).items():
        if name[0] == "_" or not name.endswith(("_table", "_figure")):
            continue
        if inspect.isfunction(thing) and thing.__module__ == topic.__name__:
            yield name


def _made(known: dict[str, object]) -> Iterator[tuple[str, object]]:
    """(name, table) of each function; tables first, since the data of a figure may be the same."""
    for topic in TOPICS:
        for name in sorted(_functions(topic), key=lambda name: name.endswith("_figure")):
            function = getattr(topic, name)
            wanted = _wanted(function)
            if not known.keys() >= set(wanted):
                continue  # a part of a table that is written whole
            shown = function(*(known[word] for word in wanted))
            if isinstance(shown, Figure):
                shown = shown.data
            yield f"{_stem(topic)}-{name.rpartition('_')[0]}".replace("_", "-"), shown


def _wanted(function: Callable) -> list[str]:
    """The types that a function has to be given, as its signature words them."""
    wanted = []
    for parameter in inspect.signature(function).parameters.values():
        positional = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if positional and parameter.default is parameter.empty:
            wanted.append(parameter.annotation)
    return wanted


# --- CSV ------------------------------------------------------------------------------------------
def csv_bytes(table: Table) -> bytes:
    """A table as CSV: UTF-8 with its mark, CRLF, headings with units, ISO dates, plain numbers.

    A text that a spreadsheet would take for a formula begins with an apostrophe. Codes keep their
    leading zeros in the file; a spreadsheet that opens it by a double click drops them, the
    workbook does not.

    Parameters
    ----------
    table : of the show floor.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(_head(name)) for name in table.frame.columns])
    for row in table.frame.astype(object).to_dict("records"):
        writer.writerow([_cell(name, value) for name, value in row.items()])
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
    if kind == "percent":
        value = float(value) * 100
    elif value == int(value):
        return int(value)
    return round(float(value), 6)


def _safe(text: str) -> str:
    return csv_cell(plain_text(text))
