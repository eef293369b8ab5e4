"""Work plans in Excel: each layout's columns, or nothing; never a wrong one."""

from datetime import date, datetime

import pytest

from dxplan.bring.brought import load_brought
from tests.bring.layouts import facts, heads_taken, understood, write_book

PLAN = {"planned_start": "予定/開始", "planned_finish": "予定/終了"}
REAL = {"actual_start": "実績/開始", "actual_finish": "実績/終了"}
TWO_ROWS = [
    ["標準化移行WBS", "", "", "", "", "", "", "", "令和8年10月1日現在"],
    [],
    ["No", "業務", "作業項目", "予定", "", "実績", "", "担当課", "担当者"],
    ["", "", "", "開始", "終了", "開始", "終了", "", ""],
    [
        "1",
        "住民記録",
        "移行リハーサル",
        "R8.4.1",
        "令和8年5月29日",
        datetime(2026, 4, 1),
        46171,
        "市民課 山田",
        "山田",
    ],
    ["2", "住民記録", "本稼働", datetime(2027, 5, 6), "R9.5.6(木)", "", "", "佐藤課長", "佐藤"],
    ["3", "介護", "本稼働", "2026/2/30", "8.10.1", "－", "未定", "介護保険課", ""],
    ["4", "全体", "PMO会議", "R8.10.1", "R9.3.31", "", "", "情報政策課", ""],
    ["※ 日程は変わることがある"],
]
MERGED = ("D3:E3", "F3:G3", "A3:A4", "B3:B4", "C3:C4", "H3:H4", "I3:I4")


@pytest.mark.parametrize("merged", [(), MERGED])
def test_two_rows_of_head_with_and_without_merged_cells(tmp_path, merged):
    found = understood(tmp_path, TWO_ROWS, merged)
    assert heads_taken(found) == {
        "business": "業務", "task": "作業項目", **PLAN, **REAL, "owner": "担当課",
    }  # fmt: skip
    assert found.day == date(2026, 10, 1)
    assert facts(found) == {("住民基本台帳", "planned"): date(2027, 5, 6)}
    assert set(found.tables[0].faults) == {"D7", "E7"}, "30 February, and a day without an era"
    assert [note.text for note in found.notes] == ["PMO会議"]
    first = found.tasks[0]
    assert (first.start, first.finish) == (date(2026, 4, 1), date(2026, 5, 29))
    assert first.actual_finish == date(2026, 5, 29), "a bare number of Excel"


def test_no_name_of_a_person_is_kept(tmp_path):
    found = understood(tmp_path, TWO_ROWS)
    assert [task.owner for task in found.tasks] == ["市民課", "", "介護保険課", "情報政策課"]
    for name in ("山田", "佐藤"):
        assert name not in repr(found.tasks) and name not in repr(found.notes)


def test_numbers_of_1904_are_days_of_1904(tmp_path):
    rows = [["作業名", "開始", "終了"], ["国保 本稼働", 44709, datetime(2026, 5, 29)]]
    path = write_book(tmp_path / "mac.xlsx", {"表": rows}, date_1904=True)
    assert facts(load_brought(path)) == {("国民健康保険", "planned"): date(2026, 5, 29)}


WRONG_IF_TAKEN = {  # head rows whose days nobody can be sure of -> what may be taken of it
    "two ends": (["作業名", "終了予定日", "終了予定"], ()),
    "the plan and a newer one": (["作業名", "予定終了", "変更後終了"], ()),
    "begun and done": (["作業名", "着手日", "完了日"], ()),
    "of a review": (["作業名", "レビュー完了日", "検収完了日"], ()),
    "ends before starts": (["作業名", "終了日", "開始日"], ()),
    "last year's": (["作業名", "前回開始", "前回終了"], ()),
    "two years": (["作業名", "R7予定", "R8予定"], ()),
    "done beside a start": (["作業名", "開始日", "完了日"], ("planned_start",)),
    "end beside a planned end": (["作業名", "終了日", "終了予定日"], ("planned_finish",)),
}


@pytest.mark.parametrize("head, right", WRONG_IF_TAKEN.values(), ids=WRONG_IF_TAKEN)
def test_a_day_that_may_be_another_is_not_taken(tmp_path, head, right):
    row = ["国保 本稼働", datetime(2027, 1, 4), datetime(2027, 2, 4)]
    found = understood(tmp_path, [head, row, row])
    days = [column for table in found.tables for column in table.taken if column != "task"]
    assert tuple(days) == right
    assert found.open or not found.understood or found.tables[0].unused


