"""`PortForwardSession`: ports of a pod over the channel protocol, which servers before Kubernetes 1.30 speak.

Each port has two channels, one for the data and one on which the server says what went wrong. Neither side can end a
channel with v4, the protocol of all such servers: what a program sends ends with the connection.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import TaskGroup, TaskStatus

from kubex.api._background_tasks import BackgroundTasks
from kubex.api._frame_writer import FrameWriter
from kubex.api._port_connection import BrokenPort, PortConnection, PortTimedOut
from kubex.api._portforward_streams import PortForwardStream, error_texts
from kubex.api._ports import check_ports
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol, ChannelProtocolTypes, Frame
from kubex.core.exceptions import InvalidArgument, InvalidResponse, KubexClientException

__all__ = ["DEFAULT_BUFFER_SIZE", "PortForwardSession"]

DEFAULT_BUFFER_SIZE = 1024
"""Pieces that are kept of a port's data that nobody reads; the server's are up to 32 KiB."""

_CHUNK_SIZE = 2**16
_PORT_SIZE = 2


class PortForwardSession:
    """Ports of a pod, on one WebSocket; an async context manager, which closes it.

    Args:
        connection: the WebSocket.
        protocol: how its messages are framed.
        ports: the pod's ports, in the order of the request.
        buffer_size: pieces that are kept of a port's data that nobody reads.
        block_on_full: `True` holds the socket back while a buffer is full; `False` gives up the port's data, sets its
            `port_data_truncated`, and goes on with the other ports.
        subject: what is being done, for the text of errors.

    Raises:
        InvalidArgument: no ports, a port twice, or a buffer of no size.
    """

    def __init__(
        self,
        connection: WebSocketConnection,
        protocol: ChannelProtocolTypes,
        ports: Sequence[int],
        *,
        buffer_size: int = DEFAULT_BUFFER_SIZE,
        block_on_full: bool = False,
        subject: str = "port-forward",
    ) -> None:
        if type(buffer_size) is not int or buffer_size < 1:  # not every caller checks types
            raise InvalidArgument(f"buffer_size={buffer_size!r}: a whole number, 1 or more, is needed")
        self.subject = subject
        self.tasks: TaskGroup
        self._connection = connection
        self._protocol = ChannelProtocol(protocol)
        self._buffer_size = buffer_size
        self._block_on_full = block_on_full
        self._writer = FrameWriter(connection)
        self._room = anyio.Event()
        self._background = BackgroundTasks()
        self._failure: BrokenPort | None = None
        self.connections = {
            port: _ChannelConnection(self, port, number) for number, port in enumerate(check_ports(ports))
        }
        """The connection of each port."""
        self._by_number = list(self.connections.values())
        self.streams: Mapping[int, PortForwardStream] = {
            port: PortForwardStream(channels) for port, channels in self.connections.items()
        }
        """The data of each port."""
        self.errors: Mapping[int, AsyncIterator[str]] = {
            port: error_texts(channels) for port, channels in self.connections.items()
        }
        """What the server says of each port."""

    @property
    def port_data_truncated(self) -> Mapping[int, bool]:
        """Whether data of a port was given up because nobody read it."""
        return {port: channels.is_truncated for port, channels in self.connections.items()}

    async def __aenter__(self) -> Self:
        tasks = await self._background.__aenter__()
        await tasks.start(self.run)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if exc is None:
                await self.close()
        finally:
            await self._background.__aexit__(exc_type, exc, traceback)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve the ports until the WebSocket ends; for those who don't enter the session."""
        try:
            async with BackgroundTasks() as self.tasks:
                self.tasks.start_soon(self._until_broken, self._writer.run)
                task_status.started()
                await self._until_broken(self._read)
        finally:
            self.fail("the connection was closed")
            await self._connection.close()

    async def close(self) -> None:
        """Close the WebSocket in good order; `run` ends."""
        await self._connection.close()

    def close_port_data(self, port: int) -> None:
        """Give up the data of a port: nothing more is read or sent. Twice is once.

        Raises:
            InvalidArgument: it is not one of the session's.
        """
        channels = self.connections.get(port)
        if channels is None:
            known = ", ".join(map(str, self.connections))
            raise InvalidArgument(f"port {port!r} is not one of the session's: {known}")
        channels.close()

    def fail(self, reason: str, *, is_timeout: bool = False) -> None:
        """End all ports with an error."""
        for channels in self._by_number:
            channels.finish(channels.timed_out(reason) if is_timeout else channels.broken(reason))
        kind = PortTimedOut if is_timeout else BrokenPort
        self._end(kind(f"{self.subject}: {reason}"))

    async def send(self, channel: int, data: bytes | memoryview) -> None:
        """Send data on a channel."""
        await self._writer.send(self._protocol.pack(channel, data))

    def send_end(self, channel: int) -> bool:
        """Say that nothing more will be sent on a channel, and tell whether the protocol can."""
        if self._protocol.can_close:
            self._writer.post(self._protocol.pack_close(channel))
        return self._protocol.can_close

    def note_over(self) -> None:
        """End the session when the last of its ports is over."""
        if all(channels.is_over for channels in self._by_number):
            self._end(BrokenPort(f"{self.subject}: all its ports are closed"))

    def note_taken(self) -> None:
        """Read on, if it was for a full buffer that nothing was read."""
        self._room.set()

    def _end(self, failure: BrokenPort) -> None:
        if self._failure is None:
            self._failure = failure
            self._writer.fail(failure)
            self._room.set()
            self.tasks.cancel_scope.cancel()

    async def _until_broken(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except StopAsyncIteration:
            # The server's way to say that the pod has closed the connection.
            for channels in self._by_number:
                channels.finish(None)
            self._end(BrokenPort(f"{self.subject}: the server closed the connection"))
        except KubexClientException as error:
            self.fail(str(error).removeprefix(f"{self.subject}: "))

    async def _read(self) -> None:
        while True:
            frame = self._protocol.unpack(await self._connection.receive_bytes())
            number, is_error = divmod(frame.channel, 2)
            if number >= len(self._by_number):
                raise InvalidResponse(f"a message on channel {frame.channel}, which belongs to no port")
            channels = self._by_number[number]
            if is_error:
                channels.take_error(frame)
                continue
            while self._block_on_full and len(channels.data) >= self._buffer_size and not channels.is_over:
                self._room = anyio.Event()
                await self._room.wait()
            channels.take_data(frame, self._buffer_size)


class _ChannelConnection(PortConnection):
    """The two channels of a port."""

    def __init__(self, session: PortForwardSession, port: int, number: int) -> None:
        super().__init__(port, session.subject)
        self._session = session
        self._channel = 2 * number
        # Each channel begins with the port's number, as a sign that the server has the same port in mind.
        self._openings = [b"", b""]

    @property
    def _tasks(self) -> TaskGroup:
        return self._session.tasks

    async def _deliver(self, data: bytes) -> None:
        self._is_answered = False
        view = memoryview(data)
        for start in range(0, len(view), _CHUNK_SIZE):
            if self.is_over:
                raise self.data.failure or self.broken("the pod has closed the connection")
            await self._session.send(self._channel, view[start : start + _CHUNK_SIZE])

    def close(self) -> None:
        if not self.is_over:
            self.finish(None)
            self._session.send_end(self._channel)
            self._session.note_over()
        self.data.clear()
        self._session.note_taken()

    def take_data(self, frame: Frame, buffer_size: int) -> None:
        """Take what came on the data channel."""
        payload = self._without_port(0, frame.payload)
        if self.is_over:
            return
        if frame.is_close:
            self.data.end()
        elif payload and len(self.data) >= buffer_size:
            self.is_truncated = True
            self.finish(None)
            self._session.send_end(self._channel)
        elif payload:
            self._is_answered = True
            self.data.put(payload)

    def take_error(self, frame: Frame) -> None:
        """Take what the server says of the port: it is the end of it."""
        text = " ".join(self._without_port(1, frame.payload).decode(errors="replace").split())
        if text and not self.is_over:
            self.errors.put(text.encode())
            self.finish(self.broken(text))

    def _without_port(self, kind: int, payload: bytes) -> bytes:
        missing = _PORT_SIZE - len(self._openings[kind])
        if not missing or not payload:
            return payload
        self._openings[kind] += payload[:missing]
        if len(self._openings[kind]) == _PORT_SIZE:
            port = int.from_bytes(self._openings[kind], "little")
            if port != self.port:
                raise InvalidResponse(f"the server has opened port {port} where {self.port} was asked for")
        return payload[missing:]

    def _tell_end(self) -> None:
        if not self._session.send_end(self._channel):
            # To hang up is all that can be said with v4, and all that servers make of an end.
            self.close()

    def _take_note(self) -> None:
        self._session.note_taken()
