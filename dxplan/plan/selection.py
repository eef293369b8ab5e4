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
            (P5 people)   sum of dx x - learned dx l <= room
            (P6 office)   sum of (sec - hours given back there) x <= free, in the mean of a quarter
            (P7 money)    sum of net x <= limit + o
            (P8 changes)  first uses in h <= lives; in h and s <= 1
            (P9 small)    something that is bought as a service or made in the house is in use
                          before the first thing that is built is spread
            (P10 learned) l[b] <= x[b], <= others of the template that are live when b is contracted
Running cost counts in every later year of P7. At quick effort nothing is learned. Solved by HiGHS:
to a gap of 1 % at quick effort, else proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np

from dxplan.facts import catalog, months
from dxplan.facts.months import Gate
from dxplan.plan.blocks import CARE, Block, Standing, Time, build_block, build_slots, in_use
from dxplan.plan.people import HOURS
from dxplan.solve.arrays import Floats, Ints
from dxplan.solve.linear import Linear, Term
from dxplan.town.city import City
from dxplan.town.initiatives import DONE, MUST, OPEN, RUNNING, WANT, Initiative, common_value

SMALL = ("SaaS", "内製", "制度")  # what can be tried without building anything
YEAR, QUARTER = 12, 3
UNIT = 10_000.0  # of money in the program, 円
NEVER = 10_000  # a month beyond every plan
MISSED, BEYOND = 1e7, 1e2  # prices of a must without a place, and of money beyond the limit (UNIT)
EVEN = (1.0, 1.0)  # weights of hours and of residents
LIMITS = ("money", "people", "office", "changes", "lot")  # what may stand in the way
NONE: Ints = np.zeros(0, int)


@dataclass(frozen=True)
class Ground:
    """What the initiatives of a city stand on.

    Attributes
    ----------
    room : FTE [T] of the DX section and its outsiders that are left for initiatives.
    free : leading office -> FTE [T] that it has left; of others it is not known.
    lots : number of a business -> month in which its lot goes live, NEVER beyond the plan.
    """

    time: Time
    room: Floats
    free: Mapping[str, Floats]
    lots: Mapping[int, int]

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
    ``money`` the numbers of the rows of P7 [F]; ``early`` lets nothing wait for a lot.
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
        self.hour = weights[0] * self.city.number("own_time_yen") / HOURS
        people = self.city.facts.population
        point = self.city.number("portfolio_weight") * people
        self.point = weights[1] * point
        self.asked = set(helpers())
        for initiative in initiatives:
            self.asked |= set(initiative.needs)
        self.blocks = self._blocks()
        self.own = [block.initiative for block in self.blocks]
        self.of = groups(initiative.id for initiative in self.own)
        slots = [block.slot for block in self.blocks]
        live = [slot.live for slot in slots]
        self.live = np.array(live, int)
        self.contract = np.array([slot.contract for slot in slots], int)
        self.length = self._lengths()
        self.net = np.array([block.net for block in self.blocks]).reshape(len(self.blocks), -1)
        self.money: Ints = NONE
        self._build()

    def _build(self) -> None:
        self.model = Linear()
        worth = self.worth() / UNIT
        self.x = self.model.columns("x", len(self.blocks), -worth, 1, whole=True)
        # what no occasion can hold is late anyhow
        self.musts = [i.id for i in self.initiatives if i.wish == MUST and i.id in self.of]
        self.missed = self.model.columns("m", len(self.musts), MISSED, 1)
        self.beyond = self.model.columns("o", len(self.time.years), BEYOND)
        self.learned = self.model.columns("l", len(self.blocks), 0.0, 0.0 if self.rough else 1.0)
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
    ) -> Floats:
        """What the blocks [n] are worth over the plan (円); of what is wanted the cost is no reason.

        Parameters
        ----------
        cost, hours : factors [n].
        points : 0 to 5 [n]; as they are where None.
        """
        if points is None:
            points = np.array([i.points.number for i in self.own])
        counted = np.array([counted_hours(i) for i in self.own])
        yearly = self.hour * counted * hours + self.point * points
        benefit = yearly * self.length
        burden = np.array([block.burden for block in self.blocks])
        wanted = np.array([i.wish == WANT for i in self.own], bool)
        least = np.maximum(benefit, self.length)
        worth: Floats = np.where(wanted, least, benefit - cost * burden)
        return worth

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
        blocks = []
        for initiative in self.initiatives:
            if not initiative.free:
                continue
            ready = 0 if self.early else self.ground.ready(initiative)
            for slot in slots[initiative.template]:
                block = build_block(self.time, initiative, slot)
                if slot.live >= ready and self._useful(block):
                    blocks.append(block)
        return blocks

    def _useful(self, block: Block) -> bool:
        """Whether a block can be part of the best answer: it pays, or something asks for it."""
        initiative = block.initiative
        if initiative.wish != OPEN or initiative.template in SMALL:
            return True
        if initiative.id in self.asked:
            return True
        hours = self.hour * counted_hours(initiative)
        points = self.point * initiative.points.number
        left = (len(self.time.month) - block.live) / YEAR
        length = min(left, common_value("life_years").number)
        return (hours + points) * length > block.burden

    def led(self, initiative: Initiative) -> str:
        """The office that leads, under its name here."""
        return self.city.called(initiative.lead)

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
        counted = np.array([counted_hours(i) for i in self.own])
        yearly = self.hour * counted
        yearly = yearly * self.length / UNIT
        for helper, factor in helpers().items():
            helped = np.array([helper in i.helped for i in self.own])
            own = np.flatnonzero(helped & (yearly > 0))
            if len(own):
                better = (factor - 1) * yearly[own]
                g = self.model.columns(f"g_{helper}", len(own), -better, 1)
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
        terms = [
            (self._wide(self.x, dx), dx),
            (self._wide(self.learned, dx), -easier),
        ]
        self.model.add("people", terms, high=np.maximum(0.0, room))

    def _offices(self) -> None:
        """The leading offices have the people (P6)."""
        led = map(self.led, self.own)
        for name, own in groups(led).items():
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
            hours = share * counted_hours(block.initiative)
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
        led = map(self.led, self.own)
        pairs = zip(halves, led, strict=True)
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
        """Columns [T]: whether one of some initiatives is in use by a month, 0 to 1."""
        count = len(self.time.month)
        there = self.model.columns(name, count, 0.0, 1)
        begun = np.zeros(count)
        for initiative in self.initiatives:
            if initiative.id in ids and initiative.wish in (DONE, RUNNING):
                month = in_use(self.time, initiative)
                begun[min(count - 1, month)] = 1
        blocks = [self.of.get(id, NONE) for id in ids]
        own = np.concatenate([NONE, *blocks])
        for month, now in groups(self.live[own]).items():
            begins = self.x[own[now]]
            terms: list[Term] = [there[[month]], (begins[None, :], -1)]
            if month:
                terms.append((there[[month - 1]], -1))
            self.model.add(name, terms, high=begun[month])
        months_left = np.arange(count)
        still = np.setdiff1d(months_left, self.live[own])
        before = np.where(still > 0, there[still - 1], -1)
        terms = [there[still], (before, -1)]
        self.model.add(name, terms, high=begun[still])
        return there


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
