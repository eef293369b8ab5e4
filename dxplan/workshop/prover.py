"""The proved plan of what was changed, made in a process of its own.

It remembers its last plan and starts from it.
"""

from __future__ import annotations

import copyreg
import os
from multiprocessing import parent_process
from threading import Thread
from types import MappingProxyType

import pandas as pd

from dxplan.facts.nodes import ParamError
from dxplan.plan.again import plan_again
from dxplan.plan.whole import Plan, plan_city, plan_options
from dxplan.town.city import load_city, load_trial

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
    city = load_trial(trial_of(slug), text) if text else load_city(slug)
    last = _last.get(slug)
    plan = plan_again(city, last) if last else plan_city(city)
    _last[slug] = plan
    return plan


def trial_of(slug: str) -> str:
    """The slug of a variant, of a base or of a variant of it, that has no name yet."""
    return f"{slug.split('--')[0]}--試算"


def plan_choices(
    slug: str, text: str, variants: tuple[str, ...], now: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The present plan, the strategies on it and the saved variants, by the same measures.

    Parameters
    ----------
    slug, text : as of ``plan_slug``.
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
    return plan_options(plan_slug(slug, text), others, now), tuple(faults)


def follow() -> None:
    """End this process with the one that asks it: a kernel that was killed closes nothing."""
    Thread(target=_leave, daemon=True).start()


def _leave() -> None:
    parent_process().join()
    os._exit(1)


def _frozen(values: dict) -> MappingProxyType:
    return MappingProxyType(values)


# plans cross from process to process
copyreg.pickle(MappingProxyType, lambda frozen: (_frozen, (dict(frozen),)))
