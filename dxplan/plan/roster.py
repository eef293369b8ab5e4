"""The tables of a staffing plan, read off the solved program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row
from dxplan.plan.people import DRIVE, OWN, ROLES, Offer, People, Step, section_targets
from dxplan.solve.arrays import Floats, Ints

INTAKE = ["month", "step", "cohort", "intake", "months", "done"]
OUTSIDE = ["month", "form", "kind", "count", "fte", "yen"]
CONTRACT = [
    "form",
    "kind",
    "count",
    "start",
    "finish",
    "months",
    "fte",
    "yen",
    "once",
    "autonomy",
    "given",
]
ENOUGH = 0.005  # share of the standing work below which a lack is none
TINY = 1e-9  # of a share, so that nothing is divided by nothing
ROUND = 12  # months for which ability holds before it is told: with one 1 April among them


class Values:
    """The solved values [T] of each block of variables, and what follows from them."""

    def __init__(self, people: People, at: SimpleNamespace, values: Floats) -> None:
        self.people, self.at, self._values = people, at, values

    def of(self, columns: Ints) -> Floats:
        """Values of some variables; 0 where there is none, and never a hair below 0."""
        return np.where(columns >= 0, np.maximum(self._values[columns], 0.0), 0.0)

    def whole(self, columns: Ints) -> Ints:
        """Values of variables that are whole numbers."""
        return np.round(self.of(columns)).astype(int)

    def planned(self, offer: Offer) -> Ints:
        """People [T] of a form whom the plan engages."""
        return self.whole(self.at.run[offer.name])[self.people.quarter]

    def count(self, offer: Offer) -> Floats:
        """People [T] of a form, those who are engaged already among them."""
        return self.planned(offer) + offer.given

    def begun(self, offer: Offer) -> Ints:
        """Engagements [Q] of a form that begin with each quarter."""
        return self.whole(self.at.begin[offer.name])

    def work(self, role: str, kind: str) -> Floats:
        """FTE [T] that forms of a kind (own, outside) give to a role."""
        total = np.zeros(self.people.count)
        for offer in self.people.offers_of(kind):
            work = self.at.work[offer.name]
            if role in work:
                total += self.of(work[role])
        return total

    def own(self, role: str) -> Floats:
        """FTE [T] of a role that own people cover, hires among them."""
        columns = self.at.own.get(role, self.at.section)
        total = self.of(columns)
        if role == "promotion":
            total += self.of(self.at.part)
        return total + self.work(role, "own")


def cover_rows(v: Values) -> pd.DataFrame:
    """Demand of each role and who covers it, by month."""
    parts = {}
    for role in ROLES:
        parts[role] = {
            "demand": v.people.demand[role],
            "own": v.own(role),
            "outside": v.work(role, "outside"),
            "short": v.of(v.at.short[role]),
        }
    return _stacked(v.people.month, "role", parts)


def _stacked(
    month: Sequence[date],
    label: str,
    parts: dict[str, dict[str, Floats]],
) -> pd.DataFrame:
    """Parts with the same months and columns, one under the other; the label tells them apart."""
    columns: dict[str, list[Floats]] = {}
    for part in parts.values():
        for name, values in part.items():
            columns.setdefault(name, []).append(values)
    whole = {name: np.concatenate(values) for name, values in columns.items()}
    labels = [name for name in parts for _ in month]
    return pd.DataFrame({"month": list(month) * len(parts), label: labels, **whole})


# --- heads ---------------------------------------------------------------------------------------
def head_rows(v: Values) -> pd.DataFrame:
    """Balance of heads by month and tier.

    The last month's finish is not looked at, so it has no row.
    """
    hired, gained = _hired(v), _gained(v)
    parts = {}
    for tier, stock in _stocks(v).items():
        start, finish = stock[:-1], stock[1:]
        lost = start + gained[tier] + hired[tier] - finish
        parts[tier] = {
            "start": start,
            "gained": gained[tier],
            "hired": hired[tier],
            "lost": np.where(abs(lost) < 1e-6, 0.0, lost),
            "finish": finish,
        }
    return _stacked(v.people.month[:-1], "tier", parts)


def _stocks(v: Values) -> dict[str, Floats]:
    """People [T] of each tier at each month's start."""
    at = v.at
    posts = v.people.posts
    hires = np.zeros(v.people.count)
    for offer in v.people.core_offers:
        hires += v.count(offer)
    none, use, change = (_learning(v, step) for step in v.people.steps)
    passed = v.of(at.use) + v.of(at.alum)
    users = v.people.users * v.of(at.none)
    return {
        "none": v.of(at.none) - users + none,
        "use": passed + users + use + change + posts["new"][:-1],
        "change": v.of(at.change) + posts["able"][:-1],
        "core": posts["core"][:-1] + hires,
    }


