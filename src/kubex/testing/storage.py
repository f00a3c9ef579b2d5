"""All objects of a cluster in memory, their one sequence of versions, and what changed when.

Nothing here knows what an object means: keys, revisions, changes. Objects are JSON dicts that no one changes once they
are stored; a change stores another.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

__all__ = ["Change", "Compacted", "Entry", "Finish", "JsonObject", "Key", "Storage"]

JsonObject: TypeAlias = dict[str, Any]
Finish: TypeAlias = Callable[[JsonObject], JsonObject]
"""Gives an object with what was left to be worked out of it; what it is given is not changed."""

_encode = msgspec.json.encode

# As many as the API server's watch cache holds of a busy resource; older versions answer 410.
_DEFAULT_HISTORY = 10_000
# Of the same history, so that many versions of large objects don't fill the memory.
_DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024
# Of the changes that nobody has read yet, one in so many is measured, and those after it are taken to be as large.
_MEASURED = 64


class Key(NamedTuple):
    """Where an object is among those of its resource."""

    namespace: str
    name: str

    @property
    def place(self) -> tuple[str, Key]:
        """What lists are sorted by: `shop-2/a` comes before `shop/a`."""
        return f"{self.namespace}/{self.name}", self


class Entry:
    """One version of an object.

    Args:
        state: the object, or as much of it as is worked out.
        revision: its own.
        finish: works out the rest, when somebody reads the object for the first time.
    """

    __slots__ = ("_encoded", "_finish", "is_first", "revision", "state")

    def __init__(self, state: JsonObject, revision: int, finish: Finish | None = None) -> None:
        self.state: JsonObject = state
        """The object, as far as it is worked out: for those who need no more of it."""
        self.revision: int = revision
        self.is_first: bool = False
        """Whether it is as it was created."""
        self._finish = finish
        self._encoded: bytes | None = None

    @property
    def object(self) -> JsonObject:
        """The object."""
        if self._finish is not None:
            self.state, self._finish = self._finish(self.state), None
        return self.state

    @property
    def finish(self) -> Finish | None:
        """What is still to be worked out; `None` where nothing is."""
        return self._finish

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
        history_bytes: bound of the JSON of those changes; the last one is kept whatever its size. Of those that nobody
            has read yet only one in 64 is measured, so that it may be more where these differ much from each other.
    """

    def __init__(self, *, history: int = _DEFAULT_HISTORY, history_bytes: int = _DEFAULT_HISTORY_BYTES) -> None:
        self._history = history
        self._history_bytes = history_bytes
        self._revision = 1
        self._entries: dict[str, dict[Key, Entry]] = defaultdict(dict)
        self._places: dict[str, list[tuple[str, Key]]] = defaultdict(list)  # sorted
        self._changes: dict[str, deque[Change]] = defaultdict(deque)
        self._sizes: dict[str, _Sizes] = defaultdict(_Sizes)
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

    def put(self, resource: str, key: Key, object_: JsonObject, finish: Finish | None = None) -> Entry:
        """Store an object as its next version, and give it with that version in its metadata.

        Args:
            resource: of the object.
            key: of the object.
            object_: it.
            finish: works out what is still missing in it, when somebody reads it.
        """
        previous = self._entries[resource].get(key)
        entry = self._next_entry(object_, finish)
        self._entries[resource][key] = entry
        if previous is None:
            entry.is_first = True
            insort(self._places[resource], key.place)
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
        places = self._places[resource]
        del places[bisect_left(places, key.place)]
        if last is not None or previous.finish is None:
            entry = self._next_entry(previous.state if last is None else last)
        else:
            entry = self._next_entry(previous.state, lambda state: _at(previous.object, _version(state)))
        self._record(resource, Change("DELETED", key, entry, previous))
        return entry

    def scan(
        self, resource: str, *, namespace: str | None = None, after: Key | None = None, at: int | None = None
    ) -> Iterator[tuple[Key, Entry]]:
        """Give objects in the order of lists.

        Args:
            resource: whose objects.
            namespace: only those of this namespace.
            after: only those behind this key.
            at: as they were at this revision; `None` is now.

        Raises:
            Compacted: the history does not go back to `at`.
        """
        places, entries = self._places[resource], self._entries[resource]
        if at is not None and at < self._revision:
            entries = self._entries_at(resource, at)
            places = sorted(key.place for key in entries)
        begin, end = 0, len(places)
        if namespace is not None:
            begin = bisect_left(places, Key(namespace, "").place)
            end = bisect_left(places, (f"{namespace}0", Key("", "")), begin)  # 0 comes next after the slash
        if after is not None:
            begin = max(begin, bisect_right(places, after.place))
        # A copy of the slice: the caller may store while it reads.
        for _, key in places[begin:end]:
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
            self._places[resource] = sorted(key.place for key in held)
        self._revision = revision
        self.compact()

    def count(self, resource: str) -> int:
        """How many objects of a resource there are now."""
        return len(self._places[resource])

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
        self._sizes.clear()
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
        return [resource for resource, places in self._places.items() if places]

    def _next_entry(self, object_: JsonObject, finish: Finish | None = None) -> Entry:
        self._revision += 1
        return Entry(_at(object_, str(self._revision)), self._revision, finish)

    def _record(self, resource: str, change: Change) -> None:
        changes, sizes = self._changes[resource], self._sizes[resource]
        changes.append(change)
        sizes.add(change.entry)
        while len(changes) > self._history or (sizes.total > self._history_bytes and len(changes) > 1):
            self._oldest[resource] = changes.popleft().entry.revision
            sizes.drop_first()
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


class _Sizes:
    """How many bytes of JSON the changes of a resource take; of those that nobody has read, about."""

    __slots__ = ("_each", "_typical", "_unmeasured", "total")

    def __init__(self) -> None:
        self.total = 0
        self._each: deque[int] = deque()
        self._typical = 0
        self._unmeasured = _MEASURED

    def add(self, entry: Entry) -> None:
        """Count one that is the last now."""
        if entry.finish is None:
            size = len(entry.encoded)
        elif self._unmeasured < _MEASURED:
            size, self._unmeasured = self._typical, self._unmeasured + 1
        else:
            size = self._typical = len(_encode(entry.state))
            self._unmeasured = 0
        self._each.append(size)
        self.total += size

    def drop_first(self) -> None:
        """Count the first one no more."""
        self.total -= self._each.popleft()


def _version(object_: JsonObject) -> str:
    version: str = object_["metadata"]["resourceVersion"]
    return version


def _at(object_: JsonObject, version: str) -> JsonObject:
    """Give an object with a version in its metadata."""
    return {**object_, "metadata": {**object_.get("metadata", {}), "resourceVersion": version}}
