"""The proved plan of what was changed, made in a process of its own: it remembers its last plan and starts from it."""

from __future__ import annotations

import copyreg
from types import MappingProxyType

from dxplan.city import load_city, load_trial
from dxplan.plan.again import plan_again
from dxplan.plan.whole import Plan, plan_city

_last: dict[str, Plan] = {}


def plan_slug(slug: str, text: str) -> Plan:
    """The plan of a base with the changes of a variant's text.

    Parameters
    ----------
    slug : the base.
    text : YAML of the variant; "" for the base itself.

    Raises
    ------
    ParamError
        As of ``load_trial`` and ``plan_city``.
    """
    city = load_trial(f"{slug.split('--')[0]}--試算", text) if text else load_city(slug)
    last = _last.get(slug)
    plan = plan_again(city, last) if last else plan_city(city)
    _last[slug] = plan
    return plan


def _frozen(found: dict) -> MappingProxyType:
    return MappingProxyType(found)


copyreg.pickle(MappingProxyType, lambda found: (_frozen, (dict(found),)))  # plans cross from process to process
