"""A params folder of one's own, quick effort, and what runs on an event loop."""

import asyncio
import re
import socket
import subprocess
import sys
import time

import pytest

from dxplan import reports


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty params folder that everything of this process and its children reads."""
    made = tmp_path / "params"
    made.mkdir()
    monkeypatch.setenv(reports.FILES, str(made))
    monkeypatch.setenv(reports.EFFORT, "簡易")
    return made


@pytest.fixture
def run(folder):
    """A function that runs a coroutine to its end."""
    return asyncio.run


@pytest.fixture
def serve(folder, tmp_path, monkeypatch):
    """A function that starts `dxplan lab` with settings of its own, and gives its address."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
                 "JUPYTERLAB_WORKSPACES_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("DXPLAN_OUT", str(tmp_path / "out"))
    started = []

    def start(*words):
        log = tmp_path / "server.log"
        with log.open("w") as sink:
            server = subprocess.Popen([sys.executable, "-m", "dxplan", "lab", "--no-browser", "--port", str(_free_port()), *map(str, words)],
                                      stdout=sink, stderr=subprocess.STDOUT)
        started.append(server)
        return _address(server, log)

    yield start
    for server in started:
        server.terminate()
        server.wait(30)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _address(server, log):
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S*", log.read_text())
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-2000:]}")
