"""A table as a sheet of a workbook: headings with units, real numbers and dates, filters, print.

Text is written as text, whatever it begins with; what a spreadsheet would take for a formula also
carries the quote prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from types import MappingProxyType

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dxplan.export.text import FORBIDDEN
from dxplan.facts.params import Scalar
from dxplan.files import FORMULA
from dxplan.show import labels
from dxplan.show.style import Table

FONT = "BIZ UDPゴシック"
INK, BLUE, ALARM, LINE, SHADE = "#1A1A1C", "#0017C1", "#B3000B", "#B3B3B8", "#EEF0F6"
A3, A4 = 8, 9  # paper
TITLE, NOTE, HEAD = 0, 1, 3  # rows
MOST = 32_000  # letters of a cell
NARROWEST, WIDEST = 7, 46  # letters of a column
LINE_HIGH = 13.5  # points
NUMBER = re.compile(r"[−-]?\d{1,3}(,\d{3})*(\.\d+)?|[−-]?\d+(\.\d+)?")
SETTINGS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
FORMATS = {
    "date": "yyyy/m/d",
    "day": "[$-411]yyyy/m/d\\(aaa\\)",
    "month": 'yyyy"年"m"月"',
    "as_of": "yyyy/m/d",
    "count": "#,##0",
    "plain": "0",
    "tenth": "#,##0.0",
    "fine": "#,##0.00",
    "heads": "#,##0.0",
    "percent": "0.0%",
    "signed": '+#,##0.0;-#,##0.0;"±0"',
}
KNOWN_WIDTH = {"day": 15, "date": 11, "month": 12, "as_of": 11}
DECIMAL = ("tenth", "fine", "heads", "percent", "signed")  # kinds of numbers that are not whole
MIXED = ("value",)  # columns of texts of which some are numbers


def cell_text(value: object) -> str:
    """A text as a cell may hold it: no letter that the format forbids, as long as Excel takes."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = FORBIDDEN.sub("", text)
    if len(text) > MOST:
        text = f"{text[:MOST]}…"
    if text.startswith("<r>"):  # the writer would take it for its own rich text
        return f" {text}"
    return text


@dataclass
class SheetPaper:
    """A workbook being written, with its formats made once each.

    Attributes
    ----------
    book : the workbook.
    foot : what stands at the left of each sheet's foot.
    """

    book: Workbook
    foot: str
    _made: dict[tuple, Format] = field(default_factory=dict)

    def look(self, **words: object) -> Format:
        """The format with some properties."""
        key = tuple(sorted(words.items()))
        if key not in self._made:
            plain = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top"}
            self._made[key] = self.book.add_format(plain | words)
        return self._made[key]

    def body(self, **words: object) -> Format:
        """The format of a cell of a table."""
        return self.look(border=1, border_color=LINE, **words)

    def head(self) -> Format:
        """The format of the header row."""
        return self.body(
            bold=True,
            text_wrap=True,
            bg_color=SHADE,
            valign="vcenter",
            align="center",
        )

    def text(self, sheet: Worksheet, row: int, column: int, value: object, **words: object) -> None:
        """Write a text as text."""
        text = cell_text(value)
        if text.startswith(FORMULA):
            words["quote_prefix"] = True
        if text:
            sheet.write_string(row, column, text, self.look(**words))
        else:
            sheet.write_blank(row, column, None, self.look(**words))


@dataclass(frozen=True)
class Placed:
    """Where a table stands: its sheet, columns, and first and last rows (last < first: none)."""

    sheet: Worksheet
    columns: tuple[str, ...]
    first: int
    last: int

    def place(self, column: str) -> int:
        """The place of a column."""
        return self.columns.index(column)

    def cell(self, row: int, column: str) -> str:
        """The address of a cell."""
        return xl_rowcol_to_cell(row, self.place(column))

    def span(self, column: str) -> list:
        """The cells of a column, as a chart wants them."""
        place = self.place(column)
        return [self.sheet.get_name(), self.first, place, self.last, place]


