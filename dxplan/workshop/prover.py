"""The proved plan of what was changed, made in a process of its own.

It remembers its last plan and starts from it.
"""

from __future__ import annotations

import copyreg
from types import MappingProxyType

import pandas as pd

from dxplan.facts.nodes import ParamError
from dxplan.plan.again import plan_again
from dxplan.plan.whole import Plan, plan_city, plan_options
from dxplan.processes import follow as follow
from dxplan.town.city import City, load_city

_last: dict[str, Plan] = {}


def plan_proved(city: City) -> Plan:
    """The proved plan of a city.

    Parameters
    ----------
    city : a base, or what changes at the table have made of it.

    Raises
    ------
    ParamError
        As of ``plan_city``.
    """
    last = _last.get(city.code)
    plan = plan_again(city, last) if last else plan_city(city)
    _last[city.code] = plan
    return plan


def plan_choices(
    city: City, variants: tuple[str, ...], now: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The present plan, the strategies on it and the saved variants, by the same measures.

    Parameters
    ----------
    city : as of ``plan_proved``.
    variants : slugs of saved variants.
    now : what the present plan is called.

    Returns
    -------
    the table of ``plan_options``, and the faults of the variants that cannot be planned.
    """
    others, faults = {}, []
    for variant in variants:
        try:
            others[variant.partition("--")[2]] = plan_city(load_city(variant))
        except ParamError as fault:
            faults.append(f"変更案 {variant}: {fault}")
    return plan_options(plan_proved(city), others, now), tuple(faults)


def _frozen(values: dict) -> MappingProxyType:
    return MappingProxyType(values)


# cities and plans cross from process to process
copyreg.pickle(MappingProxyType, lambda frozen: (_frozen, (dict(frozen),)))
