"""`TunnelledConnection`: one connection to a port of a pod, as a pair of streams in a tunnel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from kubex.api._port_connection import PortConnection
from kubex.core.spdy import DataReceived, StreamEnded, StreamReplied, StreamReset

if TYPE_CHECKING:
    from kubex.api._spdy_tunnel import SpdyTunnel

__all__ = ["TunnelledConnection"]

# Bytes of one message to the server.
_CHUNK_SIZE = 2**17

# Bytes that wait to be taken before the tunnel is held back, or the connection cut.
_BUFFER_SIZE = 2**22

# Seconds to hear why the data ended.
_EXPLANATION_PATIENCE = 1.0


class TunnelledConnection(PortConnection):
    """A connection to a port, in a tunnel.

    Args:
        tunnel: what it runs in.
        port: the pod's port.
        data_id: stream of its data.
        error_id: stream on which the server says what went wrong.
    """

    def __init__(self, tunnel: SpdyTunnel, port: int, data_id: int, error_id: int) -> None:
        super().__init__(port, tunnel.subject)
        self.data_id = data_id
        self.error_id = error_id
        self.is_replied = anyio.Event()
        self.has_news = anyio.Event()
        """The pod has said something, or the connection is over."""
        self._tunnel = tunnel
        self._replies = 0
        self._explanation = b""
        self._is_explained = False
        self._is_data_ended = False
        self._is_reset = False
        self._has_sent = False
        self._is_closed = False

    @property
    def is_sending(self) -> bool:
        """Whether data of it may be on its way to the pod."""
        return self._has_sent and not self.is_over

    @property
    def _tasks(self) -> TaskGroup:
        return self._tunnel.tasks

    async def _deliver(self, data: bytes) -> None:
        self._is_answered = False
        if len(data) <= _CHUNK_SIZE:
            await self._send(data)
            return
        view = memoryview(data)
        for start in range(0, len(view), _CHUNK_SIZE):
            await self._send(view[start : start + _CHUNK_SIZE])

    async def _send(self, data: bytes | memoryview) -> None:
        takes_data = await self._tunnel.takes_data_for(self)
        if self.is_over:
            raise self.data.failure or self.broken("the pod has closed the connection")
        if not takes_data:
            raise self.broken("the server has stopped to take data for it")
        self._has_sent = True
        await self._tunnel.send(self, data)

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self.finish(None)
        self.data.clear()
        self._tunnel.hang_up(self)

    def truncate(self) -> None:
        """Cut the connection: nobody takes what comes."""
        self.is_truncated = True
        self.finish(None)
        self._tunnel.hang_up(self)

    def finish(self, failure: Exception | None) -> None:
        super().finish(failure)
        self.is_replied.set()
        self.has_news.set()

    def take_data(self, event: DataReceived) -> None:
        """Take what came on one of the streams."""
        if event.stream_id != self.data_id:
            self._explanation += event.data
            return
        self._is_answered = True
        if not self.data.received:
            self.has_news.set()
            self._tunnel.note_answer(self.port)
        self.data.put(event.data)
        if self.data.size > _BUFFER_SIZE:
            self._tunnel.note_arrival(self)

    def take_note_of(self, event: StreamReplied | StreamEnded | StreamReset) -> None:
        """Take what happened to one of the streams."""
        if isinstance(event, StreamReplied):
            self._replies += 1
            if self._replies == 2:
                self.is_replied.set()
            return
        if event.stream_id == self.error_id:
            self._is_explained = True
        elif not self._is_data_ended:
            self._is_data_ended = True
            self._is_reset = isinstance(event, StreamReset)
            if not self._is_explained:
                self._tasks.start_soon(self._settle_unexplained)
        if self._is_explained and (self._is_data_ended or self._explanation):
            self._settle()

    def _settle(self) -> None:
        """Say that the server is done with the connection."""
        if self.is_over:
            return
        explanation = " ".join(self._explanation.decode(errors="replace").split())
        failure = None
        if explanation:
            self.errors.put(explanation.encode())
            failure = self.broken(explanation)
        elif self._is_reset:
            failure = self.broken("the server has reset the connection")
        was_sending = self.is_sending
        self.finish(failure)
        self._tunnel.hang_up(self)
        if was_sending:
            self._tunnel.probe(self)

    async def _settle_unexplained(self) -> None:
        await anyio.sleep(_EXPLANATION_PATIENCE)
        if self._is_reset or self.is_ended_here:
            self._settle()
        else:
            self.data.end()  # the pod says no more, and may still listen

    def _tell_end(self) -> None:
        self._tunnel.send_end(self)

    def _take_note(self) -> None:
        if self._tunnel.is_held_up and self.data.size <= _BUFFER_SIZE // 2:
            self._tunnel.note_taken(self)
