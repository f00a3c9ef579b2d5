"""Watches: what changes from a version on, as those who select see it.

A subscription holds what has not been taken yet and does no I/O. Each event is encoded once per version of an object
and served version of its resource, however many watch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from kubex.core.watch_event import INITIAL_EVENTS_END
from kubex.testing.failures import expired, resource_version_too_large
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.defaults.workloads import TEMPLATE_GENERATION
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.kinds import is_cached
from kubex.testing.lifecycle.requests import WatchOptions
from kubex.testing.lifecycle.selection import Selection
from kubex.testing.lifecycle.versions import check_watch_options, read_revision
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import zero_object
from kubex.testing.storage import Change, Compacted, Entry, JsonObject

__all__ = ["Subscription", "WatchItem"]

_encode = msgspec.json.encode
_TOO_OLD: Final = "The resourceVersion for the provided watch is too old."
# The server's own types of them have a number where the API has one or none.
_COUNT_REPLICAS: Final = frozenset({"apps/deployments", "apps/replicasets", "apps/statefulsets"})
# More than this waits only for who doesn't read.
_MOST_EVENTS: Final = 10_000
_MOST_BYTES: Final = 64 * 1024 * 1024


class WatchItem(NamedTuple):
    """One event.

    `line` is the event as its watchers get it: JSON and a line feed.
    """

    type: str
    object: JsonObject
    line: bytes


class Subscription:
    """What a watch tells. It begins with what has happened since its version, or with what there is.

    Args:
        cluster: whose objects.
        resource: what is watched.
        namespace: only this one's objects; `None` is all.
        options: of the request.

    Raises:
        ApiFailure: parameters that make no sense (400, 422, 500). A version that is too old is told by an ERROR event.
    """

    def __init__(self, cluster: Cluster, resource: Resource, namespace: str | None, options: WatchOptions) -> None:
        self._cluster = cluster
        self._resource = resource
        self._namespace = namespace
        self._selection = Selection(
            resource, options.label_selector, options.field_selector, lambda: check_watch_options(options)
        )
        self._bookmarks = options.allow_bookmarks
        self._items: list[WatchItem] = []
        self._bytes = 0
        self.takings: int = 0
        """How often events were taken."""
        self._ready: Callable[[], None] | None = None
        self._subscribed: list[Callable[[], None]] = []
        self.ended: bool = False
        """Whether nothing comes after what waits to be taken: after an ERROR, or when the resource is gone."""
        self._since = read_revision(options.resource_version, cluster.storage.revision)
        self._begin(options)

    def take(self) -> list[WatchItem]:
        """Give the events that have come since the last call."""
        items, self._items = self._items, []
        self._bytes = 0
        self.takings += 1
        return items

    @property
    def is_behind(self) -> bool:
        """Whether more waits to be taken than a watch that is read leaves."""
        return len(self._items) > _MOST_EVENTS or self._bytes > _MOST_BYTES

    def on_ready(self, callback: Callable[[], None] | None) -> None:
        """Call back whenever there is something to take; at once if there is something now."""
        self._ready = callback
        if callback is not None and (self._items or self.ended):
            callback()

    def bookmark(self) -> WatchItem | None:
        """Give a bookmark of the present version; `None` if the watch takes none, or it would tell nothing new."""
        is_news = self._cluster.storage.revision > self._since
        if not self._bookmarks or self.ended or not is_news or not is_cached(self._resource):
            return None
        return self._bookmark({})

    def close(self) -> None:
        """Forget it; may be called again."""
        self._unsubscribe()
        self._ready = None

    def fail(self, status: JsonObject) -> None:
        """Tell an ERROR event, and nothing after it."""
        self._add(WatchItem("ERROR", status, _line("ERROR", _encode(status))))
        self._end()

    def _end(self) -> None:
        """Let nothing come any more, and say so: the stream ends behind what was told."""
        self.ended = True
        self._unsubscribe()
        if self._ready is not None:
            self._ready()

    def _unsubscribe(self) -> None:
        for each in self._subscribed:
            each()
        self._subscribed.clear()

    def _begin(self, options: WatchOptions) -> None:
        since, current = self._since, self._cluster.storage.revision
        initial = options.send_initial_events
        if initial is None:
            initial = since == 0
        if initial and since > current:
            self.fail(resource_version_too_large(since, current).status)
            return
        if initial:
            self._tell_all()
            # Whether they are asked for or come of a watch without a version, or from version 0: their end is marked.
            if self._bookmarks and not options.is_list:
                self._add(self._bookmark({"annotations": {INITIAL_EVENTS_END: "true"}}))
        elif since and not self._catch_up(since):
            return
        self._subscribed = [
            self._cluster.storage.subscribe(self._resource.storage, self._changed),
            self._cluster.registry.when_removed(self._resource, self._end),
        ]

    def _tell_all(self) -> None:
        for _, entry in self._cluster.storage.scan(self._resource.storage, namespace=self._namespace):
            if self._selection.matches(entry.state):
                self._tell("ADDED", entry)

    def _catch_up(self, since: int) -> bool:
        try:
            changes = self._changes_since(since)
        except Compacted as error:
            self.fail(expired(str(error) if is_cached(self._resource) else _TOO_OLD).status)
            return False
        for change in changes:
            self._changed(change)
        return True

    def _changes_since(self, since: int) -> list[Change]:
        """Give what has happened; of a custom resource nobody remembers what was before its definition was as it is."""
        custom = self._resource.custom
        if custom is not None and since < custom.served_since:
            raise Compacted(since, custom.served_since)
        return self._cluster.storage.changes_since(self._resource.storage, since)

    def _changed(self, change: Change) -> None:
        if self._namespace is not None and change.key.namespace != self._namespace:
            return
        if change.entry.revision <= self._since:  # where one is asked for that is yet to come
            return
        entry, previous = change.entry, change.previous
        matches = change.type != "DELETED" and self._selection.matches(entry.state)
        matched = previous is not None and self._selection.matches(previous.state)
        if matches:
            self._tell("MODIFIED" if matched else "ADDED", entry)
        elif matched and previous is not None:
            self._tell("DELETED", entry if change.type == "DELETED" else self._last_match(previous, entry))

    def _last_match(self, previous: Entry, entry: Entry) -> Entry:
        """Give an object as it last matched, at the version with which it stopped to."""
        metadata: dict[str, Any] = {**previous.object["metadata"], "resourceVersion": str(entry.revision)}
        return Entry({**previous.object, "metadata": metadata}, entry.revision)

    def _tell(self, type_: str, entry: Entry) -> None:
        entry = self._cluster.served(self._resource, entry)
        self._add(WatchItem(type_, entry.object, _line(type_, entry.encoded)))

    def _bookmark(self, metadata: JsonObject) -> WatchItem:
        version = {"resourceVersion": str(self._cluster.storage.revision)}
        empty: Mapping[str, Any] = zero_object(self._resource.schema) if self._resource.custom is None else {}
        if self._resource.kind == "DaemonSet":
            metadata = {"annotations": {TEMPLATE_GENERATION: "0", **object_at(metadata, "annotations")}}
        if self._resource.storage in _COUNT_REPLICAS:
            empty = {**empty, "spec": {"replicas": 0, **empty["spec"]}}
        object_: JsonObject = {
            **empty,
            "kind": self._resource.kind,
            "apiVersion": self._resource.api_version,
            "metadata": {**version, **metadata},
        }
        return WatchItem("BOOKMARK", object_, _line("BOOKMARK", _encode(object_)))

    def _add(self, item: WatchItem) -> None:
        if self.ended:
            return
        self._items.append(item)
        self._bytes += len(item.line)
        if self._ready is not None:
            self._ready()


def _line(type_: str, encoded: bytes) -> bytes:
    return b'{"type":"' + type_.encode() + b'","object":' + encoded + b"}\n"
