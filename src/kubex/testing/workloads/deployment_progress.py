"""The status of a Deployment: how many pods there are, and whether it gets on.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from kubex.testing.lifecycle.cluster import timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.conditions import appended_condition, without_condition
from kubex.testing.workloads.pod_status import condition_of
from kubex.testing.workloads.revisions import History

__all__ = [
    "deployment_condition",
    "has_deadline",
    "is_complete",
    "pause_condition",
    "progress_deadline_left",
    "status_of",
]

_NO_DEADLINE: Final = 2**31 - 1
_AVAILABLE: Final = "NewReplicaSetAvailable"
_TIMED_OUT: Final = "ProgressDeadlineExceeded"
_PAUSED: Final = "DeploymentPaused"


def deployment_condition(type_: str, status: str, reason: str, message: str, now: datetime) -> JsonObject:
    """Give a condition as it begins now."""
    moment = timestamp(now)
    return {
        "type": type_,
        "status": status,
        "lastUpdateTime": moment,
        "lastTransitionTime": moment,
        "reason": reason,
        "message": message,
    }


def is_complete(history: History, status: JsonObject | None = None) -> bool:
    """Say whether all pods are of the present template, and available."""
    deployment = history.deployment
    status = object_at(deployment, "status") if status is None else status
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    is_current: bool = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return is_current and counts == [history.replicas] * len(counts)


def pause_condition(deployment: JsonObject, now: datetime) -> JsonObject | None:
    """Give the condition that tells of a pause or its end; `None` if there is nothing new to tell."""
    current = condition_of(deployment, "Progressing")
    is_paused = bool(deployment["spec"].get("paused"))
    if not has_deadline(deployment) or (current is not None and current.get("reason") == _TIMED_OUT):
        return None
    told = current is not None and current.get("reason") == _PAUSED
    if is_paused and not told:
        return deployment_condition("Progressing", "Unknown", _PAUSED, "Deployment is paused", now)
    if not is_paused and told:
        return deployment_condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", now)
    return None


def has_deadline(deployment: JsonObject) -> bool:
    """Say whether it is told when a Deployment does not get on."""
    return bool(deployment["spec"].get("progressDeadlineSeconds", _NO_DEADLINE) != _NO_DEADLINE)


def status_of(history: History, now: datetime) -> JsonObject:
    """Give the status of a Deployment now."""
    deployment, new = history.deployment, history.new
    old = object_at(deployment, "status")
    available = history.total("availableReplicas")
    numbers = {
        "observedGeneration": deployment["metadata"].get("generation", 0),
        "replicas": history.total("replicas"),
        "updatedReplicas": history.total("replicas", [new] if new is not None else []),
        "readyReplicas": history.total("readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, history.wanted - available),
        "collisionCount": old.get("collisionCount", 0),
    }
    status: JsonObject = {name: value for name, value in numbers.items() if value}
    status["terminatingReplicas"] = history.total("terminatingReplicas")
    least = history.replicas - history.bounds[1]
    if available >= least:
        found = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        found = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    conditions: list[JsonObject] = list_at(old, "conditions")
    conditions = appended_condition(conditions, deployment_condition("Available", *found, now))
    conditions = _progress(history, status, conditions, now)
    conditions = _failure(history, conditions, now)
    return {**status, "conditions": conditions}


def _progress(history: History, status: JsonObject, conditions: list[JsonObject], now: datetime) -> list[JsonObject]:
    deployment = history.deployment
    if not has_deadline(deployment):
        return without_condition(conditions, "Progressing")
    if deployment["spec"].get("paused"):
        return conditions
    current = condition_of(deployment, "Progressing")
    same = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    if same and current is not None and current.get("reason") == _AVAILABLE:
        return conditions
    new = history.new
    what = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(history, status):
        text = f"{what} has successfully progressed."
        return appended_condition(conditions, deployment_condition("Progressing", "True", _AVAILABLE, text, now))
    if _progresses(object_at(deployment, "status"), status):
        condition = deployment_condition("Progressing", "True", "ReplicaSetUpdated", f"{what} is progressing.", now)
        if current is not None and current.get("status") == "True":
            condition["lastTransitionTime"] = current["lastTransitionTime"]
        return [*without_condition(conditions, "Progressing"), condition]
    if _is_late(deployment, now):
        text = f"{what} has timed out progressing."
        return appended_condition(conditions, deployment_condition("Progressing", "False", _TIMED_OUT, text, now))
    return conditions


def _progresses(old: JsonObject, new: JsonObject) -> bool:
    def outdated(status: JsonObject) -> int:
        count: int = status.get("replicas", 0) - status.get("updatedReplicas", 0)
        return count

    return (
        new.get("updatedReplicas", 0) > old.get("updatedReplicas", 0)
        or outdated(new) < outdated(old)
        or new.get("readyReplicas", 0) > old.get("readyReplicas", 0)
        or new.get("availableReplicas", 0) > old.get("availableReplicas", 0)
    )


def _is_late(deployment: JsonObject, now: datetime) -> bool:
    current = condition_of(deployment, "Progressing")
    if current is None or current.get("reason") == _AVAILABLE:
        return False
    if current.get("reason") == _TIMED_OUT:
        return True
    return _deadline(deployment, current) <= now


def _deadline(deployment: JsonObject, progressing: JsonObject) -> datetime:
    seconds = deployment["spec"]["progressDeadlineSeconds"]
    return datetime.fromisoformat(progressing["lastUpdateTime"]) + timedelta(seconds=seconds)


def progress_deadline_left(deployment: JsonObject, now: datetime) -> float | None:
    """Give in how many seconds a Deployment is late if nothing happens; `None` if it can't be."""
    current = condition_of(deployment, "Progressing")
    if current is None or not has_deadline(deployment) or deployment["spec"].get("paused"):
        return None
    if current.get("reason") in (_AVAILABLE, _TIMED_OUT):
        return None
    return max(0.0, (_deadline(deployment, current) - now).total_seconds())


def _failure(history: History, conditions: list[JsonObject], now: datetime) -> list[JsonObject]:
    """Tell of pods that could not be made."""
    for each in history.every[::-1]:
        failure = condition_of(each, "ReplicaFailure")
        if failure is not None:
            told = (failure.get("status", "True"), failure.get("reason", ""), failure.get("message", ""))
            return appended_condition(conditions, deployment_condition("ReplicaFailure", *told, now))
    return without_condition(conditions, "ReplicaFailure")
