"""What the server refuses in a change of a pod: nearly all of it stays as it was.

https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.scheduling import toleration_causes

__all__ = ["pod_change_causes"]

_UPDATES: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_LONGEST_DEADLINE: Final = 2147483647
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_TERMS: Final = f"spec.affinity.nodeAffinity.{_REQUIRED}.nodeSelectorTerms"


def pod_change_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what of the spec of a pod may not be changed so."""
    causes: list[Cause] = []
    for kind in ("containers", "initContainers"):
        if len(list_at(old, kind)) != len(list_at(new, kind)):
            return [*causes, field_forbidden(f"spec.{kind}", "pod updates may not add or remove containers")]
        causes += _image_causes(list_at(new, kind), f"spec.{kind}")
    deadline, goes_on = _deadline_causes(new, old)
    causes += deadline
    if not goes_on:
        return causes
    causes += _toleration_causes(new, old)
    gates = [gate.get("name") for gate in list_at(old, "schedulingGates")]
    places = {gate.get("name"): index for index, gate in enumerate(list_at(new, "schedulingGates"))}
    for gate, index in places.items():
        if gate not in gates:
            why = f"only deletion is allowed, but found new scheduling gate '{gate}'"
            causes.append(field_forbidden(f"spec.schedulingGates[{index}].name", why))
    before, after = _frozen(old), _frozen(new)
    if gates:
        causes += _node_selector_causes(new, old) + _node_affinity_causes(new, old)
        for spec in (before, after):
            spec.pop("nodeSelector", None)
            _drop_node_affinity(spec)
    if before != after:
        # The server adds a difference of its internal types here, which have no counterpart.
        causes.append(field_forbidden("spec", _UPDATES))
    return causes


def _image_causes(containers: list[dict[str, Any]], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, container in enumerate(containers):
        image: str = container.get("image") or ""
        if not image:
            causes.append(field_required(f"{where}[{index}].image"))
        if image.strip() != image:
            why = "must not have leading or trailing whitespace"
            causes.append(field_invalid(f"{where}[{index}].image", image, why))
    return causes


def _deadline_causes(new: dict[str, Any], old: dict[str, Any]) -> tuple[list[Cause], bool]:
    """Say what is wrong with a new deadline, and whether the server then looks any further."""
    field = "spec.activeDeadlineSeconds"
    before, after = old.get("activeDeadlineSeconds"), new.get("activeDeadlineSeconds")
    if after is None:
        why = "must not update from a positive integer to nil value"
        return ([] if before is None else [field_invalid(field, None, why)]), True
    if not 0 <= after <= _LONGEST_DEADLINE:
        return [field_invalid(field, after, f"must be between 0 and {_LONGEST_DEADLINE}, inclusive")], False
    if before is not None and before < after:
        return [field_invalid(field, after, "must be less than or equal to previous value")], False
    return [], True


def _toleration_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    kept = {_toleration(each) for each in list_at(old, "tolerations")}
    if kept <= {_toleration(each) for each in list_at(new, "tolerations")}:
        return toleration_causes(new, "spec.tolerations")
    return [field_forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")]


def _toleration(each: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(each.get(name) or "" for name in ("key", "operator", "value", "effect"))


def _node_selector_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    before, after = object_at(old, "nodeSelector"), new.get("nodeSelector")
    if before.items() <= (after or {}).items():
        return []
    why = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(after)}: {why}", "spec.nodeSelector")]


def _node_affinity_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    before, after = _terms(old), _terms(new)
    if not before:
        return []
    if len(before) != len(after):
        why = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        return [Cause("FieldValueInvalid", f"Invalid value: {go_json(after or None)}: {why}", _TERMS)]
    why = "only additions are allowed (no mutations or deletions)"
    return [
        Cause("FieldValueInvalid", f"Invalid value: {go_json(term)}: {why}", f"{_TERMS}[{index}]")
        for index, (term, had) in enumerate(zip(after, before, strict=True))
        if not _only_adds(term, had)
    ]


def _terms(spec: dict[str, Any]) -> list[dict[str, Any]]:
    affinity = object_at(object_at(spec, "affinity"), "nodeAffinity")
    return list_at(object_at(affinity, _REQUIRED), "nodeSelectorTerms")


def _only_adds(term: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether a term has all that it had, and a term that had nothing still has nothing."""
    if not any(before.values()):
        return not any(term.values())
    return all(
        list_at(term, name)[: len(list_at(before, name))] == list_at(before, name)
        for name in ("matchExpressions", "matchFields")
    )


def _drop_node_affinity(spec: dict[str, Any]) -> None:
    affinity = {name: value for name, value in object_at(spec, "affinity").items() if name != "nodeAffinity"}
    spec.pop("affinity", None)
    if affinity:
        spec["affinity"] = affinity


def _frozen(spec: dict[str, Any]) -> dict[str, Any]:
    """Give what may not change of the spec of a pod."""
    frozen: dict[str, Any] = copied(spec)
    for kind in ("containers", "initContainers"):
        for container in list_at(frozen, kind):
            container.pop("image", None)
    for name in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        frozen.pop(name, None)
    if frozen.get("terminationGracePeriodSeconds", 0) < 0:
        frozen["terminationGracePeriodSeconds"] = 1
    return frozen
