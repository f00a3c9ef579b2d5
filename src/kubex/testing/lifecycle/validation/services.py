"""What the server refuses in services."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_subdomain_problems
from kubex.testing.lifecycle.validation.service_addresses import kept_address_causes, type_causes
from kubex.testing.lifecycle.validation.values import (
    between,
    duplicate,
    ip_causes,
    label_causes,
    name_causes,
    one_of,
    port_causes,
    qualified_causes,
    read_ip,
    unsupported,
)

__all__ = ["cidr_causes", "endpoint_ip_causes", "service_causes"]

_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_TRAFFIC: Final = ("Cluster", "Local")


def service_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Service."""
    spec = new["spec"]
    kind = spec.get("type", "")
    causes = kept_address_causes(spec, old["spec"]) if old is not None else []
    causes += _ports_causes(spec) + type_causes(spec)
    causes += label_causes("spec.selector", object_at(spec, "selector"))
    causes += one_of("spec.sessionAffinity", spec.get("sessionAffinity"), ("ClientIP", "None"))
    if spec.get("sessionAffinity") == "ClientIP":
        seconds = object_at(object_at(spec, "sessionAffinityConfig"), "clientIP").get("timeoutSeconds")
        if seconds is not None and not 0 < seconds <= 86400:
            field = "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
            causes.append(field_invalid(field, seconds, "must be greater than 0 and less than 86400"))
    if kind not in _TYPES:
        causes.append(unsupported("spec.type", kind, _TYPES))
    if kind == "ExternalName":
        causes += _external_name_causes(spec)
    for index, address in enumerate(list_at(spec, "externalIPs")):
        causes += endpoint_ip_causes(f"spec.externalIPs[{index}]", address)
    causes += _traffic_causes(spec)
    return causes + _load_balancer_causes(spec)


def _ports_causes(spec: dict[str, Any]) -> list[Cause]:
    ports: list[dict[str, Any]] = list_at(spec, "ports")
    causes: list[Cause] = []
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(field_required("spec.ports"))
    names: set[str] = set()
    taken: set[tuple[Any, Any]] = set()
    exposed = spec.get("type") in ("NodePort", "LoadBalancer")
    for index, port in enumerate(ports):
        field, name, number = f"spec.ports[{index}]", port.get("name", ""), port.get("port", 0)
        if name:
            causes += name_causes(f"{field}.name", name)
            if name in names:
                causes.append(duplicate(f"{field}.name", name))
            names.add(name)
        elif len(ports) > 1:
            causes.append(field_required(f"{field}.name"))
        causes += between(f"{field}.port", number, 1, 65535)
        causes += one_of(f"{field}.protocol", port.get("protocol", ""), _PROTOCOLS)
        causes += port_causes(f"{field}.targetPort", port.get("targetPort", 0))
        if port.get("appProtocol") is not None:
            causes += qualified_causes(f"{field}.appProtocol", port["appProtocol"])
        if port.get("nodePort") and not exposed:
            why = f"may not be used when `type` is '{spec.get('type', '')}'"
            causes.append(field_forbidden(f"{field}.nodePort", why))
        if (port.get("protocol"), number) in taken:
            shown = f'{{"Name":"","Protocol":"{port.get("protocol")}","AppProtocol":null,"Port":{number},'
            shown += '"TargetPort":0,"NodePort":0}'
            causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {shown}", field))
        taken.add((port.get("protocol"), number))
    return causes


def _external_name_causes(spec: dict[str, Any]) -> list[Cause]:
    name = spec.get("externalName", "").removesuffix(".")
    causes: list[Cause] = []
    if not name:
        return [*causes, field_required("spec.externalName")]
    return [*causes, *(field_invalid("spec.externalName", name, each) for each in dns_subdomain_problems(name))]


def _traffic_causes(spec: dict[str, Any]) -> list[Cause]:
    exposed = spec.get("type") in ("NodePort", "LoadBalancer") or bool(spec.get("externalIPs"))
    outer, inner = spec.get("externalTrafficPolicy"), spec.get("internalTrafficPolicy")
    causes: list[Cause] = []
    if outer and not exposed:
        why = "may only be set for externally-accessible services"
        causes.append(field_invalid("spec.externalTrafficPolicy", outer, why))
    elif outer is not None:
        causes += one_of("spec.externalTrafficPolicy", outer, _TRAFFIC)
    causes += one_of("spec.internalTrafficPolicy", inner, _TRAFFIC)
    distributions = ("PreferClose", "PreferSameZone", "PreferSameNode")
    return [*causes, *one_of("spec.trafficDistribution", spec.get("trafficDistribution"), distributions)]


def _load_balancer_causes(spec: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    ranges, balanced = list_at(spec, "loadBalancerSourceRanges"), spec.get("type") == "LoadBalancer"
    only = "may only be used when `type` is 'LoadBalancer'"
    # As the server has it: with a capital letter.
    if ranges and not balanced:
        causes.append(field_forbidden("spec.LoadBalancerSourceRanges", only))
    for index, each in enumerate(ranges):
        causes += cidr_causes(f"spec.LoadBalancerSourceRanges[{index}]", each)
    if not balanced:
        for name in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
            if spec.get(name) is not None:
                causes.append(field_forbidden(f"spec.{name}", only))
    elif spec.get("allocateLoadBalancerNodePorts") is None:
        causes.append(field_required("spec.allocateLoadBalancerNodePorts"))
    return causes


def cidr_causes(field: str, value: str) -> list[Cause]:
    """A text is a range of IP addresses."""
    try:
        ipaddress.ip_network(value, strict=False)
        if "/" in value:
            return []
    except ValueError:
        pass
    return [field_invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]


def endpoint_ip_causes(field: str, value: str) -> list[Cause]:
    """A text is an IP address that traffic may be sent to."""
    address, causes = read_ip(value), ip_causes(field, value)
    if address is None:
        return causes
    if address.is_unspecified:
        causes.append(field_invalid(field, value, f"may not be unspecified ({value})"))
    if address.is_loopback:
        causes.append(field_invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
    if address.is_link_local:
        why = "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        causes.append(field_invalid(field, value, why))
    if address.is_multicast and int(address) >> 8 == 0xE00000:
        causes.append(
            field_invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        )
    return causes
