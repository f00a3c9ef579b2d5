"""`TunnelWorkers`: pings to the server at a tunnel's other end, and which of its workers still answer them.

A server hands out what it gets by five workers, a stream to that of its number modulo 5, and successive pings to
successive workers. One that got data for a stream that nobody reads any more waits for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import anyio
from anyio.abc import TaskGroup

__all__ = ["TunnelWorkers"]

_WORKERS = 5

# Seconds for a sign of life before others get a tunnel of their own, and before those who wait are told that none will
# come: a server that has much to do is slow to answer, and has lost nothing.
_PATIENCE = 1.0
_LOST_AFTER = 30.0


class TunnelWorkers:
    """Asks a server's workers for signs of life.

    Args:
        post_ping: sends a ping, without waiting for it, and gives its number.
    """

    def __init__(self, post_ping: Callable[[], int]) -> None:
        self._post_ping = post_ping
        self._pongs: dict[int, anyio.Event] = {}
        self._doubted: set[int] = set()
        self._silent: set[int] = set()
        self._lost: set[int] = set()
        self._is_probing = False
        self._is_over = False
        self._first_answer: anyio.Event | None = None
        self._news = anyio.Event()

    @property
    def are_trusted(self) -> bool:
        """Whether none is known to be silent."""
        return not self._silent and not self._lost

    async def settle(self) -> None:
        """Wait until `are_trusted` is certain."""
        while self._first_answer is not None:
            await self._first_answer.wait()

    async def wait_for(self, stream_id: int) -> bool:
        """Wait until the worker of a stream is known to take data, or not to."""
        worker = stream_id % _WORKERS
        while worker in self._silent:
            await self._news.wait()
        return worker not in self._lost

    async def ping(self, seconds: float) -> None:
        """Wait for the answer to a ping, or so many seconds."""
        with self._pinging(1) as pongs:
            await _all_came(pongs, seconds)

    async def ping_all(self) -> None:
        """Wait until each has got to what was sent before, as long as there is hope."""
        with self._pinging(_WORKERS) as pongs:
            await _all_came(pongs, _PATIENCE)

    def doubt(self, stream_id: int, tasks: TaskGroup) -> None:
        """Find out whether the worker of a stream has survived the stream's end, in a task of its own."""
        self._doubted.add(stream_id % _WORKERS)
        if not self._is_probing and not self._is_over:
            self._is_probing = True
            self._first_answer = anyio.Event()
            tasks.start_soon(self._probe)

    def take_pong(self, ping_id: int) -> None:
        """Note the answer to a ping."""
        pong = self._pongs.get(ping_id)
        if pong is not None:
            pong.set()

    def give_up(self) -> None:
        """Wake all who wait: the tunnel is broken."""
        self._is_over = True
        self._silent.clear()
        self._tell()
        for pong in self._pongs.values():
            pong.set()

    async def _probe(self) -> None:
        while self._doubted:
            doubted, self._doubted = self._doubted, set()
            with self._pinging(_WORKERS) as pongs:
                if await _all_came(pongs, _PATIENCE):
                    continue
                self._silent |= doubted
                self._tell()
                if not await _all_came(pongs, _LOST_AFTER):
                    self._lost |= doubted
                self._silent -= doubted
                self._tell()
        self._is_probing = False
        self._tell()

    def _tell(self) -> None:
        first_answer, self._first_answer = self._first_answer, None
        if first_answer is not None:
            first_answer.set()
        self._news.set()
        self._news = anyio.Event()

    @contextmanager
    def _pinging(self, count: int) -> Generator[Sequence[anyio.Event]]:
        pings = {self._post_ping(): anyio.Event() for _ in range(count)}
        self._pongs |= pings
        try:
            yield [*pings.values()]
        finally:
            for ping_id in pings:
                self._pongs.pop(ping_id, None)


async def _all_came(pongs: Sequence[anyio.Event], seconds: float) -> bool:
    with anyio.move_on_after(seconds) as scope:
        for pong in pongs:
            await pong.wait()
    return not scope.cancelled_caught
