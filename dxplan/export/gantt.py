"""The bars of the roadmap on a sheet, lot by lot: dates as they are told, and a Gantt by months.

Where the city has not set the day of a cutover, the bars of its lot are told as quarters, and are
drawn where they lie if nothing is late; the mark of such a cutover is hollow, and the range of its
go-live is shaded.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from dxplan.export.sheet import A3, HEAD, LINE, SHADE, Paper, Placed, write_table
from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import labels, pmo
from dxplan.show.style import INK, PAPER, PHASE, Table

COLUMNS = (
    "lot",
    "item",
    "lead",
    "begin",
    "end",
    "weeks",
    "phase",
    "slack",
    "dx_fte",
    "section_fte",
)
DECIDED, OPEN = "◆", "◇"
COLOURS = {phase: colour for phase, (colour, _) in PHASE.items()}
COLOURS |= {"notice": "#c6c6cc", "stop": "#b3000b"}
DARK = {PHASE["rehearse"][0], COLOURS["stop"]}  # colours on which letters are white
RANGE, MEDIAN = "#d9d9de", "#8a8a94"
WIDTHS = (("lot", 14), ("item", 34), ("lead", 20), ("begin", 19), ("end", 19), ("phase", 17))

Marks = dict[tuple[int, int], str]  # (row, month) -> mark


def wbs_table(plan: Plan) -> Table:
    """The bars of the roadmap; days where they are decided, else quarters of the earliest plan."""
    task = plan.pmo.task
    begin, end = (_told(task[name], task["decided"]) for name in ("start", "finish"))
    frame = task.assign(begin=begin, end=end)[list(COLUMNS)]
    note = (
        f"色は段階。{DECIDED}は決まった切替の初日、{OPEN}は決まっていない切替の最も早い予定。"
        "切替の行の灰色は稼働の見通しの幅(20〜80%)、濃い灰色は中央値の月。"
        "切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。余裕は、切替を動かさずに遅れてよい週数。"
        f"{pmo.source_text(plan.pmo)}"
    )
    return Table(frame, "作業項目の一覧(WBS)", note, "item", "lot", pmo.done_text(plan.pmo))


def _told(days: pd.Series, decided: pd.Series) -> list[date | str]:
    return [day if sure else labels.quarter_text(day) for day, sure in zip(days, decided)]


def write_gantt(paper: Paper, name: str, plan: Plan) -> Placed:
    """The sheet of the bars with its Gantt."""
    table = wbs_table(plan)
    placed = write_table(paper, name, table, A3, 2, WIDTHS)
    if placed.last >= placed.first:
        starts = _starts(plan.pmo)
        _write_axis(paper, placed, starts)
        _colour_phases(paper, placed)
        bars = list(plan.pmo.task.itertuples())
        looks = [[_bar_look(bar, month) for month in starts] for bar in bars]
        marks = _mark_cutovers(plan.pmo, starts, looks)
        _write_grid(paper, placed, starts, looks, marks)
    return placed


def _starts(plan: PmoPlan) -> list[date]:
    """First days of the months from the first bar to the last day of which anything is told."""
    days = [*plan.task["finish"], *(day for day in plan.told.lot["p80"] if day)]
    found, last = [min(plan.task["start"]).replace(day=1)], max(days)
    while months.first_of_next_month(found[-1]) <= last:
        found.append(months.first_of_next_month(found[-1]))
    return found


def _write_axis(paper: Paper, placed: Placed, starts: list[date]) -> None:
    """Fiscal years over the columns, and the months as real dates."""
    left = len(placed.columns)
    look = paper.look(
        num_format="m",
        font_size=7,
        align="center",
        bg_color=SHADE,
        border=1,
        border_color=LINE,
        valign="vcenter",
    )
    for k, day in enumerate(starts):
        placed.sheet.write_datetime(HEAD, left + k, day, look)
        if k == 0 or day.month == 4:
            year = labels.fiscal_short(months.fiscal_year(day))
            paper.text(placed.sheet, HEAD - 1, left + k, year, font_size=8)
    placed.sheet.set_column(left, left + len(starts) - 1, 2.4)


def _colour_phases(paper: Paper, placed: Placed) -> None:
    """The words of the phases in the colours of their bars: the legend of the Gantt."""
    place = placed.place("phase")
    for phase, colour in COLOURS.items():
        letters = PAPER if colour in DARK else INK
        look = paper.book.add_format({"bg_color": colour.upper(), "font_color": letters})
        word = f'"{labels.word_of("phase", phase)}"'
        test = {"type": "cell", "criteria": "==", "value": word, "format": look}
        placed.sheet.conditional_format(placed.first, place, placed.last, place, test)


# --- the cells ---------------------------------------------------------------------------------------
def _touches(first: date, last: date, month: date) -> bool:
    return first < months.first_of_next_month(month) and last >= month


def _bar_look(row, month: date) -> str:
    """The colour of a bar in a month; "" where it does not run, and for a cutover (a mark)."""
    return COLOURS.get(row.phase, "") if _touches(row.start, row.finish, month) else ""


def _mark_cutovers(plan: PmoPlan, starts: list[date], looks: list[list[str]]) -> Marks:
    """The marks of the cutovers; where one is not decided, its range is put into the looks."""
    marks: Marks = {}
    lots = {row["lot"]: row for row in plan.lot.to_dict("records")}
    sure = {row["lot"]: row for row in plan.told.lot.to_dict("records")}
    for place, (name, phase) in enumerate(zip(plan.task["lot"], plan.task["phase"])):
        if phase != "cutover":
            continue
        lot = lots[name]
        if not lot["decided"]:
            looks[place] = [_range_look(sure[name], month) for month in starts]
        day = lot["cutover"]
        column = next(k for k, month in enumerate(starts) if _touches(day, day, month))
        marks[place, column] = DECIDED if lot["decided"] else OPEN
    return marks


def _range_look(sure: dict, month: date) -> str:
    """Grey from P20 to P80, darker at P50; what nobody can tell lies beyond the last month."""
    first, median, last = (sure[name] or date.max for name in ("p20", "p50", "p80"))
    if median != date.max and _touches(median, median, month):
        return MEDIAN
    return RANGE if first < months.first_of_next_month(month) and last >= month else ""


def _write_grid(
    paper: Paper, placed: Placed, starts: list[date], looks: list[list[str]], marks: Marks
) -> None:
    left = len(placed.columns)
    for place, row in enumerate(looks):
        for k, colour in enumerate(row):
            mark = marks.get((place, k), "")
            if colour or mark or starts[k].month == 4:
                look = _cell_look(paper, colour, starts[k])
                placed.sheet.write(placed.first + place, left + k, mark or None, look)


def _cell_look(paper: Paper, colour: str, month: date):
    """A cell; white lines keep the bars of rows apart, a thin one stands at each April."""
    said = {"font_size": 8, "align": "center", "valign": "vcenter"}
    if colour:
        said |= {"bg_color": colour.upper(), "top": 1, "top_color": PAPER}
        said |= {"bottom": 1, "bottom_color": PAPER}
    if month.month == 4:
        said |= {"left": 1, "left_color": LINE}
    return paper.look(**said)
