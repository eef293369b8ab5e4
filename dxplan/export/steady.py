"""A file of an office program without a clock or a machine in it: same content, same bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from datetime import date
from io import BytesIO

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of the zip format
CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")
FACE = re.compile(rb'(<a:(?:latin|ea) typeface=|script="Jpan" typeface=)"[^"]*"')
# what a library's empty paper brings from another machine: its picture, its printer
STRANGE = ("docProps/thumbnail", "ppt/printerSettings/")
LEADS = re.compile(rb'<Relationship [^>]*"(?:docProps/thumbnail|printerSettings/)[^>]*/>')
INNER = ".xlsx"  # the book of a chart
Part = tuple[str, bytes]


def zip_bytes(parts: Iterable[Part]) -> bytes:
    """A zip of (name, bytes) without clock, owner or machine in it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for name, data in parts:
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, on every machine
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, data)
    return out.getvalue()


def steady_bytes(data: bytes, day: date, font: str) -> bytes:
    """An office file, and the books inside it, dated by a day.

    Parameters
    ----------
    data : as a library writes it, with the time of this moment.
    day : of the paper.
    font : of its theme, for Latin and Japanese letters alike.
    """
    parts = []
    with zipfile.ZipFile(BytesIO(data)) as made:
        for entry in made.infolist():
            name, part = entry.filename, made.read(entry)
            if not name.startswith(STRANGE):
                parts.append((name, _steady_part(name, part, day, font)))
    return zip_bytes(parts)


def _steady_part(name: str, part: bytes, day: date, font: str) -> bytes:
    if name.endswith(INNER):
        return steady_bytes(part, day, font)
    if name == "docProps/core.xml":
        return CLOCK.sub(rb"\g<1>" + f"{day}T00:00:00Z<".encode(), part)
    if name.endswith(".rels"):
        return LEADS.sub(b"", part)
    if "/theme/" in name:
        return FACE.sub(rb"\g<1>" + f'"{font}"'.encode(), part)
    return part
