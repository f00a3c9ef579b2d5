"""The objects of a cluster as verbs see them: stored and removed through here, so that what follows from it is known.

What follows from a change (dependents of an owner that is gone, a namespace that is empty) is noted, and done by
`settle` before the verb answers: nothing happens behind a caller's back, and nothing is left for later.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec

from kubex.testing.access.access import Access
from kubex.testing.clock import Clock
from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import Registry, Resource
from kubex.testing.storage import Entry, Finish, JsonObject, Key, Storage

__all__ = ["Cluster", "copied", "same_owners", "timestamp"]

_VARIANTS: Final = "89ab"
"""First digits of the fourth part of a random uid."""

_encode = msgspec.json.encode
_decode = msgspec.json.decode


def copied(value: Any) -> Any:
    """Copy a JSON value through and through."""
    return _decode(_encode(value))


@lru_cache(maxsize=256)
def timestamp(moment: datetime) -> str:
    """Write a moment as the API does, in whole seconds."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


class Cluster:
    """Storage, registry and clock, and what is to be done after a change.

    Args:
        storage: where the objects are.
        registry: what is served.
        clock: the cluster's time.
        access: who may do what; everybody everything where it is left out.
    """

    def __init__(self, storage: Storage, registry: Registry, clock: Clock, access: Access | None = None) -> None:
        self.storage = storage
        self.access: Access = access if access is not None else Access(storage)
        self.registry = registry
        self.clock = clock
        self._dependents: dict[str, dict[tuple[str, Key], None]] = {}
        self._pending: deque[Callable[[], None]] = deque()
        self._settling = False
        self.has_kubelets = False
        """Whether somebody ends the pods that are being deleted."""
        self.followers: list[Callable[[str, Key, Entry | None, Entry | None], None]] = []
        """Called at every change with the resource's place in the storage, the key, what was and what is."""
        self.observers: list[Callable[[str, Key, Entry | None, Entry | None], None]] = []
        """Called likewise, of objects that are only mirrored, too: they note what they see, and change nothing."""
        self.mirrored: set[str] = set()
        """The uids of objects that are as another cluster has them, and end when they end there."""
        for place in storage.resources():
            for key, entry in storage.scan(place):
                self._index(place, key, None, entry)

    def now(self) -> str:
        """Give the time as objects carry it."""
        return timestamp(self.clock.now())

    def later(self, seconds: float) -> str:
        """Give a time to come as objects carry it."""
        return timestamp(self.clock.now() + timedelta(seconds=seconds))

    def new_uid(self) -> str:
        """Make a uid."""
        # As `uuid.uuid4` makes them, in a third of the time: each event has one.
        text = os.urandom(16).hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANTS[int(text[16], 16) % 4]}{text[17:20]}-{text[20:]}"

    def get(self, resource: Resource, key: Key) -> Entry | None:
        """Give an object in the form that it is stored in."""
        return self.storage.get(resource.storage, key)

    def put(self, resource: Resource, key: Key, object_: JsonObject, finish: Finish | None = None) -> Entry:
        """Store an object.

        Args:
            resource: of the object.
            key: of the object.
            object_: it.
            finish: works out what is still missing in it, when somebody reads it.
        """
        previous = self.storage.get(resource.storage, key)
        stored = self.stored(resource, object_)
        if finish is not None and stored is not object_:  # what is missing belongs to the other version
            stored, finish = self.stored(resource, finish(object_)), None
        entry = self.storage.put(resource.storage, key, stored, finish)
        if self.mirrored:
            self.mirrored.discard(entry.state["metadata"].get("uid", ""))
        self._index(resource.storage, key, previous, entry)
        self._tell(resource.storage, key, previous, entry)
        return entry

    def remove(self, resource: Resource, key: Key) -> Entry:
        """Remove an object that is there."""
        previous = self.storage.get(resource.storage, key)
        entry = self.storage.remove(resource.storage, key)
        self._index(resource.storage, key, previous, None)
        self._tell(resource.storage, key, previous, None)
        return entry

    def mirror(self, resource: Resource, key: Key, object_: JsonObject) -> Entry:
        """Store an object as another cluster has it: nothing follows from that here."""
        previous = self.storage.get(resource.storage, key)
        entry = self.storage.put(resource.storage, key, self.stored(resource, object_))
        self.mirrored.add(entry.object["metadata"]["uid"])
        self._index(resource.storage, key, previous, entry)
        for observer in self.observers:
            observer(resource.storage, key, previous, entry)
        return entry

    def remove_mirrored(self, resource: Resource, key: Key, last: JsonObject | None = None) -> Entry:
        """Remove an object that is there, as it is gone in another cluster: nothing follows from that here.

        Args:
            resource: of the object.
            key: of the object.
            last: the object as it last was; as it is stored where this is left out.
        """
        previous = self.storage.get(resource.storage, key)
        stored = None if last is None else self.stored(resource, last)
        entry = self.storage.remove(resource.storage, key, stored)
        self.mirrored.discard(entry.object["metadata"]["uid"])
        self._index(resource.storage, key, previous, None)
        for observer in self.observers:
            observer(resource.storage, key, previous, None)
        return entry

    def stored(self, resource: Resource, object_: JsonObject) -> JsonObject:
        """Give an object in the version that its resource is stored in."""
        return converted(object_, self.registry.storage_version(resource.storage))

    def served(self, resource: Resource, entry: Entry) -> Entry:
        """Give an object in the version of a resource."""
        if entry.state.get("apiVersion") == resource.api_version:
            return entry
        return Entry(converted(entry.object, resource), entry.revision)

    def dependents(self, uid: str) -> list[tuple[str, Key]]:
        """Give the places of the objects that name an owner of this uid."""
        return list(self._dependents.get(uid, ()))

    def defer(self, work: Callable[[], None]) -> None:
        """Note what is to be done once the change in hand is."""
        self._pending.append(work)

    def settle(self) -> None:
        """Do what follows from the changes so far, and from what that changes."""
        if self._settling:
            return
        self._settling = True
        try:
            while self._pending:
                self._pending.popleft()()
        finally:
            self._settling = False

    def _tell(self, place: str, key: Key, previous: Entry | None, entry: Entry | None) -> None:
        for follower in (*self.observers, *self.followers):
            follower(place, key, previous, entry)

    def _index(self, place: str, key: Key, previous: Entry | None, entry: Entry | None) -> None:
        if same_owners(previous, entry):
            return
        before, after = _owners(previous), _owners(entry)
        for uid in before - after:
            dependents = self._dependents.get(uid)
            if dependents is not None:
                dependents.pop((place, key), None)
                if not dependents:
                    del self._dependents[uid]
        for uid in after - before:
            self._dependents.setdefault(uid, {})[place, key] = None


def same_owners(before: Entry | None, after: Entry | None) -> bool:
    """Say whether two versions of an object name the same owners; one that is not there names none."""
    old = before.state["metadata"].get("ownerReferences") if before is not None else None
    new = after.state["metadata"].get("ownerReferences") if after is not None else None
    return old is new or (old or []) == (new or [])


def _owners(entry: Entry | None) -> set[str]:
    if entry is None:
        return set()
    return {owner.get("uid", "") for owner in list_at(object_at(entry.state, "metadata"), "ownerReferences")}
