"""Text as other programs may have it: one line, without characters that a file format forbids."""

from __future__ import annotations

import re

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]+")


def plain_text(value: object) -> str:
    """A text in one line: a break becomes a blank; what a file format forbids is left out.

    Letters of every script, private ones (外字) and marks of direction stay as they are.
    """
    return FORBIDDEN.sub("", BREAKS.sub(" ", str(value)))