def test_both_of_two_plans_are_named(tmp_path):
    rows = [["作業名", "終了予定日", "終了予定"], ["a", "R8.4.1", "R9.4.1"]]
    told = understood(tmp_path, rows).open
    assert told == ("表 B列「終了予定日」とC列「終了予定」: どちらも予定の終了に見えます。",)


GROUPS = {
    "one group is none of the whole": (
        ["作業名", "研修", "", "備考"],
        ["", "開始", "終了", ""],
    ),
    "two parties": (
        ["作業名", "ベンダ作業", "", "市の作業", ""],
        ["", "開始", "終了", "開始", "終了"],
    ),
}


@pytest.mark.parametrize("head", GROUPS.values(), ids=GROUPS)
def test_a_group_that_says_something_else_gives_no_days(tmp_path, head):
    row = ["国保 本稼働", *[datetime(2027, 1, 4)] * (len(head[0]) - 1)]
    assert not understood(tmp_path, [*head, row]).facts


def test_the_first_plan_the_present_one_and_what_was_done(tmp_path):
    rows = [
        ["作業", "当初", "", "変更後", "", "実績", ""],
        ["", "開始", "終了", "開始", "終了", "開始", "終了"],
        ["国保 本稼働", "R8.1.5", "R8.1.5", "R9.1.4", "R9.1.4", "", ""],
    ]
    found = understood(tmp_path, rows, ("B1:C1", "D1:E1", "F1:G1", "A1:A2"))
    assert heads_taken(found)["planned_finish"] == "変更後/終了"
    assert facts(found) == {("国民健康保険", "planned"): date(2027, 1, 4)}


def test_only_done_is_not_planned(tmp_path):
    rows = [["実績", "", ""], ["作業名", "開始", "終了"], ["国保 本稼働", "R8.1.5", "R8.1.5"]]
    found = understood(tmp_path, rows)
    assert facts(found) == {("国民健康保険", "live_since"): date(2026, 1, 5)}


def test_begin_and_end_in_one_cell_and_by_ji_and_itaru(tmp_path):
    rows = [["作業名", "期間"], ["国保 本稼働", "R9.1.4〜R9.1.4"], ["戸籍 研修", "未定"]]
    assert facts(understood(tmp_path, rows)) == {("国民健康保険", "planned"): date(2027, 1, 4)}
    rows = [["作業名", "自", "至"], ["国保 本稼働", "R9.1.4", "R9.1.4"]]
    assert facts(understood(tmp_path, rows)) == {("国民健康保険", "planned"): date(2027, 1, 4)}


LEVELS = {
    "blanks below a group": [
        ["大項目", "中項目", "作業名", "開始", "終了"],
        ["国民健康保険", "準備", "データ抽出", "R8.4.1", "R8.5.1"],
        ["", "切替", "本稼働", "R9.1.4", "R9.1.4"],
        ["介護保険", "", "本稼働", "R9.5.6", "R9.5.6"],
    ],
    "numbers": [
        ["WBS番号", "タスク名", "開始", "終了"],
        ["1", "国民健康保険", "", ""],
        ["1.1", "データ抽出", "R8.4.1", "R8.5.1"],
        ["1.2", "本稼働", "R9.1.4", "R9.1.4"],
        ["2", "介護保険", "", ""],
        ["2.1", "本稼働", "R9.5.6", "R9.5.6"],
    ],
    "blanks before names": [
        ["タスク名", "開始", "終了"],
        ["国民健康保険", "", ""],
        ["\u3000データ抽出", "R8.4.1", "R8.5.1"],
        ["\u3000本稼働", "R9.1.4", "R9.1.4"],
        ["介護保険", "", ""],
        ["  本稼働", "R9.5.6", "R9.5.6"],
    ],
    "marked headings": [
        ["タスク名", "開始", "終了"],
        ["■国民健康保険", "", ""],
        ["本稼働", "R9.1.4", "R9.1.4"],
        ["■介護保険", "", ""],
        ["本稼働", "R9.5.6", "R9.5.6"],
    ],
    "steps under one head": [
        ["タスク名", "", "", "開始", "終了"],
        ["国民健康保険", "", "", "", ""],
        ["", "切替", "", "", ""],
        ["", "", "本稼働", "R9.1.4", "R9.1.4"],
        ["介護保険", "", "", "", ""],
        ["", "本稼働", "", "R9.5.6", "R9.5.6"],
    ],
}


@pytest.mark.parametrize("rows", LEVELS.values(), ids=LEVELS)
def test_a_row_belongs_to_the_group_above_it(tmp_path, rows):
    assert facts(understood(tmp_path, rows)) == {
        ("国民健康保険", "planned"): date(2027, 1, 4),
        ("介護保険", "planned"): date(2027, 5, 6),
    }


