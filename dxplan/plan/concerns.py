"""What the RAID log says of the roadmap: questions, how sure the dates are, money, people.

An undecided cutover has no day here: a date that hangs on it is handed on with the word whether it
is decided, and is due at a meeting or by the contract, never on a day of the plan's own window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import inf

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Row, records
from dxplan.facts.nodes import UNSURE
from dxplan.plan.parts import Parts
from dxplan.plan.rating import (
    BY_MONEY,
    BY_MONTHS,
    LATE,
    SURE,
    Entries,
    Entry,
    entry,
    first_meeting,
    grade_of,
    lack_of,
    last_open,
    level,
    weakest,
)
from dxplan.plan.sittings import BOARD, JOINT, OFFICE, REVIEW, Meeting
from dxplan.town.city import City
from dxplan.town.systems import COMMON, PRESUMED, System

SOON = 60  # days up to which a deadline is near
CONTRACT, LAW, EXTRACTION = "9", "15", "12.1"  # work items
# what sets a date -> who owns it; else the DX section
OWNERS = {"offer": "contract", "tender": "contract", "budget": "finance"}


@dataclass(frozen=True)
class Ground:
    """What every entry looks at: the plan with its reasons, and its meetings."""

    plan: Parts
    held: Sequence[Meeting]

    @property
    def city(self) -> City:
        """The municipality."""
        return self.plan.city

    @property
    def board(self) -> date:
        """The day on which the headquarters first meet."""
        return first_meeting(self.held, (BOARD, JOINT), self.city.start)

    @property
    def office(self) -> date:
        """The day on which the PMO first meets."""
        return first_meeting(self.held, (OFFICE, JOINT), self.city.start)

    @cached_property
    def lots(self) -> list[Row]:
        """The rows of the table of lots, each with what is told of its date."""
        pmo = self.plan.pmo
        return records(pmo.lots.merge(pmo.told.lot, on="lot"))

    @cached_property
    def conditions(self) -> list[Row]:
        """The rows of ``why``; inf months is beyond the calendar."""
        return records(self.plan.why.fillna({"months": inf}))

    def scenario(self, name: str, lots: Sequence[str]) -> list[Row]:
        """The rows of some lots under a condition."""
        rows = [row for row in self.conditions if row["scenario"] == name]
        return [row for row in rows if row["lot"] in lots]

    def moved(self, name: str, lots: Sequence[str]) -> list[float]:
        """Months by which the outlook of each of some lots is later under a condition."""
        return [row["months"] for row in self.scenario(name, lots)]

    def later(self, name: str, lots: Sequence[str]) -> float:
        """Months by which the outlook of some lots is later at most."""
        return max(self.moved(name, lots), default=0.0)

    def impact(self, name: str, lots: Sequence[str]) -> int:
        """What a condition does: 3 where it makes the end date doubtful, else by months."""
        for row in self.scenario(name, lots):
            if row["chance"] < SURE <= row["chance"] - row["more"]:
                return 3
        moved = map(abs, self.moved(name, lots))
        return level(max(moved, default=0.0), BY_MONTHS)

    def money(self, yen: float) -> int:
        """The impact of an amount of yen, by the cost of the plan."""
        cost = int(self.plan.budget.year["yen"].sum())
        return level(yen / max(cost, 1), BY_MONEY)

    def vendor_grade(self, rows: Sequence[Row]) -> str:
        """The weakest grade of the vendors' days of some lots."""
        guess = self.city.at("vendor_likely")
        days = {lot.name: lot.offer or guess for lot in self.city.lots}
        return weakest([days[name].grade for name in _names(rows)])


def roadmap_entries(ground: Ground) -> Entries:
    """The entries of the roadmap, what has to be asked first before all others."""
    yield from _questions(ground)
    yield from _announced(ground)
    yield from _presumed(ground)
    if ground.plan.pmo.done:
        return
    yield from _offers(ground)
    yield from _chances(ground)
    yield from _target(ground)
    yield from _cause(ground)
    yield from _gates(ground)
    yield from _contracts(ground)
    yield from _links(ground)
    yield from _nights(ground)
    yield from _shortage(ground)
    yield from _waits(ground)


