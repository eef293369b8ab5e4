"""The plan as an outline for a program of project management: lines, days, links, people, states.

What is decided here, so that such a program shows the plan and moves nothing:

- A bar of the plan runs from a Monday to a Friday. Its line begins and ends on the open days of
  that span, since a program that reschedules would move a bar off a holiday. Where the span holds
  no open day, for the stop of the counters, and for single days (切替, 締切), the line stands on its
  very days in a calendar without days off.
- A heading is a lot; its bars are those of the roadmap. Where the city has not set the day of the
  cutover, the bars of the lot lie as early as can be, the cutover and the go-live are marked
  【見込み】, and the note tells the range.
- A bar is the work that is left, so it is 0 % done. Where each system stands is told under a
  heading of its own, a day each: the day of which its state speaks.
- Links are those of ``chain``, finish to start. Two bars may meet on one day (papers are handed in
  on the Friday on which they are done): such a link has a lead of the open days that they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from dxplan.export.told import (
    DECIDED,
    OPEN,
    Day,
    city_days,
    first_days,
    initiative_lines,
    last_decided,
    lot_lines,
    marked,
    occasions,
    taken_rows,
)
from dxplan.facts import months
from dxplan.facts.catalog import Cell, Named, Row
from dxplan.plan.block import LAW, LINK, UNLINK, load_parts
from dxplan.plan.chain import bar_links
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.plan.work import UNIT, block_demand, item_of
from dxplan.show import labels, pmo, state
from dxplan.show.city import state_table
from dxplan.show.engagement import KIND
from dxplan.town.systems import LIVE

STEPS = ("企画・予算要求", "調達・構築・試行", "全体への展開")  # of an initiative
AFTER_FRIDAY = timedelta(days=3)  # a bar ends on the Friday of its last week


@dataclass(frozen=True)
class OutlineRow:
    """One line of the outline.

    Attributes
    ----------
    level : 1 for the headings at the left.
    name : Japanese.
    first, last : dates; of a heading those of the lines below it.
    kind : bar, day (a milestone) or head (a heading).
    key : of the roadmap's bar; "" for others.
    done : % of the line.
    steps : steps done of 40 (of a system, or of the lowest of a lot), or None.
    slack : weeks by which a bar may slip while the cutover stays, or None.
    daily : whether it stands in the calendar without days off.
    said : section, lead, phase, whether its dates are decided.
    needs : resource -> units (FTE).
    note : text.
    """

    level: int
    name: str
    first: date = date.max
    last: date = date.min
    kind: str = "bar"
    key: str = ""
    done: int = 0
    steps: float | None = None
    slack: int | None = None
    daily: bool = False
    said: tuple[str, str, str, str] = ("", "", "", "")
    needs: tuple[tuple[str, float], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Means:
    """A resource: its name, its group, and how much of it there is at most (FTE)."""

    name: str
    group: str
    most: float


@dataclass(frozen=True)
class Outline:
    """Lines in order, links (place before, place after, lag in open days) and resources."""

    lines: tuple[OutlineRow, ...]
    links: tuple[tuple[int, int, int], ...]
    means: tuple[Means, ...]


def outline_of(plan: Plan) -> Outline:
    """The outline of a plan.

    Parameters
    ----------
    plan : the plans of a city.
    """
    found = [*_milestones(plan), *_first(plan), *_states(plan), *_gates(plan)]
    found += [*_lots(plan.pmo), *_initiatives(plan), *_engagements(plan)]
    lines = tuple(_spanned(found))
    return Outline(lines, tuple(_links(plan.pmo, lines)), tuple(_means(plan)))


def days_open(first: date, last: date) -> int:
    """Days from one day to another, both counted, on which offices are open."""
    return sum(months.is_open(first + k * months.DAY) for k in range((last - first).days + 1))


# --- links ----------------------------------------------------------------------------------------
def _links(plan: PmoPlan, lines: tuple[OutlineRow, ...]) -> list[tuple[int, int, int]]:
    """The links between the bars, in the order of the later one."""
    place = {line.key: i for i, line in enumerate(lines) if line.key}
    ends = dict(zip(plan.task["task"], plan.task["finish"], strict=True))
    links = []
    for bar, waits, weeks in bar_links(plan):
        before, after = place[bar], place[waits]
        lag = _lag(lines[before], lines[after], ends[bar], weeks)
        links.append((before, after, lag))
    return sorted(links, key=lambda link: (link[1], link[0]))


def _lag(before: OutlineRow, after: OutlineRow, end: date, weeks: int) -> int:
    """Open days between two lines: those of the least weeks, below none where they share days."""
    if after.first <= before.last:
        return -days_open(after.first, before.last)
    monday = end + AFTER_FRIDAY
    return days_open(monday, monday + weeks * months.WEEK - months.DAY)


# --- lines ----------------------------------------------------------------------------------------
def _bar(name: str, first: date, last: date, **more: Cell) -> OutlineRow:
    """A bar on the open days of its span."""
    opens, closes = months.next_open(first), last
    while closes >= opens and not months.is_open(closes):
        closes -= months.DAY
    if closes < opens:
        return OutlineRow(2, name, first, last, daily=True, **more)
    return OutlineRow(2, name, opens, closes, **more)


def _day(name: str, day: date, **more: Cell) -> OutlineRow:
    return OutlineRow(2, name, day, day, "day", daily=True, **more)


def _spanned(lines: Sequence[OutlineRow]) -> list[OutlineRow]:
    """The lines with the days of the headings filled in."""
    spanned, below = [], []
    for line in reversed(lines):
        below.append(line)
        if line.kind == "head":  # all have one level; itself spans no day yet
            first = min(other.first for other in below)
            last = max(other.last for other in below)
            line = replace(line, first=first, last=last)
            below = []
        spanned.append(line)
    return spanned[::-1]


def _milestones(plan: Plan) -> Iterator[OutlineRow]:
    yield OutlineRow(1, "節目", kind="head")
    days = city_days(plan)
    for key in ("start", "ask", "target", "end"):
        if key in days:
            yield _told_day(days[key])
    if not plan.pmo.done:
        sure = last_decided(plan.pmo)
        yield _day(
            marked("最後の稼働", sure),
            plan.pmo.earliest,
            said=("", "", "", _sure(sure)),
            note=f"稼働の見通し: {pmo.last_text(plan.pmo)}",
        )
    for key in ("exit", "alone"):
        if key in days:
            yield _told_day(days[key])


def _first(plan: Plan) -> Iterator[OutlineRow]:
    """The decisions of page one."""
    days = first_days(plan)
    if days:
        yield OutlineRow(1, "いま決めること", kind="head")
    yield from map(_told_day, days)


def _told_day(told: Day) -> OutlineRow:
    return _day(told.title, told.day, note="。".join(told.said))


def _sure(decided: bool) -> str:
    return DECIDED if decided else OPEN


def _states(plan: Plan) -> Iterator[OutlineRow]:
    """Where each of the 20 businesses and 共通機能 stands, on the day of which its state speaks."""
    yield OutlineRow(1, "システムの状態", kind="head", note=state.as_of_text(plan.city))
    for row in state_table(plan.city).frame.itertuples():
        lot = f"({row.lot})" if row.lot else ""
        name = f"{row.business}: {labels.word_of('state', row.state)}{lot}"
        note = f"{labels.as_of_text(row.speaks)}時点。{row.doubt}"
        steps = None if row.steps != row.steps else row.steps  # those of 共通機能 are not published
        yield _day(
            name,
            _speaks(plan, row.speaks),
            steps=steps,
            done=100 if row.state == LIVE else 0,
            said=(row.section, "", "", ""),
            note=note,
        )


def _speaks(plan: Plan, text: str) -> date:
    """The day of which a state speaks; the basis date where only a year or nothing is known."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return plan.city.basis