# --- a sheet --------------------------------------------------------------------------------------
def write_table(
    paper: SheetPaper,
    name: str,
    table: Table,
    paper_size: int = A4,
    frozen: int = 1,
    widths: Mapping[str, float] = MappingProxyType({}),
) -> Placed:
    """A sheet that holds a table; where there is no row, the sentence that says why.

    Parameters
    ----------
    paper : the workbook.
    name : of the sheet.
    table : its rows; the group column comes first.
    paper_size : A4 or A3.
    frozen : columns that stay when the sheet is scrolled.
    widths : widths (letters) of columns that are not to be measured.
    """
    sheet = paper.book.add_worksheet(name)
    columns = tuple(table.frame.columns)
    if table.group:
        columns = (table.group, *(column for column in columns if column != table.group))
    _write_top(paper, sheet, table, len(columns))
    write_print(paper, sheet, paper_size)
    if not len(table.frame):
        paper.text(sheet, HEAD, 0, f"該当なし。{table.none}")
        sheet.set_column(0, 0, 20)
        return Placed(sheet, columns, HEAD + 1, HEAD)
    wide = [widths.get(column) or _width(table, column) for column in columns]
    heads = [_heading(column) for column in columns]
    for place, head in enumerate(heads):
        sheet.write_string(HEAD, place, head, paper.head())
        sheet.set_column(place, place, wide[place])
    sheet.set_row(HEAD, LINE_HIGH * max(map(text_lines, heads, wide)) + 4)
    rows = table.frame.astype(object).to_dict("records")
    for row, values in enumerate(rows, HEAD + 1):
        texts = []
        for place, column in enumerate(columns):
            texts.append(write_cell(paper, sheet, row, place, column, values[column]))
        sheet.set_row(row, LINE_HIGH * max(map(text_lines, texts, wide)) + 3)
    last = HEAD + len(table.frame)
    sheet.freeze_panes(HEAD + 1, frozen)
    sheet.autofilter(HEAD, 0, last, len(columns) - 1)
    sheet.repeat_rows(HEAD)
    return Placed(sheet, columns, HEAD + 1, last)


def _write_top(paper: SheetPaper, sheet: Worksheet, table: Table, count: int) -> None:
    """Title and note above the table; the note runs over the columns of the page."""
    paper.text(sheet, TITLE, 0, table.title, bold=True, font_size=14, font_color=BLUE)
    over = max(8, min(count, 14))
    note = cell_text("。".join(line.rstrip("。") for line in table.source.split("\n") if line))
    sheet.merge_range(NOTE, 0, NOTE, over - 1, "", paper.look(text_wrap=True, font_size=9))
    paper.text(sheet, NOTE, 0, note, text_wrap=True, font_size=9)
    sheet.set_row(NOTE, 12 * text_lines(note, 105))


def write_print(paper: SheetPaper, sheet: Worksheet, size: int, upright: bool = False) -> None:
    """Print set-up: one page wide, an upright sheet on one page; the plan and pages at the foot."""
    if upright:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(size)
    sheet.fit_to_pages(1, int(upright))
    sheet.set_default_row(LINE_HIGH + 3)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer(f"&L&8{_escaped(paper.foot)}&C&8&A&R&8&P/&Nページ")


def _escaped(text: str) -> str:
    """Text of a footer, in which & begins a command; at most 120 letters."""
    return cell_text(text).replace("\n", " ")[:120].replace("&", "&&")


