"""The city's tables and figures."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pandas as pd

from dxplan.show import city as show
from dxplan.show import labels
from dxplan.town.city import load_city


def test_each_figure_of_the_city_has_unit_date_source_and_grade():
    frame = show.city_table(load_city("172031")).frame
    assert len(frame) == len(labels.words_of("fact_group")) == len(labels.words_of("fact"))
    assert frame[["what", "value", "unit", "as_of", "source"]].map(bool).all().all()
    assert set(frame["grade"]) <= set(labels.words_of("grade"))


def test_an_indicator_that_was_not_surveyed_is_not_called_undone():
    frame = show.city_table(load_city("172031")).frame.set_index("what")
    assert load_city("172031").facts.dx_cio is None or frame.at["CIOの任命", "value"] in (
        "実施",
        "未実施",
    )


def test_all_systems_and_the_common_function_are_listed_with_their_state_and_its_day(plans):
    for plan in plans.values():
        frame = show.state_table(plan.city).frame
        assert len(frame) == 21 and frame["business"].iloc[-1] == "共通機能"
        assert set(frame["state"]) <= set(labels.words_of("state"))
        assert frame["speaks"].map(bool).all() and frame["doubt"].map(bool).all()


def test_an_open_question_is_asked_in_the_table(plan):
    frame = show.state_table(plan.city).frame
    asked = frame[frame["state"].isin(["unsure", "flagged"])]
    assert len(asked) and asked["doubt"].str.contains("確かめる").all()
    assert frame[frame["state"] == "presumed"]["doubt"].str.contains("みなす。要確認").all()


def test_a_late_system_stands_with_its_lot(plan):
    frame = show.state_table(plan.city).frame
    lots = {business: lot.name for lot in plan.city.lots for business in lot.businesses}
    assert dict(zip(frame["business"], frame["lot"])) == {
        s.business: lots.get(s.business, "") for s in plan.city.movable
    }


def test_a_state_that_a_person_has_said_names_the_file(plan):
    said = replace(plan.city.systems[0].state, value="live", where="x.yaml 3行目")
    first = replace(plan.city.systems[0], state=said, since=date(2026, 5, 7))
    city = replace(plan.city, systems=(first, *plan.city.systems[1:]))
    doubt = show.state_table(city).frame["doubt"].iloc[0]
    assert "x.yaml 3行目" in doubt and "令和8年5月7日から" in doubt
    assert "x.yaml 3行目" in show.state_table(city).html()


def test_progress_tells_operation_from_presumption_and_from_steps(plan):
    text, share = show.progress_text(plan), plan.progress
    assert f"{share['steps'] * 100:.1f}%だが、稼働の割合ではない" in text
    assert f"加えると{(share['live'] + share['presumed']) * 100:.1f}%" in text
    assert "38.4%" in text and "多くとも70.9%" in text


def test_figures_repeat_their_bytes_and_state_their_caption(plan):
    one, two = show.progress_figure(plan), show.progress_figure(plan)
    assert (one.svg, one.narrow) == (two.svg, two.narrow)
    assert ElementTree.fromstring(one.svg)[1].text == one.caption
    assert "出典" in one.html() and "時点" in one.html() and "<details" in one.html()


def test_assumptions_show_source_titles_and_mark_guesses(plan):
    table = show.assumptions_table(plan.city)
    assert len(table.frame) < 80
    assert not {"design", "recalled"} & set(table.frame["source"])
    unsure = table.frame["grade"].isin(["M", "G"]).sum()
    assert f"要確認{unsure}件" in table.title
    assert table.html().count('<strong class="unconfirmed">') >= unsure


def test_an_assumption_tells_between_what_it_may_lie_and_of_which_kind_its_doubt_is(plan):
    frame = show.assumptions_table(plan.city, "staffing", "pmo").frame.set_index("what")
    hours = frame.loc["ステップ3の時間"]
    assert (hours["value"], hours["between"], hours["nature"]) == ("88", "38〜188(確度A)", "choice")
    likely = frame.loc["ベンダの提示日がない場合: 最もありそう"]
    assert (
        likely["between"] == "令和9年4月1日〜令和11年4月1日(確度G)" and likely["nature"] == "world"
    )
    assert pd.isna(frame.loc["計算の丁寧さ", "between"])
    assert frame.loc["計算の丁寧さ", "nature"] == "setting"
    said = replace(plan.city.at("dx_staff"), span=None)  # as a file says it: nothing is open
    city = replace(plan.city, values={**plan.city.values, "dx_staff": (said,)})
    row = show.assumptions_table(city).frame.set_index("what").loc["DX・情報部門の職員数"]
    assert pd.isna(row["between"]) and pd.isna(row["nature"])


def test_steps_are_one_row_unless_their_sources_differ(plan):
    city = plan.city
    assert (
        sum(
            what.endswith("業務の完了ステップ")
            for what in show.assumptions_table(city).frame["what"]
        )
        == 1
    )
    other = replace(
        city.systems[0],
        steps=replace(city.systems[0].steps, source="市の記録", where="x.yaml 3行目"),
    )
    changed = replace(city, systems=(other, *city.systems[1:]))
    assert (
        sum(
            what.endswith("業務の完了ステップ")
            for what in show.assumptions_table(changed).frame["what"]
        )
        == 2
    )


def test_values_that_are_no_longer_in_force_are_left_out(plan):
    first = plan.city.values["dx_staff"][0]
    later = replace(first, value=first.value + 1, start=plan.city.start)
    twice = replace(plan.city, values=dict(plan.city.values) | {"dx_staff": (first, later)})
    frame = show.assumptions_table(twice).frame
    shown = frame[frame["what"].str.startswith("DX・情報部門の職員数")]
    assert len(shown) == 1 and shown["value"].iloc[0] == labels.amount_text(later.value)


def test_the_limits_of_the_states_stand_among_the_assumptions(plan):
    frame = show.assumptions_table(plan.city).frame
    part = frame[frame["group"] == "状態とロット"]
    assert {
        "稼働とする完了ステップ",
        "稼働とみなす完了ステップ",
        "契約済みとみなす完了ステップ",
    } <= set(part["what"])


def test_hostile_text_in_a_file_is_only_text(plan):
    evil = "<script>alert(1)</script>"
    city = plan.city
    value = replace(city.values["dx_staff"][0], source=evil, note=evil)
    values = dict(city.values) | {"dx_staff": (value,)}
    systems = tuple(replace(s, section=evil) for s in city.systems)
    changed = replace(city, values=values, systems=systems)
    for piece in (
        show.assumptions_table(changed),
        show.state_table(changed),
    ):
        assert "<script" not in piece.html()
        assert "&lt;script" in piece.html()
