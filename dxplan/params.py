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

from dxplan.nodes import BAD, NodeReader, ParamError, Reader, load_node, nearest, raw, shown

GUESSES = ("M", "G")
RATE = "rate_"  # rates of grants and taxes: each belongs to fiscal years
FORM = "form"  # topic of the parameters that each form of outsider or hire has for itself
CHAPTERS = ("whole", "pmo", "staffing", "training", "budget")  # of the report, each may have a note of the meeting
ORIGIN = ("unit", "as_of", "source", "grade")


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
    vendors: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    systems: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)


class _Reader(NodeReader):
    """Reads the parts of a params file."""

    def __init__(self, path: Path, specs: Mapping[str, Spec], businesses, gates, forms,
                 check_code: Callable[[str], object]):
        super().__init__(path)
        self.businesses, self.gates, self.forms, self.check_code = businesses, gates, forms, check_code
        self.specs = {name: spec for name, spec in specs.items() if spec.topic != FORM}
        self.form_specs = {name: spec for name, spec in specs.items() if spec.topic == FORM}
        self.claimed: dict[str, str] = {}  # business -> the section that has named it

    def known_code(self, node: Node, key: str):
        code = self.code(node, key)
        try:
            if code is not BAD:
                self.check_code(code)
        except ValueError as error:
            return self.fault(node, f"{key}: {error}")
        stem = self.path.stem
        if code is not BAD and re.fullmatch("[0-9]{6}", stem) and code != stem:
            return self.fault(node, f"{key}: 「{code}」はファイル名の {stem} と違います。どちらかを直してください。")
        return code

    def amount(self, spec: Spec, node: Node, key: str):
        value = {"number": self.number, "date": self.day, "choice": self.text}[spec.kind](node, key)
        if value is BAD or within(spec, value):
            return value
        return self.fault(node, f"{key}: 「{shown(node)}」は{spec.label}として書けません。{spec.allowed()} の中で書いてください。")

    # --- the parts of a file ---------------------------------------------------------------------
    def origin(self) -> dict[str, Reader]:
        return {"as_of": self.day, "source": self.text, "grade": self.grade, "note": self.text}

    def kept(self, node: Node, name: str, value, found: Mapping) -> Value:
        return Value(name, value, found["unit"], str(found["as_of"]), found["source"], found["grade"],
                     found.get("from"), self.where(node), found.get("note", ""))

    def values(self, node: Node, key: str, spec: Spec | None = None):
        """One dated value, or a list of them."""
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        if not nodes:
            return self.fault(node, f"{key}: 値が1つもありません。値を書くか、この項目を消してください。")
        read = [self.value(one, key, spec or self.specs[key]) for one in nodes]
        if BAD in read:
            return BAD
        starts = [value.start for value in read]
        if key.startswith(RATE) and any(start is None or (start.month, start.day) != (4, 1) for start in starts):
            return self.fault(node, f"{key}: 率には、いつの年度からの率かを示す from(4月1日の日付)が要ります。"
                                    "from: 2027-04-01 のように書き、率がなくなる年度からは value: 0 を並べてください。")
        if None in starts[1:] or len(set(starts)) < len(starts):
            return self.fault(node, f"{key}: 2つ目からの値には、互いに違う from(いつからの値か)が要ります。書き足してください。")
        return tuple(sorted(read, key=lambda value: value.start or date.min))

    def value(self, node: Node, key: str, spec: Spec):
        readers = {"value": partial(self.amount, spec), "unit": partial(self.unit, spec.unit, spec.label),
                   "from": self.day} | self.origin()
        found = self.mapping(node, key, readers, ("value", *ORIGIN))
        return found if found is BAD else self.kept(node, key, found["value"], found)

    def slots(self, node: Node, key: str):
        return self.values(node, key, self.specs["vendor_slots"])

    def steps(self, node: Node, key: str):
        number = self.number(node, key)
        if number is not BAD and not (0 <= number <= 40 and number == int(number)):
            return self.fault(node, f"{key}: {shown(node)} は0〜40の整数ではありません。PMOツールの40ステップのうち完了した数を書いてください。")
        return number

    def system(self, node: Node, key: str):
        readers = {"steps": self.steps, "unit": partial(self.unit, "ステップ", "完了した数"), "live": self.flag,
                   "in_scope": self.flag, "package": self.name, "vendor": self.name} | self.origin()
        counted = isinstance(node, MappingNode) and any(raw(name) == "steps" for name, _ in node.value)
        found = self.mapping(node, key, readers, ORIGIN if counted else ORIGIN[1:])
        if found is BAD:
            return BAD
        said = {name: found[name] for name in ("live", "in_scope", "package", "vendor") if name in found}
        return said | ({"steps": self.kept(node, "steps", found["steps"], found)} if counted else {})

    def business_list(self, section: str, node: Node, key: str):
        items = node.value if isinstance(node, SequenceNode) else []
        if not items:
            return self.fault(node, f"{key}: 業務の名を [住民基本台帳, 印鑑登録] のように並べてください。")
        return tuple([self.business(section, item, key) for item in items])

    def business(self, section: str, node: Node, key: str):
        name = raw(node)
        if name not in self.businesses:
            return self.fault(node, f"{key}: 「{shown(node)}」は20業務にありません。{nearest(name, self.businesses)}"
                                    f"書けるのは {'・'.join(self.businesses)} です。")
        if name in self.claimed:
            return self.fault(node, f"{key}: 「{name}」は「{self.claimed[name]}」にも書かれています。担当の課を1つにしてください。")
        self.claimed[name] = section
        return name

    def headcount(self, node: Node, key: str):
        number = self.number(node, key)
        if number is not BAD and not 0 < number <= 5000:
            return self.fault(node, f"{key}: {shown(node)} は人数の範囲の外です。0より大きく5000人までで書いてください。")
        return number

    def section(self, node: Node, key: str):
        readers = {"staff": self.headcount, "unit": partial(self.unit, "人", "課の職員数"),
                   "businesses": partial(self.business_list, key)} | self.origin()
        found = self.mapping(node, key, readers, ("staff", *ORIGIN))
        if found is BAD:
            return BAD
        said = {"businesses": found["businesses"]} if "businesses" in found else {}
        return said | {"staff": self.kept(node, "section_staff", found["staff"], found)}

    def form(self, node: Node, key: str):
        return self.named(node, "形態の値", self.form_specs, lambda n, k: self.values(n, k, self.form_specs[k]))

    def gate(self, node: Node, key: str):
        readers = {"request_by": self.month_day, "available": self.month_day} | self.origin()
        found = self.mapping(node, key, readers, ("request_by", "available", *ORIGIN[1:]))
        return found if found is BAD else found | {"where": self.where(node)}

    def whole(self, node: Node):
        parts: dict[str, Reader] = {
            "code": self.known_code, "name": self.name, "base": self.name, "who": self.name, "when": self.day,
            "why": self.text, "note": self.text,
            "notes": lambda n, k: self.named(n, "章", CHAPTERS, self.text),
            "values": lambda n, k: self.named(n, "パラメータ", self.specs, self.values),
            "vendors": lambda n, k: self.named(n, "ベンダ", None, self.slots),
            "systems": lambda n, k: self.named(n, "業務", self.businesses, self.system),
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


def load_params(path: Path, specs: Mapping[str, Spec], businesses, gates,
                check_code: Callable[[str], object] = str, forms=(), text: str | None = None) -> Params:
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
    wanted, barred = (("base", "who", "when", "why"), ("code", "name")) if variant else (
        ("code",), ("base", "who", "when", "why"))
    what = "変更案(名前に -- を含むファイル)" if variant else "団体のファイル"
    missing = [key for key in wanted if key not in said]
    if missing:
        reader.fault(node, f"{what}には {'・'.join(wanted)} が要ります。{'・'.join(missing)} を書き足してください。")
    for key in barred:
        if key in said:
            reader.fault(said[key], f"{key}: {what}には書けません。消してください。")
