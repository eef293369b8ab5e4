"""The planners of one city. The room can be called: ``dxplan.plan("市川市")`` plans it whole."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dxplan.door import CityPlan


class _Room(ModuleType):
    """A package with a door: no planner is loaded before somebody asks for a plan."""

    def __call__(self, name: object, effort: str | None = None) -> CityPlan:
        """See ``dxplan.door.plan_named``."""
        plan: CityPlan = import_module("dxplan.door").plan_named(name, effort)
        return plan


sys.modules[__name__].__class__ = _Room
