"""`dxplan lab`: the workbook in JupyterLab, or without code by Voila, on this machine alone."""

import os
import subprocess
import sys
from pathlib import Path

from dxplan.cli.parser import UsageError

ROOT = Path(__file__).resolve().parents[2]
JUPYTER = Path(__file__).resolve().parents[1] / "workshop" / "jupyter"
START = Path("notebooks") / "00_start.ipynb"
LOOPBACK = "127.0.0.1"


def _declare(parser):
    parser.words.add_argument(
        "notebook",
        nargs="?",
        type=Path,
        default=ROOT / START,
        metavar="ノートブック",
        help=f"はじめに開くノートブック（既定: {START.as_posix()}）",
    )
    add = parser.options.add_argument
    add("--present", action="store_true", help="コードを見せず、操作と図だけを表示する（Voila）")
    add(
        "--port",
        type=_port,
        default=8888,
        metavar="番号",
        help="使うポート（既定: 8888。ふさがっていれば次の番号）",
    )
    add("--no-browser", action="store_true", help="ブラウザを開かない")


def _port(text):
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1024 <= number <= 65535:
        raise UsageError(f"--port: 「{text}」は1024〜65535の番号ではありません。")
    return number


def _run(args):
    """Run the server until it is stopped; it answers to this machine only, and asks for a token."""
    path = args.notebook.resolve()
    if path.suffix != ".ipynb" or not path.is_file():
        raise UsageError(
            f"{args.notebook} というノートブックはありません。`notebooks/` の .ipynb を書いてください。"
        )
    words = _voila(args, path) if args.present else _lab(args, path)
    command = [sys.executable, "-m", *words]
    if (
        os.name == "posix"
    ):  # the server takes this process's place: whoever stops one has stopped the other
        os.execvpe(command[0], command, _environment())
    return subprocess.run(command, env=_environment(), check=False).returncode


def _environment():
    """Variables under which Jupyter finds the workbook's settings and page; a person's own settings win."""

    def before(name):
        return os.pathsep.join(filter(None, (os.environ.get(name), str(JUPYTER))))

    return os.environ | {
        "JUPYTER_PATH": before("JUPYTER_PATH"),
        "JUPYTER_CONFIG_PATH": before("JUPYTER_CONFIG_PATH"),
    }


def _lab(args, path):
    root = ROOT if path.is_relative_to(ROOT) else path.parent
    return [
        "jupyterlab",
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.port={args.port}",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{path.relative_to(root).as_posix()}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=",
        "--ServerApp.allow_remote_access=False",
        *_root(),
        *(["--no-browser"] if args.no_browser else []),
    ]


def _root():
    """Jupyter wants a word from an administrator."""
    return ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _voila(args, path):
    return [
        "voila",
        str(path),
        f"--Voila.ip={LOOPBACK}",
        f"--port={args.port}",
        "--template=dxplan",
        "--strip_sources=True",
        "--VoilaConfiguration.theme=light",
        "--Voila.auto_token=True",
        "--MappingKernelManager.cull_idle_timeout=600",
        "--MappingKernelManager.cull_interval=60",  # of a browser that crashed
        "--VoilaExporter.language_code=ja",
        *(["--no-browser"] if args.no_browser else []),
    ]


COMMANDS = {
    "lab": ("打合せの画面（JupyterLab）を開く", _declare, _run),
}
