"""JupyterLab's export menu and `jupyter nbconvert` write the page that the press writes."""

import os
import subprocess
import sys

import nbformat
import pytest

from tests.conftest import ROOT
from tests.reading import axe_findings, need_web
from tests.workshop.meeting import LONG, own_settings

pytestmark = pytest.mark.rest  # a meeting in a browser, and a run of the press

VILLAGE, TOPIC = "335860", "10_pmo"
LABEL = "dxplan ページ(1ファイル、オフライン)"
DONE = f".jp-OutputArea-output:has-text(\"'{VILLAGE}'\")"  # the last cell shows what was given


@pytest.fixture
def topic(tmp_path):
    """A topic's notebook for a village, in a folder of its own; without the table of a meeting."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{TOPIC}.ipynb", as_version=4)
    notebook.cells = [
        cell for cell in notebook.cells if "live" not in cell.metadata.get("tags", [])
    ]
    for cell in notebook.cells:
        cell.source = cell.source.replace("172031", VILLAGE)
    notebook.cells.append(nbformat.v4.new_code_cell("city"))
    path = tmp_path / "打合せ" / f"{TOPIC}.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    return path


def exported(meeting, to):
    """The bytes that Lab's menu of exports downloads."""
    page, got = meeting.page, []
    page.keyboard.press("Control+s")
    page.locator("li.lm-MenuBar-item", has_text="ファイル").click()
    page.locator("li.lm-Menu-item", has_text=LABEL).wait_for(timeout=LONG)
    page.locator("li.lm-Menu-item", has_text="Notebookを書き出す").hover()
    item = page.locator("li.lm-Menu-item", has_text="Dxplan")
    item.wait_for(timeout=LONG)
    page.context.on("page", lambda opened: opened.on("download", lambda file: got.append(file)))
    page.on("download", lambda file: got.append(file))
    item.click()
    for _ in range(LONG // 100):
        if got:
            break
        page.wait_for_timeout(100)
    assert got, "nothing was downloaded"
    got[0].save_as(to)
    return to.read_bytes()


def test_the_menu_and_the_command_write_the_press_s_page(
    serve, meet, topic, tmp_path, dxplan, visit
):
    meeting = meet(serve(topic))
    meeting.run_all(DONE)
    downloaded = exported(meeting, tmp_path / "menu.html")
    out = tmp_path / "out"
    done = dxplan("report", VILLAGE, "--notebook", topic, "--workers", "1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert downloaded == (out / f"{VILLAGE}.html").read_bytes()
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "dxplan", topic.name]
    environment = os.environ | own_settings(tmp_path)
    subprocess.run(command, cwd=topic.parent, env=environment, check=True)
    page = topic.with_suffix(".html")
    assert page.read_bytes() == downloaded
    need_web()
    seen = visit(page)
    assert len(seen.requests) == 1 and seen.messages == []
    assert axe_findings(seen.page) == []
