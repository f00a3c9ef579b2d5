"""What the server refuses in APIServices.

https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
"""

from __future__ import annotations

import base64
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import path_segment_problems, service_name_problems
from kubex.testing.lifecycle.validation.values import subdomain_causes, unsupported

__all__ = ["api_service_causes", "api_service_status_causes"]

_PRIORITIES: Final = (("groupPriorityMinimum", 20_000), ("versionPriority", 1_000))
_INSECURE: Final = "insecureSkipTLSVerify"
_LARGEST_PORT: Final = 65535
_CONDITION_VALUES: Final = ("True", "False", "Unknown")


def api_service_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an APIService."""
    spec = new["spec"]
    group, version = spec.get("group") or "", spec.get("version") or ""
    causes = _name_causes(new["metadata"], f"{version}.{group}")
    if group:
        causes += subdomain_causes("spec.group", group)
    elif version != "v1":
        causes.append(field_required("spec.group", "only v1 may have an empty group and it better be legacy kube"))
    causes += [field_invalid("spec.version", version, each) for each in service_name_problems(version)]
    for member, most in _PRIORITIES:
        value = spec.get(member) or 0
        if not 0 < value <= most:
            causes.append(field_invalid(f"spec.{member}", value, f"must be positive and less than {most}"))
    return causes + (_local_causes(spec) if spec.get("service") is None else _service_causes(spec))


def api_service_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of an APIService."""
    values = [each.get("status", "") for each in list_at(object_at(new, "status"), "conditions")]
    return [
        unsupported(f"status.conditions[{index}].status", value, _CONDITION_VALUES)
        for index, value in enumerate(values)
        if value not in _CONDITION_VALUES
    ]


def _name_causes(metadata: dict[str, Any], whole: str) -> list[Cause]:
    return [
        # As the server has it: also what a name is to begin with must be all of it.
        field_invalid(f"metadata.{member}", metadata[member], f'must be `spec.version+"."+spec.group`: "{whole}"')
        for member in ("generateName", "name")
        if metadata.get(member) and metadata[member] != whole and not path_segment_problems(metadata[member])
    ]


def _local_causes(spec: dict[str, Any]) -> list[Cause]:
    """The server itself answers."""
    size = len(base64.b64decode(spec.get("caBundle") or ""))
    causes: list[Cause] = []
    if size:
        causes.append(field_invalid("spec.caBundle", f"{size} bytes", "local APIServices may not have a caBundle"))
    if spec.get(_INSECURE):
        causes.append(field_invalid(f"spec.{_INSECURE}", True, f"local APIServices may not have {_INSECURE}"))
    return causes


def _service_causes(spec: dict[str, Any]) -> list[Cause]:
    service = spec["service"]
    causes = [field_required(f"spec.service.{each}") for each in ("namespace", "name") if not service.get(each)]
    port = service.get("port") or 0
    if not 1 <= port <= _LARGEST_PORT:
        why = f"port is not valid: must be between 1 and {_LARGEST_PORT}, inclusive"
        causes.append(field_invalid("spec.service.port", port, why))
    if spec.get(_INSECURE) and spec.get("caBundle"):
        causes.append(field_invalid(f"spec.{_INSECURE}", True, "may not be true if caBundle is present"))
    return causes
