"""`Informer`: a live picture of a resource, kept by a task of its own; `InformerFactory`: one for all who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import anyio
from anyio.abc import TaskGroup

from kubex.api import Api
from kubex.api._background_tasks import BackgroundTasks
from kubex.client.base import BaseClient
from kubex.core._resource_class import config_of
from kubex.core.exceptions import InvalidArgument, KubexException
from kubex.core.params import ApiNamespaceTypes, NamespaceTypes
from kubex.runtime._measures import no_cache_metrics
from kubex.runtime._watch_driver import Source
from kubex.runtime.metrics import Metric, merged
from kubex.runtime.reflector import Reflector
from kubex.runtime.store import Indexer, Store
from kubex.runtime.store_changes import ObjectKey
from kubex_core.models.entity import Entity
from kubex_core.models.resource_config import Scope

if TYPE_CHECKING:
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Informer", "InformerFactory"]

T = TypeVar("T", bound=Entity)


class Informer(Reflector[T]):
    """A live picture of a resource, for as long as its context is open.

    Reading never waits; the objects are shared by all readers, see `Store`.

    Args:
        source: what to follow, an `Api`, or `api.metadata` for metadata alone.
        indexers: by the names of the indexes, what gives an object's values in it.
        intern_parts: keep equal parts of objects once; see `Store`.
        namespace: see `Reflector`, as the rest.
        label_selector: see `Reflector`.
        field_selector: see `Reflector`.
        page_size: see `Reflector`.
        streaming_list: see `Reflector`.
        transform: see `Reflector`.
        is_fatal: see `Reflector`; a fatal error ends the block of the context and is raised from it.

    Example:
        ```python
        async with kubex.Informer(pods, indexers={"node": lambda pod: pod.spec and pod.spec.node_name}) as cache:
            await cache.wait_synced(timeout=30)
            for pod in cache.by_index("node", "node-7"):
                ...
        ```
    """

    def __init__(
        self,
        source: Source[T],
        *,
        indexers: Mapping[str, Indexer[T]] | None = None,
        intern_parts: bool = False,
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        page_size: int | None = None,
        streaming_list: bool = False,
        transform: Callable[[T], T] | None = None,
        is_fatal: Callable[[KubexException], bool] | None = None,
    ) -> None:
        super().__init__(
            source,
            Store(indexers=indexers, intern_parts=intern_parts),
            namespace=namespace,
            label_selector=label_selector,
            field_selector=field_selector,
            page_size=page_size,
            streaming_list=streaming_list,
            transform=transform,
            is_fatal=is_fatal,
        )
        self._tasks: BackgroundTasks | None = None

    def get(self, name: str, namespace: str | None = None) -> T | None:
        """Give an object, `None` where there is none; in the namespace of the Api where none is given."""
        if namespace is None:
            namespace = getattr(self._source, "namespace", None)
        return self.store.get(name, namespace)

    def by_key(self, key: ObjectKey) -> T | None:
        """Give an object, `None` where there is none."""
        return self.store.by_key(key)

    def by_index(self, index: str, value: str) -> list[T]:
        """Give the objects with a value in an index; see `Store.by_index`."""
        return self.store.by_index(index, value)

    def values(self) -> list[T]:
        """Give all objects."""
        return self.store.values()

    def __iter__(self) -> Iterator[T]:
        return iter(self.store)

    def __len__(self) -> int:
        return len(self.store)

    async def __aenter__(self) -> Self:
        if self._tasks is not None:
            raise RuntimeError("an Informer is entered once")
        self._tasks = BackgroundTasks()
        group = await self._tasks.__aenter__()
        group.start_soon(self.run, name=f"informer of {self._source!r}")
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        if self._tasks is None:
            return None
        return await self._tasks.__aexit__(exc_type, exc, traceback)


class InformerFactory:
    """Informers that are shared: one watch for each resource and selection, however many ask for it.

    Args:
        client: of the cluster.
        namespace: of informers that are asked for without one; `None` is all namespaces.
        intern_parts: of all informers; see `Store`.

    Example:
        ```python
        async with InformerFactory(client) as informers:
            pods = informers.get(Pod)
            assert informers.get(Pod) is pods
        ```
    """

    def __init__(self, client: BaseClient, *, namespace: NamespaceTypes = None, intern_parts: bool = False) -> None:
        self._client = client
        self._namespace = namespace
        self._intern_parts = intern_parts
        self._informers: dict[tuple[Any, ...], Informer[Any]] = {}
        self._exits = AsyncExitStack()
        self._group: TaskGroup | None = None

    def get(
        self,
        resource_type: type[T],
        *,
        namespace: ApiNamespaceTypes = ...,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        indexers: Mapping[str, Indexer[T]] | None = None,
        transform: Callable[[T], T] | None = None,
    ) -> Informer[T]:
        """Give the informer of a resource and a selection, which begins at the first call.

        Args:
            resource_type: class of the resource.
            namespace: `...` the factory's own, `None` all, or another one.
            label_selector: only objects with these labels.
            field_selector: only objects with these fields.
            indexers: of the informer; only the first call can bring some.
            transform: of the informer; only the first call can bring one.

        Raises:
            InvalidArgument: the informer is there, and has other indexers or another transform; or the class is no
                resource.
        """
        config = config_of(resource_type)
        own = self._namespace if config.scope is Scope.NAMESPACE else None
        place = own if namespace is ... else namespace
        key = (resource_type, place, str(label_selector or ""), str(field_selector or ""))
        found = cast("Informer[T] | None", self._informers.get(key))
        if found is None:
            found = Informer(
                Api(resource_type, self._client, namespace=place),
                indexers=indexers,
                intern_parts=self._intern_parts,
                label_selector=label_selector,
                field_selector=field_selector,
                transform=transform,
            )
            self._informers[key] = found
            if self._group is not None:
                self._group.start_soon(found.run)
        elif indexers is not None or transform is not None:
            raise InvalidArgument(
                f"the informer of {resource_type.__name__} is there already: "
                "indexers and transform go with the first call"
            )
        return found

    @property
    def informers(self) -> list[Informer[Any]]:
        """All informers that were asked for."""
        return list(self._informers.values())

    def measure(self) -> list[Metric]:
        """Give how many objects each informer has, and how its watch is doing."""
        each = (metric for informer in self.informers for metric in informer.measure())
        return merged((*no_cache_metrics(), *each))

    async def wait_synced(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - says what went wrong
        """Wait until the first lists of all informers are there; see `Informer.wait_synced`."""
        until = anyio.current_time() + timeout if timeout is not None else None
        for informer in self.informers:
            await informer.wait_synced(None if until is None else max(0.0, until - anyio.current_time()))

    async def __aenter__(self) -> Self:
        self._group = await self._exits.enter_async_context(BackgroundTasks())
        for informer in self._informers.values():
            self._group.start_soon(informer.run)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        self._group = None
        return await self._exits.__aexit__(exc_type, exc, traceback)
