import pickle
from datetime import date

import pytest

from dxplan.facts import catalog
from dxplan.facts.catalog import (
    CatalogError,
    check_digit,
    load_column,
    load_municipalities,
    load_municipality,
    load_source,
    load_steps,
    load_table,
)
from dxplan.files import DATA


def test_every_declared_table_loads_with_exactly_its_columns():
    for name, declared in catalog.TABLES.items():
        assert list(load_table(name).columns) == [column.name for column in declared], name


def test_every_csv_file_of_data_is_a_declared_table():
    assert {path.stem for path in DATA.glob("*.csv")} == set(catalog.TABLES)


def test_a_table_handed_out_is_a_copy():
    table = load_table("prefectures")
    table.loc[0, "pref"] = "蝦夷"
    assert load_table("prefectures").pref[0] == "北海道"


def test_an_unknown_table_is_told_with_the_nearest_name():
    with pytest.raises(CatalogError, match="表「prefecture」はありません。近い名は「prefectures」"):
        load_table("prefecture")


def test_a_municipality_carries_its_figures():
    ichikawa = load_municipality("122033")
    assert (ichikawa.name, ichikawa.pref, ichikawa.class_, ichikawa.kana) == (
        "市川市",
        "千葉県",
        "一般市",
        "イチカワシ",
    )
    assert (ichikawa.population, ichikawa.households, ichikawa.staff_general) == (
        491577,
        242970,
        2115,
    )
    assert ichikawa.fiscal_strength == 1.07
    assert ichikawa.dx_cio is True
    assert (ichikawa.common_late, load_municipality("172031").common_late) == (
        False,
        True,
    )


def test_what_was_not_surveyed_or_does_not_apply_is_missing_and_not_zero():
    assert load_municipality("172014").dx_cio is None  # 金沢市: 調査無し
    assert load_municipality("172014").dx_ai is True
    assert load_municipality("104264").online32_pct is None  # 草津町: no procedure to count
    assert load_municipality("122033").future_burden_ratio is None  # 市川市: "-" in the table


def test_a_municipality_is_frozen_and_travels_to_a_worker():
    town = load_municipality("131016")
    with pytest.raises(AttributeError):
        town.population = 1
    assert pickle.loads(pickle.dumps(town)) == town


def test_all_1741_municipalities_come_in_the_order_of_their_codes():
    codes = [town.code for town in load_municipalities()]
    assert len(codes) == 1741
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    "code5, digit", [("01100", "2"), ("12203", "3"), ("13101", "6"), ("47382", "1")]
)
def test_the_check_digit_follows_the_ministry(code5, digit):
    assert check_digit(code5) == digit


def test_a_check_digit_is_asked_for_five_digits_only():
    with pytest.raises(CatalogError, match="5桁の数字ではありません"):
        check_digit("122033")


def test_a_wrong_check_digit_is_told_with_the_right_one():
    with pytest.raises(CatalogError) as fault:
        load_municipality("012034")
    assert str(fault.value) == (
        "自治体コード「012034」の検査数字(6桁目)は 4 ではなく 3 です。北海道小樽市なら 012033 です。"
    )


def test_a_wrong_check_digit_of_no_municipality_is_told():
    with pytest.raises(CatalogError, match="検査数字.*番号を確かめてください"):
        load_municipality("999990")


@pytest.mark.parametrize("code", [4610, "4610", "1220333", "12203a", "１２２０３３", "", None])
def test_what_is_not_six_digits_is_no_code(code):
    with pytest.raises(CatalogError, match="6桁の自治体コードではありません"):
        load_municipality(code)


def test_a_ward_or_prefecture_code_is_told_with_the_nearest_municipality():
    with pytest.raises(
        CatalogError, match=r"「011011」は、市区町村の一覧\(1,741団体\)に.*011002\(北海道札幌市\)"
    ):
        load_municipality("011011")
    with pytest.raises(CatalogError, match="都道府県"):
        load_municipality("120006")


def test_the_steps_of_a_municipality_cover_the_twenty_businesses():
    steps = load_steps("011002")
    assert sorted(steps) == list(range(1, 21))
    assert steps[1] == (26, True)
    assert steps[2].steps_done == 40 and steps[2].flagged_late is False


def test_changed_steps_do_not_reach_the_next_caller():
    load_steps("011002").clear()
    assert len(load_steps("011002")) == 20


def test_the_steps_of_an_unknown_code_are_refused():
    with pytest.raises(CatalogError, match="検査数字"):
        load_steps("011003")


def test_a_column_has_unit_date_source_and_grade():
    fact = load_column("municipalities", "population")
    assert (fact.unit, fact.as_of, fact.source, fact.grade) == (
        "人",
        date(2023, 1, 1),
        "juki20230101",
        "A",
    )


def test_a_column_without_facts_is_told():
    with pytest.raises(CatalogError, match="表 municipalities の列 popular の行がありません"):
        load_column("municipalities", "popular")


def test_a_source_has_title_publisher_and_terms():
    source = load_source("dxdash20240712")
    assert (source.publisher, source.licence, source.as_of) == (
        "デジタル庁",
        "CC BY 4.0",
        date(2024, 7, 12),
    )


def test_an_unknown_source_is_told_with_the_nearest_id():
    with pytest.raises(CatalogError, match="出典「tejunsho」.*近い名は「tejunsho10」"):
        load_source("tejunsho")
