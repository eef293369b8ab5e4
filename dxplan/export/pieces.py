"""What the papers that are edited by hand say: the report's own tables and sentences, as text.

Each table is an exhibit of the shelf, so that an edition holds what its audience may see and
nothing else; numbers are written as on the page.
"""

from __future__ import annotations

from typing import NamedTuple

from dxplan.export.text import plain_text
from dxplan.facts.catalog import records
from dxplan.plan.whole import Plan
from dxplan.show import edition, front, labels, particular, shelf
from dxplan.show.style import Table

LANGUAGE = "ja-JP"


class Grid(NamedTuple):
    """A table as text.

    Attributes
    ----------
    title, heads, rows : as a reader sees them.
    numbers : which columns are numbers.
    notes : how to read it, and where from.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    notes: tuple[str, ...]


def table_of(plan: Plan, name: str) -> Table | None:
    """The table of an exhibit as the edition of a plan may see it; None where there is none."""
    if not is_told(plan, name):
        return None
    return shelf.exhibit_of(name).table(plan)


def is_told(plan: Plan, name: str) -> bool:
    """Whether the edition of a plan shows an exhibit."""
    return shelf.exhibit_of(name).is_open(plan)


def grid_of(plan: Plan, name: str, columns: str, most: int | None = None) -> Grid | None:
    """An exhibit as text; None where the edition does not show it, or it has no row.

    Parameters
    ----------
    plan : of a city.
    name : of the exhibit.
    columns : that are told, in their order; those that the edition leaves out are missing.
    most : rows that are told.
    """
    table = table_of(plan, name)
    if table is None or not len(table.frame):
        return None
    known = set(table.frame.columns)
    names = [column for column in columns.split() if column in known]
    heads = []
    numbers = []
    for column in names:
        heading = labels.heading_of(column)
        unit = f"({heading.unit})" if heading.unit else ""
        heads.append(f"{heading.label}{unit}")
        numbers.append(heading.kind in labels.NUMBERS)
    rows = []
    for row in records(table.frame.head(most)):
        rows.append(tuple(_cell(column, row[column]) for column in names))
    title, notes = plain_text(table.title), map(plain_text, table.source.splitlines())
    return Grid(title, tuple(heads), tuple(rows), tuple(numbers), tuple(notes))


def _cell(column: str, value: object) -> str:
    return plain_text(labels.value_text(column, value))


# --- sentences ------------------------------------------------------------------------------------
def byline(plan: Plan) -> list[str]:
    """For whom, by whom and from when, each by itself."""
    basis = labels.date_text(plan.city.basis)
    day = ("作成日", f"{basis}(計画の基準日)")
    lines = []
    for name, text in edition.byline_pairs(plan.city) or [day]:
        lines.append(plain_text(f"{name}: {text}"))
    return lines


def conclusion(plan: Plan) -> list[str]:
    """What stands on page one; of an edition without it where the city and its lots stand."""
    texts = []
    if is_told(plan, "front.front_page"):
        for part in front.conclusion_text(plan).split("。"):
            if part:
                texts.append(f"{part}。")
        texts.append(front.enter_text(plan))
    else:
        for name, text in edition.brief_pairs(plan.pmo):
            texts.append(f"{name}: {text}")
    return [plain_text(text) for text in texts if text]


def particulars(plan: Plan) -> list[str]:
    """What is particular to the municipality."""
    if not is_told(plan, "particular.particular_list"):
        return []
    return list(map(plain_text, particular.particular_texts(plan)))
