"""Hours that the initiatives give back, where they go, and goals beside similar municipalities.

Hours are those that others claim or hope for; wherever they are added up the words say so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dxplan.facts import months
from dxplan.facts.catalog import load_column
from dxplan.plan.whole import Plan
from dxplan.show import labels, style
from dxplan.show.style import Shown, Table

CLAIMED = "時間は、ほかの団体の申告・見込みの合計に規模を掛けた値で、実績ではない"
NONE = "時間が生まれる施策はない。"
NO_GOAL = "公表の調査で進み具合を比べられる施策はない。"
YES_NO = 1.0


def shift_text(plan: Plan) -> str:
    """How many people's time goes to the front desks and to change, by when, and who decides."""
    year = plan.effects.year
    if not len(year) or year["moved"].max() < 0.005:
        return NONE
    last = year.loc[year["moved"].idxmax()]
    fiscal = labels.era_fiscal(int(last["fiscal"]))
    decided = labels.date_text(months.next_open(months.fiscal_start(int(last["fiscal"]) - 1)))
    return (
        f"生まれる時間のうち、窓口・相談と業務の改善へ移す目標は、{fiscal}に"
        f"{labels.fte_text(last['moved'])}({labels.UNCONFIRMED})。"
        f"年{last['counted']:,.0f}時間(申告・見込みを確度で割り引いた合計)の"
        f"{(last['front'] + last['change']) / last['counted']:.0%}に当たる。"
        f"どの課の誰を移すかは、{decided}までに人事課と各課が決め、"
        "試行した課で測った時間で毎年度改める。"
    )


def shift_paragraph(plan: Plan) -> Shown:
    """The sentences of ``shift_text`` as a paragraph."""
    return style.paragraph(shift_text(plan))


def shift_table(plan: Plan) -> Table:
    """By fiscal year: hours that are given back, where they go, and how many people that is."""
    year = plan.effects.year
    frame = pd.DataFrame(
        {
            "fiscal": year["fiscal"],
            "claimed_hours": year["claimed"],
            "counted_hours": year["counted"],
            "to_front": year["front"],
            "to_change": year["change"],
            "overtime": year["overtime"],
            "moved_people": year["moved"],
        }
    )
    note = f"{CLAIMED}。行き先の割合は団体が決める({labels.UNCONFIRMED})。"
    title = "生まれる時間を成長領域へ移す目標"
    return Table(frame, title, f"{note}\n{_source(plan)}", "fiscal", none=NONE)


def goal_table(plan: Plan) -> Table:
    """Goals of the initiatives whose state is published: now, similar municipalities, the goal."""
    names = plan.portfolio.row.set_index("id")["name"]
    rows = []
    for row in plan.effects.goal.itertuples():
        value = load_column("municipalities", row.column)
        rows.append(
            {
                "initiative": names[row.initiative],
                "measure_word": labels.word_of("fact", row.column),
                "now_value": _figure(row.value, row.high),
                "peer_middle": _figure(row.middle, row.high),
                "peer_mean": _share(row.mean, row.high),
                "goal_value": _figure(row.goal, row.high),
                "source": labels.origin_text(value.source, value.as_of, value.grade),
            }
        )
    note = (
        "目標は、似た団体の上位4分の1の値か、現在の値の高いほう。"
        f"実施の有無を聞く調査では実施(仮定、{labels.UNCONFIRMED})。"
    )
    title = "DX施策の目標と、似た団体の値"
    frame = pd.DataFrame(rows, columns=GOAL)
    return Table(frame, title, f"{note}\n{_source(plan)}", "initiative", none=NO_GOAL)


GOAL = "initiative measure_word now_value peer_middle peer_mean goal_value source".split()


def _figure(value: float, high: float) -> str | None:
    """A figure in per cent, or whether it is done where the survey asks for yes or no."""
    if np.isnan(value):
        return None
    if np.isnan(high):
        return "実施" if value == YES_NO else "未実施"
    return f"{value:g}%"


def _share(mean: float, high: float) -> str | None:
    """The mean of the peers: a figure, or the share that does it."""
    if np.isnan(mean):
        return None
    return f"{mean:.0%}が実施" if np.isnan(high) else f"{mean:.1f}%"


def _source(plan: Plan) -> str:
    return style.basis_text(plan.city, f"仮定({labels.UNCONFIRMED})を含む")
