"""The program that selects the DX initiatives of a municipality: small first, improved while doing.

Sets        i initiatives, b blocks (an initiative behind a budget occasion, ``blocks``), t months,
            f fiscal years, h half years, s leading offices, k templates
Given       dx[b,t], sec[b,t] people (FTE), net[b,f] money of the general budget (円),
            live[b] month of its first use everywhere, room[t], free[s,t] people left (FTE),
            limit[f] money that the city gives (円), lives changes that a town hall bears in h
Choose      x[b] in {0,1}, l[b] part of x that others of its template have made easier,
            g[b] part of x that a helper has made better, m[i] must that finds no place,
            o[f] money beyond the limit, for musts
Maximise    sum of worth[b] x[b] + better[b] g[b]  -  prices of m and o
            worth = hours given back (claimed, less a share by grade) in money
                    + points of residents x their weight - what is left to pay
Subject to  (P1 once)     sum of x[b] of i <= 1; with m[i] = 1 where the city says that it must
            (P2 needs)    x[b] <= sum of the needed one that is live when b is contracted
            (P3 lot)      live[b] three months or more after the go-live of its lot    (``blocks``)
            (P4 helped)   g[b] <= x[b], <= sum of the helper that is live when b is
            (P5 people)   sum of dx x - learned dx l <= room + outsiders at their price, who are
                          there while it is asked how much promotion is wished for
            (P6 office)   sum of (sec - hours given back there) x <= free, in the mean of a quarter
            (P7 money)    sum of net x <= limit + o
            (P8 changes)  first uses in h <= lives; in h and s <= 1
            (P9 small)    something that is bought as a service or made in the house is in use
                          before the first thing that is built is spread
            (P10 learned) l[b] <= x[b], <= others of the template that are live when b is contracted
Running cost counts in every later year of P7. At quick effort nothing is learned. Solved by HiGHS:
to a gap of 3 % at quick effort, else proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import Gate
from dxplan.plan.blocks import CARE, YEAR, Block, Standing, Time, build_blocks, build_slots
from dxplan.plan.people import HOURS
from dxplan.solve.arrays import Floats, Ints
from dxplan.solve.linear import Linear, Term
from dxplan.town.city import City
from dxplan.town.initiatives import DONE, MUST, OPEN, RUNNING, WANT, Initiative, common_value

SMALL = ("SaaS", "内製", "制度")  # what can be tried without building anything
QUARTER = 3  # months
UNIT = 10_000.0  # of money in the program, 円
NEVER = 10_000  # a month beyond every plan
MISSED, BEYOND = 1e7, 1e2  # prices of a must without a place, and of money beyond the limit (UNIT)
EVEN = (1.0, 1.0)  # weights of hours and of residents
LIMITS = ("money", "people", "office", "changes", "lot")  # what may stand in the way
NONE: Ints = np.zeros(0, int)


class Hire(NamedTuple):
    """A form of outsider that may promote: FTE [T] at most, and 円 of one for a month [T]."""

    most: Floats
    yen: Floats


@dataclass(frozen=True)
class Ground:
    """What the initiatives of a city stand on.

    Attributes
    ----------
    room : FTE [T] of the DX section and its outsiders that are left for initiatives.
    free : leading office -> FTE [T] that it has left; of others it is not known.
    lots : number of a business -> month in which its lot goes live, NEVER beyond the plan.
    hires : outsiders who could be engaged for initiatives, at their price.
    """

    time: Time
    room: Floats
    free: Mapping[str, Floats]
    lots: Mapping[int, int]
    hires: tuple[Hire, ...] = ()

    @property
    def city(self) -> City:
        """The municipality."""
        return self.time.city

    @cached_property
    def limit(self) -> Floats:
        """Money [F] that the city gives to initiatives (円): less in the year that is not whole."""
        city = self.city
        yearly = city.number("portfolio_yen") * city.facts.population
        whole = np.ones(len(self.time.month))
        return yearly * self.time.by_year(whole) / YEAR

    @cached_property
    def lives(self) -> int:
        """First uses in half a year that the town hall bears."""
        city = self.city
        if "portfolio_lives" in city.values:
            return int(city.number("portfolio_lives"))
        each = common_value("lives_people").number
        more = city.number("dx_staff") / each
        return int(common_value("lives_base").number + more)

    @cached_property
    def gates(self) -> list[Gate]:
        """The budget occasions of the plan, by the day on which their money is there.

        Of several whose contracts begin in the same month the budget of the year comes first, and
        the first to ask: what is asked for late is what was forgotten.
        """
        rules = [rule for rule, _ in self.city.gates]
        extra = {rule.name for rule in rules if rule.supplementary}
        gates = list(months.gates(rules, self.city.start, self.time.month[-1]))
        gates.sort(key=lambda gate: (gate.name in extra, gate.request_by))
        first: dict[int, Gate] = {}
        for gate in gates:
            first.setdefault(int(np.ceil(self.time.place(gate.available))), gate)
        return sorted(first.values(), key=lambda gate: gate.available)

    def ready(self, initiative: Initiative) -> int:
        """The first month in which an initiative may be in use: its lots have moved, are calm."""
        if not initiative.after:
            return 0
        moved = []
        for number in initiative.businesses or self.lots:
            if number in self.lots:
                moved.append(self.lots[number])
        if not moved:
            return 0
        return max(moved) + CARE


def counted_hours(initiative: Initiative) -> float:
    """Hours a year that are counted of those claimed: fewer the less sure they are."""
    return initiative.hours.number * common_value("realise", initiative.hours.grade).number


@cache
def helpers() -> Mapping[str, float]:
    """Initiative -> factor by which the hours of those that it helps are more."""
    found = {}
    for row in catalog.load_rows("initiative_values"):
        if row["name"] == "multiplier":
            found[row["id"]] = row["value"]
    return found


class Program:
    """The columns and rows of one selection.

    ``x`` are the columns of ``blocks`` [n], ``of`` the places of the blocks of an initiative,
    ``money`` the numbers of the rows of P7 [F]; ``late`` are the places of the blocks that come
    before their lot is calm, which are there where ``early`` asks for them, but not to be chosen;
    ``better`` are columns and what they add where a helper is there (UNIT).
    """

    def __init__(
        self,
        ground: Ground,
        initiatives: Sequence[Initiative],
        weights: tuple[float, float] = EVEN,
        early: bool = False,
        rough: bool = False,
    ) -> None:
        self.ground = ground
        self.time = ground.time
        self.city = ground.city
        self.initiatives = initiatives
        self.early = early
        self.rough = rough
        self.scale = self.city.number("work_scale")
        self.standing = Standing(self.time, initiatives, self.scale)
        # yen a year: of an hour that is counted, and of a point of residents
        self.hour = self.city.number("own_time_yen") / HOURS
        people = self.city.facts.population
        self.point = self.city.number("portfolio_weight") * people
        self.weights = weights
        self.counted = {i.id: counted_hours(i) for i in initiatives}
        self.asked = set(helpers())
        for initiative in initiatives:
            self.asked |= set(initiative.needs)
        self.blocks = self._blocks()
        self.own = [block.initiative for block in self.blocks]
        self.of = groups(initiative.id for initiative in self.own)
        slots = [block.slot for block in self.blocks]
        self.live = np.array([slot.live for slot in slots], int)
        self.contract = np.array([slot.contract for slot in slots], int)
        self.length = self._lengths()
        self.net = np.array([block.net for block in self.blocks]).reshape(len(self.blocks), -1)
        self.money: Ints = NONE
        self.better: list[tuple[Ints, Floats]] = []
        self._build()

    @cached_property
    def late(self) -> Ints:
        """Places of the blocks that come before their lot is calm."""
        ready = np.array([self.ready[i.id] for i in self.own], int)
        return np.flatnonzero(self.live < ready)

    def _build(self) -> None:
        self.model = Linear()
        worth = self.worth() / UNIT
        most = np.ones(len(self.blocks))
        most[self.late] = 0
        self.x = self.model.columns("x", len(self.blocks), -worth, most, whole=True)
        # what no occasion can hold is late anyhow
        self.musts = [i.id for i in self.initiatives if i.wish == MUST and i.id in self.of]
        self.missed = self.model.columns("m", len(self.musts), MISSED, 1)
        self.beyond = self.model.columns("o", len(self.time.years), BEYOND)
        self.learned: Ints = NONE  # at quick effort nothing is
        if not self.rough:
            self.learned = self.model.columns("l", len(self.blocks), 0.0, 1.0)
        self._once()
        if not len(self.blocks):
            return
        self._needs()
        self._helped()
        self._small()
        self._learned()
        self._people()
        self._offices()
        self._money()
        self._changes()

    def worth(
        self,
        cost: Floats | float = 1.0,
        hours: Floats | float = 1.0,
        points: Floats | None = None,
        weights: tuple[float, float] | None = None,
    ) -> Floats:
        """What the blocks [n] are worth over the plan (円); of what is wanted the cost is no reason.

        Parameters
        ----------
        cost, hours : factors [n].
        points : 0 to 5 [n]; as they are where None.
        weights : of hours and of residents; those of the program where None.
        """
        by_hours, by_residents = weights or self.weights
        if points is None:
            points = np.array([i.points.number for i in self.own])
        by_year = by_hours * self.hour * self.saved * hours
        by_year = by_year + by_residents * self.point * points
        benefit = by_year * self.length
        burden = np.array([block.burden for block in self.blocks])
        wanted = np.array([i.wish == WANT for i in self.own], bool)
        least = np.maximum(benefit, self.length)
        worth: Floats = np.where(wanted, least, benefit - cost * burden)
        return worth

    @cached_property
    def saved(self) -> Floats:
        """Hours a year [n] that are counted of each block."""
        return np.array([self.counted[i.id] for i in self.own])

    @cached_property
    def ready(self) -> dict[str, int]:
        """Initiative -> the first month in which it may be in use."""
        first = {}
        for initiative in self.initiatives:
            first[initiative.id] = self.ground.ready(initiative)
        return first

    def _lengths(self) -> Floats:
        """Years of use [n] that count: within the plan, and no longer than such a thing lasts."""
        left = (len(self.time.month) - self.live) / YEAR
        return np.minimum(left, common_value("life_years").number)

    def _blocks(self) -> list[Block]:
        """The blocks of what the plan may choose, in the order of the initiatives."""
        slots = {}
        gates = self.ground.gates
        for template in sorted({i.template for i in self.initiatives}):
            slots[template] = build_slots(self.time, gates, template)
        blocks: list[Block] = []
        for initiative in self.initiatives:
            if not initiative.free:
                continue
            ready = 0 if self.early else self.ready[initiative.id]
            own = [slot for slot in slots[initiative.template] if slot.live >= ready]
            blocks += filter(self._useful, build_blocks(self.time, initiative, own))
        return blocks

    def _useful(self, block: Block) -> bool:
        """Whether a block can be part of the best answer: it pays, or something asks for it."""
        initiative = block.initiative
        if initiative.wish != OPEN or initiative.template in SMALL:
            return True
        if initiative.id in self.asked:
            return True
        by_hours, by_residents = self.weights
        hours = by_hours * self.hour * self.counted[initiative.id]
        points = by_residents * self.point * initiative.points.number
        left = (len(self.time.month) - block.live) / YEAR
        length = min(left, common_value("life_years").number)
        return (hours + points) * length > block.burden

    @cached_property
    def offices(self) -> dict[str, str]:
        """Initiative -> the office that leads it, under its name here."""
        names = {}
        for initiative in self.initiatives:
            names[initiative.id] = self.city.called(initiative.lead)
        return names

    @cached_property
    def led(self) -> list[str]:
        """The office [n] that leads each block."""
        return [self.offices[i.id] for i in self.own]

    # --- rows -------------------------------------------------------------------------------------
    def _once(self) -> None:
        """Once at most, musts once (P1)."""
        for id, own in self.of.items():
            if id not in self.musts:
                self.model.add("once", [self.x[own][None, :]], high=1.0)
        for k, id in enumerate(self.musts):
            own = self.x[self.of[id]]
            columns = np.append(own, self.missed[k])
            self.model.add("must", [columns[None, :]], low=1.0, high=1.0)

    def _needs(self) -> None:
        """What is needed is there before (P2)."""
        for id, own in self.of.items():
            first = self.own[own[0]]
            for need in first.needs:
                there = self._since(f"need_{id}_{need}", [need])
                self._bound("needs", self.x[own], there[self.contract[own]])

    def _helped(self) -> None:
        """Hours are more with a helper (P4)."""
        by_hours, _ = self.weights
        yearly = by_hours * self.hour * self.saved
        yearly = yearly * self.length / UNIT
        for helper, factor in helpers().items():
            helped = np.array([helper in i.helped for i in self.own])
            own = np.flatnonzero(helped & (yearly > 0))
            if len(own):
                better = (factor - 1) * yearly[own]
                g = self.model.columns(f"g_{helper}", len(own), -better, 1)
                self.better.append((g, better))
                there = self._since(f"help_{helper}", [helper])
                self._bound("better", g, self.x[own])
                self._bound("helper", g, there[self.live[own]])

    def _small(self) -> None:
        """Something small is in use before something that is built is spread (P9)."""
        small = [i.id for i in self.initiatives if i.template in SMALL]
        built = [i.template not in SMALL for i in self.own]
        own = np.flatnonzero(built)
        if len(own):
            there = self._since("small", small)
            self._bound("small", self.x[own], there[self.live[own]])

    def _learned(self) -> None:
        """What is like something that is in use takes less (P10)."""
        if self.rough:
            return
        self._bound("own", self.learned, self.x)
        for template, own in groups(i.template for i in self.own).items():
            like = [i.id for i in self.initiatives if i.template == template]
            there = self._since(f"like_{template}", like)
            self._bound("others", self.learned[own], there[self.contract[own]])

    def _people(self) -> None:
        """The DX section has the people (P5)."""
        dx = np.array([block.slot.dx for block in self.blocks])
        dx = self.scale * dx.T
        easier = common_value("learned").number * dx
        room = self.ground.room - self.standing.dx
        terms: list[Term] = [(self._wide(self.x, dx), dx)]
        if len(self.learned):
            terms.append((self._wide(self.learned, dx), -easier))
        for place, hire in enumerate(self.ground.hires):
            price = hire.yen / UNIT
            engaged = self.model.columns(f"e{place}", len(room), price, hire.most)
            terms.append((engaged, -1))
        self.model.add("people", terms, high=np.maximum(0.0, room))

    def _offices(self) -> None:
        """The leading offices have the people (P6)."""
        for name, own in groups(self.led).items():
            free = self.ground.free.get(name)
            if free is None:
                continue
            rows = [self._asked(self.blocks[b]) for b in own]
            asked = _quarters(np.array(rows).T)
            columns = self._wide(self.x[own], asked)
            most = _quarters(free[:, None])[:, 0]
            self.model.add("office", [(columns, asked)], high=most)

    def _asked(self, block: Block) -> Floats:
        """FTE [T] that a block asks of the office that leads it, less what it gives back there."""
        asked = self.scale * block.slot.section
        if block.initiative.lead in block.initiative.sections:
            share = self.city.number("redeploy_change") / 100
            hours = share * self.counted[block.initiative.id]
            asked[block.live :] -= hours / (HOURS * YEAR)
        return asked

    def _money(self) -> None:
        """The city gives the money (P7)."""
        net = self.net.T / UNIT
        limit = self.ground.limit - self.standing.net
        limit = np.maximum(0.0, limit) / UNIT
        first = self.model.height
        terms: list[Term] = [
            (self._wide(self.x, net), net),
            (self.beyond, -1),
        ]
        self.model.add("money", terms, high=limit)
        self.money = np.arange(first, self.model.height)

    def _changes(self) -> None:
        """The town hall bears the changes (P8)."""
        month = self.time.month
        halves = [_half(month[place]) for place in self.live]
        begun = [_half(day) for day in self.standing.live]
        for half, own in groups(halves).items():
            left = max(0, self.ground.lives - begun.count(half))
            row = self.x[own][None, :]
            self.model.add("changes", [row], high=float(left))
        pairs = zip(halves, self.led, strict=True)
        for own in groups(pairs).values():
            row = self.x[own][None, :]
            self.model.add("one", [row], high=1.0)

    def _bound(self, name: str, columns: Ints, by: Ints) -> None:
        """Each of some columns is at most another one."""
        self.model.add(name, [columns, (by, -1)], high=0.0)

    def _wide(self, columns: Ints, like: Floats) -> Ints:
        """The same columns in every row of a matrix."""
        wide: Ints = np.broadcast_to(columns, like.shape)
        return wide

    def _since(self, name: str, ids: Sequence[str]) -> Ints:
        """Columns [T]: whether one of some initiatives is in use by a month, 0 to 1.

        Months between which none comes into use share a column.
        """
        blocks = [self.of.get(id, NONE) for id in ids]
        own = np.concatenate([NONE, *blocks])
        begun = np.zeros(len(self.time.month))
        for initiative in self.initiatives:
            if initiative.id in ids and initiative.wish in (DONE, RUNNING):
                month = self.time.month_of(initiative.live)
                begun[min(len(begun) - 1, month)] = 1
        changed = np.append(self.live[own], np.flatnonzero(begun))
        first = np.union1d([0], changed)
        there = self.model.columns(name, len(first), 0.0, 1)
        now = groups(self.live[own])
        for place, month in enumerate(first.tolist()):
            begins = own[now.get(month, NONE)]
            before = there[max(0, place - 1) : place]
            by = np.append(self.x[begins], before)
            terms: list[Term] = [there[[place]], (by[None, :], -1)]
            self.model.add(name, terms, high=begun[month])
        every = np.arange(len(begun))
        place_of = np.searchsorted(first, every, "right") - 1
        shared: Ints = there[place_of]
        return shared


def groups(keys: Iterable[object]) -> dict[Any, Ints]:
    """Key -> the places at which it stands, in the order of the first ones."""
    found: dict[object, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return {key: np.array(places) for key, places in found.items()}


def _half(day: date) -> tuple[int, bool]:
    """The half of a fiscal year that holds a day."""
    return months.fiscal_year(day), 4 <= day.month < 10


def _quarters(monthly: Floats) -> Floats:
    """Means [Q, n] of three months each of what stands by month [T, n]: an office evens out."""
    whole = len(monthly) // QUARTER * QUARTER
    means: Floats = monthly[:whole].reshape(-1, QUARTER, monthly.shape[1]).mean(axis=1)
    return means
