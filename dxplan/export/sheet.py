"""A table as a sheet of a workbook: headings with units, real numbers and dates, filters, print set-up.

Text is written as text, whatever it begins with; what Excel would take for a formula also carries the quote prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dxplan.export.text import FORBIDDEN
from dxplan.show import labels
from dxplan.show.style import Table

FONT = "BIZ UDPゴシック"
INK, BLUE, ALARM, LINE, SHADE = "#1A1A1C", "#0017C1", "#B3000B", "#B3B3B8", "#EEF0F6"
A3, A4 = 8, 9  # paper
TITLE, NOTE, HEAD = 0, 1, 3  # rows
MOST, WIDEST, NARROWEST, LINE_HIGH = (
    32_000,
    46,
    7,
    13.5,
)  # letters of a cell; letters of a column; points of a line
NUMBER = re.compile(r"[−-]?\d{1,3}(,\d{3})*(\.\d+)?|[−-]?\d+(\.\d+)?")
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
MIXED = ("value",)  # columns of texts of which some are numbers
LEADS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell_text(value: object) -> str:
    """A text as a cell may hold it: no control character, no lone surrogate, not longer than Excel takes."""
    text = FORBIDDEN.sub(
        "", str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    )
    text = text if len(text) <= MOST else f"{text[:MOST]}…"
    return (
        f" {text}" if text.startswith("<r>") else text
    )  # the writer takes <r> for its own rich text


@dataclass
class Paper:
    """A workbook being written, with its formats made once each.

    Attributes
    ----------
    book : the workbook.
    foot : what stands at the left of each sheet's foot.
    """

    book: Workbook
    foot: str
    _made: dict[tuple, Format] = field(default_factory=dict)

    def look(self, **said) -> Format:
        """The format with some properties."""
        key = tuple(sorted(said.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(
                {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top", **said}
            )
        return self._made[key]

    def body(self, **said) -> Format:
        """The format of a cell of a table."""
        return self.look(border=1, border_color=LINE, **said)

    def head(self) -> Format:
        """The format of the header row."""
        return self.look(
            border=1,
            border_color=LINE,
            bold=True,
            text_wrap=True,
            bg_color=SHADE,
            valign="vcenter",
            align="center",
        )

    def text(self, sheet: Worksheet, row: int, column: int, value: object, **said) -> None:
        """Write a text as text."""
        text = cell_text(value)
        quoted = {"quote_prefix": True} if text.startswith(LEADS) else {}
        if text:
            sheet.write_string(row, column, text, self.look(**said, **quoted))
        else:
            sheet.write_blank(row, column, None, self.look(**said))


@dataclass(frozen=True)
class Placed:
    """Where a table stands on its sheet: the sheet, its columns, the rows of its first and last entries (last < first: none)."""

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
        return [
            self.sheet.get_name(),
            self.first,
            self.place(column),
            self.last,
            self.place(column),
        ]


# --- a sheet -------------------------------------------------------------------------------------------------
def write_table(
    paper: Paper,
    name: str,
    table: Table,
    paper_size: int = A4,
    frozen: int = 1,
    widths: Sequence[tuple[str, float]] = (),
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
    columns = tuple(
        [
            *([table.group] if table.group else []),
            *(c for c in table.frame.columns if c != table.group),
        ]
    )
    _write_top(paper, sheet, table, len(columns))
    write_print(paper, sheet, paper_size)
    if not len(table.frame):
        paper.text(sheet, HEAD, 0, f"該当なし。{table.none}")
        sheet.set_column(0, 0, 20)
        return Placed(sheet, columns, HEAD + 1, HEAD)
    wide = [dict(widths).get(column) or _width(table, column) for column in columns]
    for place, column in enumerate(columns):
        sheet.write_string(HEAD, place, _heading(column), paper.head())
        sheet.set_column(place, place, wide[place])
    sheet.set_row(
        HEAD,
        LINE_HIGH * max(text_lines(_heading(column), width) for column, width in zip(columns, wide))
        + 4,
    )
    for row, values in enumerate(zip(*(table.frame[c].tolist() for c in columns)), HEAD + 1):
        texts = [
            write_cell(paper, sheet, row, place, column, value)
            for place, (column, value) in enumerate(zip(columns, values))
        ]
        sheet.set_row(row, LINE_HIGH * max(map(text_lines, texts, wide)) + 3)
    last = HEAD + len(table.frame)
    sheet.freeze_panes(HEAD + 1, frozen)
    sheet.autofilter(HEAD, 0, last, len(columns) - 1)
    sheet.repeat_rows(HEAD)
    return Placed(sheet, columns, HEAD + 1, last)


def _write_top(paper: Paper, sheet: Worksheet, table: Table, count: int) -> None:
    """Title and note above the table; the note runs over the columns of the page."""
    paper.text(sheet, TITLE, 0, table.title, bold=True, font_size=14, font_color=BLUE)
    over = max(8, min(count, 14))
    note = cell_text("。".join(line.rstrip("。") for line in table.source.split("\n") if line))
    sheet.merge_range(NOTE, 0, NOTE, over - 1, "", paper.look(text_wrap=True, font_size=9))
    paper.text(sheet, NOTE, 0, note, text_wrap=True, font_size=9)
    sheet.set_row(NOTE, 12 * text_lines(note, 105))


def write_print(paper: Paper, sheet: Worksheet, size: int, upright: bool = False) -> None:
    """Print set-up: one page wide, an upright sheet on one page; page numbers and the plan's fingerprint at the foot."""
    sheet.set_portrait() if upright else sheet.set_landscape()
    sheet.set_paper(size)
    sheet.fit_to_pages(1, int(upright))
    sheet.set_default_row(LINE_HIGH + 3)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer(f"&L&8{_escaped(paper.foot)}&C&8&A&R&8&P/&Nページ")


