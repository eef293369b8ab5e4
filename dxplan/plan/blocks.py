"""When a DX initiative can run: a rigid block of work behind each budget occasion.

A block is planned before its occasion is asked for, is contracted when the money is there (or some
months later), is first used by one office, and is then spread. What it takes of people and money is
known by month and by fiscal year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from dxplan.facts import months
from dxplan.facts.months import Gate
from dxplan.plan.funds import allocated
from dxplan.solve.arrays import Floats
from dxplan.town.city import City
from dxplan.town.initiatives import RUNNING, Initiative, Item, load_templates

LATER = (0, 3, 6)  # months by which a start may wait for its people
CARE = 3  # months after a cutover in which its sections take up nothing new
BOND_USED = "使う"


@dataclass(frozen=True)
class Slot:
    """A template behind one budget occasion.

    Attributes
    ----------
    gate : the occasion; later : months that the contract waits behind the money.
    begins, contract, live, wide : months of the plan: of the first work, of the contract, of the
        first use everywhere, and the one after the last work.
    dx, section : FTE [T] of the DX section and of the leading section in a city of 100,000.
    built : share [F] of the cost once by fiscal year.
    """

    gate: Gate
    later: int
    begins: int
    contract: int
    live: int
    wide: int
    dx: Floats
    section: Floats
    built: Floats


@dataclass(frozen=True)
class Block:
    """An initiative in a slot; money in 円, ``net`` what is left to pay by the general budget."""

    initiative: Initiative
    slot: Slot
    once: Floats
    yearly: Floats
    net: Floats
    burden: float

    @property
    def live(self) -> int:
        """The month from which it is in use."""
        return self.slot.live


@dataclass(frozen=True)
class Time:
    """The months [T] of a portfolio and their fiscal years [F]."""

    city: City
    month: tuple[date, ...]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The fiscal years, in order."""
        return tuple(dict.fromkeys(map(months.fiscal_year, self.month)))

    @cached_property
    def year(self) -> tuple[int, ...]:
        """Place of the fiscal year of each month."""
        return tuple(months.fiscal_year(month) - self.years[0] for month in self.month)

    @cached_property
    def shares(self) -> dict[tuple[bool, bool], tuple[Floats, Floats]]:
        """(grant, bond) -> shares [F] of a cost that the general budget pays, and has to bear.

        A bond is no grant: what is paid back without the allocation tax is borne later.
        """
        rates = np.array([self._rates(fiscal) for fiscal in self.years])
        found = {}
        for grant in (False, True):
            for bond in (False, True):
                left = 1 - grant * rates[:, 0]
                paid = left * (1 - bond * rates[:, 1])
                found[grant, bond] = paid, paid + bond * left * rates[:, 1] * (1 - rates[:, 2])
        return found

    def _rates(self, fiscal: int) -> tuple[float, float, float]:
        """Rates of a fiscal year: of the grant, of the bond, and of its repayment."""
        city, day = self.city, months.fiscal_start(fiscal)
        used = city.at("bond_use").word == BOND_USED
        bond = city.number("rate_F8", day) / 100 if used else 0.0
        back = city.number("rate_F8_return", day) / 100 if allocated(city) else 0.0
        return city.number("rate_F9", day) / 100, bond, back

    def by_year(self, monthly: Floats) -> Floats:
        """Sums [F] of what stands by month [T]."""
        sums: Floats = np.zeros(len(self.years))
        np.add.at(sums, list(self.year), monthly)
        return sums

    def month_of(self, day: date | None) -> int:
        """The first month [0..T] that begins on or after a day; 0 where it is over or not known."""
        place = int(np.ceil(self.place(day))) if day else 0
        return min(len(self.month), max(0, place))

    def place(self, day: date) -> float:
        """Where a day lies, in months from the first one."""
        return months.month_offset(self.month[0], day) + (day.day - 1) / 31


def build_slots(time: Time, gates: Sequence[Gate], template: str) -> list[Slot]:
    """The slots of a template: one behind each occasion and each wait that can still be had."""
    slots = []
    for k, gate in enumerate(gates):
        following = time.place(gates[k + 1].available) if k + 1 < len(gates) else np.inf
        for later in LATER:
            # whoever waits for so long asks at the next occasion
            if later and time.place(gate.available) + later >= following:
                break
            slot = _slot(time, gate, later, load_templates()[template])
            if slot:
                slots.append(slot)
    return slots


