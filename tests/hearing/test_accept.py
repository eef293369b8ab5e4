"""Answers as the text of a params file: exactly these, each with its origin; the rest as it was."""

import re
from datetime import date

import pytest
from ruamel.yaml import YAML

from dxplan.facts.nodes import ParamError
from dxplan.hearing.accept import asked_days, build_text, now_at, own_origins, write_params
from dxplan.hearing.answers import CITY, WHOLE, Answer, Base, Cell, Unknown
from dxplan.town.city import load_city, load_trial
from dxplan.town.draft import write_params as write_draft
from dxplan.town.variant import Place
from tests.test_hostile import NAMES

DAY, BASIS = date(2026, 11, 20), date(2026, 11, 23)
BASE = Base(CITY, "172031", "172031", "", BASIS, 1)


def answer(part, entry, name, value, source="職員配置表", grade="A", day=DAY, start=None):
    at = Cell("a.xlsx", "課と人数", "H5")
    return Answer(Place(part, entry, name, start), value, "", day, source, grade, "佐藤花子", at)


def text_of(town, *answers, unknown=(), before="", base=BASE):
    return build_text(town, base, answers, unknown, before)


def plain(text):
    """What a text says, read by another loader."""
    return YAML(typ="safe").load(text)


ORIGIN = {"as_of": DAY, "source": "職員配置表", "grade": "A"}
ANSWERS = (
    answer("values", "", "dx_staff", 8.0),
    answer("values", "", "strategy", "自前のみ"),
    answer("values", "", "dx_fte", 3.5),
    answer("forms", "業務委託", "form_yen", 700_000.0),
    answer("sections", "税務課", "staff", 22.0),
    answer("systems", "戸籍", "live_since", date(2026, 2, 2)),
    answer("systems", "戸籍", "state", "稼働"),
    answer("lots", "ロット2", "contracted", True),
    answer("lots", "ロット2", "vendor", "ベンダA"),
    answer("gates", "当初予算", "request_by", "10-20"),
    answer("offices", "財政課", "name", "企画財政課"),
    answer("elections", "新1", WHOLE, {"name": "市長選挙", "day": date(2027, 11, 14)}),
    answer(
        "engagements",
        "新1",
        WHOLE,
        {"form": "業務委託", "people": 1.0, "from": date(2026, 4, 1), "until": date(2027, 3, 31)},
    ),
)


def test_the_file_says_what_was_answered_and_nothing_else(town):
    said = plain(text_of(town, *ANSWERS))
    assert said == {
        "code": "172031",
        "name": "小松市",
        "values": {
            "dx_fte": {"value": 3.5, "unit": "FTE", **ORIGIN},
            "dx_staff": {"value": 8, "unit": "人", **ORIGIN},
            "strategy": {"value": "自前のみ", "unit": "区分", **ORIGIN},
        },
        "forms": {"業務委託": {"form_yen": {"value": 700_000, "unit": "円/月", **ORIGIN}}},
        "sections": {"税務課": {"staff": 22, "unit": "人", **ORIGIN}},
        "systems": {"戸籍": {"state": "稼働", "live_since": date(2026, 2, 2), **ORIGIN}},
        "lots": {
            "ロット2": {
                "systems": list(town.lots[1].businesses),
                "contracted": True,
                "vendor": "ベンダA",
                **ORIGIN,
            }
        },
        "gates": {"当初予算": {"request_by": "10-20", "available": "04-01", **ORIGIN}},
        "offices": {"財政課": "企画財政課"},
        "elections": [{"name": "市長選挙", "day": date(2027, 11, 14), **ORIGIN}],
        "engagements": [
            {
                "form": "業務委託",
                "people": 1,
                "from": date(2026, 4, 1),
                "until": date(2027, 3, 31),
                **ORIGIN,
            }
        ],
    }


def test_the_text_is_a_params_file_that_says_the_answers(town, tmp_path):
    city = load_trial("172031", text_of(town, *ANSWERS), tmp_path)
    for one in ANSWERS[:-2]:
        assert now_at(city, one.place) == one.value, one.place
    assert city.elections[-1].name == "市長選挙" and city.engaged[0].people == 1
    again = text_of(town, *ANSWERS, before=text_of(town, *ANSWERS))
    assert again == text_of(town, *ANSWERS)


def test_a_file_that_is_there_keeps_its_comments_and_its_other_words(town, tmp_path):
    path = write_draft("172031", tmp_path)
    draft = path.read_text(encoding="utf-8")
    text = text_of(town, *ANSWERS, before=draft)
    kept = iter(text.splitlines())
    assert all(line in kept for line in draft.splitlines() if line.strip())  # in their order
    assert plain(text) == plain(text_of(town, *ANSWERS))
    own = draft.replace("values:\n", "values:\n  core_now:  # 人事課に聞いた\n    value: 4\n", 1)
    own = own.replace("value: 4\n", f"value: 4\n    unit: 人\n    as_of: {DAY}\n", 1)
    own = own.replace("unit: 人\n", "unit: 人\n    source: 名簿\n    grade: A\n", 1)
    said = text_of(town, *ANSWERS, before=own)
    assert "  core_now:  # 人事課に聞いた\n    value: 4\n" in said
    assert plain(said)["values"].keys() == {"core_now", "dx_fte", "dx_staff", "strategy"}