def _escaped(text: str) -> str:
    """Text of a footer, in which & begins a command; at most 120 letters."""
    return cell_text(text).replace("\n", " ")[:120].replace("&", "&&")


# --- cells ---------------------------------------------------------------------------------------------------
def write_cell(
    paper: Paper, sheet: Worksheet, row: int, place: int, column: str, value: object
) -> str:
    """A value of a column: a date or a number as such, else the words that the report has; the words are given back."""
    kind = labels.COLUMNS[column].kind
    found = _typed(column, kind, value)
    if isinstance(found, date):
        sheet.write_datetime(
            row,
            place,
            found,
            paper.body(num_format=FORMATS.get(kind, FORMATS["date"]), align="left"),
        )
    elif isinstance(found, (int, float)):
        sheet.write_number(
            row,
            place,
            found,
            paper.body(num_format=FORMATS.get(kind, "#,##0.##" if found % 1 else "#,##0")),
        )
    else:
        marked = (kind == "grade" or column == "state") and labels.UNCONFIRMED in found
        unsure = {"bold": True, "font_color": ALARM} if marked else {}
        short = kind == "era" and len(found) <= 3 and not found.endswith("%")
        middle = short or found in (labels.MISSING, "○")
        centre = {"align": "center"} if middle else {"align": "left", "indent": 1}
        paper.text(
            sheet,
            row,
            place,
            found,
            border=1,
            border_color=LINE,
            text_wrap=True,
            **unsure,
            **centre,
        )
        return found
    return ""


def _typed(column: str, kind: str, value: object) -> date | float | str:
    text = labels.value_text(column, value)
    if text == labels.MISSING or column in labels.WORDS:
        return text
    if kind == "as_of":
        return _day(value) or text
    if isinstance(value, date):  # also in a column that holds quarters where a day is not decided
        return value
    if kind in labels.NUMBERS and kind != "said":
        return (
            float(value) if kind in ("tenth", "fine", "heads", "percent", "signed") else int(value)
        )
    if (kind == "said" or column in MIXED) and NUMBER.fullmatch(text):
        return float(text.replace(",", "").replace("−", "-"))
    return text


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _heading(column: str) -> str:
    said = labels.COLUMNS[column]
    return f"{said.label}\n({said.unit})" if said.unit else said.label


def _letters(text: str) -> int:
    """Width of a text in half-width letters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def text_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column."""
    return sum(max(1, -(-_letters(part) // max(1, int(width - 1)))) for part in text.split("\n"))


def _width(table: Table, column: str) -> float:
    kind = labels.COLUMNS[column].kind
    head = max(map(_letters, _heading(column).split("\n"))) / (
        2 if labels.COLUMNS[column].kind in labels.NUMBERS else 1
    )
    known = {"day": 15, "date": 11, "month": 12, "as_of": 11}.get(kind)
    if known:
        return known
    longest = max(
        (
            _letters(labels.value_text(column, value))
            for value in set(map(_hashed, table.frame[column]))
        ),
        default=0,
    )
    return min(WIDEST, max(NARROWEST, longest + 3.5, min(head + 3, 16)))


def _hashed(value: object) -> object:
    return None if value != value else value


# --- sums and charts -----------------------------------------------------------------------------------------
def write_sums(
    paper: Paper,
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
        place = placed.place(column)
        cells = f"{xl_rowcol_to_cell(placed.first, place)}:{xl_rowcol_to_cell(placed.last, place)}"
        form = FORMATS[labels.COLUMNS[column].kind]
        placed.sheet.write_formula(
            row, place, f"={function.format(cells)}", paper.look(num_format=form, **look), value
        )
