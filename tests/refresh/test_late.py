"""The list of late systems."""

import pytest

from dxplan.refresh.impact import build_impact
from dxplan.refresh.recognise import load_readings
from dxplan.refresh.tables import Cell
from tests.refresh.conftest import STATUS, rows_of, write_rows
from tests.refresh.test_renewal import renewal_of

pytestmark = pytest.mark.rest  # each list is the whole country


def list_rows(day="令和7年12月末", marks=()):
    """The list as it was seen: title, blank, heads, a row a body that has any mark."""
    names = [row["business"] for row in rows_of("businesses")]
    heads = ["団体コード ", "自治体名", "自治体区分", *names[::-1], "共通機能"]
    rows = [[f"特定移行支援システムの該当見込み({day}時点)"], [], heads]
    flags = {}
    for row in rows_of(STATUS):
        flags[row["code"], int(row["business_no"])] = row["flagged_late"] == "1"
    flags |= dict(marks)
    for town in rows_of("municipalities"):
        code = town["code"]
        own = ["●" if flags[code, number] else "" for number in range(20, 0, -1)]
        own.append("●" if town["common_late"] == "1" else "")
        rows.append([code.lstrip("0"), town["pref"] + town["name"], town["type"], *own])
    return rows


def test_the_present_list_changes_nothing(tmp_path):
    renewal = renewal_of(write_rows(tmp_path / "x.csv", list_rows()))
    assert not renewal.changes and not renewal.faults and not renewal.readings[0].faults
    assert len(renewal.readings[0].cells) == 34_820 + 1_741


def test_a_system_that_comes_onto_the_list_is_newly_late_and_counted(tmp_path):
    row = next(
        one for one in rows_of(STATUS) if one["flagged_late"] == "0" and one["steps_done"] == "20"
    )
    code, number = row["code"], int(row["business_no"])
    rows = list_rows("令和8年9月", {(code, number): True})
    prefecture = ["010006", "北海道", "都道府県", *[""] * 21]
    prefecture[3 + 20 - 16] = "●"  # 生活保護, its own system
    renewal = renewal_of(write_rows(tmp_path / "x.csv", [*rows, prefecture]))
    impact = build_impact(renewal)
    assert [one.code for one in impact.late] == [code] and not impact.off
    assert [change.new for change in renewal.changes] == ["1"]
    town = next(one for one in rows_of("municipalities") if one["code"] == code)
    late = renewal.tables.get(Cell("municipalities", (code,), "late_systems"))
    assert int(late) == int(town["late_systems"]) + 1
    flagged = sum(
        one["flagged_late"] == "1" for one in rows_of(STATUS) if one["business_no"] == "16"
    )
    bodies = renewal.tables.get(Cell("businesses", ("16",), "late_bodies"))
    assert int(bodies) == flagged + (number == 16) + 1


def test_a_body_that_is_not_on_the_list_has_no_late_system(tmp_path):
    rows = [row for row in list_rows() if row[:1] != ["11002"]]
    renewal = renewal_of(write_rows(tmp_path / "x.csv", rows))
    flagged = [
        one for one in rows_of(STATUS) if one["code"] == "011002" and one["flagged_late"] == "1"
    ]
    assert len([one for one in renewal.changes if one.cell.table == STATUS]) == len(flagged)
    assert any("一覧にない1団体" in note for note in renewal.readings[0].notes)


def test_a_word_that_is_no_mark_and_a_lost_column_are_faults(tmp_path):
    rows = list_rows()
    rows[2][5] = "新しい業務"
    rows[3][4] = "?"
    (reading,) = load_readings(write_rows(tmp_path / "x.csv", rows))
    text = "\n".join(reading.faults)
    assert "E4「?」" in text and "業務の列がありません: 印鑑登録" in text
    assert reading.unknown == ["新しい業務"]
