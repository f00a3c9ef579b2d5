"""What controllers see of a cluster: objects as they are now, found by their owners, labels and nodes.

Objects are those of the storage, which no one changes; their `managedFields` may be missing: no controller reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.lifecycle.cluster import Cluster, same_owners
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["PODS", "State", "controller_of", "key_of", "selected"]

PODS = "pods"

_Keys: TypeAlias = dict[Key, None]


def controller_of(object_: JsonObject) -> JsonObject | None:
    """Give the reference to an object's controller; `None` if it has none."""
    for owner in list_at(object_["metadata"], "ownerReferences"):
        if owner.get("controller"):
            found: JsonObject = owner
            return found
    return None


def key_of(object_: JsonObject) -> Key:
    """Give where an object is among those of its resource."""
    metadata = object_["metadata"]
    return Key(metadata.get("namespace", ""), metadata["name"])


def selected(selector: JsonObject, object_: JsonObject) -> bool:
    """Say whether an object has the labels that a LabelSelector of another asks for; what can't be read asks for none.

    An empty selector means every object.
    """
    labels = object_at(object_["metadata"], "labels")
    for name, value in object_at(selector, "matchLabels").items():
        if labels.get(name) != value:
            return False
    if not selector.get("matchExpressions"):
        return True
    try:
        return LabelSelector.from_model(selector).matches(labels)
    except InvalidArgument:
        return False


class State:
    """The objects of a cluster.

    Args:
        cluster: it is followed from now on.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._on_node: dict[str, _Keys] = defaultdict(dict)
        self._labelled: dict[tuple[str, str, str], _Keys] = defaultdict(dict)
        self._orphans: dict[tuple[str, str], _Keys] = defaultdict(dict)
        cluster.followers.append(self._follow)
        for place in cluster.storage.resources():
            for key, entry in cluster.storage.scan(place):
                self._follow(place, key, None, entry)

    @property
    def revision(self) -> int:
        """Grows with every change: as long as it is the same, so is all that is seen here."""
        return self._cluster.storage.revision

    @property
    def now(self) -> datetime:
        """The cluster's time."""
        return self._cluster.clock.now()

    @property
    def timestamp(self) -> str:
        """The cluster's time, as objects carry it."""
        return self._cluster.now()

    def get(self, place: str, key: Key) -> JsonObject | None:
        """Give an object."""
        entry = self._cluster.storage.get(place, key)
        return entry.state if entry is not None else None

    def every(self, place: str, namespace: str | None = None) -> Iterator[JsonObject]:
        """Give the objects of a resource, in the order of their names."""
        return (entry.state for _, entry in self._cluster.storage.scan(place, namespace=namespace))

    def node(self, name: str) -> JsonObject | None:
        """Give a node."""
        return self.get("nodes", Key("", name))

    def controlled(self, place: str, owner: JsonObject) -> list[JsonObject]:
        """Give the objects of a resource that another object controls, the oldest first."""
        uid = owner["metadata"]["uid"]
        found: list[JsonObject] = []
        for each, key in self._cluster.dependents(uid):
            if each == place and (object_ := self.get(place, key)) is not None:
                controller = controller_of(object_)
                if controller is not None and controller.get("uid") == uid:
                    found.append(object_)
        return found

    def orphans(self, place: str, namespace: str, selector: JsonObject) -> list[JsonObject]:
        """Give the objects without a controller that have the labels asked for."""
        found = self._objects(place, self._orphans.get((place, namespace), ()))
        return [each for each in found if selected(selector, each)]

    def pods_on(self, node: str) -> list[JsonObject]:
        """Give the pods that are bound to a node."""
        return self._objects(PODS, self._on_node.get(node, ()))

    def pods_with(self, namespace: str, labels: dict[str, Any]) -> list[JsonObject]:
        """Give the pods of a namespace that have all of these labels, in the order of their names."""
        sets = [self._labelled.get((namespace, name, str(value)), {}) for name, value in labels.items()]
        if not sets:
            return list(self.every(PODS, namespace))
        least = min(sets, key=len)
        return self._objects(PODS, sorted(key for key in least if all(key in each for each in sets)))

    def pods_selected(self, namespace: str, selector: JsonObject) -> list[JsonObject]:
        """Give the pods of a namespace that a LabelSelector of an object means, in the order of their names."""
        found = self.pods_with(namespace, object_at(selector, "matchLabels"))
        return [pod for pod in found if selected(selector, pod)]

    def _objects(self, place: str, keys: Iterable[Key]) -> list[JsonObject]:
        return [object_ for key in keys if (object_ := self.get(place, key)) is not None]

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        old, new = before.state if before else None, after.state if after else None
        if old is None or new is None or not same_owners(before, after):
            was_orphan = old is not None and controller_of(old) is None
            is_orphan = new is not None and controller_of(new) is None
            if was_orphan != is_orphan:
                _move(self._orphans, (place, key.namespace), key, is_orphan)
        if place != PODS:
            return
        node = _node(old)
        if node != (next_ := _node(new)):
            _move(self._on_node, node, key, False)
            _move(self._on_node, next_, key, True)
        labels, next_labels = _labels(old), _labels(new)
        if labels is not next_labels and labels != next_labels:
            for name, value in labels.items():
                _move(self._labelled, (key.namespace, name, value), key, False)
            for name, value in next_labels.items():
                _move(self._labelled, (key.namespace, name, value), key, True)


def _move(index: dict[Any, _Keys], place: Any, key: Key, is_in: bool) -> None:
    if is_in:
        index[place][key] = None
    elif place in index:
        index[place].pop(key, None)
        if not index[place]:
            del index[place]


def _node(pod: JsonObject | None) -> str:
    name: str = pod["spec"].get("nodeName", "") if pod is not None else ""
    return name


def _labels(pod: JsonObject | None) -> dict[str, str]:
    return object_at(pod["metadata"], "labels") if pod is not None else {}
