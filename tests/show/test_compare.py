"""Cities side by side: what is said, what is shown, and who may be named."""

import re
from dataclasses import replace

import pytest

from dxplan.show import compare, labels
from dxplan.town.cities import MOST, cities_named, load_cities
from dxplan.town.city import CityError
from tests.drawn import crossings, texts

NAMES = {"mid": "小松市", "large": "横浜市", "village": "白川村", "done": "南幌町"}
TABLES = (
    compare.place_table,
    compare.state_table,
    compare.roadmap_table,
    compare.live_table,
    compare.people_table,
    compare.outside_table,
    compare.outside_years_table,
    compare.cost_table,
    compare.fund_table,
    compare.ground_table,
)
FIGURES = (
    compare.state_figure,
    compare.live_figure,
    compare.people_figure,
    compare.outside_figure,
    compare.cost_figure,
)
TEXTS = (
    compare.state_text,
    compare.live_text,
    compare.people_text,
    compare.outside_text,
    compare.cost_text,
)


@pytest.fixture(scope="session")
def four(wholes):
    return tuple(wholes[name] for name in NAMES)


# --- who is compared ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "172031 216046",
        " 小松市　白川村 ",
        "172031,216046",
        "小松市、216046",
        "172031 216046 小松市",
    ],
)
def test_cities_are_named_by_code_or_name_with_any_space_or_comma_and_count_once(text):
    assert [city.code for city in load_cities(text)] == ["172031", "216046"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "団体が書かれていません"),
        (" 、", "団体が書かれていません"),
        ("172031 小松氏 999999", "小松氏.*999999"),
        ("府中市 172031", "府中市.*東京都府中市"),
    ],
)
def test_what_cannot_be_compared_is_said_in_japanese_all_at_once(text, words):
    with pytest.raises(CityError, match=words):
        load_cities(text)


def test_more_cities_than_a_page_holds_are_refused():
    codes = ["172031", "216046", "122033", "141003", "014231", "011002", "012025"]
    assert len(load_cities(" ".join(codes[:MOST]))) == MOST
    with pytest.raises(CityError, match="7団体が書かれています"):
        load_cities(" ".join(codes))


# --- what is said ---------------------------------------------------------------------------------
def test_the_introduction_names_all_and_says_when_one_was_named_twice(four):
    said = "172031 141003 216046 014231"
    assert compare.intro_text(four, said).startswith(
        "小松市・横浜市・白川村・南幌町の4団体を比べる。人数は"
    )
    assert "2度書かれた団体は、1度だけ数えた。" in compare.intro_text(four, f"{said} 172031")
    assert len(cities_named(said)) == 4


def test_one_city_alone_is_shown_and_said_to_be_alone(four):
    assert "比べる団体が1つだけのため、小松市の数値だけを示す。" in compare.intro_text(
        four[:1], "172031"
    )
    for text in TEXTS:
        assert "最も" not in text(four[:1]).replace("最後", "")
    assert all(figure(four[:1]).html() for figure in FIGURES)


def test_cities_without_lots_have_no_go_live_to_compare(four, wholes):
    assert compare.live_text(four[3:]) == "南幌町に移行の残りはないとみなす。"
    assert (
        compare.live_text((wholes["asked"],))
        == "粟島浦村は、要確認のシステムの状態を先に確かめる。"
    )


def test_open_questions_are_named_with_their_number(four):
    asked = {plan.city.name: sum(system.unsure for system in plan.city.movable) for plan in four}
    said = compare.state_text(four)
    assert all((f"{name}({count})" in said) is (count > 0) for name, count in asked.items())


def test_the_sentences_name_the_most_and_the_least(four):
    frame = compare.cost_table(four).frame.set_index("city")["yen_each"]
    said = compare.cost_text(four)
    assert (
        f"最も多いのは{frame.idxmax()}({frame.max():,}円)" in said
        and f"最も少ないのは{frame.idxmin()}({frame.min():,}円)" in said
    )
    last = {
        plan.city.name: labels.quarter_text(plan.pmo.told.last["p50"].iloc[0])
        for plan in four
        if not plan.pmo.done
    }
    name = max(last, key=last.get)
    assert re.search(rf"最も遅いのは[^(]*{name}[^(]*\({last[name]}\)", compare.live_text(four))


