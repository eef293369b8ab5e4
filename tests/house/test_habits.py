"""Habits of all code and text: nothing swallowed, nothing printed, nothing of a machine."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from rooms import PACKAGE, ROOT, modules, tracked

PRINTS = ("cli", "__main__")
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
PLACES = [str(place) for place in (ROOT, Path.home()) if len(place.parts) > 2]
MACHINE = "|".join(
    [  # written in pieces, so that this file does not hold them
        *(rf"(?<![\w./]){re.escape(place)}(?![\w-])" for place in PLACES),
        "pypi" + r"\.org",
        "python" + "hosted",
        "index" + "-url",
        "ana" + r"conda\.(?:org|com)",
    ]
)
PERSON = (
    r"(?<![\w.])/" + r"(?:tmp|home|root|Users)/\w|[A-Z]:\\" + "Users"
)  # tests may invent such a path to look for leaks
BROAD = ("Exception", "BaseException")
CHANCE = r"\b(?:date\.today|datetime\.now|time\.time|perf_counter|import random|default_rng\(\))"


def nodes(kind):
    """(module, node) of every node of a kind in the package."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield module, node


def test_no_fault_is_swallowed():
    wrong = []
    for module, node in nodes(ast.ExceptHandler):
        silent = all(isinstance(step, (ast.Pass, ast.Continue)) for step in node.body)
        if node.type is None:
            wrong.append(f"{module} {node.lineno}: bare except")
        elif silent and isinstance(node.type, ast.Name) and node.type.id in BROAD:
            wrong.append(f"{module} {node.lineno}: every fault is swallowed")
    assert not wrong


def test_only_the_command_line_prints():
    wrong = []
    for module, node in nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("print", "input"):
            wrong.append(f"{module} prints in line {node.lineno}")
    assert not [line for line in wrong if not line.startswith(PRINTS)]


def test_the_clock_and_chance_stay_outside_floors_one_to_three():
    """Same input, same plan: no clock, no unseeded draw."""
    wrong = []
    for path in [*PACKAGE.glob("*.py"), *(PACKAGE / "plan").glob("*.py")]:
        found = re.search(CHANCE, path.read_text(encoding="utf-8"))
        if found and path.stem not in PRINTS:
            wrong.append(f"{path.name}: {found[0]}")
    assert not wrong


def texts():
    return [path for path in tracked() if path.suffix in TEXT and path.name != "LICENSE"]


def test_no_text_file_names_anything_of_a_machine():
    wrong = []
    for path in texts():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")  # one is in CP932
        found = re.search(MACHINE, text)
        if found is None and not name.startswith("tests/"):
            found = re.search(PERSON, text)
        if found:
            wrong.append(f"{name}: {found[0]}")
    assert not wrong


def test_what_is_of_a_machine_is_seen():
    for place in PLACES:
        assert re.search(MACHINE, f"see {place}/x") and not re.search(MACHINE, f"{place}x/y")
    assert re.search(PERSON, "/" + "home/taro/x") and not re.search(PERSON, "a/home/x")


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
        "exporter",
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
