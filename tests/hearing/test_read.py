"""What comes back: found by number, read with all its faults at once, or refused in a sentence."""

import io
import random
import zipfile
from datetime import date

import openpyxl
import pytest

from dxplan.facts.nodes import ParamError
from dxplan.hearing.answers import CITY, WHOLE
from dxplan.hearing.answers import VENDOR as VENDOR_SHEET
from dxplan.hearing.asked import AS_OF, GRADE, IDS, NOTE, SOURCE
from dxplan.hearing.read import load_hearings
from dxplan.hearing.sheet import hearing_bytes, inquiry_bytes
from dxplan.hearing.topics import topics
from dxplan.hearing.vendor import vendor_lots
from dxplan.town.city import load_city
from dxplan.town.variant import Place
from tests.hearing.forms import ORIGIN, TODAY, Form, answered, heard, id_of

STATE, LOT, VENDOR, OFFER = (
    "移行の状態(回答)",
    "ロット(回答)",
    "ベンダ(回答)",
    "ベンダの提示日(回答)",
)
CITIES = "011002 131016 172031 216046 313289 473821".split()  # of six classes


def said(hearing):
    """place -> value, day, source, grade."""
    return {a.place: (a.value, a.as_of, a.source, a.grade) for a in hearing.answers}


def faults(tmp_path, data):
    """The sentences on a file."""
    with pytest.raises(ParamError) as told:
        heard(tmp_path, data)
    return told.value.faults


@pytest.fixture(scope="module")
def forty(form, asked):
    """Forty answers of all kinds: cells, and place -> value."""
    cells, wanted = {}, {}

    def say(part, name, entry, value, meant, head="回答"):
        id = id_of(asked, part, name, entry)
        cells.update(answered(id, value, head))
        wanted[Place(part, entry, name)] = meant

    for name, value, meant in NUMBERS:
        say("values", name, "", value, meant)
    for entry, value, meant in (
        ("市民課", "２０人", 20.0),
        ("税務課", 24.0, 24.0),
        ("健康課", "12名", 12.0),
    ):
        say("sections", "staff", entry, value, meant)
    for entry, name, value, meant in GATES:
        say("gates", name, entry, value, meant)
    say("offices", "name", "財政課", "企画財政課", "企画財政課")
    say("forms", "form_yen", "業務委託", "70万円", 700000.0)
    say("forms", "form_days", "業務委託", "10日", 10.0)
    for id, system in (("S019", "戸籍"), ("S020", "戸籍の附票")):
        cells.update(answered(id, "稼働", STATE))
        wanted[Place("systems", system, "state")] = "稼働"
    for id, value in (("S001", "令和10年5月8日"), ("S003", date(2029, 1, 4))):
        cells[id, OFFER], cells[id, "提示の確かさ(回答)"] = value, "書面"
        cells.update({(id, head): word for head, word in ORIGIN.items()})
    for lot, day in (("ロット1", date(2028, 5, 8)), ("ロット2", date(2029, 1, 4))):
        wanted[Place("lots", lot, "offered")] = day
        wanted[Place("lots", lot, "confidence")] = "書面"
    return cells, wanted


NUMBERS = (
    ("migration_yen", "3,800万円", 38e6),
    ("running_yen", "１２００万", 12e6),
    ("link_yen", 9e6, 9e6),
    ("parallel_months", "3か月", 3.0),
    ("daily_share", "55%", 55.0),
    ("promotion_other", "4.5FTE", 4.5),
    ("change_share", 0.12, 12.0),
    ("core_now", "4人", 4.0),
    ("change_now", 10.0, 10.0),
    ("leave_rate", "2.5%", 2.5),
    ("transfer_rate", 25.0, 25.0),
    ("newcomer_months", "6ヶ月", 6.0),
    ("target_date", "令和12年3月末", date(2030, 3, 31)),
    ("basis_date", date(2026, 12, 1), date(2026, 12, 1)),
    ("strategy", "自前のみ", "自前のみ"),
    ("budget_gates", "当初予算のみ", "当初予算のみ"),
    ("reserve_weeks", "10週", 10.0),
    ("step1_yen", "150,000円", 150000.0),
    ("step2_yen", "なし", 0.0),
    ("invest_yen", "50万円", 500000.0),
    ("section_release", 15.0, 15.0),
    ("room_limit", "2回", 2.0),
    ("works_rate", "1.5件", 1.5),
    ("exit_date", 47208.0, date(2029, 3, 31)),
)
GATES = (
    ("当初予算", "request_by", "10月20日", "10-20"),
    ("6月補正", "request_by", date(2026, 5, 8), "05-08"),
    ("6月補正", "available", "7/1", "07-01"),
)


