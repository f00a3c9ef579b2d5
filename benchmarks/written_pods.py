"""The pods of `benchmarks.pods` as clients write them, and requests that bring them into a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.raw_http import Address, Connections, request_bytes

__all__ = ["create_request", "fill", "make_namespaces", "written"]

Json = dict[str, Any]

_CONTROLLER = "kube-controller-manager"
_KUBELET = "kubelet"
_CONNECTIONS = 8

# What the server sets itself, and what names objects that are not there: it would refuse the pods, or collect them.
_SET_BY_THE_SERVER = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")
_OF_OTHER_OBJECTS = ("ownerReferences",)
_OF_OTHER_OBJECTS_IN_SPEC = ("nodeName", "serviceAccountName", "serviceAccount", "priority")


def written(pod: Json) -> Json:
    """Give a pod as its controller writes it: no status, nothing of what the server and its admission add."""
    left_out = {*_SET_BY_THE_SERVER, *_OF_OTHER_OBJECTS}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {name: value for name, value in pod["metadata"].items() if name not in left_out},
        "spec": {name: value for name, value in pod["spec"].items() if name not in _OF_OTHER_OBJECTS_IN_SPEC},
    }


def create_request(pod: Json) -> bytes:
    """Give the request that creates a pod, as written."""
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods"
    return request_bytes("POST", path, _json(pod), user_agent=_CONTROLLER)


def make_namespaces(address: Address, names: Iterable[str]) -> None:
    """Make namespaces, each with the service account that pods need."""
    names = sorted(set(names))
    with Connections(address, 1) as connections:
        connections.exchange(_applied("/api/v1/namespaces", "Namespace", name) for name in names)
        connections.exchange(
            _applied(f"/api/v1/namespaces/{name}/serviceaccounts", "ServiceAccount", "default") for name in names
        )


def fill(address: Address, pods: list[Json]) -> None:
    """Bring pods into a cluster that has none: created as by their controller, their status as by their kubelet."""
    make_namespaces(address, (pod["metadata"]["namespace"] for pod in pods))
    with Connections(address, _CONNECTIONS) as connections:
        connections.exchange(create_request(written(pod)) for pod in pods)
        connections.exchange(_status_requests(pods))


def _status_requests(pods: Iterable[Json]) -> Iterator[bytes]:
    for pod in pods:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/status"
        yield request_bytes("PUT", path, _json({**written(pod), "status": pod["status"]}), user_agent=_KUBELET)


def _applied(collection: str, kind: str, name: str) -> bytes:
    """Apply an object: there it may be already, as the account that a controller makes for each namespace."""
    body = _json({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}})
    path = f"{collection}/{name}?fieldManager=load"
    return request_bytes("PATCH", path, body, content_type="application/apply-patch+yaml")


def _json(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
