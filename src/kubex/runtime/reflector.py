"""`Reflector`: keeps a `Store` as the cluster is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar, assert_never

import anyio

from kubex.core._arguments import check_count, check_function
from kubex.core.exceptions import InvalidArgument, InvalidType, KubexException, WaitTimeout
from kubex.core.params import ApiNamespaceTypes
from kubex.runtime._cancellations import raise_if_unexpected
from kubex.runtime._measures import WatchCounts, cache_metrics
from kubex.runtime._watch_driver import Selection, Source, WatchDriver, check_source
from kubex.runtime.metrics import Metric
from kubex.runtime.store import Store
from kubex.runtime.store_changes import ObjectKey
from kubex.runtime.subscription import Subscription, WhenFull
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

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Reflector"]

T = TypeVar("T", bound=Entity)

_log = logging.getLogger("kubex.runtime")

_PAGE, _PAGE_OF_PARTS = 500, 200


class Reflector(Generic[T]):
    """Follows a resource and keeps a store as the cluster is; whoever runs it owns its one task.

    A new list takes the place of the old objects at once, when it is whole; those that have not changed stay the same
    objects. `Informer` is the same with a task of its own.

    Args:
        source: what to follow, an `Api`, or `api.metadata` for metadata alone.
        store: what is kept; a new one where left out, `Store(intern_parts=True)` to keep equal parts once.
        namespace: `...` the Api's own, `None` all, or another one.
        label_selector: only objects with these labels.
        field_selector: only objects with these fields.
        page_size: objects of a page of a list, which are all in memory while it is read; where left out 500, or 200
            where equal parts are kept once and a page would be a good part of all that is kept.
        streaming_list: list by a stream (`sendInitialEvents`), which costs the server less; where it can't, pages.
        transform: changes each object before it is kept: `without_managed_fields`, or one of your own.
        is_fatal: says which errors end `run`; by default none does but that the client is closed (`ClientClosed`).

    Raises:
        InvalidArgument: `page_size` is below 1, or `transform` is no function of one argument.
        InvalidType: `source` is neither an Api nor like one.
    """

    def __init__(
        self,
        source: Source[T],
        store: Store[T] | None = None,
        *,
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        page_size: int | None = None,
        streaming_list: bool = False,
        transform: Callable[[T], T] | None = None,
        is_fatal: Callable[[KubexException], bool] | None = None,
    ) -> None:
        check_source(source)
        if page_size is not None:
            check_count("page_size", page_size)
        if transform is not None:
            check_function("transform", transform, "the object")
        self.store: Store[T] = store if store is not None else Store()
        self._source = source
        self._selection = Selection(namespace, label_selector, field_selector)
        self._page_size = page_size or (_PAGE_OF_PARTS if self.store.interns_parts else _PAGE)
        self._streaming_list = streaming_list
        self._transform = transform
        self._is_fatal = is_fatal
        self._listed: dict[ObjectKey, T] | None = None  # the list that is being read
        self._is_synced = False
        self._was_begun = False
        self._last_error: KubexException | None = None
        self._progress: anyio.Event | None = None  # set at the next step that somebody waits for
        self._blocking: list[Subscription[T]] = []
        self._counts = WatchCounts()

    @property
    def is_synced(self) -> bool:
        """Whether a first list is in the store."""
        return self._is_synced

    @property
    def last_error(self) -> KubexException | None:
        """What went wrong last; it stays when all is well again."""
        return self._last_error

    def measure(self) -> list[Metric]:
        """Give how many objects there are, and how the watch is doing."""
        counts = replace(self._counts, objects=len(self.store), is_synced=self._is_synced)
        return cache_metrics(self._source, self._selection, counts)

    async def run(self) -> None:
        """Follow the resource until cancelled.

        Raises:
            CacheCorrupted: somebody changed an object in the store, and the environment asks for that to be found.
            InvalidType: `transform` gave None.
            ClientClosed: the client is closed.
            KubexClientException: a fatal error.
            UnexpectedCancellation: a function of the program's (`transform`, an indexer) ran into a cancellation.
        """
        self._was_begun = True
        driver = WatchDriver(
            self._source,
            self._selection,
            page_size=self._page_size,
            streaming=self._streaming_list,
            is_fatal=self._is_fatal,
        )
        try:
            async with aclosing(driver.events()) as events:
                async for event in events:
                    self._take(event)
                    if self._blocking:
                        await self._wait_for_subscribers()
        except anyio.get_cancelled_exc_class() as cancellation:
            raise_if_unexpected(cancellation, f"the cache of {self._source!r}")
            raise
        finally:
            self._listed = None
        self.store.check_for_mutations()

    def subscribe(self, *, capacity: int = 1000, when_full: WhenFull = WhenFull.DROP) -> Subscription[T]:
        """Give an iterator of every object there is and every change from then on.

        Args:
            capacity: changes that may wait for the subscriber.
            when_full: whether it is dropped when more would, or holds up the store.

        Example:
            ```python
            with cache.subscribe() as changes:
                async for change in changes:
                    ...
            ```
        """
        subscription = Subscription(self.store, capacity=capacity, when_full=when_full)
        if subscription.when_full is WhenFull.BLOCK:
            self._blocking.append(subscription)
        return subscription

    async def wait_synced(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - says what went wrong
        """Wait until the first list is in the store.

        Args:
            timeout: seconds; `None` waits for ever.

        Raises:
            WaitTimeout: it is not by then; the text and `last_error` say what went wrong, such as a missing right.
        """
        await self._wait(lambda: self._is_synced, timeout, "the first list is not there")

    async def wait_for(self, resource_version: str | None, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Wait until the store has come as far as a version: to read what was just written.

        Args:
            resource_version: of an object that the store selects, as a write has given it. That of any other may not
                come before the time is up: nothing tells of it but the next event or bookmark.
            timeout: seconds; `None` waits for ever.

        Raises:
            InvalidArgument: the version is no number: there is no order among such.
            WaitTimeout: it has not by then.
        """
        wanted = _number(resource_version)
        await self._wait(
            lambda: self._is_synced and _number(self.store.resource_version) >= wanted,
            timeout,
            f"version {wanted} has not come",
        )

    async def _wait(self, is_reached: Callable[[], bool], seconds: float | None, what: str) -> None:
        with anyio.move_on_after(seconds):
            while not is_reached():
                self._progress = self._progress or anyio.Event()
                await self._progress.wait()
            return
        if not self._was_begun:
            what = f"nobody runs what follows it, as `async with` does an Informer: {what}"
        raise WaitTimeout(f"{self._source}: {what} after {seconds:g} s", self._last_error) from self._last_error

    def _take(self, event: WatcherEvent[T]) -> None:
        match event:
            case Applied(obj):
                self._counts.changes += 1
                self.store.apply(self._kept(obj))
            case Deleted(obj):
                self._counts.changes += 1
                if self._listed is None:
                    self.store.remove(self._kept(obj))
                else:
                    self._listed.pop(ObjectKey.of(obj), None)
            case Listed(obj):
                self._list(obj)
            case Bookmarked(version):
                self.store.advance(version)
                self.store.check_for_mutations()
            case ListStarted():
                self._listed = {}
            case ListCompleted(version):
                self._counts.lists += 1
                listed, self._listed = self._listed, None
                self.store.replace(listed or {}, version, is_interned=True)
                self._is_synced = True
            case Failed(error, seconds):
                self._listed = None
                self._last_error = error
                self._counts.failures += 1
                _log.warning("%r: a watch failed and goes on in %.1f s: %s", self._source, seconds, error)
                return
            case _:
                assert_never(event)
        if self._progress is not None:
            self._progress.set()
            self._progress = None

    def _list(self, obj: T) -> None:
        """Take an object of a list; one that has not changed stays the object that is there."""
        key = ObjectKey.of(obj)
        held, metadata = self.store.by_key(key), obj.metadata
        is_same = (
            held is not None
            and held.metadata.resource_version == metadata.resource_version
            and held.metadata.uid == metadata.uid
        )
        if self._listed is None:
            return
        if held is not None and is_same:
            self._listed[ObjectKey.of(held)] = held  # a key of the new one would keep its texts
        else:
            self._listed[key] = self.store.intern(self._kept(obj))

    def _kept(self, obj: T) -> T:
        if self._transform is None:
            return obj
        kept: T | None = self._transform(obj)
        if kept is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise InvalidType.of(f"what transform gives for {ObjectKey.of(obj)}", "the object to keep", kept)
        return kept

    async def _wait_for_subscribers(self) -> None:
        for subscription in tuple(self._blocking):
            if subscription.is_closed:
                self._blocking.remove(subscription)
            elif subscription.is_full:
                await subscription.wait_for_room()


def _number(resource_version: str | None) -> int:
    if resource_version is None or not resource_version.isdecimal():
        raise InvalidArgument(f"resource_version={resource_version!r}: the version of an object is needed")
    return int(resource_version)
