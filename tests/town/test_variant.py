"""A variant changes only what it names; a changed city is a marked copy; the fingerprint tells."""

import dataclasses
import subprocess
import sys
from datetime import date

import pytest

from dxplan.facts.params import ParamError
from dxplan.files import ROOT
from dxplan.town.city import load_city
from dxplan.town.defaults import load_specs
from dxplan.town.initiatives import initiative_of
from dxplan.town.systems import pending_state
from dxplan.town.variant import (
    Agreement,
    Place,
    changed_city,
    same_plan,
    value_at,
    variant_text,
)
from tests.town.given import AGREED, ORIGIN, OWN


def refusal(call, *words):
    """The sentence with which a call is refused."""
    with pytest.raises(ParamError) as found:
        call()
    for word in words:
        assert word in str(found.value), str(found.value)
    return str(found.value)


def test_a_variant_changes_only_what_it_names(save):
    base = save("122033", OWN)
    text = f'base: "122033"\n{AGREED}values:\n  dx_share: {{value: 55, unit: "%", {ORIGIN}}}\n'
    variant = save("122033--増員", text)
    assert (variant.base, variant.who, variant.when, variant.why) == (
        "122033",
        "情報政策課長",
        date(2026, 11, 20),
        "増員の見込み",
    )
    assert variant.number("dx_share") == 55 and variant.number("dx_staff") == 14
    assert (
        variant.systems == base.systems
        and variant.sections == base.sections
        and variant.gates == base.gates
    )
    assert variant.at("dx_share").where == "122033--増員.yaml 6行目"
    assert variant.fingerprint() != base.fingerprint()


def test_a_variant_may_stand_on_a_city_without_a_file_and_on_a_variant(save):
    first = save(
        "122033--a",
        f"base: 市川市\n{AGREED}values:\n  dx_staff: {{value: 20, unit: 人, {ORIGIN}}}\n",
    )
    second = save(
        "122033--b",
        f'base: 122033--a\n{AGREED}values:\n  dx_share: {{value: 50, unit: "%", {ORIGIN}}}\n',
    )
    assert first.code == second.code == "122033"
    assert (second.number("dx_staff"), second.number("dx_share")) == (20, 50)


def test_a_variant_keeps_the_provenance_and_the_businesses_that_its_base_said(save):
    base = save("122033", OWN)
    text = (
        f'base: "122033"\n{AGREED}systems:\n'
        "  印鑑登録: {state: 未移行, as_of: 2026-11-20, source: 打合せ, grade: M}\n"
        "sections:\n  戸籍課: {staff: 11, unit: 人, as_of: 2026-11-20, source: 打合せ, grade: M}\n"
    )
    city = save("122033--b", text)
    seal = next(s for s in city.systems if s.business == "印鑑登録")
    assert seal.pending and (seal.state.source, seal.state.where) == (
        "打合せ",
        "122033--b.yaml 6行目",
    )
    assert seal.steps == next(s for s in base.systems if s.business == "印鑑登録").steps
    assert {s.business for s in city.systems if s.section == "戸籍課"} == {"戸籍", "戸籍の附票"}
    assert next(s for s in city.sections if s.name == "戸籍課").staff.value == 11


def test_the_last_word_on_who_runs_a_business_is_the_variants(save):
    save(
        "122033",
        f'code: "122033"\nsections:\n  甲課: {{staff: 3, unit: 人, businesses: [戸籍], {ORIGIN}}}\n'
        f"  乙課: {{staff: 3, unit: 人, businesses: [就学], {ORIGIN}}}\n",
    )
    city = save(
        "122033--b",
        f'base: "122033"\n{AGREED}sections:\n'
        f"  甲課: {{staff: 3, unit: 人, businesses: [戸籍, 就学], {ORIGIN}}}\n",
    )
    assert next(s for s in city.systems if s.business == "就学").section == "甲課"


def test_what_a_variant_says_again_stays_in_its_place_and_takes_nothing_back(save):
    named = "".join(
        f"  {lot}: {{systems: [{of}], state}}\n" for lot, of in (("甲", "戸籍"), ("乙", "就学"))
    )
    late = "".join(f"  {of}: {{state: 未移行, {ORIGIN}}}\n" for of in ("戸籍", "就学"))
    save(
        "122033",
        'code: "122033"\nlots:\n'
        + named.replace("state", ORIGIN)
        + "systems:\n"
        + late
        + f"sections:\n  甲課: {{staff: 3, unit: 人, businesses: [戸籍, 就学], {ORIGIN}}}\n",
    )
    section = "sections:\n  {}課: {{staff: {}, unit: 人, businesses: [就学], " + ORIGIN + "}}\n"
    first = save("122033--b", f'base: "122033"\n{AGREED}' + section.format("乙", 3))
    second = save(
        "122033--c",
        f"base: 122033--b\n{AGREED}lots:\n  甲: {{vendor: ベンダA, {ORIGIN}}}\n"
        f"sections:\n  甲課: {{staff: 4, unit: 人, {ORIGIN}}}\n",
    )
    assert [lot.name for lot in second.lots] == [lot.name for lot in first.lots]
    assert second.lots[0].vendor == "ベンダA"
    for city in (first, second):
        assert next(s for s in city.systems if s.business == "就学").section == "乙課"


