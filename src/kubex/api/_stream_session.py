"""`StreamSession`: the running command, or the container, at the other end of an exec or attach."""

from __future__ import annotations

import contextlib
import warnings
from types import TracebackType
from typing import Self

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream, TaskGroup

from kubex.api._channel_reader import ChannelBuffer
from kubex.api._command_reader import BoundedConnection, CommandReader
from kubex.client.websocket import WebSocketConnection
from kubex.core.channels import ChannelProtocol, ChannelProtocolTypes, check_protocols
from kubex.core.exceptions import ConnectionFailed, InvalidArgument, InvalidType, KubexClientException
from kubex.core.params import Timeout
from kubex.core.remote_command import RESIZE, STDIN, exit_code_of, resize_payload
from kubex.core.request import RequestAction
from kubex_core.models.status import Status

__all__ = ["DEFAULT_BUFFER_SIZE", "InputStream", "OutputStream", "StreamSession", "view_of"]

DEFAULT_BUFFER_SIZE = 1024
"""Pieces that are kept of an output that nobody reads; the server's are up to 32 KiB."""

# Bytes of one message: with larger ones the TLS of asyncio takes three times as long.
_CHUNK_SIZE = 2**17


def view_of(data: bytes | bytearray | memoryview, what: str) -> memoryview:
    """Give data as bytes one by one.

    Raises:
        InvalidType: it is none, but text for instance.
    """
    try:
        return memoryview(data).cast("B")
    except TypeError:
        raise InvalidType.of_bytes(what, data) from None


class InputStream(ObjectSendStream[bytes]):
    """Standard input of a command."""

    def __init__(
        self,
        connection: BoundedConnection,
        protocol: ChannelProtocol,
        reader: CommandReader,
        subject: str,
        *,
        is_open: bool = True,
    ) -> None:
        self._connection = connection
        self._protocol = protocol
        self._reader = reader
        self._subject = subject
        self._lock = anyio.Lock(fast_acquire=True)
        self._is_open = is_open
        self._is_closed = not is_open

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send data of any size; waits while the command does not take it.

        Raises:
            InvalidType: it is text, or something else than bytes.
            KubexClientException: stdin was closed, the command has ended, or the connection broke.
        """
        async with self._lock:
            view = view_of(data, self._subject)
            for start in range(0, len(view), _CHUNK_SIZE):
                if self._is_closed:
                    raise self._closed_error()
                await self.send_on(STDIN, view[start : start + _CHUNK_SIZE])

    async def send(self, item: bytes) -> None:
        """Send data: `write`, in anyio's words."""
        await self.write(item)

    async def aclose(self) -> None:
        """Say that nothing more comes, so that a command that reads to the end gets there.

        Once is enough; where the command has ended already, there is nobody to tell. Servers before Kubernetes 1.30
        can't be told: that is a `UserWarning`.
        """
        async with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            if self._reader.is_ended:
                return
            if not self._protocol.can_close:
                warnings.warn(
                    f"{self._subject}: the server speaks {self._protocol.value}, which has no end of stdin"
                    " (Kubernetes 1.30 and later have): a command that reads to the end of it goes on waiting",
                    stacklevel=3,
                )
                return
            with contextlib.suppress(ConnectionFailed):
                await self._connection.send_bytes(self._protocol.pack_close(STDIN))

    async def send_on(self, channel: int, data: bytes | memoryview) -> None:
        """Send a message that belongs beside stdin."""
        reader = self._reader
        if reader.is_ended:
            raise reader.failure or ConnectionFailed(f"{self._subject}: the command has ended")
        reader.note_idleness()
        await self._connection.send_bytes(self._protocol.pack(channel, data))

    def _closed_error(self) -> KubexClientException:
        how = "stdin is closed" if self._is_open else "it has no stdin: open it with stdin=True"
        return KubexClientException(f"{self._subject}: {how}")


