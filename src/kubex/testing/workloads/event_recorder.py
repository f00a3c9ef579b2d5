"""Writes Events: one for what is new, one more of the count for what has been told before.

https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC
from functools import partial
from typing import Final

from kubex.testing.admission_policies.enforcement import has_policies
from kubex.testing.failures import ApiFailure, already_exists, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.creation import create_object
from kubex.testing.lifecycle.namespaces import check_namespace
from kubex.testing.lifecycle.quota_totals import has_quotas
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.updating import store_change
from kubex.testing.lifecycle.validation.events import event_causes
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.component_users import component_user
from kubex.testing.workloads.writes import Event

__all__ = ["EventRecorder"]

_REMEMBERED: Final = 4096
_CLUSTER_SCOPED: Final = "default"
"""Namespace of events about what is in none."""
_ALWAYS_WRITTEN: Final = frozenset(
    {"source", "firstTimestamp", "lastTimestamp", "eventTime", "reportingComponent", "reportingInstance"}
)


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
        if key is not None and not event.action and self._count(key, component):
            self._told.move_to_end(told)
            return
        new = self._new(event, message, component)
        with contextlib.suppress(ApiFailure):  # in a namespace that is being deleted
            self._create(new, component)
            self._told[told] = Key(new["metadata"]["namespace"], new["metadata"]["name"])
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)

    def _create(self, new: JsonObject, component: str) -> None:
        """Create an event, as a request would: of all that `create_object` looks at, this concerns events.

        Hardly any other object is made as often. Who owns which of its fields is the same for all that have the same
        ones, and is noted when somebody reads it.
        """
        metadata = new["metadata"]
        key = Key(metadata["namespace"], metadata["name"])
        manager = _manager(component)
        shape = (manager, *new, *new["involvedObject"], *new["source"])
        owned = self._owned.get(shape)
        if owned is None or has_policies(self._cluster) or has_quotas(self._cluster):
            options = ChangeOptions(field_manager=manager, user=component_user(component))
            entry = create_object(self._cluster, self._resource, key.namespace, new, options)
            self._owned[shape] = entry.object["metadata"].get("managedFields", [])
            return
        check_namespace(self._cluster, self._resource, key.namespace, key.name)
        if new["eventTime"] and (causes := event_causes(new, None)):
            raise invalid(self._resource.name, key.name, causes)
        if self._cluster.get(self._resource, key) is not None:
            raise already_exists(self._resource.name, key.name)
        now = self._cluster.now()
        metadata["uid"], metadata["creationTimestamp"] = self._cluster.new_uid(), now
        self._cluster.put(self._resource, key, new, partial(_with_owners, owned, now))

    def _count(self, key: Key, component: str) -> bool:
        live = self._cluster.get(self._resource, key)
        if live is None:
            return False
        event = live.state
        new = {
            **event,
            "metadata": dict(event["metadata"]),
            "count": event.get("count", 1) + 1,
            "lastTimestamp": self._cluster.now(),
        }
        options = ChangeOptions(
            field_manager=_manager(component),
            user=component_user(component),
            owners_later=not has_policies(self._cluster),
        )
        with contextlib.suppress(ApiFailure):
            store_change(self._cluster, self._resource, key, live, new, options)
        return True

    def _new(self, event: Event, message: str, component: str) -> JsonObject:
        about = event.about["metadata"]
        self._numbers += 1
        moment = self._cluster.clock.now()
        number = int(moment.timestamp() * 1_000_000) * 1_000 + self._numbers % 1_000
        namespace = about.get("namespace") or _CLUSTER_SCOPED
        involved = {
            "kind": event.about["kind"],
            "namespace": about.get("namespace"),
            "name": about["name"],
            "uid": about["uid"],
            "apiVersion": event.about["apiVersion"],
            "resourceVersion": about.get("resourceVersion"),
            "fieldPath": event.field_path,
        }
        new: JsonObject = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": f"{about['name']}.{number:x}", "namespace": namespace},
            "involvedObject": _filled(involved),
            "reason": event.reason,
            "message": message,
            "source": {},
            "firstTimestamp": None,
            "lastTimestamp": None,
            "count": 0,
            "type": event.type,
            "eventTime": None,
            "action": event.action,
            "reportingComponent": component,
            "reportingInstance": event.host,
        }
        if event.action:
            micro = f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
            new |= {"eventTime": micro, "reportingInstance": f"{component}-1"}
        else:
            now = self._cluster.now()
            new |= {
                "source": _filled({"component": component, "host": event.host}),
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
            }
        # In the shape in which the type holds it: these are written even where they are empty.
        return {name: value for name, value in new.items() if value or name in _ALWAYS_WRITTEN}


def _filled(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if value}


def _with_owners(owned: Sequence[JsonObject], now: str, event: JsonObject) -> JsonObject:
    """Give an event with the `managedFields` of those that are made like it."""
    entries = [{**each, "time": now} for each in owned]
    return {**event, "metadata": {**event["metadata"], "managedFields": entries}} if entries else event


def _manager(component: str) -> str:
    """Give the program that a component is part of."""
    return {"kubelet": "kubelet", "default-scheduler": "kube-scheduler"}.get(component, "kube-controller-manager")
