"""The page on paper: tagged, outlined, with its fonts, nothing cut, no traces, the same twice."""

import getpass
import re
import shutil
import socket
from collections import Counter
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import IndirectObject

from dxplan.press import PressError, pdf
from dxplan.press.batch import Job, run_batch
from dxplan.press.pdf import NO_BROWSER, find_browser, write_pdf
from tests.browser import NAMES

pytestmark = pytest.mark.rest  # a browser prints

ROOT = Path(__file__).resolve().parents[2]
TITLES = {"335860": "岡山県新庄村", "122033": "千葉県市川市"}
CITIES = list(TITLES)
PLANTED = {
    "HOME": "home-of-planted-heidi",
    "USER": "planted-heidi",
    "LOGNAME": "planted-login",
    "HOSTNAME": "planted-host",
    "SECRET_TOKEN": "planted-token",
}
NUMBER = re.compile(r"\d+ / \d+")  # of a page
MOST, APPENDED = 16, 4  # pages in all, and of them from the appendix on
APPENDIX = "大きく効く前提と用語"


@pytest.fixture(scope="module")
def browser():
    """Where no browser is, tests that print are skipped; it is looked for not as dxplan does."""
    if not any(map(shutil.which, NAMES)):
        pytest.skip("Chromium がないので、PDFの確認を省きます")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of a village and of a mid-sized city, by the press."""
    out = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DXPLAN_EFFORT", "簡易")
        jobs = [Job(slug, title) for slug, title in TITLES.items()]
        outcomes = run_batch(
            ROOT / "notebooks" / "60_report.ipynb", jobs, out, 1, lambda outcome: None
        )
    assert all(outcome.ok for outcome in outcomes), [outcome.error for outcome in outcomes]
    return {outcome.slug: out / outcome.page for outcome in outcomes}


@pytest.fixture(scope="module")
def prints(pages, browser, tmp_path_factory):
    """The PDF of each page, made by a user and in folders whose names would be seen in it."""
    out = tmp_path_factory.mktemp("planted-folder")
    with pytest.MonkeyPatch.context() as patch:
        for name, text in PLANTED.items():
            patch.setenv(name, str(out / text) if name == "HOME" else text)
        return {slug: write_pdf(page, out / f"{slug}.pdf") for slug, page in pages.items()}


@pytest.fixture(scope="module")
def papers(prints):
    return {slug: Paper(path) for slug, path in prints.items()}


class Paper:
    """What a PDF holds: its pages' texts and the tree of its tags."""

    def __init__(self, path):
        self.reader = pypdf.PdfReader(path)
        self.root = self.reader.trailer["/Root"]
        self.texts = [page.extract_text() for page in self.reader.pages]
        self.numbers = {
            page.indirect_reference.idnum: place for place, page in enumerate(self.reader.pages, 1)
        }
        self.tags = [(tag, self.pages_of(tag)) for tag in walk(self.root["/StructTreeRoot"])]

    def of(self, *names):
        """(tag, page -> pieces) of each tag of a kind, in reading order."""
        return [(tag, pages) for tag, pages in self.tags if tag["/S"] in names]

    def pages_of(self, tag, page=None):
        """Page -> number of pieces that stand below a tag."""
        page, found = self.numbers[tag.raw_get("/Pg").idnum] if "/Pg" in tag else page, Counter()
        for one in below(tag):
            if isinstance(one, int):
                found[page] += 1
            elif one.get("/Type") == "/MCR":
                found[self.numbers[one.raw_get("/Pg").idnum] if "/Pg" in one else page] += 1
            elif "/S" in one:
                found += self.pages_of(one, page)
        return found

    def outline(self):
        """(level, title, page) of each entry."""
        return [
            (level, entry.title, self.reader.get_destination_page_number(entry) + 1)
            for level, entry in entries(self.reader.outline)
        ]

    def objects(self):
        """Every object, with what its stream holds; that of a font is letters' shapes, not text."""
        for number in range(1, self.reader.trailer["/Size"]):
            one = self.reader.get_object(IndirectObject(number, 0, self.reader))
            yield one, one.get_data() if hasattr(one, "get_data") else b""


def below(tag):
    found = tag.get("/K", [])
    return [
        one.get_object() if hasattr(one, "get_object") else one
        for one in (found if isinstance(found, list) else [found])
    ]


def walk(tag):
    for one in below(tag):
        if isinstance(one, dict) and "/S" in one:
            yield one
            yield from walk(one)


def entries(outline, level=1):
    for one in outline:
        yield from entries(one, level + 1) if isinstance(one, list) else [(level, one)]


