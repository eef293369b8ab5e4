"""The four situations: what the command line and the page say of each, and what they never say."""

import re
from contextlib import redirect_stdout
from functools import cache
from io import StringIO

import pytest

from dxplan import reports
from dxplan.cli import main
from dxplan.cli.plan import files_text
from dxplan.plan.pmo import plan_pmo
from dxplan.show import labels, pmo, report
from dxplan.show.state import asked_systems, lacking_texts
from dxplan.town.city import load_city
from tests.plans import whole

CITIES = {
    "千代田区": "after",
    "日立市": "after",
    "粟島浦村": "questions",
    "桑折町": "after",
    "小松市": "both",
    "横浜市": "both",
    "真岡市": "after",
    "白川村": "lots",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Name -> (roadmap, lines of ``dxplan plan``), without any params file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(reports.FILES, str(tmp_path_factory.mktemp("params")))
        patch.setenv(reports.EFFORT, "簡易")
        yield {name: plan_pmo(load_city(name)) for name in CITIES}


@pytest.fixture(scope="module")
def lines(told):
    """A function that runs ``dxplan plan`` without any params file, once for each city."""

    def run(name):
        with redirect_stdout(StringIO()) as said:
            assert main(["plan", name]) == 0
        return said.getvalue().splitlines()

    return cache(run)


@pytest.mark.parametrize("name", CITIES)
def test_the_command_line_starts_with_the_situation_then_asks_then_tells_quarters(
    told, lines, name
):
    plan, said = told[name], lines(name)
    assert plan.city.situation == CITIES[name]
    assert said[0] == f"{plan.city.pref}{name}({plan.city.slug})"
    assert said[1].startswith(f"{name}の対象")
    assert "令和7年12月31日" in said[1] and "令和8年1月31日" in said[1]
    asked = asked_systems(plan.city)
    assert said[2].startswith("先に確かめること: ") is bool(asked)
    for row in plan.told.lot.to_dict("records"):
        title = plan.lots.set_index("lot").at[row["lot"], "title"]
        line = next(text for text in said if text.startswith(f"{title}: "))
        assert labels.quarters_text(row["p50_from"], row["p50_to"]) in line
        assert labels.chance_text(row["chance"]) in line
    assert sum(text.startswith("要確認がすべて未移行だった場合: ") for text in said) == bool(asked)
    assert said[-1] == "前提: 公表値と既定値(paramsのファイルはない)"


def days_of(plan):
    """Every day that an undecided cutover could be told by: of its window, and of its samples."""
    lots = plan.lots[~plan.lots["decided"].astype(bool)]
    told = plan.told.lot[plan.told.lot["lot"].isin(lots["lot"])]
    days = [*lots["cutover"], *lots["closure_end"], *lots["live"]]
    return {day for day in (*days, *told["p20"], *told["p50"], *told["p80"]) if day}


@pytest.mark.parametrize("name", CITIES)
def test_no_day_is_told_of_an_undecided_cutover(told, lines, name):
    text = "\n".join(lines(name))
    for day in days_of(told[name]):
        assert labels.date_text(day) not in text and day.isoformat() not in text


@pytest.mark.parametrize("name", CITIES)
def test_no_more_is_called_not_moved_than_was_flagged(told, lines, name):
    city = told[name].city
    flagged = sum(system.late and system.in_scope for system in city.movable)
    counts = [
        int(number) for number in re.findall(r"未移行(?:は|の)?(\d+)", "\n".join(lines(name)))
    ]
    assert counts and max(counts) <= flagged


@pytest.mark.parametrize("name", ["日立市", "粟島浦村", "白川村", "小松市"])
def test_the_roadmap_chapter_shows_what_the_situation_wants(told, name):
    plan = told[name]
    text = report.roadmap_section(whole(plan.city.code)).html()
    tables = re.findall(r"<caption>([^<]+)</caption>", text)
    wanted = {
        "after": [],
        "questions": ["要確認の両方の場合"],
        "lots": ["移行ロット"],
        "both": ["移行ロット", "要確認の両方の場合"],
    }
    assert [table for table in tables if table in ("移行ロット", "要確認の両方の場合")] == wanted[
        CITIES[name]
    ]
    assert ("<svg" in text) is bool(plan.city.lots) and text.count('class="none"') <= 1
    assert (report.work_section(plan).html() != "") is bool(plan.city.lots)


@pytest.mark.parametrize("name", ["日立市", "粟島浦村", "白川村", "小松市"])
def test_the_summary_begins_with_the_situation_and_asks_before_it_foresees(told, name):
    plan = told[name]
    said = re.findall(r"<p[^>]*>(.*?)</p>", report.summary_text(plan).html())
    assert said[0].startswith(f"{name}の対象") and "要確認" in said[0]
    lacking = lacking_texts(plan.city)  # what has to be there first is said first
    assert said[1 : 1 + len(lacking)] == lacking
    kinds = [text.startswith("先に確かめること") for text in said[1 + len(lacking) :]]
    assert kinds == sorted(kinds, reverse=True) and any(kinds) is bool(asked_systems(plan.city))
    assert any(pmo.last_text(plan) in text for text in said) is bool(plan.city.lots)
    assert any("1年延びる" in text for text in said) is bool(plan.city.lots)


def test_a_params_file_that_was_read_is_named_with_that_of_its_base(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(reports.FILES, str(tmp_path))
    monkeypatch.setenv(reports.EFFORT, "簡易")
    (tmp_path / "216046.yaml").write_text('code: "216046"\n', encoding="utf-8")
    (tmp_path / "216046--案.yaml").write_text(
        'base: "216046"\nwho: 課長\nwhen: 2026-11-24\nwhy: 試し\nvalues:\n'
        "  dx_staff: {value: 3, unit: 人, as_of: 2026-11-24, source: 合意, grade: M}\n",
        encoding="utf-8",
    )
    assert main(["plan", "216046"]) == 0
    own = f"{tmp_path / '216046.yaml'}(値0件)"
    assert capsys.readouterr().out.splitlines()[-1] == f"前提: {own}"
    assert files_text("216046--案") == f"{tmp_path / '216046--案.yaml'}(値1件)、{own}"
