"""A params file to start from, commented out: what is usually known, or all that may be written.

Lines that start with ``##`` explain. Lines that start with ``# `` are YAML: without these two
characters they hold, and say what the defaults say, so that a person only replaces the numbers and
their sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from dxplan.facts import catalog
from dxplan.facts.months import DAY, GateRule, fiscal_start, fiscal_year
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import (
    DONE,
    FORM,
    LIKE,
    REASONS,
    STATES,
    SURE,
    VOTED,
    VOTING,
    WISHES,
    Scalar,
    Spec,
    Value,
)
from dxplan.files import params_folder, place, write_whole
from dxplan.town.city import City, load_city
from dxplan.town.defaults import load_elections, load_specs
from dxplan.town.finder import MOST_PEERS, find_slug
from dxplan.town.lots import Lot
from dxplan.town.places import office_words
from dxplan.town.systems import System, load_rules, state_word

HEAD = """\
## {pref}{name}の前提(params)
##
## 何も書き足さなくても、既定の前提で計画をつくれます。実際の値に置き換えたい項目だけを有効にしてください。
##  1. 有効にするまとまりの、行頭の「# 」(シャープと空白1つ)を消します。「##」の行は説明なので、そのままにします。
##  2. value・steps・staff などの数を実際の値に直し、as_of(時点)・source(出典)・grade(確度)を書きます。
## 確度: A=国・自治体の公表資料で確かめた値 B=報道・専門家、または公表データの転記 C=事業者などの二次資料
##       M=公表資料の内容の記憶(要確認) G=公表の根拠のない仮定(要確認)
## 数は半角で、単位・桁区切りを付けずに書きます。日付は 2026-11-23 の形で書きます。
code: "{code}"
name: {name}
"""
VALUES = """\

## ---- パラメータ ----
## 途中で値が変わるものは、from(いつからの値か)を付けて並べます(下の rate_F1 が例です)。
values:
"""
SYSTEMS = """\

## ---- 20業務と共通機能の状態 ----
## state は、標準準拠システムへの移行の状態です。書けるのは {states} です。
##   既定は、完了ステップ({steps}時点)と特定移行支援システムの該当見込み({late}時点)から読み取った、みなしの状態です。
##   「要確認」と書かれたものから、実際の状態に置き換えてください。「未移行」は、これから移行するものです。
## live_since は、稼働した日です。state: 稼働 と一緒に書きます。
## steps は、PMOツールの40ステップのうち完了した数です。既定は公表値です。共通機能の数は公表されていません。
##   state がなく steps だけを書いたときは、40なら稼働、それより少なければ未移行とみなします。
## 自団体で行わない業務は state: 対象外 です(in_scope: false と書いても同じです)。
systems:
"""
LOTS = """\

## ---- 移行ロット ----
## ロットは、1つの契約で進め、同じ夜に切り替えるシステムのまとまりです。計画は、ロットごとに1つの移行の仕事とみます。
## 既定のロットは、未移行のシステムを、完了ステップの近さと業務のつながりから分けたものです(みなし・要確認)。
## systems を書き換えると、ロットをまとめること、分けることができます。名は自由です。1つのシステムが入るロットは1つです。
## ロットごとに、次のことを書けます。
##   vendor: ベンダの名
##   contracted: 標準準拠システムの契約を結んだか(true か false)。既定は、最も少ない完了ステップが{signed}以上かで決めます
##   contract_end: いま使っているシステムの契約の最後の日。切替がこれより後になるときは、契約の延長を計画に入れます
##   offered: ベンダが提示した、稼働できる日。confidence(提示の確かさ)と一緒に書きます
##   confidence: {sure} のどれか
##   planned: 自団体が決めた稼働の日。offered より前の日は書けません
##   reason: 移行が遅れる理由。{reasons} のどれか
##   done: 済んだ作業。{done} を並べます
##   longer: 標準より長くかかる作業とその週数
##   rehearsals: 移行リハーサルの回数(2〜4)
##   nights: 同じ夜に切り替えてもよい、ほかのロットの名
## 例:
##   ロット1:
##     vendor: ベンダA
##     contract_end: 2028-03-31
##     offered: 2029-01-04
##     confidence: 書面
##     reason: 事業者のリソースひっ迫
##     done: [PIA, 設定]
##     longer: {{データ抽出: 8}}
##     nights: [ロット2]
##     as_of: {day}
##     source: ベンダの回答書
##     grade: A
{none}lots:
"""
NO_LOT = """\
## 公表値から未移行と読み取れるシステムは、この団体にはありません。上の systems で未移行と書くと、ロットができます。
"""
ELECTIONS = """\