# --- cells ----------------------------------------------------------------------------------------
def write_cell(
    paper: SheetPaper, sheet: Worksheet, row: int, place: int, column: str, value: Scalar
) -> str:
    """A value of a column: a date or a number as such, else the report's words, given back."""
    kind = labels.heading_of(column).kind
    typed = _typed(column, kind, value)
    if isinstance(typed, date):
        look = paper.body(num_format=FORMATS.get(kind, FORMATS["date"]), align="left")
        sheet.write_datetime(row, place, typed, look)
    elif isinstance(typed, (int, float)):
        plain = "#,##0.##" if typed % 1 else "#,##0"
        look = paper.body(num_format=FORMATS.get(kind, plain))
        sheet.write_number(row, place, typed, look)
    else:
        look = {"border": 1, "border_color": LINE, "text_wrap": True}
        look |= _word_look(column, kind, typed)
        paper.text(sheet, row, place, typed, **look)
        return typed
    return ""


def _word_look(column: str, kind: str, text: str) -> dict[str, object]:
    """What asks to be confirmed stands out; marks and short words stand in the middle."""
    look: dict[str, object] = {"align": "left", "indent": 1}
    short = kind == "era" and len(text) <= 3 and not text.endswith("%")
    if short or text in (labels.MISSING, "○"):
        look = {"align": "center"}
    if (kind == "grade" or column == "state") and labels.UNCONFIRMED in text:
        look |= {"bold": True, "font_color": ALARM}
    return look


def _typed(column: str, kind: str, value: Scalar) -> Scalar:
    text = labels.value_text(column, value)
    if text == labels.MISSING or labels.heading_of(column).words:
        return text
    if kind == "as_of":
        return _day(value) or text
    if isinstance(value, date):  # also in a column that holds quarters where a day is not decided
        return value
    if kind in DECIMAL:
        return float(value)
    if kind in labels.NUMBERS and kind != "said":
        return round(float(value))
    if (kind == "said" or column in MIXED) and NUMBER.fullmatch(text):
        return float(text.replace(",", "").replace("−", "-"))
    return text


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _heading(column: str) -> str:
    label, unit = labels.heading_of(column).label, labels.heading_of(column).unit
    return f"{label}\n({unit})" if unit else label


def _letters(text: str) -> int:
    """Width of a text in half-width letters."""
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)


def text_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column."""
    letters = max(1, int(width - 1))
    return sum(max(1, ceil(_letters(part) / letters)) for part in text.split("\n"))


def _width(table: Table, column: str) -> float:
    kind = labels.heading_of(column).kind
    if kind in KNOWN_WIDTH:
        return KNOWN_WIDTH[kind]
    head: float = max(map(_letters, _heading(column).split("\n")))
    if kind in labels.NUMBERS:
        head /= 2  # a number is narrow, its heading may break
    longest = 0
    for value in set(map(_hashed, table.frame[column])):
        longest = max(longest, _letters(labels.value_text(column, value)))
    return min(WIDEST, max(NARROWEST, longest + 3.5, min(head + 3, 16)))


def _hashed(value: object) -> object:
    """The value, or None for what is not equal to itself: NaN and NaT."""
    return None if value != value else value


# --- sums and charts ------------------------------------------------------------------------------
def write_sums(
    paper: SheetPaper,
    placed: Placed,
    sums: Sequence[tuple[str, float]],
    head: str,
    function: str = "SUM({})",
) -> None:
    """A row of live sums under a table; the value kept beside each formula is the plan's own.

    Parameters
    ----------
    paper, placed : the workbook and where the table stands.
    sums : columns with their sums.
    head : column that is given the word 計.
    function : formula with a place for the cells.
    """
    row = placed.last + 1
    look = {"bold": True, "bg_color": SHADE, "border": 1, "border_color": LINE}
    for place in range(len(placed.columns)):
        placed.sheet.write_blank(row, place, None, paper.look(**look))
    paper.text(placed.sheet, row, placed.place(head), "計", **look)
    for column, value in sums:
        cells = f"{placed.cell(placed.first, column)}:{placed.cell(placed.last, column)}"
        formula = f"={function.format(cells)}"
        form = FORMATS[labels.heading_of(column).kind]
        number = paper.look(num_format=form, **look)
        placed.sheet.write_formula(row, placed.place(column), formula, number, value)
