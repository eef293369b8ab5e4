"""Municipalities are found as people, official files, spreadsheets and notebooks write them."""

import csv
from collections import Counter

import openpyxl
import pytest

from dxplan.facts.catalog import load_districts, load_municipalities
from dxplan.facts.nodes import ParamError
from dxplan.town import finder
from dxplan.town.city import load_city
from dxplan.town.finder import CityError, find_slug
from tests.test_data import OFFICIAL, official
from tests.town.given import AGREED
from tests.town.test_city import refusal

TOWNS = {town.code: town for town in load_municipalities()}
NAMESAKE = {"016969": "014036"}  # 国後郡泊村 has no office; its name is that of 古宇郡泊村


# --- names ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text, code",
    [
        ("岐阜県不破郡関ケ原町", "213624"),
        ("関が原町", "213624"),
        ("関ヶ原町", "213624"),
        ("龍ヶ崎市", "082082"),
        ("竜ケ崎市", "082082"),
        ("塩釜市", "042030"),
        ("檮原町", "394050"),
        ("葛\U000e0101城市", "292117"),
        ("千葉県\u3000市川市", "122033"),
        ("上川郡清水町", "016365"),
        ("かしわ", "122173"),
        ("ｶｼﾜｼ", "122173"),
        ("ニセコ", "013951"),
        ("ちばけんいちかわし", "122033"),
        ("鹿島市", "412074"),
        ("鹿嶋市", "082228"),
    ],
)
def test_a_name_is_found_as_it_is_written(folder, text, code):
    assert find_slug(text, folder) == code


@pytest.mark.parametrize(
    "text, words",
    [
        ("清水町", ("2つあります", "北海道清水町(016365)", "静岡県清水町(223417)")),
        ("いずみし", ("大阪府和泉市(272191)", "鹿児島県出水市(462080)")),
        ("ふちゅう", ("3つあります", "広島県府中町(343021)")),
        ("か", ("団体あります", "ほか")),
        ("神奈川県横浜市中区", ("横浜市の区", "141003(神奈川県横浜市)")),
        ("さっぽろしちゅうおうく", ("札幌市の区", "011002")),
        ("千葉県", ("都道府県か郡の名",)),
        ("東津軽郡", ("都道府県か郡の名",)),
        ("不破郡白川町", ("ありません", "もしかして 白川町")),
        ("茨城県鹿島市", ("ありません",)),
        (None, ("団体が書かれていません",)),
        ("\u3000", ("団体が書かれていません",)),
    ],
)
def test_what_is_none_or_several_is_answered_by_a_sentence(folder, text, words):
    refusal(lambda: find_slug(text, folder), *words)


def test_no_letter_that_is_folded_makes_two_municipalities_one(folder):
    for towns in finder._spellings().values():
        alike = {town.name for town in towns}, {town.kana for town in towns}
        assert 1 in map(len, alike), towns
    for town in TOWNS.values():
        for group in finder.ALIKE.split():
            for letter in set(group) & set(town.name):
                for other in group:
                    text = town.pref + town.name.replace(letter, other)
                    assert find_slug(text, folder) == town.code, text


@pytest.mark.parametrize(
    "text, words",
    [
        ("富谷町", ("宮城県富谷町(044237)", "2016-10-10の市制施行", "宮城県富谷市(042161)")),
        ("044237", ("2016-10-10", "富谷市(042161)")),
        (44237, ("2016-10-10", "富谷市(042161)")),  # its first zero is lost
        ("福岡県那珂川町", ("2018-10-01", "那珂川市(402311)")),
        ("ささやま市", ("ありません",)),  # readings of before are not known
        ("篠山市", ("2019-05-01の市の名称の変更", "丹波篠山市(282219)")),
        ("下都賀郡岩舟町", ("2014-04-05の編入", "栃木市(092037)")),
        ("上九一色村", ("甲府市(192015)と山梨県富士河口湖町(194301)",)),
        ("群馬県東村", ("勢多郡東村", "佐波郡東村", "東吾妻町(104299)")),
        ("浜松市浜北区", ("2024-01-01の区の再編", "浜松市(221309)")),
        ("221341", ("2024-01-01の区の再編", "浜松市(221309)")),
        ("432016", ("2012-04-01の政令指定都市への移行", "熊本市(431001)")),
    ],
)
def test_a_name_or_code_of_before_is_answered_with_the_day_and_todays_municipality(
    folder, text, words
):
    refusal(lambda: find_slug(text, folder), *words)


