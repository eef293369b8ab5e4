"""The nodes of one YAML file, read strictly: single values, mappings, and every fault at once.

Nodes, not loaded values, because only nodes know their line, keep keys that are written twice, and
still show a code the way it was typed. A fault is a Japanese sentence: file, line, what was found,
what is allowed, what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, TypeVar

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dxplan.facts.kinds import DATE, DAY, NUMBER, Kind
from dxplan.facts.letters import (
    LONGEST_NAME,
    LONGEST_TEXT,
    letter_fault,
    neat,
    shortened,
    suggestion,
)
from dxplan.files import place

GRADES = tuple("ABCMG")  # best first
GUESSES = tuple("MG")  # nobody has confirmed them
OLD = "旧"  # behind the grade of what was confirmed more than twelve months ago
AGED = {grade: grade + OLD for grade in "ABC"}
UNSURE = (*AGED.values(), *GUESSES)  # a person has yet to confirm them, or has to again
RENAMED = "講座", "クラス"  # a unit, and what files of before call it
WORDS = {
    "value": "値",
    "unit": "単位",
    "as_of": "時点",
    "source": "出典",
    "grade": "確度",
    "staff": "職員数",
    "request_by": "要求の締切",
    "available": "執行できる日",
    "day": "日",
    "name": "名",
    "form": "形態",
    "people": "人数",
    "from": "最初の日",
    "until": "最後の日",
}


class ParamError(ValueError):
    """A file that a consultant wrote is wrong. ``faults``: one Japanese sentence each."""

    def __init__(self, faults: Iterable[str] | str) -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


class Bad(Enum):
    """A value whose fault has already been said."""

    BAD = 0


TEXT = (
    "tag:yaml.org,2002:str"  # what YAML calls a text, also one in quotes that looks like a number
)
NULLS = ("", "~", "null", "Null", "NULL")
MOST_FAULTS, MOST_READ = 100, 10_000  # sentences of a file; entries, with each use of an alias
T = TypeVar("T")
BAD: Final = Bad.BAD
Reader = Callable[[Node, str], object]
Entry = Mapping[str, Any]  # each word is of the kind that its own reader gives


def raw(node: Node) -> str:
    """The text of a scalar as typed; empty for anything else."""
    return node.value if isinstance(node, ScalarNode) else ""


def shown(node: Node) -> str:
    """What was found, short and printable, for a message."""
    if isinstance(node, ScalarNode):
        return shortened(node.value, 40)
    return "[…]" if isinstance(node, SequenceNode) else "{…}"


def _is_text(node: Node) -> bool:
    return bool(node.tag == TEXT)


def is_blank(node: Node) -> bool:
    """Whether nothing, or null, stands there."""
    return node.value in NULLS and not _is_text(node)


def _comment(node: Node) -> str:
    """What stands behind a text without quotes and is no part of it: its comment."""
    mark = node.end_mark
    if not isinstance(node, ScalarNode) or node.style or not hasattr(mark, "buffer"):
        return ""
    colon = "" if node.value else ":?"  # of the key on whose line nothing else stands
    rest = mark.buffer[mark.pointer : mark.pointer + LONGEST_TEXT]
    found = re.match(rf"{colon}[ \t]+(#[^\n\0]*)", rest)
    return found[1].rstrip() if found else ""


def _placed(name: Node, value: Node) -> Node:
    """A blank value stands on the line of its key; YAML puts it at the next word."""
    return ScalarNode(value.tag, "", name.start_mark, name.end_mark) if is_blank(value) else value


def _worded(name: ScalarNode, word: str) -> ScalarNode:
    """A key as it is kept, where it stood."""
    return ScalarNode(name.tag, word, name.start_mark, name.end_mark, style=name.style)


def _line(node: Node) -> int:
    """The line of a node in its file; 0 where it stands in none."""
    return node.start_mark.line + 1 if node.start_mark else 0


class NodeReader:
    """Reads the nodes of one file and collects every fault; what is faulty is BAD.

    Attributes
    ----------
    path : the file.
    retired : a key that files of before may hold -> the sentence that names what replaces it.
    faults : (line, sentence) in the order of reading.
    """

    def __init__(self, path: Path, retired: Mapping[str, str] = MappingProxyType({})) -> None:
        self.path = path
        self.retired = retired
        self.faults: list[tuple[int, str]] = []
        self.read = 0  # entries so far

    def fault(self, node: Node, text: str) -> Bad:
        """Note a fault of a node.

        Raises
        ------
        ParamError : there are so many that the file is read no further.
        """
        line = _line(node)
        if line:
            text = f"{place(self.path)} {line}行目 {text}"
        self.faults.append((line, text))
        if len(self.faults) >= MOST_FAULTS:
            self.stop(
                f"誤りが{MOST_FAULTS}個になったので、読むのをやめました。上から直してください。"
            )
        return BAD

    def told(self) -> tuple[str, ...]:
        """The sentences in the order of the lines."""
        return tuple(text for _, text in sorted(self.faults, key=lambda fault: fault[0]))

    def stop(self, why: str) -> NoReturn:
        """Read no further.

        Raises
        ------
        ParamError : what was found so far, and why it ends there.
        """
        raise ParamError((*self.told(), f"{place(self.path)} {why}"))

    def items(self, node: Node) -> list[Any]:
        """What a mapping or a list holds; an alias counts whenever it is read."""
        self.read += len(node.value)
        if self.read > MOST_READ:
            self.stop("値が多すぎます。* による使い回しをやめるか、要らない項目を消してください。")
        found: list[Any] = node.value
        return found

    def where(self, node: Node) -> str:
        """File and line of a node, as provenance."""
        line = _line(node)
        return f"{self.path.name} {line}行目" if line else self.path.name

    # --- single values ---------------------------------------------------------------------------
    def text(self, node: Node, key: str, longest: int = LONGEST_TEXT) -> str | Bad:
        """A free text: a comment behind it may be a part of it that YAML has cut off."""
        cut = _comment(node)
        if not cut:
            return self.word(node, key, longest)
        whole = f'{key.rpartition(".")[2]}: "{f"{raw(node)} {cut}".strip()}"'
        return self.fault(
            node,
            f"{key}: 「{shortened(cut, 40)}」は説明とみなされ、値に入りません。値の一部なら全体を引用符で囲み"
            f"({shortened(whole, 80)})、説明なら上の行に移してください。",
        )

    def word(self, node: Node, key: str, longest: int = LONGEST_TEXT) -> str | Bad:
        """A text that is not empty, of letters that may be (``letters``)."""
        text = "" if is_blank(node) else neat(raw(node))
        wrong = letter_fault(text, longest)
        return self.fault(node, f"{key}: {wrong}") if wrong else text

    def name(self, node: Node, key: str) -> str | Bad:
        """A name: a short text in one line."""
        return self.text(node, key, LONGEST_NAME)

    def code(self, node: Node, key: str) -> str | Bad:
        """Six digits in quotes."""
        if re.fullmatch("[0-9]{6}", raw(node)) and _is_text(node):
            return raw(node)
        example = "122033"
        wrong = f"「{shown(node)}」は6桁の自治体コードではありません。"
        how = "検査数字までの6桁を半角で書き、引用符で囲んでください。"
        if re.fullmatch("[0-9]{1,6}", raw(node)) and not _is_text(node):
            wrong = (
                f"{node.value} に引用符がありません。"
                "引用符がないと数として読まれ、先頭の0が失われます。"
            )
            how = "検査数字までの6桁を引用符で囲んでください。"
            if len(node.value) == 6:
                example = node.value
        return self.fault(node, f'{key}: {wrong}{key}: "{example}" のように、{how}')

    def day(self, node: Node, key: str) -> date | Bad:
        """A date, YYYY-MM-DD."""
        return self._strict(DATE, raw(node), node, key)

    def day_in(self, first: date, last: date, node: Node, key: str) -> object:
        """A date of a range."""
        day = self.day(node, key)
        if day is BAD or first <= day <= last:
            return day
        return self.fault(
            node, f"{key}: {day} は使えません。{first}〜{last} の日を書いてください。"
        )

    def month_day(self, node: Node, key: str) -> str | Bad:
        """A day of every year, MM-DD."""
        return self._strict(DAY, raw(node), node, key)

    def number(self, node: Node, key: str) -> float | Bad:
        """A number without quotes."""
        return self._strict(NUMBER, "" if _is_text(node) else raw(node), node, key)

    def _strict(self, kind: Kind[T], text: str, node: Node, key: str) -> T | Bad:
        try:
            return kind.strict(text)
        except ValueError:
            wrong = f"{key}: 「{shown(node)}」は{kind.noun}ではありません。{kind.line}"
            return self.fault(node, wrong)

    def whole_number(self, known: range, wrong: str, node: Node, key: str) -> int | Bad:
        """A whole number of a range."""
        number = self.number(node, key)
        if number is BAD:
            return BAD
        if number in known:
            return int(number)
        return self.fault(node, f"{key}: {shown(node)} は{wrong}書いてください。")

    def flag(self, node: Node, key: str) -> object:
        """True or false."""
        wrong = (
            f"{key}: 「{shown(node)}」は使えません。true(はい)か false(いいえ)と書いてください。"
        )
        word = self._one_of(("true", "false"), node, wrong)
        return word if word is BAD else word == "true"

    def grade(self, node: Node, key: str) -> object:
        """A B C M G."""
        wrong = f"{key}: 確度「{shown(node)}」はありません。{'・'.join(GRADES)} のどれかを書いてください。"
        return self._one_of(GRADES, node, wrong)

    def choice(self, known: Iterable[str], node: Node, key: str) -> object:
        """One of some words."""
        if raw(node) in known:
            return raw(node)
        near = f"{suggestion(raw(node), known)}書けるのは {'・'.join(known)} です。"
        return self.fault(node, f"{key}: 「{shown(node)}」は使えません。{near}")

    def unit(self, wanted: str, label: str, node: Node, key: str) -> object:
        """The unit that is wanted, also by the name that it had in files of before."""
        right = f"{label}の単位は「{wanted}」です。書き直してください。"
        known = wanted, wanted.replace(*RENAMED)
        found = self._one_of(known, node, f"{key}: 単位「{shown(node)}」は違います。{right}")
        return found if found is BAD else wanted

    def _one_of(self, known: Iterable[str], node: Node, wrong: str) -> str | Bad:
        return raw(node) if raw(node) in known else self.fault(node, wrong)

    # --- mappings --------------------------------------------------------------------------------
    def pairs(self, node: Node, key: str) -> list[tuple[ScalarNode, Node]]:
        """The (key, value) pairs of a mapping; one that stands twice, or is no text, is a fault."""
        if not isinstance(node, MappingNode):
            how = "「項目: 値」を字下げして並べてください。"
            self.fault(node, f"{key}: 「{shown(node)}」ではなく、{how}")
            return []
        pairs = []
        lines: dict[str, int] = {}
        for name, value in self.items(node):
            word = self.name(name, f"{key}の項目名")
            if word is BAD:
                continue
            if raw(name).startswith("\u3000"):
                how = "半角の空白で字下げしてください。"
                self.fault(name, f"{word}: 行頭に全角の空白があります。{how}")
                continue
            pairs.append((_worded(name, word), _placed(name, value)))
            if word in lines:
                twice = f"{lines[word]}行目と2度書かれています。どちらか1つにしてください。"
                self.fault(name, f"{shown(name)}: {twice}")
            lines.setdefault(word, _line(name))
        return pairs

    def mapping(
        self,
        node: Node,
        key: str,
        readers: Mapping[str, Reader],
        required: Iterable[str] = (),
        prefix: str | None = None,
    ) -> Entry | Bad:
        """What the readers found by name; BAD where anything is wrong or missing."""
        before = len(self.faults)
        if prefix is None:
            prefix = f"{key}."
        entries: dict[str, object] = {}
        for name, value in self.pairs(node, key):
            word = name.value
            if word in readers:
                entries[word] = readers[word](value, prefix + word)
            else:
                self._unknown(name, prefix, "項目", readers)
        missing = [f"{name}({WORDS[name]})" for name in required if name not in entries]
        if missing and isinstance(node, MappingNode):
            self.fault(
                node,
                f"{key}: {'・'.join(missing)} がありません。"
                "どの値にも時点・出典・確度が、数には単位も要ります。書き足してください。",
            )
        return entries if len(self.faults) == before else BAD

    def named(
        self, node: Node, what: str, known: Iterable[str] | None, entry: Reader
    ) -> dict[str, object]:
        """A mapping of known names (of any names where ``known`` is None); may be blank."""
        entries: dict[str, object] = {}
        if is_blank(node):
            return entries
        for name, value in self.pairs(node, what):
            if known is None or name.value in known:
                entries[name.value] = entry(value, name.value)
            else:
                self._unknown(name, "", what, known)
        return entries

    def _unknown(self, name: Node, prefix: str, what: str, known: Iterable[str]) -> None:
        """Note a key that is not known: what replaces it now, or what it may have meant."""
        text = self.retired.get(name.value)
        if text is None:
            near = suggestion(name.value, known)
            text = f"知らない{what}です。{near}書けるのは {'・'.join(known)} です。"
        self.fault(name, f"{prefix}{shown(name)}: {text}")
