"""What lies in the folder of params files: whose a file is, and what there would be passed over."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from dxplan.facts import catalog
from dxplan.facts.catalog import Municipality
from dxplan.facts.letters import printable
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Params
from dxplan.files import place
from dxplan.town.finder import CityError, find_slug, towns_named

READABLE = re.compile(r"[\w\-]{1,60}\.yaml")
SUFFIX = re.compile(r"\.ya?ml(?:\.txt)?$|\.txt$")  # .txt: of an editor that hides what it adds
CODE = re.compile("(?<![0-9])[0-9]{6}(?![0-9])(?!--)")  # a variant is another file


def own_file(slug: str, folder: Path) -> Path | None:
    """The params file of a slug; None where there is none.

    Parameters
    ----------
    slug : stem of the file; a code may have none.
    folder : of the params files.

    Raises
    ------
    ParamError
        Files look meant for it and are not read; each is named.
    """
    path = folder / f"{slug}.yaml"
    if not folder.is_dir():
        return None
    names = tuple(sorted(os.listdir(folder)))
    missed = _missed(slug, names)
    if missed:
        how = (
            f"読むのは {path.name} という名(半角、拡張子は小文字の .yaml)の1つだけです。"
            "名前を直すか、中身を1つにまとめて、ほかは params の外に移してください。"
        )
        raise ParamError(
            f"{printable(place(folder / name))} は読まれません。{how}" for name in missed
        )
    return path if path.exists() else None


def _missed(slug: str, names: tuple[str, ...]) -> list[str]:
    """Files that look like another spelling of a slug's."""
    own = f"{slug}.yaml"
    meant = set()
    for word in _words(slug):
        meant |= _meant(names).get(word, set())
    if own in names:  # what is read under a name of its own is passed over only where it is alone
        meant = {name for name in meant if _plain(name) != name or not READABLE.fullmatch(name)}
    return sorted(meant - {own})


@cache
def _words(slug: str) -> frozenset[str]:
    """What the files of a slug may be called: a municipality's also by its names."""
    words = {_plain(slug).casefold()}
    towns = catalog.load_municipalities()
    for town in towns:
        if town.code == slug:
            words |= {slug[:5], town.pref + town.name}
            if sum(town.name == other.name for other in towns) == 1:
                words.add(town.name)
    return frozenset(words)


@lru_cache(2)
def _meant(names: tuple[str, ...]) -> Mapping[str, set[str]]:
    """Word -> the files of params/ whose names say it."""
    meant: dict[str, set[str]] = {}
    for name in names:
        plain = _plain(name).casefold()
        stem = SUFFIX.sub("", plain)
        if stem == plain or name.startswith("."):
            continue
        words = {stem}
        if ".y" in plain:  # a bare .txt with more in its name may be anything
            words |= {re.split(r"[^\w\-]", stem)[0], *CODE.findall(stem)}
        for word in words:
            meant.setdefault(word, set()).add(name)
    return meant


def _plain(text: str) -> str:
    """A name in letters of usual width."""
    return unicodedata.normalize("NFKC", text)


def base_slug(path: Path, base: str) -> str:
    """The slug on which a file rests.

    Raises
    ------
    CityError
        Nobody, or several, are meant by its base; the file is named.
    """
    try:
        return find_slug(base, path.parent)
    except CityError as error:
        raise CityError(f"{place(path)} base: {error}") from error


def owner_fault(params: Params, town: Municipality) -> str:
    """Why a file that is named after one municipality cannot rest on another; "" where it may.

    Parameters
    ----------
    params : the file.
    town : on which it rests, by its code or its base.
    """
    first = unicodedata.normalize("NFC", params.path.stem).split("--")[0]
    towns = catalog.load_municipalities()
    owners = towns_named(first) or [other for other in towns if first.startswith(other.code)]
    if not owners or town in owners:
        return ""
    said = f"base: 「{params.base}」" if params.base else f"code: 「{params.code}」"
    return (
        f"{place(params.path)} {said}は{town.pref}{town.name}({town.code})ですが、"
        f"ファイル名の {first} は{owners[0].pref}{owners[0].name}({owners[0].code})です。"
        "どちらかを直してください。"
    )
