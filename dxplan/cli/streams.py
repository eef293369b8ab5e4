"""What is printed: where a letter cannot be shown or a line not be written, the command goes on."""

from __future__ import annotations

import os
import sys
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import Any

from dxplan.files import disk_reason

NO_JAPANESE = "dxplan: this output ({}) cannot show Japanese; set PYTHONIOENCODING=utf-8.\n"
LOST = (
    "表示を書き出せません({})。ここから先は表示されませんが、"
    "つくったファイルと記録には影響しません。"
)


class Outlet(RawIOBase):
    """What takes lines that cannot be written for written, and keeps the reason.

    Parameters
    ----------
    stream : of the system, which stays open.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.raw = getattr(stream.buffer, "raw", stream.buffer)
        self.strict = False  # whether the first line that cannot be written is an error
        self.fault: OSError | None = None

    def write(self, content: Any) -> int:
        """Write, or pretend to."""
        if self.fault is None:
            try:
                return self.raw.write(content) or 0
            except OSError as fault:
                self.fault = fault
                if self.strict:
                    raise
        return len(content)

    def writable(self) -> bool:
        """It can be written."""
        return True

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self.raw.isatty()

    def fileno(self) -> int:
        """Its number in the system."""
        return self.raw.fileno()

    @property
    def loss(self) -> str:
        """A sentence where lines were lost; "" also where the reader just went away."""
        if self.fault is None or isinstance(self.fault, BrokenPipeError):
            return ""
        return LOST.format(disk_reason(self.fault))


def safe_outlet() -> Outlet:
    """Put such streams in the places of this process's own; the one for what is said.

    A stream that was closed leads nowhere, before another file gets its number.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))
    outlet = Outlet(sys.stdout)
    said, told = _text(outlet), _text(Outlet(sys.stderr))
    sys.stdout, sys.stderr = said, told
    if said.errors != "replace":
        told.write(NO_JAPANESE.format(said.encoding))
    return outlet


def _text(outlet: Outlet) -> TextIOWrapper:
    """A stream like the system's; a letter that it lacks is a question mark."""
    errors, stream = "replace", outlet.stream
    try:
        "計画".encode(stream.encoding)
    except UnicodeEncodeError:  # it lacks them all: their numbers lose nothing
        errors = "backslashreplace"
    lines = stream.line_buffering or stream.write_through
    return TextIOWrapper(BufferedWriter(outlet), stream.encoding, errors, line_buffering=lines)
