"""What a meeting agreed becomes a file that says the same as the screen, and nothing is lost."""

import operator
import os
import re
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.town import variant
from dxplan.town.city import load_city, load_trial
from dxplan.town.systems import TRIED
from dxplan.town.variant import Agreement, Place, changed_city, same_plan, variant_text

NOBODY = 65534  # the user without rights
SAID = Agreement("情報政策課長: 山田 #1", date(2026, 11, 24), '増員の見込み "確実"')


@pytest.fixture
def city():
    return load_city("172031")


@pytest.fixture
def changes(city):
    """A change of each kind."""
    return {
        Place("values", "", "dx_staff"): 15.0,
        Place("values", "", "autonomy_gain"): 0.00001,
        Place("values", "", "strategy"): "外部のみ",
        Place("values", "", "exit_date"): date(2029, 3, 31),
        Place("values", "", "rate_F8", city.values["rate_F8"][1].start): 45.0,
        Place("forms", city.forms[0].name, "form_yen"): 900_000.0,
        Place("sections", city.sections[0].name, "staff"): 22.0,
        Place("systems", city.systems[3].business, "steps"): 12.0,
        Place("systems", "健康管理", "state"): "稼働",
        Place("systems", "戸籍", "state"): "未移行",
        Place("systems", "国民健康保険", "state"): "未移行",
        Place("lots", "ロット1", "offered"): date(2029, 1, 4),
        Place("lots", "ロット1", "contract_end"): date(2028, 3, 31),
        Place("lots", "ロット2", "contracted"): True,
        Place("lots", "ロット2", "planned"): date(2029, 8, 6),
        Place("lots", "ロット2", "vendor"): "ベンダB",
        Place("initiatives", "電子契約", "wish"): "必須",
        Place("initiatives", "電子契約", "yen_once"): 900_000.0,
        Place("initiatives", "電子決裁・文書管理", "live"): date(2028, 4, 1),
        Place("notes", "pmo", "text"): '税系は先に\n# ベンダに確認: "提示" = 2029',
        Place("notes", "budget", "text"): "null",
    }


def test_the_text_says_what_was_changed_and_nothing_else(city, changes):
    trial = load_trial("172031--案", variant_text(city, changes, SAID))
    for at, value in changes.items():
        assert variant.value_at(trial, at) == value, at
    for name, rows in city.values.items():
        said = {
            at.start: value
            for at, value in changes.items()
            if at.part == "values" and at.name == name
        }
        assert [row.value for row in trial.values[name]] == [
            said.get(row.start, row.value) for row in rows
        ], name
    assert (trial.base, trial.who, trial.when, trial.why) == (
        "172031",
        SAID.who,
        SAID.when,
        SAID.why,
    )
    changed = trial.at("dx_staff")
    assert (changed.source, changed.grade, changed.as_of) == ("打合せの合意", "M", "2026-11-24")
    kept = trial.values["rate_F8"][0]
    assert (kept.source, kept.grade, kept.note) == tuple(
        getattr(city.values["rate_F8"][0], n) for n in ("source", "grade", "note")
    )


# --- the city on the screen -----------------------------------------------------------------------
def lineless(text):
    """A text without the file and the lines in which things stand."""
    return re.sub(r"(params/172031--[^ ]+|(?<=\.yaml)) \d+行目 ?", "", text)


def test_the_city_on_the_screen_is_the_one_that_its_file_would_make(city, changes):
    kinds = {at.part: {} for at in changes} | {"all": dict(changes)}
    for at, value in changes.items():
        kinds[at.part][at] = value
    assert set(kinds) == {*variant.PARTS, "all"}
    for kind, some in kinds.items():
        saved = load_trial(f"172031--{TRIED}", variant_text(city, some, SAID))
        shown = changed_city(city, some, SAID)
        assert lineless(repr(saved)) == repr(shown) and same_plan(saved, shown), kind
        assert not same_plan(city, shown), kind


def test_what_a_change_leaves_alone_is_shared(city):
    shown = changed_city(city, {Place("forms", city.forms[0].name, "form_yen"): 900_000.0})
    for part in ("systems", "common", "sections", "seasons", "facts"):
        assert getattr(shown, part) is getattr(city, part), part
    assert all(map(operator.is_, shown.forms[1:], city.forms[1:])) and shown.before is city
    assert changed_city(city, {}) is city


