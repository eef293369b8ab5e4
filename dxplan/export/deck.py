"""Slides as PowerPoint has them: titles, words, tables and charts of its own, in cm and points.

Every table and chart has a title and a text for those who do not see it; all words are Japanese.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from math import ceil
from typing import NamedTuple

from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Slides
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.table import Table, _Cell
from pptx.text.text import TextFrame
from pptx.util import Cm, Pt

from dxplan.export.pieces import LANGUAGE, Grid
from dxplan.export.sheet import BLUE, FONT, INK, SHADE
from dxplan.export.steady import steady_bytes
from dxplan.export.text import plain_text

WIDE, HIGH, SIDE, TOP = 33.867, 19.05, 1.2, 2.4  # cm: a slide, its margin, where content begins
ROOM, FOOT = WIDE - 2 * SIDE, HIGH - 1.15  # cm between the margins, and where the foot stands
TITLE, BODY, CELL, SMALL = 24, 16, 12, 10  # points
INCH = 2.54 / 72  # cm of a point
NAME, ROW = 2.4, 0.62  # cm: the first column of a calendar, and a row of one line
PAPER = "#FFFFFF"
ONLY_TITLE = 5  # the layout
STANDING, LYING = XL_CHART_TYPE.COLUMN_STACKED, XL_CHART_TYPE.BAR_STACKED
LINES = "{5940675A-B579-460E-94D1-54222C63F5DA}"  # PowerPoint's own style: thin lines, no colour
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
NUMBER = (
    f'<a:fld xmlns:a="{DRAWING}" id="{{00000000-0000-0000-0000-000000000001}}" type="slidenum">'
    f'<a:rPr lang="{LANGUAGE}" sz="{SMALL}00"/><a:t>1</a:t></a:fld>'
)


class Box(NamedTuple):
    """A place on a slide, in cm."""

    top: float
    high: float = 1.0
    left: float = SIDE
    width: float = ROOM

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Left, top, width and height as PowerPoint counts them."""
        sides = (self.left, self.top, self.width, self.high)
        left, top, width, high = map(Cm, sides)
        return left, top, width, high


class Mark(NamedTuple):
    """A cell of a calendar: its letter and its colour."""

    text: str
    colour: str = PAPER


@dataclass(frozen=True)
class Deck:
    """A deck being written; each slide has the same words at its foot."""

    foot: str
    made: Slides

    def slide(self, title: str) -> Page:
        """A new slide with its title, the foot and its number."""
        slide = self.made.slides.add_slide(self.made.slide_layouts[ONLY_TITLE])
        page = Page(slide)
        frame = slide.shapes.title.text_frame
        _write(frame, title, TITLE, True)
        line = frame.paragraphs[0]
        line.alignment = PP_ALIGN.LEFT
        line.runs[0].font.color.rgb = _colour(BLUE)
        page.words(Box(FOOT), [f"{self.foot}　"], SMALL)
        last = slide.shapes[-1].text_frame.paragraphs[0]
        last._p.append(parse_xml(NUMBER))
        return page

    def to_bytes(self, day: date) -> bytes:
        """The file, dated by a day."""
        stream = BytesIO()
        self.made.save(stream)
        return steady_bytes(stream.getvalue(), day, FONT)


def build_deck(title: str, foot: str, author: str, inputs: str, day: date) -> Deck:
    """An empty deck, wide, with what is known of the file."""
    made = Presentation()
    made.slide_width, made.slide_height = Cm(WIDE), Cm(HIGH)
    layout = made.slide_layouts[ONLY_TITLE]
    for shape in (*layout.placeholders, *made.slide_master.placeholders):
        if shape.placeholder_format.type == PP_PLACEHOLDER.TITLE:
            shape.left, shape.top = Cm(SIDE), Cm(0.5)
            shape.width, shape.height = Cm(ROOM), Cm(1.6)
    known = made.core_properties
    known.title = plain_text(title)
    known.comments = inputs
    known.author = known.last_modified_by = author
    known.language = LANGUAGE
    known.created = known.modified = datetime.combine(day, time())
    return Deck(foot, made)


