"""Strategies and agreed variants in one picture: the last lot, the money, the work, who does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Cell, Row, records
from dxplan.show import axes, charts, labels, style
from dxplan.show.charts import RULE, Canvas, Pen
from dxplan.show.style import Figure, Table
from dxplan.town.city import City

LOOKS = {"now": style.OWN, "strategy": style.MINT, "variant": style.AMBER}
MILLION = 1_000_000
NONE = "見通しなし"  # no lot is left, or its median lies beyond the calendar


@dataclass(frozen=True)
class Facet:
    """What a panel of the picture shows.

    Attributes
    ----------
    title : above the panel.
    value : of a row, None where there is none.
    words : of a row.
    dated : whether the value is a day.
    """

    title: str
    value: Callable[[Row], Cell]
    words: Callable[[Row], str]
    dated: bool = False


def _last(row: Row) -> date | None:
    """The first day of the median quarter of the last lot."""
    if pd.isna(row["last"]):
        return None
    return months.quarter_start(row["last"])


def _last_place(row: Row) -> float | None:
    day = _last(row)
    if day is None:
        return None
    return day.toordinal()


def _last_words(row: Row) -> str:
    day = _last(row)
    if day is None:
        return NONE
    return labels.quarter_text(day)


PANELS = (
    Facet("最後の稼働の見通し", _last_place, _last_words, True),
    Facet(
        "人材の支出(百万円)",
        lambda row: row["yen"] / MILLION,
        lambda row: f"{row['yen'] / MILLION:,.1f}",
    ),
    Facet("人手の不足(人月)", lambda row: row["short"], lambda row: f"{row['short']:,.1f}"),
    Facet(
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


def name_of(row: Row) -> str:
    """What a row is called: a strategy by its word, a variant by its name."""
    if row["kind"] == "strategy":
        return labels.word_of("strategy", row["option"])
    return row["option"]


def options_text(city: City, found: pd.DataFrame) -> str:
    """Whose last lot is seen first, which costs least, and which leaves least undone."""
    rows = records(found)
    clauses = "、".join(map(partial(_least_text, rows), PANELS, TOLD))
    return f"{city.name}の{len(rows)}案を比べると、{clauses}である。"


def _least_text(rows: list[Row], panel: Facet, told: tuple[str, str, str]) -> str:
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
    title, table = f"{city.name}の進め方と変更案", options_table(city, found)
    draw = partial(_draw_options, city, records(found))
    sentence = options_text(city, found)
    return style.fitted(draw, "options", title, sentence, source_text(city), table)


def _draw_options(city: City, rows: list[Row], canvas: Canvas) -> None:
    for measure in PANELS:
        _draw_panel(canvas, measure, rows, city)
    kinds = dict.fromkeys(row["kind"] for row in rows)
    axes.key(canvas, {labels.word_of("kind_option", kind): LOOKS[kind] for kind in kinds})


def _draw_panel(canvas: Canvas, measure: Facet, rows: list[Row], city: City) -> None:
    start, line, title = 0, 0, measure.title
    if measure.dated:
        start, line = city.start.toordinal(), city.at("end_date").day.toordinal()
        title = f"{title}　縦線は期限"
    values = [measure.value(row) for row in rows]
    top = max(line, start + 1e-9, *(value for value in values if value is not None))
    words = [measure.words(row) for row in rows]
    left, behind = (
        8 + charts.READ * max(map(charts.word_width, these))
        for these in (map(name_of, rows), words)
    )
    width = canvas.width - left
    x = (start, start + (top - start) * width / (width - behind))
    y = (len(rows) - 0.5, -0.5)
    panel = axes.below(canvas, 16 * len(rows), x, y, title, left=left, right=0)
    for level, (row, value) in enumerate(zip(rows, values, strict=True)):
        place = start
        if value is not None:
            panel.boxes([(start, value, level - 0.3, level + 0.3)], LOOKS[row["kind"]])
            place = max(value, line)  # words keep off the line
        panel.words(place, level, words[level], (3, 0))
    panel.y_words(range(len(rows)), map(name_of, rows))
    if measure.dated:
        panel.upright(line, Pen(style.ALARM, 1.2))
    panel.upright(start, RULE)


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
    frame = pd.DataFrame(map(_table_row, records(found)), columns=columns)
    note = (
        "見通しは中央値の四半期。進め方は移行の日程を動かさず、足りない人手は「人手の不足」に表れる。"
        f"「{NONE}」は、移すロットがないか、計画の期間の中で見通せない。\n{source_text(city)}"
    )
    return Table(frame, "進め方と変更案の比較", note, "option", none="比べる案がない。")


def _table_row(row: Row) -> tuple:
    alone = "計画期間内には到達しない"
    if not pd.isna(row["self_reliant"]):
        alone = labels.month_text(row["self_reliant"])
    return name_of(row), row["kind"], *(panel.words(row) for panel in PANELS), alone


def source_text(city: City) -> str:
    """Where the numbers come from, and from when on they hold."""
    basis = labels.date_text(city.basis)
    return (
        f"出典: この計画の試算(計画の開始 {labels.date_text(city.start)})。{basis}時点。"
        f"人員・割合・単価は仮定を含む"
        f"({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )
