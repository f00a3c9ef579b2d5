"""Columns of who may do what, of admission, of certificates, and of what the API server itself is set up by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.columns.column import AGE, CREATED_AT, NAME, Cell, Column, at, human_duration, number, size, value
from kubex.testing.storage import JsonObject

__all__ = ["ACCESS"]


def _role(binding: JsonObject) -> str:
    return f"{at(binding, 'roleRef.kind', '')}/{at(binding, 'roleRef.name', '')}"


def _subjects(kind: str) -> Cell:
    def cell(binding: JsonObject) -> str:
        found = [each for each in binding.get("subjects") or () if each.get("kind") == kind]
        return ", ".join(
            f"{each.get('namespace', '')}/{each['name']}" if kind == "ServiceAccount" else each["name"]
            for each in found
        )

    return cell


_BINDING: Final = (
    NAME,
    Column("Role", _role),
    AGE,
    Column("Users", _subjects("User"), priority=1),
    Column("Groups", _subjects("Group"), priority=1),
    Column("ServiceAccounts", _subjects("ServiceAccount"), priority=1),
)


def _signer(request: JsonObject) -> str:
    return str(at(request, "spec.signerName") or "<none>")


def _request_condition(request: JsonObject) -> str:
    met = {each.get("type") for each in at(request, "status.conditions", ())}
    shown = next((each for each in ("Denied", "Approved") if each in met), "Pending")
    issued = ",Issued" if at(request, "status.certificate") else ""
    return f"{shown}{',Failed' if 'Failed' in met else ''}{issued}"


def _requested_duration(request: JsonObject) -> str:
    seconds = at(request, "spec.expirationSeconds")
    return "<none>" if seconds is None else human_duration(seconds)


def _served_by(service: JsonObject) -> str:
    found = at(service, "spec.service")
    return f"{found.get('namespace', '')}/{found.get('name', '')}" if found else "Local"


def _available(service: JsonObject) -> str:
    for each in at(service, "status.conditions", ()):
        if each.get("type") == "Available":
            return "True" if each.get("status") == "True" else f"{each.get('status')} ({each.get('reason', '')})"
    return "Unknown"


def _parameter_kind(policy: JsonObject) -> str:
    found = at(policy, "spec.paramKind")
    return f"{found.get('apiVersion', '')}/{found.get('kind', '')}" if found else "<unset>"


def _parameters(binding: JsonObject) -> str:
    found = at(binding, "spec.paramRef")
    if not found:
        return "<unset>"
    name = found.get("name") or "*"
    return f"{found['namespace']}/{name}" if found.get("namespace") else str(name)


def _dangling(flow: JsonObject) -> str:
    for each in at(flow, "status.conditions", ()):
        if each.get("type") == "Dangling":
            return str(each.get("status"))
    return "?"


def _limited(*paths: str) -> Cell:
    def cell(level: JsonObject) -> Any:
        found = [at(level, f"spec.{path}") for path in paths]
        return next((each for each in found if each is not None), "<none>")

    return cell


_QUEUING: Final = "limited.limitResponse.queuing"
_SHARES: Final = ("limited.nominalConcurrencyShares", "exempt.nominalConcurrencyShares")

ACCESS: Final[Mapping[str, tuple[Column, ...]]] = {
    "admissionregistration.k8s.io/mutatingwebhookconfigurations": (
        NAME,
        Column("Webhooks", size("webhooks"), "integer"),
        AGE,
    ),
    "admissionregistration.k8s.io/validatingadmissionpolicies": (
        NAME,
        Column("Validations", size("spec.validations"), "integer"),
        Column("ParamKind", _parameter_kind),
        AGE,
    ),
    "admissionregistration.k8s.io/validatingadmissionpolicybindings": (
        NAME,
        Column("PolicyName", value("spec.policyName")),
        Column("ParamRef", _parameters),
        AGE,
    ),
    "admissionregistration.k8s.io/validatingwebhookconfigurations": (
        NAME,
        Column("Webhooks", size("webhooks"), "integer"),
        AGE,
    ),
    "apiextensions.k8s.io/customresourcedefinitions": CREATED_AT,
    "apiregistration.k8s.io/apiservices": (
        NAME,
        Column("Service", _served_by),
        Column("Available", _available),
        AGE,
    ),
    "certificates.k8s.io/certificatesigningrequests": (
        NAME,
        AGE,
        Column("SignerName", _signer),
        Column("Requestor", value("spec.username")),
        Column("RequestedDuration", _requested_duration),
        Column("Condition", _request_condition),
    ),
    "flowcontrol.apiserver.k8s.io/flowschemas": (
        NAME,
        Column("PriorityLevel", value("spec.priorityLevelConfiguration.name", "<none>")),
        Column("MatchingPrecedence", number("spec.matchingPrecedence")),
        Column("DistinguisherMethod", value("spec.distinguisherMethod.type", "<none>")),
        AGE,
        Column("MissingPL", _dangling),
    ),
    "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": (
        NAME,
        Column("Type", value("spec.type")),
        Column("NominalConcurrencyShares", _limited(*_SHARES)),
        Column("Queues", _limited(f"{_QUEUING}.queues")),
        Column("HandSize", _limited(f"{_QUEUING}.handSize")),
        Column("QueueLengthLimit", _limited(f"{_QUEUING}.queueLengthLimit")),
        AGE,
    ),
    "node.k8s.io/runtimeclasses": (NAME, Column("Handler", value("handler")), AGE),
    "rbac.authorization.k8s.io/clusterroles": CREATED_AT,
    "rbac.authorization.k8s.io/roles": CREATED_AT,
    "rbac.authorization.k8s.io/clusterrolebindings": _BINDING,
    "rbac.authorization.k8s.io/rolebindings": _BINDING,
    "scheduling.k8s.io/priorityclasses": (
        NAME,
        Column("Value", number("value"), "integer"),
        Column("Global-Default", value("globalDefault", False), "boolean"),
        AGE,
        Column("PreemptionPolicy", value("preemptionPolicy")),
    ),
}
