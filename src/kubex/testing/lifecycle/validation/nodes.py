"""What the server refuses in nodes, and in the classes of what runs containers on them.

https://kubernetes.io/docs/concepts/architecture/nodes/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, label_key_problems, label_value_problems
from kubex.testing.lifecycle.validation.services import cidr_causes
from kubex.testing.lifecycle.validation.values import immutable, invalid_quantity, quantity, unsupported

__all__ = ["node_causes", "runtime_class_causes"]

_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_RANGES_KEPT: Final = 'node updates may not change podCIDR except from "" to valid'
_PROVIDER_KEPT: Final = 'node updates may not change providerID except from "" to valid'


def node_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Node."""
    spec, status = object_at(new, "spec"), object_at(new, "status")
    causes: list[Cause] = []
    for member in ("capacity", "allocatable"):
        for name, value in object_at(status, member).items():
            if quantity(value) < 0:
                why = "must be greater than or equal to 0"
                causes.append(invalid_quantity(f"status.{member}.{name}", value, why))
    if old is not None:
        causes += _change_causes(spec, object_at(old, "spec"))
        causes += _address_causes(status)
    ranges = list_at(spec, "podCIDRs")
    for index, each in enumerate(ranges):
        causes += cidr_causes(f"spec.podCIDRs[{index}]", each)
    return causes + _taints_causes(list_at(spec, "taints"))


def runtime_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a RuntimeClass."""
    handler: str = new.get("handler") or ""
    if old is not None:
        return immutable("handler", old.get("handler"), handler)
    return [field_invalid("handler", handler, each) for each in dns_label_problems(handler)]


def _change_causes(spec: dict[str, Any], before: dict[str, Any]) -> list[Cause]:
    had, has = list_at(before, "podCIDRs"), list_at(spec, "podCIDRs")
    causes: list[Cause] = []
    if had and had != has:
        causes.append(field_forbidden("spec.podCIDRs", _RANGES_KEPT))
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
