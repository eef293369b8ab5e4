"""The schedule of a plan against public rules, as far as they apply: a look in the mirror.

The ten practices are those of GAO's Schedule Assessment Guide (GAO-16-89G, 2015); the points with
a share are DCMA's 14-point assessment, of which those that compare with actual work wait for it.
Each row is counted in the plan's own tables; what is not met is told like what is.

Beside them stands a look back at the rate of slips: from the late list of 2025-04 to 10 alone, what
would have been told of 2026-03 (Source: ``data/late_list.csv``, grade B).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp, log
from statistics import NormalDist
from typing import NamedTuple

import pandas as pd

from dxplan.facts.catalog import Row, load_table, records
from dxplan.facts.months import DAYS_PER_MONTH, month_offset
from dxplan.plan.chain import bar_links
from dxplan.plan.parts import Parts
from dxplan.plan.risk import Risk
from dxplan.plan.sample import SLIP_SPREAD
from dxplan.plan.work import GATE

CHECK = "rule practice measured unit limit standing".split()
MET, NOT, LATER = "met", "not", "later"
FEW = 5.0  # per cent: DCMA's limit of what is loose, long or idle
LONG = 9  # weeks: DCMA's 44 working days
FINISH = 90.0  # per cent of links from an end to a start
INDEX = 0.95  # least critical path length index
STALE = 6  # months after which a state is old
SEEN, LOOKED = date(2025, 4, 30), date(2025, 10, 31)  # the late list that is looked back from
EVENT = "STOP"  # the bar of a closed counter is no work


class Bound(NamedTuple):
    """What a rule allows: at most a number, or at least one."""

    value: float
    most: bool = True

    def met(self, measured: float) -> bool:
        """Whether a number keeps to it."""
        return measured <= self.value if self.most else measured >= self.value


def plan_checks(plan: Parts, risk: Risk) -> pd.DataFrame:
    """The rules with what the plan shows.

    Returns
    -------
    DataFrame: rule (its key), practice (of GAO, 1..10), measured (a number; nan where there is none
    yet), unit, limit (number), standing (met, not, later: with actual work). No row where nothing
    is left to move.
    """
    rows: list[Row] = []
    if not plan.pmo.done:
        for rule, practice, measured, unit, bound in _rules(plan, risk):
            row = {
                "rule": rule,
                "practice": practice,
                "measured": measured,
                "unit": unit,
                "limit": bound.value,
                "standing": MET if bound.met(measured) else NOT,
            }
            rows.append(row)
        rows += _later()
    return pd.DataFrame(rows, columns=CHECK)


Rule = tuple[str, int, float, str, Bound]


def _rules(plan: Parts, risk: Risk) -> Iterator[Rule]:
    """The rules that a plan can be held against before any work is done."""
    none = Bound(0)
    few = Bound(FEW)
    bars = _bars(plan)
    yield "captured", 1, _uncaptured(plan), "システム", none
    yield from _link_rules(plan, bars)
    idle = _share(not _is_staffed(bar) for bar in bars)
    yield "staffed", 3, idle, "%", few
    long = _share(bar["weeks"] > LONG for bar in bars)
    yield "long", 4, long, "%", few
    yield "traced", 5, _untraced(plan), "システム", none
    yield "critical", 6, _uncritical(plan, bars), "ロット", none
    yield "index", 6, _index(plan), "倍", Bound(INDEX, False)
    loose = _share(bar["slack"] > LONG for bar in bars)
    yield "idle", 7, loose, "%", few
    negative = sum(bar["slack"] < 0 for bar in bars)
    yield "negative", 7, float(negative), "作業", none
    count = float(len(risk.live))
    yield "sampled", 8, count, "通り", Bound(1000, False)
    fixed = _share(row["decided"] for row in records(plan.pmo.lots))
    yield "fixed", 8, fixed, "%", few
    yield "state", 9, _age(plan), "か月", Bound(STALE)
    turned = sum(bar["finish"] < bar["start"] for bar in bars)
    yield "invalid", 9, float(turned), "作業", none


def _later() -> Iterator[Row]:
    """The rules that compare with what was done: they wait for it."""
    for rule, practice in (("missed", 9), ("execution", 9), ("baseline", 10)):
        yield {
            "rule": rule,
            "practice": practice,
            "measured": float("nan"),
            "unit": "",
            "limit": float("nan"),
            "standing": LATER,
        }


def _bars(plan: Parts) -> list[Row]:
    """The work of the roadmap: no closed counter, and no occasion."""
    bars = records(plan.pmo.task)
    return [bar for bar in bars if bar["no"] != GATE and not bar["task"].endswith(EVENT)]


def _share(flags: Iterator[bool]) -> float:
    """Per cent that are so."""
    found = list(flags)
    return 100 * sum(found) / max(1, len(found))


def _is_staffed(bar: Row) -> bool:
    """Whether somebody does the work of a bar."""
    work = bar["dx_fte"] + bar["section_fte"] + bar["vendor"]
    return bool(work > 0)


def _uncaptured(plan: Parts) -> float:
    """Systems to move that are in no lot, or in several."""
    counts = plan.pmo.cutover["business"].value_counts()
    lost = 0
    for system in plan.city.movable:
        if system.pending:
            lost += counts.get(system.business, 0) != 1
    return float(lost)


def _link_rules(plan: Parts, bars: list[Row]) -> Iterator[Rule]:
    """Rules of the links: nothing loose, no leads, few lags, ends to starts, kept."""
    few = Bound(FEW)
    waits = []
    linked = set()
    for before, after, weeks in bar_links(plan.pmo):
        waits.append(weeks)
        linked |= {before, after}
    loose = _share(bar["task"] not in linked for bar in bars)
    yield "loose", 2, loose, "%", few
    leads = sum(weeks < 0 for weeks in waits)
    yield "leads", 2, float(leads), "本", Bound(0)
    lags = _share(weeks > 0 for weeks in waits)
    yield "lags", 2, lags, "%", few
    yield "kinds", 2, 100.0, "%", Bound(FINISH, False)  # all links go from an end to a start
    yield "kept", 5, _broken(plan), "本", Bound(0)


def _broken(plan: Parts) -> float:
    """Links whose later bar begins before the earlier one is done."""
    bars = {bar["task"]: bar for bar in records(plan.pmo.task)}
    broken = 0
    for before, after, weeks in bar_links(plan.pmo):
        if before in bars and after in bars:
            wait = bars[after]["start"] - bars[before]["finish"]
            broken += wait < timedelta(weeks=weeks)
    return float(broken)


def _untraced(plan: Parts) -> float:
    """Systems whose cutover is not that of their lot."""
    lots = plan.pmo.lots.set_index("lot")["live"]
    rows = records(plan.pmo.cutover)
    return float(sum(row["live"] != lots[row["lot"]] for row in rows))


def _uncritical(plan: Parts, bars: list[Row]) -> float:
    """Lots in which nothing but the cutover itself has no slack."""
    lots = set(plan.pmo.lots["lot"])
    for bar in bars:
        if bar["slack"] == 0 and bar["phase"] != "cutover":
            lots.discard(bar["lot"])
    return float(len(lots))


def _index(plan: Parts) -> float:
    """Critical path length index: the plan's length and what is left to the end, by its length."""
    length = (plan.pmo.earliest - plan.pmo.start).days
    left = (plan.city.at("end_date").day - plan.pmo.earliest).days
    return (length + left) / max(1, length)


