"""The index of a run: every city with its state, its headline numbers and the way to its page.

Whole and readable without script. One small script, allowed by its hash, adds search, sorting by
machine value and a filter of what failed; prefectures stand on a map of tiles where there are two
or more.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dxplan.nights import crowds
from dxplan.press.check import check_page, placeless
from dxplan.press.country.measure import (
    NOT_WORDS,
    cutovers_of,
    measures_of,
    ordering,
    values,
    watched,
)
from dxplan.press.country.table import CSV, PARQUET, title_of, write_tables
from dxplan.press.country.tiles import LEGEND, full_name, tile_map, watch_count
from dxplan.press.job import JobOutcome
from dxplan.press.page import TEMPLATES, build_shell, templates, write_file

UNGROUPED = "都道府県の分からない団体"
WIDEST = 12  # em: a column of words
HEAD = 7  # em: a heading that may break
PADDING = 1.8  # em: both sides of a cell

Outcomes = Sequence[JobOutcome]
Columns = list[tuple[str, str]]  # label and kind


def write_index(outcomes: Outcomes, folder: Path, title: str = "DX推進計画 団体一覧") -> Path:
    """Write index.html over the outcomes of a run, and cities.csv and cities.parquet beside it.

    Parameters
    ----------
    outcomes : in the order of the table; those of one group stand together.
    folder : of the pages.

    Returns
    -------
    path of the index.

    Raises
    ------
    PressError
        A file cannot be written.
    """
    path = write_file(Path(folder) / "index.html", build_index(outcomes, title))
    write_tables(outcomes, folder)
    return path


def build_index(outcomes: Outcomes, title: str) -> str:
    """Index page over the outcomes of a run, not written yet."""
    groups, columns = _groups(outcomes), _columns(outcomes)
    several = len(groups) > 1
    template = templates().get_template("index.html.j2")
    table = template.render(
        title=title,
        total=len(outcomes),
        good=_good(outcomes),
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
        crowds=crowds(cutovers_of(outcomes)),
        groups=[_group(name, members, columns, several) for name, members in groups.items()],
        widths=[_width(outcomes, label, kind) for label, kind in columns],
    )
    script = _template("index.js")
    page = build_shell(title, table, style=_template("index.css"), script=script)
    check_page(page, script)
    return page


@functools.cache
def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8").strip()


def _columns(outcomes: Outcomes) -> Columns:
    """Label and kind (text, number, date) of each headline that a city has."""
    kinds: dict[str, str] = {}
    ordered = ordering(outcomes)
    for outcome in outcomes:
        for label in outcome.headline:
            if label not in NOT_WORDS:
                kinds[label] = ordered.get(label, "text")
    return list(kinds.items())


def _groups(outcomes: Outcomes) -> dict[str, list[JobOutcome]]:
    """Name of a group -> its outcomes; groups and outcomes in the order given."""
    groups: dict[str, list[JobOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.group, []).append(outcome)
    return groups


def _good(outcomes: Outcomes) -> int:
    return sum(outcome.ok for outcome in outcomes)


def _group(name: str, members: Outcomes, columns: Columns, several: bool) -> dict[str, object]:
    """Heading and rows of one group; the heading is empty where there is nothing to head."""
    good, total = _good(members), len(members)
    count = f"{total:,}団体"
    if good < total:
        count += f"(完了{good:,}、失敗{total - good:,})"
    if several and not name:
        name = UNGROUPED
    rows = [_row(outcome, columns) for outcome in members]
    return {"name": name, "count": count, "rows": rows}


def _row(outcome: JobOutcome, columns: Columns) -> dict[str, object]:
    words, keys = outcome.headline, values(outcome)  # a city that failed has none
    return {
        "slug": outcome.slug,
        "title": title_of(outcome),
        "page": outcome.page,
        "error": placeless(outcome.error),
        "cells": [(words.get(label, ""), kind, keys.get(label)) for label, kind in columns],
    }


def _width(outcomes: Outcomes, label: str, kind: str) -> float:
    """Width of a column (em), fixed so that rows may come and go without moving the others."""
    longest = max((_length(outcome.headline.get(label, "")) for outcome in outcomes), default=0)
    if kind == "text":
        longest = min(longest, WIDEST)
    head = min(_length(label) + 1.5, HEAD)
    return round(max(longest, head) + PADDING, 1)


def _length(text: str) -> float:
    return sum(1 if ord(letter) > 255 else 0.68 for letter in text)


def _counted_text(outcomes: Outcomes) -> str:
    """How many cities are above the threshold of the measure that is watched; "" without one."""
    measure = watched(outcomes)
    above, counted = watch_count(outcomes, measure)
    if not counted:
        return ""
    whole = "数値のある"
    if counted == _good(outcomes):
        whole = "完了した"
    return (
        f"{measure['watch']['label']}は、"
        f"{whole}{counted:,}団体のうち{above:,}団体({above / counted:.1%})です。"
    )


def _as_of_text(outcomes: Outcomes) -> str:
    """The day on which the numbers of the table stand, or the first and the last such day."""
    days = set()
    for measure in measures_of(outcomes):
        if measure.get("column") and measure.get("as_of"):
            days.add(measure["as_of"])
    if not days:
        return ""
    first, last = _day_text(min(days)), _day_text(max(days))
    if first == last:
        return first
    return f"{first}〜{last}"


def _day_text(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"令和{day.year - 2018}年{day.month}月{day.day}日"  # no plan is of before 2020
