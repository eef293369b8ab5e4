"""A table that takes a paste from a spreadsheet: what is pasted is read, the differences are shown, then taken over."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ipywidgets

from dxplan.facts.entry import cells_of, plain, value_of
from dxplan.facts.nodes import ParamError, nearest
from dxplan.facts.params import Spec
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.variant import Place, value_at
from dxplan.widgets import fault_text

STEPS = Spec(
    "steps",
    "pmo",
    "完了ステップ",
    "number",
    "ステップ",
    "0",
    "40",
    (),
    "PMOツールの40ステップのうち完了した数",
)
STAFF = Spec("staff", "pmo", "職員数", "number", "人", "1", "5000", (), "課の職員数")
HEADS = frozenset(("業務", "課", "名前", "項目", "業務(システム)", "担当課"))


@dataclass(frozen=True)
class Column:
    """What a sheet holds: its caption, the name of its rows, what stands in them, and where."""

    caption: str
    head: str
    spec: Spec
    places: Mapping[str, Place]


def system_column(city: City) -> Column:
    """Steps done by business."""
    return Column(
        "業務ごとの完了ステップ",
        "業務",
        STEPS,
        {s.business: Place("systems", s.business, "steps") for s in city.systems},
    )


def section_column(city: City) -> Column:
    """Staff by section."""
    return Column(
        "課ごとの職員数",
        "課",
        STAFF,
        {s.name: Place("sections", s.name, "staff") for s in city.sections},
    )


def load_paste(column: Column, text: str) -> dict[Place, float]:
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
    found, faults = {}, []
    for number, cells in enumerate(cells_of(text), 1):
        if number == 1 and cells[0] in HEADS:
            continue
        try:
            at, value = _row(column, cells)
            if at in found:
                raise ParamError(f"「{at.entry}」が2度あります。")
            found[at] = value
        except ParamError as fault:
            faults.append(f"{number}行目: {fault}")
    if faults or not found:
        raise ParamError(
            faults
            or "貼り付けた表に、名前と値の行がありません。表計算ソフトで2列を選んでコピーしてください。"
        )
    return found


def _row(column: Column, cells: list[str]) -> tuple[Place, float]:
    names = {plain(name): at for name, at in column.places.items()}
    if cells[0] not in names:
        raise ParamError(
            f"「{cells[0][:40]}」という{column.head}はありません。{nearest(cells[0], column.places)}"
        )
    if len(cells) < 2 or not cells[1]:
        raise ParamError(f"「{cells[0]}」の{column.spec.label}がありません。")
    value = value_of(cells[1], column.spec)
    if value != int(value):
        raise ParamError(f"「{cells[0]}」の{cells[1][:20]}は整数ではありません。")
    return names[cells[0]], value


class Sheet:
    """The widgets of a table: what stands there, a box to paste into, the differences, and the button that takes them.

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
        column: Column,
        now: Callable[[Place], object],
        take: Callable[[Mapping[Place, float]], None],
    ) -> None:
        self.city, self.column, self.now, self._take = city, column, now, take
        self.found: dict[Place, float] = {}
        self.table, self.told = ipywidgets.HTML(), ipywidgets.HTML()
        self.box = ipywidgets.Textarea(
            description=f"{column.caption}をExcelから貼り付け",
            rows=4,
            placeholder=f"{column.head}と{column.spec.label}の2列",
            style={"description_width": "initial"},
            layout={"width": "auto"},
            continuous_update=True,
        )
        self.accept = ipywidgets.Button(
            description="この違いを反映する",
            disabled=True,
            layout={"width": "auto"},
            button_style="primary",
        )
        self.box.observe(lambda change: self.read(change["new"]), "value")
        self.accept.on_click(lambda _: self._accept())
        self.view = ipywidgets.VBox([self.table, self.box, self.told, self.accept])
        self.show()

    def show(self) -> None:
        """Show the values that stand there."""
        rows = "".join(
            f'<tr><th scope="row">{html.escape(name)}</th><td class="number">{labels.number_text(self.now(at))}</td></tr>'
            for name, at in self.column.places.items()
        )
        unit = html.escape(f"{self.column.spec.label}({self.column.spec.unit})")
        self.table.value = (
            f"<details><summary>{html.escape(self.column.caption)}(いまの値)</summary><table><thead><tr>"
            f'<th scope="col">{self.column.head}</th><th scope="col">{unit}</th></tr></thead><tbody>{rows}</tbody></table></details>'
        )

    def read(self, text: str) -> None:
        """Say what a pasted block would change, or what is wrong with it; nothing is changed yet."""
        self.found, said = {}, ""
        if text.strip():
            try:
                self.found = {
                    at: value
                    for at, value in load_paste(self.column, text).items()
                    if value != self.now(at)
                }
                said = self._difference() or "いまの値と同じです。"
            except ParamError as fault:
                said = fault_text(str(fault))
        self.accept.disabled, self.told.value = not self.found, said

    def _difference(self) -> str:
        unit = self.column.spec.unit
        return "".join(
            f"<div>{html.escape(at.entry)}: {labels.number_text(self.now(at))} → <strong>{labels.number_text(value)}</strong>{unit}</div>"
            for at, value in self.found.items()
        )

    def _accept(self) -> None:
        self._take(self.found)
        self.box.value = ""
        self.show()


def build_sheets(
    city: City, now: Callable[[Place], object], take: Callable[[Mapping[Place, float]], None]
) -> tuple[Sheet, ...]:
    """The sheets of a city: its systems and its sections; the arguments as of ``Sheet``."""
    return tuple(
        Sheet(city, column, now, take) for column in (system_column(city), section_column(city))
    )


def value_now(city: City, changes: Mapping[Place, object], at: Place) -> object:
    """The value at a place: changed, or the base's."""
    return changes.get(at, value_at(city, at))
