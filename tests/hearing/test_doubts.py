"""Who contradicts whom, what an official file says, and sheets of older assumptions: asked back."""

from dataclasses import replace
from datetime import date

import pytest

from dxplan.facts.nodes import ParamError
from dxplan.hearing.answers import CITY, WHOLE, Answer, Base, Cell, Hearing
from dxplan.hearing.doubts import sorted_answers
from dxplan.town.variant import Place

DAY = date(2026, 11, 20)
STAFF = Place("values", "", "dx_staff")


def answer(place, value, file="a.xlsx", source="職員配置表", grade="A", day=DAY, cell="H5"):
    return Answer(place, value, "", day, source, grade, "", Cell(file, "課と人数", cell))


def hearing(*answers, values=(), file="a.xlsx"):
    base = Base(CITY, "172031", "172031", "", date(2026, 11, 23), 1, "", dict(values))
    return Hearing(file, base, answers)


def of(town, *hearings, takes=None):
    return sorted_answers(town, hearings, takes or {})


def test_what_two_files_say_differently_is_asked_with_who_said_what(town):
    one = hearing(answer(STAFF, 8.0))
    other = hearing(answer(STAFF, 9.0, "b.xlsx", "人事課の名簿", "B", cell="K7"), file="b.xlsx")
    found = of(town, one, other)
    ((name, sentence),) = found.asked
    assert name == "values.dx_staff" and not found.taken
    for word in (
        "DX・情報部門の職員数",
        "「8人」(a.xlsx 課と人数!H5、出典 職員配置表、2026-11-20時点)",
        "「9人」(b.xlsx 課と人数!K7、出典 人事課の名簿、2026-11-20時点)",
    ):
        assert word in sentence
    taken = of(town, one, other, takes={"values.dx_staff": "b.xlsx"})
    assert [a.value for a in taken.taken] == [9.0] and not taken.asked


def test_two_files_that_agree_give_the_better_origin(town):
    one = hearing(answer(STAFF, 8.0, grade="B"))
    other = hearing(answer(STAFF, 8.0, "b.xlsx", "人事課の名簿", "A"), file="b.xlsx")
    found = of(town, one, other)
    assert [(a.value, a.source) for a in found.taken] == [(8.0, "人事課の名簿")] and not found.asked


def test_new_rows_of_two_files_are_rows_of_their_own(town):
    row = Place("elections", "新1", WHOLE)
    one = hearing(answer(row, {"name": "市長選挙", "day": date(2027, 11, 14)}))
    other = hearing(
        answer(row, {"name": "市議選", "day": date(2029, 2, 4)}, "b.xlsx"), file="b.xlsx"
    )
    assert len(of(town, one, other).taken) == 2


OLD = date(2026, 1, 15)  # before the day of the published steps


@pytest.mark.parametrize(
    "place, value, day, official",
    [
        (("systems", "固定資産税", "steps"), 12.0, DAY, "完了したステップは19"),  # backwards
        (("systems", "固定資産税", "steps"), 30.0, OLD, "完了したステップは19"),
        (("systems", "固定資産税", "state"), "稼働", OLD, "完了したステップは19"),
        (("systems", "固定資産税", "state"), "対象外", DAY, "完了したステップは19"),
        (("systems", "戸籍", "live_since"), date(2025, 12, 1), DAY, "完了したステップは31"),
        (("values", "", "allocation"), "不交付団体", DAY, "財政力指数は0."),
        (("values", "", "dx_staff"), 361.0, DAY, "一般行政部門の職員は360人"),
        (("values", "", "core_now"), 361.0, DAY, "一般行政部門の職員は360人"),
        (("values", "", "change_now"), 361.0, DAY, "一般行政部門の職員は360人"),
        (("sections", "税務課", "staff"), 400.0, DAY, "一般行政部門の職員は360人"),
    ],
)
def test_what_an_official_file_denies_is_asked_and_taken_only_by_name(
    town, place, value, day, official
):
    said = hearing(answer(Place(*place), value, day=day))
    found = of(town, said)
    ((name, sentence),) = found.asked
    assert not found.taken and official in sentence and "公式の資料と合いません" in sentence
    assert "a.xlsx 課と人数!H5" in sentence and name == ".".join(filter(None, place))
    assert [a.value for a in of(town, said, takes={name: ""}).taken] == [value]


@pytest.mark.parametrize(
    "place, value",
    [
        (("systems", "固定資産税", "steps"), 27.0),
        (("systems", "固定資産税", "state"), "稼働"),
        (("systems", "固定資産税", "live_since"), date(2026, 3, 2)),
        (("values", "", "allocation"), "交付団体"),
        (("values", "", "dx_staff"), 8.0),
    ],
)
def test_what_is_newer_than_the_official_file_is_no_contradiction(town, place, value):
    found = of(town, hearing(answer(Place(*place), value)))
    assert [a.value for a in found.taken] == [value] and not found.asked


def test_a_known_state_is_not_taken_back(town):
    first = town.systems[0]
    state = replace(first.state, value="live", where="公表の状態", grade="A", as_of="2026-09-30")
    known = replace(town, systems=(replace(first, state=state), *town.systems[1:]))
    found = of(known, hearing(answer(Place("systems", first.business, "state"), "未移行")))
    ((_, sentence),) = found.asked
    assert "2026-09-30時点)では「稼働」です" in sentence


@pytest.mark.parametrize(
    "base, value, asked",
    [
        (12.0, 8.0, False),  # the sheet showed what still holds
        (10.0, 8.0, True),  # both have moved
        (10.0, 10.0, True),  # an old value is confirmed
        (10.0, 12.0, False),  # the answer is what holds now
    ],
)
def test_a_sheet_of_older_assumptions_overwrites_nothing_unseen(town, base, value, asked):
    said = hearing(answer(STAFF, value), values={STAFF: base})
    found = of(town, said)
    assert len(found.asked) == asked and len(found.taken) == (not asked)
    if asked:
        ((_, sentence),) = found.asked
        assert "「10人」だった前提が、いまは「12人」に変わっています" in sentence
        assert "2026-11-23の前提" in sentence


def test_what_has_no_home_is_told_and_not_taken(town):
    yen = answer(Place("lots", "ロット1", "extension_yen"), 1_200_000.0)
    found = of(town, hearing(yen, answer(Place("vendors", "ベンダA", "people"), 4.0, cell="H6")))
    assert not found.taken and len(found.told) == 2
    assert "1,200,000円/月(a.xlsx 課と人数!H5)" in found.told[0] and "置き場がない" in found.told[0]


def test_a_name_that_is_not_asked_is_refused(town):
    with pytest.raises(ParamError, match="--take values.dx_staf: .*values.dx_staff"):
        of(
            town,
            hearing(answer(STAFF, 8.0)),
            hearing(answer(STAFF, 9.0, "b.xlsx"), file="b.xlsx"),
            takes={"values.dx_staf": ""},
        )
    with pytest.raises(ParamError, match=r"a\.xlsx・b\.xlsx"):
        of(
            town,
            hearing(answer(STAFF, 8.0)),
            hearing(answer(STAFF, 9.0, "b.xlsx"), file="b.xlsx"),
            takes={"values.dx_staff": "c.xlsx"},
        )
