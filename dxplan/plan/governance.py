"""How the plan is steered: who does what (RACI), what may go wrong (RAID), who meets when.

RACI        One row a work item of the plan, and one a duty beside the migration (budget, people, training, control). The
            lead of a work item is responsible, its supporters are consulted; accountable is the first of the town hall's
            own roles among the leads, else among the supporters, and the mayor for what is decided for the whole town
            hall. The PMO is informed of all that it does not do itself. One A a row.
RAID        See ``register``: what the plan itself shows, rated by stated limits (``rating``).
Meetings    See ``meetings``: real days.

The division of duties is a proposal (grade G): every town hall has its own rules of delegation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dxplan.facts import catalog
from dxplan.plan.meetings import Meeting, plan_meetings
from dxplan.plan.rating import Entry
from dxplan.plan.register import build_register
from dxplan.plan.whole import Plan
from dxplan.town.city import City

ROLES = ("mayor", "board", "office", "dx", "section", "finance", "personnel", "contract", "vendor")
NAMED = {  # how data/work_items.csv names them; whoever is not here stands outside the roles (the council)
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
MIGRATION, BUDGET, PEOPLE, TRAINING, CONTROL = (
    "migration",
    "budget",
    "people",
    "training",
    "control",
)
DUTIES = (  # area, duty, accountable, responsible beside it, consulted, informed
    (BUDGET, "request", "dx", "section", "finance office", "mayor board"),
    (BUDGET, "funding", "finance", "dx", "office", "board"),
    (PEOPLE, "recruit", "personnel", "dx", "finance contract", "board office"),
    (PEOPLE, "handover", "dx", "office", "section", "board personnel"),
    (TRAINING, "seat", "personnel", "section", "dx", "office"),
    (TRAINING, "teach", "personnel", "dx", "section office", "board"),
    (TRAINING, "automate", "section", "", "dx personnel", "board office"),
    (CONTROL, "progress", "mayor", "office", "dx section vendor", "board finance"),
    (CONTROL, "change", "mayor", "office", "board dx section finance", "contract vendor"),
    (CONTROL, "cutover", "mayor", "dx section", "office vendor", "board finance"),
)
TOP = 10
LETTERS = ("A/R", "A", "R", "C", "I", "")
RACI = ("area", "no", "item", "first", "last", "count", "decided", *ROLES)
RAID = ("id", *Entry._fields, "score", "rank")


@dataclass(frozen=True)
class Governance:
    """RACI, RAID log and meetings of one city; tables are not to be changed.

    Attributes
    ----------
    raci : area, no and item (of the work item, or the key of a duty), first and last day (dates), count (bars of the plan),
        decided (whether the days may be told as days), and for each of ``ROLES`` A/R, A, R, C, I or nothing.
    raid : id, category (risk, assumption, issue, dependency), topic, facts (what its sentence needs), likelihood and impact
        (1..3; 0 where the plan says nothing of them), owner (role), due (date), origin, grade, score (their product), rank
        (1..10 of the top, else 0).
    meeting : meeting (board, review, office, issue, vendor, community), day, about, names, due (day of the decision that it
        prepares, or None), suits (outside council and busy months).
    """

    city: City
    raci: pd.DataFrame
    raid: pd.DataFrame
    meeting: pd.DataFrame


def plan_governance(plan: Plan, why: pd.DataFrame) -> Governance:
    """Who does what, what may go wrong and who meets when, for all plans of a city.

    Parameters
    ----------
    plan : all plans of the city.
    why : the table of ``plan_why`` for its roadmap.
    """
    held = plan_meetings(plan)
    raci = pd.DataFrame([*_items(plan), *_duties(plan)], columns=list(RACI))
    return Governance(plan.city, raci, _raid(build_register(plan, why, held)), _frame(held))


def _frame(held: Sequence[Meeting]) -> pd.DataFrame:
    return pd.DataFrame(list(held), columns=list(Meeting._fields))


# --- RACI ----------------------------------------------------------------------------------------------------
def _items(plan: Plan) -> Iterator[tuple]:
    """The work items that the plan still has to do, in the order of the procedure."""
    spans = {no: _span(bars) for no, bars in plan.pmo.task.groupby("no")}
    for row in catalog.load_table("work_items").to_dict("records"):
        if row["key"] in spans:
            letters = _letters(row["key"], _roles(row["lead"]), _roles(row["support"]))
            yield (MIGRATION, row["key"], row["item"], *spans[row["key"]], *letters)


def _span(bars: pd.DataFrame) -> tuple[date, date, int, bool]:
    """First and last day of some bars, how many they are, and whether all of them are decided."""
    return min(bars["start"]), max(bars["finish"]), len(bars), bool(bars["decided"].all())


def _roles(text: object) -> list[str]:
    """Roles in a cell of leads or supporters, each once, in the order named."""
    names = str(text if text == text else "").split("・")
    return list(dict.fromkeys(NAMED[name] for name in names if name in NAMED))


def _letters(key: str, leads: list[str], supporters: list[str]) -> list[str]:
    inner = [role for role in (*leads, *supporters) if role not in OUTER]
    one = "mayor" if key in DECIDED or not inner else inner[0]
    return _row(one, leads, supporters, ["board"] * (key in REPORTED))


def _row(
    accountable: str, responsible: Sequence[str], consulted: Sequence[str], informed: Sequence[str]
) -> list[str]:
    def letter(role: str) -> str:
        if role == accountable:
            return "A/R" if role in responsible or not responsible else "A"
        found = (("R", responsible), ("C", consulted), ("I", (*informed, "office")))
        return next((word for word, roles in found if role in roles), "")

    return [letter(role) for role in ROLES]


def _duties(plan: Plan) -> Iterator[tuple]:
    """The duties beside the migration that the plan has work for."""
    spans = dict(_spans(plan))
    for area, duty, accountable, beside, consulted, informed in DUTIES:
        if duty in spans:
            both = (
                beside.split()
                if duty in ("progress", "change", "cutover")
                else [accountable, *beside.split()]
            )
            yield (
                area,
                "",
                duty,
                *spans[duty],
                *_row(accountable, both, consulted.split(), informed.split()),
            )


def _spans(plan: Plan) -> Iterator[tuple[str, tuple[date, date, int, bool]]]:
    """Duty -> its first and last day, how many there are, whether they are decided."""
    contract, cohort, request = plan.staffing.contract, plan.training.cohort, plan.budget.request
    outside, third = contract[contract["kind"] == "outside"], cohort[cohort["step"] == 3]
    found = {
        "recruit": contract["start"],
        "handover": outside["finish"],
        "seat": cohort["start"],
        "automate": third["finish"],
    }
    for duty, days in found.items():
        if len(days):
            yield duty, (min(days), max(days), len(days), True)
    for duty, name in (("request", "request_by"), ("funding", "available")):
        if len(request):
            yield duty, (min(request[name]), max(request[name]), request[name].nunique(), True)
    if len(cohort):
        yield "teach", (min(cohort["start"]), max(cohort["finish"]), len(cohort), True)
    yield from _control(plan)


def _control(plan: Plan) -> Iterator[tuple[str, tuple[date, date, int, bool]]]:
    """The cutovers; and progress and changes, which run to the last day of any plan."""
    lot, task = plan.pmo.lot, plan.pmo.task
    ends = [*task["finish"], *plan.training.cohort["finish"], *plan.staffing.contract["finish"]]
    end = max([plan.city.at("end_date").value, *ends])
    open_ = {day for day, decided in zip(task["finish"], task["decided"]) if not decided}
    if len(lot):
        decided = bool(lot["decided"].all())
        yield "cutover", (min(lot["cutover"]), max(lot["cutover"]), len(lot), decided)
    for duty in ("progress", "change"):
        yield duty, (plan.city.start, end, 1, end not in open_)


# --- RAID ----------------------------------------------------------------------------------------------------
def _raid(entries: Sequence[Entry]) -> pd.DataFrame:
    """Entries with their ids by category, score and rank: highest score first, then earliest due, then id."""
    count: Counter = Counter()
    ids = []
    for entry in entries:
        count[entry.category] += 1
        ids.append(f"{entry.category[0].upper()}{count[entry.category]:02d}")
    score = [entry.likelihood * entry.impact for entry in entries]
    order = sorted(
        (i for i, points in enumerate(score) if points),
        key=lambda i: (-score[i], entries[i].due, ids[i]),
    )
    place = {i: rank for rank, i in enumerate(order[:TOP], 1)}
    return pd.DataFrame(
        [(ids[i], *entry, score[i], place.get(i, 0)) for i, entry in enumerate(entries)],
        columns=list(RAID),
    )
