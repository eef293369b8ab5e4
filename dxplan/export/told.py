"""What files of other programs say of a lot: systems, contract, window, how sure its date is.

A calendar and a project file need a day. A cutover that nobody has decided stands on the plan's own
window there, which is the earliest that can be; its title begins with the mark, and its note tells
what is seen of the date.
"""

from __future__ import annotations

import pandas as pd

from dxplan.plan.pmo import PmoPlan
from dxplan.show import labels, pmo

MARK = "【見込み】"
DECIDED, OPEN = "予定", "見込み(最も早い予定)"
EARLIEST = (
    "切替の日は決まっていない。ここに置いた日は最も早い予定で、遅れがまったくない場合の時期である"
)


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
    found = {}
    for _, row in plan.lot.iterrows():
        name = row["lot"]
        found[name] = _contract_lines(row, said.loc[name])
        found[name] += _date_lines(plan, row, sure.loc[name])
        if row["contract_end"] is not None:
            found[name].append(f"現行契約の延長: {said.at[name, 'extension']}")
    return found


def last_decided(plan: PmoPlan) -> bool:
    """Whether the go-live of the last lot is decided: those of all lots are."""
    return bool(plan.lot["decided"].all())


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
    end = labels.date_text(plan.city.at("end_date").value)
    seen = (
        f"稼働の見通し: 中央値 {pmo.median_text(sure)}、幅(20〜80%) {pmo.range_text(sure)}、"
        f"期限({end})までの見込み {labels.chance_text(sure['chance'])}"
    )
    if not row["decided"]:
        return [window, EARLIEST, seen]
    planned = next(p.lot.planned for p in plan.projects if p.lot.name == row["lot"])
    live, kept = labels.day_text(row["live"]), labels.chance_text(sure["kept"])
    return [
        window,
        f"団体が定めた日: {labels.date_text(planned)}",
        f"稼働日: {live}。この日までに切り替えられる見込みは{kept}",
        seen,
    ]
