"""Holds what a cache tells to what can be: of each object a beginning, changes in order, and an end."""

from __future__ import annotations

from typing import Generic, TypeVar

from kubex.runtime import Added, Removed, StoreChange, Updated
from kubex_core.models.entity import Entity

T = TypeVar("T", bound=Entity)


class Observer(Generic[T]):
    """Takes what a cache tells, and holds it to what can be."""

    def __init__(self) -> None:
        self.objects: dict[str, T] = {}
        self.versions: dict[str, int] = {}

    def take(self, change: StoreChange[T]) -> None:
        metadata = change.object.metadata
        name, uid, version = metadata.name or "", metadata.uid or "", int(metadata.resource_version or 0)
        held = self.objects.get(name)
        match change:
            case Added():
                assert held is None, "added, and was there"
                assert uid not in self.versions, "an object that was deleted came back"
            case Updated(before):
                assert held is before, "the update is of another object than the last one told"
                assert before.metadata.uid == uid, "another object of the same name is no update"
            case Removed():
                assert held is not None, "removed, and was not there"
                assert held.metadata.uid == uid, "another object was removed"
                del self.objects[name]
        assert version >= self.versions.get(uid, 0), "the history of an object is out of order"
        assert not isinstance(change, Updated) or version > self.versions[uid], "an update brings nothing new"
        self.versions[uid] = version
        if not isinstance(change, Removed):
            self.objects[name] = change.object
