"""The papermill engine `dxplan-warm`: every notebook in a process forked from a warm template.

`papermill --engine dxplan-warm in.ipynb out.ipynb` works with stock papermill and any Python
notebook: papermill's own client does the work, and only the kernel behind it is another
(zygote.py). Where there is no safe fork (Windows, macOS), or the notebook speaks another language
or of the kernel's own sockets, the stock engine runs.
"""

from __future__ import annotations

import functools
import re
import sys
import warnings
from typing import Any

from nbformat import NotebookNode

# elsewhere fork is missing, or unsafe with the system's own libraries
WARM = sys.platform == "linux"
# import without side effects
HEAVY = frozenset("numpy pandas scipy matplotlib ipywidgets dxplan".split())
IMPORT = re.compile(r"^(?:from\s+([\w.]+)\s+import\s+|import\s+([\w.]+))([^\n]*)", re.MULTILINE)
NAME = re.compile(r"(\w+)(?:\s+as\s+\w+)?")
# what only a kernel with sockets and a command line of its own can answer
SOCKETS = re.compile(
    r"connection_(?:file|info)|connect_info|connect_qt|qtconsole|shell_stream|control_stream"
    r"|debugpy|_socket\b|_port\b|control_thread|shell_channel"
    r"|KernelApp|subshell|%gui|enable_gui|argv|argparse"
)


class WarmEngine:
    """The engine as papermill asks for it, which loads every entry point at its start.

    It is made when it is first used; the arguments as of papermill's Engine.
    """

    @staticmethod
    def execute_notebook(nb: Any, kernel_name: str, **kwargs: Any) -> NotebookNode:
        """Run a notebook."""
        return _engine().execute_notebook(nb, kernel_name, **kwargs)

    @staticmethod
    def nb_kernel_name(nb: NotebookNode, name: str | None = None) -> str:
        """Kernel name of a notebook."""
        return _engine().nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb: NotebookNode, language: str | None = None) -> str:
        """Language of a notebook."""
        return _engine().nb_language(nb, language)


@functools.cache
def _engine() -> Any:  # papermill has no types
    from jupyter_core.utils import run_sync
    from papermill.engines import NBClientEngine

    class Warm(NBClientEngine):
        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, rehearse: str | None = None, **kwargs: Any
        ) -> Any:
            kernel = _kernel(nb_man.nb, rehearse)
            if kernel is None:
                return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, km=kernel, **kwargs)
            finally:
                run_sync(kernel.shutdown_kernel)()

    return Warm


def _kernel(notebook: NotebookNode, rehearse: str | None) -> Any:
    """A manager for one run, or None, and a warning where the template process cannot serve."""
    language = notebook.metadata.get("kernelspec", {}).get("language")
    if not WARM or language not in (None, "", "python") or SOCKETS.search(_code(notebook)):
        return None
    from dxplan.press.warm.fork import Kernel, TemplateError

    try:
        kernel = Kernel(heavy_modules(notebook), rehearse)
        kernel.start_kernel()
        return kernel
    except TemplateError as fault:
        warnings.warn(
            f"dxplan-warm: {fault}; the stock engine runs instead.", RuntimeWarning, stacklevel=2
        )
        return None


def heavy_modules(notebook: NotebookNode) -> list[str]:
    """Modules that the template may import for a notebook's code, in the order of the cells."""
    modules = []
    for source, single, names in IMPORT.findall(_code(notebook)):
        modules.append(source or single)
        if source:  # a name that is imported may be a module too
            modules += [f"{source}.{name}" for name in NAME.findall(names)]
    return [name for name in dict.fromkeys(modules) if name.split(".")[0] in HEAVY]


def _code(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
