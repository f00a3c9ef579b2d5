"""What the server warns about in an object that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems
from kubex.testing.lifecycle.validation.values import quantity
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["object_warnings"]

_TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
_NAME_GOES_TO_PODS: Final = frozenset({"ReplicationController", "Deployment", "ReplicaSet", "Job", "CronJob"})
_HOST: Final = "this is used in the Pod's hostname"
_HOSTS: Final = "this is used in Pod names and hostnames"
_SURPRISE: Final = "which can result in surprising behavior; a DNS label is recommended"


def object_warnings(resource: Resource, new: JsonObject, old: JsonObject | None) -> tuple[str, ...]:
    """Give the texts of warnings about an object.

    Args:
        resource: of the object.
        new: the object.
        old: the object as it was; `None` for one that is created.
    """
    if resource.custom is not None:
        return ()
    kind = (resource.name.group, resource.kind)
    found = list(_name_warnings(resource, new)) if old is None else []
    generations = [object_at(each, "metadata").get("generation") for each in (old or {}, new)]
    if kind in _TEMPLATES and (generations[0] is None or generations[0] != generations[1]):
        path = _TEMPLATES[kind]
        template: Any = new
        for name in path:
            template = object_at(template, name)
        found += _pod_warnings(object_at(template, "spec"), ".".join((*path, "spec")))
    match kind:
        case ("", "Service"):
            found += _service_warnings(new["spec"])
        case ("", "Endpoints"):
            found.append("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice")
        case ("discovery.k8s.io", "EndpointSlice") if new.get("addressType") == "FQDN":
            found.append("spec.addressType: FQDN endpoints are deprecated")
        case ("", "PersistentVolumeClaim"):
            found += _fraction_warnings(object_at(object_at(new["spec"], "resources"), "requests"))
        case ("apps", "StatefulSet"):
            limit = new["spec"].get("revisionHistoryLimit")
            if limit is not None and limit < 0:
                why = "a negative value retains all historical revisions; a value >= 0 is recommended"
                found.append(f"spec.revisionHistoryLimit: {why}")
        case _:
            pass
    return tuple(found)


def _name_warnings(resource: Resource, object_: JsonObject) -> Iterator[str]:
    used = _HOST if resource.kind == "Pod" else _HOSTS if resource.kind in _NAME_GOES_TO_PODS else ""
    problems = dns_label_problems(object_["metadata"].get("name", "a")) if used else []
    if problems:
        yield f"metadata.name: {used}, {_SURPRISE}: [{' '.join(problems)}]"


def _pod_warnings(spec: JsonObject, where: str) -> Iterator[str]:
    for index, secret in enumerate(list_at(spec, "imagePullSecrets")):
        if not secret.get("name"):
            yield f'{where}.imagePullSecrets[{index}].name: invalid empty name ""'
    for index, each in enumerate(list_at(spec, "topologySpreadConstraints")):
        if each.get("labelSelector") is None:
            field = f"{where}.topologySpreadConstraints[{index}].labelSelector"
            yield f"{field}: a null labelSelector results in matching no pod"
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(list_at(spec, kind)):
            yield from _container_warnings(container, f"{where}.{kind}[{index}]")


def _container_warnings(container: JsonObject, where: str) -> Iterator[str]:
    names: set[str] = set()
    for index, variable in enumerate(list_at(container, "env")):
        name = variable.get("name", "")
        if name in names:
            hides = f'hides previous definition of "{name}", which may be dropped when using apply'
            yield f"{where}.env[{index}]: {hides}"
        names.add(name)
    ports: dict[tuple[Any, ...], int] = {}
    for index, port in enumerate(list_at(container, "ports")):
        key = tuple(port.get(name) for name in ("containerPort", "protocol", "hostIP", "hostPort"))
        if key in ports:
            yield f"{where}.ports[{index}]: duplicate port definition with {where}.ports[{ports[key]}]"
        ports.setdefault(key, index)


def _service_warnings(spec: JsonObject) -> Iterator[str]:
    if spec.get("type") != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.get("trafficDistribution") == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _fraction_warnings(requests: JsonObject) -> Iterator[str]:
    amount = requests.get("storage")
    if amount is not None and quantity(amount).to_decimal() % 1:
        shown = quantity(amount)
        yield f'spec.resources.requests[storage]: fractional byte value "{shown}" is invalid, must be an integer'
