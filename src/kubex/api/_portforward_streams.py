"""`PortForwardStream` and `PortForwarder`: what a program sees of forwarded ports, over either protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import anyio
import anyio.lowlevel
from anyio.abc import ByteStream

from kubex.api._port_connection import PortConnection

__all__ = ["PortForwardStream", "PortForwarder", "error_texts"]

_MAX_ERROR = 2**16


class PortForwardStream(ByteStream):
    """A connection to a port of a pod, as a stream of bytes.

    Beside what anyio's streams raise (`EndOfStream`, `ClosedResourceError`, `BusyResourceError`) there is
    `PortForwardError` where the pod refused or the connection broke; that is a `BrokenResourceError`, too.

    Args:
        connection: what it runs over.
    """

    def __init__(self, connection: PortConnection) -> None:
        self._connection = connection
        self._is_closed = False
        self._sending = anyio.ResourceGuard("sending to")

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for data of the pod, and give up to so many bytes of it.

        Raises:
            EndOfStream: the pod sends nothing more.
            PortForwardError: the pod refused, or the connection broke.
        """
        self._check_open()
        data = await self._connection.data.receive(max_bytes)
        if data:
            return data
        self._check_open()
        raise anyio.EndOfStream

    async def send(self, item: bytes) -> None:
        """Send data of any size; waits while the server does not take it.

        Raises:
            PortForwardError: the pod refused or has closed the connection, or it broke.
        """
        with self._sending:
            self._check_open()
            if self._connection.is_ended_here:
                raise anyio.ClosedResourceError
            await self._connection.send(item)

    async def send_eof(self) -> None:
        """Say that nothing more will be sent; the pod's answer can be read to its end.

        Container runtimes hang up a second after they hear of it, so the pod is told when it has been silent for a
        second since its last data, or for four since it was sent some.
        """
        with self._sending:
            self._check_open()
            self._connection.end()

    async def aclose(self) -> None:
        """Hang up, and throw away what was not received."""
        self._is_closed = True
        self._connection.close()
        await anyio.lowlevel.checkpoint()

    def _check_open(self) -> None:
        if self._is_closed:
            raise anyio.ClosedResourceError


class PortForwarder:
    """Ports of a pod: for each, a stream of its data and what the server says of it.

    Args:
        connections: the connection of each port.
    """

    def __init__(self, connections: Mapping[int, PortConnection]) -> None:
        self._connections = connections
        self._streams = {port: PortForwardStream(connection) for port, connection in connections.items()}
        self._errors = {port: error_texts(connection) for port, connection in connections.items()}

    @property
    def streams(self) -> Mapping[int, PortForwardStream]:
        """The data of each port."""
        return self._streams

    @property
    def errors(self) -> Mapping[int, AsyncIterator[str]]:
        """What the server says of each port: nothing, mostly, or why it was refused or broke."""
        return self._errors

    @property
    def port_data_truncated(self) -> Mapping[int, bool]:
        """Whether data of a port was given up because nobody received it; never with `block_on_full`."""
        return {port: connection.is_truncated for port, connection in self._connections.items()}


class _ErrorTexts(AsyncIterator[str]):
    """Gives what the server says of a port."""

    def __init__(self, connection: PortConnection) -> None:
        self._errors = connection.errors

    async def __anext__(self) -> str:
        text = await self._errors.receive(_MAX_ERROR)
        if not text:
            raise StopAsyncIteration
        return text.decode(errors="replace")


def error_texts(connection: PortConnection) -> AsyncIterator[str]:
    """Give what the server says of a port, until its connection is over."""
    return _ErrorTexts(connection)
