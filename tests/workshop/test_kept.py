"""In a browser: what was changed outlives other cities, reloads and second runs, and is printed."""

import base64

import pytest

from dxplan.town.city import load_city
from dxplan.town.variant import Agreement, Place, variant_text, write_variant
from tests.workshop.meeting import FIELD, LONG, QUICK
from tests.workshop.test_meeting import VILLAGE, check_report
from tests.workshop.test_mishaps import STAFF, change, write_down

pytestmark = pytest.mark.rest  # whole meetings in a browser

OTHER = "394050"


@pytest.fixture
def opened(serve, meet, notebook, folder):
    """A meeting, a function that opens its page anew, and one that runs the cells once more.

    In JupyterLab: in Voila a new page is a second run, which is one of the mishaps.
    """
    said = Agreement("課長", load_city(VILLAGE).basis, "見本")
    text = variant_text(load_city(VILLAGE), {Place("values", "", "dx_staff"): 9.0}, said)
    write_variant(folder / f"{VILLAGE}--見本.yaml", text)  # that no screen shows
    meeting = meet(serve(notebook))
    meeting.page.on("dialog", lambda dialog: dialog.accept())

    def run():
        meeting.run_all()
        meeting.page.locator(FIELD).first.wait_for(timeout=LONG)

    def anew():
        meeting.page.reload(timeout=LONG)
        run()

    run()
    return meeting, anew, run


def still_there(meeting):
    meeting.page.get_by_text("保存していない変更が1件").wait_for(timeout=LONG)
    meeting.tab("移行")
    meeting.see(STAFF, 3)
    meeting.wait_state("計算済みです")


def go_on(meeting):
    """To the change that was left: it is offered over whatever lies on the table."""
    meeting.page.locator("button:visible", has_text="新庄村の続き 1件").click(timeout=LONG)
    meeting.page.locator("h2", has_text="新庄村").wait_for(timeout=LONG)
    still_there(meeting)


def test_what_was_changed_is_kept_and_printed(opened, folder):
    meeting, anew, again = opened
    village = load_city(VILLAGE)
    meeting.choose(VILLAGE, village.name)
    meeting.tab("移行")
    meeting.wait_state("計算済みです")
    change(meeting, "3")
    meeting.choose(OTHER, load_city(OTHER).name)
    meeting.choose(VILLAGE, village.name)
    still_there(meeting)
    anew()
    go_on(meeting)
    again()
    go_on(meeting)
    page_of_the_screen(meeting, folder)


def page_of_the_screen(meeting, folder):
    """The report asks to be saved first, and then states what the screen does."""
    page = meeting.page
    meeting.tab("記録・保存・報告書")
    meeting.fill("移行", "ロット1の提示日を <b>ベンダ</b> に確認する")
    meeting.press("報告書を作る")
    page.get_by_text("いまの画面は保存していません").wait_for(timeout=QUICK)
    write_down(meeting)
    meeting.press("保存して報告書を作る")
    link = page.locator("a[download]")
    link.wait_for(timeout=2 * LONG)
    assert link.get_attribute("download") == f"{VILLAGE}--打合せ案.html"
    report = base64.b64decode(link.get_attribute("href").partition(",")[2]).decode()
    check_report(report, meeting.headline("新庄村"))
    assert load_city(f"{VILLAGE}--打合せ案").number("dx_staff") == 3
    assert load_city(f"{VILLAGE}--見本").number("dx_staff") == 9
    assert not list(folder.glob("*.draft"))
