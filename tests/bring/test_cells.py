"""The reader of foreign files: true addresses, kinds of values, refusals of one sentence."""

import datetime as dt
import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
import xlsxwriter

from dxplan.bring import archive
from dxplan.bring.archive import BookError
from dxplan.bring.cells import cell_name, cell_text, load_book

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def write_book(path, sheets=("表",), **options):
    """A workbook in which each kind of value stands away from A1."""
    with xlsxwriter.Workbook(path, options) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for name in sheets:
            sheet = book.add_worksheet(name)
            sheet.write("C4", " 見出し ")
            sheet.write("D5", 5)
            sheet.write("E5", 0.5)
            sheet.write_datetime("D6", dt.datetime(2026, 4, 1), day)
            sheet.write("E6", True)
            sheet.write_formula("D7", "=NA()", None, "#N/A")
            sheet.write_formula("E7", "=D5*2", None, 10)
            sheet.write_formula("D8", "=D5+1", None, "")
            sheet.write("E9", "末")
    return path


@pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
def test_values_stand_at_their_true_addresses(tmp_path, options):
    book = load_book(write_book(tmp_path / "a.xlsx", **options))
    sheet = book.sheet("表")
    assert book.kind == "xlsx" and sheet.rows[:3] == [[""] * 5] * 3
    assert sheet.at(3, 2) == " 見出し " and sheet.at(4, 3) == 5 and sheet.at(4, 4) == 0.5
    assert sheet.at(5, 3) == dt.date(2026, 4, 1) and sheet.at(5, 4) is True
    assert sheet.at(6, 3) == "#N/A" and sheet.errors == {(6, 3): "#N/A"}
    assert sheet.at(6, 4) == 10 and sheet.at(8, 4) == "末" and sheet.at(99, 99) == ""


def test_a_formula_without_a_value_is_a_blank_and_a_note(tmp_path):
    book = load_book(write_book(tmp_path / "a.xlsx"))
    assert book.sheet("表").uncached == [(7, 3)] and book.sheet("表").at(7, 3) == ""
    (note,) = book.notes
    assert "D8" in note and "1個" in note
    by_program = openpyxl.Workbook()
    by_program.active["B2"] = "=1+1"
    by_program.save(tmp_path / "b.xlsx")
    assert load_book(tmp_path / "b.xlsx").sheets[0].uncached == [(1, 1)]


def test_hidden_sheets_and_merged_areas_are_told(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("見える").merge_range("B2:D3", "題")
        book.add_worksheet("隠れた").hide()
        book.add_worksheet("もっと").very_hidden()
    book = load_book(tmp_path / "a.xlsx")
    assert [sheet.visible for sheet in book.sheets] == [True, False, False]
    assert book.sheets[0].merged == [((1, 1), (2, 3))]


@pytest.mark.rest
@pytest.mark.parts
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_a_book_saved_again_by_an_office_says_the_same(tmp_path, kind):
    (tmp_path / "in").mkdir()
    path = write_book(tmp_path / "in" / "a.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'own').as_uri()}", "--headless"]
        + ["--convert-to", kind, "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    book = load_book(tmp_path / f"a.{kind}")
    sheet = book.sheets[0]
    assert book.kind == kind and sheet.at(3, 2) == " 見出し " and sheet.at(8, 4) == "末"
    assert (sheet.at(4, 3), sheet.at(4, 4), sheet.at(6, 4)) == (5, 0.5, 10)
    assert sheet.at(5, 3) == dt.date(2026, 4, 1)


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        ("団体,値\n市川市,1\n".encode(), False),
        ("団体,値\n市川市,1\n".encode("utf-8-sig"), False),
        ("団体,値\r\n市川市,1\r\n".encode("cp932"), True),
        ("団体\t値\n市川市\t1\n".encode("utf-16"), False),
    ],
    ids=["utf-8", "bom", "cp932", "utf-16"],
)
def test_csv_in_each_encoding(tmp_path, content, noted):
    (tmp_path / "a.xlsx").write_bytes(content)  # the name says nothing
    book = load_book(tmp_path / "a.xlsx")
    assert book.kind == "csv" and book.sheets[0].rows == [["団体", "値"], ["市川市", "1"]]
    assert any("CP932" in note for note in book.notes) == noted


def test_a_long_utf8_file_is_not_taken_for_cp932_by_a_cut_letter(tmp_path):
    for pad in range(4):
        (tmp_path / "a.csv").write_text("x" * pad + "漢字,仮名\n" * 2000, encoding="utf-8")
        assert not load_book(tmp_path / "a.csv").notes


def zipped(**entries):
    """Bytes of an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in entries.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return content.getvalue()


def far_cell():
    """A workbook whose one cell stands at the end of the sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet().write(1_048_575, 16_383, 1)
    return content.getvalue()


def torn():
    """The first half of a workbook."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet().write(0, 0, "x" * 9999)
    return content.getvalue()[: content.tell() // 2]


REFUSED = {
    "a web page": (b"\r\n<!DOCTYPE html>\n<html><body>404</body></html>", "HTML"),
    "a page with a declaration": (b'<?xml version="1.0"?>\n<html>x</html>', "HTML"),
    "a password": (OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "パスワード"),
    "a PDF": (b"%PDF-1.7\n" + bytes(range(256)), "PDF"),
    "an empty file": (b" \n", "空のファイル"),
    "another archive": (zipped(word__document_xml="<x/>"), "表計算のブックではありません"),
    "a torn archive": (torn(), "壊れています"),
    "an archive in name": (b"PK\3\4" + b"x" * 99, "壊れています"),
    "an old book in name": (OLE + b"\0" * 2000, "壊れています"),
    "a cell at the end of the sheet": (far_cell(), "セルが多すぎます"),
    "bytes": (bytes(range(256)) * 9, "文字コード"),
    "an XML file": (b'<?xml version="1.0"?><a/>', "XML"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_table_is_refused_by_one_sentence(tmp_path, what):
    content, words = REFUSED[what]
    path = tmp_path / "調査.xlsx"
    path.write_bytes(content)
    with pytest.raises(BookError, match=words) as fault:
        load_book(path)
    assert str(fault.value).startswith("調査.xlsx: ") and "\n" not in str(fault.value)


def test_a_file_over_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(archive.MOST_BYTES + 1)
    with pytest.raises(BookError, match="20 MB"):
        load_book(path)


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(xl__workbook_xml="<x/>", xl__big_xml=" " * 20_000))
    with pytest.raises(BookError, match="展開すると"):
        load_book(path)


def test_macros_are_ignored_and_told(tmp_path):
    path = write_book(tmp_path / "a.xlsm")
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("xl/vbaProject.bin", b"\0")
    assert any("マクロ" in note for note in load_book(path).notes)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(BookError, match="^ない.xlsx: ファイルが見つかりません"):
        load_book(tmp_path / "ない.xlsx")


@pytest.mark.parametrize(
    ("spot", "name"),
    [((0, 0), "A1"), ((3, 1), "B4"), ((0, 25), "Z1"), ((9, 26), "AA10"), ((0, 702), "AAA1")],
)
def test_the_name_of_a_cell(spot, name):
    assert cell_name(*spot) == name


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5.0, "5"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (" a ", "a"),
        (dt.date(2026, 4, 1), "2026-04-01"),
        (dt.datetime(2026, 4, 1), "2026-04-01"),
    ],
)
def test_a_cell_as_text(cell, text):
    assert cell_text(cell) == text
