"""How much there is of what ResourceQuotas limit: counted once, and kept up to date with each change.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from kubex.core.quantity import Quantity
from kubex.testing.failures import ResourceName
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_amounts import Amounts
from kubex.testing.lifecycle.quota_usage import MEASURED, in_scopes, usage
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
        self._known: defaultdict[str, dict[str, _Total]] = defaultdict(dict)
        """By namespace and name: each change asks for those of its namespace."""
        cluster.observers.append(self._follow)

    def of(self, key: Key, quota: JsonObject) -> Amounts:
        known = self._known[key.namespace].get(key.name)
        if known is None or known.quota["spec"] != quota["spec"]:
            hard = object_at(quota["spec"], "hard")
            known = _Total(quota, dict.fromkeys(hard, Quantity(0)))
            for place in self._counted(hard):
                resource = _resource_at(place)
                for _, entry in self._storage.scan(place, namespace=key.namespace):
                    _note(known, resource, entry, 1)
            self._known[key.namespace][key.name] = known
        return known.used

    def _counted(self, names: Collection[str]) -> Iterator[str]:
        """Give the places of the objects that these names of a quota may count."""
        for place in self._storage.resources():
            if place in MEASURED or f"count/{_resource_at(place).qualified}" in names:
                yield place

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        known = self._known.get(key.namespace)
        if not known:
            return
        if place == QUOTAS and after is None:
            known.pop(key.name, None)
        resource = _resource_at(place)
        for total in known.values():
            _note(total, resource, before, -1)
            _note(total, resource, after, 1)


def _resource_at(place: str) -> ResourceName:
    """Name the resource of a place in the storage, also one that nobody serves any more: its objects are there."""
    group, _, plural = place.rpartition("/")
    return ResourceName(group, plural, "")


def _note(total: _Total, resource: ResourceName, entry: Entry | None, sign: int) -> None:
    if entry is None or not in_scopes(total.quota, resource, entry.state):
        return
    for name, amount in usage(resource, entry.state).items():
        if name in total.used:
            total.used[name] += amount if sign > 0 else -amount


_TOTALS: Final[WeakKeyDictionary[Cluster, _Totals]] = WeakKeyDictionary()
