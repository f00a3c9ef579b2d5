"""`SpdyTunnel`: many connections to the ports of a pod over one WebSocket.

For each there is a pair of SPDY streams: one for the data, one on which the server says what went wrong.

https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets

What the protocol, and the servers as they are, don't allow:

- Without flow control nothing but the connection as a whole can be held back. While the data of one connection waits
  untaken beyond its bound, nothing is read for the others.
- A server hands out what it gets by five workers, a stream to that of its number modulo 5. Data for a stream that
  nobody reads any more stops its worker for good, and a reset does not get past it. So nothing is sent before the pod's
  port had its time to refuse, and after a stream that ended while data was sent on it the workers are asked for a sign
  of life. Until they give it the tunnel takes no new connections, and what is sent on the streams of that worker waits:
  a server that has much to do is slow to answer, and only one that is silent for long has lost its worker.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup, TaskStatus

from kubex.api._background_tasks import BackgroundTasks
from kubex.api._frame_writer import FrameWriter
from kubex.api._port_connection import BrokenPort, PortTimedOut
from kubex.api._tunnel_workers import TunnelWorkers
from kubex.api._tunnelled_connection import TunnelledConnection
from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import KubexClientException
from kubex.core.spdy import (
    DataReceived,
    PongReceived,
    SendBytes,
    SpdyConnection,
    SpdyEvent,
    StreamEnded,
    StreamReplied,
    StreamReset,
)

__all__ = ["SpdyTunnel"]

# Seconds.
_REPLY_PATIENCE = 30.0
# To hear that the pod's port refused, before anything is sent to it: for the answer to a ping, by which the port has
# been tried, and then for the news of it, which come some milliseconds later at times.
_REFUSAL_PATIENCE = 0.25
_REFUSAL_GRACE = 0.05
_PING_INTERVAL = 5.0
_DEAD_AFTER = 60.0
_HELD_UP_AFTER = 1.0
_PACE = 0.005  # between openings: simple servers in pods have room for two or three callers at a time


class SpdyTunnel:
    """Opens connections to ports of a pod, on one WebSocket.

    Args:
        connection: the WebSocket, which the tunnel closes.
        subject: what is being done, for the text of errors.
        block_on_full: read no more while nobody takes what came for a connection, rather than cut that.
    """

    def __init__(self, connection: WebSocketConnection, subject: str, *, block_on_full: bool = True) -> None:
        self.subject = subject
        self.tasks: TaskGroup
        self._connection = connection
        self._block_on_full = block_on_full
        self._spdy = SpdyConnection()
        self._writer = FrameWriter(connection)
        self._streams: dict[int, TunnelledConnection] = {}
        self._opened = 0
        self._next_opening = 0.0
        self._answering_ports: set[int] = set()
        self._workers = TunnelWorkers(self._post_ping)
        self._holders: set[TunnelledConnection] = set()
        self._room = anyio.Event()
        self._held_since = 0.0
        self._has_heard = False
        self._is_retired = False
        self._failure: BrokenPort | None = None

    @property
    def takes_more(self) -> bool:
        """Whether it is wise to open a further connection here."""
        if self._failure is not None or self._is_retired or not self._workers.are_trusted or not self._spdy.can_open:
            return False
        return not self._holders or anyio.current_time() - self._held_since < _HELD_UP_AFTER

    async def settle(self) -> None:
        """Wait until `takes_more` is certain."""
        await self._workers.settle()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve the connections until the WebSocket ends, or `retire`d and the last of them is over."""
        try:
            async with BackgroundTasks() as self.tasks:
                self.tasks.start_soon(self._until_broken, self._writer.run)
                self.tasks.start_soon(self._keep_alive)
                task_status.started()
                await self._until_broken(self._read)
        finally:
            self.fail("the connection was closed")
            await self._connection.close()

    async def close(self) -> None:
        """Close the WebSocket in good order; `run` ends."""
        self._is_retired = True
        if self._failure is None and any(connection.is_sending for connection in self._streams.values()):
            # A worker takes its frames in turn: when it answers, what was sent before is with the pod.
            await self._workers.ping_all()
        await self._connection.close()

    def retire(self) -> None:
        """Open nothing more, and end when the last connection is over."""
        self._is_retired = True
        self._end_if_done()

    def fail(self, reason: str, *, is_timeout: bool = False) -> None:
        """End all connections with an error."""
        if self._failure is not None:
            return
        kind = PortTimedOut if is_timeout else BrokenPort
        self._failure = kind(f"{self.subject}: {reason}")
        self._writer.fail(self._failure)
        for connection in set(self._streams.values()):
            connection.finish(connection.timed_out(reason) if is_timeout else connection.broken(reason))
        self._streams.clear()
        self._holders.clear()
        self._room.set()
        self._workers.give_up()
        self.tasks.cancel_scope.cancel()

    async def open(self, port: int) -> TunnelledConnection:
        """Open a connection to a port; whether the pod refused it shows on the connection.

        Raises:
            PortForwardError: the tunnel is broken, or the server did not answer.
        """
        now = anyio.current_time()
        opening_at = max(now, self._next_opening)
        self._next_opening = opening_at + _PACE
        if opening_at > now:
            await anyio.sleep(opening_at - now)
        if self._failure is not None:
            raise self._failure
        headers = {"port": str(port), "requestid": str(self._opened)}
        self._opened += 1
        error_id, opening = self._spdy.open_stream({"streamtype": "error", **headers}, fin=True)
        data_id, opening_of_data = self._spdy.open_stream({"streamtype": "data", **headers})
        connection = TunnelledConnection(self, port, data_id, error_id)
        self._streams[error_id] = self._streams[data_id] = connection
        try:
            with anyio.move_on_after(_REPLY_PATIENCE):
                await self._writer.send(opening + opening_of_data)
                await connection.is_replied.wait()
            if not connection.is_replied.is_set():
                raise connection.broken(f"the server did not answer within {_REPLY_PATIENCE:g} s")
            if not connection.is_over:
                await self._wait_for_refusal(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _wait_for_refusal(self, connection: TunnelledConnection) -> None:
        asked = anyio.current_time()
        await self._workers.ping(_REFUSAL_PATIENCE)
        if connection.port not in self._answering_ports:
            took = anyio.current_time() - asked
            with anyio.move_on_after(min(max(_REFUSAL_GRACE, 2 * took), _REFUSAL_PATIENCE)):
                await connection.has_news.wait()

    async def takes_data_for(self, connection: TunnelledConnection) -> bool:
        """Wait until it is known whether the server takes data of a connection."""
        return await self._workers.wait_for(connection.data_id)

    async def send(self, connection: TunnelledConnection, data: bytes | memoryview) -> None:
        """Send data of a connection."""
        await self._writer.send(self._spdy.send_data(connection.data_id, data))

    def send_end(self, connection: TunnelledConnection) -> None:
        """Say that nothing more will be sent."""
        self._writer.post(self._spdy.send_data(connection.data_id, b"", fin=True))

    def hang_up(self, connection: TunnelledConnection) -> None:
        """Forget a connection, and tell the server of it if it doesn't know."""
        for stream_id in (connection.data_id, connection.error_id):
            self._streams.pop(stream_id, None)
            self._writer.post(self._spdy.reset(stream_id))
        self.note_taken(connection)
        self._end_if_done()

    def probe(self, connection: TunnelledConnection) -> None:
        """Find out whether the server's worker has survived the end of a connection."""
        self._workers.doubt(connection.data_id, self.tasks)

    def note_answer(self, port: int) -> None:
        """Take it in that somebody answers at a port of the pod."""
        self._answering_ports.add(port)

    def note_arrival(self, connection: TunnelledConnection) -> None:
        """Take it in that more waits for a connection's reader than should."""
        if not self._block_on_full:
            connection.truncate()
        elif connection not in self._holders:
            if not self._holders:
                self._held_since = anyio.current_time()
            self._holders.add(connection)

    def note_taken(self, connection: TunnelledConnection) -> None:
        """Read on when what held the tunnel up was taken."""
        self._holders.discard(connection)
        if not self._holders:
            self._room.set()

    @property
    def is_held_up(self) -> bool:
        """Whether nothing is read."""
        return bool(self._holders)

    async def _until_broken(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except StopAsyncIteration:
            self.fail("the server closed the connection")
        except KubexClientException as error:
            self.fail(str(error).removeprefix(f"{self.subject}: "))

    async def _read(self) -> None:
        receive, spdy, streams = self._connection.receive_bytes, self._spdy, self._streams
        while True:
            message = await receive()
            self._has_heard = True
            for event in spdy.receive(message):
                if isinstance(event, DataReceived):
                    connection = streams.get(event.stream_id)
                    if connection is not None:
                        connection.take_data(event)
                else:
                    self._take(event)
            while self._holders:
                self._room = anyio.Event()
                await self._room.wait()

    def _take(self, event: SpdyEvent) -> None:
        match event:
            case SendBytes():
                self._writer.post(event.data)
            case PongReceived():
                self._workers.take_pong(event.ping_id)
            case StreamReplied() | StreamEnded() | StreamReset():
                connection = self._streams.get(event.stream_id)
                if connection is not None:
                    connection.take_note_of(event)
            case _:
                pass  # that no more streams are taken, `takes_more` says

    def _post_ping(self) -> int:
        ping_id, ping = self._spdy.ping()
        self._writer.post(ping)
        return ping_id

    async def _keep_alive(self) -> None:
        silence = 0.0
        while True:
            self._has_heard = False
            await anyio.sleep(_PING_INTERVAL)
            silence = 0.0 if self._has_heard or self._holders else silence + _PING_INTERVAL
            if silence >= _DEAD_AFTER:
                self.fail(f"the server was silent for {_DEAD_AFTER:g} s")
            elif self._writer.is_idle:
                self._post_ping()

    def _end_if_done(self) -> None:
        if self._is_retired and not self._streams:
            self.tasks.cancel_scope.cancel()
