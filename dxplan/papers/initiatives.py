"""What the papers say of each DX initiative that is taken up or runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from dxplan.facts import catalog
from dxplan.facts.catalog import Row
from dxplan.facts.params import Value
from dxplan.papers.forms import Entry, Facts, money_entries
from dxplan.papers.lots import measure_names
from dxplan.plan.costs import OPERATED
from dxplan.plan.whole import Plan
from dxplan.show import labels, portfolio
from dxplan.show.style import Table
from dxplan.town.initiatives import (
    Initiative,
    load_initiatives,
    load_templates,
)

BUILT = ("構築", "基盤")  # what is switched over like a system
STAGES = ("企画・予算", "調達・構築・試行", "全体に広げる")
SHORT = 14  # letters of a name on a sheet


def initiative_facts(plan: Plan) -> Iterator[Facts]:
    """The facts of each initiative, by the month of its first use."""
    known = {one.id: one for one in load_initiatives(plan.city)}
    measured = portfolio.kpi_table(plan)
    assert isinstance(measured, Table)
    words = measured.frame.set_index("initiative")
    for row in taken_rows(plan):
        one = known[row["id"]]
        yield {
            **_described(plan, one, known),
            **_measured(one, words.loc[one.name]),
            **_amounts(row, one),
            **_dates(row),
            **_published(plan, one),
            "bars": list(_bars(row, one)),
            "money": _money(plan, one.name),
        }


def taken_rows(plan: Plan) -> list[Row]:
    """What is taken up or runs, with how sure the choice is."""
    rows = portfolio.sure_rows(plan, "chosen", "running")
    found: list[Row] = rows.astype(object).where(pd.notna(rows), None).to_dict("records")
    return found


def _described(
    plan: Plan,
    one: Initiative,
    known: Mapping[str, Initiative],
) -> Row:
    """What it is, who leads it, and what it stands on."""
    needs = [known[id].name for id in one.needs if id in known]
    helped = [known[id].name for id in one.helped if id in known]
    return {
        "id": one.id,
        "initiative": one.name,
        "short": one.name[:SHORT],
        "kind": one.group,
        "template": one.template,
        "lead": plan.city.called(one.lead),
        "sections": plan.city.called("・".join(one.sections)),
        "needs": "・".join(needs),
        "helped": "・".join(helped),
        "after": one.after and not plan.pmo.done,
        "funds": "・".join(one.funds),
        "built": one.template in BUILT,
        "wish": one.wish == "must",
        "origin": origin_text(one.origin),
    }


def origin_text(value: Value) -> str:
    """Source, day and grade of a value."""
    return labels.origin_text(value.source, value.as_of, value.grade)


def _measured(one: Initiative, words: pd.Series) -> Row:
    """How it is measured, what went wrong elsewhere, and when a pilot is stopped."""
    said = words.astype(object).where(pd.notna(words), "")
    return {
        "kpi": said["measure_word"],
        "seen_risk": said["seen_risk"],
        "stop_rule": said["stop_rule"],
        "hours": labels.number_text(round(one.hours.number)),
        "has_hours": one.hours.number > 0,
        "hours_ground": origin_text(one.hours),
        "points": labels.number_text(one.points.number),
        "points_ground": origin_text(one.points),
    }


def _published(plan: Plan, one: Initiative) -> Row:
    """What the published survey says of the city where it has a column for the initiative."""
    columns = [
        row["status_column"]
        for row in catalog.load_rows("initiatives")
        if row["id"] == one.id and row["status_column"]
    ]
    if not columns:
        return {"now": "", "now_ground": ""}
    fact = catalog.load_column("municipalities", columns[0])
    value, unit = labels.fact_text(getattr(plan.city.facts, columns[0]), fact.unit)
    told = value if unit == labels.MISSING else f"{value}{unit}"
    ground = labels.source_line("municipalities", columns[0])
    return {
        "now": f"{labels.word_of('fact', columns[0])}: {told}",
        "now_ground": ground,
    }


def _amounts(row: Row, one: Initiative) -> Row:
    """Cost once and by year with their ranges, and what is left to pay."""
    told = labels.word_of("sureness", row["told"]) if row["told"] else ""
    return {
        "sureness": told,
        "counted": labels.number_text(round(row["counted"])),
        "once": range_text(one.once),
        "once_ground": origin_text(one.once),
        "yearly": range_text(one.yearly),
        "yearly_ground": origin_text(one.yearly),
    }


def range_text(value: Value) -> str:
    """An amount of yen with its range."""
    text = labels.yen_text(value.number)
    if value.span and value.number:
        low, high = (float(str(end)) for end in (value.span.low, value.span.high))
        text += f"(幅 {labels.yen_text(low)}〜{labels.yen_text(high)})"
    return text


def _dates(row: Row) -> Row:
    """When money is asked for, and the quarter from which it is used."""
    dates = {
        "chosen": row["state"] == "chosen",
        "use": "",
        "gate": "",
    }
    if row["live"]:
        dates["use"] = labels.quarter_text(row["live"])
    if dates["chosen"]:
        dates["gate"] = f"{labels.era_fiscal(int(row['fiscal']))} {row['gate']}"
        dates["request_by"] = labels.day_text(row["request_by"])
        dates["begins"] = labels.month_text(row["begins"])
        dates["available"] = labels.date_text(row["available"])
    return dates


def _bars(row: Row, one: Initiative) -> Iterator[Entry]:
    """Planning, building and spreading with their steps, as quarters."""
    if row["state"] != "chosen":
        return
    steps: dict[str, list[str]] = {}
    for item in load_templates()[one.template]:
        steps.setdefault(item.phase, []).append(item.name)
    ends = [row[name] for name in ("begins", "contract", "live", "wide")]
    for name, first, last in zip(STAGES, ends, ends[1:], strict=False):
        quarters = map(labels.quarter_text, (first, last))
        yield Entry(name, "〜".join(dict.fromkeys(quarters)))
    for phase, items in steps.items():
        yield Entry(f"{phase}の内容", "、".join(items))


def _money(plan: Plan, name: str) -> list[Entry]:
    """What it costs by fiscal year, and who pays it."""
    rows = plan.budget.funding
    rows = rows[rows["item"].isin((name, f"{name}{OPERATED}"))]
    return money_entries(rows, measure_names(plan))
