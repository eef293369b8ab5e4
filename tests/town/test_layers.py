"""Values that contradict each other, and a municipality without work or people, are refused."""

from bisect import bisect
from dataclasses import replace
from datetime import date

import pytest

from dxplan.facts.catalog import load_municipalities, load_table
from dxplan.facts.nodes import ParamError
from dxplan.town.city import load_city
from dxplan.town.defaults import load_businesses
from dxplan.town.layers import disordered
from dxplan.town.variant import Place, changed_city
from tests.town.given import AGREED, ORIGIN

CODE = 'code: "122033"\n'
ORDERED = [  # what is written in line 3 and 4 -> what the sentence names
    ("start_date: 2028-04-01", "target_date: 2028-03-31", "start_date と target_date の前後"),
    ("basis_date: 2027-04-02", "start_date: 2027-04-01", "basis_date と start_date の前後"),
    ("start_date: 2027-04-01", "people_date: 2027-03-31", "start_date と people_date の前後"),
    ("start_date: 2027-04-01", "exit_date: 2027-03-31", "start_date と exit_date の前後"),
    ("vendor_earliest: 2029-04-01", "vendor_likely: 2028-04-01", "vendor_likely の前後"),
    ("vendor_likely: 2029-04-01", "vendor_latest: 2028-04-01", "vendor_latest の前後"),
    ("slip_least: 13", "slip_likely: 12", "slip_least と slip_likely の大小"),
    ("slip_likely: 12", "slip_most: 11.5", "slip_likely と slip_most の大小"),
    ("running_low: 2", "running_middle: 1.6", "running_low と running_middle の大小"),
    ("running_middle: 2.4", "running_high: 2.3", "running_middle と running_high の大小"),
    ("busy_share_2: 95", "busy_share_1: 90", "busy_share_2 と busy_share_1 の大小"),
    ("morning_begin: 11", "session_hours: 3", "morning_begin + session_hours と afternoon_begin"),
]
UNITS = {"date": "日付", "vendor": "日付", "slip": "か月", "running": "倍", "busy": "'%'"}
UNITS |= {"_begin": "時", "session_hours": "時間/回"}


def lines(*said):
    """Lines of values, each with its unit and origin."""
    text = "values:\n"
    for line in said:
        name, value = line.split(": ")
        known = [UNITS[part] for part in UNITS if part in name]
        text += f"  {name}: {{value: {value}, unit: {known[0]}, {ORIGIN}}}\n"
    return text


@pytest.mark.parametrize("low, high, words", ORDERED)
def test_values_that_contradict_each_other_are_refused_with_both_lines(save, low, high, words):
    with pytest.raises(ParamError, match=words.replace("+", r"\+")) as fault:
        save("122033", CODE + lines(low, high))
    (sentence,) = fault.value.faults
    assert "122033.yaml 3行目" in sentence and "122033.yaml 4行目" in sentence
    assert sentence.startswith("params/122033.yaml ") and "どちらかを直してください" in sentence


def test_a_value_is_held_against_the_defaults_and_against_the_base_of_a_variant(save, folder):
    with pytest.raises(ParamError, match="vendor_latest の前後.*4行目.*既定"):
        save("122033", CODE + "note: 試験\n" + lines("vendor_likely: 2033-04-01"))
    save("122033", CODE + lines("running_high: 3", "running_middle: 2.9"))
    variant = 'base: "122033"\n' + AGREED
    with pytest.raises(ParamError, match=r"122033--a.yaml 6行目.*122033.yaml 3行目") as fault:
        save("122033--a", variant + lines("running_middle: 3.5"))
    assert "どちらかを直してください" in str(fault.value)
    assert load_city("122033", folder).number("running_middle") == 2.9


def test_the_start_that_follows_from_the_basis_is_held_against_the_goals(save):
    with pytest.raises(ParamError, match="計画の開始日は2030-04-01"):
        save("122033", CODE + lines("basis_date: 2030-03-15"))


def test_a_contradiction_of_some_days_only_is_one_and_each_day_has_its_own(save):
    text = f"""{CODE}values:
  running_middle:
    - {{value: 1.5, unit: 倍, {ORIGIN}}}
    - {{value: 1.9, unit: 倍, from: 2029-04-01, {ORIGIN}}}
  running_high:
    - {{value: 1.8, unit: 倍, {ORIGIN}}}
    - {{value: HIGH, unit: 倍, from: 2029-04-01, {ORIGIN}}}
"""
    assert save("122033", text.replace("HIGH", "2")).number("running_high") == 1.8
    with pytest.raises(ParamError, match="running_high の大小が逆です.*5行目.*8行目"):
        save("122033", text.replace("HIGH", "1.7"))


def test_the_values_of_a_form_are_held_against_each_other(save):
    said = f"form_least: {{value: 37, unit: か月, {ORIGIN}}}"
    with pytest.raises(ParamError, match="業務委託: form_least と form_most の大小.*36か月"):
        save("122033", f"{CODE}forms:\n  業務委託:\n    {said}\n")


def test_a_contradiction_at_the_table_is_answered_there(folder):
    city = load_city("122033", folder)
    changed_city(city, {Place("values", "", "target_date"): date(2027, 3, 31)})
    with pytest.raises(ParamError, match="vendor_likely と vendor_latest の前後"):
        changed_city(city, {Place("values", "", "vendor_likely"): date(2031, 4, 1)})


def test_no_default_contradicts_another():
    sizes = sorted(set(load_table("defaults").pop_min.dropna()))
    kinds = {(m.class_, bisect(sizes, m.population)): m.code for m in load_municipalities()}
    assert len(kinds) > 15
    for code in kinds.values():
        city = load_city(code)
        start = replace(city.at("basis_date"), name="start_date", value=city.start)
        assert not list(disordered("", {"start_date": (start,), **city.values}))
    for form in city.forms:
        assert not list(disordered("", form.values))


def test_a_municipality_without_a_business_of_its_own_is_refused(save):
    every = [f"  {name}: {{in_scope: false, {ORIGIN}}}\n" for name in load_businesses()]
    with pytest.raises(ParamError, match="122033.yaml systems: 対象の業務が1つもない"):
        save("122033", CODE + "systems:\n" + "".join(every))
    city = save("122033", CODE + "systems:\n" + "".join(every[1:]))
    assert [system.business for system in city.systems if system.in_scope] == ["住民基本台帳"]


def test_a_municipality_without_people_for_the_work_is_refused(save):
    staff = f"  dx_staff: {{value: 0.5, unit: 人, {ORIGIN}}}\n"
    share = "  dx_share: {{value: {}, unit: '%', {}}}\n"
    text = f"{CODE}values:\n{staff}"
    with pytest.raises(ParamError, match="実行できない.*3行目.*4行目"):
        save("122033", text + share.format(1, ORIGIN))
    assert save("122033", text + share.format(2, ORIGIN)).number("dx_share") == 2
    own = f"  dx_fte: {{value: 0.5, unit: FTE, {ORIGIN}}}\n"
    assert save("122033", text + share.format(1, ORIGIN) + own).number("dx_fte") == 0.5
