"""A topic at the table: controls, picture, what is different, and how far the plan is known."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import ipywidgets

from dxplan.facts.params import LOT_DAYS, RATE, Spec
from dxplan.plan.whole import Plan
from dxplan.show import difference, shelf
from dxplan.town.defaults import load_specs
from dxplan.town.lots import Lot
from dxplan.town.variant import Place, rows_of
from dxplan.widgets import build_button
from dxplan.widgets.field import Field, build_field
from dxplan.widgets.keys import Keys
from dxplan.widgets.sheet import Sheet, build_sheets
from dxplan.workshop.desk import FIRST, PROVED, STALE, WRONG, Answer, Desk
from dxplan.workshop.unsaved import Unsaved

EARLY = "early"  # the picture is of the first answer, of which other parts are still being planned
SAID = {
    STALE: "計算しています。図は変更する前のものです。",
    EARLY: "図は暫定の答えです。変化の表と残りの計画を計算しています。",
    FIRST: "暫定の答えです。計算を続けています。",
    PROVED: "計算済みです。",
    WRONG: "この値では計画ができません。図は変更する前のものです。",
}


class Topic(NamedTuple):
    """What a board shows first: Japanese name, controls, and the picture that is open."""

    name: str
    first: list[str]
    opened: str
    near: str = SAID[FIRST]  # how far a first answer goes: its training is the last one


TOPICS = {
    "pmo": Topic(
        "移行",
        (
            "dx_staff dx_share section_share vendor_likely reserve_weeks "
            "target_date budget_gates rfp_start wait_most"
        ).split(),
        "ロードマップ",
    ),
    "portfolio": Topic(
        "DX施策",
        "portfolio_yen portfolio_weight".split(),
        "施策の時期",
        SAID[STALE],
    ),
    "staffing": Topic(
        "人材",
        (
            "strategy exit_date change_ratio promotion_other "
            "daily_share pair_least change_now form_scale"
        ).split(),
        "引継ぎ",
    ),
    "training": Topic(
        "研修",
        (
            "section_release step2_seats step3_seats cohort_limit step_lead online_share works_rate"
        ).split(),
        "カレンダー",
        SAID[STALE],
    ),
    "budget": Topic(
        "経費と財源",
        "migration_yen running_yen running_case running_middle bond_use allocation".split(),
        "歳出と財源",
        "暫定の答えです。研修の経費は変更する前のもので、計算を続けています。",
    ),
    "place": Topic("現在地", "basis_date start_date effort".split(), "進捗"),
}
OFFERED = Spec(
    name="offered",
    topic="pmo",
    label="ベンダが提示した稼働日",
    kind="date",
    unit="日付",
    minimum=str(LOT_DAYS[0]),
    maximum=str(LOT_DAYS[1]),
    choices=(),
    meaning="ベンダが書面や打合せで示した、稼働できる日。計画はこの日より前の稼働を置かない",
)
STATE = Spec(
    name="state",
    topic="pmo",
    label="移行の状態",
    kind="choice",
    unit="区分",
    minimum="",
    maximum="",
    choices=("要確認", "稼働", "未移行", "対象外"),
    meaning="公表値からは、移行したかどうかを読み取れない。打合せで確かめた状態を選ぶ",
)
AREA = {"place": "common"}  # topic of the parameters, where it is named otherwise

Control = tuple[Spec, Place]


class _Made(NamedTuple):
    """A picture that has been drawn: its name, the part of a plan that it shows, and its HTML."""

    name: str
    part: object
    text: str


class Board:
    """The widgets of one topic on a desk.

    Parameters
    ----------
    desk : what lies on the table.
    topic : a key of TOPICS.
    seen : whether it is in sight; a board that is not draws when it comes into sight.
    """

    def __init__(self, desk: Desk, topic: str, seen: bool = True) -> None:
        self.desk, self.topic, self.seen = desk, TOPICS[topic], seen
        self.drawn: Plan | None = None
        self.exhibits = shelf.pictures(topic)
        self.fields: dict[Place, Field] = {}
        self._made: dict[str, _Made] = {}  # A or B -> the picture that stands there
        self.state = ipywidgets.HTML()
        self.picture, self.pinned, self.table = (ipywidgets.HTML() for _ in range(3))
        for shown in (self.picture, self.pinned):
            shown.add_class("dxplan-picture")
        self.choice = ipywidgets.Dropdown(
            options=list(self.exhibits),
            value=self.topic.opened,
            description="図の種類",
            style={"description_width": "initial"},
        )
        self.choice.observe(lambda _: self._draw(), "value")
        self.before: Plan = desk.answer.plan
        self.sheets: Sequence[Sheet] = ()
        if topic == "place":
            self.sheets = build_sheets(desk.base, desk.value, desk.put_all)
        controls = ipywidgets.VBox(
            [*self._controls(AREA.get(topic, topic)), *(sheet.view for sheet in self.sheets)],
            layout={"width": "24rem", "flex": "0 0 auto"},
        )
        self.view = ipywidgets.VBox(
            [self.state, self._bar(), ipywidgets.HBox([controls, self._pictures()]), Keys()]
        )
        desk.listen(self.take)
        desk.watch(self.glance)
        self.take(desk.answer)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.view)

    # --- parts -----------------------------------------------------------------------------------
    def _bar(self) -> ipywidgets.HBox:
        keep = "いまの計画をAとして残し、これからの計画と並べる"
        return ipywidgets.HBox(
            [
                build_button("元に戻す", self.desk.undo, hint="最後の変更を取り消す"),
                build_button("やり直す", self.desk.redo, hint="取り消した変更をもう一度行う"),
                build_button("この計画をAとして残す", self.desk.pin, hint=keep),
                build_button("Aを外す", self.desk.unpin, hint="並べるのをやめる"),
                self.choice,
            ]
        )

    def _controls(self, area: str) -> list[ipywidgets.Widget]:
        """The controls of a topic's parameters: the first ones, and the others behind lids."""
        base, specs = self.desk.base, load_specs()
        controls = self._asked(area)
        for name in self.topic.first:
            if name in base.values:
                controls += self._fields(specs[name], Place("values", "", name))
        for title, behind in self._behind(area).items():
            if behind:
                controls.append(self._lid(title, behind))
        return controls

    def _behind(self, area: str) -> dict[str, list[Control]]:
        """Title of a lid -> what stands behind it."""
        base, specs = self.desk.base, load_specs()
        before = {name for topic in TOPICS.values() for name in topic.first}
        others: list[Control] = []
        rates: list[Control] = []
        for name, spec in specs.items():
            if name in base.values and name not in before and spec.topic == area:
                group = rates if name.startswith(RATE) else others
                group.append((spec, Place("values", "", name)))
        lids = {"ほかの項目": others, "財源の率(年度ごと)": rates}
        if area == "staffing":
            for form in base.forms:
                names = form.values
                lids[form.name] = [(specs[name], Place("forms", form.name, name)) for name in names]
        return lids

    def _asked(self, area: str) -> list[ipywidgets.Widget]:
        """What only the people at the table know: the day a vendor has offered, open states."""
        base, fields = self.desk.base, []
        if area == "pmo":
            for lot in base.lots:
                fields += self._fields(_offered(lot), Place("lots", lot.name, "offered"))
        if area == "common":
            for system in base.movable:
                if system.unsure:
                    fields += self._fields(STATE, Place("systems", system.business, "state"))
        return fields

    def _lid(self, title: str, behind: list[Control]) -> ipywidgets.Accordion:
        """Controls of places, made when somebody wants them: they are many."""
        box = ipywidgets.VBox([])
        lid = ipywidgets.Accordion([box], titles=[title], selected_index=None)

        def open_lid(event: dict) -> None:
            if event["new"] == 0 and not box.children:
                fields = [self._fields(spec, at) for spec, at in behind]
                box.children = tuple(chain.from_iterable(fields))

        lid.observe(open_lid, "selected_index")
        return lid

    def _fields(self, spec: Spec, whole: Place) -> list[Field]:
        """A control for each dated value at a place, or one where nothing is said there."""
        fields = {}
        for start in [row.start for row in rows_of(self.desk.base, whole)] or [None]:
            at = replace(whole, start=start)
            fields[at] = build_field(self.desk.base, at, spec, self.desk.put)
        self.fields |= fields
        self._show_values()
        return list(fields.values())

    def _pictures(self) -> ipywidgets.VBox:
        return ipywidgets.VBox(
            [self.picture, self.pinned, self.table], layout={"flex": "1 1 auto", "min_width": "0"}
        )

    # --- what people do --------------------------------------------------------------------------
    def _show_values(self) -> None:
        for at, field in self.fields.items():
            field.show(self.desk.value(at))
        for sheet in self.sheets:
            sheet.show()

    def see(self, seen: bool) -> None:
        """Come into sight, or go."""
        self.seen = seen
        if seen and self.drawn is not self.desk.answer.plan:
            self._draw()

    # --- what is shown ---------------------------------------------------------------------------
    def take(self, answer: Answer) -> None:
        """Show an answer of the desk."""
        self._tell(answer.state, answer.fault)
        if answer.state == STALE or not self.drawn:
            self._show_values()
        if answer.state != STALE and self.seen:
            self._draw()

    def glance(self, part: str, plan: Plan) -> None:
        """Show a part of the first answer, if in sight, before the other parts are planned."""
        if self.seen and part == self.exhibits[self.choice.value].part:
            self._tell(EARLY)
            self.picture.value = self._present(plan)

    def _tell(self, state: str, fault: str = "") -> None:
        said = {**SAID, FIRST: self.topic.near}[state]
        sentence = html.escape(fault or said)
        look = f"dxplan-state dxplan-{state}"
        self.state.value = f'<p class="{look}" role="status">{sentence}</p>'

    def _present(self, plan: Plan) -> str:
        head = "<h3>B(いまの計画)</h3>" if self.desk.pinned else ""
        return head + self._picture("B", plan)

    def _picture(self, place: str, plan: Plan) -> str:
        """The picture of a plan; not drawn again where what stands in its place shows the same."""
        name = self.choice.value
        exhibit = self.exhibits[name]
        part = exhibit.part_of(plan)
        made = self._made.get(place)
        if made is None or made.name != name or made.part is not part:
            made = _Made(name, part, exhibit.show(plan).html())
            self._made[place] = made
        return made.text

    def _draw(self) -> None:
        plan, pinned = self.desk.answer.plan, self.desk.pinned
        self.drawn = plan
        self.picture.value = self._present(plan)
        before, names, kept = self.before, ("元の計画", "いまの計画"), ""
        if pinned:
            before, names = pinned.plan, ("A", "B")
            kept = f"<h3>A(残した計画)</h3>{self._picture('A', before)}"
        self.pinned.value = kept
        rows = difference.difference_rows(before, plan)
        paragraph = difference.difference_paragraph(rows)
        table = difference.difference_table(rows, names)
        self.table.value = paragraph.html() + table.html()


def _offered(lot: Lot) -> Spec:
    return replace(OFFERED, meaning=f"{lot.title}。{OFFERED.meaning}")


def board(slug: object, topic: str) -> Board:
    """The board of a topic for a municipality.

    Parameters
    ----------
    slug : code, params file or variant.
    topic : pmo, staffing, training, budget or place.
    """
    desk = Desk(slug)
    made = Board(desk, topic)
    made.view.children = (Unsaved(desk).view, *made.view.children)
    return made
