"""How sure the whole plan is: its samples with what may happen, carried through people and money.

Sets        i samples 0..N-1, l lots, f fiscal years, e events of ``data/risk_events.csv``
Draw        the work of each lot, with factors that the town hall, the vendor and the kind of work
            have in common; the vendor's day and its slips (``sample``); whether each event happens,
            and how long (``events``); prices within their ranges (``exposure``)
Then        a policy, and no hindsight: the lots keep the order of the plan, none comes before its
            day in the plan, and what is late takes a window that it is ready for (``sample``)
Find        chance by window, P20, P50 and P80 of each lot and of the last one, yen and shortage by
            year, the chance that money and date both hold, what sets the dates, what moves them

A sample that finds no window counts as late. Every draw has a stream of its own (named by what is
drawn), so that plans and events are compared on the same chances, and another seed moves little:
the shares are stratified. A difference below twice its standard error is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from dxplan.facts.catalog import Row
from dxplan.facts.months import DAYS_PER_MONTH
from dxplan.plan.downside import stretch_in
from dxplan.plan.events import CASES, Event, changed, drawn_cases, load_events, strikes_of
from dxplan.plan.exposure import ITEMS, PRICES, Exposure, drawn_prices, price_ends
from dxplan.plan.parts import Parts
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.sample import (
    FRONT,
    NEVER,
    P50,
    P80,
    SAMPLES,
    TOLD,
    WEEK,
    Courses,
    Doubt,
    Samples,
    drawn_courses,
    told_row,
)
from dxplan.plan.shortage import short_of
from dxplan.plan.staffing import StaffingPlan
from dxplan.solve.arrays import Flags, Floats

DRAWN = Doubt(related=True)
LOW, HIGH = 0.1, 0.9  # shares at which a factor stands in the comparison
SIGMAS = 2.0  # standard errors below which a difference is none
WIDTH = 1.96  # standard deviations of 95 %
LOT = [*TOLD, "p80_low", "p80_high", "plain", "last"]
WINDOW = "lot live window share by".split()
YEAR = "fiscal planned p50 p80 more".split()
ITEM = "item planned p50 p80".split()
PEOPLE = "fiscal planned p50 p80".split()
JOINT = "level yen due day money date both".split()
CAUSE = "lot cause share".split()
DRIVER = "kind factor low high noise yen_low yen_high yen_noise".split()
CASE = "case p50 p80 chance yen_p50 yen_p80 short".split()
LEVELS = ("planned", "p50", "p80")  # of money
CAUSES = ("kept", "work", "contract", "law", "vendor", "others")
KINDS = (FRONT, "準備", "リハーサル", "テスト", "研修", "条例")


@dataclass(frozen=True, eq=False)  # one is itself alone: what is worked out from it is kept
class Risk:
    """How sure the plans of a city are; tables are not to be changed.

    Attributes
    ----------
    plan, cases, events : what was sampled: the plans, the staffing where something does not come
        as planned, what may happen.
    found : the samples, with their yen.

    Tables have no row where no lot is left to move.
    """

    plan: Parts
    cases: Mapping[str, StaffingPlan]
    events: tuple[Event, ...]
    found: Exposure

    @property
    def done(self) -> bool:
        """Whether no lot is left to move, and so nothing is sampled."""
        return self.plan.pmo.done

    @property
    def live(self) -> Floats:
        """Go-live of each lot in each sample [N, L], in days from the plan's start."""
        return self.found.courses.live

    @cached_property
    def short(self) -> Floats:
        """FTE-months [N, F] that the roadmap is short of."""
        return short_of(self.found)

    @cached_property
    def lot(self) -> pd.DataFrame:
        """A row a lot: as ``Told.lot``, and how sure its P80 is.

        p80_low, p80_high (between which it lies, 95 %), plain (P80 by its work and its vendor
        alone), last (share of the samples in which no lot is later).
        """
        plain = self.plan.pmo.told.lot["p80"].tolist()
        latest = self.live.max(axis=1, initial=0)
        rows = []
        for k, project in enumerate(self.plan.pmo.projects):
            days = self.live[:, k]
            row = self._told(days, self._planned(k))
            row |= {
                "lot": project.lot.name,
                "plain": plain[k],
                "last": float((days == latest).mean()),
            }
            rows.append(row)
        return pd.DataFrame(rows, columns=LOT)

    @cached_property
    def last(self) -> pd.DataFrame:
        """The same of the last lot; no row where nothing is left."""
        if self.done:
            return pd.DataFrame([], columns=LOT)
        count = self.live.shape[1]
        planned = max(map(self._planned, range(count)))
        plain = self.plan.pmo.told.last["p80"].iloc[0]
        row = self._told(self.live.max(axis=1), planned)
        rows = [{"lot": "", "plain": plain, "last": 1.0} | row]
        return pd.DataFrame(rows, columns=LOT)

    def _planned(self, k: int) -> int:
        """Day of a lot in the plan."""
        return (self.plan.pmo.columns[k].window.live - self.plan.pmo.start).days

    def _told(self, days: Samples, planned: int) -> Row:
        pmo = self.plan.pmo
        row = told_row(pmo.start, days, planned, _end(pmo))
        # order statistics of a binomial share
        spread = WIDTH * np.sqrt(P80 * (1 - P80) / SAMPLES)
        for name, share in (("p80_low", P80 - spread), ("p80_high", P80 + spread)):
            row[name] = _day(pmo.start, quantile(days, share))
        return row

    @cached_property
    def window(self) -> pd.DataFrame:
        """A row a lot and window that is taken; lot "" is the last one of the city.

        lot, live (None: no window was found), window (kind), share (of the samples), by (share
        that is live until then).
        """
        kinds = {}
        for project in self.plan.pmo.projects:
            for column in project.columns:
                day = (column.window.live - self.plan.pmo.start).days
                kinds[day] = column.window.kind
        rows = []
        for name, days in self._each():
            taken, count = np.unique(days, return_counts=True)
            share = count / SAMPLES
            for day, part, until in zip(taken, share, np.cumsum(share), strict=True):
                row = {
                    "lot": name,
                    "live": _day(self.plan.pmo.start, day),
                    "window": kinds.get(int(day), ""),
                    "share": float(part),
                    "by": float(until),
                }
                rows.append(row)
        return pd.DataFrame(rows, columns=WINDOW)

    def _each(self) -> Iterator[tuple[str, Samples]]:
        """Lot and its days [N]; the last one at the end."""
        for k, project in enumerate(self.plan.pmo.projects):
            yield project.lot.name, self.live[:, k]
        if not self.done:
            yield "", self.live.max(axis=1)

    @cached_property
    def year(self) -> pd.DataFrame:
        """Yen by fiscal year: planned, p50, p80, more (p80 above the plan's).

        Year 0 is the whole, whose quantiles are no sums of the years'.
        """
        if self.done:
            return pd.DataFrame([], columns=YEAR)
        planned = _planned_yen(self.plan)
        rows = []
        for k, fiscal in enumerate(self.found.years.fiscal):
            rows.append((int(fiscal), planned[k], self.found.total[:, k]))
        rows.append((0, sum(planned), self.found.total.sum(axis=1)))
        table = []
        for fiscal, plan, yen in rows:
            row = _spread_row(fiscal, plan, yen)
            more = max(0.0, row["p80"] - plan)
            table.append(row | {"more": more})
        return pd.DataFrame(table, columns=YEAR)

    @cached_property
    def item(self) -> pd.DataFrame:
        """Yen by item over all years: planned, p50, p80."""
        if self.done:
            return pd.DataFrame([], columns=ITEM)
        planned, rows = _item_yen(self.plan), []
        for item in ITEMS:
            yen = self.found.yen[item].sum(axis=1)
            rows.append({"item": item} | _spread_row(0, planned[item], yen))
        return pd.DataFrame(rows, columns=ITEM)

    @cached_property
    def people(self) -> pd.DataFrame:
        """FTE-months that are short by fiscal year: planned, p50, p80; 0 is the whole."""
        if self.done:
            return pd.DataFrame([], columns=PEOPLE)
        sure = exposed(self.plan, {}, planned_courses(self.plan), {}, False)
        planned = short_of(sure)[0]
        rows = []
        for k, fiscal in enumerate(self.found.years.fiscal):
            rows.append((int(fiscal), planned[k], self.short[:, k]))
        rows.append((0, planned.sum(), self.short.sum(axis=1)))
        table = [_spread_row(*row) for row in rows]
        return pd.DataFrame(table, columns=PEOPLE)

    @cached_property
    def joint(self) -> pd.DataFrame:
        """The chance that money and date both hold: level, yen, due, day, money, date, both (0..1).

        Levels of money are planned, p50 and p80; days are those of the target and of the end.
        """
        if self.done:
            return pd.DataFrame([], columns=JOINT)
        yen = self.found.total.sum(axis=1)
        days = self.live.max(axis=1)
        whole = self.year.iloc[-1]
        rows = []
        for level in LEVELS:
            held = yen <= whole[level] + 1
            for due in ("target", "end"):
                day = self.plan.city.at(f"{due}_date").day
                timely = days <= (day - self.plan.pmo.start).days
                row = {
                    "level": level,
                    "yen": whole[level],
                    "due": due,
                    "day": day,
                    "money": float(held.mean()),
                    "date": float(timely.mean()),
                    "both": float((held & timely).mean()),
                }
                rows.append(row)
        return pd.DataFrame(rows, columns=JOINT)

    @cached_property
    def cause(self) -> pd.DataFrame:
        """What sets the go-live: lot, cause, share (of the samples).

        Causes are kept, work, contract, law, vendor and others (gave way to another lot); lot "" is
        whichever is the last one of a sample.
        """
        found = [self._causes(k) for k in range(self.live.shape[1])]
        rows = []
        each = [*found, self._of_last(found)]
        for (name, _), causes in zip(self._each(), each, strict=False):
            for number, cause in enumerate(CAUSES):
                share = float((causes == number).mean())
                rows.append((name, cause, share))
        return pd.DataFrame(rows, columns=CAUSE)

    def _of_last(self, found: Sequence[Samples]) -> Samples:
        """The cause of the last lot in each sample."""
        if not found:
            return np.zeros(0)
        last = self.live.argmax(axis=1)
        causes = np.stack(found, axis=1)
        of_last: Samples = causes[np.arange(SAMPLES), last]
        return of_last

    def _causes(self, k: int) -> Samples:
        """Number [N] of the cause of a lot's go-live."""
        courses, pmo = self.found.courses, self.plan.pmo
        window, block = pmo.columns[k].window, pmo.projects[k].block
        first = (window.closure.start - pmo.start).days
        need = np.maximum(courses.work[:, k], courses.law[:, k]) - first
        vendor = courses.vendor[:, k] - self._planned(k)
        late = courses.begin[:, k] - (window.week + block.start) * WEEK
        conditions: list[Flags] = [
            courses.live[:, k] <= self._planned(k),
            (need <= 0) & (vendor <= 0),
            vendor > need,
            courses.law[:, k] > courses.work[:, k],
            (late > 0) & (need <= late),
        ]
        names = ("kept", "others", "vendor", "law", "contract")
        numbers = [CAUSES.index(name) for name in names]
        chosen: Samples = np.select(conditions, numbers, CAUSES.index("work")).astype(float)
        return chosen

    @cached_property
    def driver(self) -> pd.DataFrame:
        """What drives the spread: each factor at its low and its high end, all else as drawn.

        kind (event, work, common, price), factor, low, high (months by which the last lot is later
        in the mean), noise (below which a difference is none), yen_low, yen_high, yen_noise. An
        event is low where it never happens, high where it always does.
        """
        rows = [(*one, *self._swing(*ends)) for one, ends in self._factors()]
        table = pd.DataFrame(rows, columns=DRIVER)
        width = (table["high"] - table["low"]).abs()
        return table.iloc[np.argsort(-width, kind="stable")].reset_index(drop=True)

    def _factors(self) -> Iterator[tuple[tuple[str, str], tuple[Exposure, Exposure]]]:
        """(kind, factor), and the samples at its two ends."""
        if self.done:
            return
        for event in self.events:
            never, always = self.without[event.id], self.surely[event.id]
            yield ("event", event.id), (never, always)
        common = ("city", "vendor")
        for name in (*KINDS, *common):
            kind = "common" if name in common else "work"
            low = self._fixed({name: LOW})
            high = self._fixed({name: HIGH})
            yield (kind, name), (low, high)
        for name in PRICES:
            if price_ends(self.plan.city, name):
                low = self._priced(name, LOW)
                high = self._priced(name, HIGH)
                yield ("price", name), (low, high)

    @cached_property
    def without(self) -> dict[str, Exposure]:
        """Event -> the samples in which it never happens."""
        return {one.id: self._changed(one.id, 0.0) for one in self.events}

    @cached_property
    def surely(self) -> dict[str, Exposure]:
        """Event -> the samples in which it always happens."""
        return {one.id: self._changed(one.id, 1.0) for one in self.events}

    def _changed(self, name: str, p: float) -> Exposure:
        return sampled(self.plan, self.cases, changed(self.events, name, p))

    def _fixed(self, fixed: Mapping[str, float]) -> Exposure:
        doubt = replace(DRAWN, fixed=fixed)
        return sampled(self.plan, self.cases, self.events, doubt)

    def _priced(self, name: str, share: float) -> Exposure:
        """The same courses at another price."""
        prices = drawn_prices(self.plan.city, {name: share})
        return replace(self.found, prices=prices)

    def _swing(self, low: Exposure, high: Exposure) -> tuple[float, ...]:
        """Months and yen at both ends against the samples as drawn, each with its noise."""
        months, yen = [], []
        for end in (low, high):
            days = self._last_day(end) - self._last_day(self.found)
            months.append(days / DAYS_PER_MONTH)
            yen.append(end.total.sum(axis=1) - self.found.total.sum(axis=1))
        return *_means(months), *_means(yen)

    def _last_day(self, found: Exposure) -> Samples:
        """Day [N] of the last lot; what finds no window ends with the grid."""
        weeks = self.plan.pmo.frame.weeks.count
        last: Samples = found.courses.live.max(axis=1)
        return np.minimum(last, weeks * WEEK)

    @cached_property
    def case(self) -> pd.DataFrame:
        """Named cases side by side: case, p50, p80, chance, yen_p50, yen_p80, short (P50).

        Dates and the chance of the end date are of the last lot. Cases: nothing happens (none), as
        drawn (base), each event for sure (its id).
        """
        if self.done:
            return pd.DataFrame([], columns=CASE)
        calm = tuple(replace(event, p=0.0) for event in self.events)
        none = sampled(self.plan, self.cases, calm)
        cases = {"none": none, "base": self.found, **self.surely}
        rows = [self._case_row(name, found) for name, found in cases.items()]
        return pd.DataFrame(rows, columns=CASE)

    def _case_row(self, name: str, found: Exposure) -> Row:
        pmo, days = self.plan.pmo, found.courses.live.max(axis=1)
        yen = found.total.sum(axis=1)
        return {
            "case": name,
            "p50": _day(pmo.start, quantile(days, P50)),
            "p80": _day(pmo.start, quantile(days, P80)),
            "chance": float((days <= _end(pmo)).mean()),
            "yen_p50": quantile(yen, P50),
            "yen_p80": quantile(yen, P80),
            "short": quantile(short_of(found).sum(axis=1), P50),
        }


