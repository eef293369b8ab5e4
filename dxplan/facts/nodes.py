"""The nodes of one YAML file, read strictly: single values, mappings, and every fault at once.

Nodes, not loaded values, because only nodes know their line, keep keys that are written twice, and still
show a code the way it was typed. A fault is a Japanese sentence: file, line, what was found, what is allowed,
what to do.
"""

import difflib
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dxplan.facts.letters import LONGEST_NAME, LONGEST_TEXT, composed, letter_fault, neat

GRADES = ("A", "B", "C", "M", "G")
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
}


class ParamError(ValueError):
    """A file that a consultant wrote is wrong. ``faults``: one Japanese sentence each."""

    def __init__(self, faults: list[str] | tuple[str, ...] | str):
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        super().__init__("\n".join(self.faults))


BAD = object()  # a value whose fault has already been said
Reader = Callable[[Node, str], object]


def nearest(word: str, known: Iterable[str]) -> str:
    """「もしかして…」 with the closest known name, or an empty text."""
    found = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.5)
    return f"もしかして「{found[0]}」ですか。" if found else ""


def raw(node: Node) -> str:
    """The text of a scalar as typed; empty for anything else."""
    return node.value if isinstance(node, ScalarNode) else ""


def shown(node: Node) -> str:
    """What was found, short and printable, for a message."""
    if not isinstance(node, ScalarNode):
        return "[…]" if isinstance(node, SequenceNode) else "{…}"
    text = "".join(c if c.isprintable() else "?" for c in node.value)
    return text if len(text) <= 40 else text[:40] + "…"


