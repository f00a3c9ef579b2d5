"""`FrameWriter`: many senders, one WebSocket, and no frame that is broken off when a sender is cancelled."""

from __future__ import annotations

from collections import deque

import anyio

from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import KubexClientException

__all__ = ["FrameWriter"]

# Up to this many bytes of frames go out as one message.
_BATCH = 2**14


class FrameWriter:
    """Sends frames in the order they were given in, in a task of its own.

    A frame that is half sent when its sender is cancelled would spoil the connection for all others.

    Args:
        connection: where the frames go.
    """

    def __init__(self, connection: WebSocketConnection) -> None:
        self._connection = connection
        self._waiting: deque[tuple[bytes, anyio.Event | None]] = deque()
        self._under_way: list[anyio.Event] = []
        self._work: anyio.Event | None = None
        self._failure: KubexClientException | None = None

    @property
    def is_idle(self) -> bool:
        """Whether all frames have been sent."""
        return not self._waiting

    def post(self, frame: bytes) -> None:
        """Have a frame sent, without waiting for it; nothing happens when the connection is gone."""
        if frame and self._failure is None:
            self._add(frame, None)

    async def send(self, frame: bytes) -> None:
        """Wait until a frame is sent. It is sent even when the wait is cancelled.

        Raises:
            KubexClientException: the connection is gone.
        """
        if self._failure is None:
            is_sent = anyio.Event()
            self._add(frame, is_sent)
            await is_sent.wait()
        if self._failure is not None:
            raise self._failure

    async def run(self) -> None:
        """Send what there is to send, until cancelled.

        Raises:
            KubexClientException: the connection broke.
        """
        while True:
            while not self._waiting:
                self._work = anyio.Event()
                await self._work.wait()
            message, self._under_way = self._next_message()
            await self._connection.send_bytes(message)
            for is_sent in self._under_way:
                is_sent.set()

    def fail(self, failure: KubexClientException) -> None:
        """Have all sends fail, those that wait and those that come."""
        self._failure = failure
        for is_sent in (*self._under_way, *(is_sent for _, is_sent in self._waiting)):
            if is_sent is not None:
                is_sent.set()
        self._waiting.clear()

    def _add(self, frame: bytes, is_sent: anyio.Event | None) -> None:
        self._waiting.append((frame, is_sent))
        if self._work is not None:
            self._work.set()
            self._work = None

    def _next_message(self) -> tuple[bytes, list[anyio.Event]]:
        """Take the next frame, and those after it as long as all are small."""
        frames: list[bytes] = []
        sent: list[anyio.Event] = []
        size = 0
        while self._waiting and (not frames or size + len(self._waiting[0][0]) <= _BATCH):
            frame, is_sent = self._waiting.popleft()
            frames.append(frame)
            size += len(frame)
            if is_sent is not None:
                sent.append(is_sent)
        return (frames[0] if len(frames) == 1 else b"".join(frames)), sent
