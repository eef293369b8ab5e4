"""The text of a params file and its top node: the one door by which every command reads it.

What is too big, too deep or repeated too often is refused before YAML is asked, so that no file
occupies the machine. An entry of the top that is no YAML does not hide the others.
"""

from __future__ import annotations

import codecs
import re
import warnings
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node

from dxplan.facts.letters import composed
from dxplan.facts.nodes import ParamError, raw
from dxplan.files import place

BIGGEST = 500_000  # bytes of a file
# of what is no comment: marks between values (the whole draft has 4,000), aliases, open brackets
MARKS, ALIASES, DEEPEST = 10_000, 200, 50
ENTRIES = 100  # of the top, each of which is tried alone
MARK, ALIAS = re.compile(r"[,:\[{]|\n+"), re.compile(r"(?m)(?:^|[\s,\[{])\*[^\s,\]}*]+")
COMMENT = re.compile(r"(?m)^[ \t]*#.*\n?")
STAIRS = re.compile(rf"(?:[-?:][ \t]+){{{DEEPEST}}}")  # lists in lists on one line
ENTRY = re.compile(r"(?m)^(?=[^\s#%.\-\]}])")  # where an entry of the top begins
MARKED = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
JIS = re.compile(rb"\x1b\$[@B]")  # the escape before its kanji
ENCODINGS = {"euc_jis_2004": "EUC-JP", "cp932": "Shift_JIS(CP932)"}
SAVE = "メモ帳なら「名前を付けて保存」の「エンコード」で「UTF-8」を選び、保存し直してください。"
QUOTED = "引用符で囲んでください。"
SIGN = f'% や @ などの記号で始まる文字は、"%" のように{QUOTED}'
CUT = (
    "2つ目の文書が始まっています。1つのファイルには1つの文書だけを書き、"
    "--- や ... の行を消してください。"
)
HASH = f"「#」から後は説明とみなされます。文字の一部なら、全体を{QUOTED}"
COLON = "コロンが全角です。半角の「: 」に直してください。"
COLON_IN = f"文字の途中に「: 」があります。その文字の全体を{QUOTED}"
ORDER = "% で始まる行は、YAMLへの指示です。その行を消してください。"
NAMED = f"* の指す名が、& で付けられていません。* で始まる文字なら、{QUOTED}"
# what YAML says of it, and what stands in the line and the one above -> what is wrong
CAUSES = {
    ("", r"\s*\u3000"): "行頭に全角の空白があります。半角の空白で字下げしてください。",
    (r"'\\t' that cannot start", ""): "字下げにタブがあります。半角の空白に直してください。",
    ("that cannot start", ""): SIGN,
    ("incompatible|document start|directive", ""): ORDER,
    ("another document|document separator", ""): CUT,
    ("undefined alias", ""): NAMED,
    ("an alias|an anchor", ""): f"* や & で始まる文字は、{QUOTED}",
    ("tag", ""): f"! で始まる文字は、{QUOTED}",
    ("escape|hexdecimal", ""): '"…" の中の \\ は、\\\\ と2つ重ねてください。',
    ("quoted scalar", ""): "引用符が閉じていません。文字の終わりにも書いてください。",
    ("expected ','", ""): "かっこが閉じていないか、カンマが抜けています。確かめてください。",
    (r"found '[}\]]'", ""): "余分な閉じかっこがあります。消してください。",
    ("block scalar", ""): "| や > の後には書けません。次の行から字下げして書いてください。",
    ("mapping values|expected ':'", r"[^:\n]*："): COLON,
    ("mapping values", ".*: .*: "): COLON_IN,
    ("expected ':'", r"[^:\n]*:\S"): "コロンの後に空白がありません。「項目: 値」と書いてください。",
    ("expected ':'|'<scalar>'", r".* #|.*\n.* #"): HASH,
    ("expected ':'", ""): "「項目: 値」の形ではありません。前の行の続きなら、字下げしてください。",
    ("'<scalar>'", ""): f"引用符やかっこの後に文字があります。全体を{QUOTED}",
    ("are not allowed", ".*: [-?] "): f"- や ? で始まる文字は、{QUOTED}",
    ("are not allowed|block end", ""): "字下げが前後の行とそろっていません。そろえてください。",
}
UNKNOWN = "字下げ・コロンの後の空白・引用符の閉じを確かめてください。"
STARTS = ("quoted scalar", "flow", "simple key")  # told where they begin, not where they fail

