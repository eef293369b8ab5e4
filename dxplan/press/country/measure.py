"""The machine values of a headline: what they must look like, and the cells that they order.

A notebook gives them beside its words, under the key `measures`: a list of dicts with `measure`
(English snake noun), `label` (Japanese), `value` and `unit`. A value is a number, a day where the
unit is 日付, a word where it is 区分, or None. Where it helps, a dict also has `column` (the headline
in words that the value puts in order), `as_of`, `source`, `grade`, and `watch` (what the index
counts by group: a threshold `over` and a `label` for the cities above it).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date

from dxplan.nights import PARTS, Cutover
from dxplan.press.job import JobOutcome

KEY = "measures"
CUTOVERS = "cutovers"  # key of a list of them, see dxplan.nights
NOT_WORDS = ("title", "foot", KEY, CUTOVERS)  # keys of a headline that are no headline in words
DATE, WORD = "日付", "区分"  # units of values that are no numbers
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
TEXTS = ("label", "unit")
MORE = ("column", "as_of", "source", "grade")


def measure_fault(measures: object) -> str:
    """What is wrong with the machine values of a headline, in one sentence; "" where nothing is."""
    if not isinstance(measures, list) or not all(isinstance(one, dict) for one in measures):
        return f"見出しの {KEY} が、1つの値に1つの辞書を並べたリストではありません。"
    faults = [fault for measure in measures for fault in _faults(measure)]
    names = [measure.get("measure") for measure in measures]
    faults += [f"{name} が2回あります" for name in dict.fromkeys(names) if names.count(name) > 1]
    if not faults:
        return ""
    return f"見出しの {KEY} に誤りがあります({faults[0]})。"


def _faults(measure: dict) -> Iterator[str]:
    name = measure.get("measure")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"measure の名「{name}」が英小文字と下線の名ではありません"
        return
    for key in TEXTS:
        if not _is_word(measure.get(key)):
            yield f"{name} の {key} が空でない文字列ではありません"
    for key in MORE:
        if not isinstance(measure.get(key, ""), str):
            yield f"{name} の {key} が文字列ではありません"
    if "value" not in measure or not _is_value(measure["value"], measure.get("unit")):
        yield (
            f"{name} の value が、有限の数、None、単位が{DATE}のときの 2031-03-31 のような日付、"
            f"単位が{WORD}のときの語のどれでもありません"
        )
    if not _is_watch(measure.get("watch")):
        yield f"{name} の watch が over(数)と label(文字列)の辞書ではありません"


def _is_value(value: object, unit: object) -> bool:
    if value is None:
        return True
    if unit == WORD:
        return _is_word(value)
    if unit == DATE:
        return _is_day(value)
    return _is_number(value)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_day(value: object) -> bool:
    # a form without hyphens is a day to Python, but not to those who read the table
    if not isinstance(value, str) or len(value) != len("2031-03-31"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_watch(watch: object) -> bool:
    if watch is None:
        return True
    if not isinstance(watch, dict) or set(watch) != {"over", "label"}:
        return False
    return _is_number(watch["over"]) and _is_word(watch["label"])


def cutover_fault(cutovers: object) -> str:
    """What is wrong with the cutovers of a headline, in one sentence; "" where nothing is."""
    rows = cutovers if isinstance(cutovers, list) else [cutovers]
    for row in rows:
        kinds = {}
        if isinstance(row, dict):
            kinds = {name: type(row.get(name)) for name in PARTS}
        if kinds != PARTS:
            names = "・".join(PARTS)
            return f"見出しの {CUTOVERS} が、{names} を持つ辞書のリストではありません。"
    return ""


def cutovers_of(outcomes: Iterable[JobOutcome]) -> Iterator[Cutover]:
    """The cutovers of cities, one after the other; of plans of one city the first's."""
    first: dict[str, str] = {}
    for outcome in outcomes:
        for row in outcome.headline.get(CUTOVERS, ()):
            if first.setdefault(row["code"], outcome.slug) == outcome.slug:
                yield row


def measures_of(outcomes: Iterable[JobOutcome]) -> Iterator[dict]:
    """The machine values of cities, one after the other."""
    for outcome in outcomes:
        yield from outcome.headline.get(KEY, ())


def ordering(outcomes: Iterable[JobOutcome]) -> dict[str, str]:
    """How columns of headlines are put in order: label -> date or number, where it has a value."""
    kinds = {}
    for measure in measures_of(outcomes):
        if _orders(measure):
            kinds[measure["column"]] = "date" if measure["unit"] == DATE else "number"
    return kinds


def values(outcome: JobOutcome) -> dict[str, float | str]:
    """Machine values of one city: a headline's label -> number or ISO date, where there is one."""
    return {
        measure["column"]: measure["value"]
        for measure in measures_of([outcome])
        if _orders(measure) and measure["value"] is not None
    }


def _orders(measure: dict) -> bool:
    """Whether a measure puts a column of the table in order: a word does not."""
    return bool(measure.get("column")) and measure["unit"] != WORD


def watched(outcomes: Iterable[JobOutcome]) -> dict:
    """The first measure that asks to be counted by group; empty where none does."""
    for measure in measures_of(outcomes):
        if measure.get("watch"):
            return measure
    return {}
