"""What the server refuses in EndpointSlices.

https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import label_value_problems
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
_MOST_HINTS: Final = 8
_FAMILIES: Final = {"IPv4": 4, "IPv6": 6}


def endpoint_slice_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an EndpointSlice."""
    kind = new.get("addressType", "")
    causes = one_of("addressType", kind, ("FQDN", "IPv4", "IPv6")) if kind else [field_required("addressType")]
    endpoints = list_at(new, "endpoints")
    causes += _at_most("endpoints", endpoints, _MOST_ENDPOINTS)
    kept = {address for each in list_at(old or {}, "endpoints") for address in list_at(each, "addresses")}
    for index, endpoint in enumerate(endpoints):
        causes += _endpoint_causes(endpoint, kind, f"endpoints[{index}]", kept)
    causes += _ports_causes(list_at(new, "ports"))
    if old is not None:
        causes += immutable("addressType", old.get("addressType"), kind)
    return causes


def _at_most(field: str, items: list[Any], most: int) -> list[Cause]:
    if len(items) <= most:
        return []
    return [Cause("FieldValueTooMany", f"Too many: {len(items)}: must have at most {most} items", field)]


def _endpoint_causes(endpoint: dict[str, Any], kind: str, where: str, kept: set[str]) -> list[Cause]:
    addresses, field = list_at(endpoint, "addresses"), f"{where}.addresses"
    causes: list[Cause] = []
    if not addresses:
        causes.append(field_required(field, "must contain at least 1 address"))
    too_many = _at_most(field, addresses, _MOST_ADDRESSES)
    causes += too_many
    if not too_many:
        for index, address in enumerate(addresses):
            causes += [] if address in kept else _address_causes(address, kind, field, index)
    if endpoint.get("nodeName") is not None:
        causes += subdomain_causes(f"{where}.nodeName", endpoint["nodeName"])
    if endpoint.get("hostname") is not None:
        causes += name_causes(f"{where}.hostname", endpoint["hostname"])
    return [*causes, *_hints_causes(object_at(endpoint, "hints"), f"{where}.hints")]


def _address_causes(address: str, kind: str, field: str, index: int) -> list[Cause]:
    own = f"{field}[{index}]"
    if kind == "FQDN":
        return subdomain_causes(own, address)
    if kind not in _FAMILIES:
        return []
    read = read_address(address)
    if read is None:
        return ip_causes(own, address)
    causes: list[Cause] = []
    if read.version != _FAMILIES[kind]:
        causes.append(field_invalid(field, address, f"must be an {kind} address"))
    return [*causes, *endpoint_ip_causes(own, address)]


def _hints_causes(hints: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for member in ("forZones", "forNodes"):
        names = [each.get("name", "") for each in list_at(hints, member)]
        too_many = _at_most(f"{where}.{member}", names, _MOST_HINTS)
        causes += too_many
        for index, name in enumerate([] if too_many else names):
            field = f"{where}.{member}[{index}].name"
            if name in names[:index]:
                causes.append(duplicate(field, name))
            elif member == "forNodes":
                causes += subdomain_causes(field, name)
            else:
                causes += [field_invalid(field, name, each) for each in label_value_problems(name)]
    return causes


def _ports_causes(ports: list[dict[str, Any]]) -> list[Cause]:
    causes: list[Cause] = []
    names = [port.get("name", "") for port in ports]
    for index, port in enumerate(ports):
        field, name = f"ports[{index}]", names[index]
        if name in names[:index]:
            causes.append(duplicate(f"{field}.name", name))
        if name:
            causes += name_causes(f"{field}.name", name)
        causes += one_of(f"{field}.protocol", port.get("protocol"), ("SCTP", "TCP", "UDP"))
        if port.get("appProtocol") is not None:
            causes += qualified_causes(f"{field}.appProtocol", port["appProtocol"])
    return causes