Torn = tuple[int, str]  # line, sentence


def load_text(path: Path) -> str:
    """The text of a params file, whatever its line ends.

    Raises
    ------
    ParamError : the file is missing, too big, or not UTF-8 (then with the encoding found).
    """
    where = place(path)
    try:
        if path.exists() and not path.is_file():  # a pipe would never end
            raise ParamError(f"{where} はファイルではありません。名前を確かめてください。")
        with path.open("rb") as file:
            data = file.read(BIGGEST + 1)
    except FileNotFoundError as error:
        raise ParamError(f"{where} がありません。名前を確かめてください。") from error
    except OSError as error:
        how = "読み取りの権限を確かめ、UTF-8のテキストで保存してください。"
        raise ParamError(f"{where} を読めません。{how}") from error
    if len(data) > BIGGEST:
        how = "paramsのファイルかを確かめ、要らない行を消してください。"
        raise ParamError(f"{where} が大きすぎます。{BIGGEST:,}バイトまでです。{how}")
    return re.sub("\r\n?", "\n", _decoded(data, path))


def _decoded(data: bytes, path: Path) -> str:
    line = 1
    try:
        text = data.decode()
        if not (data.isascii() and JIS.search(data)):
            return text
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
    wrong = f" {line}行目 UTF-8として読めない文字があります。"
    found = _encoding(data)
    if found:
        wrong = f" の文字コードが UTF-8 ではなく {found} です。"
    raise ParamError(f"{place(path)}{wrong}{SAVE}")


def _encoding(data: bytes) -> str:
    """The encoding of what is not UTF-8; "" where none fits, or few letters of UTF-8 are spoilt."""
    if data.startswith(MARKED):
        return "UTF-16"
    if data.isascii():
        return "JIS(ISO-2022-JP)"
    read = re.sub("[\0-\x7f]", "", data.decode(errors="replace"))
    if 3 * read.count("\ufffd") < len(read):
        return ""
    for codec, name in ENCODINGS.items():
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return ""


def load_node(path: Path, text: str | None = None, torn: list[Torn] | None = None) -> Node:
    """The top node of a YAML file.

    Parameters
    ----------
    path : the file.
    text : what it would say; read from the file where None.
    torn : takes the faults of the entries that are no YAML, and the others are the node's; None:
        such a fault is raised.

    Raises
    ------
    ParamError : the file cannot be read, is empty, or nothing of it is YAML; Japanese, with the
        line where it is known.
    """
    if text is None:
        text = load_text(path)
    text = composed(text).removeprefix("\ufeff")
    wrong = _excess(text)
    if wrong:
        raise ParamError(f"{place(path)} {wrong}")
    faults: list[Torn] = []
    node = _compose(text, faults) or _compose_rest(text, faults)
    told = [(line, _told(path, line, cause)) for line, cause in faults]
    if told and (torn is None or node is None):
        raise ParamError(sentence for _, sentence in told)
    if node is None:
        raise ParamError(f'{place(path)} は空です。code: "122033" から書き始めてください。')
    if torn is not None:
        torn += told
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
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if raw(name) == key:
                return raw(value)
    return ""


