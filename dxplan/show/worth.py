"""What to ask first: the few numbers that move this plan most, whom to ask, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from dxplan.facts.months import next_open
from dxplan.plan.parts import Parts
from dxplan.plan.worth import Worth
from dxplan.show import labels, style
from dxplan.show.style import Table
from dxplan.town.city import City
from dxplan.town.questions import Ends, Question, questions
from dxplan.town.variant import Said

FIRST, TENTH = 5, 10  # questions that are shown first, and in the end
YEN = "円"  # how units of money begin
NAMED = 2  # lots or systems that are named; of a group one value is written out
COLUMNS = "unknown assumed moves knows until".split()
HOW = (
    "答えが幅の端だったときの、現在の前提との差。ほかの前提は変えず、同じ条件の組で計画し直した。"
    f"幅は仮定({labels.UNCONFIRMED})。期日は、半年以内の決定が変わる問いでは計画の開始の日、"
    "ほかでは次の予算要求の締切。"
)
ALIKE = "計画が動く幅は、同じ区分・人口規模の団体の試算の平均で、"
OWN = "計画が動く幅は、この団体の計画での試算で、"
NOTHING = "確かめて計画が動く前提はない。"
TITLE = "この計画を動かす5つの数"
TEN = "計画を大きく動かす10の前提"
MEASURED = {
    "months": "最後の稼働の中央値",
    "points": "期限に間に合う確率",
    "yen": "増える実質負担",
}


@style.kept
def first_table(plan: Parts) -> Table:
    """The first questions as ``data/question_worth.csv`` has them for the class and size."""
    return _table(plan, questions(plan.city), ALIKE)


def ten_table(plan: Parts) -> Table:
    """The ten assumptions that matter; all of them are in the workbook."""
    found = questions(plan.city)[:TENTH]
    table = _table(plan, found, ALIKE, TEN)
    return replace(table, frame=table.frame.drop(columns="until"))


def own_table(plan: Parts, worth: Worth) -> Table:
    """The first questions as they were worked out for this plan."""
    return _table(plan, worth.questions, OWN)


def _table(plan: Parts, found: Sequence[Question], how: str, name: str = TITLE) -> Table:
    rows = []
    for question in found[: TENTH if name == TEN else FIRST]:
        rows.append(
            (
                _what_text(plan.city, question),
                _assumed_text(question),
                effect_text(question),
                question.asked,
                until(plan, question),
            )
        )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    title = f"{name}({plan.city.name})"
    return Table(frame, title, f"{how}{HOW}", "unknown", none=NOTHING)


def until(plan: Parts, question: Question) -> date:
    """By when an answer is wanted: before the first decision that it changes, or asks money for."""
    return next_open(plan.city.start) if question.flips else plan.pmo.first_request


# --- in words -------------------------------------------------------------------------------------
def effect_text(question: Question) -> str:
    """How far each end moves the plan: 最後の稼働の中央値 −7.3〜+16.1か月."""
    parts = []
    for name, word in MEASURED.items():
        ends: Ends = getattr(question, name)
        if any(ends):
            parts.append(f"{word} {_ends_text(name, ends)}")
    if question.flips:
        parts.append("半年以内の決定が変わる")
    return "、".join(parts)


def _ends_text(name: str, ends: Ends) -> str:
    """The least and the largest change, the plan as it is among them."""
    least, most = min(*ends, 0.0), max(*ends, 0.0)
    if name == "yen":
        return f"{_signed_money(least)}〜{_signed_money(most)}/年"
    unit = {"months": "か月", "points": "ポイント"}[name]
    return f"{labels.signed_text(least)}〜{labels.signed_text(most)}{unit}"


def _signed_money(yen: float) -> str:
    if yen == 0:
        return "±0"
    sign = "+" if yen > 0 else "−"
    return f"{sign}{labels.money_text(abs(yen))}"


def _what_text(city: City, question: Question) -> str:
    """What is asked, with the lots, systems or sections where it is only some of them."""
    names = [place.entry for place in question.places if place.part in ("lots", "systems")]
    if not names:
        return city.called(question.label)
    more = f"ほか{len(names) - NAMED}" if len(names) > NAMED else ""
    return f"{city.called(question.label)}({'・'.join(names[:NAMED])}{more})"


def _assumed_text(question: Question) -> str:
    """The present value and its range; of a group the first of its values."""
    if question.members:
        parts = [f"{one.label} {_range_text(one)}" for one in question.members[:1]]
        more = len(question.members) - 1
        return "、".join(parts) + (f"、ほか{more}つ" if more > 0 else "")
    return _range_text(question)


def _range_text(question: Question) -> str:
    """A value with its range: 1.6倍(1〜2.3倍)."""
    said = (question.now, question.low, question.high)
    now, low, high = (_said_text(question, value) for value in said)
    if not isinstance(question.now, float):
        return f"{now}({low}〜{high})"
    unit = labels.unit_text(question.unit).removeprefix(YEN)
    return f"{now}{unit}({low}〜{high}{unit})"


def _said_text(question: Question, value: Said) -> str:
    if isinstance(value, bool):
        return "済み" if value else "まだ"
    if isinstance(value, date):
        return labels.date_text(value)
    if isinstance(value, float):
        is_money = question.unit.startswith(YEN)
        return labels.money_text(value) if is_money else labels.number_text(value)
    return value or "不明"
