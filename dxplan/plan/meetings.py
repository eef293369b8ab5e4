"""Who meets when: the meetings of a whole plan, and who is the PMO.

Beside those that follow from the roadmap (``sittings``) stand what the budget asks for and the
community of the learners; all go on until the last outsider has left and the last class is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dxplan.facts import months
from dxplan.plan.parts import Parts
from dxplan.plan.sittings import (
    COMMUNITY,
    FRIDAY,
    JOINED,
    ORDER,
    Diary,
    Meeting,
    deadlines,
    of_month,
    plan_sittings,
    regular,
)


def plan_meetings(plan: Parts) -> tuple[Meeting, ...]:
    """The meetings of a plan in the order of their days."""
    city, last = plan.city, _until(plan)
    held = plan_sittings(city, plan.pmo, last, deadlines(plan.budget.request))
    if city.at("meeting_style").word != JOINED:
        held += _community(plan, Diary(city, months.next_open(city.start), last))
    held.sort(key=lambda meeting: (meeting.day, ORDER.index(meeting.meeting)))
    return tuple(held)


def _until(plan: Parts) -> date:
    """The last day that the PMO looks after: migration, outsiders and classes are over."""
    start = plan.city.start
    days: list[date] = [*plan.pmo.task["finish"], *plan.training.session["day"]]
    return max(months.next_open(start), plan.staffing.exit or start, *days)


def _community(plan: Parts, diary: Diary) -> Iterator[Meeting]:
    """Once a month on a Friday that suits, as long as learners of step 2 are in the community."""
    cohort = plan.training.cohort
    count = int(plan.city.number("community_months"))
    firsts = set()
    for end in set(cohort.loc[cohort["step"] == 2, "finish"]):
        for _ in range(count):
            end = months.first_of_next_month(end)
            firsts.add(end)
    for first in sorted(firsts):
        # the end of the plan may cut a month
        if first > diary.last:
            break
        day = of_month(diary, first, FRIDAY)
        if diary.suits(day) and day <= diary.last:
            yield regular(COMMUNITY, day, True)
