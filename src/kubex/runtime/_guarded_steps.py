"""`GuardedSteps`: has no step of a coroutine begin after its time is over.

A deadline alone can't: a process that was stopped finds, when it goes on, the work's input and the deadline ready at
once, and the event loop may take the work's turn first.

trio gives what was waited for, or a cancellation, and its locks and nurseries rely on it: what it has given can't be
taken back. There such a step runs up to its next `await`, which is cancelled: nothing is sent any more.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

import anyio
from anyio.lowlevel import checkpoint

__all__ = ["GuardedSteps"]

R = TypeVar("R")


class GuardedSteps(Generic[R]):
    """Awaits a coroutine, and cancels it instead of its next step when its time is over.

    Args:
        work: what is awaited.
        is_over: says whether its time is over.
        cancel: cancels a scope around the awaiting task.
    """

    def __init__(self, work: Coroutine[Any, Any, R], is_over: Callable[[], bool], cancel: Callable[[], object]) -> None:
        self._work = work
        self._is_over = is_over
        self._cancel = cancel

    def __await__(self) -> Generator[Any, Any, R]:
        work, is_cancelled, has_begun = self._work, False, False
        value: Any = None
        thrown: BaseException | None = None
        on_trio = anyio.get_cancelled_exc_class().__module__.partition(".")[0] == "trio"
        while True:
            if self._is_over() and not is_cancelled:
                is_cancelled = True
                self._cancel()
                if thrown is not None or not has_begun or not on_trio:
                    try:
                        yield from checkpoint().__await__()
                    except BaseException as cancellation:  # the scope's: it goes to the work, which cleans up
                        thrown = cancellation
            has_begun = True
            try:
                waiting = work.send(value) if thrown is None else work.throw(thrown)
            except StopIteration as done:
                result: R = done.value
                return result
            value, thrown = None, None
            try:
                value = yield waiting
            except BaseException as error:  # whatever the event loop throws is the work's
                thrown = error
