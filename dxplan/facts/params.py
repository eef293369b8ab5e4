"""The numbers that a person may set: YAML files, read strictly.

Every number carries unit, as-of date, source and grade (A, B, C, M, G); without them it is not read.
All faults of a file are found in one pass and said in Japanese; ``nodes`` says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from dxplan.facts.nodes import (
    BAD,
    NodeReader,
    ParamError,
    Reader,
    is_blank,
    load_node,
    nearest,
    raw,
    shown,
)

GUESSES = ("M", "G")
RATE = "rate_"  # rates of grants and taxes: each belongs to fiscal years
FORM = "form"  # topic of the parameters that each form of outsider or hire has for itself
CHAPTERS = (
    "whole",
    "pmo",
    "staffing",
    "training",
    "budget",
)  # of the report, each may have a note of the meeting
ORIGIN = ("unit", "as_of", "source", "grade")
STATES = ("稼働", "稼働とみなす", "要確認", "未移行", "対象外")
SURE = ("契約", "書面", "口頭", "見込み")  # how sure the day is that a vendor has offered
REASONS = (
    "メインフレーム",
    "個別開発",
    "開発されない",
    "事業者のリソースひっ迫",
)  # of the official list
DONE = (
    "設定",
    "データ抽出",
    "環境構築",
    "PIA",
    "リハーサル1",
    "連携テスト",
    "運用テスト",
    "条例改正",
)  # items of a block
ALSO = ("共通機能",)  # moves with the 20 businesses
LOT_WORDS = (
    "systems",
    "vendor",
    "contracted",
    "contract_end",
    "planned",
    "reason",
    "done",
    "longer",
    "rehearsals",
    "nights",
)  # of a lot, beside the day that its vendor has offered
SURENESS = "提示の確かさ: "  # how the note of an offered day begins
LOT_DAYS = (date(2020, 4, 1), date(2036, 3, 31))  # of lots, their contracts, and elections
VOTED = ("住民基本台帳", "選挙人名簿管理")  # the businesses that an election keeps busy ...
VOTING = 4  # ... and for how many weeks before and after its day
OFFERED = (
    "移行の単位は移行ロットです。lots: にロットの名・systems(業務)・offered(ベンダが提示した稼働日)・"
    "confidence(提示の確かさ)を書いてください。"
)
RETIRED = {  # what a file of before may hold -> what replaces it
    "vendor_slots": f"いまの計画には、ベンダの同時移行枠がありません。この値を消してください。{OFFERED}",
    "vendors": "いまの計画には、ベンダごとの同時移行枠がありません。この項目を消してください。"
    f"ベンダの名は lots: の vendor に書きます。{OFFERED}",
    "packages": f"いまの計画には、調達のまとまりがありません。この項目を消してください。{OFFERED}",
    "package": f"いまの計画には、業務ごとの調達のまとまりがありません。この項目を消してください。{OFFERED}",
    "vendor": "ベンダは、業務ごとではなくロットごとに書きます。この項目を消してください。"
    f"ベンダの名は lots: の vendor に書きます。{OFFERED}",
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

    def allowed(self) -> str:
        """The allowed range in words."""
        if self.kind == "choice":
            return "・".join(self.choices)
        return f"{self.minimum}〜{self.maximum}{'' if self.kind == 'date' else self.unit}"


@dataclass(frozen=True)
class Value:
    """One value with unit, the day it comes into force (None = always), as-of date, source and grade."""

    name: str
    value: float | str | date
    unit: str
    as_of: str
    source: str
    grade: str
    start: date | None = None
    where: str = ""
    note: str = ""

    @property
    def guessed(self) -> bool:
        """Whether a person has yet to confirm it (grade M or G)."""
        return self.grade in GUESSES


@dataclass(frozen=True)
class Election:
    """An election: no cutover of its businesses within so many weeks of its day."""

    day: date
    name: str
    weeks: int
    businesses: tuple[str, ...]
    grade: str
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
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    lots: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    elections: tuple[Election, ...] = ()
    systems: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)


class _Reader(NodeReader):
    """Reads the parts of a params file."""

    def __init__(
        self,
        path: Path,
        specs: Mapping[str, Spec],
        businesses,
        gates,
        forms,
        check_code: Callable[[str], object],
    ):
        super().__init__(path, RETIRED)
        self.businesses, self.gates, self.forms, self.check_code = (
            businesses,
            gates,
            forms,
            check_code,
        )
        self.specs = {name: spec for name, spec in specs.items() if spec.topic != FORM}
        self.form_specs = {name: spec for name, spec in specs.items() if spec.topic == FORM}
        self.claimed: dict[str, str] = {}  # business -> the section that has named it
        self.moved: dict[str, str] = {}  # business -> the lot that has named it

    def known_code(self, node: Node, key: str):
        code = self.code(node, key)
        try:
            if code is not BAD:
                self.check_code(code)
        except ValueError as error:
            return self.fault(node, f"{key}: {error}")
        stem = self.path.stem
        if code is not BAD and re.fullmatch("[0-9]{6}", stem) and code != stem:
            return self.fault(
                node,
                f"{key}: 「{code}」はファイル名の {stem} と違います。どちらかを直してください。",
            )
        return code

    def amount(self, spec: Spec, node: Node, key: str):
        value = {"number": self.number, "date": self.day, "choice": self.text}[spec.kind](node, key)
        if value is BAD or within(spec, value):
            return value
        return self.fault(
            node,
            f"{key}: 「{shown(node)}」は{spec.label}として書けません。{spec.allowed()} の中で書いてください。",
        )

    # --- the parts of a file ---------------------------------------------------------------------
    def origin(self) -> dict[str, Reader]:
        return {"as_of": self.day, "source": self.text, "grade": self.grade, "note": self.text}

    def kept(self, node: Node, name: str, value, found: Mapping) -> Value:
        return Value(
            name,
            value,
            found.get("unit", ""),
            str(found["as_of"]),
            found["source"],
            found["grade"],
            found.get("from"),
            self.where(node),
            found.get("note", ""),
        )

    def values(self, node: Node, key: str, spec: Spec | None = None):
        """One dated value, or a list of them."""
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        if not nodes:
            return self.fault(
                node, f"{key}: 値が1つもありません。値を書くか、この項目を消してください。"
            )
        read = [self.value(one, key, spec or self.specs[key]) for one in nodes]
        if BAD in read:
            return BAD
        starts = [value.start for value in read]
        if key.startswith(RATE) and any(
            start is None or (start.month, start.day) != (4, 1) for start in starts
        ):
            return self.fault(
                node,
                f"{key}: 率には、いつの年度からの率かを示す from(4月1日の日付)が要ります。"
                "from: 2027-04-01 のように書き、率がなくなる年度からは value: 0 を並べてください。",
            )
        if None in starts[1:] or len(set(starts)) < len(starts):
            return self.fault(
                node,
                f"{key}: 2つ目からの値には、互いに違う from(いつからの値か)が要ります。書き足してください。",
            )
        return tuple(sorted(read, key=lambda value: value.start or date.min))

    def value(self, node: Node, key: str, spec: Spec):
        readers = {
            "value": partial(self.amount, spec),
            "unit": partial(self.unit, spec.unit, spec.label),
            "from": self.day,
        } | self.origin()
        found = self.mapping(node, key, readers, ("value", *ORIGIN))
        return found if found is BAD else self.kept(node, key, found["value"], found)

    def steps(self, node: Node, key: str):
        number = self.number(node, key)
        if number is not BAD and not (0 <= number <= 40 and number == int(number)):
            return self.fault(
                node,
                f"{key}: {shown(node)} は0〜40の整数ではありません。PMOツールの40ステップのうち完了した数を書いてください。",
            )
        return number

    def system(self, node: Node, key: str):
        readers = {
            "steps": self.steps,
            "unit": partial(self.unit, "ステップ", "完了した数"),
            "live": self.flag,
            "in_scope": self.flag,
            "state": partial(self.choice, STATES),
            "live_since": self.day,
        } | self.origin()
        counted = isinstance(node, MappingNode) and any(
            raw(name) == "steps" for name, _ in node.value
        )
        found = self.mapping(node, key, readers, ORIGIN if counted else ORIGIN[1:])
        if found is BAD or self.two_words(node, key, found):
            return BAD
        said = {
            name: found[name]
            for name in ("live", "in_scope", "state", "live_since")
            if name in found
        }
        said["origin"] = self.kept(node, "state", "", found)
        return said | (
            {"steps": self.kept(node, "steps", found["steps"], found)} if counted else {}
        )

    def two_words(self, node: Node, key: str, found: Mapping) -> bool:
        """Whether an entry says two things of where a system stands; each is a fault."""
        before = len(self.faults)
        if "state" in found and {"live", "in_scope"} & set(found):
            self.fault(
                node,
                f"{key}: state と live・in_scope は、同じことを別の言い方で述べます。state だけにしてください。",
            )
        if "live_since" in found:
            word, flags = (
                found.get("state", "稼働"),
                [found.get("live", True), found.get("in_scope", True)],
            )
            if word != "稼働" or not all(flags):
                self.fault(
                    node,
                    f"{key}: live_since(稼働した日)があるのに、稼働していないと書かれています。"
                    "live_since を消すか、state: 稼働 だけにしてください。",
                )
            if found["live_since"] > found["as_of"]:
                self.fault(
                    node,
                    f"{key}: live_since({found['live_since']})が as_of(時点)より後です。"
                    "これからの予定は lots: の planned か offered に書いてください。",
                )
        return len(self.faults) > before

    def lot(self, node: Node, key: str):
        """What is known of a lot; its systems, where they are named, belong to no other lot."""
        day = partial(self.day_in, *LOT_DAYS)
        readers = {
            "systems": partial(self.member_list, key),
            "vendor": self.name,
            "contracted": self.flag,
            "contract_end": day,
            "planned": day,
            "offered": day,
            "confidence": partial(self.choice, SURE),
            "reason": partial(self.choice, REASONS),
            "done": partial(self.words, DONE),
            "longer": lambda n, k: self.named(n, "作業項目", DONE, self.weeks),
            "rehearsals": partial(self.whole_number, 2, 4, "移行リハーサルの回数"),
            "nights": partial(self.words, ()),
        } | self.origin()
        found = self.mapping(node, key, readers, ORIGIN[1:])
        if found is BAD:
            return BAD
        if ("offered" in found) != ("confidence" in found):
            return self.fault(
                node,
                f"{key}: offered(ベンダが提示した稼働日)と confidence(提示の確かさ)は、両方を書いてください。"
                f"confidence に書けるのは {'・'.join(SURE)} です。",
            )
        said = {name: found[name] for name in LOT_WORDS if name in found}
        said["origin"] = self.kept(node, "lot", key, found)
        if "offered" in found:
            said["offer"] = self.offer(node, found)
        return said

    def offer(self, node: Node, found: Mapping) -> Value:
        note = SURENESS + found["confidence"] + (f"。{found['note']}" if "note" in found else "")
        return self.kept(node, "offer", found["offered"], found | {"unit": "日付", "note": note})

    def weeks(self, node: Node, key: str):
        return self.whole_number(1, 104, "標準より長くかかる週数", node, key)

    def member_list(self, lot: str, node: Node, key: str):
        return self.business_list(lot, node, key, (*self.businesses, *ALSO), self.moved)

    def words(self, known: tuple[str, ...], node: Node, key: str):
        """A list of known words, or of any names where none are known; each once, as in the file."""
        if not isinstance(node, SequenceNode) or not node.value:
            example = ", ".join(known[:2] or ("ロット1", "ロット2"))
            return self.fault(node, f"{key}: [{example}] のように並べてください。")
        read = partial(self.choice, known) if known else self.name
        return tuple(dict.fromkeys([read(item, key) for item in node.value]))

    def election(self, node: Node, key: str):
        readers = {"day": partial(self.day_in, *LOT_DAYS), "name": self.name} | self.origin()
        found = self.mapping(node, key, readers, ("day", "name", *ORIGIN[1:]))
        if found is BAD:
            return BAD
        note = found.get("note", "")
        return Election(found["day"], found["name"], VOTING, VOTED, found["grade"], note)

    def election_list(self, node: Node, key: str):
        if is_blank(node):
            return ()
        if not isinstance(node, SequenceNode) or not node.value:
            return self.fault(
                node,
                f"{key}: 選挙を「- {{day: 2027-04-25, name: 市長選挙, as_of: …}}」の"
                "ように並べてください。",
            )
        return tuple([self.election(item, key) for item in node.value])

    def business_list(self, owner: str, node: Node, key: str, known=None, claimed=None):
        items = node.value if isinstance(node, SequenceNode) else []
        if not items:
            return self.fault(
                node, f"{key}: 業務の名を [住民基本台帳, 印鑑登録] のように並べてください。"
            )
        claimed = self.claimed if claimed is None else claimed
        return tuple(
            [self.business(owner, item, key, known or self.businesses, claimed) for item in items]
        )

    def business(self, owner: str, node: Node, key: str, known, claimed: dict[str, str]):
        name = raw(node)
        if name not in known:
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は20業務にありません。{nearest(name, known)}"
                f"書けるのは {'・'.join(known)} です。",
            )
        if name in claimed:
            what = "担当の課" if claimed is self.claimed else "ロット"
            return self.fault(
                node,
                f"{key}: 「{name}」は「{claimed[name]}」にも書かれています。{what}を1つにしてください。",
            )
        claimed[name] = owner
        return name

    def headcount(self, node: Node, key: str):
        number = self.number(node, key)
        if number is not BAD and not 0 < number <= 5000:
            return self.fault(
                node,
                f"{key}: {shown(node)} は人数の範囲の外です。0より大きく5000人までで書いてください。",
            )
        return number

    def section(self, node: Node, key: str):
        readers = {
            "staff": self.headcount,
            "unit": partial(self.unit, "人", "課の職員数"),
            "businesses": partial(self.business_list, key),
        } | self.origin()
        found = self.mapping(node, key, readers, ("staff", *ORIGIN))
        if found is BAD:
            return BAD
        said = {"businesses": found["businesses"]} if "businesses" in found else {}
        return said | {"staff": self.kept(node, "section_staff", found["staff"], found)}

    def form(self, node: Node, key: str):
        return self.named(
            node, "形態の値", self.form_specs, lambda n, k: self.values(n, k, self.form_specs[k])
        )

    def gate(self, node: Node, key: str):
        readers = {"request_by": self.month_day, "available": self.month_day} | self.origin()
        found = self.mapping(node, key, readers, ("request_by", "available", *ORIGIN[1:]))
        return found if found is BAD else found | {"where": self.where(node)}

    def whole(self, node: Node):
        parts: dict[str, Reader] = {
            "code": self.known_code,
            "name": self.name,
            "base": self.name,
            "who": self.name,
            "when": self.day,
            "why": self.text,
            "note": self.text,
            "notes": lambda n, k: self.named(n, "章", CHAPTERS, self.text),
            "values": lambda n, k: self.named(n, "パラメータ", self.specs, self.values),
            "lots": lambda n, k: self.named(n, "ロット", None, self.lot),
            "elections": self.election_list,
            "systems": lambda n, k: self.named(n, "業務", (*self.businesses, *ALSO), self.system),
            "sections": lambda n, k: self.named(n, "課", None, self.section),
            "gates": lambda n, k: self.named(n, "予算の機会", self.gates, self.gate),
            "forms": lambda n, k: self.named(n, "外部人材・採用の形態", self.forms, self.form),
        }
        return self.mapping(node, "ファイル", parts, prefix="")


def within(spec: Spec, value) -> bool:
    """Whether a value lies in the range (or among the choices) of its declaration."""
    if spec.kind == "choice":
        return value in spec.choices
    if spec.kind == "date":
        return date.fromisoformat(spec.minimum) <= value <= date.fromisoformat(spec.maximum)
    return float(spec.minimum) <= value <= float(spec.maximum)


def load_params(
    path: Path,
    specs: Mapping[str, Spec],
    businesses,
    gates,
    check_code: Callable[[str], object] = str,
    forms=(),
    text: str | None = None,
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
    text : what the file would say; read from it where None.

    Raises
    ------
    ParamError
        With every fault of the file at once, in Japanese.
    """
    node = load_node(path, text)
    reader = _Reader(path, specs, businesses, gates, forms, check_code)
    found = reader.whole(node)
    if isinstance(node, MappingNode):
        _check_kind(reader, node)
    if reader.faults:
        raise ParamError([text for _, text in sorted(reader.faults, key=lambda fault: fault[0])])
    return Params(path=path, **found)


def _check_kind(reader: _Reader, node: MappingNode) -> None:
    """A city's own file names its code; a variant names its base and who agreed what, when and why."""
    said = {raw(name): value for name, value in node.value}
    variant = "--" in reader.path.stem
    wanted, barred = (
        (("base", "who", "when", "why"), ("code", "name"))
        if variant
        else (("code",), ("base", "who", "when", "why"))
    )
    what = "変更案(名前に -- を含むファイル)" if variant else "団体のファイル"
    missing = [key for key in wanted if key not in said]
    if missing:
        reader.fault(
            node,
            f"{what}には {'・'.join(wanted)} が要ります。{'・'.join(missing)} を書き足してください。",
        )
    for key in barred:
        if key in said:
            reader.fault(said[key], f"{key}: {what}には書けません。消してください。")
