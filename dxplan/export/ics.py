"""The plan as a calendar file (RFC 5545): milestones, budget occasions, a cutover a lot, sessions.

Days are all-day events, training sessions stand at their time in Tokyo. A cutover that is not
decided stands on the plan's own window and says so. A thing of the plan keeps its UID when the city
is planned again, so that a calendar moves its entry and makes no second one; a variant has its own.
A lot is known by its first system. DTSTAMP is the basis date.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from dxplan.export.text import plain_text
from dxplan.export.told import lot_lines, marked
from dxplan.facts import months
from dxplan.facts.catalog import source_title
from dxplan.plan.whole import Plan
from dxplan.show import labels, report, state
from dxplan.show.training import mixes_of

DAY = timedelta(days=1)
TOKYO = ZoneInfo("Asia/Tokyo")
SHORTEST = 15  # minutes of a session
STEPS = (  # work item, which of its days, what happens then
    ("7", "start", "提案依頼(RFP)の開始"),
    ("8", "finish", "ベンダの決定"),
    ("9", "finish", "契約と詳細日程の確定"),
)


def ics_bytes(plan: Plan) -> bytes:
    """The calendar of a plan as a file: UTF-8, CRLF, lines of at most 75 octets.

    Parameters
    ----------
    plan : the plans of a city.
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
    for name, value in head.items():
        calendar.add(name, value)
    calendar.add_component(_zone())
    basis = plan.city.at("basis_date").value
    stamp = datetime(basis.year, basis.month, basis.day, tzinfo=UTC)
    for part in (_milestones, _gates, _cutovers, _sessions):
        for event in part(plan):
            event.add("dtstamp", stamp)
            calendar.add_component(event)
    return calendar.to_ical()


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
    event.add(
        "description",
        "\n".join(plain_text(line) for line in [*said, f"{plan.city.pref}{plan.city.name}"]),
    )
    event.add("categories", [kind])
    return event


def _word(text: str) -> str:
    """A text as a part of a UID: itself, or a number for it where it is not plain."""
    return text if re.fullmatch(r"[\w.\-]+", text, re.ASCII) else f"{zlib.crc32(text.encode()):08x}"


def _days(
    plan: Plan, key: str, kind: str, first: date, last: date, summary: str, said: list[str]
) -> Event:
    """An event of whole days, the last one included; it does not block a diary."""
    event = _event(plan, key, kind, summary, said)
    event.add("dtstart", first)
    event.add("dtend", last + DAY)
    event.add("transp", "TRANSPARENT")
    return event


# --- milestones ----------------------------------------------------------------------------------------
def _milestones(plan: Plan) -> Iterator[Event]:
    """Dates of the city, what has to be asked, dates of each lot, of people, and the end state."""
    for part in (_frame, _questions, _tenders, _extensions, _people):
        for key, day, text, said in part(plan):
            yield _days(plan, key, "節目", day, day, text, said)


def _frame(plan: Plan) -> Iterator[tuple[str, date, str, list[str]]]:
    city = plan.city
    yield "start", plan.pmo.start, "計画の開始", [state.situation_text(city)]
    for key, what in (("target", "目標日"), ("end", "移行の期限")):
        value = city.at(f"{key}_date")
        origin = f"出典: {source_title(value.source)}(確度{labels.grade_text(value.grade)})"
        yield key, value.value, f"標準準拠システムへの{what}", [origin]


def _questions(plan: Plan) -> Iterator[tuple[str, date, str, list[str]]]:
    """What has to be asked before the plan can be believed, on its first day."""
    asked = state.question_text(plan.city)
    if asked:
        yield "ask", plan.pmo.start, "システムの状態を確かめる", [asked]


def _numbers(plan: Plan) -> dict[str, int]:
    """Lot -> number of its first system, which stays when lots are named or counted anew."""
    return {project.lot.name: project.lot.systems[0].no for project in plan.pmo.projects}


def _tenders(plan: Plan) -> Iterator[tuple[str, date, str, list[str]]]:
    """Tender, choice and contract of each lot whose contract is not signed."""
    number, titles = _numbers(plan), dict(zip(plan.pmo.lot["lot"], plan.pmo.lot["title"]))
    for no, column, text in STEPS:
        for row in plan.pmo.task[plan.pmo.task["no"] == no].itertuples():
            day, title = getattr(row, column), f"{text}: {titles[row.lot]}"
            yield f"step-{no}-{number[row.lot]}", day, title, [f"主担当: {row.lead}"]


