"""Each of the 1,741 is one frozen, complete City; a file or a variant changes what it names."""

from datetime import date

import pytest

from dxplan.facts.catalog import load_municipalities
from dxplan.facts.params import FORM, ParamError, within
from dxplan.town.city import CityError, load_city, load_slugs
from dxplan.town.defaults import load_businesses, load_specs
from dxplan.town.finder import find_slug
from tests.plans import country
from tests.town.given import AGREED, ORIGIN, OWN


@pytest.fixture(scope="module")
def cities():
    """The city of each of the 1,741 codes, from no file at all."""
    return list(country().values())


def refusal(call, *words):
    """The sentence with which a call is refused."""
    with pytest.raises(ParamError) as found:
        call()
    for word in words:
        assert word in str(found.value), str(found.value)
    return str(found.value)


# --- without any file -----------------------------------------------------------------------------
def test_every_municipality_has_a_complete_city_without_a_file(cities):
    assert len(cities) == 1741
    wanted = {name for name, spec in load_specs().items() if spec.topic != FORM} - {
        "start_date",
        "dx_fte",
        "portfolio_lives",
        "operation_yen",
        "operation_cloud",
        "operation_until",
    }
    for city in cities:
        assert set(city.values) == wanted, city.code
        assert len(city.systems) == 20 and {s.business for s in city.systems} == set(
            load_businesses()
        )
        assert {s.section for s in city.systems} == {s.name for s in city.sections}
        assert all(s.staff.value >= 1 for s in city.sections)
        assert city.slug == city.code and city.base == ""


def test_every_default_lies_in_its_range_and_has_one_value_a_day(cities):
    specs = load_specs()
    for city in cities:
        for name, values in city.values.items():
            assert all(within(specs[name], value.value) for value in values), (city.code, name)
            assert len({value.start for value in values}) == len(values), (city.code, name)


def test_every_assumption_carries_source_and_grade_and_a_guess_says_so(cities):
    for city in cities[::50]:
        for what, value in city.assumptions():
            assert value.unit and value.source and date.fromisoformat(value.as_of), what
            assert value.guessed == (value.grade in "MG"), what
        assert city.at("dx_staff").guessed and city.at("rfp_start").guessed
        assert not city.at("end_date").guessed
        assert all(s.staff.guessed for s in city.sections)
        assert not any(s.steps.guessed for s in city.systems)


def test_the_plan_starts_on_the_first_of_the_month_after_the_basis(cities):
    assert cities[0].at("basis_date").value == date(2026, 11, 23)
    assert cities[0].start == date(2026, 12, 1)


def test_dated_values_hold_from_their_day(cities):
    first, later = cities[0].values["rate_F8"]
    assert later.start == date(2030, 4, 1) and first.value != later.value
    assert cities[0].number("rate_F8", date(2030, 3, 31)) == first.value
    assert cities[0].number("rate_F8", date(2030, 4, 1)) == later.value
    assert cities[0].number("rate_F8", date(2020, 1, 1)) == first.value


# --- finding --------------------------------------------------------------------------------------
def test_a_city_is_found_by_code_by_name_and_by_prefecture_and_name(folder):
    for text in ("122033", "市川市", "千葉県市川市", " 市川市\n"):
        assert load_city(text, folder).code == "122033"
    assert load_city("東京都府中市", folder).code == "132063"


def test_every_prefecture_and_name_means_one_city(folder):
    for facts in load_municipalities()[::25]:
        assert find_slug(facts.pref + facts.name, folder) == facts.code


def test_an_ambiguous_name_lists_its_candidates(folder):
    text = refusal(
        lambda: load_city("府中市", folder), "2つ", "東京都府中市(132063)", "広島県府中市(342084)"
    )
    assert text.endswith("。")


def test_an_unknown_name_offers_near_ones(folder, save):
    save("sapporo", 'code: "011002"\n')
    refusal(lambda: load_city("市川", folder), "「市川」", "市川市")
    refusal(lambda: load_city("saporo", folder), "sapporo")


def test_a_wrong_check_digit_says_the_right_code(folder):
    refusal(lambda: load_city("122034", folder), "122034", "検査数字", "122033", "市川市")


@pytest.mark.parametrize(
    "text", ["12203", "1220333", "120006", "", "x" * 9000, "か", None, ["122033"]]
)
def test_what_is_no_municipality_is_one_short_sentence(folder, text):
    with pytest.raises(CityError) as found:
        load_city(text, folder)
    assert len(str(found.value)) < 300 and str(found.value).endswith(("。", ")"))


