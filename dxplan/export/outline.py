"""The plan as an outline for a program of project management: lines with days, links, people and progress.

What is decided here, so that such a program shows the plan and moves nothing:

- A bar of the plan runs from a Monday to a Friday. Its line begins and ends on the open days of that span, since a program
  that reschedules would move a bar off a holiday. Where the span holds no open day, and for single days (切替, 締切), the line
  stands on its very day in a calendar without days off.
- A bar is the work that is left, so it is 0 % done. What is done already is told where it does no harm to a bar: a milestone
  of 100 % on the as-of day of the steps, the percentage of the headings (steps done of 40), and the physical percentage of
  a bar (how much of its whole work item was done before).
- Links are those of the scheduler, finish to start. Two bars may meet on one day (papers are handed in on the Friday on
  which they are done): such a link has a lead of the open days that they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dxplan import months
from dxplan.catalog import source_title
from dxplan.city import STEPS, System
from dxplan.plan.pmo import build_pmo
from dxplan.plan.whole import Plan
from dxplan.plan.work import UNIT, Frame, Item, Job, build_frame, steps_done
from dxplan.show import labels
from dxplan.show.engagement import KIND

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One line of the outline.

    Attributes
    ----------
    level : 1 for the headings at the left.
    name : Japanese.
    first, last : dates; of a heading those of the lines below it.
    kind : bar, day (a milestone) or head (a heading).
    key : of the scheduler's job; "" for others.
    done : % of the line.
    before : % of a whole work item that was done before the plan.
    steps : steps done of 40 (headings of systems and packages), or None.
    daily : whether it stands in the calendar without days off.
    critical : whether it sets the last go-live.
    said : section, lead, what sets its dates.
    needs : resource -> units (FTE or slots).
    note : text.
    """

    level: int
    name: str
    first: date = date.max
    last: date = date.min
    kind: str = "bar"
    key: str = ""
    done: int = 0
    before: int = 0
    steps: float | None = None
    daily: bool = False
    critical: bool = False
    said: tuple[str, str, str] = ("", "", "")
    needs: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Means:
    """A resource: its name, its group, how much of it there is at most, and the unit of that."""

    name: str
    group: str
    most: float
    unit: str


@dataclass(frozen=True)
class Outline:
    """Lines in order, links (place before, place after, lag in open days) and resources."""

    lines: tuple[Line, ...]
    links: tuple[tuple[int, int, int], ...]
    means: tuple[Means, ...]


def outline_of(plan: Plan) -> Outline:
    """The outline of a plan.

    Parameters
    ----------
    plan : the plans of a city.
    """
    frame = build_frame(plan.city)
    problem, jobs = build_pmo(plan.city, frame)
    lines = tuple(_spanned([*_milestones(plan), *_gates(plan), *_packages(plan, jobs), *_engagements(plan)]))
    place = {line.key: i for i, line in enumerate(lines) if line.key}
    pairs = [(place[jobs[a].key], place[jobs[b].key]) for a, b, _ in problem.links]
    links = tuple((a, b, _lag(lines[a], lines[b])) for a, b in sorted(pairs, key=lambda pair: pair[::-1]))
    return Outline(lines, links, tuple(_means(plan, frame, lines)))


def days_open(first: date, last: date) -> int:
    """Days from one day to another, both counted, on which offices are open."""
    return sum(months.is_open(first + k * DAY) for k in range((last - first).days + 1))


def _lag(before: Line, after: Line) -> int:
    """Open days (0 or negative) between a line and the next one, which may share its last day."""
    return -days_open(after.first, before.last) if after.first <= before.last else 0


# --- lines -------------------------------------------------------------------------------------------
def _bar(level: int, name: str, first: date, last: date, **more) -> Line:
    """A bar on the open days of its span."""
    opens, closes = months.next_open(first), last
    while closes >= opens and not months.is_open(closes):
        closes -= DAY
    if closes < opens:
        return Line(level, name, first, last, daily=True, **more)
    return Line(level, name, opens, closes, **more)


def _day(level: int, name: str, day: date, **more) -> Line:
    return Line(level, name, day, day, "day", daily=True, **more)


def _spanned(lines: list[Line]) -> Iterator[Line]:
    """The lines with the days of the headings filled in."""
    for i, line in enumerate(lines):
        if line.kind == "head":
            below = []
            for other in lines[i + 1:]:
                if other.level <= line.level:
                    break
                below += [other] if other.kind != "head" else []
            line = replace(line, first=min(other.first for other in below), last=max(other.last for other in below))
        yield line


def _milestones(plan: Plan) -> Iterator[Line]:
    city = plan.city
    yield Line(1, "節目", kind="head")
    yield _day(2, "計画の開始", plan.pmo.start)
    for key, what in (("target", "目標日"), ("end", "移行の期限")):
        value = city.at(f"{key}_date")
        yield _day(2, f"標準準拠システムへの{what}", value.value,
                   note=f"出典: {source_title(value.source)}(確度{labels.grade_text(value.grade)})")
    if not plan.pmo.done:
        yield _day(2, "最後の稼働", plan.pmo.finish)
    if plan.staffing.exit:
        yield _day(2, "外部人材の終了", plan.staffing.exit)
    if plan.staffing.self_reliant:
        yield _day(2, "職員だけで経常の仕事を担い始める月", plan.staffing.self_reliant)


