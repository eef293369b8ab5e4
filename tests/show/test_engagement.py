"""Engagements, pay, exit conditions and role sheets."""

import re
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType, SimpleNamespace
from xml.etree import ElementTree

import pytest

from dxplan.facts import months
from dxplan.show import engagement, labels
from tests.drawn import crossings, texts
from tests.plan.cities import roadmap
from tests.plan.cities import staffing as staff_of

CASES = [
    *((code, "both") for code in ("172031", "216046", "141003", "012025", "134015", "014231")),
    ("172031", "own"),
    ("172031", "outside"),
    ("141003", "outside"),
    ("012025", "mix"),
]
each_case = pytest.mark.parametrize(("code", "strategy"), CASES)


def parts(code, plan):
    """What the figure of the engagements reads."""
    return SimpleNamespace(city=plan.city, pmo=roadmap(code), staffing=plan)


@pytest.fixture(scope="module")
def plan():
    return staff_of("172031", "both")


def test_a_figure_repeats_its_bytes(plan):
    one, two = (engagement.engagement_figure(parts("172031", plan)) for _ in "ab")
    assert one.svg == two.svg


@each_case
def test_the_bars_name_every_form_under_the_go_lives(code, strategy):
    plan = staff_of(code, strategy)
    one = engagement.engagement_figure(parts(code, plan))
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    for form in set(plan.contract["form"]):
        assert f">{form}</text>" in one.svg and form in one.caption
    assert ("稼働の見通し" in one.svg) is not roadmap(code).done
    for svg in (one.svg, one.narrow):
        assert not crossings(svg) and min(size for _, size, _ in texts(svg)) >= 8.25


@each_case
def test_each_engagement_has_a_row_with_its_people_and_its_end(code, strategy):
    plan = staff_of(code, strategy)
    told = [text for text, *_ in texts(engagement.engagement_figure(parts(code, plan)).svg)]
    for row in plan.contract.itertuples():
        assert engagement._bar_text(plan, row) in told


@each_case
def test_engagements_and_forms_cost_the_same_money(code, strategy):
    plan = staff_of(code, strategy)
    frame = engagement.contract_table(plan).frame
    spent = plan.cost[~plan.cost["item"].str.startswith("step")].groupby("item")["yen"].sum()
    for form, part in frame.groupby("form"):
        assert part["thousand"].sum() == pytest.approx(spent[form] / 1000, abs=len(part))
    assert set(frame["form"]) == set(spent.index)


@each_case
def test_cost_by_year_and_form_adds_up(code, strategy):
    plan = staff_of(code, strategy)
    frame = engagement.cost_table(plan).frame
    for _, part in frame[frame["year"] != "全期間"].groupby("year"):
        assert part["thousand"].iloc[:-1].sum() == part["thousand"].iloc[-1]
    assert frame["thousand"].iloc[-1] == pytest.approx(plan.cost["yen"].sum() / 1000, abs=3)


@each_case
def test_the_exit_condition_says_the_autonomy_and_the_month_of_its_row(code, strategy):
    plan = staff_of(code, strategy)
    end = months.first_of_next_month(plan.month[-1]) - timedelta(days=1)
    for row in plan.contract.itertuples():
        text = engagement.exit_text(plan, row)
        last, years = labels.date_text(row.finish), {row.start, row.finish}
        if row.form == "会計年度任用職員" and len(set(map(months.fiscal_year, years))) > 1:
            assert text == f"任期は会計年度の末日まで。再度の任用は{last}まで"
        elif row.kind == "own":
            assert text == f"任期の満了({last})"
        elif row.given:
            assert text == f"期間の満了({last})"
        elif row.finish == end:
            assert "終了の条件がない" in text
        else:
            assert labels.fte_text(row.autonomy) in text and labels.month_text(row.finish) in text


def test_an_autonomy_that_does_not_grow_is_no_exit_condition(plan):
    flat = replace(plan, contract=plan.contract.assign(autonomy=0.1))
    row = next(row for row in flat.contract.itertuples() if row.kind == "outside")
    text = engagement.exit_text(flat, row)
    assert text.startswith("期間の満了") and "増えず" in text and "ようになること" not in text


