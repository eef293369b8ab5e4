"""What a params file says of lots: read with its origin, merged, split, contradictions refused."""

import re
from datetime import date

import pytest

from dxplan.facts.params import RETIRED, SURE, ParamError
from dxplan.town.city import load_city
from dxplan.town.lots import lots_of

ORIGIN = "as_of: 2026-11-01, source: ベンダの回答書, grade: A"
AGREED = "who: 情報政策課長\nwhen: 2026-11-20\nwhy: 提示があったため\n"
KOMATSU = "172031"  # two lots by default, and one open question
FIRST = (
    "住民基本台帳",
    "選挙人名簿管理",
    "国民年金",
    "障害者福祉",
    "後期高齢者医療",
    "児童手当",
    "健康管理",
    "児童扶養手当",
    "生活保護",
    "子ども・子育て支援",
    "印鑑登録",
    "共通機能",
)
SECOND = ("固定資産税", "個人住民税", "法人住民税", "軽自動車税", "介護保険", "就学")


@pytest.fixture
def save(folder):
    """A function that writes a params file of 小松市, or a variant, and loads its city."""

    def write(text, slug=KOMATSU):
        head = f'base: "{KOMATSU}"\n{AGREED}' if "--" in slug else f'code: "{KOMATSU}"\n'
        (folder / f"{slug}.yaml").write_text(head + text, encoding="utf-8")
        return load_city(slug, folder)

    return write


def lots(*entries):
    """The chapter of the lots: entries in flow style, each with its origin."""
    return "lots:\n" + "".join(
        f"  {name}: {{{said}{', ' if said else ''}{ORIGIN}}}\n" for name, said in entries
    )


def refusal(call, *words):
    """The only sentence with which a call is refused; it names the file and the line."""
    with pytest.raises(ParamError) as found:
        call()
    (sentence,) = found.value.faults
    assert re.match(r"params/\S+\.yaml \d+行目 ", sentence) and sentence.endswith("。"), sentence
    for word in words:
        assert word in sentence, sentence
    return sentence


def members(city):
    """Name of a lot -> its businesses."""
    return {lot.name: lot.businesses for lot in city.lots}


# --- what is read ---------------------------------------------------------------------------------
ALL = """lots:
  窓口:
    systems: [住民基本台帳, 印鑑登録, 共通機能]
    vendor: ベンダA
    contracted: true
    contract_end: 2028-03-31
    offered: 2029-01-04
    confidence: 書面
    planned: 2029-02-13
    reason: 事業者のリソースひっ迫
    done: [PIA, 設定, PIA]
    longer: {データ抽出: 8}
    rehearsals: 3
    nights: [ロット2]
    as_of: 2026-11-01
    source: ベンダの回答書
    grade: A
    note: 9月の定例会
"""


def test_all_that_is_known_of_a_lot_is_read_with_its_origin(save):
    city = save(ALL)
    lot = city.lots[0]
    assert (lot.name, lot.businesses, lot.vendor, lot.contracted) == (
        "窓口",
        ("住民基本台帳", "印鑑登録", "共通機能"),
        "ベンダA",
        True,
    )
    assert (lot.contract_end, lot.planned, lot.reason) == (
        date(2028, 3, 31),
        date(2029, 2, 13),
        "事業者のリソースひっ迫",
    )
    assert (lot.done, dict(lot.longer), lot.rehearsals, lot.nights) == (
        ("PIA", "設定"),
        {"データ抽出": 8},
        3,
        ("ロット2",),
    )
    assert (lot.offer.value, lot.offer.note, lot.offer.source) == (
        date(2029, 1, 4),
        "提示の確かさ: 書面。9月の定例会",
        "ベンダの回答書",
    )
    assert (lot.offer.where, lot.offer.grade, lot.offer.as_of) == (
        "172031.yaml 4行目",
        "A",
        "2026-11-01",
    )
    assert (
        "窓口(住民基本台帳ほか1業務と共通機能)のベンダの提示日",
        lot.offer,
    ) in city.assumptions()


def test_a_lot_of_the_defaults_is_named_to_say_what_is_known_of_it(save, folder):
    plain = load_city(KOMATSU, folder)
    assert members(plain) == {"ロット1": FIRST, "ロット2": SECOND}
    city = save(lots(("ロット2", "vendor: ベンダB, contracted: true")))
    assert members(city) == members(plain)
    assert [lot.vendor for lot in city.lots] == ["", "ベンダB"] and [
        lot.contracted for lot in city.lots
    ] == [False, True]
    assert [lot.origin is None for lot in city.lots] == [True, False] and all(
        lot.offer is None for lot in city.lots
    )


