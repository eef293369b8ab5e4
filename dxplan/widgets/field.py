"""One parameter as a control: label, slider, box, unit, where its value comes from, and what is wrong with what was typed."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import anywidget
import traitlets

from dxplan.facts.entry import value_of
from dxplan.facts.nodes import ParamError
from dxplan.facts.params import Spec, Value
from dxplan.show import labels
from dxplan.town.city import City
from dxplan.town.variant import Place, rows_of, value_at

HERE = Path(__file__).parent
STEPS = 100  # positions of a slider, about
ROOM = 2.0  # a slider goes to this many times the value it starts from; the box takes all that is allowed


class Field(anywidget.AnyWidget):
    """A control of one value; what the browser and the kernel tell each other.

    Attributes
    ----------
    typed : what a person did last (text and a running number), from the browser.
    shown, number : the value as text and, for the slider, as a number.
    fault : what is wrong with what was typed; "" where nothing is.
    changed : whether the value is another than that of the base.
    """

    _esm = (HERE / "field.js").read_text(encoding="utf-8")
    _css = (HERE / "field.css").read_text(encoding="utf-8")
    kind = traitlets.Unicode("number").tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    help = traitlets.Unicode().tag(sync=True)
    low = traitlets.Float(0.0).tag(sync=True)
    high = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(1.0).tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    number = traitlets.Float(0.0).tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)
    changed = traitlets.Bool(False).tag(sync=True)
    typed = traitlets.Dict().tag(sync=True)

    def show(self, value: float | str | date | None) -> None:
        """Show a value, of the kind of the parameter, or nothing; what was wrong before is forgotten."""
        with self.hold_sync():
            self.shown = _text(value)
            self.number = float(value) if self.kind == "number" else 0.0
            self.changed = value != self.base
            self.fault = ""


def build_field(city: City, at: Place, spec: Spec, take: Callable[[Place, object], None]) -> Field:
    """The control of a value.

    Parameters
    ----------
    city : the base, whose value the control starts from.
    at : where the value stands.
    spec : what may be written there.
    take : called with the place and the value when a person has changed it; may raise ParamError, which is said.
    """
    value, row = value_at(city, at), _row(city, at)
    field = Field(
        kind=spec.kind,
        label=_label(at, spec),
        unit=spec.unit if spec.kind == "number" else "",
        help=_help(spec, row),
        choices=list(spec.choices),
        **_span(spec, value),
    )
    field.base = value
    field.show(value)

    def read(change) -> None:
        try:
            text = change["new"]["text"]
            found = None if value is None and not text.strip() else value_of(text, spec)
            take(at, found)
        except ParamError as error:
            field.fault = str(error)
        else:
            field.show(found)

    field.observe(read, "typed")
    return field


def _row(city: City, at: Place) -> Value | None:
    rows = rows_of(city, at)
    return next((row for row in rows if row.start == at.start), rows[0]) if rows else None


def _label(at: Place, spec: Spec) -> str:
    since = f"({labels.date_text(at.start)}から)" if at.start else ""
    return f"{at.entry}: {spec.label}{since}" if at.entry else f"{spec.label}{since}"


def _help(spec: Spec, row: Value | None) -> str:
    """Where the value comes from, its grade, and what may be entered."""
    if row is None:
        return "。".join((spec.meaning, "元の値はありません"))
    bound = (
        f"{labels.number_text(float(spec.minimum))}〜{labels.number_text(float(spec.maximum))}{spec.unit}"
        if spec.kind == "number"
        else ""
    )
    origin = f"元の値 {_text(row.value)}{row.unit if spec.kind == 'number' else ''}(確度{labels.grade_text(row.grade)}、{row.where or '既定'})"
    return "。".join(
        filter(None, (spec.meaning, origin, f"入力できる範囲 {bound}" if bound else ""))
    )


def _text(value: float | str | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return labels.date_text(value)
    return f"{value:,.12g}" if isinstance(value, (int, float)) else value


def _span(spec: Spec, value: float | str | date) -> dict[str, float]:
    """Range and step of the slider: round numbers about the value, within what is allowed."""
    if spec.kind != "number":
        return {}
    least, most = float(spec.minimum), float(spec.maximum)
    if spec.unit.startswith("%") and most <= 100:
        return {"low": least, "high": most, "step": 0.5 if most - least <= 20 else 1.0}
    top = min(most, max(value * ROOM, least + 1.0, 1.0))
    step = _round_step((top - least) / STEPS)
    return {"low": least, "high": min(most, math.ceil(top / step) * step), "step": step}


def _round_step(size: float) -> float:
    """The next of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(k * power for k in (1, 2, 5, 10) if k * power >= size * 0.999)