@pytest.mark.parametrize(
    "base_word",
    ["state: 稼働", "live: true", "in_scope: false", "state: 稼働, live_since: 2026-02-09"],
)
@pytest.mark.parametrize("word", ["state: 未移行", "live: false"])
def test_the_last_word_on_where_a_system_stands_is_the_variants(save, base_word, word):
    base = save("122033", f'code: "122033"\nsystems:\n  就学: {{{base_word}, {ORIGIN}}}\n')
    city = save("122033--b", f'base: "122033"\n{AGREED}systems:\n  就学: {{{word}, {ORIGIN}}}\n')
    before, after = (next(s for s in one.systems if s.business == "就学") for one in (base, city))
    assert not before.pending and after.pending and after.since is None
    assert city.before == base


@pytest.mark.parametrize("chain", ["a", "ab", "abc"])
def test_bases_in_a_ring_are_refused(folder, chain):
    for here, there in zip(chain, chain[1:] + chain[0]):
        (folder / f"x--{here}.yaml").write_text(f"base: x--{there}\n{AGREED}", encoding="utf-8")
    refusal(lambda: load_city("x--a", folder), "params/x--", "輪", "x--a")


def test_a_base_that_does_not_exist_is_refused_with_the_file(save):
    refusal(
        lambda: save("122033--a", f"base: ichikawa\n{AGREED}"),
        "params/122033--a.yaml base",
        "「ichikawa」",
    )


