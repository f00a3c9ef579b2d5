"""`Informer`: a live picture of a resource for programs without `await`: dashboards, notebooks, threads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from kubex.core.exceptions import KubexException
from kubex.core.params import ApiNamespaceTypes
from kubex.runtime import Informer as AsynchronousInformer
from kubex.runtime import StoreChange, WhenFull
from kubex.runtime.store import Indexer
from kubex.sync._api import Api
from kubex.sync._api_face import check_api
from kubex.sync._face import Face
from kubex_core.models.entity import Entity

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Informer"]

T = TypeVar("T", bound=Entity)


class Informer(Face[AsynchronousInformer[T]], Generic[T]):
    """A live picture of a resource, for as long as its context is open; parameters as `kubex.Informer`.

    It may be read by several threads. The objects are shared by all readers: change copies.

    Example:
        ```python
        with Informer(pods, indexers={"node": lambda pod: pod.spec and pod.spec.node_name}) as cache:
            cache.wait_synced(timeout=30)
            for pod in cache.by_index("node", "node-7"):
                ...
        ```
    """

    def __init__(
        self,
        source: Api[T],
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
        check_api(source)
        made = AsynchronousInformer(
            source.asynchronous,
            indexers=indexers,
            intern_parts=intern_parts,
            namespace=namespace,
            label_selector=label_selector,
            field_selector=field_selector,
            page_size=page_size,
            streaming_list=streaming_list,
            transform=transform,
            is_fatal=is_fatal,
        )
        super().__init__(source.client.thread, made)
        self._context: AbstractContextManager[object] | None = None

    @property
    def is_synced(self) -> bool:
        """Whether a first list is there."""
        return self._asynchronous.is_synced

    @property
    def last_error(self) -> KubexException | None:
        """What went wrong last; it stays when all is well again."""
        return self._asynchronous.last_error

    def wait_synced(self, timeout: float | None = None) -> None:
        """Wait until the first list is there.

        Args:
            timeout: seconds; `None` waits for ever.

        Raises:
            WaitTimeout: it is not there by then; the text says why.
        """
        self._thread.run(lambda: self._asynchronous.wait_synced(timeout))

    def wait_for(self, resource_version: str | None, timeout: float | None = None) -> None:
        """Wait until the picture has come as far as a version: to see what one has written.

        Args:
            resource_version: of the object that was written, or of a list.
            timeout: seconds; `None` waits for ever.

        Raises:
            WaitTimeout: it has not come so far by then.
        """
        self._thread.run(lambda: self._asynchronous.wait_for(resource_version, timeout))

    def get(self, name: str, namespace: str | None = None) -> T | None:
        """Give an object, `None` where there is none; in the namespace of the Api where none is given."""
        return self._thread.call(lambda: self._asynchronous.get(name, namespace))

    def by_index(self, index: str, value: str) -> list[T]:
        """Give the objects with a value in an index."""
        return self._thread.call(lambda: self._asynchronous.by_index(index, value))

    def values(self) -> list[T]:
        """Give all objects, of one moment."""
        return self._thread.call(self._asynchronous.values)

    def changes(
        self, *, capacity: int = 1000, when_full: WhenFull = WhenFull.DROP
    ) -> Generator[StoreChange[T], None, None]:
        """Give every object there is and every change from then on.

        Args:
            capacity: changes that may wait for the reader.
            when_full: what becomes of a reader that lets more wait: `WhenFull.DROP` ends it with
                `SubscriptionOverflow`, `WhenFull.BLOCK` has the picture wait for it.
        """

        async def followed() -> AsyncGenerator[StoreChange[T], None]:
            with self._asynchronous.subscribe(capacity=capacity, when_full=when_full) as subscription:
                async for change in subscription:
                    yield change

        return self._thread.iterate(followed())

    def __iter__(self) -> Iterator[T]:
        return iter(self.values())

    def __len__(self) -> int:
        return self._thread.call(lambda: len(self._asynchronous))

    def __enter__(self) -> Self:
        self._context = self._thread.enter(self._asynchronous, lambda each: each)
        self._context.__enter__()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        return None if self._context is None else self._context.__exit__(exc_type, exc, traceback)
