"""The tunnel of port-forward: a SPDY connection in the messages of a WebSocket, with any number of connections."""

from __future__ import annotations

import contextlib
from typing import Final

import anyio
from anyio.abc import TaskGroup

from kubex.core.exceptions import InvalidResponse
from kubex.core.spdy import (
    DataReceived,
    SendBytes,
    SpdyAcceptor,
    SpdyEvent,
    StreamEnded,
    StreamOpened,
    StreamReset,
    StreamStatus,
)
from kubex.core.spdy.events import StreamState
from kubex.testing.http.port_connections import serve_port
from kubex.testing.http.websockets import WebSocket
from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.pods.handlers import Handlers
from kubex.testing.storage import JsonObject

__all__ = ["TUNNEL_PROTOCOL", "serve_tunnel"]

TUNNEL_PROTOCOL: Final = "SPDY/3.1+portforward.k8s.io"
_MOST_STREAMS: Final = 4096
_PROTOCOL_ERROR: Final = 1002
_DATA: Final = "data"
_ERROR: Final = "error"
_STREAMS: Final = 2  # of one connection
_SENDING: Final = (StreamState.OPEN, StreamState.HALF_CLOSED_REMOTE)


async def serve_tunnel(socket: WebSocket, handlers: Handlers, pod: JsonObject) -> None:
    """Serve the connections of a tunnel, until the client hangs up or breaks the protocol."""
    async with anyio.create_task_group() as tasks:
        await _Tunnel(socket, handlers, pod, tasks).run()
        tasks.cancel_scope.cancel()


class _Connection:
    """A connection to a port: one stream for its data, and one on which it is told what went wrong."""

    def __init__(self, port: int, request: str) -> None:
        self.port = port
        self.request = request
        self.incoming = ByteBuffer()
        self.streams: dict[str, int] = {}
        self.scope = anyio.CancelScope()

    async def take(self, event: DataReceived | StreamEnded | StreamReset) -> None:
        """Take what the client says on one of its streams."""
        if isinstance(event, StreamReset):
            self.incoming.end(broken=True)
            self.scope.cancel()
        elif event.stream_id != self.streams.get(_DATA):
            return  # nothing is said on a stream of errors
        elif isinstance(event, StreamEnded):
            self.incoming.end()
        else:
            # Nothing holds back one connection alone: as long as one takes no more, its tunnel waits.
            await self.incoming.put(event.data)


class _Tunnel:
    def __init__(self, socket: WebSocket, handlers: Handlers, pod: JsonObject, tasks: TaskGroup) -> None:
        self._socket = socket
        self._handlers = handlers
        self._pod = pod
        self._tasks = tasks
        self._spdy = SpdyAcceptor()
        self._by_stream: dict[int, _Connection] = {}
        self._by_request: dict[str, _Connection] = {}

    async def run(self) -> None:
        while (message := await self._socket.receive()) is not None:
            data = message.encode() if isinstance(message, str) else message
            try:
                events = self._spdy.receive(data)
            except InvalidResponse:
                await self._socket.close(_PROTOCOL_ERROR)
                return
            try:
                for event in events:
                    await self._take(event)
            except anyio.BrokenResourceError:
                return

    async def _take(self, event: SpdyEvent) -> None:
        if isinstance(event, SendBytes):
            await self._socket.send(event.data)
        elif isinstance(event, StreamOpened):
            await self._socket.send(self._opened(event))
        elif isinstance(event, DataReceived | StreamEnded | StreamReset):
            connection = self._by_stream.get(event.stream_id)
            if connection is not None:
                await connection.take(event)
                self._forget_closed(connection)

    def _opened(self, event: StreamOpened) -> bytes:
        """Take a stream that the client opens, and give what to answer."""
        stream_id, headers = event.stream_id, event.headers
        kind, port = headers.get("streamtype", ""), headers.get("port", "")
        if len(self._by_stream) >= _MOST_STREAMS:
            return self._spdy.reset(stream_id, StreamStatus.REFUSED_STREAM)
        # Clients that give no number open the stream of errors first, and that of data next.
        request = headers.get("requestid") or str(stream_id if kind == _ERROR else stream_id - 2)
        connection = self._by_request.get(request)
        if connection is None and _is_port(port):
            connection = _Connection(int(port), request)
        if connection is None or kind not in (_DATA, _ERROR) or kind in connection.streams:
            return self._spdy.reset(stream_id)
        connection.streams[kind] = stream_id
        self._by_request[request] = self._by_stream[stream_id] = connection
        reply = self._spdy.accept(stream_id)
        if len(connection.streams) == _STREAMS:
            self._tasks.start_soon(self._serve, connection)
        return reply

    async def _serve(self, connection: _Connection) -> None:
        data_id, error_id = connection.streams[_DATA], connection.streams[_ERROR]

        async def send(data: bytes, *, fin: bool = False, stream_id: int = data_id) -> None:
            if self._spdy.state(stream_id) not in _SENDING:
                raise anyio.BrokenResourceError
            await self._socket.send(self._spdy.send_data(stream_id, data, fin=fin))

        async def send_end() -> None:
            await send(b"", fin=True)

        with connection.scope:
            explanation = await serve_port(
                self._handlers, self._pod, connection.port, connection.incoming, send, send_end
            )
            with contextlib.suppress(anyio.BrokenResourceError):
                if explanation:
                    await send(explanation.encode(), stream_id=error_id)
                await send(b"", fin=True, stream_id=error_id)
        connection.incoming.close()
        if connection.scope.cancelled_caught:
            with contextlib.suppress(anyio.BrokenResourceError):
                await self._socket.send(self._spdy.reset(data_id) + self._spdy.reset(error_id))
        self._forget_closed(connection)

    def _forget_closed(self, connection: _Connection) -> None:
        """Forget a connection's streams that are over in both directions."""
        for stream_id in connection.streams.values():
            if self._spdy.state(stream_id) is StreamState.CLOSED:
                self._by_stream.pop(stream_id, None)
        if not any(stream_id in self._by_stream for stream_id in connection.streams.values()):
            self._by_request.pop(connection.request, None)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("65535") and 0 < int(text) < 2**16
