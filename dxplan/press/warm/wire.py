"""Jupyter messages over plain sockets between an engine and the process that runs its cells.

A message has several parts, as zmq sends them; here their number and lengths go before them.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty
from typing import Any

COUNT, LENGTH = struct.Struct("<I"), struct.Struct("<Q")
CHUNK = 1 << 20


def bytes_of(sock: socket.socket, size: int) -> bytes:
    """Exactly so many bytes.

    Raises
    ------
    OSError
        The other end is gone before they have come.
    """
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            raise OSError("the other end is gone")
        data += piece
    return data


class Writer:
    """The sending end, as much of a zmq socket as a kernel and a Jupyter session want of it."""

    def __init__(self, sock: socket.socket, context: object = None) -> None:
        self.sock = sock
        self.context = context  # zmq's, for the events inside the kernel's output thread

    def send_multipart(
        self, parts: Sequence, flags: int = 0, copy: bool = True, track: bool = False
    ) -> None:
        """Send one message whole.

        Parameters
        ----------
        parts : bytes, memoryviews or zmq frames.
        flags, copy, track : as zmq has them; of no meaning here.
        """
        parts = [bytes(memoryview(part)) for part in parts]
        lengths = [LENGTH.pack(len(part)) for part in parts]
        with suppress(BrokenPipeError):  # nobody listens any more: as zmq, say nothing
            self.sock.sendall(b"".join([COUNT.pack(len(parts)), *lengths, *parts]))

    def flush(self, flag: int = 0, limit: float | None = None) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()


class Reader:
    """The receiving end, for an event loop; a message cut off by the other's death never comes."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock, self.data, self.ended = sock, bytearray(), False

    async def read(self) -> list[bytes] | None:
        """The parts of the next message; None at the end."""
        parts = self._message()
        while parts is None and not self.ended:
            # what has come stays in `data`, should nbclient cease to wait here
            piece = await asyncio.get_running_loop().sock_recv(self.sock, CHUNK)
            self.ended = not piece
            self.data += piece
            parts = self._message()
        return parts

    def _message(self) -> list[bytes] | None:
        """The first message, taken out of `data`; None while it is not here whole."""
        if len(self.data) < COUNT.size:
            return None
        (count,) = COUNT.unpack_from(self.data)
        start = COUNT.size + LENGTH.size * count
        if len(self.data) < start:
            return None
        lengths = struct.unpack_from(f"<{count}Q", self.data, COUNT.size)
        if len(self.data) < start + sum(lengths):
            return None
        parts = []
        for length in lengths:
            parts.append(bytes(self.data[start : start + length]))
            start += length
        del self.data[:start]
        return parts


class Channel:
    """What nbclient takes for a zmq channel: messages out by one socket, in by another."""

    def __init__(self, session: Any, reader: Reader, writer: Writer | None = None) -> None:
        self.session, self.reader, self.writer = session, reader, writer

    def send(self, message: dict) -> None:
        """Send a message of the Jupyter protocol."""
        self.session.send(self.writer, message)

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next message of the Jupyter protocol.

        Parameters
        ----------
        timeout : seconds to wait; without end where None.

        Raises
        ------
        queue.Empty
            Nothing came in time; from a process that is dead nothing ever comes.
        """
        try:
            parts = await asyncio.wait_for(self._next(), timeout)
        except TimeoutError:
            raise Empty from None
        _, parts = self.session.feed_identities(parts)
        return self.session.deserialize(parts)

    async def _next(self) -> list[bytes] | None:
        parts = await self.reader.read()
        if parts is None and self.writer is None:
            raise asyncio.CancelledError  # ends nbclient's task, which waits for outputs
        if parts is None:
            await asyncio.Event().wait()  # nbclient itself looks after its kernel and ends this
        return parts
