"""The strategies beside each other."""

import math
from copy import copy
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pandas as pd
import pytest

from dxplan.facts import months
from dxplan.plan.downside import DOWNSIDE
from dxplan.plan.whole import _even
from dxplan.show import labels, strategy
from tests.drawn import crossings
from tests.plan.cities import staffing as staff_of
from tests.plans import whole


def _ways(code, way="both"):
    plan = whole(code)
    if way == plan.staffing.strategy:
        return plan.ways
    # the budget is not read
    return replace(plan, staffing=staff_of(code, way), budget=None).ways


@pytest.fixture(scope="module")
def ways():
    return _ways("172031")


@pytest.fixture(scope="module")
def others():
    return {"village": _ways("216046"), "done": _ways("014231"), "mix": _ways("012025", "mix")}


def _cell(found, what, name):
    frame = strategy.comparison_table(found).frame.set_index("what")
    return frame.at[what, f"way_{name}"]


def test_the_table_says_the_numbers_of_the_comparison(ways):
    for row in ways.row.to_dict("records"):
        name = row["strategy"]
        assert _cell(ways, "支出(千円)", name) == f"{round(row['yen'] / 1000):,}"
        assert _cell(ways, "人手の不足(人月)", name) == f"{row['short']:,.1f}"
        assert _cell(ways, "総合評価(百万円に換算)", name) == f"{row['value'] / 1e6:,.1f}"
    never = _changed(ways, outside={"self_reliant": None})
    assert _cell(never, "職員だけで運営できる時期", "outside") == "計画期間内には到達しない"
    when = _changed(ways, outside={"self_reliant": date(2029, 4, 1)})
    assert _cell(when, "職員だけで運営できる時期", "outside") == "令和11年4月"
    assert _cell(ways, "最後の外部人材の終了", "own") == "外部人材なし"
    end = months.month_end(ways.share["month"].max())
    assert _cell(_changed(ways, outside={"exit": end}), "最後の外部人材の終了", "outside") == (
        "終わらない"
    )


def test_the_own_mix_is_compared_only_where_somebody_has_said_what_it_is(ways, others):
    assert (
        "way_mix" not in strategy.comparison_table(ways).frame
        and "比べていない" in strategy.comparison_table(ways).source
    )
    assert "way_mix" in strategy.comparison_table(others["mix"]).frame
    assert "比べていない" not in strategy.comparison_table(others["mix"]).source


def test_the_strategies_are_compared_on_the_same_dates_and_a_finished_city_has_none(ways, others):
    assert strategy.SAME_DATES in strategy.comparison_table(ways).source
    assert strategy.SAME_DATES not in strategy.comparison_table(others["done"]).source
    assert not [what for what in strategy.comparison_table(ways).frame["what"] if "稼働" in what]


def test_cost_by_year_is_that_of_the_comparison(ways):
    frame = strategy.cost_table(ways).frame
    for row in ways.row.to_dict("records"):
        cells = [int(text.replace(",", "")) for text in frame[f"way_{row['strategy']}"]]
        assert sum(cells[:-1]) == cells[-1] == pytest.approx(row["yen"] / 1000, abs=len(cells))


@pytest.mark.parametrize("name", ["ways", "village", "done", "mix"])
def test_the_figure_repeats_its_bytes_and_draws_every_strategy(ways, others, name):
    found = ways if name == "ways" else others[name]
    one, two = (strategy.share_figure(found) for _ in "ab")
    assert one.svg == two.svg and ElementTree.fromstring(one.svg)[1].text == one.caption
    for way in found.row["strategy"]:
        word = labels.word_of("strategy", way)
        assert f">{word}</text>" in one.svg and word in one.caption
    assert not crossings(one.svg) and not crossings(one.narrow)
    assert "<table" in one.html() and "出典" in one.source


def _changed(ways, **values):
    """The comparison with values of single strategies replaced: own={"yen": 1}."""
    row = ways.row.copy().astype({"self_reliant": "object", "exit": "object"})
    for name, cells in values.items():
        for column, value in cells.items():
            row.loc[row["strategy"] == name, column] = value
    return replace(ways, row=row)