@pytest.mark.parametrize(
    "part, entry, name, value",
    [
        ("values", "", "dx_staff", -1.0),
        ("values", "", "exit_date", date(1999, 3, 31)),
        ("values", "", "strategy", "気合"),
        ("forms", "PMO伴走", "form_yen", -5.0),
        ("sections", "税務課", "staff", 5001.0),
        ("systems", "戸籍", "steps", 12.5),
        ("systems", "戸籍", "state", "不明"),
        ("lots", "ロット1", "offered", date(1999, 1, 4)),
        ("lots", "ロット1", "confidence", "口頭"),
        ("lots", "ロット1", "planned", date(2026, 1, 5)),
        ("notes", "pmo", "text", ""),
        ("notes", "pmo", "text", "見えない\u200b字"),
    ],
)
def test_what_cannot_stand_is_told_at_the_table_as_in_a_file(city, part, entry, name, value):
    changes = {Place(part, entry, name): value}
    told = []
    for make in (
        lambda: load_trial(f"172031--{TRIED}", variant_text(city, changes, SAID)),
        lambda: changed_city(city, changes, SAID),
    ):
        with pytest.raises(ParamError) as fault:
            make()
        told.append(lineless(str(fault.value)))
    assert told[0] == told[1].removeprefix(f"params/172031--{TRIED}.yaml ")


def test_a_variant_that_is_saved_over_itself_says_what_the_screen_does(tmp_path):
    one, two = (Place("lots", f"ロット{number}", "vendor") for number in (1, 2))
    base = changed_city(load_city("172031"), {one: "ベンダA", two: "ベンダB"}, SAID)
    text = variant_text(base.before, {one: "ベンダA", two: "ベンダB"}, SAID)
    text = text.replace("vendor: ベンダA", "vendor: ベンダA\n    note: 元の話")
    path = tmp_path / "172031--案.yaml"
    path.write_text(text, encoding="utf-8")
    base, later = load_city("172031--案", tmp_path), Agreement("課長", date(2026, 12, 1), "再協議")
    changes = {replace(one, name="offered"): date(2029, 1, 4)}
    after = variant_text(base, changes, later, text)
    shown = changed_city(base, changes)
    assert same_plan(load_trial("172031--案", after, tmp_path), shown)
    for wrong in (("2029-01-04", "2029-01-05"), ("見込み", "契約"), ("ベンダB", "ベンダC")):
        other = load_trial("172031--案", after.replace(*wrong), tmp_path)
        assert not same_plan(other, shown), wrong


def test_what_is_said_of_a_system_becomes_a_state_said_by_a_person(city, changes):
    trial = load_trial("172031--案", variant_text(city, changes, SAID))
    before, after = ({s.business: s for s in one.movable} for one in (city, trial))
    assert (
        before["健康管理"].pending
        and after["健康管理"].live
        and before["戸籍"].live
        and after["戸籍"].pending
    )
    assert before["国民健康保険"].unsure and after["国民健康保険"].pending
    for name in ("健康管理", "戸籍", "国民健康保険", city.systems[3].business):
        state = after[name].state
        assert before[name].presumed and not after[name].presumed
        assert (state.source, state.grade, state.as_of) == ("打合せの合意", "M", "2026-11-24")
    said = {at.entry for at in changes if at.part == "systems"}
    assert {s.business for s in trial.movable if s.presumed} == set(before) - said


def test_an_offered_day_says_how_sure_it_is_and_of_which_systems(city):
    at, sure = Place("lots", "ロット1", "offered"), Place("lots", "ロット1", "confidence")
    text = variant_text(city, {at: date(2029, 1, 4)}, SAID)
    trial = load_trial("172031--案", text)
    assert (
        trial.lots[0].offer.note == "提示の確かさ: 見込み"
        and trial.lots[0].businesses == city.lots[0].businesses
    )
    assert variant.value_at(trial, sure) == "見込み" and variant.value_at(
        city, sure
    ) is None is variant.value_at(city, at)
    later = load_trial("172031--案", variant_text(city, {sure: "契約"}, SAID, text))
    assert (variant.value_at(later, at), variant.value_at(later, sure)) == (
        date(2029, 1, 4),
        "契約",
    )
    on_variant = variant_text(load_city("172031--offer2029"), {sure: "契約"}, SAID)
    assert (
        "offered: 2029-01-04" in on_variant and "systems:" not in on_variant
    )  # its base names the systems


def test_a_confidence_without_a_day_is_refused_with_both_words(city):
    with pytest.raises(ParamError, match="offered.*confidence.*両方"):
        load_trial(
            "172031--案", variant_text(city, {Place("lots", "ロット1", "confidence"): "口頭"}, SAID)
        )


def test_the_offer_stays_with_its_systems_whatever_lots_the_figures_give_later(city):
    text = variant_text(city, {Place("lots", "ロット2", "offered"): date(2029, 8, 6)}, SAID)
    moved = "".join(
        f"  {b}:\n    state: 稼働\n    as_of: 2026-11-24\n    source: 表\n    grade: A\n"
        for b in city.lots[0].businesses
    )
    trial = load_trial("172031--案", text + "systems:\n" + moved)
    (lot,) = trial.lots
    assert lot.businesses == city.lots[1].businesses and lot.offer.value == date(2029, 8, 6)