def test_a_name_of_today_is_never_taken_for_one_of_before(folder):
    assert find_slug("那珂川町", folder) == "094111" and find_slug("熊本市", folder) == "431001"
    assert "再編" not in refusal(lambda: find_slug("浜松市天竜区", folder), "浜松市の区です")
    assert "浜松市" not in refusal(lambda: find_slug("中区", folder), "ありません")


# --- codes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text, code",
    [
        ("１２２０３３", "122033"),
        (122033, "122033"),
        ("11002", "011002"),
        ("1100", "011002"),
        (32026, "032026"),
        (32026.0, "032026"),
        ("R12203", "122033"),
        ("12203-3", "122033"),
        (0o32026, "032026"),  # as YAML 1.1 reads 032026
    ],
)
def test_a_code_is_found_whatever_a_spreadsheet_made_of_it(folder, text, code):
    assert find_slug(text, folder) == code


@pytest.mark.parametrize(
    "text, words",
    [
        ("12203", ("2つ", "千葉県市川市(122033)", "北海道士別市(012203)")),
        (0o32034, ("2つ", "岩手県大船渡市(032034)", "北海道木古内町(013340)")),
        (12106, ("2つ", "北海道岩見沢市(012106)", "指定都市の区(121061)")),
        ("14104", ("横浜市の区", "141003(神奈川県横浜市)")),
        ("120006", ("都道府県",)),
        ("122034", ("検査数字", "千葉県市川市なら 122033")),
        ("1220333", ("6桁の自治体コードではありません",)),
        (-122033, ("ありません",)),
        (float("nan"), ("ありません",)),
        (True, ("ありません",)),
    ],
)
def test_a_code_of_none_or_several_is_answered_by_a_sentence(folder, text, words):
    assert "引用符" not in refusal(lambda: find_slug(text, folder), *words)


def test_a_number_never_means_another_municipality(folder):
    asked = 0
    for code in {*TOWNS, *load_districts()}:
        for number in (int(code), int(code[:5])):
            try:
                assert find_slug(number, folder) == code
            except CityError as fault:
                asked += code in TOWNS
                assert code not in TOWNS or code in str(fault)
    assert asked < 50


def test_the_districts_are_of_all_towns_but_those_of_islands_and_of_all_wards():
    inside = load_districts()
    towns = {code for code, town in TOWNS.items() if town.type in "町村"}
    islands = {code for code in towns if code[:3] in ("133", "134") and code not in inside}
    assert set(inside) & set(TOWNS) == towns - islands and len(islands) == 9
    cities = {town.name for town in TOWNS.values() if town.class_ == "指定都市"}
    assert {city for code, city in inside.items() if code not in TOWNS} == cities


# --- the official files ---------------------------------------------------------------------------
def _sheets(name, first):
    """Code, prefecture and name, and their readings, of the rows of all sheets."""
    book = openpyxl.load_workbook(official(name), read_only=True)
    for sheet in book:
        for code, *words in sheet.iter_rows(first, max_col=5, values_only=True):
            if code and words[0] and words[1] not in (None, "-"):
                yield str(code).zfill(6), words


def _lines(name, encoding):
    return list(csv.reader(official(name).read_text(encoding).splitlines()))


def _texts(name):
    """(code, text) of each cell of an official file that names a municipality or a ward."""
    if name == "ssdse_a_2026_cp932.csv":
        for code, pref, town, *_ in _lines(name, "cp932")[3:]:
            code = next(one for one in TOWNS if one[:5] == code[1:])
            yield from ((code, f"R{code[:5]}"), (code, town), (code, pref + town))
    elif name == "dx_dashboard_transposed_utf8bom.csv":
        names = _lines(name, "utf-8-sig")[0][2:]
        yield from zip(TOWNS, names)
    else:
        first = {"juki_age_R05.xlsx": 4, "mic_fiscal_R04.xlsx": 3}.get(name, 2)
        for code, (pref, town, *kana) in dict(_sheets(name, first)).items():
            yield from ((code, text) for text in (code, town, pref + town))
            if code in TOWNS or code in load_districts():  # a sum over a 郡 has a code, too
                yield from ((code, int(code)), (code, int(code[:5])))
            if name == "mic_lgcode_R6.xlsx":
                yield from ((code, kana[1]), (code, kana[0] + kana[1]))


