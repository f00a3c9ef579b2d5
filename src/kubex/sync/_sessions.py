"""Conversations with pods: commands, and connections to ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from functools import cached_property

import anyio

from kubex.api._portforward_streams import PortForwarder as AsynchronousForwarder
from kubex.api._portforward_streams import PortForwardStream as AsynchronousStream
from kubex.api._stream_session import InputStream as AsynchronousInput
from kubex.api._stream_session import OutputStream as AsynchronousOutput
from kubex.api._stream_session import StreamSession as AsynchronousSession
from kubex.sync._face import Face
from kubex_core.models.status import Status

__all__ = ["InputStream", "OutputStream", "PortForwardStream", "PortForwarder", "StreamSession"]


class InputStream(Face[AsynchronousInput]):
    """Standard input of a command."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, of any number, as fast as the command takes them.

        Raises:
            KubexClientException: the command has ended, or the connection is lost.
        """
        self._thread.run(lambda: self._asynchronous.write(data))


class OutputStream(Face[AsynchronousOutput]):
    """Standard output or error of a command: iterable pieces, as they come."""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return self._thread.run(self._asynchronous.receive)
        except anyio.EndOfStream:
            raise StopIteration from None


class StreamSession(Face[AsynchronousSession]):
    """A command, or a container, at the other end of a connection; see `kubex.api.StreamSession`."""

    @cached_property
    def stdin(self) -> InputStream:
        """Standard input."""
        return InputStream(self._thread, self._asynchronous.stdin)

    @cached_property
    def stdout(self) -> OutputStream:
        """Standard output, iterable; with a terminal all that the command writes."""
        return OutputStream(self._thread, self._asynchronous.stdout)

    @cached_property
    def stderr(self) -> OutputStream:
        """Standard error, iterable."""
        return OutputStream(self._thread, self._asynchronous.stderr)

    @property
    def stdout_truncated(self) -> bool:
        """Whether output was dropped, as nobody read it in time."""
        return self._asynchronous.stdout_truncated

    @property
    def stderr_truncated(self) -> bool:
        """Whether error output was dropped, as nobody read it in time."""
        return self._asynchronous.stderr_truncated

    @property
    def exit_code(self) -> int | None:
        """How the command ended; `None` before that, and where nobody says."""
        return self._asynchronous.exit_code

    def resize(self, *, width: int, height: int) -> None:
        """Tell the size of the terminal, in characters."""
        self._thread.run(lambda: self._asynchronous.resize(width=width, height=height))

    def close_stdin(self) -> None:
        """Tell the command that there is no more input."""
        self._thread.run(self._asynchronous.close_stdin)

    def wait_for_status(self) -> Status | None:
        """Wait until the command has ended, and give what the server says of it."""
        return self._thread.run(self._asynchronous.wait_for_status)


class PortForwardStream(Face[AsynchronousStream]):
    """One connection to a port of a pod."""

    def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for bytes; `b""` at the end.

        Args:
            max_bytes: the most that is given at once.

        Raises:
            PortForwardError: the connection broke off.
        """
        try:
            return self._thread.run(lambda: self._asynchronous.receive(max_bytes))
        except anyio.EndOfStream:
            return b""

    def send(self, data: bytes) -> None:
        """Send bytes.

        Raises:
            PortForwardError: the connection broke off.
        """
        self._thread.run(lambda: self._asynchronous.send(data))

    def send_eof(self) -> None:
        """Tell the other side that there is no more; it can still answer."""
        self._thread.run(self._asynchronous.send_eof)


class PortForwarder(Face[AsynchronousForwarder]):
    """Connections to several ports of a pod."""

    @cached_property
    def streams(self) -> Mapping[int, PortForwardStream]:
        """A connection for each port."""
        streams = self._asynchronous.streams
        return {port: PortForwardStream(self._thread, stream) for port, stream in streams.items()}

    @cached_property
    def errors(self) -> Mapping[int, Iterator[str]]:
        """For each port what the server says went wrong with it; iterating waits until something does, or the end."""
        return {port: self._texts(texts) for port, texts in self._asynchronous.errors.items()}

    @property
    def port_data_truncated(self) -> Mapping[int, bool]:
        """For each port whether data was dropped, as nobody read it in time."""
        return self._asynchronous.port_data_truncated

    def _texts(self, texts: AsyncIterator[str]) -> Iterator[str]:
        while True:
            try:
                yield self._thread.run(texts.__anext__)
            except StopAsyncIteration:
                return