## ---- 選挙 ----
## 選挙の前後{weeks}週は、{voted}の切替を置きません。次の選挙は、書かなくても見込んでいます。
{known}## ほかに、自団体の首長・議会の選挙などを書けます。
##   elections:
##     - day: 2027-11-14
##       name: 市区町村長選挙
##       as_of: {day}
##       source: 選挙管理委員会
##       grade: A
"""
SECTIONS = """\

## ---- 業務所管課 ----
## businesses は、その課が担当する業務です。課の名は自由に付けられます。1つの業務を担当する課は1つです。
sections:
"""
GATES = """\

## ---- 予算の機会 ----
## request_by(要求の締切)と available(執行できる日)を、月日で書きます。執行できる日が要求の締切より前の月日なら、翌年とみなします。
gates:
"""
ENGAGEMENTS = """\

## ---- いま働いている外部人材・任期付の職員 ----
## すでに任用・契約している人を書くと、計画はその人の働きを数え、同じ役割を重ねて勧めません。
## 書けるのは、{forms}と、人数・最初の日・最後の日です。{known}
##   engagements:
##     - form: 業務委託
##       people: 1
##       from: {first}
##       until: {last}
##       as_of: {day}
##       source: 契約書
##       grade: A
"""
OFFICES = """\

## ---- 課・職の名 ----
## 計画の文の課・職を、自団体の名に置き換えられます。
## 書けるのは {words} です。
##   offices:
##     {word}: 企画財政課
"""
PEERS = """\

## ---- 似ている団体 ----
## 人口・職員・財政・年齢などが近い20団体を、公表値から選んで並べます。比べたい団体(県内の近い団体、広域の仲間など)は、先頭に置けます。
## 書けるのは、{most}団体までの市区町村名か6桁のコードです。同じ名の団体があるときは、都道府県名を付けます。
##   peers: [奈良県奈良市, "162027"]
"""
INITIATIVES = """\

## ---- DX施策 ----
## 標準化のほかのDXの施策について、団体の状況と費用を書けます。書かない施策は、既定の費用と効果から計画が選びます。
## 施策の名は次のとおりです。
{names}## 表にない団体だけの施策は、名を自由に付け、like(進め方)を書きます。
## 施策ごとに、次のことを書けます。
##   wish: {wishes} のどれか
##   like: {like} のどれか(団体だけの施策)
##   live: 使い始めた(始める)日。実施中の施策には必ず書きます
##   from: 始めた日。until: 契約の終わりの日
##   yen_once・yen_year: 初期費用(円)・年の費用(円/年)
##   hours: 減る時間(時間/年)。points: 住民への効果(0〜5点)
##   lead: 主担当の課。sections: 変わる課。after: 移行ロットの稼働を待つか(true か false)
##   replaces・saves・stopped: やめるもの・その年の費用(円/年)・やめる日
## 例:
##   initiatives:
##     {name}:
##       wish: 必須
##       yen_once: 3000000
##       yen_year: 1200000
##       as_of: {day}
##       source: 情報化計画
##       grade: A
"""
INITIATIVES_SHORT = """\

## ---- DX施策 ----
## initiatives: に、施策ごとの状況(wish: {wishes})・日・費用を書けます。
"""
FORMS = """\

## ---- 外部人材・採用の形態 ----
## 形態ごとに次の値を書けます。使わない形態は form_max を 0 にします。
## form_eligible(使えるか)が「使える」でない形態は、form_max があっても、計画で新しく使いません。
"""
NOTES = """\

## ---- 打合せの記録 ----
## 報告書の章ごとに、打合せで出た話を書けます。章は whole(まとめ)・pmo(移行)・staffing(人材)・training(研修)・budget(経費と財源)です。
##   notes:
##     pmo: ロット1の提示日は、次回の定例会までにベンダに確かめる。
"""
VARIANT = """\

