"""The index of a run: every city with its state, its headline numbers and the way to its page.

Whole and readable without script. One small script, allowed by its hash, adds search, sorting by
machine value and a filter of what failed; prefectures stand on a map of tiles where there are two or more.
"""

import functools
from datetime import date
from pathlib import Path

from dxplan.press.check import check_page, placeless
from dxplan.press.country.measure import KEY, NOT_WORDS, ordering, values, watched
from dxplan.press.country.table import CSV, PARQUET, title_of, write_tables
from dxplan.press.country.tiles import LEGEND, full_name, tile_map, watch_count
from dxplan.press.page import TEMPLATES, build_shell, templates, write_file

UNGROUPED = "都道府県の分からない団体"
WIDEST, HEAD, PADDING = (
    12,
    7,
    1.8,
)  # em: a column of words, a heading that may break, both sides of a cell


def write_index(outcomes, folder, title="DX推進計画 団体一覧"):
    """Write index.html over the outcomes of a run, and the tables cities.csv and cities.parquet beside it.

    Parameters
    ----------
    outcomes : outcomes in the order of the table; those of one group stand together
    folder : folder of the pages
    title : text

    Returns
    -------
    path of the index

    Raises
    ------
    PressError
        if a file cannot be written
    """
    path = write_file(Path(folder) / "index.html", build_index(outcomes, title))
    write_tables(outcomes, folder)
    return path


def build_index(outcomes, title):
    """Index page over the outcomes of a run, not written yet.

    Parameters
    ----------
    outcomes : outcomes in the order of the table
    title : text

    Returns
    -------
    HTML text
    """
    groups, kinds, script = _groups(outcomes), ordering(outcomes), _template("index.js")
    labels = dict.fromkeys(
        label for outcome in outcomes for label in outcome.headline if label not in NOT_WORDS
    )
    columns = [(label, kinds.get(label, "text")) for label in labels]
    table = (
        templates()
        .get_template("index.html.j2")
        .render(
            title=title,
            total=len(outcomes),
            good=sum(outcome.ok for outcome in outcomes),
            columns=columns,
            csv=CSV,
            parquet=PARQUET,
            as_of=_as_of_text(outcomes),
            counted=_counted_text(outcomes),
            tiles=tile_map(groups),
            watch=watched(outcomes).get("watch"),
            legend=LEGEND,
            number={name: number for number, name in enumerate(groups, 1)},
            full_name=full_name,
            groups=[
                _group(name, members, columns, len(groups) > 1) for name, members in groups.items()
            ],
            widths=[_width(outcomes, *column) for column in columns],
        )
    )
    page = build_shell(title, table, style=_template("index.css"), script=script)
    check_page(page, script)
    return page


@functools.cache
def _template(name):
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _groups(outcomes):
    """Name of a group -> its outcomes; groups and outcomes in the order given."""
    groups = {}
    for outcome in outcomes:
        groups.setdefault(outcome.group, []).append(outcome)
    return groups


def _group(name, members, columns, several):
    """Heading and rows of one group; the heading is empty where there is nothing to head."""
    good = sum(outcome.ok for outcome in members)
    count = f"{len(members):,}団体" + (
        f"（完了{good:,}、失敗{len(members) - good:,}）" if good < len(members) else ""
    )
    return {
        "name": name or UNGROUPED * several,
        "count": count,
        "rows": [_row(outcome, columns) for outcome in members],
    }


def _row(outcome, columns):
    keys = values(outcome) if outcome.ok else {}
    cells = [(outcome.headline.get(label, ""), kind, keys.get(label)) for label, kind in columns]
    return {
        "slug": outcome.slug,
        "title": title_of(outcome),
        "page": outcome.page if outcome.ok else "",
        "error": placeless(outcome.error),
        "cells": cells,
    }


def _width(outcomes, label, kind):
    """Width of a column (em), fixed so that rows may come and go without moving the others."""
    longest = max((_length(outcome.headline.get(label, "")) for outcome in outcomes), default=0)
    return round(
        max(longest if kind != "text" else min(longest, WIDEST), min(_length(label) + 1.5, HEAD))
        + PADDING,
        1,
    )


def _length(text):
    return sum(1 if ord(letter) > 255 else 0.68 for letter in text)


def _counted_text(outcomes):
    """How many cities are above the threshold of the measure that is watched; empty where none is."""
    measure = watched(outcomes)
    above, counted = watch_count(outcomes, measure)
    if not counted:
        return ""
    whole = "完了した" if counted == sum(outcome.ok for outcome in outcomes) else "数値のある"
    return f"{measure['watch']['label']}は、{whole}{counted:,}団体のうち{above:,}団体（{above / counted:.1%}）です。"


def _as_of_text(outcomes):
    """The day on which the numbers of the table stand, or the first and the last such day."""
    days = sorted(
        {
            one["as_of"]
            for outcome in outcomes
            for one in outcome.headline.get(KEY, ())
            if one.get("column") and one.get("as_of")
        }
    )
    return "〜".join(dict.fromkeys(_day_text(day) for day in (days[:1] + days[-1:])))


def _day_text(text):
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"
