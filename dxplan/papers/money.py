"""The request papers for the finance section: what each project asks for next, why, and who pays.

A project is what the town hall asks for under one name: groups of the budget, as the words of
`project` in `data/labels.csv` put them together. Every yen of the budget stands in one project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Row
from dxplan.papers.forms import (
    THOUSAND,
    Entry,
    Facts,
    money_entries,
    summed,
)
from dxplan.papers.lots import measure_names
from dxplan.papers.prices import price_entries
from dxplan.plan.costs import GROUPS
from dxplan.plan.requests import PROMISED
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.charts import fund_word
from dxplan.show.style import Table

KEYS = ("fiscal", "group", "item")  # of a cost
GENERAL = dict.fromkeys(("special", "ordinary", "net"), "general")  # as a budget has them


def projects_of(plan: Plan) -> Mapping[str, list[str]]:
    """Project -> its groups of the budget; a group without a project is one by itself."""
    words = labels.words_of("project")
    found: dict[str, list[str]] = {}
    spent = set(plan.budget.item["group"])
    for group in dict.fromkeys((*words, *GROUPS)):
        if group in spent:
            project = words.get(group) or labels.label_of(group)
            found.setdefault(project, []).append(group)
    return found


def project_facts(plan: Plan) -> Iterator[Facts]:
    """The facts of each project, in the order of its words."""
    for project, members in projects_of(plan).items():
        yield {
            "project": project,
            **dict.fromkeys(members, True),
            **_facts(plan, members),
        }


# --- groups of the budget -------------------------------------------------------------------------
def _facts(plan: Plan, groups: list[str]) -> Row:
    budget = plan.budget
    request = budget.request[budget.request["group"].isin(groups)]
    funding = budget.funding[budget.funding["group"].isin(groups)]
    unasked = budget.unasked[budget.unasked["group"].isin(groups)]
    promised = request[request["standing"] == PROMISED]
    asked = request[request["standing"] != PROMISED]
    asked = asked[asked["request_by"] == asked["request_by"].min()]
    keys = list(KEYS)
    wanted = funding.merge(asked[keys].drop_duplicates(), on=keys)
    return {
        **_occasion(asked),
        "asked": summed([_asked_entry(row) for row in asked.to_dict("records")]),
        "funds": money_entries(wanted, measure_names(plan)),
        "promises": [_promise_entry(row) for row in promised.to_dict("records")],
        "standing": summed([_standing_entry(row) for row in unasked.to_dict("records")]),
        "years": year_entries(_by_fund(funding), plan.pmo.start),
        "prices": price_entries(plan, groups, set(asked["item"])),
    }


def _occasion(asked: pd.DataFrame) -> Row:
    """The next budget at which something is asked for; "" where nothing is."""
    if asked.empty:
        return {"gate": "", "request_by": "", "available": "", "fiscal": ""}
    row = asked.iloc[0]
    return {
        "gate": row["gate"],
        "request_by": labels.day_text(row["request_by"]),
        "available": labels.date_text(row["available"]),
        "fiscal": labels.fiscal_text(int(row["fiscal"])),
    }


def item_text(item: str) -> str:
    """An item of the budget in words."""
    return labels.words_of("item").get(item, item)


def _asked_entry(row: Row) -> Entry:
    timing = labels.word_of("timing", row["standing"])
    text = (
        f"{labels.label_of(row['group'])}。{labels.era_fiscal(row['fiscal'])}の支出、"
        f"{labels.month_text(row['first'])}から。{timing}"
    )
    return Entry(item_text(row["item"]), text, row["yen"] / THOUSAND)


def _promise_entry(row: Row) -> Entry:
    years = dict.fromkeys(labels.era_fiscal(row[name]) for name in ("fiscal", "until"))
    text = (
        f"期間 {'〜'.join(years)}。{row['gate']}({labels.day_text(row['request_by'])}締切)で定める"
    )
    return Entry(item_text(row["item"]), text, row["limit"] / THOUSAND, "金額は限度額")


def _standing_entry(row: Row) -> Entry:
    year = labels.era_fiscal(row["fiscal"])
    return Entry(f"{year} {item_text(row['item'])}", "", row["yen"] / THOUSAND)


def _by_fund(funding: pd.DataFrame) -> pd.DataFrame:
    """Yen by fiscal year (rows) and fund as a budget names it (columns)."""
    rows = funding.assign(fund=funding["fund"].replace(GENERAL))
    return rows.pivot_table(
        index="fiscal",
        columns="fund",
        values="yen",
        aggfunc="sum",
        fill_value=0,
    )


def year_entries(funds: pd.DataFrame, start: date) -> list[Entry]:
    """A row a fiscal year with its funds, and how it stands to the year before.

    Parameters
    ----------
    funds : yen by fiscal year and fund.
    start : first day of the plan; a year that it cuts is compared with none.
    """
    totals = funds.sum(axis=1)
    found = []
    for fiscal, total in totals.items():
        parts = []
        for fund, yen in funds.loc[fiscal].items():
            if round(yen / THOUSAND):
                parts.append(f"{fund_word(str(fund))} {labels.yen_text(yen)}")
        before = before_of(totals, int(fiscal), start)
        text = f"{'、'.join(parts)}。{_change_text(total, before)}"
        found.append(Entry(labels.era_fiscal(fiscal), text, total / THOUSAND))
    return summed(found)


def before_of(totals: pd.Series, fiscal: int, start: date) -> float | None:
    """What the year before costs; None where the plan has none, or only a part of that year."""
    if months.fiscal_start(fiscal - 1) < start:
        return None
    return totals.get(fiscal - 1)


def _change_text(total: float, before: float | None) -> str:
    """The difference to the year before, in thousands of yen and per cent."""
    if not before:
        return "前年度の1年分の額はこの計画にない(右の欄に記入して比べる)"
    more = total - before
    if not round(more / THOUSAND):
        return "前年度と同額"
    word = "増" if more > 0 else "減"
    share = labels.percent_text(abs(more) / before)
    return f"前年度から{labels.yen_text(abs(more))}の{word}({share}%)"


# --- years beside each other ----------------------------------------------------------------------
YEARS = "group fiscal total subsidy bond general paper_before paper_more paper_rate"


def year_table(plan: Plan) -> Table:
    """Projects by fiscal year: cost, funds, and how each year stands to the one before."""
    rows: list[Row] = []
    for project, members in projects_of(plan).items():
        funding = plan.budget.funding
        funds = _by_fund(funding[funding["group"].isin(members)])
        rows += _year_rows(project, funds // THOUSAND, plan.pmo.start)
    note = style.basis_text(
        plan.city,
        "単価・率・上限額は仮定を含む(要確認)。既存の職員の人件費は含まない。"
        "一般財源は交付税措置の見込みを含む。"
        "前年度の欄が空の年度は、前年度の1年分の額がこの計画にないため、"
        "当初予算額を記入して比べる",
    )
    frame = pd.DataFrame(rows, columns=YEARS.split())
    funds = ["subsidy", "bond", "general"]
    frame[funds] = frame[funds].fillna(0)
    return Table(
        frame,
        "年度ごとの歳出・財源・前年度比",
        note,
        "fiscal",
        "group",
        "経費はない。",
    )


def _year_rows(project: str, funds: pd.DataFrame, start: date) -> Iterator[Row]:
    totals = funds.sum(axis=1)
    for fiscal, total in totals.items():
        row: Row = {
            "group": project,
            "fiscal": fiscal,
            "total": total,
            **funds.loc[fiscal],
        }
        before = before_of(totals, int(fiscal), start)
        if before:
            more = total - before
            row |= {
                "paper_before": before,
                "paper_more": more,
                "paper_rate": more / before,
            }
        yield row
