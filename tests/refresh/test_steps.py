"""The form by step: words kept apart, prefectures' systems as such, columns by their names."""

import random

import pytest

from dxplan.refresh.recognise import load_readings
from dxplan.refresh.steps import STATUS, WORDS
from dxplan.refresh.tables import Cell
from tests.refresh.conftest import rows_of, steps_by_town, write_rows
from tests.refresh.test_renewal import renewal_of

WORDS_SEEN = ["完了済み"] * 30 + ["作業中", "未", "未着手", "対象外", "", *["未着手"] * 5]
LETTERS = "d" * 30 + "wuno." + "n" * 5


def step_rows(told, shuffled=False):
    """The form by step: (prefecture, name, business) -> 40 words."""
    names = [row["step_name"] for row in rows_of("steps")]
    order = list(range(40))
    if shuffled:
        random.Random(3).shuffle(order)
    rows = [
        ["令和8年9月末時点"],
        ["都道府県名", "市区町村名", "業務名", *(names[at] for at in order)],
    ]
    for key, words in told.items():
        rows.append([*key, *(words[at] for at in order)])
    return rows


def whole(change=()):
    """Every system by its present steps, but for some that are told."""
    businesses = [row["business"] for row in rows_of("businesses")]
    told, steps = {}, steps_by_town()
    for town in rows_of("municipalities"):
        for business, done in zip(businesses, steps[town["code"]]):
            words = ["完了済み"] * done + ["未着手"] * (40 - done)
            told[town["pref"], town["name"], business] = words
    return told | dict(change)


def test_words_are_kept_apart_and_columns_found_by_name(tmp_path):
    told = {
        ("千葉県", "市川市", "住民記録"): WORDS_SEEN,
        ("千葉県", "市川市", "国保"): ["対象外"] * 40,
    }
    (reading,) = load_readings(write_rows(tmp_path / "x.csv", step_rows(told, shuffled=True)))
    assert reading.cells[Cell(WORDS, ("122033", "1"), "words")] == LETTERS
    # as the ministry's rates count: what is out of scope is done
    assert reading.cells[Cell(STATUS, ("122033", "1"), "steps_done")] == "31"
    assert reading.cells[Cell(WORDS, ("122033", "7"), "words")] == "o" * 40
    assert any("1,740団体の行がありません" in fault for fault in reading.faults)


def test_prefectures_are_kept_as_such_and_change_no_municipality(tmp_path):
    told = {}
    for row in rows_of("prefectures"):
        told[row["pref"], "-", "生活保護"] = WORDS_SEEN
    renewal = renewal_of(write_rows(tmp_path / "x.csv", step_rows(told)))
    (reading,) = renewal.readings
    assert len(reading.cells) == 47 and not reading.faults and not renewal.faults
    assert not renewal.changes and renewal.words == 47
    assert reading.cells[Cell(WORDS, ("010006", "16"), "words")] == LETTERS


def test_an_unknown_word_a_lost_column_and_an_unknown_business_are_faults(tmp_path):
    told = {("千葉県", "市川市", "戸籍"): ["完了"] * 40, ("千葉県", "市川市", "水道"): WORDS_SEEN}
    rows = step_rows(told)
    rows[1][10] = "知らないステップ"
    (reading,) = load_readings(write_rows(tmp_path / "x.csv", rows))
    text = "\n".join(reading.faults)
    assert "「完了」は知らない状態です(39セル)" in text
    assert "ステップの列が39しか" in text and "「水道」がどの業務か" in text
    assert "知らないステップ" in reading.unknown


@pytest.mark.rest
def test_the_whole_country_by_step_says_the_same_steps(tmp_path):
    renewal = renewal_of(write_rows(tmp_path / "x.csv", step_rows(whole())))
    (reading,) = renewal.readings
    steps = {cell: text for cell, text in reading.cells.items() if cell.table == STATUS}
    assert len(steps) == 34_820 and not renewal.changes and not reading.faults
    assert renewal.words == 34_820


@pytest.mark.rest
def test_a_system_that_is_wholly_out_of_scope_becomes_known_as_such(tmp_path):
    change = {("千葉県", "市川市", "児童手当"): ["対象外"] * 40}
    renewal = renewal_of(write_rows(tmp_path / "x.csv", step_rows(whole(change))))
    assert renewal.out == [("122033", "児童手当")]
    row = renewal.tables.table("known_states").rows["122033", "児童手当"]
    assert (row["state"], row["on"], row["grade"]) == ("対象外", "2026-09-30", "A")
