"""What the server refuses in services."""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_address, read_range
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
    unsupported,
)

__all__ = ["checks_health", "cidr_causes", "endpoint_ip_causes", "is_exposed", "service_causes"]

_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_TRAFFIC: Final = ("Cluster", "Local")
_BALANCED: Final = "may only be used when `type` is 'LoadBalancer'"
_HINTS: Final = "service.kubernetes.io/topology-aware-hints"
_MODE: Final = "service.kubernetes.io/topology-mode"
_SOURCE_RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"


def service_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Service."""
    spec, before = new["spec"], object_at(old or {}, "spec")
    kind = spec.get("type", "")
    causes = _change_causes(spec, before) if old is not None else []
    annotations = object_at(new["metadata"], "annotations")
    causes += _hints_causes(annotations)
    causes += _missing_ports_causes(spec) + type_causes(spec)
    if kind == "ExternalName":
        causes += _external_name_causes(spec)
    causes += _ports_causes(spec) + label_causes("spec.selector", object_at(spec, "selector"))
    causes += one_of("spec.sessionAffinity", spec.get("sessionAffinity"), ("ClientIP", "None"))
    if spec.get("sessionAffinity") == "ClientIP":
        seconds = object_at(object_at(spec, "sessionAffinityConfig"), "clientIP").get("timeoutSeconds")
        if seconds is not None and not 0 < seconds <= 86400:
            field = "spec.sessionAffinityConfig.clientIP.timeoutSeconds"
            causes.append(field_invalid(field, seconds, "must be greater than 0 and less than 86400"))
    for index, address in enumerate(list_at(spec, "externalIPs")):
        causes += endpoint_ip_causes(f"spec.externalIPs[{index}]", address)
    if kind not in _TYPES:
        causes.append(unsupported("spec.type", kind, _TYPES))
    causes += _repeated_ports_causes(spec)
    annotations_before = object_at(object_at(old or {}, "metadata"), "annotations")
    causes += _source_ranges_causes(spec, before, annotations, annotations_before)
    causes += _load_balancer_causes(spec)
    return causes + _traffic_causes(spec)


def _change_causes(spec: dict[str, Any], before: dict[str, Any]) -> list[Cause]:
    causes = kept_address_causes(spec, before)
    if spec.get("type") == before.get("type") == "LoadBalancer":
        name = spec.get("loadBalancerClass")
        if name != before.get("loadBalancerClass"):
            causes.append(field_invalid("spec.loadBalancerClass", name, "may not change once set"))
    # As the server has it: told here, and once more as of any service.
    causes += _class_causes(spec)
    number = spec.get("healthCheckNodePort")
    if checks_health(spec) and checks_health(before) and number != before.get("healthCheckNodePort"):
        causes.append(field_forbidden("spec.healthCheckNodePort", "field is immutable"))
    return causes


def _hints_causes(annotations: dict[str, Any]) -> list[Cause]:
    """An annotation and the one that has taken its place say the same."""
    mode, hints = annotations.get(_MODE), annotations.get(_HINTS)
    if mode is None or hints is None or mode == hints:
        return []
    why = f"must match annotations[{_HINTS}] when both are specified"
    return [field_invalid(f"metadata.annotations[{_MODE}]", mode, why)]


def _missing_ports_causes(spec: dict[str, Any]) -> list[Cause]:
    if list_at(spec, "ports") or spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None":
        return []
    return [field_required("spec.ports")]


def _ports_causes(spec: dict[str, Any]) -> list[Cause]:
    ports: list[dict[str, Any]] = list_at(spec, "ports")
    causes: list[Cause] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        field, name = f"spec.ports[{index}]", port.get("name", "")
        if name:
            causes += name_causes(f"{field}.name", name)
            if name in names:
                causes.append(duplicate(f"{field}.name", name))
            names.add(name)
        elif len(ports) > 1:
            causes.append(field_required(f"{field}.name"))
        causes += between(f"{field}.port", port.get("port", 0), 1, 65535)
        causes += one_of(f"{field}.protocol", port.get("protocol", ""), _PROTOCOLS)
        causes += port_causes(f"{field}.targetPort", port.get("targetPort", 0))
        if port.get("appProtocol") is not None:
            causes += qualified_causes(f"{field}.appProtocol", port["appProtocol"])
    return causes


def _repeated_ports_causes(spec: dict[str, Any]) -> list[Cause]:
    """A number is one port's in a protocol, of the service and of the nodes; which those of one address have not."""
    ports: list[dict[str, Any]] = list_at(spec, "ports")
    causes: list[Cause] = []
    given = [(index, port) for index, port in enumerate(ports) if port.get("nodePort")]
    if spec.get("type") == "ClusterIP":
        why = "may not be used when `type` is 'ClusterIP'"
        causes += [field_forbidden(f"spec.ports[{index}].nodePort", why) for index, _ in given]
    seen: set[tuple[Any, Any]] = set()
    for index, port in given:
        key = (port.get("protocol"), port["nodePort"])
        if key in seen:
            causes.append(duplicate(f"spec.ports[{index}].nodePort", port["nodePort"]))
        seen.add(key)
    seen = set()
    for index, port in enumerate(ports):
        protocol, number = port.get("protocol"), port.get("port", 0)
        if (protocol, number) in seen:
            shown = f'{{"Name":"","Protocol":"{protocol}","AppProtocol":null,"Port":{number},'
            shown += '"TargetPort":0,"NodePort":0}'
            causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {shown}", f"spec.ports[{index}]"))
        seen.add((protocol, number))
    return causes


