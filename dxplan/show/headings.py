"""The headings of all tables and the words in them, as `data/headings.csv` and `labels.csv` say.

Columns and values are named in English everywhere else; how each form is written is decided in
``labels``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from dxplan.facts.catalog import load_table
from dxplan.facts.columns import CatalogError
from dxplan.facts.letters import nearest


class Heading(NamedTuple):
    """What a reader sees of a column.

    Attributes
    ----------
    label, unit : the unit may be empty.
    kind : how the values are written, one of ``labels.FORMATS``.
    words : the group whose words the values are; empty where they are no keys of a group.
    """

    label: str
    unit: str
    kind: str
    words: str


@cache
def load_words() -> dict[str, dict[str, str]]:
    """Group -> key -> Japanese word, in the order of `data/labels.csv`."""
    groups: dict[str, dict[str, str]] = {}
    for group, key, word in load_table("labels").to_numpy():
        groups.setdefault(group, {})[key] = word
    return groups


@cache
def load_headings() -> dict[str, Heading]:
    """Column -> heading, in the order of `data/headings.csv`.

    Raises
    ------
    CatalogError : a heading has neither a label nor a word of `data/labels.csv`, or names a group
        that is not there.
    """
    rows = load_table("headings").to_numpy()
    return {column: _heading(column, *cells) for column, *cells in rows}


def _heading(column: str, label: str, unit: str, kind: str, words: str) -> Heading:
    """The heading of a row; where its label is blank, `words` points to it: owner.mayor."""
    group, _, key = words.partition(".")
    known = load_words()
    if label and words in ("", *known):
        return Heading(label, unit, kind, words)
    if not label and key in known.get(group, {}):
        return Heading(known[group][key], unit, kind, "")
    near = f"近い組は「{nearest(group, known)}」です。"
    how = f"{near}見出しがあれば組(owner)を、なければ組と語(owner.mayor)を書いてください。"
    raise CatalogError(
        f"data/headings.csv の {column} の行 列 words: 「{words}」は使えません。{how}"
    )
