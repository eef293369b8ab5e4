"""Which business, work item or section of the house a foreign word names.

Source: the alias rows of ``data/aliases.csv``; a word names something only if nothing else fits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from dxplan.facts import catalog

# what parts words and means nothing
MARKS = re.compile(r"[\s・･,、。.:;/_\-‐―—~〜*※#◆◇■□●○▼▽▲△★☆「」『』【】\[\]()<>{}'\"|→⇒]+")
# a section: not its head (課長), its staff (課員) or what is only counted with it
SECTION = re.compile(r"[^\s,、/・()()]{1,14}?課(?![長員代付主内])")
OFFICES = ("委員会事務局", "議会事務局", "出納室", "推進室", "対策室", "管理室", "センター", "支所")
LEADING = re.compile(r"^[^\s,、/・]*[部局](?=[^\s,、/・]+課)")
SUMS = re.compile(
    r"(?:.*(?:小計|合計|総計|累計)|計|.*(?:部|課|局|県|都|道|府|郡|市|町|村|区|係|所)計)(?:\(.*\))?"
)


def squashed(text: object) -> str:
    """The letters of a text by which words are compared: NFKC, lower case, no blanks or marks."""
    return MARKS.sub("", unicodedata.normalize("NFKC", str(text)).lower())


def businesses_in(text: str, system: bool = False) -> tuple[str, ...]:
    """The businesses that a text names, in the order of their numbers; none twice.

    Parameters
    ----------
    text : a cell that names a system, or a task's name.
    system : whether it can name systems only: then short words (介護) count as a whole cell, or as
        one of a list (住基、介護). Elsewhere 個人・法人 is no system.
    """
    named = _named("business", text)
    if system:
        parts = re.split(r"[、,/・()\s]|および|及び", unicodedata.normalize("NFKC", text))
        whole = _whole("business")
        named.update(whole[word] for word in map(squashed, (text, *parts)) if word in whole)
    return tuple(sorted(named, key=_order().index))


def items_in(text: str) -> tuple[str, ...]:
    """The work items, by their keys of ``data/work_items.csv``, that a task's name names."""
    whole = _whole("item").get(squashed(text))
    named = _named("item", text) or ({whole} if whole else set())
    return tuple(sorted(named, key=float))


def leftover(text: str) -> str:
    """What a task's name says beside systems, work items and words that add nothing."""
    left = squashed(text)
    for kind in ("business", "item", "slight"):
        for word, _ in _parts(kind):
            left = left.replace(word, "")
        for word in _whole(kind):
            left = "" if left == word else left
    return left


def is_live(text: str) -> bool:
    """Whether a task's name speaks of going live, and not of the night before."""
    return any(word in squashed(text) for word, _ in _parts("live"))


def is_gone(text: str) -> bool:
    """Whether a row's state says that it will not be (中止, 延期)."""
    return any(word in squashed(text) for word, _ in _parts("gone"))


def section_in(text: str, known: Iterable[str] = ()) -> str:
    """The section that a cell names, without any person; "" where it names none, or several.

    Parameters
    ----------
    text : a cell such as 税務課 山田, 市民部市民課.
    known : names of sections of the municipality.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in known:
        return plain
    found = {LEADING.sub("", word) for word in SECTION.findall(plain)}
    if not found:
        found = {word for word in re.split(r"[\s,、/]+", plain) if word.endswith(OFFICES)}
    return found.pop() if len(found) == 1 else ""


def is_sum(text: str) -> bool:
    """Whether a cell heads a row that sums others (小計, 合計, 部計, 県計)."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return bool(SUMS.fullmatch(plain))


@cache
def _parts(kind: str) -> tuple[tuple[str, str], ...]:
    """(word, key) of what may stand within a text, the longest first; "" is nothing of ours."""
    pairs = []
    for row in catalog.load_rows("aliases"):
        if row["kind"] == kind:
            pairs += [(squashed(word), row["key"]) for word in row["words"].split()]
    return tuple(sorted(pairs, key=_length, reverse=True))


@cache
def _order() -> list[str]:
    """The businesses in the order of their numbers."""
    rows = catalog.load_rows("aliases")
    return [row["key"] for row in rows if row["kind"] == "business"]


def _length(pair: tuple[str, str]) -> int:
    return len(pair[0])


@cache
def _whole(kind: str) -> dict[str, str]:
    """Word that is a whole cell -> key."""
    found = {}
    for row in catalog.load_rows("aliases"):
        if row["kind"] == kind:
            for word in row["whole"].split():
                found[squashed(word)] = row["key"]
    return found


def _named(kind: str, text: str) -> set[str]:
    """The keys whose words stand in a text; a longer word hides the shorter ones within it."""
    left, named = squashed(text), set()
    for word, key in _parts(kind):
        if word in left:
            left = left.replace(word, "\n")
            named.add(key)
    return named - {""}
