"""What a reader sees of the governance."""

import re
from dataclasses import replace
from datetime import date
from math import inf

import pytest

from dxplan.plan.rating import TOPICS
from dxplan.plan.sittings import GROUPS
from dxplan.show import governance as shown
from dxplan.show import labels
from dxplan.show.governance import raid_texts
from tests.plan.steered import CITIES, OPEN, each, each_open, planned


@pytest.fixture(scope="module")
def governances():
    return {code: planned(code)[2] for code in (*CITIES, "072028")}


def said(code, topic):
    """What the log of a city says on a topic, and the response, of its first entry."""
    raid = planned(code)[2].raid
    return raid_texts(topic, raid[raid["topic"] == topic]["facts"].iloc[0])


def tables(plan, governance):
    """Every table of the governance."""
    return (
        shown.raci_table(governance),
        shown.role_table(plan),
        shown.raid_table(governance),
        shown.top_table(governance),
        shown.meeting_table(governance),
        shown.diary_table(governance),
        shown.diary_table(governance, 12),
    )


@each
def test_every_table_is_drawn_and_every_sentence_is_filled_in(code):
    plan, _, governance = planned(code)
    for table in tables(plan, governance):
        text = table.html()
        assert "<caption>" in text and not re.search(r"[{}]|nan|None|\binf\b|NaT", text), (
            table.title
        )
        assert "<tbody>" in text, f"{table.title} is empty"
    for topic, facts in zip(governance.raid["topic"], governance.raid["facts"]):
        assert all(
            words.endswith("。") and "。。" not in words for words in raid_texts(topic, facts)
        ), topic
    assert governance.city.name in shown.summary_text(governance)


@each_open
def test_no_day_of_an_undecided_lot_is_told_anywhere(code):
    plan, _, governance = planned(code)
    task, lot = plan.pmo.task, plan.pmo.lots
    open_ = lot[~lot["decided"].astype(bool)]
    secret = {*task[~task["decided"].astype(bool)]["start"], *open_["cutover"], *open_["live"]}
    said_days = {
        *task[task["decided"].astype(bool)]["start"],
        *governance.meeting["day"],
        *plan.training.cohort["start"],
        *plan.training.cohort["finish"],
        *plan.staffing.contract["start"],
        *plan.staffing.contract["finish"],
        *plan.budget.request["request_by"],
        *plan.budget.request["available"],
        *governance.raid["due"],
    }
    text = "".join(table.html() for table in tables(plan, governance)[:4]) + shown.summary_text(
        governance
    )
    found = {day for day in secret - said_days if labels.date_text(day) in text}
    assert len(secret - said_days) >= 3 and not found
    assert labels.quarter_text(min(open_["live"])) in text


def test_bars_of_a_decided_lot_are_told_as_days_and_those_of_the_other_as_quarters():
    plan, _, governance = planned("said")
    rows = shown.role_table(plan).frame
    rows = rows[rows["item"] == "操作研修"]
    bars = plan.pmo.task[plan.pmo.task["no"] == "13.3"].set_index("lot")
    assert set(rows[rows["content"] == "税"]["begin"]) == {labels.date_text(bars.at["税", "start"])}
    assert set(rows[rows["content"] == "住基"]["begin"]) == {
        labels.quarter_text(bars.at["住基", "start"])
    }


def test_unconfirmed_entries_are_marked(governances):
    text = shown.raid_table(governances["172031"]).html()
    assert f'<strong class="unconfirmed">{labels.UNCONFIRMED}</strong>' in text
    assert labels.UNCONFIRMED in shown.raci_table(governances["172031"]).source


def test_each_topic_that_the_register_knows_has_its_sentence(governances):
    seen = {topic for plan in governances.values() for topic in plan.raid["topic"]}
    assert seen <= set(TOPICS)
    never = {"dependent", "late_money", "must_money", "must_late"}  # no city of these has them
    assert set(TOPICS) - never <= seen


