"""Budgets of hand-made plans, for a town in which nothing but what a test adds costs anything."""

import csv
from dataclasses import replace
from datetime import date
from types import MappingProxyType, SimpleNamespace

import pandas as pd

from dxplan.facts import months
from dxplan.facts.params import Value
from dxplan.files import DATA
from dxplan.plan.block import block_of
from dxplan.plan.budget import plan_budget
from dxplan.plan.staffing import StaffingPlan
from dxplan.town.city import load_city
from dxplan.town.defaults import load_specs
from tests.plan.cities import in_state

DONE = "014231"  # a town whose systems are all live


def town(**numbers):
    """A town with nothing left to migrate and no running cost: only what a test adds has a cost."""
    return load_city(DONE).changed(running_yen=0, **{"cap_basis": "見積額の全額", **numbers})


def dated(city, name, *rows):
    """The city with dated values (from, value) of a parameter, grade A."""
    unit = load_specs()[name].unit
    made = tuple(
        Value(name, value, unit, "2026-11-23", "市の資料", "A", start) for start, value in rows
    )
    return replace(city, values=MappingProxyType({**city.values, name: made}))


def budget(
    city,
    spent=(),
    outside=(),
    cohorts=(),
    works=(),
    cutover=(),
    task=(),
    gate=(),
    link=None,
    contract=(),
    built=None,
):
    """A budget of hand-made plans, which are given as rows.

    They are spent (fiscal, item, yen), outside (month, form, count), cohorts (fiscal, step, start,
    finish), works (fiscal, works), cutover (business, live), task (lot, start, finish, vendor),
    gate (lot, ...), contract (form, start, finish, count, yen, and True where it runs already), and
    the day on which an environment is built.
    """
    gates = months.gates([rule for rule, _ in city.gates], city.start, date(2040, 1, 1))
    bars = pd.DataFrame(list(task), columns=["lot", "start", "finish", "vendor"]).assign(
        phase="prepare"
    )
    lives = dict(cutover)
    lots = [
        (lot.contract_end, lives.get(lot.businesses[0], date(2030, 1, 1)), lot.businesses)
        for lot in city.lots
    ]
    pmo = SimpleNamespace(
        city=city,
        gates=gates,
        cutover=pd.DataFrame(list(cutover), columns=["business", "live"]),
        projects=[SimpleNamespace(lot=lot, block=block_of(city, lot)) for lot in city.lots if task],
        lots=pd.DataFrame(lots, columns=["contract_end", "live", "businesses"]),
        task=pd.concat(
            [
                bars.assign(task=bars["lot"].astype(str) + "/SET", no="11"),
                _bar(link, "link", "18", "LINK"),
                _bar(built, "prepare", "14", "ENV"),
            ],
            ignore_index=True,
        ),
        gate=pd.DataFrame(list(gate), columns=["lot", "gate", "fiscal", "request_by", "available"]),
    )
    staffing = SimpleNamespace(
        city=city,
        month=(city.start,),
        cost=pd.DataFrame(list(spent), columns=["fiscal", "item", "yen"]),
        outside=pd.DataFrame(list(outside), columns=["month", "form", "count"]),
        contract=pd.DataFrame(
            [(*row, False)[:6] for row in contract],
            columns=["form", "start", "finish", "count", "yen", "given"],
        ),
    )
    staffing.sought = StaffingPlan.sought.fget(staffing)
    training = SimpleNamespace(
        city=city,
        automation=pd.DataFrame(list(works), columns=["fiscal", "works"]),
        cohort=pd.DataFrame(list(cohorts), columns=["fiscal", "step", "start", "finish"]),
    )
    return plan_budget(city, pmo, staffing, training)


def _bar(day, phase, no, key):
    """A bar of one day without much work of a vendor: an interim link, an environment."""
    vendor = 0.5 if phase == "link" else 0.0
    rows = [("ロット1", day, day, vendor, phase, f"ロット1/{key}", no)] if day else []
    return pd.DataFrame(rows, columns=["lot", "start", "finish", "vendor", "phase", "task", "no"])


def size_of(city, business):
    """The price of a business beside the mean one of those that the city runs, from the file."""
    with (DATA / "business_work.csv").open(encoding="utf-8", newline="") as file:
        weight = {row["business"]: float(row["weight"]) for row in csv.DictReader(file)}
    scope = [weight[system.business] for system in city.systems if system.in_scope]
    return weight[business] * len(scope) / sum(scope)


def rounded(yen):
    """Yen in whole thousands."""
    return round(yen / 1000) * 1000


def funds(plan, fiscal):
    """Fund -> yen of a fiscal year."""
    part = plan.funding[plan.funding["fiscal"] == fiscal]
    return part.groupby("fund")["yen"].sum().to_dict()


def moving(business, **said):
    """The town with one system still to move, in its own lot; a params file may say more of it."""
    city = load_city(DONE).changed(
        running_yen=1_200_000, migration_yen=10_000_000, parallel_months=0, cloud_share=0
    )
    systems = tuple(in_state(s, "late") if s.business == business else s for s in city.systems)
    return replace(city, systems=systems, said={"ロット1": {"origin": city.at("dx_staff"), **said}})
