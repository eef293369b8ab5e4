"""The questions of a council: called by facts, answered with the plan's numbers and grounds."""

import ast
import re
from pathlib import Path

import pytest

from dxplan.facts import catalog
from dxplan.show import council, front, labels, particular
from dxplan.show.council import council_facts, council_table, priceless
from tests.plans import whole

SHOW = Path(council.__file__).parent
OTHERS = ("073016", "463043", "141003", "155861")  # done, village, large, asked
NUMBERED = re.compile(r"\d")
SURE = re.compile("仮に|仮の|見込み|公表|案です|公表値|確かめ")
PLACE = re.compile(r"{(\w+)}")


def rows():
    return catalog.load_rows("council_questions")


def told():
    """The names of all facts that the two rooms may tell, and their words."""
    names = set()
    for room in ("council", "particular"):
        tree = ast.parse((SHOW / f"{room}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


def test_every_fact_that_a_question_is_called_by_or_tells_is_one_of_the_rooms():
    known = told()
    for row in rows():
        wanted = {name for name, _, _ in particular.calls_in(row)}
        wanted |= set(PLACE.findall(f"{row['question']}{row['text']}{row['ground']}"))
        assert {name for name in wanted if not {name, f"{name}_word"} & known} == set(), row["id"]


def test_questions_are_many_in_one_order_and_say_what_they_rest_on():
    ranks = [row["rank"] for row in rows()]
    assert len(ranks) >= 25 and len(set(ranks)) == len(ranks)
    assert {row["about"] for row in rows()} == {"state", "date", "money", "people", "resident"}
    for row in rows():
        assert row["question"].endswith("か。") and row["text"].endswith(("す。", "ません。"))
        assert PLACE.search(row["ground"]), f"{row['id']} has no date in its ground"


def check(plan):
    """Ten questions, whole sentences, no number without a ground with its date."""
    table = council_table(plan)
    assert table.frame["no"].tolist() == list(range(1, 11)), plan.city.name
    assert table.frame["council_question"].is_unique
    words = list(catalog.load_table("forbidden_words").itertuples())
    for row in table.frame.to_dict("records"):
        text = "".join(str(row[name]) for name in table.frame.columns if name != "no")
        assert not re.search(r"[{}]|nan|None", text), text
        assert re.search(r"令和\d+年\d+月\d+日", row["council_ground"]), row
        if NUMBERED.search(row["council_answer"]):
            assert SURE.search(row["council_answer"]), row
        for word in words:
            bare = text
            for may in filter(None, word.but.split(";")):
                bare = bare.replace(may, "")
            assert word.word not in bare, (word.word, text)


def test_the_questions_of_a_city(wholes):
    check(wholes["mid"])


@pytest.mark.rest
@pytest.mark.parametrize("code", OTHERS)
def test_the_questions_of_other_cities(code):
    plan = whole(code)
    check(plan)
    asked = council_table(plan).frame["council_question"]
    late = asked.str.contains("期限に間に合うのか").any()
    assert late == (not plan.pmo.done)


@pytest.mark.rest
def test_cities_of_different_kind_are_asked_different_questions():
    asked = [frozenset(council_table(whole(code)).frame["council_question"]) for code in OTHERS]
    assert len(set(asked)) == len(asked)


def test_an_answer_has_the_numbers_of_page_one(wholes):
    plan = wholes["mid"]
    answers = "".join(council_table(plan).frame["council_answer"])
    for seen in front.cost_table(plan).frame["seen"][:2]:
        assert f"{seen}" in answers
    row = plan.risk.last.iloc[0]
    assert f"確率は{labels.chance_text(row['chance'])}" in answers
    assert labels.quarters_text(row["p20"], row["p80"]) in answers


def test_the_facts_of_the_council_leave_those_of_page_one_as_they_are(wholes):
    plan = wholes["mid"]
    before = dict(particular.plan_facts(plan))
    after = council_facts(plan)
    assert {name: after[name] for name in before} == before
    assert particular.plan_facts(plan) == before


def test_a_question_that_may_not_be_told_is_left_out_and_no_amount_with_it(wholes):
    frame = council_table(wholes["mid"], "money").frame
    assert len(frame) == 10
    assert not frame.astype(str).apply(lambda cells: cells.str.contains("円")).any(axis=None)


def test_a_sentence_with_an_amount_is_left_out():
    assert priceless("3人。計5万円です。来年です。") == "3人。来年です。"
