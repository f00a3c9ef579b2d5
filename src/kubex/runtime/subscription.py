"""`Subscription`: the changes of a store for one consumer, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Self, TypeVar

import anyio

from kubex.core.exceptions import InvalidArgument, SubscriptionOverflow
from kubex.runtime.store import Store
from kubex.runtime.store_changes import StoreChange
from kubex_core.models.entity import Entity

__all__ = ["Subscription", "WhenFull"]

T = TypeVar("T", bound=Entity)


class WhenFull(StrEnum):
    """What becomes of a subscriber that does not take its events."""

    DROP = "drop"
    """It is dropped: its next step raises `SubscriptionOverflow`."""
    BLOCK = "block"
    """The cache waits for it, and with it all others who read the cache."""


class Subscription(Generic[T]):
    """An async iterator: every object there is, as `Added`, then every change; one task reads it.

    What is there at its beginning does not count as waiting, and neither does what a list brings at once.

    Args:
        store: what is followed.
        capacity: changes that may wait.
        when_full: what becomes of it when more would.

    Raises:
        InvalidArgument: a capacity below 1.
    """

    def __init__(self, store: Store[T], *, capacity: int = 1000, when_full: WhenFull = WhenFull.DROP) -> None:
        if capacity < 1:
            raise InvalidArgument(f"capacity={capacity!r}: a whole number, 1 or more, is needed")
        self.when_full: WhenFull = WhenFull(when_full)
        self._waiting: deque[StoreChange[T]] = deque()
        self._capacity = capacity
        self._limit = capacity
        self._more: anyio.Event | None = None
        self._room: anyio.Event | None = None
        self._is_dropped = False
        self._is_closed = False
        self._limit += len(store)
        self._store = store
        self._stop: Callable[[], None] = store.listen(self._take)

    @property
    def is_full(self) -> bool:
        """Whether as many changes wait as may."""
        return len(self._waiting) >= self._limit and not self._is_closed

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self._is_closed

    async def wait_for_room(self) -> None:
        """Wait until another change may come, or nobody waits for it any more."""
        while self.is_full:
            self._room = self._room or anyio.Event()
            await self._room.wait()

    def close(self) -> None:
        """End it; may be called again."""
        self._is_closed = True
        self._stop()
        self._waiting.clear()
        self._wake()

    def _take(self, change: StoreChange[T]) -> None:
        if self._store.is_replacing:  # what a list brings comes at once: nobody could have read in between
            self._limit += 1
        if self.when_full is WhenFull.DROP and self.is_full:
            self._is_dropped = True
            self.close()
            return
        self._waiting.append(change)
        if self._more is not None:
            self._more.set()

    def _wake(self) -> None:
        for event in (self._more, self._room):
            if event is not None:
                event.set()
        self._room = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> StoreChange[T]:
        while not self._waiting:
            if self._is_dropped:
                raise SubscriptionOverflow(
                    f"a subscriber of a cache let {self._capacity} changes wait, and was dropped: subscribe again"
                )
            if self._is_closed:
                raise StopAsyncIteration
            self._more = anyio.Event()
            await self._more.wait()
        change = self._waiting.popleft()
        self._limit = max(self._capacity, min(self._limit, len(self._waiting) + self._capacity))
        if self._room is not None and not self.is_full:
            self._room.set()
            self._room = None
        return change

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
