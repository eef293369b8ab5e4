"""The calendar file, read back by another library and line by line."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from dxplan.bundles import calendar_of
from dxplan.export.ics import ics_bytes
from dxplan.export.told import MARK
from dxplan.plan.whole import plan_city
from dxplan.show import agenda, labels
from dxplan.show.whole import decisions

CITIES = ["mid", "large", "village", "done", "asked", "known"]
TENDER = (
    ("7", "start", "提案依頼(RFP)の開始"),
    ("8", "finish", "ベンダの決定"),
    ("9", "finish", "契約と詳細日程の確定"),
)
FULL_DAY = re.compile(r"令和\d{1,2}年\d{1,2}月\d{1,2}日")
TOKYO = ZoneInfo("Asia/Tokyo")
EVIL = "甲;乙,丙\\丁\n戊<b>\x07=1+1\u200b葛\U000e0100" + "長" * 200


@pytest.fixture(scope="module")
def contents(wholes):
    """The file of each city as bytes."""
    return {name: ics_bytes(wholes[name]) for name in CITIES}


@pytest.fixture(scope="module")
def calendars(contents):
    """The events of each city's file by UID."""
    read = {
        name: IcsCalendarStream.calendar_from_ics(content.decode()).events
        for name, content in contents.items()
    }
    found = {name: {event.uid: event for event in events} for name, events in read.items()}
    assert all(len(found[name]) == len(read[name]) > 10 for name in CITIES)  # a UID stands once
    return found


def read(content):
    """UID -> event."""
    events = IcsCalendarStream.calendar_from_ics(content.decode()).events
    return {event.uid: event for event in events}


@pytest.fixture(scope="module")
def again(wholes):
    """A city planned again with two more people and no outsiders."""
    city = wholes["mid"].city
    more = float(city.number("dx_staff")) + 2
    return plan_city(city.changed(dx_staff=more, strategy="自前のみ"), "簡易")


def of_kind(events, kind):
    return [event for event in events.values() if event.categories == [kind]]


@pytest.mark.parametrize("name", CITIES)
def test_every_session_stands_once_at_its_time_in_tokyo(wholes, calendars, name):
    plan, events = wholes[name], calendars[name]
    assert len(of_kind(events, "研修")) == len(plan.training.session)
    for row in plan.training.session.itertuples():
        event = events[f"{plan.city.slug}-{row.cohort}-{row.no:02d}@dxplan"]
        begin = datetime.combine(row.day, datetime.strptime(row.begin, "%H:%M").time(), TOKYO)
        assert (event.dtstart, event.dtend - event.dtstart) == (begin, timedelta(hours=row.hours))
        assert (
            row.title in event.summary
            and event.location == row.place
            and row.cohort in event.description
        )


@pytest.mark.parametrize("name", CITIES)
def test_every_lot_has_one_cutover_that_fills_its_closure(wholes, calendars, name):
    wanted = []
    for row in wholes[name].pmo.lots.itertuples():
        title = f"{'' if row.decided else MARK}切替: {row.title}"
        wanted.append((title, row.cutover, row.closure_end + timedelta(days=1)))
    events = of_kind(calendars[name], "切替")
    assert sorted((event.summary, event.dtstart, event.dtend) for event in events) == sorted(wanted)
    kinds = {event.categories[0] for event in calendars[name].values()}
    assert kinds <= {"節目", "予算", "切替", "研修"}, "no event a system"


@pytest.mark.parametrize("name", CITIES)
def test_an_undecided_cutover_tells_its_range_and_what_stands_behind_it(wholes, calendars, name):
    plan, end = wholes[name].pmo, labels.date_text(date(2031, 3, 31))
    sure = plan.told.lot.set_index("lot")
    events = of_kind(calendars[name], "切替")
    said = {event.summary.removeprefix(MARK): event.description for event in events}
    for row in plan.lots.itertuples():
        note, told = said[f"切替: {row.title}"], sure.loc[row.lot]
        assert all(word in note for word in (*row.businesses, *row.sections))
        assert labels.quarter_text(told["p50_from"]) in note
        assert labels.quarter_text(told["p20"]) in note
        assert f"期限({end})までの見込み {labels.chance_text(told['chance'])}" in note
        assert labels.word_of("window", row.window) in note
        assert ("契約済み" if row.contracted else "未契約") in note
        offered = [labels.date_text(row.offered)] if row.offered else []
        if not row.decided:
            assert set(FULL_DAY.findall(note)) == {end, *offered}, "its own day is not told"


