"""The cluster addresses of services."""

from __future__ import annotations

import secrets
from ipaddress import IPv4Address
from typing import Any, Final

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource

__all__ = ["give_addresses", "keep_addresses"]

_FIRST_ADDRESS: Final = IPv4Address("10.96.0.0")
_ADDRESSES: Final = 2**16 - 2
_KEPT: Final = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")


def give_addresses(cluster: Cluster, resource: Resource, service: dict[str, Any]) -> None:
    """Give a service what its type needs and its spec does not name, in place."""
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return
    if not spec.get("clusterIP") and spec.get("clusterIPs"):
        return  # which is refused
    if not spec.get("clusterIP"):
        spec["clusterIP"] = _free_address(cluster, resource)
    if not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    headless = spec["clusterIP"] == "None" and not spec.get("selector")
    spec.setdefault("ipFamilies", ["IPv4", "IPv6"] if headless else ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "RequireDualStack" if headless else "SingleStack")


def keep_addresses(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Let a service keep what was given to it, where its next state does not say otherwise; in place."""
    before, spec = old["spec"], new["spec"]
    if spec.get("type") == "ExternalName":
        for name in (*_KEPT, "internalTrafficPolicy"):
            if name in spec and spec[name] == before.get(name):
                del spec[name]
        return
    if before.get("type") != "ExternalName":
        for name in _KEPT:
            if name in before and not spec.get(name):
                spec[name] = before[name]


def _specs(cluster: Cluster, resource: Resource) -> list[dict[str, Any]]:
    return [object_at(entry.object, "spec") for _, entry in cluster.storage.scan(resource.storage)]


def _free_address(cluster: Cluster, resource: Resource) -> str:
    taken = {spec.get("clusterIP") for spec in _specs(cluster, resource)}
    while True:
        address = str(_FIRST_ADDRESS + 1 + secrets.randbelow(_ADDRESSES))
        if address not in taken:
            return address
