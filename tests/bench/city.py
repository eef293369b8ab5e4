"""CPU seconds and proven gap of the roadmap of real municipalities.

``python -m tests.bench.city`` takes fixed cities of every size at each effort;
``python -m tests.bench.city --all`` plans the 1,741 at quick effort and fails if one of them fails.
"""

import argparse
import sys
import time
from dataclasses import replace

from dxplan.city import load_city, load_slugs
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.why import plan_why

CITIES = ("216046", "014095", "172031", "072028", "122033", "141003", "011002")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    if parser.parse_args().all:
        return _everything()
    plan_pmo(load_city("335860"), "standard")  # compiled code is loaded before the clock starts
    print("city              jobs effort      CPU s   why s       cost      bound     gap  last go-live")
    for slug in CITIES:
        _rows(load_city(slug))
    _rows(_from_nothing(load_city("141003")), " (from nothing)")
    return 0


def _from_nothing(city):
    """The city with no step done: the largest plan there can be."""
    return replace(city, systems=tuple(
        replace(s, steps=replace(s.steps, value=0.0), live=False, in_scope=True) for s in city.systems))


def _rows(city, word=""):
    for effort in ("quick", "standard", "thorough"):
        begin = time.process_time()
        plan = plan_pmo(city, effort)
        middle = time.process_time()
        plan_why(plan)
        end = time.process_time()
        print(f"{city.code} {city.name + word:10} {len(plan.task):4} {effort:9} {middle - begin:7.2f} {end - middle:7.2f} "
              f"{plan.cost:10,.0f} {plan.outcome.bound / 100:10,.0f} {plan.outcome.gap:7.1%}  {plan.finish}", flush=True)


def _everything():
    failed, begin, late = [], time.process_time(), 0
    for slug in load_slugs(everything=True):
        try:
            late += (plan_pmo(load_city(slug), "quick").cutover["spare"] < 0).any()
        except Exception as error:  # the bench reports every kind of failure and goes on
            failed.append(slug)
            print(f"{slug}: {type(error).__name__}: {error}", flush=True)
    print(f"1,741 municipalities: {len(failed)} failed, {late} with a system after the end state, "
          f"{time.process_time() - begin:,.0f} CPU s at quick effort")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
