"""The paper for council and board as a .docx: page one, roadmap, questions and answers.

A4 upright, headings by style, tables with a header row that repeats, all text marked as Japanese.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from io import BytesIO

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as Drawn
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from dxplan.export.pieces import (
    LANGUAGE,
    Grid,
    byline,
    conclusion,
    grid_of,
    particulars,
    table_of,
)
from dxplan.export.sheet import BLUE, FONT, INK, SHADE
from dxplan.export.steady import steady_bytes
from dxplan.export.text import plain_text
from dxplan.facts.catalog import records
from dxplan.plan.whole import Plan
from dxplan.show import front, labels

WIDTH = 17.4  # cm between the margins
SIDE, TOP = 1.8, 1.5  # cm of the margins
BODY, SMALL, CELL, AROUND = 9.5, 8, 8, 0.8  # points; of a cell also above and below its words
SIZES = {"Title": 17, "Heading 1": 12.5, "Heading 2": 10.5, "Normal": BODY, "List Bullet": BODY}
SOURCES = "注と出典"
Notes = dict[str, list[str]]  # note -> headings of the tables that it belongs to
SECTIONS = (  # heading, exhibit, columns, widths in cm
    (
        "いま決めること",
        "front.decision_table",
        "decide decider decide_by stake otherwise",
        (5.4, 2.4, 3.2, 2.6, 3.8),
    ),
    ("費用と確かさ", "front.cost_table", "aspect seen spread", (5.6, 5.0, 6.8)),
    (
        "この計画を動かす5つの数",
        "worth.first_table",
        "unknown assumed moves knows until",
        (3.9, 4.0, 4.8, 2.0, 2.7),
    ),
)
PLANS = (
    (
        "移行のロードマップ",
        "pmo.lot_table",
        "lot systems contract told range chance",
        (1.7, 5.6, 2.4, 2.6, 3.0, 2.1),
    ),
    (
        "まず取り組むDX施策",
        "portfolio.first_table",
        "initiative lead_office first_step ask_gate request_by use_from",
        (4.4, 2.2, 3.2, 2.5, 2.6, 2.5),
    ),
)


def paper_bytes(plan: Plan) -> bytes:
    """The paper (.docx) of a plan, as far as its edition shows it.

    Parameters
    ----------
    plan : all plans of the city.
    """
    paper, title = Document(), front.title_text(plan.city)
    _set_up(paper)
    _name(paper, plan, title)
    paper.add_paragraph(title, "Title")
    _small(paper, "　".join(byline(plan)))
    notes = _write_front(paper, plan) | _write_plans(paper, plan)
    _write_questions(paper, plan)
    if notes:
        paper.add_heading(SOURCES, 1)
    for note, headings in notes.items():
        _small(paper, f"{'・'.join(headings)}: {note}")
    stream = BytesIO()
    paper.save(stream)
    return steady_bytes(stream.getvalue(), plan.city.basis, FONT)


# --- what it says ---------------------------------------------------------------------------------
def _write_front(paper: Paper, plan: Plan) -> Notes:
    """Page one; the notes of its tables stand at the end of the paper."""
    _write_list(paper, "結論", conclusion(plan))
    notes = _write_grids(paper, plan, SECTIONS)
    _write_list(paper, f"{plan.city.name}に特有のこと", particulars(plan))
    return notes


def _write_plans(paper: Paper, plan: Plan) -> Notes:
    """Lots and initiatives, on a page of their own."""
    count = len(paper.tables)
    notes = _write_grids(paper, plan, PLANS)
    if len(paper.tables) > count:
        table = paper.tables[count]
        heading = Paragraph(table._tbl.getprevious(), paper._body)
        heading.paragraph_format.page_break_before = True
    return notes


def _write_list(paper: Paper, heading: str, texts: Iterable[str]) -> None:
    told = list(texts)
    if told:
        paper.add_heading(heading, 1)
    for text in told:
        paper.add_paragraph(text, "List Bullet")


def _write_grids(paper: Paper, plan: Plan, sections: Iterable[tuple]) -> Notes:
    notes: Notes = {}
    for heading, exhibit, columns, widths in sections:
        grid = grid_of(plan, exhibit, columns)
        if grid:
            paper.add_heading(heading, 1)
            _write_grid(paper, grid, widths)
            for note in grid.notes:
                notes.setdefault(note, []).append(heading)
    return notes


def _write_questions(paper: Paper, plan: Plan) -> None:
    """Questions and answers, each under a heading of its own, so that they can be moved."""
    table = table_of(plan, "council.council_table")
    if table is None or not len(table.frame):
        return
    paper.add_heading("想定問答", 1)
    _small(paper, table.source)
    for row in records(table.frame):
        paper.add_heading(plain_text(f"問{row['no']} {row['council_question']}"), 2)
        paper.add_paragraph(plain_text(row["council_answer"]))
        label = labels.label_of("council_ground")
        _small(paper, f"{label}: {row['council_ground']}")


def _small(paper: Paper, text: str) -> None:
    """A line in small letters: what is read when it is asked for."""
    run = paper.add_paragraph().add_run(plain_text(text))
    run.font.size = Pt(SMALL)


# --- tables ---------------------------------------------------------------------------------------
def _write_grid(paper: Paper, grid: Grid, widths: tuple[float, ...]) -> None:
    """A table whose header row stands again on each page; its title is its description."""
    drawn = paper.add_table(len(grid.rows) + 1, len(grid.heads), "Table Grid")
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    drawn.autofit = False
    _describe(drawn, grid.title)
    widths = widths[: len(grid.heads)]
    wide = [Cm(WIDTH * width / sum(widths)) for width in widths]
    for column, width in zip(drawn.columns, wide, strict=True):
        column.width = width
    for place, (row, texts) in enumerate(zip(drawn.rows, (grid.heads, *grid.rows), strict=True)):
        _flag(row._tr.get_or_add_trPr(), "w:cantSplit")
        if place == 0:
            _flag(row._tr.get_or_add_trPr(), "w:tblHeader")
        cells = zip(row.cells, texts, wide, grid.numbers, strict=True)
        for cell, text, width, number in cells:
            cell.width = width
            _write_cell(cell, text, place == 0, number)


def _write_cell(cell: _Cell, text: str, head: bool, number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = Pt(AROUND)
    paragraph.paragraph_format.space_after = Pt(AROUND)
    run = paragraph.add_run(text)
    run.font.size = Pt(CELL)
    if head:
        run.bold = True
        _shade(cell)
    elif number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _describe(drawn: Drawn, title: str) -> None:
    """What a screen reader says of a table."""
    for name in ("w:tblCaption", "w:tblDescription"):
        _flag(drawn._tbl.tblPr, name, val=title)


def _shade(cell: _Cell) -> None:
    _flag(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", fill=SHADE.removeprefix("#"))


def _flag(parent: object, name: str, **words: str) -> None:
    """Add an element of Word's own, with its attributes."""
    element = OxmlElement(name)
    for key, word in words.items():
        element.set(qn(f"w:{key}"), word)
    parent.append(element)  # type: ignore[attr-defined]