def _paired(ways, yen, short, **values):
    """The comparison in which own people alone have so much more money and shortage, by hand."""
    rows = ways.row.set_index("strategy")
    now = rows.loc["both"]
    own = {"yen": now["yen"] + yen, "short": now["short"] + short, **values}
    found = _changed(ways, own=own)
    return replace(found, even=_even(found.row, "both"))


@pytest.mark.parametrize(
    ("yen", "short", "price", "full", "lean"),
    [
        (-62_300_000, 57.9, "110", "二刀流", "自前のみ"),  # cheaper and short of more
        (3_000_000, -2.5, "120", "自前のみ", "二刀流"),  # dearer and short of less
        (-62_300_000, -57.9, "", "", ""),  # better in both
        (62_300_000, 57.9, "", "", ""),  # worse in both
    ],
)
def test_the_price_from_which_a_strategy_is_worth_its_money(ways, yen, short, price, full, lean):
    found = _paired(ways, yen, short)
    text = strategy.verdict_text(found)
    own = text.split("「外部のみ」は、")[0].split("「自前のみ」は、")[1]
    if price:
        assert own.endswith(
            f"人手の不足1人月の損失を約{price}万円より大きくみるなら「{full}」、"
            f"小さくみるなら「{lean}」が有利になる。"
        )
    else:
        assert "有利" not in own
    assert f"支出が{labels.yen_text(abs(yen))}{'多' if yen > 0 else '少な'}" in own
    assert f"人手の不足が{abs(short):.1f}人月{'多' if short > 0 else '少な'}" in own


def test_strategies_that_are_told_alike_have_no_price(ways):
    least = round(strategy.ALIKE * ways.row.set_index("strategy").at["both", "yen"])
    for yen, short in ((-62_300_000, 0.04), (1000 - least, 57.9)):
        found = _paired(ways, yen, short).even.set_index("strategy")
        assert found.at["own", "price"] > 0
        text = strategy.verdict_text(_paired(ways, yen, short))
        assert "有利" not in text.split("「外部のみ」は、")[0]


def test_a_price_is_told_in_two_figures_and_in_the_unit_of_the_weights(ways):
    text = strategy.verdict_text(_paired(ways, -3_456_000, 1.0))
    assert "約350万円より大きくみるなら「二刀流」" in text
    weight = labels.number_text(ways.city.number("price_short") / 10_000)
    assert f"仮に不足1人月の損失を{weight}万円" in text
    text = strategy.verdict_text(_paired(ways, -1_000_000, 300.0))
    assert "約0.33万円より大きくみるなら" in text


def test_the_verdict_begins_with_the_plans_own_strategy_and_knows_no_best(ways, others):
    for found, way in (
        (ways, "二刀流"),
        (others["village"], "二刀流"),
        (others["mix"], "独自の組合せ"),
    ):
        text = strategy.verdict_text(found)
        assert text.startswith(f"{found.city.name}の計画は「{way}」。")
        assert "最も良い" not in text and "この値を団体が決めてから判断する" in text
        for row in found.even.to_dict("records"):
            assert f"「{labels.word_of('strategy', row['strategy'])}」は、" in text


def test_the_verdict_says_what_the_others_do_better_and_worse(ways):
    ways = _changed(ways, outside={"self_reliant": None, "left": 0.4})
    rows = {row["strategy"]: row for row in ways.row.to_dict("records")}
    text = strategy.verdict_text(ways)
    less = rows["both"]["yen"] - rows["own"]["yen"]
    assert less > 0 and f"「自前のみ」は、支出が{labels.yen_text(less)}少な" in text
    assert f"人手の不足が{rows['own']['short'] - rows['both']['short']:,.1f}人月多い" in text
    assert (
        "計画期間内に職員だけでの運営に到達" in text
        and f"{labels.percent_text(rows['outside']['left'])}%にとどま" in text
    )


def test_equal_strategies_are_said_to_be_equal(ways):
    same = ways.row[ways.row["strategy"] == "both"].iloc[0].to_dict()
    for name in ("strategy", "yen", "short"):
        del same[name]
    equal = _paired(ways, 0, 0.0, **same)
    assert (
        "「自前のみ」は、支出・不足・職員だけで運営できる時期に差がない見込み。"
        in strategy.verdict_text(equal)
    )