def test_a_decided_cutover_has_no_mark_and_says_its_day(wholes, calendars):
    lots = wholes["known"].pmo.lots
    decided = lots[lots["decided"]]
    assert decided["lot"].tolist() == ["税のロット"] and len(lots) == 4
    events = of_kind(calendars["known"], "切替")
    event = next(event for event in events if "税のロット" in event.summary)
    assert event.summary.startswith("切替: 税のロット")
    for words in ("稼働日: 令和11年1月4日", "ベンダ: 甲社", "現行契約の延長: 9か月"):
        assert words in event.description


def test_the_day_by_which_an_extension_is_decided_is_a_milestone(wholes, calendars):
    row = wholes["known"].pmo.lots.set_index("lot").loc["税のロット"]
    days = {event.summary: event for event in of_kind(calendars["known"], "節目")}
    event = days[f"現行契約の延長を決める期限: {row['title']}"]
    assert (
        event.dtstart == row["decide_by"] == date(2027, 9, 30)
    )  # half a year before the contract ends
    assert "令和10年3月31日" in event.description
    assert labels.yen_text(wholes["known"].pmo.extension_yen["税のロット"]) in event.description
    assert sum("延長を決める期限" in summary for summary in days) == 1


@pytest.mark.parametrize(
    "name, asked",
    [("mid", "国民健康保険"), ("asked", "対象の20業務"), ("village", ""), ("done", "")],
)
def test_an_open_question_stands_on_the_first_day(wholes, calendars, name, asked):
    days = of_kind(calendars[name], "節目")
    found = [event for event in days if event.summary == "システムの状態を確かめる"]
    assert len(found) == bool(asked)
    for event in found:
        assert asked in event.description and event.dtstart == wholes[name].pmo.start


@pytest.mark.parametrize("name", CITIES)
def test_every_budget_occasion_that_is_used_has_its_last_day_to_ask_and_its_first_to_spend(
    wholes, calendars, name
):
    used = wholes[name].budget.request
    found = {
        (event.dtstart, event.summary.split("(")[0]) for event in of_kind(calendars[name], "予算")
    }
    assert found == {
        pair
        for row in used.itertuples()
        for pair in ((row.request_by, row.gate), (row.available, row.gate))
    }
    asked = sum(
        int(re.search(r"計: ([\d,]+)千円", event.description)[1].replace(",", ""))
        for event in of_kind(calendars[name], "予算")
        if "締切" in event.summary
    )
    assert abs(asked * 1000 - used["yen"].sum()) <= 1000 * len(used)


def test_milestones_tell_the_end_state_the_tenders_and_the_people(wholes, calendars):
    plan, events = wholes["large"], of_kind(calendars["large"], "節目")
    days = {event.summary: event.dtstart for event in events}
    assert days["標準準拠システムへの移行の期限"] == date(2031, 3, 31)
    assert days["計画の開始"] == plan.pmo.start
    title = dict(zip(plan.pmo.lots["lot"], plan.pmo.lots["title"]))
    for no, column, what in TENDER:
        bars = plan.pmo.task[plan.pmo.task["no"] == no]
        assert len(bars) == 4
        for lot, day in zip(bars["lot"], bars[column]):
            assert days[f"{what}: {title[lot]}"] == day
    begun = [
        (event.summary.split("の開始(")[0], event.dtstart)
        for event in events
        if "の開始(" in event.summary and event.summary.endswith("人)")
    ]
    contract = plan.staffing.contract
    assert contract["given"].any()  # who works already does not begin
    sought = contract[~contract["given"].astype(bool)]
    wanted = sought[["form", "start"]].itertuples(index=False, name=None)
    assert begun and sorted(begun) == sorted(set(wanted))


@pytest.mark.parametrize("name", CITIES)
def test_every_decision_and_recruitment_of_the_report_stands_on_its_day(wholes, calendars, name):
    plan = wholes[name]
    told = [
        (event.dtstart, event.summary.removeprefix("決める: "))
        for event in of_kind(calendars[name], "節目")
    ]
    decided = [*agenda.dateless_decisions(plan.pmo), *decisions(plan)]
    for day, text in decided:
        assert [title for on, title in told if on == day and text.startswith(title)], text
    sought = plan.staffing.contract
    sought = sought[~sought["given"].astype(bool)]
    seeking = re.compile(r".*の募集・任用の手続を始める\(令和\d+年\d+月から\)")
    recruited = [title for _, title in told if seeking.fullmatch(title)]
    people = sum(int(re.search(r"\((\d+)人\)", title)[1]) for title in recruited)
    assert people == sought["count"].sum() and len(decided) >= len(recruited)


