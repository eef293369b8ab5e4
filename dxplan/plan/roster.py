"""The tables of a staffing plan, read off the solved program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.plan.people import DRIVE, ROLES, Offer, People, section_targets

TIERS = ("none", "use", "change", "core")
STANDING = ("promotion", "daily")
ENOUGH = 0.005  # share of the standing work below which a lack is none


class Values:
    """The solved values [T] of each block of variables, and what follows from them."""

    def __init__(self, people: People, at: SimpleNamespace, values: np.ndarray) -> None:
        self.people, self.at, self._values = people, at, values

    def of(self, columns: np.ndarray) -> np.ndarray:
        """Values of some variables; 0 where there is none, and never a hair below 0."""
        return np.where(columns >= 0, np.maximum(self._values[columns], 0.0), 0.0)

    def count(self, offer: Offer) -> np.ndarray:
        """Engagements [T] of a form."""
        return np.round(self.of(self.at.run[offer.form.name])).astype(int)[self.people.quarter]

    def begun(self, offer: Offer) -> np.ndarray:
        """Engagements [Q] of a form that begin with each quarter."""
        return np.round(self.of(self.at.begin[offer.form.name])).astype(int)

    def work(self, role: str, kind: str) -> np.ndarray:
        """FTE [T] that forms of a kind (own, outside) give to a role."""
        found = [
            self.of(self.at.work[o.form.name][role])
            for o in self.people.offers
            if o.form.kind == kind and role in o.form.roles
        ]
        return np.sum(found, axis=0) if found else np.zeros(self.people.count)

    def own(self, role: str) -> np.ndarray:
        """FTE [T] of a role that own people cover, hires among them."""
        plain = self.of(self.at.section if role == "section" else self.at.own[role])
        return (
            plain + (self.of(self.at.part) if role == "promotion" else 0) + self.work(role, "own")
        )


def cover_rows(v: Values) -> pd.DataFrame:
    """Demand of each role and who covers it, by month."""
    return _stacked(
        v.people.month,
        "role",
        {
            role: {
                "demand": v.people.demand[role],
                "own": v.own(role),
                "outside": v.work(role, "outside"),
                "short": v.of(v.at.short[role]),
            }
            for role in ROLES
        },
    )


def _stacked(
    month: Sequence[date], label: str, parts: dict[str, dict[str, np.ndarray]]
) -> pd.DataFrame:
    """One table of parts with the same months and columns, one under the other; the label says which part a row is of."""
    joined = {
        name: np.concatenate([part[name] for part in parts.values()])
        for name in next(iter(parts.values()))
    }
    return pd.DataFrame(
        {
            "month": list(month) * len(parts),
            label: [name for name in parts for _ in month],
            **joined,
        }
    )


# --- heads -------------------------------------------------------------------------------------------------
def head_rows(v: Values) -> pd.DataFrame:
    """Balance of heads by month and tier; the last month's finish is not looked at, so it has no row."""
    stock, hired, gained = _stocks(v), _hired(v), _gained(v)
    parts = {}
    for tier in TIERS:
        now, later = stock[tier][:-1], stock[tier][1:]
        lost = now + gained[tier] + hired[tier] - later
        parts[tier] = {
            "start": now,
            "gained": gained[tier],
            "hired": hired[tier],
            "lost": np.where(abs(lost) < 1e-6, 0.0, lost),
            "finish": later,
        }
    return _stacked(v.people.month[:-1], "tier", parts)


def _stocks(v: Values) -> dict[str, np.ndarray]:
    posts, at = v.people.posts, v.at
    learn = {s.no: _learning(v, s.no, s.months) for s in v.people.steps}
    core = sum(
        (v.count(o) for o in v.people.offers if o.form.tier == "core"), np.zeros(v.people.count)
    )
    return {
        "none": v.of(at.none) + learn[1],
        "use": v.of(at.use) + v.of(at.alum) + learn[2] + learn[3] + posts["new"][:-1],
        "change": v.of(at.change) + posts["able"][:-1],
        "core": posts["core"][:-1] + core,
    }


def _learning(v: Values, step: int, length: int) -> np.ndarray:
    """People [T] who began a class in an earlier month and are still in it."""
    intake, found = v.of(v.at.intake[step]), np.zeros(v.people.count)
    for back in range(1, length):
        found[back:] += intake[:-back]
    return found


def _hired(v: Values) -> dict[str, np.ndarray]:
    """People [T - 1] who come from outside during each month: recruits of April into the sections and the DX section, hires."""
    posts, april = v.people.posts, v.people.april[1:]
    moved = v.people.moved / (1 - v.people.moved) if v.people.moved < 1 else 0.0
    swapped = np.where(april, (posts["core"] + posts["able"])[1:-1] * moved, 0.0)
    core = sum(
        (np.maximum(0, np.diff(v.count(o))) for o in v.people.offers if o.form.tier == "core"),
        np.zeros(len(april)),
    )
    vacancy = np.maximum(0.0, posts["came"][1:-1] - swapped)
    return {
        "none": v.of(v.at.recruit),
        "use": vacancy,
        "change": np.zeros(len(april)),
        "core": core,
    }


