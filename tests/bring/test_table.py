"""Whatever a sheet holds: no fault of the program, and no column that is not there."""

import random
from datetime import date, datetime, time, timedelta

import pytest

from dxplan.bring.cells import Sheet
from dxplan.bring.heads import load_words
from dxplan.bring.mapping import mapping_text
from dxplan.bring.staff import findings_of as staff_findings
from dxplan.bring.table import load_tables
from dxplan.bring.wbs import findings_of, tasks_of

HEADS = [word for row in load_words() for word in row.words]
CELLS = [
    "国保", "本稼働", "", " ", "〃", "－", "2026/1/1", "R8.4.1", 45931.0, 0.5, True, "市民課",
    datetime(2026, 1, 1), date(2026, 1, 2), time(3, 4), timedelta(5), "10人", "合計", "#N/A",
    "12,000千円", "令和4年4月1日〜令和9年3月31日", "31/40", "※注", "■", -5.0, 1e300,
]  # fmt: skip


def spoilt(seed):
    """A sheet of words of heads and of cells in any order, with ragged rows and merged areas."""
    chance = random.Random(seed)
    rows = []
    for _ in range(chance.randrange(1, 14)):
        words = HEADS if chance.random() < 0.3 else CELLS
        rows.append([chance.choice(words) for _ in range(chance.randrange(9))])
    merged = []
    for _ in range(chance.randrange(3)):
        top, left = chance.randrange(14), chance.randrange(9)
        merged.append(((top, left), (top + chance.randrange(3), left + chance.randrange(3))))
    return Sheet("表", True, rows, merged=merged)


@pytest.mark.rest
def test_a_spoilt_sheet_is_no_fault_of_the_program():
    understood = 0
    for seed in range(100):
        sheet = spoilt(seed)
        for kind in ("wbs", "staff", "contracts", "steps"):
            tables = list(load_tables(sheet, (kind,)))
            understood += any(table.taken for table in tables)
            mapping_text(tables)
            for table in tables:
                findings_of(tasks_of(table))
                staff_findings(table)
    assert understood > 7, "some are understood"


NOISE = (
    "検収日", "レビュー完了日", "開始可能日", "最遅終了日", "完了報告日", "中間報告期限", "変更申請日",
    "終了判定日", "希望終了日", "テスト開始日", "契約終了日", "前回終了日", "支払期日", "備考", "工数",
)  # fmt: skip
EDGES = (("開始", "終了"), ("開始日", "終了日"), ("着手", "完了"), ("自", "至"), ("始期", "終期"))


def work_plan(seed):
    """A plan with heads in one row or two, groups in any order, and other days between them."""
    chance = random.Random(seed)
    start, finish = chance.choice(EDGES)
    plan = [("planned_start", "予定", start), ("planned_finish", "予定", finish)]
    real = [("actual_start", "実績", start), ("actual_finish", "実績", finish)]
    groups = chance.sample([plan, real], 2)
    columns = [("task", "", "作業名"), *groups[0], *groups[1]]
    for _ in range(chance.randrange(4)):
        columns.insert(chance.choice((1, 3, 5, len(columns))), ("", "", chance.choice(NOISE)))
    for at in range(len(columns) - 2, 0, -1):  # nothing stands within a group
        before, (column, *_), after = columns[at - 1 : at + 2]
        if not column and before[1] and before[1] == after[1]:
            del columns[at]
    rows = [["移行計画"]] * chance.randrange(2)
    if chance.random() < 0.5:
        upper = []
        for at, (_, group, head) in enumerate(columns):
            first = not at or columns[at - 1][1] != group
            upper.append((group if first else "") or ("" if group else head))
        rows += [upper, [head if group else "" for _, group, head in columns]]
    else:
        rows.append([group + head for _, group, head in columns])
    for month in range(1, 6):
        days = {"start": datetime(2026, month, 1), "finish": datetime(2026, month, 20)}
        row = [
            days.get(column.partition("_")[2], datetime(2025, 7, month)) for column, *_ in columns
        ]
        rows.append(["会議", *row[1:]])
    return Sheet("WBS", True, rows), {column: at for at, (column, *_) in enumerate(columns)}


def test_no_column_of_days_is_taken_for_another():
    right = 0
    for seed in range(60):
        sheet, places = work_plan(seed)
        for table in load_tables(sheet):
            taken = {column: one.at for column, one in table.taken.items()}
            wrong = {column for column, at in taken.items() if places.get(column) != at}
            assert not wrong, (seed, wrong, table.head.texts)
            right += len(set(taken) & set(places))
    assert right > 60 * 4, "and most are found"
