"""Municipalities like a city by what they are, where it stands among them, and whom to ask.

Who is near is measured by people, staff, money and age alone, never by how a municipality does:
else those who are further on would not be among its peers. No score and no rank is made. The
figures are those of ``data/municipalities.csv``, each of its own day.

Source of the idea: CIPFA Nearest Neighbours and the statistical neighbours of the ONS, which also
compare by what an area is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dxplan.facts import catalog
from dxplan.facts.catalog import Municipality
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.town.city import City

COUNT, ASKED = 20, 5  # peers; those of them who are asked
LOGS = ("population", "staff_general")  # twice as many is as far at every size
WARD = "特別区"
# What a municipality is. The strength of a ward is calculated otherwise: no other has the same.
STRENGTH = "fiscal_strength"
NUMBERS = (*LOGS, STRENGTH, "current_balance_ratio", "old_share", "household")
DERIVED = ("old_share", "household", "staff_each")
CENSUS = ("population_census", "population_65plus", "households")
FEATURES = (*NUMBERS, "class")
# Counted in quartile ranges of the nation (G, this product's own): what another class, and what a
# figure that is not known adds to a distance; up to which difference a feature is near, from which
# on it is another.
CLASS = BLANK = 1.0
NEAR, FAR = 0.25, 0.5
# How it does -> whether more (1) or less (-1) is further on; 0 where neither is.
INDICATORS = {
    "late_systems": -1,
    "steps_rate": 1,
    "online26_pct": 1,
    "online32_pct": 1,
    "dx_policy": 1,
    "dx_cio": 1,
    "dx_cio_assistant": 1,
    "dx_cross_org": 1,
    "dx_external_talent": 1,
    "dx_staff_training": 1,
    "dx_all_staff_training": 1,
    "dx_ai": 1,
    "dx_rpa": 1,
    "dx_telework": 1,
    "mynumber_card_pct": 1,
    "staff_each": 0,
    "debt_service_ratio": -1,
    "future_burden_ratio": -1,
}
# What is not for its own officers to copy.
UNASKED = ("mynumber_card_pct", "staff_each", "debt_service_ratio", "future_burden_ratio")
QUARTERS = (0.25, 0.5, 0.75)
LEAST = 10  # peers whose figure is known, below which nothing is said of a place among them


class Peer(NamedTuple):
    """A municipality beside a city.

    Attributes
    ----------
    distance : quartile ranges of the nation, summed over the features.
    near, far : features that are near and far, the nearest first; the class stands last.
    blank : features that could not be compared.
    numbers : feature -> its number, nan where not known: population, staff_general (人),
        fiscal_strength (指数), current_balance_ratio (%), old_share (0..1), household (人/世帯).
    """

    code: str
    pref: str
    name: str
    kind: str
    pinned: bool
    distance: float
    near: tuple[str, ...]
    far: tuple[str, ...]
    blank: int
    numbers: Mapping[str, float]


class Standing(NamedTuple):
    """An indicator of a city beside its peers and the nation.

    Attributes
    ----------
    value : nan where not known.
    low, middle, high : quartiles of the peers; nan where fewer than ten are known.
    known, blank, mean : peers whose figure is known, or not; the mean of the known ones.
    among, nation : 0..1, see ``position``; among is nan where fewer than ten are known.
    nation_mean, nation_blank : mean of the other municipalities, and how many are not known.
    verdict : see ``verdict``.
    """

    indicator: str
    value: float
    low: float
    middle: float
    high: float
    known: int
    blank: int
    mean: float
    among: float
    nation: float
    nation_mean: float
    nation_blank: int
    verdict: str


class Subject(NamedTuple):
    """An indicator in which a peer is further on than the city."""

    indicator: str
    theirs: float
    value: float


@dataclass(frozen=True)
class Peers:
    """Who is like a city.

    Attributes
    ----------
    peer : those that the client named first, then the nearest.
    own : the city itself.
    standing : the indicators in their order.
    ask : at most five peers who are further on, in the order of the peers, with their subjects.
    """

    city: City
    peer: tuple[Peer, ...]
    own: Peer
    standing: tuple[Standing, ...]
    ask: tuple[tuple[Peer, tuple[Subject, ...]], ...]

    @cached_property
    def spread(self) -> Mapping[str, Floats]:
        """Indicator -> place in the nation (0..1) of each peer, and last of the city itself."""
        board = _board()
        places = [_places()[one.code] for one in (*self.peer, self.own)]
        shares = np.array([position(board[place], board) for place in places])
        return dict(zip(INDICATORS, shares.T, strict=True))


def plan_peers(city: City) -> Peers:
    """Who is like a city, where it stands among them, and whom to ask.

    Those whom its params file names (``peers:``) stand first; the nearest fill up the rest.
    """
    own = _places()[city.code]
    pinned = [_places()[code] for code in city.params.peers]
    gap = _gaps(own)
    places = nearest(gap, own, COUNT, pinned)
    peers = tuple(_peer(place, gap[place], place in pinned) for place in places)
    among = _board()[places]
    ask = tuple((peers[row], said) for row, said in _asked(_board()[own], among))
    return Peers(city, peers, _peer(own, gap[own], False), _standing(own, among), ask)


# --- figures --------------------------------------------------------------------------------------
@cache
def _towns() -> Sequence[Municipality]:
    return catalog.load_municipalities()


@cache
def _places() -> Mapping[str, int]:
    """Code -> its place among the municipalities."""
    codes = [town.code for town in _towns()]
    return dict(zip(codes, range(len(codes)), strict=True))


@cache
def figures() -> Mapping[str, Floats]:
    """Feature or indicator -> its number of each municipality; yes is 1, no 0, a blank nan."""
    names = [name for name in (*NUMBERS, *INDICATORS) if name not in DERIVED]
    names += CENSUS
    read = attrgetter(*names)
    table = np.array([read(town) for town in _towns()], float)
    found = dict(zip(names, table.T, strict=True))
    people, old, households = (found.pop(name) for name in CENSUS)
    found["old_share"] = _quotient(old, people)
    found["household"] = _quotient(people, households)
    found["staff_each"] = 1000 * _quotient(found["staff_general"], found["population"])
    return found


def _quotient(part: Floats, whole: Floats) -> Floats:
    """A share or a mean; nan where there is nobody of whom it could be one (双葉町 in 2020)."""
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found


@cache
def _board() -> Floats:
    """The indicators (municipalities, indicators)."""
    return np.column_stack([figures()[name] for name in INDICATORS])


# --- who is near ----------------------------------------------------------------------------------
def scaled(features: Floats) -> Floats:
    """Features (N, F) in quartile ranges of each column; a column without one stays as it is."""
    low, high = np.nanquantile(features, (0.25, 0.75), axis=0)
    width = np.where(high > low, high - low, 1.0)
    return np.divide(features, width)


def differences(features: Floats, kinds: NDArray[np.str_], own: int) -> Floats:
    """How far each is from one, by feature and class (N, F + 1); nan where one is not known.

    Parameters
    ----------
    features : (N, F), scaled; nan where it is not known.
    kinds : class of each.
    own : place of the one.
    """
    other = CLASS * (kinds != kinds[own])
    return np.column_stack([np.abs(features - features[own]), other])


def distance(gap: Floats) -> Floats:
    """Sum of the differences of each (N): what is not known counts as ``BLANK``, never as none.

    They are summed and not squared: one feature that is far off does not outweigh all others.
    """
    found: Floats = np.where(np.isnan(gap), BLANK, gap).sum(axis=-1)
    return found


def nearest(gap: Floats, own: int, count: int, pinned: Sequence[int] = ()) -> list[int]:
    """Places of the nearest, those that are pinned first, never its own; equal ones by place."""
    order = np.argsort(distance(gap), kind="stable").tolist()
    order.remove(own)
    return list(dict.fromkeys([*pinned, *order]))[:count]


@cache
def _scaled() -> Floats:
    """The features of all municipalities, scaled."""
    columns = [figures()[name] for name in NUMBERS]
    for place in range(len(LOGS)):
        columns[place] = np.log(columns[place])
    return scaled(np.column_stack(columns))


@cache
def _kinds() -> NDArray[np.str_]:
    return np.array([town.class_ for town in _towns()])


def _gaps(own: int) -> Floats:
    """How far each municipality is from one; the strength of a ward is no other's."""
    gap = differences(_scaled(), _kinds(), own)
    wards = _kinds() == WARD
    gap[wards != wards[own], FEATURES.index(STRENGTH)] = np.nan
    return gap


