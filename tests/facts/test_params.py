"""A params file is read strictly: all faults at once, in Japanese, with file, line and remedy."""

import random
import re
from datetime import date

import pytest

from dxplan.facts.catalog import load_municipality
from dxplan.facts.params import ParamError, Value, load_params
from dxplan.town.defaults import load_businesses, load_gates, load_specs

ORIGIN = {"unit": "人", "as_of": "2026-11-01", "source": "人事課の職員配置表", "grade": "A"}
GOOD = """\
code: "122033"  # 市川市
name: 市川市
note: 打合せ前の案
values:
  dx_staff: {value: 14, unit: 人, as_of: 2026-11-01, source: 人事課の職員配置表, grade: A, note: 兼務を除く}
  dx_fte:
    - {value: 3, unit: FTE, as_of: 2026-11-01, source: 人事課の回答, grade: B}
    - {value: 6.5, unit: FTE, from: 2027-04-01, as_of: 2026-11-01, source: 人事課の回答, grade: B}
  target_date: {value: 2029-03-31, unit: 日付, as_of: 2026-11-01, source: 市の計画, grade: A}
  rfp_start: {value: 予算要求後, unit: 区分, as_of: 2026-11-01, source: 市の計画, grade: A}
elections:
  - {day: 2027-11-14, name: 市長選挙, as_of: 2026-11-01, source: 選挙管理委員会, grade: A}
systems:
  印鑑登録: {steps: 33, unit: ステップ, state: 未移行, as_of: 2026-11-01, source: PMOツール, grade: A}
  戸籍: {state: 稼働, live_since: 2026-02-09, as_of: 2026-11-01, source: 契約書, grade: A}
sections:
  戸籍課:
    staff: 9
    unit: 人
    businesses: [戸籍, 戸籍の附票]
    as_of: 2026-11-01
    source: 人事課の職員配置表
    grade: A
gates:
  当初予算: {request_by: 11-05, available: 04-01, as_of: 2026-11-01, source: 財政課, grade: A}
lots:
  窓口: {systems: [印鑑登録, 共通機能], offered: 2029-01-04, confidence: 書面, \
as_of: 2026-11-01, source: 回答書, grade: A}
  税: {done: [PIA], longer: {データ抽出: 8}, rehearsals: 3, nights: [窓口], \
as_of: 2026-11-01, source: 回答書, grade: A}
"""


