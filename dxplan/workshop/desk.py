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
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

import pandas as pd

from dxplan.facts.nodes import ParamError
from dxplan.plan.again import plan_parts
from dxplan.plan.whole import Plan
from dxplan.town.city import City, load_city, load_trial
from dxplan.town.variant import Agreement, Changes, Place, value_at, variant_text
from dxplan.workshop import prover

NOW = "いまの計画"
NOBODY = Agreement("打合せ", date(2026, 4, 1), "試算")
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

    def __init__(self, slug: str) -> None:
        self.base = load_city(slug)
        self.changes: Changes = MappingProxyType({})
        self.past: list[Changes] = []
        self.future: list[Changes] = []
        self.pinned: Answer | None = None
        self._listeners: list[Callable[[Answer], None]] = []
        self._watchers: list[Callable[[str, Plan], None]] = []
        self._asked = self._given = 0  # numbers of changes: the newest, and the one last answered
        self._read: tuple[Changes, City] = ({}, self.base)  # the last ones that were read as a text
        self._tasks: set[asyncio.Task] = set()
        self.answer = Answer(PROVED, prover.plan_slug(self.base.slug, ""))
        _settle_memory()

    # --- what people do --------------------------------------------------------------------------
    def put(self, at: Place, value: object) -> None:
        """Change a value; the base's own value takes the change back.

        Raises
        ------
        ParamError
            The value cannot stand there.
        """
        changes = dict(self.changes)
        changes.pop(at, None)
        if value != value_at(self.base, at):
            changes[at] = value
        self._take(changes)

    def put_all(self, values: Mapping[Place, object]) -> None:
        """Change many values as one step."""
        changes = {}
        for at, value in {**self.changes, **values}.items():
            if value != value_at(self.base, at):
                changes[at] = value
        self._take(changes)

    def _take(self, changes: Changes) -> None:
        if changes != self.changes:
            self.city_of(changes)  # says at once what cannot be
            self.past.append(self.changes)
            self.future.clear()
            self._set(changes)

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

    def pin(self) -> None:
        """Keep the present plan as A."""
        self.pinned = self.answer
        self._say(self.answer)

    def unpin(self) -> None:
        """Let A go."""
        self.pinned = None
        self._say(self.answer)

    def listen(self, listener: Callable[[Answer], None]) -> None:
        """Call a function with each answer."""
        self._listeners.append(listener)

    def watch(self, watcher: Callable[[str, Plan], None]) -> None:
        """Call a function with each part of a first answer (pmo, staffing), and the plan so far."""
        self._watchers.append(watcher)

    def value(self, at: Place) -> object:
        """The value at a place at present."""
        return self.changes.get(at, value_at(self.base, at))

    def check(self, slug: str, text: str) -> None:
        """Refuse a text that would not make the city that is on the screen.

        Raises
        ------
        ParamError
            The text has faults, or its city differs.
        """
        saved, shown = load_trial(slug, text), self.city_of(self.changes)
        if any(value_at(saved, at) != value_at(shown, at) for at in self.changes):
            raise ParamError(
                "保存するファイルの値が画面と一致しないため、保存しませんでした。"
                "団体を開き直してから、もう一度変更してください。"
            )

    # --- cities and texts ------------------------------------------------------------------------
    def text(
        self, changes: Changes | None = None, said: Agreement = NOBODY, before: str = ""
    ) -> str:
        """The YAML of the changes; see ``variant_text``."""
        if changes is None:
            changes = self.changes
        return variant_text(self.base, changes, said, before)

    def city_of(self, changes: Changes) -> City:
        """The city with some changes, as the loader reads it from the text that would be saved."""
        if not changes:
            return self.base
        if self._read[0] != changes:
            city = load_trial(prover.trial_of(self.base.slug), self.text(changes))
            self._read = dict(changes), city
        return self._read[1]

    # --- planning --------------------------------------------------------------------------------
    def _set(self, changes: Changes) -> None:
        before, self.changes = self.changes, MappingProxyType(dict(changes))
        if _planned(before) == _planned(changes):  # a note asks for no plan
            self._say(self.answer)
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
            first = await self._first(self.changes)
            self._tell(number, first)
        if number != self._asked or first.state == WRONG:
            return
        async with self._proof_lock:
            if number == self._asked:
                proved = await asyncio.to_thread(self._prove, self.changes)
                if number == self._asked:
                    self._tell(number, proved)
                    gc.collect()  # now that nobody waits: pictures leave much behind

    async def _first(self, changes: Changes) -> Answer:
        """The first answer.

        What has a part of it in sight draws before the next part is planned, for both want this
        process.
        """
        loop = asyncio.get_running_loop()
        try:
            parts = plan_parts(self.city_of(changes), self.answer.plan)
            while True:
                part, plan = await loop.run_in_executor(self._thread, next, parts)
                if not part:
                    return Answer(FIRST, plan)
                for watcher in self._watchers:
                    watcher(part, plan)
                await asyncio.sleep(SENT)
        except ParamError as fault:
            return Answer(WRONG, self.answer.plan, str(fault))

    def _prove(self, changes: Changes) -> Answer:
        """The proved plan, from the process beside; once more in a fresh one if that has died."""
        text = self.text(changes) if changes else ""
        order = prover.plan_slug, self.base.slug, text
        try:
            plan = self._process.submit(*order).result()
        except BrokenProcessPool:
            del self._process
            plan = self._process.submit(*order).result()
        except ParamError as fault:
            return Answer(WRONG, self.answer.plan, str(fault))
        return Answer(PROVED, plan)

    async def options(self, variants: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """The present plan, the strategies and saved variants; see ``prover.plan_choices``."""
        text = self.text() if self.changes else ""
        async with self._proof_lock:
            order = prover.plan_choices, self.base.slug, text, variants, NOW
            return await asyncio.to_thread(lambda: self._process.submit(*order).result())

    def _tell(self, number: int, answer: Answer) -> None:
        if number >= self._given:
            self._given, self.answer = number, answer
            self._say(answer)

    def _say(self, answer: Answer) -> None:
        for listener in self._listeners:
            listener(answer)

    @cached_property
    def _first_lock(self) -> asyncio.Lock:
        return asyncio.Lock()

    @cached_property
    def _proof_lock(self) -> asyncio.Lock:
        return asyncio.Lock()

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "dxplan-first")

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


def _planned(changes: Changes) -> dict[Place, object]:
    """The changes that a plan rests on."""
    return {at: value for at, value in changes.items() if at.part != "notes"}
