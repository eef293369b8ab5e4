"""The sentences of the papers as `data/phrases.csv` has them, for a consultant to mend.

A row says under which fact its phrase is told, and how sure it is: 事実 is what is published or
decided, 試算 what is calculated, 仮 what is presumed, 行動 what somebody has to do. A date that is
not decided is a quarter (``when``, ``told``, ``range``).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from dxplan.facts.catalog import load_table


class Phrase(NamedTuple):
    """The condition of a phrase, how sure it is, and its text with places for words."""

    fact: str
    kind: str
    text: str


@cache
def load_phrases() -> dict[str, Phrase]:
    """Name -> phrase, in the order of `data/phrases.csv`."""
    return {name: Phrase(*cells) for name, *cells in load_table("phrases").to_numpy()}


def sentence(phrase: str, **words: object) -> str:
    """A phrase with its places filled in; a word that it has no place for is left out.

    Raises
    ------
    KeyError
        There is no such phrase, or a place of it has no word.
    """
    return load_phrases()[phrase].text.format_map(words)
