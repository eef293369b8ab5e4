"""Who pays a cost: grants, allocation taxes and bonds by dated rates, general revenue the rest.

Sets        f fiscal years, i items of a cost,
            m measures (in the order of ``MEASURES``, in which they pay)
Given       c[f,i] cost (yen, whole thousands), r[m,f] rate (hundredths of %),
            A[m] the items that a measure covers,
            L[f,i] limit of the cost that F10 counts, K[F1] limit of what F1 pays over all years
Find        s[m,f,i] what a measure pays (whole thousands), b[f,i] the burden that is left
Subject to  (U1 rate)  s = floor(r x min(c - what earlier measures pay, L))     for i in A[m]
            (U2 term)  r = 0 before the first and after the last year of a rate
            (U3 body)  s = 0 for the allocation taxes where the body gets none
            (U4 cap)   sum of s over f, i <= K, the earlier years first
            (U5 bond)  bonds pay for investment only, never for people or running costs
            (U6 rest)  b = c - sum of s over m >= 0
            (U7 words) general revenue is what the allocation taxes pay and the burden: they have
                       no purpose of their own

A rate nobody has confirmed (grade M or G) may be taken as zero (``doubt``): the burden that is then
left is the sure side of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import Row
from dxplan.facts.columns import CatalogError
from dxplan.facts.nodes import UNSURE
from dxplan.plan.costs import Cost
from dxplan.plan.rates import POINTS, allocated, paid_of, points_of
from dxplan.plan.work import thousands
from dxplan.town.city import City

SUBSIDY, SPECIAL, ORDINARY, BOND, NET = "subsidy", "special", "ordinary", "bond", "net"
ALLOCATION = (SPECIAL, ORDINARY)
FULL, BY_SIZE, NO_SUBSIDY = "見積額の全額", "規模からの見込み", "見込まない"  # words of cap_basis


@dataclass(frozen=True)
class Measure:
    """A way to pay: its id in data/finance_rates.csv (without a year), its fund, its parameter."""

    id: str
    fund: str
    rate: str


MEASURES = (
    Measure("F1", SUBSIDY, "rate_F1"),
    Measure("F9", SUBSIDY, "rate_F9"),
    Measure("F3", SPECIAL, "rate_F3"),
    Measure("F10-person", SPECIAL, "rate_F10"),
    Measure("F10-side", SPECIAL, "rate_F10"),
    Measure("F4", SPECIAL, "rate_F4"),
    Measure("F6", ORDINARY, "rate_F6"),
    Measure("F8-fill", BOND, "rate_F8"),
)
CAPS = {"F10-person": "cap_F10", "F10-side": "cap_F10_side"}  # of a person and year
COVERS = {  # (group, item) or group -> measures; a form of people names its own measure
    ("training", "step2"): ("F4",),
    ("training", "step3"): ("F4",),
    "migration": ("F1",),
    "running": ("F6",),
    "current": ("F6",),
    "invest": ("F9", "F8-fill"),
}
OTHERS = {  # measures that are no money of this budget -> why
    "F5": "prefecture",
    "F8-return": "later",
    "F10-idea": "split",
    "F10-ready": "split",
    "F11": "gift",
    "F12": "in_kind",
    "F13": "in_kind",
}


@dataclass(frozen=True)
class FundingRule:
    """What a measure may pay for in this city.

    Attributes
    ----------
    rate : fiscal year -> hundredths of a per cent; grade : fiscal year -> grade of that rate.
    reason : why it pays nothing, or "".
    limit : (fiscal year, item) -> yen of the cost that count at most.
    cap : yen it pays at most, None without end.
    """

    measure: Measure
    rate: Mapping[int, int]
    grade: Mapping[int, str]
    reason: str
    limit: Mapping[tuple[int, str], int]
    cap: int | None

    def points(self, fiscal: int, doubted: bool) -> int:
        """The rate of a year (hundredths of a per cent); 0 for a doubtful one that is doubted."""
        if doubted and self.grade[fiscal] in UNSURE:
            return 0
        return self.rate[fiscal]


class Payment(NamedTuple):
    """What a fund pays of one item in one fiscal year (yen), by which measure, with its grade."""

    fiscal: int
    group: str
    item: str
    fund: str
    measure: str
    yen: int
    grade: str


@cache
def load_measures() -> tuple[Row, ...]:
    """The rows of data/finance_rates.csv.

    Raises
    ------
    CatalogError
        A rate is not 0..1, a cap is negative, or a term ends before it begins.
    """
    table = catalog.load_table("finance_rates").astype(object)
    rows = table.where(table.notna(), None).to_dict("records")
    return tuple(map(checked_measure, rows))


def checked_measure(row: Row) -> Row:
    """A row of data/finance_rates.csv as it is, where its numbers can hold."""
    where = f"data/finance_rates.csv {row['id']}"
    rate, cap = row["rate"], row["cap_yen"]
    begins, ends = row["fiscal_from"], row["fiscal_to"]
    if rate is not None and not 0 <= rate <= 1:
        raise CatalogError(
            f"{where}: rate の {rate:g} は率ではありません。0〜1で書いてください(50%なら 0.5)。"
        )
    if cap is not None and cap < 0:
        raise CatalogError(
            f"{where}: cap_yen の {cap:,} は負の額です。"
            "0円以上で書くか、上限がなければ空けてください。"
        )
    if rate is not None and begins is None:
        raise CatalogError(
            f"{where}: 率に年度がありません。fiscal_from に、いつの年度からの率かを書いてください。"
        )
    if begins is not None and ends is not None and ends < begins:
        raise CatalogError(
            f"{where}: {ends}年度までは、{begins}年度からより前です。年度を直してください。"
        )
    return row


# --- what each measure may pay -------------------------------------------------------------------
def build_rules(
    city: City,
    years: Iterable[int],
    limits: Mapping[tuple[int, str], int],
    presumed: int,
) -> tuple[FundingRule, ...]:
    """The measures as they hold for a city.

    Parameters
    ----------
    city : the municipality.
    years : fiscal years of the budget.
    limits : (fiscal year, item) -> yen that F10 counts at most.
    presumed : yen that F1 pays at most where its cap is presumed from the size of the city.
    """
    years, caps = tuple(years), {"F1": _cap(city, presumed)}
    rules = []
    for measure in MEASURES:
        counted = limits if measure.id in CAPS else {}
        rules.append(_rule(city, measure, years, counted, caps.get(measure.id)))
    return tuple(rules)


def _cap(city: City, presumed: int) -> int | None:
    """(U4) What F1 pays at most over all years; None where it has no limit."""
    basis = city.at("cap_basis").word
    if basis == FULL:
        return None
    if basis == NO_SUBSIDY:
        return 0
    return presumed if basis == BY_SIZE else thousands(city.number("cap_F1"))


def _rule(
    city: City,
    measure: Measure,
    years: tuple[int, ...],
    limits: Mapping[tuple[int, str], int],
    cap: int | None,
) -> FundingRule:
    rate, grade = {}, {}
    for fiscal in years:
        rate[fiscal], grade[fiscal] = points_of(city, measure.rate, fiscal)
    return FundingRule(measure, rate, grade, _reason(city, measure, rate), limits, cap)


def _reason(city: City, measure: Measure, rate: Mapping[int, int]) -> str:
    if measure.fund in ALLOCATION and not allocated(city):
        return "body"
    if measure.fund == BOND and city.at("bond_use").word == "使わない":
        return "unused"
    if not any(rate.values()):
        return "no_rate"
    return ""


def payments(
    city: City,
    costs: Sequence[Cost],
    rules: Sequence[FundingRule],
    doubt: Collection[str] = (),
) -> list[Payment]:
    """What adds up to each cost, in the order of the costs.

    Parameters
    ----------
    city : the municipality; its forms name the measures of people.
    costs : the costs; a cap is used up in the order of the years.
    rules : what ``build_rules`` gives.
    doubt : ids of the measures whose unconfirmed rates are taken as zero.
    """
    forms = {form.name: (form.measure,) for form in city.forms}
    order = sorted(range(len(costs)), key=lambda k: costs[k].fiscal)
    left = [cost.yen for cost in costs]
    paid: list[list[Payment]] = [[] for _ in costs]

    def pay(k: int, fund: str, measure: str, yen: int, grade: str) -> None:
        cost = costs[k]
        left[k] -= yen
        if yen:
            paid[k].append(Payment(cost.fiscal, cost.group, cost.item, fund, measure, yen, grade))

    for rule in rules:
        measure, cap, room = rule.measure, rule.cap, dict(rule.limit)
        for k in order:
            cost = costs[k]
            if rule.reason or measure.id not in _covering(cost, forms):
                continue
            key = cost.fiscal, cost.item
            counted = min(left[k], room.get(key, left[k]))
            if key in room:
                room[key] -= counted
            points = rule.points(cost.fiscal, measure.id in doubt)
            yen = paid_of(counted, points)
            if cap is not None:
                yen = min(yen, cap)
                cap -= yen
            pay(k, measure.fund, measure.id, yen, rule.grade[cost.fiscal])
    for k, yen in enumerate(left):
        pay(k, NET, "", yen, "")
    return [row for rows in paid for row in rows]


def _covering(cost: Cost, forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if cost.funds is not None:
        return cost.funds
    if cost.item in forms:
        return forms[cost.item]
    of_group = COVERS.get(cost.group, ())
    return COVERS.get((cost.group, cost.item), of_group)


def repaid(city: City, funding: Iterable[Payment]) -> int:
    """Yen of the bonds that later years' allocation tax gives back; interest is left apart."""
    if not allocated(city):
        return 0
    total = 0
    for row in funding:
        if row.fund == BOND:
            share = city.number("rate_F8_return", months.fiscal_start(row.fiscal))
            total += paid_of(row.yen, round(share * 100))
    return total


