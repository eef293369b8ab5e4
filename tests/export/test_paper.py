"""The paper for Word: the page's own numbers, Japanese, the same bytes, nothing that is closed."""

import re
import subprocess
import sys
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from dxplan.export.paper import PLANS, SECTIONS, paper_bytes
from dxplan.export.sheet import FONT
from dxplan.export.text import plain_text
from dxplan.show import front, labels, particular, shelf
from tests.export.office import for_reader, pages, parts
from tests.plans import Made, whole

KINDS = ("073016", "463043")  # nothing left, a village


@pytest.fixture(scope="module")
def papers(wholes):
    """The paper of each city as bytes."""
    return Made(lambda name: paper_bytes(wholes[name]))


def opened(data):
    return docx.Document(BytesIO(data))


def words(paper):
    """Every text of a paper."""
    texts = [paragraph.text for paragraph in paper.paragraphs]
    for table in paper.tables:
        texts += [cell.text for row in table.rows for cell in row.cells]
    return texts


def headings(paper):
    return [part.text for part in paper.paragraphs if part.style.name == "Heading 1"]


def test_the_same_plan_gives_the_same_bytes_without_a_clock(papers, wholes):
    data, basis = papers["mid"], str(wholes["mid"].city.basis)
    assert data == paper_bytes(wholes["mid"])
    known = dict(parts(data))
    days = re.findall(rb"<dcterms:\w+[^>]*>([^<]*)<", known["docProps/core.xml"])
    assert days == [f"{basis}T00:00:00Z".encode()] * 2
    assert "docProps/thumbnail.jpeg" not in known and b"python-docx" not in b"".join(known.values())


@pytest.mark.parametrize("sections", [SECTIONS, PLANS])
def test_each_table_says_what_the_page_says(papers, wholes, sections):
    plan, paper = wholes["mid"], opened(papers["mid"])
    drawn = {table.rows[0].cells[0].text: table for table in paper.tables}
    for heading, exhibit, columns, _ in sections:
        shown = shelf.exhibit_of(exhibit).table(plan)
        names = columns.split()
        head = [cell.text.partition("(")[0] for cell in drawn[_head(names[0])].rows[0].cells]
        assert head == [labels.label_of(name).partition("(")[0] for name in names], heading
        rows = [[cell.text for cell in row.cells] for row in drawn[_head(names[0])].rows[1:]]
        wanted = [
            [plain_text(labels.value_text(name, row[name])) for name in names]
            for row in shown.frame.to_dict("records")
        ]
        assert rows == wanted, heading
        assert heading in headings(paper)


def _head(column):
    heading = labels.heading_of(column)
    return f"{heading.label}({heading.unit})" if heading.unit else heading.label


def test_page_one_begins_with_the_title_and_the_conclusion(papers, wholes):
    plan, paper = wholes["mid"], opened(papers["mid"])
    assert paper.paragraphs[0].style.name == "Title"
    assert paper.paragraphs[0].text == front.title_text(plan.city)
    body = "".join(words(paper))
    assert front.conclusion_text(plan) in body


def test_ten_questions_each_under_a_heading(papers, wholes):
    paper = opened(papers["mid"])
    asked = [part.text for part in paper.paragraphs if part.style.name == "Heading 2"]
    table = shelf.exhibit_of("council_table").table(wholes["mid"]).frame
    assert asked == [f"問{row.no} {row.council_question}" for row in table.itertuples()]
    assert set(table["council_answer"]) <= set(words(paper))


def test_the_paper_is_upright_japanese_and_can_be_read_aloud(papers, wholes):
    paper, title = opened(papers["mid"]), front.title_text(wholes["mid"].city)
    section = paper.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    styles = paper.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:ascii")) == FONT
    assert {one.get(qn("w:eastAsia")) for one in styles.iter(qn("w:lang"))} == {"ja-JP"}
    assert (paper.core_properties.title, paper.core_properties.language) == (title, "ja-JP")
    assert len(paper.tables) == len(SECTIONS) + len(PLANS)
    for table in paper.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
    assert section.header.paragraphs[0].text == title
    codes = [field.get(qn("w:instr")) for field in section.footer._element.iter(qn("w:fldSimple"))]
    assert codes == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize("word", ["ベンダ", pytest.param("公開", marks=pytest.mark.rest)])
def test_no_price_and_no_question_is_in_the_edition_of_a_reader_outside(wholes, word):
    plan = for_reader(wholes["mid"], word)
    data = paper_bytes(plan)
    for name, part in parts(data):
        assert "円" not in part.decode("utf-8", "ignore"), name
    paper = opened(data)
    assert "想定問答" not in headings(paper) and "移行のロードマップ" in headings(paper)
    assert plan.city.edition.title in paper.sections[0].header.paragraphs[0].text
    assert any(plan.city.edition.told in text for text in words(paper))
    closed = [front.enter_text(plan), *particular.particular_texts(plan)]
    assert closed and not [text for text in closed if text and text in "".join(words(paper))]


@pytest.mark.rest
@pytest.mark.parametrize("code", KINDS)
def test_the_paper_of_each_kind_has_no_empty_chapter(code):
    plan = whole(code)
    paper = opened(paper_bytes(plan))
    assert ("移行のロードマップ" in headings(paper)) == (not plan.pmo.done)
    assert len([part for part in paper.paragraphs if part.style.name == "Heading 2"]) == 10
    assert len(set(headings(paper))) == len(headings(paper))


@pytest.mark.rest
@pytest.mark.parts
def test_libreoffice_prints_page_one_on_one_page(papers, wholes, tmp_path):
    for name in ("mid", "done"):
        path = tmp_path / f"{name}.docx"
        path.write_bytes(papers[name])
        first, *others = pages(path, tmp_path / "profile")
        city = wholes[name].city
        text = re.sub(r"\s", "", first)
        title = front.title_text(city).replace(" ", "")
        assert title in text and f"{city.name}に特有のこと" in text
        assert "想定問答" in re.sub(r"\s", "", "".join(others))
        assert "令和" in text and len(others) <= 3


@pytest.mark.rest
def test_who_does_not_want_the_paper_does_not_load_its_library():
    code = "import sys, dxplan.bundles; print({'docx', 'pptx', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert done.stdout.strip() == "set()", done.stderr
