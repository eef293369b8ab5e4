"""Keys that are pressed on a control belong to the control and not to the notebook around it."""

from __future__ import annotations

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """Something unseen that stands beside controls and keeps JupyterLab's shortcuts away from them."""

    _esm = (Path(__file__).parent / "keys.js").read_text(encoding="utf-8")
