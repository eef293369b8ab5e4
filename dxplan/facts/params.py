"""The numbers that a person may set: YAML files, read strictly.

Every number carries unit, as-of date, source and grade (A, B, C, M, G); without them it is not
read. All faults of a file are found in one pass and said in Japanese; ``nodes`` says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from dxplan.facts.kinds import KINDS
from dxplan.facts.letters import LONGEST_NAME, suggestion
from dxplan.facts.nodes import (
    BAD,
    UNSURE,
    Bad,
    Entry,
    NodeReader,
    ParamError,
    Reader,
    is_blank,
    raw,
    shown,
)
from dxplan.facts.texts import load_node

Scalar = float | str | date  # of a number, a choice, a date
RATE = "rate_"  # rates of grants and taxes: each belongs to fiscal years
FORM = "form"  # topic of the parameters that each form of outsider or hire has for itself
CHAPTERS = ("whole", "pmo", "staffing", "training", "budget")  # each may have a note of the meeting
ORIGIN = ("unit", "as_of", "source", "grade")
STATES = ("稼働", "稼働とみなす", "要確認", "未移行", "対象外")
SURE = ("契約", "書面", "口頭", "見込み")  # how sure the day is that a vendor has offered
SURENESS = "提示の確かさ: "  # how the note of an offered day begins
# Of the official list.
REASONS = ("メインフレーム", "個別開発", "開発されない", "事業者のリソースひっ迫")
# Items of a block.
DONE = tuple("設定 データ抽出 環境構築 PIA リハーサル1 連携テスト 運用テスト 条例改正".split())
ALSO = ("共通機能",)  # moves with the 20 businesses
# Of a lot, beside the day that its vendor has offered.
LOT_WORDS = tuple(
    "systems vendor contracted contract_end planned reason done longer rehearsals nights".split()
)
INITIATIVE_WORDS = "wish like lead sections after live until replaces saves stopped".split()
LOT_DAYS = (date(2020, 4, 1), date(2036, 3, 31))  # of lots, their contracts, and elections
VOTED = ("住民基本台帳", "選挙人名簿管理")  # the businesses that an election keeps busy ...
VOTING = 4  # ... and for how many weeks before and after its day
# What a whole number is not, and what it has to be.
STEPS = "0〜40の整数ではありません。PMOツールの40ステップのうち完了した数を"
WEEKS = "使えません。標準より長くかかる週数を、1〜104の整数で"
REHEARSALS = "使えません。移行リハーサルの回数を、2〜4の整数で"
PEOPLE = "使えません。いま働いている人数を、1〜500の整数で"
# Of an initiative: how far the city is, and how such things are made.
WISHES = ("必須", "したい", "しない", "済", "実施中")
LIKE = ("構築", "SaaS", "内製", "基盤", "制度")
AMOUNTS = {  # word of a file -> (name of the value, its unit)
    "yen_once": ("once", "円"),
    "yen_year": ("yearly", "円/年"),
    "hours": ("hours", "時間/年"),
    "points": ("points", "点(0〜5)"),
}
# what a list of entries looks like
ELECTIONS = "選挙を「- {day: 2027-04-25, name: 市長選挙, as_of: …}」"
ENGAGEMENTS = "いまの任用・契約を「- {form: 業務委託, people: 1, from: 2026-04-01, until: 2027-03-31, as_of: …}」"
PEERS = '比べたい団体を [石川県加賀市, "162027"] '
OFFERED = (
    "移行の単位は移行ロットです。lots: にロットの名・systems(業務)・offered(ベンダが提示した稼働日)・"
    "confidence(提示の確かさ)を書いてください。"
)
VENDOR = f"ベンダの名は lots: の vendor に書きます。{OFFERED}"
RETIRED = {  # what a file of before may hold -> what replaces it
    "promotion_fte": "DX推進の仕事量は、DX施策の計画から月ごとに数えるようになりました。"
    "この値を消してください。施策のほかに推進の仕事があるときだけ、その分を promotion_other に"
    "書いてください。",
    "vendor_slots": f"いまの計画には、ベンダの同時移行枠がありません。この値を消してください。{OFFERED}",
    "vendors": "いまの計画には、ベンダごとの同時移行枠がありません。"
    f"この項目を消してください。{VENDOR}",
    "packages": f"いまの計画には、調達のまとまりがありません。この項目を消してください。{OFFERED}",
    "package": "いまの計画には、業務ごとの調達のまとまりがありません。"
    f"この項目を消してください。{OFFERED}",
    "vendor": f"ベンダは、業務ごとではなくロットごとに書きます。この項目を消してください。{VENDOR}",
}


@dataclass(frozen=True)
class Spec:
    """One parameter as declared in data/params.csv: what may be written for it."""

    name: str
    topic: str
    label: str
    kind: str  # number, date, choice
    unit: str
    minimum: str
    maximum: str
    choices: tuple[str, ...]
    meaning: str
    step: str = ""  # what is counted comes in steps of 1; "" where any number may be written
    order: str = ""  # what else bounds the range: the order of two parameters

    @property
    def suffix(self) -> str:
        """The unit that stands behind a number; "" of what is no number."""
        return self.unit if self.kind == "number" else ""

    def allowed(self) -> str:
        """The allowed range in words."""
        if self.kind == "choice":
            return "・".join(self.choices)
        return f"{self.minimum}〜{self.maximum}{self.suffix}{self.counted}"

    @property
    def counted(self) -> str:
        """What an allowed range says of numbers that are counted."""
        return "の整数" if self.step else ""


class Span(NamedTuple):
    """What a default may be instead.

    Attributes
    ----------
    kind : world (nobody knows), choice (the city decides) or setting (of the calculation).
    low, high : the ends of the range; None of a choice among words, and of what is confirmed.
    grade : of the range.
    """

    kind: str
    low: Scalar | None
    high: Scalar | None
    grade: str


@dataclass(frozen=True)
class Value:
    """One value with its origin; ``start`` is the day it comes into force, None = always.

    ``span`` says what a default may be instead; what a file says has none.
    """

    name: str
    value: Scalar
    unit: str
    as_of: str
    source: str
    grade: str
    start: date | None = None
    where: str = ""
    note: str = ""
    span: Span | None = None

    @property
    def guessed(self) -> bool:
        """Whether a person has yet to confirm it (grade M or G), or has to again."""
        return self.grade in UNSURE

    @property
    def number(self) -> float:
        """The value of a number."""
        assert not isinstance(self.value, date)
        return float(self.value)

    @property
    def day(self) -> date:
        """The value of a date."""
        assert isinstance(self.value, date)
        return self.value

    @property
    def word(self) -> str:
        """The value of a choice."""
        assert isinstance(self.value, str)
        return self.value


@dataclass(frozen=True)
class Election:
    """An election: no cutover of its businesses within so many weeks of its day."""

    day: date
    name: str
    weeks: int
    businesses: tuple[str, ...]
    grade: str
    note: str = ""


class Engagement(NamedTuple):
    """People of a form who work already, from a day to a last one.

    Attributes
    ----------
    people : counted in people, at least one.
    presumed : whether it is read from the published figures, and no file says it.
    """

    form: str
    people: int
    start: date
    until: date
    where: str
    as_of: str
    source: str
    grade: str
    presumed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Params:
    """One YAML file as read: only what it says, nothing filled in."""

    path: Path
    code: str = ""
    name: str = ""
    base: str = ""
    who: str = ""
    when: date | None = None
    why: str = ""
    author: str = ""
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    lots: Mapping[str, Entry] = field(default_factory=dict)
    elections: tuple[Election, ...] = ()
    systems: Mapping[str, Entry] = field(default_factory=dict)
    sections: Mapping[str, Entry] = field(default_factory=dict)
    gates: Mapping[str, Entry] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)
    engagements: tuple[Engagement, ...] = ()
    offices: Mapping[str, str] = field(default_factory=dict)
    initiatives: Mapping[str, Entry] = field(default_factory=dict)
    peers: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many values it says; each lot, system, election, engagement and the like is one."""
        dated = [self.values, *self.forms.values()]
        rows = sum(len(values) for said in dated for values in said.values())
        entries = (
            self.lots,
            self.systems,
            self.sections,
            self.gates,
            self.offices,
            self.initiatives,
        )
        lists = (self.elections, self.engagements, self.peers)
        return rows + sum(map(len, (*entries, *lists)))


