"""The budget's figures, tables, sentences, and the page for the finance section and the council."""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dxplan.plan.budget import plan_budget
from dxplan.plan.costs import GROUPS
from dxplan.press.page import build_page
from dxplan.show import budget as show
from dxplan.show import charts, labels
from tests.drawn import crossings, texts
from tests.plans import Made, whole

FIGURES = (show.cost_figure, show.funding_figure, show.running_figure, show.sure_figure)
TABLES = (
    show.cost_table,
    show.funding_table,
    show.item_table,
    show.sure_table,
    show.shock_table,
    show.running_table,
    show.measure_table,
    show.request_table,
    show.promise_table,
    show.cap_table,
)
PIECES = (*FIGURES, *TABLES, show.finance_page)
CITIES = {"mid": "172031", "ward": "131016", "large": "141003", "done": "014231"}
RARE = [pytest.param(name, marks=pytest.mark.rest) for name in ("ward", "large", "done")]
WIDTH, HEIGHT = (
    size / 25.4 * 96 for size in (210 - 24, 297 - 26)
)  # pixels within the margins, see print.css


def plans_of(slug):
    """A city and the plans that a budget needs."""
    plan = whole(slug)
    return plan.city, plan.pmo, plan.staffing, plan.training, plan.portfolio


@pytest.fixture(scope="module")
def parts_of():
    return {name: plans_of(slug) for name, slug in CITIES.items()}


@pytest.fixture(scope="module")
def budgets(parts_of):
    """Budgets of four cities, and of one whose plan is as long as it can be."""
    found = {name: whole(slug).budget for name, slug in CITIES.items()}
    city, pmo, staffing, training, portfolio = parts_of["large"]
    long = replace(staffing, month=(*staffing.month, date(2036, 11, 1)))
    return found | {"long": plan_budget(city, pmo, long, training, portfolio)}


@pytest.fixture
def budget(budgets):
    return budgets["mid"]


@pytest.fixture(scope="module")
def shown(budgets):
    """(a piece, name of a budget) -> the piece, drawn once."""
    return Made(lambda asked: asked[0](budgets[asked[1]]))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_repeats_its_bytes(budget, shown, figure):
    assert figure(budget).svg == shown[figure, "mid"].svg


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("name", [*CITIES, "long"])
def test_figures_state_their_caption(shown, figure, name):
    one = shown[figure, name]
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert "出典" in one.source and "時点" in one.source and labels.UNCONFIRMED in one.source
    assert "<details" in one.html()
    for svg in (one.svg, one.narrow):
        assert not crossings(svg) and min(size for _, size, _ in texts(svg)) >= 8.25


