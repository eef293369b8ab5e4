"""Controls: a changed City out of what people move, type and paste.

They know no planner and no figure.
"""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets


def fault_text(sentences: str) -> str:
    """What is wrong (a line each), as HTML that is read out at once."""
    lines = "<br>".join(map(html.escape, sentences.splitlines()))
    return f'<p class="dxplan-fault" role="alert">{lines}</p>'


def state_text(sentence: str) -> str:
    """How things stand, as HTML that is read out in its turn."""
    return f'<p role="status">{html.escape(sentence)}</p>'


def build_button(
    text: str, act: Callable[[], None], style: str = "", hint: str | None = None
) -> ipywidgets.Button:
    """A button as wide as its words, which does something."""
    layout = {"width": "auto"}
    button = ipywidgets.Button(description=text, button_style=style, tooltip=hint, layout=layout)
    button.on_click(lambda _: act())
    return button
