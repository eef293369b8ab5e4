"""The params file to start from: silent until uncommented, then saying what the defaults say."""

import dataclasses
from datetime import date

import pytest

from dxplan.facts.params import RETIRED, ParamError
from dxplan.town.city import CityError, load_city
from dxplan.town.defaults import load_specs
from dxplan.town.draft import USUAL, write_params
from dxplan.town.initiatives import load_initiatives
from tests.conftest import ROOT


def refusal(call, *words):
    """The sentence with which a call is refused."""
    with pytest.raises(ParamError) as found:
        call()
    for word in words:
        assert word in str(found.value), str(found.value)


def live(text):
    """A draft in which every commented block holds."""
    return "\n".join(line[2:] if line.startswith("# ") else line for line in text.split("\n"))


def test_a_draft_says_nothing_until_a_block_is_uncommented(folder):
    plain = load_city("122033", folder)
    path = write_params("122033", folder)
    assert path == folder / "122033.yaml"
    assert load_city("122033", folder) == plain


# a mid-sized and a designated city, a ward, a village with questions alone; others with the rest
DRAFTED = ("122033", "札幌市", "豊島区", "粟島浦村")
OTHERS = ("千葉県市川市", "北海道西興部村", "132063", "134210", "小松市", "北九州市")
OTHER = [pytest.param(text, marks=pytest.mark.rest) for text in OTHERS]


@pytest.mark.parametrize("text", [*DRAFTED, *OTHER])
def test_a_draft_with_every_block_uncommented_says_the_defaults(folder, text):
    plain = load_city(text, folder)
    path = write_params(text, folder, full=True)
    path.write_text(live(path.read_text(encoding="utf-8")), encoding="utf-8")
    city = load_city(text, folder)

    def said(values):
        # what an old source says is to be confirmed again, where a person has taken it over
        return [(v.value, v.unit, v.as_of, v.source, v.grade[:1], v.start) for v in values]

    assert {name: said(city.values[name]) for name in plain.values} == {
        n: said(v) for n, v in plain.values.items()
    }
    assert (
        "start_date" in city.values
        and city.start == plain.start
        and city.elections == plain.elections
    )
    for ours, theirs in zip(city.movable, plain.movable, strict=True):
        assert dataclasses.replace(ours, steps=theirs.steps, state=theirs.state) == theirs
        assert ours.state.value == theirs.state.value and theirs.presumed and not ours.presumed
        assert said(filter(None, [ours.steps])) == said(filter(None, [theirs.steps]))
    lots = [dataclasses.replace(lot, origin=None) for lot in city.lots]
    assert [(lot.name, lot.businesses, lot.contracted) for lot in lots] == [
        (lot.name, lot.businesses, lot.contracted) for lot in plain.lots
    ]
    assert city.situation == plain.situation
    assert [(s.name, said([s.staff])) for s in city.sections] == [
        (s.name, said([s.staff])) for s in plain.sections
    ]
    assert [rule for rule, _ in city.gates] == [rule for rule, _ in plain.gates]