def _gates(plan: Plan) -> Iterator[Line]:
    """The last day to ask and the first day to spend of each budget occasion that the plan uses."""
    used = plan.budget.request
    if len(used):
        yield Line(1, "予算", kind="head")
    for (asked, gate, spent), part in used.groupby(["request_by", "gate", "available"], sort=True):
        name = f"{gate}({labels.era_fiscal(months.fiscal_year(spent))})"
        what = "・".join(dict.fromkeys(part["group"].map(labels.label_of)))
        note = f"要求する経費: {what}。要求額の計: {labels.yen_text(part['yen'].sum())}"
        yield _day(2, f"{name}の要求の締切", asked, note=note)
        yield _day(2, f"{name}を執行できる日", spent, note=note)


def _packages(plan: Plan, jobs: tuple[Job, ...]) -> Iterator[Line]:
    """A heading a package; its shared work items; a heading a system with its work items and days."""
    scope = [system for system in plan.city.systems if system.in_scope]
    bars = dict(zip((job.key for job in jobs), zip(jobs, plan.pmo.task.itertuples())))
    for package in dict.fromkeys(system.package for system in scope):
        members = [system for system in scope if system.package == package]
        steps = sum(map(steps_done, members)) / len(members)
        yield Line(1, package, kind="head", steps=steps, done=_percent(steps))
        for job, row in bars.values():
            if job.package == package and not job.business:
                yield _job(2, job, row, members)
        for system in members:
            yield from _system(plan, system, [pair for pair in bars.values() if pair[0].business == system.business])


def _system(plan: Plan, system: System, bars: list) -> Iterator[Line]:
    steps, said = steps_done(system), (system.section, "", "")
    day, value = _as_of(plan, system), system.steps
    note = f"{labels.as_of_text(value.as_of)}時点。出典: {source_title(value.source)}(確度{labels.grade_text(value.grade)})"
    if not system.pending:
        yield _day(2, f"{system.business}: 稼働済み", day, steps=steps, done=100, said=said, note=note)
        return
    yield Line(2, system.business, kind="head", steps=steps, done=_percent(steps), said=said, note=note)
    if steps:
        yield _day(3, f"{system.business}: ステップ{steps:g}まで完了(40のうち)", day, done=100, said=said, note=note)
    for job, row in bars:
        yield _job(3, job, row, [system])
    for row in plan.pmo.cutover[plan.pmo.cutover["business"] == system.business].itertuples():
        closed = f"閉庁日({row.closure_kind}): {labels.run_text(row.cutover, row.closure_end)}"
        yield _day(3, f"切替: {row.business}", row.cutover, said=said, note=closed)
        yield _day(3, f"稼働: {row.business}", row.live, said=said, note=f"期限に対して{labels.spare_text(row.spare)}")


def _job(level: int, job: Job, row, members: list[System]) -> Line:
    needs = tuple((name, units / UNIT) for name, units in job.demand.items())
    name = f"{job.item.item}: {job.business or job.package}" + (f"({job.key.split('#')[1]}回目)" if "#" in job.key else "")
    said = ("・".join(job.sections), job.item.lead, labels.word_of("bound", row.bound))
    return _bar(level, name, row.start, row.finish, key=job.key, before=round(100 * share_before(job.item, members)), critical=bool(row.critical),
                said=said, needs=needs)


def share_before(item: Item, members: list[System]) -> float:
    """Share (0..1) of a work item that was done before the plan, of the systems that still have it to do.

    Parameters
    ----------
    item : the work item.
    members : the systems that share it.
    """
    return 1 - max(item.left(steps_done(system)) for system in members if system.pending)


def _percent(steps: float) -> int:
    return round(100 * steps / STEPS)


def _as_of(plan: Plan, system: System) -> date:
    """The day the steps were counted; the basis date where only a year or nothing is known."""
    try:
        return date.fromisoformat(system.steps.as_of)
    except ValueError:
        return plan.city.at("basis_date").value


def _engagements(plan: Plan) -> Iterator[Line]:
    """A bar for each engagement, with its form as the resource."""
    found = plan.staffing.contract
    if len(found):
        yield Line(1, "人材の確保", kind="head")
    for row in found.sort_values(["start", "form", "finish"], kind="stable").itertuples():
        name = f"{row.form}({row.count}件)"
        yield _bar(2, name, row.start, row.finish, said=("", KIND[row.kind], ""),
                   needs=((row.form, round(row.fte * row.count, 4)),))


# --- resources ---------------------------------------------------------------------------------------
GROUPS = {"dx": "職員(DX・情報部門)", "section": "職員(業務所管課)", "vendor": "ベンダ(同時移行枠)"}


def _means(plan: Plan, frame: Frame, lines: tuple[Line, ...]) -> Iterator[Means]:
    """The resources of the roadmap with their greatest capacity, and the forms with their greatest use."""
    weeks = frame.weeks.index(max(plan.pmo.task["finish"], default=plan.pmo.start)) + 1
    for resource in frame.resources:
        most = float(resource.capacity[:max(1, weeks)].max()) / UNIT
        yield Means(resource.name, GROUPS[resource.kind], most, "枠" if resource.kind == "vendor" else "FTE")
    found = plan.staffing.contract
    for form, part in found.groupby("form", sort=True):
        yield Means(form, f"確保する人材({KIND[part['kind'].iloc[0]]})", _greatest(part), "FTE")


def _greatest(part) -> float:
    """The greatest FTE of a form that runs on one day."""
    use: Mapping[date, float] = {day: sum(row.fte * row.count for row in part.itertuples() if row.start <= day <= row.finish)
                                 for day in part["start"]}
    return round(max(use.values()), 4)
