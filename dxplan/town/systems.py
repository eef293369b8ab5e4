"""Where each system of a municipality stands: live, presumed so, asked, still to move, not its own.

The published counts are old (steps of 2026-01-31, the late list of 2025-12-31), so a state that
rests on them is presumed, and says of which day it speaks. What a params file says, or a newer
official state in ``data/known_states.csv``, replaces the presumption.

    not flagged, steps >= live_steps                      live      稼働
    not flagged, presumed_steps <= steps < live_steps     presumed  稼働とみなす
    not flagged, steps < presumed_steps                   unsure    要確認
    flagged, steps > flagged_steps                        flagged   要確認(該当見込み)
    flagged, steps <= flagged_steps                       late      特定移行支援・未移行
    not the municipality's own business                   out       対象外

Source of the limits: ``data/state_rules.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from operator import itemgetter
from types import MappingProxyType

from dxplan.facts import catalog
from dxplan.facts.catalog import Municipality
from dxplan.facts.nodes import Entry
from dxplan.facts.params import Value

STEPS = 40  # steps of the PMO tool
LIVE, PRESUMED, UNSURE, FLAGGED, LATE, OUT = "live", "presumed", "unsure", "flagged", "late", "out"
STATES = (LIVE, PRESUMED, UNSURE, FLAGGED, LATE, OUT)
WORDS = {  # as a params file says it
    "稼働": LIVE,
    "稼働とみなす": PRESUMED,
    "要確認": UNSURE,
    "未移行": LATE,
    "対象外": OUT,
}
PUBLISHED, TRIED = "公表値", "試算"  # where a value comes from, if not from a file
COMMON = "共通機能"
COMMON_NO = 21
DX = "DX・情報部門"
TOWN_OPTIONAL = ("児童扶養手当", "生活保護")  # mostly run by the prefecture for towns and villages
WARD_OPTIONAL = ("固定資産税", "法人住民税")  # levied by 東京都 in the 23 wards


@dataclass(frozen=True)
class Threshold:
    """One limit of ``data/state_rules.csv``: its number, the day of the figures, its origin."""

    value: int
    speaks_of: date
    source: str
    grade: str
    note: str


@dataclass(frozen=True)
class System:
    """One of the 20 businesses in one municipality, or 共通機能.

    Attributes
    ----------
    no : 1 to 20; 21 is 共通機能.
    section : who runs it.
    steps : steps done of 40, with their as-of date and source; None for 共通機能, whose steps are not
        published.
    late : whether it was listed as 特定移行支援システム該当見込み.
    state : one of STATES, with the day that it speaks of, source and grade.
    since : the day from which it has been in operation, where a params file says so.
    """

    no: int
    business: str
    section: str
    steps: Value | None
    late: bool
    state: Value
    since: date | None = None

    @property
    def done(self) -> float:
        """Its steps done; 0 where they are not published."""
        return self.steps.number if self.steps else 0.0

    @property
    def in_scope(self) -> bool:
        """Whether the municipality runs the business itself."""
        return self.state.value != OUT

    @property
    def live(self) -> bool:
        """Whether the standard system is, or is presumed to be, in operation."""
        return self.state.value in (LIVE, PRESUMED)

    @property
    def pending(self) -> bool:
        """Whether it is taken as still to move."""
        return self.state.value == LATE

    @property
    def unsure(self) -> bool:
        """Whether the figures leave open if it has moved."""
        return self.state.value in (UNSURE, FLAGGED)

    @property
    def presumed(self) -> bool:
        """Whether the state is read from old figures, and not said by anybody."""
        return self.state.where == PUBLISHED


@cache
def load_rules() -> Mapping[str, Threshold]:
    """The limits of ``data/state_rules.csv`` by their id."""
    rows = catalog.load_rows("state_rules")
    return MappingProxyType({row["id"]: _rule(row) for row in rows})


def _rule(row: Entry) -> Threshold:
    return Threshold(int(row["value"]), row["speaks_of"], row["source"], row["grade"], row["note"])


def published_steps(done: int) -> Value:
    """Steps done (0 to 40) as the ministry has published them."""
    fact = catalog.load_column("standardization_status", "steps_done")
    return Value(
        "steps",
        float(done),
        "ステップ",
        str(fact.as_of),
        fact.source,
        fact.grade,
        where=PUBLISHED,
        note=fact.note,
    )


def said_state(said: Entry, late: bool = False) -> Value | None:
    """The state of a params file: in words, by a flag, or by steps; None where it is silent."""
    if "state" in said:
        word = WORDS[said["state"]]
        if late and word == UNSURE:
            word = FLAGGED
    elif said.get("in_scope") is False:
        word = OUT
    elif "live" in said or "live_since" in said:
        word = LIVE if said.get("live", True) else LATE
    elif "steps" in said:
        word = LIVE if said["steps"].value >= STEPS else LATE
    else:
        return None
    origin: Value = said["origin"]
    return replace(origin, name="state", value=word, unit="状態")


def state_word(state: str) -> str:
    """A state as a params file says it; a flagged one, which the figures leave open, is 要確認."""
    for word, standing in WORDS.items():
        if standing == state:
            return word
    return "要確認"


def derived_state(
    business: str, steps: float, late: bool, facts: Municipality, own: bool = False
) -> Value:
    """The state of a system from its steps (0 to 40) and the late list; see the module heading.

    ``own``: somebody has said that the municipality runs the business itself.
    """
    known = _known().get((facts.code, business))
    if known:
        return known
    rules = load_rules()
    if not own and _is_out(business, steps, facts):
        return _presumed(OUT, rules["live_steps"])
    if late:
        word = FLAGGED if steps > rules["flagged_steps"].value else LATE
        return _presumed(word, rules["flagged_steps"])
    if steps >= rules["live_steps"].value:
        return _presumed(LIVE, rules["live_steps"])
    word = PRESUMED if steps >= rules["presumed_steps"].value else UNSURE
    return _presumed(word, rules["presumed_steps"])


def common_state(facts: Municipality) -> Value:
    """The state of 共通機能: from the late list alone, since its steps are not published."""
    known = _known().get((facts.code, COMMON))
    if known:
        return known
    rules = load_rules()
    if facts.common_late:
        return _presumed(LATE, rules["flagged_steps"])
    return _presumed(PRESUMED, rules["presumed_steps"])


def pending_state(basis: str) -> Value:
    """The state of the branch in which an open question turns out as not moved."""
    return Value(
        "state", LATE, "状態", basis, TRIED, "G", where=TRIED, note="要確認を未移行と置いた場合"
    )


def _is_out(business: str, steps: float, facts: Municipality) -> bool:
    if facts.type == "特別区":
        return business in WARD_OPTIONAL
    if facts.type in ("町", "村"):
        return business in TOWN_OPTIONAL and steps >= STEPS
    return False


def _presumed(word: str, rule: Threshold) -> Value:
    return Value(
        "state",
        word,
        "状態",
        str(rule.speaks_of),
        rule.source,
        rule.grade,
        where=PUBLISHED,
        note=rule.note,
    )


@cache
def _known() -> Mapping[tuple[str, str], Value]:
    """(code, business) -> its newest official state from ``data/known_states.csv``."""
    states: dict[tuple[str, str], Value] = {}
    for row in sorted(catalog.load_rows("known_states"), key=itemgetter("on")):
        # the newest stands last, and stays
        states[row["code"], row["business"]] = Value(
            "state",
            WORDS[row["state"]],
            row["unit"],
            str(row["on"]),
            row["source"],
            row["grade"],
            where="公表の状態",
            note=row["note"],
        )
    return MappingProxyType(states)
