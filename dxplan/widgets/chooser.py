"""Type-ahead over the 1,741 municipalities, by name, kana, prefecture or code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import ipywidgets

from dxplan.facts import catalog
from dxplan.facts.nodes import ParamError
from dxplan.town.finder import HIRAGANA, find_slug
from dxplan.widgets import fault_text


@cache
def choices() -> dict[str, str]:
    """What can be chosen -> its code: 石川県 小松市 こまつし コマツシ 172031."""
    codes = {}
    for town in catalog.load_municipalities():
        hiragana = town.kana.translate(HIRAGANA)
        codes[f"{town.pref} {town.name} {hiragana} {town.kana} {town.code}"] = town.code
    return codes


def slug_of(text: str) -> str:
    """The slug that a person means: a choice, a code, a name, kana, or the stem of a params file.

    Parameters
    ----------
    text : as typed.

    Raises
    ------
    CityError
        None or several are meant; the sentence names them.
    """
    return choices().get(text) or find_slug(text)


def build_chooser(take: Callable[[str], None], slug: str = "") -> ipywidgets.VBox:
    """A box that offers municipalities while a person types.

    Parameters
    ----------
    take : called with the slug that was chosen.
    slug : what it shows at first.
    """
    shown = next((text for text, code in choices().items() if code == slug), slug)
    box = ipywidgets.Combobox(
        value=shown,
        options=tuple(choices()),
        description="団体(名前・かな・コード)",
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "38rem", "max_width": "100%"},
    )
    told = ipywidgets.HTML()

    def read(change: dict) -> None:
        try:
            take(slug_of(change["new"]))
            told.value = ""
        except ParamError as fault:
            told.value = fault_text(str(fault))

    box.observe(read, "value")
    return ipywidgets.VBox([box, told])
