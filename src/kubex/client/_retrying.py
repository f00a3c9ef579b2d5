"""`Retrying`: sends a request again, as the policy has it."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from kubex.client.hooks import Hooks, Retry, notify
from kubex.client.retries import RetryPolicy, failure_of
from kubex.core.exceptions import KubexClientException
from kubex.core.request import Request

__all__ = ["Retrying"]

logger = logging.getLogger("kubex.client")

T = TypeVar("T")

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Retrying:
    """Waits and sends again, while the outcome is a failure that passes.

    Args:
        policy: which, and after how long.
        hooks: whom to tell.
        clock: monotonic time in seconds.
        sleep: waits for seconds.
        chance: gives random numbers from 0 to 1.
    """

    def __init__(
        self,
        policy: RetryPolicy,
        hooks: Sequence[Hooks],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy
        self._hooks = hooks
        self.clock = clock
        self._sleep = sleep
        self._chance = chance

    async def again(
        self,
        request: Request,
        outcome: T | KubexClientException,
        attempt: Callable[[], Awaitable[T | KubexClientException]],
        *,
        begun: float,
        bound: float | None,
        is_read: bool,
        late: Callable[[float], KubexClientException],
    ) -> T | KubexClientException:
        """Give the outcome of the last sending.

        Args:
            request: what was sent.
            outcome: what came of it.
            attempt: sends it again.
            begun: when it was first sent.
            bound: seconds that the whole may take; `None` where nothing says.
            is_read: whether it changes nothing on the server.
            late: gives the error of a bound, in seconds, that passed while it was sent again: the outcome before that
                does not say any more what was done.
        """
        is_read = is_read and request.method in _READING
        retries = 0
        while (failure := failure_of(outcome)) is not None:
            elapsed = self.clock() - begun
            seconds = self._policy.delay(
                failure, is_read=is_read, retries=retries, elapsed=elapsed, chance=self._chance()
            )
            if seconds is None or (bound is not None and elapsed + seconds >= bound):
                break
            retries += 1
            retry = Retry(retries, seconds, failure.reason)
            logger.info(
                "%s: %s; retry %d of %d in %.2f s",
                request.described(),
                failure.reason,
                retries,
                self._policy.max_retries,
                seconds,
            )
            self._tell(request, retry)
            await self._sleep(seconds)
            left = None if bound is None else max(0.0, bound - (self.clock() - begun))
            with anyio.move_on_after(left) as scope:
                outcome = await attempt()
            if scope.cancelled_caught and bound is not None:
                return late(bound)
        return outcome

    def _tell(self, request: Request, retry: Retry) -> None:
        notify(self._hooks, lambda hook: hook.on_retry(request, retry))
