"""What the server refuses in the resources of pods as a whole.

https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from kubex.testing.failures import Cause, field_forbidden
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_amounts import amounts_of_containers, container_amounts
from kubex.testing.lifecycle.validation.claim_uses import claim_use_causes
from kubex.testing.lifecycle.validation.containers import resource_causes
from kubex.testing.lifecycle.validation.values import invalid_quantity, quantity

__all__ = ["pod_resource_causes"]

_Spec: TypeAlias = Mapping[str, Any]


def pod_resource_causes(spec: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with the resources of a pod as a whole."""
    resources, field = spec.get("resources"), f"{where}.resources"
    if resources is None:
        return []
    if object_at(spec, "os").get("name") == "windows":
        return [field_forbidden(field, "may not be set for a windows pod")]
    causes: list[Cause] = []
    if resources.get("claims") is not None:
        causes.append(field_forbidden(f"{field}.claims", "claims may not be set for Resources at pod-level"))
    causes += resource_causes(resources, field, of_pod=True)
    causes += claim_use_causes(list_at(resources, "claims"), f"{field}.claims", list_at(spec, "resourceClaims"))
    causes += _together_causes(spec, object_at(resources, "requests"), f"{field}.requests", "requests")
    huge = {name: size for name, size in object_at(resources, "limits").items() if name.startswith("hugepages-")}
    causes += _together_causes(spec, huge, f"{field}.limits", "limits")
    return [*causes, *_alone_causes(spec, object_at(resources, "limits"), field)]


def _together_causes(spec: _Spec, whole: Mapping[str, Any], where: str, which: Any) -> Iterator[Cause]:
    """Say of what the containers together have more than their pod."""
    for name, total in amounts_of_containers(spec, which).items():
        if name in whole and total > quantity(whole[name]):
            why = f"must be greater than or equal to aggregate container {which} of {total}"
            yield invalid_quantity(f"{where}[{name}]", whole[name], why)


def _alone_causes(spec: _Spec, whole: Mapping[str, Any], where: str) -> Iterator[Cause]:
    """Say of what any container may use more than its pod."""
    for index, container in enumerate(list_at(spec, "containers")):
        for name, limit in container_amounts(container, "limits").items():
            if name in whole and limit > quantity(whole[name]):
                why = f"must be less than or equal to pod limits of {quantity(whole[name])}"
                yield invalid_quantity(f"{where}.containers[{index}][{name}].limits", limit, why)