# --- the questions --------------------------------------------------------------------------------
@each
def test_the_summary_speaks_of_the_situation_and_asks_first(code):
    plan, _, governance = planned(code)
    text = shown.summary_text(governance)
    assert text.startswith(labels.word_of("steering", plan.city.situation))
    asked = (
        any(system.unsure for system in plan.city.movable) or plan.pmo.lots["offered"].isna().any()
    )
    assert ("最初に確かめるのは" in text) == asked


def test_the_summary_asks_for_a_cutover_that_was_announced(governances):
    assert "の切替の有無" in shown.summary_text(governances["072028"])


def test_the_four_situations_are_all_seen():
    assert {planned(code)[0].city.situation for code in CITIES} == set(labels.words_of("steering"))


def test_an_open_question_names_both_branches():
    what, response = said("155861", "questions")
    assert (
        "20業務(住民基本台帳・選挙人名簿管理・固定資産税ほか17)は" in what
        and "移行する業務は0から20に" in what
    )
    assert re.search(
        r"稼働は令和\d+年度第[1-4]四半期の見込み.*期限までに終わる確率\d+%.*移行経費は.*増える見込み",
        what,
    )
    assert response.startswith("先に業務所管課とベンダに")


def test_a_page_is_quoted_with_its_day_or_its_month():
    assert "市区町村のページは令和7年11月4日の切替を知らせていた" in said("072028", "announced")[0]
    what, _ = raid_texts("announced", {"names": ("健康管理",), "month": date(2026, 1, 1)})
    assert "令和8年1月の切替" in what


def test_what_is_presumed_says_of_which_day():
    assert "仮に令和8年3月31日までに稼働したと置いた(要確認)" in said("172031", "presumed")[0]
    assert said("131016", "presumed")[0].startswith("共通機能は")


# --- the dates ------------------------------------------------------------------------------------
def test_a_lot_without_a_date_tells_what_half_a_year_does():
    names = {"names": ("ロット1", "ロット2")}
    assert (
        "ベンダが半年遅いと、稼働は平均で最大で4.7か月遅れる見込みである。"
        in raid_texts("offer", names | {"later": 4.7})[0]
    )
    assert (
        "ベンダが半年遅くても、稼働は平均で変わらない見込みである。"
        in raid_texts("offer", names | {"later": 0.0})[0]
    )
    assert (
        "ベンダが半年遅いと、稼働の見通しは立たなくなる見込みである。"
        in raid_texts("offer", names | {"later": inf})[0]
    )


def test_a_doubtful_date_is_told_as_a_quarter_with_its_chance():
    row = planned("said")[0].pmo.told.lot.set_index("lot").loc["住基"]
    what, _ = said("said", "tight")
    assert f"確率は{labels.chance_text(row['chance'])}" in what
    span = labels.quarters_text(row["p20"], row["p80_to"])
    assert f"{labels.quarter_text(row['p50'])}の見込み(幅 {span})" in what


@each_open
def test_the_advice_follows_the_table(code):
    facts = next(
        f
        for t, f in zip(planned(code)[2].raid["topic"], planned(code)[2].raid["facts"])
        if t == "cause"
    )
    what, advice = raid_texts("cause", facts)
    assert labels.word_of("set_by", facts["set_by"]) in what
    assert ("早められるか" in advice) == (facts["earlier"] <= -1)
    if facts["earlier"] > -1 and facts["alone"] < 1:
        assert advice == labels.word_of("set_by_advice", facts["set_by"])


def test_every_cause_has_its_word_and_its_advice():
    assert set(labels.words_of("set_by_advice")) == set(labels.words_of("set_by"))
    alone = {"lot": "ロット1", "set_by": "people", "earlier": 0.0, "later": 0.0, "alone": 1.5}
    assert raid_texts("cause", alone)[1] == "外部人材の確保を先に進める。"


def test_a_missed_budget_tells_its_effect_only_where_it_was_tried():
    facts = {
        "gate": "9月補正",
        "names": ("ロット2",),
        "next": "12月補正",
        "day": date(2027, 12, 25),
        "months": 2.8,
    }
    assert raid_texts("gate", facts)[0].endswith("2.8か月待つ見込みである。")
    assert raid_texts("gate", facts | {"missed": 8.1})[0].endswith(
        "稼働は平均で最大で8.1か月遅れる。"
    )
    assert raid_texts("gate", facts | {"missed": 0.0})[0].endswith("稼働は平均で変わらない。")


