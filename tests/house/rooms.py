"""The repository's own files as the house tests read them."""

import ast
import io
import os
import subprocess
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

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
WIDTH = 100  # columns of a line
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
SILENT = {  # kinds of tokens that are no code
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
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


class Measure(NamedTuple):
    """What a reader feels of a file: tokens of its code, lines that hold one, dense expressions."""

    tokens: int
    lines: int
    comprehensions: int
    conditions: int

    @property
    def dense(self):
        """Tokens a line of code."""
        return self.tokens / max(self.lines, 1)


def measured(path):
    """The measure of a Python file; comments, docstrings and line ends are not code."""
    source = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    said = {number for node in nodes for number in docstring_lines(node)}
    code = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in SILENT and token.start[0] not in said
    ]
    lines = {token.start[0] for token in code}
    dense = sum(isinstance(node, COMPREHENSIONS) for node in nodes)
    conditions = sum(isinstance(node, ast.IfExp) for node in nodes)
    return Measure(len(code), len(lines), dense, conditions)


def wide_lines(path):
    """How many lines of a file are wider than the law."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(len(line) > WIDTH for line in lines)


def docstring_lines(node):
    """The lines of the docstring of a module, a class or a function."""
    if not isinstance(node, DOCUMENTED) or ast.get_docstring(node) is None:
        return range(0)
    return range(node.body[0].lineno, node.body[0].end_lineno + 1)