def _peer(place: int, gap: Floats, pinned: bool) -> Peer:
    """A municipality with its figures, and which of them are near or not."""
    town = _towns()[place]
    order = [*np.argsort(gap[:-1], kind="stable"), -1]  # the class last
    gaps = [(gap[k], FEATURES[k]) for k in order]
    return Peer(
        town.code,
        town.pref,
        town.name,
        town.class_,
        pinned,
        float(distance(gap)),
        tuple(name for far, name in gaps if far <= NEAR),
        tuple(name for far, name in gaps if far >= FAR),
        int(np.count_nonzero(np.isnan(gap))),
        {name: float(figures()[name][place]) for name in NUMBERS},
    )


# --- where it stands ------------------------------------------------------------------------------
def position(values: Floats, others: Floats) -> Floats:
    """Share of the others (0..1) that has less, and half of those that have the same.

    Parameters
    ----------
    values : a number a column.
    others : a row each; nan where it is not known. A column in which the value, or all others, are
        not known gives nan.
    """
    known = _count(~np.isnan(others))
    below = _count(others < values) + _count(others == values) / 2
    unknown = np.isnan(values) | (known == 0)
    return np.where(unknown, np.nan, below / np.maximum(known, 1))


def _count(flags: Flags) -> Ints:
    """How many of each column."""
    found: Ints = np.count_nonzero(flags, axis=0)
    return found


