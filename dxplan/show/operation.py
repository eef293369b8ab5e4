"""What the systems in operation cost, what lowers it, what to ask the vendor and by when."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dxplan.facts.catalog import source_title
from dxplan.plan.operation import AHEAD, Operation, load_levers, plan_operation
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.style import Shown, Table

TITLE = "稼働済みのシステムの運用経費"
NOTHING = "稼働済みの標準準拠システムはまだない。"
ASSUMED = f"仮定({labels.UNCONFIRMED})を含む"
THOUSAND = 1000


def operation_of(plan: Plan) -> Operation:
    """The cost of operation of a plan's municipality."""
    return plan_operation(plan.city, plan.pmo)


def operation_text(plan: Plan) -> str:
    """What is paid a year, when its contract and its budget can be changed, what to do first."""
    one = operation_of(plan)
    if not one.systems:
        return NOTHING
    ask = "まず、利用・保守・運用・クラウド・回線の別の年額と、直近3か月の使用率をベンダに求める。"
    return f"{_cost_text(one)}{_end_text(one)}{_ask_text(one)}{ask}"


def _cost_text(one: Operation) -> str:
    ground = f"移行前の運用経費と倍率から置いた額で、{labels.UNCONFIRMED}"
    if one.told:
        ground = "団体の示した額"
    yen = labels.money_text(one.yen)
    return f"稼働済みの{one.systems}システムの運用経費は、年{yen}({ground})。"


def _end_text(one: Operation) -> str:
    if one.until is None or one.begin is None:
        return "契約の終わる日が分からないので、契約書で確かめる。"
    return (
        f"契約は{labels.date_text(one.until)}に終わるので、{labels.date_text(one.begin)}までに"
        f"見直しを始める(終わる日の{AHEAD}か月前、{labels.UNCONFIRMED})。"
    )


def _ask_text(one: Operation) -> str:
    if one.gate is None:
        return ""
    fiscal, day = labels.era_fiscal(one.gate.fiscal_year), labels.date_text(one.gate.request_by)
    return f"次に額を見直せるのは{fiscal}の当初予算で、要求の締切は{day}。"


def operation_paragraph(plan: Plan) -> Shown:
    """The sentences of ``operation_text``; where lots are pending, what is paid alone."""
    one = operation_of(plan)
    text = operation_text(plan) if plan.pmo.done or not one.systems else _cost_text(one)
    return style.paragraph(text)


def line_table(plan: Plan) -> Table:
    """The lines of the cost of operation: a year's amount, whether it is told, when it ends."""
    one = operation_of(plan)
    frame = pd.DataFrame(
        {
            "cost_line": [labels.word_of("cost_line", name) for name in one.lines],
            "year_yen": [round(value.number / THOUSAND) for value in one.lines.values()],
            "until_day": one.until,
            "grade": [value.grade for value in one.lines.values()],
            "source": [source_title(value.source) for value in one.lines.values()],
        }
    )
    if not one.systems:
        frame = frame.head(0)
    note = f"稼働済みの{one.systems}システム分。請求書の額を聞き取り票に書くと、仮定と入れ替わる。"
    return Table(frame, TITLE, f"{note}\n{_source(plan)}", "cost_line", none=NOTHING)


def lever_table(plan: Plan) -> Table:
    """What lowers the cost of operation, what to ask the vendor for it, and by when."""
    one, rows = operation_of(plan), []
    for lever in load_levers():
        about = f"{lever.ask}。"
        rows.append(
            {
                "lever": lever.lever,
                "lowers": lever.line,
                "lever_how": lever.how,
                "ask_vendor": about,
                "care": lever.caution,
                "until": _by(one),
                "source": source_title(lever.source),
                "grade": lever.grade,
            }
        )
    frame = pd.DataFrame(rows if one.systems else [], columns=LEVER)
    note = "下がる額は書かれた数を確認していないので、見積りを取ってから比べる。"
    title = "運用経費を下げる手段と、ベンダに求めるもの"
    return Table(frame, title, f"{note}\n{_source(plan)}", "lever", none=NOTHING)


LEVER = "lever lowers lever_how ask_vendor care until source grade".split()


def _by(one: Operation) -> date | None:
    """The day by which the answers are wanted: before the request, and the end of the contract."""
    days = [one.begin, one.gate.request_by if one.gate else None]
    return min(filter(None, days), default=None)


def _source(plan: Plan) -> str:
    day = labels.date_text(plan.city.basis)
    return f"出典: この計画の整理({day}時点)。各行の出典と確度による。{ASSUMED}"
