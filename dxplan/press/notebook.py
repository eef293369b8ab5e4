"""One notebook, once: what may be run, how papermill runs it, and what is said when it fails."""

import ast
import copy
import logging
import re
from pathlib import Path

import nbformat

from dxplan.press import PressError, VanishedError
from dxplan.press.warm.kernel import NAME, kernel_config

PARAMETER = "city"
LIVE = "live"
LONGEST_SENTENCE = 400
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# an absolute path of two folders or more, whole, down to its last part
ABSOLUTE = re.compile(
    r"(?<![\w.:/])(?:/|[A-Za-z]:[\\/])(?:[^\s/\\'\":<>|]+[\\/])+([^\s/\\'\":<>|]+)"
)


def load_notebook(path):
    """Read a notebook as the press runs it: checked, without live cells and old outputs.

    Parameters
    ----------
    path : notebook file

    Returns
    -------
    notebook, ready to be written for papermill

    Raises
    ------
    PressError
        if the file is missing or no notebook, or does not declare the parameter `city`
    """
    notebook = _read(Path(path))
    _check_parameters(notebook, Path(path).name)
    ready = copy.deepcopy(notebook)
    ready.cells = [cell for cell in ready.cells if LIVE not in cell.metadata.get("tags", ())]
    for cell in ready.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return ready


def run_notebook(path, given, folder, setting):
    """Run a prepared notebook for one city in a process of its own.

    Parameters
    ----------
    path : notebook file that `load_notebook` has passed
    given : text for the notebook's parameter `city`
    folder : private folder of this run
    setting : of the batch: folder, engine, limit, rehearse

    Returns
    -------
    executed notebook

    Raises
    ------
    PressError
        if a cell fails, leaves by sys.exit or takes too long
    VanishedError
        if the kernel dies
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
            f"ノートブックの1つのセルが制限時間（{setting.limit:.0f}秒）を過ぎても終わりません。"
        ) from fault
    _check_complete(executed)
    return executed


def _engine(folder, setting):
    if setting.engine == "warm":
        return {"engine_name": "dxplan-warm", "rehearse": setting.rehearse}
    return {"config": kernel_config(folder)}


def fault_sentence(name, text):
    """One sentence of an exception, without local folders and line breaks.

    Parameters
    ----------
    name : class name of the exception; left out when the text already speaks Japanese
    text : message of the exception

    Returns
    -------
    text on one line, at most 400 characters
    """
    line = " ".join(ABSOLUTE.sub(r"\1", str(text)).split())
    if not JAPANESE.search(line):
        line = f"{name}: {line}" if line else name
    return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"


def _read(path):
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise PressError(
            f"ノートブック {path} が見つかりません。パスを確かめてください。"
        ) from None
    except OSError as fault:
        raise PressError(f"ノートブック {path} を読めません（{fault.strerror}）。") from None
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        nbformat.ValidationError,
    ):  # nbformat's own ways
        raise PressError(f"{path} はノートブック（.ipynb）として読めません。") from None


def _check_parameters(notebook, name):
    cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", ())
    ]
    if not cells:
        raise PressError(
            f"{name} にタグ parameters の付いたセルがありません。"
            f'{PARAMETER} = "122033" のように書いたセルを1つ用意し、タグを付けてください。'
        )
    declared = _names(cells[0].source, name)
    if PARAMETER not in declared:
        found = "、".join(sorted(declared)) or "なし"
        raise PressError(
            f"{name} の parameters セルが {PARAMETER} を宣言していません（宣言: {found}）。"
            f'{PARAMETER} = "122033" の行を加えてください。'
        )


def _names(source, name):
    """Names that the parameters cell binds at its top level."""
    try:
        body = ast.parse(source).body
    except SyntaxError as fault:
        raise PressError(
            f"{name} の parameters セル {fault.lineno}行目がPythonとして読めません。"
        ) from None
    targets = [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    targets += [
        line.target for line in body if isinstance(line, ast.AnnAssign) and line.value is not None
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _check_complete(notebook):
    """Papermill takes sys.exit(0) for success; half a report is none."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    for output in outputs:
        if output.output_type == "error" and output.ename == "SystemExit":
            raise PressError("ノートブックが sys.exit で途中終了しました。")
        if output.output_type == "error":
            raise PressError(fault_sentence(output.ename, output.evalue))
