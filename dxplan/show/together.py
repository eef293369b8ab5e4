"""Several municipalities as a prefecture reads them: the same things of each, and their sum.

A cutover that is not decided has no day here either: of a night it is told how many share it, not
when it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dxplan.nights import Cutover, crowds
from dxplan.plan.whole import Plan
from dxplan.show import compare, front, labels, particular, reasons
from dxplan.show.state import states_text
from dxplan.show.style import Table

NONE_LEFT = "移行の残りはないとみなす。"


def brief_table(plans: Sequence[Plan]) -> Table:
    """Of each: state, chance, what delays it, money, the first decision, support that is sought."""
    rows = []
    for name, plan in zip(compare.names_of(plans), plans, strict=True):
        facts = particular.plan_facts(plan)
        first = front.decisions(plan)[0]
        support = particular.called("support", facts)
        rows.append(
            {
                "city": name,
                "state_now": states_text(plan.city),
                "chance": facts.get("chance_word"),
                "delay": None if plan.pmo.done else reasons.telling_text(plan),
                "new_money": f"{facts['new']}({facts['new_range']})",
                "decide": f"{first.what}({labels.date_text(first.day)})",
                "support_asked": next(iter(support.values()), None),
            }
        )
    note = f"確率は、起こりうる出来事を加えた、期限までに終わる割合。\n{compare.source_text(plans)}"
    return Table(pd.DataFrame(rows), "団体ごとの要点", note, "city")


def quarter_table(plans: Sequence[Plan]) -> Table:
    """Systems that go live in each quarter in all plans, and the fullest night of it."""
    moved = [cutover for plan in plans for cutover in cutovers(plan)]
    rows = [(crowd.quarter, *crowd.counts) for crowd in crowds(moved)]
    columns = "quarter cities lots moved night_cities night_systems".split()
    note = (
        "最も早い予定の切替による。夜は、同じ閉庁の期間に切り替える団体とシステムの最も多いもの。"
        f"日は決まっていない。\n{compare.source_text(plans)}"
    )
    frame = pd.DataFrame(rows, columns=columns)
    return Table(frame, "四半期と夜ごとの集中(全団体)", note, "quarter", none=NONE_LEFT)


def cutovers(plan: Plan) -> list[Cutover]:
    """The cutover of each lot, as early as the plan has it."""
    found: list[Cutover] = []
    for lot in plan.pmo.lots.to_dict("records"):
        cutover = {
            "code": plan.city.code,
            "quarter": labels.quarter_text(lot["cutover"]),
            "night": lot["cutover"].isoformat(),
            "systems": int(lot["systems"] + lot["common"]),
        }
        found.append(cutover)
    return found