def test_a_state_said_again_replaces_the_words_of_before(city):
    before = variant_text(city, {Place("systems", "戸籍", "state"): "対象外"}, SAID)
    old = before.replace("state: 対象外", "live: true\n    live_since: 2026-03-02")
    after = variant_text(city, {Place("systems", "戸籍", "state"): "未移行"}, SAID, old)
    assert (
        "live" not in after
        and {s.business: s for s in load_trial("172031--案", after).systems}["戸籍"].pending
    )


def test_a_lot_or_a_value_that_is_not_there_has_nothing_said_of_it(city):
    nothing = Place("lots", "ロット9", "offered")
    assert variant.value_at(city, nothing) is None and variant.rows_of(city, nothing) == ()
    with pytest.raises(ParamError, match="この名のロットはありません"):
        load_trial("172031--案", variant_text(city, {nothing: date(2029, 1, 4)}, SAID))


def test_the_same_changes_give_the_same_text(city, changes):
    text = variant_text(city, changes, SAID)
    assert text == variant_text(city, dict(reversed(changes.items())), SAID) and "&id" not in text


def test_a_file_keeps_its_comments_and_what_was_not_changed(city):
    before = variant_text(city, {Place("values", "", "dx_share"): 60.0}, SAID).replace(
        "values:\n", "values:\n  # 次回に見直す\n"
    )
    after = variant_text(
        city,
        {Place("values", "", "dx_staff"): 14.0},
        Agreement("課長", date(2026, 12, 1), "再協議"),
        before,
    )
    trial = load_trial("172031--案", after)
    assert (
        "# 次回に見直す" in after
        and trial.number("dx_share") == 60
        and trial.number("dx_staff") == 14
        and trial.who == "課長"
    )
    told = variant.difference(before, after)
    assert any(line.startswith("+") and "dx_staff" in line for line in told) and not any(
        "dx_share" in line for line in told
    )


def test_nothing_is_overwritten_without_asking_and_nothing_is_lost(city, tmp_path):
    path = variant.variant_path(city, "増員案", tmp_path)
    assert path.name == "172031--増員案.yaml"
    variant.write_variant(path, "one\n")
    with pytest.raises(ParamError, match="上書き"):
        variant.write_variant(path, "two\n")
    for text in ("two\n", "three\n"):
        variant.write_variant(path, text, overwrite=True)
    assert path.read_text() == "three\n"
    assert sorted(p.read_text() for p in tmp_path.iterdir() if p != path) == ["one\n", "two\n"]
    assert variant.load_variants(city, tmp_path) == ("172031--増員案",)


def test_a_full_disk_leaves_the_file_as_it_was(city, tmp_path, monkeypatch):
    path = variant.variant_path(city, "案", tmp_path)
    variant.write_variant(path, "one\n")
    real = os.replace

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ParamError, match="上書きしませんでした"):
        variant.write_variant(path, "two\n", overwrite=True)
    monkeypatch.setattr(os, "replace", real)
    assert path.read_text() == "one\n" and [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.fixture
def locked():
    """A folder with a file, for one who may read but not write: root takes another's rights."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "172031--案.yaml").write_text("one\n")
        folder.chmod(0o555)
        if root:
            os.seteuid(NOBODY)
        yield folder
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="この環境では書けないフォルダをつくれないので省きます")
def test_a_folder_that_may_not_be_written_leaves_its_files_and_says_what_to_do(city, locked):
    for name, asked in (("案", True), ("別の案", False)):
        with pytest.raises(ParamError, match="前からあるファイルは、そのままです.*書き込みの権限"):
            variant.write_variant(variant.variant_path(city, name, locked), "two\n", asked)
    assert {path.name: path.read_text() for path in locked.iterdir()} == {
        "172031--案.yaml": "one\n"
    }


@pytest.mark.parametrize("name", ["", "a--b", "../x", "a/b", "名" * 41, "a b", "a.b"])
def test_a_name_that_is_no_file_name_is_refused(city, name, tmp_path):
    with pytest.raises(ParamError, match="変更案の名前"):
        variant.variant_path(city, name, tmp_path)


def test_a_note_belongs_to_a_chapter_and_a_variant_keeps_those_of_its_base(city, tmp_path):
    (tmp_path / "172031.yaml").write_text(
        'code: "172031"\nnotes:\n  pmo: 元の話\n  budget: 査定の話\n', encoding="utf-8"
    )
    trial = load_trial(
        "172031--案",
        'base: "172031"\nwho: a\nwhen: 2026-11-24\nwhy: b\nnotes:\n  pmo: 新しい話\n',
        tmp_path,
    )
    assert dict(trial.notes) == {"pmo": "新しい話", "budget": "査定の話"}
    with pytest.raises(ParamError, match="知らない章"):
        load_trial(
            "172031--案",
            'base: "172031"\nwho: a\nwhen: 2026-11-24\nwhy: b\nnotes:\n  pm: x\n',
            tmp_path,
        )
