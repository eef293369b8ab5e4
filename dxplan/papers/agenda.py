"""The next monthly meeting: what runs and falls due, what is decided, how the dates are seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row
from dxplan.papers.forms import Entry
from dxplan.papers.initiatives import taken_rows
from dxplan.papers.lots import risk_entry, span_text
from dxplan.plan.whole import Plan
from dxplan.show import agenda, governance, labels, pmo

MONTHLY = ("joint", "issue", "office")  # the first that is held is the monthly one
TOP, FIRST = (5, 2)  # entries of the RAID log that are read out, and of which it is decided

Due = tuple[date, str, str]  # day, what it is about, what is due


def agenda_facts(plan: Plan) -> Row:
    """The facts of the next monthly meeting."""
    table = governance.meeting_table(plan.governance).frame.set_index("meeting")
    name = next(one for one in MONTHLY if one in table.index)
    held = plan.governance.meeting
    days = held.loc[held["meeting"] == name, "day"].tolist()
    day = days[0]
    until, ahead = (_after(days, place, day) for place in (1, 2))
    due = sorted(_due(plan))
    return {
        "meeting": labels.word_of("meeting", name),
        "meeting_purpose": labels.word_of("purpose", name),
        "day": labels.day_text(day),
        "members": table.at[name, "members"],
        "next_day": labels.day_text(until),
        "due": _entries(one for one in due if one[0] <= until),
        "ahead": _entries(one for one in due if until < one[0] <= ahead),
        "decide": list(_decisions(plan, ahead)),
        "work": list(_work(plan, day, until)),
        "outlooks": list(_outlooks(plan)),
        "top_risks": _risks(plan),
        "others": list(_others(plan, day, until)),
    }


def _after(days: list[date], place: int, day: date) -> date:
    """The day of a later meeting; where there is none, as many months later."""
    return days[place] if place < len(days) else months.month_later(day, place)


def _entries(due: Iterator[Due]) -> list[Entry]:
    return [Entry(labels.day_text(day), f"{what}: {text}") for day, what, text in due]


# --- what falls due -------------------------------------------------------------------------------
def _due(plan: Plan) -> Iterator[Due]:
    """What has a day: decisions, requests, ends of work items, classes, engagements."""
    for day, text in agenda.roadmap_decisions(plan.pmo):
        yield day, "移行", plan.city.called(text)
    yield from _requests(plan)
    task = plan.pmo.task
    for row in task[task["decided"].astype(bool)].itertuples():
        yield (
            row.finish,
            row.lot,
            f"「{row.item}」の期限(主担当 {plan.city.called(row.lead)})",
        )
    for row in plan.training.cohort.itertuples():
        yield row.start, "研修", f"{row.cohort}の開始"
    for row in plan.staffing.sought.itertuples():
        yield (
            row.start,
            "体制",
            f"{row.form}({row.count}人)の開始",
        )
    yield from _initiatives(plan)


def _requests(plan: Plan) -> Iterator[Due]:
    """What is asked for at each budget, beside the lots."""
    rows = plan.budget.request
    rows = rows[rows["group"] != "migration"]
    for (day, gate), part in rows.groupby(["request_by", "gate"]):
        groups = "・".join(dict.fromkeys(part["group"].map(labels.label_of)))
        yield day, "予算", f"{gate}の要求の締切({groups})"


def _initiatives(plan: Plan) -> Iterator[Due]:
    for row in taken_rows(plan):
        if row["state"] == "chosen":
            lead = plan.city.called(row["lead"])
            yield (
                row["begins"],
                row["name"],
                f"企画を始める月(主担当 {lead})",
            )
            yield (
                row["request_by"],
                row["name"],
                f"{row['gate']}の要求の締切",
            )


def _decisions(plan: Plan, ahead: date) -> Iterator[Entry]:
    """What has to be decided before the meeting after the next: initiatives, requests, risks."""
    for row in taken_rows(plan):
        if row["state"] == "chosen" and row["begins"] <= ahead:
            text = (
                f"取り組むか、誰が進めるかを決める。初期費用 {labels.yen_text(row['once'])}、"
                f"1年の運用費 {labels.yen_text(row['yearly'])}({labels.UNCONFIRMED})。"
                f"{row['gate']}の要求の締切は{labels.day_text(row['request_by'])}"
            )
            yield Entry(row["name"], text)
    for day, what, text in sorted(_requests(plan)):
        if day <= ahead:
            yield Entry(
                what,
                f"要求の内容と額を決める。{text}、{labels.day_text(day)}",
            )
    yield from _risks(plan)[:FIRST]


# --- how it stands --------------------------------------------------------------------------------
def _work(plan: Plan, day: date, until: date) -> Iterator[Entry]:
    """Work items that run between this meeting and the next."""
    task = plan.pmo.task
    running = task[(task["start"] <= until) & (task["finish"] >= day)]
    for row in running.itertuples():
        span = span_text(row.start, row.finish, row.decided)
        text = f"{row.item}。{span}。主担当 {plan.city.called(row.lead)}。余裕 {row.slack}週"
        yield Entry(row.lot, text)


def _outlooks(plan: Plan) -> Iterator[Entry]:
    """How each go-live is seen, and what sets it."""
    for row in pmo.lot_table(plan.pmo).frame.to_dict("records"):
        text = (
            f"稼働の見通し {row['told']}(幅 {row['range']})、期限に間に合う確率 {row['chance']}。"
            f"時期を決めるもの: {labels.word_of('set_by', row['set_by'])}"
        )
        yield Entry(row["lot"], text)


def _risks(plan: Plan) -> list[Entry]:
    """The first of the RAID log by rank."""
    frame = governance.raid_table(plan.governance).frame
    ranked = frame[pd.notna(frame["rank"])].sort_values("rank", key=lambda rank: rank.astype(int))
    return [risk_entry(row) for row in ranked.head(TOP).to_dict("records")]


def _others(plan: Plan, day: date, until: date) -> Iterator[Entry]:
    """The other meetings until the next one."""
    held = plan.governance.meeting
    for row in held[(held["day"] > day) & (held["day"] <= until)].itertuples():
        yield Entry(
            labels.day_text(row.day),
            labels.word_of("meeting", row.meeting),
        )
