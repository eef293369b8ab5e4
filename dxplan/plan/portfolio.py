"""Which DX initiatives a municipality takes up, and when, on what standardisation leaves.

The choice itself is the program of ``selection``; here stand what it rests on, and its tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from dxplan.facts.months import Gate
from dxplan.plan.blocks import BOND, GRANT, Block, Time
from dxplan.plan.pmo import EFFORT, PmoPlan
from dxplan.plan.relaxed import Relaxed
from dxplan.plan.selection import (
    BEYOND,
    EVEN,
    MISSED,
    NEVER,
    NONE,
    UNIT,
    Ground,
    Program,
    counted_hours,
)
from dxplan.solve.arrays import Floats, Ints
from dxplan.solve.linear import Solution, plan_linear
from dxplan.solve.outcome import OPTIMAL, STOPPED, Effort, Outcome
from dxplan.town.city import City
from dxplan.town.initiatives import DONE, MUST, RUNNING, Initiative, common_value, load_initiatives

EXACT = Effort("exact", (), False, (0.0, 10_000), (0.0, 0.0))
ROUGH = Effort("rough", (0.3,), True, (0.03, 100), (0.0, 0.0))
ROW = (
    *"id name group template wish lead state begins request_by available gate fiscal".split(),
    *"contract live wide once yearly net burden hours counted hours_grade points worth".split(),
)


class Taken(NamedTuple):
    """What is taken up or runs: the funds that pay for what is built, its occasion, its days.

    What runs already has no occasion, and its days are the plan's first one.
    """

    name: str
    funds: tuple[str, ...]
    gate: Gate | None
    contract: date
    live: date


@dataclass(frozen=True)
class Portfolio:
    """The initiatives of one city; tables are not to be changed.

    Attributes
    ----------
    row : a row an initiative: id, name, group, template, wish, lead, state (done, running, chosen,
        late: must without a place, waits, no), begins, request_by, available, contract, live, wide
        (dates or None), gate, fiscal, once, yearly, net, burden (円; of what is not chosen as if it
        were taken at the first occasion), hours (claimed a year), counted (hours that are counted),
        hours_grade, points, worth (円 over the plan).
    money : a row an initiative and fiscal year: id, fiscal, once, yearly, net (円, in whole
        thousands, as the budget has them; net is what the general budget pays).
    load : a row a month: month, dx, room (FTE).
    limit : a row a fiscal year: fiscal, limit, used, beyond (円).
    value : 円 over the plan, without the prices of what is missing.
    missing : 円 beyond the limit that the musts want.
    outcome : status, bound and gap.
    taken : id -> what is taken up, or runs.
    """

    city: City
    time: Time
    row: pd.DataFrame
    money: pd.DataFrame
    load: pd.DataFrame
    limit: pd.DataFrame
    value: float
    missing: float
    outcome: Outcome
    taken: Mapping[str, Taken]
    ground: Ground = field(repr=False)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of what is taken up, by the month of its first use."""
        rows = self.row[self.row["state"] == "chosen"].sort_values(["live", "id"])
        return tuple(rows["id"])

    @property
    def work(self) -> Floats:
        """FTE [T] that the initiatives ask of the DX section: the promotion that is staffed."""
        work: Floats = self.load["dx"].to_numpy()
        return work

    @property
    def gates(self) -> dict[str, Gate]:
        """Name of what is taken up -> the occasion at which it is asked for."""
        return {one.name: one.gate for one in self.taken.values() if one.gate}


def plan_portfolio(
    ground: Ground,
    effort: str | None = None,
    weights: tuple[float, float] = EVEN,
    initiatives: Sequence[Initiative] | None = None,
) -> Portfolio:
    """Which initiatives are taken up, and when.

    Parameters
    ----------
    ground : people, money and lots of the city.
    effort : 簡易, 標準 or 入念; the city's own where None.
    weights : of hours and of residents.
    initiatives : those of the city where None.
    """
    rough = EFFORT[effort or ground.city.at("effort").word] == "quick"
    chosen = initiatives or load_initiatives(ground.city)
    program = Program(ground, chosen, weights, rough=rough)
    search = ROUGH if rough else EXACT
    return _Answer(program, plan_linear(program.model, search, everything=True)).portfolio()


