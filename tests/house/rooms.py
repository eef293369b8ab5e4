"""The repository's own files as the house tests read them."""

import ast
import os
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "dxplan"
SKIPPED = {
    ".git",
    ".venv",
    "out",
    "build",
    "__pycache__",
    ".pytest_cache",
    ".ipynb_checkpoints",
    "node_modules",
}


@cache
def modules():
    """Name below dxplan (months, plan.pmo, press) -> syntax tree."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "dxplan"
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def tracked():
    """Files that git keeps or would keep; every file where there is no git."""
    run = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True
    )
    if run.returncode == 0 and run.stdout:
        found = [ROOT / name for name in run.stdout.decode().split("\0") if name]
    else:
        found = [
            Path(folder, name)
            for folder, below, names in os.walk(ROOT)
            if not below.__setitem__(slice(None), [b for b in below if b not in SKIPPED])
            for name in names
        ]
    return tuple(sorted(path for path in found if path.is_file()))


def functions(tree):
    """(qualified name, node, public) of every function and class of a module, however deep."""

    def walk(node, prefix, public):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name, inside = (
                    f"{prefix}{child.name}",
                    isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)),
                )
                seen = public and not inside and not child.name.startswith("_")
                yield name, child, seen
                yield from walk(child, f"{name}.", seen)
            else:
                yield from walk(child, prefix, public)

    return list(walk(tree, "", True))


def code_lines(node, source):
    """Lines of code of a function: without docstring, blank lines and comments."""
    skipped = set()
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(
            inner
        ):
            skipped |= set(range(inner.body[0].lineno, inner.body[0].end_lineno + 1))
    lines = source.split("\n")
    return sum(
        1
        for number in range(node.lineno, node.end_lineno + 1)
        if number not in skipped
        and lines[number - 1].strip()
        and not lines[number - 1].strip().startswith("#")
    )
