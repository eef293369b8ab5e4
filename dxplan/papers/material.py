"""What the papers are filled with: the facts of a plan, each made once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from dxplan.facts.catalog import Row
from dxplan.papers.agenda import agenda_facts
from dxplan.papers.forms import Entry, Facts, summed, table_entries
from dxplan.papers.initiatives import initiative_facts
from dxplan.papers.lots import lot_facts
from dxplan.papers.money import project_facts, year_entries
from dxplan.papers.roles import pmo_facts, role_facts
from dxplan.plan.whole import Plan
from dxplan.show import (
    budget,
    governance,
    labels,
    pmo,
    portfolio,
    staffing,
    training,
)
from dxplan.show.state import (
    lacking_texts,
    present_text,
    question_text,
    situation_text,
)


class Material:
    """The facts of a plan by what a sheet is written for; each is a list, one entry a sheet.

    ``once`` those of the whole plan, ``lot``, ``initiative``, ``form`` (of people), ``project`` (of
    the budget).
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def of(self, scope: str) -> list[Facts]:
        """The facts of each sheet of a scope; those of the whole plan stand behind its own."""
        found: Sequence[Facts] = getattr(self, scope)
        return [{**self.whole, **facts} for facts in found]

    @property
    def once(self) -> list[Facts]:
        """The facts of a paper that is written once."""
        return [{}]

    @cached_property
    def lot(self) -> list[Facts]:
        """The facts of each lot."""
        return list(lot_facts(self.plan))

    @cached_property
    def initiative(self) -> list[Facts]:
        """The facts of each DX initiative that is taken up or runs."""
        return list(initiative_facts(self.plan))

    @cached_property
    def form(self) -> list[Facts]:
        """The facts of each form of people that is looked for."""
        return list(role_facts(self.plan))

    @cached_property
    def project(self) -> list[Facts]:
        """The facts of each project of the budget."""
        return list(project_facts(self.plan))

    @cached_property
    def whole(self) -> Facts:
        """What every sheet may say: the town hall, its aims, summaries, lists of all."""
        plan, city = self.plan, self.plan.city
        return {
            "city": city.name,
            "pref": city.pref,
            "basis": labels.date_text(city.basis),
            "start": labels.date_text(plan.pmo.start),
            "end": labels.date_text(city.at("end_date").day),
            "target": labels.date_text(city.at("target_date").day),
            "print": city.fingerprint(),
            **self._told(),
            **self._lists(),
            **agenda_facts(plan),
            **pmo_facts(plan),
        }

    def _told(self) -> Row:
        """Sentences of the chapters."""
        plan, city = self.plan, self.plan.city
        return {
            "situation": situation_text(city),
            "asked_first": question_text(city),
            "lacking": "".join(lacking_texts(city)),
            "present": present_text(city),
            "outlook": pmo.last_text(plan.pmo),
            "said_people": staffing.summary_text(plan.staffing),
            "said_training": training.training_text(plan.training),
            "said_worth": training.worth_text(plan.training),
            "said_budget": budget.summary_text(plan.budget),
            "said_running": budget.running_text(plan.budget),
            "said_portfolio": portfolio.portfolio_text(plan),
            "said_steering": governance.summary_text(plan.governance),
            "lots_left": not plan.pmo.done,
            "people_left": bool(self.form),
        }

    def _lists(self) -> Row:
        """Lists that name every lot, initiative, meeting, year and duty."""
        plan = self.plan
        meetings = governance.meeting_table(plan.governance)
        years = plan.budget.year.set_index("fiscal")[["subsidy", "bond", "general"]]
        return {
            "lots": [_lot_entry(facts) for facts in self.lot],
            "initiative_list": summed([_initiative_entry(facts) for facts in self.initiative]),
            "meetings": table_entries(meetings, "meeting", "members", "cadence", "purpose"),
            "all_years": year_entries(years, plan.pmo.start),
            "kpis": [_kpi_entry(facts) for facts in self.initiative if facts["kpi"]],
        }


def _lot_entry(facts: Facts) -> Entry:
    text = (
        f"{facts['systems']}。担当 {facts['sections']}。稼働の見通し {facts['told']}、"
        f"期限に間に合う確率 {facts['chance']}"
    )
    if facts["decided"]:
        text += f"。団体が定めた稼働日 {facts['live']}"
    return Entry(facts["title"], text, _total(facts))


def _initiative_entry(facts: Facts) -> Entry:
    text = f"主担当 {facts['lead']}。使い始める見込み {facts['use'] or '―'}。{facts['sureness']}"
    return Entry(f"{facts['id']} {facts['initiative']}", text, _total(facts))


def _total(facts: Facts) -> float:
    """The sum of a list of money; 0 where there is none."""
    money: list[Entry] = facts["money"]
    return money[-1].thousand or 0.0 if money else 0.0


def _kpi_entry(facts: Facts) -> Entry:
    return Entry(facts["initiative"], facts["kpi"])
