"""What the server refuses in the addresses that load balancers have given to services and ingresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import changed_ip_causes, subdomain_causes, unsupported

__all__ = ["ingress_status_causes", "service_status_causes"]

_FIELD: Final = "status.loadBalancer.ingress"
_MODES: Final = ("Proxy", "VIP")


def service_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Service."""
    points = _points(new)
    if points and new["spec"].get("type") != "LoadBalancer":
        return [field_forbidden(_FIELD, "may only be used when `spec.type` is 'LoadBalancer'")]
    kept = _addresses(old)
    causes: list[Cause] = []
    for index, point in enumerate(points):
        field = f"{_FIELD}[{index}]"
        causes += _address_causes(point, field, kept)
        causes += _mode_causes(point, f"{field}.ipMode")
        causes += _host_causes(point, field)
    return causes


def ingress_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of an Ingress."""
    kept = _addresses(old)
    causes: list[Cause] = []
    for index, point in enumerate(_points(new)):
        field = f"{_FIELD}[{index}]"
        causes += _address_causes(point, field, kept)
        causes += _host_causes(point, field)
    return causes


def _points(object_: dict[str, Any]) -> list[dict[str, Any]]:
    return list_at(object_at(object_at(object_, "status"), "loadBalancer"), "ingress")


def _addresses(object_: dict[str, Any]) -> list[str]:
    return [point["ip"] for point in _points(object_) if point.get("ip")]


def _address_causes(point: dict[str, Any], field: str, kept: list[str]) -> list[Cause]:
    return changed_ip_causes(f"{field}.ip", point["ip"], kept) if point.get("ip") else []


def _mode_causes(point: dict[str, Any], field: str) -> Iterator[Cause]:
    mode = point.get("ipMode")
    if mode is None:
        if point.get("ip"):
            yield field_required(field, "must be specified when `ip` is set")
    elif not point.get("ip"):
        yield field_forbidden(field, "may not be specified when `ip` is not set")
    elif mode not in _MODES:
        yield unsupported(field, mode, _MODES)


def _host_causes(point: dict[str, Any], field: str) -> list[Cause]:
    host = point.get("hostname") or ""
    if not host:
        return []
    causes = subdomain_causes(f"{field}.hostname", host)
    if read_address(host) is not None:
        causes.append(field_invalid(f"{field}.hostname", host, "must be a DNS name, not an IP address"))
    return causes
