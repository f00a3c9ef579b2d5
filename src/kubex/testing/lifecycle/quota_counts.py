"""The status of ResourceQuotas: what there is of what they limit.

The controller's work, done at once as the garbage collector's is: before the request that changes something returns,
but after its answer is made.

https://kubernetes.io/docs/concepts/policy/resource-quotas/#viewing-and-setting-quotas
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.quota_totals import QUOTAS, has_quotas, used_of
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.updating import store_change
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["QuotaCounts"]

_COUNTING: Final = ChangeOptions(field_manager="kube-controller-manager", admitted=True)


class QuotaCounts:
    """Follows the changes of a cluster.

    Args:
        cluster: whose quotas.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._due: set[str] = set()
        cluster.followers.append(self._follow)

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        if key.namespace and key.namespace not in self._due and has_quotas(self._cluster):
            self._due.add(key.namespace)
            self._cluster.defer(lambda: self._count(key.namespace))

    def _count(self, namespace: str) -> None:
        self._due.discard(namespace)
        resource = self._cluster.registry.storage_version(QUOTAS)
        for key, entry in list(self._cluster.storage.scan(QUOTAS, namespace=namespace)):
            quota = entry.object
            hard: dict[str, Any] = object_at(object_at(quota, "spec"), "hard")
            if "deletionTimestamp" in quota["metadata"]:
                continue
            used = {name: str(amount) for name, amount in used_of(self._cluster, key, quota).items()}
            status: JsonObject = {"hard": dict(hard), "used": used} if hard else {}
            if status != object_at(quota, "status"):
                new = {**quota, "metadata": dict(quota["metadata"]), "status": status}
                store_change(self._cluster, resource, key, entry, new, _COUNTING, subresource="status")
