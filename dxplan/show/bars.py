"""Figures of several municipalities: bars with a row each, lines over the fiscal years."""

from __future__ import annotations

from collections.abc import Sequence

from dxplan.show import labels, style
from dxplan.show.style import Figure, Table

LINES = (
    (style.BLUE, "-", "o"),
    ("#8a5a00", (0, (5, 2)), "s"),
    (style.INK, "-", "D"),
    ("#4d4d52", (0, (1, 1.5)), "^"),
    ("#00756b", (0, (6, 2, 1, 2)), "v"),
    (style.ALARM, (0, (3, 1)), "P"),
)
WIDE = 7.2  # inches: the width of an A4 portrait page without its margins


def row_height(count: int, each: float) -> float:
    """Height of a figure (inches) with a row for each city; ``each`` is the size of a row."""
    return 1.1 + 0.42 * each * count


def bars_figure(
    name: str,
    title: str,
    sentence: str,
    names: Sequence[str],
    rows: Sequence[Sequence[float]],
    looks: Sequence[tuple[str, tuple[str, str]]],
    data: Table,
) -> Figure:
    """Bars for each city, one above the other, with their values.

    Parameters
    ----------
    name, title, sentence : of the figure.
    names : of the cities.
    rows : shares 0..1, a row a city.
    looks : (column, colour and hatch) of each bar of a row.
    data : the table behind it.
    """
    with style.drawing():
        canvas = style.canvas(row_height(len(names), 0.45 * len(looks) + 0.3), WIDE)
        inch = 1 / canvas.get_figheight()
        axes = canvas.add_axes((0.16, 0.65 * inch, 0.76, 1 - 0.95 * inch))
        thick = 0.8 / len(looks)
        for bar, (column, look) in enumerate(looks):
            low = [k - 0.4 + bar * thick for k in range(len(rows))]
            _draw_bars(
                axes, [row[bar] for row in rows], low, thick * 0.9, look, labels.label_of(column)
            )
        axes.set_xlim(0, 100 * (max(max(row) for row in rows) or 0.01) * 1.1)
        city_axes(axes, names, f"{title}(%)")
        canvas.legend(
            *axes.get_legend_handles_labels(),
            loc="lower center",
            ncol=min(len(looks), 3),
            frameon=False,
            fontsize=7.5,
        )
        svg = style.svg_text(canvas, name, title, sentence)
    return Figure(name, svg, sentence, data.source, data)


def _draw_bars(
    axes,
    shares: Sequence[float],
    low: Sequence[float],
    thick: float,
    look: tuple[str, str],
    word: str,
) -> None:
    """Bars of one colour, a share 0..1 each, with their values at their ends."""
    style.draw_boxes(
        axes, [(0, 100 * share, y, y + thick) for share, y in zip(shares, low)], look, label=word
    )
    for share, y in zip(shares, low):
        axes.annotate(
            f"{labels.percent_text(share)}%",
            (100 * share, y + thick / 2),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
        )


def city_axes(axes, names: Sequence[str], title: str) -> None:
    """Y of one row a city from the top, x with few round numbers, and a title."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.locator_params(axis="x", nbins=3 if "円" in title else 6)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_title(title, loc="left", fontsize=8.5, pad=5)
    style.plain_axes(axes, "x")


def lines_figure(name: str, title: str, sentence: str, data: Table, column: str) -> Figure:
    """A line for each city over the fiscal years, told apart by colour, dashes and mark.

    Parameters
    ----------
    name, title, sentence : of the figure.
    data : the table behind it, with city and fiscal.
    column : its shares 0..1.
    """
    years = sorted(set(data.frame["fiscal"]))
    with style.drawing():
        canvas = style.canvas(3.3, WIDE)
        axes = canvas.add_axes((0.08, 0.22, 0.9, 0.66))
        for (colour, dashes, mark), (city, part) in zip(
            LINES, data.frame.groupby("city", sort=False)
        ):
            axes.plot(
                [years.index(y) for y in part["fiscal"]],
                100 * part[column],
                color=colour,
                linestyle=dashes,
                marker=mark,
                markersize=5,
                markerfacecolor=style.PAPER,
                linewidth=1.6,
                label=city,
                clip_on=False,
                zorder=4,
            )
        axes.set_xticks(range(len(years)), [labels.fiscal_short(year) for year in years])
        axes.set(
            xlim=(-0.3, len(years) - 0.7), ylim=(0, max(100 * data.frame[column].max(), 1) * 1.08)
        )
        axes.set_title(f"{title}(%)", loc="left", fontsize=8.5, pad=5)
        style.plain_axes(axes, "y")
        canvas.legend(
            *axes.get_legend_handles_labels(),
            loc="lower center",
            ncol=6,
            frameon=False,
            fontsize=7.5,
            handlelength=3.2,
        )
        svg = style.svg_text(canvas, name, title, sentence)
    return Figure(name, svg, sentence, data.source, data)
