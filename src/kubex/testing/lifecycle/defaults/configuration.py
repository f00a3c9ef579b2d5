"""Defaults of what configures a cluster: secrets, limits, roles, webhooks, priorities."""

from __future__ import annotations

import base64
from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = [
    "default_api_service",
    "default_binding",
    "default_flow_schema",
    "default_limits",
    "default_namespace",
    "default_node",
    "default_policy",
    "default_policy_binding",
    "default_priority_class",
    "default_priority_level",
    "default_secret",
    "default_webhooks",
]

_RBAC: Final = "rbac.authorization.k8s.io"
_NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"


def default_secret(object_: dict[str, Any]) -> None:
    """Fill in a Secret, in place: its type, and what is given as text."""
    texts = object_.pop("stringData", None)
    if texts:
        data = object_.setdefault("data", {})
        for name, text in texts.items():
            data[name] = base64.b64encode(text.encode()).decode()
    object_.setdefault("type", "Opaque")


def default_namespace(object_: dict[str, Any]) -> None:
    """Fill in a Namespace, in place: the label of its name, and its phase."""
    status = object_.get("status")
    if status is not None and not status.get("phase"):
        status["phase"] = "Active"
    name = object_["metadata"].get("name")
    if name:
        object_["metadata"].setdefault("labels", {})[_NAMESPACE_LABEL] = name


def default_node(object_: dict[str, Any]) -> None:
    """Fill in a Node, in place: what of its capacity there is for pods, and its first range of addresses as the one."""
    status, spec = object_at(object_, "status"), object_at(object_, "spec")
    if status.get("capacity") and not status.get("allocatable"):
        status["allocatable"] = dict(status["capacity"])
    one, several = spec.get("podCIDR"), list_at(spec, "podCIDRs")
    if one and (not several or several[0] != one):
        spec["podCIDRs"] = [one]
    elif several:
        spec["podCIDR"] = several[0]


def default_limits(object_: dict[str, Any]) -> None:
    """Fill in a LimitRange, in place."""
    for limit in list_at(object_["spec"], "limits"):
        if limit.get("type") != "Container":
            continue
        default = {**object_at(limit, "max"), **object_at(limit, "default")}
        requests = {**object_at(limit, "min"), **default, **object_at(limit, "defaultRequest")}
        for name, value in (("default", default), ("defaultRequest", requests)):
            if value:
                limit[name] = value


def default_binding(object_: dict[str, Any]) -> None:
    """Fill in a RoleBinding or ClusterRoleBinding, in place."""
    role = object_["roleRef"]
    role["apiGroup"] = role.get("apiGroup") or _RBAC
    for subject in list_at(object_, "subjects"):
        if not subject.get("apiGroup") and subject.get("kind") in ("User", "Group"):
            subject["apiGroup"] = _RBAC


def default_priority_class(object_: dict[str, Any]) -> None:
    """Fill in a PriorityClass, in place."""
    object_.setdefault("preemptionPolicy", "PreemptLowerPriority")


def default_webhooks(object_: dict[str, Any]) -> None:
    """Fill in a webhook configuration, in place."""
    for webhook in list_at(object_, "webhooks"):
        service = object_at(webhook, "clientConfig").get("service")
        if service:
            service.setdefault("port", 443)
        for rule in list_at(webhook, "rules"):
            rule.setdefault("scope", "*")
        webhook.setdefault("failurePolicy", "Fail")
        webhook.setdefault("matchPolicy", "Equivalent")
        webhook.setdefault("namespaceSelector", {})
        webhook.setdefault("objectSelector", {})
        webhook.setdefault("timeoutSeconds", 10)
        if object_["kind"] == "MutatingWebhookConfiguration":
            webhook.setdefault("reinvocationPolicy", "Never")


def default_policy(object_: dict[str, Any]) -> None:
    """Fill in an admission policy, in place."""
    spec = object_["spec"]
    spec.setdefault("failurePolicy", "Fail")
    _default_matching(spec.get("matchConstraints"))


def default_policy_binding(object_: dict[str, Any]) -> None:
    """Fill in the binding of an admission policy, in place."""
    _default_matching(object_["spec"].get("matchResources"))


def _default_matching(matching: dict[str, Any] | None) -> None:
    if matching is None:
        return
    matching.setdefault("matchPolicy", "Equivalent")
    matching.setdefault("namespaceSelector", {})
    matching.setdefault("objectSelector", {})
    for rule in (*list_at(matching, "resourceRules"), *list_at(matching, "excludeResourceRules")):
        rule.setdefault("scope", "*")


def default_api_service(object_: dict[str, Any]) -> None:
    """Fill in an APIService, in place."""
    service = object_["spec"].get("service")
    if service is not None:
        service.setdefault("port", 443)


def default_flow_schema(object_: dict[str, Any]) -> None:
    """Fill in a FlowSchema, in place."""
    object_["spec"]["matchingPrecedence"] = object_["spec"].get("matchingPrecedence") or 1000


def default_priority_level(object_: dict[str, Any]) -> None:
    """Fill in a PriorityLevelConfiguration, in place."""
    spec = object_at(object_, "spec")
    for kind, shares in (("exempt", 0), ("limited", 30)):
        level = spec.get(kind)
        if level is not None:
            for name, value in (("nominalConcurrencyShares", shares), ("lendablePercent", 0)):
                level[name] = value if level.get(name) is None else level[name]
    queues = object_at(object_at(spec, "limited"), "limitResponse").get("queuing")
    if queues is not None:
        for name, value in (("handSize", 8), ("queues", 64), ("queueLengthLimit", 50)):
            queues[name] = queues.get(name) or value
