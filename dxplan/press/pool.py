"""The worker processes of this machine.

Each worker is a pool of its own with a single process. When a process dies its pool breaks and
takes down exactly the one city it had; a shared pool would fail all cities under way.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Self

from dxplan.files import disk_reason
from dxplan.press import PressError
from dxplan.press.job import Job, Printed, Setting
from dxplan.press.scratch import scratch_folder
from dxplan.press.warm.kernel import kernel_environment, write_kernel
from dxplan.press.worker import run_city
from dxplan.processes import obey

JOBS_PER_WORKER = 300  # then a fresh process, so that memory stays flat over 1,741 cities
GRACE = 60.0  # seconds beside the cells before a worker counts as hung
DIED = "作業プロセスが途中で止まりました(メモリ不足、または外からの終了)。"
NO_ROOM = (
    "一時フォルダ {} に書けません({})。空き容量を確かめるか、"
    "環境変数 TMPDIR で別の場所を指定してください。"
)
HUNG = "制限時間({limit:.0f}秒)を過ぎても終わらないため、止めました。"


class Pool:
    """Worker processes, used in a with statement.

    Parameters
    ----------
    workers : number of processes.
    setting : of the batch.
    """

    def __init__(self, workers: int, setting: Setting) -> None:
        self.setting, self.count = setting, workers
        self.scratch = scratch_folder()
        self.idle: list[_Worker] = []
        self.busy: dict[Future, _Run] = {}

    def __enter__(self) -> Self:
        try:
            self.home = self.scratch.__enter__()
            write_kernel(self.home)
        except OSError as fault:
            raise PressError(NO_ROOM.format(tempfile.gettempdir(), disk_reason(fault))) from None
        self.idle = [_Worker(self.home) for _ in range(self.count)]
        return self

    def __exit__(self, *fault: object) -> None:
        for worker in [*self.idle, *(run.worker for run in self.busy.values())]:
            worker.stop()
        self.scratch.__exit__(None, None, None)

    def room(self) -> int:
        """Number of jobs that can start now."""
        return len(self.idle)

    def submit(self, job: Job) -> None:
        """Start a job."""
        worker = self.idle.pop()
        try:
            future = worker.submit(job, self.setting, self.home)
        except BrokenProcessPool:  # it died while it had nothing to do: no city is hurt
            worker.stop()
            self.idle.append(_Worker(self.home))
            self.submit(job)
        else:
            self.busy[future] = _Run(worker, job, time.perf_counter())

    def collect(self) -> list[tuple[Job, Printed]]:
        """Wait for something to end: jobs and what was printed."""
        finished, running = wait(self.busy, timeout=1.0, return_when=FIRST_COMPLETED)
        longest = self.setting.limit + GRACE
        late = [future for future in running if self.busy[future].seconds > longest]
        return [*map(self._settle, finished), *map(self._cut, late)]

    def _settle(self, future: Future) -> tuple[Job, Printed]:
        run = self.busy.pop(future)
        try:
            printed = future.result()
            self._replace(run.worker, False)
        except BrokenProcessPool as fault:
            printed = Printed(None, {}, run.seconds, DIED, str(fault), True)
            self._replace(run.worker, True)
        return run.job, printed

    def _cut(self, future: Future) -> tuple[Job, Printed]:
        run = self.busy.pop(future)
        self._replace(run.worker, True)
        sentence = HUNG.format(limit=self.setting.limit)
        return run.job, Printed(None, {}, run.seconds, sentence, "the worker hung")

    def _replace(self, worker: _Worker, spent: bool) -> None:
        if spent or worker.count >= JOBS_PER_WORKER:
            worker.stop()
            worker = _Worker(self.home)
        self.idle.append(worker)


class _Worker:
    """One process, started afresh after some jobs."""

    def __init__(self, home: Path) -> None:
        self.pool = ProcessPoolExecutor(
            1,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(kernel_environment(home),),
        )
        self.number = self.pool.submit(os.getpid)
        self.count = 0

    def submit(self, job: Job, setting: Setting, home: Path) -> Future:
        self.count += 1
        return self.pool.submit(run_city, job, setting, home)

    def stop(self) -> None:
        """End the process now: an idle one loses nothing, a busy one must not go on."""
        with suppress(BrokenProcessPool, ProcessLookupError, PermissionError, TimeoutError):
            # Windows has no SIGKILL
            os.kill(self.number.result(timeout=30), getattr(signal, "SIGKILL", signal.SIGTERM))
        self.pool.shutdown(wait=True, cancel_futures=True)


class _Run(NamedTuple):
    """A job under way."""

    worker: _Worker
    job: Job
    start: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.start


def _start_worker(environment: dict[str, str]) -> None:
    """Set up a worker: the notebooks' environment, silent, gone with its parent."""
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    obey()
