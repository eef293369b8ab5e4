"""Staff lists: heads of each section or nothing, and never a name."""

import pytest

from tests.bring.layouts import facts, heads_taken, understood


def heads(found):
    return {entry: value for (entry, _), value in facts(found).items()}


def test_sections_with_quota_sums_units_and_a_note(tmp_path):
    rows = [
        ["令和8年4月1日現在 職員配置表"],
        ["部", "課　名", "定数", "現員(人)", "過不足"],
        ["市民部", "市 民 課", 20, 18, -2],
        ["", "税務課", 15, "１４人", ""],
        ["部計", "", 35, 32, -3],
        ["総務部", "総務部情報政策課", 8, 7, ""],
        ["", "会計課", 3, 3, ""],
        ["合　計", "", 46, 42, ""],
        ["(注) 会計年度任用職員を除く"],
    ]
    found = understood(tmp_path, rows)
    assert heads(found) == {"市民課": 18, "税務課": 14, "情報政策課": 7, "会計課": 3}
    assert heads_taken(found)["heads"] == "現員(人)"
    assert found.whole and str(found.day) == "2026-04-01"


def test_people_are_counted_and_forgotten(tmp_path):
    rows = [
        ["所属", "職名", "氏名"],
        ["市民課", "課長", "山田 太郎"],
        ["〃", "主事", "佐藤 花子"],
        ["税務課", "主事", "鈴木 一郎"],
        ["情報政策課", "主任", "鈴木 一郎"],
    ]
    found = understood(tmp_path, rows)
    assert heads(found) == {"市民課": 2}, "a name in two sections counts for neither"
    assert len(found.open) == 2
    told = repr((found.facts, found.open, found.notes, found.asides, found.tables[0].faults))
    assert not any(name in told for name in ("山田", "佐藤", "鈴木"))


HEADS = {  # rows of a head -> the one that is taken for the heads
    "a sum of kinds": ([["課名", "正規", "再任用", "計"]], "計"),
    "under 職員数": ([["課名", "職員数", "", ""], ["", "男", "女", "計"]], "職員数/計"),
    "beside a quota": ([["課名", "定数", "", "現員"], ["", "男", "計", ""]], "現員"),
    "quota alone": ([["課名", "定数", "", ""], ["", "男", "女", "計"]], ""),
    "two years": ([["課名", "職員数", "", ""], ["", "R6", "R7", "R8"]], ""),
    "kinds alone": ([["課名", "正規", "再任用", "会計年度"]], ""),
    "last year's": ([["課名", "前年職員数", "増減", "欠員"]], ""),
    "two numbers": ([["課名", "職員数", "現員", "定数"]], ""),
}


@pytest.mark.parametrize("head, right", HEADS.values(), ids=HEADS)
def test_which_number_is_the_heads(tmp_path, head, right):
    rows = [*head, ["市民課", 7, 4, 11], ["税務課", 5, 4, 9]]
    found = understood(tmp_path, rows)
    taken = heads_taken(found) if found.tables else {}
    assert taken.get("heads", taken.get("sum", "")) == right
    assert bool(found.facts) == bool(right)


OPEN = {
    "a section's row sums its units": (
        [["市民課", "", 18], ["市民課", "窓口係", 8], ["市民課", "戸籍係", 10], ["税務課", "", 9]],
        (),
        {"税務課": 9},
    ),
    "blanks that may be the section above": (
        [["市民課", "窓口係", 8], ["", "戸籍係", 10], ["税務課", "", 9]],
        (),
        {},
    ),
    "a merged section": (
        [["市民課", "窓口係", 8], ["", "戸籍係", 10], ["税務課", "", 9]],
        ("A2:A3",),
        {"市民課": 18, "税務課": 9},
    ),
    "a number merged over two sections": (
        [["市民課", "", 8], ["税務課", "", ""], ["会計課", "", 3]],
        ("C2:C3",),
        {"会計課": 3},
    ),
    "about ten": ([["市民課", "", "約10"], ["税務課", "", 9]], (), {"税務課": 9}),
}


@pytest.mark.parametrize("rows, merged, right", OPEN.values(), ids=OPEN)
def test_a_section_that_is_not_clear_is_left_open(tmp_path, rows, merged, right):
    found = understood(tmp_path, [["課名", "係", "人数"], *rows], merged)
    assert heads(found) == right
    assert found.whole == (set(right) == {row[0] for row in rows} - {""})


def test_one_name_in_two_departments_and_a_wrong_sum(tmp_path):
    rows = [["部", "課名", "人数"], ["本庁", "総務課", 8], ["支所", "総務課", 3], ["計", "", 12]]
    found = understood(tmp_path, rows)
    assert not found.facts
    assert found.open == (
        "総務課: 2つの部にあります。",
        "4行目の計(12人)は、課の和(11人)と合いません。",
    )


def test_what_stands_for_several_columns_is_not_taken(tmp_path):
    found = understood(tmp_path, [["課名", "職員数", ""], ["市民課", 20, 18]], ("B1:C1",))
    assert not found.facts and "複数の列" in found.open[-1]
