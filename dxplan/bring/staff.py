"""Staff lists by section: heads of each section, and never a name.

A list either counts (課, 職員数) or has one person a row (所属, 氏名), who is counted and forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dxplan.bring.cells import cell_name
from dxplan.bring.findings import Fact, Findings
from dxplan.bring.table import Line, Table

NOISE = 0.05  # persons by which a sum may differ
PERSON = "person"
NO_COLUMN = "人数の列も氏名の列も取れないので、課の人数は数えていません。"
NO_SECTION = "課の名が空か読めない行({}行目)があるので、課の人数は取りません。"
COUNTED = "氏名の行を課ごとに数えました。氏名は残していません。"
SHARED = "同じ氏名の行がほかにもあります(兼務か)。"
MOST_ROWS = 8  # named in a sentence

Groups = Mapping[str, Sequence[Line]]


def findings_of(table: Table) -> Findings:
    """The heads of each section that a list names, what it leaves open, and how its sums agree."""
    column = next((one for one in ("heads", "sum", PERSON) if one in table.taken), "")
    if not column:
        return Findings(open=(NO_COLUMN,))
    groups: dict[str, list[Line]] = {}
    nameless = []
    for line in table.lines:
        section = table.text(line, "section")
        if section:
            groups.setdefault(section, []).append(line)
        elif table.value(line, column) is not None:
            nameless.append(str(line.row + 1))
    if nameless:
        rows = "、".join(nameless[:MOST_ROWS])
        return Findings(open=(NO_SECTION.format(rows),))
    if column == PERSON:
        return _persons(table, groups)
    return _counted(table, groups, column)


def _persons(table: Table, groups: Groups) -> Findings:
    """Rows with a name, by section; none where a name stands in several rows."""
    facts, open_ = [], []
    rows = Counter(table.text(line, PERSON) for line in table.lines)
    for section, lines in groups.items():
        names = [table.text(line, PERSON) for line in lines]
        people = len(list(filter(None, names)))
        if any(name and rows[name] > 1 for name in names):
            open_.append(f"{section}: {SHARED}")
        elif people:
            facts.append(_fact(table, section, float(people), lines[0], PERSON))
    return Findings(tuple(facts), (), (COUNTED,), len(facts), tuple(open_))


def _counted(table: Table, groups: Groups, column: str) -> Findings:
    facts, open_ = [], []
    for section, lines in groups.items():
        numbers = list(_numbers(table, lines, column))
        doubt = _doubt(table, lines, numbers, column)
        if doubt:
            open_.append(f"{section}: {doubt}")
        elif numbers:
            facts.append(_fact(table, section, sum(numbers), lines[0], column))
    open_ += _sums(table, column)
    return Findings(tuple(facts), (), (), len(facts), tuple(open_))


def _numbers(table: Table, lines: Iterable[Line], column: str) -> Iterator[float]:
    for line in lines:
        number = table.number(line, column)
        if number is not None:
            yield number


def _doubt(table: Table, lines: Sequence[Line], numbers: Sequence[float], column: str) -> str:
    """Why the rows of a section do not add up to its heads; "" where they do."""
    places = {table.text(line, "department") for line in lines} - {""}
    at = table.taken[column].at
    if _is_shared(table, {line.row for line in lines}, at):
        return "人数のセルがほかの課と結合されています。"
    if len(numbers) < len(lines):
        unread = any(cell_name(line.row, at) in table.faults for line in lines)
        return "人数が空か、読めない行があります。" if numbers or unread else ""
    if len(places) > 1:
        return f"{len(places)}つの部にあります。"
    total = sum(numbers)
    if len(numbers) > 2 and any(abs(2 * number - total) < NOISE for number in numbers):
        return "1つの行が、ほかの行の計に見えます。"
    return ""


def _is_shared(table: Table, rows: set[int], at: int) -> bool:
    """Whether a merged cell of the column stands for rows of several sections."""
    for (top, left), (bottom, _) in table.sheet.merged:
        area = set(range(top, bottom + 1))
        if left == at and rows & area and not area <= rows:
            return True
    return False


def _sums(table: Table, column: str) -> Iterator[str]:
    """A sentence where the last sum of a list is not what its rows add up to."""
    if not table.sums:
        return
    last = table.sums[-1]
    said = table.number(last, column)
    total = sum(_numbers(table, table.lines, column))
    if said is not None and abs(said - total) > NOISE:
        row = last.row + 1
        yield f"{row}行目の計({said:g}人)は、課の和({total:g}人)と合いません。"


def _fact(table: Table, section: str, number: float, line: Line, column: str) -> Fact:
    where = table.where(line, column)
    return Fact("sections", section, "staff", number, "人", where)
