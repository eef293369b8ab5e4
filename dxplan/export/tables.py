"""Every table of the shelf, by name, and a table as CSV for a spreadsheet."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pandas as pd

from dxplan.export.text import plain_text
from dxplan.facts.params import Scalar
from dxplan.files import csv_cell
from dxplan.plan.whole import Plan
from dxplan.show import labels, shelf
from dxplan.show.style import Table

BYTE_ORDER = b"\xef\xbb\xbf"  # Excel reads UTF-8 by it


def tables(plan: Plan) -> dict[str, Table]:
    """ASCII name (topic-table) -> table, in the order of the report's topics; no empty ones.

    Parameters
    ----------
    plan : the plans of a city.
    """
    told: dict[str, Table] = {}
    for exhibit in shelf.files(plan):
        table = exhibit.table(plan)
        if table is not None and len(table.frame):
            told[exhibit.csv] = table
    return told


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
    column = labels.heading_of(name)
    return f"{column.label}({column.unit})" if column.unit else column.label


def _cell(name: str, value: Scalar | None) -> Scalar:
    """A value as a machine reads it: a plain number, an ISO date, else the words of the report."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    kind = labels.heading_of(name).kind
    if isinstance(value, (bool, str)) or labels.heading_of(name).words or kind == "flag":
        return _safe(labels.value_text(name, value))
    if kind == "percent":
        value = float(value) * 100
    elif value == int(value):
        return int(value)
    return round(float(value), 6)


def _safe(text: str) -> str:
    return csv_cell(plain_text(text))
