"""Which municipality a row means."""

import pytest

from dxplan.refresh.bodies import WHOLE, Bodies, full_code, plain_codes


@pytest.mark.parametrize(
    ("cell", "plain", "code"),
    [
        ("011002", False, "011002"),
        (11002.0, False, "011002"),  # a number that lost its zero
        ("R01100", False, "011002"),
        ("01100", True, "011002"),
        ("011003", False, ""),  # wrong check digit
        ("-", False, ""),
        ("合計", False, ""),
    ],
)
def test_a_code_in_each_of_its_forms(cell, plain, code):
    assert full_code(cell, plain) == code


def test_a_column_without_check_digits_is_told_by_all_of_its_codes():
    assert (
        full_code(12203.0) == "012203"
    )  # 士別市 with its zero lost, or 市川市 without check digit
    assert plain_codes([12203.0, 17203.0, 13101.0])
    assert not plain_codes(["012203", "172031", 11002.0])


def test_what_is_no_municipality_of_today_is_told_apart():
    bodies = Bodies()
    assert bodies.by_code("010006") == WHOLE  # a prefecture
    assert bodies.by_code("011011") == WHOLE  # a ward
    assert bodies.by_code("016951") == WHOLE  # a village without an office
    assert bodies.by_code("286613") == WHOLE  # merged: a part is not the whole
    assert bodies.moved == {"286613": ["282219"]}
    assert bodies.by_code("122033") == "122033" and bodies.seen == {"122033"}
    assert "282219" not in bodies.missing() and len(bodies.missing()) == 1739


@pytest.mark.parametrize(
    ("pref", "name", "code"),
    [
        ("千葉県", "市川市", "122033"),
        ("高知県", "檮原町", "394050"),
        ("高知県", "高岡郡梼原町", "394050"),
        ("北海道", "北海道札幌市", "011002"),
        ("北海道", "-", WHOLE),
        ("北海道", "北海道", WHOLE),
        ("北海道", "市川市", ""),
    ],
)
def test_a_name_in_each_of_its_spellings(pref, name, code):
    assert Bodies().by_name(pref, name) == code
