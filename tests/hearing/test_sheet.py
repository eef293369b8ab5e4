"""The hearing sheet: fit for machines and for people, the same bytes each time."""

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dxplan.cli import main
from dxplan.hearing.asked import CHOICES, FIRST, IDS, NUMBER, ORIGIN
from dxplan.hearing.sheet import hearing_bytes, inquiry_bytes, write_hearing
from dxplan.hearing.vendor import vendor_lots
from dxplan.town.city import load_city, load_trial
from tests.hearing.forms import head_of

TITLE, MESSAGE = 32, 255  # letters of a validation, as Excel takes them
VENDORS = """\
base: "172031"
who: 情報政策課
when: 2026-10-01
why: ベンダの回答による
lots:
  ロット1:
    vendor: 甲システム
    offered: 2028-05-06
    confidence: 書面
    as_of: 2026-10-01
    source: 内部の見立て
    grade: M
    note: 乙より高い
  ロット2:
    vendor: 乙情報
    contract_end: 2028-03-31
    as_of: 2026-10-01
    source: 契約書
    grade: A
"""


@pytest.fixture(scope="module")
def book(form):
    return openpyxl.load_workbook(io.BytesIO(form.data))


@pytest.mark.rest
def test_the_same_city_gives_the_same_bytes(town, form):
    assert hearing_bytes(town) == form.data


def test_each_sheet_has_one_header_row_and_one_value_a_cell(book, asked):
    names = [topic.name for topic in asked]
    assert book.sheetnames == [FIRST, *names, CHOICES, IDS]
    for topic in asked:
        sheet = book[topic.name]
        heads = [head_of(cell.value) for cell in sheet[1]]
        assert heads[0] == NUMBER and tuple(heads[-4:]) == ORIGIN and len(set(heads)) == len(heads)
        assert not sheet.merged_cells.ranges and sheet.max_row == len(topic.lines) + 1
        ids = [cell.value for cell in sheet["A"]][1:]
        assert len(set(ids)) == len(ids) and all(re.fullmatch("[A-Z][0-9]{3}", id) for id in ids)
    assert (book[CHOICES].sheet_state, book[IDS].sheet_state) == ("hidden", "veryHidden")


