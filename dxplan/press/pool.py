"""The worker processes of this machine; one that dies takes down exactly the city it had."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, Self

from dxplan.files import disk_reason
from dxplan.press import PressError
from dxplan.press.job import Job, Printed, Setting
from dxplan.press.scratch import scratch_folder
from dxplan.press.warm.kernel import kernel_environment, write_kernel
from dxplan.press.worker import run_city
from dxplan.processes import DIED, GoneError, Helper, heard, obey

JOBS_PER_WORKER = 300  # then a fresh process, so that memory stays flat over 1,741 cities
GRACE = 60.0  # seconds beside the cells before a worker counts as hung
NO_ROOM = (
    "一時フォルダ {} に書けません({})。空き容量を確かめるか、"
    "環境変数 TMPDIR で別の場所を指定してください。"
)
HUNG = "制限時間({limit:.0f}秒)を過ぎても終わらないため、止めました。"


class Pool:
    """Helper processes, used in a with statement.

    Parameters
    ----------
    workers : number of processes.
    setting : of the batch.
    """

    def __init__(self, workers: int, setting: Setting) -> None:
        self.setting, self.count = setting, workers
        self.scratch = scratch_folder()
        self.idle: list[Helper] = []
        self.busy: dict[Helper, _Run] = {}

    def __enter__(self) -> Self:
        try:
            self.home = self.scratch.__enter__()
            write_kernel(self.home)
        except OSError as fault:
            raise PressError(NO_ROOM.format(tempfile.gettempdir(), disk_reason(fault))) from None
        environment = kernel_environment(self.home)
        for _ in range(self.count):
            self.idle.append(Helper(_print_city, _start_worker, environment))
        return self

    def __exit__(self, *fault: object) -> None:
        for worker in (*self.idle, *self.busy):
            worker.stop()
        self.scratch.__exit__(None, None, None)

    def room(self) -> int:
        """Number of jobs that can start now."""
        return len(self.idle)

    def submit(self, job: Job) -> None:
        """Start a job."""
        worker = self.idle.pop()
        self.busy[worker] = _Run(job, time.perf_counter())
        order = job, self.setting, self.home
        worker.ask(order)

    def collect(self) -> list[tuple[Job, Printed]]:
        """Wait for something to end: jobs and what was printed."""
        longest = self.setting.limit + GRACE
        found = [self._settle(worker) for worker in heard(self.busy, 1.0)]
        late = [worker for worker, run in self.busy.items() if run.seconds > longest]
        return found + [self._cut(worker) for worker in late]

    def _settle(self, worker: Helper) -> tuple[Job, Printed]:
        try:
            printed = worker.answer()
            spent = worker.count >= JOBS_PER_WORKER
        except GoneError as fault:
            seconds = self.busy[worker].seconds
            printed = Printed(None, {}, seconds, DIED, str(fault), True)
            spent = True
        return self._free(worker, spent), printed

    def _cut(self, worker: Helper) -> tuple[Job, Printed]:
        sentence = HUNG.format(limit=self.setting.limit)
        seconds = self.busy[worker].seconds
        printed = Printed(None, {}, seconds, sentence, "the worker hung")
        return self._free(worker, True), printed

    def _free(self, worker: Helper, spent: bool) -> Job:
        if spent:
            worker.renew()
        self.idle.append(worker)
        return self.busy.pop(worker).job


class _Run(NamedTuple):
    """A job under way."""

    job: Job
    start: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.start


def _print_city(order: tuple[Job, Setting, Path]) -> Printed:
    return run_city(*order)


def _start_worker(environment: dict[str, str]) -> None:
    """Set up a worker: the notebooks' environment, silent, gone with its parent."""
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    obey()
