"""What the server refuses in nodes, and in the classes of what runs containers on them.

https://kubernetes.io/docs/concepts/architecture/nodes/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_range
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, label_key_problems, label_value_problems
from kubex.testing.lifecycle.validation.runtimes import runtime_causes
from kubex.testing.lifecycle.validation.services import cidr_causes
from kubex.testing.lifecycle.validation.values import amount_causes, immutable, unsupported

__all__ = ["node_causes", "node_status_causes", "runtime_class_causes"]

_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_RANGES_KEPT: Final = 'node updates may not change podCIDR except from "" to valid'
_PROVIDER_KEPT: Final = 'node updates may not change providerID except from "" to valid'


def node_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Node."""
    spec = object_at(new, "spec")
    taints = _taints_causes(list_at(spec, "taints"))
    status = object_at(new, "status")
    causes = [*taints, *_resources_causes(status), *_swap_causes(status), *_ranges_causes(list_at(spec, "podCIDRs"))]
    if old is None:
        return causes
    # The server looks at most of a changed node twice.
    causes += node_status_causes(new, old)
    causes += [*_change_causes(spec, object_at(old, "spec")), *taints]
    if (spec.get("externalID") or "") != (object_at(old, "spec").get("externalID") or ""):
        causes.append(field_forbidden("spec.externalID", "may not be updated"))
    return causes


def node_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Node."""
    status = object_at(new, "status")
    return [*_resources_causes(status), *_address_causes(status)]


def runtime_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a RuntimeClass."""
    handler: str = new.get("handler") or ""
    causes = [field_invalid("handler", handler, each) for each in dns_label_problems(handler)]
    causes += runtime_causes(new)
    return causes if old is None else [*causes, *immutable("handler", old.get("handler"), handler)]


def _resources_causes(status: dict[str, Any]) -> list[Cause]:
    return [
        cause
        for member in ("capacity", "allocatable")
        for name, value in object_at(status, member).items()
        for cause in amount_causes(name, value, f"status.{member}.{name}")
    ]


def _swap_causes(status: dict[str, Any]) -> list[Cause]:
    capacity = object_at(object_at(status, "nodeInfo"), "swap").get("capacity")
    if capacity is None or capacity > 0:
        return []
    # As the server has it: this is no metadata either.
    return [field_invalid("metadata.nodeSwapStatus.capacity", capacity, "must be greater than zero")]


def _ranges_causes(ranges: list[str]) -> list[Cause]:
    causes: list[Cause] = []
    for index, each in enumerate(ranges):
        causes += cidr_causes(f"spec.podCIDRs[{index}]", each)
    if len(ranges) < 2:
        return causes
    versions = [None if read is None else read[1].version for read in map(read_range, ranges)]
    if None in versions:
        place = versions.index(None)
        problem = f"invalid CIDR[{place}]: <nil> (invalid CIDR address: {ranges[place]})"
        text = f"Internal error: invalid PodCIDRs. failed to check with dual stack with error:{problem}"
        causes.append(Cause("InternalError", text, "spec.podCIDRs"))
    if None in versions or len(versions) > len({*versions}):
        why = "may specify no more than one CIDR for each IP family"
        causes.append(Cause("FieldValueInvalid", f"Invalid value: {go_json(ranges)}: {why}", "spec.podCIDRs"))
    return causes


def _change_causes(spec: dict[str, Any], before: dict[str, Any]) -> list[Cause]:
    had, has = list_at(before, "podCIDRs"), list_at(spec, "podCIDRs")
    changes = sum(one != other for one, other in zip(had, has, strict=False)) if len(had) == len(has) else 1
    causes = [field_forbidden("spec.podCIDRs", _RANGES_KEPT)] * (changes if had else 0)
    if before.get("providerID") and before["providerID"] != spec.get("providerID"):
        causes.append(field_forbidden("spec.providerID", _PROVIDER_KEPT))
    return causes


def _address_causes(status: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    seen: list[dict[str, Any]] = []
    for index, each in enumerate(list_at(status, "addresses")):
        if each in seen:
            shown = f'{{"Type":{go_json(each.get("type", ""))},"Address":{go_json(each.get("address", ""))}}}'
            text = f"Duplicate value: {shown}"
            causes.append(Cause("FieldValueDuplicate", text, f"status.addresses[{index}]"))
        seen.append(each)
    return causes


def _taints_causes(taints: list[dict[str, Any]]) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        # As the server has it: taints are no metadata.
        field = f"metadata.taints[{index}]"
        key, value, effect = taint.get("key", ""), taint.get("value", ""), taint.get("effect", "")
        causes += [field_invalid(f"{field}.key", key, each) for each in label_key_problems(key)]
        problems = label_value_problems(value)
        if problems:
            causes.append(field_invalid(f"{field}.value", value, ";".join(problems)))
        if not effect:
            causes.append(field_required(f"{field}.effect"))
        elif effect not in _EFFECTS:
            causes.append(unsupported(f"{field}.effect", effect, _EFFECTS))
        if (key, effect) in seen:
            shown = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": taint.get("timeAdded")}
            text = "{" + ",".join(f'"{name}":{go_json(each)}' for name, each in shown.items()) + "}"
            why = "taints must be unique by key and effect pair"
            causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {text}: {why}", field))
        seen.add((key, effect))
    return causes
