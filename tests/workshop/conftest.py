"""A params folder of one's own, quick effort, an event loop, and the meeting's server and pages."""

import asyncio
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from dxplan import reports
from dxplan.workshop import prover
from dxplan.workshop.desk import Desk
from tests.conftest import ROOT
from tests.workshop.meeting import VIEW, Meeting, start_server


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


OWN = vars(Desk)["_process"]


class Lasting(ProcessPoolExecutor):
    """A process that proves, and outlives the desks that ask it."""

    def shutdown(self, wait=True, *, cancel_futures=False):
        """A desk lets it go: nothing happens."""

    def end(self):
        """All desks are closed."""
        super().shutdown()


@pytest.fixture(scope="session")
def lasting():
    """The process of all desks whose test is not about processes: one costs five seconds."""
    process = Lasting(1, get_context("spawn"), prover.follow)
    yield process
    process.end()


@pytest.fixture
def one_prover(lasting, monkeypatch):
    """Every desk of a test asks the same process."""
    monkeypatch.setattr(Desk, "_process", lasting)


@pytest.fixture
def own_prover(monkeypatch):
    """Every desk of a test has its own process, as at a real table."""
    monkeypatch.setattr(Desk, "_process", OWN)


@pytest.fixture
def servers(folder, tmp_path):
    """A function that starts `dxplan lab` with settings of its own: the process and its address."""
    started = []

    def start(*words):
        started.append(start_server(tmp_path, *words))
        return started[-1]

    yield start
    for server, _ in started:
        server.terminate()
        server.wait(30)


@pytest.fixture
def serve(servers):
    """The same, for those who want the address alone."""
    return lambda *words: servers(*words)[1]


@pytest.fixture
def meet(chromium):
    """A function that opens an address and gives its page."""
    contexts = []

    def open_address(address):
        contexts.append(chromium.new_context(**VIEW))
        return Meeting.at(contexts[-1], address)

    yield open_address
    for context in contexts:
        context.close()


@pytest.fixture
def notebook(tmp_path):
    """A copy of the first notebook: JupyterLab saves what it shows."""
    return shutil.copy(ROOT / "notebooks" / "00_start.ipynb", tmp_path)
