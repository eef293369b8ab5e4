"""What the report says, and the notebooks that say it."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import nbformat
import pytest

from dxplan.press.batch import Job, run_batch
from dxplan.press.measure import measure_fault
from dxplan.show import labels, report

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_headline_holds_text_with_title_and_foot_and_the_measures(whole, why):
    entries = dict(report.page_headline(whole, why)._repr_mimebundle_()[report.MIME])
    assert measure_fault(entries.pop("measures")) == ""
    assert {"変革人材", "自走する月", "外部人材の終了", "費用", "一般財源"} <= set(entries)
    assert {"title", "foot", "未移行システム", "最後の稼働", "期限までの余裕", "期限後のシステム数", report.CAUSE, "計算の状態"} <= set(entries)
    assert all(isinstance(text, str) and text for text in entries.values())
    assert repr(report.page_headline(whole, why)) == ""


def test_the_measures_are_the_plan_itself_and_agree_with_the_words(wholes):
    for plan in wholes.values():
        found = {row["measure"]: row for row in report.measures(plan)}
        words, sure = report.headlines(plan), plan.budget.sure
        assert found["cost"]["value"] == sure["yen"].sum() and found["general_revenue"]["value"] == sure["general"].sum()
        assert found["systems_pending"]["value"] == len(plan.pmo.cutover)
        assert words["未移行システム"] == f"{found['systems_pending']['value']}/{found['systems_in_scope']['value']}システム"
        last = None if plan.pmo.done else plan.pmo.finish.isoformat()
        assert found["last_go_live"]["value"] == last and found["population"]["value"] == plan.city.facts.population
        assert {row["column"] for row in found.values() if "column" in row} <= set(words)
        json.dumps(list(found.values()), allow_nan=False)


def test_each_measure_has_its_unit_date_source_and_grade(whole):
    for row in report.measures(whole):
        assert row["unit"] and date.fromisoformat(row["as_of"]) and row["source"] and row["grade"] in labels.GRADES
    watched = [row for row in report.measures(whole) if "watch" in row]
    assert [row["measure"] for row in watched] == ["systems_after_end"] and watched[0]["watch"]["over"] == 0


def test_the_foot_says_which_inputs_made_the_plan_and_how_each_part_was_solved(whole):
    foot, city = report.foot(whole), whole.city
    assert city.fingerprint() in foot and city.slug in foot and "dxplan" in foot
    for part in ("移行 ", "人材 ", "研修 "):
        assert part in foot


def test_the_report_says_the_status_of_each_calculation(whole):
    text = report.status_list(whole).html()
    assert text.count("計算の状態") == 3 and text.count("<h3>") == 3


def test_the_decisions_of_all_plans_are_five_dates_in_order_on_open_days(wholes):
    for whole in wholes.values():
        days = [date.fromisoformat(d) for d in re.findall(r'datetime="([^"]+)"', report.decisions_list(whole).html())]
        assert 1 <= len(days) <= report.NEXT and days == sorted(set(days)) and days[0] >= whole.city.start


def test_what_is_decided_on_one_day_stands_in_one_entry(whole):
    items = re.findall(r"<li>(.*?)</li>", report.decisions_list(whole).html())
    assert any("募集・契約の手続を始める" in item for item in items)


def test_the_next_decisions_are_five_dates_in_order_and_not_past(plan):
    days = re.findall(r'datetime="([^"]+)"', report.decision_list(plan).html())
    assert len(days) == report.NEXT and days == sorted(days)
    assert date.fromisoformat(days[0]) >= plan.start


def test_a_variant_says_who_agreed_what_when_and_why(plan):
    city = replace(plan.city, base="172031", who="情報政策課<script>", when=date(2026, 12, 1), why="枠を増やす")
    text = report.title_heading(replace(plan, city=city)).html()
    assert "変更案" in text and "情報政策課&lt;script&gt;" in text and "2026年12月1日" in text and "枠を増やす" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_stripped_with_named_cells(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    for cell in notebook.cells:
        assert re.fullmatch(r"[a-z\-]+", cell.id)
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)


def _page(path, slug, out):
    """The page and headline that the press makes of a notebook."""
    outcomes = run_batch(path, [Job(slug, "題")], out, 1, lambda outcome: None)
    assert outcomes[0].ok, outcomes[0].error
    return (out / outcomes[0].page).read_text(encoding="utf-8"), outcomes[0].headline


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_makes_a_page(path, tmp_path):
    page, _ = _page(path, "122033", tmp_path)
    named = path.stem != "00_start"  # the table of a meeting has nothing of a city to print
    assert ("市川市" in page) is named and page.count("<h1") == 1 and "Traceback" not in page


def test_the_report_of_a_finished_city_says_so(tmp_path):
    page, headline = _page(ROOT / "notebooks" / "60_report.ipynb", "014231", tmp_path)
    assert headline["最後の稼働"] == "全システム稼働済み" and page.count("該当なし") > 5


def test_the_report_repeats_its_bytes(tmp_path):
    path = ROOT / "notebooks" / "60_report.ipynb"
    assert _page(path, "216046", tmp_path / "a")[0] == _page(path, "216046", tmp_path / "b")[0]


def test_systems_that_go_live_on_one_day_are_not_called_first_and_last(plan, why):
    one = plan.cutover[plan.cutover["live"] == plan.finish]
    text = report.summary_text(replace(plan, cutover=one), why).html()
    assert "最初に" not in text and "に稼働する。" in text
