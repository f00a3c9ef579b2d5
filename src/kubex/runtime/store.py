"""`Store`: the objects of a resource as they were last seen, with indexes, for many readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeAlias, TypeVar, cast

from kubex.core._arguments import check_function
from kubex.core.exceptions import InvalidArgument, InvalidType
from kubex.runtime._interner import Interner
from kubex.runtime._mutation_detector import mutation_detector
from kubex.runtime.store_changes import Added, ObjectKey, Removed, StoreChange, Updated
from kubex_core.models.entity import Entity

__all__ = ["Indexer", "Store"]

T = TypeVar("T", bound=Entity)

Indexer: TypeAlias = Callable[[T], object]
"""Gives the value, or values, under which an object is found: a string, some strings, or `None` for none."""

_Index: TypeAlias = dict[str, dict[ObjectKey, None]]


class Store(Generic[T]):
    """Objects by namespace and name, and by the values of indexes.

    Reading never waits, and what one call gives is of one moment. **The objects are the cache's own**: all who read it
    get the same ones. Who wants to change one changes a copy, `obj.model_copy(deep=True)`. With the environment
    variable `KUBEX_CACHE_MUTATION_DETECTOR=1`, a change in place is found out, and is a `CacheCorrupted`.

    A `Reflector` fills it.

    Args:
        indexers: by the names of the indexes, what gives an object's values in it.
        intern_parts: keep equal parts of objects once, such as the labels, probes and environments of a workload's
            pods: a fraction of the memory, for two to three times the time that decoding an object takes. Then who
            changes an object in place changes others.

    Raises:
        InvalidArgument: an indexer can't be called as it will be.
        InvalidType: `indexers` is no mapping, or has something else than functions.

    Example:
        ```python
        store = Store[Pod](indexers={"node": lambda pod: pod.spec and pod.spec.node_name})
        ```
    """

    def __init__(self, *, indexers: Mapping[str, Indexer[T]] | None = None, intern_parts: bool = False) -> None:
        self._objects: dict[ObjectKey, T] = {}
        self._indexers: dict[str, Indexer[T]] = dict(_checked(indexers or {}))
        self._indexes: dict[str, _Index] = {name: {} for name in self._indexers}
        self._version = ""
        self._listeners: list[Callable[[StoreChange[T]], None]] = []
        self._detector = mutation_detector()
        self._interner = Interner() if intern_parts else None
        self.is_replacing: bool = False
        """Whether what is being told just now came with a list, all at once."""

    @property
    def interns_parts(self) -> bool:
        """Whether equal parts of objects are kept once."""
        return self._interner is not None

    @property
    def resource_version(self) -> str:
        """Version up to which everything is in the store; `""` before the first list."""
        return self._version

    def get(self, name: str, namespace: str | None = None) -> T | None:
        """Give an object, `None` where there is none; `namespace` only for what lives in one."""
        return self._objects.get(ObjectKey(namespace or "", name))

    def by_key(self, key: ObjectKey) -> T | None:
        """Give an object, `None` where there is none."""
        return self._objects.get(key)

    def keys(self) -> list[ObjectKey]:
        """Give the keys of all objects."""
        return list(self._objects)

    def values(self) -> list[T]:
        """Give all objects."""
        return list(self._objects.values())

    def by_index(self, index: str, value: str) -> list[T]:
        """Give the objects with a value in an index.

        Raises:
            InvalidArgument: there is no such index.
        """
        return [self._objects[key] for key in self._index(index).get(value, ())]

    def index_values(self, index: str) -> list[str]:
        """Give the values that objects have in an index.

        Raises:
            InvalidArgument: there is no such index.
        """
        return list(self._index(index))

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[T]:
        """Give all objects, as they are now."""
        return iter(self.values())

    def __contains__(self, key: object) -> bool:
        return key in self._objects

    def listen(self, listener: Callable[[StoreChange[T]], None]) -> Callable[[], None]:
        """Call back with every object there is, as `Added`, and with every change from then on.

        The listener must not wait, and an exception of it ends whoever fills the store; `Informer.subscribe` gives an
        iterator instead.

        Args:
            listener: takes the changes.

        Returns:
            A function that ends it.
        """
        for obj in self.values():
            listener(Added(obj))
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def intern(self, obj: T) -> T:
        """Give an object that is to be kept, with its parts replaced by equal ones that are kept, where that is wanted.

        `apply` and `replace` do so by themselves.
        """
        return obj if self._interner is None else self._interner.intern(obj)

    def apply(self, obj: T) -> None:
        """Take an object as it is now."""
        obj = self.intern(obj)
        key = ObjectKey.of(obj)
        before = self._objects.get(key)
        if before is not None and before.metadata.uid != obj.metadata.uid:
            self._take_out(key, before)
            self._tell(Removed(before, is_missed=True))
            before = None
        self._put(key, before, obj)
        self.advance(obj.metadata.resource_version)
        self._tell(Added(obj) if before is None else Updated(before, obj))

    def remove(self, obj: T) -> None:
        """Take out an object, unless another one has its name by now."""
        key = ObjectKey.of(obj)
        before = self._objects.get(key)
        is_this_one = before is not None and before.metadata.uid == obj.metadata.uid
        if before is not None and is_this_one:
            self._take_out(key, before)
        self.advance(obj.metadata.resource_version)
        if is_this_one:
            self._tell(Removed(obj))

    def replace(self, objects: dict[ObjectKey, T], resource_version: str, *, is_interned: bool = False) -> None:
        """Take a list in the place of all there is, at once; what changed by it is told.

        Args:
            objects: the list, which is the store's from now on.
            resource_version: of the list.
            is_interned: whether all objects have gone through `intern` already.
        """
        if not is_interned:
            for obj in objects.values():
                self.intern(obj)
        before, self._objects = self._objects, objects
        indexes: dict[str, _Index] = {name: {} for name in self._indexers}
        for key, obj in objects.items():
            _add(indexes, self._values_of(obj), key)
        self._indexes = indexes
        self._version = resource_version
        changes = list(_difference(before, objects))
        if self._detector is not None:
            for each in changes:
                if isinstance(each, Removed | Updated):
                    self._detector.forget(each.object if isinstance(each, Removed) else each.before)
                if isinstance(each, Added | Updated):
                    self._detector.remember(each.object)
        self.is_replacing = True
        try:
            for each in changes:
                self._tell(each)
        finally:
            self.is_replacing = False
        if self._interner is not None:
            self._interner.dropped(sum(not isinstance(each, Added) for each in changes), len(objects))

    def advance(self, resource_version: str | None) -> None:
        """Note that everything up to a version has been told."""
        if resource_version:
            self._version = resource_version

    def check_for_mutations(self) -> None:
        """Look for objects that were changed in place, where the environment asks for that.

        Raises:
            CacheCorrupted: there is one.
        """
        if self._detector is not None:
            self._detector.check(self._objects.values())

    def _put(self, key: ObjectKey, before: T | None, obj: T) -> None:
        values = self._values_of(obj)  # first: an indexer of a user's may raise
        if before is not None:
            self._take_out(key, before)
        self._objects[key] = obj
        _add(self._indexes, values, key)
        if self._detector is not None:
            self._detector.remember(obj)

    def _take_out(self, key: ObjectKey, obj: T) -> None:
        if self._indexers:
            for name, values in self._values_of(obj).items():
                index = self._indexes[name]
                for value in values:
                    held = index.get(value, {})  # not there if somebody has changed the object in place
                    held.pop(key, None)
                    if not held:
                        index.pop(value, None)
        del self._objects[key]
        if self._detector is not None:
            self._detector.forget(obj)
        if self._interner is not None:
            self._interner.dropped(1, len(self._objects))

    def _values_of(self, obj: T) -> dict[str, set[str]]:
        return {name: _strings(name, indexer(obj)) for name, indexer in self._indexers.items()}

    def _index(self, name: str) -> _Index:
        index = self._indexes.get(name)
        if index is None:
            known = ", ".join(self._indexes) or "none"
            raise InvalidArgument(f"the store has no index {name!r} (it has: {known})")
        return index

    def _tell(self, change: StoreChange[T]) -> None:
        for listener in tuple(self._listeners):
            listener(change)


def _checked(indexers: object) -> Mapping[str, Indexer[T]]:
    if not isinstance(indexers, Mapping):
        raise InvalidType.of("indexers", "a mapping of names to functions", indexers)
    for name, indexer in cast("Mapping[object, object]", indexers).items():
        check_function(f"indexers[{name!r}]", indexer, "the object")
    return cast("Mapping[str, Indexer[T]]", indexers)


def _difference(before: Mapping[ObjectKey, T], after: Mapping[ObjectKey, T]) -> Iterable[StoreChange[T]]:
    """Give what has changed; removals first, lest somebody sees two objects of one name."""
    for key, old in before.items():
        new = after.get(key)
        if new is None or new.metadata.uid != old.metadata.uid:
            yield Removed(old, is_missed=True)
    for key, new in after.items():
        old_one = before.get(key)
        if old_one is None or old_one.metadata.uid != new.metadata.uid:
            yield Added(new)
        elif old_one is not new:
            yield Updated(old_one, new)


def _add(indexes: Mapping[str, _Index], values: Mapping[str, set[str]], key: ObjectKey) -> None:
    for name, found in values.items():
        index = indexes[name]
        for value in found:
            index.setdefault(value, {})[key] = None


def _strings(name: str, values: object) -> set[str]:
    if not values:
        return set()
    if isinstance(values, str):
        return {values}
    if isinstance(values, list | tuple | set | frozenset):
        given = cast("list[str]", values)
        if all(isinstance(value, str) for value in given):  # pyright: ignore[reportUnnecessaryIsInstance]
            return set(given)
    raise InvalidArgument(f"index {name!r}: an indexer gives a string, several in a list or set, or None")