class OutputStream(ObjectReceiveStream[bytes]):
    """Standard output or error of a command: async-iterable pieces, as they come."""

    def __init__(self, reader: CommandReader, buffer: ChannelBuffer) -> None:
        self._reader = reader
        self._buffer = buffer

    async def receive(self) -> bytes:
        """Wait for the next piece.

        Raises:
            anyio.EndOfStream: there is none.
            KubexClientException: the connection broke.
        """
        chunk = await self._reader.receive(self._buffer)
        if chunk is None:
            raise anyio.EndOfStream
        return chunk

    async def __anext__(self) -> bytes:
        chunk = await self._reader.receive(self._buffer)
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Take no more: what has come and what comes is dropped."""
        self._buffer.close()


class StreamSession:
    """A command, or a container, at the other end of a connection; an async context manager.

    Whoever reads an output reads the connection itself; of an output that nobody reads `buffer_size` pieces are kept.

    Args:
        connection: the connection.
        protocol: how its messages are framed.
        stdin: whether it has a standard input.
        stdout: whether it has a standard output.
        stderr: whether it has a standard error; there is none with a terminal.
        tty: whether it has a terminal.
        buffer_size: pieces that are kept of each output, each up to 32 KiB as servers send them.
        block_on_full: read nothing more while a full output has more to come, rather than drop what comes for it. Then
            each output must be read by somebody, or all wait forever.
        timeout: `total` bounds the session, `read` each wait for the server, `write` each piece of stdin, in seconds.
        action: what is being done, for the text of errors.

    Example:
        ```python
        async with pods.exec.stream("web-0", command=["sha256sum"], stdin=True) as session:
            await session.stdin.write(b"hello")
            await session.close_stdin()
            async for chunk in session.stdout:
                print(chunk.decode(), end="")
            status = await session.wait_for_status()
        ```
    """

    def __init__(
        self,
        connection: WebSocketConnection,
        protocol: ChannelProtocolTypes,
        *,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        tty: bool = False,
        buffer_size: int = DEFAULT_BUFFER_SIZE,
        block_on_full: bool = False,
        timeout: Timeout | None = None,
        action: RequestAction | None = None,
    ) -> None:
        subject = action.described() if action is not None else "stream"
        self._subject = subject
        self._connection = connection
        self._has_terminal = tty
        (self._protocol,) = check_protocols([protocol])
        self._bounded = BoundedConnection(connection, timeout, subject)
        self._reader = CommandReader(
            self._bounded, self._protocol, buffer_size=buffer_size, subject=subject, block_on_full=block_on_full
        )
        self._tasks: TaskGroup | None = None
        self.stdin: InputStream = InputStream(self._bounded, self._protocol, self._reader, subject, is_open=stdin)
        """Standard input: `write`."""
        self.stdout: OutputStream = OutputStream(self._reader, self._reader.stdout)
        """Standard output, async-iterable; with a terminal all that the command writes."""
        self.stderr: OutputStream = OutputStream(self._reader, self._reader.stderr)
        """Standard error, async-iterable."""
        self._reader.stdout.is_ended = not stdout
        self._reader.stderr.is_ended = tty or not stderr

    @property
    def stdout_truncated(self) -> bool:
        """Whether some of stdout was dropped, because nobody read it in time."""
        return self._reader.stdout.is_truncated

    @property
    def stderr_truncated(self) -> bool:
        """Whether some of stderr was dropped, because nobody read it in time."""
        return self._reader.stderr.is_truncated

    @property
    def exit_code(self) -> int | None:
        """0 on success, else the command's code; `None` before its end, where it never started, or nobody knows."""
        return exit_code_of(self._reader.status)

    async def resize(self, *, width: int, height: int) -> None:
        """Tell the terminal its size.

        Args:
            width: characters in a line.
            height: lines.

        Raises:
            InvalidArgument: no terminal, or a size that can't be one.
            KubexClientException: the command has ended, or the connection broke.
        """
        payload = resize_payload(width, height)
        if not self._has_terminal:
            raise InvalidArgument(f"{self._subject}: only a terminal has a size: open it with tty=True")
        await self.stdin.send_on(RESIZE, payload)

    async def close_stdin(self) -> None:
        """Say that stdin has ended: `aclose` of `stdin`."""
        await self.stdin.aclose()

    async def wait_for_status(self) -> Status | None:
        """Wait for the command's end, and give it in the server's words; `None` where the connection ended without any.

        Raises:
            KubexClientException: the connection broke.
        """
        if self._reader.status is None:
            await self._reader.receive(self._reader.outcome)
        return self._reader.status

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(self._reader.read_while_idle)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._tasks is not None:
                # The body's exception stays out of the task group, which would put it into a group of one.
                self._tasks.cancel_scope.cancel()
                await self._tasks.__aexit__(None, None, None)
        finally:
            self._reader.end(None)
            await self._connection.close()
