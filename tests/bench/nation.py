"""The roadmaps of the whole country against what is known of it: ``make nation``.

Counts, shares and waves are asserted against published figures (``data/nation.csv``) and each plan
against a checker and rivals that share no code with the model. What nobody knows is printed: the
mix of windows, the share in operation by year under other guesses, the load of all plans by window
beside what was ever done. The last is a stress test: the plans know nothing of each other.
"""

import random
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date

from dxplan.facts import months
from dxplan.facts.catalog import load_table
from dxplan.plan.costs import work_left
from dxplan.plan.pmo import plan_pmo
from dxplan.plan.why import plan_branches
from dxplan.plan.work import price_weights
from dxplan.town.city import load_city, load_slugs
from tests.bench import replans
from tests.bench.replans import shared_out
from tests.plan.changes import said_of, value
from tests.plan.checker import faults
from tests.plan.rivals import Choices, by_cp_sat, by_highs, enumerated
from tests.plans import NOWHERE

LARGE = 200_000  # people: from here on the survey of costs calls a body large
MOST, SLOWEST = 60, 2.0  # CPU seconds: all cities, one city
RIVALS, SEED = 20, 12
FIGURES = {row["id"]: float(row["value"]) for row in load_table("nation").to_dict("records")}
CLASSES = {
    "指定都市": "flags_designated",
    "中核市": "flags_core",
    "一般市": "flags_city",
    "町": "flags_town",
    "村": "flags_village",
}
TOSHIMA, TOYOHASHI, KOBE, MOKA = "131164", "232017", "281000", "092096"
LATER = {
    "戸籍",
    "戸籍の附票",
    "就学",
    "健康管理",
    "児童手当",
    "児童扶養手当",
    "子ども・子育て支援",
}  # of 豊島区
CHILDREN = {
    "児童手当",
    "児童扶養手当",
    "子ども・子育て支援",
}  # of 豊橋市, and with 障害者福祉 the late set of 神戸市


def main() -> int:
    slugs = load_slugs(everything=True)
    cities = [load_city(slug, NOWHERE) for slug in slugs]
    plan_branches(
        plan_pmo(load_city("172031", NOWHERE))
    )  # compiled code is loaded before the clock starts
    _states(cities)
    plans = _plans([city for city in cities if city.lots])
    _money(cities, plans)
    _waves({city.code: city for city in cities})
    _checks(plans)
    _mix(plans)
    _load(plans)
    _shares(plans)
    replans.main(plans)
    print("all asserts hold")
    return 0


# --- states ---------------------------------------------------------------------------------------
def _states(cities):
    """T1 to T5 and T14: counts of states, shares in operation, cities with lots, flags by class."""
    count = Counter(system.state.value for city in cities for system in city.systems)
    common = sum(city.common.pending for city in cities)
    scope = sum(count.values()) - count["out"]
    print("states of the 20 businesses:", dict(count), "; 共通機能 late:", common)
    live = count["live"] / scope
    assert abs(live - FIGURES["live_rate"]) <= 0.015, live
    low = (count["live"] + count["presumed"]) / scope
    high = low + (count["unsure"] + count["flagged"]) / scope
    assert low <= FIGURES["live_most_2026_03"] <= high, (low, high)
    assert (count["late"], count["late"] + count["flagged"], count["late"] + common) == (
        8315,
        8406,
        8811,
    )
    bare = sum(any(system.pending for system in city.systems) for city in cities)
    whole = sum(bool(city.lots) for city in cities)
    assert (bare, whole) == (865, 877)
    flags = sum(system.late for city in cities for system in city.systems)
    assert flags + common == FIGURES["flags_municipal"]
    print(
        f"in operation 2026-01-31 {live:.1%} (official {FIGURES['live_rate']:.1%}), "
        f"2026-03-31 {low:.1%} to {high:.1%} "
        f"(official at most {FIGURES['live_most_2026_03']:.1%}); "
        f"with something to move {bare} ({whole} with 共通機能)"
    )
    for name, figure in CLASSES.items():
        part = [
            sum(system.late for system in city.systems)
            for city in cities
            if city.facts.class_ == name
        ]
        mean = sum(part) / len(part)
        assert abs(mean / FIGURES[figure] - 1) <= 0.05, (name, mean)


