"""A meeting in a real browser, from the choice to the report; in JupyterLab and in Voila."""

import base64
import html
import json
import re
from datetime import date

import pytest

from dxplan.town.city import load_city
from tests.conftest import ROOT
from tests.workshop.meeting import FIELD, LONG, QUICK

pytestmark = pytest.mark.rest  # whole meetings in a browser

AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
VILLAGE = "335860"
PROJECTOR = {"width": 1280, "height": 720}
BOXES = """svg => [...svg.querySelectorAll('text')].map(text => [text.textContent,
    text.getBoundingClientRect().toJSON()])"""


def walk(meeting, folder):
    """The walk of a meeting; everything that people see is checked as they go."""
    page = meeting.page
    village = load_city(VILLAGE)
    meeting.choose(VILLAGE, village.name)

    meeting.tab("移行")
    first = meeting.picture()
    staff = meeting.slider("DX・情報部門の職員数")
    staff.focus()
    page.keyboard.press("ArrowRight")  # by keyboard
    moved = meeting.wait_value("DX・情報部門の職員数", village.number("dx_staff"))
    meeting.wait_state("計算済みです")
    box = staff.bounding_box()
    staff.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})  # by mouse
    meeting.wait_value("DX・情報部門の職員数", moved)
    meeting.wait_state("計算済みです")
    offered = meeting.box("ロット1: ベンダが提示した稼働日")
    offered.fill("令和１２年１月４日")
    offered.press("Tab")
    page.wait_for_function(
        "box => box.value === '令和12年1月4日'", arg=offered.element_handle(), timeout=QUICK
    )
    meeting.wait_new(first)
    meeting.wait_state("計算済みです")

    meeting.tab("人材")
    meeting.wait_state("計算済みです")
    before = meeting.picture()
    goal = meeting.box("施策のほかの推進の仕事量")
    goal.fill("２．５ＦＴＥ")  # full-width
    goal.press("Tab")
    page.wait_for_function("box => box.value === '2.5'", arg=goal.element_handle(), timeout=QUICK)
    goal.fill("二人半")
    goal.press("Tab")
    meeting.control("施策のほかの推進の仕事量").locator(
        "[role=alert]", has_text="読めません"
    ).wait_for(timeout=QUICK)
    goal.press("Escape")
    meeting.wait_new(before)
    meeting.wait_state("計算済みです")

    meeting.press("この計画をAとして残す")
    page.locator("h3:visible", has_text="A(残した計画)").wait_for(timeout=QUICK)
    meeting.box("人材確保の進め方").select_option("外部のみ")
    page.locator("caption:visible", has_text="A から B への変化").wait_for(timeout=LONG)
    meeting.press("元に戻す")
    page.wait_for_function(
        "box => box.value === '二刀流'",
        arg=meeting.box("人材確保の進め方").element_handle(),
        timeout=QUICK,
    )
    meeting.press("Aを外す")

    meeting.tab("現在地")
    business = village.systems[0].business
    page.get_by_label("業務ごとの完了ステップをExcelから貼り付け").fill(
        f"業務\t完了\n{business}\t３９\n"
    )
    page.locator("strong:visible", has_text="39").wait_for(timeout=QUICK)
    page.locator("button:visible:not([disabled])", has_text="この違いを反映する").first.click()
    meeting.wait_state("計算済みです")

    meeting.tab("記録・保存・報告書")
    meeting.fill("移行", "ロット1の提示日を <b>ベンダ</b> に確認する")
    meeting.fill("変更案の名前", "打合せ案")
    meeting.fill("合意した人", "情報政策課長")
    meeting.fill("理由", "増員の見込み")
    meeting.press("違いを見る")
    page.locator("pre:visible", has_text="dx_staff").wait_for(timeout=QUICK)
    meeting.press("保存")
    page.get_by_text("保存しました").wait_for(timeout=QUICK)
    saved = load_city(f"{VILLAGE}--打合せ案", folder)
    assert (
        saved.lots[0].offer.value == date(2030, 1, 4)
        and saved.number("promotion_other") == 2.5
        and saved.systems[0].steps.value == 39
        and saved.number("dx_staff") > moved
    )
    assert saved.notes["pmo"] == "ロット1の提示日を <b>ベンダ</b> に確認する"

    meeting.tab("進め方と変更案")
    meeting.press("比べる")
    picture = page.locator("figure svg:visible", has_text="打合せ案")
    picture.wait_for(timeout=LONG)
    assert all(
        word in picture.text_content() for word in ("いまの計画", "自前のみ", "外部のみ", "二刀流")
    )

    meeting.tab("記録・保存・報告書")
    meeting.press("報告書を作る")
    link = page.locator("a[download]")
    link.wait_for(timeout=LONG)
    assert link.get_attribute("download") == f"{VILLAGE}--打合せ案.html"
    headline = (
        page.locator("h2", has_text=village.name).locator("xpath=following-sibling::p").inner_text()
    )
    check_report(base64.b64decode(link.get_attribute("href").partition(",")[2]).decode(), headline)
    meeting.press("開く")
    page.locator("h2", has_text="打合せ案").wait_for(timeout=LONG)
    assert (
        page.locator("h2", has_text="打合せ案").locator("xpath=following-sibling::p").inner_text()
        == headline
    )


