"""The ports of nodes that services are reached at: given, kept, and refused where another service has them.

https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from kubex.testing.failures import ApiFailure, field_invalid, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.services import checks_health, is_exposed
from kubex.testing.registry import Resource

__all__ = ["drop_node_ports", "give_node_ports", "keep_node_ports"]

_Ports: TypeAlias = Sequence[tuple[int, dict[str, Any]]]

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
        ApiFailure: it asks for a port that it can't have (422; 500 for that of its health, and for one twice).
    """
    spec, before = service["spec"], object_at(old or {}, "spec")
    if spec.get("type") not in _EXPOSED:
        return
    others = (object_at(entry.object, "spec") for _, entry in cluster.storage.scan(resource.storage))
    taken = {number for each in others if each.get("type") in _EXPOSED for number in _numbers(each)}
    own = _numbers(before)
    numbers = _Numbers(resource, service, taken | own)
    ports = [
        (index, port)
        for index, port in enumerate(list_at(spec, "ports"))
        # A load balancer may do without; what is asked for is given.
        if port.get("nodePort") or spec["type"] == "NodePort" or spec.get("allocateLoadBalancerNodePorts", True)
    ]
    if old is None:
        _give_first(spec, ports, numbers)
    else:
        _give_more(ports, numbers, own)
    if checks_health(spec) and not checks_health(before):
        _give_health_port(spec, numbers)


def _give_first(spec: dict[str, Any], ports: _Ports, numbers: _Numbers) -> None:
    """Give the ports of a new service theirs: those of one number are reached at one number."""
    given: dict[Any, int] = {}
    for index, port in ports:
        asked, known = port.get("nodePort") or 0, given.get(port.get("port"), 0)
        if not known:
            port["nodePort"] = given[port.get("port")] = numbers.take(index, _asked_for(spec, port))
        elif not asked:
            port["nodePort"] = known
        elif asked != known:
            numbers.take(index, asked)


def _give_more(ports: _Ports, numbers: _Numbers, own: set[int]) -> None:
    """Give the ports of a service that is changed theirs, unless it has or gets them already."""
    had = set(own)
    seen: set[tuple[Any, int]] = set()
    for index, port in ports:
        number: int = port.get("nodePort") or 0
        if number not in had:
            port["nodePort"] = number = numbers.take(index, number)
            had.add(number)
        key = (port.get("protocol"), number)
        if key in seen:
            raise ApiFailure(500, "", f"duplicate nodePort: {{{key[0]} {number}}}")
        seen.add(key)


def _give_health_port(spec: dict[str, Any], numbers: _Numbers) -> None:
    number: int = spec.get(_HEALTH) or 0
    why = numbers.problem(number) if number else ""
    if why:
        why = f"failed to allocate requested HealthCheck NodePort {number}: {why}"
        details = {"causes": [{"message": why}]}
        raise ApiFailure(500, "InternalError", f"Internal error occurred: {why}", details=details)
    spec[_HEALTH] = number or numbers.free()


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


class _Numbers:
    """The numbers that a service may still have."""

    def __init__(self, resource: Resource, service: dict[str, Any], taken: set[int]) -> None:
        self._resource = resource
        self._service = service
        self._taken = taken

    def take(self, index: int, number: int) -> int:
        """Give a port the number that it asks for, or any for 0.

        Raises:
            ApiFailure: it can't have this one (422).
        """
        why = self.problem(number) if number else ""
        if why:
            cause = field_invalid(f"spec.ports[{index}].nodePort", number, why)
            raise invalid(self._resource.name, self._service["metadata"].get("name", ""), [cause])
        number = number or self.free()
        self._taken.add(number)
        return number

    def free(self) -> int:
        """Choose a number that no one has."""
        return secrets.choice([number for number in _NODE_PORTS if number not in self._taken])

    def problem(self, number: int) -> str:
        """Say why a number can't be had; nothing where it can."""
        if number not in _NODE_PORTS:
            bounds = f"{_NODE_PORTS.start}-{_NODE_PORTS.stop - 1}"
            return f"provided port is not in the valid range. The range of valid ports is {bounds}"
        return "provided port is already allocated" if number in self._taken else ""


def _numbers(spec: dict[str, Any]) -> set[int]:
    numbers = {port["nodePort"] for port in list_at(spec, "ports") if port.get("nodePort")}
    return numbers | ({spec[_HEALTH]} if spec.get(_HEALTH) else set())


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
    if checks_health(before) and checks_health(spec) and before.get(_HEALTH):
        spec[_HEALTH] = spec.get(_HEALTH) or before[_HEALTH]


def drop_node_ports(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Take from a service what its new type has no use for, unless it is asked for anew; in place."""
    before, spec = old["spec"], new["spec"]
    exposed = spec.get("type") in _EXPOSED
    if before.get("type") in _EXPOSED and not exposed:
        had = {port.get("nodePort") for port in list_at(before, "ports")}
        if {port.get("nodePort") for port in list_at(spec, "ports")} <= had | {None}:
            for port in list_at(spec, "ports"):
                port.pop("nodePort", None)
    if checks_health(before) and not checks_health(spec):
        _drop_same(before, spec, _HEALTH)
    if before.get("type") == "LoadBalancer" and spec.get("type") != "LoadBalancer":
        _drop_same(before, spec, "allocateLoadBalancerNodePorts")
        _drop_same(before, spec, "loadBalancerClass")
    if is_exposed(before) and not is_exposed(spec):
        _drop_same(before, spec, "externalTrafficPolicy")


def _drop_same(before: dict[str, Any], spec: dict[str, Any], name: str) -> None:
    if spec.get(name) == before.get(name):
        spec.pop(name, None)
