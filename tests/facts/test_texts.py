"""One door for the text of a params file: encodings, limits, and what is wrong with its YAML."""

import os

import pytest

from dxplan.facts import texts
from dxplan.facts.nodes import MOST_FAULTS, ParamError
from dxplan.facts.texts import load_text
from dxplan.town.city import params_of

CODE = 'code: "216046"\n'
DEEP = "note: " + "{a: " * 60


@pytest.fixture
def faults(tmp_path):
    """A function that gives the sentences on a text (or bytes) below a good code."""

    def find(text):
        path = tmp_path / "216046.yaml"
        path.write_bytes(text if isinstance(text, bytes) else (CODE + text).encode())
        with pytest.raises(ParamError) as found:
            params_of(path)
        return found.value.faults

    return find


@pytest.mark.parametrize(
    "codec, name",
    [
        ("cp932", "Shift_JIS(CP932)"),
        ("euc_jp", "EUC-JP"),
        ("iso2022_jp", "JIS(ISO-2022-JP)"),
        ("utf-16", "UTF-16"),
    ],
)
def test_another_encoding_is_named_with_how_to_save(faults, codec, name):
    (found,) = faults((CODE + "name: 白川村\nnote: 打合せの前の案、データ移行\n").encode(codec))
    assert f"UTF-8 ではなく {name} です" in found and "保存し直してください" in found


def test_one_letter_that_is_lost_is_told_with_its_line(faults):
    (found,) = faults((CODE + "name: 白川村\nnote: 案").encode()[:-1] + b"\n")
    assert "3行目 UTF-8" in found


def test_line_ends_of_other_machines_are_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\r\nb: 2\rc: 3\n")
    assert load_text(path) == "a: 1\nb: 2\nc: 3\n"


def test_what_is_no_file_or_has_no_end_is_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path, tmp_path / "pipe.yaml", tmp_path / "none.yaml"):
        with pytest.raises(ParamError, match="名前を確かめてください。$"):
            load_text(path)


@pytest.mark.parametrize(
    "text, words",
    [
        ("#" * texts.BIGGEST, "大きすぎます"),
        ("note: [" + "x, " * texts.MARKS + "x]\n", "項目が多すぎます"),
        (DEEP + "1" + "}" * 60 + "\n", "入れ子が深すぎる"),
        ("note:\n  " + "- " * 60 + "x\n", "入れ子が深すぎる"),
        ("a: &a 1\nb: [" + "*a, " * 201 + "*a]\n", "使い回しが202か所"),
    ],
)
def test_a_file_cannot_occupy_the_machine(faults, text, words):
    (found,) = faults(text)
    assert words in found and found.endswith("。") and len(found) < 200


def test_an_alias_counts_whenever_it_is_read(faults):
    row = "{value: 1, unit: 円/人月, as_of: 2026-11-01, source: x, grade: A}"
    many = "[" + ", ".join(["*r"] * 100) + "]"
    forms = "".join(f"  業務委託{n}: *f\n" for n in range(90))
    text = f"a: &r {row}\nb: &l {many}\nforms:\n  業務委託: &f {{form_yen: *l, form_least: *l}}\n"
    assert "値が多すぎます" in faults(text)[-1] or len(faults(text + forms)) <= MOST_FAULTS + 1


def test_the_faults_told_are_limited(faults):
    found = faults("".join(f"x{n}: 1\n" for n in range(MOST_FAULTS + 50)))
    assert len(found) == MOST_FAULTS + 1 and "読むのをやめました" in found[-1]


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("note: 第1案: 前倒し\n", 2, "文字の途中に「: 」"),
        ("note: x\n  who: y\n", 3, "字下げ"),
        ("values:\n\tdx_staff: 1\n", 3, "タブ"),
        ("note: 打合せ\n　次の行\n", 3, "全角の空白"),
        ("values:\n　dx_staff: 1\n", 3, "全角の空白"),
        ("note：打合せ\n", 2, "コロンが全角"),
        ("note:打合せ\n", 2, "コロンの後に空白"),
        ("打合せ\n", 2, "「項目: 値」の形"),
        ('note: "打合せ\n', 2, "引用符が閉じて"),
        ("values: {dx_staff: {value: 1}\n", 2, "かっこが閉じて"),
        ("values: {}}\n", 2, "余分な閉じかっこ"),
        ("note: %以上\n", 2, '"%" のように引用符'),
        ("note: * 打合せ\n", 2, "* や & で始まる"),
        ("note: *打合せ\n", 2, "付けられていません"),
        ("note: !a!b\n", 2, "! で始まる"),
        ("note: - 打合せ\n", 2, "- や ? で始まる"),
        ("note: |打合せ\n", 2, "| や >"),
        ('note: "案" の2\n', 2, "引用符やかっこの後"),
        ('note: "C:\\data"\n', 2, "\\\\ と2つ"),
        ("note: 議案 #12\n  別紙\n", 3, "「#」から後は説明"),
        ("a: &x 1\nb: &x 2\n", 3, "重なって"),
        ("---\nname: 白川村\n", 2, "2つ目の文書"),
        ("%YAML 9.9\n---\nname: 白川村\n", 2, "YAMLへの指示"),
        ("note: a\x01b\n", 2, "制御文字"),
    ],
)
def test_each_fault_of_yaml_is_told_with_its_own_cause(faults, text, line, words):
    (found,) = faults(text)
    assert f"/216046.yaml {line}行目 " in found and words in found and found.endswith("。")


def test_one_fault_of_yaml_does_not_hide_the_others(faults):
    text = 'note: "前\nwhy: *nobody\nvalues:\n\tdx_staff: 1\nname: 白川町\nsystems:\n  戸籍: 1\n'
    found = faults(text.replace("why: *nobody", "note: %"))
    words = ("引用符が閉じて", '"%" のように', "タブ", "戸籍")
    assert len(found) == len(words)
    for sentence, word in zip(found, words, strict=True):
        assert word in sentence


def test_an_entry_that_is_no_yaml_is_not_missed(faults):
    """The code may stand there."""
    (found,) = faults(b'code: "216046\nname: \xe7\x99\xbd\xe5\xb7\x9d\xe6\x9d\x91\n')
    assert "引用符が閉じて" in found


@pytest.mark.parametrize(
    "text, cut",
    [
        ("note: 議案 #12 別紙 #3\n", 'note: "議案 #12 別紙 #3"'),
        ("note: #12\n", 'note: "#12"'),
        ("notes:\n  pmo: 打合せ # 11月\n", 'pmo: "打合せ # 11月"'),
    ],
)
def test_what_yaml_cuts_off_a_free_text_is_asked_for(faults, text, cut):
    (found,) = faults(text)
    assert "引用符で囲み" in found and cut in found


def test_a_comment_that_loses_nothing_may_stand(tmp_path):
    path = tmp_path / "216046.yaml"
    text = 'note: "議案 #12"  # 説明\nname: 白川村  # 岐阜県\nvalues:  # 値\nnotes:\n  pmo: |  # 章\n    #1\n'
    path.write_text(CODE + text, encoding="utf-8")
    said = params_of(path)
    assert (said.note, said.name, said.notes) == ("議案 #12", "白川村", {"pmo": "#1"})
