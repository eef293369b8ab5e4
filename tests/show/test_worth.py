"""What to ask first: five rows, each with its range, its effect, whom to ask and by when."""

from dataclasses import replace
from datetime import date

import pytest

from dxplan.plan.worth import Worth
from dxplan.show import worth
from dxplan.town.questions import questions, unknowns


@pytest.fixture(scope="module")
def frame(wholes):
    return worth.first_table(wholes["mid"]).frame


def test_the_first_five_stand_in_the_order_of_worth(wholes, frame):
    first = questions(wholes["mid"].city)[:5]
    assert len(frame) == 5
    for text, one in zip(frame["unknown"], first, strict=True):
        assert text.startswith(one.label)
    assert list(frame["knows"]) == [one.asked for one in first]
    assert "".join(frame["unknown"]).count("ロット1・ロット2") >= 1


def test_each_says_its_effect_and_no_measure_that_stays(wholes, frame):
    for text, one in zip(frame["moves"], questions(wholes["mid"].city), strict=False):
        assert ("最後の稼働" in text) == any(one.months)
        assert ("期限に" in text) == any(one.points)
        assert ("実質負担" in text) == any(one.yen)
        assert ("半年以内" in text) == one.flips


def test_an_effect_is_told_from_the_least_to_the_largest():
    one = replace(
        questions_like(), months=(-2.0, 16.1), points=(3.0, -41.66), yen=(-62_630_000.0, 1.2e8)
    )
    assert worth.effect_text(one) == (
        "最後の稼働の中央値 −2.0〜+16.1か月、期限に間に合う確率 −41.7〜+3.0ポイント、"
        "増える実質負担 −6,263万円〜+1.2億円/年"
    )
    # two ends on one side: the plan as it is, is the other end
    assert worth.effect_text(replace(one, months=(2.0, 5.0), points=(0, 0), yen=(0, 0))) == (
        "最後の稼働の中央値 ±0〜+5.0か月"
    )


def questions_like():
    return worth.Question("x", "world", "問い", "倍", (), 1.0, 1.6, 2.3, "ベンダ")


def test_values_are_told_with_their_range_and_unit():
    one = questions_like()
    assert worth._assumed_text(one) == "1.6倍(1〜2.3倍)"
    price = replace(one, unit="円/システム", low=1.8e7, now=3.6e7, high=1.2e8)
    assert worth._assumed_text(price) == "3,600万円/システム(1,800万円〜1.2億円/システム)"
    day = replace(one, unit="日付", low=date(2027, 4, 1), now=None, high=date(2030, 3, 31))
    assert worth._assumed_text(day) == "不明(令和9年4月1日〜令和12年3月31日)"
    assert worth._assumed_text(replace(one, low=True, now=None, high=False)) == "不明(済み〜まだ)"
    group = replace(one, low=None, now=None, high=None, members=(one, one, one))
    assert worth._assumed_text(group) == "問い 1.6倍(1〜2.3倍)、ほか2つ"


def test_what_changes_a_decision_is_wanted_at_the_start_the_rest_before_money_is_asked_for(wholes):
    plan = wholes["mid"]
    one = questions_like()
    assert worth.until(plan, replace(one, flips=True)) == date(2026, 12, 1)
    asked = [gate.request_by for gate in plan.pmo.gates]
    assert worth.until(plan, one) in asked and worth.until(plan, one) >= plan.city.start


def test_the_plans_own_effects_stand_under_their_own_words(wholes):
    plan = wholes["mid"]
    one = replace(unknowns(plan.city)[0], months=(0.0, 2.0))
    table = worth.own_table(plan, Worth((one,), 1, None, 1.0, 1.0))
    assert len(table.frame) == 1 and "この団体" in table.source
    assert "団体の試算の平均" in worth.first_table(plan).source


def test_every_situation_has_its_list_or_says_that_nothing_is_asked(wholes):
    for plan in wholes.values():
        html = worth.first_table(plan).html()
        assert worth.TITLE in html
        ten = worth.ten_table(plan).frame
        # where no lot is left, five may be all that moves anything
        least = worth.FIRST if plan.pmo.done else worth.FIRST + 1
        assert least <= len(ten) <= worth.TENTH and "until" not in ten
        assert worth.first_table(plan).frame["moves"].str.len().gt(0).all()
    empty = worth.own_table(wholes["mid"], Worth((), 0, None, 1.0, 1.0))
    assert worth.NOTHING in empty.html()
