"""What is particular: each sentence has the facts that call it, and two places differ."""

import re
from string import Formatter

import pytest

from dxplan.facts.catalog import load_rows
from dxplan.show import particular
from dxplan.show.particular import CALL, called, load_phrases, plan_facts
from tests.bench.pairs import GOAL, sentences, share
from tests.bench.readers import page_html, unanswered
from tests.plans import plain, whole

PARTS = {row["part"] for row in load_rows("particulars")}
NAMES = ("mid", "large", "village", "asked", "done")


def test_every_sentence_names_the_facts_that_call_it_and_only_known_ones(wholes):
    known = set().union(*(plan_facts(plan) for plan in wholes.values()))
    # facts that these five places have not
    known |= {"island", "away", "branch_chance", "ends_unknown"}
    for row in load_rows("particulars"):
        for call in filter(None, (row["calls"] or "").split(";")):
            assert CALL.fullmatch(call)[1] in known, row["id"]
        fields = {name for _, name, _, _ in Formatter().parse(row["text"]) if name}
        assert {name.removesuffix("_word") for name in fields} <= known | {
            name.removesuffix("_word") for name in known
        }, row["id"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", sorted(PARTS))
def test_what_is_called_is_whole_and_of_one_thing_one_sentence_is_told(wholes, name, part):
    facts = plan_facts(wholes[name])
    for about, text in called(part, facts).items():
        assert "{" not in text and "nan" not in text and "None" not in text, (about, text)
        # the first of its rank whose facts all hold
        first = next(
            phrase
            for phrase in load_phrases(part)
            if phrase.about == about
            and all(particular.holds(facts, *call) for call in phrase.calls)
        )
        assert text.startswith(first.text.partition("{")[0])


def test_every_place_has_three_sentences_of_its_own(wholes):
    for plan in wholes.values():
        texts = particular.particular_texts(plan)
        assert len(texts) == particular.FIRST == len(set(texts))
        html = particular.particular_list(plan).html()
        assert html.count("<li>") == 3 and f"{plan.city.name}に特有のこと" in html


def test_a_fact_that_is_not_known_calls_nothing():
    assert not particular.holds({}, "staff", ">=", "0")
    assert particular.holds({"cio": "none"}, "cio", "=", "none")
    assert not particular.holds({"cio": 1.0}, "cio", "=", "none")
    assert particular.holds({"class": "指定都市"}, "class", "=", "指定都市")


def test_an_island_a_designated_city_and_a_ward_are_told_as_such():
    told = {code: dict(particular._place(plain(code))) for code in ("463043", "141003", "131130")}
    assert told["463043"]["island"] == told["463043"]["away"] == 1
    assert told["141003"]["class"] == "指定都市" and "island" not in told["141003"]
    assert told["131130"]["class"] == "特別区"
    codes = [code for row in load_rows("islands") for code in row["codes"].split()]
    assert all(re.fullmatch(r"\d{6}", code) and plain(code).name for code in codes)


def test_two_places_of_different_kind_share_few_sentences(wholes):
    told = {name: sentences(plan) for name, plan in wholes.items()}
    for one, other in (("mid", "large"), ("mid", "village"), ("mid", "done"), ("asked", "large")):
        assert share(told[one], told[other]) <= GOAL, (one, other)
    assert share(told["mid"], told["mid"]) == 1


@pytest.mark.rest
@pytest.mark.parametrize("code", ["172031", "073016", "155861"])
def test_every_reader_finds_his_answer_where_it_must_stand(code):
    plan = whole(code)
    html = page_html(plan)
    assert not list(unanswered(html, plan.city.situation))
    # the script sees what is missing
    lost = html.replace("費用と確かさ", "").replace("国・都道府県に求める支援", "")
    assert {"いくら増えるか(幅)", "求める支援"} <= {
        question for _, question in unanswered(lost, plan.city.situation)
    }


@pytest.mark.parametrize(
    "known",
    [
        {"cio": 0.0},
        {"cross": 0.0},
        {"policy": 0.0, "cross": 0.0},
        {"island": 1.0, "away": 1.0, "pop": 2000.0},
        {"island": 1.0, "pop": 2000.0},
        {"pop": 2000.0, "each": 30.0},
        {"each": 300.0},
        {"strength": 0.1},
        {"balance": 99.0},
    ],
    ids=lambda known: "-".join(known),
)
def test_where_nothing_is_left_to_move_nothing_particular_speaks_of_a_cutover(wholes, known):
    facts = plan_facts(wholes["done"]) | known
    texts = [*called("particular", facts).values(), called("otherwise", facts)["board"]]
    assert facts["situation"] == "after" and len(texts) > 3
    for text in texts:
        assert not re.search("切替|ロット|補助の上限|提示日", text), text