def test_a_sheet_that_nobody_has_touched_says_nothing(tmp_path, form, town):
    hearing = heard(tmp_path, form.data)
    assert (hearing.answers, hearing.unknown, hearing.asides) == ((), (), ())
    base = hearing.base
    assert (base.kind, base.code, base.basis) == (CITY, "172031", town.basis)
    assert base.fingerprint == town.fingerprint()
    assert base.values[Place("values", "", "migration_yen")] == town.number("migration_yen")
    assert base.values[Place("lots", "ロット1", "systems")] == town.lots[0].businesses


def test_forty_answers_are_these_forty(tmp_path, form, forty):
    cells, wanted = forty
    assert len(wanted) == 40 - 1
    cells = (
        cells
        | answered("E001", "市長選挙", "選挙の名(回答)")
        | {("E001", "投票日(回答)"): "R9.11.14"}
    )
    hearing = heard(tmp_path, form.fill(cells))
    wanted = wanted | {
        Place("elections", "新1", WHOLE): {"name": "市長選挙", "day": date(2027, 11, 14)}
    }
    origin = date(2026, 4, 1), "職員配置表", "B"
    assert said(hearing) == {place: (value, *origin) for place, value in wanted.items()}
    assert {answer.file for answer in hearing.answers} == {"x.xlsx"}


def test_rows_are_found_wherever_they_stand(tmp_path, inquiry):
    """Sorted, filtered, with rows and columns inserted, saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(inquiry.data))
    sheet = book["照会"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(2)]
    for row, values in enumerate(sorted(rows, key=lambda row: str(row[2])), 2):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
    sheet.insert_rows(1, 2)
    sheet.insert_rows(6)
    sheet.insert_cols(3)
    sheet.insert_cols(1)
    sheet.row_dimensions[8].hidden = True
    at = next(row for row in sheet.iter_rows() if row[4].value == "ベンダの提示日")[0].row
    for column, value in enumerate(("２０２８年５月８日", date(2026, 4, 1), "回答書"), 9):
        sheet.cell(at, column).value = value
    hearing = heard(tmp_path, saved(book))
    assert said(hearing) == {
        Place("lots", "ロット1", "offered"): (date(2028, 5, 8), date(2026, 4, 1), "回答書", "M")
    }
    assert hearing.answers[0].at.cell == f"I{at}"
    assert (hearing.base.kind, hearing.base.vendor) == (VENDOR_SHEET, "ロット1")


def saved(book):
    """A workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_nobody_knows_is_asked_on_a_day_and_wants_no_source(tmp_path, form, asked):
    id = id_of(asked, "values", "running_yen")
    cells = {(id, "回答"): "不明", (id, AS_OF): "2026/11/1", (id, NOTE): "財政課に照会"}
    hearing = heard(tmp_path, form.fill(cells))
    assert not hearing.answers
    (unknown,) = hearing.unknown
    assert unknown.place == Place("values", "", "running_yen")
    assert (unknown.as_of, unknown.note) == (date(2026, 11, 1), "財政課に照会")


def test_no_answer_enters_without_day_and_source(tmp_path, form, asked):
    one, two = id_of(asked, "values", "running_yen"), id_of(asked, "values", "link_yen")
    cells = {(one, "回答"): "900万", (two, "回答"): "同左", (two, AS_OF): "2026/4/1"}
    told = faults(tmp_path, form.fill(cells))
    named = [(one, AS_OF), (one, SOURCE), (two, SOURCE)]
    cells = {"x.xlsx {}!{} {}".format(*form.spots[at], at[1]) for at in named}
    assert {fault.split("が")[0] for fault in told} == cells and len(told) == 3


def test_ditto_is_the_row_above(tmp_path, form):
    cells = answered("K001", 20.0) | {("K002", "回答"): 21.0, ("K002", AS_OF): "同上"}
    cells |= {("K002", SOURCE): "〃"}
    _, second = heard(tmp_path, form.fill(cells)).answers
    assert (second.as_of, second.source, second.grade) == (date(2026, 4, 1), "職員配置表", "M")