@pytest.mark.parametrize(
    "values, said",
    [
        ({"甲": 1, "乙": 3, "丙": 2}, "多いのは乙(3)、少ないのは甲(1)"),
        ({"甲": 1, "乙": 1}, "甲・乙はいずれも1"),
        ({"甲": 1}, "甲は1"),
        ({"甲": 1, "乙": 3, "丙": 3}, "多いのは乙・丙(3)、少ないのは甲(1)"),
    ],
)
def test_who_reads_alike_shares_a_place(values, said):
    assert compare.ends_text(values, str, "少ない", "多い") == said


def test_names_that_meet_are_told_apart(four):
    plan = four[0]
    variant = replace(plan, city=replace(plan.city, slug="172031--x", base="172031"))
    assert compare.names_of((plan, variant)) == ["石川県小松市(172031)", "石川県小松市(172031--x)"]
    other = replace(plan, city=replace(plan.city, facts=replace(plan.city.facts, pref="福井県")))
    assert compare.names_of((plan, other)) == ["石川県小松市", "福井県小松市"]


# --- what is shown --------------------------------------------------------------------------------
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_each_city_stands_in_each_table_with_its_source(four, table):
    found = table(four)
    assert list(dict.fromkeys(found.frame["city"])) == list(
        NAMES.values()
    ) and found.source.startswith("出典: ")
    assert "nan" not in found.html() and ("時点" in found.source or "basis" in found.frame)
    assert "要確認" in found.source or "確度A" in found.source


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.__name__)
def test_each_figure_has_title_sentence_source_data_and_the_same_bytes(four, figure):
    found = figure(four)
    assert (
        found.caption.endswith("。")
        and "要確認" in found.source
        and len(found.data.frame) >= len(four)
    )
    assert (
        re.search(r"<title [^>]*>[^<]+</title><desc [^>]*>[^<]+</desc>", found.svg)
        and found.svg == figure(four).svg
    )
    assert all(name in found.svg for name in NAMES.values())
    for drawn in (found.svg, found.narrow):
        assert not crossings(drawn) and min(size for _, size, _ in texts(drawn)) >= 8.25


def test_shares_are_shares_and_end_where_the_plans_end(four):
    live = compare.live_table(four).frame.groupby("city", sort=False)["live_rate"]
    assert live.is_monotonic_increasing.all()
    open_ = [plan.pmo.progress["unsure"] for plan in four]
    assert list(live.last()) == pytest.approx(
        [1 - share for share in open_]
    )  # what is asked is not counted
    fund = compare.fund_table(four).frame.drop(columns="city")
    assert (
        fund.sum(axis=1).round(9).eq(1).all()
        and compare.outside_years_table(four).frame["outside_rate"].between(0, 1).all()
    )


def test_the_states_and_what_is_seen_are_those_of_the_plans(four):
    states, seen = (
        compare.state_table(four).frame.set_index("city"),
        compare.roadmap_table(four).frame.set_index("city"),
    )
    for plan in four:
        row = states.loc[plan.city.name]
        assert row["situation"] == seen.at[plan.city.name, "situation"] == plan.city.situation
        counts = [
            sum(s.state.value == name for s in plan.city.systems)
            for name in ("live", "presumed", "late")
        ]
        assert [row["stood"], row["taken"], row["pending"]] == counts
        assert row["common"] == plan.city.common.pending
        assert seen.at[plan.city.name, "lots"] == len(plan.pmo.lots)
        if not plan.pmo.done:
            last = plan.pmo.told.last.iloc[0]
            assert seen.at[plan.city.name, "ends"] == labels.quarters_text(
                last["p50_from"], last["p50_to"]
            )


def test_per_resident_is_the_plan_divided_by_its_people(four):
    for plan, each in zip(four, compare.cost_table(four).frame["yen_each"]):
        assert each == round(plan.budget.year["new"].sum() / plan.city.facts.population)
    for plan, row in zip(four, compare.people_table(four).frame.itertuples()):
        assert row.then_rate == pytest.approx(row.then / plan.city.facts.staff_general)


def test_of_several_last_go_lives_the_earliest_is_named_first(four):
    days = {plan.city.name: compare.last_told(plan.pmo) for plan in four}
    early, late = (pick((day, name) for name, day in days.items() if day) for pick in (min, max))
    said = compare.live_text(four)
    assert early[1] in said.partition("、最も遅い")[0] and late[1] in said.partition("最も遅い")[2]
    assert said.index("最も早い") < said.index("最も遅い")
