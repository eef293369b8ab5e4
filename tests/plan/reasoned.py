"""A plan with other reasons than its own: what is said of rows that no city has."""

from dataclasses import replace

from dxplan.plan.parts import Parts


def reasoned(plan, why):
    """A copy of all plans, or of a roadmap alone, whose reasons are these rows."""
    copy = replace(plan) if isinstance(plan, Parts) else Parts(plan.city, plan, *[None] * 4)
    vars(copy)["why"] = why
    return copy
