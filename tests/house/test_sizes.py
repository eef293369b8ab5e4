"""Sizes are signals: three quarters of functions at 15 lines or fewer, none above 40, no file above 400."""

import ast

import pytest
from rooms import PACKAGE, ROOT, code_lines, functions, tracked

SHORT, LONGEST, FILE = 15, 40, 400


def measured():
    """'file function' -> lines of code, for each function of the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for name, node, _ in functions(ast.parse(source)):
            if not isinstance(node, ast.ClassDef):
                found[f"{path.relative_to(ROOT).as_posix()} {name}"] = code_lines(node, source)
    return found


def test_three_quarters_of_functions_are_short():
    lines = measured()
    long = {name: count for name, count in lines.items() if count > SHORT}
    assert len(long) <= len(lines) / 4, long


def test_no_function_is_very_long():
    assert not {name: count for name, count in measured().items() if count > LONGEST}


@pytest.mark.parametrize(
    "path",
    [path for path in tracked() if path.suffix == ".py"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_file_is_long(path):
    count = len(path.read_text(encoding="utf-8").splitlines())
    assert count <= FILE, f"{path.name}: {count} lines"


def test_a_docstring_a_blank_line_and_a_comment_are_not_code():
    source = 'def f(a,\n      b):\n    """One.\n\n    Two.\n    """\n    # why\n\n    return a\n'
    assert code_lines(ast.parse(source).body[0], source) == 3
