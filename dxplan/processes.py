"""Processes that work for this one, and end with it whatever ends it."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")
PATIENCE = 30.0  # seconds for the system to take a killed process away
DIED = "作業プロセスが途中で止まりました(メモリ不足、または外からの終了)。"


class GoneError(Exception):
    """A process that was asked is gone, and its answer with it."""


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


class Helper:
    """A process that makes one thing of another at a time, asked over a pipe of its own.

    There is no thread and no lock in between that a signal could leave half done.

    Parameters
    ----------
    task : what is made of a thing; can be sent to another process, as can the things.
    begin : called there first, with ``given``.
    """

    def __init__(self, task: Callable, begin: Callable, *given: object) -> None:
        self.orders = task, begin, given
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self.pipe, far = context.Pipe()
        self.process = context.Process(target=_serve, args=(far, *self.orders), daemon=True)
        self.process.start()
        far.close()  # or nobody would hear that the process is gone
        self.count = 0  # things it was asked for

    def ask(self, thing: object) -> None:
        """Ask for a thing; a process that has died with nothing to do is replaced."""
        try:
            self.pipe.send(thing)
        except OSError:
            self.renew()
            self.pipe.send(thing)
        self.count += 1

    def answer(self) -> Any:
        """What was made, once there is a sign; raises what the task has raised.

        Raises
        ------
        GoneError
            The process has died.
        """
        try:
            made, fault = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(PATIENCE)
            raise GoneError(f"exit code {self.process.exitcode}") from None
        if fault:
            raise fault
        return made

    def renew(self) -> None:
        """A fresh process in place of the old one."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """End the process now: an idle one loses nothing, a busy one must not go on."""
        self.process.kill()
        self.process.join(PATIENCE)
        self.pipe.close()


def _serve(pipe: Connection, task: Callable, begin: Callable, given: Sequence[object]) -> None:
    """Make one thing after the other, until nobody asks any more."""
    begin(*given)
    with suppress(EOFError):
        while True:
            pipe.send(_tried(task, pipe.recv()))


def _tried(task: Callable, thing: object) -> tuple[Any, Exception | None]:
    try:
        return task(thing), None
    except Exception as fault:  # it is raised where the thing was asked for
        return None, fault


def heard(helpers: Iterable[Helper], seconds: float | None = None) -> list[Helper]:
    """Wait for the first answer or end, or some seconds: the helpers that have one."""
    helpers = list(helpers)
    ready = wait([helper.pipe for helper in helpers], seconds)
    return [helper for helper in helpers if helper.pipe in ready]


def each_made(
    task: Callable[[Thing], Made],
    things: Sequence[Thing],
    workers: int,
    lost: Callable[[Thing], Made],
) -> Iterator[Made]:
    """What a task makes of each of some things, in their order, in processes that end at once.

    Parameters
    ----------
    task, things : can be sent to another process; a single thing is not sent.
    workers : number of processes.
    lost : stands for what is made of a thing whose process has died; the others go on.
    """
    if len(things) == 1:
        yield task(things[0])
        return
    helpers: list[Helper] = []
    try:
        for _ in range(min(workers, len(things))):
            helpers.append(Helper(task, _begin))
        yield from _in_order(helpers, things, lost)
    finally:
        for helper in helpers:
            helper.stop()


def _in_order(
    helpers: Iterable[Helper],
    things: Sequence[Thing],
    lost: Callable[[Thing], Made],
) -> Iterator[Made]:
    idle, queue = list(helpers), deque(enumerate(things))
    busy: dict[Helper, tuple[int, Thing]] = {}
    made: dict[int, Made] = {}
    for number in range(len(things)):
        while number not in made:
            while queue and idle:
                helper = idle.pop()
                busy[helper] = queue.popleft()
                helper.ask(busy[helper][1])
            for helper in heard(busy):
                place, thing = busy.pop(helper)
                made[place] = _answer_or(helper, thing, lost)
                idle.append(helper)
        yield made.pop(number)


def _answer_or(helper: Helper, thing: Thing, lost: Callable[[Thing], Made]) -> Made:
    try:
        return helper.answer()
    except GoneError:
        helper.renew()
        return lost(thing)
