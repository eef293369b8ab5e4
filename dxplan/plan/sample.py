"""How sure the dates of a roadmap are: samples of its projects, in days.

Sets        i samples 0..N-1, l lots in the order of their cutovers, k items of a lot
Given       the plan: block start, hand-in of the papers, tender and window of each lot; length of an item as weeks of the
            plan x a ratio between min / mode and max / mode (triangle); allowed windows and their prices; the vendor
Draw        ratio of each item, with a factor that a city has in common and one that a lot has in common (a share of the
            variance each); where no day of the vendor or the city is known, the day (triangle earliest, likely, latest);
            where one is, slips: 20 % in eight months from the contract until the day, each of a length (triangle)
Then        papers -> budget occasion -> tender -> preparation -> rehearsals, tests, training, with the least lags; the
            reserve takes up what is late; never before the plan (a date that is told is not brought forward); the cheapest
            allowed window of the next half year; hypercare of the lots before is kept

Samples that find no window count as late. The common factors, the vendor's day and the slips are stratified
(Latin hypercube), so that another seed moves little. Source of the ratios: ``data/lot_template.csv`` (grade G).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd

from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.block import LAW, PREPARATION, load_parts, training_lag
from dxplan.plan.column import Column, Project, gap_of, same_night
from dxplan.plan.work import Frame, Paper
from dxplan.town.city import City

SAMPLES = 4000  # with 1,000, other seeds told other quarters in one lot of twelve
GENERATOR, LATTICE = (
    1297,
    9999,
)  # of the lattice (least P2 in three dimensions for N), and the stream of its shifts
SLIPS = 4  # more than so many slips of one lot are not drawn
EIGHT = 8  # months to which the rate of slips belongs
HALF_YEAR = 26 * 7  # days in which a lot that is late chooses its window
P20, P50, P80 = 0.2, 0.5, 0.8
DOUBT = (
    0.02  # a quantile is told as a range of quarters where it changes within so much of its share
)
NEVER = 10**6  # days after the plan's start: no window was found


@dataclass(frozen=True)
class Told:
    """What is told of the dates.

    Attributes
    ----------
    lot : a row a lot: lot, p20, p50, p80 (dates, None where it is beyond the grid), p50_from, p50_to, p80_from, p80_to
        (between which the quantile may lie), chance (of the end date, 0..1), kept (chance of the plan's own date).
    last : the same for the last lot of the city; no row where nothing is left.
    live : days from the plan's start [N, L]; NEVER where no window was found.
    """

    lot: pd.DataFrame
    last: pd.DataFrame
    live: np.ndarray


@dataclass(frozen=True)
class Doubt:
    """What is drawn: ``spread`` of the durations, ``vendor`` day or slips, later by ``shift`` days; ``stretch`` of the work."""

    spread: bool = True
    vendor: bool = True
    shift: int = 0
    stretch: Mapping[str, float] | None = None


TOLD = ("lot", "p20", "p50", "p80", "p50_from", "p50_to", "p80_from", "p80_to", "chance", "kept")


def told_dates(
    city: City,
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Column],
    doubt: Doubt = Doubt(),
) -> Told:
    """Quantiles and chances of a roadmap's dates.

    Parameters
    ----------
    city, frame : the municipality and the ground of its plan.
    projects, columns : the lots and the column of each.
    doubt : what is drawn.
    """
    if not projects:
        empty = pd.DataFrame([], columns=list(TOLD))
        return Told(empty, empty, np.zeros((0, 0)))
    live = live_days(city, frame, projects, columns, doubt)
    end = (city.at("end_date").value - frame.weeks.start).days
    plan = [(column.window.live - frame.weeks.start).days for column in columns]
    rows = [
        _told_row(frame, project.lot.name, live[:, k], plan[k], end)
        for k, project in enumerate(projects)
    ]
    last = _told_row(frame, "", live.max(axis=1), max(plan), end)
    return Told(
        pd.DataFrame(rows, columns=list(TOLD)), pd.DataFrame([last], columns=list(TOLD)), live
    )


def _told_row(frame: Frame, name: str, live: np.ndarray, plan: int, end: int) -> tuple:
    ordered = np.sort(live)

    def at(share: float) -> date | None:
        day = int(ordered[min(len(ordered) - 1, max(0, int(np.ceil(share * len(ordered))) - 1))])
        return None if day >= NEVER else frame.weeks.start + timedelta(days=day)

    spans = [at(share + side * DOUBT) for share in (P50, P80) for side in (-1, 1)]
    return (
        name,
        at(P20),
        at(P50),
        at(P80),
        *spans,
        float((live <= end).mean()),
        float((live <= plan).mean()),
    )


# --- draws ---------------------------------------------------------------------------------------------
def triangle(share: np.ndarray, least: float, likely: float, most: float) -> np.ndarray:
    """Quantiles of a triangle at shares 0..1; Source: Kotz and van Dorp, Beyond Beta (2004), chapter 1."""
    if most <= least:
        return np.full(np.shape(share), float(likely))
    turn = (likely - least) / (most - least)
    low = least + np.sqrt(np.maximum(0, share * (most - least) * (likely - least)))
    high = most - np.sqrt(np.maximum(0, (1 - share) * (most - least) * (most - likely)))
    return np.where(share < turn, low, high)


class _Draws:
    """Shares 0..1 [N] of the dimensions of one stream (a city's common factor, or a lot), in the order in which they are asked for.

    The factors that all items have in common, and the vendor's day, are stratified together by a lattice, which a seed
    shifts; every other dimension is stratified for itself (Latin hypercube).
    Sources: McKay, Beckman, Conover (1979); Cranley and Patterson, Randomization of number theoretic methods (1976).
    """

    def __init__(self, seed: int, stream: int):
        self.seed, self.stream = seed, stream
        self.chance = np.random.default_rng([seed, stream])

    def next(self) -> np.ndarray:
        """Shares of a dimension of its own."""
        return (self.chance.permutation(SAMPLES) + 0.5) / SAMPLES

    def normal(self) -> np.ndarray:
        """Normal scores of a dimension of its own."""
        return _scores()[self.chance.permutation(SAMPLES)]

    def factor(self) -> np.ndarray:
        """Normal scores of the factor that the items of the stream have in common."""
        return _scores()[self._lattice(max(0, 2 * self.stream - 1))]

    def vendor(self) -> np.ndarray:
        """Shares of the vendor's day."""
        return (self._lattice(2 * self.stream) + 0.5) / SAMPLES

    def _lattice(self, dimension: int) -> np.ndarray:
        """Strata 0..N-1 [N] of a dimension of the lattice."""
        step = pow(GENERATOR, dimension, SAMPLES)
        shift = int(np.random.default_rng([self.seed, LATTICE, dimension]).integers(SAMPLES))
        return (np.arange(SAMPLES) * step + shift) % SAMPLES


@cache
def _scores() -> np.ndarray:
    """Normal scores [N] of the middles of N strata."""
    return np.array([NormalDist().inv_cdf((k + 0.5) / SAMPLES) for k in range(SAMPLES)])


def _share_of(scores: np.ndarray) -> np.ndarray:
    """Shares 0..1 of scores by their ranks, so that each item has the whole of its triangle, whatever it has in common."""
    share = np.empty(SAMPLES)
    share[np.argsort(scores, kind="stable")] = (np.arange(SAMPLES) + 0.5) / SAMPLES
    return share


def _begin(planned: float, ready: np.ndarray) -> np.ndarray:
    """Day [N] on which an item begins: as it was planned where that has passed, else when all is ready for it."""
    return np.full(SAMPLES, planned) if planned < 0 else np.maximum(ready, 0.0)


class _Lot:
    """The samples of one lot: ratios of its items, and its vendor's day."""

    def __init__(
        self,
        city: City,
        frame: Frame,
        project: Project,
        column: Column,
        draws: _Draws,
        shared: np.ndarray,
        doubt: Doubt,
    ):
        self.city, self.frame, self.project, self.column, self.draws, self.doubt = (
            city,
            frame,
            project,
            column,
            draws,
            doubt,
        )
        part = city.number("factor_share") / 100
        self.mixed = np.sqrt(part) * shared + np.sqrt(part) * draws.factor()
        self.rest = np.sqrt(1 - 2 * part)

    def days(self, weeks: int, low: float, high: float) -> np.ndarray:
        """Days [N] of an item of so many weeks."""
        share = _share_of(self.mixed + self.rest * self.draws.normal())
        ratio = triangle(share, low, 1.0, high) if self.doubt.spread else 1.0
        stretch = (self.doubt.stretch or {}).get(self.project.lot.name, 1.0)
        return np.full(SAMPLES, weeks * 7.0) * ratio * stretch

    def papers(self, papers: Sequence[Paper]) -> np.ndarray:
        """Days [N] of papers one after the other."""
        total = np.zeros(SAMPLES)
        for paper in papers:
            low, mode, high = paper.item.months
            total += self.days(paper.weeks, low / mode, high / mode)
        return total

    def contract(self) -> np.ndarray:
        """Day [N] on which the block may begin: papers, budget occasion, tender."""
        planned = (self.column.window.week + self.project.block.start) * 7.0
        begin = np.full(SAMPLES, planned)
        if planned < 0 or (self.column.tender is None and self.column.papers is None):
            return begin
        money = np.full(SAMPLES, 0.0 if self.column.tender is None else self.column.tender * 7.0)
        if self.column.papers is not None and self.column.gate is not None:
            money = np.maximum(money, self._money())
        tender = self.papers(self.project.after)
        return np.maximum(begin, money + tender)

    def _money(self) -> np.ndarray:
        """Day [N] from which the money can be spent that is asked for when the papers are done."""
        asked = self.column.gate
        if asked.request_by < self.frame.weeks.start:
            return np.full(SAMPLES, self.frame.money(asked) * 7.0)
        handed = self.column.papers * 7.0 + self.papers(self.project.before)
        gates = [gate for gate in self.frame.gates if gate.available >= asked.available]
        closes = np.array([self.frame.hand_in(gate) * 7.0 for gate in gates])
        spend = np.array([self.frame.money(gate) * 7.0 for gate in gates])
        first = np.full(SAMPLES, np.inf)
        for close, day in zip(closes, spend):
            first = np.where(handed <= close + 1e-9, np.minimum(first, day), first)
        return first

    def ready(self, begin: np.ndarray) -> np.ndarray:
        """Day [N] from which the lot may cut over, by its work alone."""
        block = self.project.block
        late = (
            begin - (self.column.window.week + block.start) * 7.0
        )  # what the front is late moves the preparation
        start = {piece.key: (self.column.window.week + piece.start) * 7.0 for piece in block.pieces}
        took = {
            piece.key: self.days(piece.weeks, piece.part.low, piece.part.high)
            for piece in block.pieces
            if piece.key != "CARE"
        }
        prepared = [start[key] + late + took[key] for key in PREPARATION if key in took]
        chain = [key for key in took if key[0] == "R"]
        day = np.maximum.reduce(prepared) if prepared else np.full(SAMPLES, start[chain[0]])
        rehearsed = self._rehearsed(chain, start, took, day)
        tests = [key for key in ("T1", "T2", "TRN") if key in took]
        tested = rehearsed.get("R1", np.full(SAMPLES, start[tests[0]]))
        for key in tests:
            tested = _begin(start[key], tested) + took[key]
        done = rehearsed[chain[-1]] + load_parts()["RK"].low_lag * 7.0
        return np.maximum(done, tested + training_lag()[0] * 7.0)

    def _rehearsed(
        self, chain: Sequence[str], start: Mapping, took: Mapping, day: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Day [N] on which each rehearsal ends, where the first can begin on a day [N]."""
        found = {}
        for key in chain:
            found[key] = _begin(start[key], day) + took[key]
            day = found[key] + load_parts()["Rk"].low_lag * 7.0
        return found

    def law(self) -> np.ndarray:
        """Day [N] from which the lot may cut over, by its ordinances."""
        part = load_parts()[LAW]
        if self.column.law is None or self.column.law + part.weeks <= 0:
            return np.zeros(SAMPLES)
        took = self.days(part.weeks, part.low, part.high)
        missed = np.maximum(
            0, np.ceil((took - part.weeks * 7.0) / (13 * 7.0) - 1e-9)
        )  # sessions, a quarter apart
        lag = self.column.window.week - self.column.law - part.weeks - part.low_lag
        return np.where(missed > 0, (self.column.window.week - lag + 13 * missed) * 7.0, 0.0)

    def vendor(self, begin: np.ndarray) -> np.ndarray:
        """Day [N] from which the vendor can go live: drawn, or the offered day with its slips."""
        lot, city, start = self.project.lot, self.city, self.frame.weeks.start
        known = lot.offer.value if lot.offer else lot.planned
        if known is None:
            names = ("vendor_earliest", "vendor_likely", "vendor_latest")
            least, likely, most = ((city.at(name).value - start).days for name in names)
            share = self.draws.vendor()
            return (
                triangle(share, least, likely, most) + self.doubt.shift
                if self.doubt.vendor
                else np.full(SAMPLES, likely + self.doubt.shift)
            )
        day = np.full(SAMPLES, (known - start).days + self.doubt.shift, float)
        signed = np.zeros(SAMPLES) if lot.contracted else np.maximum(0, begin)
        return self._slipped(day, signed) if self.doubt.vendor else day

    def _slipped(self, day: np.ndarray, signed: np.ndarray) -> np.ndarray:
        """A day [N] that slips at a rate from the contract until it comes."""
        rate = -np.log(1 - self.city.number("slip_rate") / 100) / (EIGHT * DAYS_PER_MONTH)
        length = [
            self.city.number(f"slip_{name}") * DAYS_PER_MONTH
            for name in ("least", "likely", "most")
        ]
        now = signed
        open_ = np.ones(SAMPLES, bool)
        for _ in range(SLIPS):
            wait = -np.log(1 - self.draws.next()) / rate if rate > 0 else np.full(SAMPLES, np.inf)
            more = triangle(self.draws.next(), *length)
            open_ = open_ & (now + wait < day)
            now = np.where(open_, now + wait, now)
            day = np.where(open_, day + more, day)
        return day


def live_days(
    city: City,
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Column],
    doubt: Doubt = Doubt(),
) -> np.ndarray:
    """Go-live of each lot in each sample [N, L], in days from the plan's start; NEVER where no window was found."""
    seed = round(city.number("seed"))
    shared = _Draws(seed, 0).factor()
    live = np.zeros((SAMPLES, len(projects)))
    night = np.zeros((SAMPLES, len(projects)))
    placed: list[int] = []
    for k in sorted(
        range(len(projects)), key=lambda k: (columns[k].window.week, projects[k].lot.name)
    ):
        draws = _Draws(
            seed, k + 1
        )  # of the lot's own, so that a lot meets the same chances whatever becomes of the others
        lot = _Lot(city, frame, projects[k], columns[k], draws, shared, doubt)
        begin = lot.contract()
        need = np.maximum(lot.ready(begin), lot.law())
        vendor = lot.vendor(begin)
        night[:, k], live[:, k] = _windows(frame, projects, columns, k, need, vendor, night, placed)
        placed.append(k)
    return live


def _windows(
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Column],
    k: int,
    need: np.ndarray,
    vendor: np.ndarray,
    night: np.ndarray,
    placed: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Week, and go-live [N], of the window that a lot takes when it is ready and the vendor is there."""
    found = sorted(projects[k].columns, key=lambda c: c.window.week)
    first = np.array([(c.window.closure.start - frame.weeks.start).days for c in found], float)
    live = np.array([(c.window.live - frame.weeks.start).days for c in found], float)
    cost = np.array([c.cost - c.move for c in found], float)
    plan = found.index(columns[k])
    earliest = np.maximum(np.searchsorted(first, need - 1e-6), np.searchsorted(live, vendor - 1e-6))
    earliest = np.maximum(earliest, plan)
    taken = np.append(_cheapest(first, cost, plan), len(found))[np.minimum(earliest, len(found))]
    week = np.append([c.window.week for c in found], NEVER)
    lot = projects[k].lot
    for _ in placed:  # what gives way to one lot may come near another that lies later
        for other in placed:
            gap, apart = gap_of(lot, projects[other].lot), week[taken] - night[:, other]
            near = (np.abs(apart) < gap) & ~((apart == 0) & same_night(lot, projects[other].lot))
            after = np.searchsorted(week[:-1], night[:, other] + gap)
            taken = np.where(near & (week[taken] < NEVER), np.maximum(taken, after), taken)
    return week[taken], np.append(live, float(NEVER))[taken]


def _cheapest(first: np.ndarray, cost: np.ndarray, plan: int) -> np.ndarray:
    """Index of the window that is taken by a lot that is ready for a window: the plan's own, else the cheapest in half a year."""
    found = np.zeros(len(first), int)
    for k in range(len(first)):
        reach = np.searchsorted(first, first[k] + HALF_YEAR, "right")
        found[k] = k + int(np.argmin(cost[k:reach]))
    found[plan] = plan
    return found
