"""The city's tables and figures."""

from dataclasses import replace
from xml.etree import ElementTree

from dxplan.city import load_city
from dxplan.show import city as show
from dxplan.show import labels


def test_each_figure_of_the_city_has_unit_date_source_and_grade():
    frame = show.city_table(load_city("172031")).frame
    assert len(frame) == sum(len(names) for names in show.FACTS.values())
    assert frame[["what", "value", "unit", "as_of", "source"]].map(bool).all().all()
    assert set(frame["grade"]) <= set(labels.GRADES)


def test_an_indicator_that_was_not_surveyed_is_not_called_undone():
    frame = show.city_table(load_city("172031")).frame.set_index("what")
    assert load_city("172031").facts.dx_cio is None or frame.at["CIOの任命", "value"] in ("実施", "未実施")


def test_all_twenty_systems_are_listed_with_their_state(plans):
    for plan in plans.values():
        frame = show.systems_table(plan.city).frame
        assert len(frame) == 20 and set(frame["status"]) <= set(labels.WORDS["status"])


def test_progress_says_that_steps_overstate_it(plan):
    text = show.progress_text(plan)
    assert f"{plan.progress['steps'] * 100:.1f}%" in text and "実際より大きく見せる" in text
    assert "81.6%" in text and "38.4%" in text


def test_a_finished_city_is_not_told_that_its_steps_overstate(done):
    assert "大きく見せる" not in show.progress_text(done)


def test_figures_repeat_their_bytes_and_state_their_caption(plan):
    for figure in (show.progress_figure, lambda p: show.systems_figure(p.city)):
        one, two = figure(plan), figure(plan)
        assert one.svg == two.svg
        assert ElementTree.fromstring(one.svg)[1].text == one.caption
        assert "出典" in one.html() and "時点" in one.html() and "<details" in one.html()


def test_assumptions_show_source_titles_and_mark_guesses(plan):
    table = show.assumptions_table(plan.city)
    assert len(table.frame) < 60
    assert not {"design", "recalled"} & set(table.frame["source"])
    unsure = sum(labels.GRADES[grade].unconfirmed for grade in table.frame["grade"])
    assert f"要確認{unsure}件" in table.title
    assert table.html().count('<strong class="unconfirmed">') >= unsure


def test_steps_are_one_row_unless_their_sources_differ(plan):
    city = plan.city
    assert sum("完了ステップ" in what for what in show.assumptions_table(city).frame["what"]) == 1
    other = replace(city.systems[0], steps=replace(city.systems[0].steps, source="市の記録", where="x.yaml 3行目"))
    changed = replace(city, systems=(other, *city.systems[1:]))
    assert sum("完了ステップ" in what for what in show.assumptions_table(changed).frame["what"]) == 2


def test_values_that_are_no_longer_in_force_are_left_out(plan):
    frame = show.assumptions_table(plan.city).frame
    slots = [what for what in frame["what"] if "同時移行枠" in what]
    later = replace(plan.city.values["vendor_slots"][-1], start=plan.city.start)
    values = dict(plan.city.values) | {"vendor_slots": (*plan.city.values["vendor_slots"][:-1], later)}
    frame = show.assumptions_table(replace(plan.city, values=values)).frame
    assert sum("同時移行枠" in what for what in frame["what"]) < len(slots)


def test_hostile_text_in_a_file_is_only_text(plan):
    evil = "<script>alert(1)</script>"
    city = plan.city
    value = replace(city.values["dx_staff"][0], source=evil, note=evil)
    values = dict(city.values) | {"dx_staff": (value,)}
    systems = tuple(replace(s, package=evil, section=evil) for s in city.systems)
    changed = replace(city, values=values, systems=systems)
    for piece in (show.assumptions_table(changed), show.systems_table(changed), show.systems_figure(changed)):
        assert "<script" not in piece.html()
        assert "&lt;script" in piece.html()
