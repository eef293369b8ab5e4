"""The table itself: choose a municipality, and all its topics lie on one desk."""

from __future__ import annotations

import html

import ipywidgets

from dxplan.facts.nodes import ParamError
from dxplan.show import labels, report
from dxplan.widgets import fault_text
from dxplan.widgets.chooser import build_chooser
from dxplan.widgets.keys import Keys
from dxplan.workshop.board import TOPICS, Board
from dxplan.workshop.desk import Desk
from dxplan.workshop.options import Options
from dxplan.workshop.paper import Paper

ORDER = ("place", "pmo", "staffing", "training", "budget")


class Start:
    """A chooser above, the boards of one desk below, and the paper last.

    Parameters
    ----------
    slug : what lies on the table at first.
    """

    def __init__(self, slug: str) -> None:
        self.title, self.space = ipywidgets.HTML(), ipywidgets.VBox()
        self.desk: Desk | None = None
        self.view = ipywidgets.VBox([build_chooser(self.put, slug), self.title, self.space, Keys()])
        self.put(slug)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.view)

    def put(self, slug: str) -> None:
        """Put a municipality or a variant on the table; what lay there goes.

        Raises
        ------
        ParamError
            No such municipality, or its file has faults; the table is as it was.
        """
        desk = Desk(slug)
        if self.desk:
            self.desk.close()
        self.desk = desk
        boards = [Board(desk, topic, topic == ORDER[0]) for topic in ORDER]
        paper = Paper(desk, self._reopen)
        views = [*(board.view for board in boards), Options(desk).view, paper.view]
        tabs = ipywidgets.Tab(
            views,
            titles=[
                *(TOPICS[topic].name for topic in ORDER),
                "進め方と変更案",
                "記録・保存・報告書",
            ],
        )

        def turn(change) -> None:
            for number, board in enumerate(boards):
                board.see(number == change["new"])

        tabs.observe(turn, "selected_index")
        desk.listen(lambda answer: self._tell())
        self.space.children = (tabs,)
        self._tell()

    def _reopen(self, slug: str) -> None:
        try:
            self.put(slug)
        except ParamError as fault:
            self.title.value = fault_text(str(fault))

    def _tell(self) -> None:
        """Name, and where the municipality stands."""
        city, plan = self.desk.base, self.desk.answer.plan
        trial = f"(変更案 {city.slug})" if city.base else f"({city.slug})"
        numbers = report.headline(plan.pmo)
        self.title.value = (
            f"<h2>{html.escape(city.pref + city.name + trial)}</h2><p>人口{labels.number_text(city.facts.population)}人。"
            + "、".join(
                f"{html.escape(label)} {html.escape(text)}" for label, text in numbers.items()
            )
            + "。</p>"
        )


def table(slug: str) -> Start:
    """The table of a meeting, with a municipality on it.

    Parameters
    ----------
    slug : code, params file or variant.
    """
    return Start(slug)
