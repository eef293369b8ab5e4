"""Who pays a cost: grants, allocation taxes and bonds by dated rates, and the general revenue that is left.

Sets        f fiscal years, i items of a cost, m measures (in the order of ``MEASURES``, in which they pay)
Given       c[f,i] cost (yen, whole), r[m,f] rate (hundredths of %), A[m] the items that a measure covers,
            L[f,i] limit of the cost that F10 counts, K[F1] limit of what F1 pays over all years
Find        s[m,f,i] what a measure pays (yen, whole), g[f,i] general revenue
Subject to  (U1 rate)  s = floor(r x min(c - what earlier measures pay, L))     for i in A[m]
            (U2 term)  r = 0 before the first and after the last year of a rate
            (U3 body)  s = 0 for the allocation taxes where the body gets none
            (U4 cap)   sum of s over f, i <= K, the earlier years first
            (U5 bond)  bonds pay for investment only, never for people or running costs
            (U6 rest)  g = c - sum of s over m >= 0

A rate nobody has confirmed (grade M or G) may be taken as zero (``doubt``): what is then general revenue is the
sure side of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd

from dxplan.facts import catalog, months
from dxplan.facts.catalog import CatalogError
from dxplan.town.city import City

SUBSIDY, SPECIAL, ORDINARY, BOND, GENERAL = FUNDS = (
    "subsidy",
    "special",
    "ordinary",
    "bond",
    "general",
)
ALLOCATION = (SPECIAL, ORDINARY)
POINTS = 10_000  # a rate of 100 % in hundredths of a per cent
WARD = (
    "特別区"  # Tokyo and its wards count as one body (地方交付税法 21条, recalled); Tokyo gets none
)


@dataclass(frozen=True)
class Measure:
    """A way to pay: its id in data/finance_rates.csv (without a year), its fund and the parameter of its rate."""

    id: str
    fund: str
    rate: str


MEASURES = (
    Measure("F1", SUBSIDY, "rate_F1"),
    Measure("F9", SUBSIDY, "rate_F9"),
    Measure("F3", SPECIAL, "rate_F3"),
    Measure("F10-person", SPECIAL, "rate_F10"),
    Measure("F4", SPECIAL, "rate_F4"),
    Measure("F6", ORDINARY, "rate_F6"),
    Measure("F8-fill", BOND, "rate_F8"),
)
COVERS = {  # (group, item) or group -> measures; a form of people names its own measure
    ("training", "step2"): ("F4",),
    ("training", "step3"): ("F4",),
    "migration": ("F1",),
    "running": ("F6",),
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
class Cost:
    """Yen of one item in one fiscal year.

    Attributes
    ----------
    first : first day on which it is spent.
    going : whether it runs already, so that the budgets in force hold what can no longer be asked for.
    """

    fiscal: int
    group: str
    item: str
    yen: int
    first: date
    going: bool = False


@dataclass(frozen=True)
class Rule:
    """What a measure may pay for in this city.

    Attributes
    ----------
    rate : fiscal year -> hundredths of a per cent; grade : fiscal year -> grade of that rate.
    reason : why it pays nothing, or "".
    limit : (fiscal year, item) -> yen of the cost that count at most; cap : yen it pays at most, None without end.
    """

    measure: Measure
    rate: Mapping[int, int]
    grade: Mapping[int, str]
    reason: str
    limit: Mapping[tuple[int, str], int]
    cap: int | None

    def points(self, fiscal: int, doubted: bool) -> int:
        """The rate of a year (hundredths of a per cent); 0 for an unconfirmed one that is doubted."""
        return 0 if doubted and self.grade[fiscal] in ("M", "G") else self.rate[fiscal]


def parts(total: int, weights: Sequence[int]) -> list[int]:
    """A whole number shared out by whole weights, by largest remainder; the parts add up to it.

    Source: the method of Hare and Niemeyer; of equal remainders the earlier one is served first.
    """
    whole = sum(weights)
    if whole <= 0:
        return [total * (k == 0) for k in range(len(weights))]
    shares = [divmod(total * weight, whole) for weight in weights]
    rest = total - sum(share for share, _ in shares)
    served = set(sorted(range(len(shares)), key=lambda k: -shares[k][1])[:rest])
    return [share + (k in served) for k, (share, _) in enumerate(shares)]


@cache
def load_measures() -> tuple[Mapping, ...]:
    """The rows of data/finance_rates.csv.

    Raises
    ------
    CatalogError
        A rate is not 0..1, a cap is negative, or a term ends before it begins.
    """
    rows = catalog.load_table("finance_rates").astype(object)
    return tuple(map(checked_measure, rows.where(rows.notna(), None).to_dict("records")))


def checked_measure(row: Mapping) -> Mapping:
    """A row of data/finance_rates.csv as it is, where its numbers can hold."""
    where = f"data/finance_rates.csv {row['id']}"
    if row["rate"] is not None and not 0 <= row["rate"] <= 1:
        raise CatalogError(
            f"{where}: rate の {row['rate']:g} は率ではありません。0〜1で書いてください(50%なら 0.5)。"
        )
    if row["cap_yen"] is not None and row["cap_yen"] < 0:
        raise CatalogError(
            f"{where}: cap_yen の {row['cap_yen']:,} は負の額です。0円以上で書くか、上限がなければ空けてください。"
        )
    if row["rate"] is not None and row["fiscal_from"] is None:
        raise CatalogError(
            f"{where}: 率に年度がありません。fiscal_from に、いつの年度からの率かを書いてください。"
        )
    if None not in (row["fiscal_from"], row["fiscal_to"]) and row["fiscal_to"] < row["fiscal_from"]:
        raise CatalogError(
            f"{where}: {row['fiscal_to']}年度までは、{row['fiscal_from']}年度からより前です。年度を直してください。"
        )
    return row


# --- what each measure may pay -------------------------------------------------------------------------
def allocated(city: City) -> bool:
    """Whether the body gets local allocation tax; its financial strength stands in where nobody has said."""
    said = city.at("allocation").value
    if said == "自動":
        return city.facts.fiscal_strength < 1.0 and city.facts.type != WARD
    return said == "交付団体"


def build_rules(
    city: City, years: Iterable[int], limits: Mapping[tuple[int, str], int]
) -> tuple[Rule, ...]:
    """The measures as they hold for a city.

    Parameters
    ----------
    city : the municipality.
    years : fiscal years of the budget.
    limits : (fiscal year, item) -> yen that F10 counts at most.
    """
    return tuple(_rule(city, measure, tuple(years), limits) for measure in MEASURES)


def _rule(
    city: City, measure: Measure, years: tuple[int, ...], limits: Mapping[tuple[int, str], int]
) -> Rule:
    values = {f: city.at(measure.rate, months.fiscal_start(f)) for f in years}
    begun = {
        f: value.start is None or value.start <= months.fiscal_start(f)
        for f, value in values.items()
    }
    rate = {f: round(value.value * 100) if begun[f] else 0 for f, value in values.items()}
    capped = measure.id == "F1" and city.at("cap_basis").value == "団体の上限額"
    return Rule(
        measure,
        rate,
        {f: value.grade for f, value in values.items()},
        _reason(city, measure, rate),
        limits if measure.id == "F10-person" else {},
        round(city.number("cap_F1")) if capped else None,
    )


def _reason(city: City, measure: Measure, rate: Mapping[int, int]) -> str:
    if measure.fund in ALLOCATION and not allocated(city):
        return "body"
    if measure.fund == BOND and city.at("bond_use").value == "使わない":
        return "unused"
    return "" if any(rate.values()) else "no_rate"


def payments(
    city: City, costs: Sequence[Cost], rules: Sequence[Rule], doubt: Collection[str] = ()
) -> list[tuple]:
    """Rows (fiscal, group, item, fund, measure, yen, grade) that add up to each cost.

    Parameters
    ----------
    city : the municipality; its forms name the measures of people.
    costs : the costs; a cap is used up in the order of the years.
    rules : what ``build_rules`` gives.
    doubt : ids of the measures whose unconfirmed rates are taken as zero.
    """
    forms = {form.name: (form.measure,) for form in city.forms}
    order = sorted(range(len(costs)), key=lambda k: costs[k].fiscal)
    left, rows = [cost.yen for cost in costs], []
    for rule in rules:
        if rule.reason:
            continue
        cap = rule.cap
        for k in order:
            cost = costs[k]
            if left[k] and rule.measure.id in _covering(cost, forms):
                base = min(left[k], rule.limit.get((cost.fiscal, cost.item), left[k]))
                yen = base * rule.points(cost.fiscal, rule.measure.id in doubt) // POINTS
                yen = yen if cap is None else min(yen, cap)
                cap = None if cap is None else cap - yen
                left[k] -= yen
                rows.append((k, rule.measure.fund, rule.measure.id, yen, rule.grade[cost.fiscal]))
    rows += [(k, GENERAL, "", yen, "") for k, yen in enumerate(left)]
    rows = sorted((row for row in rows if row[3]), key=lambda row: row[0])
    return [(costs[k].fiscal, costs[k].group, costs[k].item, *paid) for k, *paid in rows]


def _covering(cost: Cost, forms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if cost.group in ("staffing", "pmo"):
        return forms.get(cost.item, ())
    return COVERS.get((cost.group, cost.item)) or COVERS.get(cost.group, ())


def repaid(city: City, funding: Iterable[tuple]) -> int:
    """Yen of the bonds that later years' allocation tax gives back: a share of their repayment, interest apart."""
    if not allocated(city):
        return 0
    share = {row[0]: city.number("rate_F8_return", months.fiscal_start(row[0])) for row in funding}
    return sum(row[5] * round(share[row[0]] * 100) // POINTS for row in funding if row[3] == BOND)


# --- the table of measures -----------------------------------------------------------------------------
MEASURE = (
    "measure",
    "name",
    "fund",
    "rate",
    "cap",
    "fiscal_from",
    "fiscal_to",
    "source",
    "grade",
    "eligible",
    "reason",
    "used",
)


def measure_rows(city: City, rules: Sequence[Rule], funding: Sequence[tuple]) -> pd.DataFrame:
    """One row a measure and term of its rate, then the measures that are no money of this budget, each with why."""
    rows = [row for rule in rules for row in _terms(city, rule, funding)]
    first = min(rules[0].rate)
    known = [rule.measure.id for rule in rules]
    for row in load_measures():
        ended = row["fiscal_to"] is not None and row["fiscal_to"] < first
        if not ended and not any(_same(row["id"], id) for id in known):
            said = [
                row[name]
                for name in ("rate", "cap_yen", "fiscal_from", "fiscal_to", "source", "grade")
            ]
            rows.append(
                (row["id"], row["measure"], "", *said, False, OTHERS.get(row["id"], "other"), 0)
            )
    kinds = {
        "rate": "float64",
        "cap": "Int64",
        "fiscal_from": "Int64",
        "fiscal_to": "Int64",
        "used": "int64",
    }
    return pd.DataFrame(rows, columns=list(MEASURE)).astype(kinds)


def _same(row: str, measure: str) -> bool:
    return re.fullmatch(rf"{measure}(-\d{{4}})?", row) is not None


def _terms(city: City, rule: Rule, funding: Sequence[tuple]):
    """Rows of one measure: a run of years with one rate and grade is a term; years without any rate are left out."""
    name = [row["measure"] for row in load_measures() if _same(row["id"], rule.measure.id)][-1]
    cap = round(city.number("cap_F10")) if rule.measure.id == "F10-person" else rule.cap
    runs: list[list[int]] = []
    for year in sorted(rule.rate):
        same = runs and (rule.rate[year], rule.grade[year]) == (
            rule.rate[runs[-1][0]],
            rule.grade[runs[-1][0]],
        )
        runs[-1].append(year) if same else runs.append([year])
    for run in (run for run in runs if rule.rate[run[0]] or not any(rule.rate.values())):
        used = sum(row[5] for row in funding if row[4] == rule.measure.id and row[0] in run)
        source = city.at(rule.measure.rate, months.fiscal_start(run[0])).source
        yield (
            rule.measure.id,
            name,
            rule.measure.fund,
            rule.rate[run[0]] / POINTS,
            cap,
            run[0],
            run[-1],
            source,
            rule.grade[run[0]],
            not rule.reason,
            rule.reason or ("" if used else "no_cost"),
            used,
        )
