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
from dxplan.show.sentences import sentence
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
        yield day, sentence("decide.ask", count=len(asked), names=_names_text(asked))
    for text in announced_texts(plan.city):
        yield day, text
    unknown = plan.unoffered
    if len(unknown):
        lots = "・".join(unknown["lot"])
        yield day, sentence("decide.offer", lots=lots)


def _names_text(names: list[str]) -> str:
    if len(names) <= NAMED:
        return "・".join(names)
    return f"{names[0]}ほか{len(names) - 1}"


def budget_decisions(plan: PmoPlan) -> Iterator[Decision]:
    """What is asked for at each budget occasion of the roadmap."""
    for (day, name), part in plan.gate.groupby(["request_by", "gate"], sort=False):
        lots = "・".join(part["lot"])
        spend = labels.date_text(part["available"].iloc[0])
        yield (
            day,
            sentence(
                "decide.budget",
                gate=name,
                lots=lots,
                day=spend,
            ),
        )


def _fronts(plan: PmoPlan) -> Iterator[Decision]:
    """Where the papers and the tender of a lot begin, and where its contract is signed."""
    for lot, bars in plan.task.groupby("lot", sort=False):
        papers = bars[bars["phase"] == PAPERS]
        tender = bars[bars["phase"] == TENDER]
        if len(papers):
            yield _begun("decide.papers", lot, papers)
        if len(tender):
            yield _begun("decide.tender", lot, tender)
        signed = tender[tender["no"] == CONTRACT]
        if len(signed):
            yield max(signed["finish"]), sentence("decide.signing", lot=lot)


def _begun(phrase: str, lot: str, bars: pd.DataFrame) -> Decision:
    """The first of some bars: its day, its work item and who leads it."""
    row = bars.sort_values("start", kind="stable").iloc[0]
    return row["start"], sentence(phrase, lot=lot, item=row["item"], lead=row["lead"])


def _extensions(plan: PmoPlan) -> Iterator[Decision]:
    for row in plan.lots[plan.lots["extension"] > 0].to_dict("records"):
        day = months.next_open(max(plan.city.start, row["decide_by"]))
        yen = labels.yen_text(plan.extension_yen[row["lot"]])
        longer = sentence(
            "decide.extension",
            lot=row["lot"],
            months=row["extension"],
            yen=yen,
        )
        yield day, longer


def _cutovers(plan: PmoPlan) -> Iterator[Decision]:
    for row in plan.lots[plan.lots["decided"].astype(bool)].to_dict("records"):
        live = labels.date_text(row["live"])
        yield row["cutover"], sentence("decide.cutover", title=row["title"], day=live)


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
