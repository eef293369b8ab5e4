"""Outsiders and new staff: what a call for applicants says, and the PMO who accompanies."""

from __future__ import annotations

from collections.abc import Iterator

from dxplan.facts.catalog import Row
from dxplan.papers.forms import Entry, Facts
from dxplan.plan.costs import PMO
from dxplan.plan.whole import Plan
from dxplan.show import engagement, labels
from dxplan.town.city import City

TOLD = ("職務の内容", "働く日数", "人数と期間")  # of a role sheet; the rest is the town hall's own


def role_facts(plan: Plan) -> Iterator[Facts]:
    """The facts of each form of people that the plan looks for; pay is the town hall's to say."""
    rows = engagement.recruit_table(plan.staffing).frame
    for form, part in rows.groupby("form", sort=False):
        told = dict(zip(part["what"], part["content"], strict=True))
        terms = [Entry(name, told[name].partition("(1人で")[0]) for name in TOLD]
        yield {"form": form, "terms": terms}


def pmo_facts(plan: Plan) -> Row:
    """Whether the plan has a PMO from outside, from when until when, and what it does."""
    sought = plan.staffing.sought
    rows = sought[sought["form"] == PMO]
    term = ""
    if len(rows):
        first, last = (
            rows["start"].min(),
            rows["finish"].max(),
        )
        term = f"{labels.date_text(first)}から{labels.date_text(last)}まで"
    return {
        "pmo_term": term,
        "pmo_duty": duty_of(plan.city),
    }


def duty_of(city: City) -> str:
    """What a PMO from outside does."""
    return next(form.duty for form in city.forms if form.name == PMO)
