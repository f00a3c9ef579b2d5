"""Has webhooks decide about what controllers write, while the other controllers go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.webhooks.admission import CallWebhook, RequestAdmission, ReviewNeeded
from kubex.testing.webhooks.configurations import ConfiguredWebhooks

__all__ = ["Asking"]


class Asking:
    """Asks the webhooks of a cluster on behalf of its controllers.

    Args:
        cluster: where they write.
        webhooks: of the cluster.
    """

    def __init__(self, cluster: Cluster, webhooks: ConfiguredWebhooks) -> None:
        self._cluster = cluster
        self._webhooks = webhooks
        self._call: CallWebhook | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def reach(self, call: CallWebhook) -> None:
        """Learn how webhooks are reached; before that none is asked."""
        self._call = call

    def admission(self) -> RequestAdmission | None:
        """Give who decides about a write of a controller; `None` where nobody is to be asked."""
        if self._call is None or self._webhooks.is_empty:
            return None
        return RequestAdmission(self._cluster, self._webhooks)

    def ask(self, needed: ReviewNeeded, admission: RequestAdmission, answered: Callable[[], None]) -> None:
        """Ask the webhooks, and call back once they have answered."""
        if self._call is None:
            return
        task = asyncio.get_running_loop().create_task(admission.ask(needed, self._call))
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, answered))

    async def answers(self) -> None:
        """Wait until those that are asked now have answered."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def close(self) -> None:
        """Wait for no answer any more."""
        for task in self._tasks:
            task.cancel()

    def _done(self, answered: Callable[[], None], task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()  # it has no failures: those of webhooks are answers
            answered()
