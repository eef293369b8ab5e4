"""Workbooks as offices keep them, made by code: rows as they stand, and what is merged."""

import xlsxwriter

from dxplan.bring.brought import load_brought

DAY = "yyyy/m/d"


def write_book(path, sheets, merged=(), hidden=(), **options):
    """A workbook of sheets (name -> rows); `merged`: areas A1:B2 of the first; days are days."""
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": DAY})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if hasattr(cell, "year"):
                        sheet.write_datetime(row, column, cell, day)
                    elif cell != "":
                        sheet.write(row, column, cell)
            if name in hidden:
                sheet.hide()
        first = book.worksheets()[0]
        rows = next(iter(sheets.values()))
        for area in merged:
            start, _ = area.split(":")
            place = xlsxwriter.utility.xl_cell_to_rowcol(start)
            first.merge_range(area, rows[place[0]][place[1]])
    return path


def understood(folder, rows, merged=(), sheet="表", **how):
    """What is understood of one sheet."""
    path = write_book(folder / "表.xlsx", {sheet: rows}, merged)
    return load_brought(path, **how)


def heads_taken(brought, table=0):
    """Column -> head that was taken for it."""
    return {column: one.text for column, one in brought.tables[table].taken.items()}


def facts(brought):
    """(entry, name) -> value."""
    return {(fact.entry, fact.name): fact.value for fact in brought.facts}
