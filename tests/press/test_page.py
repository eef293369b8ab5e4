"""Executed notebooks become pages."""

import os
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dxplan.press import PressError
from dxplan.press.check import script_hash
from dxplan.press.page import TEMPLATES, build_page, write_file

SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    '<rect width="9" height="9"/></svg>'
)
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n"
)


def shown(data, kind="display_data", **metadata):
    """A cell with one output."""
    output = new_output(
        kind, data if isinstance(data, dict) else {"text/html": data}, metadata=metadata
    )
    return new_code_cell("secret_input()", outputs=[output])


def page_of(*cells, title="市川市"):
    """The page of an executed notebook with these cells; text is markdown."""
    made = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return build_page(new_notebook(cells=made), title)[0]


FULL = (
    "# 市川市の計画",
    "はじめの文。",
    "## 要約\n\n- 一\n- 二\n\n### 内訳\n\n| 年 | 円 |\n|-|-|\n| 1 | 2 |\n",
    shown(
        "<table><caption>表 1 &amp; 2</caption><thead><tr><th scope=col>年</th></tr></thead>"
        "<tbody><tr><td>2026</td></tr></tbody></table>",
        kind="execute_result",
    ),
    "## 図",
    shown({"image/svg+xml": SVG}, **{"image/svg+xml": {"alt": "四角 <1>"}}),
    shown({"image/png": PNG}, **{"image/png": {"alt": "点"}}),
    shown({"text/markdown": "**強調**"}),
    shown({"text/plain": "a < b"}, kind="execute_result"),
)


