"""ReplicaSets, and the older ReplicationControllers: as many pods of a template as are asked for.

https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.adoption import claim, selector_of
from kubex.testing.workloads.conditions import appended_condition, without_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.pod_status import condition_of, counts_alike, is_finished, is_ready
from kubex.testing.workloads.pod_templates import pod_from_template
from kubex.testing.workloads.state import PODS, State, selected
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update, Write

__all__ = [
    "REPLICA_SETS",
    "ReplicaSetController",
    "ReplicationManager",
    "available_at",
    "is_active",
    "owner_keys",
    "to_delete_first",
]

REPLICA_SETS: Final = "apps/replicasets"
_CONTROLLERS: Final = "replicationcontrollers"
_BURST: Final = 500


def is_active(pod: JsonObject) -> bool:
    """Say whether a pod counts: it has not ended and is not being deleted."""
    return not is_finished(pod) and "deletionTimestamp" not in pod["metadata"]


def available_at(pod: JsonObject, min_ready_seconds: int) -> datetime | None:
    """Give when a pod is, or will be, available; `None` while it is not ready."""
    ready = condition_of(pod, "Ready")
    if ready is None or ready.get("status") != "True":
        return None
    return datetime.fromisoformat(ready["lastTransitionTime"]) + timedelta(seconds=min_ready_seconds)


def owner_keys(state: State, change: Change, kind: str, place: str) -> Sequence[Key]:
    """Give the owners of a kind that a change of something they may own concerns.

    Args:
        state: of the cluster.
        change: of a pod, for instance.
        kind: of the owners.
        place: of the owners in the storage.
    """
    # Five kinds are asked about each change of a pod, and nearly all have a controller.
    if change.controllers:
        return [Key(change.key.namespace, each["name"]) for each in change.controllers if each.get("kind") == kind]
    after = change.after
    if after is None:
        return ()
    own = state.every(place, change.key.namespace)
    return [Key(change.key.namespace, each["metadata"]["name"]) for each in own if selected(selector_of(each), after)]


class ReplicaSetController:
    """Makes and deletes the pods of ReplicaSets, and tells how many there are."""

    component = "replicaset-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (REPLICA_SETS, PODS)
    _kind = "ReplicaSet"
    _tells_of_terminating = True

    @property
    def _place(self) -> str:
        return self.places[0]

    def concerned(self, state: State, change: Change) -> Sequence[Key]:
        """Give the ReplicaSets that a change makes it look at."""
        if change.place == self._place:
            return (change.key,) if change.after is not None else ()
        if change.before is not None and change.after is not None and counts_alike(change.before, change.after):
            return ()
        return owner_keys(state, change, self._kind, self._place)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a ReplicaSet."""
        set_ = state.get(self._place, key)
        if set_ is None:
            return
        claimed = claim(state, set_, PODS)
        yield from claimed.writes
        pods = [pod for pod in claimed.mine if is_active(pod)]
        terminating = sum(1 for pod in claimed.mine if "deletionTimestamp" in pod["metadata"] and not is_finished(pod))
        failure: ApiFailure | None = None
        if "deletionTimestamp" not in set_["metadata"]:
            try:
                yield from self._manage(state, set_, pods)
            except ApiFailure as error:
                failure = error
        current = state.get(self._place, key)
        if current is None:
            return
        status = _status(current, pods, terminating, state.now)
        if not self._tells_of_terminating:
            del status["terminatingReplicas"]
        conditions = _conditions(current, failure, more=len(pods) < set_["spec"].get("replicas", 1), state=state)
        if conditions:
            status["conditions"] = conditions
        if status != object_at(current, "status"):
            yield Update(self._place, {**current, "status": status}, "status", is_last=True)
        if failure is not None:
            raise failure
        yield from _wait_for_availability(current, pods, state.now)

    def _manage(self, state: State, set_: JsonObject, pods: list[JsonObject]) -> Iterator[Write]:
        missing = set_["spec"].get("replicas", 1) - len(pods)
        metadata = set_["metadata"]
        for _ in range(min(missing, _BURST)):
            pod = pod_from_template(set_["spec"]["template"], set_, {"generateName": f"{metadata['name']}-"})
            made = Event(set_, "SuccessfulCreate", "Created pod: {name}")
            refused = Event(set_, "FailedCreate", "Error creating: {why}", "Warning")
            yield Create(PODS, metadata["namespace"], pod, made, refused)
        if missing < 0:
            for pod in to_delete_first(state, pods)[: min(-missing, _BURST)]:
                yield Delete(PODS, pod, done=Event(set_, "SuccessfulDelete", "Deleted pod: {name}"))


