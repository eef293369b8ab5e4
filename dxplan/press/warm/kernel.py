"""A private Jupyter home: this very Python as the kernel, and nothing of the user's own profile.

The kernel is started over ipc sockets in the home's own folders, so workers cannot collide on a
port; only where a socket path would be too long, or on Windows, are TCP ports used.
"""

import importlib.util
import json
import os
import sys
import sysconfig
from pathlib import Path

from traitlets.config import Config

NAME = "dxplan-press"
SOCKET_PATH_LIMIT = 90  # a Unix socket path holds 104 to 108 bytes, and zmq adds "-ipc-5"
ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")


def write_kernel(home):
    """Write the kernel's description into a private Jupyter home.

    Parameters
    ----------
    home : folder; created where it is missing
    """
    folder = Path(home) / "data" / "kernels" / NAME
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": NAME, "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    for name in ("config", "run", "ipython"):
        (Path(home) / name).mkdir()


def kernel_environment(home):
    """Environment variables of a worker and of its kernels: one thread, fixed hashes, no profile.

    Parameters
    ----------
    home : folder that `write_kernel` filled

    Returns
    -------
    dict of name to text, to be laid over the environment of the process
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


def kernel_config(folder):
    """Transport of one kernel, as the settings of Jupyter's kernel manager.

    Parameters
    ----------
    folder : private folder of one run; the connection file and the sockets live in it

    Returns
    -------
    traitlets Config
    """
    settings = Config()
    settings.KernelManager.connection_file = str(Path(folder) / "k.json")
    short = len(os.fsencode(str(folder))) < SOCKET_PATH_LIMIT
    settings.KernelManager.transport = "ipc" if os.name == "posix" and short else "tcp"
    return settings


def _search_path():
    """The folder of this package first, so that a kernel runs the code that asked for it."""
    package = str(Path(__file__).resolve().parents[3])
    known = os.environ.get("PYTHONPATH", "")
    if package == sysconfig.get_path("purelib"):
        return known
    return os.pathsep.join(part for part in (package, known) if part)


def _matplotlib_settings():
    """Matplotlib's own defaults instead of a matplotlibrc of the user."""
    found = importlib.util.find_spec("matplotlib")
    if found is None:
        return {}
    return {"MATPLOTLIBRC": str(Path(found.origin).parent / "mpl-data" / "matplotlibrc")}