def plan_wish(ground: Ground) -> Floats:
    """FTE [T] that the initiatives ask of the DX section in the relaxed program.

    It tells the staffing how much promotion there is to be done, and when: as much as the DX
    section has the time for, and outsiders are worth their price for.
    """
    program = Program(ground, load_initiatives(ground.city), rough=True)
    shares = Relaxed(program).values()[program.x]
    slots = np.array([block.slot.dx for block in program.blocks]).reshape(len(shares), -1)
    work: Floats = program.standing.dx + program.scale * (shares @ slots if len(shares) else 0.0)
    return work


def build_ground(
    city: City,
    pmo: PmoPlan,
    month: tuple[date, ...],
    room: Floats,
) -> Ground:
    """What the initiatives of a city stand on, beside its roadmap.

    Parameters
    ----------
    month : first days [T] of the months.
    room : FTE [T] of the DX section and its outsiders that are left.
    """
    time, places = Time(city, month), {day: place for place, day in enumerate(month)}
    share = city.number("section_share") / 100
    free = {}
    for section in city.sections:
        free[section.name] = np.full(len(month), section.staff.number * share)
    rows = pmo.load[pmo.load["kind"] == "section"]
    for name, day, load in zip(rows["resource"], rows["month"], rows["load"], strict=True):
        if name in free and day in places:
            free[name][places[day]] -= load
    free = {name: np.maximum(0.0, left) for name, left in free.items()}
    return Ground(time, np.maximum(0.0, room), free, _lots(city, pmo, time))


def _lots(city: City, pmo: PmoPlan, time: Time) -> dict[int, int]:
    """Business -> month in which it goes live, of those that have yet to move."""
    told = {row.lot: row.p50 for row in pmo.told.lot.itertuples()} if not pmo.done else {}
    numbers = {system.business: system.no for system in city.systems}
    lots = {}
    for row in pmo.cutover.itertuples():
        if row.business in numbers:
            day = told.get(row.lot)
            # half of the samples end by the day that is told; beyond the grid none is
            place = int(np.ceil(time.place(day))) if day else NEVER
            lots[numbers[row.business]] = place
    return lots