class ReplicationManager(ReplicaSetController):
    """Does the same for ReplicationControllers, whose selectors are plain labels."""

    component = "replication-controller"
    places: tuple[str, ...] = (_CONTROLLERS, PODS)
    _kind = "ReplicationController"
    _tells_of_terminating = False


def to_delete_first(state: State, pods: Sequence[JsonObject]) -> list[JsonObject]:
    """Sort pods: those that are missed the least come first.

    https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
    """
    together: dict[str, int] = {}
    for pod in pods:
        node = pod["spec"].get("nodeName", "")
        together[node] = together.get(node, 0) + 1

    def rank(pod: JsonObject) -> tuple[Any, ...]:
        metadata = pod["metadata"]
        node = pod["spec"].get("nodeName", "")
        cost = object_at(metadata, "annotations").get("controller.kubernetes.io/pod-deletion-cost", "0")
        restarts = sum(each.get("restartCount", 0) for each in list_at(object_at(pod, "status"), "containerStatuses"))
        return (
            bool(node),
            object_at(pod, "status").get("phase") == "Running",
            is_ready(pod),
            int(cost),
            -together[node],
            -datetime.fromisoformat(metadata["creationTimestamp"]).timestamp(),
            -restarts,
            metadata["name"],
        )

    return sorted(pods, key=rank)


def _status(set_: JsonObject, pods: list[JsonObject], terminating: int, now: datetime) -> JsonObject:
    spec = set_["spec"]
    labels = object_at(object_at(spec["template"], "metadata"), "labels").items()
    ready = [pod for pod in pods if is_ready(pod)]
    minimum = spec.get("minReadySeconds", 0)
    available = [pod for pod in ready if (at := available_at(pod, minimum)) is not None and at <= now]
    status: JsonObject = {
        "replicas": len(pods),
        "fullyLabeledReplicas": sum(labels <= object_at(pod["metadata"], "labels").items() for pod in pods),
        "readyReplicas": len(ready),
        "availableReplicas": len(available),
        "terminatingReplicas": terminating,
        "observedGeneration": set_["metadata"].get("generation", 0),
    }
    # Those that are 0 are left out; of the others the type writes it.
    return {name: value for name, value in status.items() if value or name in ("replicas", "terminatingReplicas")}


def _conditions(set_: JsonObject, failure: ApiFailure | None, *, more: bool, state: State) -> list[JsonObject]:
    """Tell of pods that could not be made."""
    conditions: list[JsonObject] = list_at(object_at(set_, "status"), "conditions")
    if failure is None:
        return without_condition(conditions, "ReplicaFailure")
    new = {
        "type": "ReplicaFailure",
        "status": "True",
        "lastTransitionTime": state.timestamp,
        "reason": "FailedCreate" if more else "FailedDelete",
        "message": str(failure),
    }
    return appended_condition(conditions, new)


def _wait_for_availability(set_: JsonObject, pods: list[JsonObject], now: datetime) -> Iterator[Later]:
    minimum = set_["spec"].get("minReadySeconds", 0)
    for pod in pods if minimum else ():
        at = available_at(pod, minimum)
        if at is not None and at > now:
            yield Later((at - now).total_seconds())
