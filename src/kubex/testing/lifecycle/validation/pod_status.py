"""What the server refuses in the status of pods: what no kubelet would tell.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid
from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.pod_annotations import annotation_change_causes, pod_annotation_causes
from kubex.testing.lifecycle.validation.values import (
    between,
    changed_ip_causes,
    duplicate,
    immutable,
    qualified_causes,
    subdomain_causes,
)

__all__ = ["pod_status_causes"]

_OWN_CONDITIONS: Final = ("PodScheduled", "Ready", "Initialized")
_NOT_BELOW_ZERO: Final = "must be a non-negative integer"
_LARGEST_ID: Final = 2**31 - 1
_STATUSES: Final = {
    "containerStatuses": "containers",
    "initContainerStatuses": "initContainers",
    "ephemeralContainerStatuses": None,  # which never start again
}


def pod_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Pod."""
    spec: dict[str, Any] = old["spec"]
    status, before = object_at(new, "status"), object_at(old, "status")
    causes = _annotation_causes(new, old)
    causes += _condition_causes(list_at(status, "conditions"))
    causes += _nomination_causes(spec, status, before)
    if (status.get("observedGeneration") or 0) < 0:
        causes.append(field_invalid("status.observedGeneration", status["observedGeneration"], _NOT_BELOW_ZERO))
    causes += immutable("status.qosClass", before.get("qosClass") or "", status.get("qosClass") or "")
    for name, kind in _STATUSES.items():
        containers = list_at(spec, kind) if kind is not None else []
        causes += _restart_causes(name, list_at(status, name), list_at(before, name), spec, containers)
    causes += _claim_causes(list_at(status, "resourceClaimStatuses"), list_at(spec, "resourceClaims"))
    causes += _addresses_causes("podIPs", status, before)
    host_addresses = list_at(status, "hostIPs")
    if host_addresses:
        first: str = host_addresses[0].get("ip") or ""
        if first != (status.get("hostIP") or ""):
            causes.append(field_invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`"))
        causes += _addresses_causes("hostIPs", status, before)
    for name in _STATUSES:
        causes += _user_causes(f"status.{name}", list_at(status, name), object_at(spec, "os").get("name"))
    return causes


def _annotation_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    metadata, before = new["metadata"], old["metadata"]
    if metadata.get("annotations") == before.get("annotations"):
        return []
    causes = annotation_change_causes(metadata, before)
    return causes + pod_annotation_causes(metadata, old["spec"], "metadata.annotations")


def _condition_causes(conditions: list[dict[str, Any]]) -> Iterator[Cause]:
    for index, condition in enumerate(conditions):
        field, type_ = f"status.conditions[{index}]", condition.get("type") or ""
        generation = condition.get("observedGeneration") or 0
        if generation < 0:
            yield field_invalid(f"{field}.observedGeneration", generation, _NOT_BELOW_ZERO)
        if type_ not in _OWN_CONDITIONS:
            yield from qualified_causes(f"{field}.Type", type_)  # as the server has it: with a capital letter


def _nomination_causes(spec: dict[str, Any], status: dict[str, Any], before: dict[str, Any]) -> Iterator[Cause]:
    """Say why a pod is not to be meant for a node."""
    field = "status.nominatedNodeName"
    node: str = status.get("nominatedNodeName") or ""
    if not node or node == before.get("nominatedNodeName"):
        return
    yield from subdomain_causes(field, node)
    if spec.get("nodeName"):
        yield field_forbidden(field, "may not be set on pods that are already bound to a node")


def _restart_causes(
    name: str,
    new: list[dict[str, Any]],
    old: list[dict[str, Any]],
    spec: dict[str, Any],
    containers: list[dict[str, Any]],
) -> Iterator[Cause]:
    """Say which containers go on that have ended for good."""
    for index, before in enumerate(old):
        ended: dict[str, Any] | None = object_at(before, "state").get("terminated")
        after = next((each for each in new if each.get("name") == before.get("name")), None)
        if ended is None or after is None or object_at(after, "state").get("terminated") is not None:
            continue
        container = next((each for each in containers if each.get("name") == before.get("name")), None)
        if container is None or not _restarts(container, spec, ended.get("exitCode") or 0):
            why = "may not be transitioned to non-terminated state"
            yield field_forbidden(f"status.{name}[{index}].state", why)


def _restarts(container: dict[str, Any], spec: dict[str, Any], exit_code: int) -> bool:
    """Whether a container starts again once it has ended.

    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
    """
    policy: str | None = container.get("restartPolicy")
    if policy is not None:
        rule = next((each for each in list_at(container, "restartPolicyRules") if _is_for(each, exit_code)), None)
        if rule is not None and rule.get("action") == "Restart":
            return True
    policy = policy or spec.get("restartPolicy")
    return policy not in ("Never", "OnFailure") or (policy == "OnFailure" and exit_code != 0)


def _is_for(rule: dict[str, Any], exit_code: int) -> bool:
    codes = object_at(rule, "exitCodes")
    is_there = exit_code in list_at(codes, "values")
    return is_there if codes.get("operator") == "In" else codes.get("operator") == "NotIn" and not is_there


def _claim_causes(statuses: list[dict[str, Any]], claims: list[dict[str, Any]]) -> Iterator[Cause]:
    known = {claim.get("name") for claim in claims}
    seen: set[str] = set()
    for index, status in enumerate(statuses):
        field = f"status.resourceClaimStatuses[{index}].name"
        name: str = status.get("name") or ""
        if name not in known:
            yield field_invalid(field, name, "must match the name of an entry in `spec.resourceClaims`")
        if name in seen:
            yield duplicate(field, name)
        seen.add(name)
        if status.get("resourceClaimName") is not None:
            yield from subdomain_causes(field, status["resourceClaimName"])


def _addresses_causes(name: str, status: dict[str, Any], before: dict[str, Any]) -> Iterator[Cause]:
    """Say what is wrong with addresses, of which there is one of each family at most."""
    field = f"status.{name}"
    addresses, kept = ([each.get("ip") or "" for each in list_at(given, name)] for given in (status, before))
    for index, address in enumerate(addresses):
        yield from changed_ip_causes(f"{field}[{index}]", address, kept)
    if len(addresses) < 2:
        return
    found = [read_address(address) for address in addresses]
    if None in found:
        index = found.index(None)
        why = f"failed to check for dual stack with error:invalid IP[{index}]: {addresses[index]}"
        yield Cause("InternalError", f"Internal error: {why}", field)
    families = {address.version for address in found if address is not None}
    if None in found or len(found) > 2 or len(families) < 2:
        shown = go_json([{"IP": address} for address in addresses])
        why = "may specify no more than one IP for each IP family"
        yield Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", field)


def _user_causes(where: str, statuses: list[dict[str, Any]], system: str | None) -> Iterator[Cause]:
    for index, status in enumerate(statuses):
        user: dict[str, Any] | None = object_at(status, "user").get("linux")
        field = f"{where}[{index}].user.linux"
        if user is None:
            continue
        if system == "windows":
            yield field_forbidden(field, "cannot be set for a windows pod")
        elif system in (None, "linux"):
            for name in ("uid", "gid"):
                yield from between(f"{field}.{name}", user.get(name), 0, _LARGEST_ID)
            for place, group in enumerate(list_at(user, "supplementalGroups")):
                yield from between(f"{field}.supplementalGroups[{place}]", group, 0, _LARGEST_ID)
