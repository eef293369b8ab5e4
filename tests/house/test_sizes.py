"""Sizes as a reader feels them: tokens a line, statements a function, depth; and the whole."""

import ast
from functools import cache
from statistics import median

import pytest
from rooms import PACKAGE, ROOT, WIDTH, functions, measured, modules, tracked, wide_lines

# Tokens a code line: no file above the first, the median file at most at the second.
DENSE, TYPICAL = 11, 9
FILE = 5_000  # tokens of code in a file
SHORT, LONGEST = 10, 28  # statements: three quarters of the functions, and all of them
DEPTH = 4  # blocks inside each other
COMPREHENSIONS, CONDITIONS = 5, 2  # per 100 code lines of the package
# with the sheets of a hearing, official and own files (53,000), risk (16,000), initiatives
# (15,000), page one and what published plans have (8,000), PMO papers (9,500), Word and
# PowerPoint (7,000), a council's questions (3,000), editions (3,000), what falls together in the
# index of a run, hours in whole units (600), helpers asked over pipes, where one that dies loses
# its own city alone (200)
PACKAGE_TOKENS = 349_600


def relative(path):
    return path.relative_to(ROOT).as_posix()


@cache
def code():
    """Every file of the package with its measure."""
    return {relative(path): measured(path) for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def bodies():
    """'file function' -> the syntax tree of each function of the package."""
    found = {}
    for name, tree in modules().items():
        for inner, node, _ in functions(tree):
            if not isinstance(node, ast.ClassDef):
                found[f"{name} {inner}"] = node
    return found


def statements(node):
    """How many statements stand in a function, its own line and its docstring left out."""
    inside = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 1
    return inside - bool(ast.get_docstring(node))


def depth(node):
    """How many blocks stand inside each other below a node; a function inside begins anew."""
    deepest = 0
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        block = isinstance(inner, (ast.If, ast.For, ast.While, ast.With, ast.Try))
        deepest = max(deepest, depth(inner) + block)
    return deepest


def test_a_line_of_code_can_be_read_aloud():
    dense = {name: found.dense for name, found in code().items() if found.lines}
    assert median(dense.values()) <= TYPICAL
    wrong = {name: round(value, 2) for name, value in dense.items() if value > DENSE}
    assert not wrong, f"tokens a code line: {wrong}"


def test_no_file_of_the_package_is_long():
    long = {name: found.tokens for name, found in code().items() if found.tokens > FILE}
    assert not long


def test_three_quarters_of_functions_are_short_and_none_is_very_long():
    counts = {name: statements(node) for name, node in bodies().items()}
    assert len([count for count in counts.values() if count > SHORT]) <= len(counts) / 4
    assert not {name: count for name, count in counts.items() if count > LONGEST}


def test_no_function_is_deep():
    assert not {name: depth(node) for name, node in bodies().items() if depth(node) > DEPTH}


def test_the_package_uses_few_comprehensions_and_conditional_expressions():
    found = code().values()
    lines = sum(one.lines for one in found) / 100
    assert sum(one.comprehensions for one in found) / lines <= COMPREHENSIONS
    assert sum(one.conditions for one in found) / lines <= CONDITIONS


def test_the_package_does_not_grow():
    assert sum(found.tokens for found in code().values()) <= PACKAGE_TOKENS


def test_no_line_is_wide():
    sources = [path for path in tracked() if path.suffix == ".py"]
    wide = {relative(path): wide_lines(path) for path in sources if wide_lines(path)}
    assert not wide, f"lines above {WIDTH} columns: {wide}"


@pytest.mark.parametrize("source, tokens, lines", [
    ('"""Doc."""\nx = 1\n', 3, 1),
    ("# why\n\ndef f(a):\n    '''Doc.'''\n    return a  # said\n", 8, 2),
    ("x = (\n    1,\n)\n", 6, 3),
])  # fmt: skip
def test_a_docstring_a_comment_and_a_line_end_are_not_code(tmp_path, source, tokens, lines):
    path = tmp_path / "x.py"
    path.write_text(source, encoding="utf-8")
    found = measured(path)
    assert (found.tokens, found.lines) == (tokens, lines)


def test_a_function_is_measured_by_statements_and_depth():
    node = ast.parse(
        'def f(a):\n    """Doc."""\n    if a:\n'
        "        for b in a:\n            print(b)\n    return a\n"
    ).body[0]
    assert (statements(node), depth(node)) == (4, 2)
