"""The five plans of one city, and the reasons of its roadmap: what the other topics rest on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dxplan.plan.budget import BudgetPlan
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.portfolio import Portfolio
from dxplan.plan.staffing import StaffingPlan
from dxplan.plan.training import TrainingPlan
from dxplan.plan.why import plan_branches, plan_why
from dxplan.town.city import City


@dataclass(frozen=True, eq=False)  # one is itself alone: what is worked out from it is kept
class Parts:
    """The plans of one city; each rests on those before it. Reasons are made when asked for."""

    city: City
    pmo: PmoPlan
    staffing: StaffingPlan
    training: TrainingPlan
    budget: BudgetPlan
    portfolio: Portfolio

    @cached_property
    def why(self) -> pd.DataFrame:
        """What sets the date of each lot, and what would help: see ``plan_why``."""
        return plan_why(self.pmo)

    @cached_property
    def branches(self) -> pd.DataFrame:
        """The open questions answered both ways: see ``plan_branches``."""
        return plan_branches(self.pmo)
