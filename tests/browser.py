"""Chromium for tests, with the network closed: what a page asks for, says and shows."""

import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@dataclass
class Visit:
    """One opened page, and everything it asked for or complained about."""

    page: object
    requests: list = field(default_factory=list)
    messages: list = field(default_factory=list)

    @property
    def text(self):
        """What a reader sees."""
        return self.page.inner_text("body")


def _skip():
    pytest.skip("Chromium がないので、ブラウザでの確認を省きます")


def _stop():
    sys.exit("Chromium is not installed: nothing was measured.")


@contextmanager
def launched(absent=_stop):
    """The browser of this machine while it is wanted; where there is none, ``absent`` is called."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        absent()
    api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright がないので、ブラウザでの確認を省きます"
    )
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium():
    """The browser of a test; a module's own, because Playwright keeps an event loop running."""
    with launched(_skip) as browser:
        yield browser


@contextmanager
def open_chromium():
    """For benchmarks: a function that opens a file with no network; the page before is closed."""
    with launched() as browser:
        contexts = []

        def open_file(path, width=1280, scripts=True):
            for old in contexts:
                old.close()
            contexts[:] = [_context(browser, width, scripts)]
            return _visit(contexts[0], path)

        yield open_file


@pytest.fixture
def visit(chromium):
    """A function that opens a file with the network closed."""
    contexts = []

    def open_file(path, width=1280, scripts=True):
        contexts.append(_context(chromium, width, scripts))
        return _visit(contexts[-1], path)

    yield open_file
    for context in contexts:
        context.close()


def _context(browser, width, scripts):
    return browser.new_context(
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        offline=True,
        locale="ja-JP",
    )


def _visit(context, path):
    seen = Visit(context.new_page())
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda fault: seen.messages.append(str(fault)))
    seen.page.goto(path.resolve().as_uri(), wait_until="load")
    seen.page.wait_for_load_state("networkidle")
    return seen