def test_it_prints_on_a4_across_with_its_head_on_each_page(book, asked):
    for topic in asked:
        sheet = book[topic.name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth in (None, 1, 2) and sheet.print_title_rows == "$1:$1"
        assert "照合番号" in sheet.oddFooter.left.text and sheet.freeze_panes == "C2"


def test_it_is_protected_but_not_locked_away(book, asked):
    for topic in asked:
        sheet, given = book[topic.name], 1 + len(topic.given)
        guard = sheet.protection
        assert guard.sheet and not guard.password
        # openpyxl: False says that it is not protected against
        assert not (guard.sort or guard.autoFilter or guard.insertRows or guard.formatColumns)
        for row, line in enumerate(topic.lines, 2):
            assert all(sheet.cell(row, column).protection.locked for column in range(1, given + 1))
            for column, blank in enumerate(line.blanks, given + 1):
                assert sheet.cell(row, column).protection.locked == (blank is None)
        assert not any(cell.value for row in sheet.iter_rows(2, min_col=given + 1) for cell in row)


def test_what_may_be_written_is_said_in_japanese_where_it_is_written(book, asked):
    lists = {column[0].column_letter: [c.value for c in column] for column in book[CHOICES].columns}
    for topic in asked:
        rules = book[topic.name].data_validations.dataValidation
        places = [str(rule.sqref) for rule in rules]
        assert len(places) == len(set(places))
        blanks = [blank for line in topic.lines for blank in line.blanks if blank]
        assert len(rules) == len(blanks) + 3  # and those of day, source and grade
        for rule in rules:
            assert 0 < len(rule.promptTitle) <= TITLE and 0 < len(rule.prompt) <= MESSAGE
            assert 0 < len(rule.error) <= MESSAGE and re.search("[ぁ-ん]", rule.error)
            if rule.type == "list":
                column = re.fullmatch(rf"{CHOICES}!\$([A-Z]+)\$1:\$\1\$([0-9]+)", rule.formula1)
                words = [word for word in lists[column[1]] if word]
                assert len(words) == int(column[2]) and len(words) > 2
        red = book[topic.name].conditional_formatting
        assert sum(len(part.rules) for part in red) == 2  # an answer without day, without source


def test_every_assumption_is_asked_for_once(town, asked):
    first, *others = asked
    lines = [line for topic in others for line in topic.lines]
    places = [blank.place for line in lines for blank in line.blanks if blank]
    single = {place for place in places if place.part not in ("systems", "lots")}
    assert len([place for place in places if place in single]) == len(single)
    ten = {blank.place for line in first.lines for blank in line.blanks if blank}
    assert len(first.lines) == 10 and not ten & single
    wanted = {("values", name) for name in town.values} | {("sections", "staff")}
    wanted |= {("forms", name) for form in town.forms for name in form.values}
    wanted.discard(("values", "end_date"))  # fixed by law
    assert wanted <= {(place.part, place.name) for place in (*places, *ten)}


def test_present_assumptions_are_numbers_and_days(book, town):
    sheet = book["予算・議会の日"]
    rows = {row[1].value: row for row in sheet.iter_rows(2)}
    target = rows["移行完了の目標日"]
    assert target[3].value.date() == town.at("target_date").day == date(2030, 3, 31)
    staff = next(row for row in book["課と人数"].iter_rows(2) if row[1].value == "税務課の職員数")
    assert staff[3].value == 25 and staff[4].value == "人" and "要確認" in staff[5].value


def test_a_vendor_sees_its_own_lots_and_nothing_of_others(tmp_path, town):
    city = load_trial("172031--x", VENDORS, tmp_path)
    lots = vendor_lots(city)
    assert list(lots) == ["甲システム", "乙情報"]
    data = inquiry_bytes(city, "甲システム", lots["甲システム"])
    assert data == inquiry_bytes(city, "甲システム", lots["甲システム"])
    book = openpyxl.load_workbook(io.BytesIO(data))
    words = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    text = "\n".join(words)
    assert "ロット1" in text and "甲システム" in text and "2028-05-06" in text
    for foreign in ("ロット2", "乙", "内部の見立て", "高い", "契約書", "36000000", "要確認"):
        assert foreign not in text, foreign
    asked = {row[2].value for row in book["照会"].iter_rows(2)}
    wanted = {"ベンダの提示日", "提示の確かさ", "提示日の前提", "現行契約の延長の額"}
    assert asked == wanted | {"移行に充てる人数", "同時に進められるロット"}
    assert {"足りない機能", "団体に求めること"} <= set(book.sheetnames)


def test_lots_without_a_vendor_have_a_sheet_each(town):
    assert list(vendor_lots(town)) == [lot.name for lot in town.lots]


@pytest.mark.rest
def test_the_command_writes_the_sheets_of_a_city(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DXPLAN_PARAMS", str(tmp_path / "params"))
    assert main(["hearing", "小松市", "--out", str(tmp_path / "out")]) == 0
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    lots = [lot.name for lot in load_city("172031").lots]
    assert written == [*(f"172031_照会票_{lot}.xlsx" for lot in lots), "172031_調査票.xlsx"]
    told = capsys.readouterr().out
    assert all(name in told for name in written)
    assert main(["hearing", "小松", "--out", str(tmp_path / "out")]) == 2


@pytest.mark.rest
def test_a_folder_that_is_a_file_is_told(tmp_path):
    from dxplan.facts.nodes import ParamError

    Path(tmp_path, "out").write_text("")
    with pytest.raises(ParamError, match="書けません"):
        write_hearing("172031", tmp_path / "out")