# --- lots and lists -------------------------------------------------------------------------------
def test_a_lot_is_named_by_its_rows(tmp_path, form, town):
    cells = {}
    for id in ("S003", "S004"):
        cells |= answered(id, "税ロット", LOT)
    cells |= {("S003", VENDOR): "甲社", ("S004", VENDOR): "甲社"}
    hearing = heard(tmp_path, form.fill(cells))
    found = {place: value for place, (value, *_) in said(hearing).items()}
    rest = tuple(b for b in town.lots[1].businesses if b not in ("固定資産税", "個人住民税"))
    assert found == {
        Place("lots", "税ロット", "vendor"): "甲社",
        Place("lots", "税ロット", "systems"): ("固定資産税", "個人住民税"),
        Place("lots", "ロット2", "systems"): rest,
    }


def test_rows_of_one_lot_that_disagree_are_a_fault(tmp_path, form):
    cells = answered("S003", "甲社", VENDOR) | answered("S004", "乙社", VENDOR)
    (fault,) = faults(tmp_path, form.fill(cells))
    assert "{}!{}".format(*form.spots["S003", VENDOR]) in fault
    assert "{}!{}".format(*form.spots["S004", VENDOR]) in fault and "甲社" in fault


def test_a_vendor_of_a_system_without_lot_is_told_and_not_used(tmp_path, form):
    hearing = heard(tmp_path, form.fill(answered("S019", "甲社", VENDOR)))
    assert not hearing.answers
    assert "「戸籍」は移行ロットに入っていない" in hearing.asides[0]


def test_a_day_that_cannot_be_is_a_fault(tmp_path, form, town):
    since = "稼働した日(回答)"
    cells = answered("S001", "稼働", STATE) | {("S001", since): date(2026, 9, 1)}
    cells |= answered("S003", date(2026, 5, 7), OFFER)
    told = faults(tmp_path, form.fill(cells))
    for fault, at, why in zip(
        told,
        ("S001", "S003"),
        ("いつの値(2026-04-01)より後", f"基準日({town.basis})より前"),
        strict=True,
    ):
        head = since if at == "S001" else OFFER
        assert "{}!{} ".format(*form.spots[at, head]) in fault and why in fault


def test_an_entry_of_a_list_is_whole_or_a_fault(tmp_path, form):
    cells = answered("G001", "業務委託", "形態(回答)") | {("G001", "人数(回答)"): 2.0}
    (fault,) = faults(tmp_path, form.fill(cells))
    assert "いつから・いつまで" in fault
    cells |= {("G001", "いつから(回答)"): "R9.4.1", ("G001", "いつまで(回答)"): "R8.4.1"}
    (fault,) = faults(tmp_path, form.fill(cells))
    assert "より前です" in fault


@pytest.mark.rest
def test_a_known_entry_keeps_what_is_not_said(tmp_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("params")
    city = load_city("122033", folder)  # of whom the figures say that a CIO補佐官 is there
    assert city.engagements
    form = Form(hearing_bytes(city))
    hearing = heard(tmp_path, form.fill(answered("G001", "2029/3/31", "いつまで(回答)")))
    (answer,) = hearing.answers
    first = city.engagements[0]
    assert answer.place == Place("engagements", "1", WHOLE)
    assert answer.value == {
        "form": first.form,
        "people": first.people,
        "from": first.start,
        "until": date(2029, 3, 31),
    }
    hearing = heard(tmp_path, form.fill(answered("G001", "なし", "人数(回答)")))
    assert [answer.value for answer in hearing.answers] == [None]
    assert hearing.base.values[answer.place]["until"] == first.until


# --- files that are none --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content, why",
    [
        ("団体コード,値\n172031,1\n".encode("cp932"), "_dxplan"),
        (b"<html><body>404</body></html>", "HTML"),
        (b"", "空のファイル"),
        (b"PK\x03\x04broken", "壊れています"),
    ],
)
def test_what_is_no_hearing_is_refused_in_a_sentence(tmp_path, content, why):
    (fault,) = faults(tmp_path, content)
    assert fault.startswith("x.xlsx") and why in fault and fault.endswith("。")


def test_a_changed_sheet_of_ids_is_refused(tmp_path, form):
    for old, new in ((b"migration_yen", b"nothing_yen"), (b"2026-11-23", b"2026-99-99")):
        data = replaced(form.data, "xl/sharedStrings.xml", old, new)
        (fault,) = faults(tmp_path, data)
        assert "書き換えられています" in fault


