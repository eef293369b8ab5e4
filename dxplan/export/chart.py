"""Native charts of a workbook, each with an alternative text; they follow the cells beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.chart import Chart

from dxplan.export.sheet import FONT, HEAD, Placed, SheetPaper
from dxplan.export.text import plain_text
from dxplan.show import labels

LOOKS = (
    ("#0017C1", None),
    ("#8A8A94", "dark_horizontal"),
    ("#F2A900", "wide_upward_diagonal"),
    ("#9FD3C7", "wide_downward_diagonal"),
    ("#D9D9DE", "percent_20"),
)
INK, GREY = "#1A1A1C", "#B3B3B8"
SHORT = ("#F4B6BA", "large_check")  # work that nobody does
SIZE = {"width": 900, "height": 380}
TEXT = {"name": FONT, "size": 9}
GRID = {
    "num_font": TEXT,
    "major_gridlines": {"visible": True, "line": {"color": GREY}},
}

Look = tuple[str, str | None]  # colour, pattern


def _add_series(
    chart: Chart, placed: Placed, axis: str, looks: Mapping[str, Look], gap: int
) -> None:
    """A series of columns for each name, told apart by lightness and by pattern."""
    for name, (colour, pattern) in looks.items():
        series = _cells(placed, name, axis)
        series["gap"] = gap
        series["border"] = {"color": INK, "width": 0.5}
        if pattern is None:
            series["fill"] = {"color": colour}
        else:
            series["pattern"] = {"pattern": pattern, "fg_color": INK, "bg_color": colour}
        chart.add_series(series)


def _cells(placed: Placed, name: str, axis: str) -> dict:
    return {
        "name": labels.label_of(name),
        "categories": placed.span(axis),
        "values": placed.span(name),
    }


def _place(placed: Placed, chart: Chart, title: str, said: str, below: bool) -> None:
    """Set the chart's words, and put it under the table or right of it."""
    chart.set_title(
        {
            "name": plain_text(title),
            "name_font": {"name": FONT, "size": 11, "bold": True},
            "overlay": False,
        }
    )
    chart.set_legend({"position": "bottom", "font": TEXT})
    chart.set_size(SIZE)
    row, column = HEAD + 1, len(placed.columns) + 1
    if below:
        row, column = placed.last + 4, 0
    words = plain_text(f"{title}。{said}値はこの表にある。")
    options = {"description": words, "object_position": 2}
    placed.sheet.insert_chart(row, column, chart, options)


def write_steps(paper: SheetPaper, placed: Placed, title: str) -> None:
    """Systems in operation at the end of each fiscal year: earliest plan, median, and 80 % told."""
    chart = paper.book.add_chart({"type": "column"})
    looks = {
        "sum_earliest": LOOKS[4],
        "sum_middle": LOOKS[0],
        "sum_late": LOOKS[2],
    }
    _add_series(chart, placed, "fiscal", looks, 60)
    chart.set_x_axis({"num_font": TEXT})
    chart.set_y_axis({"min": 0, **GRID})
    said = "最も早い予定、見通しの中央値、見通しの80%の時期の3つの数え方。"
    _place(placed, chart, title, said, True)


def write_people(paper: SheetPaper, placed: Placed, title: str) -> None:
    """Work covered by own people, outsiders and nobody, with all the work as a line."""
    chart = paper.book.add_chart({"type": "column", "subtype": "stacked"})
    looks = {"own": LOOKS[0], "outside": LOOKS[2], "short": SHORT}
    _add_series(chart, placed, "month", looks, 20)
    line = paper.book.add_chart({"type": "line"})
    series = _cells(placed, "demand", "month")
    series["smooth"] = False
    series["line"] = {"color": INK, "width": 1.5}
    line.add_series(series)
    chart.combine(line)
    chart.set_x_axis(
        {
            "date_axis": True,
            "num_format": "yyyy/m",
            "num_font": {**TEXT, "rotation": -45},
            "major_unit": 3,
            "major_unit_type": "months",
        }
    )
    chart.set_y_axis({"num_format": "#,##0.0", **GRID})
    said = "積み上げは職員・外部人材・不足、線は仕事の量。"
    _place(placed, chart, title, said, False)


def write_money(paper: SheetPaper, placed: Placed, title: str, funds: Sequence[str]) -> None:
    """Funds by fiscal year, stacked."""
    chart = paper.book.add_chart({"type": "column", "subtype": "stacked"})
    looks = dict(zip(funds, LOOKS, strict=False))
    _add_series(chart, placed, "year", looks, 60)
    chart.set_x_axis({"num_font": TEXT})
    chart.set_y_axis({"num_format": "#,##0", **GRID})
    said = "国県支出金・地方債・その他・一般財源の積み上げ。"
    _place(placed, chart, title, said, True)