class _Reader(NodeReader):
    """Reads the parts of a params file."""

    def __init__(
        self,
        path: Path,
        specs: Mapping[str, Spec],
        businesses: Iterable[str],
        gates: Iterable[str],
        forms: Iterable[str],
        offices: Iterable[str],
        initiatives: Iterable[str],
        check_code: Callable[[str], object],
    ) -> None:
        super().__init__(path, RETIRED)
        self.initiatives = initiatives
        self.businesses = businesses
        self.movable = (*businesses, *ALSO)
        self.gates = gates
        self.forms = forms
        self.offices = offices
        self.check_code = check_code
        self.specs = {name: spec for name, spec in specs.items() if spec.topic != FORM}
        self.form_specs = {name: spec for name, spec in specs.items() if spec.topic == FORM}
        self.claimed: dict[str, str] = {}  # business -> the section that has named it
        self.moved: dict[str, str] = {}  # business -> the lot that has named it

    def entries(self, what: str, known: Iterable[str] | None, entry: Reader) -> Reader:
        """A reader of entries by name."""
        return lambda node, key: self.named(node, what, known, entry)

    def known_code(self, node: Node, key: str) -> object:
        code = self.code(node, key)
        if code is BAD:
            return BAD
        try:
            self.check_code(code)
        except ValueError as error:
            return self.fault(node, f"{key}: {error}")
        stem = self.path.stem
        named = re.match("[0-9]{6}(?![0-9])", stem)
        if named and code != named[0]:
            how = "どちらかを直してください。"
            return self.fault(node, f"{key}: 「{code}」はファイル名の {named[0]} と違います。{how}")
        return code

    def known_name(self, node: Node, key: str) -> str | Bad:
        """A name that is looked up: what a comment cuts off would be missed."""
        return self.word(node, key, LONGEST_NAME)

    def amount(self, spec: Spec, node: Node, key: str) -> Scalar | Bad:
        readers: dict[str, Callable[[Node, str], Scalar | Bad]]
        readers = {"number": self.number, "date": self.day, "choice": self.word}
        value = readers[spec.kind](node, key)
        if value is BAD or within(spec, value):
            return value
        how = f"{spec.allowed()} の中で書いてください。{spec.order}"
        wrong = f"「{shown(node)}」は{spec.label}の範囲の外です。"
        return self.fault(node, f"{key}: {wrong}{how}")

    # --- the parts of a file ---------------------------------------------------------------------
    def with_origin(self, readers: dict[str, Reader]) -> dict[str, Reader]:
        readers |= {"as_of": self.day, "source": self.text, "grade": self.grade, "note": self.text}
        return readers

    def kept(self, node: Node, name: str, value: Scalar, entry: Entry) -> Value:
        return Value(
            name,
            value,
            entry.get("unit", ""),
            str(entry["as_of"]),
            entry["source"],
            entry["grade"],
            entry.get("from"),
            self.where(node),
            entry.get("note", ""),
        )

    def values(self, node: Node, key: str, spec: Spec | None = None) -> tuple[Value, ...] | Bad:
        """One dated value, or a list of them."""
        nodes = self.items(node) if isinstance(node, SequenceNode) else [node]
        if not nodes:
            how = "値を書くか、この項目を消してください。"
            return self.fault(node, f"{key}: 値が1つもありません。{how}")
        found = [self.value(item, key, spec or self.specs[key]) for item in nodes]
        values = [value for value in found if value is not BAD]
        if len(values) < len(found):
            return BAD
        starts = [value.start for value in values]
        if key.startswith(RATE) and not all(map(_starts_a_year, starts)):
            return self.fault(
                node,
                f"{key}: 率には、いつの年度からの率かを示す from(4月1日の日付)が要ります。"
                "from: 2027-04-01 のように書き、"
                "率がなくなる年度からは value: 0 を並べてください。",
            )
        if None in starts[1:] or len(set(starts)) < len(starts):
            return self.fault(
                node,
                f"{key}: 2つ目からの値には、互いに違う from(いつからの値か)が要ります。"
                "書き足してください。",
            )
        return tuple(sorted(values, key=lambda value: value.start or date.min))

    def value(self, node: Node, key: str, spec: Spec) -> Value | Bad:
        readers = self.with_origin(
            {
                "value": partial(self.amount, spec),
                "unit": partial(self.unit, spec.unit, spec.label),
                "from": self.day,
            }
        )
        entry = self.mapping(node, key, readers, ("value", *ORIGIN))
        return entry if entry is BAD else self.kept(node, key, entry["value"], entry)

    def system(self, node: Node, key: str) -> object:
        readers = self.with_origin(
            {
                "steps": partial(self.whole_number, range(41), STEPS),
                "unit": partial(self.unit, "ステップ", "完了した数"),
                "live": self.flag,
                "in_scope": self.flag,
                "state": partial(self.choice, STATES),
                "live_since": self.day,
            }
        )
        counted = "steps" in _keys(node)  # a number alone wants a unit
        entry = self.mapping(node, key, readers, ORIGIN if counted else ORIGIN[1:])
        if entry is BAD or self.two_words(node, key, entry):
            return BAD
        words = ("live", "in_scope", "state", "live_since")
        said = {name: entry[name] for name in words if name in entry}
        said["origin"] = self.kept(node, "state", "", entry)
        if counted:
            said["steps"] = self.kept(node, "steps", float(entry["steps"]), entry)
        return said

    def two_words(self, node: Node, key: str, entry: Entry) -> bool:
        """Whether an entry says two things of where a system stands; each is a fault."""
        before = len(self.faults)
        if "state" in entry and {"live", "in_scope"} & set(entry):
            self.fault(
                node,
                f"{key}: state と live・in_scope は、同じことを別の言い方で述べます。"
                "state だけにしてください。",
            )
        since = entry.get("live_since")
        if since:
            flags = entry.get("live", True) and entry.get("in_scope", True)
            if entry.get("state", "稼働") != "稼働" or not flags:
                self.fault(
                    node,
                    f"{key}: live_since(稼働した日)があるのに、稼働していないと書かれています。"
                    "live_since を消すか、state: 稼働 だけにしてください。",
                )
            if since > entry["as_of"]:
                self.fault(
                    node,
                    f"{key}: live_since({since})が as_of(時点)より後です。"
                    "これからの予定は lots: の planned か offered に書いてください。",
                )
        return len(self.faults) > before

    def lot(self, node: Node, key: str) -> object:
        """What is known of a lot; its systems, where they are named, belong to no other lot."""
        day = partial(self.day_in, *LOT_DAYS)
        readers = self.with_origin(
            {
                "systems": partial(self.business_list, key, self.moved),
                "vendor": self.name,
                "contracted": self.flag,
                "contract_end": day,
                "planned": day,
                "offered": day,
                "confidence": partial(self.choice, SURE),
                "reason": partial(self.choice, REASONS),
                "done": partial(self.words, DONE),
                "longer": self.entries(
                    "作業項目", DONE, partial(self.whole_number, range(1, 105), WEEKS)
                ),
                "rehearsals": partial(self.whole_number, range(2, 5), REHEARSALS),
                "nights": partial(self.words, ()),
            }
        )
        entry = self.mapping(node, key, readers, ORIGIN[1:])
        if entry is BAD:
            return BAD
        if ("offered" in entry) != ("confidence" in entry):
            return self.fault(
                node,
                f"{key}: offered(ベンダが提示した稼働日)と confidence(提示の確かさ)は、"
                f"両方を書いてください。confidence に書けるのは {'・'.join(SURE)} です。",
            )
        said = {name: entry[name] for name in LOT_WORDS if name in entry}
        said["origin"] = self.kept(node, "lot", key, entry)
        if "offered" in entry:
            said["offer"] = self.offer(node, entry)
        return said

    def offer(self, node: Node, entry: Entry) -> Value:
        note = SURENESS + entry["confidence"]
        if "note" in entry:
            note += f"。{entry['note']}"
        return self.kept(node, "offer", entry["offered"], {**entry, "unit": "日付", "note": note})

    def words(self, known: tuple[str, ...], node: Node, key: str) -> object:
        """A list of known words, of any names where none are known; each once, as in the file."""
        if not isinstance(node, SequenceNode) or not node.value:
            example = ", ".join(known[:2] or ("ロット1", "ロット2"))
            return self.fault(node, f"{key}: [{example}] のように並べてください。")
        read = partial(self.choice, known) if known else self.name
        return tuple(dict.fromkeys([read(item, key) for item in self.items(node)]))

    def election(self, node: Node, key: str) -> object:
        readers = self.with_origin({"day": partial(self.day_in, *LOT_DAYS), "name": self.name})
        entry = self.mapping(node, key, readers, ("day", "name", *ORIGIN[1:]))
        if entry is BAD:
            return BAD
        note = entry.get("note", "")
        return Election(entry["day"], entry["name"], VOTING, VOTED, entry["grade"], note)

    def engagement(self, node: Node, key: str) -> object:
        day = partial(self.day_in, *LOT_DAYS)
        readers = self.with_origin(
            {
                "form": partial(self.choice, self.forms),
                "people": partial(self.whole_number, range(1, 501), PEOPLE),
                "from": day,
                "until": day,
            }
        )
        entry = self.mapping(node, key, readers, ("form", "people", "from", "until", *ORIGIN[1:]))
        if entry is BAD:
            return BAD
        if entry["until"] < entry["from"]:
            how = "どちらかを直してください。"
            return self.fault(
                node, f"{key}: until({entry['until']})が from({entry['from']})より前です。{how}"
            )
        return Engagement(
            entry["form"],
            entry["people"],
            entry["from"],
            entry["until"],
            self.where(node),
            str(entry["as_of"]),
            entry["source"],
            entry["grade"],
            note=entry.get("note", ""),
        )

    def initiative(self, node: Node, key: str) -> object:
        """What the city says of an initiative; of its own ones also how they are made."""
        day = partial(self.day_in, *LOT_DAYS)
        readers = self.with_origin(
            {
                "wish": partial(self.choice, WISHES),
                "like": partial(self.choice, LIKE),
                "lead": self.name,
                "sections": partial(self.words, ()),
                "after": self.flag,
                "from": day,
                "live": day,
                "until": day,
                "replaces": self.text,
                "saves": self.number,
                "stopped": day,
                **dict.fromkeys(AMOUNTS, self.number),
            }
        )
        entry = self.mapping(node, key, readers, ORIGIN[1:])
        if entry is BAD or self.unplanned(node, key, entry):
            return BAD
        said = {name: entry[name] for name in INITIATIVE_WORDS if name in entry}
        said["origin"] = self.kept(node, "initiative", key, entry)
        for word, (name, unit) in AMOUNTS.items():
            if word in entry:
                said[name] = self.kept(node, name, entry[word], {**entry, "unit": unit})
        if "from" in entry:
            said["began"] = entry["from"]
        return said

    def unplanned(self, node: Node, key: str, entry: Entry) -> bool:
        """Whether an entry says too little, or what cannot be; each is a fault."""
        before = len(self.faults)
        if key not in self.initiatives and "like" not in entry:
            near = suggestion(key, self.initiatives)
            how = f"団体だけの事業なら、like(進め方。{'・'.join(LIKE)})を書いてください。"
            self.fault(node, f"{key}: 施策の表にない名です。{near}{how}")
        if entry.get("wish") == "実施中" and "live" not in entry:
            self.fault(node, f"{key}: 実施中の施策には、live(使い始める日)を書いてください。")
        if not 0 <= entry.get("points", 0) <= 5:
            self.fault(node, f"{key}: points(住民への効果)は0〜5で書いてください。")
        for word in (*AMOUNTS, "saves"):
            if entry.get(word, 0) < 0:
                self.fault(node, f"{key}: {word} は0以上で書いてください。")
        return len(self.faults) > before

    def listed(self, what: str, read: Reader, node: Node, key: str) -> object:
        """The entries of a list; none where nothing stands there."""
        if is_blank(node):
            return ()
        if not isinstance(node, SequenceNode) or not node.value:
            return self.fault(node, f"{key}: {what}のように並べてください。")
        return tuple([read(item, key) for item in self.items(node)])

    def business_list(self, owner: str, claimed: dict[str, str], node: Node, key: str) -> object:
        if not isinstance(node, SequenceNode) or not node.value:
            how = "業務の名を [住民基本台帳, 印鑑登録] のように並べてください。"
            return self.fault(node, f"{key}: {how}")
        return tuple([self.business(owner, claimed, item, key) for item in self.items(node)])

    def business(self, owner: str, claimed: dict[str, str], node: Node, key: str) -> object:
        known, what = self.businesses, "担当の課"
        if claimed is self.moved:
            known, what = self.movable, "ロット"
        name = raw(node)
        if name not in known:
            near = f"{suggestion(name, known)}書けるのは {'・'.join(known)} です。"
            return self.fault(node, f"{key}: 「{shown(node)}」は20業務にありません。{near}")
        if name in claimed:
            how = f"{what}を1つにしてください。"
            there = f"「{name}」は「{claimed[name]}」にも書かれています。"
            return self.fault(node, f"{key}: {there}{how}")
        claimed[name] = owner
        return name

    def headcount(self, node: Node, key: str) -> object:
        number = self.number(node, key)
        if number is BAD or 0 < number <= 5000:
            return number
        how = "0より大きく5000人までで書いてください。"
        return self.fault(node, f"{key}: {shown(node)} は人数の範囲の外です。{how}")

    def section(self, node: Node, key: str) -> object:
        readers = self.with_origin(
            {
                "staff": self.headcount,
                "unit": partial(self.unit, "人", "課の職員数"),
                "businesses": partial(self.business_list, key, self.claimed),
            }
        )
        entry = self.mapping(node, key, readers, ("staff", *ORIGIN))
        if entry is BAD:
            return BAD
        said = {"staff": self.kept(node, "section_staff", entry["staff"], entry)}
        if "businesses" in entry:
            said["businesses"] = entry["businesses"]
        return said

    def form(self, node: Node, key: str) -> object:
        def dated(value: Node, name: str) -> object:
            return self.values(value, name, self.form_specs[name])

        return self.named(node, "形態の値", self.form_specs, dated)

    def gate(self, node: Node, key: str) -> object:
        readers = self.with_origin({"request_by": self.month_day, "available": self.month_day})
        entry = self.mapping(node, key, readers, ("request_by", "available", *ORIGIN[1:]))
        return entry if entry is BAD else {**entry, "where": self.where(node)}

    def whole(self, node: Node) -> Entry | Bad:
        parts: dict[str, Reader] = {
            "code": self.known_code,
            "name": self.known_name,
            "base": self.known_name,
            "who": self.name,
            "when": self.day,
            "why": self.text,
            "author": self.text,
            "note": self.text,
            "notes": self.entries("章", CHAPTERS, self.text),
            "values": self.entries("パラメータ", self.specs, self.values),
            "lots": self.entries("ロット", None, self.lot),
            "elections": partial(self.listed, ELECTIONS, self.election),
            "systems": self.entries("業務", self.movable, self.system),
            "sections": self.entries("課", None, self.section),
            "gates": self.entries("予算の機会", self.gates, self.gate),
            "forms": self.entries("外部人材・採用の形態", self.forms, self.form),
            "engagements": partial(self.listed, ENGAGEMENTS, self.engagement),
            "offices": self.entries("課・職", self.offices, self.name),
            "initiatives": self.entries("施策", None, self.initiative),
            "peers": partial(self.listed, PEERS, self.known_name),
        }
        return self.mapping(node, "ファイル", parts, prefix="")


