"""Tells whether an object has become what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from kubex.core._json_value import is_array, is_object

__all__ = ["is_ready"]


def is_ready(content: Mapping[str, Any]) -> bool:
    """Say whether an object is ready: workloads rolled out, jobs done, definitions served, claims bound.

    Of kinds that are not known, a condition `Ready` or `Available` decides, where there is one.

    Args:
        content: the object as JSON has it.
    """
    spec, status = _object(content, "spec"), _object(content, "status")
    if status.get("observedGeneration", 0) < _object(content, "metadata").get("generation", 0) and (
        "observedGeneration" in status or content.get("kind") in _WORKLOADS
    ):
        return False
    check = _CHECKS.get(str(content.get("kind")))
    if check is not None:
        return check(spec, status)
    decisive = [value for name in ("Ready", "Available") if (value := _condition(status, name)) is not None]
    return all(decisive)


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if is_object(found) else {}


def _condition(status: Mapping[str, Any], type_: str) -> bool | None:
    """Give a condition, `None` where there is none of this type."""
    conditions = status.get("conditions")
    for each in conditions if is_array(conditions) else []:
        if is_object(each) and each.get("type") == type_:
            return each.get("status") == "True"
    return None


def _deployment(spec: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    wanted = spec.get("replicas", 1)
    return all(status.get(name, 0) == wanted for name in ("replicas", "updatedReplicas", "availableReplicas"))


def _stateful_set(spec: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    wanted: int = spec.get("replicas", 1)
    if status.get("readyReplicas", 0) < wanted:
        return False
    updated: int = status.get("updatedReplicas", 0)
    return updated >= wanted or status.get("currentRevision") == status.get("updateRevision")


def _daemon_set(spec: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    wanted = status.get("desiredNumberScheduled", 0)
    return all(status.get(name, 0) >= wanted for name in ("updatedNumberScheduled", "numberAvailable"))


def _pod(spec: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    return status.get("phase") == "Succeeded" or bool(_condition(status, "Ready"))


def _holds(type_: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    return lambda spec, status: bool(_condition(status, type_))


def _in_phase(phase: str) -> Callable[[Mapping[str, Any], Mapping[str, Any]], bool]:
    return lambda spec, status: status.get("phase") == phase


_WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]]] = MappingProxyType(
    {
        "APIService": _holds("Available"),
        "CustomResourceDefinition": _holds("Established"),
        "DaemonSet": _daemon_set,
        "Deployment": _deployment,
        "Job": _holds("Complete"),
        "Namespace": _in_phase("Active"),
        "PersistentVolumeClaim": _in_phase("Bound"),
        "Pod": _pod,
        "StatefulSet": _stateful_set,
    }
)
