"""A relay before an API server, whose connections can be cut and held up."""

from __future__ import annotations

import random
import socket
import struct
from types import TracebackType
from typing import Final, Self

import anyio
from anyio.abc import SocketAttribute, SocketStream

from kubex.api._background_tasks import BackgroundTasks

__all__ = ["Relay"]

_RESET: Final = struct.pack("ii", 1, 0)  # linger for no time: a close is a reset


class Relay:
    """Passes bytes on, TLS and all, from a port of its own on 127.0.0.1, for as long as its context is open.

    Args:
        port: where the API server listens on 127.0.0.1.
    """

    port: int

    def __init__(self, port: int) -> None:
        self._target = port
        self._tasks = BackgroundTasks()
        self._connections: dict[SocketStream, anyio.CancelScope] = {}
        self._passes = anyio.Event()
        self._passes.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.port}"

    def cut(self, share: float = 1.0) -> None:
        """Reset connections.

        Args:
            share: of them all, by chance.
        """
        for stream, scope in tuple(self._connections.items()):
            if random.random() < share:
                stream.extra(SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                scope.cancel()

    def hold(self) -> None:
        """Let nothing pass any more, and tell nobody, as a network does that is cut."""
        self._passes = anyio.Event()

    def release(self) -> None:
        """Let everything pass again."""
        self._passes.set()

    async def __aenter__(self) -> Self:
        group = await self._tasks.__aenter__()
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        self.port = listener.extra(SocketAttribute.local_port)

        async def serve() -> None:
            async with listener:
                await listener.serve(self._relay)

        group.start_soon(serve)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return await self._tasks.__aexit__(exc_type, exc, traceback)

    async def _relay(self, client: SocketStream) -> None:
        async with client:
            try:
                async with await anyio.connect_tcp("127.0.0.1", self._target) as server:
                    with anyio.CancelScope() as scope:
                        self._connections[client] = scope
                        async with anyio.create_task_group() as both:
                            both.start_soon(self._pass, client, server, scope)
                            both.start_soon(self._pass, server, client, scope)
            except OSError:  # the server is away
                pass
            finally:
                self._connections.pop(client, None)

    async def _pass(self, source: SocketStream, target: SocketStream, scope: anyio.CancelScope) -> None:
        try:
            async for data in source:
                await self._passes.wait()
                await target.send(data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        scope.cancel()