def _learning(v: Values, step: Step) -> Floats:
    """People [T] who began a class in an earlier month and are still in it."""
    intake = v.of(v.at.intake[step.no])
    people = np.zeros(len(intake))
    for back in range(1, step.months):
        people += _later(intake, back)
    return people


def _later(values: Floats, count: int) -> Floats:
    """Values [T] moved to later months."""
    return np.append(np.zeros(count), values)[: len(values)]


def _hired(v: Values) -> dict[str, Floats]:
    """People [T - 1] who come from outside during each month.

    They are the recruits of April, of the sections and of the DX section, and the hires.
    """
    came = v.people.posts["came"][1:-1]
    hires = np.zeros(len(came))
    for offer in v.people.core_offers:
        more = np.diff(v.count(offer))
        hires += np.maximum(0, more)
    recruits = v.of(v.at.recruit)
    users = recruits * v.people.users
    return {
        "none": recruits - users,
        "use": came + users,
        "change": np.zeros(len(came)),
        "core": hires,
    }


def _gained(v: Values) -> dict[str, Floats]:
    """People [T - 1] who come from another tier during each month."""
    people, at = v.people, v.at
    posts = people.posts
    april = people.april[1:]
    done = {}
    for step in people.steps:
        intake = v.of(at.intake[step.no])
        ended = _later(intake, step.months)
        done[step.no] = ended[1:] * step.done
    kept = np.where(april, 1 - people.moved, 1.0)
    length = int(people.city.number("newcomer_months"))
    onboarded = _later(posts["came"], length)[1:-1]
    ripe = onboarded * people.stay**length
    return {
        "none": np.zeros(len(april)),
        "use": done[1] * (1 - people.users),
        "change": done[3] + ripe * kept + people.returned,
        "core": posts["grown"][:-2] * kept,
    }


def pyramid_rows(people: People) -> pd.DataFrame:
    """Targets by section and tier; the whole town hall has the section ''."""
    ratio = people.city.number("use_ratio") / 100
    rows = []
    for tier in ("core", "change", "use"):
        target = people.targets[tier]
        rows.append(("", tier, people.staff, target))
    for name, staff, change in section_targets(people.city, people.staff):
        rows.append((name, "change", staff, change))
        use = (staff - change) * ratio
        rows.append((name, "use", staff, use))
    return pd.DataFrame(
        rows,
        columns=["section", "tier", "staff", "target"],
    )


# --- classes, engagements, money -----------------------------------------------------------------
def intake_rows(v: Values) -> pd.DataFrame:
    """Classes begun and the people in them."""
    rows: list[Row] = []
    for step in v.people.steps:
        classes = v.whole(v.at.classes[step.no])
        people = v.of(v.at.intake[step.no])
        held = (people > 1e-6) & (classes > 0)
        for t in np.flatnonzero(held):
            row = {
                "month": v.people.month[t],
                "step": step.no,
                "cohort": int(classes[t]),
                "intake": float(people[t]),
                "months": step.months,
                "done": step.done,
            }
            rows.append(row)
    rows.sort(key=lambda row: row["month"])
    return pd.DataFrame(rows, columns=INTAKE)


def contract_rows(v: Values, autonomy: pd.DataFrame) -> pd.DataFrame:
    """Engagements, those of own people first.

    ``autonomy`` is what own people can do alone when one ends (FTE).
    """
    people, level = v.people, autonomy["autonomy"].to_numpy()
    opening = [*people.month, months.first_of_next_month(people.month[-1])]
    rows = []
    for offer in people.offers:
        for (first, end), count in sorted(_engagements(v, offer).items()):
            row = {
                "form": offer.name,
                "kind": offer.form.kind,
                "count": count,
                "start": opening[first],
                "finish": opening[end] - months.DAY,
                "months": end - first,
                "fte": offer.fte,
                "yen": float(offer.yen[first]),
                "once": offer.once,
                "autonomy": float(level[min(end, people.count - 1)]),
                "given": False,
            }
            rows.append(row)
        rows += _given_rows(v, offer, level)
    rows.sort(key=lambda row: (row["kind"] == "outside", row["start"], row["form"]))
    return pd.DataFrame(rows, columns=CONTRACT)


def _given_rows(v: Values, offer: Offer, level: Floats) -> list[Row]:
    """The engagements of a form that run already, or are agreed upon."""
    people, rows = v.people, []
    for given in people.city.engagements:
        if given.form != offer.name:
            continue
        row = {
            "form": offer.name,
            "kind": offer.form.kind,
            "count": given.people,
            "start": given.start,
            "finish": given.until,
            "months": months.months_between(given.start, given.until) + 1,
            "fte": offer.fte,
            "yen": float(offer.yen[0]),
            "once": 0.0,
            "autonomy": float(level[people.index(given.until)]),
            "given": True,
        }
        rows.append(row)
    return rows


