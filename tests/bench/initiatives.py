"""The initiatives of the country: ``make initiatives``.

Every municipality is planned at quick effort on its roadmap and the people that it puts on
promotion; gap, cost, how many different first three there are, and what is done and comes back.
With ``--exact`` the same is proved for every so many of them.

    python -m tests.bench.initiatives [--every N] [--exact N]
"""

import argparse
import sys
import time
from collections import Counter
from multiprocessing import get_context

import numpy as np

from dxplan.plan.people import load_people
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.portfolio import build_ground, plan_portfolio
from dxplan.town.city import load_slugs
from tests.plans import QUICK, plain

WORKERS, EXACT = 2, "標準"
CPU, GAP, SETS = 0.12, 0.03, 40  # bars: seconds a city, gap, different first three


def main(words=None):
    """Tell the figures; 1 where a bar is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.initiatives", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="every n-th municipality")
    parser.add_argument("--exact", type=int, default=0, help="of those, every n-th is proved too")
    asked = parser.parse_args(words)
    codes = load_slugs(everything=True)[:: asked.every]
    proved = codes[:: asked.exact] if asked.exact else ()
    with get_context("fork").Pool(WORKERS) as pool:
        found = pool.map(_look, [(code, code in proved) for code in codes], chunksize=8)
    return _tell(found)


def _look(job):
    """What one city's initiatives are."""
    code, proved = job
    city = plain(code)
    pmo = plan_pmo(city)
    people = load_people(city, pmo)
    if not pmo.done:
        pmo.told  # noqa: B018 -- drawn once, and not the portfolio's own cost
    start = time.process_time()
    ground = build_ground(city, pmo, people.month, people.left)
    rough = plan_portfolio(ground, QUICK)
    spent = time.process_time() - start
    exact, took = None, 0.0
    if proved:
        start = time.process_time()
        exact = plan_portfolio(ground, EXACT)
        took = time.process_time() - start
    rows = rough.row[rough.row["state"] == "chosen"].sort_values(["request_by", "live", "id"])
    done = rough.row[rough.row["state"] == "done"]["id"]
    return {
        "code": code,
        "late": bool(len(pmo.lots)),
        "spent": spent,
        "gap": rough.outcome.gap,
        "first": tuple(sorted(rows["id"].head(3))),
        "count": len(rows),
        "back": bool(set(done) & set(rough.chosen)),
        "over": bool((rough.load["dx"] > rough.load["room"] + 1e-6).any()),
        "beyond": rough.missing,
        "exact": exact and (exact.outcome.gap, took, exact.value, rough.value),
    }


def _tell(found):
    spent = np.array([one["spent"] for one in found])
    gaps = np.array([one["gap"] for one in found])
    sets = Counter(one["first"] for one in found)
    empty = [one["code"] for one in found if not one["late"] and one["count"] < 3]
    print(f"{len(found):,} cities, CPU {spent.mean():.3f} s a city, most {spent.max():.2f}")
    print(f"gap: most {gaps.max():.2%}, above {GAP:.0%} in {(gaps > GAP).sum()}")
    print(f"different first three: {len(sets)}; most common {sets.most_common(3)}")
    print(f"without lots and fewer than three initiatives: {len(empty)} {empty[:8]}")
    print(f"done ones that come back: {sum(one['back'] for one in found)}")
    print(f"people beyond the room: {sum(one['over'] for one in found)}")
    print(f"musts beyond the money: {sum(one['beyond'] > 0 for one in found)}")
    proved = [one["exact"] for one in found if one["exact"]]
    if proved:
        table = np.array(proved)
        loss = 1 - table[:, 3] / np.maximum(1, table[:, 2])
        print(f"{len(table)} proved: gap 0 in {(table[:, 0] < 1e-6).mean():.0%}")
        print(f"proof: CPU {table[:, 1].mean():.2f} s, most {table[:, 1].max():.2f}")
        print(f"quick loses at most {loss.max():.2%}")
    wrong = (gaps > GAP).sum() + len(empty) + sum(one["back"] or one["over"] for one in found)
    return int(wrong > 0 or len(sets) < SETS or spent.mean() > CPU)


if __name__ == "__main__":
    sys.exit(main())
