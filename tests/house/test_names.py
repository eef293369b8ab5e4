"""Names: files are plain nouns, public functions start with one of six verbs or are nouns."""

import ast

from rooms import PACKAGE, functions, modules, tracked

FORBIDDEN = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "manager",
    "base",
    "misc",
    "tools",
    "lib",
}
VERBS = {"load", "plan", "build", "write", "run"}  # the sixth is x_figure, x_table
OTHER_VERBS = {  # a seventh verb needs a reason
    "find_slug": "means what a person typed; loads nothing",
    "find_browser": "looks for a program of this machine; loads nothing",
    "check_page": "refuses a page that would ask for something",
    "check_complete": "refuses an executed notebook in which a cell has failed",
    "check_intake": "refuses an intake that is none before any work",
    "rehearse": "what a warm template does before it forks; it makes nothing",
}
NOUNS = {"check_digit"}
TYPES = set("int float str bool list dict tuple Path date City DataFrame".split())
ACTIONS = set(
    """add analyse analyze append apply assign breed calc calculate change check clean clear close
collect compare compute convert copy count create delete derive do draw dump emit ensure estimate
evaluate execute export extract fetch fill filter find fit fix format gather generate get give
handle import init insert iterate join make map merge move notify open optimize optimise parse pick
prepare print process produce pull push put query read remove render report reset resolve return
save scan search select send set setup show simulate solve sort split start stop store take tell
trace transform try update use validate visit walk""".split()
)


def public():
    """(module, function name) of every public function at the top of a module."""
    return [
        (name, node.name)
        for name, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_no_file_has_a_name_that_says_nothing():
    wrong = [
        path
        for path in tracked()
        if path.suffix in (".py", ".ipynb")
        if FORBIDDEN & set(path.stem.lower().strip("_").split("_"))
    ]
    assert not wrong


def test_a_file_of_the_package_is_one_plain_word():
    wrong = [
        path
        for path in PACKAGE.rglob("*.py")
        if not path.stem.isalpha() and not path.stem.startswith("__")
    ]
    assert not wrong


def test_a_public_function_starts_with_a_verb_of_the_house_or_is_a_noun():
    wrong = []
    for module, name in public():
        other = name.split("_")[0] in ACTIONS - VERBS
        if other and name not in OTHER_VERBS and name not in NOUNS:
            wrong.append(f"{module}.{name}")
    assert not wrong, f"use {sorted(VERBS)}, x_figure, x_table or a noun"


def test_the_list_of_other_verbs_names_only_what_exists():
    missing = set(OTHER_VERBS) - {name for _, name in public()}
    assert not missing, f"take these out of OTHER_VERBS: {missing}"


def test_every_module_and_public_name_has_a_docstring():
    bare = []
    for module, tree in modules().items():
        told = [(module, tree, True), *functions(tree)]
        bare += [
            f"{module} {name}" for name, node, seen in told if seen and not ast.get_docstring(node)
        ]
    assert not bare


def test_no_docstring_repeats_the_types():
    wrong = []
    for module, tree in modules().items():
        for name, node, _ in functions(tree):
            for line in (ast.get_docstring(node) or "").split("\n"):
                word, _, kind = line.strip().partition(" : ")
                if word.isidentifier() and kind in TYPES:
                    wrong.append(f"{module} {name}: {line.strip()}")
    assert not wrong
