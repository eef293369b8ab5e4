"""What the RAID log says of the roadmap: questions, how sure the dates are, money, people.

An undecided cutover has no day here: a date that hangs on it is handed on with the word whether it
is decided, and is due at a meeting or by the contract, never on a day of the plan's own window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, isnan

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.plan.meetings import BOARD, OFFICE, REVIEW, Meeting
from dxplan.plan.rating import (
    BY_MONEY,
    BY_MONTHS,
    BY_WORK,
    EVEN,
    SMALL,
    SURE,
    UNSURE,
    Entry,
    first_meeting,
    grade_of,
    last_open,
    level,
    weakest,
)
from dxplan.plan.whole import Plan
from dxplan.plan.why import plan_branches
from dxplan.town.city import City
from dxplan.town.systems import COMMON, PRESUMED, System

SOON = 60  # days up to which a deadline is near
CONTRACT, LAW, EXTRACTION = "9", "15", "12.1"  # work items


@dataclass(frozen=True)
class Ground:
    """What every entry looks at: the plan, its reasons, its meetings, the first ones of them."""

    plan: Plan
    why: pd.DataFrame
    held: Sequence[Meeting]

    @property
    def city(self) -> City:
        """The municipality."""
        return self.plan.city

    @property
    def board(self) -> date:
        """The day on which the headquarters first meet."""
        return first_meeting(self.held, BOARD, self.city.start)

    @property
    def office(self) -> date:
        """The day on which the PMO first meets."""
        return first_meeting(self.held, OFFICE, self.city.start)

    @property
    def lots(self) -> list[dict]:
        """The rows of the table of lots, each with what is told of its date."""
        told = self.plan.pmo.told.lot.set_index("lot").to_dict("index")
        rows = self.plan.pmo.lot.to_dict("records")
        return [row | told[row["lot"]] for row in rows]

    def scenario(self, name: str, lots: Sequence[str]) -> list[dict]:
        """The rows of ``why`` of some lots under a condition; ``inf`` months is beyond the calendar."""
        part = self.why[self.why["scenario"] == name]
        rows = part[part["lot"].isin(list(lots))].to_dict("records")
        return [row | {"months": inf if isnan(row["months"]) else row["months"]} for row in rows]

    def later(self, name: str, lots: Sequence[str]) -> float:
        """Months by which the outlook of some lots is later at most under a condition."""
        return max((row["months"] for row in self.scenario(name, lots)), default=0.0)

    def impact(self, name: str, lots: Sequence[str]) -> int:
        """What a condition does: 3 where it makes the end date doubtful, else by months."""
        rows = self.scenario(name, lots)
        if any(row["chance"] < SURE <= row["chance"] - row["more"] for row in rows):
            return 3
        return level(max((abs(row["months"]) for row in rows), default=0.0), BY_MONTHS)

    def vendor_grade(self, rows: Sequence[Mapping]) -> str:
        """The weakest grade of the vendors' days of some lots."""
        offers = {lot.name: lot.offer for lot in self.city.lots}
        guess = self.city.at("vendor_likely")
        return weakest([(offers[row["lot"]] or guess).grade for row in rows])


def roadmap_entries(ground: Ground) -> Iterator[Entry]:
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


def _titles(rows: Sequence[Mapping]) -> tuple[str, ...]:
    return tuple(row["title"] for row in rows)


def _names(rows: Sequence[Mapping]) -> list[str]:
    return [row["lot"] for row in rows]


def _told(row: Mapping) -> dict[str, object]:
    """What is told of a lot: its median, and 20 to 80 per cent."""
    return {"told": (row["p50_from"], row["p50_to"]), "range": (row["p20"], row["p80_to"])}


# --- the state of the systems --------------------------------------------------------------------------
def _counted(systems: Sequence[System]) -> dict[str, object]:
    """Systems as facts: names of the 20 businesses, 共通機能 beside them, the day they speak of."""
    names = tuple(s.business for s in systems if s.business != COMMON)
    common = any(s.business == COMMON for s in systems)
    return {"names": names, "common": common, "since": min(s.state.as_of for s in systems)}