@pytest.mark.parametrize(
    "text",
    [
        "../secret",
        "..",
        "a/../../secret",
        "/etc/passwd",
        "secret\x00",
        "~",
        "sub/secret",
        "..\\secret",
    ],
)
def test_a_slug_cannot_climb_out_of_the_folder(folder, text):
    (folder.parent / "secret.yaml").write_text('code: "122033"\n')
    (folder / "sub").mkdir()
    (folder / "sub" / "secret.yaml").write_text('code: "122033"\n')
    with pytest.raises(CityError):
        load_city(text, folder)


def test_a_base_cannot_climb_out_of_the_folder(folder, save):
    (folder.parent / "secret.yaml").write_text('code: "122033"\n')
    refusal(
        lambda: save("122033--a", f"base: ../secret\n{AGREED}"), "122033--a.yaml base", "../secret"
    )


def test_a_prefecture_and_the_whole_country_are_selections():
    chiba = load_slugs("千葉県")
    assert len(chiba) == 54 and "122033" in chiba and list(chiba) == sorted(chiba)
    assert len(load_slugs(everything=True)) == 1741


def test_an_unknown_prefecture_offers_the_nearest():
    refusal(lambda: load_slugs("千葉"), "「千葉」", "千葉県")
    refusal(lambda: load_slugs("東京府"), "東京都")


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_selection_is_refused(nothing):
    refusal(lambda: load_slugs(nothing), "1つも選ばれていません", "--prefecture")


# --- a file of its own ----------------------------------------------------------------------------
def test_a_file_overrides_with_provenance(save, folder):
    plain, city = load_city("122033", folder), save("122033", OWN)
    assert (city.number("dx_staff"), city.at("dx_staff").where, city.at("dx_staff").grade) == (
        14,
        "122033.yaml 3行目",
        "A",
    )
    seal = next(s for s in city.systems if s.business == "印鑑登録")
    assert (seal.steps.value, seal.steps.where, seal.live, seal.pending) == (
        12,
        "122033.yaml 5行目",
        False,
        True,
    )
    same = set(plain.values) - {"dx_staff"}
    assert all(city.values[name] == plain.values[name] for name in same)
    assert city.at("dx_share").where == "既定"
    rule, value = next(pair for pair in city.gates if pair[0].name == "当初予算")
    assert (rule.request_by, rule.years_after, value.grade, value.where) == (
        "11-05",
        1,
        "A",
        "122033.yaml 9行目",
    )
    assert ("戸籍課の職員数", 9) in [(what, value.value) for what, value in city.assumptions()]


def test_a_file_named_with_a_code_is_found_by_the_name_of_its_city(save, folder):
    assert save("122033", OWN) == load_city("千葉県市川市", folder)


def test_a_unit_may_bear_the_name_that_it_had_before(save):
    text = 'code: "122033"\nvalues:\n  step1_seats: {{value: 30, unit: 人/{}, {}}}\n'
    for word in ("講座", "クラス"):
        value = save("122033", text.format(word, ORIGIN)).at("step1_seats")
        assert (value.number, value.unit) == (30, "人/講座")


def test_a_section_takes_its_businesses_along(save):
    city = save("122033", OWN)
    runs = {s.business: s.section for s in city.systems}
    assert runs["戸籍"] == runs["戸籍の附票"] == "戸籍課" and runs["住民基本台帳"] == "市民課"
    assert next(s for s in city.sections if s.name == "戸籍課").staff.value == 9


def test_a_section_that_loses_all_its_businesses_is_gone(save):
    city = save(
        "122033",
        f'code: "122033"\nsections:\n  教育総務課: {{staff: 3, unit: 人, businesses: [就学], {ORIGIN}}}\n',
    )
    assert "学校教育課" not in {s.name for s in city.sections}


def test_a_section_without_a_business_is_refused(save):
    refusal(
        lambda: save(
            "122033", f'code: "122033"\nsections:\n  市民部: {{staff: 3, unit: 人, {ORIGIN}}}\n'
        ),
        "params/122033.yaml",
        "「市民部」",
        "市民課",
        "businesses",
    )


def test_a_name_that_is_not_that_of_the_code_is_refused(save):
    refusal(
        lambda: save("x", 'code: "122033"\nname: 浦安市\n'), "params/x.yaml", "浦安市", "市川市"
    )


def test_a_message_names_no_folder_of_the_machine(save, folder):
    assert str(folder.parent) not in refusal(
        lambda: save("x", 'code: "122034"\n'), "params/x.yaml 1行目"
    )