def lines(page):
    """Texts of a page by their height, from the top, its number left out."""
    found = {}

    def note(text, cm, tm, *_):
        if text.strip():
            height = round(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
            found[height] = found.get(height, "") + text

    page.extract_text(visitor_text=note)
    return [
        bare(found[height])
        for height in sorted(found, reverse=True)
        if not NUMBER.fullmatch(found[height].strip())
    ]


def bare(text):
    """Without blanks, which a line break of the paper may add or take."""
    return "".join(text.split())


# --- the page that was printed --------------------------------------------------------------------
LOOK = """() => {
  const all = (kind) => [...document.querySelectorAll(kind)];
  const shown = (kind) => all(kind).filter((one) => one.checkVisibility());
  const words = (one) => one.textContent.replace(/\\s/g, "");
  return {
    titles: shown("h1, h2, h3, h4").map((one) => [Number(one.tagName[1]), words(one)]),
    captions: shown("caption").map(words),
    heads: shown("thead").map(words),
    columns: shown("thead tr:first-child").map((one) => one.cells.length),
    figures: shown("figure").map((one) => ({
      caption: words(one.querySelector("figcaption")),
      texts: [...one.querySelectorAll("svg text")].filter((one) => one.checkVisibility())
        .map(words),
    })),
  };
}"""


@pytest.fixture(scope="module")
def looks(pages, chromium):
    """What the browser shows of each page on paper; what is folded away is not."""
    found = {}
    for slug, path in pages.items():
        page = chromium.new_page()
        page.emulate_media(media="print")
        page.goto(path.as_uri())
        found[slug] = page.evaluate(LOOK)
        page.close()
    return found


def figure_tags(paper):
    """Page -> pieces of each figure with its caption."""
    return [
        pages
        for tag, pages in paper.of("/Figure")
        if any(one["/S"] == "/Caption" for one in walk(tag))
    ]


# --- tags, names, outline -------------------------------------------------------------------------
@pytest.mark.parametrize("slug", CITIES)
def test_the_pdf_is_tagged_and_says_its_language_and_its_japanese_title(papers, slug):
    root = papers[slug].root
    assert (
        root["/MarkInfo"]["/Marked"]
        and root["/Lang"] == "ja"
        and root["/ViewerPreferences"]["/DisplayDocTitle"]
    )
    assert papers[slug].reader.metadata.title.startswith(TITLES[slug])
    kinds = Counter(tag["/S"] for tag, _ in papers[slug].tags)
    assert (
        kinds["/H1"] == 1
        and min(
            kinds[kind] for kind in ("/H2", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/LI")
        )
        > 4
    )


@pytest.mark.parametrize("slug", CITIES)
def test_every_figure_has_its_description_in_the_tags(papers, looks, slug):
    found = papers[slug].of("/Figure")
    alone = [tag for tag, _ in found if not any("/Alt" in one for one in [tag, *walk(tag)])]
    assert (
        not alone
        and len([tag for tag, _ in found if len(tag.get("/Alt", "")) > 20])
        >= len(looks[slug]["figures"])
        > 5
    )


@pytest.mark.parametrize("slug", CITIES)
def test_the_outline_lists_the_headings_where_they_stand(papers, looks, slug):
    found, wanted = (
        papers[slug].outline(),
        [(level, title) for level, title in looks[slug]["titles"]],
    )
    assert [(level, bare(title)) for level, title, _ in found] == wanted and len(wanted) > 10
    for _, title, page in found:
        assert bare(title) in bare(papers[slug].texts[page - 1]), (title, page)


@pytest.mark.parametrize("slug", CITIES)
def test_every_font_is_embedded_and_truetype(papers, slug):
    fonts = [
        one
        for one, _ in papers[slug].objects()
        if isinstance(one, dict) and one.get("/Type") == "/Font"
    ]
    drawn = [
        one for one in fonts if one["/Subtype"] != "/Type0"
    ]  # a Type0 font only points at its descendant
    assert len(drawn) >= 2 and {one["/Subtype"] for one in drawn} <= {"/CIDFontType2", "/TrueType"}
    assert all("/FontFile2" in one["/FontDescriptor"] for one in drawn)


# --- the pages ------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", CITIES)
def test_every_page_has_its_number(papers, slug):
    count = len(papers[slug].texts)
    assert count > 8 and [NUMBER.search(text)[0] for text in papers[slug].texts] == [
        f"{n} / {count}" for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("slug", CITIES)
def test_all_pages_are_a4_portrait_that_a_binder_holds(papers, slug):
    sizes = [page.mediabox for page in papers[slug].reader.pages]
    assert {(round(box.width), round(box.height)) for box in sizes} == {(595, 842)}


@pytest.mark.parametrize("slug", CITIES)
def test_page_one_is_one_screen(pages, chromium, slug):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages[slug].as_uri())
    box = page.locator(".front").bounding_box()
    page.close()
    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("slug", CITIES)
def test_page_one_is_one_page_and_the_whole_has_at_most_sixteen(papers, slug):
    texts = [bare(text) for text in papers[slug].texts]
    first, second = texts[:2]
    for title in ("いま決めること", "費用と確かさ", "に特有のこと", "この計画を動かす5つの数"):
        assert title in first and title not in second, title
    assert "額と確率は仮定を含む" in first and "目次" not in first and "目次" in second
    assert len(texts) <= MOST
    begins = next(page for _, title, page in papers[slug].outline() if APPENDIX in title)
    assert len(texts) - begins + 1 <= APPENDED


@pytest.mark.parametrize("slug", CITIES)
def test_no_figure_is_cut_or_parted_from_its_caption(papers, looks, slug):
    texts, drawn = [bare(text) for text in papers[slug].texts], looks[slug]["figures"]
    for figure, found in zip(drawn, figure_tags(papers[slug]), strict=True):
        (page,) = found
        assert (
            figure["texts"]
            and [
                text
                for text in [figure["caption"], *figure["texts"]]
                if text not in texts[page - 1]
            ]
            == []
        ), page
        assert [number for number, text in enumerate(texts, 1) if figure["caption"] in text] == [
            page
        ], "the caption stands once"
    assert len(drawn) > 5


@pytest.mark.parametrize("slug", CITIES)
def test_the_words_of_figures_are_eight_points_high_on_paper(papers, looks, slug):
    words = {text for figure in looks[slug]["figures"] for text in figure["texts"]}
    sizes = {}

    def note(text, cm, tm, _, size):
        if bare(text) in words and len(bare(text)) > 6:
            height = size * abs(tm[3]) * abs(cm[3])
            sizes[text] = max(height, sizes.get(text, 0))  # it may stand in a table too

    for page in papers[slug].reader.pages:
        page.extract_text(visitor_text=note)
    assert len(sizes) > 20 and min(sizes.values()) >= 8


@pytest.mark.parametrize("slug", CITIES)
def test_no_heading_and_no_caption_of_a_table_is_the_last_text_of_a_page(papers, looks, slug):
    titles = papers[slug].outline()
    for number, page in enumerate(papers[slug].reader.pages, 1):
        heads = [
            *looks[slug]["captions"],
            *(bare(title) for _, title, place in titles if place == number),
        ]
        last = "".join(lines(page)[-3:])  # a heading may take some lines
        assert not [head for head in heads if last.endswith(head)], (
            f"page {number} ends with {last}"
        )


@pytest.mark.parametrize("slug", CITIES)
def test_a_table_that_crosses_pages_repeats_its_head_and_cuts_no_row(papers, looks, slug):
    tables = [found for _, found in papers[slug].of("/Table")]
    # of short pages it may be none
    assert any(len(found) > 1 for paper in papers.values() for _, found in paper.of("/Table"))
    for head, found in zip(looks[slug]["heads"], tables, strict=True):
        for page in found:
            assert head in bare(papers[slug].texts[page - 1]), (page, head)
    rows = [
        found
        for tag, found in papers[slug].of("/TR")
        if any(one["/S"] == "/TD" for one in walk(tag))
    ]
    assert len(rows) > 50 and not [found for found in rows if len(found) > 1]


@pytest.mark.parametrize("slug", CITIES)
def test_no_head_of_a_table_stands_without_a_row(papers, slug):
    for table, found in papers[slug].of("/Table"):
        filled = {
            page
            for row in walk(table)
            if row["/S"] == "/TR" and any(cell["/S"] == "/TD" for cell in walk(row))
            for page in papers[slug].pages_of(row)
        }
        assert set(found) == filled, f"page {min(set(found) - filled)} has a head without a row"


# --- nothing of this machine ----------------------------------------------------------------------
def leaks(path, names):
    """Which names stand anywhere in a PDF: its bytes, its streams, its texts and its metadata."""
    paper = Paper(path)
    pieces = [
        path.read_bytes(),
        str(paper.reader.metadata).encode(),
        *(text.encode() for text in paper.texts),
    ]
    for one, data in paper.objects():
        pieces += [data, repr(one).encode()]
    return [
        name
        for name in names
        if any(name.encode() in piece or name.encode("utf-16-be") in piece for piece in pieces)
    ]


def strangers(*folders):
    """Words that only this machine and this user know."""
    own = [socket.gethostname(), str(Path.home()), str(ROOT), getpass.getuser()]
    return [
        *PLANTED.values(),
        "planted-folder",
        "file://",
        *map(str, folders),
        *(word for word in own if len(word) > 4),
    ]


@pytest.mark.parametrize("slug", CITIES)
def test_no_path_no_user_and_no_host_is_in_the_pdf(prints, pages, slug):
    assert leaks(prints[slug], strangers(pages[slug].parent, prints[slug].parent)) == []


def test_the_search_for_strangers_finds_one_in_the_title_in_a_text_and_in_a_link(tmp_path, browser):
    page = tmp_path / "x.html"
    page.write_text(
        '<html lang="ja"><title>planted-title</title><p>planted-text</p>'
        '<a href="planted.html">x</a>',
        encoding="utf-8",
    )
    path = write_pdf(page, tmp_path / "x.pdf")
    assert leaks(path, ["planted-title", "planted-text", str(tmp_path), "planted-nowhere"]) == [
        "planted-title",
        "planted-text",
        str(tmp_path),
    ]


def test_the_same_page_gives_the_same_bytes_whatever_the_folder(prints, pages, tmp_path):
    copy = shutil.copy(pages["335860"], tmp_path / "another name.html")
    assert write_pdf(copy, tmp_path / "報告 書.pdf").read_bytes() == prints["335860"].read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another name.html", "報告 書.pdf"]


def test_a_long_temporary_folder_leaves_room_for_the_sockets_of_the_browser(
    tmp_path, browser, monkeypatch
):
    folder = tmp_path / ("long" * 20)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    page = tmp_path / "x.html"
    page.write_text('<html lang="ja"><title>題</title><p>文</p>', encoding="utf-8")
    assert write_pdf(page, tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")


# --- what can go wrong ----------------------------------------------------------------------------
def refused(page, path):
    """The sentence with which a PDF is refused."""
    with pytest.raises(PressError) as found:
        write_pdf(page, path)
    sentence = str(found.value)
    assert "。" in sentence and re.search("[ぁ-ん]", sentence)
    return sentence


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        '<!DOCTYPE html><html lang="ja"><title>題</title><p>文</p></html>', encoding="utf-8"
    )
    return path


def test_without_its_page_no_pdf_is_begun(tmp_path):
    assert "先に dxplan report" in refused(tmp_path / "x.html", tmp_path / "x.pdf") and not list(
        tmp_path.iterdir()
    )


def test_without_its_folder_no_half_file_is_left(
    page, browser, tmp_path, tmp_path_factory, monkeypatch
):
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert "x.pdf" in refused(page, tmp_path / "nowhere" / "x.pdf")
    assert [path.name for path in tmp_path.rglob("*")] == ["page.html"] and not list(
        temporary.iterdir()
    )


def test_a_folder_in_the_place_of_the_pdf_is_left_as_it_was(page, browser, tmp_path):
    (tmp_path / "x.pdf").mkdir()
    assert "同じ名前のフォルダがあります" in refused(page, tmp_path / "x.pdf")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["page.html", "x.pdf"]


def test_a_program_that_is_no_browser_leaves_the_old_pdf(page, tmp_path, monkeypatch):
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "chromium").symlink_to(shutil.which("false"))
    (tmp_path / "x.pdf").write_bytes(b"old")
    monkeypatch.setenv("PATH", str(programs))
    assert "終了状態 1" in refused(page, tmp_path / "x.pdf")
    assert (tmp_path / "x.pdf").read_bytes() == b"old" and {
        path.name for path in tmp_path.iterdir()
    } == {"page.html", "programs", "x.pdf"}


def test_without_a_browser_the_sentence_says_what_to_install(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(pdf, "PLACES", {})
    monkeypatch.setattr(pdf, "PROGRAMS", ())
    with pytest.raises(
        PressError,
        match="Microsoft Edge、Google Chrome、Chromium のどれかをインストールしてください。",
    ):
        find_browser()
    assert refused(page, tmp_path / "x.pdf") == NO_BROWSER and not (tmp_path / "x.pdf").exists()


def test_the_browser_that_is_found_is_a_program_on_the_path(browser):
    assert find_browser().is_file() and find_browser().name in pdf.NAMES
