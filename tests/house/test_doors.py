"""What is kept out of a library, or taken from inside it: CONTRIBUTING, "When X is upgraded".

A test that fails here after an upgrade says which door has moved; the page says what to look at.
"""

import ast
import inspect
import re
import subprocess
import sys
import textwrap
from importlib.metadata import files
from io import StringIO

import highspy
import nbclient
import numba
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from jupyter_client.client import KernelClient
from jupyter_client.session import Session
from nbconvert import HTMLExporter
from nbconvert.exporters import Exporter
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from rooms import ROOT

from dxplan.press.cells import CellsExporter
from dxplan.press.warm import fork, zygote
from dxplan.show import svg
from dxplan.show.charts import Panel
from dxplan.show.style import AMBER
from dxplan.solve.outcome import build_simplex

ROW = re.compile(r"^\| `([^`]+)` (\S+) \|", re.MULTILINE)


def asked(code, *holders):
    """What code asks of some objects, in its order: `init_io` of self.init_io()."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in holders:
            names.append((node.lineno, node.attr))
    return [name for _, name in sorted(names)]


def same_words(ours, theirs):
    """Whether two functions take the same arguments."""
    return list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)


def test_the_page_was_read_for_the_versions_that_are_pinned():
    """After `make lock`: go through CONTRIBUTING, "When X is upgraded", and write what was seen."""
    _, page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## When X is upgraded")
    pins = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", pins, re.MULTILINE))
    seen = dict(ROW.findall(page.split("\n## ")[0]))
    assert len(seen) >= 7 and seen == {name: pinned.get(name) for name in seen}


# --- HiGHS ---------------------------------------------------------------------------------------
def test_the_public_highs_prints_and_its_private_parent_is_silent(capfd):
    """Where the first half fails, upstream has mended it: take highspy.Highs in solve/."""
    assert highspy.Highs.__bases__ == (highspy.highs._Highs,)
    highspy.Highs()
    assert "HiGHS" in capfd.readouterr().out
    build_simplex().run()
    assert capfd.readouterr().out == ""


# --- matplotlib ----------------------------------------------------------------------------------
FORMS = ("<metadata>", "<style ", '<g id="', ": ", '<pattern id="', " xmlns:xlink=", "\nL ")


def test_matplotlib_still_writes_what_is_taken_out_of_its_svg():
    """Where a form is missing, a pattern of `_lean` passes it by now."""
    canvas, text = svg.Canvas(144, 72), StringIO()
    panel = Panel(canvas, (0, 0, 2, 1), (0, 1), (0, 1))
    panel.boxes([(0, 1, 0, 1)], AMBER)
    panel.words(0, 0, "移行")
    canvas.figure().savefig(text, format="svg")  # asks a writer around ours for `writer`
    raw = text.getvalue()
    assert not [form for form in FORMS if form not in raw]
    lean = svg._lean(raw)
    assert ">移行</text>" in lean and not re.search(r"metadata|<style| style=|<g\b|: |\nL", lean)


# --- ipykernel, nbclient -------------------------------------------------------------------------
# what an application of ipykernel does at its start; where the halves in zygote.py have it
STEPS = {
    "initialize": "",  # of the parent: asked for in `prepare` by its name
    "subapp": "",  # installs a kernel's description; there is none
    "init_pdb": "prepare",
    "init_blackhole": "prepare",
    "init_connection_file": "",  # sockets of zmq: ours are plain ones
    "init_poller": "",  # a child is killed with its parent
    "init_sockets": "",
    "init_heartbeat": "",
    "write_connection_file": "",
    "log_connection_info": "",
    "init_io": "begin",
    "init_signal": "begin",
    "log_level": "",
    "log": "",
    "init_kernel": "",  # the kernel is made in `prepare` by hand
    "init_path": "prepare",
    "init_shell": "prepare",
    "shell": "",
    "init_gui_pylab": "prepare",
    "init_extensions": "prepare",
    "init_code": "prepare",
}


def test_the_two_halves_of_a_kernel_do_the_steps_that_ipykernel_does():
    theirs = asked(IPKernelApp.initialize, "self", "super()")
    assert list(dict.fromkeys(theirs)) == list(STEPS)
    for half in (zygote._App.prepare, zygote._App.begin):
        wanted = [name for name, where in STEPS.items() if where == half.__name__]
        assert [name for name in asked(half, "self") if STEPS.get(name)] == wanted


def test_what_our_kernel_overrides_is_still_asked_for():
    asked_for = inspect.getsource(inspect.getmodule(Kernel))
    assert "if self._supports_kernel_subshells" in asked_for
    assert "self._abort_queues(subshell_id)" in asked_for
    assert same_words(zygote._Kernel._abort_queues, Kernel._abort_queues)
    assert {"socket", "pipe", "session"} <= set(inspect.signature(IOPubThread).parameters)
    assert "self.background_socket = " in inspect.getsource(IOPubThread.__init__)


def test_our_manager_and_client_have_what_nbclient_asks_for():
    client = inspect.getmodule(nbclient.NotebookClient)
    manager = set(asked(client, "self.km", "km"))
    assert manager >= {"start_kernel", "shutdown_kernel", "is_alive"}
    assert not [name for name in manager if not hasattr(fork.Kernel, name)]
    assert not [name for name in asked(client, "self.kc", "kc") if not hasattr(fork.Client, name)]


def test_papermill_hands_our_manager_on_to_nbclient():
    handed_on = inspect.signature(NBClientEngine.execute_managed_notebook).parameters["kwargs"]
    assert handed_on.kind is inspect.Parameter.VAR_KEYWORD
    assert "km" in inspect.signature(PapermillNotebookClient).parameters


def test_our_client_replaces_channels_that_jupyter_client_still_has():
    """And a message is signed by nobody: a session takes an empty key for that."""
    for name in ("shell_channel", "iopub_channel", "start_channels", "stop_channels"):
        assert name in vars(fork.Client) and hasattr(KernelClient, name)
    assert Session(key=b"").auth is None


# --- nbconvert -----------------------------------------------------------------------------------
def test_the_exporter_that_is_passed_over_does_no_more_than_it_did():
    """Its own: resources, two filters (ours are given), the parent's work, then a second parse."""
    assert asked(HTMLExporter.from_notebook_node, "self", "super()") == [
        "filters",
        "_init_resources",
        "_nb_metadata",
        "register_filter",
        "register_filter",
        "from_notebook_node",
        "log",
    ]
    assert asked(Exporter.from_notebook_node, "self").count("_preprocess") == 1
    assert same_words(CellsExporter._preprocess, Exporter._preprocess)


# --- numba ---------------------------------------------------------------------------------------
def test_compiled_code_lies_where_numba_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    kept = numba.njit(cache=True)(asked_of_numba)
    assert kept.stats.cache_path.startswith(str(tmp_path))


def asked_of_numba():
    """A function that could be compiled."""


# --- jsonschema ----------------------------------------------------------------------------------


def test_a_slow_grammar_of_jsonschema_stays_out():
    """It takes 1.4 s of CPU in every process that imports nbformat; no format of ours uses it."""
    told = "import sys, dxplan, nbformat; print(sys.modules['rfc3987_syntax'])"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout == "None\n"


def test_the_grammar_is_still_built_at_import():
    """Where this fails, upstream has mended it: take the two lines out of dxplan/__init__.py."""
    built = []
    for path in files("rfc3987_syntax"):
        if path.suffix == ".py":
            tree = ast.parse(path.locate().read_text(encoding="utf-8"))
            built += [call_name(node.value) for node in tree.body if isinstance(node, ast.Assign)]
    assert "Lark" in built


def call_name(node):
    """The name of what is called, or nothing."""
    return getattr(getattr(node, "func", None), "id", "")
