"""The roadmap's figures, tables and sentences."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from dxplan.show import labels, pmo, style
from dxplan.show.lanes import Lane
from tests.drawn import crossings, height_of, surfaces, texts
from tests.plan.reasoned import reasoned
from tests.plans import size

FIGURES = (pmo.roadmap_figure, pmo.load_figure)
TABLES = (pmo.lot_table, pmo.gate_table, pmo.task_table, pmo.demand_table)
WITH_LOTS = ("mid", "large", "village")


def words_of(svg):
    """Every text of a picture."""
    return [
        "".join(node.itertext())
        for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_repeat_their_bytes_and_state_their_caption(plan, figure):
    one, two = figure(plan), figure(plan)
    assert one.svg == two.svg
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert "出典" in one.source and "令和8年1月31日" in one.source and "<details" in one.html()


@pytest.mark.parametrize("name", WITH_LOTS)
def test_the_roadmap_names_every_lot_with_its_quarter_and_draws_every_stage(plans, name):
    plan = plans[name]
    one = pmo.roadmap_figure(plan)
    words = words_of(one.svg)
    for row in plan.told.lot.to_dict("records"):
        assert row["lot"] in words
        assert any(labels.quarters_text(row["p50_from"], row["p50_to"]) in word for word in words)
    used = set(surfaces(one.svg))
    for phase in set(plan.task["phase"]) & set(pmo.STAGE):
        colour, hatch = look = pmo.STAGES[pmo.STAGE[phase]]
        assert (colour, bool(hatch)) in used and style.MEANINGS[look] in words


@pytest.mark.parametrize("name", WITH_LOTS)
@pytest.mark.parametrize("figure", FIGURES)
def test_figures_fit_a_page_and_their_words_keep_off_the_lines(plans, figure, name):
    one = figure(plans[name])
    assert height_of(one.svg) <= 700
    for svg in (one.svg, one.narrow):
        assert not crossings(svg) and min(size for _, size, _ in texts(svg)) >= 8.25


def test_tasks_of_a_stage_that_meet_are_one_bar_and_a_pause_stays_one(plan):
    def task(phase, *days):
        return {"phase": phase, "start": date(2027, 4, days[0]), "finish": date(2027, 4, days[1])}

    bars = pmo._stages([task("test", 6, 9), task("prepare", 1, 5), task("tender", 2, 3)])
    assert [look for look, *_ in bars] == [style.ASK, style.BUILD]
    assert bars[1][1:] == (date(2027, 4, 1), date(2027, 4, 9))
    assert len(pmo._stages([task("test", 1, 5), task("test", 9, 12)])) == 2


def test_what_else_is_begun_stands_under_the_lots(plan):
    other = Lane(
        "書かない窓口", "使い始め 令和9年度第4四半期", bars=[(style.ASK, plan.start, plan.start)]
    )
    words = words_of(pmo.roadmap_figure(plan, [other]).svg)
    assert words.index("書かない窓口") > max(map(words.index, plan.lots["lot"]))


def test_no_panel_of_the_loads_is_empty(plan):
    svg = pmo.load_figure(plan).svg
    for kind, (colour, _) in style.ROLE.items():
        assert any(labels.word_of("role", kind) in word for word in words_of(svg)) and colour in svg


@pytest.mark.parametrize("name", ["done", "asked"])
@pytest.mark.parametrize("show", [*FIGURES, *TABLES])
def test_a_city_without_lots_gets_the_words_not_an_empty_picture(plans, show, name):
    text = show(plans[name]).html()
    assert "該当なし" in text
    assert plans[name].city.name in text
    assert "<svg" not in text
    assert "<table" not in text


def test_every_table_has_labels_and_rows(plan, whole):
    for table in (*(make(plan) for make in TABLES), pmo.why_table(whole)):
        assert table.html().count("<tr>") > len(table.frame) > 0
        assert "<caption>" in table.html()


# --- what is told of the dates --------------------------------------------------------------------
@pytest.mark.parametrize("name", WITH_LOTS)
def test_no_table_and_no_figure_tells_a_day_of_an_undecided_cutover(plans, name):
    plan = plans[name]
    assert not plan.lots["decided"].any()
    shown = "".join(show(plan).html() for show in (*FIGURES, pmo.lot_table, pmo.task_table))
    bars = plan.task[~plan.task["decided"].astype(bool)]
    days = {*plan.lots["cutover"], *plan.lots["live"], *bars["start"], *bars["finish"]}
    known = {
        *plan.task.loc[plan.task["decided"].astype(bool), ["start", "finish"]].to_numpy().ravel(),
        plan.start,
    }
    assert not [day for day in days - known if labels.date_text(day) in shown]


def test_each_lot_stands_with_its_systems_its_quarters_and_what_sets_it(plan):
    table = pmo.lot_table(plan).frame.set_index("lot")
    told = plan.told.lot.set_index("lot")
    for row in plan.lots.to_dict("records"):
        said, sure = table.loc[row["lot"]], told.loc[row["lot"]]
        assert said["systems"] == "・".join(row["businesses"]) and said["set_by"] == row["set_by"]
        assert said["told"] == labels.quarters_text(sure["p50_from"], sure["p50_to"])
        assert said["chance"] == labels.chance_text(sure["chance"])
        assert said["earliest"] == labels.quarter_text(row["live"])


def test_a_decided_cutover_is_told_as_its_day(plan):
    decided = replace(plan, lots=plan.lots.assign(decided=True))
    assert pmo.lot_table(decided).frame["earliest"].tolist() == [
        labels.date_text(day) for day in plan.lots["live"]
    ]


def test_an_extension_says_its_months_its_yen_and_until_when_it_is_decided(plan):
    changed = {"contract_end": date(2028, 3, 31), "extension": 5, "decide_by": date(2027, 9, 30)}
    lot = plan.lots.copy().astype("object")
    for column, value in changed.items():
        lot.loc[0, column] = value
    said = pmo.lot_table(replace(plan, lots=lot)).frame["extension"].tolist()
    systems = size(plan.city, plan.lots["businesses"].iloc[0])
    yen = labels.yen_text(5 * plan.city.number("running_yen") / 12 * systems)
    assert said[0] == f"5か月・{yen}、令和9年9月30日までに決める" and "要確認" in said[1]


def test_beyond_the_calendar_no_quarter_is_named(plan):
    nobody = plan.told.lot.assign(p50=None, p50_from=None, p50_to=None, p80=None, p80_to=None)
    row = nobody.iloc[0]
    assert pmo.median_text(row) == labels.BEYOND
    assert pmo.range_text(row).endswith(f"〜{labels.BEYOND}")


# --- branches, gates, status ----------------------------------------------------------------------
@pytest.mark.parametrize("name", ["mid", "large", "asked"])
def test_both_branches_stand_side_by_side_as_they_were_planned(wholes, name):
    table, found = pmo.branch_table(wholes[name]), wholes[name].branches
    assert table.frame["branch"].tolist() == ["live", "late"]
    for column, of in (("left", "systems"), ("common", "common"), ("lots", "lots"), ("yen", "yen")):
        assert table.frame[column].tolist() == found[of].tolist()
    assert "先に確かめること" in table.source


def test_a_city_without_questions_has_no_branches(wholes):
    assert "要確認のシステムはない" in pmo.branch_table(wholes["village"]).html()


def test_the_gates_are_those_of_the_plan(plan):
    text = pmo.gate_table(plan).html()
    for row in plan.gate.to_dict("records"):
        assert labels.day_text(row["request_by"]) in text and row["gate"] in text


def test_the_status_says_whether_the_plan_is_proven_and_that_it_is_no_date(plan):
    proven = replace(plan, outcome=replace(plan.outcome, status="最適", gap=0.0))
    stopped = replace(plan, outcome=replace(plan.outcome, status="打切り", gap=0.0123))
    assert pmo.outcome_text(proven) == "改善の余地なし"
    assert "確かさを示すものではない" in pmo.status_line(proven).html()
    assert pmo.outcome_text(stopped) == "改善の余地1.2%まで"
    assert "誤差を示すものではない" in pmo.status_line(stopped).html()


def test_what_is_short_is_said_with_who_and_when(plan):
    load = plan.load.assign(short=0.0)
    assert "足りる" in pmo.load_text(replace(plan, load=load))
    load.loc[load.index[3], "short"] = 2.5
    text = pmo.load_text(replace(plan, load=load))
    assert load.loc[load.index[3], "resource"] in text
    assert labels.month_text(load.loc[load.index[3], "month"]) in text
    assert "2.5" in text


def test_the_why_table_has_the_rows_of_the_reasons(whole):
    table, why = pmo.why_table(whole).frame, whole.why
    assert len(table) == len(why) and set(table["scenario"]) == set(why["scenario"])
    beyond = pmo.why_table(reasoned(whole, why.assign(p50=None))).frame
    assert set(beyond["told"]) == {labels.BEYOND}


def test_hostile_names_are_only_text(plan):
    evil = '"><script>alert(1)</script>$x_{y$'
    told = SimpleNamespace(lot=plan.told.lot.assign(lot=evil), last=plan.told.last)
    changed = replace(
        plan,
        task=plan.task.assign(lot=evil),
        gate=plan.gate.assign(lot=evil),
        load=plan.load.assign(resource=evil),
        lots=plan.lots.assign(lot=evil, title=evil).iloc[:1],
    )
    object.__setattr__(changed, "told", SimpleNamespace(lot=told.lot.iloc[:1], last=told.last))
    for show in (*FIGURES, *TABLES):
        assert "<script" not in show(changed).html()