def test_there_is_a_sheet_for_each_form_in_the_plan_and_a_line_on_the_others(plan):
    text, used = engagement.role_sheets(plan).html(), set(plan.contract["form"])
    for form in plan.city.forms:
        assert (f"役割票: {form.name}(" in text) is (form.name in used)
        assert form.name in (text if form.name in used else engagement.unused_text(plan))
        if form.name in used:
            yen = form.values["form_yen"][-1]
            assert (
                form.duty in text
                and f"{labels.number_text(yen.value / 10_000)}万円/月" in text
                and yen.note in text
            )
    for what in ("終了の条件", "組む職員", "職務の内容", "働く日数"):
        assert text.count(f">{what}<") == len(used)
    assert "確度G" in text and labels.UNCONFIRMED in text


def test_own_people_alone_get_no_sheet_for_an_outsider_and_the_reason():
    plan = staff_of("216046", "own")
    text = engagement.role_sheets(plan).html()
    assert (
        "該当なし" in text
        and "「自前のみ」の進め方では、新しい外部人材を活用しない" in text
        and "役割票: " in text
    )
    assert "(外部人材)" not in text and "CIO補佐官" in engagement.unused_text(plan)


def test_a_plan_without_any_engagement_says_why():
    plan = staff_of("216046", "own")
    plan = replace(plan, contract=plan.contract[:0], outside=plan.outside[:0])
    shown = engagement.engagement_figure(parts("216046", plan))
    for piece in (shown, engagement.contract_table(plan), engagement.exit_table(plan)):
        text = piece.html()
        assert (
            "該当なし" in text
            and "「自前のみ」" in text
            and "<svg" not in text
            and "<table" not in text
        )


def test_outsiders_alone_have_no_counterpart_and_no_hires():
    plan = staff_of("172031", "outside")
    assert "職員と組んで引き継がない" in engagement.role_sheets(plan).html()
    assert "任期付職員" in engagement.unused_text(
        plan
    ) and "職員を採用しない" in engagement.unused_text(plan)


def test_a_scale_of_nothing_bars_every_form(plan):
    nothing = replace(plan, city=plan.city.changed(form_scale=0.0), contract=plan.contract[:0])
    assert "上限を0としている" in engagement.unused_text(nothing)


def test_the_counterpart_of_an_outsider_is_the_share_of_the_city(plan):
    city = plan.city.changed(pair_share=0.5)
    form = next(form for form in city.forms if form.name == "業務委託")
    assert "職員常勤0.2人分(月4日)" in engagement._pair_text(replace(plan, city=city), form)


def test_a_form_that_is_switched_off_is_said_to_be(plan):
    off = tuple(
        replace(
            form, values=MappingProxyType({**form.values, "form_max": _said(form, "form_max", 0.0)})
        )
        if form.name == "CIO補佐官"
        else form
        for form in plan.city.forms
    )
    assert "CIO補佐官(上限を0としている)" in engagement.unused_text(
        replace(plan, city=replace(plan.city, forms=off))
    )


def test_a_form_that_does_not_apply_is_told_with_the_reason():
    text = engagement.unused_text(staff_of("141003", "both"))
    assert "地域活性化起業人(副業型)(使えない: 三大都市圏の指定都市は" in text
    assert (
        "県の共同活用(確かめる: " in text and "CIO補佐官(すでにいる: 令和6年7月12日の公表" in text
    )


def test_who_works_already_is_shown_and_not_recruited():
    plan = staff_of("141003", "both")
    row = next(row for row in plan.contract.itertuples() if row.form == "CIO補佐官")
    assert row.given and row.start < plan.month[0]
    table = engagement.contract_table(plan).frame.set_index("form")
    assert table.at["CIO補佐官", "period"].startswith("任用・契約中、")
    assert engagement.exit_text(plan, row).startswith("期間の満了")
    assert "役割票: CIO補佐官" not in engagement.role_sheets(plan).html()
    assert "すでに働いている人: CIO補佐官1人" in engagement.engagement_text(plan)
    assert "役割票: CIO補佐官" not in engagement.engagement_text(plan)
    lane = next(lane for lane in engagement._lanes(plan, []) if lane.name == "CIO補佐官")
    _, first, last = lane.bars[0]
    assert first == plan.month[0] and last <= months.month_end(plan.month[-1])