def _gained(v: Values) -> dict[str, np.ndarray]:
    """People [T - 1] who come from another tier during each month."""
    people, posts, at = v.people, v.people.posts, v.at
    april = people.april[1:]
    done = {s.no: _ended(v.of(at.intake[s.no]), s.months)[1:] * s.done for s in people.steps}
    factor = people.moved / (1 - people.moved) if people.moved < 1 else 0.0
    swapped = np.where(april, (posts["core"] + posts["able"])[1:-1] * factor, 0.0)
    back = np.where(april, v.of(at.change)[:-1] * people.stay * people.moved, 0.0)
    length = int(people.city.number("newcomer_months"))
    ripe = _ended(posts["came"], length)[1:-1] * people.stay**length
    ripe = ripe * np.where(april, 1 - people.moved, 1.0)
    grown = posts["grown"][:-2] * np.where(april, 1 - people.moved, 1.0)
    return {
        "none": np.zeros(len(april)),
        "use": done[1] + swapped + back,
        "change": done[3] + ripe,
        "core": grown,
    }


def _ended(begun: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate((np.zeros(length), begun))[: len(begun)]


def pyramid_rows(people: People) -> pd.DataFrame:
    """Targets by section and tier; the whole town hall has the section ''."""
    goal, ratio = people.targets, people.city.number("use_ratio") / 100
    rows = [("", tier, people.staff, goal[tier]) for tier in ("core", "change", "use")]
    for name, size, change in section_targets(people.city, people.staff):
        rows += [(name, "change", size, change), (name, "use", size, (size - change) * ratio)]
    return pd.DataFrame(rows, columns=["section", "tier", "staff", "target"])


# --- classes, engagements, money ---------------------------------------------------------------------------
def intake_rows(v: Values) -> pd.DataFrame:
    """Classes begun and the people in them."""
    rows = []
    for step in v.people.steps:
        classes, people = (
            np.round(v.of(v.at.classes[step.no])).astype(int),
            v.of(v.at.intake[step.no]),
        )
        rows += [
            (v.people.month[t], step.no, int(classes[t]), float(people[t]), step.months, step.done)
            for t in np.flatnonzero((people > 1e-6) & (classes > 0))
        ]
    return pd.DataFrame(
        sorted(rows, key=lambda row: row[:2]),
        columns=["month", "step", "cohort", "intake", "months", "done"],
    )


CONTRACT = ("form", "kind", "count", "start", "finish", "months", "fte", "yen", "once", "autonomy")


def contract_rows(v: Values, autonomy: pd.DataFrame) -> pd.DataFrame:
    """Engagements: the oldest ends first; ``autonomy`` is what own people can do alone when it ends (FTE)."""
    level = autonomy["autonomy"].to_numpy()
    rows = [
        (o.form.name, o.form.kind, *row)
        for o in v.people.offers
        for row in _engagements(v, o, level)
    ]
    return pd.DataFrame(
        sorted(rows, key=lambda row: (row[1] == "outside", row[3], row[0])), columns=list(CONTRACT)
    )


def _engagements(v: Values, offer: Offer, level: np.ndarray):
    people, open_, ended = v.people, [], {}
    quarter = people.quarter
    run, begun = v.count(offer), v.begun(offer)
    for q in range(int(quarter[-1]) + 2):
        last = q > quarter[-1]
        t = people.count if last else int(np.flatnonzero(quarter == q)[0])
        now, fresh = (0, 0) if last else (int(run[t]), int(begun[q]))
        while len(open_) + fresh > now and open_:
            key = (open_.pop(0), t)
            ended[key] = ended.get(key, 0) + 1
        open_ += [t] * min(fresh, now)
    for (first, end), count in sorted(ended.items()):
        finish = _month_after(people, end) - timedelta(days=1)
        left = float(level[min(end, people.count - 1)])  # on the day after its last
        yield (
            count,
            people.month[first],
            finish,
            end - first,
            offer.fte,
            float(offer.yen[first]),
            offer.once,
            left,
        )


def _month_after(people: People, place: int) -> date:
    return (
        people.month[place]
        if place < people.count
        else months.first_of_next_month(people.month[-1])
    )


def outside_rows(v: Values) -> pd.DataFrame:
    """Engagements running in each month, with their cost."""
    rows = []
    for offer in v.people.offers:
        count = v.count(offer)
        rows += [
            (
                v.people.month[t],
                offer.form.name,
                offer.form.kind,
                int(count[t]),
                count[t] * offer.fte,
                round(count[t] * offer.yen[t]),
            )
            for t in np.flatnonzero(count)
        ]
    return pd.DataFrame(
        sorted(rows, key=lambda row: (row[0], row[2], row[1])),
        columns=["month", "form", "kind", "count", "fte", "yen"],
    )


def cost_rows(v: Values) -> pd.DataFrame:
    """Money spent by fiscal year: each form, and the classes of each step (step1, step2, step3), whole yen."""
    people, rows = v.people, []
    first = np.array(
        [np.flatnonzero(people.quarter == q)[0] for q in range(people.quarter[-1] + 1)]
    )
    for offer in people.offers:
        yen = v.count(offer) * offer.yen
        yen[first] += v.begun(offer) * offer.once
        rows += _by_year(people, offer.form.name, yen)
    for step in people.steps:
        rows += _by_year(people, f"step{step.no}", np.round(v.of(v.at.classes[step.no])) * step.yen)
    return pd.DataFrame(rows, columns=["fiscal", "item", "yen"])


def _by_year(people: People, item: str, yen: np.ndarray):
    total = np.bincount(people.fiscal - people.fiscal[0], yen)
    return [
        (int(people.fiscal[0]) + k, item, round(float(amount)))
        for k, amount in enumerate(total)
        if amount > 0
    ]


# --- standing on one's own feet ------------------------------------------------------------------------------
def autonomy_rows(v: Values) -> pd.DataFrame:
    """What own people can do alone, what they are wanted for in the long run, and the share of outsiders."""
    wanted = sum(v.people.demand[r] for r in STANDING)
    alone = v.of(v.at.autonomy) + v.people.city.number("change_share") / 100 * v.of(v.at.change)
    able = v.own("dx") + sum(v.own(r) for r in STANDING)
    driven = {
        kind: sum(v.own(r) if kind == "own" else v.work(r, kind) for r in DRIVE)
        for kind in ("own", "outside")
    }
    total = driven["own"] + driven["outside"]
    share = np.divide(driven["outside"], total, out=np.zeros(len(total)), where=total > 1e-9)
    return pd.DataFrame(
        {
            "month": v.people.month,
            "autonomy": alone,
            "paired": v.of(v.at.paired),
            "wanted": wanted,
            "covered": np.minimum(able, wanted),
            "share": share,
        }
    )


def load_rows(v: Values) -> pd.DataFrame:
    """What falls on own people if they take on what is short: the DX section, and the 変革人材 beside their own work."""
    people, at, posts = v.people, v.at, v.people.posts
    hires = sum(
        (v.count(o) * o.fte for o in people.offers if o.form.kind == "own"), np.zeros(people.count)
    )
    dx = sum(
        v.of(at.own[r]) + v.work(r, "own") + v.of(at.short[r]) for r in ("dx", "promotion", "daily")
    )
    dx = dx + v.work("section", "own") + v.of(at.coach_dx) + v.of(at.pair)
    dx = dx + sum(
        (v.of(at.coach[o.form.name]) for o in people.offers if o.form.kind == "own"),
        np.zeros(people.count),
    )
    part = v.of(at.part) + v.of(at.coach_part)
    change = v.of(at.change)
    return _stacked(
        people.month,
        "group",
        {
            "dx": _load(
                (posts["core"] + posts["able"] + posts["new"])[:-1] + hires,
                people.work_time + hires,
                dx,
            ),
            "change": _load(change, change * people.city.number("change_share") / 100, part),
        },
    )


def _load(heads: np.ndarray, capacity: np.ndarray, work: np.ndarray) -> dict[str, np.ndarray]:
    share = np.divide(work, capacity, out=np.zeros(len(work)), where=capacity > 1e-9)
    return {"people": heads, "capacity": capacity, "work": work, "share": share}


def able_for_dx(v: Values) -> np.ndarray:
    """FTE [T] that can work on the migration where it comes first and DX promotion waits."""
    people, at = v.people, v.at
    time = people.work_time - v.of(at.own["daily"]) - v.of(at.pair)
    found = np.maximum(0.0, np.minimum(time, v.of(at.autonomy)) - v.of(at.coach_dx))
    for offer in people.offers:
        if "dx" in offer.form.roles:
            other = v.of(at.coach[offer.form.name]) + sum(
                v.of(at.work[offer.form.name][r]) for r in offer.form.roles if r not in DRIVE
            )
            found = found + np.maximum(0.0, v.count(offer) * offer.fte - other)
    return found


def self_reliant(table: pd.DataFrame) -> date | None:
    """First month from which own people cover the standing demand to the end; None where they never do."""
    lack = table["covered"] < table["wanted"] * (1 - ENOUGH)
    if not lack.any():
        return table["month"].iloc[0]
    last = int(np.flatnonzero(lack)[-1])
    return table["month"].iloc[last + 1] if last + 1 < len(table) else None