def _titles(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row["title"] for row in rows)


def _names(rows: Sequence[Row]) -> list[str]:
    return [row["lot"] for row in rows]


def _told(row: Row) -> Row:
    """What is told of a lot: its median, and 20 to 80 per cent."""
    return {
        "told": (row["p50_from"], row["p50_to"]),
        "range": (row["p20"], row["p80_to"]),
    }


# --- the state of the systems ---------------------------------------------------------------------
def _counted(systems: Sequence[System]) -> Row:
    """Systems as facts: names of the 20 businesses, 共通機能 beside them, the day they speak of."""
    names = [system.business for system in systems]
    return {
        "names": tuple(name for name in names if name != COMMON),
        "common": COMMON in names,
        "since": min(system.state.as_of for system in systems),
    }


def _state_grade(systems: Sequence[System]) -> str:
    return weakest([system.state.grade for system in systems])


def _questions(ground: Ground) -> Entries:
    """Systems of which nobody knows whether they have moved: ask, and plan both ways until then."""
    systems = [system for system in ground.city.movable if system.unsure]
    if not systems:
        return
    now, then = records(ground.plan.branches)
    yen = int(then["yen"] - now["yen"])
    facts = _counted(systems) | {
        "now": int(now["systems"]),
        "then": int(then["systems"]),
        "lots": int(then["lots"]),
        "yen": yen,
        "told": (then["p50"], then["p50"]),
        "range": (then["p20"], then["p80"]),
        "chance": then["chance"],
    }
    impact = _branch_impact(ground, now, then, yen)
    yield entry("questions", facts, ground.office, _state_grade(systems), 3, impact)


def _branch_impact(ground: Ground, now: Row, then: Row, yen: int) -> int:
    """What an open question moves: the outlook, or the cost."""
    if then["chance"] < SURE <= now["chance"]:
        return 3
    moved = inf
    if then["p50"]:
        # where no lot is left, the outlook is counted from the start
        first = now["p50"] or ground.plan.pmo.start
        moved = (then["p50"] - first).days / months.DAYS_PER_MONTH
    return max(level(moved, BY_MONTHS), ground.money(yen))


def _announced(ground: Ground) -> Entries:
    """A page of the municipality announced a cutover of systems that stand on the late list."""
    names = []
    for system in ground.city.systems:
        listed = system.late and system.presumed
        if listed and (system.pending or system.unsure):
            names.append(system.business)
    for row in records(catalog.load_table("announced_cutovers")):
        if row["code"] != ground.city.code:
            continue
        moved = names
        if row["businesses"] != "all":
            moved = [name for name in names if name in row["businesses"].split(";")]
        if moved:
            facts = {"names": tuple(moved)} | _page_day(row["live"])
            yield entry("announced", facts, ground.office, row["grade"])


def _page_day(text: str) -> dict[str, date]:
    """The day of a page, or the month where it named no day."""
    if len(text) == len("2026-01-05"):
        return {"day": date.fromisoformat(text)}
    return {"month": date.fromisoformat(f"{text}-01")}


def _presumed(ground: Ground) -> Entries:
    """Systems that should have moved by the end of the term, which nobody has confirmed."""
    systems = [system for system in ground.city.movable if system.state.word == PRESUMED]
    if systems:
        yield entry("presumed", _counted(systems), ground.board, _state_grade(systems))


# --- how sure the dates are -----------------------------------------------------------------------
def _offers(ground: Ground) -> Entries:
    """Lots whose vendor has offered no day: the first question of a roadmap."""
    rows = [row for row in ground.lots if row["offered"] is None]
    if rows:
        lots = _names(rows)
        facts = {
            "names": _titles(rows),
            "later": ground.later("later", lots),
        }
        impact = max(ground.impact("later", lots), ground.impact("earlier", lots))
        grade = ground.city.at("vendor_likely").grade
        yield entry("offer", facts, ground.office, grade, 3, impact)


