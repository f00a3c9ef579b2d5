"""What the server warns about in an object that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.testing.expressions.library import is_available
from kubex.testing.lifecycle.ingress_warnings import ingress_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import Problems, dns_label_problems, qualified_name_problems
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
# Those of strings that a server knows; dashes do not count.
_FORMATS: Final = frozenset((
    "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5",
    "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date",
    "duration", "datetime", "k8sshortname", "k8slongname",
))  # fmt: skip
_FINALIZERS: Final = frozenset({"orphan", "foregroundDeletion", "kubernetes"})
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
        return tuple(_finalizer_warnings(new, old))
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
        case ("apiextensions.k8s.io", "CustomResourceDefinition"):
            before = _formats(_schemas(old or {}))
            new_ones = (each for each in _formats(_schemas(new)) if each not in before)
            found += [f'unrecognized format "{each}"' for each in new_ones if each.replace("-", "") not in _FORMATS]
        case ("admissionregistration.k8s.io", "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration"):
            found += _condition_warnings(new)
        case ("discovery.k8s.io", "EndpointSlice") if old is None and new.get("addressType") == "FQDN":
            found.append("spec.addressType: FQDN endpoints are deprecated")
        case ("networking.k8s.io", "Ingress"):
            found += ingress_warnings(new, old)
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


def _schemas(definition: JsonObject) -> list[Any]:
    versions = list_at(object_at(definition, "spec"), "versions")
    return [object_at(each, "schema").get("openAPIV3Schema") for each in versions]


def _formats(schema: Any) -> dict[str, None]:
    """Name the formats of strings in schemas, in their order."""
    found: dict[str, None] = {}
    if is_object(schema):
        if schema.get("type") == "string" and isinstance(schema.get("format"), str):
            found[schema["format"]] = None
        parts: Any = [value for name, value in schema.items() if name not in ("default", "example", "enum")]
    else:
        parts = schema if is_array(schema) else ()
    for each in parts:
        found |= _formats(each)
    return found


def _finalizer_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    before = list_at(object_at(old or {}, "metadata"), "finalizers")
    for name in sorted({*list_at(new["metadata"], "finalizers")} - {*before}):
        for problem in qualified_name_problems(name):
            yield f'metadata.finalizers: "{name}": {problem}'
        if "/" not in name and name not in _FINALIZERS:
            path = " including a path (/)" if "." in name else ""
            why = f"prefer a domain-qualified finalizer name{path} to avoid accidental conflicts"
            yield f'metadata.finalizers: "{name}": {why} with other finalizer writers'


def _name_warnings(resource: Resource, object_: JsonObject) -> Iterator[str]:
    used = _HOST if resource.kind == "Pod" else _HOSTS if resource.kind in _NAME_GOES_TO_PODS else ""
    problems: Problems = dns_label_problems(object_["metadata"].get("name", "a")) if used else []
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
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:  # of a template: that of a pod is made 1 at once
        field = f"{where}.terminationGracePeriodSeconds"
        yield f"{field}: must be >= 0; negative values are invalid and will be treated as 1"


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


def _condition_warnings(configuration: JsonObject) -> Iterator[str]:
    for index, webhook in enumerate(list_at(configuration, "webhooks")):
        if webhook.get("matchConditions") and not is_available():
            what = f"webhooks[{index}].matchConditions are not evaluated by this server without kubex[testing-cel]"
            yield f"{what}: the webhook is called anyway"
