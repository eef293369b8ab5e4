"""What was printed from which input: one SQLite file beside the pages, readable during a run.

A page is published in three steps: written under a temporary name, entered with its hash, moved
into place. Whatever kills the run in between, the next one finds either the page or a file with
that hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from dxplan.files import disk_reason, place
from dxplan.press import PressError
from dxplan.press.check import bare
from dxplan.press.job import Job, JobOutcome, Printed
from dxplan.press.scratch import CODE, held, holders

NAME, LOCK, VERSION = ".dxplan.sqlite", ".dxplan.lock", 1
RUNNING, DONE, FAILED = "running", "done", "failed"
TABLE = """CREATE TABLE IF NOT EXISTS report (
    slug TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    title TEXT NOT NULL,
    family TEXT NOT NULL,
    digest TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed')),
    began TEXT NOT NULL,
    seconds REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    log TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL DEFAULT '',
    headline TEXT NOT NULL DEFAULT '{}')"""
ENTER = """INSERT OR REPLACE INTO report VALUES (
    :slug, :place, :title, :family, :digest, :status, :began,
    :seconds, :error, :log, :sha256, :headline)"""
# the last calendar of each city, to which the next one counts its entries on
CALENDARS = "CREATE TABLE IF NOT EXISTS calendar (slug TEXT PRIMARY KEY, sent BLOB NOT NULL)"
LISTED = "SELECT * FROM report ORDER BY place, slug"
# seconds that another program may hold the ledger: until it is said, for a run, for a look
SOON, PATIENCE, GLANCE = 3.0, 120.0, 10.0
TICK = 1.0  # seconds in which SQLite hears no signal
BUSY = (
    "出力先 {folder} は、動作中の別の dxplan{who} が使っています。"
    "終わるのを待つか、--out で別の場所を指定してください。"
)
WAITING = "台帳 {path} を{who}が使っているので、終わるのを待っています。"
HELD = (
    "台帳 {path} を{who}が使い続けているため、{wait:.0f}秒待って止めました。"
    "そのプログラムを閉じてから、もう一度動かしてください。できたページはそのまま使います。"
)
SOMEBODY = "別のプログラム(表やデータベースを見るソフト、バックアップ、ウイルス対策など)"
STRANGE = (
    "{path} を台帳として読めません({why})。"
    "名前を変えて残すと、次の実行が新しい台帳で全団体をつくり直します。"
)
REFUSED = "台帳 {path} を使えません({why})。出力先の権限と空き容量を確かめてください。"
REASONS = {
    sqlite3.SQLITE_FULL: "空き容量がありません",
    sqlite3.SQLITE_READONLY: "書き込みが許されていません",
    sqlite3.SQLITE_PERM: "書き込みが許されていません",
    sqlite3.SQLITE_CANTOPEN: "開けません",
    sqlite3.SQLITE_IOERR: "読み書きに失敗しました",
    sqlite3.SQLITE_NOTADB: "台帳の形ではありません",
    sqlite3.SQLITE_CORRUPT: "中身が壊れています",
}
OTHER = "台帳 {path} は別の版の dxplan のものです(台帳の版 {theirs}、この dxplan は版 {ours})。"
KEPT = "{path} として残し、新しい台帳で全団体をつくり直します。"
LOOK = "その版の dxplan で見てください。次の `dxplan report` は、これを別の名前で残します。"


class LedgerError(PressError):
    """The disk or the file refuses.

    Parameters
    ----------
    why : the reason alone, in Japanese.
    """

    def __init__(self, sentence: str, path: Path, why: str) -> None:
        super().__init__(sentence.format(path=place(path), why=why))
        self.why = why


class _Base:
    """The file: asked with patience for other programs, which are named.

    Parameters
    ----------
    patience : seconds.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.path, self.patience = path, patience
        try:
            self.base = sqlite3.connect(path, timeout=TICK, isolation_level=None)
        except sqlite3.Error as fault:
            raise _refusal(path, fault) from None
        self.base.row_factory = sqlite3.Row
        self.close = self.base.close

    def ask(self, words: str, values: Mapping[str, Any] | tuple = ()) -> list[sqlite3.Row]:
        """The rows of a statement.

        Raises
        ------
        PressError
            Another program holds the file for too long.
        LedgerError
            The disk or the file refuses.
        """
        began, told = time.monotonic(), False
        while True:
            try:
                return self.base.execute(words, values).fetchall()
            except sqlite3.Error as fault:
                if fault.sqlite_errorcode & CODE != sqlite3.SQLITE_BUSY:
                    raise _refusal(self.path, fault) from None
            waited, who = time.monotonic() - began, holders(self.path) or SOMEBODY
            if waited > self.patience:
                raise PressError(HELD.format(path=place(self.path), who=who, wait=waited))
            if waited > SOON and not told:
                _say(WAITING.format(path=place(self.path), who=who))
                told = True

    def version(self) -> int | None:
        """The version of the tables; None where there are none."""
        if not self.ask("SELECT 1 FROM sqlite_master LIMIT 1"):
            return None
        return self.ask("PRAGMA user_version")[0][0]


