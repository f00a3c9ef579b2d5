"""`Queue`: what is to be done, by key: each key once, never by two at a time, later, and again after failures."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import Final, Generic, NamedTuple, TypeVar

import anyio

__all__ = ["Queue", "QueueMetrics"]

K = TypeVar("K", bound=Hashable)

_FIRST_DELAY: Final = 0.005
_LONGEST_DELAY: Final = 1000.0
_SUPERSEDED: Final = 64  # delays without a meaning that may stand about beside as many as have one
_OLDEST_EVERY: Final = 8
"""Each so-manyth key that is taken is the one that waits for longest, whatever its priority: none waits for ever."""


class QueueMetrics(NamedTuple):
    """How a queue is doing."""

    depth: int
    """Keys that can be taken now."""
    delayed: int
    """Keys whose time has not come."""
    running: int
    """Keys that are being worked on."""
    added: int
    """Keys that came into the queue, since the beginning."""
    retried: int
    """Of these, keys that came again because they had failed."""
    longest_wait: float
    """Seconds that the oldest key has waited for."""
    longest_run: float
    """Seconds that a key has been worked on for."""


class _Waiting(NamedTuple):
    priority: int
    number: int  # ever growing: what was added first comes first
    since: float


class Queue(Generic[K]):
    """Keys that something is to be done about.

    A key that is added twice is worked on once. One that is added while it is being worked on comes again when that is
    done. Of the keys that wait, those of the highest priority come first, but each eighth one is the oldest.

    Args:
        first_delay: seconds that a key waits for after its first failure; each further one doubles them.
        longest_delay: seconds that they grow to.
    """

    def __init__(self, *, first_delay: float = _FIRST_DELAY, longest_delay: float = _LONGEST_DELAY) -> None:
        self._first_delay = first_delay
        self._longest_delay = longest_delay
        self._waiting: dict[K, _Waiting] = {}
        # Two orders of the same keys. What is not as in `_waiting` any more is passed over when it comes up.
        self._by_priority: list[tuple[int, int, K]] = []
        self._by_age: list[tuple[int, K]] = []
        self._delayed: list[tuple[float, int, K, int]] = []
        self._due: dict[K, tuple[float, int]] = {}
        self._running: dict[K, float] = {}
        self._again: dict[K, int] = {}
        self._failures: dict[K, int] = {}
        self._number = 0
        self._taken = 0
        self._added = 0
        self._retried = 0
        self._changed: anyio.Event | None = None
        self._is_closed = False

    def add(self, key: K, *, priority: int = 0) -> None:
        """Add a key now; one that waits already keeps its place, or gets a better priority."""
        if self._is_closed:
            return
        self._due.pop(key, None)
        if key in self._running:
            self._again[key] = max(priority, self._again.get(key, priority))
            return
        held = self._waiting.get(key)
        if held is not None and held.priority >= priority:
            return
        if held is None:
            self._added += 1
            self._number += 1
            held = _Waiting(priority, self._number, anyio.current_time())
            heapq.heappush(self._by_age, (held.number, key))
        waiting = held._replace(priority=priority)
        self._waiting[key] = waiting
        heapq.heappush(self._by_priority, (-priority, waiting.number, key))
        self._wake()

    def add_after(self, key: K, seconds: float, *, priority: int = 0) -> None:
        """Add a key in some seconds; the earliest of several such calls counts, and `add` before it takes its place."""
        if self._is_closed or key in self._waiting:
            return
        if seconds <= 0:
            self.add(key, priority=priority)
            return
        at = anyio.current_time() + seconds
        due = self._due.get(key)
        if due is not None and due[0] <= at:
            return
        self._number += 1
        self._due[key] = (at, self._number)
        heapq.heappush(self._delayed, (at, self._number, key, priority))
        self._drop_what_is_not_due()
        self._wake()

    def add_failed(self, key: K, *, priority: int = 0) -> float:
        """Add a key that has failed, after a delay that doubles with each failure.

        Returns:
            The delay in seconds.
        """
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        seconds = min(self._longest_delay, self._first_delay * 2.0 ** min(failures - 1, 60))
        self._retried += 1
        self.add_after(key, seconds, priority=priority)
        return seconds

    def forget(self, key: K) -> None:
        """Forget a key's failures: it has succeeded."""
        self._failures.pop(key, None)

    def failures(self, key: K) -> int:
        """Give how often a key has failed in a row."""
        return self._failures.get(key, 0)

    async def get(self) -> K:
        """Take the next key, and wait until there is one; `done` has to follow.

        Raises:
            anyio.EndOfStream: the queue is closed.
        """
        while True:
            if self._is_closed:
                raise anyio.EndOfStream
            self._move_due()
            if self._waiting:
                key = self._next()
                del self._waiting[key]
                if not self._waiting:  # what is left in the two orders is of keys that were taken
                    self._by_priority.clear()
                    self._by_age.clear()
                self._running[key] = anyio.current_time()
                return key
            self._changed = self._changed or anyio.Event()
            with anyio.CancelScope(deadline=self._next_due()):
                await self._changed.wait()

    def done(self, key: K) -> None:
        """Say that a key is not worked on any more; where it was added meanwhile, it waits again.

        Raises:
            KeyError: it was not.
        """
        del self._running[key]
        priority = self._again.pop(key, None)
        if priority is not None:
            self.add(key, priority=priority)

    def close(self) -> None:
        """Take no more keys and give none; may be called again."""
        self._is_closed = True
        self._wake()

    def metrics(self) -> QueueMetrics:
        """Give how it is doing."""
        self._move_due()
        now = anyio.current_time()
        return QueueMetrics(
            depth=len(self._waiting),
            delayed=len(self._due),
            running=len(self._running),
            added=self._added,
            retried=self._retried,
            longest_wait=now - min((each.since for each in self._waiting.values()), default=now),
            longest_run=now - min(self._running.values(), default=now),
        )

    def __len__(self) -> int:
        """Give how many keys wait, those whose time has not come included."""
        return len(self._waiting) + len(self._due)

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None

    def _drop_what_is_not_due(self) -> None:
        """Forget delays that others took the place of, before they are many: some would stand there for hours."""
        if len(self._delayed) > 2 * len(self._due) + _SUPERSEDED:
            self._delayed = [each for each in self._delayed if self._due.get(each[2]) == each[:2]]
            heapq.heapify(self._delayed)

    def _next_due(self) -> float:
        while self._delayed:
            at, number, key, _ = self._delayed[0]
            if self._due.get(key) == (at, number):
                return at
            heapq.heappop(self._delayed)
        return float("inf")

    def _move_due(self) -> None:
        now = anyio.current_time()
        while self._next_due() <= now:
            _, _, key, priority = heapq.heappop(self._delayed)
            self.add(key, priority=priority)

    def _next(self) -> K:
        self._taken += 1
        if self._taken % _OLDEST_EVERY == 0:
            while True:
                number, key = heapq.heappop(self._by_age)
                held = self._waiting.get(key)
                if held is not None and held.number == number:
                    return key
        while True:
            priority, number, key = heapq.heappop(self._by_priority)
            held = self._waiting.get(key)
            if held is not None and (held.priority, held.number) == (-priority, number):
                return key
