"""Which bar of the roadmap waits for which: papers, budget, tender, and the block by its template.

A link goes from the end of one bar to the start of another, with the least weeks between them. The
reserve before the first rehearsal is no link: it is there to be used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dxplan.plan.block import CUT, LAW, LINK, NOTE, PREPARATION, UNLINK, Block, lags_of, load_parts
from dxplan.plan.column import CONTRACT, SPENT_FIRST, Column, Project
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.timetable import link_pairs
from dxplan.plan.work import GATE

Link = tuple[str, str, int]
OPTIONAL = frozenset({*PREPARATION, "R1", "T1", "T2"})  # items of a block that may be done


def bar_links(plan: PmoPlan) -> Iterator[Link]:
    """(bar, bar that waits for it, least weeks between them) of a roadmap.

    Parameters
    ----------
    plan : the roadmap of a city; its bars are named as in its table ``task``.
    """
    waits = plan.city.at("rfp_start").value == SPENT_FIRST
    for project, column in zip(plan.projects, plan.columns):
        for before, after, weeks in _lot_links(project, column, waits):
            yield f"{project.lot.name}/{before}", f"{project.lot.name}/{after}", weeks
    for first, second in link_pairs(plan.projects, plan.columns):
        name, register = plan.projects[first].lot.name, plan.projects[second].lot.name
        yield f"{name}/{LINK}", f"{name}/{CUT}", load_parts()[LINK].low_lag
        yield f"{register}/{CUT}", f"{name}/{UNLINK}", 0


def _lot_links(project: Project, column: Column, waits: bool) -> Iterator[Link]:
    papers = [] if column.papers is None else [paper.item.key for paper in project.before]
    tender = [] if column.tender is None else [paper.item.key for paper in project.after]
    money = [GATE] if column.gate else []
    yield from _in_turn([*papers, *money])
    yield from _in_turn(tender)
    if waits or not tender:
        yield from _in_turn([*money, *tender[:1]])
    else:  # the tender runs beside the vote; only the contract waits for the money
        yield from _in_turn([*papers[-1:], *tender[:1]])
        yield from ((GATE, key, 0) for key in tender if key == CONTRACT and money)
    last = (tender or money or papers)[-1:]
    yield from ((last[0], key, 0) for key in _openings(project.block) if last)
    yield from _block_links(project.block)
    if column.law is not None:
        yield LAW, CUT, load_parts()[LAW].low_lag


def _in_turn(keys: list[str]) -> Iterator[Link]:
    yield from ((before, after, 0) for before, after in pairwise(keys))


def _block_links(block: Block) -> Iterator[Link]:
    """The lags of the template for the items that are left, without the reserve."""
    done = OPTIONAL - {piece.key for piece in block.pieces}
    for before, after, least, _ in lags_of(block.rehearsals, 0, done):
        yield before, after, least


def _openings(block: Block) -> list[str]:
    """The items of a block that nothing in it comes before; the notice to residents is none."""
    later = {after for _, after, _ in _block_links(block)} | {NOTE}
    return [piece.key for piece in block.pieces if piece.key not in later]
