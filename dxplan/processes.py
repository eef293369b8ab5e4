"""Processes that work for this one, and end with it whatever ends it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from typing import TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def spare_strings() -> None:
    """Keep the texts of tables as Python's own: ours are small, and Arrow's cost a tenth of a plan.

    Of a process that belongs to a command alone: what a table says is the same.
    """
    import pandas as pd  # slow to import, and most processes here do without

    pd.set_option("mode.string_storage", "python")


def follow() -> None:
    """End this process with the one that asks it: one that was killed closes nothing."""
    Thread(target=_leave, daemon=True).start()


def _leave() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    os._exit(1)


def obey() -> None:
    """Follow the process that asks this one, deaf to Ctrl-C: it decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow()


def _begin() -> None:
    obey()
    spare_strings()


def each_made(
    task: Callable[[Thing], Made], things: Sequence[Thing], workers: int
) -> Iterator[Made]:
    """What a task makes of each of some things, in their order, in processes that end at once.

    Parameters
    ----------
    task, things : can be sent to another process; a single thing is not sent.
    workers : number of processes.
    """
    if len(things) == 1:
        yield task(things[0])
        return
    with ProcessPoolExecutor(min(workers, len(things)), get_context("spawn"), _begin) as pool:
        try:
            yield from pool.map(task, things)
        except BaseException:  # also where nobody asks on
            for child in active_children():
                child.kill()
            raise