def test_a_dated_value_leaves_those_of_other_days(town):
    first, *others = town.values["rate_F1"]
    said = plain(text_of(town, answer("values", "", "rate_F1", 80.0, start=first.start)))
    rows = said["values"]["rate_F1"]
    assert [(row["from"], row["value"]) for row in rows] == [
        (first.start, 80),
        *((row.start, row.value) for row in others),
    ]
    assert rows[0]["source"] == "職員配置表" and rows[1]["source"] == others[0].source


LOT = [
    answer("lots", "ロット1", "vendor", "ベンダA"),
    answer("lots", "ロット1", "offered", date(2029, 1, 4), "回答書", "C", date(2026, 9, 1)),
    answer("lots", "ロット1", "confidence", "書面", "回答書", "C", date(2026, 9, 1)),
]


def test_answers_of_one_lot_with_several_origins_keep_each_its_own(town, tmp_path):
    text = text_of(town, *LOT)
    entry = plain(text)["lots"]["ロット1"]
    assert (entry["source"], entry["grade"]) == ("職員配置表、回答書", "C")
    assert entry["as_of"] == date(2026, 9, 1)
    own = own_origins(text)
    assert {key: (o.source, str(o.when), o.grade) for key, o in own.items()} == {
        "lots.ロット1.vendor": ("職員配置表", "2026-11-20", "A"),
        "lots.ロット1.offered": ("回答書", "2026-09-01", "C"),
        "lots.ロット1.confidence": ("回答書", "2026-09-01", "C"),
    }
    assert text_of(town, *LOT, before=text) == text
    city = load_trial("172031", text, tmp_path)
    newer = [answer("lots", "ロット1", a.place.name, a.value) for a in LOT]
    all_new = text_of(city, *newer, before=text)
    assert plain(all_new)["lots"]["ロット1"]["grade"] == "A" and not own_origins(all_new)


def test_what_there_is_none_of_leaves_the_file(town, tmp_path):
    text = text_of(town, *LOT, *ANSWERS)
    city = load_trial("172031", text, tmp_path)
    row = {"name": "市長選挙", "day": date(2027, 11, 14)}
    values = {Place("elections", "1", word): said for word, said in row.items()}
    base = Base(CITY, "172031", "172031", "", BASIS, 1, values=values)
    gone = [
        answer("values", "", "dx_fte", None),
        answer("lots", "ロット1", "vendor", None),
        answer("elections", "1", WHOLE, None),
    ]
    said = plain(text_of(city, *gone, before=text, base=base))
    assert "dx_fte" not in said["values"] and "vendor" not in said["lots"]["ロット1"]
    assert "elections" not in said and said["lots"]["ロット1"]["offered"] == date(2029, 1, 4)


def test_what_nobody_knew_keeps_the_default_and_the_day_on_which_it_was_asked(town, tmp_path):
    at = Cell("a.xlsx", "課と人数", "H9")
    unknown = [Unknown(Place("values", "", "core_now"), DAY, "人事課", "佐藤花子", at)]
    text = text_of(town, unknown=unknown)
    assert "デジタル・コア人材の現員: 2026-11-20に照会、不明" in text
    assert (
        "values" not in plain(text) and load_trial("172031", text, tmp_path).values == town.values
    )
    assert text_of(town, unknown=unknown, before=text) == text
    later = Unknown(unknown[0].place, date(2026, 12, 1), "人事課", "", at)
    asked = text_of(town, unknown=[later], before=text)
    assert asked_days(asked) == {"values.core_now": ("デジタル・コア人材の現員", "2026-12-01")}
    known = text_of(town, answer("values", "", "core_now", 4.0), before=asked)
    assert not asked_days(known) and "照会" not in known.split("code:")[1]


def test_a_note_of_a_person_is_not_in_the_file(town):
    assert "佐藤" not in text_of(town, *ANSWERS, *LOT)


@pytest.mark.parametrize("word", NAMES)
def test_a_hostile_answer_is_a_text_or_refused(town, tmp_path, word):
    """Markup, formulas and YAML in an answer or its source: the same text comes back."""
    for hostile in (word, f"a: b\n{word}", f"{word}\n## values.x  y: 2026-01-01に照会、不明"):
        answers = [
            answer("lots", "ロット2", "vendor", hostile, hostile),
            answer("lots", "ロット2", "contracted", True),
            answer("offices", "財政課", "name", hostile, hostile),
        ]
        text = text_of(town, *answers)
        said = plain(text)
        assert said["lots"]["ロット2"]["vendor"] == said["offices"]["財政課"] == hostile
        assert set(said) == {"code", "name", "lots", "offices"}
        assert "values.x" not in asked_days(text)
        try:
            city = load_trial("172031", text, tmp_path)
        except ParamError:
            assert "\n" in hostile or "\t" in hostile
        else:
            (vendor,) = [lot.vendor for lot in city.lots if lot.name == "ロット2"]
            assert vendor == re.sub(r"\s", " ", hostile).strip()


def test_a_file_is_written_whole_and_the_earlier_one_is_kept(town, tmp_path):
    path = write_draft("172031", tmp_path)
    before = path.read_bytes()
    write_params(path, text_of(town, *ANSWERS, before=before.decode()))
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, f"{path.name}.1.bak"]
    assert (tmp_path / f"{path.name}.1.bak").read_bytes() == before
    assert load_city("172031", tmp_path).number("dx_staff") == 8