@dataclass(frozen=True)
class Page:
    """One slide."""

    slide: Slide

    def words(self, box: Box, texts: Sequence[str], size: float = BODY) -> float:
        """Paragraphs over the width of a box; where they end, as ``table`` has it."""
        shape = self.slide.shapes.add_textbox(*box.place)
        frame = shape.text_frame
        frame.word_wrap = True
        bottom = box.top
        for text in texts:
            _write(frame, text, size)
            bottom += _high(text, box.width, size)
        return bottom

    def table(self, grid: Grid, shares: Sequence[float], box: Box, size: float = CELL) -> float:
        """A table with a header row.

        Parameters
        ----------
        grid : its words.
        shares : of the width that the columns take; of columns that are missing they are left out.
        box : where it stands; it is as high as its rows.
        size : points of the words.

        Returns
        -------
        cm from the top of the slide, where it ends as far as its words tell
        """
        rows, shares = (grid.heads, *grid.rows), shares[: len(grid.heads)]
        drawn = self._table(grid.title, len(rows), len(grid.heads), box)
        widths = [box.width * share / sum(shares) for share in shares]
        bottom = box.top
        for column, width in zip(drawn.columns, widths, strict=True):
            column.width = Cm(width)
        for place, texts in enumerate(rows):
            high = max(map(_high, texts, widths, [size] * len(texts)))
            drawn.rows[place].height = Cm(high)
            bottom += high
            colour = PAPER if place else SHADE
            for column, text in enumerate(texts):
                cell = drawn.cell(place, column)
                _fill(cell, Mark(text, colour), size)
                line = cell.text_frame.paragraphs[0]
                if place and grid.numbers[column]:
                    line.alignment = PP_ALIGN.RIGHT
        return bottom

    def calendar(
        self, title: str, heads: Sequence[str], rows: Sequence[Sequence[Mark]], box: Box
    ) -> None:
        """A table of narrow columns after a first one for names; each cell has its colour."""
        drawn = self._table(title, len(rows) + 1, len(heads), box)
        name, *others = drawn.columns
        name.width = Cm(NAME)
        width = (box.width - NAME) / len(others)
        for column in others:
            column.width = Cm(width)
        head = [Mark(text, SHADE) for text in heads]
        for place, marks in enumerate((head, *rows)):
            for column, mark in enumerate(marks):
                _fill(drawn.cell(place, column), mark, SMALL)

    def _table(self, title: str, rows: int, columns: int, box: Box) -> Table:
        box = box._replace(high=ROW * rows)
        shape = self.slide.shapes.add_table(rows, columns, *box.place)
        _describe(shape, title, f"{title}の表({rows - 1}行、{columns}列)")
        properties = shape.table._tbl.tblPr
        properties.find(f"{{{DRAWING}}}tableStyleId").text = LINES
        return shape.table

    def chart(
        self,
        title: str,
        names: Sequence[str],
        series: Mapping[str, Sequence[float]],
        colours: Sequence[str],
        box: Box,
        lying: bool = False,
    ) -> None:
        """Stacked columns, or lying bars, that a reader can change as a table."""
        data = CategoryChartData(number_format="#,##0")
        data.categories = names
        for name, values in series.items():
            data.add_series(name, values)
        kind = LYING if lying else STANDING
        shape = self.slide.shapes.add_chart(kind, *box.place, data)
        _describe(shape, title, _told(title, names, series))
        chart = shape.chart
        _write_legend(chart, title)
        plot = chart.plots[0]
        plot.gap_width = 60
        for line, colour in zip(plot.series, colours, strict=True):
            fill = line.format.fill
            fill.solid()
            fill.fore_color.rgb = _colour(colour)
        if lying:  # the numbers stand in the bars
            plot.has_data_labels = True
            axis = chart.value_axis
            axis.maximum_scale = sum(map(sum, series.values()))
            axis.has_major_gridlines = False
            axis.visible = False


def _write_legend(chart: Chart, title: str) -> None:
    """Title and legend, in small letters."""
    chart.font.size = Pt(SMALL)
    chart.has_title = True
    frame = chart.chart_title.text_frame
    frame.text = title
    frame.paragraphs[0].font.size = Pt(CELL)
    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False


def _told(title: str, names: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """The chart in words."""
    lines = []
    for name, values in series.items():
        pairs = []
        for one, value in zip(names, values, strict=True):
            pairs.append(f"{one} {value:,g}")
        told = "、".join(pairs)
        lines.append(f"{name}: {told}。")
    return f"{title}。{''.join(lines)}"


def _high(text: str, width: float, size: float) -> float:
    """Height (cm) of a cell that holds a text; LibreOffice and PowerPoint break alike."""
    letter = size * INCH
    letters = max(1, int((width - 0.35) / letter))
    lines = 0
    for part in text.split("\n"):
        lines += max(1, ceil(len(part) / letters))
    return 1.25 * letter * lines + 0.2


def _describe(shape: GraphicFrame, title: str, text: str) -> None:
    """Title and alternative text of a table or a chart."""
    known = shape._element.nvGraphicFramePr.cNvPr
    known.set("name", plain_text(title))
    known.set("descr", plain_text(text))


def _fill(cell: _Cell, mark: Mark, size: float) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = _colour(mark.colour)
    side, over = Cm(0.12), Cm(0.06)
    cell.margin_left = cell.margin_right = side
    cell.margin_top = cell.margin_bottom = over
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    _write(cell.text_frame, mark.text, size, mark.colour == SHADE)
    cell.text_frame.paragraphs[0].space_after = Pt(0)


def _write(frame: TextFrame, text: str, size: float, bold: bool = False) -> None:
    """A paragraph in Japanese; the first one takes the place that is there."""
    paragraph = frame.paragraphs[0]
    if paragraph.runs:
        paragraph = frame.add_paragraph()
    for part in text.split("\n"):
        if paragraph.runs:
            paragraph.add_line_break()
        run = paragraph.add_run()
        run.text = plain_text(part)
        font = run.font
        font.size = Pt(size)
        font.bold = bold
        font.color.rgb = _colour(INK)
        run._r.get_or_add_rPr().set("lang", LANGUAGE)
    paragraph.space_after = Pt(size / 3)


def _colour(text: str) -> RGBColor:
    return RGBColor.from_string(text.removeprefix("#"))
