"""Defaults of what connects pods: services, endpoints, network policies."""

from __future__ import annotations

from typing import Any

from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = [
    "default_endpoint_slice",
    "default_endpoints",
    "default_ingress_class",
    "default_network_policy",
    "default_service",
]


def default_service(object_: dict[str, Any]) -> None:
    """Fill in a Service, in place; addresses are given when it is created."""
    spec = object_["spec"]
    spec.setdefault("sessionAffinity", "None")
    if spec["sessionAffinity"] == "ClientIP":
        config = spec.setdefault("sessionAffinityConfig", {}).setdefault("clientIP", {})
        config.setdefault("timeoutSeconds", 10800)
    elif spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    spec.setdefault("type", "ClusterIP")
    for port in list_at(spec, "ports"):
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, "", 0):
            port["targetPort"] = port.get("port", 0)
    if spec["type"] in ("NodePort", "LoadBalancer") or (spec["type"] == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if spec["type"] == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for point in list_at(object_at(object_at(object_, "status"), "loadBalancer"), "ingress"):
            if point.get("ip"):
                point.setdefault("ipMode", "VIP")
    if spec["type"] != "ExternalName":
        spec.setdefault("internalTrafficPolicy", "Cluster")


def default_endpoints(object_: dict[str, Any]) -> None:
    """Fill in an Endpoints, in place."""
    for subset in list_at(object_, "subsets"):
        for port in list_at(subset, "ports"):
            port.setdefault("protocol", "TCP")


def default_endpoint_slice(object_: dict[str, Any]) -> None:
    """Fill in an EndpointSlice, in place, and drop what only a version before this one set."""
    for endpoint in list_at(object_, "endpoints"):
        endpoint.pop("deprecatedTopology", None)
    for port in list_at(object_, "ports"):
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def default_ingress_class(object_: dict[str, Any]) -> None:
    """Fill in an IngressClass, in place."""
    parameters = object_at(object_at(object_, "spec"), "parameters")
    if parameters and parameters.get("scope") is None:
        parameters["scope"] = "Cluster"


def default_network_policy(object_: dict[str, Any]) -> None:
    """Fill in a NetworkPolicy, in place."""
    spec = object_["spec"]
    for rule in (*list_at(spec, "ingress"), *list_at(spec, "egress")):
        for port in list_at(rule, "ports"):
            port.setdefault("protocol", "TCP")
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]
