"""Keys that are pressed on a control belong to it, not to the notebook; a dead page says so."""

from __future__ import annotations

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """Something unseen beside controls: it keeps JupyterLab's shortcuts away from them.

    And it says when no kernel listens to them any more.
    """

    _esm = (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