def _extensions(plan: Plan) -> Iterator[tuple[str, date, str, list[str]]]:
    """The day by which it is decided to extend the contract of the systems in use."""
    number, yen = _numbers(plan), plan.pmo.extension_yen
    for row in plan.pmo.lot[plan.pmo.lot["extension"] > 0].itertuples():
        ends = f"現行契約の終わり: {labels.date_text(row.contract_end)}"
        longer = f"延長: {row.extension}か月・{labels.yen_text(yen[row.lot])}"
        title = f"現行契約の延長を決める期限: {row.title}"
        yield f"extend-{number[row.lot]}", row.decide_by, title, [ends, longer]


def _people(plan: Plan) -> Iterator[tuple[str, date, str, list[str]]]:
    """When engagements begin, by form and day; when the last outsider leaves; when own people carry the work."""
    count: dict[str, int] = {}
    for (form, start), part in plan.staffing.contract.groupby(["form", "start"], sort=True):
        count[form] = count.get(form, 0) + 1
        ends = "、".join(
            f"{row.count}件は{labels.date_text(row.finish)}まで" for row in part.itertuples()
        )
        yield (
            f"form-{_word(form)}-{count[form]}",
            start,
            f"{form}の開始({part['count'].sum()}件)",
            [ends],
        )
    if plan.staffing.exit:
        yield "exit", plan.staffing.exit, "外部人材の終了", []
    if plan.staffing.self_reliant:
        yield "alone", plan.staffing.self_reliant, "職員だけで経常の仕事を担い始める月", []


# --- budget --------------------------------------------------------------------------------------------
def _gates(plan: Plan) -> Iterator[Event]:
    """The last day to ask and the first day to spend of each budget occasion that the plan uses."""
    rules = [rule.name for rule, _ in plan.city.gates]
    for (asked, gate, spent), part in plan.budget.request.groupby(
        ["request_by", "gate", "available"], sort=True
    ):
        key, what = (
            f"{rules.index(gate)}-{asked.year}",
            list(dict.fromkeys(part["group"].map(labels.label_of))),
        )
        said = [
            f"要求する経費: {'・'.join(what)}",
            f"要求額の計: {labels.yen_text(part['yen'].sum())}",
        ]
        name = f"{gate}({labels.era_fiscal(months.fiscal_year(spent))})"
        yield _days(
            plan,
            f"gate-{key}",
            "予算",
            asked,
            asked,
            f"{name}の要求の締切",
            [*said, f"執行できる日: {labels.day_text(spent)}"],
        )
        yield _days(plan, f"money-{key}", "予算", spent, spent, f"{name}を執行できる日", said)


# --- cutovers ------------------------------------------------------------------------------------------
def _cutovers(plan: Plan) -> Iterator[Event]:
    """The closure in which the systems of a lot are changed over, one event a lot."""
    number, said = _numbers(plan), lot_lines(plan.pmo)
    for row in plan.pmo.lot.itertuples():
        key, title = f"lot-{number[row.lot]}", marked(f"切替: {row.title}", row.decided)
        yield _days(plan, key, "切替", row.cutover, row.closure_end, title, said[row.lot])


# --- training ------------------------------------------------------------------------------------------
def _sessions(plan: Plan) -> Iterator[Event]:
    people, mix = plan.training.cohort.set_index("cohort")["people"], mixes_of(plan.training)
    for row in plan.training.session.itertuples():
        said = [
            f"クラス {row.cohort}",
            labels.ITEMS[f"step{row.step}"],
            f"{people[row.cohort]}人({mix[row.cohort]})",
            row.trainer,
        ]
        event = _event(
            plan, f"{row.cohort}-{row.no:02d}", "研修", f"{row.title}(第{row.no}回)", said
        )
        begin = datetime.combine(row.day, time.fromisoformat(row.begin), TOKYO)
        event.add("dtstart", begin)
        event.add("dtend", begin + timedelta(minutes=max(SHORTEST, round(row.hours * 60))))
        event.add("location", plain_text(row.place))
        event.add("transp", "OPAQUE")
        yield event
