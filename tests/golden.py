"""Headline numbers of fixed cities: ``python -m tests.golden`` rewrites them (``make golden``).

The roadmap by the defaults, without any params file: whole numbers, the same on every machine.
"""

from pathlib import Path

import pandas as pd

from dxplan.plan.pmo import plan_pmo
from dxplan.town.city import load_city

FILE = Path(__file__).with_name("golden.csv")
EMPTY = FILE.parent / "web"  # a folder without params files
CITIES = ("141003", "172031", "216046", "401005", "131164", "072028")


def headlines() -> pd.DataFrame:
    """A row a city: bars, lots, systems to move, last go-live, its P50 and P80, cost in points."""
    plans = [plan_pmo(load_city(slug, EMPTY)) for slug in CITIES]
    return pd.DataFrame([_row(plan) for plan in plans]).astype(str)


def _row(plan) -> dict:
    told = plan.told.last.iloc[0]
    return {
        "city": plan.city.code,
        "bars": len(plan.task),
        "lots": len(plan.lots),
        "systems": int(plan.lots["systems"].sum()),
        "earliest": plan.earliest,
        "p50": told["p50"],
        "p80": told["p80"],
        "chance": f"{told['chance']:.2f}",
        "cost": f"{plan.cost:.2f}",
        "steps": f"{plan.progress['steps']:.4f}",
    }


if __name__ == "__main__":
    headlines().to_csv(FILE, index=False)
    print(f"{FILE.name}: {len(CITIES)} cities")
