"""`background_tasks`: tasks that run beside a block of a caller's, and end with it."""

from __future__ import annotations

from types import TracebackType

import anyio
from anyio.abc import TaskGroup

from kubex.core.exceptions import ClientClosed

__all__ = ["BackgroundTasks"]


class BackgroundTasks:
    """A task group whose tasks are cancelled at the end of the block.

    What the block raises comes out as it is, and so does the failure of a lone task: a plain task group would wrap
    them in an exception group.
    """

    _group: TaskGroup

    async def __aenter__(self) -> TaskGroup:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        return self._group

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self._group.cancel_scope.cancel()
        try:
            if isinstance(exc, anyio.get_cancelled_exc_class()):
                # Of a scope around this, or of this one: the group knows.
                return bool(await self._group.__aexit__(exc_type, exc, traceback))
            await self._group.__aexit__(None, None, None)
            return False
        except BaseExceptionGroup as failures:
            failure, *more = failures.exceptions
            # A client that is closed is one failure, of however many tasks.
            if more and not all(isinstance(each, ClientClosed) for each in failures.exceptions):
                raise
        raise failure