def _money(cities, plans):
    """The default prices of all cities against the survey, the fund and one city that told."""
    running, moved = Counter(), 0.0
    for city in cities:
        count = sum(system.in_scope for system in city.systems)
        running[city.facts.population >= LARGE] += count * city.number("running_yen")
        moved += count * city.number("migration_yen")
    share = running[True] / running.total()
    print(
        f"running cost of bodies of {LARGE:,} and more: {share:.1%} of "
        f"{running.total() / 1e8:,.0f}億円/年 (survey {FIGURES['survey_large']:.1%} of all systems, "
        f"{FIGURES['survey_yen'] / 1e8:,.0f}億円/年, FY2017, survey2017, B)"
    )
    assert 0.45 <= share <= 0.55, share
    left = FIGURES["fund_yen"] * FIGURES["late_share"]
    asked = sum(_pending_yen(plan) for plan in plans)
    print(
        f"migration of all {moved / 1e8:,.0f}億円 (fund {FIGURES['fund_yen'] / 1e8:,.0f}億円, "
        f"fundsum, B); of pending lots {asked / 1e8:,.0f}億円, {asked / left:.2f} times what is left "
        f"of the fund ({left / 1e8:,.0f}億円: the share {FIGURES['late_share']:.1%} of systems that "
        "were late in 2026-03, latelist, B)"
    )
    assert 0.5 <= asked / left <= 1.5, asked / left
    city = next(city for city in cities if city.name == "福山市")
    after = 20 * city.number("running_yen") * city.number("running_high")
    once = 20 * city.number("migration_yen")
    print(
        f"福山市: running {after / 1e8:.1f}億円/年 (told {FIGURES['fukuyama_running'] / 1e8:.0f}), "
        f"migration {once / 1e8:.0f}億円 (told {FIGURES['fukuyama_migration'] / 1e8:.0f}, "
        "fukuyama2025, C)"
    )


def _pending_yen(plan):
    """Yen of a city's pending lots by the default prices, for the vendor's work that is left."""
    weights, size = price_weights(plan.city), 0.0
    for project in plan.projects:
        done = work_left(plan.city, project)
        size += done * sum(weights[business] for business in project.lot.businesses)
    return size * plan.city.number("migration_yen")


def _waves(cities):
    """T9: the lots recover the waves that were announced."""
    late = {
        code: {s.business for s in cities[code].systems if s.pending}
        for code in (TOSHIMA, TOYOHASHI, KOBE, MOKA)
    }
    assert late[TOSHIMA] == LATER and late[TOYOHASHI] == CHILDREN
    assert CHILDREN | {"障害者福祉"} <= late[KOBE] and not late[MOKA]
    assert any(set(lot.businesses) >= CHILDREN for lot in cities[TOYOHASHI].lots)


# --- plans ----------------------------------------------------------------------------------------
def _plans(cities):
    """All plans, one after the other, by CPU; then the branches of the open questions."""
    plans, spent = [], []
    for city in cities:
        begin = time.process_time()
        plans.append(plan_pmo(city))
        spent.append(time.process_time() - begin)
    slow = max(range(len(cities)), key=spent.__getitem__)
    print(
        f"{len(plans)} cities with lots: {sum(spent):.1f} CPU s (at most {MOST}), "
        f"slowest {cities[slow].name} {spent[slow]:.2f} s (at most {SLOWEST:.0f})",
        flush=True,
    )
    assert sum(spent) <= MOST and max(spent) <= SLOWEST
    assert all(plan.outcome.status == "最適" for plan in plans)
    begin = time.process_time()
    asked = [load_city(slug, NOWHERE) for slug in load_slugs(everything=True)]
    asked = [city for city in asked if any(system.unsure for system in city.movable)]
    branches = [plan_pmo(city.unmoved()) for city in asked]
    took = time.process_time() - begin
    print(
        f"{len(branches)} branches of open questions: {took:.1f} CPU s (at most {MOST}), "
        "loading included",
        flush=True,
    )
    assert took <= MOST and all(plan.outcome.status == "最適" for plan in branches)
    assert not any(shared_out(faults, branches))
    return plans


def _check(plan):
    """(city, faults, is the answer that of trying all, distinct nights, tax before register)."""
    rival = None
    if len(plan.lots) <= 2:
        cost, weeks = enumerated(Choices(plan))
        rival = (cost, weeks) == (
            round(plan.cost * 100),
            sum(column.window.week for column in plan.columns),
        )
    nights = plan.lots["cutover"].nunique()
    night = dict(zip(plan.cutover["business"], plan.cutover["cutover"]))
    tax = None
    if {"個人住民税", "住民基本台帳"} <= set(night):
        tax = night["個人住民税"] < night["住民基本台帳"]
    return plan.city.name, faults(plan), rival, nights <= len(plan.lots), tax