def _gates(plan: Plan) -> Iterator[OutlineRow]:
    """The last day to ask and the first day to spend of each budget occasion that the plan uses."""
    if len(plan.budget.request):
        yield OutlineRow(1, "予算", kind="head")
    for _, asked, spent, title, said in occasions(plan):
        note = "。".join(said)
        yield _day(f"{title}の要求の締切", asked, note=note)
        yield _day(f"{title}を執行できる日", spent, note=note)


# --- lots -----------------------------------------------------------------------------------------
def _lots(plan: PmoPlan) -> Iterator[OutlineRow]:
    """A heading a lot, under it its bars, its cutover and its go-live."""
    said, needs = lot_lines(plan), _needs(plan)
    steps = {project.lot.name: project.lot.steps for project in plan.projects}
    for row in plan.lots.itertuples():
        note = "。".join(said[row.lot])
        sure = ("・".join(row.sections), "", "", _sure(row.decided))
        yield OutlineRow(1, row.title, kind="head", steps=steps[row.lot], said=sure, note=note)
        if row.extension:
            ends = f"現行契約の終わり: {labels.date_text(row.contract_end)}"
            yield _day(f"現行契約の延長を決める期限: {row.lot}", row.decide_by, note=ends)
        for bar in plan.task[plan.task["lot"] == row.lot].itertuples():
            yield _work(bar, needs.get(bar.task, {}), steps[row.lot])
        for what, day in (("切替の初日", row.cutover), ("稼働", row.live)):
            yield _day(marked(f"{what}: {row.lot}", row.decided), day, said=sure, note=note)


