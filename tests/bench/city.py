"""CPU seconds and proven gaps of the plans of real municipalities.

``python -m tests.bench.city`` takes fixed cities of every size: the roadmap with its samples and
reasons, then all plans and the comparison of strategies at standard effort, and their median over
cities drawn by a seed. ``python -m tests.bench.city --all`` plans the 1,741 whole at quick effort
and fails if one of them fails.
"""

import argparse
import random
import statistics
import sys
import time
from dataclasses import replace

from dxplan.plan.budget import plan_budget
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.portfolio import plan_portfolio
from dxplan.plan.training import plan_training
from dxplan.plan.whole import Plan, plan_asked, plan_city, plan_strategies, staffed_ground
from dxplan.plan.why import plan_why
from dxplan.town.city import load_city, load_slugs

DRAW, DRAWN = 1, 60
CITIES = ("216046", "014095", "172031", "072028", "122033", "141003", "011002")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    if parser.parse_args().all:
        return _everything()
    plan_why(plan_pmo(load_city("172031")))  # compiled code is loaded before the clock starts
    print(
        "city             lots bars   CPU s samples s   why s       cost"
        "  status  P50 of the last lot"
    )
    for slug in CITIES:
        _rows(load_city(slug))
    _rows(_unmoved(load_city("141003")), " (nothing moved)")
    _loading()
    _wholes()
    return 0


def _loading():
    """CPU milliseconds of a city without a file: every tenth municipality."""
    codes = load_slugs(everything=True)[::10]
    began = time.process_time()
    for code in codes:
        load_city(code)
    spent = time.process_time() - began
    print(f"a city is loaded in {1000 * spent / len(codes):.1f} ms (every tenth of the country)")


def _wholes():
    """CPU seconds of each planner at standard effort, for the fixed cities and for drawn ones."""
    drawn = random.Random(DRAW).sample(load_slugs(everything=True), DRAWN)
    plan_strategies(plan_city(load_city("335860")))
    print("\nall plans at standard effort, CPU s")
    print("city          pmo  staffing portfolio training budget whole strategies  gap of staffing")
    found = [_whole(load_city(slug), slug in CITIES) for slug in dict.fromkeys((*CITIES, *drawn))][
        len(CITIES) :
    ]
    whole, strategies = zip(*found)
    print(
        f"median of {len(found)} municipalities drawn with seed {DRAW}: "
        f"whole {statistics.median(whole):.2f}, strategies {statistics.median(strategies):.2f}; "
        f"most {max(whole):.2f} and {max(strategies):.2f}"
    )


def _whole(city, show):
    times = [time.process_time()]

    def timed(planner, *given):
        answer = planner(*given)
        times.append(time.process_time())
        return answer

    pmo = timed(plan_pmo, city)
    staffing = timed(plan_asked, city, pmo)
    portfolio = timed(plan_portfolio, staffed_ground(staffing, pmo))
    training = timed(plan_training, city, pmo, staffing)
    budget = timed(plan_budget, city, pmo, staffing, training, portfolio)
    timed(plan_strategies, Plan(city, pmo, staffing, training, budget, portfolio))
    spent = [b - a for a, b in zip(times, times[1:])]
    if show:
        cells = "".join(f"{s:9.2f}" for s in (*spent[:5], sum(spent[:5]), spent[5]))
        print(f"{city.code} {city.name:8}{cells} {staffing.outcome.gap:12.1%}", flush=True)
    return sum(spent[:5]), spent[5]


def _unmoved(city):
    """The city with nothing moved and no step done: the largest plan there can be."""
    systems = tuple(
        replace(
            s, steps=replace(s.steps, value=0.0), state=replace(s.state, value="late"), late=True
        )
        for s in city.systems
    )
    return replace(city, systems=systems)


def _rows(city, word=""):
    times = [time.process_time()]
    plan = plan_pmo(city)
    times.append(time.process_time())
    told = plan.told.last
    times.append(time.process_time())
    plan_why(plan)
    times.append(time.process_time())
    spent = "".join(f"{b - a:8.2f}" for a, b in zip(times, times[1:]))
    middle = told["p50"].iloc[0] if len(told) else ""
    print(
        f"{city.code} {city.name + word:10} {len(plan.lots):4} {len(plan.task):4} {spent} "
        f"{plan.cost:10,.0f}  {plan.outcome.status}  {middle}",
        flush=True,
    )


def _everything():
    failed, begin, late = [], time.process_time(), 0
    for slug in load_slugs(everything=True):
        try:
            late += (plan_city(load_city(slug), "簡易").pmo.told.lot["chance"] < 0.5).any()
        except Exception as error:  # the bench reports every kind of failure and goes on
            failed.append(slug)
            print(f"{slug}: {type(error).__name__}: {error}", flush=True)
    print(
        f"1,741 municipalities: {len(failed)} failed, "
        f"{late} with a lot more likely after the end date than before, "
        f"{time.process_time() - begin:,.0f} CPU s at quick effort"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
