"""Which budget has to be asked for what: a year's own budget, and how money of other years is had.

Given       costs by fiscal year, the occasions k of the city (ask by, spend from), the occasion
            that the roadmap has for each lot, engagements of the staffing plan
Find        the occasion of each cost, and what is promised for later years
Subject to  (R1 year)   a budget pays in its own year: a cost is asked for at the first occasion of
                        its year whose money is there on the first day of spending
            (R2 lot)    what a lot costs in the year of its occasion is asked for there, and what
                        it costs later at no earlier one; the occasion also sets the promise
                        (債務負担行為): first and last year, and limit
            (R3 people) an engagement by contract that reaches into later years is such a promise
            (R4 carry)  where no occasion of the own year is in time, money of the year before is
                        carried over (繰越明許費), one year and no more; else it comes late
            (R5 stands) no occasion lies before the plan's start; what runs already is asked for in
                        autumn alone, and where that has passed it is taken to stand in a budget
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from dxplan.facts import months
from dxplan.facts.months import Gate
from dxplan.plan.costs import GROUPS, PMO, Cost, Plans, cells, months_by_year
from dxplan.plan.work import thousands

ON_TIME, CARRIED, LATE = "on_time", "carried", "late"
SHARE, PROMISED = "share", "promised"  # a year's part of a promise; the promise itself
AUTUMN = "当初予算"  # where the budget of what runs already is asked for
CONTRACTS = (PMO, "業務委託")  # forms by contract; others are posts, grants or agreements by year


class Request(NamedTuple):
    """What is asked for at one occasion; a promise has a limit and no yen of its own.

    Attributes
    ----------
    fiscal, until : first and last fiscal year of the money.
    available : first day on which the occasion's money can be spent; ``first`` that it is.
    standing : on_time, share, promised, carried or late.
    limit : yen of a promise, over its years.
    """

    request_by: date
    gate: str
    fiscal: int
    group: str
    item: str
    yen: int
    available: date
    first: date
    standing: str
    until: int
    limit: int


@dataclass(frozen=True)
class Asked:
    """A cost and its occasion; None where no occasion is left."""

    cost: Cost
    gate: Gate | None
    standing: str

    @property
    def row(self) -> Request:
        """The request; the occasion has to be there."""
        cost, gate = self.cost, self.gate
        assert gate
        what = cost.fiscal, cost.group, cost.item, cost.yen
        days = gate.available, cost.first
        return Request(gate.request_by, gate.name, *what, *days, self.standing, cost.fiscal, 0)


def requests_of(plans: Plans, costs: Sequence[Cost]) -> tuple[list[Request], list[Cost]]:
    """What is asked for, by occasion; and the costs that are taken to stand in a budget already.

    Parameters
    ----------
    plans : of one city.
    costs : what ``costs_of`` gives, in the order of the years.
    """
    contracts = plans.portfolio.gates if plans.portfolio else {}
    for lot, *told in cells(plans.pmo.gate, "lot", "gate", "fiscal", "request_by", "available"):
        contracts[lot] = Gate(*told)
    asked = [_ask(plans.pmo.gates, cost, contracts.get(cost.lot)) for cost in costs]
    rows = [one.row for one in asked if one.gate]
    rows += _lot_promises(asked, contracts)
    rows += _people_promises(plans, asked)
    standing = [one.cost for one in asked if one.gate is None]
    return sorted(rows, key=_place), standing


def _place(row: Request) -> tuple[date, int, int, date]:
    return row.request_by, row.fiscal, GROUPS.index(row.group), row.first


# --- the occasion of a cost ----------------------------------------------------------------------
def _ask(gates: Sequence[Gate], cost: Cost, contract: Gate | None) -> Asked:
    """(R1, R2, R4, R5) The occasion at which a cost is asked for, and how it stands to its year."""
    if contract and not cost.going:
        if contract.fiscal_year == cost.fiscal:
            return Asked(cost, contract, ON_TIME)
        gates = [gate for gate in gates if gate.request_by >= contract.request_by]
    same = [gate for gate in gates if gate.fiscal_year == cost.fiscal]
    if cost.going:
        same = [gate for gate in same if gate.name == AUTUMN]
    timely = [gate for gate in same if gate.available <= cost.first]
    if timely:
        standing = SHARE if contract and not cost.going else ON_TIME
        return Asked(cost, min(timely, key=_spending), standing)
    if cost.going:
        return Asked(cost, None, "")
    before = [gate for gate in gates if gate.fiscal_year == cost.fiscal - 1]
    if before:
        return Asked(cost, max(before, key=_spending), CARRIED)
    if same:
        return Asked(cost, min(same, key=_spending), LATE)
    return Asked(cost, None, "")


def _spending(gate: Gate) -> tuple[date, date]:
    return gate.available, gate.request_by


# --- promises ------------------------------------------------------------------------------------
def _lot_promises(asked: Sequence[Asked], contracts: Mapping[str, Gate]) -> Iterator[Request]:
    """(R2) What the occasion of a lot promises for the years after its own."""
    for lot, gate in contracts.items():
        later = []
        for one in asked:
            cost = one.cost
            if cost.lot == lot and not cost.going and cost.fiscal > gate.fiscal_year:
                later.append(cost)
        if later:
            yield _promise(gate, later)


def _promise(gate: Gate, later: Sequence[Cost]) -> Request:
    first, last = later[0], later[-1]
    return Request(
        gate.request_by,
        gate.name,
        first.fiscal,
        first.group,
        first.item,
        0,
        gate.available,
        first.first,
        PROMISED,
        last.fiscal,
        sum(cost.yen for cost in later),
    )


def _people_promises(plans: Plans, asked: Sequence[Asked]) -> Iterator[Request]:
    """(R3) What contracts with outsiders promise for the years after that of their start."""
    gates = {(one.cost.item, one.cost.fiscal): one.gate for one in asked}
    later: dict[tuple[str, int], list[Cost]] = {}
    contract = plans.staffing.sought
    contract = contract[contract["form"].isin(CONTRACTS)]
    for form, start, finish, count, yen in cells(
        contract, "form", "start", "finish", "count", "yen"
    ):
        (begun, _), *others = months_by_year(start, finish)
        for fiscal, length in others:
            amount = thousands(count * yen * length)
            group = "pmo" if form == PMO else "staffing"
            cost = Cost(fiscal, group, form, amount, months.fiscal_start(fiscal))
            later.setdefault((form, begun), []).append(cost)
    for key, costs in later.items():
        gate = gates.get(key)
        if gate:
            yield _promise(gate, sorted(costs, key=lambda cost: cost.fiscal))
