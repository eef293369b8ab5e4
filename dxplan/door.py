"""The door for people who write Python: a municipality's name in, its plan with figures out."""

from __future__ import annotations

from dataclasses import fields

from dxplan.plan.whole import Plan, plan_city
from dxplan.show import shelf
from dxplan.show.style import Shown
from dxplan.town.city import load_city


class CityPlan(Plan):
    """A plan that can also be looked at: what is on the shelf is found by its name."""

    def figure(self, name: str) -> Shown:
        """A figure of the shelf, such as ``roadmap`` or ``staffing.load``.

        Where the plan has nothing to draw, it is the sentence that says why.

        Raises
        ------
        LookupError
            No figure has this name; near names are told.
        """
        return shelf.exhibit_of(f"{name}_figure").show(self)

    def table(self, name: str) -> Shown:
        """A table of the shelf, such as ``lot``; ``.frame`` holds its data.

        Where the plan has no rows for it, it may be the sentence that says why.

        Raises
        ------
        LookupError
            No table has this name; near names are told.
        """
        return shelf.exhibit_of(f"{name}_table").show(self)


def plan_named(name: object, effort: str | None = None) -> CityPlan:
    """The plan of a municipality.

    Parameters
    ----------
    name : 市川市, 東京都府中市, a code (also as a number), or the stem of a params file.
    effort : 簡易, 標準 or 入念; the city's own where None.

    Raises
    ------
    CityError
        No such municipality, or a lot has no window.
    ParamError
        The params file has faults.
    """
    plan = plan_city(load_city(name), effort)
    return CityPlan(*(getattr(plan, part.name) for part in fields(plan)))