@pytest.mark.rest
def test_each_block_of_a_draft_holds_alone(folder):
    path = write_params("122033", folder, full=True)
    draft = path.read_text(encoding="utf-8")
    blocks, block = [], []
    for number, line in enumerate(draft.split("\n")):
        if block and (not line.startswith("# ") or line.startswith("#   ") and line[4] not in " "):
            blocks, block = [*blocks, block], []
        if line.startswith("# "):
            block.append(number)
    assert len(blocks) > 50
    for block in blocks:
        lines = [
            line[2:] if number in block else line for number, line in enumerate(draft.split("\n"))
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        load_city("122033", folder)


def test_a_draft_explains_every_parameter(folder):
    draft = write_params("122033", folder, full=True).read_text(encoding="utf-8")
    for spec in load_specs().values():
        written = f"#     {spec.name}: {{" if spec.topic == "form" else f"#   {spec.name}:\n"
        assert f"## {spec.label}: {spec.meaning}" in draft and written in draft
    assert "122033--名前.yaml" in draft and "要確認" in draft
    assert max(map(len, draft.split("\n"))) <= 110


@pytest.mark.parametrize("text", ["172031", "大阪市", "十島村", "千代田区"])
def test_what_is_written_without_more_is_short_and_says_the_defaults(folder, text):
    plain, path = load_city(text, folder), write_params(text, folder)
    draft = path.read_text(encoding="utf-8")
    assert draft.count("\n") <= 250 and f"dxplan new {plain.code} --full" in draft
    assert load_city(text, folder) == plain
    path.write_text(live(draft), encoding="utf-8")
    city = load_city(text, folder)
    usual = [name for names in USUAL.values() for name in names]
    assert 20 <= len(usual) <= 30 and city.params.values.keys() == set(usual)
    for name in usual:
        ours, theirs = city.values[name][0], plain.values[name][0]
        assert (ours.value, ours.unit) == (theirs.value, theirs.unit)
        assert ours.grade[0] == theirs.grade
    assert [s.state.value for s in city.movable] == [s.state.value for s in plain.movable]
    assert [lot.businesses for lot in city.lots] == [lot.businesses for lot in plain.lots]
    assert [s.staff.value for s in city.sections] == [s.staff.value for s in plain.sections]
    assert [rule for rule, _ in city.gates] == [rule for rule, _ in plain.gates]


def blocks_shown(draft, head):
    """What a chapter of a draft shows behind its ## as an example, from a heading on."""
    shown = draft[draft.index(f"##   {head}") :].split("\n")
    lines = [
        line
        for number, line in enumerate(shown)
        if all(one.startswith("##   ") for one in shown[: number + 1])
    ]
    return "\n".join(line.removeprefix("##   ") for line in lines) + "\n"


def test_what_a_draft_shows_of_lots_and_elections_can_be_written(folder):
    draft = write_params("172031", folder).read_text(encoding="utf-8")
    lot = blocks_shown(draft, "ロット1:")
    text = (
        "lots:\n"
        + "".join(f"  {line}\n" for line in lot.splitlines())
        + blocks_shown(draft, "elections:")
    )
    (folder / "172031.yaml").write_text(f'code: "172031"\n{text}', encoding="utf-8")
    city = load_city("172031", folder)
    assert city.lots[0].vendor == "ベンダA" and city.lots[0].offer.note == "提示の確かさ: 書面"
    assert (
        city.elections[-1].name == "市区町村長選挙"
        and len(city.elections) == len(load_city("122033", folder).elections) + 1
    )


def test_what_a_draft_shows_of_people_and_offices_can_be_written(folder):
    draft = write_params("463043", folder).read_text(encoding="utf-8")  # 十島村
    assert "## 既定: CIO補佐官は、令和6年7月12日の公表では、すでに任用している" in draft
    text = blocks_shown(draft, "engagements:") + blocks_shown(draft, "offices:")
    (folder / "463043.yaml").write_text(f'code: "463043"\n{text}', encoding="utf-8")
    city = load_city("463043", folder)
    assert [(e.form, e.people) for e in city.engagements] == [("CIO補佐官", 1), ("業務委託", 1)]
    assert city.called("財政課長と人事課") == "企画財政課長と総務課"


@pytest.mark.parametrize("full", [False, True])
def test_what_a_draft_shows_of_peers_can_be_written(folder, full):
    draft = write_params("172031", folder, full=full).read_text(encoding="utf-8")
    text = blocks_shown(draft, "peers:")
    (folder / "172031.yaml").write_text(f'code: "172031"\n{text}', encoding="utf-8")
    assert load_city("172031", folder).params.peers == ("292010", "162027")


def test_what_a_draft_shows_of_initiatives_can_be_written(folder):
    path = write_params("172031", folder, full=True)
    draft = path.read_text(encoding="utf-8")
    text = blocks_shown(draft, "initiatives:")
    path.write_text(f'code: "172031"\n{text}', encoding="utf-8")
    city = load_city("172031", folder)
    first, *others = load_initiatives(city)
    assert (first.wish, first.once.number, first.yearly.number) == ("must", 3e6, 1.2e6)
    assert all(f"##   {one.name}\n" in draft for one in (first, *others))
    path.unlink()
    short = write_params("172031", folder).read_text(encoding="utf-8")
    assert "initiatives: に、施策ごとの状況(wish: 必須・" in short and first.name not in short


def test_a_draft_says_how_to_name_a_lot_where_there_is_none(folder):
    draft = write_params("131016", folder).read_text(encoding="utf-8")
    assert (
        "公表値から未移行と読み取れるシステムは、この団体にはありません" in draft
        and "\nlots:\n" in draft
    )
    assert "この団体にはありません" not in write_params("172031", folder).read_text(
        encoding="utf-8"
    )


def test_nothing_of_before_is_in_a_draft(folder):
    draft = write_params("141003", folder, full=True).read_text(encoding="utf-8")
    assert not [
        word
        for word in RETIRED
        if f" {word}:" in draft.replace("##     vendor:", "").replace("##   vendor:", "")
    ]
    assert "同時移行枠" not in draft


def test_the_variant_that_a_draft_shows_is_a_variant(folder):
    draft = write_params("122033", folder).read_text(encoding="utf-8")
    shown = draft[draft.index('##   base: "122033"') :].replace("##   ", "")
    (folder / "122033--増員.yaml").write_text(shown, encoding="utf-8")
    city = load_city("122033--増員", folder)
    assert city.number("dx_staff") == load_city("122033", folder).number("dx_staff") + 2


def test_the_shipped_sample_is_what_is_written_today(folder):
    shipped = (ROOT / "params" / "172031.yaml").read_text(encoding="utf-8")
    written = write_params("172031", folder).read_text(encoding="utf-8")
    assert shipped == written, "params/172031.yaml を消して dxplan new 172031 で作り直す"


def test_the_shipped_variant_is_a_sample_of_an_offered_day():
    city = load_city("172031--offer2029")
    lot = city.lots[0]
    assert (lot.name, lot.offer.value, lot.offer.note) == (
        "ロット1",
        date(2029, 1, 4),
        "提示の確かさ: 書面",
    )
    assert (city.base, lot.offer.grade, city.when) == ("172031", "G", date(2026, 11, 28))
    assert all("記入例" in text for text in (city.who, city.why, lot.offer.source))
    assert [one.businesses for one in city.lots] == [one.businesses for one in city.before.lots]


TOSHIMA = "戸籍 戸籍の附票 就学 健康管理 児童手当 児童扶養手当 子ども・子育て支援".split()
KOBE = "生活保護 国民健康保険 国民年金 介護保険 固定資産税 個人住民税 法人住民税 軽自動車税".split()


@pytest.mark.parametrize(
    "code, late, grade, day, address",
    [
        (
            "131164",
            TOSHIMA,
            "A",
            "2025-12-08",
            "https://www.city.toshima.lg.jp/512/2511260919.html",
        ),
        ("281000", KOBE, "B旧", "2024-08-31", "https://digital-gyosei.com/?p=22573"),
    ],
)
def test_the_shipped_examples_say_what_a_page_says_and_where(
    folder, code, late, grade, day, address
):
    city, plain = load_city(code), load_city(code, folder)
    said = {s.business: s.state for s in city.movable if "yaml" in s.state.where}
    assert set(said) == set(late) and city.params.count == len(late)
    for state in said.values():
        assert (state.value, state.grade, state.as_of) == ("late", grade, day)
    assert [lot.businesses for lot in city.lots] == [lot.businesses for lot in plain.lots]
    text = (ROOT / "params" / f"{code}.yaml").read_text(encoding="utf-8")
    assert address in text and text.count("「") > 10 and "不明" in text


def test_a_draft_overwrites_nothing(folder):
    path = write_params("市川市", folder)
    path.write_text('code: "122033"\n')
    refusal(lambda: write_params("市川市", folder), "params/122033.yaml", "上書き")
    assert path.read_text() == 'code: "122033"\n'
    (folder / "sapporo.yaml").write_text('code: "011002"\n')
    refusal(lambda: write_params("sapporo", folder), "params/sapporo.yaml")
    assert sorted(p.name for p in folder.iterdir()) == ["122033.yaml", "sapporo.yaml"]


def test_a_draft_makes_its_folder_and_says_where_it_cannot(tmp_path):
    assert write_params("122033", tmp_path / "a" / "b").exists()
    (tmp_path / "file").write_text("")
    refusal(lambda: write_params("122033", tmp_path / "file"), "file/122033.yaml", "書けません")
    with pytest.raises(CityError):
        write_params("無い市", tmp_path)