def test_clauses_go_on_as_japanese_does():
    texts = [
        "支出が1千円少ない",
        "計画期間内に職員だけでの運営に到達しない",
        "間隔が決まらない",
        "75.0%にとどまる",
        "令和12年4月から職員だけの運営になる",
        "順位が決まらない",
        "多い",
    ]
    assert strategy._joined(texts) == (
        "支出が1千円少なく、計画期間内に職員だけでの運営に到達せず、間隔が決まらず、75.0%にとどまり、"
        "令和12年4月から職員だけの運営になり、"
        "順位が決まらず、多い"
    )
    assert strategy._joined([]) == ""


def test_the_value_is_explained_with_the_weights_of_the_city(ways):
    text = strategy.value_text(ways)
    assert (
        f"1人月{ways.city.number('price_short') / 10_000:g}万円" in text
        and "予算の額ではない" in text
    )
    assert f"{ways.city.number('tail_months'):g}か月" in text
    assert "値の順は優劣を示さない" in text


# --- where it does not come as planned ------------------------------------------------------------
@pytest.fixture(scope="module")
def fallen(wholes):
    """A plan, and its cases by hand."""
    rows = [
        ("base", 70_300_000, 35.9, 0.0, date(2028, 5, 1), 55.0, 0.0),
        ("found", 31_250_000, 77.2, 41.3, date(2029, 3, 1), 55.0, 0.5),
        ("moved", 70_300_000, 45.7, 9.8, None, 65.2, math.nan),
        ("half", 70_300_000, 35.9, 0.0, date(2028, 5, 1), 35.9, 0.0),
    ]
    plan = copy(wholes["mid"])
    plan.__dict__["downside"] = pd.DataFrame(rows, columns=DOWNSIDE)
    return plan


def test_each_case_says_what_is_lost_against_the_plan(fallen):
    assert strategy.downside_text(fallen) == (
        "仮に次のことが起きたと置くと(ほかの任用・契約と研修は計画のまま)、"
        "新しい外部人材を確保できない場合は、人手の不足が41.3人月増、"
        "最後の稼働が平均0.5四半期(1.5か月)遅れとなる、"
        "4月の異動が2倍になる場合は、人手の不足が9.8人月増、最後の月の変革人材が10人増となる、"
        "研修の修了率が半分になる場合は、最後の月の変革人材が19人減となる見込み。"
    )


def test_a_case_that_loses_nothing_is_said_to_change_nothing(fallen):
    plan = copy(fallen)
    same = plan.downside.iloc[[0]]
    cases = [same.assign(case=case) for case in plan.downside["case"]]
    plan.__dict__["downside"] = pd.concat(cases, ignore_index=True)
    assert strategy.downside_text(plan).count("場合は、計画と変わらない") == 3


def test_the_table_of_the_cases_has_a_row_each_and_no_number_that_is_none(fallen):
    table = strategy.downside_table(fallen)
    assert table.frame["what"].tolist()[0] == "計画のとおり" and len(table.frame) == 4
    assert table.frame["alone_when"].tolist() == [
        "令和10年5月",
        "令和11年3月",
        "計画期間内には到達しない",
        "令和10年5月",
    ]
    assert table.frame["spent"].tolist() == [70_300, 31_250, 70_300, 70_300]
    page = table.html()
    assert "nan" not in page and page.count(f">{labels.MISSING}<") == 1
    assert ">41.3<" not in page and ">77.2<" in page and "出典" in page
    assert "各ステップの修了率が半分" in table.source


@pytest.mark.parametrize(
    ("change", "better", "words"),
    [
        ({"yen": -9e6}, True, "支出が9,000千円少ない"),
        ({"yen": 9e6}, False, "支出が9,000千円多い"),
        ({"short": -4.0}, True, "人手の不足が4.0人月少ない"),
        ({"short": 4.0}, False, "人手の不足が4.0人月多い"),
        ({"change": -6.0}, False, "変革人材が6人少ない"),
        ({"change": 6.0}, True, "変革人材が6人多い"),
    ],
)
def test_less_money_and_shortage_are_better_and_fewer_people_of_change_are_worse(
    change, better, words
):
    best = {"yen": 5e7, "short": 9.0, "left": 0.9, "change": 40.0, "self_reliant": None}
    other = {name: best[name] + change.get(name, 0) for name in ("yen", "short", "left", "change")}
    ((told, said),) = strategy._differences(best, best | other)
    assert (told, said) == (better, words)