def test_what_is_new_and_what_is_paid_anyway_stand_apart_and_add_up(budget):
    one = show.cost_figure(budget)
    frame = one.data.frame.iloc[:-1]  # the last row has the sums
    years = budget.year
    assert frame["new"].tolist() == (years["new"] // 1000).tolist()
    assert (frame["new"] + frame["current"]).tolist() == (years["yen"] // 1000).tolist()
    paid = frame[list(charts.PAID)].sum(axis=1)
    assert (paid - frame["new"]).abs().max() <= len(charts.PAID)  # of each fund below a thousand
    for new, anyway in zip(frame["new"], frame["current"], strict=True):
        assert f"増える額 {new / 1000:,.0f}百万円、現行の運用 {anyway / 1000:,.0f}百万円" in one.svg


def test_every_fund_and_group_that_pays_is_drawn_with_its_word(budget):
    svg = show.funding_figure(budget).svg
    for name in {*budget.item["group"], *budget.funding["fund"].replace(show.WITHIN)}:
        assert f">{charts.fund_word(name)}</text>" in svg


@pytest.mark.parametrize("name", [*CITIES, "long"])
def test_every_piece_is_whole_for_every_kind_of_city(shown, name):
    for piece in PIECES:
        text = shown[piece, name].html()
        assert text and not re.search(r"\b(nan|None|NA)\b|2025年度末まで", text), piece.__name__


def _columns(table, *names):
    return table.frame[list(names)]


@pytest.mark.parametrize("name", [*CITIES, "long"])
def test_amounts_in_thousands_add_up_in_every_table_and_agree_between_tables(budgets, name):
    plan = budgets[name]
    cost, fund = show.cost_table(plan).frame, show.funding_table(plan).frame
    assert (cost[list(GROUPS[:-1])].sum(axis=1) == cost["new"]).all()
    assert (cost["new"] + cost["current"] == cost["total"]).all()
    assert (fund[list(show.FUNDS)].sum(axis=1) == fund["total"]).all()
    assert (fund["general"] - fund["allocation"] == fund["net"]).all()
    assert cost["total"].tolist() == fund["total"].tolist()
    for frame in (cost, fund, show.sure_table(plan).frame, show.running_table(plan).frame):
        assert (frame.iloc[:-1, 1:].sum() == frame.iloc[-1, 1:]).all() and frame["year"].iloc[
            -1
        ] == "計"
    sure = show.sure_table(plan).frame
    assert (sure["net"] + sure["more"] == sure["if_zero"]).all()
    assert sure["net"].tolist() == fund["net"].tolist()
    assert cost["total"].iloc[-1] * 1000 == plan.year["yen"].sum()
    assert show.item_table(plan).frame["thousand"].sum() == cost["total"].iloc[-1]
    measures = show.measure_table(plan).frame
    measures = measures.groupby(measures["fund"].replace(show.WITHIN))["used"].sum()
    assert all(measures[m] == fund[m].iloc[-1] for m in show.PAID[:-1])
    asked = show.request_table(plan).frame["asked"].sum() + plan.unasked["yen"].sum() // 1000
    assert asked == cost["total"].iloc[-1]
    cap = show.cap_table(plan).frame.set_index("capped")
    if not plan.cap["subsidy"].any():  # nothing that a subsidy could pay
        assert cap.empty and "対象になる経費はない" in show.cap_table(plan).html()
        return
    assert (
        cap.at["plan", "subsidy"]
        == plan.funding.loc[plan.funding["measure"] == "F1", "yen"].sum() // 1000
    )
    assert cap.at["full", "net"] <= cap.at["plan", "net"] <= cap.at["none", "net"]
    assert cap.at["plan", "net"] * 1000 == plan.year["new_net"].sum()


def test_every_cell_is_its_yen(budget):
    frame = show.cost_table(budget).frame.set_index("year")
    for (fiscal, group), yen in budget.item.groupby(["fiscal", "group"])["yen"].sum().items():
        assert frame.loc[labels.era_fiscal(fiscal), group] * 1000 == yen


def test_requests_agree_with_the_cost_of_their_year(budget):
    asked = show.request_table(budget).frame.groupby("year")["asked"].sum()
    cost = show.cost_table(budget).frame.set_index("year")["total"]
    for year in map(
        labels.era_fiscal, (2028, 2029, 2030, 2031)
    ):  # nothing of these years is in a budget already
        assert asked[year] == cost[year]


def test_requests_stand_under_their_deadline_in_order(budget):
    html = show.request_table(budget).html()
    heads = re.findall(r'colspan="5">([^<]+)締切', html)
    days = [tuple(map(int, re.findall(r"\d+", text)[:3])) for text in heads]
    assert days == sorted(days) and days[0] >= (8, 12, 1) and len(set(heads)) == len(heads)


def test_the_summary_says_cost_funds_and_what_is_not_sure(budget):
    text = show.summary_text(budget)
    for word in (
        "今より増える費用は計",
        "運用経費の倍率により",
        "国県支出金",
        "交付税措置の見込み",
        "地方債",
        "残る実質負担",
        "財政措置がすべて受けられない場合",
        "これとは別に、現行の運用に計",
    ):
        assert word in text
    assert text.startswith("令和8年度〜令和13年度に")


def test_a_body_without_allocation_tax_is_told_so(budgets):
    text = show.body_text(budgets["ward"])
    assert "不交付団体とみなす" in text and "特別区は都と合わせて算定" in text and "0とした" in text
    assert "交付税措置" not in show.summary_text(budgets["ward"])
    assert "不交付団体のため0" in show.measure_table(budgets["ward"]).html()
    said = replace(budgets["mid"], city=budgets["mid"].city.changed(allocation="交付団体"))
    assert show.body_text(said) == "小松市は地方交付税の交付団体とみなす(指定による)。"


def test_the_bond_is_told_with_its_real_burden(budget, parts_of):
    assert "初期投資だけ" in show.bond_text(budget) and "実質の負担は事業費の55%" in show.bond_text(
        budget
    )
    city, *rest = parts_of["mid"]
    assert (
        show.bond_text(plan_budget(city.changed(bond_use="使わない"), *rest))
        == "地方債は見込まない。"
    )
    alone = show.bond_text(plan_budget(city.changed(allocation="不交付団体"), *rest))
    assert "続く歳入ではない" in alone and "55%" not in alone


def test_confirmed_rates_leave_nothing_to_doubt(parts_of):
    city, *rest = parts_of["mid"]
    rates = {
        name: tuple(replace(value, grade="A") for value in rows)
        if name.startswith("rate_")
        else rows
        for name, rows in city.values.items()
    }
    plan = plan_budget(replace(city, values=rates), *rest)
    assert show.sure_text(plan) == "実質負担は、財政措置の有無に左右されない見込み。"
    assert "該当なし" in show.shock_table(plan).html() and "左右されない" in show.summary_text(plan)


def test_what_is_taken_to_stand_in_a_budget_is_said_and_who_is_to_be_asked(budget):
    text = show.unasked_text(budget)
    for year, words in (
        (2026, "令和8年度の予算に計上済み"),
        (2027, "令和9年度の当初予算の要求に含まれている"),
    ):
        part = budget.unasked[budget.unasked["fiscal"] == year]
        assert f"{words}と仮に置いた額 {part['yen'].sum() // 1000:,}千円" in text
    assert text.endswith("計上・要求が済んでいるかを財政課に確認する。")
    assert "成立済み" not in show.finance_page(budget).html()
    assert "すべて" in show.unasked_text(replace(budget, unasked=budget.unasked.head(0)))


def test_a_cap_that_is_known_is_shown(parts_of):
    city, *rest = parts_of["mid"]
    plan = plan_budget(city.changed(cap_basis="団体の上限額", cap_F1=300_000_000), *rest)
    assert "団体の上限額約3.0億円" in show.finance_page(plan).html()
    assert "規模から見込んだ上限額" in show.finance_page(plan_budget(city, *rest)).html()
    full = plan_budget(city.changed(cap_basis="見積額の全額"), *rest)
    assert "補助金は仮に見積額の全額と置いた" in show.cap_text(full)
    assert "300,000,000" in show.measure_table(plan).html()


def test_hostile_names_are_only_text(budget):
    evil = "<script>alert(1)</script>"
    city = replace(budget.city, facts=replace(budget.city.facts, name=evil))
    changed = replace(
        budget,
        city=city,
        item=budget.item.assign(item=evil),
        request=budget.request.assign(gate=evil),
        measure=budget.measure.assign(name=evil, source=evil),
    )
    for piece in PIECES:
        assert "<script" not in piece(changed).html(), piece.__name__


def test_columns_have_labels_and_words(budgets):
    for plan in budgets.values():
        for table in TABLES:
            assert all(labels.label_of(name) for name in table(plan).frame)
        assert all(labels.word_of("treatment", word) for word in plan.measure["reason"])
        asked = set(plan.request["standing"]) - {"promised"}
        assert all(labels.word_of("timing", word) for word in asked)


# --- one A4 page ----------------------------------------------------------------------------------
def _page(plan):
    """A page of the press: a chapter, the finance page under its heading, a chapter."""
    shown = new_code_cell(
        "x", outputs=[new_output("display_data", {"text/html": show.finance_page(plan).html()})]
    )
    texts = [
        new_markdown_cell(text)
        for text in ("# 計画\n\n文。", "## 前\n\n文。", "## 財政課・議会向けの1枚", "## 後\n\n文。")
    ]
    return build_page(new_notebook(cells=[*texts[:3], shown, texts[3]]), "題")[0]


@pytest.mark.parametrize("name", ["mid", "long", *RARE])
def test_the_finance_page_is_one_a4_page(budgets, name, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(_page(budgets[name]), encoding="utf-8")
    page = visit(path).page
    # what stands before and after it may begin or end on its sheet
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) in (2, 3)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int(WIDTH), "height": 900})
    box = page.locator(".finance-page").bounding_box()
    assert (
        box["height"] + 40 <= HEIGHT
        and page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    )
    sizes = page.evaluate("""[...document.querySelectorAll('.finance-page *')]
        .filter(e => e.textContent.trim()).map(e => parseFloat(getComputedStyle(e).fontSize))""")
    assert min(sizes) >= 7 * 96 / 72


def test_the_finance_page_has_cost_funds_doubt_requests_and_sources(budget):
    text = show.finance_page(budget).html()
    for word in (
        "1 歳出",
        "2 財源内訳",
        "3 財政措置",
        "4 予算要求の予定",
        "石川県小松市",
        "令和8年11月23日時点",
        "要確認",
        "出典",
        "5 債務負担行為",
        "国県支出金",
        "県支出金・その他は見込まない",
        "措置後の実質負担",
        "一般財源",
        "千円",
    ):
        assert word in text, word


def test_a_long_plan_shares_its_last_row_of_years(budgets):
    text = show.finance_page(budgets["long"]).html()
    assert "令和13年度以降" in text and "令和14年度" not in text.split("3 財政措置")[0]
