"""How sure the dates of a roadmap are: samples of its projects, in days.

Sets        i samples 0..N-1, l lots in the order of their cutovers, k items of a lot
Given       the plan: block start, hand-in of the papers, tender and window of each lot; length of
            an item as weeks of the plan x a ratio between min / mode and max / mode (triangle);
            allowed windows and their prices; the vendor
Draw        ratio of each item, with a factor that a city has in common and one that a lot has in
            common (a share of the variance each); where no day of the vendor or the city is known,
            the day (triangle earliest, likely, latest); where one is, slips: 20 % in eight months
            from the contract until the day, each of a length (triangle)
Then        papers -> budget occasion -> tender -> preparation -> rehearsals, tests, training, with
            the least lags; the reserve takes up what is late; never before the plan (a date that is
            told is not brought forward); the cheapest allowed window of the next half year;
            hypercare of the lots before is kept

Samples that find no window count as late. The common factors, the vendor's day and the slips are
stratified (Latin hypercube), so that another seed moves little. Source of the ratios:
``data/lot_template.csv`` (grade G). ``risk`` draws the same with what may happen beside
(``Strike``), and with a factor that the work of one kind has in common.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts.months import DAYS_PER_MONTH, Gate
from dxplan.plan.block import CARE, LAW, PREPARATION, load_parts, training_lag
from dxplan.plan.column import Candidate, Project, by_cutover, gap_of, same_night
from dxplan.plan.work import Document, Frame
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.town.city import City
from dxplan.town.lots import Lot

SAMPLES = 4000  # with 1,000, other seeds told other quarters in one lot of twelve
GENERATOR = 1297  # of the lattice: the least P2 in three dimensions for so many samples
LATTICE = 9999  # the stream of the lattice's shifts
DIMENSIONS = 100  # of the lattice, before its steps come again
KINDS = 8000  # the first stream of what the work of one kind has in common
FRONT = "書類"  # the kind of the papers; other work has the phase of its part
SLIPS = 4  # more than so many slips of one lot are not drawn
EIGHT = 8  # months to which the rate of slips belongs
# of the log of the rate that all vendors have in common: from 2025-04 to 10 alone, 80 % of the
# rates then hold what was seen by 2026-03 (``selfcheck``); with half of it they did not
SLIP_SPREAD = 1.1
SLIPPING = "提示日"  # the kind of what the slips have in common
WEEK = 7.0  # days
QUARTER = 13  # weeks from one council session to the next
HALF_YEAR = 26 * 7  # days in which a lot that is late chooses its window
P20, P50, P80 = 0.2, 0.5, 0.8
# a quantile is told as a range of quarters where it changes within so much of its share
DOUBT = 0.02
NEVER = 10**6  # days after the plan's start: no window was found
TOLD = "lot p20 p50 p80 p50_from p50_to p80_from p80_to chance kept".split()
SLIP = ("slip_least", "slip_likely", "slip_most")
VENDOR = ("vendor_earliest", "vendor_likely", "vendor_latest")


Samples = Floats  # a value a sample [N]


@dataclass(frozen=True)
class Told:
    """What is told of the dates.

    Attributes
    ----------
    lot : a row a lot: lot, p20, p50, p80 (dates, None where it is beyond the grid), p50_from,
        p50_to, p80_from, p80_to (between which the quantile may lie), chance (of the end date,
        0..1), kept (chance of the plan's own date).
    last : the same for the last lot of the city; no row where nothing is left.
    live : days from the plan's start [N, L]; NEVER where no window was found.
    """

    lot: pd.DataFrame
    last: pd.DataFrame
    live: Floats


@dataclass(frozen=True)
class Strike:
    """What happens to one lot beside its own work; days [N], 0 where nothing does.

    Attributes
    ----------
    begin, vendor, ready : by which its contract, its vendor, its readiness come later.
    stretch : times that its work takes.
    missed : budget occasion -> whether it is missed [N].
    yearly : (day from the plan's start, days [N] by which what is under way then is later).
    """

    begin: Samples
    vendor: Samples
    ready: Samples
    stretch: Samples
    missed: Mapping[Gate, Flags]
    yearly: tuple[tuple[int, Samples], ...]


@dataclass(frozen=True)
class Doubt:
    """What is drawn.

    Attributes
    ----------
    spread : whether durations are drawn.
    vendor : whether the vendor's day or its slips are.
    shift : days by which the vendor comes later.
    stretch : lot -> factor by which its work is longer.
    strikes : lot -> what happens to it.
    related : whether the work of one kind, and lots of one named vendor, have a factor in common.
    fixed : what is not drawn (city, vendor, a kind of work) -> the share 0..1 at which it stands.
    """

    spread: bool = True
    vendor: bool = True
    shift: int = 0
    stretch: Mapping[str, float] | None = None
    strikes: Mapping[str, Strike] | None = None
    related: bool = False
    fixed: Mapping[str, float] = field(default_factory=dict)


def mean_delay(now: Floats, then: Floats) -> float:
    """Days by which samples [N] are later, each against itself: the mean of those that end in both.

    nan where none does.
    """
    both = (now < NEVER) & (then < NEVER)
    if not both.any():
        return float("nan")
    return float((then - now)[both].mean())


def told_dates(
    city: City,
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Candidate],
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
        empty = pd.DataFrame([], columns=TOLD)
        return Told(empty, empty, np.zeros((0, 0)))
    live = drawn_courses(city, frame, projects, columns, doubt).live
    start = frame.weeks.start
    end = (city.at("end_date").day - start).days
    plan = [(column.window.live - start).days for column in columns]
    rows = []
    for k, project in enumerate(projects):
        row = told_row(start, live[:, k], plan[k], end)
        rows.append({"lot": project.lot.name} | row)
    row = told_row(start, live.max(axis=1), max(plan), end)
    last = pd.DataFrame([{"lot": ""} | row])
    return Told(pd.DataFrame(rows), last, live)


def told_row(
    start: date,
    live: Samples,
    plan: int,
    end: int,
) -> dict[str, object]:
    """What is told of some days [N] of go-live, beside the plan's own and the end date."""
    ordered = np.sort(live)

    def at(share: float) -> date | None:
        place = int(np.ceil(share * SAMPLES)) - 1
        day = int(ordered[place])
        return None if day >= NEVER else start + timedelta(days=day)

    return {
        "p20": at(P20),
        "p50": at(P50),
        "p80": at(P80),
        "p50_from": at(P50 - DOUBT),
        "p50_to": at(P50 + DOUBT),
        "p80_from": at(P80 - DOUBT),
        "p80_to": at(P80 + DOUBT),
        "chance": float((live <= end).mean()),
        "kept": float((live <= plan).mean()),
    }


# --- draws ----------------------------------------------------------------------------------------
def triangle(
    share: Samples,
    least: float,
    likely: float,
    most: float,
) -> Samples:
    """Quantiles of a triangle at shares 0..1.

    Source: Kotz and van Dorp, Beyond Beta (2004), chapter 1.
    """
    if most <= least:
        return np.full(np.shape(share), float(likely))
    turn = (likely - least) / (most - least)
    rise = share * (most - least) * (likely - least)
    fall = (1 - share) * (most - least) * (most - likely)
    low = least + np.sqrt(np.maximum(0, rise))
    high = most - np.sqrt(np.maximum(0, fall))
    return np.where(share < turn, low, high)


class _Draws:
    """Shares 0..1 [N] of the dimensions of one stream, in the order in which they are asked for.

    A stream is a city's common factor, or a lot. The factors that all items have in common, and
    the vendor's day, are stratified together by a lattice, which a seed shifts; every other
    dimension is stratified for itself (Latin hypercube). Sources: McKay, Beckman, Conover (1979);
    Cranley and Patterson, Randomization of number theoretic methods (1976).
    """

    def __init__(self, seed: int, stream: int):
        self.seed, self.stream = seed, stream
        self.chance = np.random.default_rng([seed, stream])

    def next(self) -> Samples:
        """Shares of a dimension of its own."""
        return _middles(self.chance.permutation(SAMPLES))

    def normal(self) -> Samples:
        """Normal scores of a dimension of its own."""
        return _scores()[self.chance.permutation(SAMPLES)]

    def factor(self) -> Samples:
        """Normal scores of the factor that the items of the stream have in common."""
        dimension = max(0, 2 * self.stream - 1)
        return _scores()[self._lattice(dimension)]

    def vendor(self) -> Samples:
        """Shares of the vendor's day."""
        return _middles(self._lattice(2 * self.stream))

    def _lattice(self, dimension: int) -> Ints:
        """Strata 0..N-1 [N] of a dimension of the lattice."""
        return lattice(self.seed, dimension)


def lattice(seed: int, dimension: int) -> Ints:
    """Strata 0..N-1 [N] of a dimension 0..99 of the lattice, as a seed shifts it."""
    step = pow(GENERATOR, dimension, SAMPLES)
    chance = np.random.default_rng([seed, LATTICE, dimension])
    shift = int(chance.integers(SAMPLES))
    return (np.arange(SAMPLES) * step + shift) % SAMPLES


def _middles(strata: Ints) -> Samples:
    """Shares 0..1 of the middles of strata 0..N-1."""
    return (strata + 0.5) / SAMPLES


@cache
def _scores() -> Samples:
    """Normal scores [N] of the middles of N strata."""
    shares = _middles(np.arange(SAMPLES)).tolist()
    return np.array([NormalDist().inv_cdf(share) for share in shares])


def _share_of(scores: Samples) -> Samples:
    """Shares 0..1 of scores by their ranks.

    So each item has the whole of its triangle, whatever it has in common with others.
    """
    order = np.argsort(scores, kind="stable")
    share = np.empty(SAMPLES)
    share[order] = _middles(np.arange(SAMPLES))
    return share


def _normal_share(scores: Samples) -> Samples:
    """Shares 0..1 of normal scores by their size."""
    shares: Samples = np.interp(scores, _scores(), _middles(np.arange(SAMPLES)))
    return shares


@lru_cache(maxsize=64)
def _kind_scores(seed: int, kind: str) -> Samples:
    """Normal scores [N] of what the work of one kind has in common."""
    return _Draws(seed, KINDS + zlib.crc32(kind.encode()) % KINDS).normal()


def _all(day: float) -> Samples:
    """One day [N] in all samples."""
    return np.full(SAMPLES, float(day))


def _begin(planned: float, ready: Samples) -> Samples:
    """Day [N] on which an item begins: as planned where that has passed, else when all is ready."""
    if planned < 0:
        return _all(planned)
    return np.maximum(ready, 0.0)


# --- one lot --------------------------------------------------------------------------------------
@dataclass
class _Lot:
    """The samples of one lot: ratios of its items, and its vendor's day."""

    city: City
    frame: Frame
    project: Project
    column: Candidate
    draws: _Draws
    shared: Samples
    doubt: Doubt
    maker: _Draws | None = None  # of the first lot of the same vendor

    def __post_init__(self) -> None:
        part = self.city.number("factor_share") / 100
        if self.doubt.related:
            part = min(part, 1 / 3)  # three parts are at most the whole
        self.weight = np.sqrt(part)
        own = (self.maker or self.draws).factor()
        self.mixed = self.weight * self.shared + self.weight * own
        self.rest = np.sqrt(1 - (2 + self.doubt.related) * part)
        self.strike = (self.doubt.strikes or {}).get(self.project.lot.name)
        self.week = self.column.window.week
        self.begins = (self.week + self.project.block.start) * WEEK

    def days(self, weeks: int, low: float, high: float, kind: str = FRONT) -> Samples:
        """Days [N] of an item of so many weeks."""
        # drawn even where it is not used, so that the draws after it stay the same
        scores = self.mixed + self.rest * self.draws.normal()
        if self.doubt.related:
            scores = scores + self.weight * _kind_scores(self.draws.seed, kind)
        share = self._share(scores, kind)
        ratio = triangle(share, low, 1.0, high) if self.doubt.spread else 1.0
        stretch = self.doubt.stretch or {}
        longer: float | Samples = stretch.get(self.project.lot.name, 1.0)
        if self.strike:
            longer = longer * self.strike.stretch
        return _all(weeks * WEEK) * ratio * longer

    def _share(self, scores: Samples, kind: str) -> Samples:
        """Shares 0..1 of an item: by its scores, but where its kind stands still."""
        fixed = self.doubt.fixed
        if kind in fixed:
            return _all(fixed[kind])
        if "city" in fixed:  # what all have in common: no ranks, which would hide it
            return _normal_share(scores)
        return _share_of(scores)

    def papers(self, papers: Sequence[Document]) -> Samples:
        """Days [N] of papers one after the other."""
        total = np.zeros(SAMPLES)
        for paper in papers:
            low, mode, high = paper.item.months
            total += self.days(paper.weeks, low / mode, high / mode)
        return total

    def contract(self) -> Samples:
        """Day [N] on which the block may begin, and what makes the contract itself later."""
        begin = self._front()
        return begin + self.strike.begin if self.strike else begin

    def _front(self) -> Samples:
        """Day [N] after papers, budget occasion and tender."""
        begin = _all(self.begins)
        papers, gate, tender = self.column.papers, self.column.gate, self.column.tender
        if self.begins < 0 or (tender is None and papers is None):
            return begin
        money = _all((tender or 0) * WEEK)
        if papers is not None and gate is not None:
            money = np.maximum(money, self._money(papers, gate))
        return np.maximum(begin, money + self.papers(self.project.after))

    def _money(self, papers: int, asked: Gate) -> Samples:
        """Day [N] from which the money can be spent that is asked for when the papers are done."""
        if asked.request_by < self.frame.weeks.start:
            return _all(self.frame.money(asked) * WEEK)
        handed = papers * WEEK + self.papers(self.project.before)
        first = _all(np.inf)
        for gate in self.frame.gates:
            if gate.available < asked.available:
                continue
            in_time = handed <= self.frame.hand_in(gate) * WEEK + 1e-9
            if self.strike and gate in self.strike.missed:
                in_time &= ~self.strike.missed[gate]
            money = np.minimum(first, self.frame.money(gate) * WEEK)
            first = np.where(in_time, money, first)
        return first

    def ready(self, begin: Samples) -> Samples:
        """Day [N] from which the lot may cut over, by its work alone."""
        late = begin - self.begins  # what the front is late moves the preparation
        start, took = {}, {}
        for piece in self.project.block.pieces:
            key, part = piece.key, piece.part
            if key != CARE:
                start[key] = (self.week + piece.start) * WEEK
                took[key] = self.days(piece.weeks, part.low, part.high, part.phase)
        chain = [key for key in took if key[0] == "R"]
        prepared = []
        for key in PREPARATION:
            if key in took:
                prepared.append(start[key] + late + took[key])
        # where all is prepared, the first rehearsal begins as planned
        day = np.maximum.reduce(prepared or [_all(start[chain[0]])])
        day = made = self._interrupted(begin, day)
        rehearsed = {}
        for key in chain:
            rehearsed[key] = _begin(start[key], day) + took[key]
            day = rehearsed[key] + load_parts()["Rk"].low_lag * WEEK
        tests = [key for key in ("T1", "T2", "TRN") if key in took]
        tested = rehearsed.get("R1", _all(start[tests[0]]))
        for key in tests:
            tested = _begin(start[key], tested) + took[key]
        least = load_parts()["RK"].low_lag
        done = rehearsed[chain[-1]] + least * WEEK
        least, _ = training_lag()
        done = self._interrupted(made, np.maximum(done, tested + least * WEEK))
        return done + self.strike.ready if self.strike else done

    def _interrupted(self, first: Samples, last: Samples) -> Samples:
        """The end [N] of work between two days, with what each year brings while it runs."""
        for day, more in self.strike.yearly if self.strike else ():
            under = (first <= day) & (day < last)
            last = np.where(under, last + more, last)
        return last

    def law(self) -> Samples:
        """Day [N] from which the lot may cut over, by its ordinances."""
        part, begin = load_parts()[LAW], self.column.law
        if begin is None or begin + part.weeks <= 0:
            return np.zeros(SAMPLES)
        took = self.days(part.weeks, part.low, part.high, part.phase)
        late = (took - part.weeks * WEEK) / (QUARTER * WEEK)
        missed = np.maximum(0, np.ceil(late - 1e-9))  # sessions
        ready = begin + part.weeks + part.low_lag
        return np.where(missed > 0, (ready + QUARTER * missed) * WEEK, 0.0)

    def vendor(self, begin: Samples) -> Samples:
        """Day [N] from which the vendor can go live, and by what it is later beside."""
        day = self._offered(begin)
        return day + self.strike.vendor if self.strike else day

    def _offered(self, begin: Samples) -> Samples:
        """A vendor's day [N]: drawn, or the offered one with its slips."""
        lot = self.project.lot
        shift = self.doubt.shift
        named = lot.offer.day if lot.offer else lot.planned
        if named is None:
            return self._drawn() + shift
        day = _all((named - self.frame.weeks.start).days + shift)
        if not self.doubt.vendor:
            return day
        signed = np.zeros(SAMPLES) if lot.contracted else np.maximum(0, begin)
        return self._slipped(day, signed)

    def _drawn(self) -> Samples:
        """A vendor's day [N] that nobody has named."""
        start = self.frame.weeks.start
        days = [(self.city.at(name).day - start).days for name in VENDOR]
        if not self.doubt.vendor:
            return _all(days[1])
        fixed = self.doubt.fixed
        share = _all(fixed["vendor"]) if "vendor" in fixed else self.draws.vendor()
        return triangle(share, *days)

    def _slipped(self, day: Samples, now: Samples) -> Samples:
        """A day [N] that slips at a rate from now, which is the contract, until it comes."""
        share = self.city.number("slip_rate") / 100
        if not share:
            return day
        rate: float | Samples = -np.log(1 - share) / (EIGHT * DAYS_PER_MONTH)
        if self.doubt.related:
            rate = rate * np.exp(SLIP_SPREAD * _kind_scores(self.draws.seed, SLIPPING))
        length = [self.city.number(name) * DAYS_PER_MONTH for name in SLIP]
        open_ = np.ones(SAMPLES, bool)
        for _ in range(SLIPS):
            wait = -np.log(1 - self.draws.next()) / rate
            more = triangle(self.draws.next(), *length)
            open_ = open_ & (now + wait < day)
            now = np.where(open_, now + wait, now)
            day = np.where(open_, day + more, day)
        return day


# --- all lots -------------------------------------------------------------------------------------
class Courses(NamedTuple):
    """What becomes of the lots in the samples: days [N, L] from the plan's start.

    Attributes
    ----------
    begin : the contract is signed, and the block may begin.
    work, law, vendor : the work is done, the ordinances hold, the vendor is there.
    live, week : go-live, and the week of the cutover; NEVER where no window was found.
    """

    begin: Floats
    work: Floats
    law: Floats
    vendor: Floats
    live: Floats
    week: Ints


def drawn_courses(
    city: City,
    frame: Frame,
    projects: Sequence[Project],
    columns: Sequence[Candidate],
    doubt: Doubt = Doubt(),
) -> Courses:
    """What becomes of each lot in each sample, and what its go-live waits for.

    Parameters
    ----------
    city, frame, projects, columns, doubt : as of ``told_dates``.
    """
    seed = round(city.number("seed"))
    shared = _Draws(seed, 0).factor()
    if "city" in doubt.fixed:
        shared = _all(NormalDist().inv_cdf(doubt.fixed["city"]))
    begin, work, law, vendor, live = np.zeros((5, SAMPLES, len(projects)))
    week = np.zeros((SAMPLES, len(projects)), np.int64)
    placed: list[tuple[Lot, Ints]] = []
    for k in by_cutover(projects, columns):
        # a stream of its own: a lot meets the same chances whatever becomes of the others
        draws = _Draws(seed, k + 1)
        maker = _Draws(seed, maker_of(projects, k) + 1) if doubt.related else None
        lot = _Lot(city, frame, projects[k], columns[k], draws, shared, doubt, maker)
        begin[:, k] = lot.contract()
        work[:, k] = lot.ready(begin[:, k])
        law[:, k] = lot.law()
        vendor[:, k] = lot.vendor(begin[:, k])
        need = np.maximum(work[:, k], law[:, k])
        week[:, k], live[:, k] = _windows(lot, need, vendor[:, k], placed)
        placed.append((projects[k].lot, week[:, k]))
    return Courses(begin, work, law, vendor, live, week)


def maker_of(projects: Sequence[Project], k: int) -> int:
    """The first lot of a lot's vendor; itself where nobody has said who that is."""
    name = projects[k].lot.vendor
    names = [project.lot.vendor for project in projects]
    return names.index(name) if name else k


def _windows(
    samples: _Lot,
    need: Samples,
    vendor: Samples,
    placed: Sequence[tuple[Lot, Ints]],
) -> tuple[Ints, Samples]:
    """Week and go-live [N] of the window that a lot takes.

    Parameters
    ----------
    samples : of the lot.
    need, vendor : days [N] on which it is ready, and its vendor is there.
    placed : lots that have their window already, with its week [N].
    """
    lot = samples.project.lot
    start = samples.frame.weeks.start
    columns = sorted(samples.project.columns, key=lambda column: column.window.week)
    plan = columns.index(samples.column)
    first, days, weeks, cost = [], [], [], []
    for column in columns:
        window = column.window
        first.append(float((window.closure.start - start).days))
        days.append(float((window.live - start).days))
        weeks.append(window.week)
        cost.append(column.cost - column.move)
    # behind the windows stands one that is none
    live = np.array([*days, NEVER])
    week = np.array([*weeks, NEVER])
    able = np.searchsorted(first, need - 1e-6)
    there = np.searchsorted(live[:-1], vendor - 1e-6)
    earliest = np.maximum(np.maximum(able, there), plan)
    choice = [*_cheapest(first, cost, plan), len(columns)]
    taken = np.array(choice)[earliest]
    taken = _kept_apart(lot, taken, week, placed)
    return week[taken], live[taken]


def _kept_apart(
    lot: Lot,
    taken: Ints,
    week: Ints,
    placed: Sequence[tuple[Lot, Ints]],
) -> Ints:
    """Windows [N] that give way to the hypercare of other lots.

    Parameters
    ----------
    lot, taken : the lot, and the windows [N] that it would take.
    week : of each window; the last one is none.
    placed : as of ``_windows``.
    """
    for _ in placed:  # what gives way to one lot may come near another that lies later
        for other, night in placed:
            gap = gap_of(lot, other)
            apart = week[taken] - night
            near = (np.abs(apart) < gap) & (week[taken] < NEVER)
            if same_night(lot, other):
                near &= apart != 0
            after = np.searchsorted(week[:-1], night + gap)
            taken = np.where(near, np.maximum(taken, after), taken)
    return taken


def _cheapest(
    first: Sequence[float],
    cost: list[int],
    plan: int,
) -> list[int]:
    """Index of the window that a lot takes which is ready for a window.

    It is the plan's own, else the cheapest in half a year.
    """
    reach = np.searchsorted(first, np.add(first, HALF_YEAR), "right")
    taken = []
    for k, end in enumerate(reach):
        near = cost[k:end]
        taken.append(k + near.index(min(near)))
    taken[plan] = plan
    return taken