## ---- 変更案の書き方 ----
## 打合せで合意した変更は、このファイルを直さず、{code}--名前.yaml という別のファイル(変更案)に書きます。
## 変更案には、元になるファイル・合意した人・日・理由と、変わるところだけを書きます。
##   base: "{code}"
##   who: 情報政策課長
##   when: {day}
##   why: 次年度からDX・情報部門を2人増やす見込みとなったため
##   values:
##     dx_staff:
##       value: {staff:g}
##       unit: 人
##       as_of: {day}
##       source: 打合せの合意
##       grade: M
"""
SHORT = """\
##
## この短い形には、聞けば分かることの多い値だけを並べています。
## ほかの前提は、このファイルを別の名にしてから `dxplan new {code} --full` で、すべての項目を書き出せます。
"""
USUAL = {  # topic -> the parameters that a municipality usually knows
    "期日": ("basis_date", "target_date"),
    "移行の体制": ("dx_staff", "dx_share", "section_share", "meeting_style"),
    "ベンダの提示日がないロット": ("vendor_earliest", "vendor_likely", "vendor_latest"),
    "人材": (
        "strategy",
        "exit_date",
        "core_now",
        "change_now",
        "use_now",
        "transfer_rate",
        "outside_share",
    ),
    "経費": ("migration_yen", "running_yen", "running_middle", "link_yen", "parallel_months"),
    "財源": ("allocation", "cap_basis", "cap_F1", "fund_share", "bond_use"),
}
USUAL_VALUES = """\

## ---- パラメータ(聞けば分かることの多いもの) ----
## 途中で値が変わるものは、[{{value: 2, from: 2027-04-01, …}}, {{value: 3, from: 2028-04-01, …}}] のように並べます。
values:
"""
SYSTEMS_SHORT = """\

## ---- 20業務と共通機能の状態 ----
## state に書けるのは {states} です。「未移行」は、これから移行するもの、「対象外」は、自団体で行わない業務です。
## 稼働しているものは {{state: 稼働, live_since: 2026-01-05, as_of: …}} のように、稼働した日も書けます。
## 既定は、完了ステップ({steps}時点)と特定移行支援システムの該当見込み({late}時点)から読み取った、みなしの状態です。
systems:
"""
SECTIONS_SHORT = """\

## ---- 業務所管課 ----
## 課の名を変えるときは、businesses: [固定資産税, 個人住民税] のように、担当する業務も書きます。
sections:
"""
ROW = 8  # systems of a lot in one line
ASKED, PRESUMED = "  # 要確認", "  # みなし"


def write_params(text: str, folder: Path | None = None, full: bool = False) -> Path:
    """Write the commented params file of a municipality, and give its path.

    Parameters
    ----------
    text : six-digit code or name of the municipality.
    folder : where to write; `params/` where none is given. It is made if it is missing.
    full : whether all that may be written is, and not what is usually known alone.

    Raises
    ------
    CityError
        No such municipality.
    ParamError
        The file is already there, or cannot be written.
    """
    folder = folder or params_folder()
    slug = find_slug(text, folder)
    path = folder / f"{slug}.yaml"
    if path.exists():
        raise ParamError(
            f"{place(path)} はすでにあります。上書きはしません。"
            "そのファイルを直すか、名前を変えてからもう一度実行してください。"
        )
    how = "フォルダがあるか、書き込みの権限があるかを確かめてください。"
    city = load_city(slug, folder)
    text = "".join(_full(city) if full else _short(city))
    write_file(path, text.encode(), f"{place(path)} を書けません。{how}")
    return path


def write_file(path: Path, content: bytes, refused: str) -> None:
    """Write a params file, whole or not at all.

    Parameters
    ----------
    path : the file; its folder is made if it is missing.
    content : what it says.
    refused : the sentence for whom the disk refuses.

    Raises
    ------
    ParamError
        The disk refuses; what was there is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise ParamError(refused) from error


def _short(city: City) -> Iterator[str]:
    """What a municipality usually knows, a value a line."""
    yield _head(city, SHORT.format(code=city.code))
    yield USUAL_VALUES.format()
    for topic, names in USUAL.items():
        yield f"\n## {topic}\n"
        for name in names:
            spec = load_specs()[name]
            yield f"## {spec.label}: {spec.meaning}。{_allowed(spec)}\n"
            yield _row(name, *_valued("value", city.values[name][0]))
    yield SYSTEMS_SHORT.format(**_standing())
    for system in city.movable:
        yield _row(system.business, *_system_lines(system))
    yield from _lots(city)
    yield SECTIONS_SHORT
    for section in city.sections:
        yield _row(section.name, *_valued("staff", section.staff))
    yield GATES
    for rule, value in city.gates:
        yield _row(rule.name, *_gate_lines(rule, value))
    yield _elections(city.basis)
    yield from _people(city, "・".join(form.name for form in city.forms))
    yield INITIATIVES_SHORT.format(wishes="・".join(WISHES))
    yield _notes(city)


