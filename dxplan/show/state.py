"""What is said of a municipality's state: its situation, its counts with and without 共通機能, what has to be asked.

Every topic may say it, since every topic stands on it. A state that rests on the published figures is presumed, and the
sentence says of which day it speaks.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from dxplan.facts import catalog
from dxplan.show import labels
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

NEXT = "問いは、運用経費、職員の力、次に取り組むことに移る。"


def state_counts(city: City) -> Counter:
    """State -> how many of the 20 businesses are in it."""
    return Counter(system.state.value for system in city.systems)


def asked_systems(city: City) -> tuple[System, ...]:
    """The systems of which nobody can tell from the published figures whether they have moved."""
    return tuple(system for system in city.movable if system.unsure)


def situation_text(city: City) -> str:
    """Where the municipality stands, in the words of its situation, with the day that the figures speak of."""
    counts = state_counts(city)
    scope = len(city.systems) - counts[OUT]
    parts = [
        f"{labels.word_of('state', name)}{counts[name]}"
        for name in (LIVE, PRESUMED, UNSURE, FLAGGED, LATE)
        if counts[name]
    ]
    out = f"(ほかに対象外{counts[OUT]})" if counts[OUT] else ""
    first = f"{city.name}の対象{scope}業務{out}は、{'、'.join(parts)}である。{_common_text(city, counts)}"
    return f"{first}{_follow_text(city)}{as_of_text(city)}"


def _common_text(city: City, counts: Counter) -> str:
    """共通機能, counted beside the 20 businesses."""
    word = labels.word_of("state", city.common.state.value)
    if city.common.pending:
        return f"{COMMON}も{word}で、これを含めると未移行は{counts[LATE] + 1}システムとなる。"
    return f"{COMMON}は{word}。"


def _follow_text(city: City) -> str:
    """What follows from the situation: lots, questions, both, or neither."""
    asked = len(asked_systems(city))
    lots = f"未移行のシステムは{len(city.lots)}件の移行ロットで移す。"
    if city.situation == "lots":
        return lots
    if city.situation == "both":
        return f"{lots}要確認の{asked}システムは、稼働か未移行かを先に確かめ、それまでは両方の場合を並べる。"
    if city.situation == "questions":
        return f"未移行と確かめられたシステムはない。要確認の{asked}システムが稼働しているかを先に確かめ、それまでは両方の場合を並べる。"
    return f"移行の残りはない。{NEXT}"


def as_of_text(city: City) -> str:
    """Of which days the states speak, and that they are presumed where nobody has said them."""
    presumed = [system for system in city.movable if system.presumed]
    if not presumed:
        return "状態は、団体が確かめたものである。"
    rules = load_rules()
    listed, counted = (
        labels.date_text(rules[name].speaks_of) for name in ("flagged_steps", "live_steps")
    )
    tail = f"それより後の状態は公表されていない({labels.UNCONFIRMED})。"
    said = (
        f"(うち{len(city.movable) - len(presumed)}は団体が確かめたもの)"
        if len(presumed) < len(city.movable)
        else ""
    )
    return f"{listed}の該当見込みの一覧と{counted}の完了ステップから読み取った状態{said}で、{tail}"


def question_text(city: City) -> str:
    """What has to be asked first, in one or two sentences; empty where nothing is open."""
    asked = asked_systems(city)
    plain = [system.business for system in asked if system.state.value == UNSURE]
    listed = [system.business for system in asked if system.state.value == FLAGGED]
    rules, parts = load_rules(), []
    if plain:
        parts.append(_plain_text(city, plain))
    if listed:
        parts.append(
            f"{'・'.join(listed)}は、稼働したか。該当見込みの一覧にあるが、完了ステップは{rules['live_steps'].value}以上だった。"
        )
    parts += announced_texts(city)
    return f"先に確かめること: {''.join(parts)}" if parts else ""


def _plain_text(city: City, plain: list[str]) -> str:
    """The question about systems that are not on the late list and have few steps, or no report at all."""
    rules = load_rules()
    day, most = (
        labels.date_text(rules["presumed_steps"].speaks_of),
        rules["presumed_steps"].value - 1,
    )
    scope = [s for s in city.systems if s.in_scope]
    names = f"対象の{len(scope)}業務" if len(plain) == len(scope) else "・".join(plain)
    silent = all(s.steps.value == 0 for s in scope)
    reason = "完了ステップの報告がない(すべて0)" if silent else f"完了ステップは{most}以下だった"
    return f"{names}は、{day}までに稼働したか。該当見込みの一覧にないが、{reason}。"


def announced_texts(city: City) -> list[str]:
    """A question for each page of the municipality that announced a cutover of systems which are on the late list."""
    rows = catalog.load_table("announced_cutovers").to_dict("records")
    found = []
    for row in rows:
        if row["code"] != city.code:
            continue
        named = [
            s.business
            for s in city.systems
            if row["businesses"] == "all" or s.business in row["businesses"].split(";")
        ]
        late = [
            s.business
            for s in city.systems
            if s.business in named and s.late and s.presumed and s.state.value in (LATE, FLAGGED)
        ]
        if late:
            found.append(
                f"{'・'.join(late)}は、市区町村のページが{_day_text(row['live'])}の切替を知らせていたが、該当見込みの一覧にもある。"
                "切り替えたか。"
            )
    return found


def _day_text(text: str) -> str:
    """A day, or a month where the page named no day."""
    if len(text) == 10:
        return labels.date_text(date.fromisoformat(text))
    return labels.month_text(date.fromisoformat(f"{text}-01"))


def states_text(city: City) -> str:
    """The counts in a few words, for a headline: 未移行17(共通機能を含め18)・要確認1・稼働とみなす2."""
    counts = state_counts(city)
    late = f"未移行{counts[LATE]}" + (
        f"({COMMON}を含め{counts[LATE] + 1})" if city.common.pending else ""
    )
    asked = counts[UNSURE] + counts[FLAGGED]
    return f"{late}・要確認{asked}・稼働とみなす{counts[PRESUMED]}・稼働{counts[LIVE]}"
