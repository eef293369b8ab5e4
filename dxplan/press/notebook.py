"""One notebook, once: what may be run, how papermill runs it, and what is said when it fails."""

from __future__ import annotations

import ast
import copy
import logging
from pathlib import Path
from typing import Any

import nbformat

from dxplan.press import PressError, VanishedError
from dxplan.press.check import bare
from dxplan.press.job import Setting
from dxplan.press.warm.kernel import NAME, kernel_config

PARAMETER = "city"
LIVE = "live"
LONGEST_SENTENCE = 400
# the errors whose texts are written for a reader; those of any other belong in the log
SPOKEN = ("ParamError", "CityError", "CatalogError", "PressError", "VanishedError")
UNSPOKEN = (
    "計算の途中の予期しない誤りで、計画書を作れませんでした。"
    "詳しい記録は dxplan status に団体を付けると見られます。"
)


def load_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook as the press runs it: checked, without live cells and old outputs.

    Raises
    ------
    PressError
        The file is missing or no notebook, or does not declare the parameter `city`.
    """
    notebook = _read(Path(path))
    _check_parameters(notebook, Path(path).name)
    ready = copy.deepcopy(notebook)
    ready.cells = lasting_cells(ready)
    for cell in ready.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return ready


def run_notebook(path: Path, given: str, folder: Path, setting: Setting) -> nbformat.NotebookNode:
    """Run a prepared notebook for one city in a process of its own.

    Parameters
    ----------
    path : a notebook that ``load_notebook`` has passed.
    given : for the notebook's parameter `city`.
    folder : private to this run.
    setting : of the batch.

    Raises
    ------
    PressError
        A cell fails, leaves by sys.exit or takes too long.
    VanishedError
        The kernel dies.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        executed = papermill.execute_notebook(
            str(path),
            None,
            parameters={PARAMETER: given},
            kernel_name=NAME,
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=setting.folder,
            execution_timeout=round(setting.limit),
            **_engine(folder, setting),
        )
    except PapermillExecutionError as fault:
        raise PressError(fault_sentence(fault.ename, fault.evalue)) from fault
    except DeadKernelError as fault:
        raise VanishedError("ノートブックを実行していたカーネルが途中で止まりました。") from fault
    except CellTimeoutError as fault:
        raise PressError(
            f"ノートブックの1つのセルが制限時間({setting.limit:.0f}秒)を過ぎても終わりません。"
        ) from fault
    check_complete(executed)
    return executed


def _engine(folder: Path, setting: Setting) -> dict[str, Any]:
    if setting.engine == "warm":
        return {"engine_name": "dxplan-warm", "rehearse": setting.rehearse}
    return {"config": kernel_config(folder)}


def fault_sentence(name: str, text: object) -> str:
    """One sentence of an exception, at most 400 letters, without local folders and line breaks.

    Parameters
    ----------
    name : class of the exception; the text of one that was not written for a reader is not told.
    text : its message.
    """
    if name not in SPOKEN:
        return UNSPOKEN
    line = " ".join(bare(str(text)).split())
    if len(line) > LONGEST_SENTENCE:
        line = line[: LONGEST_SENTENCE - 1] + "…"
    return line


def _read(path: Path) -> nbformat.NotebookNode:
    # nbformat's own ways to say that a file is none of its own
    strange = (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError)
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise PressError(
            f"ノートブック {path} が見つかりません。パスを確かめてください。"
        ) from None
    except OSError as fault:
        raise PressError(f"ノートブック {path} を読めません({fault.strerror})。") from None
    except strange:
        raise PressError(f"{path} はノートブック(.ipynb)として読めません。") from None


def lasting_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells that a page is made of: all but the live ones."""
    return [cell for cell in notebook.cells if LIVE not in tags_of(cell)]


def tags_of(cell: nbformat.NotebookNode) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def _check_parameters(notebook: nbformat.NotebookNode, name: str) -> None:
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    parameters = [cell for cell in codes if "parameters" in tags_of(cell)]
    if not parameters:
        raise PressError(
            f"{name} にタグ parameters の付いたセルがありません。"
            f'{PARAMETER} = "122033" のように書いたセルを1つ用意し、タグを付けてください。'
        )
    declared = _names(parameters[0].source, name)
    if PARAMETER not in declared:
        listed = "、".join(sorted(declared)) or "なし"
        raise PressError(
            f"{name} の parameters セルが {PARAMETER} を宣言していません(宣言: {listed})。"
            f'{PARAMETER} = "122033" の行を加えてください。'
        )


def _names(source: str, name: str) -> set[str]:
    """Names that the parameters cell binds at its top level."""
    try:
        body = ast.parse(source).body
    except SyntaxError as fault:
        raise PressError(
            f"{name} の parameters セル {fault.lineno}行目がPythonとして読めません。"
        ) from None
    targets: list[ast.expr] = []
    for line in body:
        if isinstance(line, ast.Assign):
            targets += line.targets
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            targets.append(line.target)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def check_complete(notebook: nbformat.NotebookNode) -> None:
    """Refuse an executed notebook that has an error in it; half a report is none.

    Papermill takes sys.exit(0) for success.

    Raises
    ------
    PressError
        A cell failed.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type != "error":
                continue
            if output.ename == "SystemExit":
                raise PressError("ノートブックが sys.exit で途中終了しました。")
            why = ValueError(f"{output.ename}: {output.evalue}")  # for the log
            raise PressError(fault_sentence(output.ename, output.evalue)) from why