def _is_plain(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None


def is_blank(node: Node) -> bool:
    """Whether nothing, or null, stands there."""
    return _is_plain(node) and node.value in ("", "~", "null", "Null", "NULL")


def _placed(name: Node, value: Node) -> Node:
    """A blank value stands on the line of its key; YAML puts it at the next word."""
    return ScalarNode(value.tag, "", name.start_mark) if is_blank(value) else value


def _worded(name: ScalarNode, word: str) -> ScalarNode:
    """A key as it is kept, where it stood."""
    return ScalarNode(name.tag, word, name.start_mark, name.end_mark, style=name.style)


class NodeReader:
    """Reads the nodes of one file and collects every fault; what is faulty is BAD.

    Attributes
    ----------
    path : the file.
    retired : a key that files of before may hold -> the sentence that names what replaces it.
    faults : (line, sentence) in the order of reading.
    """

    def __init__(self, path: Path, retired: Mapping[str, str] = MappingProxyType({})):
        self.path, self.retired = path, retired
        self.faults: list[tuple[int, str]] = []

    def fault(self, node: Node, text: str):
        """Note a fault of a node."""
        line = node.start_mark.line + 1
        self.faults.append((line, f"{place(self.path)} {line}行目 {text}"))
        return BAD

    def where(self, node: Node) -> str:
        """File and line of a node, as provenance."""
        return f"{self.path.name} {node.start_mark.line + 1}行目"

    # --- single values ---------------------------------------------------------------------------
    def text(self, node: Node, key: str, longest: int = LONGEST_TEXT):
        """A text that is not empty, of letters that may be (``letters``)."""
        text = "" if is_blank(node) else neat(raw(node))
        fault = letter_fault(text, longest)
        return self.fault(node, f"{key}: {fault}") if fault else text

    def name(self, node: Node, key: str):
        """A name: a short text in one line."""
        return self.text(node, key, LONGEST_NAME)

    def code(self, node: Node, key: str):
        """Six digits in quotes."""
        if _is_plain(node) and re.fullmatch("[0-9]{1,6}", node.value):
            example = node.value if len(node.value) == 6 else "122033"
            return self.fault(
                node,
                f"{key}: {node.value} に引用符がありません。引用符がないと数として読まれ、先頭の0が失われます。"
                f'{key}: "{example}" のように、検査数字までの6桁を引用符で囲んでください。',
            )
        if not re.fullmatch("[0-9]{6}", raw(node)):
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は6桁の自治体コードではありません。"
                f'{key}: "122033" のように、検査数字までの6桁を半角で書き、引用符で囲んでください。',
            )
        return node.value

    def day(self, node: Node, key: str):
        """A date, YYYY-MM-DD."""
        try:
            if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", raw(node)):
                raise ValueError
            return date.fromisoformat(node.value)
        except ValueError:
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は日付ではありません。"
                "2026-11-23 の形で、暦にある日を半角で書いてください。",
            )

    def day_in(self, first: date, last: date, node: Node, key: str):
        """A date of a range."""
        found = self.day(node, key)
        if found is BAD or first <= found <= last:
            return found
        return self.fault(
            node, f"{key}: {found} は使えません。{first}〜{last} の日を書いてください。"
        )

    def month_day(self, node: Node, key: str):
        """A day of every year, MM-DD."""
        try:
            if not re.fullmatch("[0-9]{2}-[0-9]{2}", raw(node)):
                raise ValueError
            date.fromisoformat(
                f"2027-{node.value}"
            )  # not a leap year: 29 February is not in every year
            return node.value
        except ValueError:
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は毎年ある月日ではありません。10-31 の形で、半角で書いてください。",
            )

    def number(self, node: Node, key: str):
        """A plain number."""
        if _is_plain(node) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", node.value):
            return float(node.value)
        return self.fault(
            node,
            f"{key}: 「{shown(node)}」は数ではありません。"
            "半角の数字だけを、単位・桁区切り・引用符を付けずに書いてください。",
        )

    def whole_number(self, least: int, most: int, label: str, node: Node, key: str):
        """A whole number of a range."""
        found = self.number(node, key)
        if found is BAD or (least <= found <= most and found == int(found)):
            return found if found is BAD else int(found)
        return self.fault(
            node,
            f"{key}: {shown(node)} は使えません。{label}を、{least}〜{most}の整数で書いてください。",
        )

    def flag(self, node: Node, key: str):
        """True or false."""
        if raw(node) not in ("true", "false"):
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は使えません。true(はい)か false(いいえ)と書いてください。",
            )
        return node.value == "true"

    def grade(self, node: Node, key: str):
        """A B C M G."""
        if raw(node) not in GRADES:
            return self.fault(
                node,
                f"{key}: 確度「{shown(node)}」はありません。{'・'.join(GRADES)} のどれかを書いてください。",
            )
        return node.value

    def choice(self, known: Iterable[str], node: Node, key: str):
        """One of some words."""
        if raw(node) not in known:
            return self.fault(
                node,
                f"{key}: 「{shown(node)}」は使えません。{nearest(raw(node), known)}"
                f"書けるのは {'・'.join(known)} です。",
            )
        return node.value

    def unit(self, wanted: str, label: str, node: Node, key: str):
        """The unit that is wanted."""
        if raw(node) != wanted:
            return self.fault(
                node,
                f"{key}: 単位「{shown(node)}」は違います。{label}の単位は「{wanted}」です。書き直してください。",
            )
        return wanted

    # --- mappings --------------------------------------------------------------------------------
    def pairs(self, node: Node, key: str) -> list[tuple[ScalarNode, Node]]:
        """The (key, value) pairs of a mapping; a key that stands twice, or is not a text, is a fault."""
        if not isinstance(node, MappingNode):
            self.fault(
                node, f"{key}: 「{shown(node)}」ではなく、「項目: 値」を字下げして並べてください。"
            )
            return []
        seen: dict[str, int] = {}
        kept = [
            (_worded(name, word), _placed(name, value))
            for name, value in node.value
            if (word := self.name(name, f"{key}の項目名")) is not BAD
        ]
        for name, _ in kept:
            if name.value in seen:
                self.fault(
                    name,
                    f"{shown(name)}: {seen[name.value]}行目と2度書かれています。どちらか1つにしてください。",
                )
            seen.setdefault(name.value, name.start_mark.line + 1)
        return kept

    def mapping(
        self,
        node: Node,
        key: str,
        readers: Mapping[str, Reader],
        required: Iterable[str] = (),
        prefix: str | None = None,
    ):
        """What the readers found by name; BAD where anything is wrong or missing."""
        prefix, before = f"{key}." if prefix is None else prefix, len(self.faults)
        found: dict[str, object] = {}
        for name, value in self.pairs(node, key):
            if name.value in readers:
                found[name.value] = readers[name.value](value, prefix + name.value)
            elif name.value in self.retired:
                self.fault(name, f"{prefix}{shown(name)}: {self.retired[name.value]}")
            else:
                self.fault(
                    name,
                    f"{prefix}{shown(name)}: 知らない項目です。{nearest(name.value, readers)}"
                    f"書けるのは {'・'.join(readers)} です。",
                )
        missing = [f"{name}({WORDS[name]})" for name in required if name not in found]
        if missing and isinstance(node, MappingNode):
            self.fault(
                node,
                f"{key}: {'・'.join(missing)} がありません。"
                "どの値にも時点・出典・確度が、数には単位も要ります。書き足してください。",
            )
        return found if len(self.faults) == before else BAD

    def named(self, node: Node, what: str, known, entry: Reader):
        """A mapping whose keys must be known names (any names where ``known`` is None); may be blank."""
        found = {}
        for name, value in [] if is_blank(node) else self.pairs(node, what):
            if known is not None and name.value in self.retired and name.value not in known:
                self.fault(name, f"{shown(name)}: {self.retired[name.value]}")
            elif known is not None and name.value not in known:
                self.fault(
                    name,
                    f"{shown(name)}: 知らない{what}です。{nearest(name.value, known)}"
                    f"書けるのは {'・'.join(known)} です。",
                )
            else:
                found[name.value] = entry(value, name.value)
        return found