def _age(plan: Parts) -> float:
    """Months since the state of the oldest system to move was seen."""
    days = []
    for system in plan.city.movable:
        days.append(date.fromisoformat(system.state.as_of))
    oldest = min(days)
    return float(month_offset(oldest, plan.city.basis))


# --- a look back ----------------------------------------------------------------------------------
class LookBack(NamedTuple):
    """What would have been told, and what came: shares 0..1 of the systems on the late list."""

    low: float
    middle: float
    high: float
    seen: float
    until: date


def slip_look_back(spread: float = SLIP_SPREAD) -> LookBack:
    """The late share of the last row of the late list as seen from 2025-04 to 10 alone.

    A system that is not on the list comes on it at a rate, whose log has a factor that all have in
    common; 80 % of its values lie between low and high.

    Parameters
    ----------
    spread : standard deviation of the log of the rate.
    """
    shares = {}
    for row in records(load_table("late_list")):
        if pd.notna(row["systems"]) and pd.notna(row["systems_total"]):
            shares[row["day"]] = row["systems"] / row["systems_total"]
    until = max(shares)
    spent = (LOOKED - SEEN).days / DAYS_PER_MONTH
    rate = log((1 - shares[SEEN]) / (1 - shares[LOOKED])) / spent
    ahead = (until - LOOKED).days / DAYS_PER_MONTH

    def seen(share: float) -> float:
        factor = exp(spread * NormalDist().inv_cdf(share))
        left = (1 - shares[LOOKED]) * exp(-rate * factor * ahead)
        return float(1 - left)

    return LookBack(seen(0.1), seen(0.5), seen(0.9), shares[until], until)