def _chances(ground: Ground) -> Entries:
    """Lots whose end date is doubtful."""
    end = ground.city.at("end_date").day
    for row in ground.lots:
        chance = row["chance"]
        if chance >= SURE:
            continue
        topic, likelihood = "tight", 2
        if chance <= LATE:
            topic, likelihood = "late_end", 3
        facts = {
            "lot": row["title"],
            "chance": chance,
            "day": end,
            **_told(row),
        }
        grade = ground.vendor_grade([row])
        yield entry(topic, facts, ground.board, grade, likelihood, 3)


def _target(ground: Ground) -> Entries:
    """Lots of which four fifths of what is drawn miss the target, but for those called late."""
    target = ground.city.at("target_date").day
    rows = [row for row in ground.lots if row["chance"] > LATE and _soonest(row) > target]
    if rows:
        last = max(rows, key=_ends)
        late = (_ends(last) - target).days / months.DAYS_PER_MONTH
        facts = {
            "names": _titles(rows),
            "day": target,
            "guessed": ground.city.at("target_date").grade in UNSURE,
            **_told(last),
        }
        impact = min(2, level(late, BY_MONTHS))
        yield entry("late_target", facts, ground.board, ground.vendor_grade(rows), 3, impact)


def _ends(row: Row) -> date:
    return row["p50"] or date.max


def _soonest(row: Row) -> date:
    return row["p20"] or date.max


def _cause(ground: Ground) -> Entries:
    """What sets the date of the last lot, and what moves its outlook."""
    last = max(ground.lots, key=lambda row: (_ends(row), row["live"]))
    lot, cause = [last["lot"]], last["set_by"]
    moved = {name: ground.later(name, lot) for name in ("earlier", "later", "alone")}
    facts = {
        "lot": last["title"],
        "set_by": cause,
        **moved,
    }
    grade = ground.vendor_grade([last])
    likelihood = 1 + (grade in UNSURE)
    impact = max(ground.impact(name, lot) for name in moved)
    owner = OWNERS.get(cause, "dx")
    yield entry("cause", facts, ground.board, grade, likelihood, impact, owner)


# --- money and contracts --------------------------------------------------------------------------
def _gates(ground: Ground) -> Entries:
    """Each budget occasion: what missing it costs; for the first one the plan was made again."""
    grades = {rule.name: value.grade for rule, value in ground.city.gates}
    titles = {row["lot"]: row["title"] for row in ground.lots}
    groups = ground.plan.pmo.gate.groupby(["request_by", "gate"], sort=True)
    for k, ((due, gate), rows) in enumerate(groups):
        wait = float(rows["months_missed"].max())
        facts = {
            "gate": gate,
            "names": tuple(rows["lot"].map(titles)),
            "months": wait,
            "next": rows["next_gate"].iloc[0],
            "day": rows["next_available"].iloc[0],
        }
        impact = level(wait, BY_MONTHS)
        if k == 0:
            facts["missed"] = ground.later("gate", list(titles))
            impact = ground.impact("gate", list(titles))
        near = (due - ground.city.start).days < SOON
        yield entry("gate", facts, due, grades[gate], 1 + near, impact)


def _contracts(ground: Ground) -> Entries:
    """Contracts presumed signed; contracts in use that end before their lot has moved."""
    signed = [row for row in ground.lots if row["contracted"] and row["presumed"]]
    if signed:
        yield entry("signed", {"names": _titles(signed)}, ground.board, "G")
    for row in ground.lots:
        if row["extension"]:
            yield _extension(ground, row)


def _extension(ground: Ground, row: Row) -> Entry:
    """A contract in use that has to be extended: a decision with its day, months and yen."""
    start, by = ground.city.start, row["decide_by"]
    yen = ground.plan.pmo.extension_yen[row["lot"]]
    facts = {
        "lot": row["title"],
        "day": row["contract_end"],
        "months": int(row["extension"]),
        "yen": yen,
        "by": by,
        "past": by < start,
    }
    due = max(last_open(by), months.next_open(start))
    grade = grade_of(ground.city, "running_yen", "notice_months")
    return entry("extension", facts, due, grade, 3, ground.money(yen))