def test_a_city_is_frozen(save):
    city = save(
        "122033", OWN + f"lots:\n  甲: {{systems: [印鑑登録], vendor: ベンダA, {ORIGIN}}}\n"
    )
    for what, name in ((city, "slug"), (city.systems[0], "state"), (city.lots[0], "vendor")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(what, name, "x")
    for mapping in (city.values, city.said):
        with pytest.raises(TypeError):
            mapping["dx_staff"] = ()


def test_a_changed_copy_is_marked_as_a_trial(folder):
    city = load_city("122033", folder)
    changed = city.changed(dx_staff=30, start_date=date(2027, 4, 1), rate_F1=50)
    assert changed.number("dx_staff") == 30 and changed.start == date(2027, 4, 1)
    assert len(city.values["rate_F1"]) == 2 and len(changed.values["rate_F1"]) == 1
    for name in ("dx_staff", "start_date", "rate_F1"):
        value = changed.at(name)
        assert (value.source, value.grade, value.where) == ("試算", "G", "試算") and value.guessed
    assert city.number("dx_staff") != 30 and "start_date" not in city.values
    assert changed.at("dx_share") == city.at("dx_share")
    assert city.changed() == city


def test_a_change_outside_what_is_declared_is_refused(folder):
    city = load_city("122033", folder)
    refusal(lambda: city.changed(dx_stuff=3), "dx_stuff", "「dx_staff」")
    refusal(lambda: city.changed(busy_limit=2.05), "busy_limit", "1〜4段階の整数")
    refusal(lambda: city.changed(dx_staff=0), "0.5〜500人")
    refusal(lambda: city.changed(effort="雑"), "簡易・標準・入念")


def test_a_scaled_copy_multiplies_people_or_prices_and_is_marked(save):
    city = save("122033", OWN)
    people, prices = city.scaled(people=2), city.scaled(prices=2)
    assert people.number("dx_staff") == 28 and people.at("dx_staff").source == "試算"
    assert [s.staff.value for s in people.sections] == [2 * s.staff.value for s in city.sections]
    assert (
        people.forms == city.forms
        and prices.sections == city.sections
        and prices.values == city.values
    )
    for before, after in zip(city.forms, prices.forms, strict=True):
        (old,), (new,) = before.values["form_yen"], after.values["form_yen"]
        assert new.value == 2 * old.value and new.guessed and new.source == "試算"
        assert after.values["form_max"] == before.values["form_max"]
    assert city.scaled() == city


def test_the_fingerprint_changes_with_every_input(save, folder, monkeypatch):
    whole = load_city("122033", folder).fingerprint()
    monkeypatch.setattr("dxplan.town.city.PLANNED_FROM", ())  # the same tables under every input
    plain = load_city("122033", folder)
    assert plain.fingerprint() != whole
    seen = [plain.fingerprint(), load_city("122041", folder).fingerprint()]
    for name, spec in load_specs().items():
        other = {
            "number": spec.maximum,
            "date": spec.maximum,
            "choice": spec.choices[-1:] and spec.choices[0],
        }[spec.kind]
        value = {"number": float, "date": date.fromisoformat, "choice": str}[spec.kind](other)
        if spec.topic != "form":
            seen.append(plain.changed(**{name: value}).fingerprint())
    for form in plain.forms:
        for name, (kept,) in form.values.items():
            other = "使えない" if isinstance(kept.value, str) else kept.value + 1
            values = {**form.values, name: (dataclasses.replace(kept, value=other),)}
            forms = tuple(
                dataclasses.replace(f, values=values) if f is form else f for f in plain.forms
            )
            seen.append(dataclasses.replace(plain, forms=forms).fingerprint())
    seen += [plain.scaled(people=2).fingerprint(), plain.scaled(prices=2).fingerprint()]
    other = pending_state("2026-11-01")
    for system in plain.systems:
        systems = tuple(
            dataclasses.replace(s, state=other) if s is system else s for s in plain.systems
        )
        seen.append(dataclasses.replace(plain, systems=systems).fingerprint())
    common = dataclasses.replace(plain.common, state=other)
    seen += [
        dataclasses.replace(plain, common=common).fingerprint(),
        dataclasses.replace(plain, gates=plain.gates[1:]).fingerprint(),
        dataclasses.replace(plain, elections=plain.elections[1:]).fingerprint(),
        save("122033", OWN).fingerprint(),
        save("122033", OWN + f"lots:\n  甲: {{systems: [印鑑登録], {ORIGIN}}}\n").fingerprint(),
        save(
            "122033", OWN + f"lots:\n  甲: {{systems: [印鑑登録], vendor: ベンダA, {ORIGIN}}}\n"
        ).fingerprint(),
    ]
    assert len(set(seen)) == len(seen) and all(len(digits) == 12 for digits in seen)


def test_the_fingerprint_is_the_same_in_another_process(save, folder):
    said = (
        "systems: [印鑑登録], done: [PIA, 設定, 条例改正], nights: [乙, 丙], "
        f"longer: {{運用テスト: 2, 連携テスト: 3}}, {ORIGIN}"
    )
    others = f"  乙: {{systems: [戸籍], {ORIGIN}}}\n  丙: {{systems: [就学], {ORIGIN}}}\n"
    city = save("122033", OWN + f"lots:\n  甲: {{{said}}}\n" + others)
    words = "from dxplan.town.city import load_city; print(load_city('122033').fingerprint())"
    run = subprocess.run(
        [sys.executable, "-c", words],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT), "DXPLAN_PARAMS": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == city.fingerprint()


INITIATIVES = f"""\
code: "122033"
initiatives:
  学校体育館の予約: {{like: SaaS, wish: 実施中, live: 2026-04-01, yen_year: 300000, {ORIGIN}}}
  電子契約: {{wish: したい, yen_once: 900000, {ORIGIN}}}
"""


def said_of(city, name):
    """What a city says of an initiative: wish, how it is made, day, both costs."""
    one = initiative_of(city, name)
    return tuple(one.said(word) for word in ("wish", "like", "live", "yen_once", "yen_year"))


def test_a_variant_leaves_the_other_words_of_an_initiative(save):
    base = save("122033", INITIATIVES)
    text = f'base: "122033"\n{AGREED}initiatives:\n  電子契約: {{wish: 必須, {ORIGIN}}}\n'
    city = save("122033--b", text)
    assert said_of(base, "電子契約")[::3] == ("したい", 900_000)
    assert said_of(city, "電子契約")[::3] == ("必須", 900_000)
    assert said_of(city, "学校体育館の予約") == said_of(base, "学校体育館の予約")
    assert not same_plan(base, city) and same_plan(
        base, dataclasses.replace(city, wishes=base.wishes)
    )


def test_an_initiative_is_changed_as_its_text_says(save):
    base = save("122033", INITIATIVES)
    hall, signing = (
        Place("initiatives", name, "wish") for name in ("学校体育館の予約", "電子契約")
    )
    price = dataclasses.replace(hall, name="yen_year")
    assert (value_at(base, hall), value_at(base, price)) == ("実施中", 300_000)
    assert value_at(base, Place("initiatives", "無い施策", "wish")) is None
    changes = {hall: "実施中", price: 450_000.0, signing: "しない"}
    agreed = Agreement("情報政策課長", date(2026, 11, 20), "見直し")
    shown = changed_city(base, changes, agreed)
    assert {place: value_at(shown, place) for place in changes} == changes
    assert said_of(shown, "学校体育館の予約") == ("実施中", "SaaS", date(2026, 4, 1), 0, 450_000)
    written = save("122033--b", variant_text(base, changes, agreed))
    assert same_plan(shown, written) and written.wishes["電子契約"]["wish"] == "しない"
