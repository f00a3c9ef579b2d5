"""Carries out what the states of a watch ask for: the one place of the runtime that lists and watches."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar, cast

import anyio

from kubex.core.exceptions import InvalidResponse, InvalidType, KubexClientException, KubexException
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, Timeout
from kubex.core.watch_event import Bookmark, EventType, WatchEvent
from kubex.runtime._watch_states import (
    Failure,
    ListEnded,
    Listing,
    PageListed,
    StreamEnded,
    StreamingList,
    Waited,
    Waiting,
    Watching,
    begin,
    step,
)
from kubex.runtime.watcher_events import (
    Applied,
    Bookmarked,
    Deleted,
    Failed,
    ListCompleted,
    Listed,
    ListStarted,
    WatcherEvent,
)
from kubex_core.models.entity import Entity
from kubex_core.models.list_entity import ListEntity

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Selection", "Source", "WatchDriver", "check_source"]

T = TypeVar("T", bound=Entity)

# Seconds that the server is asked to keep a stream open for: some load balancers drop one that is silent for 240. What
# is silent beyond them is dead.
_SHORTEST_WATCH: Final = 240
_LONGEST_WATCH: Final = 290
_GRACE: Final = 5.0
_LIST_SILENCE: Final = 10.0
"""Seconds of silence after which a streaming list is given up: the mark of its end will not come."""
_CONNECT: Final = 30.0
_LIST: Final = Timeout(read=60.0, connect=_CONNECT)


class Source(Protocol[T]):
    """What can be listed and watched: an `Api`, or the `metadata` of one."""

    async def list(
        self,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        limit: int | None = None,
        continue_token: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> ListEntity[T]:
        """List objects."""
        ...

    def watch(
        self,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        allow_bookmarks: bool | None = None,
        send_initial_events: bool | None = None,
        timeout_seconds: int | None = None,
        resource_version: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AsyncGenerator[WatchEvent[T], None]:
        """Follow changes."""
        ...


def check_source(source: object) -> None:
    """Refuse what can't be listed and watched, such as a client.

    Raises:
        InvalidType: that is so.
    """
    is_one = all(callable(getattr(source, name, None)) for name in ("list", "watch"))
    if isinstance(source, type | str) or not is_one:
        raise InvalidType.of("source", "an Api, as `Api(Pod, client)`, or the metadata of one,", source)


class Selection:
    """Which objects are followed."""

    def __init__(
        self,
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
    ) -> None:
        self.namespace = namespace
        self.label_selector = label_selector
        self.field_selector = field_selector


class WatchDriver(Generic[T]):
    """Follows the objects of a source for ever.

    Args:
        source: what is followed.
        selection: which of its objects.
        page_size: objects of a page of a list.
        streaming: list by a stream.
        resource_version: go on behind this version instead of beginning with a list.
        is_fatal: says which errors end it, beside those of a client that is closed.
        chance: gives numbers from 0 to 1, which spread pauses and the lengths of streams.
    """

    def __init__(
        self,
        source: Source[T],
        selection: Selection,
        *,
        page_size: int,
        streaming: bool,
        resource_version: str | None = None,
        is_fatal: Callable[[KubexException], bool] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._selection = selection
        self._page_size = page_size
        self._is_fatal = is_fatal
        self._chance = chance
        self._position = begin(version=resource_version, streaming=streaming)
        # What the stream that is open has told so far.
        self._version = ""
        self._opened_at = 0.0
        self._has_received = False

    async def events(self) -> AsyncGenerator[WatcherEvent[T], None]:
        """Give what happens; ends with a fatal error alone, and where its client can do nothing any more."""
        while True:
            state = self._position.state
            if isinstance(state, Waiting):
                await anyio.sleep(state.seconds)
                self._position = step(self._position, Waited())
                continue
            run = self._list(state) if isinstance(state, Listing) else self._stream(state)
            error: KubexClientException | None = None
            # Not wrapped by a handler of errors as a whole: what the consumer raises into it is its own.
            async with aclosing(run) as told:
                while True:
                    try:
                        event = await anext(told)
                    except StopAsyncIteration:
                        break
                    except KubexClientException as failure:
                        error = failure
                        break
                    yield event
            if error is not None:
                yield self._failed(error)

    def _failed(self, error: KubexClientException) -> Failed:
        if error.is_final or (self._is_fatal is not None and self._is_fatal(error)):
            raise error
        seconds = anyio.current_time() - self._opened_at
        seen = Failure(error, self._version, seconds, self._has_received, self._chance())
        self._position = step(self._position, seen)
        state = self._position.state
        return Failed(error, state.seconds if isinstance(state, Waiting) else 0.0)

    async def _list(self, state: Listing) -> AsyncGenerator[WatcherEvent[T], None]:
        self._has_received = False
        self._opened_at = anyio.current_time()
        selection = self._selection
        page = await self._source.list(
            label_selector=selection.label_selector,
            field_selector=selection.field_selector,
            limit=self._page_size if state.is_paged else None,
            continue_token=state.token,
            namespace=selection.namespace,
            request_timeout=_LIST,
        )
        version, token = page.metadata.resource_version, page.metadata.continue_
        if not version:
            raise InvalidResponse("the server's list has no resource version: nothing can be watched from there")
        if token and token == state.token:
            raise InvalidResponse("the server repeats its continue token: its list would never end")
        if state.token is None:
            yield ListStarted()
        items = page.items
        del page
        items.reverse()  # taken off its end: an object that the consumer drops is gone at once
        while items:
            yield Listed(items.pop())
        if not token:
            yield ListCompleted(version)
        self._position = step(self._position, PageListed(version, token or None))

    async def _stream(self, state: StreamingList | Watching) -> AsyncGenerator[WatcherEvent[T], None]:
        is_list = isinstance(state, StreamingList)
        self._version = "" if isinstance(state, StreamingList) else state.version
        self._has_received = False
        self._opened_at = anyio.current_time()
        async with aclosing(self._open(state)) as stream:
            async for event in stream:
                object_ = event.object
                if version := object_.metadata.resource_version:
                    self._version = version
                if is_list and not self._has_received:
                    yield ListStarted()
                self._has_received = True
                if event.type is EventType.BOOKMARK:
                    if not is_list:
                        yield Bookmarked(self._version)
                    elif cast("Bookmark", object_).ends_initial_events:
                        yield ListCompleted(self._version)
                        self._position = step(self._position, ListEnded(self._version))
                        return
                elif event.type is EventType.DELETED:
                    yield Deleted(cast("T", object_))
                else:
                    yield Listed(cast("T", object_)) if is_list else Applied(cast("T", object_))
        seconds = anyio.current_time() - self._opened_at
        ended = StreamEnded(self._version, seconds, self._has_received, self._chance())
        self._position = step(self._position, ended)

    def _open(self, state: StreamingList | Watching) -> AsyncGenerator[WatchEvent[T], None]:
        selection = self._selection
        seconds = round(_SHORTEST_WATCH + self._chance() * (_LONGEST_WATCH - _SHORTEST_WATCH))
        is_list = isinstance(state, StreamingList)
        return self._source.watch(
            label_selector=selection.label_selector,
            field_selector=selection.field_selector,
            allow_bookmarks=True,
            send_initial_events=True if is_list else None,
            timeout_seconds=seconds,
            resource_version=None if isinstance(state, StreamingList) else state.version,
            namespace=selection.namespace,
            request_timeout=Timeout(read=_LIST_SILENCE if is_list else seconds + _GRACE, connect=_CONNECT),
        )
