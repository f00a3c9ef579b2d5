"""Tells a cancellation that is meant for a task from one that its function has run into, which is a failure of it.

asyncio has one exception for both: whoever awaits a task that somebody else has cancelled gets it, too. A task that it
leaves ends without a word, and the task group around that with it. trio can't have it: only scopes cancel.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio
from anyio.lowlevel import cancel_shielded_checkpoint

from kubex.core.exceptions import UnexpectedCancellation

__all__ = ["in_own_task", "raise_if_unexpected", "unexpected", "unexpected_in_call"]

R = TypeVar("R")


def unexpected(cancellation: BaseException, what: str) -> UnexpectedCancellation:
    """Give the failure that a cancellation is: always one where it comes out of a function that can't wait.

    Args:
        cancellation: what came out of the function.
        what: which function that was: `the call for shop/web`.
    """
    failure = UnexpectedCancellation(
        f"{what} ended in a cancellation that was not meant for it: somebody else has cancelled what it waited for"
        " (asyncio.wait waits for a task or future without that)"
    )
    failure.__cause__ = cancellation
    return failure


def raise_if_unexpected(cancellation: BaseException, what: str) -> None:
    """Raise the failure that a cancellation is, unless it is meant for the current task, which may be anybody's.

    Raises:
        UnexpectedCancellation: neither a scope around this nor the task itself was cancelled.
    """
    if not _is_of_scope() and not _is_task_cancelled():
        raise unexpected(cancellation, what)


async def unexpected_in_call(cancellation: BaseException, what: str) -> UnexpectedCancellation:
    """Give the failure that a cancellation is, in a task that does nothing else, and ends with it in any case.

    Raises:
        BaseException: the cancellation itself: it is of a scope around this.
    """
    if not _is_of_scope():
        # An event loop that ends cancels all tasks at once, and the one around this may have its turn after it.
        await cancel_shielded_checkpoint()
    if _is_of_scope():
        raise cancellation
    return unexpected(cancellation, what)


async def in_own_task(work: Callable[[], Awaitable[R]], what: str) -> R:
    """Do something in a task of its own, which another one's cancellation does not end without a word.

    Raises:
        UnexpectedCancellation: it ended by such a one.
    """
    try:
        return await work()
    except anyio.get_cancelled_exc_class() as cancellation:
        raise_if_unexpected(cancellation, what)
        raise


def _is_of_scope() -> bool:
    return anyio.current_effective_deadline() == -math.inf


def _is_task_cancelled() -> bool:
    """Whether somebody has cancelled the task itself, as `asyncio.run` does at its end."""
    if anyio.get_cancelled_exc_class() is not asyncio.CancelledError:
        return False
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
