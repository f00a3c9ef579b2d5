"""What the server warns of in the addresses of Endpoints and EndpointSlices, but in those of its own controllers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.ip_texts import address_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["endpoint_slice_warnings", "endpoints_warnings"]

_OWN_SLICES: Final = ("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io")


def endpoints_warnings(endpoints: JsonObject) -> Iterator[str]:
    """Warn of how addresses of Endpoints are written."""
    if _manager(endpoints, "endpoints.kubernetes.io/managed-by") == "endpoint-controller":
        return
    for index, subset in enumerate(list_at(endpoints, "subsets")):
        for member in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(list_at(subset, member)):
                yield from address_warnings(f"subsets[{index}].{member}[{place}].ip", address.get("ip", ""))


def endpoint_slice_warnings(slice_: JsonObject) -> Iterator[str]:
    """Warn of how addresses of an EndpointSlice are written."""
    if _manager(slice_, "endpointslice.kubernetes.io/managed-by") in _OWN_SLICES:
        return
    for index, endpoint in enumerate(list_at(slice_, "endpoints")):
        for place, address in enumerate(list_at(endpoint, "addresses")):
            yield from address_warnings(f"endpoints[{index}].addresses[{place}]", address)


def _manager(object_: JsonObject, label: str) -> str | None:
    return object_at(object_["metadata"], "labels").get(label)