class _Answer:
    """The tables of an answer to the program."""

    def __init__(self, program: Program, solution: Solution) -> None:
        self.program, self.solution, self.time = program, solution, program.time
        self.taken: Ints = np.flatnonzero(solution.values[program.x] > 0.5)
        self.block = {program.blocks[b].initiative.id: program.blocks[b] for b in self.taken}
        self.worth = program.worth()

    def portfolio(self) -> Portfolio:
        """What is taken up, with its people and money."""
        program, money = self.program, self._money()
        rows = [self._row(initiative) for initiative in program.initiatives]
        missing = float(self.solution.values[program.beyond].sum()) * UNIT
        missed = float(self.solution.values[program.missed].sum())
        value = -self.solution.cost * UNIT + MISSED * UNIT * missed + BEYOND * missing
        return Portfolio(
            program.city,
            self.time,
            pd.DataFrame(rows, columns=ROW),
            money,
            self._load(),
            self._limit(money),
            value,
            missing if missing > 1 else 0.0,
            _outcome(self.solution),
            self._taken(),
            program.ground,
        )

    def _taken(self) -> dict[str, Taken]:
        month, taken = self.time.month, {}
        for initiative in self.program.initiatives:
            if initiative.wish == RUNNING:
                taken[initiative.id] = Taken(initiative.name, (), None, month[0], month[0])
        for id, block in self.block.items():
            initiative, slot = block.initiative, block.slot
            funds = tuple(fund for fund in (GRANT, BOND) if fund in initiative.funds)
            days = month[slot.contract], month[slot.live]
            taken[id] = Taken(initiative.name, funds, slot.gate, *days)
        return taken

    def _row(self, initiative: Initiative) -> dict[str, object]:
        row: dict[str, object] = dict.fromkeys(ROW)
        row |= {
            "id": initiative.id,
            "name": initiative.name,
            "group": initiative.group,
            "template": initiative.template,
            "wish": initiative.wish,
            "lead": self.program.offices[initiative.id],
            "state": self._state(initiative),
            "once": initiative.once.number,
            "yearly": initiative.yearly.number,
            "hours": float(round(initiative.hours.number)),
            "counted": float(round(counted_hours(initiative))),
            "hours_grade": initiative.hours.grade,
            "points": initiative.points.number,
            **self._amounts(initiative.id),
        }
        if initiative.wish in (RUNNING, DONE):
            row["live"] = initiative.live
        if initiative.id in self.block:
            row |= self._dates(self.block[initiative.id])
        return row

    def _amounts(self, id: str) -> dict[str, float]:
        """Money and worth of a block: of the one taken, else as at the first occasion."""
        own = self.program.of.get(id, NONE)
        if not len(own):
            return {"net": 0.0, "burden": 0.0, "worth": 0.0}
        place = next((b for b in own if b in self.taken), own[0])
        block = self.program.blocks[place]
        net, worth = float(block.net.sum()), float(self.worth[place])
        return {"net": net, "burden": block.burden, "worth": worth}

    def _state(self, initiative: Initiative) -> str:
        if initiative.id in self.block:
            return "chosen"
        if initiative.wish == MUST:
            return "late"
        return "waits" if initiative.free else initiative.wish

    def _dates(self, block: Block) -> dict[str, object]:
        slot, month = block.slot, self.time.month
        return {
            "begins": month[slot.begins],
            "request_by": slot.gate.request_by,
            "available": slot.gate.available,
            "gate": slot.gate.name,
            "fiscal": slot.gate.fiscal_year,
            "contract": month[slot.contract],
            "live": month[slot.live],
            "wide": month[slot.wide],
        }

    def _money(self) -> pd.DataFrame:
        rows = list(self.program.standing.money)
        for id, block in self.block.items():
            for f, fiscal in enumerate(self.time.years):
                once, yearly = float(block.once[f]), float(block.yearly[f])
                if once or yearly:
                    rows.append((id, fiscal, once, yearly, float(block.net[f])))
        return pd.DataFrame(rows, columns=["id", "fiscal", "once", "yearly", "net"])

    def _load(self) -> pd.DataFrame:
        program = self.program
        part = common_value("learned").number
        dx = program.standing.dx.copy()
        learned = np.zeros(len(program.blocks))
        if len(program.learned):
            learned = self.solution.values[program.learned]
        for b in self.taken:
            easier = 1 - part * learned[b]
            dx += program.scale * easier * program.blocks[b].slot.dx
        return pd.DataFrame({"month": self.time.month, "dx": dx, "room": program.ground.room})

    def _limit(self, money: pd.DataFrame) -> pd.DataFrame:
        used = money.groupby("fiscal")["net"].sum().reindex(self.time.years, fill_value=0.0)
        limit = self.program.ground.limit
        table = pd.DataFrame({"fiscal": self.time.years, "limit": limit, "used": used.to_numpy()})
        return table.assign(beyond=(table["used"] - limit).clip(lower=0.0))


def _outcome(solution: Solution) -> Outcome:
    # the cost is negative where the portfolio is worth something
    gap = (solution.cost - solution.bound) / max(1.0, abs(solution.bound))
    status = OPTIMAL if gap < 1e-6 else STOPPED
    return Outcome(status, round(solution.bound), gap if status == STOPPED else 0.0)
