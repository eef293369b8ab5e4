"""Which municipality is meant: by a person, an official file, a spreadsheet or a notebook.

All doors ask here (command line, params, notebooks, the table). A spelling is folded to one form,
in which width, blanks, kana, ケ and ヶ, old letters and their variants look the same; 嶋 and 島 stay
apart, since 鹿嶋市 and 鹿島市 are two. A text that still means several is answered with all of them.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from dxplan.facts import catalog
from dxplan.facts.catalog import Change, Municipality
from dxplan.facts.letters import IDEOGRAPH, LONGEST_NAME, VARIANT, neat, shortened, suggestion
from dxplan.facts.nodes import ParamError
from dxplan.files import params_folder

MOST = 6  # municipalities named in a sentence
MOST_PEERS = 20  # municipalities that a file may name as its peers
HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
# Letters that offices, registers and keyboards write for one another; the first stands for all.
# No pair may make two municipalities one: 島 and 嶋 are not here (鹿島市, 鹿嶋市).
ALIKE = (
    "の之乃 竜龍 釜竈竃 梼檮 鯵鰺 桧檜 沢澤 浜濱濵 辺邊邉 関關 国國 広廣 塩鹽 会會 真眞 "
    "総總 与與 対對 滝瀧 豊豐 芦蘆 砺礪 壱壹 当當 双雙 余餘 弥彌 淵渕 峰峯 経經 亀龜 気氣 徳德 黒黑 "
    "条條 来來 横橫 温溫 高髙 吉𠮷 芸藝 郷鄕鄉 予豫 万萬 乗乘 壮壯 奥奧 宝寶 巣巢 帯帶 応應 楽樂 "
    "様樣 沖冲 湾灣 焼燒 県縣 稲稻 縄繩 荘莊 蔵藏 観觀 読讀 軽輕 隠隱 青靑 崎﨑嵜碕 斉齊 斎齋 槙槇 "
    "曽曾 館舘 岳嶽 瀬瀨 頼賴 恵惠 栄榮 桜櫻 祇祗 祢禰 静靜 渋澁 礼禮 富冨 寿壽 児兒 篭籠 薮藪 糸絲 "
    "区區 鉄鐵 実實 胆膽 円圓 歩步 戸戶 栃杤 舎舍 画畫 鶏鷄 鎌鐮"
)
KE = re.compile(f"(?<=[{IDEOGRAPH}])[けゖかゕが](?=[{IDEOGRAPH}])")  # 関ケ原, 関ヶ原, 関が原
FOLDED = str.maketrans({old: group[0] for group in ALIKE.split() for old in group[1:]})
# Behind the rest of a reading: し, く, まち, ちょう, むら, そん.
KINDS = ("し", "く", "まち", "ちょう", "むら", "そん")
KANA = re.compile("[ぁ-ゖー]+")
# R: as in SSDSE; .0: as a spreadsheet writes a number.
CODE = re.compile(r"(R?)([0-9]{4,7}|[0-9]{5}-[0-9])(?:\.0)?")
ASKED = "6桁のコード、市区町村名、または params のファイル名を書いてください。"


class CityError(ParamError):
    """A municipality cannot be found, or a selection is empty; Japanese, for who asked."""


def find_slug(text: object, folder: Path | None = None) -> str:
    """The slug that a person's words mean: stem of a params file, code, name, or kana.

    Parameters
    ----------
    text : as written; also a number, as papermill and spreadsheets make one of a code.
    folder : of the params files.

    Raises
    ------
    CityError
        Nothing or several are meant; the sentence names them.
    """
    _check_given()
    folder = folder or params_folder()
    said = "" if text is None else neat(str(text))
    if re.fullmatch(r"[\w\-]{1,60}", said) and (folder / f"{said}.yaml").exists():
        return said
    if not said:
        raise CityError(f"団体が書かれていません。{ASKED}")
    return _code_named(said, folder, not isinstance(text, str))


def codes_named(where: str, names: Sequence[str]) -> tuple[str, ...]:
    """The codes of the municipalities that a list of a file names, each once, in its order.

    Parameters
    ----------
    where : file and word, for the sentences.
    names : names or codes.

    Raises
    ------
    ParamError
        Names that are no municipality's or several ones', or too many; all of them are said.
    """
    codes: dict[str, None] = {}
    faults = []
    for name in names:
        try:
            codes[_code_named(name, None)] = None
        except ParamError as fault:
            faults.append(f"{where} {fault}")
    if len(codes) > MOST_PEERS:
        faults.append(f"{where} {len(codes)}団体あります。{MOST_PEERS}団体までにしてください。")
    if faults:
        raise ParamError(faults)
    return tuple(codes)


def _code_named(said: str, folder: Path | None, number: bool = False) -> str:
    """The code of the municipality that a word means; no folder where no params file is meant."""
    word, said = _folded(said), shortened(said, LONGEST_NAME)
    code = CODE.fullmatch(word.upper())
    if code:
        digits = code[2].replace("-", "")
        return _code_meant(said, digits, bool(code[1]), number)
    towns = towns_named(word) or _towns_read(word)
    if len(towns) == 1:
        return towns[0].code
    if towns:
        how = "都道府県名を付けるか、コードで書いてください。"
        count = f"{len(towns)}つ" if len(towns) < 10 else f"{len(towns)}団体"
        raise CityError(f"「{said}」は{count}あります: {_named(towns)}。{how}")
    raise CityError(_absence(said, word, folder))


def _check_given() -> None:
    """Refuse what papermill gave a notebook under a name that its own cells do not declare."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    declared: set[str] = set()
    for cell in shell.user_ns.get("In", ()) if shell else ():
        names = set(re.findall(r"(?m)^(\w+) = ", cell))
        strange = sorted(names - declared)
        if strange and cell.startswith("# Parameters\n"):
            near = (
                f"{suggestion(strange[0], declared)}書けるのは {'・'.join(sorted(declared))} です。"
            )
            raise CityError(f"「{strange[0]}」という引数は、このノートブックにありません。{near}")
        declared |= names


