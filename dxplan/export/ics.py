"""The plan as a calendar file (RFC 5545): milestones, budget occasions, a cutover a lot, sessions.

Days are all-day events, training sessions stand at their time in Tokyo. A cutover that is not
decided stands on the plan's own window and says so. A thing of the plan keeps its UID when the city
is planned again, so that a calendar moves its entry and makes no second one; a variant has its own.
A lot is known by its first system. DTSTAMP is the basis date.

A program takes an entry anew only by a higher SEQUENCE (RFC 5546, 2.1.4), so a calendar follows on
the last one: what says anything new is counted up, and what is gone is sent as cancelled, which the
method PUBLISH allows (3.2.1). It stays so in later calendars, for those who missed one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from icalendar import STATUS, TRANSP, Calendar, Event, Timezone, TimezoneStandard

from dxplan.export.text import plain_text
from dxplan.export.told import (
    EARLIEST,
    Day,
    city_days,
    first_days,
    initiative_lines,
    lot_lines,
    marked,
    occasions,
    taken_rows,
)
from dxplan.facts import months
from dxplan.plan.whole import Plan
from dxplan.show import agenda, labels, report
from dxplan.show.sentences import sentence
from dxplan.show.training import mixes_of
from dxplan.show.whole import naming_day, prepared, seeking_day
from dxplan.town.edition import MONEY

Part = Callable[[Plan], Iterator[Event]]
TOKYO = ZoneInfo("Asia/Tokyo")
SHORTEST = 15  # minutes of a session
GONE_MARK = "【取消】"
COUNTED = ("SEQUENCE:", "DTSTAMP:")  # lines that say nothing of the plan
ALONE = (
    "前に書いた予定表の記録(台帳)なしで書いたため、更新の番号(SEQUENCE)と、なくなった予定の"
    "取消がありません。取り込む前に、前の予定表の予定を消してください。"
)
IF_VOTED = "予算の成立を条件とする"
STEPS = (  # work item, which of its days, what happens then
    ("7", "start", "提案依頼(RFP)の開始"),
    ("8", "finish", "ベンダの決定"),
    ("9", "finish", "契約と詳細日程の確定"),
)


def ics_bytes(plan: Plan, last: bytes | None = None) -> bytes:
    """The calendar of a plan as a file: UTF-8, CRLF, lines of at most 75 octets.

    Parameters
    ----------
    plan : the plans of a city.
    last : the calendar of the city that was written before, b"" where there is none; None where
        nobody knows, which the calendar then says.
    """
    calendar = Calendar()
    head = {
        "prodid": "-//dxplan//plan//JA",
        "version": "2.0",
        "calscale": "GREGORIAN",
        "method": "PUBLISH",
        "x-wr-calname": plain_text(report.title_text(plan)),
        "x-wr-timezone": "Asia/Tokyo",
    }
    if last is None:
        head["x-wr-caldesc"] = ALONE
    for name, value in head.items():
        calendar.add(name, value)
    calendar.add_component(_zone())
    basis = plan.city.basis
    stamp = datetime(basis.year, basis.month, basis.day, tzinfo=UTC)
    parts: tuple[Part, ...] = (_milestones, _gates, _cutovers, _sessions)
    if not plan.city.edition.tells(MONEY):
        parts = (_terms, _windows)
    events: Iterator[Event] = chain.from_iterable(part(plan) for part in parts)
    if last is not None:
        events = _counted(events, last)
    for event in events:
        event.DTSTAMP = stamp
        calendar.add_component(event)
    return calendar.to_ical()


# --- what was sent before -------------------------------------------------------------------------
def _counted(events: Iterator[Event], last: bytes) -> Iterator[Event]:
    """The events with the SEQUENCE that follows on the last calendar; then those that are gone."""
    sent: dict[str, Event] = {}
    if last:
        sent = {event.uid: event for event in Calendar.from_ical(last).events}
    for event in events:
        before = sent.pop(event.uid, None)
        event.sequence = 0
        if before is not None:
            event.sequence = before.sequence + (_said(event) != _said(before))
        yield event
    for event in sent.values():
        if event.status != STATUS.CANCELLED:
            _cancel(event)
        yield event


def _said(event: Event) -> list[str]:
    """The lines of an event that a reader is told."""
    return [line for line in event.content_lines() if not line.startswith(COUNTED)]


def _cancel(event: Event) -> None:
    """The entry as it was, free, with the mark for programs that show a cancelled one."""
    event.sequence += 1
    event.status = STATUS.CANCELLED
    event.summary = f"{GONE_MARK}{event.summary}"
    event.transparency = TRANSP.TRANSPARENT


def _zone() -> Timezone:
    """Japan has one offset and no summer time."""
    rule = TimezoneStandard()
    rule.add("dtstart", datetime(1970, 1, 1))
    rule.add("tzoffsetfrom", timedelta(hours=9))
    rule.add("tzoffsetto", timedelta(hours=9))
    rule.add("tzname", "JST")
    zone = Timezone()
    zone.add("tzid", "Asia/Tokyo")
    zone.add_component(rule)
    return zone


def _event(plan: Plan, key: str, kind: str, summary: str, said: list[str]) -> Event:
    event = Event()
    event.add("uid", f"{_word(plan.city.slug)}-{key}@dxplan")
    event.add("summary", plain_text(summary))
    lines = map(plain_text, [*said, f"{plan.city.pref}{plan.city.name}"])
    event.add("description", "\n".join(lines))
    event.add("categories", [kind])
    return event


def _word(text: str) -> str:
    """A text as a part of a UID: itself, or a number for it where it is not plain."""
    if re.fullmatch(r"[\w.\-]+", text, re.ASCII):
        return text
    return f"{zlib.crc32(text.encode()):08x}"


def _span(plan: Plan, key: str, kind: str, last: date, told: Day) -> Event:
    """An event of whole days, the last one included; it does not block a diary."""
    event = _event(plan, key, kind, told.title, told.said)
    event.add("dtstart", told.day)
    event.add("dtend", last + months.DAY)
    event.add("transp", "TRANSPARENT")
    return event


# --- milestones -----------------------------------------------------------------------------------
def _milestones(plan: Plan) -> Iterator[Event]:
    """Dates of the city, what has to be asked, dates of each lot, of people, and the end state."""
    days = city_days(plan)
    told: list[tuple[str, Day]] = [
        (key, days[key]) for key in ("start", "target", "end", "ask") if key in days
    ]
    told += [*_tenders(plan), *_extensions(plan), *_engagements(plan), *_learners(plan)]
    told += [(f"first-{place}", day) for place, day in enumerate(first_days(plan), 1)]
    told += _decisions(plan)
    told += _initiatives(plan)
    told += [(key, days[key]) for key in ("exit", "alone") if key in days]
    for key, day in told:
        yield _span(plan, key, "節目", day.day, day)


def _decisions(plan: Plan) -> Iterator[tuple[str, Day]]:
    """What is decided next and stands nowhere else: questions, papers, tenders, preparations.

    The sentence makes the key: a decision that is put off moves its entry.
    """
    for day, text in chain(agenda.dateless_decisions(plan.pmo), prepared(plan)):
        yield f"decide-{_word(text)}", Day(day, f"決める: {text.removesuffix('。')}", [text])


def _initiatives(plan: Plan) -> Iterator[tuple[str, Day]]:
    """When each DX initiative begins, and from when it is used, which is a quarter."""
    for row in taken_rows(plan).itertuples():
        said = initiative_lines(row)
        key = _word(row.id)
        yield f"dx-{key}-begin", Day(row.begins, f"施策の企画を始める: {row.name}", said)
        title = marked(f"施策を使い始める: {row.name}", False)
        yield f"dx-{key}-live", Day(row.live, title, said)


def _numbers(plan: Plan) -> dict[str, int]:
    """Lot -> number of its first system, which stays when lots are named or counted anew."""
    return {project.lot.name: project.lot.systems[0].no for project in plan.pmo.projects}


def _tenders(plan: Plan) -> Iterator[tuple[str, Day]]:
    """Tender, choice and contract of each lot whose contract is not signed."""
    number = _numbers(plan)
    titles = plan.pmo.lots.set_index("lot")["title"]
    for no, column, text in STEPS:
        for row in plan.pmo.task[plan.pmo.task["no"] == no].itertuples():
            title = f"{text}: {titles[row.lot]}"
            told = Day(getattr(row, column), title, [f"主担当: {row.lead}"])
            yield f"step-{no}-{number[row.lot]}", told


def _extensions(plan: Plan) -> Iterator[tuple[str, Day]]:
    """The day by which it is decided to extend the contract of the systems in use."""
    number, yen = _numbers(plan), plan.pmo.extension_yen
    for row in plan.pmo.lots[plan.pmo.lots["extension"] > 0].itertuples():
        ends = f"現行契約の終わり: {labels.date_text(row.contract_end)}"
        longer = f"延長: {row.extension}か月・{labels.yen_text(yen[row.lot])}"
        title = f"現行契約の延長を決める期限: {row.title}"
        yield f"extend-{number[row.lot]}", Day(row.decide_by, title, [ends, longer])


def _engagements(plan: Plan) -> Iterator[tuple[str, Day]]:
    """When people are sought and when they begin, by form and day."""
    count: dict[str, int] = {}
    for (form, start), part in plan.staffing.sought.groupby(["form", "start"], sort=True):
        count[form] = count.get(form, 0) + 1
        ends = []
        for row in part.itertuples():
            ends.append(f"{row.count}人は{labels.date_text(row.finish)}まで")
        people, key = part["count"].sum(), f"{_word(form)}-{count[form]}"
        sought_on = seeking_day(plan, form, start)
        month = labels.month_text(start)
        text = sentence("whole.seek", form=form, count=people, month=month).rstrip("。")
        yield f"seek-{key}", Day(sought_on, text, [f"開始: {labels.date_text(start)}", IF_VOTED])
        yield f"form-{key}", Day(start, f"{form}の開始({people}人)", ["、".join(ends)])


def _learners(plan: Plan) -> Iterator[tuple[str, Day]]:
    """When the sections name who learns, by step and fiscal year."""
    for (step, fiscal), part in plan.training.cohort.groupby(["step", "fiscal"], sort=True):
        first = min(part["start"])
        title = f"{labels.word_of('step', step)}の受講者を各課に割り当てる"
        told = Day(naming_day(plan, first), title, [f"開始: {labels.date_text(first)}"])
        yield f"learn-{step}-{fiscal}", told


# --- budget ---------------------------------------------------------------------------------------
def _gates(plan: Plan) -> Iterator[Event]:
    """The last day to ask and the first day to spend of each budget occasion that the plan uses."""
    rules = [rule.name for rule, _ in plan.city.gates]
    decided = list(agenda.budget_decisions(plan.pmo))
    for gate, asked, spent, title, said in occasions(plan):
        key = f"{rules.index(gate)}-{asked.year}"
        until = f"執行できる日: {labels.day_text(spent)}"
        lots = [text for day, text in decided if day == asked]
        ask = Day(asked, f"{title}の要求の締切", [*lots, *said, until])
        spend = Day(spent, f"{title}を執行できる日", said)
        yield _span(plan, f"gate-{key}", "予算", asked, ask)
        yield _span(plan, f"money-{key}", "予算", spent, spend)


# --- cutovers -------------------------------------------------------------------------------------
def _cutovers(plan: Plan) -> Iterator[Event]:
    """The closure in which the systems of a lot are changed over, one event a lot."""
    yield from _changes(plan, lot_lines(plan.pmo))


def _changes(plan: Plan, said: Mapping[str, list[str]]) -> Iterator[Event]:
    number = _numbers(plan)
    for row in plan.pmo.lots.itertuples():
        title = marked(f"切替: {row.title}", row.decided)
        told = Day(row.cutover, title, said[row.lot])
        yield _span(plan, f"lot-{number[row.lot]}", "切替", row.closure_end, told)


# --- an edition without money ---------------------------------------------------------------------
def _terms(plan: Plan) -> Iterator[Event]:
    """The days of the city alone: what people and lots are asked for tells prices and offers."""
    days = city_days(plan)
    for key in ("start", "target", "end"):
        yield _span(plan, key, "節目", days[key].day, days[key])


def _windows(plan: Plan) -> Iterator[Event]:
    """The closures of the cutovers, and whether they are decided."""
    said = {}
    for lot in plan.pmo.lots.to_dict("records"):
        said[lot["lot"]] = [] if lot["decided"] else [EARLIEST]
    yield from _changes(plan, said)


# --- training -------------------------------------------------------------------------------------
def _sessions(plan: Plan) -> Iterator[Event]:
    people, mix = plan.training.cohort.set_index("cohort")["people"], mixes_of(plan.training)
    for row in plan.training.session.itertuples():
        said = [
            f"講座 {row.cohort}",
            labels.word_of("item", f"step{row.step}"),
            f"{people[row.cohort]}人({mix[row.cohort]})",
            row.trainer,
        ]
        title = f"{row.title}(第{row.no}回)"
        event = _event(plan, f"{row.cohort}-{row.no:02d}", "研修", title, said)
        begin = datetime.combine(row.day, time.fromisoformat(row.begin), TOKYO)
        event.add("dtstart", begin)
        event.add("dtend", begin + timedelta(minutes=max(SHORTEST, round(row.hours * 60))))
        event.add("location", plain_text(row.place))
        event.add("transp", "OPAQUE")
        yield event
