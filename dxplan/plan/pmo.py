"""The PMO roadmap: when each work item of each system runs.

Sets        j jobs (a work item of a package or of one system), r resources (DX section, sections,
            vendors), t weeks 0..T-1
Given       p[j] length (weeks), a[j,r] demand (0.01 FTE or slot), C[r,t] capacity, W[j] allowed starts,
            G(t) week in which money asked for in week t can be spent
Choose      S[j] start (week)
Minimise    sum over systems of  price_finish x go-live week
                               + price_target x weeks past the city's target date
                               + price_end x weeks past the end state
            + sum over DX section and sections of  price_peak x highest load
Subject to  (P1 order)     S[k] >= S[j] + p[j]                for each link j -> k
            (P2 budget)    S[k] >= G(S[j])                    for j = 予算の査定・議決 and its successors
            (P3 people)    sum of a[j,r] of jobs running in t <= C[r,t]   for the DX section and sections
            (P4 vendor)    the same for vendor slots, which own people cannot lengthen
            (P5 season)    tests lie outside busy months: S[j] in W[j]
            (P6 closure)   a cutover starts in a week that holds the first day of a closure of 3 days or more
            (P7 past)      S[j] >= 0, the first Monday on or after the plan's start

Costs are counted in hundredths of a point (点), so that a peak of 0.01 FTE has a whole price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from dxplan import months
from dxplan.city import City, CityError
from dxplan.plan.scheduling.schedule import Problem, Schedule, Task, plan_schedule
from dxplan.plan.solve import OPTIMAL, NoRoomError, Outcome
from dxplan.plan.scheduling.trace import Trace, trace_schedule
from dxplan.plan.work import DX, STEPS, UNIT, YEARS, Frame, Job, build_frame, build_jobs, load_items, steps_done

EFFORT = {"簡易": "quick", "標準": "standard", "入念": "thorough"}
GATE, CUTOVER, BEFORE_MONEY = "6.2", "16", "9"
NO_ROOM = ("{city}: この前提では{years}年以内に移行が終わりません。dx_staff・dx_share・section_share・vendor_slots のどれが"
           "少なすぎるかを確かめ、実際の値に直してください。")
NO_GATES: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class PmoPlan:
    """The roadmap of one city; tables are not to be changed.

    Attributes
    ----------
    task : a row a job: task, no (key of the work item), item, phase, package, business, section, lead, start, finish (dates), weeks, dx_fte,
        section_fte, slot, bound (vendor, staff, budget, season, procedure), wait, critical, stretched.
    cutover : a row a system still to move: business, package, section, cutover (first day of the closure),
        closure_end, closure_kind, live (dates), fiscal, late_target and spare (weeks, against the target date and the end
        state), flagged.
    load : a row a month and resource: month, resource, kind, load, capacity (FTE or slots, mean of the weeks).
    demand : a row a month and role: month, role (dx, section, vendor), fte (vendor: slots).
    gate : a row a package that needs a budget: package, gate, fiscal, request_by, available, next_gate,
        next_available, months_missed.
    progress : shares 0..1: steps, live, work.
    outcome : status, bound and gap of the schedule; cost in points.
    closures, gates : the closures and the budget occasions that the plan could choose from.
    keys, starts : key of each job, and its start [N] in weeks of the plan.
    """

    city: City
    start: date
    task: pd.DataFrame
    cutover: pd.DataFrame
    load: pd.DataFrame
    demand: pd.DataFrame
    gate: pd.DataFrame
    progress: Mapping[str, float]
    outcome: Outcome
    cost: float
    closures: tuple[months.Closure, ...]
    gates: tuple[months.Gate, ...]
    keys: tuple[str, ...]
    starts: np.ndarray

    @property
    def done(self) -> bool:
        """Whether no system is left to move."""
        return not len(self.cutover)

    @property
    def finish(self) -> date:
        """Go-live day of the last system (the plan's start where all are live)."""
        return max(self.cutover["live"], default=self.start)


def build_pmo(city: City, frame: Frame) -> tuple[Problem, tuple[Job, ...]]:
    """The roadmap of a city as an unsolved scheduling problem, and the jobs behind its tasks."""
    jobs, pairs = build_jobs(city, frame)
    place = {job.key: i for i, job in enumerate(jobs)}
    links = tuple((place[a], place[b], 0) for a, b in pairs)
    capacity = np.array([r.capacity for r in frame.resources]).reshape(len(frame.resources), frame.weeks.count)
    peak = round(city.number("price_peak"))
    prices = tuple(0 if r.kind == "vendor" else peak for r in frame.resources)
    ready = _ready(frame)
    return Problem(tuple(_task(city, frame, job, ready) for job in jobs), links, capacity, 0, prices), jobs


def _task(city: City, frame: Frame, job: Job, ready: np.ndarray) -> Task:
    demand = tuple(job.demand.get(r.name, 0) for r in frame.resources)
    dues = _dues(city, frame, job.weeks) if job.item.key == CUTOVER else ()
    return Task(job.key, job.weeks, demand, job.starts, ready if job.item.key == GATE else None, 0, dues)


def _dues(city: City, frame: Frame, weeks: int) -> tuple[tuple[int, int], ...]:
    """Prices on the finish of a cutover; its system is live one week after its start."""
    days = (("price_finish", None), ("price_target", city.at("target_date").value), ("price_end", city.at("end_date").value))
    return tuple(((frame.weeks.index(day) if day else 0) + weeks - 1, round(city.number(price) * UNIT))
                 for price, day in days if city.number(price) > 0)


def _ready(frame: Frame) -> np.ndarray:
    """G(t): week [T] from which money can be spent that was asked for before the Monday of week t."""
    gates = sorted(frame.gates, key=_soonest)
    spent = np.array([frame.weeks.index(gate.available + timedelta(days=6)) for gate in gates])
    closes = np.array([(gate.request_by - frame.weeks.start).days for gate in gates])
    asked = np.array([(_asked(frame, t) - frame.weeks.start).days for t in range(frame.weeks.count)])
    return spent[(closes >= asked[:, None]).argmax(axis=1)]


def _asked(frame: Frame, week: int) -> date:
    """The day the request is handed in: the Friday before, when its papers are done, but never in the past."""
    return max(frame.weeks.start, frame.weeks.day(week) - timedelta(days=3))


def _first_gate(frame: Frame, day: date) -> months.Gate:
    """The occasion, of those still open on a day, whose money comes first."""
    return min((gate for gate in frame.gates if gate.request_by >= day), key=_soonest)


def _soonest(gate: months.Gate) -> tuple[date, date]:
    return gate.available, gate.request_by


def plan_pmo(city: City, effort: str | None = None, hint: PmoPlan | None = None,
             skip: frozenset[tuple[str, int]] = NO_GATES) -> PmoPlan:
    """The roadmap of a city.

    Parameters
    ----------
    city : the municipality.
    effort : quick, standard or thorough; the city's own where None.
    hint : an earlier plan whose order is tried first.
    skip : budget gates (name, fiscal year) that are taken as missed.

    Raises
    ------
    CityError
        The people or the vendor slots are so few that the work does not end within fifteen years.
    """
    frame = build_frame(city, skip)
    problem, jobs = build_pmo(city, frame)
    if not jobs:
        return _tables(city, frame, problem, jobs, None)
    return _tables(city, frame, problem, jobs, _schedule(city, problem, jobs, effort, hint))


def plan_cutover(city: City, plan: PmoPlan, effort: str | None = None,
                 skip: frozenset[tuple[str, int]] = NO_GATES) -> pd.DataFrame:
    """The table ``cutover`` of a roadmap that is planned again under another condition; no bound, no reasons.

    Parameters
    ----------
    city : the municipality under the other condition.
    plan : its roadmap without it, whose order is tried first; not one that is done.
    effort, skip : as of ``plan_pmo``.

    Raises
    ------
    CityError
        As of ``plan_pmo``.
    """
    frame = build_frame(city, skip)
    problem, jobs = build_pmo(city, frame)
    return _cutover_rows(city, frame, jobs, _schedule(city, problem, jobs, effort, plan, True).start)


def _schedule(city: City, problem: Problem, jobs: tuple[Job, ...], effort: str | None, hint: PmoPlan | None,
              again: bool = False) -> Schedule:
    effort = effort or EFFORT[city.at("effort").value]
    try:
        return plan_schedule(problem, effort, int(city.number("seed")), _hint(jobs, hint) if hint else None, again)
    except NoRoomError as error:
        raise CityError(NO_ROOM.format(city=city.name, years=YEARS)) from error


def _hint(jobs: tuple[Job, ...], hint: PmoPlan) -> np.ndarray | None:
    known = dict(zip(hint.keys, hint.starts))
    return np.array([known.get(job.key, 0) for job in jobs]) if known else None


# --- the tables of a plan ----------------------------------------------------------------------------
def _tables(city: City, frame: Frame, problem: Problem, jobs: tuple[Job, ...], schedule: Schedule | None) -> PmoPlan:
    start = schedule.start if schedule else np.zeros(0, int)
    trace = trace_schedule(problem, start, [r.kind for r in frame.resources]) if schedule else Trace((), ())
    outcome = Outcome(schedule.status, schedule.bound, schedule.gap) if schedule else Outcome(OPTIMAL, 0, 0.0)
    load = _load(frame, problem, start)
    demand = load.groupby(["month", "kind"], as_index=False)["load"].sum().rename(columns={"kind": "role", "load": "fte"})
    return PmoPlan(city, frame.weeks.start, _task_rows(frame, jobs, start, trace), _cutover_rows(city, frame, jobs, start),
                   load, demand, _gate_rows(frame, jobs, start), _progress(city), outcome,
                   schedule.cost / UNIT if schedule else 0.0, frame.closures, frame.gates, tuple(job.key for job in jobs), start)


TASK = ("task", "no", "item", "phase", "package", "business", "section", "lead", "start", "finish", "weeks", "dx_fte",
        "section_fte", "slot", "bound", "wait", "critical", "stretched")


def _task_rows(frame: Frame, jobs: tuple[Job, ...], start: np.ndarray, trace: Trace) -> pd.DataFrame:
    rows = []
    for i, job in enumerate(jobs):
        first = frame.weeks.day(int(start[i]))
        last = frame.weeks.day(int(start[i]) + job.weeks) - timedelta(days=3)  # the Friday
        if job.item.key == GATE:
            first = _asked(frame, int(start[i]))
            last = _first_gate(frame, first).available
        own = sum(job.demand.get(name, 0) for name in job.sections) / UNIT
        slots = sum(job.demand.get(r.name, 0) for r in frame.resources if r.kind == "vendor") / UNIT
        rows.append((job.key, job.item.key, job.item.item, job.item.phase, job.package, job.business, "・".join(job.sections), job.item.lead,
                     first, last, job.weeks, job.demand.get(DX, 0) / UNIT, own, slots, _bound(job, trace.wait[i]),
                     trace.wait[i], i in trace.critical, job.stretched))
    return pd.DataFrame(rows, columns=list(TASK)).astype({"critical": bool, "stretched": bool})


def _bound(job: Job, wait: str) -> str:
    """What holds a bar: the resource or date its start waited for, else what sets its length."""
    if job.item.key == GATE:
        return "budget"
    if wait in ("vendor", "dx", "section"):
        return "vendor" if wait == "vendor" else "staff"
    if wait == "window":
        return "season"
    if job.item.pace == "staff" or job.stretched:
        return "staff"
    return "vendor" if job.item.pace == "vendor" else "procedure"


CUTOVER_COLUMNS = ("business", "package", "section", "cutover", "closure_end", "closure_kind", "live", "fiscal", "late_target",
                   "spare", "flagged")


def _cutover_rows(city: City, frame: Frame, jobs: tuple[Job, ...], start: np.ndarray) -> pd.DataFrame:
    target, end = city.at("target_date").value, city.at("end_date").value
    systems = {s.business: s for s in city.systems}
    closures = {frame.weeks.index(c.start): c for c in reversed(frame.closures)}  # the first one of a week counts
    rows = []
    for job, week in zip(jobs, start):
        if job.item.key == CUTOVER:
            closure = closures[int(week)]
            live = months.next_open(closure.end + timedelta(days=1))
            rows.append((job.business, job.package, systems[job.business].section, closure.start, closure.end,
                         closure.kind, live, months.fiscal_year(live), max(0, -((target - live).days // 7)), (end - live).days // 7,
                         systems[job.business].late))
    table = pd.DataFrame(rows, columns=list(CUTOVER_COLUMNS))
    return table.sort_values(["live", "package", "business"], kind="stable", ignore_index=True)


def _load(frame: Frame, problem: Problem, start: np.ndarray) -> pd.DataFrame:
    """Mean load and capacity of each resource by month, as far as the plan's last bar."""
    load = np.zeros_like(problem.capacity, dtype=float)
    for task, week in zip(problem.tasks, start):
        load[:, week:week + task.duration] += np.array(task.demand)[:, None]
    ends = [int(week) + task.duration for task, week in zip(problem.tasks, start)]
    names, share = _month_share(frame)
    used = share[:max(ends, default=0)].any(axis=0)
    weight = share / share.sum(axis=0)
    rows = [(month, r.name, r.kind, float(load[i] @ weight[:, m]) / UNIT, float(r.capacity @ weight[:, m]) / UNIT)
            for i, r in enumerate(frame.resources) for m, month in enumerate(names) if used[m]]
    return pd.DataFrame(rows, columns=["month", "resource", "kind", "load", "capacity"])


def _month_share(frame: Frame) -> tuple[tuple[date, ...], np.ndarray]:
    if frame.weeks not in _SHARES:
        _SHARES.clear()
        _SHARES[frame.weeks] = frame.weeks.month_share()
    return _SHARES[frame.weeks]


_SHARES: dict[months.Weeks, tuple[tuple[date, ...], np.ndarray]] = {}
GATE_COLUMNS = ("package", "gate", "fiscal", "request_by", "available", "next_gate", "next_available", "months_missed")


def _gate_rows(frame: Frame, jobs: tuple[Job, ...], start: np.ndarray) -> pd.DataFrame:
    """The budget occasion that each package uses, and the next one if it is missed."""
    rows = []
    for job, week in zip(jobs, start):
        if job.item.key == GATE:
            gate = _first_gate(frame, _asked(frame, int(week)))
            later = _first_gate(frame, gate.request_by + timedelta(days=1))
            missed = (later.available - gate.available).days / 30.4375
            rows.append((job.package, gate.name, gate.fiscal_year, gate.request_by, gate.available,
                         later.name, later.available, round(missed, 1)))
    return pd.DataFrame(rows, columns=list(GATE_COLUMNS)).sort_values(["request_by", "package"], ignore_index=True)


def _progress(city: City) -> dict[str, float]:
    """Shares of the systems in scope: steps done, systems live, work (FTE-months and slot-months) done."""
    scope = [s for s in city.systems if s.in_scope]
    work = [(item.months * (item.dx + item.section + item.slots), item.left(steps_done(s))) for s in scope for item in load_items()]
    total = sum(size for size, _ in work)
    return {"steps": sum(STEPS if s.live else min(s.steps.value, STEPS) for s in scope) / (STEPS * len(scope)),
            "live": sum(s.live for s in scope) / len(scope),
            "work": 1 - sum(size * left for size, left in work) / total}