@pytest.mark.parametrize("name", ["mid", "asked"])
def test_the_last_outsider_leaves_on_a_day_of_the_calendar(wholes, calendars, name):
    days = {event.summary: event.dtstart for event in of_kind(calendars[name], "節目")}
    assert days["外部人材の終了"] == wholes[name].staffing.exit is not None


def test_the_bytes_come_again(wholes, contents):
    assert ics_bytes(wholes["known"]) == contents["known"]


@pytest.mark.parametrize("name", CITIES)
def test_lines_are_folded_as_rfc_5545_wants(contents, name):
    content = contents[name]
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() is not None for line in lines), "no letter is cut in two"
    assert set(re.findall(rb"DTSTAMP:(\w+)", content)) == {b"20261123T000000Z"}
    assert b"TZID:Asia/Tokyo\r\n" in content and b"TZOFFSETTO:+0900\r\n" in content


def test_uids_are_plain_and_stay_when_the_city_is_planned_again(again, calendars):
    uids = set(re.findall(r"UID:(\S+)\r\n", ics_bytes(again).decode().replace("\r\n ", "")))
    fixed = {uid for uid, event in calendars["mid"].items() if event.categories[0] == "切替"}
    assert len(fixed) == 2 and fixed <= uids
    assert len(uids & set(calendars["mid"])) > len(uids) * 0.8
    assert all(re.fullmatch(r"[\w.\-]+@dxplan", uid, re.ASCII) for uid in uids)


def test_a_lot_keeps_its_uid_under_another_name(wholes, calendars):
    city = wholes["mid"].city
    renamed = replace(city, said={"住民のロット": {"systems": city.lots[0].businesses}})
    text = ics_bytes(plan_city(renamed, "簡易")).decode()
    again = {event.uid: event for event in IcsCalendarStream.calendar_from_ics(text).events}
    events = of_kind(calendars["mid"], "切替")
    before = next(event for event in events if "ロット1" in event.summary)
    assert again[before.uid].summary.startswith(f"{MARK}切替: 住民のロット(")


def test_hostile_text_is_only_text(wholes):
    plan = wholes["mid"]
    session = plan.training.session.assign(title=EVIL, place=EVIL)
    lot = plan.pmo.lots.assign(title=EVIL, vendor=EVIL)
    training, roadmap = replace(plan.training, session=session), replace(plan.pmo, lots=lot)
    evil = replace(plan, training=training, pmo=roadmap)
    content = ics_bytes(evil)
    assert all(len(line) <= 75 for line in content.split(b"\r\n")) and b"\x07" not in content
    events = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert len(events) == len(IcsCalendarStream.calendar_from_ics(ics_bytes(plan).decode()).events)
    shown = EVIL.replace("\n", " ").replace("\x07", "")
    taught = [event for event in events if event.categories == ["研修"]]
    moved = [event for event in events if event.categories == ["切替"]]
    assert taught and moved
    assert all(event.location == shown and event.summary.startswith(shown) for event in taught)
    assert all(shown in event.summary for event in moved)
    assert all(f"ベンダ: {shown}" in event.description for event in moved)


# --- sent again -----------------------------------------------------------------------------------
SENT = ("summary", "description", "dtstart", "dtend", "location", "transparency", "categories")


@pytest.fixture(scope="module")
def changed(wholes):
    """A village with its first class left out, its last one a week later, and one more."""
    plan = wholes["village"]
    session = plan.training.session
    last = session.iloc[-1:]
    later = last.assign(day=last["day"] + timedelta(days=7))
    rows = pd.concat([session.iloc[1:-1], later, last.assign(no=99)])
    return replace(plan, training=replace(plan.training, session=rows))


def said(event):
    return [getattr(event, name) for name in SENT]


