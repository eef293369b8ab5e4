"""Jupyter messages over plain sockets between an engine and the process that runs its cells.

A message has several parts, as zmq sends them; here each part goes with its length before it.
"""

import asyncio
import struct
from collections import deque
from contextlib import suppress
from queue import Empty

COUNT = struct.Struct("<I")
LENGTH = struct.Struct("<Q")
CHUNK = 1 << 20


class Writer:
    """The sending end, as much of a zmq socket as a kernel and a Jupyter session want of it."""

    def __init__(self, sock, context=None):
        self.sock = sock
        self.context = context  # zmq's, for the events inside the kernel's output thread

    def send_multipart(self, parts, flags=0, copy=True, track=False):
        """Send one message whole.

        Parameters
        ----------
        parts : list of bytes, memoryviews or zmq frames
        flags, copy, track : as zmq has them; of no meaning here
        """
        parts = [bytes(memoryview(part)) for part in parts]
        head = COUNT.pack(len(parts)) + b"".join(LENGTH.pack(len(part)) for part in parts)
        with suppress(BrokenPipeError):  # nobody listens any more: as zmq, say nothing
            self.sock.sendall(b"".join([head, *parts]))

    def flush(self, flag=0, limit=None):
        """Nothing waits here."""

    def close(self):
        """Close the socket."""
        self.sock.close()


class Reader:
    """The receiving end, for an event loop; a message that is cut off by the other's death never comes."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.data, self.ready = sock, bytearray(), deque()
        self.ended = False

    async def read(self):
        """The parts of the next message, list of bytes; None at the end."""
        while not self.ready and not self.ended:
            got = await asyncio.get_running_loop().sock_recv(self.sock, CHUNK)
            self.ended = not got
            self.data += got
            self._split()
        return self.ready.popleft() if self.ready else None

    def _split(self):
        while (size := self._whole()) is not None:
            count = COUNT.unpack_from(self.data)[0]
            place = COUNT.size + LENGTH.size * count
            parts = []
            for i in range(count):
                length = LENGTH.unpack_from(self.data, COUNT.size + LENGTH.size * i)[0]
                parts.append(bytes(self.data[place : place + length]))
                place += length
            self.ready.append(parts)
            del self.data[:size]

    def _whole(self):
        """Bytes of the first message; None while it is not here whole."""
        if len(self.data) < COUNT.size:
            return None
        count = COUNT.unpack_from(self.data)[0]
        place = COUNT.size + LENGTH.size * count
        if len(self.data) < place:
            return None
        size = place + sum(
            LENGTH.unpack_from(self.data, COUNT.size + LENGTH.size * i)[0] for i in range(count)
        )
        return size if len(self.data) >= size else None

    def close(self):
        """Close the socket."""
        self.sock.close()


class Channel:
    """What nbclient takes for a zmq channel: messages out by one socket, in by another."""

    def __init__(self, session, reader, writer=None):
        self.session, self.reader, self.writer = session, reader, writer

    def send(self, message):
        """Send a message (dict of the Jupyter protocol)."""
        self.session.send(self.writer, message)

    async def get_msg(self, timeout=None):
        """The next message (dict of the Jupyter protocol).

        Parameters
        ----------
        timeout : seconds to wait; without end where None

        Raises
        ------
        queue.Empty
            nothing came in time; from a process that is dead nothing ever comes
        """
        try:
            parts = await asyncio.wait_for(self._next(), timeout)
        except TimeoutError:
            raise Empty from None
        _, parts = self.session.feed_identities(parts)
        return self.session.deserialize(parts)

    async def _next(self):
        parts = await self.reader.read()
        if parts is None and self.writer is None:
            raise asyncio.CancelledError  # ends nbclient's task, which waits for outputs
        if parts is None:
            await asyncio.Event().wait()  # nbclient itself looks after its kernel and ends this
        return parts
