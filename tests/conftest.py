"""Fixtures that several parts of the tests share."""

import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.browser import chromium, visit  # noqa: F401  (fixtures)

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "visit",
    "chromium",
    "browser",
    "recalculated",
    "project",
    "lasting",
    "resaved",
}  # fixtures that want a part of the machine, or a process of their own


def pytest_configure():
    """Stay deaf to what `nohup` or a script's `&` has made deaf, but let nobody inherit it."""
    for name in ("SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_collection_modifyitems(items):
    """Mark what wants a browser, an office, Java or a process: a quick run leaves it out."""
    for item in items:
        if PARTS.intersection(item.fixturenames):
            item.add_marker(pytest.mark.parts)


def code(source, *tags):
    """A code cell with tags."""
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


@pytest.fixture(scope="session")
def write_notebook():
    """A function that writes a notebook: text starting with # is markdown, other text is code."""

    def write(path, *cells, parameters='city = "sample"'):
        made = [code(parameters, "parameters")] if parameters is not None else []
        for cell in cells:
            if isinstance(cell, str):
                cell = new_markdown_cell(cell) if cell.startswith("#") else code(cell)
            made.append(cell)
        nbformat.write(new_notebook(cells=made), path)
        return path

    return write


@pytest.fixture
def dxplan():
    """A function that runs the command line in a process of its own."""

    def run(*words, **settings):
        return subprocess.run(
            [sys.executable, "-m", "dxplan", *map(str, words)],
            cwd=ROOT,
            text=True,
            capture_output=True,
            timeout=300,
            **settings,
        )

    return run
