"""Plans made again, and other seeds of the samples, over the country; a part of ``make nation``."""

import random
import time
from multiprocessing import get_context

from dxplan.plan.pmo import plan_pmo
from dxplan.plan.sample import told_dates
from tests.plan.changes import more_staff, nights, quarter, relaxed, short_of, slipped
from tests.plan.rivals import Choices

SEEDS, SEEN, RELAXED, OVER, PEOPLE = 10, 100, 300, 30, 20
KOMATSU = "172031"
SHARE = 0.95  # of the lots: the quarters of P50 and of P80 are the same for all seeds
MOVED, EXTRA = 0.25, 0.05  # other lots a city; of the slip's own cost


_GIVEN: list = []


def shared_out(work, things):
    """What a function makes of some plans or cities, by all cores.

    They are inherited by fork, since they cannot be sent.
    """
    _GIVEN[:] = [work, things]
    with get_context("fork").Pool() as pool:
        return pool.map(_piece, range(len(things)), chunksize=5)


def _piece(k):
    work, things = _GIVEN
    return work(things[k])


def main(plans):
    """All bars of plans made again and of seeds; ``plans`` are those of all cities with lots."""
    _slips([plan.city for plan in plans if 2 <= len(plan.lots) <= 5])
    _relaxations([plan.city for plan in plans])
    _one_more(plans)
    _seeds(random.Random(3).sample(plans, SEEN))
    _speed([plan for plan in plans if plan.city.facts.class_ == "指定都市"])


# --- plans made again -----------------------------------------------------------------------------
def _slips(cities):
    """The first lot's data migration takes eight weeks longer, ten weeks into its block."""
    found = shared_out(slipped, cities)
    moved, free = (
        sum(getattr(slip, name) for slip in found) / len(found) for name in ("moved", "free")
    )
    cost, extra = (sum(getattr(slip, name) for slip in found) for name in ("cost", "extra"))
    print(
        f"a slip in {len(found)} cities: {moved:.2f} other lots moved a city "
        f"(at most {MOVED}; {free:.2f} without a price of moves), "
        f"{sum(slip.early for slip in found)} started lots earlier, "
        f"{extra / cost:.1%} of the slip's own cost more than planned without it "
        f"(at most {EXTRA:.0%})",
        flush=True,
    )
    assert all(slip.same for slip in found) and not any(slip.early for slip in found)
    assert moved <= MOVED and extra <= EXTRA * cost


def _relaxations(cities):
    """Whatever gets easier, the old dates stay possible, so a plan made again costs no more."""
    chance = random.Random(5)
    drawn = chance.sample(cities, OVER)
    cases = [relaxed(drawn[k % OVER], chance) for k in range(RELAXED)]
    dearer = shared_out(_is_dearer, cases)
    words = {
        word: sum(case[0] == word for case in cases) for word in sorted({case[0] for case in cases})
    }
    print(
        f"{RELAXED} relaxations over {OVER} cities: "
        f"{sum(dearer)} dearer than the old dates; {words}",
        flush=True,
    )
    assert not any(dearer)


def _is_dearer(case):
    """Whether a plan made again costs more than the old nights, which have to be possible still."""
    word, before, after = case
    base = plan_pmo(before)
    again, old = plan_pmo(after, base), nights(base)
    kept = [
        [c.window.closure.start for c in project.columns].index(old[project.lot.name])
        for project in again.projects
    ]
    return again.cost * 100 > Choices(again, after).priced(kept)


def _one_more(plans):
    """One person more in the DX section: less is short; no lot of 小松市 moves by over a window."""
    short = [plan for plan in plans if short_of(plan, "dx") > 0.05]
    for plan in random.Random(7).sample(short, PEOPLE):
        assert short_of(plan_pmo(more_staff(plan.city), plan)) < short_of(plan), plan.city.name
    base = next(plan for plan in plans if plan.city.code == KOMATSU)
    new = nights(plan_pmo(more_staff(base.city), base))
    for project, column in zip(base.projects, base.columns):
        order = sorted(column.window.closure.start for column in project.columns)
        assert (
            abs(order.index(column.window.closure.start) - order.index(new[project.lot.name])) <= 1
        )
    print(
        f"one person more: less is short in {PEOPLE} of {len(short)} cities "
        "that are short of people, and no lot of 小松市 moves by more than a window",
        flush=True,
    )


# --- seeds ----------------------------------------------------------------------------------------
def _seen(plan):
    """A row a lot and quantile: (quantile, same, held, wide).

    They say whether all seeds have one quarter, whether the range of the first seed holds all, and
    whether that range has two quarters.
    """
    told = [
        told_dates(
            plan.city.changed(seed=seed), plan.frame, plan.projects, plan.columns
        ).lot.set_index("lot")
        for seed in range(1, SEEDS + 1)
    ]
    rows = []
    for lot in told[0].index:
        for name in ("p50", "p80"):
            quarters = {quarter(one.at[lot, name]) for one in told}
            low, high = (quarter(told[0].at[lot, f"{name}_{end}"]) for end in ("from", "to"))
            rows.append(
                (
                    name,
                    len(quarters) == 1,
                    low <= min(quarters) and max(quarters) <= high,
                    low != high,
                )
            )
    return rows


def _seeds(plans):
    """The told quarters are the same for all seeds, or the range that is printed holds them."""
    rows = [row for rows in shared_out(_seen, plans) for row in rows]
    for name in ("p50", "p80"):
        part = [row for row in rows if row[0] == name]
        same, held, wide = (sum(row[k] for row in part) for k in (1, 2, 3))
        print(
            f"{SEEDS} seeds, {len(plans)} cities, {name}: "
            f"one quarter in {same} of {len(part)} lots ({same / len(part):.1%}, at "
            f"least {SHARE:.0%}); the range of the first seed holds all in {held}; "
            f"it has two quarters in {wide}",
            flush=True,
        )
        assert same >= SHARE * len(part) and held >= 0.99 * len(part)


def _speed(plans):
    """CPU seconds of 1,000 samples of a designated city."""
    spent = []
    for plan in plans:
        begin = time.process_time()
        assert len(told_dates(plan.city, plan.frame, plan.projects, plan.columns).lot) == len(
            plan.lots
        )
        spent.append(time.process_time() - begin)
    print(f"1,000 samples of a designated city: at most {max(spent):.2f} CPU s (bar 0.3)")