# --- the table of measures -----------------------------------------------------------------------
KINDS = {
    "rate": "float64",
    "cap": "Int64",
    "fiscal_from": "Int64",
    "fiscal_to": "Int64",
    "used": "int64",
}


def measure_rows(
    city: City,
    rules: Sequence[FundingRule],
    funding: Sequence[Payment],
) -> pd.DataFrame:
    """One row a measure and term of its rate, then those that are no money of this budget."""
    rows: list[Row] = []
    for rule in rules:
        rows += _terms(city, rule, funding)
    first = min(rules[0].rate)
    for row in load_measures():
        ended = row["fiscal_to"] is not None and row["fiscal_to"] < first
        if ended or any(_same(row["id"], rule.measure.id) for rule in rules):
            continue
        told = {
            "measure": row["id"],
            "name": row["measure"],
            "fund": "",
            "rate": row["rate"],
            "cap": row["cap_yen"],
            "fiscal_from": row["fiscal_from"],
            "fiscal_to": row["fiscal_to"],
            "source": row["source"],
            "grade": row["grade"],
            "eligible": False,
            "reason": OTHERS.get(row["id"], "other"),
            "used": 0,
        }
        rows.append(told)
    return pd.DataFrame(rows).astype(KINDS)


def _same(row: str, measure: str) -> bool:
    """Whether a row of the table is of a measure: it may name a year."""
    return re.fullmatch(rf"{measure}(-\d{{4}})?", row) is not None


def _terms(city: City, rule: FundingRule, funding: Sequence[Payment]) -> Iterator[Row]:
    """Rows of one measure: years with one rate and grade are a term, years without a rate none."""
    measure, cap = rule.measure, rule.cap
    names = [row["measure"] for row in load_measures() if _same(row["id"], measure.id)]
    if measure.id in CAPS:
        cap = round(city.number(CAPS[measure.id]))
    paid = [row for row in funding if row.measure == measure.id]
    terms = groupby(sorted(rule.rate), key=lambda fiscal: (rule.rate[fiscal], rule.grade[fiscal]))
    for (rate, grade), run in terms:
        years = list(run)
        if not rate and any(rule.rate.values()):
            continue
        used = sum(row.yen for row in paid if row.fiscal in years)
        reason = rule.reason
        if not (reason or used):
            reason = "no_cost"
        yield {
            "measure": measure.id,
            "name": names[-1],
            "fund": measure.fund,
            "rate": rate / POINTS,
            "cap": cap,
            "fiscal_from": years[0],
            "fiscal_to": years[-1],
            "source": city.at(measure.rate, months.fiscal_start(years[0])).source,
            "grade": grade,
            "eligible": not rule.reason,
            "reason": reason,
            "used": used,
        }
