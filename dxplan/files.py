"""Where files lie, and how others meet them: named for a person, whole or not there at all.

Every room may import this one; it imports nothing of dxplan.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

PACKAGE = Path(__file__).resolve().parent
# a wheel has these folders inside the package, a checkout has them beside it
ROOT = PACKAGE if (PACKAGE / "data").is_dir() else PACKAGE.parent
# variables: the working folder, and another place for one folder of it, or for the tables
HOME, PARAMS, OUT, TABLES = "DXPLAN_HOME", "DXPLAN_PARAMS", "DXPLAN_OUT", "DXPLAN_DATA"
DATA, NOTEBOOKS = Path(os.environ.get(TABLES) or ROOT / "data").absolute(), ROOT / "notebooks"
# files that go into a folder together: all of them, or not yet
READY, PART = ".ready", ".part-"
LEFT = 3600  # seconds after which a writer is taken as dead
OTHERS = 0o077  # what a folder's mode allows to others
REASONS = {  # why a disk refuses
    errno.ENOSPC: "空き容量がありません",
    errno.EDQUOT: "割当容量を超えました",
    errno.EACCES: "書き込みが許されていません",
    errno.EPERM: "書き込みが許されていません",
    errno.EROFS: "読み取り専用です",
    errno.EISDIR: "同じ名前のフォルダがあります",
    errno.EEXIST: "同じ名前のファイルがあります",
    errno.ENOTDIR: "途中の名前がファイルです",
    errno.ENOENT: "その場所がありません",
    errno.EFBIG: "ファイルが大きすぎます",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.ELOOP: "リンクが堂々めぐりです",
    errno.EIO: "読み書きに失敗しました",
}
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet takes for the beginning of a formula


def home_folder() -> Path:
    """The working folder: that of DXPLAN_HOME, else the one where the program was started.

    Anywhere inside a checkout it is the checkout: Jupyter starts a notebook in `notebooks/`.
    """
    here = Path.cwd()
    given = os.environ.get(HOME)
    if given:
        return here / given
    if here.is_relative_to(ROOT):
        return ROOT
    return here


def params_folder() -> Path:
    """The folder of the params files: of the working folder, or that of DXPLAN_PARAMS."""
    return Path(os.environ.get(PARAMS) or home_folder() / "params")


def out_folder() -> Path:
    """The folder of what is written: of the working folder, or that of DXPLAN_OUT."""
    return Path(os.environ.get(OUT) or home_folder() / "out")


def cache_folder() -> Path | None:
    """A folder for what can be made again: in the user's home, else a temporary one.

    None where another user could write into it: what is kept here is run.
    """
    with suppress(OSError, RuntimeError):  # the home cannot be written, or nobody knows it
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return writable(home / "dxplan")
    user = getattr(os, "getuid", int)()
    own = Path(tempfile.gettempdir(), f"dxplan-{user}")
    with suppress(OSError):
        own.mkdir(0o700, exist_ok=True)
        state = own.lstat()  # of the folder itself, should it be a link to another
        if S_ISDIR(state.st_mode) and state.st_uid == user and not state.st_mode & OTHERS:
            return writable(own)
    return None


def writable(folder: Path) -> Path:
    """The folder, made where it is missing.

    Raises
    ------
    OSError : no file can be written in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryFile(dir=folder).close()
    return folder


def place(path: Path) -> str:
    """The file as a person names it, without the folders of this machine."""
    return f"{path.parent.name}/{path.name}"


def disk_reason(fault: OSError) -> str:
    """Why a disk refused, in Japanese where the reason is a usual one."""
    return REASONS.get(fault.errno or 0, str(fault.strerror))


def place_fault(folder: Path, names: Iterable[str] = ()) -> str:
    """Why files of some names cannot be written in a folder; "" where they can.

    Nothing is made: a folder that is missing can be made where the nearest one above allows it.
    """
    try:
        ground = next(filter(_is_there, (folder, *folder.parents)), folder)
        if ground.exists() and not ground.is_dir():
            return REASONS[errno.EEXIST if ground == folder else errno.ENOTDIR]
        tempfile.TemporaryFile(dir=ground).close()
        if ground == folder:
            for name in names:
                if (folder / name).is_dir():
                    return f"{name} という名前のフォルダがあります"
    except OSError as fault:
        return disk_reason(fault)
    return ""


def _is_there(path: Path) -> bool:
    """Whether there is anything of this name, be it a link that leads nowhere.

    Raises
    ------
    OSError : no name can be like this, or nobody may look.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        path.lstat()
        return True
    return False


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and move it into place.

    Raises
    ------
    OSError : the folder or the disk refuses; what was there is as it was.
    """
    unfinished = path.with_name(f".{path.name}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:  # also where a signal comes in between
        with suppress(OSError):  # the folder itself may be the trouble
            unfinished.unlink(missing_ok=True)


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a folder as one: whatever ends this, it holds all of them or none.

    They are written beside, and one rename makes them count; who comes next moves what
    was left.

    Raises
    ------
    OSError : the folder or the disk refuses; what was there is as it was.
    """
    part = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
    _sweep_parts(part)
    try:
        for name, content in files.items():
            path = part / name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        settle(folder)
        part.rename(folder / READY)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    settle(folder)


def _sweep_parts(part: Path) -> None:
    """Take away what writers left that were killed long ago."""
    for other in part.parent.glob(f"{PART}*"):
        with suppress(OSError):  # another sweeps too
            if part.stat().st_mtime - other.stat().st_mtime > LEFT:
                shutil.rmtree(other)


def settle(folder: Path) -> None:
    """Move what was written together into place; again, where it was cut short.

    Raises
    ------
    OSError : the folder refuses.
    """
    ready = folder / READY
    if not ready.is_dir():
        return
    for path in sorted(ready.rglob("*")):
        target = folder / path.relative_to(ready)
        if path.is_dir():
            target.mkdir(exist_ok=True)
            continue
        with suppress(FileNotFoundError):  # another process was quicker
            path.replace(target)
    for path in sorted((ready, *ready.rglob("*")), reverse=True):
        with suppress(OSError):  # another process was quicker, or writes the next
            path.rmdir()


def csv_cell(text: str) -> str:
    """A text as a cell of a CSV file: an apostrophe keeps a spreadsheet from calculating it."""
    return f"'{text}" if text.startswith(FORMULA) else text
