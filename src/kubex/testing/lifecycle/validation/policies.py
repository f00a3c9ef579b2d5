"""What the server refuses in disruption budgets, leases and priority classes."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.values import immutable, not_negative, one_of, selector_causes
from kubex.testing.lifecycle.validation.workloads import percent_causes

__all__ = ["budget_causes", "lease_causes", "priority_class_causes"]

_LARGEST_PRIORITY: Final = 1_000_000_000
_SYSTEM_CLASSES: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_RESERVED: Final = "priority class names with 'system-' prefix are reserved for system use only. error:"


def budget_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PodDisruptionBudget."""
    spec = object_at(new, "spec")
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    causes: list[Cause] = []
    if least is not None and most is not None:
        members = {
            "MinAvailable": least,
            "Selector": spec.get("selector"),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": spec.get("unhealthyPodEvictionPolicy"),
        }
        shown = ",".join(f'"{name}":{go_json(value)}' for name, value in members.items())
        text = f"Invalid value: {{{shown}}}: minAvailable and maxUnavailable cannot be both set"
        causes.append(Cause("FieldValueInvalid", text, "spec"))
    for name, value in (("minAvailable", least), ("maxUnavailable", most)):
        if value is not None:
            causes += percent_causes(f"spec.{name}", value)
            if isinstance(value, str) and value.endswith("%") and value[:-1].isdigit() and int(value[:-1]) > 100:
                causes.append(field_invalid(f"spec.{name}", value, "must not be greater than 100%"))
    causes += selector_causes("spec.selector", spec.get("selector"))
    policies = ("AlwaysAllow", "IfHealthyBudget")
    return [*causes, *one_of("spec.unhealthyPodEvictionPolicy", spec.get("unhealthyPodEvictionPolicy"), policies)]


def lease_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Lease."""
    spec = object_at(new, "spec")
    causes: list[Cause] = []
    seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if seconds is not None and seconds <= 0:
        causes.append(field_invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    return [*causes, *not_negative("spec.leaseTransitions", transitions)]


def priority_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PriorityClass."""
    value, name = new.get("value", 0), new["metadata"].get("name", "")
    causes: list[Cause] = []
    if old is not None:
        if value != old.get("value", 0):
            causes.append(field_forbidden("value", "may not be changed in an update."))
        return [*causes, *immutable("preemptionPolicy", old.get("preemptionPolicy"), new.get("preemptionPolicy"))]
    if name.startswith("system-"):
        problem = _system_class_problem(name, value, is_default=bool(new.get("globalDefault")))
        if problem:
            causes.append(field_forbidden("metadata.name", f"{_RESERVED} {problem}"))
    elif value > _LARGEST_PRIORITY:
        why = f"maximum allowed value of a user defined priority is {_LARGEST_PRIORITY}"
        causes.append(field_forbidden("value", why))
    return [*causes, *one_of("preemptionPolicy", new.get("preemptionPolicy"), ("PreemptLowerPriority", "Never"))]


def _system_class_problem(name: str, value: int, *, is_default: bool) -> str:
    """Say why a PriorityClass is not one of the server's own; `""` if it is."""
    if name not in _SYSTEM_CLASSES:
        return f"{name} is not a known system priority class"
    if value != _SYSTEM_CLASSES[name]:
        return f"value of {name} PriorityClass must be {_SYSTEM_CLASSES[name]}"
    return f"globalDefault of {name} PriorityClass must be false" if is_default else ""