def _external_name_causes(spec: dict[str, Any]) -> list[Cause]:
    name = spec.get("externalName", "").removesuffix(".")
    causes: list[Cause] = []
    if not name:
        return [*causes, field_required("spec.externalName")]
    return [*causes, *(field_invalid("spec.externalName", name, each) for each in dns_subdomain_problems(name))]


def _traffic_causes(spec: dict[str, Any]) -> list[Cause]:
    outer, number = spec.get("externalTrafficPolicy"), spec.get("healthCheckNodePort") or 0
    causes: list[Cause] = []
    if outer and not is_exposed(spec):
        why = "may only be set for externally-accessible services"
        causes.append(field_invalid("spec.externalTrafficPolicy", outer, why))
    elif outer is not None:
        causes += one_of("spec.externalTrafficPolicy", outer, _TRAFFIC)
    if number and not checks_health(spec):
        why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        causes.append(field_invalid("spec.healthCheckNodePort", number, why))
    elif number:
        causes += between("spec.healthCheckNodePort", number, 1, 65535)
    causes += one_of("spec.internalTrafficPolicy", spec.get("internalTrafficPolicy"), _TRAFFIC)
    distributions = ("PreferClose", "PreferSameZone", "PreferSameNode")
    return [*causes, *one_of("spec.trafficDistribution", spec.get("trafficDistribution"), distributions)]


def is_exposed(spec: dict[str, Any]) -> bool:
    """Whether a service is reached from outside of the cluster."""
    kind = spec.get("type")
    return kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def checks_health(spec: dict[str, Any]) -> bool:
    """Whether a service has a port of the nodes that tells which of them it is behind."""
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _source_ranges_causes(
    spec: dict[str, Any], before: dict[str, Any], annotations: dict[str, Any], annotations_before: dict[str, Any]
) -> list[Cause]:
    """Where traffic may come from is ranges of addresses, new ones at least; spaces around them do not count."""
    # As the server has it: with a capital letter.
    ranges, field = list_at(spec, "loadBalancerSourceRanges"), "spec.LoadBalancerSourceRanges"
    text = annotations.get(_SOURCE_RANGES)
    causes: list[Cause] = []
    if ranges:
        kept = {each.strip() for each in list_at(before, "loadBalancerSourceRanges")}
        texts = [each.strip() for each in ranges]
        for index, each in enumerate(texts):
            causes += cidr_causes(f"{field}[{index}]", each) if each not in kept else []
    elif text is None:
        return []
    else:
        field = f"metadata.annotations[{_SOURCE_RANGES}]"
        if text.strip() and text != annotations_before.get(_SOURCE_RANGES):
            causes += [cause for each in text.split(",") for cause in cidr_causes(field, each.strip())]
    return causes if spec.get("type") == "LoadBalancer" else [field_forbidden(field, _BALANCED), *causes]


def _load_balancer_causes(spec: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    given = spec.get("allocateLoadBalancerNodePorts") is not None
    if given and spec.get("type") != "LoadBalancer":
        causes.append(field_forbidden("spec.allocateLoadBalancerNodePorts", _BALANCED))
    elif not given and spec.get("type") == "LoadBalancer":
        # As the server has it: without the spec.
        causes.append(field_required("allocateLoadBalancerNodePorts"))
    return causes + _class_causes(spec)


def _class_causes(spec: dict[str, Any]) -> list[Cause]:
    name = spec.get("loadBalancerClass")
    if name is None:
        return []
    if spec.get("type") != "LoadBalancer":
        return [field_forbidden("spec.loadBalancerClass", _BALANCED)]
    return qualified_causes("spec.loadBalancerClass", name)


def cidr_causes(field: str, value: str) -> list[Cause]:
    """A text is a range of IP addresses."""
    if read_range(value) is not None:
        return []
    return [field_invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]


def endpoint_ip_causes(field: str, value: str) -> list[Cause]:
    """A text is an IP address that traffic may be sent to."""
    address = read_address(value)
    if address is None:
        return ip_causes(field, value)
    causes: list[Cause] = []
    if address.is_unspecified:
        causes.append(field_invalid(field, value, f"may not be unspecified ({value})"))
    if address.is_loopback:
        causes.append(field_invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
    if address.is_link_local:
        why = "may not be in the link-local range (169.254.0.0/16, fe80::/10)"
        causes.append(field_invalid(field, value, why))
    if int(address) >> 8 == 0xE00000 if address.version == 4 else int(address) >> 112 & 0xFF0F == 0xFF02:
        causes.append(
            field_invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
        )
    return causes
