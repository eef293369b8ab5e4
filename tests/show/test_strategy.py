"""The strategies beside each other."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from dxplan.plan.whole import Plan
from dxplan.show import labels, strategy, style
from tests.plan.cities import staffing as staff_of
from tests.plans import roadmap


def _ways(code, way="both"):
    city = roadmap(code).city.changed(effort="簡易")
    # training and budget are not read
    return Plan(city, roadmap(code), staff_of(code, way), None, None).ways


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
        assert _cell(ways, "重みを含む値(百万円)", name) == f"{row['value'] / 1e6:,.1f}"
    assert _cell(ways, "自走する月", "outside") == "至らない"
    assert _cell(ways, "最後の外部人材の終了", "own") == "外部人材なし"
    assert _cell(ways, "最後の外部人材の終了", "outside") == "終わらない"


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
    assert float(re.search(r'width="([\d.]+)pt"', one.svg)[1]) / 72 <= style.UPRIGHT
    assert "<table" in one.html() and "出典" in one.source


def _changed(ways, **values):
    """The comparison with values of single strategies replaced: own={"yen": 1}."""
    row = ways.row.copy().astype({"self_reliant": "object", "exit": "object"})
    for name, cells in values.items():
        for column, value in cells.items():
            row.loc[row["strategy"] == name, column] = value
    return replace(ways, row=row)


@pytest.mark.parametrize("best", ["own", "outside", "both"])
def test_the_verdict_names_whichever_strategy_is_best(ways, best):
    least = ways.row["value"].min() / 2
    found = replace(_changed(ways, **{best: {"value": least, "gap": 0.0}}), best=best)
    text = strategy.verdict_text(found)
    assert text.startswith(f"小松市では「{labels.word_of('strategy', best)}」が最も良い")
    assert f"{least / 1e6:,.1f}百万円" in text
    for other in {"own", "outside", "both"} - {best}:
        assert f"「{labels.word_of('strategy', other)}」は、" in text


def test_the_verdict_says_what_the_others_do_better_and_worse(ways):
    rows = {row["strategy"]: row for row in ways.row.to_dict("records")}
    text = strategy.verdict_text(ways)
    less = rows["both"]["yen"] - rows["own"]["yen"]
    assert f"「自前のみ」は、支出が{labels.yen_text(less)}少な" in text
    assert f"人手の不足が{rows['own']['short'] - rows['both']['short']:,.1f}人月多い" in text
    assert (
        "期間内に自走に至ら" in text
        and f"{labels.percent_text(rows['outside']['left'])}%にとどま" in text
    )


def test_an_order_within_the_gap_is_said_to_be_open(ways):
    value = ways.row.loc[ways.row["strategy"] == ways.best, "value"].iloc[0]
    close = _changed(ways, own={"value": value * 1.05, "gap": 0.2})
    assert (
        "「自前のみ」との順位は、計算の隔たりが値の差より大きいため、確定していない"
        in strategy.verdict_text(close)
    )
    clear = _changed(
        ways, own={"value": value * 2, "gap": 0.0}, outside={"value": value * 2, "gap": 0.0}
    )
    assert "確定していない" not in strategy.verdict_text(clear)


def test_the_simpler_strategy_is_said_to_win_a_tie(ways):
    value = ways.row["value"].min()
    tie = replace(_changed(ways, own={"value": value * 1.001, "gap": 0.02}), best="own")
    text = strategy.verdict_text(tie)
    assert "「自前のみ」が最も良い" in text and "わずかに小さいが" in text and "簡素な方" in text


def test_equal_strategies_are_said_to_be_equal(ways):
    same = ways.row[ways.row["strategy"] == "both"].iloc[0].to_dict()
    equal = _changed(ways, own={k: v for k, v in same.items() if k != "strategy"})
    assert "「自前のみ」は、支出・不足・自走する月に差がない。" in strategy.verdict_text(equal)


def test_clauses_go_on_as_japanese_does():
    texts = [
        "支出が1千円少ない",
        "期間内に自走に至らない",
        "75.0%にとどまる",
        "2030年4月に自走する",
        "順位が決まらない",
        "多い",
    ]
    assert strategy._joined(texts) == (
        "支出が1千円少なく、期間内に自走に至らず、75.0%にとどまり、2030年4月に自走し、"
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