def test_lots_are_split_and_merged_by_naming_their_systems(save):
    split = members(save(lots(("住基", "systems: [住民基本台帳, 印鑑登録, 選挙人名簿管理]"))))
    assert split["住基"] == (
        "住民基本台帳",
        "選挙人名簿管理",
        "印鑑登録",
        "共通機能",
    )  # 共通機能 stays with 住民基本台帳
    assert sorted(map(len, split.values())) == [4, 6, 8] and list(split) == [
        "住基",
        "ロット1",
        "ロット2",
    ]
    merged = members(save(lots(("全部", f"systems: [{', '.join(FIRST + SECOND)}]"))))
    assert list(merged) == ["全部"] and set(merged["全部"]) == {*FIRST, *SECOND}
    alone = members(save(lots(("基盤", "systems: [共通機能]"))))
    assert alone["基盤"] == ("共通機能",) and alone["ロット1"] == FIRST[:-1]


def test_a_contract_is_presumed_from_the_steps_where_nobody_has_said(save):
    twenty_nine = "".join(
        f"  {b}: {{steps: 29, state: 未移行, unit: ステップ, {ORIGIN}}}\n" for b in SECOND
    )
    assert [lot.contracted for lot in save("systems:\n" + twenty_nine).lots] == [False, True]
    low = twenty_nine.replace("就学: {steps: 29", "就学: {steps: 28")
    assert [lot.contracted for lot in save("systems:\n" + low).lots] == [False, False]


def test_the_word_of_a_variant_is_the_last_one_on_lots(save):
    base = save(
        lots(
            (
                "甲",
                f"systems: [{', '.join(SECOND)}], vendor: ベンダB, "
                "offered: 2029-01-04, confidence: 口頭",
            )
        )
    )
    city = save(lots(("乙", "systems: [介護保険, 就学]")), f"{KOMATSU}--分割")
    assert members(city) == {"甲": SECOND[:4], "乙": ("介護保険", "就学"), "ロット1": FIRST}
    assert city.before == base and city.lots[0].offer == base.lots[0].offer
    city = save(lots(("甲", "contract_end: 2028-03-31")), f"{KOMATSU}--契約")
    assert city.lots[0].vendor == "ベンダB" and city.lots[0].contract_end == date(2028, 3, 31)
    assert (
        city.lots[0].origin.where == "172031--契約.yaml 6行目"
        and city.lots[0].offer == base.lots[0].offer
    )
    gone = save(lots(("丙", f"systems: [{', '.join(SECOND)}]")), f"{KOMATSU}--改名")
    assert members(gone) == {"丙": SECOND, "ロット1": FIRST}


def test_a_variant_may_move_all_the_systems_of_a_lot_that_its_base_names(save):
    save(lots(("ロット2", "vendor: ベンダB"), ("ロット1", "nights: [ロット2]")))
    moved = "".join(f"  {b}: {{state: 稼働, {ORIGIN}}}\n" for b in SECOND)
    assert members(save("systems:\n" + moved, f"{KOMATSU}--稼働")) == {"ロット1": FIRST}


def test_the_elections_of_a_city_stand_beside_the_national_ones(save, folder):
    plain, city = (
        load_city(KOMATSU, folder),
        save(f"elections:\n  - {{day: 2029-04-22, name: 市長選挙, {ORIGIN}}}\n"),
    )
    assert city.elections[:-1] == plain.elections and city.elections[-1].day == date(2029, 4, 22)
    assert city.elections[-1].businesses == ("住民基本台帳", "選挙人名簿管理")


# --- what is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "said, words",
    [
        ("systems: [戸藉]", ("「戸藉」は20業務にありません", "「戸籍」", "共通機能")),
        ("systems: []", ("業務の名を",)),
        ("contracted: はい", ("true(はい)か false",)),
        ("contract_end: 2028年3月", ("日付ではありません",)),
        ("contract_end: 2042-03-31", ("2042-03-31 は使えません", "2020-04-01〜2036-03-31")),
        ("offered: 2029-01-04", ("offered", "confidence", "両方", "・".join(SURE))),
        ("confidence: 書面", ("offered", "confidence", "両方")),
        ("offered: 2029-01-04, confidence: 確実", ("「確実」は使えません", "・".join(SURE))),
        ("planned: 2099-01-04", ("2099-01-04 は使えません",)),
        ("reason: 忙しい", ("「忙しい」", "事業者のリソースひっ迫")),
        ("done: PIA", ("[設定, データ抽出] のように並べて",)),
        ("done: [設計]", ("「設計」は使えません", "もしかして", "設定")),
        ("longer: {設定: 0}", ("1〜104の整数",)),
        ("longer: {設定: 2.5}", ("1〜104の整数",)),
        ("longer: {移行: 8}", ("知らない作業項目",)),
        ("rehearsals: 1", ("移行リハーサルの回数", "2〜4")),
        ("rehearsals: 5", ("移行リハーサルの回数", "2〜4")),
        ("nights: ロット2", ("[ロット1, ロット2] のように並べて",)),
        ("slots: 2", ("知らない項目",)),
        ("package: 窓口", ("ロット", "提示")),
    ],
)
def test_a_word_of_a_lot_that_cannot_be_read_is_refused(save, said, words):
    refusal(lambda: save(lots(("ロット1", said))), "172031.yaml 3行目", *words)


