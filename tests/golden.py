"""Headline numbers of fixed cities: ``python -m tests.golden`` rewrites golden.csv (``make golden``).

Quick effort, which is search alone: whole numbers, the same on every machine.
"""

from pathlib import Path

import pandas as pd

from dxplan.city import load_city
from dxplan.plan.pmo import plan_pmo

FILE = Path(__file__).with_name("golden.csv")
CITIES = ("141003", "012025", "172031", "122033", "216046", "014095")


def headlines() -> pd.DataFrame:
    """One row a city: jobs, pending systems, last go-live, systems past the end state, cost in points."""
    plans = [plan_pmo(load_city(slug), "quick") for slug in CITIES]
    return pd.DataFrame([{
        "city": plan.city.code, "jobs": len(plan.task), "pending": len(plan.cutover), "finish": str(plan.finish),
        "late": int((plan.cutover["spare"] < 0).sum()), "cost": f"{plan.cost:.2f}",
        "steps": f"{plan.progress['steps']:.4f}", "work": f"{plan.progress['work']:.4f}",
    } for plan in plans]).astype(str)


if __name__ == "__main__":
    headlines().to_csv(FILE, index=False)
    print(f"{FILE.name}: {len(CITIES)} cities")