def test_an_extension_says_by_when_or_that_the_day_has_gone_by():
    what, _ = said("said", "extension")
    assert (
        "令和10年3月31日に終わり" in what
        and "令和9年9月30日までに申し出る" in what
        and "万円" in what
    )
    facts = {
        "lot": "税",
        "day": date(2027, 3, 31),
        "months": 17,
        "yen": 1e7,
        "by": date(2026, 9, 28),
        "past": True,
    }
    assert "期日(令和8年9月28日)は過ぎている" in raid_texts("extension", facts)[0]


def test_lots_on_one_night_are_told_by_their_quarter():
    what, _ = said("072028", "night")
    assert (
        re.match(r"令和\d+年度第[1-4]四半期\(最も早い予定\)に、", what)
        and "次の候補日までは" in what
    )
    day = {"names": ("A", "B"), "systems": 3, "when": (date(2028, 8, 11), True), "months": inf}
    assert (
        raid_texts("night", day)[0]
        == "令和10年8月11日に、A・B(計3業務)の切替が同じ夜に重なる見込みである。見合わせた場合、次の候補日は計画の期間にない。"
    )


# --- meetings and offices -------------------------------------------------------------------------
def test_the_table_of_meetings_tells_hours_and_who_is_the_pmo(governances):
    for code, governance in governances.items():
        table = shown.meeting_table(governance)
        assert table.frame["meeting_hours"].tolist() == [
            round(
                governance.hours.loc[governance.hours["meeting"] == name, list(GROUPS)].sum().sum()
            )
            for name in table.frame["meeting"]
        ]
        members = table.frame.set_index("meeting")["members"]
        office = members["joint" if "joint" in members else "office"]
        last = governance.meeting["day"].max()
        if governance.office is None:
            assert "事務局。DX・情報部門" in office, code
        else:
            assert f"{labels.month_text(governance.office)}までPMO伴走" in office
            assert ("その後はDX・情報部門" in office) == (governance.office < last)
        assert "延べ" in table.source and "常勤" in table.source


def test_a_village_is_told_of_its_own_offices(governances):
    for code in ("216046", "155861"):
        plan = planned(code)[0]
        text = "".join(table.html() for table in tables(plan, governances[code]))
        assert not re.search("財政課|人事課|契約課|情報政策課|契約・法制", text), code
        assert "総務課" in text
    assert "財政課" in shown.raci_table(governances["172031"]).html()


def test_offices_with_names_of_their_own_are_explained(governances):
    governance = governances["172031"]
    named = replace(governance, city=replace(governance.city, offices={"財政課": "企画財政課"}))
    assert "財政課は企画財政課。" in shown.raci_table(named).source
    assert "財政課は" not in shown.raci_table(governance).source


# --- the report -----------------------------------------------------------------------------------
def test_nobody_else_is_named_as_the_author_of_a_guess(governances):
    for plan in governances.values():
        for table in (shown.raci_table(plan), shown.raid_table(plan), shown.meeting_table(plan)):
            assert not re.search("総務省|デジタル庁|パーソル|Persol", table.html()), table.title


def test_words_of_the_old_roadmap_are_gone(governances):
    for code in OPEN:
        text = (
            shown.raid_table(governances[code]).html()
            + shown.meeting_table(governances[code]).html()
        )
        assert not re.search("ベンダの枠|同時移行枠|枠の空き|パッケージ|2倍にすると", text), code


def test_where_all_meet_in_one_the_vendor_comes_around_the_cutover_alone(governances):
    seen = set()
    for governance in governances.values():
        frame = shown.meeting_table(governance).frame.set_index("meeting")
        joint = "joint" in set(governance.hours["meeting"])
        if "vendor" in frame.index:
            word = "vendor_around" if joint else "vendor"
            assert frame.at["vendor", "cadence"] == labels.word_of("cadence", word)
            seen.add(joint)
    assert seen == {True, False}