@pytest.fixture
def read(tmp_path):
    """A function that writes a text (or bytes) as a params file and reads it."""

    def load(text, name="122033.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        gates = [rule.name for rule, _ in load_gates()]
        return load_params(path, load_specs(), load_businesses(), gates, load_municipality)

    return load


@pytest.fixture
def faults(read):
    """A function that gives the fault sentences of a text."""

    def find(text, name="122033.yaml"):
        with pytest.raises(ParamError) as found:
            read(text, name)
        return found.value.faults

    return find


def entry(**changes):
    """The text of a good file in which dx_staff is written with changes; None leaves a part out."""
    parts = {"value": "14"} | ORIGIN | changes
    return 'code: "122033"\nvalues:\n  dx_staff:\n' + "".join(
        f"    {name}: {text}\n" for name, text in parts.items() if text is not None
    )


def one(sentences, line, *words):
    """The only sentence, which names the file, the line and the words."""
    assert len(sentences) == 1, sentences
    assert re.match(rf"\S+/122033\.yaml {line}行目 ", sentences[0]), sentences[0]
    assert sentences[0].endswith("。")
    for word in words:
        assert word in sentences[0], sentences[0]


def test_a_good_file_is_read_with_provenance(read):
    params = read(GOOD)
    assert (params.code, params.name) == ("122033", "市川市")
    (staff,) = params.values["dx_staff"]
    assert (staff.value, staff.unit, staff.as_of, staff.grade) == (14.0, "人", "2026-11-01", "A")
    assert (staff.source, staff.note) == ("人事課の職員配置表", "兼務を除く")
    assert staff.where == "122033.yaml 5行目"
    assert [str(value.start) for value in params.values["dx_fte"]] == ["None", "2027-04-01"]
    assert params.systems["印鑑登録"]["steps"].where == "122033.yaml 14行目"
    assert params.systems["戸籍"]["live_since"] == date(2026, 2, 9)
    (election,) = params.elections
    assert (election.day, election.name, election.weeks, election.grade) == (
        date(2027, 11, 14),
        "市長選挙",
        4,
        "A",
    )
    assert params.sections["戸籍課"]["businesses"] == ("戸籍", "戸籍の附票")


def test_a_byte_order_mark_and_windows_line_ends_are_read(read):
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == read(GOOD)


def test_decomposed_kana_of_another_machine_are_read(read):
    decomposed = "ヘ\u3099ンタ\u3099A"
    assert list(read(GOOD.replace("  窓口:", f"  {decomposed}:")).lots) == ["ベンダA", "税"]


def test_a_heading_with_nothing_below_says_nothing(read):
    params = read('code: "122033"\nvalues:\nsystems:\nlots:\nelections:\n')
    assert (params.values, params.lots, params.elections) == ({}, {}, ())


def test_an_unknown_parameter_offers_the_nearest(faults):
    one(
        faults(entry().replace("dx_staff", "dx_stuff")),
        3,
        "dx_stuff",
        "知らないパラメータ",
        "「dx_staff」",
    )


def test_an_unknown_key_offers_the_nearest(faults):
    one(faults('code: "122033"\nvalue:\n'), 2, "知らない項目", "「values」", "sections")
    one(faults(entry(note="x").replace("note", "nota")), 9, "dx_staff.nota", "「note」")


def test_a_key_written_twice_names_both_lines(faults):
    text = entry() + "    value: 15\n"
    one(faults(text), 9, "value", "4行目と2度書かれています")
    one(faults('code: "122033"\nname: 市川市\ncode: "122033"\n'), 3, "code", "1行目と2度")


@pytest.mark.parametrize("part", ["value", "unit", "as_of", "source", "grade"])
def test_a_value_without_its_origin_is_not_read(faults, part):
    one(
        faults(entry(**{part: None})),
        4,
        "dx_staff",
        f"{part}(",
        "がありません",
        "書き足してください",
    )


@pytest.mark.parametrize("empty", ["", "~", "null", '""', '"  "', "[a]", "{a: b}"])
def test_an_empty_source_is_no_source(faults, empty):
    one(faults(entry(source=empty)), 7, "dx_staff.source", "空か")


def test_a_wrong_unit_says_the_right_one(faults):
    one(faults(entry(unit="名")), 5, "「名」", "DX・情報部門の職員数", "「人」")


@pytest.mark.parametrize("number", ["0.4", "500.5", "-3", "9" * 400])
def test_a_number_outside_its_range_says_the_range(faults, number):
    one(faults(entry(value=number)), 4, f"「{number[:40]}", "0.5〜500人")


@pytest.mark.parametrize(
    "number", ["\uff11\uff14", *'14人 1,000 1e2 .5 0x10 "14" 十四 true .inf [14] {a:1}'.split()]
)
def test_what_is_not_a_plain_number_is_refused(faults, number):
    one(faults(entry(value=number)), 4, "数ではありません", "半角")


@pytest.mark.parametrize(
    "code, example", [("122033", "122033"), ("011002", "011002"), ("4610", "122033")]
)
def test_a_bare_number_code_is_told_to_be_quoted(read, code, example):
    with pytest.raises(ParamError) as found:
        read(f"code: {code}\n", "sapporo.yaml")
    assert f"/sapporo.yaml 1行目 code: {code} に引用符がありません" in str(found.value)
    assert f'code: "{example}"' in str(found.value)


@pytest.mark.parametrize(
    "code",
    ['"122033 "', '"\uff11\uff1220\uff13\uff13"', *'"12203" "1220330" "市川市" [122033]'.split()],
)
def test_a_code_is_six_digits(faults, code):
    one(faults(f"code: {code}\n"), 1, "6桁の自治体コードではありません", '"122033"')


def test_a_wrong_check_digit_says_the_right_code(faults):
    one(faults('name: 市川市\ncode: "122034"\n'), 2, "検査数字", "122033", "市川市")


def test_a_file_named_with_a_code_holds_that_code(faults):
    one(faults('code: "011002"\n'), 1, "011002", "122033", "どちらかを直してください")


@pytest.mark.parametrize(
    "day", ["2026-11-0\uff11", *"2026-02-30 2026/11/01 令和8年11月 2026-11 20261101".split()]
)
def test_what_is_not_a_date_is_refused(faults, day):
    one(faults(entry(as_of=day)), 6, f"「{day}」", "日付ではありません", "2026-11-23")


@pytest.mark.parametrize("grade", ["D", "a", "\uff21", "確実"])
def test_an_unknown_grade_lists_the_grades(faults, grade):
    one(faults(entry(grade=grade)), 8, f"「{grade}」", "A・B・C・M・G")


def test_a_choice_lists_the_choices(faults):
    one(faults(GOOD.replace("予算要求後", "すぐ")), 10, "「すぐ」", "予算成立後・予算要求後")


def test_work_that_is_done_is_work_that_the_plan_knows(faults):
    one(faults(GOOD.replace("[PIA]", "[PIA2]")), 28, "「PIA2」", "PIA")


def test_an_unknown_business_offers_the_nearest(faults):
    one(faults(GOOD.replace("  印鑑登録:", "  印鑑登録証明:")), 14, "知らない業務", "「印鑑登録」")
    one(faults(GOOD.replace("[戸籍,", "[戸藉,")), 20, "20業務にありません", "「戸籍」")


def test_an_unknown_gate_offers_the_nearest(faults):
    one(faults(GOOD.replace("当初予算", "当初の予算")), 25, "知らない予算の機会", "「当初予算」")


def test_a_business_has_one_section(faults):
    text = GOOD.replace(
        "gates:",
        "  市民課: {staff: 30, unit: 人, businesses: [戸籍], "
        "as_of: 2026-11-01, source: 表, grade: A}\ngates:",
    )
    one(faults(text), 24, "「戸籍」", "「戸籍課」", "1つ")


def test_a_month_and_day_is_one_of_every_year(faults):
    one(faults(GOOD.replace("11-05", "02-29")), 25, "「02-29」", "10-31 の形")


@pytest.mark.parametrize("steps", ["41", "-1", "3.5"])
def test_steps_are_whole_numbers_up_to_forty(faults, steps):
    one(faults(GOOD.replace("steps: 33", f"steps: {steps}")), 14, steps, "0〜40")


@pytest.mark.parametrize("staff", ["0", "5001", "九人"])
def test_the_staff_of_a_section_is_a_number_of_people(faults, staff):
    one(
        faults(GOOD.replace("staff: 9", f"staff: {staff}")),
        18,
        staff,
        "人" if staff != "九人" else "半角",
    )


def test_steps_want_their_unit(faults):
    one(faults(GOOD.replace(" unit: ステップ,", "")), 14, "印鑑登録", "unit(単位)")


def test_later_values_want_different_days(faults):
    one(faults(GOOD.replace(" from: 2027-04-01,", "")), 7, "dx_fte", "from")
    one(
        faults(GOOD.replace("{value: 3, unit", "{value: 3, from: 2027-04-01, unit")),
        7,
        "互いに違う from",
    )
    one(faults(GOOD.replace("rfp_start: {", "seed: []\n  rfp_start: {")), 10, "値が1つもありません")


@pytest.mark.parametrize("key", ["values", "lots", "systems", "sections", "gates"])
@pytest.mark.parametrize("wrong", ["5", "[1, 2]", '"a: b"'])
def test_a_heading_holds_a_mapping(faults, key, wrong):
    one(faults(f'code: "122033"\n{key}: {wrong}\n'), 2, "項目: 値")


@pytest.mark.parametrize(
    "text, line",
    [
        ('code: "122033"\nvalues:\n  dx_staff: 14\n', 3),
        ('code: "122033"\nvalues:\n  dx_staff: [14]\n', 3),
        ('code: "122033"\nsystems:\n  戸籍: 40\n', 3),
        ('code: "122033"\nsections:\n  市民課: [a]\n', 3),
        ('code: "122033"\nname: {a: b}\n', 2),
        ('code: "122033"\nvalues:\n  ? {a: 1}\n  : 2\n', 3),
        ('code: "122033"\n? [a, b]\n: 2\n', 2),
        ('code: "122033"\n<<: {a: 1}\n', 2),
        ('code: "122033"\n: 3\n', 2),
    ],
)
def test_a_wrong_shape_is_a_fault_with_its_line(faults, text, line):
    one(faults(text), line)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "空です"),
        ("# 説明だけ\n", "空です"),
        ("code: 'a\n", "YAMLとして読めません"),
        ("a: b: c\n", "1行目 YAML"),
        ('code: "122033"\n\tname: x\n', "2行目 YAML"),
        ('code: "122033"\n---\nname: 市川市\n', "2行目 YAML"),
        ("a: *nobody\n", "YAML"),
        ("a: &x 1\nb: &x 2\n", "YAML"),
        ("a: " + "[" * 800, "入れ子"),
        pytest.param("a: " + "[" * 5000, "入れ子", marks=pytest.mark.rest),
        ('a: "\\Uffffffff"\n', "YAML"),
        ('code: "122033"\nb: \x01\n', "2行目 YAML"),
        ('code: "122033"\nunit: %\n', "引用符で囲"),
        ('%YAML 9.9\n---\ncode: "122033"\n', "YAML"),
    ],
)
def test_what_is_not_yaml_is_one_sentence(faults, text, words):
    (found,) = faults(text)
    assert (
        found.startswith("test_")
        and "/122033.yaml" in found
        and words in found
        and found.endswith("。")
    )


