"""Strategies and agreed variants in one picture: the last lot, the money, the work, who does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from dxplan.facts import months
from dxplan.show import labels, style
from dxplan.show.style import Figure, Table
from dxplan.town.city import City

LOOKS = {"now": style.OWN, "strategy": style.MINT, "variant": style.AMBER}
MILLION = 1_000_000
ROOM, DATED_ROOM = 1.42, 1.85  # of the longest bar: its words stand behind it
NONE = "見通しなし"  # no lot is left, or its median lies beyond the calendar


@dataclass(frozen=True)
class Panel:
    """One measure of the picture.

    Attributes
    ----------
    title : above the panel.
    value : of a row, None where there is none.
    words : of a row.
    dated : whether the value is a day.
    """

    title: str
    value: Callable[[dict], float | None]
    words: Callable[[dict], str]
    dated: bool = False


def _last(row: dict) -> date | None:
    """The first day of the median quarter of the last lot."""
    if pd.isna(row["last"]):
        return None
    return months.quarter_start(row["last"])


def _last_place(row: dict) -> float | None:
    day = _last(row)
    if day is None:
        return None
    return day.toordinal()


def _last_words(row: dict) -> str:
    day = _last(row)
    if day is None:
        return NONE
    return labels.quarter_text(day)


PANELS = (
    Panel("最後の稼働の見通し", _last_place, _last_words, True),
    Panel(
        "人材の支出(百万円)",
        lambda row: row["yen"] / MILLION,
        lambda row: f"{row['yen'] / MILLION:,.1f}",
    ),
    Panel("人手の不足(人月)", lambda row: row["short"], lambda row: f"{row['short']:,.1f}"),
    Panel(
        "外部人材の割合(%)",
        lambda row: row["share"] * 100,
        lambda row: labels.percent_text(row["share"]),
    ),
)
TOLD = (  # what the sentence says of the first panels: measure, word for the least, unit
    ("最後の稼働の見通し", "早い", ""),
    ("人材の支出", "少ない", "百万円"),
    ("人手の不足", "少ない", "人月"),
)


def name_of(row: dict) -> str:
    """What a row is called: a strategy by its word, a variant by its name."""
    if row["kind"] == "strategy":
        return labels.word_of("strategy", row["option"])
    return row["option"]


def options_text(city: City, found: pd.DataFrame) -> str:
    """Whose last lot is seen first, which costs least, and which leaves least undone."""
    rows = found.to_dict("records")
    clauses = "、".join(map(partial(_least_text, rows), PANELS, TOLD))
    return f"{city.name}の{len(rows)}案を比べると、{clauses}である。"


def _least_text(rows: list[dict], panel: Panel, told: tuple[str, str, str]) -> str:
    """Which rows have the least value of a panel: none, all, or some of them by name."""
    what, best, unit = told
    valued = [row for row in rows if panel.value(row) is not None]
    if not valued:
        return f"{what}はどの案も「{NONE}」"
    words = panel.words(min(valued, key=panel.value))
    # What is told alike is alike, however the numbers behind it differ.
    names = [f"「{name_of(row)}」" for row in valued if panel.words(row) == words]
    if len(names) == len(rows):
        return f"{what}はどの案も{words}{unit}"
    return f"{what}が最も{best}のは{'・'.join(names)}({words}{unit})"


def options_figure(city: City, found: pd.DataFrame) -> Figure:
    """All of them beside each other, a row each, a panel for each measure.

    Parameters
    ----------
    city : the municipality.
    found : of ``plan_options``.
    """
    rows, sentence = found.to_dict("records"), options_text(city, found)
    with style.sheet(0.9 + 0.36 * len(rows), style.WIDTH) as canvas:
        low, high = 0.30 / canvas.get_figheight(), 1 - 0.32 / canvas.get_figheight()
        for place, panel in enumerate(PANELS):
            axes = canvas.add_axes((0.15 + 0.215 * place, low, 0.185, high - low))
            _draw_panel(axes, panel, rows, city)
            if place == 0:  # names stand once, before all panels
                axes.set_yticks(range(len(rows)), map(name_of, rows))
        _draw_legend(canvas, rows)
        title, table = f"{city.name}の進め方と変更案", options_table(city, found)
        return style.drawn(canvas, "options", title, sentence, source_text(city), table, True)


def _draw_legend(canvas: Canvas, rows: list[dict]) -> None:
    handles = []
    for kind in dict.fromkeys(row["kind"] for row in rows):
        handles.append(style.look_patch(LOOKS[kind], labels.word_of("kind_option", kind)))
    canvas.legend(handles=handles, bbox_to_anchor=(0.5, -0.01), ncol=3)


def _draw_panel(axes: Axes, panel: Panel, rows: list[dict], city: City) -> None:
    start, line, room, title = 0, 0, ROOM, panel.title
    if panel.dated:
        start, line = city.start.toordinal(), city.at("end_date").value.toordinal()
        room, title = DATED_ROOM, f"{title}　縦線は期限"
        axes.axvline(line, color=style.ALARM, linewidth=1.2)
    top = max(line, 1e-9)
    for level, row in enumerate(rows):
        value = panel.value(row)
        place = start
        if value is not None:
            look = LOOKS[row["kind"]]
            style.draw_boxes(axes, [(start, value, level - 0.3, level + 0.3)], look)
            place = max(value, line)  # words keep off the line
            top = max(top, value)
        style.point_note(axes, panel.words(row), (place, level), (3, 0))
    axes.set(xlim=(start, start + (top - start) * room), ylim=(len(rows) - 0.5, -0.5))
    axes.set(xticks=[], yticks=range(len(rows)), yticklabels=[""] * len(rows))
    style.plain_axes(axes, title=title)
    axes.spines["bottom"].set_visible(False)


def options_table(city: City, found: pd.DataFrame) -> Table:
    """The same as a table, with the month from which own people do it alone."""
    columns = [
        "option",
        "kind_option",
        "said_last",
        "said_yen",
        "said_short",
        "said_share",
        "said_alone",
    ]
    frame = pd.DataFrame(map(_table_row, found.to_dict("records")), columns=columns)
    note = (
        "見通しは中央値の四半期。進め方は移行の日程を動かさず、足りない人手は「人手の不足」に表れる。"
        f"「{NONE}」は、移すロットがないか、計画の期間の中で見通せない。\n{source_text(city)}"
    )
    return Table(frame, "進め方と変更案の比較", note, "option", none="比べる案がない。")


def _table_row(row: dict) -> tuple:
    alone = "至らない"
    if not pd.isna(row["self_reliant"]):
        alone = labels.month_text(row["self_reliant"])
    return name_of(row), row["kind"], *(panel.words(row) for panel in PANELS), alone


def source_text(city: City) -> str:
    """Where the numbers come from, and from when on they hold."""
    basis = labels.date_text(city.at("basis_date").value)
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(city.start)})。{basis}時点。"
        f"人員・割合・単価は設計上の仮定を含む"
        f"({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )
