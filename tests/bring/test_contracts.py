"""Contract lists and step tables: what they say of the 20 systems, or nothing."""

from datetime import date

import pytest

from tests.bring.layouts import facts, heads_taken, understood


def ends(found):
    return {entry: value for (entry, name), value in facts(found).items() if name == "contract_end"}


def test_a_list_with_two_rows_of_head_merged_cells_and_a_unit_above(tmp_path):
    rows = [
        ["令和8年9月1日現在", "", "", "", "(単位:千円)"],
        ["業務名", "契約先", "契約期間", "", "年額", "契約月数"],
        ["", "", "自", "至", "", ""],
        ["住民記録", "A社", "R4.4.1", "R9.3.31", 12000, 60],
        ["印鑑登録", "", "", "", "", ""],
        ["財務会計", "B社", "R4.4.1", "R9.3.31", 900, 60],
        ["介護", "C社", "2025/4/1", "令和10年3月末", "1,500", 36],
        ["小計", "", "", "", 14400, ""],
    ]
    merged = ("C2:D2", "B4:B5", "C4:C5", "D4:D5", "A2:A3", "B2:B3", "E2:E3", "F2:F3")
    found = understood(tmp_path, rows, merged)
    assert ends(found) == {
        "住民基本台帳": date(2027, 3, 31),
        "印鑑登録": date(2027, 3, 31),
        "介護保険": date(2028, 3, 31),
    }
    table = found.tables[0]
    assert heads_taken(found)["end"] == "契約期間/至"
    assert [table.number(line, "yearly") for line in table.lines] == [12e6, None, 0.9e6, 1.5e6]
    assert [note.text for note in found.notes] == ["財務会計"] and found.whole


def test_a_span_in_one_cell_several_systems_and_same_as_above(tmp_path):
    rows = [
        ["システム名", "ベンダー", "契約期間", "年額(税込)"],
        ["税(固定・個人)", "A社", "令和4年4月1日～令和9年3月31日", "12,000千円"],
        ["国民年金", "〃", "〃", "¥1,200,000"],
        ["介護", "B社", "自動更新", "300万円"],
    ]
    found = understood(tmp_path, rows)
    assert ends(found) == dict.fromkeys(("固定資産税", "個人住民税", "国民年金"), date(2027, 3, 31))
    assert set(found.tables[0].faults) == {"C4"} and not found.whole
    numbers = [found.tables[0].number(line, "yearly") for line in found.tables[0].lines]
    assert numbers == [12e6, 1.2e6, 3e6]


HEADS = {  # head of the days -> of which the end is taken
    "of the next contract": (
        [["業務名", "現行", "", "次期", ""], ["", "ベンダ", "契約終了日", "ベンダ", "契約終了日"]],
        "現行/契約終了日",
    ),
    "extended": ([["業務名", "契約先", "契約終了日", "契約種別", "延長後終了日"]], ""),
    "to be told of": ([["業務名", "契約先", "解約申出期限", "契約種別", "契約日"]], ""),
    "paid by": ([["業務名", "契約先", "納品期限", "契約種別", "支払期限"]], ""),
    "last": ([["業務名", "契約先", "前契約終了日", "契約種別", "契約満了日"]], "契約満了日"),
    "planned": (
        [["業務名", "契約先", "契約開始日", "契約種別", "契約終了予定日"]],
        "契約終了予定日",
    ),
    "twice": ([["業務名", "契約先", "契約終了日", "契約種別", "利用終了日"]], ""),
}


@pytest.mark.parametrize("head, right", HEADS.values(), ids=HEADS)
def test_which_day_is_the_end(tmp_path, head, right):
    rows = [*head, ["国保", "A社", "R8.3.31", "X社", "R9.3.31"]]
    found = understood(tmp_path, rows)
    assert heads_taken(found).get("end", "") == right
    assert bool(ends(found)) == bool(right)


def test_money_without_a_unit_is_asked_and_told(tmp_path):
    rows = [["業務名", "契約先", "契約金額"], ["国保", "A社", 1200]]
    assert "単位(円・千円)" in understood(tmp_path, rows).open[0]
    found = understood(tmp_path, rows, unit="千円")
    assert found.tables[0].number(found.tables[0].lines[0], "total") == 1.2e6


def test_the_cell_on_the_left_is_not_the_one_above(tmp_path):
    rows = [
        ["業務名", "契約先", "契約終了日"],
        ["国保", "A社", "R9.3.31"],
        ["介護", "B社", "同左"],
        ["戸籍", "同左", "R9.3.31"],
    ]
    found = understood(tmp_path, rows)
    assert set(ends(found)) == {"国民健康保険", "戸籍"}
    assert set(found.tables[0].faults) == {"C3", "B4"}


def test_two_contracts_of_a_system_and_an_end_before_its_start(tmp_path):
    rows = [
        ["業務名", "契約先", "開始", "契約終了日"],
        ["国保", "A社", "R4.4.1", "R9.3.31"],
        ["国保", "A社", "R4.4.1", "R10.3.31"],
        ["介護", "A社", "R4.4.1", "R9.3.31"],
        ["年金", "A社", "R4.4.1", "R9.3.31"],
        ["就学", "A社", "R4.4.1", "R3.3.31"],
        ["戸籍", "A社", "R4.4.1", "R9.3.31"],
    ]
    found = understood(tmp_path, rows)
    assert set(ends(found)) == {"介護保険", "国民年金", "戸籍"}
    assert len(found.open) == 1 and "食い違います" in found.open[0]


def test_the_system_of_a_contract_by_its_subject(tmp_path):
    rows = [
        ["契約件名", "契約業者", "始期", "終期"],
        ["住民基本台帳システム賃貸借", "A社", "R4.4.1", "R9.3.31"],
        ["住民基本台帳ネットワーク機器保守", "B社", "R4.4.1", "R9.3.31"],
        ["特別児童扶養手当システム保守", "B社", "R4.4.1", "R9.3.31"],
    ]
    assert set(ends(understood(tmp_path, rows))) == {"住民基本台帳"}


def test_steps_of_one_city_and_of_none_of_two(tmp_path):
    rows = [
        ["団体名", "業務名", "完了ステップ数", "全ステップ数"],
        ["A市", "住民記録", "31/40", 40],
        ["A市", "戸籍附票", "３８", 40],
        ["A市", "介護保険", 41, 40],
    ]
    found = understood(tmp_path, rows)
    assert facts(found) == {("住民基本台帳", "steps"): 31, ("戸籍の附票", "steps"): 38}
    assert set(found.tables[0].faults) == {"C4"}
    rows[3][0] = "B市"
    assert not understood(tmp_path, rows).facts


@pytest.mark.parametrize("head", ["未完了ステップ数", "未了ステップ数", "残ステップ数", "進捗率"])
def test_what_is_left_is_not_what_is_done(tmp_path, head):
    assert not understood(tmp_path, [["業務名", head], ["国保", 3], ["介護", 0.5]]).facts


def test_a_list_of_systems_with_the_days_of_going_live(tmp_path):
    rows = [
        ["業務名", "移行完了予定日", "稼働実績日", "稼働日"],
        ["国保", "R9.1.4", "", "R9.1.4"],
        ["戸籍", "R7.11.4", "R8.1.5", "R9.1.4"],
        ["介護", "令和9年1月", "", "R9.1.4"],
    ]
    found = understood(tmp_path, rows)
    assert facts(found) == {
        ("国民健康保険", "planned"): date(2027, 1, 4),
        ("戸籍", "live_since"): date(2026, 1, 5),
    }
    assert "D列「稼働日」: 何の列か分かりません。" in found.tables[0].unused
