"""The long table of a run as CSV and Parquet."""

import csv

import pandas as pd
import pytest

from dxplan.press.country.table import COLUMNS, long_table, write_tables
from tests.press.country.test_index import RUN, city


@pytest.fixture
def paths(tmp_path):
    return write_tables(RUN, tmp_path)


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_a_city_and_measure_and_one_for_a_failed_city(paths):
    rows = rows_of(paths[0])
    assert len(rows) == 4 * 4 + 1 and tuple(rows[0]) == COLUMNS
    assert (
        rows[0] | {"value": "9000000000", "text": ""} == rows[0]
        and rows[0]["unit"] == "円"
        and rows[0]["prefecture"] == "北海道"
    )
    assert (
        rows[1]["text"] == "2030-10-01"
        and rows[1]["value"] == ""
        and rows[1]["as_of"] == "2026-11-23"
    )
    assert (rows[2]["measure"], rows[2]["text"], rows[2]["value"]) == ("situation", "lots", "")
    (failed,) = [row for row in rows if row["status"] == "失敗"]
    assert (
        failed["slug"] == "122041"
        and failed["error"] == "人手が足りません。"
        and failed["measure"] == ""
    )


def test_a_city_without_measures_is_not_lost():
    frame = long_table([city("x", "", title="題")])
    assert list(frame["title"]) == ["題"] and list(frame["status"]) == ["完了"]


def test_codes_keep_their_zero_and_the_file_opens_as_utf8_in_a_spreadsheet(paths):
    assert (
        paths[0].read_bytes().startswith(b"\xef\xbb\xbfslug,title,")
        and b"\n011002," in paths[0].read_bytes()
    )


def test_both_files_say_the_same(paths):
    said = pd.read_csv(
        paths[0], dtype={"slug": str}, keep_default_na=False, na_values={"value": [""]}
    )
    frame = pd.read_parquet(paths[1])
    assert tuple(frame.columns) == COLUMNS and str(frame["value"].dtype) == "float64"
    pd.testing.assert_frame_equal(frame, said.astype(frame.dtypes.to_dict()))


def test_the_same_outcomes_give_the_same_bytes(paths, tmp_path):
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_tables(RUN, tmp_path)] == before


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_no_text_begins_as_a_formula(tmp_path, text):
    path, parquet = write_tables([city("a", text, text, ok=False, error=text)], tmp_path)
    (row,) = rows_of(path)
    assert row["title"] == row["prefecture"] == "'" + text and row["error"].startswith("'")
    assert pd.read_parquet(parquet)["title"][0] == text


def test_a_negative_number_stays_a_number(tmp_path):
    one = {"measure": "spare", "label": "余裕", "value": -17, "unit": "週"}
    assert (
        rows_of(write_tables([city("a", "市", measures=[one])], tmp_path)[0])[0]["value"] == "-17"
    )


def test_a_run_of_nothing_has_tables_too(tmp_path):
    path, parquet = write_tables((), tmp_path)
    assert rows_of(path) == [] and len(pd.read_parquet(parquet)) == 0
