"""Which bar of the roadmap waits for which: papers, budget, tender, and the block by its template.

A link goes from the end of one bar to the start of another, with the least weeks between them. The
reserve before the first rehearsal is no link: it is there to be used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dxplan.plan.block import CUT, LAW, LINK, NOTE, PREPARATION, UNLINK, Block, lags_of, load_parts
from dxplan.plan.column import CONTRACT, SPENT_FIRST, Candidate, Project
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
    waits = plan.city.at("rfp_start").word == SPENT_FIRST
    for project, column in zip(plan.projects, plan.columns, strict=True):
        lot = project.lot.name
        for before, after, weeks in _lot_links(project, column, waits):
            yield f"{lot}/{before}", f"{lot}/{after}", weeks
    for first, second in link_pairs(plan.projects, plan.columns):
        lot = plan.projects[first].lot.name
        register = plan.projects[second].lot.name
        yield f"{lot}/{LINK}", f"{lot}/{CUT}", load_parts()[LINK].low_lag
        yield f"{register}/{CUT}", f"{lot}/{UNLINK}", 0


def _lot_links(project: Project, column: Candidate, waits: bool) -> Iterator[Link]:
    papers, tender = [], []
    if column.papers is not None:
        for paper in project.before:
            papers.append(paper.item.key)
    if column.tender is not None:
        for paper in project.after:
            tender.append(paper.item.key)
    money = [GATE] if column.gate else []
    yield from _in_turn(papers + money)
    yield from _in_turn(tender)
    if waits:
        yield from _in_turn(money + tender[:1])
    else:  # the tender runs beside the vote; only the contract waits for the money
        yield from _in_turn(papers[-1:] + tender[:1])
        if money and CONTRACT in tender:
            yield GATE, CONTRACT, 0
    front = papers + money + tender
    if front:
        for key in _openings(project.block):
            yield front[-1], key, 0
    yield from _block_links(project.block)
    if column.law is not None:
        yield LAW, CUT, load_parts()[LAW].low_lag


def _in_turn(keys: list[str]) -> Iterator[Link]:
    for before, after in pairwise(keys):
        yield before, after, 0


def _block_links(block: Block) -> Iterator[Link]:
    """The lags of the template for the items that are left, without the reserve."""
    done = OPTIONAL - {piece.key for piece in block.pieces}
    for before, after, least, _ in lags_of(block.rehearsals, 0, done):
        yield before, after, least


def _openings(block: Block) -> list[str]:
    """The items of a block that nothing in it comes before; the notice to residents is none."""
    later = {NOTE}
    later.update(after for _, after, _ in _block_links(block))
    return [piece.key for piece in block.pieces if piece.key not in later]
