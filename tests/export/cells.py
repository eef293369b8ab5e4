"""The cells of a table on a sheet, by the heading of their column."""

from dxplan.export.sheet import HEAD


def column_of(sheet, label):
    """Place of the column whose heading begins with a label."""
    return next(c.column for c in sheet[HEAD + 1] if str(c.value).split("\n")[0] == label)


def rows_of(sheet, label):
    """Values of a column, from the first row of the table to the last filled one."""
    place = column_of(sheet, label)
    cells = [sheet.cell(row, place).value for row in range(HEAD + 2, sheet.max_row + 1)]
    return [value for value in cells if value is not None]
