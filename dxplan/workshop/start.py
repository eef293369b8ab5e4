"""The table itself: choose a municipality, and all its topics lie on one desk."""

from __future__ import annotations

import html

import ipywidgets

from dxplan.facts.nodes import ParamError
from dxplan.show import labels, report
from dxplan.town.finder import find_slug
from dxplan.widgets import fault_text
from dxplan.widgets.chooser import build_chooser
from dxplan.widgets.keys import Keys
from dxplan.workshop.board import TOPICS, Board
from dxplan.workshop.desk import Desk
from dxplan.workshop.options import Options
from dxplan.workshop.paper import Paper

ORDER = ("place", "pmo", "staffing", "training", "budget")


class StartPanel:
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
        views = [board.view for board in boards]
        views += [Options(desk).view, Paper(desk, self._reopen).view]
        titles = [TOPICS[topic].name for topic in ORDER]
        tabs = ipywidgets.Tab(views, titles=[*titles, "進め方と変更案", "記録・保存・報告書"])

        def turn(change: dict) -> None:
            for number, board in enumerate(boards):
                board.see(number == change["new"])

        tabs.observe(turn, "selected_index")
        desk.listen(lambda answer: self._tell(desk))
        self.space.children = (tabs,)
        self._tell(desk)

    def _reopen(self, slug: str) -> None:
        try:
            self.put(slug)
        except ParamError as fault:
            self.title.value = fault_text(str(fault))

    def _tell(self, desk: Desk) -> None:
        """Name, and where the municipality stands."""
        city, plan = desk.base, desk.answer.plan
        trial = "変更案 " if city.base else ""
        name = html.escape(f"{city.pref}{city.name}({trial}{city.slug})")
        people = labels.number_text(city.facts.population)
        headline = report.headline(plan.pmo)
        numbers = html.escape("、".join(f"{label} {text}" for label, text in headline.items()))
        self.title.value = f"<h2>{name}</h2><p>人口{people}人。{numbers}。</p>"


def table(slug: object) -> StartPanel:
    """The table of a meeting, with a municipality on it.

    Parameters
    ----------
    slug : code, params file, variant, or a name; also a number.
    """
    return StartPanel(find_slug(slug))
