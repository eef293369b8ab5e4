"""What stands in no file yet, said above the table, with what people can do about it."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from dxplan.facts import catalog
from dxplan.facts.nodes import ParamError
from dxplan.widgets import build_button, fault_text, state_text
from dxplan.workshop.desk import Desk
from dxplan.workshop.journal import Draft, load_drafts

OTHERS = 5  # drafts of other tables that are offered: the newest


class Unsaved:
    """The sentences and buttons of a desk's unsaved changes; the last draft is taken up again.

    Parameters
    ----------
    desk : what lies on the table.
    reopen : called with another draft that a person wants to go on with; None where one cannot.
    draft : the one to go on with; the newest of the desk's own where None.
    """

    def __init__(
        self, desk: Desk, reopen: Callable[[Draft], None] | None = None, draft: Draft | None = None
    ) -> None:
        self.desk, self.reopen = desk, reopen
        self.began, self.told = ipywidgets.HTML(), ipywidgets.HTML()
        self.drop = build_button("すべての変更を取り消す", desk.discard)
        self.others = ipywidgets.HBox(layout={"flex_flow": "row wrap"})
        self.view = ipywidgets.VBox([self.began, self.told, self.drop, self.others])
        self._begin(draft)
        desk.listen(lambda _: self._tell())
        self._tell()

    def _begin(self, wanted: Draft | None) -> None:
        """Take up a draft, and offer the others."""
        drafts, faults = load_drafts()
        own = [draft for draft in drafts if draft.slug == self.desk.base.slug]
        draft = wanted or next(iter(own), None)
        told = ""
        if draft:
            try:
                self.desk.restore(draft)
                told = state_text(f"保存していなかった変更{draft.told}を戻しました。")
            except ParamError as fault:
                faults.append(str(fault))
        self.began.value = told + "".join(map(fault_text, faults))
        if self.reopen:
            rest = [other for other in drafts if other != draft]
            self.others.children = tuple(map(self._offer, rest[:OTHERS]))

    def _offer(self, draft: Draft) -> ipywidgets.Button:
        def reopen() -> None:
            assert self.reopen
            self.reopen(draft)

        text = f"{_name(draft.slug)}の続き {draft.told}"
        return build_button(text, reopen)

    def _tell(self) -> None:
        journal, told, shown = self.desk.journal, "", "none"
        if journal.unsaved:
            told = state_text(f"保存していない変更が{len(journal.unsaved)}件あります。")
            shown = ""
        if journal.fault:
            told = fault_text(journal.fault)
        if told != self.told.value:
            self.told.value, self.drop.layout.display = told, shown


def _name(slug: str) -> str:
    """The municipality and the file of a draft, as people call them."""
    code, _, trial = slug.partition("--")
    towns = {town.code: town.pref + town.name for town in catalog.load_municipalities()}
    name = towns.get(code, code)
    return f"{name}({trial})" if trial else name
