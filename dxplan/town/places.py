"""What differs by place and kind of municipality: forms of people that apply, names of offices.

Whether a form applies is read from `data/form_places.csv`, whose last row that fits holds, and whom
the municipality has already from the indicators of `data/municipalities.csv`: nobody is advised to
hire them again. Offices bear the names of `data/offices.csv` until a params file gives its own.
All of it is presumed, and a params file can say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Municipality, Row
from dxplan.facts.params import Value
from dxplan.town.defaults import DEFAULT, ELIGIBLE, FILLED, Form, load_forms

HELD = {"CIO補佐官": "dx_cio_assistant"}  # a form of which an indicator says who has one
GENERAL = "総務課"
THREE = ("財政課", "人事課", "契約・法制の担当課")  # what one office does in a small town hall
HEAD = "長"  # of an office


# --- forms ----------------------------------------------------------------------------------------
def placed_forms(facts: Municipality) -> tuple[Form, ...]:
    """The forms under their names in a municipality, each with whether it applies there."""
    called = load_offices(facts)
    forms = []
    for form in load_forms():
        *_, row = [row for row in _places() if row["form"] == form.name and _fits(row, facts)]
        values = MappingProxyType({**form.values, ELIGIBLE: (_eligible(form, row, facts),)})
        name = called.get(form.name, form.name)
        forms.append(replace(form, name=name, steps=row["steps"], values=values))
    return tuple(forms)


@cache
def form_names() -> Mapping[str, str]:
    """Every name of a form -> the one that the tables have: 都の共同活用 is 県の共同活用."""
    names = {form.name: form.name for form in load_forms()}
    for row in _offices():
        if row["word"] in names:
            names[row["name"]] = row["word"]
    return MappingProxyType(names)


def _eligible(form: Form, row: Row, facts: Municipality) -> Value:
    """Whether a form applies; the indicators say who has somebody already."""
    word, note = row["eligible"], f"{row['reason']}。{row['note']}"
    origin = row
    column = HELD.get(form.name)
    if column and getattr(facts, column):
        fact = catalog.load_column("municipalities", column)
        origin = vars(fact)
        day = months.day_words(fact.as_of)
        word, note = FILLED, f"{day}の公表では、すでに任用している(いまも続くかは要確認)"
    source, grade = origin["source"], origin["grade"]
    return Value(
        ELIGIBLE, word, row["unit"], str(origin["as_of"]), source, grade, None, DEFAULT, note
    )


def _fits(row: Row, facts: Municipality) -> bool:
    """Whether a row of a place holds for a municipality; a blank cell holds for all."""
    prefs, classes = row["prefs"], row["classes"]
    here = not prefs or facts.pref in prefs.split(";")
    return here and (not classes or facts.class_ in classes.split(";"))


@cache
def _places() -> list[Row]:
    return catalog.load_rows("form_places")


# --- offices --------------------------------------------------------------------------------------
def load_offices(facts: Municipality) -> Mapping[str, str]:
    """The words for offices, posts and forms that are others in a municipality."""
    kind = "町村" if facts.type in ("町", "村") else facts.type
    names = {}
    for row in _offices():
        here = not row["prefs"] or facts.pref in row["prefs"].split(";")
        if here and row["organisation"] in ("", kind):
            names[row["word"]] = row["name"]
    return MappingProxyType(names)


@cache
def office_words() -> tuple[str, ...]:
    """The offices that a params file may call by their own names; a head is called after it."""
    words = dict.fromkeys([row["word"] for row in _offices()] + [GENERAL])
    return tuple(word for word in words if not (word in form_names() or word.endswith(HEAD)))


def own_offices(names: Mapping[str, str], said: Mapping[str, str]) -> Mapping[str, str]:
    """Names of offices over others; the head of an office is called after it."""
    own = dict(names)
    for word, name in said.items():
        own |= {word: name, word + HEAD: name + HEAD}
    return MappingProxyType(own)


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A text with other words for offices; what stands twice in a list by it stands once."""
    if not names:
        return text
    text = re.sub(_either(names), lambda found: names[found[0]], text)
    return re.sub(rf"({_either(names.values())})(?:[・、]\1)+(?!{HEAD})", r"\1", text)


def _either(words: Iterable[str]) -> str:
    """A pattern of some words, longer ones first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def _offices() -> list[Row]:
    return catalog.load_rows("offices")