def plan_risk(
    plan: Parts,
    cases: Mapping[str, StaffingPlan],
    events: Sequence[Event] | None = None,
) -> Risk:
    """How sure the plans of a city are.

    Parameters
    ----------
    plan : the plans.
    cases : the staffing in which no outsider is found (found), or half complete a step (half).
    events : what may happen; those of the file where None.
    """
    events = tuple(load_events() if events is None else events)
    found = sampled(plan, cases, events)
    return Risk(plan, cases, events, found)


def sampled(
    plan: Parts,
    cases: Mapping[str, StaffingPlan],
    events: Sequence[Event],
    doubt: Doubt = DRAWN,
) -> Exposure:
    """The samples of a plan with what may happen.

    Parameters
    ----------
    plan, cases, events : as of ``plan_risk``.
    doubt : what else is drawn.
    """
    pmo = plan.pmo
    stretch = {}
    for name in CASES:
        if name in cases and not pmo.done:
            stretch[name] = stretch_in(pmo, plan.staffing, cases[name])
    doubt = replace(doubt, strikes=strikes_of(pmo, events, stretch))
    courses = drawn_courses(pmo.city, pmo.frame, pmo.projects, pmo.columns, doubt)
    hits = drawn_cases(round(plan.city.number("seed")), events)
    return exposed(plan, cases, courses, hits, doubt.spread)


