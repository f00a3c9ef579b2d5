"""What the server warns about in services and network policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.testing.lifecycle.ip_texts import address_warnings, range_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["network_policy_warnings", "service_warnings"]

_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
_MODE: Final = "service.kubernetes.io/topology-mode"


def service_warnings(service: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts of warnings about a service."""
    spec, annotations = service["spec"], object_at(service["metadata"], "annotations")
    kind, balancer, outer = spec.get("type"), spec.get("loadBalancerIP", ""), list_at(spec, "externalIPs")
    if _HINTS in annotations:
        yield f"annotation {_HINTS} is deprecated, please use {_MODE} instead"
    if spec.get("clusterIP") not in (None, "", "None"):
        for index, address in enumerate(list_at(spec, "clusterIPs")):
            yield from address_warnings(f"spec.clusterIPs[{index}]", address)
    if kind == "ClusterIP" and spec.get("clusterIP") == "None":
        if balancer:
            yield "spec.loadBalancerIP is ignored for headless services"
        if outer:
            yield "spec.externalIPs is ignored for headless services"
        if spec.get("sessionAffinity") != "None":
            yield "spec.SessionAffinity is ignored for headless services"
    for index, address in enumerate(outer):
        yield from address_warnings(f"spec.externalIPs[{index}]", address)
    if balancer:
        yield from address_warnings("spec.loadBalancerIP", balancer)
    for index, each in enumerate(list_at(spec, "loadBalancerSourceRanges")):
        yield from range_warnings(f"spec.loadBalancerSourceRanges[{index}]", each)
    if kind == "ExternalName" and outer:
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if kind != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def network_policy_warnings(policy: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts of warnings about a network policy."""
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(list_at(object_at(policy, "spec"), direction)):
            for place, peer in enumerate(list_at(rule, peers)):
                block, field = object_at(peer, "ipBlock"), f"spec.{direction}[{index}].{peers}[{place}].ipBlock"
                yield from range_warnings(f"{field}.cidr", block.get("cidr", ""))
                for inner, each in enumerate(list_at(block, "except")):
                    yield from range_warnings(f"{field}.except[{inner}]", each)