def _head(city: City, more: str = "") -> str:
    text = HEAD.format(pref=city.pref, name=city.name, code=city.code)
    words, code, rest = text.partition("code: ")
    return words + more + code + rest


def _standing() -> dict[str, str]:
    """The words for where a system stands, and the days of the figures that tell it."""
    rules = load_rules()
    steps, late = rules["live_steps"].speaks_of, rules["flagged_steps"].speaks_of
    return {"states": "・".join(STATES), "steps": str(steps), "late": str(late)}


def _full(city: City) -> Iterator[str]:
    """Everything that may be written."""
    yield _head(city)
    yield VALUES
    for spec in load_specs().values():
        if spec.topic != FORM:
            yield from _parameter(spec, city)
    yield SYSTEMS.format(**_standing())
    for system in city.movable:
        yield from _system(system)
    yield from _lots(city)
    yield _elections(city.basis)
    yield SECTIONS
    for section in city.sections:
        runs = [system.business for system in city.systems if system.section == section.name]
        businesses = f"businesses: [{', '.join(runs)}]"
        yield _entry(section.name, *_valued("staff", section.staff), businesses)
    yield GATES
    for rule, value in city.gates:
        yield _entry(rule.name, *_gate_lines(rule, value))
    yield from _forms(city)
    yield from _people(city)
    yield _initiatives(city.basis)
    yield _notes(city)


def _notes(city: City) -> str:
    """How notes and variants are written."""
    staff = city.number("dx_staff") + 2
    return NOTES + VARIANT.format(code=city.code, day=city.basis, staff=staff)


def _gate_lines(rule: GateRule, value: Value) -> list[str]:
    return [f"request_by: {rule.request_by}", f"available: {rule.available}", *_origin(value)[1:]]


def _parameter(spec: Spec, city: City) -> Iterator[str]:
    """One parameter: what it means in words, then the default as YAML."""
    values = city.values.get(spec.name, ())
    yield f"\n## {spec.label}: {spec.meaning}。\n##   {_allowed(spec)}、既定 {_default(values)}\n"
    for note in dict.fromkeys(value.note for value in values if value.note):
        yield f"##   既定の根拠: {note}。\n"
    if any(value.start for value in values):
        items = []
        for value in values:
            items += _item(value)
        yield _entry(spec.name, *items)
    else:
        value = values[0] if values else _example(spec, city)
        yield _entry(spec.name, *_valued("value", value))


def _example(spec: Spec, city: City) -> Value:
    """A value to write for a parameter that has no default."""
    value: Scalar = city.start
    if spec.kind != "date":
        digits = None if spec.step else 2
        value = float(round(city.number("dx_staff") * city.number("dx_share") / 100, digits))
    basis = str(city.basis)
    return Value(spec.name, value, spec.unit, basis, "仮の例", "G")


def _allowed(spec: Spec) -> str:
    if spec.kind == "choice":
        return f"選択肢 {spec.allowed()}"
    if spec.minimum == spec.maximum:
        return f"書ける値 {spec.minimum} のみ"
    unit = f"({spec.suffix})" if spec.suffix else ""
    return f"範囲 {spec.minimum}〜{spec.maximum}{unit}"


def _default(values: tuple[Value, ...]) -> str:
    if not values:
        return "なし"
    shown = []
    for value in values:
        since = f"{value.start}から" if value.start else ""
        shown.append(since + _scalar(value.value))
    unsure = "、要確認" if any(value.guessed for value in values) else ""
    return f"{'、'.join(shown)}(確度{values[0].grade}{unsure})"


def _item(value: Value) -> list[str]:
    first, *rest = [f"value: {_scalar(value.value)}", f"from: {value.start}", *_origin(value)]
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _system(system: System) -> Iterator[str]:
    late = "、特定移行支援システムの該当見込み" if system.late else ""
    yield f"\n## {system.no}. {system.business}({system.section}{late})\n"
    yield _entry(system.business, *_system_lines(system))


def _system_lines(system: System) -> list[str]:
    presumed = PRESUMED if system.presumed else ""
    lines = _origin(system.state)[1:]  # of 共通機能 no steps are published
    if system.steps:
        lines = _valued("steps", system.steps)
    return [f"state: {state_word(system.state.word)}{presumed}", *lines]