def towns_named(text: str) -> list[Municipality]:
    """The municipalities whose whole name or reading a text is, in any of its spellings."""
    return _spellings().get(_folded(text), [])


def _folded(text: str) -> str:
    """The form in which all spellings of a name are the same."""
    bare = VARIANT.sub("", text)
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", bare))
    return KE.sub("け", plain.translate(HIRAGANA).translate(FOLDED))


def _named(towns: Iterable[Municipality]) -> str:
    names = [f"{town.pref}{town.name}({town.code})" for town in towns]
    more = f"、ほか{len(names) - MOST}団体" if len(names) > MOST else ""
    return "、".join(names[:MOST]) + more


# --- codes ----------------------------------------------------------------------------------------
def _code_meant(said: str, digits: str, short: bool, number: bool) -> str:
    """The code that digits mean.

    Parameters
    ----------
    short : without check digit for certain.
    number : it came as a number, so that YAML may have read a first zero as base eight.
    """
    readings = _readings(digits, short)
    if number and len(f"{int(digits):o}") == 5:
        readings += _readings(f"0{int(digits):o}", short)
    known = _towns()
    meant = [known[code] for code in dict.fromkeys(readings) if code in known]
    wards = list(filter(catalog.city_of_ward, readings))
    if len(meant) == 1 and not wards:
        return meant[0].code
    if meant:
        example = f"{meant[0].pref}{meant[0].name}"
        how = f"「{example}」のように、都道府県名を付けた名で書いてください。"
        both = [_named(meant), *(f"指定都市の区({code})" for code in wards)]
        count = len(meant) + len(wards)
        raise CityError(f"「{said}」は{count}つのコードと読めます: {'、'.join(both)}。{how}")
    if not readings:
        raise CityError(f"「{said}」は6桁の自治体コードではありません。{ASKED}")
    before = list(filter(catalog.load_changes().get, readings))
    raise CityError(catalog.code_fault((wards or before or readings)[0]))


@cache
def _towns() -> dict[str, Municipality]:
    return {town.code: town for town in catalog.load_municipalities()}


