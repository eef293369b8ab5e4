"""The letters a text may have: real names pass, what cannot be seen is refused by a sentence."""

import sys
import unicodedata

import pytest

from dxplan.facts.catalog import load_municipalities, load_table
from dxplan.facts.letters import composed, letter_fault, neat

REAL = (
    "株式会社日立システムズ",
    "㈱両備システムズ",
    "NTTデータ・アイ（株）",
    "Gcom & Partners, Inc.",
    "まち・ひと・しごと創生推進課",
    "一般社団法人　自治体DX推進協議会",
    "ｶﾌﾞｼｷｶﾞｲｼｬ",
    "①窓口",
    "髙﨑課長",
    "𠮷野家",
    "葛\U000e0100飾区",
    "辻\ufe00本",
    "祇\U000e0101園",
    "\ufa19戸",
    "\U0002f87a",
    "𰻞",
    "𮯠",
    "か\u3099ん",
    "Łódź",
    "Việt Nam",
    "שלום",
    "محمد",
    "ไทย",
    "😀",
    "👩🏽\u200d💻",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "1\ufe0f\u20e3",
    "🇯🇵",
    "ℹ\ufe0f",
    "※要確認",
    "〒272-8501",
    "a\u00a0b",
)
MARKUP = (
    "<script>alert(1)</script>",
    "</script>",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "\"'><img src=x onerror=alert(1)>",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "$x$",
    "\\(x\\)",
    "$$",
    "**b**",
    "`c`",
    "[a](javascript:alert(1))",
    "{{ 7*7 }}",
    "{% x %}",
    "%s{0}",
    "BEGIN:VEVENT",
    "a;b,c\\n",
    "' OR 1=1 --",
    "../../etc/passwd",
    "_hidden",
)


@pytest.mark.parametrize("text", REAL + MARKUP)
def test_what_can_be_seen_is_kept_to_the_letter(text):
    assert letter_fault(neat(text)) == "" and neat(text) in (
        text,
        unicodedata.normalize("NFC", text),
    )


def test_the_names_that_the_tables_hold_all_pass():
    names = {m.name for m in load_municipalities()} | {
        str(cell)
        for table in ("businesses", "sections", "forms", "work_items")
        for cell in load_table(table).to_numpy().ravel()
    }
    assert len(names) > 1700 and not [name for name in names if name and letter_fault(neat(name))]


@pytest.mark.parametrize(
    "text, word",
    [
        ("a\x00b", "制御文字"),
        ("a\x1b[2J", "制御文字"),
        ("a\x85b", "制御文字"),
        ("a\u2028b", "制御文字"),
        ("a\x7f", "制御文字"),
        ("課\u200b長", "見えない文字"),
        ("課\u200d長", "見えない文字"),
        ("課\u2060", "見えない文字"),
        ("\ufeff課", "見えない文字"),
        ("課\ufe0f", "見えない文字"),
        ("a\U000e0100", "見えない文字"),
        ("課\U000e0041", "見えない文字"),
        ("a\u00adb", "見えない文字"),
        ("\u3164", "見えない文字"),
        ("\u2800", "見えない文字"),
        ("😀\u200d課", "見えない文字"),
        ("a\u202egnp.exe", "向きを変える"),
        ("a\u2066b", "向きを変える"),
        ("a\u200fb", "向きを変える"),
        ("a\u061cb", "向きを変える"),
        ("山\ue000", "外字"),
        ("\uf8ff", "外字"),
        ("\U000f0000", "外字"),
        ("\U0010fffd", "外字"),
        ("\ud842\udfb7", "文字化け"),
        ("\ufffe", "文字化け"),
        ("\U0001ffff", "文字化け"),
        ("\ufdd0", "文字化け"),
        ("山\ufffd", "文字化け"),
        ("Z" + "\u0338" * 5, "重ねる記号"),
        ("", "空"),
        ("あ" * 2001, "2,001字"),
    ],
)
def test_what_cannot_be_seen_or_differs_elsewhere_is_refused_in_a_sentence(text, word):
    fault = letter_fault(neat(text))
    assert word in fault and fault.endswith("ください。") and fault.isprintable()


def test_a_refusal_names_the_letter_and_where_it_stands():
    assert letter_fault("情報政策課と\ue001山の担当").startswith(
        "「情報政策課と」の次(U+E001)に、外字があります。"
    )
    assert letter_fault("\u200b課").startswith("先頭(U+200B)に、")
    assert letter_fault("一行\n二行") == "" and "改行" in letter_fault("一行\n二行", 60)


def test_old_kanji_keep_their_shape_while_marks_are_joined():
    assert composed("\ufa1b\u304b\u3099\ufa19") == "\ufa1b\u304c\ufa19"
    assert neat("\t=1\t2\r\n3 \u3000") == "=1 2\n3"


def test_a_letter_that_draws_is_never_refused_and_one_that_draws_nothing_never_passes_alone():
    drawn = "\u115f\u1160\u3164\uffa0\u2800\ufffc\ufffd"  # letters and signs by name only
    for letter in map(chr, [*range(0x33480), *range(0xE0000, 0xE1000), 0xF0000, sys.maxunicode]):
        category = unicodedata.category(letter)
        if letter_fault(letter):
            assert category[0] in "CM" or category in ("Zl", "Zp") or letter in drawn, hex(
                ord(letter)
            )
        else:
            assert category not in ("Cc", "Cf", "Co", "Cs") or letter == "\n", hex(ord(letter))
