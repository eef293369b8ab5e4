"""The engine's side of the template process: starts it, asks for children, talks to them."""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from jupyter_client.client import KernelClient
from jupyter_client.session import Session

from dxplan.files import PACKAGE
from dxplan.press.warm.kernel import ONE_THREAD
from dxplan.press.warm.wire import Channel, Reader, Writer, bytes_of
from dxplan.press.warm.zygote import BORN, DEAD, EVENT, FAULT, READY, SIZE

PRIVATE = "DXPLAN_"  # variables with this beginning may differ from notebook to notebook
MOMENT = 0.5  # seconds for an idle child to end
PATIENCE = 5.0  # seconds for a busy one
SILENCE = 300.0  # seconds without an answer, in which a template can compile and rehearse
TICK = 0.005  # seconds between two looks
# of the template alone: no thread of pyarrow's allocator, no complaint of the debugger's
QUIET = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
START = """import sys
_, root, number = sys.argv
sys.path[0] = root
from dxplan.press.warm.zygote import run_template
sys.path.remove(root)
run_template(int(number))"""

GONE = "the template process is gone"


class TemplateError(Exception):
    """There is no template process to fork from; English, for the log."""


class Template:
    """One template process; restarted when the environment has changed or it has died."""

    def __init__(self) -> None:
        self.control, other = socket.socketpair()
        self.control.settimeout(SILENCE)
        self.environment = _environment()
        self.dead: set[int] = set()
        one_thread = {f"{name}_NUM_THREADS": "1" for name in ONE_THREAD}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, str(PACKAGE.parent), str(other.fileno())],
            env=os.environ | QUIET | one_thread,
            pass_fds=(other.fileno(),),
            stdin=subprocess.DEVNULL,
        )
        other.close()
        self._expect(READY)

    def fork(self, order: Mapping[str, Any], ends: Sequence[int]) -> int:
        """The process number of a new child.

        Parameters
        ----------
        order : folder, environment, modules, rehearse.
        ends : file numbers that the child gets: requests, replies, outputs.
        """
        body = json.dumps(order).encode()
        try:
            socket.send_fds(self.control, [SIZE.pack(len(body))], ends)
            self.control.sendall(body)
        except OSError:
            raise TemplateError(GONE) from None
        return self._expect(BORN)

    def is_alive(self, pid: int) -> bool:
        """Whether a child still runs."""
        while select.select([self.control], [], [], 0)[0]:
            try:
                self._note(*self._hear())
            except TemplateError:  # its children are killed with it
                return False
        return pid not in self.dead

    def is_usable(self) -> bool:
        """Whether the process runs in the environment of now."""
        return self.process.poll() is None and self.environment == _environment()

    def stop(self) -> None:
        """End the process and whatever it has forked."""
        self.control.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        self.process.kill()
        self.process.wait()

    def _expect(self, wanted: bytes) -> int:
        while True:
            what, pid, size = self._hear()
            if what == wanted:
                return pid
            if what == FAULT:
                raise TemplateError(self._read(size).decode())
            self._note(what, pid, size)

    def _note(self, what: bytes, pid: int, _: int) -> None:
        if what == DEAD:
            self.dead.add(pid)

    def _hear(self) -> tuple[bytes, int, int]:
        return EVENT.unpack(self._read(EVENT.size))

    def _read(self, size: int) -> bytes:
        try:
            return bytes_of(self.control, size)
        except OSError:
            self.process.kill()  # also one that does not answer
            raise TemplateError(GONE) from None


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith(PRIVATE)}


_kept: Template | None = None
_lock = threading.Lock()


def keep_template() -> Template:
    """The template process of this process, started when it is first wanted."""
    global _kept
    with _lock:
        if _kept is None or not _kept.is_usable():
            if _kept is None:
                atexit.register(_stop)
            else:
                _kept.stop()
            _kept = Template()
        return _kept


def _stop() -> None:
    if _kept is not None:
        _kept.stop()


class Kernel:
    """What nbclient takes for a kernel manager: one child for one notebook."""

    ipykernel = True

    def __init__(self, modules: Iterable[str] = (), rehearse: str | None = None) -> None:
        self.template = keep_template()
        self.order = {"modules": list(modules), "rehearse": rehearse}
        self.pid: int | None = None
        self.wires: list[socket.socket] = []

    @property
    def has_kernel(self) -> bool:
        """Whether the child exists."""
        return self.pid is not None

    def start_kernel(
        self,
        extra_arguments: Sequence[str] = (),
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        **_: object,
    ) -> None:
        """Fork the child; the arguments as of jupyter_client's manager."""
        pairs = [socket.socketpair() for _ in range(3)]
        variables = dict(env or os.environ, JPY_PARENT_PID=str(os.getpid()))
        where = {"folder": str(cwd or os.getcwd()), "environment": variables}
        try:
            ends = [other.fileno() for _, other in pairs]
            self.pid = self.template.fork(self.order | where, ends)
            self.wires = [own for own, _ in pairs]
        finally:
            for own, other in pairs:
                other.close()
                if own not in self.wires:
                    own.close()

    def client(self) -> Client:
        """The client of the child, once."""
        return Client(self, *self.wires)

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self.pid is not None and self.template.is_alive(self.pid)

    def interrupt_kernel(self) -> None:
        """Interrupt the running cell."""
        if self.pid is not None and self.is_alive():
            os.kill(self.pid, signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """Hang up: the child ends by itself, or is interrupted, then killed, where it is busy."""
        if self.pid is None:
            return
        self.wires[0].shutdown(socket.SHUT_WR)
        if not await self._has_ended(0 if now else MOMENT):
            self.interrupt_kernel()
            if not await self._has_ended(0 if now else PATIENCE):
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
                await self._has_ended(PATIENCE)
        for wire in self.wires:
            wire.close()

    async def _has_ended(self, patience: float) -> bool:
        """Whether the child ends within some seconds; meanwhile nbclient still hears it."""
        for _ in range(round(patience / TICK)):
            if not self.is_alive():
                break
            await asyncio.sleep(TICK)
        return not self.is_alive()

    def cleanup_resources(self, restart: bool = False) -> None:
        """Nothing is left behind."""


class Client(KernelClient):
    """jupyter_client's own client with other channels."""

    def __init__(
        self,
        kernel: Kernel,
        requests: socket.socket,
        replies: socket.socket,
        outputs: socket.socket,
    ) -> None:
        super().__init__(session=Session())
        self.session.key = b""  # no stranger has a hand on a socket pair
        self.kernel = kernel
        self.readers = Reader(replies), Reader(outputs)
        self.wire = Writer(requests)

    @functools.cached_property
    def shell_channel(self) -> Channel:
        """Requests and their replies."""
        return Channel(self.session, self.readers[0], self.wire)

    @functools.cached_property
    def iopub_channel(self) -> Channel:
        """What the cells show."""
        return Channel(self.session, self.readers[1])

    def start_channels(self, *_: object, **__: object) -> None:
        """They are open from the start."""

    def stop_channels(self) -> None:
        """The manager closes them."""

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """A child is ready when it is born."""

    def is_alive(self) -> bool:
        """Whether the child still runs."""
        return self.kernel.is_alive()