def replaced(data, entry, old, new):
    """A workbook with another text in one of its entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new) if name == entry else content)
    return out.getvalue()


def test_two_municipalities_are_not_read_at_once(tmp_path, form, tmp_path_factory):
    city = load_city("162019", tmp_path_factory.mktemp("params"))
    name, lots = next(iter(vendor_lots(city).items()))
    for file, data in (("a.xlsx", form.data), ("b.xlsx", inquiry_bytes(city, name, lots))):
        (tmp_path / file).write_bytes(data)
    with pytest.raises(ParamError, match="162019、172031"):
        load_hearings([tmp_path / "a.xlsx", tmp_path / "b.xlsx"], TODAY)


def test_a_lost_heading_a_lost_number_and_a_lost_row_of_heads_are_told(tmp_path, inquiry):
    book = openpyxl.load_workbook(io.BytesIO(inquiry.data))
    sheet = book["照会"]
    sheet["A2"].value, sheet["G2"].value = "V999", "甲社"
    sheet["G30"].value = "甲社"
    sheet["I1"].value = "根拠"
    sheet["G3"].value, sheet["H3"].value = "不明", date(2026, 4, 1)
    book["足りない機能"].delete_rows(1)
    told = "\n".join(faults(tmp_path, saved(book)))
    for said in ("照会!G2 番号「V999」", "照会!G30 番号がない", "足りない機能!A1 「番号」で始まる"):
        assert said in told
    assert "照会!A1 「出典」という見出しの列がありません" in told and IDS not in told


def test_what_a_vendor_answers_is_read(tmp_path, inquiry):
    cells = answered("V001", "甲社") | answered("V004", "データの確定が2028年1月まで")
    cells |= answered("V005", "120万円/月") | answered("V006", "8名") | answered("V007", 2.0)
    cells |= answered("F001", "ロット1", "ロット(回答)")
    cells |= {
        ("F001", "足りない機能(回答)"): "様式の一括出力",
        ("F001", "提供できる日(回答)"): "R10.9末日",
    }
    cells |= answered("W001", "ロット1", "ロット(回答)")
    cells |= {
        ("W001", "団体に求めること(回答)"): "外字の確定",
        ("W001", "いつまでに(回答)"): "不明",
    }
    (fault,) = faults(tmp_path, inquiry.fill(cells))
    assert "「R10.9末日」は日付" in fault
    cells["F001", "提供できる日(回答)"] = "R10.9.30"
    hearing = heard(tmp_path, inquiry.fill(cells))
    lack = {
        "lot": "ロット1",
        "function": "様式の一括出力",
        "by": date(2028, 9, 30),
        "instead": None,
    }
    want = {"lot": "ロット1", "what": "外字の確定", "by": None}
    assert {place: value for place, (value, *_) in said(hearing).items()} == {
        Place("lots", "ロット1", "vendor"): "甲社",
        Place("lots", "ロット1", "depends"): "データの確定が2028年1月まで",
        Place("lots", "ロット1", "extension_yen"): 1200000.0,
        Place("vendors", "ロット1", "people"): 8.0,
        Place("vendors", "ロット1", "lots_at_once"): 2.0,
        Place("lacks", "新1", WHOLE): lack,
        Place("wants", "新1", WHOLE): want,
    }
    assert [unknown.place.name for unknown in hearing.unknown] == ["by"]


# --- the corpus of faults -------------------------------------------------------------------------
FAULTS = (  # what is asked (or the number of the row), heading of the wrong cell, what stands there
    ("sections staff 市民課", "回答", "約12人"),
    ("sections staff 税務課", "回答", "12〜15"),
    ("sections staff 保険年金課", "回答", "△5"),
    ("sections staff 介護保険課", "回答", 99999.0),
    ("sections staff 健康課", "回答", "#N/A"),
    ("sections staff 子ども課", "回答", "=1+1"),
    ("sections staff 学校教育課", "回答", "なし"),
    ("values migration_yen", "回答", "三千万"),
    ("values running_yen", "回答", "1億2万3億"),
    ("values parallel_months", "回答", "1年"),
    ("values leave_rate", "回答", 0.2),
    ("values daily_share", "回答", "120%"),
    ("values promotion_other", "回答", "5人月"),
    ("values change_share", "回答", "同上"),
    ("values target_date", "回答", "2026/2/30"),
    ("values strategy", "回答", "二刀"),
    ("values newcomer_months", "回答", 2.5),
    ("gates request_by 当初予算", "回答", "13/45"),
    ("gates request_by 6月補正", "回答", "2月30日"),
    ("gates available 6月補正", "回答", "年度末"),
    ("S001", STATE, "済み"),
    ("S002", "稼働した日(回答)", "2026/2/30"),
    ("S003", OFFER, "8.10.1"),
    ("S004", OFFER, "令和8年度"),
    ("S005", OFFER, "2040/1/1"),
    ("S006", "現行契約の終わり(回答)", "46478年"),
    ("S008", "完了したステップ(回答)", 41.0),
    ("S009", "完了したステップ(回答)", 12.5),
    ("S010", VENDOR, "\ue000社"),
    ("S011", "提示の確かさ(回答)", "たぶん"),
    ("S012", "移行の契約(回答)", "はい"),
    ("S013", "切替予定日(回答)", "同左"),
    ("E001", "投票日(回答)", "来年春"),
    ("offices name 財政課", AS_OF, "2062/4/1"),
    ("offices name 人事課", AS_OF, "去年"),
    ("offices name 契約課", AS_OF, ""),
    ("offices name 法制", SOURCE, ""),
    ("offices name 情報政策課", GRADE, "D"),
    ("offices name 市民課", SOURCE, "\u202e文書"),
    ("offices name 総務課", AS_OF, "=TODAY()"),
)


def planted(form, asked, chosen):
    """A sheet with some faults, and the cells that are wrong."""
    cells, wrong = {}, set()
    for what, head, value in chosen:
        id = id_of(asked, *what.split()) if " " in what else what
        of_origin = head in ORIGIN
        cells |= answered(id, "企画課" if of_origin else value, "回答" if of_origin else head)
        cells[id, head] = value
        wrong.add("{}!{}".format(*form.spots[id, head]))
    return form.fill({at: value for at, value in cells.items() if value != ""}), wrong


def test_every_kind_of_fault_is_told_with_its_cell(tmp_path, form, asked):
    data, wrong = planted(form, asked, FAULTS)
    told = faults(tmp_path, data)
    assert len(told) == len(FAULTS)
    assert {fault.split(" ")[1] for fault in told} == wrong
    assert all(fault.endswith("。") for fault in told)


@pytest.mark.rest
def test_forty_sheets_with_a_hundred_and_twenty_faults(tmp_path, form, asked):
    pick = random.Random(16)
    planted_faults, named = 0, set()
    paths = []
    for number in range(40):
        data, wrong = planted(form, asked, pick.sample(FAULTS, 3))
        paths.append(tmp_path / f"{number:02}.xlsx")
        paths[-1].write_bytes(data)
        planted_faults += len(wrong)
        named |= {f"{number:02}.xlsx {cell}" for cell in wrong}
    with pytest.raises(ParamError) as told:
        load_hearings(paths, TODAY)
    assert planted_faults == 120 == len(told.value.faults)
    assert {" ".join(fault.split(" ")[:2]) for fault in told.value.faults} == named


@pytest.mark.rest
def test_nothing_differs_after_libreoffice(resaved, forty, form, tmp_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("params")
    files = {f"{code}.xlsx": hearing_bytes(load_city(code, folder)) for code in CITIES}
    cells, wanted = forty
    paths = resaved(files | {"filled.xlsx": form.fill(cells)})
    for path in paths[:-1]:
        (hearing,) = load_hearings([path], TODAY)
        assert (hearing.answers, hearing.unknown, hearing.asides) == ((), (), ()), path.name
        assert hearing.base.values == heard(tmp_path, files[path.name]).base.values
    for path in (paths[-1], *resaved({"filled.xlsx": form.fill(cells)}, "ods")):
        (hearing,) = load_hearings([path], TODAY)
        assert {answer.place: answer.value for answer in hearing.answers} == wanted


def test_the_ids_are_those_of_the_topics(tmp_path, form, asked, town):
    assert asked == topics(town)
    places = {
        blank.place for topic in asked for line in topic.lines for blank in line.blanks if blank
    }
    assert places <= set(heard(tmp_path, form.data).base.values)