def _checks(plans):
    """T6, T7, T13, and the optimum against rivals."""
    found = shared_out(_check, plans)
    wrong = [(name, texts) for name, texts, *_ in found if texts]
    assert not wrong, wrong[:5]
    rivals = [right for _, _, right, *_ in found if right is not None]
    assert all(rivals) and all(few for *_, few, _ in found)
    order = [tax for *_, tax in found if tax is not None]
    assert sum(order) <= 0.02 * len(order)
    print(
        f"checker: 0 faults in {len(plans)} plans; "
        f"trying all: equal in {len(rivals)} cities of one or two lots; "
        f"個人住民税 before 住民基本台帳 in {sum(order)} of {len(order)}"
    )
    middle = [plan for plan in plans if 3 <= len(plan.lots) <= 5]
    for plan in random.Random(SEED).sample(middle, RIVALS):
        cost, proved = by_cp_sat(Choices(plan))
        assert proved and cost == round(plan.cost * 100), plan.city.name
    large = [plan for plan in plans if len(plan.lots) >= 6]
    for plan in large:
        cost, proved = by_highs(Choices(plan))
        assert proved and cost == round(plan.cost * 100), plan.city.name
    print(f"CP-SAT: equal in {RIVALS} cities of 3 to 5 lots; HiGHS: equal in all {len(large)} of 6")


# --- printed, not asserted ------------------------------------------------------------------------
def _mix(plans):
    """T10: the windows before and after the prices were fitted."""
    before = [plan_pmo(plan.city.changed(price_weekend=60, price_holiday=48)) for plan in plans]
    for word, some in (("before fitting (60/48)", before), ("after fitting", plans)):
        kinds = Counter(kind for plan in some for kind in plan.lots["window"])
        shares = {kind: f"{count / kinds.total():.0%}" for kind, count in kinds.items()}
        print(f"windows {word}: {shares} (wanted: year_end 25-45, holiday 25-50, weekend 20-45 %)")


def _load(plans):
    """The load of all plans by window, beside what was ever done."""
    systems: Counter = Counter()
    for plan in plans:
        for live, count in zip(plan.lots["live"], plan.lots["systems"]):
            systems[live] += int(count)
    top = ", ".join(f"{day} {count:,}" for day, count in systems.most_common(4))
    done = round(FIGURES["live_rate"] * FIGURES["systems_2025"])
    most = round(FIGURES["live_most_2026_03"] * FIGURES["systems_2026"])
    print(
        f"もし全団体が計画の窓を同時に選べば(負荷の試し。需要の予測ではない): {top}。これまでに稼働したのは2026-01末まで累計{done:,}、"
        f"2026年2〜3月に多くとも{most - done:,}"
    )


def _by_year(plan):
    """Fiscal year -> systems of a plan in operation at its end, mean of the samples."""
    sizes = [sum(system.no <= 20 for system in project.lot.systems) for project in plan.projects]
    found = {}
    for fiscal in range(2027, 2032):
        end = (months.fiscal_start(fiscal + 1) - plan.frame.weeks.start).days
        share = (plan.told.live < end).mean(axis=0)
        found[fiscal] = float((share * sizes).sum())
    return found


def _shares(plans):
    """T11 and T12: shares in operation by year under other guesses of the vendor."""
    total = sum(int(plan.lots["systems"].sum()) for plan in plans)
    for word, latest in (("2030-03", None), ("2031-03", date(2031, 3, 31))):
        some = (
            plans
            if latest is None
            else [plan_pmo(plan.city.changed(vendor_latest=latest)) for plan in plans]
        )
        _tell(f"drawn date, latest {word}", some, total)
    drawn = random.Random(SEED).sample(plans, 20)
    for word, length in (("3/12/24", (3, 12, 24)), ("1/6/12", (1, 6, 12))):
        some = [
            plan_pmo(
                _offered(plan.city).changed(
                    slip_least=length[0], slip_likely=length[1], slip_most=length[2]
                )
            )
            for plan in drawn
        ]
        _tell(
            f"20 cities with an offered date (2028-10-01), slip {word} months",
            some,
            sum(int(p.lots["systems"].sum()) for p in some),
        )
    late = load_table("late_list").set_index("day")["systems"]
    first, last = (int(late[date.fromisoformat(day)]) for day in ("2025-07-31", "2026-03-31"))
    seen = 1 - (1 - last / FIGURES["systems_2026"]) / (1 - first / FIGURES["systems_2025"])
    rate = plans[0].city.number("slip_rate") / 100
    print(f"slip in eight months: taken {rate:.1%}; seen 2025-07 to 2026-03 {seen:.1%}")


def _tell(word, plans, total):
    by_year: Counter = Counter()
    for plan in plans:
        for fiscal, count in _by_year(plan).items():
            by_year[fiscal] += count
    print(
        f"{word}: share in operation at the end of "
        + ", ".join(f"FY{f} {n / total:.0%}" for f, n in by_year.items())
    )


def _offered(city):
    for lot in city.lots:
        city = said_of(
            city,
            lot.name,
            offer=replace(value("offer", date(2028, 10, 1)), note="提示の確かさ: 書面"),
        )
    return city


if __name__ == "__main__":
    sys.exit(main())
