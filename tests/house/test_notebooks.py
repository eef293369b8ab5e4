"""A notebook is a page, not a program; section 6 of the design as tests."""

import ast
import re

import nbformat
import pytest
from rooms import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WANTED = {
    "00_start",
    "00_city",
    "10_pmo",
    "20_staffing",
    "30_training",
    "40_budget",
    "50_governance",
    "55_risk",
    "60_report",
    "90_compare",
}
CELL_LINES, CELLS, LINES = 12, 25, 120
LOGIC = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.If,
    ast.IfExp,
    ast.Try,
    ast.TryStar,
    ast.With,
    ast.AsyncWith,
    ast.Match,
    ast.comprehension,
)
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def load(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(path, live=None):
    """Code cells; only live ones, or only others, where that is asked for."""
    cells = [cell for cell in load(path).cells if cell.cell_type == "code"]
    return [cell for cell in cells if live is None or ("live" in tags(cell)) is live]


def tags(cell):
    return cell.metadata.get("tags", [])


def names(cell, kind):
    return {
        node.id
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, kind)
    }


def test_the_notebooks_of_this_release_are_there():
    assert {path.stem for path in NOTEBOOKS} >= WANTED


@each
def test_a_notebook_is_small(path):
    lines = [len(cell.source.splitlines()) for cell in code_cells(path)]
    assert len(lines) <= CELLS and sum(lines) <= LINES
    assert max(lines) <= CELL_LINES


@each
def test_a_notebook_holds_no_logic(path):
    for cell in code_cells(path):
        found = [
            type(node).__name__
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, LOGIC)
        ]
        assert not found, f"{found}: {cell.source}"


@each
def test_a_notebook_imports_from_dxplan_only(path):
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            whole = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            whole += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert all(name.split(".")[0] == "dxplan" for name in whole), cell.source


@each
def test_one_cell_holds_the_parameters_as_plain_literals(path):
    (cell,) = [cell for cell in code_cells(path) if "parameters" in tags(cell)]
    assert cell is code_cells(path)[0] or cell.source == code_cells(path)[0].source, (
        "parameters come first"
    )
    for line in ast.parse(cell.source).body:
        assert isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name), cell.source
        ast.literal_eval(line.value)
    assert "city" in names(cell, ast.Store)


@each
def test_live_cells_come_last_in_their_section_and_nothing_needs_them(path):
    cells, made = load(path).cells, set()
    for before, cell in zip([None, *cells], cells):
        if cell.cell_type == "markdown":
            continue
        if "live" in tags(cell):
            made |= names(cell, ast.Store)
            continue
        assert before is None or "live" not in tags(before), (
            f"a live cell stands before: {cell.source}"
        )
        made -= names(cell, ast.Store)
        assert not made & names(cell, ast.Load), (
            f"made in a live cell: {made & names(cell, ast.Load)}"
        )
    for index, cell in enumerate(cells):
        if "live" in tags(cell):
            after = next((other for other in cells[index + 1 :] if "live" not in tags(other)), None)
            assert (
                after is None or after.cell_type == "markdown" and after.source.startswith("#")
            ), cell.source


@each
def test_a_notebook_is_kept_stripped(path):
    notebook = load(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}, cell.metadata
        assert cell.cell_type != "code" or not cell.outputs and cell.execution_count is None


@each
def test_a_notebook_is_a_page_with_one_title(path):
    first = load(path).cells[0]
    titles = [
        line
        for cell in load(path).cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match("# ", line)
    ]
    assert len(titles) <= 1
    assert first.cell_type == "markdown" or "parameters" in tags(first)


@each
def test_prose_types_no_number_of_a_city(path):
    """Numbers of a city are built by the package; such as 20業務 and 40ステップ are the same for all."""
    fixed = r"20業務|40ステップ|1,741団体|[0-9]{4}年度|[0-9]+章|第[0-9]+"
    for cell in load(path).cells:
        if cell.cell_type == "markdown":
            prose = re.sub(
                fixed, "", re.sub(r"`[^`]*`|\([^)]*\)|^#.*$", "", cell.source, flags=re.MULTILINE)
            )
            assert not re.search(r"[0-9][0-9.,]*\s*(?:人|円|%|か月|週|件|団体|システム)", prose), (
                cell.source
            )
