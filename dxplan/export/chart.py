"""Native charts of a workbook, each with an alternative text; they follow the cells beside them."""

from __future__ import annotations

from collections.abc import Sequence

from dxplan.export.sheet import FONT, HEAD, Paper, Placed
from dxplan.export.text import plain_text
from dxplan.show import labels

LOOKS = (
    ("#0017C1", None),
    ("#8A8A94", "dark_horizontal"),
    ("#F2A900", "wide_upward_diagonal"),
    ("#9FD3C7", "wide_downward_diagonal"),
    ("#D9D9DE", "percent_20"),
)
SIZE = {"width": 900, "height": 380}
TEXT = {"name": FONT, "size": 9}


def _look(look: tuple[str, str | None]) -> dict:
    """Fill of a series: told apart by lightness and by pattern."""
    colour, pattern = look
    edge = {"border": {"color": "#1A1A1C", "width": 0.5}}
    if pattern is None:
        return {"fill": {"color": colour}, **edge}
    return {"pattern": {"pattern": pattern, "fg_color": "#1A1A1C", "bg_color": colour}, **edge}


def _series(placed: Placed, name: str, axis: str, **look) -> dict:
    return {
        "name": labels.label_of(name),
        "categories": placed.span(axis),
        "values": placed.span(name),
        **look,
    }


def _place(paper: Paper, placed: Placed, made, title: str, said: str, below: bool) -> None:
    """Set the chart's words, and put it right of the table or under it."""
    made.set_title(
        {
            "name": plain_text(title),
            "name_font": {"name": FONT, "size": 11, "bold": True},
            "overlay": False,
        }
    )
    made.set_legend({"position": "bottom", "font": TEXT})
    made.set_size(SIZE)
    row, column = (placed.last + 4, 0) if below else (HEAD + 1, len(placed.columns) + 1)
    placed.sheet.insert_chart(
        row, column, made, {"description": plain_text(said), "object_position": 2}
    )


def write_steps(paper: Paper, placed: Placed, title: str) -> None:
    """Systems in operation at the end of each fiscal year: earliest plan, median, and 80 % told."""
    made = paper.book.add_chart({"type": "column"})
    looks = {"sum_earliest": LOOKS[4], "sum_middle": LOOKS[0], "sum_late": LOOKS[2]}
    for name, look in looks.items():
        made.add_series(_series(placed, name, "fiscal", gap=60, **_look(look)))
    made.set_x_axis({"num_font": TEXT})
    grid = {"visible": True, "line": {"color": "#B3B3B8"}}
    made.set_y_axis({"min": 0, "num_font": TEXT, "major_gridlines": grid})
    said = (
        f"{title}。最も早い予定、見通しの中央値、見通しの80%の時期の3つの数え方。値はこの表にある。"
    )
    _place(paper, placed, made, title, said, True)


def write_people(paper: Paper, placed: Placed, title: str) -> None:
    """Work covered by own people, outsiders and nobody, with all the work as a line."""
    made = paper.book.add_chart({"type": "column", "subtype": "stacked"})
    for name, look in (
        ("own", LOOKS[0]),
        ("outside", LOOKS[2]),
        ("short", ("#F4B6BA", "large_check")),
    ):
        made.add_series(_series(placed, name, "month", gap=20, **_look(look)))
    line = paper.book.add_chart({"type": "line"})
    line.add_series(
        _series(placed, "demand", "month", smooth=False, line={"color": "#1A1A1C", "width": 1.5})
    )
    made.combine(line)
    made.set_x_axis(
        {
            "date_axis": True,
            "num_format": "yyyy/m",
            "num_font": {**TEXT, "rotation": -45},
            "major_unit": 3,
            "major_unit_type": "months",
        }
    )
    made.set_y_axis(
        {
            "num_font": TEXT,
            "num_format": "#,##0.0",
            "major_gridlines": {"visible": True, "line": {"color": "#B3B3B8"}},
        }
    )
    _place(
        paper,
        placed,
        made,
        title,
        f"{title}。積み上げは職員・外部人材・不足、線は仕事の量。値はこの表にある。",
        False,
    )


def write_money(paper: Paper, placed: Placed, title: str, funds: Sequence[str]) -> None:
    """Funds by fiscal year, stacked."""
    made = paper.book.add_chart({"type": "column", "subtype": "stacked"})
    for look, name in zip(LOOKS, funds):
        made.add_series(_series(placed, name, "year", gap=60, **_look(look)))
    made.set_x_axis({"num_font": TEXT})
    made.set_y_axis(
        {
            "num_font": TEXT,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#B3B3B8"}},
        }
    )
    _place(
        paper,
        placed,
        made,
        title,
        f"{title}。国庫支出金・地方債・交付税・一般財源の積み上げ。値はこの表にある。",
        True,
    )
