"""EndpointSlices and Endpoints: where the pods of Services can be reached.

https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.pod_status import is_finished, is_ready
from kubex.testing.workloads.pod_templates import controller_reference
from kubex.testing.workloads.state import PODS, State, selected
from kubex.testing.workloads.writes import Create, Delete, Update

__all__ = ["EndpointsController", "EndpointSliceController"]

_SERVICES: Final = "services"
_SLICES: Final = "discovery.k8s.io/endpointslices"
_ENDPOINTS: Final = "endpoints"
_SERVICE: Final = "kubernetes.io/service-name"
_MANAGED: Final = "endpointslice.kubernetes.io/managed-by"
_OWN: Final = "endpointslice-controller.k8s.io"
_MOST: Final = 100
_HEADLESS: Final = "service.kubernetes.io/headless"


def _concerned(state: State, change: Change) -> Iterator[Key]:
    if change.place == _SERVICES:
        yield change.key
    elif change.place == PODS:
        services = list(state.every(_SERVICES, change.key.namespace))
        if not services:  # asked first, as this costs less than comparing the pods
            return
        if change.before is not None and change.after is not None and _told(change.before) == _told(change.after):
            return
        for service in services:
            selector = object_at(service["spec"], "selector")
            if selector and any(_means(selector, pod) for pod in change.objects):
                yield Key(change.key.namespace, service["metadata"]["name"])


def _told(pod: JsonObject) -> tuple[object, ...]:
    """Give what endpoints tell of a pod."""
    status, metadata = object_at(pod, "status"), pod["metadata"]
    return (
        metadata.get("labels"),
        "deletionTimestamp" in metadata,
        pod["spec"].get("nodeName"),
        status.get("podIPs"),
        is_ready(pod),
        is_finished(pod),
    )


def _means(selector: dict[str, str], pod: JsonObject) -> bool:
    return selected({"matchLabels": selector}, pod)


def _pods(state: State, service: JsonObject) -> list[JsonObject]:
    pods = state.pods_with(service["metadata"]["namespace"], object_at(service["spec"], "selector"))
    return [pod for pod in pods if object_at(pod, "status").get("podIP") and not is_finished(pod)]


def _port(pod: JsonObject, port: JsonObject) -> int | None:
    """Give the number of a Service's port in a pod."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target or port["port"]
    for container in list_at(pod["spec"], "containers"):
        for each in list_at(container, "ports"):
            if each.get("name") == target and each.get("protocol", "TCP") == port.get("protocol", "TCP"):
                number: int = each["containerPort"]
                return number
    return None


def _ports(service: JsonObject, pod: JsonObject) -> list[JsonObject]:
    found: list[JsonObject] = []
    for port in list_at(service["spec"], "ports"):
        number = _port(pod, port)
        if number is not None:
            told = {"name": port.get("name", ""), "port": number, "protocol": port.get("protocol", "TCP")}
            found.append({**told, **({"appProtocol": port["appProtocol"]} if "appProtocol" in port else {})})
    return found


def _reference(pod: JsonObject) -> JsonObject:
    metadata = pod["metadata"]
    return {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]}


