"""What was printed from which input: one SQLite file beside the pages, readable while a run goes on.

A page is published in three steps: written under a temporary name, entered with its hash, moved into
place. Whatever kills the run in between, the next one finds either the page or a file with that hash.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from dxplan.press import PressError
from dxplan.press.job import Outcome
from dxplan.press.page import disk_reason

NAME, LOCK, VERSION = ".dxplan.sqlite", ".dxplan.lock", 1
RUNNING, DONE, FAILED = "running", "done", "failed"
TABLE = """CREATE TABLE IF NOT EXISTS report (
    slug TEXT PRIMARY KEY, place TEXT NOT NULL, title TEXT NOT NULL, family TEXT NOT NULL, digest TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed')), began TEXT NOT NULL, seconds REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '', log TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '', headline TEXT NOT NULL DEFAULT '{}')"""
COLUMNS = "slug, place, title, family, digest, status, began, seconds, error, log, sha256, headline"
ENTER = f"INSERT OR REPLACE INTO report ({COLUMNS}) VALUES ({', '.join('?' * 12)})"
BROKEN = "{path} を台帳として読めません（{why}）。このファイルを消すと、全団体をつくり直します。"
BUSY = "出力先 {folder} は、動作中の別の dxplan が使っています。終わるのを待つか、--out で別の場所を指定してください。"


class Ledger:
    """The ledger of one folder of pages, held by one run at a time.

    Parameters
    ----------
    folder : folder of the pages; exists

    Raises
    ------
    PressError
        another run holds the folder, or the file is no ledger
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.lock = sqlite3.connect(self.folder / LOCK, timeout=0, isolation_level=None)
        try:
            self.lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as fault:
            self.lock.close()
            locked = fault.sqlite_errorcode == sqlite3.SQLITE_BUSY
            raise PressError(
                BUSY.format(folder=folder) if locked else BROKEN.format(path=LOCK, why=fault)
            ) from None
        self.base = _open(self.folder / NAME)

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.base.close()
        self.lock.close()

    def find(self, job, digest):
        """The outcome of a job whose page is there and was made from this very input, else None."""
        row = self.base.execute("SELECT * FROM report WHERE slug = ?", (job.slug,)).fetchone()
        if row is None or row["status"] != DONE or row["digest"] != digest:
            return None
        page, draft = self.page(job), self.draft(job)
        if _hash(page) != row["sha256"]:
            if _hash(draft) != row["sha256"]:
                return None
            os.replace(draft, page)
        return _outcome(row, kept=True)

    def begin(self, job, digest):
        """Enter that a job runs."""
        self._enter(job, digest, RUNNING)

    def publish(self, job, digest, printed):
        """Enter a page and put it into place.

        Parameters
        ----------
        job, digest : the job and its input
        printed : what the worker sent

        Returns
        -------
        outcome; a failure where the disk refuses
        """
        if printed.page is None:
            return self._fail(job, digest, printed.seconds, printed.error, printed.log)
        try:
            self.draft(job).write_bytes(printed.page)
            sha = hashlib.sha256(printed.page).hexdigest()
            headline = json.dumps(printed.headline, ensure_ascii=False)
            self._enter(job, digest, DONE, printed.seconds, sha=sha, headline=headline)
            os.replace(self.draft(job), self.page(job))
        except (OSError, sqlite3.Error) as fault:
            why = disk_reason(fault) if isinstance(fault, OSError) else str(fault)
            sentence = (
                f"{job.slug}.html を書けません（{why}）。出力先の権限と空き容量を確かめてください。"
            )
            return self._fail(job, digest, printed.seconds, sentence, str(fault))
        return Outcome(
            job.slug,
            job.title,
            True,
            self.page(job).name,
            printed.seconds,
            "",
            printed.headline,
            job.group,
        )

    def outcomes(self):
        """The outcomes of all cities that this folder has a page or a failure of, in the order of the index."""
        rows = self.base.execute(
            "SELECT * FROM report WHERE status != ? ORDER BY place, slug", (RUNNING,)
        ).fetchall()
        return [
            _outcome(row)
            for row in rows
            if row["status"] == FAILED or (self.folder / f"{row['slug']}.html").exists()
        ]

    def page(self, job):
        """Path of a job's page."""
        return self.folder / f"{job.slug}.html"

    def draft(self, job):
        """Path of a job's page until it is entered."""
        return self.folder / f".{job.slug}.html.tmp"

    def _fail(self, job, digest, seconds, error, log):
        """A failed city has no page: an older one would pass for today's."""
        with suppress(
            OSError, sqlite3.Error
        ):  # where the disk is the trouble the sentence is all there is
            self._enter(job, digest, FAILED, seconds, error, log)
        for path in (self.page(job), self.draft(job)):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        return Outcome(job.slug, job.title, False, "", seconds, error, {}, job.group)

    def _enter(self, job, digest, status, seconds=0.0, error="", log="", sha="", headline="{}"):
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self.base.execute(
            ENTER,
            (
                job.slug,
                job.order or job.slug,
                job.title,
                job.group,
                digest,
                status,
                now,
                seconds,
                error,
                log,
                sha,
                headline,
            ),
        )


def load_rows(folder):
    """The rows of a folder's ledger, also while a run goes on.

    Parameters
    ----------
    folder : folder of the pages

    Returns
    -------
    list of dicts: slug, title, status (running, done, failed), began, seconds, error, log

    Raises
    ------
    PressError
        the folder has no ledger
    """
    path = Path(folder) / NAME
    if not path.exists():
        raise PressError(
            f"{folder} には、まだ報告書の台帳がありません。`dxplan report` でつくってください。"
        )
    with closing(_open(path)) as base:
        return [dict(row) for row in base.execute("SELECT * FROM report ORDER BY place, slug")]


def _open(path):
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


def _hash(path):
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _outcome(row, kept=False):
    ok = row["status"] == DONE
    return Outcome(
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
