"""Several municipalities in one text, a number or a list, as a notebook is given them."""

import pytest

from dxplan.town.cities import cities_named, load_cities
from dxplan.town.city import load_city
from tests.town.test_city import refusal


@pytest.mark.parametrize(
    "text, codes",
    [
        (32026, ["032026"]),
        ([32026, "市川市"], ["032026", "122033"]),
        ("32026 市川市", ["032026", "122033"]),
        ("千葉県\u3000市川市、岐阜県 大野郡 白川村", ["122033", "216046"]),
        ("１２２０３３，かしわ", ["122033", "122173"]),
    ],
)
def test_cities_are_found_in_whatever_a_notebook_is_given(folder, text, codes):
    assert [city.code for city in load_cities(text, folder)] == codes


@pytest.mark.parametrize("text", [None, "", " 、", []])
def test_nothing_is_answered_by_a_sentence(folder, text):
    refusal(lambda: load_cities(text, folder), "団体が書かれていません。比べる団体を")


def test_a_city_is_loaded_by_a_number_and_its_file_is_read(folder, save):
    save("032026", 'code: "032026"\nnote: 打合せ用\n')
    assert load_city(32026, folder) == load_city("032026", folder)
    assert load_city(32026, folder).note == "打合せ用"


def test_a_file_may_write_its_name_as_other_files_do(folder, save):
    save("082082", 'code: "082082"\nname: 龍ヶ崎市\n')
    refusal(
        lambda: save("412074", 'code: "412074"\nname: 鹿嶋市\n'), "「鹿嶋市」", "412074(鹿島市)"
    )


def test_a_prefecture_and_its_city_are_one_name():
    assert cities_named("千葉県 市川市 216046--a") == ("千葉県市川市", "216046--a")