def _readings(digits: str, short: bool) -> list[str]:
    """The six digits that may be meant: with a check digit, or a first zero, that was lost."""
    readings = []
    if len(digits) == 6 and not short:
        readings.append(digits)
    if len(digits) == 5:
        readings.append(digits + catalog.check_digit(digits))
    whole = f"0{digits}"
    if len(digits) == 5 and not short and catalog.check_digit(whole[:5]) == whole[5]:
        readings.append(whole)
    if len(digits) == 4:
        readings.append(whole + catalog.check_digit(whole))
    return readings


# --- names ----------------------------------------------------------------------------------------
@cache
def _prefectures() -> dict[str, str]:
    """Prefecture -> its reading."""
    return {row["pref"]: row["kana"] for row in catalog.load_rows("prefectures")}


@cache
def _spellings() -> dict[str, list[Municipality]]:
    """Folded spelling -> who is meant by it: with and without prefecture and district."""
    found: dict[str, list[Municipality]] = {}
    districts = catalog.load_districts()
    folded = {pref: (_folded(pref), _folded(kana)) for pref, kana in _prefectures().items()}
    for town in catalog.load_municipalities():
        name, kana, district = map(_folded, (town.name, town.kana, districts.get(town.code, "")))
        pref, reading = folded[town.pref]
        heads = ("", pref, district, pref + district)
        words = {head + name for head in heads}
        words |= {head + kana for head in ("", pref, reading)}
        for word in words:
            found.setdefault(word, []).append(town)
    return found


@cache
def _kana() -> tuple[tuple[str, Municipality], ...]:
    """The folded reading of each municipality."""
    return tuple((_folded(town.kana), town) for town in catalog.load_municipalities())


@cache
def _regions() -> frozenset[str]:
    """Folded names of prefectures, with their readings, and of districts."""
    prefectures = _prefectures()
    names = {*prefectures, *prefectures.values(), *catalog.load_districts().values()}
    return frozenset(map(_folded, names))


def _towns_read(kana: str) -> list[Municipality]:
    """Whose reading begins so; those who lack no more than 市, 区, 町 or 村 stand before others."""
    if not KANA.fullmatch(kana):
        return []
    begun, whole = [], []
    for reading, town in _kana():
        if reading.startswith(kana):
            begun.append(town)
            if reading[len(kana) :] in KINDS:
                whole.append(town)
    return whole or begun


@cache
def _names_before() -> dict[str, list[Change]]:
    """Folded name of before -> who had it: with and without prefecture and district."""
    found: dict[str, list[Change]] = {}
    prefectures = {town.pref_code: town.pref for town in catalog.load_municipalities()}
    for old in catalog.load_changes().values():
        pref, district = prefectures[old.old_code[:2]], old.district or ""
        for head in {"", pref, district, pref + district}:
            found.setdefault(_folded(head + old.old_name), []).append(old)
    return found


def _absence(said: str, word: str, folder: Path | None) -> str:
    """Why a word is no municipality's name, and what is near."""
    before = _names_before().get(word)
    if before:
        told = "".join(map(catalog.succession, before[:MOST]))
        return f"「{said}」は今の市区町村の名ではありません。{told}今の名かコードで書いてください。"
    if word in _regions():
        return f"「{said}」は都道府県か郡の名です。市区町村名か6桁のコードを書いてください。"
    city = _city_of_ward(word)
    if city:
        how = f"区は市で計画します: {city.code}({city.pref}{city.name})"
        return f"「{said}」は{city.name}の区です。{how}"
    known = [town.name for town in catalog.load_municipalities()]
    if folder is None:
        near = suggestion(said, known, 0.6, 3, " {} ")
        return f"「{said}」という団体はありません。{near}6桁のコードか市区町村名を書いてください。"
    known += sorted(path.stem for path in folder.glob("*.yaml"))
    near = suggestion(said, known, 0.6, 3, " {} ")
    return f"「{said}」という団体も params のファイルもありません。{near}{ASKED}"


def _city_of_ward(word: str) -> Municipality | None:
    """The designated city whose ward a folded word names."""
    for city in catalog.load_municipalities():
        if city.class_ != "指定都市" or not word.endswith(("区", "く")):
            continue
        bare = word.removeprefix(_folded(city.pref))
        bare = bare.removeprefix(_folded(_prefectures()[city.pref]))
        if bare.startswith((_folded(city.name), _folded(city.kana))):
            return city
    return None