def _lots(city: City) -> Iterator[str]:
    """The chapter of the lots: what may be said of one, then those that the figures give."""
    said = {
        "sure": "・".join(SURE),
        "reasons": "・".join(REASONS),
        "done": "・".join(DONE),
        "signed": load_rules()["contract_steps"].value,
        "day": city.basis,
    }
    yield LOTS.format(none="" if city.lots else NO_LOT, **said)
    for lot in city.lots:
        yield from _lot(lot)


def _lot(lot: Lot) -> Iterator[str]:
    rule = load_rules()["contract_steps"]
    origin = Value("lot", lot.name, "", str(rule.speaks_of), rule.source, rule.grade)
    yield f"\n## {lot.title}\n"
    rows = []
    for k in range(0, len(lot.businesses), ROW):
        rows.append(", ".join(lot.businesses[k : k + ROW]))
    systems = "systems: [" + f",\n#{' ' * 15}".join(rows) + "]"
    contracted = f"contracted: {str(lot.contracted).lower()}"
    yield _entry(lot.name, systems, contracted, *_origin(origin)[1:])


def _elections(basis: date) -> str:
    known = "".join(f"##   {e.day} {e.name}\n" for e in load_elections())
    return ELECTIONS.format(weeks=VOTING, voted="・".join(VOTED), known=known, day=basis)


def _forms(city: City) -> Iterator[str]:
    """The chapter of the forms: what each value means, then those of each form, one a line."""
    yield FORMS
    for spec in load_specs().values():
        if spec.topic == FORM:
            yield f"## {spec.label}: {spec.meaning}。{spec.name}、{_allowed(spec)}\n"
    yield "forms:\n"
    for form in city.forms:
        yield f"\n## {form.name}: {form.duty}\n"
        lines = []
        for name, (value, *_) in form.values.items():
            lines.append(_flow(name, _valued("value", value)))
        yield _entry(form.name, *lines)


def _people(city: City, forms: str = "上の形態の名") -> Iterator[str]:
    """The chapters of the people who work already, and of the names of the offices."""
    known = "".join(f"{e.form}は、{e.note}。" for e in city.engagements)
    year = fiscal_year(city.basis)
    days = {"first": fiscal_start(year), "last": fiscal_start(year + 1) - DAY, "day": city.basis}
    if known:
        known = f"\n## 既定: {known}"
    yield ENGAGEMENTS.format(forms=forms, known=known, **days)
    words = office_words()
    yield OFFICES.format(words="、".join(words), word=words[0])
    yield PEERS.format(most=MOST_PEERS)


def _initiatives(basis: date) -> str:
    """The chapter of the DX initiatives: their names, what may be said, and an example."""
    names = [row["initiative"] for row in catalog.load_rows("initiatives")]
    lines = "".join(f"##   {name}\n" for name in names)
    words = {"wishes": "・".join(WISHES), "like": "・".join(LIKE), "name": names[0]}
    return INITIATIVES.format(names=lines, day=basis, **words)


def _valued(key: str, value: Value) -> list[str]:
    return [f"{key}: {_scalar(value.value)}", *_origin(value)]


def _origin(value: Value) -> list[str]:
    return [
        f"unit: {_scalar(value.unit)}",
        f"as_of: {value.as_of}",
        f"source: {_scalar(value.source)}",
        f"grade: {value.grade}{_asked(value)}",
    ]


def _asked(value: Value) -> str:
    return ASKED if value.guessed else ""


def _entry(name: str, *lines: str) -> str:
    """An entry of a chapter as YAML, commented out."""
    return f"#   {name}:\n" + "".join(f"#     {line}\n" for line in lines)


def _row(name: str, *lines: str) -> str:
    """An entry of a chapter as one line of YAML, commented out."""
    return f"#   {_flow(name, lines)}\n"


def _flow(name: str, lines: Sequence[str]) -> str:
    """An entry in one line; what its lines remark stands at the end."""
    words = [line.partition("  # ") for line in lines]
    remarks = "".join(dict.fromkeys(hash_ + remark for _, hash_, remark in words))
    return f"{name}: {{{', '.join(word for word, _, _ in words)}}}{remarks}"


def _scalar(value: object) -> str:
    """A value as YAML: quoted where a plain word could be read otherwise."""
    if isinstance(value, float):
        return f"{value:.12g}"
    text = str(value)
    if re.fullmatch(r"[\w\-・、。/()]+", text):
        return text
    return json.dumps(text, ensure_ascii=False)
