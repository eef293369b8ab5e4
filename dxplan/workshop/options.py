"""Strategies and saved variants beside the present plan, in one picture.

They are planned when somebody asks, in the process beside.
"""

from __future__ import annotations

import ipywidgets

from dxplan.show import options
from dxplan.town.variant import load_variants
from dxplan.widgets import build_button, fault_text, state_text
from dxplan.workshop.desk import STALE, Answer, Desk, run_beside

ASK = (
    "「比べる」を押すと、進め方(自前のみ・外部のみ・二刀流)と保存した変更案を、"
    "いまの計画と並べます。10秒ほどかかります。"
)
OLD = "下の図は、値を動かす前のものです。もう一度「比べる」を押してください。"
BUSY = "進め方と変更案を計算しています。"


class Options:
    """The widgets of the comparison on a desk.

    Parameters
    ----------
    desk : what lies on the table.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.state = ipywidgets.HTML(state_text(ASK))
        self.picture = ipywidgets.HTML()
        self.button = build_button("比べる", lambda: run_beside(self.show()), "primary")
        self.view = ipywidgets.VBox(
            [ipywidgets.HTML("<h3>進め方と変更案</h3>"), self.button, self.state, self.picture]
        )
        self.picture.add_class("dxplan-picture")
        desk.listen(self._age)

    def _age(self, answer: Answer) -> None:
        if answer.state == STALE and self.picture.value:
            self.state.value = state_text(OLD)

    async def show(self) -> None:
        """Plan all and draw the picture; a variant whose file has faults is named and left out."""
        self.state.value = state_text(BUSY)
        self.button.disabled = True
        asked = dict(self.desk.changes)
        try:
            table, faults = await self.desk.options(load_variants(self.desk.base))
        finally:
            self.button.disabled = False
        self.picture.value = options.options_figure(self.desk.base, table).html()
        old = state_text(OLD) if asked != dict(self.desk.changes) else ""
        self.state.value = old + "".join(map(fault_text, faults))
