"""What the server refuses in a change of a part of an object: its status, its finalizers, its containers' resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.custom_resources import custom_status_causes
from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.definitions import definition_status_causes
from kubex.testing.lifecycle.validation.ephemeral_containers import ephemeral_container_causes
from kubex.testing.lifecycle.validation.resizing import resizing_causes
from kubex.testing.lifecycle.validation.values import not_negative
from kubex.testing.registry import Resource

__all__ = ["subresource_causes"]

_COUNTS: Final = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas")
_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")


def subresource_causes(resource: Resource, subresource: str, new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with an object that a request to its subresource leaves; its metadata aside."""
    if resource.custom is not None and subresource == "status":
        return custom_status_causes(resource, new, old)
    if resource.storage == "pods" and subresource in _POD_CHANGES:
        return _POD_CHANGES[subresource](new, old)
    validate = _VALIDATIONS.get((resource.name.group, resource.kind, subresource))
    return validate(new) if validate is not None else []


def _deployment_status_causes(new: dict[str, Any]) -> list[Cause]:
    status = object_at(new, "status")
    causes: list[Cause] = []
    for name in _COUNTS:
        causes += not_negative(f"status.{name}", status.get(name))
    for name in ("updatedReplicas", "readyReplicas", "availableReplicas"):
        if status.get(name, 0) > status.get("replicas", 0):
            causes.append(
                field_invalid(f"status.{name}", status.get(name, 0), "cannot be greater than status.replicas")
            )
    if status.get("availableReplicas", 0) > status.get("readyReplicas", 0):
        why = "cannot be greater than readyReplicas"
        causes.append(field_invalid("status.availableReplicas", status["availableReplicas"], why))
    return causes


def _finalizer_causes(new: dict[str, Any]) -> list[Cause]:
    why = "name is neither a standard finalizer name nor is it fully qualified"
    return [
        field_invalid(f"spec.finalizers[{index}]", name, why)
        for index, name in enumerate(list_at(object_at(new, "spec"), "finalizers"))
        if "/" not in name and name not in _FINALIZERS
    ]


_POD_CHANGES: Final = {"ephemeralcontainers": ephemeral_container_causes, "resize": resizing_causes}
_VALIDATIONS: Final[Mapping[tuple[str, str, str], Callable[[dict[str, Any]], list[Cause]]]] = {
    ("", "Namespace", "finalize"): _finalizer_causes,
    ("apiextensions.k8s.io", "CustomResourceDefinition", "status"): definition_status_causes,
    ("apps", "Deployment", "status"): _deployment_status_causes,
}
