"""A template process: it imports the heavy libraries once and forks a process for each notebook.

It is given a socket to the engine (fork.py). It must have one thread whenever it forks, for a lock
that another thread holds at that moment would hang the child. A child is an IPython kernel of
ipykernel's, only that its messages go over plain sockets (wire.py).
"""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import gc
import importlib
import json
import os
import random
import selectors
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import ipykernel_launcher
import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.connect import write_connection_file
from tornado.ioloop import IOLoop
from traitlets import Any, default

from dxplan.press.warm.wire import Reader, Writer, bytes_of

SIZE = struct.Struct("<Q")
EVENT = struct.Struct("<cqq")  # what, process, status
READY, BORN, DEAD, FAULT = b"R", b"B", b"D", b"F"
PATIENCE = 5  # seconds for a child's own exit handlers
MEMORY = "--HistoryManager.hist_file=:memory:"
DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of Linux


class _Kernel(IPythonKernel):
    """ipykernel's own, without the queue of zmq messages behind it."""

    shell_stream = Any()
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing is queued: nbclient sends one cell at a time."""


class _App(IPKernelApp):
    """ipykernel's own application in two halves: what is done once, and what each child does."""

    kernel_class = _Kernel

    def prepare(self) -> None:
        """Configuration, shell and start-up files, without sockets and threads."""
        super(IPKernelApp, self).initialize([MEMORY])
        self.init_pdb()
        self.init_blackhole()
        self.configure_tornado_logger()
        self.session.key = b""  # no stranger has a hand on a socket pair
        self.displayhook = SimpleNamespace()
        self.kernel = self.kernel_class.instance(
            parent=self,
            session=self.session,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
        )
        self.init_path()
        self.init_shell()
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()

    def begin(self, replies: socket.socket, outputs: socket.socket) -> None:
        """Sockets, streams and threads of this process."""
        self.session.pid = os.getpid()
        writer = Writer(outputs, zmq.Context())
        self.iopub_thread = IOPubThread(writer, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket
        self.kernel.iopub_socket, self.kernel.iopub_thread = self.iopub_socket, self.iopub_thread
        for speaker in (self.kernel.shell.display_pub, self.kernel.shell.displayhook):
            speaker.pub_socket = self.iopub_socket
        self.kernel.shell_stream = Writer(replies)
        self.init_io()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        self.init_signal()

    @default("connection_file")
    def _connection_file(self) -> str:
        """A file for the library that asks for one; its ports are nobody's."""
        path = Path(self.connection_dir, f"kernel-{os.getpid()}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        atexit.register(path.unlink, missing_ok=True)
        write_connection_file(str(path), kernel_name="python3")
        return str(path)

    async def serve(self, requests: socket.socket) -> None:
        """Answer one request after the other until the engine hangs up."""
        self.io_loop = self.kernel.io_loop = IOLoop.current()
        reader = Reader(requests)
        while (parts := await reader.read()) is not None:
            await self.kernel.dispatch_shell([zmq.Frame(part) for part in parts])


def run_template(number: int) -> None:
    """Serve one engine, at a socket of this file number, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.argv[:] = [ipykernel_launcher.__file__, "-f", "", MEMORY]
    before = dict(os.environ)
    app = _App.instance()
    app.prepare()
    shell = {name: text for name, text in os.environ.items() if before.get(name) != text}
    _Zygote(app, socket.socket(fileno=number), shell).run()


class _Zygote:
    """The loop of the template process."""

    def __init__(self, app: _App, control: socket.socket, shell: dict[str, str]) -> None:
        self.app, self.control = app, control
        self.shell = shell  # variables that the shell has set
        self.done: set[str] = set()
        self.children: set[int] = set()

    def run(self) -> None:
        inside, outside = socket.socketpair()
        for end in (inside, outside):
            end.setblocking(False)
        signal.set_wakeup_fd(outside.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._tell(READY)
        with selectors.DefaultSelector() as ears:
            ears.register(self.control, selectors.EVENT_READ)
            ears.register(inside, selectors.EVENT_READ)
            while True:
                heard = {key.fileobj for key, _ in ears.select()}
                if inside in heard:
                    inside.recv(4096)
                    self._bury()
                if self.control in heard and not self._answer():
                    break
        for pid in self.children:
            _kill(pid)

    def _answer(self) -> bool:
        """Do what the engine asks; False when it is gone."""
        try:
            head, ends, _, _ = socket.recv_fds(self.control, SIZE.size, 3)
            if len(head) < SIZE.size:
                return False
            order = json.loads(bytes_of(self.control, *SIZE.unpack(head)))
        except (OSError, ValueError):
            return False
        try:
            self._learn(order)
            _check_threads()
            pid = os.fork()
        except Exception as fault:
            text = f"{type(fault).__name__}: {fault}".encode()
            self._tell(FAULT, 0, len(text))
            self.control.sendall(text)
        else:
            if pid == 0:
                self._become(order, ends)
            self.children.add(pid)
            self._tell(BORN, pid)
        for end in ends:
            os.close(end)
        return True

    def _learn(self, order: dict) -> None:
        """Import and rehearse once what this notebook is known to want, as a cell would."""
        assert self.app.shell
        with self.app.shell.builtin_trap:
            for name in order["modules"]:
                if name not in self.done:
                    self.done.add(name)
                    with suppress(ImportError):  # the cell will say it
                        importlib.import_module(name)
            if order["rehearse"] and order["rehearse"] not in self.done:
                self.done.add(order["rehearse"])
                module, _, function = order["rehearse"].partition(":")
                getattr(importlib.import_module(module), function)()
        gc.collect()
        gc.freeze()  # else the first collection of each child would copy every page

    def _bury(self) -> None:
        """Take leave of the dead, and of whatever they had started."""
        for pid in tuple(self.children):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
                continue
            _kill(pid)
            _, status = os.waitpid(pid, 0)
            self.children.discard(pid)
            self._tell(DEAD, pid, status)

    def _tell(self, what: bytes, pid: int = 0, status: int = 0) -> None:
        with suppress(OSError):  # the engine is gone; the loop will notice
            self.control.sendall(EVENT.pack(what, pid, status))

    def _become(self, order: dict, ends: Sequence[int]) -> NoReturn:
        """In the child: run the notebook's cells, and end with this process."""
        try:
            self.control.close()
            _settle(order["folder"], order["environment"] | self.shell)
            requests, replies, outputs = (socket.socket(fileno=end) for end in ends)
            self.app.begin(replies, outputs)
            asyncio.run(self.app.serve(requests))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE)
            atexit._run_exitfuncs()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)


def _check_threads() -> None:
    threads = threading.active_count()
    if sys.platform == "linux":  # those of libraries too
        threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise RuntimeError(f"{threads} threads are running; a fork would not be safe")


def _settle(folder: str, environment: dict[str, str]) -> None:
    """Make the child a process of its own: group, signals, folder, environment, chance."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
