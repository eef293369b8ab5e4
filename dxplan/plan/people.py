"""What a staffing plan is given, as arrays by month: demand, own posts, targets, forms of outsiders and hires.

The posts of the DX section are kept filled: who leaves or is transferred on 1 April is followed by a newcomer, who
works less until the onboarding is over. So the experienced people there are known before anything is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.town.city import City, CityError
from dxplan.town.defaults import Form, in_force

ROLES = ("dx", "promotion", "daily", "section")
DRIVE = ("dx", "promotion")  # work that needs people who can drive a change
STEPS = (1, 2, 3)
DAYS = 20  # days a month of one FTE
HOURS = 155.0  # working hours a month of one FTE: 20 days of 7 h 45 min
LONGEST = 120


@dataclass(frozen=True)
class Offer:
    """A form of outsider or hire as the plan may use it.

    Attributes
    ----------
    form : the form with its values.
    fte : FTE of one engagement.
    yen : float [T], cost of one engagement by month (円); once : at its start (円).
    least, most : shortest and longest engagement (quarters); lead : months before the first start.
    limit, year : most at a time, most new ones a fiscal year.
    """

    form: Form
    fte: float
    yen: np.ndarray
    once: float
    least: int
    most: int
    lead: int
    limit: int
    year: int

    @property
    def drives(self) -> bool:
        """Whether it is an outsider that does work of the driving kind."""
        return self.form.kind == "outside" and bool(set(DRIVE) & set(self.form.roles))


@dataclass(frozen=True)
class Step:
    """A step of the practice programme.

    Attributes
    ----------
    no : 1, 2 or 3; months : length of a class; seats : people a class; done : share that completes.
    hours : hours away from work a person; yen : cost a class; coach : coaching a class (FTE while it runs).
    """

    no: int
    months: int
    seats: float
    done: float
    hours: float
    yen: float
    coach: float


@dataclass(frozen=True)
class People:
    """One city's people and work by month; people in 人, work in FTE, money in 円."""

    city: City
    month: tuple[date, ...]
    demand: Mapping[str, np.ndarray]
    section: np.ndarray
    offers: tuple[Offer, ...]
    steps: tuple[Step, ...]

    @property
    def count(self) -> int:
        """Months planned."""
        return len(self.month)

    @cached_property
    def april(self) -> np.ndarray:
        """Whether each month is an April [T]; the plan's own first month is none, its people are as counted."""
        return np.array([m.month == 4 and i > 0 for i, m in enumerate(self.month)])

    @cached_property
    def quarter(self) -> np.ndarray:
        """Calendar quarter [T] of each month, 0 for the one in which the plan starts."""
        number = np.array([m.year * 4 + (m.month - 1) // 3 for m in self.month])
        return number - number[0]

    @cached_property
    def fiscal(self) -> np.ndarray:
        """Fiscal year [T] of each month."""
        return np.array([months.fiscal_year(m) for m in self.month])

    @cached_property
    def stay(self) -> float:
        """Share of the people who do not leave within a month."""
        return (1 - self.city.number("leave_rate") / 100) ** (1 / 12)

    @cached_property
    def moved(self) -> float:
        """Share of the people in a role who leave it on 1 April."""
        return self.city.number("transfer_rate") / 100

    @cached_property
    def staff(self) -> float:
        """All people of the general administration, at least those in the DX section and one more."""
        return max(float(self.city.facts.staff_general), self.city.number("dx_staff") + 1)

    @cached_property
    def posts(self) -> dict[str, np.ndarray]:
        """People in the DX section [T + 1] at each month's start: core, able (experienced), new, and grown in the month."""
        return _posts(self)

    @cached_property
    def work_time(self) -> np.ndarray:
        """FTE [T] of the DX section: newcomers count by what they get done."""
        part = self.city.number("newcomer_share") / 100
        return (self.posts["core"] + self.posts["able"] + part * self.posts["new"])[:-1]

    @cached_property
    def kept(self) -> np.ndarray:
        """Share [T] of the autonomy that is left after a month's leavers, and after 1 April at its end."""
        lost = 1 - self.city.number("handover_rate") / 100
        april = np.append(self.april[1:], False)
        return (1 - (1 - self.stay) * lost) * np.where(april, 1 - self.moved * lost, 1.0)

    @cached_property
    def start(self) -> dict[str, float]:
        """People of the sections at the start by pool: none, use, alum (after step 2), change."""
        town = self.staff - self.city.number("dx_staff")
        change = min(self.city.number("change_now"), town)
        use = min(town - change, self.city.number("use_now") / 100 * town)
        return {"none": town - change - use, "use": use, "alum": 0.0, "change": change}

    @cached_property
    def autonomy(self) -> float:
        """FTE of driving work that the DX section can do alone at the start."""
        time = (1 - self.city.number("daily_share") / 100) * self.work_time[0]
        return self.city.number("autonomy_share") / 100 * time

    @cached_property
    def targets(self) -> dict[str, float]:
        """Target heads by tier, DX section included: core, change, use."""
        core = max(1.0, round(self.staff * self.city.number("core_ratio") / 100))
        change = sum(goal for _, _, goal in section_targets(self.city, self.staff))
        change += max(0.0, self.city.number("dx_staff") - core)
        rest = max(0.0, self.staff - core - change)
        return {"core": core, "change": change, "use": rest * self.city.number("use_ratio") / 100}

    def index(self, day: date) -> int:
        """The month [0..T-1] of a day, the nearest one where the day is outside."""
        found = (day.year - self.month[0].year) * 12 + day.month - self.month[0].month
        return min(max(found, 0), self.count - 1)


def section_targets(city: City, staff: float) -> list[tuple[str, float, float]]:
    """(section, its staff, target of change people): the sections of the 20 businesses, and the rest of the town hall."""
    ratio = city.number("change_ratio") / 100
    rest = staff - city.number("dx_staff")
    known = [(s.name, float(s.staff.value)) for s in city.sections]
    scale = min(1.0, rest / max(1e-9, sum(size for _, size in known)))
    rows = [(name, size * scale) for name, size in known]
    left = rest - sum(size for _, size in rows)
    rows += [("その他の課", left)] if left >= 1 else []
    return [
        (name, size, float(min(round(size), max(1, round(size * ratio)))) if ratio else 0.0)
        for name, size in rows
    ]


def load_people(city: City, pmo: PmoPlan) -> People:
    """The people and the work of a city with its roadmap.

    Raises
    ------
    CityError
        A form's shortest engagement is longer than the plan or its own longest one, or no quarter lies between.
    """
    first = city.start.replace(day=1)
    last = pmo.earliest
    wanted = (last.year - first.year) * 12 + last.month - first.month + 1
    count = min(LONGEST, max(int(city.number("staff_months")), -(-wanted // 12) * 12))
    month = tuple(
        date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1)
        for i in range(count)
    )
    offers = tuple(_offer(city, form, month) for form in city.forms)
    return People(
        city,
        month,
        _demand(city, pmo, month),
        _section(city, pmo, month),
        offers,
        tuple(_step(city, no) for no in STEPS),
    )


def _step(city: City, no: int) -> Step:
    def number(name: str) -> float:
        return city.number(f"step{no}_{name}")

    length, coach = (int(number("months")), number("coach")) if no > 1 else (1, 0.0)
    return Step(
        no, length, number("seats"), number("done") / 100, number("hours"), number("yen"), coach
    )


UNUSED = "使わない形態は form_max を 0 にしてください。"
TOO_LONG = (
    "{name}({where}): 最短の期間(form_least)が{least:g}か月で、{what}の{most:g}か月を超えています。期間を短くするか、"
    + UNUSED
)
NO_QUARTER = (
    "{name}({where}): 期間は四半期(3か月)ごとに数えますが、最短の{least:g}か月(form_least)から最長の{most:g}か月(form_most)の間に"
    "3の倍数がありません。どちらかを広げるか、" + UNUSED
)


def _offer(city: City, form: Form, month: tuple[date, ...]) -> Offer:
    def number(name: str) -> float:
        return form.number(name, city.start)

    scale, yen = (
        city.number("form_scale"),
        np.array([form.number("form_yen", day) for day in month]),
    )
    limit, year = (
        max(1, int(number(name) * scale)) if number(name) * scale > 0 else 0
        for name in ("form_max", "form_year")
    )
    least, most = int(-(-number("form_least") // 3)), int(number("form_most") // 3)
    if limit:
        _check_span(form, city.start, len(month))
    fte, lead = number("form_days") / DAYS, int(number("form_lead"))
    return Offer(form, fte, yen, number("form_once"), least, max(most, least), lead, limit, year)


def _check_span(form: Form, start: date, horizon: int) -> None:
    least, most = (in_force(form.values[name], start) for name in ("form_least", "form_most"))
    said = {
        "name": form.name,
        "where": "、".join(dict.fromkeys((least.where, most.where))),
        "least": least.value,
    }
    for what, longest in (("人材計画", horizon), ("最長の期間(form_most)", most.value)):
        if least.value > longest:
            raise CityError(TOO_LONG.format(**said, what=what, most=longest))
    if -(-least.value // 3) > most.value // 3:
        raise CityError(NO_QUARTER.format(**said, most=most.value))


def _demand(city: City, pmo: PmoPlan, month: tuple[date, ...]) -> dict[str, np.ndarray]:
    found = {}
    for role in ("dx", "section"):
        rows = pmo.demand[pmo.demand["role"] == role]
        known = dict(zip(rows["month"], rows["fte"]))
        found[role] = np.array([float(known.get(m, 0.0)) for m in month])
    found["promotion"] = np.array([city.number("promotion_fte", m) for m in month])
    daily = city.number("daily_share") / 100 * city.number("dx_staff")
    return {
        "dx": found["dx"],
        "promotion": found["promotion"],
        "daily": np.full(len(month), daily),
        "section": found["section"],
    }


def _section(city: City, pmo: PmoPlan, month: tuple[date, ...]) -> np.ndarray:
    """FTE [T] that the sections can give to the migration: as in the roadmap, and what they could where it asks nothing."""
    rows = pmo.load[pmo.load["kind"] == "section"].groupby("month")["capacity"].sum()
    free = sum(s.staff.value for s in city.sections) * city.number("section_share") / 100
    return np.array([float(rows.get(m, free)) for m in month])


def _posts(people: People) -> dict[str, np.ndarray]:
    city, count = people.city, people.count
    total, length = city.number("dx_staff"), int(city.number("newcomer_months"))
    core = np.zeros(count + 1)
    able, new, grown, came = core.copy(), core.copy(), core.copy(), np.zeros(count + 1)
    core[0] = min(city.number("core_now"), total)
    able[0] = total - core[0]
    for t in range(count):
        ripe = came[t + 1 - length] * people.stay**length if t + 1 >= length else 0.0
        room = max(0.0, people.targets["core"] - core[t] * people.stay)
        grown[t] = min(able[t] * people.stay / city.number("core_months"), room)
        core[t + 1] = core[t] * people.stay + grown[t]
        able[t + 1] = able[t] * people.stay - grown[t] + ripe
        new[t + 1] = max(0.0, new[t] * people.stay - ripe)
        if t + 1 < count and people.april[t + 1]:
            core[t + 1], able[t + 1] = (
                core[t + 1] * (1 - people.moved),
                able[t + 1] * (1 - people.moved),
            )
            came[t + 1] = total - core[t + 1] - able[t + 1] - new[t + 1]
            new[t + 1] += came[t + 1]
    return {"core": core, "able": able, "new": new, "grown": grown, "came": came}
