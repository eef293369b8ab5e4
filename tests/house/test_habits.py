"""Habits of all code and text: nothing swallowed, nothing printed, nothing of this machine."""

import ast
import os
import re
import subprocess
import sys

import pytest
from rooms import PACKAGE, ROOT, modules, tracked

PRINTS = {"cli", "__main__"}
TEXT = {
    ".py",
    ".md",
    ".csv",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".ipynb",
    ".j2",
    ".css",
    ".cfg",
    ".json",
    ".html",
    ".sh",
    "",
}
MACHINE = "|".join(
    [  # written in pieces, so that this file does not hold them
        r"(?<![\w.])/" + r"(?:work|root)/\w",
        "pypi" + r"\.org",
        "python" + "hosted",
        "index" + "-url",
        "ana" + r"conda\.(?:org|com)",
        "issues" + " show",
        "uv" + r"v/bin",
    ]
)
PERSON = (
    r"(?<![\w.])/" + r"(?:tmp|home|Users)/\w|[A-Z]:\\" + "Users"
)  # tests may invent such a path to look for leaks
SHARED = r"\.\./" + "shared|" + "shared/" + "(?:domain|data|bench|design)"
MAY_SKIP = (
    "tests/",
    "Makefile",
    "README",
    "CONTRIBUTING",
)  # they say where the bench is, and do without it


@pytest.mark.parametrize("module", modules())
def test_no_fault_is_swallowed(module):
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{module} {node.lineno}: bare except"
            broad = isinstance(node.type, ast.Name) and node.type.id in (
                "Exception",
                "BaseException",
            )
            silent = all(isinstance(step, (ast.Pass, ast.Continue)) for step in node.body)
            assert not (broad and silent), f"{module} {node.lineno}: every fault is swallowed"


@pytest.mark.parametrize("module", [name for name in modules() if name.split(".")[0] not in PRINTS])
def test_only_the_command_line_prints(module):
    lines = [
        node.lineno
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "input")
    ]
    assert not lines, f"{module} prints in {lines}"


def test_the_clock_and_chance_stay_outside_floors_one_to_three():
    """Same input, same plan: no clock, no unseeded draw."""
    for path in [*PACKAGE.glob("*.py"), *(PACKAGE / "plan").glob("*.py")]:
        if path.stem not in PRINTS:
            source = path.read_text(encoding="utf-8")
            found = re.search(
                r"\b(?:date\.today|datetime\.now|time\.time|perf_counter|"
                r"import random|default_rng\(\))",
                source,
            )
            assert not found, f"{path.name}: {found[0]}"


def texts():
    return [path for path in tracked() if path.suffix in TEXT and path.name != "LICENSE"]


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_text_file_names_nothing_of_a_machine(path):
    name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    found = re.search(MACHINE, text)
    assert not found, f"{name}: {found[0]}"
    found = re.search(SHARED, text)
    assert not found or name.startswith(MAY_SKIP), f"{name}: {found[0]}"
    found = re.search(PERSON, text)
    assert not found or name.startswith("tests/"), f"{name}: {found[0]}"


def test_no_stray_file_lies_at_the_top():
    known = {
        "README.md",
        "README.ja.md",
        "README.png",
        "CONTRIBUTING.md",
        "LICENSE",
        "Makefile",
        "pyproject.toml",
        "requirements.txt",
        "environment.yml",
        ".gitignore",
        ".gitattributes",
    }
    folders = {"notebooks", "dxplan", "data", "params", "tests", ".ci"}
    tops = {path.relative_to(ROOT).parts for path in tracked()}
    assert {parts[0] for parts in tops if len(parts) == 1} <= known
    assert {parts[0] for parts in tops if len(parts) > 1} <= folders | {"docs"}


LOOK = """
import importlib, os, random, signal, sys, threading, warnings
import matplotlib, numpy, pandas
names = sys.argv[1:]
def state():
    own = [row for row in warnings.filters if row[2].__module__ == "builtins"]  # no library's kinds
    return {"environment": dict(os.environ), "folder": os.getcwd(), "path": list(sys.path),
            "style": dict(matplotlib.rcParams), "warnings": own,
            "chance": random.getstate(), "interrupt": signal.getsignal(signal.SIGINT),
            "rows": pandas.options.display.max_rows, "floats": numpy.geterr(),
            "hook": sys.displayhook,
            "threads": sorted(thread.name for thread in threading.enumerate()),
            "tasks": len(os.listdir("/proc/self/task")) if sys.platform == "linux" else 0}
before = state()
for name in names:
    importlib.import_module(name)
after = state()
print([key for key in before if before[key] != after[key]])
"""


def test_imports_have_no_side_effects_and_start_no_thread():
    beside = (
        "dxplan",
        "__main__",
        "press",
        "reports",
        "bundles",
        "workshop",
    )  # a notebook that is printed imports none of them
    names = [f"dxplan.{name}" for name in modules() if name.split(".")[0] not in beside]
    quiet = {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *names],
        capture_output=True,
        text=True,
        env={**os.environ, **quiet},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]", f"importing dxplan changes {done.stdout}"
