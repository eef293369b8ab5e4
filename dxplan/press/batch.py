"""A notebook times many cities: worker processes, one page or one sentence for each city.

Each worker is a pool of its own with a single process. When a process dies its pool breaks and
takes down exactly the one city it had; a shared pool would fail all cities under way.
"""

import os
import re
import shutil
import signal
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import nbformat

from dxplan.press import PressError
from dxplan.press.kernel import kernel_environment, write_kernel
from dxplan.press.notebook import fault_sentence, load_notebook, run_notebook
from dxplan.press.page import disk_reason, write_file, write_page

JOBS_PER_WORKER = 50  # then a fresh process, so that memory stays flat over 1,741 cities
SLUG = re.compile(r"\w[\w.\-]*")
DIED = "作業プロセスが途中で止まりました（メモリ不足、または外からの終了）。"


@dataclass(frozen=True)
class Job:
    """One city to print.

    Attributes
    ----------
    slug : text; given to the notebook, and the name of the page
    title : text for the index until the page gives its own
    group : text; rows of one group (a prefecture) stand together in the index
    """

    slug: str
    title: str = ""
    group: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one city.

    Attributes
    ----------
    slug, title, group : of the job
    ok : whether the page exists
    page : file name inside the output folder; empty when the city failed
    seconds : wall time (s)
    error : one Japanese sentence; empty when the city did not fail
    headline : Japanese label to text, as the notebook gave it
    """

    slug: str
    title: str
    ok: bool
    page: str = ""
    seconds: float = 0.0
    error: str = ""
    headline: dict = field(default_factory=dict)
    group: str = ""


def run_batch(notebook, jobs, out, workers=1, on_done=lambda outcome: None):
    """Run a notebook for each job and leave one page for each that succeeds.

    Parameters
    ----------
    notebook : notebook file; must declare `city` in its parameters cell
    jobs : jobs; a slug named twice runs once
    out : folder of the pages; created where it is missing
    workers : number of processes, each with one thread
    on_done : called in this process with each outcome as it comes

    Returns
    -------
    tuple of outcomes in the order of the jobs

    Raises
    ------
    PressError
        before anything runs, if the notebook or the folder cannot be used
    """
    jobs = tuple({job.slug: job for job in jobs}.values())
    _check_slugs(jobs)
    prepared = load_notebook(notebook)
    out = _open_folder(Path(out))
    home = Path(tempfile.mkdtemp(prefix="dxplan-"))
    try:
        write_kernel(home)
        nbformat.write(prepared, home / "notebook.ipynb")
        press = _Press(home, Path(notebook).resolve().parent, out.resolve())
        return press.run(jobs, max(1, min(workers, len(jobs))), on_done)
    finally:
        shutil.rmtree(home, ignore_errors=True)


class _Press:
    """The workers of one batch and the jobs they have in hand."""

    def __init__(self, home, cwd, out):
        self.home, self.cwd, self.out = home, cwd, out
        self.idle, self.busy = [], {}

    def run(self, jobs, workers, on_done):
        done = {}
        queue = list(reversed(jobs))
        try:
            self.idle = [_Worker(self.home) for _ in range(workers)]
            while queue or self.busy:
                while queue and self.idle:
                    self._hand_out(queue.pop())
                for outcome in self._collect():
                    done[outcome.slug] = outcome
                    on_done(outcome)
        finally:
            self._close()
        return tuple(done[job.slug] for job in jobs)

    def _hand_out(self, job):
        worker = self.idle.pop()
        try:
            self.busy[worker.submit(job, self.home, self.cwd, self.out)] = worker, job, time.perf_counter()
        except BrokenProcessPool:  # it died while it had nothing to do: no city is hurt
            worker.stop()
            self.idle.append(_Worker(self.home))
            self._hand_out(job)

    def _collect(self):
        finished, _ = wait(self.busy, return_when=FIRST_COMPLETED)
        return [self._settle(future) for future in finished]

    def _settle(self, future):
        worker, job, start = self.busy.pop(future)
        try:
            outcome = future.result()
        except BrokenProcessPool:
            outcome = _failure(job, DIED, time.perf_counter() - start)
            worker.spent = True
        if not outcome.ok:
            _remove_page(self.out, job)
        if worker.spent:
            worker.stop()
            worker = _Worker(self.home)
        self.idle.append(worker)
        return outcome

    def _close(self):
        """Stop every process; whatever is still under way (Ctrl-C) leaves no half page."""
        for worker in [*self.idle, *(worker for worker, _, _ in self.busy.values())]:
            worker.stop()
        for _, job, _ in self.busy.values():
            _temporary(self.out, job).unlink(missing_ok=True)


class _Worker:
    """One process, started afresh after some jobs."""

    def __init__(self, home):
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start_worker,
                                        initargs=(kernel_environment(home),))
        self.number = self.pool.submit(os.getpid)
        self.count = 0
        self.spent = False

    def submit(self, job, home, cwd, out):
        self.count += 1
        self.spent = self.count >= JOBS_PER_WORKER
        return self.pool.submit(print_city, job, home, cwd, out)

    def stop(self):
        """End the process now: an idle one loses nothing, a busy one must not finish its page."""
        try:
            os.kill(self.number.result(timeout=30), signal.SIGTERM)
        except (BrokenProcessPool, ProcessLookupError, PermissionError, TimeoutError):
            pass  # already gone
        self.pool.shutdown(wait=True, cancel_futures=True)


def _start_worker(environment):
    """Set up a worker: the kernels' environment, deaf to Ctrl-C (the parent decides), silent."""
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def print_city(job, home, cwd, out):
    """Run the prepared notebook for one city and write its page; a failure becomes a sentence.

    Parameters
    ----------
    job : the city
    home : private Jupyter home with `notebook.ipynb`
    cwd : folder in which the notebook's code runs
    out : folder of the pages

    Returns
    -------
    outcome
    """
    start = time.perf_counter()
    folder = tempfile.mkdtemp(prefix="r", dir=home)
    try:
        executed = run_notebook(home / "notebook.ipynb", job.slug, folder, cwd)
        headline = write_page(executed, out / f"{job.slug}.html", job.title or job.slug)
    except PressError as fault:
        return _failure(job, str(fault), time.perf_counter() - start)
    except Exception as fault:  # whatever a library throws, it is this city's failure alone
        return _failure(job, fault_sentence(type(fault).__name__, fault), time.perf_counter() - start)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(job.slug, job.title, True, f"{job.slug}.html", time.perf_counter() - start, "", headline,
                   job.group)


def _failure(job, sentence, seconds):
    return Outcome(job.slug, job.title, False, "", seconds, sentence, {}, job.group)


def _check_slugs(jobs):
    for job in jobs:
        if not SLUG.fullmatch(job.slug) or job.slug.lower() == "index":
            raise PressError(f"「{job.slug}」はページの名前に使えません。英数字とハイフンの名前にしてください。")


def _open_folder(out):
    """Make the folder and prove that a file can be written in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise PressError(f"出力先 {out} を作れません（{disk_reason(fault)}）。別の場所を指定してください。") from None
    write_file(out / ".probe", "").unlink()
    return out


def _temporary(out, job):
    return out / f".{job.slug}.html.tmp"


def _remove_page(out, job):
    """A failed city has no page: an older one would pass for today's."""
    with suppress(OSError):  # a folder that has become unwritable: its sentence is already told
        for path in (out / f"{job.slug}.html", _temporary(out, job)):
            path.unlink(missing_ok=True)
