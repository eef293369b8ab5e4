"""Hours and goals in words: claims are called claims, a goal has its day and who decides."""

from dataclasses import replace

from dxplan.show import effects
from tests.plans import whole

CODE = "073016"


def test_the_goal_of_people_says_how_many_by_when_who_decides_and_whose_hours_they_are():
    plan = whole(CODE)
    text = effects.shift_text(plan)
    last = plan.effects.year["moved"].max()
    assert f"常勤{last:.1f}人分" in text and "要確認" in text
    assert "人事課" in text and "申告・見込み" in text
    table = effects.shift_table(plan)
    assert len(table.frame) == len(plan.effects.year) and "申告・見込みの合計" in table.source


def test_where_nothing_is_given_back_a_sentence_says_so():
    plan = replace(whole(CODE))
    none = plan.effects.year.assign(moved=0.0)
    vars(plan)["effects"] = replace(plan.effects, year=none)
    assert effects.shift_text(plan) == effects.NONE


def test_each_goal_stands_beside_similar_municipalities_with_its_source():
    frame = effects.goal_table(whole(CODE)).frame.set_index("initiative")
    online = frame.loc["オンライン申請の拡充"]
    assert online["now_value"] == "18%" and online["goal_value"].endswith("%")
    assert (
        frame.at["生成AI", "now_value"] == "未実施" and frame.at["生成AI", "goal_value"] == "実施"
    )
    assert frame.at["生成AI", "peer_mean"].endswith("が実施")
    assert frame["source"].str.contains("時点、確度").all()
