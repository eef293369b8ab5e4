"""A cell of a hearing as a value: as an office writes it, or as a spreadsheet has changed it.

Numbers and days are read as they are typed at the table (``facts.kinds``). A spreadsheet makes 0.4
of 40% and a number of a day; what may mean two things is refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum

from dxplan.bring.cells import Cell as Content
from dxplan.bring.cells import cell_text
from dxplan.facts.entry import value_of
from dxplan.facts.kinds import KINDS, plain, serial_day
from dxplan.facts.letters import LONGEST_NAME, LONGEST_TEXT, letter_fault, neat, shortened
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Spec, within
from dxplan.hearing.answers import Spoken
from dxplan.hearing.asked import FLAGS, LISTS, Blank, allowed_text
from dxplan.town.variant import Said


class Word(Enum):
    """What an answer is that is no value."""

    EMPTY = 0
    UNKNOWN = 1
    NONE = 2
    SAME = 3
    ABOVE = 4


WORDS = {
    "不明": Word.UNKNOWN,
    "未定": Word.UNKNOWN,
    "わからない": Word.UNKNOWN,
    "分からない": Word.UNKNOWN,
    "確認中": Word.UNKNOWN,
    "調査中": Word.UNKNOWN,
    "なし": Word.NONE,
    "無し": Word.NONE,
    "無": Word.NONE,
    "該当なし": Word.NONE,
    "同左": Word.SAME,
    "左に同じ": Word.SAME,
    "同上": Word.ABOVE,
    "〃": Word.ABOVE,
}
DASHES = frozenset("-‐‑–—―ー−－")  # a cell that holds nothing else says nothing
SENTENCES = ("depends", "function", "instead", "what")  # longer than a name
OPTIONAL = ("values", "lots", *LISTS)  # parts where there may be none of what is asked
SHORT = 40
PART = re.compile(r"0?\.[0-9]+")


def word_of(content: Content) -> Word | None:
    """What a cell says in a word; None where it holds a value."""
    text = plain(cell_text(content))
    if not text or set(text) <= DASHES:
        return Word.EMPTY
    return WORDS.get(text)


def said_of(content: Content, blank: Blank) -> Spoken:
    """The value of a cell that holds one.

    Raises
    ------
    ParamError : it cannot be read, or lies outside the range; what was found and what is allowed.
    """
    word = word_of(content)
    if word is Word.SAME:
        return _same(blank)
    if word is Word.NONE:
        return _none(blank)
    if word is Word.ABOVE:
        raise ParamError("「同上」は使えません。行を並べ替えても分かるように、値を書いてください。")
    said = value_in(content, blank.spec)
    return FLAGS[said] if blank.place.name == "contracted" and isinstance(said, str) else said


def _same(blank: Blank) -> Spoken:
    if blank.now is None:
        raise ParamError("「同左」と書かれていますが、今の前提がありません。値を書いてください。")
    return blank.now


def _none(blank: Blank) -> Spoken:
    """なし is zero of what is counted from zero, and nothing of what need not be."""
    spec, place = blank.spec, blank.place
    if spec.kind == "number" and float(spec.minimum) == 0:
        return 0.0
    if (
        place.name in ("live_since", "live")
        or place.part in OPTIONAL
        and (place.part != "values" or blank.now is None)
    ):
        return None
    raise ParamError(f"「なし」は、{spec.label}には使えません。{allowed_text(spec)}")


def value_in(content: Content, spec: Spec) -> Said:
    """The value of a cell by its declaration; see ``said_of``.

    Raises
    ------
    ParamError : as there.
    """
    if spec.kind == "text":
        longest = LONGEST_TEXT if spec.name in SENTENCES else LONGEST_NAME
        text = neat(cell_text(content))
        wrong = letter_fault(text, longest)
        if wrong:
            raise ParamError(f"「{shortened(text, SHORT)}」は{spec.label}として使えません。{wrong}")
        return text
    text = _text(content, spec)
    if spec.kind == "day":
        try:
            day: str = KINDS["day"].lenient(text)
        except ValueError as fault:
            raise ParamError(f"「{shortened(text, SHORT)}」{fault}") from None
        return day
    return _percent(text, spec) or value_of(text, spec)


def _text(content: Content, spec: Spec) -> str:
    """A cell as if it were typed: a number in full, a day that is kept as a number as a day."""
    if isinstance(content, float) and not isinstance(content, bool):
        day = serial_day(content) if spec.kind in ("date", "day") else None
        return str(day) if day else format(Decimal(repr(content)), "f").removesuffix(".0")
    return cell_text(content)


def _percent(text: str, spec: Spec) -> float | None:
    """A share that a spreadsheet has kept as a part of one; None where it is read as it stands.

    Raises
    ------
    ParamError : 0.4 may be 40% as well as 0.4%.
    """
    if not spec.unit.startswith("%") or not PART.fullmatch(text):
        return None
    share = float(Decimal(text) * 100)
    if not share or not within(spec, share):
        return None
    if within(spec, float(text)):
        how = f"{share:g}%なら {share:g}、{text}%なら「{text}%」と文字で書いてください。"
        raise ParamError(f"「{text}」は、{share:g}%と{text}%のどちらか分かりません。{how}")
    return share
