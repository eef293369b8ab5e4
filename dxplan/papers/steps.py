"""The PMO tool against the plan: what stands there, what the plan says, what to enter.

What the town hall has entered in the tool is not published but for the steps done; its planned days
are those of the params file, else blank cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import Cells, Row
from dxplan.papers.forms import COLUMNS, Facts, form_rows
from dxplan.papers.lots import span_text
from dxplan.plan.whole import Plan
from dxplan.show import labels, pmo
from dxplan.show.style import Table
from dxplan.town.systems import System

ENTER = "tool_enter"  # form with a line for each state
CONTENT = COLUMNS.index("content")
SYSTEM = (
    "business paper_steps flagged paper_said paper_day state lot paper_told paper_gap paper_tool"
)
STEP = "lot no title item paper_day paper_told paper_tool"


def system_table(plan: Plan) -> Table:
    """A row a system: the published steps, the day entered, the plan's state and outlook."""
    rows = [_system_row(plan, system) for system in plan.city.movable]
    note = (
        f"{labels.source_line('standardization_status', 'steps_done', 'flagged_late')}。"
        "予定日は、団体が確かめた日があればその日で、空欄はPMOツールの画面から写す"
    )
    return Table(
        pd.DataFrame(rows, columns=SYSTEM.split()),
        "PMOツールとの突合(業務)",
        note,
    )


def _system_row(plan: Plan, system: System) -> Cells:
    lot, told, decided = _lot_of(plan, system.business)
    entered = system.since
    if entered is None and lot is not None and lot["planned"] is not None:
        entered = lot["planned"]
    name = lot["lot"] if lot else None
    facts = {
        system.state.word: True,
        "decided": decided,
        "undated": lot is not None and not decided,
        "told": told,
    }
    steps = round(system.steps.number) if system.steps else None
    return (
        system.business,
        steps,
        system.late,
        "" if system.presumed else labels.word_of("state", system.state.word),
        _day_text(entered),
        system.state.word,
        name,
        told,
        _gap_text(lot, entered),
        enter_text(facts),
    )


def _lot_of(plan: Plan, business: str) -> tuple[Row | None, str, bool]:
    """The lot of a system, what is told of its go-live, and whether that is decided."""
    told = plan.pmo.told.lot
    for lot in plan.pmo.lots.to_dict("records"):
        if business in lot["businesses"]:
            if lot["decided"]:
                return lot, labels.day_text(lot["live"]), True
            sure = told[told["lot"] == lot["lot"]].iloc[0]
            return lot, f"見込み {pmo.told_text(sure)}", False
    return None, "", False


def _day_text(day: date | None) -> str:
    return labels.day_text(day) if day else ""


def _gap_text(lot: Row | None, entered: date | None) -> str:
    """What differs between the day entered and the plan."""
    if lot is None or entered is None:
        return ""
    if lot["decided"] and lot["live"] == entered:
        return "一致"
    return "計画では、この日に間に合わない"


def enter_text(facts: Facts) -> str:
    """What is to be entered in the tool: the lines that hold, one after the other."""
    return "".join(row[CONTENT] for row in form_rows(ENTER, facts))


# --- steps ----------------------------------------------------------------------------------------
def step_table(plan: Plan) -> Table:
    """The 40 steps of each lot with the plan's time of the work item that they belong to."""
    rows = []
    for lot in plan.pmo.lots["lot"]:
        task = plan.pmo.task[plan.pmo.task["lot"] == lot]
        rows += [(lot, *row) for row in _step_rows(plan, task)]
    note = (
        "計画の時期は、そのステップを含む作業の時期。日の決まっていない切替に向けた作業は、"
        "最も早い予定の四半期で示す。"
        "ステップの進み方は業務によって違うため、済んだかどうかは画面で確かめる"
    )
    none = "移すロットはない。稼働の日だけを確かめる。"
    frame = pd.DataFrame(rows, columns=STEP.split())
    return Table(frame, "PMOツールとの突合(40ステップ)", note, "title", "lot", none)


def _step_rows(plan: Plan, task: pd.DataFrame) -> Iterator[Cells]:
    items = catalog.load_rows("work_items")
    for step in catalog.load_rows("steps"):
        number = step["step"]
        keys = [row["key"] for row in items if row["step_from"] <= number <= row["step_to"]]
        bars = task[task["no"].isin(keys)]
        facts: Row = {"gone": bars.empty, "told": ""}
        if len(bars):
            decided = bool(bars["decided"].all())
            facts["told"] = span_text(bars["start"].min(), bars["finish"].max(), decided)
            facts["decided" if decided else "undated"] = True
        work = "・".join(dict.fromkeys(bars["item"]))
        yield (
            number,
            step["step_name"],
            work,
            "",
            facts["told"],
            enter_text(facts),
        )
