"""A table that takes a paste from a spreadsheet: read, shown as differences, then taken over."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import ipywidgets

from dxplan.facts.catalog import Cell
from dxplan.facts.entry import cells_of, value_of
from dxplan.facts.kinds import plain
from dxplan.facts.letters import suggestion
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Spec
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.variant import Place
from dxplan.widgets import build_button, fault_text

STEPS = Spec(
    name="steps",
    topic="pmo",
    label="完了ステップ",
    kind="number",
    unit="ステップ",
    minimum="0",
    maximum="40",
    choices=(),
    meaning="PMOツールの40ステップのうち完了した数",
    step="1",
)
STAFF = replace(
    STEPS,
    name="staff",
    label="職員数",
    unit="人",
    minimum="1",
    maximum="5000",
    meaning="課の職員数",
)
HEADS = frozenset("業務 課 名前 項目 業務(システム) 担当課".split())


@dataclass(frozen=True)
class PasteColumn:
    """What a sheet holds: its caption, the name of its rows, what stands in them, and where."""

    caption: str
    head: str
    spec: Spec
    places: Mapping[str, Place]


def system_column(city: City) -> PasteColumn:
    """Steps done by business."""
    names = [system.business for system in city.systems]
    places = {name: Place("systems", name, "steps") for name in names}
    return PasteColumn("業務ごとの完了ステップ", "業務", STEPS, places)


def section_column(city: City) -> PasteColumn:
    """Staff by section."""
    places = {s.name: Place("sections", s.name, "staff") for s in city.sections}
    return PasteColumn("課ごとの職員数", "課", STAFF, places)


def load_paste(column: PasteColumn, text: str) -> dict[Place, float]:
    """The values of a pasted block: a name and a value in each row, a heading row or none.

    Parameters
    ----------
    column : what the sheet holds.
    text : as pasted.

    Raises
    ------
    ParamError
        Every fault of the block at once, with its row.
    """
    values: dict[Place, float] = {}
    faults = []
    for number, cells in enumerate(cells_of(text), 1):
        if number == 1 and cells[0] in HEADS:
            continue
        try:
            at, value = _row(column, cells)
            if at in values:
                raise ParamError(f"「{at.entry}」が2度あります。")
            values[at] = value
        except ParamError as fault:
            faults.append(f"{number}行目: {fault}")
    if faults:
        raise ParamError(faults)
    if not values:
        raise ParamError(
            "貼り付けた表に、名前と値の行がありません。"
            "表計算ソフトで2列を選んでコピーしてください。"
        )
    return values


def _row(column: PasteColumn, cells: list[str]) -> tuple[Place, float]:
    names = {plain(name): at for name, at in column.places.items()}
    if cells[0] not in names:
        raise ParamError(
            f"「{cells[0][:40]}」という{column.head}はありません。{suggestion(cells[0], column.places)}"
        )
    if len(cells) < 2 or not cells[1]:
        raise ParamError(f"「{cells[0]}」の{column.spec.label}がありません。")
    value = value_of(cells[1], column.spec)
    assert isinstance(value, float)
    return names[cells[0]], value


class Sheet:
    """The widgets of a table: what stands there, a box to paste into, and what that changes.

    Parameters
    ----------
    city : the base.
    column : what the sheet holds.
    now : gives the value that stands at a place at present.
    take : called with the places and values that a person has accepted.
    """

    def __init__(
        self,
        city: City,
        column: PasteColumn,
        now: Callable[[Place], Cell],
        take: Callable[[Mapping[Place, float]], None],
    ) -> None:
        self.city, self.column, self.now, self._take = city, column, now, take
        self.changes: dict[Place, float] = {}
        self.table, self.told = ipywidgets.HTML(), ipywidgets.HTML()
        self.box = ipywidgets.Textarea(
            description=f"{column.caption}をExcelから貼り付け",
            rows=4,
            placeholder=f"{column.head}と{column.spec.label}の2列",
            style={"description_width": "initial"},
            layout={"width": "auto"},
            continuous_update=True,
        )
        self.accept = build_button("この違いを反映する", self._accept, "primary")
        self.accept.disabled = True
        self.box.observe(lambda change: self.read(change["new"]), "value")
        self.view = ipywidgets.VBox([self.table, self.box, self.told, self.accept])
        self.show()

    def show(self) -> None:
        """Show the values that stand there."""
        column, rows = self.column, ""
        for name, at in column.places.items():
            number = labels.number_text(self.now(at))
            rows += (
                f'<tr><th scope="row">{html.escape(name)}</th><td class="number">{number}</td></tr>'
            )
        unit = html.escape(f"{column.spec.label}({column.spec.unit})")
        self.table.value = (
            f"<details><summary>{html.escape(column.caption)}(いまの値)</summary>"
            f'<table><thead><tr><th scope="col">{column.head}</th><th scope="col">{unit}</th></tr>'
            f"</thead><tbody>{rows}</tbody></table></details>"
        )

    def read(self, text: str) -> None:
        """Say what a pasted block would change, or what is wrong with it; change nothing yet."""
        self.changes, told = {}, ""
        if text.strip():
            try:
                for at, value in load_paste(self.column, text).items():
                    if value != self.now(at):
                        self.changes[at] = value
                told = self._difference() or "いまの値と同じです。"
            except ParamError as fault:
                told = fault_text(str(fault))
        self.accept.disabled, self.told.value = not self.changes, told

    def _difference(self) -> str:
        lines, unit = "", self.column.spec.unit
        for at, value in self.changes.items():
            before, after = labels.number_text(self.now(at)), labels.number_text(value)
            lines += (
                f"<div>{html.escape(at.entry)}: {before} → <strong>{after}</strong>{unit}</div>"
            )
        return lines

    def _accept(self) -> None:
        self._take(self.changes)
        self.box.value = ""
        self.show()


def build_sheets(
    city: City, now: Callable[[Place], Cell], take: Callable[[Mapping[Place, float]], None]
) -> tuple[Sheet, ...]:
    """The sheets of a city: its systems and its sections; the arguments as of ``Sheet``."""
    return tuple(
        Sheet(city, column, now, take) for column in (system_column(city), section_column(city))
    )