def test_bytes_that_are_not_utf8_are_one_sentence(faults):
    (found,) = faults("name: 市川市".encode("shift_jis"))
    assert "UTF-8" in found


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ParamError) as found:
            load_params(path, load_specs(), load_businesses(), ())
        assert len(found.value.faults) == 1


@pytest.mark.parametrize("text", ["- a\n- b\n", "[]", "市川市", '"x"'])
def test_a_file_is_a_mapping(faults, text):
    one(faults(text), 1, "項目: 値")


def test_an_alias_may_repeat_what_stands_elsewhere(read):
    text = GOOD.replace("  戸籍: {", "  戸籍: &done {").replace(
        "sections:", "  戸籍の附票: *done\nsections:"
    )
    assert read(text).systems["戸籍の附票"]["state"] == "稼働"


def test_an_alias_of_itself_ends(faults):
    assert faults('code: "122033"\nvalues: &a\n  dx_staff: *a\n')


@pytest.mark.parametrize(
    "text, words",
    [
        ("あ" * 2001, "長すぎます"),
        ('"a\\x00b"', "制御文字"),
        ('"\\ud800"', "文字化け"),
        ('"\\e[2J"', "制御文字"),
        ('"\\n "', "空か、文字ではありません"),
    ],
)
def test_a_text_is_short_and_printable(faults, text, words):
    one(faults(entry(source=text)), 7, words)