@pytest.mark.parametrize(
    "name",
    [
        "mic_lgcode_R6.xlsx",
        "mic_fiscal_R04.xlsx",
        "ssdse_a_2026_cp932.csv",
        "dx_dashboard_transposed_utf8bom.csv",
        pytest.param("juki_age_R05.xlsx", marks=pytest.mark.rest),
    ],
)
def test_every_name_and_code_of_an_official_file_is_found_or_refused(folder, name):
    counts = Counter()
    for code, text in _texts(name):
        try:
            found = find_slug(text, folder)
            counts["found" if found == code else "namesake"] += 1
            assert found in (code, NAMESAKE.get(code)), (code, text)
        except CityError as fault:
            counts["asked" if code in TOWNS else "refused"] += 1
            assert code not in TOWNS or code in str(fault), (code, text, fault)
    print(name, dict(counts))
    assert counts["found"] > 1680 and counts["namesake"] <= 4


def test_a_page_saved_as_a_workbook_names_nobody(folder):
    if not OFFICIAL.exists():
        pytest.skip("../shared がないため、公表ファイルとの照合を省いた")
    head = (OFFICIAL / "html_404_saved_as_xlsx.xlsx").read_bytes()[:38].decode("ascii")
    refusal(lambda: find_slug(head, folder), "ありません")


# --- the peers that a params file names -----------------------------------------------------------
OWN = 'code: "172031"\n'


@pytest.mark.parametrize(
    "text, codes",
    [
        ('peers: [奈良県奈良市, "162027", 172014]\n', ("292010", "162027", "172014")),
        ("peers:\n- 金沢市\n- 011002\n- かなざわし\n", ("172014", "011002")),
        ("peers:\n", ()),
    ],
)
def test_peers_are_named_as_people_write_them_each_once(save, text, codes):
    assert save("172031", OWN + text).params.peers == codes


@pytest.mark.parametrize(
    "text, words",
    [
        ("peers: 金沢市\n", ("2行目 peers", "のように並べて")),
        ("peers: [{a: 1}]\n", ("2行目 peers", "文字ではありません")),
        (
            "peers: [府中市, 金沢し市]\n",
            ("府中市」は2つあります", "金沢し市」という団体はありません"),
        ),
        ("peers: [172032]\n", ("検査数字",)),
        ("peers: [浦和市]\n", ("今の団体は埼玉県さいたま市",)),
        ("peers: [小松市]\n", ("小松市はこの計画の団体です",)),
    ],
)
def test_peers_that_cannot_be_are_refused_all_at_once(save, text, words):
    with pytest.raises(ParamError) as refused:
        save("172031", OWN + text)
    told = str(refused.value)
    assert all(word in told for word in words) and told.count("172031.yaml") == text.count(",") + 1
    assert "params のファイルもありません" not in told


def test_more_peers_than_are_shown_are_refused(save):
    codes = [f'"{code}"' for code in TOWNS if code != "172031"][:21]
    assert len(save("172031", f"{OWN}peers: [{', '.join(codes[:20])}]\n").params.peers) == 20
    with pytest.raises(ParamError, match="21団体あります。20団体まで"):
        save("172031", f"{OWN}peers: [{', '.join(codes)}]\n")


def test_a_variant_keeps_the_peers_of_its_base_unless_it_names_others(save, folder):
    save("172031", OWN + "peers: [金沢市]\n")
    variant = f'base: "172031"\n{AGREED}'
    assert save("172031--a", variant).params.peers == ("172014",)
    assert save("172031--b", variant + "peers: [加賀市]\n").params.peers == ("172065",)
    assert load_city("172031--b", folder).before.params.peers == ("172014",)
