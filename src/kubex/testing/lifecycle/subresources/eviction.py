"""The `eviction` subresource of pods: a deletion that disruption budgets may refuse.

https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kubex.testing.failures import ApiFailure, ResourceName, bad_request, field_invalid, invalid, not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.deleting import check_preconditions, delete, read_delete_options
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import validate_post
from kubex.testing.lifecycle.subresources.eviction_budgets import check_budgets
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["CREATED", "evict"]

_NOT_RUNNING: Final = ("Pending", "Succeeded", "Failed")
_EVICTION: Final = ResourceName("policy", "evictions", "Eviction")
_UNREADABLE: Final = "ignoreStoreReadErrorWithClusterBreakingPotential"
_TYPE: Final = ("kind", "apiVersion")
_DISRUPTED: Final[JsonObject] = {
    "type": "DisruptionTarget",
    "status": "True",
    "reason": "EvictionByEvictionAPI",
    "message": "Eviction API: evicting",
    "lastProbeTime": None,
}

CREATED: Final[JsonObject] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
"""What answers a request that creates nothing that could be read."""


def evict(cluster: Cluster, resource: Resource, key: Key, eviction: JsonObject, options: ChangeOptions) -> Outcome:
    """Evict a pod.

    Raises:
        ApiFailure: there is none (404), the Eviction is of another (400), or a budget allows none now (429, 403).
    """
    if eviction["metadata"].get("name", "") != key.name:
        raise bad_request("name in URL does not match name in Eviction object")
    # Which kind and version they say that they are of, nobody looks at.
    given = {name: value for name, value in object_at(eviction, "deleteOptions").items() if name not in _TYPE}
    _check_options(key, given, options)
    validate_post(cluster, resource, key, "eviction", eviction, options)
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    # Its policy is looked at last: when the pod is deleted.
    first = {name: value for name, value in given.items() if name != "propagationPolicy"}
    read = read_delete_options(first, dry_run=options.dry_run)
    pod = entry.object
    if object_at(pod, "status").get("phase") not in _NOT_RUNNING and "deletionTimestamp" not in pod["metadata"]:
        check_budgets(cluster, resource, key, pod, dry_run=read.dry_run)
    if not read.dry_run:
        check_preconditions(resource, entry, read)
        _note_disruption(cluster, resource, key, pod)
    read = read_delete_options(given, dry_run=options.dry_run)
    if not read.dry_run:
        read = replace(read, resource_version=None)  # it was the pod's before it was noted
    delete(cluster, resource, key, read)
    return Outcome(Entry(CREATED, cluster.storage.revision), 201)


def _check_options(key: Key, given: JsonObject, options: ChangeOptions) -> None:
    if given.get(_UNREADABLE):
        why = "can not be set for pod eviction, try after removing the option"
        raise invalid(_EVICTION, key.name, [field_invalid(f"deleteOptions.{_UNREADABLE}", True, why)])
    runs = given.get("dryRun")
    if options.dry_run and runs not in (None, ["All"]):
        why = f"Non-matching dry-run options in request and content: [All] and [{' '.join(runs)}]"
        raise ApiFailure(500, "", why)


def _note_disruption(cluster: Cluster, resource: Resource, key: Key, pod: JsonObject) -> None:
    """Tell whoever sees the pod go that it is evicted.

    https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
    """
    status = object_at(pod, "status")
    conditions: list[JsonObject] = list_at(status, "conditions")
    if any(each.get("type") == _DISRUPTED["type"] and each.get("status") == "True" for each in conditions):
        return
    others = [each for each in conditions if each.get("type") != _DISRUPTED["type"]]
    condition = {**_DISRUPTED, "lastTransitionTime": cluster.now()}
    cluster.put(resource, key, {**pod, "status": {**status, "conditions": [*others, condition]}})
