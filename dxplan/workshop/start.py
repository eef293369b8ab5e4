"""The table itself: choose a municipality, and all its topics lie on one desk."""

from __future__ import annotations

import html

import ipywidgets

from dxplan.facts.nodes import ParamError
from dxplan.show import labels, report
from dxplan.town.finder import find_slug
from dxplan.widgets import build_button, fault_text
from dxplan.widgets.chooser import build_chooser
from dxplan.widgets.keys import Keys
from dxplan.workshop.board import TOPICS, Board
from dxplan.workshop.desk import FIRST, STALE, WRONG, Desk
from dxplan.workshop.journal import Draft
from dxplan.workshop.options import Options
from dxplan.workshop.paper import Paper
from dxplan.workshop.unsaved import Unsaved

STANDS = {  # how far the numbers of the headline are those of the screen
    STALE: "変更する前の計画の値です。",
    WRONG: "変更する前の計画の値です。",
    FIRST: "暫定の値です。",
}
ORDER = ("place", "pmo", "portfolio", "staffing", "training", "budget")


class StartPanel:
    """A chooser above, the boards of one desk below, and the paper last.

    Parameters
    ----------
    slug : what lies on the table at first.
    """

    def __init__(self, slug: str) -> None:
        self.title = ipywidgets.HTML()
        self.asked, self.space = ipywidgets.VBox(), ipywidgets.VBox()
        self.desk: Desk | None = None
        parts = (build_chooser(self.put, slug), self.title, self.asked, self.space, Keys())
        self.view = ipywidgets.VBox(parts)
        self.put(slug)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.view)

    def put(self, slug: str, draft: Draft | None = None, sure: bool = False) -> None:
        """Put a municipality or a variant on the table; what lay there goes, its draft stays.

        Parameters
        ----------
        slug : what is put there.
        draft : unsaved changes of it to go on with; the newest ones where None.
        sure : whether somebody has said that changes which could not be kept may be lost.

        Raises
        ------
        ParamError
            No such municipality, or its file has faults; the table is as it was.
        """
        if self.desk and not sure and not self.desk.journal.safe:
            self._ask(slug, draft)
            return
        desk = Desk(slug)
        if self.desk:
            self.desk.close()
        self.desk, self.asked.children = desk, ()
        boards = [Board(desk, topic, topic == ORDER[0]) for topic in ORDER]
        views = [board.view for board in boards]
        views += [Options(desk).view, Paper(desk, self._reopen).view]
        titles = [TOPICS[topic].name for topic in ORDER]
        tabs = ipywidgets.Tab(views, titles=[*titles, "進め方と変更案", "記録・保存・報告書"])

        def turn(change: dict) -> None:
            for number, board in enumerate(boards):
                board.see(number == change["new"])

        tabs.observe(turn, "selected_index")
        desk.listen(lambda answer: self._tell(desk, answer.state))
        unsaved = Unsaved(desk, self._resume, draft)
        self.space.children = (unsaved.view, tabs)
        self._tell(desk, desk.answer.state)

    def _resume(self, draft: Draft) -> None:
        self._reopen(draft.slug, draft)

    def _ask(self, slug: str, draft: Draft | None) -> None:
        """Ask before changes go that are in no file and could not be kept."""

        def leave() -> None:
            self._reopen(slug, draft, True)

        def stay() -> None:
            self.asked.children = ()

        question = "いまの変更は、保存も控えもされていません。捨てて、選んだ団体を開きますか。"
        self.asked.children = (
            ipywidgets.HTML(fault_text(question)),
            build_button("変更を捨てて移る", leave, "warning"),
            build_button("いまの画面を続ける", stay),
        )

    def _reopen(self, slug: str, draft: Draft | None = None, sure: bool = False) -> None:
        try:
            self.put(slug, draft, sure)
        except ParamError as fault:
            self.title.value = fault_text(str(fault))

    def _tell(self, desk: Desk, state: str) -> None:
        """Name, and where the municipality stands; what a desk that was put away says is late."""
        if desk is not self.desk:
            return
        city, plan = desk.base, desk.answer.plan
        trial = "変更案 " if city.base else ""
        name = html.escape(f"{city.pref}{city.name}({trial}{city.slug})")
        people = labels.number_text(city.facts.population)
        headline = report.headline(plan.pmo)
        numbers = html.escape("、".join(f"{label} {text}" for label, text in headline.items()))
        told = f"人口{people}人。{numbers}。{STANDS.get(state, '')}"
        self.title.value = f"<h2>{name}</h2><p>{told}</p>"


def table(slug: object) -> StartPanel:
    """The table of a meeting, with a municipality on it.

    Parameters
    ----------
    slug : code, params file, variant, or a name; also a number.
    """
    return StartPanel(find_slug(slug))
