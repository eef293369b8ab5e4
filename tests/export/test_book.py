"""The workbook: others read in it what the plan says, and no client's text becomes a formula."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from ical.calendar_stream import IcsCalendarStream

from dxplan.export import book
from dxplan.export.book import SUMMARY, book_bytes
from dxplan.export.ics import ics_bytes
from dxplan.export.sheet import HEAD, cell_text
from dxplan.export.tables import csv_bytes
from dxplan.show import budget, labels, report, shelf, staffing
from dxplan.show.whole import headline
from tests.export.cells import column_of, page_rows, read, rows_of
from tests.plans import Made, whole

OFTEN, SELDOM = ("mid", "village", "done"), ("asked", "known")
NAMES = [*OFTEN, *(pytest.param(name, marks=pytest.mark.rest) for name in SELDOM)]
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# what is new and what is paid anyway make the total: a sum of two cells
PLAIN_SUM = re.compile(r"=(SUM|SUBTOTAL)\((109,)?[A-Z]+\d+:[A-Z]+\d+\)|=[A-Z]+\d+[+-][A-Z]+\d+")
HOSTILE = (
    '=HYPERLINK("http://x.example","y")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "<r><t>x</t></r>",
    "a\x00b\x0bc\ufffe\ud800",
    "_x0041_",
    "123",
    "http://x.example/",
    "&Pと&&A",
    "語" * 40_000,
    "\u202e反転",
    "\U000e0001\ue000外字",
    "{=1+1}",
    "</t><f>1</f>",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_sheets_are_those_that_the_first_one_lists(books, wholes, name):
    found = books[name][0]
    assert found.sheetnames == [SUMMARY, *(exhibit.sheet for exhibit in shelf.sheets())]
    said = {cell.value for row in found[SUMMARY].iter_rows() for cell in row}
    city = wholes[name].city
    assert {
        report.title_text(wholes[name]),
        city.fingerprint(),
        f"{city.pref}{city.name}({city.code})",
    } <= said
    assert set(found.sheetnames[1:]) <= said


@pytest.mark.parametrize("name", NAMES)
def test_every_sheet_is_set_up_for_reading_and_printing(books, name):
    for sheet in books[name][0].worksheets:
        assert (
            sheet.page_setup.fitToWidth in (None, 1)
            and sheet.sheet_properties.pageSetUpPr.fitToPage
        ), sheet.title
        assert "&P/&N" in sheet.oddFooter.right.text and "照合番号" in sheet.oddFooter.left.text
        if sheet.max_row > HEAD + 1 and sheet.title != SUMMARY:
            assert (
                sheet.freeze_panes
                and sheet.auto_filter.ref
                and sheet.print_title_rows == f"${HEAD + 1}:${HEAD + 1}"
            ), sheet.title
            assert all(part.max_row <= HEAD for part in sheet.merged_cells.ranges), (
                "no merged cell in a table"
            )
            heads = [sheet.cell(HEAD + 1, c).value for c in range(1, 3)]
            assert all(heads), sheet.title


@pytest.mark.parametrize("name", NAMES)
def test_dates_and_numbers_are_dates_and_numbers(books, wholes, name):
    sheet, plan = books[name][0], wholes[name]
    if len(plan.pmo.gate):
        asked = [day.date() for day in rows_of(sheet["予算要求の期限"], "要求の締切")]
        assert asked == plan.pmo.gate["request_by"].tolist()
    if not plan.pmo.done:
        assert rows_of(sheet["負荷(月別)"], "負荷") == pytest.approx(plan.pmo.load["load"].tolist())
        assert rows_of(sheet["WBS"], "余裕") == plan.pmo.task["slack"].tolist()
    spoken = rows_of(sheet["システムの状態"], "状態の時点")
    assert len(spoken) == 21 and all(isinstance(day, datetime) for day in spoken)
    if len(plan.training.session):
        held = [day.date() for day in rows_of(sheet["研修日程"], "日")]
        assert held == plan.training.session["day"].tolist()
    assert rows_of(sheet["経費の明細"], "金額")[:-1] == plan.budget.funding["yen"].tolist()
    assert [row.date() for row in rows_of(sheet["RAID"], "期日")] and all(
        isinstance(v, int) for v in rows_of(sheet["経費と財源"], "移行経費")[:-1]
    )


@pytest.mark.parametrize("name", NAMES)
def test_sums_are_formulas_whose_kept_values_are_the_plan_s(books, wholes, name):
    live, kept = books[name]
    plan = wholes[name].budget
    yen = live["経費の明細"]
    assert str(rows_of(yen, "金額")[-1]).startswith("=SUBTOTAL(109,")
    assert (
        rows_of(kept["経費の明細"], "金額")[-1]
        == plan.funding["yen"].sum()
        == plan.item["yen"].sum()
        == plan.year["yen"].sum()
    )
    years = budget.cost_table(plan).frame
    for label, column in (
        ("歳出計", "total"),
        ("移行経費", "migration"),
        ("現行の運用", "current"),
    ):
        assert rows_of(kept["経費と財源"], label) == years[column].tolist()
        assert str(rows_of(live["経費と財源"], label)[-1]).startswith("=SUM(")
    assert rows_of(kept["経費と財源"], "財源計") == years["total"].tolist()
    assert set(rows_of(kept["経費と財源"], "歳出計と財源計の差")) == {0}
    assert rows_of(kept["人材(月別)"], "不足")[-1] == pytest.approx(
        wholes[name].staffing.cover["short"].sum()
    )


# --- the same numbers everywhere ------------------------------------------------------------------
NUMBER = re.compile(r"[−-]?\d{1,3}(,\d{3})*(\.\d+)?")
OTHERS = ("asked", "041009")  # with a designated city
EACH = ["mid", "village", *(pytest.param(name, marks=pytest.mark.rest) for name in OTHERS)]


@pytest.fixture(scope="module")
def told(books, wholes):
    """A city by its name here or its code: its plan, its workbook with the values kept in it."""

    def made(name):
        if name in (*OFTEN, *SELDOM):
            return wholes[name], books[name][1]
        plan = whole(name)
        return plan, openpyxl.load_workbook(BytesIO(book_bytes(plan)), data_only=True)

    return Made(made)


def agree(text, other):
    """Whether a number of the page is another one to the unit that the page shows."""
    number = text.replace(",", "").replace("−", "-")
    half = 0.5 * 10 ** -len(number.partition(".")[2])
    return abs(float(number) - float(other)) <= half + 1e-6


@pytest.mark.parametrize("name", EACH)
def test_each_number_of_the_page_is_that_of_the_csv_file_and_of_the_sheet(told, name):
    plan, book = told[name]
    compared = 0
    for exhibit in shelf.files():
        table = exhibit.table(plan)
        if table is None or not len(table.frame):
            continue
        columns = list(table.frame.columns)
        paper, (_, *filed) = page_rows(table), read(csv_bytes(table))
        sheet = book[exhibit.sheet] if exhibit.sheet else None
        for place, column in enumerate(columns):
            heading = labels.heading_of(column)
            if heading.kind not in labels.NUMBERS or heading.words:
                continue
            listed = sheet and column_of(sheet, heading.label)
            for row, (texts, cells) in enumerate(zip(paper, filed, strict=True), HEAD + 2):
                text = texts[place].strip()
                if not NUMBER.fullmatch(text):
                    continue
                where = f"{exhibit.exhibit} {column} {row}: {text}"
                assert agree(text, cells[place].replace(",", "")), (
                    f"{where}, {cells[place]} in the file"
                )
                compared += 1
                if sheet:
                    kept = sheet.cell(row, listed).value
                    kept *= 100 if heading.kind == "percent" else 1
                    assert agree(text, kept), f"{where}, {kept} on the sheet"
    assert compared > 200


def column_in(table, column):
    """Numbers of a column of whole thousands: on the page, and in the CSV file."""
    place = list(table.frame.columns).index(column)
    (_, *filed), paper = read(csv_bytes(table)), page_rows(table)
    listed = [int(row[place].replace(",", "")) for row in paper]
    assert listed == [int(row[place]) for row in filed]
    return listed


def deadlines(plan):
    """What the calendar says is asked for, of each occasion, in thousands of yen."""
    events = IcsCalendarStream.calendar_from_ics(ics_bytes(plan).decode()).events
    asked = [event.description for event in events if event.summary.endswith("要求の締切")]
    return [int(re.search(r"計: ([\d,]+)千円", text)[1].replace(",", "")) for text in asked]


@pytest.mark.parametrize("name", EACH)
def test_money_is_rounded_once_so_that_every_total_is_the_same(told, name):
    plan, book = told[name]
    money = plan.budget
    total = money.year["yen"].sum() // 1000
    for table, column in (
        (budget.cost_table(money), "total"),
        (budget.funding_table(money), "total"),
        (budget.cost_table(money), "new"),
        (budget.funding_table(money), "net"),
    ):
        *years, whole_span = column_in(table, column)
        assert sum(years) == whole_span
        assert column != "total" or whole_span == total
    assert sum(column_in(budget.item_table(money), "thousand")) == total
    assert rows_of(book["経費と財源"], "歳出計")[-1] == total
    assert rows_of(book["経費の明細"], "金額")[-1] == 1000 * total
    asked = column_in(budget.request_table(money), "asked")
    assert sum(asked) + money.unasked["yen"].sum() // 1000 == total
    assert sum(asked) == sum(deadlines(plan))
    if asked:
        assert asked == rows_of(book["予算要求"], "要求額")
    used = column_in(budget.measure_table(money), "used")
    assert used == rows_of(book["財政措置"], "見込額")
    assert sum(used) == total - money.year["net"].sum() // 1000


@pytest.mark.parametrize("name", EACH)
def test_page_and_workbook_tell_the_same_headline_and_it_is_the_tables_total(told, name):
    plan, book = told[name]
    cells = {cell.value for row in book[SUMMARY].iter_rows() for cell in row}
    words, table = headline(plan), budget.cost_table(plan.budget)
    assert set(words.values()) <= cells
    assert words["今より増える費用"].split("(")[0] == labels.money_text(
        1000 * column_in(table, "new")[-1]
    )
    items, forms = plan.budget.item, [form.name for form in plan.city.forms]
    people = labels.yen_text(items.loc[items["item"].isin(forms), "yen"].sum())
    assert f"(人材{people}、" in staffing.summary_text(plan.staffing)


def formulas(found):
    return [
        cell.value
        for sheet in found.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_only_formulas_are_sums_and_differences(books, name):
    said = formulas(books[name][0])
    assert said and all(map(PLAIN_SUM.fullmatch, said))


def test_unconfirmed_assumptions_are_marked(books, wholes):
    grades = rows_of(books["mid"][0]["前提と出典"], "確度")
    assert f"G {labels.UNCONFIRMED}" in grades and "単位" in {
        c.value for c in books["mid"][0]["前提と出典"][HEAD + 1]
    }
    assert len(rows_of(books["mid"][0]["前提と出典"], "出典")) == len(grades)
    assert f"うち{labels.UNCONFIRMED}" in books["mid"][0]["前提と出典"]["A1"].value


# --- hostile text ---------------------------------------------------------------------------------
@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_takes_any_text(text):
    from xlsxwriter import Workbook

    from dxplan.export.sheet import SheetPaper

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as made:
        paper = SheetPaper(made, text)
        paper.text(made.add_worksheet("x"), 0, 0, text)
    cell = openpyxl.load_workbook(BytesIO(stream.getvalue()))["x"]["A1"]
    assert cell.data_type in "sn" and not cell.hyperlink
    assert cell.value == cell_text(text) and (
        not str(cell.value).startswith(("=", "+", "-", "@")) or cell.quotePrefix
    )


# --- the same bytes -------------------------------------------------------------------------------
AGAIN = """
import hashlib
from dxplan.town.city import load_city
from dxplan.export.book import book_bytes
from dxplan.plan.whole import plan_city
plan = plan_city(load_city("216046"), "簡易")
data = book_bytes(plan)
print(hashlib.sha256(data).hexdigest())
"""


def test_the_same_plan_gives_the_same_bytes(files, wholes):
    assert book_bytes(wholes["done"]) == files["done"]


@pytest.mark.rest
def test_the_same_plan_gives_the_same_bytes_in_another_process(files, wholes):
    done = subprocess.run(
        [sys.executable, "-c", AGAIN],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert done.stdout.strip() == hashlib.sha256(files["village"]).hexdigest(), done.stderr
    with zipfile.ZipFile(BytesIO(files["village"])) as parts:
        basis = wholes["village"].city.at("basis_date").value
        assert f">{basis}T00:00:00Z<" in parts.read("docProps/core.xml").decode()
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- LibreOffice ----------------------------------------------------------------------------------
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item
oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop
oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture(scope="session")
def recalculated(files, tmp_path_factory):
    """Each workbook after LibreOffice has opened it, worked its formulas out again and saved it."""
    if not OFFICE:
        pytest.skip("LibreOffice がないので、表計算での確認を省きます。make office で入ります。")
    folder, profile = tmp_path_factory.mktemp("office"), tmp_path_factory.mktemp("profile")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE)
    for name in OFTEN:
        (folder / f"{name}.xlsx").write_bytes(_blank(files[name]))
    done = subprocess.run(
        [
            OFFICE,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            *sorted(map(str, folder.glob("*.xlsx"))),
        ],
        capture_output=True,
        text=True,
        timeout=480,  # a busy machine
    )
    assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
    with (
        warnings.catch_warnings()
    ):  # LibreOffice writes the days of a chart's cache as words, which openpyxl does not read
        warnings.simplefilter("ignore", UserWarning)
        return {
            name: openpyxl.load_workbook(folder / "out" / f"{name}.xlsx", data_only=True)
            for name in OFTEN
        }


def _blank(data):
    """The workbook without values beside its formulas: only a real calculation can fill them."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as parts,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for info in parts.infolist():
            text = parts.read(info.filename)
            if info.filename.startswith("xl/worksheets/sheet"):
                text = re.sub(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", text)
            made.writestr(info.filename, text)
    return out.getvalue()


@pytest.mark.rest
@pytest.mark.parametrize("name", OFTEN)
def test_libreoffice_works_out_the_sums_of_the_plan(recalculated, books, wholes, name):
    found, kept = recalculated[name], books[name][1]
    plan = wholes[name].budget
    assert rows_of(found["経費の明細"], "金額")[-1] == plan.funding["yen"].sum()
    assert rows_of(found["経費と財源"], "歳出計") == budget.cost_table(plan).frame["total"].tolist()
    assert set(rows_of(found["経費と財源"], "歳出計と財源計の差")) == {0}
    for sheet in kept.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                other = found[sheet.title].cell(cell.row, cell.column).value
                same = (
                    other == pytest.approx(cell.value)
                    if isinstance(cell.value, (int, float))
                    else other == cell.value
                )
                assert same, f"{sheet.title} {cell.coordinate}: {cell.value!r} became {other!r}"


def test_the_workbook_knows_the_shelf_and_hardly_anything_else_of_what_is_shown():
    tree = ast.parse(Path(book.__file__).read_text(encoding="utf-8"))
    names = [
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("dxplan.show")
        for alias in node.names
    ]
    others = [name for name in names if "shelf" not in name]
    assert "dxplan.show.shelf" in names and len(others) <= 3, others