@pytest.mark.parametrize(
    "said, words",
    [
        (
            "offered: 2029-01-04, confidence: 書面, planned: 2028-09-25",
            ("planned(2028-09-25)", "offered(2029-01-04)より前"),
        ),
        (
            "planned: 2026-03-02",
            ("planned(2026-03-02)", "計画の基準日(2026-11-23)より前", "state: 稼働"),
        ),
        (
            "offered: 2026-03-02, confidence: 口頭",
            ("offered(2026-03-02)", "基準日", "新しい提示日"),
        ),
        ("done: [設定, PIA], longer: {設定: 4}", ("設定", "done", "longer", "両方")),
        ("contracted: false, done: [PIA, 運用テスト]", ("contracted が false", "運用テスト")),
        (
            "contracted: false, offered: 2029-01-04, confidence: 契約",
            ("contracted が false", "confidence", "契約"),
        ),
        ("nights: [ロット7]", ("「ロット7」というロットはありません", "ロット1・ロット2")),
        ("nights: [ロット1]", ("自分の名",)),
        ("systems: [戸籍]", ("「戸籍」", "稼働とみなしています", "state: 未移行")),
    ],
)
def test_what_cannot_be_true_at_once_is_refused(save, said, words):
    refusal(lambda: save(lots(("ロット1", said))), "172031.yaml 3行目 ロット1: ", *words)


def test_contradictions_are_told_all_at_once_and_across_files(save):
    with pytest.raises(ParamError) as found:
        save(
            lots(
                ("ロット1", "planned: 2026-03-02, nights: [ロット7]"),
                ("ロット2", "done: [設定], longer: {設定: 4}"),
            )
        )
    assert [sentence.split()[1] for sentence in found.value.faults] == ["3行目", "3行目", "4行目"]
    save(lots(("ロット1", "planned: 2028-09-25")))
    variant = lots(("ロット1", "offered: 2029-01-04, confidence: 書面"))
    refusal(
        lambda: save(variant, f"{KOMATSU}--提示"),
        "params/172031--提示.yaml 6行目 ロット1",
        "planned(2028-09-25)",
    )


def test_contradictions_that_are_none_are_read(save):
    said = (
        "contracted: false, done: [PIA, 条例改正, データ抽出], offered: 2029-01-04, "
        "confidence: 口頭, planned: 2029-01-04, nights: [ロット2]"
    )
    assert save(lots(("ロット1", said))).lots[0].planned == date(2029, 1, 4)


def test_a_lot_that_is_not_there_is_refused_with_those_that_are(save, folder):
    refusal(
        lambda: save(lots(("ロット3", "vendor: ベンダA"))),
        "3行目 ロット3: この名のロットはありません",
        "ロット1・ロット2",
        "systems:",
    )
    (folder / "131016.yaml").write_text(
        f'code: "131016"\n{lots(("ロット1", "vendor: ベンダA"))}', encoding="utf-8"
    )
    refusal(
        lambda: load_city("131016", folder),
        "この名のロットはありません",
        "未移行のシステムがありません",
    )


def test_a_business_in_two_lots_is_refused(save):
    said = lots(("甲", "systems: [就学, 介護保険]"), ("乙", "systems: [介護保険]"))
    refusal(lambda: save(said), "4行目", "「介護保険」", "「甲」", "ロットを1つに")
    refusal(
        lambda: save(lots(("甲", "systems: [就学, 就学]"))), "3行目", "「就学」", "ロットを1つに"
    )


@pytest.mark.parametrize(
    "said, words",
    [
        ("state: 移行済み", ("「移行済み」は使えません", "稼働とみなす", "対象外")),
        ("state: 稼働, live: true", ("state と live・in_scope", "state だけ")),
        ("state: 未移行, live_since: 2026-03-02", ("live_since(稼働した日)", "稼働していない")),
        ("live: false, live_since: 2026-03-02", ("live_since(稼働した日)", "稼働していない")),
        (
            "state: 稼働, live_since: 2026-12-01",
            ("live_since(2026-12-01)", "as_of(時点)より後", "planned"),
        ),
    ],
)
def test_two_words_on_where_a_system_stands_are_refused(save, said, words):
    refusal(
        lambda: save(f"systems:\n  就学: {{{said}, {ORIGIN}}}\n"), "172031.yaml 3行目 就学", *words
    )


