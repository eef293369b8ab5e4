"""The page of a notebook that somebody has run at their own table, made as the press makes it."""

from __future__ import annotations

import ast
from typing import NoReturn

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from dxplan.press import PressError
from dxplan.press.notebook import PARAMETER, check_complete, lasting_cells, tags_of
from dxplan.press.page import build_page

PARAMETERS = ("injected-parameters", "parameters")  # the word that holds, and the one of the file
UNRUN = (
    "まだ実行していないセルが{}個あるため、ページを作れません。"
    "すべてのセルを実行し、保存してからもう一度書き出してください。"
)
NOTHING = (
    "セルの結果が1つもないため、ページを作れません。図か表を表示するノートブックを選んでください。"
)


class PageExporter(Exporter):
    """One HTML file, whole without a network: nbconvert's way to the press's page."""

    output_mimetype = "text/html"
    export_from_notebook = "dxplan ページ(1ファイル、オフライン)"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own page makers give text too
        self, nb: NotebookNode, resources: dict | None = None, **kw: object
    ) -> tuple[str, dict]:
        """HTML of an executed notebook; nbconvert runs it before, where it is asked to.

        Raises
        ------
        PressError
            There is no complete page in it.
        SystemExit
            The same, for a person at a command line, who wants no trace.
        """
        executed, resources = super().from_notebook_node(nb, resources, **kw)
        try:
            executed.cells = lasting_cells(executed)
            _check_run(executed)
            name = resources.get("metadata", {}).get("name", "")
            return build_page(executed, self.title_of(_given(executed)) or name)[0], resources
        except PressError as fault:
            _refuse(fault)

    def title_of(self, given: str) -> str:
        """What the page is called unless its headline says it.

        Parameters
        ----------
        given : for the notebook's parameter `city`; "" where it has none.
        """
        return given


def _check_run(notebook: NotebookNode) -> None:
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    unrun = [
        cell
        for cell in codes
        if cell.source.strip() and not cell.outputs and cell.execution_count is None
    ]
    if unrun:
        raise PressError(UNRUN.format(len(unrun)))
    if not any(cell.outputs for cell in codes):
        raise PressError(NOTHING)
    check_complete(notebook)


def _given(notebook: NotebookNode) -> str:
    """The word that the notebook's parameter was given; "" where none is written."""
    for tag in PARAMETERS:
        for cell in notebook.cells:
            if tag in tags_of(cell):
                return _word(cell.source)
    return ""


def _word(source: str) -> str:
    found = ""
    for line in ast.parse(source).body:  # it has been run
        if not isinstance(line, ast.Assign) or not isinstance(line.value, ast.Constant):
            continue
        names = [name.id for name in line.targets if isinstance(name, ast.Name)]
        if PARAMETER in names:
            found = str(line.value.value)
    return found


def _refuse(fault: PressError) -> NoReturn:
    from nbconvert.nbconvertapp import NbConvertApp

    if NbConvertApp.initialized():  # else it is the server, which tells the sentence by itself
        raise SystemExit(f"dxplan: {fault}") from None
    raise fault
