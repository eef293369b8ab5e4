"""Strategies and variants in one picture."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from dxplan.plan.whole import ORDER, plan_options
from dxplan.show import labels, options
from tests.drawn import crossings


@pytest.fixture(scope="module")
def found(whole):
    return plan_options(whole, {"増員案": whole}, "いまの計画")


def test_the_plan_comes_first_then_the_strategies_then_the_variants(found):
    assert list(found["kind"]) == ["now", "strategy", "strategy", "strategy", "variant"]
    assert list(found["option"]) == ["いまの計画", *ORDER[:3], "増員案"]


def test_the_same_plan_has_the_same_measures_whatever_it_is_called(whole, found):
    rows = found.drop(columns=["option", "kind"]).set_index(found["option"])
    pd.testing.assert_series_equal(rows.loc["いまの計画"], rows.loc["増員案"], check_names=False)
    pd.testing.assert_series_equal(
        rows.loc["いまの計画"], rows.loc[whole.staffing.strategy], check_names=False
    )
    assert rows.loc["いまの計画", "yen"] == whole.staffing.cost["yen"].sum()


def test_every_value_of_the_table_is_written_in_the_picture(whole, found):
    figure = options.options_figure(whole.city, found)
    words = [
        "".join(text.itertext())
        for text in ElementTree.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert not crossings(figure.svg) and not crossings(figure.narrow)
    for row in figure.data.frame.to_dict("records"):
        for name in ("option", "said_last", "said_yen", "said_short", "said_share"):
            assert row[name] in words, (name, row[name])
    assert all(
        labels.word_of("kind_option", kind) in words for kind in ("now", "strategy", "variant")
    )


def test_the_sentence_names_the_best_by_each_measure(whole, found):
    text = options.options_text(whole.city, found)
    least = found.loc[found["yen"].idxmin()]
    assert (
        f"人材の支出が最も少ないのは「{options.name_of(least)}」({least['yen'] / 1e6:,.1f}百万円)"
        in text
    )
    same = options.options_text(whole.city, found.iloc[[0, 4]])
    assert (
        f"最後の稼働の見通しはどの案も{labels.quarter_text(found['last'][0])}、人材の支出はどの案も"
        in same
    )


def test_no_strategy_moves_the_roadmap(whole, found):
    assert set(found["last"]) == {whole.pmo.told.last["p50"].iloc[0]}


def test_a_plan_whose_last_lot_is_not_seen_is_said_so_and_not_drawn_as_done(whole, found):
    unseen = found.assign(last=[None, *found["last"][1:]])
    figure = options.options_figure(whole.city, unseen)
    assert options.NONE in figure.svg and options.NONE in figure.data.html()
    assert "見通しはどの案も「見通しなし」" in options.options_text(
        whole.city, found.assign(last=None)
    )