def quartiles(others: Floats) -> Floats:
    """Quartiles (3, columns) of the known ones, as numpy has them; nan where fewer than LEAST are.

    NumPy passes over what is not known column by column, which is slow for a batch.
    """
    ranked = np.sort(others, axis=0)  # nan stand last
    known = _count(~np.isnan(others))
    place = np.maximum(known - 1, 0) * np.array(QUARTERS)[:, None]
    low = np.floor(place).astype(int)
    high = np.ceil(place).astype(int)
    columns = np.arange(others.shape[1])
    share = place - low
    found = ranked[low, columns] * (1 - share) + ranked[high, columns] * share
    return np.where(known < LEAST, np.nan, found)


def _standing(own: int, among: Floats) -> tuple[Standing, ...]:
    """The indicators of a city beside its peers and the nation."""
    board, value = _board(), _board()[own]
    nation = np.delete(board, own, axis=0)
    known = _count(~np.isnan(among))
    low, middle, high = quartiles(among)
    columns = (
        value,
        low,
        middle,
        high,
        known,
        len(among) - known,
        np.nansum(among, axis=0) / np.maximum(known, 1),
        np.where(known < LEAST, np.nan, position(value, among)),
        position(value, nation),
        np.nanmean(nation, axis=0),
        _count(np.isnan(nation)),
    )
    verdicts = map(verdict, value, low, high, INDICATORS.values())
    lists = [column.tolist() for column in columns]
    return tuple(map(Standing, INDICATORS, *lists, verdicts))


def verdict(value: float, low: float, high: float, better: int) -> str:
    """Strong or weak beyond the quartiles of the peers, else within; high or low; unknown.

    Parameters
    ----------
    low, high : the quartiles.
    better : 1 where more is better, -1 where less is, 0 where neither is: high or low.
    """
    if not low <= high or value != value:  # one of them is not known
        return "unknown"
    side = int(value > high) - int(value < low)
    if side == 0:
        return "within"
    if better == 0:
        return "high" if side > 0 else "low"
    return "strong" if side == better else "weak"


# --- whom to ask ----------------------------------------------------------------------------------
def further(values: Floats, among: Floats) -> Flags:
    """Which peer is further on in which indicator (peers, indicators).

    It is better than the city, and in the best quarter of the peers that are known; nobody is
    further on than what is not known.
    """
    better = np.array(list(INDICATORS.values()))
    low, _, high = quartiles(among)
    best = np.where(better > 0, high, -low)
    theirs = better * among
    ahead: Flags = (theirs > better * values) & (theirs >= best)
    return ahead


def chosen(ahead: Flags, most: int) -> list[int]:
    """Rows to ask, in their order, such that each subject finds somebody before any finds a second.

    The row with the most subjects for which nobody is found yet is taken, the first of equal ones.

    Parameters
    ----------
    ahead : (rows, subjects), whether a row is further on in a subject.
    most : rows at most.
    """
    rows: list[int] = []
    left = np.ones(ahead.shape[1], dtype=bool)
    while len(rows) < most:
        gains = (ahead & left).sum(axis=1)
        gains[rows] = 0
        if gains.any():
            rows.append(int(gains.argmax()))
            left = left & ~ahead[rows[-1]]
        elif left.all():
            break
        else:  # each has found somebody
            left[:] = True
    return sorted(rows)


def _asked(values: Floats, among: Floats) -> Iterator[tuple[int, tuple[Subject, ...]]]:
    """The peers to ask, each with the subjects in which it is further on."""
    names = list(INDICATORS)
    ahead = further(values, among)
    ahead[:, [names.index(name) for name in UNASKED]] = False
    for peer in chosen(ahead, ASKED):
        subjects = np.flatnonzero(ahead[peer]).tolist()
        said = [(names[k], float(among[peer, k]), float(values[k])) for k in subjects]
        yield peer, tuple(map(Subject._make, said))