def _work(row: Named, demand: Mapping[str, int], steps: int) -> OutlineRow:
    """A bar of the roadmap."""
    words = (row.section, row.lead, labels.word_of("phase", row.phase), _sure(row.decided))
    needs = tuple((name, units / UNIT) for name, units in demand.items())
    more: Row = {
        "key": row.task,
        "slack": row.slack,
        "said": words,
        "needs": needs,
        "note": _front_note(row.phase, steps),
    }
    name = f"{row.item}: {row.lot}"
    if row.phase == "stop":
        return OutlineRow(2, name, row.start, row.finish, daily=True, **more)
    return _bar(name, row.start, row.finish, **more)


def _front_note(phase: str, steps: int) -> str:
    """How the rest of the papers is known."""
    if phase not in ("papers", "tender"):
        return ""
    fewest = f"完了ステップが最も少ない業務({steps}ステップ)"
    return f"残りの期間は、{fewest}から見たもの({labels.UNCONFIRMED})"


def _needs(plan: PmoPlan) -> dict[str, Mapping[str, int]]:
    """Bar -> its demand (0.01 FTE) by resource."""
    demand: dict[str, Mapping[str, int]] = {}
    parts = load_parts()
    for project in plan.projects:
        lot = project.lot
        for paper in (*project.before, *project.after):
            demand[f"{lot.name}/{paper.item.key}"] = paper.demand
        for piece in project.block.pieces:
            demand[f"{lot.name}/{piece.key}"] = project.demand[piece.item.key]
        demand[f"{lot.name}/{LAW}"] = project.demand.get(parts[LAW].work, {})
        for key in (LINK, UNLINK):
            item = item_of(parts[key].work)
            demand[f"{lot.name}/{key}"] = block_demand(plan.city, lot, item)
    return demand


def _initiatives(plan: Plan) -> Iterator[OutlineRow]:
    """Three bars for each DX initiative that is taken up: planned, made, brought to all."""
    rows = taken_rows(plan)
    if len(rows):
        yield OutlineRow(1, "DX施策", kind="head")
    for row in rows.itertuples():
        note = "。".join(initiative_lines(row))
        days = (row.begins, row.contract, row.live, row.wide)
        for step, first, end in zip(STEPS, days, days[1:], strict=False):
            if first < end:
                words = (row.lead, "", step, _sure(False))
                last = end - months.DAY
                yield _bar(f"{step}: {row.name}", first, last, said=words, note=note)


def _engagements(plan: Plan) -> Iterator[OutlineRow]:
    """A bar for each engagement, with its form as the resource."""
    contract = plan.staffing.contract
    if len(contract):
        yield OutlineRow(1, "人材の確保", kind="head")
    for row in contract.sort_values(["start", "form", "finish"], kind="stable").itertuples():
        yield _bar(
            f"{row.form}({row.count}件)",
            row.start,
            row.finish,
            said=("", KIND[row.kind], "", ""),
            needs=((row.form, round(row.fte * row.count, 4)),),
        )


# --- resources ------------------------------------------------------------------------------------
def _means(plan: Plan) -> Iterator[Means]:
    """The people of the roadmap with the most there is of them; forms with their greatest use."""
    frame = plan.pmo.frame
    weeks = frame.weeks.index(max(plan.pmo.task["finish"], default=plan.pmo.start)) + 1
    for resource in frame.resources:
        most = float(resource.capacity[: max(1, weeks)].max()) / UNIT
        group = f"職員({labels.word_of('role', resource.kind)})"
        yield Means(resource.name, group, most)
    for form, part in plan.staffing.contract.groupby("form", sort=True):
        yield Means(form, f"確保する人材({KIND[part['kind'].iloc[0]]})", _greatest(part))


def _greatest(part: pd.DataFrame) -> float:
    """The greatest FTE of a form that runs on one day."""
    most = 0.0
    for day in part["start"]:
        running = part[(part["start"] <= day) & (part["finish"] >= day)]
        most = max(most, (running["fte"] * running["count"]).sum())
    return round(most, 4)
