"""Changes of a city after a first plan, and what the plan made again does with them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from dxplan.facts.params import Value
from dxplan.plan.pmo import plan_pmo
from tests.plans import country

SLIP = 8  # weeks by which a data migration takes longer
INTO = 10  # weeks into the block of the first lot: the day on which the plan is made again


def value(name, found, unit=""):
    """A value that a test says."""
    return Value(name, found, unit, "2026-11-28", "試験", "G", where="試験")


def said_of(city, lot, **words):
    """The city with something more said of a lot; its other words stay."""
    words = {**city.said.get(lot, {}), "origin": value("lot", lot), **words}
    return replace(city, said=MappingProxyType({**city.said, lot: MappingProxyType(words)}))


def on_day(city, day):
    """The city whose plan starts on a day, whatever the day."""
    return replace(
        city, values=MappingProxyType({**city.values, "start_date": (value("start_date", day),)})
    )


def by_defaults(least, most):
    """The cities with so many lots, by the defaults alone."""
    return [city for city in country().values() if least <= len(city.lots) <= most]


def bare(plan):
    """Objective of a plan without the price of moves, in points."""
    return plan.cost - sum(column.move for column in plan.columns) / 100


def nights(plan):
    """Lot -> its night."""
    return dict(zip(plan.lots["lot"], plan.lots["cutover"]))


@dataclass(frozen=True)
class Slip:
    """What a slip of the first lot's data migration does to a city.

    Attributes
    ----------
    moved : other lots that moved; free : those that a plan without a price of moves would move.
    early : started lots that moved to an earlier night.
    same : whether the plan made again without the slip has the old nights.
    cost : of the slip itself (points); what the price of moves adds to the objective without it.
    """

    city: str
    moved: int
    free: int
    early: int
    same: bool
    cost: float
    extra: float


def slipped(city):
    """A slip in the first lot of a city, some weeks into its block."""
    base = plan_pmo(city)
    first = base.lots.iloc[0]
    still = on_day(city, first["begins"] + timedelta(weeks=INTO))
    later = said_of(still, first["lot"], longer=MappingProxyType({"データ抽出": SLIP}))
    quiet, again, free = (
        plan_pmo(still, base),
        plan_pmo(later, base),
        plan_pmo(later.changed(price_move=0), base),
    )
    old, new, best = nights(base), nights(again), nights(free)
    begins = dict(zip(base.lots["lot"], base.lots["begins"]))
    others = [lot for lot in old if lot != first["lot"]]
    return Slip(
        city.name,
        sum(old[lot] != new[lot] for lot in others),
        sum(old[lot] != best[lot] for lot in others),
        sum(begins[lot] < again.start and new[lot] < old[lot] for lot in old),
        nights(quiet) == old,
        free.cost - quiet.cost,
        bare(again) - free.cost,
    )


# --- relaxations: what was possible stays so ------------------------------------------------------
def relaxed(city, chance):
    """(word, city, city) before and after a change that takes a bound away or makes one wider.

    It is drawn by ``chance``; in half of the cases the plan is made again on a later day.
    """
    lot = chance.choice([lot.name for lot in city.lots])
    done = frozenset(chance.sample(["設定", "PIA", "環境構築", "条例改正"], 2))
    wider = {
        "people": (city, city.scaled(people=chance.uniform(1.1, 3.0))),
        "vendor": (city, city.changed(vendor_likely=date(2027, chance.randint(4, 12), 1))),
        "reserve": (city, city.changed(reserve_weeks=chance.randint(4, 12))),
        "papers": (city, city.changed(papers_reserve=chance.randint(0, 7))),
        "wait": (city.changed(wait_most=chance.randint(8, 20)), city),
        "gates": (city.changed(budget_gates="当初予算のみ"), city),
        "tender": (city, city.changed(rfp_start="予算要求後")),
        "done": (city, said_of(city, lot, done=done)),
        "signed": (city, said_of(city, lot, contracted=True)),
        "elections": (city, replace(city, elections=())),
        "rehearsals": (city, said_of(city, lot, rehearsals=2)),
        "link": (city, city.changed(price_link=0)),
    }
    word = chance.choice(sorted(wider))
    before, after = wider[word]
    if chance.random() < 0.5:
        after = on_day(after, plan_pmo(before).start + timedelta(weeks=chance.randint(1, 30)))
    return word, before, after


# --- people ---------------------------------------------------------------------------------------
def more_staff(city):
    """The city with one person more in its DX section."""
    return city.changed(dx_staff=city.number("dx_staff") + 1)


def short_of(plan, kind=None):
    """FTE-months that are missing, of all people or of a kind."""
    part = plan.load if kind is None else plan.load[plan.load["kind"] == kind]
    return float(part["short"].sum())


def quarter(day):
    """Year and quarter of a day; after all of them where there is none."""
    return (9999, 0) if day is None else (day.year, (day.month - 1) // 3)
