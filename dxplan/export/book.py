"""The whole plan as a workbook: the numbers and words of the report, to be filtered and summed.

Same plan, same bytes: the file's dates are those of the plan's basis date, and nothing is written
that the plan does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook

from dxplan.export import chart
from dxplan.export.gantt import wbs_table, write_gantt
from dxplan.export.sheet import (
    A3,
    A4,
    ALARM,
    BLUE,
    LINE,
    LINE_HIGH,
    SETTINGS,
    Placed,
    SheetPaper,
    cell_text,
    text_lines,
    write_print,
    write_sums,
    write_table,
)
from dxplan.plan.costs import GROUPS
from dxplan.plan.whole import Plan
from dxplan.show import labels, report, shelf
from dxplan.show.budget import FUNDS
from dxplan.show.shelf import Exhibit, Table

SUMMARY = "要約"
PAPERS = {"A4": A4, "A3": A3}
COVER = ["demand", "own", "outside", "short"]  # work, and who does it


def book_bytes(plan: Plan) -> bytes:
    """The workbook (xlsx) of a plan.

    Parameters
    ----------
    plan : all plans of the city.
    """
    stream = BytesIO()
    with titled_book(stream, plan, report.title_text(plan)) as paper:
        _write_summary(paper, plan)
        for exhibit in shelf.sheets(plan):
            WRITERS.get(exhibit.exhibit, _write_sheet)(paper, exhibit, plan)
    return stream.getvalue()


@contextmanager
def titled_book(stream: BytesIO, plan: Plan, title: str) -> Iterator[SheetPaper]:
    """A workbook to be written, dated by the plan; whole once it is left.

    Parameters
    ----------
    stream : where it is written.
    plan : all plans of the city.
    title : of the workbook, also at each sheet's foot.
    """
    basis = plan.city.basis
    inputs = f"照合番号 {plan.city.fingerprint()}"
    with Workbook(stream, SETTINGS) as book:
        book.set_properties(
            {
                "title": cell_text(title),
                "author": plan.city.edition.author or "dxplan",
                "comments": f"入力の{inputs}",
                "created": datetime.combine(basis, time()),
            }
        )
        book.set_calc_mode("auto")
        yield SheetPaper(book, f"{title} 基準日 {labels.date_text(basis)} {inputs}")


# --- the first sheet ------------------------------------------------------------------------------
def _write_summary(paper: SheetPaper, plan: Plan) -> None:
    """City, day, version, fingerprint and status; headline numbers; what the other sheets hold."""
    sheet, row = paper.book.add_worksheet(SUMMARY), 0
    head = {"bold": True, "font_size": 12, "font_color": BLUE}
    cell = {"border": 1, "border_color": LINE}
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    paper.text(sheet, 0, 0, report.title_text(plan), **head | {"font_size": 16})
    for heading, pairs in report.summary_pairs(plan):
        row += 2
        paper.text(sheet, row, 0, heading, **head)
        for name, text in pairs:
            row += 1
            paper.text(sheet, row, 0, name, bold=True, **cell)
            alarm = {}
            if heading == report.THIS_PLAN and labels.UNCONFIRMED in text:
                alarm["font_color"] = ALARM
            paper.text(sheet, row, 1, text, text_wrap=True, **cell, **alarm)
            sheet.set_row(row, LINE_HIGH * text_lines(text, 110) + 3)
    row += 2
    paper.text(sheet, row, 0, "シートの一覧", **head)
    link = paper.look(underline=1, font_color=BLUE, **cell)
    for exhibit in shelf.sheets(plan):
        row += 1
        sheet.write_url(row, 0, f"internal:'{exhibit.sheet}'!A1", link, exhibit.sheet)
        paper.text(sheet, row, 1, exhibit.about, text_wrap=True, **cell)
    write_print(paper, sheet, A4, True)
    sheet.activate()


# --- the other sheets -----------------------------------------------------------------------------
def _write_gantt(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> None:
    placed = _write_table(paper, exhibit, wbs_table(plan))
    write_gantt(paper, placed, plan.pmo)


def _write_sums(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> None:
    placed = _write_sheet(paper, exhibit, plan)
    if placed.last >= placed.first:
        title = f"年度末までに稼働したシステムの累計(20業務) {plan.city.name}"
        chart.write_steps(paper, placed, title)


def _write_months(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> None:
    placed = _write_sheet(paper, exhibit, plan)
    sums = plan.staffing.cover[COVER].sum()
    write_sums(paper, placed, list(sums.items()), "month")
    chart.write_people(paper, placed, f"月ごとの仕事と担い手(常勤換算の人数) {plan.city.name}")


def _write_spending(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> None:
    placed = _write_sheet(paper, exhibit, plan)
    if placed.last >= placed.first:
        total = [("yen", int(plan.budget.funding["yen"].sum()))]
        write_sums(paper, placed, total, "what", "SUBTOTAL(109,{})")


def _write_years(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> None:
    """Cost and funds by fiscal year, in thousands of yen; sums of rows and columns are formulas."""
    table = exhibit.table(plan)
    assert table
    rows, whole = table.frame.iloc[:-1], table.frame.iloc[-1]
    placed = _write_table(paper, exhibit, replace(table, frame=rows))
    for row, values in enumerate(rows.to_dict("records"), placed.first):
        _write_row_sums(paper, placed, row, values)
    write_sums(paper, placed, [(name, int(whole[name])) for name in rows.columns[1:]], "year")
    chart.write_money(paper, placed, f"年度ごとの財源(千円) {plan.city.name}", FUNDS)


def _write_row_sums(paper: SheetPaper, placed: Placed, row: int, values: dict) -> None:
    def cell(column: str) -> str:
        return placed.cell(row, column)

    for column, formula, value in (
        ("new", f"=SUM({cell(GROUPS[0])}:{cell(GROUPS[-2])})", int(values["new"])),
        ("total", f"={cell('new')}+{cell(GROUPS[-1])}", int(values["total"])),
        ("earned", f"=SUM({cell(FUNDS[0])}:{cell(FUNDS[-1])})", int(values["earned"])),
        ("balance", f"={cell('total')}-{cell('earned')}", 0),
        ("net", f"={cell('general')}-{cell('allocation')}", int(values["net"])),
    ):
        look = paper.body(num_format="#,##0", bold=True)
        placed.sheet.write_formula(row, placed.place(column), formula, look, value)


def _write_sheet(paper: SheetPaper, exhibit: Exhibit, plan: Plan) -> Placed:
    """A sheet that is its table and nothing more."""
    table = exhibit.table(plan)
    assert table
    return _write_table(paper, exhibit, table)


def _write_table(paper: SheetPaper, exhibit: Exhibit, table: Table) -> Placed:
    size = PAPERS[exhibit.paper]
    return write_table(paper, exhibit.sheet, table, size, exhibit.frozen, exhibit.widths)


WRITERS = {  # sheets that are more than a table
    "pmo.task_table": _write_gantt,
    "pmo.sums_table": _write_sums,
    "staffing.month_table": _write_months,
    "budget.spending_table": _write_spending,
    "budget.years_table": _write_years,
}
