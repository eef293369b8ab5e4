"""The workers of a Dask cluster: the same work, sent with all it needs, results back as bytes.

A task is pure: a notebook, a slug, and the texts it may read. A worker that dies in the middle
costs a task done twice; one that kills each worker it meets fails alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Self

from dxplan.press import PressError
from dxplan.press.job import Job, Printed, Setting
from dxplan.press.worker import run_elsewhere

LOCAL = "local"
OTHER = (
    "ワーカー {worker} の版が手元と違います({what})。"
    "同じ版の dxplan と data/ を入れてから、もう一度動かしてください。"
)
MISSING = (
    "--scheduler には Dask の distributed が要ります。"
    '`pip install "dxplan[cluster]"` で入れてから、もう一度動かしてください。'
)
LOST = "クラスタの作業プロセスが、この団体で何度も止まりました(メモリ不足、または外からの終了)。"
NOBODY = (
    "クラスタに動いている作業プロセスがなくなり、{wait:.0f}秒待っても戻りませんでした。"
    "クラスタを確かめて、もう一度動かしてください。できたページはそのまま使います。"
)
PATIENCE = 60.0  # seconds without any living worker, after which the jobs left are given up
GLANCES = 20  # looks a second at what has ended; once a second at who is alive


class Cluster:
    """A Dask cluster, used in a with statement.

    Parameters
    ----------
    address : of its scheduler, or "local" for one that is started on this machine.
    workers : number of processes of a local one.
    describe : gives name -> text of whatever must be the same everywhere.

    Raises
    ------
    PressError
        Dask is not installed, no scheduler answers, there is no worker, or a worker has other
        versions.
    """

    def __init__(self, address: str, workers: int, describe: Callable[[], dict[str, str]]) -> None:
        self.address, self.workers, self.describe = address, workers, describe
        self.local: Any = None  # of distributed, which may be missing
        self.client: Any = None

    def __enter__(self) -> Self:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise PressError(MISSING) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            if self.address == LOCAL:
                self.local = LocalCluster(
                    n_workers=self.workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # None would mean every door, at 8787
                )
            self.client = Client(self.local or self.address, timeout=10)
            self._compare()
        except (OSError, ValueError) as fault:
            self.__exit__()
            raise PressError(
                f"Dask のスケジューラ {self.address} につながりません({type(fault).__name__})。"
                "アドレス(例: tcp://192.0.2.1:8786)と、動いているかを確かめてください。"
            ) from None
        except PressError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *fault: object) -> None:
        for thing in (self.client, self.local):
            if thing is not None:
                thing.close()

    def use(self, setting: Setting) -> Self:
        """Take a batch's setting and start without jobs."""
        from distributed import as_completed

        self.setting = setting
        self.deserted = False
        self.jobs: dict[str, Job] = {}
        self.done = as_completed(with_results=False)
        return self

    def room(self) -> int:
        """Number of jobs that can be sent now: one a thread, as a dying worker loses all it has."""
        return max(0, max(1, self._threads()) - len(self.jobs))

    def submit(self, job: Job) -> None:
        """Send a job; a deserted cluster only keeps its name."""
        key = f"dxplan-{job.slug}-{id(job)}"
        self.jobs[key] = job
        if not self.deserted:
            self.done.add(self.client.submit(run_elsewhere, job, self.setting, key=key, pure=False))

    def collect(self) -> list[tuple[Job, Printed]]:
        """Wait for something to end: jobs and what was printed; all that is left if none lives."""
        if not self._wait():
            self.deserted = True
            left = list(self.jobs.values())
            self.jobs.clear()
            sentence = NOBODY.format(wait=PATIENCE)
            return [(job, Printed(None, error=sentence)) for job in left]
        future = next(self.done)
        job = self.jobs.pop(future.key)
        fault = future.exception()
        if fault is None:
            return [(job, future.result())]
        return [(job, Printed(None, error=LOST, log=f"{type(fault).__name__}: {fault}"))]

    def _wait(self) -> bool:
        """Whether a job ends before nobody has been alive for too long."""
        seen = time.monotonic()
        while not self.deserted:
            for _ in range(GLANCES):
                if self.done.has_ready():
                    return True
                time.sleep(1 / GLANCES)
            if self._threads():
                seen = time.monotonic()
            elif time.monotonic() > seen + PATIENCE:
                return False
            elif self.local is not None:
                # a nanny that gave up leaves no worker; a local cluster starts another
                self.local.scale(self.workers)
        return False

    def _threads(self) -> int:
        """Threads of the living workers; none where the scheduler itself is lost."""
        if self.deserted:
            return 0
        try:
            return sum(self.client.nthreads().values())
        except (OSError, RuntimeError, TimeoutError):
            return 0

    def _compare(self) -> None:
        self.client.wait_for_workers(1, timeout=10)
        mine = self.describe()
        for worker, theirs in self.client.run(self.describe).items():
            names = sorted({*mine, *theirs})
            different = [name for name in names if mine.get(name) != theirs.get(name)]
            if different:
                raise PressError(OTHER.format(worker=worker, what="、".join(different[:5])))
