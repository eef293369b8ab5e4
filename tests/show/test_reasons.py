"""Why the lots are seen when they are: the words follow from the rows and say no more."""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pandas as pd
import pytest

from dxplan.plan.why import TELLING, WHY
from dxplan.show import labels, pmo, reasons
from tests.plan.reasoned import reasoned
from tests.plans import size

BASE = date(2029, 5, 1)


def rows_of(plan, **conditions):
    """A why table: each lot has the plan's median and, by condition, (months, chance more)."""
    rows = []
    for lot in plan.lots["lot"]:
        rows.append(("base", lot, BASE, 0.0, 0.9, 0.0))
        for name, (months, more) in conditions.items():
            rows.append(
                (
                    name,
                    lot,
                    None if months is None else BASE,
                    float("nan") if months is None else months,
                    0.9 + more,
                    more,
                )
            )
    return pd.DataFrame(rows, columns=list(WHY))


@pytest.mark.parametrize(
    "months, more, said",
    [
        (6.0, 0.0, "ベンダが半年遅い場合は、稼働は平均で6か月遅れる見込み。"),
        (-2.5, 0.0, "ベンダが半年遅い場合は、稼働は平均で2.5か月早まる見込み。"),
        (0.9, 0.0, "ベンダが半年遅い場合は、ほとんど変わらない見込み。"),
        (-0.9, 0.0, "ベンダが半年遅い場合は、ほとんど変わらない見込み。"),
        (0.0, -0.3, "稼働は平均でほとんど変わらない。期限に間に合う確率は90%から60%になる見込み。"),
        (4.0, -0.3, "稼働は平均で4か月遅れる。期限に間に合う確率は90%から60%になる見込み。"),
        (
            None,
            -0.5,
            "稼働の時期は計画の期間の中では見通せなくなる。期限に間に合う確率は90%から40%になる見込み。",
        ),
    ],
)
def test_a_change_is_told_by_its_size(plan, months, more, said):
    text = reasons.why_text(reasoned(plan, rows_of(plan, later=(months, more))))
    assert text.count(said) == len(plan.lots)


def test_what_comes_into_sight_is_told_by_its_quarter(plan):
    why = rows_of(plan, earlier=(-6.0, 0.2))
    why.loc[why["scenario"] == "base", "p50"] = None
    assert f"稼働の時期が{labels.quarter_text(BASE)}に入る" in reasons.why_text(reasoned(plan, why))


@pytest.mark.parametrize("name", ["mid", "large", "village"])
def test_no_sentence_contradicts_its_table(plans, wholes, name):
    plan, whole = plans[name], wholes[name]
    table = pmo.why_table(whole).frame.set_index(["lot", "scenario"])["months"]
    for row in plan.lots.to_dict("records"):
        _, _, text = reasons.why_text(whole).partition(f"{row['title']}: ")
        text = text.partition("最も早い予定を守れる確率は")[0]
        assert f"決めているのは、{labels.word_of('set_by', row['set_by'])}。" in text
        for condition in ("later", "earlier", "gate", "alone"):
            if (row["lot"], condition) in table.index:
                months, word = table[row["lot"], condition], reasons.condition_word(plan, condition)
                clause = re.search(rf"{re.escape(word)}(?:・[^。]*)?は、(.*?)。", text)[1]
                moved = f"{labels.months_text(months)}{'遅れる' if months > 0 else '早まる'}"
                assert (moved in clause) == (abs(months) >= TELLING), (condition, clause)


def test_the_chance_of_keeping_the_plan_is_beside_that_of_the_next_window(plan):
    why = rows_of(plan, window=(0.5, 0.25))
    assert "最も早い予定を守れる確率は90%の見込みで" in reasons.why_text(
        reasoned(plan, rows_of(plan, window=(0.5, 0.0)).assign(chance=0.9))
    )
    why.loc[why["scenario"] == "window", "chance"] = 0.55
    assert (
        "最も早い予定を守れる確率は30%の見込みで、切替を次の候補日(0.5か月後)に置くと55%になる。"
        in reasons.why_text(reasoned(plan, why))
    )


def test_a_cutover_that_the_city_has_set_needs_no_other_reason(plan):
    decided = replace(plan, lots=plan.lots.assign(decided=True))
    text = reasons.why_text(reasoned(decided, rows_of(plan, later=(2.0, 0.0))))
    assert "切替の日は、団体が決めている。" in text and "決めているのは" not in text


def test_the_condition_that_tells_most_is_named_with_its_lot(plan):
    why = rows_of(plan, later=(3.0, 0.0), alone=(-5.0, 0.0), window=(9.0, 0.1))
    assert (
        reasons.telling_text(reasoned(plan, why))
        == f"外部人材を活用しない場合、{plan.lots['lot'].iloc[0]}が5か月早まる見込み"
    )
    assert (
        reasons.telling_text(reasoned(plan, rows_of(plan, later=(0.5, 0.0))))
        == "1か月以上動かす見込みの条件はない"
    )


def test_a_missed_budget_is_called_by_its_name(plan):
    why = rows_of(plan, gate=(8.0, 0.0))
    assert (
        f"最初の予算({plan.gate['gate'].iloc[0]})を逃した場合は、稼働は平均で8か月遅れる"
        in reasons.why_text(reasoned(plan, why))
    )


def test_a_year_of_slip_costs_a_year_of_what_runs_and_of_who_accompanies(plan):
    city = plan.city.changed(running_yen=2_000_000)
    systems = size(city, [name for lot in plan.lots["businesses"] for name in lot])
    text = reasons.slip_text(replace(plan, city=city))
    form = next(form for form in city.forms if form.name == "PMO伴走")
    assert labels.yen_text(2_000_000 * systems) in text
    assert f"{plan.lots['systems'].sum()}システム" in text
    assert "要確認" in text
    assert labels.yen_text(12 * form.number("form_yen", plan.earliest)) in text


# --- pictures -------------------------------------------------------------------------------------
def test_each_condition_is_a_picture_and_the_strongest_is_open(plan):
    why = rows_of(plan, later=(1.0, 0.0), alone=(5.0, 0.0), window=(9.0, 0.1))
    text = reasons.conditions_text(reasoned(plan, why), "出典: 試し").html()
    assert text.count("<details name=") == text.count('<div class="canvas broad">') == 2
    assert '<details name="scenario" open><summary>外部人材を活用しない場合</summary>' in text
    assert text.count(" open>") == 1


def test_a_picture_repeats_its_bytes_and_states_its_sentence(plan, whole):
    one, two = (reasons.condition_figure(whole, "later", "出典: 試し") for _ in "ab")
    assert one.svg == two.svg and ElementTree.fromstring(one.svg)[1].text == one.caption
    for lot in plan.lots["lot"]:
        assert lot in one.caption and f">{lot}</text>" in one.svg
    assert (
        one.data.frame["lot"].tolist() == plan.lots["lot"].tolist() and "出典: 試し" in one.source
    )


def test_a_median_beyond_the_calendar_is_drawn_and_said(plan):
    figure = reasons.condition_figure(
        reasoned(plan, rows_of(plan, later=(None, -0.5))), "later", "出典: 試し"
    )
    assert "計画の期間の中では見通せなくなる" in figure.caption
    assert set(figure.data.frame["told"]) == {labels.BEYOND}
