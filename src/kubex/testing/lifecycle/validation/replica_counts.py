"""What the server refuses in the counts of pods that are the status of what has them made, scales or guards them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.conditions import condition_causes
from kubex.testing.lifecycle.validation.values import not_negative

__all__ = [
    "autoscaler_status_causes",
    "budget_status_causes",
    "daemon_set_status_causes",
    "deployment_status_causes",
    "replica_set_status_causes",
    "stateful_set_status_causes",
]

# In the order of the server's code.
_OF_BUDGETS: Final = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
_OF_AUTOSCALERS: Final = ("currentReplicas", "desiredReplicas")
_OF_DAEMON_SETS: Final = (
    "currentNumberScheduled",
    "numberMisscheduled",
    "desiredNumberScheduled",
    "numberReady",
    "observedGeneration",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
    "collisionCount",
)
_OF_REPLICA_SETS: Final = (
    "replicas",
    "fullyLabeledReplicas",
    "readyReplicas",
    "availableReplicas",
    "observedGeneration",
    "terminatingReplicas",
)
_OF_DEPLOYMENTS: Final = (
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
    "terminatingReplicas",
    "collisionCount",
)
_OF_STATEFUL_SETS: Final = (
    "replicas",
    "readyReplicas",
    "currentReplicas",
    "updatedReplicas",
    "availableReplicas",
    "observedGeneration",
    "collisionCount",
)


def budget_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a PodDisruptionBudget."""
    status = object_at(new, "status")
    conditions = condition_causes(list_at(status, "conditions"), "status.conditions")
    return [*conditions, *_negative_causes(status, _OF_BUDGETS)]


def autoscaler_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a HorizontalPodAutoscaler."""
    return list(_negative_causes(object_at(new, "status"), _OF_AUTOSCALERS))


def daemon_set_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a DaemonSet."""
    status = object_at(new, "status")
    return [*_negative_causes(status, _OF_DAEMON_SETS), *_collision_causes(status, object_at(old, "status"))]


def replica_set_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a ReplicaSet or a ReplicationController."""
    status = object_at(new, "status")
    parts = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    return [*_negative_causes(status, _OF_REPLICA_SETS), *_excess_causes(status, parts, "readyReplicas")]


def deployment_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Deployment."""
    status = object_at(new, "status")
    return [
        *_negative_causes(status, _OF_DEPLOYMENTS),
        *_excess_causes(status, ("updatedReplicas", "readyReplicas", "availableReplicas"), "readyReplicas"),
        *_collision_causes(status, object_at(old, "status")),
    ]


def stateful_set_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a StatefulSet."""
    status = object_at(new, "status")
    parts = ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")
    return [
        *_negative_causes(status, _OF_STATEFUL_SETS),
        *_excess_causes(status, parts, "status.readyReplicas"),
        *_collision_causes(status, object_at(old, "status")),
    ]


def _negative_causes(status: dict[str, Any], names: Sequence[str]) -> Iterator[Cause]:
    for name in names:
        yield from not_negative(f"status.{name}", status.get(name))


def _excess_causes(status: dict[str, Any], parts: Sequence[str], ready: str) -> Iterator[Cause]:
    """Say which parts are more than the whole; `ready` is how those are called that all available ones are among."""
    for name in parts:
        count = status.get(name) or 0
        if count > (status.get("replicas") or 0):
            yield field_invalid(f"status.{name}", count, "cannot be greater than status.replicas")
    available = status.get("availableReplicas") or 0
    if available > (status.get("readyReplicas") or 0):
        yield field_invalid("status.availableReplicas", available, f"cannot be greater than {ready}")


def _collision_causes(status: dict[str, Any], before: dict[str, Any]) -> Iterator[Cause]:
    """Say that collisions are forgotten: of the names of what is made of a template."""
    count, counted = status.get("collisionCount"), before.get("collisionCount")
    if counted is not None and (count is None or count < counted):
        yield field_invalid("status.collisionCount", count or 0, "cannot be decremented")
