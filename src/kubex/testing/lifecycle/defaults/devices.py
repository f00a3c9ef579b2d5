"""Defaults of claims of devices."""

from __future__ import annotations

from typing import Any

from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["default_device_claim", "default_device_claim_template"]


def default_device_claim(object_: dict[str, Any]) -> None:
    """Fill in a ResourceClaim of any version, in place."""
    _default_requests(object_at(object_, "spec"))
    allocated = object_at(object_at(object_at(object_, "status"), "allocation"), "devices")
    for result in list_at(allocated, "results"):
        _default_tolerations(result)


def default_device_claim_template(object_: dict[str, Any]) -> None:
    """Fill in a ResourceClaimTemplate of any version, in place."""
    _default_requests(object_at(object_at(object_, "spec"), "spec"))


def _default_requests(spec: dict[str, Any]) -> None:
    for request in list_at(object_at(spec, "devices"), "requests"):
        if request.get("deviceClassName"):  # as it was in a version before
            _default_request(request)
        for each in (request.get("exactly"), *list_at(request, "firstAvailable")):
            if each is not None:
                _default_request(each)


def _default_request(request: dict[str, Any]) -> None:
    mode = request["allocationMode"] = request.get("allocationMode") or "ExactCount"
    if mode == "ExactCount" and not request.get("count"):
        request["count"] = 1
    _default_tolerations(request)


def _default_tolerations(holder: dict[str, Any]) -> None:
    for toleration in list_at(holder, "tolerations"):
        toleration["operator"] = toleration.get("operator") or "Equal"
