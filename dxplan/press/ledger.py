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
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from dxplan.press import PressError
from dxplan.press.job import Job, JobOutcome, Printed
from dxplan.press.page import disk_reason

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
BROKEN = "{path} を台帳として読めません({why})。このファイルを消すと、全団体をつくり直します。"
BUSY = (
    "出力先 {folder} は、動作中の別の dxplan が使っています。"
    "終わるのを待つか、--out で別の場所を指定してください。"
)


class Ledger:
    """The ledger of one folder of pages (which exists), held by one run at a time.

    Raises
    ------
    PressError
        Another run holds the folder, or the file is no ledger.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.lock = sqlite3.connect(self.folder / LOCK, timeout=0, isolation_level=None)
        try:
            self.lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as fault:
            self.lock.close()
            sentence = BROKEN.format(path=LOCK, why=fault)
            if fault.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                sentence = BUSY.format(folder=folder)
            raise PressError(sentence) from None
        self.base = _open(self.folder / NAME)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.base.close()
        self.lock.close()

    def find(self, job: Job, digest: str) -> JobOutcome | None:
        """The outcome of a job whose page is there and was made from this very input."""
        row = self.base.execute("SELECT * FROM report WHERE slug = ?", (job.slug,)).fetchone()
        if row is None or row["status"] != DONE or row["digest"] != digest:
            return None
        page, draft = self.page(job), self.draft(job)
        if _hash(page) != row["sha256"]:
            if _hash(draft) != row["sha256"]:
                return None
            os.replace(draft, page)  # a run was cut off between entering and moving
        return _outcome(row, kept=True)

    def begin(self, job: Job, digest: str) -> None:
        """Enter that a job runs."""
        self._enter(job, digest, RUNNING, Printed(None))

    def publish(self, job: Job, digest: str, printed: Printed) -> JobOutcome:
        """Enter a page and put it into place; a failure where the disk refuses."""
        if printed.page is None:
            return self._fail(job, digest, printed)
        try:
            self.draft(job).write_bytes(printed.page)
            self._enter(job, digest, DONE, printed)
            os.replace(self.draft(job), self.page(job))
        except (OSError, sqlite3.Error) as fault:
            why = disk_reason(fault) if isinstance(fault, OSError) else str(fault)
            sentence = (
                f"{job.slug}.html を書けません({why})。出力先の権限と空き容量を確かめてください。"
            )
            lost = Printed(None, seconds=printed.seconds, error=sentence, log=str(fault))
            return self._fail(job, digest, lost)
        return _told(job, printed, self.page(job).name)

    def outcomes(self) -> list[JobOutcome]:
        """The outcomes of all cities that have a page or a failure here, in the index's order."""
        rows = self.base.execute(
            "SELECT * FROM report WHERE status != ? ORDER BY place, slug", (RUNNING,)
        )
        outcomes = [_outcome(row) for row in rows]
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
        with suppress(OSError, sqlite3.Error):
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
            "error": printed.error,
            "log": printed.log,
            "sha256": sha,
            "headline": json.dumps(printed.headline, ensure_ascii=False),
        }
        self.base.execute(ENTER, row)


def load_rows(folder: Path) -> list[dict]:
    """The rows of a folder's ledger, also while a run goes on; the columns as of TABLE.

    Raises
    ------
    PressError
        The folder has no ledger.
    """
    path = Path(folder) / NAME
    if not path.exists():
        raise PressError(
            f"{folder} には、まだ報告書の台帳がありません。`dxplan report` でつくってください。"
        )
    with closing(_open(path)) as base:
        return [dict(row) for row in base.execute("SELECT * FROM report ORDER BY place, slug")]


def _open(path: Path) -> sqlite3.Connection:
    try:
        base = sqlite3.connect(path, timeout=30, isolation_level=None)
        base.row_factory = sqlite3.Row
        if base.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            base.executescript(
                f"DROP TABLE IF EXISTS report; {TABLE}; PRAGMA user_version = {VERSION}"
            )
    except sqlite3.DatabaseError as fault:
        raise PressError(BROKEN.format(path=path, why=fault)) from None
    return base


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