def test_a_sentence_stays_short_and_printable_whatever_was_found(faults):
    for found in faults(
        f'code: "122033"\n{"x" * 3000}: 1\n"a\\e[2J": 1\n'
        f"values:\n  {'y' * 500}: 1\n  dx_staff: {'9' * 3000}\n"
    ):
        assert len(found) < 700 and found.isprintable()


def test_a_city_file_names_its_code(faults):
    one(faults("name: 市川市\n"), 1, "団体のファイル", "code")
    one(faults('code: "122033"\nbase: x\n'), 2, "base", "書けません")


def test_a_variant_names_base_person_day_and_reason(faults, read):
    good = 'base: "122033"\nwho: 課長\nwhen: 2026-11-23\nwhy: 増員\n'
    assert read(good, "122033--増員.yaml").who == "課長"
    (found,) = faults(good.replace("who: 課長\n", ""), "122033--増員.yaml")
    assert "変更案" in found and "who を書き足してください" in found
    (found,) = faults(good + 'code: "122033"\n', "122033--増員.yaml")
    assert "5行目 code" in found


TEN = """\
code: 011002
nmae: 市川市
values:
  dx_staff: {value: 14人, unit: 人, as_of: 2026-11-01, source: 表, grade: A}
  dx_share: {value: 40, unit: 割, as_of: 2026-11-01, source: 表, grade: A}
  seed: {value: 1, unit: 番号, as_of: 2026-13-01, source: 表, grade: A}
  dx_stuff: {value: 1}
  effort: {value: 標準, unit: 区分, as_of: 2026-11-01, grade: A}
  busy_share_1: {value: 900, unit: "%", as_of: 2026-11-01, source: 表, grade: A}
systems:
  印鑑: {live: true, as_of: 2026-11-01, source: 表, grade: A}
  戸籍: {live: はい, as_of: 2026-11-01, source: 表, grade: A}
  戸籍: {live: true, as_of: 2026-11-01, source: 表, grade: A}
"""


