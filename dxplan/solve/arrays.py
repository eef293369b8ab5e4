"""Arrays, by what they hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def whole_parts(amount: float, shares: Floats) -> Floats:
    """An amount in whole units, divided by shares [n] that add up to 1: the parts add up to it."""
    so_far = np.cumsum(shares)
    ends = np.floor(amount * so_far + 0.5)
    parts: Floats = np.diff(ends, prepend=0.0)
    return parts
