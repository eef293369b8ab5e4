"""Planning workbook for municipal DX in Japan: PMO, staffing and training as one plan."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

# jsonschema asks at import for a grammar of web addresses, which takes 1.4 s of CPU to build and
# which no notebook format uses; without it two checks of format are left out
# (python-jsonschema/jsonschema #1428). A test says when they have mended it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None bars it

__version__ = "0.1.0"


def __getattr__(name: str) -> ModuleType:
    """``dxplan.plan``, loaded when first asked for."""
    if name == "plan":
        return import_module("dxplan.plan")
    raise AttributeError(f"module 'dxplan' has no attribute {name!r}")
