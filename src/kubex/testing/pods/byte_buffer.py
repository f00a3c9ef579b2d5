"""`ByteBuffer`: bytes between who gets them from a connection and who reads them, as many as are let in."""

from __future__ import annotations

from collections import deque
from typing import Final

import anyio
from anyio.abc import ByteReceiveStream

__all__ = ["ByteBuffer"]

_MOST: Final = 256 * 1024  # bytes that wait to be read; those who bring more wait, and hold their connection back


class ByteBuffer(ByteReceiveStream):
    """A stream of bytes that another task fills."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._has_ended = False
        self._is_broken = False
        self._is_closed = False
        self._news = anyio.Event()
        self._room = anyio.Event()

    async def put(self, data: bytes) -> None:
        """Add bytes, once there is room for them; nobody keeps those that nobody will read."""
        while self._size >= _MOST and not self._is_closed:
            self._room = anyio.Event()
            await self._room.wait()
        if data and not self._is_closed and not self._has_ended:
            self._pieces.append(data)
            self._size += len(data)
            self._news.set()

    def end(self, *, broken: bool = False) -> None:
        """Say that nothing more comes; `broken`: because the other side is gone."""
        if not self._has_ended:
            self._has_ended, self._is_broken = True, broken
            self._news.set()

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for bytes.

        Raises:
            anyio.EndOfStream: nothing more comes.
            anyio.BrokenResourceError: the other side is gone.
        """
        while not self._pieces:
            if self._is_closed:
                raise anyio.ClosedResourceError
            if self._has_ended:
                raise anyio.BrokenResourceError if self._is_broken else anyio.EndOfStream
            self._news = anyio.Event()
            await self._news.wait()
        piece = self._pieces.popleft()
        if len(piece) > max_bytes:
            self._pieces.appendleft(piece[max_bytes:])
            piece = piece[:max_bytes]
        self._size -= len(piece)
        if self._size < _MOST:
            self._room.set()
        return piece

    async def aclose(self) -> None:
        """Read no more."""
        self.close()

    def close(self) -> None:
        """Read no more: what comes is dropped, and no one waits for room."""
        self._is_closed = True
        self._pieces.clear()
        self._size = 0
        self._room.set()
        self._news.set()
