"""What tests and benchmarks of a meeting share: the server, the page, and what people do there."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dxplan import reports
from tests.browser import launched
from tests.conftest import ROOT

HOMES = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
)
FIELD = ".dxplan-field:visible"
RUNNING = ".jp-InputPrompt"  # of a cell: it shows a star while the cell runs
SOON, QUICK, LONG = 10_000, 20_000, 90_000
VIEW = {"viewport": {"width": 1500, "height": 1200}, "locale": "ja-JP"}


def own_settings(folder):
    """Variables under which Jupyter reads and writes below a folder alone."""
    return {name: str(folder / name.lower()) for name in HOMES} | {
        "DXPLAN_OUT": str(folder / "out")
    }


def start_server(folder, *words):
    """`dxplan lab` as a process, and its address; its words go to a file of the folder."""
    log = folder / "server.log"
    command = [
        sys.executable,
        "-m",
        "dxplan",
        "lab",
        "--no-browser",
        "--port",
        str(_free_port()),
        *map(str, words),
    ]
    with log.open("w") as sink:
        server = subprocess.Popen(
            command, stdout=sink, stderr=subprocess.STDOUT, env=os.environ | own_settings(folder)
        )
    try:
        return server, _address(server, log)
    except AssertionError:  # nobody else knows of it
        server.kill()
        server.wait()
        raise


@contextmanager
def table(*words):
    """For benchmarks: the first notebook without params on its own server, and a browser beside."""
    with launched() as browser, tempfile.TemporaryDirectory() as folder:
        os.environ[reports.FILES] = folder
        server, address = start_server(
            Path(folder), shutil.copy(ROOT / "notebooks" / "00_start.ipynb", folder), *words
        )
        try:
            yield browser, server, address
        finally:
            server.terminate()
            server.wait(30)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _address(server, log):
    until = time.monotonic() + 240  # a busy machine
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S*", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")


@dataclass
class Meeting:
    """An opened page, with what it asked of the network and complained about."""

    page: object
    asked: list = field(default_factory=list)
    said: list = field(default_factory=list)

    @classmethod
    def at(cls, context, address):
        """The page at an address, listened to from its first byte."""
        meeting = cls(context.new_page())
        meeting.page.on("request", lambda request: meeting.asked.append(request.url))
        meeting.page.on(
            "console",
            lambda message: meeting.said.append(message.text) if message.type == "error" else None,
        )
        meeting.page.on("pageerror", lambda fault: meeting.said.append(str(fault)))
        meeting.page.goto(address, timeout=LONG)
        return meeting

    def tab(self, name):
        self.page.get_by_role("tab", name=name, exact=True).click()

    def control(self, label):
        return self.page.locator(FIELD).filter(has=self.page.locator("label", has_text=label)).first

    def box(self, label):
        return self.control(label).locator("select, input:not([type=range])")

    def slider(self, label):
        return self.control(label).locator("input[type=range]")

    def picture(self):
        return self.page.locator("figure svg:visible").first.inner_html()

    def wait_new(self, picture):
        """Wait until another picture is in sight."""
        until = time.monotonic() + LONG / 1000
        while self.picture() == picture:
            assert time.monotonic() < until, "the picture did not change"
            self.page.wait_for_timeout(100)

    def wait_state(self, words):
        self.page.locator(".dxplan-state:visible", has_text=words).wait_for(timeout=LONG)

    def wait_value(self, label, least):
        """The number of a control, once it is above another and the plan is under way."""
        box = self.box(label)
        self.page.wait_for_function(
            "([box, least]) => Number(box.value) > least",
            arg=[box.element_handle(), least],
            timeout=QUICK,
        )
        self.control(label).and_(self.page.locator(".dxplan-changed")).wait_for(timeout=QUICK)
        return float(box.input_value())

    def see(self, label, value):
        """Wait until a control shows a number."""
        self.page.wait_for_function(
            "([box, value]) => Number(box.value) === value",
            arg=[self.box(label).element_handle(), value],
            timeout=LONG,
        )

    def headline(self, name):
        """What is told under the name of what lies on the table."""
        title = self.page.locator("h2", has_text=name)
        return title.locator("xpath=following-sibling::p").inner_text()

    def press(self, name):
        self.page.locator("button:visible", has_text=name).first.click()

    def fill(self, label, text):
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Tab")

    def choose(self, typed, name):
        """Lay another municipality on the table, and wait for it."""
        chooser = self.page.get_by_label("団体(名前・かな・コード)")
        before = self.page.locator(".jupyter-widgets.widget-tab:visible").first.element_handle()
        chooser.fill(typed)
        chooser.press("Enter")
        self.page.wait_for_function(
            "tabs => !tabs.isConnected", arg=before, timeout=LONG
        )  # the table is laid anew
        self.page.locator(FIELD).first.wait_for(timeout=LONG)
        self.page.locator("h2", has_text=name).wait_for(timeout=LONG)

    def run_all(self, done=FIELD):
        """Let JupyterLab run the notebook once its kernel is idle, until it shows done."""
        from playwright.sync_api import (
            TimeoutError,  # here: without Playwright the tests are skipped by name
        )

        for _ in range(5):
            self._wait_kernel()
            if self.page.locator(
                "dialog.jp-Dialog:visible"
            ).count():  # Lab asks for a kernel where the list of them came late
                self.page.reload(timeout=LONG)
                continue
            self.page.locator("li.lm-MenuBar-item", has_text="実行").click()
            self.page.locator("li.lm-Menu-item[data-command='runmenu:run-all']").click()
            try:
                self.page.locator(RUNNING, has_text="*").first.wait_for(timeout=SOON)
                self.page.wait_for_selector(done, timeout=LONG)
                return
            except TimeoutError:  # the click came before the kernel
                if self.page.locator(done).count():
                    return
        raise AssertionError("the notebook did not run")

    def _wait_kernel(self):
        self.page.wait_for_selector(".jp-NotebookPanel-toolbar", timeout=LONG)
        self.page.wait_for_function(
            """async () => {
            const token = new URLSearchParams(location.search).get('token');
            const found = await (await fetch('/api/sessions?token=' + token)).json();
            const ready = k => k.connections > 0 && k.execution_state === 'idle';
            return found.some(s => ready(s.kernel)); }""",
            timeout=LONG,
        )