def _questions(ground: Ground) -> Iterator[Entry]:
    """Systems of which nobody knows whether they have moved: ask, and plan both ways until then."""
    asked = [system for system in ground.city.movable if system.unsure]
    if not asked:
        return
    now, then = plan_branches(ground.plan.pmo).to_dict("records")
    yen = int(then["yen"] - now["yen"])
    facts = _counted(asked) | {
        "now": int(now["systems"]),
        "then": int(then["systems"]),
        "lots": int(then["lots"]),
        "yen": yen,
        "told": (then["p50"], then["p50"]),
        "range": (then["p20"], then["p80"]),
        "chance": then["chance"],
    }
    impact = _branch_impact(ground, now, then, yen)
    grade = weakest([system.state.grade for system in asked])
    yield Entry("issue", "questions", facts, 3, impact, "dx", ground.office, "systems", grade)


def _branch_impact(ground: Ground, now: Mapping, then: Mapping, yen: int) -> int:
    """What an open question moves: the outlook (from the start where no lot is left), or the cost."""
    if then["chance"] < SURE <= now["chance"]:
        return 3
    first = now["p50"] or ground.plan.pmo.start
    moved = (then["p50"] - first).days / months.DAYS_PER_MONTH if then["p50"] else inf
    cost = int(ground.plan.budget.sure["yen"].sum())
    return max(level(moved, BY_MONTHS), level(yen / max(cost, 1), BY_MONEY))


def _announced(ground: Ground) -> Iterator[Entry]:
    """A page of the municipality announced a cutover of systems that stand on the late list."""
    listed = [system for system in ground.city.systems if system.late and system.presumed]
    open_ = [system for system in listed if system.pending or system.unsure]
    for row in catalog.load_table("announced_cutovers").to_dict("records"):
        named = row["businesses"].split(";")
        names = tuple(s.business for s in open_ if s.business in named or named == ["all"])
        if row["code"] == ground.city.code and names:
            facts = {"names": names} | _page_day(row["live"])
            grade = row["grade"]
            due = ground.office
            yield Entry("issue", "announced", facts, 0, 0, "section", due, "systems", grade)


def _page_day(text: str) -> dict[str, date]:
    """The day of a page, or the month where it named no day."""
    if len(text) == len("2026-01-05"):
        return {"day": date.fromisoformat(text)}
    return {"month": date.fromisoformat(f"{text}-01")}


def _presumed(ground: Ground) -> Iterator[Entry]:
    """Systems that should have moved by the end of the term, which nobody has confirmed."""
    systems = [s for s in ground.city.movable if s.state.value == PRESUMED]
    if systems:
        grade = weakest([system.state.grade for system in systems])
        facts, due = _counted(systems), ground.board
        yield Entry("assumption", "presumed", facts, 0, 0, "section", due, "systems", grade)


# --- how sure the dates are ----------------------------------------------------------------------------
def _offers(ground: Ground) -> Iterator[Entry]:
    """Lots whose vendor has offered no day: the first question of a roadmap."""
    rows = [row for row in ground.lots if row["offered"] is None]
    if rows:
        lots = _names(rows)
        facts = {"names": _titles(rows), "later": ground.later("later", lots)}
        impact = max(ground.impact(name, lots) for name in ("later", "earlier"))
        grade = ground.city.at("vendor_likely").grade
        yield Entry("issue", "offer", facts, 3, impact, "dx", ground.office, "lot", grade)


def _chances(ground: Ground) -> Iterator[Entry]:
    """Lots whose end date is doubtful."""
    end = ground.city.at("end_date").value
    for row in ground.lots:
        if row["chance"] < SURE:
            facts = {"lot": row["title"], "chance": row["chance"], "day": end} | _told(row)
            late = row["chance"] < EVEN
            category, topic = ("issue", "late_end") if late else ("risk", "tight")
            owner = "mayor" if late else "dx"
            grade = ground.vendor_grade([row])
            yield Entry(category, topic, facts, 2 + late, 3, owner, ground.board, "lot", grade)


