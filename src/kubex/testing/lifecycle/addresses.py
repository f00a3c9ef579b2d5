"""The addresses of services within the cluster, and their families, of which a cluster here has one.

https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
"""

from __future__ import annotations

import secrets
from collections.abc import Container, Sequence
from ipaddress import IPv4Address
from typing import Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.service_addresses import (
    OWN_FAMILY,
    SINGLE_STACK,
    address_causes,
    cluster_causes,
    is_headless,
    policy_causes,
)
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["drop_addresses", "give_addresses", "keep_addresses"]

_FIRST_ADDRESS: Final = IPv4Address("10.96.0.0")
_ADDRESSES: Final = 2**16 - 2
_OF_ADDRESSES: Final = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_EXTERNAL: Final = "ExternalName"


def give_addresses(cluster: Cluster, resource: Resource, service: JsonObject, old: JsonObject | None = None) -> None:
    """Give a service the address and the families that it needs and does not name, in place.

    Args:
        cluster: where the other services are.
        resource: of services.
        service: the service as it is to be.
        old: the service as it was; `None` for one that is created.

    Raises:
        ApiFailure: it asks for what it can't have (422).
    """
    spec, before = service["spec"], None if old is None else old["spec"]
    if before is None and spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    if spec.get("type") == _EXTERNAL:
        return
    if before is None or not _prefers_two_as_before(spec, before):
        _give_families(resource, service, before)
    if before is None or before.get("type") == _EXTERNAL:
        _give_address(cluster, resource, service)


def keep_addresses(old: JsonObject, new: JsonObject) -> None:
    """Let a service keep the addresses that it has, where its next state names none; in place."""
    before, spec = old["spec"], new["spec"]
    if _EXTERNAL not in (before.get("type"), spec.get("type")):
        for name in ("clusterIP", "clusterIPs"):
            if before.get(name) and not spec.get(name):
                spec[name] = before[name]
    # Who changes one of the two and leaves the other as it was means both.
    if before.get("clusterIP", "") != spec.get("clusterIP", "") and _is_same(before, spec, "clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]] if spec.get("clusterIP") else []


def drop_addresses(old: JsonObject, new: JsonObject) -> None:
    """Take from a service that becomes another name what it had as none, unless it is asked for anew; in place."""
    before, spec = old["spec"], new["spec"]
    if spec.get("type") == _EXTERNAL:
        for name in (*_OF_ADDRESSES, "internalTrafficPolicy"):
            if name in spec and spec[name] == before.get(name):
                del spec[name]


def _prefers_two_as_before(spec: JsonObject, before: JsonObject) -> bool:
    """Whether a service would have addresses of two families, if it can, and this stays as it was decided."""
    return (
        spec.get("type") == before.get("type")
        and spec.get("ipFamilyPolicy") == "PreferDualStack" == before.get("ipFamilyPolicy", "PreferDualStack")
        and _is_same(before, spec, "clusterIPs")
        and _is_same(before, spec, "ipFamilies")
    )


def _give_families(resource: Resource, service: JsonObject, before: JsonObject | None) -> None:
    spec = service["spec"]
    # What has no address and no pods may be anywhere.
    is_anywhere = spec.get("clusterIP") == "None" and not spec.get("selector")
    if not spec.get("ipFamilyPolicy"):
        usual = "RequireDualStack" if is_anywhere else SINGLE_STACK
        spec["ipFamilyPolicy"] = (before or {}).get("ipFamilyPolicy") or usual
    _refuse(resource, service, address_causes(spec))
    is_single = spec["ipFamilyPolicy"] == SINGLE_STACK
    if before is not None and is_single:
        for name in ("clusterIPs", "ipFamilies"):
            if _is_same(before, spec, name):
                spec[name] = list_at(spec, name)[:1]
    _refuse(resource, service, policy_causes(spec, before))
    families = list(list_at(spec, "ipFamilies"))
    if not is_headless(spec):
        families += [OWN_FAMILY] * (len(list_at(spec, "clusterIPs")) - len(families))
    spec["ipFamilies"] = families = families or [OWN_FAMILY]
    if not is_anywhere:
        _refuse(resource, service, cluster_causes(spec))
    elif len(families) == 1 and not is_single:
        families.append("IPv6" if families == ["IPv4"] else "IPv4")


def _give_address(cluster: Cluster, resource: Resource, service: JsonObject) -> None:
    spec = service["spec"]
    if is_headless(spec):
        return
    taken = {object_at(entry.object, "spec").get("clusterIP") for _, entry in cluster.storage.scan(resource.storage)}
    address = spec.get("clusterIP")
    if not address:
        spec["clusterIP"] = address = _free_address(taken)
        spec["clusterIPs"] = [address]
    elif address in taken:
        why = f"failed to allocate IP {address}: provided IP is already allocated"
        text = f"Invalid value: {go_json(spec['clusterIPs'])}: {why}"
        _refuse(resource, service, [Cause("FieldValueInvalid", text, "spec.clusterIPs")])


def _is_same(before: JsonObject, spec: JsonObject, name: str) -> bool:
    return list_at(before, name) == list_at(spec, name)


def _refuse(resource: Resource, service: JsonObject, causes: Sequence[Cause]) -> None:
    if causes:
        raise invalid(resource.name, service["metadata"].get("name", ""), causes)


def _free_address(taken: Container[str | None]) -> str:
    while True:
        address = str(_FIRST_ADDRESS + 1 + secrets.randbelow(_ADDRESSES))
        if address not in taken:
            return address
