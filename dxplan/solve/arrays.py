"""Arrays, by what they hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def whole_parts(amounts: Floats) -> Floats:
    """Amounts [n] rounded as sums: the whole parts add up to what the amounts do."""
    so_far = np.cumsum(amounts)
    ends = np.floor(so_far + 0.5)
    parts: Floats = np.diff(ends, prepend=0.0)
    return parts
