"""`ChannelReader`: several readers of the channels of one connection, without a task between them and the socket.

Whoever wants something of a channel that isn't there yet reads the connection itself: one at a time, the others wait.
What it finds for them it puts into their buffers; when it has its own, the next of them goes on reading. So a program
that reads one channel reads the socket, and where two are read at once, the one with less to do serves the other.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

import anyio
import anyio.lowlevel

from kubex.core.channels import ChannelProtocol, Frame
from kubex.core.exceptions import InvalidArgument, InvalidResponse

__all__ = ["ChannelBuffer", "ChannelReader"]


class ChannelBuffer:
    """What came on a channel and was not taken yet.

    Args:
        size: pieces that it holds; of more the channel is closed, or nothing more is read.
    """

    __slots__ = ("_news", "_space", "chunks", "is_ended", "is_truncated", "is_waited_for", "size")

    def __init__(self, size: int) -> None:
        if not _is_count(size):
            raise InvalidArgument(f"buffer_size={size!r}: a whole number, 1 or more, is needed")
        self.size: int = size
        self.chunks: deque[bytes] = deque()
        self.is_ended: bool = False
        """Nothing more comes."""
        self.is_truncated: bool = False
        """Something came when the buffer was full: it and all after it are lost."""
        self.is_waited_for: bool = False
        """Somebody waits, or has been woken and did not get to run yet."""
        self._news: anyio.Event | None = None
        self._space: anyio.Event | None = None

    @property
    def is_full(self) -> bool:
        """Whether the next piece is one too many."""
        return len(self.chunks) >= self.size

    @property
    def has_sleeper(self) -> bool:
        """Whether somebody waits who has not been woken."""
        return self._news is not None

    def take(self) -> bytes:
        """Give the oldest piece."""
        self._make_space()
        return self.chunks.popleft()

    def close(self) -> None:
        """Take no more, and forget what there is."""
        self.chunks.clear()
        self.is_ended = True
        self._make_space()
        self.wake()

    def _make_space(self) -> None:
        if self._space is not None:
            self._space.set()
            self._space = None

    def wake(self) -> None:
        """Wake who waits for news."""
        if self._news is not None:
            self._news.set()
            self._news = None

    async def wait_for_news(self) -> None:
        """Wait until something came, the channel ended, or it is one's turn to read the connection."""
        if self._news is None:
            self._news = anyio.Event()
        self.is_waited_for = True
        try:
            await self._news.wait()
        finally:
            self.is_waited_for = False

    async def wait_for_space(self) -> None:
        """Wait until a piece is taken."""
        while self.is_full:
            if self._space is None:
                self._space = anyio.Event()
            await self._space.wait()


def _is_count(size: Any) -> bool:
    # Not every caller checks types.
    return isinstance(size, int) and not isinstance(size, bool) and size >= 1


class Connection(Protocol):
    """Where messages come from."""

    async def receive_bytes(self) -> bytes:
        """Wait for the next message."""
        ...


