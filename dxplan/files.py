"""Files as others meet them: named for a person, whole or not there, no cell that calculates.

Every room may import this one; it imports nothing of dxplan.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet takes for the beginning of a formula


def place(path: Path) -> str:
    """The file as a person names it, without the folders of this machine."""
    return f"{path.parent.name}/{path.name}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and move it into place.

    Raises
    ------
    OSError : the folder or the disk refuses; what was there is as it was.
    """
    unfinished = path.with_name(f".{path.name}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):  # the folder itself may be the trouble
            unfinished.unlink(missing_ok=True)
        raise


def csv_cell(text: str) -> str:
    """A text as a cell of a CSV file: an apostrophe keeps a spreadsheet from calculating it."""
    return f"'{text}" if text.startswith(FORMULA) else text