class EndpointSliceController:
    """Keeps the EndpointSlices of Services that select pods."""

    component = "endpoint-slice-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (_SERVICES, PODS, _SLICES)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the Services that a change makes it look at."""
        if change.place == _SLICES:
            for object_ in change.objects:
                labels = object_at(object_["metadata"], "labels")
                if labels.get(_MANAGED) == _OWN and change.after is None and labels.get(_SERVICE):
                    yield Key(change.key.namespace, labels[_SERVICE])
        else:
            yield from _concerned(state, change)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a Service."""
        service = state.get(_SERVICES, key)
        if (
            service is None
            or not object_at(service["spec"], "selector")
            or service["spec"].get("type") == "ExternalName"
        ):
            return
        wanted = _slices(service, _pods(state, service))
        has = [
            each
            for each in state.controlled(_SLICES, service)
            if object_at(each["metadata"], "labels").get(_MANAGED) == _OWN
        ]
        for old, new in zip(has, wanted, strict=False):
            changed = {name: new.get(name) for name in ("endpoints", "ports") if old.get(name) != new.get(name)}
            labels = {**object_at(old["metadata"], "labels"), **new["metadata"]["labels"]}
            if changed or labels != object_at(old["metadata"], "labels"):
                yield Update(_SLICES, {**old, **changed, "metadata": {**old["metadata"], "labels": labels}})
        for new in wanted[len(has) :]:
            yield Create(_SLICES, key.namespace, new)
        for old in has[len(wanted) :]:
            yield Delete(_SLICES, old)


def _slices(service: JsonObject, pods: Sequence[JsonObject]) -> list[JsonObject]:
    """Give the slices of a Service: one for each set of ports, or more where there are many pods."""
    by_ports: dict[str, tuple[list[JsonObject], list[JsonObject]]] = {}
    for pod in pods:
        ports = _ports(service, pod)
        by_ports.setdefault(repr(ports), (ports, []))[1].append(_endpoint(service, pod))
    groups = list(by_ports.values()) or [(list[JsonObject](), list[JsonObject]())]
    return [
        _slice(service, ports, endpoints[start : start + _MOST])
        for ports, endpoints in groups
        for start in range(0, max(1, len(endpoints)), _MOST)
    ]


def _slice(service: JsonObject, ports: list[JsonObject], endpoints: list[JsonObject]) -> JsonObject:
    metadata = service["metadata"]
    labels = {**object_at(metadata, "labels"), _MANAGED: _OWN, _SERVICE: metadata["name"]}
    if service["spec"].get("clusterIP") == "None":
        labels[_HEADLESS] = ""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "generateName": f"{metadata['name']}-",
            "labels": labels,
            "ownerReferences": [controller_reference(service)],
        },
        "addressType": "IPv4",
        "endpoints": endpoints or None,
        "ports": ports or None,
    }


def _endpoint(service: JsonObject, pod: JsonObject) -> JsonObject:
    leaving = "deletionTimestamp" in pod["metadata"]
    serving = is_ready(pod)
    ready = service["spec"].get("publishNotReadyAddresses", False) or (serving and not leaving)
    endpoint: JsonObject = {
        "addresses": [object_at(pod, "status")["podIP"]],
        "conditions": {"ready": ready, "serving": serving, "terminating": leaving},
        "targetRef": _reference(pod),
        "nodeName": pod["spec"]["nodeName"],
    }
    spec = pod["spec"]
    if spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]:
        endpoint["hostname"] = spec["hostname"]
    return endpoint


class EndpointsController:
    """Keeps the Endpoints of Services that select pods, for those who still read them."""

    component = "endpoint-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (_SERVICES, PODS)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the Services that a change makes it look at."""
        yield from _concerned(state, change)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a Service."""
        service, old = state.get(_SERVICES, key), state.get(_ENDPOINTS, key)
        if service is None:
            if old is not None and "endpoints.kubernetes.io/managed-by" in object_at(old["metadata"], "labels"):
                yield Delete(_ENDPOINTS, old)
            return
        if not object_at(service["spec"], "selector") or service["spec"].get("type") == "ExternalName":
            return
        subsets = _subsets(service, _pods(state, service))
        labels = {
            **object_at(service["metadata"], "labels"),
            "endpoints.kubernetes.io/managed-by": "endpoint-controller",
        }
        if service["spec"].get("clusterIP") == "None":
            labels[_HEADLESS] = ""
        if old is None:
            metadata = {"name": key.name, "labels": labels}
            new = {"apiVersion": "v1", "kind": "Endpoints", "metadata": metadata, "subsets": subsets}
            yield Create(_ENDPOINTS, key.namespace, new)
        elif list_at(old, "subsets") != subsets or object_at(old["metadata"], "labels") != labels:
            yield Update(_ENDPOINTS, {**old, "metadata": {**old["metadata"], "labels": labels}, "subsets": subsets})


def _subsets(service: JsonObject, pods: Sequence[JsonObject]) -> list[JsonObject]:
    groups: dict[str, JsonObject] = {}
    for pod in pods:
        if "deletionTimestamp" in pod["metadata"]:
            continue
        ports = [
            {name: value for name, value in each.items() if value or name == "port"} for each in _ports(service, pod)
        ]
        subset = groups.setdefault(repr(ports), {"addresses": [], "notReadyAddresses": [], "ports": ports})
        is_told = is_ready(pod) or service["spec"].get("publishNotReadyAddresses", False)
        where = "addresses" if is_told else "notReadyAddresses"
        address: JsonObject = {
            "ip": object_at(pod, "status")["podIP"],
            "nodeName": pod["spec"]["nodeName"],
            "targetRef": _reference(pod),
        }
        if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == service["metadata"]["name"]:
            address["hostname"] = pod["spec"]["hostname"]
        subset[where].append(address)
    return [{name: value for name, value in subset.items() if value} for subset in groups.values()]
