"""The machine values of a headline: what they must look like, and the cells of a table that they order.

A notebook gives them beside its words, under the key `measures`: a list of dicts with `measure`
(English snake noun), `label` (Japanese), `value` and `unit`. A value is a number, a day where the
unit is 日付, a word where it is 区分, or None. Where it helps, a dict also has `column` (the headline
in words that the value puts in order), `as_of`, `source`, `grade`, and `watch` (what the index
counts by group: a threshold `over` and a `label` for the cities above it).
"""

import math
import re
from datetime import date

KEY = "measures"
NOT_WORDS = ("title", "foot", KEY)  # keys of a headline that are no headline in words
DATE, WORD = "日付", "区分"  # units of values that are no numbers
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
TEXTS = ("label", "unit")
MORE = ("column", "as_of", "source", "grade")


def measure_fault(measures):
    """What is wrong with the machine values of a headline.

    Parameters
    ----------
    measures : what a notebook gave under the key `measures`

    Returns
    -------
    one Japanese sentence; empty where nothing is wrong
    """
    if not isinstance(measures, list) or not all(isinstance(one, dict) for one in measures):
        return f"見出しの {KEY} が、1つの値に1つの辞書を並べたリストではありません。"
    found = [fault for one in measures for fault in _faults(one)]
    names = [one.get("measure") for one in measures]
    found += [f"{name} が2回あります" for name in dict.fromkeys(names) if names.count(name) > 1]
    return f"見出しの {KEY} に誤りがあります（{found[0]}）。" if found else ""


def _faults(one):
    name = one.get("measure")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return [f"measure の名「{name}」が英小文字と下線の名ではありません"]
    found = [
        f"{name} の {key} が空でない文字列ではありません"
        for key in TEXTS
        if not isinstance(one.get(key), str) or not one[key]
    ]
    found += [
        f"{name} の {key} が文字列ではありません"
        for key in MORE
        if not isinstance(one.get(key, ""), str)
    ]
    if "value" not in one or not _is_value(one["value"], one.get("unit")):
        found.append(
            f"{name} の value が、有限の数、None、単位が{DATE}のときの 2031-03-31 のような日付、単位が{WORD}のときの語の"
            "どれでもありません"
        )
    return found + (
        []
        if _is_watch(one.get("watch"))
        else [f"{name} の watch が over（数）と label（文字列）の辞書ではありません"]
    )


def _is_value(value, unit):
    if unit == WORD:
        return value is None or (isinstance(value, str) and bool(value))
    return value is None or (_is_day(value) if unit == DATE else _is_number(value))


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_day(value):
    if not isinstance(value, str) or len(value) != len("2031-03-31"):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_watch(watch):
    return watch is None or (
        isinstance(watch, dict)
        and set(watch) == {"over", "label"}
        and _is_number(watch["over"])
        and isinstance(watch["label"], str)
        and bool(watch["label"])
    )


def ordering(outcomes):
    """How the columns of a table of headlines are put in order.

    Parameters
    ----------
    outcomes : outcomes of a run

    Returns
    -------
    dict of a headline's label to date or number; labels that have no machine value are missing
    """
    return {
        one["column"]: "date" if one["unit"] == DATE else "number"
        for outcome in outcomes
        for one in outcome.headline.get(KEY, ())
        if _orders(one)
    }


def values(outcome):
    """Machine values of one city.

    Parameters
    ----------
    outcome : outcome of one city

    Returns
    -------
    dict of a headline's label to number or ISO date; without those that have no value
    """
    return {
        one["column"]: one["value"]
        for one in outcome.headline.get(KEY, ())
        if _orders(one) and one["value"] is not None
    }


def _orders(one):
    """Whether a measure puts a column of the table in order: a word does not."""
    return bool(one.get("column")) and one["unit"] != WORD


def watched(outcomes):
    """The first measure that asks to be counted by group.

    Parameters
    ----------
    outcomes : outcomes of a run

    Returns
    -------
    dict of the measure; empty where none asks for it
    """
    return next(
        (one for outcome in outcomes for one in outcome.headline.get(KEY, ()) if one.get("watch")),
        {},
    )
