"""Columns of services, of what leads to them and of addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.columns.column import AGE, NAME, Column, at, labels, selector, shortened, value
from kubex.testing.storage import JsonObject

__all__ = ["NETWORKING"]

_MOST: Final = 3  # that are shown of what may be many


def _service_ports(service: JsonObject) -> str:
    ports: list[str] = []
    for port in at(service, "spec.ports", ()):
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        ports.append(f"{port.get('port', '')}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(ports) or "<none>"


def _balancers(object_: JsonObject) -> list[str]:
    found = at(object_, "status.loadBalancer.ingress", ())
    return [each.get("ip") or each.get("hostname", "") for each in found]


def _service_external(service: JsonObject) -> str:
    kind = at(service, "spec.type")
    if kind is None:  # of a bookmark, which is no service
        return "<unknown>"
    if kind == "ExternalName":
        return str(at(service, "spec.externalName", ""))
    found = list(at(service, "spec.externalIPs", ()))
    if kind == "LoadBalancer":
        return ",".join([*_balancers(service), *found]) or "<pending>"
    return ",".join(found) or "<none>"


def _cluster_ip(service: JsonObject) -> str:
    return str(at(service, "spec.clusterIP") or "<none>")


def _endpoints(endpoints: JsonObject) -> str:
    found: list[str] = []
    for subset in endpoints.get("subsets", ()):
        addresses = [each.get("ip", "") for each in subset.get("addresses", ())]
        ports = [each.get("port") for each in subset.get("ports", ())]
        found += [_joined(ip, port) for port in ports for ip in addresses] if ports else addresses
    return shortened(found, _MOST)


def _joined(ip: str, port: Any) -> str:
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def _slice_ports(slice_: JsonObject) -> str:
    found = [str(each.get("port") or "*") for each in slice_.get("ports") or ()]
    return shortened(found, _MOST, otherwise="<unset>")


def _slice_endpoints(slice_: JsonObject) -> str:
    found = [address for each in slice_.get("endpoints") or () for address in each.get("addresses", ())]
    return shortened(found, _MOST, otherwise="<unset>")


def _hosts(ingress: JsonObject) -> str:
    rules = at(ingress, "spec.rules", ())
    return shortened([each["host"] for each in rules if each.get("host")], _MOST, otherwise="*")


def _ingress_address(ingress: JsonObject) -> str:
    return ",".join(sorted(set(_balancers(ingress))))


def _ingress_ports(ingress: JsonObject) -> str:
    return "80, 443" if at(ingress, "spec.tls") else "80"


def _ranges(range_: JsonObject) -> str:
    return ",".join(at(range_, "spec.cidrs", ()))


def _parameters(class_: JsonObject) -> str:
    found = at(class_, "spec.parameters")
    if not found:
        return "<none>"
    group = f".{found['apiGroup']}" if found.get("apiGroup") else ""
    return f"{found.get('kind', '')}{group}/{found.get('name', '')}"


def _parent(address: JsonObject) -> str:
    found = at(address, "spec.parentRef")
    if not found:
        return "<none>"
    group = f".{found['group']}" if found.get("group") else ""
    parts = [f"{found.get('resource', '')}{group}".lower(), found.get("namespace"), found.get("name", "")]
    return "/".join(part for part in parts if part)


NETWORKING: Final[Mapping[str, tuple[Column, ...]]] = {
    "endpoints": (NAME, Column("Endpoints", _endpoints), AGE),
    "services": (
        NAME,
        Column("Type", value("spec.type")),
        Column("Cluster-IP", _cluster_ip),
        Column("External-IP", _service_external),
        Column("Port(s)", _service_ports),
        AGE,
        Column("Selector", labels("spec.selector"), priority=1),
    ),
    "discovery.k8s.io/endpointslices": (
        NAME,
        Column("AddressType", value("addressType")),
        Column("Ports", _slice_ports),
        Column("Endpoints", _slice_endpoints),
        AGE,
    ),
    "networking.k8s.io/ingressclasses": (
        NAME,
        Column("Controller", value("spec.controller")),
        Column("Parameters", _parameters),
        AGE,
    ),
    "networking.k8s.io/ingresses": (
        NAME,
        Column("Class", value("spec.ingressClassName", "<none>")),
        Column("Hosts", _hosts),
        Column("Address", _ingress_address),
        Column("Ports", _ingress_ports),
        AGE,
    ),
    "networking.k8s.io/ipaddresses": (NAME, Column("ParentRef", _parent)),
    "networking.k8s.io/networkpolicies": (NAME, Column("Pod-Selector", selector("spec.podSelector")), AGE),
    "networking.k8s.io/servicecidrs": (
        NAME,
        Column("CIDRs", _ranges),
        AGE,
    ),
}
