"""Rows of a city's own work plan: which systems and work items they are, planned and actual days.

A row belongs to the systems that its own column names, else to those of the groups above it (大項目,
the number before its last point, a marked heading), else to those in its own name, else to the
sheet's. A row that names no system or no work item, or several items, is kept as a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dxplan.bring.cells import cell_text
from dxplan.bring.findings import Fact, Findings, Note
from dxplan.bring.table import Line, Table
from dxplan.bring.words import businesses_in, is_gone, is_live, items_in, leftover

DONE = 100  # %
CUTOVER = "16"  # the work item by whose end a system is in operation
MARKED = re.compile(r"\s*[■◆●▼▲★【◎□]")
NUMBER = re.compile(r"[0-9]+(?:[.\-][0-9]+)*[.\-]?")
GROUPS = ("level1", "level2")
WIDE = "\u3000"


@dataclass(frozen=True)
class Task:
    """A row of a work plan.

    Attributes
    ----------
    name : as it stands; `path` : the groups above it.
    businesses : the systems that it is for; `items` : keys of ``data/work_items.csv``.
    owner : a section, never a person; "" where none is named.
    start, finish, actual_start, actual_finish : days, None where none are said.
    progress : %, None where it is not said; `state` : in the words of the plan.
    loose : whether of one of its days only the month is said.
    where : sheet and cell.
    uid, before : its number in a project file, and those of its predecessors.
    baseline : the start and finish first planned.
    """

    name: str
    path: tuple[str, ...]
    businesses: tuple[str, ...]
    items: tuple[str, ...]
    owner: str
    start: date | None
    finish: date | None
    actual_start: date | None
    actual_finish: date | None
    progress: float | None
    where: str
    state: str = ""
    loose: bool = False
    uid: str = ""
    before: tuple[str, ...] = ()
    baseline: tuple[date | None, date | None] = (None, None)

    @property
    def dated(self) -> bool:
        """Whether any day is said."""
        return any((self.start, self.finish, self.actual_start, self.actual_finish))


def tasks_of(table: Table) -> tuple[Task, ...]:
    """The rows of a work plan that name a task, in their order."""
    tasks = []
    levels = ["", ""]
    merged = _merged(table)
    heading = ""
    numbers = _numbered(table)
    stack: list[tuple[int, str]] = []
    for line in table.lines:
        if merged:  # where groups are merged, a blank beside them is in no group
            levels[:] = ["", ""]
        name = _name(table, line, levels)
        if not name:
            continue
        stack = [entry for entry in stack if entry[0] < _indent(table, line)]
        inside = tuple(text for _, text in stack)
        stack.append((_indent(table, line), name))
        if _is_heading(table, line, name):
            heading = name
            continue
        above = (*levels, *_parents(numbers, table, line), *inside)
        path = tuple(dict.fromkeys(text for text in (heading, *above) if text and text != name))
        tasks.append(_task(table, line, name, path))
    return tuple(tasks)


def _name(table: Table, line: Line, levels: list[str]) -> str:
    """The name of a row's task; what stands for the groups is carried down in `levels`."""
    texts = [table.text(line, column) for column in (*GROUPS, "task")]
    if texts[0] and texts[0] != levels[0]:
        levels[:] = [texts[0], ""]
    if texts[1]:
        levels[1] = texts[1]
    own = next((text for text in reversed(texts) if text), "")
    return own or line.raw.get("business", "")


def _merged(table: Table) -> bool:
    """Whether groups are merged over their rows."""
    places = {taken.at for column, taken in table.taken.items() if column in GROUPS}
    for (top, left), (bottom, _) in table.sheet.merged:
        if left in places and bottom > top > table.head.last:
            return True
    return False


def _indent(table: Table, line: Line) -> int:
    """The blanks before a task's name, a wide one as two."""
    taken = table.taken.get("task")
    text = table.sheet.at(line.row, taken.at) if taken else ""
    first, last = table.stairs
    for at in range(first, last + 1):
        if first >= 0 and cell_text(table.sheet.at(line.row, at)):
            return at - first
    if not isinstance(text, str):
        return 0
    blanks = text[: len(text) - len(text.lstrip())]
    return len(blanks) + blanks.count(WIDE)


def _is_heading(table: Table, line: Line, name: str) -> bool:
    """Whether a row heads those below it: marked, or alone with its name, and without days."""
    if any(isinstance(value, (date, tuple, float)) and value for value in line.cells.values()):
        return False
    filled = sum(bool(cell_text(cell)) for cell in table.sheet.rows[line.row])
    return bool(MARKED.match(name)) or filled == 1


def _numbered(table: Table) -> dict[str, str]:
    """Number of a row, such as 1.2 -> its name; those that stand twice are nobody's."""
    names: dict[str, str] = {}
    twice = set()
    levels = ["", ""]
    for line in table.lines:
        number = _number(table, line)
        if number in names:
            twice.add(number)
        elif number:
            names[number] = _name(table, line, levels)
    return {number: name for number, name in names.items() if number not in twice}


