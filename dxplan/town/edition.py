"""Whom a paper is for: what an edition leaves out, and a city without what was noted beside it.

Prices move dates and people, so a plan is made with all of them; what an edition does not tell is
never shown (`audience` of data/shelf.csv). Notes and the sources that a file names move nothing,
so the city of an edition has none.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from dxplan.facts.catalog import load_rows
from dxplan.facts.letters import suggestion
from dxplan.facts.nodes import Entry, ParamError
from dxplan.facts.params import SURENESS, Params

WORD, AUTHOR = "DXPLAN_EDITION", "DXPLAN_AUTHOR"  # variables
INTERNAL = "internal"
NOTES, MONEY = "notes", "money"  # what an edition may hide
SAID = "団体が確かめた値"  # in place of a source that a file names
WRITTEN = ".yaml"  # in `where` of what a file says
TOLD = "edition title told hides columns".split()  # of a row of data/editions.csv
SUFFIX = "版"  # of the titles
NAMELESS = {"note": "", "source": SAID}
BLANK: Entry = {"note": "", "who": "", "when": None, "why": "", "notes": MappingProxyType({})}
# what of a city holds values or entries of a file
PARTS = "values said systems common sections gates elections forms engaged wishes".split()


@dataclass(frozen=True)
class Edition:
    """A row of data/editions.csv, and who has made the paper; without a title the usual papers.

    Attributes
    ----------
    hides : kinds of content that are left out, parted by blanks.
    columns : of tables that are left out, parted by blanks.
    """

    edition: str = INTERNAL
    title: str = ""
    told: str = ""
    hides: str = ""
    columns: str = ""
    author: str = ""

    def tells(self, kind: str) -> bool:
        """Whether a kind of content is told."""
        return kind not in self.hides.split()

    def named(self, slug: str) -> str:
        """The name of a city's files: those of an edition carry its title."""
        return f"{slug}.{self.title}" if self.title else slug


def plain_slug(name: str) -> str:
    """The slug in the name of a city's files; no slug has a dot."""
    return name.partition(".")[0]


def load_edition(word: str = "") -> Edition:
    """The edition of a word of the command line; the one of DXPLAN_EDITION where none is given.

    Raises
    ------
    ParamError
        No edition has this word.
    """
    word = word or os.environ.get(WORD, "")
    author = os.environ.get(AUTHOR, "")
    if not word:
        return Edition(author=author)
    known = _editions()
    if word in known:
        return replace(known[word], author=author)
    titles = dict.fromkeys(edition.title for edition in known.values())
    words = "・".join(title.removesuffix(SUFFIX) for title in titles)
    near = suggestion(word, known)
    raise ParamError(f"「{word}」という版はありません。{near}書けるのは {words} です。")


@cache
def _editions() -> Mapping[str, Edition]:
    """Word -> its edition; the title is a word too."""
    known: dict[str, Edition] = {}
    for row in load_rows("editions"):
        told = {name: row[name] or "" for name in TOLD}
        edition = Edition(**told)
        words = [*row["words"].split(), edition.title]
        known |= dict.fromkeys(words, edition)
    return known


def for_edition(city: Any) -> Any:
    """The city as the edition of this run may know it.

    Parameters
    ----------
    city : a ``City``, whose room imports this one.

    Raises
    ------
    ParamError
        DXPLAN_EDITION names no edition.
    """
    edition = load_edition()
    author = edition.author or city.author
    edition = replace(edition, author=author)
    if edition == Edition():
        return city
    if not edition.tells(NOTES):
        city = _unnoted(city)
    return replace(city, edition=edition)


def _unnoted(city: Any) -> Any:
    parts: dict[str, Any] = dict(BLANK)
    for name in PARTS:
        parts[name] = _bare(getattr(city, name))
    if city.before:
        parts["before"] = _unnoted(city.before)
    said = city.params
    parts["params"] = Params(said.path, peers=said.peers)
    return replace(city, **parts)


def _bare(thing: Any) -> Any:
    """A value, or what is made of values, without what a file says beside the numbers."""
    if isinstance(thing, Mapping):
        entries = {key: _bare_entry(key, part) for key, part in thing.items()}
        return MappingProxyType(entries)
    if hasattr(thing, "_fields"):  # a named tuple
        parts = _bare_parts(thing, thing._fields)
        return thing._replace(**parts)
    if isinstance(thing, tuple):
        return tuple(map(_bare, thing))
    if is_dataclass(thing):
        names = [field.name for field in fields(thing)]
        parts = _bare_parts(thing, names)
        return replace(thing, **parts)  # type: ignore[type-var]  # no class stands in a city
    return thing


def _bare_parts(thing: Any, names: Iterable[str]) -> dict[str, Any]:
    parts = {name: _bare(getattr(thing, name)) for name in names}
    return parts | _blanked(thing)


def _bare_entry(key: str, part: Any) -> Any:
    """What an entry says under a key; an entry comes from a file."""
    if isinstance(part, str) and key in NAMELESS:
        return NAMELESS[key]
    return _bare(part)


def _blanked(thing: Any) -> dict[str, Any]:
    """The fields of a thing that are left blank, where it comes from a file."""
    note = getattr(thing, "note", None)
    if note is None:
        return {}
    if not hasattr(thing, "source"):
        return {"note": ""}
    if WRITTEN not in thing.where:
        return {}
    sure, _, _ = note.partition("。")
    if not sure.startswith(SURENESS):  # from there the plan reads how sure a day is
        sure = ""
    return {"note": sure, "source": SAID}
