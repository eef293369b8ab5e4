"""The shelf: each figure, table and sentence once, with every place where it appears.

`data/shelf.csv` names a function of a room of ``show`` and the part of a plan that it is given.
Page, workbook, CSV files, the table at the meeting and the checks of the notebooks read it from
here, in its order. What a figure is called, and its alternative text, are made by its function
from the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module

import pandas as pd

from dxplan.facts.catalog import load_table
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.edition import closed_text, opened
from dxplan.show.style import Figure, Shown, Table, Text
from dxplan.town.edition import INTERNAL

WHOLE = "plan"  # the part that is all of a plan


@dataclass(frozen=True)
class Exhibit:
    """One thing that is shown, and where; a place is empty where it does not appear.

    Attributes
    ----------
    exhibit : room and function, such as pmo.roadmap_figure.
    part : attribute of ``Plan`` that the function is given; ``plan`` for all of it.
    words : further arguments, divided by blanks.
    page : chapter of the report.
    within : the exhibit that it is a piece of.
    notebooks : numbers of the notebooks that show it by itself.
    csv : name of its file.
    sheet, about : sheet of the workbook, and what a reader finds there.
    paper, frozen, wide : of the sheet: A4 or A3, columns that stay, widths as column:letters.
    board, picture : topic at the table, and the picture's name there.
    audience : editions that show it; the internal one alone where nobody has said.
    """

    exhibit: str
    part: str
    words: str
    page: str
    within: str
    notebooks: str
    csv: str
    sheet: str
    about: str
    paper: str
    frozen: int
    wide: str
    board: str
    picture: str
    audience: str = ""

    def show(self, plan: Plan) -> Shown:
        """The figure, table or text for a plan; what its edition does not show is never drawn."""
        if not self.is_open(plan):
            return closed_text(plan.city)
        room, function = self.exhibit.split(".")
        draw = getattr(import_module(f"dxplan.show.{room}"), function)
        return opened(plan.city, draw(self.part_of(plan), *self.words.split()))

    def is_open(self, plan: Plan) -> bool:
        """Whether the edition of a plan shows it."""
        return plan.city.edition.edition in (self.audience or INTERNAL).split()

    def part_of(self, plan: Plan) -> object:
        """What of a plan it is drawn from."""
        if self.part == WHOLE:
            return plan
        return getattr(plan, self.part)

    def table(self, plan: Plan) -> Table | None:
        """Its table, or the data of its figure; None where it says in words that there is none."""
        shown = self.show(plan)
        if isinstance(shown, Figure):
            return shown.data
        return shown if isinstance(shown, Table) else None

    @property
    def widths(self) -> dict[str, float]:
        """Column -> letters, of the columns of the sheet that are not to be measured."""
        pairs = (pair.split(":") for pair in self.wide.split())
        return {column: float(letters) for column, letters in pairs}


@cache
def load_shelf() -> tuple[Exhibit, ...]:
    """All exhibits in the order of `data/shelf.csv`."""
    rows = load_table("shelf").astype(object)
    rows = rows.where(pd.notna(rows), "")
    return tuple(Exhibit(**row) for row in rows.to_dict("records"))


def sheets(plan: Plan | None = None) -> Iterator[Exhibit]:
    """The sheets of the workbook; of a plan those that its edition shows."""
    return (one for one in load_shelf() if one.sheet and (plan is None or one.is_open(plan)))


def files(plan: Plan | None = None) -> Iterator[Exhibit]:
    """What is also a CSV file; of a plan what its edition shows."""
    return (one for one in load_shelf() if one.csv and (plan is None or one.is_open(plan)))


def pictures(board: str) -> dict[str, Exhibit]:
    """Name -> picture of a topic at the table."""
    return {one.picture: one for one in load_shelf() if one.board == board}


def chapter(plan: Plan, name: str) -> Text:
    """All that a chapter of the report shows.

    Under its heading; nothing at all where nothing is said. Of what an edition does not show as a
    whole, the pieces that it shows.

    Raises
    ------
    LookupError
        No exhibit stands in this chapter.
    """
    found = [exhibit for exhibit in load_shelf() if exhibit.page == name]
    if not found:
        raise LookupError(f"no chapter {name!r}; there are {sorted(_chapters())}")
    pieces = [one.show(plan) for exhibit in found for one in _open_pieces(exhibit, plan)]
    body = "".join(piece.html() for piece in pieces if _says(plan, piece))
    return Text(f"{_heading(plan, name)}{body}" if body else "")


def _says(plan: Plan, piece: Shown) -> bool:
    """Whether something is said; where no lot is left nobody reads of each thing that is none."""
    text = piece.html()
    silent = text.startswith('<p class="none">') and "minutes" not in text
    return plan.city.situation != "after" or not silent


def _heading(plan: Plan, name: str) -> str:
    """The heading of a chapter; page one has none, and without lots some are called otherwise."""
    words = labels.words_of("page")
    word = words.get(name, "")
    if plan.city.situation == "after":
        word = words.get(f"{name}_after", word)
    return style.heading(word, 2).html() if word else ""


def _open_pieces(exhibit: Exhibit, plan: Plan) -> Iterator[Exhibit]:
    if exhibit.is_open(plan):
        yield exhibit
        return
    for piece in load_shelf():
        if piece.within == exhibit.exhibit:
            yield from _open_pieces(piece, plan)


def _chapters() -> set[str]:
    return {exhibit.page for exhibit in load_shelf() if exhibit.page}


def exhibit_of(name: str) -> Exhibit:
    """The exhibit of a name: roadmap_figure, or staffing.load_figure where rooms share a name.

    Raises
    ------
    LookupError
        No exhibit has this name, or several do; they are told.
    """
    known = {exhibit.exhibit: exhibit for exhibit in load_shelf()}
    same = [full for full in known if name in (full, full.partition(".")[2])]
    if len(same) == 1:
        return known[same[0]]
    near = same or get_close_matches(name, [*known, *(full.split(".")[1] for full in known)])
    raise LookupError(f"{name!r} names no single exhibit; near: {', '.join(near) or 'none'}")
