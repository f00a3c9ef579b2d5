"""All objects of a cluster in memory, their one sequence of versions, and what changed when.

Nothing here knows what an object means: keys, revisions, changes. Objects are JSON dicts that no one changes once they
are stored; a change stores another.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

__all__ = ["Change", "Compacted", "Entry", "JsonObject", "Key", "Storage"]

JsonObject: TypeAlias = dict[str, Any]

_encode = msgspec.json.encode

# As many as the API server's watch cache holds of a busy resource; older versions answer 410.
_DEFAULT_HISTORY = 10_000
# Of the same history, so that many versions of large objects don't fill the memory.
_DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024


class Key(NamedTuple):
    """Where an object is among those of its resource; sorts as lists do."""

    namespace: str
    name: str


class Entry:
    """One version of an object."""

    __slots__ = ("_encoded", "is_first", "object", "revision")

    def __init__(self, object_: JsonObject, revision: int) -> None:
        self.object: JsonObject = object_
        self.revision: int = revision
        self.is_first: bool = False
        """Whether it is as it was created."""
        self._encoded: bytes | None = None

    @property
    def encoded(self) -> bytes:
        """The object as JSON, made once however many read and watch it."""
        if self._encoded is None:
            self._encoded = _encode(self.object)
        return self._encoded


class Change(NamedTuple):
    """One step of a resource's history.

    `entry` is the object after the change; for DELETED as it last was, at the revision of its removal. `previous` is
    the object before the change, `None` for ADDED.
    """

    type: Literal["ADDED", "MODIFIED", "DELETED"]
    key: Key
    entry: Entry
    previous: Entry | None


class Compacted(Exception):
    """A revision is asked for that is older than the history that is kept.

    Args:
        revision: the revision asked for.
        oldest: the oldest one that can be.
    """

    def __init__(self, revision: int, oldest: int) -> None:
        super().__init__(f"too old resource version: {revision} ({oldest})")
        self.revision = revision
        self.oldest = oldest


class Storage:
    """The objects of a cluster.

    Args:
        history: changes kept per resource, for watches and for lists of an older revision.
        history_bytes: bound of the JSON of those changes; the last one is kept whatever its size.
    """

    def __init__(self, *, history: int = _DEFAULT_HISTORY, history_bytes: int = _DEFAULT_HISTORY_BYTES) -> None:
        self._history = history
        self._history_bytes = history_bytes
        self._revision = 1
        self._entries: dict[str, dict[Key, Entry]] = defaultdict(dict)
        self._keys: dict[str, list[Key]] = defaultdict(list)
        self._changes: dict[str, deque[Change]] = defaultdict(deque)
        self._changes_bytes: dict[str, int] = defaultdict(int)
        self._compacted = 0
        self._oldest: dict[str, int] = {}
        self._subscribers: dict[str, list[Callable[[Change], None]]] = defaultdict(list)

    @property
    def revision(self) -> int:
        """Revision of the last change."""
        return self._revision

    def get(self, resource: str, key: Key) -> Entry | None:
        """Give an object as it is now."""
        return self._entries[resource].get(key)

    def put(self, resource: str, key: Key, object_: JsonObject) -> Entry:
        """Store an object as its next version, and give it with that version in its metadata."""
        previous = self._entries[resource].get(key)
        entry = self._next_entry(object_)
        self._entries[resource][key] = entry
        if previous is None:
            entry.is_first = True
            insort(self._keys[resource], key)
        self._record(resource, Change("ADDED" if previous is None else "MODIFIED", key, entry, previous))
        return entry

    def remove(self, resource: str, key: Key, last: JsonObject | None = None) -> Entry:
        """Remove an object, and give it as it last was, at the revision of its removal.

        Args:
            resource: of the object.
            key: of the object.
            last: the object as it last was; as it is stored where this is left out.

        Raises:
            KeyError: there is none.
        """
        previous = self._entries[resource].pop(key)
        keys = self._keys[resource]
        del keys[bisect_left(keys, key)]
        entry = self._next_entry(previous.object if last is None else last)
        self._record(resource, Change("DELETED", key, entry, previous))
        return entry

    def scan(
        self, resource: str, *, namespace: str | None = None, after: Key | None = None, at: int | None = None
    ) -> Iterator[tuple[Key, Entry]]:
        """Give objects in the order of their keys.

        Args:
            resource: whose objects.
            namespace: only those of this namespace.
            after: only those behind this key.
            at: as they were at this revision; `None` is now.

        Raises:
            Compacted: the history does not go back to `at`.
        """
        keys, entries = self._keys[resource], self._entries[resource]
        if at is not None and at < self._revision:
            entries = self._entries_at(resource, at)
            keys = sorted(entries)
        begin = Key(namespace or "", "") if after is None else after
        index = bisect_left(keys, begin)
        if after is not None and index < len(keys) and keys[index] == after:
            index += 1
        # A copy of the slice: the caller may store while it reads.
        for key in keys[index:]:
            if namespace is not None and key.namespace != namespace:
                return
            yield key, entries[key]

    def fill(self, entries: Iterable[tuple[str, Key, Entry]], revision: int) -> None:
        """Take over the objects of another storage, with no history; for one that nothing is in yet.

        Args:
            entries: objects with their resources.
            revision: of the last change.
        """
        for resource, key, entry in entries:
            self._entries[resource][key] = entry
        for resource, held in self._entries.items():
            self._keys[resource] = sorted(held)
        self._revision = revision
        self.compact()

    def count(self, resource: str) -> int:
        """How many objects of a resource there are now."""
        return len(self._keys[resource])

    def changes_since(self, resource: str, revision: int) -> list[Change]:
        """Give what happened after a revision, in order.

        Raises:
            Compacted: the history does not go back that far.
        """
        oldest = max(self._compacted, self._oldest.get(resource, 0))
        if revision < oldest:
            raise Compacted(revision, oldest)
        since: list[Change] = []
        for change in reversed(self._changes[resource]):
            if change.entry.revision <= revision:
                break
            since.append(change)
        since.reverse()
        return since

    def compact(self) -> None:
        """Forget all history: from now on every older revision is refused."""
        self._changes.clear()
        self._changes_bytes.clear()
        self._compacted = self._revision

    def subscribe(self, resource: str, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back at every change of a resource from now on; gives the function that ends it."""
        subscribers = self._subscribers[resource]
        subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in subscribers:
                subscribers.remove(callback)

        return unsubscribe

    def resources(self) -> list[str]:
        """Name the resources that have objects."""
        return [resource for resource, keys in self._keys.items() if keys]

    def _next_entry(self, object_: JsonObject) -> Entry:
        self._revision += 1
        metadata = {**object_.get("metadata", {}), "resourceVersion": str(self._revision)}
        return Entry({**object_, "metadata": metadata}, self._revision)

    def _record(self, resource: str, change: Change) -> None:
        changes = self._changes[resource]
        changes.append(change)
        size = self._changes_bytes[resource] + len(change.entry.encoded)
        while len(changes) > self._history or (size > self._history_bytes and len(changes) > 1):
            forgotten = changes.popleft().entry
            size -= len(forgotten.encoded)
            self._oldest[resource] = forgotten.revision
        self._changes_bytes[resource] = size
        for callback in tuple(self._subscribers[resource]):
            callback(change)

    def _entries_at(self, resource: str, revision: int) -> dict[Key, Entry]:
        """Undo what happened since a revision."""
        entries = dict(self._entries[resource])
        for change in reversed(self.changes_since(resource, revision)):
            if change.previous is None:
                del entries[change.key]
            else:
                entries[change.key] = change.previous
        return entries
