"""What the report says, and the notebooks that say it."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from dxplan.press.batch import Job, run_batch
from dxplan.press.country.measure import measure_fault
from dxplan.reports import EFFORT
from dxplan.show import agenda, labels, report
from dxplan.show.state import age_text
from tests.plans import QUICK

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REPORT = ROOT / "notebooks" / "60_report.ipynb"


def test_the_headline_holds_text_with_title_and_foot_and_the_measures(whole):
    entries = dict(report.page_headline(whole)._repr_mimebundle_()[report.MIME])
    cutovers = entries.pop("cutovers")
    assert measure_fault(entries.pop("measures")) == ""
    assert {
        "変革人材",
        "職員だけで運営できる時期",
        "外部人材の終了",
        "今より増える費用",
        "うち実質負担",
    } <= set(entries)
    assert {
        "title",
        "foot",
        "状況",
        report.STATE,
        "移行ロット",
        report.OUTLOOK,
        report.CHANCE,
        report.QUESTIONS,
        report.CAUSE,
    } <= set(entries)
    assert not {"最後の稼働", "期限までの余裕", "期限後のシステム数", "試算の精度"} & set(entries)
    assert all(isinstance(text, str) and text for text in entries.values())
    moved = sum(row["systems"] for row in cutovers)
    assert moved == whole.pmo.lots["systems"].sum() + whole.pmo.lots["common"].sum()
    assert {row["code"] for row in cutovers} == {whole.city.code}
    assert repr(report.page_headline(whole)) == ""


def test_the_measures_are_the_plan_itself_and_agree_with_the_words(wholes):
    for plan in wholes.values():
        found = {row["measure"]: row for row in report.measures(plan)}
        words, year = report.headlines(plan), plan.budget.year
        assert (
            found["new_cost"]["value"] == year["new"].sum()
            and found["burden"]["value"] == year["new_net"].sum()
        )
        states = Counter(system.state.value for system in plan.city.systems)
        value = {name: row["value"] for name, row in found.items()}
        assert value["situation"] == plan.city.situation
        assert words["状況"] == labels.word_of("situation", plan.city.situation)
        assert (value["systems_live"], value["systems_presumed"], value["systems_pending"]) == (
            states["live"],
            states["presumed"],
            states["late"],
        )
        assert value["systems_pending_with_common"] == len(plan.pmo.cutover)
        assert value["systems_in_scope"] == 20 - states["out"]
        assert words[report.STATE].startswith(f"未移行{value['systems_pending']}")
        assert words["移行ロット"] == f"{value['lots']}件"
        assert value["systems_unsure"] == sum(system.unsure for system in plan.city.movable)
        assert value["population"] == plan.city.facts.population
        assert {row["column"] for row in found.values() if "column" in row} <= set(words)
        json.dumps(list(found.values()), allow_nan=False)


def test_what_is_seen_of_the_last_lot_is_its_median_quarter_and_its_chance(wholes):
    for plan in wholes.values():
        found = {row["measure"]: row["value"] for row in report.measures(plan)}
        words = report.headlines(plan)
        if plan.pmo.done:
            assert found["last_p50"] is found["chance_by_end"] is None
            continue
        row = plan.pmo.told.last.iloc[0]
        first = date.fromisoformat(found["last_p50"])
        assert (first.day, first.month % 3) == (1, 1)
        assert labels.quarter_text(first) == labels.quarter_text(row["p50"])
        assert words[report.OUTLOOK].startswith(
            labels.quarters_text(row["p50_from"], row["p50_to"])
        )
        assert 1 <= found["chance_by_end"] <= 99
        assert words[report.CHANCE].startswith(str(found["chance_by_end"]))


def test_no_measure_keeps_a_name_whose_meaning_is_gone(wholes):
    names = {row["measure"] for plan in wholes.values() for row in report.measures(plan)}
    assert not names & {"last_go_live", "spare_weeks", "systems_after_end", "roadmap_gap"}


def test_each_situation_has_its_words_in_the_headline(wholes):
    said = {name: report.headlines(plan) for name, plan in wholes.items()}
    assert (
        said["done"][report.OUTLOOK] == "移行の残りなし"
        and said["done"][report.CHANCE] == "該当なし"
    )
    assert said["asked"][report.OUTLOOK] == said["asked"][report.CHANCE] == report.OPEN
    assert said["asked"][report.QUESTIONS] == "20システム"
    assert (
        said["mid"]["状況"] == "移すロットと要確認あり"
        and said["village"]["状況"] == "移すロットあり"
    )


def test_each_measure_has_its_unit_date_source_and_grade(whole):
    for row in report.measures(whole):
        assert (
            row["unit"]
            and date.fromisoformat(row["as_of"])
            and row["source"]
            and row["grade"] in labels.words_of("grade")
        )
    watched = [row for row in report.measures(whole) if "watch" in row]
    assert [row["measure"] for row in watched] == ["systems_pending"]
    assert watched[0]["watch"]["over"] == 0


def test_the_foot_says_which_inputs_made_the_plan_and_how_each_part_was_solved(whole):
    foot, city = report.foot(whole), whole.city
    assert city.fingerprint() in foot and city.slug in foot and "計算の版" in foot
    assert "人材 " in foot and "研修 " in foot and "移行 " not in foot


def test_the_decisions_of_all_plans_are_five_dates_in_order_on_open_days(wholes):
    for whole in wholes.values():
        days = [
            date.fromisoformat(d)
            for d in re.findall(r'datetime="([^"]+)"', report.decision_days(whole).html())
        ]
        assert 1 <= len(days) <= agenda.NEXT
        assert days == sorted(set(days))
        assert days[0] >= whole.city.start


def test_what_is_decided_on_one_day_stands_in_one_entry(whole):
    items = re.findall(r"<li>(.*?)</li>", report.decision_days(whole).html())
    assert any("の手続を始める" in item for item in items)


def test_the_next_decisions_are_five_dates_in_order_and_not_past(plan):
    days = re.findall(r'datetime="([^"]+)"', report.decision_list(plan).html())
    assert len(days) == agenda.NEXT and days == sorted(days)
    assert date.fromisoformat(days[0]) >= plan.city.start


def test_a_variant_says_who_agreed_what_when_and_why(plan):
    city = replace(
        plan.city,
        base="172031",
        who="情報政策課<script>",
        when=date(2026, 12, 1),
        why="提示日を置く",
    )
    text = report.title_heading(replace(plan, city=city)).html()
    assert "変更案" in text
    assert "情報政策課&lt;script&gt;" in text
    assert "令和8年12月1日" in text
    assert "提示日を置く" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_stripped_with_named_cells(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z\-]+", cell.id)
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)


def _pages(path, out, *slugs):
    """The page that the press makes of a notebook for each city, at quick effort."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EFFORT, QUICK)
        outcomes = run_batch(
            path, [Job(slug, "題") for slug in slugs], out, 1, lambda outcome: None
        )
    assert all(outcome.ok for outcome in outcomes), [outcome.error for outcome in outcomes]
    return [(out / outcome.page).read_text(encoding="utf-8") for outcome in outcomes]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The report of a village with a lot, of a town without, and of one with questions alone."""
    slugs = ("216046", "014231", "155861")
    return dict(zip(slugs, _pages(REPORT, tmp_path_factory.mktemp("printed"), *slugs)))


@pytest.mark.parts
def test_the_report_makes_a_page(tmp_path):
    """That every other notebook makes one, too, is proved where all of them run."""
    (page,) = _pages(REPORT, tmp_path, "216046")
    assert "白川村" in page and page.count("<h1") == 1 and "Traceback" not in page


@pytest.mark.rest
def test_the_report_of_a_city_without_lots_says_so_calmly_or_has_no_such_chapter(printed):
    asked = re.search(r"移行のロードマップ</h2>(.*?)<h2", printed["155861"], re.DOTALL)[1]
    assert "要確認のシステムの状態で決まる" in asked
    assert "該当なし。" not in asked and "<svg" not in asked
    done = printed["014231"]
    assert "移行のロードマップ" not in done and '<p class="none">' not in done
    assert "移行の残りはない" in done and "運用経費・契約と予算</h2>" in done


@pytest.mark.rest
def test_the_page_of_a_client_holds_no_status_of_the_roadmap_and_no_day_of_a_cutover(
    printed, wholes
):
    page = printed["216046"]
    assert "これより良い切替の組合せがない" not in page and "試算の精度 移行" not in page
    lot = wholes["village"].pmo.lots
    for day in {*lot["live"], *lot["cutover"], *lot["closure_end"]}:
        assert labels.date_text(day) not in page and day.isoformat() not in page


@pytest.mark.rest
def test_the_report_repeats_its_bytes(printed, tmp_path):
    assert _pages(REPORT, tmp_path, "216046") == [printed["216046"]]


def test_published_values_that_are_two_editions_old_are_told_on_the_first_page(plan):
    text = report.summary_text(plan).html()
    told = "住民基本台帳人口(令和5年1月1日時点)ほか4つの値が公表2回分以上古い。"
    assert told in text and len(age_text(plan.city)) < 60
    values = dict(plan.city.values)
    (basis,) = values["basis_date"]
    values["basis_date"] = (replace(basis, value=date(2024, 7, 31)),)
    assert age_text(replace(plan.city, values=values)) == ""


def test_the_conditions_are_a_table_too_where_there_is_room(wholes):
    plan = wholes["mid"]
    for count in range(1, 5):
        lots = pd.concat([plan.pmo.lots.head(1)] * count)
        few = replace(plan, pmo=replace(plan.pmo, lots=lots))
        tables = report.why_section(few).html().count("<table")
        assert tables == (1 if count <= 2 else 0), count


def test_a_variant_is_called_a_change_with_who_wants_it_and_since_when(whole):
    name = "計画の種類"
    assert dict(report._plan_pairs(whole))[name].startswith("公表値と標準値")
    told = replace(whole.city, when=date(2026, 11, 20), why="庁内会議", who="DX推進課")
    kind = dict(report._plan_pairs(replace(whole, city=told)))[name]
    assert kind == f"変更案 {told.slug}: 庁内会議(DX推進課、令和8年11月20日)"
