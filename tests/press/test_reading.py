"""Printed pages of real cities, as people read them: with and without sight, script and room."""

import re

import pytest

from dxplan.cli import main
from dxplan.reports import EFFORT
from tests.conftest import ROOT
from tests.drawn import figure_findings
from tests.reading import (
    CONTRAST,
    OPEN_ALL,
    axe_findings,
    html_findings,
    need_web,
    page_findings,
    plain_text,
)

pytestmark = pytest.mark.rest  # a browser reads every page twice

CITIES = ("011002", "131016", "335860")  # designated city, special ward, village
USED = "122033"  # the mid-sized city whose page is used below
TOPIC = f"topic/{USED}.html"  # its roadmap alone, with the conditions and the whole WBS
PAGES = (*(f"{slug}.html" for slug in CITIES), "index.html", f"compare/{'-'.join(CITIES)}.html")
# narrow each of them, wide the longest of a city and those of many
WIDTHS = [*((name, 320) for name in PAGES), *((name, 1280) for name in (PAGES[0], *PAGES[-2:]))]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Pages of a run over four cities, the index, and three of them side by side."""
    out = tmp_path_factory.mktemp("printed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EFFORT, "簡易")  # the command sets it for its children; afterwards it is gone
        assert main(["report", *CITIES, USED, "--out", str(out)]) == 0
        assert main(["compare", *CITIES, "--out", str(out / "compare")]) == 0
        topic = ["--notebook", str(ROOT / "notebooks" / "10_pmo.ipynb")]
        assert main(["report", USED, *topic, "--out", str(out / "topic")]) == 0
    return out


@pytest.mark.parametrize("name, width", WIDTHS)
def test_a_page_asks_for_nothing_and_every_checker_is_content(printed, visit, name, width):
    need_web()
    assert page_findings(visit, printed / name, width) == []


@pytest.mark.parametrize("name", [PAGES[0], PAGES[2], PAGES[-1]])
def test_figures_are_read_on_a_telephone_and_in_print_and_no_word_meets_a_line(
    printed, visit, name
):
    narrow, broad, found = figure_findings(visit(printed / name, 390).page)
    assert narrow >= 11 and broad >= 8 and not found


def test_the_html_of_every_page_is_valid(printed):
    need_web()
    found = html_findings([printed / name for name in PAGES])
    assert len(found) == len(PAGES) and not any(found.values()), found


@pytest.mark.parametrize("slug", [CITIES[0], CITIES[-1]])
def test_the_text_is_the_same_without_script(printed, visit, slug):
    path = printed / f"{slug}.html"
    with_script = plain_text(visit, path, True)
    assert with_script == plain_text(visit, path, False) and len(with_script) > 10_000


def test_the_checkers_find_what_is_wrong(tmp_path, visit):
    need_web()
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>悪い</title></head>'
        '<body><main><h1>悪い</h1><p id="a" id="b">字</p>'
        '<img src="x.png"><svg width="90" height="30"><rect width="90" height="30" fill="#0017c1"/>'
        '<text x="5" y="20" font-size="12" fill="#1a1a1c">見えない</text></svg>'
        '<p style="width:2000px">長い</p></main></body></html>',
        encoding="utf-8",
    )
    found = " ".join(page_findings(visit, bad, 1280))
    for word in (
        "asked for",
        "axe html-has-lang",
        "axe image-alt",
        "figure 1 has no text",
        "contrast 見えない",
        "px wider",
    ):
        assert word in found
    assert any("no-dup-attr" in text for text in html_findings([bad])["bad.html"])


def test_words_of_all_figures_are_looked_at(printed, visit):
    page = visit(printed / "011002.html").page
    page.evaluate(OPEN_ALL)
    assert page.evaluate(CONTRAST)["count"] > 150


# --- what the script adds -------------------------------------------------------------------------
def test_a_slider_leads_through_the_conditions_and_each_choice_says_its_name(printed, visit):
    page = visit(printed / TOPIC).page
    slider = page.locator(".scenarios input[type=range]")
    names = page.locator(".scenarios > details > summary").all_inner_texts()
    assert page.get_by_label("条件を選ぶ").count() == 1 and len(names) >= 3
    slider.focus()
    page.keyboard.press("Home")
    for name in names:
        shown = page.locator(".scenarios > details[open] > summary").all_inner_texts()
        assert shown == [name] and page.locator(
            ".scenarios output"
        ).inner_text() == name == slider.get_attribute("aria-valuetext")
        page.keyboard.press("ArrowRight")
    page.locator(".scenarios > details > summary").first.click()
    assert slider.input_value() == "0"


def test_without_script_one_condition_is_open_and_another_can_be(printed, visit):
    page = visit(printed / TOPIC, scripts=False).page
    assert (
        page.locator(".scenarios > details[open]").count() == 1
        and page.locator(".control").count() == 0
    )
    page.locator(".scenarios > details:not([open]) > summary").first.click()
    assert page.locator(".scenarios > details[open] figcaption").count() == 1


def test_a_long_table_can_be_filtered_by_full_and_half_width_words(printed, visit):
    page = visit(printed / TOPIC).page
    box = page.get_by_label(re.compile("^「作業項目の一覧"))
    rows = page.locator("table", has_text="作業項目の一覧").last.locator("tbody tr:not(.group)")
    every = rows.count()
    box.fill("リハーサル")
    assert 0 < (few := rows.locator("visible=true").count()) < every
    box.fill("ﾘﾊｰｻﾙ")
    assert rows.locator("visible=true").count() == few
    assert f"{every}行のうち{few}行" in page.locator(".control", has=box).inner_text()
    assert axe_findings(page) == []
    box.fill("そのような行はない")
    assert rows.locator("visible=true").count() == 0
    box.fill("")
    assert rows.locator("visible=true").count() == every


# --- sources --------------------------------------------------------------------------------------
def test_each_note_leads_to_its_source_and_back(printed):
    page = (printed / f"{USED}.html").read_text(encoding="utf-8")
    ids = set(re.findall(r' id="([^"]+)"', page))
    links = re.findall(r'href="#([^"]+)"', page)
    assert set(links) <= ids and sum(link.startswith("note-") for link in links) > 15
    notes = re.findall(r'<li id="note-(\d+)">(.*?)</li>', page)
    assert [int(number) for number, _ in notes] == list(range(1, len(notes) + 1)) and len(
        {text for _, text in notes}
    ) == len(notes)
    for number, text in notes:
        uses = page.count(f'href="#note-{number}"')
        assert uses == text.count('role="doc-backlink"') > 0
        unsure = page.count(f'>注{number}</a> <strong class="unconfirmed">要確認</strong>')
        assert unsure == (uses if "要確認" in text else 0)