@pytest.mark.parametrize(
    "said, words",
    [
        ("[]", ("選挙を",)),
        ("5", ("選挙を",)),
        (f"[{{day: 2027-11-14, {ORIGIN}}}]", ("name(名)",)),
        (f"[{{day: 2077-11-14, name: 市長選挙, {ORIGIN}}}]", ("2077-11-14 は使えません",)),
    ],
)
def test_an_election_that_cannot_be_read_is_refused(save, said, words):
    refusal(lambda: save(f"elections: {said}\n"), "172031.yaml 2行目", *words)


# --- files of before ------------------------------------------------------------------------------
SLOTS = f"""values:
  vendor_slots:
    - {{value: 2.5, unit: システム, from: 2026-04-01, {ORIGIN}}}
    - {{value: 8, unit: システム, from: 2027-04-01, {ORIGIN}}}
"""  # what the sample variant 172031--slots8.yaml said
BEFORE = {
    "vendor_slots": SLOTS,
    "vendors": f"vendors:\n  ベンダA: {{value: 2, unit: システム, {ORIGIN}}}\n",
    "packages": f"packages:\n  住基系: {{value: 2, {ORIGIN}}}\n",
    "package": f"systems:\n  戸籍: {{package: 窓口, {ORIGIN}}}\n",
    "vendor": f"systems:\n  戸籍: {{vendor: ベンダA, {ORIGIN}}}\n",
}


@pytest.mark.parametrize("key", BEFORE)
def test_a_key_of_before_gets_the_sentence_that_names_what_replaces_it(save, key):
    sentence = refusal(
        lambda: save(BEFORE[key]),
        "172031.yaml",
        key,
        "ロット",
        "提示",
        "lots:",
        "offered",
        "confidence",
        "消してください",
    )
    assert "知らない" not in sentence


def test_the_work_of_promotion_of_before_is_told_to_come_from_the_initiatives(save):
    assert set(RETIRED) == {*BEFORE, "promotion_fte"}
    said = f"values:\n  promotion_fte: {{value: 5, unit: FTE, {ORIGIN}}}\n"
    sentence = refusal(lambda: save(said), "172031.yaml", "promotion_fte", "DX施策の計画")
    assert "promotion_other" in sentence and "消してください" in sentence
    assert "知らない" not in sentence


def test_the_sample_variant_of_before_is_refused_with_the_same_sentence(save):
    refusal(
        lambda: save(SLOTS, f"{KOMATSU}--slots8"),
        "params/172031--slots8.yaml 6行目 vendor_slots",
        "同時移行枠がありません",
        "ロット",
        "提示",
    )


def test_a_file_of_before_has_each_of_its_old_keys_named(save):
    with pytest.raises(ParamError) as found:
        save(SLOTS + BEFORE["vendors"] + BEFORE["vendor"])
    assert len(found.value.faults) == 3 and all(
        "ロット" in fault and "提示" in fault for fault in found.value.faults
    )


# --- the rule of the defaults ---------------------------------------------------------------------
def test_ties_and_the_chain_of_steps_make_the_lots(save):
    """戸籍 and its 附票 come together, and two steps apart are two lots."""
    steps = {"戸籍": 10, "戸籍の附票": 13, "就学": 20, "介護保険": 21, "健康管理": 23}
    said = "".join(
        f"  {b}: {{state: {'未移行' if b in steps else '稼働'}, "
        f"steps: {steps.get(b, 40)}, unit: ステップ, {ORIGIN}}}\n"
        for b in [s.business for s in load_city(KOMATSU).systems]
    )
    city = save(f"systems:\n{said}  共通機能: {{state: 稼働, {ORIGIN}}}\n")
    found = [set(lot.businesses) for lot in lots_of(city.systems, {})]
    assert sorted(map(sorted, found)) == sorted(
        map(sorted, [{"戸籍", "戸籍の附票"}, {"就学", "介護保険"}, {"健康管理"}])
    )


def test_the_common_function_goes_with_the_register_else_with_the_largest_lot_else_alone(save):
    stays = "".join(f"  {b}: {{state: 稼働, {ORIGIN}}}\n" for b in FIRST[:-1])
    assert members(save("systems:\n" + stays)) == {"ロット1": (*SECOND, "共通機能")}
    nothing = "".join(f"  {b}: {{state: 稼働, {ORIGIN}}}\n" for b in (*FIRST[:-1], *SECOND))
    city = save("systems:\n" + nothing)
    assert members(city) == {"ロット1": ("共通機能",)} and city.lots[0].title == "ロット1(共通機能)"
