"""What is to be decided next: the dated decisions of the roadmap, questions first, as a list.

A cutover that nobody has decided is no decision and has no day; its vendor is asked at the start.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.timetable import PAPERS, TENDER
from dxplan.show import labels
from dxplan.show.state import announced_texts, asked_systems, lacking_texts
from dxplan.show.style import Text

NEXT = 5  # decisions on the first page
CONTRACT = "9"  # the work item that signs
NAMED = 3  # more businesses than these are told as the first and so many more

Decision = tuple[date, str]


def roadmap_decisions(plan: PmoPlan) -> Iterator[Decision]:
    """(day, sentence) of what is asked, begun, signed, extended, and of cutovers that are set."""
    yield from _questions(plan)
    yield from budget_decisions(plan)
    yield from _fronts(plan)
    yield from _extensions(plan)
    yield from _cutovers(plan)


def dateless_decisions(plan: PmoPlan) -> Iterator[Decision]:
    """What is asked, begun and signed: nothing of it has a day of its own in the tables."""
    yield from _questions(plan)
    yield from _fronts(plan)


def _questions(plan: PmoPlan) -> Iterator[Decision]:
    day = months.next_open(plan.city.start)
    for text in lacking_texts(plan.city):
        yield day, text
    asked = [system.business for system in asked_systems(plan.city)]
    if asked:
        systems = f"要確認の{len(asked)}システム({_names_text(asked)})"
        yield day, f"{systems}が稼働しているかを確かめる。"
    for text in announced_texts(plan.city):
        yield day, text
    unknown = plan.lots["offered"].isna() & ~plan.lots["decided"].astype(bool)
    if unknown.any():
        lots = "・".join(plan.lots.loc[unknown, "lot"])
        yield day, f"{lots}のベンダに、稼働できる日を書面で求める。"


def _names_text(names: list[str]) -> str:
    if len(names) <= NAMED:
        return "・".join(names)
    return f"{names[0]}ほか{len(names) - 1}"


def budget_decisions(plan: PmoPlan) -> Iterator[Decision]:
    """What is asked for at each budget occasion of the roadmap."""
    for (day, name), part in plan.gate.groupby(["request_by", "gate"], sort=False):
        lots = "・".join(part["lot"])
        spend = labels.date_text(part["available"].iloc[0])
        yield day, f"{name}の要求の締切。{lots}の契約の予算を要求する({spend}から執行)。"


def _fronts(plan: PmoPlan) -> Iterator[Decision]:
    """Where the papers and the tender of a lot begin, and where its contract is signed."""
    for lot, bars in plan.task.groupby("lot", sort=False):
        papers = bars[bars["phase"] == PAPERS]
        tender = bars[bars["phase"] == TENDER]
        if len(papers):
            yield min(papers["start"]), f"{lot}の予算要求の準備を始める({_first_text(papers)})。"
        if len(tender):
            yield min(tender["start"]), f"{lot}の調達・契約を始める({_first_text(tender)})。"
        signed = tender[tender["no"] == CONTRACT]
        if len(signed):
            yield max(signed["finish"]), f"{lot}の契約と詳細日程を確定する。"


def _first_text(bars: pd.DataFrame) -> str:
    """The first work item of some bars, with its lead."""
    row = bars.sort_values("start", kind="stable").iloc[0]
    return f"{row['item']}。主担当: {row['lead']}"


def _extensions(plan: PmoPlan) -> Iterator[Decision]:
    for row in plan.lots[plan.lots["extension"] > 0].to_dict("records"):
        day = months.next_open(max(plan.city.start, row["decide_by"]))
        yen = labels.yen_text(plan.extension_yen[row["lot"]])
        yield day, f"{row['lot']}の現行契約の延長({row['extension']}か月・{yen})を決める。"


def _cutovers(plan: PmoPlan) -> Iterator[Decision]:
    for row in plan.lots[plan.lots["decided"].astype(bool)].to_dict("records"):
        yield row["cutover"], f"切替の初日: {row['title']}({labels.date_text(row['live'])}に稼働)。"


# --- days -----------------------------------------------------------------------------------------
def by_day(found: Iterable[Decision]) -> list[Decision]:
    """The next days with what is decided on them; what falls on one day stands together."""
    days: dict[date, dict[str, None]] = {}
    for day, text in found:
        days.setdefault(day, {})[text] = None  # what two topics ask alike is asked once
    return [(day, "".join(days[day])) for day in sorted(days)[:NEXT]]


def dated_list(found: Iterable[Decision]) -> Text:
    """The next days as a list."""
    items = ""
    for day, text in by_day(found):
        time = f'<time datetime="{day}">{labels.day_text(day)}</time>'
        items += f"<li>{time} {html.escape(text)}</li>"
    return Text(f'<ol class="decisions">{items}</ol>')
