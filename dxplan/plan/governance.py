"""How the plan is steered: who does what (RACI), what may go wrong (RAID), who meets when.

RACI        One row a work item of the plan, and one a duty beside the migration (budget, people,
            training, control). The lead of a work item is responsible, its supporters are
            consulted; accountable is the first of the town hall's own roles among the leads, else
            among the supporters, and the mayor for what is decided for the whole town hall. The PMO
            is informed of all that it does not do itself. One A a row.
RAID        See ``register``: what the plan itself shows, rated by stated limits (``rating``).
Meetings    See ``meetings``: real days.

The division of duties is a proposal (grade G): every town hall has its own rules of delegation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import Cells
from dxplan.plan.costs import PMO
from dxplan.plan.meetings import plan_meetings
from dxplan.plan.parts import Parts
from dxplan.plan.rating import Entry
from dxplan.plan.register import build_register
from dxplan.plan.sittings import Meeting, meeting_hours
from dxplan.town.city import City

ROLES = tuple("mayor board office dx section finance personnel contract general vendor".split())
# how data/work_items.csv names them; whoever is not here stands outside the roles (the council)
NAMED = {
    "首長": "mayor",
    "CIO": "mayor",
    "PMO": "office",
    "情報政策課": "dx",
    "業務所管課": "section",
    "全業務所管課": "section",
    "財政課": "finance",
    "契約課": "contract",
    "法制": "contract",
    "選定委員会": "contract",
    "ベンダ": "vendor",
    "現行ベンダ": "vendor",
    "運用管理補助者": "vendor",
}
DECIDED = {"1", "6.2", "8"}  # work items that are decided for the whole town hall
REPORTED = {"4", "6.1", "6.2", "9", "16"}  # work items of which the headquarters hear
OUTER = {"vendor", "office"}
OFFICES = ("finance", "personnel", "contract")  # in a small town hall one office: general
LETTERS = ("A/R", "A", "R", "C", "I", "")  # the strongest first
TOP = 10
RACI = ("area", "no", "item", "first", "last", "count", "decided", *ROLES)
RACI_OF_ONE = tuple(column for column in RACI if column not in OFFICES)
RAID = ("id", *Entry._fields, "score", "rank")


@dataclass(frozen=True)
class Governance:
    """RACI, RAID log and meetings of one city; tables are not to be changed.

    Attributes
    ----------
    raci : area, no and item (of the work item, or the key of a duty), first and last day (dates),
        count (bars of the plan), decided (whether the days may be told as days), and for each of
        ``ROLES`` A/R, A, R, C, I or nothing.
    raid : id, category (risk, assumption, issue, dependency), topic, facts (what its sentence
        needs), likelihood and impact (1..3; 0 where the plan says nothing of them), owner (role),
        due (date), origin, grade, score (their product), rank (1..10 of the top, else 0).
    meeting : meeting (board, review, office, issue, vendor, community), day, about, names, due (day
        of the decision that it prepares, or None), suits (outside council and busy months).
    hours : month, meeting, times, and hours of the meetings: see ``meeting_hours``.
    office : last day on which an outsider is the PMO; None where none is.
    """

    city: City
    raci: pd.DataFrame
    raid: pd.DataFrame
    meeting: pd.DataFrame
    hours: pd.DataFrame
    office: date | None


def plan_governance(plan: Parts) -> Governance:
    """Who does what, what may go wrong and who meets when, for all plans of a city.

    Parameters
    ----------
    plan : all plans of the city.
    """
    held = plan_meetings(plan)
    city, meeting = plan.city, pd.DataFrame(held, columns=list(Meeting._fields))
    raci = pd.DataFrame([*_items(plan), *_duties(plan)], columns=list(RACI))
    raid = _raid(build_register(plan, held))
    if city.joined:
        raid["owner"] = raid["owner"].replace(dict.fromkeys(OFFICES, "general"))
        raci = _joined(raci)
    else:
        raci = raci.drop(columns="general")
    return Governance(city, raci, raid, meeting, meeting_hours(city, held), _office(plan))


def _office(plan: Parts) -> date | None:
    """The last day on which somebody from outside accompanies the project as its PMO."""
    contract = plan.staffing.contract
    last = contract.loc[contract["form"] == PMO, "finish"].max()
    return last if isinstance(last, date) else None


def _joined(raci: pd.DataFrame) -> pd.DataFrame:
    """The letters of three offices as those of one: the strongest, and both of A and R."""
    merged = []
    for letters in raci[list(OFFICES)].itertuples(index=False):
        found = set(letters)
        letter = "A/R" if found >= {"A", "R"} else min(found, key=LETTERS.index)
        merged.append(letter)
    return raci.drop(columns=list(OFFICES)).assign(general=merged)[[*RACI_OF_ONE]]


# --- RACI -----------------------------------------------------------------------------------------
class _Span(NamedTuple):
    """First and last day of some work, how many bars it has, and whether all are decided."""

    first: date
    last: date
    bars: int
    decided: bool


def _span(
    starts: Collection[date],
    ends: Collection[date],
    decided: bool = True,
) -> _Span:
    return _Span(min(starts), max(ends), len(starts), decided)


def _items(plan: Parts) -> Iterator[Cells]:
    """The work items that the plan still has to do, in the order of the procedure."""
    spans = {}
    for no, bars in plan.pmo.task.groupby("no"):
        decided = bool(bars["decided"].all())
        spans[no] = _span(bars["start"], bars["finish"], decided)
    for row in catalog.load_table("work_items").to_dict("records"):
        key = row["key"]
        if key in spans:
            letters = _letters(key, _roles(row["lead"]), _roles(row["support"]))
            yield ("migration", key, row["item"], *spans[key], *letters)


def _roles(text: object) -> list[str]:
    """Roles in a cell of leads or supporters, each once, in the order named."""
    if not isinstance(text, str):
        return []  # an empty cell
    roles = [NAMED[name] for name in text.split("・") if name in NAMED]
    return list(dict.fromkeys(roles))


def _letters(key: str, leads: list[str], supporters: list[str]) -> list[str]:
    inner = [role for role in (*leads, *supporters) if role not in OUTER]
    accountable = inner[0] if inner else "mayor"
    if key in DECIDED:
        accountable = "mayor"
    informed = ["board"] if key in REPORTED else []
    return _row(accountable, leads, supporters, informed)


def _row(
    accountable: str,
    responsible: Sequence[str],
    consulted: Sequence[str],
    informed: Sequence[str],
) -> list[str]:
    """The letters of a row, in the order of ``ROLES``."""
    # who stands in two lists has the stronger letter, which is written last
    letters = dict.fromkeys(ROLES, "")
    letters |= dict.fromkeys((*informed, "office"), "I")
    letters |= dict.fromkeys(consulted, "C")
    letters |= dict.fromkeys(responsible, "R")
    alone = accountable in responsible or not responsible
    letters[accountable] = "A/R" if alone else "A"
    return list(letters.values())


def _duties(plan: Parts) -> Iterator[Cells]:
    """The duties beside the migration that the plan has work for."""
    spans = _spans(plan)
    for row in catalog.load_table("duties").itertuples():
        if row.duty in spans:
            others = row.responsible.split(), row.consulted.split(), row.informed.split()
            letters = _row(row.accountable, *others)
            yield (row.area, "", row.duty, *spans[row.duty], *letters)


def _spans(plan: Parts) -> dict[str, _Span]:
    """Duty -> when it is done; without those that the plan has no work for."""
    contract, cohort = plan.staffing.contract, plan.training.cohort
    begun = plan.staffing.sought["start"]
    request = plan.budget.request
    # what is handed in on one day counts once
    asked = request["request_by"].unique()
    spent = request["available"].unique()
    leaving = contract.loc[contract["kind"] == "outside", "finish"]
    automated = cohort.loc[cohort["step"] == 3, "finish"]
    days = {
        "recruit": (begun, begun),
        "handover": (leaving, leaving),
        "seat": (cohort["start"], cohort["start"]),
        "teach": (cohort["start"], cohort["finish"]),
        "automate": (automated, automated),
        "request": (asked, asked),
        "funding": (spent, spent),
    }
    spans = {duty: _span(*both) for duty, both in days.items() if len(both[0])}
    return spans | _control(plan)


def _control(plan: Parts) -> dict[str, _Span]:
    """The cutovers; and progress and changes, which run to the last day of any plan."""
    lot, task = plan.pmo.lots, plan.pmo.task
    end = plan.city.at("end_date").day
    for table in (task, plan.training.cohort, plan.staffing.contract):
        end = max([end, *table["finish"]])
    undecided = set(task.loc[~task["decided"].astype(bool), "finish"])
    whole = _Span(plan.city.start, end, 1, end not in undecided)
    spans = {"progress": whole, "change": whole}
    if len(lot):
        decided = bool(lot["decided"].all())
        spans["cutover"] = _span(lot["cutover"], lot["cutover"], decided)
    return spans


# --- RAID -----------------------------------------------------------------------------------------
def _raid(entries: Sequence[Entry]) -> pd.DataFrame:
    """Entries with ids by category, score and rank.

    The highest score comes first, then the earliest due day, then the id.
    """
    count = Counter[str]()
    rows = []
    for entry in entries:
        count[entry.category] += 1
        name = f"{entry.category[0].upper()}{count[entry.category]:02d}"
        score = entry.likelihood * entry.impact
        rows.append({"id": name, **entry._asdict(), "score": score, "rank": 0})
    rated = [row for row in rows if row["score"]]
    rated.sort(key=lambda row: (-row["score"], row["due"], row["id"]))
    for rank, row in enumerate(rated[:TOP], 1):
        row["rank"] = rank
    return pd.DataFrame(rows, columns=list(RAID))
