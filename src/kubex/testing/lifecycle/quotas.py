"""ResourceQuotas: refuses what would be more than they allow.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Mapping

from kubex.core.quantity import Quantity
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_amounts import Amounts, shown
from kubex.testing.lifecycle.quota_totals import QUOTAS, has_quotas, used_of
from kubex.testing.lifecycle.quota_usage import in_scopes, missing_amounts, usage
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["check_quotas"]


def check_quotas(cluster: Cluster, resource: Resource, new: JsonObject, old: JsonObject | None = None) -> None:
    """Check that the quotas of its namespace leave room for an object.

    Args:
        cluster: where.
        resource: of the object.
        new: as it is to be.
        old: as it is; `None` for one that is created.

    Raises:
        ApiFailure: one doesn't (403).
    """
    if not resource.namespaced or not has_quotas(cluster):
        return
    found = cluster.storage.scan(QUOTAS, namespace=new["metadata"].get("namespace", ""))
    quotas = [(key, entry.state) for key, entry in found if in_scopes(entry.state, resource.name, new)]
    if resource.storage == "pods":
        for key, quota in quotas:
            if missing := missing_amounts(_hard(quota), new):
                raise _forbidden(resource, new, f"failed quota: {key.name}: must specify {missing}")
    taken = usage(resource.name, new)
    before = usage(resource.name, old) if old is not None else {}
    for key, quota in quotas:
        hard = _hard(quota)
        # Of a quota that was not about the object before the change, it takes all.
        counted = old is not None and in_scopes(quota, resource.name, old)
        asked = _more(taken, before if counted else {})
        limited = {name: amount for name, amount in asked.items() if name in hard}
        if not limited:
            continue
        used = used_of(cluster, key, quota)
        over = [name for name, amount in limited.items() if amount > 0 and used[name] + amount > hard[name]]
        if over:
            told = (shown({name: amounts[name] for name in over}) for amounts in (limited, used, hard))
            why = "exceeded quota: {}, requested: {}, used: {}, limited: {}".format(key.name, *told)
            raise _forbidden(resource, new, why)


def _more(new: Mapping[str, Quantity], old: Mapping[str, Quantity]) -> Amounts:
    """Give by how much the one takes more than the other."""
    return {name: amount - old[name] if name in old else amount for name, amount in new.items()}


def _hard(quota: JsonObject) -> Amounts:
    return {name: Quantity(value) for name, value in object_at(object_at(quota, "spec"), "hard").items()}


def _forbidden(resource: Resource, object_: JsonObject, why: str) -> ApiFailure:
    name = object_["metadata"].get("name", "")
    message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
    return ApiFailure(403, "Forbidden", message, details=resource.name.details(name))