def test_ten_faults_are_ten_sentences_in_the_order_of_the_lines(faults):
    found = faults(TEN, "ichikawa.yaml")
    assert [int(re.search(r"(\d+)行目", text)[1]) for text in found] == [
        1,
        2,
        4,
        5,
        6,
        7,
        8,
        9,
        11,
        12,
        13,
    ]
    assert all("/ichikawa.yaml " in text and text.endswith("。") for text in found)


def test_one_value_with_several_faults_has_each_said(faults):
    found = faults(entry(value="900", unit="名", grade="Z", source=None))
    assert len(found) == 4


def mutate(text, chance):
    """One of many ways to spoil a file."""
    lines = text.split("\n")
    i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
    at = chance.randrange(len(text))
    mark = chance.choice("\t:#{}[]\"'&*!|>%@`-,?~\x00\x85\u2028\ufeff１🦆")
    ways = [
        lambda: text[:at] + mark + text[at:],
        lambda: text[:at] + text[at + chance.randrange(1, 9) :],
        lambda: "\n".join(lines[:i] + lines[i + 1 :]),
        lambda: "\n".join([*lines[:i], lines[j], *lines[i:]]),
        lambda: "\n".join(
            [*lines[:i], " " * chance.randrange(9) + lines[i].strip(), *lines[i + 1 :]]
        ),
        lambda: text.replace(
            chance.choice(text.split()),
            chance.choice(["", "{", "- a", "? x", "!!int", "&a", "*a", "<<"]),
        ),
    ]
    return chance.choice(ways)()


def test_a_spoilt_file_is_read_or_refused_and_nothing_else(read):
    """A few of them; many more, and worse ones, are those of `make mutate`."""
    chance, count = random.Random(2), 40
    refused = 0
    for _ in range(count):
        text = GOOD
        for _ in range(chance.randrange(1, 4)):
            text = mutate(text, chance)
        try:
            read(text.encode("utf-8", "surrogatepass"))
        except ParamError as error:
            refused += 1
            assert error.faults and all(fault.endswith("。") for fault in error.faults)
    assert refused > count / 3


def test_a_value_is_read_as_what_it_is():
    origin = ("", "2026-11-23", "仮定", "G")
    assert Value("dx_staff", 12, *origin).number == 12.0
    assert Value("end_date", date(2031, 3, 31), *origin).day == date(2031, 3, 31)
    assert Value("strategy", "自前のみ", *origin).word == "自前のみ"
    for kind in ("number", "word"):
        with pytest.raises(AssertionError):
            getattr(Value("end_date", date(2031, 3, 31), *origin), kind)
    with pytest.raises(AssertionError):
        _ = Value("dx_staff", 12.0, *origin).day
