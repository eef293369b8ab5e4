"""A private Jupyter home: this very Python as the kernel, and nothing of the user's own profile.

The kernel is started over ipc sockets in the home's own folders, so workers cannot collide on a
port; only where a socket path would be too long, or on Windows, are TCP ports used.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import sysconfig
from pathlib import Path

from traitlets.config import Config

from dxplan.files import HOME, PACKAGE, home_folder

NAME = "dxplan-press"
SOCKET_PATH_LIMIT = 90  # a Unix socket path holds 104 to 108 bytes, and zmq adds "-ipc-5"
ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")


def write_kernel(home: Path) -> None:
    """Write the kernel's description into a private Jupyter home, created where it is missing."""
    folder = Path(home) / "data" / "kernels" / NAME
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": NAME, "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    for name in ("config", "run", "ipython"):
        (Path(home) / name).mkdir()


def kernel_environment(home: Path) -> dict[str, str]:
    """What a worker and its kernels need in their environment, given the Jupyter home.

    One thread, fixed hashes, no profile.
    """
    home = Path(home)
    paths = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "run",
        "IPYTHONDIR": "ipython",
    }
    return {
        **{name: str(home / folder) for name, folder in paths.items()},
        **{f"{name}_NUM_THREADS": "1" for name in ONE_THREAD},
        HOME: str(home_folder()),  # a notebook is run in its own folder
        "JUPYTER_PATH": "",
        "JUPYTER_CONFIG_PATH": "",
        "JUPYTER_NO_CONFIG": "1",
        "PYTHONSTARTUP": "",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONPATH": _search_path(),
        # the backend of a meeting: a figure left open shows up without alt text and is refused
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **_matplotlib_settings(),
    }


def kernel_config(folder: Path) -> Config:
    """Transport of one kernel, as the settings of Jupyter's kernel manager.

    Parameters
    ----------
    folder : private to one run; the connection file and the sockets live in it.
    """
    settings = Config()
    settings.KernelManager.connection_file = str(Path(folder) / "k.json")
    short = len(os.fsencode(str(folder))) < SOCKET_PATH_LIMIT
    settings.KernelManager.transport = "ipc" if os.name == "posix" and short else "tcp"
    return settings


def _search_path() -> str:
    """The folder of this package first, so that a kernel runs the code that asked for it."""
    package = str(PACKAGE.parent)
    before = os.environ.get("PYTHONPATH", "")
    if package == sysconfig.get_path("purelib"):
        return before
    return os.pathsep.join(filter(None, (package, before)))


def _matplotlib_settings() -> dict[str, str]:
    """Matplotlib's own defaults instead of a matplotlibrc of the user."""
    spec = importlib.util.find_spec("matplotlib")
    if not (spec and spec.origin):
        return {}
    return {"MATPLOTLIBRC": str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")}
