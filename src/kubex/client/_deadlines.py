"""`Deadlines`: one timer for all the operations that have the same bound; it knows them, and can end them."""

from __future__ import annotations

import asyncio
from types import TracebackType

__all__ = ["Deadlines"]


class Deadlines:
    """Bounds each of many operations by the same number of seconds; asyncio only.

    A timer for each costs as much as everything else that a client adds to a request. As all have the same bound, they
    fall due in the order they began in, and one timer can go on from each to the next.

    Args:
        seconds: the bound; `None` is none.

    Example:
        ```python
        with deadlines.operation():
            await something()  # a TimeoutError when it takes too long
        ```
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.running: dict[_Operation, None] = {}  # a set that keeps its order
        self.timer: asyncio.TimerHandle | None = None

    def operation(self) -> _Operation:
        """Give a context that is bounded; the task that enters it leaves it."""
        return _Operation(self)

    def close(self) -> None:
        """Stop the timer, and end what still runs with a `ConnectionAbortedError`; may be called again."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        for operation in list(self.running):
            operation.end(ConnectionAbortedError)
        self.running.clear()

    def start(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """Start the timer."""
        self.timer = loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        self.timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        for operation in list(self.running):
            if operation.due > now:
                self.timer = loop.call_at(operation.due, self._expire)
                break
            del self.running[operation]
            operation.end(TimeoutError)


class _Operation:
    """One bounded operation. It ends as `asyncio.timeout` does: by a cancellation that it takes back.

    There is one for each request: hence few calls, and nothing that is set twice.
    """

    __slots__ = ("_cancelling", "_deadlines", "_failure", "_task", "due")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("kubex has to run in a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._failure: type[OSError] | None = None
        deadlines = self._deadlines
        deadlines.running[self] = None
        seconds = deadlines.seconds
        if seconds is not None:
            self.due = loop.time() + seconds
            if deadlines.timer is None:
                deadlines.start(loop, seconds)

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._deadlines.running.pop(self, None)
        failure = self._failure
        if failure is not None and self._task.uncancel() <= self._cancelling and exc_type is asyncio.CancelledError:
            raise failure from None

    def end(self, failure: type[OSError]) -> None:
        """Cancel what the task waits for, and have the operation fail."""
        self._failure = failure
        self._task.cancel()
