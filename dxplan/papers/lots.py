"""What the papers say of each lot: its systems, dates as they are told, money, risks, its night."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from dxplan.facts.catalog import Row
from dxplan.papers.forms import Entry, Facts, money_entries
from dxplan.plan.whole import Plan
from dxplan.show import governance, labels, pmo
from dxplan.show.style import Table
from dxplan.town.systems import COMMON, DX

WEEKS = 52 / 12  # of a month
EARLIEST = "最も早い予定。日は決まっていない"
# businesses whose certificates and counters stand still while their systems are switched
CERTIFIED = (
    "住民基本台帳",
    "印鑑登録",
    "戸籍",
    "戸籍の附票",
    "個人住民税",
    "固定資産税",
)


def lot_facts(plan: Plan) -> Iterator[Facts]:
    """The facts of each lot, in the order of the roadmap."""
    said = pmo.lot_table(plan.pmo).frame.set_index("lot")
    told = plan.pmo.told.lot.set_index("lot")
    risks = governance.raid_table(plan.governance)
    for row in plan.pmo.lots.to_dict("records"):
        name = row["lot"]
        yield {
            **dict.fromkeys(row["businesses"], True),
            **_described(plan, row, said.loc[name]),
            **_dated(plan, row, told.loc[name]),
            **_people(plan, name),
            "certificates": any(one in row["businesses"] for one in CERTIFIED),
            "bars": list(_bars(plan, name)),
            "money": _money(plan, row["title"]),
            "risks": risk_entries(risks, name),
        }


def _described(plan: Plan, row: Row, said: pd.Series) -> Row:
    """What moves, whose it is, and how its contract stands."""
    counters = [section for section in row["sections"] if section != DX]
    subjects = [business for business in row["businesses"] if business != COMMON]
    return {
        "lot": row["lot"],
        "title": row["title"],
        "systems": said["systems"],
        "count": len(row["businesses"]),
        "subjects": "・".join(subjects or row["businesses"]),
        "sections": plan.city.called("・".join(counters or row["sections"])),
        "vendor": row["vendor"],
        "contract": said["contract"],
        "contracted": row["contracted"],
        "offered": said["offered"],
        "offer": row["offered"] is not None,
        "extension": said["extension"],
        "set_by": labels.word_of("set_by", row["set_by"]),
        "rehearsals": row["rehearsals"],
        "linked": row["linked"],
        **_asked(plan, row["lot"]),
    }


def _asked(plan: Plan, lot: str) -> Row:
    """The budget occasion of a lot's contract; "" where none is asked for any more."""
    rows = plan.pmo.gate[plan.pmo.gate["lot"] == lot]
    if rows.empty:
        return {"gate": ""}
    row = rows.iloc[0]
    return {
        "gate": f"{labels.era_fiscal(row['fiscal'])} {row['gate']}",
        "request_by": labels.day_text(row["request_by"]),
        "available": labels.date_text(row["available"]),
        "missed": f"{row['next_gate']}まで{labels.months_text(row['months_missed'])}",
    }


def _dated(plan: Plan, row: Row, sure: pd.Series) -> Row:
    """When it goes live: a day where the town hall has set it, else quarters and their range."""
    decided = bool(row["decided"])
    dates = {
        "decided": decided,
        "live": pmo.median_text(sure),
        "stop": "",
        "season": "",
        "chance": labels.chance_text(sure["chance"]),
        "told": pmo.told_text(sure),
        "earliest": pmo.window_text(row),
        "window": labels.word_of("window", row["window"]),
    }
    if decided:
        dates["live"] = labels.day_text(row["live"])
        dates["stop"] = labels.run_text(row["cutover"], row["closure_end"])
    elif sure["p50_to"] is not None:
        quarters = map(
            labels.quarter_long,
            (sure["p50_from"], sure["p50_to"]),
        )
        dates["season"] = "〜".join(dict.fromkeys(quarters))
    dates["unseen"] = not decided and not dates["season"]
    return dates


def _people(plan: Plan, lot: str) -> Row:
    """Person-months of the DX section and of the leading sections."""
    task = plan.pmo.task[plan.pmo.task["lot"] == lot]
    weeks = task["weeks"]
    names = {
        "dx_effort": "dx_fte",
        "section_effort": "section_fte",
    }
    efforts = {}
    for name, column in names.items():
        effort = float((weeks * task[column]).sum()) / WEEKS
        efforts[name] = labels.number_text(round(effort, 1))
    return efforts


def _bars(plan: Plan, lot: str) -> Iterator[Entry]:
    """The phases of a lot with their work items and leads; quarters where no day is decided."""
    task = plan.pmo.task[plan.pmo.task["lot"] == lot]
    for phase, part in task.groupby("phase", sort=False):
        decided = bool(part["decided"].all())
        items = "・".join(dict.fromkeys(part["item"]))
        leads = dict.fromkeys("・".join(part["lead"]).split("・"))
        who = plan.city.called("・".join(leads))
        span = span_text(
            part["start"].min(),
            part["finish"].max(),
            decided,
        )
        text = f"{span}。{items}。主担当: {who}"
        yield Entry(
            labels.word_of("phase", phase),
            text,
            None,
            "" if decided else EARLIEST,
        )


def span_text(first: object, last: object, decided: bool) -> str:
    """From when until when: days where they are decided, else quarters."""
    ends = [labels.when_text(day, decided) for day in (first, last)]  # type: ignore[arg-type]
    return "〜".join(dict.fromkeys(ends))


def _money(plan: Plan, title: str) -> list[Entry]:
    """What the migration of a lot costs, and who pays it."""
    rows = plan.budget.funding
    rows = rows[(rows["group"] == "migration") & (rows["item"] == title)]
    return money_entries(rows, measure_names(plan))


def measure_names(plan: Plan) -> dict[str, str]:
    """Measure -> its name."""
    measure = plan.budget.measure
    return dict(zip(measure["measure"], measure["name"], strict=True))


def risk_entries(risks: Table, name: str) -> list[Entry]:
    """The entries of the RAID log that name something."""
    told = re.compile(re.escape(name) + r"(?!\d)")  # ロット1 is not ロット10
    found = []
    for row in risks.frame.to_dict("records"):
        if told.search(row["content"]):
            found.append(risk_entry(row))
    return found


def risk_entry(row: Row) -> Entry:
    """A row of the RAID log as an entry."""
    who = labels.word_of("owner", row["owner"])
    text = f"{row['content']}\n対応: {row['response']}\n責任者: {who}、期日: "
    kind = f"{labels.word_of('category', row['category'])} {row['ticket']}"
    return Entry(
        kind,
        text + labels.date_text(row["due"]),
        None,
        labels.grade_text(row["grade"]),
    )
