"""What a `Store` tells those who follow it."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from kubex_core.models.entity import Entity

__all__ = ["Added", "ObjectKey", "Removed", "StoreChange", "Updated"]

T = TypeVar("T")


class ObjectKey(NamedTuple):
    """Where an object is among those of its resource; `namespace` is empty for those outside of namespaces."""

    namespace: str
    name: str

    @classmethod
    def of(cls, obj: Entity) -> ObjectKey:
        """Give the key of an object."""
        metadata = obj.metadata
        return cls(metadata.namespace or "", metadata.name or "")

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Added(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object is new to the store."""

    object: T


class Updated(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object has changed."""

    before: T
    object: T


class Removed(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """An object is gone.

    `object` is as the store last had it. `is_missed` is set where the deletion itself was not seen, and a list no
    longer has it: what it was at its end is not known.
    """

    object: T
    is_missed: bool = False


StoreChange: TypeAlias = Added[T] | Updated[T] | Removed[T]
"""A change of a cache, for its subscribers."""
