"""What the server refuses in APIServices.

https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.names import service_name_problems
from kubex.testing.lifecycle.validation.values import subdomain_causes

__all__ = ["api_service_causes"]

_PRIORITIES: Final = (("groupPriorityMinimum", 20_000), ("versionPriority", 1_000))


def api_service_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an APIService."""
    spec, name = new["spec"], new["metadata"].get("name", "")
    group, version = spec.get("group") or "", spec.get("version") or ""
    causes: list[Cause] = []
    whole = f"{version}.{group}"
    if name != whole and "/" not in name and "%" not in name:
        causes.append(field_invalid("metadata.name", name, f'must be `spec.version+"."+spec.group`: "{whole}"'))
    if group:
        causes += subdomain_causes("spec.group", group)
    elif version != "v1":
        causes.append(field_required("spec.group", "only v1 may have an empty group and it better be legacy kube"))
    causes += [field_invalid("spec.version", version, each) for each in service_name_problems(version)]
    for member, most in _PRIORITIES:
        value = spec.get(member) or 0
        if not 0 < value <= most:
            causes.append(field_invalid(f"spec.{member}", value, f"must be positive and less than {most}"))
    return causes
