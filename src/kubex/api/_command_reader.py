"""`CommandReader`: what a command in a container writes, and how it ends."""

from __future__ import annotations

import anyio

from kubex.api._channel_reader import ChannelBuffer, ChannelReader
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol, Frame
from kubex.core.exceptions import InvalidResponse, KubexClientException, RequestTimeout
from kubex.core.params import Timeout
from kubex.core.remote_command import STATUS, STDERR, STDOUT, StatusReader
from kubex_core.models.status import Status

__all__ = ["BoundedConnection", "CommandReader"]

# Seconds that a server may be silent once it has said how the command ended, before that counts as the end.
_LAST_SILENCE = 10.0


class BoundedConnection:
    """A connection whose reads and writes are bounded where somebody asked for that.

    Args:
        connection: the connection.
        timeout: bound of all that happens from now on (`total`) and of each read and write.
        subject: what is being done, for the text of errors.
    """

    def __init__(self, connection: WebSocketConnection, timeout: Timeout | None, subject: str) -> None:
        self._connection = connection
        self._subject = subject
        self._total = None if timeout is None else timeout.total
        self._read = None if timeout is None else timeout.read
        self._write = None if timeout is None else timeout.write
        self._deadline = None if self._total is None else anyio.current_time() + self._total
        self._is_unbounded = timeout is None
        self.is_finishing = False
        """Whether silence is an end."""

    async def receive_bytes(self) -> bytes:
        """Wait for the next message."""
        if self.is_finishing:
            with anyio.move_on_after(_LAST_SILENCE):
                return await self._receive()
            raise StopAsyncIteration
        if self._is_unbounded:
            return await self._connection.receive_bytes()
        return await self._receive()

    async def _receive(self) -> bytes:
        seconds, text = self._bound(self._read, "the server sent nothing for")
        try:
            with anyio.fail_after(seconds):
                return await self._connection.receive_bytes()
        except TimeoutError as error:
            if isinstance(error, KubexClientException):
                raise
        raise RequestTimeout(f"{self._subject}: {text}")

    async def send_bytes(self, data: bytes) -> None:
        """Send a message."""
        if self._is_unbounded:
            await self._connection.send_bytes(data)
            return
        seconds, text = self._bound(self._write, "the server took no data for")
        try:
            with anyio.fail_after(seconds):
                await self._connection.send_bytes(data)
            return
        except TimeoutError as error:
            if isinstance(error, KubexClientException):
                raise
        raise RequestTimeout(f"{self._subject}: {text}")

    def _bound(self, phase: float | None, what: str) -> tuple[float | None, str]:
        """Give the seconds that are left, and what to say when they have passed."""
        text = f"{what} {phase:g} s" if phase is not None else ""
        if self._deadline is None:
            return phase, text
        left = max(0.0, self._deadline - anyio.current_time())
        if phase is not None and phase < left:
            return phase, text
        return left, f"it was not done within {self._total:g} s"


class CommandReader(ChannelReader):
    """Reads the connection to a command.

    Args:
        connection: where messages come from.
        protocol: how they are framed.
        buffer_size: pieces that are kept of each output.
        subject: what is being done, for the text of errors.
        block_on_full: read no more while a buffer is full that something has come for, rather than close its channel.
    """

    def __init__(
        self,
        connection: BoundedConnection,
        protocol: ChannelProtocol,
        *,
        buffer_size: int,
        subject: str,
        block_on_full: bool = False,
    ) -> None:
        self.stdout: ChannelBuffer = ChannelBuffer(buffer_size)
        self.stderr: ChannelBuffer = ChannelBuffer(buffer_size)
        buffers = {STDOUT: self.stdout, STDERR: self.stderr}
        super().__init__(connection, protocol, buffers, subject=subject, block_on_full=block_on_full)
        self._bounded = connection
        self._status = StatusReader()

    @property
    def status(self) -> Status | None:
        """How the command ended, if the server has said so."""
        return self._status.status

    def take_other(self, frame: Frame) -> None:
        if frame.channel != STATUS or frame.is_close:
            return  # what newer servers may have to say is not for this
        self._status.feed(frame.payload)
        if self._status.status is not None:
            self._bounded.is_finishing = True
            self.outcome.is_ended = True
            self.outcome.wake()

    def settle(self, failure: Exception | None) -> Exception | None:
        if self.status is not None and not isinstance(failure, InvalidResponse):
            return None  # all is said: how the connection went doesn't matter
        if failure is None:
            try:
                self._status.end()
            except InvalidResponse as error:
                return InvalidResponse(f"{self._subject}: {error}")
        return failure
