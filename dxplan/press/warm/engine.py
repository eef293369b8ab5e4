"""The papermill engine `dxplan-warm`: every notebook in a process of its own, forked from a warm template.

`papermill --engine dxplan-warm in.ipynb out.ipynb` works with stock papermill and any Python notebook:
papermill's own client does the work, and only the kernel behind it is another (zygote.py). Where
there is no safe fork (Windows, macOS) or the notebook speaks another language, the stock engine runs.
"""

import functools
import re
import sys
import warnings

WARM = (
    sys.platform == "linux"
)  # elsewhere fork is missing, or unsafe with the system's own libraries
HEAVY = frozenset(
    ("numpy", "pandas", "scipy", "matplotlib", "ipywidgets", "dxplan")
)  # import without side effects
IMPORT = re.compile(r"^(?:from\s+([\w.]+)\s+import\s+|import\s+([\w.]+))([^\n]*)", re.MULTILINE)
NAME = re.compile(r"(\w+)(?:\s+as\s+\w+)?")


class WarmEngine:
    """The engine as papermill asks for it, made when it is first used: papermill loads every entry point at its start."""

    @staticmethod
    def execute_notebook(nb, kernel_name, **kwargs):
        """Run a notebook; see papermill's Engine."""
        return _engine().execute_notebook(nb, kernel_name, **kwargs)

    @staticmethod
    def nb_kernel_name(nb, name=None):
        """Kernel name of a notebook; see papermill's Engine."""
        return _engine().nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb, language=None):
        """Language of a notebook; see papermill's Engine."""
        return _engine().nb_language(nb, language)


@functools.cache
def _engine():
    from jupyter_core.utils import run_sync
    from papermill.engines import NBClientEngine

    class Warm(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, rehearse=None, **kwargs):
            kernel = _kernel(nb_man.nb, rehearse) if _is_python(nb_man.nb) else None
            if kernel is None:
                return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, km=kernel, **kwargs)
            finally:
                run_sync(kernel.shutdown_kernel)()

    return Warm


def _is_python(notebook):
    language = notebook.metadata.get("kernelspec", {}).get("language") or "python"
    return WARM and language == "python"


def _kernel(notebook, rehearse):
    """A manager for one run, or None and a warning where the template process cannot serve."""
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


def heavy_modules(notebook):
    """Modules that the template may import for a notebook's code before it forks.

    Parameters
    ----------
    notebook : notebook

    Returns
    -------
    list of module names, in the order of the cells
    """
    lines = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    found = []
    for source, single, names in IMPORT.findall(lines):
        found += (
            [single] if single else [source, *(f"{source}.{name}" for name in NAME.findall(names))]
        )
    return [name for name in dict.fromkeys(found) if name.split(".")[0] in HEAVY]
