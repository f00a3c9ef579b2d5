"""`Watcher`: follows the objects of a resource for ever, whatever happens to connections, servers and histories."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import anyio

from kubex.core._arguments import check_count
from kubex.core.exceptions import KubexException
from kubex.core.params import ApiNamespaceTypes
from kubex.runtime._watch_driver import Selection, Source, WatchDriver, check_source
from kubex.runtime.watcher_events import Failed, WatcherEvent
from kubex_core.models.entity import Entity

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Watcher"]

T = TypeVar("T", bound=Entity)

_log = logging.getLogger("kubex.runtime")


class Watcher(Generic[T]):
    """An async iterator of what happens to objects, which never ends by itself.

    It begins with a list, and follows the changes from there: streams that end or break off are opened again behind
    the last event, and where the server's history does not go back so far, a new list starts. What goes wrong is told
    as a `Failed` event, logged, and kept in `last_error`; pauses between tries double from 0.8 to 30 seconds.

    One task iterates. Leaving the loop leaves a connection open until `stop()`, or the end of `async with`.

    Args:
        source: what to follow, an `Api`, or `api.metadata` for metadata alone.
        namespace: `...` the Api's own, `None` all, or another one.
        label_selector: only objects with these labels.
        field_selector: only objects with these fields.
        page_size: objects of a page of a list.
        streaming_list: list by a stream (`sendInitialEvents`), which costs the server less; where it can't, pages.
        resource_version: go on behind this version, instead of beginning with a list.
        is_fatal: says which errors are to be raised instead of told, as `ClientClosed` always is.

    Raises:
        InvalidArgument: a selector that does not parse, or a namespace for what lives outside of them.

    Example:
        ```python
        async with kubex.Watcher(pods) as events:
            async for event in events:
                match event:
                    case Applied(pod) | Listed(pod):
                        print(pod.metadata.name)
        ```

    https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    """

    def __init__(
        self,
        source: Source[T],
        *,
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        page_size: int = 500,
        streaming_list: bool = False,
        resource_version: str | None = None,
        is_fatal: Callable[[KubexException], bool] | None = None,
    ) -> None:
        check_source(source)
        check_count("page_size", page_size)
        driver = WatchDriver(
            source,
            Selection(namespace, label_selector, field_selector),
            page_size=page_size,
            streaming=streaming_list,
            resource_version=resource_version,
            is_fatal=is_fatal,
        )
        self._events: AsyncGenerator[WatcherEvent[T], None] = driver.events()
        self._waiting: anyio.CancelScope | None = None
        self._is_stopped = False
        self._last_error: KubexException | None = None

    @property
    def last_error(self) -> KubexException | None:
        """What went wrong last; it stays when all is well again."""
        return self._last_error

    async def stop(self) -> None:
        """End the iteration now, from any task, and close the connection; may be called again."""
        self._is_stopped = True
        if self._waiting is not None:
            self._waiting.cancel()  # the task that iterates closes it
        else:
            await self._events.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WatcherEvent[T]:
        if self._is_stopped:
            raise StopAsyncIteration
        if self._waiting is not None:
            raise RuntimeError("two tasks iterate over one Watcher: each needs one of its own")
        with anyio.CancelScope() as self._waiting:
            try:
                event = await anext(self._events)
            finally:
                self._waiting = None
            if isinstance(event, Failed):
                self._last_error = event.error
                _log.warning("a watch failed and goes on in %.1f s: %s", event.retry_in, event.error)
            return event
        self._is_stopped = True
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
