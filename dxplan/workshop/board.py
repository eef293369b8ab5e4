"""A topic at the table: its controls, its picture, what is different, and how far the plan is known."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace

import ipywidgets

from dxplan.facts.params import LOT_DAYS, RATE, Spec
from dxplan.plan.whole import Plan
from dxplan.show import budget, city, difference, engagement, pmo, staffing, training
from dxplan.show.style import Shown
from dxplan.town.defaults import load_specs
from dxplan.town.lots import Lot
from dxplan.town.variant import Place, rows_of
from dxplan.widgets.field import Field, build_field
from dxplan.widgets.keys import Keys
from dxplan.widgets.sheet import build_sheets
from dxplan.workshop.desk import FIRST, PROVED, STALE, WRONG, Answer, Desk

EARLY = "early"  # the picture is of the first answer, of which other parts are still being planned
SAID = {
    STALE: "計算しています。図は変更する前のものです。",
    EARLY: "図は暫定の答えです。変化の表と確定の計画を計算しています。",
    FIRST: "暫定の答えです。確定の計画を計算しています。",
    PROVED: "確定した計画です。",
    WRONG: "この値では計画ができません。図は変更する前のものです。",
}


@dataclass(frozen=True)
class Topic:
    """What a board shows: Japanese name, the controls that come first, and its pictures by name."""

    name: str
    first: tuple[str, ...]
    pictures: dict[str, Callable[[Plan], Shown]]


TOPICS = {
    "pmo": Topic(
        "移行",
        (
            "dx_staff",
            "dx_share",
            "section_share",
            "vendor_likely",
            "reserve_weeks",
            "target_date",
            "budget_gates",
            "rfp_start",
            "wait_most",
        ),
        {
            "ロードマップ": lambda plan: pmo.roadmap_figure(plan.pmo),
            "負荷": lambda plan: pmo.load_figure(plan.pmo),
        },
    ),
    "staffing": Topic(
        "人材",
        (
            "strategy",
            "exit_date",
            "change_ratio",
            "promotion_fte",
            "daily_share",
            "pair_least",
            "change_now",
            "form_scale",
        ),
        {
            "引継ぎ": lambda plan: staffing.handover_figure(plan.staffing),
            "仕事の担い手": lambda plan: staffing.cover_figure(plan.staffing),
            "ピラミッド": lambda plan: staffing.pyramid_figure(plan.staffing),
            "外部人材と採用": lambda plan: engagement.engagement_figure(plan.staffing),
        },
    ),
    "training": Topic(
        "研修",
        (
            "section_release",
            "step2_seats",
            "step3_seats",
            "cohort_limit",
            "step_lead",
            "online_share",
            "works_rate",
        ),
        {
            "カレンダー": lambda plan: training.calendar_figure(plan.training),
            "受講と修了": lambda plan: training.funnel_figure(plan.training),
        },
    ),
    "budget": Topic(
        "経費と財源",
        (
            "migration_yen",
            "running_yen",
            "running_case",
            "running_middle",
            "bond_use",
            "allocation",
        ),
        {
            "歳出と財源": lambda plan: budget.funding_figure(plan.budget),
            "財源の確かさ": lambda plan: budget.sure_figure(plan.budget),
            "移行後の運用経費": lambda plan: budget.running_figure(plan.budget),
        },
    ),
    "place": Topic(
        "現在地",
        ("basis_date", "start_date", "effort"),
        {"20業務の現在地": lambda plan: city.systems_figure(plan.city)},
    ),
}
OFFERED = Spec(
    "offered",
    "pmo",
    "ベンダが提示した稼働日",
    "date",
    "日付",
    *map(str, LOT_DAYS),
    (),
    "ベンダが書面や打合せで示した、稼働できる日。計画はこの日より前の稼働を置かない",
)
STATE = Spec(
    "state",
    "pmo",
    "移行の状態",
    "choice",
    "区分",
    "",
    "",
    ("要確認", "稼働", "未移行", "対象外"),
    "公表値からは、移行したかどうかを読み取れない。打合せで確かめた状態を選ぶ",
)
AREA = {"place": "common"}  # topic of the parameters, where it is named otherwise
PART = {"place": "city"}  # what of a plan the pictures show, where it is named otherwise


class Board:
    """The widgets of one topic on a desk.

    Parameters
    ----------
    desk : what lies on the table.
    topic : a key of TOPICS.
    seen : whether it is in sight; a board that is not draws when it comes into sight.
    """

    def __init__(self, desk: Desk, topic: str, seen: bool = True) -> None:
        self.desk, self.topic, self.seen, self.drawn = desk, TOPICS[topic], seen, None
        self.part, self._made = PART.get(topic, topic), {}
        self.fields: dict[Place, Field] = {}
        self.state = ipywidgets.HTML()
        self.picture, self.pinned, self.table = (ipywidgets.HTML() for _ in range(3))
        self.choice = ipywidgets.Dropdown(
            options=list(self.topic.pictures),
            description="図の種類",
            style={"description_width": "initial"},
        )
        self.choice.observe(lambda _: self._draw(), "value")
        self.before: Plan = desk.answer.plan
        self.sheets = build_sheets(desk.base, desk.value, desk.put_all) if topic == "place" else ()
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
        def button(text: str, act: Callable[[], None], hint: str) -> ipywidgets.Button:
            made = ipywidgets.Button(description=text, tooltip=hint, layout={"width": "auto"})
            made.on_click(lambda _: act())
            return made

        return ipywidgets.HBox(
            [
                button("元に戻す", self.desk.undo, "最後の変更を取り消す"),
                button("やり直す", self.desk.redo, "取り消した変更をもう一度行う"),
                button(
                    "この計画をAとして残す",
                    self.desk.pin,
                    "いまの計画をAとして残し、これからの計画と並べる",
                ),
                button("Aを外す", self.desk.unpin, "並べるのをやめる"),
                self.choice,
            ]
        )

    def _controls(self, area: str) -> list[ipywidgets.Widget]:
        """The controls of a topic's parameters: the first ones, and the others behind lids."""
        base, specs = self.desk.base, load_specs()
        before = {name for topic in TOPICS.values() for name in topic.first}
        known = [
            name
            for name in specs
            if name in base.values and name not in before and specs[name].topic == area
        ]
        first = [
            field
            for name in self.topic.first
            if name in base.values
            for field in self._fields(specs[name], Place("values", "", name))
        ]
        lids = {
            "ほかの項目": [
                (specs[name], Place("values", "", name))
                for name in known
                if not name.startswith(RATE)
            ],
            "財源の率(年度ごと)": [
                (specs[name], Place("values", "", name)) for name in known if name.startswith(RATE)
            ],
        }
        if area == "staffing":
            lids |= {
                form.name: [(specs[name], Place("forms", form.name, name)) for name in form.values]
                for form in base.forms
            }
        return [
            *self._asked(area),
            *first,
            *(self._lid(title, wanted) for title, wanted in lids.items() if wanted),
        ]

    def _asked(self, area: str) -> list[ipywidgets.Widget]:
        """What only the people at the table know: the day that a vendor has offered, open questions."""
        base, places = self.desk.base, []
        if area == "pmo":
            places = [(_offered(lot), Place("lots", lot.name, "offered")) for lot in base.lots]
        if area == "common":
            places = [
                (STATE, Place("systems", s.business, "state")) for s in base.movable if s.unsure
            ]
        return [field for spec, at in places for field in self._fields(spec, at)]

    def _lid(self, title: str, wanted: list[tuple[Spec, Place]]) -> ipywidgets.Accordion:
        """Controls of places, made when somebody wants them: they are many."""
        lid = ipywidgets.Accordion([ipywidgets.VBox([])], titles=[title], selected_index=None)

        def open_lid(event) -> None:
            if event["new"] == 0 and not lid.children[0].children:
                lid.children[0].children = tuple(
                    field for spec, at in wanted for field in self._fields(spec, at)
                )

        lid.observe(open_lid, "selected_index")
        return lid

    def _fields(self, spec: Spec, whole: Place) -> list[Field]:
        """A control for each dated value at a place, or one where nothing is said there."""
        starts = [row.start for row in rows_of(self.desk.base, whole)] or [None]
        made = {
            at: build_field(self.desk.base, at, spec, self.desk.put)
            for at in (replace(whole, start=start) for start in starts)
        }
        self.fields |= made
        self._show_values()
        return list(made.values())

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
        """Show the picture of a part of the first answer, if it is in sight, before the other parts are planned."""
        if self.seen and part == self.part:
            self._tell(EARLY)
            self.picture.value = self._present(plan)

    def _tell(self, state: str, fault: str = "") -> None:
        self.state.value = f'<p class="dxplan-state dxplan-{state}" role="status">{html.escape(fault or SAID[state])}</p>'

    def _present(self, plan: Plan) -> str:
        return ("<h3>B(いまの計画)</h3>" if self.desk.pinned else "") + self._picture("B", plan)

    def _picture(self, place: str, plan: Plan) -> str:
        """The picture of a plan; not drawn again where the one that stands in its place shows the same."""
        wanted = self.choice.value, getattr(plan, self.part)
        made, text = self._made.get(place, ((None, None), ""))
        if made[0] != wanted[0] or made[1] is not wanted[1]:
            text = self.topic.pictures[wanted[0]](plan).html()
            self._made[place] = wanted, text
        return text

    def _draw(self) -> None:
        answer, pinned = self.desk.answer, self.desk.pinned
        self.drawn = answer.plan
        self.picture.value = self._present(answer.plan)
        self.pinned.value = (
            f"<h3>A(残した計画)</h3>{self._picture('A', pinned.plan)}" if pinned else ""
        )
        against = pinned.plan if pinned else self.before
        names = ("A", "B") if pinned else ("元の計画", "いまの計画")
        lines = difference.difference_rows(against, answer.plan)
        self.table.value = (
            difference.difference_paragraph(lines).html()
            + difference.difference_table(lines, names).html()
        )


def _offered(lot: Lot) -> Spec:
    return replace(OFFERED, meaning=f"{lot.title}。{OFFERED.meaning}")


def board(slug: str, topic: str) -> Board:
    """The board of a topic for a municipality.

    Parameters
    ----------
    slug : code, params file or variant.
    topic : pmo, staffing, training, budget or place.
    """
    return Board(Desk(slug), topic)
