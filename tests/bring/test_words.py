"""Which system, work item and section foreign words name."""

import pytest

from dxplan.bring.words import businesses_in, is_sum, items_in, section_in
from dxplan.facts import catalog

NAMED = {
    "住民記録システム": ["住民基本台帳"],
    "戸籍附票": ["戸籍の附票"],
    "戸籍・戸籍の附票": ["戸籍", "戸籍の附票"],
    "国保・国年": ["国民健康保険", "国民年金"],
    "個人市民税、法人市民税": ["個人住民税", "法人住民税"],
    "障がい者福祉": ["障害者福祉"],
    "こども・子育て支援": ["子ども・子育て支援"],
    "児童扶養手当": ["児童扶養手当"],
    "特別児童扶養手当": [],
    "住基ネット": [],
    "住民税": [],
    "税": [],
    "固定資産台帳": [],
    "就学前教育": [],
    "教育": [],
    "戸籍住民課": [],
}


@pytest.mark.parametrize("text", NAMED)
def test_systems(text):
    assert sorted(businesses_in(text, True)) == sorted(NAMED[text])


def test_every_system_is_named_by_its_own_name():
    for row in catalog.load_rows("businesses"):
        assert businesses_in(row["business"]) == (row["business"],)


def test_short_words_are_systems_only_where_nothing_else_can_stand():
    assert businesses_in("個人・法人", True) == ("個人住民税", "法人住民税")
    assert businesses_in("個人・法人") == ()


ITEMS = {
    "Ｆｉｔ＆Ｇａｐ分析": ["3"],
    "移行リハーサル(1回目)": ["12.2"],
    "受入テスト": ["13.2"],
    "本番切替": ["16"],
    "切替判定会議": [],
    "稼働後フォロー": [],
    "庁内会議": [],
    "契約": ["9"],
    "契約更新の相談": [],
}


@pytest.mark.parametrize("text", ITEMS)
def test_work_items(text):
    assert list(items_in(text)) == ITEMS[text]


def test_the_aliases_name_what_is_there():
    items = {row["key"] for row in catalog.load_rows("work_items")}
    systems = {row["business"] for row in catalog.load_rows("businesses")} | {"共通機能"}
    known = {"item": items, "live": items, "business": systems}
    for row in catalog.load_rows("aliases"):
        assert not row["key"] or row["key"] in known[row["kind"]], row


OWNERS = {
    "税務課 山田": "税務課",
    "市民部市民課": "市民課",
    "総務部 情報政策課 鈴木": "情報政策課",
    "選挙管理委員会事務局": "選挙管理委員会事務局",
    "佐藤課長": "",
    "税務課長": "",
    "服部": "",
    "田所": "",
    "税務課・市民課": "",
}


@pytest.mark.parametrize("text", OWNERS)
def test_a_section_without_its_people(text):
    assert section_in(text) == OWNERS[text]


def test_rows_that_sum_others():
    sums = ("合　計", "小計", "部計", "福祉部計", "県計", "郡計", "小計(A)", "本庁合計", "計")
    assert all(map(is_sum, sums))
    assert not any(map(is_sum, ("会計課", "会計", "統計", "設計", "計画", "統計課")))
