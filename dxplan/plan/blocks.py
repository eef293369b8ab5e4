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
from dxplan.plan.rates import POINTS, THOUSAND, allocated, points_of
from dxplan.solve.arrays import Floats, Ints
from dxplan.town.city import City
from dxplan.town.initiatives import RUNNING, Initiative, Item, load_templates

LATER = (0, 3, 6)  # months by which a start may wait for its people
YEAR = 12
CARE = 3  # months after a cutover in which its sections take up nothing new
BOND_USED = "使う"
GRANT, BOND = "F9", "F8"  # funds that pay for what is built


@dataclass(frozen=True)
class Slot:
    """A template behind one budget occasion.

    Attributes
    ----------
    gate : the occasion; later : months that the contract waits behind the money.
    begins, contract, live, wide : months of the plan: of the first work, of the contract, of the
        first use everywhere, and the one after the last work.
    dx, section : FTE [T] of the DX section and of the leading section in a city of 100,000.
    built : share [F] of the cost once by fiscal year; used : years of use [F] in each.
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
    used: Floats


@dataclass(frozen=True)
class Block:
    """An initiative in a slot.

    Attributes
    ----------
    once, yearly, net : whole thousands of 円 [F]: what is built, what runs, and what of both is
        left to pay by the general budget; burden : that and what is paid back of a bond.
    """

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
    def rates(self) -> dict[str, Ints]:
        """Fund -> its rate by fiscal year [F], hundredths of a per cent; 0 once it has ended."""
        city = self.city
        used = city.at("bond_use").word == BOND_USED
        rates = {GRANT: ("rate_F9", True), BOND: ("rate_F8", used)}
        rates["back"] = "rate_F8_return", allocated(city)
        found = {}
        for fund, (name, open_) in rates.items():
            points = [open_ * points_of(city, name, fiscal)[0] for fiscal in self.years]
            found[fund] = np.array(points)
        return found

    def by_year(self, monthly: Floats) -> Floats:
        """Sums [F] of what stands by month [T]."""
        sums: Floats = np.zeros(len(self.years))
        np.add.at(sums, list(self.year), monthly)
        return sums

    def month_of(self, day: date | None) -> int:
        """The first month [0..T] that begins on or after a day; 0 where it is over or not known."""
        place = np.ceil(self.place(day)) if day else 0
        return int(np.clip(place, 0, len(self.month)))

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
    used = np.zeros(len(time.month))
    used[first:] = 1 / YEAR
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
        time.by_year(used),
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


def build_blocks(time: Time, initiative: Initiative, slots: Sequence[Slot]) -> list[Block]:
    """An initiative in each slot of its template, with its money."""
    if not slots:
        return []
    once = whole(initiative.once.number * np.array([slot.built for slot in slots]))
    yearly = whole(initiative.yearly.number * np.array([slot.used for slot in slots]))
    left, repaid = once, np.zeros(len(slots))
    for fund in (GRANT, BOND):
        if fund in initiative.funds:
            paid = _part(left, time.rates[fund])
            left = left - paid
            if fund == BOND:
                # what the allocation tax does not give back is borne later
                repaid = (paid * (1 - time.rates["back"] / POINTS)).sum(axis=1)
    net = left + yearly
    burden = (net.sum(axis=1) + repaid).tolist()
    rows = zip(slots, once, yearly, net, burden, strict=True)
    return [Block(initiative, *row) for row in rows]


def whole(yen: Floats) -> Floats:
    """Amounts [..., F] in whole thousands, as a budget has them; so is their sum over F."""
    steps = np.rint(np.cumsum(yen, axis=-1) / THOUSAND) * THOUSAND
    return np.diff(steps, prepend=0.0, axis=-1)


def _part(yen: Floats, points: Ints) -> Floats:
    """What a rate [F] pays of whole thousands [n, F]: as ``paid_of`` counts it."""
    paid: Floats = yen // THOUSAND * points // POINTS * THOUSAND
    return paid


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
        use = time.month_of(initiative.live)
        self.dx[:use] += scale * _last_effort(initiative)
        once, yearly = _running_money(time, initiative, use)
        self.net += once + yearly
        # what is saved leaves the budget, and is no cost below nothing
        paid = whole(once), whole(np.maximum(0.0, yearly))
        for fiscal, built, runs in zip(time.years, *paid, strict=True):
            if built or runs:
                self.money.append((initiative.id, fiscal, built, runs, built + runs))


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
    yearly[use:] = initiative.yearly.number / YEAR
    if initiative.until:
        yearly[time.month_of(initiative.until) :] = 0
    if initiative.stopped:
        yearly[time.month_of(initiative.stopped) :] -= initiative.saves / YEAR
    return time.by_year(once), time.by_year(yearly)
