"""The disruption budgets of pods that are to be evicted.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import ApiFailure, too_many_requests
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.ownership import owned
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["check_budgets"]

_OWN: Final = ChangeOptions(field_manager="kube-apiserver")
_RETRY_SECONDS: Final = 10
_MOST_DISRUPTED: Final = 2000
_ALLOWED: Final = "DisruptionAllowed"
_REFUSED: Final = "Cannot evict pod as it would violate the pod's disruption budget."


@dataclass(frozen=True, slots=True)
class _Budget:
    """A budget, and what it allows now."""

    key: Key
    object: JsonObject
    allowed: int
    needed: int
    healthy: int

    @property
    def status(self) -> JsonObject:
        """Its status."""
        return object_at(self.object, "status")

    @property
    def is_kept(self) -> bool:
        """Whether a controller keeps its status."""
        return "observedGeneration" in self.status

    def lets_go(self, pod: JsonObject) -> bool:
        """Whether a pod may go without being counted: one that is not ready, and so disrupts nothing."""
        if _is_ready(pod):
            return False
        if self.object["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
            return True
        return self.healthy >= self.needed > 0


def check_budgets(cluster: Cluster, pods: Resource, key: Key, pod: JsonObject, *, dry_run: bool) -> None:
    """Check that the budget of a pod allows that it is evicted, and note there that it is.

    Args:
        cluster: where the budgets are.
        pods: the resource of pods.
        key: of the pod.
        pod: the pod.
        dry_run: whether nothing is noted.

    Raises:
        ApiFailure: it doesn't (429), makes no sense (403), or there are several (500).
    """
    budgets = cluster.registry.find("policy", "v1", "poddisruptionbudgets")
    if budgets is None:
        return
    matching = [
        (each, entry.object)
        for each, entry in cluster.storage.scan(budgets.storage, namespace=key.namespace)
        if _selects(entry.object, pod)
    ]
    if len(matching) > 1:
        raise ApiFailure(
            500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
    for each, object_ in matching:
        budget = _budget(cluster, pods, each, object_)
        if budget.lets_go(pod):
            return
        _check(budget)
        if budget.is_kept and not dry_run:
            _note(cluster, budgets, budget, key.name)


def _check(budget: _Budget) -> None:
    name, status = budget.key.name, budget.status
    if budget.is_kept and status["observedGeneration"] < budget.object["metadata"].get("generation", 0):
        raise _refusal(f"The disruption budget {name} is still being processed by the server.", _RETRY_SECONDS)
    if budget.is_kept and budget.allowed < 0:
        raise _forbidden(name, "pdb disruptions allowed is negative")
    if len(object_at(status, "disruptedPods")) > _MOST_DISRUPTED:
        why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise _forbidden(name, why)
    if budget.allowed < 1:
        raise _refusal(f"The disruption budget {name} {_reason(budget)}", 0)


def _refusal(why: str, retry_after_seconds: int) -> ApiFailure:
    causes = [{"reason": "DisruptionBudget", "message": why}]
    return too_many_requests(_REFUSED, retry_after_seconds=retry_after_seconds, causes=causes)


def _forbidden(name: str, why: str) -> ApiFailure:
    message = f'poddisruptionbudget.policy "{name}" is forbidden: {why}'
    details = {"name": name, "group": "policy", "kind": "poddisruptionbudget"}
    return ApiFailure(403, "Forbidden", message, details=details)


def _reason(budget: _Budget) -> str:
    """Say why a budget allows nothing."""
    conditions: list[JsonObject] = list_at(budget.status, "conditions")
    none: JsonObject = {}
    told = next((each for each in conditions if each.get("type") == _ALLOWED), none)
    message = told.get("message") if told.get("status") == "False" else ""
    not_now = "does not allow evicting pods currently"
    if message and told.get("reason") == "SyncFailed":  # then the numbers tell nothing
        return f"{not_now} because it failed sync: {message}"
    if budget.healthy <= budget.needed:
        return f"needs {budget.needed} healthy pods and has {budget.healthy} currently"
    return f"{not_now} ({told.get('reason', '')}): {message}" if message else not_now


def _note(cluster: Cluster, budgets: Resource, budget: _Budget, pod: str) -> None:
    """Note that a pod goes, for the controller not to count it any more."""
    status: JsonObject = {
        **budget.status,
        "disruptionsAllowed": budget.allowed - 1,
        "disruptedPods": {**object_at(budget.status, "disruptedPods"), pod: cluster.now()},
    }
    if budget.allowed == 1:
        status["conditions"] = _used_up(list_at(status, "conditions"), status["observedGeneration"], cluster.now())
    changed = owned(
        cluster.registry, budgets, budget.object, {**budget.object, "status": status}, _OWN, cluster.now(), "status"
    )
    cluster.put(budgets, budget.key, changed)


def _used_up(conditions: list[JsonObject], generation: int, now: str) -> list[JsonObject]:
    """Give the conditions of a budget that allows nothing any more."""
    old = next((each for each in conditions if each.get("type") == _ALLOWED), None)
    new: JsonObject = {
        "type": _ALLOWED,
        "status": "False",
        "observedGeneration": generation,
        "lastTransitionTime": old["lastTransitionTime"] if old is not None and old.get("status") == "False" else now,
        "reason": "InsufficientPods",
        "message": "",
    }
    return [new if each is old else each for each in conditions] if old is not None else [*conditions, new]


def _selects(budget: JsonObject, pod: JsonObject) -> bool:
    try:
        return LabelSelector.from_model(budget["spec"].get("selector")).matches(pod["metadata"].get("labels"))
    except InvalidArgument:
        return False


def _budget(cluster: Cluster, pods: Resource, key: Key, object_: JsonObject) -> _Budget:
    """Read a budget: where a controller keeps its status, that counts; else it is worked out from the pods."""
    status = object_at(object_, "status")
    if "observedGeneration" in status:
        allowed, healthy = status.get("disruptionsAllowed") or 0, status.get("currentHealthy") or 0
        return _Budget(key, object_, allowed, status.get("desiredHealthy") or 0, healthy)
    mine = [entry.object for _, entry in cluster.storage.scan(pods.storage, namespace=key.namespace)]
    mine = [pod for pod in mine if _selects(object_, pod)]
    healthy = sum(_is_ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in mine)
    spec = object_["spec"]
    if spec.get("maxUnavailable") is not None:
        needed = max(0, len(mine) - _count(spec["maxUnavailable"], len(mine)))
    else:
        needed = _count(spec.get("minAvailable", 1), len(mine))
    return _Budget(key, object_, max(0, healthy - needed), needed, healthy)


def _is_ready(pod: JsonObject) -> bool:
    conditions: list[JsonObject] = list_at(object_at(pod, "status"), "conditions")
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _count(value: Any, total: int) -> int:
    """Read a number or a percentage, rounded up."""
    if isinstance(value, int):
        return value
    percent = int(str(value).rstrip("%"))
    return -(-total * percent // 100)
