"""The worker processes of this machine.

Each worker is a pool of its own with a single process. When a process dies its pool breaks and
takes down exactly the one city it had; a shared pool would fail all cities under way.
"""

import os
import shutil
import signal
import tempfile
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

from dxplan.press.job import Printed
from dxplan.press.warm.kernel import kernel_environment, write_kernel
from dxplan.press.worker import run_city

JOBS_PER_WORKER = 300  # then a fresh process, so that memory stays flat over 1,741 cities
GRACE = 60.0  # seconds beside the cells before a worker counts as hung
DIED = "作業プロセスが途中で止まりました（メモリ不足、または外からの終了）。"
HUNG = "制限時間（{limit:.0f}秒）を過ぎても終わらないため、止めました。"


class Pool:
    """Worker processes, used in a with statement.

    Parameters
    ----------
    workers : number of processes
    setting : of the batch
    """

    def __init__(self, workers, setting):
        self.setting, self.idle, self.busy, self.count = setting, [], {}, workers

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="dxplan-"))
        write_kernel(self.home)
        self.idle = [_Worker(self.home) for _ in range(self.count)]
        return self

    def __exit__(self, *fault):
        for worker in [*self.idle, *(worker for worker, _, _ in self.busy.values())]:
            worker.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def room(self):
        """Number of jobs that can start now."""
        return len(self.idle)

    def submit(self, job):
        """Start a job."""
        worker = self.idle.pop()
        try:
            self.busy[worker.submit(job, self.setting, self.home)] = (
                worker,
                job,
                time.perf_counter(),
            )
        except BrokenProcessPool:  # it died while it had nothing to do: no city is hurt
            worker.stop()
            self.idle.append(_Worker(self.home))
            self.submit(job)

    def collect(self):
        """Wait for something to end.

        Returns
        -------
        list of job and what was printed
        """
        finished, _ = wait(self.busy, timeout=1.0, return_when=FIRST_COMPLETED)
        late = [
            future
            for future, (_, _, start) in self.busy.items()
            if future not in finished and time.perf_counter() - start > self.setting.limit + GRACE
        ]
        return [self._settle(future) for future in finished] + [
            self._cut(future) for future in late
        ]

    def _settle(self, future):
        worker, job, start = self.busy.pop(future)
        try:
            printed = future.result()
            self._replace(worker, False)
        except BrokenProcessPool as fault:
            printed = Printed(None, {}, time.perf_counter() - start, DIED, str(fault), True)
            self._replace(worker, True)
        return job, printed

    def _cut(self, future):
        worker, job, start = self.busy.pop(future)
        self._replace(worker, True)
        sentence = HUNG.format(limit=self.setting.limit)
        return job, Printed(None, {}, time.perf_counter() - start, sentence, "the worker hung")

    def _replace(self, worker, spent):
        if spent or worker.count >= JOBS_PER_WORKER:
            worker.stop()
            worker = _Worker(self.home)
        self.idle.append(worker)


class _Worker:
    """One process, started afresh after some jobs."""

    def __init__(self, home):
        self.pool = ProcessPoolExecutor(
            1,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(kernel_environment(home),),
        )
        self.number = self.pool.submit(os.getpid)
        self.count = 0

    def submit(self, job, setting, home):
        self.count += 1
        return self.pool.submit(run_city, job, setting, home)

    def stop(self):
        """End the process now: an idle one loses nothing, a busy one must not go on."""
        gone = (BrokenProcessPool, ProcessLookupError, PermissionError, TimeoutError)
        with suppress(*gone):
            os.kill(self.number.result(timeout=30), getattr(signal, "SIGKILL", signal.SIGTERM))
        self.pool.shutdown(wait=True, cancel_futures=True)


def _start_worker(environment):
    """Set up a worker: the notebooks' environment, deaf to Ctrl-C (the parent decides), silent, gone with its parent."""
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    threading.Thread(target=_follow, args=(parent_process().sentinel,), daemon=True).start()


def _follow(parent):
    connection.wait([parent])
    os._exit(1)