def _slot(time: Time, gate: Gate, later: int, items: tuple[Item, ...]) -> Slot | None:
    """A template behind an occasion; None where it begins too early or ends too late."""
    before, after = around(items)
    asked, money = time.place(gate.request_by), time.place(gate.available)
    begins = asked - sum(item.months or 0 for item in before)
    contract = float(np.ceil(money)) + later
    dx, section = np.zeros((2, len(time.month)))
    at = begins
    for item in before:
        at = _work(dx, section, item, at, item.months or 0)
    for item in items:
        if item.months is None:
            _work(dx, section, item, asked, contract - asked)
    at = live = contract
    for item in after:
        live = at  # in the end the start of the last item
        at = _work(dx, section, item, at, item.months or 0)
    first, last = int(np.ceil(live)), int(np.ceil(at))
    if begins < 0 or last >= len(time.month):
        return None
    built = np.zeros(len(time.month))
    built[int(contract) : max(first, int(contract) + 1)] = 1
    return Slot(
        gate,
        later,
        int(begins),
        int(contract),
        first,
        last,
        dx,
        section,
        time.by_year(built / built.sum()),
    )


def around(items: tuple[Item, ...]) -> tuple[list[Item], list[Item]]:
    """The items of a template before the money is asked for, and those after it is there."""
    council = [k for k, item in enumerate(items) if item.months is None]
    # what is made in the house is asked for once it is known what it is for
    cut = council[0] if council else 1
    return list(items[:cut]), [item for item in items[cut:] if item.months is not None]


def _work(dx: Floats, section: Floats, item: Item, start: float, length: float) -> float:
    """Add the people of an item to the months that it touches; its end."""
    end = start + length
    for t in range(max(0, int(start)), min(len(dx), int(np.ceil(end)))):
        part = min(end, t + 1) - max(start, t)
        dx[t] += item.dx * part
        section[t] += item.section * part
    return end


def build_block(time: Time, initiative: Initiative, slot: Slot) -> Block:
    """An initiative in a slot, with its money."""
    running = np.zeros(len(time.month))
    running[slot.live :] = initiative.yearly.number / 12
    once = initiative.once.number * slot.built
    yearly = time.by_year(running)
    paid, burden = _funded(time, initiative, once)
    return Block(initiative, slot, once, yearly, paid + yearly, burden + yearly.sum())


def _funded(time: Time, initiative: Initiative, once: Floats) -> tuple[Floats, float]:
    """What the general budget pays of the cost once by year [F], and what is left to bear."""
    paid, borne = time.shares["F9" in initiative.funds, "F8" in initiative.funds]
    return once * paid, float((once * borne).sum())


def in_use(time: Time, initiative: Initiative) -> int:
    """The month of the plan in which something that the city has begun is in use."""
    return time.month_of(initiative.live)


class Standing:
    """What the running initiatives take.

    ``dx`` FTE [T], ``net`` 円 [F], ``live`` the days of their first use, ``money`` rows of id,
    fiscal year, cost once, yearly, and what the general budget pays (円).
    """

    def __init__(self, time: Time, initiatives: Sequence[Initiative], scale: float) -> None:
        self.dx, self.net = np.zeros(len(time.month)), np.zeros(len(time.years))
        self.live: list[date] = []
        self.money: list[tuple[str, int, float, float, float]] = []
        for initiative in initiatives:
            if initiative.wish == RUNNING and initiative.live:
                self.live.append(initiative.live)
                self._add(time, initiative, scale)

    def _add(self, time: Time, initiative: Initiative, scale: float) -> None:
        use = in_use(time, initiative)
        self.dx[:use] += scale * _last_effort(initiative)
        once, yearly = _running_money(time, initiative, use)
        self.net += once + yearly
        for f, fiscal in enumerate(time.years):
            if once[f] or yearly[f]:
                paid = float(once[f]), float(yearly[f])
                self.money.append((initiative.id, fiscal, *paid, sum(paid)))


def _last_effort(initiative: Initiative) -> float:
    """FTE of the DX section while something is built: the mean of its items after the money."""
    _, after = around(load_templates()[initiative.template])
    length = sum(item.months or 0 for item in after)
    return sum(item.dx * (item.months or 0) for item in after) / length


def _running_money(time: Time, initiative: Initiative, use: int) -> tuple[Floats, Floats]:
    """The cost once until the first use, then each year until it ends, less what it replaces."""
    once, yearly = np.zeros((2, len(time.month)))
    if use:
        begun = time.place(initiative.began) if initiative.began else 0.0
        once[:use] = initiative.once.number / (use - min(0.0, begun))
    yearly[use:] = initiative.yearly.number / 12
    if initiative.until:
        yearly[time.month_of(initiative.until) :] = 0
    if initiative.stopped:
        yearly[time.month_of(initiative.stopped) :] -= initiative.saves / 12
    return time.by_year(once), time.by_year(yearly)
