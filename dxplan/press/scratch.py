"""Temporary folders that end with their process, whatever ends it, and the lock that tells.

A process that is killed cleans nothing: the next one clears what it left.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

PREFIX, LOCK, OWNED = "dxplan-", "lock", "owned"
CODE = 0xFF  # of an error of SQLite, without what kind of it


def held(path: Path, wait: float = 0.0) -> sqlite3.Connection | None:
    """A lock on a file while it is open and its process lives; None where another has it.

    It is SQLite's: the one lock that is the same on each system and on a shared drive.

    Parameters
    ----------
    wait : seconds that another may have it.

    Raises
    ------
    sqlite3.OperationalError : the file cannot be opened.
    """
    lock = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as fault:
        lock.close()
        if fault.sqlite_errorcode & CODE == sqlite3.SQLITE_BUSY:
            return None
        raise
    return lock


@contextmanager
def scratch_folder(below: str | Path = "") -> Iterator[Path]:
    """A temporary folder, in a with statement; what killed processes left is cleared first.

    Parameters
    ----------
    below : where it lies; the system's temporary folder where none is given.

    Raises
    ------
    OSError : the disk refuses.
    """
    parent = Path(below or tempfile.gettempdir())
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        with closing(_own_lock(folder / LOCK)):
            (folder / OWNED).touch()  # from now on the lock says whether this process lives
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own_lock(path: Path) -> sqlite3.Connection:
    try:
        lock = held(path)
    except sqlite3.Error:  # in a folder that could be made
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
    assert lock
    return lock


def sweep(parent: Path) -> None:
    """Remove the temporary folders of this user whose processes are dead."""
    user = getattr(os, "getuid", int)()
    for mark in parent.glob(f"{PREFIX}*/{OWNED}"):
        with suppress(OSError, sqlite3.Error):
            own = mark.parent.lstat().st_uid == user
            lock = held(mark.with_name(LOCK)) if own else None
            if lock:
                lock.close()
                shutil.rmtree(mark.parent, ignore_errors=True)


def holders(path: Path) -> str:
    """Programs of this machine that have a lock on a file; "" where none is seen."""
    names = []
    with suppress(OSError):  # only Linux tells, and only of this machine
        number = path.stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            pid, place = line.split()[-4:-2]
            if place.endswith(f":{number}") and pid != str(os.getpid()):
                name = Path(f"/proc/{pid}/comm").read_text().strip()
                names.append(f"{name}(プロセス{pid})")
    return "、".join(dict.fromkeys(names))
