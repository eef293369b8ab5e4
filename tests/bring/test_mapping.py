"""The mapping file: the second month is read as the first was, whatever the words would say."""

import pytest

from dxplan.bring.mapping import load_mapping, mapping_text
from dxplan.facts.nodes import ParamError
from tests.bring.layouts import facts, heads_taken, understood

OPEN = [
    ["作業名", "終了予定日", "終了予定", "担当課"],
    ["国保 本稼働", "R9.1.4", "R9.5.6", "保険年金課"],
]


def kept(folder, text):
    path = folder / "対応.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_was_understood_is_read_again_in_another_month(tmp_path):
    rows = [["作業名", "予定", "", "実績", ""], ["", "開始", "終了", "開始", "終了"]]
    first = understood(tmp_path, [*rows, ["国保 本稼働", "R9.1.4", "R9.1.4", "", ""]])
    path = kept(tmp_path, mapping_text(first.tables))
    month = [["2月版"], *rows, ["国保 本稼働", "R9.1.4", "R9.1.4", "R9.1.4", "R9.1.4"]]
    again = understood(tmp_path, month, sheet="2月", mapping=load_mapping(path))
    assert heads_taken(again)["actual_finish"] == "実績/終了", "blank in the first month"
    assert list(facts(again)) == [("国民健康保険", "live_since")]
    assert again.whole and {one.why for one in again.tables[0].taken.values()} == {"対応表による"}


def test_a_person_decides_what_was_open(tmp_path):
    first = understood(tmp_path, OPEN)
    text = mapping_text(first.tables)
    assert '"終了予定": "-"' in text and not first.facts
    decided = text.replace('"終了予定": "-"', '"終了予定": "planned_finish"')
    found = understood(tmp_path, OPEN, mapping=load_mapping(kept(tmp_path, decided)))
    assert str(facts(found)["国民健康保険", "planned"]) == "2027-05-06"


def test_the_second_of_two_equal_heads_has_a_number(tmp_path):
    rows = [["作業名", "終了日", "終了日"], ["国保 本稼働", "R9.1.4", "R9.5.6"]]
    text = 'wbs:\n  columns: {作業名: task, "終了日#2": planned_finish}\n'
    found = understood(tmp_path, rows, mapping=load_mapping(kept(tmp_path, text)))
    assert str(facts(found)["国民健康保険", "planned"]) == "2027-05-06"


def test_a_column_that_is_gone_or_new_is_told(tmp_path):
    text = "wbs:\n  columns: {作業名: task, 終了予定: planned_finish, 完了: actual_finish}\n"
    found = understood(tmp_path, OPEN, mapping=load_mapping(kept(tmp_path, text)))
    assert found.open == ("表 対応表の列「完了」が、見出しにありません。",)
    assert "B列「終了予定日」: 対応表にない列です。" in found.tables[0].unused


WRONG = {
    "an unknown table": ("wbz: {columns: {}}", "もしかして「wbs」"),
    "an unknown column": ("wbs: {columns: {作業名: tusk}}", "もしかして「task」"),
    "a column twice": ("wbs: {columns: {a: task, b: task}}", "task が2つ"),
    "an unknown unit": ("staff: {unit: 億円, columns: {a: heads}}", "億円"),
    "no columns": ("staff: {unit: 円}", "1行目 staff: columns"),
}


@pytest.mark.parametrize("text, why", WRONG.values(), ids=WRONG)
def test_a_wrong_mapping_file_is_refused_with_its_line(tmp_path, text, why):
    with pytest.raises(ParamError, match=why):
        load_mapping(kept(tmp_path, text))
