"""The cells of a table on a sheet, by the heading of their column; in a CSV file; on the page."""

import csv
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

from dxplan.export.sheet import HEAD


def column_of(sheet, label):
    """Place of the column whose heading begins with a label."""
    return next(c.column for c in sheet[HEAD + 1] if str(c.value).split("\n")[0] == label)


def rows_of(sheet, label):
    """Values of a column, from the first row of the table to the last filled one."""
    place = column_of(sheet, label)
    cells = [sheet.cell(row, place).value for row in range(HEAD + 2, sheet.max_row + 1)]
    return [value for value in cells if value is not None]


def read(data):
    """Rows of a CSV file."""
    assert (
        data.startswith(b"\xef\xbb\xbf")
        and data.endswith(b"\r\n")
        and b"\n" not in data.replace(b"\r\n", b"")
    )
    return list(csv.reader(StringIO(data[3:].decode(), newline="")))


def page_rows(table):
    """Rows of a table as the page has them, in the order of its frame."""
    whole = ElementTree.fromstring(f"<div>{replace(table, group='').html()}</div>")
    rows = whole.findall("table/tbody/tr")
    return [["".join(cell.itertext()) for cell in row] for row in rows]
