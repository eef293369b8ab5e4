"""The papers of real plans: whole, with the plan's sums, without a day that nobody has decided."""

import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

from dxplan.export.sheet import HEAD
from dxplan.papers.books import Paper, _sheet_name, load_papers, paper_bytes, paper_files
from dxplan.papers.forms import THOUSAND, TOTAL
from dxplan.papers.material import Material
from dxplan.plan.costs import OPERATED
from dxplan.show import labels
from dxplan.town.edition import Edition
from tests.papers.conftest import CITIES

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
DAY = re.compile(r"\d+月\d+日")
ALL = ["mid", "village", "done"]
PAPERS = {paper.paper: paper for paper in load_papers()}


def words(table):
    """All texts of a sheet, with its title; the note tells the plan's day alone."""
    texts = [table.title]
    for column in table.frame:
        texts += [labels.value_text(column, value) for value in table.frame[column]]
    return "\n".join(texts)


def rows_of(table, part):
    return table.frame[table.frame["group"] == part]


def total_of(rows):
    """The amount in the row of the sum; 0 where there is none."""
    if "paper_yen" not in rows:
        return 0
    last = rows.loc[rows["what"] == TOTAL, "paper_yen"]
    return int(last.iloc[0].replace(",", "")) if len(last) else 0


def test_a_sheet_has_a_name_that_excel_takes_once():
    used = set()
    names = [
        _sheet_name(text, used) for text in ("a/b:c*[1]?'\\", "A b c  1", "長" * 40, "長" * 41)
    ]
    assert len({name.casefold() for name in names}) == 4
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)


@pytest.mark.rest
@pytest.mark.parametrize("city", ALL)
def test_every_lot_and_every_initiative_has_its_sheet_with_its_money(written, materials, city):
    plan, sheets = materials[city].plan, written[city, "project"]
    row = plan.portfolio.row
    taken = row[row["state"].isin(["chosen", "running"])]
    assert len(sheets) == 1 + max(1, len(plan.pmo.lots)) + max(1, len(taken))
    item = plan.budget.item
    for lot in plan.pmo.lots.itertuples():
        table = sheets[lot.lot]
        assert table.title == f"事業個票 {lot.title}"
        parts = set(table.frame["group"])
        wanted = "目的 範囲 体制 工程 費用と財源 KPI リスク 判定基準 切戻し"
        assert set(wanted.split()) <= parts
        yen = item.loc[(item["group"] == "migration") & (item["item"] == lot.title), "yen"].sum()
        assert total_of(rows_of(table, "費用と財源")) == yen // THOUSAND
    by_title = {table.title: table for table in sheets.values()}
    for one in taken.itertuples():
        table = by_title[f"事業個票 {one.name}"]
        assert set("目的 範囲 体制 工程 費用と財源 KPI リスク 判定基準".split()) <= set(
            table.frame["group"]
        )
        yen = item.loc[item["item"].isin([one.name, f"{one.name}{OPERATED}"]), "yen"].sum()
        assert total_of(rows_of(table, "費用と財源")) == yen // THOUSAND
        pilot = one.template in ("SaaS", "内製")
        assert pilot == bool(len(rows_of(table, "やめる条件")))
        assert (one.template in ("構築", "基盤")) == bool(len(rows_of(table, "切戻し")))


@pytest.mark.rest
@pytest.mark.parametrize("city", ALL)
def test_the_request_papers_add_up_to_the_budget(written, materials, city):
    plan, sheets = materials[city].plan, written[city, "request"]
    years = sheets["年度比較"].frame
    told = years.groupby("fiscal")["total"].sum()
    yen = plan.budget.year.set_index("fiscal")["yen"] // THOUSAND
    assert told.to_dict() == yen[yen > 0].to_dict()
    assert (years["total"] == years[["subsidy", "bond", "general"]].sum(axis=1)).all()
    forms = [table for table in sheets.values() if "事業概要書" in table.title]
    whole = sum(total_of(rows_of(table, "前年度比")) for table in forms)
    assert whole == plan.budget.item["yen"].sum() // THOUSAND
    for table in forms:
        parts = set("必要性 効果 積算 財源 債務負担行為 前年度比".split())
        assert parts <= set(table.frame["group"])
        assert total_of(rows_of(table, "積算")) == total_of(rows_of(table, "財源"))
    whole = years.dropna(subset=["paper_before"])
    assert (whole["total"] - whole["paper_before"] == whole["paper_more"]).all() and len(whole)


@pytest.mark.rest
@pytest.mark.parametrize("city", ["mid", "village", "known"])
def test_a_cutover_that_nobody_has_decided_has_no_day(written, materials, city):
    lots = materials[city].plan.pmo.lots
    for lot in lots.itertuples():
        notice, project = written[city, "notice"][lot.lot], written[city, "project"][lot.lot]
        tender = written[city, "tender"][f"RFP {lot.lot}"]
        days = {labels.date_text(day) for day in (lot.live, lot.cutover, lot.closure_end)}
        days.add(labels.run_text(lot.cutover, lot.closure_end))
        if lot.decided:
            day = labels.day_text(lot.live)
            assert all(day in words(one) for one in (notice, project, tender))
            continue
        for one in (notice, project, tender):
            assert not any(day in words(one) for day in days), one.title
        assert not DAY.search(words(notice)) and "四半期" in words(notice)
    assert set(lots["decided"]) == ({True, False} if city == "known" else {False})