# --- what is refused before it is read ------------------------------------------------------------
def _excess(text: str) -> str:
    """What a text has too much of; "" where it may be read."""
    bare = COMMENT.sub("", text)
    aliases = len(ALIAS.findall(bare))
    if aliases > ALIASES:
        return (
            f"* による使い回しが{aliases:,}か所あります。{ALIASES}か所までです。"
            "年度ごとの値は、それぞれに value と from を書いて並べてください。"
        )
    if STAIRS.search(bare) or _depth(bare) > DEEPEST:
        return (
            f"入れ子が深すぎるので読めません。{DEEPEST}段までです。余分なかっこを消してください。"
        )
    marks = len(MARK.findall(bare))
    if marks > MARKS:
        return f"項目が多すぎます({marks:,}個)。{MARKS:,}個までです。要らない項目を消してください。"
    return ""


def _depth(text: str) -> int:
    """How many brackets are open at once."""
    depth = deepest = 0
    for found in re.finditer(r"[\[\]{}]", text):
        depth = max(depth + (1 if found[0] in "[{" else -1), 0)
        deepest = max(deepest, depth)
    return deepest


# --- YAML, and what is wrong with it --------------------------------------------------------------
def _compose(text: str, faults: list[Torn], above: int = 0) -> Node | None:
    """The top node; None where there is none, or a fault, which is noted.

    Parameters
    ----------
    text : of a file, or of an entry of it.
    faults : takes what is wrong.
    above : lines above the text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an anchor used twice is only a warning there
            # comments need not be gathered
            node: Node | None = YAML(typ="safe", pure=True).compose(text)
            return node
    except MarkedYAMLError as error:
        line, cause = _cause(error, text)
    except YAMLError as error:  # of a letter that YAML forbids
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        cause = "使えない文字(制御文字など)があります。除いてください。"
    except RecursionError:
        line, cause = 0, "入れ子が深すぎます。字下げとかっこを減らしてください。"
    except (ValueError, OverflowError):
        line, cause = 0, "\\ で始まる特殊文字を読めません。除いてください。"
    except Warning as warning:
        line = int(re.findall(r"line (\d+)", str(warning))[-1])
        cause = "& で付けた名が重なっています。違う名にしてください。"
    faults.append((line + above if line else 0, cause))
    return None


def _compose_rest(text: str, faults: list[Torn]) -> Node | None:
    """What is left without the entries that are no YAML; their faults replace that of the whole."""
    entries = ENTRY.split(text)
    if not faults or text.lstrip()[:1] in ("{", "[") or len(entries) > ENTRIES:
        return None
    torn: list[Torn] = []
    kept, above = "", 0
    for entry in entries:
        lines = entry.count("\n")
        own = _entry_faults(entry, above)
        torn += own
        kept += "\n" * lines if own else entry
        above += lines
    if not torn:
        return None
    faults[:] = torn
    return _compose(kept, faults)


def _entry_faults(entry: str, above: int) -> list[Torn]:
    """What is wrong with one entry of the top, below so many lines."""
    faults: list[Torn] = []
    node = _compose(entry, faults, above)
    if node and not isinstance(node, MappingNode):
        faults.append((above + 1, _sentence("expected ':'", entry)))
    if faults and faults[0][1] == NAMED:  # the name may stand in another entry
        return []
    return faults


def _cause(error: MarkedYAMLError, text: str) -> Torn:
    """The line of a fault, and its own sentence."""
    context, mark = error.context or "", error.problem_mark
    if any(word in context for word in STARTS):
        mark = error.context_mark
    lines = ["", *text.split("\n")]
    row = min(mark.line + 1, len(lines) - 1)
    seen = f"{lines[row]}\n{lines[row - 1]}"
    return row, _sentence(f"{context} {error.problem}", seen)


def _sentence(problem: str, lines: str) -> str:
    for (said, seen), cause in CAUSES.items():
        if re.search(said, problem) and re.match(seen, lines):
            return cause
    return UNKNOWN


def _told(path: Path, line: int, cause: str) -> str:
    where = f" {line}行目" if line else ""
    return f"{place(path)}{where} YAMLとして読めません。{cause}"