def _engagements(v: Values, offer: Offer) -> Counter[tuple[int, int]]:
    """(first month, month after the last) -> engagements of a form; the oldest ends first."""
    running: list[int] = []
    ended = Counter[tuple[int, int]]()
    counts, begun = v.planned(offer), v.begun(offer)
    for quarter, t in enumerate(v.people.begins.tolist()):
        now, fresh = int(counts[t]), int(begun[quarter])
        while running and len(running) + fresh > now:
            ended[running.pop(0), t] += 1
        running += [t] * min(fresh, now)
    for first in running:
        ended[first, v.people.count] += 1
    return ended


def outside_rows(v: Values) -> pd.DataFrame:
    """Engagements running in each month, with their cost."""
    rows = []
    for offer in v.people.offers:
        count = v.count(offer)
        for t in np.flatnonzero(count):
            row = {
                "month": v.people.month[t],
                "form": offer.name,
                "kind": offer.form.kind,
                "count": int(count[t]),
                "fte": count[t] * offer.fte,
                "yen": round(count[t] * offer.yen[t]),
            }
            rows.append(row)
    rows.sort(key=lambda row: (row["month"], row["kind"], row["form"]))
    return pd.DataFrame(rows, columns=OUTSIDE)


def cost_rows(v: Values) -> pd.DataFrame:
    """Money spent by fiscal year, whole yen: each form, and the classes of step1, step2, step3."""
    people, spent = v.people, {}
    for offer in people.offers:
        yen = v.count(offer) * offer.yen
        yen[people.begins] += v.begun(offer) * offer.once
        spent[offer.name] = yen
    for step in people.steps:
        classes = v.whole(v.at.classes[step.no])
        spent[f"step{step.no}"] = classes.astype(float) * step.yen
    first = int(people.fiscal[0])
    rows = []
    for item, yen in spent.items():
        by_year = np.bincount(people.fiscal - first, yen)
        for fiscal, amount in enumerate(by_year.tolist(), first):
            if amount > 0:
                rows.append((fiscal, item, round(amount)))
    return pd.DataFrame(rows, columns=["fiscal", "item", "yen"])


# --- standing on one's own feet ------------------------------------------------------------------
def autonomy_rows(v: Values) -> pd.DataFrame:
    """What own people could do and do of the standing work, and the share of outsiders."""
    alone = _alone(v)
    demand = v.people.demand
    able, hired = _able(v, alone)
    covered = v.own("promotion") + v.own("daily")
    outside = np.sum([v.work(role, "outside") for role in DRIVE], axis=0)
    own = np.sum([v.own(role) for role in DRIVE], axis=0)
    part = v.people.city.number("change_share") / 100
    return pd.DataFrame(
        {
            "month": v.people.month,
            "autonomy": alone + part * v.of(v.at.change),
            "paired": v.of(v.at.paired),
            "wanted": demand["promotion"] + demand["daily"],
            "able": able,
            "hired": hired,
            "covered": covered,
            "share": _share(outside, own + outside),
        }
    )


def _alone(v: Values) -> Floats:
    """FTE [T] of driving work that the DX section can do alone, from what it learned by pairing."""
    people = v.people
    learned = people.city.number("autonomy_gain") * v.of(v.at.paired)
    most = people.posts["core"] + people.posts["able"]
    alone = np.full(people.count, min(people.autonomy, float(most[0])))
    for t in range(1, people.count):
        grown = people.kept[t - 1] * alone[t - 1] + learned[t - 1]
        alone[t] = min(grown, most[t])
    return alone


def _able(v: Values, alone: Floats) -> tuple[Floats, Floats]:
    """FTE [T] of the standing work that own people could do, and what of it hires would do.

    As if the migration were over: 変革人材 promote within their share, the DX section drives within
    its ability and does the daily work with the rest of its time, hires do what their form allows.
    """
    people = v.people
    promotion, daily = people.demand["promotion"], people.demand["daily"]
    part = people.city.number("change_share") / 100 * v.of(v.at.change)
    driven = np.minimum(promotion, part + np.minimum(alone, people.work_time))
    left = people.work_time - np.maximum(0.0, driven - part)
    routine = np.minimum(daily, left)
    hired = np.zeros(people.count)
    for offer in people.offers_of("own"):
        free = v.count(offer) * offer.fte
        lacks = {"daily": daily - routine, "promotion": promotion - driven}
        for role, lack in lacks.items():
            if role in offer.form.roles:
                more = np.minimum(lack, free)
                free = free - more
                hired += more
                if role == "daily":
                    routine = routine + more
                else:
                    driven = driven + more
    return driven + routine, hired


