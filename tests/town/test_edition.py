"""Words of editions, and a city without what was noted beside its numbers."""

from dataclasses import replace

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.facts.params import sureness
from dxplan.town.city import load_city
from dxplan.town.edition import AUTHOR, MONEY, NOTES, SAID, WORD, load_edition, plain_slug

VILLAGE = "335860"
ORIGIN = "as_of: 2026-11-20, source: 山田太郎, grade: C, note: ないしょ"
FILE = f"""code: "{VILLAGE}"
author: 情報政策課
note: ないしょ
notes: {{pmo: ないしょ}}
values:
  dx_staff: {{value: 2, unit: 人, {ORIGIN}}}
elections: [{{day: 2027-04-25, name: 村長選挙, as_of: 2026-11-20, source: 山田太郎, grade: C, note: ないしょ}}]
engagements: [{{form: 業務委託, people: 1, from: 2026-04-01, until: 2027-03-31, {ORIGIN}}}]
sections:
  住民課: {{staff: 3, unit: 人, {ORIGIN}}}
systems:
  戸籍: {{state: 未移行, {ORIGIN}}}
lots:
  ロット1: {{systems: [印鑑登録], offered: 2029-01-04, confidence: 口頭, {ORIGIN}}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / f"{VILLAGE}.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("word", "edition"),
    [
        ("", "internal"),
        ("庁内", "internal"),
        ("議会", "council"),
        ("council", "council"),
        ("ベンダ", "vendor"),
        ("ベンダー", "vendor"),
        ("vendor", "vendor"),
        ("公開版", "public"),
    ],
)
def test_an_edition_has_japanese_and_english_words(word, edition, monkeypatch):
    monkeypatch.delenv(WORD, raising=False)
    found = load_edition(word)
    assert found.edition == edition
    assert found.named("335860") == (f"335860.{found.title}" if word else "335860")
    assert plain_slug(found.named("335860--案")) == "335860--案"
    assert found.tells(NOTES) == (edition == "internal")
    assert found.tells(MONEY) == (edition in ("internal", "council"))


def test_another_word_is_refused_with_those_that_are_known(monkeypatch):
    monkeypatch.setenv(WORD, "べんだ")
    with pytest.raises(ParamError, match="庁内・議会・ベンダ・公開"):
        load_edition()


def test_the_city_of_an_edition_says_nothing_that_was_noted(folder, monkeypatch):
    monkeypatch.delenv(WORD, raising=False)
    usual = load_city(VILLAGE, folder)
    assert repr(usual).count("ないしょ") >= 7 and "山田太郎" in repr(usual)
    monkeypatch.setenv(WORD, "議会")
    city = load_city(VILLAGE, folder)
    assert "ないしょ" not in f"{city!r}{city.params!r}{city.before!r}"
    assert "山田太郎" not in f"{city!r}{city.params!r}"
    staff = usual.at("dx_staff")
    assert city.at("dx_staff") == replace(staff, note="", source=SAID)
    offers = [(lot.offer.value, sureness(lot.offer)) for lot in city.lots if lot.offer]
    assert offers == [(lot.offer.value, "口頭") for lot in usual.lots if lot.offer]
    assert city.at("target_date") == usual.at("target_date")  # a default keeps its source
    assert city.edition.author == "情報政策課"


def test_the_command_line_s_author_goes_before_the_file_s(folder, monkeypatch):
    monkeypatch.setenv(AUTHOR, "企画課")
    monkeypatch.delenv(WORD, raising=False)
    city = load_city(VILLAGE, folder)
    assert city.edition.author == "企画課" and not city.edition.title


def test_no_number_of_an_edition_without_money_can_be_found_by_its_fingerprint(folder, monkeypatch):
    said = []
    for word in ("", "議会", "公開"):
        monkeypatch.setenv(WORD, word)
        city = load_city(VILLAGE, folder)
        said.append(city.fingerprint() != city.changed(migration_yen=7654321).fingerprint())
    assert said == [True, True, False]
