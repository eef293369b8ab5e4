"""What lies on the table of a meeting: base, changes, the plan so far, and a plan kept as A.

A change asks for a plan and is done; the answers come later, in this order: a first one, near and
quick, whose parts are told as they come to whoever has them in sight, then the proved one, from a
process of its own. Whoever asks again before an answer has come waits for the newest only: there is
no queue.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

import pandas as pd

from dxplan.facts.nodes import ParamError
from dxplan.plan.again import plan_parts
from dxplan.plan.whole import Plan
from dxplan.town.city import City, load_city, load_trial
from dxplan.town.variant import (
    NOBODY,
    Agreement,
    Changes,
    Place,
    Said,
    changed_city,
    same_plan,
    value_at,
    variant_text,
)
from dxplan.workshop import prover
from dxplan.workshop.journal import Draft, Journal

NOW = "いまの計画"
STALE, FIRST, PROVED, WRONG = "stale", "first", "proved", "wrong"
# seconds in which a picture leaves this process before the next part takes the interpreter
SENT = 0.005


@dataclass(frozen=True)
class Answer:
    """A plan and how far it is known.

    Attributes
    ----------
    state : stale (of before the change), first (near, its training is still the last one), proved,
        or wrong (the change has no plan).
    plan : the plan; the last one where the change has none.
    fault : why there is none, in Japanese.
    """

    state: str
    plan: Plan
    fault: str = ""


class Desk:
    """One municipality at the table.

    Parameters
    ----------
    slug : the base: a code, a params file, or a variant.
    """

    def __init__(self, slug: object) -> None:
        self.base = self.city = load_city(slug)
        self.changes: Changes = MappingProxyType({})
        self.journal = Journal(self.base)
        self.past: list[Changes] = []
        self.future: list[Changes] = []
        self.pinned: Answer | None = None
        self._listeners: list[Callable[[Answer], None]] = []
        self._watchers: list[Callable[[str, Plan], None]] = []
        self._asked = self._given = 0  # numbers of changes: the newest, and the one last answered
        self._tasks: set[asyncio.Task] = set()
        self._first_lock, self._proof_lock = asyncio.Lock(), asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "dxplan-first")
        self.answer = Answer(PROVED, prover.plan_proved(self.base))
        _settle_memory()

    # --- what people do --------------------------------------------------------------------------
    def put(self, at: Place, value: Said) -> None:
        """Change a value; the base's own value takes the change back.

        Raises
        ------
        ParamError
            The value cannot stand there.
        """
        self.put_all({at: value})

    def put_all(self, values: Changes) -> None:
        """Change many values as one step."""
        changes: dict[Place, Said] = {}
        for at, value in {**self.changes, **values}.items():
            if value != value_at(self.base, at):
                changes[at] = value
        last = self.changes
        if changes != last:
            self._set(changes)  # says at once what cannot be
            self.past.append(last)
            self.future.clear()

    def undo(self) -> None:
        """Take the last change back."""
        if self.past:
            self.future.append(self.changes)
            self._set(self.past.pop())

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.future:
            self.past.append(self.changes)
            self._set(self.future.pop())

    def discard(self) -> None:
        """Take back all that is in no file yet, as one step."""
        own = {at: value_at(self.base, at) for at in self.changes}
        self.put_all({**own, **self.journal.filed})

    def restore(self, draft: Draft) -> None:
        """Go on with what was left unsaved, as one step.

        Raises
        ------
        ParamError
            A value cannot stand there any more; the draft stays as it is.
        """
        with self.journal.taken(draft):
            self.put_all(draft.changes)

    def pin(self) -> None:
        """Keep the present plan as A."""
        self.pinned = self.answer
        self._repeat()

    def unpin(self) -> None:
        """Let A go."""
        self.pinned = None
        self._repeat()

    def listen(self, listener: Callable[[Answer], None]) -> None:
        """Call a function with each answer."""
        self._listeners.append(listener)

    def watch(self, watcher: Callable[[str, Plan], None]) -> None:
        """Call a function with each part of a first answer (pmo, staffing), and the plan so far."""
        self._watchers.append(watcher)

    def value(self, at: Place) -> Said:
        """The value at a place at present."""
        return self.changes.get(at, value_at(self.base, at))

    def check(self, slug: str, text: str) -> None:
        """Refuse a text that would not make the city that is on the screen.

        Raises
        ------
        ParamError
            The text has faults, or its city differs.
        """
        if not same_plan(load_trial(slug, text), self.city):
            raise ParamError(
                "保存するファイルの値が画面と一致しないため、保存しませんでした。"
                "団体を開き直してから、もう一度変更してください。"
            )

    def check_file(self, slug: str) -> None:
        """Refuse a file that does not make the city that is on the screen any more.

        Raises
        ------
        ParamError
            The file has faults or is gone, or its city differs.
        """
        if not same_plan(load_city(slug), self.city):
            raise ParamError(
                f"{slug} の前提のファイルが、画面を開いたあとで変わりました。"
                "団体か変更案を開き直してから、もう一度作ってください。"
            )

    def saved(self, slug: str) -> None:
        """What is on the screen has been written to a file."""
        self.journal.file(slug)
        self._repeat()

    def text(self, agreed: Agreement = NOBODY, before: str = "") -> str:
        """The YAML of the changes; see ``variant_text``."""
        return variant_text(self.base, self.changes, agreed, before)

    # --- planning --------------------------------------------------------------------------------
    def _set(self, changes: Changes) -> None:
        self.city = changed_city(self.base, changes)
        before, self.changes = self.changes, MappingProxyType(dict(changes))
        self.journal.keep(changes)
        if _planned(before) == _planned(changes):  # a note asks for no plan
            self._repeat()
            return
        self._asked += 1
        self._say(Answer(STALE, self.answer.plan))
        task = asyncio.get_running_loop().create_task(self._plan(self._asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _plan(self, number: int) -> None:
        """Plan the newest changes: first, then proved; give up where something newer is asked."""
        async with self._first_lock:
            if number != self._asked:
                return
            first = await self._first(self.city)
            self._tell(number, first)
        if number != self._asked or first.state == WRONG:
            return
        async with self._proof_lock:
            if number == self._asked:
                proved = await asyncio.to_thread(self._prove, self.city)
                if number == self._asked:
                    self._tell(number, proved)
                    gc.collect()  # now that nobody waits: pictures leave much behind

    async def _first(self, city: City) -> Answer:
        """The first answer.

        What has a part of it in sight draws before the next part is planned, for both want this
        process.
        """
        loop = asyncio.get_running_loop()
        try:
            parts = plan_parts(city, self.answer.plan)
            while True:
                part, plan = await loop.run_in_executor(self._thread, next, parts)
                if not part:
                    return Answer(FIRST, plan)
                for watcher in self._watchers:
                    watcher(part, plan)
                await asyncio.sleep(SENT)
        except ParamError as fault:
            return Answer(WRONG, self.answer.plan, str(fault))

    def _prove(self, city: City) -> Answer:
        """The proved plan, from the process beside; once more in a fresh one if that has died."""
        order = partial(prover.plan_proved, city)
        try:
            plan = self._process.submit(order).result()
        except BrokenProcessPool:
            del self._process
            plan = self._process.submit(order).result()
        except ParamError as fault:
            return Answer(WRONG, self.answer.plan, str(fault))
        return Answer(PROVED, plan)

    async def options(self, variants: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """The present plan, the strategies and saved variants; see ``prover.plan_choices``."""
        order = partial(prover.plan_choices, self.city, variants, NOW)
        async with self._proof_lock:
            return await asyncio.to_thread(lambda: self._process.submit(order).result())

    def _tell(self, number: int, answer: Answer) -> None:
        if number >= self._given:
            self._given, self.answer = number, answer
            self._say(answer)

    def _repeat(self) -> None:
        """Say once more how things stand: what else is under way has come no further."""
        answer = self.answer
        if self._given < self._asked:
            answer = Answer(STALE, answer.plan)
        self._say(answer)

    def _say(self, answer: Answer) -> None:
        for listener in self._listeners:
            listener(answer)

    @cached_property
    def _process(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, get_context("spawn"), prover.follow)

    async def settled(self) -> Answer:
        """The answer to the newest change, once nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        return self.answer

    def close(self) -> None:
        """Let the thread and the process go."""
        if threading.main_thread().is_alive():
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._process.shutdown(wait=False, cancel_futures=True)


def _settle_memory() -> None:
    """Take what is loaded out of the collector's rounds: one costs as much as a first answer."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def run_beside(work: Coroutine[Any, Any, None]) -> None:
    """Let something run beside what people do; a fault in it is told where faults are told."""
    task = asyncio.get_running_loop().create_task(work)
    task.add_done_callback(lambda done: done.result())


def _planned(changes: Changes) -> Changes:
    """The changes that a plan rests on."""
    return {at: value for at, value in changes.items() if at.part != "notes"}
