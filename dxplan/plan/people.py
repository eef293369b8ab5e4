"""What a staffing plan is given by month: demand, own posts, targets, outsiders and hires.

The posts of the DX section are kept filled: who leaves or is transferred on 1 April is followed
by a newcomer, who works less until the onboarding is over. So the experienced people there are
known before anything is decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from dxplan.facts import months
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.sittings import meeting_hours, plan_sittings
from dxplan.solve.arrays import Flags, Floats, Ints
from dxplan.town.city import City
from dxplan.town.defaults import Form, in_force
from dxplan.town.finder import CityError

ROLES = ("dx", "pmo", "promotion", "daily", "section")
DRIVE = ("dx", "promotion")  # work that needs people who can drive a change
OWN = ("dx", "pmo", "promotion", "daily")  # work of the DX section
STEPS = (1, 2, 3)
YEAR = 4  # quarters
DAYS = 20  # days a month of one FTE
HOURS = 155.0  # working hours a month of one FTE: 20 days of 7 h 45 min
LONGEST = 120
REHEARSAL = "12.2"  # work item


@dataclass(frozen=True)
class Offer:
    """A form of outsider or hire as the plan may use it.

    Attributes
    ----------
    form : the form with its values.
    fte : FTE of one engagement.
    yen : float [T], cost of one engagement by month (円); once : at its start (円).
    least, most : shortest and longest engagement (quarters).
    whole : length below which an engagement is dearer (quarters): 12 months where it may last so.
    ready : month of the first start: the first money can be spent, and its lead time is over.
    limit, year : most people at a time (given ones among them), most new ones a fiscal year.
    given : people [T] of engagements that run already or are agreed upon.
    """

    form: Form
    fte: float
    yen: Floats
    once: float
    least: int
    most: int
    whole: int
    ready: int
    limit: int
    year: int
    given: Floats

    @property
    def name(self) -> str:
        """Name of the form."""
        return self.form.name


@dataclass(frozen=True)
class Step:
    """A step of the practice programme.

    Attributes
    ----------
    no : 1, 2 or 3; months : length of a class; seats : people a class; done : share that completes.
    hours : hours away from work a person; yen : cost a class.
    coach : coaching a class (FTE while it runs).
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
    """One city's people and work by month; people in 人, work in FTE, money in 円.

    ``taught`` is the month in which the first class may start, ``ends`` the one after the last in
    which a class may run.
    """

    city: City
    month: tuple[date, ...]
    demand: Mapping[str, Floats]
    section: Floats
    offers: tuple[Offer, ...]
    steps: tuple[Step, ...]
    taught: int
    ends: int

    @property
    def count(self) -> int:
        """Months planned."""
        return len(self.month)

    @cached_property
    def april(self) -> Flags:
        """Whether each month is an April [T]."""
        # the plan's own first month is none: its people are as counted
        return np.isin(self.calendar, 4) & (np.arange(self.count) > 0)

    @cached_property
    def calendar(self) -> Ints:
        """Calendar month [T] of each month, 1..12."""
        return np.array([month.month for month in self.month])

    @cached_property
    def quarter(self) -> Ints:
        """Calendar quarter [T] of each month, 0 for the one in which the plan starts."""
        number = np.array([m.year * 4 + (m.month - 1) // 3 for m in self.month])
        quarter: Ints = number - number[0]
        return quarter

    @cached_property
    def begins(self) -> Ints:
        """First month [Q] of each quarter, as its place in the plan."""
        return np.flatnonzero(np.diff(self.quarter, prepend=-1))

    @cached_property
    def tail(self) -> Floats:
        """Months [T] that each month stands for: the last one also for some after the plan."""
        weight = np.ones(self.count)
        weight[-1] += self.city.number("tail_months")
        return weight

    @cached_property
    def core_offers(self) -> list[Offer]:
        """The forms that are core people."""
        return [offer for offer in self.offers if offer.form.tier == "core"]

    def offers_of(self, kind: str) -> list[Offer]:
        """The forms of a kind: own or outside."""
        return [offer for offer in self.offers if offer.form.kind == kind]

    @cached_property
    def fiscal(self) -> Ints:
        """Fiscal year [T] of each month."""
        return np.array([months.fiscal_year(m) for m in self.month])

    @cached_property
    def stay(self) -> float:
        """Share of the people who do not leave within a month."""
        return float((1 - self.city.number("leave_rate") / 100) ** (1 / 12))

    @cached_property
    def moved(self) -> float:
        """Share of the people in a role who leave it on 1 April."""
        return self.city.number("transfer_rate") / 100

    @cached_property
    def staff(self) -> float:
        """All people of the general administration: the DX section and one more at least."""
        least = self.city.number("dx_staff") + 1
        return max(float(self.city.facts.staff_general), least)

    @cached_property
    def posts(self) -> dict[str, Floats]:
        """People in the DX section [T + 1] at each month's start: core, able (experienced), new.

        Beside them grown (from able to core in the month) and came (newcomers of 1 April).
        """
        return _posts(self)

    @cached_property
    def work_time(self) -> Floats:
        """FTE [T] of the DX section: newcomers count by what they get done."""
        part = self.city.number("newcomer_share") / 100
        posts = self.posts
        time = posts["core"] + posts["able"] + part * posts["new"]
        return time[:-1]

    @cached_property
    def left(self) -> Floats:
        """FTE [T] of the DX section beside daily operation, roadmap, PMO and other promotion."""
        asked = sum(self.demand[role] for role in OWN)
        return np.maximum(0.0, self.work_time - asked)

    def promoters(self, strategy: str) -> Iterator[tuple[Floats, Floats]]:
        """FTE [T] at most, and 円 a FTE-month [T], of outsiders who promote, the cheapest first."""
        heads = self.outsiders
        if strategy == "outside":
            heads = sum(offer.limit for offer in self.offers)
        elif strategy == "own":
            heads = 0
        last = self.index(self.city.at("exit_date").day)
        there = (np.arange(self.count) <= last) | (strategy == "outside")
        offers = [o for o in self.offers_of("outside") if "promotion" in o.form.roles]
        for offer in sorted(offers, key=lambda offer: (offer.yen[0] / offer.fte, offer.name)):
            count = min(heads, offer.limit)
            heads -= count
            begun = np.arange(self.count) >= offer.ready
            most: Floats = count * offer.fte * (begun & there).astype(float)
            yield most, offer.yen / offer.fte

    def busied(self, work: Floats | None) -> People:
        """The same people, whose promotion has the work of the DX initiatives in it (FTE).

        A first answer may have another horizon than the initiatives were planned for.
        """
        if work is None:
            return self
        promotion = self.demand["promotion"].copy()
        known = min(len(work), self.count)
        promotion[:known] += work[:known]
        return replace(self, demand={**self.demand, "promotion": promotion})

    @cached_property
    def kept(self) -> Floats:
        """Share [T] of the autonomy left after a month's leavers, and after 1 April at its end."""
        lost = 1 - self.city.number("handover_rate") / 100
        april = np.append(self.april[1:], False)
        transferred = np.where(april, 1 - self.moved * lost, 1.0)
        return (1 - (1 - self.stay) * lost) * transferred

    @cached_property
    def start(self) -> dict[str, float]:
        """People of the sections at the start by step: none, use (1), alum (2), change (3)."""
        town = self.staff - self.city.number("dx_staff")
        change = min(self.city.number("change_now"), town)
        return {
            "none": town - change,
            "use": 0.0,
            "alum": 0.0,
            "change": change,
        }

    @cached_property
    def users(self) -> float:
        """Share of those without a step who are 活用人材 already; recruits are as they are."""
        town = self.staff - self.city.number("dx_staff")
        use = self.city.number("use_now") / 100 * town
        return min(1.0, use / max(1e-9, self.start["none"]))

    @cached_property
    def outsiders(self) -> int:
        """Most outsiders at a time (人): in proportion to the DX section, one at least."""
        share = self.city.number("outside_share") / 100
        return max(1, int(share * self.city.number("dx_staff") + 1e-9))

    @cached_property
    def returned(self) -> Floats:
        """変革人材 [T - 1] whom 1 April brings from the DX section to the sections.

        No more than half of those who left there since the last one, or no recruit would be wanted.
        """
        town = self.staff - self.city.number("dx_staff")
        april = np.flatnonzero(self.april)
        since = np.ones(self.count - 1)
        since[april - 1] = np.diff(april, prepend=0)
        most = town * (1 - self.stay**since) / 2
        if self.moved >= 1:
            return np.zeros(self.count - 1)
        # of those who are left after the transfers
        factor = self.moved / (1 - self.moved)
        left = self.posts["core"] + self.posts["able"]
        swapped = np.where(self.april[1:], left[1:-1] * factor, 0.0)
        return np.minimum(swapped, most)

    @cached_property
    def autonomy(self) -> float:
        """FTE of driving work that the DX section can do alone at the start."""
        time = (1 - self.city.number("daily_share") / 100) * self.work_time[0]
        return float(self.city.number("autonomy_share") / 100 * time)

    @cached_property
    def targets(self) -> dict[str, float]:
        """Target heads by tier, DX section included: core, change, use."""
        city = self.city
        core = max(1.0, round(self.staff * city.number("core_ratio") / 100))
        change = sum(section.change for section in section_targets(city, self.staff))
        change += max(0.0, city.number("dx_staff") - core)
        rest = max(0.0, self.staff - core - change)
        use = rest * city.number("use_ratio") / 100
        return {"core": core, "change": change, "use": use}

    def index(self, day: date) -> int:
        """The month [0..T-1] of a day, the nearest one where the day is outside."""
        return min(months.months_between(self.month[0], day), self.count - 1)


class SectionTarget(NamedTuple):
    """A section, its staff and how many of them are to be change people."""

    name: str
    staff: float
    change: float


def section_targets(city: City, staff: float) -> list[SectionTarget]:
    """Targets of the sections of the 20 businesses, and of the rest of the town hall."""
    ratio = city.number("change_ratio") / 100
    town = staff - city.number("dx_staff")
    sizes = {section.name: section.staff.number for section in city.sections}
    # sections that are said to be larger than the town hall shrink to it
    scale = min(1.0, town / max(1e-9, sum(sizes.values())))
    sizes = {name: size * scale for name, size in sizes.items()}
    left = town - sum(sizes.values())
    if left >= 1:
        sizes["その他の課"] = left
    targets = []
    for name, size in sizes.items():
        change = 0
        if ratio:
            change = min(round(size), max(1, round(size * ratio)))
        targets.append(SectionTarget(name, size, float(change)))
    return targets


class _Ground:
    """A city and its roadmap as one key: they are the same where they are the same objects."""

    def __init__(self, city: City, pmo: PmoPlan) -> None:
        self.city, self.pmo = city, pmo

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ground) and self.city is other.city and self.pmo is other.pmo

    def __hash__(self) -> int:
        return hash((id(self.city), id(self.pmo)))


def load_people(city: City, pmo: PmoPlan) -> People:
    """The people and the work of a city with its roadmap.

    Raises
    ------
    CityError
        A form's shortest engagement is longer than the plan or its own longest one, or no quarter
        lies between.
    """
    return _people(_Ground(city, pmo))


# a plan is staffed twice, and once more for each strategy: its ground is the same
@lru_cache(maxsize=4)
def _people(ground: _Ground) -> People:
    city, pmo = ground.city, ground.pmo
    first = city.start.replace(day=1)
    wanted = months.months_between(first, pmo.earliest) + 1
    years = -(-wanted // 12)
    count = min(LONGEST, max(int(city.number("staff_months")), years * 12))
    month = months.month_firsts(first, count)
    return People(
        city,
        month,
        _demand(city, pmo, month),
        _section(city, pmo, month),
        tuple(_offer(city, pmo, form, month) for form in city.forms),
        tuple(_step(city, no) for no in STEPS),
        ready_month(pmo, month, city.number("step_lead")),
        months.months_between(first, city.at("people_date").day) + 1,
    )


def ready_month(pmo: PmoPlan, month: Sequence[date], lead: float) -> int:
    """The first month that begins when the money of the first occasion has been there for a time.

    ``lead`` is in months; a plan without an occasion has no start.
    """
    money = min((gate.available for gate in pmo.gates), default=None)
    if money is None:
        return len(month)
    if money.day > 1:
        money = months.first_of_next_month(money)
    ready = months.month_later(money, int(lead))
    return max(0, months.month_offset(month[0], ready))


def _step(city: City, no: int) -> Step:
    def number(name: str) -> float:
        return city.number(f"step{no}_{name}")

    length, coach = 1, 0.0  # step 1 is over within a month and has no coach
    if no > 1:
        length, coach = int(number("months")), number("coach")
    return Step(
        no,
        length,
        number("seats"),
        number("done") / 100,
        number("hours"),
        number("yen"),
        coach,
    )


UNUSED = "使わない形態は form_max を 0 にしてください。"
TOO_LONG = (
    "{name}({where}): 最短の期間(form_least)が{least:g}か月で、人材計画の{most:g}か月を超えています。"
    "期間を短くするか、" + UNUSED
)
NO_QUARTER = (
    "{name}({where}): 期間は四半期(3か月)ごとに数えますが、"
    "最短の{least:g}か月(form_least)から最長の{most:g}か月(form_most)の間に"
    "3の倍数がありません。どちらかを広げるか、" + UNUSED
)


def _offer(city: City, pmo: PmoPlan, form: Form, month: tuple[date, ...]) -> Offer:
    def number(name: str) -> float:
        return form.number(name, city.start)

    def most_of(name: str) -> int:
        scaled = number(name) * city.number("form_scale")
        if scaled <= 0:
            return 0
        return max(1, int(scaled))

    limit = most_of("form_max")
    if limit:
        _check_span(form, city.start, len(month))
    least = int(-(-number("form_least") // 3))
    most = max(least, int(number("form_most") // 3))
    return Offer(
        form,
        number("form_days") / DAYS,
        np.array([form.number("form_yen", day) for day in month]),
        number("form_once"),
        least,
        most,
        min(YEAR, most),
        ready_month(pmo, month, number("form_lead")),
        limit,
        most_of("form_year"),
        _given(city, form, month),
    )


def _given(city: City, form: Form, month: tuple[date, ...]) -> Floats:
    """People [T] of a form whose engagements run in each month."""
    people = np.zeros(len(month))
    for engagement in city.engagements:
        if engagement.form != form.name:
            continue
        for t, first in enumerate(month):
            # a month counts where the engagement covers its end
            if engagement.start <= months.month_end(first) <= months.month_end(engagement.until):
                people[t] += engagement.people
    return people


def _check_span(form: Form, start: date, horizon: int) -> None:
    """Refuse an engagement that fits neither the plan nor its own limits."""
    least, most = form.number("form_least", start), form.number("form_most", start)
    ends = [in_force(form.values[name], start) for name in ("form_least", "form_most")]
    words = {
        "name": form.name,
        "where": "、".join(dict.fromkeys(end.where for end in ends)),
        "least": least,
    }
    if least > horizon:
        raise CityError(TOO_LONG.format(**words, most=horizon))
    if -(-least // 3) > most // 3:
        raise CityError(NO_QUARTER.format(**words, most=most))


def _demand(city: City, pmo: PmoPlan, month: tuple[date, ...]) -> dict[str, Floats]:
    rows = pmo.demand.set_index(["role", "month"])["fte"]
    daily = city.number("daily_share") / 100 * city.number("dx_staff")
    return {
        "dx": np.array([float(rows.get(("dx", day), 0.0)) for day in month]),
        "pmo": _office(city, pmo, month),
        "promotion": np.array([city.number("promotion_other", day) for day in month]),
        "daily": np.full(len(month), daily),
        "section": np.array([float(rows.get(("section", day), 0.0)) for day in month]),
    }


def _office(city: City, pmo: PmoPlan, month: tuple[date, ...]) -> Floats:
    """FTE [T] of the PMO's office: while a lot is open, and more from its first rehearsal on.

    It ends with the hypercare of the last lot. The DX section's hours in meetings are part of it.
    """
    held = meeting_hours(city, plan_sittings(city, pmo))
    hours = held.groupby("month")["dx"].sum()
    met = [float(hours.get(day, 0.0)) for day in month]
    fte = np.array(met) / HOURS
    for _, tasks in pmo.task.groupby("lot"):
        rehearsal = tasks.loc[tasks["no"] == REHEARSAL, "start"]
        first, last = tasks["start"].min(), tasks["finish"].max()
        tested = rehearsal.min() if len(rehearsal) else first
        for t, day in enumerate(month):
            end = months.month_end(day)
            if first <= end and day <= last:
                fte[t] += city.number("pmo_fte")
            if tested <= end and day <= last:
                fte[t] += city.number("pmo_peak")
    return fte


def _section(city: City, pmo: PmoPlan, month: tuple[date, ...]) -> Floats:
    """FTE [T] that the sections can give to the migration.

    It is as in the roadmap, and what they could give where that asks nothing.
    """
    load = pmo.load[pmo.load["kind"] == "section"]
    given = load.groupby("month")["capacity"].sum()
    staff = sum(section.staff.number for section in city.sections)
    free = staff * city.number("section_share") / 100
    return np.array([float(given.get(day, free)) for day in month])


def _posts(people: People) -> dict[str, Floats]:
    city, count, stay = people.city, people.count, people.stay
    total, length = city.number("dx_staff"), int(city.number("newcomer_months"))
    core, able, new, grown, came = np.zeros((5, count + 1))
    core[0] = min(city.number("core_now"), total)
    able[0] = total - core[0]
    for t in range(count):
        ripe = 0.0  # newcomers whose onboarding ends
        if t + 1 >= length:
            ripe = came[t + 1 - length] * stay**length
        room = max(0.0, people.targets["core"] - core[t] * stay)
        grown[t] = min(able[t] * stay / city.number("core_months"), room)
        core[t + 1] = core[t] * stay + grown[t]
        able[t + 1] = able[t] * stay - grown[t] + ripe
        new[t + 1] = max(0.0, new[t] * stay - ripe)
        if t + 1 < count and people.april[t + 1]:
            core[t + 1] *= 1 - people.moved
            able[t + 1] *= 1 - people.moved
            came[t + 1] = total - core[t + 1] - able[t + 1] - new[t + 1]
            new[t + 1] += came[t + 1]
    return {
        "core": core,
        "able": able,
        "new": new,
        "grown": grown,
        "came": came,
    }
