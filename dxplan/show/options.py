"""Strategies and agreed variants in one picture: the last lot, the money, the work, who does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.show import labels, style
from dxplan.show.style import Figure, Table
from dxplan.town.city import City

LOOKS = {"now": (style.BLUE, ""), "strategy": ("#9fd3c7", "\\"), "variant": ("#f2a900", "/")}
MILLION = 1_000_000
ROOM, DATED_ROOM = 1.42, 1.85  # of the longest bar: its words stand behind it
NONE = "見通しなし"  # no lot is left, or its median lies beyond the calendar


@dataclass(frozen=True)
class Panel:
    """One measure of the picture: title, value and words of a row, None where there is no value; and whether it is a day."""

    title: str
    value: Callable[[dict], float | None]
    words: Callable[[dict], str]
    dated: bool = False


def _last(row: dict) -> date | None:
    """The first day of the median quarter of the last lot."""
    day = row["last"]
    return months.quarter_start(day) if isinstance(day, date) and day is not pd.NaT else None


def _last_place(row: dict) -> float | None:
    day = _last(row)
    return day.toordinal() if day else None


def _last_words(row: dict) -> str:
    day = _last(row)
    return labels.quarter_text(day) if day else NONE


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


def name_of(row: dict) -> str:
    """What a row is called: a strategy by its word, a variant by its name."""
    return labels.word_of("strategy", row["option"]) if row["kind"] == "strategy" else row["option"]


def options_text(city: City, found: pd.DataFrame) -> str:
    """Whose last lot is seen first, which costs least, and which leaves least undone."""
    rows = found.to_dict("records")
    told = (
        ("最後の稼働の見通し", "早い", ""),
        ("人材の支出", "少ない", "百万円"),
        ("人手の不足", "少ない", "人月"),
    )
    parts = (_least_text(rows, panel, *words) for panel, words in zip(PANELS, told))
    return f"{city.name}の{len(rows)}案を比べると、{'、'.join(parts)}である。"


def _least_text(rows: list[dict], panel: Panel, what: str, best: str, unit: str) -> str:
    """Which rows have the least value of a panel: none, all, or some of them by name."""
    known = [row for row in rows if panel.value(row) is not None]
    if not known:
        return f"{what}はどの案も「{NONE}」"
    words = panel.words(min(known, key=panel.value))
    least = [row for row in known if panel.words(row) == words]
    if len(least) == len(rows):
        return f"{what}はどの案も{words}{unit}"
    return (
        f"{what}が最も{best}のは{'・'.join(f'「{name_of(row)}」' for row in least)}({words}{unit})"
    )


def options_figure(city: City, found: pd.DataFrame) -> Figure:
    """All of them beside each other, a row each, a panel for each measure.

    Parameters
    ----------
    city : the municipality.
    found : of ``plan_options``.
    """
    rows, sentence = found.to_dict("records"), options_text(city, found)
    with style.drawing():
        canvas = style.canvas(0.9 + 0.36 * len(rows))
        low, high = 0.30 / canvas.get_figheight(), 1 - 0.32 / canvas.get_figheight()
        for place, panel in enumerate(PANELS):
            axes = canvas.add_axes((0.15 + 0.215 * place, low, 0.185, high - low))
            _draw_panel(axes, panel, rows, city, names=place == 0)
        kinds = dict.fromkeys(row["kind"] for row in rows)
        canvas.legend(
            handles=[
                style.look_patch(LOOKS[kind], labels.word_of("kind_option", kind)) for kind in kinds
            ],
            loc="lower center",
            bbox_to_anchor=(0.5, -0.01),
            ncol=3,
            frameon=False,
        )
        svg = style.svg_text(canvas, "options", f"{city.name}の進め方と変更案", sentence)
    return Figure("options", svg, sentence, source_text(city), options_table(city, found), True)


def _draw_panel(axes, panel: Panel, rows: list[dict], city: City, names: bool) -> None:
    values = [panel.value(row) for row in rows]
    start, line = (
        day.toordinal() if panel.dated else 0 for day in (city.start, city.at("end_date").value)
    )
    top = max(line, 1e-9, *(value for value in values if value is not None))
    for k, (row, value) in enumerate(zip(rows, values)):
        if value is not None:
            style.draw_boxes(axes, [(start, value, k - 0.3, k + 0.3)], LOOKS[row["kind"]])
        place = start if value is None else max(value, line)  # words keep off the line
        axes.annotate(
            panel.words(row),
            (place, k),
            (3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
        )
    room = (top - start) * (DATED_ROOM if panel.dated else ROOM)
    axes.set(xlim=(start, start + room), ylim=(len(rows) - 0.5, -0.5), xticks=[])
    if panel.dated:
        axes.axvline(line, color=style.ALARM, linewidth=1.2)
    axes.set_yticks(range(len(rows)), [name_of(row) for row in rows] if names else [""] * len(rows))
    axes.set_title(
        panel.title + ("　縦線は期限" if panel.dated else ""), loc="left", fontsize=8.5, pad=4
    )
    style.plain_axes(axes)
    axes.spines["bottom"].set_visible(False)


def options_table(city: City, found: pd.DataFrame) -> Table:
    """The same as a table, with the end of the outsiders and the month from which own people do it alone."""
    columns = [
        "option",
        "kind_option",
        "said_last",
        "said_yen",
        "said_short",
        "said_share",
        "said_alone",
    ]
    frame = pd.DataFrame(_table_rows(found), columns=columns)
    note = (
        f"見通しは中央値の四半期。進め方は移行の日程を動かさず、足りない人手は「人手の不足」に表れる。「{NONE}」は、移すロットがないか、"
        f"計画の期間の中で見通せない。\n{source_text(city)}"
    )
    return Table(frame, "進め方と変更案の比較", note, "option", none="比べる案がない。")


def _table_rows(found: pd.DataFrame) -> Iterator[tuple]:
    for row in found.to_dict("records"):
        alone = row["self_reliant"]
        yield (
            name_of(row),
            row["kind"],
            *(panel.words(row) for panel in PANELS),
            labels.month_text(alone)
            if isinstance(alone, date) and alone is not pd.NaT
            else "至らない",
        )


def source_text(city: City) -> str:
    """Where the numbers come from, and from when on they hold."""
    return (
        f"出典: dxplan の計算(計画の開始 {labels.date_text(city.start)})。{labels.date_text(city.at('basis_date').value)}時点。"
        f"人員・割合・単価は設計上の仮定を含む({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )
