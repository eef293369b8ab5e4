"""`dxplan lab`: the workbook in JupyterLab, or without code by Voila, on this machine alone."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from dxplan.cli.parser import Parser, UsageError
from dxplan.files import HOME, NOTEBOOKS, PACKAGE, home_folder, place

JUPYTER = PACKAGE / "workshop" / "jupyter"
START = NOTEBOOKS / "00_start.ipynb"
LOOPBACK = "127.0.0.1"


def _declare(parser: Parser) -> None:
    parser.words.add_argument(
        "notebook",
        nargs="?",
        type=Path,
        default=START,
        metavar="ノートブック",
        help=f"はじめに開くノートブック(既定: {place(START)})",
    )
    add = parser.options.add_argument
    add("--present", action="store_true", help="コードを見せず、操作と図だけを表示する(Voila)")
    add(
        "--port",
        type=_port,
        default=8888,
        metavar="番号",
        help="使うポート(既定: 8888。ふさがっていれば次の番号)",
    )
    add("--no-browser", action="store_true", help="ブラウザを開かない")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1024 <= int(text) <= 65535:
        return int(text)
    raise UsageError(f"--port: 「{text}」は1024〜65535の番号ではありません。")


def _run(args: Namespace) -> int:
    """Run the server until it is stopped; it answers to this machine only, and asks for a token."""
    path = args.notebook.resolve()
    if path.suffix != ".ipynb" or not path.is_file():
        raise UsageError(
            f"{args.notebook} というノートブックはありません。"
            "`notebooks/` の .ipynb を書いてください。"
        )
    server = _voila if args.present else _lab
    command = [sys.executable, "-m", *server(args, path)]
    if args.no_browser:
        command.append("--no-browser")
    # the server takes this process's place: whoever stops one has stopped the other
    if os.name == "posix":
        os.execvpe(command[0], command, _environment())
    return subprocess.run(command, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    """Variables by which Jupyter finds the workbook's settings and page; a person's own win."""
    environment = os.environ | {HOME: str(home_folder())}  # a kernel starts in `notebooks/`
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        own = environment.get(name)
        environment[name] = os.pathsep.join(filter(None, (own, str(JUPYTER))))
    return environment


def _lab(args: Namespace, path: Path) -> list[str]:
    home = home_folder()
    root = home if path.is_relative_to(home) else path.parent
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
    ]


def _root() -> list[str]:
    """Jupyter wants a word from an administrator."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ["--allow-root"]
    return []


def _voila(args: Namespace, path: Path) -> list[str]:
    return [
        "dxplan.workshop.serve",
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
    ]


COMMANDS = {
    "lab": ("打合せの画面(JupyterLab)を開く", _declare, _run),
}
