"""The bars of the roadmap on a sheet, lot by lot: dates as they are told, and a Gantt by months.

Where the city has not set the day of a cutover, the bars of its lot are told as quarters, and are
drawn where they lie if nothing is late; the mark of such a cutover is hollow, and the range of its
go-live is shaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from xlsxwriter.format import Format

from dxplan.export.sheet import HEAD, LINE, SHADE, Placed, SheetPaper
from dxplan.facts import months
from dxplan.facts.catalog import Named
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import edition, labels, pmo
from dxplan.show.style import INK, PAPER, PHASE, Table

COLUMNS = "lot item lead begin end weeks phase slack dx_fte section_fte".split()
DECIDED, OPEN = "◆", "◇"
COLOURS = {phase: colour for phase, (colour, _) in PHASE.items()}
COLOURS |= {"notice": "#c6c6cc", "stop": "#b3000b"}
DARK = {PHASE["rehearse"][0], COLOURS["stop"]}  # colours on which letters are white
RANGE, MEDIAN = "#d9d9de", "#8a8a94"


def wbs_table(plan: Plan) -> Table:
    """The bars of the roadmap; days where they are decided, else quarters of the earliest plan."""
    task = plan.pmo.task
    begin = _told(task["start"], task["decided"])
    end = _told(task["finish"], task["decided"])
    frame = task.assign(begin=begin, end=end)[COLUMNS]
    note = (
        f"色は段階。{DECIDED}は決まった切替の初日、{OPEN}は決まっていない切替の最も早い予定。"
        "切替の行の灰色は稼働の見通しの幅(20〜80%)、濃い灰色は中央値の月。"
        "切替の日が決まっていないロットの作業は、最も早い予定の四半期で示す。"
        "余裕は、切替を動かさずに遅れてよい週数。"
        f"{pmo.source_text(plan.pmo)}"
    )
    none = pmo.done_text(plan.pmo)
    table = Table(frame, "作業項目の一覧(WBS)", note, "item", "lot", none)
    return edition.opened_table(plan.city, table)


def _told(days: pd.Series, decided: pd.Series) -> list[date | str]:
    told = []
    for day, sure in zip(days, decided, strict=True):
        told.append(day if sure else labels.quarter_text(day))
    return told


def write_gantt(paper: SheetPaper, placed: Placed, plan: PmoPlan) -> None:
    """The bars beside the rows of a sheet that holds the table; nothing where it has no row."""
    if placed.last >= placed.first:
        starts = _starts(plan)
        _write_axis(paper, placed, starts)
        _colour_phases(paper, placed)
        _write_grid(paper, placed, plan, starts)


def _starts(plan: PmoPlan) -> Sequence[date]:
    """First days of the months from the first bar to the last day of which anything is told."""
    days = [*plan.task["finish"], *plan.told.lot["p80"]]
    first = min(plan.task["start"])
    last = max(filter(None, days))
    return months.month_firsts(first, months.month_offset(first, last) + 1)


def _write_axis(paper: SheetPaper, placed: Placed, starts: Sequence[date]) -> None:
    """Fiscal years over the columns, and the months as real dates."""
    left = len(placed.columns)
    look = paper.body(
        num_format="m",
        font_size=7,
        align="center",
        bg_color=SHADE,
        valign="vcenter",
    )
    for k, day in enumerate(starts):
        placed.sheet.write_datetime(HEAD, left + k, day, look)
        if k == 0 or day.month == 4:
            year = labels.fiscal_short(months.fiscal_year(day))
            paper.text(placed.sheet, HEAD - 1, left + k, year, font_size=8)
    placed.sheet.set_column(left, left + len(starts) - 1, 2.4)


def _colour_phases(paper: SheetPaper, placed: Placed) -> None:
    """The words of the phases in the colours of their bars: the legend of the Gantt."""
    place = placed.place("phase")
    for phase, colour in COLOURS.items():
        letters = PAPER if colour in DARK else INK
        look = paper.book.add_format({"bg_color": colour.upper(), "font_color": letters})
        test = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{labels.word_of("phase", phase)}"',
            "format": look,
        }
        placed.sheet.conditional_format(placed.first, place, placed.last, place, test)


# --- the cells ------------------------------------------------------------------------------------
def _touches(first: date, last: date, month: date) -> bool:
    return first < months.first_of_next_month(month) and last >= month


def _write_grid(paper: SheetPaper, placed: Placed, plan: PmoPlan, starts: Sequence[date]) -> None:
    lots = plan.lots.set_index("lot")
    told = plan.told.lot.set_index("lot")
    for row, bar in enumerate(plan.task.itertuples(), placed.first):
        lot = lots.loc[bar.lot]
        for column, month in enumerate(starts, len(placed.columns)):
            colour, mark = _bar_look(bar, month), ""
            if bar.phase == "cutover":
                mark = _mark(lot, month)
                colour = _range_look(lot, told.loc[bar.lot], month)
            if colour or mark or month.month == 4:
                look = _cell_look(paper, colour, month)
                placed.sheet.write(row, column, mark or None, look)


def _bar_look(bar: Named, month: date) -> str:
    """The colour of a bar in a month; "" where it does not run."""
    if not _touches(bar.start, bar.finish, month):
        return ""
    return COLOURS.get(bar.phase, "")


def _mark(lot: pd.Series, month: date) -> str:
    """The mark of a cutover in its month; "" in any other."""
    if not _touches(lot["cutover"], lot["cutover"], month):
        return ""
    return DECIDED if lot["decided"] else OPEN


def _range_look(lot: pd.Series, seen: pd.Series, month: date) -> str:
    """Grey from P20 to P80, darker at P50; what nobody can tell lies beyond the last month."""
    if lot["decided"]:
        return ""
    first, median, last = seen["p20"], seen["p50"], seen["p80"]
    if median and _touches(median, median, month):
        return MEDIAN
    if first and _touches(first, last or date.max, month):
        return RANGE
    return ""


def _cell_look(paper: SheetPaper, colour: str, month: date) -> Format:
    """A cell; white lines keep the bars of rows apart, a thin one stands at each April."""
    look = {"font_size": 8, "align": "center", "valign": "vcenter"}
    if colour:
        look["bg_color"] = colour.upper()
        look |= {"top": 1, "top_color": PAPER}
        look |= {"bottom": 1, "bottom_color": PAPER}
    if month.month == 4:
        look |= {"left": 1, "left_color": LINE}
    return paper.look(**look)
