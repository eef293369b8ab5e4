"""One parameter as a control: label, slider, box, unit, the value's origin, what is wrong."""

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
from dxplan.town.variant import Place, row_at, value_at

HERE = Path(__file__).parent
STEPS = 100  # positions of a slider, about
# a slider goes to this many times the value it starts from; the box takes all that is allowed
ROOM = 2.0

Shown = float | str | date | None


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

    def show(self, value: Shown) -> None:
        """Show a value of the parameter's kind, or nothing; what was wrong before is forgotten."""
        with self.hold_sync():
            self.shown = _text(value)
            self.number = 0.0
            if self.kind == "number" and isinstance(value, (int, float)):
                self.number = float(value)
            self.changed = value != self.base
            self.fault = ""


def build_field(city: City, at: Place, spec: Spec, take: Callable[[Place, Shown], None]) -> Field:
    """The control of a value.

    Parameters
    ----------
    city : the base, whose value the control starts from.
    at : where the value stands.
    spec : what may be written there.
    take : called with the place and the value when a person has changed it; may raise ParamError,
        which is said.
    """
    base = value_at(city, at)
    field = Field(
        kind=spec.kind,
        label=_label(at, spec),
        unit=spec.suffix,
        help=_help(spec, row_at(city, at)),
        choices=list(spec.choices),
        **_span(spec, base),
    )
    field.base = base
    field.show(base)

    def read(change: dict) -> None:
        text, value = change["new"]["text"], None
        try:
            if base is not None or text.strip():  # what was open may be left open
                value = value_of(text, spec)
            take(at, value)
        except ParamError as error:
            field.fault = str(error)
        else:
            field.show(value)

    field.observe(read, "typed")
    return field


def _label(at: Place, spec: Spec) -> str:
    entry = f"{at.entry}: " if at.entry else ""
    since = f"({labels.date_text(at.start)}から)" if at.start else ""
    return f"{entry}{spec.label}{since}"


def _help(spec: Spec, row: Value | None) -> str:
    """Where the value comes from, its grade, and what may be entered."""
    if row is None:
        return f"{spec.meaning}。元の値はありません"
    grade = labels.grade_text(row.grade)
    origin = f"(確度{grade}、{row.where or '既定'})"
    parts = [spec.meaning, f"元の値 {_text(row.value)}{spec.suffix}{origin}"]
    if spec.kind == "number":
        least, most = (labels.number_text(float(end)) for end in (spec.minimum, spec.maximum))
        parts.append(f"入力できる範囲 {least}〜{most}{spec.unit}")
    return "。".join(filter(None, parts))


def _text(value: Shown) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return labels.date_text(value)
    if isinstance(value, (int, float)):
        return f"{value:,.12g}"
    return value


def _span(spec: Spec, value: Shown) -> dict[str, float]:
    """Range and step of the slider: round numbers about the value, within what is allowed."""
    if spec.kind != "number" or not isinstance(value, (int, float)):
        return {}
    least, most = float(spec.minimum), float(spec.maximum)
    if spec.unit.startswith("%") and most <= 100:
        step = 0.5 if most - least <= 20 else 1.0
        return {"low": least, "high": most, "step": step}
    top = min(most, max(value * ROOM, least + 1.0, 1.0))
    step = max(_round_step((top - least) / STEPS), float(spec.step or 0))
    return {"low": least, "high": min(most, math.ceil(top / step) * step), "step": step}


def _round_step(size: float) -> float:
    """The next of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    for times in (1, 2, 5):
        if times * power >= size * 0.999:
            return times * power
    return 10 * power
