"""Writes Events: one for what is new, one more of the count for what has been told before.

https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC
from typing import Final

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.creation import create_object
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.updating import store_change
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import decoded
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.writes import Event

__all__ = ["EventRecorder"]

_REMEMBERED: Final = 4096
_CLUSTER_SCOPED: Final = "default"
"""Namespace of events about what is in none."""


class EventRecorder:
    """Records events.

    Args:
        cluster: where.
        events: the resource of events.
    """

    def __init__(self, cluster: Cluster, events: Resource) -> None:
        self._cluster = cluster
        self._resource = events
        self._told: OrderedDict[tuple[str, ...], Key] = OrderedDict()
        self._owned: dict[tuple[str, ...], list[JsonObject]] = {}
        self._numbers = 0

    def record(self, event: Event, component: str, fill: Callable[[str], str] = str) -> None:
        """Record an event.

        Args:
            event: it.
            component: who tells it, where it does not say.
            fill: fills what is left open in its message.
        """
        message, component = fill(event.message), event.component or component
        about = event.about["metadata"]
        told = (about["uid"], event.field_path, event.type, event.reason, message, component, event.host)
        key = self._told.get(told)
        if key is not None and not event.action and self._count(key):
            self._told.move_to_end(told)
            return
        new = self._new(event, message, component)
        with contextlib.suppress(ApiFailure):  # in a namespace that is being deleted
            self._create(new, _manager(component))
            self._told[told] = Key(new["metadata"]["namespace"], new["metadata"]["name"])
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)

    def _create(self, new: JsonObject, manager: str) -> None:
        """Create an event. Who owns which of its fields is worked out once for all that have the same ones."""
        shape = (manager, *new, *new["involvedObject"], *new.get("source", ()))
        owned = self._owned.get(shape)
        if owned is not None:
            new["metadata"]["managedFields"] = [{**each, "time": self._cluster.now()} for each in owned]
        options, namespace = ChangeOptions(field_manager=manager), new["metadata"]["namespace"]
        entry = create_object(self._cluster, self._resource, namespace, new, options, managed=owned is not None)
        if owned is None:
            self._owned[shape] = entry.object["metadata"].get("managedFields", [])

    def _count(self, key: Key) -> bool:
        live = self._cluster.get(self._resource, key)
        if live is None:
            return False
        new = {
            **live.object,
            "metadata": {**live.object["metadata"]},
            "count": live.object.get("count", 1) + 1,
            "lastTimestamp": self._cluster.now(),
        }
        manager = live.object.get("source", {}).get("component", "")
        with contextlib.suppress(ApiFailure):
            store_change(self._cluster, self._resource, key, live, new, ChangeOptions(field_manager=_manager(manager)))
        return True

    def _new(self, event: Event, message: str, component: str) -> JsonObject:
        about = event.about["metadata"]
        self._numbers += 1
        moment = self._cluster.clock.now()
        number = int(moment.timestamp() * 1_000_000) * 1_000 + self._numbers % 1_000
        involved = {
            "kind": event.about["kind"],
            "namespace": about.get("namespace", ""),
            "name": about["name"],
            "uid": about["uid"],
            "apiVersion": event.about["apiVersion"],
            "resourceVersion": about.get("resourceVersion", ""),
            "fieldPath": event.field_path,
        }
        namespace = about.get("namespace") or _CLUSTER_SCOPED
        new: JsonObject = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": f"{about['name']}.{number:x}", "namespace": namespace},
            "involvedObject": involved,
            "reason": event.reason,
            "message": message,
            "type": event.type,
        }
        if event.action:
            micro = f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
            new |= {
                "eventTime": micro,
                "action": event.action,
                "reportingComponent": component,
                "reportingInstance": f"{component}-1",
            }
        else:
            now = self._cluster.now()
            new |= {
                "source": {"component": component, "host": event.host},
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
                "reportingComponent": component,
                "reportingInstance": event.host,
            }
        shaped: JsonObject = decoded(new, self._resource.schema)
        return shaped


def _manager(component: str) -> str:
    """Give the program that a component is part of."""
    return {"kubelet": "kubelet", "default-scheduler": "kube-scheduler"}.get(component, "kube-controller-manager")