@pytest.mark.rest
@pytest.mark.parametrize("city", ALL)
def test_a_blank_says_what_to_enter_and_no_text_is_left_unfilled(written, city):
    for paper in PAPERS:
        for name, table in written[city, paper].items():
            text = words(table)
            assert not re.search(r"\bnan\b|\bNone\b|\{\w+\}|dxplan", text), (paper, name)
            if "paper_enter" in table.frame:
                blank = table.frame[table.frame["content"] == ""]
                named = (blank["paper_enter"] != "") | (blank["what"] == TOTAL)
                assert named.all(), (paper, name)


@pytest.mark.rest
@pytest.mark.parametrize("city", ALL)
def test_papers_for_others_hold_no_price_and_no_load_of_people(written, city):
    for paper in ("tender", "recruit", "notice"):
        for table in written[city, paper].values():
            assert not re.search(r"円|FTE|人月", words(table)), table.title


@pytest.mark.rest
@pytest.mark.parametrize("city", ALL)
def test_the_next_meeting_has_what_falls_due_until_the_one_after_it(written, materials, city):
    plan = materials[city].plan
    table = next(iter(written[city, "meeting"].values()))
    held = plan.governance.meeting
    monthly = held[held["meeting"].isin(["joint", "issue"])]["day"].tolist()
    assert f"({labels.day_text(monthly[0])})" in table.title
    facts = materials[city].whole
    assert facts["next_day"] == labels.day_text(monthly[1])
    row = plan.portfolio.row
    first = row.loc[row["state"] == "chosen", "request_by"].min()
    told = [entry.what for entry in (*facts["due"], *facts["ahead"])]
    assert (labels.day_text(first) in told) == (first <= monthly[2])
    parts = list(dict.fromkeys(table.frame["group"].str.partition(" ")[0]))
    assert parts == [str(number) for number in range(1, 11)]


@pytest.mark.rest
def test_the_tool_is_held_against_the_plan(written, materials):
    plan, sheets = materials["known"].plan, written["known", "check"]
    system, step = (sheets[name].frame for name in ("業務", "40ステップ"))
    assert len(system) == 21 and len(step) == 40 * len(plan.pmo.lots)
    rows = system.set_index("business")
    lot = plan.pmo.lots[plan.pmo.lots["decided"]].iloc[0]
    day = labels.day_text(lot["live"])
    assert (
        rows.at["固定資産税", "paper_day"] == day and rows.at["固定資産税", "paper_gap"] == "一致"
    )
    assert f"{day}を入れる" in rows.at["固定資産税", "paper_tool"]
    other = rows.loc["住民基本台帳"]
    assert other["paper_day"] == "" and "予定の日を入れない" in other["paper_tool"]
    last = step[(step["lot"] == lot["lot"]) & (step["no"] == 36)].iloc[0]
    assert "を入れる" in last["paper_tool"] and DAY.search(last["paper_told"])


@pytest.mark.rest
def test_an_edition_has_the_papers_that_its_reader_may_see(materials):
    plan = materials["village"].plan
    city = replace(plan.city, edition=Edition("public", "公開版"))
    names = [name for name, _, _ in paper_files(replace(plan, city=city))]
    slug = f"{CITIES['village']}.公開版"
    assert names == [f"papers/{slug}-{paper}.xlsx" for paper in ("recruit", "notice")]


@pytest.mark.rest
def test_the_same_plan_gives_the_same_bytes_set_up_for_print(materials):
    plan = materials["village"].plan
    for paper in PAPERS.values():
        data = paper_bytes(materials["village"], paper)
        assert data == paper_bytes(Material(plan), paper), paper
        for sheet in openpyxl.load_workbook(BytesIO(data)).worksheets:
            assert sheet.page_setup.paperSize in ("8", "9", 8, 9)
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert all(part.max_row <= HEAD for part in sheet.merged_cells.ranges)
            if sheet.max_row > HEAD + 1:
                assert sheet.freeze_panes and sheet.print_title_rows == f"${HEAD + 1}:${HEAD + 1}"


@pytest.mark.rest
def test_libreoffice_opens_a_request_paper(materials, written, tmp_path):
    if not OFFICE:
        pytest.skip("LibreOffice がないので、開けるかの確認を省きます")
    paper: Paper = PAPERS["request"]
    path = tmp_path / "paper.xlsx"
    path.write_bytes(paper_bytes(materials["done"], paper))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    again = tmp_path / "again"
    command = [OFFICE, home, "--headless", "--convert-to"]
    for form, folder, file in (("ods", tmp_path, path), ("xlsx", again, path.with_suffix(".ods"))):
        words = [*command, form, "--outdir", folder, file]
        subprocess.run(words, check=True, capture_output=True, timeout=120)
    book = openpyxl.load_workbook(again / "paper.xlsx")
    assert book.sheetnames == list(written["done", "request"])
    yen = [row[2].value for row in book["年度比較"].iter_rows(min_row=HEAD + 2)]
    assert yen == written["done", "request"]["年度比較"].frame["total"].tolist()
