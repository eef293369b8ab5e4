"""The official files themselves: recognised or refused, and 60 cells read off by hand."""

import csv
import unicodedata
from pathlib import Path

import pytest

from dxplan.bring.archive import BookError
from dxplan.bring.cells import cell_name, cell_text, load_book
from dxplan.facts.catalog import load_municipalities
from dxplan.files import DATA, ROOT
from dxplan.refresh.reading import day_in
from dxplan.refresh.recognise import load_readings
from dxplan.refresh.tables import Cell, Tables, same_value
from tests.refresh.conftest import write_rows

OFFICIAL = ROOT.parent / "shared" / "data" / "official"
SIXTY = Path(__file__).with_name("sixty.csv")  # typed off the files by way of openpyxl and csv
KINDS = {
    "dx_dashboard_transposed_utf8bom.csv": "dxdash",
    "juki_age_R05.xlsx": "juki",
    "mic_fiscal_R04.xlsx": "fiscal",
    "mic_lgcode_R6.xlsx": "lgcode",
    "ssdse_a_2026_cp932.csv": "ssdse",
}
AS_SEEN = {"実施": "1", "未実施": "0", "-": ""}
there = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official files are not here")


def sixty():
    with SIXTY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.rest
@there
@pytest.mark.parametrize("name", KINDS)
def test_an_official_file_is_recognised_and_says_what_data_says(name):
    (reading,) = load_readings(OFFICIAL / name)
    assert reading.kind == KINDS[name] and not reading.faults
    columns = {cell.column for cell in reading.cells}
    assert len(reading.cells) == len(columns) * len(load_municipalities())
    tables = Tables(DATA)
    unlike = {
        cell: text for cell, text in reading.cells.items() if not same_value(tables.get(cell), text)
    }
    assert not unlike


@pytest.mark.rest
@there
@pytest.mark.parametrize("name", KINDS)
def test_no_cell_of_the_sixty_is_read_wrong(name):
    book, (reading,) = load_book(OFFICIAL / name), load_readings(OFFICIAL / name)
    places = {}
    for row, cells in enumerate(book.sheets[0].rows):
        places |= {cell_name(row, column): cell for column, cell in enumerate(cells)}
    rows = [row for row in sixty() if row["file"] == name]
    assert len(rows) == 12
    for row in rows:
        assert same_value(cell_text(places[row["cell"]]), row["text"]), row
        wanted = unicodedata.normalize("NFKC", AS_SEEN.get(row["text"], row["text"]))
        code = next(key for key in codes() if row["code"].removeprefix("R") in (key, key[:5]))
        said = reading.cells[Cell("municipalities", (code,), row["column"])]
        assert same_value(said, wanted.removesuffix("%")), row


def codes():
    return [town.code for town in load_municipalities()]


@there
def test_a_web_page_with_the_name_of_a_workbook_is_refused_by_a_sentence():
    with pytest.raises(BookError, match="^html_404_saved_as_xlsx.xlsx: .*HTML") as fault:
        load_readings(OFFICIAL / "html_404_saved_as_xlsx.xlsx")
    assert "\n" not in str(fault.value)


def test_a_table_of_something_else_is_refused_with_the_kinds_that_are_known(tmp_path):
    path = tmp_path / "標準化_進捗状況_令和8年1月.csv"  # the name says nothing
    path.write_text("品名,数\nりんご,3\n", encoding="utf-8")
    with pytest.raises(BookError, match="どの公表ファイルか分かりません.*標準化の進捗"):
        load_readings(path)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和8年1月_進捗状況", "2026-01-31"),
        ("特定移行支援システムの該当見込み(令和7年12月末時点)", "2025-12-31"),
        ("令和5年1月1日住民基本台帳年齢階級別人口", "2023-01-01"),
        ("全市町村の主要財政指標（令和４年度）", "2023-03-31"),
        ("R6.1.1現在の団体", "2024-01-01"),
        ("令和元年5月", "2019-05-31"),
        ("2026年9月30日", "2026-09-30"),
        ("2026-09-30", "2026-09-30"),
        ("SSDSE-A-2026", "None"),
        ("令和8年13月", "None"),
    ],
)
def test_the_day_of_a_title(text, day):
    assert str(day_in(text)) == day


MEASURES = "fiscal_strength current_balance_ratio debt_service_ratio future_burden_ratio laspeyres"
HEADS = [
    "財政力指数\n(R5)",
    "経常収支比率(%)",
    "実質公債費比率",
    "将来負担比率",
    "ラスパイレス指数",
]


def fiscal_rows(named):
    """The table of financial measures in another layout: title, heads with units, a mean below."""
    rows = [["全市町村の主要財政指標(令和5年度)"], [*named(None), *HEADS]]
    for town in load_municipalities():
        values = [getattr(town, name) for name in MEASURES.split()]
        rows.append([*named(town), *("-" if value is None else value for value in values)])
    return [*rows, ["全国市町村平均", "", *["-"] * (len(rows[1]) - 2)]]


@pytest.mark.rest
@pytest.mark.parametrize(
    "named",
    [
        lambda town: [int(town.code[:5]), town.pref] if town else ["団体コード", "都道府県名"],
        lambda town: [str(int(town.code)), ""] if town else ["団体コード ", "備考"],
        lambda town: [town.pref, town.name] if town else ["都道府県名", "団体名"],
    ],
    ids=["codes without check digit", "codes that lost their zero", "names alone"],
)
def test_another_layout_of_the_same_kind_is_read_the_same(tmp_path, named):
    (reading,) = load_readings(write_rows(tmp_path / "x.csv", fiscal_rows(named)))
    assert reading.kind == "fiscal" and str(reading.as_of) == "2024-03-31" and not reading.faults
    tables = Tables(DATA)
    assert len(reading.cells) == 5 * 1741
    assert all(same_value(tables.get(cell), text) for cell, text in reading.cells.items())
