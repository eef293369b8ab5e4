"""What is said of a municipality's state.

Its situation, its counts with and without 共通機能, what has to be asked. Every topic may say it,
since every topic stands on it. A state that rests on the published figures is presumed, and the
sentence says of which day it speaks.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from dxplan.facts import catalog
from dxplan.facts.ages import OLD, old_ones
from dxplan.show import labels
from dxplan.show.sentences import sentence
from dxplan.town.city import City
from dxplan.town.systems import (
    COMMON,
    FLAGGED,
    LATE,
    LIVE,
    OUT,
    PRESUMED,
    UNSURE,
    System,
    load_rules,
)

STATES_FROM = ("status", "late")  # kinds of published figures that states are read from


def state_counts(city: City) -> Counter:
    """State -> how many of the 20 businesses are in it."""
    return Counter(system.state.word for system in city.systems)


def asked_systems(city: City) -> tuple[System, ...]:
    """The systems of which nobody can tell from the published figures whether they have moved."""
    return tuple(system for system in city.movable if system.unsure)


def situation_text(city: City) -> str:
    """Where the municipality stands: its situation, and the day that the figures speak of."""
    counts = state_counts(city)
    scope = len(city.systems) - counts[OUT]
    out = sentence("state.out", count=counts[OUT]) if counts[OUT] else ""
    parts = []
    for state in (LIVE, PRESUMED, UNSURE, FLAGGED, LATE):
        if counts[state]:
            parts.append(f"{labels.word_of('state', state)}{counts[state]}")
    words = {"name": city.name, "scope": scope, "out": out, "counts": "、".join(parts)}
    stands = sentence("state.situation", **words)
    return f"{stands}{_common_text(city, counts)}{_follow_text(city)}{as_of_text(city)}"


def _common_text(city: City, counts: Counter) -> str:
    """共通機能, counted beside the 20 businesses."""
    word = labels.word_of("state", city.common.state.value)
    if city.common.pending:
        return sentence("state.common.pending", word=word, count=counts[LATE] + 1)
    return sentence("state.common", word=word)


def _follow_text(city: City) -> str:
    """What follows from the situation: lots, questions, both, or neither."""
    asked, lots = len(asked_systems(city)), len(city.lots)
    return sentence(f"state.{city.situation}", lots=lots, asked=asked)


def as_of_text(city: City) -> str:
    """Of which days the states speak, and that they are presumed where nobody has said them."""
    confirmed = sum(not system.presumed for system in city.movable)
    if confirmed == len(city.movable):
        return sentence("state.confirmed")
    rules = load_rules()
    listed = labels.date_text(rules["flagged_steps"].speaks_of)
    counted = labels.date_text(rules["live_steps"].speaks_of)
    some = ""
    if confirmed:  # by the params file: a confirmed state needs no day
        some = sentence("state.published.some", count=confirmed)
    words = {"listed": listed, "counted": counted, "confirmed": some, "unsure": labels.UNCONFIRMED}
    return sentence("state.published", **words)


def age_text(city: City) -> str:
    """The oldest published figures that are two editions old, or more; "" where none are."""
    presumed = any(system.presumed for system in city.movable)
    # states that the municipality has confirmed do not rest on the published ones
    old = [age for age in old_ones(city.basis) if presumed or age.kind not in STATES_FROM]
    if not old:
        return ""
    first = min(old, key=lambda age: age.as_of)
    more = f"ほか{len(old) - 1}つの値" if len(old) > 1 else ""
    told = f"{first.label}({labels.date_text(first.as_of)}時点){more}"
    return sentence("state.old", told=told, editions=OLD)


def question_text(city: City) -> str:
    """What has to be asked first, in one or two sentences; empty where nothing is open."""
    # The two are asked apart: of the first little is known, of the second two things disagree.
    by_state: dict[str, list[str]] = {UNSURE: [], FLAGGED: []}
    for system in asked_systems(city):
        by_state[system.state.word].append(system.business)
    text = ""
    if by_state[UNSURE]:
        text += _unsure_text(city, by_state[UNSURE])
    if by_state[FLAGGED]:
        least = load_rules()["live_steps"].value
        names = "・".join(by_state[FLAGGED])
        text += sentence("state.ask.flagged", names=names, least=least)
    text += "".join(announced_texts(city))
    if text:
        text = sentence("state.ask", questions=text)
    return text


def _unsure_text(city: City, unsure: list[str]) -> str:
    """The question about systems that are not listed as late and have few steps, or no report."""
    rule = load_rules()["presumed_steps"]
    scope = [system for system in city.systems if system.in_scope]
    names = "・".join(unsure)
    if len(unsure) == len(scope):
        names = f"対象の{len(scope)}業務"
    reason = sentence("state.ask.few", most=rule.value - 1)  # the rule is the least presumed
    if all(system.done == 0 for system in scope):
        reason = sentence("state.ask.none")
    day = labels.date_text(rule.speaks_of)
    return sentence("state.ask.unsure", names=names, day=day, reason=reason)


def announced_texts(city: City) -> list[str]:
    """A question for each page that announced a cutover of systems which are listed as late."""
    rows = catalog.load_table("announced_cutovers")
    texts = []
    for row in rows[rows["code"] == city.code].to_dict("records"):
        names = _announced_names(city, row["businesses"].split(";"))
        if names:
            words = {"names": "・".join(names), "day": _day_text(row["live"])}
            texts.append(sentence("state.ask.announced", **words))
    return texts


def _announced_names(city: City, businesses: list[str]) -> list[str]:
    """Which of the announced businesses are listed as late; "all" stands for every one."""
    names = []
    for system in city.systems:
        announced = businesses == ["all"] or system.business in businesses
        open_ = system.late and system.presumed and system.state.word in (LATE, FLAGGED)
        if announced and open_:
            names.append(system.business)
    return names


def _day_text(text: str) -> str:
    """A day, or a month where the page named no day."""
    if len(text) == len("2026-01-05"):
        return labels.date_text(date.fromisoformat(text))
    return labels.month_text(date.fromisoformat(f"{text}-01"))


def states_text(city: City) -> str:
    """The counts in a few words, for a headline: 未移行17(共通機能を含め18)・要確認1・稼働とみなす2."""
    counts = state_counts(city)
    # 共通機能 is none of the 20 businesses and has no count of its own.
    late = f"未移行{counts[LATE]}"
    if city.common.pending:
        late += f"({COMMON}を含め{counts[LATE] + 1})"
    asked = counts[UNSURE] + counts[FLAGGED]
    return f"{late}・要確認{asked}・稼働とみなす{counts[PRESUMED]}・稼働{counts[LIVE]}"


# --- who leads, and who is there already ----------------------------------------------------------
MISSED = ("dx_policy", "dx_cio", "dx_cross_org")  # indicators that are wanted before anything else
PRESENT = {
    "dx_policy": "全体方針",
    "dx_cio": "CIO",
    "dx_cross_org": "全庁の推進体制",
    "dx_external_talent": "外部デジタル人材",
}


def lacking_texts(city: City) -> list[str]:
    """What has to be there before anything else, and is not by the published indicators."""
    day = _indicated()
    texts = []
    for column in MISSED:
        if getattr(city.facts, column) is False:
            texts.append(sentence(f"lacking.{column}", day=day, unsure=labels.UNCONFIRMED))
    return texts


def present_text(city: City) -> str:
    """Who and what is there already: the indicators, and the people who work already."""
    found = [word for column, word in PRESENT.items() if getattr(city.facts, column)]
    text = ""
    if found:
        words = {"names": "・".join(found), "day": _indicated(), "unsure": labels.UNCONFIRMED}
        text = sentence("present.office", **words)
    return text + engaged_text(city)


def engaged_text(city: City) -> str:
    """Who works already, as outsider or for a term; "" where nobody is known to."""
    people = []
    for engagement in city.engagements:
        until = f"{labels.date_text(engagement.until)}まで"
        if engagement.presumed:
            day = labels.as_of_text(engagement.as_of)
            until = f"{day}の公表。いまも続くか、いつまでかは{labels.UNCONFIRMED}"
        people.append(f"{engagement.form}{engagement.people}人({until})")
    if not people:
        return ""
    return sentence("present.people", people="、".join(people))


def _indicated() -> str:
    """The day of the indicators."""
    return labels.date_text(catalog.load_column("municipalities", "dx_policy").as_of)
