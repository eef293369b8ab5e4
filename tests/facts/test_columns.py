from datetime import date

import pytest

from dxplan.facts.columns import CatalogError, Column, columns, load_csv
from dxplan.facts.letters import nearest

COLUMNS = columns("text name", "int staff", "number? ratio", "flag? done", "date as_of", "day? due")
HEADER = "name,staff,ratio,done,as_of,due\n"


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "data" / "towns.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_columns_are_declared_in_short():
    assert columns("int? a b", "text c") == (
        Column("a", "int", False),
        Column("b", "int", False),
        Column("c", "text", True),
    )


def test_a_mark_declares_the_key():
    assert columns("text! a", "int?! b") == (
        Column("a", "text", True, True),
        Column("b", "int", False, True),
    )


def test_a_doubled_key_is_told_with_both_lines(written):
    path = written("group,key,label\nday,,日\nday,end,末\n\nday,,曜日\n")
    with pytest.raises(CatalogError) as fault:
        load_csv(path, columns("text! group", "text?! key", "text label"))
    assert str(fault.value) == (
        "data/towns.csv 5行目 列 group・key: 「day・」は2行目にもあります。1つだけ残してください。"
    )


@pytest.mark.parametrize(
    "cell, wrong", [("市\u0007川", "制御文字"), ("市\u200b川", "見えない文字"), ("\ue000", "外字")]
)
def test_what_cannot_be_seen_is_told_with_its_line(written, cell, wrong):
    with pytest.raises(CatalogError, match=f"data/towns.csv 3行目 列 name: .*{wrong}があります"):
        load_csv(written(f"name\n市川　市\n{cell}\n"), columns("text name"))


def test_an_unknown_form_is_told_with_those_that_are_known(written):
    with pytest.raises(
        CatalogError, match="2行目 列 kind: 「words」は使えません。text・plain・date・.* のどれか"
    ):
        load_csv(written("kind\nwords\n"), columns("form kind"))


def test_cells_become_values_of_their_kind(written):
    frame = load_csv(written(HEADER + "市川市,12,0.5,1,2026-01-31,10-31\n"), COLUMNS)
    assert frame.iloc[0].tolist() == ["市川市", 12, 0.5, True, date(2026, 1, 31), "10-31"]


def test_a_blank_stays_missing_and_never_becomes_zero(written):
    frame = load_csv(written(HEADER + "市川市,12,,,2026-01-31,\n"), COLUMNS)
    assert frame[["ratio", "done"]].isna().all(axis=None)
    assert frame.due[0] == ""


def test_the_order_of_the_columns_and_a_byte_order_mark_do_not_matter(written):
    text = "as_of,staff,name,done,ratio,due\n2026-01-31,12,市川市,0,0.5,04-01\n"
    frame = load_csv(written(text, "utf-8-sig"), COLUMNS)
    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert frame.name[0] == "市川市"


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(CatalogError, match="towns.csv がありません"):
        load_csv(tmp_path / "towns.csv", COLUMNS)


def test_a_file_in_another_encoding_is_told(written):
    with pytest.raises(CatalogError, match="data/towns.csv を読めません.*UTF-8"):
        load_csv(written(HEADER + "市川市,12,0.5,1,2026-01-31,\n", "cp932"), COLUMNS)


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path):
    with pytest.raises(CatalogError, match="を開けません.*フォルダー"):
        load_csv(tmp_path, COLUMNS)


def test_an_unclosed_quotation_mark_is_told(written):
    with pytest.raises(CatalogError, match="を読めません.*引用符の閉じ忘れ"):
        load_csv(written(HEADER + 'a,"1,,,2026-01-31,\n'), COLUMNS)


def test_a_row_with_too_many_cells_is_told_with_its_line(written):
    with pytest.raises(
        CatalogError, match=r"data/towns.csv 3行目: 値が7個あります。見出しと同じ6個"
    ):
        load_csv(written(HEADER + "a,1,,,2026-01-31,\nb,1,2,,,2026-01-31,\n"), COLUMNS)


def test_a_missing_and_an_unknown_column_are_told_together_with_the_nearest_name(written):
    with pytest.raises(CatalogError) as fault:
        load_csv(written("name,staf,ratio,done,as_of,due\n"), COLUMNS)
    missing, unknown = str(fault.value).splitlines()
    assert missing == "data/towns.csv 1行目 列 staff: ありません。この列を加えてください。"
    assert "列 staf: 定めのない列です。近い名は「staff」です。" in unknown
    assert "name、staff、ratio、done、as_of、due" in unknown


def test_a_column_written_twice_is_told(written):
    with pytest.raises(CatalogError, match="列 name: 同じ列が2つあります"):
        load_csv(written("name,name,staff,ratio,done,as_of,due\n"), COLUMNS)


@pytest.mark.parametrize(
    "row, column, found, allowed",
    [
        ("a,12.5,,,2026-01-31,", "staff", "「12.5」は使えません", "半角の整数"),
        ("a,１２,,,2026-01-31,", "staff", "「１２」は使えません", "半角の整数"),
        ("a,,,,2026-01-31,", "staff", "空です", "半角の整数"),
        ("a,1,-,,2026-01-31,", "ratio", "「-」は使えません", "半角の数"),
        ("a,1,nan,,2026-01-31,", "ratio", "「nan」は使えません", "半角の数"),
        ("a,1,,2,2026-01-31,", "done", "「2」は使えません", "1(はい)か0(いいえ)"),
        ("a,1,,,2026-02-30,", "as_of", "「2026-02-30」は使えません", "日付(例: 2026-01-31)"),
        ("a,1,,,2026/1/31,", "as_of", "「2026/1/31」は使えません", "日付(例: 2026-01-31)"),
        ("a,1,,,2026-01-31,31-10", "due", "「31-10」は使えません", "月日(例: 10-31)"),
        (" a,1,,,2026-01-31,", "name", "「 a」は使えません", "改行や前後の空白のない文字"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place_and_what_is_allowed(
    written, row, column, found, allowed
):
    with pytest.raises(CatalogError) as fault:
        load_csv(written(HEADER + row + "\n"), COLUMNS)
    assert str(fault.value).startswith(f"data/towns.csv 2行目 列 {column}: {found}。{allowed}")
    assert str(fault.value).endswith("を書いてください。")


def test_all_wrong_cells_of_a_file_are_told_at_once_in_the_order_of_lines(written):
    with pytest.raises(CatalogError) as fault:
        load_csv(written(HEADER + "a,x,y,2,z,\n" + "b,x,,,2026-01-31,\n"), COLUMNS)
    lines = str(fault.value).splitlines()
    assert len(lines) == 5
    assert [line.split()[1] for line in lines] == ["2行目"] * 4 + ["3行目"]


def test_a_flood_of_faults_is_cut_and_counted(written):
    with pytest.raises(CatalogError) as fault:
        load_csv(written(HEADER + "a,x,,,2026-01-31,\n" * 25), COLUMNS)
    lines = str(fault.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "ほか5件"


def test_the_nearest_name_is_always_one_of_the_known():
    assert nearest("stuff", ["name", "staff"]) == "staff"
    assert nearest("", ["name", "staff"]) in ("name", "staff")
