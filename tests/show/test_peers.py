"""What is told of the peers: why, of which day, with the blanks, and never a score."""

from dataclasses import replace

import pytest

from dxplan.facts.catalog import load_column
from dxplan.plan.peers import COUNT, INDICATORS, UNASKED, plan_peers
from dxplan.show import labels
from dxplan.show import peers as show
from tests.plans import plain


@pytest.fixture(scope="module")
def like():
    """The peers of a city without some published figures (小松市), and of a large one."""
    return {code: plan_peers(plain(code)) for code in ("172031", "141003")}


def test_each_peer_has_its_reasons_below_the_city_itself(like):
    for found in like.values():
        frame = show.peer_table(found).frame
        assert len(frame) == COUNT + 1 and frame["group"].iloc[0] == "この団体"
        assert frame["city"].iloc[0] == f"{found.city.pref}{found.city.name}"
        assert frame["distance"].iloc[1:].is_monotonic_increasing
        near = frame["near"].iloc[1:]
        assert near.str.len().min() > 1 and not near.str.startswith("―").any()


def test_those_whom_the_client_names_stand_in_a_group_of_their_own(like):
    city = plain("172031")
    params = replace(city.params, peers=("172014",))
    found = plan_peers(replace(city, params=params))
    frame = show.peer_table(found).frame
    assert frame.loc[1, ["group", "city"]].tolist() == ["指定した団体", "石川県金沢市"]
    assert "(うち1団体は前提のファイルで指定)" in show.summary_text(found)
    assert "指定" not in show.summary_text(like["172031"])


def test_every_figure_says_of_which_day_it_is(like):
    source = show.peer_table(like["172031"]).source
    for column in ("population", "population_census", "staff_general", "fiscal_strength"):
        assert labels.as_of_text(load_column("municipalities", column).as_of) in source
    frame = show.standing_table(like["172031"]).frame
    for day in (min(frame["as_of"]), max(frame["as_of"])):
        assert labels.date_text(day) in show.summary_text(like["172031"])
    assert frame["as_of"].map(bool).all() and set(frame["grade"]) <= set("AB")
    source = show.ask_table(like["172031"]).source
    for _, subjects in like["172031"].ask:
        for name, _, _ in subjects:
            assert labels.as_of_text(load_column("municipalities", name).as_of) in source


def test_what_is_not_published_is_told_and_counted(like):
    frame = show.standing_table(like["172031"]).frame.set_index("what")
    policy = frame.loc[labels.word_of("fact", "dx_policy")]
    assert policy["value"] == "公表なし" and policy["verdict"] == "unknown"
    burden = frame.loc[labels.word_of("fact", "future_burden_ratio")]
    assert burden["nation_blank"] == 899 and burden["peers_blank"] > 0
    assert len(frame) == len(INDICATORS)
    assert "7項目は公表値が足りず、比べていない" in show.summary_text(like["172031"])


def test_the_sentence_names_what_passes_the_quartiles_and_nothing_else(like):
    for found in like.values():
        text = show.summary_text(found)
        for row in found.standing:
            word = labels.words_of("fact").get(row.indicator)
            if word:
                assert (word in text) == (row.verdict in ("strong", "weak")), word


def test_those_who_are_further_on_are_asked_for_what_they_are_ahead_in(like):
    for found in like.values():
        frame = show.ask_table(found).frame
        assert 1 <= len(frame) <= 5 and set(frame["city"]) <= set(
            show.peer_table(found).frame["city"]
        )
        for text, (_, subjects) in zip(frame["ahead"], found.ask, strict=True):
            assert len(text.split("、")) == len(subjects)
        for name in UNASKED:
            words = labels.words_of("fact") | labels.words_of("feature")
            assert not frame["ahead"].str.contains(words[name]).any()
    first = like["172031"].ask[0][1][0]
    assert (first.indicator, first.value) == ("steps_rate", 0.5875)
    assert "98.4%(58.8)" in show.ask_table(like["172031"]).frame["ahead"].iloc[0]


def test_where_nobody_is_further_on_it_is_said(like):
    html = show.ask_table(replace(like["172031"], ask=())).html()
    assert "該当なし" in html and show.NOBODY in html


def test_the_section_of_the_report_is_short_and_knows_no_score(like):
    html = show.peers_section(like["141003"]).html()
    assert (
        html.count("<table") == 1 and "<h3>近い団体と聞いてみる先</h3>" in html and len(html) < 4000
    )
    tables = show.peer_table(like["141003"]), show.standing_table(like["141003"])
    for text in (html, *(table.html() for table in tables)):
        assert not any(word in text for word in ("順位", "総合", "得点", "スコア", "偏差値"))


def test_the_figure_marks_every_peer_whose_figure_is_known(like):
    found = like["172031"]
    figure = show.spread_figure(found)
    assert "白い点" in figure.caption and len(figure.data.frame) == len(INDICATORS)
    for name in INDICATORS:
        word = show._label(name)
        assert (word in figure.svg) == (not name.startswith("dx_")), word