class Tags(HTMLParser):
    """Start tags of a page, with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def test_a_page_has_the_shell_of_a_complete_document():
    page = page_of(*FULL)
    tags = Tags(page)
    assert page.startswith("<!DOCTYPE html>\n") and tags.of("html") == [{"lang": "ja"}]
    assert {"charset": "utf-8"} in tags.of("meta")
    policy = [meta["content"] for meta in tags.of("meta") if "http-equiv" in meta]
    script = script_hash((TEMPLATES / "page.js").read_text(encoding="utf-8").strip())
    assert policy == [
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '{script}'"
    ]
    assert [len(tags.of(tag)) for tag in ("h1", "main", "header", "footer", "title", "nav")] == [
        1
    ] * 6
    assert tags.of("a")[0] == {"class": "skip", "href": "#main"} and len(tags.of("script")) == 1


def test_input_streams_and_errors_are_not_on_the_page():
    cell = new_code_cell(
        "secret_input()",
        outputs=[
            new_output("stream", text="banner"),
            new_output("error", ename="E", evalue="trace", traceback=["trace"]),
        ],
    )
    page = page_of(*FULL, cell)
    assert not any(word in page for word in ("secret_input", "banner", "trace"))


def test_every_kind_of_output_is_shown_and_the_last_value_of_a_cell_too():
    page = page_of(*FULL)
    assert '<svg role="img" aria-label="四角 &lt;1&gt;" xmlns=' in page and "<?xml" not in page
    assert f'<img src="data:image/png;base64,{PNG.strip()}" alt="点">' in page
    assert "<strong>強調</strong>" in page and "a &lt; b" in page and "2026" in page


def test_the_contents_lead_to_the_chapters():
    page = page_of(*FULL)
    for text in (
        '<li><a href="#s1"><span class="place">1</span> 要約</a>',
        '<li><a href="#s1-1"><span class="place">1.1</span> 内訳</a></li>',
        '<h2 id="s1">',
        '<h3 id="s1-1">',
        '<h2 id="s2">',
    ):
        assert text in page
    assert (
        page.index("はじめの文") < page.index('<nav class="contents"') < page.index('<h2 id="s1">')
    )


def test_a_heading_with_an_anchor_of_its_own_keeps_it():
    page = page_of("# 計画", shown('<h2 id="s1">一</h2>'), "## 二", "## 三")
    assert (
        '<a href="#s1"><span class="place">1</span> 一</a>' in page
        and '<h2 id="s2"><span class="place">2</span> 二</h2>' in page
    )


def test_wide_tables_scroll_in_a_named_region():
    page = page_of(*FULL)
    assert '<section class="scroll" aria-label="表 1 &amp; 2" tabindex="0"><table>' in page


def test_a_page_without_a_title_of_its_own_gets_the_given_one():
    page = page_of("## 要約", title="A & B")
    assert "<title>A &amp; B</title>" in page and "<h1>A &amp; B</h1>" in page


def test_the_headline_gives_title_and_foot_and_is_taken_out():
    cost = {"measure": "cost", "label": "費用", "value": 4321, "unit": "円"}
    headline = {"title": "題", "foot": "一行目\n二<行目", "完了": "2030年", "measures": [cost]}
    cell = shown({"application/vnd.dxplan.headline+json": headline})
    page, found = build_page(new_notebook(cells=[new_markdown_cell("# 計画"), cell]), "市")
    assert found == headline and "2030年" not in page and "4321" not in page
    assert "<title>題</title>" in page and "<p>一行目</p>\n<p>二&lt;行目</p>" in page


def test_the_same_notebook_gives_the_same_page_whatever_the_times_and_ids():
    run = {"execution_count": 9, "metadata": {"papermill": {"duration": 3}}}
    other = [
        new_markdown_cell(cell)
        if isinstance(cell, str)
        else new_code_cell("x", outputs=cell.outputs, **run)
        for cell in FULL
    ]
    assert build_page(new_notebook(cells=other), "市川市")[0] == page_of(*FULL)


@pytest.mark.parametrize(
    "cell, words",
    [
        (shown({"image/png": PNG}), "代替テキスト"),
        (shown({"image/svg+xml": SVG}), "のない図"),
        (
            shown('<img src="data:," alt="No description has been provided for this image">'),
            "仮の英文",
        ),
        (
            shown({"image/svg+xml": SVG.replace("<rect", '<rect onclick="x()"')}, alt="四角"),
            "スクリプト",
        ),
        (shown('<img src="https://example.jp/x.png" alt="絵">'), "外のファイル"),
        (shown('<p style="background: url(x.png)">a</p>'), "外のファイル"),
        (shown("<style>@import 'x.css';</style>"), "外のファイル"),
        (shown('<a href="javascript:x()">a</a>'), "スクリプト"),
        (shown('<iframe srcdoc="x"></iframe>'), "<iframe>"),
        (shown("<div><p>a</div>"), "壊れています"),
        (shown("<section>"), "壊れています"),
        (shown('<p id="x">a</p><p id="x">b</p>'), "2回あります"),
        (shown("<p>/home/taro/plan.csv</p>"), "フォルダの場所"),
        (shown(r"<p>C:\Users\taro\plan.csv</p>"), "フォルダの場所"),
        (shown(f"<p>{os.getcwd()}/x</p>"), "フォルダの場所"),
        (shown({"text/plain": "<object at 0x7f00aa11bb22>"}), "メモリの番地"),
        (shown({"application/pdf": "x"}), "載せられない"),
        ("# もう一つ", "h1"),
        (
            shown({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"}),
            "live",
        ),
        (shown({"application/vnd.dxplan.headline+json": {"完了": 3}}), "文字列"),
        (
            shown({"application/vnd.dxplan.headline+json": {"measures": [{"measure": "cost"}]}}),
            "measures に誤り",
        ),
        (shown("<script>x()</script>"), "<script>"),
    ],
)
def test_a_page_that_would_be_wrong_is_refused(cell, words):
    with pytest.raises(PressError, match=words):
        page_of("# 計画", cell)


def test_an_svg_with_a_title_of_its_own_is_fine():
    titled = SVG.replace("<rect", "<title>四角</title><g><title>棒</title></g><rect")
    assert "<title>四角</title>" in page_of("# 計画", shown({"image/svg+xml": titled}))


def test_an_address_is_not_a_local_folder():
    assert "soumu" in page_of("# 計画", "出典 <https://www.soumu.go.jp/home/x> と 4/home")


def test_a_full_disk_leaves_neither_a_half_page_nor_a_broken_old_one(tmp_path):
    resource = pytest.importorskip("resource")
    path = write_file(tmp_path / "city.html", "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(PressError, match=r"city\.html を書けません\(ファイルが大きすぎます\)"):
            write_file(path, page_of("# 計画"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [item.name for item in tmp_path.iterdir()] == ["city.html"] and path.read_text() == "old"


@pytest.mark.parametrize("width, scripts", [(1280, True), (320, True), (1280, False)])
def test_the_page_opens_in_chromium_and_asks_for_nothing(tmp_path, visit, width, scripts):
    path = write_file(tmp_path / "city.html", page_of(*FULL))
    seen = visit(path, width=width, scripts=scripts)
    assert seen.requests == [path.as_uri()] and seen.messages == []
    assert "市川市の計画" in seen.text and "はじめの文。" in seen.text and "2026" in seen.text
    if scripts:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_stop_of_the_keyboard_skips_to_the_main_part(tmp_path, visit):
    page = visit(write_file(tmp_path / "city.html", page_of(*FULL))).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ移動"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
