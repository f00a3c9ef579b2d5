"""`FaultProxy`: stands between a client and its server on loopback, and does things wrong on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import ssl
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.faults.faults import Fault
from tests.faults.proxied_connection import LARGEST_HEAD, ProxiedConnection

__all__ = ["FaultProxy"]

_LONGEST_HANDSHAKE = 10.0


class FaultProxy:
    """A TCP proxy that knows as much of HTTP as it takes to do harm at the right place. It runs in a thread of its own.

    All its connections can also be reset and held up, as they are. It ends by itself, with them, when its time is up.

    Args:
        target: host and port of the server.
        tls: of the connections from clients; without it they are plain.
        server_tls: of the connections to the server; without it they are plain.
        seconds: how long it lives at most.
        is_blind: whether it looks at nothing that passes, not even at TLS that ends at the server; then it knows of no
            requests, and there are no faults of theirs.
    """

    def __init__(
        self,
        target: tuple[str, int],
        *,
        tls: ssl.SSLContext | None = None,
        server_tls: ssl.SSLContext | None = None,
        seconds: float = 100.0,
        is_blind: bool = False,
    ) -> None:
        self.requests = 0
        self.met = 0
        """How many requests a fault has met."""
        self.errors: list[BaseException] = []
        self.is_blind = is_blind
        self._target = target
        self._tls = tls
        self._server_tls = server_tls
        self._seconds = seconds
        self._faults: list[Fault] = []
        self._every = 1
        self._connections: dict[asyncio.Task[None], ProxiedConnection] = {}
        self._passes = asyncio.Event()
        self._passes.set()
        self._ending: asyncio.TimerHandle | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if self._tls is not None or self.is_blind else 'http'}://127.0.0.1:{self.port}"
        self._portal: BlockingPortal = self._stack.enter_context(start_blocking_portal("asyncio"))
        self._portal.call(self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._portal.call(self._stop)
        finally:
            self._stack.close()
        assert self.errors == []

    def inject(self, *faults: Fault, every: int = 1) -> None:
        """Meet each request of that many from now on with a fault; with several by turns."""
        self._every = every
        self._faults = list(faults)

    def heal(self) -> None:
        """Let all new requests pass; those that were met go on as they are."""
        self._faults = []

    def cut(self, share: float = 1.0) -> None:
        """Reset connections.

        Args:
            share: of them all, by chance.
        """
        self._portal.call(self._cut, share)

    def hold(self) -> None:
        """Let nothing pass any more, and tell nobody, as a network does that is cut."""
        self._portal.call(self._passes.clear)

    def release(self) -> None:
        """Let everything pass again."""
        self._portal.call(self._passes.set)

    @property
    def open_connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    def next_fault(self) -> Fault | None:
        """Count a request, and say what is to happen to it."""
        self.requests += 1
        if not self._faults or self.requests % self._every:
            return None
        self.met += 1
        return self._faults[self.met % len(self._faults)]

    async def until_it_passes(self) -> None:
        """Wait while everything is held up."""
        await self._passes.wait()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection to the server."""
        return await asyncio.open_connection(*self._target, ssl=self._server_tls, limit=LARGEST_HEAD)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(
            self._begin,
            sock=self._listener,
            ssl=self._tls,
            ssl_handshake_timeout=None if self._tls is None else _LONGEST_HANDSHAKE,
            limit=LARGEST_HEAD,
        )
        self._ending = asyncio.get_running_loop().call_later(self._seconds, self._end)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Known from the moment it is there: the proxy may end before the task has begun.
        connection = ProxiedConnection(self, reader, writer)
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._connections[task] = connection
        task.add_done_callback(lambda done: self._connections.pop(done).drop())

    async def _serve(self, connection: ProxiedConnection) -> None:
        try:
            await connection.run()
        except (OSError, asyncio.CancelledError):
            pass  # either side has gone, or the proxy ends
        except Exception as error:
            self.errors.append(error)

    def _cut(self, share: float) -> None:
        for task, connection in self._connections.items():
            if random.random() < share:
                connection.reset()
                task.cancel()  # it may be held up

    def _end(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()

    async def _stop(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        # asyncio forgets a connection that it is accepting while its server is closed (CPython 3.11).
        if self._listener.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._listener)
        accepting = [task for task in asyncio.all_tasks() if "_accept_connection2" in repr(task.get_coro())]
        if accepting:
            await asyncio.wait(accepting)
        self._end()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._connections, return_exceptions=True)