def _number(table: Table, line: Line) -> str:
    """The number in a row's first cell; "" where it has none."""
    text = cell_text(table.sheet.at(line.row, _first(table)))
    return text.strip(".-") if NUMBER.fullmatch(text) else ""


def _first(table: Table) -> int:
    """The first column with a head."""
    return next((at for at, texts in enumerate(table.head.texts) if texts), 0)


def _parents(numbers: dict[str, str], table: Table, line: Line) -> tuple[str, ...]:
    """The names of the rows whose numbers begin a row's own number."""
    parts = re.split(r"[.\-]", _number(table, line))
    above = [".".join(parts[:count]) for count in range(1, len(parts))]
    return tuple(numbers[number] for number in above if number in numbers)


def _task(table: Table, line: Line, name: str, path: tuple[str, ...]) -> Task:
    columns = ("planned_start", "planned_finish", "actual_start", "actual_finish")
    days = [table.day(line, column) for column in columns]
    for at, period in ((0, "planned_period"), (2, "actual_period")):
        span = table.value(line, period)
        if isinstance(span, tuple):
            days[at : at + 2] = span
    column = next((one for one in ("task", "level2", "level1") if one in table.taken), "business")
    return Task(
        name=name,
        path=path,
        businesses=_businesses(table, line, name, path),
        items=items_in(name),
        owner=table.text(line, "owner"),
        start=days[0],
        finish=days[1],
        actual_start=days[2],
        actual_finish=days[3],
        progress=table.number(line, "progress"),
        where=table.where(line, column),
        state=table.text(line, "state"),
        loose=bool(line.loose),
    )


def _businesses(table: Table, line: Line, name: str, path: Sequence[str]) -> tuple[str, ...]:
    if line.raw.get("business"):  # another system, or all: nobody guesses which
        return table.businesses(line)
    for text in (*reversed(path), name, table.sheet.name):
        found = businesses_in(text)
        if found:
            return found
    return ()


# --- what it says ---------------------------------------------------------------------------------
def findings_of(tasks: Sequence[Task]) -> Findings:
    """The cutovers that a work plan sets or tells, and its other rows with days as notes."""
    facts: dict[bool, list[Fact]] = {True: [], False: []}
    notes: list[Note] = []
    used, undated = 0, 0
    for task in tasks:
        why = _doubt(task)
        if not why:
            used += 1
            facts[is_live(task.name)] += _facts(task)
        elif task.dated:
            notes.append(Note(task.name, task.start, task.finish, why, task.where))
        else:
            undated += 1
    asides = [f"作業の行 {len(tasks):,}行のうち、業務と作業項目に当てはまった行は {used:,}行です。"]
    if undated:
        asides.append(f"ほかに、当てはまらず日付もない行が {undated:,}行あります。")
    live = {fact[:3] for fact in facts[True]}
    others = [fact for fact in facts[False] if fact[:3] not in live]
    return Findings((*facts[True], *others), tuple(notes), tuple(asides), used)


def _doubt(task: Task) -> str:
    """Why a row is only a note; "" where it is one work item of known systems."""
    if not task.businesses:
        return "業務が分からない"
    if len(task.items) != 1:
        return "作業項目が複数" if task.items else "作業項目が分からない"
    if _is_backward(task):
        return "終わりが始まりより前"
    if is_gone(task.state):
        return "状況が中止・延期など"
    return _cutover_doubt(task) if task.items[0] == CUTOVER else ""


def _cutover_doubt(task: Task) -> str:
    """Why a row may not be the cutover itself, such as more in its name, or a rehearsal above."""
    if leftover(task.name):
        return "切替そのものか分からない"
    for text in task.path:
        if items_in(text) not in ((), (CUTOVER,)):
            return "ほかの作業項目の中の切替"
    first, last = _days(task)
    if task.loose or first and last and first != last:
        return "期間か月なので、稼働の日が分からない"
    if task.actual_finish and task.progress is not None and task.progress < DONE:
        return "終わった日があるのに進捗率が100%でない"
    return ""


def _facts(task: Task) -> Iterator[Fact]:
    if task.items[0] != CUTOVER:
        return
    name = "live_since" if task.actual_finish else "planned"
    _, day = _days(task)
    for business in task.businesses:
        if day:
            yield Fact("systems", business, name, day, "日付", task.where)


def _days(task: Task) -> tuple[date | None, date | None]:
    """The first and last day of a row: actual where it has ended, else planned."""
    if task.actual_finish:
        return task.actual_start, task.actual_finish
    return task.start, task.finish


def _is_backward(task: Task) -> bool:
    plan = task.start and task.finish and task.finish < task.start
    real = task.actual_start and task.actual_finish and task.actual_finish < task.actual_start
    return bool(plan or real)
