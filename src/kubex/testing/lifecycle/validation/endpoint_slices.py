"""What the server refuses in EndpointSlices.

https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import address_problems, read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, dns_subdomain_problems, label_value_problems
from kubex.testing.lifecycle.validation.services import endpoint_ip_causes
from kubex.testing.lifecycle.validation.values import (
    duplicate,
    immutable,
    ip_causes,
    name_causes,
    one_of,
    qualified_causes,
    subdomain_causes,
)

__all__ = ["endpoint_slice_causes"]

_MOST_ENDPOINTS: Final = 1000
_MOST_ADDRESSES: Final = 100
_MOST_PORTS: Final = 20_000
_MOST_HINTS: Final = 8
_FAMILIES: Final = {"IPv4": 4, "IPv6": 6}


def endpoint_slice_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an EndpointSlice."""
    kind = new.get("addressType", "")
    causes = one_of("addressType", kind, ("FQDN", "IPv4", "IPv6")) if kind else [field_required("addressType")]
    causes += _ports_causes(list_at(new, "ports"))
    endpoints = list_at(new, "endpoints")
    if old is None or endpoints != list_at(old, "endpoints"):
        causes += _endpoints_causes(endpoints, kind)
    if old is not None:
        causes += immutable("addressType", old.get("addressType"), kind)
    return causes


def _at_most(field: str, items: list[Any], most: int) -> list[Cause]:
    if len(items) <= most:
        return []
    return [Cause("FieldValueTooMany", f"Too many: {len(items)}: must have at most {most} items", field)]


def _endpoints_causes(endpoints: list[dict[str, Any]], kind: str) -> list[Cause]:
    too_many = _at_most("endpoints", endpoints, _MOST_ENDPOINTS)
    if too_many:
        return too_many
    found = (_endpoint_causes(each, kind, f"endpoints[{index}]") for index, each in enumerate(endpoints))
    return [cause for causes in found for cause in causes]


def _endpoint_causes(endpoint: dict[str, Any], kind: str, where: str) -> list[Cause]:
    addresses, field = list_at(endpoint, "addresses"), f"{where}.addresses"
    causes: list[Cause] = []
    if not addresses:
        causes.append(field_required(field, "must contain at least 1 address"))
    causes += _at_most(field, addresses, _MOST_ADDRESSES)
    for index, address in enumerate(addresses):
        causes += _address_causes(address, kind, field, index)
    if endpoint.get("nodeName") is not None:
        causes += subdomain_causes(f"{where}.nodeName", endpoint["nodeName"])
    if endpoint.get("hostname") is not None:
        causes += name_causes(f"{where}.hostname", endpoint["hostname"])
    return [*causes, *_hints_causes(object_at(endpoint, "hints"), f"{where}.hints")]


def _address_causes(address: str, kind: str, field: str, index: int) -> list[Cause]:
    own = f"{field}[{index}]"
    if kind == "FQDN":
        return _domain_causes(own, address)
    if kind not in _FAMILIES:
        return []
    read = read_address(address)
    if read is None:
        return ip_causes(own, address)
    problems = address_problems(address) if kind == "IPv6" else []
    causes = [field_invalid(own, address, each) for each in problems]
    if causes:
        return causes
    if read.version != _FAMILIES[kind]:
        causes.append(field_invalid(field, address, f"must be an {kind} address"))
    return [*causes, *endpoint_ip_causes(own, address)]


def _domain_causes(field: str, text: str) -> list[Cause]:
    """A name is one of at least two parts."""
    if not text:
        return [field_required(field)]
    name = text.removesuffix(".")
    problems = dns_subdomain_problems(name)
    if problems:
        return [field_invalid(field, name, ",".join(problems))]
    parts = name.split(".")
    if len(parts) == 1:
        return [field_invalid(field, name, "should be a domain with at least two segments separated by dots")]
    long = [
        field_invalid(field, part, ",".join(dns_label_problems(part))) for part in parts if dns_label_problems(part)
    ]
    return long[:1]


def _hints_causes(hints: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for member in ("forZones", "forNodes"):
        names = [each.get("name", "") for each in list_at(hints, member)]
        too_many = _at_most(f"{where}.{member}", names, _MOST_HINTS)
        if too_many:
            return [*causes, *too_many]
        for index, name in enumerate(names):
            field = f"{where}.{member}[{index}].name"
            if name in names[:index]:
                causes.append(duplicate(field, name))
            if member == "forNodes":
                causes += subdomain_causes(field, name)
            else:
                causes += [field_invalid(field, name, each) for each in label_value_problems(name)]
    return causes


def _ports_causes(ports: list[dict[str, Any]]) -> list[Cause]:
    causes = _at_most("ports", ports, _MOST_PORTS)
    if causes:
        return causes
    names = [port.get("name", "") for port in ports]
    for index, port in enumerate(ports):
        field, name = f"ports[{index}]", names[index]
        if name:
            causes += name_causes(f"{field}.name", name)
        if name in names[:index]:
            causes.append(duplicate(f"{field}.name", name))
        causes += one_of(f"{field}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        if port.get("appProtocol") is not None:
            causes += qualified_causes(f"{field}.appProtocol", port["appProtocol"])
    return causes