def _yearly(plan, **changes):
    """A plan whose only engagement is of a 会計年度任用職員."""
    row = plan.contract[plan.contract["form"] == "会計年度任用職員"].iloc[[0]]
    return replace(plan, contract=row.assign(**changes))


def test_who_is_appointed_by_the_fiscal_year_is_said_to_be_appointed_again():
    plan = staff_of("216046", "both")
    start = date(2027, 4, 1)
    long = _yearly(plan, start=start, finish=date(2030, 3, 31), months=36)
    period = engagement.contract_table(long).frame["period"].iloc[0]
    assert period == "令和9年4月〜令和12年3月(毎年度の再度の任用により最長36か月)"
    assert "毎年度の再度の任用により最長36か月" in engagement.recruit_table(long).html()
    short = _yearly(plan, start=start, finish=date(2028, 3, 31), months=12)
    period = engagement.contract_table(short).frame["period"].iloc[0]
    assert period == "令和9年4月〜令和10年3月(12か月)"
    text = engagement.exit_text(short, next(short.contract.itertuples()))
    assert text == "任期の満了(令和10年3月31日)"


@each_case
def test_people_are_counted_in_people(code, strategy):
    plan = staff_of(code, strategy)
    assert not re.search(r"\d件|1件当たり|件数", engagement.contract_table(plan).html())
    sheets = engagement.recruit_table(plan).frame
    # the ground of a price is quoted as its source has it
    sheets = sheets[~sheets["what"].str.contains("目安")]
    assert not sheets["what"].str.contains("件数").any()
    assert not sheets["content"].str.contains(r"\d件").any()
    assert "件" not in engagement.engagement_text(plan)
    for kind, word in engagement.KIND.items():
        part = plan.contract[(plan.contract["kind"] == kind) & ~plan.contract["given"].astype(bool)]
        said = f"{word}は延べ{part['count'].sum()}人(" in engagement.engagement_text(plan)
        assert said is bool(len(part))


def _said(form, name, value, **changes):
    return (replace(form.values[name][-1], value=value, **changes),)


def test_every_value_of_every_form_is_shown_with_its_origin(plan):
    table = engagement.form_table(plan)
    values = [form.values[name][0] for form in plan.city.forms for name in form.values]
    for form in plan.city.forms:
        content = "、".join(table.frame.loc[table.frame["form"] == form.name, "content"])
        assert content.count("、") == len(form.values) - 1
        assert (
            f"月額 {labels.number_text(form.number('form_yen', plan.city.start))}円/月" in content
        )
    unsure = sum(value.guessed for value in values)
    assert f"({len(values)}件、うち要確認{unsure}件)" in table.title and len(values) == 90
    assert "倍率2を掛ける" in table.source


def test_a_value_that_the_city_knows_stands_in_a_row_of_its_own(plan):
    forms = tuple(
        replace(
            form,
            values=MappingProxyType(
                {
                    **form.values,
                    "form_yen": _said(form, "form_yen", 123456.0, source="要綱", grade="A"),
                }
            ),
        )
        if form.name == "CIO補佐官"
        else form
        for form in plan.city.forms
    )
    frame = engagement.form_table(replace(plan, city=replace(plan.city, forms=forms))).frame
    own = frame[frame["source"] == "要綱"]
    assert (
        len(own) == 1
        and own["grade"].iloc[0] == "A"
        and own["content"].iloc[0] == "月額 123,456円/月"
    )


@each_case
def test_every_table_has_labels(code, strategy):
    plan = staff_of(code, strategy)
    for show in (
        engagement.contract_table,
        engagement.exit_table,
        engagement.cost_table,
        engagement.form_table,
    ):
        assert "<caption>" in show(plan).html() and "出典" in show(plan).html()