def _links(ground: Ground) -> Entries:
    """Lots that move before the resident register, and so want an interim link."""
    rows = [row for row in ground.lots if row["linked"]]
    if rows:
        item = ground.plan.budget.item
        yen = int(item.loc[item["item"] == "link", "yen"].sum())
        facts = {"names": _titles(rows), "yen": yen}
        grade = ground.city.at("link_yen").grade
        yield entry("linked", facts, ground.board, grade, 3, ground.money(yen))


# --- nights and people ----------------------------------------------------------------------------
def _nights(ground: Ground) -> Entries:
    """Nights on which several lots cut over, and how long the next window would be away."""
    by_night: dict[date, list[Row]] = {}
    for row in ground.lots:
        by_night.setdefault(row["cutover"], []).append(row)
    for night, rows in sorted(by_night.items()):
        if len(rows) == 1:
            continue
        decided = all(row["decided"] for row in rows)
        wait = max(ground.moved("window", _names(rows)), default=inf)
        facts = {
            "names": _titles(rows),
            "systems": sum(row["systems"] for row in rows),
            "when": (night, decided),
            "months": wait,
        }
        due = _review(ground, night) if decided else ground.board
        grade = ground.vendor_grade(rows)
        yield entry("night", facts, due, grade, 1, level(wait, BY_MONTHS))


def _review(ground: Ground, night: date) -> date:
    for meeting in ground.held:
        if meeting.meeting == REVIEW and meeting.due == night:
            return meeting.day
    return last_open(night)


def _shortage(ground: Ground) -> Entries:
    """What own people lack on the plan's dates: a demand to the staffing, not a later date."""
    lack = lack_of(ground.plan.pmo.load, "load")
    if lack is None:
        return
    facts = {
        "count": lack.months,
        "total": lack.total,
        "resource": lack.worst["resource"],
        "fte": float(lack.worst["short"]),
        "when": (lack.worst["month"], False),
        "alone": ground.later("alone", _names(ground.lots)),
    }
    grade = grade_of(ground.city, "dx_staff", "dx_share", "section_share")
    yield entry("lack", facts, ground.board, grade, 3, lack.impact)


# --- what the town hall waits for -----------------------------------------------------------------
def _waits(ground: Ground) -> Entries:
    """What hangs on the council and on the vendors in use."""
    laws, data = _bars(ground, LAW), _bars(ground, EXTRACTION)
    if laws:
        first = min(laws, key=lambda bar: bar["finish"])
        facts = {
            "count": len(laws),
            "session": _session(first["finish"]),
            "when": _when(first, "finish"),
        }
        yield entry("council", facts, _settled(ground, first), "G")
    if data:
        first = min(data, key=lambda bar: bar["start"])
        facts = {
            "count": len(data),
            "lot": first["lot"],
            "when": _when(first, "start"),
        }
        yield entry("data", facts, _settled(ground, first), "G")


def _bars(ground: Ground, no: str) -> list[Row]:
    task = ground.plan.pmo.task
    return records(task[task["no"] == no])


def _when(bar: Row, end: str) -> tuple[date, bool]:
    return bar[end], bool(bar["decided"])


def _session(day: date) -> str:
    """The council session in which the work on an ordinance ends: the last one begun by then."""
    # any year holds a session of each rule
    year = timedelta(days=366)
    sessions = months.sessions(catalog.load_session_rules(), day - year, day)
    return sessions[-1].name


def _settled(ground: Ground, bar: Row) -> date:
    """The day on which a lot's schedule is fixed with its vendor; the first meeting where it is."""
    day = ground.office
    for signing in _bars(ground, CONTRACT):
        if signing["lot"] == bar["lot"]:
            day = max(day, last_open(signing["finish"]))
    return day
