"""The calendar file, read back by another library and line by line."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ical.calendar_stream import IcsCalendarStream

from dxplan.export.ics import ics_bytes
from dxplan.plan.whole import plan_city

CITIES = ["mid", "large", "village", "done"]
TOKYO = ZoneInfo("Asia/Tokyo")
EVIL = "甲;乙,丙\\丁\n戊<b>\x07=1+1\u200b葛\U000e0100" + "長" * 200


@pytest.fixture(scope="module")
def calendars(wholes):
    """The events of each city's file by UID."""
    read = {name: IcsCalendarStream.calendar_from_ics(ics_bytes(wholes[name]).decode()).events for name in CITIES}
    found = {name: {event.uid: event for event in events} for name, events in read.items()}
    assert all(len(found[name]) == len(read[name]) > 20 for name in CITIES)  # a UID stands once
    return found


def of_kind(events, kind):
    return [event for event in events.values() if event.categories == [kind]]


@pytest.mark.parametrize("name", CITIES)
def test_every_session_stands_once_at_its_time_in_tokyo(wholes, calendars, name):
    plan, events = wholes[name], calendars[name]
    assert len(of_kind(events, "研修")) == len(plan.training.session) > 0
    for row in plan.training.session.itertuples():
        event = events[f"{plan.city.slug}-{row.cohort}-{row.no:02d}@dxplan"]
        begin = datetime.combine(row.day, datetime.strptime(row.begin, "%H:%M").time(), TOKYO)
        assert (event.dtstart, event.dtend - event.dtstart) == (begin, timedelta(hours=row.hours))
        assert row.title in event.summary and event.location == row.place and row.cohort in event.description


@pytest.mark.parametrize("name", CITIES)
def test_every_cutover_fills_its_closure_and_every_system_has_its_first_day(wholes, calendars, name):
    cut = wholes[name].pmo.cutover
    closed, live = (of_kind(calendars[name], kind) for kind in ("切替", "稼働"))
    assert [(event.summary, event.dtstart, event.dtend) for event in closed] == [
        (f"切替: {row.business}", row.cutover, row.closure_end + timedelta(days=1)) for row in cut.itertuples()]
    assert [(event.summary, event.dtstart) for event in live] == [(f"稼働: {row.business}", row.live) for row in cut.itertuples()]


@pytest.mark.parametrize("name", CITIES)
def test_every_budget_occasion_that_is_used_has_its_last_day_to_ask_and_its_first_to_spend(wholes, calendars, name):
    used = wholes[name].budget.request
    found = {(event.dtstart, event.summary.split("(")[0]) for event in of_kind(calendars[name], "予算")}
    assert found == {pair for row in used.itertuples() for pair in ((row.request_by, row.gate), (row.available, row.gate))}
    asked = sum(int(re.search(r"計: ([\d,]+)千円", event.description)[1].replace(",", ""))
                for event in of_kind(calendars[name], "予算") if "締切" in event.summary)
    assert abs(asked * 1000 - used["yen"].sum()) <= 1000 * len(used)


def test_milestones_tell_the_end_state_the_tenders_and_the_people(wholes, calendars):
    plan, days = wholes["mid"], {event.summary: event.dtstart for event in of_kind(calendars["mid"], "節目")}
    assert days["標準準拠システムへの移行の期限"] == date(2031, 3, 31) and days["計画の開始"] == plan.pmo.start
    assert days["外部人材の終了"] == plan.staffing.exit
    tender = plan.pmo.task[plan.pmo.task["no"] == "7"]
    assert len(tender) > 1 and all(days[f"提案依頼(RFP)の開始: {row.package}"] == row.start for row in tender.itertuples())
    begun = sorted((event.summary.split("の開始(")[0], event.dtstart) for event in of_kind(calendars["mid"], "節目") if "件)" in event.summary)
    assert begun == sorted(set(plan.staffing.contract[["form", "start"]].itertuples(index=False, name=None)))


@pytest.mark.parametrize("name", CITIES)
def test_lines_are_folded_as_rfc_5545_wants_and_the_bytes_come_again(wholes, name):
    content = ics_bytes(wholes[name])
    assert content == ics_bytes(wholes[name]) and content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() is not None for line in lines), "no letter is cut in two"
    assert set(re.findall(rb"DTSTAMP:(\w+)", content)) == {b"20261123T000000Z"}
    assert b"TZID:Asia/Tokyo\r\n" in content and b"TZOFFSETTO:+0900\r\n" in content


def test_uids_are_plain_and_stay_when_the_city_is_planned_again(wholes, calendars):
    before = wholes["mid"]
    after = plan_city(before.city.changed(dx_staff=float(before.city.number("dx_staff")) + 2), "quick")
    uids = set(re.findall(r"UID:(\S+)\r\n", ics_bytes(after).decode().replace("\r\n ", "")))
    fixed = {uid for uid, event in calendars["mid"].items() if event.categories[0] in ("切替", "稼働")}
    assert fixed <= uids and len(uids & set(calendars["mid"])) > len(uids) * 0.8
    assert all(re.fullmatch(r"[\w.\-]+@dxplan", uid, re.ASCII) for uid in uids)


def test_hostile_text_is_only_text(wholes):
    plan = wholes["village"]
    session = plan.training.session.assign(title=EVIL, place=EVIL)
    cutover = plan.pmo.cutover.assign(section=EVIL)
    evil = replace(plan, training=replace(plan.training, session=session), pmo=replace(plan.pmo, cutover=cutover))
    content = ics_bytes(evil)
    assert all(len(line) <= 75 for line in content.split(b"\r\n")) and b"\x07" not in content
    events = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert len(events) == len(IcsCalendarStream.calendar_from_ics(ics_bytes(plan).decode()).events)
    shown = EVIL.replace("\n", " ").replace("\x07", "")
    assert all(event.location == shown and event.summary.startswith(shown) for event in events if event.categories == ["研修"])
    assert any(f"担当課: {shown}" in event.description for event in events if event.categories == ["切替"])
