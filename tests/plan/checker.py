"""A checker of roadmaps that shares no code with the planner: it reads the plan's tables and data/.

``faults`` of a plan are sentences; a plan that keeps all rules has none. Weeks are counted from a
fixed Monday.
"""

import csv
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from math import ceil
from pathlib import Path

import holidays

DATA = Path(__file__).resolve().parents[2] / "data"
MONDAY = date(2020, 1, 6)
COMMON = "共通機能"
REGISTER = "住民基本台帳"
CARE_GAP, OTHER_GAP = (
    7,
    2,
)  # weeks: a cutover and its hypercare; two lots that have no section in common
FRONT = {"papers", "budget", "tender"}
CONTRACT = "9"


@dataclass(frozen=True)
class Terms:
    """What a city has said that the tables do not hold; the defaults where it has said nothing."""

    reserve: int
    vendor: date
    rfp: str
    wait: int
    elections: tuple[tuple[date, int, frozenset], ...]
    gates: tuple[dict, ...]
    nights: frozenset = (
        frozenset()
    )  # pairs of lots that may share a night though a section does both
    longer: tuple = ()  # (lot, key, weeks): items that take longer than the template says
    begun: bool = False  # whether an earlier plan has begun lots, so that bars may lie in the past

    def of_a_later_day(self):
        """The same terms for a plan made again."""
        return replace(self, begun=True)