def _target(ground: Ground) -> Iterator[Entry]:
    """Lots whose outlook lies behind the target, but for those that miss the end date anyway."""
    target = ground.city.at("target_date").value
    rows = [row for row in ground.lots if row["chance"] >= EVEN and _ends(row) > target]
    if rows:
        last = max(rows, key=_ends)
        late = (_ends(last) - target).days / months.DAYS_PER_MONTH
        facts = {"names": _titles(rows), "day": target} | _told(last)
        impact = min(2, level(late, BY_MONTHS))
        grade = ground.vendor_grade(rows)
        yield Entry("issue", "late_target", facts, 3, impact, "board", ground.board, "lot", grade)


def _ends(row: Mapping) -> date:
    return row["p50"] or date.max


def _cause(ground: Ground) -> Iterator[Entry]:
    """What sets the date of the last lot, and what moves its outlook."""
    last = max(ground.lots, key=lambda row: (_ends(row), row["live"]))
    lot = [last["lot"]]
    moved = {name: ground.later(name, lot) for name in ("earlier", "later", "alone")}
    facts = {"lot": last["title"], "set_by": last["set_by"]} | moved
    grade = ground.vendor_grade([last])
    impact = max(ground.impact(name, lot) for name in moved)
    owner = {"offer": "contract", "tender": "contract", "budget": "finance"}.get(
        last["set_by"], "dx"
    )
    likelihood = 1 + (grade in UNSURE)
    yield Entry("risk", "cause", facts, likelihood, impact, owner, ground.board, "why", grade)


# --- money and contracts -------------------------------------------------------------------------------
def _gates(ground: Ground) -> Iterator[Entry]:
    """Each budget occasion: what missing it costs; for the first one the plan was made again."""
    grades = {rule.name: value.grade for rule, value in ground.city.gates}
    titles = {row["lot"]: row["title"] for row in ground.lots}
    groups = ground.plan.pmo.gate.groupby(["request_by", "gate"], sort=True)
    for k, ((due, gate), part) in enumerate(groups):
        wait = float(part["months_missed"].max())
        names = tuple(titles[lot] for lot in part["lot"])
        facts = {
            "gate": gate,
            "names": names,
            "months": wait,
            "next": part["next_gate"].iloc[0],
            "day": part["next_available"].iloc[0],
        }
        impact = level(wait, BY_MONTHS)
        if k == 0:
            facts |= {"missed": ground.later("gate", list(titles))}
            impact = ground.impact("gate", list(titles))
        near = (due - ground.city.start).days < SOON
        yield Entry("risk", "gate", facts, 1 + near, impact, "dx", due, "gate", grades[gate])


def _contracts(ground: Ground) -> Iterator[Entry]:
    """Contracts presumed signed; contracts in use that end before their lot has moved."""
    signed = [row for row in ground.lots if row["contracted"] and row["presumed"]]
    if signed:
        facts = {"names": _titles(signed)}
        yield Entry("assumption", "signed", facts, 0, 0, "contract", ground.board, "lot", "G")
    for row in ground.lots:
        if row["extension"]:
            yield _extension(ground, row)


def _extension(ground: Ground, row: Mapping) -> Entry:
    """A contract in use that has to be extended: a decision with its day, months and yen."""
    start, by, yen = ground.city.start, row["decide_by"], ground.plan.pmo.extension_yen[row["lot"]]
    cost = int(ground.plan.budget.sure["yen"].sum())
    facts = {
        "lot": row["title"],
        "day": row["contract_end"],
        "months": int(row["extension"]),
        "yen": yen,
        "by": by,
        "past": by < start,
    }
    due = max(last_open(by), months.next_open(start))
    impact = level(yen / max(cost, 1), BY_MONEY)
    grade = grade_of(ground.city, "running_yen", "notice_months")
    return Entry("issue", "extension", facts, 3, impact, "contract", due, "lot", grade)


