"""Keys that are pressed on a control belong to the control and not to the notebook; a page whose kernel has gone says so."""

from __future__ import annotations

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """Something unseen that stands beside controls, keeps JupyterLab's shortcuts away, and says when nobody listens to them."""

    _esm = (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