def test_beside_merged_groups_a_blank_is_in_no_group(tmp_path):
    rows = [
        ["大項目", "作業名", "開始", "終了"],
        ["国民健康保険", "研修", "R8.4.1", "R8.5.1"],
        ["", "連携テスト", "R8.6.1", "R8.7.1"],
        ["", "本稼働", "R9.1.4", "R9.1.4"],
    ]
    found = understood(tmp_path, rows, ("A2:A3",))
    assert not found.facts and [note.text for note in found.notes] == ["本稼働"]
    assert facts(understood(tmp_path, rows)), "without merged cells it belongs to the group above"


def test_a_sheet_named_as_a_system_is_of_it(tmp_path):
    rows = [["作業", "期限"], ["データクレンジング", "R8.12.28"], ["本稼働", "R9.5.6"]]
    found = understood(tmp_path, rows, sheet="国民年金")
    assert facts(found) == {("国民年金", "planned"): date(2027, 5, 6)}


NO_CUTOVER = {
    "of a rehearsal": (["国保 移行リハーサル 切替", "R9.1.4", "R9.1.4", "予定"], "作業項目が複数"),
    "what comes after": (
        ["国保 稼働後フォロー", "R9.1.4", "R9.1.4", "予定"],
        "作業項目が分からない",
    ),
    "something beside it": (
        ["国保 本稼働(第1次)", "R9.1.4", "R9.1.4", "予定"],
        "切替そのものか分からない",
    ),
    "the old system's": (
        ["国保 旧システム切替", "R9.1.4", "R9.1.4", "予定"],
        "切替そのものか分からない",
    ),
    "cancelled": (["国保 本稼働", "R9.1.4", "R9.1.4", "中止"], "状況が中止・延期など"),
    "a span": (
        ["国保 本稼働", "R9.1.4", "R9.3.31", "予定"],
        "期間か月なので、稼働の日が分からない",
    ),
    "a month": (
        ["国保 本稼働", "令和9年1月", "令和9年1月", "予定"],
        "期間か月なので、稼働の日が分からない",
    ),
    "backward": (["国保 本稼働", "R9.3.4", "R9.1.31", "予定"], "終わりが始まりより前"),
    "all taxes": (["税 本稼働", "R9.1.4", "R9.1.4", "予定"], "業務が分からない"),
    "another system": (["財務会計 本稼働", "R9.1.4", "R9.1.4", "予定"], "業務が分からない"),
    "an allowance of the state": (
        ["特別児童扶養手当 本稼働", "R9.1.4", "R9.1.4", "予定"],
        "業務が分からない",
    ),
}


@pytest.mark.parametrize("row, why", NO_CUTOVER.values(), ids=NO_CUTOVER)
def test_a_row_that_may_be_no_cutover_is_a_note(tmp_path, row, why):
    other = ["介護保険 研修", "R8.1.4", "R8.1.4", "完了"]
    rows = [["作業名", "開始", "終了", "状況"], row, *[other] * 5]
    found = understood(tmp_path, rows)
    assert not found.facts
    assert [note.why for note in found.notes] == [why]


def test_the_day_of_going_live_goes_before_the_night_before(tmp_path):
    rows = [["作業名", "期日"], ["国保 システム切替", "R9.1.3"], ["国保 本稼働", "R9.1.4"]]
    assert facts(understood(tmp_path, rows)) == {("国民健康保険", "planned"): date(2027, 1, 4)}


def test_two_sheets_that_differ_are_named_with_their_cells(tmp_path):
    head = ["作業名", "期日"]
    sheets = {"4月": [head, ["国保 本稼働", "R9.1.4"]], "5月": [head, ["国保 本稼働", "R9.5.6"]]}
    found = load_brought(write_book(tmp_path / "月.xlsx", sheets))
    assert not found.facts
    assert found.open == (
        "国民健康保険の切替の予定が食い違います: 2027-01-04(4月!A2)、2027-05-06(5月!A2)",
    )


def test_a_hidden_sheet_is_read_only_when_it_is_named(tmp_path):
    head = ["作業名", "期日"]
    sheets = {"今": [head, ["国保 本稼働", "R9.1.4"]], "裏": [head, ["国保 本稼働", "R9.5.6"]]}
    path = write_book(tmp_path / "隠.xlsx", sheets, hidden=("裏",))
    assert facts(load_brought(path)) == {("国民健康保険", "planned"): date(2027, 1, 4)}
    assert any("裏」は非表示" in told for told in load_brought(path).asides)
    assert facts(load_brought(path, sheet="裏")) == {("国民健康保険", "planned"): date(2027, 5, 6)}


