"""The work items on a sheet: dates, who leads, what was done before, and bars drawn by conditional formats.

The bars follow the dates: who changes a date in the sheet sees the bar move. Columns are weeks while they are few, else months.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from xlsxwriter.utility import xl_col_to_name

from dxplan import months
from dxplan.export.outline import share_before
from dxplan.export.sheet import A3, HEAD, LINE, SHADE, Paper, Placed, write_table
from dxplan.plan.whole import Plan
from dxplan.plan.work import load_items
from dxplan.show import labels, pmo
from dxplan.show.style import BOUND, Table

WEEKS = 60  # weeks up to which the columns are weeks
CUTOVER = "16"
MARK = "◆"
GAP = {"top": 1, "top_color": "#FFFFFF", "bottom": 1, "bottom_color": "#FFFFFF"}  # keeps bars of rows apart


def wbs_table(plan: Plan) -> Table:
    """The work items of the report, each with the share of the whole item that was done before the plan."""
    table = pmo.task_table(plan.pmo)
    frame = table.frame.assign(before=list(_before(plan)))
    columns = ["package", "business", "item", "lead", "start", "finish", "weeks", "before", "bound", "critical", "dx_fte", "section_fte", "slot"]
    note = (f"帯は左の開始・終了の日付から描かれ、日付を直すと動く。色は日程を決めるもの、{MARK}は切替の初日。"
            f"「{labels.label_of('before')}」は計画の前に済んだ分で、帯は残る分。{table.source}")
    return Table(frame[columns], table.title, note, "item", "package", table.none)


def _before(plan: Plan) -> Iterator[float]:
    items = {item.key: item for item in load_items()}
    for no, package, business in zip(plan.pmo.task["no"], plan.pmo.task["package"], plan.pmo.task["business"]):
        members = [system for system in plan.city.systems if system.package == package and business in ("", system.business)]
        yield share_before(items[no], members)


def write_gantt(paper: Paper, name: str, plan: Plan) -> Placed:
    """The sheet of the work items with its bars."""
    table = wbs_table(plan)
    placed = write_table(paper, name, table, A3, 3, (("item", 37), ("lead", 20), ("package", 13), ("business", 19), ("bound", 23), ("critical", 9)))
    if placed.last >= placed.first:
        starts = _starts(plan.pmo.start, max(table.frame["finish"]))
        _write_axis(paper, placed, starts)
        _draw_bars(paper, placed, starts)
        _write_marks(paper, placed, plan, starts)
    return placed


def _starts(first: date, last: date) -> list[date]:
    """First days of the columns, and at the end the first day after them."""
    if (last - first).days <= 7 * WEEKS:
        monday = first - timedelta(days=first.weekday())
        return [monday + timedelta(days=7 * k) for k in range((last - monday).days // 7 + 2)]
    found = [first.replace(day=1)]
    while found[-1] <= last:
        found.append(months.first_of_next_month(found[-1]))
    return found


def _write_axis(paper: Paper, placed: Placed, starts: list[date]) -> None:
    """Fiscal years over the columns, and their first days as real dates."""
    left, weekly = len(placed.columns), (starts[1] - starts[0]).days == 7
    form = "m/d" if weekly else "m"
    look = paper.look(num_format=form, font_size=7, align="center", bg_color=SHADE, border=1, border_color=LINE, valign="vcenter")
    for k, day in enumerate(starts[:-1]):
        placed.sheet.write_datetime(HEAD, left + k, day, look)
        if k == 0 or months.fiscal_year(day) != months.fiscal_year(starts[k - 1]):
            paper.text(placed.sheet, HEAD - 1, left + k, labels.fiscal_short(months.fiscal_year(day)), font_size=8)
    placed.sheet.set_column(left, left + len(starts) - 2, 3.6 if weekly else 2.4)


def _draw_bars(paper: Paper, placed: Placed, starts: list[date]) -> None:
    """A colour a cause where the column's days meet those of the row; a thin line at each April."""
    left, top = len(placed.columns), placed.first
    right = left + len(starts) - 2
    start, finish, bound = (f"${xl_col_to_name(placed.place(c))}{top + 1}" for c in ("start", "finish", "bound"))
    head = f"{xl_col_to_name(left)}${HEAD + 1}"
    after = f"({head}+7)" if (starts[1] - starts[0]).days == 7 else f"EDATE({head},1)"
    area = (top, left, placed.last, right)
    for cause, (colour, _) in BOUND.items():
        test = f'=AND({start}<{after},{finish}>={head},{bound}="{labels.word_of("bound", cause)}")'
        placed.sheet.conditional_format(*area, {"type": "formula", "criteria": test, "format": paper.book.add_format(
            {"bg_color": colour.upper(), "font_color": "#FFFFFF" if cause in ("vendor", "procedure") else "#1A1A1C", **GAP})})
    year = f"=MONTH({head})=4" + (f"*(DAY({head})<=7)" if "+7" in after else "")
    placed.sheet.conditional_format(*area, {"type": "formula", "criteria": year, "format": paper.book.add_format({"left": 1, "left_color": LINE})})


def _write_marks(paper: Paper, placed: Placed, plan: Plan, starts: list[date]) -> None:
    """A mark in the column of each cutover, in the row of its work item."""
    cutover = dict(zip(plan.pmo.cutover["business"], plan.pmo.cutover["cutover"]))
    look = paper.look(font_size=8, align="center", valign="vcenter")
    for row, (no, business) in enumerate(zip(plan.pmo.task["no"], plan.pmo.task["business"]), placed.first):
        if no == CUTOVER:
            column = max(k for k, day in enumerate(starts[:-1]) if day <= cutover[business])
            placed.sheet.write_string(row, len(placed.columns) + column, MARK, look)

