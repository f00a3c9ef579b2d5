"""Ports of pods: streams for handlers, and relays to ports of this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, ByteStream

from kubex.core.exceptions import InvalidArgument
from kubex.testing.pods.byte_buffer import ByteBuffer
from kubex.testing.pods.handlers import PortHandler

__all__ = ["PortStream", "address_of", "relaying"]

_PIECE = 32 * 1024


class PortStream(ByteStream):
    """One client's connection to a port of a pod, as its handler sees it.

    Args:
        incoming: what the client sends.
        send: sends bytes to the client.
        send_end: tells the client that nothing more comes.
    """

    def __init__(
        self,
        incoming: ByteBuffer,
        send: Callable[[bytes], Awaitable[None]],
        send_end: Callable[[], Awaitable[None]],
    ) -> None:
        self._incoming = incoming
        self._send = send
        self._send_end = send_end
        self._has_ended = False

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for bytes of the client.

        Raises:
            anyio.EndOfStream: nothing more comes.
            anyio.BrokenResourceError: the client is gone.
        """
        return await self._incoming.receive(max_bytes)

    async def send(self, item: bytes) -> None:
        """Send bytes to the client, once it takes them.

        Raises:
            anyio.ClosedResourceError: the end was told.
            anyio.BrokenResourceError: the client is gone.
        """
        if self._has_ended:
            raise anyio.ClosedResourceError
        view = memoryview(item)
        for start in range(0, len(view), _PIECE):
            await self._send(bytes(view[start : start + _PIECE]))

    async def send_eof(self) -> None:
        """Tell the client that nothing more comes."""
        if not self._has_ended:
            self._has_ended = True
            await self._send_end()

    async def aclose(self) -> None:
        """Read no more, and tell the end."""
        self._incoming.close()
        await self.send_eof()


def address_of(text: str) -> tuple[str, int]:
    """Read an address: `127.0.0.1:5432`, `[::1]:5432`, `localhost:5432`.

    Raises:
        InvalidArgument: it is none.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise InvalidArgument(f"to={text!r}: a host and a port are needed, such as 127.0.0.1:5432")
    return host.removeprefix("[").removesuffix("]"), int(port)


def relaying(address: str) -> PortHandler:
    """Make a handler that connects each client to a TCP port of this machine, or another.

    Raises:
        InvalidArgument: the address is none.
    """
    host, port = address_of(address)

    async def relay(client: ByteStream) -> None:
        try:
            target = await anyio.connect_tcp(host, port)
        except OSError as error:
            raise error.__cause__ if isinstance(error.__cause__, OSError) else error from None
        async with target, anyio.create_task_group() as tasks:
            tasks.start_soon(_send_on, client, target)
            await _copy(target, client)
            tasks.cancel_scope.cancel()  # the end of the one that listens is the end

    return relay


async def _send_on(client: ByteStream, target: ByteStream) -> None:
    if await _copy(client, target):
        with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            await target.send_eof()
    else:
        await target.aclose()  # and the other direction hears of it


async def _copy(source: ByteReceiveStream, target: ByteSendStream) -> bool:
    """Send on what comes; tells whether it came to its end, or one of the two has hung up."""
    try:
        async for piece in source:
            await target.send(piece)
    except (anyio.BrokenResourceError, anyio.ClosedResourceError):
        return False
    return True