def _share(part: Floats, whole: Floats) -> Floats:
    """Part of a whole [T]; 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 1e-9)


def load_rows(v: Values) -> pd.DataFrame:
    """What falls on own people if they take on what is short.

    They are the DX section, and the 変革人材 beside their own work.
    """
    people, at, posts = v.people, v.at, v.people.posts
    hires, coaches, work = np.zeros((3, people.count))
    for offer in people.offers_of("own"):
        hires += v.count(offer) * offer.fte
        coaches += v.of(at.coach[offer.name])
    for role in OWN:
        own = v.of(at.own[role]) + v.work(role, "own")
        work += own + v.of(at.short[role])
    work += v.work("section", "own")
    work += v.of(at.coach_dx)
    work += v.of(at.pair)
    work += coaches
    section = posts["core"] + posts["able"] + posts["new"]
    change = v.of(at.change)
    free = change * people.city.number("change_share") / 100
    beside = v.of(at.part) + v.of(at.coach_part)
    parts = {
        "dx": _load(section[:-1] + hires, people.work_time + hires, work),
        "change": _load(change, free, beside),
    }
    return _stacked(people.month, "group", parts)


def _load(
    heads: Floats,
    capacity: Floats,
    work: Floats,
) -> dict[str, Floats]:
    return {
        "people": heads,
        "capacity": capacity,
        "work": work,
        "share": _share(work, capacity),
    }


def able_for_dx(v: Values) -> Floats:
    """FTE [T] that can work on the migration where it comes first and DX promotion waits."""
    people, at = v.people, v.at
    other = v.of(at.own["daily"]) + v.of(at.own["pmo"])
    time = people.work_time - other - v.of(at.pair)
    alone = np.minimum(time, v.of(at.autonomy))
    # coaching comes before the migration
    able = np.maximum(0.0, alone - v.of(at.coach_dx))
    for offer in people.offers:
        work = at.work[offer.name]
        if "dx" not in work:
            continue
        # what is no driving work is not put off
        other = np.zeros(people.count)
        for role, columns in work.items():
            if role not in DRIVE:
                other += v.of(columns)
        other = v.of(at.coach[offer.name]) + other
        engaged = v.count(offer) * offer.fte
        able += np.maximum(0.0, engaged - other)
    return able


def able_to_promote(v: Values) -> Floats:
    """FTE [T] of DX promotion that the people of the plan can do: what they do, and what is idle.

    Outsiders who are idle count as far as own people have the time to be paired with them.
    """
    people, at = v.people, v.at
    own = sum(v.of(columns) for columns in at.own.values())
    coach = v.of(at.coach_dx)
    time = people.work_time - own - coach - v.of(at.pair)
    driven = sum(v.of(at.own[role]) for role in DRIVE)
    alone = np.clip(v.of(at.autonomy) - driven - coach, 0.0, np.maximum(0.0, time))
    share = people.city.number("change_share") / 100
    beside = v.of(at.part) + v.of(at.coach_part)
    part = np.maximum(0.0, share * v.of(at.change) - beside)
    pairing = people.city.number("pair_share") * people.city.number("pair_least") / 100
    paired = np.maximum(0.0, time - alone) / max(pairing, TINY)
    hired, outside = _idle(v, "own"), np.minimum(_idle(v, "outside"), paired)
    done = v.own("promotion") + v.work("promotion", "outside")
    return done + alone + part + hired + outside


def _idle(v: Values, kind: str) -> Floats:
    """FTE [T] of people of a kind who may promote and have nothing to do."""
    idle = np.zeros(v.people.count)
    for offer in v.people.offers_of(kind):
        work = v.at.work[offer.name]
        if "promotion" in work:
            busy = sum(v.of(columns) for columns in work.values())
            busy += v.of(v.at.coach[offer.name])
            idle += np.maximum(0.0, v.count(offer) * offer.fte - busy)
    return idle


def self_reliant(table: pd.DataFrame) -> date | None:
    """First month from which permanent people could do the standing work for a year, or None.

    Whether an outsider or a hire still helps makes no difference, nor what comes after that year.
    """
    able = (table["able"] - table["hired"]).to_numpy()
    enough = able >= table["wanted"].to_numpy() * (1 - ENOUGH)
    for t in range(len(table) - ROUND + 1):
        if enough[t : t + ROUND].all():
            month: date = table["month"].iloc[t]
            return month
    return None
