"""The ports of nodes that services are reached at: given, kept, and refused where another service has them.

https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from kubex.testing.failures import field_invalid, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import Resource

__all__ = ["drop_node_ports", "give_node_ports", "keep_node_ports"]

_NODE_PORTS: Final = range(30000, 32768)
_EXPOSED: Final = ("NodePort", "LoadBalancer")
_HEALTH: Final = "healthCheckNodePort"


def give_node_ports(
    cluster: Cluster, resource: Resource, service: dict[str, Any], old: dict[str, Any] | None = None
) -> None:
    """Give the ports of a service that have none a port of the nodes, where its type wants one; in place.

    Args:
        cluster: where the other services are.
        resource: of services.
        service: the service as it is to be.
        old: the service as it was; `None` for one that is created.

    Raises:
        ApiFailure: it asks for a port that it can't have (422).
    """
    spec = service["spec"]
    if spec.get("type") not in _EXPOSED:
        return
    own = _numbers(object_at(old or {}, "spec"))
    taken = {
        number
        for _, entry in cluster.storage.scan(resource.storage)
        for number in _numbers(object_at(entry.object, "spec"))
    } - own
    asked: set[int] = set()
    by_port: dict[Any, int] = {}
    for index, port in enumerate(list_at(spec, "ports")):
        number: int = port.get("nodePort") or 0
        if number and number not in own | asked:
            _check_free(resource, service, index, number, taken)
        elif not number and spec.get("type") == "LoadBalancer" and not spec.get("allocateLoadBalancerNodePorts", True):
            continue
        if not number:
            # A port of two protocols is reached at one number.
            number = by_port.get(port.get("port"), 0) or _asked_for(spec, port) if old is None else 0
            number = number or _free(taken | own | asked)
            port["nodePort"] = number
        asked.add(number)
        by_port.setdefault(port.get("port"), number)
    if _checks_health(spec) and not spec.get(_HEALTH):
        spec[_HEALTH] = _free(taken | own | asked)


def _asked_for(spec: dict[str, Any], port: dict[str, Any]) -> int:
    """Give the number that a service asks for, for the same port in another protocol."""
    return next(
        (
            each["nodePort"]
            for each in list_at(spec, "ports")
            if each.get("port") == port.get("port") and each.get("nodePort")
        ),
        0,
    )


def _check_free(resource: Resource, service: dict[str, Any], index: int, number: int, taken: set[int]) -> None:
    if number not in _NODE_PORTS:
        bounds = f"{_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"
        why = f"provided port is not in the valid range. The range of valid ports is {bounds}"
    elif number in taken:
        why = "provided port is already allocated"
    else:
        return
    cause = field_invalid(f"spec.ports[{index}].nodePort", number, why)
    raise invalid(resource.name, service["metadata"].get("name", ""), [cause])


def _free(taken: set[int]) -> int:
    return secrets.choice([number for number in _NODE_PORTS if number not in taken])


def _numbers(spec: dict[str, Any]) -> set[int]:
    numbers = {port["nodePort"] for port in list_at(spec, "ports") if port.get("nodePort")}
    return numbers | ({spec[_HEALTH]} if spec.get(_HEALTH) else set())


def _checks_health(spec: dict[str, Any]) -> bool:
    return spec.get("type") == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def keep_node_ports(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Let a service keep the ports of the nodes that it has, where its next state names none; in place."""
    before, spec = old["spec"], new["spec"]
    if before.get("type") in _EXPOSED and spec.get("type") in _EXPOSED:
        had = {port.get("name"): port.get("nodePort") for port in list_at(before, "ports")}
        used = set(had.values()) & {port.get("nodePort") for port in list_at(spec, "ports")}
        for port in list_at(spec, "ports"):
            number = had.get(port.get("name"))
            if number and not port.get("nodePort") and number not in used:
                port["nodePort"] = number
    if _checks_health(before) and _checks_health(spec) and before.get(_HEALTH):
        spec.setdefault(_HEALTH, before[_HEALTH])


def drop_node_ports(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Take from a service what its new type has no use for, unless it is asked for anew; in place."""
    before, spec = old["spec"], new["spec"]
    exposed = spec.get("type") in _EXPOSED
    if before.get("type") in _EXPOSED and not exposed:
        had = {port.get("nodePort") for port in list_at(before, "ports")}
        if {port.get("nodePort") for port in list_at(spec, "ports")} <= had | {None}:
            for port in list_at(spec, "ports"):
                port.pop("nodePort", None)
    if _checks_health(before) and not _checks_health(spec):
        _drop_same(before, spec, _HEALTH)
    if before.get("type") == "LoadBalancer" and spec.get("type") != "LoadBalancer":
        _drop_same(before, spec, "allocateLoadBalancerNodePorts")
        _drop_same(before, spec, "loadBalancerClass")
    if (before.get("type") in _EXPOSED or before.get("externalIPs")) and not (exposed or spec.get("externalIPs")):
        _drop_same(before, spec, "externalTrafficPolicy")


def _drop_same(before: dict[str, Any], spec: dict[str, Any], name: str) -> None:
    if spec.get(name) == before.get(name):
        spec.pop(name, None)