class Ledger:
    """The ledger of one folder of pages (which exists), held by one run at a time.

    Raises
    ------
    PressError
        Another run or another program holds the folder, or the file is no ledger.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.lock = _lock(self.folder)
        try:
            _put_aside(self.folder / NAME)
            self.base = _open(self.folder / NAME)
        except BaseException:
            self.lock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.base.close()
        self.lock.close()

    def find(self, job: Job, digest: str) -> JobOutcome | None:
        """The outcome of a job whose page is there and was made from this very input."""
        rows = self.base.ask("SELECT * FROM report WHERE slug = ?", (job.slug,))
        row = next(iter(rows), None)
        if row is None or row["status"] != DONE or row["digest"] != digest:
            return None
        page, draft = self.page(job), self.draft(job)
        if _hash(page) != row["sha256"]:
            if _hash(draft) != row["sha256"]:
                return None
            os.replace(draft, page)  # a run was cut off between entering and moving
        return _outcome(row, kept=True)

    def begin(self, job: Job, digest: str) -> None:
        """Enter that a job runs; whether the disk has room is said when it is printed."""
        with suppress(LedgerError):
            self._enter(job, digest, RUNNING, Printed(None))

    def publish(self, job: Job, digest: str, printed: Printed) -> JobOutcome:
        """Enter a page and put it into place; a failure where the disk refuses."""
        if printed.page is None:
            return self._fail(job, digest, printed)
        try:
            self.draft(job).write_bytes(printed.page)
            self._enter(job, digest, DONE, printed)
            os.replace(self.draft(job), self.page(job))
        except (OSError, LedgerError) as fault:
            why = disk_reason(fault) if isinstance(fault, OSError) else fault.why
            sentence = (
                f"{job.slug}.html を書けません({why})。出力先の権限と空き容量を確かめてください。"
            )
            lost = Printed(None, seconds=printed.seconds, error=sentence, log=str(fault))
            return self._fail(job, digest, lost)
        except PressError:  # another program keeps the ledger: the run ends
            self.draft(job).unlink(missing_ok=True)
            raise
        return _told(job, printed, self.page(job).name)

    def outcomes(self) -> list[JobOutcome]:
        """The outcomes of all cities that have a page or a failure here, in the index's order."""
        rows = self.base.ask(LISTED)
        outcomes = [_outcome(row) for row in rows if row["status"] != RUNNING]
        return [one for one in outcomes if not one.ok or (self.folder / one.page).exists()]

    def page(self, job: Job) -> Path:
        """Path of a job's page."""
        return self.folder / f"{job.slug}.html"

    def draft(self, job: Job) -> Path:
        """Path of a job's page until it is entered."""
        return self.folder / f".{job.slug}.html.tmp"

    def _fail(self, job: Job, digest: str, printed: Printed) -> JobOutcome:
        """A failed city has no page: an older one would pass for today's."""
        # where the disk is the trouble the sentence is all there is
        with suppress(LedgerError):
            self._enter(job, digest, FAILED, printed)
        for path in (self.page(job), self.draft(job)):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        return _told(job, printed)

    def _enter(self, job: Job, digest: str, status: str, printed: Printed) -> None:
        sha = ""
        if printed.page is not None:
            sha = hashlib.sha256(printed.page).hexdigest()
        row = {
            "slug": job.slug,
            "place": job.order or job.slug,
            "title": job.title,
            "family": job.group,
            "digest": digest,
            "status": status,
            "began": datetime.now().astimezone().isoformat(timespec="seconds"),
            "seconds": printed.seconds,
            "error": bare(printed.error),
            "log": bare(printed.log),
            "sha256": sha,
            "headline": json.dumps(printed.headline, ensure_ascii=False),
        }
        self.base.ask(ENTER, row)


