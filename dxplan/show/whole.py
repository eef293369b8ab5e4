"""The plans together: what each year brings, headline numbers, and what is decided for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.facts.nodes import UNSURE
from dxplan.facts.params import Scalar
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import labels
from dxplan.show.sentences import sentence
from dxplan.show.state import as_of_text
from dxplan.show.style import Table


# --- the years ---------------------------------------------------------------------------------
def years_table(plan: Plan) -> Table:
    """Systems, outsiders, own people, classes and money by fiscal year."""
    outside = _outside(plan)
    able = plan.staffing.autonomy.set_index("month")["autonomy"]
    stairs = _stairs(plan.pmo)
    rows = []
    for money in plan.budget.year.sort_values("fiscal").itertuples():
        year = money.fiscal
        fte = outside[outside.index.map(months.fiscal_year) == year]
        own = able[able.index.map(months.fiscal_year) == year]
        rows.append(
            {
                "fiscal": year,
                "moved": sum(size for day, size in stairs if months.fiscal_year(day) == year),
                "outside_fte": max(fte, default=0.0),
                "autonomy": own.iloc[-1] if len(own) else float("nan"),
                "classes": int((plan.training.cohort["fiscal"] == year).sum()),
                "new": money.new // 1000,
                "new_net": money.new_net // 1000,
            }
        )
    note = f"稼働するシステムは、見通しの中央値の年度に数えた。\n{source_text(plan)}"
    return Table(pd.DataFrame(rows), "年度ごとの移行・人材・研修・費用", note, "fiscal")


def _stairs(plan: PmoPlan) -> list[tuple[date, int]]:
    """(middle of the median quarter, systems) of each lot that is seen, earliest first."""
    if plan.done:
        return []
    size = plan.lots.set_index("lot")["systems"]
    stairs = []
    for row in plan.told.lot.to_dict("records"):
        if row["p50"]:
            stairs.append((months.quarter_middle(row["p50"]), int(size[row["lot"]])))
    return sorted(stairs)


def _outside(plan: Plan) -> pd.Series:
    """FTE of the outsiders by month, of those in which there are any."""
    rows = plan.staffing.outside
    return rows[rows["kind"] == "outside"].groupby("month")["fte"].sum()


def source_text(plan: Plan) -> str:
    """Where the numbers come from."""
    start = labels.date_text(plan.pmo.start)
    return (
        f"出典: この計画の試算(計画の開始 {start})。{as_of_text(plan.city)}"
        "人員・単価・財源の率は仮定を含む"
        f"({labels.UNCONFIRMED}。「前提と出典」の表を参照)"
    )


# --- sentences ---------------------------------------------------------------------------------
def _new_text(plan: Plan) -> str:
    """What is new, with the range of the factors of the running cost: 10.5億円(8.1億円〜12.9億円)."""
    span = plan.budget.span["new"]
    ends = labels.money_text(span.min()), labels.money_text(span.max())
    told = _sum_text(plan, "new")
    return told if ends[0] == ends[1] else f"{told}({'〜'.join(ends)})"


def _sum_text(plan: Plan, column: str) -> str:
    return labels.money_text(plan.budget.year[column].sum())


class PeopleGoal(NamedTuple):
    """Heads by tier at the start and at the end, and the targets of the tiers that have one."""

    now: pd.Series
    then: pd.Series
    goal: pd.Series


def _people(plan: Plan) -> PeopleGoal:
    by_tier = plan.staffing.head.groupby("tier")
    pyramid = plan.staffing.pyramid
    goal = pyramid[pyramid["section"] == ""].set_index("tier")["target"]  # of the whole city
    return PeopleGoal(by_tier["start"].first(), by_tier["finish"].last(), goal)


# --- headline and decisions -----------------------------------------------------------------------
def headline(plan: Plan) -> dict[str, str]:
    """People and money of the plan in a few words, by Japanese label."""
    now, then, goal = (f"{heads['change']:,.0f}人" for heads in _people(plan))
    aim = labels.aim_text(plan.city.at("change_ratio").grade in UNSURE)
    alone, leave = "計画期間内には到達しない", "活用しない"
    if plan.staffing.self_reliant:
        alone = labels.month_text(plan.staffing.self_reliant)
    if plan.staffing.exit:
        leave = labels.date_text(plan.staffing.exit)
    return {
        "変革人材": f"{now} → {then}({aim}{goal})",
        "職員だけで運営できる時期": alone,
        "外部人材の終了": leave,
        "人手の不足": f"{plan.staffing.cover['short'].sum():,.1f}人月",
        "今より増える費用": _new_text(plan),
        "うち実質負担": _sum_text(plan, "new_net"),
        "うち実質負担(財政措置がすべて受けられない場合)": _sum_text(plan, "new_if_zero"),
    }


def measure(
    name: str, label: str, value: Scalar | None, unit: str, column: str = ""
) -> dict[str, object]:
    """A headline number as a machine reads it.

    ``column`` is the headline in words that it puts in order. Yen and counts stay whole, other
    numbers keep three decimals; a date is ISO text; None where there is none.
    """
    if isinstance(value, date):
        value = value.isoformat()
    elif value is not None and not isinstance(value, int):
        value = round(float(value), 3)
    row: dict[str, object] = {"measure": name, "label": label, "value": value, "unit": unit}
    if column:
        row["column"] = column
    return row


def measures(plan: Plan) -> list[dict[str, object]]:
    """People and money of the plan as numbers and dates, each beside its words in ``headline``."""
    now, then, goal = (heads["change"] for heads in _people(plan))
    staffing, year = plan.staffing, plan.budget.year
    short = staffing.cover["short"].sum()
    cost = int(year["new"].sum())
    burden = int(year["new_net"].sum())
    zero = int(year["new_if_zero"].sum())
    zero_word = "うち実質負担(財政措置がすべて受けられない場合)"
    return [
        measure("change_people_now", "変革人材(現在)", now, "人"),
        measure("change_people_end", "変革人材(計画の最後)", then, "人", "変革人材"),
        measure("change_people_target", "変革人材(目標)", goal, "人"),
        measure(
            "self_reliant_month",
            "職員だけで運営できる時期",
            staffing.self_reliant,
            "日付",
            "職員だけで運営できる時期",
        ),
        measure("outsider_exit", "外部人材の終了", staffing.exit, "日付", "外部人材の終了"),
        measure("shortage", "人手の不足", short, "人月", "人手の不足"),
        measure("new_cost", "今より増える費用", cost, "円", "今より増える費用"),
        measure("burden", "うち実質負担", burden, "円", "うち実質負担"),
        measure("burden_if_zero", zero_word, zero, "円", zero_word),
    ]


def decisions(plan: Plan) -> Iterator[tuple[date, str]]:
    """(day, sentence) of what has to be decided for the people, the training and the money."""
    contracts = plan.staffing.sought.groupby(["form", "start"], sort=False)["count"].sum()
    yield from prepared(plan)
    for (form, start), count in contracts.items():
        month = labels.month_text(start)
        text = sentence("whole.seek", form=form, count=count, month=month)
        yield seeking_day(plan, form, start), text
    for (step, _), part in plan.training.cohort.groupby(["step", "fiscal"], sort=True):
        first = min(part["start"])
        word, day = labels.word_of("step", step), labels.date_text(first)
        yield naming_day(plan, first), sentence("whole.name", step=word, day=day)


def prepared(plan: Plan) -> Iterator[tuple[date, str]]:
    """(day, sentence) of what is done before there is money: the tender of those who come first."""
    sought = plan.staffing.sought
    if not len(sought):
        return
    first = min(sought["start"])
    forms = "・".join(dict.fromkeys(sought.loc[sought["start"] == first, "form"]))
    day = months.next_open(plan.city.start)
    yield day, sentence("whole.prepare", forms=forms)


def seeking_day(plan: Plan, form: str, start: date) -> date:
    """The day on which people of a form are begun to be sought for a start."""
    values = {known.name: known for known in plan.city.forms}[form]
    return _begun(plan, start, int(values.number("form_lead", plan.city.start)))


def naming_day(plan: Plan, start: date) -> date:
    """The day from which on the sections name who learns in classes that start on a day."""
    return _begun(plan, start, int(plan.city.number("step_lead")))


def _begun(plan: Plan, start: date, lead: int) -> date:
    """The open day on which something is begun that takes so many months before its start."""
    return months.next_open(max(plan.city.start, months.month_later(start, -lead)))
