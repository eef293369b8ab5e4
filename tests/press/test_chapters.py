"""Numbers of chapters, the contents, and sources as notes."""

from dxplan.press.chapters import name_regions, number_headings, number_notes


def test_chapters_and_sections_are_numbered_and_the_title_is_not():
    body, contents, count = number_headings(
        "<h1>題</h1><h2>一</h2><h3>内</h3><h3>外</h3><h2>二</h2><h4>小</h4>"
    )
    assert count == 1 and "<h1>題</h1>" in body and "<h4>小</h4>" in body
    assert (
        '<h2 id="s1"><span class="place">1</span> 一</h2>' in body
        and '<h3 id="s1-2"><span class="place">1.2</span> 外</h3>' in body
    )
    assert [
        (one["place"], one["text"], [below["place"] for below in one["below"]]) for one in contents
    ] == [("1", "一", ["1.1", "1.2"]), ("2", "二", [])]


def test_sources_of_one_wording_are_one_note_with_a_way_back_to_each_use():
    a, b = '<p class="source">出典: 甲(要確認)</p>', '<span class="source">出典: 乙</span>'
    body = number_notes(f"{a}<p>本文</p>{b}{a}")
    assert body.count("甲(") == 1 and body.count("乙") == 1
    assert (
        body.count('href="#note-1"') == 2
        and 'href="#ref-1-2" role="doc-backlink" aria-label="注1の2か所目へ戻る"' in body
    )
    assert (
        body.count('<strong class="unconfirmed">要確認</strong>') == 3
    )  # at both uses and in the note
    assert (
        '<span class="source">出典: <a href="#note-2" id="ref-2-1" role="doc-noteref">注2</a></span>'
        in body
    )


def test_a_page_without_sources_has_no_notes():
    assert number_notes("<p>本文</p>") == "<p>本文</p>"


def test_boxes_of_one_caption_have_different_names():
    box = '<section class="scroll" aria-label="表" tabindex="0"></section>'
    assert name_regions(box * 2) == box + box.replace("表", "表(2)")
