"""What may happen beside the work of a lot, as rows of ``data/risk_events.csv``, drawn by sample.

Each draw has a dimension of its own by the event's row and by whom it strikes (its scope): the town
hall, a vendor, a lot, a budget occasion, an April. So an event that is left out, or never happens,
moves no draw of any other; and where its chance grows, it happens in the same samples and in more.
The shares are stratified, of N samples a chance p strikes in p N; and they stand on the lattice of
the vendors' days, so that also the tail of a go-live moves little from seed to seed (by 0.16 points
of its share at P80, against 0.26 with shares of their own and 0.15 with four times the samples).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

import numpy as np

from dxplan.facts import catalog
from dxplan.facts.months import DAYS_PER_MONTH, Gate
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.sample import (
    DIMENSIONS,
    SAMPLES,
    WEEK,
    Samples,
    Strike,
    lattice,
    maker_of,
    triangle,
)
from dxplan.solve.arrays import Flags

FIRST = 20  # dimension of the lattice behind those of the lots
ROOM = 8  # dimensions of an event: whom it strikes
CITY, VENDOR, LOT, OCCASION, YEAR = "city", "vendor", "lot", "occasion", "year"
DAYS = {"か月": DAYS_PER_MONTH, "週": WEEK, "倍": 1.0}
CASES = ("found", "half")  # events whose length is what the staffing then lacks

Stretch = Mapping[str, Mapping[str, float]]  # case -> lot -> times that its work takes


@dataclass(frozen=True)
class Event:
    """A row of the events.

    Attributes
    ----------
    scope : whom one draw strikes: city, vendor, lot, occasion or year.
    p : chance of each draw, 0..1.
    effect : vendor, contract, ready, budget, yearly, found or half.
    low, mode, high : triangle of its length, in its unit.
    """

    id: str
    label: str
    scope: str
    p: float
    effect: str
    low: float
    mode: float
    high: float
    unit: str
    as_of: date
    source: str
    grade: str
    note: str


@cache
def load_events() -> tuple[Event, ...]:
    """The events of ``data/risk_events.csv``, in the order of the file."""
    return tuple(Event(**row) for row in catalog.records(catalog.load_table("risk_events")))


def changed(events: Iterable[Event], name: str, p: float) -> tuple[Event, ...]:
    """The events, one of them with another chance."""
    return tuple(replace(one, p=p) if one.id == name else one for one in events)


@dataclass(frozen=True)
class Draw:
    """Whether one draw of an event strikes [N], and its length in days or times [N]."""

    hit: Flags
    length: Samples

    @property
    def lost(self) -> Samples:
        """The length where it strikes, else 0."""
        return np.where(self.hit, self.length, 0.0)


@lru_cache(maxsize=256)
def drawn(seed: int, event: Event, member: int = 0) -> Draw:
    """One draw of an event for a member of its scope, 0, 1, ..."""
    numbers = [known.id for known in load_events()]
    number = numbers.index(event.id) if event.id in numbers else len(numbers)
    dimension = FIRST + ROOM * number + member % ROOM
    share = (lattice(seed, dimension % DIMENSIONS) + 0.5) / SAMPLES
    hit = share < event.p
    if event.p <= 0 or np.isnan(event.mode):
        return Draw(hit, np.zeros(SAMPLES))
    # within those it strikes, the shares are stratified again
    within = np.minimum(1.0, share / event.p)
    length = triangle(within, event.low, event.mode, event.high)
    return Draw(hit, length * DAYS[event.unit])


def drawn_cases(seed: int, events: Iterable[Event]) -> dict[str, Flags]:
    """Case of the staffing -> the samples [N] in which it comes true."""
    return {event.id: drawn(seed, event).hit for event in events if event.effect in CASES}


def strikes_of(pmo: PmoPlan, events: Sequence[Event], stretch: Stretch) -> dict[str, Strike]:
    """Lot -> what happens to it in the samples.

    Parameters
    ----------
    pmo : the roadmap.
    events : what may happen.
    stretch : case -> lot -> times that its work takes where the case comes true.
    """
    yearly = _yearly(pmo, events)
    missed = _missed(pmo, events)
    strikes = {}
    for k, project in enumerate(pmo.projects):
        lost = {effect: np.zeros(SAMPLES) for effect in ("vendor", "contract", "ready")}
        times = np.ones(SAMPLES)
        for event, draw in _own(pmo, k, events):
            if event.effect in CASES:
                longer = stretch.get(event.effect, {}).get(project.lot.name, 1.0) - 1
                times = times + longer * draw.lost
            else:
                lost[event.effect] = lost[event.effect] + draw.lost
        again = lost["contract"]  # another vendor signs later, and comes later
        strikes[project.lot.name] = Strike(
            begin=again,
            vendor=lost["vendor"] + again,
            ready=lost["ready"],
            stretch=times,
            missed=missed,
            yearly=yearly,
        )
    return strikes


def _own(pmo: PmoPlan, k: int, events: Iterable[Event]) -> Iterator[tuple[Event, Draw]]:
    """The draws that a lot shares with its vendor, its town hall, or with nobody."""
    seed, lot = round(pmo.city.number("seed")), pmo.projects[k].lot
    members = {CITY: 0, LOT: k, VENDOR: maker_of(pmo.projects, k)}
    for event in events:
        # a day that is offered or set slips by the city's own rate already
        told = event.effect == "vendor" and (lot.offer or lot.planned)
        if event.scope in members and not told:
            yield event, drawn(seed, event, members[event.scope])


def _yearly(pmo: PmoPlan, events: Iterable[Event]) -> tuple[tuple[int, Samples], ...]:
    """(days from the plan's start, days [N] lost) of each 1 April in the grid."""
    seed, weeks = round(pmo.city.number("seed")), pmo.frame.weeks
    first, last = weeks.start, weeks.day(weeks.count)
    rows = []
    for event in events:
        for year in range(first.year, last.year + 1):
            april = date(year, 4, 1)
            if event.scope == YEAR and first < april < last and event.p > 0:
                rows.append(((april - first).days, drawn(seed, event, year).lost))
    return tuple(sorted(rows, key=lambda row: row[0]))


def _missed(pmo: PmoPlan, events: Iterable[Event]) -> dict[Gate, Flags]:
    """Budget occasion of the plan -> the samples [N] in which it is missed, for the next one."""
    seed = round(pmo.city.number("seed"))
    asked = sorted(column.gate.available for column in pmo.columns if column.gate)
    missed: dict[Gate, Flags] = {}
    for event in events:
        if event.scope == OCCASION and event.p > 0:
            for column in pmo.columns:
                if column.gate:
                    member = asked.index(column.gate.available)
                    missed[column.gate] = drawn(seed, event, member).hit
    return missed