# --- the sheet of paper ---------------------------------------------------------------------------
def _set_up(paper: Paper) -> None:
    """A4 upright; every style in the paper's font, Japanese as the language."""
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(SIDE)
    section.top_margin = section.bottom_margin = Cm(TOP)
    section.header_distance = section.footer_distance = Cm(0.8)
    for properties in paper.styles.element.iter(qn("w:rPr")):
        _write_font(properties)
    for name, points in SIZES.items():
        style = paper.styles[name]
        style.font.size = Pt(points)
        style.font.color.rgb = _colour(BLUE if "Heading" in name else INK)
        style.paragraph_format.space_after = Pt(2)
    for name in ("Heading 1", "Heading 2"):
        paper.styles[name].paragraph_format.space_before = Pt(7)


def _colour(text: str) -> RGBColor:
    return RGBColor.from_string(text.removeprefix("#"))


def _write_font(properties: object) -> None:
    """One font by name for Latin and Japanese letters, where a style names any; the language."""
    for fonts in properties.iter(qn("w:rFonts")):  # type: ignore[attr-defined]
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    for language in properties.iter(qn("w:lang")):  # type: ignore[attr-defined]
        for script in ("val", "eastAsia"):
            language.set(qn(f"w:{script}"), LANGUAGE)


def _name(paper: Paper, plan: Plan, title: str) -> None:
    """Properties, and what stands at the head and the foot of each page."""
    city, known = plan.city, paper.core_properties
    known.title, known.language = plain_text(title), LANGUAGE
    known.author = known.last_modified_by = city.edition.author
    known.comments = f"入力の照合番号 {city.fingerprint()}"
    known.created = known.modified = datetime.combine(city.basis, time())
    section, kind = paper.sections[0], city.edition.title
    head = section.header.paragraphs[0]
    head.add_run(plain_text(f"{title}　{kind}" if kind else title))
    foot = section.footer.paragraphs[0]
    foot.add_run(f"基準日 {labels.date_text(city.basis)}　")
    _add_field(foot, "PAGE")
    foot.add_run(" / ")
    _add_field(foot, "NUMPAGES")
    for paragraph in (head, foot):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for run in paragraph.runs:
            run.font.size = Pt(SMALL)


def _add_field(paragraph: Paragraph, code: str) -> None:
    """A number that the program fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run("1")
    run.font.size = Pt(SMALL)
    field.append(run._r)
    paragraph._p.append(field)
