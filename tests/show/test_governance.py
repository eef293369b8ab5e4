"""What a reader sees of the governance."""

import re

import pytest

from dxplan.plan.governance import plan_governance
from dxplan.plan.why import plan_why
from dxplan.show import governance as shown
from dxplan.show import labels
from dxplan.show.governance import TOPICS, raid_texts


@pytest.fixture(scope="module")
def governances(wholes):
    return {name: plan_governance(plan, plan_why(plan.pmo, "quick")) for name, plan in wholes.items()}


@pytest.mark.parametrize("name", ["mid", "large", "village", "done"])
def test_every_table_is_drawn_and_every_sentence_is_filled_in(governances, name):
    plan = governances[name]
    for table in (shown.raci_table(plan), shown.raid_table(plan), shown.top_table(plan), shown.meeting_table(plan),
                  shown.diary_table(plan), shown.diary_table(plan, 12)):
        text = table.html()
        assert "<caption>" in text and not re.search(r"[{}]|nan|None", text), table.title
    for topic, facts in zip(plan.raid["topic"], plan.raid["facts"]):
        assert all(said.endswith("。") and "。。" not in said for said in raid_texts(topic, facts)), topic
    assert plan.city.name and "件" in shown.summary_text(plan)


def test_unconfirmed_entries_are_marked(governances):
    text = shown.raid_table(governances["mid"]).html()
    assert f'<strong class="unconfirmed">{labels.UNCONFIRMED}</strong>' in text
    assert labels.UNCONFIRMED in shown.raci_table(governances["mid"]).source


def test_each_topic_that_the_register_knows_has_its_sentence(governances):
    seen = {topic for plan in governances.values() for topic in plan.raid["topic"]}
    assert seen <= set(TOPICS) and len(seen) >= 15
    late = {"names": ("介護保険", "生活保護", "就学", "戸籍"), "weeks": 9, "day": governances["mid"].city.at("end_date").value}
    what, _ = raid_texts("late_end", late)
    assert what == "4システム(介護保険・生活保護・就学ほか1)の稼働が期限(2031年3月31日)に間に合わず、最も遅いものは9週後になる。"


def test_nobody_else_is_named_as_the_author_of_a_guess(governances):
    for plan in governances.values():
        for table in (shown.raci_table(plan), shown.raid_table(plan), shown.meeting_table(plan)):
            assert not re.search("総務省|デジタル庁|パーソル|Persol", table.html()), table.title


def test_the_report_s_section_is_short(governances):
    text = shown.steering_section(governances["large"]).html()
    assert text.count("<table") == 2 and len(text) < 10_000
