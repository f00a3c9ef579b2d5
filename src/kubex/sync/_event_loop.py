"""`EventLoopThread`: where the asynchronous work of a blocking client is done."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import CancelledError, Future
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack, aclosing, contextmanager
from threading import Condition, Thread, current_thread
from types import TracebackType
from typing import Final, Generic, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from kubex.core.exceptions import ClientClosed

__all__ = ["EventLoopThread"]

T = TypeVar("T")
S = TypeVar("S")

_FOREIGN: Final = ("concurrent/futures", "anyio/from_thread", "anyio/_backends", "kubex/sync/_event_loop")
"""Files whose lines in a traceback say nothing of what a program did."""


_CLOSED_MEANWHILE: Final = "the client was closed meanwhile"


class EventLoopThread:
    """An event loop in a thread of its own: of one client, and of all that is made of it.

    It works beside an event loop of the program's own, as notebooks have one. Whoever is interrupted while waiting
    (Ctrl-C) has the work cancelled.
    """

    def __init__(self) -> None:
        started: Future[BlockingPortal] = Future()
        # A daemon: a program that forgets to close its client ends all the same.
        self._thread = Thread(target=anyio.run, args=(_serve, started), name="kubex.sync", daemon=True)
        self._thread.start()
        self._portal = started.result()
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether it has ended."""
        return self._is_closed

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something in the event loop, and wait for what it gives.

        Args:
            work: what is awaited.

        Raises:
            ClientClosed: the client is closed, or was meanwhile.
        """
        self._check()
        future = self._portal.start_task_soon(_awaited, work)
        try:
            return future.result()
        except BaseException as error:
            future.cancel()  # where it is the waiting that has failed
            if self._is_closed and isinstance(error, CancelledError):
                raise ClientClosed(_CLOSED_MEANWHILE) from None
            raise error.with_traceback(_without_foreign_lines(error.__traceback__))  # noqa: B904 - it is the same

    def call(self, work: Callable[[], T]) -> T:
        """Do something in the event loop that has nothing to wait for."""

        async def working() -> T:
            return work()

        return self.run(working)

    def iterate(self, items: AsyncGenerator[T, None], *, ahead: int = 0) -> Generator[T, None, None]:
        """Give what an asynchronous generator gives; closing this one closes that one.

        Args:
            items: the generator.
            ahead: how many items are fetched before somebody asks for them.
        """
        self._check()
        reading = _Reading(items, ahead, self._portal)
        future = self._portal.start_task_soon(reading.run)
        try:
            while True:
                try:
                    item = reading.take()
                except anyio.EndOfStream:
                    return
                yield item
        finally:
            future.cancel()
            reading.wait_until_closed()

    def enter(self, manager: AbstractAsyncContextManager[T], face: Callable[[T], S]) -> AbstractContextManager[S]:
        """Give a context for an asynchronous one, entered and left in one task.

        Args:
            manager: the asynchronous one.
            face: makes of what that gives what this one gives.
        """

        @contextmanager
        def entered() -> Generator[S, None, None]:
            self._check()
            inner = self._portal.wrap_async_context_manager(manager)

            def leave(
                exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
            ) -> bool | None:
                # The end of the event loop has left it already.
                return None if self._is_closed else inner.__exit__(exc_type, exc, traceback)

            value = inner.__enter__()
            with ExitStack() as exits:
                exits.push(leave)
                yield face(value)

        return entered()

    def close(self) -> None:
        """End the event loop, and all that still waits in it; may be called again."""
        if not self._is_closed:
            self._is_closed = True
            self._portal.call(self._portal.stop, True)
            self._thread.join()

    def _check(self) -> None:
        if self._is_closed:
            raise ClientClosed("the client is closed")
        if current_thread() is self._thread:
            raise RuntimeError(
                "a function that kubex calls back must not call kubex.sync: it would wait for itself for ever"
            )


class _Reading(Generic[T]):
    """Goes through an asynchronous generator in one task, as far as is asked for."""

    def __init__(self, items: AsyncGenerator[T, None], ahead: int, portal: BlockingPortal) -> None:
        self._items = items
        self._ahead = ahead
        self._portal = portal
        self._found: deque[T] = deque()
        self._changed = Condition()
        self._begun = 0  # items that were fetched, or are
        self._asked = 0
        self._room: anyio.Event | None = None
        self._is_ended = False
        self._failure: Exception | None = None

    async def run(self) -> None:
        """Fetch items until there are none, or until cancelled."""
        try:
            async with aclosing(self._items) as items:
                await self._wait_for_room()
                async for item in items:
                    with self._changed:
                        self._found.append(item)
                        self._changed.notify()
                    await self._wait_for_room()
        except Exception as error:
            self._failure = error
        except anyio.get_cancelled_exc_class():  # or nobody asks for more
            self._failure = ClientClosed(_CLOSED_MEANWHILE)
            raise
        finally:
            with self._changed:
                self._is_ended = True
                self._changed.notify()

    async def _wait_for_room(self) -> None:
        while True:
            with self._changed:
                if self._begun < self._asked + self._ahead:
                    self._begun += 1
                    return
                self._room = room = anyio.Event()
            await room.wait()

    def take(self) -> T:
        """Wait for the next item, in another thread.

        Raises:
            anyio.EndOfStream: there is none.
        """
        with self._changed:
            self._asked += 1
            # The other thread is not woken for each item when some are here yet.
            wake = self._room if len(self._found) <= self._ahead // 2 and not self._is_ended else None
            if wake is not None:
                self._room = None
        if wake is not None:
            self._portal.start_task_soon(wake.set)
        with self._changed:
            while not self._found and not self._is_ended:
                self._changed.wait()
            if self._found:
                return self._found.popleft()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure.with_traceback(_without_foreign_lines(failure.__traceback__))
        raise anyio.EndOfStream

    def wait_until_closed(self) -> None:
        """Wait until the generator is closed."""
        with self._changed:
            while not self._is_ended:
                self._changed.wait()


async def _serve(started: Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        started.set_result(portal)
        await portal.sleep_until_stopped()


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _without_foreign_lines(traceback: TracebackType | None) -> TracebackType | None:
    """Leave out of a traceback how one thread waits for another."""
    kept: list[TracebackType] = []
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename.replace("\\", "/")
        if not any(foreign in file for foreign in _FOREIGN):
            kept.append(traceback)
        traceback = traceback.tb_next
    made: TracebackType | None = None
    for each in reversed(kept):
        made = TracebackType(made, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return made