def exposed(
    plan: Parts,
    cases: Mapping[str, StaffingPlan],
    courses: Courses,
    hits: Mapping[str, Flags],
    spread: bool = True,
) -> Exposure:
    """What courses of the lots cost; prices are drawn where ``spread`` says so."""
    prices = drawn_prices(plan.city, {}, spread)
    return Exposure(plan, courses, prices, cases, hits)


def planned_courses(plan: Parts) -> Courses:
    """The plan itself in the form of samples: each is the plan."""
    pmo = plan.pmo
    begin, live, week = [], [], []
    for project, column in zip(pmo.projects, pmo.columns, strict=True):
        begin.append((column.window.week + project.block.start) * WEEK)
        live.append(float((column.window.live - pmo.start).days))
        week.append(column.window.week)
    shape = SAMPLES, 1
    none = np.zeros((SAMPLES, len(live)))
    weeks = np.tile(np.array(week, np.int64), shape)
    return Courses(np.tile(begin, shape), none, none, none, np.tile(live, shape), weeks)


def quantile(values: Samples, share: float) -> float:
    """The least value that so large a share of samples [N] does not exceed."""
    place = int(np.ceil(share * len(values))) - 1
    return float(np.partition(values, place)[place])


def _spread_row(fiscal: int, planned: float, values: Samples) -> Row:
    """A row of what is planned and its quantiles."""
    return {
        "fiscal": fiscal,
        "planned": planned,
        "p50": quantile(values, P50),
        "p80": quantile(values, P80),
    }


