"""The `eviction` subresource of pods: a deletion that disruption budgets may refuse.

https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import (
    ApiFailure,
    ResourceName,
    bad_request,
    field_invalid,
    invalid,
    not_found,
    too_many_requests,
)
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.deleting import check_preconditions, delete, read_delete_options
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import validate_post
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["CREATED", "evict"]

_NOT_RUNNING: Final = ("Pending", "Succeeded", "Failed")
_RETRY_SECONDS: Final = 10
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
        ApiFailure: there is none (404), the Eviction is of another (400), or a budget allows none now (429).
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
        _check_budgets(cluster, resource, entry, key.namespace, dry_run=read.dry_run)
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


def _check_budgets(cluster: Cluster, pods: Resource, pod: Entry, namespace: str, *, dry_run: bool) -> None:
    budgets = cluster.registry.find("policy", "v1", "poddisruptionbudgets")
    if budgets is None:
        return
    matching = [
        (key, entry)
        for key, entry in cluster.storage.scan(budgets.storage, namespace=namespace)
        if _selects(entry.object, pod.object)
    ]
    if len(matching) > 1:
        raise ApiFailure(
            500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
    for key, entry in matching:
        budget = entry.object
        allowed, needed, healthy = _allowed(cluster, pods, budget, namespace)
        if allowed < 1:
            text = f"The disruption budget {key.name} needs {needed} healthy pods and has {healthy} currently"
            raise too_many_requests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                retry_after_seconds=0,
                causes=[{"reason": "DisruptionBudget", "message": text}],
            )
        status = object_at(budget, "status")
        if "observedGeneration" in status and not dry_run:
            changed = {**status, "disruptionsAllowed": allowed - 1}
            cluster.put(budgets, key, {**budget, "status": changed})


def _selects(budget: JsonObject, pod: JsonObject) -> bool:
    try:
        return LabelSelector.from_model(budget["spec"].get("selector")).matches(pod["metadata"].get("labels"))
    except InvalidArgument:
        return False


def _allowed(cluster: Cluster, pods: Resource, budget: JsonObject, namespace: str) -> tuple[int, int, int]:
    """Give how many disruptions a budget allows, how many healthy pods it needs and how many there are.

    Where a controller keeps the budget's status, that counts; else it is worked out from the pods.
    """
    status = object_at(budget, "status")
    if "observedGeneration" in status:
        if status["observedGeneration"] < budget["metadata"].get("generation", 0):
            why = "The disruption budget {} is still being processed by the server."
            name = budget["metadata"]["name"]
            raise too_many_requests(
                "Cannot evict pod as it would violate the pod's disruption budget.",
                retry_after_seconds=_RETRY_SECONDS,
                causes=[{"reason": "DisruptionBudget", "message": why.format(name)}],
            )
        return status.get("disruptionsAllowed", 0), status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    mine = [entry.object for _, entry in cluster.storage.scan(pods.storage, namespace=namespace)]
    mine = [pod for pod in mine if _selects(budget, pod)]
    healthy = sum(map(_is_healthy, mine))
    spec = budget["spec"]
    if spec.get("maxUnavailable") is not None:
        needed = max(0, len(mine) - _count(spec["maxUnavailable"], len(mine)))
    else:
        needed = _count(spec.get("minAvailable", 1), len(mine))
    return healthy - needed, needed, healthy


def _is_healthy(pod: JsonObject) -> bool:
    if "deletionTimestamp" in pod["metadata"]:
        return False
    conditions: list[JsonObject] = list_at(object_at(pod, "status"), "conditions")
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _count(value: Any, total: int) -> int:
    """Read a number or a percentage, rounded up."""
    if isinstance(value, int):
        return value
    percent = int(str(value).rstrip("%"))
    return -(-total * percent // 100)
