"""What the server refuses when the containers of a pod are resized.

https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid
from kubex.testing.lifecycle.admission import quality_of_service
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.pod_annotations import is_mirror
from kubex.testing.lifecycle.validation.pods import pod_spec_causes

__all__ = ["resizing_causes"]

_KINDS: Final = ("initContainers", "containers")  # in the server's order
_AMOUNTS: Final = ("requests", "limits")
_WITH_WHOLE: Final = (
    "resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled "
    "feature gate is disabled"
)
_RESIZABLE: Final = frozenset({"cpu", "memory"})


def resizing_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with a pod whose containers have other resources than before."""
    if is_mirror(old["metadata"]):
        return [field_forbidden("[]", "static pods cannot be resized")]
    if object_at(old["spec"], "os").get("name") == "windows":
        return [field_forbidden("[]", "windows pods cannot be resized")]
    causes = pod_spec_causes(new["spec"], "spec", in_pod=True)
    before = object_at(old, "status").get("qosClass") or quality_of_service(old["spec"])
    if quality_of_service(new["spec"]) != before:
        causes.append(field_invalid("spec", before, "Pod QOS Class may not change as a result of resizing"))
    if any(_has_resources(pod["spec"]) for pod in (old, new)):
        return [*causes, field_forbidden("[]", _WITH_WHOLE)]
    others = list(_other_containers(new["spec"], old["spec"]))
    if others:
        return [*causes, *others]
    pairs = {kind: list(zip(list_at(new["spec"], kind), list_at(old["spec"], kind), strict=True)) for kind in _KINDS}
    for kind in _KINDS:
        for index, (now, then) in enumerate(pairs[kind]):
            if kind == "containers" or _is_sidecar(then):
                causes += _removed_amounts(f"spec.{kind}[{index}].resources", now, then)
    for now, then in pairs["containers"]:
        if not _alike_but_for_resizable(now, then):
            causes.append(field_forbidden("spec", "only cpu and memory resources are mutable"))
    for now, then in pairs["initContainers"]:
        if not _is_sidecar(now):
            if now != then:
                causes.append(field_forbidden("spec", "resources for non-sidecar init containers are immutable"))
        elif not _alike_but_for_resizable(now, then):
            why = "only cpu and memory resources for sidecar containers are mutable"
            causes.append(field_forbidden("spec", why))
    return causes


def _other_containers(new: dict[str, Any], old: dict[str, Any]) -> Iterator[Cause]:
    """Say which containers are not those of before, in their order."""
    for kind in reversed(_KINDS):
        now, then = list_at(new, kind), list_at(old, kind)
        if len(now) != len(then):
            yield field_forbidden(f"spec.{kind}", f"{kind} may not be added or removed on resize")
            continue
        for index, (is_, was) in enumerate(zip(now, then, strict=True)):
            if is_.get("name") != was["name"]:
                why = f"{kind} may not be renamed or reordered on resize"
                yield field_forbidden(f"spec.{kind}[{index}].name", why)


def _removed_amounts(path: str, new: dict[str, Any], old: dict[str, Any]) -> Iterator[Cause]:
    for amounts in _AMOUNTS:
        if _amounts(old, amounts).keys() - _amounts(new, amounts).keys():
            yield field_forbidden(f"{path}.{amounts}", f"resource {amounts} cannot be removed")


def _alike_but_for_resizable(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Say whether two versions of a container differ in nothing but CPU and memory."""
    if object_at(old, "resources").get("claims"):  # the server compares with the new ones left out
        return False
    if {**new, "resources": None, "resizePolicy": None} != {**old, "resources": None, "resizePolicy": None}:
        return False
    if list_at(new, "resizePolicy") != list_at(old, "resizePolicy"):
        return False
    return all(_others(_amounts(new, amounts)) == _others(_amounts(old, amounts)) for amounts in _AMOUNTS)


def _has_resources(spec: dict[str, Any]) -> bool:
    """Whether a pod has resources as a whole."""
    return any(_amounts(spec, name) for name in _AMOUNTS)


def _amounts(container: dict[str, Any], name: str) -> dict[str, Any]:
    return object_at(object_at(container, "resources"), name)


def _others(amounts: dict[str, Any]) -> dict[str, Any]:
    return {name: amount for name, amount in amounts.items() if name not in _RESIZABLE}


def _is_sidecar(container: dict[str, Any]) -> bool:
    return container.get("restartPolicy") == "Always"
