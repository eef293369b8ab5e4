"""A hearing sheet filled in by code: cells are found as people find them, by number and heading."""

import re
import tempfile
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from dxplan.bring.cells import cell_name, cell_text, load_book
from dxplan.facts.kinds import SERIAL_ZERO
from dxplan.hearing.asked import AS_OF, CHOICES, FIRST, GRADE, IDS, SOURCE
from dxplan.hearing.read import load_hearings

TODAY = date(2026, 11, 28)
ORIGIN = {AS_OF: "令和8年4月1日", SOURCE: "職員配置表", GRADE: "B"}


def head_of(text):
    """A heading in one line."""
    return "".join(str(text).split())


class Form:
    """A sheet as bytes; `fill` gives the bytes with some cells filled."""

    def __init__(self, data):
        self.data = data
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "x.xlsx")
            path.write_bytes(data)
            self.book = load_book(path)
        self.spots = {}  # (id, heading) -> (sheet, cell)
        for sheet in self.book.sheets:
            if sheet.name not in (FIRST, CHOICES, IDS):
                heads = [head_of(cell) for cell in sheet.rows[0]]
                for row, cells in enumerate(sheet.rows[1:], 1):
                    for column, head in enumerate(heads):
                        at = sheet.name, cell_name(row, column)
                        self.spots.setdefault((cell_text(cells[0]), head), at)

    def fill(self, cells):
        """The bytes with values at (id, heading); text, number or day."""
        by_sheet = {}
        for at, value in cells.items():
            sheet, cell = self.spots[at]
            by_sheet.setdefault(sheet, {})[cell] = value
        names = [sheet.name for sheet in self.book.sheets]
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(self.data)) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.namelist():
                content = old.read(entry)
                found = re.fullmatch(r"xl/worksheets/sheet([0-9]+)\.xml", entry)
                if found:
                    for cell, value in by_sheet.get(names[int(found[1]) - 1], {}).items():
                        content = _put(content, cell, value)
                new.writestr(entry, content)
        return out.getvalue()


def _put(xml, cell, value):
    """A sheet's XML with a value in a cell that was blank."""
    if isinstance(value, date):
        value = (value - SERIAL_ZERO).days
    inner = f"<v>{value}</v>"
    kind = ""
    if isinstance(value, str):
        kind, inner = ' t="inlineStr"', f"<is><t>{escape(value)}</t></is>"
    if isinstance(value, str) and value.startswith("#"):
        kind, inner = ' t="e"', f"<v>{value}</v>"
    if isinstance(value, str) and value.startswith("="):
        kind, inner = "", f"<f>{escape(value[1:])}</f>"
    changed, count = re.subn(
        rf'<c r="{cell}"( s="[0-9]+")/>', rf'<c r="{cell}"\1{kind}>{inner}</c>', xml.decode()
    )
    assert count == 1, cell
    return changed.encode()


def answered(id, value, head="回答", **origin):
    """The cells of a row with an answer and its origin."""
    return {(id, head): value} | {(id, name): said for name, said in (ORIGIN | origin).items()}


def heard(tmp_path, data, name="x.xlsx"):
    """What is read from the bytes of a file."""
    path = tmp_path / name
    path.write_bytes(data)
    return load_hearings([path], TODAY)[0]


def id_of(topics, part, name, entry=None):
    """The number of the row that asks for a place."""
    for topic in topics:
        for line in topic.lines:
            for blank in filter(None, line.blanks):
                place = blank.place
                if (place.part, place.name) == (part, name) and entry in (None, place.entry):
                    return line.id
    raise AssertionError((part, name, entry))
