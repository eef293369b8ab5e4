"""The rows of a sheet: which body each means, by its code if the sheet has one, else by names."""

from __future__ import annotations

from dxplan.bring.cells import Sheet, cell_name, cell_text
from dxplan.refresh.bodies import (
    WHOLE,
    Bodies,
    is_prefecture,
    is_whole,
    plain_codes,
    prefecture_code,
)
from dxplan.refresh.reading import CODE_HEADS, HEAD_ROWS, NAME_HEADS, PREF_HEADS, Heads


class Finder:
    """Finds the body of a row.

    Attributes
    ----------
    bodies : those that were named so far.
    top : the first row of a body.
    """

    def __init__(self, sheet: Sheet, heads: Heads) -> None:
        self.sheet = sheet
        self.code_at = heads.column(*CODE_HEADS)
        at = -1 if self.code_at is None else self.code_at
        self.bodies = Bodies(
            plain=at >= 0 and plain_codes(sheet.at(row, at) for row in range(len(sheet.rows)))
        )
        self.pref_at = heads.column(*PREF_HEADS) or 0
        self.name_at = heads.column(*NAME_HEADS) or 0
        self.known: dict[tuple[str, str, str], str] = {}
        self.pref = ""
        self.top = HEAD_ROWS

    def town(self, row: int) -> str:
        """Six digits of a municipality; WHOLE for a row of another kind, "" for none."""
        if self.code_at is None:
            code = self.code(row)
            return WHOLE if is_prefecture(code) else code
        return self.bodies.by_code(self.sheet.at(row, self.code_at))

    def note(self, row: int) -> None:
        """Keep a row as strange, where its code is written as one."""
        given = cell_text(self.sheet.at(row, self.code_at or 0))
        if given[-5:].isdigit():
            self.bodies.strange.append(f"{cell_name(row, self.code_at or 0)} {given}")

    def code(self, row: int) -> str:
        """Six digits; those of a prefecture where its own systems are meant; "" for none."""
        pref = cell_text(self.sheet.at(row, self.pref_at))
        self.pref = pref or self.pref  # of a merged cell the first alone has the word
        name = cell_text(self.sheet.at(row, self.name_at))
        given = cell_text(self.sheet.at(row, self.code_at)) if self.code_at is not None else ""
        asked = (self.pref, name, given)
        if asked not in self.known:
            self.known[asked] = self._found(row, *asked)
            if self.known[asked]:
                self.top = min(self.top, row)
        return self.known[asked]

    def _found(self, row: int, pref: str, name: str, given: str) -> str:
        code = self.bodies.by_code(given) if given else self.bodies.by_name(pref, name)
        if code == WHOLE:
            return prefecture_code(pref) if is_whole(name) else ""
        if not code and name and prefecture_code(pref):
            self.bodies.strange.append(f"{cell_name(row, self.name_at)} {pref}{name}")
        return code