def check_report(report, headline):
    """The report states what the screen does, and what was written down in the meeting."""
    page = html.unescape(re.sub(r"<[^>]+>", "", report))
    told = headline.partition("人。")[2].removesuffix("。").split("、")
    said = dict(text.split(" ", 1) for text in told)
    states = re.match(r"未移行\d+", said.pop("状態")).group()
    assert states in page and len(said) > 3
    for label in ("移行ロット", "稼働の見通し", "期限に間に合う確率(出来事を除く)"):
        assert said[label] in page, label
    assert (
        "ロット1の提示日を &lt;b&gt;ベンダ&lt;/b&gt; に確認する" in report
        and "打合せの記録" in report
        and "情報政策課長" in report
    )


def check_quiet(meeting):
    outside = [
        url for url in meeting.asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
    ]
    assert not outside and not meeting.said, (outside, meeting.said)


def check_names(meeting):
    """axe finds no control without a name."""
    if not AXE.exists():
        pytest.skip("axe-core がないので、npm の部品での確認を省きます")
    meeting.page.add_script_tag(path=str(AXE))
    for tab in (
        "現在地",
        "移行",
        "人材",
        "研修",
        "経費と財源",
        "進め方と変更案",
        "記録・保存・報告書",
    ):
        meeting.tab(tab)
        meeting.page.get_by_role("tab", name=tab, exact=True).and_(
            meeting.page.locator("[aria-selected=true]")
        ).wait_for(timeout=QUICK)
        found = meeting.page.evaluate("""async () => (await axe.run('.jupyter-widgets', {runOnly:
            {type: 'rule', values: ['label', 'button-name', 'select-name', 'aria-input-field-name',
            'link-name', 'duplicate-id-aria', 'aria-valid-attr-value', 'svg-img-alt']}})).violations
            .map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))])""")
        assert not found, (tab, json.dumps(found, ensure_ascii=False)[:1000])


def roadmap_on_a_projector(meeting):
    """Deadline, last month and go-live column stand in the window, without a side scroll."""
    page = meeting.page
    page.set_viewport_size(PROJECTOR)
    meeting.tab("移行")
    figure = page.locator("figure svg:visible").first
    figure.scroll_into_view_if_needed()
    texts = figure.evaluate(BOXES)
    outside = [text for text, box in texts if box["right"] > PROJECTOR["width"] or box["left"] < 0]
    assert not outside
    said = [text for text, _ in texts]
    assert any(text.startswith("期限 ") for text in said) and any("幅 " in text for text in said)
    frame = figure.evaluate("svg => svg.closest('.canvas').getBoundingClientRect().toJSON()")
    box = figure.bounding_box()
    assert box["x"] + box["width"] <= frame["right"] + 1 <= PROJECTOR["width"] + 1
    assert box["height"] <= PROJECTOR["height"]
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function(
        "([svg, width]) => svg.getBoundingClientRect().width > width * 1.3",
        arg=[figure.element_handle(), box["width"]],
        timeout=QUICK,
    )


def test_a_meeting_in_jupyterlab(serve, meet, folder, notebook):
    meeting = meet(serve(notebook))
    meeting.run_all()
    walk(meeting, folder)
    check_names(meeting)
    assert meeting.page.evaluate("document.documentElement.lang").startswith("ja")
    check_quiet(meeting)


def test_a_meeting_in_voila(serve, meet, folder, notebook):
    address = serve(notebook, "--present")
    meeting = meet(address)
    meeting.page.wait_for_selector(FIELD, timeout=LONG)
    assert "table(city)" not in meeting.page.content()
    walk(meeting, folder)
    check_names(meeting)
    roadmap_on_a_projector(meeting)
    check_quiet(meeting)