@pytest.mark.parametrize("name", ["mid", "village", "known"])
def test_the_same_plan_sent_again_is_the_same_calendar(wholes, contents, name):
    first = ics_bytes(wholes[name], b"")
    assert ics_bytes(wholes[name], first) == first
    assert {event.sequence for event in read(first).values()} == {0}
    assert first.count(b"METHOD:PUBLISH\r\n") == 1 and b"STATUS:" not in first
    lines = [line for line in first.split(b"\r\n") if not line.startswith(b"SEQUENCE:")]
    alone = contents[name].split(b"\r\n")
    assert [line for line in lines if line not in alone] == [], "else it is the one without ledger"


def test_what_has_moved_is_counted_up_and_what_is_gone_is_cancelled(wholes, changed):
    first = ics_bytes(wholes["village"], b"")
    second = ics_bytes(changed, first)
    before, after, alone = read(first), read(second), read(ics_bytes(changed))
    assert set(after) == set(before) | set(alone) and len(set(alone) - set(before)) == 1
    (gone,) = set(before) - set(alone)
    (moved,) = (uid for uid in set(before) & set(alone) if said(before[uid]) != said(alone[uid]))
    for uid, event in after.items():
        assert event.sequence == (uid in (moved, gone)), uid
        assert (event.status == EventStatus.CANCELLED) == (uid == gone), uid
        assert event.dtstamp == datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC"))
        if uid != gone:
            assert said(event) == said(alone[uid])
    assert after[moved].dtstart == before[moved].dtstart + timedelta(days=7)
    assert after[gone].summary == f"【取消】{before[gone].summary}"
    assert (after[gone].dtstart, after[gone].dtend) == (before[gone].dtstart, before[gone].dtend)
    assert after[gone].transparency == "TRANSPARENT"
    assert ics_bytes(changed, second) == second, "cancelled once, told as long as it is so"


def test_what_comes_back_stands_again_under_a_higher_number(wholes, changed):
    first = ics_bytes(wholes["village"], b"")
    second = ics_bytes(changed, first)
    third = ics_bytes(wholes["village"], second)
    before, between, after = read(first), read(second), read(third)
    for uid, event in before.items():
        assert said(after[uid]) == said(event) and after[uid].status is None
        assert after[uid].sequence == 2 * between[uid].sequence
    assert sorted({event.sequence for event in after.values()}) == [0, 1, 2]
    (added,) = set(between) - set(before)
    assert (after[added].status, after[added].sequence) == (EventStatus.CANCELLED, 1)
    assert ics_bytes(wholes["village"], third) == third


def test_a_calendar_without_the_ledger_says_so(wholes, contents):
    text = contents["mid"].decode().replace("\r\n ", "")
    (note,) = re.findall(r"X-WR-CALDESC:(.*)\r\n", text)
    assert "台帳" in note and "SEQUENCE" in note and "取消" in note
    assert "SEQUENCE:" not in text and "X-WR-CALDESC" not in ics_bytes(wholes["mid"], b"").decode()
    assert calendar_of(wholes["mid"], None) == contents["mid"]


def test_the_ledger_of_a_folder_keeps_what_was_sent(wholes, changed, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    first = calendar_of(wholes["village"], here)
    assert first == calendar_of(wholes["village"], here) == ics_bytes(wholes["village"], b"")
    assert calendar_of(wholes["asked"], here) == ics_bytes(wholes["asked"], b"")
    assert calendar_of(changed, here) == ics_bytes(changed, first)
    assert calendar_of(changed, there) == ics_bytes(changed, b""), "another folder, another history"


@pytest.mark.rest
def test_a_city_planned_again_moves_its_entries(wholes, again, tmp_path):
    before = read(calendar_of(wholes["mid"], tmp_path))
    after, alone = read(calendar_of(again, tmp_path)), read(ics_bytes(again))
    gone = set(before) - set(alone)
    moved = {uid for uid in set(before) & set(alone) if said(before[uid]) != said(alone[uid])}
    assert gone and moved and set(after) == set(before) | set(alone)
    for uid, event in after.items():
        assert event.sequence == (uid in moved | gone), uid
        assert (event.status == EventStatus.CANCELLED) == (uid in gone), uid


def test_hostile_text_sent_again_stays_itself(wholes):
    plan = wholes["village"]
    training = replace(plan.training, session=plan.training.session.assign(title=EVIL, place=EVIL))
    evil = replace(plan, training=training)
    first = ics_bytes(evil, b"")
    assert ics_bytes(evil, first) == first
    second = read(ics_bytes(plan, first))
    assert {event.sequence for event in of_kind(second, "研修")} == {1}
    assert {event.sequence for event in of_kind(second, "予算")} == {0}
