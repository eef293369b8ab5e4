"""A cell as an office writes it, or as a spreadsheet has changed it."""

from datetime import date, datetime

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.hearing.asked import Blank, blank_at, spec_at
from dxplan.hearing.typed import Word, said_of, word_of
from dxplan.town.variant import Place


def blank(part, entry, name, now=None):
    return blank_at(Place(part, entry, name), now)


PEOPLE = blank("sections", "税務課", "staff", 25.0)
YEN = blank("values", "", "migration_yen", 36e6)
SHARE = blank("values", "", "dx_share", 40.0)
RATE = blank("values", "", "leave_rate", 3.0)
OFFER = blank("lots", "ロット1", "offered")
GATE = blank("gates", "当初予算", "request_by", "10-31")
STATE = blank("systems", "戸籍", "state", "稼働とみなす")
SIGNED = blank("lots", "ロット1", "contracted", False)
VENDOR = blank("lots", "ロット1", "vendor")


@pytest.mark.parametrize(
    "where, content, wanted",
    [
        (PEOPLE, 12.0, 12.0),
        (PEOPLE, "１２人", 12.0),
        (PEOPLE, "12名", 12.0),
        (YEN, "3,600万円", 36e6),
        (YEN, "36,000,000円/システム", 36e6),
        (YEN, 36000000.0, 36e6),
        (SHARE, "40%", 40.0),
        (SHARE, "４０％", 40.0),
        (SHARE, 40.0, 40.0),
        (SHARE, 0.4, 40.0),
        (RATE, "0.8%", 0.8),
        (RATE, 0.0, 0.0),
        (OFFER, date(2028, 1, 4), date(2028, 1, 4)),
        (OFFER, datetime(2028, 1, 4), date(2028, 1, 4)),
        (OFFER, 46756.0, date(2028, 1, 4)),
        (OFFER, "令和10年1月4日", date(2028, 1, 4)),
        (OFFER, "R10.1.4(火)", date(2028, 1, 4)),
        (OFFER, "20280104", date(2028, 1, 4)),
        (OFFER, 20280104.0, date(2028, 1, 4)),
        (OFFER, "なし", None),
        (GATE, "１０月３０日", "10-30"),
        (GATE, date(2026, 10, 30), "10-30"),
        (GATE, 46325.0, "10-30"),
        (STATE, "稼働 ", "稼働"),
        (STATE, "同左", "稼働とみなす"),
        (SIGNED, "契約済み", True),
        (SIGNED, "同左", False),
        (VENDOR, "ベンダＡ", "ベンダＡ"),
        (VENDOR, 123.0, "123"),
        (VENDOR, "無し", None),
        (RATE, "なし", 0.0),
    ],
)
def test_what_can_mean_one_thing_is_read(where, content, wanted):
    assert said_of(content, where) == wanted


@pytest.mark.parametrize(
    "where, content, said",
    [
        (PEOPLE, "約12人", "「約12人」は数"),
        (PEOPLE, "△5", "範囲の外"),
        (PEOPLE, 9000.0, "0.5〜5,000人"),
        (PEOPLE, date(2026, 1, 2), "「2026-01-02」は数"),
        (PEOPLE, True, "「TRUE」"),
        (PEOPLE, "なし", "「なし」は、職員数には使えません"),
        (PEOPLE, "同上", "「同上」は使えません"),
        (RATE, 0.2, "20%と0.2%のどちらか分かりません"),
        (RATE, "0.02", "2%と0.02%のどちらか"),
        (OFFER, "2026/2/30", "「2026/2/30」は日付"),
        (OFFER, "8.10.1", "日付として読めません"),
        (OFFER, "46756", "日付として読めません"),
        (OFFER, 12.0, "日付として読めません"),
        (OFFER, "2040/1/1", "2036年3月31日の中で"),
        (OFFER, "同左", "今の前提がありません"),
        (GATE, "2/30", "毎年ある月日として読めません"),
        (STATE, "済", "稼働・未移行・対象外 から選んで"),
        (STATE, "なし", "使えません"),
        (VENDOR, "\ue000社", "外字"),
        (VENDOR, "長" * 61, "長すぎます"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_is_allowed(where, content, said):
    with pytest.raises(ParamError, match="。$") as told:
        said_of(content, where)
    assert said in str(told.value)


@pytest.mark.parametrize(
    "content, word",
    [
        ("", Word.EMPTY),
        ("　", Word.EMPTY),
        ("－", Word.EMPTY),
        ("―", Word.EMPTY),
        ("不明", Word.UNKNOWN),
        (" 未定", Word.UNKNOWN),
        ("なし", Word.NONE),
        ("〃", Word.ABOVE),
        ("不明です", None),
        (0.0, None),
    ],
)
def test_words_that_are_no_values(content, word):
    assert word_of(content) is word


def test_a_number_in_full_is_not_written_with_an_exponent():
    place = Place("values", "", "cap_F1")
    assert said_of(2.5e11, Blank(place, spec_at(place))) == 2.5e11