def _links(ground: Ground) -> Iterator[Entry]:
    """Lots that move before the resident register, and so want an interim link."""
    rows = [row for row in ground.lots if row["linked"]]
    if rows:
        item = ground.plan.budget.item
        yen = int(item.loc[item["item"] == "link", "yen"].sum())
        cost = int(ground.plan.budget.sure["yen"].sum())
        facts = {"names": _titles(rows), "yen": yen}
        impact = level(yen / max(cost, 1), BY_MONEY)
        grade = ground.city.at("link_yen").grade
        yield Entry("dependency", "linked", facts, 3, impact, "dx", ground.board, "lot", grade)


# --- nights and people ---------------------------------------------------------------------------------
def _nights(ground: Ground) -> Iterator[Entry]:
    """Nights on which several lots cut over, and how long the next window would be away."""
    by_night: dict[date, list[dict]] = {}
    for row in ground.lots:
        by_night.setdefault(row["cutover"], []).append(row)
    for night, rows in sorted(by_night.items()):
        if len(rows) > 1:
            decided = all(row["decided"] for row in rows)
            next_ = [row["months"] for row in ground.scenario("window", _names(rows))]
            wait = max(next_, default=inf)
            facts = {
                "names": _titles(rows),
                "systems": sum(row["systems"] for row in rows),
                "when": (night, decided),
                "months": wait,
            }
            due = _review(ground, night) if decided else ground.board
            impact = level(wait, BY_MONTHS)
            grade = ground.vendor_grade(rows)
            yield Entry("risk", "night", facts, 1, impact, "dx", due, "lot", grade)


def _review(ground: Ground, night: date) -> date:
    days = (m.day for m in ground.held if m.meeting == REVIEW and m.due == night)
    return next(days, last_open(night))


def _shortage(ground: Ground) -> Iterator[Entry]:
    """What own people lack on the plan's dates: a demand to the staffing, not a later date."""
    load = ground.plan.pmo.load
    month = load.groupby("month")[["load", "short"]].sum()
    lack = month[month["short"] >= SMALL]
    if not len(lack):
        return
    worst = load.loc[load["short"].idxmax()]
    facts = {
        "count": len(lack),
        "total": float(month["short"].sum()),
        "resource": worst["resource"],
        "fte": float(worst["short"]),
        "when": (worst["month"], False),
        "alone": ground.later("alone", _names(ground.lots)),
    }
    impact = level(float((lack["short"] / lack["load"]).max()), BY_WORK)
    grade = grade_of(ground.city, "dx_staff", "dx_share", "section_share")
    yield Entry("issue", "lack", facts, 3, impact, "personnel", ground.board, "load", grade)


# --- what the town hall waits for ----------------------------------------------------------------------
def _waits(ground: Ground) -> Iterator[Entry]:
    """What hangs on the council and on the vendors in use."""
    laws, data = _bars(ground, LAW), _bars(ground, EXTRACTION)
    if laws:
        first = min(laws, key=lambda bar: bar["finish"])
        session, when = _session(first["finish"]), _when(first, "finish")
        facts = {"count": len(laws), "session": session, "when": when}
        due = _settled(ground, first)
        yield Entry("dependency", "council", facts, 0, 0, "section", due, "task", "G")
    if data:
        first = min(data, key=lambda bar: bar["start"])
        facts = {"count": len(data), "lot": first["lot"], "when": _when(first, "start")}
        due = _settled(ground, first)
        yield Entry("dependency", "data", facts, 0, 0, "vendor", due, "task", "G")


def _bars(ground: Ground, no: str) -> list[dict]:
    task = ground.plan.pmo.task
    return task[task["no"] == no].to_dict("records")


def _when(bar: Mapping, end: str) -> tuple[date, bool]:
    return bar[end], bool(bar["decided"])


def _session(day: date) -> str:
    """The council session in which the work on an ordinance ends: the last one begun by then."""
    found = months.sessions(catalog.load_session_rules(), day - timedelta(days=366), day)
    return found[-1].name


def _settled(ground: Ground, bar: Mapping) -> date:
    """The day on which a lot's schedule is fixed with its vendor; the first meeting where it is."""
    signed = [row["finish"] for row in _bars(ground, CONTRACT) if row["lot"] == bar["lot"]]
    return max([ground.office, *map(last_open, signed)])