def test_two_tables_of_a_sheet_and_a_head_again(tmp_path):
    rows = [
        ["作業名", "開始日", "終了日"],
        ["国保 本稼働", "R9.1.4", "R9.1.4"],
        ["作業名", "開始日", "終了日"],
        ["介護保険 本稼働", "R9.5.6", "R9.5.6"],
        [],
        ["課名", "職員数"],
        ["市民課", 12],
        ["合計", 12],
    ]
    assert facts(understood(tmp_path, rows)) == {
        ("国民健康保険", "planned"): date(2027, 1, 4),
        ("介護保険", "planned"): date(2027, 5, 6),
        ("市民課", "staff"): 12,
    }


def test_tables_side_by_side_are_left_open(tmp_path):
    head, row = ["作業名", "期日"], ["国保 本稼働", "R9.1.4"]
    rows = [[*head, "", *head], [*row, "", "介護保険 本稼働", "R9.5.6"]]
    found = understood(tmp_path, rows)
    assert not found.facts and "どちらも予定の終了" in found.open[0]


def test_months_of_a_bar_chart_are_no_days(tmp_path):
    rows = [
        ["作業名", "担当課", "開始", "終了", "2026年", "", "", "2027年"],
        ["", "", "", "", "10月", "11月", "12月", "1月"],
        ["介護保険 研修", "介護保険課", "R9.1.4", "R9.1.5", "■", "■", "■", "#"],
        ["介護保険 連携テスト", "介護保険課", "R9.1.4", "R9.1.5", "■", "■", "■", "#"],
        ["国保 本稼働", "保険年金課", "R9.1.4", "R9.1.4", "", "", "", "■"],
    ]
    found = understood(tmp_path, rows, ("E1:G1",))
    assert facts(found) == {("国民健康保険", "planned"): date(2027, 1, 4)}
    assert set(heads_taken(found)) == {"task", "owner", "planned_start", "planned_finish"}


def test_plan_and_result_in_rows_of_their_own_are_left_open(tmp_path):
    rows = [
        ["作業名", "区分", "開始", "終了"],
        ["国保 本稼働", "予定", "R9.1.4", "R9.1.4"],
        ["", "実績", "R9.1.4", "R9.1.4"],
    ]
    found = understood(tmp_path, rows, ("A2:A3",))
    assert not found.facts and "予定と実績が行で分かれている" in found.open[0]


TITLES = {"実績報告": False, "作業予定と実績": True, "移行スケジュール": True, "完了報告": False}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_that_speaks_of_what_was_done_leaves_bare_days_open(tmp_path, title):
    rows = [[title], ["作業名", "開始", "終了"], ["国保 本稼働", "R9.1.4", "R9.1.4"]]
    assert bool(understood(tmp_path, rows).facts) == TITLES[title]


def test_a_blank_row_in_a_head_and_a_legend_above_it(tmp_path):
    rows = [
        ["作業名", "予定", ""],
        [],
        ["", "開始", "終了"],
        ["国保 本稼働", "R8.12.28", "R9.1.4"],
    ]
    assert heads_taken(understood(tmp_path, rows)) == {"task": "作業名", **PLAN}
    rows = [
        ["凡例", "完了", "着手"],
        ["作業名", "開始", "終了"],
        ["国保 本稼働", "R9.1.4", "R9.1.4"],
    ]
    assert facts(understood(tmp_path, rows)) == {("国民健康保険", "planned"): date(2027, 1, 4)}


def test_a_sheet_of_an_older_plan_is_read_only_when_it_is_named(tmp_path):
    head = ["作業名", "期日"]
    sheets = {"WBS": [head, ["国保 本稼働", "R9.1.4"]], "旧WBS": [head, ["国保 本稼働", "R9.5.6"]]}
    path = write_book(tmp_path / "旧.xlsx", sheets)
    found = load_brought(path)
    assert facts(found) == {("国民健康保険", "planned"): date(2027, 1, 4)}
    assert any("前の版" in told for told in found.asides)


def test_a_start_does_not_stand_for_an_end_that_cannot_be_read(tmp_path):
    other = ["介護保険 研修", "R8.1.4", "R8.1.4"]
    rows = [["作業名", "開始", "終了"], ["国保 本稼働", "R9.1.4", "R9.1.4頃"], other, other]
    found = understood(tmp_path, rows)
    assert not found.facts and set(found.tables[0].faults) == {"C2"}
