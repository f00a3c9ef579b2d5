"""What the server refuses in Endpoints.

https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/
"""

from __future__ import annotations

from typing import Any

from kubex.testing.failures import Cause, field_required
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.lifecycle.validation.services import endpoint_ip_causes
from kubex.testing.lifecycle.validation.values import (
    between,
    ip_causes,
    name_causes,
    one_of,
    qualified_causes,
    subdomain_causes,
)

__all__ = ["endpoints_causes"]


def endpoints_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an Endpoints; subsets that stay as they are may be what they are."""
    subsets = list_at(new, "subsets")
    if old is not None and subsets == list_at(old, "subsets"):
        return []
    causes: list[Cause] = []
    for index, subset in enumerate(subsets):
        where = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            causes.append(field_required(where, "must specify `addresses` or `notReadyAddresses`"))
        for member in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(list_at(subset, member)):
                causes += _address_causes(address, f"{where}.{member}[{place}]")
        ports = list_at(subset, "ports")
        for place, port in enumerate(ports):
            causes += _port_causes(port, f"{where}.ports[{place}]", named=len(ports) > 1)
    return causes


def _address_causes(address: dict[str, Any], where: str) -> list[Cause]:
    ip = address.get("ip", "")
    causes = ip_causes(f"{where}.ip", ip)
    readable = not causes
    if address.get("hostname"):
        causes += name_causes(f"{where}.hostname", address["hostname"])
    if address.get("nodeName") is not None:
        causes += subdomain_causes(f"{where}.nodeName", address["nodeName"])
    # A text that is no address is refused twice, in two wordings.
    if not readable:
        return [
            *causes,
            Cause("FieldValueInvalid", f'Invalid value: "{ip}": must be a valid IP address', f"{where}.ip"),
        ]
    return causes + endpoint_ip_causes(f"{where}.ip", ip)


def _port_causes(port: dict[str, Any], where: str, *, named: bool) -> list[Cause]:
    causes: list[Cause] = []
    if port.get("name"):
        causes += name_causes(f"{where}.name", port["name"])
    elif named:
        causes.append(field_required(f"{where}.name"))
    causes += between(f"{where}.port", port.get("port", 0), 1, 65535)
    protocol = port.get("protocol")
    causes += (
        one_of(f"{where}.protocol", protocol, ("SCTP", "TCP", "UDP"))
        if protocol
        else [field_required(f"{where}.protocol")]
    )
    if port.get("appProtocol") is not None:
        causes += qualified_causes(f"{where}.appProtocol", port["appProtocol"])
    return causes