def _means(ends: Sequence[Samples]) -> tuple[float, float, float]:
    """Means of two differences [N], and the noise of the wider one."""
    noise = max(float(end.std()) for end in ends) * SIGMAS / np.sqrt(SAMPLES)
    return float(ends[0].mean()), float(ends[1].mean()), noise


def _end(pmo: PmoPlan) -> int:
    """Days from the plan's start to the end date."""
    return (pmo.city.at("end_date").day - pmo.start).days


def _day(start: date, day: float) -> date | None:
    """A day as a date; None where no window was found."""
    return None if day >= NEVER else start + timedelta(days=int(day))


def _planned_yen(plan: Parts) -> list[float]:
    """Yen by year in the plan: what is new, and the extensions."""
    item, year = plan.budget.item, plan.budget.year
    longer = item[item["item"] == "extension"].groupby("fiscal")["yen"].sum()
    rows = zip(year["fiscal"], year["new"], strict=True)
    return [float(new + longer.get(fiscal, 0)) for fiscal, new in rows]


def _item_yen(plan: Parts) -> dict[str, float]:
    """Yen by item in the plan over all years."""
    groups = {"staffing": "people", "training": "people", "invest": "people", "pmo": "company"}
    names = {"link": "link", "extension": "extension"}
    total = dict.fromkeys(ITEMS, 0.0)
    for row in plan.budget.item.itertuples():
        name = names.get(row.item) or groups.get(row.group, row.group)
        if name in total:
            total[name] += row.yen
    return total
