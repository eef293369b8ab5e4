"""What is kept out of a library, or taken from inside it: looked at when one is upgraded."""

import ast
import subprocess
import sys
from importlib.metadata import files


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
