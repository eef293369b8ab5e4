"""A meeting without a mouse: everything is reached and done by keys alone."""

import pytest

from dxplan.town.city import load_city
from tests.workshop.meeting import FIELD, LONG, QUICK

pytestmark = pytest.mark.rest  # whole meetings in a browser

VILLAGE = "335860"
STEPS = 300  # presses of Tab in which everything must be reached
NAME = """() => { const one = document.activeElement; if (!one || one === document.body) return '';
  const textOf = (id) => document.getElementById(id)?.textContent || '';
  const by = (one.getAttribute('aria-labelledby') || '').split(' ').map(textOf).join(' ');
  const labels = [...(one.labels || [])].map((label) => label.textContent).join(' ');
  return (one.getAttribute('aria-label') || by || labels || one.textContent || '').trim(); }"""
KIND = """() => { const one = document.activeElement;
  return one.getAttribute('role') || one.type || one.tagName.toLowerCase(); }"""


def reach(page, name, kind="", key="Tab"):
    """Press a key until something of a name (and kind) has the focus."""
    seen = []
    for _ in range(STEPS):
        seen.append(page.evaluate(NAME))
        if name in seen[-1] and (not kind or page.evaluate(KIND) == kind):
            return
        page.keyboard.press(key)
    pytest.fail(f"{name} was not reached: {list(dict.fromkeys(seen))}")


def turn_to(page, name):
    """To a tab, by the arrow keys of the row of tabs."""
    reach(page, "", "tab")
    for _ in range(8):
        if page.evaluate(NAME) == name:
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("[role=tab][aria-selected=true]", has_text=name).wait_for(timeout=QUICK)


def start_over(page):
    """Focus to the chooser at the top, as a person comes back to it."""
    reach(page, "団体(名前・かな・コード)", key="Shift+Tab")


def test_a_meeting_by_keys_alone(serve, meet, notebook, folder):
    """On the page that is shown to all: the same table in JupyterLab lies in a cell's output."""
    meeting = meet(serve(notebook, "--present"))
    page = meeting.page
    page.locator(FIELD).first.wait_for(timeout=LONG)
    village = load_city(VILLAGE)

    reach(page, "団体(名前・かな・コード)")
    page.keyboard.press("Control+A")
    page.keyboard.type(VILLAGE)
    page.keyboard.press("Enter")
    page.locator("h2", has_text=village.name).wait_for(timeout=LONG)
    page.locator(FIELD).first.wait_for(timeout=LONG)

    turn_to(page, "移行")
    reach(page, "DX・情報部門の職員数", "range")
    page.keyboard.press("ArrowRight")
    moved = meeting.wait_value("DX・情報部門の職員数", village.number("dx_staff"))
    meeting.wait_state("計算済みです")
    start_over(page)
    reach(page, "この計画をAとして残す")
    page.keyboard.press("Enter")
    page.locator("h3:visible", has_text="A(残した計画)").wait_for(timeout=QUICK)
    reach(page, "元に戻す", key="Shift+Tab")
    page.keyboard.press("Space")
    page.wait_for_function(
        "([box, most]) => Number(box.value) < most",
        arg=[meeting.box("DX・情報部門の職員数").element_handle(), moved],
        timeout=QUICK,
    )
    reach(page, "やり直す")
    page.keyboard.press("Enter")
    meeting.wait_value("DX・情報部門の職員数", village.number("dx_staff"))
    meeting.wait_state("計算済みです")

    start_over(page)
    turn_to(page, "記録・保存・報告書")
    for label, text in (("変更案の名前", "鍵盤案"), ("合意した人", "課長"), ("理由", "試し")):
        reach(page, label)
        page.keyboard.type(text)
    reach(page, "保存", "submit")
    page.keyboard.press("Enter")
    page.get_by_text("保存しました").wait_for(timeout=QUICK)
    assert load_city(f"{VILLAGE}--鍵盤案", folder).number("dx_staff") == moved