def _keys(node: Node) -> list[str]:
    """The keys of a mapping as typed; none of anything else."""
    return [raw(name) for name, _ in node.value] if isinstance(node, MappingNode) else []


def _starts_a_year(start: date | None) -> bool:
    return start is not None and (start.month, start.day) == (4, 1)


def sureness(offer: Value | None) -> str:
    """How sure an offered day is, one of SURE; "" where no day is offered."""
    sure, _, _ = offer.note.partition("。") if offer else ("", "", "")
    return sure.removeprefix(SURENESS) if sure.startswith(SURENESS) else ""


def within(spec: Spec, value: Scalar) -> bool:
    """Whether a value lies in the range (or among the choices) of its declaration; whole if so."""
    if spec.kind == "choice":
        return value in spec.choices
    if spec.step and float(str(value)) % float(spec.step):
        return False
    read = KINDS[spec.kind].strict
    return bool(read(spec.minimum) <= value <= read(spec.maximum))


def load_params(
    path: Path,
    specs: Mapping[str, Spec],
    businesses: Iterable[str],
    gates: Iterable[str],
    check_code: Callable[[str], object] = str,
    forms: Iterable[str] = (),
    node: Node | None = None,
    offices: Iterable[str] = (),
    initiatives: Iterable[str] = (),
) -> Params:
    """Read one params file; the names of parameters, businesses and budget gates are given.

    Parameters
    ----------
    path : the YAML file.
    specs : the declared parameters by name.
    businesses : names of the 20 businesses.
    gates : names of the budget occasions.
    check_code : raises ValueError, in Japanese, for six digits that are no municipality.
    forms : names of the forms of outsiders and hires.
    node : what the file says; read from it where None.
    offices : names of the offices and posts that a file may call by its own names.
    initiatives : names of the DX initiatives that the tables know.

    Raises
    ------
    ParamError
        With every fault of the file at once, in Japanese.
    """
    reader = _Reader(path, specs, businesses, gates, forms, offices, initiatives, check_code)
    node = node or load_node(path, torn=reader.faults)
    whole = not reader.faults  # what is missing may stand in an entry that is no YAML
    entries = reader.whole(node)
    if isinstance(node, MappingNode):
        _check_kind(reader, node, whole)
    if entries is BAD or reader.faults:
        raise ParamError(reader.told())
    return Params(path=path, **entries)


def _check_kind(reader: _Reader, node: MappingNode, whole: bool) -> None:
    """A city's own file names its code; a variant its base and who agreed what, when and why."""
    what, wanted = "団体のファイル", ["code"]
    barred = agreed = ["base", "who", "when", "why"]
    if "--" in reader.path.stem:
        what, wanted = "変更案(名前に -- を含むファイル)", agreed
        barred = ["code", "name"]
    said = {raw(name): value for name, value in node.value}
    missing = [key for key in wanted if key not in said]
    if missing and whole:
        how = f"{'・'.join(missing)} を書き足してください。"
        reader.fault(node, f"{what}には {'・'.join(wanted)} が要ります。{how}")
    for key in barred:
        if key in said:
            reader.fault(said[key], f"{key}: {what}には書けません。消してください。")