def load_rows(folder: Path) -> list[dict]:
    """The rows of a folder's ledger, also while a run goes on; the columns as of TABLE.

    Nothing is written.

    Raises
    ------
    PressError
        The folder has no ledger, or one of another version, or another program holds it.
    """
    path = Path(folder) / NAME
    if not path.is_file():
        raise PressError(
            f"{folder} には、まだ報告書の台帳がありません。`dxplan report` でつくってください。"
        )
    with closing(_Base(path, GLANCE)) as base:
        base.ask("PRAGMA query_only = ON")
        theirs = base.version()
        if theirs is None:
            return []
        if theirs != VERSION:
            raise PressError(_other(path, theirs) + LOOK)
        return [dict(row) for row in base.ask(LISTED)]


def has_ledger(folder: Path) -> bool:
    """Whether a ledger lies in a folder."""
    return (Path(folder) / NAME).exists()


def renew_calendar(folder: Path, slug: str, renew: Callable[[bytes], bytes]) -> bytes:
    """The calendar of a city that follows on the last one, entered before anybody is sent it.

    Parameters
    ----------
    folder : of the ledger, which is made where it is missing.
    slug : the city.
    renew : last calendar -> calendar; the last one is b"" where there was none.

    Raises
    ------
    PressError
        The ledger cannot be read or written, or another program keeps it.
    """
    path = Path(folder) / NAME
    with closing(_Base(path, PATIENCE)) as base:
        strange = base.version() not in (None, VERSION)
    if strange:
        with closing(_lock(path.parent, SOON)):
            _put_aside(path)
    with closing(_open(path)) as base:
        base.ask(CALENDARS)
        base.ask("BEGIN IMMEDIATE")  # two runs of one city follow one another
        rows = base.ask("SELECT sent FROM calendar WHERE slug = ?", (slug,))
        try:
            last = zlib.decompress(rows[0]["sent"]) if rows else b""
        except zlib.error:
            raise LedgerError(STRANGE, path, REASONS[sqlite3.SQLITE_CORRUPT]) from None
        calendar = renew(last)
        if calendar != last:
            sent = zlib.compress(calendar)
            base.ask("INSERT OR REPLACE INTO calendar VALUES (?, ?)", (slug, sent))
        base.ask("COMMIT")
    return calendar


def _open(path: Path) -> _Base:
    base = _Base(path, PATIENCE)
    try:
        if base.version() != VERSION:
            base.ask(f"PRAGMA user_version = {VERSION}")
        base.ask(TABLE)
    except BaseException:
        base.close()
        raise
    return base


def _put_aside(path: Path) -> None:
    """Keep a ledger of another version under another name, with the folder's lock in hand."""
    with closing(_Base(path, PATIENCE)) as base:
        theirs = base.version()
    if theirs is None or theirs == VERSION:
        return
    number, kept = 1, path.with_name(f"dxplan-ledger-{theirs}.sqlite")
    while kept.exists():
        number += 1
        kept = path.with_name(f"dxplan-ledger-{theirs}-{number}.sqlite")
    try:
        path.rename(kept)
    except OSError as fault:
        raise LedgerError(REFUSED, path, disk_reason(fault)) from None
    _say(_other(path, theirs) + KEPT.format(path=place(kept)))


def _lock(folder: Path, wait: float = 0.0) -> sqlite3.Connection:
    path = folder / LOCK
    try:
        lock = held(path, wait)
    except sqlite3.Error as fault:
        raise _refusal(path, fault) from None
    if lock is None:
        who = holders(path)
        raise PressError(BUSY.format(folder=folder, who=who and f"({who})"))
    return lock


def _refusal(path: Path, fault: sqlite3.Error) -> LedgerError:
    code = fault.sqlite_errorcode & CODE
    strange = code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    why = REASONS.get(code, fault.sqlite_errorname)
    return LedgerError(STRANGE if strange else REFUSED, path, why)


def _other(path: Path, theirs: int) -> str:
    return OTHER.format(path=place(path), theirs=theirs, ours=VERSION)


def _say(sentence: str) -> None:
    """Tell the person at the keyboard; the run does not depend on it."""
    with suppress(OSError, AttributeError):  # full, or closed
        sys.stderr.write(f"dxplan: {sentence}\n")


def _hash(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _told(job: Job, printed: Printed, page: str = "") -> JobOutcome:
    """What became of a job that has just been run."""
    seconds, error, headline = printed.seconds, printed.error, printed.headline
    return JobOutcome(job.slug, job.title, bool(page), page, seconds, error, headline, job.group)


def _outcome(row: sqlite3.Row, kept: bool = False) -> JobOutcome:
    """What became of a job as the ledger has it."""
    ok = row["status"] == DONE
    return JobOutcome(
        row["slug"],
        row["title"],
        ok,
        f"{row['slug']}.html" if ok else "",
        row["seconds"],
        row["error"],
        json.loads(row["headline"]),
        row["family"],
        kept,
    )
