"""Whole plans of the country as officers check them: ``make check-plans``.

Every rule of ``tests.bench.check`` is held against the plans of all municipalities at quick effort;
each fault is counted by kind and listed by city with a sentence. With ``--moves`` it is tried how
the staffing answers when the plan is longer, learning is slower, or something gets easier.

    python -m tests.bench.plans [--every N | --city CODE ...] [--papers N] [--moves [--parts ...]]
"""

import argparse
import os
import sys
import time
import traceback
from collections import Counter, defaultdict
from multiprocessing import get_context

import numpy as np

from dxplan.plan.whole import plan_city
from dxplan.town.city import load_city, load_slugs
from tests.bench.check import moves, papers
from tests.bench.check.rules import FULL, faults, measures
from tests.plans import NOWHERE, QUICK

WORKERS, TOLD, PAPERS = 2, 12, 10
PEAK, WHOLE = 0.90, 0.95  # shares of cities; of engagements and of cities


def main(words=None):
    """Check what the command line names; 1 where anything is wrong."""
    asked = _asked(words)
    codes = asked.city or load_slugs(everything=True)[:: asked.every]
    if asked.moves:
        return moves.main(codes, asked.effort, asked.parts.split(","))
    found, wrong = _checked(codes), 0
    if found:
        wrong += _tell_faults(found)
        wrong += _tell_measures(found)
    if asked.papers:
        wrong += papers.main(codes, asked.papers)
    print(f"CPU {_spent():,.0f} s in all")
    print("all rules hold" if not wrong else f"{wrong} bars are broken")
    return int(wrong > 0)


def _asked(words):
    parser = argparse.ArgumentParser(prog="python -m tests.bench.plans", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="every n-th municipality")
    parser.add_argument("--city", nargs="+", help="codes")
    parser.add_argument("--papers", type=int, default=PAPERS, help="cities whose files are read")
    parser.add_argument("--moves", action="store_true", help="plans made again")
    parser.add_argument("--parts", default=",".join(moves.PARTS), help="which of the moves")
    parser.add_argument("--effort", default=QUICK, help="of plans made again")
    return parser.parse_args(words)


def _spent():
    """CPU seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


# --- all plans ------------------------------------------------------------------------------------
def check(code):
    """(code, name, faults, measures, CPU seconds) of a municipality."""
    begin, name = time.process_time(), ""
    try:
        city = load_city(code, NOWHERE)
        name = f"{city.pref}{city.name}"
        plan = plan_city(city, QUICK)
        wrong, counted = faults(plan), measures(plan)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
        wrong, counted = [("crash", text)], None
    return code, name, wrong, counted, time.process_time() - begin


def _checked(codes):
    found = []
    with get_context("fork").Pool(WORKERS) as pool:
        for one in pool.imap_unordered(check, codes, chunksize=2):
            found.append(one)
            if len(found) % 50 == 0 or len(found) == len(codes):
                wrong = sum(bool(row[2]) for row in found)
                spent = sum(row[4] for row in found)
                print(f"{len(found)}/{len(codes)} cities, {wrong} with faults, CPU {spent:,.0f} s")
                sys.stdout.flush()
    return sorted(found)


def _tell_faults(found):
    """Kinds with counts, the first cities of each in full, the codes of all."""
    kinds = defaultdict(list)
    for code, name, wrong, *_ in found:
        for kind, text in wrong:
            kinds[kind].append((code, name, text))
    print(f"\n{len(found)} cities, {sum(map(len, kinds.values()))} faults")
    for kind, rows in sorted(kinds.items()):
        codes = list(dict.fromkeys(code for code, *_ in rows))
        print(f"- {kind}: {len(rows)} in {len(codes)} cities: {' '.join(codes)}")
        for code, name, text in rows[:TOLD]:
            print(f"    {code} {name}: {text}")
    return len(kinds)


def _tell_measures(found):
    """The bars that are shares, and what is only told."""
    rows = [(code, name, one) for code, name, _, one, _ in found if one]
    if not rows:
        return 1
    wrong = 0
    wide = [(code, one) for code, _, one in rows if one["peak"] > one["most"]]
    share = 1 - len(wide) / len(rows)
    wrong += _bar("peak of outsiders at most max(1, half of the DX section)", share, PEAK)
    print("   ", ", ".join(f"{c} {o['peak']}>{o['most']:g}" for c, o in wide[:30]))
    total = sum(one["engagements"] for *_, one in rows)
    brief = sum(one["brief"] for *_, one in rows)
    wrong += _bar(f"of {total} engagements last 12 months", 1 - brief / max(1, total), WHOLE)
    cut = sum(one["brief_cut"] for *_, one in rows)
    cities = [(code, one) for code, _, one in rows if one["brief"]]
    wrong += _bar("of cities have none under 12 months", 1 - len(cities) / len(rows), WHOLE)
    print(f"    {brief} brief, of which {cut} to the plan's end; cities:")
    for code, one in cities[:TOLD]:
        print(f"    {code}: {'、'.join(one['brief_list'])}")
    _tell_spread("staffing gap", [(one["gap"], code) for code, _, one in rows])
    _tell_spread("training gap", [(one["training_gap"], code) for code, _, one in rows])
    _tell_spread("share of work short", [(one["short_share"], code) for code, _, one in rows])
    short = [(code, one) for code, _, one in rows if one["pmo_short"] > FULL]
    print(f"PMO short by over {FULL} FTE in some month, told as shortage: {len(short)} cities:")
    print("   ", ", ".join(f"{c} {o['pmo_short']:.2f}×{o['pmo_short_months']}月" for c, o in short))
    left = sum(bool(one["pmo_left_early"]) for *_, one in rows)
    print(f"PMO伴走 ends before the last hypercare in {left} cities")
    early, classes = (sum(one[key] for *_, one in rows) for key in ("january", "cohorts"))
    print(f"classes that start before 12 January: {early} of {classes}")
    asked = sum(one["external"] for *_, one in rows)
    print(
        f"cities with outsiders by dx_external_talent, none known, and outsiders planned: {asked}"
    )
    none = sum(one["self_reliant"] == "None" for *_, one in rows)
    years = Counter(one["self_reliant"][:4] for *_, one in rows)
    print(f"self-reliance by year: {dict(sorted(years.items()))}, never in {none}")
    return wrong


def _bar(text, share, least):
    broken = share < least
    print(f"{'BROKEN ' if broken else ''}{share:.1%} {text} (at least {least:.0%})")
    return int(broken)


def _tell_spread(text, pairs):
    values = np.array([value for value, _ in pairs])
    ends = np.quantile(values, [0.5, 0.9, 0.99, 1.0])
    worst = ", ".join(f"{code} {value:.1%}" for value, code in sorted(pairs)[:-7:-1])
    told = " ".join(f"{end:.1%}" for end in ends)
    print(f"{text}: P50, P90, P99, most {told}; worst {worst}")


if __name__ == "__main__":
    sys.exit(main())
