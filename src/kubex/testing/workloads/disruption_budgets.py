"""The status of PodDisruptionBudgets: how many pods may go.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from kubex.core.int_or_string import scaled
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.conditions import with_status_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.pod_status import is_finished, is_ready
from kubex.testing.workloads.state import PODS, State, controller_of, selected
from kubex.testing.workloads.writes import Event, Later, Update

__all__ = ["BUDGETS", "DisruptionController"]

BUDGETS: Final = "policy/poddisruptionbudgets"
_IS_EXPECTED_TO_GO: Final = timedelta(minutes=2)
_SCALED: Final = {
    "ReplicaSet": "apps/replicasets",
    "ReplicationController": "replicationcontrollers",
    "StatefulSet": "apps/statefulsets",
    "Deployment": "apps/deployments",
}


class DisruptionController:
    """Counts the pods of budgets."""

    component = "controllermanager"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (BUDGETS, PODS)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the budgets that a change makes it look at."""
        if change.place == BUDGETS:
            if change.after is not None:
                yield change.key
            return
        for budget in state.every(BUDGETS, change.key.namespace):
            if any(_means(budget, pod) for pod in change.objects):
                yield Key(change.key.namespace, budget["metadata"]["name"])

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a budget."""
        budget = state.get(BUDGETS, key)
        if budget is None:
            return
        metadata, old = budget["metadata"], object_at(budget, "status")
        pods = [pod for pod in state.every(PODS, key.namespace) if _means(budget, pod) and not is_finished(pod)]
        if not pods:
            yield Event(budget, "NoPods", "No matching pods found")
        expected, wanted = _expected(state, budget, pods)
        staying = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        evicted = _evicted(budget, staying, state.now)
        healthy = sum(is_ready(pod) and pod["metadata"]["name"] not in evicted for pod in staying)
        allowed = max(0, healthy - wanted) if expected else 0
        condition = {
            "type": "DisruptionAllowed",
            "observedGeneration": metadata.get("generation", 0),
            "status": "True" if allowed else "False",
            "lastTransitionTime": state.timestamp,
            "reason": "SufficientPods" if allowed else "InsufficientPods",
            "message": "",
        }
        status: JsonObject = {
            "observedGeneration": metadata.get("generation", 0),
            "disruptionsAllowed": allowed,
            "currentHealthy": healthy,
            "desiredHealthy": wanted,
            "expectedPods": expected,
            "conditions": with_status_condition(list_at(old, "conditions"), condition),
            **({"disruptedPods": evicted} if evicted else {}),
        }
        if status != old:
            yield Update(BUDGETS, {**budget, "status": status}, "status")
        if evicted:
            first = min(map(datetime.fromisoformat, evicted.values()))
            yield Later((first + _IS_EXPECTED_TO_GO - state.now).total_seconds())


def _evicted(budget: JsonObject, pods: list[JsonObject], now: datetime) -> dict[str, str]:
    """Give when those of the pods were evicted that are about to go, though nothing is to be seen of that yet."""
    told: dict[str, str] = object_at(object_at(budget, "status"), "disruptedPods")
    names = {pod["metadata"]["name"] for pod in pods}
    return {
        name: time
        for name, time in told.items()
        if name in names and datetime.fromisoformat(time) + _IS_EXPECTED_TO_GO > now
    }


def _means(budget: JsonObject, pod: JsonObject) -> bool:
    selector = budget["spec"].get("selector")
    return selector is not None and selected(selector, pod)


def _expected(state: State, budget: JsonObject, pods: list[JsonObject]) -> tuple[int, int]:
    """Give how many pods there are to be, and how many of them have to be healthy."""
    spec = budget["spec"]
    least, most_missing = spec.get("minAvailable"), spec.get("maxUnavailable")
    if most_missing is not None:
        expected = _scale(state, pods)
        return expected, max(0, expected - scaled(most_missing, expected, round_up=True))
    if isinstance(least, str):
        expected = _scale(state, pods)
        return expected, scaled(least, expected, round_up=True)
    return len(pods), int(least or 0)


def _scale(state: State, pods: list[JsonObject]) -> int:
    """Give how many pods their controllers want together."""
    owners: dict[str, int] = {}
    alone = 0
    for pod in pods:
        owner = controller_of(pod)
        found = _found(state, owner, pod["metadata"]["namespace"])
        if found is None:
            alone += 1
            continue
        parent = _found(state, controller_of(found), pod["metadata"]["namespace"])
        top = parent if parent is not None else found
        owners[top["metadata"]["uid"]] = top["spec"].get("replicas", 1)
    return sum(owners.values()) + alone


def _found(state: State, owner: JsonObject | None, namespace: str) -> JsonObject | None:
    place = _SCALED.get(str(owner.get("kind"))) if owner is not None else None
    return state.get(place, Key(namespace, owner["name"])) if place is not None and owner is not None else None