def place(path: Path) -> str:
    """The file as a person names it, without the folders of this machine."""
    return f"{path.parent.name}/{path.name}"


def load_node(path: Path, text: str | None = None) -> Node:
    """The top node of a YAML file.

    Parameters
    ----------
    path : the file.
    text : what it would say; read from the file where None.

    Raises
    ------
    ParamError : the file is missing, empty, not UTF-8 or not YAML; Japanese, with the line where it is known.
    """
    try:
        text = composed(path.read_text(encoding="utf-8-sig") if text is None else text)
    except FileNotFoundError as error:
        raise ParamError(f"{place(path)} がありません。名前を確かめてください。") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ParamError(
            f"{place(path)} を読めません。UTF-8のテキストで保存し、読み取りの権限を確かめてください。"
        ) from error
    node = _compose(text, path)
    if node is None:
        raise ParamError(f'{place(path)} は空です。code: "122033" から書き始めてください。')
    return node


def load_word(path: Path, key: str) -> str:
    """What stands behind a key at the top of a YAML file; "" where the key is not there.

    Parameters
    ----------
    path : the file.
    key : such as base.

    Raises
    ------
    ParamError : as of ``load_node``.
    """
    node = load_node(path)
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((raw(value) for name, value in pairs if raw(name) == key), "")


def _compose(text: str, path: Path) -> Node | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an anchor used twice is only a warning there
            return YAML(typ="safe", pure=True).compose(text)  # comments need not be gathered
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" {mark.line + 1}行目" if mark else ""
        raise ParamError(
            f"{place(path)}{line} YAMLとして読めません。字下げ・コロンの後の空白・引用符の閉じを確かめてください。"
            '記号(% など)で始まる文字は "%" のように引用符で囲みます。'
        ) from error
    except YAMLError as error:
        line = (
            f" {text.count(chr(10), 0, error.position) + 1}行目"
            if hasattr(error, "position")
            else ""
        )
        raise ParamError(
            f"{place(path)}{line} YAMLとして読めません。使えない文字(制御文字など)を除いてください。"
        ) from error
    except (RecursionError, ValueError, OverflowError, Warning) as error:
        raise ParamError(
            f"{place(path)} YAMLとして読めません。深すぎる入れ子、\\ で始まる特殊文字、重なる & の名を除いてください。"
        ) from error
