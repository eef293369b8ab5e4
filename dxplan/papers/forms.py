"""A paper as rows: the fixed sentences of `data/paper_lines.csv`, filled with the facts of a plan.

A line appears where its condition holds; where it names a list, each entry of it becomes a row, and
its sentence is said where the list is empty. What only the town hall knows is a blank cell, and the
last column says what to enter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import Cells, Row
from dxplan.show import labels
from dxplan.show.style import Table

COLUMNS = (
    "group",
    "what",
    "content",
    "paper_yen",
    "paper_ground",
    "paper_enter",
)
THOUSAND = 1_000
TOTAL = "計"
Facts = Mapping[str, Any]  # fact -> a text, a list of entries, or whether something holds


class Entry(NamedTuple):
    """A row that a plan gives to a paper: thousands of yen where it has an amount."""

    what: str
    content: str
    thousand: float | None = None
    ground: str = ""


@cache
def load_lines() -> Mapping[str, tuple[Row, ...]]:
    """Form of a sheet -> its lines in their order."""
    lines: dict[str, tuple[Row, ...]] = {}
    for row in catalog.load_rows("paper_lines"):
        lines[row["form"]] = (*lines.get(row["form"], ()), row)
    return lines


def form_table(form: str, facts: Facts, title: str, note: str) -> Table:
    """The rows of a form; without the column of amounts where no row has one.

    Parameters
    ----------
    form : of `data/paper_lines.csv`.
    facts : what its sentences, conditions and lists ask for.
    title, note : above the rows.
    """
    frame = pd.DataFrame(form_rows(form, facts), columns=COLUMNS)
    if not frame["paper_yen"].any():
        frame = frame.drop(columns="paper_yen")
    return Table(frame, title, note, "what")


def form_rows(form: str, facts: Facts) -> Iterator[Cells]:
    """The rows of a form, by ``COLUMNS``: its lines that hold, filled."""
    for line in load_lines()[form]:
        when = line["when"]
        if not when or bool(facts.get(when.lstrip("!"))) != when.startswith("!"):
            yield from _filled(line, facts)


def _filled(line: Row, facts: Facts) -> Iterator[Cells]:
    """The rows of a line: those of its list, else its own sentence."""
    ground, enter = (line[name].format_map(facts) for name in ("ground", "enter"))
    entries: Sequence[Entry] = ()
    if line["rows"]:
        entries = facts[line["rows"]]
    for entry in entries:
        amount = "" if entry.thousand is None else f"{round(entry.thousand):,}"
        told = (
            entry.what,
            entry.content,
            amount,
            entry.ground or ground,
        )
        yield line["part"], *told, enter
    if not entries:
        yield (
            line["part"],
            line["what"],
            line["text"].format_map(facts),
            "",
            ground,
            enter,
        )


# --- entries that several papers have -------------------------------------------------------------
def money_entries(rows: pd.DataFrame, names: Mapping[str, str]) -> list[Entry]:
    """Yen of a budget by fiscal year and fund, with how sure the fund is; at the end their sum.

    Parameters
    ----------
    rows : of ``BudgetPlan.funding``.
    names : measure -> its name.
    """
    found = []
    keys = ["fiscal", "fund", "measure", "grade"]
    for (fiscal, fund, measure, grade), part in rows.groupby(keys, sort=False):
        word = labels.word_of("fund", fund)
        if measure:
            word = f"{word}。{names[measure]}({measure})"
        sure = f"財源の確度 {labels.grade_text(grade)}" if grade else ""
        yen = part["yen"].sum() / THOUSAND
        found.append(Entry(labels.era_fiscal(fiscal), word, yen, sure))
    return summed(found)


def summed(entries: list[Entry]) -> list[Entry]:
    """Entries with a row of their sum; none where there are none."""
    if not entries:
        return entries
    total = sum(round(entry.thousand or 0) for entry in entries)
    return [*entries, Entry(TOTAL, "", total)]


def table_entries(table: Table, what: str, *contents: str) -> list[Entry]:
    """The rows of a table as entries: one column leads, the others follow by their labels."""
    found = []
    for row in table.frame.astype(object).to_dict("records"):
        parts = []
        for name in contents:
            text = labels.value_text(name, row[name])
            if text not in ("", labels.MISSING):
                parts.append(f"{labels.label_of(name)}: {text}")
        found.append(Entry(labels.value_text(what, row[what]), "\n".join(parts)))
    return found
