"""How much there is of what ResourceQuotas limit: counted once, and kept up to date with each change.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from kubex.core.quantity import Quantity
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_amounts import Amounts
from kubex.testing.lifecycle.quota_usage import MEASURED, in_scopes, usage
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["QUOTAS", "has_quotas", "used_of"]

QUOTAS: Final = "resourcequotas"
"""Their place in the storage."""


def has_quotas(cluster: Cluster) -> bool:
    """Say whether there is any quota."""
    return cluster.storage.count(QUOTAS) > 0


def used_of(cluster: Cluster, key: Key, quota: JsonObject) -> Amounts:
    """Give what there is of each name that a quota limits. Not to be changed."""
    totals = _TOTALS.get(cluster)
    if totals is None:
        totals = _TOTALS[cluster] = _Totals(cluster)
    return totals.of(key, quota)


@dataclass(slots=True)
class _Total:
    """What is counted for a quota."""

    quota: JsonObject
    used: Amounts


class _Totals:
    """The totals of one cluster's quotas."""

    def __init__(self, cluster: Cluster) -> None:
        self._storage = cluster.storage
        self._registry = cluster.registry
        self._known: dict[Key, _Total] = {}
        cluster.observers.append(self._follow)

    def of(self, key: Key, quota: JsonObject) -> Amounts:
        known = self._known.get(key)
        if known is None or known.quota["spec"] != quota["spec"]:
            hard = object_at(quota["spec"], "hard")
            known = self._known[key] = _Total(quota, dict.fromkeys(hard, Quantity(0)))
            for resource in self._counted(hard):
                for _, entry in self._storage.scan(resource.storage, namespace=key.namespace):
                    _note(known, resource, entry, 1)
        return known.used

    def _counted(self, names: Collection[str]) -> Iterator[Resource]:
        """Give the resources whose objects these names of a quota may count."""
        for place in self._storage.resources():
            resource = self._registry.storage_version(place)
            measured = not resource.name.group and resource.name.plural in MEASURED
            if resource.namespaced and (measured or f"count/{resource.name.qualified}" in names):
                yield resource

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        if not self._known or not key.namespace:
            return
        if place == QUOTAS and after is None:
            self._known.pop(key, None)
        resource: Resource | None = None
        for quota_key, total in self._known.items():
            if quota_key.namespace == key.namespace:
                resource = resource or self._registry.storage_version(place)
                _note(total, resource, before, -1)
                _note(total, resource, after, 1)


def _note(total: _Total, resource: Resource, entry: Entry | None, sign: int) -> None:
    if entry is None or not in_scopes(total.quota, resource.name, entry.state):
        return
    for name, amount in usage(resource.name, entry.state).items():
        if name in total.used:
            total.used[name] += amount if sign > 0 else -amount


_TOTALS: Final[WeakKeyDictionary[Cluster, _Totals]] = WeakKeyDictionary()