@cache
def load_rows(name):
    """The rows of a file of data/."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def default(name):
    """The default of a parameter that is the same for all cities."""
    return next(row["value"] for row in load_rows("defaults") if row["name"] == name)


@cache
def usual_terms():
    """The terms of a city that has said nothing."""
    elections = tuple(
        (
            date.fromisoformat(row["day"]),
            int(row["weeks_apart"]),
            frozenset(row["businesses"].split(";")),
        )
        for row in load_rows("elections")
    )
    return Terms(
        int(default("reserve_weeks")),
        date.fromisoformat(default("vendor_likely")),
        default("rfp_start"),
        int(default("wait_most")),
        elections,
        load_rows("budget_gates"),
    )


def week(day):
    """Number of the week that holds a day."""
    return (day - MONDAY).days // 7


def faults(plan, terms=None):
    """What is wrong with a roadmap.

    Parameters
    ----------
    plan : has the tables lot, task, cutover and gate, and the day of its start.
    terms : what the city has said.
    """
    terms = terms or usual_terms()
    found = [*_night_faults(plan), *_apart_faults(plan, terms), *_link_faults(plan)]
    for row in plan.lots.to_dict("records"):
        bars = Bars(plan, row["lot"])
        for check in (
            _window_faults,
            _shut_faults,
            _offer_faults,
            _length_faults,
            _lag_faults,
            _idle_faults,
            _law_faults,
            _stop_faults,
            _money_faults,
            _past_faults,
        ):
            found += [f"{row['lot']}: {text}" for text in check(plan, row, bars, terms)]
    return found


class Bars:
    """The bars of a lot by the key of their item."""

    def __init__(self, plan, lot):
        rows = plan.task[plan.task["lot"] == lot].to_dict("records")
        self.rows = rows
        self.front = [row for row in rows if row["phase"] in FRONT and row["phase"] != "budget"]
        self.block = {row["task"].split("/")[1]: row for row in rows if row["phase"] not in FRONT}

    def first(self, key):
        """Week in which an item starts."""
        return week(self.block[key]["start"])

    def after(self, key):
        """Week after the last of an item."""
        row = self.block[key]
        return week(row["finish"]) + 1


# --- one night, its window, what is shut ----------------------------------------------------------
def _night_faults(plan):
    for lot, part in plan.cutover.groupby("lot"):
        row = plan.lots.set_index("lot").loc[lot]
        if part[["cutover", "closure_end", "live"]].drop_duplicates().shape[0] != 1:
            yield f"{lot}: its systems move on several nights"
        if part["cutover"].iloc[0] != row["cutover"] or part["live"].iloc[0] != row["live"]:
            yield f"{lot}: its systems move on another night than the lot"
        if sorted(part["business"]) != sorted(row["businesses"]):
            yield f"{lot}: its systems are not those of the lot"
    pending = sorted(s.business for s in plan.city.movable if s.state.value == "late")
    if sorted(plan.cutover["business"]) != pending:
        yield "not each system still to move goes live once"


@cache
def _days_off():
    return frozenset(holidays.country_holidays("JP", years=range(2026, 2046)))


def closed(day):
    """Whether offices are closed."""
    year_end = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
    return day.weekday() >= 5 or year_end or day in _days_off()


def days(first, last):
    """The days from one to another, both counted."""
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def _window_faults(plan, row, bars, terms):
    run = days(row["cutover"], row["closure_end"])
    if len(run) < 2 or not all(map(closed, run)):
        yield f"cuts over from {run[0]} to {run[-1]}, which are not two closed days"
    if (
        closed(run[0] - timedelta(days=1))
        or row["live"] != run[-1] + timedelta(days=1)
        or closed(row["live"])
    ):
        yield f"its night does not lie between two working days, or it is not live on {row['live']}"
    kind = (
        "year_end"
        if any((day.month, day.day) == (1, 1) for day in run)
        else "holiday"
        if len(run) >= 3
        else "weekend"
    )
    if row["window"] != kind:
        yield f"calls its window {row['window']}, it is {kind}"
    if "CUT" not in bars.block or bars.first("CUT") != week(row["cutover"]):
        yield "the bar of its cutover lies in another week than its night"


def _shut_faults(plan, row, bars, terms):
    first, last = row["cutover"], row["live"]
    for rule in load_rows("hard_weeks"):
        for year in {first.year, last.year}:
            start, end = (date.fromisoformat(f"{year}-{rule[name]}") for name in ("first", "last"))
            if rule["business"] in row["businesses"] and start <= last and first <= end:
                yield f"cuts over in the hard weeks of {rule['business']}"
    for day, weeks, businesses in terms.elections:
        margin = timedelta(weeks=weeks)
        if businesses & set(row["businesses"]) and day - margin <= last and first <= day + margin:
            yield f"cuts over within {weeks} weeks of the election of {day}"


def _offer_faults(plan, row, bars, terms):
    offered = row["offered"] or terms.vendor
    if row["live"] < offered:
        yield f"is live before the vendor's {offered}"


# --- lengths and lags -----------------------------------------------------------------------------
def template(key, rehearsals):
    """The rows of the template for an item of a block."""
    names = {key}
    if re.fullmatch(r"R\d", key):
        names = {"R1"} if key == "R1" else {"Rk"}
        names |= {"RK"} if key == f"R{rehearsals}" else set()
    return [row for row in load_rows("lot_template") if row["key"] in names]


def length(key, systems, rehearsals, longer=()):
    """Weeks that an item of a block takes."""
    row = next(row for row in template(key, rehearsals) if row["weeks"])
    growth = float(row["growth"] or 0)
    more = sum(weeks for name, weeks in longer if name == key)
    return ceil(round(int(row["weeks"]) * (1 + growth * (systems - 1)), 9)) + more


def wanted_lags(rehearsals, reserve, done=(), longer=()):
    """(item, later item, least, most weeks from the end of the one to the start of the other).

    They are from the template's rows. A rehearsal may wait for tests that take longer: ``longer``
    holds (key, weeks).
    """
    wait = sum(weeks for key, weeks in longer if key in ("T1", "T2"))
    first = next(f"R{k}" for k in range(1, rehearsals + 1) if f"R{k}" not in done)
    for row in load_rows("lot_template"):
        key, other = row["key"], row["lag_to"]
        if not other or key in ("LAW", "LINK", "UNLINK", "STOP"):
            continue
        low, high = int(row["lag_min_weeks"]), int(row["lag_max_weeks"])
        if row["part"] == "準備":
            yield key, first, low + reserve, high + reserve
        elif key == "Rk":
            most = (
                int(re.search(r"2回だけのときは4〜(\d+)週", row["note"])[1])
                if rehearsals == 2
                else high
            )
            yield from ((f"R{k - 1}", f"R{k}", low, most + wait) for k in range(2, rehearsals + 1))
        elif key == "RK":
            yield f"R{rehearsals}", "CUT", low, high
        elif key in ("T1", "T2", "TRN") and other != "CUT":
            yield other, key, low, high
        elif key == "CARE":
            yield "CUT", key, low, high
        else:
            yield key, "CUT", low, high


def _size(row):
    return len(row["businesses"])


def _longer(row, terms):
    return [(key, weeks) for lot, key, weeks in terms.longer if lot == row["lot"]]


def _length_faults(plan, row, bars, terms):
    longer = _longer(row, terms)
    for key in bars.block:
        if key in ("STOP", "LINK", "UNLINK", "LAW"):
            continue
        weeks = bars.after(key) - bars.first(key)
        if (
            weeks != length(key, _size(row), row["rehearsals"], longer)
            or weeks != bars.block[key]["weeks"]
        ):
            yield f"{key} takes {weeks} weeks"
        if bars.block[key]["start"].weekday() or bars.block[key]["finish"].weekday() != 4:
            yield f"{key} does not run from a Monday to a Friday"


def done_of(bars, rehearsals):
    """Keys of the items that a block of the template has and this one has not."""
    keys = {"SET", "EXT", "ENV", "PIA", "T1", "T2", *(f"R{k}" for k in range(1, rehearsals + 1))}
    return keys - set(bars.block)


def _lag_faults(plan, row, bars, terms):
    done = done_of(bars, row["rehearsals"])
    for key in {"TRN", "NOTE", "CUT", "CARE", f"R{row['rehearsals']}"} - set(bars.block):
        yield f"{key} is missing"
    for before, after, low, high in wanted_lags(
        row["rehearsals"], terms.reserve, done, _longer(row, terms)
    ):
        if {before, after} <= set(bars.block):
            lag = bars.first(after) - bars.after(before)
            if not low <= lag <= high:
                yield f"{lag} weeks lie between {before} and {after}, {low} to {high} may"
    if week(row["begins"]) != min(
        bars.first(key) for key in bars.block if key not in ("LAW", "LINK", "UNLINK", "STOP")
    ):
        yield "does not begin with the first bar of its block"


def _idle_faults(plan, row, bars, terms):
    """A week of the block in which nothing runs lies in a lag of the template or in the reserve."""
    done = done_of(bars, row["rehearsals"])
    keys = [key for key in bars.block if key not in ("LAW", "LINK", "UNLINK", "STOP", "NOTE")]
    busy = {t for key in keys for t in range(bars.first(key), bars.after(key))}
    free = set()
    for before, after, _, high in wanted_lags(
        row["rehearsals"], terms.reserve, done, _longer(row, terms)
    ):
        if {before, after} <= set(bars.block):
            free |= set(
                range(bars.after(before), min(bars.first(after), bars.after(before) + high))
            )
    idle = set(range(min(busy), max(busy) + 1)) - busy - free
    if idle:
        yield f"nothing runs in {len(idle)} weeks that no lag explains"


def _law_faults(plan, row, bars, terms):
    rule = next(row for row in load_rows("lot_template") if row["key"] == "LAW")
    if "LAW" not in bars.block:
        return
    last = bars.block["LAW"]["finish"]
    ends = {
        week(date.fromisoformat(f"{last.year}-{session['end']}"))
        for session in load_rows("council_sessions")
    }
    if week(last) not in ends:
        yield f"the ordinances end on {last}, with no council session"
    lag = week(row["cutover"]) - bars.after("LAW")
    if not int(rule["lag_min_weeks"]) <= lag <= int(rule["lag_max_weeks"]):
        yield f"the ordinances end {lag} weeks before the cutover"
    if bars.block["LAW"]["weeks"] != int(rule["weeks"]):
        yield "the ordinances take another time than the template says"


def _stop_faults(plan, row, bars, terms):
    """証明書交付・窓口の停止 lies round the night: 10 to 14 days at a year end, 2 to 4 else.

    It is longer only where the closure is.
    """
    bar = bars.block["STOP"]
    count = (bar["finish"] - bar["start"]).days + 1
    closure = (row["closure_end"] - row["cutover"]).days + 1
    low, high = (10, 14) if row["window"] == "year_end" else (2, 4)
    if not low <= count <= max(high, closure):
        yield f"service stops for {count} days"
    if bar["start"] > row["cutover"] or bar["finish"] < row["closure_end"]:
        yield "service does not stop for the whole night"


# --- money ----------------------------------------------------------------------------------------
def _money_faults(plan, row, bars, terms):
    asked = plan.gate[plan.gate["lot"] == row["lot"]].to_dict("records")
    tender = [bar for bar in bars.front if bar["phase"] == "tender"]
    papers = [bar for bar in bars.front if bar["phase"] == "papers"]
    if row["contracted"] and (asked or bars.front):
        yield "has papers though it is under contract"
    if not row["contracted"] and not any(bar["no"] == CONTRACT for bar in tender):
        yield "has no contract to sign"
    if papers and not asked:
        yield "has papers and asks for no money"
    for bars_ in (papers, tender):
        for one, two in zip(bars_, bars_[1:]):
            if week(two["start"]) != week(one["finish"]) + 1:
                yield f"{two['no']} does not follow on {one['no']}"
    if tender and tender[-1]["finish"] >= row["begins"]:
        yield "its block begins before the contract"
    for gate in asked:
        yield from _gate_faults(gate, row, papers, tender, terms)
        if not terms.begun:
            yield from _occasion_faults(gate, row, papers, tender, plan, terms)


def _gate_faults(gate, row, papers, tender, terms):
    if papers and papers[-1]["finish"] > gate["request_by"]:
        yield f"its papers are done after {gate['request_by']}"
    bound = (
        tender if terms.rfp == "予算成立後" else [bar for bar in tender if bar["no"] == CONTRACT]
    )
    if bound and bound[0]["start"] < gate["available"]:
        yield f"spends before its money of {gate['available']}"
    if gate["available"] > row["begins"]:
        yield "its block begins before its money"
    if not gate["next_available"] >= gate["available"]:
        yield "the next occasion brings earlier money"


def occasions(terms, years):
    """(last day to ask, day of the money) of the budget occasions of some years, by the latter."""
    found = []
    for rule in terms.gates:
        for year in years:
            day = date.fromisoformat(f"{year}-{rule['request_by']}")
            while closed(day):
                day -= timedelta(days=1)
            found.append(
                (day, date.fromisoformat(f"{year + int(rule['years_after'])}-{rule['available']}"))
            )
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def _occasion_faults(gate, row, papers, tender, plan, terms):
    """The money is of the earliest occasion that waits at most so long, else the latest in time."""
    papers_weeks, tender_weeks = (sum(bar["weeks"] for bar in part) for part in (papers, tender))
    begins = week(row["begins"])
    if terms.rfp != "予算成立後":
        return
    fits = []
    for asked, money in occasions(terms, range(2026, row["begins"].year + 1)):
        first = week(asked + timedelta(days=3)) - papers_weeks
        paid = week(money + timedelta(days=6))
        if asked >= plan.start and first >= week(plan.start) and paid + tender_weeks <= begins:
            fits.append((asked, money, begins - paid))
    soon = [fit for fit in fits if fit[2] <= terms.wait]
    best = (soon or fits[-1:])[:1]
    if not best or best[0][:2] != (gate["request_by"], gate["available"]):
        yield f"asks on {gate['request_by']}, and {best} is the occasion"


def _past_faults(plan, row, bars, terms):
    if not terms.begun and any(bar["start"] < plan.start for bar in bars.rows):
        yield "has a bar before the plan begins"


# --- two lots -------------------------------------------------------------------------------------
def _apart_faults(plan, terms):
    for one, two in combinations(plan.lots.to_dict("records"), 2):
        apart = abs(week(one["cutover"]) - week(two["cutover"]))
        shared = set(one["sections"]) & set(two["sections"])
        allowed = not shared or frozenset((one["lot"], two["lot"])) in terms.nights
        if apart == 0 and not allowed:
            yield f"{one['lot']} and {two['lot']} share a night and a section"
        if 0 < apart < (CARE_GAP if shared else OTHER_GAP):
            yield f"{one['lot']} and {two['lot']} lie {apart} weeks apart"


def _link_faults(plan):
    follows = {row["business"] for row in load_rows("businesses") if row["after_register"] == "1"}
    rows = plan.lots.to_dict("records")
    register = [row for row in rows if REGISTER in row["businesses"]]
    for row in rows:
        wants = any(
            follows & set(row["businesses"])
            and row is not other
            and week(row["cutover"]) < week(other["cutover"])
            for other in register
        )
        bars = Bars(plan, row["lot"])
        if (
            wants != row["linked"]
            or wants != ("LINK" in bars.block)
            or wants != ("UNLINK" in bars.block)
        ):
            yield f"{row['lot']}: {'wants' if wants else 'has'} an interim link"
        elif wants:
            yield from (f"{row['lot']}: {text}" for text in _link_times(row, register[0], bars))


def _link_times(row, register, bars):
    if not 0 <= week(row["cutover"]) - bars.after("LINK") <= 8:
        yield "its interim link is not there just before its cutover"
    if bars.block["UNLINK"]["start"] <= register["live"] - timedelta(days=7) or bars.first(
        "UNLINK"
    ) <= week(register["cutover"]):
        yield "its interim link is removed before 住民基本台帳 has moved"
