"""What each section is asked for, by migration and classes together."""

from __future__ import annotations

from dxplan.plan.burden import Burden
from dxplan.show import labels
from dxplan.show.style import Table


def burden_table(plan: Burden) -> Table:
    """Lots, systems, work and classes of each section, and the share of its time they take."""
    names = {"systems": "left", "month": "peak_month", "share": "time_share"}
    frame = plan.section.rename(columns=names)
    note = (
        "移行は最も早い予定の日程での量、研修は業務を離れる時間。"
        "時間の割合は、職員数から見た勤務時間に対する、最も重い年度の割合。"
        f"職員数と作業量は{labels.UNCONFIRMED}の値を含む。"
    )
    return Table(frame, f"課ごとの負担({plan.city.name})", note, "section")
