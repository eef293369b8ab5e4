"""What files of other programs say alike: the days of a city, of its budget, and of each lot.

A calendar and a project file need a day. A cutover that nobody has decided stands on the plan's own
window there, which is the earliest that can be; its title begins with the mark, and its note tells
what is seen of the date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import Named, source_title
from dxplan.plan.pmo import PmoPlan
from dxplan.plan.whole import Plan
from dxplan.show import front, labels, pmo, state

MARK = "【見込み】"
DECIDED, OPEN = "予定", "見込み(最も早い予定)"
EARLIEST = (
    "切替の日は決まっていない。ここに置いた日は最も早い予定で、遅れがまったくない場合の時期である"
)


class Day(NamedTuple):
    """A day of a city as a calendar or a project file tells it."""

    day: date
    title: str
    said: list[str]


class Occasion(NamedTuple):
    """A budget occasion that the plan uses: when to ask and to spend, and what is asked for."""

    gate: str
    asked: date
    spent: date
    title: str
    said: list[str]


def city_days(plan: Plan) -> dict[str, Day]:
    """Key -> day: the start, what has to be asked, the aims, and the end of borrowed work."""
    city, start = plan.city, plan.pmo.start
    days = {"start": Day(start, "計画の開始", [state.situation_text(city)])}
    question = state.question_text(city)
    if question:
        days["ask"] = Day(start, "システムの状態を確かめる", [question])
    for key, what in (("target", "目標日"), ("end", "移行の期限")):
        value = city.at(f"{key}_date")
        source = f"出典: {source_title(value.source)}(確度{labels.grade_text(value.grade)})"
        days[key] = Day(value.day, f"標準準拠システムへの{what}", [source])
    staffing = plan.staffing
    if staffing.exit:
        days["exit"] = Day(staffing.exit, "外部人材の終了", [])
    if staffing.self_reliant:
        days["alone"] = Day(staffing.self_reliant, "職員だけで経常の仕事を担い始める月", [])
    return days


def first_days(plan: Plan) -> list[Day]:
    """The decisions of page one, each with who decides, for how much, and what happens else."""
    days = []
    for place, one in enumerate(front.decisions(plan), 1):
        said = [f"決める人: {one.who}", f"金額: {one.money}", f"決めない場合: {one.otherwise}"]
        days.append(Day(one.day, f"いま決めること{place}: {one.what}", said))
    return days


def occasions(plan: Plan) -> Iterator[Occasion]:
    """The budget occasions that the plan uses, in the order of the last days to ask."""
    keys = ["request_by", "gate", "available"]
    for (asked, gate, spent), part in plan.budget.request.groupby(keys, sort=True):
        title = f"{gate}({labels.era_fiscal(months.fiscal_year(spent))})"
        what = "・".join(dict.fromkeys(part["group"].map(labels.label_of)))
        total = labels.yen_text(part["yen"].sum())
        said = [f"要求する経費: {what}", f"要求額の計: {total}"]
        yield Occasion(gate, asked, spent, title, said)


def taken_rows(plan: Plan) -> pd.DataFrame:
    """The DX initiatives that are taken up, by the day of their first use."""
    row = plan.portfolio.row
    return row[row["state"] == "chosen"].sort_values(["live", "id"], kind="stable")


def initiative_lines(row: Named) -> list[str]:
    """What the note of an initiative says, line by line."""
    return [
        f"主導する課: {row.lead}",
        f"要求する予算: {labels.era_fiscal(int(row.fiscal))} {row.gate}"
        f"(締切 {labels.date_text(row.request_by)})",
        f"初期費用: {labels.money_text(row.once)}、運用費: 年{labels.money_text(row.yearly)}"
        f"({labels.UNCONFIRMED})",
        f"使い始め: {labels.quarter_text(row.live)}(目安)",
    ]


def marked(text: str, decided: bool) -> str:
    """A title, with the mark where its date is not decided."""
    return text if decided else f"{MARK}{text}"


def lot_lines(plan: PmoPlan) -> dict[str, list[str]]:
    """Lot -> what its note says, line by line.

    Parameters
    ----------
    plan : the roadmap of a city.
    """
    sure = plan.told.lot.set_index("lot")
    said = pmo.lot_table(plan).frame.set_index("lot")
    lines = {}
    for _, row in plan.lots.iterrows():
        name = row["lot"]
        lines[name] = _contract_lines(row, said.loc[name])
        lines[name] += _date_lines(plan, row, sure.loc[name])
        if row["contract_end"] is not None:
            lines[name].append(f"現行契約の延長: {said.at[name, 'extension']}")
    return lines


def last_decided(plan: PmoPlan) -> bool:
    """Whether the go-live of the last lot is decided: those of all lots are."""
    return bool(plan.lots["decided"].all())


def _contract_lines(row: pd.Series, said: pd.Series) -> list[str]:
    """What moves, who runs it, and what is known of the contract."""
    vendor = [f"ベンダ: {row['vendor']}"] if row["vendor"] else []
    sections = "・".join(row["sections"])
    return [
        f"業務: {said['systems']}",
        f"担当課: {sections}",
        f"契約: {said['contract']}",
        *vendor,
        f"ベンダの提示日: {said['offered']}",
    ]


def _date_lines(plan: PmoPlan, row: pd.Series, sure: pd.Series) -> list[str]:
    """The window, the go-live where the city has set it, and what is seen of it."""
    closure = labels.run_text(row["cutover"], row["closure_end"])
    window = f"切替の窓: {labels.word_of('window', row['window'])}({closure})"
    end = labels.date_text(plan.city.at("end_date").day)
    seen = (
        f"稼働の見通し: 中央値 {pmo.median_text(sure)}、幅(20〜80%) {pmo.range_text(sure)}、"
        f"期限({end})までの見込み {labels.chance_text(sure['chance'])}"
    )
    if not row["decided"]:
        return [window, EARLIEST, seen]
    live, kept = labels.day_text(row["live"]), labels.chance_text(sure["kept"])
    return [
        window,
        f"団体が定めた日: {labels.date_text(row['planned'])}",
        f"稼働日: {live}。この日までに切り替えられる見込みは{kept}",
        seen,
    ]