class ChannelReader:
    """Gives each channel of a connection its stream; a subclass says what comes of other channels, and at the end.

    Args:
        connection: where messages come from.
        protocol: how they are framed.
        buffers: the channels that are kept, by number.
        subject: what is being done, for the text of errors.
        block_on_full: read no more while a buffer is full that something has come for, rather than close its channel.
    """

    def __init__(
        self,
        connection: Connection,
        protocol: ChannelProtocol,
        buffers: dict[int, ChannelBuffer],
        *,
        subject: str,
        block_on_full: bool = False,
    ) -> None:
        self._connection = connection
        self._protocol = protocol
        self._buffers = buffers
        self._subject = subject
        self._block_on_full = block_on_full
        self.outcome: ChannelBuffer = ChannelBuffer(1)
        """Of which nothing comes but its end, when a subclass knows what it was all for."""
        self._end = ChannelBuffer(1)
        self._everyone = (*buffers.values(), self.outcome, self._end)
        self._is_reading = False
        self._was_wanted = False
        self._idleness: anyio.Event | None = None
        self.is_ended: bool = False
        """Nothing more comes of the connection."""
        self.failure: Exception | None = None
        """Why not, where that is no ordinary end."""

    def take_other(self, frame: Frame) -> None:
        """Take what came on a channel that has no buffer.

        Raises:
            InvalidResponse: it makes no sense; the connection is given up.
        """

    def settle(self, failure: Exception | None) -> Exception | None:
        """Give the failure that readers get to see when the connection has ended with this one, or with none."""
        return failure

    async def receive(self, buffer: ChannelBuffer) -> bytes | None:
        """Wait for the next piece of a channel; `None` at its end.

        Raises:
            KubexClientException: the connection broke.
        """
        self._was_wanted = True
        while self._is_reading and not self._is_settled(buffer):
            await self._wait(buffer)
        if not self._is_settled(buffer):
            self._is_reading = True
            try:
                while not self._is_settled(buffer):
                    chunk = await self._read(buffer)
                    if chunk:
                        return chunk
            finally:
                self._is_reading = False
                self._pass_on()
        if buffer.chunks:
            return buffer.take()
        if self.failure is not None and not buffer.is_ended:
            raise self.failure
        return None

    async def wait_for_end(self) -> None:
        """Wait until the connection ends.

        Raises:
            KubexClientException: it broke.
        """
        await self.receive(self._end)

    async def read_while_idle(self) -> None:
        """Read while nobody else does, so that channels nobody reads hold nobody up."""
        while not self.is_ended:
            if self._is_reading or self._was_wanted:
                self._idleness = anyio.Event()
                await self._idleness.wait()
                self._was_wanted = False
                continue
            self._is_reading = True
            try:
                await self._read(None)
            finally:
                self._is_reading = False
                self._pass_on()
            await anyio.lowlevel.checkpoint()  # somebody may be about to read

    def note_idleness(self) -> None:
        """Have `read_while_idle` read if nobody does: somebody is about to wait for something else."""
        if not self._is_reading and self._idleness is not None:
            self._idleness.set()

    def end(self, failure: Exception | None) -> None:
        """Say that nothing more comes."""
        if self.is_ended:
            return
        self.is_ended = True
        self.failure = self.settle(failure)
        for buffer in self._everyone:
            buffer.wake()
        if self._idleness is not None:
            self._idleness.set()

    def _is_settled(self, buffer: ChannelBuffer) -> bool:
        return bool(buffer.chunks) or buffer.is_ended or self.is_ended

    async def _wait(self, buffer: ChannelBuffer) -> None:
        try:
            await buffer.wait_for_news()
        except BaseException:
            # It may have been this one's turn to read.
            if not self._is_reading:
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Wake one who waits: it is its turn to read."""
        for buffer in self._everyone:
            if buffer.has_sleeper:
                buffer.wake()
                return

    async def _read(self, own: ChannelBuffer | None) -> bytes | None:
        """Read one message, and give what it carries where that is for `own`."""
        try:
            message = await self._connection.receive_bytes()
        except StopAsyncIteration:
            self.end(None)
            return None
        except Exception as error:
            self.end(error)
            return None
        try:
            frame = self._protocol.unpack(message)
            buffer = self._buffers.get(frame.channel)
            if buffer is None:
                self.take_other(frame)
                return None
        except InvalidResponse as error:
            self.end(InvalidResponse(f"{self._subject}: {error}"))
            return None
        if buffer is own and not frame.is_close:
            return frame.payload
        await self._put(buffer, frame)
        return None

    async def _put(self, buffer: ChannelBuffer, frame: Frame) -> None:
        if buffer.is_ended:
            return
        if frame.is_close:
            buffer.is_ended = True
        elif not frame.payload:
            return
        elif not buffer.is_full or await self._makes_space(buffer, frame):
            if not buffer.is_ended:
                buffer.chunks.append(frame.payload)
        else:
            buffer.is_truncated = buffer.is_ended = True
        buffer.wake()

    async def _makes_space(self, buffer: ChannelBuffer, frame: Frame) -> bool:
        """Wait for space in a full buffer, as long as that makes sense."""
        try:
            if self._block_on_full:
                await buffer.wait_for_space()
            else:
                await anyio.lowlevel.checkpoint()  # somebody may be about to read
            while buffer.is_full and buffer.is_waited_for:
                await anyio.lowlevel.checkpoint()  # who waited has been woken, and gets to run now
        except BaseException:
            buffer.chunks.append(frame.payload)  # one too many, rather than one lost
            raise
        return not buffer.is_full
